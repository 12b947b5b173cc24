"""Findings without the report's words: offsets, assertions and closed choices stay (``--no-evidence-text``).

The model's free text fields are emptied by name; lists and terms that come from the lexicons are not the report's.
"""

from __future__ import annotations

from typing import Any

EMPTIED = frozenset({"text"})
"""Fields that must be a string."""
DROPPED = frozenset(
    {"cue", "question", "comparison", "limitation", "detail", "condition", "result", "target", "to", "when"}
)
"""Fields that may be null."""


def without_text(value: Any) -> Any:
    """The same JSON value with its free text emptied."""
    if isinstance(value, list):
        return [without_text(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _kept(key, item) for key, item in value.items()}


def _kept(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return "" if key in EMPTIED else None if key in DROPPED else value
    return without_text(value)

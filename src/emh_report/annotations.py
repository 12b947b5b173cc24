"""Spans that a person marked in a report: what the formats of annotation tools have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Parts = tuple[tuple[int, int], ...]

MEANINGS: Mapping[str, str] = {
    "affirmed": "present",
    "positive": "present",
    "negated": "absent",
    "negation": "absent",
    "negative": "absent",
    "is_negated": "absent",
    "uncertain": "possible",
    "is_uncertain": "possible",
    "speculation": "possible",
    "speculated": "possible",
    "hedged": "possible",
    "history": "historical",
    "is_historical": "historical",
    "is_hypothetical": "hypothetical",
    "conditional": "hypothetical",
} | {
    name: name
    for name in ("present", "possible", "absent", "historical", "hypothetical", "not_assessed", "not_mentioned")
}
"""Names that tools and guidelines give to the contract's assertions."""


@dataclass(frozen=True)
class Span:
    """One annotation; ``text`` is what the tool says it covers, None if it does not say."""

    name: str
    label: str
    parts: Parts
    assertion: str | None = None
    text: str | None = None

    @property
    def where(self) -> str:
        """The offsets, as told to the user."""
        return ";".join(f"{start}-{end}" for start, end in self.parts)


@dataclass(frozen=True)
class Annotated:
    """A report with its spans."""

    id: str
    text: str
    spans: tuple[Span, ...]


def meaning(name: str) -> str | None:
    """The assertion that an attribute or a choice stands for; None for other attributes."""
    return MEANINGS.get(re.sub(r"[\s-]+", "_", name.strip().lower()))

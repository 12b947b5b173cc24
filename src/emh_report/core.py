"""What a report says, without how we know it: the part of the findings that a rendered report must carry whole.

``core(extract(render(f))) == core(f)`` is the round trip; docs/round-trip.md says where it holds.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from emh_report.model import Findings

_ABOUT = frozenset({"generator", "source", "evidence", "mentions", "warnings", "id", "cue", "codes", "origin", "rule"})
"""Who read it, where it stands and how it was decided; a rule names how a derived value was derived."""


_UNORDERED = frozenset({"bone_marrow", "sites", "differential", "sequences", "lymph_nodes"})
"""Lists that a report prints in an order of its own, by structure, and sequences, which are a set."""


def core(findings: Findings) -> Findings:
    """``findings`` without generator, source, evidence, mentions, warnings, ids, cues, origins, rules and codes."""
    return Findings.model_validate(_said(findings))


def _said(value: Any) -> Any:
    if isinstance(value, BaseModel):
        kept = {name: _said(getattr(value, name)) for name in type(value).model_fields if name not in _ABOUT}
        kept |= {name: sorted(kept[name], key=repr) for name in kept.keys() & _UNORDERED}
        return kept | ({"id": ""} if "id" in type(value).model_fields else {})
    return [_said(each) for each in value] if isinstance(value, tuple) else value


def differences(expected: Findings, found: Findings) -> tuple[str, ...]:
    """One line for each value of the contract that differs: its path, what was expected, what was found."""
    return tuple(_differences("", _said(core(expected)), _said(core(found))))


def _differences(path: str, expected: Any, found: Any) -> list[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            line
            for name in expected
            for line in _differences(f"{path}.{name}".lstrip("."), expected[name], found[name])
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for number, pair in pairs for line in _differences(f"{path}[{number}]", *pair)]
    return [] if expected == found else [f"{path}: expected {_shown(expected)}, found {_shown(found)}"]


def _shown(value: Any) -> str:
    """``value`` without its silences."""
    if isinstance(value, dict):
        told = {
            name: _shown(each) for name, each in value.items() if each not in (None, "", [], "not_mentioned", False)
        }
        return "{" + ", ".join(f"{name}: {each}" for name, each in told.items() if each not in ("{}", "[]")) + "}"
    return "[" + ", ".join(map(_shown, value)) + "]" if isinstance(value, list) else str(value)

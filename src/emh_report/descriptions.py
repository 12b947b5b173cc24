"""Words that describe a lesion → the closed choices of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from emh_report.model import TODAY, Assertion, Degree, Enhancement, Intensity, Reference, Sequence, Signal
from emh_report.signals import SignalDraft

Homogeneity = Literal["homogeneous", "heterogeneous"]
Activity = Literal["active", "inactive", "mixed"]
Pattern = Literal["homogeneous", "heterogeneous", "rim"]
Extent = Literal["whole", "part"]
_HOMOGENEITIES: dict[str, Homogeneity] = {"homogeneous": "homogeneous", "heterogeneous": "heterogeneous"}
_ACTIVITIES: dict[str, Activity] = {"active": "active", "inactive": "inactive", "mixed": "mixed"}
_PATTERNS: dict[str, Pattern] = {"rim": "rim", **_HOMOGENEITIES}
_EXTENTS: dict[str, Extent] = {"whole": "whole", "part": "part"}


def homogeneity(words: Mapping[str, str]) -> Homogeneity | None:
    """Whether a lesion is one or several tissues to the eye."""
    word = words.get("homogeneity")
    return _HOMOGENEITIES[word] if word else None


def activity(words: Mapping[str, str]) -> Activity | None:
    """Whether the report calls the blood formation active."""
    word = words.get("activity")
    return _ACTIVITIES[word] if word else None


def count(words: Mapping[str, str]) -> int | Literal["multiple"] | None:
    """How many lesions a description is of."""
    word = words.get("count")
    if word is None:
        return None
    return "multiple" if word == "multiple" else int(word)


def enhancement(assertion: Assertion, degree: str | None, pattern: str | None) -> Enhancement:
    """Enhancement; without it there is neither degree nor pattern."""
    if assertion not in TODAY:
        return Enhancement(assertion=assertion)
    return Enhancement(
        assertion=assertion,
        degree=Degree(degree) if degree else None,
        pattern=_PATTERNS[pattern] if pattern else None,
    )


def signals_of(draft: SignalDraft) -> tuple[Signal, ...]:
    """A signal statement, once for each of its sequences."""
    return tuple(
        Signal(
            sequence=Sequence(sequence),
            intensity=Intensity(draft.intensity),
            degree=Degree(draft.degree) if draft.degree else None,
            extent=_EXTENTS[draft.extent] if draft.extent else None,
            reference=Reference(draft.reference) if draft.reference else None,
            evidence=draft.note.sentence.document.evidence_of(*draft.notes),
        )
        for sequence in draft.sequences
    )

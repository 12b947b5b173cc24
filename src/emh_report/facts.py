"""Findings of structures as sentences state them: their levels in order, severity words, reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from emh_report.anchors import Anchor, premodifies
from emh_report.document import Annotation, Sentence
from emh_report.levels import LevelSpan
from emh_report.model import VERTEBRAE, Assertion, Change, level_order

_KNOWN = frozenset(VERTEBRAE)


@dataclass(slots=True, eq=False)
class Fact:
    """A finding of a structure, as one sentence says it."""

    kind: str
    anchor: Anchor
    sentence: Sentence
    assertion: Assertion
    notes: list[Annotation] = field(default_factory=list)
    change: Change | None = None
    lesion_levels: list[Annotation] = field(default_factory=list)
    """Levels of the lesion that causes it, where it has none of its own."""

    @property
    def levels(self) -> list[Annotation]:
        """Level phrases that belong to it."""
        return self.anchor.levels


_OPENING = 3
"""Sentences at the head of a report that tell who is examined."""


def make_history(facts: Iterable[Fact]) -> None:
    """What the head of a report knows of the patient is history where the report finds it gone."""
    known = [fact for fact in facts if fact.kind == "compression"]
    gone = [
        fact
        for fact in known
        if fact.assertion is Assertion.HISTORICAL and Change.RESOLVED in (fact.change, fact.anchor.note.change)
    ]
    for fact in known if gone else ():
        told = any(cue.kind == "affirmed" for cue in fact.anchor.note.cues) and fact.sentence.index < _OPENING
        later = any(other.sentence.index > fact.sentence.index for other in gone)
        if fact.assertion is Assertion.PRESENT and told and later and not fact.levels:
            fact.assertion = Assertion.HISTORICAL


def ordered(levels: Iterable[str]) -> tuple[str, ...]:
    """Levels without repeats, cranial to caudal."""
    found = _KNOWN.intersection(levels)
    return tuple(sorted(found, key=level_order)) if found else ()


def level_names(notes: Iterable[Annotation]) -> tuple[str, ...]:
    """Vertebrae of level phrases."""
    return ordered(name for note in notes if isinstance(note.value, LevelSpan) for name in note.value.levels)


def disc_names(notes: Iterable[Annotation]) -> tuple[str, ...]:
    """Discs of level phrases, in order of mention."""
    return tuple(
        dict.fromkeys(name for note in notes if isinstance(note.value, LevelSpan) for name in note.value.discs)
    )


def severity_note(fact: Fact) -> Annotation | None:
    """The severity word of a finding: in it, directly before it, or directly behind it."""
    anchor = fact.anchor
    norms = fact.sentence.document.norms
    grades = [note for note in fact.sentence.of("modifier") if "severity" in note.means]
    narrowed = [
        note for note in fact.sentence.of("effect", "finding", "lesion") if note.means.get("effect") != "preserved"
    ]
    narrowed = [note for note in narrowed if not (anchor.first <= note.first and note.last <= anchor.last)]
    if grades and not narrowed and grades[0].first > anchor.last:
        # "canal stenosis at the T12/L1 disc, severe"; "has worsened from mild to severe"
        return grades[-1] if "from" in norms[anchor.last : grades[-1].first] else grades[0]
    for note in sorted(grades, key=lambda grade: abs(grade.first - anchor.note.first)):
        inside = anchor.first <= note.first and note.last <= anchor.last
        gap = norms[anchor.last + 1 : note.first]
        closed = fact.sentence.norms(note.last + 1, note.last + 1) in ([], ["."], [","], [";"], [")"])
        if closed and note.first > anchor.last:
            gap = [norms[at] for at in range(anchor.last + 1, note.first) if not _placed(fact, at)]
        behind = (
            note.first > anchor.last
            and len(gap) <= 3
            and all(
                word
                in (",", "which", "is", "are", "of", "degree", ":", "(", "-", "now", "currently", "still", "present")
                for word in gap
            )
        )
        if inside or premodifies(note, anchor) or behind:
            return note
    return None


def _placed(fact: Fact, index: int) -> bool:
    """Whether a word only says where: "at T10" in "cord compression at T10, mild, overlooked before"."""
    norms = fact.sentence.document.norms
    levels = {at for note in fact.levels for at in range(note.first, note.last + 1)}
    return index in levels or (norms[index] == "at" and index + 1 in levels)


_DEGREE = frozenset({"severity", "degree", "grade"})


def labelled_severity(fact: Fact) -> Annotation | None:
    """The severity that a label below a finding gives: "Severity: severe", "Degree of compression: moderate"."""
    document = fact.sentence.document
    for sentence in document.sentences[fact.sentence.index + 1 : fact.sentence.index + 4]:
        label = sentence.label and sentence.norms(*sentence.label)
        if label and not _DEGREE.isdisjoint(label) and sentence.section == fact.sentence.section:
            return next((note for note in sentence.of("modifier") if "severity" in note.means), None)
        if sentence.of("lesion", "emh"):
            return None
    return None


def reach(fact: Fact) -> tuple[int, int]:
    """The statement a finding stands in, from the clause it begins in to the one it ends in."""
    return fact.sentence.clause_of(fact.anchor.first)[0], fact.sentence.clause_of(fact.anchor.last)[1]

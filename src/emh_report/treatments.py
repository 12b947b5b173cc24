"""Document → treatments and procedures, with their levels; whether they go on, are over or are to come.

What is only advised is no treatment; advice.py has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from emh_report.advice import advised
from emh_report.document import Annotation, Document, Sentence
from emh_report.levels import LevelSpan
from emh_report.model import Assertion, Experiencer, Treatment, TreatmentKind, level_order
from emh_report.needs import needs

_PROCEDURES = frozenset(
    {
        TreatmentKind.SPLENECTOMY, TreatmentKind.RADIOTHERAPY, TreatmentKind.LAMINECTOMY,
        TreatmentKind.DECOMPRESSION, TreatmentKind.RESECTION, TreatmentKind.MARROW_BIOPSY,
    }
)  # fmt: skip
"""Done once: over, unless the text says they are to come."""
_OPERATED = frozenset(
    {TreatmentKind.RADIOTHERAPY, *(_PROCEDURES - {TreatmentKind.SPLENECTOMY, TreatmentKind.MARROW_BIOPSY})}
)
"""Done at levels."""
_STRENGTH = (
    Assertion.PRESENT, Assertion.HISTORICAL, Assertion.POSSIBLE, Assertion.HYPOTHETICAL, Assertion.ABSENT,
)  # fmt: skip
_TOLD = frozenset({"clinical", "exam", None})
"""Sections that tell of the patient; elsewhere a treatment to come is only talked about."""
_DOSE = re.compile(r"\d+(?:[.,]\d+)?\s*c?Gy(?:\s*(?:in|/)\s*\d+\s*(?:fractions|fraction|#|fx))?", re.IGNORECASE)
_CLAUSE_ENDS = frozenset({";", "."})
_PREPOSITIONS = {"on": "ongoing", "under": "ongoing", "every": "ongoing", "since": "ongoing"}
_PREPOSITIONS |= {"after": "ended", "off": "ended", "once": "ended", "before": "planned"}
_PARTING = frozenset({",", ";"})
_TURNING = frozenset({",", ";", "and", "after", "on"})
_UNDONE = frozenset({"refused", "none"})
_DENIALS = frozenset({"no", "without", "never"})
_NEAR = 4
_CONTINUED = "treatment_continued"
_FAR = 12


@dataclass(slots=True)
class _Draft:
    kind: TreatmentKind
    detail: str | None
    assertion: Assertion
    levels: set[str] = field(default_factory=set)
    notes: list[Annotation] = field(default_factory=list)


@needs("treatment", otherwise=tuple)
def treatments(document: Document, advice: Sequence[Annotation] | None = None) -> tuple[Treatment, ...]:
    """One entry a kind (and a drug, where the contract has no kind for it), the strongest assertion first."""
    drafts: dict[tuple[TreatmentKind, str], _Draft] = {}
    aside: dict[int, list[Annotation]] = {}
    for other in advised(document) if advice is None else advice:
        aside.setdefault(other.sentence.index, []).append(other)
    for sentence in document.having("treatment"):
        if sentence.section == "recommendation":
            continue
        told = aside.get(sentence.index, ())
        for note in sentence.of("treatment"):
            assertion = _assertion(note)
            if assertion is None or (any(_overlaps(other, note) for other in told) and not _is_continued(note)):
                continue
            _add(drafts, note, assertion)
    return tuple(
        Treatment(
            kind=draft.kind,
            levels=tuple(sorted(draft.levels, key=level_order)),
            detail=draft.detail,
            assertion=draft.assertion,
            evidence=document.evidence_of(*draft.notes),
        )
        for draft in drafts.values()
    )


def _add(drafts: dict[tuple[TreatmentKind, str], _Draft], note: Annotation, assertion: Assertion) -> None:
    kind = TreatmentKind(note.means["treatment"])
    key = (kind, note.means.get("detail", note.concept) if kind is TreatmentKind.OTHER else "")
    draft = drafts.setdefault(key, _Draft(kind, None, assertion))
    stronger = _STRENGTH.index(assertion) < _STRENGTH.index(draft.assertion)
    if stronger:
        draft.assertion, draft.notes, draft.levels = assertion, [], set()
    elif assertion is not draft.assertion:
        return
    levels = _levels(note) if kind in _OPERATED else []
    draft.levels.update(name for level in levels for name in _names(level))
    draft.notes += [note, *levels]
    draft.detail = draft.detail or _detail(note, kind)


def _assertion(note: Annotation) -> Assertion | None:
    """How the treatment stands today; None where the mention is not about the patient's own treatment."""
    if note.experiencer is not Experiencer.PATIENT or note.assertion is Assertion.NOT_ASSESSED:
        return None
    kind = TreatmentKind(note.means["treatment"])
    courses = _courses(note)
    denied = note.assertion is Assertion.ABSENT or not _UNDONE.isdisjoint(courses) or _is_denied(note)
    if note.means.get("polarity") == "absent":
        return None if denied else Assertion.ABSENT
    if denied:
        return Assertion.ABSENT
    if "planned" in courses:
        return Assertion.HYPOTHETICAL
    if note.assertion is Assertion.HYPOTHETICAL and note.sentence.section not in _TOLD:
        return None
    if kind in _PROCEDURES:
        return Assertion.HYPOTHETICAL if note.assertion is Assertion.HYPOTHETICAL else Assertion.HISTORICAL
    if "ongoing" in courses:
        return Assertion.PRESENT
    if "ended" in courses:
        return Assertion.HISTORICAL
    if note.assertion is Assertion.HISTORICAL and not _is_historical(note):
        return Assertion.PRESENT
    return note.assertion


def _is_denied(note: Annotation) -> bool:
    """ "No prior splenectomy", where the denial is not of "prior" alone."""
    return bool(_DENIALS.intersection(note.sentence.norms(note.first - 2, note.first - 1)))


def _courses(note: Annotation) -> list[str]:
    """What is said of its course: before it or its list of treatments, or shortly behind it."""
    norms = note.sentence.document.norms
    found: list[tuple[int, str]] = []
    for first, last, course in _cues(note.sentence):
        if first <= note.last and note.first <= last:
            found.append((0, course))
        elif last < note.first:
            gap = range(last + 1, note.first)
            parted = course == "ended" and _PARTING.intersection(norms[gap.start : gap.stop])
            if not parted and (len(gap) <= _NEAR or all(_is_listed(note, index) for index in gap)):
                found.append((len(gap), course))
        elif course != "refused":
            gap = range(note.last + 1, first)
            if len(gap) < _NEAR and not _TURNING.intersection(norms[gap.start : gap.stop]):
                found.append((len(gap), course))
    return [course for _, course in sorted(found)][:1]


def _cues(sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    """Cues of the lexicon, and the prepositions that are too common to be entries: "on chelation"."""
    for cue in sentence.of("treatment_cue"):
        yield cue.first, cue.last, cue.means["course"]
    norms = sentence.document.norms
    for index in range(sentence.first, sentence.last + 1):
        around = {*norms[max(sentence.first, index - 1) : index], *norms[index + 1 : index + 2]}
        if (course := _PREPOSITIONS.get(norms[index])) and not (norms[index] == "off" and "and" in around):
            yield index, index, course


def _is_continued(note: Annotation) -> bool:
    """ "Continue transfusion" advises what goes on already."""
    return any(
        cue.means["course"] == "ongoing" and cue.concept == _CONTINUED and 0 < note.first - cue.last <= 2
        for cue in note.sentence.of("treatment_cue")
    )


def _is_listed(note: Annotation, index: int) -> bool:
    """Whether a word between a cue and a treatment only continues a list of treatments."""
    sentence = note.sentence
    others = sentence.of("treatment", "quantity")
    word = sentence.document.norms[index]
    return word in (",", "and", "&", "/", "+", "with", "oral", "iron") or any(
        o.first <= index <= o.last for o in others
    )


def _is_historical(note: Annotation) -> bool:
    """Whether a past cue stands next to it, rather than before the disease it treats."""
    start = note.sentence.document.words[note.first].start
    text = note.sentence.document.text
    return any(
        cue.kind in ("resolved", "historical") and len(text[cue.end : start].split()) <= 2 and cue.end <= start
        for cue in note.cues
    )


def _levels(note: Annotation) -> list[Annotation]:
    """The levels it was done at: beside it, or behind it with nothing else between that could have them."""
    sentence = note.sentence
    norms = sentence.document.norms
    rivals = sentence.of("lesion", "emh", "finding", "treatment", "structure")
    found: list[Annotation] = []
    for level in sentence.of("level"):
        if level.last < note.first:
            gap = (level.last + 1, note.first - 1)
            near = note.first - level.last == 1
        else:
            gap = (note.last + 1, level.first - 1)
            near = level.first - note.last <= _FAR
        between = norms[gap[0] : gap[1] + 1]
        blocked = any(gap[0] <= rival.first <= gap[1] for rival in rivals)
        if near and not blocked and not _CLAUSE_ENDS.intersection(between):
            found.append(level)
    return found


def _names(level: Annotation) -> tuple[str, ...]:
    return level.value.levels if isinstance(level.value, LevelSpan) else ()


def _detail(note: Annotation, kind: TreatmentKind) -> str | None:
    if kind is TreatmentKind.RADIOTHERAPY:
        document, sentence = note.sentence.document, note.sentence
        end = document.words[sentence.last].end
        if dose := _DOSE.search(document.text, document.words[sentence.first].start, end):
            return dose.group()
    if "detail" in note.means:
        return note.means["detail"]
    text = " ".join(note.text.casefold().split())
    return text if text != kind.value.replace("_", " ") else None


def _overlaps(one: Annotation, other: Annotation) -> bool:
    return one.sentence is other.sentence and one.first <= other.last and other.first <= one.last

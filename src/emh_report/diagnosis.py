"""The diagnosis of EMH and the other diagnoses the report names.

Sections rank addendum, impression, then the rest; the clinical question never makes a diagnosis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emh_report.document import Annotation, Document
from emh_report.lexicon import Concept
from emh_report.model import Asserted, Assertion, Certainty, Change, DifferentialDiagnosis, Emh, Experiencer
from emh_report.model import Warning as ReportWarning
from emh_report.needs import needs

_SILENT = frozenset({"technique", "comparison", "exam"})
_BACKGROUND = "clinical"
_RANK = {"addendum": 3, "impression": 2, "recommendation": 1}
_FIRMNESS = (Certainty.LIKELY, Certainty.INDETERMINATE, Certainty.UNLIKELY)


@needs("emh", otherwise=lambda: (Emh.unsaid(), []))
def emh(document: Document) -> tuple[Emh, list[ReportWarning]]:
    """What the report says of EMH as a diagnosis, today, in this patient."""
    notes = [
        note
        for sentence in document.having("emh")
        if sentence.section not in _SILENT
        for note in sentence.of("emh")
        if note.experiencer is Experiencer.PATIENT
        and not (note.change is Change.NEW and note.assertion is Assertion.ABSENT)  # "no new EMH" denies no old one
    ]
    stated = [note for note in notes if note.sentence.section != _BACKGROUND]
    warnings: list[ReportWarning] = []
    if stated:
        assertion, certainty, chosen = _decide(stated)
        if assertion is Assertion.HYPOTHETICAL:
            background = [
                note for note in notes if note.sentence.section == _BACKGROUND and note.assertion is Assertion.PRESENT
            ]
            if background:
                assertion, chosen = Assertion.HISTORICAL, background
        others = {_today(note) for note in stated}
        if Assertion.PRESENT in others and Assertion.ABSENT in others and assertion is Assertion.PRESENT:
            same = [
                note
                for note in stated
                if note.assertion is Assertion.ABSENT
                and not note.sentence.of("site", "level")
                and not any(word.means.get("scope") == "elsewhere" for word in note.sentence.of("cord_word"))
            ]
            if same:
                warnings.append(
                    ReportWarning(
                        code="emh_conflict",
                        message="The report both states and denies EMH.",
                        evidence=document.evidence_of(*same, *chosen),
                    )
                )
        return _emh(document, assertion, certainty, chosen), warnings
    if not notes:
        return Emh.unsaid(), warnings
    known = [note for note in notes if note.assertion in (Assertion.PRESENT, Assertion.HISTORICAL)]
    if known:
        return _emh(document, Assertion.HISTORICAL, None, known), warnings
    return _emh(document, Assertion.HYPOTHETICAL, None, notes), warnings


def attribution_of(notes: Sequence[Annotation]) -> Asserted:
    """What some mentions of EMH say together, today."""
    if not notes:
        return Asserted.unsaid()
    assertion, certainty, _ = _decide(notes)
    return Asserted(assertion=assertion, certainty=certainty)


def _emh(document: Document, assertion: Assertion, certainty: Certainty | None, notes: Sequence[Annotation]) -> Emh:
    cue = None
    if assertion is Assertion.POSSIBLE:
        cue = next((cue.text for note in notes for cue in note.cues if cue.kind == "possible"), None)
    return Emh(assertion=assertion, certainty=certainty, cue=cue, evidence=document.evidence_of(*notes))


def _incidental(note: Annotation) -> bool:
    """Whether a diagnosis is named by the way and explains no lesion: "incidental haemangioma at L2"."""
    if note.assertion is not Assertion.PRESENT or note.sentence.section in ("impression", "addendum"):
        return False
    return any(word.means.get("weight") == "incidental" for word in note.sentence.of("weight"))


def _today(note: Annotation) -> Assertion:
    if asked(note):
        return Assertion.HYPOTHETICAL
    if note.excepted:
        return Assertion.PRESENT
    if note.assertion is Assertion.HISTORICAL and note.change is None:
        changes = {change.means["change"] for change in note.sentence.of("change")}
        if changes & {"stable", "increased", "decreased"}:
            return Assertion.PRESENT
    return note.assertion


def asked(note: Annotation) -> bool:
    """Whether a doubt at the head of a text without sections is its question: "MRI for ?EMH"."""
    sentence = note.sentence
    if note.assertion is not Assertion.POSSIBLE or sentence.section is not None or sentence.index > 2:
        return False
    marks = [cue.text.lower() for cue in note.cues if cue.kind == "possible"]
    return sentence.index + 1 < len(sentence.document.sentences) and all(
        mark.startswith(("?", "query", "concern")) for mark in marks
    )


def _decide(notes: Sequence[Annotation]) -> tuple[Assertion, Certainty | None, list[Annotation]]:
    """The ranking statement: by section, and within it present before possible before the rest."""
    ranks = sorted({_RANK.get(note.sentence.section or "", 0) for note in notes}, reverse=True)
    for weak in (False, True):
        for rank in ranks:
            here = [note for note in notes if _RANK.get(note.sentence.section or "", 0) == rank]
            for wanted in _ORDER_WEAK if weak else _ORDER:
                chosen = [note for note in here if _today(note) is wanted]
                if wanted is Assertion.POSSIBLE and chosen and _refuted(chosen, here):
                    continue
                if chosen:
                    return wanted, _certainty(chosen) if wanted is Assertion.POSSIBLE else None, chosen
            gone = [] if weak else [note for note in here if note.change is Change.RESOLVED]
            if gone:
                return Assertion.HISTORICAL, None, gone
    return Assertion.NOT_MENTIONED, None, []


def _excluded_at_last(notes: Sequence[Annotation]) -> list[Annotation]:
    """The last mention of a diagnosis, where it says that it was excluded: "metastasis was ruled out"."""
    last = notes[-1]
    told = any("exclu" in cue.text.lower() or "ruled out" in cue.text.lower() for cue in last.cues)
    return [last] if told and last.assertion is Assertion.ABSENT else []


def _refuted(possible: Sequence[Annotation], notes: Sequence[Annotation]) -> bool:
    """Whether tissue later excludes what was thought possible: "frozen section suggested lymphoma; histology …"."""
    last = (possible[-1].sentence.index, possible[-1].first)
    return any(
        note.assertion is Assertion.ABSENT
        and (note.sentence.index, note.first) > last
        and any(other.first < note.first for other in note.sentence.of("biopsy"))
        for note in notes
    )


_ORDER = (Assertion.PRESENT, Assertion.POSSIBLE, Assertion.ABSENT)
_ORDER_WEAK = (Assertion.HISTORICAL, Assertion.NOT_ASSESSED, Assertion.HYPOTHETICAL)


def _certainty(notes: Sequence[Annotation]) -> Certainty | None:
    found = {note.certainty for note in notes}
    return next((certainty for certainty in _FIRMNESS if certainty in found), None)


@needs("differential", otherwise=tuple)
def differential(document: Document, concepts: Mapping[str, Concept]) -> tuple[DifferentialDiagnosis, ...]:
    """Diagnoses other than EMH, each once."""
    groups: dict[str, list[Annotation]] = {}
    for sentence in document.having("differential"):
        if sentence.section in _SILENT:
            continue
        for note in sentence.of("differential"):
            if note.experiencer is Experiencer.PATIENT and not _incidental(note):
                groups.setdefault(concepts[note.concept].preferred, []).append(note)
    found = []
    for name, notes in groups.items():
        stated = [note for note in notes if note.sentence.section != _BACKGROUND]
        if stated and (last := _excluded_at_last(stated)):
            assertion, certainty, chosen = Assertion.ABSENT, None, last
        elif stated:
            assertion, certainty, chosen = _decide(stated)
        else:
            if all(note.assertion in (Assertion.PRESENT, Assertion.HISTORICAL) for note in notes):
                continue
            assertion, certainty, chosen = Assertion.HYPOTHETICAL, None, notes
        cue = (
            next((cue.text for note in chosen for cue in note.cues if cue.kind == "possible"), None)
            if assertion is Assertion.POSSIBLE
            else None
        )
        found.append(
            DifferentialDiagnosis(
                diagnosis=name,
                assertion=assertion,
                certainty=certainty,
                cue=cue,
                evidence=document.evidence_of(*chosen),
            )
        )
    return tuple(found)

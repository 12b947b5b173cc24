"""Statements that cannot be right as they stand, or that something required is missing beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from emh_report.claims import COMPRESSION, Claim, part_of
from emh_report.document import Annotation, Document, Sentence
from emh_report.facts import ordered
from emh_report.levels import LevelSpan, SequenceSpan
from emh_report.measure import SizeSpan
from emh_report.model import TODAY, Assertion, Change, Evidence, Findings, level_order
from emh_report.model import Warning as ReportWarning

_IRON_SEQUENCES = frozenset({"SWI", "GRE", "T2*"})
_REPORT = frozenset({"findings", "impression"})
_LOWEST_CORD = "L2"
"""Where no conus level is stated, the cord ends at L1-L2 (clinical-model.md, section 1.4)."""
_EARLIER = frozenset("before previous previously prior earlier then last".split())
_UNDONE = frozenset({"no", "without", "not", "nor", "neither"})


def implausible(document: Document, findings: Findings, told: Sequence[Claim]) -> Iterator[ReportWarning]:
    """Everything that is doubtful by itself."""
    yield from _level_names(document)
    yield from _sizes(document)
    yield from _below_conus(document, findings, told)
    yield from _iron_without_sequence(document)
    yield from _not_communicated(document, findings)


def _level_names(document: Document) -> Iterator[ReportWarning]:
    """Inverted ranges and names no vertebra bears."""
    for sentence in document.having("level"):
        for note in sentence.of("level"):
            if not isinstance(note.value, LevelSpan):
                continue
            if note.value.inverted:
                text = "A level range runs from caudal to cranial; read in spinal order."
                yield _warning(document, "level_inverted", text, note)
            for name in note.value.out_of_range:
                yield _warning(document, "level_out_of_range", f"{name} is not a level of the model; left out.", note)


def _sizes(document: Document) -> Iterator[ReportWarning]:
    """Lesion sizes that no lesion has: usually centimetres for millimetres."""
    for sentence in document.having("size"):
        for note in sentence.of("size"):
            if isinstance(note.value, SizeSpan) and note.value.suspicious:
                text = "A size is implausibly large; check its unit."
                yield _warning(document, "size_suspicious", text, note)


def _below_conus(document: Document, findings: Findings, told: Sequence[Claim]) -> Iterator[ReportWarning]:
    """Compression of the cord where there are only roots."""
    stated = findings.study.conus_level
    lowest = stated.partition("/")[0] if stated else _LOWEST_CORD
    for claim in told:
        if claim.topic != COMPRESSION or not claim.today or not claim.levels:
            continue
        if all(level_order(level) > level_order(lowest) for level in claim.levels):
            end = f"the stated end of the cord ({stated})" if stated else "the usual end of the cord (L1-L2)"
            where = ", ".join(ordered(claim.levels))
            text = f"Cord compression at {where} lies below {end}: roots, or another level?"
            yield _warning(document, "check_level", text, *claim.notes)


def _iron_without_sequence(document: Document) -> Iterator[ReportWarning]:
    """Iron, or its blooming, read from a sequence that was not done, or that the technique does not list."""
    stated = [sentence for sentence in document.having("finding", "intensity") if _iron(sentence)]
    if not stated:
        return
    undone = [note for sentence in _imaged(document) for note in _sequences(sentence) if _is_undone(note)]
    missing = {name for note in undone for name in _names(note)}
    listed = _listed(document)
    places = _places(document)
    for sentence in stated:
        iron = _iron(sentence)
        used = [note for note in _sequences(sentence) if not _is_undone(note) and _names(note)]
        names = {name for note in used for name in _names(note)}
        if names and names <= missing or (not names and missing >= _IRON_SEQUENCES and _is_susceptibility(iron)):
            text = "Iron is stated from a sequence that the report says was not done."
            yield _warning(document, "iron_without_sequence", text, *iron, *used, *undone)
        elif names and listed and not any(places.get(name, set()) - {sentence.index} for name in names):
            text = "Iron is stated from a sequence that the technique does not list."
            yield _warning(document, "iron_without_sequence", text, *iron, *used, *listed)


def _iron(sentence: Sentence) -> list[Annotation]:
    """What a sentence of the report itself says of iron."""
    if part_of(sentence) is None:
        return []
    return [note for note in (*sentence.of("finding"), *sentence.of("intensity")) if _shows_iron(note)]


def _shows_iron(note: Annotation) -> bool:
    about = note.means.get("field") == "iron" or note.means.get("intensity") == "blooming"
    return about and note.assertion in TODAY and note.means.get("polarity") != "absent"


def _is_susceptibility(iron: list[Annotation]) -> bool:
    """Blooming is a word for a susceptibility effect: it names its sequence without naming it."""
    return any("bloom" in note.text.lower() or "suscept" in note.text.lower() for note in iron)


def _imaged(document: Document) -> list[Sentence]:
    return document.having("sequence", "iron_sequence")


def _sequences(sentence: Sentence) -> list[Annotation]:
    return sentence.of("sequence", "iron_sequence")


def _names(note: Annotation) -> set[str]:
    """Iron-sensitive sequences that a phrase names."""
    if note.kind == "iron_sequence":
        return set(_IRON_SEQUENCES)
    if isinstance(note.value, SequenceSpan):
        return set(note.value.sequences) & _IRON_SEQUENCES
    name = note.means.get("sequence", "")
    # gradient echo and T2* are two names of one sequence
    return {"GRE", "T2*"} if name in ("GRE", "T2*") else {name} & _IRON_SEQUENCES


def _is_undone(note: Annotation) -> bool:
    """ "No SWI", "SWI was not performed"; not "no signal loss on SWI"."""
    sentence = note.sentence
    first, last = sentence.clause_of(note.first)
    described = [other for other in sentence.of("finding", "intensity") if first <= other.first <= last]
    if described or not _EARLIER.isdisjoint(sentence.norms(first, sentence.last)):
        return False
    before = set(sentence.norms(note.first - 4, note.first - 1))
    denied = note.assertion is Assertion.ABSENT and (bool(before & _UNDONE) or bool(note.cues))
    return note.assertion is Assertion.NOT_ASSESSED or denied


def _listed(document: Document) -> list[Annotation]:
    """The sequences of a technique that names several and is no routine protocol."""
    found: list[Annotation] = []
    for sentence in document.sentences:
        if sentence.section == "technique":
            if not {"routine", "standard", "protocol", "multisequence", "multiplanar"}.isdisjoint(
                sentence.norms(sentence.first, sentence.last)
            ):
                return []
            found += sentence.of("sequence")
    return found if len(found) > 1 else []


def _places(document: Document) -> dict[str, set[int]]:
    """Iron-sensitive sequences, and the sentences that name each as done."""
    found: dict[str, set[int]] = {}
    for sentence in document.having("sequence", "iron_sequence", "quantity"):
        for note in (*_sequences(sentence), *sentence.of("quantity")):
            names = _names(note) if note.kind != "quantity" else {note.concept} & _IRON_SEQUENCES
            for name in names if not _is_undone(note) else ():
                found.setdefault(name, set()).add(sentence.index)
    return found


def _not_communicated(document: Document, findings: Findings) -> Iterator[ReportWarning]:
    """A compression not known as stable is a critical result, and a report says who was told of it."""
    cord, roots = findings.cord_compression, findings.cauda_equina
    pressing = cord.assertion is Assertion.PRESENT and cord.change not in (Change.STABLE, Change.DECREASED)
    parts = {sentence.section for sentence in document.sentences}
    if findings.critical_communication.assertion is Assertion.PRESENT or not parts & _REPORT:
        return
    if pressing or roots.assertion is Assertion.PRESENT:
        name = "Cord compression" if pressing else "Cauda equina compression"
        evidence: tuple[Evidence, ...] = cord.evidence if pressing else roots.evidence
        text = f"{name} is stated, but no communication of it is documented."
        yield ReportWarning(code="communication_not_documented", message=text, evidence=evidence)


def _warning(document: Document, code: str, message: str, *notes: Annotation) -> ReportWarning:
    return ReportWarning(code=code, message=message, evidence=document.evidence_of(*notes))

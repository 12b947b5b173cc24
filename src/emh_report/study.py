"""Document → how the examination was done: modality, sequences, contrast, field strength, comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from emh_report.advice import advised
from emh_report.conus import conus_level
from emh_report.document import Annotation, Document, Sentence
from emh_report.levels import SequenceSpan
from emh_report.model import Assertion, Evidence, Modality, Study
from emh_report.model import Sequence as MrSequence

_ELSEWHERE = frozenset({"comparison", "clinical", "recommendation", "communication"})
"""Sections that speak of other examinations than this one."""
_TELLING = frozenset({"comparison", "technique"})
"""Sections whose words alone, without one of the lexicons, say something of it."""
_UNSURE = frozenset({Assertion.HYPOTHETICAL, Assertion.POSSIBLE})
_UNDONE = frozenset({Assertion.ABSENT, Assertion.NOT_ASSESSED})
_DESCRIBED = ("finding", "intensity", "effect", "cord_word")
_DIFFUSION = "diffusion"
_WITHHELD = frozenset("contrast not given none nil no administered used required".split())
_TITLE_SENTENCES = 3
_SLICED = frozenset({Modality.MR, Modality.CT, Modality.PET})
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
    r"|\d{1,2}(?:st|nd|rd|th)?[ -](?:[A-Z][a-z]{2,8}|[A-Z]{3,9}),?[ -]\d{4}"
    r"|(?:[A-Z][a-z]{2,8}|[A-Z]{3,9}) \d{1,2},? \d{4}"
)
_DATE_HEADING = re.compile(
    r"(?:^\W*|\b(?:exam|examination|study|scan|service)\s+)date\b\W*$"
    r"|\bdate of (?:exam|examination|study|scan|service)\b\W*$",
    re.IGNORECASE,
)
_DATE_REACH = 60
"""Characters of a line within which a date stands behind its heading."""
_LABELS = frozenset({"limitation", "comparison"})
_MARKS = frozenset("- * • ·".split())
_LONGEST_TEXT = 240
_PRIOR_WORDS = 8


def study(document: Document, advice: Sequence[Annotation] | None = None) -> Study:
    """What the report says of its own examination; ``advice`` names procedures that are none of it."""
    if not document.kinds and not any(part.category in _TELLING for part in document.parts):
        date, date_evidence = _date(document)
        return Study(date=date, evidence=date_evidence)
    title, advice = _title(document), advised(document) if advice is None else advice
    modality, shown_by = _modality(document, title, advice)
    sequences, sequence_notes = _sequences(document, modality, advice)
    if not modality and len(sequences) > 1:
        modality, shown_by = (Modality.MR,), sequence_notes
    contrast, contrast_note = _contrast(document, title, modality, advice)
    strength, strength_note = _field_strength(document)
    conus, conus_notes = conus_level(_here(document, "structure"))
    comparison, comparison_evidence = _comparison(document)
    limitation, limitation_evidence = _limitation(document)
    date, date_evidence = _date(document)
    regions, region_notes = _regions(title)
    notes = [*shown_by, *region_notes, *sequence_notes, *contrast_note, *strength_note, *conus_notes]
    return Study(
        date=date,
        modality=modality,
        body_region=regions,
        sequences=sequences,
        contrast=contrast,  # type: ignore[arg-type]
        field_strength_t=strength,
        comparison=comparison,
        limitation=limitation,
        conus_level=conus,
        evidence=(*document.evidence_of(*notes), *comparison_evidence, *limitation_evidence, *date_evidence),
    )


def _title(document: Document) -> list[Sentence]:
    """The sentences that name the examination: its own section, or the first lines that name a modality."""
    titled = [sentence for sentence in document.sentences if sentence.section == "exam"]
    opening = [sentence for sentence in document.sentences[:_TITLE_SENTENCES] if sentence.section is None]
    named = next((sentence for sentence in opening if sentence.of("modality")), None)
    if named and not any(sentence.of("modality") for sentence in titled):
        titled = [named, *titled]
    return titled


def _modality(
    document: Document, title: Sequence[Sentence], advice: Sequence[Annotation]
) -> tuple[tuple[Modality, ...], list[Annotation]]:
    """From the title, else the technique, else the first sentence that speaks of this examination."""
    technique = [sentence for sentence in document.sentences if sentence.section == "technique"]
    told = {other.sentence.index for other in advice}
    findings = ([sentence] for sentence in _here(document, "modality") if sentence.index not in told)
    for sentences in (title, technique, *findings):
        named = sentences is title or sentences is technique
        notes = [note for sentence in sentences for note in sentence.of("modality") if _is_this(note, named)]
        if notes:
            names = (name for note in notes for name in (note.means["modality"], note.means.get("also")))
            return tuple(dict.fromkeys(Modality(name) for name in names if name)), notes
    return (), []


def _is_this(note: Annotation, named: bool) -> bool:
    """Whether it is this examination, not a prior one, a suggested one or a way to guide a needle."""
    if note.assertion is Assertion.HISTORICAL or (note.assertion in _UNSURE and not named):
        return False
    sentence = note.sentence
    compared = any(
        word.means.get("study") == "comparison" and word.first < note.first for word in sentence.of("study_word")
    )
    guides = any(other.first <= note.first <= other.last + 3 for other in sentence.of("biopsy"))
    return not compared and (named or not guides)


def _here(document: Document, *kinds: str) -> Iterator[Sentence]:
    """Sentences with phrases of these kinds that speak of this examination."""
    return (sentence for sentence in document.having(*kinds) if sentence.section not in _ELSEWHERE)


def _regions(title: Sequence[Sentence]) -> tuple[tuple[str, ...], list[Annotation]]:
    notes = [note for sentence in title for note in sentence.of("body_region")]
    names = (note.means.get("region") or note.concept.removeprefix("region_").replace("_", " ") for note in notes)
    return tuple(dict.fromkeys(names)), notes


def _sequences(
    document: Document, modality: Sequence[Modality], advice: Sequence[Annotation]
) -> tuple[tuple[MrSequence, ...], list[Annotation]]:
    """Sequences that were done: listed, or described by their signal."""
    if modality and Modality.MR not in modality:
        return (), []
    found: dict[MrSequence, Annotation] = {}
    advised_in: dict[int, list[Annotation]] = {}
    for note in advice:
        advised_in.setdefault(note.sentence.index, []).append(note)
    for sentence in document.having("sequence", "finding"):
        aside = [*advised_in.get(sentence.index, ()), *sentence.of("quantity")]  # "liver T2* 3.1 ms" is a result
        listed = [note for note in sentence.of("sequence") if not _is_part_of(note, aside) and not _is_undone(note)]
        if sentence.section in _ELSEWHERE and (sentence.section != "clinical" or len(listed) < 2):
            continue
        for note in listed:
            for name in _names(note):
                found.setdefault(name, note)
        for note in sentence.of("finding"):
            if note.means.get("field") == _DIFFUSION and note.assertion is not Assertion.NOT_ASSESSED:
                found.setdefault(MrSequence.DWI, note)
    return tuple(found), list(dict.fromkeys(found.values()))


def _names(note: Annotation) -> list[MrSequence]:
    if isinstance(note.value, SequenceSpan):
        return [MrSequence(name) for name in note.value.sequences]
    return [MrSequence(note.means["sequence"])] if "sequence" in note.means else []


def _is_undone(note: Annotation) -> bool:
    """ "No SWI was performed", but not "no hyperintensity on T2"."""
    if note.assertion is Assertion.NOT_ASSESSED:
        return True
    first, last = note.sentence.clause_of(note.first)
    described = any(first <= other.first <= last for other in note.sentence.of(*_DESCRIBED))
    near = any(
        cue.kind == "negated" and note.sentence.document.words[note.first].start - cue.end <= 3 for cue in note.cues
    )
    return note.assertion is Assertion.ABSENT and near and not described


def _contrast(
    document: Document, title: Sequence[Sentence], modality: Sequence[Modality], advice: Sequence[Annotation]
) -> tuple[str | None, list[Annotation]]:
    """As announced or given; images after contrast in the findings count where neither is stated."""
    if modality and not _SLICED.intersection(modality):
        return None, []
    technique = [sentence for sentence in document.sentences if sentence.section == "technique"]
    addendum = [sentence for sentence in document.sentences if sentence.section == "addendum"]
    stated = [note for sentence in (*title, *technique) for note in sentence.of("contrast")]
    told = {note.sentence.index for note in advice}
    later = [note for sentence in addendum for note in _described(sentence, told) if _given(note) == "IV"]
    described = [note for sentence in _here(document, "contrast") for note in _described(sentence, told)]
    asked = [
        note
        for sentence in document.having("contrast")
        if sentence.section == "clinical"
        for note in sentence.of("contrast")
    ]
    for notes in (later, stated, described, [note for note in asked if note.means["contrast"] == "none"]):
        for kind in ("IV", "none", "oral"):
            if matching := [note for note in notes if _given(note) == kind]:
                return kind, matching[:1]
        if notes is stated and (denial := next((each for each in technique if _withheld(each)), None)):
            return "none", [Annotation("contrast", "contrast_none", denial.first, denial.last, denial)]
    return None, []


def _described(sentence: Sentence, advised_in: set[int]) -> list[Annotation]:
    """Contrast named outside title and technique, other than as advice or in another examination."""
    notes = [note for note in sentence.of("contrast") if note.assertion is not Assertion.HYPOTHETICAL]
    return [] if sentence.index in advised_in else notes


def _is_part_of(note: Annotation, advice: Sequence[Annotation]) -> bool:
    return any(
        other.sentence is note.sentence and other.first <= note.first and note.last <= other.last for other in advice
    )


def _withheld(sentence: Sentence) -> bool:
    """ "Contrast: not given", where the heading has the noun."""
    norms = sentence.document.norms
    words = [norm for norm in norms[sentence.first : sentence.last + 1] if norm.isalpha()]
    heading = norms[max(0, sentence.first - 3) : sentence.first] + norms[sentence.first : sentence.first + 1]
    return "contrast" in heading and bool(words) and set(words) <= _WITHHELD


def _given(note: Annotation) -> str:
    denied = note.assertion in _UNDONE and note.means["contrast"] == "IV" and not _enhances(note)
    return "none" if denied else note.means["contrast"]


def _enhances(note: Annotation) -> bool:
    """In "no enhancement after contrast" the enhancement is denied, not the contrast."""
    return any(other.means.get("field") == "enhancement" for other in note.sentence.of("finding"))


def _field_strength(document: Document) -> tuple[float | None, list[Annotation]]:
    for sentence in _here(document, "quantity"):
        for note in sentence.of("quantity"):
            value = getattr(note.value, "value", None)
            if note.concept == "field_strength" and isinstance(value, int | float):
                return float(value), [note]
    return None, []


def _comparison(document: Document) -> tuple[str | None, tuple[Evidence, ...]]:
    section = [each for each in document.sentences if each.section == "comparison" and not each.of("unstated")]
    if section:
        return _passage(document, section[0], section[-1])
    for sentence in _here(document, "study_word"):
        if any(_names_prior(note) for note in sentence.of("study_word") if note.means["study"] == "comparison"):
            return _passage(document, sentence, sentence)
    return None, ()


def _names_prior(note: Annotation) -> bool:
    """Whether what follows is an examination or its date: "compared with MRI", not "compared with muscle"."""
    sentence, last = note.sentence, note.last + _PRIOR_WORDS
    dated = any(norm[:1].isdigit() for norm in sentence.norms(note.last + 1, note.last + 3))
    return dated or any(note.first <= other.first <= last for other in sentence.of("modality"))


def _limitation(document: Document) -> tuple[str | None, tuple[Evidence, ...]]:
    for sentence in _here(document, "study_word"):
        if any(note.means["study"] == "limitation" for note in sentence.of("study_word")):
            return _passage(document, sentence, sentence)
    return None, ()


def _passage(document: Document, start: Sentence, end: Sentence) -> tuple[str | None, tuple[Evidence, ...]]:
    """The words of some sentences without the mark and label that open them."""
    first = start.first
    if start.label and not _LABELS.isdisjoint(start.norms(*start.label)) and start.label[1] < start.last:
        first = start.label[1] + 1
    while first < start.last and document.norms[first] in _MARKS:
        first += 1
    evidence = document.evidence(first, end.last, start.section)
    if len(evidence.text) > _LONGEST_TEXT:
        evidence = document.evidence(first, start.last, start.section)
    return " ".join(evidence.text.split()).rstrip(" .") or None, (evidence,)


def _date(document: Document) -> tuple[str | None, tuple[Evidence, ...]]:
    """A date that its own heading or label names as that of the study."""
    if "date" not in document.text.lower():
        return None, ()
    for sentence in document.sentences:
        if sentence.section not in ("exam", None):
            continue
        start, end = document.words[sentence.first].start, document.words[sentence.last].end
        for match in _DATE.finditer(document.text, start, end):
            line = document.text.rfind("\n", max(0, match.start() - _DATE_REACH), match.start()) + 1
            if line == 0 and match.start() >= _DATE_REACH:
                continue
            before = document.text[line : match.start()]
            if len(before) < _DATE_REACH and _DATE_HEADING.search(before):
                span = (match.start(), match.end())
                return match.group(), (
                    Evidence(start=span[0], end=span[1], text=match.group(), section=sentence.section),
                )
    return None, ()

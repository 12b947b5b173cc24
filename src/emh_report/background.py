"""Document → who is examined and why: blood disorders, symptoms, question; study and treatments beside.

A known blood disorder is current wherever it is written, in a history section too, unless the text ends it.
"""

from __future__ import annotations

from collections.abc import Mapping

from emh_report.communication import addenda, communication
from emh_report.document import Annotation, Document, Sentence
from emh_report.lexicon import Concept, Lexicons
from emh_report.model import Assertion, Certainty, Change, Clinical, Code, Condition, Evidence, Experiencer
from emh_report.needs import needs
from emh_report.study import study
from emh_report.treatments import treatments
from emh_report.words import normalise, tokenize

__all__ = ["addenda", "clinical", "communication", "conditions", "study", "treatments"]

_STRENGTH = (
    Assertion.PRESENT, Assertion.POSSIBLE, Assertion.HISTORICAL, Assertion.HYPOTHETICAL, Assertion.ABSENT,
)  # fmt: skip
_CLINICAL = frozenset({"clinical", "exam", None})
_REMISSION = "remission"
_STILL_THERE = frozenset({"partial", "molecular", "hematological", "clinical", "not", "incomplete"})
"""Remissions in which the disease is only held down."""
_DOUBTS = frozenset({"hypothetical", "possible", "negated"})
_PERSONS = frozenset(
    "patient pt woman man boy girl child lady gentleman male female infant case known background".split()
)
_ASKING = frozenset({"hypothetical", "possible"})
_ASKED = frozenset({"emh", "finding", "lesion"})
_LEADING_SENTENCES = 5


@needs("condition", otherwise=tuple)
def conditions(document: Document, lexicons: Lexicons) -> tuple[Condition, ...]:
    """Each blood disorder once, at its strongest; a more specific name replaces the general one."""
    found: dict[str, tuple[Assertion, list[Annotation]]] = {}
    for sentence in document.having("condition"):
        for note in sentence.of("condition"):
            assertion = _current(note)
            if assertion is None:
                continue
            known = found.get(note.concept)
            if known is None or _STRENGTH.index(assertion) < _STRENGTH.index(known[0]):
                found[note.concept] = (assertion, [note])
            elif assertion is known[0]:
                known[1].append(note)
    concepts = lexicons.concepts
    implied = {
        other
        for name, (assertion, _) in found.items()
        for other in found
        if other != name and _says_more(concepts, name, other) and not _contradicts(assertion, found[other][0])
    }
    return tuple(
        Condition(
            name=concepts[name].preferred,
            assertion=assertion,
            codes=tuple(Code(system=system, code=code) for system, code in concepts[name].codes.items()),
            evidence=document.evidence_of(*notes),
        )
        for name, (assertion, notes) in found.items()
        if name not in implied
    )


def clinical(document: Document) -> Clinical:
    """The patient's symptoms, and the question the referrer asks."""
    if not document.kinds and "?" not in document.text:
        return Clinical.unsaid()
    symptoms: dict[str, Annotation] = {}
    for sentence in _request(document):
        for note in sentence.of("symptom"):
            if note.assertion in (Assertion.PRESENT, Assertion.HISTORICAL) and note.experiencer is Experiencer.PATIENT:
                symptoms.setdefault(note.concept.replace("_", " "), note)
    asked = next((span for sentence in _request(document) if (span := _question(sentence))), None)
    evidence = document.evidence_of(*symptoms.values())
    if asked is None:
        return Clinical(symptoms=tuple(symptoms), evidence=evidence)
    return Clinical(symptoms=tuple(symptoms), question=" ".join(asked.text.split()), evidence=(*evidence, asked))


def _current(note: Annotation) -> Assertion | None:
    """How the disorder stands today; None where it is not the patient's, or only part of a differential."""
    if note.experiencer is not Experiencer.PATIENT or note.assertion is Assertion.NOT_ASSESSED:
        return None
    if note.assertion in (Assertion.PRESENT, Assertion.HISTORICAL) or not _is_doubted(note):
        over = note.change is Change.RESOLVED or _is_remitted(note)
        return Assertion.HISTORICAL if over else Assertion.PRESENT
    aside = note.assertion is Assertion.HYPOTHETICAL or note.certainty is Certainty.UNLIKELY
    return None if aside and note.sentence.section not in _CLINICAL else note.assertion


def _is_doubted(note: Annotation) -> bool:
    """Whether a doubt is about the disorder: "to rule out EMH in a woman with PV" does not doubt PV.

    Nor does a bracket: "congenital hemolytic anemia (autoimmune excluded)".
    """
    document, start, end = note.sentence.document, *_characters(note)
    deciding = [cue for cue in note.cues if cue.kind in _DOUBTS]
    for cue in deciding:
        text = document.text[cue.end : start] if cue.end <= start else document.text[end : cue.start]
        words = {normalise(word.text) for word in tokenize(text)}
        bracketed = text.count("(") != text.count(")")
        if not bracketed and not (cue.end <= start and _PERSONS.intersection(words)):
            return True
    return not deciding


def _characters(note: Annotation) -> tuple[int, int]:
    words = note.sentence.document.words
    return words[note.first].start, words[note.last].end


def _is_remitted(note: Annotation) -> bool:
    first, last = note.sentence.clause_of(note.first)
    norms = note.sentence.document.norms
    behind = norms[note.last + 1 : min(last, note.last + 12) + 1]
    return _REMISSION in behind and not _STILL_THERE.intersection(behind) and first <= note.first


def _contradicts(narrow: Assertion, broad: Assertion) -> bool:
    """Whether the specific disorder is denied while the general one is not: both are worth saying."""
    return (narrow is Assertion.ABSENT) != (broad is Assertion.ABSENT)


def _says_more(concepts: Mapping[str, Concept], name: str, other: str) -> bool:
    """Whether ``name`` is a kind of ``other``, or of what ``other`` only classifies, as "NTDT" does."""
    broader = _broader(concepts, name)
    return other in broader or (
        concepts[other].means.get("classifies") in broader and "classifies" not in concepts[name].means
    )


def _broader(concepts: Mapping[str, Concept], name: str) -> set[str]:
    """Every entry that says the same with less detail."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        means = concepts[ahead.pop()].means
        for broader in (means.get("broader"), means.get("implies")):
            if broader and broader in concepts and broader not in found:
                found.add(broader)
                ahead.append(broader)
    return found


def _request(document: Document) -> list[Sentence]:
    """What tells of the patient and the question: the clinical section, else the report's first lines."""
    written = [sentence for sentence in document.sentences if sentence.section == "clinical"]
    opening = [sentence for sentence in document.sentences[:_LEADING_SENTENCES] if sentence.section is None]
    return written or opening


def _question(sentence: Sentence) -> Evidence | None:
    """ "Evaluate for cord compression", "?EMH", "Any change?": from the asking words to the end."""
    document = sentence.document
    norms = document.norms
    marks = [index for index in range(sentence.first, sentence.last + 1) if norms[index].startswith("?")]
    starts = [document.words[index].start for index in marks if index < sentence.last and norms[index + 1] != "."]
    starts += [document.words[sentence.first].start] if marks and not starts else []
    known = sentence.of("condition")
    for note in sentence.annotations:
        if note.kind == "lesion" and any(note.overlaps(other) for other in known):
            continue  # "possible Gaucher disease" asks for no lesion
        asked = note.assertion is Assertion.HYPOTHETICAL or (
            note.kind in _ASKED and note.assertion is Assertion.POSSIBLE
        )
        starts += [cue.start for cue in note.cues if asked and cue.kind in _ASKING]
    if not starts:
        return None
    first = next(i for i in range(sentence.first, sentence.last + 1) if document.words[i].start >= min(starts))
    return document.evidence(first, sentence.last, sentence.section)

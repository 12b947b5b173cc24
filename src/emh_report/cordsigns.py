"""Signs of the cord and the sac: thecal sac, CSF, the epidural compression scale, signal inside the cord."""

from __future__ import annotations

from typing import Literal, get_args

from emh_report.document import Annotation, Document, Sentence
from emh_report.facts import Fact, level_names, severity_note
from emh_report.model import (
    TODAY,
    Assertion,
    Change,
    CordSignalChange,
    Escc,
    EsccGrade,
    Evidence,
    Origin,
)
from emh_report.relations import BACKGROUND, Links

ThecalSac = Literal["normal", "indented", "effaced", "displaced"]
Csf = Literal["preserved", "partially_effaced", "effaced"]
_CSF_ORDER: tuple[Csf, ...] = ("preserved", "partially_effaced", "effaced")
_CSF: dict[str, Csf] = {name: name for name in _CSF_ORDER}
_GRADES: dict[str, EsccGrade] = {grade: grade for grade in get_args(EsccGrade)}
_ROOMY = ("decompress", "well decompress", "uncompress", "spared")
_SIGNAL_ORDER = (
    Assertion.PRESENT, Assertion.POSSIBLE, Assertion.HISTORICAL, Assertion.ABSENT, Assertion.NOT_ASSESSED,
)  # fmt: skip
_ABNORMAL = frozenset({"hyperintense", "hypointense", "mixed"})
_CALLED_ABNORMAL = frozenset("abnormal altered increased high hyperintense".split())
_CHANGES = frozenset("edema gliosis ischemia myelomalacia".split())


def sac_and_csf(links: Links) -> tuple[ThecalSac | None, Csf | None, list[Annotation]]:
    """The thecal sac and the CSF around the cord, with the phrases that say so."""
    sac: ThecalSac | None = None
    csf: Csf | None = None
    notes: list[Annotation] = []
    for fact in links.facts:
        if fact.sentence.section == BACKGROUND:
            continue
        stated = fact.assertion is Assertion.PRESENT
        decided = fact.assertion in (Assertion.PRESENT, Assertion.ABSENT)
        if fact.kind == "sac" and decided:
            if sac in (None, "normal"):
                sac = _sac(fact) if stated else "normal"
                notes.append(fact.anchor.note)
        elif fact.kind == "sac_normal" and stated and sac is None:
            sac = "normal"
            notes.append(fact.anchor.note)
        elif fact.kind in ("csf", "csf_normal") and decided:
            csf = _worse(csf, _csf(fact))
            notes.append(fact.anchor.note)
    for sentence in links.document.having("structure", "cord_word"):
        if sentence.section == BACKGROUND:
            continue
        for note in sentence.of("structure"):
            if note.concept == "csf" and note.assertion is Assertion.ABSENT and not sentence.of("effect"):
                csf = "effaced"
                notes.append(note)
        for note in sentence.of("cord_word"):
            if "csf" in note.means:
                if note.assertion is Assertion.PRESENT:
                    csf = _worse(csf, _CSF[note.means["csf"]])
                elif note.assertion is Assertion.ABSENT:
                    csf = "effaced"
                notes.append(note)
    return sac, csf, notes


def _sac(fact: Fact) -> ThecalSac:
    note = fact.anchor.note
    if "displac" in note.text.lower():
        return "displaced"
    return "effaced" if note.means.get("effect") in ("effacement", "narrowing") else "indented"


def _csf(fact: Fact) -> Csf:
    if (fact.kind == "csf_normal") is (fact.assertion is Assertion.PRESENT):
        return "preserved"
    return "partially_effaced" if fact.kind == "csf" and _partial(fact) else "effaced"


def _worse(one: Csf | None, other: Csf) -> Csf:
    return other if one is None or _CSF_ORDER.index(other) > _CSF_ORDER.index(one) else one


def _partial(fact: Fact) -> bool:
    note = severity_note(fact)
    words = set(fact.sentence.norms(fact.anchor.first - 4, fact.anchor.last + 4))
    return bool({"partial", "partially", "incomplete", "incompletely", "attenuated", "narrowed"} & words) or (
        note is not None and note.means["severity"] in ("mild", "mild-moderate", "moderate")
    )


def escc_grade(
    document: Document, assertion: Assertion, sac: ThecalSac | None, csf: Csf | None
) -> tuple[Escc, list[Evidence]]:
    """The stated grade, else the one that cord, sac and CSF together make."""
    for sentence in document.having("cord_word"):
        for note in sentence.of("cord_word"):
            if note.means.get("scale") != "ESCC":
                continue
            for index in range(max(sentence.first, note.first - 3), min(sentence.last, note.last + 4) + 1):
                grade = _GRADES.get(_grade_at(sentence, index))
                if grade is not None:
                    first, last = min(note.first, index), max(note.last, index)
                    return Escc(grade=grade), [document.evidence(first, last, sentence.section)]
    if assertion is Assertion.PRESENT and csf == "effaced":
        return Escc(grade="3", origin=Origin.DERIVED, rule="cord compressed, CSF effaced"), []
    if assertion is Assertion.PRESENT and csf is not None and sac is not None:
        return Escc(grade="2", origin=Origin.DERIVED, rule="cord compressed, CSF still seen"), []
    return Escc.unsaid(), []


def _grade_at(sentence: Sentence, index: int) -> str:
    norms = sentence.document.norms
    if norms[index] == "1" and index < sentence.last and norms[index + 1] in ("a", "b", "c"):
        return norms[index] + norms[index + 1]
    return norms[index]


def cord_signal(links: Links) -> CordSignalChange:
    """Abnormal signal inside the cord; of several statements the strongest is kept."""
    found: dict[Assertion, list[Annotation]] = {assertion: [] for assertion in _SIGNAL_ORDER}
    levels: list[Annotation] = []
    interpretation: str | None = None
    change: Change | None = None
    for fact in links.facts:
        if fact.sentence.section == BACKGROUND:
            continue
        if fact.kind == "cord_signal":
            assertion = _signal_assertion(fact)
            if assertion in found:
                found[assertion].append(fact.anchor.note)
            if assertion in TODAY:
                levels.extend(fact.levels)
                change = change or (fact.change if fact.change is not Change.RESOLVED else None)
                interpretation = interpretation or _interpretation(fact.anchor.note)
        elif fact.kind == "cord_normal" and fact.assertion is Assertion.PRESENT and _mentions_signal(fact):
            found[Assertion.ABSENT].append(fact.anchor.note)
    for word in _interpretations(links.document):
        if word.assertion in found:
            found[word.assertion].append(word)
            if word.assertion in TODAY:
                interpretation = interpretation or word.means.get("interpretation")
                if "signal" in word.means:
                    levels.extend(level for level in word.sentence.of("level") if level.first > word.first)
    for signal, anchor in links.cord_signals:
        note = signal.note
        if signal.intensity not in _ABNORMAL or note.sentence.section == BACKGROUND:
            continue
        doubted = anchor.kind == "cord_signal" and anchor.assertion is Assertion.POSSIBLE
        assertion = Assertion.POSSIBLE if doubted else signal.assertion  # "Cord signal: possible T2 hyperintensity"
        if assertion in found:
            found[assertion].append(note)
        if assertion in TODAY:
            near = [level for level in note.sentence.of("level") if level.first > note.first]
            levels.extend(anchor.levels or near)
            interpretation = interpretation or _interpretation(note)
    for assertion in _SIGNAL_ORDER:
        if found[assertion]:
            return CordSignalChange(
                assertion=assertion,
                levels=level_names(levels) if assertion in TODAY else (),
                interpretation=interpretation,
                change=change if assertion in TODAY else None,
                evidence=links.document.evidence_of(*found[assertion]),
            )
    return CordSignalChange.unsaid()


def _interpretations(document: Document) -> list[Annotation]:
    """Words that name a change of the cord without the word signal: "myelomalacia"."""
    found = []
    for sentence in document.having("cord_word"):
        if sentence.section in (BACKGROUND, "technique", "comparison", "exam"):
            continue
        if not any(structure.concept in ("cord", "conus") for structure in sentence.of("structure")):
            continue
        for word in sentence.of("cord_word"):
            named = any(note.first <= word.first <= note.last for note in sentence.of("finding"))
            if named:
                continue
            if word.means.get("interpretation") in _CHANGES or ("signal" in word.means and _is_of_the_cord(word)):
                found.append(word)
    return found


def _is_of_the_cord(word: Annotation) -> bool:
    """Whether a signal is that of the cord, the last thing named: "the cord shows altered signal"."""
    sentence = word.sentence
    named = [
        note for note in sentence.of("structure", "lesion", "organ", "bone_marrow", "site") if note.last < word.first
    ]
    inside = [note for note in sentence.of("structure") if 0 < note.first - word.last <= 3]
    subject = inside[0] if inside else named[-1] if named else None
    return subject is not None and subject.concept in ("cord", "conus")


def _signal_assertion(fact: Fact) -> Assertion:
    """ "Cord signal" by itself is neutral; "is normal" or "is preserved" in its clause denies a change."""
    words = fact.sentence.norms(fact.anchor.first, fact.anchor.last)
    if words[-1] in ("signal", "intensity") and _CALLED_ABNORMAL.isdisjoint(words):
        first, last = fact.sentence.clause_of(fact.anchor.first)
        if value := _value_of(fact, last):
            last = value + _ANSWER  # "Cord signal: normal"
            if any(cue.entry.category == "negated" and cue.first == value for cue in fact.sentence.cues):
                return Assertion.ABSENT  # "Cord signal: no abnormality", but not "high at T6, no expansion"
        normal = [
            note
            for note in fact.sentence.of("effect")
            if note.means["effect"] == "preserved"
            and first <= note.first <= last
            and fact.sentence.norms(note.first - 1, note.first - 1) != ["than"]  # "brighter than normal"
        ]
        if normal:
            return Assertion.ABSENT if normal[0].assertion is Assertion.PRESENT else Assertion.PRESENT
    return fact.assertion


_ANSWER = 3
"""Words of a label's value within which its answer stands: "is within normal limits"."""


def _value_of(fact: Fact, last: int) -> int:
    """Where the value of a label begins, or what stands behind a dash at the end of the clause; 0 for neither."""
    sentence = fact.sentence
    if sentence.label is not None and sentence.in_label(fact.anchor.note):
        return sentence.label[1] + 1
    return last + 2 if sentence.norms(last + 1, last + 1) in (["-"], ["today"], ["now"], ["currently"]) else 0


def _subjects(fact: Fact) -> set[str]:
    """What of the cord a clause speaks of: its signal, its calibre."""
    first, last = fact.sentence.clause_of(fact.anchor.first)
    return {
        note.means["subject"]
        for note in fact.sentence.of("cord_word")
        if "subject" in note.means and first <= note.first <= last
    }


def _mentions_signal(fact: Fact) -> bool:
    if fact.anchor.note.text.lower().startswith(_ROOMY):
        return False  # "the cord is well decompressed" says nothing of its signal
    subjects = _subjects(fact)
    return not subjects or "signal" in subjects


def is_normal_cord(fact: Fact) -> bool:
    """Whether a statement calls the cord normal, and not only its signal."""
    normal = fact.kind == "cord_normal" and fact.assertion is Assertion.PRESENT
    return normal and _subjects(fact) != {"signal"}


def _interpretation(near: Annotation) -> str | None:
    found = [
        note
        for note in near.sentence.of("cord_word")
        if "interpretation" in note.means and note.assertion is not Assertion.ABSENT
    ]
    return min(found, key=lambda note: abs(note.first - near.first)).means["interpretation"] if found else None

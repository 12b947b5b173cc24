"""Signs of the cord and the sac: thecal sac, CSF, the epidural compression scale, signal inside the cord."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from emh_report.document import Annotation, Document
from emh_report.facts import TODAY, Fact, level_names, severity_note
from emh_report.model import (
    Assertion,
    Change,
    CordSignalChange,
    Escc,
    EsccGrade,
    Origin,
)
from emh_report.relations import BACKGROUND, Links


def sac_and_csf(links: Links) -> tuple[str | None, str | None, list[Annotation]]:
    sac = csf = None
    notes: list[Annotation] = []
    for fact in links.facts:
        if fact.sentence.section == BACKGROUND:
            continue
        stated = fact.assertion is Assertion.PRESENT
        if fact.kind == "sac" and fact.assertion in (Assertion.PRESENT, Assertion.ABSENT):
            word = fact.anchor.note.text.lower()
            state = (
                (
                    "displaced"
                    if "displac" in word
                    else "effaced"
                    if fact.anchor.note.means.get("effect") in ("effacement", "narrowing")
                    else "indented"
                )
                if stated
                else "normal"
            )
            if sac in (None, "normal"):
                sac = state
                notes.append(fact.anchor.note)
        elif fact.kind == "sac_normal" and stated and sac is None:
            sac = "normal"
            notes.append(fact.anchor.note)
        elif fact.kind == "csf" and fact.assertion in (Assertion.PRESENT, Assertion.ABSENT):
            csf = _worse(
                csf, ("partially_effaced" if _partial(fact) else "effaced") if stated else "preserved"
            )
            notes.append(fact.anchor.note)
        elif fact.kind == "csf_normal" and fact.assertion in (Assertion.PRESENT, Assertion.ABSENT):
            csf = _worse(csf, "preserved" if stated else "effaced")
            notes.append(fact.anchor.note)
    for sentence in links.document.sentences:
        if sentence.section == BACKGROUND:
            continue
        for note in sentence.of("structure"):
            if note.concept == "csf" and note.assertion is Assertion.ABSENT and not sentence.of("effect"):
                csf = "effaced"
                notes.append(note)
        for note in sentence.of("cord_word"):
            if "csf" in note.means:
                if note.assertion is Assertion.PRESENT:
                    csf = _worse(csf, note.means["csf"])
                elif note.assertion is Assertion.ABSENT:
                    csf = "effaced"
                notes.append(note)
    return sac, csf, notes


def _worse(one: str | None, other: str) -> str:
    order = ("preserved", "partially_effaced", "effaced")
    return other if one is None or order.index(other) > order.index(one) else one


def _partial(fact: Fact) -> bool:
    note = severity_note(fact)
    words = set(fact.sentence.norms(fact.anchor.first - 4, fact.anchor.last + 4))
    return bool({"partial", "partially", "incomplete", "incompletely", "attenuated", "narrowed"} & words) or (
        note is not None and note.means["severity"] in ("mild", "mild-moderate", "moderate")
    )


def escc_grade(
    document: Document, assertion: Assertion, sac: str | None, csf: str | None
) -> tuple[Escc, list]:  # type: ignore[type-arg]
    for sentence in document.sentences:
        for note in sentence.of("cord_word"):
            if note.means.get("scale") == "ESCC":
                for index in range(
                    max(sentence.first, note.first - 3), min(sentence.last, note.last + 4) + 1
                ):
                    grade = document.norms[index]
                    if (
                        grade == "1"
                        and index < sentence.last
                        and document.norms[index + 1] in ("a", "b", "c")
                    ):
                        grade += document.norms[index + 1]
                    if grade in get_args(EsccGrade):
                        return Escc(grade=grade), [
                            document.evidence(min(note.first, index), max(note.last, index), sentence.section)
                        ]  # type: ignore[arg-type]
    if assertion is Assertion.PRESENT and csf == "effaced":
        return Escc(grade="3", origin=Origin.DERIVED, rule="cord compressed, CSF effaced"), []
    if assertion is Assertion.PRESENT and csf is not None and sac is not None:
        return Escc(grade="2", origin=Origin.DERIVED, rule="cord compressed, CSF still seen"), []
    return Escc(), []


def cord_signal(links: Links) -> CordSignalChange:
    present: list[Annotation] = []
    absent: list[Annotation] = []
    historical: list[Annotation] = []
    possible: list[Annotation] = []
    levels: list[Annotation] = []
    interpretation: str | None = None
    change: Change | None = None
    buckets = {
        Assertion.PRESENT: present,
        Assertion.ABSENT: absent,
        Assertion.HISTORICAL: historical,
        Assertion.POSSIBLE: possible,
    }
    for fact in links.facts:
        if fact.sentence.section == BACKGROUND:
            continue
        if fact.kind == "cord_signal":
            assertion = _signal_assertion(fact)
            if assertion in buckets:
                buckets[assertion].append(fact.anchor.note)
            if assertion in TODAY:
                levels.extend(fact.levels)
                change = change or (fact.change if fact.change is not Change.RESOLVED else None)
                interpretation = interpretation or _interpretation(
                    fact.sentence.of("cord_word"), fact.anchor.note
                )
        elif fact.kind == "cord_normal" and fact.assertion is Assertion.PRESENT and _mentions_signal(fact):
            absent.append(fact.anchor.note)
    for sentence in links.document.sentences:
        if sentence.section in (BACKGROUND, "technique", "comparison", "exam") or not any(
            s.concept in ("cord", "conus") for s in sentence.of("structure")
        ):
            continue
        for word in sentence.of("cord_word"):
            if (
                word.means.get("interpretation") in ("edema", "gliosis", "ischemia", "myelomalacia")
                and word.assertion in buckets
                and not any(n.first <= word.first <= n.last for n in sentence.of("finding"))
            ):
                buckets[word.assertion].append(word)
                interpretation = interpretation or (
                    word.means["interpretation"] if word.assertion in TODAY else None
                )
    for signal, anchor in links.cord_signals:
        if (
            signal.intensity in ("hyperintense", "hypointense", "mixed")
            and signal.note.sentence.section != BACKGROUND
        ):
            if signal.assertion in buckets:
                buckets[signal.assertion].append(signal.note)
            if signal.assertion in TODAY:
                near = [note for note in signal.note.sentence.of("level") if note.first > signal.note.first]
                levels.extend(anchor.levels or near)
                interpretation = interpretation or _interpretation(
                    signal.note.sentence.of("cord_word"), signal.note
                )
    for assertion, notes in (
        (Assertion.PRESENT, present),
        (Assertion.POSSIBLE, possible),
        (Assertion.HISTORICAL, historical),
        (Assertion.ABSENT, absent),
    ):
        if notes:
            return CordSignalChange(
                assertion=assertion,
                levels=level_names(levels) if assertion in TODAY else (),
                interpretation=interpretation,
                change=change if assertion in TODAY else None,
                evidence=links.document.evidence_of(*notes),
            )
    return CordSignalChange()


def _signal_assertion(fact: Fact) -> Assertion:
    """ "Cord signal" by itself is neutral; "is normal" or "is preserved" in its clause denies a change."""
    words = fact.sentence.norms(fact.anchor.first, fact.anchor.last)
    if words[-1] in ("signal", "intensity") and not {
        "abnormal",
        "altered",
        "increased",
        "high",
        "hyperintense",
    } & set(words):
        first, last = fact.sentence.clause_of(fact.anchor.first)
        normal = [
            note
            for note in fact.sentence.of("effect")
            if note.means["effect"] == "preserved" and first <= note.first <= last
        ]
        if normal:
            return Assertion.ABSENT if normal[0].assertion is Assertion.PRESENT else Assertion.PRESENT
    return fact.assertion


def _mentions_signal(fact: Fact) -> bool:
    first, last = fact.sentence.clause_of(fact.anchor.first)
    subjects = {
        note.means["subject"]
        for note in fact.sentence.of("cord_word")
        if "subject" in note.means and first <= note.first <= last
    }
    return not subjects or "signal" in subjects


def signal_only(fact: Fact) -> bool:
    first, last = fact.sentence.clause_of(fact.anchor.first)
    subjects = {
        note.means["subject"]
        for note in fact.sentence.of("cord_word")
        if "subject" in note.means and first <= note.first <= last
    }
    return subjects == {"signal"}


def _interpretation(words: Sequence[Annotation], near: Annotation) -> str | None:
    found = [
        note for note in words if "interpretation" in note.means and note.assertion is not Assertion.ABSENT
    ]
    return (
        min(found, key=lambda note: abs(note.first - near.first)).means["interpretation"] if found else None
    )

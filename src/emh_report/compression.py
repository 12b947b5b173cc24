"""Cord compression: the facts of all sentences → one statement.

Today beats the prior study and an addendum beats the body; denial against presence at one level, with no
addendum to decide, becomes ``possible`` with a warning: a slip of dictation never erases a compression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from emh_report.cordsigns import cord_signal, escc_grade, is_normal_cord, sac_and_csf
from emh_report.diagnosis import asked
from emh_report.document import Annotation
from emh_report.facts import Fact, labelled_severity, level_names, ordered, severity_note
from emh_report.model import (
    TODAY,
    Assertion,
    Certainty,
    Change,
    CordCompression,
    Severity,
)
from emh_report.model import Warning as ReportWarning
from emh_report.polarity import is_elsewhere, resolved_at_last, split_levels
from emh_report.relations import BACKGROUND, Links


@dataclass(slots=True)
class _Compression:
    """What the facts say so far."""

    levels: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    prior: set[str] = field(default_factory=set)
    denied: bool = False
    present: bool = False
    possible: bool = False
    historical: bool = False
    hypothetical: bool = False
    asked: bool = False
    not_assessed: bool = False
    certainty: Certainty | None = None
    change: Change | None = None
    notes: list[Annotation] = field(default_factory=list)


def cord_compression(links: Links) -> tuple[CordCompression, list[ReportWarning]]:
    """Compression of the cord with everything that belongs to it."""
    document = links.document
    facts = [fact for fact in links.facts if fact.kind == "compression"]
    addendum = [
        fact for fact in facts if fact.sentence.section == "addendum" and fact.assertion is not Assertion.HYPOTHETICAL
    ]
    state = _Compression()
    for fact in facts:
        _add(state, fact)
    _later(state, facts, links)
    for fact in links.facts:
        if fact.levels and is_normal_cord(fact):
            if spared := set(level_names(note for note in fact.levels if note.excepted)):
                state.present = True  # "save for T5, the cord is free"
                state.levels |= spared
            state.absent |= set(level_names(fact.levels)) - state.levels
            state.denied = True
            state.notes.extend([fact.anchor.note, *fact.levels])
    if addendum:
        _override(state, addendum)
    warnings: list[ReportWarning] = []
    if not state.notes or not (state.present or state.possible or state.denied or state.historical):
        _normal_cord(state, links)
    conflict = state.levels & state.absent
    general = _general_conflict(facts) if not addendum else False
    if (conflict or general) and state.present:
        warnings.append(
            ReportWarning(
                code="compression_conflict",
                message="The report both states and denies cord compression"
                + (f" at {', '.join(ordered(conflict))}" if conflict else "")
                + ".",
                evidence=document.evidence_of(*state.notes),
            )
        )
    assertion, certainty = _assertion(state, bool(conflict or general) and state.present)
    over = state.change is Change.RESOLVED  # at another level: "compressed at T6; that at T9 has resolved"
    levels = ordered(state.levels) if assertion in TODAY else ()
    prior = ordered(state.prior if state.prior or assertion is not Assertion.HISTORICAL else state.levels)
    sac, csf, sac_notes = sac_and_csf(links)
    severity, severity_notes = _severity_of([fact for fact in facts if fact.assertion in TODAY])
    escc, escc_notes = escc_grade(document, assertion, sac, csf)
    signal = cord_signal(links)
    notes = [*state.notes, *sac_notes, *severity_notes]
    evidence = (*document.evidence_of(*notes), *escc_notes)
    return CordCompression(
        assertion=assertion,
        certainty=certainty,
        change=None if assertion is Assertion.ABSENT or (assertion in TODAY and over) else state.change,
        levels=levels,
        absent_levels=ordered(state.absent - set(levels)),
        prior_levels=prior,
        severity=severity if assertion in TODAY else None,
        escc=escc,
        thecal_sac=sac,
        csf=csf,
        cord_signal_change=signal,
        evidence=tuple(dict.fromkeys(evidence)),
    ), warnings


def _add(state: _Compression, fact: Fact) -> None:
    assertion = fact.assertion
    background = fact.sentence.section == BACKGROUND
    if background and assertion in TODAY:
        assertion = Assertion.HISTORICAL if assertion is Assertion.PRESENT else Assertion.HYPOTHETICAL
    if (
        assertion is Assertion.HISTORICAL
        and fact.change in (Change.STABLE, Change.INCREASED, Change.DECREASED)
        and not background
    ):
        assertion = Assertion.PRESENT
    if assertion is Assertion.ABSENT and fact.anchor.note.change is Change.NEW:
        return  # "no new compression" says nothing of an old one
    doubted = level_names(note for note in fact.levels if note.assertion is Assertion.POSSIBLE)
    if assertion is Assertion.ABSENT and doubted:  # "no compression at T4, but not excluded at T8"
        state.possible = True
        state.levels.update(doubted)
    named, denied = split_levels(fact, assertion)
    elsewhere = is_elsewhere(fact)
    if assertion is Assertion.ABSENT and elsewhere and not named:
        return
    state.notes.append(fact.anchor.note)
    state.notes.extend(fact.levels)
    if assertion in TODAY:
        inherited = [] if fact.levels else fact.lesion_levels
        state.levels |= named or set(level_names(inherited))
        state.absent |= denied
        state.present |= assertion is Assertion.PRESENT
        if assertion is Assertion.POSSIBLE and asked(fact.anchor.note):
            state.asked = True
            state.hypothetical = True
        elif assertion is Assertion.POSSIBLE:
            state.possible, state.certainty = True, fact.anchor.note.certainty or state.certainty
        state.change = fact.change if fact.change is not Change.RESOLVED and fact.change else state.change
    elif assertion is Assertion.ABSENT:
        behind = fact.sentence.norms(fact.anchor.first - 2, fact.anchor.first - 1)
        if not fact.levels and ("without" in behind or behind == ["with", "no"]):
            named = set(level_names(fact.lesion_levels))  # "indents the sac at T8 without cord compression"
        if denied:
            state.present = True
            state.levels |= denied
        state.absent |= named
        state.denied = True
    elif assertion is Assertion.HISTORICAL:
        state.historical, state.change = True, state.change or fact.change
        state.prior |= named
    elif assertion is Assertion.HYPOTHETICAL:
        state.hypothetical = True
    elif assertion is Assertion.NOT_ASSESSED:
        state.not_assessed = True


def _later(state: _Compression, facts: Sequence[Fact], links: Links) -> None:
    """What has resolved, or a later examination that finds the cord free, makes an earlier compression history."""
    if gone := resolved_at_last(facts):
        state.prior |= set(level_names(gone.levels))
    elif free := _found_free(facts, links):
        state.notes.append(free.anchor.note)
    else:
        return
    state.present = state.possible = False
    state.historical, state.change = True, Change.RESOLVED
    state.prior |= state.levels
    state.levels = set()


def _found_free(facts: Sequence[Fact], links: Links) -> Fact | None:
    """The examination, after all that state compression, that finds the cord free."""
    free = [
        fact
        for fact in links.facts
        if ((fact.kind == "compression" and fact.assertion is Assertion.ABSENT) or is_normal_cord(fact))
        and not fact.levels
        and fact.sentence.section is None
        and not is_elsewhere(fact)
        and any(
            sentence.of("timepoint")
            for sentence in links.document.sentences[max(0, fact.sentence.index - 1) : fact.sentence.index + 1]
        )
    ]
    stated = [fact for fact in facts if fact.assertion is Assertion.PRESENT and fact.sentence.section is None]
    if not free or not stated:
        return None
    last = free[-1]
    return None if any(fact.sentence.index >= last.sentence.index for fact in stated if fact is not last) else last


def _override(state: _Compression, addendum: Sequence[Fact]) -> None:
    levels: set[str] = set()
    absent: set[str] = set()
    for fact in addendum:
        named, denied = split_levels(fact, fact.assertion)
        (levels if fact.assertion in TODAY else absent).update(named)
        (absent if fact.assertion in TODAY else levels).update(denied)
    state.denied = False
    if any(fact.assertion in TODAY for fact in addendum):
        state.present = any(fact.assertion is Assertion.PRESENT for fact in addendum) or state.present
        state.possible = any(fact.assertion is Assertion.POSSIBLE for fact in addendum)
        state.levels = levels or state.levels - absent
        state.absent |= absent
        state.absent -= levels
    elif not absent:
        state.present = state.possible = False
        state.denied, state.absent = True, state.absent | state.levels
        state.levels = set()
    else:
        state.levels -= absent
        state.absent |= absent
        if not state.levels:
            state.present, state.denied = False, True


def _general_conflict(facts: Sequence[Fact]) -> bool:
    """Compression denied for the whole cord in one place and stated, without a level, in another."""
    denied = any(
        f.assertion is Assertion.ABSENT and not f.levels and f.sentence.section != BACKGROUND and not is_elsewhere(f)
        for f in facts
    )
    stated = [f for f in facts if f.assertion is Assertion.PRESENT and f.sentence.section != BACKGROUND]
    return denied and bool(stated) and not any(f.levels or f.lesion_levels for f in stated)


def _normal_cord(state: _Compression, links: Links) -> None:
    """A cord called normal, and not only its signal, is not compressed."""
    for fact in links.facts:
        if fact.sentence.section != BACKGROUND and is_normal_cord(fact):
            state.denied = True
            state.notes.append(fact.anchor.note)
    if state.denied or state.present or state.possible or state.historical:
        return
    unseen = [
        note
        for sentence in links.document.having("structure")
        if sentence.section != BACKGROUND and not sentence.of("finding", "effect", "intensity")
        for note in sentence.of("structure")
        if note.concept == "cord" and note.assertion is Assertion.NOT_ASSESSED
    ]
    state.notes.extend(unseen)
    state.not_assessed |= bool(unseen)


def _assertion(state: _Compression, conflict: bool) -> tuple[Assertion, Certainty | None]:
    if conflict:
        return Assertion.POSSIBLE, Certainty.INDETERMINATE
    if state.asked and state.denied and not state.present and not state.possible:
        return Assertion.ABSENT, None
    if state.present:
        return Assertion.PRESENT, None
    if state.possible:
        return Assertion.POSSIBLE, state.certainty
    if state.historical and state.change is Change.RESOLVED:
        return Assertion.HISTORICAL, None
    if state.denied:
        return Assertion.ABSENT, None
    if state.not_assessed:
        return Assertion.NOT_ASSESSED, None
    if state.hypothetical:
        return Assertion.HYPOTHETICAL, None
    if state.historical:
        return Assertion.HISTORICAL, None
    return Assertion.NOT_MENTIONED, None


def _severity_of(facts: Sequence[Fact]) -> tuple[Severity | None, list[Annotation]]:
    best: tuple[int, Severity, Annotation] | None = None
    order = list(Severity)
    for fact in facts:
        note = severity_note(fact) or labelled_severity(fact)
        if note is not None:
            severity = Severity(note.means["severity"])
            if best is None or order.index(severity) > best[0]:
                best = (order.index(severity), severity, note)
    return (best[1], [best[2]]) if best else (None, [])

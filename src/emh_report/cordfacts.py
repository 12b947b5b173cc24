"""Canal, cord, epidural and cauda equina facts of all sentences → the report's statement of each.

Today beats the prior study and an addendum beats the body; denial against presence at one level, with no
addendum to decide, becomes ``possible`` with a warning, because a slip of dictation never erases a compression.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

from emh_report.anchors import denied_at, premodifies
from emh_report.diagnosis import asked
from emh_report.document import Annotation, Document
from emh_report.levels import LevelSpan
from emh_report.lesions import Draft
from emh_report.link import BACKGROUND, Fact, Links
from emh_report.model import (
    VERTEBRAE,
    Assertion,
    CanalStenosis,
    CaudaEquina,
    Certainty,
    Change,
    CordCompression,
    CordSignalChange,
    Epidural,
    Escc,
    EsccGrade,
    ForaminalNarrowing,
    Laterality,
    Origin,
    Severity,
)
from emh_report.model import Warning as ReportWarning

TODAY = (Assertion.PRESENT, Assertion.POSSIBLE)


def ordered(levels: Iterable[str]) -> tuple[str, ...]:
    """Levels without repeats, cranial to caudal."""
    found = set(levels)
    return tuple(level for level in VERTEBRAE if level in found)


def level_names(notes: Iterable[Annotation]) -> tuple[str, ...]:
    """Vertebrae of level phrases."""
    return ordered(name for note in notes if isinstance(note.value, LevelSpan) for name in note.value.levels)


def disc_names(notes: Iterable[Annotation]) -> tuple[str, ...]:
    """Discs of level phrases, in order of mention."""
    return tuple(dict.fromkeys(name for note in notes if isinstance(note.value, LevelSpan) for name in note.value.discs))


@dataclass(slots=True)
class _Compression:
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
    addendum = [fact for fact in facts if fact.sentence.section == "addendum" and fact.assertion is not Assertion.HYPOTHETICAL]
    state = _Compression()
    for fact in facts:
        _add(state, fact, links)
    for fact in links.facts:
        if fact.kind == "cord_normal" and fact.assertion is Assertion.PRESENT and fact.levels and not _signal_only(fact):
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
                + (f" at {', '.join(ordered(conflict))}" if conflict else "") + ".",
                evidence=document.evidence_of(*state.notes),
            )
        )
    assertion, certainty = _assertion(state, bool(conflict or general) and state.present)
    levels = ordered(state.levels) if assertion in TODAY else ()
    prior = ordered(state.prior if state.prior or assertion is not Assertion.HISTORICAL else state.levels)
    sac, csf, sac_notes = _sac_and_csf(links)
    severity, severity_notes = _severity_of([fact for fact in facts if fact.assertion in TODAY])
    escc, escc_notes = _escc(document, assertion, sac, csf)
    signal = _cord_signal(links)
    notes = [*state.notes, *sac_notes, *severity_notes]
    evidence = (*document.evidence_of(*notes), *escc_notes)
    return CordCompression(
        assertion=assertion, certainty=certainty, change=state.change if assertion is not Assertion.ABSENT else None,
        levels=levels, absent_levels=ordered(state.absent - set(levels)), prior_levels=prior,
        severity=severity if assertion in TODAY else None, escc=escc, thecal_sac=sac, csf=csf,
        cord_signal_change=signal, evidence=tuple(dict.fromkeys(evidence)),
    ), warnings  # fmt: skip


def _add(state: _Compression, fact: Fact, links: Links) -> None:
    assertion = fact.assertion
    background = fact.sentence.section == BACKGROUND
    if background and assertion in (Assertion.PRESENT, Assertion.POSSIBLE):
        assertion = Assertion.HISTORICAL if assertion is Assertion.PRESENT else Assertion.HYPOTHETICAL
    if assertion is Assertion.HISTORICAL and fact.change in (Change.STABLE, Change.INCREASED, Change.DECREASED) and not background:
        assertion = Assertion.PRESENT
    if assertion is Assertion.ABSENT and fact.anchor.note.change is Change.NEW:
        return  # "no new compression" says nothing of an old one
    named, denied = _split(fact, assertion)
    elsewhere = _elsewhere(fact)
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


def _split(fact: Fact, assertion: Assertion) -> tuple[set[str], set[str]]:
    """Levels of the fact's own polarity, and levels of the opposite one ("at T5, not at T9", "except at T8")."""
    named: set[str] = set()
    other: set[str] = set()
    for note in fact.levels:
        names = set(level_names([note]))
        if assertion is Assertion.ABSENT and _beyond(note):
            continue  # "no compression above T6" says nothing of T6
        if assertion is Assertion.ABSENT:
            (other if note.excepted else named).update(names)
        else:
            (other if denied_at(note, fact.anchor) else named).update(names)
    return named, other


def _override(state: _Compression, addendum: Sequence[Fact]) -> None:
    levels: set[str] = set()
    absent: set[str] = set()
    for fact in addendum:
        named, denied = _split(fact, fact.assertion)
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
    denied = any(f.assertion is Assertion.ABSENT and not f.levels and f.sentence.section != BACKGROUND and not _elsewhere(f) for f in facts)
    stated = [f for f in facts if f.assertion is Assertion.PRESENT and f.sentence.section != BACKGROUND]
    return denied and bool(stated) and not any(f.levels or f.lesion_levels for f in stated)


def _elsewhere(fact: Fact) -> bool:
    return any(note.means.get("scope") == "elsewhere" for note in fact.sentence.of("cord_word")) or any(_beyond(note) for note in fact.levels)


def _beyond(level: Annotation) -> bool:
    before = level.sentence.norms(level.first - 2, level.first - 1)
    return bool({"above", "below", "cranial", "caudal", "proximal", "distal", "rostral", "beyond"} & set(before))


def _normal_cord(state: _Compression, links: Links) -> None:
    """A cord called normal, and not only its signal, is not compressed."""
    for fact in links.facts:
        if fact.kind == "cord_normal" and fact.assertion is Assertion.PRESENT and fact.sentence.section != BACKGROUND and not _signal_only(fact):
            state.denied = True
            state.notes.append(fact.anchor.note)


def _signal_only(fact: Fact) -> bool:
    first, last = fact.sentence.clause_of(fact.anchor.first)
    subjects = {note.means["subject"] for note in fact.sentence.of("cord_word") if "subject" in note.means and first <= note.first <= last}
    return subjects == {"signal"}


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
        note = severity_note(fact)
        if note is not None:
            severity = Severity(note.means["severity"])
            if best is None or order.index(severity) > best[0]:
                best = (order.index(severity), severity, note)
    return (best[1], [best[2]]) if best else (None, [])


def severity_note(fact: Fact) -> Annotation | None:
    """The severity word of a finding: in it, directly before it, or directly behind it."""
    anchor = fact.anchor
    norms = fact.sentence.document.norms
    grades = [note for note in fact.sentence.of("modifier") if "severity" in note.means]
    narrowed = [note for note in fact.sentence.of("effect", "finding", "lesion") if note.means.get("effect") != "preserved"]
    if len(grades) == 1 and len(narrowed) == 1 and grades[0].first > anchor.last:
        return grades[0]  # "canal stenosis at the T12/L1 disc, severe"
    for note in grades:
        inside = anchor.first <= note.first and note.last <= anchor.last
        gap = norms[anchor.last + 1 : note.first]
        behind = note.first > anchor.last and len(gap) <= 3 and all(word in (",", "which", "is", "are", "of", "degree", ":", "(", "-") for word in gap)
        if inside or premodifies(note, anchor) or behind:
            return note
    return None


def _sac_and_csf(links: Links) -> tuple[str | None, str | None, list[Annotation]]:
    sac = csf = None
    notes: list[Annotation] = []
    for fact in links.facts:
        if fact.sentence.section == BACKGROUND:
            continue
        stated = fact.assertion is Assertion.PRESENT
        if fact.kind == "sac" and fact.assertion in (Assertion.PRESENT, Assertion.ABSENT):
            word = fact.anchor.note.text.lower()
            state = ("displaced" if "displac" in word else "effaced" if fact.anchor.note.means.get("effect") in ("effacement", "narrowing") else "indented") if stated else "normal"
            if sac in (None, "normal"):
                sac = state
                notes.append(fact.anchor.note)
        elif fact.kind == "sac_normal" and stated and sac is None:
            sac = "normal"
            notes.append(fact.anchor.note)
        elif fact.kind == "csf" and fact.assertion in (Assertion.PRESENT, Assertion.ABSENT):
            csf = _worse(csf, ("partially_effaced" if _partial(fact) else "effaced") if stated else "preserved")
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


def _escc(document: Document, assertion: Assertion, sac: str | None, csf: str | None) -> tuple[Escc, list]:  # type: ignore[type-arg]
    for sentence in document.sentences:
        for note in sentence.of("cord_word"):
            if note.means.get("scale") == "ESCC":
                for index in range(max(sentence.first, note.first - 3), min(sentence.last, note.last + 4) + 1):
                    grade = document.norms[index]
                    if grade == "1" and index < sentence.last and document.norms[index + 1] in ("a", "b", "c"):
                        grade += document.norms[index + 1]
                    if grade in get_args(EsccGrade):
                        return Escc(grade=grade), [document.evidence(min(note.first, index), max(note.last, index), sentence.section)]  # type: ignore[arg-type]
    if assertion is Assertion.PRESENT and csf == "effaced":
        return Escc(grade="3", origin=Origin.DERIVED, rule="cord compressed, CSF effaced"), []
    if assertion is Assertion.PRESENT and csf is not None and sac is not None:
        return Escc(grade="2", origin=Origin.DERIVED, rule="cord compressed, CSF still seen"), []
    return Escc(), []


def _cord_signal(links: Links) -> CordSignalChange:
    present: list[Annotation] = []
    absent: list[Annotation] = []
    historical: list[Annotation] = []
    possible: list[Annotation] = []
    levels: list[Annotation] = []
    interpretation: str | None = None
    change: Change | None = None
    buckets = {Assertion.PRESENT: present, Assertion.ABSENT: absent, Assertion.HISTORICAL: historical, Assertion.POSSIBLE: possible}
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
                interpretation = interpretation or _interpretation(fact.sentence.of("cord_word"), fact.anchor.note)
        elif fact.kind == "cord_normal" and fact.assertion is Assertion.PRESENT and _mentions_signal(fact):
            absent.append(fact.anchor.note)
    for sentence in links.document.sentences:
        if sentence.section in (BACKGROUND, "technique", "comparison", "exam") or not any(s.concept in ("cord", "conus") for s in sentence.of("structure")):
            continue
        for word in sentence.of("cord_word"):
            if word.means.get("interpretation") in ("edema", "gliosis", "ischemia", "myelomalacia") and word.assertion in buckets and not any(n.first <= word.first <= n.last for n in sentence.of("finding")):
                buckets[word.assertion].append(word)
                interpretation = interpretation or (word.means["interpretation"] if word.assertion in TODAY else None)
    for signal, anchor in links.cord_signals:
        if signal.intensity in ("hyperintense", "hypointense", "mixed") and signal.note.sentence.section != BACKGROUND:
            if signal.assertion in buckets:
                buckets[signal.assertion].append(signal.note)
            if signal.assertion in TODAY:
                near = [note for note in signal.note.sentence.of("level") if note.first > signal.note.first]
                levels.extend(anchor.levels or near)
                interpretation = interpretation or _interpretation(signal.note.sentence.of("cord_word"), signal.note)
    for assertion, notes in ((Assertion.PRESENT, present), (Assertion.POSSIBLE, possible), (Assertion.HISTORICAL, historical), (Assertion.ABSENT, absent)):
        if notes:
            return CordSignalChange(
                assertion=assertion, levels=level_names(levels) if assertion in TODAY else (), interpretation=interpretation,
                change=change if assertion in TODAY else None, evidence=links.document.evidence_of(*notes),
            )  # fmt: skip
    return CordSignalChange()


def _signal_assertion(fact: Fact) -> Assertion:
    """ "Cord signal" by itself is neutral; "is normal" or "is preserved" in its clause denies a change."""
    words = fact.sentence.norms(fact.anchor.first, fact.anchor.last)
    if words[-1] in ("signal", "intensity") and not {"abnormal", "altered", "increased", "high", "hyperintense"} & set(words):
        first, last = fact.sentence.clause_of(fact.anchor.first)
        normal = [note for note in fact.sentence.of("effect") if note.means["effect"] == "preserved" and first <= note.first <= last]
        if normal:
            return Assertion.ABSENT if normal[0].assertion is Assertion.PRESENT else Assertion.PRESENT
    return fact.assertion


def _mentions_signal(fact: Fact) -> bool:
    first, last = fact.sentence.clause_of(fact.anchor.first)
    subjects = {note.means["subject"] for note in fact.sentence.of("cord_word") if "subject" in note.means and first <= note.first <= last}
    return not subjects or "signal" in subjects


def _interpretation(words: Sequence[Annotation], near: Annotation) -> str | None:
    found = [note for note in words if "interpretation" in note.means and note.assertion is not Assertion.ABSENT]
    return min(found, key=lambda note: abs(note.first - near.first)).means["interpretation"] if found else None


def epidural(links: Links) -> Epidural:
    """Union of the epidural components, and denials."""
    drafts = [draft for draft in links.lesions if draft.site == "epidural"]
    live = [draft for draft in drafts if draft.assertion in TODAY]
    for assertion in (Assertion.PRESENT, Assertion.POSSIBLE, Assertion.HISTORICAL, Assertion.ABSENT, Assertion.NOT_ASSESSED, Assertion.HYPOTHETICAL):
        chosen = [draft for draft in drafts if draft.assertion is assertion]
        if chosen:
            notes = [note for draft in chosen for note in draft.notes if note.kind in ("lesion", "site", "level", "emh")]
            levels = ordered(level for draft in (live if assertion in TODAY else chosen) for level in draft.levels)
            position = next((draft.words["position"] for draft in chosen if "position" in draft.words), None)
            past = ordered(level for draft in drafts if draft.assertion is Assertion.HISTORICAL for level in draft.levels)
            return Epidural(
                assertion=assertion, levels=levels if assertion in TODAY else (), prior_levels=past,
                position=position if assertion in TODAY else None, evidence=links.document.evidence_of(*notes),
            )  # fmt: skip
    return Epidural()


def cauda_equina(links: Links) -> CaudaEquina:
    """Compression of the cauda equina, which roots below the conus are."""
    facts = [
        fact
        for fact in links.facts
        if fact.sentence.section != BACKGROUND
        and (fact.kind == "cauda" or fact.kind == "cauda_normal" or (fact.kind == "root" and fact.assertion in TODAY and _below_conus(fact)))
    ]
    for wanted in (Assertion.PRESENT, Assertion.POSSIBLE, Assertion.HISTORICAL, Assertion.ABSENT):
        chosen = [fact for fact in facts if (Assertion.ABSENT if fact.kind == "cauda_normal" else fact.assertion) is wanted]
        if chosen:
            levels = [note for fact in chosen for note in fact.levels]
            return CaudaEquina(
                assertion=wanted, levels=level_names(levels) if wanted in TODAY else (),
                evidence=links.document.evidence_of(*[fact.anchor.note for fact in chosen], *levels),
            )  # fmt: skip
    return CaudaEquina()


def _below_conus(fact: Fact) -> bool:
    first, last = _reach(fact)
    names = level_names(fact.levels or [note for note in fact.sentence.of("level") if first <= note.first <= last])
    return bool(names) and all(name[0] in "LS" and name not in ("L1",) for name in names)


def canal_stenosis(links: Links) -> tuple[CanalStenosis, ...]:
    """Narrowings of the canal; one without a level of its own takes that of the lesion that causes it."""
    found: dict[tuple[object, ...], CanalStenosis] = {}
    for fact in links.facts:
        if fact.kind != "canal" or fact.sentence.section == BACKGROUND or fact.assertion not in (*TODAY, Assertion.ABSENT):
            continue
        notes = [note for note in fact.levels if (note.assertion is Assertion.ABSENT) == (fact.assertion is Assertion.ABSENT)]
        notes = notes or ([] if fact.assertion is Assertion.ABSENT else fact.lesion_levels)
        severity = severity_note(fact)
        entry = CanalStenosis(
            levels=level_names(notes), disc_levels=disc_names(notes), severity=Severity(severity.means["severity"]) if severity and fact.assertion in TODAY else None,
            assertion=fact.assertion, evidence=links.document.evidence_of(fact.anchor.note, *notes),
        )  # fmt: skip
        found.setdefault((entry.levels, entry.assertion), entry)
    stated = [entry for entry in found.values() if entry.assertion in TODAY]
    with_levels = [entry for entry in stated if entry.levels]
    if stated:
        return tuple(with_levels or stated[:1])
    return tuple(found.values())[:1]


def foraminal_narrowing(links: Links) -> tuple[ForaminalNarrowing, ...]:
    """One entry for each narrowed foramen and side."""
    found: dict[tuple[object, ...], ForaminalNarrowing] = {}
    for fact in links.facts:
        if fact.kind != "foramen" or fact.sentence.section == BACKGROUND or fact.assertion not in (*TODAY, Assertion.ABSENT):
            continue
        excepted = [note for note in fact.levels if note.excepted] if fact.assertion is Assertion.ABSENT else []
        if excepted:  # "no foraminal narrowing except on the left at T7-T8"
            fact = replace(fact, assertion=Assertion.PRESENT)
        severity = severity_note(fact)
        sides = _sides(fact)
        discs: tuple[str | None, ...] = disc_names(fact.levels) or _as_discs(level_names(fact.levels)) or (None,)
        if fact.assertion is Assertion.ABSENT and discs == (None,) and not sides:
            continue
        graded = _graded_sides(fact)
        for disc in discs:
            for side in [*graded] or sides or [None]:
                severity = graded.get(side, severity) if side else severity
                entry = ForaminalNarrowing(
                    level=disc, side=Laterality(side) if side else None,
                    severity=Severity(severity.means["severity"]) if severity and fact.assertion in TODAY else None,
                    assertion=fact.assertion, evidence=links.document.evidence_of(fact.anchor.note, *fact.levels),
                )  # fmt: skip
                found.setdefault((disc, side, entry.assertion), entry)
    located = [entry for entry in found.values() if entry.level is not None]
    return tuple(located or found.values())


def _graded_sides(fact: Fact) -> dict[str, Annotation]:
    """Sides that each have a severity of their own: "mild left and severe right foraminal narrowing"."""
    first, last = fact.sentence.first, fact.anchor.last
    sides = [note for note in fact.sentence.of("modifier") if note.means.get("laterality") in ("left", "right") and first <= note.first <= last]
    grades = [note for note in fact.sentence.of("modifier") if "severity" in note.means and first <= note.first <= last]
    found = {}
    for side in sides:
        own = [grade for grade in grades if 0 <= side.first - grade.last <= 2]
        if own:
            found[side.means["laterality"]] = own[-1]
    return found if len(found) == 2 else {}


def _as_discs(levels: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{a}/{b}" for a, b in zip(levels, levels[1:], strict=False) if VERTEBRAE.index(b) == VERTEBRAE.index(a) + 1)


def _sides(fact: Fact) -> list[str]:
    first, last = _reach(fact)
    notes = [note for note in fact.sentence.of("modifier") if "laterality" in note.means and first <= note.first <= last and note.means["laterality"] != "midline"]
    sides = list(dict.fromkeys(note.means["laterality"] for note in notes))
    if not sides and len([other for other in fact.sentence.of("structure") if other.concept == "foramen"]) == 1:
        sides = list(dict.fromkeys(note.means["laterality"] for note in fact.sentence.of("modifier") if note.means.get("laterality") in ("left", "right", "bilateral")))
    if not sides and "both" in fact.sentence.norms(first, last):
        return ["bilateral"]
    return ["bilateral"] if "bilateral" in sides or {"left", "right"} <= set(sides) else sides


def _reach(fact: Fact) -> tuple[int, int]:
    """The statement a finding stands in, from the clause it begins in to the one it ends in."""
    return fact.sentence.clause_of(fact.anchor.first)[0], fact.sentence.clause_of(fact.anchor.last)[1]


def epidural_drafts(drafts: Sequence[Draft]) -> list[Draft]:
    """The epidural ones."""
    return [draft for draft in drafts if draft.site == "epidural"]

"""Epidural disease, canal, foramina and cauda equina: the facts of all sentences → the contract's objects."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from emh_report.diagnosis import asked
from emh_report.document import Annotation
from emh_report.facts import Fact, disc_names, level_names, ordered, reach, severity_note
from emh_report.model import (
    TODAY,
    VERTEBRAE,
    Assertion,
    CanalStenosis,
    CaudaEquina,
    Epidural,
    ForaminalNarrowing,
    Laterality,
    Severity,
)
from emh_report.relations import BACKGROUND, SILENT, Links


def epidural(links: Links) -> Epidural:
    """Union of the epidural components, and denials."""
    drafts = [draft for draft in links.lesions if draft.site == "epidural"]
    live = [draft for draft in drafts if draft.assertion in TODAY]
    for assertion in (
        Assertion.PRESENT,
        Assertion.POSSIBLE,
        Assertion.HISTORICAL,
        Assertion.ABSENT,
        Assertion.NOT_ASSESSED,
        Assertion.HYPOTHETICAL,
    ):
        chosen = [draft for draft in drafts if draft.assertion is assertion]
        if chosen:
            notes = [
                note for draft in chosen for note in draft.notes if note.kind in ("lesion", "site", "level", "emh")
            ]
            levels = ordered(level for draft in (live if assertion in TODAY else chosen) for level in draft.levels)
            position = next((draft.words["position"] for draft in chosen if "position" in draft.words), None)
            past = ordered(
                level for draft in drafts if draft.assertion is Assertion.HISTORICAL for level in draft.levels
            )
            return Epidural(
                assertion=assertion,
                levels=levels if assertion in TODAY else (),
                prior_levels=past,
                position=position if assertion in TODAY else None,
                evidence=links.document.evidence_of(*notes),
            )
    free = [
        note
        for sentence in links.document.having("site")
        if sentence.section not in SILENT and sentence.section != BACKGROUND
        if not any(other.assertion in TODAY for other in sentence.of("lesion", "emh"))
        for note in sentence.of("site")
        if (note.text.lower() in _SPACES and _is_free(note)) or _not_entered(note)
    ]
    if free:
        return Epidural(assertion=Assertion.ABSENT, evidence=links.document.evidence_of(*free))
    unseen = [
        note
        for sentence in links.document.having("site")
        if sentence.section not in SILENT and sentence.section != BACKGROUND
        for note in sentence.of("site")
        if note.means["site"] == "epidural" and note.assertion is Assertion.NOT_ASSESSED
        if not any(effect.first == note.last + 1 for effect in sentence.of("effect"))  # "canal narrowing not assessed"
    ]
    if unseen:
        return Epidural(assertion=Assertion.NOT_ASSESSED, evidence=links.document.evidence_of(*unseen))
    return Epidural.unsaid()


_UNSAID = (Assertion.HYPOTHETICAL, Assertion.NOT_MENTIONED)
_SPACES = frozenset({"epidural space", "extradural space", "epidural compartment", "epidural spaces"})


_ENTERING = ("enter", "extend", "encroach", "invad", "reach", "protrud", "grow")


def _not_entered(space: Annotation) -> bool:
    """Whether a lesion is said not to enter the canal: "neither of them enters the canal"."""
    if space.means["site"] != "epidural" or space.assertion is not Assertion.ABSENT:
        return False
    return any(word.startswith(_ENTERING) for word in space.sentence.norms(space.first - 6, space.first - 1))


def _is_free(space: Annotation) -> bool:
    """Whether the epidural space is called free or normal."""
    clause = space.sentence.clause_of(space.first)
    effects = [note for note in space.sentence.of("effect") if clause[0] <= note.first <= clause[1]]
    return bool(effects) and all(
        note.means["effect"] == "preserved" and note.assertion is Assertion.PRESENT for note in effects
    )


def cauda_equina(links: Links) -> CaudaEquina:
    """Compression of the cauda equina, which roots below the conus are."""
    facts = [
        fact
        for fact in links.facts
        if fact.sentence.section != BACKGROUND
        and (
            fact.kind in ("cauda", "cauda_normal")
            or (fact.kind == "root" and fact.assertion in TODAY and _below_conus(fact))
        )
    ]
    for wanted in (*TODAY, Assertion.HISTORICAL, Assertion.ABSENT, Assertion.NOT_ASSESSED):
        chosen = [
            fact for fact in facts if (Assertion.ABSENT if fact.kind == "cauda_normal" else fact.assertion) is wanted
        ]
        if wanted is Assertion.POSSIBLE and all(asked(fact.anchor.note) for fact in chosen):
            continue  # "?cauda equina compression" heads the report
        if chosen:
            levels = [note for fact in chosen for note in fact.levels or _below(fact)]
            return CaudaEquina(
                assertion=wanted,
                levels=level_names(levels) if wanted in TODAY else (),
                evidence=links.document.evidence_of(*[fact.anchor.note for fact in chosen], *levels),
            )
    return CaudaEquina.unsaid()


def _below(fact: Fact) -> list[Annotation]:
    """The levels of the lesion that compresses the roots, if it lies below the conus."""
    names = level_names(fact.lesion_levels)
    lumbar = bool(names) and all(name[0] in "LS" for name in names)
    return fact.lesion_levels if lumbar and fact.assertion in TODAY else []


def _below_conus(fact: Fact) -> bool:
    first, last = reach(fact)
    names = level_names(fact.levels or [note for note in fact.sentence.of("level") if first <= note.first <= last])
    return bool(names) and all(name[0] in "LS" and name not in ("L1",) for name in names)


def canal_stenosis(links: Links) -> tuple[CanalStenosis, ...]:
    """Narrowings of the canal; one without a level of its own takes that of the lesion that causes it."""
    found: dict[tuple[object, ...], CanalStenosis] = {}
    for fact in links.facts:
        if fact.kind != "canal" or fact.sentence.section == BACKGROUND or fact.assertion in _UNSAID:
            continue
        notes = [
            note for note in fact.levels if (note.assertion is Assertion.ABSENT) == (fact.assertion is Assertion.ABSENT)
        ]
        notes = notes or ([] if fact.assertion is Assertion.ABSENT else fact.lesion_levels)
        severity = severity_note(fact)
        graded = _graded_levels(fact, notes)
        for level, grade in graded.items():
            entry = CanalStenosis(
                levels=level_names([level]),
                disc_levels=disc_names([level]),
                severity=Severity(grade.means["severity"]),
                assertion=fact.assertion,
                evidence=links.document.evidence_of(fact.anchor.note, level, grade),
            )
            found.setdefault((entry.levels, entry.assertion), entry)
            notes = [note for note in notes if note is not level]
            severity = None
        if graded and not notes:
            continue
        entry = CanalStenosis(
            levels=level_names(notes),
            disc_levels=disc_names(notes),
            severity=Severity(severity.means["severity"]) if severity and fact.assertion in TODAY else None,
            assertion=fact.assertion,
            evidence=links.document.evidence_of(fact.anchor.note, *notes),
        )
        found.setdefault((entry.levels, entry.assertion), entry)
    entries = list(found.values())
    stated = [entry for entry in entries if entry.assertion in TODAY]
    placed = [entry for entry in entries if entry.levels]
    if stated and not any(entry.levels for entry in stated):
        return tuple(entry for entry in entries if entry.levels or entry is stated[0])
    return tuple(placed or entries[:1])


def _graded_levels(fact: Fact, levels: Sequence[Annotation]) -> dict[Annotation, Annotation]:
    """Levels that each have a severity of their own: "stenosis is severe at T6 and mild at T10"."""
    found: dict[Annotation, Annotation] = {}
    for grade in fact.sentence.of("modifier") if fact.assertion in TODAY and len(levels) > 1 else ():
        if "severity" in grade.means and fact.sentence.norms(grade.last + 1, grade.last + 1) == ["at"]:
            found.update({level: grade for level in levels if level.first == grade.last + 2})
    return found if len(found) > 1 else {}


def foraminal_narrowing(links: Links) -> tuple[ForaminalNarrowing, ...]:
    """One entry for each narrowed foramen and side."""
    found: dict[tuple[object, ...], ForaminalNarrowing] = {}
    for fact in links.facts:
        if fact.kind != "foramen" or fact.sentence.section == BACKGROUND or fact.assertion in _UNSAID:
            continue
        assertion = fact.assertion
        if assertion is Assertion.ABSENT and any(note.excepted for note in fact.levels):
            assertion = Assertion.PRESENT  # "no foraminal narrowing except on the left at T7-T8"
        severity = severity_note(fact)
        sides: Sequence[str | None] = _sides(fact)
        discs: tuple[str | None, ...] = disc_names(fact.levels) or _as_discs(level_names(fact.levels)) or (None,)
        graded = _graded_sides(fact)
        for disc in discs:
            for side in [*graded] or sides or [None]:
                grade = graded.get(side, severity) if side else severity
                entry = ForaminalNarrowing(
                    level=disc,
                    side=Laterality(side) if side else None,
                    severity=Severity(grade.means["severity"]) if grade and assertion in TODAY else None,
                    assertion=assertion,
                    evidence=links.document.evidence_of(fact.anchor.note, *fact.levels),
                )
                found.setdefault((disc, side, entry.assertion), entry)
    for entry in _found_normal(links):  # an addendum beats the body
        key = (entry.level, entry.side.value if entry.side else None, Assertion.PRESENT)
        if found.pop(key, None):
            found[(entry.level, key[1], Assertion.ABSENT)] = entry
    located = [entry for entry in found.values() if entry.level is not None]
    sided = [entry for entry in found.values() if entry.side is not None]
    return tuple(located or sided or found.values())


def _found_normal(links: Links) -> list[ForaminalNarrowing]:
    """Foramina that an addendum calls normal."""
    return [
        ForaminalNarrowing(
            level=disc,
            side=Laterality(side),
            assertion=Assertion.ABSENT,
            evidence=links.document.evidence_of(fact.anchor.note, *fact.levels),
        )
        for fact in links.facts
        if fact.kind == "foramen_normal" and fact.sentence.section == "addendum"
        for disc in disc_names(fact.levels)
        for side in _sides(fact)
    ]


def _graded_sides(fact: Fact) -> dict[str, Annotation]:
    """Sides that each have a severity of their own: "mild left and severe right foraminal narrowing"."""
    first, last = fact.sentence.first, fact.anchor.last
    sides = [
        note
        for note in fact.sentence.of("modifier")
        if note.means.get("laterality") in ("left", "right") and first <= note.first <= last
    ]
    grades = [note for note in fact.sentence.of("modifier") if "severity" in note.means and first <= note.first <= last]
    found = {}
    for side in sides:
        own = [grade for grade in grades if 0 <= side.first - grade.last <= 2]
        if own:
            found[side.means["laterality"]] = own[-1]
    return found if len(found) == 2 else {}


def _as_discs(levels: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{a}/{b}" for a, b in pairwise(levels) if VERTEBRAE.index(b) == VERTEBRAE.index(a) + 1)


def _sides(fact: Fact) -> list[str]:
    first, last = reach(fact)
    notes = [
        note
        for note in fact.sentence.of("modifier")
        if "laterality" in note.means and first <= note.first <= last and note.means["laterality"] != "midline"
    ]
    sides = list(dict.fromkeys(note.means["laterality"] for note in notes))
    if not sides and len([other for other in fact.sentence.of("structure") if other.concept == "foramen"]) == 1:
        sides = list(
            dict.fromkeys(
                note.means["laterality"]
                for note in fact.sentence.of("modifier")
                if note.means.get("laterality") in ("left", "right", "bilateral")
            )
        )
    if not sides and "both" in fact.sentence.norms(first, last):
        return ["bilateral"]
    return ["bilateral"] if "bilateral" in sides or {"left", "right"} <= set(sides) else sides

"""Prior findings + current findings → what is new, larger, smaller, resolved or stable. Pure; prints nothing.

Silence is no finding: what the current report does not mention is ``not_mentioned_now``, never resolved. Each verdict
names its basis: the current report's own words, the sizes in both reports, or only that one report mentions it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from emh_report.errors import FindingsError
from emh_report.followup_levels import CompressionChange, LevelRow, compare_compression, compare_levels
from emh_report.model import TODAY, Assertion, Change, Findings, Lesion, Part, Site, level_order
from emh_report.pairing import overlap, pair_lesions
from emh_report.timeline import day

Verdict = Literal[
    "new", "larger", "smaller", "stable", "resolved", "not_comparable", "not_assessed_now", "past_only",
    "not_mentioned_now",
]  # fmt: skip
Basis = Literal["stated", "denied", "sizes", "only_in_current", "only_in_prior", "no_common_size"]
Note = Literal[
    "stated_against_sizes", "measured_elsewhere", "other_axes", "approximate", "cited_prior_differs", "possible_now",
    "possible_before", "described_before", "count_differs",
]  # fmt: skip
_STATED: dict[Change, Verdict] = {
    Change.NEW: "new",
    Change.INCREASED: "larger",
    Change.STABLE: "stable",
    Change.DECREASED: "smaller",
    Change.RESOLVED: "resolved",
}


class Exam(Part):
    """One of the two reports."""

    id: str
    date: str | None


class SizeChange(Part):
    """The longest diameters, in millimetres, and their difference in percent of the prior one, to one decimal."""

    prior_mm: tuple[float, ...]
    current_mm: tuple[float, ...]
    difference_mm: float
    percent: float


class LevelChange(Part):
    """Vertebrae in both reports, added now, and no longer named now (which does not say that they are free)."""

    prior: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    no_longer_named: tuple[str, ...] = ()
    overlap_percent: float | None = None


class LesionChange(Part):
    """One lesion in both reports, or in one of them."""

    verdict: Verdict
    basis: Basis
    prior: Lesion | None = None
    current: Lesion | None = None
    size: SizeChange | None = None
    levels: LevelChange = LevelChange()
    notes: tuple[Note, ...] = ()


class Comparison(Part):
    """Everything that two reports of one patient say about change."""

    prior: Exam
    current: Exam
    order: Literal["known", "unknown", "reversed"] = "unknown"
    """Whether the dates say that the prior report is the older one."""
    days: int | None = None
    lesions: tuple[LesionChange, ...] = ()
    levels: tuple[LevelRow, ...] = ()
    compression: CompressionChange


def compare(prior: Findings, current: Findings, tolerance: float = 0.0) -> Comparison:
    """What changed. Longest diameters that differ by at most ``tolerance`` percent count as stable."""
    if prior.source.patient_id and current.source.patient_id and prior.source.patient_id != current.source.patient_id:
        raise FindingsError("the two reports carry different patient identifiers (source.patient_id)")
    pairs = pair_lesions(prior.lesions, current.lesions)
    left = set(range(len(current.lesions))) - set(pairs.values())
    changes = [_both(one, current.lesions[pairs[i]], tolerance) for i, one in enumerate(prior.lesions) if i in pairs]
    changes += [_only_now(current.lesions[index]) for index in sorted(left)]
    changes += [_only_before(one, current) for i, one in enumerate(prior.lesions) if i not in pairs]
    then, now = day(prior.study.date), day(current.study.date)
    return Comparison(
        prior=Exam(id=prior.source.id, date=prior.study.date),
        current=Exam(id=current.source.id, date=current.study.date),
        order="unknown" if not then or not now else "known" if then <= now else "reversed",
        days=(now - then).days if then and now else None,
        lesions=tuple(each for each in changes if each),
        levels=compare_levels(prior, current),
        compression=compare_compression(prior, current),
    )


def _both(prior: Lesion, current: Lesion, tolerance: float) -> LesionChange | None:
    size, notes = _sizes(prior, current)
    levels = _levels(prior, current)

    def change(verdict: Verdict, basis: Basis, *more: Note) -> LesionChange:
        return LesionChange(
            verdict=verdict, basis=basis, prior=prior, current=current, size=size, levels=levels, notes=(*notes, *more)
        )

    if prior.assertion not in TODAY and current.assertion not in TODAY:
        return None
    if current.change is Change.RESOLVED:
        return change("resolved", "stated")
    if current.assertion is Assertion.ABSENT:
        return change("resolved", "denied")
    if current.assertion not in TODAY:
        silent: dict[Assertion, Verdict] = {
            Assertion.HISTORICAL: "past_only",
            Assertion.NOT_ASSESSED: "not_assessed_now",
        }
        return change(silent.get(current.assertion, "not_mentioned_now"), "stated")
    if prior.assertion not in TODAY and current.change is None:
        return change("new", "denied" if prior.assertion is Assertion.ABSENT else "only_in_current")
    by_size = _by_size(size, tolerance)
    if current.change is not None:
        stated = _STATED[current.change]
        against: tuple[Note, ...] = ("stated_against_sizes",) if by_size is not None and stated != by_size else ()
        return change(stated, "stated", *against)
    if by_size is None:
        return change("not_comparable", "no_common_size")
    return change(by_size, "sizes")


def _only_now(lesion: Lesion) -> LesionChange | None:
    if lesion.assertion not in TODAY and lesion.change is not Change.RESOLVED:
        return None
    notes: tuple[Note, ...] = ("possible_now",) if lesion.assertion is Assertion.POSSIBLE else ()
    if lesion.change in (None, Change.NEW):
        basis: Basis = "stated" if lesion.change else "only_in_current"
        return LesionChange(verdict="new", basis=basis, current=lesion, levels=_levels(None, lesion), notes=notes)
    return LesionChange(
        verdict=_STATED[lesion.change],
        basis="stated",
        current=lesion,
        levels=_levels(None, lesion),
        notes=(*notes, "described_before"),
    )


def _only_before(lesion: Lesion, current: Findings) -> LesionChange | None:
    if lesion.assertion not in TODAY:
        return None
    # "No epidural disease" denies all of it; "none at T8" says nothing of T4.
    there = current.epidural.levels
    denied = (
        lesion.site == Site.EPIDURAL
        and current.epidural.assertion is Assertion.ABSENT
        and (not there or (bool(lesion.levels) and set(lesion.levels) <= set(there)))
    )
    return LesionChange(
        verdict="resolved" if denied else "not_mentioned_now",
        basis="denied" if denied else "only_in_prior",
        prior=lesion,
        levels=_levels(lesion, None),
        notes=("possible_before",) if lesion.assertion is Assertion.POSSIBLE else (),
    )


def _sizes(prior: Lesion, current: Lesion) -> tuple[SizeChange | None, list[Note]]:
    notes: list[Note] = []
    if current.assertion is Assertion.POSSIBLE and prior.assertion is not Assertion.POSSIBLE:
        notes.append("possible_now")
    if prior.assertion is Assertion.POSSIBLE and current.assertion is not Assertion.POSSIBLE:
        notes.append("possible_before")
    if prior.count and current.count and prior.count != current.count:
        notes.append("count_differs")
    if not prior.size_mm or not current.size_mm:
        return None, notes
    if prior.size_at and current.size_at and prior.size_at != current.size_at:
        return None, [*notes, "measured_elsewhere"]
    if len(prior.size_mm) != len(current.size_mm):
        notes.append("other_axes")
    if prior.size_approximate or current.size_approximate:
        notes.append("approximate")
    if current.prior_size_mm and sorted(current.prior_size_mm) != sorted(prior.size_mm):
        notes.append("cited_prior_differs")
    before, now = max(prior.size_mm), max(current.size_mm)
    size = SizeChange(
        prior_mm=prior.size_mm,
        current_mm=current.size_mm,
        difference_mm=round(now - before, 6),
        percent=round(100 * (now - before) / before, 1),
    )
    return size, notes


def _by_size(size: SizeChange | None, tolerance: float) -> Verdict | None:
    if size is None:
        return None
    if size.difference_mm == 0 or abs(size.percent) <= tolerance:
        return "stable"
    return "larger" if size.difference_mm > 0 else "smaller"


def _levels(prior: Lesion | None, current: Lesion | None) -> LevelChange:
    then, now = (each.levels if each else () for each in (prior, current))
    share = overlap(then, now)
    return LevelChange(
        prior=then,
        current=now,
        both=_sorted(set(then) & set(now)),
        added=_sorted(set(now) - set(then)) if prior else (),
        no_longer_named=_sorted(set(then) - set(now)) if current else (),
        overlap_percent=round(100 * share, 1) if then and now else None,
    )


def _sorted(levels: Sequence[str] | set[str]) -> tuple[str, ...]:
    return tuple(sorted(levels, key=level_order))

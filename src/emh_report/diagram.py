"""Findings → what a level diagram shows: lesions, epidural disease and cord compression side by side, C1 to S5."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from emh_report.model import VERTEBRAE, Assertion, Findings, Laterality, Part, Site

State = Literal["present", "possible", "absent", "historical"]
_STRENGTH: tuple[State, ...] = ("present", "possible", "historical", "absent")
"""Where several statements meet at one level, the first of these is drawn."""
_DRAWN: dict[Assertion, State] = {
    Assertion.PRESENT: "present",
    Assertion.POSSIBLE: "possible",
    Assertion.ABSENT: "absent",
    Assertion.HISTORICAL: "historical",
}


class Lane(Part):
    """One column: what it is about, and what is said at each vertebra; None where nothing is said."""

    kind: Literal["lesion", "epidural", "compression"]
    site: Site | None = None
    laterality: Laterality | None = None
    states: tuple[State | None, ...]


class Diagram(Part):
    """The columns of the diagram; none if the report names no level."""

    lanes: tuple[Lane, ...] = ()


def diagram(findings: Findings) -> Diagram:
    """Lesions by site and side, then epidural disease, then compression; a lane without a level is left out."""
    places = dict.fromkeys((each.site, each.laterality) for each in findings.lesions if each.site != Site.EPIDURAL)
    lanes = [
        _lane(
            [
                (each.assertion, each.levels)
                for each in findings.lesions
                if (each.site, each.laterality) == (site, laterality)
            ],
            "lesion",
            site,
            laterality,
        )
        for site, laterality in places
    ]
    epidural, cord = findings.epidural, findings.cord_compression
    inside = [(each.assertion, each.levels) for each in findings.lesions if each.site == Site.EPIDURAL]
    lanes.append(_lane([*inside, (epidural.assertion, epidural.levels), (_PAST, epidural.prior_levels)], "epidural"))
    lanes.append(
        _lane(
            [
                (cord.assertion, cord.levels),
                (Assertion.ABSENT, cord.absent_levels),
                (_PAST, cord.prior_levels),
            ],
            "compression",
        )
    )
    return Diagram(lanes=tuple(lane for lane in lanes if any(lane.states)))


_PAST = Assertion.HISTORICAL


def _lane(
    said: Sequence[tuple[Assertion, Sequence[str]]],
    kind: Literal["lesion", "epidural", "compression"],
    site: Site | None = None,
    laterality: Laterality | None = None,
) -> Lane:
    at: dict[str, set[State]] = {}
    for assertion, levels in said:
        if assertion in _DRAWN:
            for level in levels:
                at.setdefault(level, set()).add(_DRAWN[assertion])
    states = tuple(next((each for each in _STRENGTH if each in at.get(level, ())), None) for level in VERTEBRAE)
    return Lane(kind=kind, site=site, laterality=laterality, states=states)

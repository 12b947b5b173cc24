"""Which lesion of one report is which of another: by site, side, levels and size. Pure; no words are compared."""

from __future__ import annotations

import math
from collections.abc import Sequence

from emh_report.assign import best_pairs
from emh_report.model import Laterality, Lesion, Site, level_order

_BESIDE_THE_SPINE = frozenset({Site.PARAVERTEBRAL, Site.MEDIASTINAL, Site.PLEURAL, Site.RIB, Site.RETROPERITONEAL})
"""One mass is filed under one of these in one report and under another in the next."""
_ONE_SIDED = frozenset({Laterality.LEFT, Laterality.RIGHT})
_NEAR = 1
"""Vertebrae by which the levels of one lesion may miss each other in two reports."""


def pair_lesions(prior: Sequence[Lesion], current: Sequence[Lesion]) -> dict[int, int]:
    """Index in ``prior`` → index in ``current``; what has no counterpart is left out."""
    if not prior or not current:
        return {}
    return best_pairs([[likeness(one, other) for other in current] for one in prior])


def likeness(one: Lesion, other: Lesion) -> float:
    """How well two descriptions fit one lesion; minus infinity where they cannot."""
    score = 1.0
    if one.site == other.site:
        score += 4
    elif {one.site, other.site} <= _BESIDE_THE_SPINE and set(one.levels) & set(other.levels):
        score += 1
    else:
        return -math.inf
    sides = {one.laterality, other.laterality}
    if sides == _ONE_SIDED:
        return -math.inf
    if len(sides) == 1 and None not in sides:
        score += 2
    if one.levels and other.levels:
        if _gap(one.levels, other.levels) > _NEAR:
            return -math.inf
        score += 4 * overlap(one.levels, other.levels)
    if one.size_mm and other.size_mm:
        small, large = sorted((max(one.size_mm), max(other.size_mm)))
        score += 2 * small / large
    return score + (one.kind == other.kind)


def overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """Vertebrae that both name, as a part of those that either names."""
    return len(set(one) & set(other)) / len(set(one) | set(other)) if one or other else 0.0


def _gap(one: Sequence[str], other: Sequence[str]) -> int:
    """Vertebrae from the one to the other; 0 if they meet."""
    return min(abs(level_order(here) - level_order(there)) for here in one for there in other)

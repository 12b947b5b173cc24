"""Whose size it is, among the nodal groups of a sentence. Part of nodes.py."""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.document import Annotation, Sentence
from emh_report.measure import SizeSpan
from emh_report.model import Assertion
from emh_report.nodal_types import JOINERS, Group, Named

_PAUSE = frozenset(", ( : largest larger upto measuring measure biggest to each - =".split())
_APART = frozenset(", ; ( ) and / with :".split())
_SIDES = frozenset("left right bilateral".split())


def measure(sentence: Sentence, named: Sequence[Named], groups: Sequence[Group]) -> None:
    """Give every size to the groups it is of."""
    others = [
        note
        for note in sentence.of("lesion", "organ", "organ_finding")
        if note.means.get("role") not in ("pronoun", "part")
    ]
    elements = [note for item in named for note in ([item.noun] if item.noun else []) + item.stations]
    elements = list(dict.fromkeys(elements))
    for size in sentence.of("size"):
        if not isinstance(size.value, SizeSpan) or not all(size.value.size_mm):
            continue
        chosen = _measured(sentence, size, named, elements, others)
        for group in groups:
            if [note for note in group.notes if note.kind == "node"][-1] in chosen:
                prior = size.value.prior or size.assertion is Assertion.HISTORICAL
                (group.prior_sizes if prior else group.sizes).append(size.value)
                group.notes.append(size)


def _measured(
    sentence: Sentence,
    size: Annotation,
    named: Sequence[Named],
    elements: Sequence[Annotation],
    others: Sequence[Annotation],
) -> set[Annotation]:
    """The stations (or the noun, where there is none) that a size is of."""
    norms = sentence.document.norms
    before = max((note for note in elements if note.last < size.first), key=lambda note: note.last, default=None)
    after = next((note for note in sorted(elements, key=lambda note: note.first) if note.first > size.last), None)
    leads = after and after.first - size.last <= 7 and _APART.isdisjoint(norms[size.last + 1 : after.first])
    if after and leads and (before is None or size.first - before.last > 1):
        return _members(after, named)
    if before is None or any(before.last < other.first < size.first for other in others):
        return set()
    item = next(item for item in named if before is item.noun or before in item.stations)
    if before is item.noun:
        return _members(before, named)
    run = [before]
    for station in reversed([station for station in item.stations if station.first < before.first]):
        gap = norms[station.last + 1 : run[-1].first]
        if not all(word in JOINERS or word in _SIDES for word in gap):
            break
        run.append(station)
    gap = norms[before.last + 1 : size.first]
    ahead = item.noun is None or item.noun.first > before.first
    return set(run) if ahead or _PAUSE.intersection(gap) or len(run) == 1 else {before}


def _members(note: Annotation, named: Sequence[Named]) -> set[Annotation]:
    """All stations of a noun, those before it if it has any; a station, with those it is listed with."""
    for item in named:
        noun = item.noun
        if noun is not None and note is noun:
            ahead = [station for station in item.stations if station.first <= noun.first]
            return set(ahead or item.stations or [note])
        if note in item.stations:
            listed = noun is not None and note.first < noun.first
            return {station for station in item.stations if noun and station.first < noun.first} if listed else {note}
    return set()

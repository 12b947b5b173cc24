"""Which vertebra names belong to one expression: "D3 vertebral level upto D8", "T4, 5 and 6".

Second step of levels.py: from one name to the next, over joining words and the parts of a vertebra.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from emh_report.roman import value_of
from emh_report.vertebrae import COUNTS, GLUED, PARTS, Link, Name, connector, counts_something, is_plain, word_set

_NAME_TO = re.compile(r"\d(?:to|upto|through)$")
_NUMBER = re.compile(r"0?(\d{1,2})(?:st|nd|rd|th)?")
ENDS = "ends"
"""The kind of link between the two ends of an extent, which may be told in either order."""
_UP = word_set("superiorly cranially upward upwards rostrally cephalad above proximally superior cranial upper")
_DOWN = word_set("inferiorly caudally downward downwards caudad below distally inferior caudal lower down")
_BEGIN, _END = word_set("begins starts commences beginning starting"), word_set("ends stops terminates ending stopping")
_OPPOSITE = ((_UP, _DOWN), (_DOWN, _UP), (_BEGIN, _END))
_REACHES = word_set("extends extending reaches reaching")
_EXTENT = word_set(
    "and , to at up upto till until as far extends extending reaches reaching the its end limit it in level"
)
_SERIES = re.compile(r"\d{1,2}(?:,\d{1,2})+")


def next_link(norm: Sequence[str], names: Mapping[int, Name], name: Name) -> Link | None:
    """The name that follows ``name`` in one expression, and how they are joined."""
    start = name.last + 1
    if _SERIES.fullmatch(norm[name.last]) and name.part < norm[name.last].count(","):
        return _next_of_series(norm, name, name.last, name.part + 1)
    if (glued := names.get(start)) and start and GLUED.fullmatch(norm[start - 1]):
        return Link("-", glued)
    skipped = start
    while skipped < min(len(norm), start + 4) and norm[skipped] in PARTS:
        skipped += 1
    joined = connector(norm, start) or connector(norm, skipped)
    if _NAME_TO.search(norm[name.last]):
        joined = "to", start
    beside = names.get(start) if not joined and not norm[name.last][-1:].isalpha() else None
    if beside and beside.region == name.region and beside.number == name.number + 1 and name.number > 2:
        return Link(",", beside)  # dictated without commas: "at T6 T7 T8"
    if not joined and value_of(norm[name.last]) and start < len(norm) and (number := value_of(norm[start])):
        return Link("-", names.get(start) or Name(start, start, name.region, number))  # a hyphen is no word
    if not joined and value_of(norm[name.last]) and names.get(start) and value_of(norm[names[start].last]):
        return Link("-", names[start])
    if (not joined or joined[1] not in names) and (end := _other_end(norm, names, name)):
        return end
    if not joined:
        return None
    kind, target = joined
    if kind == "to":
        limit = target + 6
        while target < min(len(norm), limit) and target not in names and norm[target] in PARTS:
            target += 1
    if target in names:
        if kind == "," and skipped > start and norm[skipped] != ",":
            # "T4 vertebra and T6 vertebra" is one list, "D4 level and D8 vertebral fracture" is not
            after = names[target].last + 1
            return Link(kind, names[target]) if norm[after : after + 1] == norm[start : start + 1] else None
        adjoining = skipped == start or (norm[start] != "," and kind in ("to", "-"))
        return Link(kind, names[target]) if adjoining else None
    return _bare(norm, name, kind, target) if skipped == start or kind == "to" else None


def _other_end(norm: Sequence[str], names: Mapping[int, Name], name: Name) -> Link | None:
    """The far end of an extent: "superiorly up to T4 and inferiorly up to T8", "begins at T4 and ends at T8"."""
    before = norm[max(0, name.first - 5) : name.first]
    onward = norm[name.last + 1 : name.last + 3]
    if len(onward) == 2 and onward[0] in _REACHES and onward[1] in _UP | _DOWN:
        at = name.last + 3 + (norm[name.last + 3 : name.last + 4] == ["up"])
        target = at + 1 if norm[at : at + 1] in (["to"], ["upto"], ["till"]) else at
        return Link(ENDS, names[target]) if target in names else None
    for near, far in _OPPOSITE:
        if near.isdisjoint(before) or norm[name.last + 1 : name.last + 2] not in (["and"], [","], ["to"]):
            continue
        for at in range(name.last + 2, min(name.last + 9, len(norm))):
            if at in names:
                between = norm[name.last + 1 : at]
                return Link(ENDS, names[at]) if not far.isdisjoint(between) else None
            if norm[at] not in _EXTENT and norm[at] not in far:
                break
    return None


def _bare(norm: Sequence[str], name: Name, kind: str, at: int) -> Link | None:
    """A number without its letter: "D4-7", "D4, 5 and 6"; not a count or a size."""
    if at >= len(norm) or counts_something(norm, at):
        return None
    if kind == "," and _SERIES.fullmatch(norm[at]):
        return _next_of_series(norm, name, at, 0)
    match = _NUMBER.fullmatch(norm[at])
    counted = value_of(norm[at]) if value_of(norm[name.last]) else 0
    if not match and not counted:
        return None
    number = int(match[1]) if match else counted
    if number == 1 and name.number == COUNTS[name.region] and kind in "-/" and name.region in "CTL":
        return Link(kind, Name(at, at, "CTLS"["CTL".index(name.region) + 1], 1))
    if not name.number < number <= COUNTS[name.region] + 3:
        return None
    if kind == "," and not (is_plain(norm, at) and (number <= COUNTS[name.region])):
        return None
    return Link(kind, Name(at, at, name.region, number))


def _next_of_series(norm: Sequence[str], name: Name, at: int, part: int) -> Link | None:
    """ "D4,5,6", where "5,6" is one word."""
    number = int(norm[at].split(",")[part])
    fits = name.number < number <= COUNTS[name.region]
    return Link(",", Name(at, at, name.region, number, part)) if fits else None

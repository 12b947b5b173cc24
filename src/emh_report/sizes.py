"""How a size is written: "4.2 cm x 31 mm", "2 (AP) x 3 (TR) cm", "3-4 cm"; and what only looks like one.

Part of measure.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from emh_report.quantities import number
from emh_report.words import Word, normalise

_UNITS = {"mm": "mm", "mms": "mm", "millimeter": "mm", "cm": "cm", "cms": "cm", "centimeter": "cm"}
_TIMES = frozenset({"x", "*", "by"})


def word_set(text: str) -> frozenset[str]:
    """The words of ``text`` as they are compared."""
    return frozenset(map(normalise, text.split()))


_LIST_OPENERS = word_set("of measuring measure measured and , : (")
_AXES = word_set(
    "ap tr trans transverse cc si ml sag axial craniocaudal cranio caudal anteroposterior antero posterior "
    "longitudinal length width height depth thickness long short vertical"
)
_AXIS_NOUNS = word_set("dimension diameter plane axis direction extent")
_AXIS_FILL = word_set("in the its max maximum maximal greatest largest")
ABOUT = word_set("approx approximately about around ca circa roughly nearly almost ~ estimated")
_TECHNICAL = word_set("slice slices section collimation interval reformat reconstruction increment cut image matrix")
_TECHNICAL_BEFORE = word_set("slice section collimation gap fov view interval needle spacing")
_DISPLACED = word_set("shift retropulsion anterolisthesis retrolisthesis spondylolisthesis listhesis subluxation")
_BEYOND = word_set("above below proximal distal beyond")
_THAN = word_set("larger greater bigger smaller less more")
CHANGED = word_set(
    "decreased increased reduced enlarged grown grew shrunk regressed diminished changed progressed risen "
    "down up decrease increase reduction growth decreasing increasing shrinking "
    "fell dropped went declined shrank rose enlargement shrinkage regression progression diminution"
)
"""Words after which "from … to …" tells of a change, not of a range."""


@dataclass(slots=True)
class Size:
    """A size as written: values, each with its unit or none, and whether an axis names it."""

    first: int
    last: int
    values: list[Decimal]
    units: list[str | None]
    axes: bool = False
    approximate: bool = False
    prior: bool = False


def is_length(word: str) -> bool:
    """Whether a word is a unit of length."""
    return word in _UNITS


def words_before(norm: Sequence[str], first: int, count: int) -> Sequence[str]:
    """At most ``count`` words before ``first``."""
    return norm[max(0, first - count) : first]


def size_at(words: Sequence[Word], norm: Sequence[str], at: int) -> Size | None:
    """The numbers that start at ``at`` and belong together, with or without a unit."""
    value, first = _value_at(words, norm, at), at
    if value is None:
        return None
    if norm[at - 1 : at] == ["."] and at > 1 and words[at - 1].end == words[at].start:
        first = at - 2 if words[at - 2].end == words[at - 1].start else at
    size = Size(first, at, [value], [None])
    size.axes = bool(at and norm[at - 1] in _AXES)
    _take_unit(norm, size, at)
    while (following := _next_value(norm, size)) is not None:
        size.values.append(number(norm[following]) or Decimal(0))
        size.units.append(None)
        _take_unit(norm, size, following)
    if len(size.values) == 1:
        _take_range(norm, size)
    return size


def _value_at(words: Sequence[Word], norm: Sequence[str], at: int) -> Decimal | None:
    """The number at ``at``; "measures5.0" is three words, and the last is read together with the first."""
    if at > 1 and norm[at - 1] == "." and words[at - 2].end == words[at - 1].start == words[at].start - 1:
        digits = re.search(r"\d{1,3}$", norm[at - 2])
        return number(f"{digits[0]}.{norm[at]}") if digits else number(norm[at])
    return number(norm[at])


def _take_unit(norm: Sequence[str], size: Size, at: int) -> None:
    """Read unit and axis after the number at ``at``."""
    size.last = at
    hyphen = norm[at + 1 : at + 2] == ["-"] and "".join(norm[at + 2 : at + 3]) in _UNITS
    unit_at = at + 2 if hyphen else at + 1
    if norm[unit_at : unit_at + 1] == ["("] and norm[unit_at + 2 : unit_at + 3] == [")"]:
        if norm[unit_at + 1] in _AXES:
            size.axes, size.last, unit_at = True, unit_at + 2, unit_at + 3
    if unit_at < len(norm) and norm[unit_at] in _UNITS:
        size.units[-1], size.last = _UNITS[norm[unit_at]], unit_at
    axis = size.last + 1
    if norm[axis : axis + 1] == ["("] and norm[axis + 2 : axis + 3] == [")"] and norm[axis + 1] in _AXES:
        size.last, size.axes = axis + 2, True
        return
    while axis < min(len(norm), size.last + 4) and norm[axis] in _AXIS_FILL:
        axis += 1
    end = axis
    while end < min(len(norm), axis + 3) and norm[end] in _AXES:
        end += 1
    if end > axis:
        while end < len(norm) and norm[end] in _AXIS_NOUNS:
            end += 1
        size.last, size.axes = end - 1, True


def _next_value(norm: Sequence[str], size: Size) -> int | None:
    """Where the next dimension stands: after a times sign, or in a list whose values are named by axis."""
    at = size.last + 1
    if at + 1 >= len(norm):
        return None
    if norm[at] in _TIMES:
        return at + 1 if number(norm[at + 1]) is not None else None
    if not size.axes or norm[at] not in (",", "and"):
        return None
    at += 2 if norm[at] == "," and norm[at + 1] == "and" else 1
    prefixed = at + 1 < len(norm) and norm[at] in _AXES
    target = at + 1 if prefixed else at
    if target >= len(norm) or number(norm[target]) is None:
        return None
    probe = Size(target, target, [Decimal(0)], [None])
    _take_unit(norm, probe, target)
    return target if prefixed or probe.axes else None


def _take_range(norm: Sequence[str], size: Size) -> None:
    """ "3-4 cm": one dimension, of which the larger end is kept. "from 5 to 4 cm" is a change, no range."""
    at = size.last + 1
    joined = norm[at : at + 1] in (["-"], ["to"]) or (
        norm[at : at + 1] == ["and"] and "between" in words_before(norm, at, 4)
    )
    if not joined or at + 1 >= len(norm):
        return
    upper = number(norm[at + 1])
    probe = Size(size.first, at + 1, [upper or Decimal(0)], [None])
    _take_unit(norm, probe, at + 1)
    if upper is None or not probe.units[-1] or norm[probe.last + 1 : probe.last + 2] == ["x"]:
        return
    if norm[at] == "to" and _is_change(norm, size):
        size.units = [size.units[0] or probe.units[0]]
        return
    if size.units[0] is None and upper > size.values[0]:
        size.values, size.units, size.last, size.approximate = [upper], probe.units, probe.last, True


def _is_change(norm: Sequence[str], size: Size) -> bool:
    behind = words_before(norm, size.first, 1)
    return list(behind) == ["from"] and not CHANGED.isdisjoint(words_before(norm, size.first, 8))


def is_something_else(norm: Sequence[str], size: Size) -> bool:
    """Slice thickness, distance, speed, pressure, displacement or threshold."""
    after, behind = norm[size.last + 1 : size.last + 4], _clause(norm, size.first)
    clause = after[: after.index(",")] if "," in after else after
    if not _TECHNICAL.isdisjoint(clause) or not _TECHNICAL_BEFORE.isdisjoint(behind):
        return True
    if after[:2] in (["/", "s"], ["/", "sec"]) or after[:1] in (["hg"], ["²"], ["³"], ["^"]):
        return True
    if not _DISPLACED.isdisjoint([*clause[:2], *behind]) or (after and after[0] in _BEYOND):
        return True
    if after[:1] == ["from"] and after[1:2] == ["the"] and after[2:3] not in (["prior"], ["previous"], ["last"]):
        return True
    negated = not {"no", "not", "without"}.isdisjoint(words_before(norm, max(0, size.first - 2), 8))
    return negated and behind[-1:] == ["than"] and not _THAN.isdisjoint(behind) and behind[-3:-2] != ["no"]


def _clause(norm: Sequence[str], first: int) -> list[str]:
    """The last few words before ``first`` that no comma parts from it."""
    behind: list[str] = []
    for word in reversed(words_before(norm, first, 4)):
        if word in (",", ";"):
            break
        behind.insert(0, word)
    return behind


def listed_before(norm: Sequence[str], size: Size) -> list[Size]:
    """The sizes before "0.9 cm" in "2.3, 1.8 and 0.9 cm", which share its unit. Decimals only: "D4, 5"."""
    listed: list[Size] = []
    at = size.first - 1
    while len(size.values) == 1 and at > 0 and norm[at] in ("and", ",") and len(listed) < 10:
        at -= 2 if norm[at - 1] == "," else 1
        whole = "respectively" in norm[size.last + 1 : size.last + 3] and norm[at].isdecimal()
        if at < 1 or not (whole or "." in norm[at]) or number(norm[at]) is None or norm[at - 1] not in _LIST_OPENERS:
            break
        listed.insert(0, Size(at, at, [number(norm[at]) or Decimal(0)], [size.units[-1]]))
        at -= 1
    return listed

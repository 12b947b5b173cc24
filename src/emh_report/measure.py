"""Sizes in one sentence: "4.2 x 3 cm (previously 39 x 28 mm)" → millimetres, today's and the prior ones.

Whose size it is, link.py decides. Slice thickness, distances and thresholds are no sizes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from emh_report.quantities import QuantitySpan, find_quantities, number
from emh_report.words import Word, normalise

__all__ = ["QuantitySpan", "SizeSpan", "find_quantities", "find_sizes"]

LARGEST_MM = 400
"""A longer lesion than this is more likely a slip of the unit."""

_UNITS = {"mm": "mm", "mms": "mm", "millimeter": "mm", "cm": "cm", "cms": "cm", "centimeter": "cm"}
_TIMES = frozenset({"x", "*", "by"})


def _words(text: str) -> frozenset[str]:
    return frozenset(map(normalise, text.split()))


_LIST_OPENERS = _words("of measuring measure measured and , : (")
_AXES = _words(
    "ap tr trans transverse cc si ml sag axial craniocaudal cranio caudal anteroposterior antero posterior "
    "longitudinal length width height depth thickness long short vertical"
)
_AXIS_NOUNS = _words("dimension diameter plane axis direction extent")
_AXIS_FILL = _words("in the its max maximum maximal greatest largest")
_ABOUT = _words("approx approximately about around ca circa roughly nearly almost ~ estimated")
_TECHNICAL = _words(
    "slice slices section collimation interval reformat reconstruction increment cut image matrix"
)
_TECHNICAL_BEFORE = _words("slice section collimation gap fov view interval needle spacing")
_DISPLACED = _words(
    "shift retropulsion anterolisthesis retrolisthesis spondylolisthesis listhesis subluxation"
)
_BEYOND = _words("above below proximal distal beyond")
_THAN = _words("larger greater bigger smaller less more")
_CHANGED = _words(
    "decreased increased reduced enlarged grown grew shrunk regressed diminished changed progressed risen down up "
    "decrease increase reduction growth decreasing increasing shrinking"
)
_VARIED = _words("ranging range varying between from")
_BEFORE = _words("previously previous prior earlier formerly initially baseline versus vs against originally")
_ADVERBS = _words("previously earlier formerly initially originally")
_STUDIES = _words("study exam examination scan mri mr ct report imaging radiograph")
_SEEN = _words("described seen noted known mentioned reported identified demonstrated documented treated")
_NOW = _words("now currently presently today present current")
_PAST = _words("was were")
_PRONOUNS = _words(", ( it which they that this and size")
_AFTERWARDS = _words("previously earlier before formerly prior previous baseline ago last")
_TIMES_AGO = re.compile(
    r"(?:19|20)\d\d|january|february|march|april|may|june|july|august|september|october|november|december|last|baseline"
)


@dataclass(frozen=True, slots=True)
class SizeSpan:
    """One size in millimetres, in the order written: words ``first`` to ``last`` of the sentence."""

    first: int
    last: int
    size_mm: tuple[float, ...]
    approximate: bool
    prior: bool
    unit: str
    suspicious: bool


@dataclass(slots=True)
class _Size:
    """A size as written: values, each with its unit or none, and whether an axis names it."""

    first: int
    last: int
    values: list[Decimal]
    units: list[str | None]
    axes: bool = False
    approximate: bool = False
    prior: bool = False


def find_sizes(words: Sequence[Word]) -> list[SizeSpan]:
    """Sizes among the words of one sentence, in order."""
    norm = [normalise(word.text) for word in words]
    sizes: list[_Size] = []
    at = 0
    while at < len(norm):
        size = _size_at(words, norm, at)
        at = size.last + 1 if size else at + 1
        if size and not any(size.units) and sizes and _bracketed_prior(norm, size):
            size.units = [sizes[-1].units[-1]] * len(size.values)
        if size and any(size.units) and not _is_something_else(norm, size):
            sizes += [*_listed(norm, size), size]
    _mark_prior(norm, sizes)
    return [_finished(norm, size) for size in sizes]


def _listed(norm: Sequence[str], size: _Size) -> list[_Size]:
    """The sizes before "0.9 cm" in "2.3, 1.8 and 0.9 cm", which share its unit; only decimals are safe from levels."""
    listed: list[_Size] = []
    at = size.first - 1
    while len(size.values) == 1 and at > 0 and norm[at] in ("and", ",") and len(listed) < 10:
        at -= 2 if norm[at - 1] == "," else 1
        if at < 1 or "." not in norm[at] or number(norm[at]) is None or norm[at - 1] not in _LIST_OPENERS:
            break
        listed.insert(0, _Size(at, at, [number(norm[at]) or Decimal(0)], [size.units[-1]]))
        at -= 1
    return listed


def _finished(norm: Sequence[str], size: _Size) -> SizeSpan:
    unit = next(unit for unit in reversed(size.units) if unit)
    factors = [Decimal(10 if (own or unit) == "cm" else 1) for own in _inherited(size.units)]
    millimetres = tuple(float(value * factor) for value, factor in zip(size.values, factors, strict=True))
    about = size.approximate or not _ABOUT.isdisjoint(_before(norm, size.first, 2))
    return SizeSpan(
        size.first,
        size.last,
        millimetres,
        about,
        size.prior,
        unit,
        any(mm > LARGEST_MM for mm in millimetres),
    )


def _inherited(units: Sequence[str | None]) -> list[str | None]:
    """Each value's own unit, else that of the next value which has one."""
    filled: list[str | None] = []
    following: str | None = None
    for unit in reversed(units):
        following = unit or following
        filled.append(following)
    return filled[::-1]


def _before(norm: Sequence[str], first: int, count: int) -> Sequence[str]:
    return norm[max(0, first - count) : first]


def _size_at(words: Sequence[Word], norm: Sequence[str], at: int) -> _Size | None:
    value, first = _value_at(words, norm, at), at
    if value is None:
        return None
    if norm[at - 1 : at] == ["."] and at > 1 and words[at - 1].end == words[at].start:
        first = at - 2 if words[at - 2].end == words[at - 1].start else at
    size = _Size(first, at, [value], [None])
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
    """The number at ``at``; "measures5.0" is three words, of which the last is read together with the first."""
    if at > 1 and norm[at - 1] == "." and words[at - 2].end == words[at - 1].start == words[at].start - 1:
        digits = re.search(r"\d{1,3}$", norm[at - 2])
        return number(f"{digits[0]}.{norm[at]}") if digits else number(norm[at])
    return number(norm[at])


def _take_unit(norm: Sequence[str], size: _Size, at: int) -> None:
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


def _next_value(norm: Sequence[str], size: _Size) -> int | None:
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
    probe = _Size(target, target, [Decimal(0)], [None])
    _take_unit(norm, probe, target)
    return target if prefixed or probe.axes else None


def _take_range(norm: Sequence[str], size: _Size) -> None:
    """ "3-4 cm": one dimension, of which the larger end is kept. "from 5 to 4 cm" is a change, not a range."""
    at = size.last + 1
    joined = norm[at : at + 1] in (["-"], ["to"]) or (
        norm[at : at + 1] == ["and"] and "between" in _before(norm, at, 4)
    )
    if not joined or at + 1 >= len(norm):
        return
    upper = number(norm[at + 1])
    probe = _Size(size.first, at + 1, [upper or Decimal(0)], [None])
    _take_unit(norm, probe, at + 1)
    if upper is None or not probe.units[-1] or norm[probe.last + 1 : probe.last + 2] == ["x"]:
        return
    if norm[at] == "to" and _is_change(norm, size):
        size.units = [size.units[0] or probe.units[0]]
        return
    if size.units[0] is None and upper > size.values[0]:
        size.values, size.units, size.last, size.approximate = [upper], probe.units, probe.last, True


def _is_change(norm: Sequence[str], size: _Size) -> bool:
    behind = _before(norm, size.first, 1)
    return list(behind) == ["from"] and not _CHANGED.isdisjoint(_before(norm, size.first, 8))


def _is_something_else(norm: Sequence[str], size: _Size) -> bool:
    """Slice thickness, distance, speed, pressure, displacement or threshold."""
    after, behind = norm[size.last + 1 : size.last + 4], _clause(norm, size.first)
    clause = after[: after.index(",")] if "," in after else after
    if not _TECHNICAL.isdisjoint(clause) or not _TECHNICAL_BEFORE.isdisjoint(behind):
        return True
    if after[:2] in (["/", "s"], ["/", "sec"]) or after[:1] in (["hg"], ["²"], ["³"], ["^"]):
        return True
    if not _DISPLACED.isdisjoint([*clause[:2], *behind]) or (after and after[0] in _BEYOND):
        return True
    if (
        after[:1] == ["from"]
        and after[1:2] == ["the"]
        and after[2:3] not in (["prior"], ["previous"], ["last"])
    ):
        return True
    negated = not {"no", "not", "without"}.isdisjoint(_before(norm, size.first - 2, 8))
    return negated and behind[-1:] == ["than"] and not _THAN.isdisjoint(behind) and behind[-3:-2] != ["no"]


def _clause(norm: Sequence[str], first: int) -> list[str]:
    """The last few words before ``first`` that no comma parts from it."""
    behind: list[str] = []
    for word in reversed(_before(norm, first, 4)):
        if word in (",", ";"):
            break
        behind.insert(0, word)
    return behind


def _bracketed_prior(norm: Sequence[str], size: _Size) -> bool:
    """ "3.3 cm (was 2.0)": the unit is that of the size before."""
    behind = list(_before(norm, size.first, 2))
    opens = behind[:1] in (["("], [","]) and behind[-1] in (_PAST | _BEFORE | {"from"})
    return opens and norm[size.last + 1 : size.last + 2] in ([")"], [","], ["."], [])


def _mark_prior(norm: Sequence[str], sizes: list[_Size]) -> None:
    for index, size in enumerate(sizes):
        previous = sizes[index - 1] if index else None
        following = sizes[index + 1] if index + 1 < len(sizes) else None
        start = previous.last + 1 if previous else 0
        size.prior = (
            _said_before(norm, size, start)
            or _said_after(norm, size, following)
            or _changed_from(norm, size, previous)
            or bool(previous and previous.prior and _same_brackets(norm, previous, size))
        )


def _said_before(norm: Sequence[str], size: _Size, start: int) -> bool:
    """ "previously 4 cm", "(was 4 cm)", "compared to 4 cm", "(2019: 9 mm)"."""
    behind = list(norm[max(start, size.first - 7) : size.first])
    if (
        behind[-1:] == [":"]
        and len(behind) > 1
        and behind[-3:-2] == ["("]
        and _TIMES_AGO.fullmatch(behind[-2])
    ):
        return True
    if behind[-2:] in (["compared", "to"], ["compared", "with"]):
        return True
    if behind and behind[-1] in _PAST:
        aside = behind[-2:-1]
        dated = any(map(_TIMES_AGO.fullmatch, norm[size.last + 1 : size.last + 5]))
        return dated or (bool(aside) and aside[0] in _PRONOUNS) or (not aside and start > 0)
    for distance, word in enumerate(reversed(behind)):
        if word in _NOW or word in (";", ")"):
            return False
        if word == "," and "".join(behind[-distance - 2 : -distance - 1]) not in _ADVERBS:
            return False
        if word in _BEFORE:
            beside = set(behind[len(behind) - distance :][:1])
            return beside.isdisjoint(_SEEN) and (beside.isdisjoint(_STUDIES) or "," not in behind[-distance:])
    return False


def _said_after(norm: Sequence[str], size: _Size, following: _Size | None) -> bool:
    """ "4 cm previously", "41 mm on the previous study", but not "4 cm, previously 3 cm"."""
    after = list(norm[size.last + 1 : size.last + 4])
    for distance, word in enumerate(after):
        if word in (",", ";", ".", ")", "(", "and", "to", "x"):
            return False
        if word in _AFTERWARDS:
            at = size.last + 1 + distance
            return following is None or following.first > at + 3 or "now" in norm[at : following.first]
    return False


def _changed_from(norm: Sequence[str], size: _Size, previous: _Size | None) -> bool:
    """ "from 5 to 4 cm", "to 4 cm from 5 cm", "up from 6 mm"."""
    behind = list(_before(norm, size.first, 8))
    if behind[-1:] != ["from"]:
        return False
    if previous and size.first - previous.last <= 6:
        return True
    return not _CHANGED.isdisjoint(behind)


def _same_brackets(norm: Sequence[str], previous: _Size, size: _Size) -> bool:
    between = norm[previous.last + 1 : size.first]
    opened = "(" in norm[max(0, previous.first - 4) : previous.first]
    return opened and not {")", ";"} & set(between) and len(between) < 8

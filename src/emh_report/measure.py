"""Sizes in one sentence: "4.2 x 3 cm (previously 39 x 28 mm)" → millimetres, today's and the prior ones.

Whose size it is, link.py decides. Slice thickness, distances and thresholds are no sizes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from emh_report.quantities import QuantitySpan, find_quantities, is_quantity_word, numbers_among, quantities_among
from emh_report.sizes import (
    ABOUT,
    CHANGED,
    Size,
    is_length,
    is_something_else,
    listed_before,
    size_at,
    word_set,
    words_before,
)
from emh_report.words import MONTHS, Word, normalise

__all__ = [
    "QuantitySpan",
    "SizeSpan",
    "find_quantities",
    "find_sizes",
    "opens_measure",
    "quantities_among",
    "sizes_among",
]

LARGEST_MM = 400
"""A longer lesion than this is more likely a slip of the unit."""

_BEFORE = word_set("previously previous prior earlier formerly initially baseline versus vs against originally")
_ADVERBS = word_set("previously earlier formerly initially originally")
_STUDIES = word_set("study exam examination scan mri mr ct report imaging radiograph")
_SEEN = word_set("described seen noted known mentioned reported identified demonstrated documented treated")
_NOW = word_set("now currently presently today present current")
_PAST = word_set("was were")
_IS = word_set("is are measures measure")
_PRONOUNS = word_set(", ( it which they that this and size")
_AFTERWARDS = word_set("previously earlier before formerly prior previous baseline ago last")
_COMPARED = word_set("larger bigger smaller thicker thinner unchanged stable increased decreased grown than")
_WHEN = re.compile("|".join((r"(?:19|20)\d\d", *MONTHS, "last", "baseline")))


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


def find_sizes(words: Sequence[Word]) -> list[SizeSpan]:
    """Sizes among the words of one sentence, in order."""
    return sizes_among(words, [normalise(word.text) for word in words])


def sizes_among(words: Sequence[Word], norm: Sequence[str]) -> list[SizeSpan]:
    """The same, given the normal forms of the words."""
    sizes: list[Size] = []
    last = -1
    for at in numbers_among(norm):
        if at <= last:
            continue
        size = size_at(words, norm, at)
        last = size.last if size else at
        if size and not any(size.units) and sizes and _bracketed_prior(norm, size):
            size.units, size.prior = [sizes[-1].units[-1]] * len(size.values), True
        if size and any(size.units) and not is_something_else(norm, size):
            sizes += [*listed_before(norm, size), size]
    if not sizes:
        return []
    _mark_prior(norm, sizes)
    spans = [_finished(norm, size) for size in sizes]
    return [span for index, span in enumerate(spans) if not (index and _restates(norm, spans[index - 1], span))]


def _restates(norm: Sequence[str], before: SizeSpan, span: SizeSpan) -> bool:
    """Whether a bracket repeats a size in another unit: "4.8 cm (48 mm)"."""
    same = before.size_mm == span.size_mm and before.unit != span.unit
    return same and list(norm[before.last + 1 : span.first]) == ["("]


def opens_measure(word: str) -> bool:
    """Whether a word, in normal form, can make a number beside it a size or a quantity."""
    return is_length(word) or is_quantity_word(word)


def _finished(norm: Sequence[str], size: Size) -> SizeSpan:
    unit = next(unit for unit in reversed(size.units) if unit)
    factors = [Decimal(10 if (own or unit) == "cm" else 1) for own in _inherited(size.units)]
    millimetres = tuple(float(value * factor) for value, factor in zip(size.values, factors, strict=True))
    about = size.approximate or not ABOUT.isdisjoint(words_before(norm, size.first, 2))
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


def _bracketed_prior(norm: Sequence[str], size: Size) -> bool:
    """ "3.3 cm (was 2.0)": the unit is that of the size before."""
    behind = list(words_before(norm, size.first, 2))
    opens = behind[:1] in (["("], [","]) and behind[-1] in (_PAST | _BEFORE | {"from"})
    closes = norm[size.last + 1 : size.last + 2] in ([")"], [","], ["."], [])
    return closes and (opens or _bare_brackets(norm, size))


def _bare_brackets(norm: Sequence[str], size: Size) -> bool:
    """ "larger, 34 x 29 mm (30 x 25)", "larger than in 2020 (71 x 55 mm)"."""
    if norm[size.first - 1 : size.first] != ["("] or norm[size.last + 1 : size.last + 2] != [")"]:
        return False
    behind = words_before(norm, size.first - 1, 12)
    if behind and _WHEN.fullmatch(behind[-1]):
        return "than" in behind
    return len(size.values) > 1 and not any(size.units) and not _COMPARED.isdisjoint(behind)


def _mark_prior(norm: Sequence[str], sizes: list[Size]) -> None:
    for index, size in enumerate(sizes):
        previous = sizes[index - 1] if index else None
        following = sizes[index + 1] if index + 1 < len(sizes) else None
        start = previous.last + 1 if previous else 0
        size.prior = (
            size.prior
            or _said_before(norm, size, start)
            or _was_then(norm, size, following)
            or _bare_brackets(norm, size)
            or _said_after(norm, size, following)
            or _changed_from(norm, size, previous)
            or bool(previous and previous.prior and _same_brackets(norm, previous, size))
        )


def _said_before(norm: Sequence[str], size: Size, start: int) -> bool:
    """ "previously 4 cm", "(was 4 cm)", "compared to 4 cm", "(2019: 9 mm)"."""
    behind = list(norm[max(start, size.first - 7) : size.first])
    if behind[-1:] == [":"] and len(behind) > 1 and behind[-3:-2] == ["("] and _WHEN.fullmatch(behind[-2]):
        return True
    if behind[-2:] in (["compared", "to"], ["compared", "with"]) or behind[-1:] == ["ago"]:
        return True
    if behind[-2:] in (["it", "measured"], ["they", "measured"]):
        return True
    if behind and behind[-1] in _PAST:
        aside = behind[-2:-1]
        if aside == [","] and not start and _COMPARED.isdisjoint(norm):
            return False  # "the largest lesion, on the left at T11, was 66 x 45 mm"
        dated = any(map(_WHEN.fullmatch, norm[size.last + 1 : size.last + 5]))
        return dated or (bool(aside) and aside[0] in _PRONOUNS) or (not aside and start > 0)
    for distance, word in enumerate(reversed(behind)):
        if word in _NOW or word in _IS or word in (";", ")"):
            return False
        if word == "," and "".join(behind[-distance - 2 : -distance - 1]) not in _ADVERBS:
            return False
        if word in _BEFORE:
            beside = set(behind[len(behind) - distance :][:1])
            return beside.isdisjoint(_SEEN) and (beside.isdisjoint(_STUDIES) or "," not in behind[-distance:])
    return False


def _was_then(norm: Sequence[str], size: Size, following: Size | None) -> bool:
    """ "was 4 mm thick, now 11 mm"."""
    was = not _PAST.isdisjoint(words_before(norm, size.first, 2))
    return was and following is not None and not _NOW.isdisjoint(norm[size.last + 1 : following.first])


def _said_after(norm: Sequence[str], size: Size, following: Size | None) -> bool:
    """ "4 cm previously", "41 mm on the previous study", but not "4 cm, previously 3 cm"."""
    after = list(norm[size.last + 1 : size.last + 4])
    if (
        norm[size.first - 1 : size.first] == ["("]
        and len(after) > 1
        and after[-1] == ")"
        and _WHEN.fullmatch(after[-2])
    ):
        return True  # "3.8 cm thick (3.1 cm in 2023)"
    if after[:2] == ["as", "before"]:
        return False  # "measures 3 cm as before"
    for distance, word in enumerate(after):
        if word in (",", ";", ".", ")", "(", "and", "to", "x"):
            return False
        if word in _AFTERWARDS:
            at = size.last + 1 + distance
            between = norm[at : following.first] if following else ()
            return following is None or following.first > at + 3 or not (_IS | {"now"}).isdisjoint(between)
    return False


def _changed_from(norm: Sequence[str], size: Size, previous: Size | None) -> bool:
    """ "from 5 to 4 cm", "to 4 cm from 5 cm", "up from 6 mm"."""
    behind = list(words_before(norm, size.first, 8))
    if behind[-1:] != ["from"]:
        return False
    if previous and size.first - previous.last <= 6:
        return True
    return not CHANGED.isdisjoint(behind)


def _same_brackets(norm: Sequence[str], previous: Size, size: Size) -> bool:
    between = norm[previous.last + 1 : size.first]
    opened = "(" in norm[max(0, previous.first - 4) : previous.first]
    return opened and not {")", ";"} & set(between) and len(between) < 8

"""Stated quantities that are no sizes: T2*, R2*, liver iron, density, field strength, ferritin, SUV.

Part of measure.py. A value is taken as it stands, with its unit as UCUM writes it: nothing is converted,
and of a range ("30-45 HU") the first value stands for the whole, because a mean would be invented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from emh_report.wordbook import Wordbook
from emh_report.words import Word, normalise

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_COMMA = re.compile(r"\d+,\d{1,2}")

_MASS = {"ng": "ng", "ug": "ug", "µg": "ug", "μg": "ug", "mcg": "ug", "g": "g", "gm": "g", "mg": "mg"}
_VOLUME = {"ml": "mL", "l": "L", "dl": "dL"}
_MOLES = {"umol": "umol", "µmol": "umol", "μmol": "umol", "micromol": "umol"}
_MILLISECONDS = frozenset({"ms", "msec", "msecs", "millisecond"})
_NAMES = {
    "t2*": "T2*",
    "r2*": "R2*",
    "lic": "LIC",
    "ferritin": "ferritin",
    "hb": "hemoglobin",
    "hgb": "hemoglobin",
    "hemoglobin": "hemoglobin",
    "suv": "suv",
    "suvmax": "suv",
    "suvmean": "suv",
}
_UNIT_WORDS = frozenset("t t2 tesla hz s sec / 1/s hu hounsfield % g/l gm g minus".split())
_IRON = frozenset({"iron", "lic"})
_NOT_DENSITY = frozenset({"tracking", "threshold", "trigger", "window"})
_GAP = 7
"""Words between a quantity's name and its value ("T2* of the liver is about 3.1 ms")."""


@dataclass(frozen=True, slots=True)
class QuantitySpan:
    """A stated value with its UCUM unit ("" if none): words ``first`` to ``last`` of the sentence."""

    first: int
    last: int
    quantity: str
    value: float
    unit: str


def number(text: str) -> Decimal | None:
    """The number ``text`` writes: "5.2", "3,5", "2,400"."""
    return _NUMBERS[text]


def numbers_among(norm: Sequence[str]) -> list[int]:
    """Where numbers stand."""
    return _IS_NUMBER.places(norm)


def _number(text: str) -> Decimal | None:
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    if _THOUSANDS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    return Decimal(text.replace(",", ".")) if _COMMA.fullmatch(text) else None


_NUMBERS = Wordbook(_number)
_IS_NUMBER = Wordbook(lambda word: _number(word) is not None)
_OPENING = Wordbook(lambda word: word in _NAMES or word == "t2" or _number(word) is not None)


def find_quantities(words: Sequence[Word]) -> list[QuantitySpan]:
    """Quantities among the words of one sentence, in order; each number belongs to one at most."""
    norm = [normalise(word.text) for word in words]
    return quantities_among(words, norm)


def is_quantity_word(word: str) -> bool:
    """Whether a word names a quantity or is, or begins, a unit."""
    return word in _NAMES or word in _UNIT_WORDS or word in _MILLISECONDS or word in _MASS or word in _MOLES


def quantities_among(words: Sequence[Word], norm: Sequence[str]) -> list[QuantitySpan]:
    """The same, given the normal forms of the words."""
    found: list[QuantitySpan] = []
    taken = -1
    for at in _OPENING.places(norm):
        if at <= taken:
            continue
        span = None
        word = norm[at]
        if word in _NAMES or (word == "t2" and norm[at + 1 : at + 2] in (["star"], ["*"])):
            span = _named(norm, at)
        elif word != "t2":
            span = _by_unit(words, norm, at)
        if span:
            found.append(span)
            taken = span.last
    return found


def _named(norm: Sequence[str], at: int) -> QuantitySpan | None:
    """A name and the first value after it that has a fitting unit."""
    name = _NAMES.get(norm[at], "T2*")
    for index in range(at + 1, min(len(norm), at + 1 + _GAP)):
        if norm[index] in (";", ",", ".") or _NAMES.get(norm[index], name) != name:
            return None
        value = number(norm[index])
        if value is None:
            continue
        unit, last = _unit(norm, index + 1)
        if _fits(name, value, unit, index - at):
            return QuantitySpan(at, last if unit else index, name, float(value), "{SUV}" if name == "suv" else unit)
        return None
    return None


def _fits(name: str, value: Decimal, unit: str, distance: int) -> bool:
    if name == "T2*":
        return unit == "ms"
    if name == "R2*":
        return unit in ("Hz", "/s")
    if name == "LIC":
        return unit in ("mg/g", "umol/g")
    if name == "suv":
        return not unit
    if name == "ferritin":
        return unit in ("ng/mL", "ug/L", "mg/L") or (not unit and distance <= 3 and value >= 10)
    return unit in ("g/dL", "g/L", "%") or (not unit and distance <= 3 and 2 <= value <= 20)


def _by_unit(words: Sequence[Word], norm: Sequence[str], at: int) -> QuantitySpan | None:
    """A value whose unit alone says what it is."""
    value = number(norm[at])
    unit, last = _unit(norm, at + 1)
    if value is None:
        return None
    if unit == "T" and 0 < value <= 12 and (words[last].text in ("T", "Tesla", "TESLA") or norm[last] == "tesla"):
        return QuantitySpan(at, last, "field_strength", float(value), unit)
    if unit in ("mg/g", "umol/g") and not _IRON.isdisjoint(norm[max(0, at - 10) : at]):
        return QuantitySpan(at, last, "LIC", float(value), unit)
    if not unit and norm[at + 1 : at + 2] in (["-"], ["to"]) and number("".join(norm[at + 2 : at + 3])) is not None:
        unit, last = _unit(norm, at + 3)
        unit = unit if unit == "[hnsf'U]" else ""
    if unit == "[hnsf'U]" and _NOT_DENSITY.isdisjoint(norm[max(0, at - 3) : at]):
        sign = _sign(words, norm, at)
        return QuantitySpan(at - bool(sign), last, "HU", float(-value if sign else value), unit)
    return None


def _sign(words: Sequence[Word], norm: Sequence[str], at: int) -> bool:
    """Whether the value is below zero: "-45", "minus 70", but not the second value of "30-45"."""
    if at == 0 or norm[at - 1] not in ("-", "minus"):
        return False
    if norm[at - 1] == "minus":
        return True
    alone = at == 1 or words[at - 2].end < words[at - 1].start or not words[at - 2].text[-1].isalnum()
    return alone and words[at - 1].end == words[at].start


def _unit(norm: Sequence[str], at: int) -> tuple[str, int]:
    """The UCUM unit at ``at`` and its last word; "" if there is none."""
    after = [*norm[at : at + 5], "", "", "", "", ""]
    if after[0] == "-" and after[1] in ("t", "tesla"):
        return "T", at + 1
    first = after[0]
    if first in _MILLISECONDS:
        return "ms", at
    if first in ("t", "tesla"):
        return "T", at
    if first == "hz":
        return "Hz", at
    if first in ("s", "sec") and after[1:3] == ["-", "1"]:
        return "/s", at + 2
    if first in ("/", "1") and (after[1] in ("s", "sec") or after[1:3] == ["/", "s"]):
        return "/s", at + (1 if after[1] in ("s", "sec") else 2)
    if first in ("hu", "hounsfield"):
        return "[hnsf'U]", at + (after[1] == "unit")
    if first == "%":
        return "%", at
    if first == "g/l":
        return "g/L", at
    if first in ("g", "gm") and after[1] == "%":
        return "g/dL", at + 1  # an older spelling of the same unit
    if first == "mg" and after[1] == "fe" and after[2] in ("/", "per") and after[3] == "g":
        return "mg/g", at + 3
    if after[1] in ("/", "per") and (first in _MASS or first in _MOLES):
        if after[2] in ("g", "gm"):
            return f"{_MASS.get(first) or _MOLES[first]}/g", at + 2
        if after[2] in _VOLUME and first in _MASS:
            return f"{_MASS[first]}/{_VOLUME[after[2]]}", at + 2
    return "", at - 1

"""Names of single vertebrae among the words of a sentence: "D4", "T-5", "fifth thoracic", "T five".

First step of levels.py. Here T1 is a name even where it is a sequence, and D3 even where it is a vitamin.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from emh_report.model import VERTEBRAE
from emh_report.roman import follows_region, glued_region, value_of
from emh_report.wordbook import Wordbook
from emh_report.words import Word, normalise

COUNTS = {"C": 7, "T": 12, "L": 5, "S": 5, "Co": 0}
"""How many vertebrae each region has; of the coccyx the contract names none."""

_PREFIXES = {"c": "C", "d": "T", "th": "T", "t": "T", "l": "L", "s": "S", "co": "Co"}
_PREFIXES |= {f"{letter}v": _PREFIXES[letter] for letter in "cdtls"}
REGION_WORDS = {"cervical": "C", "thoracic": "T", "lumbar": "L", "sacral": "S", "coccygeal": "Co"}
REGION_WORDS |= {"dorsal": "T"}


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in text.split(";"))


def word_set(text: str) -> frozenset[str]:
    """The words of ``text`` as they are compared."""
    return frozenset(map(normalise, text.split()))


[_CARDINALS] = _phrases("one two three four five six seven eight nine ten eleven twelve")
[_ORDINALS] = _phrases("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
_RANGE_WORDS = _phrases(
    "through to; up to; up till; up until; down to; down through; to; through; thru; till; until; upto; "
    "downto; extending to; extending up to; extending upto; extending down to"
)
_LIST_WORDS = _phrases("and / or; , and; , &; , or; as well as; and; &; +; or; plus; ,")

BONE = word_set(
    "vertebra vertebral level body lamina laminae spinous transverse rib nerve root pedicle disc disk "
    "foramen foraminal neuroforamen endplate facet costovertebral costotransverse segment segmental arch "
    "laminectomy corpectomy fracture collapse wedging wedge dermatome radiculopathy hemangioma "
    "intervertebral neural spinal"
)
"""Words that make the name before them a vertebra."""

_PLAIN = BONE | word_set(
    "and or to at on in of with without is are was were has have show shows shown appear appears the from "
    "for by but not no which where as along while seen involved normal compression cord due left right side "
    "interspace decompression fusion upto up till until through thru region"
)
"""Words that may follow a bare number without making it a count ("T5 and 6 with …")."""

_CONNECTORS: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
"""By first word: ranges before lists, longer before shorter."""
for _kind, _all in (("to", _RANGE_WORDS), (",", _LIST_WORDS)):
    for _words in sorted(_all, key=len, reverse=True):
        _CONNECTORS.setdefault(_words[0], []).append((_kind, _words))

PARTS = word_set(
    "the a level vertebra vertebral body disc disk space lower upper mid middle half third part aspect "
    "margin border superior inferior endplate end plate pedicle lamina spinous process segment of"
)
"""Words that may stand between the two ends of a range ("the lower half of T5 to the pedicles of T7")."""

_UNITS = word_set(
    "mm cm m ms x % ml mg cc hu * s sec second month year week day hour o'clock times ng tesla of mmol iu"
)
_LEVEL_CUES = word_set("level vertebra at from between to through upto and till until of thru")
_NAME = re.compile(r"(cv?|dv?|th|tv?|lv?|sv?|co)0?(\d{1,2})(?:st|nd|rd|th|to|upto|through|level)?")
GLUED = re.compile(r"([cdtl])(\d{1,2})([dtls])")
_ORDINAL_DIGITS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")


class Name(NamedTuple):
    """A vertebra's name and the words it covers; a bare number inherits the region of the name before it."""

    first: int
    last: int
    region: str
    number: int
    part: int = 0
    """Which number of a word like "5,6"."""

    @property
    def level(self) -> str:
        return f"{self.region}{self.number}" if self.number else "coccyx"

    @property
    def exists(self) -> bool:
        return 1 <= self.number <= COUNTS[self.region]

    @property
    def place(self) -> float:
        """Position along the spine; one that does not exist lies between its neighbours."""
        found = _PLACES.get((self.region, self.number))
        return _BEHIND[self.region] if found is None else found


_PLACES = {(level[0], int(level[1:])): float(at) for at, level in enumerate(VERTEBRAE)}
_BEHIND = {region: _PLACES[region, count] + 0.5 for region, count in COUNTS.items() if count}
_BEHIND["Co"] = float(len(VERTEBRAE))


class Link(NamedTuple):
    """What joins a name to the next: ``to``, ``-``, ``/`` or ``,`` (any list word)."""

    kind: str
    name: Name


def find_names(words: Sequence[Word], norm: Sequence[str]) -> dict[int, Name]:
    """Everything that reads as a vertebra's name, by the index of its first word."""
    names: dict[int, Name] = {}
    last = -1
    for at in _OPENING.places(norm):
        if at <= last:
            continue
        for name in _name_at(words, norm, at):
            names[name.first] = name
            last = name.last
    return names


def opens_name(word: str) -> bool:
    """Whether a name can begin with the word; most words are no such thing."""
    known = word == "coccyx" or word in _PREFIXES or word in REGION_WORDS or word in _ORDINALS
    known = known or glued_region(word) is not None
    return known or any(pattern.fullmatch(word) for pattern in (_NAME, GLUED, _ORDINAL_DIGITS))


_OPENING = Wordbook(opens_name)


def _name_at(words: Sequence[Word], norm: Sequence[str], at: int) -> list[Name]:
    word, nxt = norm[at], norm[at + 1 : at + 5]
    if match := _NAME.fullmatch(word):
        region, number = _PREFIXES[match[1]], int(match[2])
        evident = bool(nxt) and nxt[0] in BONE
        if 1 <= number <= COUNTS[region] + 3 or (number and evident and region != "S"):
            return [Name(at, at, region, number)]
        return []
    if word == "coccyx":
        return [Name(at, at, "Co", 0)]
    if (match := GLUED.fullmatch(word)) and nxt and words[at].end == words[at + 1].start:
        return _glued(at, match, nxt[0])
    if (glued := glued_region(word)) and words[at].text[-1].isupper():
        return [Name(at, at, _PREFIXES[glued], value_of(word))]
    if word in _PREFIXES and follows_region(words, norm, at):
        return [Name(at, at + 1, _PREFIXES[word], value_of(nxt[0]))]
    if word in _PREFIXES and nxt:
        return _spaced(words, norm, at)
    if word in REGION_WORDS:
        return _region_then_number(norm, at)
    return _ordinals(norm, at)


def _glued(at: int, match: re.Match[str], number: str) -> list[Name]:
    """ "L5S1", two words: "L5S" and "1"."""
    upper = Name(at, at, _PREFIXES[match[1]], int(match[2]))
    lower = Name(at + 1, at + 1, _PREFIXES[match[3]], int(number) if re.fullmatch(r"\d\d?", number) else 0)
    return [upper, lower] if upper.exists and lower.exists and lower.place - upper.place == 1 else []


def _spaced(words: Sequence[Word], norm: Sequence[str], at: int) -> list[Name]:
    """ "D 4", "T-5", "T five"."""
    dash = norm[at + 1] == "-" and at + 2 < len(norm) and words[at].end == words[at + 1].start
    if dash and words[at + 1].end != words[at + 2].start:
        return []
    last = at + 2 if dash else at + 1
    region = _PREFIXES[norm[at]]
    cued = any(word in _LEVEL_CUES for word in norm[max(0, at - 2) : at])
    if norm[last] in _CARDINALS:
        number = _CARDINALS.index(norm[last]) + 1
        return [Name(at, last, region, number)] if cued and number <= COUNTS[region] + 3 else []
    number = int(norm[last]) if norm[last].isdecimal() and len(norm[last]) <= 2 else 0
    after_number = at > 0 and norm[at - 1][:1].isdigit()
    if not 1 <= number <= COUNTS[region] + 3 or after_number or (words[at].text.islower() and not cued):
        return []
    if counts_something(norm, last) or not (cued or dash or is_plain(norm, last)):
        return []
    return [Name(at, last, region, number)]


def _region_then_number(norm: Sequence[str], at: int) -> list[Name]:
    """ "thoracic vertebra 5", "dorsal levels 4 to 7"."""
    last = at + 1
    while last < min(len(norm), at + 4) and norm[last] in PARTS:
        last += 1
    if last >= len(norm) or not norm[last].isdecimal() or len(norm[last]) > 2:
        return []
    name = Name(at, last, REGION_WORDS[norm[at]], int(norm[last]))
    if not 1 <= name.number <= COUNTS[name.region] + 3 or counts_something(norm, last):
        return []
    return [name] if is_plain(norm, last) else []


def _ordinals(norm: Sequence[str], at: int) -> list[Name]:
    """ "5th dorsal", "fourth to seventh thoracic": one region for the whole chain."""
    chain: list[tuple[int, int]] = []
    here = at
    while (number := _ordinal(norm, here)) and len(chain) < 12:
        chain.append((here, number))
        here += 1
        if here < len(norm) and norm[here] in REGION_WORDS:
            region = REGION_WORDS[norm[here]]
            if not is_plain(norm, here) or any(value > COUNTS[region] + 3 for _, value in chain):
                return []
            whole = [Name(index, index, region, value) for index, value in chain]
            return [*whole[:-1], whole[-1]._replace(last=here)]
        joined = connector(norm, here)
        if not joined:
            return []
        here = joined[1] + (norm[joined[1] : joined[1] + 1] == ["the"])
    return []


def _ordinal(norm: Sequence[str], at: int) -> int:
    if at >= len(norm):
        return 0
    if norm[at] in _ORDINALS:
        return _ORDINALS.index(norm[at]) + 1
    match = _ORDINAL_DIGITS.fullmatch(norm[at])
    return int(match[1]) if match else 0


def counts_something(norm: Sequence[str], at: int) -> bool:
    """Whether the number at ``at`` is a measurement: a unit or a times sign follows."""
    after = norm[at + 1 : at + 3]
    return bool(after) and (after[0] in _UNITS or (after[0] == "-" and after[-1] in _UNITS))


def is_plain(norm: Sequence[str], at: int) -> bool:
    """Whether what follows leaves the number at ``at`` a name: nothing, punctuation, or a plain word."""
    if at + 1 >= len(norm):
        return True
    return not norm[at + 1][:1].isalnum() or norm[at + 1] in _PLAIN


def connector(norm: Sequence[str], at: int) -> tuple[str, int] | None:
    """The joining words at ``at``: their kind, and the index after them."""
    if at >= len(norm):
        return None
    if norm[at].strip("-") == "":
        return "-", at + 1
    if norm[at] == "/":
        return "/", at + 1
    for kind, phrase in _CONNECTORS.get(norm[at], ()):
        if tuple(norm[at : at + len(phrase)]) == phrase:
            return kind, at + len(phrase)
    return None

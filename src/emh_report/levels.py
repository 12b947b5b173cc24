"""Vertebral and disc levels in one sentence: notations → canonical lists.

"D3 upto D8", "T4, 5 and 6", "C7-D1", "T4/T5", "fourth to seventh thoracic". Names come from
vertebrae.py; lookalikes.py and t1_t2.py take out what is none; level_links.py joins; here they resolve.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from emh_report.level_links import ENDS, next_link
from emh_report.lookalikes import is_lookalike
from emh_report.model import VERTEBRAE, level_order
from emh_report.sequences import SequenceSpan
from emh_report.t1_t2 import names_one, split_sequences
from emh_report.vertebrae import REGION_WORDS, Name, find_names, opens_name, word_set
from emh_report.wordbook import Wordbook
from emh_report.words import Word, normalise

__all__ = ["LevelSpan", "SequenceSpan", "find_levels", "find_sequences", "levels_and_sequences", "opens_level"]

_DISC = word_set(
    "disc disk foramen foraminal neuroforamen neuroforaminal neuroforamina intervertebral ivd facet "
    "interspace interlaminar discitis spondylodiscitis"
)
_BODIES = word_set("vertebra body rib lamina laminae pedicle spinous transverse")
_STOPS = word_set(", ; . and or but with from to in into through is are was show extend while , cord mass :")
_STOPS_BEFORE = word_set(", ; . and or but with while mass")
_SIDES = word_set(
    ", and ( ) on at the left right side bilateral bilaterally both mild moderate severe mildly moderately "
    "severely to also or"
)
_BETWEEN_FILL = word_set("the level vertebra disc space body of levels vertebral lower upper border")
_POSITION = word_set("upper mid middle lower")
_JOINERS = ("to", "and", "-", "/", "&")
_MID = re.compile(r"(?:mid|mid-)(?:thoracic|dorsal|lumbar|cervical|sacral)")
_JUNCTIONS = word_set(
    "thoracolumbar dorsolumbar cervicothoracic cervicodorsal lumbosacral craniovertebral craniocervical dl tl ls cd ct"
)
_NOT_SPINE = word_set(
    "aorta aortic esophagus esophageal trachea duct wall inlet outlet cavity node lymph nodal puncture"
)


@dataclass(frozen=True, slots=True)
class LevelSpan:
    """One level expression: words ``first`` to ``last`` (inclusive) of the sentence."""

    first: int
    last: int
    levels: tuple[str, ...] = ()
    """Canonical vertebrae, cranial to caudal; a range expanded, a disc as both its neighbours."""
    discs: tuple[str, ...] = ()
    inverted: bool = False
    out_of_range: tuple[str, ...] = ()
    """Names such as T13 that no vertebra bears; never in ``levels``."""
    vague: str | None = None
    """ "mid thoracic": a region without a level."""
    joined: bool = False
    """A range or list: several names under one preposition."""


def find_levels(words: Sequence[Word]) -> list[LevelSpan]:
    """Level expressions among the words of one sentence, in order."""
    return levels_and_sequences(words, [normalise(word.text) for word in words])[0]


def find_sequences(words: Sequence[Word]) -> list[SequenceSpan]:
    """Pulse sequences of the T1/T2 family among the words of one sentence; no word is also a level."""
    return levels_and_sequences(words, [normalise(word.text) for word in words])[1]


def levels_and_sequences(words: Sequence[Word], norm: Sequence[str]) -> tuple[list[LevelSpan], list[SequenceSpan]]:
    """Both, given the normal forms of the words."""
    vertebrae, sequences = _split_names(words, norm)
    spans: list[LevelSpan] = []
    for names, kinds in _expressions(norm, vertebrae):
        spans.append(_resolve(norm, names, kinds, spans[-1] if spans else None))
    if vague := list(_vague(norm)):
        taken = {index for span in spans for index in range(span.first, span.last + 1)}
        spans += (span for span in vague if taken.isdisjoint(range(span.first, span.last + 1)))
        spans.sort(key=lambda span: span.first)
    return spans, sequences


def opens_level(word: str) -> bool:
    """Whether a word, in normal form, can begin a level or a sequence of the T1/T2 family."""
    return opens_name(word) or names_one(word) or _opens_vague(word)


def _split_names(words: Sequence[Word], norm: Sequence[str]) -> tuple[dict[int, Name], list[SequenceSpan]]:
    found = find_names(words, norm)
    if not found:
        return split_sequences(norm, {}, {})
    names = {at: name for at, name in found.items() if not is_lookalike(norm, at, name.last, name.level)}
    links = {at: link for at, name in names.items() if (link := next_link(norm, names, name))}
    return split_sequences(norm, names, links)


def _expressions(norm: Sequence[str], vertebrae: dict[int, Name]) -> Iterator[tuple[list[Name], list[str]]]:
    """Names joined into expressions, with the kind of each link between them."""
    at = -1
    for first in sorted(vertebrae):
        if first <= at:
            continue
        names, kinds = [vertebrae[first]], []
        between = _after_between(norm, first)
        while link := next_link(norm, vertebrae, names[-1]):
            if link.kind == "," and between and "to" not in kinds and norm[link.name.first - 1] != ",":
                kinds.append("to")
            else:
                kinds.append(link.kind)
            names.append(link.name)
        at = names[-1].last
        if "respectively" in norm[at + 1 : at + 4]:
            yield from ((list(group), list(inner)) for group, inner in _split(names, kinds, ","))
        else:
            yield names, kinds


def _after_between(norm: Sequence[str], first: int) -> bool:
    before = first - 1
    while before >= 0 and first - before < 5 and norm[before] in _BETWEEN_FILL:
        before -= 1
    return before >= 0 and norm[before] in ("between", "inbetween")


class _Parts:
    """What the groups of one expression add up to."""

    def __init__(self, disc_noun: bool, bodies: bool) -> None:
        self.levels: set[str] = set()
        self.discs: set[str] = set()
        self.inverted = False
        self._disc_noun, self._bodies = disc_noun, bodies

    def add(self, names: Sequence[Name], kinds: Sequence[str]) -> None:
        """Add the levels and discs of one group without list words: "to" binds loosest, then a lone dash."""
        if ENDS in kinds:
            for end in names:
                self.add([end], [])
            first, *_, last = sorted(names, key=lambda name: name.place)
            self._add_range(first, last)
        elif "to" in kinds:
            self._add_ends(names, kinds, "to")
        elif "/" in kinds and kinds.count("-") == 1:
            self._add_ends(names, kinds, "-")
        elif "/" in kinds and "-" in kinds:
            for group, inner in _split(names, kinds, "/"):
                self.add(group, inner)
        elif "/" in kinds:
            if self._is_disc(names, "/"):
                self._add_disc(names[0], names[1])
            self.levels.update(name.level for name in names if name.exists)
        else:
            if kinds and self._is_disc(names, "-"):
                self._add_disc(names[0], names[1])
            self._add_range(names[0], names[-1])

    def _add_ends(self, names: Sequence[Name], kinds: Sequence[str], apart: str) -> None:
        """A range whose ends may themselves be pairs: "D4/D5 to D6/D7" names every disc between."""
        groups = _split(names, kinds, apart)
        for group, inner in groups:
            self.add(group, inner)
        self._add_range(names[0], names[-1])
        if all(len(inner) == 1 and self._is_disc(group, inner[0]) for group, inner in groups):
            places = range(*sorted((int(names[0].place), int(names[-1].place))))
            self.discs.update(f"{VERTEBRAE[place]}/{VERTEBRAE[place + 1]}" for place in places)

    def _is_disc(self, names: Sequence[Name], kind: str) -> bool:
        """Two neighbours: a disc with a slash, and with a hyphen where the noun says so."""
        if len(names) != 2 or not all(name.exists for name in names):
            return False
        if abs(names[1].place - names[0].place) != 1:
            return False
        return self._disc_noun or (kind == "/" and not self._bodies)

    def _add_disc(self, one: Name, other: Name) -> None:
        upper, lower = sorted((one, other), key=lambda name: name.place)
        self.discs.add(f"{upper.level}/{lower.level}")

    def _add_range(self, start: Name, end: Name) -> None:
        self.inverted |= start.place > end.place
        upper, lower = sorted((start.place, end.place))
        self.levels.update(VERTEBRAE[place] for place in range(-int(-upper // 1), min(int(lower), 28) + 1))


def _split(names: Sequence[Name], kinds: Sequence[str], apart: str) -> list[tuple[Sequence[Name], Sequence[str]]]:
    """The groups between links of kind ``apart``, each with its own links."""
    cuts = [index for index, kind in enumerate(kinds) if kind == apart]
    bounds = zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(kinds)], strict=True)
    return [(names[start : end + 1], kinds[start:end]) for start, end in bounds]


def _resolve(norm: Sequence[str], names: list[Name], kinds: list[str], previous: LevelSpan | None) -> LevelSpan:
    first, last = names[0].first, names[-1].last
    parts = _Parts(_disc_noun(norm, first, last, previous), _bodies(norm, last))
    for group, inner in _split(names, kinds, ","):
        parts.add(group, inner)
    return LevelSpan(
        first,
        last,
        levels=tuple(sorted(parts.levels, key=level_order)),
        discs=tuple(sorted(parts.discs, key=lambda disc: level_order(disc.partition("/")[0]))),
        inverted=parts.inverted,
        out_of_range=tuple(dict.fromkeys(name.level for name in names if not name.exists)),
        joined=len(names) > 1,
    )


def _bodies(norm: Sequence[str], last: int) -> bool:
    after = norm[last + 1 : last + 3]
    return bool(after) and (after[0] in _BODIES or (after[0] == "vertebral" and after[-1] in _BODIES))


def _disc_noun(norm: Sequence[str], first: int, last: int, previous: LevelSpan | None) -> bool:
    """Whether the words around the expression speak of a disc or a foramen."""
    after = norm[last + 1 : last + 2] == [":"]
    for word in norm[last + 1 + after : last + 6 + after]:
        if word in _DISC:
            return True
        if word in _STOPS:
            break
    start = previous.last + 1 if previous else 0
    for index in range(first - 1, max(start, first - 9) - 1, -1):
        if norm[index] in _DISC:
            return True
        if norm[index] in _STOPS_BEFORE:
            break
    between = norm[start:first] if first - start < 9 else ["far"]
    return bool(previous and previous.discs and all(word in _SIDES for word in between))


def _vague(norm: Sequence[str]) -> Iterator[LevelSpan]:
    """ "mid thoracic", "mid to lower dorsal", "thoracolumbar junction": a region, no level."""
    taken = -1
    for at in _VAGUE.places(norm):
        if at > taken and (last := _vague_end(norm, at)) is not None:
            yield LevelSpan(at, last, vague=" ".join(norm[at : last + 1]))
            taken = last


def _opens_vague(word: str) -> bool:
    return word == "cvj" or word in _JUNCTIONS or word in _POSITION or bool(_MID.fullmatch(word))


_VAGUE = Wordbook(_opens_vague)


def _vague_end(norm: Sequence[str], at: int) -> int | None:
    if norm[at] == "cvj":
        return at
    if norm[at] in _JUNCTIONS:
        return at + 1 if norm[at + 1 : at + 2] == ["junction"] else None
    here = at
    while here < len(norm) and norm[here] in _POSITION and here - at < 6:
        here += 2 if here + 1 < len(norm) and norm[here + 1] in _JOINERS else 1
    region = here < len(norm) and here > at and norm[here] in REGION_WORDS
    if not region and not _MID.fullmatch(norm[min(here, len(norm) - 1)]):
        return None
    return None if set(norm[here + 1 : here + 2]) & _NOT_SPINE else min(here, len(norm) - 1)

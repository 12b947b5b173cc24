"""T1 and T2: a pulse sequence, or a vertebra?

Second step of levels.py. They are sequences unless something makes them vertebrae: a bone noun
("T1 pedicle"), a place word ("at T1"), a range or list with another vertebra ("T1-T4").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from emh_report.sequences import PLANES, WEIGHTS, SequenceSpan, weights_end, with_modifiers
from emh_report.vertebrae import BONE, Link, Name, word_set
from emh_report.wordbook import Wordbook

_CODED = re.compile(r"t([12])(w|wi|wis|w1|we|wt|fs|se|tse|fse|tfe|ffe|ir|c|ce|gd|fatsat|spair|spir)")
_NODE_STAGE = re.compile(r"n[0-3x]m?")
_PLAIN = re.compile(r"t[12]")
_SIGNAL = WEIGHTS | word_set(
    "signal intensity bright dark image imaging sequence high low intermediate increased decreased "
    "shortening prolongation prolonged fs fat relaxation value map mapping star contrast post pre shine "
    "characteristic hyper hypo iso axial sagittal coronal sag ax cor scan hyperintensity hypointensity "
    "isointensity"
)
_INTENSE = re.compile(r"(?:hyper|hypo|iso)(?:intense|intensity|intensities)?|bright|dark")
_OTHER_SEQUENCES = word_set("stir flair tirm gre swi pd dwi adc spair spir dixon pdw ffe merge medic tse fse vibe")
_BEFORE_SEQUENCE = PLANES | word_set("on in high low intermediate fs sat suppressed saturated weighted image sequence")
_ANSWERS = word_set("yes no present absent")
_PLACED = word_set("paravertebral paraspinal prevertebral costovertebral")
_PLACE = word_set("at level vertebra")
_WEAK_PLACE = word_set("from to upto till until above below between involving involve spanning through reach reaching")
_ARTICLES = word_set("the both a ( :")
_LISTED = ("and", "/", ",", "-")


def split_sequences(
    norm: Sequence[str], names: Mapping[int, Name], links: Mapping[int, Link]
) -> tuple[dict[int, Name], list[SequenceSpan]]:
    """The names that are vertebrae, and the spans that are sequences."""
    vertebrae = dict(names)
    named = _ONES.places(norm)
    if not named:
        return vertebrae, []
    back = {link.name.first: Link(link.kind, names[at]) for at, link in links.items() if link.name.first in names}
    spans: list[SequenceSpan] = []
    taken = -1
    for at in named:
        if at <= taken:
            continue
        unit = _unit(norm, names, links, at)
        if not unit:
            continue
        sequences = unit[_vertebrae_in(norm, unit, links, back) :]
        for index in sequences:
            vertebrae.pop(index, None)
        taken = unit[-1]
        if sequences:
            spans.append(with_modifiers(norm, sequences, spans[-1].last if spans else -1))
            taken = max(taken, spans[-1].last)
    return vertebrae, spans


def names_one(word: str) -> bool:
    """Whether a word can be T1 or T2, in any of its forms."""
    return word == "t2*" or bool(_PLAIN.fullmatch(word) or _CODED.fullmatch(word))


_ONES = Wordbook(names_one)


def _ambiguous(norm: Sequence[str], names: Mapping[int, Name], at: int) -> bool:
    return bool(at in names and _PLAIN.fullmatch(norm[at]))


def _coded(norm: Sequence[str], at: int) -> bool:
    """T1W, T2FS, T2*: sequences whatever stands around them, but "T1c N0" is a tumour stage."""
    if _CODED.fullmatch(norm[at]):
        return not any(map(_NODE_STAGE.fullmatch, norm[at + 1 : at + 2]))
    return norm[at] == "t2*"


def _unit(norm: Sequence[str], names: Mapping[int, Name], links: Mapping[int, Link], at: int) -> list[int]:
    """T1s and T2s joined by list words, slash or dash: decided together."""
    unit: list[int] = []
    while at < len(norm) and (_ambiguous(norm, names, at) or _coded(norm, at)):
        unit.append(at)
        after = weights_end(norm, at) + 1
        if after < len(norm) and norm[after] in ("/", ",", "and", "&", "+", "or", "-"):
            at = after + 1
            if norm[after] == "," and norm[at : at + 1] == ["and"]:
                at += 1
        elif norm[after : after + 3] == ["as", "well", "as"]:
            at = after + 3
        else:
            break
    return unit


def _vertebrae_in(norm: Sequence[str], unit: list[int], links: Mapping[int, Link], back: Mapping[int, Link]) -> int:
    """How many names of the unit, from its start, are vertebrae."""
    first, last = unit[0], unit[-1]
    if any(_coded(norm, at) for at in unit) or weights_end(norm, last) > last:
        return 0
    after = norm[last + 1 : last + 3]
    if after[:1] == ["-"]:
        after = after[1:]
    signal_after = bool(after and (after[0] in _SIGNAL or _INTENSE.fullmatch(after[0])))
    if after and after[0] in _ANSWERS and (len(after) < 2 or not after[1][0].isalnum()):
        return len(unit)  # "Cord compression: T2 yes, T9 no"
    if after and after[0] in _PLACED and len(unit) == 1:
        return 1  # "the T1 paravertebral lesion is dark on T2"
    if _bone_after(norm, last, links):
        return len(unit)
    before = _before(norm, first)
    if _at_place(norm, before):
        listed = len(unit) > 1 and norm[last - 1] in ("and", ",", "&")
        return len(unit) - 1 if signal_after and listed else len(unit)
    looks_sequence = signal_after or _beside_sequence(norm, first, last, norm[before] if before >= 0 else "")
    strong, weak = _joined_to_vertebra(norm, unit, links, back)
    if strong or (not looks_sequence and (weak or _weak_place(norm, before))):
        return len(unit)
    return 0


def _before(norm: Sequence[str], first: int) -> int:
    """The index of the word before, articles skipped; -1 at the start."""
    before = first - 1
    while before >= 0 and first - before < 4 and norm[before] in _ARTICLES:
        before -= 1
    return before


def _bone_after(norm: Sequence[str], last: int, links: Mapping[int, Link]) -> bool:
    for _ in range(12):
        if last + 1 < len(norm) and norm[last + 1] in BONE:
            return norm[last + 2 : last + 3] not in (["signal"], ["intensity"]) or norm[last + 1] != "level"
        if last not in links:
            return False
        last = links[last].name.last
    return False


def _at_place(norm: Sequence[str], before: int) -> bool:
    if before < 0:
        return False
    if norm[before] in _PLACE:
        return not (norm[before] == "at" and before > 0 and norm[before - 1].endswith(("intense", "bright", "dark")))
    return norm[before] == "of" and before > 0 and norm[before - 1] in BONE


def _weak_place(norm: Sequence[str], before: int) -> bool:
    return before >= 0 and norm[before] in _WEAK_PLACE


def _beside_sequence(norm: Sequence[str], first: int, last: int, before: str) -> bool:
    """Whether the word before, or a neighbour in a list ("T1, T2 and STIR"), speaks of images."""
    if before in _BEFORE_SEQUENCE or before in _OTHER_SEQUENCES or _INTENSE.fullmatch(before):
        return True
    behind = list(norm[max(0, first - 3) : first])
    while behind and behind[-1] in _LISTED:
        behind.pop()
    ahead = list(norm[last + 1 : last + 4])
    while ahead and ahead[0] in _LISTED:
        ahead.pop(0)
    beside = {*behind[-1:], *ahead[:1]}
    return bool(beside & _OTHER_SEQUENCES) or any(_CODED.fullmatch(word) for word in beside)


def _joined_to_vertebra(
    norm: Sequence[str], unit: list[int], links: Mapping[int, Link], back: Mapping[int, Link]
) -> tuple[bool, bool]:
    """Whether a range (strong) or an ascending list (weak) joins the unit to another vertebra."""
    strong = weak = False
    name_before = back.get(unit[0])
    link_after = links.get(unit[-1])
    spoken_of = unit[0] > 0 and norm[unit[0] - 1] in _BEFORE_SEQUENCE
    inner = {links[at].kind for at in unit[:-1] if at in links}
    for link, ascends in (
        (name_before, name_before is not None and name_before.name.place < _place(norm, unit[0])),
        (link_after, link_after is not None and link_after.name.place > _place(norm, unit[-1])),
    ):
        if link is None:
            continue
        ambiguous = link.name.region == "T" and link.name.number <= 2 and norm[link.name.first][0] != "d"
        if link.kind == ",":
            weak |= ascends
        elif link.kind == "to" and (spoken_of or ambiguous):
            weak = True
        elif link.kind == "/" and ambiguous:
            continue
        else:
            strong |= not ambiguous
            weak |= ambiguous
    return strong, weak or "-" in inner


def _place(norm: Sequence[str], at: int) -> float:
    return Name(at, at, "T", int(norm[at][1])).place

"""What is said beside T1 or T2: weighting, fat suppression, contrast ("post-gad T1 FS" is T1C).

Only the T1/T2 family, whose names can be mistaken for vertebrae; other sequences are lexicon terms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

WEIGHTS = frozenset({"weighted", "weighting", "weight", "w", "wi", "wis", "tse", "fse", "se", "spin", "echo", "turbo"})
PLANES = frozenset(
    {
        "axial",
        "ax",
        "sagittal",
        "sag",
        "coronal",
        "cor",
        "transverse",
        "tra",
        "plain",
        "native",
        "both",
        "precontrast",
    }
)
_FAT = frozenset({"fat", "fatsat", "fs", "fatsuppressed", "spair", "spir"})
_SUPPRESSED = frozenset({"sat", "saturated", "saturation", "suppressed", "suppression", "supp", "suppr"})
_GIVEN = frozenset(
    {
        "post",
        "after",
        "following",
        "with",
        "+",
        "postcontrast",
        "postgad",
        "postgadolinium",
        "enhanced",
        "ce",
        "gd",
        "c",
    }
)
_AGENT = re.compile(r"contrast|gad\w*|gd|c|dotarem|magnevist|omniscan|multihance|prohance")
_NOT_AGENT = frozenset({"enhancement", "uptake"})
_ALONE = frozenset({"postcontrast", "postgad", "postgadolinium", "ce", "gd"})
_AND = ("and", "&", "/")
_PAIRS = (("pre", "post"), ("without", "with"), ("with", "without"))


@dataclass(frozen=True, slots=True)
class SequenceSpan:
    """Words that name sequences of the T1/T2 family: T1, T2, T1C, T2FS, T2*."""

    first: int
    last: int
    sequences: tuple[str, ...]


def weights_end(norm: Sequence[str], at: int) -> int:
    """The last word of "T1", "T1 weighted", "T2-w", "T2 star"."""
    end = at
    while end + 1 < len(norm) and (norm[end + 1] in WEIGHTS or norm[end + 1] in ("star", "*")):
        end += 1
    if norm[end + 1 : end + 2] == ["-"] and not {"w", "wi"}.isdisjoint(norm[end + 2 : end + 3]):
        end += 2
    return end


def with_modifiers(norm: Sequence[str], unit: Sequence[int], taken: int) -> SequenceSpan:
    """The sequences at ``unit`` with what is said before (after word ``taken``) and behind them."""
    found = [_by_suffix(norm, at) for at in unit]
    last, fat_after, contrast_after, both_after = _modifiers_after(norm, weights_end(norm, unit[-1]))
    first, fat_before, contrast_before, both_before = _modifiers_before(norm, unit[0], taken)
    found[-1] = _modified(found[-1], fat_after, contrast_after)
    found[0] = _modified(found[0], fat_before, contrast_before)
    if both_after and found[-1] == "T1C":
        found.insert(len(found) - 1, "T1")
    elif both_before and found[0] == "T1C":
        found.insert(0, "T1")
    return SequenceSpan(first, last, tuple(dict.fromkeys(found)))


def _by_suffix(norm: Sequence[str], at: int) -> str:
    name, suffix = norm[at][:2].upper(), norm[at][2:]
    if name == "T2" and (suffix == "*" or norm[at + 1 : at + 2] in (["*"], ["star"])):
        return "T2*"
    return _modified(name, suffix.endswith(("fs", "fatsat", "spair", "spir")), suffix in ("c", "ce", "gd"))


def _modified(name: str, fat: bool, contrast: bool) -> str:
    if name == "T1" and contrast:
        return "T1C"
    return "T2FS" if name == "T2" and fat else name


def _modifiers_after(norm: Sequence[str], last: int) -> tuple[int, bool, bool, bool]:
    """The last word; whether fat suppression, contrast, "pre and post contrast" is said behind the name."""
    fat = contrast = both = False
    while last + 1 < len(norm):
        step = 2 if norm[last + 1] == "-" else 1
        word, rest = "".join(norm[last + step : last + step + 1]), norm[last + step + 1 : last + step + 6]
        if word in _FAT and (word != "fat" or not _SUPPRESSED.isdisjoint(rest[:1])):
            fat, last = True, last + step + (word == "fat")
        elif word == "with" and rest[:1] == ["fat"] and not _SUPPRESSED.isdisjoint(rest[1:2]):
            fat, last = True, last + step + 2
        elif word in WEIGHTS or word == "dixon":
            last += step
        elif not contrast and len(rest) > 1 and (word, rest[1]) in _PAIRS and rest[0] in _AND:
            contrast, both, last = True, True, last + step + 2 + (rest[2:3] == ["contrast"])
        elif not contrast and word in _GIVEN and (reach := _agent(word, rest)) is not None:
            contrast, last = True, last + step + reach
        else:
            break
    return last, fat, contrast, both


def _agent(given: str, rest: Sequence[str]) -> int | None:
    """How many words after ``given`` name the contrast agent; None if none does."""
    if given in _ALONE or (given == "post" and (not rest or not rest[0][:1].isalnum())):
        return 0
    reach = 4 if given in ("after", "following") else 2 if given == "post" else 1
    for index, word in enumerate(rest[:reach]):
        if _AGENT.fullmatch(word):
            return None if not _NOT_AGENT.isdisjoint(rest[index + 1 : index + 2]) else index + 1
    return None


def _modifiers_before(norm: Sequence[str], first: int, taken: int) -> tuple[int, bool, bool, bool]:
    """The first word; whether fat suppression, contrast, "pre and post contrast" is said before the name."""
    fat = contrast = False
    reached = first
    for at in range(first - 1, max(taken, first - 9), -1):
        if at >= reached:
            continue
        behind = at - 2 if norm[at - 1] == "-" else at - 1
        word, before = norm[at], norm[behind] if behind > taken else ""
        if word in _SUPPRESSED and before == "fat":
            fat, reached = True, behind
        elif (_AGENT.fullmatch(word) and before == "post") or (
            word in ("enhanced", "enhancing") and _AGENT.fullmatch(before)
        ):
            contrast, reached = True, behind
        elif word in _ALONE:
            contrast, reached = True, at
        elif word in _FAT and word != "fat":
            fat, reached = True, at
        elif word not in PLANES:
            break
    behind_pair = norm[max(taken + 1, reached - 2) : reached]
    both = contrast and len(behind_pair) == 2 and behind_pair[0] == "pre" and behind_pair[1] in _AND
    return (reached - 2 if both else reached), fat, contrast, both

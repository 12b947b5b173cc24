"""Letters and digits that look like a vertebra and are not: vitamin D3, T2 N0, free T4, liver segment S5."""

from __future__ import annotations

import re
from collections.abc import Sequence

from emh_report.vertebrae import word_set

_VITAMIN = word_set("vitamin vit cholecalciferol oh")
_SUPPLEMENT = word_set("supplement supplementation deficiency deficient insufficiency tablet sachet iu dextrose")
_STAGING = word_set("stage staged staging tnm p pt gleason inrg inrgss")
_THYROID = word_set("tsh hormone ft3 ft4 thyroxine euthyroid")
_DUODENUM = word_set("duodenum duodenal gastrectomy dissection lymphadenectomy")
_OTHER_AFTER = word_set("dm diabetes mellitus complement cycle dopamine receptor")
_OTHER_BEFORE = word_set("complement fig figure table hepatitis cycle")
_ORGANS = word_set("liver hepatic heard murmur")
_NERVE = word_set("nerve root radiculopathy dermatome")
_JOINERS = ("/", "-", ",", "and", "&")
_LETTER_DIGITS = re.compile(r"[a-z]\d{1,2}")
_NODE_STAGE = re.compile(r"n[0-3x]m?")


def is_lookalike(norm: Sequence[str], first: int, last: int, level: str) -> bool:
    """Whether words ``first`` to ``last``, which read as ``level``, name something else here."""
    before, after = list(norm[max(0, first - 4) : first]), list(norm[last + 1 : last + 5])
    nxt, letter = after[0] if after else "", norm[first][:1]
    if nxt in _OTHER_AFTER or not _OTHER_BEFORE.isdisjoint(before[-2:]):
        return True
    if letter == "d":
        return _head(before) in _VITAMIN or nxt in _SUPPLEMENT or not _DUODENUM.isdisjoint([*before, *after])
    if letter == "c":
        return "complement" in before or "complement" in after or (level == "C8" and nxt in _NERVE)
    if letter == "s":
        organ = not _ORGANS.isdisjoint([*before, *after])
        return organ or (_head(before) == "segment" and "spinal" not in before)
    if letter == "l":
        return not _STAGING.isdisjoint(before)
    return letter == "t" and _is_stage_or_hormone(before, after, level)


def _is_stage_or_hormone(before: list[str], after: list[str], level: str) -> bool:
    if set(before[-2:]) & _STAGING:
        return True
    beside = after[after[:1] == [","] :][:1] + (before if before[-1:] == ["("] else [])
    if any(_NODE_STAGE.fullmatch(word) for word in beside):
        return True
    hormone = not _THYROID.isdisjoint([*before, *after])
    return level in ("T3", "T4") and (hormone or _head(before) in ("free", "serum"))


def _head(before: Sequence[str]) -> str:
    """The word a list of such names hangs on: "vitamin" in "vitamin B12 and D2"."""
    words = [word for word in before if word not in _JOINERS and not _LETTER_DIGITS.fullmatch(word)]
    return words[-1] if words else ""

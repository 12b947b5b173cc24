"""Vertebrae counted in Roman numerals: "Th VI-VIII", "D IX", "ThXI". Part of vertebrae.py.

A numeral is one only in capitals and beside a region; "T II-weighted" names a sequence, "T I" neither by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emh_report.words import Word

_NUMERALS = "I II III IV V VI VII VIII IX X XI XII".split()
_VALUES = {numeral.lower(): value for value, numeral in enumerate(_NUMERALS, 1)}
_GLUED = re.compile(r"(th)([ivx]{1,4})|([dt])(vi{1,3}|xii?|ix|iii)")
_EVIDENT = frozenset({"th"})
_REGIONS = frozenset("c d t l s".split())
_WEIGHTED = frozenset("weighted w wi weighting sequence image star".split())
_CUED = frozenset("level vertebra at from between to through upto and till until of".split())


def value_of(norm: str) -> int:
    """The number that a word in normal form counts, alone ("viii") or glued to its region ("thviii"); 0 if none."""
    if norm in _VALUES:
        return _VALUES[norm]
    glued = _GLUED.fullmatch(norm)
    return _VALUES.get(glued[2] or glued[4], 0) if glued else 0


def glued_region(norm: str) -> str | None:
    """The region that a word with a numeral names: "th" in "thviii"."""
    glued = _GLUED.fullmatch(norm)
    return (glued[1] or glued[3]) if glued and value_of(norm) else None


def follows_region(words: Sequence[Word], norm: Sequence[str], at: int) -> bool:
    """Whether the word after the region at ``at`` counts it: "Th VI", "D IX"; "T I" only at a level."""
    numeral = words[at + 1].text if at + 1 < len(norm) else ""
    if not numeral.isupper() or norm[at + 1] not in _VALUES or not _WEIGHTED.isdisjoint(norm[at + 2 : at + 4]):
        return False
    if norm[at] in _EVIDENT:
        return True
    if not words[at].text.isupper():
        return False
    return (len(numeral) > 1 and norm[at] in "dtl") or (at > 0 and norm[at - 1] in _CUED)

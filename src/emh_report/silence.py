"""Reports that say nothing any later step reads, told by their words alone.

Most reports of a registry are about something else. One in which no concept of the lexicons, no level or measure, no
heading, no field of a form and no question stands, and which is plainly English and whole, has the findings of an
empty report, and extract.py spares it the other steps. Each condition here is one under which those steps find
nothing, and says no rather than doubtfully yes; tests/test_linear.py compares both ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from emh_report.headings import Headings, find_marks
from emh_report.levels import opens_level
from emh_report.lines import split_lines
from emh_report.measure import opens_measure
from emh_report.readability import is_english
from emh_report.wordbook import Wordbook
from emh_report.words import WRITTEN, Word, normalise

_QUIET = re.compile(r"[A-Za-z0-9 ,.;'!\"\n-]*")
"""No other mark is without a meaning to some step: ":" closes a heading, "?" asks, "[" is a box."""
_BREAKS = ("\n\n", "\n \n", " - ", "..")
"""A second paragraph, a dash before an answer, a gap to be filled."""


class Silence:
    """Tells silent reports, given the headings and the normal form of a word."""

    def __init__(self, headings: Headings, spell: Callable[[str], str]) -> None:
        self._headings = headings
        self._spell = spell
        self._loud = Wordbook(self._is_loud)

    def __call__(self, text: str, typed: Sequence[Word], words: Sequence[Word]) -> bool:
        """Whether a text that names no concept has nothing else to say; ``typed`` are its words before joining."""
        if not text.rstrip().endswith(".") or not _QUIET.fullmatch(text) or any(mark in text for mark in _BREAKS):
            return False
        if any(map(self._loud.__getitem__, map(WRITTEN, words))):
            return False
        return is_english(words) and not find_marks(text, split_lines(text), self._headings, typed)

    def _is_loud(self, word: str) -> bool:
        """Whether a word may mean something to a step that looks at more than the phrases of the lexicons."""
        plain = normalise(word)
        number = any(map(str.isdigit, plain)) and not plain.isdigit()
        loud = number or plain == "date"
        return loud or any(opens_level(form) or opens_measure(form) for form in (plain, self._spell(word)))

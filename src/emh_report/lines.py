"""Lines of a report: which line breaks end a statement, and which only wrap it.

First step of segment.py. Reports come wrapped at 60 columns, as one line a paragraph, as tables and as
lists, often in one text; what stands on both sides of a break decides.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

LINE_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")

ITEM = re.compile(
    r"(?:[•●▪·→◦‣>#]+|[-–—+](?=\s|[^\W\d_])|\*(?![^\s*][^*\n]*\*)"
    r"|\(?\d{1,2}[.)](?!\d)|\([A-Za-z]{1,4}\)|[a-z]\)|[ivx]{1,4}[.)])\s*(?=\S)"
)
"""The mark of a list item."""
_WORDS = re.compile(r"[^\W_]+")
_LETTER_ITEM = re.compile(r"[A-Za-z][.)]\s+(?=\S)")
_QUANTITY = re.compile(r"-?\d+(?:[.,]\d+|\s*(?:[x×*]\s*\d|(?:cm|mm|hu|ms|%)))|[x×]\s*\d", re.IGNORECASE)
"""What opens a line only if the sentence goes on."""
_ABBREVIATED = ("dr.", "approx.", "vs.", "e.g.", "i.e.")
_GAPS = ("\t", "    ", " | ")
"""What stands between the cells of a row."""
_NARROW = 50
"""No text is wrapped narrower than this."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DANGLING = _words(
    "a an the of at on in to from with and or by for is are was were no as which that its into upto than "
    "through between not be left right mild moderate severe approx dr vs g e measuring"
)
"""Words a line cannot end with unless its sentence goes on."""


class Line(NamedTuple):
    """A line without its surrounding white space; blank if ``start == end``."""

    start: int
    end: int
    indent: int


def split_lines(text: str) -> list[Line]:
    """Lines of ``text``, broken at every kind of line break."""
    lines: list[Line] = []
    start = 0
    for end, following in [*(match.span() for match in LINE_BREAK.finditer(text)), (len(text), len(text))]:
        lines.append(cut_line(text, start, end))
        start = following
    return lines


def cut_line(text: str, start: int, end: int) -> Line:
    """The line between ``start`` and ``end``."""
    inner = text[start:end]
    indent = len(inner) - len(inner.lstrip())
    return Line(start + indent, max(start + indent, start + len(inner.rstrip())), indent)


def paragraph_at(body: Sequence[Line], index: int) -> Sequence[Line]:
    """The lines from ``index`` to the next blank one."""
    end = index
    while end < len(body) and body[end].start < body[end].end:
        end += 1
    return body[index:end]


class Wrapping:
    """How the lines of one paragraph continue one another."""

    def __init__(self, text: str, paragraph: Sequence[Line]) -> None:
        self._text = text
        self._paragraph = paragraph
        self._hanging: dict[int, bool] = {}
        self._known: tuple[bool, int] | None = None

    def _measure(self) -> tuple[bool, int]:
        """Whether some break of the paragraph stands in mid-sentence, so that others may; and its width."""
        wrapped = any(
            self._text[below.start].islower() or self.dangles(above)
            for above, below in itertools.pairwise(self._paragraph)
        )
        return wrapped, max(_NARROW, *(line.end - line.start + line.indent for line in self._paragraph))

    def dangles(self, line: Line) -> bool:
        """Whether a line of the paragraph stops in mid-sentence."""
        found = self._hanging.get(line.start)
        if found is None:
            found = self._hanging[line.start] = dangles(self._text, line)
        return found

    def continues(self, above: Line, line: Line) -> bool:
        """Whether the break between two lines only wraps a sentence."""
        text = self._text
        if text[line.start].islower() or text[above.end - 1] in ".!?" or self.dangles(above):
            return True
        if _QUANTITY.match(text, line.start, line.end):
            return True
        wrapped, width = self._known = self._known or self._measure()
        word = len(text[line.start : line.end].split(maxsplit=1)[0])
        return wrapped and above.indent + above.end - above.start + 1 + word > width


def is_row(text: str, line: Line) -> bool:
    """Whether the line is a row of a table."""
    for gap in _GAPS:
        if text.find(gap, line.start, line.end) >= 0:
            return True
    return text.startswith("|", line.start)


def wraps_a_cell(text: str, row: Line, line: Line) -> bool:
    """Whether a line goes on with the last cell of a row: small letters below it, as far in as it is."""
    if is_row(text, line) or not text[line.start].islower():
        return False
    gap = max(text.rfind(each, row.start, row.end) + len(each) for each in _GAPS)
    return row.indent + gap - row.start == line.indent


def is_item(text: str, line: Line, previous: Line | None, wrapping: Wrapping) -> bool:
    """Whether the line opens a list item; ``previous`` is the line it might continue."""
    if (previous and wrapping.dangles(previous)) or _QUANTITY.match(text, line.start, line.end):
        return False
    if ITEM.match(text, line.start, line.end):
        return True
    ended = not previous or text[previous.end - 1] in ".:;!?"
    return ended and _LETTER_ITEM.match(text, line.start, line.end) is not None


def dangles(text: str, line: Line) -> bool:
    """Whether the line stops in mid-sentence."""
    last = text[max(line.start, line.end - 20) : line.end]
    if last[-1:] in ",-–/&(+" and last[-2:-1] != " ":
        return True
    if not (last[-1].isalnum() or (last[-1] == "." and last.lower().endswith(_ABBREVIATED))):
        return False
    words = _WORDS.findall(last)
    return bool(words) and words[-1].lower() in _DANGLING

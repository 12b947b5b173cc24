"""Raw text → sections and sentences, as character spans.

What later steps may treat as one statement: never across a section, list item, label or blank line,
while a line break that only wraps a sentence does not end it. Nothing is edited.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from emh_report.headings import LABEL, Headings, Mark, find_marks
from emh_report.lines import (
    ITEM,
    LINE_BREAK,
    Line,
    Wrapping,
    cut_line,
    is_item,
    is_row,
    paragraph_at,
    split_lines,
    wraps_a_cell,
)
from emh_report.sentences import sentence_starts

__all__ = ["SectionSpan", "Segment", "divide", "sections", "segments"]

Splitter = Callable[[str, int, int], list[int]]
"""Where new sentences begin in a passage of a text, its start excepted."""

LONGEST = 1200
"""Characters of the longest segment; what is longer is no sentence and would only cost time."""

_LABEL = re.compile(r"[*_]{0,3}[^\W_][^:：.;!?\n\r\t]{0,59}[:：](?!\S*//)")
_CELL_LABEL = re.compile(
    r"\|?[ \t]*(?P<label>[*_]{0,2}[^\W_][^|\n\r\t]{0,59}?)[ \t]*\|"
    r"(?=[^|\n\r]*[^|\s:-][^|\n\r]*(?:\|[ \t]*)?(?:$|[\n\r]))"
)
"""The first cell of two in a row of a table, which is a label of the second."""
_BLANK = re.compile(rf"(?:{LINE_BREAK.pattern})[ \t]*(?:{LINE_BREAK.pattern})")
_FINDINGS = "findings"
_FURTHER = re.compile(r"\W*(?:other|additional|incidental|further)\b", re.IGNORECASE)
"""Headings that tell of findings given before them."""
_PREAMBLE = frozenset(["clinical", "technique", "comparison", "exam"])
"""Sections that end with their paragraph where no heading announces the findings."""
_COMPARISON, _CLINICAL = "comparison", "clinical"
_TODAYS = frozenset(["findings", "impression"])
_SHOUTED_LABEL = re.compile(r"^[ \t]*[A-Z][A-Z][A-Z &/'-]{3,40}:", re.MULTILINE)
"""A heading nobody told us of; in a report of which all else is history, it opens the findings."""
_STATES = re.compile(r"\b(?:is|are|has|have|shows?|now|today|currently)\b", re.IGNORECASE)
_RECALLS = re.compile(
    r"\b(?:was|were|had|showed|showing|revealed|revealing|demonstrated|demonstrating|previous|prior|earlier|compar\w*"
    r"|described?|reported?|reports?|documented|mentioned|stated|available|reviewed?|provided|retrieved|unavailable|which)\b",
    re.IGNORECASE,
)
"""Words of what an earlier study showed, or of whether there is one."""
_NOTHING = re.compile(
    r"\s*(?:none|nil|n/?a|not available|unavailable|no (?:prior|previous)\w*)\b[^\n]{0,25}\n(?=\s*\S)", re.I
)
"""A comparison that is over with its line."""
_LABEL_REACH = 61
"""Characters within which a label has its colon."""
_LABEL_WORDS = 5
_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|been|ha[sd]|have|show(?:s|ed)?|seen|noted|found|reveals)\b", re.IGNORECASE
)


class SectionSpan(NamedTuple):
    """A section: its category (None where no heading speaks), its heading, and its body."""

    category: str | None
    heading: tuple[int, int] | None
    start: int
    end: int


class Segment(NamedTuple):
    """A sentence, list item or line of its own.

    ``label`` is the span of the label ("Cord:") that introduces it. It lies at the segment's start, or
    before it where a known label, or one on a line of its own, goes on to speak for what follows.
    """

    start: int
    end: int
    section: str | None
    label: tuple[int, int] | None
    item: bool


@dataclass(slots=True)
class _Block:
    """Lines that are read as running text."""

    start: int
    end: int
    item: bool
    after_blank: bool


def sections(text: str, headings: Headings | Mapping[str, Sequence[str]]) -> list[SectionSpan]:
    """The sections of ``text`` in order; ``headings`` maps each category to its heading phrases."""
    return _sections(text, find_marks(text, split_lines(text), Headings.of(headings)))


def _sections(text: str, marks: Sequence[Mark]) -> list[SectionSpan]:
    opened = [mark for mark in marks if mark.category != LABEL]
    ends = [*(mark.start for mark in opened), len(text)]
    spans = [SectionSpan(None, None, 0, ends[0])] if text[: ends[0]].strip() else []
    announced = [mark.start for mark in opened if mark.category == _FINDINGS and not _FURTHER.match(text, mark.start)]
    last_findings = max(announced, default=-1)
    for mark, end in zip(opened, ends[1:], strict=True):
        close = end
        if mark.category in _PREAMBLE and mark.start > last_findings:
            body = end - len(text[mark.end : end].lstrip())
            blank = _BLANK.search(text, body, end)
            close = blank.end() if blank and text[blank.end() : end].strip() else end
            if mark.category == _COMPARISON:
                close = _today(text, mark.end, close) or close
            elif mark.category == _CLINICAL and not any(other.category in _TODAYS for other in opened):
                close = min([close, *(found.start() for found in _SHOUTED_LABEL.finditer(text, mark.end, close))])
        spans.append(SectionSpan(mark.category, (mark.start, mark.end), mark.end, close))
        if close < end:
            spans.append(SectionSpan(None, None, close, end))
    return spans


def _today(text: str, start: int, end: int) -> int | None:
    """Where a comparison goes on with what is seen today: "COMPARISON: CT 2019. There is a mass at T6." """
    if none := _NOTHING.match(text, start, end):
        return none.end()
    starts = [*sentence_starts(text, start, end), end]
    for cut, after in pairwise(starts):
        sentence = text[cut:after]
        if _STATES.search(sentence) and not _RECALLS.search(sentence):
            return cut
    return None


def segments(text: str, headings: Headings | Mapping[str, Sequence[str]]) -> list[Segment]:
    """The sentences of ``text`` in order, each inside one section; all of it but the headings is in one."""
    return divide(text, headings)[1]


def divide(
    text: str, headings: Headings | Mapping[str, Sequence[str]], split: Splitter = sentence_starts
) -> tuple[list[SectionSpan], list[Segment]]:
    """The sections of ``text`` and its sentences; ``split`` cuts running text."""
    lines = split_lines(text)
    marks = find_marks(text, lines, Headings.of(headings))
    labels = {mark.start: mark for mark in marks if mark.category == LABEL}
    label_starts = sorted(labels)
    found: list[Segment] = []
    next_line = 0
    parts = _sections(text, marks)
    for section in parts:
        body: list[Line] = []
        while next_line < len(lines) and lines[next_line].start < section.end:
            line = lines[next_line]
            start, end = max(line.start, section.start), min(line.end, section.end)
            whole = (start, end) == (line.start, line.end)
            body.append(line if whole else cut_line(text, start, max(start, end)))
            if line.end > section.end:
                break
            next_line += 1
        found += _segments_of(text, section.category, body, labels, label_starts, split)
    return parts, found


def _segments_of(
    text: str,
    category: str | None,
    body: Sequence[Line],
    labels: Mapping[int, Mark],
    label_starts: Sequence[int],
    split: Splitter,
) -> Iterator[Segment]:
    inherited: tuple[int, int] | None = None
    bare = False
    for block in _blocks(text, body, labels):
        if block.after_blank and not bare:
            inherited = None
        for start, end in _sentences(text, block, labels, label_starts, split):
            label = _label(text, start, end, labels)
            bare = label is not None and not text[label[1] : end].strip()
            if label:
                inherited = label if bare or _known(text, start, end, labels) else None
            if end - start <= LONGEST:
                yield Segment(start, end, category, label or inherited, block.item)
                continue
            for piece in _capped(text, start, end):
                yield Segment(*piece, category, label or inherited, block.item)


def _blocks(text: str, body: Sequence[Line], labels: Mapping[int, Mark]) -> Iterator[_Block]:
    """Runs of lines that continue one another."""
    block: _Block | None = None
    wrapping: Wrapping | None = None
    blank = True
    for index, line in enumerate(body):
        if line.start >= line.end:
            blank = True
            continue
        if blank or not wrapping:
            wrapping = Wrapping(text, paragraph_at(body, index))
        previous = body[index - 1]
        item = is_item(text, line, None if blank else previous, wrapping)
        closed = bool(block and block.item and text[previous.end - 1] in ".!?" and not line.indent)
        joined = not (blank or item or closed) and _continues(text, previous, line, labels, wrapping)
        if block and joined:
            block.end = line.end
        else:
            if block:
                yield block
            indented = bool(block and block.item and not blank and line.indent > 0)
            block = _Block(line.start, line.end, item or indented, blank)
        blank = False
    if block:
        yield block


def _continues(text: str, above: Line, line: Line, labels: Mapping[int, Mark], wrapping: Wrapping) -> bool:
    """Whether two lines are one passage: not rows or labels, and the break only wraps."""
    if is_row(text, line) or is_row(text, above) or line.start in labels:
        return line.start not in labels and wraps_a_cell(text, above, line)
    if text[line.start].isupper() and _generic_label(text, line.start, line.end):
        return False
    alone = above.start in labels and labels[above.start].end == above.end
    if alone or text[above.end - 1] in ":：":
        return _label(text, above.start, above.end, labels) is not None
    return wrapping.continues(above, line)


def _sentences(
    text: str, block: _Block, labels: Mapping[int, Mark], label_starts: Sequence[int], split: Splitter
) -> Iterator[tuple[int, int]]:
    if not label_starts:
        starts = [block.start, *split(text, block.start, block.end), block.end]
        for start, end in pairwise(starts):
            if trimmed := len(text[start:end].rstrip()):
                yield start, start + trimmed
        return
    inside = label_starts[bisect_right(label_starts, block.start) : bisect_left(label_starts, block.end)]
    opened = {labels[at].end: at for at in (block.start, *inside) if at in labels}
    found = (cut for cut in split(text, block.start, block.end) if cut not in opened)
    cuts = sorted({*found, *inside})
    for start, end in zip([block.start, *cuts], [*cuts, block.end], strict=True):
        trimmed = len(text[start:end].rstrip())
        if trimmed:
            yield start, start + trimmed


def _label(text: str, start: int, end: int, labels: Mapping[int, Mark]) -> tuple[int, int] | None:
    """The label at the start of a sentence, behind its list mark."""
    mark = ITEM.match(text, start, end)
    behind = mark.end() if mark else start
    known = labels.get(start) or labels.get(behind)
    return (behind, min(known.end, end)) if known else _generic_label(text, behind, end)


def _known(text: str, start: int, end: int, labels: Mapping[int, Mark]) -> Mark | None:
    mark = ITEM.match(text, start, end)
    return labels.get(start) or (labels.get(mark.end()) if mark else None)


def _generic_label(text: str, start: int, end: int) -> tuple[int, int] | None:
    """ "Target lesion 1:": a few words without a verb, and a colon."""
    reach = text[start : min(end, start + _LABEL_REACH)]
    if "|" in reach and (cell := _CELL_LABEL.match(text, start)):
        return None if _FINITE.search(cell["label"]) else (cell.start("label"), cell.end())
    if ":" not in reach and "：" not in reach:
        return None
    match = _LABEL.match(text, start, end)
    if not match or (text[match.end() - 2].isdecimal() and text[match.end() : match.end() + 1].isdecimal()):
        return None
    few = len(match.group().split()) <= _LABEL_WORDS
    return match.span() if few and not _FINITE.search(match.group()) else None


def _capped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces of at most ``LONGEST`` characters, cut after white space or a comma where there is any."""
    while end - start > LONGEST:
        piece = text[start : start + LONGEST]
        cut = max(piece.rfind(", ") + 1, piece.rfind("; ") + 1)
        if cut < LONGEST // 2:
            cut = max((match.end() for match in re.finditer(r"\s", piece)), default=0)
        cut = cut or LONGEST
        yield start, start + len(piece[:cut].rstrip())
        start += cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end

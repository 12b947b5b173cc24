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
    Line,
    Wrapping,
    cut_line,
    is_item,
    is_row,
    paragraph_at,
    split_lines,
    wraps_a_cell,
)
from emh_report.sections import SectionSpan, section_spans
from emh_report.sentences import sentence_starts
from emh_report.words import Word

__all__ = ["SectionSpan", "Segment", "divide", "sections", "segments"]

Splitter = Callable[[str, int, int], list[int]]
"""Where new sentences begin in a passage of a text, its start excepted."""

LONGEST = 1200
"""Characters of the longest segment; what is longer is no sentence and would only cost time."""

_LABEL = re.compile(r"[*_]{0,3}[^\W_](?:[^:：.;!?\n\r\t]|(?<=\d)\.(?=\d)){0,59}[:：](?!\S*//)")
_CELL_LABEL = re.compile(
    r"\|?[ \t]*(?P<label>[*_]{0,2}[^\W_][^|\n\r\t]{0,59}?)[ \t]*\|"
    r"(?=[^|\n\r]*[^|\s:-][^|\n\r]*(?:\|[ \t]*)?(?:$|[\n\r]))"
)
"""The first cell of two in a row of a table, which is a label of the second."""
_LABEL_REACH = 61
"""Characters within which a label has its colon."""
_LABEL_WORDS = 5
_UNNAMED = re.compile(r"\b(?:no|not|nil|without|possible|possibly|probable|probably|likely)\b", re.IGNORECASE)
"""Words of a cell that states something itself, and names nothing that the next one would tell of."""
_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|been|ha[sd]|have|show(?:s|ed)?|seen|noted|found|reveals|revealed|discloses|disclosed"
    r"|demonstrates|demonstrated|depicts|depicted|detected|identified)\b",
    re.IGNORECASE,
)


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
    return section_spans(text, find_marks(text, split_lines(text), Headings.of(headings)))


def segments(text: str, headings: Headings | Mapping[str, Sequence[str]]) -> list[Segment]:
    """The sentences of ``text`` in order, each inside one section; all of it but the headings is in one."""
    return divide(text, headings)[1]


def divide(
    text: str,
    headings: Headings | Mapping[str, Sequence[str]],
    split: Splitter = sentence_starts,
    lines: Sequence[Line] | None = None,
    words: Sequence[Word] | None = None,
) -> tuple[list[SectionSpan], list[Segment]]:
    """The sections of ``text`` and its sentences; ``split`` cuts running text.

    ``lines`` are its lines and ``words`` what tokenize() finds, if they are known.
    """
    lines = split_lines(text) if lines is None else lines
    marks = find_marks(text, lines, Headings.of(headings), words)
    labels = {mark.start: mark for mark in marks if mark.category == LABEL}
    label_starts = sorted(labels)
    found: list[Segment] = []
    next_line = 0
    parts = section_spans(text, marks)
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
        told = _FINITE.search(cell["label"]) or _UNNAMED.search(cell["label"])
        return None if told else (cell.start("label"), cell.end())
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

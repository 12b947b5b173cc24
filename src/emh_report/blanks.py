"""Places that a template leaves to be filled, and table columns that hold nothing but answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from emh_report.answers import Answers, Choice, Option, Span, strip
from emh_report.lines import ITEM, Line
from emh_report.model import Assertion
from emh_report.words import normalise

LABELLED = re.compile(r"(?P<label>[^\W_][^:;.|\t\n]{1,59}?)[ \t]*[:=]\*{0,2}[ \t]*")
"""A label and what closes it, emphasised or not."""
_BARE = re.compile(r"(?P<label>[^\W_][^:;.!?\t\n]{1,59}):[ \t]*")
_GAP = re.compile(
    r"(?<![*\w])\*{3}(?![*\w])|\{\s*(?:\*+|[A-Za-z][^{}\n]{0,60}:\d+)\s*\}|<<[^<>\n]{1,60}>>|@[A-Z][A-Z_]{2,30}@"
)
"""What a template leaves for a person to fill: "***", "{level:12345}", "<<side>>", "@DATE@"."""
_GAP_ALONE = re.compile(rf"(?:{_GAP.pattern}|_{{3,}}|\.{{4,}}|\[[ \t_]*\])[ \t.]*$")
GAP_MARKS = ("***", "{", "@", "[", "<<", "___", "....")
"""Without one of these there is no gap; most texts have none."""
_DETAIL = re.compile(
    r"(?:\d|[CTDL]\d|(?:levels?|right|left|bilateral|sizes?|sites?|sides?|severity|degree|grade|signal|extent"
    r"|location|cause|t1|t2|stir|worst|maximal|position|largest|number|description|comment|lesions?|mass(?:es)?"
    r"|nodules?|target|cervical|thoracic|dorsal|lumbar|sacral|upper|lower|anterior|posterior|first|second|one)\b)",
    re.IGNORECASE,
)
"""Labels that go on to describe what the label above them names."""
_FINDINGS = frozenset({"finding", "effect", "lesion", "emh"})
_LEVEL = re.compile(r"(?:[CTDLS]|Th)\d{1,2}(?:\s*[-–/]\s*(?:[CTDLS]|Th)?\d{1,2})?")
_CELL_END = re.compile(r"[\t|]")


def gaps(text: str, line: Line) -> Iterator[Choice]:
    """Marks left to be filled in: the whole value of a label, or in running text."""
    for match in LABELLED.finditer(text, line.start, line.end):
        if _GAP_ALONE.fullmatch(text, match.end(), line.end):
            yield Choice("gap", match.span("label"), (Option(match.end(), line.end, False, None),))
            return
    found = list(_GAP.finditer(text, line.start, line.end))
    stars = [gap for gap in found if gap.group() == "***"]
    framed = len(stars) > 1 and not any(map(str.islower, text[stars[0].end() : stars[1].start()]))
    for gap in found:
        if gap.group() != "***" or not (gap.start() == line.start or framed):
            yield Choice("gap", (gap.start(), gap.start()), (Option(*gap.span(), False, None),))


def blanks(text: str, lines: Sequence[Line]) -> Iterator[Choice]:
    """Labels with nothing behind them, where the next line is another label or there is none."""
    written = [line for line in lines if line.start < line.end]
    for line, following in zip_longest(written, written[1:]):
        if text[line.end - 1] != ":":
            continue
        mark = ITEM.match(text, line.start, line.end)
        match = _BARE.fullmatch(text, mark.end() if mark else line.start, line.end)
        if match:
            label = LABELLED.match(text, following.start, following.end) if following else None
            if following is None or (label and not _DETAIL.match(label["label"])):
                yield Choice("blank", match.span("label"), kinds=_FINDINGS)


def tables(text: str, lines: Sequence[Line], answers: Answers, titles: frozenset[str]) -> Iterator[Choice]:
    """Columns that hold nothing but answers, under the name of a finding, not one of ``titles``."""
    if not _CELL_END.search(text):
        return
    rows: list[list[Span]] = []
    for line in lines:
        cells = _cells(text, line)
        if rows and len(cells) == len(rows[0]):
            rows.append(cells)
            continue
        yield from _columns(text, rows, answers, titles)
        rows = [cells] if len(cells) > 1 else []
    yield from _columns(text, rows, answers, titles)


def _columns(text: str, rows: Sequence[Sequence[Span]], answers: Answers, titles: frozenset[str]) -> Iterator[Choice]:
    body = [row for row in rows[1:] if text[slice(*row[0])].strip("-: ")]
    for column in range(1, len(rows[0]) if body else 0):
        title = rows[0][column]
        if normalise(text[slice(*title)].strip("*_")) in titles:
            continue
        cells = [(row[column], text[slice(*row[column])]) for row in body]
        held = [(span, cell) for span, cell in cells if answers.is_answer(cell)]
        blank = [cell for _, cell in cells if not cell.strip("-–_. ")]
        if not answers.is_answer(text[slice(*title)]) and len(held) + len(blank) == len(body):
            options = (Option(*span, True, _cell_says(cell.strip(), answers)) for span, cell in held)
            yield Choice("table", title, tuple(options), beside=_denied_levels(text, body, answers))


def _denied_levels(text: str, body: Sequence[Sequence[Span]], answers: Answers) -> tuple[Span, ...]:
    """Levels that open a row with a "no" in it, in a table with a row for each level: they are no finding's levels."""
    if not all(_LEVEL.fullmatch(text, *row[0]) for row in body):
        return ()
    rows = [(row[0], [text[slice(*cell)].strip() for cell in row[1:]]) for row in body]
    return tuple(level for level, cells in rows if any(answers.says(cell) is Assertion.ABSENT for cell in cells))


def _cell_says(cell: str, answers: Answers) -> Assertion | None:
    """A degree or a side under the name of a finding says that it is there."""
    says = answers.says(cell)
    return Assertion.PRESENT if says is None and cell.casefold() != "normal" else says


def _cells(text: str, line: Line) -> list[Span]:
    """The cells of a row of a table, by tabs or bars."""
    found, start = [], line.start
    for match in _CELL_END.finditer(text, line.start, line.end):
        found.append((start, match.start()))
        start = match.end()
    found.append((start, line.end))
    inner = [strip(text, *span, " \t") for span in found]
    return inner[1:-1] if text.startswith("|", line.start, line.end) and len(inner) > 2 else inner

"""Boxes of a form → fields: "[ ] present [x] absent", "Yes ☐ No ☑", lists of things to tick."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from emh_report.answers import Answers, Choice, Option, Span, strip
from emh_report.lines import ITEM, Line
from emh_report.model import Assertion

_SURE = r"\[[ \t_]*(?:[xX✓✔√][ \t_]*)?\]|[☐☑☒]"
_BOX = re.compile(_SURE)
_ANY_BOX = re.compile(rf"{_SURE}|\([ \t]*[xX✓✔√]?[ \t]*\)|[□■◻◼⬜✅✓✔]|_+[xX]_+|_{{2,}}")
"""Also what is a box only among answers: brackets, squares that may be bullets, underscores."""
_BOX_START = re.compile(r"[\[☐☑☒□■◻◼⬜✅✓✔_]|\([ \txX✓✔√)]")
_TICKED = re.compile(r"[xX✓✔√☑☒■◼✅]")
_AROUND = " \t_()[]xX☐☑☒□■◻◼⬜✅✓✔√"
CUT = re.compile(r"[.;](?=\s|$)|\t| {3,}|\|")
"""Where a passage of a line ends and another may begin."""
_LABEL_END = " \t:=-–"
_SEPARATORS = " \t,;/|"

_Row = tuple[Span | None, list[Option], list[Choice]]
"""The label before the boxes of a line, their options, and further fields of the line."""


def ticked(text: str, lines: Sequence[Line], answers: Answers) -> Iterator[Choice]:
    """Every field with boxes, in order."""
    if not _BOX_START.search(text) or not _ANY_BOX.search(text):
        return
    loose: list[Option] = []
    above: Line | None = None
    crossed = "☑" in text and "☒" in text
    for line in lines:
        if crossed and "☒" in text[line.start : line.end] and (denied := _crossed(text, line, answers)):
            yield denied
            continue
        row = _row(text, line, answers)
        if row is None and line.start >= line.end and loose:
            continue
        if row is None or row[0]:
            yield from _listed(text, above, loose, answers)
            loose, above = [], line
        if row is not None:
            label, options, further = row
            if label:
                yield Choice("box", label, tuple(options))
            else:
                loose += options
            yield from further
    yield from _listed(text, above, loose, answers)


def _crossed(text: str, line: Line, answers: Answers) -> Choice | None:
    """A line crossed out in a list with ticks: "☑ Paravertebral mass", "☒ Cord compression - no"."""
    box = re.compile("☒").match(text, line.start, line.end)
    if not box or _BOX.search(text, box.end(), line.end):
        return None
    start, end = strip(text, box.end(), line.end, _LABEL_END)
    parted = re.compile(r"\s[-–—:]\s*|:\s*").search(text, start, end)
    label = strip(text, start, parted.start() if parted else end, _LABEL_END)
    if parted and answers.says(text[parted.end() : end].strip(" .")) is not Assertion.ABSENT:
        return None
    return Choice("box", label, (Option(*box.span(), True, Assertion.ABSENT),))


def _listed(text: str, above: Line | None, options: Sequence[Option], answers: Answers) -> Iterator[Choice]:
    """Lines that open with a box: the answers to the line above them, or a list of things to tick."""
    plain = all(answers.is_answer(text[option.start : option.end].lstrip(_AROUND)) for option in options)
    if options and plain and above and above.start < above.end:
        yield Choice("box", strip(text, above.start, above.end, _LABEL_END), tuple(options))
        return
    some = any(option.chosen for option in options)
    for index, option in enumerate(options):
        box = Option(option.start, option.start, option.chosen, None)
        yield Choice("box", (option.start, option.end), (box,), asks=not some and index == 0)


def _row(text: str, line: Line, answers: Answers) -> _Row | None:
    boxes = list(_ANY_BOX.finditer(text, line.start, line.end))
    sure = [box for box in boxes if _BOX.fullmatch(box.group())]
    if not sure and len(boxes) < 2:
        return None
    mark = ITEM.match(text, line.start, boxes[0].start())
    prefix = strip(text, mark.end() if mark else line.start, boxes[0].start(), _LABEL_END)
    trailing = text[boxes[-1].end() : line.end].strip(" \t.,;")
    behind = prefix[0] < prefix[1] and not trailing
    row = _behind(text, boxes, prefix, answers) if behind else _before(text, line, boxes, prefix, answers)
    plain = [option for option in row[1] if answers.is_answer(text[option.start : option.end].strip(_AROUND))]
    return row if sure or len(plain) > 1 else None


def _behind(text: str, boxes: Sequence[re.Match[str]], prefix: Span, answers: Answers) -> _Row:
    """ "Cord compression: Yes [x] No [ ]", "Cord compression [x]"."""
    if len(boxes) == 1:
        return prefix, [Option(*boxes[0].span(), _is_ticked(boxes[0]), None)], []
    named = answers.within(text, *prefix)
    colon = text.rfind(":", *prefix)
    first = colon + 1 if colon >= 0 else named[-1].start() if named else prefix[0]
    label = strip(text, prefix[0], first, _LABEL_END)
    options = []
    for box, start in zip(boxes, [first, *(box.end() for box in boxes)], strict=False):
        begin, end = strip(text, start, box.start(), _SEPARATORS)
        options.append(Option(begin, box.end(), _is_ticked(box), answers.says(text[begin:end])))
    return label if label[0] < label[1] else None, options, []


def _before(text: str, line: Line, boxes: Sequence[re.Match[str]], prefix: Span, answers: Answers) -> _Row:
    """ "Cord compression: [ ] present [x] absent", and perhaps another field after it."""
    fields: list[tuple[Span | None, list[Option]]] = [(prefix if prefix[0] < prefix[1] else None, [])]
    limits = [*(box.start() for box in boxes[1:]), line.end]
    for box, limit in zip(boxes, limits, strict=True):
        begin, end = strip(text, box.end(), limit, _SEPARATORS)
        answer, cut = answers.at(text, begin, end), CUT.search(text, begin, end)
        labelled = ":" in text[begin:end]
        stop = cut.start() if cut else answer.end() if answer and labelled else end
        says = answers.says(answer.group()) if answer else None
        fields[-1][1].append(Option(box.start(), stop, _is_ticked(box), says))
        label = strip(text, stop, end, f"{_SEPARATORS}{_LABEL_END}.")
        if limit < line.end and label[0] < label[1]:
            fields.append((label, []))
    further = [Choice("box", label, tuple(options)) for label, options in fields[1:] if label]
    return fields[0][0], fields[0][1], further


def _is_ticked(box: re.Match[str]) -> bool:
    return _TICKED.search(box.group()) is not None

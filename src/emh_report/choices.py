"""Template fields in the raw text → what was ticked, struck out, answered or left open.

"[ ] present [x] absent", "Yes / ~~No~~", "Cord compression: No", "Cord compression | No", a table column of
answers. A field that nobody filled in says nothing: neither its label nor the words it offers may be read as findings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from emh_report.answers import STRUCK, Answers, Choice, Option, strip
from emh_report.blanks import GAP_MARKS, LABELLED, blanks, gaps, tables
from emh_report.lines import Line, split_lines
from emh_report.model import Assertion
from emh_report.tickboxes import CUT, ticked

__all__ = ["Choice", "Templates"]

_OPEN, _CLOSE = r"~~|<s>|<del>|<strike>|\*\*|__|[(\[]", r"~~|</s>|</del>|</strike>|\*\*|__|[)\]]"
_TICK = r"[ \t]*(?:[✓✔√]|\([xX]\)|\[[xX]\])"
_STRIKES = ("~~", "<s>", "<del>", "<strike>")
_PIECE_END = re.compile(r"[ \t]*(?:[.,;|\t)]|$|[ \t]{3}|\()")
_LABEL_END = re.compile(r"[:=]\*{0,2}[ \t]*")
_MARKED = re.compile(r"[:=/\[{<@\t|☐☑☒□■◻◼⬜✅✓✔]|[_*(][_* \txX)✓✔√]|\.\.|[ \t][-–—][ \t]")
"""No text has a field without one of these."""
_DASH = re.compile(r"[ \t][-–—][ \t]|[\t|…]|\.{4}")
_CELL = re.compile(r"[^|\t]+")
_WIDEST = 120
"""Characters before an option that may be its label."""
_FIRST = ("box", "slash", "table", "gap", "answer", "blank")
"""Of readings that overlap, the earlier one in this order holds."""


class Templates:
    """Finds the fields of a text; ``terms`` are the words a field may hold, with what they say.

    ``titles`` are those of columns that name no finding.
    """

    def __init__(self, terms: Mapping[str, Assertion | None], titles: frozenset[str] = frozenset()) -> None:
        self._answers = Answers(terms)
        self._titles = titles
        word = self._answers.pattern
        bare = rf"(?:{_OPEN})?[ \t]*{word}[ \t]*(?:{_CLOSE})?(?:{_TICK})?"
        self._slashes = re.compile(rf"{bare}(?:[ \t]*/[ \t]*{bare})+", re.IGNORECASE)
        self._option = re.compile(
            rf"(?P<open>{_OPEN})?[ \t]*(?P<word>{word})[ \t]*(?P<close>{_CLOSE})?(?P<tick>{_TICK})?",
            re.IGNORECASE,
        )
        self._reply = re.compile(rf"[ \t]*[)\]]?[ \t]*(?:->|=>|→|[:=–-])[ \t]*(?P<word>{word})", re.IGNORECASE)
        dash = r"(?:[ \t]+[-–—][ \t]+|[ \t]*[\t|][ \t]*|[ \t]*(?:\.{4,}|…+)[ \t]*)"
        self._dashed = re.compile(rf"(?P<label>[^\W_][^:;.|\t\n]{{1,59}}?){dash}(?P<word>{word})[ \t.]*", re.IGNORECASE)

    def __call__(self, text: str, lines: Sequence[Line] | None = None) -> list[Choice]:
        """Every field, in order; ``lines`` are those of the text, if they are known."""
        if not _MARKED.search(text):
            return []
        lines = split_lines(text) if lines is None else lines
        found = [
            *ticked(text, lines, self._answers),
            *tables(text, lines, self._answers, self._titles),
            *blanks(text, lines),
        ]
        gapped = any(mark in text for mark in GAP_MARKS)
        for line in lines:
            if line.start < line.end:
                found += self._slashed(text, line)
                found += self._answered(text, line)
                found += gaps(text, line) if gapped else ()
        return _without_overlap(found)

    def _slashed(self, text: str, line: Line) -> Iterator[Choice]:
        """ "Yes / No", with a reply behind it, one struck out or marked, or as the template left it."""
        if text.find("/", line.start, line.end) < 0:
            return
        behind = line.start
        for group in self._slashes.finditer(text, line.start, line.end):
            options = list(self._option.finditer(text, *group.span()))
            says = [self._answers.says(option["word"]) for option in options]
            reply = self._reply.match(text, group.end(), line.end)
            if not _is_offer(says) or not self._closes(text, (reply or group).end(), line.end, says):
                continue
            cuts = (cut.end() for cut in CUT.finditer(text, behind, group.start()))
            start = max([behind, *cuts, group.start() - _WIDEST])
            label = strip(text, start, group.start(), " \t:=-–(")
            behind = (reply or group).end()
            struck = [_is_struck(option) for option in options]
            marked = [_is_marked(option) for option in options]
            chosen = [False] * len(options)
            if not reply and (any(marked) or any(struck)):
                chosen = marked if any(marked) else [not each for each in struck]
            parts = [_option(text, *part) for part in zip(options, chosen, says, strict=True)]
            if reply:
                parts.append(Option(*reply.span("word"), True, self._answers.says(reply["word"])))
            yield Choice("slash", label, tuple(parts))

    def _closes(self, text: str, at: int, end: int, says: Sequence[Assertion | None]) -> bool:
        """Whether an offer ends there: with its passage; a yes and a no anywhere but in a question."""
        if {Assertion.PRESENT, Assertion.ABSENT} <= set(says):
            return not text.startswith("?", at, end)
        return _PIECE_END.match(text, at, end) is not None

    def _answered(self, text: str, line: Line) -> Iterator[Choice]:
        """ "Cord compression: No": an answer and nothing else."""
        marks = _LABEL_END.finditer(text, line.start, line.end) if self._is_labelled(text, line) else ()
        if any(self._reply_at(text, mark.end(), line.end) for mark in marks):
            for match in LABELLED.finditer(text, line.start, line.end):
                if answer := self._reply_at(text, match.end(), line.end):
                    option = Option(*answer.span(), True, self._answers.says(answer.group()))
                    yield Choice("answer", match.span("label"), (option,))
        if not _DASH.search(text, line.start, line.end):
            return
        if dashed := self._dashed.fullmatch(text, *strip(text, line.start, line.end, " \t|")):
            option = Option(*dashed.span("word"), True, self._answers.says(dashed["word"]))
            yield Choice("answer", dashed.span("label"), (option,))
        yield from self._paired(text, line)

    def _paired(self, text: str, line: Line) -> Iterator[Choice]:
        """ "Cord compression | absent | Epidural extension | present": cells that answer those before them."""
        inner = strip(text, line.start, line.end, " \t|")
        cells = [strip(text, *cell.span(), " \t.") for cell in _CELL.finditer(text, *inner)]
        labels, replies = cells[::2], cells[1::2]
        if len(cells) < 4 or len(labels) != len(replies):
            return
        if any(self._answers.is_answer(text[slice(*label)]) for label in labels):
            return
        if all(self._answers.is_answer(text[slice(*reply)]) for reply in replies):
            for label, reply in zip(labels, replies, strict=True):
                yield Choice("answer", label, (Option(*reply, True, self._answers.says(text[slice(*reply)])),))

    @staticmethod
    def _is_labelled(text: str, line: Line) -> bool:
        return text.find(":", line.start, line.end) >= 0 or text.find("=", line.start, line.end) >= 0

    def _reply_at(self, text: str, at: int, end: int) -> re.Match[str] | None:
        """An answer at a place, with nothing behind it."""
        answer = self._answers.at(text, at, end)
        return answer if answer and _PIECE_END.match(text, answer.end(), end) else None


def _option(text: str, match: re.Match[str], chosen: bool, says: Assertion | None) -> Option:
    return Option(*strip(text, *match.span(), " \t"), chosen, says)


def _is_offer(says: list[Assertion | None]) -> bool:
    """Whether options exclude one another, as "yes / no" do; "mild/moderate" is a range."""
    plain = {each for each in says if each is not None}
    return len(set(says)) > 1 and Assertion.ABSENT in plain or (len(says) > 2 and not plain)


def _is_struck(option: re.Match[str]) -> bool:
    framed = (option["open"] or "").lower() in _STRIKES and bool(option["close"])
    return framed or re.search(STRUCK, option["word"]) is not None


def _is_marked(option: re.Match[str]) -> bool:
    opened = (option["open"] or "").lower()
    return bool(option["tick"]) or (bool(opened and option["close"]) and opened not in _STRIKES)


def _without_overlap(found: list[Choice]) -> list[Choice]:
    """One reading of each passage."""
    kept: list[Choice] = []
    for form in _FIRST if found else ():
        taken = sorted(choice.span for choice in kept)
        starts = [start for start, _ in taken]
        furthest = list(accumulate((end for _, end in taken), max))
        for choice in found:
            if choice.form == form:
                before = bisect_left(starts, choice.span[1])
                if not before or furthest[before - 1] <= choice.span[0]:
                    kept.append(choice)
    return sorted(kept, key=lambda choice: choice.span)

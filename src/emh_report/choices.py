"""Template fields in the raw text → what was ticked, struck out, answered or left open.

"[ ] present [x] absent", "Yes / ~~No~~", "Cord compression: No", a table column of answers. A field that nobody
filled in says nothing: neither its label nor the words it offers may be read as findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from emh_report.lines import ITEM, Line, split_lines
from emh_report.model import Assertion

Span = tuple[int, int]

_SURE = r"\[[ \t_]*(?:[xX✓✔√][ \t_]*)?\]|[☐☑☒]"
_BOX = re.compile(_SURE)
_ANY_BOX = re.compile(rf"{_SURE}|\([ \t]*[xX✓✔√]?[ \t]*\)|[□■◻◼⬜✅✓✔]|_+[xX]_+|_{{2,}}")
"""Also what is a box only beside another one: brackets, squares that may be bullets, underscores."""
_TICKED = re.compile(r"[xX✓✔√☑☒■◼✅]")
_STRUCK = "[\u0335-\u0338]"
_OPEN_MARKS, _CLOSE_MARKS = r"~~|<s>|<del>|<strike>|\*\*|__|[(\[]", r"~~|</s>|</del>|</strike>|\*\*|__|[)\]]"
_STRIKES = ("~~", "<s>", "<del>", "<strike>")
_GAP = re.compile(r"(?<![*\w])\*{3}(?![*\w])|\{\s*(?:\*+|[A-Za-z][^{}\n]{0,60}:\d+)\s*\}|<<[^<>\n]{1,60}>>|@[A-Z][A-Z_]{2,30}@")
"""What a template leaves for a person to fill: "***", "{level:12345}", "<<side>>", "@DATE@"."""
_GAP_ALONE = re.compile(rf"[ \t]*(?:{_GAP.pattern}|_{{3,}}|\.{{4,}}|\[[ \t_]*\])[ \t.]*$")
_LABELLED = re.compile(r"(?P<label>[^\W_][^:;.|\t\n]{1,59}?)[ \t]*[:=][ \t]*")
_BARE = re.compile(r"(?P<label>[^\W_][^:;.!?\t\n]{1,59}):[ \t]*")
_PIECE_END = re.compile(r"[ \t]*(?:[.,;|\t)]|$|[ \t]{3})")
_CUT = re.compile(r"[.;](?=\s|$)|\t| {3,}|\|")
_DETAIL = re.compile(
    r"(?:\d|[CTDL]\d|(?:levels?|right|left|bilateral|sizes?|sites?|sides?|severity|degree|grade|signal|extent|location|cause|"
    r"t1|t2|stir|worst|maximal|position|largest|number|description|comment)\b)",
    re.IGNORECASE,
)
"""Labels that go on to describe what the label above names."""
_WIDEST = 120
_BLANK_KINDS = frozenset({"finding", "effect"})


class Option(NamedTuple):
    """An answer that a field offers or holds; ``says`` is None where it is no plain yes or no."""

    start: int
    end: int
    chosen: bool
    says: Assertion | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A field: its label, what it offers, and the kinds of phrases in it that fall silent if it is open (none: all)."""

    form: str
    """box, slash, answer, blank, gap or table."""
    label: Span
    options: tuple[Option, ...] = ()
    asks: bool = True
    """Whether leaving it open is worth a warning; an item of a list where another is ticked was not chosen."""
    kinds: frozenset[str] = field(default=frozenset())

    @property
    def span(self) -> Span:
        """From its label to its last option."""
        return (min(self.label[0], *(o.start for o in self.options), self.label[0]), max([self.label[1], *(o.end for o in self.options)]))

    @property
    def is_open(self) -> bool:
        """Whether nobody filled it in."""
        return not any(option.chosen for option in self.options)

    @property
    def chosen(self) -> Option | None:
        """The option that decides: a yes, where a table column holds several answers."""
        picked = [option for option in self.options if option.chosen]
        yes = [option for option in picked if option.says is Assertion.PRESENT]
        alike = len({option.says for option in picked}) == 1
        return yes[0] if yes else picked[0] if alike else None

    @property
    def hidden(self) -> tuple[Span, ...]:
        """Characters that assert nothing."""
        if self.is_open:
            return (self.span,)
        return tuple((option.start, option.end) for option in self.options if not option.chosen)


class Templates:
    """Finds the fields of a text; ``answers`` are the words a field may hold, with what they say."""

    def __init__(self, answers: Mapping[str, Assertion | None]) -> None:
        self._says = {_plain(term): says for term, says in answers.items()}
        terms = sorted(self._says, key=len, reverse=True)
        word = "(?<!\\w)(?:" + "|".join(map(_pattern, terms)) + ")(?!\\w)"
        marked = rf"(?:{_OPEN_MARKS})?[ \t]*{word}[ \t]*(?:{_CLOSE_MARKS})?(?:[ \t]*(?:[✓✔√]|\([xX]\)|\[[xX]\]))?"
        self._answer = re.compile(word, re.IGNORECASE)
        self._marked = re.compile(
            rf"(?P<open>{_OPEN_MARKS})?[ \t]*(?P<word>{word})[ \t]*(?P<close>{_CLOSE_MARKS})?(?P<tick>[ \t]*(?:[✓✔√]|\([xX]\)|\[[xX]\]))?",
            re.IGNORECASE,
        )
        self._slashes = re.compile(rf"{marked}(?:[ \t]*/[ \t]*{marked})+", re.IGNORECASE)
        self._reply = re.compile(rf"[ \t]*[)\]]?[ \t]*[:=–-][ \t]*(?P<word>{word})", re.IGNORECASE)
        self._dashed = re.compile(rf"(?P<label>[^\W_][^:;.|\t\n]{{1,59}}?)(?:[ \t]+[-–—][ \t]+|[ \t]*\t[ \t]*)(?P<word>{word})[ \t.]*$", re.IGNORECASE)

    def __call__(self, text: str) -> list[Choice]:
        """Every field in order, none within another."""
        lines = split_lines(text)
        found = [*self._boxes(text, lines), *self._tables(text, lines)]
        for line in lines:
            if line.start < line.end:
                found += self._slashed(text, line)
                found += self._answered(text, line)
                found += _gaps(text, line)
        found += _blanks(text, lines)
        kept: list[Choice] = []
        order = {"box": 0, "slash": 1, "table": 2, "gap": 3, "answer": 4, "blank": 5}
        for choice in sorted(found, key=lambda c: order[c.form]):
            if not any(choice.span[0] < other.span[1] and other.span[0] < choice.span[1] and other.form != choice.form for other in kept):
                kept.append(choice)
        return sorted(kept, key=lambda choice: choice.span)

    def _whole(self, text: str) -> tuple[bool, Assertion | None]:
        """Whether a text is nothing but an answer, and what that says."""
        key = _plain(text.strip(" \t.,;()"))
        return key in self._says, self._says.get(key)

    def _boxes(self, text: str, lines: Sequence[Line]) -> Iterator[Choice]:
        loose: list[Option] = []
        above: Line | None = None
        for line in [*lines, None]:
            row = self._row(text, line) if line else None
            if row is None and line is not None and line.start >= line.end and loose:
                continue
            if row is None or row[0]:
                yield from self._listed(text, above, loose)
                loose, above = [], line
            if row is None:
                continue
            label, options, further = row
            if label:
                yield Choice("box", label, tuple(options))
            else:
                loose += options
            yield from further

    def _listed(self, text: str, above: Line | None, options: Sequence[Option]) -> Iterator[Choice]:
        """Lines that open with a box: the answers to the line above them, or a list of things to tick."""
        if not options:
            return
        if above and above.start < above.end and all(self._whole(text[o.start : o.end].lstrip("[]()xX_☐☑☒ \t"))[0] for o in options):
            yield Choice("box", (above.start, above.end), tuple(options))
            return
        ticked = any(option.chosen for option in options)
        for index, option in enumerate(options):
            yield Choice("box", (option.start, option.end), (option._replace(end=option.start, says=None),), asks=not ticked and index == 0)

    def _row(self, text: str, line: Line) -> tuple[Span | None, list[Option], list[Choice]] | None:
        """The boxes of a line: the label before them (None: none), its options, and further fields of the line."""
        boxes = list(_ANY_BOX.finditer(text, line.start, line.end))
        sure = [box for box in boxes if _BOX.fullmatch(box.group())]
        if not sure and len(boxes) < 2:
            return None
        boxes = boxes if len(boxes) > 1 else sure
        mark = ITEM.match(text, line.start, boxes[0].start())
        prefix = _strip(text, mark.end() if mark else line.start, boxes[0].start(), " \t:=-–")
        trailing = text[boxes[-1].end() : line.end].strip(" \t.,;")
        if prefix[0] < prefix[1] and not trailing:
            row = self._behind(text, boxes, prefix)
        else:
            row = self._before(text, line, boxes, prefix)
        if not sure and sum(self._whole(text[o.start : o.end].strip("_()xX□■◻◼⬜✅✓✔ \t"))[0] for o in row[1]) < 2:
            return None
        return row

    def _behind(self, text: str, boxes: Sequence[re.Match[str]], prefix: Span) -> tuple[Span | None, list[Option], list[Choice]]:
        """ "Cord compression: Yes [x] No [ ]", "Cord compression [x]"."""
        if len(boxes) == 1:
            return prefix, [Option(boxes[0].start(), boxes[0].end(), _ticked(boxes[0]), None)], []
        starts = [*self._answer.finditer(text, *prefix)]
        colon = text.rfind(":", *prefix)
        first = colon + 1 if colon >= 0 else starts[-1].start() if starts else prefix[0]
        label = _strip(text, prefix[0], first, " \t:=-–")
        options = []
        for box, start in zip(boxes, [first, *(box.end() for box in boxes)], strict=False):
            begin, end = _strip(text, start, box.start(), " \t,;/|")
            options.append(Option(begin, box.end(), _ticked(box), self._whole(text[begin:end])[1]))
        return label if label[0] < label[1] else None, options, []

    def _before(
        self, text: str, line: Line, boxes: Sequence[re.Match[str]], prefix: Span
    ) -> tuple[Span | None, list[Option], list[Choice]]:
        """ "Cord compression: [ ] present [x] absent", and perhaps another field after it."""
        fields: list[tuple[Span | None, list[Option]]] = [(prefix if prefix[0] < prefix[1] else None, [])]
        for index, box in enumerate(boxes):
            limit = boxes[index + 1].start() if index + 1 < len(boxes) else line.end
            begin, end = _strip(text, box.end(), limit, " \t,;/|")
            answer = self._answer.match(text, begin, end)
            cut = _CUT.search(text, begin, end)
            colon = text.find(":", begin, end) >= 0
            stop = cut.start() if cut else answer.end() if answer and colon else end
            fields[-1][1].append(Option(box.start(), stop, _ticked(box), self._says_first(text, begin, stop)))
            label = _strip(text, stop, end, " \t,;/|.:=-–")
            if index + 1 < len(boxes) and label[0] < label[1]:
                fields.append((label, []))
        further = [Choice("box", label, tuple(options)) for label, options in fields[1:] if label]
        return fields[0][0], fields[0][1], further

    def _says_first(self, text: str, start: int, end: int) -> Assertion | None:
        """What an option says that is an answer, or opens with one: "present at T6"."""
        match = self._answer.match(text, start, end)
        return self._says.get(_plain(match.group())) if match else None

    def _slashed(self, text: str, line: Line) -> Iterator[Choice]:
        """ "Yes / No", with a reply behind it, one struck out or marked, or as the template left it."""
        behind = line.start
        for group in self._slashes.finditer(text, line.start, line.end):
            options = list(self._marked.finditer(text, *group.span()))
            says = [self._says.get(_plain(option["word"])) for option in options]
            reply = self._reply.match(text, group.end(), line.end)
            end = reply.end() if reply else group.end()
            closes = _PIECE_END.match(text, end, line.end) or text.startswith("(", end + 1)
            if len(set(says)) < 2 and None not in says or not closes or Assertion.ABSENT not in says and len(says) < 3:
                continue
            start = max([behind, *(cut.end() for cut in _CUT.finditer(text, behind, group.start()))][-1], group.start() - _WIDEST)
            label = _strip(text, start, group.start(), " \t:=-–(")
            behind = end
            if reply:
                parts = [Option(*option.span(), False, None) for option in options]
                parts.append(Option(*reply.span("word"), True, self._says.get(_plain(reply["word"]))))
                yield Choice("slash", label, tuple(parts))
                continue
            struck = [_is_struck(option) for option in options]
            marked = [_is_marked(option) for option in options]
            picked = marked if any(marked) else [not each for each in struck] if any(struck) else [False] * len(options)
            yield Choice("slash", label, tuple(Option(*o.span(), c, s) for o, c, s in zip(options, picked, says, strict=True)))

    def _answered(self, text: str, line: Line) -> Iterator[Choice]:
        """ "Cord compression: No": an answer and nothing else."""
        for match in _LABELLED.finditer(text, line.start, line.end):
            answer = self._answer.match(text, match.end(), line.end)
            if answer and _PIECE_END.match(text, answer.end(), line.end):
                yield self._held(match.span("label"), answer.span(), answer.group())
        dashed = self._dashed.match(text, *_strip(text, line.start, line.end, " \t"))
        if dashed:
            yield self._held(dashed.span("label"), dashed.span("word"), dashed["word"])

    def _held(self, label: Span, span: Span, word: str) -> Choice:
        return Choice("answer", label, (Option(*span, True, self._says.get(_plain(word))),))

    def _tables(self, text: str, lines: Sequence[Line]) -> Iterator[Choice]:
        """Columns that hold nothing but answers under the name of a finding."""
        rows: list[list[Span]] = []
        for line in [*lines, None]:
            cells = _cells(text, line) if line else []
            if rows and len(cells) == len(rows[0]) > 1:
                rows.append(cells)
                continue
            yield from self._columns(text, rows)
            rows = [cells] if len(cells) > 1 else []

    def _columns(self, text: str, rows: Sequence[Sequence[Span]]) -> Iterator[Choice]:
        body = [row for row in rows[1:] if text[row[0][0] : row[0][1]].strip("-: ")]
        for column in range(1, len(rows[0]) if body else 0):
            title = rows[0][column]
            held = [(row[column], self._whole(text[slice(*row[column])])) for row in body]
            filled = [(span, says) for span, (known, says) in held if known]
            blank = [span for span, (known, _) in held if not known and not text[slice(*span)].strip("-–_. ")]
            if self._whole(text[slice(*title)])[0] or len(filled) + len(blank) < len(body):
                continue
            yield Choice("table", title, tuple(Option(*span, True, says) for span, says in filled))


def _cells(text: str, line: Line) -> list[Span]:
    """The cells of a row of a table, by tabs or bars."""
    found, start = [], line.start
    for match in re.finditer(r"[\t|]", text[line.start : line.end]):
        found.append((start, line.start + match.start()))
        start = line.start + match.end()
    found.append((start, line.end))
    inner = [_strip(text, *span, " \t") for span in found]
    return inner[1:-1] if text[line.start : line.start + 1] == "|" and len(inner) > 2 else inner


def _gaps(text: str, line: Line) -> Iterator[Choice]:
    """Places that a template leaves to be filled: after a label, and in running text."""
    for match in _LABELLED.finditer(text, line.start, line.end):
        gap = _GAP_ALONE.match(text, match.end(), line.end)
        if gap and gap.end() == line.end:
            yield Choice("gap", match.span("label"), (Option(match.end(), len(text[: line.end].rstrip()), False, None),))
            return
    gaps = list(_GAP.finditer(text, line.start, line.end))
    stars = [gap for gap in gaps if gap.group() == "***"]
    framed = len(stars) > 1 and not any(map(str.islower, text[stars[0].end() : stars[1].start()]))
    for gap in gaps:
        if gap.group() != "***" or not (gap.start() == line.start or framed):
            yield Choice("gap", (gap.start(), gap.start()), (Option(*gap.span(), False, None),))


def _blanks(text: str, lines: Sequence[Line]) -> Iterator[Choice]:
    """Labels with nothing behind them, where the next line is another label or there is none."""
    written = [line for line in lines if line.start < line.end]
    for index, line in enumerate(written):
        mark = ITEM.match(text, line.start, line.end)
        match = _BARE.fullmatch(text, mark.end() if mark else line.start, line.end)
        if not match:
            continue
        following = written[index + 1] if index + 1 < len(written) else None
        label = _LABELLED.match(text, following.start, following.end) if following else None
        if following is None or (label and not _DETAIL.match(label["label"])):
            yield Choice("blank", match.span("label"), kinds=_BLANK_KINDS)


def _strip(text: str, start: int, end: int, characters: str) -> Span:
    while start < end and text[start] in characters:
        start += 1
    while end > start and text[end - 1] in characters:
        end -= 1
    return start, end


def _ticked(box: re.Match[str]) -> bool:
    return _TICKED.search(box.group()) is not None


def _is_struck(option: re.Match[str]) -> bool:
    return re.search(_STRUCK, option["word"]) is not None or ((option["open"] or "").lower() in _STRIKES and bool(option["close"]))


def _is_marked(option: re.Match[str]) -> bool:
    framed = bool(option["open"]) and bool(option["close"]) and option["open"].lower() not in _STRIKES
    return framed or bool(option["tick"])


def _plain(term: str) -> str:
    return " ".join(re.sub(_STRUCK, "", term).casefold().split())


def _pattern(term: str) -> str:
    return r"[ \t]+".join("".join(f"{re.escape(letter)}{_STRUCK}*" for letter in word) for word in term.split())

"""What templates may call: filters that write levels, sizes and sentences, and make report text harmless.

``render`` puts these into the sandbox; ``templates/README.md`` explains them to template authors. Report text
is data from outside: each output passes ``neutralise``, so that it is neither markup nor a terminal command.
"""

from __future__ import annotations

import difflib
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import jinja2
from markupsafe import Markup, escape
from pydantic import BaseModel

from emh_report.ascii_text import to_ascii
from emh_report.errors import TemplateFault
from emh_report.listed_nodes import nodal_pairs
from emh_report.model import VERTEBRAE, Evidence, level_order

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile(
    "[\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_MARKDOWN = re.compile(
    r"[\\`*_{}\[\]#|~!$]|(?<=www)\.|:(?=//)|^\s*\d+[.)](?=\s|$)|^\s*[-+=](?=[-+=\s]|$)", re.IGNORECASE
)
_SHOWN_POINTERS = 3


def clean(text: str) -> str:
    """One line without control characters, nor those that reorder or hide what a reader sees."""
    return _harmless(re.sub(r"\s+", " ", text))


def _harmless(text: str) -> str:
    return _INVISIBLE.sub("", _CONTROL.sub("\ufffd", text))


def _markdown(text: str) -> str:
    escaped = _MARKDOWN.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_ESCAPES: dict[str, Callable[[str], str]] = {"md": _markdown, "html": escape, "xml": escape, "svg": escape}


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of an error message that proposes the known name nearest to ``name``."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


class Filters:
    """The filters for one format (``suffix`` of its templates) and one wording."""

    def __init__(self, suffix: str, wording: Mapping[str, Any], ascii_only: bool = False) -> None:
        self._escape = to_ascii if ascii_only else _ESCAPES.get(suffix, str)
        self._say_of = wording["say"]
        self._nothing = wording["status"]["not_mentioned"]

    def table(self) -> dict[str, Callable[..., Any]]:
        """Filters by the name templates call them."""
        named = (
            self.say,
            self.sentence,
            self.places,
            self.wrap,
            self.verse,
            self.columns,
            size,
            number,
            pointers,
            anchors,
            excerpt,
            nodal_pairs,
        )
        return {each.__name__: each for each in named}

    def neutralise(self, value: Any) -> Markup:
        """``value`` as finished output; finished output stays as it is, silence is said in words."""
        if isinstance(value, Markup):
            return value
        if isinstance(value, jinja2.Undefined):
            str(value)  # raises, naming what does not exist
        if isinstance(value, BaseModel | Mapping):
            kind = f"a whole {type(value).__name__}" if isinstance(value, BaseModel) else "a table of words"
            raise TemplateFault(f"prints {kind}; name one of its entries")
        if isinstance(value, list | tuple) and value:
            return Markup(", ").join(self.neutralise(each) for each in value)
        if value is None or value == ():
            value = self._nothing
        if isinstance(value, bool):
            value = str(value).lower()
        return Markup(self._escape(number(value) if isinstance(value, float) else clean(str(value))))

    def say(self, pattern: str, /, **values: Any) -> Markup:
        """``pattern`` with each {name} filled; an empty value takes the space before it along."""
        said = ""
        for index, piece in enumerate(re.split(r"\{(\w+)\}", str(pattern))):
            if index % 2 and piece not in values:
                known = ", ".join(values)
                raise TemplateFault(f"a wording has {{{piece}}}{nearest(piece, values)}; known: {known}")
            value = values[piece] if index % 2 else piece
            text = "" if value is None or value in ("", ()) else self.neutralise(value)
            said = said + text if text else said.rstrip(" ")
        return Markup(said.strip(" "))

    def columns(self, cells: Sequence[Any], first: int = 20, width: int = 72) -> Markup:
        """Cells side by side, each wrapped in its column; the first column is ``first`` wide, the others share."""
        each = (width - first) // max(1, len(cells) - 1) - 2
        widths = [first, *[each] * (len(cells) - 1)]
        stacks = [
            textwrap.wrap(str(self.neutralise(cell)), room, break_on_hyphens=False) or [""]
            for cell, room in zip(cells, widths, strict=True)
        ]
        height = max(map(len, stacks))
        padded = [[*stack, *[""] * (height - len(stack))] for stack in stacks]
        lines = (
            "  ".join(piece.ljust(room) for piece, room in zip(line, widths, strict=True))
            for line in zip(*padded, strict=True)
        )
        return Markup("\n".join(line.rstrip() for line in lines))

    def verse(self, text: str) -> Markup:
        """``text`` made harmless with its line breaks kept, for a place that shows them."""
        lines = re.split(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text)
        return Markup("\n").join(Markup(self._escape(_harmless(line))) for line in lines)

    def sentence(self, text: str, end: str = ".", capital: bool = True) -> Markup:
        """``text`` with a capital and an ``end``, if it has none. Greek stays small: beta is no B."""
        finished = self.neutralise(text).strip()
        if capital and finished[:1].isascii():
            finished = finished[:1].upper() + finished[1:]
        return finished if not finished or finished.endswith((".", "?", "!", ":")) else finished + Markup(end)

    def places(
        self, levels: str | Sequence[str] | None, discs: Sequence[str] = (), evidence: Sequence[Evidence] = ()
    ) -> str:
        """``T4-T7, T9``; discs as ``T4/T5``; beside them the report's own notation where it wrote D or Th."""
        listed = [levels] if isinstance(levels, str) else list(levels or ())
        discs = list(dict.fromkeys([*discs, *(each for each in listed if "/" in each)]))
        ends = {vertebra for disc in discs for vertebra in disc.split("/")}
        vertebrae = [each for each in listed if "/" not in each]
        shown = [*_runs([each for each in vertebrae if each not in ends]), *discs]
        shown.sort(key=lambda place: level_order(re.split("[-/]", place)[0]))
        written = _written({*ends, *vertebrae}, evidence)
        joined = ", ".join(shown)
        return self.say(self._say_of["as_written"], levels=joined, written=written) if written else joined

    def wrap(self, text: str, width: int = 72, indent: int = 0, hang: int = 2) -> Markup:
        """Lines of at most ``width`` columns: all indented by ``indent``, all but one by ``hang`` more."""
        first, others = " " * indent, " " * (indent + hang)
        finished = str(self.neutralise(text))
        lines = textwrap.wrap(finished, width, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)
        return Markup("\n".join(lines))


def size(millimetres: Sequence[float]) -> str:
    """``4.8 × 3.1 cm (48 × 31 mm)``: both exact, in the order written."""
    in_cm, in_mm = (" × ".join(number(each, shift) for each in millimetres) for shift in (-1, 0))
    return f"{in_cm} cm ({in_mm} mm)"


def number(value: float, shift: int = 0) -> str:
    """As written, never rounded: 42.0 is 42. ``shift`` moves the decimal point to the right."""
    exact = f"{Decimal(repr(value)).scaleb(shift):f}"
    return exact.rstrip("0").rstrip(".") if "." in exact else exact


def pointers(evidence: Sequence[Evidence]) -> str:
    """``[@120-160 @300-310]``: where in the source report; passages inside another are left out."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted({(item.start, item.end) for item in evidence}, key=lambda at: (at[0], -at[1])):
        if not spans or end > spans[-1][1]:
            spans.append((start, end))
    shown = [f"@{start}-{end}" for start, end in spans[:_SHOWN_POINTERS]]
    more = [f"+{len(spans) - len(shown)}"] if len(spans) > len(shown) else []
    return f"[{' '.join(shown + more)}]" if spans else ""


def anchors(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """``("p120-160",)``: the names of the passages in the evidence view, as many as ``pointers`` shows."""
    spans = sorted({(item.start, item.end) for item in evidence if item.start < item.end})
    return tuple(f"p{start}-{end}" for start, end in spans)


def excerpt(evidence: Sequence[Evidence], length: int = 120) -> str:
    """The first passage, cut to ``length`` characters."""
    text = clean(evidence[0].text).strip() if evidence else ""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _runs(vertebrae: Sequence[str]) -> list[str]:
    runs: list[list[str]] = []
    for vertebra in vertebrae:
        if runs and level_order(vertebra) == level_order(runs[-1][-1]) + 1:
            runs[-1].append(vertebra)
        else:
            runs.append([vertebra])
    return [run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]


_REGION = r"(?:(?P<region>C|DV?|Th|T|L|S)[ -]?)"
_LEVEL = re.compile(rf"{_REGION}?(?P<number>\d{{1,2}})\b", re.IGNORECASE)
_JOINT = r"(?: ?[-–—/&,] ?(?:and )?| (?:to|upto|up to|through|and|or) )"
_bare = _REGION.replace("?P<region>", "?:")
_LEVELS = re.compile(rf"\b{_bare}\d{{1,2}}\b(?:{_JOINT}{_bare}?\d{{1,2}}\b)*", re.IGNORECASE)
_DORSAL = re.compile(r"\b(?:DV?|Th)[ -]?\d", re.IGNORECASE)
_RANGE = re.compile("[-–—]|to|through", re.IGNORECASE)


def _written(wanted: set[str], evidence: Sequence[Evidence]) -> str | None:
    """The words of the evidence that name exactly ``wanted``, with D or Th for T."""
    for phrase in (found[0] for item in evidence for found in _LEVELS.finditer(clean(item.text))):
        parts = list(_LEVEL.finditer(phrase))[:20]
        for first in range(len(parts)):
            for last in range(len(parts), first, -1):
                words = phrase[parts[first].start() : parts[last - 1].end()]
                if _DORSAL.search(words) and _expanded(words) == wanted:
                    return words
    return None


def _expanded(phrase: str) -> set[str]:
    """The vertebrae of "D4-7", "Th3 to Th8" or "D12, L1"; what is no vertebra stays as it is."""
    named: list[str] = []
    region, end = "", 0
    for part in _LEVEL.finditer(phrase):
        region = part["region"][0].upper().replace("D", "T") if part["region"] else region
        joint, end = phrase[end : part.start()], part.end()
        level = f"{region}{int(part['number'])}"
        if named and _RANGE.search(joint) and {named[-1], level} <= set(VERTEBRAE):
            named += VERTEBRAE[level_order(named[-1]) + 1 : level_order(level)]
        named.append(level)
    return set(named)

"""Explanations laid out for a reader: plain lines for a pipe, marked source lines for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from emh_report.explain import CueUse, Explanation, Place, Stated, Statement

_COLOURS = {
    "present": "bold green",
    "possible": "bold yellow",
    "absent": "bold red",
    "historical": "bold blue",
    "hypothetical": "bold magenta",
    "not_assessed": "bold magenta",
}
_CUE, _PART, _RULE = "underline", "bold cyan", "dim"
_PICTURES = {code: 0x2400 + code for code in range(32) if code != 9} | {0x7F: 0x2421}
_PICTURES |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_WIDEST, _FEW = 60, 3


def shown(value: Any) -> str:
    """A value on one line."""
    if value in (None, [], ""):
        return "not stated"
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return ", ".join(f"{each:g}" if isinstance(each, float) else str(each) for each in value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return f"{value:g}" if isinstance(value, float) else str(value)


def summary_lines(found: Sequence[Stated]) -> Iterator[str]:
    """One line a field: path, value, and where its evidence stands."""
    width = max((len(each.path) for each in found), default=0)
    for each in found:
        where = "  ".join(f'{_at(place)} "{_short(place.text)}"' for place in each.evidence[:_FEW])
        yield f"{each.path:<{width}}  {shown(each.value)}" + (f"  [{where}]" if where else "")


def lines(explanation: Explanation) -> Iterator[str]:
    """An explanation as plain text."""
    yield f"{explanation.path} = {shown(explanation.value)}"
    for statement in explanation.statements:
        yield ""
        where, section = _at(statement.place), statement.section or "no section"
        yield f'{where}  {section}  "{_flat(statement.place.text)}"  {_said(statement)}'
        yield from (f"    {line}" for line in _details(statement))
    if not explanation.statements:
        yield ""
        yield "The report says nothing of it."
    if explanation.merge and explanation.statements:
        yield ""
        yield f"Merging: {explanation.merge}"


def rich_lines(explanation: Explanation, text: str) -> Iterator[Text]:
    """An explanation with its source lines, phrases coloured by assertion, cues underlined."""
    yield Text.assemble((explanation.path, "bold"), " = ", (shown(explanation.value), "bold"))
    for statement in explanation.statements:
        yield Text("")
        yield from _source(statement, text)
        yield Text.assemble("  ", (_said(statement), _COLOURS.get(statement.assertion, "bold")))
        for line in _details(statement):
            yield Text(_harmless(f"    {line}"), style=_RULE)
    if explanation.merge and explanation.statements:
        yield Text("")
        yield Text(f"Merging: {explanation.merge}", style=_RULE)


def _source(statement: Statement, text: str) -> Iterator[Text]:
    """The lines of the report that a statement touches, with its phrases marked."""
    marked = [(statement.place, _COLOURS.get(statement.assertion, "bold"))]
    marked += [(cue.place, _CUE) for cue in statement.cues]
    marked += [(part.place, _PART) for part in statement.parts]
    numbers = {place.line for place, _ in marked}
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if number in numbers:
            shown_line = Text(_harmless(line.rstrip("\r")))
            for place, style in marked:
                shown_line.stylize(style, max(place.start - start, 0), max(place.end - start, 0))
            yield Text.assemble((f"{number:>4} │ ", "dim"), shown_line)
        start += len(line) + 1


def _details(statement: Statement) -> Iterator[str]:
    for cue in statement.cues:
        yield _cue(cue)
    advised = any(part.role == "advice" for part in statement.parts)
    if not statement.cues and statement.assertion == "present" and not advised:
        yield "no cue: stated as it stands"
    for part in statement.parts:
        yield f'{part.role} "{_flat(part.place.text)}" {_at(part.place)} = {part.reads}: {part.rule}'
    if statement.outcome:
        yield f"→ {statement.outcome}"


def _cue(cue: CueUse) -> str:
    reach = f', reaches "{_short(cue.reach.text)}"' if cue.reach else ""
    return f'cue "{_flat(cue.place.text)}" {_at(cue.place)} ({cue.kind}){reach}'


def _said(statement: Statement) -> str:
    return statement.assertion if not statement.reads else f"{statement.assertion} ({statement.reads})"


def _at(place: Place) -> str:
    return f"{place.line}:{place.column}"


def _harmless(line: str) -> str:
    """Control characters as pictures of them, so that a report cannot steer a terminal."""
    return line.translate(_PICTURES)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    flat = _flat(text)
    return flat if len(flat) <= _WIDEST else f"{flat[: _WIDEST - 1]}…"

"""How a value came about: a path in the findings → the phrases, cues and rules behind it.

Built on the trace of one extraction (extract.py); what is shown to a person is laid out by explain_view.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from emh_report.document import Annotation, Document
from emh_report.errors import InputError
from emh_report.levels import LevelSpan, SequenceSpan
from emh_report.measure import QuantitySpan, SizeSpan
from emh_report.model import Assertion, Evidence, Findings, Lesion
from emh_report.paths import object_at
from emh_report.provenance import Said, said_of

if TYPE_CHECKING:
    from emh_report.extract import Trace

_STEP = re.compile(r"(?P<name>[a-z_]+)(?:\[(?P<key>[^\]]*)\])?(?:\.|$)")
_NAMES = (
    "name",
    "kind",
    "diagnosis",
    "action",
    "site",
    "organ",
    "station",
    "finding",
    "code",
    "concept",
    "id",
)
"""Fields by which an entry of a list may be chosen: differential[lymphoma]."""
_UNTOLD = ("generator", "source", "schema_version", "mentions")
_UNREAD = ("role", "owner", "field", "weak")
"""Meanings of a lexicon entry that steer the reading and are no part of the contract."""
_QUIET = ("evidence", "origin", "id", "message", "codes")
_SILENT: Final = (None, (), "", False, Assertion.NOT_MENTIONED, "not_mentioned")
_RANKS = "Sections rank addendum, impression, recommendation, the rest; within one, present, possible, absent."
_MERGES: Final = {
    "cord_compression": "An addendum decides over the body, today over an earlier study. Levels of all statements "
    "of today are joined; a statement and a denial at one level make it possible.",
    "emh": f"{_RANKS} The clinical question never makes a diagnosis.",
    "differential": _RANKS,
    "epidural": "The union of all epidural lesions of today; an addendum's levels replace the body's.",
    "lesions": "Phrases speak of one lesion where site, side and levels allow it. Of several sizes the largest "
    "is kept; an addendum's levels and side replace the body's.",
    "biopsy": "Advice of today beats a biopsy done before, an addendum the body; of equals the last counts.",
    "iron_deposition": "The strongest statement over all sites: present, possible, absent.",
}
"""How statements about one thing become one value, by field."""


_Leaf = tuple[str, Any, tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """A passage of the report; lines and columns count from 1."""

    start: int
    end: int
    line: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class CueUse:
    """A cue that decided how a phrase is meant, and the words it reaches."""

    place: Place
    kind: str
    reach: Place | None


@dataclass(frozen=True, slots=True)
class Belonging:
    """A level, size, side or the like that belongs to a phrase, and why."""

    role: str
    place: Place
    reads: str
    rule: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A phrase of the report that bears on the value."""

    place: Place
    section: str | None
    assertion: str
    reads: str
    cues: tuple[CueUse, ...]
    parts: tuple[Belonging, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A value of the findings and where it comes from."""

    path: str
    value: Any
    statements: tuple[Statement, ...]
    merge: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """A field the report fills, with the places of its evidence."""

    path: str
    value: Any
    evidence: tuple[Place, ...]


def as_json(told: Explanation | Sequence[Stated]) -> Any:
    """Plain values, as ``explain --json`` prints them."""
    return asdict(told) if isinstance(told, Explanation) else [asdict(each) for each in told]


def explain(trace: Trace, path: str) -> Explanation:
    """One field; InputError if the findings have no such place."""
    document = trace.links.document
    names, value, holders = _resolve(trace.findings, path)
    within = [value, *reversed(holders)]
    lesions = [each for each in within if isinstance(each, Lesion)]  # a signal's own evidence is a part of it
    held = next((found for each in lesions or within if (found := _evidence(each))), ())
    said = said_of(trace.links, trace.findings, names, held)
    statements = tuple(_statement(document, each) for each in said)
    return Explanation(path, _plain(value), statements, _MERGES.get(names[0], ""))


def stated(trace: Trace) -> list[Stated]:
    """Every field the report fills."""
    document = trace.links.document
    found = []
    for name in Findings.model_fields:
        if name not in _UNTOLD:
            for path, value, held in _leaves(name, getattr(trace.findings, name), ()):
                places = tuple(place_of(document, each.start, each.end) for each in held)
                found.append(Stated(path, _plain(value), places))
    return found


def place_of(document: Document, start: int, end: int) -> Place:
    """A passage with its line and column."""
    text = document.text
    line_start = text.rfind("\n", 0, start) + 1
    return Place(start, end, text.count("\n", 0, start) + 1, start - line_start + 1, text[start:end])


def _resolve(findings: Findings, path: str) -> tuple[list[str], Any, list[Any]]:
    """The names of a path, the value there, and the objects on the way to it."""
    names: list[str] = []
    value: Any = findings
    holders: list[Any] = []
    position = 0
    while position < len(path) or not names:
        match = _STEP.match(path, position)
        if match is None or match.end() == position:
            raise InputError(f"{path}: expected a path such as cord_compression.levels or lesions[0].size_mm")
        if not isinstance(value, BaseModel) or match["name"] not in type(value).model_fields:
            here = ".".join(names) or "the findings"
            fields = ", ".join(_fields(value)) or "none"
            raise InputError(f"{path}: no field {match['name']} in {here}; there are: {fields}")
        names.append(match["name"])
        holders.append(value)
        value = getattr(value, match["name"])
        if match["key"] is not None:
            value = _entry(value, match["key"], path)
            holders.append(value)
        elif isinstance(value, tuple) and match.end() < len(path) and object_at(".".join(names)):
            raise InputError(f"{path}: choose an entry, such as {names[-1]}[0]; there are {len(value)}")
        position = match.end()
    return names, value, holders


def _fields(value: Any) -> list[str]:
    names = type(value).model_fields if isinstance(value, BaseModel) else ()
    return [name for name in names if name != "evidence"]


def _entry(entries: Any, key: str, path: str) -> Any:
    if not isinstance(entries, tuple):
        raise InputError(f"{path}: [{key}] stands behind what is no list")
    if key.isdecimal() and int(key) < len(entries):
        return entries[int(key)]
    for entry in entries:
        if any(str(getattr(entry, name, None)).casefold() == key.casefold() for name in _NAMES):
            return entry
    raise InputError(f"{path}: no entry [{key}]; there are {len(entries)}, counted from 0")


def _evidence(value: Any) -> tuple[Evidence, ...]:
    """The evidence of an object, or of the entries of a list."""
    if isinstance(value, tuple):
        return tuple(each for entry in value for each in _evidence(entry))
    return tuple(getattr(value, "evidence", ())) if isinstance(value, BaseModel) else ()


def _leaves(path: str, value: Any, held: tuple[Evidence, ...]) -> Iterator[_Leaf]:
    """Filled fields below a value, each with the evidence of the nearest object that has some."""
    if isinstance(value, BaseModel):
        held = _evidence(value) or held
        for name in type(value).model_fields:
            if name not in _QUIET:
                yield from _leaves(f"{path}.{name}", getattr(value, name), held)
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for index, entry in enumerate(value):
            yield from _leaves(f"{path}[{index}]", entry, held)
    elif value not in _SILENT:
        yield path, value, held


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude={"evidence"})
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return getattr(value, "value", value)


def _statement(document: Document, said: Said) -> Statement:
    return Statement(
        place=_place(document, said.note),
        section=said.note.sentence.section,
        assertion=said.assertion.value,
        reads=_reading(said.note),
        cues=tuple(_cues(document, said.note)),
        parts=tuple(
            Belonging(part.role, _place(document, part.note), _reading(part.note), part.rule) for part in said.parts
        ),
        outcome=said.outcome,
    )


def _cues(document: Document, note: Annotation) -> Iterator[CueUse]:
    spans = {document.words[span.first].start: span for span in note.sentence.cues}
    for cue in note.cues:
        span = spans.get(cue.start)
        reach = None
        if span is not None and span.scope[0] <= span.scope[1]:
            first, last = document.words[span.scope[0]], document.words[span.scope[1]]
            reach = place_of(document, first.start, last.end)
        yield CueUse(place_of(document, cue.start, cue.end), cue.kind, reach)


def _place(document: Document, note: Annotation) -> Place:
    return place_of(document, document.words[note.first].start, document.words[note.last].end)


def _reading(note: Annotation) -> str:
    """What a phrase is read as, in the contract's words."""
    value = note.value
    if isinstance(value, LevelSpan):
        return ", ".join((*value.levels, *value.discs)) or str(value.vague or "")
    if isinstance(value, SizeSpan):
        return " x ".join(f"{each:g}" for each in value.size_mm) + " mm"
    if isinstance(value, SequenceSpan):
        return ", ".join(value.sequences)
    if isinstance(value, QuantitySpan):
        return f"{value.quantity} {value.value:g} {value.unit}"
    return _meaning(note.means, note.preferred or note.concept)


def _meaning(means: Mapping[str, str], name: str) -> str:
    told = [value for key, value in means.items() if key not in _UNREAD]
    return ", ".join(told) or name.replace("_", " ")

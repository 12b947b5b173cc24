"""Findings as flat tables: one row a report, a lesion, a mention. The columns are made from the typed model.

A field of the contract is a column, ``cord_compression.csf`` the column ``cord_compression_csf``. A list of plain
values is joined by "; ", a list of objects gives a line for each and their number, evidence gives character offsets.
What the text does not say stays as the contract says it: ``not_mentioned``, or nothing.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from emh_report.connectors.base import Result
from emh_report.model import Evidence, Findings, Lesion, Mention, Part
from emh_report.model import Sequence as MrSequence

Value = str | int | float | bool | None
Row = dict[str, Value]
Kind = Literal["text", "integer", "number", "boolean"]

JOIN = "; "
_SIZES = 3
_NOT_FLAT = {"": ("schema_version", "lesions", "mentions"), "source": ("id", "patient_id")}
_STATES = ("assertion", "status")


@dataclass(frozen=True)
class Column:
    """One column; ``get`` takes the object that the row is about (Findings, Lesion or Mention)."""

    name: str
    kind: Kind
    path: str
    """Where the contract has it."""
    description: str
    choices: tuple[str, ...] = ()
    get: Callable[[Any], Value] = lambda _: None
    many: bool = False
    """Whether a value can be several choices, joined."""


@dataclass(frozen=True)
class Table:
    """A table: its name, what a row is, its columns, and its rows of one result."""

    name: str
    what: str
    columns: tuple[Column, ...]
    rows: Callable[[Result], Iterator[Row]]


_REPORT_ID = Column("report_id", "text", "source.id", "The report's id in the feed; unique in reports.")
_KEYS = (
    _REPORT_ID,
    Column("patient_id", "text", "source.patient_id", "The patient's pseudonym, if the feed gives one."),
)
_REPORT_KEYS = (
    *_KEYS,
    Column("report_date", "text", "", "Date of the report as the feed has it."),
    Column("result_key", "text", "", "Digest of input, lexicons and version: the same whenever the findings are."),
)


@cache
def tables() -> tuple[Table, ...]:
    """All tables: reports, lesions, mentions."""
    return (
        Table("reports", "one row a report", (*_REPORT_KEYS, *_flat(Findings, "", "", _itself)), _reports),
        Table("lesions", "one row a lesion", (*_KEYS, *_lesion_columns()), _lesions),
        Table("mentions", "one row a phrase that names a concept", (*_KEYS, _NUMBER, *_mention_columns()), _mentions),
    )


_NUMBER = Column("mention_number", "integer", "mentions", "Position of the mention in the report, from 1.")


@cache
def columns_of(model: type[Part]) -> tuple[Column, ...]:
    """The columns of one object of the contract, evidence last."""
    return tuple(_flat(model, "", "", _itself))


def _reports(result: Result) -> Iterator[Row]:
    own = {"report_date": _plain(result.date), "result_key": result.key}
    yield _keys(result) | own | _values(tables()[0], result.findings)


def _lesions(result: Result) -> Iterator[Row]:
    for lesion in result.findings.lesions:
        yield _keys(result) | _values(tables()[1], lesion)


def _mentions(result: Result) -> Iterator[Row]:
    for number, mention in enumerate(result.findings.mentions, 1):
        yield _keys(result) | {"mention_number": number} | _values(tables()[2], mention)


def _keys(result: Result) -> Row:
    return {"report_id": _plain(result.id), "patient_id": _plain(result.findings.source.patient_id)}


def _values(table: Table, value: Part) -> Row:
    own = {*(column.name for column in _REPORT_KEYS), _NUMBER.name}
    return {column.name: column.get(value) for column in table.columns if column.name not in own}


def _lesion_columns() -> list[Column]:
    found = []
    for column in _flat(Lesion, "lesions", "", _itself):
        if column.name == "id":
            column = Column("lesion_id", *_rest(column))  # noqa: PLW2901 - the name alone would read as the report's
        found.append(column)
        if column.name == "size_mm":
            found += [_size(index) for index in range(_SIZES)]
        if column.name == "signal":
            found += [_signal(sequence) for sequence in MrSequence]
    return found


def _rest(column: Column) -> tuple[Any, ...]:
    return column.kind, column.path, column.description, column.choices, column.get, column.many


def _mention_columns() -> list[Column]:
    return _flat(Mention, "mentions", "", _itself)


def _size(index: int) -> Column:
    def get(lesion: Lesion) -> Value:
        return lesion.size_mm[index] if len(lesion.size_mm) > index else None

    text = f"Size {index + 1} in millimetres, in the order in which the report gives them."
    return Column(f"size_mm_{index + 1}", "number", f"lesions.size_mm[{index}]", text, (), get)


def _signal(sequence: MrSequence) -> Column:
    def get(lesion: Lesion) -> Value:
        said = [signal for signal in lesion.signal if signal.sequence is sequence]
        return JOIN.join(_item(signal.model_copy(update={"sequence": None})) for signal in said) or None

    name = "signal_" + sequence.value.lower().replace("*", "_star")
    return Column(name, "text", "lesions.signal", f"Signal on {sequence.value}, as stated.", (), get)


def _flat(model: type[Part], path: str, prefix: str, reach: Callable[[Any], Any]) -> list[Column]:
    """Columns of a model; ``reach`` goes from the row's object to the object of this model."""
    columns: list[Column] = []
    what = (model.__doc__ or "").strip().splitlines()[0]
    for name, field in sorted(model.model_fields.items(), key=lambda item: item[0] == "evidence"):
        if name in _NOT_FLAT.get(path, ()):
            continue
        dotted, flat = f"{path}.{name}" if path else name, f"{prefix}{name}"
        get = _getter(reach, name)
        inner, many = _shape(field.annotation)
        if many and inner is Evidence:
            text = f"{what} Where the report says so: character offsets, end exclusive."
            columns.append(Column(flat, "text", dotted, text, (), _with(get, _offsets)))
        elif many and _is_model(inner):
            text = f"{(inner.__doc__ or '').strip().splitlines()[0]} All of them."
            columns.append(Column(flat, "text", dotted, text, (), _with(get, _items)))
            columns.append(Column(f"{flat}_count", "integer", dotted, f"How many: {name}.", (), _with(get, len)))
        elif many:
            text, choices = f"{what} {_label(name)}, joined.", _kind(inner)[1]
            columns.append(Column(flat, "text", dotted, text, choices, _with(get, _joined), many=True))
        elif _is_model(inner):
            columns += _flat(inner, dotted, f"{flat}_", get)
        else:
            kind, choices = _kind(inner)
            columns.append(Column(flat, kind, dotted, f"{what} {_label(name)}.", choices, _with(get, _plain)))
    return columns


def _itself(value: Any) -> Any:
    return value


def _getter(reach: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    def get(value: Any) -> Any:
        held = reach(value)
        return None if held is None else getattr(held, name)

    return get


def _with(get: Callable[[Any], Any], turn: Callable[[Any], Value]) -> Callable[[Any], Value]:
    return lambda value: turn(held) if (held := get(value)) is not None else None


def _shape(annotation: Any) -> tuple[Any, bool]:
    """The type without None and Annotated, and whether there may be many."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        inner = [each for each in get_args(annotation) if each is not type(None)]
        return _shape(inner[0]) if len(inner) == 1 else (str, False)
    if origin is tuple:
        return _shape(get_args(annotation)[0])[0], True
    if hasattr(annotation, "__metadata__"):
        return _shape(annotation.__origin__)
    return annotation, False


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    if get_origin(annotation) is Literal:
        return "text", tuple(map(str, get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "text", tuple(member.value for member in annotation)
    kinds: Mapping[Any, Kind] = {bool: "boolean", int: "integer", float: "number"}
    return kinds.get(annotation, "text"), ()


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Part)


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _offsets(evidence: Sequence[Evidence]) -> Value:
    return JOIN.join(f"{each.start}-{each.end}" for each in evidence) or None


def _joined(values: Sequence[Any]) -> Value:
    return JOIN.join(shown(_plain(value)) for value in values) or None


def _items(values: Sequence[Part]) -> Value:
    return JOIN.join(filter(None, map(_item, values))) or None


def _item(value: Part) -> str:
    """An object on one line: what it says in the order of the contract, how it is meant in brackets."""
    said, state = [], ""
    for name in type(value).model_fields:
        held = getattr(value, name)
        if isinstance(held, Part):
            inner = getattr(held, "assertion", None)
            if inner and inner != "not_mentioned":
                said.append(f"{name}: {inner}")
        elif isinstance(held, tuple):
            plain = [shown(_plain(each)) for each in held if not isinstance(each, Part)]
            said += [" ".join(plain)] if plain else []
        elif held is not None and name in _STATES:
            state = f" ({shown(_plain(held))})"
        elif held is not None:
            said.append(shown(_plain(held)))
    return " ".join(said) + state


def _plain(value: Any) -> Value:
    """A value that every format can hold: no empty text, no lone surrogate."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8") or None
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def shown(value: Value) -> str:
    """A value as text: true, 52, 5.2; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


DICTIONARY = ("table", "column", "position", "type", "choices", "path", "description")


def data_dictionary(chosen: Sequence[Table]) -> Iterator[tuple[str, ...]]:
    """What each column is; headings: ``DICTIONARY``."""
    for table in chosen:
        for position, column in enumerate(table.columns, 1):
            yield (
                table.name,
                column.name,
                str(position),
                column.kind,
                " | ".join(column.choices),
                column.path,
                column.description,
            )

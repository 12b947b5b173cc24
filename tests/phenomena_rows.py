"""Phenomenon tables: one sentence a line, ``sentence => path=value; path=value``; ``#`` starts a comment.

A backslash followed by n in a sentence is a line break. Paths are the contract's dotted names, and besides:

    lesions=2                         so many entries (any list of objects)
    lesions.*.levels=T8               some entry has it
    differential[lymphoma].assertion  the entry of that name
    conditions[myelofibrosis]=no      no such entry (yes: there is one)
    lesions.*.signal[T1]=hyperintense the lesion's signal on that sequence (none: it has none)

Lists are separated by commas and compared without order, sizes in order; an empty value is an empty list or
null ("null" and "none" are null too). ``not_mentioned`` also holds for an entry that is not there. A row that
cannot be read, names what the contract does not have, or gives a value that the field cannot take is an
error: a row that cannot fail tests nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emh_report import paths

FOLDER = Path(__file__).parent / "phenomena"
KNOWN_FAILURES = "known_failures.txt"
KEYS = {
    "conditions": "name",
    "treatments": "kind",
    "differential": "diagnosis",
    "recommendations": "action",
    "iron_deposition.sites": "site",
    "iron_deposition.measurements": "organ",
    "organs": "organ",
    "lymph_nodes": "station",
    "bone_marrow": "finding",
    "foraminal_narrowing": "level",
    "warnings": "code",
    "mentions": "concept",
    "lesions": "site",
    "lesions.signal": "sequence",
}
_STEP = re.compile(r"(?P<name>[a-z_]+)(?:\[(?P<key>[^\]]+)\]|(?P<any>\.\*))?(?:\.|$)")
_NULL = ("", "null")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class RowError(ValueError):
    """A row that cannot be read."""


@dataclass(frozen=True)
class Step:
    """One name of a path; ``key`` selects an entry, ``any`` tries them all."""

    name: str
    path: str
    key: str | None
    any: bool


@dataclass(frozen=True)
class Expectation:
    """One ``path=value`` of a row."""

    written: str
    steps: tuple[Step, ...]
    value: str

    def holds(self, findings: Mapping[str, Any]) -> bool:
        """Whether the findings, in JSON form, meet it."""
        return self._holds(findings, 0)

    def found(self, findings: Mapping[str, Any]) -> str:
        """What the findings have there instead, for a reader."""
        return " | ".join(_show(item, self.steps[-1]) for item in self._reach([findings], 0)) or "nothing"

    def _holds(self, holder: Mapping[str, Any], depth: int) -> bool:
        step = self.steps[depth]
        value = holder.get(step.name)
        last = depth == len(self.steps) - 1
        if step.key is None and not step.any:
            return self._equal(step, value) if last else self._holds(value or {}, depth + 1)
        entries = [entry for entry in value or [] if step.key is None or _named(step, entry)]
        if not last:
            return any(self._holds(entry, depth + 1) for entry in entries) or (not entries and self._silent())
        if step.path == "lesions.signal" and self.value not in ("yes", "no"):
            if self.value == "none":
                return not entries
            return any(entry["intensity"] == self.value for entry in entries)
        return bool(entries) == (self.value == "yes")

    def _equal(self, step: Step, value: Any) -> bool:
        if paths.object_at(step.path) is not None:
            return len(value or []) == int(self.value)
        return _matches(self.value, value)

    def _silent(self) -> bool:
        return self.value == "not_mentioned"

    def _reach(self, holders: Sequence[Mapping[str, Any]], depth: int) -> list[Any]:
        step = self.steps[depth]
        values = [holder.get(step.name) for holder in holders]
        if step.key is not None or step.any:
            found = [e for value in values for e in value or [] if step.key is None or _named(step, e)]
        else:
            found = values
        if depth == len(self.steps) - 1:
            return found
        return self._reach([item for item in found if item], depth + 1)


@dataclass(frozen=True)
class Row:
    """A sentence and what must be found in it."""

    table: str
    line: int
    sentence: str
    expectations: tuple[Expectation, ...]

    @property
    def text(self) -> str:
        """The report text."""
        return self.sentence.replace("\\n", "\n")

    @property
    def id(self) -> str:
        """Where the row is written."""
        return f"{self.table}:{self.line}"

    def unmet(self, findings: Mapping[str, Any]) -> list[str]:
        """The expectations that do not hold, each with what was found."""
        return [f"expected {e.written}, got {e.found(findings)}" for e in self.expectations if not e.holds(findings)]


def tables(folder: Path = FOLDER) -> list[Path]:
    """The table files, sorted."""
    return sorted(path for path in folder.glob("*.txt") if path.name != KNOWN_FAILURES)


def read_rows(table: Path) -> list[Row | RowError]:
    """The rows of a table; a line that cannot be read stays in its place as its error."""
    rows: list[Row | RowError] = []
    for number, line in enumerate(table.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            rows.append(parse_row(line, table.name, number))
        except RowError as error:
            rows.append(RowError(f"{table.name}:{number}: {error}"))
    return rows


def parse_row(line: str, table: str = "", number: int = 0) -> Row:
    """A row of a table; RowError if any part of it cannot be read."""
    sentence, arrow, expected = line.rpartition(" => ")
    if not arrow and line.rstrip().endswith(" =>"):
        raise RowError("nothing is expected")
    if not arrow or " => " in sentence or not sentence.strip():
        raise RowError('expected one "sentence => path=value; path=value"')
    parts = [part.strip() for part in expected.split(";")]
    if not all(parts):
        raise RowError("an expectation is empty")
    expectations = tuple(parse_expectation(part) for part in parts)
    if len({e.written for e in expectations}) != len(expectations):
        raise RowError("an expectation is written twice")
    return Row(table, number, sentence.strip(), expectations)


def parse_expectation(written: str) -> Expectation:
    """One ``path=value``, checked against the model."""
    path, equals, value = written.partition("=")
    if not equals:
        raise RowError(f'"{written}" has no "="')
    path, value, steps, position, dotted = path.strip(), value.strip(), [], 0, ""
    while position < len(path):
        match = _STEP.match(path, position)
        if not match or match.end() == position:
            raise RowError(f'"{path}" cannot be read')
        dotted = f"{dotted}.{match['name']}" if dotted else match["name"]
        steps.append(_step(match, dotted))
        position = match.end()
    if not steps or path.endswith("."):
        raise RowError(f'"{path}" cannot be read')
    _check_value(steps[-1], value)
    for step in steps[:-1]:
        chosen = step.key or step.any or not paths.is_list(step.path)
        if paths.object_at(step.path) is None or not chosen:
            raise RowError(f'"{path}": choose an entry of {step.name} with [name] or .*')
    return Expectation(written, tuple(steps), value)


def _step(match: re.Match[str], dotted: str) -> Step:
    try:
        many = paths.is_list(dotted) and paths.object_at(dotted) is not None
        if (match["key"] or match["any"]) and not many:
            raise RowError(f"{dotted} is not a list of entries")
    except KeyError:
        raise RowError(f"{dotted} is not in the contract") from None
    if match["key"] and dotted not in KEYS:
        raise RowError(f"entries of {dotted} have no name; use .*")
    if match["key"] and (fault := paths.fault(f"{dotted}.{KEYS[dotted]}", match["key"])):
        raise RowError(f"{dotted}[...]: {fault}")
    return Step(match["name"], dotted, match["key"], bool(match["any"]))


def _check_value(step: Step, value: str) -> None:
    if step.any:
        raise RowError(f"{step.path}.*: say what of the entry is expected")
    if step.key is not None:
        if value in ("yes", "no"):
            return
        if step.path == "lesions.signal" and (value == "none" or not paths.fault("lesions.signal.intensity", value)):
            return
        raise RowError(f"{step.path}[{step.key}]: expected yes or no")
    if paths.object_at(step.path) is not None:
        if not paths.is_list(step.path) or not value.isdecimal():
            raise RowError(f"{step.path}: expected a number of entries")
        return
    faults = [paths.fault(step.path, reading) for reading in _readings(step.path, value)]
    if all(faults):
        raise RowError(f"{step.path}={value}: {faults[0]}")


def _readings(path: str, value: str) -> list[Any]:
    """The JSON values that may be meant: "2" is a grade or a number, "none" a word or null."""
    if paths.is_list(path):
        return [[_scalar(item.strip()) for item in value.split(",")] if value else []]
    return [None] if value in _NULL else [value, _scalar(value)] + [None] * (value == "none")


def _scalar(value: str) -> Any:
    if value in ("true", "false"):
        return value == "true"
    return float(value) if _NUMBER.fullmatch(value) else value


def _matches(written: str, value: Any) -> bool:
    if isinstance(value, list):
        expected = [_scalar(item.strip()) for item in written.split(",")] if written else []
        if any(isinstance(item, float) for item in expected):
            return expected == [float(item) for item in value]
        return sorted(map(_spelled, expected)) == sorted(map(_spelled, value))
    if value is None:
        return written in (*_NULL, "none", "not_mentioned")
    expected = _scalar(written)
    if isinstance(expected, bool | float) and isinstance(value, bool | int | float):
        return bool(expected == value)
    return _spelled(written) == _spelled(value)


def _named(step: Step, entry: Mapping[str, Any]) -> bool:
    return _spelled(entry.get(KEYS[step.path])) == _spelled(step.key)


def _spelled(value: Any) -> str:
    return str(value).casefold()


def _show(value: Any, step: Step) -> str:
    if isinstance(value, Mapping):
        kept = ("intensity",) if step.path == "lesions.signal" else (KEYS.get(step.path, ""), "assertion", "status")
        return "/".join(str(value[name]) for name in kept if name in value)
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return f"{len(value)} entries ({', '.join(_show(item, step) for item in value)})"
    if isinstance(value, list):
        return ",".join(f"{item:g}" if isinstance(item, float) else str(item) for item in value) or "empty"
    return "null" if value is None else str(value)

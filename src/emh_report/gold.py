"""Gold files: a partial findings object beside a report, written by hand (contract, "Gold files")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emh_report import paths
from emh_report.errors import GoldError

Json = Any
"""A JSON value."""

_NOT_JUDGED = frozenset({"source", "provenance", "doubt", "generator", "schema_version"})
_UNIONS = {"signal_any_lesion": "lesions.signal", "enhancement_any_lesion": "lesions.enhancement"}


@dataclass(frozen=True)
class Gold:
    """What must be found. ``accepted``: other right values by dotted path. ``unjudged``: paths to skip."""

    name: str
    fields: Mapping[str, Json]
    accepted: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    unjudged: frozenset[str] = frozenset()
    other_lesions: tuple[Json, ...] = ()
    any_lesion: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)


def gold_files(folder: Path) -> list[Path]:
    """The gold JSON files of a folder, sorted; GoldError if there are none."""
    try:
        found = sorted(path for path in folder.glob("*.json") if path.is_file() and not _other_kind(path))
    except OSError as error:
        raise GoldError(f"{folder}: cannot be read ({error.strerror})") from None
    if not found:
        raise GoldError(f"{folder}: no gold files here (NAME.json beside NAME.txt)")
    return found


def _other_kind(path: Path) -> bool:
    """A JSON list without a report beside it is not gold (sentences, manifests)."""
    if path.with_suffix(".txt").is_file():
        return False
    with path.open("rb") as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")


def read_gold(path: Path) -> Gold:
    """Read and check one gold file; every fault is a GoldError that names the dotted path."""
    try:
        value = json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise GoldError(f"{path}:{error.lineno}: not JSON (column {error.colno})") from None
    except (OSError, ValueError, RecursionError) as error:
        raise GoldError(f"{path}: cannot be read ({type(error).__name__})") from None
    if not isinstance(value, dict):
        raise GoldError(f"{path}: expected an object")
    return make_gold(value, str(path))


def make_gold(value: Mapping[str, Json], name: str) -> Gold:
    """A gold object from its JSON form, checked against the model."""
    fields = {key: item for key, item in value.items() if key not in _NOT_JUDGED}
    accepted = _object(fields.pop("also_accepted", {}), "also_accepted", name)
    others = _objects(fields.pop("other_lesions", []), "other_lesions", name)
    unions = {target: tuple(_list(fields.pop(key), key, name)) for key, target in _UNIONS.items() if key in fields}
    for key, item in fields.items():
        _check(key, item, name)
    for other in others:
        _check("lesions", [other], name)
    alternatives: dict[str, tuple[Json, ...]] = {}
    unjudged = set()
    for key, item in accepted.items():
        if key in _UNIONS:  # judged as a whole: another right value frees it
            unions.pop(_UNIONS[key], None)
            continue
        _field(key, name)
        if isinstance(item, str):
            unjudged.add(key)
        else:
            alternatives[key] = tuple(_list(item, f"also_accepted.{key}", name))
    return Gold(name, fields, alternatives, frozenset(unjudged), tuple(others), unions)


def _check(path: str, value: Json, name: str) -> None:
    """Refuse a name or a value that the contract does not have: such gold could never be met."""
    _field(path, name)
    if paths.object_at(path) is None:
        fault = paths.fault(path, value)
        if fault:
            raise GoldError(f"{name}: {path}: {fault}")
    elif paths.is_list(path):
        for item in _objects(value, path, name):
            _check_members(path, item, name)
    elif value is not None:
        _check_members(path, _object(value, path, name), name)


def _check_members(path: str, value: Mapping[str, Json], name: str) -> None:
    for key, item in value.items():
        _check(f"{path}.{key}", item, name)


def _field(path: str, name: str) -> None:
    try:
        paths.field_at(path)
    except KeyError:
        raise GoldError(f"{name}: {path}: unknown path") from None


def _object(value: Json, path: str, name: str) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise GoldError(f"{name}: {path}: expected an object")
    return value


def _list(value: Json, path: str, name: str) -> list[Json]:
    if not isinstance(value, list):
        raise GoldError(f"{name}: {path}: expected a list")
    return value


def _objects(value: Json, path: str, name: str) -> list[Mapping[str, Json]]:
    return [_object(item, path, name) for item in _list(value, path, name)]

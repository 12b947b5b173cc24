"""JSON Lines, or one JSON object: reports as objects, or findings of emh-report, which are passed on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emh_report.connectors.base import LONGEST_REPORT, Found, ReadOptions, Reject, Report, Row, RowError
from emh_report.connectors.columns import DATES, IDS, TEXTS
from emh_report.connectors.files import checked, decoded, is_archive, mapping, read_all, rows_of_files

_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*[\"}]")
_LIMIT = LONGEST_REPORT * 8
"""Bytes of a line; findings of a long report are longer than it."""


def sniff(head: bytes, name: str) -> bool:
    """An object of JSON that is no FHIR resource."""
    named = name.lower().endswith((".jsonl", ".ndjson", ".json"))
    return b'"resourceType"' not in head and (_OBJECT.match(head) is not None or named)


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """A row a line; an id may be a number; keys may be paths such as ``report.text``."""
    yield from rows_of_files(source, options, lambda path, name: _file(path, name, options))


def _file(path: Path, name: str, options: ReadOptions) -> Iterator[Row]:
    if path.suffix.lower() == ".json":
        yield _row(decoded(read_all(path), options.encoding), name, name, 0, options)
        return
    for number, offset, line in lines_of(path):
        place = f"{name}:{number}"
        if line is None:
            yield Reject(place, "too_large", name, offset)
            continue
        try:
            text = line.decode(options.encoding or "utf-8-sig")
        except UnicodeDecodeError:
            yield Reject(place, "encoding", name, offset)
            continue
        yield _row(text, place, name, offset, options)


def lines_of(path: Path) -> Iterator[tuple[int, int, bytes | None]]:
    """Number, byte offset and content of the lines that are not blank; None for one that is too long."""
    with path.open("rb") as stream:
        if is_archive(stream.read(16)):
            raise RowError("archive")
        stream.seek(0)
        number = offset = 0
        while line := stream.readline(_LIMIT):
            number += 1
            start, offset = offset, offset + len(line)
            if len(line) == _LIMIT and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = stream.readline(_LIMIT)
                    offset += len(line)
                yield number, start, None
            elif line.strip():
                yield number, start, line


def _row(text: str, place: str, name: str, offset: int, options: ReadOptions) -> Row:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Reject(place, "bad_json", name, offset)
    if not isinstance(value, dict):
        return Reject(place, "not_an_object", name, offset)
    if "schema_version" in value:
        return Found(text.strip(), str(mapping(value.get("source")).get("id") or place), offset=offset)
    id = _text(value, options.id_field, IDS)
    if id is None and options.id_field:
        return Reject(place, "no_id", name, offset)
    found = _text(value, options.text_field, TEXTS, blank=True)
    if found is None:
        return Reject(id or place, "no_such_field", name, offset)
    try:
        report = checked(found)
    except RowError as error:
        return Reject(id or place, error.code, name, offset)
    patient = _text(value, options.patient_field, ()) if options.patient_field else None
    return Report(report, id or place, patient, _text(value, options.date_field, DATES), file=name, offset=offset)


def _text(value: dict[str, Any], wanted: str | None, known: tuple[str, ...], blank: bool = False) -> str | None:
    """The value of the first key that is there, as text; a blank one counts only where that is to be told."""
    for path in (wanted,) if wanted else known:
        found: Any = value
        if path in value:
            found = value[path]
        else:
            for key in path.split("."):
                found = mapping(found).get(key)
        if isinstance(found, str | int) and not isinstance(found, bool) and (blank or str(found).strip()):
            return str(found)
    return None

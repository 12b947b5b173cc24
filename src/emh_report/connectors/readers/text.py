"""Plain text: a report a file; of a folder, its ``*.txt`` and those of the folders in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emh_report.connectors.base import (
    ReadOptions,
    Report,
    Row,
    RowError,
    checked,
    files_of,
    is_archive,
    read_all,
    rows_of_files,
)
from emh_report.errors import InputError
from emh_report.reading import decode


def sniff(head: bytes, name: str) -> bool:
    """By the file's name; a file without text in it becomes a reject."""
    return name.lower().endswith((".txt", ".text"))


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """One report a file; its id is its path within the folder."""
    yield from rows_of_files(source, (".txt", ".text"), lambda path, name: _one(path, name, options.encoding))


def count(source: Path, options: ReadOptions) -> int:
    """How many rows there will be."""
    return len(files_of(source, ".txt", ".text"))


def _one(path: Path, name: str, encoding: str | None) -> Iterator[Row]:
    yield Report(checked(decoded(read_all(path), encoding)), name)


def decoded(data: bytes, encoding: str | None) -> str:
    """The text of a file, in the encoding that is given or that its bytes show."""
    if not data:
        raise RowError("empty")
    if is_archive(data):
        raise RowError("archive")
    if data.startswith((b"%PDF-", b"{\\rtf")):
        raise RowError("wrong_format")
    try:
        return data.decode(encoding) if encoding else decode(data, "")
    except InputError:
        raise RowError("binary") from None
    except UnicodeDecodeError:
        raise RowError("encoding") from None

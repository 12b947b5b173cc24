"""Plain text: a report a file; its id is its path within the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emh_report.connectors.base import ReadOptions, Report, Row
from emh_report.connectors.files import checked, decoded, read_all, rows_of_files

ONE_A_FILE = True


def sniff(head: bytes, name: str) -> bool:
    """By the file's name; a file without text in it becomes a reject."""
    return name.lower().endswith((".txt", ".text"))


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """One report a file."""

    def one(path: Path, name: str) -> Iterator[Row]:
        yield Report(checked(decoded(read_all(path), options.encoding)), name)

    yield from rows_of_files(source, options, one)

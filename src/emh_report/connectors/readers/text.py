"""Plain text: a report a file; its id is its path within the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emh_report.connectors.base import ReadOptions, Row
from emh_report.connectors.files import decoded, rows_of_texts

ONE_A_FILE = True


def sniff(head: bytes, name: str) -> bool:
    """By the file's name; a file without text in it becomes a reject."""
    return name.lower().endswith((".txt", ".text"))


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """One report a file."""
    yield from rows_of_texts(source, options, lambda data: decoded(data, options.encoding))

"""Readers and writers of outside formats: found by the name of their file and, for a source, by looking into it.

``base`` says what a reader and a writer are, ``files`` and ``columns`` have what readers share. Nothing here is
imported before it is used.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from emh_report.errors import EmhReportError

if TYPE_CHECKING:
    from emh_report.connectors.base import BaseWriter, Reader

_KINDS = {"readers": "--from", "writers": "--format"}


@cache
def names(kind: str) -> tuple[str, ...]:
    """The formats that can be read (``readers``) or written (``writers``), sorted."""
    folder = Path(__file__).parent / kind
    return tuple(sorted(module.name for module in pkgutil.iter_modules([str(folder)]) if module.name[0] != "_"))


def reader(name: str) -> Reader:
    """The reader of a format."""
    _check("readers", name)
    return cast("Reader", import_module(f"{__name__}.readers.{name}"))


def writer(name: str) -> type[BaseWriter]:
    """The writer class of a format."""
    _check("writers", name)
    return cast("type[BaseWriter]", import_module(f"{__name__}.writers.{name}").Writer)


def writer_for(target: Path) -> str:
    """The format that the target's suffix names; the longest suffix wins."""
    suffixes = {name: writer(name).SUFFIX for name in names("writers")}
    fitting = [name for name, suffix in suffixes.items() if suffix and target.name.lower().endswith(suffix)]
    if not fitting:
        raise EmhReportError(f"--to {target.name}: which format? Give --format, one of {', '.join(names('writers'))}")
    return max(fitting, key=lambda name: len(suffixes[name]))


@dataclass(frozen=True)
class Plan:
    """Which files of a source each reader reads, and those that none recognises."""

    parts: Sequence[tuple[str, tuple[Path, ...]]]
    unknown: Sequence[Path] = ()

    @property
    def format(self) -> str:
        """The formats, as told to the user."""
        return "+".join(name for name, _ in self.parts)


def plan(source: Path, name: str | None = None) -> Plan:
    """How to read a source: a file by its reader; a folder by the readers that recognise its files.

    A reader that is named gets the files of a folder that it recognises, and the others are left alone.
    """
    from emh_report.connectors.files import files_of, name_in

    if name is not None:
        _check("readers", name)
    if not source.is_dir():
        found = name or sniff(source, source.name)
        if found is None:
            raise EmhReportError(f"{source.name}: format not recognised; give --from {'|'.join(names('readers'))}")
        return Plan([(found, ())])
    parts: dict[str, list[Path]] = {}
    unknown = []
    for path in files_of(source):
        found = sniff(path, name_in(source, path), (name,) if name else None)
        if found:
            parts.setdefault(found, []).append(path)
        elif name is None:
            unknown.append(path)
    if not parts:
        raise EmhReportError(
            f"{source.name}: holds no file that is recognised; give --from {'|'.join(names('readers'))}"
        )
    return Plan([(found, tuple(files)) for found, files in sorted(parts.items())], unknown)


def sniff(path: Path, name: str, among: Sequence[str] | None = None) -> str | None:
    """The format of one file, or None; what a file holds counts more than its being called ``.txt``.

    A file that cannot be opened is judged by its name, and its reader will tell.
    """
    from emh_report.connectors.files import HEAD

    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError:
        head = b""
    fitting = [each for each in among or names("readers") if reader(each).sniff(head, name)]
    return min(fitting, key=lambda each: (each in ("text", "csv"), each)) if fitting else None


def _check(kind: str, name: str) -> None:
    if name not in names(kind):
        raise EmhReportError(f"{_KINDS[kind]} {name}: expected one of {', '.join(names(kind))}")

"""Readers and writers of outside formats: found by the name of their file and, for a source, by looking into it.

``base`` says what a reader and a writer are. Nothing here is imported before it is used.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from emh_report.errors import EmhReportError

if TYPE_CHECKING:
    from emh_report.connectors.base import BaseWriter, Reader

HEAD = 65_536
"""Bytes that a reader sees to recognise its format."""
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
    fitting = [name for name in names("writers") if target.name.lower().endswith(writer(name).SUFFIX)]
    if not fitting:
        raise EmhReportError(f"--to {target.name}: which format? Give --format, one of {', '.join(names('writers'))}")
    return max(fitting, key=lambda name: len(writer(name).SUFFIX))


def sniff(source: Path) -> str:
    """The format of a file or of the files of a folder: the first reader that recognises it.

    A folder is judged by its first file that any reader recognises; files of other formats in it are told as rejects.
    """
    from emh_report.connectors.base import files_of

    for path in files_of(source):
        found = sniff_file(path)
        if found:
            return found
    raise EmhReportError(f"{source.name}: format not recognised; give --from, one of {', '.join(names('readers'))}")


def sniff_file(path: Path) -> str | None:
    """The format of one file, or None."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        raise EmhReportError(f"{path.name}: cannot be read ({error.strerror})") from None
    fitting = [name for name in names("readers") if reader(name).sniff(head, path.name)]
    return min(fitting, key=lambda name: (name == "text", name)) if fitting else None


def _check(kind: str, name: str) -> None:
    if name not in names(kind):
        raise EmhReportError(f"{_KINDS[kind]} {name}: expected one of {', '.join(names(kind))}")

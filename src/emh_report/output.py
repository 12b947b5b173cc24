"""Where results go: standard output, or a file that appears only when it is complete."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from emh_report.errors import EmhReportError


class Output:
    """Text written in UTF-8 whatever the locale; ``keep()`` makes a file appear, without it nothing is left.

    The file is written beside its destination and moved over it, so that a reader never sees half a file.
    """

    def __init__(self, target: Path | None) -> None:
        self._target = target.resolve() if target else None
        self._temporary: Path | None = None
        self._stream: IO[bytes]

    def __enter__(self) -> Self:
        if self._target is None:
            self._stream = sys.stdout.buffer
            return self
        try:
            if self._target.exists() and not self._target.is_file():
                if self._target.is_dir():
                    raise EmhReportError(f"{self._target}: is a directory, expected a file to write")
                self._stream = self._target.open("wb")  # a device, such as /dev/null
                return self
            handle, name = tempfile.mkstemp(dir=self._target.parent, prefix=f".{self._target.name}.")
        except OSError as error:
            raise EmhReportError(f"{self._target}: cannot be written ({error.strerror})") from None
        self._temporary = Path(name)
        self._stream = os.fdopen(handle, "wb")
        return self

    def write(self, text: str) -> None:
        """Write and, to standard output, flush: a reader of a pipe sees each report as it is done."""
        self.write_bytes(text.encode("utf-8", "backslashreplace"))

    def write_bytes(self, data: bytes) -> None:
        """The same for what is no text."""
        try:
            self._stream.write(data)
            if self._target is None:
                self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            where = self._target or "standard output"
            raise EmhReportError(f"{where}: cannot be written ({error.strerror})") from None

    def keep(self) -> None:
        """Move the finished file into place."""
        if self._temporary is None or self._target is None:
            return
        try:
            self._stream.close()
            self._temporary.chmod(_mode(self._target))
            self._temporary.replace(self._target)
        except OSError as error:
            raise EmhReportError(f"{self._target}: cannot be written ({error.strerror})") from None
        self._temporary = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._target is None:
            return
        with suppress(OSError):
            self._stream.close()
        if self._temporary is not None:
            with suppress(OSError):
                self._temporary.unlink()


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, else those any new file would get."""
    with suppress(OSError):
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask

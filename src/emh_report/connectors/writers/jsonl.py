"""JSON Lines: the findings of each report on a line, as ``emh-report extract`` prints them. The plainest writer."""

from __future__ import annotations

from typing import IO

from emh_report.connectors.base import BaseWriter, Result


class Writer(BaseWriter):
    """One line a report."""

    SUFFIX = ".jsonl"
    _stream: IO[bytes] | None = None

    def start(self) -> None:
        """Create the file."""
        self._stream = self.target.open("xb")

    def write(self, result: Result) -> None:
        """One line."""
        assert self._stream is not None
        self._stream.write(result.json.encode("utf-8") + b"\n")

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()

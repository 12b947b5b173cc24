"""CSV and TSV: a report a row, a header above. Streamed, so that size does not matter."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from emh_report.connectors.base import LONGEST_REPORT, ReadOptions, Reject, Report, Row, RowError
from emh_report.connectors.columns import Columns, choose
from emh_report.connectors.files import checked, encoding_of, is_archive, rows_of_files
from emh_report.errors import EmhReportError

DELIMITERS = ",;\t|"
_UNDECODED = re.compile("[\udc80-\udcff]")


def sniff(head: bytes, name: str) -> bool:
    """By the file's name: a comma proves nothing."""
    return name.lower().endswith((".csv", ".tsv"))


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """A report a row; a row of another width is a reject, told by its place: its first cell may be torn-off text."""
    yield from rows_of_files(source, options, lambda path, name: _table(path, name, options))


class _Lines:
    """Lines of a text stream; remembers those of the record under way and where it began in the file."""

    def __init__(self, stream: IO[str], encoding: str, start: int) -> None:
        self._stream, self._encoding = stream, encoding
        self.offset, self._next = start, start
        self.record: list[str] = []
        self.all = self._read()

    def _read(self) -> Iterator[str]:
        for line in self._stream:
            self.record.append(line)
            self._next += len(line.encode(self._encoding, "surrogateescape"))
            yield line

    def skip_record(self) -> None:
        """Go to the end of a record that was given up: to the line that closes its quotation marks."""
        quotes = sum(line.count('"') for line in self.record)
        while quotes % 2 and (line := next(self.all, None)) is not None:
            quotes += line.count('"')
            self.record.clear()

    def begin(self) -> None:
        """A new record begins here."""
        self.record = []
        self.offset = self._next


def _table(path: Path, name: str, options: ReadOptions) -> Iterator[Row]:
    with path.open("rb") as binary:
        if is_archive(binary.read(16)):
            raise RowError("archive")
    encoding, start = encoding_of(path)
    if options.encoding and not start:  # a byte order mark says more than the user
        encoding = options.encoding
    csv.field_size_limit(LONGEST_REPORT)
    try:
        stream = path.open(encoding=encoding, errors="surrogateescape", newline="")
    except LookupError:
        raise EmhReportError(f"--encoding {encoding}: no such encoding") from None
    with stream:
        if start:
            stream.read(1)  # the byte order mark
        head = stream.readline()
        if not head.strip():
            raise RowError("empty")
        stream.seek(0)
        if start:
            stream.read(1)
        lines = _Lines(stream, encoding, start)
        delimiter = options.delimiter or delimiter_of(head, name)
        if head.lower().startswith("sep=") and len(head.strip()) == 5:  # Excel's own first line
            delimiter = head[4]
            next(lines.all)
        rows = csv.reader(lines.all, delimiter="\t" if delimiter in ("\\t", "tab") else delimiter)
        header = [cell.strip() for cell in next(rows, [])]
        columns = choose(header, options)
        yield from _rows(rows, lines, header, columns, name)


def delimiter_of(head: str, name: str) -> str:
    """The delimiter that the header shows, by ``csv.Sniffer``; a header of one column has none."""
    if name.lower().endswith(".tsv"):
        return "\t"
    with suppress(csv.Error):
        return csv.Sniffer().sniff(head.strip(), DELIMITERS).delimiter
    return ","


def _rows(rows: Iterator[list[str]], lines: _Lines, header: list[str], columns: Columns, name: str) -> Iterator[Row]:
    number = 0
    while True:
        lines.begin()
        number += 1
        place = f"{name}:{number}"
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield Reject(place, "too_large", name, lines.offset)
            lines.skip_record()
            continue
        if not cells:
            number -= 1
            continue
        values = dict(zip(header, cells, strict=False))
        id = values.get(columns.id, "").strip() if columns.id else place
        if _unclosed(lines.record, rows):
            yield Reject(place, "truncated", name, lines.offset)
        elif len(cells) != len(header):
            yield Reject(place, "ragged", name, lines.offset)
        elif not id:
            yield Reject(place, "no_id", name, lines.offset)
        elif _UNDECODED.search(values[columns.text] + id):
            yield Reject(place, "encoding", name, lines.offset)
        else:
            try:
                text = checked(values[columns.text])
            except RowError as error:
                yield Reject(id, error.code, name, lines.offset)
                continue
            patient = values[columns.patient].strip() if columns.patient else ""
            date = values[columns.date].strip() if columns.date else ""
            yield Report(text, id, patient or None, date or None, file=name, offset=lines.offset)


def _unclosed(record: list[str], rows: Iterator[list[str]]) -> bool:
    """Whether the file ended inside quotation marks, which then hold everything that came after them."""
    if len(record) < 2 and not (record and record[-1][-1:] not in "\r\n"):
        return False
    dialect = getattr(rows, "dialect", csv.excel)
    try:
        list(csv.reader(record, delimiter=dialect.delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False

"""Parquet: a report a row, read by DuckDB in batches, so that size does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emh_report.connectors.base import ReadOptions, Reject, Report, Row, RowError, need
from emh_report.connectors.columns import choose
from emh_report.connectors.files import checked, rows_of_files

_BATCH = 200


def sniff(head: bytes, name: str) -> bool:
    """The first bytes, or the name."""
    return head.startswith(b"PAR1") or name.lower().endswith(".parquet")


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """A report a row; the offset of a reject is its row number, from 1."""
    need("duckdb", "parquet", "Parquet")
    yield from rows_of_files(source, options, lambda path, name: _table(path, name, options))


def _table(path: Path, name: str, options: ReadOptions) -> Iterator[Row]:
    duckdb = need("duckdb", "parquet", "Parquet")
    with path.open("rb"):
        pass  # an OSError is told as such
    with duckdb.connect(":memory:", config={"threads": 1}) as db:
        try:
            found = db.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(path)])
            names = [column[0] for column in found.description]
        except duckdb.Error:
            raise RowError("damaged") from None
        columns = choose(names, options)
        wanted = [column for column in (columns.text, columns.id, columns.patient, columns.date) if column]
        chosen = ", ".join('"' + column.replace('"', '""') + '"' for column in wanted)
        try:
            rows = db.execute(f"SELECT {chosen} FROM read_parquet(?)", [str(path)])
            number = 0
            while batch := rows.fetchmany(_BATCH):
                for row in batch:
                    number += 1
                    values = dict(zip(wanted, row, strict=True))
                    told = [
                        values.get(column) if column else None for column in (columns.id, columns.patient, columns.date)
                    ]
                    id, patient, date = (None if value is None else str(value).strip() for value in told)
                    yield _row(values[columns.text], id, patient, date, bool(columns.id), name, number)
        except duckdb.Error:
            raise RowError("damaged") from None


def _row(
    text: object, id: str | None, patient: str | None, date: str | None, has_id: bool, name: str, number: int
) -> Row:
    place = f"{name}:{number}"
    if has_id and not id:
        return Reject(place, "no_id", name, number)
    if not isinstance(text, str):
        return Reject(id or place, "empty" if text is None else "no_such_field", name, number)
    try:
        return Report(checked(text), id or place, patient or None, date or None, file=name, offset=number)
    except RowError as error:
        return Reject(id or place, error.code, name, number)

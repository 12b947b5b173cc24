"""Tables to DuckDB: rows go through a JSON Lines file beside the target, which DuckDB reads in one sweep.

Inserting row by row is a hundred times slower, and CSV cannot tell an empty text from none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from emh_report.connectors.base import Result, need
from emh_report.connectors.tables import Kind, Table

_TYPES: dict[Kind, str] = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
_LONGEST_ROW = 256 << 20
"""Bytes; a report may be long, and so may its evidence."""


class Staging:
    """The rows of some tables, on their way into DuckDB; the files are gone after ``close``."""

    def __init__(self, folder: Path, tables: Sequence[Table], what: str) -> None:
        self._duckdb = need("duckdb", "parquet", what)
        self._folder, self.tables = folder, tables
        self._stack = ExitStack()
        self._files = {
            table.name: self._stack.enter_context(self._file(table).open("x", encoding="utf-8")) for table in tables
        }

    def _file(self, table: Table) -> Path:
        return self._folder / f".{table.name}.rows"

    def write(self, result: Result) -> None:
        """The rows of one result, or none of them."""
        made = [(table, [json.dumps(row, ensure_ascii=False) for row in table.rows(result)]) for table in self.tables]
        for table, lines in made:
            self._files[table.name].writelines(f"{line}\n" for line in lines)

    @contextmanager
    def loaded(self, database: str = ":memory:") -> Iterator[Any]:
        """A connection to a database that holds the tables; what DuckDB raises within is an error of the target.

        It leaves nothing outside the folder, and has one thread: rows keep their order.
        """
        try:
            with closing(self._duckdb.connect(database)) as connection:
                connection.execute("SET threads = 1")
                connection.execute("SET temp_directory = ?", [str(self._folder / ".spill")])
                for table in self.tables:
                    self._load(connection, table)
                yield connection
        except OSError:
            raise
        except Exception as error:
            raise OSError(f"DuckDB {type(error).__name__}") from None  # its message may quote a value

    def _load(self, connection: Any, table: Table) -> None:
        """The rows of a table as a table of DuckDB."""
        self._files[table.name].flush()
        columns = {column.name: _TYPES[column.kind] for column in table.columns}
        definitions = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        connection.execute(f'CREATE TABLE "{table.name}" ({definitions})')
        if self._file(table).stat().st_size:
            spec = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
            names = ", ".join(f'"{name}"' for name in columns)
            connection.execute(
                f'INSERT INTO "{table.name}" SELECT {names} FROM read_json(?, columns = {{{spec}}}, '
                f"format = 'newline_delimited', maximum_object_size = {_LONGEST_ROW})",
                [str(self._file(table))],
            )

    def close(self) -> None:
        """Remove the rows."""
        self._stack.close()
        for table in self.tables:
            self._file(table).unlink(missing_ok=True)

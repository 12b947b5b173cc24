"""A SQLite file, ready to query: tables ``reports``, ``lesions``, ``mentions`` and ``data_dictionary``."""

from __future__ import annotations

import sqlite3

from emh_report.connectors.base import BaseWriter, Result
from emh_report.connectors.tables import DICTIONARY, Kind, Table, data_dictionary, tables

_TYPES: dict[Kind, str] = {"text": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}


class Writer(BaseWriter):
    """Three tables joined by ``report_id``; ``SELECT * FROM data_dictionary`` says what the columns are."""

    SUFFIX = ".sqlite"
    _database: sqlite3.Connection | None = None

    def start(self) -> None:
        """Create the tables. No journal: the file counts only once it is complete, and is then moved into place."""
        try:
            self._database = sqlite3.connect(self.target, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("BEGIN")
            for table in tables():
                self._database.execute(_definition(table))
            columns = ", ".join(f'"{name}" TEXT NOT NULL' for name in DICTIONARY)
            self._database.execute(f"CREATE TABLE data_dictionary ({columns})")
            marks = ", ".join("?" * len(DICTIONARY))
            self._database.executemany(f"INSERT INTO data_dictionary VALUES ({marks})", data_dictionary(tables()))
        except sqlite3.Error as error:
            raise OSError(str(error)) from None

    def write(self, result: Result) -> None:
        """The report, its lesions and its mentions."""
        assert self._database is not None
        made = [(table, list(table.rows(result))) for table in tables()]
        try:
            for table, rows in made:
                marks = ", ".join("?" * len(table.columns))
                values = [[row[column.name] for column in table.columns] for row in rows]
                self._database.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', values)
        except sqlite3.Error as error:
            raise OSError(f"SQLite {type(error).__name__}") from None

    def close(self) -> None:
        """Index by report, and finish."""
        if self._database is None:
            return
        try:
            for table in tables():
                if table.name != "reports":
                    self._database.execute(f'CREATE INDEX "{table.name}_report" ON "{table.name}" (report_id)')
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise OSError(f"SQLite {type(error).__name__}") from None
        finally:
            self._database.close()


def _definition(table: Table) -> str:
    columns = [f'"{column.name}" {_TYPES[column.kind]}' for column in table.columns]
    if table.name == "reports":
        columns[0] += " PRIMARY KEY NOT NULL"
    else:
        columns[0] += " NOT NULL REFERENCES reports (report_id)"
    return f'CREATE TABLE "{table.name}" ({", ".join(columns)})'

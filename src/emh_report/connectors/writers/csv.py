"""CSV for spreadsheets and statistics: a folder with ``reports.csv``, ``lesions.csv`` and ``data_dictionary.csv``.

UTF-8, comma, double quotes where needed, one header line, line feeds at the ends of rows; an empty cell is null.
"""

from __future__ import annotations

import csv
from contextlib import ExitStack
from typing import Any

from emh_report.connectors.base import BaseWriter, Result
from emh_report.connectors.tables import DICTIONARY, data_dictionary, shown, tables


class Writer(BaseWriter):
    """One row a report and one row a lesion, with a data dictionary."""

    SUFFIX = ".csv"
    FOLDER = True

    def start(self) -> None:
        """Create the files with their headers."""
        self._tables = [table for table in tables() if table.name in ("reports", "lesions")]
        self._stack = ExitStack()
        self._files = {table.name: self._create(table.name) for table in self._tables}
        for table in self._tables:
            self._files[table.name].writerow([column.name for column in table.columns])
        words = self._create("data_dictionary")
        words.writerow(DICTIONARY)
        words.writerows(data_dictionary(self._tables))

    def _create(self, name: str) -> Any:
        stream = self._stack.enter_context((self.target / f"{name}.csv").open("x", encoding="utf-8", newline=""))
        return csv.writer(stream, lineterminator="\n")

    def write(self, result: Result) -> None:
        """The report and its lesions."""
        made = [(table, list(table.rows(result))) for table in self._tables]
        for table, rows in made:
            self._files[table.name].writerows([[shown(row[c.name]) for c in table.columns] for row in rows])

    def close(self) -> None:
        """Close the files."""
        self._stack.close()

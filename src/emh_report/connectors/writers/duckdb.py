"""A DuckDB file, ready to query: tables ``reports``, ``lesions``, ``mentions`` and ``data_dictionary``."""

from __future__ import annotations

from emh_report.connectors.base import BaseWriter, Result
from emh_report.connectors.columnar import Staging
from emh_report.connectors.tables import DICTIONARY, data_dictionary, tables


class Writer(BaseWriter):
    """Three tables joined by ``report_id``."""

    SUFFIX = ".duckdb"
    _staging: Staging | None = None

    def start(self) -> None:
        """Open the files that hold the rows until the end."""
        self._staging = Staging(self.target.parent, tables(), "DuckDB")

    def write(self, result: Result) -> None:
        """The report, its lesions and its mentions."""
        assert self._staging is not None
        self._staging.write(result)

    def close(self) -> None:
        """Write the database."""
        if self._staging is None:
            return
        try:
            with self._staging.loaded(str(self.target)) as connection:
                definitions = ", ".join(f'"{name}" VARCHAR' for name in DICTIONARY)
                connection.execute(f"CREATE TABLE data_dictionary ({definitions})")
                marks = ", ".join("?" * len(DICTIONARY))
                words = [list(row) for row in data_dictionary(self._staging.tables)]
                connection.executemany(f"INSERT INTO data_dictionary VALUES ({marks})", words)
        finally:
            self._staging.close()

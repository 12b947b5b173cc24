"""Parquet: a folder with ``reports.parquet``, ``lesions.parquet`` and ``data_dictionary.csv``, by DuckDB."""

from __future__ import annotations

import csv

from emh_report.connectors.base import BaseWriter, Result
from emh_report.connectors.columnar import Staging
from emh_report.connectors.tables import DICTIONARY, data_dictionary, tables


class Writer(BaseWriter):
    """One row a report and one row a lesion, typed, with a data dictionary."""

    SUFFIX = ".parquet"
    FOLDER = True
    _staging: Staging | None = None

    def start(self) -> None:
        """Open the files that hold the rows until the end."""
        chosen = [table for table in tables() if table.name in ("reports", "lesions")]
        self._staging = Staging(self.target, chosen, "Parquet")

    def write(self, result: Result) -> None:
        """The report and its lesions."""
        assert self._staging is not None
        self._staging.write(result)

    def close(self) -> None:
        """Write the Parquet files."""
        if self._staging is None:
            return
        try:
            with self._staging.loaded() as connection:
                for table in self._staging.tables:
                    file = str(self.target / f"{table.name}.parquet").replace("'", "''")
                    connection.execute(f"COPY \"{table.name}\" TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
            with (self.target / "data_dictionary.csv").open("x", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow(DICTIONARY)
                writer.writerows(data_dictionary(self._staging.tables))
        finally:
            self._staging.close()

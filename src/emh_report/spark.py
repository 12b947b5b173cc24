"""Extraction on Apache Spark: a function for ``DataFrame.mapInPandas`` with a fixed schema, and an engine for ``run``.

A Python worker builds one pipeline and keeps it for all its batches. What goes wrong with one report is a text in its
``error`` column, without a word of the report; logs that could quote a report are silenced in the workers.

>>> from emh_report.spark import SCHEMA, extract_udf  # doctest: +SKIP
>>> found = reports.select("id", "text").mapInPandas(extract_udf(), SCHEMA)  # doctest: +SKIP
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emh_report.batch import Done, Options, Workers, extract_one
from emh_report.connectors.base import Result, need
from emh_report.connectors.tables import Kind, tables
from emh_report.errors import EmhReportError
from emh_report.reading import Input, ReportText
from emh_report.redact import without_text

if TYPE_CHECKING:
    from emh_report.batch import Extract

SCHEMA = "id STRING, findings STRING, error STRING"
"""What ``extract_udf`` yields: the report's id, its findings as JSON, or one line that says why there are none."""
AHEAD = 2_000
"""Reports that ``run`` gives to Spark at once."""
_TYPES: dict[Kind, str] = {"text": "STRING", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}

Batches = Iterable[Any]
"""Data frames of pandas."""
Lexicons = tuple[tuple[str, str], ...]
"""Lexicon files, as name and content: folders of the driver need not exist on the workers."""


def extract_udf(
    lexicons: Sequence[Path] = (), id_column: str = "id", text_column: str = "text", evidence_text: bool = True
) -> Callable[[Batches], Iterator[Any]]:
    """A function for ``mapInPandas(…, SCHEMA)`` on a data frame with a report's id and text."""
    overlays = tuple(_content(folder) for folder in lexicons)

    def extract(batches: Batches) -> Iterator[Any]:
        import pandas

        for batch in batches:
            done = [
                _one(name, text, overlays, evidence_text)
                for name, text in zip(batch[id_column], batch[text_column], strict=True)
            ]
            yield pandas.DataFrame(done, columns=["id", "findings", "error"], dtype=object)

    return extract


def table_schema(name: str) -> str:
    """The schema of ``reports``, ``lesions`` or ``mentions``, the tables of CSV, Parquet and the databases."""
    return ", ".join(f"`{column.name}` {_TYPES[column.kind]}" for column in _table(name).columns)


def table_udf(name: str) -> Callable[[Batches], Iterator[Any]]:
    """A function for ``mapInPandas(…, table_schema(name))`` on what ``extract_udf`` yields; errors give no rows."""

    def tabulate(batches: Batches) -> Iterator[Any]:
        import pandas

        columns = [column.name for column in _table(name).columns]
        for batch in batches:
            whole = [(str(i), found) for i, found in zip(batch["id"], batch["findings"], strict=True) if found]
            rows = [row for report, found in whole for row in _table(name).rows(Result(report, "", found))]
            yield pandas.DataFrame([[row[each] for each in columns] for row in rows], columns=columns, dtype=object)

    return tabulate


def _table(name: str) -> Any:
    found = [table for table in tables() if table.name == name]
    if not found:
        raise EmhReportError(f"{name}: expected one of {', '.join(table.name for table in tables())}")
    return found[0]


_pipelines: dict[tuple[Lexicons, ...], Extract] = {}


def _one(
    name: Any, text: Any, overlays: tuple[Lexicons, ...], evidence_text: bool
) -> tuple[str, str | None, str | None]:
    """One report in a worker."""
    if not isinstance(text, str) or not text.strip():
        return str(name), None, "empty: no report text"
    done = extract_one(Input(str(name), None), _pipeline(overlays), Options(), ReportText(text, str(name)))
    if done.findings is None or evidence_text:
        return str(name), done.findings, done.error
    return str(name), _compact(without_text(json.loads(done.findings))), None


def _pipeline(overlays: tuple[Lexicons, ...]) -> Extract:
    """The pipeline of this worker, built once."""
    if overlays not in _pipelines:
        from loguru import logger

        from emh_report.extract import Extractor

        logger.remove()
        with tempfile.TemporaryDirectory(prefix="emh-report-lexicons-") as folder:
            _pipelines[overlays] = Extractor([_unpacked(Path(folder), *each) for each in enumerate(overlays)])
    return _pipelines[overlays]


def _content(folder: Path) -> Lexicons:
    files = sorted(path for path in Path(folder).iterdir() if path.suffix in (".yaml", ".yml"))
    return tuple((path.name, path.read_text("utf-8")) for path in files)


def _unpacked(root: Path, number: int, files: Lexicons) -> Path:
    folder = root / str(number)
    folder.mkdir()
    for name, content in files:
        (folder / name).write_text(content, "utf-8")
    return folder


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class SparkWorkers(Workers):
    """The engine of ``run --engine spark``: reports go to Spark some thousand at a time, results keep their order."""

    def __init__(self, overlays: Sequence[Path], jobs: int = 1) -> None:
        super().__init__(overlays, jobs)
        self.ahead = AHEAD
        need("pyspark", "spark", "--engine spark")
        self._udf = extract_udf(overlays)
        self._session: Any = None
        self._waiting: list[tuple[str, str]] = []
        self._names: dict[str, str] = {}
        self._done: dict[str, Done] = {}
        self._number = 0

    def submit(self, report: ReportText) -> Callable[[], Done]:
        """Keep the report for the next job."""
        key = str(self._number)
        self._number += 1
        self._waiting.append((key, report.text))
        self._names[key] = report.id
        return lambda: self._result(key)

    def _result(self, key: str) -> Done:
        if key not in self._done:
            self._run()
        return self._done.pop(key)

    def _run(self) -> None:
        """One Spark job for everything that waits."""
        if self._session is None:
            self._session = session(self.jobs)
        frame = self._session.createDataFrame(self._waiting, "id STRING, text STRING")
        parts = frame.repartition(self._session.sparkContext.defaultParallelism)
        # not toLocalIterator, which computes one part after the other
        for row in parts.mapInPandas(self._udf, SCHEMA).collect():
            self._done[row.id] = self._told(row.id, row.findings, row.error)
        for key, _ in self._waiting:
            self._names.pop(key)
        self._waiting = []

    def _told(self, key: str, findings: str | None, error: str | None) -> Done:
        name = self._names[key]
        if findings is None:
            return Done(name, error=error)
        value = json.loads(findings)
        value["source"]["id"] = name
        return Done(name, findings=_compact(value))

    def close(self) -> None:
        """End the session, if it is ours."""
        if self._session is not None and not _submitted():
            self._session.stop()
        super().close()


def session(jobs: int) -> Any:
    """The session of ``spark-submit`` or Databricks; on a plain machine a local one of so many processes."""
    sql = need("pyspark.sql", "spark", "--engine spark")
    active = sql.SparkSession.getActiveSession()
    if active is not None:
        return active
    builder = sql.SparkSession.builder.appName("emh-report")
    if not _submitted():
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.io.encryption.enabled": "true",  # what is spilled to the disk holds reports
        }
        builder = builder.master(f"local[{jobs}]")
        for name, value in settings.items():
            builder = builder.config(name, value)
    try:
        made = builder.getOrCreate()
    except Exception as error:
        raise EmhReportError(
            f"--engine spark: Spark does not start ({type(error).__name__}); it needs Java 17"
        ) from None
    made.sparkContext.setLogLevel("ERROR")
    return made


def _submitted() -> bool:
    """Whether spark-submit started this process."""
    return "PYSPARK_GATEWAY_PORT" in os.environ

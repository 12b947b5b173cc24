"""CSV, Parquet, SQLite and DuckDB: the same tables, read back by something that did not write them."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from emh_report.connectors.base import Result
from emh_report.connectors.tables import tables
from emh_report.model import Findings
from emh_report.paths import field_at
from writing import REPORTS, results, written


@pytest.fixture(scope="module")
def done() -> list[Result]:
    return results()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_says_what_the_findings_say(done: list[Result], tmp_path: Path) -> None:
    folder = written("csv", tmp_path, done)
    reports, lesions = rows(folder / "reports.csv"), rows(folder / "lesions.csv")
    assert [row["report_id"] for row in reports] == list(REPORTS)
    by_id = {row["report_id"]: row for row in reports}
    assert by_id["r1"]["cord_compression_assertion"] == "present"
    assert by_id["r1"]["cord_compression_levels"] == "T6"
    assert by_id["r1"]["biopsy_status"] == "not_recommended"
    assert by_id["r2"]["cord_compression_assertion"] == by_id["r2"]["emh_assertion"] == "absent"
    assert by_id["r3"]["emh_assertion"] == "possible"
    assert {row["patient_id"] for row in reports} == {"p1"}
    for result in done:
        own = [row for row in lesions if row["report_id"] == result.id]
        assert [row["lesion_id"] for row in own] == [lesion.id for lesion in result.findings.lesions]
    mass = next(row for row in lesions if row["site"] == "paravertebral" and row["report_id"] == "r1")
    assert [mass[f"size_mm_{index}"] for index in (1, 2, 3)] == ["52", "37", "21"]
    assert mass["signal_t2"] == "hyperintense"


def test_every_assertion_arrives_in_its_column(done: list[Result], tmp_path: Path) -> None:
    """A flip between the model and a column would be the worst possible error."""
    folder = written("csv", tmp_path, done)
    for result, row in zip(done, rows(folder / "reports.csv"), strict=True):
        for name in ("emh", "epidural", "cord_compression", "cauda_equina", "iron_deposition", "fatty_change"):
            assert row[f"{name}_assertion"] == getattr(result.findings, name).assertion.value


def test_the_data_dictionary_names_every_column_once_and_a_real_path(done: list[Result], tmp_path: Path) -> None:
    folder = written("csv", tmp_path, done)
    words = rows(folder / "data_dictionary.csv")
    for name in ("reports", "lesions"):
        with (folder / f"{name}.csv").open(encoding="utf-8") as stream:
            header = next(csv.reader(stream))
        assert [word["column"] for word in words if word["table"] == name] == header
        assert len(set(header)) == len(header)
    for word in words:
        assert word["description"]
        if word["path"]:
            field_at(word["path"].split("[")[0])
    choices = next(word for word in words if word["column"] == "biopsy_status")["choices"]
    assert "not_recommended" in choices.split(" | ")


def test_every_field_of_a_report_has_a_column() -> None:
    """A field added to the model must not be lost in the tables."""
    paths = {column.path.split(".")[0].split("[")[0] for table in tables() for column in table.columns if column.path}
    assert set(Findings.model_fields) - paths == {"schema_version"}


def stored(name: str, path: Path, table: str) -> list[tuple[Any, ...]]:
    if name == "sqlite":
        connection = sqlite3.connect(path)
        try:
            return connection.execute(f"SELECT * FROM {table}").fetchall()
        finally:
            connection.close()
    duckdb = pytest.importorskip("duckdb")
    source = f"'{path / table}.parquet'" if name == "parquet" else table
    with duckdb.connect() if name == "parquet" else duckdb.connect(str(path), read_only=True) as connection:
        found: list[tuple[Any, ...]] = connection.execute(f"SELECT * FROM {source}").fetchall()
        return found


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("parquet", ("reports", "lesions")),
        ("duckdb", ("reports", "lesions", "mentions")),
        ("sqlite", ("reports", "lesions", "mentions")),
    ],
)
def test_columns_and_values_are_those_of_the_tables(
    name: str, chosen: tuple[str, ...], done: list[Result], tmp_path: Path
) -> None:
    target = written(name, tmp_path, done)
    for table in tables():
        if table.name in chosen:
            expected = [tuple(row[c.name] for c in table.columns) for result in done for row in table.rows(result)]
            assert stored(name, target, table.name) == expected
            assert expected
    assert sorted(path.name for path in tmp_path.iterdir()) == [target.name], "nothing else is left"


@pytest.mark.system
def test_parquet_is_read_by_another_library(done: list[Result], tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow comes with the spark extra")
    target = written("parquet", tmp_path, done)
    read = parquet.read_table(target / "reports.parquet").to_pylist()
    assert [row["emh_assertion"] for row in read] == [result.findings.emh.assertion.value for result in done]


@pytest.mark.parametrize("name", ["csv", "parquet", "duckdb", "sqlite"])
def test_no_reports_give_empty_tables(name: str, tmp_path: Path) -> None:
    target = written(name, tmp_path, [])
    if name == "csv":
        assert rows(target / "reports.csv") == []
    else:
        assert stored(name, target, "reports") == []


@pytest.mark.parametrize("name", ["csv", "sqlite"])
def test_the_same_results_give_the_same_bytes(name: str, done: list[Result], tmp_path: Path) -> None:
    first, second = (written(name, tmp_path / part, done) for part in ("a", "b"))
    files = [path.relative_to(first) for path in first.rglob("*")] if first.is_dir() else [Path()]
    assert files
    assert all((first / path).read_bytes() == (second / path).read_bytes() for path in files)


def test_sqlite_is_ready_to_query(done: list[Result], tmp_path: Path) -> None:
    connection = sqlite3.connect(written("sqlite", tmp_path, done))
    query = """SELECT r.report_id, count(*) FROM reports r JOIN lesions l USING (report_id)
               WHERE r.cord_compression_assertion = 'present' GROUP BY 1"""
    assert connection.execute(query).fetchall() == [("r1", len(done[0].findings.lesions))]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()

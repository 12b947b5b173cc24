"""Spark: the same findings as the local engine, on a real local session; what needs no Spark is tested without it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, emh_report
from emh_report.errors import EmhReportError
from emh_report.extract import Extractor
from emh_report.reading import ReportText
from emh_report.spark import SCHEMA, extract_udf, table_schema, table_udf
from writing import REPORTS, results

LEXICON = "kind: finding\nconcepts:\n  - id: zebra_sign\n    preferred: zebra sign\n    terms:\n      - zebra sign\n"


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if not shutil.which("java"):
        pytest.skip("needs Java for Spark")
    pytest.importorskip("pyspark", reason="needs PySpark: pip install 'emh-report[spark]'")
    from emh_report.spark import session

    made = session(2)
    yield made
    made.stop()


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_same_findings_as_here(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(LEXICON, "utf-8")
    reports = REPORTS | {"r4": "FINDINGS: Zebra sign is present.", "r5": "", "r6": None}
    frame = spark.createDataFrame(list(reports.items()), "id STRING, text STRING").repartition(3)
    found = frame.mapInPandas(extract_udf([tmp_path]), SCHEMA).cache()
    rows = {row.id: row for row in found.collect()}
    assert set(rows) == set(reports)
    extract = Extractor([tmp_path])
    for name, text in reports.items():
        if text:
            assert rows[name].findings == extract(ReportText(text, name)).model_dump_json()
            assert rows[name].error is None
        else:
            assert (rows[name].findings, rows[name].error) == (None, "empty: no report text")
    assert "zebra_sign" in rows["r4"].findings

    table = found.mapInPandas(table_udf("reports"), table_schema("reports")).collect()
    said = {row.report_id: row.cord_compression_assertion for row in table}
    assert said == {
        name: json.loads(row.findings)["cord_compression"]["assertion"] for name, row in rows.items() if row.findings
    }
    lesions = found.mapInPandas(table_udf("lesions"), table_schema("lesions")).collect()
    assert sorted(row.size_mm_1 for row in lesions if row.size_mm_1) == [31.0, 52.0]


@pytest.mark.system
@pytest.mark.slow
def test_the_engine_writes_the_same_bytes(tmp_path: Path) -> None:
    if not shutil.which("java"):
        pytest.skip("needs Java for Spark")
    pytest.importorskip("pyspark", reason="needs PySpark: pip install 'emh-report[spark]'")
    common = ["run", ROOT / "examples", "--from", "text", "--run-date", "2026-01-01"]
    here = emh_report([*common, "--to", tmp_path / "here.jsonl"])
    there = emh_report([*common, "--to", tmp_path / "there.jsonl", "--engine", "spark", "--jobs", "2"])
    assert (here.status, there.status) == (0, 0)
    assert (tmp_path / "here.jsonl").read_bytes() == (tmp_path / "there.jsonl").read_bytes()
    assert "cord compression" not in there.err, "no report text in Spark's log"


def test_the_table_schema_is_that_of_the_tables() -> None:
    assert table_schema("lesions").startswith("`report_id` STRING, `patient_id` STRING, `lesion_id` STRING")
    assert "`size_mm_1` DOUBLE" in table_schema("lesions")
    with pytest.raises(EmhReportError, match="expected one of reports, lesions, mentions"):
        table_schema("patients")


def test_the_function_can_be_sent_to_a_worker(tmp_path: Path) -> None:
    """Spark pickles it; what it holds is the lexicons' text, not a pipeline and not a path of the driver."""
    cloudpickle = pytest.importorskip("cloudpickle")
    (tmp_path / "own.yaml").write_text(LEXICON, "utf-8")
    sent = cloudpickle.dumps(extract_udf([tmp_path]))
    assert b"zebra sign" in sent
    assert str(tmp_path).encode() not in sent
    assert len(sent) < 20_000


def test_unknown_engine(tmp_path: Path) -> None:
    ran = emh_report(["run", ROOT / "examples", "--to", tmp_path / "x.jsonl", "--engine", "hadoop"])
    assert ran.status == 2
    assert "--engine: expected local or spark" in ran.err


def test_the_tables_come_from_the_findings() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas comes with the spark extra")
    done = results()
    batch = pandas.DataFrame({"id": [each.id for each in done], "findings": [each.json for each in done]})
    (rows,) = table_udf("reports")([batch])
    assert list(rows["emh_assertion"]) == [each.findings.emh.assertion.value for each in done]

"""Every gold report through every writer: nothing is refused, findings come back, and no word where none is wanted."""

from __future__ import annotations

import base64
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import ROOT
from emh_report.connectors import names, reader
from emh_report.connectors.base import Found, ReadOptions, Result
from emh_report.redact import without_text
from writing import OPTIONS, results, written

CONTEXT = {"StudyInstanceUID": "1.2.840.99999.1.2", "PatientID": "P-17"}
SETTINGS = {"dicom": {"sop": "enhanced"}, "fhir": {"snomed": "yes"}}
WORDS = ("Zebrafish", "zebrafish")
MARKED = {
    "m1": "CLINICAL HISTORY: zebrafish weakness, thalassemia.\nCOMPARISON: Zebrafish of 2019.\n"
    "TECHNIQUE: MRI, limited by zebrafish.\nFINDINGS: Zebrafish paravertebral mass at T8 abutting the zebrafish, zebrafish margins. "
    "No cord compression.\nIMPRESSION: Likely extramedullary hematopoiesis versus zebrafish tumour. Biopsy if zebrafish "
    "appears. Called to Dr Zebrafish at 10:00.\nADDENDUM: Zebrafish.\n"
}


@pytest.fixture(scope="module")
def gold() -> list[Result]:
    return results(
        {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "tests/gold").glob("*.txt"))}, CONTEXT
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", names("writers"))
def test_every_gold_report_fits(name: str, gold: list[Result], tmp_path: Path) -> None:
    target = written(name, tmp_path, gold, replace(OPTIONS, settings=SETTINGS.get(name, {})))
    if name not in names("readers") or name in ("csv", "parquet"):
        return
    files = tuple(sorted(target.iterdir())) if target.is_dir() else ()
    rows = list(reader(name).read(target, ReadOptions(files=files)))
    found = sorted(row.findings for row in rows if isinstance(row, Found))
    assert found == sorted(result.json for result in gold)
    assert len(gold) > 100


def content(name: str, target: Path) -> str:
    """All that stands in a target, unpacked."""
    if name == "fhir":
        entries = json.loads(target.read_text("utf-8"))["entry"]
        forms = [form for entry in entries for form in entry["resource"].get("presentedForm", ())]
        return target.read_text("utf-8") + "".join(base64.b64decode(form["data"]).decode("utf-8") for form in forms)
    if name in ("parquet", "duckdb"):
        duckdb = pytest.importorskip("duckdb")
        if name == "parquet":
            with duckdb.connect() as one:
                return str([one.execute(f"SELECT * FROM '{path}'").fetchall() for path in target.glob("*.parquet")])
        with duckdb.connect(str(target), read_only=True) as one:
            return str(
                [one.execute(f"SELECT * FROM {table}").fetchall() for table in ("reports", "lesions", "mentions")]
            )
    if name == "sqlite":
        database = sqlite3.connect(target)
        told = "\n".join(database.iterdump())
        database.close()
        return told
    files = sorted(target.iterdir()) if target.is_dir() else [target]
    return "".join(file.read_bytes().decode("utf-8", "replace") for file in files)


@pytest.mark.parametrize("name", names("writers"))
def test_no_word_of_the_report_without_evidence_text(name: str, tmp_path: Path) -> None:
    (said,) = results(MARKED, CONTEXT)
    bare = json.dumps(without_text(json.loads(said.json)), separators=(",", ":"))
    silent = Result("m1", said.key, bare, None, said.date, CONTEXT)
    target = written(name, tmp_path / "silent", [silent], replace(OPTIONS, evidence_text=False))
    told = content(name, target)
    assert "m1" in told
    assert not [word for word in WORDS if word in told]
    loud = content(name, written(name, tmp_path / "loud", [said]))
    assert [word for word in WORDS if word in loud], "with evidence text the words are there to be found"

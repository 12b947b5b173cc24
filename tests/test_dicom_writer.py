"""DICOM SR: read back by pydicom, by DCMTK and by our reader."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emh_report.connectors import reader
from emh_report.connectors.base import Found, ReadOptions, Result, RowError, WriteOptions
from emh_report.errors import EmhReportError
from writing import OPTIONS, results, written

pydicom = pytest.importorskip("pydicom")

CONTEXT = {"StudyInstanceUID": "1.2.840.99999.1.2", "PatientID": "P-17", "PatientName": "Doe^Jane"}
HARMLESS = "W: The VR checker does not support this Specific Character Set: ISO_IR 192"


@pytest.fixture(scope="module")
def done() -> list[Result]:
    return results(context=CONTEXT)


def told(sop: str = "basic", **settings: str) -> WriteOptions:
    return replace(OPTIONS, settings={"sop": sop} | settings)


def items(dataset: Any) -> Iterator[Any]:
    for item in dataset.get("ContentSequence", ()):
        yield item
        yield from items(item)


@pytest.mark.parametrize(("sop", "uid"), [("basic", "11"), ("enhanced", "22")])
def test_what_a_viewer_reads(sop: str, uid: str, done: list[Result], tmp_path: Path) -> None:
    files = sorted(written("dicom", tmp_path, done, told(sop)).glob("*.dcm"))
    assert len(files) == len(done)
    for file in files:
        dataset = pydicom.dcmread(file)
        assert dataset.SOPClassUID == f"1.2.840.10008.5.1.4.1.1.88.{uid}"
        assert file.name == f"{dataset.SOPInstanceUID}.dcm"
        assert (dataset.CompletionFlag, dataset.VerificationFlag) == ("PARTIAL", "UNVERIFIED")
        assert dataset.StudyInstanceUID == CONTEXT["StudyInstanceUID"]
        assert (dataset.PatientID, str(dataset.PatientName)) == ("P-17", "Doe^Jane")
        assert dataset.ConceptNameCodeSequence[0].CodeValue == "18748-4"
        numbers = [
            float(item.MeasuredValueSequence[0].NumericValue) for item in items(dataset) if item.ValueType == "NUM"
        ]
        text = next(item.TextValue for item in items(dataset) if item.ConceptNameCodeSequence[0].CodeValue == "121071")
        assert text.startswith("STRUCTURED RADIOLOGY REPORT")
        if sop == "enhanced" and "52" in text:
            assert numbers == [52, 37, 21]
        if sop == "basic":
            assert numbers == []
    assert len({pydicom.dcmread(file).SeriesInstanceUID for file in files}) == len(files)


@pytest.mark.parametrize("sop", ["basic", "enhanced"])
def test_the_findings_come_back_unchanged(sop: str, done: list[Result], tmp_path: Path) -> None:
    folder = written("dicom", tmp_path, done, told(sop))
    rows = list(reader("dicom").read(folder, ReadOptions(files=tuple(folder.glob("*.dcm")))))
    assert sorted(row.findings for row in rows if isinstance(row, Found)) == sorted(result.json for result in done)


def test_without_a_patient_and_a_study_there_is_no_document(done: list[Result], tmp_path: Path) -> None:
    for number, context in enumerate(
        ({}, {"StudyInstanceUID": "1.2.3"}, {"PatientID": "P"}, {"StudyInstanceUID": "1.2.x", "PatientID": "P"})
    ):
        with pytest.raises(RowError) as caught:
            written("dicom", tmp_path / str(number), [replace(done[0], context=context)], told())
        assert caught.value.code == "no_context"


def test_the_context_may_come_from_a_file(done: list[Result], tmp_path: Path) -> None:
    file = tmp_path / "context.csv"
    file.write_text("id,StudyInstanceUID,PatientID,StudyDate\nr2,1.2.3.4,P-2,20250304\n", "utf-8")
    folder = written("dicom", tmp_path / "a", [replace(done[1], context={})], told(context=str(file)))
    dataset = pydicom.dcmread(next(folder.glob("*.dcm")))
    assert (dataset.StudyInstanceUID, dataset.PatientID, dataset.StudyDate) == ("1.2.3.4", "P-2", "20250304")
    file.write_text("id,StudyInstanceUID,PatientID,StudyDate\nr2,1.2.3.4,P-2,yesterday\n", "utf-8")
    with pytest.raises(RowError) as caught:
        written("dicom", tmp_path / "b", [replace(done[1], context={})], told(context=str(file)))
    assert caught.value.code == "unwritable"
    file.write_text("id,Study\nr2,1.2.3.4\n", "utf-8")
    with pytest.raises(EmhReportError, match="expected columns"):
        written("dicom", tmp_path / "c", done, told(context=str(file)))
    with pytest.raises(EmhReportError, match="sop"):
        written("dicom", tmp_path / "d", done, told("comprehensive"))


def test_the_same_results_give_the_same_bytes(done: list[Result], tmp_path: Path) -> None:
    first, second = (written("dicom", tmp_path / part, done, told("enhanced")) for part in ("a", "b"))
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir())
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def dsrdump(file: Path) -> tuple[int, str, str]:
    ran = subprocess.run(["dsrdump", "+Pl", str(file)], capture_output=True, check=False, text=True)
    return ran.returncode, ran.stdout, ran.stderr.replace(HARMLESS, "").strip()


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("dsrdump"), reason="needs DCMTK (dsrdump)")
@pytest.mark.parametrize("sop", ["basic", "enhanced"])
def test_dcmtk_reads_it_without_a_complaint(sop: str, done: list[Result], tmp_path: Path) -> None:
    for file in written("dicom", tmp_path, done, told(sop)).glob("*.dcm"):
        status, out, complaints = dsrdump(file)
        assert (status, complaints) == (0, "")
        assert f"{sop.capitalize()} " in out.splitlines()[0]
        assert "PARTIAL" in out
        assert '"schema_version"' in out


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("dsrdump"), reason="needs DCMTK (dsrdump)")
def test_dcmtk_would_complain(done: list[Result], tmp_path: Path) -> None:
    """A number has no place in Basic Text SR."""
    file = next(
        path
        for path in written("dicom", tmp_path, done, told("enhanced")).glob("*.dcm")
        if any(item.ValueType == "NUM" for item in items(pydicom.dcmread(path)))
    )
    dataset = pydicom.dcmread(file)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.88.11"
    dataset.save_as(file)
    assert dsrdump(file)[0] != 0

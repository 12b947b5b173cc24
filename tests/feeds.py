"""Feeds of every format that a reader knows, made of given texts: what hospitals send, without their libraries' help."""

from __future__ import annotations

import base64
import csv
import io
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

REPORTS = {
    "a1": "FINDINGS: Paravertebral mass at T8. No cord compression.\nIMPRESSION: Extramedullary hematopoiesis.",
    "a2": "FINDINGS: Epidural mass at T5 compressing the cord.\nIMPRESSION: Cord compression at T5.",
    "a3": "FINDINGS: Normal spine.\nIMPRESSION: No evidence of extramedullary hematopoiesis.",
}


def text(folder: Path, reports: Mapping[str, str] = REPORTS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, report in reports.items():
        (folder / f"{name}.txt").write_text(report, "utf-8", newline="")
    return folder


def table(path: Path, reports: Mapping[str, str] = REPORTS, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["report_id", "patient", "report_text"])
    for number, (name, report) in enumerate(reports.items()):
        writer.writerow([name, f"p{number}", report])
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def jsonl(path: Path, reports: Mapping[str, str] = REPORTS) -> Path:
    lines = [json.dumps({"id": name, "text": report, "patient": f"p-{name}"}) for name, report in reports.items()]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def parquet(path: Path, reports: Mapping[str, str] = REPORTS) -> Path:
    import duckdb

    with duckdb.connect(":memory:") as db:
        db.execute("CREATE TABLE t (accession VARCHAR, text VARCHAR, mrn INTEGER)")
        for number, (name, report) in enumerate(reports.items()):
            db.execute("INSERT INTO t VALUES (?, ?, ?)", [name, report, number])
        db.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path


def escaped(report: str) -> str:
    """A text as HL7 v2 has it."""
    marks = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\n": "\\.br\\"}
    return "".join(marks.get(char, char) for char in report)


def message(
    name: str, report: str, status: str = "F", when: str = "202601021030", charset: str = "UNICODE UTF-8"
) -> str:
    """An ORU^R01 with the text in one OBX."""
    return "\r".join(
        [
            f"MSH|^~\\&|RIS|HOSP|REG|REG|{when}||ORU^R01^ORU_R01|M{name}|P|2.5.1||||||{charset}",
            "PID|1||4711^^^HOSP^MR~99^^^NAT^NI||DOE^JANE",
            f"OBR|1|P{name}|{name}^RIS|MRSPINE^MRI spine|||20260101101500||||||||||||||||||{status}",
            f"OBX|1|FT|18748-4^Report^LN||{escaped(report)}||||||{status}",
            "",
        ]
    )


def hl7(path: Path, reports: Mapping[str, str] = REPORTS) -> Path:
    body = "".join(message(name, report) for name, report in reports.items())
    path.write_bytes(f"FHS|^~\\&\rBHS|^~\\&\r{body}BTS|{len(reports)}\rFTS|1\r".encode())
    return path


def diagnostic_report(name: str, report: str, **more: Any) -> dict[str, Any]:
    form = {"contentType": "text/plain; charset=utf-8", "data": base64.b64encode(report.encode()).decode()}
    return {
        "resourceType": "DiagnosticReport",
        "id": name,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "18748-4"}]},
        "subject": {"reference": "Patient/4711"},
        "effectiveDateTime": "2026-01-01T10:15:00Z",
        "presentedForm": [form],
    } | more


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


def fhir(path: Path, reports: Mapping[str, str] = REPORTS) -> Path:
    patient = {"resourceType": "Patient", "id": "4711"}
    made = bundle(patient, *(diagnostic_report(name, report) for name, report in reports.items()))
    path.write_text(json.dumps(made), "utf-8")
    return path


def pdf(pages: Sequence[Sequence[str]], image: bool = False) -> bytes:
    """A PDF with these lines on its pages; with ``image``, one more page that is nothing but a picture."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for lines in pages:
        quoted = (line.replace("(", "\\(").replace(")", "\\)") for line in lines)
        shown = "".join(f"({line}) Tj T*\n" for line in quoted)
        content = f"BT /F1 11 Tf 14 TL 50 780 Td\n{shown}ET".encode("latin-1")
        kids.append(_page(objects, content, b"/Font << /F1 3 0 R >>"))
    if image:
        pixels = zlib.compress(bytes(64))
        objects.append(
            b"<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8 "
            b"/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(pixels), pixels)
        )
        kids.append(_page(objects, b"q 500 0 0 700 50 50 cm /Im1 Do Q", b"/XObject << /Im1 %d 0 R >>" % len(objects)))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + rows + end


def _page(objects: list[bytes], content: bytes, resources: bytes) -> int:
    objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    objects.append(
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << %s >> /Contents %d 0 R >>"
        % (resources, len(objects))
    )
    return len(objects)


def docx(path: Path, report: str) -> Path:
    from docx import Document

    document = Document()
    for line in report.split("\n"):
        document.add_paragraph(line)
    document.save(str(path))
    return path


def rtf(report: str) -> bytes:
    return ("{\\rtf1\\ansi\\ansicpg1252 " + report.replace("\n", "\\par\n") + "}").encode("cp1252")


def structured(path: Path, sections: Mapping[str, str], sop: str = "11", uid: str = "1.2.3.4") -> Path:
    """A DICOM SR of TID 2000: a container a section, a text in each."""
    from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    def coded(value: str, scheme: str, meaning: str) -> list[Dataset]:
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
        return [code]

    def content(relation: str, kind: str, meaning: str) -> Dataset:
        item = Dataset()
        item.RelationshipType, item.ValueType = relation, kind
        item.ConceptNameCodeSequence = coded("1", "99TEST", meaning)
        return item

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = f"1.2.840.10008.5.1.4.1.1.88.{sop}"
    meta.MediaStorageSOPInstanceUID, meta.TransferSyntaxUID = uid, ExplicitVRLittleEndian
    made = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID, made.SOPInstanceUID, made.SpecificCharacterSet = meta.MediaStorageSOPClassUID, uid, "ISO_IR 192"
    made.StudyInstanceUID, made.SeriesInstanceUID, made.Modality = "1.2.3", "1.2.3.1", "SR"
    made.PatientID, made.PatientName, made.StudyDate = "4711", "Doe^Jane", "20260101"
    made.ValueType, made.ContinuityOfContent = "CONTAINER", "SEPARATE"
    made.ConceptNameCodeSequence = coded("18748-4", "LN", "Diagnostic Imaging Report")
    observer = content("HAS OBS CONTEXT", "PNAME", "Person Observer Name")
    observer.PersonName = "Roe^Rita"
    made.ContentSequence = [observer]
    for name, report in sections.items():
        container = content("CONTAINS", "CONTAINER", name)
        item = content("CONTAINS", "TEXT", name.rstrip("s"))
        item.TextValue = report
        container.ContentSequence = [item]
        made.ContentSequence.append(container)
    made.save_as(path, enforce_file_format=True)
    return path

"""Each reader: the text that a report has in the feed, and what each bad row is told to be."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

import feeds
from emh_report import connectors
from emh_report.connectors.base import CODES, Found, ReadOptions, Reject, Report, Row
from emh_report.errors import EmhReportError

R = feeds.REPORTS


def rows(source: Path, name: str | None = None, **options: object) -> list[Row]:
    found: list[Row] = []
    for reader, files in connectors.plan(source, name).parts:
        read = ReadOptions(files=files, **options)  # type: ignore[arg-type]
        found += connectors.reader(reader).read(source, read)
    assert all(row.code in CODES for row in found if isinstance(row, Reject))
    return found


def texts(source: Path, name: str | None = None, **options: object) -> dict[str, str]:
    found = rows(source, name, **options)
    assert all(isinstance(row, Report) for row in found), found
    return {row.id: row.text for row in found if isinstance(row, Report)}


def codes(found: list[Row]) -> list[tuple[str, str]]:
    return [(row.id, row.code) for row in found if isinstance(row, Reject)]


def one(source: Path, name: str | None = None, **options: object) -> str:
    (text,) = texts(source, name, **options).values()
    return text


# --- found by name and by sniffing -------------------------------------------------------------------------------------


def test_formats_are_found_by_their_content(tmp_path: Path) -> None:
    made = {
        "text": feeds.text(tmp_path / "t") / "a1.txt",
        "csv": feeds.table(tmp_path / "x.csv"),
        "jsonl": feeds.jsonl(tmp_path / "x.jsonl"),
        "parquet": feeds.parquet(tmp_path / "x.bin"),
        "hl7": feeds.hl7(tmp_path / "feed.txt"),
        "fhir": feeds.fhir(tmp_path / "x.json"),
        "dicom": feeds.structured(tmp_path / "IM0001", {"Findings": "x"}),
        "docx": feeds.docx(tmp_path / "report", "x"),
        "pdf": tmp_path / "y",
        "rtf": tmp_path / "z.txt",
    }
    made["pdf"].write_bytes(feeds.pdf([["x"]]))
    made["rtf"].write_bytes(feeds.rtf("x"))
    assert set(made) == set(connectors.names("readers"))
    assert {connectors.sniff(path, path.name) for path in made.values()} == set(made)
    for name, path in made.items():
        assert connectors.sniff(path, path.name) == name


def test_what_no_reader_knows_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(EmhReportError, match="not recognised; give --from"):
        connectors.plan(path)
    with pytest.raises(EmhReportError, match="--from nonsense: expected one of csv, "):
        connectors.plan(path, "nonsense")


def test_a_folder_may_hold_several_formats(tmp_path: Path) -> None:
    feeds.text(tmp_path)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.rtf").write_bytes(feeds.rtf("No mass."))
    (tmp_path / "notes.md").write_text("x", "utf-8")
    plan = connectors.plan(tmp_path)
    assert (plan.format, [path.name for path in plan.unknown]) == ("rtf+text", ["notes.md"])
    assert list(texts(tmp_path)) == ["deep/b.rtf", "a1.txt", "a2.txt", "a3.txt"]
    assert list(texts(tmp_path, "text")) == ["a1.txt", "a2.txt", "a3.txt"]


# --- text, tables, JSON Lines ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes("Größe 3 × 4 cm\r\nNo mass.".encode(encoding))
    assert one(tmp_path / "a.txt") == "Größe 3 × 4 cm\r\nNo mass."


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiter_and_encoding_of_a_table_are_found(tmp_path: Path, delimiter: str, encoding: str) -> None:
    reports = R | {"a4": f"Größe: 3 cm; „no“{delimiter} mass – at T5\nNo compression."}
    path = feeds.table(tmp_path / "x.csv", reports, delimiter, encoding)
    assert texts(path) == reports
    assert [row.patient_id for row in rows(path, patient_field="patient") if isinstance(row, Report)] == [
        "p0", "p1", "p2", "p3",
    ]  # fmt: skip


def test_offsets_of_a_table_are_bytes_of_the_file(tmp_path: Path) -> None:
    path = feeds.table(tmp_path / "x.csv", {"ä1": "Größe\n3 cm", "ä2": "No mass."}, encoding="utf-8-sig")
    places = [row.offset for row in rows(path) if isinstance(row, Report)]
    assert [path.read_bytes()[place or 0 :].decode()[:2] for place in places] == ["ä1", "ä2"]


def test_columns_by_option(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Befund,Nr,Tag\nNo mass.,7,2026-01-02\n", "utf-8")
    with pytest.raises(EmhReportError, match="give --text"):
        rows(path)
    (row,) = rows(path, text_field="Befund", id_field="Nr", date_field="Tag")
    assert row == Report("No mass.", "7", None, "2026-01-02", file="x.csv", offset=14)
    with pytest.raises(EmhReportError, match="--id nix: no such column"):
        rows(path, text_field="Befund", id_field="nix")


def test_bad_rows_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(
        b'id,text\na,No mass.\nb,too,many\nfew\n,no id\nc,nul \0 byte\nd,  \ne,bad \xff byte\n\nf,No mass.\ng,"open\nh,lost\n'
    )
    found = rows(path, encoding="utf-8")
    assert [row.id for row in found if isinstance(row, Report)] == ["a", "f"]
    assert codes(found) == [
        ("x.csv:2", "ragged"), ("x.csv:3", "ragged"), ("x.csv:4", "no_id"), ("c", "binary"), ("d", "empty"),
        ("x.csv:7", "encoding"), ("x.csv:9", "truncated"),
    ]  # fmt: skip


def test_a_table_as_excel_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("\ufeffsep=;\r\nid;text\r\na;No mass, ß\r\n".encode())
    for encoding in (None, "utf-8", "utf-8-sig"):
        (row,) = rows(path, encoding=encoding)
        assert isinstance(row, Report)
        assert (row.id, row.text) == ("a", "No mass, ß")
        assert path.read_bytes()[row.offset or 0 :].startswith(b"a;No")


def test_one_table_of_many_may_lack_its_columns(tmp_path: Path) -> None:
    feeds.table(tmp_path / "x.csv")
    (tmp_path / "y.csv").write_text("a,b\n1,2\n", "utf-8")
    found = rows(tmp_path)
    assert len(found) == 4
    assert codes(found) == [("y.csv", "no_such_field")]


def test_torn_text_is_no_id(tmp_path: Path) -> None:
    """A line break in a cell without quotation marks makes a row of text: its first cell must not be told."""
    path = tmp_path / "x.csv"
    path.write_text("id,text\na,FINDINGS\nSecretword mass, no compression, T5\n", "utf-8")
    assert codes(rows(path)) == [("x.csv:2", "ragged")]


def test_json_lines(tmp_path: Path) -> None:
    assert texts(feeds.jsonl(tmp_path / "x.jsonl")) == R
    path = tmp_path / "y.jsonl"
    lines = [
        '{"id": 7, "text": "No mass \\ud800."}',
        "{bad",
        "[1]",
        '{"id": 8}',
        '{"id": 9, "text": " "}',
        '{"text": "T8 mass."}',
    ]
    path.write_text("\n".join(lines), "utf-8")
    found = rows(path)
    assert [(row.id, row.text) for row in found if isinstance(row, Report)] == [
        ("7", "No mass \ufffd."), ("y.jsonl:6", "T8 mass."),
    ]  # fmt: skip
    assert codes(found) == [
        ("y.jsonl:2", "bad_json"), ("y.jsonl:3", "not_an_object"), ("8", "no_such_field"), ("9", "empty"),
    ]  # fmt: skip


def test_findings_are_passed_on(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"schema_version": "1.0", "source": {"id": "r7"}}\n', "utf-8")
    (row,) = rows(path)
    assert isinstance(row, Found)
    assert (row.id, json.loads(row.findings)["source"]["id"]) == ("r7", "r7")


def test_parquet(tmp_path: Path) -> None:
    path = feeds.parquet(tmp_path / "x.parquet")
    assert texts(path) == R
    assert [row.patient_id for row in rows(path, patient_field="mrn") if isinstance(row, Report)] == ["0", "1", "2"]
    path.write_bytes(path.read_bytes()[:-100])
    assert codes(rows(path)) == [("x.parquet", "damaged")]


# --- HL7 ---------------------------------------------------------------------------------------------------------------


def test_hl7_batch(tmp_path: Path) -> None:
    path = feeds.hl7(tmp_path / "x.hl7")
    assert texts(path) == R
    row = rows(path, patient_field="PID-3")[0]
    assert isinstance(row, Report)
    assert (row.patient_id, row.date) == ("4711^^^HOSP", "2026-01-01")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("frame", ["{}", "\x0b{}\x1c\r"])
def test_hl7_line_ends_and_mllp(tmp_path: Path, end: str, frame: str) -> None:
    path = tmp_path / "x.hl7"
    made = [frame.format(feeds.message(name, text).replace("\r", end)) for name, text in R.items()]
    path.write_bytes("".join(made).encode())
    assert texts(path) == R


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"a\.br\b\.sp2\c", "a\nb\n\nc"),
        (r"T8 \T\ T9\F\x\S\y\R\z\E\.br\E\ ", "T8 & T9|x^y~z\\.br\\ "),
        (r"\H\FINDINGS\N\: 3\X20\cm \XC3A4\ ", "FINDINGS: 3 cm ä "),
        (r"a\.in+4\b\.ti2\c\.ce\d\.fi\e\.sk3\f", "abc\nde   f"),
        ("line 1~line 2", "line 1\nline 2"),
        (r"C:\temp\x and T8 & T9", r"C:\temp\x and T8 & T9"),
        ("no mass\nat T8", "no mass\nat T8"),
    ],
)
def test_hl7_escapes(tmp_path: Path, value: str, text: str) -> None:
    path = tmp_path / "x.hl7"
    path.write_bytes(feeds.message("a1", "X").replace("||X||", f"||{value}||").encode())
    assert one(path) == text


def oru(*segments: str, status: str = "F") -> str:
    head = feeds.message("a1", "X", status).split("\r")
    return "\r".join([*head[:3], *segments, ""])


def hl7(tmp_path: Path, *made: str) -> Path:
    path = tmp_path / "x.hl7"
    path.write_bytes("".join(made).encode())
    return path


def test_hl7_many_obx(tmp_path: Path) -> None:
    """Sections by OBX-3, lines in their order, coded values by their meaning."""
    path = hl7(
        tmp_path,
        oru(
            "OBX|1|TX|72148&GDT^MRI||Mass at T8.||||||F",
            "OBX|2|TX|72148&GDT^MRI||No compression.||||||F",
            "OBX|3|TX|72148&IMP^MRI||EMH.||||||F",
            "OBX|4|CE|X^grade||1b^Grade 1b^L||||||F",
            "OBX|5|NM|X^count||3||||||F",
        ),
    )
    assert one(path) == "FINDINGS:\nMass at T8.\nNo compression.\nIMPRESSION:\nEMH.\nGrade 1b"


def test_hl7_several_reports_of_a_message(tmp_path: Path) -> None:
    second = "OBR|2||b2|CT|||20260103||||||||||||||||||F"
    path = hl7(tmp_path, oru("OBX|1|TX|a||Mass.||||||F", second, "OBX|1|TX|a||No mass.||||||F"))
    assert texts(path) == {"a1": "Mass.", "b2": "No mass."}


def test_hl7_corrected_lines(tmp_path: Path) -> None:
    """By sub-id; as a block behind; and, among final lines, as a part of the text."""
    by_id = oru("OBX|1|TX|a|1|Mass.||||||F", "OBX|2|TX|a|2|Compression.||||||F", "OBX|3|TX|a|2|No compression.||||||C")
    assert one(hl7(tmp_path, by_id)) == "Mass.\nNo compression."
    block = oru("OBX|1|TX|a||Mass.||||||F", "OBX|2|TX|a||Compression.||||||F", "OBX|3|TX|a||No compression.||||||C")
    assert one(hl7(tmp_path, block)) == "No compression."
    part = oru("OBX|1|TX|a||Mass.||||||F", "OBX|2|TX|a||No compression.||||||C", "OBX|3|TX|a||EMH.||||||F")
    assert one(hl7(tmp_path, part)) == "Mass.\nNo compression.\nEMH."
    gone = oru("OBX|1|TX|a||Mass.||||||F", "OBX|2|TX|a||Compression.||||||D", "OBX|3|TX|a||Wrong.||||||W")
    assert one(hl7(tmp_path, gone)) == "Mass."


V = "Version "


@pytest.mark.parametrize(
    ("versions", "kept"),
    [
        (["P1", "F2"], "F2"),
        (["F1", "C2"], "C2"),
        (["C2", "F1"], "C2"),
        (["F1", "C2", "C3"], "C3"),
        (["F2", "P3"], "F2"),
        (["P1"], "not_final"),
        (["F1", "X2"], "withdrawn"),
        (["X1", "F2"], "F2"),
    ],
)
def test_hl7_versions(tmp_path: Path, versions: list[str], kept: str) -> None:
    """The last final or corrected version, by the time of its message, in one file or in several."""
    made = [feeds.message("a1", V + each, each[0], f"2026010{each[1]}1200") for each in versions]
    for number, each in enumerate(made):
        (tmp_path / f"{number}.hl7").write_bytes(each.encode())
    together = tmp_path / "all" / "x.hl7"
    together.parent.mkdir()
    together.write_bytes("".join(made).encode())
    for source in (together, tmp_path):
        if source is tmp_path:
            together.unlink()
        found = rows(source)
        assert [row.code if isinstance(row, Reject) else row.text for row in found if not isinstance(row, Found)] == [
            kept if kept in CODES else V + kept
        ]
    if versions[0][0] != "X":
        assert one(tmp_path / "0.hl7", preliminary=True) == V + versions[0]


@pytest.mark.parametrize(
    ("stated", "encoding"),
    [("8859/1", "latin-1"), ("UNICODE UTF-8", "utf-8"), ("8859/15", "iso8859-15"), ("", "cp1252")],
)
def test_hl7_character_sets(tmp_path: Path, stated: str, encoding: str) -> None:
    text = "Größe 3 cm" + (" €" if encoding != "latin-1" else "")
    path = tmp_path / "x.hl7"
    path.write_bytes(feeds.message("a1", text, charset=stated).encode(encoding))
    assert one(path) == text


def test_hl7_bytes_outside_the_stated_set(tmp_path: Path) -> None:
    path = tmp_path / "x.hl7"
    good = feeds.message("a2", "No mass.").encode()
    path.write_bytes(
        feeds.message("a1", "Größe").encode("latin-1") + good + feeds.message("a3", "x", charset="NIX").encode()
    )
    found = rows(path)
    assert codes(found) == [("x.hl7:1", "encoding"), ("x.hl7:3", "encoding")]
    assert [row.id for row in found if isinstance(row, Report)] == ["a2"]


def test_hl7_embedded_documents(tmp_path: Path) -> None:
    for kind, data in (
        ("AP^PDF", feeds.pdf([["No cord compression."]])),
        ("TEXT^RTF", feeds.rtf("No cord compression.")),
        ("TEXT^HTML", b"<p>No cord <b>compression.</b></p>"),
    ):
        value = f"RIS^{kind}^Base64^{base64.b64encode(data).decode()}"
        assert one(hl7(tmp_path, oru(f"OBX|1|ED|PDF||{value}||||||F"))).strip() == "No cord compression."


def test_hl7_truncated_and_glued(tmp_path: Path) -> None:
    first, second = feeds.message("a1", R["a1"]), feeds.message("a2", R["a2"])
    whole = first.rstrip("\r") + second
    assert list(texts(hl7(tmp_path, whole))) == ["a1", "a2"]
    cut = first[: first.index("No cord") + 3]
    found = rows(hl7(tmp_path, second, cut))
    assert [row.id for row in found if isinstance(row, Report)] == ["a2"]
    assert codes(found) == [("x.hl7:2", "truncated")]
    found = rows(hl7(tmp_path, cut, second))
    assert [row.id for row in found if isinstance(row, Report)] == ["a2"]
    assert codes(found) == [("x.hl7:1", "truncated")]


def test_hl7_cut_anywhere_is_whole_or_a_reject(tmp_path: Path) -> None:
    first, second = feeds.message("a1", R["a1"]), feeds.message("a2", R["a2"])
    for place in range(1, len(first), 7):
        found = rows(hl7(tmp_path, second, first[:place]))
        told = [row.text for row in found if isinstance(row, Report)]
        assert told in ([R["a2"]], [R["a2"], R["a1"]]), place


def test_hl7_batch_that_lost_its_end(tmp_path: Path) -> None:
    path = feeds.hl7(tmp_path / "x.hl7")
    path.write_bytes(path.read_bytes().split(b"BTS")[0])
    assert codes(rows(path)) == [("x.hl7", "truncated")]
    path.write_bytes(feeds.hl7(path).read_bytes().replace(b"BTS|3", b"BTS|4"))
    assert codes(rows(path)) == [("x.hl7", "truncated")]


def test_hl7_other_messages(tmp_path: Path) -> None:
    other = feeds.message("a1", "x").replace("ORU^R01^ORU_R01", "ADT^A01")
    empty = oru("OBX|1|NM|a||3||||||F")
    assert codes(rows(hl7(tmp_path, other, empty))) == [("x.hl7:1", "not_a_report"), ("x.hl7:2", "no_text")]


# --- FHIR --------------------------------------------------------------------------------------------------------------


def put(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), "utf-8")
    return path


def form(kind: str, data: bytes) -> dict[str, str]:
    return {"contentType": kind, "data": base64.b64encode(data).decode()}


def test_fhir_bundle_file_and_ndjson(tmp_path: Path) -> None:
    assert texts(feeds.fhir(tmp_path / "x.json")) == R
    assert texts(put(tmp_path / "y.json", feeds.diagnostic_report("a1", R["a1"]))) == {"a1": R["a1"]}
    path = tmp_path / "x.ndjson"
    path.write_text("".join(json.dumps(feeds.diagnostic_report(*each)) + "\n" for each in R.items()), "utf-8")
    assert texts(path) == R
    row = rows(path, patient_field="subject")[0]
    assert isinstance(row, Report)
    assert (row.patient_id, row.date) == ("Patient/4711", "2026-01-01")


def test_fhir_forms(tmp_path: Path) -> None:
    html = b"<html><head><title>x</title></head><body><p>FINDINGS:<br/>No mass <del>at T8</del></p><table><tr><td>T5</td><td>3 cm</td></tr></table></body></html>"
    pdf = feeds.pdf([["No cord", "compression."]])
    for forms, text in (
        ([form("text/html", html)], "FINDINGS:\nNo mass\n\n\tT5\t3 cm"),
        ([form("application/pdf", pdf)], "No cord\ncompression."),
        ([form("application/pdf", pdf), form("text/plain; charset=iso-8859-1", "Größe".encode("latin-1"))], "Größe"),
        ([form("image/png", b"x"), form("text/rtf", feeds.rtf("No mass."))], "No mass."),
    ):
        assert one(put(tmp_path / "x.json", feeds.diagnostic_report("a", "", presentedForm=forms))).strip() == text


def test_fhir_conclusion(tmp_path: Path) -> None:
    both = feeds.diagnostic_report("a", "FINDINGS: Mass at T8.", conclusion="EMH.")
    assert one(put(tmp_path / "x.json", both)) == "FINDINGS: Mass at T8.\n\nCONCLUSION:\nEMH."
    held = feeds.diagnostic_report("a", "FINDINGS: Mass.\nIMPRESSION:\nEMH at  T8.", conclusion="EMH at T8.")
    assert "CONCLUSION" not in one(put(tmp_path / "x.json", held))
    assert (
        one(put(tmp_path / "x.json", feeds.diagnostic_report("a", "", presentedForm=[], conclusion="EMH."))) == "EMH."
    )


def test_fhir_binary_of_the_bundle(tmp_path: Path) -> None:
    report = feeds.diagnostic_report("a", "", presentedForm=[{"contentType": "text/plain", "url": "Binary/b"}])
    binary = {"resourceType": "Binary", "id": "b", "data": base64.b64encode(b"No mass.").decode()}
    assert one(put(tmp_path / "x.json", feeds.bundle(binary, report))) == "No mass."
    assert codes(rows(put(tmp_path / "x.json", feeds.bundle(report)))) == [("a", "no_text")]


def test_fhir_states_and_versions(tmp_path: Path) -> None:
    old = feeds.diagnostic_report("a", "Old.", meta={"versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z"})
    new = feeds.diagnostic_report(
        "a", "New.", status="corrected", meta={"versionId": "2", "lastUpdated": "2026-01-02T00:00:00Z"}
    )
    assert texts(put(tmp_path / "x.json", feeds.bundle(new, old))) == {"a": "New."}
    for status, code in (("entered-in-error", "withdrawn"), ("cancelled", "withdrawn"), ("preliminary", "not_final")):
        path = put(tmp_path / "x.json", feeds.diagnostic_report("a", "x", status=status))
        assert codes(rows(path)) == [("a", code)]
    assert (
        one(put(tmp_path / "x.json", feeds.diagnostic_report("a", "x", status="preliminary")), preliminary=True) == "x"
    )


def test_fhir_unknown_resource(tmp_path: Path) -> None:
    made = feeds.bundle({"resourceType": "Nonsense", "id": "n"}, feeds.diagnostic_report("a", "No mass."), {"x": 1})
    found = rows(put(tmp_path / "x.json", made))
    assert [row.id for row in found if isinstance(row, Report)] == ["a"]
    assert codes(found) == [("x.json#1", "not_a_report"), ("x.json#3", "not_a_report")]
    assert codes(rows(put(tmp_path / "x.json", {"resourceType": "Patient"}))) == [("x.json", "not_a_report")]


def test_fhir_our_findings_are_passed_on(tmp_path: Path) -> None:
    found = b'{"schema_version":"1.0","source":{"id":"a"}}'
    made = feeds.diagnostic_report("a", "x", status="preliminary")
    made["presentedForm"].append(form("application/vnd.emh-report.findings+json", found))
    (row,) = rows(put(tmp_path / "x.json", made))
    assert isinstance(row, Found)
    assert row.findings.encode() == found


# --- documents ---------------------------------------------------------------------------------------------------------


def test_pdf(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(feeds.pdf([["FINDINGS: Mass at T8.", "No cord compression."], ["IMPRESSION: EMH."]]))
    assert one(path).rstrip() == "FINDINGS: Mass at T8.\nNo cord compression.\nIMPRESSION: EMH."


def test_pdf_without_text_is_refused(tmp_path: Path) -> None:
    for name, data, code in (
        ("scan", feeds.pdf([], image=True), "image_only"),
        ("half", feeds.pdf([["FINDINGS: Mass at T8."]], image=True), "image_only"),
        ("blank", feeds.pdf([[]]), "no_text"),
        ("cut", feeds.pdf([["FINDINGS"]])[:200], "damaged"),
        ("none", b"", "empty"),
        ("other", b"hello", "wrong_format"),
    ):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(data)
        assert codes(rows(path)) == [(f"{name}.pdf", code)]


def test_encrypted_pdf_is_told(tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(feeds.pdf([["x"]]))))
    writer.encrypt("secret", algorithm="RC4-128")
    path = tmp_path / "x.pdf"
    writer.write(path)
    assert codes(rows(path)) == [("x.pdf", "encrypted")]


def test_docx(tmp_path: Path) -> None:
    assert one(feeds.docx(tmp_path / "x.docx", R["a1"])) == R["a1"]


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<w:p><w:ins><w:r><w:t>No </w:t></w:r></w:ins><w:r><w:t>compression.</w:t></w:r></w:p>", "No compression."),
        ("<w:p><w:del><w:r><w:delText>No </w:delText></w:r></w:del><w:r><w:t>Compression.</w:t></w:r></w:p>", "Compression."),
        ("<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>No </w:t></w:r><w:r><w:t>mass.</w:t></w:r></w:p>", "mass."),
        ('<w:p><w:r><w:rPr><w:strike w:val="0"/></w:rPr><w:t>No mass.</w:t></w:r></w:p>', "No mass."),
        ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r><w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p>", "a\nb"),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>No mass.</w:t></w:r></w:p></w:sdtContent></w:sdt>", "No mass."),
        ("<w:p><w:sdt><w:sdtContent><w:r><w:t>No</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t> mass.</w:t></w:r></w:p>", "No mass."),
        (
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>T5</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>no mass</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
            "T5\tno mass",
        ),
    ],
)  # fmt: skip
def test_docx_revisions_controls_and_tables(tmp_path: Path, body: str, text: str) -> None:
    """A "no" that was inserted, deleted or chosen in a form decides."""
    path = feeds.docx(tmp_path / "x.docx", "")
    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    parts["word/document.xml"] = f"<w:document {W}><w:body>{body}</w:body></w:document>".encode()
    with zipfile.ZipFile(path, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data)
    assert one(path) == text


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (r"No mass.\par Gr\'f6\'dfe \u8211? 3 cm", "No mass.\nGröße – 3 cm"),
        (r"{\deleted No }compression", "compression"),
        (r"\strike No \strike0 compression", "compression"),
        (r"{\v hidden}{\strike struck {\b bold}} seen", " seen"),
        (r"\trowd\cellx1\cellx2 T5\cell no mass\cell\row", "T5\tno mass"),
    ],
)
def test_rtf(tmp_path: Path, rtf: str, text: str) -> None:
    path = tmp_path / "x.rtf"
    path.write_bytes(("{\\rtf1\\ansi\\ansicpg1252 " + rtf + "}").encode())
    assert one(path).rstrip() == text


def test_rtf_that_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "x.rtf"
    path.write_bytes(feeds.rtf("No {\\b mass")[:-1])
    assert codes(rows(path)) == [("x.rtf", "truncated")]


# --- DICOM -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sop", ["11", "22", "33"])
def test_dicom_sr(tmp_path: Path, sop: str) -> None:
    path = feeds.structured(tmp_path / "x.dcm", {"Findings": "Mass at T8 – 3 cm.", "Impressions": "EMH."}, sop)
    (row,) = rows(path, patient_field="PatientID")
    assert isinstance(row, Report)
    assert row.text == "Findings:\nMass at T8 – 3 cm.\nImpressions:\nEMH."
    assert (row.id, row.patient_id, row.date, row.context["StudyInstanceUID"]) == (
        "1.2.3.4",
        "4711",
        "2026-01-01",
        "1.2.3",
    )


def test_dicom_codes_and_numbers(tmp_path: Path) -> None:
    import pydicom
    from pydicom.dataset import Dataset

    path = feeds.structured(tmp_path / "x.dcm", {"Findings": "Mass."}, "22")
    made = pydicom.dcmread(path)

    def code(value: str, meaning: str) -> list[Dataset]:
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "UCUM", meaning
        return [item]

    number, measured = Dataset(), Dataset()
    number.RelationshipType, number.ValueType, number.ConceptNameCodeSequence = "CONTAINS", "NUM", code("1", "Length")
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = "42", code("mm", "millimeter")
    number.MeasuredValueSequence = [measured]
    coded = Dataset()
    coded.RelationshipType, coded.ValueType, coded.ConceptNameCodeSequence = (
        "CONTAINS",
        "CODE",
        code("2", "Compression"),
    )
    coded.ConceptCodeSequence = code("3", "Absent")
    made.ContentSequence[1].ContentSequence.extend([number, coded])
    made.save_as(path)
    assert one(path) == "Findings:\nMass.\nLength: 42 mm\nCompression: Absent"


def test_dicom_without_report(tmp_path: Path) -> None:
    empty = feeds.structured(tmp_path / "empty.dcm", {})
    assert codes(rows(empty)) == [("empty.dcm", "no_text")]
    dose = feeds.structured(tmp_path / "dose.dcm", {"Findings": "x"}, "67")
    assert codes(rows(dose)) == [("dose.dcm", "not_a_report")]
    whole = feeds.structured(tmp_path / "cut.dcm", {"Findings": "Mass at T8. " * 50})
    whole.write_bytes(whole.read_bytes()[:-300])
    assert codes(rows(whole)) in ([("cut.dcm", "truncated")], [("cut.dcm", "damaged")])


# --- not what the name says --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.jsonl", "x.hl7"])
def test_archives_given_as_text(tmp_path: Path, name: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", R["a1"])
    for data in (packed.getvalue(), gzip.compress(R["a1"].encode())):
        path = tmp_path / name
        path.write_bytes(data)
        assert codes(rows(path)) == [(name, "archive")]


def test_nul_bytes(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(R["a1"].encode() + b"\0")
    (tmp_path / "y.txt").write_text(R["a2"], "utf-8")
    found = rows(tmp_path)
    assert codes(found) == [("x.txt", "binary")]
    assert [row.id for row in found if isinstance(row, Report)] == ["y.txt"]


def test_a_missing_library_is_told_with_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for module, name, extra in (
        ("pypdf", "pdf", "docs"), ("docx", "docx", "docs"), ("striprtf.striprtf", "rtf", "docs"),
        ("pydicom", "dicom", "dicom"), ("duckdb", "parquet", "parquet"),
    ):  # fmt: skip
        monkeypatch.setitem(sys.modules, module.split(".")[0], None)
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(EmhReportError, match=rf"needs an extra: pip install 'emh-report\[{extra}\]'"):
            list(connectors.reader(name).read(tmp_path, ReadOptions()))

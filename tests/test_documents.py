"""Word and PDF: whole files, nothing fetched, nothing lost, and a plain word where a library is missing."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from html import unescape
from pathlib import Path

import pytest

from conftest import Run
from emh_report.errors import MissingExtra
from emh_report.model import Findings
from emh_report.render import render
from emh_report.word_file import docx
from render_samples import HOSTILE, hostile, many, rich


def words_of(data: bytes) -> str:
    """All the text of a Word file, read by python-docx, blocks in lines."""
    import docx as library

    document = library.Document(io.BytesIO(data))
    lines = []
    for block in document.iter_inner_content():
        if isinstance(block, library.table.Table):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines)


@pytest.fixture
def findings(tmp_path: Path) -> Path:
    path = tmp_path / "f.json"
    path.write_text(rich().model_dump_json(), "utf-8")
    return path


def test_word_file_says_what_the_html_report_says(cli: Run, findings: Path, tmp_path: Path) -> None:
    target = tmp_path / "r.docx"
    assert cli("render", findings, "--format", "docx", "-o", target).status == 0
    text = words_of(target.read_bytes())
    page = re.sub(
        r"(?s)<(style|svg|title).*?</\1>|<figcaption>.*?</figcaption>|<ul class=.key.*?</ul>",
        " ",
        render(rich(), "html"),
    )
    said = re.findall(r"[\w-]+", unescape(re.sub("<[^>]+>", " ", page)).lower())
    assert len(said) > 200
    assert set(said) <= set(re.findall(r"[\w-]+", text.lower()))
    assert text.index("SPINAL CORD COMPRESSION IS REPORTED AT T6-T7.") < text.index("Clinical information")
    assert "Cord compression: present T6-T7, stated absent T4, T10." in text
    assert "T1 | isointense to spinal cord" in text


def test_word_file_of_hostile_text_is_well_formed() -> None:
    data = docx([render(hostile(), "html"), render(many(), "html")])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        body = archive.read("word/document.xml").decode()
    assert "alert(1)" in words_of(data)
    assert "<script" not in body
    assert words_of(data).count("left paravertebral mass") == 60
    assert HOSTILE.split()[0] in words_of(data)


def test_word_file_takes_any_character() -> None:
    odd = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF, 0xD800, 0x1F480, 0xE0001])) + "end"
    text = words_of(docx([render(Findings.model_validate({"source": {"id": odd}}), "html")]))
    assert "\U0001f480end" in text


def test_several_reports_begin_on_new_pages(cli: Run, findings: Path, tmp_path: Path) -> None:
    target = tmp_path / "r.docx"
    assert cli("render", findings, findings, "--format", "docx", "-o", target).status == 0
    with zipfile.ZipFile(target) as archive:
        assert archive.read("word/document.xml").count(b'w:type="page"') == 1


@pytest.mark.parametrize(
    ("library", "format", "message"),
    [
        ("docx", "docx", "Word files need an extra: pip install 'emh-report[docx]'"),
        ("weasyprint", "pdf", "PDF needs an extra: pip install 'emh-report[pdf-out]'"),
    ],
)
def test_a_missing_library_is_named_with_its_command(
    library: str, format: str, message: str, cli: Run, findings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    ran = cli("render", findings, "--format", format, "-o", tmp_path / "r")
    assert (ran.status, ran.err) == (2, f"emh-report: {message}\n")
    assert not (tmp_path / "r").exists()


def _pdf(*pages: str) -> bytes:
    from emh_report.pdf_file import pdf

    try:
        return pdf(pages)
    except MissingExtra as missing:
        pytest.skip(str(missing))


@pytest.mark.system
def test_pdf_holds_every_report(tmp_path: Path) -> None:
    data = _pdf(render(rich(), "html"), render(rich(), "html", "tumour-board"))
    assert data.startswith(b"%PDF-")
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext and pdfinfo (poppler-utils) are not installed")
    (tmp_path / "r.pdf").write_bytes(data)
    told = subprocess.run(["pdfinfo", tmp_path / "r.pdf"], capture_output=True, check=True).stdout.decode()
    assert re.search(r"Tagged: +yes", told)  # a screen reader finds headings and tables
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "r.pdf", "-"], capture_output=True, check=True
    ).stdout.decode()
    assert text.count("SPINAL CORD COMPRESSION IS REPORTED AT T6-T7.") == 2
    assert re.search(r"^ *C1\b", text, re.MULTILINE)
    assert "Lesion 2: epidural component" in text


@pytest.mark.system
def test_pdf_loads_nothing_and_logs_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "secretword.css"
    secret.write_text("body::before { content: 'secretword' }", "utf-8")
    page = f'<html><head><link rel="stylesheet" href="{secret.as_uri()}"></head><body><img src="{secret.as_uri()}">x</body></html>'
    data = _pdf(page)
    assert data.startswith(b"%PDF-")
    captured = capfd.readouterr()
    assert "secretword" not in captured.out + captured.err
    assert len(data) == len(_pdf("<html><body>x</body></html>"))


@pytest.mark.system
def test_libreoffice_opens_the_word_file(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "r.docx").write_bytes(docx([render(rich(), "html")]))
    home = (tmp_path / "profile").as_uri()
    subprocess.run(
        [office, f"-env:UserInstallation={home}", "--headless", "--convert-to", "txt:Text", "--outdir", tmp_path, tmp_path / "r.docx"],
        capture_output=True, check=True, timeout=180,
    )  # fmt: skip
    text = (tmp_path / "r.txt").read_text("utf-8-sig")
    assert "SPINAL CORD COMPRESSION IS REPORTED AT T6-T7." in text
    assert "Lesion 2: epidural component" in text

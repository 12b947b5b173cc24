"""Bad input: one clear line, the contract's exit status, and never half a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import REPORT, Run
from emh_report.errors import FindingsError, InputError
from emh_report.model import Findings
from emh_report.reading import decode, digest, load_findings

TEXT = "Findings:\r\nMass 4 × 3 cm at T8, 28 °C.\r\nNo cord compression.\r\n"


@pytest.fixture(autouse=True)
def no_partial_output(tmp_path: Path) -> Iterator[None]:
    """Whatever a command did, it left no temporary file and no output that it did not finish."""
    yield
    assert [path.name for path in tmp_path.rglob(".*")] == []


def refuse(cli: Run, tmp_path: Path, *arguments: object, stdin: bytes = b"") -> str:
    """The one line with which a command refuses, writing nothing."""
    target = tmp_path / "out.json"
    ran = cli(*arguments, "-o", target, stdin=stdin)
    assert (ran.status, ran.out) == (2, "")
    assert not target.exists()
    assert ran.err.startswith("emh-report: ")
    assert ran.err.count("\n") == 1
    return ran.err.removeprefix("emh-report: ").strip()


def test_missing_file(cli: Run, tmp_path: Path) -> None:
    message = refuse(cli, tmp_path, "extract", tmp_path / "nowhere.txt")
    assert message == f"{tmp_path / 'nowhere.txt'}: cannot be read (No such file or directory)"
    assert "nowhere.json" in refuse(cli, tmp_path, "render", tmp_path / "nowhere.json")


def test_directory_without_reports(cli: Run, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "report.pdf").write_bytes(b"x")
    assert "no reports here" in refuse(cli, tmp_path, "extract", folder)


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\t\n", "\ufeff\xa0\n".encode(), b"\xff\xfe\n\x00"])
def test_nothing_in_it(cli: Run, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "blank.txt"
    path.write_bytes(data)
    message = refuse(cli, tmp_path, "extract", path)
    assert message in (f"{path}: is empty", f"{path}: holds only white space")
    assert refuse(cli, tmp_path, "extract", "-", stdin=data).startswith("-: ")


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
        bytes(range(256)) * 8,
        b"Report" + b"\x00" * 50,
        b"%PDF-1.7\n1 0 obj",
        b"PK\x03\x04word/document.xml",
        rb"{\rtf1\ansi FINDINGS}",
        b"\xff\xfea\x00b",
        b"\x01\x02\x03\x04text",
    ],
)
def test_not_text(cli: Run, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "scan.txt"
    path.write_bytes(data)
    assert refuse(cli, tmp_path, "extract", path).startswith(f"{path}: is ")


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"],
)
def test_encodings(cli: Run, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(TEXT.encode(encoding))
    ran = cli("extract", path)
    assert (ran.status, ran.err) == (0, "")
    found = Findings.model_validate_json(ran.out)
    assert (found.source.characters, found.source.sha256) == (len(TEXT), digest(TEXT))
    assert found.cord_compression.assertion == "absent"
    for mention in found.mentions:
        assert TEXT[mention.start : mention.end] == mention.text


def test_line_ends_are_characters() -> None:
    assert decode(TEXT.encode(), "x") == TEXT
    assert decode(b"a\rb\r\nc\n", "x") == "a\rb\r\nc\n"


def test_windows_quotes_and_undefined_bytes() -> None:
    assert decode(b"\x93pseudotumour\x94 \x96 5\xb7\x32 cm", "x") == "“pseudotumour” – 5·2 cm"
    assert decode(b"caf\xe9 \x81", "x") == "café \x81"


@given(st.binary(max_size=400))
@example(b"\x00\xd8" * 40)
@example(b"\xff\xfe\x00\x00\x01")
def test_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        text = decode(data, "x")
    except InputError as error:
        text = str(error).replace("\n", "a second line")
    assert "a second line" not in text


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_utf8_is_read_as_written(text: str) -> None:
    assert decode(b"\xef\xbb\xbf" + text.encode(), "x") == text


def test_file_name_on_one_line() -> None:
    with pytest.raises(InputError) as caught:
        decode(b"", "two\nlines\x1b[31m.txt")
    assert str(caught.value) == "two?lines?[31m.txt: is empty"


def test_no_section(cli: Run) -> None:
    ran = cli("extract", "-", stdin=b"mass t8 cord not compressed")
    assert ran.status == 0
    found = json.loads(ran.out)
    assert found["cord_compression"]["assertion"] == "absent"


@pytest.mark.parametrize("text", ["x", "....", "\u202e\U0001f9ac", "no", "T1", "(" * 3000, "\x0c", "- \n" * 500])
def test_odd_texts_give_an_honest_result(cli: Run, text: str) -> None:
    ran = cli("extract", "-", stdin=text.encode())
    assert ran.status in (0, 2)
    if ran.status == 0:
        found = Findings.model_validate_json(ran.out)
        assert found.emh.assertion == "not_mentioned"
        assert found.lesions == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", [(REPORT * 50_000)[:5_000_000], "no mass and " * 25_000], ids=["5 MB", "one line of 300 KB"]
)
def test_long_text_is_read_to_its_end(cli: Run, text: str) -> None:
    """That the cost of length is linear is test_linear.py's part."""
    ran = cli("extract", "-", stdin=text.encode())
    assert ran.status == 0
    found = json.loads(ran.out)
    assert found["source"]["characters"] == len(text)
    assert found["mentions"][-1]["end"] > len(text) - 200


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x: is empty"),
        ("hello", "x: not JSON (line 1, column 1)"),
        ('{"schema_version": "1.0",\n "emh": }', "x: not JSON (line 2, column 9)"),
        ("[]", "x: $: expected a findings object, as written by emh-report extract"),
        ("3", "x: $: expected a findings object, as written by emh-report extract"),
        ("{}", 'x: $.schema_version: expected "1.0"; this is not a findings object'),
        ('{"resourceType": "Bundle"}', 'x: $.schema_version: expected "1.0"; this is not a findings object'),
        (
            '{"schema_version": "2.0", "future": 1}',
            "x: $.schema_version: schema_version 2.0 is newer than this program reads (1.0): update emh-report",
        ),
        (
            '{"schema_version": "1.1"}',
            "x: $.schema_version: schema_version 1.1 is newer than this program reads (1.0): update emh-report",
        ),
        ('{"schema_version": "0.9"}', "x: $.schema_version: expected 1.0; no such older version exists"),
        ('{"schema_version": 1.0}', 'x: $.schema_version: expected a version such as "1.0"'),
        ('{"schema_version": "zebrafish"}', 'x: $.schema_version: expected a version such as "1.0"'),
        ('{"schema_version": "1.0", "nonsense": 1}', "x: $.nonsense: unknown field"),
        ('{"schema_version": "1.0", "emh": []}', "x: $.emh: expected an object"),
        (
            '{"schema_version": "1.0", "lesions": [{"id": "1", "kind": "mass", "site": "rib", "levels": ["T1", "T13"]}]}',
            "x: $.lesions[0].levels[1]: expected a vertebra C1-C7, T1-T12, L1-L5 or S1-S5",
        ),
        (
            '{"schema_version": "1.0", "lesions": [{"kind": "mass", "site": "rib"}]}',
            "x: $.lesions[0].id: expected this field",
        ),
        (
            '{"schema_version": "1.0", "biopsy": {"status": "zebrafish"}}',
            "x: $.biopsy.status: expected 'recommended', 'conditional', 'not_recommended', 'deferred', 'performed' "
            "or 'not_mentioned'",
        ),
        (
            '{"schema_version": "1.0", "emh": {"assertion": "present", "certainty": "likely"}}',
            'x: $.emh: expected certainty only beside assertion "possible"',
        ),
        (
            '{"schema_version": "1.0", "lesions": [{"id": "1", "kind": "mass", "site": "rib", "count": "zebrafish"}]}',
            "x: $.lesions[0].count: expected a integer",
        ),
        (
            '{"schema_version": "1.0", "mentions": [{"concept": "x", "text": "zebrafish", "start": -1, "end": 2, '
            '"assertion": "present"}]}',
            "x: $.mentions[0].start: expected greater than or equal to 0",
        ),
        ('{"schema_version": "1.0", "a": ' + "[" * 100_000, "x: not JSON that can be read"),
    ],
)
def test_not_findings(cli: Run, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x"
    path.write_text(text, "utf-8")
    told = refuse(cli, tmp_path, "render", path)
    assert told.removeprefix(f"{tmp_path}/").startswith(message)
    assert "zebrafish" not in told


def test_findings_in_other_encodings(cli: Run) -> None:
    """PowerShell's ``>`` writes UTF-16."""
    found = cli("extract", "-", stdin=REPORT.encode()).out
    for encoding in ("utf-8-sig", "utf-16"):
        assert cli("render", "-", stdin=found.encode(encoding)).status == 0


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists, max_leaves=5))
def test_any_json_is_refused_in_one_line(value: object) -> None:
    with pytest.raises(FindingsError) as caught:
        load_findings(json.dumps({"schema_version": "1.0", "lesions": [value]}), "x")
    assert "\n" not in str(caught.value)


def test_bad_line_of_many(cli: Run, tmp_path: Path) -> None:
    good = Findings().model_dump_json()
    path = tmp_path / "many.jsonl"
    path.write_text(f"{good}\n\n{{\n{good}\n", "utf-8")
    ran = cli("render", path)
    assert ran.status == 1
    assert ran.err == f"emh-report: {path}:3: not JSON (line 1, column 2)\n"

"""The command line as the contract has it: what goes where, in which order, with which exit status."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from conftest import REPORT, ROOT, Run, emh_report, python
from emh_report import __version__
from emh_report.model import Findings


def two_reports(folder: Path) -> Path:
    """A directory with two reports and something else."""
    folder.mkdir()
    (folder / "b.txt").write_text("No cord compression.", "utf-8")
    (folder / "a.TXT").write_text("Cord compression at T5.", "utf-8")
    (folder / "notes.md").write_text("not a report", "utf-8")
    return folder


def lines(out: str) -> list[Findings]:
    return [Findings.model_validate_json(line) for line in out.splitlines()]


def test_one_report_is_one_readable_object(cli: Run, report: Path) -> None:
    ran = cli("extract", report)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith('{\n  "schema_version": "1.0"')
    found = Findings.model_validate_json(ran.out)
    assert found.source.id == "report.txt"
    assert found.source.characters == len(REPORT)
    assert found.source.patient_id is None


def test_standard_input(cli: Run) -> None:
    ran = cli("extract", "-", stdin=REPORT.encode())
    assert ran.status == 0
    assert json.loads(ran.out)["source"]["id"] == "-"


def test_identifiers_are_given_for_one_report_only(cli: Run, report: Path) -> None:
    source = json.loads(cli("extract", report, "--id", "row 7", "--patient-id", "P1").out)["source"]
    assert (source["id"], source["patient_id"]) == ("row 7", "P1")
    assert cli("extract", report, report, "--patient-id", "P1").status == 2


def test_several_inputs_are_lines_in_input_order(cli: Run, report: Path, tmp_path: Path) -> None:
    folder = two_reports(tmp_path / "many")
    ran = cli("extract", report, folder, "-", stdin=b"Normal study.")
    assert (ran.status, ran.err) == (0, "")
    assert [found.source.id for found in lines(ran.out)] == ["report.txt", "a.TXT", "b.txt", "-"]


def test_a_directory_of_one_report_is_lines_too(cli: Run, report: Path) -> None:
    ran = cli("extract", report.parent)
    assert ran.out.count("\n") == len(lines(ran.out)) == 1


def test_a_bad_input_is_named_and_the_others_done(cli: Run, report: Path, tmp_path: Path) -> None:
    ran = cli("extract", tmp_path / "nowhere.txt", report)
    assert ran.status == 1
    assert [found.source.id for found in lines(ran.out)] == ["report.txt"]
    assert ran.err.count("\n") == 1
    assert "nowhere.txt" in ran.err


def test_no_input_succeeded(cli: Run, tmp_path: Path) -> None:
    ran = cli("extract", tmp_path / "one.txt", tmp_path / "two.txt")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.count("\n") == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["extract"],
        ["extract", "--nonsense", "x"],
        ["extract", "x", "--jobs", "0"],
        ["extract", "x", "--lexicons", "/nowhere/at/all"],
        ["render"],
        ["render", "x", "--format", "klingon"],
        ["evaluate"],
        ["evaluate", "/nowhere/at/all"],
        ["lexicon", "check", "/nowhere/at/all"],
        ["migrate"],
    ],
    ids=" ".join,
)
def test_wrong_usage(cli: Run, arguments: Sequence[str]) -> None:
    ran = cli(*arguments)
    assert ran.status == 2
    assert "Traceback" not in ran.err
    assert ran.out == "" or arguments == []


@pytest.mark.parametrize(
    "command", ["", "extract", "render", "schema", "migrate", "evaluate", "lexicon", "lexicon check"]
)
def test_every_command_has_help(cli: Run, command: str) -> None:
    ran = cli(*command.split(), "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("Usage:")


def test_version(cli: Run) -> None:
    assert cli("--version").out == f"emh-report {__version__}\n"


def test_output_file_has_what_standard_output_has(cli: Run, report: Path, tmp_path: Path) -> None:
    target = tmp_path / "findings.json"
    ran = cli("extract", report, "-o", target)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert target.read_bytes().decode() == cli("extract", report).out
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.skipif(os.name == "nt", reason="permissions")
def test_output_file_has_ordinary_permissions(cli: Run, report: Path, tmp_path: Path) -> None:
    target, other = tmp_path / "findings.json", tmp_path / "other"
    other.touch()
    cli("extract", report, "-o", target)
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_output_stays_as_it_was_when_nothing_succeeds(cli: Run, tmp_path: Path) -> None:
    target = tmp_path / "findings.json"
    target.write_text("earlier", "utf-8")
    assert cli("extract", tmp_path / "nowhere.txt", "-o", target).status == 2
    assert target.read_text("utf-8") == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["findings.json"]


def test_output_never_replaces_an_input(cli: Run, report: Path) -> None:
    assert cli("extract", report, "-o", report).status == 2
    assert report.read_text("utf-8") == REPORT


@pytest.mark.parametrize("target", ["missing/findings.json", "."])
def test_output_that_cannot_be_written(cli: Run, report: Path, tmp_path: Path, target: str) -> None:
    ran = cli("extract", report, "-o", tmp_path / target)
    assert (ran.status, ran.err.count("\n")) == (2, 1)


def test_unexpected_failure_quotes_nothing(
    cli: Run, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emh_report.extract import Extractor

    def broken(self: Extractor, source: object) -> Findings:
        if "compression" in source.text:  # type: ignore[attr-defined]
            raise TypeError("zebrafish " + source.text)  # type: ignore[attr-defined]
        return Findings()

    monkeypatch.setattr(Extractor, "__call__", broken)
    good = tmp_path / "good.txt"
    good.write_text("Normal.", "utf-8")
    ran = cli("extract", report, good)
    assert ran.status == 1
    assert len(lines(ran.out)) == 1
    assert "report.txt: internal error (TypeError at batch.py:" in ran.err
    assert ran.err.endswith("; no text shown\n")
    assert "zebrafish" not in ran.err
    assert "hematopoiesis" not in ran.err


@pytest.mark.slow
def test_processes_change_nothing(cli: Run, tmp_path: Path) -> None:
    folder = two_reports(tmp_path / "many")
    arguments = [folder, tmp_path / "nowhere.txt", "-", folder]
    one = cli("extract", *arguments, stdin=b"Cord compressed at D5.")
    two = emh_report(["extract", *arguments, "--jobs", "2"], stdin=b"Cord compressed at D5.")
    assert two == one
    assert (one.status, len(lines(one.out))) == (1, 5)


@pytest.mark.slow
def test_findings_pipe_into_a_report(report: Path) -> None:
    found = emh_report(["extract", report], env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (found.status, found.err) == (0, "")
    rendered = emh_report(["render", "-"], stdin=found.out.encode())
    assert (rendered.status, rendered.err) == (0, "")
    assert "T8" in rendered.out


@pytest.mark.slow
def test_output_is_utf8_in_any_locale(tmp_path: Path) -> None:
    path = tmp_path / "é.txt"
    path.write_text("β-thalassemia. Mass 4 × 3 cm at T8.", "utf-8")
    ran = emh_report(["extract", path], env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert ran.status == 0
    assert json.loads(ran.out)["source"]["id"] == "é.txt"
    assert "β" in ran.out


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_reader_that_stops_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "findings.jsonl"
    path.write_text((Findings().model_dump_json() + "\n") * 3000, "utf-8")
    command = f'"{sys.executable}" -m emh_report migrate "{path}" | head -n 1'
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, shell=True, capture_output=True, env=env, check=False, timeout=60)
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_leaves_nothing(tmp_path: Path, told: signal.Signals) -> None:
    command = [sys.executable, "-m", "emh_report", "extract", "-", "-o", str(tmp_path / "findings.json")]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=env) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)  # until it waits for its input: Python swallows what a signal raises in an import's callback
        process.send_signal(told)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1, err.decode()
    assert out == b""
    assert b"Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_help_loads_no_pipeline() -> None:
    code = (
        "import sys; from emh_report.cli import main; main(['--help']);"
        "sys.exit(bool({'spacy', 'medspacy', 'jinja2', 'yaml', 'numpy'} & set(sys.modules)))"
    )
    assert python(code).status == 0


def test_schema_describes_what_extract_prints(cli: Run, report: Path) -> None:
    from jsonschema import Draft202012Validator

    schema = json.loads(cli("schema").out)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    validator.validate(json.loads(cli("extract", report).out))
    assert not validator.is_valid({})
    assert not validator.is_valid({"schema_version": "2.0"})
    assert not validator.is_valid({"schema_version": "1.0", "emh": {"assertion": "perhaps"}})


def test_render_lines_renders_each(cli: Run, report: Path, tmp_path: Path) -> None:
    single = cli("render", "-", stdin=cli("extract", report).out.encode())
    assert (single.status, single.err) == (0, "")
    folder = two_reports(tmp_path / "many")
    found = cli("extract", folder).out
    both = cli("render", "-", stdin=found.encode())
    assert both.status == 0
    each = [cli("render", "-", stdin=line.encode()).out for line in found.splitlines()]
    assert all(text in both.out for text in each)


def test_render_names_a_bad_line_and_does_the_others(cli: Run, report: Path) -> None:
    good = cli("extract", report, report).out.splitlines()[0]
    bad = '{"schema_version": "1.0", "emh": {"assertion": "zebrafish"}}'
    ran = cli("render", "-", stdin=f"{good}\n{bad}\n{good}\n".encode())
    assert ran.status == 1
    assert ran.err.startswith("emh-report: -:2: $.emh.assertion: expected ")
    assert "zebrafish" not in ran.err


@pytest.mark.parametrize("format", ["text", "markdown", "html"])
def test_render_formats_to_a_file(cli: Run, report: Path, tmp_path: Path, format: str) -> None:
    target = tmp_path / "report.out"
    found = cli("extract", report).out.encode()
    ran = cli("render", "-", "--format", format, "-o", target, stdin=found)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert target.read_text("utf-8") == cli("render", "-", "--format", format, stdin=found).out


def test_render_with_a_missing_template(cli: Run, report: Path) -> None:
    ran = cli("render", "-", "--template", "nowhere.jinja", stdin=cli("extract", report).out.encode())
    assert (ran.status, ran.out) == (2, "")
    assert "nowhere.jinja" in ran.err


def test_migrate_keeps_what_is_current(cli: Run, report: Path) -> None:
    found = cli("extract", report).out
    ran = cli("migrate", "-", stdin=found.encode())
    assert ran.status == 0
    assert json.loads(ran.out) == json.loads(found)
    assert cli("migrate", "-", stdin=b'{"schema_version": "0.9"}').status == 2


def test_lexicon_check(cli: Run, tmp_path: Path) -> None:
    assert cli("lexicon", "check").status == 0
    (tmp_path / "mine.yaml").write_text("kind: finding\nconcepts:\n  - id: thing\n    tersm:\n      - thing\n", "utf-8")
    ran = cli("lexicon", "check", tmp_path)
    assert ran.status == 1
    assert "mine.yaml:4" in ran.err


def test_faulty_lexicon_stops_extraction(cli: Run, report: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("kind: finding\nconcepts:\n  - id: thing\n    tersm:\n      - thing\n", "utf-8")
    ran = cli("extract", report, "--lexicons", tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert "mine.yaml:4" in ran.err


def test_an_added_concept_is_mentioned(cli: Run, tmp_path: Path) -> None:
    lexicon = "kind: finding\nconcepts:\n  - id: zorbing\n    terms:\n      - zorbing sign\n"
    (tmp_path / "mine.yaml").write_text(lexicon, "utf-8")
    ran = cli("extract", "-", "--lexicons", tmp_path, stdin=b"FINDINGS: No zorbing sign.")
    mentions = [mention for mention in json.loads(ran.out)["mentions"] if mention["concept"] == "zorbing"]
    assert [mention["assertion"] for mention in mentions] == ["absent"]


def test_public_names_stay_functions() -> None:
    import emh_report.extract
    import emh_report.render
    from emh_report import Extractor, extract, load_findings, render

    found = extract("No cord compression.")
    assert isinstance(found, Findings)
    assert load_findings(found.model_dump_json()) == found
    assert "compression" in render(found)
    assert isinstance(Extractor(), Extractor)
    with pytest.raises(AttributeError):
        emh_report.nonsense  # noqa: B018

"""No report text on standard error, in a log or in an error message, whether a run succeeds or fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import emh_report, python

pytestmark = pytest.mark.slow

MARKER = "Zebrafishson"
REPORT = f"""PATIENT: {MARKER}
HISTORY: {MARKER} has thalassemia. FINDINGS: {MARKER} mass at T8-T3, 4.2 x 3 cm. No cord compression.
IMPRESSION: {MARKER} extramedullary hematopoiesis.
"""


def silent(*texts: str) -> None:
    for text in texts:
        assert MARKER.casefold() not in text.casefold()
        assert "Traceback" not in text


def test_good_run_is_silent(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(REPORT, "utf-8")
    ran = emh_report(["extract", "a.txt"], cwd=tmp_path)
    assert (ran.status, ran.err) == (0, "")
    assert MARKER in ran.out or json.loads(ran.out)["source"]["characters"] == len(REPORT)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    rendered = emh_report(["render", "-"], stdin=ran.out.encode(), cwd=tmp_path)
    assert (rendered.status, rendered.err) == (0, "")


def test_workers_are_silent(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(REPORT, "utf-8")
    ran = emh_report(["extract", tmp_path, "--jobs", "2"])
    assert (ran.status, ran.err) == (0, "")


BROKEN = """
import sys
from emh_report.cli import main
from emh_report.extract import Extractor

def broken(self, report):
    text = report.text
    raise {failure}

Extractor.__call__ = broken
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "failure",
    [
        "ValueError(text)",
        "RecursionError(text)",
        "MemoryError(text)",
        "UnicodeEncodeError('ascii', text, 0, 1, text)",
    ],
)
def test_failing_run_names_no_text(tmp_path: Path, failure: str) -> None:
    """Failures inside the pipeline, each with the report in its message."""
    (tmp_path / "a.txt").write_text(REPORT, "utf-8")
    ran = python(BROKEN.format(failure=failure), "extract", "a.txt", cwd=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert f"a.txt: internal error ({failure.partition('(')[0]}" in ran.err
    silent(ran.err)


def test_unreadable_inputs_name_no_text(tmp_path: Path) -> None:
    binary = tmp_path / "binary.txt"
    binary.write_bytes(REPORT.encode() + b"\x00\x01\x02\x03" * 500)
    damaged = tmp_path / "damaged.txt"
    damaged.write_bytes(REPORT.encode("utf-16")[:-1])
    ran = emh_report(["extract", binary, damaged])
    assert ran.status == 2
    silent(ran.out, ran.err)


@pytest.mark.parametrize(
    "content",
    [
        REPORT,
        json.dumps({"text": REPORT}),
        json.dumps({"schema_version": REPORT}),
        json.dumps({"schema_version": "1.0", REPORT: 1}),
        json.dumps({"schema_version": "1.0", "emh": {"assertion": REPORT}}),
        json.dumps({"schema_version": "1.0", "lesions": [{"id": "1", "kind": "mass", "site": REPORT}]}),
        json.dumps({"schema_version": "1.0", "mentions": [REPORT]}),
        '{"schema_version": "1.0", "source": "' + REPORT + '"}',
    ],
)
def test_refused_findings_name_no_text(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, "utf-8")
    for command in ("render", "migrate"):
        ran = emh_report([command, path])
        assert ran.status == 2
        assert ran.err.count("\n") == 1
        silent(ran.out, ran.err)


def test_failing_template_names_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(REPORT, "utf-8")
    found = emh_report(["extract", tmp_path / "a.txt"]).out.replace('"question": null', f'"question": "{MARKER}"')
    assert MARKER in found
    for number, template in enumerate(("{{ findings.clinical.question.nonsense }}", "{{ 1 / 0 }}", "{% nonsense %}")):
        path = tmp_path / f"bad{number}.txt.jinja"
        path.write_text(template, "utf-8")
        ran = emh_report(["render", "-", "--template", path], stdin=found.encode())
        assert (ran.status, ran.out) == (2, "")
        silent(ran.err)


def test_evaluation_names_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(REPORT, "utf-8")
    (tmp_path / "a.json").write_text(json.dumps({"cord_compression": {"assertion": "present"}}), "utf-8")
    ran = emh_report(["evaluate", tmp_path, "--show"])
    assert ran.status == 1
    silent(ran.out, ran.err)


def test_the_library_logs_nothing(tmp_path: Path) -> None:
    """PyRuSH prints every token through loguru, which is on by default, and medspaCy logs through logging."""
    code = f"""
import logging
logging.basicConfig(level=logging.DEBUG)
import warnings
warnings.simplefilter("always")
from emh_report import extract
extract({REPORT!r})
"""
    ran = python(code, cwd=tmp_path)
    assert ran.status == 0
    silent(ran.out, ran.err)

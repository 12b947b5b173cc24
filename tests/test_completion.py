"""Filling in what the report left unstated: only silence is asked, every answer is checked and marked."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import ROOT, Run
from emh_report import paths
from emh_report.completion import AnswerError, filled, gaps
from emh_report.errors import EmhReportError
from emh_report.flat import flatten
from emh_report.model import Findings, LesionKind
from emh_report.reading import load_findings
from emh_report.render import render
from emh_report.wording import questions
from render_samples import rich

USUAL = list(questions())


def names(findings: Findings, *fields: str) -> list[str]:
    return [gap.path for gap in gaps(findings, fields or USUAL)]


def answered(findings: Findings, path: str, text: str) -> Findings:
    (gap,) = gaps(findings, [path])
    return filled(findings, gap, text)


def test_usual_questions_are_fields_of_the_contract() -> None:
    for name in USUAL:
        assert paths.object_at(name) is None


def test_only_silence_is_asked() -> None:
    asked = names(rich())
    assert "cord_compression.assertion" not in asked
    assert "cauda_equina.assertion" in asked
    assert "lesions[1].size_mm" in asked
    assert "lesions[0].size_mm" not in asked
    values = {row.key: row.value for row in flatten(rich())}
    assert {values[each] for each in asked} <= {None, "not_mentioned"}


def test_no_question_about_what_is_not_there() -> None:
    asked = names(Findings())
    assert "cord_compression.assertion" in asked
    assert not {"cord_compression.levels", "cord_compression.severity", "cord_compression.certainty"} & set(asked)
    denied = answered(Findings(), "cord_compression.assertion", "absent")
    assert not {"cord_compression.levels", "cord_compression.severity"} & set(names(denied))
    there = answered(Findings(), "cord_compression.assertion", "present")
    assert {"cord_compression.levels", "cord_compression.severity"} <= set(names(there))
    assert "cord_compression.certainty" not in names(there)
    assert "cord_compression.certainty" in names(answered(Findings(), "cord_compression.assertion", "possible"))
    assert "biopsy.target" not in names(Findings(), "biopsy")


def test_a_name_stands_for_what_is_below_it() -> None:
    assert names(rich(), "biopsy") == ["biopsy.method", "biopsy.target", "biopsy.result"]
    assert names(rich(), "lesions[1].size_mm") == ["lesions[1].size_mm"]
    assert set(names(rich(), "lesions.size_mm")) == {"lesions[1].size_mm"}
    assert all(each.startswith("lesions[1].") for each in names(rich(), "lesions[1]"))


@pytest.mark.parametrize(
    ("path", "answer", "value"),
    [
        ("study.date", "2026-01-31", "2026-01-31"),
        ("study.field_strength_t", "1.5", 1.5),
        ("study.sequences", "T1, t2, STIR", ("T1", "T2", "STIR")),
        ("study.contrast", "iv", "IV"),
        ("study.conus_level", "L1/L2", "L1/L2"),
        ("clinical.symptoms", "pain; weakness", ("pain", "weakness")),
        ("emh.assertion", "2", "possible"),
        ("biopsy.status", "not recommended", "not_recommended"),
        ("lesions[0].size_mm", "48 x 31", (48.0, 31.0)),
        ("lesions[0].levels", "D4 to D6, L1", ("T4", "T5", "T6", "L1")),
        ("lesions[0].disc_levels", "T4/T5", ("T4/T5",)),
        ("lesions[0].count", "3", 3),
        ("lesions[0].count", "multiple", "multiple"),
        ("lesions[0].laterality", "left", "left"),
    ],
)
def test_answers_become_values_and_are_marked(path: str, answer: str, value: object) -> None:
    empty = Findings.model_validate({"lesions": [{"id": "l1", "kind": LesionKind.MASS, "site": "rib"}]})
    found = answered(empty, path, answer)
    assert {row.key: row.value for row in flatten(found)}[path] == value
    assert [(each.field, each.origin) for each in found.entered] == [(path, "entered")]
    assert load_findings(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("study.field_strength_t", "strong"),
        ("study.field_strength_t", "-1"),
        ("study.modality", "secretword"),
        ("emh.assertion", "not"),
        ("emh.assertion", "no"),
        ("emh.assertion", "9"),
        ("lesions[0].levels", "T13"),
        ("lesions[0].levels", "T8-T4"),
        ("lesions[0].levels", "T4 and about"),
        ("lesions[0].size_mm", "0"),
        ("lesions[0].size_mm", "big"),
        ("study.conus_level", "L1, L2"),
        ("lesions[0].disc_levels", "T4/T9"),
        ("study.date", "   "),
    ],
)
def test_wrong_answers_are_refused_and_not_repeated(path: str, answer: str) -> None:
    empty = Findings.model_validate({"lesions": [{"id": "l1", "kind": "mass", "site": "rib"}]})
    with pytest.raises(AnswerError, match="expected") as refused:
        answered(empty, path, answer)
    assert "secretword" not in str(refused.value)


def test_a_stated_grade_stays_and_an_entered_one_says_so() -> None:
    there = Findings.model_validate({"cord_compression": {"assertion": "present"}})
    found = answered(there, "cord_compression.escc.grade", "1b")
    assert found.cord_compression.escc.origin == "entered"
    assert answered(there, "cord_compression.escc.grade", "2").cord_compression.escc.grade == "2"
    with pytest.raises(ValueError, match="not enough values"):
        answered(rich(), "cord_compression.escc.grade", "1b")


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(EmhReportError, match=r"no field 'lesion\.size_mm'; did you mean 'lesions'"):
        list(gaps(Findings(), ["lesion.size_mm"]))
    with pytest.raises(EmhReportError, match="cannot be entered"):
        list(gaps(Findings(), ["source.sha256"]))


@pytest.mark.parametrize("format", ["text", "markdown", "html"])
@pytest.mark.parametrize("template", ["standard", "concise"])
def test_the_report_says_what_was_entered(format: str, template: str) -> None:
    found = answered(Findings(), "cord_compression.assertion", "absent")
    rendered = " ".join(render(found, format, template).replace("\\", "").split())
    assert "ntered by a person, not stated in the source report" in rendered
    assert "cord_compression.assertion" in rendered


def test_never_interactive_without_a_terminal(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    file.write_text(Findings().model_dump_json(), "utf-8")
    ran = cli("complete", file, "-o", tmp_path / "out.json", stdin=b"2026-01-01\n")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "emh-report: complete asks questions: run it at a terminal\n"
    assert not (tmp_path / "out.json").exists()


class Terminal:
    """The command at a pseudo-terminal."""

    def __init__(self, *arguments: object) -> None:
        import pty

        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "emh_report", *map(str, arguments)],
            stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""

    def expect(self, words: str) -> None:
        start, end = len(self.seen), time.monotonic() + 60
        while words not in self.seen[start:]:
            assert time.monotonic() < end, self.seen
            if select.select([self.ours], [], [], 1)[0]:
                self.seen += os.read(self.ours, 4096).decode()

    def type(self, line: str) -> None:
        os.write(self.ours, f"{line}\n".encode())

    def end(self) -> int:
        assert self.process.stdout
        self.process.stdout.close()
        status = self.process.wait(60)
        os.close(self.ours)
        return status


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_dialog_at_the_terminal(tmp_path: Path) -> None:
    file, target = tmp_path / "f.json", tmp_path / "out.json"
    file.write_text(Findings.model_validate({"study": {"contrast": "none"}}).model_dump_json(), "utf-8")
    terminal = Terminal("complete", file, "--fields", "study.date,study.contrast,cord_compression", "-o", target)
    terminal.expect("Date of the examination")
    terminal.type("2026-01-31")
    terminal.expect("cord_compression.assertion]:")
    terminal.type("?")
    terminal.expect("1 present, 2 possible, 3 absent")
    terminal.type("maybe")
    terminal.expect("expected one of")
    terminal.type("present")
    terminal.expect("cord_compression.change:")
    terminal.type("")
    terminal.expect("cord_compression.levels]:")
    terminal.type("T6-T7")
    terminal.type(".")
    assert terminal.end() == 0
    found = load_findings(target.read_text("utf-8"))
    assert found.study.date == "2026-01-31"
    assert (found.cord_compression.assertion, found.cord_compression.levels) == ("present", ("T6", "T7"))
    assert [each.field for each in found.entered] == [
        "study.date",
        "cord_compression.assertion",
        "cord_compression.levels",
    ]
    assert "contrast" not in terminal.seen.replace("study.contrast", "")

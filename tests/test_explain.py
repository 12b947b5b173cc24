"""``emh-report explain``: what a value was made from, for a pipe, for a terminal and as JSON."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from conftest import ROOT, Run
from emh_report import Extractor, ReportText
from emh_report.errors import InputError
from emh_report.explain import Explanation, explain, stated
from emh_report.explain_view import lines, rich_lines
from emh_report.extract import Trace

REPORT = """HISTORY: Thalassemia, ?cord compression.
FINDINGS: Left paravertebral mass from T6 to T8, 4.2 x 3 cm. The cord is compressed at T7.
No cord compression at T9.
IMPRESSION: Likely extramedullary hematopoiesis with severe cord compression at T7.
Biopsy is not recommended.
"""
EXAMPLES = sorted((ROOT / "examples").glob("*.txt"))


@cache
def extractor() -> Extractor:
    return Extractor()


def trace(text: str = REPORT) -> Trace:
    return extractor().trace(ReportText(text, "r.txt"))


def told(field: str, text: str = REPORT) -> Explanation:
    return explain(trace(text), field)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "r.txt"
    path.write_text(REPORT, "utf-8")
    return path


def test_tracing_changes_nothing() -> None:
    assert trace().findings == extractor()(ReportText(REPORT, "r.txt"))


def test_levels_name_their_phrase_their_owner_and_what_became_of_them() -> None:
    found = told("cord_compression.levels")
    assert found.value == ["T7"]
    asked, body, denied, impression = found.statements
    assert (asked.section, asked.assertion) == ("clinical", "possible")
    assert "no finding of today" in asked.outcome
    assert (body.place.line, body.place.column, body.assertion, body.outcome) == (2, 74, "present", "counts")
    (level,) = body.parts
    assert (level.role, level.place.text, level.reads) == ("level", "T7", "T7")
    assert level.rule == 'follows "cord is compressed" in its clause'
    assert (denied.assertion, denied.outcome) == ("absent", "counts for these levels only")
    assert [part.role for part in impression.parts] == ["level", "severity"]


def test_a_cue_is_shown_with_its_reach() -> None:
    denied = told("cord_compression.absent_levels").statements[2]
    (cue,) = denied.cues
    assert (cue.kind, cue.place.text, cue.place.line, cue.place.column) == ("negated", "No", 3, 1)
    assert cue.reach is not None
    assert cue.reach.text.startswith("cord compression at T9")


def test_a_hedge_is_shown() -> None:
    found = told("emh.certainty")
    assert found.value == "likely"
    assert [(s.assertion, s.outcome) for s in found.statements] == [("possible", "decides")]
    assert [cue.place.text for cue in found.statements[0].cues] == ["Likely"]
    assert "Sections rank addendum" in found.merge


@pytest.mark.parametrize(
    ("field", "role", "text"),
    [
        ("lesions[0].size_mm", "size", "4.2 x 3 cm"),
        ("lesions[0].levels", "level", "T6 to T8"),
        ("lesions[0].laterality", "side", "Left"),
    ],
)
def test_a_lesion_owns_what_was_given_to_it(field: str, role: str, text: str) -> None:
    found = told(field)
    assert found.statements[0].place.text == "mass"
    parts = [part for statement in found.statements for part in statement.parts]
    assert (role, text) in [(part.role, part.place.text) for part in parts]
    assert all(part.rule for part in parts)


def test_a_lesion_spoken_of_without_its_name() -> None:
    found = told("lesions[0].size_mm", "FINDINGS: Left paravertebral mass at T8. Measures 4.2 x 3 cm.")
    assert [(s.place.text, "last spoken of" in s.outcome) for s in found.statements] == [("4.2 x 3 cm", True)]


def test_levels_that_an_addendum_replaced_are_shown() -> None:
    text = "FINDINGS: Cord compression at T7.\nADDENDUM: The cord compression is at T6, not T7."
    found = told("cord_compression.levels", text)
    assert found.value == ["T6"]
    assert [(s.section, s.outcome) for s in found.statements] == [
        ("findings", "the addendum decides"),
        ("addendum", "counts"),
    ]


def test_an_answer_of_a_form_is_its_cue() -> None:
    found = told("cord_compression.assertion", "Cord compression: [ ] present [x] absent")
    (statement,) = found.statements
    assert [(cue.place.text, cue.kind, cue.reach) for cue in statement.cues] == [("[x] absent", "negated", None)]


def test_advice_is_weighed() -> None:
    text = "IMPRESSION: EMH. Biopsy is recommended.\nADDENDUM: After discussion biopsy is not recommended."
    found = told("biopsy.status", text)
    advice = [(part.place.text, part.reads) for statement in found.statements for part in statement.parts]
    assert advice == [("Biopsy is recommended", "recommended"), ("biopsy is not recommended", "not recommended")]
    assert [statement.outcome for statement in found.statements] == ["outweighed", "decides"]


def test_a_signal_belongs_to_its_lesion() -> None:
    found = told("lesions[0].signal", "FINDINGS: Left paravertebral mass, isointense to muscle on T1.")
    (statement,) = found.statements
    assert statement.place.text == "mass"
    assert {part.role for part in statement.parts} == {"signal"}


def test_what_is_not_said_has_no_statement() -> None:
    found = told("iron_deposition.assertion")
    assert (found.value, found.statements) == ("not_mentioned", ())
    assert "The report says nothing of it." in list(lines(found))


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("cord_compresion", "no field cord_compresion in the findings; there are: schema_version,"),
        ("cord_compression.leves", "no field leves in cord_compression; there are: assertion,"),
        ("lesions.size_mm", "choose an entry, such as lesions[0]; there are 1"),
        ("lesions[7]", "no entry [7]; there are 1, counted from 0"),
        ("emh[0]", "[0] stands behind what is no list"),
        ("lesions[0].size_mm.x", "no field x in"),
        ("", "expected a path"),
        ("Emh!", "expected a path"),
    ],
)
def test_a_wrong_path_says_what_there_is(field: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        told(field)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_entry_by_its_name() -> None:
    text = "IMPRESSION: Extramedullary hematopoiesis; lymphoma is less likely."
    assert told("differential[lymphoma].assertion", text).value == "possible"
    assert told("lesions[paravertebral].levels").value == ["T6", "T7", "T8"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_stated_field_of_the_examples_is_explained(example: Path) -> None:
    text = example.read_text("utf-8")
    made = trace(text)
    summary = stated(made)
    assert len(summary) > 20
    rows = text.split("\n")
    for field in summary:
        found = explain(made, field.path)
        assert found.value == field.value
        assert found.statements or not field.evidence, field.path
        for statement in found.statements:
            for place in (statement.place, *(c.place for c in statement.cues), *(p.place for p in statement.parts)):
                assert text[place.start : place.end] == place.text
                assert rows[place.line - 1][place.column - 1 :].startswith(place.text.split("\n")[0])


def test_plain_text_in_a_pipe(cli: Run, path: Path) -> None:
    ran = cli("explain", path, "cord_compression.levels")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("cord_compression.levels = T7\n")
    assert '2:74  findings  "compressed"  present (compression)' in ran.out
    assert '    level "T7" 2:88 = T7: follows "cord is compressed" in its clause' in ran.out
    assert "\x1b" not in ran.out


def test_a_summary_without_a_field(cli: Run, path: Path) -> None:
    ran = cli("explain", path)
    assert ran.status == 0
    rows = {row.split("  ")[0].strip(): row for row in ran.out.splitlines()}
    assert rows["cord_compression.levels"].split("  ", 1)[1].strip().startswith("T7  [")
    assert '2:74 "compressed at T7"' in rows["cord_compression.levels"]
    assert "not_recommended" in rows["biopsy.status"]
    assert "iron_deposition.assertion" not in rows


def test_json(cli: Run, path: Path) -> None:
    found = json.loads(cli("explain", path, "lesions[0].size_mm", "--json").out)
    assert found["value"] == [42.0, 30.0]
    assert found["statements"][0]["parts"][0]["place"]["text"] == "4.2 x 3 cm"
    whole = json.loads(cli("explain", path, "--json").out)
    assert {"path", "value", "evidence"} == set(whole[0])


def test_standard_input(cli: Run) -> None:
    ran = cli("explain", "-", "emh.assertion", stdin=b"IMPRESSION: No EMH.")
    assert (ran.status, ran.out.splitlines()[0]) == (0, "emh.assertion = absent")


def test_failures_name_no_text(cli: Run, path: Path, tmp_path: Path) -> None:
    for arguments in (["explain", path, "nonsense"], ["explain", tmp_path / "nowhere.txt"], ["explain"]):
        ran = cli(*arguments)
        assert (ran.status, ran.out) == (2, "")
        assert "hematopoiesis" not in ran.err
        assert "compressed" not in ran.err


def test_marked_source_lines_at_a_terminal() -> None:
    console = Console(force_terminal=True, color_system="standard", width=200, record=True, highlight=False)
    with console.capture() as capture:
        for line in rich_lines(told("cord_compression.levels"), REPORT):
            console.print(line)
    shown = capture.get()
    assert "   3 │ " in shown
    assert "\x1b[1;31mcord compression\x1b[0m" in shown  # denied
    assert "\x1b[4mNo\x1b[0m" in shown  # its cue
    assert "\x1b[1;36mT7\x1b[0m" in shown  # a level


def test_a_terminal_is_not_steered_by_a_report() -> None:
    text = "FINDINGS: The cord is \x1b[2J\x07compressed at T7."
    console = Console(force_terminal=True, width=200, highlight=False)
    with console.capture() as capture:
        for line in rich_lines(told("cord_compression.levels", text), text):
            console.print(line)
    assert "\x1b[2J" not in capture.get()
    assert "\x07" not in capture.get()

"""Two reports compared: what is new, larger, smaller, stable or resolved, and what is only not mentioned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from conftest import Run
from emh_report.errors import FindingsError
from emh_report.extract import extract
from emh_report.followup import Comparison, compare
from emh_report.model import VERTEBRAE, Findings
from emh_report.render import Style, render_page
from render_samples import any_findings, hostile, rich

FOLDER = Path(__file__).parent / "golden" / "templates"


def findings(*lesions: dict[str, Any], **fields: Any) -> Findings:
    made = [
        {"id": f"l{index}", "kind": "mass", "site": "paravertebral", **each} for index, each in enumerate(lesions, 1)
    ]
    return Findings.model_validate({"lesions": made, **fields})


def mass(*levels: str, **fields: Any) -> dict[str, Any]:
    return {"laterality": "left", "levels": list(levels or ("T8",)), **fields}


def cord(assertion: str, *levels: str, **fields: Any) -> Findings:
    return Findings.model_validate({"cord_compression": {"assertion": assertion, "levels": list(levels), **fields}})


def the_one(prior: Findings, current: Findings, tolerance: float = 0) -> tuple[str, str]:
    (change,) = compare(prior, current, tolerance).lesions
    return change.verdict, change.basis


# --- lesions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prior", "current", "expected"),
    [
        (mass(size_mm=[40, 30]), mass(size_mm=[50, 30]), ("larger", "sizes")),
        (mass(size_mm=[40, 30]), mass(size_mm=[30, 30]), ("smaller", "sizes")),
        (mass(size_mm=[40, 30]), mass(size_mm=[30, 40]), ("stable", "sizes")),
        (mass(), mass(), ("not_comparable", "no_common_size")),
        (mass(), mass(change="stable"), ("stable", "stated")),
        (mass(), mass(change="increased"), ("larger", "stated")),
        (mass(size_mm=[40]), mass(size_mm=[50], change="decreased"), ("smaller", "stated")),
        (mass(), mass(assertion="absent"), ("resolved", "denied")),
        (mass(), mass(assertion="historical", change="resolved"), ("resolved", "stated")),
        (mass(), mass(assertion="historical"), ("past_only", "stated")),
        (mass(), mass(assertion="not_assessed"), ("not_assessed_now", "stated")),
        (mass(assertion="absent"), mass(), ("new", "denied")),
        (mass(size_mm=[40], size_at={"level": "T8"}), mass(size_mm=[50], size_at={"level": "T9"}), ("not_comparable", "no_common_size")),
    ],
)  # fmt: skip
def test_verdict_on_one_lesion(prior: dict[str, Any], current: dict[str, Any], expected: tuple[str, str]) -> None:
    assert the_one(findings(prior), findings(current)) == expected


def test_silence_never_resolves() -> None:
    assert the_one(findings(mass()), findings()) == ("not_mentioned_now", "only_in_prior")
    page = render_page("comparison", compare(rich(), Findings()), Style())
    assert "RESOLVED" not in page
    assert "not mentioned now" in page


def test_a_lesion_of_one_report_only() -> None:
    assert the_one(findings(), findings(mass())) == ("new", "only_in_current")
    assert the_one(findings(), findings(mass(change="new"))) == ("new", "stated")
    assert the_one(findings(), findings(mass(change="stable"))) == ("stable", "stated")
    assert compare(findings(), findings(mass(assertion="absent"))).lesions == ()


@pytest.mark.parametrize(
    ("levels", "verdict"), [([], "resolved"), (["T7", "T8"], "resolved"), (["T7"], "not_mentioned_now")]
)
def test_denied_epidural_disease_resolves_where_it_is_denied(levels: list[str], verdict: str) -> None:
    prior = findings({"kind": "epidural_component", "site": "epidural", "levels": ["T7", "T8"]})
    current = Findings.model_validate({"epidural": {"assertion": "absent", "levels": levels}})
    assert the_one(prior, current)[0] == verdict


def test_left_is_never_compared_with_right_nor_far_with_near() -> None:
    left, right = mass("T8", size_mm=[40]), {**mass("T8", size_mm=[10]), "laterality": "right"}
    verdicts = [each.verdict for each in compare(findings(left), findings(right)).lesions]
    assert verdicts == ["new", "not_mentioned_now"]
    far = mass("L4", size_mm=[10])
    assert [each.verdict for each in compare(findings(left), findings(far)).lesions] == ["new", "not_mentioned_now"]


def test_each_lesion_finds_its_own() -> None:
    prior = findings(
        mass("T8", size_mm=[40]), mass("L2", size_mm=[20]), {**mass("T8", size_mm=[30]), "laterality": "right"}
    )
    current = findings(
        {**mass("T8", size_mm=[33]), "laterality": "right"}, mass("L2", size_mm=[10]), mass("T8", size_mm=[44])
    )
    changes = compare(prior, current).lesions
    assert [(each.size.prior_mm, each.size.current_mm, each.size.percent) for each in changes if each.size] == [
        ((40,), (44,), 10.0),
        ((20,), (10,), -50.0),
        ((30,), (33,), 10.0),
    ]


def test_sizes_and_levels_are_counted() -> None:
    (change,) = compare(
        findings(mass("T4", "T5", "T6", size_mm=[48, 31])), findings(mass("T5", "T6", "T7", size_mm=[40]))
    ).lesions
    assert change.size is not None
    assert (change.size.difference_mm, change.size.percent) == (-8, -16.7)
    assert change.levels.both == ("T5", "T6")
    assert change.levels.added == ("T7",)
    assert change.levels.no_longer_named == ("T4",)
    assert change.levels.overlap_percent == 50.0
    assert change.notes == ("other_axes",)


def test_tolerance_calls_small_differences_stable() -> None:
    prior, current = findings(mass(size_mm=[40])), findings(mass(size_mm=[42]))
    assert the_one(prior, current)[0] == "larger"
    assert the_one(prior, current, 5)[0] == "stable"
    assert the_one(prior, current, 4.9)[0] == "larger"


@pytest.mark.parametrize(
    ("prior", "current", "note"),
    [
        (mass(size_mm=[40]), mass(size_mm=[50], change="stable"), "stated_against_sizes"),
        (mass(size_mm=[40]), mass(size_mm=[50], prior_size_mm=[45]), "cited_prior_differs"),
        (mass(size_mm=[40]), mass(size_mm=[50], size_approximate=True), "approximate"),
        (mass(), mass(assertion="possible"), "possible_now"),
        (mass(assertion="possible"), mass(), "possible_before"),
        (mass(count=2), mass(count=3), "count_differs"),
    ],
)
def test_what_a_reader_should_know(prior: dict[str, Any], current: dict[str, Any], note: str) -> None:
    (change,) = compare(findings(prior), findings(current)).lesions
    assert note in change.notes
    page = render_page("comparison", compare(findings(prior), findings(current)), Style())
    assert len(page.splitlines()) > 8


# --- compression ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prior", "current", "verdict"),
    [
        (cord("present", "T6"), cord("present", "T6"), "persisting"),
        (cord("present", "T6"), cord("possible", "T6"), "uncertain"),
        (cord("present", "T6"), cord("absent"), "resolved"),
        (cord("present", "T6"), cord("historical", prior_levels=["T6"], change="resolved"), "resolved"),
        (cord("present", "T6"), cord("historical", prior_levels=["T6"]), "past_only"),
        (cord("present", "T6"), cord("not_assessed"), "not_assessed_now"),
        (cord("present", "T6"), cord("hypothetical"), "not_mentioned_now"),
        (cord("present", "T6"), Findings(), "not_mentioned_now"),
        (cord("possible", "T6"), cord("absent"), "excluded"),
        (cord("absent"), cord("present", "T6"), "new"),
        (Findings(), cord("present", "T6"), "new"),
        (cord("absent"), cord("absent"), "absent"),
        (Findings(), Findings(), None),
    ],
)
def test_verdict_on_compression(prior: Findings, current: Findings, verdict: str | None) -> None:
    assert compare(prior, current).compression.verdict == verdict


def test_compression_by_level() -> None:
    found = compare(cord("present", "T4", "T5", "T6"), cord("present", "T6", "T7", absent_levels=["T4"])).compression
    assert found.new_levels == ("T7",)
    assert found.persisting_levels == ("T6",)
    assert found.resolved_levels == ("T4",)
    assert found.not_mentioned_levels == ("T5",)


def test_compression_without_level_resolves_no_level() -> None:
    found = compare(cord("present", "T6"), cord("present")).compression
    assert (found.verdict, found.resolved_levels, found.not_mentioned_levels) == ("persisting", (), ("T6",))


def test_denial_at_one_level_resolves_that_level_only() -> None:
    found = compare(cord("present", "T6", "T7"), cord("absent", "T6")).compression
    assert (found.resolved_levels, found.not_mentioned_levels) == (("T6",), ("T7",))


def test_resolved_without_levels_names_only_what_was_compressed() -> None:
    found = compare(cord("present", "T6"), cord("historical", change="resolved")).compression
    assert found.resolved_levels == ("T6",)


@pytest.mark.parametrize(("prior", "current", "direction"), [("mild", "severe", "worse"), ("severe", "moderate-severe", "better"), ("mild", "mild", "same"), (None, "mild", None)])  # fmt: skip
def test_severity_has_a_direction(prior: str | None, current: str, direction: str | None) -> None:
    found = compare(cord("present", severity=prior), cord("present", severity=current)).compression
    assert found.severity == direction


def test_levels_in_rows() -> None:
    rows = {
        row.level: row
        for row in compare(rich(), findings(mass("T4", "T5"), cord_compression={"assertion": "absent"})).levels
    }
    assert list(rows) == [f"T{number}" for number in range(4, 11)]
    assert rows["T6"].compression.verdict == "resolved"
    assert rows["T5"].epidural.verdict == "not_mentioned_now"
    assert rows["T4"].lesions.verdict == "persisting"


@settings(deadline=None, max_examples=80)
@given(any_findings, any_findings)
def test_nothing_that_is_there_today_is_called_resolved(prior: Findings, current: Findings) -> None:
    found = compare(prior, current)
    for change in found.lesions:
        if change.verdict == "resolved":
            now = change.current
            assert (
                current.epidural.assertion == "absent"
                if now is None
                else now.assertion == "absent" or now.change == "resolved"
            )
    if current.cord_compression.assertion in ("present", "possible"):
        assert found.compression.verdict in ("new", "persisting", "uncertain")
        assert not set(found.compression.resolved_levels) & (
            set(current.cord_compression.levels) - set(current.cord_compression.absent_levels)
        )
    assert Comparison.model_validate_json(found.model_dump_json()) == found
    page = render_page("comparison", found, Style())
    assert max(map(len, page.splitlines())) <= 72
    assert ("IS REPORTED" in page) is (current.cord_compression.assertion == "present")


def test_a_report_compared_with_itself_has_no_news() -> None:
    same = compare(rich(), rich())
    assert {each.verdict for each in same.lesions} <= {"stable", "larger", "not_comparable"}
    assert (same.compression.new_levels, same.compression.resolved_levels) == ((), ())
    assert {row.compression.verdict for row in same.levels} <= {"persisting", "absent", None}


# --- the command ----------------------------------------------------------------------------------------------------

PRIOR = """MRI of the dorsal spine. Date of examination: 2024-01-10
FINDINGS: Left paravertebral mass at T8-T9 measuring 40 x 30 mm. Epidural component at T8. Spinal cord compression at T8.
IMPRESSION: Extramedullary hematopoiesis."""
CURRENT = """MRI of the dorsal spine. Date of examination: 2025-01-12
FINDINGS: Left paravertebral mass at T8-T9 measuring 20 x 18 mm. No epidural disease. No spinal cord compression.
IMPRESSION: Extramedullary hematopoiesis."""


def files(tmp_path: Path, *texts: str) -> list[Path]:
    paths = []
    for index, text in enumerate(texts):
        paths.append(tmp_path / f"{index}.json")
        paths[-1].write_text(extract(text, id=f"{index}.txt").model_dump_json(), "utf-8")
    return paths


def test_from_reports_to_the_answer(cli: Run, tmp_path: Path) -> None:
    ran = cli("compare", *files(tmp_path, PRIOR, CURRENT))
    assert (ran.status, ran.err) == (0, "")
    assert "Left paravertebral mass: SMALLER, by size." in ran.out
    assert "40 mm, now 20 mm (-50 %)" in ran.out
    assert "Epidural component: RESOLVED, by denial in the report." in ran.out
    assert "No longer compressed, as the current report says: T8." in ran.out
    assert "Interval: 368 days" in ran.out


def test_json_is_the_typed_result(cli: Run, tmp_path: Path) -> None:
    ran = cli("compare", *files(tmp_path, PRIOR, CURRENT), "--json")
    found = Comparison.model_validate(json.loads(ran.out))
    assert [each.verdict for each in found.lesions] == ["smaller", "resolved"]
    assert found.compression.verdict == "resolved"


def test_wrong_use(cli: Run, tmp_path: Path) -> None:
    prior, current = files(tmp_path, PRIOR, CURRENT)
    swapped = cli("compare", current, prior)
    assert swapped.status == 0
    assert "dated after" in swapped.err
    two = tmp_path / "two.jsonl"
    two.write_text(prior.read_text() + "\n" + current.read_text(), "utf-8")
    assert cli("compare", prior, two).status == 2
    assert cli("compare", prior, tmp_path / "none.json").status == 2
    assert cli("compare", "-", "-").status == 2
    assert cli("compare", prior, current, "-o", current).status == 2


def test_two_patients_are_refused() -> None:
    one, other = (Findings.model_validate({"source": {"patient_id": name}}) for name in ("a", "secretword"))
    with pytest.raises(FindingsError) as refused:
        compare(one, other)
    assert "secretword" not in str(refused.value)


def test_hostile_findings_compare_harmlessly() -> None:
    page = render_page("comparison", compare(hostile(), hostile()), Style(ascii_only=True))
    assert page.isascii()
    assert "\x1b" not in page


def test_every_vertebra() -> None:
    everywhere = cord("present", *VERTEBRAE)
    assert len(compare(everywhere, everywhere).levels) == len(VERTEBRAE)

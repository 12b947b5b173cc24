"""core(extract(render(f))) == core(f): what a rendered report says, the same rules as for any report read back.

``make test`` draws 2,000 findings, always the same ones; ``make test-roundtrip`` draws 50,000 others. What the strategy
leaves out, and why, is in docs/round-trip.md.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import render_samples
from emh_report.compare import crosses
from emh_report.core import core, differences
from emh_report.extract import extract
from emh_report.model import Findings
from emh_report.render import render
from findings_strategy import PARTS, findings

FORMATS = ("text", "markdown")
EXAMPLES = int(os.environ.get("EMH_ROUND_TRIPS", "2000"))
SETTINGS = settings(
    deadline=None,
    max_examples=EXAMPLES,
    derandomize="EMH_ROUND_TRIPS" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@dataclass(frozen=True)
class Case:
    """Findings that a failing test shows by what they say."""

    found: Findings

    def __repr__(self) -> str:
        return json.dumps(self.found.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, indent=1)


def read_back(found: Findings, format: str) -> Findings:
    return extract(render(found, format))


@pytest.mark.slow
@SETTINGS
@given(case=findings().map(Case), format=st.sampled_from(FORMATS))
def test_a_rendered_report_is_read_back_whole(case: Case, format: str) -> None:
    lost = differences(case.found, read_back(case.found, format))
    assert not lost, "\n".join(lost)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_by_itself_is_read_back(part: str) -> None:
    @settings(SETTINGS, max_examples=30, derandomize=True)
    @given(case=findings((part,)).map(Case), format=st.sampled_from(FORMATS))
    def holds(case: Case, format: str) -> None:
        lost = differences(case.found, read_back(case.found, format))
        assert not lost, "\n".join(lost)

    holds()


@pytest.mark.parametrize("format", FORMATS)
def test_the_last_lines_of_a_report_say_nothing_of_the_patient(format: str) -> None:
    rendered = render(Findings(), format)
    footer = rendered[rendered.index("Machine-generated") :]
    assert "emh-report" in footer
    for above in ("IMPRESSION:\nNo extramedullary hematopoiesis.", "ADDENDUM:\nSeen again.", "FINDINGS:\nT9 mass."):
        alone, closed = extract(f"{above}\n"), extract(f"{above}\n\n{footer}")
        assert differences(alone, closed) == ()


def crossed(found: Findings, read: Findings) -> list[str]:
    """The statements that turned into their opposite, but for those that findings contradict themselves."""
    attributed = {lesion.emh.assertion for lesion in found.lesions}
    components = {
        "present"  # what is listed and described is said to be there
        for lesion in found.lesions
        if (lesion.site == "epidural" or lesion.kind == "epidural_component") and lesion.assertion != "absent"
    }
    pairs = {
        "cord_compression": (found.cord_compression.assertion, read.cord_compression.assertion),
        "emh": (found.emh.assertion, read.emh.assertion),
        "epidural": (found.epidural.assertion, read.epidural.assertion),
        "cauda_equina": (found.cauda_equina.assertion, read.cauda_equina.assertion),
        "biopsy": (found.biopsy.status, read.biopsy.status),
    }
    contradicted = {"emh": attributed, "epidural": components}
    if found.cord_compression.change not in (None, "resolved"):
        contradicted["cord_compression"] = {"present"}  # what is historical cannot be stable or worse
    return [
        f"{name}: {before} became {after}"
        for name, (before, after) in pairs.items()
        if crosses(before, after) and not any(crosses(before, other) for other in contradicted.get(name, ()))
    ]


@pytest.mark.slow
@settings(SETTINGS, max_examples=max(200, EXAMPLES // 10), phases=[Phase.explicit, Phase.generate])
@given(case=render_samples.any_findings.map(Case), format=st.sampled_from(FORMATS))
@example(case=Case(render_samples.hostile()), format="text")
@example(case=Case(render_samples.many()), format="markdown")
def test_no_valid_findings_crash_or_turn_into_their_opposite(case: Case, format: str) -> None:
    assert not crossed(case.found, read_back(case.found, format))


def test_the_core_holds_what_is_said_and_nothing_of_how_it_is_known() -> None:
    rich = render_samples.rich()
    said = core(rich)
    assert said.lesions[0].size_mm == rich.lesions[0].size_mm
    assert said.cord_compression.levels == rich.cord_compression.levels
    assert not said.mentions
    assert not said.warnings
    assert said.source.id == ""
    assert not said.lesions[0].evidence
    assert said.emh.cue is None
    assert core(said) == said


def test_a_difference_names_its_path_and_both_values() -> None:
    one = Findings.model_validate({"cord_compression": {"assertion": "present", "levels": ["T4"]}})
    other = Findings.model_validate({"cord_compression": {"assertion": "absent"}})
    assert differences(one, other) == (
        "cord_compression.assertion: expected present, found absent",
        "cord_compression.levels: expected [T4], found []",
    )
    assert differences(one, one) == ()

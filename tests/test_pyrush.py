"""medspaCy's own sentence splitter, by option: it cuts, it stays silent, and it is one component of the pipeline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import emh_report
from emh_report.extract import Extractor
from emh_report.lexicon import load
from emh_report.pipeline import SEGMENTS, build
from emh_report.reading import ReportText

TEXT = """FINDINGS: Zebrafishson has EMH vs. lymphoma at T4. No cord compression is seen.
IMPRESSION:
1. Paravertebral mass of 4.2 cm. The conus is normal.
2. No fracture.
"""


def sentences(chosen: str) -> list[str]:
    doc = build(load(), bare=True, sentences=chosen)(TEXT)
    return [TEXT[segment.start : segment.end] for _, _, segment in doc.user_data[SEGMENTS]]


def test_it_is_selected_in_the_pipeline() -> None:
    ours, theirs = sentences("emh"), sentences("pyrush")
    assert "Zebrafishson has EMH vs. lymphoma at T4." in ours
    assert "lymphoma at T4." in theirs
    assert "No cord compression is seen." in ours
    assert "No cord compression is seen." in theirs


def test_an_unknown_one_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of emh, pyrush"):
        build(load(), sentences="pysbd")


def test_offsets_hold() -> None:
    for found in Extractor(sentences="pyrush")(ReportText(TEXT, "x")).mentions:
        assert TEXT[found.start : found.end] == found.text


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_it_logs_nothing(tmp_path: Path, jobs: str) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(TEXT, "utf-8")
    ran = emh_report(["extract", tmp_path, "--sentences", "pyrush", "--jobs", jobs])
    assert (ran.status, ran.err) == (0, "")
    assert len({json.loads(line)["source"]["sha256"] for line in ran.out.splitlines()}) == 1


@pytest.mark.slow
def test_a_wrong_name_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    ran = emh_report(["extract", tmp_path / "a.txt", "--sentences", "pysbd"])
    assert ran.status == 2
    assert "expected one of emh, pyrush" in ran.err

"""The committed outputs of the examples are what the program gives now; ``make examples`` writes them again."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from emh_report import Extractor, Findings, ReportText, load_findings, render
from emh_report.model import Evidence

EXAMPLES = ROOT / "examples"
OUTPUT = EXAMPLES / "output"
REPORTS = sorted(EXAMPLES.glob("*.txt"))
NAMES = [path.stem for path in REPORTS]
STALE = "not what the program gives now; run: make examples"


@cache
def found(name: str) -> Findings:
    path = EXAMPLES / f"{name}.txt"
    return _extractor()(ReportText(path.read_text("utf-8"), path.name))


@cache
def _extractor() -> Extractor:
    return Extractor()


def unversioned(findings: dict[str, Any]) -> dict[str, Any]:
    """Without what every change of a lexicon or a release changes."""
    del findings["generator"]["lexicon_digest"], findings["generator"]["version"]
    return findings


def evidence(value: object) -> list[Evidence]:
    """Every evidence in a findings object."""
    if isinstance(value, Evidence):
        return [value]
    if isinstance(value, tuple):
        return [each for item in value for each in evidence(item)]
    fields = getattr(type(value), "model_fields", {})
    return [each for field in fields for each in evidence(getattr(value, field))]


def test_there_are_three_examples_and_nothing_else() -> None:
    assert len(NAMES) >= 3
    expected = {f"{name}.{suffix}" for name in NAMES for suffix in ("findings.json", "report.txt")}
    assert {path.name for path in OUTPUT.iterdir()} == expected, STALE


@pytest.mark.parametrize("name", NAMES)
def test_findings_are_fresh(name: str) -> None:
    committed = json.loads((OUTPUT / f"{name}.findings.json").read_text("utf-8"))
    now = found(name).model_dump(mode="json")
    assert unversioned(committed) == unversioned(now), STALE


@pytest.mark.parametrize("name", NAMES)
def test_report_is_fresh(name: str) -> None:
    committed, now = ((OUTPUT / f"{name}.report.txt").read_text("utf-8"), render(found(name)))
    version = re.compile(r"\(emh-report [^)]*\)")
    assert version.sub("", committed) == version.sub("", now), STALE


@pytest.mark.parametrize("name", NAMES)
def test_committed_findings_load_and_their_evidence_is_in_the_report(name: str) -> None:
    text = Path(EXAMPLES / f"{name}.txt").read_text("utf-8")
    committed = load_findings((OUTPUT / f"{name}.findings.json").read_text("utf-8"))
    passages = evidence(committed)
    assert len(passages) > 10
    assert [each for each in passages if text[each.start : each.end] != each.text] == []

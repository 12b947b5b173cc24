"""Extraction against the gold that the project ships: no flips, and a floor under the mean field score.

``python -m emh_report evaluate tests/gold --show`` lists what is behind the figures.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from emh_report.evaluate import Evaluation, evaluate, flip_lines
from emh_report.gold import gold_files

GOLD = Path(__file__).parent / "gold"
FLOOR = 0.90
"""Mean field score that must not be lost again; raise it as the extraction improves."""


@pytest.fixture(scope="module")
def result() -> Evaluation:
    from emh_report.extract import Extractor

    return evaluate(GOLD, Extractor())


def test_every_gold_file_is_judged(result: Evaluation) -> None:
    assert result.failures == ()
    assert len(result.reports) == len(gold_files(GOLD)) >= 60


def test_no_flip(result: Evaluation) -> None:
    assert flip_lines(result) == []


def test_mean_field_score(result: Evaluation) -> None:
    assert (result.mean_f1() or 0) >= FLOOR

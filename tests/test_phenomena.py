"""Every row of every phenomenon table (phenomena/*.txt, read by phenomena_rows.py).

A sentence that is known to be read wrong may stand, exactly as in its table, in phenomena/known_failures.txt;
it must then fail, so that the list cannot go stale.
"""

from __future__ import annotations

from functools import cache

import pytest

from emh_report import Extractor, ReportText
from phenomena_rows import FOLDER, KNOWN_FAILURES, Row, RowError, parse_row, read_rows, tables

MINIMUM = 300
ROWS = [row for table in tables() for row in read_rows(table)]


def known_failures() -> frozenset[str]:
    path = FOLDER / KNOWN_FAILURES
    if not path.is_file():
        return frozenset()
    found = (line.strip() for line in path.read_text("utf-8").splitlines())
    return frozenset(line for line in found if line and not line.startswith("#"))


KNOWN = known_failures()


def case(row: Row | RowError) -> object:
    if isinstance(row, RowError):
        return pytest.param(row, id=str(row).split(": ")[0])
    marks = [pytest.mark.xfail(reason="known failure")] if row.sentence in KNOWN else []
    return pytest.param(row, id=row.id, marks=marks)


@cache
def extractor() -> Extractor:
    return Extractor()


@pytest.mark.parametrize("row", [case(row) for row in ROWS])
def test_row(row: Row | RowError) -> None:
    assert isinstance(row, Row), str(row)
    found = extractor()(ReportText(row.text)).model_dump(mode="json")
    assert row.unmet(found) == [], row.sentence


def test_there_are_enough_rows() -> None:
    assert len(tables()) >= 10
    assert sum(isinstance(row, Row) for row in ROWS) >= MINIMUM


def test_no_sentence_is_judged_twice() -> None:
    sentences = [row.sentence for row in ROWS if isinstance(row, Row)]
    assert sorted({s for s in sentences if sentences.count(s) > 1}) == []


def test_known_failures_are_rows() -> None:
    assert KNOWN - {row.sentence for row in ROWS if isinstance(row, Row)} == set()


@pytest.mark.parametrize(
    "line",
    [
        "No mass.",
        "No mass. => ",
        "No mass. => lesions",
        "No mass. => lesions=none",
        "No mass. => lesions=0;",
        "No mass. => emh.assertion=prsent",
        "No mass. => emh.asertion=present",
        "No mass. => lesions.site=rib",
        "No mass. => lesions.*=0",
        "No mass. => lesions.*.signal[T1]=dark",
        "No mass. => conditions[x]=maybe",
        "No mass. => treatments[surgery]=no",
        "No mass. => canal_stenosis[T4]=no",
        "No mass. => cord_compression.levels=T13",
        "No mass. => emh=1",
        "No mass. => lesions=0; lesions=0",
        "No mass. => a mass => lesions=0",
    ],
)
def test_a_malformed_row_is_an_error(line: str) -> None:
    with pytest.raises(RowError):
        parse_row(line)


FOUND = {
    "emh": {"assertion": "absent"},
    "study": {"contrast": None},
    "cord_compression": {"levels": ["T5", "T6"]},
    "differential": [{"diagnosis": "lymphoma", "assertion": "possible"}],
    "lesions": [
        {"site": "rib", "size_mm": [20.0, 11.0], "signal": [{"sequence": "T1", "intensity": "isointense"}]},
        {"site": "liver", "size_mm": [], "signal": []},
    ],
}


@pytest.mark.parametrize(
    ("expectation", "holds"),
    [
        ("emh.assertion=absent", True),
        ("emh.assertion=present", False),
        ("study.contrast=null", True),
        ("study.contrast=IV", False),
        ("cord_compression.levels=T6,T5", True),
        ("cord_compression.levels=T5", False),
        ("cord_compression.levels=", False),
        ("lesions=2", True),
        ("lesions=0", False),
        ("lesions.*.site=rib", True),
        ("lesions.*.site=spleen", False),
        ("lesions[rib].size_mm=20,11", True),
        ("lesions[rib].size_mm=11,20", False),
        ("lesions.*.signal[T1]=isointense", True),
        ("lesions.*.signal[T1]=hyperintense", False),
        ("lesions[rib].signal[T2]=none", True),
        ("lesions[rib].signal[T1]=none", False),
        ("differential[Lymphoma].assertion=possible", True),
        ("differential[lymphoma]=no", False),
        ("differential[lymphoma]=yes", True),
        ("differential[metastasis]=no", True),
        ("differential[metastasis].assertion=not_mentioned", True),
        ("differential[metastasis].assertion=absent", False),
        ("biopsy.status=recommended", False),
        ("biopsy.status=not_mentioned", True),
    ],
)
def test_expectations(expectation: str, holds: bool) -> None:
    assert (parse_row(f"x => {expectation}").unmet(FOUND) == []) is holds

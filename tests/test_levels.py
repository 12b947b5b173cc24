"""Vertebral levels and T1/T2: a table of sentences, and properties over any text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import grows_linearly
from emh_report.levels import LevelSpan, find_levels, find_sequences
from emh_report.model import VERTEBRAE, level_order
from emh_report.words import tokenize

TABLE = Path(__file__).parent / "tables" / "levels.txt"
ROWS = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "#"]
FLAG = re.compile(r"inverted|joined|single|(?:disc|out|vague)=\S+|[CTLS]\d\S*")


def test_the_table_is_read() -> None:
    assert len(ROWS) >= 240
    assert all(" => " in row for row in ROWS)
    assert len(set(ROWS)) == len(ROWS)


def expand(text: str) -> tuple[str, ...]:
    levels: list[str] = []
    for part in text.split(","):
        first, _, last = part.partition("..")
        levels += VERTEBRAE[level_order(first) : level_order(last or first) + 1]
    return tuple(levels)


def describe(span: LevelSpan, flags: str) -> tuple[object, ...]:
    """The span as the row's flags would have it; ``joined`` counts only where the row speaks of it."""
    joined = span.joined if re.search("joined|single", flags) else None
    return (span.levels, span.discs, span.inverted, span.out_of_range, span.vague, joined)


def expected(text: str) -> tuple[object, ...]:
    flags = text.split()
    assert flags, text
    assert all(FLAG.fullmatch(flag) for flag in flags), text
    value = dict.fromkeys(("disc", "out", "vague"), "") | dict(f.split("=") for f in flags if "=" in f)
    levels = [flag for flag in flags if flag[0] in "CTLS"]
    return (
        expand(levels[0]) if levels else (),
        tuple(value["disc"].split(",")) if value["disc"] else (),
        "inverted" in flags,
        tuple(value["out"].split(",")) if value["out"] else (),
        value["vague"].replace("_", " ") or None,
        True if "joined" in flags else False if "single" in flags else None,
    )


@pytest.mark.parametrize("row", ROWS)
def test_row(row: str) -> None:
    sentence, _, right = row.partition(" => ")
    spans_text, _, sequences_text = right.partition(" ; seq ")
    rows = [] if spans_text.strip() == "none" else spans_text.split("|")
    words = tokenize(sentence)
    spans = find_levels(words)
    assert [describe(s, r) for s, r in zip(spans, rows, strict=False)] == [expected(r) for r in rows], spans
    assert len(spans) == len(rows), spans
    sequences = [",".join(span.sequences) for span in find_sequences(words)]
    assert sequences == ([part.strip() for part in sequences_text.split("|")] if sequences_text else [])


def check(text: str) -> None:
    words = tokenize(text)
    levels, sequences = find_levels(words), find_sequences(words)
    covered: set[int] = set()
    for first, last in [*((s.first, s.last) for s in levels), *((s.first, s.last) for s in sequences)]:
        assert 0 <= first <= last < len(words)
        indices = set(range(first, last + 1))
        assert covered.isdisjoint(indices)
        covered |= indices
    for level in levels:
        assert set(level.levels) <= set(VERTEBRAE)
        assert list(level.levels) == sorted(set(level.levels), key=level_order)
        assert level.levels or level.out_of_range or level.vague
        for disc in level.discs:
            upper, lower = disc.split("/")
            assert level_order(lower) - level_order(upper) == 1
            assert {upper, lower} <= set(level.levels)


PIECES = re.findall(
    r"\S+",
    "D4 T1 T2 t1 Th5 L5 S1 C7 T13 L6 C8 coccyx Co1 T1W T2* FS fat sat post contrast on at the level "
    "vertebra disc foramina - / , and to upto between 5 6 5,6 first fifth thoracic dorsal T five mm mid lower junction "
    "+ . : ( ) L5S1 ² D-4 respectively pre",
)


@given(st.text())
def test_never_fails_on_any_text(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from(["", " "]))
def test_never_fails_on_level_words(pieces: list[str], space: str) -> None:
    check(space.join(pieces))


@given(st.integers(0, 23), st.integers(0, 23), st.sampled_from([" to ", "-", " upto ", " through ", " – "]))
def test_a_range_holds_its_ends_and_all_between(first: int, last: int, joiner: str) -> None:
    start, end = VERTEBRAE[first], VERTEBRAE[last]
    if {start, end} <= {"T1", "T2"} or start == end:
        return
    [span] = find_levels(tokenize(f"Masses from {start}{joiner}{end} are seen."))
    assert span.levels == VERTEBRAE[min(first, last) : max(first, last) + 1]
    assert span.inverted == (first > last)


@pytest.mark.parametrize("piece", ["D4-", "T1, ", "T1/", "first, ", "thoracic ", "mid to ", "D4 to ", "T2 "])
def test_linear_in_the_length(piece: str) -> None:
    assert grows_linearly(lambda text: find_levels(tokenize(text)), piece)
    assert grows_linearly(lambda text: find_sequences(tokenize(text)), piece)

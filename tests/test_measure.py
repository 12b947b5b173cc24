"""Sizes and quantities: a table of sentences, and properties over any text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import grows_linearly
from emh_report.measure import LARGEST_MM, SizeSpan, find_quantities, find_sizes
from emh_report.words import tokenize

TABLE = Path(__file__).parent / "tables" / "measures.txt"
ROWS = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "#"]


def test_the_table_is_read() -> None:
    assert len(ROWS) >= 125
    assert all(row.count(" => ") == 1 for row in ROWS)
    assert len(set(ROWS)) == len(ROWS)


def describe(size: SizeSpan) -> str:
    flags = {" approx": size.approximate, " prior": size.prior, " suspicious": size.suspicious}
    return ",".join(f"{mm:g}" for mm in size.size_mm) + "".join(flag for flag, said in flags.items() if said)


@pytest.mark.parametrize("row", ROWS)
def test_row(row: str) -> None:
    sentence, _, right = row.partition(" => ")
    sizes_text, _, quantities_text = right.partition(" ; ")
    words = tokenize(sentence)
    sizes = [describe(size) for size in find_sizes(words)]
    assert sizes == ([] if sizes_text == "none" else sizes_text.split(" | "))
    quantities = [f"{found.quantity} {found.unit} {found.value:g}" for found in find_quantities(words)]
    assert quantities == (quantities_text.split(" | ") if quantities_text else [])


def test_spans() -> None:
    words = tokenize("Mass of 4.8 x 3.1 cm, density -45 HU.")
    [size] = find_sizes(words)
    assert [word.text for word in words[size.first : size.last + 1]] == ["4.8", "x", "3.1", "cm"]
    assert (size.unit, size.size_mm) == ("cm", (48.0, 31.0))
    [density] = find_quantities(words)
    assert [word.text for word in words[density.first : density.last + 1]] == ["-", "45", "HU"]


PIECES = re.findall(
    r"\S+",
    "4.8 x × by cm mm 3,5 2,400 12 - to from previously was ( ) , . AP in and now prior compared T 1.5 HU T2* R2* "
    "ms Hz / s 1 LIC mg g ferritin ng ml Hb % minus SUVmax 2019 : approx slices decreased between hounsfield 9mm",
)


def check(text: str) -> None:
    words = tokenize(text)
    end = -1
    for size in find_sizes(words):
        assert end < size.first <= size.last < len(words)
        assert size.size_mm
        assert size.unit in ("mm", "cm")
        assert size.suspicious == any(mm > LARGEST_MM for mm in size.size_mm)
        end = size.last
    end = -1
    for found in find_quantities(words):
        assert end < found.first <= found.last < len(words)
        end = found.last


@given(st.text())
def test_never_fails_on_any_text(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from(["", " "]))
def test_never_fails_on_measures(pieces: list[str], space: str) -> None:
    check(space.join(pieces))


@given(
    st.decimals(min_value="0.1", max_value="39", places=1),
    st.decimals(min_value="0.1", max_value="39", places=2),
)
def test_centimetres_are_exact(one: object, other: object) -> None:
    [size] = find_sizes(tokenize(f"Mass of {one} x {other} cm."))
    assert size.size_mm == (float(f"{one}e1"), float(f"{other}e1"))


@pytest.mark.parametrize("piece", ["4 x ", "4 cm ", "4 cm, ", "from 4 to ", "T2* ", "in AP ", "4 in AP, ", "- 4 "])
def test_linear_in_the_length(piece: str) -> None:
    assert grows_linearly(check, piece)

"""The filters templates use: levels, sizes, numbers, pointers into the source."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from emh_report import resources
from emh_report.filters import Filters, clean, excerpt, number, pointers, size
from emh_report.model import Evidence

_words = yaml.load((resources.folder("templates") / "wording.en.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
_filters = Filters("txt", _words)


@pytest.mark.parametrize(
    ("levels", "discs", "shown"),
    [
        ((), (), ""),
        (None, (), ""),
        (["T4"], (), "T4"),
        (["T4", "T5", "T6", "T7"], (), "T4-T7"),
        (["C7", "T1", "T12", "L1"], (), "C7-T1, T12-L1"),
        (["T4", "T6"], (), "T4, T6"),
        (["T4", "T5"], ["T4/T5"], "T4/T5"),
        (["T3", "T4", "T5", "T6", "T9"], ["T5/T6"], "T3-T4, T5/T6, T9"),
        ("T6/T7", (), "T6/T7"),
        ("L1", (), "L1"),
    ],
)
def test_places(levels: Any, discs: Any, shown: str) -> None:
    assert _filters.places(levels, discs) == shown


@pytest.mark.parametrize(
    ("levels", "written", "shown"),
    [
        (["T4", "T5", "T6", "T7"], "seen at D4-D7", "D4-D7"),
        (["T4", "T5", "T6", "T7"], "seen from D4 upto D7 levels", "D4 upto D7"),
        (["T3", "T4"], "Th3-4", "Th3-4"),
        (["T5", "T6"], "cord at D5 & D6 levels, not D8", "D5 & D6"),
        (["T12", "L1"], "D12-L1", "D12-L1"),
        (["T5"], "D4, D5 and D6", "D5"),
        (["T4", "T5", "T6"], "d4 to d6", "d4 to d6"),
        (["T4", "T5"], "T4 through T5", None),
        (["T4", "T5"], "DWI, T2 at D9", None),
        (["T4"], "2D 4 mm; DD4", None),
    ],
)
def test_original_notation(levels: list[str], written: str, shown: str | None) -> None:
    places = _filters.places(levels, (), [Evidence(start=0, end=len(written), text=written)])
    assert re.findall(r'\("(.*)"\)', places) == ([shown] if shown else [])


def test_notation_in_a_hostile_passage_takes_no_time() -> None:
    passage = "D4," * 20_000 + "D4 " * 20_000 + "D" * 20_000
    assert _filters.places(["T4", "T9"], (), [Evidence(start=0, end=len(passage), text=passage)]) == "T4, T9"


@pytest.mark.parametrize(
    ("millimetres", "shown"),
    [
        ((48.0, 31.0, 26.0), "4.8 × 3.1 × 2.6 cm (48 × 31 × 26 mm)"),
        ((172.5,), "17.25 cm (172.5 mm)"),
        ((0.1 + 0.2,), "0.030000000000000004 cm (0.30000000000000004 mm)"),
        ((100.0,), "10 cm (100 mm)"),
    ],
)
def test_size_is_never_rounded(millimetres: tuple[float, ...], shown: str) -> None:
    assert size(millimetres) == shown


@given(st.floats())
def test_number_reads_back(value: float) -> None:
    assert number(value).lower() == "nan" or float(number(value)) == value


def test_pointers_drop_passages_inside_others() -> None:
    spans = [(30, 40), (0, 20), (5, 10), (50, 51), (60, 61)]
    assert pointers([Evidence(start=a, end=b, text="x") for a, b in spans]) == "[@0-20 @30-40 @50-51 +1]"
    assert pointers([]) == ""


def test_excerpt_is_cut() -> None:
    assert excerpt([Evidence(start=0, end=1, text="abc  def " * 50)], 10) == "abc def a…"


def test_sentence_leaves_greek_alone() -> None:
    assert _filters.sentence("β-thalassemia") == "β-thalassemia."
    assert _filters.sentence("masses?") == "Masses?"


def test_clean_leaves_no_control_or_invisible_character() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    left = {unicodedata.category(char) for char in clean(every)}
    kept = {char for char in clean(every) if unicodedata.category(char) == "Cf"}
    assert not {"Cc", "Cs", "Zl", "Zp"} & left
    assert not {"\u202e", "\u2066", "\u200b", "\ufeff", "\xad"} & kept

"""Typing errors: tables of what must be mended and what must stay, compounds, and bounds of time and memory.

tables/slips.txt and tables/not_slips.txt are invented or known confusions; tables/corrections.txt lists every
word of the gold reports that is mended, so that a new one is read by somebody before it is believed.
"""

from __future__ import annotations

import ast
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import grows_linearly
from emh_report import lexicon
from emh_report.common_words import COMMON_WORDS
from emh_report.pipeline import _vocabulary
from emh_report.spelling import Spelling
from emh_report.words import Word, normalise, tokenize

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "src" / "emh_report"
MISSPELT_ON_PURPOSE = {"spelling.py", "words.py", "common_words.py"}


def pairs(table: str, between: str) -> list[tuple[str, str]]:
    lines = (TESTS / "tables" / table).read_text("utf-8").splitlines()
    items = [item for line in lines if not line.startswith("#") for item in line.split(",") if item.strip()]
    found = [tuple(part.strip() for part in item.split(between)) for item in items]
    return [(first, second) for first, second in found]


SLIPS = pairs("slips.txt", "=>")
KEPT = pairs("not_slips.txt", "/")


@cache
def vocabulary() -> frozenset[str]:
    return frozenset(_vocabulary(lexicon.load()))


@cache
def spelling() -> Spelling:
    return Spelling(vocabulary())


@cache
def mender() -> Spelling:
    """Knows what the table means, and none of its slips, whatever the lexicons list."""
    return Spelling((vocabulary() | {meant for _, meant in SLIPS}) - {normalise(typed) for typed, _ in SLIPS})


def cut(text: str) -> list[str]:
    return [word.text for word in spelling().join(tokenize(text), text)]


def changed(word: str) -> tuple[str, str] | None:
    normal, mended = normalise(word), spelling()(word)
    return None if normal == mended else (normal, mended)


def test_the_tables_are_as_long_as_they_should_be() -> None:
    assert len(SLIPS) == len(dict(SLIPS)) >= 120
    assert len(KEPT) == len(set(KEPT)) >= 200


@pytest.mark.parametrize(("typed", "meant"), SLIPS)
def test_a_slip_is_mended(typed: str, meant: str) -> None:
    assert normalise(typed) != meant
    assert mender()(typed) == mender()(typed.upper()) == mender()(typed.capitalize()) == meant


@pytest.mark.parametrize(("word", "neighbor"), KEPT)
def test_a_word_stays_though_a_neighbor_is_in_the_vocabulary(word: str, neighbor: str) -> None:
    near = {known for known in vocabulary() if known[0] == word[0] and abs(len(known) - len(word)) < 4}
    alone = Spelling((near | {normalise(neighbor)}) - {normalise(word)})
    assert alone(word) == spelling()(word) == normalise(word)


def test_a_word_of_the_vocabulary_stays() -> None:
    assert [word for word in sorted(vocabulary()) if word.isalpha() and spelling()._mend(word, word) != word] == []


def test_a_common_word_stays() -> None:
    assert [word for word in sorted(COMMON_WORDS) if spelling()._mend(word, word) != word] == []


@pytest.mark.parametrize(
    "word",
    [
        "hyp",
        "masss",
        "spin",
        "cordd",
        "nodee",
        "T12",
        "L5S1",
        "RID3838",
        "G6PD",
        "vertebra1",
        "level5",
        "4.2",
        "—",
        "ß",
    ],
)
def test_short_words_and_codes_stay(word: str) -> None:
    assert spelling()(word) == normalise(word)


def test_two_meanings_are_none() -> None:
    spell = Spelling(["hyperdense", "hypodense", "sacral", "sacrum", "compress", "compressed"])
    assert spell("hypedense") == "hypedense"
    assert spell("sacra") == "sacra"
    assert spell("compressd") == "compressed"


def test_only_reviewed_words_of_the_gold_reports_are_mended() -> None:
    """A new one is right: add it to tables/corrections.txt. It is wrong: add the word to common_words.py."""
    found = set()
    for path in sorted((TESTS / "gold").glob("*.txt")):
        text = path.read_text("utf-8")
        found |= {changed(word.text) for word in spelling().join(tokenize(text), text)} - {None}
    assert found - set(pairs("corrections.txt", "=>")) == set()


def test_no_word_that_the_code_looks_for_is_mended() -> None:
    found = set()
    for path in {*PACKAGE.glob("*.py")} - {PACKAGE / name for name in MISSPELT_ON_PURPOSE}:
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        found |= {changed(word.text) for text in texts for word in tokenize(text)} - {None}
    assert found == set()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("para spinal mass", "paraspinal|mass"),
        ("para-spinal mass", "paraspinal|mass"),
        ("extra-dural", "extradural"),
        ("epi dural", "epidural"),
        ("Extra Medullary", "ExtraMedullary"),
        ("extra medulary", "extramedulary"),
        ("hyper intens", "hyperintens"),
        ("myelo fibrosis", "myelofibrosis"),
        ("spleno\nmegaly", "splenomegaly"),
        ("paraverte bral", "paravertebral"),
        ("extramedul-\nlary", "extramedullary"),
        ("extramedul-\r\n   lary", "extramedullary"),
        ("extramedul- lary", "extramedullary"),
        ("extramedul\u00ad\nlary", "extramedullary"),
        ("extramedul\u00ad lary", "extramedullary"),
        ("extra-\nmedul-\nlary", "extramedullary"),
        ("hema-\ntopoesis", "hematopoesis"),
        ("haema-\ntopoiesis", "haematopoiesis"),
        ("mas-\nses", "masses"),
        ("a-\nvascular", "avascular"),
        ("softtissue mass", "soft|tissue|mass"),
        ("Softtissues", "Soft|tissues"),
        ("spinalcord", "spinal|cord"),
        ("cordcompression", "cord|compression"),
        ("neuralforamina", "neural|foramina"),
        ("extramedullaryhaematopoiesis", "extramedullary|haematopoiesis"),
        ("soft tissue", "soft|tissue"),
        ("soft-\ntissue", "soft|tissue"),
        ("pre and post contrast", "pre|and|postcontrast"),
        ("para- and prevertebral", "para|-|and|prevertebral"),
        ("intra-and extradural", "intra|and|extradural"),
        ("hyper- or hypointense", "hyper|-|or|hypointense"),
        ("the mass\n- lesion", "the|mass|-|lesion"),
        ("no mass.\nCord normal", "no|mass|.|Cord|normal"),
        ("T4-T7", "T4|-|T7"),
        ("left-\nsided", "left|sided"),
        ("no dural mass", "no|dural|mass"),
        ("with normal marrow", "with|normal|marrow"),
    ],
)
def test_compounds(text: str, words: str) -> None:
    assert "|".join(cut(text)) == words


def test_pieces_keep_their_places() -> None:
    text = "a softtissue, para-\n spinal"
    words = spelling().join(tokenize(text), text)
    assert words == [
        Word("a", 0, 1),
        Word("soft", 2, 6),
        Word("tissue", 6, 12),
        Word(",", 12, 13),
        Word("paraspinal", 14, len(text)),
    ]


@given(st.text(alphabet="adehilmnoprstxAP-‐\u00ad \n\r.,1é", max_size=80))
@example("para-para-spinal")
def test_cutting_loses_nothing(text: str) -> None:
    before, after = tokenize(text), spelling().join(tokenize(text), text)
    assert all(a.start < a.end <= b.start for a, b in pairwise(after))
    assert {word.start for word in before} >= {word.start for word in after if word.text != "tissue"}
    hyphens = "-‐\u00ad"
    letters = "".join(word.text for word in before if word.text not in hyphens)
    assert "".join(word.text for word in after if word.text not in hyphens) == letters


@given(st.text(alphabet="abcdehilmnoprstuvxy", min_size=1, max_size=30))
def test_mending_ends_in_the_vocabulary_and_stays_there(word: str) -> None:
    once = spelling()(word)
    assert once == normalise(word) or (once in vocabulary() and spelling()(once) == normalise(once))


@pytest.mark.parametrize("piece", ["para ", "para-", "extra-\n", "ab ", "myelo ", "softtissue", "softtissue ", "a- "])
def test_cutting_takes_linear_time(piece: str) -> None:
    assert grows_linearly(lambda text: spelling().join(tokenize(text), text), piece)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emh_report.wordbook.FULL", 10)
    spell = Spelling(["paravertebral"])
    for number in range(100):
        spell("word" + "x" * number)
        assert len(spell._norms) <= 10
    assert spell("paravertabral") == "paravertebral"


def test_a_word_without_end_is_no_word() -> None:
    endless = "a" * 1_000_000
    assert spelling()(endless) == endless
    assert cut(endless) == [endless]


def test_the_order_of_the_vocabulary_is_of_no_account() -> None:
    one, other = Spelling(sorted(vocabulary())), Spelling(sorted(vocabulary(), reverse=True))
    assert [one(typed) for typed, _ in SLIPS] == [other(typed) for typed, _ in SLIPS]

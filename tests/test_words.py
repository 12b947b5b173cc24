"""Words and their normal forms: what is one word, where it stands, and what it is compared as."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emh_report.words import Passages, Word, normalise, tokenize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mass at D4-D7.", "Mass|at|D4|-|D7|."),
        ("EMH.No mass", "EMH|.|No|mass"),
        ("soft-tissue", "soft|tissue"),
        ("T1-weighted", "T1|weighted"),
        ("non-enhancing", "non|enhancing"),
        ("D4–7", "D4|–|7"),
        ("5.2x3.7x2.1 cm", "5.2|x|3.7|x|2.1|cm"),
        ("5.2 × 3.7", "5.2|×|3.7"),
        ("1,200 ms", "1,200|ms"),
        ("4th and 12th", "4th|and|12th"),
        ("T2* and R2*", "T2*|and|R2*"),
        ("k/c/o thalassaemia", "k/c/o|thalassaemia"),
        ("s/o EMH w/o oedema", "s/o|EMH|w/o|oedema"),
        ("D/D: lymphoma", "D/D|:|lymphoma"),
        ("T8/T9", "T8|/|T9"),
        ("e.g. lymphoma", "e.g.|lymphoma"),
        ("Pott's or Pott’s", "Pott's|or|Pott’s"),
        ("?EMH ?? or ...", "?|EMH|??|or|..."),
        ("RID3838 T1WI", "RID3838|T1WI"),
        ("β-thal", "β|thal"),
        ("para-\nvertebral", "para|vertebral"),
        ("para-\r\n  vertebral", "para|vertebral"),
        ("para‐\nvertebral", "para|vertebral"),
        ("para\u00ad\nvertebral", "para|vertebral"),
        ("mass\n- left", "mass|-|left"),
        ("extra\u00admedullary", "extra\u00admedullary"),
        ("x\u200b y\ufeff", "x|y"),
        ("a\u00a0b", "a|b"),
        ("don''t", "don|'|'|t"),
        ("", ""),
        (" \n\t ", ""),
    ],
)
def test_words(text: str, words: str) -> None:
    found = tokenize(text)
    assert "|".join(word.text for word in found) == words
    assert all(text[word.start : word.end] == word.text for word in found)


@pytest.mark.parametrize(
    ("word", "normal"),
    [
        ("Haemopoietic", "hemopoietic"),
        ("haematopoiesis", "hematopoiesis"),
        ("haemopoesis", "hemopoesis"),
        ("OEDEMA", "edema"),
        ("oesophagus", "esophagus"),
        ("hypoechoic", "hypoechoic"),
        ("tumours", "tumor"),
        ("colour", "color"),
        ("four", "four"),
        ("centre", "center"),
        ("fibre", "fiber"),
        ("visualised", "visualized"),
        ("lateralisation", "lateralization"),
        ("thalassaemia", "thalassemia"),
        ("sulphur", "sulfur"),
        ("labelled", "labeled"),
        ("vertebrae", "vertebra"),
        ("foramina", "foramen"),
        ("metastases", "metastasis"),
        ("bodies", "body"),
        ("masses", "mass"),
        ("lesions", "lesion"),
        ("series", "series"),
        ("thymus", "thymus"),
        ("stenosis", "stenosis"),
        ("process", "process"),
        ("is", "is"),
        ("Pott's", "pott"),
        ("Pott’s", "pott"),
        ("patient's", "patient"),
        ("don’t", "don't"),
        ("β", "beta"),
        ("ﬁndings", "finding"),
        ("signiﬁcant", "significant"),
        ("œdema", "edema"),
        ("hæmatoma", "hematoma"),
        ("extra\u00admedullary", "extramedullary"),
        ("para\u200bspinal", "paraspinal"),
        ("–", "-"),
        ("×", "x"),
        ("T1W", "t1w"),
        ("5.2", "5.2"),
    ],
)
def test_normal_forms(word: str, normal: str) -> None:
    assert normalise(word) == normal


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("haemangiomata", "hemangiomata"),
        ("paraesophageal", "paresophageal"),
        ("anaemia", "anemia"),
        ("coeliac", "celiac"),
        ("foetal", "fetal"),
        ("caecum", "cecum"),
        ("litres", "liters"),
        ("neighbouring", "neighboring"),
        ("favoured", "favored"),
        ("recognised", "recognized"),
        ("characterise", "characterize"),
        ("modelling", "modeling"),
    ],
)
def test_british_is_american(british: str, american: str) -> None:
    assert normalise(british) == normalise(american)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hyperintense", "hypointense"),
        ("intradural", "extradural"),
        ("intramedullary", "extramedullary"),
        ("prevertebral", "paravertebral"),
        ("mass", "mask"),
        ("ilium", "ileum"),
        ("sacs", "sacrum"),
        ("node", "nodule"),
    ],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.text(max_size=60))
def test_words_are_pieces_of_the_text_in_order(text: str) -> None:
    words = tokenize(text)
    assert all(text[word.start : word.end] == word.text and word.text.strip() for word in words)
    assert all(a.end <= b.start for a, b in pairwise(words))
    covered = {place for word in words for place in range(word.start, word.end)}
    left = {text[place] for place in range(len(text)) if place not in covered}
    assert all(char.isspace() or char in "-‐‑\u00ad\u200b\u200c\u200d\u2060\ufeff" for char in left)


@given(st.text(max_size=40))
def test_every_word_has_a_normal_form_in_lower_case(text: str) -> None:
    for word in tokenize(text):
        assert normalise(word.text)
        assert normalise(word.text) == normalise(word.text).lower()


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=15))
def test_case_is_of_no_account(word: str) -> None:
    assert normalise(word) == normalise(word.upper()) == normalise(word.capitalize())


@pytest.mark.parametrize(
    "piece", ["a", "a-", "a-\n", "ab-\n", "1.", "?", "x'", "T4-", "k/c/", "\u00ad", "-", "a.", "aa\u00ad"]
)
def test_time_is_linear(piece: str) -> None:
    def taken(times: int) -> float:
        text = piece * times
        runs = []
        for _ in range(3):
            start = time.process_time()
            tokenize(text)
            runs.append(time.process_time() - start)
        return min(runs)

    assert taken(20_000) < 40 * taken(2_000) + 0.1


def test_a_word_is_its_text_and_place() -> None:
    assert tokenize("No mass") == [Word("No", 0, 2), Word("mass", 3, 7)]


def test_the_words_of_a_passage_are_those_that_stand_there_alone() -> None:
    draw = random.Random(7)
    for _ in range(3_000):
        text = "".join(draw.choice("aZ4 .:-*x\n'’/()_,\u00ad\u200bß5T2") for _ in range(50))
        within = Passages(text, tokenize(text))
        for _ in range(10):
            start = draw.randrange(len(text))
            end = draw.randrange(start, len(text) + 1)
            alone = [(word.text, word.start + start, word.end + start) for word in tokenize(text[start:end])]
            assert list(within(start, end)) == alone

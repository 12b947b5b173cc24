"""Sections and sentences: two tables of texts, and properties over any text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import grows_linearly
from emh_report.headings import Headings
from emh_report.lexicon import load
from emh_report.segment import LONGEST, Segment, divide, sections, segments

TABLES = Path(__file__).parent / "tables"
HEADINGS = {
    "clinical": ["clinical history", "clinical information", "history", "indication"],
    "technique": ["technique", "contrast", "protocol"],
    "comparison": ["comparison", "prior study"],
    "findings": ["findings", "findings of the study", "observation"],
    "impression": ["impression", "impression and recommendation", "imp", "conclusion", "opinion"],
    "recommendation": ["recommendation", "advice", "adv", "follow up"],
    "addendum": ["addendum"],
    "exam": ["exam", "study"],
    "subheading": [
        "cord",
        "spinal cord",
        "conus",
        "liver",
        "spleen",
        "liver and spleen",
        "foramina",
        "nodes",
        "kidneys",
    ],
}


def rows(name: str) -> list[tuple[str, str]]:
    lines = [
        line for line in (TABLES / name).read_text(encoding="utf-8").split("\n") if line.strip() and line[0] != "#"
    ]
    assert all(line.count(" => ") == 1 for line in lines)
    assert len(set(lines)) == len(lines)
    return [(unescape(left), right) for left, _, right in (line.partition(" => ") for line in lines)]


def unescape(text: str) -> str:
    for written, meant in {r"\n": "\n", r"\r": "\r", r"\t": "\t", r"\f": "\f", r"\u2028": "\u2028"}.items():
        text = text.replace(written, meant)
    return text


def collapse(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


SENTENCES = rows("sentences.txt")
SECTIONS = rows("sections.txt")


def test_the_tables_are_read() -> None:
    assert len(SENTENCES) >= 220
    assert len(SECTIONS) >= 60


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences(text: str, expected: str) -> None:
    pieces = [collapse(text[segment.start : segment.end]) for segment in segments(text, HEADINGS)]
    assert pieces == expected.split(" | ")


@pytest.mark.parametrize(("text", "expected"), SECTIONS)
def test_sections(text: str, expected: str) -> None:
    found = [
        f"{span.category or 'none'}= {collapse(text[span.start : span.end])}".strip()
        for span in sections(text, HEADINGS)
    ]
    assert found == expected.split(" | ")


# --- sentence boundaries of radiology reports, with the headings of our own lexicons

BOUNDARIES = [
    line
    for line in (TABLES / "boundaries.txt").read_text(encoding="utf-8").split("\n")
    if line.strip() and line[0] != "#"
]


@cache
def headings() -> Headings:
    return Headings({section.id: section.terms for section in load().sections.values()})


def cut(text: str) -> str:
    """``text`` with a mark before every sentence and heading but the first."""
    parts, found = divide(text, headings())
    starts = {segment.start for segment in found} | {part.heading[0] for part in parts if part.heading}
    first = len(text) - len(text.lstrip())
    return "".join(f"‖{letter}" if at in starts and at > first else letter for at, letter in enumerate(text))


def test_two_hundred_boundaries() -> None:
    assert sum(row.count("‖") for row in BOUNDARIES) >= 200
    assert len(set(BOUNDARIES)) == len(BOUNDARIES)


@pytest.mark.parametrize("row", BOUNDARIES)
def test_boundaries(row: str) -> None:
    expected = re.sub(r"‖(\s+)", r"\1‖", unescape(row.removeprefix("! ")))
    as_expected = cut(expected.replace("‖", "")) == expected
    assert as_expected != row.startswith("! ")


def labelled(text: str) -> list[str | None]:
    return [text[s.label[0] : s.label[1]] if s.label else None for s in segments(text, HEADINGS)]


def test_labels() -> None:
    assert labelled("Cord: normal. No oedema.") == ["Cord:", "Cord:"]
    assert labelled("Cord: normal.\n\nNo oedema.") == ["Cord:", None]
    assert labelled("Cord:\nNormal.") == ["Cord:"]
    assert labelled("Cord:\n\nNormal.") == ["Cord:", "Cord:"]
    assert labelled("Kidneys:\n- normal\n- no mass") == ["Kidneys:", "Kidneys:", "Kidneys:"]
    assert labelled("Liver - large. Spleen: absent.") == ["Liver -", "Spleen:"]
    assert labelled("1. Spinal cord: normal.") == ["Spinal cord:"]
    assert labelled("Target lesion 1: 4 cm.") == ["Target lesion 1:"]
    assert labelled("Foramina\tpatent") == ["Foramina\t"]
    assert labelled("FINDINGS: Mass. IMPRESSION: EMH.") == [None, None]
    assert labelled("Reported at 11:20 today.") == [None]


def test_items_and_sections() -> None:
    text = "Pain.\nIMPRESSION:\n1. EMH. No fat.\n2. No compression.\nThank you."
    found = segments(text, HEADINGS)
    assert [segment.item for segment in found] == [False, True, True, True, False]
    assert [segment.section for segment in found] == [None, *["impression"] * 4]


def test_no_headings_at_all() -> None:
    assert sections("FINDINGS: x", {}) == [type(sections("a", {})[0])(None, None, 0, 11)]
    assert [s.section for s in segments("FINDINGS: x", {})] == [None]


def test_nothing() -> None:
    assert sections("", HEADINGS) == []
    assert segments(" \n\t", HEADINGS) == []


def check(text: str) -> list[Segment]:
    """Segments are ordered and disjoint, and with the headings they hold every character but white space."""
    found = segments(text, HEADINGS)
    spans = sections(text, HEADINGS)
    covered = bytearray(len(text))
    end = 0
    for segment in found:
        assert end <= segment.start < segment.end <= len(text)
        assert segment.end - segment.start <= LONGEST
        assert not text[segment.start].isspace()
        assert not text[segment.end - 1].isspace()
        assert any(s.start <= segment.start and segment.end <= s.end and s.category == segment.section for s in spans)
        if segment.label:
            assert segment.label[0] < segment.label[1] <= segment.end
        covered[segment.start : segment.end] = b"\1" * (segment.end - segment.start)
        end = segment.end
    for span in spans:
        if span.heading:
            assert not any(covered[span.heading[0] : span.heading[1]])
            covered[span.heading[0] : span.heading[1]] = b"\1" * (span.heading[1] - span.heading[0])
    assert [i for i, char in enumerate(text) if not covered[i] and not char.isspace()] == []
    return found


PIECES = [
    *(
        "FINDINGS",
        "Findings",
        "impression",
        "IMPRESSION AND RECOMMENDATION",
        "Cord",
        "liver and spleen",
        "Addendum",
    ),
    *(
        ":",
        ".",
        " ",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        "-",
        "**",
        "1.",
        "2)",
        "(a)",
        "•",
        "?",
        "!",
        ";",
        ",",
        "...",
        " - ",
    ),
    *(
        "the",
        "T8",
        "EMH",
        "No mass",
        "cm",
        "Dr",
        "vs",
        "e.g.",
        "3.4",
        "number one",
        "(",
        ")",
        '"',
        "11:20",
        "#1",
        "    ",
    ),
]


@given(st.text())
def test_any_text_is_covered(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from(["", " "]))
def test_report_like_text_is_covered(pieces: list[str], space: str) -> None:
    check(space.join(pieces))


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_text_after_a_heading_leaves_what_stands_before(pieces: list[str]) -> None:
    text = " ".join(pieces).rstrip() + "\n\n"
    before = segments(text, HEADINGS)
    after = segments(text + "IMPRESSION: Normal.", HEADINGS)
    assert after[: len(before)] == before


def test_long_runs_are_cut() -> None:
    for text in ("x" * 5000, "word " * 2000, "word, " * 2000, "T8 " * 3000):
        assert len(check(text.strip())) >= 3


@pytest.mark.parametrize(
    "piece",
    [
        "Cord: ",
        "a. ",
        "FINDINGS: ",
        "\n",
        "x\n",
        ":",
        "1. ",
        "word ",
        ". ",
        "? ",
        "Cord\n",
        "- x\n",
        "A:\n",
        "number one ",
        "Cord:\n",
        "x 5. ",
        "- 1. ",
    ],
)
def test_linear_in_the_length(piece: str) -> None:
    assert grows_linearly(lambda text: segments(text, HEADINGS), piece)

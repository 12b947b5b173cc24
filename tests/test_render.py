"""What a rendered report says, in each format.

The golden files in ``tests/golden`` are compared byte for byte. After a wanted change of templates or wording, write
them anew and read what changed:

    PYTHONPATH=src python tests/test_render.py && git diff tests/golden
"""

from __future__ import annotations

import html.parser
import re
import sys
import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from markdown_it import MarkdownIt

from emh_report import model, resources
from emh_report.filters import Filters, clean
from emh_report.model import Assertion, Findings
from emh_report.render import render
from render_samples import (
    ALL,
    FORMATS,
    GOLDEN,
    HEADLINES,
    HOSTILE,
    any_findings,
    hostile,
    many,
    resolved,
    rich,
)

FOLDER = Path(__file__).parent / "golden"
WORDS = yaml.load((resources.folder("templates") / "wording.en.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)

every_sample = pytest.mark.parametrize("sample", ALL.values(), ids=ALL.keys())
every_format = pytest.mark.parametrize("format", FORMATS)


def _write_golden() -> None:
    for name, sample in GOLDEN.items():
        for format, suffix in FORMATS.items():
            (FOLDER / f"{name}.{suffix}").write_text(render(sample(), format), encoding="utf-8", newline="\n")


def text_of(**fields: Any) -> str:
    return render(Findings.model_validate(fields))


# --- what the report says -------------------------------------------------------------------------------------------


@every_format
@pytest.mark.parametrize("name", GOLDEN)
def test_golden_files_byte_for_byte(name: str, format: str) -> None:
    expected = (FOLDER / f"{name}.{FORMATS[format]}").read_bytes()
    assert render(GOLDEN[name](), format).encode() == expected, f"see the top of {Path(__file__).name}"


def test_every_golden_file_has_a_sample() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.is_file()} == {
        f"{n}.{s}" for n in GOLDEN for s in FORMATS.values()
    }


@every_format
@every_sample
def test_four_headline_blocks_are_always_there(sample: Any, format: str) -> None:
    rendered = render(sample(), format).lower()
    assert all(headline.lower() in rendered for headline in HEADLINES)


@every_format
def test_order_of_the_sections(format: str) -> None:
    rendered = render(rich(), format).lower()
    if format == "html":
        rendered = rendered[rendered.index("<body>") :]
    order = [
        *(
            "clinical information",
            "technique",
            "comparison",
            "findings",
            "vertebrae and marrow",
            "masses and other lesions",
        ),
        *(
            "epidural disease",
            "level of compression",
            "neural foramina",
            "cauda equina",
            "iron deposition",
            "ribs, skull",
        ),
        *(
            "lymph nodes",
            "liver, spleen",
            "impression",
            "recommendation",
            "biopsy recommendation",
            "other recommendations",
        ),
        *(
            "communication",
            "addendum",
            "not stated in the source",
            "machine notes",
            "machine-generated restatement",
        ),
    ]
    mark = {"text": "\n{}", "markdown": "# {}", "html": ">{}"}[format]
    places = [re.search(re.escape(mark.format("")) + f"[a-z ]*{re.escape(each)}", rendered) for each in order[:-1]]
    starts = [place.start() for place in places if place]
    assert len(starts) == len(order) - 1
    assert starts == sorted(starts)
    assert starts[-1] < rendered.index(order[-1])


@pytest.mark.parametrize(
    ("assertion", "line"),
    [
        ("present", "Spinal cord compression at T6."),
        ("possible", "Possible spinal cord compression at T6."),
        ("absent", "No spinal cord compression at T6."),
        ("hypothetical", "To rule out spinal cord compression at T6 (question only)."),
        ("not_assessed", "Spinal cord compression at T6 not assessed."),
        ("not_mentioned", "Spinal cord compression at T6: not stated in the report."),
    ],
)
def test_wording_of_each_assertion(assertion: str, line: str) -> None:
    assert line in text_of(cord_compression={"assertion": assertion, "levels": ["T6"]})


def test_absent_not_assessed_and_not_stated_differ() -> None:
    lines = {text_of(iron_deposition={"assertion": each}) for each in ("absent", "not_assessed", "not_mentioned")}
    assert len(lines) == 3


@every_format
def test_no_negative_that_the_source_lacks(format: str) -> None:
    words = re.sub(r"(?s)<(head|style).*?</\1>|<[^>]+>", " ", render(Findings(), format)).lower()
    assert re.findall(r"\b(no|absent|normal|negative|without|unremarkable)\b", words) == []


@pytest.mark.parametrize(
    ("assertion", "banner", "notice"),
    [("present", True, False), ("possible", False, True), ("absent", False, False)],
)
@every_format
def test_banner_only_for_compression_present_today(format: str, assertion: str, banner: bool, notice: bool) -> None:
    rendered = render(Findings.model_validate({"cord_compression": {"assertion": assertion}}), format)
    assert ("Read the source report now." in rendered) is banner
    assert ("Read the source report. " in rendered.replace("<", " ").replace("\n", " ")) is notice
    assert "Read the source report" not in render(resolved(), format)


def test_banner_comes_before_everything_but_the_title() -> None:
    lines = [line for line in render(rich()).splitlines() if line]
    assert lines[1] == "*" * 72
    assert lines[2].strip() == "SPINAL CORD COMPRESSION IS REPORTED AT T6-T7."


def test_compression_without_level_says_so_on_its_own_line() -> None:
    rendered = text_of(cord_compression={"assertion": "present"})
    assert "\n  Spinal cord compression.\n  Level of compression: not stated in the report.\n" in rendered


@pytest.mark.parametrize(
    ("compression", "communication", "line"),
    [
        ("present", "not_mentioned", "Communication: not documented in the source report."),
        ("absent", "not_mentioned", "Communication: not stated in the report."),
        ("present", "present", "The result was communicated."),
        ("present", "absent", "The result was not communicated."),
    ],
)
def test_communication(compression: str, communication: str, line: str) -> None:
    fields = {
        "cord_compression": {"assertion": compression},
        "critical_communication": {"assertion": communication},
    }
    assert line in text_of(**fields)


def test_hedge_keeps_its_own_words() -> None:
    hedged = {"assertion": "possible", "certainty": "likely", "cue": "s/o"}
    assert 'Likely extramedullary hematopoiesis (wording: "s/o").' in text_of(emh=hedged)


def test_derived_is_marked_and_stays_out_of_the_impression() -> None:
    rendered = render(rich())
    impression = rendered[rendered.index("\nIMPRESSION:") : rendered.index("\nRECOMMENDATION:")]
    assert "ESCC grade 3 (derived)." in rendered
    assert "ESCC" not in impression
    assert "ESCC grade 3." in text_of(cord_compression={"assertion": "present", "escc": {"grade": "3"}})


def test_impression_holds_conclusions_only() -> None:
    rendered = text_of(
        emh={"assertion": "hypothetical"},
        cord_compression={"assertion": "hypothetical"},
        epidural={"assertion": "present"},
    )
    assert "IMPRESSION:\nNot stated in the report.\n" in rendered


@pytest.mark.parametrize("status", list(model.BiopsyStatus))
def test_biopsy_statuses_are_told_apart(status: str) -> None:
    others = [each for each in model.BiopsyStatus if each != status]
    block = _biopsy_block(status)
    assert block not in [_biopsy_block(each) for each in others]
    assert ("is not recommended" in block) is (status == "not_recommended")


def _biopsy_block(status: str) -> str:
    rendered = text_of(biopsy={"status": status})
    return rendered[rendered.index("BIOPSY RECOMMENDATION:") : rendered.index("\nCOMMUNICATION:")]


def test_text_fits_72_columns() -> None:
    for name, sample in ALL.items():
        assert max(map(len, render(sample()).splitlines())) <= 72, name


def test_text_has_no_trailing_space_and_no_double_gap() -> None:
    for name, sample in ALL.items():
        rendered = render(sample())
        assert not re.search(r" \n|\n\n\n", rendered), name
        assert len(rendered) - len(rendered.rstrip("\n")) == 1, name


def test_sixty_lesions_are_all_there() -> None:
    assert [int(number) for number in re.findall(r"Lesion (\d+):", render(many()))] == list(range(1, 61))


def test_findings_other_than_the_patients_own_words_are_deterministic() -> None:
    assert render(rich(), "html") == render(Findings.model_validate_json(rich().model_dump_json()), "html")


# --- hostile text ---------------------------------------------------------------------------------------------------


class _Tags(html.parser.HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@every_sample
def test_html_is_well_formed_and_has_no_script(sample: Any) -> None:
    page = _Tags(render(sample(), "html"))
    assert page.open == []
    assert set(page.tags) <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "header",
            "main",
            "footer",
            "section",
            "h1",
            "h2",
            "h3",
            "p",
            "b",
        ),
        *("bdi", "dl", "div", "dt", "dd", "table", "caption", "tbody", "tr", "th", "td", "span"),
        *("figure", "figcaption", "svg", "desc", "defs", "pattern", "rect", "path", "line", "text", "ul", "li"),
    }
    assert not [name for name in page.attributes if name.startswith("on") or name in ("href", "src")]
    assert page.tags.count("main") == page.tags.count("h1") == page.tags.count("footer") == 1


def test_every_table_header_has_a_scope() -> None:
    assert not re.search(r"<th(?![^>]*\bscope=)", render(rich(), "html"))


@pytest.mark.parametrize("selector", ["body", ".silent", ".source", "footer", ".banner", ".notice", "h2", "caption"])
def test_contrast_is_at_least_aa(selector: str) -> None:
    style = (resources.folder("templates") / "style.css").read_text(encoding="utf-8").partition("@media")[0]
    rule = re.search(rf"^{re.escape(selector)}\b[^{{]*{{(.*?)}}", style, re.MULTILINE | re.DOTALL)
    assert rule
    ink = re.search(r"(?<![-\w])color: (#\w+)", rule[1])
    paper = re.search(r"background: (#\w+)", rule[1])
    high, low = sorted(
        (_luminance(paper[1] if paper else "#e6edf4"), _luminance(ink[1] if ink else "#1a1a1a")), reverse=True
    )
    assert (high + 0.05) / (low + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@every_format
def test_hostile_text_stays_text(format: str) -> None:
    rendered = render(hostile(), format)
    assert not {char for char in rendered if unicodedata.category(char) in ("Cc", "Cs") and char != "\n"}
    assert "\u202e" not in rendered
    assert "\u0628\u064a\u062a" in rendered
    assert "\n# heading" not in rendered
    rendered.encode("utf-8")


def test_text_keeps_what_looks_like_a_template() -> None:
    assert "{{ 7*7 }}" in re.sub(r"\s+", " ", render(hostile()))


def test_markdown_of_hostile_text_has_no_markup_of_its_own() -> None:
    source = render(hostile(), "markdown")
    assert "<script" not in source
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    kinds = {token.type for block in reader.parse(source) for token in (block, *(block.children or ()))}
    assert (
        kinds
        & {
            "em_open",
            "link_open",
            "image",
            "code_inline",
            "html_inline",
            "html_block",
            "table_open",
            "code_block",
        }
        == set()
    )
    headings = [token.map for token in reader.parse(source) if token.type == "heading_open"]
    assert len(headings) == render(hostile(), "markdown").count("\n#") + 1


def test_markdown_reads_back_as_the_text_it_was() -> None:
    for piece in (
        *HOSTILE.split(" "),
        "1. one",
        "- two",
        "+ three",
        "=== four",
        "2) five",
        "a_b_c",
        "~~no~~",
        "T2*",
    ):
        plain = clean(piece).strip()
        inline = MarkdownIt("commonmark").parse(str(Filters("md", WORDS).neutralise(plain)))
        shown = "".join(child.content for block in inline for child in block.children or ())
        assert shown == plain
        assert {block.type for block in inline} <= {"paragraph_open", "inline", "paragraph_close"}


# --- coverage of the model ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("status", Assertion),
        ("claim", Assertion),
        ("hedged", model.Certainty),
        ("attribution_hedged", model.Certainty),
        ("change", model.Change),
        ("origin", model.Origin),
        ("severity", model.Severity),
        ("side", model.Laterality),
        ("at_side", model.Laterality),
        ("modality", model.Modality),
        ("sequence", model.Sequence),
        ("treatment", model.TreatmentKind),
        ("noun", model.LesionKind),
        ("nouns", model.LesionKind),
        ("site", model.Site),
        ("intensity", model.Intensity),
        ("degree", model.Degree),
        ("degree_adverb", model.Degree),
        ("biopsy", model.BiopsyStatus),
        ("advice", model.BiopsyStatus),
        ("action", model.Action),
        ("communication", Assertion),
    ],
)
def test_every_value_has_its_words(table: str, values: type[StrEnum]) -> None:
    assert set(WORDS[table]) == set(values)


def _leaf_words(node: Any, path: str = "") -> list[str]:
    if isinstance(node, dict):
        return [each for key, value in node.items() for each in _leaf_words(value, f"{path}.{key}")]
    return [path.removeprefix(".")]


def test_every_heading_label_and_sentence_is_used() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in resources.folder("templates").glob("*.jinja"))
    keys = [key for key in _leaf_words(WORDS) if key.split(".")[0] in ("heading", "label", "say")]
    assert [key for key in keys if not re.search(rf"\bw\.{re.escape(key)}\b", sources)] == ["say.as_written"]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(any_findings)
def test_every_valid_findings_renders(findings: Findings) -> None:
    for format in FORMATS:
        rendered = render(findings, format)
        assert rendered.isprintable() or not {c for c in rendered if unicodedata.category(c) == "Cc" and c != "\n"}
        assert all(headline.lower() in rendered.lower() for headline in HEADLINES)
    assert ("Read the source report now." in rendered) is (findings.cord_compression.assertion == "present")
    assert max(map(len, render(findings).splitlines())) <= 72
    assert _Tags(rendered).open == []


if __name__ == "__main__":
    _write_golden()
    sys.exit()

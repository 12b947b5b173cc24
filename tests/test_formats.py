"""Templates beside the standard one, languages, ASCII, the level diagram and the evidence view.

After a wanted change of templates or wording, write the golden files anew and read what changed:

    make golden && git diff tests/golden docs/template-fields.md
"""

from __future__ import annotations

import html.parser
import re
import sys
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from markdown_it import MarkdownIt

from conftest import ROOT, Run
from emh_report import resources
from emh_report.ascii_text import to_ascii
from emh_report.diagram import diagram
from emh_report.errors import SourceError, TemplateFault
from emh_report.extract import extract
from emh_report.flat import flatten
from emh_report.model import VERTEBRAE, Findings
from emh_report.reading import digest
from emh_report.render import Style, listing, render, render_together, takes_all
from emh_report.sourceview import source_view
from emh_report.template_fields import fields_page
from emh_report.timeline import timeline
from emh_report.word_file import docx
from emh_report.wording import languages
from render_samples import ALL, FORMATS, GOLDEN, HOSTILE, any_findings, hostile, many, resolved, rich

FOLDER = Path(__file__).parent / "golden" / "templates"
TEMPLATES = ("standard", "concise", "registry", "tumour-board")
OWN = TEMPLATES[1:]
"""The golden files of ``standard`` are those of test_render.py."""
WORDS = yaml.load((resources.folder("templates") / "wording.en.yaml").read_text("utf-8"), yaml.BaseLoader)
REPORT = ROOT / "examples" / "case1_thalassemia_cord_compression.txt"


def dated(findings: Findings, date: str, name: str) -> Findings:
    """The same findings from another day."""
    return findings.model_copy(
        update={
            "study": findings.study.model_copy(update={"date": date}),
            "source": findings.source.model_copy(update={"id": name, "patient_id": None}),
        }
    )


def series() -> list[Findings]:
    """Three reports of one patient, not in order: masses that grow, then are treated."""
    mass = {"id": "l1", "kind": "mass", "site": "paravertebral", "laterality": "left", "levels": ["T8", "T9"]}
    first = Findings.model_validate({"lesions": [{**mass, "size_mm": [30, 22]}]})
    last = Findings.model_validate({"lesions": [{**mass, "size_mm": [12], "change": "decreased"}]})
    return [
        dated(last, "2025-06-01", "c.txt"),
        dated(first, "2023-01-10", "a.txt"),
        dated(
            Findings.model_validate({"cord_compression": {"assertion": "present", "levels": ["T8"]}}),
            "2024-02-02",
            "b.txt",
        ),
    ]


def golden() -> dict[str, Callable[[], str]]:
    """Each golden file with what makes it."""
    made: dict[str, Callable[[], str]] = {}
    for template in OWN:
        for format, suffix in FORMATS.items():
            for name, sample in GOLDEN.items():
                made[f"{template}.{name}.{suffix}"] = lambda s=sample, f=format, t=template: render(s(), f, t)
    for format, suffix in FORMATS.items():
        made[f"tumour-board.series.{suffix}"] = lambda f=format: render_together(series(), Style(f, "tumour-board"))
    made["standard.ascii.txt"] = lambda: render(rich(), ascii_only=True)
    made["standard.british.txt"] = lambda: render(rich(), language="en-GB")
    made["standard.evidence.html"] = lambda: evidence_page(REPORT.read_text("utf-8"))
    return made


def evidence_page(text: str) -> str:
    return render(extract(text, id=REPORT.name), "html", source=text)


# --- golden files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", golden())
def test_golden_files_byte_for_byte(name: str) -> None:
    assert golden()[name]().encode() == (FOLDER / name).read_bytes(), "see the top of this file"


def test_every_golden_file_has_its_maker() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(golden())


def test_the_page_of_fields_is_fresh() -> None:
    assert (ROOT / "docs" / "template-fields.md").read_text("utf-8") == fields_page().rstrip() + "\n"


# --- templates ------------------------------------------------------------------------------------------------------


def test_templates_are_listed_with_a_line_each(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt.jinja").write_text("{#- My own one. It is short. -#}\nx", "utf-8")
    ran = cli("templates", "--templates", tmp_path)
    assert ran.status == 0
    lines = {line.split()[0]: line for line in ran.out.splitlines()}
    assert list(lines) == ["standard", "concise", "mine", "registry", "tumour-board"]
    assert "My own one." in lines["mine"]
    assert "short" not in lines["mine"]
    assert all(len(line.split()) > 4 for line in lines.values())
    assert all(set(each.formats) == set(FORMATS) for each in listing())


def test_concise_fits_one_screen_and_keeps_the_four_blocks() -> None:
    rendered = render(rich(), template="concise")
    assert len(rendered.splitlines()) <= 48  # of findings that fill nearly every field
    for heading in ("compression", "signal", "iron", "biopsy"):
        assert WORDS["heading"][heading].lower() in render(Findings(), template="concise").lower()


def test_concise_says_how_many_lesions_it_leaves_out() -> None:
    assert "Lesions not shown here: 54" in render(many(), template="concise")


@pytest.mark.parametrize("format", FORMATS)
def test_registry_has_every_value_of_the_contract(format: str) -> None:
    rendered = render(rich(), format, "registry").replace("\\", "")
    keys = [row.key for row in flatten(rich())]
    assert len(keys) > 150
    assert [key for key in keys if key not in rendered] == []


def test_registry_lines_are_one_line_each_whatever_the_text() -> None:
    lines = render(hostile(), template="registry").splitlines()
    assert len(lines) == len(flatten(hostile()))
    assert all(re.match(r"[a-z][\w.\[\]]*: .", line) for line in lines)


def test_tumour_board_puts_reports_in_order_and_lesions_in_rows() -> None:
    assert takes_all(Style("text", "tumour-board"))
    assert not takes_all(Style("text", "standard"))
    rendered = render_together(series(), Style("text", "tumour-board"))
    assert [rendered.index(name) for name in ("a.txt", "b.txt", "c.txt")] == sorted(
        rendered.index(name) for name in ("a.txt", "b.txt", "c.txt")
    )
    assert rendered.count("Lesion 1:") == 1
    assert "Lesion 2:" not in rendered
    assert len(timeline(series()).tracks) == 1


def test_a_silent_report_does_not_resolve_a_lesion() -> None:
    (track,) = timeline(series()).tracks
    assert [bool(each) for each in track.lesions] == [True, False, True]
    rendered = render_together(series()[1:], Style("text", "tumour-board"))
    assert "not mentioned" in rendered
    assert "resolved" not in rendered.replace("not said to have resolved", "")


def test_undated_reports_announce_any_compression() -> None:
    undated = [
        resolved(),
        Findings.model_validate({"cord_compression": {"assertion": "present", "levels": ["T8"]}}),
        resolved(),
    ]
    for format in FORMATS:
        assert "Read the source report now." in render_together(undated, Style(format, "tumour-board"))
    assert "Read the source report now." not in render_together(series(), Style("text", "tumour-board"))


def test_tumour_board_takes_json_lines(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    file.write_text("".join(each.model_dump_json() + "\n" for each in series()) + "{}\n", "utf-8")
    ran = cli("render", file, "--template", "tumour-board")
    assert (ran.status, ran.out.count("STRUCTURED")) == (1, 1)
    assert "Report 3: 2025-06-01" in ran.out
    assert ":4: $.schema_version" in ran.err


def test_a_template_without_that_format_says_so(tmp_path: Path) -> None:
    (tmp_path / "mine.txt.jinja").write_text("x", "utf-8")
    with pytest.raises(TemplateFault, match="'mine' has no format 'html'; it has text"):
        render(Findings(), "html", "mine", [tmp_path])


# --- whatever the findings hold -------------------------------------------------------------------------------------

EXTREME = {
    **ALL,
    "every level": lambda: Findings.model_validate(
        {
            "lesions": [{"id": "l1", "kind": "mass", "site": "paravertebral", "levels": list(VERTEBRAE)}],
            "epidural": {"assertion": "present", "levels": list(VERTEBRAE)},
            "cord_compression": {"assertion": "present", "levels": list(VERTEBRAE)},
        }
    ),
    "combining": lambda: Findings.model_validate(
        {
            "source": {"id": "e\u0301" * 300 + " \u05e9\u05dc\u05d5\u05dd a\u0308"},
            "conditions": [{"name": "o" + "\u0308" * 50, "assertion": "present"}],
        }
    ),
    "contradictory": lambda: Findings.model_validate(
        {
            "lesions": [
                {"id": "l1", "kind": "mass", "site": "rib", "assertion": "absent", "size_mm": [1e6], "change": "new"}
            ],
            "cord_compression": {
                "assertion": "absent",
                "levels": ["T4"],
                "absent_levels": ["T4"],
                "severity": "severe",
            },
        }
    ),
}


class _Page(html.parser.HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("sample", EXTREME.values(), ids=EXTREME.keys())
def test_everything_renders_harmlessly(sample: Callable[[], Findings], format: str, template: str) -> None:
    rendered = render(sample(), format, template)
    assert not {char for char in rendered if unicodedata.category(char) in ("Cc", "Cs") and char != "\n"}
    assert "<script" not in rendered or format == "text"
    assert ("Read the source report now." in rendered) is (
        template != "registry" and sample().cord_compression.assertion == "present"
    )
    if format == "html":
        page = _Page(rendered)
        assert page.open == []
        assert not {"script", "img", "a", "iframe", "object", "link"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("href", "src")]
        assert page.tags.count("main") == page.tags.count("h1") == 1
        assert len(page.ids) == len(set(page.ids))
    if format == "markdown" and template != "registry":
        kinds = {
            token.type
            for block in MarkdownIt("commonmark", {"html": True}).parse(rendered)
            for token in (block, *(block.children or ()))
        }
        assert not kinds & {"link_open", "image", "html_inline", "html_block", "code_inline"}
    if format == "text" and template != "registry":
        assert max(map(len, rendered.splitlines())) <= 72


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(any_findings)
def test_every_valid_findings_renders_in_every_template(findings: Findings) -> None:
    present = findings.cord_compression.assertion == "present"
    for template in OWN:
        for format in FORMATS:
            rendered = render(findings, format, template)
            assert ("Read the source report now." in rendered) is (present and template != "registry")
    assert render(findings, ascii_only=True).isascii()
    assert isinstance(docx([render(findings, "html")]), bytes)


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_of_sixty_lesions_is_lost(template: str) -> None:
    for format in FORMATS:
        rendered = render(many(), format, template).replace("\\", "")
        named = {"concise": "left paravertebral mass", "registry": r"lesions\[\d+\]\.id"}.get(template, r"Lesion \d+:")
        assert len(re.findall(named, rendered)) == (6 if template == "concise" else 60)


# --- plain text for old displays, and spelling ----------------------------------------------------------------------


@pytest.mark.parametrize("sample", EXTREME.values(), ids=EXTREME.keys())
@pytest.mark.parametrize("template", TEMPLATES)
def test_ascii_is_ascii_and_fits(sample: Callable[[], Findings], template: str) -> None:
    rendered = render(sample(), template=template, ascii_only=True)
    assert rendered.isascii()
    assert template == "registry" or max(map(len, rendered.splitlines())) <= 72


def test_ascii_loses_nothing() -> None:
    assert to_ascii("β-thal, 4 × 3 cm – café “s/o” ≤ 5 µm…") == 'beta-thal, 4 x 3 cm - cafe "s/o" <= 5 um...'
    assert to_ascii("Δ \u0628") == "Delta [U+0628]"
    assert to_ascii("cafe\u0301") == "cafe"
    assert "beta-thalassemia intermedia" in render(rich(), ascii_only=True)
    assert "[U+0628]" in render(hostile(), template="registry", ascii_only=True)


def test_ascii_is_for_text_only(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    file.write_text(rich().model_dump_json(), "utf-8")
    assert cli("render", file, "--ascii").out.isascii()
    assert cli("render", file, "--ascii", "--format", "html").status == 2
    with pytest.raises(TemplateFault, match="ASCII"):
        render(rich(), "markdown", ascii_only=True)


def test_british_spelling_changes_names_but_no_quotation() -> None:
    said = [{"start": 0, "end": 5, "text": "edema"}]
    findings = Findings.model_validate(
        {
            "conditions": [{"name": "beta thalassemia", "assertion": "present"}],
            "emh": {"assertion": "possible", "cue": "tumor or edema"},
            "addenda": [{"evidence": said}],
            "recommendations": [{"action": "hematology_referral", "status": "recommended"}],
        }
    )
    rendered = render(findings, language="en-GB")
    assert "EXTRAMEDULLARY HAEMATOPOIESIS" in rendered or "xtramedullary haematopoiesis" in rendered
    assert "beta thalassaemia" in rendered
    assert "Haematology referral" in rendered
    assert '(wording: "tumor or edema")' in " ".join(rendered.split())
    assert "  edema" in rendered
    assert "emato" not in rendered.replace("aemato", "")
    assert "thalassaemia" not in render(findings)


def test_another_language_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "wording.de.yaml").write_text("lang: de\nheading:\n  impression: Beurteilung\n", "utf-8")
    assert languages([tmp_path]) == ("en", "de", "en-GB")
    assert "BEURTEILUNG:" in render(rich(), language="de", folders=[tmp_path])
    assert '<html lang="de">' in render(rich(), "html", language="de", folders=[tmp_path])
    with pytest.raises(TemplateFault, match="no language 'ge'; languages: en, en-GB"):
        render(rich(), language="ge")


def test_every_word_of_the_other_templates_is_used() -> None:
    sources = "".join(path.read_text("utf-8") for path in resources.folder("templates").rglob("*.jinja"))
    for section in ("concise", "registry", "board", "diagram", "evidence", "followup"):
        for key, value in WORDS[section].items():
            assert re.search(rf"\bw\.{section}\.{key}\b", sources) or (
                section == "diagram" and "w.diagram[x.kind]" in sources
            ), key
            assert value


# --- level diagram --------------------------------------------------------------------------------------------------


def _svg(page: str) -> ET.Element:
    found = re.search(r"<svg viewBox.*?</svg>", page, re.DOTALL)
    assert found
    return ET.fromstring(found[0])


def test_diagram_shows_three_lanes_side_by_side() -> None:
    lanes = diagram(rich()).lanes
    assert [lane.kind for lane in lanes] == ["lesion", "epidural", "compression"]
    drawn = {lane.kind: [level for level, state in zip(VERTEBRAE, lane.states, strict=True) if state] for lane in lanes}
    assert drawn["lesion"] == [f"T{number}" for number in range(4, 11)]
    assert drawn["epidural"] == ["T5", "T6", "T7", "T8"]
    assert drawn["compression"] == ["T4", "T6", "T7", "T10"]
    assert [lanes[2].states[VERTEBRAE.index(level)] for level in ("T4", "T6")] == ["absent", "present"]


def test_diagram_is_drawn_where_it_belongs_and_told_in_words() -> None:
    svg = _svg(render(rich(), "html"))
    space = "{http://www.w3.org/2000/svg}"
    texts = [each.text for each in svg.iter(f"{space}text")]
    assert [text for text in texts if text in VERTEBRAE] == list(VERTEBRAE)
    told = svg.findtext(f"{space}desc") or ""
    assert "Cord compression: present T6-T7, stated absent T4, T10." in told
    red = [each for each in svg.iter(f"{space}rect") if each.get("fill") == "#9b0000"]
    tops = [float(each.get("y", "")) for each in red]
    labels = {each.text: float(each.get("y", "")) for each in svg.iter(f"{space}text") if each.text in VERTEBRAE}
    assert [level for level, y in labels.items() if any(abs(top - y + 10) < 2 for top in tops)] == ["T6", "T7"]


def test_denied_compression_is_never_drawn_as_present() -> None:
    denied = Findings.model_validate(
        {"cord_compression": {"assertion": "absent", "levels": ["T6"], "absent_levels": ["T7"]}}
    )
    (lane,) = diagram(denied).lanes
    assert {each for each in lane.states if each} == {"absent"}
    assert not re.search('<rect[^>]*fill="#9b0000"', render(denied, "html"))


def test_without_levels_there_is_no_picture() -> None:
    assert diagram(Findings()).lanes == ()
    assert "<svg viewBox" not in render(Findings(), "html")


# --- evidence view --------------------------------------------------------------------------------------------------


def test_every_pointer_leads_to_its_passage() -> None:
    text = REPORT.read_text("utf-8")
    page = _Page(evidence_page(text))
    targets = [value for name, value in page.attributes if name == "href"]
    assert len(targets) > 30
    assert {target for target in targets if target} <= {f"#{name}" for name in page.ids}
    assert len(page.ids) == len(set(page.ids))
    assert "script" not in page.tags


def test_every_stated_value_has_a_pointer() -> None:
    page = evidence_page(REPORT.read_text("utf-8"))
    body = page[page.index("<h2>Clinical") : page.index("<h2>Impression")]
    lines = re.findall(r"<p><b>.*?</p>|<p><bdi>.*?</p>|<tr><th scope=\"row\">.*?</tr>", body)
    bare = [line for line in lines if "<a href" not in line and "not stated in the report" not in line]
    assert len(lines) > 20
    assert bare == []


def test_the_passage_is_the_words_of_the_evidence() -> None:
    text = REPORT.read_text("utf-8")
    found = extract(text)
    view = source_view(found, text)
    assert "".join(each.text for each in view.segments) == text
    for evidence in found.cord_compression.evidence:
        name = f"p{evidence.start}-{evidence.end}"
        assert "".join(each.text for each in view.segments if name in each.within) == evidence.text
        assert [each.begins for each in view.segments if name in each.begins]


def test_the_source_keeps_its_lines_and_runs_nothing() -> None:
    text = "FINDINGS:\r\n<script>alert(1)</script> {{ 7*7 }}\t\x07\u202eCord compression at T6.\n\u0628\u064a\u062a\n"
    page = render(extract(text), "html", source=text)
    pre = page[page.index("<pre") : page.index("</pre>")]
    assert "&lt;script&gt;" in pre
    assert "{{ 7*7 }}" in pre
    assert "\u202e" not in pre
    assert "\x07" not in pre
    assert pre.count("\n") == text.count("\n")
    assert "script" not in _Page(page).tags


def test_another_source_is_refused_in_one_line(cli: Run, tmp_path: Path) -> None:
    findings = tmp_path / "f.json"
    assert cli("extract", REPORT, "-o", findings).status == 0
    other = tmp_path / "other.txt"
    other.write_text(REPORT.read_text("utf-8") + "secretword", "utf-8")
    ran = cli("render", findings, "--format", "html", "--source", other)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "emh-report: the source report is not the one the findings came from: its SHA-256 differs\n"
    good = cli("render", findings, "--format", "html", "--source", REPORT)
    assert good.status == 0
    assert 'class="original"' in good.out
    assert cli("render", findings, "--source", REPORT).status == 2
    assert cli("render", findings, "--format", "html", "--source", tmp_path / "none.txt").status == 2


def test_findings_without_digest_have_no_source() -> None:
    with pytest.raises(SourceError, match="sha256 is empty"):
        source_view(rich(), "x")
    beyond = Findings.model_validate(
        {"source": {"sha256": digest("ab")}, "addenda": [{"evidence": [{"start": 0, "end": 9, "text": "x"}]}]}
    )
    with pytest.raises(SourceError, match="does not have"):
        source_view(beyond, "ab")


def test_hostile_words_in_findings_and_source_stay_words() -> None:
    assert HOSTILE in hostile().source.id
    findings = hostile().model_copy(
        update={"source": hostile().source.model_copy(update={"sha256": digest(HOSTILE * 300)})}
    )
    page = _Page(render(findings, "html", source=HOSTILE * 300))
    assert not {"script", "img"} & set(page.tags)
    assert all((value or "").startswith("#p") for name, value in page.attributes if name == "href")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for file, make in golden().items():
        (FOLDER / file).write_text(make(), encoding="utf-8", newline="\n")
    (ROOT / "docs" / "template-fields.md").write_text(fields_page().rstrip() + "\n", encoding="utf-8", newline="\n")
    sys.exit()

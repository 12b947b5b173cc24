"""Several HTML reports are one document: one head, a table of contents, an article each, ids that are unique."""

from __future__ import annotations

import html.parser
import re
from html import escape
from pathlib import Path

import pytest

from conftest import Run
from emh_report.collection import collect
from emh_report.extract import extract
from emh_report.render import Style, render, render_page
from render_samples import HOSTILE, hostile, many, rich

_NAMING = ("for", "aria-labelledby", "aria-describedby", "headers")
_REPORTS = (
    "MRI dorsal spine. Bilateral paravertebral masses T5-T8. The cord is compressed at T6.",
    "MRI dorsal spine. No cord compression. A left paravertebral mass at D4 measures 3 x 2 cm.",
)


class _Page(html.parser.HTMLParser):
    """A page, of which every element closes in its place."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.pointed: list[str] = []
        self.links: list[str] = []
        self.article = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        for name in _NAMING:
            self.pointed += given.get(name, "").split()
        self.pointed += re.findall(r"url\(#(.*?)\)", " ".join(given.values()))
        if tag == "a" and "href" in given:
            assert given["href"].startswith("#")
            self.links.append(given["href"][1:])
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def whole(page: str, reports: int) -> _Page:
    """The page, checked for what every collection must be."""
    read = _Page(page)
    assert read.open == []
    assert page.count("<!DOCTYPE") == 1
    assert [read.tags.count(tag) for tag in ("html", "head", "body", "main", "h1", "nav")] == [1] * 6
    assert len(re.findall(r"<title>", page[: page.index("</head>")])) == 1
    assert read.tags.count("article") == reports
    assert len(read.ids) == len(set(read.ids))
    assert {*read.links, *read.pointed} <= set(read.ids)
    assert [link for link in read.links if link.startswith("report-")] == [f"report-{n}" for n in range(1, reports + 1)]
    return read


def together(*pages: str) -> str:
    return render_page("collection", collect(pages), Style("html"))


def test_several_reports_are_one_document() -> None:
    page = together(render(rich(), "html"), render(many(), "html"), render(rich(), "html"))
    read = whole(page, 3)
    assert "h4" in read.tags  # headings of a report stand below that of the collection
    assert page.count(":root {") == 1
    contents = page[page.index("<nav") : page.index("</nav>")]
    assert contents.count("Spinal cord compression is reported at T6-T7.") == 2
    for part in re.findall(r"<table>.*?</table>", render(many(), "html"), re.DOTALL):
        assert part in page


@pytest.mark.parametrize("template", ["concise", "registry"])
def test_every_template_can_be_put_together(template: str) -> None:
    whole(together(*(render(each(), "html", template) for each in (rich, hostile, many))), 3)


def test_hostile_text_stays_text() -> None:
    page = together(render(hostile(), "html"), render(hostile(), "html"))
    read = whole(page, 2)
    assert not {"script", "img", "iframe", "object", "link"} & set(read.tags)
    assert "alert(1)" in page
    assert escape(HOSTILE.split()[0], quote=False) in page


def test_a_page_of_a_user_keeps_its_words_and_gets_names_of_its_own() -> None:
    mine = (
        "<style>h2, #a:target { color: #a00 }</style><main><h2 ID='a'>1 &lt; 2 &amp; 3</h2>"
        "<label for=b>x</label><input id=b title=' id=\"c\"'><a href='#a'>up</a><br/></main>"
    )
    first, second = collect([mine, mine]).articles
    assert '<h3 ID="r1-a">1 &lt; 2 &amp; 3</h3>' in first.body
    assert '<label for="r2-b">x</label><input id="r2-b" title=\' id="c"\'><a href="#r2-a">up</a><br/>' in second.body
    assert collect([mine]).styles == ("h3, #r1-a:target { color: #a00 }",)


def findings_of(folder: Path) -> tuple[list[Path], list[Path]]:
    """Two reports and their findings."""
    reports, found = [], []
    for number, text in enumerate(_REPORTS):
        reports.append(folder / f"{number}.txt")
        reports[-1].write_text(text, "utf-8")
        found.append(folder / f"{number}.json")
        found[-1].write_text(extract(text).model_dump_json(), "utf-8")
    return reports, found


def test_the_command_writes_one_document(cli: Run, tmp_path: Path) -> None:
    _, found = findings_of(tmp_path)
    page = cli("render", *found, "--format", "html").out
    whole(page, 2)
    lines = tmp_path / "both.jsonl"
    lines.write_text("".join(path.read_text("utf-8") + "\n" for path in found), "utf-8")
    assert cli("render", lines, "--format", "html").out == page
    single = cli("render", found[0], "--format", "html").out
    assert "<article" not in single
    assert _Page(single).tags.count("main") == 1


def test_each_report_has_its_own_source(cli: Run, tmp_path: Path) -> None:
    reports, found = findings_of(tmp_path)
    sources = [argument for path in reversed(reports) for argument in ("--source", path)]
    page = cli("render", *found, "--format", "html", *sources).out
    read = whole(page, 2)
    assert page.count('class="original"') == 2
    inside = [link for link in read.links if not link.startswith("report-")]
    assert {link.partition("-")[0] for link in inside} == {"r1", "r2"}
    targets = set(re.findall(r"#([\w-]+):target", page))
    assert set(inside) <= targets <= set(read.ids)


def test_a_report_without_its_source_is_named(cli: Run, tmp_path: Path) -> None:
    reports, found = findings_of(tmp_path)
    ran = cli("render", *found, "--format", "html", "--source", reports[0])
    assert ran.status == 1
    assert "its SHA-256 differs" in ran.err
    assert ran.out.count('class="original"') == 1

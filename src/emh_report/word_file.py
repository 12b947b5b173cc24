"""HTML reports → one Word file, with python-docx: the extra ``docx``.

It reads the HTML that our layout writes: headings, paragraphs, definition lists, lists and tables. Of a picture it
keeps the words that describe it.
"""

from __future__ import annotations

import html.parser
import io
from collections.abc import Sequence
from typing import Any

from emh_report.errors import MissingExtra

_SKIPPED = frozenset({"style", "title", "svg", "script", "head"})
_VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})
_BLOCKS = frozenset({"h1", "h2", "h3", "p", "dt", "dd", "caption", "figcaption", "li", "th", "td", "pre", "desc"})
_HEADINGS = {"h1": 0, "h2": 1, "h3": 2}
_SHADES = {"banner": ("9B0000", "FFFFFF"), "notice": ("FFF6DD", "1A1A1A"), "silent": (None, "555555")}


def docx(pages: Sequence[str]) -> bytes:
    """One Word file of all reports, each beginning on a new page."""
    document = _new()
    for number, page in enumerate(pages):
        if number:
            document.add_page_break()
        _Writer(document).feed(page)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _new() -> Any:
    try:
        import docx as library
        from docx.shared import Cm, Pt
    except ImportError:
        raise MissingExtra("Word files need an extra: pip install 'emh-report[docx]'") from None
    document = library.Document()
    document.core_properties.author = "emh-report"
    document.core_properties.title = ""
    section = document.sections[0]
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10.5)
    normal.paragraph_format.space_after = Pt(2)
    return document


class _Writer(html.parser.HTMLParser):
    """Keeps what is open, and writes a block when it closes."""

    def __init__(self, document: Any) -> None:
        super().__init__()
        self.document = document
        self.open: list[tuple[str, str]] = []
        self.runs: list[tuple[str, bool, bool]] = []
        self.rows: list[list[tuple[list[tuple[str, bool, bool]], bool, int]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        given = dict(attrs)
        self.open.append((tag, given.get("class") or ""))
        if tag == "table":
            self.rows = []
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("th", "td"):
            self._span = int(given.get("colspan") or 1)
        if tag in _BLOCKS and tag != "dd":
            self.runs = []

    def handle_data(self, data: str) -> None:
        names = [tag for tag, _ in self.open]
        if ("desc" not in names and _SKIPPED.intersection(names)) or not _BLOCKS.intersection(names):
            return
        text = data if "pre" in names else " ".join(data.split("\n"))
        small = any("source" in kind.split() for _, kind in self.open)
        self.runs.append((text, bool({"b", "th", "dt", "caption", "figcaption"}.intersection(names)), small))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        kinds = {kind for _, classes in self.open for kind in classes.split()}
        self.open.pop()
        if tag in _HEADINGS:
            self._heading(tag, kinds)
        elif tag in ("th", "td") and self.rows:
            self.rows[-1].append((self.runs, tag == "th", self._span))
        elif tag == "table":
            self._table()
        elif tag == "dt":
            self.runs.append((": ", True, False))
        elif tag in _BLOCKS:
            style = "List Bullet" if tag == "li" and "key" not in kinds else None
            if "key" not in kinds:
                self._fill(self.document.add_paragraph(style=style), self.runs, kinds)
            self.runs = []

    def _heading(self, tag: str, kinds: set[str]) -> None:
        text = "".join(text for text, _, _ in self.runs).strip()
        if "banner" in kinds:
            self._fill(self.document.add_paragraph(), [(text.upper(), True, False)], kinds)
        else:
            self.document.add_heading(text, _HEADINGS[tag])
        self.runs = []

    def _table(self) -> None:
        rows = self.rows or []
        self.rows = None
        width = max((sum(span for _, _, span in row) for row in rows), default=0)
        if not width:
            return
        table = self.document.add_table(len(rows), width, style="Table Grid")
        for line, row in zip(table.rows, rows, strict=True):
            column = 0
            for runs, _, span in row:
                cell = line.cells[column]
                if span > 1:
                    cell = cell.merge(line.cells[column + span - 1])
                self._fill(cell.paragraphs[0], runs, set())
                column += span
        self.document.add_paragraph()

    def _fill(self, paragraph: Any, runs: Sequence[tuple[str, bool, bool]], kinds: set[str]) -> None:
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls
        from docx.shared import Pt, RGBColor

        fill, ink = next((shade for kind, shade in _SHADES.items() if kind in kinds), (None, None))
        if fill:
            paragraph.paragraph_format.element.get_or_add_pPr().append(
                parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>')
            )
        for text, bold, small in _trimmed(runs):
            run = paragraph.add_run(text)
            run.bold = bold or "banner" in kinds
            if small:
                run.font.size, run.font.color.rgb = Pt(8), RGBColor.from_string("5A5A5A")
            elif ink:
                run.font.color.rgb = RGBColor.from_string(ink)
            if "banner" in kinds:
                run.font.size = Pt(13)


def _trimmed(runs: Sequence[tuple[str, bool, bool]]) -> list[tuple[str, bool, bool]]:
    """Runs without white space at either end of the block."""
    kept = [run for run in runs if run[0]]
    while kept and not kept[0][0].strip():
        kept.pop(0)
    while kept and not kept[-1][0].strip():
        kept.pop()
    if kept:
        kept[0] = (kept[0][0].lstrip(" "), *kept[0][1:])
        kept[-1] = (kept[-1][0].rstrip(), *kept[-1][1:])
    return kept

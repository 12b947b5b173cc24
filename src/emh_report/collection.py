"""Several HTML reports → one document: an article each, its headings one level lower, its ids its own.

Works on finished pages, so that templates of a user's own can be put together as well. What a page says is kept;
its document, head and ``main`` are given up, and of style sheets that are alike one is kept.
"""

from __future__ import annotations

import html.parser
import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from emh_report.model import Part

_ATTRIBUTE = re.compile(r"""(\s[^\s=>"'/]+\s*=\s*)("[^"]*"|'[^']*'|[^\s>"']+)""")
_POINTING = frozenset("id for headers list aria-labelledby aria-describedby aria-controls aria-owns".split())
"""Attributes that hold names of elements of the page."""
_URL = re.compile(r"url\(#([^)]+)\)")
_TARGET = re.compile(r"#([A-Za-z][\w-]*)(?=:target)")
_HEADING = re.compile(r"(?<![\w.#-])h([1-5])(?=[\s,.:{>+~\[])")
_TAG_HEADING = re.compile(r"h([1-5])")


class Article(Part):
    """One report of a collection."""

    number: int
    title: str
    alarm: str | None
    """The banner at its head, which the table of contents repeats."""
    body: Any


class Collection(Part):
    """Reports in one document, and the style sheets they need."""

    articles: tuple[Article, ...]
    styles: tuple[Any, ...]


def collect(pages: Sequence[str]) -> Collection:
    """The articles of ``pages``, which are whole HTML documents."""
    articles, styles = [], dict[str, None]()
    for number, page in enumerate(pages, 1):
        reader = _Page(f"r{number}-")
        reader.feed(page)
        reader.close()
        styles.update(dict.fromkeys(style for style in reader.styles if style.strip()))
        articles.append(
            Article(
                number=number,
                title=" ".join("".join(reader.title).split()),
                alarm=" ".join("".join(reader.alarm).split()) or None,
                body=Markup("".join(reader.body).strip("\n")),
            )
        )
    return Collection(articles=tuple(articles), styles=tuple(map(Markup, styles)))


class _Page(html.parser.HTMLParser):
    """A page, read for its title, its styles and what stands in its body."""

    def __init__(self, prefix: str) -> None:
        super().__init__(convert_charrefs=False)
        self._prefix = prefix
        self.title: list[str] = []
        self.alarm: list[str] = []
        self.styles: list[str] = []
        self.body: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._enter(tag, dict(attrs).get("class") or "")
        if tag == "head":
            self._in_head = True
        elif tag not in ("html", "body") and not self._in_head and tag != "style":
            self.body.append(self._renamed(self.get_starttag_text() or "", tag))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._in_head:
            self.body.append(self._renamed(self.get_starttag_text() or "", tag))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == tag:
                del self._open[index:]
                break
        if tag == "head":
            self._in_head = False
        elif tag not in ("html", "body", "style") and not self._in_head:
            self.body.append(f"</{_lowered(tag)}>")

    def handle_data(self, data: str) -> None:
        self._text(data, data)

    def handle_entityref(self, name: str) -> None:
        self._text(f"&{name};", html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._text(f"&#{name};", html.unescape(f"&#{name};"))

    def _text(self, raw: str, said: str) -> None:
        tags = [tag for tag, _ in self._open]
        if "style" in tags:
            self.styles.append(_HEADING.sub(_next, _TARGET.sub(rf"#{self._prefix}\1", raw)))
        elif self._in_head:
            self.title += [said] if "title" in tags else []
        else:
            self.body.append(raw)
            if "h2" in tags and any("banner" in kind.split() for _, kind in self._open):
                self.alarm.append(said)

    def _enter(self, tag: str, kind: str) -> None:
        self._open.append((tag, kind))

    def _renamed(self, text: str, tag: str) -> str:
        """A start tag with the names it gives or points to made those of this report."""
        named = _ATTRIBUTE.sub(self._attribute, text)
        return re.sub(r"^<[^\s/>]+", f"<{_lowered(tag)}", named) if _lowered(tag) != tag else named

    def _attribute(self, found: re.Match[str]) -> str:
        name = found[1].strip().rstrip("=").strip().lower()
        value = found[2].strip("\"'")
        if name in _POINTING:
            value = " ".join(self._prefix + each for each in value.split())
        elif name in ("href", "xlink:href") and value.startswith("#"):
            value = f"#{self._prefix}{value[1:]}"
        elif "url(#" in value:
            value = _URL.sub(rf"url(#{self._prefix}\1)", value)
        else:
            return found[0]
        return f'{found[1]}"{value}"'


def _next(found: re.Match[str]) -> str:
    return f"h{int(found[1]) + 1}"


def _lowered(tag: str) -> str:
    """Headings go one level down, below that of the collection; there is one ``main``."""
    return "div" if tag == "main" else _TAG_HEADING.sub(_next, tag) if _TAG_HEADING.fullmatch(tag) else tag

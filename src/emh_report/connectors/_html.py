"""HTML to text with the standard library: a block a line, tabs between cells, nothing that is struck out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    "address article aside blockquote br center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li"
    " main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "del", "s", "strike", "noscript"})


def text_of(html: str) -> str:
    """The visible text."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    lines = (re.sub(r"[ \r\n\f]+", " ", line).strip(" ") for line in "".join(parser.parts).split("\v"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return text.strip("\n")


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.parts.append("\v")
        elif tag in ("td", "th"):
            self.parts.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS - {"br", "hr"}:
            self.parts.append("\v")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data.replace("\v", " "))

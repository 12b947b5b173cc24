"""A reporting form filled in, as HTML → the plain text of the report: headings, and lines "label: value".

Any form with labelled inputs, lists and text areas is read, such as one filled in from an IHE MRRT template. Questions
without an answer leave no line. What else stands in the page is kept as lines: nothing that was written is lost.
"""

from __future__ import annotations

import html.parser
import re

_START = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_CONTROL = re.compile(r"<(?:input|select|textarea)\b", re.IGNORECASE)
_SILENT = frozenset({"script", "style", "head", "title", "mark", "button", "template"})
_HEADS = frozenset({"header", "h1", "h2", "h3", "h4", "h5", "h6", "legend"})
_BREAKS = frozenset({"p", "div", "section", "li", "ul", "ol", "tr", "table", "br", "fieldset", "body", "hr"})
_VOID = frozenset({"input", "br", "hr", "meta", "link", "img", "col", "wbr"})
_NO_VALUE = frozenset({"hidden", "submit", "button", "reset", "image", "file", "password"})


def is_form(text: str) -> bool:
    """Whether a text is an HTML page with something to fill in."""
    return bool(_START.match(text)) and bool(_CONTROL.search(text))


def form_text(page: str) -> str:
    """The report that a filled form holds; empty if nothing is filled in."""
    labels = _Labels()
    labels.feed(page)
    reader = _Reader(labels)
    reader.feed(page)
    reader.close()
    return reader.text()


def _words(text: str) -> str:
    return " ".join(text.split())


class _Labels(html.parser.HTMLParser):
    """First pass: which words label which control."""

    def __init__(self) -> None:
        super().__init__()
        self.of: dict[str, str] = {}
        self._target: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "label":
            self._target = dict(attrs).get("for")

    def handle_data(self, data: str) -> None:
        # A second label of the same control is its unit; the value brings its own.
        if self._target and _words(data) and self._target not in self.of:
            self.of[self._target] = _words(data).rstrip(":")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._target = None


class _Reader(html.parser.HTMLParser):
    """Second pass: headings, answers, and other words, in the order of the page."""

    def __init__(self, labels: _Labels) -> None:
        super().__init__()
        self._labels = labels.of
        self._open: list[str] = []
        self._lines: list[str] = []
        self._heading = ""
        self._words = ""
        self._control: dict[str, str | None] = {}
        self._chosen: list[str] = []
        self._option: tuple[bool, str | None] | None = None
        self._written = ""
        self._unit = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _BREAKS or tag in _HEADS:
            self._end_of_line()
        if tag == "input":
            self._input(given)
        elif tag in ("select", "textarea"):
            self._end_of_line()
            self._control, self._chosen, self._written = given, [], ""
        elif tag == "option":
            self._option = ("selected" in given, given.get("value"))
            self._written = ""
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or tag not in self._open:
            return
        if tag in _HEADS:
            self._heading, self._words = _words(self._words), ""
        elif tag == "option" and self._option:
            selected, value = self._option
            if selected and (value or _words(self._written)):
                self._chosen.append(_words(self._written) or value or "")
            self._option = None
        elif tag == "select":
            self._answer(self._control, ", ".join(each for each in self._chosen if each))
        elif tag == "textarea":
            self._answer(self._control, self._written.strip())
        elif tag in _BREAKS:
            self._end_of_line()
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if _SILENT.intersection(self._open):
            return
        if "option" in self._open or "textarea" in self._open:
            self._written += data
        elif "label" not in self._open and "select" not in self._open:
            self._words += data

    def _input(self, given: dict[str, str | None]) -> None:
        kind = (given.get("type") or "text").lower()
        if kind in _NO_VALUE:
            return
        self._end_of_line()
        if kind in ("checkbox", "radio"):
            if "checked" in given:
                self._answer(given, given.get("value") or "yes")
            return
        self._answer(given, (given.get("value") or "").strip())

    def _answer(self, control: dict[str, str | None], value: str) -> None:
        self._unit = control.get("data-field-units") or ""
        if not value:
            return
        if self._unit and not value.endswith(self._unit):
            value = f"{value} {self._unit}"
        label = self._labels.get(control.get("id") or "") or control.get("aria-label") or control.get("name") or ""
        label = _words(label).rstrip(":")
        told = not label or label.lower() == self._heading.lower()
        self._put(value if told or "\n" in value else f"{label}: {value}", label if "\n" in value and not told else "")

    def _end_of_line(self) -> None:
        """Words beside the questions; a unit that stands behind its field is not one of them."""
        if "header" in self._open or _HEADS.intersection(self._open):
            return
        words, self._words = _words(self._words), ""
        if words and words != self._unit:
            self._put(words, "")

    def _put(self, text: str, label: str) -> None:
        if self._heading:
            self._lines += [*([""] if self._lines else []), f"{self._heading}:"]
            self._heading = ""
        if label:
            self._lines.append(f"{label}:")
        self._lines += [line.rstrip() for line in text.splitlines() if line.strip()]

    def text(self) -> str:
        """The report, with a line break at its end."""
        if "textarea" in self._open:  # a page cut short
            self._answer(self._control, self._written.strip())
        self._end_of_line()
        return "\n".join(self._lines) + "\n" if self._lines else ""

"""Formats that are written as a whole: Word and PDF, both made from the HTML report, and HTML itself.

The libraries of Word and PDF are optional; without them the error is the command that installs them.
"""

from __future__ import annotations

from emh_report.output import Output
from emh_report.render import Style, render_page

BINARY = ("docx", "pdf")
"""Formats that are files rather than text."""


class Document:
    """The reports of one call: text formats with what stands between two reports, the others collected."""

    def __init__(self, format: str, between: str, style: Style) -> None:
        self.format = format
        self.between = between
        self.style = style
        self.whole = format in (*BINARY, "html")
        """Whether it is written when the last report is known."""
        self.pages: list[str] = []
        self._count = 0

    def add(self, text: str) -> None:
        """Count a report; keep it only if it is written at the end."""
        self._count += 1
        if self.whole:
            self.pages.append(text)

    @property
    def separator(self) -> str:
        """What stands before the report just added."""
        return "" if self._count < 2 else self.between


def write_document(out: Output, document: Document) -> None:
    """Write what was collected; nothing for text formats, which are written already."""
    if document.format == "pdf":
        from emh_report.pdf_file import pdf

        out.write_bytes(pdf(document.pages))
    elif document.format == "docx":
        from emh_report.word_file import docx

        out.write_bytes(docx(document.pages))
    elif document.whole:
        out.write(document.pages[0] if len(document.pages) == 1 else _together(document))


def _together(document: Document) -> str:
    """One HTML document of all reports."""
    from emh_report.collection import collect

    return render_page("collection", collect(document.pages), document.style)

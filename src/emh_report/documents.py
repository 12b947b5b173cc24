"""Formats that are files rather than text: Word and PDF, both made from the HTML report.

Their libraries are optional; without them the error is the command that installs them.
"""

from __future__ import annotations

from emh_report.output import Output

BINARY = ("docx", "pdf")
"""Formats that are written as a whole, when the last report is known."""


class Document:
    """The reports of one call: text formats with what stands between two reports, the others collected."""

    def __init__(self, format: str, between: str) -> None:
        self.format = format
        self.between = between
        self.binary = format in BINARY
        self.pages: list[str] = []
        self._count = 0

    def add(self, text: str) -> None:
        """Count a report; keep it only if it is written at the end."""
        self._count += 1
        if self.binary:
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

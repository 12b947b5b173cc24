"""PDF with a text layer: a report a file. What needs OCR is refused: a page left out could hold the denial."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

from emh_report.connectors.base import ReadOptions, Row, RowError, need
from emh_report.connectors.files import rows_of_texts

ONE_A_FILE = True


def sniff(head: bytes, name: str) -> bool:
    """By the first bytes, or the name."""
    return b"%PDF-" in head[:1024] or name.lower().endswith(".pdf")


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """One report a file."""
    need("pypdf", "docs", "PDF")
    yield from rows_of_texts(source, options, text_of)


def text_of(data: bytes) -> str:
    """The text of all pages; RowError where a page shows images and has no text."""
    pypdf = need("pypdf", "docs", "PDF")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote objects of the file
    if not data:
        raise RowError("empty")
    if b"%PDF-" not in data[:1024]:
        raise RowError("wrong_format")
    try:
        file = pypdf.PdfReader(io.BytesIO(data))
        if file.is_encrypted and not file.decrypt(""):
            raise RowError("encrypted")
        pages = [(page, page.extract_text()) for page in file.pages]
        if any(not text.strip() and _has_images(page) for page, text in pages):
            raise RowError("image_only")
    except RowError:
        raise
    except Exception as error:
        code = "encrypted" if type(error).__name__ in ("DependencyError", "FileNotDecryptedError") else "damaged"
        raise RowError(code) from None
    text = "\n".join(text.rstrip() for _, text in pages)
    if not text.strip():
        raise RowError("no_text")
    return text


def _has_images(page: object) -> bool:
    return len(page.images) > 0  # type: ignore[attr-defined]

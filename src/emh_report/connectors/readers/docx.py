"""Word (DOCX): a report a file. Tracked insertions are read, deletions and hidden text are not; headers are left out.

python-docx's own ``paragraph.text`` passes over inserted text and content controls, and a "no" can stand in either.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emh_report.connectors.base import ReadOptions, Row, RowError, need
from emh_report.connectors.files import rows_of_texts

ONE_A_FILE = True
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_GONE = {f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
"""Deleted, moved away, and the second copy of a text box for old programs."""
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_OFF = {"0", "false", "off"}


def sniff(head: bytes, name: str) -> bool:
    """A zip that has a Word document in it, or the name."""
    return (head.startswith(b"PK\x03\x04") and b"word/" in head) or name.lower().endswith(".docx")


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """One report a file."""
    need("docx", "docs", "DOCX")
    yield from rows_of_texts(source, options, text_of)


def text_of(data: bytes) -> str:
    """The text of the body: a paragraph a line, the cells of a table row in one line."""
    docx = need("docx", "docs", "DOCX")
    if not data:
        raise RowError("empty")
    try:
        body = docx.Document(io.BytesIO(data)).element.body
    except Exception:
        raise RowError("encrypted" if data.startswith(b"\xd0\xcf\x11\xe0") else "damaged") from None
    return "\n".join(_block(body))


def _block(parent: Any) -> Iterator[str]:
    for element in parent:
        if element.tag in _GONE:
            continue
        if element.tag == f"{_W}p":
            yield from "".join(_inline(element)).split("\n")
        elif element.tag == f"{_W}tr":
            cells = (" ".join(" ".join(_block(cell)).split()) for cell in element.iter(f"{_W}tc"))
            yield "\t".join(cells)
        else:
            yield from _block(element)


def _inline(parent: Any) -> Iterator[str]:
    for element in parent:
        if element.tag in _GONE or (element.tag == f"{_W}r" and _unseen(element)):
            continue
        if element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag in _MARKS:
            yield _MARKS[element.tag]
        elif element.tag == f"{_W}p":  # a text box within a paragraph
            yield "\n" + "".join(_inline(element)) + "\n"
        elif element.tag not in (f"{_W}pPr", f"{_W}rPr"):
            yield from _inline(element)


def _unseen(run: Any) -> bool:
    """Whether a run is hidden or struck out."""
    properties = run.find(f"{_W}rPr")
    if properties is None:
        return False
    found = (properties.find(f"{_W}{name}") for name in ("vanish", "strike", "dstrike"))
    return any(each is not None and each.get(f"{_W}val", "1") not in _OFF for each in found)

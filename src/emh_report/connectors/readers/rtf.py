"""RTF: a report a file. striprtf decodes; it keeps what is struck out, deleted or hidden, so that goes before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from emh_report.connectors.base import ReadOptions, Row, RowError, need
from emh_report.connectors.files import rows_of_texts

ONE_A_FILE = True
_TOKEN = re.compile(r"\\([a-zA-Z]+)(-?\d+)? ?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|[{}]|[^\\{}]+|\\", re.DOTALL)
_UNSEEN = frozenset({"deleted", "strike", "striked", "v"})
"""Character properties: in a revised text, struck out once or twice, hidden."""
_CELLS = {"cell": "\\tab ", "nestcell": "\\tab ", "row": "\\par ", "nestrow": "\\par "}
"""striprtf writes bars between cells, which a report may hold itself."""


def sniff(head: bytes, name: str) -> bool:
    """By the first bytes, or the name."""
    return head.startswith(b"{\\rtf") or name.lower().endswith(".rtf")


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """One report a file."""
    need("striprtf", "docs", "RTF")
    yield from rows_of_texts(source, options, text_of)


def text_of(data: bytes) -> str:
    """The visible text; RowError where groups stay open, as in a file that was cut."""
    striprtf = need("striprtf.striprtf", "docs", "RTF")
    if not data:
        raise RowError("empty")
    if not data.startswith(b"{\\rtf"):
        raise RowError("wrong_format")
    try:
        text: str = striprtf.rtf_to_text(_visible(data.decode("latin-1")))
    except RowError:
        raise
    except Exception:
        raise RowError("damaged") from None
    return text


def _visible(rtf: str) -> str:
    kept: list[str] = []
    groups: list[frozenset[str]] = [frozenset()]
    for match in _TOKEN.finditer(rtf):
        token, word = match[0], match[1]
        if token == "{":
            groups.append(groups[-1])
        elif token == "}":
            if len(groups) == 1:
                break  # what follows the end of the document
            groups.pop()
        elif word in _UNSEEN:
            groups[-1] = groups[-1] - {word} if match[2] == "0" else groups[-1] | {word}
            continue
        elif word == "plain":
            groups[-1] = groups[-1] & {"deleted"}
        if not groups[-1] or token in "{}":
            kept.append(_CELLS.get(word, token) if word else token)
    if len(groups) != 1:
        raise RowError("truncated")
    return "".join(kept)

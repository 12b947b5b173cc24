"""Findings + the report they came from → its text cut where passages begin and end, so that values can link to them.

The text must be the very one: its digest is compared with ``source.sha256``, and its length with ``source.characters``.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from emh_report.errors import SourceError
from emh_report.model import Evidence, Findings, Part

_MAX_COVERING = 40
"""Passages that one character may belong to; a report of the size we read stays far below."""


class Segment(Part):
    """A piece of the report: the passages that begin here, and those it belongs to."""

    text: str
    begins: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


class SourceView(Part):
    """The whole report in pieces, and the names of its passages, such as ``p120-160``."""

    segments: tuple[Segment, ...] = ()
    passages: tuple[str, ...] = ()


def source_of(findings: Findings, texts: Sequence[str]) -> str | None:
    """The one of several reports that the findings came from; the first if none is, which ``source_view`` refuses."""
    return next((text for text in texts if _digest(text) == findings.source.sha256), texts[0] if texts else None)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def source_view(findings: Findings, text: str) -> SourceView:
    """The report in pieces; SourceError if it is not the report that the findings came from."""
    digest = _digest(text)
    if not findings.source.sha256:
        raise SourceError("the findings do not say which report they come from (source.sha256 is empty)")
    if digest != findings.source.sha256:
        raise SourceError("the source report is not the one the findings came from: its SHA-256 differs")
    spans = sorted({(each.start, each.end) for each in _evidence(findings) if each.start < each.end})
    if spans and max(end for _, end in spans) > len(text):
        raise SourceError("the findings name characters that the source report does not have")
    edges = sorted({0, len(text), *(edge for span in spans for edge in span)})
    segments = []
    for start, end in itertools.pairwise(edges):
        within = [span for span in spans if span[0] <= start and end <= span[1]][:_MAX_COVERING]
        begins = [span for span in spans if span[0] == start]
        segments.append(
            Segment(text=text[start:end], begins=tuple(map(_name, begins)), within=tuple(map(_name, within)))
        )
    return SourceView(segments=tuple(segments), passages=tuple(map(_name, spans)))


def _name(span: tuple[int, int]) -> str:
    return f"p{span[0]}-{span[1]}"


def _evidence(value: object) -> Iterator[Evidence]:
    """Every passage that an object or what it holds names; mentions are a layer of their own."""
    if isinstance(value, Evidence):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name != "mentions":
                yield from _evidence(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _evidence(each)

"""One report → its findings: the whole flow, read it first.

text → document → mentions → relations → findings → warnings; no step reaches back.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from emh_report.assemble import assemble, nothing
from emh_report.lexicon import load
from emh_report.link import link
from emh_report.mentions import Reader
from emh_report.model import Findings, Source
from emh_report.pipeline import ADDED, PIPES, SEGMENTS, TARGETS, TYPED, WORDS, Segmenter, Tokenizer, build
from emh_report.pyrush import OURS
from emh_report.reading import ReportText, digest
from emh_report.relations import Links
from emh_report.silence import Silence
from emh_report.warnings import warnings

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass(frozen=True, slots=True)
class Trace:
    """The findings of a report beside the relations they were made from; explain.py shows how."""

    links: Links
    findings: Findings


class Extractor:
    """Extracts findings with the built-in lexicons and any overlays; build once, call often.

    ``sentences`` is "emh", or "pyrush" for medspaCy's sentence splitter, which is much slower.
    """

    def __init__(self, overlays: Sequence[Path] = (), sentences: str = OURS) -> None:
        with uncollected():
            self.lexicons = load(overlays)
            self._nlp = build(self.lexicons, bare=True, sentences=sentences)
            self._pipes = [self._nlp.get_pipe(name) for name in PIPES if name != SEGMENTS]
            self._segment = cast(Segmenter, self._nlp.get_pipe(SEGMENTS))
            self._is_silent = Silence(self._segment.headings, cast(Tokenizer, self._nlp.tokenizer).spelling)
            self._read = Reader(self.lexicons)

    def __call__(self, report: ReportText) -> Findings:
        """Findings of one report; offsets count the characters of ``report.text``."""
        with uncollected():
            return self._findings(report)

    def trace(self, report: ReportText) -> Trace:
        """Findings of one report with what they were made from."""
        with uncollected():
            return Trace(*self._read_all(report, self._matched(report.text)))

    def _matched(self, text: str) -> Doc:
        """The words of a text and what the lexicons find among them, not yet cut into sentences.

        What ``Language.__call__`` does, without what it does besides for pipelines of any kind.
        """
        doc = self._nlp.make_doc(text)
        for pipe in self._pipes:
            doc = pipe(doc)
        return doc

    def _findings(self, report: ReportText) -> Findings:
        """Findings of one report; what they were made from is freed when it returns."""
        text = report.text
        doc = self._matched(text)
        told = doc.user_data
        if not told[TARGETS] and not told[ADDED] and self._is_silent(text, told[TYPED], told[WORDS]):
            return nothing(self.lexicons, _source(report))
        links, findings = self._read_all(report, doc)
        links.document.release()
        return findings

    def _read_all(self, report: ReportText, doc: Doc) -> tuple[Links, Findings]:
        document = self._read(self._segment(doc))
        links = link(document)
        found = assemble(links, self._read.mentions(document), self.lexicons, _source(report))
        told = warnings(links, found)
        return links, found.model_copy(update={"warnings": told}) if told else found


def _source(report: ReportText) -> Source:
    text = report.text
    return Source(id=report.id, sha256=digest(text), characters=len(text), patient_id=report.patient_id)


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection while a report, or the lexicons, are read.

    Nothing of them can be freed before their end, and each collection would look through all that was read so far:
    a sixth of the time of a full report, at a megabyte a third.
    """
    pause = gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            gc.enable()


def extract(text: str, id: str = "", overlays: Sequence[Path] = ()) -> Findings:
    """Findings of one text; the pipeline is built on first use and kept."""
    return _extractor(tuple(overlays))(ReportText(text, id))


@lru_cache(maxsize=4)
def _extractor(overlays: tuple[Path, ...]) -> Extractor:
    return Extractor(overlays)

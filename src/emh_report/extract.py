"""One report → its findings: the whole flow, read it first.

text → document → mentions → relations → findings → warnings; no step reaches back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emh_report.assemble import assemble
from emh_report.lexicon import load
from emh_report.link import link
from emh_report.mentions import Reader
from emh_report.model import Findings, Source
from emh_report.pipeline import build
from emh_report.reading import ReportText, digest
from emh_report.relations import Links
from emh_report.warnings import warnings


@dataclass(frozen=True, slots=True)
class Trace:
    """The findings of a report beside the relations they were made from; explain.py shows how."""

    links: Links
    findings: Findings


class Extractor:
    """Extracts findings with the built-in lexicons and any overlays; build once, call often."""

    def __init__(self, overlays: Sequence[Path] = ()) -> None:
        self.lexicons = load(overlays)
        self._nlp = build(self.lexicons, bare=True)
        self._read = Reader(self.lexicons)

    def __call__(self, report: ReportText) -> Findings:
        """Findings of one report; offsets count the characters of ``report.text``."""
        return self.trace(report).findings

    def trace(self, report: ReportText) -> Trace:
        """Findings of one report with what they were made from."""
        text = report.text
        document = self._read(self._nlp(text))
        links = link(document)
        source = Source(id=report.id, sha256=digest(text), characters=len(text), patient_id=report.patient_id)
        found = assemble(links, self._read.mentions(document), self.lexicons, source)
        questioned = warnings(links, found, self.lexicons)
        return Trace(links, found.model_copy(update={"warnings": questioned}))


def extract(text: str, id: str = "", overlays: Sequence[Path] = ()) -> Findings:
    """Findings of one text; the pipeline is built on first use and kept."""
    return _extractor(tuple(overlays))(ReportText(text, id))


@lru_cache(maxsize=4)
def _extractor(overlays: tuple[Path, ...]) -> Extractor:
    return Extractor(overlays)

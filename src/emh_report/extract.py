"""One report → its findings: the whole flow, read it first.

text → document → mentions → relations → findings; no step reaches back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from emh_report.assemble import assemble
from emh_report.lexicon import load
from emh_report.link import link
from emh_report.mentions import Reader
from emh_report.model import Findings, Source
from emh_report.pipeline import build
from emh_report.reading import ReportText, digest


class Extractor:
    """Extracts findings with the built-in lexicons and any overlays; build once, call often."""

    def __init__(self, overlays: Sequence[Path] = ()) -> None:
        self.lexicons = load(overlays)
        self._nlp = build(self.lexicons)
        self._read = Reader(self.lexicons)

    def __call__(self, report: ReportText) -> Findings:
        """Findings of one report; offsets count the characters of ``report.text``."""
        document = self._read(self._nlp.make_doc(report.text) if not report.text else self._nlp(report.text))
        source = Source(id=report.id, sha256=digest(report.text), characters=len(report.text), patient_id=report.patient_id)
        return assemble(link(document), self._read.mentions(document), self.lexicons, source)


def extract(text: str, id: str = "", overlays: Sequence[Path] = ()) -> Findings:
    """Findings of one text; the pipeline is built on first use and kept."""
    return _extractor(tuple(overlays))(ReportText(text, id))


@lru_cache(maxsize=4)
def _extractor(overlays: tuple[Path, ...]) -> Extractor:
    return Extractor(overlays)

"""What linking hands on: the lesions and facts of a report, and what is said of other structures."""

from __future__ import annotations

from dataclasses import dataclass

from emh_report.anchors import Anchor
from emh_report.document import Annotation, Document, Sentence
from emh_report.facts import Fact
from emh_report.lesions import Draft
from emh_report.signals import SignalDraft

SILENT = frozenset({"technique", "comparison", "exam", "communication"})
"""Sections that describe no finding."""


BACKGROUND = "clinical"


@dataclass(slots=True)
class Links:
    """Everything the relations step found."""

    document: Document
    lesions: list[Draft]
    facts: list[Fact]
    cord_signals: list[tuple[SignalDraft, Anchor]]
    attributes: list[tuple[Annotation, Anchor]]
    """Iron, fat, size and quantity phrases of structures that are no lesion."""

    @property
    def kinds(self) -> dict[str, list[Sentence]]:
        """The kinds of phrases in the report, each with its sentences."""
        return self.document.kinds

"""What a careful reader would question, each with a stable code and its evidence."""

from __future__ import annotations

from emh_report.document import Document
from emh_report.levels import LevelSpan
from emh_report.measure import SizeSpan
from emh_report.model import Warning as ReportWarning


def level_warnings(document: Document) -> list[ReportWarning]:
    """Inverted ranges and names no vertebra bears."""
    found: list[ReportWarning] = []
    for sentence in document.sentences:
        for note in sentence.of("level"):
            if not isinstance(note.value, LevelSpan):
                continue
            evidence = (document.evidence(note.first, note.last, sentence.section),)
            if note.value.inverted:
                found.append(ReportWarning(code="level_inverted", message="A level range runs from caudal to cranial; read in spinal order.", evidence=evidence))
            for name in note.value.out_of_range:
                found.append(ReportWarning(code="level_out_of_range", message=f"{name} is not a level of the model; left out.", evidence=evidence))
    return found


def size_warnings(document: Document) -> list[ReportWarning]:
    """Lesion sizes that no lesion has: usually centimetres for millimetres."""
    return [
        ReportWarning(code="size_suspicious", message="A size is implausibly large; check its unit.", evidence=(document.evidence(note.first, note.last, sentence.section),))
        for sentence in document.sentences
        for note in sentence.of("size")
        if isinstance(note.value, SizeSpan) and note.value.suspicious
    ]

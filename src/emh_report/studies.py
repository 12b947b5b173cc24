"""Statements under the name of a study: "MRI 2018: … MRI today: …" tells of today under the latest name only."""

from __future__ import annotations

from emh_report.dates import is_year
from emh_report.document import Document, Sentence
from emh_report.model import TODAY, Assertion
from emh_report.words import MONTHS, SHORT_MONTHS

_STUDIES = frozenset("study scan mri mr ct pet exam examination image imaging film radiograph ultrasound".split())
_TODAY = frozenset("today current currently now present our new latest".split())
_EARLIER = frozenset("prior previous previously earlier old outside baseline initial before".split())
_KINDS = ("lesion", "finding", "effect", "emh", "site", "differential")
_LATEST = 9999
_LONGEST = 6
"""Words of a label that names a study."""


def outdate(document: Document) -> None:
    """Make history of what stands under an earlier study, where the text names a later one too."""
    under: dict[int, int] = {}
    time: int | None = None
    place: tuple[int, str | None] = (-1, None)
    for sentence in document.sentences:
        here = sentence.paragraph, sentence.section
        if sentence.label is not None:
            time, place = _time(sentence, sentence.label), here
        elif here != place:
            time = None
        if time is not None:
            under[sentence.index] = time
    if not under:
        return
    latest = _LATEST if _headed_today(document) else max(under.values())
    if latest == 0 and any(_tells_of_today(each) for each in document.sentences if each.index not in under):
        latest = _LATEST
    for sentence in document.sentences:
        if under.get(sentence.index, latest) < latest:
            for note in sentence.of(*_KINDS):
                denied = note.assertion is Assertion.ABSENT
                if denied or note.assertion in TODAY:
                    note.assertion = Assertion.HYPOTHETICAL if denied else Assertion.HISTORICAL
                    note.certainty = None


def _headed_today(document: Document) -> bool:
    """Whether a heading names today's study: "Current MRI:"."""
    headings = (document.text[slice(*part.heading)].lower() for part in document.parts if part.heading)
    return any(not _TODAY.isdisjoint(heading.rstrip(": ").split()) for heading in headings)


def _time(sentence: Sentence, label: tuple[int, int]) -> int | None:
    """The year of the study that a label names, 0 for an earlier one without a year; None for other labels."""
    words = [word for word in sentence.document.norms[label[0] : label[1] + 1] if word[0].isalnum()]
    years = [int(word[-4:]) for word in words if is_year(word[-4:]) and (len(word) == 4 or word[-5] == ".")]
    named = not _STUDIES.isdisjoint(words)
    dated = bool(years) and all(word[0].isdecimal() or word in MONTHS or word in SHORT_MONTHS for word in words)
    if len(words) > _LONGEST or not (named or dated or len(words) == 1):
        return None
    if not _TODAY.isdisjoint(words):
        return _LATEST
    if years and (named or dated):
        return max(years)
    return 0 if not _EARLIER.isdisjoint(words) else None


def _tells_of_today(sentence: Sentence) -> bool:
    return not {"today", "now", "currently"}.isdisjoint(sentence.norms(sentence.first, sentence.last))

"""Headings of a report → its sections: where each begins, and where one is over before the next heading.

A preamble (technique, comparison, the clinical question) ends with its paragraph, or where the text goes on with what
is seen today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from emh_report.headings import LABEL, Mark
from emh_report.lines import LINE_BREAK, Line, dangles, split_lines
from emh_report.sentences import sentence_starts

_BLANK = re.compile(rf"(?:{LINE_BREAK.pattern})[ \t]*(?:{LINE_BREAK.pattern})")
_FINDINGS = "findings"
_FURTHER = re.compile(r"\W*(?:other|additional|incidental|further)\b", re.IGNORECASE)
"""Headings that tell of findings given before them."""
_PREAMBLE = frozenset(["clinical", "technique", "comparison", "exam"])
"""Sections that end with their paragraph where no heading announces the findings."""
_EXAM = "exam"
_CLOSING = frozenset({"impression", "recommendation", "addendum", "communication"})
_COMPARISON, _CLINICAL = "comparison", "clinical"
_TODAYS = frozenset(["findings", "impression"])
_SHOUTED_LABEL = re.compile(r"^[ \t]*[A-Z][A-Z][A-Z &/'-]{3,40}:", re.MULTILINE)
"""A heading nobody told us of; in a report of which all else is history, it opens the findings."""
_STATES = re.compile(
    r"\b(?:is|are|has|have|shows?|extends?|measures?|compresse?s?|indents?|lies?|involves?|appears?|remains?"
    r"|contains?|demonstrates?|enhances?|now|today|currently)\b|\d\s?(?:mm|cm)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:is|are|has|have) (?:now |again |still |no |not |a |an )?\w+"
    r"|\b(?:compresses|extends|measures|shows|indents|persists?)\b",
    re.IGNORECASE,
)
_NOW_THERE = re.compile(r"\b(?:again|still|stable|unchanged|new|compresses|compressing|no)\b", re.IGNORECASE)
"""Words by which a line of its own states what is seen today, without a verb."""
_RECALLS = re.compile(
    r"\b(?:was|were|had|showed|showing|revealed|revealing|demonstrated|demonstrating|previous|prior|earlier|compar\w*"
    r"|described?|reported?|reports?|documented|mentioned|stated|available|reviewed?|provided|retrieved|unavailable|which|then"
    r"|(?:on|at) that)\b|\bthere\.|^\W*(?:it|this|that|these|those)\b",
    re.IGNORECASE,
)
"""Words of what an earlier study showed, or of whether there is one."""
_OF_A_PERSON = re.compile(
    r"\b(?:patients?|pt|he|she|history|referred|admitted|diagnosed|requested|asked)\b", re.IGNORECASE
)
_IMAGED = re.compile(
    r"\b(?:mass(?:es)?|lesions?|nodules?|deposits?|tissue)\b.*\b(?:[CTDLS]|Th)\d|\b(?:no|without)\b[^.]*\b(?:mass(?:es)?"
    r"|lesions?|compression|compressed|epidural|paravertebral|paraspinal|presacral|extension)\b",
    re.IGNORECASE,
)
"""What is seen, told without a verb: "Bilateral paraspinal masses T8-T10", "No epidural mass"."""
_OF_THE_STUDY = re.compile(
    r"(?:body|region|part|side|modality|date|sequences?|contrast|field|protocol|study|exam\w*|procedure|department|accession)\b"
    r"[^:\n]{0,30}:",
    re.IGNORECASE,
)
"""A line that goes on to tell what was examined, and how."""
_TECHNICAL = re.compile(
    r"\b(?:t1|t2|stir|flair|dwi|axial|sagittal|coronal|planes?|contrast|gadolinium|weighted|sequences?|acquired|obtained"
    r"|performed|slices?|protocol|technique|tesla|kv|kvp|ml)\b",
    re.IGNORECASE,
)
"""Words of a line that goes on to tell how the images were made."""
_OF_THE_PATIENT = re.compile(
    r"\b(?:patients?|pts?|he|she|his|her|they|known|history|hx|years?|yrs?|months?|weeks?|days?|since|due|pain|weakness|symptoms?"
    r"|numbness|paraparesis|paraplegia|presents?|presenting|presented|complain\w*|referred|admitted|diagnosed|treated"
    r"|outside|elsewhere|(?:19|20)\d\d|laminectomy|surgery|operat\w+|radiotherapy|RT|s/p|post|status|clinical\w*|signs|resected|decompress\w+"
    r"|please|requested|requests|neurosurg\w*|surgeons?|evaluate|evaluation|assess|exclude|rule out|query|whether"
    r"|if)\b|\?",
    re.IGNORECASE,
)
"""Words of what led to the study, which goes on in the section of the clinical question."""
_NOTHING = re.compile(
    r"\s*(?:none|nil|n/?a|not available|unavailable|no (?:prior|previous)\w*)\b[^\n]{0,25}\n(?=\s*\S)", re.I
)
"""A comparison that is over with its line."""


class SectionSpan(NamedTuple):
    """A section: its category (None where no heading speaks), its heading, and its body."""

    category: str | None
    heading: tuple[int, int] | None
    start: int
    end: int


def section_spans(text: str, marks: Sequence[Mark]) -> list[SectionSpan]:
    """The sections that headings open, and where one ends before the next heading."""
    opened = [mark for mark in marks if mark.category != LABEL]
    ends = [*(mark.start for mark in opened), len(text)]
    spans = [SectionSpan(None, None, 0, ends[0])] if text[: ends[0]].strip() else []
    announced = [mark.start for mark in opened if mark.category == _FINDINGS and not _FURTHER.match(text, mark.start)]
    last_findings = max(announced, default=-1)
    for number, (mark, end) in enumerate(zip(opened, ends[1:], strict=True), start=1):
        close = end
        unannounced = not announced and all(other.category in _CLOSING for other in opened[number : number + 1])
        if mark.category in _PREAMBLE and mark.start > last_findings:
            body = end - len(text[mark.end : end].lstrip())
            blank = _BLANK.search(text, body, end)
            close = blank.end() if blank and text[blank.end() : end].strip() else end
            if mark.category == _COMPARISON:
                close = _today(text, mark.end, close) or close
            elif mark.category == _CLINICAL and not any(other.category in _TODAYS for other in opened):
                close = min([close, *(found.start() for found in _SHOUTED_LABEL.finditer(text, mark.end, close))])
            if unannounced and mark.category == _CLINICAL:  # what is seen stands in it
                close = _today(text, mark.end, close, _OF_THE_PATIENT) or close
            elif unannounced and mark.category != _COMPARISON:
                close = _below(text, mark, close)
        if close == end and mark.category in (_EXAM, _COMPARISON):
            close = _stated_below(text, mark.end, end)
        spans.append(SectionSpan(mark.category, (mark.start, mark.end), mark.end, close))
        if close < end:
            spans.append(SectionSpan(None, None, close, end))
    return spans


def _below(text: str, mark: Mark, end: int) -> int:
    """Where a report goes on below its title ("EXAM: MRI spine") or its technique, if no heading opens it."""
    lines = list(_line_starts(text, mark.end, end))
    if mark.category == _EXAM:
        return next((at for at in lines if not _OF_THE_STUDY.match(text, at)), end)
    told = (
        at
        for at, after in pairwise([*lines, end])
        if _IMAGED.search(text, at, after) or not _TECHNICAL.search(text, at, after)
    )
    return next(told, end)


def _stated_below(text: str, start: int, end: int) -> int:
    """Where a line below a title or a comparison tells, with a verb, what is seen today."""
    for at, after in pairwise([*_line_starts(text, start, end), end]):
        unfit = (_RECALLS, _OF_A_PERSON, _TECHNICAL)
        line = text[at:after]
        if _TELLS.search(line) and not any(words.search(line.split(".")[0]) for words in unfit):
            return at
    return end


def _today(text: str, start: int, end: int, unless: re.Pattern[str] | None = None) -> int | None:
    """Where a comparison goes on with what is seen today: "COMPARISON: CT 2019. There is a mass at T6."

    A sentence in which ``unless`` is found is not yet of today.
    """
    if none := _NOTHING.match(text, start, end):
        return none.end()
    lines = set(_line_starts(text, start, end))
    led = {start} if text[:start].rstrip(": ")[-60:].lower().rpartition("compared")[1] else set()  # "Compared with …:"
    starts = sorted({*led, *sentence_starts(text, start, end), *lines, end})
    for cut, after in pairwise(starts):
        sentence = text[cut:after]
        states = _STATES.search(sentence) or (cut in lines and _NOW_THERE.search(sentence))
        states = states or (unless and _IMAGED.search(sentence))  # after a question; a comparison may go on so
        if states and not _RECALLS.search(sentence) and not (unless and unless.search(sentence)):
            return cut
    return None


def _line_starts(text: str, start: int, end: int) -> Iterator[int]:
    """Where a line of a passage begins with a capital after one that is not broken off."""
    above: Line | None = None
    for line in split_lines(text[start:end]):
        if (
            above
            and line.end > line.start
            and text[start + line.start].isupper()
            and not dangles(text[start:end], above)
        ):
            yield start + line.start
        above = line if line.end > line.start else None

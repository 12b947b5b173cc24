"""What cannot be read reliably: open fields, tables, another language, half a report, two reports in one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from emh_report.answers import Choice, Span
from emh_report.document import Document, Sentence
from emh_report.model import Assertion, Evidence
from emh_report.model import Warning as ReportWarning
from emh_report.segment import SectionSpan
from emh_report.wordbook import Wordbook
from emh_report.words import WRITTEN, Word

_FUNCTION_WORDS = frozenset(
    "the a an of in on at to from with without and or but is are was were be been has have had no not none "
    "there this that these those which it its they their as by for than then if may can could should would "
    "will due after before between into over under about above below also both all any each other same such "
    "only more most less least very well seen noted shows show given within along through during since per "
    "when while he she his her we you do does did now up out".split()
)
_ENGLISH, _PASSAGE = 0.35, 0.2
"""Shares of known words below which a report, or a passage of it, is in doubt; English reports reach 0.55."""
_FEWEST, _FEWEST_IN_PASSAGE = 10, 20
_FIRST, _SECOND = itemgetter(0), itemgetter(1)
_LAST_LATIN = "\u036f"
_PERSON_ENDS = (":", "#", "=")
_DANGLING = frozenset(
    "a an the of at on in to from with and or by for is are was were which that its into upto than through "
    "between measuring approximately dr vs no showing causing extending".split()
)
_FINITE = frozenset("is are was were has have shows demonstrates there".split())
_PROSE = 8
_DESCRIBING = ("lesion", "finding", "effect", "emh", "organ_finding")
_OPENING = frozenset({"exam", "technique", "clinical", "comparison", "findings"})
_PERSON = re.compile(
    r"^\W*(?P<label>patient(?:'s)? name|patient id|name|mrn|uhid|hospital (?:no|number|id))\.?"
    r"[ \t]*[:#=][ \t]*(?P<value>\S[^\r\n\t]{0,60})",
    re.IGNORECASE | re.MULTILINE,
)


def unreadable(document: Document) -> Iterator[ReportWarning]:
    """Everything that the rest of the findings may be wrong by."""
    yield from _fields(document)
    yield from _language(document)
    yield from _glued(document)
    yield from _cut_off(document)


def _fields(document: Document) -> Iterator[ReportWarning]:
    open_fields = [choice for choice in document.choices if choice.is_open and choice.asks and _matters(choice)]
    if open_fields:
        text = "Template fields were left open; they are not read as findings."
        evidence = tuple(_passage(document, *choice.span) for choice in open_fields)
        yield ReportWarning(code="template_unfilled", message=text, evidence=evidence)
    mixed = [choice for choice in document.choices if _is_mixed(choice) and _is_named(document, choice)]
    if mixed:
        text = "A table column holds different answers; which row each belongs to is not read."
        evidence = tuple(_passage(document, *choice.label) for choice in mixed)
        yield ReportWarning(code="table_unread", message=text, evidence=evidence)


def _matters(choice: Choice) -> bool:
    return choice.form != "answer"


def _is_mixed(choice: Choice) -> bool:
    yes = any(option.says is Assertion.PRESENT for option in choice.options)
    return choice.form == "table" and len(choice.options) > 1 and yes


def _is_named(document: Document, choice: Choice) -> bool:
    """Whether the title of a column names a finding; in a column "Result" each row speaks for itself."""
    words = document.words
    return any(
        choice.label[0] <= words[note.first].start and words[note.last].end <= choice.label[1]
        for sentence in document.sentences
        for note in sentence.annotations
    )


def _language(document: Document) -> Iterator[ReportWarning]:
    counts = _known(document)
    whole, known = sum(map(_FIRST, counts)), sum(map(_SECOND, counts))
    if _is_foreign(document.text) or (whole >= _FEWEST and known < _ENGLISH * whole):
        first = document.sentences[0]
        text = "The text is probably not in English; little of it was read."
        evidence = (document.evidence(first.first, first.last, first.section),)
        yield ReportWarning(code="language_doubtful", message=text, evidence=evidence)
        return
    if whole < _FEWEST_IN_PASSAGE:
        return
    for passage in _passages(document.sentences):
        count = known = 0
        for here, told in counts[passage.start : passage.stop]:
            count, known = count + here, known + told
        if count >= _FEWEST_IN_PASSAGE and known < _PASSAGE * count:
            first, last = document.sentences[passage.start], document.sentences[passage.stop - 1]
            text = "A passage is probably not in English; it was not read."
            evidence = (document.evidence(first.first, last.last, first.section),)
            yield ReportWarning(code="language_doubtful", message=text, evidence=evidence)


def _passages(sentences: Sequence[Sentence]) -> Iterator[range]:
    """The sentences of one paragraph and section after the other."""
    start = 0
    for index in range(1, len(sentences) + 1):
        one, other = sentences[start], sentences[index] if index < len(sentences) else None
        if other is None or other.paragraph != one.paragraph or other.section != one.section:
            yield range(start, index)
            start = index


def is_english(words: Sequence[Word]) -> bool:
    """Whether the function words alone show that a text is English, or it is too short to doubt."""
    known = _COUNTED.all(map(WRITTEN, words))
    count = len(known) - known.count(None)
    return count < _FEWEST or known.count(True) >= _ENGLISH * count


def _is_foreign(text: str) -> bool:
    """Whether much of a text is in another script than the Latin."""
    if text.isascii():
        return False
    letters = sum(map(str.isalpha, text))
    foreign = sum(char.isalpha() for char in text if char > _LAST_LATIN)
    return letters >= 10 and foreign > 0.3 * letters


def _known(document: Document) -> list[tuple[int, int]]:
    """Words of two letters and more of each sentence, and how many are English function words or in the lexicons."""
    known = _COUNTED.all(map(WRITTEN, document.words))
    for sentence in document.sentences:
        for phrase in (*sentence.annotations, *sentence.cues):
            first, last = phrase.first, phrase.last
            for index in (first,) if first == last else range(first, last + 1):
                if known[index] is False:
                    known[index] = True
    parts = (known[sentence.first : sentence.last + 1] for sentence in document.sentences)
    return [(len(part) - part.count(None), part.count(True)) for part in parts]


def _counted(word: str) -> bool | None:
    """Whether a word is a function word; None if it is no word of two letters and more."""
    return word.lower() in _FUNCTION_WORDS if word.isalpha() and len(word) > 1 else None


_COUNTED = Wordbook(_counted)


def _glued(document: Document) -> Iterator[ReportWarning]:
    """Two impressions, each with findings of its own before it; or two patients."""
    persons: dict[str, dict[str, Span]] = {}
    named = any(mark in document.text for mark in _PERSON_ENDS)
    for match in _PERSON.finditer(document.text) if named else ():
        value = " ".join(match["value"].casefold().split())
        persons.setdefault(match["label"].casefold(), {}).setdefault(value, match.span())
    for values in persons.values():
        if len(values) > 1:
            evidence = tuple(_passage(document, *span) for span in values.values())
            yield _several(evidence)
            return
    if sum(part.category == "impression" for part in document.parts) < 2:
        return
    runs = [(key, list(group)) for key, group in groupby(document.sentences, key=lambda sentence: sentence.section)]
    concluded: list[Sentence] = []
    opened: set[str] = set()
    described = False
    for section, group in runs:
        if section == "impression" and described:
            if concluded and opened & _OPENING:
                first = [concluded[0], group[0]]
                yield _several(tuple(document.evidence(s.first, s.last, s.section) for s in first))
                return
            concluded, opened = group, set()
        elif section == "addendum":
            return
        else:
            described = described or (section in (None, "findings") and any(s.of(*_DESCRIBING) for s in group))
            opened.add(section or "")


def _several(evidence: tuple[Evidence, ...]) -> ReportWarning:
    text = "The text seems to hold more than one report; their findings are not kept apart."
    return ReportWarning(code="several_reports", message=text, evidence=evidence)


def _cut_off(document: Document) -> Iterator[ReportWarning]:
    """A heading with nothing under it, or an end in mid-sentence."""
    text = document.text
    parts = document.parts
    empty = [part for part in parts if part.heading and not text[part.start : part.end].strip(" \t\r\n:-–*_=.")]
    last = parts[-1] if parts else None
    concluded = bool(empty) and _has_body(text, parts, "impression")
    hollow = [part for part in empty if part is last or (part.category == "impression" and not concluded)]
    if hollow and hollow[0].heading:
        message = f"The heading of the {hollow[0].category} section has nothing under it."
        yield ReportWarning(
            code="report_truncated", message=message, evidence=(_passage(document, *hollow[0].heading),)
        )
    elif document.sentences and _breaks_off(document):
        end = document.sentences[-1]
        message = "The text breaks off in mid-sentence."
        yield ReportWarning(
            code="report_truncated",
            message=message,
            evidence=(document.evidence(end.first, end.last, end.section),),
        )


def _has_body(text: str, parts: Sequence[SectionSpan], category: str) -> bool:
    return any(part.category == category and text[part.start : part.end].strip(" \t\r\n:-–*_=.") for part in parts)


def _breaks_off(document: Document) -> bool:
    """Whether the last word cannot end a sentence, or the last sentence alone lacks its full stop."""
    last = document.sentences[-1]
    word = document.words[last.last].text
    if word in (",", "(", "-", "–", "/", "&") or word.lower() in _DANGLING:
        return last.last > last.first
    if not word[-1].isalnum() or last.item or not _is_prose(last):
        return False
    prose = [sentence for sentence in document.sentences[:-1] if _is_prose(sentence)]
    return len(prose) > 3 and all(document.words[sentence.last].text in ".!?:;)" for sentence in prose)


def _is_prose(sentence: Sentence) -> bool:
    words = sentence.norms(sentence.first, sentence.last)
    return len(words) >= _PROSE and not _FINITE.isdisjoint(words)


def _passage(document: Document, start: int, end: int) -> Evidence:
    before = bisect_right(document.sentences, start, key=lambda sentence: document.words[sentence.first].start)
    section = document.sentences[before - 1].section if before else None
    return Evidence(start=start, end=end, text=document.text[start:end], section=section)

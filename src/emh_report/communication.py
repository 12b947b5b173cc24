"""Document → whether it documents that the result was passed on, to whom, when and how; and its addenda."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from emh_report.document import Annotation, Document, Sentence
from emh_report.model import Addendum, Assertion, CriticalCommunication
from emh_report.needs import needs

_KIND = "communication"
_SPECIALTIES = frozenset({"surgical_referral", "hematology_referral", "radiotherapy", "other", "surgery"})
_ENDS = frozenset(
    "by at on via in and who over for about regarding immediately , ; . : was were is are has with".split()
)
_STARTS = _ENDS | {"to", "the", "("}
_TITLES = frozenset({"dr", "doctor", "mr", "mrs", "ms", "prof", "professor"})
_WHEN = re.compile(
    r"(?:\bon\s+)?\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?:\s*(?:at|,)?\s*\d{1,2}[:.]?\d{2}\s*(?:[ap]\.?m\.?|h(?:rs|ours)?)?)?"
    r"|\b\d{1,2}[:.]\d{2}\s*(?:[ap]\.?m?\.?\b|h(?:rs|ours)?\b)?(?:\s+on\s+\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})?"
    r"|\b\d{4}\s?h(?:rs|ours|r)?\b|\bat\s+\d{4}\b|\b\d{1,2}\s?[ap]\.?m\b|\btoday\b|\bimmediately\b",
    re.IGNORECASE,
)


@needs("communication", otherwise=CriticalCommunication.unsaid)
def communication(document: Document) -> CriticalCommunication:
    """The first sentence that says the findings were told to someone; a failed attempt is ``absent``."""
    for sentence, act in _acts(document):
        start, end = document.words[sentence.first].start, document.words[sentence.last].end
        when = [match.group().strip(" .,").removeprefix("at ") for match in _WHEN.finditer(document.text, start, end)]
        return CriticalCommunication(
            assertion=Assertion.PRESENT if act.means["communication"] == "act" else Assertion.ABSENT,
            to=_recipient(document, sentence, act),
            when=", ".join(when) or None,
            method=_method(sentence),
            evidence=(document.evidence(sentence.first, sentence.last, sentence.section),),
        )
    return CriticalCommunication.unsaid()


def addenda(document: Document) -> tuple[Addendum, ...]:
    """The addenda in order; a heading between two sentences begins the next."""
    groups: list[list[Sentence]] = []
    for sentence in document.sentences:
        if sentence.section != "addendum":
            continue
        if groups and groups[-1][-1].last + 1 == sentence.first:
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
    return tuple(
        Addendum(evidence=(document.evidence(group[0].first, group[-1].last, "addendum"),)) for group in groups
    )


def _acts(document: Document) -> Iterator[tuple[Sentence, Annotation]]:
    """Sentences that tell of telling; those that succeeded first."""
    found = [
        (sentence, act)
        for sentence in document.having(_KIND)
        if sentence.section not in ("clinical", "comparison", "technique", "exam")
        for act in sentence.of(_KIND)
        if act.means["communication"] in ("act", "not") and _is_about_result(sentence, act)
    ]
    return iter(sorted(found, key=lambda pair: pair[1].means["communication"] == "not"))


def _is_about_result(sentence: Sentence, act: Annotation) -> bool:
    """Told to a person or a team, and not merely to be told."""
    if act.assertion is Assertion.ABSENT:
        return False
    if sentence.section == "communication" or act.means["communication"] == "not":
        return True
    return _has_person(sentence)


def _has_person(sentence: Sentence) -> bool:
    who = any(note.means["communication"] == "who" for note in sentence.of(_KIND))
    team = any(note.means.get("action") in _SPECIALTIES for note in sentence.of("recommendation"))
    return who or team


def _recipient(document: Document, sentence: Sentence, act: Annotation) -> str | None:
    norms = document.norms
    people = [note for note in sentence.of(_KIND) if note.means["communication"] == "who"]
    people += [note for note in sentence.of("recommendation") if note.means.get("action") in _SPECIALTIES]
    if not people:
        return None
    titled = [note for note in people if norms[note.first] in _TITLES]
    nearest = min(titled or people, key=lambda note: (abs(note.first - act.last), note.first))
    first, last = nearest.first, nearest.last
    others = [note for note in sentence.of(_KIND) if note not in people]
    taken = {index for note in others for index in range(note.first, note.last + 1)}
    while first > sentence.first and norms[first - 1] not in _STARTS and first - 1 not in taken:
        first -= 1
    while last < sentence.last and last + 1 not in taken and _goes_on(norms, first, last):
        last += 1
    return document.slice(first, last)


def _goes_on(norms: Sequence[str], first: int, last: int) -> bool:
    """Whether the next word still belongs to the name: "Dr. A. Rivera", "Dr Okafor (ED)"."""
    following = norms[last + 1]
    if following == ".":
        return norms[last] in _TITLES or len(norms[last]) == 1
    if following == ")":
        return "(" in norms[first : last + 1]
    return following not in _ENDS and not following[:1].isdigit()


def _method(sentence: Sentence) -> str | None:
    return next((note.means["method"] for note in sentence.of(_KIND) if "method" in note.means), None)

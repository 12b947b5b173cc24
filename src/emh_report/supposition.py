"""Sentences, or their ends, that state nothing: they ask, or suppose what might come."""

from __future__ import annotations

from emh_report.document import Annotation, Sentence

_INVERTED = frozenset({"should", "were"})
_SUBJECTS = frozenset("the a an this these that it they any".split())
_ASKING = frozenset("is are was does do could has have any".split())


def is_question(sentence: Sentence) -> bool:
    """Whether a sentence only asks: "Is there EMH?" """
    norms = sentence.document.norms
    return norms[sentence.last] == "?" and norms[sentence.first] in _ASKING


def is_unreal(sentence: Sentence) -> bool:
    """Whether a sentence tells what might come: "Were the mass to enlarge, the cord would be compressed"."""
    if _INVERTED.isdisjoint(sentence.vocabulary):
        return False
    norms = sentence.norms(sentence.first, sentence.last)
    subject = len(norms) > 1 and norms[1] in _SUBJECTS
    inverted = subject and (norms[0] == "should" or (norms[0] == "were" and "to" in norms))
    return inverted and not {"would", "could", "might", "may", "will"}.isdisjoint(norms[3:])


def supposed(sentence: Sentence) -> int:
    """Where "should" opens a case that has not come, and what would follow: "; should weakness occur, MRI …"."""
    norms = sentence.document.norms
    for index in range(sentence.first + 1, sentence.last - 2) if "should" in sentence.vocabulary else ():
        if norms[index] == "should" and norms[index - 1] in (";", ".", "but", ":"):
            inverted = norms[index + 1] not in ("be", "not", "have")
            return index if inverted and "," in norms[index + 2 : sentence.last] else 0
    return 0


def is_given(sentence: Sentence, target: Annotation) -> bool:
    """Whether a supposition takes a thing for granted: "should the epidural mass enlarge"."""
    return (
        sentence.document.norms[sentence.first] not in _ASKING
        and target.kind in ("lesion", "site", "level")
        and "the" in sentence.norms(target.first - 3, target.first - 1)
    )

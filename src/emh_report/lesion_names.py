"""Lesions that a report calls by numbers or letters: "Lesion 2: …", "lesions A and C are larger"."""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.anchors import Anchor
from emh_report.document import Sentence
from emh_report.lesions import Draft

_LESION_WORDS = frozenset("lesion mass deposit nodule".split())


def number_of(sentence: Sentence) -> str | None:
    """The number of a lesion in the label of a sentence: "Lesion 2: ...", "Target lesion 1: ..."."""
    if sentence.label is None:
        return None
    words = sentence.norms(sentence.label[0], sentence.label[1])
    named = [index for index, word in enumerate(words) if word in _LESION_WORDS]
    number = words[named[-1] + 1] if named and named[-1] + 1 < len(words) else ""
    lettered = len(number) == 1 and number.isalpha() and words[named[-1] + 2 :] in ([], [":"])
    return number if lettered or (number.isdecimal() and len(number) < 4) else None


def referred_to(head: Anchor, drafts: Sequence[Draft]) -> list[Draft]:
    """The lesions that a phrase calls by their numbers or letters."""
    known = {draft.number: draft for draft in drafts if draft.number is not None}
    norms = head.sentence.document.norms
    if not known or norms[head.last] not in _LESION_WORDS or head.sentence.in_label(head.note):
        return []
    found: list[Draft] = []
    at = head.last + 1
    while at <= head.sentence.last and norms[at] in known:
        found.append(known[norms[at]])
        at += 1 + (norms[at + 1 : at + 2] in (["and"], [","], ["&"]))
    measured = norms[at : at + 1] in (["cm"], ["mm"], ["x"])  # "lesion 2 cm"
    return [] if measured else found

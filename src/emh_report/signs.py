"""Plus and minus signs beside a finding: "+ fever, - chills", "cough (+)", "fever- rash+"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emh_report.document import Annotation, Sentence

_SIGNS = {"+": True, "-": False, "–": False}


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign and the word it stands before or after."""

    positive: bool
    first: int
    last: int
    prefix: bool
    bracketed: bool


def signed(sentence: Sentence, targets: Sequence[Annotation]) -> dict[int, Sign]:
    """The sign of each target that has one, by the target's first word."""
    words = sentence.document.words
    if "+" not in sentence.vocabulary and "-" not in sentence.vocabulary:
        return {}
    if not any(word.text in _SIGNS for word in words[sentence.first : sentence.last + 1]):
        return {}
    found: dict[int, Sign] = {}
    for target in targets:
        for sign in (_before(sentence, target.first), _after(sentence, target.last)):
            if sign:
                found.setdefault(target.first, sign)
    plus = any(sign.positive for sign in found.values())
    glued = sum(not (sign.prefix or sign.bracketed) for sign in found.values())
    return {
        first: sign
        for first, sign in found.items()
        if sign.positive or sign.bracketed or plus or (not sign.prefix and glued > 1)
    }


def _before(sentence: Sentence, at: int) -> Sign | None:
    words = sentence.document.words
    if at - 3 >= sentence.first and words[at - 1].text == ")" and words[at - 3].text == "(":
        if words[at - 2].text in _SIGNS and not _leads_back(sentence, at - 3):
            return Sign(_SIGNS[words[at - 2].text], at - 3, at - 1, True, True)
    if at - 1 < sentence.first or words[at - 1].text not in _SIGNS:
        return None
    if at - 1 == sentence.first and sentence.item and words[at - 1].end < words[at].start:
        return None  # the mark of a list item
    if at - 2 >= sentence.first and words[at - 2].end == words[at - 1].start and words[at - 2].text.isalnum():
        return None  # "cough+ fever": glued to the word before
    return Sign(_SIGNS[words[at - 1].text], at - 1, at - 1, True, False)


def _after(sentence: Sentence, at: int) -> Sign | None:
    words = sentence.document.words
    if at + 3 <= sentence.last and words[at + 1].text == "(" and words[at + 3].text == ")":
        if words[at + 2].text in _SIGNS and _leads_back(sentence, at + 1):
            return Sign(_SIGNS[words[at + 2].text], at + 1, at + 3, False, True)
    if at + 1 > sentence.last or words[at + 1].text not in _SIGNS or words[at + 1].start != words[at].end:
        return None
    if at + 2 <= sentence.last and words[at + 2].start == words[at + 1].end and words[at + 2].text[0].isalnum():
        return None
    return Sign(_SIGNS[words[at + 1].text], at + 1, at + 1, False, False)


def _leads_back(sentence: Sentence, bracket: int) -> bool:
    """Whether a bracketed sign belongs to the word before it: what follows it ends the item."""
    words = sentence.document.words
    after = bracket + 3
    return (
        bracket > sentence.first
        and words[bracket - 1].text not in ",;:"
        and (after > sentence.last or words[after].text in ",.;/")
    )

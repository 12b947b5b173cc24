"""Whose finding it is: relatives who have it, relatives who only tell of it, and family histories."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from emh_report.document import Sentence

if TYPE_CHECKING:
    from emh_report.cues import CueSpan

_SPEAKS = frozenset(
    "state report deny denied call called say said note noted notice noticed feel felt describe give "
    "bring brought think thought believe ask asked request requested concerned inform informed tell told found find at "
    "present accompany speak reported worried here".split()
)
_TOLD_BY = frozenset("per by told via".split())
_TALKED = frozenset("speak spoke spoken discuss discussed talk talked conversation".split())
_BESIDE = frozenset(
    "a an the his her their two three both one several maternal paternal older younger first second degree".split()
)
_HEADING = re.compile(r"\b(?:family (?:medical )?(?:history|hx)|f\.?h\.?x?|fam hx)\b[^a-z]*$", re.IGNORECASE)
_OFFSPRING = frozenset("child son daughter born offspring boy girl baby infant".split())
_LONGEST = 12
"""Sentences that one family history may have."""


def is_informant(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether a relative only tells of the patient: "mother reports", "per wife"."""
    norms = sentence.document.norms
    if cue.entry.direction != "before":
        return False
    if _is_the_patient(sentence, cue):
        return True
    after = norms[cue.last + 1 : cue.last + 3]
    index = cue.first - 1
    while index > sentence.first and norms[index] in _BESIDE:
        index -= 1
    before = norms[max(sentence.first, index - 1) : index + 1]
    if after and (after[0] in _SPEAKS or (after[0] in ("also", "who", ",", "is", "was") and after[-1] in _SPEAKS)):
        return True
    if before == ["according", "to"]:
        return True
    if before and before[-1] in _TOLD_BY and norms[cue.first] not in ("family", "familial"):
        return True
    return bool(_TALKED.intersection(before)) and before[-1] in ("with", "to")


def _is_the_patient(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether a word for a relative names the patient: "child of 8 yrs", "this son of Sardinian parents"."""
    norms = sentence.document.norms
    behind = norms[max(sentence.first, cue.first - 4) : cue.first]
    if any(word in ("of", "to") and index and behind[index - 1] in _OFFSPRING for index, word in enumerate(behind)):
        return True  # "born to consanguineous parents"
    words = norms[cue.first : cue.last + 4]
    if not {"child", "son", "daughter", "twin"}.intersection(words[:2]) or "of" not in words[1:3]:
        return False
    after = words[words.index("of", 1) + 1 : words.index("of", 1) + 2]
    counted = bool(after) and (after[0][0].isdecimal() or after[0] in ("age", "aged"))
    before = norms[cue.first - 1] if cue.first > sentence.first else ""
    return counted or "this" in (before, words[0])


def has_it(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether a relative stands behind what it has: "diabetes in two brothers", "stroke in his maternal uncle"."""
    norms = sentence.document.norms
    index = cue.first - 1
    while index > sentence.first and norms[index] in _BESIDE:
        index -= 1
    return (
        cue.entry.direction == "before"
        and index > sentence.first
        and norms[index] in ("in", "of")
        and norms[index - 1] not in ("history", ",")
    )


def in_family_history(sentence: Sentence) -> bool:
    """Whether a sentence stands under a heading "Family history", which is no part of it."""
    if not sentence.document.names_family:
        return False
    sentences, text = sentence.document.sentences, sentence.document.text
    words = sentence.document.words
    for position in range(sentence.index, max(-1, sentence.index - _LONGEST), -1):
        if position >= len(sentences):
            return False
        start = words[sentences[position].first].start
        end = words[sentences[position - 1].last].end if position else 0
        gap = text[end:start]
        if gap and not gap.isspace() and any(char.isalpha() for char in gap):
            return bool(_HEADING.search(gap.rstrip()))
        if position == 0 or sentences[position - 1].section != sentence.section:
            return False
    return False


def turns_back(sentence: Sentence, index: int) -> bool:
    """Whether the patient is spoken of again from ``index``: ", and his dementia", but not "and her sister"."""
    norms = sentence.document.norms[index : min(index + 4, sentence.last + 1)]
    if norms[:1] == [","]:
        norms = norms[1:]
    return (
        len(norms) > 2
        and norms[0] in ("and", "but")
        and norms[1] in ("his", "her", "he", "patient")
        and norms[2] not in _RELATIVES
    )


_RELATIVES = frozenset(
    "mother father sister brother sibling cousin parent grandmother grandfather aunt uncle maternal paternal relative "
    "son daughter wife husband twin niece nephew family older younger elder two three mother's father's".split()
)

"""Text → words with character offsets, and the spelling under which words are compared.

spaCy's English tokeniser keeps "EMH.No", "5.2x3.7x2.1" and "D4-D7" whole, reads "mass." as
Massachusetts, and turns line breaks into tokens that split phrases. Radiology needs its own:
a word here never spans punctuation, white space is never a word, and the hyphen between two
letters is no word either, so that "soft-tissue" and "soft tissue" are the same two words.
Nothing is edited: every word keeps its place in the input.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple


class Word(NamedTuple):
    """A word and the characters of the input it covers."""

    text: str
    start: int
    end: int


MONTHS = tuple("january february march april may june july august september october november december".split())
SHORT_MONTHS = tuple("jan feb mar apr jun jul aug sep sept oct nov dec".split())
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Soft hyphen and zero-width blanks, which are nothing, inside a word or outside."""
_WORD = re.compile(
    rf"""
    (\s*)(
    [A-Za-z]{{2,}}+(?=[ ,.:;)\n])                    # most words; what follows excludes every other reading
  | [^\W\d_]{{2,}}[-‐\u00ad][ \t]*\r?\n[ \t]*[^\W\d_]{{2,}} # "para-<newline>vertebral": two words
  | [A-Za-z](?:/[A-Za-z]){{1,3}}(?![A-Za-z0-9])    # k/c/o, s/o, w/o, D/D
  | (?:[A-Za-z]\.){{2,}}(?=[\s,;:)]|$)             # e.g., i.e.
  | \d+(?:st|nd|rd|th)(?![A-Za-z])                 # 4th
  | \d+(?:[.,]\d+)*                                # 5.2, 1,200
  | (?:[Tt]2|[Rr]2)\\?\*                           # T2*, in Markdown T2\\*
  | (?<=\d)[xX](?=\d)                              # 5.2x3.7
  | [^\W\d_]+\d+[^\W\d_]*                          # D4, T1W, T1WI, RID3838
  | [^\W\d_]+(?:(?:['’]|[{_UNSEEN}]+)[^\W\d_]+)*    # words, Pott's, ß
  | \*\*                                           # emphasis of Markdown: no word
  | \?+ | [.]{{2,}} | [-–—−‐‑]+ | \S
    )
    """,
    re.VERBOSE,
)
"""White space and the word after it: together they are the whole text, so that lengths add up to offsets."""

_LETTERS = re.compile(r"[^\W\d_]+")
_LETTER_HYPHENS = frozenset("-‐‑")
_NOT_ALWAYS_WORDS = _LETTER_HYPHENS | frozenset(_UNSEEN) | {"**"}
_PLAIN = str.maketrans(
    dict.fromkeys("–—−‐‑", "-")
    | dict.fromkeys(_UNSEEN, "")
    | {"×": "x", "’": "'", "‘": "'", "æ": "ae", "œ": "oe", "Æ": "ae", "Œ": "oe"}
    | {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)


def tokenize(text: str) -> list[Word]:
    """Words of ``text`` in order; linear in its length."""
    found: list[Word] = []
    end = 0
    for space, word in _WORD.findall(text):
        start = end + len(space)
        end = start + len(word)
        if word in _NOT_ALWAYS_WORDS and (word not in _LETTER_HYPHENS or _between_letters(text, start, end)):
            continue
        if "\n" in word:
            head, tail = _LETTERS.findall(word)
            found.append(Word(head, start, start + len(head)))
            found.append(Word(tail, end - len(tail), end))
            continue
        found.append(_new_word(Word, (word, start, end)))
    return found


@lru_cache(maxsize=32768)
def term_words(term: str) -> tuple[Word, ...]:
    """Words of a term of the lexicons, which several steps ask for; never of a report, whose text must not stay."""
    return tuple(tokenize(term))


class Passages:
    """What ``tokenize`` finds in passages of a text, given the ``words`` it found in all of it."""

    def __init__(self, text: str, words: Sequence[Word]) -> None:
        self._text, self._words = text, words
        self._starts = [word[1] for word in words]

    def __call__(self, start: int, end: int) -> Sequence[Word]:
        """The words between two places, with their places in the whole text."""
        text, words = self._text, self._words
        first = bisect_left(self._starts, start)
        after = bisect_left(self._starts, end, first)
        gap = text[words[first - 1].end if first else 0 : start]
        torn = (first and words[first - 1].end > start) or (after > first and words[after - 1].end > end)
        torn = torn or ("\n" in gap and not gap.isspace())
        glued = (start and text[start - 1].isalnum()) or text[end : end + 1].isalnum()
        glued = glued or (text[end - 1 : end] == "." and not text[end : end + 1].isspace() and end < len(text))
        starred = (start and text[start - 1 : start + 1] == "**") or text[end - 1 : end + 1] == "**"
        if torn or glued or starred:  # what stands beside the passage has made other words of it
            return [Word(word.text, word.start + start, word.end + start) for word in tokenize(text[start:end])]
        return words[first:after]


WRITTEN: Callable[[Word], str] = itemgetter(0)
"""A word as it is written."""
_new_word = tuple.__new__
"""Word(…) without its argument parsing: a report has thousands of words."""


def _between_letters(text: str, start: int, end: int) -> bool:
    """Whether a hyphen joins a word to letters, as in "soft-tissue" or "T1-weighted", but not "T4-T7"."""
    if start == 0 or end >= len(text) or not text[start - 1].isalnum() or not text[end].isalpha():
        return False
    if text[start - 1].isalpha():
        return not (end + 1 < len(text) and text[end + 1].isdigit())
    tail = _LETTERS.match(text[end : end + 30])
    return tail is not None and len(tail.group()) >= 3


_GREEK = {"α": "alpha", "β": "beta", "ß": "beta", "γ": "gamma", "δ": "delta"}
_IRREGULAR = {
    "vertebrae": "vertebra",
    "foramina": "foramen",
    "metastases": "metastasis",
    "diagnoses": "diagnosis",
    "stenoses": "stenosis",
    "prognoses": "prognosis",
    "axes": "axis",
    "sarcomata": "sarcoma",
    "fibromata": "fibroma",
    "hematomata": "hematoma",
    "loci": "locus",
    "foci": "focus",
    "calculi": "calculus",
    "emboli": "embolus",
    "diplöe": "diploe",
    "mets": "mets",
    "biopsies": "biopsy",
    "hila": "hilum",
    "sacs": "sac",
    "series": "series",
    "species": "species",
    "has": "has",
    "was": "was",
    "does": "does",
    "lens": "lens",
    "pancreas": "pancreas",
    "hilus": "hilum",
    "ns": "ns",
}
_OE = re.compile(r"(?<!p)oe")  # "hematopoesis" lacks a letter, "oedema" is British
_ISE = re.compile(r"is(?=(?:e|ed|es|ing|ation|ations)$)")
_OUR = re.compile(r"(?<=[a-z]{3})our(?=(?:s|ed|ing|ite|able|less|al)?$)")
_RE = re.compile(r"(?<=[a-z]t)re$|(?<=[a-z]b)re$")


@lru_cache(maxsize=65536)
def normalise(word: str) -> str:
    """The spelling under which ``word`` is compared: lower case, American, singular.

    >>> normalise("Haemopoietic"), normalise("tumours"), normalise("vertebrae"), normalise("–")
    ('hemopoietic', 'tumor', 'vertebra', '-')
    """
    lower = word.translate(_PLAIN).lower()
    if not lower.isalpha():
        lower = lower.removesuffix("'s")
        if not lower.isalpha():
            return lower.replace("2\\*", "2*")
    for letter, name in _GREEK.items():
        if letter in lower:
            lower = lower.replace(letter, name)
    if len(lower) > 3:
        lower = _IRREGULAR.get(lower) or _singular(lower)
    else:
        lower = _IRREGULAR.get(lower, lower)
    if len(lower) > 4:
        lower = _OE.sub("e", lower.replace("ae", "e")).replace("sulph", "sulf")
        lower = _ISE.sub("iz", lower)
        lower = _RE.sub("er", lower)
        lower = lower.replace("labell", "label").replace("modell", "model").replace("channell", "channel")
    if len(lower) > 5:
        lower = _OUR.sub("or", lower)
    return lower


def _singular(word: str) -> str:
    if not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]

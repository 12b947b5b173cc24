"""Words of the raw text → words of the lexicons: pieces put together, two typed as one taken apart.

Second half of spelling.py. A line end, a stray blank or a hyphen tears words in two ("para-<newline>spinal",
"myelo fibrosis", "extra dural"), and haste runs two into one ("softtissue"). Few words of a report can be pieces;
they are told by a look at each word alone, and only these are tried.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from operator import itemgetter

from emh_report.common_words import COMMON_WORDS
from emh_report.wordbook import Wordbook
from emh_report.words import WRITTEN, Word, normalise

_LONG, _LONGEST = 7, 40
"""Letters above which a word may be two, and of the longest word."""
_FRAGMENT, _WHOLE = 3, 10
"""Letters of a piece and of the whole from which on a word with a stray blank in it is recognised."""
_LATE = 4
"""Letters at a word's end that words.normalise may change."""
_PREFIXES = frozenset(
    "para extra intra peri retro pre post epi sub supra infra non hemo haemo hyper hypo iso inter pseudo "
    "costo hepato spleno thoraco lumbo multi poly neuro inhomo hetero homo hemato haemato myelo osteo un "
    "trans".split()
)
_CLOSED = {
    first + second: len(first)
    for first, seconds in {
        "soft": "tissue", "spinal": "cord canal", "thecal": "sac", "dural": "sac", "bone": "marrow",
        "cord": "compression", "nerve": "root", "neural": "foramen foramina", "cauda": "equina",
        "mass": "effect", "signal": "intensity void", "paraspinal": "mass lesion",
        "paravertebral": "mass lesion", "epidural": "mass component", "dorsal": "spine",
        "thoracic": "spine", "lumbar": "spine", "cervical": "spine", "vertebral": "body",
        "sickle": "cell", "iron": "overload deposition", "extramedullary": "hematopoiesis",
        "contrast": "enhancement",
    }.items()
    for second in seconds.split()
}  # fmt: skip
"""Two words that are sometimes typed as one → letters of the first."""
_LINE_END = re.compile(r"[-‐\u00ad][ \t]*\r?\n[ \t]*|\u00ad[ \t]+")
_HYPHENS = frozenset("-‐‑")
_PLAIN, _OPENS, _TORN, _A_WORD = 1, 2, 4, 8
"""What is known of a word by itself: it may open a whole, be the first piece of a torn word, is no piece."""
_DOUBTFUL = _OPENS | _TORN
_RUN_OF_E, _RUN_OF_L = re.compile("[ao]+e"), re.compile("ll+")
_CUT_SHORT = re.compile(r"(?:[ao]+|ou|sulp)$")
"""What is left of a letter group that ``_folded`` would change."""


class Pieces:
    """Puts words together by the ``known`` ones; ``spell`` gives the normal form of a word with a slip."""

    def __init__(self, known: frozenset[str], spell: Callable[[str], str]) -> None:
        self._known = known
        self._spell = spell
        self._beginnings = {folded[:end] for folded in map(_folded, known) for end in range(len(folded))}
        self._doubts = Wordbook(self._doubt)

    def join(self, words: list[Word], text: str) -> list[Word]:
        """``words`` cut as in the lexicons: "para spinal", "para-<newline>spinal" one, "softtissue" two."""
        doubtful = self._doubtful(words, text)
        if not doubtful:
            return words
        joined: list[Word] = []
        done = 0
        for index in doubtful:
            if index < done:
                continue
            joined += words[done:index]
            done, changed = index + 1, self._take(joined, words[index], text)
            while changed and done < len(words):
                done, changed = done + 1, self._take(joined, words[done], text)
        return joined + words[done:]

    def _doubtful(self, words: list[Word], text: str) -> list[int]:
        """Indices of the words that may be two, or complete the word before them; few of a report's."""
        codes = self._doubts.all(map(WRITTEN, words))
        found: set[int] = set()
        for index in [index for index, code in enumerate(codes) if code & _DOUBTFUL]:
            code, after = codes[index], codes[index + 1] if index + 1 < len(codes) else _A_WORD
            torn = code & _TORN and not code & after & _A_WORD and index + 1 < len(words)
            if code & _OPENS or (torn and self._may_complete(words[index], words[index + 1])):
                found.update((index, index + 1))
        for match in _LINE_END.finditer(text) if "\n" in text or "\u00ad" in text else ():
            found.add(bisect_left(words, match.end(), key=itemgetter(1)))
        return sorted(index for index in found if index < len(words))

    def _doubt(self, word: str) -> int:
        """Whether a word may be two or begin one that another completes, as a sum of flags."""
        if len(word) > _LONGEST:
            return _PLAIN  # no word, and too long to look at
        code = _PLAIN
        if word in _HYPHENS or word.lower() in _PREFIXES or (len(word) > _LONG and normalise(word) in _CLOSED):
            code |= _OPENS
        if len(word) >= _FRAGMENT and word.isalpha() and self._may_begin(word):
            code |= _TORN
        if self._is_word(word):
            code |= _A_WORD
        return code

    def _may_begin(self, head: str) -> bool:
        """Whether any vocabulary word begins with ``head``, as far as that shows before the rest is seen."""
        return not head.isascii() or _CUT_SHORT.sub("", _folded(head.lower())) in self._beginnings

    def _may_complete(self, head: Word, tail: Word) -> bool:
        """The same of two words a blank apart: the first letters of the second must fit as well."""
        whole = head.text + tail.text
        size = len(whole)
        if tail.start - head.end != 1 or not _WHOLE <= size <= _LONGEST or len(tail.text) < _FRAGMENT:
            return False
        least = len(head.text)
        return self._may_begin(whole[: max(least, min(least + 3, size - _LATE))])

    def _take(self, joined: list[Word], word: Word, text: str) -> bool:
        """Add a word, cut in two or put together with those before it; whether it was."""
        if parts := _CLOSED.get(normalise(word.text)) if len(word.text) > _LONG else None:
            cut = word.start + parts
            joined += (Word(word.text[:parts], word.start, cut), Word(word.text[parts:], cut, word.end))
            return True
        changed = False
        joined.append(word)
        while len(joined) > 1 and joined[-1].text.isalpha():
            last = joined.pop()
            first = self._begins(joined, last, text)
            if first == len(joined):
                joined.append(last)
                break
            joined[first:] = [Word(joined[first].text + last.text, joined[first].start, last.end)]
            changed = True
        return changed

    def _begins(self, words: list[Word], last: Word, text: str) -> int:
        """Index in ``words`` of the piece that ``last`` completes; their number if it completes none."""
        index = len(words) - 1
        before = words[index]
        gap = text[before.end : last.start]
        if before.text in _HYPHENS and index and words[index - 1].end == before.start and gap.isspace():
            index -= 1
            return index if self._is_whole(words[index].text, last.text) else index + 2
        if (len(gap) <= 3 and before.text.lower() in _PREFIXES) or _LINE_END.fullmatch(gap):
            fits = self._is_whole(before.text, last.text)
        else:
            fits = gap in (" ", "\n") and self._is_torn(before.text, last.text)
        return index if fits else index + 1

    def _is_whole(self, head: str, tail: str) -> bool:
        """Whether two pieces make a vocabulary word, with a slip only if the second is no word itself."""
        if not head.isalpha() or len(head) + len(tail) > _LONGEST:
            return False
        if normalise(head + tail) in self._known:
            return True
        return not self._is_word(tail) and self._spell(head + tail) in self._known

    def _is_torn(self, head: str, tail: str) -> bool:
        """Whether a blank tore a vocabulary word in two: "myelo fibrosis"."""
        if not _WHOLE <= len(head) + len(tail) <= _LONGEST or min(len(head), len(tail)) < _FRAGMENT:
            return False
        if self._is_word(head) and self._is_word(tail):
            return False
        return head.isalpha() and normalise(head + tail) in self._known

    def _is_word(self, word: str) -> bool:
        normal = normalise(word)
        return normal in self._known or normal in COMMON_WORDS


def _folded(word: str) -> str:
    """``word`` without what words.normalise may change in its middle."""
    folded = _RUN_OF_E.sub("e", word).replace("sulph", "sulf").replace("z", "s").replace("our", "or")
    return _RUN_OF_L.sub("l", folded)

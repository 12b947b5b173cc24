"""Vocabulary of the lexicons → one spelling per word, with typing errors mended.

Compared words are normal forms (words.normalise). A long domain word with one slip ("paravertabral",
"haematopoesis") becomes the word that was meant; a word the lexicons know is never changed, and short
words never are, because one letter turns "hypo" into "hyper" sooner than into a typing error.
"""

from __future__ import annotations

from collections.abc import Iterable

from emh_report.words import Word, normalise

_SHORTEST = 9
"""Letters from which on a one-letter slip still leaves a word recognisable."""
_PREFIXES = frozenset(
    "para extra intra peri retro pre post epi sub supra non hemo hyper hypo iso inter pseudo costo "
    "hepato spleno thoraco lumbo multi poly neuro inhomo hetero homo".split()
)


class Spelling:
    """Normal form of a word, given every word the lexicons use."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._known = frozenset(terms)
        self._slips: dict[str, str] = {}
        for word in sorted(self._known):
            if len(word) >= _SHORTEST and word.isalpha():
                self._slips.setdefault(word, word)
                for slip in _deletions(word):
                    self._slips.setdefault(slip, word)
        self._cache: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        """Normal form of ``word``; memory is bounded however many different words pass through."""
        found = self._cache.get(word)
        if found is None:
            if len(self._cache) > 100_000:
                self._cache.clear()
            found = self._cache[word] = self._mend(normalise(word))
        return found

    def _mend(self, word: str) -> str:
        if word in self._known or len(word) < _SHORTEST - 1 or not word.isalpha():
            return word
        candidates = {self._slips[word]} if word in self._slips else set()
        for slip in _deletions(word):
            if (meant := self._slips.get(slip)) and meant[0] == word[0] and _one_slip(word, meant):
                candidates.add(meant)
        return candidates.pop() if len(candidates) == 1 else word

    def join(self, words: list[Word], text: str) -> list[Word]:
        """``words`` with split compounds put together: "para spinal", "extra-dural", "para-<newline>vertebral"."""
        joined: list[Word] = []
        for word in words:
            if joined and joined[-1].text.lower() in _PREFIXES:
                before = joined[-1]
                if word.start - before.end <= 3 and normalise(before.text + word.text) in self._known:
                    joined[-1] = Word(before.text + word.text, before.start, word.end)
                    continue
            if joined and text[joined[-1].end : word.start].startswith("-") and "\n" in text[joined[-1].end : word.start]:
                before = joined[-1]
                if normalise(before.text + word.text) in self._known:
                    joined[-1] = Word(before.text + word.text, before.start, word.end)
                    continue
            joined.append(word)
        return joined


def _deletions(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def _one_slip(word: str, meant: str) -> bool:
    """Whether one insertion, deletion, exchange or swap of neighbours turns ``word`` into ``meant``."""
    if abs(len(word) - len(meant)) > 1:
        return False
    left = 0
    while left < min(len(word), len(meant)) and word[left] == meant[left]:
        left += 1
    a, b = word[left:], meant[left:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])

"""Vocabulary of the lexicons → one spelling per word, with typing errors mended.

Words are compared in normal form (words.normalise). A word that is neither in the lexicons nor in ordinary
English (common_words.py) becomes the vocabulary word that was meant if that word is the only one a slip away:

* letters misread by an optical reader ("lurnbar", "splne"), from five letters on;
* neighbours swapped or a letter doubled or undoubled ("biospy", "narowing"), from six letters on;
* a letter missing, added or exchanged ("paravertabral", "thalassmia"), from seven letters on;
* two doubled letters or exchanged vowels ("extremedulary"), from twelve letters on.

The first letter is mended only if misread, and no slip turns one prefix into another ("hypo", "hyper").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from emh_report.common_words import COMMON_WORDS
from emh_report.pieces import Pieces
from emh_report.wordbook import Wordbook
from emh_report.words import WRITTEN, Word, normalise

_SHORTEST, _EASY, _SINGLE, _DOUBLE, _LONGEST = 5, 6, 7, 12, 40
"""Letters from which on a misreading, a doubling or swap, any one slip, and two slips are mended."""
_VOWELS = "aeiouy"
_OPPOSED = (("hyper", "hypo"), ("intra", "infra", "inter"), ("pre", "peri", "para"), ("macro", "micro"))
"""Prefixes a slip or two apart that change what a word means; "hyper" and "hypo" need more care."""
_HYPER, _HYPO = re.compile(r"h.{1,4}r"), re.compile(r"h[^r]{1,3}o(?!r)")
_ENDING = re.compile(r"(?:e[dr]?|y)$")
"""Words that differ only here are two words: "define", "defined", "notable", "notably"."""
_MISREAD = re.compile(r"l|rn")
_RUNS = re.compile(rf"[{_VOWELS}]+|([^{_VOWELS}])\1*")


class Spelling:
    """Normal form of a word, given every word the lexicons use."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._known = frozenset(terms)
        self._slips: dict[str, str] = {}
        self._skeletons: dict[str, str] = {}
        for word in sorted(self._known):
            if len(word) >= _EASY - 1 and word.isalpha():
                for slip in (word, *_deletions(word)):
                    self._slips[slip] = f"{self._slips[slip]} {word}" if slip in self._slips else word
                if len(word) >= _DOUBLE:
                    bones = _skeleton(word)
                    self._skeletons[bones] = f"{self._skeletons.get(bones, '')} {word}"
        self._norms = Wordbook(self._mended)
        self._pieces = Pieces(self._known, self)

    def __call__(self, word: str) -> str:
        """Normal form of ``word``; memory is bounded however many different words pass through."""
        return self._norms[word]

    def all(self, words: Sequence[Word]) -> list[str]:
        """Normal forms of ``words``."""
        return self._norms.all(map(WRITTEN, words))

    def join(self, words: list[Word], text: str) -> list[Word]:
        """``words`` cut as in the lexicons: "para spinal", "para-<newline>spinal" one, "softtissue" two."""
        return self._pieces.join(words, text)

    def _mended(self, typed: str) -> str:
        return self._mend(normalise(typed), typed)

    def _mend(self, word: str, typed: str) -> str:
        if word in self._known or not _SHORTEST <= len(word) <= _LONGEST or word in COMMON_WORDS:
            return word
        for read in _readings(word):
            if read in self._known:
                return read
        if len(word) < _EASY or not word.isalpha():
            return word
        if word.endswith("ss") and (single := normalise(word[:-1])) in self._known:
            return single
        meant = self._meant(word)
        if not meant and typed[-1] in "sS" and word[-1] != "s":
            meant = self._meant(word + "s")  # "hyperintens", "heterogeneos" are no plurals
            meant = meant if meant.endswith(("s", "se")) else ""
        return meant or word

    def _meant(self, word: str) -> str:
        meant = self._one_slip(word)
        if meant is None and len(word) >= _DOUBLE:
            meant = self._two_slips(word)
        return meant if meant and _same_prefix(word, meant) and not _same_stem(word, meant) else ""

    def _one_slip(self, word: str) -> str | None:
        """The one vocabulary word a slip away; None if there is none, empty if several or it is short."""
        found: dict[str, int] = {}
        for form in (word, *_deletions(word)):
            for meant in self._slips[form].split() if form in self._slips else ():
                if least := _slip(word, meant):
                    found[meant] = least
        if not found:
            return None
        if len(found) > 1:  # "compressd" is rather "compressed" than "compress"
            stem = min(found, key=len)[:-1]
            ends = [each for each in found if each[-1] == word[-1]]
            if len(ends) > 1 or not all(each.startswith(stem) for each in found):
                return ""
            found = {each: found[each] for each in ends}
        return next((each for each, least in found.items() if min(len(word), len(each)) >= least), "")

    def _two_slips(self, word: str) -> str:
        """The one long vocabulary word that differs by two doubled letters or exchanged vowels, or empty."""
        alike = self._skeletons.get(_skeleton(word), "").split()
        near = [each for each in alike if _soft_slips(word, each) <= 2]
        return near[0] if len(near) == 1 else ""


def _deletions(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def _readings(word: str) -> Iterator[str]:
    """What an optical reader took for ``word``: i read as l, m as rn, a letter as a digit."""
    if not word.isalpha():
        if len(word) >= _SINGLE and word[0].isalpha() and word[-1].isalpha():
            for one in "li":
                yield word.translate({48: "o", 49: one, 53: "s"})
        return
    for found in _MISREAD.finditer(word):
        yield word[: found.start()] + ("i" if found[0] == "l" else "m") + word[found.end() :]


def _slip(word: str, meant: str) -> int:
    """Letters both words need for the slip between them to be mended; 0 if it takes more than one slip."""
    shorter, longer = sorted((word, meant), key=len)
    if word[0] != meant[0] or len(longer) - len(shorter) > 1:
        return 0
    at = 0
    while at < len(shorter) and shorter[at] == longer[at]:
        at += 1
    a, b = shorter[at:], longer[at:]
    if len(a) < len(b):
        doubled = b[0] == longer[at - 1] or b[0] == a[:1]
        return 0 if a != b[1:] else _EASY if doubled else _SINGLE
    if a[:2] == b[1::-1] and a[2:] == b[2:]:
        return _EASY
    return _SINGLE if a[1:] == b[1:] else 0


def _skeleton(word: str) -> str:
    """``word`` with its runs of vowels alike and its consonants single."""
    return _RUNS.sub(lambda run: run[1] or "*", word)


def _soft_slips(word: str, meant: str) -> int:
    """Doubled letters and exchanged vowels between words of one skeleton."""
    slips = 0
    for run, other in zip(_RUNS.finditer(word), _RUNS.finditer(meant), strict=True):
        a, b = sorted((run[0], other[0]), key=len)
        if a == b:
            continue
        if run[1]:
            slips += len(b) - len(a)
        elif len(a) == len(b):
            slips += 1 if sorted(a) == sorted(b) else sum(x != y for x, y in zip(a, b, strict=True))
        else:
            slips += 1 if a in _deletions(b) else 3
    return slips


def _same_stem(word: str, meant: str) -> bool:
    """Whether the two differ only in an ending that is a word's own."""
    one, other = _ENDING.search(word), _ENDING.search(meant)
    return one is not None and other is not None and word[: one.start()] == meant[: other.start()]


def _same_prefix(word: str, meant: str) -> bool:
    """Whether mending leaves the prefix as it is; what is left of "hyper" must not look like "hypo"."""
    if meant.startswith(("hyper", "hypo")) and not (_HYPER if meant[3] == "e" else _HYPO).match(word):
        return False
    return all(_prefix(word, group) in (None, _prefix(meant, group)) for group in _OPPOSED)


def _prefix(word: str, group: tuple[str, ...]) -> str | None:
    return next((prefix for prefix in group if word.startswith(prefix)), None)

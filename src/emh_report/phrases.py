"""Phrases of the lexicons → where they stand in a text, compared by normal form, word after word.

What spaCy's phrase matcher does, without its vocabulary: that keeps every word it ever saw, decodes a key for
each match, and leaves it to the caller to choose among overlapping matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import Any, NamedTuple

from emh_report.spelling import Spelling
from emh_report.words import term_words

EXCLUDED = "!"
"""Marks a phrase that is something else, and only hides shorter ones."""


class Match(NamedTuple):
    """A phrase of the lexicons: words ``first`` to ``last`` of the document."""

    group: str
    entry: str
    first: int
    last: int


class PhraseIndex:
    """Phrases by their normal forms; cost is flat in the number of those that do not match."""

    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling
        self._first: dict[str, _Node] = {}
        self._order: dict[str, int] = {}

    def add(self, group: str, entry: str, terms: Iterable[str]) -> None:
        """Make every phrase of ``terms`` match as ``entry`` of ``group``."""
        for term in terms:
            words = self._spelling.join(list(term_words(term)), term)
            nodes = self._first
            node: _Node | None = None
            for norm in [self._spelling(word[0]) for word in words]:
                node = nodes.setdefault(norm, _Node({}, []))
                nodes = node.following
            if node is not None:
                node.found.append((len(words), group, entry))
                self._order.setdefault(entry, len(self._order))

    def close(self) -> None:
        """Let every node know the longest phrase of each group on the way to it."""

        def rank(phrase: _Phrase) -> tuple[int, bool, int]:
            """Longer phrases first, of equals one that means something, of these the one that was added first."""
            return -phrase[0], phrase[2].startswith(EXCLUDED), self._order[phrase[2]]

        _inherit(self._first, (), rank)

    def __bool__(self) -> bool:
        """Whether it has any phrase."""
        return bool(self._first)

    def __call__(self, norms: Sequence[str]) -> list[Match]:
        """Longest matches, which may overlap only across groups; the excluded only hide others."""
        taken: dict[str, int] = {}
        kept: list[Match] = []
        first, count = self._first, len(norms)
        for start in compress(range(count), map(first.__contains__, norms)):
            following, found = first[norms[start]]
            at = start + 1
            while following and at < count and (node := following.get(norms[at])):
                following, found = node
                at += 1
            for length, group, entry in found:
                if start >= taken.get(group, 0):
                    taken[group] = start + length
                    if entry[0] != EXCLUDED:
                        kept.append(_new_match(Match, (group, entry, start, start + length - 1)))
        return kept


_Phrase = tuple[int, str, str]
"""Number of words, group, entry."""


class _Node(NamedTuple):
    """A word of phrases: what may follow it, and the phrases that end at it (closed: or on the way to it)."""

    following: dict[str, _Node]
    found: list[_Phrase]


_new_match = tuple.__new__


def _inherit(nodes: dict[str, _Node], above: Sequence[_Phrase], rank: Callable[[_Phrase], Any]) -> None:
    for node in nodes.values():
        best: dict[str, _Phrase] = {}
        for phrase in sorted((*above, *node.found), key=rank):
            best.setdefault(phrase[1], phrase)
        node.found[:] = sorted(best.values(), key=rank)
        _inherit(node.following, node.found, rank)

"""What is known of a word by its spelling alone, worked out once per spelling and emptied when full.

Most steps ask the same of every word of every report: its normal form, whether it can begin a level, whether it is
English. The answer depends on nothing but the word, so that it is looked up, without a call, from the second time on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import compress, count
from typing import TypeVar

T = TypeVar("T")
FULL = 100_000
"""Spellings that are kept: more than a language has, fewer than would fill the memory."""


LONGEST = 40
"""Letters of the longest word that is kept; what is longer is no word."""


class Wordbook(dict[str, T]):
    """Word → what ``work_out`` says of it; memory is bounded however many different words pass through."""

    def __init__(self, work_out: Callable[[str], T]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, word: str) -> T:
        found = self._work_out(word)
        if len(word) <= LONGEST:
            if len(self) >= FULL:
                self.clear()
            self[word] = found
        return found

    def all(self, words: Iterable[str]) -> list[T]:
        """What it says of each word."""
        return list(map(self.__getitem__, words))

    def places(self, words: Iterable[str]) -> list[int]:
        """Where among ``words`` those stand of which it says anything but no."""
        return list(compress(count(), map(self.__getitem__, words)))

"""The words that a form's field may hold, and a field as choices.py finds it.

"Present", "no", "not assessed", each with what it says (lexicons/answers.yaml); an option struck through
letter by letter, as word processors export it, is still the same word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from emh_report.model import Assertion

Span = tuple[int, int]

STRUCK = "[\u0335-\u0338]"
"""Combining strokes, by which an exported text strikes a word through."""


class Option(NamedTuple):
    """An answer that a field offers or holds; ``says`` is None where it is no plain yes or no."""

    start: int
    end: int
    chosen: bool
    says: Assertion | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A field: its label and what it offers or holds."""

    form: str
    """box, slash, answer, blank, gap or table."""
    label: Span
    options: tuple[Option, ...] = ()
    asks: bool = True
    """Whether leaving it open is worth a warning: beside a ticked item of a list, an unticked one is not."""
    kinds: frozenset[str] = frozenset()
    """The kinds of phrases in it that fall silent while it is open; none: all."""
    beside: tuple[Span, ...] = ()
    """Passages between its options that assert nothing."""

    @property
    def span(self) -> Span:
        """From its label to its last option."""
        starts, ends = zip(self.label, *((option.start, option.end) for option in self.options), strict=True)
        return min(starts), max(ends)

    @property
    def is_open(self) -> bool:
        """Whether nobody filled it in."""
        return not any(option.chosen for option in self.options)

    @property
    def chosen(self) -> Option | None:
        """The option that decides: a yes, where a table column holds several answers."""
        picked = [option for option in self.options if option.chosen]
        yes = [option for option in picked if option.says is Assertion.PRESENT]
        alike = len({option.says for option in picked}) == 1
        return yes[0] if yes else picked[0] if alike else None

    @property
    def hidden(self) -> tuple[Span, ...]:
        """Characters that assert nothing."""
        if self.is_open:
            return (self.span,)
        return (*self.beside, *((option.start, option.end) for option in self.options if not option.chosen))


class Answers:
    """The answers a field may hold, with what they say; None for a degree or a side."""

    def __init__(self, terms: Mapping[str, Assertion | None]) -> None:
        self._says = {_plain(term): says for term, says in terms.items()}
        longest_first = sorted(self._says, key=len, reverse=True)
        self.pattern = rf"(?<!\w)(?:{'|'.join(map(_pattern, longest_first))})(?!\w)"
        self._answer = re.compile(self.pattern, re.IGNORECASE)
        self._openings = {term[:2] for term in self._says}
        self._letters = {term for term in self._says if len(term) == 1}

    def says(self, text: str) -> Assertion | None:
        """What an answer says."""
        return self._says.get(_plain(text))

    def is_answer(self, text: str) -> bool:
        """Whether a text is nothing but an answer."""
        return _plain(text.strip(" \t.,;()")) in self._says

    def at(self, text: str, start: int, end: int) -> re.Match[str] | None:
        """The answer that opens a passage: "present" in "present at T6"."""
        opening = text[start : start + 2].casefold()
        if opening.isascii() and opening not in self._openings and opening[:1] not in self._letters:
            return None
        return self._answer.match(text, start, end)

    def within(self, text: str, start: int, end: int) -> list[re.Match[str]]:
        """Every answer in a passage."""
        return list(self._answer.finditer(text, start, end))


def strip(text: str, start: int, end: int, characters: str) -> Span:
    """A passage without these characters at its ends."""
    while start < end and text[start] in characters:
        start += 1
    while end > start and text[end - 1] in characters:
        end -= 1
    return start, end


def _plain(term: str) -> str:
    return " ".join(re.sub(STRUCK, "", term).casefold().split())


def _pattern(term: str) -> str:
    words = ("".join(f"{re.escape(letter)}{STRUCK}*" for letter in word) for word in term.split())
    return r"[ \t]+".join(words)

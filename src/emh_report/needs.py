"""Readers declare the kinds of phrases they need; where there is none, they are not called.

A report has forty sentences and a hundred readers, and most sentences have nothing for most readers. ``@needs`` before
a reader of a sentence, a document or its relations says without which phrases it would find nothing, and what it
answers then. Several of them one above the other must all be met. That skipping changes no finding is tested over
every text there is, with the readers called anyway (tests/test_needs.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast


class Kinded(Protocol):
    """A sentence, a document, or its relations: ``kinds`` has the kinds of phrases in it as its keys."""

    @property
    def kinds(self) -> Iterable[str]:
        """Kinds of the phrases in it."""


Reader = TypeVar("Reader", bound=Callable[..., Any])


def needs(*kinds: str, otherwise: Callable[[], object]) -> Callable[[Reader], Reader]:
    """A reader that needs a phrase of one of these kinds, and what it gives without: what ``otherwise`` makes."""
    wanted = frozenset(kinds)

    def declare(reader: Reader) -> Reader:
        @wraps(reader)
        def read(source: Kinded, *rest: Any, **named: Any) -> Any:
            if wanted.isdisjoint(source.kinds):
                return otherwise()
            return reader(source, *rest, **named)

        return cast(Reader, read)

    return declare

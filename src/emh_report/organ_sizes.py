"""Which size in a sentence is an organ's. Part of organs.py."""

from __future__ import annotations

from emh_report.document import Annotation, Sentence
from emh_report.measure import SizeSpan
from emh_report.model import Assertion
from emh_report.nouns import noun_before, noun_behind, nouns

_ADJECTIVES = frozenset("hepatic splenic renal adrenal cardiac pancreatic".split())


def owned_sizes(sentence: Sentence) -> dict[Annotation, list[Annotation]]:
    """Today's sizes of the organs and organ findings a sentence names: behind them, or directly before."""
    norms = sentence.document.norms
    found: dict[Annotation, list[Annotation]] = {}
    for size in sizes_of(sentence):
        owner = noun_before(sentence, size)
        after = noun_behind(sentence, size)
        if after and (owner is None or size.first - owner.last > 1 or _is_adjective(owner)):
            owner = after
        if owner and ";" not in norms[owner.last : size.first]:
            for note in nouns(sentence):
                if note.first <= owner.last and owner.first <= note.last:
                    found.setdefault(note, []).append(size)
    return found


def sizes_of(sentence: Sentence) -> list[Annotation]:
    """Sizes of today."""
    return [note for note in sentence.of("size") if _is_todays(note)]


def first_size(sizes: list[Annotation]) -> tuple[float, ...]:
    """The first size in millimetres."""
    for note in sizes:
        if isinstance(note.value, SizeSpan):
            return note.value.size_mm
    return ()


def _is_adjective(note: Annotation) -> bool:
    """ "Hepatic 3 cm mass" measures the mass."""
    return note.kind == "organ" and note.text.lower() in _ADJECTIVES


def _is_todays(note: Annotation) -> bool:
    return isinstance(note.value, SizeSpan) and not note.value.prior and note.assertion is not Assertion.HISTORICAL

"""Levels, sequences, sizes and quantities of a sentence as annotations. Part of mentions.py."""

from __future__ import annotations

from typing import Any

from emh_report.document import Annotation, Sentence
from emh_report.levels import levels_and_sequences
from emh_report.measure import quantities_among, sizes_among
from emh_report.roman import value_of
from emh_report.wordbook import Wordbook
from emh_report.words import WRITTEN, normalise

_SIDES = {"L": "left", "R": "right"}
_SIDED = frozenset({"size", "level", "site", "lesion"})
_DIGITS = frozenset("0123456789")
_ORDINALS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth one two three four "
    "five six seven eight nine ten eleven twelve dorsal thoracic cervical lumbar sacral thoracolumbar "
    "dorsolumbar cervicodorsal cervicothoracic lumbosacral coccyx".split()
)


def add_numbers(sentence: Sentence, notes: list[Annotation]) -> None:
    """Add levels, sequences, sizes and quantities to the ``notes`` of a sentence that holds a number word."""
    words = sentence.document.words[sentence.first : sentence.last + 1]

    def note(kind: str, concept: str, span: Any) -> Annotation:
        first, last = span.first + sentence.first, span.last + sentence.first
        return Annotation(kind, concept, first, last, sentence, value=span)

    norm = _NORMS.all(map(WRITTEN, words))
    levels, sequences = levels_and_sequences(words, norm)
    notes.extend(note("quantity", quantity.quantity, quantity) for quantity in quantities_among(words, norm))
    notes.extend(note("size", "size", size) for size in sizes_among(words, norm))
    for sequence in sequences:
        found = note("sequence", "+".join(sequence.sequences), sequence)
        rivals = [other for other in notes if other.kind == "sequence" and other.overlaps(found)]
        if not any(other.last - other.first > found.last - found.first for other in rivals):
            notes[:] = [other for other in notes if other not in rivals]
            notes.append(found)
    notes.extend(note("level", "level", level) for level in levels)
    notes.extend(_sides(sentence, notes))


def _sides(sentence: Sentence, notes: list[Annotation]) -> list[Annotation]:
    """A side by its letter, before what it is of: "R 20 mm, L 18 mm", "L T8", "R paraspinal mass T9"."""
    words = sentence.document.words
    found = [at for at in range(sentence.first, sentence.last) if words[at].text in _SIDES]
    if not found:
        return []
    starts = {note.first for note in notes if note.kind in _SIDED}
    taken = {index for note in notes for index in range(note.first, note.last + 1)}
    return [
        Annotation("modifier", side, at, at, sentence, {"laterality": side}, side)
        for at in found
        if at + 1 in starts and at not in taken and (side := _SIDES[words[at].text])
    ]


def is_number(norm: str) -> bool:
    """Whether a word can be part of a level, a sequence, a size or a quantity."""
    return norm in _ORDINALS or not _DIGITS.isdisjoint(norm) or norm == "th" or (len(norm) > 1 and value_of(norm) > 0)


NUMBERS = Wordbook(is_number)
_NORMS = Wordbook(normalise)

"""What a report says it does not say: "Cauda equina: not stated in the report", a list under "Not stated:".

To name a thing as missing from a text asserts nothing of it. Neither a denial nor "not assessed" is meant.
"""

from __future__ import annotations

from emh_report.document import Annotation, Sentence

KIND = "unstated"
SAYING_NOTHING = frozenset({"unstated", "administrative"})
"""Sections that say nothing of the patient."""
_ENDS = frozenset({";", ".", "but"})


def stated(sentence: Sentence, notes: list[Annotation]) -> list[Annotation]:
    """The phrases of a sentence but for those it names as not stated; the silence itself stays."""
    silences = [note for note in notes if note.kind == KIND]
    if not silences:
        return notes
    norms = sentence.document.norms
    silent: set[int] = set()
    for note in silences:
        if norms[note.last + 1 : note.last + 2] == [":"]:
            reach = range(note.first, sentence.last + 1)  # "Not stated in the report: size, signal"
        elif norms[note.last] in ("of", "on", "about"):
            reach = range(note.first, _end(sentence, note.last, 1) + 1)
        else:
            labelled = norms[note.first - 1 : note.first] == [":"]
            reach = range(_end(sentence, note.first, -1, labelled), note.last + 1)
        silent.update(reach)
    return [note for note in notes if note.first not in silent or note.kind == KIND]


def _end(sentence: Sentence, at: int, step: int, labelled: bool = False) -> int:
    """How far a silence reaches from ``at``: over a whole label and its list, else to the end of the clause."""
    norms = sentence.document.norms
    while sentence.first <= at + step <= sentence.last:
        word = norms[at + step]
        if word in _ENDS and not (labelled and word == ".") or (word == "," and not labelled and step < 0):
            return at
        at += step
    return at

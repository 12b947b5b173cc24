"""Which noun of a sentence a phrase is said of, by position alone: the next one, or the last one named."""

from __future__ import annotations

from emh_report.document import Annotation, Sentence

_KINDS = ("lesion", "node", "organ", "organ_finding", "emh", "structure", "bone_marrow")
_NOT_SUBJECTS = frozenset({"pronoun", "part"})
_APART = frozenset(", ; ( ) : with without and or in within of no on for at from is are was were".split())


def nouns(sentence: Sentence) -> list[Annotation]:
    """Whatever can be the subject of a statement of its own."""
    return [note for note in sentence.of(*_KINDS) if note.means.get("role") not in _NOT_SUBJECTS]


def noun_behind(sentence: Sentence, note: Annotation, reach: int = 3) -> Annotation | None:
    """The noun that ``note`` stands directly before: "fatty | EMH", "21 cm | spleen"."""
    norms = sentence.document.norms
    for noun in nouns(sentence):
        near = noun.first > note.last and noun.first - note.last <= reach
        if near and _APART.isdisjoint(norms[note.last + 1 : noun.first]):
            return noun
    return None


def noun_before(sentence: Sentence, note: Annotation) -> Annotation | None:
    """The last noun named before ``note`` in its sentence; of two at one place the longer."""
    before = [noun for noun in nouns(sentence) if noun.last < note.first]
    return max(before, key=lambda noun: (noun.last, noun.last - noun.first)) if before else None

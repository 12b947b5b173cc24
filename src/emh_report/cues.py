"""Cues as a sentence holds them, and the words of grammar that decide how far they reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emh_report.document import Sentence
from emh_report.lexicon import Concept
from emh_report.lexicon import Cue as CueEntry
from emh_report.model import Cue
from emh_report.words import normalise

HARD = frozenset({";", "|", ":", "•", "·", "▪"})


COPULAS = frozenset("is are was were be considered felt thought appear seem remain deemed very much far highly".split())


QUALIFIERS = frozenset(
    "modifier intensity sequence level size quantity reference structure site change body_region "
    "modality cord_word weight timepoint advice_cue treatment_cue urgency organ_state".split()
)
"""Kinds that describe a subject; a hedge is about the subject."""


DIAGNOSES = frozenset({"emh", "differential", "condition"})


@dataclass(slots=True)
class Grammar:
    """Function words, in normal form."""

    finite_verb: frozenset[str]
    participle: frozenset[str]
    determiner: frozenset[str]
    positive_start: frozenset[str]


class CueSpan:
    """A cue found in a sentence, with the words it reaches."""

    __slots__ = ("entry", "first", "last", "scope")

    def __init__(self, entry: CueEntry, first: int, last: int, scope: tuple[int, int] = (0, -1)) -> None:
        self.entry = entry
        self.first = first
        self.last = last
        self.scope = scope


def cue_of(sentence: Sentence, cue: CueSpan) -> Cue:
    """A cue as the contract lists it."""
    words = sentence.document.words
    start, end = words[cue.first].start, words[cue.last].end
    return Cue.made({"kind": cue.entry.category, "text": sentence.document.text[start:end], "start": start, "end": end})


def grammar_of(concepts: Mapping[str, object]) -> Grammar:
    """The function words among the concepts of kind ``grammar``."""
    words: dict[str, frozenset[str]] = {}
    for name in ("finite_verb", "participle", "determiner", "positive_start"):
        concept = concepts.get(name)
        terms = concept.terms if isinstance(concept, Concept) else ()
        words[name] = frozenset(normalise(term) for term in terms)
    return Grammar(**words)

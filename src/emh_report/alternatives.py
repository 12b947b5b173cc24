"""Diagnoses between which a report does not decide ("EMH or neurogenic tumour"), and those that it excludes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from emh_report.cues import CueSpan
from emh_report.document import Annotation, Sentence
from emh_report.model import Assertion, Certainty

_EXCLUDED = frozenset({"excluded", "excludes", "exclude", "ruled", "excluding"})
_ARTICLES = frozenset({"a", "an", "the"})


def doubt_alternatives(sentence: Sentence, targets: Sequence[Annotation]) -> None:
    """Make possible what stands on either side of "or"."""
    if "or" not in sentence.vocabulary:
        return
    named = [target for target in targets if target.kind in ("emh", "differential")]
    for one, other in pairwise(named):
        between = sentence.norms(one.last + 1, other.first - 1)
        if between[:1] != ["or"] or not _ARTICLES.issuperset(between[1:]) or one.concept == other.concept:
            continue
        for target in (one, other):
            if target.assertion is Assertion.PRESENT:
                target.assertion, target.certainty = Assertion.POSSIBLE, Certainty.INDETERMINATE


def excludes_a_diagnosis(sentence: Sentence, target: Annotation, cue: CueSpan) -> bool:
    """Whether a diagnosis is excluded and no lesion: "considered because of the mass, but excluded by biopsy"."""
    if cue.entry.category != "negated" or target.kind not in ("lesion", "site"):
        return False
    if _EXCLUDED.isdisjoint(sentence.norms(cue.first, cue.last)):
        return False
    first, last = cue.scope
    return any(first <= note.first <= last for note in sentence.of("emh", "differential"))


_IN = frozenset({"in", "view", "context", "background", "setting", "secondary", "due", "complicating"})


def is_background(sentence: Sentence, disorder: Annotation, cue: CueSpan) -> bool:
    """Whether a hedge is of a diagnosis that a disorder only explains: "suggestive of EMH in beta thalassemia"."""
    if cue.entry.category != "possible" or disorder.kind != "condition":
        return False
    before = sentence.norms(disorder.first - 3, disorder.first - 1)
    return (
        bool(sentence.of("emh")) and not _IN.isdisjoint(before) and not {"possible", "suspected"}.intersection(before)
    )

"""Levels of a finding with its own polarity, and with the other: "at T5, not at T9". Part of compression.py."""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.anchors import denied_at
from emh_report.document import Annotation
from emh_report.facts import Fact, level_names
from emh_report.model import TODAY, Assertion, Change
from emh_report.relations import BACKGROUND

_BEYOND = frozenset("above below cranial caudal proximal distal rostral beyond".split())
_THEN = frozenset("was were had showed demonstrated revealed documented reported".split())
_NOW = frozenset("is are now today currently still remains persists again".split())
_PAST = frozenset("previously formerly earlier initially".split())


def split_levels(fact: Fact, assertion: Assertion) -> tuple[set[str], set[str]]:
    """Levels of the fact's own polarity, and of the opposite one: "at T5, not at T9", "except at T8"."""
    named: set[str] = set()
    other: set[str] = set()
    for note in fact.levels:
        names = set(level_names([note]))
        if assertion in TODAY and not _PAST.isdisjoint(note.sentence.norms(note.first - 2, note.first - 1)):
            continue  # "previously T5 to T9, now limited to T7"
        if assertion is Assertion.ABSENT and (_beyond(note) or note.assertion is Assertion.POSSIBLE):
            continue  # "no compression above T6" says nothing of T6
        if assertion is Assertion.ABSENT and note.assertion is Assertion.PRESENT and _turned(note):
            continue  # "not compressed at T5, but possibly at T9"
        if assertion is Assertion.ABSENT:
            (other if note.excepted else named).update(names)
        else:
            (other if denied_at(note, fact.anchor) else named).update(names)
    if assertion in TODAY:
        named -= other  # "from T6 to T10 except T8"
    return named, other


def is_elsewhere(fact: Fact) -> bool:
    """Whether a denial is only about other levels: "no compression elsewhere", "below T6"."""
    return any(note.means.get("scope") == "elsewhere" for note in fact.sentence.of("cord_word")) or any(
        _beyond(note) for note in fact.levels
    )


def _turned(level: Annotation) -> bool:
    """Whether a level stands behind a "but" that no denial follows, and is no exception either."""
    first = level.sentence.clause_of(level.first)[0]
    return not level.excepted and "but" in level.sentence.norms(first, min(first + 1, level.first))


def _beyond(level: Annotation) -> bool:
    before = level.sentence.norms(level.first - 2, level.first - 1)
    return not _BEYOND.isdisjoint(before)


def resolved_at_last(facts: Sequence[Fact]) -> Fact | None:
    """The statement that compression has resolved, where all that states it stands before and tells of the past."""
    gone = next((fact for fact in reversed(facts) if fact.assertion is Assertion.HISTORICAL), None)
    if gone is None or Change.RESOLVED not in (gone.change, gone.anchor.note.change):
        return None
    stated = [fact for fact in facts if fact.assertion is Assertion.PRESENT and fact.sentence.section != BACKGROUND]
    return gone if stated and all(_stands_before(fact, gone) and _tells_past(fact, gone) for fact in stated) else None


def _stands_before(fact: Fact, later: Fact) -> bool:
    if fact.sentence is later.sentence:
        return fact.anchor.last < later.anchor.first
    return fact.sentence.index < later.sentence.index


def _tells_past(fact: Fact, gone: Fact) -> bool:
    """Whether a sentence tells of the past; of one that goes on to ``gone``, as far as the fact."""
    sentence = fact.sentence
    end = min(sentence.last, fact.anchor.last) if sentence is gone.sentence else sentence.last
    words = set(sentence.norms(sentence.first, end))
    told = not _THEN.isdisjoint(words) or any(len(word) > 4 and word.endswith("ed") for word in words)
    return told and _NOW.isdisjoint(words)

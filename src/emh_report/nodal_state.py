"""How a nodal group stands: there or not, enlarged or not, and on which side. Part of nodes.py."""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.document import Annotation, Sentence
from emh_report.model import Assertion, Change
from emh_report.nodal_types import BEFORE_NODE, JOINERS, words_of

_PATHOLOGICAL = frozenset(
    "lymphadenopathy adenopathy lap lne enlargement mass conglomerate disease involvement deposit".split()
)
_CALLED = frozenset(
    "enlarged bulky matted conglomerate pathological pathologically suspicious avid hypermetabolic "
    "metastatic massive".split()
)
_SMALL = frozenset("small tiny subcentimeter subcentimetric normal insignificant shotty nonenlarged".split())
_NORMAL = frozenset("normal negative clear unremarkable free".split())
_CLOSED = frozenset("by in on for and".split())
_NOT_NOW = (Assertion.ABSENT, Assertion.HISTORICAL)
_ADVERSE = frozenset("not than of".split())


def assertion_of(sentence: Sentence, notes: Sequence[Annotation], stations: Sequence[Annotation]) -> Assertion | None:
    """How a group stands; None where the text says nothing of it ("no new adenopathy")."""
    last = notes[-1]
    if any(note.excepted for note in notes) or _is_excepted(sentence, last):
        return Assertion.PRESENT
    if any(note.assertion is Assertion.ABSENT for note in notes):
        return None if any(note.change is Change.NEW for note in notes) else Assertion.ABSENT
    predicate = verdict(sentence, last, stations)
    if predicate is not None:
        return predicate
    said = [note.assertion for note in notes if note.assertion is not Assertion.PRESENT]
    if Assertion.HYPOTHETICAL in said:
        return None
    return said[0] if said else Assertion.PRESENT


def _is_excepted(sentence: Sentence, note: Annotation) -> bool:
    """ "..., the left external iliac group (22 mm) excepted"."""
    norms = sentence.norms(note.last + 1, sentence.last)
    return "excepted" in norms[:9]


def verdict(sentence: Sentence, note: Annotation, stations: Sequence[Annotation]) -> Assertion | None:
    """What a predicate behind a group says: not enlarged, negative, back to normal."""
    norms = sentence.document.norms
    end = min(
        [other.first - 1 for other in stations if other.first > note.last and _own_size_between(sentence, note, other)],
        default=sentence.last,
    )
    end = next((index - 1 for index in range(note.last + 1, end + 1) if norms[index] == ";"), end)
    if {"normalized", "resolved"} & set(norms[note.last + 1 : end + 1]):
        return Assertion.HISTORICAL
    for state in sentence.of("organ_state", "effect"):
        if not note.last < state.first <= end:
            continue
        if state.means.get("state") == "enlarged":
            return state.assertion if state.assertion in _NOT_NOW else None
        if state.means.get("state") == "normal" and state.assertion is Assertion.PRESENT:
            return Assertion.ABSENT
    for index in range(note.last + 1, end + 1):
        following = norms[index + 1] if index < sentence.last else "."
        closed = not following.isalpha() or following in _CLOSED
        if norms[index] in _NORMAL and norms[index - 1] not in _ADVERSE and closed:
            return Assertion.ABSENT
    return None


def _own_size_between(sentence: Sentence, note: Annotation, other: Annotation) -> bool:
    """Whether the next station begins a statement of its own."""
    return any(note.last < size.first < other.first for size in sentence.of("size"))


def side_of(sentence: Sentence, note: Annotation, stations: Sequence[Annotation]) -> tuple[str | None, bool]:
    """The side of a station, and whether only its largest node lies there."""
    norms = sentence.document.norms
    sides = [modifier for modifier in sentence.of("modifier") if "laterality" in modifier.means]
    for modifier in reversed(sides):
        gap = norms[modifier.last + 1 : note.first]
        if modifier.last < note.first and len(gap) <= 4 and all(word in BEFORE_NODE or word == "the" for word in gap):
            return modifier.means["laterality"], bool(
                {"largest", "larger"} & set(norms[max(sentence.first, modifier.first - 2) : modifier.first])
            )
        shared = modifier.means["laterality"] == "bilateral" or "and" not in gap and "," not in gap
        between = [other for other in stations if modifier.last < other.first < note.first]
        if (
            between
            and shared
            and modifier.last < note.first
            and JOINERS.issuperset(norms[between[-1].last + 1 : note.first])
        ):
            return modifier.means["laterality"], False
    following = min((other.first for other in stations if other.first > note.last), default=sentence.last + 1)
    for modifier in sides:
        if not note.last < modifier.first < following:
            continue
        after = norms[modifier.last + 1] if modifier.last < sentence.last else "."
        if after in (",", ")", ".", ";", "-") or "on" in norms[modifier.first - 2 : modifier.first + 1]:
            return modifier.means["laterality"], False
    return None, False


def is_called_enlarged(sentence: Sentence, notes: Sequence[Annotation]) -> bool | None:
    """Whether the phrase itself calls the nodes enlarged or small."""
    norms = sentence.document.norms
    first, last = min(note.first for note in notes), max(note.last for note in notes)
    after = norms[last + 1 : min(sentence.last, last + 6) + 1]
    after = after[: after.index(";")] if ";" in after else after
    words = [*norms[max(sentence.first, first - 6) : last + 1], *after]
    inside = {word for note in notes for word in words_of(note)}
    if _SMALL & set(norms[max(sentence.first, first - 4) : last + 1]):
        return False
    return True if inside & _PATHOLOGICAL or _CALLED & set(words) else None

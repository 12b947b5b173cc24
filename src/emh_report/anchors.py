"""The things of one sentence that something can be said of, and which phrase belongs to which.

An *anchor* is a lesion, a structure, an organ or a named finding. Levels, sizes, sides and signals are said
of one of them. Which one is decided by position alone, the way a reader does it: what stands directly before
a noun qualifies it ("T2 hyperintense mass"), what follows it with a preposition belongs to it ("mass at D5"),
what opens a sentence ("At T6-T7 the sac ... and the cord ...") belongs to everything after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from emh_report.document import Annotation, Sentence
from emh_report.model import Assertion

LESION = "lesion"
FILLERS = frozenset(
    "the a an of and or , & both signal intensity on in image weighted sequence as well also "
    "predominantly to - x ( ) / some more largest larger rather fairly relatively only quite very "
    "diffuse somewhat overall any degree hilar apical".split()
)
VERBS = frozenset("is are was were show shows demonstrate appear has have cause causing extend seen noted".split())
PREPOSITIONS = frozenset(
    "at from in between over opposite of to upto along within on involving across spanning level above below "
    "beyond near around".split()
)
_POINTING = frozenset("of in within involving throughout along by around inside".split())


class Anchor:
    """Something a phrase can belong to: words ``first`` to ``last`` of ``sentence``."""

    __slots__ = ("assertion", "first", "kind", "last", "levels", "note", "role", "sentence", "sites")
    levels: list[Annotation]

    def __init__(
        self,
        kind: str,
        first: int,
        last: int,
        sentence: Sentence,
        note: Annotation,
        assertion: Assertion,
        sites: list[Annotation] | None = None,
        role: str = "",
    ) -> None:
        self.kind = kind
        self.first = first
        self.last = last
        self.sentence = sentence
        self.note = note
        self.assertion = assertion
        self.sites = [] if sites is None else sites
        self.levels = []
        self.role = role

    def __repr__(self) -> str:
        return f"<{self.kind} {self.first}-{self.last} {self.assertion.value} {[s.concept for s in self.sites]}>"


def qualifies(sentence: Sentence, first: int, last: int) -> bool:
    """Whether words ``first`` to ``last`` may stand between an adjective and its noun."""
    norms = sentence.document.norms
    return all(
        norms[index] in FILLERS or norms[index].endswith("ly") or _is_qualifier(sentence, index)
        for index in range(first, last + 1)
    )


_QUALIFIERS = frozenset("modifier intensity sequence site change size finding level emh".split())


def _is_qualifier(sentence: Sentence, index: int) -> bool:
    return any(note.first <= index <= note.last and note.kind in _QUALIFIERS for note in sentence.annotations)


def premodifies(note: Annotation, anchor: Anchor) -> bool:
    """Whether ``note`` stands directly before ``anchor`` in its noun phrase."""
    if not 0 < anchor.first - note.last <= 12 or note.first > anchor.first:
        return False
    sentence = anchor.sentence
    opening = sentence.document.norms[note.first]
    if note.kind == "modifier" and (opening in PREPOSITIONS or opening == "bilaterally"):
        return False  # "on both sides" follows what it places
    between = sentence.document.norms[note.last + 1 : anchor.first]
    if note.kind == "level" and any(word in PREPOSITIONS for word in between):
        return False
    if "in" in between or "on" in between and note.kind != "intensity":
        return False
    if note.kind in _PREDICATES and _begins_another([*between, sentence.document.norms[anchor.first]]):
        return False
    return qualifies(sentence, note.last + 1, anchor.first - 1)


_PREDICATES = frozenset({"intensity", "size", "level", "finding", "change"})
_NEXT = frozenset("the a an another that".split())


def _begins_another(words: Sequence[str]) -> bool:
    """Whether "and the" stands between: "the T6 mass was hypointense and the T10 mass hyperintense"."""
    return any(one in ("and", ",", "while", "whereas") and other in _NEXT for one, other in pairwise(words))


def points_to(note: Annotation, anchor: Anchor) -> bool:
    """Whether ``anchor`` follows ``note`` with a preposition: "enhancement of the mass"."""
    if anchor.first <= note.last:
        return False
    between = anchor.sentence.document.norms[note.last + 1 : anchor.first]
    if not between or "there" in between or between[:2] == ["in", "size"]:
        return False
    if between[0] not in _POINTING or (note.kind == "size" and between[:1] == ["in"]):
        return False
    if _begins_another([*between, anchor.sentence.document.norms[anchor.first]]):
        return False
    return len(between) <= 7 and not VERBS.intersection(between) and ";" not in between


def owner(note: Annotation, anchors: Sequence[Anchor], accepts: Callable[[Anchor], bool]) -> Anchor | None:
    """The anchor of the sentence that ``note`` is said of, or None if the sentence names none."""
    candidates = [anchor for anchor in anchors if accepts(anchor) and anchor.note is not note]
    clause = note.sentence.clause_of(note.first)
    following = [anchor for anchor in candidates if anchor.first > note.last]
    if following:
        next_one = following[0]
        if points_to(note, next_one) or (
            premodifies(note, next_one)
            and not _measures_another(note, next_one, candidates)
            and not _closes_item(note, candidates)
        ):
            return next_one
    preceding = [anchor for anchor in candidates if anchor.last < note.first or covers(anchor, note)]
    preceding += [anchor for anchor in candidates if anchor.kind == "bone_marrow" and _runs_into(note, anchor)]
    inside = [anchor for anchor in preceding if anchor.first >= clause[0]]
    if inside:
        return inside[-1]
    if preceding:
        return preceding[-1]
    near = [anchor for anchor in following if anchor.first <= clause[1] or note.kind == "change"]
    return near[0] if near else None


def _closes_item(note: Annotation, candidates: Sequence[Anchor]) -> bool:
    """Whether a change ends one item of a list: "lesion A larger, lesion B stable"."""
    norms = note.sentence.document.norms
    if note.kind != "change" or norms[note.last + 1 : note.last + 2] not in ([","], [";"]):
        return False
    return any(0 < note.first - a.last <= 5 and "," not in norms[a.last + 1 : note.first] for a in candidates)


_MEASURING = frozenset("of at is was measure measuring span spanning up to about approximately approx now =".split())


def _measures_another(note: Annotation, following: Anchor, candidates: Sequence[Anchor]) -> bool:
    """Whether a size is that of the noun right before it: "liver 18 cm, paraspinal mass 3 cm"."""
    sentence = note.sentence
    norms = sentence.document.norms
    if note.kind != "size" or {",", "and", "with"}.isdisjoint(norms[note.last + 1 : following.first]):
        return False
    levels = {index for level in sentence.of("level") for index in range(level.first, level.last + 1)}
    return any(
        anchor.last < note.first
        and all(norms[i] in _MEASURING or norms[i] == "," or i in levels for i in range(anchor.last + 1, note.first))
        for anchor in candidates
    )


def denied_at(level: Annotation, anchor: Anchor) -> bool:
    """Whether a denial stands between an anchor and a level, which excludes the level: "at T5, not at T9"."""
    if level.assertion is not Assertion.ABSENT:
        return False
    if level.excepted:
        return True  # "with the exception of T8, the cord is compressed"
    words = level.sentence.document.words
    return any(
        cue.kind == "negated" and words[anchor.last].end <= cue.start < words[level.first].start for cue in level.cues
    )


def _runs_into(note: Annotation, anchor: Anchor) -> bool:
    """Whether a phrase opens an anchor's: "no iron" in "no iron deposition in the marrow"."""
    return note.first < anchor.first <= note.last


def covers(anchor: Anchor, note: Annotation) -> bool:
    """Whether a phrase lies within an anchor."""
    return anchor.first <= note.first and note.last <= anchor.last


def by_position(anchors: Iterable[Anchor]) -> list[Anchor]:
    """Anchors in reading order."""
    return sorted(anchors, key=_place)


def _place(anchor: Anchor) -> tuple[int, int]:
    return anchor.first, anchor.last

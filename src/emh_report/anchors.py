"""The things of one sentence that something can be said of, and which phrase belongs to which.

An *anchor* is a lesion, a structure, an organ or a named finding. Levels, sizes, sides and signals are said
of one of them. Which one is decided by position alone, the way a reader does it: what stands directly before
a noun qualifies it ("T2 hyperintense mass"), what follows it with a preposition belongs to it ("mass at D5"),
what opens a sentence ("At T6-T7 the sac ... and the cord ...") belongs to everything after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

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


@dataclass(slots=True, eq=False)
class Anchor:
    """Something a phrase can belong to: words ``first`` to ``last`` of ``sentence``."""

    kind: str
    first: int
    last: int
    sentence: Sentence
    note: Annotation
    assertion: Assertion
    sites: list[Annotation] = field(default_factory=list)
    levels: list[Annotation] = field(default_factory=list)
    role: str = ""

    def __repr__(self) -> str:
        return f"<{self.kind} {self.first}-{self.last} {self.assertion.value} {[s.concept for s in self.sites]}>"


def qualifies(sentence: Sentence, first: int, last: int) -> bool:
    """Whether words ``first`` to ``last`` may stand between an adjective and its noun."""
    known = {
        index
        for note in sentence.annotations
        if note.kind in ("modifier", "intensity", "sequence", "site", "change", "size", "finding", "level", "emh")
        for index in range(note.first, note.last + 1)
    }
    norms = sentence.document.norms
    return all(
        index in known or norms[index] in FILLERS or norms[index].endswith("ly") for index in range(first, last + 1)
    )


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
    return qualifies(sentence, note.last + 1, anchor.first - 1)


def points_to(note: Annotation, anchor: Anchor) -> bool:
    """Whether ``anchor`` follows ``note`` with a preposition: "enhancement of the mass"."""
    if anchor.first <= note.last:
        return False
    between = anchor.sentence.document.norms[note.last + 1 : anchor.first]
    if not between or between[0] not in _POINTING:
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
    preceding = [anchor for anchor in candidates if anchor.last < note.first or _covers(anchor, note)]
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
        and all(norms[i] in _MEASURING or i in levels for i in range(anchor.last + 1, note.first))
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


def _covers(anchor: Anchor, note: Annotation) -> bool:
    return anchor.first <= note.first and note.last <= anchor.last


def attach_levels(sentence: Sentence, anchors: Sequence[Anchor]) -> list[Annotation]:
    """Give every level of the sentence to its anchor; returns the levels that belong to none."""
    loose: list[Annotation] = []
    fronted: list[Annotation] = []
    norms = sentence.document.norms
    for level in sentence.of("level"):
        if getattr(level.value, "vague", None):
            continue
        if _shrunk_from(level):
            level.assertion = Assertion.HISTORICAL
        clause = sentence.clause_of(level.first)
        following = [anchor for anchor in anchors if anchor.first > level.last]
        preceding = [anchor for anchor in anchors if anchor.last < level.first or _covers(anchor, level)]
        # the last to end: "the cord is draped over the mass and flattened at T6"
        # and one that has ended before one still open: "cord free at T5, compressed at T9"
        inside = sorted((a for a in preceding if a.last >= clause[0]), key=lambda a: (a.last < level.first, a.last))
        before = norms[level.first - 1] if level.first > sentence.first else ""
        premodifying = before not in PREPOSITIONS and following and premodifies(level, following[0])
        if premodifying and not _closes_phrase(level, following[0], preceding):
            following[0].levels.append(level)
        elif inside:
            for anchor in _coordinated(sentence, inside, level):
                anchor.levels.append(level)
        elif following and (not preceding or (_opens(sentence, level, clause[0]) and following[0].first <= clause[1])):
            fronted.append(level)
        elif preceding:
            if is_clear(sentence, level, preceding[-1].levels):
                level.assertion, level.excepted = Assertion.ABSENT, True
            preceding[-1].levels.append(level)
        else:
            loose.append(level)
    for level in fronted:
        clause = sentence.clause_of(level.first)
        # "at T3-T4 and again at T11 the cord is compressed": more levels may open one statement
        out = level.excepted and level.assertion is Assertion.ABSENT  # "with the exception of T8, …"
        free = [a for a in anchors if a.first > level.last and (out or all(note in fronted for note in a.levels))]
        scope = [anchor for anchor in free if _same_statement(sentence, level, anchor)]
        for anchor in scope:
            anchor.levels.append(level)
        if not scope:
            loose.append(level)
    return loose


_JOINING = frozenset({",", "and", "with", "&"})


def _closes_phrase(level: Annotation, following: Anchor, preceding: Sequence[Anchor]) -> bool:
    """Whether a level ends the phrase before a comma: "epidural mass T8-T10, cord compression at T9".

    Nor does one qualify a pronoun: "masses, T8-T10, the largest on the left".
    """
    norms = level.sentence.document.norms
    if _JOINING.isdisjoint(norms[level.last + 1 : following.first]):
        return False
    return following.role == "pronoun" or any(anchor.last == level.first - 1 for anchor in preceding)


_CLEAR = frozenset("clear free normal spared uninvolved unaffected".split())
_UP_TO_CLEAR = frozenset("is are level remain appear and , itself".split())


def is_clear(sentence: Sentence, level: Annotation, taken: Sequence[Annotation]) -> bool:
    """Whether it is said of a level that nothing is there: "cord compression at T8; T4 is clear".

    Not of one that is among those ``taken``, nor of a part: "T8; the T8 vertebra is normal".
    """
    norms = sentence.document.norms
    if any(note.value == level.value for note in taken):
        return False
    levels = {index for note in sentence.of("level") for index in range(note.first, note.last + 1)}
    at = level.last + 1
    while at < sentence.last and (norms[at] in _UP_TO_CLEAR or at in levels):
        at += 1
    ends = norms[at + 1 : at + 2] in ([], ["."], [","], [";"]) or at == sentence.last
    return at <= sentence.last and norms[at] in _CLEAR and ends


def _shrunk_from(level: Annotation) -> bool:
    """Whether a range is what an extent was before: "from D3-D8 to D4-D6"."""
    norms = level.sentence.document.norms
    later = next((other for other in level.sentence.of("level") if other.first > level.last), None)
    joined = getattr(level.value, "joined", False) and later is not None and getattr(later.value, "joined", False)
    return bool(joined and later and norms[level.first - 1] == "from" and norms[level.last + 1 : later.first] == ["to"])


_OPENERS = frozenset(
    "; , while whereas where at from the level of and in between opposite there however but also "
    "with exception except apart aside save neither nor then similarly again on : ( both vertebral disc".split()
)


def _opens(sentence: Sentence, level: Annotation, start: int) -> bool:
    """Whether a level opens its clause, with no more than a preposition before it: "At T6-T7 the cord"."""
    others = {index for note in sentence.of("level") for index in range(note.first, note.last + 1)}
    return all(index in others or sentence.document.norms[index] in _OPENERS for index in range(start, level.first))


_NARROWED = frozenset({"compression", "canal", "foramen", "contact", "sac", "csf", "cord_signal"})


def _coordinated(sentence: Sentence, anchors: Sequence[Anchor], level: Annotation) -> list[Anchor]:
    """The last anchor, and those that share its level: "canal stenosis and cord contact at T4/T5"."""
    chain = [anchors[-1]]
    for anchor in reversed(anchors[:-1]):
        gap = sentence.document.norms[anchor.last + 1 : chain[-1].first]
        if "by" in gap[:9] and chain[-1].kind == LESION and anchor.kind in _NARROWED and not anchor.levels:
            same = [a for a in anchors if a.first == anchor.first and a.kind in _NARROWED and not a.levels]
            chain.extend(same)  # "the cord is effaced and pushed by a mass at T12"
            break
        if (
            gap[:1] == ["with"]
            and anchor.kind == LESION
            and not anchor.levels
            and getattr(level.value, "joined", False)
            and len(gap) <= 4
        ):
            chain.append(anchor)  # "deposits with cord compression from T2 to T9"
            break
        joined = (
            bool(gap)
            and ("and" in gap or gap[0] == "with")
            and qualifies(sentence, anchor.last + 1, chain[-1].first - 1)
        )
        if not joined or anchor.levels or not {anchor.kind, chain[-1].kind} <= _NARROWED:
            break
        chain.append(anchor)
    return chain


def _same_statement(sentence: Sentence, level: Annotation, anchor: Anchor) -> bool:
    """Whether no other level opens a statement between a fronted one and an anchor: "At T6 and at T9 the"."""
    norms = sentence.document.norms
    previous = level
    for other in sentence.of("level"):
        if level.last < other.first < anchor.first:
            if any(
                word not in ("and", "at", ",", "level", "or", "also", "&", "again")
                for word in norms[previous.last + 1 : other.first]
            ):
                return False
            previous = other
    return ";" not in norms[level.last : anchor.first]


def by_position(anchors: Iterable[Anchor]) -> list[Anchor]:
    """Anchors in reading order."""
    return sorted(anchors, key=lambda anchor: (anchor.first, anchor.last))

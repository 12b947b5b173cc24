"""Levels of a sentence → the anchor each of them is said of. Second half of anchors.py."""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.anchors import LESION, PREPOSITIONS, Anchor, covers, premodifies, qualifies
from emh_report.document import Annotation, Sentence
from emh_report.model import TODAY, Assertion
from emh_report.needs import needs


@needs("level", otherwise=list)
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
        preceding = [anchor for anchor in anchors if anchor.last < level.first or covers(anchor, level)]
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
        elif preceding and _answers_label(level, preceding[-1]):
            preceding[-1].levels.append(level)
        elif following and (not preceding or (_opens(sentence, level, clause[0]) and following[0].first <= clause[1])):
            fronted.append(level)
        elif preceding:
            before_it = preceding[-1]
            if _states(before_it) and is_clear(sentence, level, before_it.levels):
                level.leave_out()
            before_it.levels.append(level)
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


def _answers_label(level: Annotation, anchor: Anchor) -> bool:
    """Whether a level is what a label asks for: "Epidural mass: L4-L5, thecal sac displaced"."""
    sentence = level.sentence
    if sentence.label is None or anchor.kind != LESION or anchor.last > sentence.label[1]:
        return False
    return level.first == sentence.label[1] + 1 and sentence.norms(level.last + 1, level.last + 1) in ([","], [";"])


_JOINING = frozenset({",", "and", "with", "&"})


def _closes_phrase(level: Annotation, following: Anchor, preceding: Sequence[Anchor]) -> bool:
    """Whether a level ends the phrase before a comma: "epidural mass T8-T10, cord compression at T9".

    Nor does one qualify a pronoun: "masses, T8-T10, the largest on the left".
    """
    norms = level.sentence.document.norms
    behind = any(anchor.last == level.first - 1 and anchor.kind == LESION for anchor in preceding)
    if behind and following.first == level.last + 1 and norms[following.first].endswith(("ing", "ed")):
        return True  # "epidural component T7-T9 indenting the sac"
    if _JOINING.isdisjoint(norms[level.last + 1 : following.first]):
        return False
    enclosed = (
        norms[level.first - 1] == "," and norms[level.last + 1] == ","
    )  # "paravertebral mass, T5-T9, epidural mass"
    start = level.first - 1 - (norms[level.first - 1] in ("(", ":") or enclosed)
    ends = {anchor.last for anchor in preceding} | {note.last for note in level.sentence.of("emh")}
    return following.role == "pronoun" or start in ends


def _states(anchor: Anchor) -> bool:
    """Whether an anchor says that something is there, so that a level can be left out of it."""
    return anchor.assertion in TODAY and not anchor.kind.endswith("_normal")


_CLEAR = frozenset("clear free normal spared uninvolved unaffected".split())
_UP_TO_CLEAR = frozenset("is are level remain appear and , : itself".split())


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
    "with exception except apart aside save neither nor then similarly again on : ( both vertebral disc "
    "is are was were".split()
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

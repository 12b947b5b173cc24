"""Exceptions to a statement: "no compression except at D5", "apart from T7, the cord is not compressed"."""

from __future__ import annotations

from emh_report.cues import CueSpan
from emh_report.document import Annotation, Sentence


def except_levels(
    sentence: Sentence,
    target: Annotation,
    targets: list[Annotation],
    active: list[CueSpan],
    exceptions: list[CueSpan],
) -> None:
    """Mark a phrase that an exception takes out of a denial, or deny a level that one takes out of a statement."""
    for cue in exceptions:
        if cue.last < target.first and any(
            other.entry.category in ("negated", "resolved") and other.first < cue.first for other in active
        ):
            target.excepted = True
        elif target.kind == "level" and _fronts(sentence, cue, targets, target):
            if _denies(cue, sentence, targets, active):
                target.excepted = True
            else:
                target.leave_out()


def _fronts(sentence: Sentence, cue: CueSpan, targets: list[Annotation], level: Annotation) -> bool:
    """Whether an exception of levels only opens the sentence: "Apart from T7, the cord is not compressed"."""
    clause = sentence.clause_of(cue.first)
    opens = cue.first == sentence.first and clause[1] < sentence.last
    only = all(note.kind == "level" for note in targets if clause[0] <= note.first <= clause[1])
    if not {"where", "which"}.isdisjoint(sentence.norms(clause[1] + 1, clause[1] + 2)):
        return False  # "apart from T5, where the cord is compressed"
    return opens and only and clause[0] <= level.first <= clause[1]


def _denies(cue: CueSpan, sentence: Sentence, targets: list[Annotation], active: list[CueSpan]) -> bool:
    """Whether what the exception is made of is denied: "the cord is not compressed", "the cord is free"."""
    clause = sentence.clause_of(cue.first)
    denied = any(other.entry.category == "negated" and other.first > clause[1] for other in active)
    free = any(note.means.get("effect") == "preserved" and note.first > clause[1] for note in targets)
    return denied or free


_ANSWERS = frozenset("no none nil absent negative clear free".split())
_OTHERS = frozenset("finding effect lesion emh site structure organ bone_marrow".split())
"""Kinds of phrases behind the first level that the next level may be of."""
_PIECE_ENDS = frozenset(", ; . / )".split())
_AT = frozenset("at in on".split())


_YES = frozenset("mild moderate severe marked minimal slight present yes".split())


def _affirms(sentence: Sentence, levels: list[Annotation]) -> bool:
    """Whether some level has a yes or a degree right before it: "none at T4, mild at T5"."""
    norms = sentence.document.norms
    return any(norms[level.first - 2] in _YES and norms[level.first - 1] in _AT for level in levels)


def answered_levels(sentence: Sentence, targets: list[Annotation], active: list[CueSpan]) -> list[CueSpan]:
    """The denials that are of one level among others: "cord compression: T4 mild, T5 severe, T6 none"; they deny it.

    Where every level is denied, the denials are of the finding.
    """
    levels = [target for target in targets if target.kind == "level"]
    if len(levels) < 2 or any(target.kind in _OTHERS and target.first > levels[0].last for target in targets):
        return []
    norms = sentence.document.norms
    denied: dict[int, CueSpan] = {}
    for cue in active:
        if cue.entry.category != "negated" or _ANSWERS.isdisjoint((norms[cue.first], norms[cue.last])):
            continue
        after = norms[cue.last + 1] if cue.last < sentence.last else "."
        for index, level in enumerate(levels):
            before = cue.first - level.last
            answers = before == 1 or (before == 2 and norms[cue.first - 1] in (":", "-", "=", "("))
            ahead = level.first - cue.last == 2 and after in _AT
            opens = norms[cue.first - 1] in (",", ";", "but", "and") or (
                norms[cue.first - 1] == ":" and _affirms(sentence, levels)
            )
            if (answers and cue.first == cue.last and after in _PIECE_ENDS) or (ahead and opens):
                denied[index] = cue
    if not denied or len(denied) == len(levels):
        return []
    for index in denied:
        levels[index].leave_out()
    return list(denied.values())

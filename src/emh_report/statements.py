"""A sentence → the statements in it, each with advice of its own; their conditions and denials.

"Biopsy is not recommended and urgent MRI is advised" is two statements, "biopsy and MRI are advised" is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from emh_report.advising import ADJECTIVES, BREAKS, Predicate, conditions, cues, predicates
from emh_report.document import Annotation, Sentence

Span = tuple[int, int]
UNITS_OF_TIME = frozenset("day week wk month mth mo year yr hour hr weekly monthly yearly".split())
_HARD = BREAKS | {";", "|"}
_GIVE = frozenset("be been being was were is are not".split())
"""Before "given" they make it a verb: "should be given", not "given the findings"."""
_SOFT = frozenset({",", "and", "&", "("})
_CLOSE = frozenset({",", ":", "then", "-"})
_OPENING = 4
"""Words before a condition that may still open the sentence: an item number, "and"."""
_LONGEST_DENIAL = 6


class Statements:
    """The statements of one sentence about the procedures ``targets``."""

    def __init__(self, sentence: Sentence, targets: Sequence[Annotation]) -> None:
        self._sentence = sentence
        self._norms = sentence.document.norms
        self._targets = targets
        self._predicates = list(predicates(sentence, targets))
        self._conditions = conditions(sentence)
        self._units = self._split()

    def _unit(self, target: Annotation) -> Span:
        return next(unit for unit in self._units if unit[0] <= target.first <= unit[1])

    def _split(self) -> list[Span]:
        """Cut at ";" and "but", and at a comma or "and" that has advice of its own on either side."""
        first, last = self._sentence.first, self._sentence.last
        cut = not _HARD.isdisjoint(self._sentence.vocabulary)
        hard = [
            index
            for index in (range(first + 1, last + 1) if cut else ())
            if self._norms[index] in _HARD and not (self._norms[index] == "given" and self._norms[index - 1] in _GIVE)
        ]
        units: list[Span] = []
        several = len(self._targets) > 1
        for begin, after in pairwise([first, *hard, last + 1]):
            start = begin
            for index in range(begin + 1, after - 1) if several else ():
                parts = (start, index - 1), (index + 1, after - 1)
                if self._norms[index] in _SOFT and all(self._decides(part) for part in parts):
                    units.append(parts[0])
                    start = index
            units.append((start, after - 1))
        return units

    def _decides(self, span: Span) -> bool:
        """Whether a statement stands there: a procedure outside any condition, with advice on it."""
        opened = [start for start, _ in self._conditions if span[0] <= start <= span[1]]
        clauses = [(start, self._close(start, span[1])) for start in opened]
        targets = [target for target in self._targets if within(target, span)]
        held = [each for each in targets if not any(start < each.first <= stop for start, stop in clauses)]
        if not held:
            return False
        if (
            opened
            or self._cues("open", span)
            or any(predicate.value and within(predicate, span) for predicate in self._predicates)
        ):
            return True
        timed = not UNITS_OF_TIME.isdisjoint(self._norms[span[0] : span[1] + 1])
        return timed or any(self._is_denied(target, span) for target in held)

    def _close(self, start: int, limit: int) -> int:
        """The last word of the condition that opens at ``start``."""
        return next((i - 1 for i in range(start + 1, limit + 1) if self._norms[i] in _CLOSE), limit)

    def _condition(self, target: Annotation, unit: Span) -> Span | None:
        """The condition that bears on ``target``, or that holds it."""
        for start, end in self._conditions:
            held = unit[0] <= start and end <= unit[1]
            if not held and not self._leads(start, unit):
                continue
            limit = unit[1] if held else unit[0] - 1
            stop = self._close(end, limit)
            if start < target.first <= stop and stop == limit and not self._trails(start, unit):
                stop = target.first - 1
            return (start, stop)
        return None

    def _leads(self, start: int, unit: Span) -> bool:
        """Whether a condition opens the sentence, and so bears on all its statements."""
        opens = start < unit[0] and start - self._sentence.first <= _OPENING
        return opens and ";" not in self._norms[start : unit[0] + 1]

    def _trails(self, start: int, unit: Span) -> bool:
        """Whether what depends on a condition stands before it."""
        before = (unit[0], start - 1)
        said = any(predicate.value and within(predicate, before) for predicate in self._predicates)
        return said or any(within(target, before) for target in self._targets)

    def _is_denied(self, target: Annotation, unit: Span) -> bool:
        """Whether "no" stands directly before it, with nothing but adjectives between."""
        listed: set[int] | None = None
        for predicate in self._predicates:
            if predicate.value or not within(predicate, unit) or predicate.last >= target.first:
                continue
            gap = range(predicate.last + 1, target.first)
            if predicate.far and not _SOFT.intersection(self._norms[gap.start : gap.stop]):
                return True
            if listed is None:
                listed = {index for other in self._targets for index in range(other.first, other.last + 1)}
            if len(gap) <= _LONGEST_DENIAL and all(self._norms[i] in ADJECTIVES or i in listed for i in gap):
                return True
        return False

    def _cues(self, group: str, unit: Span) -> list[Annotation]:
        return [cue for cue in cues(self._sentence, group) if within(cue, unit)]


def within(note: Annotation | Predicate, span: Span) -> bool:
    """Whether all words of ``note`` lie in ``span``."""
    return span[0] <= note.first and note.last <= span[1]

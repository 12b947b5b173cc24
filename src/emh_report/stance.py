"""What a sentence advises about a procedure it names: for, against, on a condition, later, or already done.

Composed, not looked up: a predicate (advising.py) says something of the nearest procedure that no other
procedure stands before. Assertion.py is not asked: "not recommended" denies the advice, not the thing.
"""

from __future__ import annotations

from dataclasses import dataclass

from emh_report.advising import ADJECTIVES, NO_PROCEDURE, TURNS, VERBS, Predicate
from emh_report.document import Annotation
from emh_report.model import BiopsyStatus
from emh_report.statements import UNITS_OF_TIME, Span, Statements, within

_NOT_OBJECT = frozenset(
    "on by at in from with without as than since till until after before because due pending when".split()
)
_TAKES_WITH = frozenset({"correlate", "proceed", "proceeding", "continue"})
_PREPOSITIONS = frozenset(
    "on than since in from of at via per under during compared after following pending until till".split()
)
_SEEN_ON = frozenset("on than since during compared".split())
_TALKS = frozenset(
    "discussion discuss discussed review referral consultation assessment evaluation presentation".split()
)
_DETERMINERS = frozenset("the a an this that her his spinal local regional previous prior last recent".split())
_LIST = frozenset({",", "and", "&", "/", "or", "with", "+", "then", "-", "followed"})
_NOT_LIST = frozenset({"to", "before", "as", "because", "that", "which", "if", "after"})
_COMING = frozenset("in after at within every next later follow".split())
_GONE = frozenset({"ago", "past", "last", "since", "for", "old", "previous"})
_YEARLY = frozenset("annual annually yearly six-monthly".split())
_FINITE = VERBS | frozenset("would may can could show demonstrate reveal suggest do does feel".split())
_NUMBERS = frozenset("two three four five six seven eight nine ten twelve eighteen".split())
_PREFERRED = [[word, than] for word in ("preferred", "preferable") for than in ("to", "over")]
_ADDING = frozenset({"and", ",", "so", "hence", "therefore"})
_REACH = 14


@dataclass(frozen=True, slots=True)
class Stance:
    """What is advised; an ``aside`` names the procedure only in passing and yields to anything else."""

    status: BiopsyStatus
    first: int
    last: int
    condition: Span | None = None
    weak: bool = False
    aside: bool = False


class Advice(Statements):
    """One sentence, ready to be asked about each of its procedures."""

    def stance(self, target: Annotation, *, bare: bool) -> Stance | None:
        """What is said of ``target``; with ``bare``, its name alone is advice, as under "Advice:"."""
        unit = self._unit(target)
        after = self._norms[target.last + 1 : target.last + 2]
        if self._is_open(target, unit) or NO_PROCEDURE.intersection(after):
            return None
        if "?" in self._norms[target.last + 1 : self._sentence.last + 1]:
            return self._answered(target)
        if self._led_by("rather", target, unit):
            return self._made(target, BiopsyStatus.NOT_RECOMMENDED, aside=target.kind != "biopsy")
        clause = self._condition(target, unit)
        if clause and clause[0] <= target.first <= clause[1]:
            return self._inside(target, clause)
        predicate = self._governing(target, unit, clause)
        if self._led_by("before", target, unit):
            deferred = predicate and predicate.value in ("against", "defer")
            return self._made(target, BiopsyStatus.DEFERRED, aside=not deferred)
        denied = self._is_denied(target, unit)
        if predicate:
            status = _status(predicate, denied)
        else:
            status = self._unsaid(target, unit, bare=bare or clause is not None, denied=denied)
        if status in (BiopsyStatus.RECOMMENDED, BiopsyStatus.NOT_RECOMMENDED) and clause:
            return self._made(target, BiopsyStatus.CONDITIONAL, predicate, clause)
        if status is BiopsyStatus.NOT_RECOMMENDED and self._waits(target, unit):
            status = BiopsyStatus.DEFERRED
        return self._made(target, status, predicate) if status else None

    def _answered(self, target: Annotation) -> Stance | None:
        """What a question comes to: "Is a biopsy needed? No."; nothing without its answer."""
        mark = self._norms.index("?", target.last)
        reply = self._norms[mark + 1 : min(mark + 2, self._sentence.last + 1)]
        if reply == ["yes"]:
            return self._made(target, BiopsyStatus.RECOMMENDED)
        return self._made(target, BiopsyStatus.NOT_RECOMMENDED) if reply and reply[0] in ("no", "none") else None

    def is_denied(self, target: Annotation) -> bool:
        """Whether it is said not to exist or not to have been done: "no prior biopsy"."""
        unit = self._unit(target)
        predicate = self._governing(target, unit, None)
        undone = predicate is not None and predicate.value == "done" and predicate.negated
        return undone or self._is_denied(target, unit)

    def is_fragment(self, target: Annotation) -> bool:
        """Whether the statement is no more than the procedure with what qualifies it: "Short-interval CT"."""
        sentence, unit = self._sentence, self._unit(target)
        label = sentence.label[1] + 1 if sentence.label and sentence.label[1] < target.first else unit[0]
        start = max(label, unit[0])
        while start < target.first and not self._norms[start][0].isalpha():
            start += 1
        said = _FINITE.intersection(self._norms[start : unit[1] + 1])
        told = any(
            p.value and (p.value != "done" or p.first <= target.last + 3) and within(p, unit) for p in self._predicates
        )
        return target.first - start <= 4 and unit[1] - start < _REACH and not said and not told

    def is_scheduled(self, target: Annotation) -> bool:
        """Whether a coming time stands beside the procedure ("in 6 months", "3 monthly")."""
        first, last = self._unit(target)
        words = self._norms
        for index in range(first, last + 1):
            if words[index] in _YEARLY:
                return True
            if (
                words[index] == "/"
                and words[index + 1 : index + 2] in (["12"], ["52"])
                and words[index - 1].isdecimal()
            ):
                return True  # "MRI 6/12": in six months
            if words[index] not in UNITS_OF_TIME or _GONE.intersection(words[max(first, index - 3) : index + 3]):
                continue
            lead = _COMING.intersection([*words[max(first, index - 5) : index], *words[index + 1 : index + 2]])
            gap = index - target.last if index > target.last else target.first - index
            if gap <= (12 if lead else 3):
                return True
        return False

    def _is_open(self, target: Annotation, unit: Span) -> bool:
        """Whether it is left open: "whether biopsy is needed", "biopsy declined"."""
        near = self._cues("open", unit)
        return any(cue.first < target.first or cue.first - target.last <= 3 for cue in near)

    def _led_by(self, group: str, target: Annotation, unit: Span) -> bool:
        """Whether such words stand directly before it: "rather than biopsy", "before any biopsy"."""
        leads = self._cues(group, unit)
        if group == "rather":
            leads += [cue for cue in self._cues("for", unit) if self._norms[cue.first : cue.last + 2] in _PREFERRED]
        for cue in leads:
            gap = (cue.last + 1, target.first - 1)
            between = any(within(other, gap) for other in self._targets)
            if 0 < target.first - cue.last <= 5 and not between:
                return "," not in self._norms[gap[0] : target.first]
        return False

    def _inside(self, target: Annotation, clause: Span) -> Stance | None:
        """Named within a condition: "if biopsy is contemplated, …", "if it grows on MRI in 6 months, …"."""
        if target.kind != "biopsy":
            return self._made(target, BiopsyStatus.RECOMMENDED) if self.is_scheduled(target) else None
        planned = any(p.value == "for" and not p.negated and within(p, clause) for p in self._predicates)
        return self._made(target, BiopsyStatus.CONDITIONAL, aside=True) if planned else None

    def _governing(self, target: Annotation, unit: Span, clause: Span | None) -> Predicate | None:
        """The nearest predicate that can be about ``target``, or one that takes it back."""
        found: list[tuple[int, Predicate]] = []
        for predicate in self._predicates:
            if predicate.value is None or not within(predicate, unit) or (clause and within(predicate, clause)):
                continue
            if predicate.value == "for" and "had been" in " ".join(self._norms[predicate.first - 2 : predicate.last]):
                continue  # "the biopsy that had been scheduled was cancelled"
            distance = self._distance(predicate, target)
            if distance is not None:
                found.append((distance, predicate))
        if following := self._following(unit, bool(found)):
            return following
        if not found:
            return None
        nearest = min(reversed(found), key=lambda pair: pair[0])[1]
        if nearest.value == "for" and nearest.last == target.first - 1:
            undone = [each for _, each in found if each.first > target.last and each.value in ("defer", "against")]
            nearest = undone[0] if undone else nearest  # "the planned biopsy has been deferred"
        added = [each for _, each in found if each.first > max(nearest.last, target.last) and self._is_added(each)]
        return added[-1] if added else nearest

    def _is_added(self, predicate: Predicate) -> bool:
        """Whether it goes on from a predicate before it: "is high risk and not advised"."""
        index = predicate.first - 1
        while self._norms[index] in VERBS:
            index -= 1
        return self._norms[index] in _ADDING and predicate.value != "done"

    def _following(self, unit: Span, said: bool) -> Predicate | None:
        """A predicate that opens the next statement, which names no procedure: "…; should be discussed"."""
        position = self._units.index(unit) + 1
        if position == len(self._units):
            return None
        first, last = self._units[position]
        opener = self._norms[first]
        if any(within(target, (first, last)) for target in self._targets) or (said and opener not in TURNS):
            return None
        near = (p for p in self._predicates if p.value not in (None, "done") and first < p.first <= first + 3)
        return next(near, None) if opener in TURNS or opener == ";" else None

    def _distance(self, predicate: Predicate, target: Annotation) -> int | None:
        """Words between them; None where the predicate cannot be about the target."""
        if predicate.first <= target.last and target.first <= predicate.last:
            return 0
        ahead = predicate.last < target.first
        gap = (predicate.last + 1, target.first - 1) if ahead else (target.last + 1, predicate.first - 1)
        words = self._norms[gap[0] : gap[1] + 1]
        if len(words) > _REACH or self._is_blocked(gap):
            return None
        if ahead:
            with_object = self._norms[predicate.last] in _TAKES_WITH and words[:1] == ["with"]
            astray = bool(words) and words[0] in _NOT_OBJECT and not with_object
            astray |= bool(words) and self._is_object(target, _SEEN_ON)
            return None if astray or VERBS.intersection(words) else len(words)
        added = words[:1] and words[0] in VERBS and self._is_added(predicate)
        if VERBS.intersection(words[1:-3] if added else words[:-3]):
            return None
        return None if predicate.value != "done" and self._is_object(target) else len(words)

    def _is_blocked(self, gap: Span) -> bool:
        """Whether another procedure stands between, other than in a list."""
        others = [each for each in self._targets if within(each, gap) and not self._is_occasion(each, gap)]
        if not others:
            return False
        named = {index for target in others for index in range(target.first, target.last + 1)}
        rest = [self._norms[i] for i in range(gap[0], gap[1] + 1) if i not in named and not self._is_range(i)]
        return bool(_NOT_LIST.intersection(rest)) or not _LIST.intersection(rest)

    def _is_occasion(self, target: Annotation, gap: Span) -> bool:
        """Whether it only says when: "biopsy at the time of decompression is recommended"."""
        before = self._norms[max(gap[0], target.first - 3) : target.first]
        return before[-1:] == ["during"] or (before[-1:] == ["of"] and "time" in before)

    def _is_range(self, index: int) -> bool:
        """Whether "to" joins numbers: "in four to six weeks"."""
        following = self._norms[index + 1]
        return self._norms[index] == "to" and (following.isdigit() or following in _NUMBERS)

    def _is_object(self, target: Annotation, prepositions: frozenset[str] = _PREPOSITIONS) -> bool:
        """Whether a preposition governs it: "on follow-up MRI", but not "discussion at the MDT"."""
        index = target.first - 1
        while index > self._sentence.first and self._norms[index] not in prepositions:
            if self._norms[index] not in ADJECTIVES and self._norms[index] not in _DETERMINERS:
                return False
            index -= 1
        if index < self._sentence.first or self._norms[index] not in prepositions:
            return False
        return index == self._sentence.first or self._norms[index - 1] not in _TALKS

    def _unsaid(self, target: Annotation, unit: Span, *, bare: bool, denied: bool) -> BiopsyStatus | None:
        """The status where no advising word stands: a denial, a condition, a heading or a year may say it."""
        if "bare" in target.means:
            return None
        if denied:
            return BiopsyStatus.NOT_RECOMMENDED
        if bare and not self._is_object(target):
            return BiopsyStatus.RECOMMENDED
        if target.kind == "biopsy" and self._is_result(target):
            return BiopsyStatus.PERFORMED
        following = self._norms[target.last + 1 : min(target.last + 6, unit[1] + 1)]
        dated = any(word.isdigit() and len(word) == 4 and word[:2] in ("19", "20") for word in following)
        return BiopsyStatus.PERFORMED if target.kind == "biopsy" and dated else None

    def _is_result(self, target: Annotation) -> bool:
        """Whether a colon gives its result: "Biopsy of the mass: extramedullary hematopoiesis"."""
        for index in range(target.last + 1, min(target.last + 8, self._sentence.last) + 1):
            if self._norms[index] == ":":
                found = [note for note in self._sentence.of("emh", "differential") if note.first > index]
                return bool(found) and not any(cue.kind == "hypothetical" for cue in found[0].cues)
        return False

    def _waits(self, target: Annotation, unit: Span) -> bool:
        return any(cue.first > target.first for cue in self._cues("until", unit))

    def _made(
        self, target: Annotation, status: BiopsyStatus, predicate: Predicate | None = None,
        clause: Span | None = None, *, aside: bool = False,
    ) -> Stance:  # fmt: skip
        spans = [(target.first, target.last)]
        spans += [(predicate.first, predicate.last)] if predicate else []
        spans += [clause] if clause else []
        first, last = min(span[0] for span in spans), max(span[1] for span in spans)
        return Stance(status, first, last, clause, bool(predicate and predicate.weak), aside)


def _status(predicate: Predicate, denied: bool) -> BiopsyStatus | None:
    if predicate.value == "for":
        against = predicate.negated != denied
        return BiopsyStatus.NOT_RECOMMENDED if against else BiopsyStatus.RECOMMENDED
    if predicate.value == "against" and predicate.open and predicate.negated:
        return None
    if predicate.value == "against":
        return BiopsyStatus.RECOMMENDED if predicate.negated else BiopsyStatus.NOT_RECOMMENDED
    if predicate.value == "defer":
        return BiopsyStatus.RECOMMENDED if predicate.negated else BiopsyStatus.DEFERRED
    return None if predicate.negated or denied else BiopsyStatus.PERFORMED

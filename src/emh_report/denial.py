"""How far a denial reaches where no verb says so: lists, run-on lines, presupposed things.

assertion.py cuts a sentence at verbs, full clauses and stop words. Notes of the ward hold few of them ("no
chest pain, no edema, mild rash on trunk"), so here a comma also ends a denial if what follows it looks like a
statement of its own; and a denied noun's complement is not denied ("no relief of his pain").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from emh_report.document import Annotation, Sentence

if TYPE_CHECKING:
    from emh_report.cues import CueSpan, Grammar

Span = tuple[int, int]

_SEPARATORS = frozenset({",", "and", "&"})
_LISTERS = frozenset({"or", "nor"})
_NOT_SUBJECTS = frozenset(
    "modifier intensity sequence level size quantity reference structure site change effect body_region modality "
    "cord_word weight timepoint advice_cue urgency organ_state communication study_word treatment_cue organ answer "
    "contrast recommendation iron_sequence".split()
)
_OPENERS = frozenset("only just trace copious occasional rare scattered positive nonspecific old some + but".split())
"""Words with which a positive item starts, besides ``positive_start`` of the grammar."""
_SHOWING = frozenset(
    "supporting suggesting indicating confirming reflecting representing making raising requiring".split()
)
_PEOPLE = frozenset(
    "he she they we i pt patient baby infant child mother father wife husband son daughter family".split()
)
_VERBS = frozenset(
    "became become developed continue continued underwent received presented began started complained stated returned "
    "tolerated improved required persist resting ambulate came went admitted appear seem look get got take took "
    "voiding ambulating eating drinking taking feeding doing moving sleeping playing responding healing walking "
    "sitting lying".split()
)
_STATES = frozenset(
    "stable intact soft clear normal symmetric symmetrical nontender non supple unremarkable patent equal reactive "
    "regular resting alert ok okay well benign controlled improved improving unchanged thickened negative positive "
    "nl wnl ntnd tolerating pending dry warm moist midline closed open full good fine adequate strong "
    "preserved healed".split()
)
_PLACE = frozenset("in at on over to within throughout along around about".split())
_OCCASIONS = frozenset(
    "exertion palpation percussion movement motion inspiration expiration standing exam examination auscultation "
    "admission discharge time present inspection imaging ct mri film ultrasound today ambulation".split()
)
_REPORTS = frozenset(
    "c/o complains complaining complained reports reported admits admitted endorses endorsed states "
    "relates describes".split()
)
_BEFORE_PERSON = frozenset("the this a by in per for of to with from our said that told each any".split())
_NOT_TELLING = frozenset("or and no any of further other was were been are is".split())
_CAUSES = (("due", "to"), ("secondary", "to"), ("owing", "to"), ("attributed", "to"))
_HAS = frozenset("has had is was presents presented developed came underwent remains".split())
_DETERMINERS = frozenset("the his her their its this these my our".split())
_PRONOUNS = frozenset("he she it they we there".split())

_WITHIN = frozenset("in of from around over at within on under near along beneath about surrounding involving".split())


def breaks(
    sentence: Sentence, cues: Sequence[CueSpan], targets: Sequence[Annotation], starts: Sequence[int], grammar: Grammar
) -> set[int]:
    """Words at which a denial ends, besides the ``starts`` of clauses that are known already."""
    denials = [cue for cue in cues if cue.entry.category == "negated" and cue.entry.direction != "after"]
    if not denials:
        return set()
    found: set[int] = set()
    things = [note for note in targets if note.kind not in _NOT_SUBJECTS]
    for position, cue in enumerate(denials):
        if cue.entry.means.get("reach") == "next":
            continue
        limits = [start for start in starts if start > cue.last]
        limits += [other.first for other in denials[position + 1 :]]
        reader = _Denial(sentence, cue, cues, min(limits, default=sentence.last + 1) - 1, things, grammar)
        single = _one_each(sentence, denials, position)
        found.update(reader.ends(single))
    return found


class _Denial:
    """One denial and the words it could reach."""

    def __init__(
        self,
        sentence: Sentence,
        cue: CueSpan,
        cues: Sequence[CueSpan],
        last: int,
        things: Sequence[Annotation],
        grammar: Grammar,
    ) -> None:
        self.sentence, self.cue, self.cues, self.last, self.things = sentence, cue, cues, last, things
        self.norms = sentence.document.norms
        self.verbs = _joined(grammar.finite_verb, _VERBS)
        self.openers = _joined(grammar.positive_start, _OPENERS)

    def ends(self, single: bool) -> Iterator[int]:
        """Where it ends: at most one place of each sort."""
        yield from self._at_subject()
        yield from self._at_word()
        separators = [
            index
            for index in range(self.cue.last + 2, self.last)
            if self.norms[index] in _SEPARATORS and not any(c.first <= index <= c.last for c in self.cues)
        ]
        for number, index in enumerate(separators):
            following = separators[number + 1] if number + 1 < len(separators) else self.last + 1
            if index + 1 >= following:
                continue
            if self._closes(index, following - 1, number, len(separators), single):
                yield index
                return

    def _closes(self, index: int, end: int, number: int, total: int, single: bool) -> bool:
        """Whether the item from ``index`` + 1 to ``end`` is a statement of its own."""
        norms, first = self.norms, index + 1
        chunk = norms[first : end + 1]
        left = norms[self.cue.last + 1 : index]
        comma = norms[index] == ","
        if chunk[0] in _PEOPLE and (len(chunk) > 1 or not comma):
            return not _LISTERS.intersection(chunk)
        if chunk[0] in self.verbs:
            return True
        goes_on = bool(_LISTERS.intersection(norms[first : self.last + 1]))
        verb = next((i for i, word in enumerate(chunk) if self._is_verb(first + i)), None)
        if verb is not None and not {"that", "which", "who", "to"}.intersection(chunk[:verb]):
            spoken = (
                comma or chunk[0] in _DETERMINERS or norms[self.cue.first] in ("without", "denies", "denied", "deny")
            )
            if spoken and not (goes_on and _LISTERS.intersection(chunk[:verb])):
                return True
        if goes_on:
            return False
        if chunk[0] in self.openers or chunk[0] in _SHOWING:
            return True
        if comma and len(chunk[0]) > 6 and chunk[0].endswith("ly") and not chunk[0].endswith("megaly"):
            return len(chunk) > 1
        if comma and chunk[0] == "with":
            return True
        if comma and number == 0 and left[-1:] == ["distress"] and norms[self.cue.first] == "no":
            return True  # the stock phrase "in no acute distress" heads no list
        if chunk[0] in ("a", "an", "another"):
            return comma or norms[self.cue.last + 1] not in ("a", "an")
        if self._affirmed(first, end):
            return True
        if not comma:
            return False
        inside = [note for note in self.things if first <= note.first and note.last <= end]
        if not inside:
            return bool(_STATES.intersection(chunk)) and len(chunk) <= 6
        bare = inside[0].first == first and inside[-1].last >= end - (norms[end] in ".;")
        alone = number == total - 1
        behind = norms[inside[-1].last + 1 : end + 1]
        if any(map(_is_count, chunk)) and ("x" not in chunk or (number == 0 and alone)) and not bare:
            return True
        if behind and (behind[0] in _STATES or (number == 0 and any(w.endswith("ed") and len(w) > 4 for w in behind))):
            return True
        if bare:
            return False
        listed = bool(_LISTERS.intersection(left)) and alone
        return single or listed or (number == 0 and alone and self._placed(inside[-1].last + 1, end))

    def _follows_thing(self, index: int) -> bool:
        """Whether a word stands directly behind a thing named."""
        return any(note.last == index - 1 for note in self.things)

    def _is_verb(self, index: int) -> bool:
        """Whether a word, or a cue that works like a verb ("disappeared", "was ruled out"), makes a statement."""
        return self.norms[index] in self.verbs or any(
            cue.first == index and cue.entry.direction == "after" and cue.entry.category in ("resolved", "negated")
            and self.norms[index] not in ("not", "none")
            for cue in self.cues
        )  # fmt: skip

    def _affirmed(self, first: int, end: int) -> bool:
        return any(
            cue.entry.category == "affirmed"
            and first <= cue.first
            and cue.last <= end
            and cue.entry.means.get("under") is None
            for cue in self.cues
        )

    def _placed(self, first: int, end: int) -> bool:
        """Whether a place follows: "drusen in the macula", but not "pain on exertion"."""
        words = self.norms[first : end + 1]
        return bool(words) and words[0] in _PLACE and not _OCCASIONS.intersection(words)

    def _at_subject(self) -> Iterator[int]:
        """ "Without treatment the ulcer will …", "who is not on insulin has …": the main clause begins."""
        norms, start = self.norms, self.cue.last + 1
        before = norms[self.sentence.first : self.cue.first]
        opening = norms[self.cue.first] == "without" or before[-1:] == ["with"]
        if opening and len(before) <= 1:
            for index in range(start + 1, self.last):
                subject = norms[index] in _PRONOUNS or (
                    norms[index] in _DETERMINERS | {"patient"}
                    and norms[index - 1] not in _WITHIN | {"the", "to", "with", "for"}
                )
                owner = norms[index] in ("his", "her", "he", "she", "they") and norms[index - 1].isalpha()
                if subject and (owner or self.verbs.intersection(norms[index + 1 : self.last + 1])):
                    yield index
                    return
        if "who" in before and "," not in before[before.index("who") :]:
            for index in range(start + 1, self.last):
                if norms[index] in _HAS and norms[index - 1] not in ("and", "or", "who", "that", "which"):
                    yield index
                    return

    def _at_word(self) -> Iterator[int]:
        """Where a run-on line starts to tell ("denies LOC c/o hip pain"), or a cause follows a verb denied."""
        words, norms = self.sentence.document.words, self.norms
        verbal = norms[self.cue.last] == "not" or norms[self.cue.first] in ("not", "unable")
        seen = False
        for index in range(self.cue.last + 1, self.last):
            if index > self.cue.last + 1:
                told = words[index].text.lower() in _REPORTS and norms[index - 1] not in _NOT_TELLING
                positive = words[index].text == "+" or (
                    norms[index] == "positive" and norms[index + 1] in ("for", "on")
                )
                person = (
                    seen
                    and norms[index] in ("pt", "patient")
                    and norms[index - 1].isalpha()
                    and norms[index - 1] not in _BEFORE_PERSON
                )
                if told or positive or person:
                    yield index
                    return
                if verbal and not seen and tuple(norms[index : index + 2]) in _CAUSES:
                    yield index
                    return
            if seen and norms[index] in ("the", "there") and self._follows_thing(index):
                yield index  # "no cord compression the left mass measures …": nobody dictated the full stop
                return
            seen = seen or any(note.first <= index <= note.last for note in self.things)
            with_it = norms[index] == "with" and (
                norms[self.cue.first] in ("without", "w/o") or norms[index - 1] == "distress"
            )
            if with_it and (seen or norms[index - 1] == "distress") and norms[index + 1] not in _OCCASIONS:
                if any(index < note.first <= index + 4 for note in self.things):
                    yield index
                    return


@lru_cache(maxsize=8)
def _joined(words: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    return words | others


def _is_count(word: str) -> bool:
    return word[0].isdigit() or (word[0] == "x" and word[1:].isdigit())


def _one_each(sentence: Sentence, denials: Sequence[CueSpan], position: int) -> bool:
    """Whether the writer denies one thing at a time ("no rash, no edema, …"): an item without "no" is not denied."""
    norms = sentence.document.norms
    cue = denials[position]

    def lone(one: CueSpan, other: CueSpan) -> bool:
        between = norms[one.last + 1 : other.first]
        return between[-1:] == [","] and between.count(",") == 1 and not _LISTERS.intersection(between)

    earlier = position > 0 and lone(denials[position - 1], cue)
    follows = position + 1 < len(denials) and norms[denials[position + 1].first - 1] == ","
    return norms[cue.first] == "no" and (earlier or follows)


def joined(sentence: Sentence, cue: CueSpan, cues: Sequence[CueSpan]) -> bool:
    """Whether a stop word directly follows a denial and belongs to it: "not | currently", "none of | which is"."""
    if "exception" in cue.entry.means:
        return False
    return any(
        other.last == cue.first - 1 and other.entry.category == "negated" and other.entry.direction != "after"
        and sentence.document.norms[other.last] in ("not", "of", "never", "no", "without", "nor", "neither")
        for other in cues
    )  # fmt: skip

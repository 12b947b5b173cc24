"""Fields of a template → which phrases of a sentence fall silent, and how an answer means its label.

Between annotation and assertion (mentions.py): an option that nobody chose is no cue and no finding, an open
field is not there at all, and a plain answer decides for its label, however the words around it are split.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from emh_report.answers import Choice, Span
from emh_report.document import Annotation, Document, Sentence
from emh_report.model import Assertion, Certainty, Change, Cue

_KINDS = {
    Assertion.PRESENT: "affirmed",
    Assertion.ABSENT: "negated",
    Assertion.POSSIBLE: "possible",
    Assertion.NOT_ASSESSED: "not_assessed",
}
_NEW = frozenset({"new", "further", "additional", "other"})


class Filling:
    """The fields of one document."""

    def __init__(self, document: Document, choices: Sequence[Choice]) -> None:
        self._document = document
        self._choices = sorted(choices, key=lambda choice: choice.span)
        self._starts = [choice.span[0] for choice in self._choices]
        self._furthest = list(accumulate((choice.span[1] for choice in self._choices), max))
        self._bit: set[Choice] = set()

    @property
    def choices(self) -> list[Choice]:
        """The fields that matter: all but answers, and blank labels that name no finding."""
        return [choice for choice in self._choices if not choice.kinds or choice in self._bit]

    def touch(self, first: int, last: int) -> bool:
        """Whether any field has a word of ``first`` to ``last``."""
        return bool(self._choices) and bool(self._around(self._characters(first, last)))

    def is_silent(self, first: int, last: int, kind: str) -> bool:
        """Whether words ``first`` to ``last`` assert nothing."""
        span = self._characters(first, last)
        for choice in self._around(span):
            if any(start < span[1] and span[0] < end for start, end in choice.hidden):
                if not choice.kinds or kind in choice.kinds:
                    self._bit.add(choice)
                    return True
        return False

    def answer(self, sentence: Sentence) -> None:
        """Let plain answers decide how the phrases of their labels are meant."""
        if any(level.excepted for level in sentence.kinds.get("level", ())):
            return  # "Cord compression - T4: no, T5: yes" answers level by level
        for note in sentence.annotations:
            span = self._characters(note.first, note.last)
            for choice in self._around(span):
                if choice.label[0] <= span[0] and span[1] <= choice.label[1] and not _only_holds(note):
                    self._decide(note, choice)

    def _decide(self, note: Annotation, choice: Choice) -> None:
        option = choice.chosen
        if option is None or option.says is None or (choice.form == "answer" and note.cues):
            return
        if option.says is Assertion.PRESENT and not _is_asked(note):
            return
        text = self._document.text[option.start : option.end]
        note.assertion, note.certainty = option.says, None
        note.cues = (Cue(kind=_KINDS[option.says], text=text, start=option.start, end=option.end),)
        if option.says is Assertion.POSSIBLE:
            note.certainty = Certainty.INDETERMINATE
        if option.says is Assertion.ABSENT and self._opens_new(note):
            note.change = Change.NEW  # "New lesions: none" says nothing of old ones

    def _opens_new(self, note: Annotation) -> bool:
        before = note.sentence.norms(note.first - 3, note.last)
        return not _NEW.isdisjoint(before)

    def _around(self, span: Span) -> list[Choice]:
        """Fields that overlap a passage."""
        index = bisect_left(self._starts, span[1])
        found = []
        while index and self._furthest[index - 1] > span[0]:
            index -= 1
            if self._choices[index].span[1] > span[0]:
                found.append(self._choices[index])
        return found

    def _characters(self, first: int, last: int) -> Span:
        words = self._document.words
        return words[first].start, words[last].end


def _is_asked(note: Annotation) -> bool:
    """Whether only a question mark of the label makes it doubtful: "Cord compression? [x] Yes"."""
    return bool(note.cues) and all(cue.text.startswith("?") for cue in note.cues)


_HOLDERS = frozenset({"lesion", "site", "structure", "organ", "node", "level"})
_WITHIN = frozenset("of in within".split())


def _only_holds(note: Annotation) -> bool:
    """Whether a phrase of a label only holds what is asked about: "Enhancement of the mass: absent"."""
    if note.kind not in _HOLDERS:
        return False
    asked = (other for other in note.sentence.of("finding", "effect") if other.last < note.first)
    return any(not _WITHIN.isdisjoint(note.sentence.norms(other.last + 1, note.first - 1)) for other in asked)

"""What the pipeline hands on: plain values with word and character offsets, no spaCy.

A *word index* counts the words of the whole report; ``last`` is always the last word itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emh_report.model import Assertion, Certainty, Change, Cue, Evidence, Experiencer
from emh_report.words import Word

if TYPE_CHECKING:
    from emh_report.answers import Choice
    from emh_report.segment import SectionSpan


NOTHING: Mapping[str, str] = {}
_FAMILY = re.compile(r"\bfam|\bf\.?h", re.IGNORECASE)


class Annotation:
    """A phrase the lexicons or the level, sequence and size readers know, and how it is meant.

    ``preferred`` is the concept's name as the contract prints it, ``value`` a LevelSpan, SequenceSpan, SizeSpan or
    QuantitySpan. A plain class, as all that is made by the hundred a report: compiled, it is ten times as fast to make
    as a dataclass.
    """

    __slots__ = (
        "assertion", "certainty", "change", "concept", "cues", "excepted", "experiencer", "first", "kind", "last",
        "means", "preferred", "sentence", "value",
    )  # fmt: skip
    certainty: Certainty | None
    change: Change | None
    cues: tuple[Cue, ...]
    excepted: bool
    """Whether an exception ("no compression except at D5") stands between a denial and this phrase.

    Of a level that is absent: whether it is taken out of a statement ("except at D5, the cord is compressed").
    """

    def __init__(
        self,
        kind: str,
        concept: str,
        first: int,
        last: int,
        sentence: Sentence,
        means: Mapping[str, str] = NOTHING,
        preferred: str = "",
        value: Any = None,
        assertion: Assertion = Assertion.PRESENT,
    ) -> None:
        self.kind = kind
        self.concept = concept
        self.first = first
        self.last = last
        self.sentence = sentence
        self.means = means
        self.preferred = preferred
        self.value = value
        self.assertion = assertion
        self.certainty = None
        self.experiencer = Experiencer.PATIENT
        self.change = None
        self.cues = ()
        self.excepted = False

    def as_meant(self, concept: str, preferred: str, first: int, last: int) -> Annotation:
        """Another concept of its kind in words of it, meant as it is."""
        other = Annotation(self.kind, concept, first, last, self.sentence, NOTHING, preferred, None, self.assertion)
        other.certainty, other.experiencer, other.change = self.certainty, self.experiencer, self.change
        other.cues, other.excepted = self.cues, self.excepted
        return other

    @property
    def text(self) -> str:
        """The phrase as written."""
        return self.sentence.document.slice(self.first, self.last)

    @property
    def stated(self) -> Assertion:
        """How it is meant; an exception to a denial is present."""
        return Assertion.PRESENT if self.excepted else self.assertion

    def leave_out(self) -> None:
        """Take a level out of a statement: "except at D5, the cord is compressed"."""
        self.assertion, self.excepted = Assertion.ABSENT, True

    def overlaps(self, other: Annotation) -> bool:
        """Whether the two phrases share a word."""
        return self.first <= other.last and other.first <= self.last

    def __repr__(self) -> str:
        return f"<{self.kind}:{self.concept} {self.first}-{self.last} {self.assertion.value}>"


class Sentence:
    """A sentence, heading line or list item; links and denials cross its ends only by reference.

    ``label`` are the words of a label that opens it ("Spinal cord: normal").
    """

    __slots__ = (
        "annotations", "beside", "clauses", "cues", "document", "first", "index", "item", "kinds", "label", "last",
        "paragraph", "section", "topic", "vocabulary",
    )  # fmt: skip
    annotations: list[Annotation]
    clauses: list[tuple[int, int]]
    """First and last word of each clause, in order."""
    beside: list[Annotation]
    """Concepts of overlays in words that another concept has; mentions, and nothing to link."""
    cues: list[Any]
    """Cues found in it (cues.CueSpan), also those that govern nothing."""
    topic: list[Annotation]
    """Sites and structures of the label it stands under ("Foramina: ... Mild narrowing at T4/T5")."""
    vocabulary: frozenset[str]
    """Normal forms of its words: what a step looks for is mostly in none of them."""
    kinds: dict[str, list[Annotation]]
    """The annotations by kind, each list in order; a step that needs a kind asks here whether there is any."""

    def __init__(
        self,
        document: Document,
        index: int,
        first: int,
        last: int,
        section: str | None,
        label: tuple[int, int] | None = None,
        item: bool = False,
        paragraph: int = 0,
    ) -> None:
        self.document = document
        self.index = index
        self.first = first
        self.last = last
        self.section = section
        self.label = label
        self.item = item
        self.paragraph = paragraph
        self.vocabulary = frozenset(document.norms[first : last + 1])
        self.annotations, self.clauses, self.beside, self.cues, self.topic = [], [], [], [], []
        self.kinds = {}

    def annotate(self, annotations: list[Annotation]) -> None:
        """Make these its annotations, in order."""
        kinds: dict[str, list[Annotation]] = {}
        for annotation in annotations:
            kind = annotation.kind
            if kind in kinds:
                kinds[kind].append(annotation)
            else:
                kinds[kind] = [annotation]
        self.annotations, self.kinds = annotations, kinds

    def of(self, kind: str, *others: str) -> list[Annotation]:
        """Annotations of these kinds in order."""
        found = self.kinds
        if not others:
            return found[kind][:] if kind in found else []
        kinds = (kind, *others)
        groups = [found[each] for each in kinds if each in found]
        if len(groups) < 2:
            return groups[0][:] if groups else []
        return [annotation for annotation in self.annotations if annotation.kind in kinds]

    def clause_of(self, word: int) -> tuple[int, int]:
        """The clause that holds a word."""
        for clause in self.clauses:
            if clause[0] <= word <= clause[1]:
                return clause
        return (self.first, self.last)

    def in_label(self, note: Annotation) -> bool:
        """Whether a phrase of it stands in its label."""
        return self.label is not None and note.last <= self.label[1]

    def norms(self, first: int, last: int) -> list[str]:
        """Normal forms of words ``first`` to ``last``, cut to the sentence."""
        first = self.first if first < self.first else first
        last = self.last if last > self.last else last
        return self.document.norms[first : last + 1]


@dataclass(slots=True, eq=False)
class Document:
    """A report as words, sentences and annotations."""

    text: str
    words: Sequence[Word]
    norms: list[str]
    sentences: list[Sentence] = field(default_factory=list)
    parts: list[SectionSpan] = field(default_factory=list)
    """Its sections."""
    addenda: list[tuple[int, int]] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    """Fields of a template in it, filled in or not."""
    kinds: dict[str, list[Sentence]] = field(default_factory=dict)
    """The kinds of annotations in it, each with its sentences, once all are read."""
    _evidence: dict[tuple[int, int], Evidence] = field(default_factory=dict)
    """Evidence given so far: several fields rest on the same words."""
    _family: bool | None = None

    def close(self) -> None:
        """Note the kinds of annotations, all of which are made now."""
        found: dict[str, list[Sentence]] = {}
        for sentence in self.sentences:
            for kind in sentence.kinds:
                if kind in found:
                    found[kind].append(sentence)
                else:
                    found[kind] = [sentence]
        self.kinds = found

    def release(self) -> None:
        """Let go of everything that points back to what holds it, so that nothing waits for the garbage collector."""
        for sentence in self.sentences:
            sentence.annotations = sentence.topic = sentence.beside = []
            sentence.kinds = {}
        self.sentences = []
        self.kinds = {}

    def having(self, *kinds: str) -> list[Sentence]:
        """Sentences with annotations of these kinds, in order."""
        found = self.kinds
        groups = [found[kind] for kind in kinds if kind in found]
        if len(groups) < 2:
            return groups[0][:] if groups else []
        return [sentence for sentence in self.sentences if not sentence.kinds.keys().isdisjoint(kinds)]

    @property
    def names_family(self) -> bool:
        """Whether its headings may include a family history."""
        if self._family is None:
            self._family = _FAMILY.search(self.text) is not None
        return self._family

    def slice(self, first: int, last: int) -> str:
        """The input from word ``first`` to word ``last``."""
        return self.text[self.words[first].start : self.words[last].end]

    def evidence(self, first: int, last: int, section: str | None) -> Evidence:
        """Evidence for words ``first`` to ``last``."""
        found = self._evidence.get((first, last))
        if found is None or found.section != section:
            start, end = self.words[first].start, self.words[last].end
            found = Evidence.made({"start": start, "end": end, "text": self.text[start:end], "section": section})
            self._evidence[first, last] = found
        return found

    def evidence_of(self, *annotations: Annotation) -> tuple[Evidence, ...]:
        """One evidence for each sentence the annotations lie in: from the first to the last of them."""
        spans: dict[int, tuple[int, int, str | None]] = {}
        for annotation in annotations:
            sentence, first, last = annotation.sentence, annotation.first, annotation.last
            key = sentence.index
            if key in spans:
                begun, ended, _ = spans[key]
                first, last = begun if begun < first else first, ended if ended > last else last
            spans[key] = (first, last, sentence.section)
        return tuple([self.evidence(*spans[key]) for key in sorted(spans)])

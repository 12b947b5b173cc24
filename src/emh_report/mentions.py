"""spaCy Doc → Document: every phrase with its place, its section and how it is meant.

The boundary: nothing after this module knows spaCy or medspaCy.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from spacy.tokens import Doc

from emh_report.assertion import resolve
from emh_report.choices import Templates
from emh_report.cues import CueSpan, Grammar, cue_of, grammar_of
from emh_report.dates import absent_then
from emh_report.document import Annotation, Document, Sentence
from emh_report.filling import Filling
from emh_report.labels import drop_captions, label_of, topic_of
from emh_report.lexicon import Lexicons
from emh_report.model import Assertion, Certainty, Mention
from emh_report.numerals import NUMBERS, add_numbers
from emh_report.phrases import Match
from emh_report.pipeline import ADDED, CUES, LINES, NORMS, SECTIONS, SEGMENTS, TARGETS, TEXT, WORDS
from emh_report.studies import outdate
from emh_report.unstated import SAYING_NOTHING, stated
from emh_report.words import normalise

HIDDEN = frozenset(
    "grammar unstated answer modifier reference change level sequence size quantity advice_cue study_word "
    "treatment_cue urgency communication cord_word organ_state weight timepoint".split()
)
"""Kinds that qualify other mentions and are not mentions of their own."""


_NAMING = ("site", "structure", "organ", "node")


class Reader:
    """Doc → Document with the vocabulary of ``lexicons``."""

    def __init__(self, lexicons: Lexicons) -> None:
        self.concepts = lexicons.concepts
        self.cues = lexicons.cues
        self.grammar: Grammar = grammar_of(lexicons.concepts)
        self.templates = Templates(_answers(lexicons), _titles(lexicons))

    def __call__(self, doc: Doc) -> Document:
        """All sentences with their annotations resolved."""
        text: str = doc.user_data[TEXT]
        document = Document(text, doc.user_data[WORDS], doc.user_data[NORMS], parts=doc.user_data[SECTIONS])
        fields = Filling(document, self.templates(text, doc.user_data[LINES]))
        targets, cues = _by_start(doc.user_data[TARGETS]), _by_start(doc.user_data[CUES])
        added, any_added = _by_start(doc.user_data[ADDED]), bool(doc.user_data[ADDED])
        words, norms = document.words, document.norms
        numbers = NUMBERS.places(norms)
        paragraph, previous_end = 0, 0
        topic: list[Annotation] = []
        under: tuple[int, str | None] = (-1, None)
        open_list: CueSpan | None = None
        for index, (first, after, segment) in enumerate(doc.user_data[SEGMENTS]):
            start = words[first].start
            if text.count("\n", previous_end, start) > 1:
                paragraph += 1
            previous_end = words[after - 1].end
            sentence = Sentence(
                document,
                index,
                first,
                after - 1,
                segment.section,
                label_of(document, first, after - 1, segment.label) if segment.label else None,
                segment.item,
                paragraph,
            )
            document.sentences.append(sentence)
            beside = added(first, after) if any_added else []
            matches = self._with_free(targets(first, after), beside), cues(first, after)
            if segment.section in SAYING_NOTHING:
                continue
            number = bisect_left(numbers, first)
            counts = number < len(numbers) and numbers[number] < after
            if counts or matches[0] or matches[1]:
                self._annotate(sentence, *matches, counts, fields)
            if beside:
                self._mention_beside(sentence, beside)
            if sentence.annotations:
                drop_captions(document, sentence)
            if open_list or sentence.cues:
                open_list = self._list(sentence, open_list)
            own = topic_of(sentence) if sentence.annotations else []
            if own or (paragraph, sentence.section) != under or sentence.item:
                topic, under = own, (paragraph, sentence.section)
            elif text.count("\n", words[first - 1].end if first else 0, start):
                topic = own
            sentence.topic = topic
        document.choices = fields.choices
        outdate(document)
        document.close()
        return document

    def _with_free(self, targets: list[Match], beside: list[Match]) -> list[Match]:
        """``targets`` with those of overlays that only an excluded phrase hides."""
        free = [
            Match(self.concepts[match.entry].kind, *match[1:])
            for match in beside
            if not any(self._covers(target, match) for target in targets)
        ]
        return sorted([*targets, *free], key=lambda match: match.first) if free else targets

    def _covers(self, target: Match, match: Match) -> bool:
        same = target.group == self.concepts[match.entry].kind
        return same and target.first <= match.last and match.first <= target.last

    def _mention_beside(self, sentence: Sentence, beside: list[Match]) -> None:
        """An overlay's concept in the words of another of its kind is meant as that one is."""
        for match in beside:
            kind = self.concepts[match.entry].kind
            holders = [note for note in sentence.of(kind) if note.first <= match.last and match.first <= note.last]
            if holders and not any(note.concept == match.entry for note in holders):
                holder = min(holders, key=lambda note: note.last - note.first)
                sentence.beside.append(holder.as_meant(match.entry, holder.preferred, match.first, match.last))

    def _annotate(
        self, sentence: Sentence, targets: list[Match], cues: list[Match], counts: bool, fields: Filling
    ) -> None:
        concepts = self.concepts
        notes = []
        for kind, entry, first, last in targets:
            concept = concepts[entry]
            notes.append(Annotation(kind, entry, first, last, sentence, concept.means, concept.preferred))
        if counts:
            add_numbers(sentence, notes)
            notes.sort(key=_by_place)
        in_field = fields.touch(sentence.first, sentence.last)
        if in_field:
            notes = [note for note in notes if not fields.is_silent(note.first, note.last, note.kind)]
        notes = stated(sentence, notes)
        if sentence.label == (sentence.first, sentence.last) and sentence.document.norms[sentence.first] == "#":
            notes = [note for note in notes if note.kind in _NAMING]  # a heading of Markdown names what follows
        sentence.annotate(notes)
        sentence.cues = spans = [
            CueSpan(self.cues[span.entry], span.first, span.last)
            for span in cues
            if not _swallowed(span.first, span.last, notes)
            and not (in_field and fields.is_silent(span.first, span.last, "cue"))
        ]
        for cue in spans:
            if cue.entry.category == "negated" and (until := absent_then(sentence, cue)) is not None:
                self._new(sentence, cue.first, until)
        if sentence.annotations:
            resolve(sentence, sentence.annotations, sentence.cues, self.grammar)
            if in_field:
                fields.answer(sentence)

    def _new(self, sentence: Sentence, first: int, last: int) -> None:
        """Read words as a change: what they are about is new."""
        concept = self.concepts["new"]
        note = Annotation("change", concept.id, first, last, sentence, concept.means, concept.preferred)
        sentence.annotate(sorted((*sentence.annotations, note), key=_by_place))
        sentence.cues = [cue for cue in sentence.cues if not _swallowed(cue.first, cue.last, (note,))]

    def _list(self, sentence: Sentence, opened: CueSpan | None) -> CueSpan | None:
        """Carry a hedge over the items of a list: "Differential diagnosis:", then one diagnosis a line."""
        hedges = [cue for cue in sentence.cues if cue.entry.category == "possible"]
        if opened is None and not hedges:
            return None
        subjects = sentence.of("emh", "differential")
        if not subjects and hedges:
            ends = sentence.document.norms[sentence.last] == ":" or sentence.last - sentence.first < 4
            return hedges[-1] if ends else None
        if opened is None or not subjects or not (sentence.item or len(subjects) * 4 > sentence.last - sentence.first):
            return None
        for note in subjects:
            if note.assertion is Assertion.PRESENT and not note.cues:
                note.assertion = Assertion.POSSIBLE
                note.certainty = Certainty(opened.entry.means.get("certainty", "indeterminate"))
                note.cues = (cue_of(sentence, opened),)
        return opened

    def mentions(self, document: Document) -> tuple[Mention, ...]:
        """The mention layer of the contract."""
        found = []
        words, text = document.words, document.text
        for sentence in document.sentences:
            notes = sentence.annotations
            if sentence.beside:
                notes = sorted((*notes, *sentence.beside), key=lambda note: note.first)
            for note in notes:
                if note.kind in HIDDEN:
                    continue
                start, end = words[note.first].start, words[note.last].end
                values = {
                    "concept": note.concept,
                    "text": text[start:end],
                    "start": start,
                    "end": end,
                    "section": sentence.section,
                    "assertion": note.assertion,
                    "certainty": note.certainty,
                    "experiencer": note.experiencer,
                    "change": note.change,
                    "cues": note.cues,
                }
                found.append(Mention.made(values))
        return tuple(found)


def _answers(lexicons: Lexicons) -> dict[str, Assertion | None]:
    """The answers a form may offer, with what they say; a degree or a side says neither yes nor no."""
    return {
        term: Assertion(concept.means["assertion"]) if "assertion" in concept.means else None
        for concept in lexicons.of_kind("answer")
        for term in concept.terms
        if "title" not in concept.means
    }


def _titles(lexicons: Lexicons) -> frozenset[str]:
    """Titles of columns that name no finding: each row of such a column speaks for itself."""
    return frozenset(
        normalise(term) for each in lexicons.of_kind("answer") if "title" in each.means for term in each.terms
    )


def _by_start(matches: Sequence[Match]) -> Callable[[int, int], list[Match]]:
    """What lies within a passage, and none across its ends."""
    starts = [match[2] for match in matches]

    def take(first: int, after: int) -> list[Match]:
        begin = bisect_left(starts, first)
        if begin == len(starts) or starts[begin] >= after:
            return []
        return [match for match in matches[begin : bisect_left(starts, after, begin)] if match[3] < after]

    return take


_SPEECH = frozenset({"advice_cue", "treatment_cue", "study_word", "communication", "urgency"})


def _swallowed(first: int, last: int, notes: Sequence[Annotation]) -> bool:
    """Whether a longer phrase that means something else swallows a cue ("no change in", "non-enhancing").

    What is said about advice or treatment unsays no denial of a finding.
    """
    for note in notes:
        if note.first <= first and last <= note.last and note.last - note.first > last - first:
            if note.kind not in _SPEECH:
                return True
    return False


def _by_place(note: Annotation) -> tuple[int, int]:
    return note.first, -note.last

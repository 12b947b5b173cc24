"""Lexicons → a spaCy pipeline of medspaCy components with our rules only.

The four stages are medspaCy's: sentences, sections, target matcher, ConText. What was measured wrong
or quadratic in medspaCy 1.3.1 is replaced here, in the same pipeline and from its own classes:

* tokeniser: words.py, because spaCy's keeps "EMH.No" and "5.2x3.7x2.1" whole and lets a line break
  split a phrase;
* sentences and sections: ``emh_segments`` (segment.py) instead of PyRuSH, which logs every token of
  the report and takes nine tenths of the time (it can be chosen: pyrush.py), and instead of the
  Sectionizer, which finds headings in mid-sentence;
* target matcher: ``emh_targets``, a TargetMatcher with one phrase index over normal forms; the
  original rebuilds ``doc.ents`` for every match, which is quadratic;
* ConText: ``emh_context``, a ConText that finds our cues; the original compares every pair of
  modifiers in the document. Scope is decided per clause in assertion.py.

What extraction reads stands in ``doc.user_data``: words, normal forms, segments and matches. Tokens, sentence
starts and span groups say the same to other spaCy components; a *bare* pipeline leaves them out, because
spaCy keeps every word it ever saw and a stream of reports must not fill the memory with typing errors.
"""

# Without "from __future__ import annotations": spaCy's factories read the real types.
import logging
import sys
from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy
from loguru import logger as loguru_logger
from spacy.attrs import ENT_IOB, NORM, SENT_START
from spacy.lang.en import English
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

loguru_logger.disable("PyRuSH")  # PyRuSH logs every token of the report to stderr by default
loguru_logger.disable("medspacy")

from medspacy.context import ConText, ConTextRule  # noqa: E402
from medspacy.target_matcher import TargetMatcher, TargetRule  # noqa: E402

from emh_report.headings import Headings  # noqa: E402
from emh_report.lexicon import Lexicons  # noqa: E402
from emh_report.lines import split_lines  # noqa: E402
from emh_report.phrases import EXCLUDED, Match, PhraseIndex  # noqa: E402
from emh_report.pyrush import OURS, PYRUSH, SENTENCES, splitter  # noqa: E402
from emh_report.segment import Segment, Splitter, divide  # noqa: E402
from emh_report.sentences import sentence_starts  # noqa: E402
from emh_report.spelling import Spelling  # noqa: E402
from emh_report.words import Word, normalise, term_words, tokenize  # noqa: E402

for _name in ("medspacy", "PyRuSH", "quickumls", "spacy"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

PIPES = ("emh_segments", "emh_targets", "emh_context")
TEXT = "text"
TYPED = "emh_typed"
"""The words as they are typed; in ``WORDS`` what a line end tore apart is put together."""
WORDS = "emh_words"
NORMS = "emh_norms"
LINES = "emh_lines"
SECTIONS = "emh_sections"
SEGMENTS = "emh_segments"
TARGETS = "emh_targets"
ADDED = "emh_added"
CUES = "emh_cues"
UNREAD = frozenset({"grammar", "answer"})
"""Kinds of concepts that are word lists for other steps and no phrases to be found."""
_OUTSIDE = 2
"""spaCy's code for a word that is in no entity."""


class Tokenizer:
    """Text → Doc whose words keep their characters of the input in ``doc.user_data``."""

    def __init__(self, vocab: Vocab, spelling: Spelling, bare: bool) -> None:
        self.vocab = vocab
        self.spelling = spelling
        self.bare = bare

    def __call__(self, text: str) -> Doc:
        """One Doc token a word, none if bare; white space is never a token."""
        typed = tokenize(text)
        words = self.spelling.join(typed, text)
        doc = Doc(self.vocab) if self.bare else self._doc(words)
        doc.user_data = {
            TEXT: text,
            TYPED: typed,
            WORDS: words,
            NORMS: self.spelling.all(words),
        }
        return doc

    def _doc(self, words: list[Word]) -> Doc:
        spaces = [one.end < other.start for one, other in pairwise(words)]
        return Doc(self.vocab, words=[word.text for word in words], spaces=[*spaces, False] if words else [])


class Segmenter:
    """Keeps the segments with their sections, and sets sentence starts."""

    def __init__(self, sentences: str = OURS) -> None:
        self.headings = Headings({})
        self._split: Splitter = splitter() if sentences == PYRUSH else sentence_starts

    def __call__(self, doc: Doc) -> Doc:
        """Assign every word to a segment; headings are segments of their own without a section body."""
        words: list[Word] = doc.user_data[WORDS]
        text: str = doc.user_data[TEXT]
        lines = doc.user_data[LINES] = split_lines(text)
        doc.user_data[SECTIONS], found = divide(text, self.headings, self._split, lines, doc.user_data[TYPED])
        starts = [word[1] for word in words]
        bounds: list[tuple[int, int, Segment]] = []
        after = 0
        for segment in found:
            first = bisect_left(starts, segment[0], after)
            after = bisect_left(starts, segment[1], first)
            if after > first:
                bounds.append((first, after, segment))
        doc.user_data[SEGMENTS] = bounds
        if len(doc):
            flags = numpy.full((len(doc), 2), (-1, _OUTSIDE), dtype="int64")
            cuts = {0, *(first for first, _, _ in bounds), *(after for _, after, _ in bounds)}
            flags[[cut for cut in cuts if cut < len(doc)], 0] = 1
            doc.from_array([SENT_START, ENT_IOB], flags.astype("uint64"))  # type: ignore[arg-type]
        return doc


class RadiologyTargetMatcher(TargetMatcher):  # type: ignore[misc]
    """medspaCy's TargetMatcher, linear, on normal forms, longest match per kind; writes one span group."""

    def __init__(self, nlp: Language, name: str) -> None:
        super().__init__(nlp, name, phrase_matcher_attr="NORM", result_type="group", span_group_name=TARGETS)
        self._index = PhraseIndex(_spelling(nlp))
        self._added = PhraseIndex(_spelling(nlp))

    def add(self, rules: Iterable[TargetRule]) -> None:
        """Add all rules at once; those of overlays also where a phrase of another concept has their words."""
        for rule in sorted(rules, key=lambda rule: bool(rule.metadata.get("added"))):
            self._index.add(rule.category, rule.metadata["entry"], (rule.literal,))
            if rule.metadata.get("added"):
                self._added.add(rule.metadata["entry"], rule.metadata["entry"], (rule.literal,))
        self._index.close()
        self._added.close()

    def __call__(self, doc: Doc) -> Doc:
        """Write the concept spans of ``doc``, and beside them those of overlays that others have taken."""
        norms = doc.user_data[NORMS]
        found = self._index(norms)
        doc.user_data[ADDED] = []
        if self._added:
            taken = {match[1:] for match in found}
            doc.user_data[ADDED] = [match for match in self._added(norms) if match[1:] not in taken]
        return _write(doc, TARGETS, found)


class RadiologyConText(ConText):  # type: ignore[misc]
    """medspaCy's ConText with our rules only; finds the cues, whose scope assertion.py decides per clause."""

    def __init__(self, nlp: Language, name: str) -> None:
        super().__init__(nlp, name, rules=None, phrase_matcher_attr="NORM", span_attrs=None)
        self._index = PhraseIndex(_spelling(nlp))

    def add(self, rules: Iterable[ConTextRule]) -> None:
        """Add all rules at once."""
        for rule in rules:
            self._index.add("cue", rule.metadata["entry"], (rule.literal,))
        self._index.close()

    def __call__(self, doc: Doc, targets: str | None = None) -> Doc:
        """Write the cue spans of ``doc``."""
        return _write(doc, CUES, self._index(doc.user_data[NORMS]))


def _spelling(nlp: Language) -> Spelling:
    if not isinstance(nlp.tokenizer, Tokenizer):
        raise TypeError("expected the tokenizer of emh_report.pipeline.build")
    return nlp.tokenizer.spelling


def _write(doc: Doc, name: str, found: list[Match]) -> Doc:
    doc.user_data[name] = found
    if len(doc):
        doc.spans[name] = [
            Span(doc, first, last + 1, label=group, span_id=entry) for group, entry, first, last in found
        ]
    return doc


@Language.factory("emh_segments", default_config={"sentences": OURS})
def _segmenter(nlp: Language, name: str, sentences: str) -> Segmenter:
    if sentences not in SENTENCES:
        raise ValueError(f"sentences: expected one of {', '.join(SENTENCES)}")
    return Segmenter(sentences)


@Language.factory("emh_targets")
def _targets(nlp: Language, name: str) -> RadiologyTargetMatcher:
    return RadiologyTargetMatcher(nlp, name)


@Language.factory("emh_context")
def _context(nlp: Language, name: str) -> RadiologyConText:
    return RadiologyConText(nlp, name)


def build(lexicons: Lexicons, bare: bool = False, sentences: str = OURS) -> Language:
    """A pipeline of ``PIPES`` with the rules of ``lexicons``; ``sentences`` names who cuts running text.

    RuntimeError if a pipe is missing.
    """
    spelling = Spelling(_vocabulary(lexicons))
    nlp = English(create_tokenizer=lambda nlp: Tokenizer(nlp.vocab, spelling, bare))
    nlp.max_length = sys.maxsize  # the limit is for parsers; ours is linear
    _normal_forms(nlp.vocab, spelling)
    pipes: list[Any] = [
        nlp.add_pipe(name, config={"sentences": sentences} if name == SEGMENTS else {}) for name in PIPES
    ]
    segmenter, targets, context = pipes
    segmenter.headings = Headings({section.id: section.terms for section in lexicons.sections.values()})
    targets.add(
        TargetRule(term, concept.kind, metadata={"entry": entry, "added": term in lexicons.added.get(concept.id, ())})
        for concept in lexicons.concepts.values()
        if concept.kind not in UNREAD
        for entry, terms in ((concept.id, concept.terms), (EXCLUDED + concept.id, concept.excluded))
        for term in terms
    )
    context.add(
        ConTextRule(term, cue.category.upper(), direction=_DIRECTIONS[cue.direction], metadata={"entry": cue.id})
        for cue in lexicons.cues.values()
        for term in cue.terms
    )
    if tuple(nlp.pipe_names) != PIPES:
        raise RuntimeError(f"expected the pipes {PIPES}")
    return nlp


_DIRECTIONS = {"before": "FORWARD", "after": "BACKWARD", "either": "BIDIRECTIONAL", "none": "PSEUDO"}


def _vocabulary(lexicons: Lexicons) -> set[str]:
    entries: list[Any] = [*lexicons.concepts.values(), *lexicons.cues.values()]
    phrases = [term for entry in entries for term in (*entry.terms, *getattr(entry, "excluded", ()))]
    return {normalise(word[0]) for phrase in phrases for word in term_words(phrase)}


def _normal_forms(vocab: Any, spelling: Spelling) -> None:
    """Make ``spelling`` the vocabulary's normal form (spaCy's stubs do not know the attribute getters)."""
    vocab.lex_attr_getters[NORM] = spelling
    for lexeme in vocab:
        lexeme.norm_ = spelling(lexeme.text)

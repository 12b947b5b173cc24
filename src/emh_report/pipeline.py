"""Lexicons → a spaCy pipeline of medspaCy components with our rules only.

The four stages are medspaCy's: sentences, sections, target matcher, ConText. What was measured wrong
or quadratic in medspaCy 1.3.1 is replaced here, in the same pipeline and from its own classes:

* tokeniser: words.py, because spaCy's keeps "EMH.No" and "5.2x3.7x2.1" whole and lets a line break
  split a phrase;
* sentences and sections: ``emh_segments`` (segment.py) instead of PyRuSH, which logs every token of
  the report and takes nine tenths of the time, and instead of the Sectionizer, which finds headings
  in mid-sentence;
* target matcher: ``emh_targets``, a TargetMatcher with one phrase matcher over normal forms; the
  original rebuilds ``doc.ents`` for every match, which is quadratic;
* ConText: ``emh_context``, a ConText that finds our cues; the original compares every pair of
  modifiers in the document. Scope is decided per clause in assertion.py.
"""

# Without "from __future__ import annotations": spaCy's factories read the real types.
import logging
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, cast

import numpy as np
import spacy
from loguru import logger as loguru_logger
from spacy.attrs import NORM, SENT_START
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

loguru_logger.disable("PyRuSH")  # PyRuSH logs every token of the report to stderr by default
loguru_logger.disable("medspacy")

from medspacy.context import ConText, ConTextRule  # noqa: E402
from medspacy.target_matcher import TargetMatcher, TargetRule  # noqa: E402

from emh_report.lexicon import Lexicons  # noqa: E402
from emh_report.segment import Segment, segments  # noqa: E402
from emh_report.spelling import Spelling  # noqa: E402
from emh_report.words import Word, normalise, tokenize  # noqa: E402

for _name in ("medspacy", "PyRuSH", "quickumls", "spacy"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

PIPES = ("emh_segments", "emh_targets", "emh_context")
WORDS = "emh_words"
SEGMENTS = "emh_segments"
TARGETS = "emh_targets"
CUES = "emh_cues"
EXCLUDED = "!"
"""Marks a phrase that is something else, and only hides shorter ones."""

Match = tuple[str, str, int, int]
"""Group, entry id, first word, word after the last."""


class Tokenizer:
    """Text → Doc whose words keep their characters of the input in ``doc.user_data``."""

    def __init__(self, vocab: Vocab, spelling: Spelling) -> None:
        self.vocab = vocab
        self.spelling = spelling

    def __call__(self, text: str) -> Doc:
        """One Doc token a word; white space is never a token."""
        words = self.spelling.join(tokenize(text), text)
        spaces = [a.end < b.start for a, b in pairwise(words)]
        doc = Doc(self.vocab, words=[word.text for word in words], spaces=[*spaces, False] if words else [])
        doc.user_data[WORDS] = words
        doc.user_data["text"] = text
        return doc


class Segmenter:
    """Sets sentence starts and keeps the segments with their sections."""

    def __init__(self) -> None:
        self.headings: dict[str, tuple[str, ...]] = {}

    def __call__(self, doc: Doc) -> Doc:
        """Assign every word to a segment; headings are segments of their own without a section body."""
        words: list[Word] = doc.user_data[WORDS]
        found: list[Segment] = segments(doc.user_data["text"], self.headings)
        bounds: list[tuple[int, int, Segment]] = []
        index = 0
        for segment in found:
            while index < len(words) and words[index].start < segment.start:
                index += 1
            first = index
            while index < len(words) and words[index].start < segment.end:
                index += 1
            if index > first:
                bounds.append((first, index, segment))
        doc.user_data[SEGMENTS] = bounds
        if len(doc):
            starts = np.full(len(doc), -1, dtype="int64")
            starts[[0, *(i for first, after, _ in bounds for i in (first, after) if i < len(doc))]] = 1
            # Setting them token by token is quadratic: each looks through the whole Doc.
            doc.from_array([SENT_START], cast(Any, starts.astype("uint64")))
        return doc


class PhraseIndex:
    """A phrase matcher over normal forms: cost is flat in the number of phrases that do not match."""

    def __init__(self, nlp: Language) -> None:
        self._tokenizer = nlp.tokenizer
        self._matcher = PhraseMatcher(nlp.vocab, attr="NORM")
        self._strings = nlp.vocab.strings
        self._entries: dict[int, tuple[str, str]] = {}

    def add(self, group: str, entry: str, terms: Iterable[str]) -> None:
        """Make every phrase of ``terms`` match as ``entry`` of ``group``."""
        key = f"{group}\t{entry}"
        self._matcher.add(key, [self._tokenizer(term) for term in terms])
        self._entries[self._strings[key]] = (group, entry)

    def __call__(self, doc: Doc) -> list[Match]:
        """Longest matches, which may overlap only across groups."""
        matches = [(*self._entries[key], start, end) for key, start, end in self._matcher(doc)]
        matches.sort(key=lambda match: (match[2], -match[3], match[1].startswith(EXCLUDED), match[1]))
        taken: dict[str, int] = {}
        kept: list[Match] = []
        for match in matches:
            group, _, start, end = match
            if start >= taken.get(group, 0):
                taken[group] = end
                kept.append(match)
        return kept


class RadiologyTargetMatcher(TargetMatcher):  # type: ignore[misc]
    """medspaCy's TargetMatcher, linear, on normal forms, longest match per kind; writes one span group."""

    def __init__(self, nlp: Language, name: str) -> None:
        super().__init__(nlp, name, phrase_matcher_attr="NORM", result_type="group", span_group_name=TARGETS)
        self._index = PhraseIndex(nlp)

    def add(self, rules: Iterable[TargetRule]) -> None:
        """Add all the rules of an entry at once."""
        groups: dict[tuple[str, str], list[str]] = {}
        for rule in rules:
            groups.setdefault((rule.category, rule.metadata["entry"]), []).append(rule.literal)
        for (kind, entry), terms in groups.items():
            self._index.add(kind, entry, terms)

    def __call__(self, doc: Doc) -> Doc:
        """Write the concept spans of ``doc``."""
        doc.spans[TARGETS] = [
            Span(doc, start, end, label=kind, span_id=entry)
            for kind, entry, start, end in self._index(doc)
            if not entry.startswith(EXCLUDED)
        ]
        return doc


class RadiologyConText(ConText):  # type: ignore[misc]
    """medspaCy's ConText with our rules only; finds the cues, whose scope assertion.py decides per clause."""

    def __init__(self, nlp: Language, name: str) -> None:
        super().__init__(nlp, name, rules=None, phrase_matcher_attr="NORM", span_attrs=None)
        self._index = PhraseIndex(nlp)

    def add(self, rules: Iterable[ConTextRule]) -> None:
        """Add all the rules of an entry at once."""
        groups: dict[str, list[str]] = {}
        for rule in rules:
            groups.setdefault(rule.metadata["entry"], []).append(rule.literal)
        for entry, terms in groups.items():
            self._index.add("cue", entry, terms)

    def __call__(self, doc: Doc, targets: str | None = None) -> Doc:
        """Write the cue spans of ``doc``."""
        doc.spans[CUES] = [
            Span(doc, start, end, label="cue", span_id=entry) for _, entry, start, end in self._index(doc)
        ]
        return doc


@Language.factory("emh_segments")
def _segmenter(nlp: Language, name: str) -> Segmenter:
    return Segmenter()


@Language.factory("emh_targets")
def _targets(nlp: Language, name: str) -> RadiologyTargetMatcher:
    return RadiologyTargetMatcher(nlp, name)


@Language.factory("emh_context")
def _context(nlp: Language, name: str) -> RadiologyConText:
    return RadiologyConText(nlp, name)


def build(lexicons: Lexicons) -> Language:
    """A pipeline of ``PIPES`` with the rules of ``lexicons``; raises RuntimeError if a pipe is missing."""
    nlp = spacy.blank("en")
    nlp.max_length = 1_000_000_000  # the limit is for parsers; ours is linear
    spelling = Spelling(_vocabulary(lexicons))
    _normal_forms(nlp.vocab, spelling)
    nlp.tokenizer = Tokenizer(nlp.vocab, spelling)
    segmenter, targets, context = (cast(Any, nlp.add_pipe(name)) for name in PIPES)
    segmenter.headings = {section.id: tuple(section.terms) for section in lexicons.sections.values()}
    targets.add(
        TargetRule(term, concept.kind, metadata={"entry": entry})
        for concept in lexicons.concepts.values()
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
    return {normalise(word.text) for phrase in phrases for word in tokenize(phrase)}


def _normal_forms(vocab: Any, spelling: Spelling) -> None:
    """Make ``spelling`` the vocabulary's normal form (spaCy's stubs do not know the attribute getters)."""
    vocab.lex_attr_getters[NORM] = spelling
    for lexeme in vocab:
        lexeme.norm_ = spelling(lexeme.text)

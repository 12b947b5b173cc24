"""Assertion of given concepts in clinical sentences: ``python tests/clinical_negation/score.py [dev|heldout] [TABLE...]``.

A table has one sentence a line with its concepts marked, ``[span|assertion]`` or ``[span|assertion,other]`` for
a relative's. All spans of a set become terms of one lexicon overlay; each sentence is extracted on its own and
the mention on each span is compared. The score is the one that negation kits use: absent against everything else.
Where the project is not installed, put src on PYTHONPATH.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
_MARK = re.compile(r"\[([^][|]+)\|([a-z_]+)(?:,(other))?\]")
ASSERTIONS = ("present", "possible", "absent", "historical", "hypothetical", "not_assessed")


@dataclass(frozen=True)
class Concept:
    """A marked span and how it is meant."""

    start: int
    end: int
    assertion: str
    experiencer: str


@dataclass(frozen=True)
class Sentence:
    """A line of a table without its marks."""

    place: str
    text: str
    concepts: tuple[Concept, ...]


@dataclass(frozen=True)
class Answer:
    """What an engine made of one concept; "lost" if it has no mention there."""

    sentence: Sentence
    concept: Concept
    assertion: str
    experiencer: str = "patient"

    @property
    def wrong(self) -> bool:
        """Whether the binary answer is wrong."""
        return (self.assertion == "absent") != (self.concept.assertion == "absent")


def parse(line: str, place: str = "") -> Sentence:
    """A sentence of a line; ValueError if it marks nothing or something unknown."""
    text, concepts, at = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        if mark[2] not in ASSERTIONS:
            raise ValueError(f"{place}: {mark[2]} is no assertion")
        concepts.append(Concept(len(text), len(text) + len(mark[1]), mark[2], mark[3] or "patient"))
        text += mark[1]
        at = mark.end()
    if not concepts or "|" in text + line[at:]:
        raise ValueError(f"{place}: no concept is marked, or a mark cannot be read")
    return Sentence(place, text + line[at:], tuple(concepts))


def read(name: str, wanted: Sequence[str] = ()) -> list[Sentence]:
    """The sentences of a set ("dev", "heldout"), of the tables whose names contain one of ``wanted``."""
    return [
        parse(line.rstrip("\n"), f"{path.stem}:{number}")
        for path in sorted((FOLDER / name).glob("*.txt"))
        if not wanted or any(word in path.stem for word in wanted)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]


def overlay(sentences: Iterable[Sentence], folder: Path) -> Path:
    """A lexicon folder whose terms are all the marked spans that are no built-in findings already."""
    from emh_report.lexicon import load
    from emh_report.words import normalise, tokenize

    def key(term: str) -> tuple[str, ...]:
        return tuple(normalise(word.text) for word in tokenize(term))

    known = {key(term) for concept in load().of_kind("finding") for term in concept.terms}
    terms = {key(text): text for s in sentences for c in s.concepts if (text := s.text[c.start : c.end].lower())}
    concepts = [
        {"id": f"given_{number}", "preferred": term, "terms": [term]}
        for number, (words, term) in enumerate(sorted(terms.items()))
        if words not in known
    ]
    content = yaml.safe_dump({"kind": "finding", "concepts": concepts}, allow_unicode=True, width=1000)
    (folder / "given.yaml").write_text(content, "utf-8")
    return folder


def answers(sentences: Sequence[Sentence]) -> Iterator[Answer]:
    """The engine's answer for each concept."""
    from emh_report.extract import Extractor
    from emh_report.reading import ReportText

    with tempfile.TemporaryDirectory() as folder:
        extractor = Extractor((overlay(sentences, Path(folder)),))
    for sentence in sentences:
        mentions = extractor(ReportText(sentence.text, sentence.place)).mentions
        for concept in sentence.concepts:
            near = [m for m in mentions if m.start <= concept.start and concept.end <= m.end]
            near.sort(key=lambda m: (m.end - m.start, not m.concept.startswith("given_")))
            if near:
                yield Answer(sentence, concept, near[0].assertion.value, near[0].experiencer.value)
            else:
                yield Answer(sentence, concept, "lost")


@dataclass(frozen=True)
class Score:
    """Absent against everything else."""

    true_positive: int
    false_positive: int
    false_negative: int
    total: int

    @property
    def precision(self) -> float:
        """Of those called absent, how many are."""
        return self.true_positive / max(1, self.true_positive + self.false_positive)

    @property
    def recall(self) -> float:
        """Of the absent, how many are called so."""
        return self.true_positive / max(1, self.true_positive + self.false_negative)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.true_positive / max(1, 2 * self.true_positive + self.false_positive + self.false_negative)

    def __str__(self) -> str:
        return (
            f"absent: P {self.precision:.3f}  R {self.recall:.3f}  F1 {self.f1:.3f}  (TP {self.true_positive}, "
            f"FP {self.false_positive}, FN {self.false_negative} of {self.total} concepts)"
        )


def score(found: Iterable[Answer]) -> Score:
    """The binary score."""
    counts: Counter[tuple[bool, bool]] = Counter(
        (a.concept.assertion == "absent", a.assertion == "absent") for a in found
    )
    return Score(counts[True, True], counts[False, True], counts[True, False], counts.total())


def confusion(found: Iterable[Answer]) -> str:
    """Gold by answer, one line a gold value."""
    counts = Counter((a.concept.assertion, a.assertion) for a in found)
    columns = [*ASSERTIONS, "lost"]
    lines = ["gold \\ found " + "".join(f"{name:>13}" for name in columns)]
    lines += [f"{gold:13}" + "".join(f"{counts[gold, name]:13d}" for name in columns) for gold in ASSERTIONS]
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Print the wrong answers and the scores."""
    name = arguments[0] if arguments else "dev"
    everything = "-a" in arguments
    found = list(answers(read(name, [word for word in arguments[1:] if word != "-a"])))
    for answer in found:
        other = answer.assertion != answer.concept.assertion or answer.experiencer != answer.concept.experiencer
        if answer.wrong or (everything and other):
            s, c = answer.sentence, answer.concept
            shown = f"{s.text[: c.start]}[{s.text[c.start : c.end]}]{s.text[c.end :]}"
            print(f"{s.place}: {c.assertion} {c.experiencer} → {answer.assertion} {answer.experiencer}: {shown}")
    print(confusion(found))
    print(score(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Any length of text, at a cost per character that does not grow, and memory that no stream fills."""

from __future__ import annotations

import gc
import importlib.util
import random
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import calls
from emh_report.extract import Extractor
from emh_report.lexicon import Concept, Lexicons, load
from emh_report.mentions import Reader
from emh_report.model import Findings, Mention
from emh_report.phrases import PhraseIndex
from emh_report.pipeline import CUES, NORMS, SEGMENTS, TARGETS, TEXT, TYPED, WORDS, build
from emh_report.reading import ReportText
from emh_report.segment import LONGEST, segments
from emh_report.spelling import Spelling
from emh_report.words import tokenize

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"benchmarks_{name}", BENCHMARKS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


corpora = _module("corpora")


@cache
def extractor() -> Extractor:
    return Extractor()


def findings(text: str) -> str:
    return extractor()(ReportText(text, "x")).model_dump_json()


# --- the cost of length


TEXTS = {
    "EMH": corpora.large,
    "chest": lambda size: corpora.large(size, corpora.chest(400)),
    "one line": lambda size: corpora.large(size, [" ".join(text.split()) for text in corpora.gold()]).replace(
        "\n", " "
    ),
    "unpunctuated": corpora.unpunctuated,
    "levels": lambda size: "Masses at D4, D5 and T6-T9, 3 x 4 cm. " * (size // 38),
    "denials": lambda size: "no cord compression and " * (size // 24),
    "fields": lambda size: "Cord compression: [ ] yes [ ] no\n" * (size // 33),
    "headings": lambda size: "IMPRESSION:\n" * (size // 12),
    "dates": lambda size: "Study date 12/03/2019 " * (size // 22),
}


@pytest.mark.parametrize("name", TEXTS)
def test_work_per_character_does_not_grow(name: str) -> None:
    small, large = TEXTS[name](16_000), TEXTS[name](64_000)
    findings(small)
    one, other = (calls(lambda text=text: findings(text)) / len(text) for text in (small, large))
    assert other < 1.25 * one + 0.05


def test_longer_than_spacys_limit() -> None:
    text = "No mass is seen. " * 70_000
    assert len(text) > 1_000_000
    found = extractor()(ReportText(text + "There is extramedullary hematopoiesis at T4.", "x"))
    assert found.emh.assertion == "present"
    assert found.emh.evidence[0].end > 1_000_000


def test_sentences_are_capped() -> None:
    text = corpora.unpunctuated(30_000)
    assert max(segment.end - segment.start for segment in segments(text, {})) <= LONGEST
    assert max(segment.end - segment.start for segment in segments("x" * 30_000, {})) <= LONGEST


def test_collection_goes_on_after_a_report() -> None:
    assert gc.isenabled()
    findings("No mass. " * 10_000)
    assert gc.isenabled()
    gc.disable()
    try:
        findings("No mass.")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_phrases_that_do_not_match_cost_nothing() -> None:
    text = corpora.gold()[0]
    spelling = Spelling(["mass", "cord", "compression"])
    norms = [spelling(word.text) for word in tokenize(text)]

    def index(others: int) -> PhraseIndex:
        made = PhraseIndex(spelling)
        made.add("finding", "compression", ["cord compression"])
        made.add("other", "none", [f"qx{number} zz{number}" for number in range(others)])
        made.close()
        return made

    few, many = index(10), index(20_000)
    assert few(norms) == many(norms)
    assert calls(lambda: many(norms)) == calls(lambda: few(norms))


# --- memory


def test_a_stream_does_not_fill_the_vocabulary() -> None:
    extract = extractor()
    before = len(extract._nlp.vocab.strings), len(extract._nlp.vocab)
    for text in corpora.junk(40):
        extract(ReportText(text, "x"))
    assert (len(extract._nlp.vocab.strings), len(extract._nlp.vocab)) == before


def test_caches_of_words_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emh_report.wordbook.FULL", 500)
    spelling = Spelling(["mass"])
    for number in range(2_000):
        words = tokenize(f"qzx{'abcdefghij'[number % 10] * (number % 7 + 1)}{number}w lung")
        spelling.join(words, "")
        for word in words:
            spelling(word.text)
    spelling("x" * 50)
    books = spelling._norms, spelling._pieces._doubts
    assert all(0 < len(book) <= 500 for book in books)
    assert not any("x" * 50 in book for book in books)


# --- short cuts give the same findings


@cache
def pipelines() -> tuple[Any, Any, Reader]:
    lexicons = load()
    return build(lexicons), build(lexicons, bare=True), Reader(lexicons)


@pytest.mark.parametrize("text", [*corpora.gold()[::9], *corpora.chest(3), "", " \n", "EMH."])
def test_a_bare_pipeline_reads_what_a_full_one_does(text: str) -> None:
    full, bare, reader = pipelines()
    one, other = full(text), bare(text)
    assert len(other) == 0
    for key in (TEXT, WORDS, NORMS, SEGMENTS, TARGETS, CUES):
        assert one.user_data[key] == other.user_data[key]
    assert [(sentence.first, sentence.last) for sentence in reader(one).sentences] == [
        (sentence.first, sentence.last) for sentence in reader(other).sentences
    ]


def test_a_full_pipeline_tells_spacy_the_same() -> None:
    full, _, _ = pipelines()
    doc = full("No cord compression. Paravertebral masses\nat T4-T7 are likely EMH.")
    first, second = doc.sents
    assert first.text == "No cord compression."
    assert second.text.startswith("Paravertebral")
    assert not doc.ents
    for name in (TARGETS, CUES):
        told = [(span.label_, span.id_, span.start, span.end - 1) for span in doc.spans[name]]
        assert told == [tuple(match) for match in doc.user_data[name]]
        assert told


def is_silent(text: str) -> bool:
    extract = extractor()
    told = extract._nlp(text, disable=[SEGMENTS]).user_data
    return not told[TARGETS] and extract._is_silent(text, told[TYPED], told[WORDS])


def test_the_plain_corpus_is_silent_and_nothing_else() -> None:
    assert all(map(is_silent, corpora.plain(60)))
    assert not any(map(is_silent, [*corpora.gold(), *corpora.chest(60)]))
    for text in ("", "EMH.", "Is it?", "There is a splint", "There is a splint. IMPRESSION", "Splint - no.", "4 cm."):
        assert not is_silent(text)


ODDITIES = (
    "Two screws.", "T 4.", "4 cm.", "Impression.", "Findings good.", "The first.", "Date.", "12 of 13.", "second toe.",
    "L5.", "x 3", "Dr.", "e.g.", "1.", "a.", "Parole sans mots connus.", "...", "!", " - ", "\n", "\n\n", "one two three",
    "D.", "level 3.", "Clinical note.", "c 4", "sec 1", "%", "hu 30", "5.2", "3,4", "t 2.", "No.", "Not seen.", "if",
    "Family history.", "Mother.", "unlikely", "Sinuses clear", "To whom.",
)  # fmt: skip


def test_a_silent_report_has_the_findings_of_the_long_way() -> None:
    rng = random.Random(7)
    plain = corpora.plain(40)
    silent = 0
    for _ in range(1_500):
        parts = [rng.choice(rng.choice(plain).split("\n")), *rng.sample(ODDITIES, rng.choice((0, 0, 1, 1, 2)))]
        rng.shuffle(parts)
        text = "".join(part + rng.choice((" ", " ", "\n", "")) for part in parts)
        if is_silent(text):
            silent += 1
            report = ReportText(text, "x")
            assert extractor()(report) == extractor().trace(report).findings, text
    assert silent > 200


def test_a_longer_lexicon_changes_nothing_else() -> None:
    lexicons = load()
    concept = Concept(
        id="nonsense", terms=tuple(f"qx{n} zz{n}" for n in range(5_000)), kind="finding", preferred="x", file="", line=1
    )
    longer = Lexicons({**lexicons.concepts, "nonsense": concept}, lexicons.cues, lexicons.sections, lexicons.digest)
    doc, other = build(lexicons, bare=True)(corpora.gold()[3]), build(longer, bare=True)(corpora.gold()[3])
    assert doc.user_data[TARGETS] == other.user_data[TARGETS]


def test_what_is_made_without_validation_is_valid() -> None:
    """Mentions, cues and evidence are made of values that nobody checks while a report is read; here all are."""
    texts = [path.read_bytes().decode() for path in sorted((BENCHMARKS.parent / "tests" / "gold").glob("*.txt"))]
    seen = 0
    for text in [*texts, *corpora.chest(40, seed=3), *corpora.junk(20)]:
        found = extractor()(ReportText(text, "x"))
        seen += len(found.mentions)
        assert Findings.model_validate_json(found.model_dump_json()) == found
        assert all(Mention.model_validate(each.model_dump()) == each for each in found.mentions)
        assert all(text[each.start : each.end] == each.text for each in found.mentions)
    assert seen > 1000

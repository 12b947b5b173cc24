"""The systems that are compared: each a function of a text, built with the same hundred phrases.

Every system runs in the Python of its own environment (worker.py), so imports stand inside the functions.
What each does is not the same: the peers find phrases and whether they are negated; emh-report works out all
fields of its contract. Their speed is the price of less.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

PHRASES = (Path(__file__).parent / "phrases.txt").read_text(encoding="utf-8").split("\n")[:-1]

System = Callable[[str], Any]


def emh_report() -> System:
    """Full extraction: text in, findings out."""
    from emh_report.extract import Extractor
    from emh_report.reading import ReportText

    extract = Extractor()
    return lambda text: extract(ReportText(text, "x"))


def emh_report_json() -> System:
    """The same with the findings written as JSON."""
    from emh_report.extract import Extractor
    from emh_report.reading import ReportText

    extract = Extractor()
    return lambda text: extract(ReportText(text, "x")).model_dump_json()


def medspacy_default() -> System:
    """``medspacy.load()``: PyRuSH sentences, target matcher, ConText with its own rules; logging off."""
    return _medspacy(None)


def medspacy_sentencizer() -> System:
    """The same with spaCy's sentencizer for PyRuSH."""
    return _medspacy("sentencizer")


def _medspacy(sentences: str | None) -> System:
    from loguru import logger

    logger.disable("PyRuSH")
    logger.disable("medspacy")
    import medspacy
    from medspacy.ner import TargetRule

    nlp: Any = medspacy.load()
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(phrase, "FINDING") for phrase in PHRASES])
    if sentences:
        nlp.remove_pipe("medspacy_pyrush")
        nlp.add_pipe(sentences, first=True)
    nlp.max_length = 10_000_000
    return nlp


def edsnlp() -> System:
    """Normaliser, sentences, phrases, and its negation, hypothesis, family and history qualifiers."""
    import edsnlp as eds

    nlp: Any = eds.blank("eds")
    nlp.add_pipe("eds.normalizer")
    nlp.add_pipe("eds.sentences")
    nlp.add_pipe("eds.matcher", config={"terms": {"finding": PHRASES}, "attr": "LOWER"})
    for name in ("negation", "hypothesis", "family", "history"):
        nlp.add_pipe(f"eds.{name}")
    nlp.max_length = 10_000_000
    return nlp


def negspacy() -> System:
    """Sentencizer, entity ruler, NegEx."""
    import spacy
    from negspacy.negation import Negex  # noqa: F401

    nlp: Any = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns([{"label": "FINDING", "pattern": phrase} for phrase in PHRASES])
    nlp.add_pipe("negex", config={"ent_types": ["FINDING"]})
    nlp.max_length = 10_000_000
    return nlp


def spacy_tokenizer() -> System:
    """A blank English pipeline: nothing but the tokeniser."""
    import spacy

    nlp: Any = spacy.blank("en")
    nlp.max_length = 10_000_000
    return nlp


SYSTEMS: dict[str, tuple[str, Callable[[], System]]] = {
    "emh-report": ("ours", emh_report),
    "emh-report, JSON": ("ours", emh_report_json),
    "emh-report, compiled": ("compiled", emh_report),
    "medSpaCy default": ("medspacy", medspacy_default),
    "medSpaCy + sentencizer": ("medspacy", medspacy_sentencizer),
    "EDS-NLP": ("edsnlp", edsnlp),
    "negspaCy": ("negspacy", negspacy),
    "spaCy tokeniser": ("negspacy", spacy_tokenizer),
}
"""Name → the environment it runs in and how it is built."""

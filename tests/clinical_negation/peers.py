"""The same sentences read by negspaCy and medSpaCy: ``python tests/clinical_negation/peers.py NAME [dev|heldout]``.

NAME is negspacy (termset en_clinical), negspacy-en or medspacy (default ConText rules). Run it with a Python that
has the peer; neither is needed for the project's own tests. The concepts are given as entities, exact spans.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from score import Answer, Sentence, confusion, read, score


def negspacy(termset: str) -> Any:
    """A function from a sentence to its answers."""
    import spacy
    from negspacy.negation import Negex  # noqa: F401
    from negspacy.termsets import termset as terms

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("given_entities")
    nlp.add_pipe("negex", config={"neg_termset": terms(termset).get_patterns()})
    return nlp, lambda ent: "absent" if ent._.negex else "present"


def medspacy() -> Any:
    """medSpaCy's default rules, spaCy's sentencizer (its own logs every token)."""
    import spacy
    from loguru import logger

    logger.remove()
    import medspacy.context  # noqa: F401

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("given_entities")
    nlp.add_pipe("medspacy_context")

    def answer(ent: Any) -> str:
        if ent._.is_negated:
            return "absent"
        if ent._.is_hypothetical:
            return "hypothetical"
        if ent._.is_uncertain:
            return "possible"
        return "historical" if ent._.is_historical else "present"

    return nlp, answer


def run(name: str, sentences: list[Sentence]) -> list[Answer]:
    """All answers of a peer."""
    from spacy.language import Language

    current: list[Sentence] = []

    @Language.component("given_entities")
    def given(doc: Any) -> Any:
        spans = [doc.char_span(c.start, c.end, "FINDING", alignment_mode="expand") for c in current[0].concepts]
        kept: list[Any] = []
        for span in spans:
            if span is not None and all(span.start >= other.end for other in kept):
                kept.append(span)
        doc.ents = kept
        return doc

    nlp, answer = medspacy() if name == "medspacy" else negspacy("en" if name.endswith("-en") else "en_clinical")
    found = []
    for sentence in sentences:
        current[:] = [sentence]
        doc = nlp(sentence.text)
        for concept in sentence.concepts:
            ents = [e for e in doc.ents if e.start_char <= concept.start and concept.end <= e.end_char]
            found.append(Answer(sentence, concept, answer(ents[0]) if ents else "lost"))
    return found


def main(arguments: list[str]) -> int:
    """Print the wrong answers and the score."""
    found = run(arguments[0], read(arguments[1] if len(arguments) > 1 else "dev"))
    for a in found:
        if a.wrong:
            c, text = a.concept, a.sentence.text
            print(
                f"{a.sentence.place}: {c.assertion} → {a.assertion}: {text[: c.start]}[{text[c.start : c.end]}]{text[c.end :]}"
            )
    print(confusion(found))
    print(score(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""spaCy DocBin as gold: entities and span groups, with medspaCy's attributes where they were stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from emh_report.annotations import Annotated, Span, meaning
from emh_report.errors import GoldError

if TYPE_CHECKING:
    from spacy.tokens import Doc

_FLAGS = ("is_negated", "is_uncertain", "is_historical", "is_hypothetical")
"""medspaCy's, strongest first."""


def read_docbin(path: Path) -> Iterator[Annotated]:
    """The Docs of a file. Extension attributes are read from where spaCy stores them; none is registered."""
    import spacy
    from spacy.tokens import DocBin

    try:
        docs = list(DocBin().from_disk(path).get_docs(spacy.blank("en").vocab))
    except OSError:
        raise
    except Exception:
        raise GoldError(f"{path.name}: not a DocBin that this spaCy can read") from None
    for number, doc in enumerate(docs, 1):
        name = str(doc.user_data.get("id") or f"{path.name}:{number}")
        yield Annotated(name, doc.text, tuple(_spans(doc)))


def _spans(doc: Doc) -> Iterator[Span]:
    flags = _stored(doc)
    told = any(flags.values())
    groups = [("entity", doc.ents), *((f"span of {key}", group) for key, group in sorted(doc.spans.items()))]
    seen: set[tuple[int, int, str]] = set()
    for kind, group in groups:
        for number, span in enumerate(group, 1):
            place = (span.start_char, span.end_char, span.label_)
            if place in seen:
                continue
            seen.add(place)
            raised = [flag for flag in _FLAGS if place[:2] in flags[flag]]
            assertion = meaning(raised[0]) if raised else "present" if told else None
            yield Span(f"{kind} {number}", span.label_, (place[:2],), assertion, span.text)


def _stored(doc: Doc) -> dict[str, set[tuple[int, int]]]:
    """Which spans have a flag: spaCy keeps ``("._.", name, start, end)`` in ``user_data``."""
    flags: dict[str, set[tuple[int, int]]] = {flag: set() for flag in _FLAGS}
    for key, value in doc.user_data.items():
        if isinstance(key, tuple) and len(key) >= 4 and key[0] == "._." and key[1] in flags and value:
            flags[key[1]].add((key[2], key[3]))
    return flags

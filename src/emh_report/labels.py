"""The label that opens a sentence: what it says itself, and what it stands above. Part of mentions.py."""

from __future__ import annotations

from emh_report.document import Annotation, Document, Sentence


def label_of(document: Document, first: int, last: int, label: tuple[int, int]) -> tuple[int, int] | None:
    """Words of the label that opens a sentence, given its characters."""
    index = first
    while index < last and document.words[index + 1].start < label[1]:
        index += 1
    while index < last and document.words[index + 1].text in (":", "-", "–"):
        index += 1
    if document.words[index].text == "|" and index > first:
        document.norms[index] = ":"  # the first of two cells is a label as any other
        if document.words[last].text == "|":
            document.norms[last] = "."
    return (first, index) if document.words[first].start < label[1] else None


def drop_captions(document: Document, sentence: Sentence) -> None:
    """A label that names what its text goes on to state says nothing itself: "Iron deposition: no iron in the mass"."""
    fields = {note.means.get("field") for note in sentence.kinds.get("finding", ()) if not sentence.in_label(note)}
    if not fields:
        return
    above = document.sentences[-2] if len(document.sentences) > 1 else sentence
    for place in (
        (sentence, above) if (above.section, above.paragraph) == (sentence.section, sentence.paragraph) else (sentence,)
    ):
        if place.label is not None and (place is sentence or place.label[1] == place.last):
            captions = [
                note
                for note in place.kinds.get("finding", ())
                if note.means.get("field") in fields and place.in_label(note)
            ]
            if captions:
                place.annotate([note for note in place.annotations if note not in captions])


def topic_of(sentence: Sentence) -> list[Annotation]:
    """Sites and structures of a label, or of a sentence that is nothing but a label ("Foramina.")."""
    if sentence.label is None and sentence.last - sentence.first >= 6:
        return []
    places = sentence.of("site", "structure", "organ")
    if sentence.label:
        return [note for note in places if note.last <= sentence.label[1]]
    covered = {index for note in places for index in range(note.first, note.last + 1)}
    words = sentence.norms(sentence.first, sentence.last)
    bare = all(
        sentence.first + i in covered
        or word in (".", ":", "space", "region", "and", "/", "the", "soft", "tissue", "compartment")
        for i, word in enumerate(words)
    )
    return places if bare else []

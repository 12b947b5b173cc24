"""What a finding or a size beside something else is about: a bracket, an organ, a cord signal. Part of link.py."""

from __future__ import annotations

from collections.abc import Iterable

from emh_report.anchors import Anchor
from emh_report.document import Annotation, Sentence
from emh_report.organ_sizes import owned_sizes


def bracketed_level(sentence: Sentence, anchor: Anchor) -> Annotation | None:
    """The level that a bracket is about: "masses D3-D6 (with cord compression) and D9 (without cord compression)"."""
    norms = sentence.document.norms
    opens = anchor.first - 1 - (norms[anchor.first - 1] in ("with", "without", "no", "causing"))
    if anchor.kind != "compression" or opens <= sentence.first or norms[opens] != "(":
        return None
    return next((level for level in sentence.of("level") if level.last == opens - 1), None)


def interprets_signal(anchor: Anchor) -> bool:
    """Whether a finding only names what a cord signal means: "hyperintensity D3-D5 s/o compressive myelopathy"."""
    return anchor.note.sentence.document.norms[anchor.note.last] == "myelopathy"


def of_an_organ(size: Annotation) -> bool:
    """Whether a size is an organ's."""
    return any(size in sizes for sizes in owned_sizes(size.sentence).values())


def partner_of(sentence: Sentence, anchor: Anchor, heads: Iterable[Anchor]) -> Anchor | None:
    """The lesion that shares a predicate with the tissue beside it: "the masses and the vertebral marrow bloom"."""
    if anchor.kind not in ("bone_marrow", "vertebra", "organ"):
        return None
    for head in heads:
        between = sentence.norms(head.last + 1, anchor.first - 1)
        if head.last < anchor.first and between[:1] == ["and"] and len(between) <= 3:
            return head
    return None

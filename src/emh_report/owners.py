"""Structures, organs, nodes and treatments of a sentence, which own what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.anchors import LESION, Anchor
from emh_report.document import Annotation, Sentence
from emh_report.model import Assertion
from emh_report.needs import needs
from emh_report.signals import reference_of

_OBJECT_OF = frozenset(
    "encasing encase surrounding surround abutting adjacent to of around in within along from "
    "into displacing displace overlying behind near beside between invading through over under "
    "replacing involving".split()
)


_ADJECTIVES = frozenset(
    "the both left right a an adjacent upper lower posterior anterior its lumbar thoracic dorsal "
    "cervical sacral bony".split()
)


@needs("intensity", otherwise=set)
@needs("reference", otherwise=set)
def reference_words(sentence: Sentence) -> set[int]:
    """Words that only say what a signal is compared with."""
    words: set[int] = set()
    norms = sentence.document.norms
    for note in sentence.of("intensity"):
        reference = reference_of(note)
        if reference is None:
            continue
        last = reference.last
        if norms[last + 1 : last + 2] == ["of"]:  # "the marrow of the vertebral bodies"
            last = max(
                (place.last for place in sentence.of("structure") if last < place.first <= last + 4),
                default=last,
            )
        words.update(range(reference.first, last + 1))
    return words


def is_compared(note: Annotation) -> bool:
    """Whether a phrase only says what a signal is compared with: the fat in "hypointense to fat"."""
    sentence = note.sentence
    if note.first != note.last or note.assertion is Assertion.ABSENT or "intensity" not in sentence.kinds:
        return False
    return note.first in reference_words(sentence)


def signal_in(cord: Anchor | Annotation) -> bool:
    """Whether a signal is told of inside the cord: "hyperintense signal in the cord at T7"."""
    sentence = cord.sentence
    for signal in sentence.of("intensity"):
        between = sentence.norms(signal.last + 1, cord.first - 1)
        if 0 < cord.first - signal.last <= 5 and not {"in", "within"}.isdisjoint(between):
            return True
    return False


_OTHERS = ("structure", "organ", "organ_finding", "node", "treatment", "bone_marrow")


@needs(*_OTHERS, otherwise=list)
def other_anchors(sentence: Sentence, taken: Sequence[Anchor]) -> list[Anchor]:
    """Structures, organs, nodes, treatments and bones, which own what is said of them."""
    references = reference_words(sentence)
    covered = {index for anchor in taken for index in range(anchor.first, anchor.last + 1)}
    for anchor in taken:  # "nodules in the left breast": the breast is where they lie, not what is measured
        for site in anchor.sites:
            if site.sentence is sentence:
                covered.update(range(site.first, site.last + 1))
    kinds = sentence.kinds
    levels = {
        index for note in kinds.get("level", ()) for index in (note.first - 1, note.last, note.last + 1, note.first)
    }
    found: list[Anchor] = []
    wholes = [note for note in kinds.get("finding", ()) if note.means.get("field") == "bone_change"]
    wholes += kinds.get("bone_marrow", ())
    sites = kinds.get("site", ())
    for note in sentence.annotations:
        if note.kind not in _OTHERS:
            continue
        if wholes and note.kind == "structure" and any(_is_part(note, whole) for whole in wholes):
            continue  # the bone in "bone erosion", the vertebra in "H-shaped vertebra"
        if note.first in references or note.first in covered or _is_measure(sentence, note):
            continue
        if note.concept in ("vertebra", "disc") and (note.first in levels or note.last in levels):
            if any(anchor.first < note.first for anchor in [*taken, *found]):
                continue
        if note.kind in ("organ", "structure") and _is_object(sentence, note, taken):
            continue
        if sites and any(_is_part(note, site) for site in sites):
            continue  # "flanks the spine" is a place
        kind = note.concept if note.kind == "structure" else note.kind
        if kind in ("canal", "foramen", "csf"):
            kind += "_plain"  # the bare words name a place, not a finding of it
        found.append(Anchor(kind, note.first, note.last, sentence, note, note.stated))
    return found


_THAN = frozenset("to than of with".split())


def _is_measure(sentence: Sentence, note: Annotation) -> bool:
    """Whether muscle is only what a signal is compared with: "equal to that of muscle"."""
    return note.concept == "muscle" and not _THAN.isdisjoint(sentence.norms(note.first - 1, note.first - 1))


def _is_part(note: Annotation, whole: Annotation) -> bool:
    return whole.first <= note.first and note.last <= whole.last and note.last - note.first < whole.last - whole.first


def _is_object(sentence: Sentence, note: Annotation, heads: Sequence[Anchor]) -> bool:
    """Whether a structure only places a lesion of its clause: "a rind encasing both kidneys"."""
    if not heads:
        return False
    start = sentence.clause_of(note.first)[0]
    if not any(head.kind == LESION and start <= head.first < note.first for head in heads):
        return False
    norms = sentence.document.norms
    if note.concept == "cord" and signal_in(note):
        return False  # "masses compressing the cord, and hyperintense signal in the cord"
    index = note.first - 1
    while index > start and norms[index] in _ADJECTIVES:
        index -= 1
    return norms[index] in _OBJECT_OF or norms[index].endswith("ing")


_PASSIVE = frozenset(
    "cord thecal_sac csf_plain canal_plain foramen_plain muscle vessel organ organ_finding disc cauda_equina "
    "nerve_root".split()
)
"""Structures that a level in their neighbourhood is not about."""


def is_passive(anchor: Anchor) -> bool:
    """Whether a level in the neighbourhood is not about an anchor."""
    if anchor.kind == "cord" and signal_in(anchor):
        return False
    return anchor.kind in _PASSIVE or (anchor.kind == LESION and anchor.role == "emh" and not anchor.sites)

"""Numbers before and behind lesion words: "Lesion 2: …", "lesions A and C are larger", "12 paravertebral masses"."""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.anchors import LESION, Anchor, qualifies
from emh_report.document import Annotation, Sentence
from emh_report.lesions import Draft
from emh_report.nodal_types import names_node

_MOST = 200
"""More than any report counts."""
EXPANSIONS = {
    "rib expansion": "rib",
    "medullary expansion": "bone",
    "vertebral expansion": "bone",
    "expansion of posterior elements": "bone",
}
"""Bone findings that are lesions, and their sites."""
_LESION_WORDS = frozenset("lesion mass deposit nodule".split())

_MARKS = frozenset(") - / x . :".split())
"""What follows the number of a list item, or joins it to something else."""
_NUMBERED = _LESION_WORDS | frozenset("image slice series section number no case scan at on in to # -".split())
"""Words before a number that counts no lesions: "on image 45 masses are seen"."""


def number_of(sentence: Sentence) -> str | None:
    """The number of a lesion in the label of a sentence: "Lesion 2: ...", "Target lesion 1: ..."."""
    if sentence.label is None:
        return None
    words = sentence.norms(sentence.label[0], sentence.label[1])
    named = [index for index, word in enumerate(words) if word in _LESION_WORDS]
    number = words[named[-1] + 1] if named and named[-1] + 1 < len(words) else ""
    lettered = len(number) == 1 and number.isalpha() and words[named[-1] + 2 :] in ([], [":"])
    return number if lettered or (number.isdecimal() and len(number) < 4) else None


def numbered_nodes(sentence: Sentence) -> Anchor | None:
    """Nodes that a report lists among its numbered lesions: "Lesion 2: enlarged right para-aortic nodes"."""
    nodes = [note for note in sentence.of("node") if not sentence.in_label(note)]
    noun = next((note for note in nodes if names_node(note)), None)
    if noun is None or number_of(sentence) is None:
        return None
    others = [note for note in sentence.of("lesion", "site") if not sentence.in_label(note)]
    if not all(any(node.overlaps(other) for node in nodes) for other in others):
        return None
    first, last = min(noun.first, nodes[0].first), max(noun.last, nodes[-1].last)
    site = Annotation(
        "site", "site_lymph_node", first, last, sentence, {"site": "lymph_node"}, assertion=noun.assertion
    )
    return Anchor(LESION, first, last, sentence, noun, noun.stated, [site], role="mass")


def numbered_bone(sentence: Sentence) -> Anchor | None:
    """Expanded bone that a report lists among its numbered lesions: "Lesion 2: right rib expansion at T5"."""
    found = [
        note for note in sentence.of("bone_marrow") if note.preferred in EXPANSIONS and not sentence.in_label(note)
    ]
    if not found or number_of(sentence) is None:
        return None
    note = found[0]
    means = {"site": EXPANSIONS[note.preferred]}
    site = Annotation("site", "site_bone", note.first, note.last, sentence, means, assertion=note.assertion)
    return Anchor(LESION, note.first, note.last, sentence, note, note.stated, [site], role="mass")


def referred_to(head: Anchor, drafts: Sequence[Draft]) -> list[Draft]:
    """The lesions that a phrase calls by their numbers or letters."""
    known = {draft.number: draft for draft in drafts if draft.number is not None}
    norms = head.sentence.document.norms
    if not known or norms[head.last] not in _LESION_WORDS or head.sentence.in_label(head.note):
        return []
    found: list[Draft] = []
    at = head.last + 1
    while at <= head.sentence.last and norms[at] in known:
        found.append(known[norms[at]])
        at += 1 + (norms[at + 1 : at + 2] in (["and"], [","], ["&"]))
    measured = norms[at : at + 1] in (["cm"], ["mm"], ["x"])  # "lesion 2 cm"
    return [] if measured else found


def counted(head: Anchor) -> int | None:
    """How many lesions a number in digits says there are: "12 bilateral paravertebral masses"."""
    sentence = head.sentence
    norms = sentence.document.norms
    at = min([head.first, *(site.first for site in head.sites)]) - 1
    while at > sentence.first and not norms[at].isdecimal() and qualifies(sentence, at, at):
        at -= 1
    if at < sentence.first or not norms[at].isdecimal() or any(n.first <= at <= n.last for n in sentence.annotations):
        return None
    numbers_item = (at == sentence.first and sentence.item) or norms[at + 1] in _MARKS
    number = int(norms[at])
    many = sentence.document.slice(head.last, head.last).lower().endswith("s")
    named = at > sentence.first and norms[at - 1] in _NUMBERED
    return number if 1 < number <= _MOST and many and not named and not numbers_item else None


_OF_A_PLACE = frozenset("of from the paravertebral epidural paraspinal".split())
"""Words before tissue that was taken, not seen in it: "biopsy of the paravertebral tissue"."""


def is_specimen(sentence: Sentence, note: Annotation) -> bool:
    """Whether tissue lies under the microscope: "histopathology shows tissue rich in haematopoietic cells"."""
    first = sentence.clause_of(note.first)[0]
    examined = any(first <= other.first < note.first for other in sentence.of("biopsy"))
    between = sentence.norms(note.first - 3, note.first - 1)
    return examined and note.text.lower() in ("tissue", "soft tissue") and not _OF_A_PLACE.intersection(between)

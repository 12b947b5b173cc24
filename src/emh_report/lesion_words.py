"""Words for lesions that are part of another name: "chronic liver disease", "germ cell tumor"."""

from __future__ import annotations

from emh_report.anchors import Anchor
from emh_report.document import Annotation


def says_of_organ(note: Annotation) -> bool:
    """Whether a word is part of what is said of an organ: "chronic liver disease", "Liver: no enlargement"."""
    sentence = note.sentence
    if any(other.overlaps(note) for other in sentence.of("organ_finding")):
        return True
    unchanged = any(other.overlaps(note) and other.first < note.first for other in sentence.of("change"))
    return unchanged and bool(sentence.of("organ"))


def is_in_diagnosis(note: Annotation) -> bool:
    """Whether a word is part of the name of a disease of which nothing is described: "Other: germ cell tumor"."""
    sentence = note.sentence
    names = [other for other in sentence.of("differential") if other.first <= note.first and note.last <= other.last]
    told = sentence.of("level", "size", "site", "intensity", "change", "modifier") if names else []
    described = (other for other in told if "extent" not in other.means)  # "biopsy of a part showed germ cell tumor"
    return bool(names) and all(names[0].overlaps(other) for other in described)


def within_bone(head: Anchor) -> bool:
    """Whether a phrase is part of a bone finding: the expansion in "rib expansion"."""
    return any(bone.first <= head.first and head.last <= bone.last for bone in head.sentence.of("bone_marrow"))

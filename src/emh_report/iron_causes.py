"""What blooms and is no iron deposition: blood, metal, gas, calcium."""

from __future__ import annotations

from emh_report.document import Annotation
from emh_report.model import Assertion

_BLOOD_OR_METAL = frozenset(
    "hemorrhage hemorrhagic microhemorrhage microbleed hematoma blood bleed bleeding screw hardware implant "
    "metal metallic metalwork coil clip instrumentation prosthesis prosthetic fixation rod cage postsurgical "
    "postoperative gas air cavernoma dental brace wire stent shunt pump embolization".split()
)
_CALCIUM = frozenset("calcification calcified calcium".split())
_LED_BY = frozenset("from due to by of secondary reflecting indicating representing".split())
_DENIALS = frozenset("no not without non nor or".split())
_PHYSICAL = frozenset("blooming bloom susceptibility hemosiderin siderotic".split())
"""What blood and metal cause as well."""
_IRON = frozenset("iron siderosis hemosiderosis".split())


_CAUSES = _BLOOD_OR_METAL | _CALCIUM


def has_other_cause(note: Annotation) -> bool:
    """Whether blood, metal or calcium is what blooms: "collection that blooms, indicating blood products"."""
    sentence = note.sentence
    norms = sentence.document.norms
    if note.assertion is Assertion.ABSENT or not _PHYSICAL.intersection(norms[note.first : note.last + 1]):
        return False
    if _IRON.intersection(norms[sentence.first : sentence.last + 1]):
        return False
    named = (index for index in range(sentence.first, sentence.last + 1) if norms[index] in _CAUSES)
    return any(_is_cause(note, index) for index in named)


def _is_cause(note: Annotation, at: int) -> bool:
    sentence = note.sentence
    norms = sentence.document.norms
    before = norms[max(sentence.first, at - 3) : at]
    if norms[at] in _CALCIUM and _LED_BY.isdisjoint(before) or norms[at] not in _CAUSES:
        return False
    low, high = (note.last + 1, at) if at > note.last else (at + 1, note.first)
    others = [
        noun
        for noun in sentence.of("lesion", "organ")
        if low <= noun.first < high and noun.means.get("role") != "pronoun"
    ]
    return not others and ";" not in norms[low:high] and _DENIALS.isdisjoint(before)

"""What is said of each side of a bilateral lesion."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from emh_report.document import Annotation, Sentence

_MEASURED = frozenset("on the at in to side ( ) , in craniocaudal ap".split())
_PLACING = frozenset("at ( ) , in on the mm cm x right left midline side".split())
_SIZE_LABELS = frozenset("size dimension measurement measure diameter".split())


@dataclass(slots=True)
class Part:
    """What is said of one side of a bilateral lesion."""

    sizes: list[Annotation] = field(default_factory=list)
    prior_sizes: list[Annotation] = field(default_factory=list)
    levels: list[Annotation] = field(default_factory=list)


def side_parts(sentence: Sentence) -> dict[Annotation, str]:
    """Sizes and levels that stand with a side: "right 5.1 x 3.3 cm, left 4.0 cm", "3.7 cm on the right"."""
    norms = sentence.document.norms
    sides = [note for note in sentence.of("modifier") if note.means.get("laterality") in ("left", "right")]
    sizes = sentence.of("size")
    if not sides or not sizes:
        return {}
    levels = {index for level in sentence.of("level") for index in range(level.first, level.last + 1)}
    between = (norms[index] for index in range(sizes[0].last + 1, sides[0].first) if index not in levels)
    behind = sizes[0].last < sides[0].first and _MEASURED.issuperset(between)
    found: dict[Annotation, str] = {}
    for note in sentence.of("size", "level"):
        if behind and note.kind == "level" and note.last < sizes[0].first:
            continue  # "bilateral masses T5-T9, 45 mm on the right and 32 mm on the left"
        if behind:
            side = next((side for side in sides if side.first > note.last), None)
        else:
            side = next((side for side in reversed(sides) if side.last < note.first), None)
        if side is not None:
            found[note] = side.means["laterality"]
    return found


def level_of(size: Annotation) -> Annotation | None:
    """The level at which a size was taken: "4.1 cm at T6", "Size: 5.2 x 3.1 cm on the right at T6"."""
    for level in size.sentence.of("level"):
        gap = size.sentence.document.norms[size.last + 1 : level.first]
        labelled = says_where_measured(level) and _PLACING.issuperset(word for word in gap if not word[0].isdigit())
        if (0 < len(gap) <= 3 and gap[0] == "at") or labelled:
            return level
    return None


def says_where_measured(note: Annotation) -> bool:
    """Whether a side or a level tells where a size was taken: "Size: 5.2 x 3.1 cm at T6 on the right"."""
    sentence = note.sentence
    label = sentence.norms(*sentence.label) if sentence.label else []
    return not _SIZE_LABELS.isdisjoint(label) and any(size.last < note.first for size in sentence.of("size"))


def of_both(note: Annotation) -> bool:
    """Whether "both" is of two places: "both paravertebral gutters", "encased both kidneys"."""
    places = note.sentence.of("site", "organ", "structure")
    return any(0 < place.first - note.last <= 2 for place in places)


def compares_sides(note: Annotation) -> bool:
    """Whether both sides are told of, one larger: "left greater than right paravertebral masses"."""
    sides = [other for other in note.sentence.of("modifier") if other.means.get("laterality") in ("left", "right")]
    for one, other in pairwise(sides):
        between = note.sentence.norms(one.last + 1, other.first - 1)
        if note in (one, other) and len(between) <= 4 and not {"than", ">"}.isdisjoint(between):
            return True
    return False

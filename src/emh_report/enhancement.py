"""Degree and pattern of an enhancement phrase."""

from __future__ import annotations

from emh_report.anchors import Anchor, premodifies, qualifies
from emh_report.document import Annotation

_BETWEEN = frozenset(
    "is are was were which be and very , : post contrast in a pattern following after gadolinium "
    "administration appear again possible likely unlikely".split()
)


def enhancement_words(note: Annotation) -> list[Annotation]:
    """Degree and pattern words before an enhancement phrase or right behind it ("enhances avidly")."""
    found = []
    norms = note.sentence.document.norms
    anchor = Anchor("enhancement", note.first, note.last, note.sentence, note, note.assertion)
    for modifier in note.sentence.of("modifier"):
        if not {"degree", "pattern"} & set(modifier.means):
            continue
        behind = range(note.last + 1, modifier.first)
        holds = modifier.first <= note.first and note.last <= modifier.last  # "wall enhancement"
        if (
            holds
            or premodifies(modifier, anchor)
            or (
                modifier.first > note.last
                and len(behind) <= 6
                and all(norms[index] in _BETWEEN or qualifies(note.sentence, index, index) for index in behind)
            )
        ):
            found.append(modifier)
    return found


def describes_enhancement(note: Annotation) -> bool:
    """Whether a pattern is that of enhancement: "rim enhancement"."""
    return any(
        note in enhancement_words(other)
        for other in note.sentence.of("finding")
        if other.means.get("field") == "enhancement"
    )

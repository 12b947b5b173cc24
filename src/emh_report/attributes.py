"""What a size, a signal, a finding or a modifier can be said of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from emh_report.anchors import LESION, Anchor
from emh_report.document import Annotation
from emh_report.lesions import Draft
from emh_report.parts import side_parts

_OWN_SIZE = frozenset({LESION, "organ", "organ_finding", "node"})
_SHINING = _OWN_SIZE | frozenset(
    "vertebra bone_marrow cord cord_signal cord_normal muscle disc other_anatomy csf_plain".split()
)
_MEASURED = _OWN_SIZE | frozenset("cord canal canal_plain cord_signal disc vessel other_anatomy".split())
_SHOWING = _OWN_SIZE | frozenset("vertebra bone_marrow cord muscle vessel disc cauda_equina other_anatomy".split())
"""What can enhance, calcify or hold iron and fat."""
_UNQUALIFIED = frozenset(
    "treatment canal_plain foramen_plain csf_plain thecal_sac cord cauda_equina nerve_root".split()
)
"""Places that a side or a shape in their neighbourhood is not about."""
_FIELDS = frozenset("enhancement iron fat calcification necrosis bone_change attenuation diffusion".split())


SYSTEMIC = frozenset("overload overloaded siderosis hemosiderosis hemochromatosis".split())
"""Words for iron in the body, not in what is looked at."""


def is_systemic(note: Annotation) -> bool:
    """Whether a phrase speaks of iron in the body: "iron overload" is not said of the mass spoken of before."""
    return note.means.get("field") == "iron" and not SYSTEMIC.isdisjoint(note.sentence.norms(note.first, note.last + 1))


def shines(anchor: Anchor) -> bool:
    """Whether a signal can be said of an anchor."""
    return anchor.kind in _SHINING


def acceptance(note: Annotation) -> Callable[[Anchor], bool] | None:
    """What a phrase can be said of; None for phrases that are no attribute."""
    if note.kind != "finding":
        return _ACCEPTING.get(note.kind)
    field = note.means.get("field")
    return _is_lesion_or_organ if field == "bone_change" else _shows if field in _FIELDS else None


def _is_lesion_or_organ(anchor: Anchor) -> bool:
    """Of a bone change: the mass erodes the vertebra that is named."""
    return anchor.kind in _OWN_SIZE


def _shows(anchor: Anchor) -> bool:
    return anchor.kind in _SHOWING


def _is_measured(anchor: Anchor) -> bool:
    return anchor.kind in _MEASURED


def _is_qualified(anchor: Anchor) -> bool:
    return anchor.kind not in _UNQUALIFIED


_ACCEPTING: Mapping[str, Callable[[Anchor], bool]] = {
    "size": _is_measured,
    "quantity": _is_measured,
    "modifier": _is_qualified,
    "change": _is_qualified,
}


def add_parts(draft: Draft, size: Annotation, anchors: Sequence[Anchor]) -> None:
    """A size of one side, with the levels of that side."""
    sides = side_parts(size.sentence)
    if size not in sides:
        return
    draft.add_part(sides[size], size)
    known = [*draft.level_notes, *(level for anchor in anchors for level in anchor.levels)]
    for level in size.sentence.of("level"):
        if sides.get(level) == sides[size] and level in known:
            draft.add_part(sides[size], level)

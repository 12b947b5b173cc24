"""Expanded bone as a lesion: the contract lists expansile marrow sites beside the masses."""

from __future__ import annotations

from emh_report.document import Annotation, Sentence
from emh_report.lesion_names import EXPANSIONS
from emh_report.measure import SizeSpan
from emh_report.model import TODAY, Asserted, Laterality, Lesion, LesionKind, Site
from emh_report.needs import needs
from emh_report.nouns import noun_before, nouns
from emh_report.relations import BACKGROUND, SILENT, Links
from emh_report.tissue import side_of_bone

_NO_BONE = frozenset({"marrow", "bone marrow", "bones", "spine", "marrow signal", "ribs"})


@needs("bone_marrow", otherwise=tuple)
def expanded_bones(links: Links, attribution: Asserted) -> tuple[Lesion, ...]:
    """One lesion for each kind of expanded bone that the report describes and no mass stands for."""
    masses = {draft.site for draft in links.lesions if draft.assertion in TODAY}
    found: dict[str, tuple[Annotation, tuple[float, ...], Laterality | None, list[Annotation]]] = {}
    for sentence in links.document.having("bone_marrow"):
        if sentence.section in SILENT or sentence.section == BACKGROUND:
            continue
        for note in sentence.of("bone_marrow"):
            site = EXPANSIONS.get(note.preferred)
            if site is None or site in masses or note.assertion not in TODAY:
                continue
            sizes = _sizes(sentence, note)
            size = sizes[0].value.size_mm if sizes and isinstance(sizes[0].value, SizeSpan) else ()
            if site not in found or (size and not found[site][1]):
                found[site] = (note, size, side_of_bone(sentence, note), [note, *sizes[:1]])
            for bone in _listed(sentence, note) if "bone" not in masses else ():
                found.setdefault("bone", (bone, (), side_of_bone(sentence, bone), [bone, note]))
    return tuple(
        Lesion(
            id="",
            kind=LesionKind.MARROW_EXPANSION,
            emh=attribution,
            site=Site(site),
            subsite=_bone(note),
            laterality=side,
            size_mm=size,
            assertion=note.assertion,
            evidence=links.document.evidence_of(*notes),
        )
        for site, (note, size, side, notes) in found.items()
    )


def _listed(sentence: Sentence, note: Annotation) -> list[Annotation]:
    """Other bones that are expanded with it: "the left iliac bone and multiple right ribs are expanded"."""
    bones = [bone for bone in sentence.of("site") if bone.means["site"] == "bone" and bone.last < note.first]
    return [bone for bone in bones[-1:] if "and" in sentence.norms(bone.last + 1, min(bone.last + 2, note.first - 1))]


def _bone(note: Annotation) -> str | None:
    """The bone that is named: "left iliac bone with bone expansion"."""
    if note.kind == "site":
        return note.text.lower()
    if _listed(note.sentence, note):
        return None
    bone = noun_before(note.sentence, note)
    named = bone is not None and bone.concept == "vertebra" and bone.text.lower() not in _NO_BONE
    return bone.text.lower() if bone and named else None


def _sizes(sentence: Sentence, note: Annotation) -> list[Annotation]:
    """Today's sizes behind a bone, before anything else is named."""
    following = min(
        (noun.first for noun in nouns(sentence) if noun.first > note.last and noun.kind in ("lesion", "organ", "node")),
        default=sentence.last + 1,
    )
    return [
        size
        for size in sentence.of("size")
        if note.last < size.first < following and isinstance(size.value, SizeSpan) and not size.value.prior
    ]

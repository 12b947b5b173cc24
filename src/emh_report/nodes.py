"""Lymph nodes: each station with its side, size and necrosis, and the lesions that enlarged groups are.

A station is a nodal group only where a node is spoken of: "left para-aortic node", "nodes in the iliac
chain", "Nodes: retrocrural 11 mm", "axillae negative", but not "retroperitoneal mass". What follows without
a subject of its own ("No necrosis.", "They enhance.") belongs to the groups named last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emh_report import descriptions
from emh_report.document import Annotation, Sentence
from emh_report.lesions import Draft
from emh_report.masses import main_size
from emh_report.model import (
    TODAY,
    Asserted,
    Assertion,
    Laterality,
    Lesion,
    LesionKind,
    LymphNode,
    Presence,
    Site,
)
from emh_report.needs import needs
from emh_report.nodal_details import describe
from emh_report.nodal_groups import groups_of
from emh_report.nodal_types import Group, is_node_word, sizes_mm
from emh_report.relations import BACKGROUND, SILENT, Links
from emh_report.standing import stronger

_POINTING = frozenset({"these", "those"})
_PARTS = {
    "retroperitoneal": {
        "para-aortic",
        "aortocaval",
        "retrocaval",
        "paracaval",
        "retroaortic",
        "renal hilar",
        "common iliac",
    },
    "abdominal": {
        "retroperitoneal",
        "para-aortic",
        "aortocaval",
        "retrocaval",
        "paracaval",
        "retroaortic",
        "renal hilar",
        "mesenteric",
        "portal",
        "portocaval",
        "peripancreatic",
        "celiac",
        "splenic hilar",
        "retrocrural",
    },
    "mediastinal": {"paratracheal", "subcarinal", "aortopulmonary", "internal mammary"},
    "pelvic": {"external iliac", "internal iliac", "common iliac", "iliac", "presacral", "inguinal"},
    "iliac": {"external iliac", "internal iliac", "common iliac"},
}
"""What a region's name sums up: "retroperitoneal adenopathy" adds nothing to the para-aortic node it is."""


def lymph_nodes(links: Links, groups: Sequence[Group]) -> tuple[LymphNode, ...]:
    """Nodal groups, each station by itself."""
    numbered = _numbered(links)
    return tuple(_lymph_node(links, group, numbered) for group in groups)


def _numbered(links: Links) -> dict[Annotation, Draft]:
    """Nodes that stand among the numbered lesions, under which what is said of them stands."""
    return {
        head.note: draft
        for draft in links.lesions
        if draft.number and draft.site == "lymph_node"
        for head in draft.heads
    }


def _lymph_node(links: Links, group: Group, numbered: Mapping[Annotation, Draft]) -> LymphNode:
    listed = next((numbered[note] for note in group.notes if note in numbered), None)
    size = main_size(listed) if listed and not group.sizes else None
    notes = [*group.notes, *(listed.notes if listed else ())]
    necrosis = group.asserted.get("necrosis", Assertion.NOT_MENTIONED)
    if listed:
        necrosis = stronger(necrosis, listed.asserted.get("necrosis", Assertion.NOT_MENTIONED))
    return LymphNode(
        station=group.station,
        laterality=Laterality(group.side) if group.side else None,
        size_mm=size.size_mm if size else sizes_mm(group),
        necrosis=Presence(assertion=necrosis),
        assertion=group.assertion,
        evidence=links.document.evidence_of(*notes),
    )


def nodal_lesions(links: Links, groups: Sequence[Group], attribution: Asserted) -> tuple[Lesion, ...]:
    """A lesion for each group called enlarged or pathological, or with a short axis of 10 mm or more."""
    listed: list[list[Group]] = []
    numbered = _numbered(links)
    for group in groups:
        if not numbered.keys().isdisjoint(group.notes):
            continue
        if group.assertion not in TODAY or not group.is_enlarged():
            continue
        together = next((other for other in listed if group.mass is not None and other[0].mass is group.mass), None)
        if together:
            together.append(group)  # one conglomerate mass of several stations
        else:
            listed.append([group])
    return tuple(_lesion(links, members, attribution) for members in listed)


@needs("node", otherwise=list)
def nodal_groups(links: Links) -> list[Group]:
    """The groups of a report; what is said of one in several places is brought together."""
    found: list[Group] = []
    focus: list[Group] = []
    topic: tuple[int, str | None] | None = None
    before: Sentence | None = None
    for sentence in links.document.sentences:
        if sentence.section in SILENT or sentence.section == BACKGROUND:
            continue
        place = (sentence.paragraph, sentence.section)
        if (sentence.label is not None and not _points_back(sentence)) or (
            before and (before.paragraph, before.section) != place
        ):
            topic, focus = None, []
        if _is_heading(sentence):
            topic = place
        titled = sentence.label is not None and sentence.label[1] == sentence.last and _is_heading(sentence)
        new = [] if titled else groups_of(sentence, under=topic == place)
        if focus and all(_refers_back(group) for group in new) and (new or _continues(sentence)):
            describe(sentence, [], focus)
        elif new:
            focus = [_added(found, group) for group in new]
            describe(sentence, new, focus)
        else:
            focus = []
        before = sentence
    return _without_sums(found)


def _is_heading(sentence: Sentence) -> bool:
    """Whether a label or a bare line names nodes as what follows."""
    last = sentence.label[1] if sentence.label else sentence.last
    words = [word for word in sentence.norms(sentence.first, last) if word.isalpha()]
    return (
        bool(words)
        and len(words) <= 3
        and is_node_word(words[-1])
        and (sentence.label is not None or last - sentence.first < 4)
    )


def _points_back(sentence: Sentence) -> bool:
    """Whether a label speaks of the nodes named before: "Necrosis of these nodes: present"."""
    return sentence.label is not None and not _POINTING.isdisjoint(sentence.norms(*sentence.label))


def _refers_back(group: Group) -> bool:
    """Whether a phrase only takes up the nodes just named: "The nodes are not necrotic"."""
    return group.station is None and group.assertion is Assertion.PRESENT and not group.sizes


def _continues(sentence: Sentence) -> bool:
    """Whether a sentence has no subject of its own."""
    if sentence.label is not None or sentence.item:
        return False
    if sentence.norms(sentence.first, sentence.first)[0] in ("it", "they", "these"):
        return True
    nouns = sentence.of("lesion", "organ", "organ_finding", "structure", "emh", "bone_marrow")
    return all(note.means.get("role") == "pronoun" for note in nouns)


def _added(found: list[Group], group: Group) -> Group:
    """The group that a new mention speaks of: the same station, unless the sides differ."""
    for old in found:
        sides = {old.side, group.side} - {None}
        if old.station == group.station and (len(sides) < 2 or "bilateral" in sides):
            old.merge(group)
            return old
    found.append(group)
    return group


def _without_sums(found: list[Group]) -> list[Group]:
    """Drop names that sum up groups already listed, and a station that is not named."""
    present = {group.station for group in found if group.assertion in TODAY and group.station}
    kept = []
    for group in found:
        if group.assertion in TODAY and present & _PARTS.get(group.station or "", set()):
            continue
        if group.station is None and (present or group.assertion is Assertion.HYPOTHETICAL):
            continue
        kept.append(group)
    return kept


def _lesion(links: Links, members: list[Group], attribution: Asserted) -> Lesion:
    first = members[0]
    asserted = first.asserted
    sides = {group.side for group in members}
    enhancement = asserted.get("enhancement", Assertion.NOT_MENTIONED)
    return Lesion(
        id="",
        kind=LesionKind.NODAL,
        emh=attribution,
        site=Site("lymph_node"),
        laterality=Laterality(first.side) if first.side and len(sides) == 1 else None,
        size_mm=sizes_mm(first),
        prior_size_mm=first.prior_mm(),
        signal=tuple(signal for draft in first.signals for signal in descriptions.signals_of(draft)),
        homogeneity=descriptions.homogeneity(first.words),
        enhancement=descriptions.enhancement(enhancement, first.words.get("degree"), first.words.get("pattern")),
        calcification=Presence(assertion=asserted.get("calcification", Assertion.NOT_MENTIONED)),
        necrosis=Presence(assertion=asserted.get("necrosis", Assertion.NOT_MENTIONED)),
        fat=Presence(assertion=asserted.get("fat", Assertion.NOT_MENTIONED)),
        change=first.change,
        assertion=first.assertion,
        evidence=links.document.evidence_of(*[note for group in members for note in group.notes]),
    )

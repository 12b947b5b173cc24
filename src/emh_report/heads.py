"""Sentence → the lesions it names and the other things in it that can own a size, a signal or a level."""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.anchors import LESION, VERBS, Anchor, premodifies, qualifies
from emh_report.document import Annotation, Sentence
from emh_report.model import Assertion
from emh_report.signals import reference_of

_INTO = frozenset(
    "into extending extend extension invading protruding reaching encroaching entering insinuating within".split()
)
_LIST = frozenset("and , or / & nor as well the left right bilateral both in region along".split())
_BESIDE = frozenset("adjacent near next to abutting beside overlying from arising to".split())
_ORGAN_SITES = frozenset({"liver", "spleen", "kidney", "adrenal", "breast"})


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


def lesion_heads(sentence: Sentence) -> list[Anchor]:
    """One anchor for each lesion phrase: "bilateral paravertebral masses", "epidural extension", "they"."""
    heads: list[Anchor] = []
    for note in sentence.of("lesion"):
        if _names_nodes(sentence, note):
            continue
        role = note.means.get("role", "mass")
        if role == "pronoun" and _no_subject(sentence, note):
            continue
        if heads and note.first - heads[-1].last <= 1 and role == "mass":
            previous = heads[-1]
            previous.last = note.last
            if previous.role == "pronoun":
                previous.role = "definite"
            previous.assertion = _stronger(previous.assertion, note.assertion)
            continue
        heads.append(Anchor(LESION, note.first, note.last, sentence, note, _assertion(note), role=role))
    for note in sentence.of("emh"):
        if any(
            head.first - 1 <= note.last + 1 and note.first <= head.last + 1
            for head in heads
            if head.role == "mass"
        ):
            continue
        heads.append(Anchor(LESION, note.first, note.last, sentence, note, _assertion(note), role="emh"))
    heads.extend(_tumours(sentence, heads))
    heads.extend(_side_label(sentence, heads))
    heads = [head for head in heads if not _is_label(sentence, head) and not _normal_tissue(sentence, head)]
    heads.sort(key=lambda head: head.first)
    _give_sites(sentence, heads)
    heads = [head for head in heads if head.sites or head.role in ("mass", "pronoun", "definite")]
    return heads or _denied_label(sentence)


def _side_label(sentence: Sentence, heads: Sequence[Anchor]) -> list[Anchor]:
    """A label that names one side of what was spoken of: "Left, T4 through T9: smaller"."""
    if sentence.label is None or any(head.first <= sentence.label[1] for head in heads):
        return []
    inside = [note for note in sentence.annotations if note.last <= sentence.label[1]]
    if any(
        note.kind in ("site", "structure", "organ", "node", "finding", "effect", "bone_marrow")
        for note in inside
    ):
        return []
    return [
        Anchor(LESION, note.first, note.last, sentence, note, Assertion.PRESENT, role="mass")
        for note in inside
        if note.means.get("laterality") in ("left", "right")
    ][:1]


def _tumours(sentence: Sentence, heads: Sequence[Anchor]) -> list[Anchor]:
    """Diagnoses described like a lesion: "an isointense schwannoma", "a 17 x 14 mm meningioma"."""
    found = []
    for note in sentence.of("differential"):
        within = [
            site
            for site in sentence.of("site")
            if note.first <= site.first <= note.last or 0 < note.first - site.last <= 2
        ]
        if note.assertion is Assertion.PRESENT and within and within[-1].means["site"] == "epidural":
            found.append(
                Anchor(
                    LESION, note.first, note.last, sentence, note, Assertion.PRESENT, within[-1:], role="part"
                )
            )
            continue
        if any(abs(head.first - note.last) <= 6 or abs(note.first - head.last) <= 6 for head in heads):
            continue
        anchor = Anchor(LESION, note.first, note.last, sentence, note, _assertion(note), role="mass")
        if note.assertion is Assertion.PRESENT and any(
            premodifies(other, anchor)
            for other in sentence.of("intensity", "size")
            if other.last < note.first
        ):
            found.append(anchor)
    return found


def _names_nodes(sentence: Sentence, note: Annotation) -> bool:
    """Whether a lesion word is part of a nodal phrase, which nodes.py reads: "nodal mass", "conglomerate iliac nodes"."""
    nodes = sentence.of("node")
    named = {index for node in nodes for index in range(node.first, node.last + 1)}
    stations = {
        index for node in nodes if "station" in node.means for index in range(node.first, node.last + 1)
    }
    end = note.last + 1
    while end in stations:
        end += 1
    return note.first in named or (
        note.text.lower() == "conglomerate" and end in named | {node.first for node in nodes}
    )


def _denied_label(sentence: Sentence) -> list[Anchor]:
    """ "Epidural: nil" and "Epidural space: normal" deny a lesion without naming one."""
    if sentence.label is None:
        return []
    rest = [note for note in sentence.annotations if note.first > sentence.label[1]]
    normal = any(
        note.kind == "effect" and note.means["effect"] == "preserved" and note.assertion is Assertion.PRESENT
        for note in rest
    )
    return [
        Anchor(LESION, site.first, site.last, sentence, site, Assertion.ABSENT, [site], role="part")
        for site in sentence.of("site")
        if site.last <= sentence.label[1]
        and (site.assertion is Assertion.ABSENT or normal)
        and site.means["site"] == "epidural"
    ]


_PREPOSITIONS = frozenset(
    "to of in within around between with from by for on behind at over under through".split()
)


def _no_subject(sentence: Sentence, note: Annotation) -> bool:
    """Whether a pronoun is part of a longer phrase ("on both sides") or only an object ("posterior to it")."""
    before = sentence.document.norms[note.first - 1] if note.first > sentence.first else ""
    swallowed = any(
        other is not note
        and other.first <= note.first
        and note.last <= other.last
        and other.kind in ("modifier", "change")
        for other in sentence.annotations
    )
    return swallowed or before in _PREPOSITIONS


def _is_label(sentence: Sentence, head: Anchor) -> bool:
    """Whether a phrase is only the label of what follows ("Paraspinal soft tissues: No mass")."""
    if sentence.label is None or head.last > sentence.label[1]:
        return False
    rest = [note for note in sentence.annotations if note.first > sentence.label[1]]
    if head.assertion is not Assertion.PRESENT and not any(
        note.kind in ("lesion", "finding", "effect") for note in rest
    ):
        return False
    if any(note.kind == "lesion" for note in rest):
        return True
    said = any(note.kind in ("level", "size", "intensity", "emh", "differential", "change") for note in rest)
    if any(note.kind == "effect" and note.means["effect"] == "preserved" for note in rest) and not said:
        return True
    tissue = head.note.text.lower().endswith(("tissue", "tissues"))
    return (
        tissue
        or not any(note.kind == "site" and note.last <= sentence.label[1] for note in sentence.annotations)
    ) and not said


def _normal_tissue(sentence: Sentence, head: Anchor) -> bool:
    """Whether tissue is only called normal: "the paravertebral soft tissues are unremarkable"."""
    if not head.note.text.lower().endswith(("tissue", "tissues")):
        return False
    first, last = sentence.clause_of(head.first)
    return any(
        note.means["effect"] == "preserved" and first <= note.first <= last for note in sentence.of("effect")
    )


def _assertion(note: Annotation) -> Assertion:
    return Assertion.PRESENT if note.excepted else note.assertion


def _stronger(one: Assertion, other: Assertion) -> Assertion:
    return one if one is not Assertion.PRESENT else other


def site_notes(sentence: Sentence) -> list[Annotation]:
    """Site phrases, and organs that stand for a site ("mass in the liver")."""
    notes = sentence.of("site")
    organs = [
        Annotation(
            "site",
            note.concept,
            note.first,
            note.last,
            sentence,
            {"site": note.preferred},
            assertion=note.assertion,
        )
        for note in sentence.of("organ")
        if note.preferred in _ORGAN_SITES
    ]
    return sorted([*notes, *organs], key=lambda note: note.first)


def _give_sites(sentence: Sentence, heads: list[Anchor]) -> None:
    norms = sentence.document.norms
    sites = site_notes(sentence)
    taken: set[int] = set()
    nouns = [head for head in heads if head.role != "pronoun"]
    for site in sites:
        organ = site.means["site"] in _ORGAN_SITES
        head = next((head for head in nouns if head.first > site.last), None)
        if head and not (
            organ
            and norms[site.last] in ("liver", "spleen", "kidney")
            and norms[site.first - 1 : site.first] == ["the"]
        ):
            gap = range(site.last + 1, head.first)
            inside_other = any(
                site.last < note.first < head.first
                for note in sentence.of("lesion")
                if note.first != head.first
            )
            measured = organ and any(site.last < size.first < head.first for size in sentence.of("size"))
            if len(gap) <= 10 and not inside_other and not measured and all(_adjective(sentence, index) for index in gap):
                head.sites.append(site)
                taken.add(site.first)
    for site in sites:
        if site.first in taken:
            continue
        before = [head for head in nouns if head.last < site.first]
        if not before:
            continue
        head = before[-1]
        gap = norms[head.last + 1 : site.first]
        if any(word in (";",) for word in gap) or len(gap) > 16:
            continue
        if head.role == "emh" and len(gap) > 8:
            continue
        into = bool(_INTO.intersection(gap))
        if not head.sites:
            if site.means["site"] in _ORGAN_SITES and not {
                "in",
                "within",
                "of",
                "into",
                "involving",
            }.intersection(gap[:6]):
                continue
            head.sites.append(site)
            taken.add(site.first)
        elif into and site.means["site"] == "epidural" and head.role == "mass":
            heads.append(
                Anchor(LESION, site.first, site.last, sentence, site, head.assertion, [site], role="part")
            )
            taken.add(site.first)
        elif head.sites[-1].first in taken and head.sites[-1].first > head.last:
            between = norms[head.sites[-1].last + 1 : site.first]
            if (
                between
                and all(
                    word in _LIST or qualifies(sentence, site.first - 1, site.first - 1) for word in between
                )
                and len(between) <= 4
            ):
                head.sites.append(site)
                taken.add(site.first)
    for before, head in zip(nouns, nouns[1:], strict=False):
        if not head.sites and head.note.excepted and before.sites:
            head.sites.extend(before.sites)  # "no epidural disease with the exception of a component at T6"
    for head in nouns:
        if not head.sites and norms[head.last + 1 : head.last + 2] == ["within"]:
            head.sites.extend([site for site in sites if site.last < head.first][-1:])
        if not head.sites and head.role == "mass" and not _points_back(sentence, head):
            start = sentence.clause_of(head.first)[0]
            earlier = [site for site in sites if site.last < head.first and site.first not in taken]
            head.sites.extend(
                [site for site in earlier if start <= site.first][-1:] or (earlier if len(sites) == 1 else [])
            )
        if not head.sites and head.role in ("mass", "part") and not _points_back(sentence, head):
            head.sites.extend(_topic_sites(sentence)[:1])
    heads.sort(key=lambda head: head.first)


def _topic_sites(sentence: Sentence) -> list[Annotation]:
    """Sites of the label a sentence stands under, organs among them ("Liver: In segment VII there is a lesion")."""
    return [note for note in sentence.topic if note.kind == "site"] + [
        Annotation("site", note.concept, note.first, note.last, note.sentence, {"site": note.preferred})
        for note in sentence.topic
        if note.kind == "organ" and note.preferred in _ORGAN_SITES
    ]


def _points_back(sentence: Sentence, head: Anchor) -> bool:
    """Whether a lesion phrase refers to one already named ("the mass", "these lesions")."""
    before = sentence.document.norms[max(sentence.first, head.first - 3) : head.first]
    return head.role == "definite" or bool({"the", "these", "this", "those"}.intersection(before))


def _adjective(sentence: Sentence, index: int) -> bool:
    norms = sentence.document.norms
    if norms[index] in VERBS or norms[index] in ("in", "at", "of", "with", "from", "on"):
        return False
    return qualifies(sentence, index, index) or norms[index] in (
        "based",
        "located",
        "space",
        "region",
        "enhancing",
        "sided",
        "or",
        "nor",
        "shaped",
        "like",
        "any",
    )


_OBJECT_OF = frozenset(
    "encasing encase surrounding surround abutting adjacent to of around in within along from into displacing displace overlying behind near "
    "beside between invading through over under replacing involving".split()
)
_ADJECTIVES = frozenset(
    "the both left right a an adjacent upper lower posterior anterior its lumbar thoracic dorsal cervical sacral bony".split()
)


def _is_object(sentence: Sentence, note: Annotation, heads: Sequence[Anchor]) -> bool:
    """Whether a structure only places a lesion of its clause ("a rind encasing both kidneys, showing enhancement")."""
    start = sentence.clause_of(note.first)[0]
    if not any(head.kind == LESION and start <= head.first < note.first for head in heads):
        return False
    norms = sentence.document.norms
    index = note.first - 1
    while index > start and norms[index] in _ADJECTIVES:
        index -= 1
    return norms[index] in _OBJECT_OF or norms[index].endswith("ing")


def other_anchors(sentence: Sentence, taken: Sequence[Anchor]) -> list[Anchor]:
    """Structures, organs, nodes, treatments and bones, which own what is said of them."""
    references = reference_words(sentence)
    covered = {index for anchor in taken for index in range(anchor.first, anchor.last + 1)}
    for anchor in taken:  # "nodules in the left breast": the breast is where they lie, not what is measured
        for site in anchor.sites:
            if site.sentence is sentence:
                covered.update(range(site.first, site.last + 1))
    levels = {
        index
        for note in sentence.of("level")
        for index in (note.first - 1, note.last, note.last + 1, note.first)
    }
    found: list[Anchor] = []
    for note in sentence.annotations:
        if note.kind not in ("structure", "organ", "organ_finding", "node", "treatment", "bone_marrow"):
            continue
        if note.first in references or note.first in covered:
            continue
        if note.concept in ("vertebra", "disc") and (note.first in levels or note.last in levels):
            if any(anchor.first < note.first for anchor in [*taken, *found]):
                continue
        if note.kind in ("organ", "structure") and _is_object(sentence, note, taken):
            continue
        if any(
            site.first <= note.first
            and note.last <= site.last
            and site.last - site.first > note.last - note.first
            for site in sentence.of("site")
        ):
            continue  # "flanks the spine" is a place
        kind = note.concept if note.kind == "structure" else note.kind
        if kind in ("canal", "foramen", "csf"):
            kind += "_plain"  # the bare words name a place, not a finding of it
        found.append(Anchor(kind, note.first, note.last, sentence, note, _assertion(note)))
    return found

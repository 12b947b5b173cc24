"""Sentence → the lesions it names."""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.anchors import LESION, Anchor, premodifies, qualifies
from emh_report.document import Annotation, Sentence
from emh_report.itemised import itemised
from emh_report.lesion_names import is_specimen, numbered_bone, numbered_nodes
from emh_report.lesion_words import is_in_diagnosis, says_of_organ
from emh_report.model import Assertion
from emh_report.parts import of_both
from emh_report.sites import ORGAN_SITES, give_sites

_HEADS = frozenset({"lesion", "emh", "differential", "site"})  # what can name a lesion where no label does


def lesion_heads(sentence: Sentence) -> list[Anchor]:
    """One anchor for each lesion phrase: "bilateral paravertebral masses", "epidural extension", "they"."""
    if listed := numbered_nodes(sentence) or numbered_bone(sentence):
        return [listed]
    heads: list[Anchor] = []
    if sentence.label is None and _HEADS.isdisjoint(sentence.kinds):
        return heads
    for note in sentence.of("lesion"):
        if _names_nodes(sentence, note) or is_specimen(sentence, note):
            continue
        role = note.means.get("role", "mass")
        if (role == "part" and says_of_organ(note)) or is_in_diagnosis(note):
            continue
        if role == "pronoun" and _no_subject(sentence, note):
            continue
        if heads and role != "pronoun" and _is_adjective(sentence, heads[-1], note):
            heads.pop()
        if heads and note.first - heads[-1].last <= 1 and role == "mass":
            previous = heads[-1]
            previous.last = note.last
            if previous.role == "pronoun":
                previous.role = "definite"
            previous.assertion = _stronger(previous.assertion, note.assertion)
            continue
        heads.append(Anchor(LESION, note.first, note.last, sentence, note, note.stated, role=role))
    for note in sentence.of("emh"):
        if any(
            head.first - 1 <= note.last + 1 and note.first <= head.last + 1 for head in heads if head.role == "mass"
        ):
            continue
        heads.append(Anchor(LESION, note.first, note.last, sentence, note, note.stated, role="emh"))
    heads.extend(_tumours(sentence, heads))
    heads.extend(_side_label(sentence, heads))
    if not heads:
        return _denied_label(sentence) or _measured_label(sentence)
    heads.extend(_measured_item(sentence, heads))
    if items := itemised(sentence, heads):
        return [*items, *(head for head in heads if head.role == "pronoun" and head.first > items[0].first)]
    heads = [head for head in heads if not _is_label(sentence, head) and not _normal_tissue(sentence, head)]
    heads.sort(key=lambda head: head.first)
    give_sites(sentence, heads)
    heads = [head for head in heads if head.sites or head.role in ("mass", "pronoun", "definite")]
    return heads or _denied_label(sentence)


def _is_adjective(sentence: Sentence, head: Anchor, note: Annotation) -> bool:
    """Whether a word of size only describes the noun behind it: "T7 larger left epidural focus"."""
    sized = head.role == "pronoun" and head.note.text.lower() in ("larger", "bigger")
    return sized and note.first > head.last and qualifies(sentence, head.last + 1, note.first - 1)


def _side_label(sentence: Sentence, heads: Sequence[Anchor]) -> list[Anchor]:
    """A label that names one side of what was spoken of: "Left, T4 through T9: smaller"."""
    if sentence.label is None or any(head.first <= sentence.label[1] for head in heads):
        return []
    inside = [note for note in sentence.annotations if note.last <= sentence.label[1]]
    if any(note.kind in ("site", "structure", "organ", "node", "finding", "effect", "bone_marrow") for note in inside):
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
                Anchor(LESION, note.first, note.last, sentence, note, Assertion.PRESENT, within[-1:], role="part")
            )
            continue
        if any(abs(head.first - note.last) <= 6 or abs(note.first - head.last) <= 6 for head in heads):
            continue
        anchor = Anchor(LESION, note.first, note.last, sentence, note, note.stated, role="mass")
        if note.assertion is Assertion.PRESENT and any(
            premodifies(other, anchor) for other in sentence.of("intensity", "size") if other.last < note.first
        ):
            found.append(anchor)
    return found


def _names_nodes(sentence: Sentence, note: Annotation) -> bool:
    """Whether a lesion word is part of a nodal phrase, which nodes.py reads: "nodal mass"."""
    nodes = sentence.of("node")
    named = {index for node in nodes for index in range(node.first, node.last + 1)}
    stations = {index for node in nodes if "station" in node.means for index in range(node.first, node.last + 1)}
    end = note.last + 1
    while end in stations:
        end += 1
    return note.first in named or (
        note.text.lower() == "conglomerate" and end in named | {node.first for node in nodes}
    )


def _measured_label(sentence: Sentence) -> list[Anchor]:
    """ "Paraspinal: right T8 2.0 cm", "Epidural T6-T7": a place of which a size or a level is told is a lesion.

    An organ is not.
    """
    sites = [site for site in sentence.of("site") if site.assertion is Assertion.PRESENT]
    if len(sites) != 1 or sites[0].means["site"] in ORGAN_SITES or sentence.of("organ", "node", "effect"):
        return []
    site, norms = sites[0], sentence.document.norms
    behind = site.last + 1 + (norms[site.last + 1 : site.last + 2] == [","])
    opens = site.first == _opening(sentence) and any(level.first == behind for level in sentence.of("level"))
    valued = (
        site.means["site"] in _MEASURED
        and "space" not in norms[site.first : behind]
        and any(sentence.label is not None and level.first == _opening(sentence) for level in sentence.of("level"))
    )
    labelled = sentence.in_label(site) and (bool(sentence.of("size")) or valued)
    if not opens and not labelled:
        return []
    return [Anchor(LESION, site.first, site.last, sentence, site, Assertion.PRESENT, sites, role="mass")]


_MEASURED = frozenset("epidural paravertebral presacral pleural".split())


def _opening(sentence: Sentence) -> int:
    """The first word behind a label, and behind a side: "Patient 7: right paravertebral T8-T9"."""
    at = sentence.label[1] + 1 if sentence.label else sentence.first
    sides = {note.first: note.last for note in sentence.of("modifier") if "laterality" in note.means}
    while at in sides:
        at = sides[at] + 1
    return at


def _measured_item(sentence: Sentence, heads: Sequence[Anchor]) -> list[Anchor]:
    """The same where a semicolon parts it from what else is told: "epidural T5-T7, T1 isointense; no cord signal"."""
    norms = sentence.document.norms
    end = next((at for at in range(sentence.first, sentence.last) if norms[at] == ";"), sentence.first)
    if any(head.first < end for head in heads) or any(note.first < end for note in sentence.of("effect", "organ")):
        return []
    opening = _opening(sentence)
    sites = [site for site in sentence.of("site") if site.first == opening and site.last < end]
    behind = {note.first for note in sentence.of("level", "size")}
    return [
        Anchor(LESION, site.first, site.last, sentence, site, Assertion.PRESENT, [site], role="mass")
        for site in sites
        if site.means["site"] in _MEASURED and site.assertion is Assertion.PRESENT and site.last + 1 in behind
    ]


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


_PREPOSITIONS = frozenset("to of in within around between with from by for on behind at over under through".split())


def _no_subject(sentence: Sentence, note: Annotation) -> bool:
    """Whether a pronoun is part of a phrase ("on both sides") or only an object ("posterior to it")."""
    before = sentence.document.norms[note.first - 1] if note.first > sentence.first else ""
    swallowed = any(
        other is not note
        and other.first <= note.first
        and note.last <= other.last
        and other.kind in ("modifier", "change")
        for other in sentence.annotations
    )
    return (
        swallowed
        or (note.text.lower() == "both" and of_both(note))
        or (before in _PREPOSITIONS and not _is_member(sentence, note))
        or _of_an_organ(sentence, note)
        or _compares(sentence, note)
        or _of_a_finding(sentence, note)
    )


def _is_member(sentence: Sentence, note: Annotation) -> bool:
    """Whether a phrase picks one of several lesions: "in the smaller one"."""
    return "member" in note.means and sentence.norms(note.last, note.last) == ["one"]


def _of_a_finding(sentence: Sentence, note: Annotation) -> bool:
    """Whether "it" is what the sentence named last: "a compression of the cord was described; it has resolved"."""
    if sentence.document.norms[note.first] not in ("it", "this", "which", "that"):
        return False
    named = [other for other in sentence.of("finding", "lesion", "site", "emh") if other.last < note.first]
    return bool(named) and named[-1].means.get("field") in ("cord_compression", "cauda_equina", "cord_signal_change")


def _compares(sentence: Sentence, note: Annotation) -> bool:
    """Whether "larger" says how a lesion changed and names none: "Right T9 mass: larger." """
    norms = sentence.document.norms
    if norms[note.last] not in ("larger", "smaller", "bigger") or norms[note.first] == "the":
        return False
    before = norms[note.first - 1] if note.first > sentence.first else ""
    after = norms[note.last + 1] if note.last < sentence.last else "."
    return before not in ("the", "a") and after in (".", ",", ";", "than", "now", "and", "(", "since")


def _of_an_organ(sentence: Sentence, note: Annotation) -> bool:
    """Whether a relative pronoun is an organ's: "the liver, which measures 15 cm"."""
    norms = sentence.document.norms
    if norms[note.first] not in ("which", "that"):
        return False
    at = note.first - 1
    while at > sentence.first and norms[at] in (",", "and"):
        at -= 1
    ends = [other for other in sentence.of("organ", "lesion", "site", "emh") if other.last == at]
    return bool(ends) and all(other.kind == "organ" for other in ends)


def _is_label(sentence: Sentence, head: Anchor) -> bool:
    """Whether a phrase is only the label of what follows ("Paraspinal soft tissues: No mass")."""
    if sentence.label is None or head.last > sentence.label[1]:
        return False
    rest = [note for note in sentence.annotations if note.first > sentence.label[1]]
    if head.assertion is not Assertion.PRESENT and not any(
        note.kind in ("lesion", "finding", "effect") for note in rest
    ):
        return False
    if any(note.kind == "lesion" and not _compares(sentence, note) for note in rest):
        return True
    said = any(note.kind in ("level", "size", "intensity", "emh", "differential", "change") for note in rest)
    if any(note.kind == "effect" and note.means["effect"] == "preserved" for note in rest) and not said:
        return True
    tissue = head.note.text.lower().endswith(("tissue", "tissues"))
    return (
        tissue or not any(note.kind == "site" and note.last <= sentence.label[1] for note in sentence.annotations)
    ) and not said


def _normal_tissue(sentence: Sentence, head: Anchor) -> bool:
    """Whether tissue is only called normal: "the paravertebral soft tissues are unremarkable"."""
    if not head.note.text.lower().endswith(("tissue", "tissues", "shadow", "shadows")):
        return False
    first, last = sentence.clause_of(head.first)
    named = [note.first for note in sentence.of("structure") if note.first > head.last]
    for note in sentence.of("effect"):
        if note.means["effect"] == "preserved" and first <= note.first <= last:
            if not any(place < note.first for place in named):  # not in "soft tissue at T5, cord free"
                return True
    described = sentence.of("level", "size", "intensity", "emh", "change")
    described += [note for note in sentence.of("effect") if note.means["effect"] != "preserved"]
    words = sentence.norms(sentence.first, sentence.last)
    return not described and not _EVEN.isdisjoint(words) and "not" not in words


_EVEN = frozenset("symmetric symmetrical normal".split())
"""What tissue is that is no mass, where nothing else is said of it."""


def _stronger(one: Assertion, other: Assertion) -> Assertion:
    return one if one is not Assertion.PRESENT else other

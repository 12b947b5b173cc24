"""Canal, cord and cauda equina: which effect is said of which structure.

"Compression of the cord", "the cord is flattened", "compresses the sac and the cord" name one finding in
three shapes; an effect word is composed with the structures it governs in its clause. Contact and
displacement without compression are not compression (the ESCC steps 1b, 1c and 2; Bilsky 2010).
"""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.anchors import Anchor, qualifies
from emh_report.beside import cauda_too, is_place, opens_statement
from emh_report.document import Annotation, Sentence
from emh_report.model import Assertion
from emh_report.needs import needs

_CHAIN = frozenset(
    "of on upon over to against the a an and or , & / both its entire whole adjacent underlying nor".split()
)
_LISTING = frozenset("and or , / & nor".split())
_AUX = frozenset(
    "is are was were be been being appears appear appeared remains remain seems not no also now "
    "and , but still to be has have which both of slightly again nor or otherwise there at shows "
    "show in the of both level".split()
)
_TABLE = {
    ("compression", "cord"): "compression",
    ("effacement", "cord"): "compression",
    ("compression", "conus"): "compression",
    ("compression", "cauda_equina"): "cauda",
    ("effacement", "cauda_equina"): "cauda",
    ("compression", "nerve_root"): "root",
    ("compression", "thecal_sac"): "sac",
    ("effacement", "thecal_sac"): "sac",
    ("narrowing", "thecal_sac"): "sac",
    ("contact", "thecal_sac"): "sac",
    ("contact", "cord"): "contact",
    ("narrowing", "cord"): "contact",
    ("contact", "cauda_equina"): "contact",
    ("effacement", "csf"): "csf",
    ("compression", "csf"): "csf",
    ("narrowing", "csf"): "csf",
    ("narrowing", "canal"): "canal",
    ("compression", "canal"): "canal",
    ("effacement", "canal"): "canal",
    ("narrowing", "foramen"): "foramen",
    ("compression", "foramen"): "foramen",
    ("effacement", "foramen"): "foramen",
    ("preserved", "cord"): "cord_normal",
    ("preserved", "csf"): "csf_normal",
    ("preserved", "thecal_sac"): "sac_normal",
    ("preserved", "canal"): "canal_normal",
    ("preserved", "foramen"): "foramen_normal",
    ("preserved", "cauda_equina"): "cauda_normal",
}
_FIXED = {
    "cord_compression": "compression", "cauda_equina_compression": "cauda", "cord_signal_change": "cord_signal",
    "thecal_sac_indentation": "sac",
}  # fmt: skip
_NOUNS = frozenset(
    "compression flattening deformity impingement effect indentation draping crowding clumping "
    "effacement obliteration narrowing stenosis compromise encroachment abutment displacement "
    "contact block occlusion attenuation".split()
)


@needs("finding", "effect", otherwise=list)
def canal_anchors(sentence: Sentence) -> list[Anchor]:
    """Every canal, cord or cauda equina finding of the sentence, present or denied."""
    anchors: list[Anchor] = []
    structures = sentence.of("structure")
    for note in sentence.of("finding"):
        if note.concept in _FIXED:
            anchors.append(_anchor(_FIXED[note.concept], note, note, note.assertion))
            if _FIXED[note.concept] == "compression" and (roots := cauda_too(sentence, note)):
                anchors.append(_anchor("cauda", note, roots, note.assertion))
    covered = {index for anchor in anchors for index in range(anchor.first, anchor.last + 1)}
    last: tuple[Annotation, list[Annotation]] | None = None
    for effect in sentence.of("effect"):
        if effect.first in covered:
            continue
        targets = _targets(sentence, effect, structures)
        if not targets and not _named(sentence, effect, structures):
            targets = [
                note
                for note in sentence.topic
                if note.kind == "structure" and note.sentence is not sentence or _in_label(sentence, note)
            ]
        if not targets and last and _goes_on(sentence, last[0], effect):
            targets = last[1]
        last = (effect, targets) if targets else last
        for structure in targets:
            kind = _TABLE.get((effect.means["effect"], structure.concept))
            if kind:
                anchors.append(_anchor(kind, effect, structure, _meant(effect, structure)))
        if not targets:
            anchors.extend(_bare(sentence, effect, structures))
    cord = [anchor for anchor in anchors if anchor.kind == "compression"]
    if any(anchor.role.startswith("compress") and anchor.assertion is Assertion.ABSENT for anchor in cord):
        touched = [anchor for anchor in cord if anchor.role.startswith("indent")]
        return [anchor for anchor in anchors if anchor not in touched]  # "indented, but not compressed"
    return anchors


def _goes_on(sentence: Sentence, before: Annotation, effect: Annotation) -> bool:
    """Whether an effect is a second predicate: "the cord is draped over the mass and flattened"."""
    words = [word for word in sentence.norms(before.last + 1, effect.first - 1) if not word.endswith("ly")]
    return words[-1:] == ["and"] and effect.text.lower().endswith(("ed", "en")) and ";" not in words


def _named(sentence: Sentence, effect: Annotation, structures: Sequence[Annotation]) -> bool:
    """Whether the effect's clause names a structure of its own, so that the label is not its subject."""
    first, last = sentence.clause_of(effect.first)
    return any(first <= structure.first <= last for structure in structures) or bool(sentence.of("lesion"))


def _in_label(sentence: Sentence, note: Annotation) -> bool:
    return note.kind == "structure" and note.sentence is sentence and sentence.in_label(note)


def _anchor(kind: str, effect: Annotation, structure: Annotation, assertion: Assertion) -> Anchor:
    if structure.sentence is not effect.sentence:
        return Anchor(kind, effect.first, effect.last, effect.sentence, effect, assertion, role=effect.text.lower())
    first, last = min(effect.first, structure.first), max(effect.last, structure.last)
    return Anchor(kind, first, last, effect.sentence, effect, assertion, role=effect.text.lower())


def _meant(effect: Annotation, structure: Annotation) -> Assertion:
    if structure.sentence is not effect.sentence:
        return effect.assertion
    if effect.excepted or structure.excepted:
        return Assertion.PRESENT
    if effect.assertion is Assertion.PRESENT and structure.assertion in (
        Assertion.ABSENT,
        Assertion.NOT_ASSESSED,
    ):
        return structure.assertion
    return effect.assertion


def _targets(sentence: Sentence, effect: Annotation, structures: Sequence[Annotation]) -> list[Annotation]:
    after = [note for note in _following(sentence, effect, structures) if not is_place(sentence, effect, note)]
    before = _preceding(sentence, effect, structures)
    noun = sentence.document.norms[effect.last] in _NOUNS
    if effect.means["effect"] == "preserved":
        own = [s for s in after if _NOUNS.isdisjoint(sentence.norms(s.last + 1, s.last + 1))]
        return before or [s for s in own if s.first - effect.last <= 3][:2]
    adjacent = noun and before and effect.first - before[-1].last == 1
    predicate = before and effect.text.lower().endswith("ed")
    if after and not ((adjacent or predicate) and sentence.document.norms[effect.last + 1] in ("and", ",", "or")):
        # else "canal narrowing and cord compression" would narrow the cord, "sac indented, cord free" indent it
        return after
    gap = sentence.document.norms[before[-1].last + 1 : effect.first] if before else []
    if (
        noun
        and len(gap) > 3
        and not {"show", "shows", "showed", "demonstrate", "has", "have", "with"}.intersection(gap)
    ):
        return []
    return before


def _following(sentence: Sentence, effect: Annotation, structures: Sequence[Annotation]) -> list[Annotation]:
    found: list[Annotation] = []
    end = effect.last
    clause = sentence.clause_of(effect.first)
    for structure in structures:
        if structure.first <= effect.last:
            continue
        if structure.first > sentence.last or structure.first - end > 7 or (structure.first > clause[1] and not found):
            break
        gap = range(end + 1, structure.first)
        if ";" in sentence.document.norms[end + 1 : structure.first] or not all(
            _links(sentence, index, not found) for index in gap
        ):
            break
        if opens_statement(sentence, structure, end + 1):
            break
        found.append(structure)
        end = structure.last
    return found


def _links(sentence: Sentence, index: int, first: bool) -> bool:
    norms = sentence.document.norms
    if not first and norms[index] in ("to", "on", "upon", "over", "against", "of", "underlying", "in", "within"):
        return False  # "indentation on the sac, CSF anterior to the cord maintained"
    if norms[index] in _CHAIN:
        return True
    return norms[index] not in ("by", "with", "from", "without") and (
        qualifies(sentence, index, index)
        or norms[index] in ("thoracic", "dorsal", "lower", "upper", "cervical", "ventral", "exiting")
        or any(
            note.first <= index <= note.last
            for note in sentence.of("level", "structure", *(("effect",) if first else ()))
        )
    )


def _preceding(sentence: Sentence, effect: Annotation, structures: Sequence[Annotation]) -> list[Annotation]:
    """The subject of the effect: the nearest structures to the left, chained by "and" and "or"."""
    clause = sentence.clause_of(effect.first)
    if sentence.label and clause[0] == sentence.label[1] + 1:
        clause = (sentence.first, clause[1])
    found: list[Annotation] = []
    limit = effect.first
    for structure in reversed(structures):
        if structure.last >= effect.first:
            continue
        if structure.first < clause[0] and not found and not _elided(sentence, clause[0], effect):
            break
        gap = range(structure.last + 1, limit)
        words = [sentence.document.norms[index] for index in gap]
        if not found and _complement(sentence, structure, structures, clause[0]):
            continue
        if found:
            if not _LISTING.intersection(words) or not _LISTING.issuperset({*words} - {"the"}):
                break  # a label is no list: "SPINAL CORD / The cord is compressed"
        elif len(words) > 14 or not all(_predicative(sentence, index) for index in gap):
            break
        found.insert(0, structure)
        limit = structure.first
    return found


_PLACES = frozenset(
    "which at that time level region segment portion part degree point site same junction "
    "vertebral body from to of the a an upto and in on below above there opposite behind "
    "throughout whole entire its course diameter caliber contour outline shape remains remained "
    "become becomes became itself appears result return lies lie has had be being been is are was were show shows "
    "showed demonstrate by far rather than much then regained retained assumed kept returned returns "
    "itself around it".split()
)


_MIDDLE = frozenset("level modifier effect change structure cord_word intensity sequence weight size".split())
"""Kinds of phrases that may stand between a structure and what is said of it."""


def _predicative(sentence: Sentence, index: int) -> bool:
    """Whether a word may stand between a structure and what is said of it; another noun is another subject."""
    norms = sentence.document.norms
    coordinated = norms[index].endswith("ed") and norms[index + 1] in ("and", ",")
    if norms[index].startswith("...."):
        return True  # leaders: "Thecal sac ....... indented"
    if coordinated or norms[index] in _AUX or norms[index] in _PLACES or norms[index].endswith("ly"):
        return norms[index] not in ("by",)
    return any(note.first <= index <= note.last for note in sentence.annotations if note.kind in _MIDDLE)


def _complement(sentence: Sentence, structure: Annotation, structures: Sequence[Annotation], start: int) -> bool:
    """Whether a structure only places another one: "the CSF around the cord is preserved"."""
    norms = sentence.document.norms
    before = [
        word for word in norms[max(start, structure.first - 3) : structure.first] if word not in ("the", "spinal")
    ]
    if not before or before[-1] not in ("around", "surrounding", "of", "about", "behind", "within", "beside"):
        return False
    return any(start <= other.first < structure.first for other in structures)


def _elided(sentence: Sentence, start: int, effect: Annotation) -> bool:
    """Whether the clause has no subject of its own ("... and is compressed", "..., not compressed")."""
    words = sentence.document.norms[start : effect.first]
    return all(word in _AUX or word.endswith("ly") for word in words)


def _bare(sentence: Sentence, effect: Annotation, structures: Sequence[Annotation]) -> list[Anchor]:
    """An effect without a structure: canal stenosis, or compression where the text is about the cord."""
    norms = sentence.document.norms
    words = norms[effect.first : effect.last + 1]
    following = norms[effect.last + 1] if effect.last < sentence.last else ""
    if effect.means["effect"] == "narrowing" and words[-1] in ("stenosis", "narrowing"):
        if effect.first > sentence.first and norms[effect.first - 1] in ("spinal", "central"):
            return [_anchor("canal", effect, effect, effect.assertion)]
        return []
    if words[-1] in ("block", "blocked") and "spinal" in norms[max(effect.first - 2, 0) : effect.last + 1]:
        return [_anchor("csf", effect, effect, effect.assertion)]
    if (
        effect.means["effect"] != "compression"
        or not words[0].startswith("compress")
        or following in ("of", "on", "by")
    ):
        return []
    if any(
        structure.concept in ("vertebra", "disc", "nerve_root", "vessel") for structure in structures
    ) or sentence.of("bone_marrow"):
        return []
    spinal = (
        [s for s in structures if s.concept in ("cord", "thecal_sac", "canal")]
        or [note for note in sentence.of("site") if note.means.get("site") == "epidural"]
        or [n for n in sentence.of("finding") if n.concept in ("cord_compression", "cord_signal_change")]
    )
    if spinal:
        return [_anchor("compression", effect, effect, effect.assertion)]
    return [_anchor("bare_compression", effect, effect, effect.assertion)]

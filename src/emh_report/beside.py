"""What a finding or a size beside something else is about: a bracket, an organ, a cord signal. Part of link.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from emh_report.anchors import Anchor
from emh_report.document import Annotation, Sentence
from emh_report.lesions import Draft
from emh_report.model import TODAY, Assertion, Change
from emh_report.organ_sizes import owned_sizes

_ADVISED = frozenset(
    "advised recommended suggested required needed warranted urgent emergency considered planned indicated".split()
)


def bracketed_level(sentence: Sentence, anchor: Anchor) -> Annotation | None:
    """The level that a bracket is about: "masses D3-D6 (with cord compression) and D9 (without cord compression)"."""
    if anchor.kind != "compression":
        return None
    norms = sentence.document.norms
    opens = anchor.first - 1 - (norms[anchor.first - 1] in ("with", "without", "no", "causing"))
    if opens <= sentence.first or norms[opens] != "(":
        return None
    return next((level for level in sentence.of("level") if level.last == opens - 1), None)


def both_levels(sentence: Sentence, anchor: Anchor) -> list[Annotation]:
    """The last levels named before "at both levels", "at these levels"."""
    behind = sentence.norms(anchor.last + 1, anchor.last + 3)
    if behind[:1] != ["at"] or behind[-1:] != ["level"] or behind[1:2] not in (["both"], ["these"], ["those"]):
        return []
    earlier = [level for level in _lately(sentence) if level.sentence is not sentence or level.last < anchor.first]
    here = [level for level in earlier if level.sentence is sentence]
    return earlier[-2:] if behind[1] == "both" else here or earlier[-1:]


def same_level(sentence: Sentence) -> list[Annotation]:
    """The level spoken of before, where a sentence says "at this level"."""
    if "level" not in sentence.vocabulary:
        return []
    norms = sentence.norms(sentence.first, sentence.last)
    named = any(norms[i] in ("this", "that", "same") and norms[i + 1] == "level" for i in range(len(norms) - 1))
    if not named:
        return []
    return _lately(sentence)[-1:]


def _lately(sentence: Sentence) -> list[Annotation]:
    """The levels named in a sentence and the two before it."""
    near = sentence.document.sentences[max(0, sentence.index - 2) : sentence.index + 1]
    return [level for other in near for level in other.of("level")]


def interprets_signal(anchor: Anchor) -> bool:
    """Whether a finding only names what a cord signal means: "hyperintensity D3-D5 s/o compressive myelopathy"."""
    return anchor.note.sentence.document.norms[anchor.note.last] == "myelopathy"


def of_an_organ(size: Annotation) -> bool:
    """Whether a size is an organ's."""
    return any(size in sizes for sizes in owned_sizes(size.sentence).values())


def partner_drafts(sentence: Sentence, anchor: Anchor | None, drafts: Mapping[Anchor, list[Draft]]) -> list[Draft]:
    """The lesions that share a predicate with the tissue beside them: "the masses and the vertebral marrow bloom"."""
    if anchor is None or anchor.kind not in ("bone_marrow", "vertebra", "organ"):
        return []
    for head, lesions in drafts.items():
        between = sentence.norms(head.last + 1, anchor.first - 1)
        if head.last < anchor.first and between[:1] == ["and"] and len(between) <= 3:
            return lesions
    return []


def place_by_effect(canal: Iterable[Anchor], drafts: Mapping[Anchor, list[Draft]]) -> None:
    """An epidural mass of which no level is told lies where it presses: "compression at T9 by an epidural mass"."""
    levels = [
        level
        for anchor in canal
        if anchor.kind in ("compression", "sac", "csf") and anchor.assertion in TODAY
        for level in anchor.levels
        if level.assertion in TODAY and not level.excepted
    ]
    for draft in [draft for found in drafts.values() for draft in found] if levels else ():
        if draft.site == "epidural" and not draft.level_notes and draft.assertion in TODAY:
            draft.add_levels(levels)


def cord_within(note: Annotation, anchors: Iterable[Anchor]) -> Anchor | None:
    """The cord, where a signal lies "within it": "cord compression and a T2 hyperintense focus within it"."""
    after = note.sentence.norms(note.last + 1, note.last + 4)
    before = [anchor for anchor in anchors if anchor.last < note.first]
    inside = any(after[at : at + 2] in (["within", "it"], ["in", "it"]) for at in range(len(after)))
    if not inside and not (before and _goes_on(before[-1], note)):
        return None
    if not before or before[-1].kind not in ("compression", "cord", "cord_normal"):
        return None
    cord = before[-1]
    return Anchor("cord", cord.first, cord.last, note.sentence, cord.note, cord.assertion)


def is_unseen(note: Annotation, alone: bool) -> bool:
    """Whether it is said, before a lesion is named, that its enhancement could not be assessed.

    Where the report has one lesion ``alone``, also what is denied: "No enhancement; no calcification. The mass …".
    """
    field = note.means.get("field")
    if alone and note.assertion is Assertion.ABSENT and field in ("enhancement", "calcification", "necrosis"):
        return True
    return field == "enhancement" and note.assertion is Assertion.NOT_ASSESSED


def labelled_cord(note: Annotation) -> Anchor | None:
    """The cord, where a signal stands under its label: "Cord: compressed at T8. T2 hyperintense T8." """
    for topic in note.sentence.topic:
        if topic.kind == "structure" and topic.concept == "cord" and topic.sentence is not note.sentence:
            return Anchor("cord", note.first, note.last, note.sentence, topic, Assertion.PRESENT)
    return None


_SHOWS = frozenset(
    "showed shows show had has with demonstrated demonstrates returned returns exhibited exhibits".split()
)


def _goes_on(anchor: Anchor, note: Annotation) -> bool:
    """Whether a signal is told of the cord that was just named: "the cord was compressed and showed high signal"."""
    between = note.sentence.norms(anchor.last + 1, note.first - 1)
    opening = between[1:2] if between[:1] == ["and"] else between[:1]
    return len(between) <= 4 and bool(opening) and opening[0] in _SHOWS


def of_something_else(note: Annotation) -> bool:
    """Whether a sentence brings in something that is no lesion spoken of before: "A small hematoma is T1 bright"."""
    sentence = note.sentence
    if sentence.norms(sentence.first, sentence.first) not in (["a"], ["an"], ["another"]) or sentence.of("lesion"):
        return False
    return any(
        other.last < note.first and other.first <= sentence.first + 3 and other.assertion is Assertion.PRESENT
        for other in sentence.of("differential")
    )


def is_caption(sentence: Sentence, anchor: Anchor, anchors: Sequence[Anchor]) -> bool:
    """Whether a label names only what its text goes on to state: "Level of compression: no cord compression"."""
    if sentence.label is None or anchor.last > sentence.label[1] or not anchor.kind.endswith("compression"):
        return False
    return any(other.first > sentence.label[1] and other.kind == "compression" for other in anchors)


def is_reason_treated(sentence: Sentence, anchor: Anchor) -> bool:
    """Whether compression is why a treatment was given: "laminectomy in 2014 for cord compression"."""
    norms = sentence.norms(max(sentence.first, anchor.first - 3), anchor.first - 1)
    treated = [note for note in sentence.of("treatment") if note.last < anchor.first <= note.last + 9]
    return bool(treated) and "for" in norms and not _ADVISED.intersection(sentence.norms(sentence.first, sentence.last))


def level_where(sentence: Sentence, anchor: Anchor) -> Annotation | None:
    """The level that a finding is told of: "worst at T6, where the cord is compressed"."""
    if "where" not in sentence.vocabulary:
        return None
    norms = sentence.document.norms
    for level in sentence.of("level"):
        at = level.last + 1 + (norms[level.last + 1 : level.last + 2] == [","])
        if norms[at : at + 1] == ["where"] and 0 < anchor.first - at <= 3:
            return level
    return None


def cauda_too(sentence: Sentence, note: Annotation) -> Annotation | None:
    """The cauda equina in "compression of the cord or cauda equina"."""
    for structure in sentence.of("structure"):
        if structure.concept == "cauda_equina" and 0 < structure.first - note.last <= 3:
            gap = sentence.norms(note.last + 1, structure.first - 1)
            if gap and gap[0] in ("and", "or", "nor", ",", "/", "&"):
                return structure
    return None


def change_of(sentence: Sentence, anchor: Anchor) -> Change | None:
    """How a finding changed, if its sentence says so of it."""
    if anchor.note.change is not None:
        return anchor.note.change
    if not (notes := [note for note in sentence.kinds.get("change", ()) if note.assertion is not Assertion.ABSENT]):
        return None
    if any(note.last == anchor.first - 1 and note.means["change"] == "new" for note in notes):
        return Change.NEW  # "enlarging masses with new cord compression"
    beside = [note for note in notes if _in_clause_of(sentence, note, anchor)]
    others = [
        other
        for other in sentence.of("lesion", "finding", "effect")
        if (other.first > anchor.last or other.last < anchor.first) and not _is_same(other, anchor)
    ]
    if not (told := beside if others else [*beside, *notes]):
        return None
    changes = [Change(note.means["change"]) for note in told]  # "again seen, but slightly less than before"
    return next((change for change in changes if change is not Change.STABLE), changes[0])


def _in_clause_of(sentence: Sentence, note: Annotation, anchor: Anchor) -> bool:
    first, last = sentence.clause_of(note.first)
    return first <= anchor.first <= last or first <= anchor.last <= last


def _is_same(other: Annotation, anchor: Anchor) -> bool:
    """Whether a phrase names the finding of an anchor once more: "cord signal change (myelomalacia)"."""
    field = other.means.get("field")
    return field is not None and field == anchor.note.means.get("field")


_REFLEXIVE = frozenset("itself proper also".split())
_FINITE = frozenset("is are was were remains remain appears appear shows showed has had".split())
_APART = frozenset({",", "but", "while", "whereas"})


def opens_statement(sentence: Sentence, structure: Annotation, start: int) -> bool:
    """Whether a structure opens the next statement: "it indents the sac, the cord itself is spared"."""
    behind = [word for word in sentence.norms(structure.last + 1, structure.last + 3) if word not in _REFLEXIVE]
    joined = not _APART.isdisjoint(sentence.norms(start, structure.first - 1))
    return joined and behind[:1] != [] and behind[0] in _FINITE


def is_place(sentence: Sentence, effect: Annotation, structure: Annotation) -> bool:
    """Whether a structure is where the effect is: "the cord is compressed throughout the thoracic spine"."""
    between = sentence.norms(effect.last + 1, structure.first - 1)
    return structure.concept == "vertebra" and not {"throughout", "in", "at", "within", "along"}.isdisjoint(between)

"""Fat in the lesions, and findings of bone and marrow outside them."""

from __future__ import annotations

from emh_report.document import Annotation, Sentence
from emh_report.facts import level_names
from emh_report.model import TODAY, Assertion, BoneMarrowFinding, Change, Experiencer, FattyChange, Laterality
from emh_report.needs import needs
from emh_report.nouns import noun_before, noun_behind
from emh_report.owners import is_compared, reference_words
from emh_report.relations import BACKGROUND, SILENT, Links
from emh_report.standing import stronger

_UNSAID = (Assertion.HYPOTHETICAL, Assertion.HISTORICAL)
_LESIONS = frozenset({"lesion", "emh"})
_PASSING = frozenset(
    {"abnormal marrow signal", "low marrow signal", "high marrow signal", "red marrow", "marrow hyperplasia"}
)
"""What may have gone since: any other bone finding that is old is still there."""
_SIGNALS = {
    "hypointense": "low marrow signal",
    "signal_void": "low marrow signal",
    "hyperintense": "high marrow signal",
    "mixed": "abnormal marrow signal",
}
_MARROW = frozenset("marrow vertebra vertebral bone osseous sacrum ilium iliac endplate".split())
_INSIDE = frozenset({"intralesional", "lesional"})
_HAS = frozenset(
    "is are was were show shows demonstrate appear returns of has have signal diffusely diffuse generalized "
    "marked the a intensity".split()
)


def fatty_change(links: Links) -> FattyChange:
    """Fat in the lesions."""
    assertion = Assertion.NOT_MENTIONED
    notes: list[Annotation] = []
    for draft in links.lesions:
        if "fat" in draft.asserted:
            assertion = stronger(assertion, draft.asserted["fat"])
            notes.extend(note for note in draft.notes if note.means.get("field") == "fat")
    taken = {id(note) for draft in links.lesions for note in draft.notes}
    any_lesion = any(draft.assertion in TODAY for draft in links.lesions)
    for sentence in links.document.having("finding"):
        if sentence.section in SILENT or sentence.section == BACKGROUND:
            continue
        for note in sentence.of("finding"):
            if (
                note.means.get("field") == "fat"
                and id(note) not in taken
                and not is_compared(note)
                and _is_of_a_lesion(sentence, note, any_lesion)
            ):
                assertion = stronger(assertion, note.assertion)
                notes.append(note)
    if assertion in _UNSAID:
        return FattyChange.unsaid()
    return FattyChange(assertion=assertion, evidence=links.document.evidence_of(*notes))


def _is_of_a_lesion(sentence: Sentence, note: Annotation, any_lesion: bool) -> bool:
    if not _INSIDE.isdisjoint(sentence.norms(note.first, note.last)):
        return True
    noun = noun_behind(sentence, note) or noun_before(sentence, note)
    if noun is not None:
        return noun.kind in _LESIONS
    return any_lesion and any(
        word in ("it", "they", "them", "these") for word in sentence.norms(sentence.first, sentence.last)
    )


@needs("bone_marrow", "intensity", otherwise=tuple)
def bone_marrow(links: Links) -> tuple[BoneMarrowFinding, ...]:
    """Findings of bone and marrow outside the lesions, fractures among them."""
    found: dict[tuple[object, ...], BoneMarrowFinding] = {}
    facts = {id(fact.anchor.note): fact for fact in links.facts}
    for sentence in links.document.having("bone_marrow"):
        if sentence.section in SILENT or sentence.section == BACKGROUND:
            continue
        for note in sentence.of("bone_marrow"):
            fact = facts.get(id(note))
            assertion = fact.assertion if fact else note.assertion
            if assertion is Assertion.HYPOTHETICAL or note.experiencer is Experiencer.OTHER:
                continue
            name = note.means.get("finding") or note.preferred
            levels = (
                (fact.levels if fact else []) or _levels_of_subject(sentence, note) or _levels_of_lesion(links, note)
            )
            entry = BoneMarrowFinding(
                finding=name,
                site=note.means.get("bone") or note.means.get("site"),
                laterality=side_of_bone(sentence, note),
                levels=level_names(levels),
                assertion=_assertion(name, note, assertion),
                evidence=links.document.evidence_of(note, *levels),
            )
            _add(found, entry)
    for entry in _marrow_signals(links):
        _add(found, entry)
    return tuple(found.values())


def _levels_of_subject(sentence: Sentence, note: Annotation) -> list[Annotation]:
    """Levels of the vertebrae that a finding is said of: "T6-T9 vertebrae show fatty marrow"."""
    if note.assertion is Assertion.ABSENT:
        return []
    subject = noun_before(sentence, note)
    if (
        subject is None
        or subject.concept != "vertebra"
        or sentence.clause_of(subject.first) != sentence.clause_of(note.first)
    ):
        return []
    return [
        level
        for level in sentence.of("level")
        if 0 <= subject.first - level.last <= 2 or level.first <= subject.first <= level.last
    ]


def _levels_of_lesion(links: Links, note: Annotation) -> list[Annotation]:
    """Levels of a finding that is a lesion in its own words: "rib expansion at T5"."""
    if note.assertion not in TODAY:
        return []
    return [
        level
        for draft in links.lesions
        for head in draft.heads
        if head.sentence is note.sentence and note.first <= head.first and head.last <= note.last
        for level in head.levels
    ]


def _add(found: dict[tuple[object, ...], BoneMarrowFinding], entry: BoneMarrowFinding) -> None:
    """Keep an entry unless the same finding is already listed with at least as much detail."""
    for key, old in found.items():
        if old.finding != entry.finding or old.assertion is not entry.assertion:
            continue
        if not entry.levels and entry.laterality in (None, old.laterality):
            return
        if not old.levels and old.laterality in (None, entry.laterality):
            found[key] = entry
            return
    found.setdefault((entry.finding, entry.levels, entry.laterality, entry.assertion), entry)


def _assertion(name: str, note: Annotation, assertion: Assertion) -> Assertion:
    """An old fracture is still a fracture."""
    lasting = assertion is Assertion.HISTORICAL and note.change is not Change.RESOLVED and name not in _PASSING
    return Assertion.PRESENT if lasting else assertion


def side_of_bone(sentence: Sentence, note: Annotation) -> Laterality | None:
    """A side named in the finding or right beside it: "AVN of the left femoral head"."""
    norms = sentence.document.norms
    for modifier in sentence.of("modifier"):
        if "laterality" not in modifier.means or modifier.means["laterality"] == "midline":
            continue
        if note.first <= modifier.first <= note.last:
            return Laterality(modifier.means["laterality"])
        gap = (
            norms[modifier.last + 1 : note.first]
            if modifier.last < note.first
            else norms[note.last + 1 : modifier.first]
        )
        gap = [word for word in gap if word != "with"] if _MARROW.intersection(gap) else gap
        if len(gap) <= 4 and {",", ";", "and", "mass", ".", "with"}.isdisjoint(gap):
            return Laterality(modifier.means["laterality"])
    return None


def _marrow_signals(links: Links) -> list[BoneMarrowFinding]:
    """Signal said of marrow in other words than the lexicon's: "Marrow markedly hypointense on T1"."""
    found = []
    for sentence in links.document.having("intensity"):
        if sentence.section in SILENT or sentence.section == BACKGROUND:
            continue
        named = {index for note in sentence.of("bone_marrow") for index in range(note.first, note.last + 1)}
        compared = reference_words(sentence)
        for note in sentence.of("intensity"):
            bone = noun_behind(sentence, note, 5) or noun_before(sentence, note)
            name = _SIGNALS.get(note.means["intensity"])
            if (
                bone is None
                or name is None
                or note.first in named
                or bone.first in compared
                or not (note.assertion in TODAY or note.assertion is Assertion.ABSENT)
            ):
                continue
            if (
                bone.concept != "vertebra"
                or _MARROW.isdisjoint(sentence.norms(bone.first, bone.last))
                or not _is_predicate(sentence, bone, note)
            ):
                continue
            levels = [
                level for level in sentence.of("level") if level.first >= bone.first - 4 and level.last <= note.last + 4
            ]
            found.append(
                BoneMarrowFinding(
                    finding=name,
                    site="bone",
                    levels=level_names(levels),
                    assertion=note.assertion,
                    evidence=links.document.evidence_of(bone, note, *levels),
                )
            )
    return found


def _is_predicate(sentence: Sentence, bone: Annotation, note: Annotation) -> bool:
    """Whether nothing but adverbs, sequences and a verb stand between marrow and its signal."""
    norms = sentence.document.norms
    first, last = (bone.last + 1, note.first - 1) if bone.last < note.first else (note.last + 1, bone.first - 1)
    known = {
        index
        for other in sentence.of("modifier", "sequence", "level", "site", "cord_word", "intensity")
        for index in range(other.first, other.last + 1)
    }
    return last - first < 10 and all(
        index in known
        or norms[index] in _HAS
        or norms[index].endswith("ly")
        or norms[index] in ("and", ",", "throughout", "on")
        for index in range(first, last + 1)
    )

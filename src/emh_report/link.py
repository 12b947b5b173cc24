"""Document → relations: lesions with their attributes, structures with their findings and levels.

Sentences are read in order with a *focus*: the lesions last spoken of, to which "they", "the largest" and
sentences without a subject of their own refer. A focus never outlives its section.
"""

from __future__ import annotations

from emh_report.anchors import LESION, Anchor, by_position, owner
from emh_report.attributes import acceptance, add_parts, is_systemic, shines
from emh_report.beside import (
    both_levels,
    bracketed_level,
    change_of,
    cord_within,
    interprets_signal,
    is_caption,
    is_reason_treated,
    is_unseen,
    labelled_cord,
    level_where,
    of_an_organ,
    of_something_else,
    partner_drafts,
    place_by_effect,
    same_level,
)
from emh_report.canal import canal_anchors
from emh_report.document import Annotation, Document, Sentence
from emh_report.facts import Fact, level_names, make_history
from emh_report.heads import lesion_heads
from emh_report.lesion_names import number_of
from emh_report.lesions import Draft
from emh_report.level_owners import attach_levels, is_clear
from emh_report.members import respective
from emh_report.model import Assertion, Experiencer
from emh_report.owners import is_compared, is_passive, other_anchors
from emh_report.parts import says_where_measured
from emh_report.registry import Registry
from emh_report.relations import BACKGROUND, SILENT, Links
from emh_report.signals import SignalDraft, signals
from emh_report.sites import place_told

_SPINAL = frozenset({"finding", "effect", "structure", "lesion"})
"""Kinds that tell of the spine, or that the text is about something else."""
_SUBJECTS = ("differential", "condition", "node", "organ_finding")
"""Kinds that a level in their sentence is about: "Metastases at T4 and L2"."""
_TURNS = frozenset("organ organ_finding node vertebra disc bone_marrow".split())
"""Anchors that end what was said of a lesion."""
_TELLING = frozenset("intensity size quantity finding modifier change".split())
"""Kinds that tell something of a thing."""
_Drafts = dict[Anchor, list[Draft]]


def link(document: Document) -> Links:
    """Relations of a whole report."""
    linker = _Linker(document)
    for sentence in document.sentences if document.kinds else ():
        linker.read(sentence)
    make_history(linker.facts)
    alone = len(linker.registry.drafts) == 1
    unseen = [note for note, anchor in linker.attributes if anchor.kind == "none" and is_unseen(note, alone)]
    for draft in linker.registry.drafts:
        if linker.frame and not draft.levels:
            draft.add_levels(linker.frame)
        for note in unseen:
            draft.add(note, None)
    return Links(document, linker.registry.drafts, linker.facts, linker.cord_signals, linker.attributes)


_UNRELATED = frozenset(
    "advice_cue treatment_cue study_word recommendation biopsy urgency communication modality contrast body_region "
    "symptom condition weight timepoint".split()
)
"""Kinds that other steps read; a sentence with nothing else has no relations."""


class _Linker:
    def __init__(self, document: Document) -> None:
        self.registry = Registry(document)
        self.facts: list[Fact] = []
        self.cord_signals: list[tuple[SignalDraft, Anchor]] = []
        self.attributes: list[tuple[Annotation, Anchor]] = []
        self.focus: list[Draft] = []
        self.last_fact: Fact | None = None
        self.section: str | None = None
        self.spinal = False
        self.headed = -1
        """The last sentence that was nothing but a heading."""
        self.frame: list[Annotation] = []

    def read(self, sentence: Sentence) -> None:
        """Link one sentence."""
        if sentence.section != self.section:
            self.section, self.focus, self.last_fact = sentence.section, [], None
        if sentence.label == (sentence.first, sentence.last):
            self.headed = sentence.index
        if len(self.focus) == 1 and self.focus[0].place is None and (place := place_told(sentence)):
            self.focus[0].place = place
            self.focus[0].notes.append(place)
        if sentence.section in SILENT or sentence.kinds.keys() <= _UNRELATED:
            return
        self.focus = self.registry.by_number(number_of(sentence)) or self.focus
        heads = [head for head in lesion_heads(sentence) if head.note.experiencer is Experiencer.PATIENT]
        canal = [anchor for anchor in self._canal(sentence) if anchor.note.experiencer is Experiencer.PATIENT]
        others = other_anchors(sentence, [*heads, *canal])
        anchors = by_position([*heads, *canal, *others])
        loose: list[Annotation] = []
        if "level" in sentence.kinds:
            loose = attach_levels(sentence, [anchor for anchor in anchors if not is_passive(anchor)])
        drafts = self._lesions(heads)
        if heads:
            self._attribute(sentence, heads, drafts)
        if canal or others:
            self._facts(sentence, canal, others, heads, drafts)
        self._loose_levels(sentence, loose, anchors)
        if sentence.section != BACKGROUND and (drafts or not _TELLING.isdisjoint(sentence.kinds)):
            self._attributes(sentence, anchors, drafts)
        subjects: list[Draft] = []
        if drafts:
            place_by_effect(canal, {head: found for head, found in drafts.items() if head.role in ("mass", "part")})
            named = [draft for head in heads for draft in drafts.get(head, ())]
            subjects = [draft for draft in named if draft.assertion is not Assertion.ABSENT]
        if subjects:
            self.focus = subjects
        elif self.focus and sentence.document.norms[sentence.first] not in ("its", "their"):
            if any(anchor.kind in _TURNS for anchor in anchors):
                self.focus = []

    def _canal(self, sentence: Sentence) -> list[Anchor]:
        if _SPINAL.isdisjoint(sentence.kinds):
            return []
        anchors = canal_anchors(sentence)
        kept = []
        for anchor in anchors:
            if is_caption(sentence, anchor, anchors):
                continue
            if anchor.kind == "bare_compression":
                if not (self.spinal and "level" in sentence.kinds):
                    continue
                anchor.kind = "compression"
            kept.append(anchor)
        structures = {note.concept for note in sentence.kinds.get("structure", ())}
        if structures or "finding" in sentence.kinds or "lesion" in sentence.kinds:
            self.spinal = bool({"cord", "canal", "thecal_sac"} & structures) or any(
                a.kind == "compression" for a in kept
            )
        return kept

    def _lesions(self, heads: list[Anchor]) -> _Drafts:
        found: _Drafts = {}
        for head in heads:
            earlier = [
                draft for other in heads if other.first < head.first and other in found for draft in found[other]
            ]
            found[head] = self.registry.resolve(head, earlier or self.focus)
        return found

    def _attribute(self, sentence: Sentence, heads: list[Anchor], drafts: _Drafts) -> None:
        """A diagnosis in the sentence of a lesion is said of that lesion."""
        named = [
            draft
            for head in heads
            if head.role != "emh" and (head.sites or head.levels or head.role in ("pronoun", "member"))
            for draft in drafts.get(head, [])
        ]
        notes = [note for note in sentence.of("emh") if note.experiencer is Experiencer.PATIENT]
        for draft in dict.fromkeys(named):
            draft.attributions.update(dict.fromkeys(notes))
            draft.other_diagnosis |= not notes and any(
                note.assertion is Assertion.PRESENT for note in sentence.of("differential")
            )

    def _facts(
        self,
        sentence: Sentence,
        canal: list[Anchor],
        others: list[Anchor],
        heads: list[Anchor],
        drafts: _Drafts,
    ) -> None:
        for anchor in [*canal, *others]:
            fact = Fact(anchor.kind, anchor, sentence, anchor.assertion, [anchor.note])
            if anchor.kind == "compression" and is_reason_treated(sentence, anchor):
                fact.assertion = Assertion.HISTORICAL
            fact.change = change_of(sentence, anchor)
            if beside := bracketed_level(sentence, anchor) or level_where(sentence, anchor):
                anchor.levels[:] = [beside]
            if not fact.levels:
                causes = [
                    other
                    for other in by_position([*heads, *canal])
                    if other.last < anchor.first
                    and other.levels
                    and not (other.kind == "cord_signal" and interprets_signal(anchor))
                ]
                picked = [head for head in heads if head.role == "member" and head.last < anchor.first]
                if both := both_levels(sentence, anchor):
                    fact.lesion_levels = both
                elif picked and (not causes or causes[-1].first < picked[-1].first):
                    fact.lesion_levels = [level for draft in drafts[picked[-1]] for level in draft.level_phrases]
                elif causes:
                    fact.lesion_levels = list(causes[-1].levels)
                elif same := same_level(sentence):
                    fact.lesion_levels = same
                elif anchor.kind == "compression" and self._is_at_hand(sentence):
                    fact.lesion_levels = self.focus[0].level_phrases
            self.facts.append(fact)
            if anchor.kind in ("compression", "canal", "foramen", "cord_signal"):
                self.last_fact = fact

    def _is_at_hand(self, sentence: Sentence) -> bool:
        """Whether one lesion at one place was spoken of last, in the same part of the report."""
        if len(self.focus) != 1 or not 0 < len(self.focus[0].levels) <= 2:
            return False
        last = self.focus[0].heads[-1].sentence
        return last.paragraph == sentence.paragraph or (sentence.label is None and last.index >= self.headed)

    def _loose_levels(self, sentence: Sentence, loose: list[Annotation], anchors: list[Anchor]) -> None:
        """A level with nothing in its sentence to belong to: "Worst at D6." """
        if not loose and anchors and all(anchor.kind == "vertebra" for anchor in anchors):
            loose, anchors = [level for anchor in anchors for level in anchor.levels], []
        if not loose or anchors or sentence.of(*_SUBJECTS):
            return
        if not self.registry.drafts and self.last_fact is None:
            self.frame = loose  # "Axial CT at the level of the tenth dorsal vertebra."
            return
        if self.last_fact and self.last_fact.sentence.index >= sentence.index - 2:
            if self.last_fact.assertion is not Assertion.ABSENT:  # "No compression. T6 is unstable."
                for level in loose:
                    if is_clear(sentence, level, self.last_fact.anchor.levels):
                        level.leave_out()
                self.last_fact.anchor.levels.extend(loose)
        elif len(self.focus) == 1:
            said = [level for level in loose if not is_clear(sentence, level, ())]
            self.focus[0].add_levels([level for level in said if not _within(self.focus[0], level)])

    def _attributes(self, sentence: Sentence, anchors: list[Anchor], drafts: _Drafts) -> None:
        for signal in signals(sentence):
            anchor = cord_within(signal.note, anchors) or owner(signal.note, anchors, shines)
            anchor = anchor or labelled_cord(signal.note)
            if anchor is None and of_something_else(signal.note):
                continue
            for draft in partner_drafts(sentence, anchor, drafts):
                draft.add_signal(signal)
            if anchor is not None and anchor.kind in ("cord", "cord_signal", "cord_normal"):
                self.cord_signals.append((signal, anchor))
            else:
                for draft in self._drafts(anchor, drafts):
                    draft.add_signal(signal)
                if anchor is not None and anchor.kind != LESION:
                    self.attributes.append((signal.note, anchor))
        subjects = [head for head in drafts if head.role in ("mass", "part") and head in anchors] if drafts else []
        told = list(dict.fromkeys(draft for head in drafts for draft in drafts[head])) if drafts else []
        each = respective(sentence, told)
        for note, draft in each.items():
            draft.add_levels([note]) if note.kind == "level" else draft.add(note, None)
        for note in sentence.annotations:
            if note in each:
                continue
            accepts = acceptance(note)
            if accepts is None or (note.kind == "finding" and is_compared(note)):
                continue
            anchor = owner(note, anchors, accepts)
            if anchor and anchor.kind == "canal_plain" and subjects and "," in sentence.norms(anchor.last, note.first):
                anchor = subjects[-1]  # "a mass fills the canal from L2 to L4, 5.4 cm in length"
            if anchor is not None and anchor.kind != LESION:
                self.attributes.append((note, anchor))
                continue
            places = sentence.of("site", "structure", "organ") if anchor is None and note.kind == "modifier" else []
            if any(not place.overlaps(note) for place in places):  # "dumbbell-shaped" is a shape and a place
                continue  # "the left pleural space is clear" says nothing of the mass spoken of before
            ahead = anchor is None or anchor.first > note.last + 3
            if ahead and note.kind == "size" and of_an_organ(note):
                continue  # "Spleen enlarged, 25 cm, with a nodule": not of the lesion spoken of before
            if anchor is None and is_systemic(note):
                continue
            whole = "activity" in note.means and bool(sentence.of("emh")) and not self._drafts(anchor, drafts)
            for draft in self.registry.drafts if whole else self._drafts(anchor, drafts):  # "Impression: active EMH"
                draft.add(note, anchor)
                if note.kind == "size":
                    add_parts(draft, note, anchors)
            if anchor is None and not self.focus and note.kind in ("finding", "quantity"):
                nothing = Anchor("none", note.first, note.last, sentence, note, note.assertion)
                self.attributes.append((note, nothing))
        for draft in told:
            self.registry.divide(draft, sentence)

    def _drafts(self, anchor: Anchor | None, drafts: _Drafts) -> list[Draft]:
        if anchor is None:
            return self.focus
        return drafts.get(anchor, []) if anchor.kind == LESION else []


def _within(draft: Draft, level: Annotation) -> bool:
    """Whether a level only tells where in a lesion it was measured."""
    return says_where_measured(level) and draft.levels.issuperset(level_names([level]))

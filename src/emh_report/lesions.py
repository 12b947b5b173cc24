"""A lesion under construction: what its phrases say of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from emh_report.anchors import Anchor, premodifies
from emh_report.document import Annotation
from emh_report.enhancement import describes_enhancement, enhancement_words
from emh_report.iron_causes import has_other_cause
from emh_report.levels import LevelSpan
from emh_report.measure import QuantitySpan, SizeSpan
from emh_report.model import TODAY, Assertion, Change
from emh_report.parts import Part, compares_sides, level_of, of_both, says_where_measured
from emh_report.signals import SignalDraft
from emh_report.standing import stronger

IMPRESSION = frozenset({"impression", "recommendation"})


_PARTLY = frozenset("partly partially part area mixed both".split())
LARGEST = frozenset("largest larger biggest".split())


@dataclass(slots=True, eq=False)
class Draft:
    """A lesion under construction."""

    site: str
    assertion: Assertion
    heads: list[Anchor] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)
    named_side: str | None = None
    """The side that its first phrase names, before all that is said of it is read."""
    level_notes: list[Annotation] = field(default_factory=list)
    sizes: list[Annotation] = field(default_factory=list)
    prior_sizes: list[Annotation] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)
    size_level: Annotation | None = None
    size_side: str | None = None
    place: Annotation | None = None
    """The place that a label gives in words of its own."""
    corrected: bool = False
    attributions: dict[Annotation, None] = field(default_factory=dict)
    """EMH said of this lesion by name, not of the report as a whole."""
    other_diagnosis: bool = False
    number: str | None = None
    """The number a report gives it: "Lesion 2: ..."."""
    words: dict[str, str] = field(default_factory=dict)
    """shape, margins, homogeneity, activity, count, position, bone_change and enhancement words."""
    asserted: dict[str, Assertion] = field(default_factory=dict)
    signals: list[SignalDraft] = field(default_factory=list)
    hu: float | None = None
    change: Change | None = None
    notes: list[Annotation] = field(default_factory=list)
    """Phrases that support any value."""
    shared: Draft | None = None
    """What was said of several lesions before the first of them was told apart (members.py)."""
    _changed_in: int = -1
    """The last sentence that told of a change."""

    _level_set: set[Annotation] = field(default_factory=set, init=False)
    _level_spans: dict[tuple[str, ...], Annotation] = field(default_factory=dict, init=False)
    """Levels → the first phrase that names them, of the first ``_spans_read`` of ``level_notes``: a long report
    speaks of one lesion thousands of times."""
    _spans_read: int = field(default=0, init=False)

    def copy(self) -> Draft:
        """What is said of it so far, apart from what is said later."""
        made = Draft(self.site, self.assertion)
        made.take(self)
        return made

    def take(self, other: Draft) -> None:
        """What was said of several lesions holds for this one: all but where each lies and how large it is."""
        self.words, self.asserted = {**other.words, **self.words}, {**other.asserted, **self.asserted}
        self.sides = list(other.sides) if len(other.sides) == 1 and other.sides != ["bilateral"] else []
        self.signals, self.notes = list(other.signals), list(other.notes)
        self.attributions, self.other_diagnosis = dict(other.attributions), other.other_diagnosis
        self.hu, self.change = other.hu, other.change

    @property
    def levels(self) -> set[str]:
        """Vertebrae said of it today."""
        return {level for levels in self._spans() for level in levels}

    @property
    def level_phrases(self) -> list[Annotation]:
        """One phrase for each statement of its levels."""
        return list(self._spans().values())

    def _spans(self) -> dict[tuple[str, ...], Annotation]:
        for note in self.level_notes[self._spans_read :]:
            if isinstance(note.value, LevelSpan):
                self._level_spans.setdefault(note.value.levels, note)
        self._spans_read = len(self.level_notes)
        return self._level_spans

    def add_levels(self, notes: list[Annotation]) -> None:
        """Levels of the lesion; a level that is denied ("not at T9") is no level of it."""
        corrected = [note for note in notes if note.sentence.section == "addendum"]
        if corrected:  # an addendum beats the body
            self.level_notes = [note for note in self.level_notes if note.sentence.section == "addendum"]
            self._level_set, self._level_spans, self._spans_read = set(self.level_notes), {}, 0
        past = self.assertion is Assertion.HISTORICAL
        for note in notes:
            if note.assertion is Assertion.HISTORICAL and not past:
                continue  # "earlier it extended from D5 to D10"
            if note not in self._level_set:
                self._level_set.add(note)
                self.level_notes.append(note)
                self.notes.append(note)

    def add_signal(self, signal: SignalDraft) -> None:
        """A signal statement; "no blooming" denies iron and is no signal."""
        if signal.intensity == "blooming" and not has_other_cause(signal.note):
            self._assert("iron", signal.assertion)
        if signal.assertion in TODAY:
            self.signals.append(signal)
        self.notes.append(signal.note)

    def add(self, note: Annotation, anchor: Anchor | None) -> None:
        """Whatever else is said of the lesion."""
        means = note.means
        if note.kind == "size" and isinstance(note.value, SizeSpan):
            self._size(note, note.value, anchor)
        elif note.kind == "quantity" and isinstance(note.value, QuantitySpan):
            if note.value.quantity == "HU" and self.hu is None:
                self.hu = note.value.value
                self.notes.append(note)
        elif note.kind == "change":
            self._change(note)
        elif note.kind == "finding":
            self._finding(note, means.get("field", ""))
        elif "laterality" in means:
            self._side(note, anchor)
        else:
            self._describe(note)

    def _describe(self, note: Annotation) -> None:
        if "pattern" in note.means and describes_enhancement(note):
            return
        if note.assertion is Assertion.ABSENT:
            return
        for key in ("shape", "margins", "homogeneity", "activity", "count", "position"):
            if key in note.means and key not in self.words:
                self.words[key] = note.means[key]
                self.notes.append(note)
        if note.means.get("activity") not in (None, self.words.get("activity")) and note not in self.notes:
            first = next((other for other in self.notes if "activity" in other.means), note)
            if first.sentence is note.sentence and not _PARTLY.isdisjoint(
                note.sentence.norms(first.first - 1, note.last)
            ):
                self.words["activity"] = "mixed"  # "partly active and partly inactive"
                self.notes.append(note)

    def _side(self, note: Annotation, anchor: Anchor | None) -> None:
        norms = note.sentence.document.norms
        before = set(norms[max(note.first - 4, note.sentence.first) : note.first])
        if norms[note.last] == "both" and not of_both(note):
            return  # "both have smooth margins", "both stable"
        if _is_direction(note):
            return
        side = "bilateral" if compares_sides(note) else note.means["laterality"]
        if says_where_measured(note) and side != "bilateral":
            self.size_side = self.size_side or side
            self.notes.append(note)
            return
        if LARGEST.intersection(before) or (anchor is not None and is_largest(anchor)):
            self.size_side = self.size_side or side
            if self.sides:
                return
            if len(self.heads) and self.heads[-1].role == "pronoun":
                return
        if side == "bilateral" and len(self.sides) == 1 and note.sentence.section in IMPRESSION:
            return  # "bilateral masses" sums up sides that were described apart
        if {"predominantly", "more", "mainly"}.intersection(before) and self.sides:
            return
        if note.sentence.section == "addendum" and side not in self.sides and not self.corrected:
            self.sides, self.corrected = [], True  # an addendum beats the body
        if side not in self.sides and note.assertion is not Assertion.ABSENT:
            self.sides.append(side)
            self.notes.append(note)

    def add_part(self, side: str, note: Annotation) -> None:
        """A size or level of one side."""
        part = self.parts.setdefault(side, Part())
        if note.kind == "level":
            part.levels.append(note)
        elif isinstance(note.value, SizeSpan) and all(note.value.size_mm):
            (part.prior_sizes if note.value.prior else part.sizes).append(note)

    def _size(self, note: Annotation, size: SizeSpan, anchor: Anchor | None) -> None:
        if not all(size.size_mm):
            return  # "0 mm" is a way to say that nothing is left
        if size.prior:
            self.prior_sizes.append(note)
        else:
            self.sizes.append(note)
            if anchor is not None and anchor.role == "pronoun" and anchor.levels:
                self.size_level = self.size_level or anchor.levels[0]
            self.size_level = self.size_level or level_of(note)
        self.notes.append(note)

    def _change(self, note: Annotation) -> None:
        change = Change(note.means["change"])
        state = self.site == "lymph_node" and note.text.lower() in ("enlarged", "larger")  # of nodes, a state
        if note.assertion is Assertion.ABSENT or state:
            return
        if change is Change.RESOLVED and self.assertion is not Assertion.HISTORICAL:
            return
        same = self.change is Change.STABLE and self._changed_in == note.sentence.index
        if self.change is None or same or note.sentence.section in IMPRESSION and change is not Change.STABLE:
            self.change, self._changed_in = change, note.sentence.index
            self.notes.append(note)

    def _finding(self, note: Annotation, field_name: str) -> None:
        assertion = Assertion.ABSENT if note.means.get("polarity") == "absent" else note.assertion
        if note.excepted:
            assertion = Assertion.PRESENT
        if field_name in ("attenuation", "diffusion") or (field_name == "iron" and has_other_cause(note)):
            return
        if field_name == "bone_change" and assertion in TODAY:
            self.words.setdefault("bone_change", note.text.lower())
        if field_name == "enhancement" and assertion is not Assertion.ABSENT:
            for modifier in enhancement_words(note):
                for key in ("degree", "pattern"):
                    if key in modifier.means:
                        self.words.setdefault(f"enhancement_{key}", modifier.means[key])
        self._assert(field_name, assertion)
        self.notes.append(note)

    def _assert(self, name: str, assertion: Assertion) -> None:
        self.asserted[name] = stronger(self.asserted.get(name, Assertion.NOT_MENTIONED), assertion)


def is_largest(head: Anchor) -> bool:
    """Whether a phrase names the largest part of a group, and no lesion of its own."""
    return head.role != "member" and not LARGEST.isdisjoint(head.sentence.norms(head.first, head.last))


def _is_direction(note: Annotation) -> bool:
    """Whether something is pushed to a side: "displacing the thecal sac to the right"."""
    before = note.sentence.norms(note.first - 8, note.first - 1)
    return before[-1:] in (["to"], ["the"]) and any(word.startswith(_MOVING) for word in before)


_MOVING = ("displac", "shift", "push", "deviat")


def side_of(head: Anchor) -> str | None:
    """The side a lesion phrase names itself."""
    if "laterality" in head.note.means:
        return head.note.means["laterality"]
    for note in head.sentence.of("modifier"):
        if "laterality" in note.means and premodifies(note, head):
            return "bilateral" if compares_sides(note) else note.means["laterality"]
    for note in head.sentence.of("modifier"):
        if (
            "laterality" in note.means
            and head.last < note.first <= head.last + 8
            and note.first <= head.sentence.clause_of(head.first)[1]
        ):
            return note.means["laterality"]
    return None


def current(head: Anchor) -> Assertion:
    """How a lesion stands today: a previously seen mass that has grown is present."""
    assertion = head.assertion
    if assertion is Assertion.HISTORICAL and not is_resolved(head):
        changes = {note.means["change"] for note in head.sentence.of("change")}
        today = {"today", "now", "currently", "presently"}.intersection(
            head.sentence.norms(head.first, head.sentence.last)
        )
        if today or changes & {"stable", "increased", "decreased"}:
            return Assertion.PRESENT
    return assertion


def is_resolved(head: Anchor) -> bool:
    """Whether a lesion phrase, or a change in its clause, says that the lesion is gone."""
    if head.note.change is Change.RESOLVED:
        return True
    return any(
        note.means["change"] == "resolved" and note.assertion is not Assertion.ABSENT
        for note in head.sentence.of("change")
        if head.sentence.clause_of(head.first) == head.sentence.clause_of(note.first)
    )

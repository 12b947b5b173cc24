"""Lesion phrases → lesions: which phrases speak of the same one, and what is said of it.

Two phrases mean one lesion when site, side and levels allow it; "another", an opposite side or levels far
apart make a second one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from emh_report.anchors import Anchor, denied_at, premodifies, qualifies
from emh_report.document import Annotation, Document, Sentence
from emh_report.levels import LevelSpan
from emh_report.measure import QuantitySpan, SizeSpan
from emh_report.model import Assertion, Change, level_order
from emh_report.signals import SignalDraft

IMPRESSION = frozenset({"impression", "recommendation"})
_DEFINITE = frozenset("the these this those such said above its their same".split())
_ANOTHER = frozenset("another second further separate additional other third similar new".split())
_LARGEST = frozenset("largest larger biggest".split())
_STRENGTH = {
    Assertion.PRESENT: 6,
    Assertion.POSSIBLE: 5,
    Assertion.ABSENT: 4,
    Assertion.HISTORICAL: 3,
    Assertion.NOT_ASSESSED: 2,
    Assertion.HYPOTHETICAL: 1,
    Assertion.NOT_MENTIONED: 0,
}
_NEIGHBOURS = {"paravertebral", "mediastinal"}
"""A paravertebral thoracic mass lies in the posterior mediastinum; reports use either name for one lesion."""
_PREFERRED_SITES = ("epidural", "paravertebral", "presacral", "pleural", "perirenal", "lymph_node")


def stronger(one: Assertion, other: Assertion) -> Assertion:
    """The assertion that is kept where two statements about one attribute differ."""
    return one if _STRENGTH[one] >= _STRENGTH[other] else other


@dataclass(slots=True)
class Part:
    """What is said of one side of a bilateral lesion."""

    sizes: list[Annotation] = field(default_factory=list)
    prior_sizes: list[Annotation] = field(default_factory=list)
    levels: list[Annotation] = field(default_factory=list)


def side_parts(sentence: Sentence) -> dict[Annotation, str]:
    """Sizes and levels that stand with a side: "right 5.1 x 3.3 cm, left 4.0 cm", "3.7 cm on the right and 3.3 cm on the left"."""
    norms = sentence.document.norms
    sides = [note for note in sentence.of("modifier") if note.means.get("laterality") in ("left", "right")]
    sizes = sentence.of("size")
    if not sides or not sizes:
        return {}
    behind = sizes[0].last < sides[0].first and _MEASURED.issuperset(
        norms[sizes[0].last + 1 : sides[0].first]
    )
    found: dict[Annotation, str] = {}
    for note in sentence.of("size", "level"):
        if behind:
            side = next((side for side in sides if side.first > note.last), None)
        else:
            side = next((side for side in reversed(sides) if side.last < note.first), None)
        if side is not None:
            found[note] = side.means["laterality"]
    return found


_MEASURED = frozenset("on the at in to side ( ) , in craniocaudal ap".split())


@dataclass(slots=True, eq=False)
class Draft:
    """A lesion under construction."""

    site: str
    assertion: Assertion
    heads: list[Anchor] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)
    level_notes: list[Annotation] = field(default_factory=list)
    sizes: list[Annotation] = field(default_factory=list)
    prior_sizes: list[Annotation] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)
    size_level: Annotation | None = None
    size_side: str | None = None
    corrected: bool = False
    attributions: list[Annotation] = field(default_factory=list)
    """EMH said of this lesion by name, not of the report as a whole."""
    other_diagnosis: bool = False
    words: dict[str, str] = field(default_factory=dict)
    """shape, margins, homogeneity, activity, count, position, bone_change and enhancement words."""
    asserted: dict[str, Assertion] = field(default_factory=dict)
    signals: list[SignalDraft] = field(default_factory=list)
    hu: float | None = None
    change: Change | None = None
    notes: list[Annotation] = field(default_factory=list)
    """Phrases that support any value."""

    @property
    def levels(self) -> set[str]:
        """Vertebrae said of it today."""
        return {
            level
            for note in self.level_notes
            if isinstance(note.value, LevelSpan)
            for level in note.value.levels
        }

    def add_levels(self, notes: list[Annotation]) -> None:
        """Levels of the lesion; a level that is denied ("not at T9") is no level of it."""
        corrected = [note for note in notes if note.sentence.section == "addendum"]
        if corrected:  # an addendum beats the body
            self.level_notes = [note for note in self.level_notes if note.sentence.section == "addendum"]
        past = self.assertion is Assertion.HISTORICAL
        for note in notes:
            if note.assertion is Assertion.HISTORICAL and not past:
                continue  # "earlier it extended from D5 to D10"
            if note not in self.level_notes:
                self.level_notes.append(note)
                self.notes.append(note)

    def add_signal(self, signal: SignalDraft) -> None:
        """A signal statement; "no blooming" denies iron and is no signal."""
        if signal.intensity == "blooming":
            self._assert("iron", signal.assertion)
        if signal.assertion in (Assertion.PRESENT, Assertion.POSSIBLE):
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
        if "pattern" in note.means and _near_enhancement(note):
            return
        if note.assertion is Assertion.ABSENT:
            return
        for key in ("shape", "margins", "homogeneity", "activity", "count", "position"):
            if key in note.means and key not in self.words:
                value = note.means[key]
                self.words[key] = (
                    note.sentence.document.slice(note.first, note.last) if key == "subsite" else value
                )
                self.notes.append(note)

    def _side(self, note: Annotation, anchor: Anchor | None) -> None:
        norms = note.sentence.document.norms
        before = set(norms[max(note.first - 4, note.sentence.first) : note.first])
        side = note.means["laterality"]
        if _LARGEST.intersection(before) or (
            anchor is not None and _LARGEST.intersection(norms[anchor.first : anchor.last + 1])
        ):
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
            for level in note.sentence.of("level"):
                gap = note.sentence.document.norms[note.last + 1 : level.first]
                if 0 < len(gap) <= 3 and gap[0] == "at" and self.size_level is None:
                    self.size_level = level
        self.notes.append(note)

    def _change(self, note: Annotation) -> None:
        change = Change(note.means["change"])
        if note.assertion is Assertion.ABSENT:
            return
        if change is Change.RESOLVED and self.assertion is not Assertion.HISTORICAL:
            return
        same = self.change is Change.STABLE and any(
            other.kind == "change" and other.sentence is note.sentence for other in self.notes
        )
        if self.change is None or same or note.sentence.section in IMPRESSION and change is not Change.STABLE:
            self.change = change
            self.notes.append(note)

    def _finding(self, note: Annotation, field_name: str) -> None:
        assertion = Assertion.ABSENT if note.means.get("polarity") == "absent" else note.assertion
        if note.excepted:
            assertion = Assertion.PRESENT
        if field_name in ("attenuation", "diffusion"):
            return
        if field_name == "bone_change" and assertion is Assertion.PRESENT:
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


_LINKS = frozenset(
    "is are was were which be and very , post contrast in a pattern following after gadolinium administration appear again".split()
)


def enhancement_words(note: Annotation) -> list[Annotation]:
    """Degree and pattern words of an enhancement phrase: before it, or right behind it ("enhances avidly")."""
    found = []
    norms = note.sentence.document.norms
    anchor = Anchor("enhancement", note.first, note.last, note.sentence, note, note.assertion)
    for modifier in note.sentence.of("modifier"):
        if not {"degree", "pattern"} & set(modifier.means):
            continue
        behind = range(note.last + 1, modifier.first)
        if premodifies(modifier, anchor) or (
            modifier.first > note.last
            and len(behind) <= 6
            and all(norms[index] in _LINKS or qualifies(note.sentence, index, index) for index in behind)
        ):
            found.append(modifier)
    return found


def _near_enhancement(note: Annotation) -> bool:
    return any(
        note in enhancement_words(other)
        for other in note.sentence.of("finding")
        if other.means.get("field") == "enhancement"
    )


class Registry:
    """The lesions of a report, found again when they are spoken of again."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.drafts: list[Draft] = []

    def resolve(self, head: Anchor, focus: list[Draft]) -> list[Draft]:
        """The lesions that a phrase speaks of, new ones included."""
        assertion = current(head)
        if (
            head.sentence.section == "clinical"
            or head.note.change is Change.NEW
            and assertion is Assertion.ABSENT
        ):
            return []
        if head.role == "pronoun":
            found = self._live() if self.document.norms[head.first] == "all" else focus
        elif not head.sites:
            found = self._generic(head, assertion, focus)
        else:
            found = [self._sited(head, site, assertion) for site in _sites(head)]
            found = self._all_sides(head, found)
        for draft in found:
            self._update(draft, head, assertion, alone=len(found) == len(_sites(head)) or len(found) == 1)
        return found

    def _all_sides(self, head: Anchor, found: list[Draft]) -> list[Draft]:
        """In a summary "paravertebral masses" are all that were described apart."""
        if head.sentence.section not in IMPRESSION or side_of(head) in ("left", "right") or _named(head):
            return found
        sites = {draft.site for draft in found if draft.assertion is not Assertion.ABSENT}
        others = [draft for draft in self._live() if draft.site in sites and draft not in found]
        return [*found, *others]

    def _generic(self, head: Anchor, assertion: Assertion, focus: list[Draft]) -> list[Draft]:
        words = _before(head, 4)
        live = self._live()
        if head.role == "emh":
            return []
        if assertion in (Assertion.ABSENT, Assertion.HYPOTHETICAL):
            return []
        definite = head.role == "definite" or bool(_DEFINITE.intersection(words))
        side, level = side_of(head), _named(head)
        if side or level:
            near = [*focus, *(draft for draft in live if draft not in focus)]
            fitting = [draft for draft in near if _compatible(draft, side, level, head)]
            same = [draft for draft in fitting if (level & draft.levels if level else side in draft.sides)]
            untold = [draft for draft in fitting if draft in focus and not draft.levels and not draft.sides]
            if not same and untold:
                return untold[:1]
            if same or (fitting and (definite or head.sentence.section in IMPRESSION)):
                return same[:1] or fitting[:1]
            if live and not fitting:
                return [
                    self._new(
                        (focus or live)[-1].site if focus or _DEFINITE.intersection(words) else "other",
                        assertion,
                    )
                ]
        if definite and focus:
            return focus
        if live and (definite or head.sentence.section in IMPRESSION) and not _ANOTHER.intersection(words):
            same = [draft for draft in live if level & draft.levels] if level else []
            return same or [draft for draft in live if draft.site != "epidural"] or live
        if focus and not head.levels and not _ANOTHER.intersection(words):
            return focus
        if _ANOTHER.intersection(words) and focus:
            return [self._new(focus[-1].site, assertion)]
        return [self._new("other", assertion)]

    def _live(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.assertion is not Assertion.ABSENT]

    def _sited(self, head: Anchor, site: Annotation, assertion: Assertion) -> Draft:
        name = site.means["site"]
        side = side_of(head)
        levels = _named(head)
        another = bool(_ANOTHER.intersection(_before(head, 5)) - {"new", "similar"})
        if site.assertion is Assertion.ABSENT:
            assertion = Assertion.ABSENT
        candidates = [
            draft
            for draft in self.drafts
            if draft.site == name and (draft.assertion is Assertion.ABSENT) == (assertion is Assertion.ABSENT)
        ]
        for draft in reversed(candidates):
            if not another and _compatible(draft, side, levels, head):
                return draft
        for draft in self.drafts:
            if (
                {draft.site, name} == _NEIGHBOURS
                and assertion is not Assertion.ABSENT
                and not another
                and draft.assertion is not Assertion.ABSENT
                and _compatible(draft, side, levels, head)
            ):
                draft.site = "paravertebral"
                return draft
            renamed = head.sentence.section in IMPRESSION or bool(_DEFINITE.intersection(_before(head, 5)))
            if (
                draft.site == "other"
                and renamed
                and assertion is not Assertion.ABSENT
                and not another
                and _compatible(draft, side, levels, head)
            ):
                draft.site = name
                return draft
        return self._new(name, assertion)

    def _new(self, site: str, assertion: Assertion) -> Draft:
        draft = Draft(site, assertion)
        self.drafts.append(draft)
        return draft

    def _update(self, draft: Draft, head: Anchor, assertion: Assertion, alone: bool = True) -> None:
        draft.heads.append(head)
        draft.notes.append(head.note)
        if head.note.kind == "emh":
            draft.attributions.append(head.note)
        draft.notes.extend(site for site in head.sites if site.means["site"] == draft.site)
        for site in head.sites:
            if site.means["site"] == draft.site:
                self._side_of_site(draft, site)
        if head.role == "pronoun" and assertion is Assertion.PRESENT:
            pass
        elif head.note.excepted and draft.assertion is not Assertion.PRESENT:
            draft.assertion, draft.change = (
                Assertion.PRESENT,
                Change.DECREASED,
            )  # "removed, save for a sliver"
        elif assertion is Assertion.HISTORICAL and _resolved(head):
            draft.assertion, draft.change = Assertion.HISTORICAL, Change.RESOLVED
        elif draft.assertion is not Assertion.HISTORICAL or draft.change is not Change.RESOLVED:
            if len(draft.heads) > 1 and assertion in (Assertion.PRESENT, Assertion.POSSIBLE):
                draft.assertion = stronger(draft.assertion, assertion)
        largest = bool(_LARGEST.intersection(self.document.norms[head.first : head.last + 1]))
        if head.role == "pronoun" and largest:
            if draft.size_level is None and head.levels:
                draft.size_level = head.levels[0]
        elif alone and (len(draft.heads) == 1 or assertion is not Assertion.ABSENT):
            draft.add_levels([level for level in head.levels if not denied_at(level, head)])

    def _side_of_site(self, draft: Draft, site: Annotation) -> None:
        """The side of an organ is the side of the mass in it: "the right adrenal gland is replaced by a mass"."""
        if "both" in site.sentence.norms(site.first - 1, site.last) and "bilateral" not in draft.sides:
            draft.sides.append("bilateral")
        for note in site.sentence.of("modifier"):
            if (
                "laterality" in note.means
                and 0 < site.first - note.last <= 2
                and note.means["laterality"] not in draft.sides
            ):
                draft.sides.append(note.means["laterality"])
                draft.notes.append(note)


def _named(head: Anchor) -> set[str]:
    """Levels a lesion phrase names itself, without denied ones."""
    return {
        level
        for note in head.levels
        if isinstance(note.value, LevelSpan) and not denied_at(note, head)
        for level in note.value.levels
    }


def _sites(head: Anchor) -> list[Annotation]:
    """The sites of a phrase, one for each lesion: adjectives in a row are one place, "and" makes two."""
    norms = head.sentence.document.norms
    groups: list[list[Annotation]] = []
    for site in sorted(head.sites, key=lambda note: note.first):
        gap = norms[groups[-1][-1].last + 1 : site.first] if groups else []
        if (
            groups
            and not {"and", "or", ",", "&", "/", "nor"}.intersection(gap)
            or groups
            and groups[-1][-1].means == site.means
        ):
            groups[-1].append(site)
        else:
            groups.append([site])
    chosen = []
    for group in groups:
        names = [site.means["site"] for site in group]
        best = next((name for name in _PREFERRED_SITES if name in names), names[-1])
        chosen.append(next(site for site in group if site.means["site"] == best))
    unique: dict[str, Annotation] = {}
    for site in chosen:
        unique.setdefault(site.means["site"], site)
    return list(unique.values())


def _compatible(draft: Draft, side: str | None, levels: set[str], head: Anchor) -> bool:
    sides = set(draft.sides)
    if side in ("left", "right") and len(sides) == 1 and sides <= {"left", "right"} and side not in sides:
        return False
    if levels and draft.levels and not levels & draft.levels:
        if head.sentence.section in IMPRESSION:
            return True
        gap = min(abs(level_order(one) - level_order(other)) for one in levels for other in draft.levels)
        return gap <= 1
    return True


def side_of(head: Anchor) -> str | None:
    """The side a lesion phrase names itself."""
    if "laterality" in head.note.means:
        return head.note.means["laterality"]
    for note in head.sentence.of("modifier"):
        if "laterality" in note.means and premodifies(note, head):
            return note.means["laterality"]
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
    if assertion is Assertion.HISTORICAL and not _resolved(head):
        changes = {note.means["change"] for note in head.sentence.of("change")}
        today = {"today", "now", "currently", "presently"}.intersection(
            head.sentence.norms(head.first, head.sentence.last)
        )
        if today or changes & {"stable", "increased", "decreased"}:
            return Assertion.PRESENT
    return assertion


def _resolved(head: Anchor) -> bool:
    if head.note.change is Change.RESOLVED:
        return True
    return any(
        note.means["change"] == "resolved" and note.assertion is not Assertion.ABSENT
        for note in head.sentence.of("change")
        if head.sentence.clause_of(head.first) == head.sentence.clause_of(note.first)
    )


def _before(head: Anchor, count: int) -> set[str]:
    sentence: Sentence = head.sentence
    return set(sentence.document.norms[max(head.first - count, sentence.first) : head.first + 1])

"""Lesion phrases → lesions: which phrases speak of the same one.

Two phrases mean one lesion when site, side and levels allow it; "another", an opposite side or levels far
apart make a second one.
"""

from __future__ import annotations

from emh_report.anchors import Anchor, denied_at
from emh_report.document import Annotation, Document, Sentence
from emh_report.lesion_names import counted, number_of, referred_to
from emh_report.lesion_words import within_bone
from emh_report.lesions import IMPRESSION, Draft, current, is_largest, is_resolved, side_of
from emh_report.levels import LevelSpan
from emh_report.members import divide_list, divide_sizes, member, tells_apart
from emh_report.model import TODAY, Assertion, Change, level_order
from emh_report.sites import separate_sites
from emh_report.standing import stronger

_DEFINITE = frozenset("the these this those such said above its their same".split())


_ANOTHER = frozenset("another second further separate additional other third similar new".split())


_KNOWN = frozenset("known existing old earlier".split())
_NEIGHBOURS = {"paravertebral", "mediastinal"}
"""A paravertebral thoracic mass lies in the posterior mediastinum; reports use either name for one lesion."""


class Registry:
    """The lesions of a report, found again when they are spoken of again."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.drafts: list[Draft] = []
        self._denied_new: str | None = None
        """Where there is no new lesion: "no new paravertebral mass; the known masses are stable"."""

    def resolve(self, head: Anchor, focus: list[Draft]) -> list[Draft]:
        """The lesions that a phrase speaks of, new ones included."""
        assertion = current(head)
        if head.note.change is Change.NEW and assertion is Assertion.ABSENT:
            self._denied_new = next((site.means["site"] for site in head.sites), None)
            return []
        if head.sentence.section == "clinical":
            return []
        number = number_of(head.sentence)
        if referred := referred_to(head, self.drafts):
            found = referred
        elif number is not None and head.role in ("mass", "part"):
            found = [self._numbered(head, number, assertion)]
        elif chosen := self._member(head, focus):
            found = chosen
        elif head.role == "pronoun":
            found = self._live() if self.document.norms[head.first] in ("all", "each", "both") else focus
        elif not head.sites:
            found = self._generic(head, assertion, focus)
        else:
            found = [self._sited(head, site, assertion) for site in separate_sites(head)]
            found = self._all_sides(head, found)
        for draft in found:
            self._update(draft, head, assertion, alone=len(found) == len(separate_sites(head)) or len(found) == 1)
        return found

    def _member(self, head: Anchor, focus: list[Draft]) -> list[Draft]:
        """The one of several lesions that a phrase picks; none where it speaks of all of them."""
        side = side_of(head)
        group = [draft for draft in focus if draft.assertion is not Assertion.ABSENT]
        if not group or not tells_apart(head, side):
            return []
        levels, site = _named(head), group[-1].site
        ordered = not {"former", "latter"}.isdisjoint(head.sentence.norms(head.first, head.last))
        pool = [draft for draft in self._live() if ordered or draft.site == site]
        found = member(head, side, levels, pool, lambda draft: _compatible(draft, side, levels, head), self._new)
        if found is None:
            return []
        head.role = "member"
        return [found]

    def divide(self, draft: Draft, sentence: Sentence) -> None:
        """Make two of a lesion where the sentence measures two in a row."""
        if not divide_list(draft, sentence, self._new):
            divide_sizes(draft, sentence, self._new)

    def _numbered(self, head: Anchor, number: str, assertion: Assertion) -> Draft:
        """The lesion that the report itself numbers, under which what it says of it stands."""
        known = self.by_number(number)
        sites = separate_sites(head)
        name, levels = sites[0].means["site"] if sites else "other", _named(head)
        untold = [draft for draft in self.drafts if draft.number is None and draft.site == name]
        untold = [draft for draft in untold if not all(map(within_bone, draft.heads))]
        same = [draft for draft in untold if sites and _compatible(draft, side_of(head), levels, head)]
        draft = next(iter([*known, *same[-1:]]), None) or self._new(name, assertion)
        draft.number = number
        return draft

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
            if not same and untold and _ANOTHER.isdisjoint(words):
                return untold[:1]
            if same or (fitting and (definite or head.sentence.section in IMPRESSION)):
                return same[:1] or fitting[:1]
            if live and not fitting:
                alike = focus or (live if _DEFINITE.intersection(words) else [])
                unsure = not definite and alike and alike[-1].site == "epidural"  # "T3 lesion without epidural disease"
                return [self._new("other" if unsure else _site_beside(head, alike), assertion)]
        if definite and focus:
            return self._all_of_section(head) if _speaks_of_more(head, focus) else focus
        if live and (definite or head.sentence.section in IMPRESSION) and not _ANOTHER.intersection(words):
            same = [draft for draft in live if level & draft.levels] if level else []
            return same or [draft for draft in live if draft.site != "epidural"] or live
        if focus and not head.levels and not _ANOTHER.intersection(words):
            return focus
        if _ANOTHER.intersection(words) and focus:
            return [self._new(_site_beside(head, focus), assertion)]
        known = definite or not _KNOWN.isdisjoint(words)
        return [self._new((known and self._denied_new) or "other", assertion)]

    def _all_of_section(self, head: Anchor) -> list[Draft]:
        section = head.sentence.section
        return [draft for draft in self._live() if any(other.sentence.section == section for other in draft.heads)]

    def by_number(self, number: str | None) -> list[Draft]:
        """The lesion that the report gave a number, if there is one."""
        return [draft for draft in self.drafts if number is not None and draft.number == number]

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
        if assertion is Assertion.HISTORICAL and within_bone(head):
            candidates = [draft for draft in candidates if all(map(within_bone, draft.heads))]
        if not levels and not side:
            # "posterior epidural disease" makes no doubtful component certain beside a sure one
            candidates.sort(key=lambda draft: draft.assertion is assertion)
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
        if "count" not in draft.words and head.role in ("mass", "part") and (number := counted(head)):
            draft.words["count"] = str(number)
        if draft.named_side is None and (side := side_of(head)) in ("left", "right"):
            draft.named_side = side
        if head.note.kind == "emh":
            draft.attributions[head.note] = None
        draft.notes.extend(site for site in head.sites if site.means["site"] == draft.site)
        for site in head.sites:
            if site.means["site"] == draft.site:
                self._side_of_site(draft, site)
        if head.role in ("pronoun", "member") and assertion is Assertion.PRESENT:
            pass
        elif head.note.excepted and draft.assertion is not Assertion.PRESENT:
            draft.assertion, draft.change = (
                Assertion.PRESENT,
                Change.DECREASED,
            )  # "removed, save for a sliver"
        elif assertion is Assertion.HISTORICAL and is_resolved(head):
            draft.assertion, draft.change = Assertion.HISTORICAL, Change.RESOLVED
        elif draft.change is Change.RESOLVED and assertion is Assertion.PRESENT and _has_recurred(head):
            draft.assertion, draft.change = Assertion.PRESENT, Change.NEW
        elif draft.assertion is not Assertion.HISTORICAL or draft.change is not Change.RESOLVED:
            taken_up = draft.assertion is Assertion.POSSIBLE and _takes_up(head)
            if len(draft.heads) > 1 and assertion in TODAY and not taken_up:
                draft.assertion = stronger(draft.assertion, assertion)
        if head.role == "pronoun" and is_largest(head):
            if draft.size_level is None and head.levels:
                draft.size_level = head.levels[0]
        elif alone and (len(draft.heads) == 1 or assertion is not Assertion.ABSENT):
            draft.add_levels([level for level in head.levels if not denied_at(level, head)])

    def _side_of_site(self, draft: Draft, site: Annotation) -> None:
        """The side of an organ is that of the mass in it: "the right adrenal is replaced by a mass"."""
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


def _site_beside(head: Anchor, others: list[Draft]) -> str:
    """The site of a lesion that is named after others; "further deposits in T9 and L2" are not epidural."""
    scattered = head.note.text.lower().endswith("s")
    return "other" if not others or (others[-1].site == "epidural" and scattered) else others[-1].site


def _speaks_of_more(head: Anchor, focus: list[Draft]) -> bool:
    """Whether "the lesions" are more than the single one spoken of before."""
    if any(draft is not focus[0] for draft in focus) or head.note.text.lower() != "lesions":
        return False
    return not any(other.note.text.lower().endswith("s") for other in focus[0].heads) and "count" not in focus[0].words


def _has_recurred(head: Anchor) -> bool:
    return any(
        word.startswith(("recur", "relaps", "reappear")) for word in head.sentence.norms(head.first, head.last + 6)
    )


def _takes_up(head: Anchor) -> bool:
    """Whether a phrase only takes up what was named before, as doubtful as it was: "signal of the lesion"."""
    norms = head.sentence.document.norms
    at = head.first - 1
    pointed = head.sentence.first < at and norms[at] in _DEFINITE
    return pointed and norms[at - 1] in ("of", "in", "within")


def _named(head: Anchor) -> set[str]:
    """Levels a lesion phrase names itself, without denied ones."""
    return {
        level
        for note in head.levels
        if isinstance(note.value, LevelSpan) and not denied_at(note, head)
        for level in note.value.levels
    }


def _compatible(draft: Draft, side: str | None, levels: set[str], head: Anchor) -> bool:
    sides = set(draft.sides) or ({draft.named_side} if draft.named_side else set())
    if side in ("left", "right") and len(sides) == 1 and sides <= {"left", "right"} and side not in sides:
        return False
    if levels and draft.levels and not levels & draft.levels:
        if is_resolved(head) and draft.assertion is not Assertion.HISTORICAL:
            return False  # "a sheet remains at T6; the tissue at T5 and T7 is gone"
        if head.sentence.section in IMPRESSION:
            return True
        gap = min(abs(level_order(one) - level_order(other)) for one in levels for other in draft.levels)
        return gap <= 1
    return True


def _before(head: Anchor, count: int) -> set[str]:
    return set(head.sentence.norms(head.first - count, head.first))

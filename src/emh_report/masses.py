"""Lesions under construction → lesions of the contract: which are kept, divided by side, and how large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from emh_report import descriptions
from emh_report.diagnosis import attribution_of
from emh_report.document import Annotation, Document
from emh_report.facts import disc_names, level_names, ordered
from emh_report.lesion_words import within_bone
from emh_report.lesions import Draft
from emh_report.measure import SizeSpan
from emh_report.model import (
    TODAY,
    Asserted,
    Assertion,
    BoneChange,
    Change,
    Laterality,
    Lesion,
    LesionKind,
    Presence,
    Signal,
    Site,
    SizeAt,
)

_KINDS = {
    "epidural": LesionKind.EPIDURAL_COMPONENT,
    "lymph_node": LesionKind.NODAL,
    "liver": LesionKind.ORGAN,
    "spleen": LesionKind.ORGAN,
}


_MEASUREMENT_ERROR = 0.05
"""A difference in diameter below a twentieth is within what two readers differ (design)."""


_UNSAID = (Assertion.HYPOTHETICAL, Assertion.HISTORICAL, Assertion.NOT_MENTIONED)


def masses(document: Document, drafts: Sequence[Draft], attribution: Asserted) -> list[Lesion]:
    """Lesions that are there or may be, in order of first mention."""
    live = [draft for draft in drafts if draft.assertion in TODAY and _is_lesion(draft)]
    return [_lesion(document, part, attribution) for draft in _without_shadows(live) for part in _by_side(draft)]


def _by_side(draft: Draft) -> list[Draft]:
    """A bilateral lesion whose sides are measured apart is two lesions that share the rest."""
    measured = {side: part for side, part in draft.parts.items() if part.sizes}
    if len(measured) < 2:
        return _by_size(draft)
    apart = [note for part in measured.values() for note in part.levels]
    group = [note for note in draft.level_notes if note not in apart]
    return [
        replace(
            draft,
            sides=[side],
            sizes=part.sizes,
            prior_sizes=part.prior_sizes,
            parts={},
            size_side=None,
            size_level=part.levels[0] if group and part.levels else None,
            level_notes=group or part.levels,
        )
        for side, part in measured.items()
    ]


def _by_size(draft: Draft) -> list[Draft]:
    """Sizes side by side before a plural are of two lesions: "3.4 x 2.1 cm and 12 x 9 mm nodules"."""
    if placed := _by_place(draft):
        return placed
    sizes = draft.sizes
    if len(sizes) != 2 or sizes[0].sentence is not sizes[1].sentence or not draft.heads:
        return [draft]
    norms = sizes[0].sentence.document.norms
    before = any(
        head.sentence is sizes[0].sentence and sizes[1].last < head.first <= sizes[1].last + 5 for head in draft.heads
    )
    if not before or norms[sizes[0].last + 1 : sizes[1].first] != ["and"]:
        return [draft]
    return [replace(draft, sizes=[size]) for size in sizes]


_BEHIND_PLACE = frozenset("( , : of measuring -".split())


def _by_place(draft: Draft) -> list[Draft]:
    """Sizes that each stand with a level of their own: "masses at T5 (22 mm), T7 (27 mm) and T9 (35 mm)"."""
    pairs: list[tuple[Annotation, Annotation]] = []
    for size in draft.sizes:
        norms = size.sentence.norms
        for level in draft.level_notes:
            if level.sentence is not size.sentence:
                continue
            behind = level.last < size.first and _BEHIND_PLACE.issuperset(norms(level.last + 1, size.first - 1))
            ahead = size.last < level.first and norms(size.last + 1, level.first - 1) in (["at"], ["("], ["(", "at"])
            if behind or ahead:
                pairs.append((size, level))
    levels = {level for _, level in pairs}
    whole = len(pairs) == len(draft.sizes) == len(levels) and levels == set(draft.level_notes)
    if len(pairs) < 2 or not whole or len({level_names([level]) for level in levels}) < len(levels):
        return []
    words = {key: word for key, word in draft.words.items() if key != "count"}
    return [replace(draft, sizes=[size], level_notes=[level], words=words, parts={}) for size, level in pairs]


def _is_lesion(draft: Draft) -> bool:
    roles = {head.role for head in draft.heads}
    if draft.site in ("foraminal",) and not roles & {"mass", "definite"}:
        return False
    return not (draft.site in ("bone", "rib") and roles == {"part"} and not draft.signals and not draft.sizes)


def _without_shadows(drafts: list[Draft]) -> list[Draft]:
    """Drop lesions without a site of their own where named ones say the same."""
    named = [draft for draft in drafts if draft.site != "other"]
    numbered = [draft for draft in drafts if draft.number is not None]
    kept = []
    for draft in drafts:
        if draft.number is None and all(map(within_bone, draft.heads)):
            same = [other for other in numbered if other.site in ("bone", draft.site)]
            if any(not draft.levels or draft.levels & other.levels for other in same):
                continue  # "Lytic lesion at T8", which is also "Lesion 1: osseous mass at T8"
        if (
            draft.site == "other"
            and draft.number is None
            and named
            and not draft.sizes
            and (not draft.levels or any(draft.levels & other.levels for other in named))
        ):
            continue
        kept.append(draft)
    return kept


def _lesion(document: Document, draft: Draft, attribution: Asserted) -> Lesion:
    asserted = {key: _presence(value) for key, value in draft.asserted.items() if value not in _UNSAID}
    sizes = main_size(draft)
    bone = asserted.get("bone_change", Presence.unsaid()).assertion
    enhancement = asserted.get("enhancement", Presence.unsaid()).assertion
    return Lesion(
        id="",
        kind=_kind(draft),
        emh=_attributed(draft, attribution),
        site=Site(draft.site),
        subsite=" ".join(draft.place.text.split()) if draft.place else None,
        laterality=_laterality(draft),
        levels=ordered(draft.levels),
        disc_levels=disc_names(draft.level_notes),
        count=descriptions.count(draft.words),
        size_mm=sizes.size_mm if sizes else (),
        size_approximate=bool(sizes and sizes.approximate),
        size_at=_size_at(draft) if sizes else None,
        prior_size_mm=_prior(draft),
        shape=draft.words.get("shape"),
        margins=draft.words.get("margins"),
        signal=_signals(draft),
        homogeneity=descriptions.homogeneity(draft.words),
        attenuation_hu=draft.hu,
        enhancement=descriptions.enhancement(
            enhancement, draft.words.get("enhancement_degree"), draft.words.get("enhancement_pattern")
        ),
        iron=asserted.get("iron", Presence.unsaid()),
        fat=asserted.get("fat", Presence.unsaid()),
        calcification=asserted.get("calcification", Presence.unsaid()),
        necrosis=asserted.get("necrosis", Presence.unsaid()),
        bone_change=BoneChange(assertion=bone, kind=draft.words.get("bone_change") if bone in TODAY else None),
        activity=descriptions.activity(draft.words),
        change=_change(draft, sizes),
        assertion=draft.assertion,
        evidence=document.evidence_of(*draft.notes),
    )


def _kind(draft: Draft) -> LesionKind:
    if any(head.note.kind == "bone_marrow" for head in draft.heads):
        return LesionKind.MARROW_EXPANSION
    return _KINDS.get(draft.site, LesionKind.MASS)


@cache
def _presence(assertion: Assertion) -> Presence:
    return Presence(assertion=assertion)


def _attributed(draft: Draft, whole: Asserted) -> Asserted:
    """What the report says of this lesion by name; else what it says as a whole."""
    own = attribution_of(list(draft.attributions))
    if own.assertion in TODAY or own.assertion is Assertion.ABSENT:
        return own
    return Asserted.unsaid() if draft.other_diagnosis and whole.assertion in TODAY else whole


def _laterality(draft: Draft) -> Laterality | None:
    sides = set(draft.sides)
    if "bilateral" in sides or {"left", "right"} <= sides:
        return Laterality.BILATERAL
    return Laterality(draft.sides[0]) if sides else None


def _spans(notes: list[Annotation]) -> list[SizeSpan]:
    return [note.value for note in notes if isinstance(note.value, SizeSpan)]


def main_size(draft: Draft) -> SizeSpan | None:
    """The first size of the largest extent, which is the one radiologists measure for a group."""
    spans = _spans(draft.sizes)
    return max(spans, key=lambda span: (max(span.size_mm), len(span.size_mm))) if spans else None


def _prior(draft: Draft) -> tuple[float, ...]:
    spans = _spans(draft.prior_sizes)
    return spans[0].size_mm if spans else ()


def _size_at(draft: Draft) -> SizeAt | None:
    place = [draft.size_level] if draft.size_level else []
    level = next(iter((*disc_names(place), *level_names(place))), None)
    side = draft.size_side
    if side is None and _laterality(draft) is Laterality.BILATERAL:
        measured = [side for side, part in draft.parts.items() if part.sizes]
        side = measured[0] if len(measured) == 1 else None
    if level is None and side is None:
        return None
    return SizeAt(level=level, laterality=Laterality(side) if side else None)


def _change(draft: Draft, size: SizeSpan | None) -> Change | None:
    if draft.change is not None:
        return draft.change
    prior = _prior(draft)
    if size and prior:
        before, now = prior[0], size.size_mm[0]
        if abs(now - before) < _MEASUREMENT_ERROR * before:
            return Change.STABLE
        return Change.INCREASED if now > before else Change.DECREASED
    return None


def _signals(draft: Draft) -> tuple[Signal, ...]:
    found: dict[tuple[object, ...], Signal] = {}
    for said in draft.signals:
        for signal in descriptions.signals_of(said):
            found.setdefault((signal.sequence, signal.intensity), signal)
    return tuple(found.values())

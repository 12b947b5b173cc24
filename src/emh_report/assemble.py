"""Document and relations → Findings. Only this module puts the contract together."""

from __future__ import annotations

import math
from dataclasses import replace

from emh_report import __version__, advice, background, expansions, iron, nodes, organs, tissue
from emh_report.compression import cord_compression
from emh_report.diagnosis import attribution_of, differential, emh
from emh_report.document import Annotation, Document
from emh_report.facts import TODAY, disc_names, ordered
from emh_report.lesions import Draft
from emh_report.lexicon import Lexicons
from emh_report.measure import SizeSpan
from emh_report.model import (
    Asserted,
    Assertion,
    BoneChange,
    Change,
    Emh,
    Enhancement,
    Findings,
    Generator,
    Laterality,
    Lesion,
    LesionKind,
    Mention,
    Presence,
    Signal,
    Site,
    SizeAt,
    Source,
)
from emh_report.narrowing import canal_stenosis, cauda_equina, epidural, foraminal_narrowing
from emh_report.relations import Links

_KINDS = {
    "epidural": LesionKind.EPIDURAL_COMPONENT,
    "lymph_node": LesionKind.NODAL,
    "liver": LesionKind.ORGAN,
    "spleen": LesionKind.ORGAN,
}
_MEASUREMENT_ERROR = 0.05
"""A difference in diameter below a twentieth is within what two readers differ (design)."""
_UNSAID = (Assertion.HYPOTHETICAL, Assertion.HISTORICAL, Assertion.NOT_MENTIONED)


def assemble(links: Links, mentions: tuple[Mention, ...], lexicons: Lexicons, source: Source) -> Findings:
    """The findings of one report."""
    document = links.document
    diagnosis, emh_warnings = emh(document)
    compression, cord_warnings = cord_compression(links)
    return Findings(
        generator=Generator(version=__version__, lexicon_digest=lexicons.digest),
        source=source,
        clinical=background.clinical(document),
        study=background.study(document),
        conditions=background.conditions(document, lexicons),
        treatments=background.treatments(document),
        emh=diagnosis,
        lesions=lesions(links, diagnosis),
        epidural=epidural(links),
        cord_compression=compression,
        cauda_equina=cauda_equina(links),
        canal_stenosis=canal_stenosis(links),
        foraminal_narrowing=foraminal_narrowing(links),
        iron_deposition=iron.iron(links),
        fatty_change=tissue.fatty_change(links),
        bone_marrow=tissue.bone_marrow(links),
        lymph_nodes=nodes.lymph_nodes(links),
        organs=organs.organs(links),
        differential=differential(document, lexicons.concepts),
        biopsy=advice.biopsy(document),
        recommendations=advice.recommendations(document),
        critical_communication=background.communication(document),
        addenda=background.addenda(document),
        warnings=(*cord_warnings, *emh_warnings),
        mentions=mentions,
    )


def lesions(links: Links, diagnosis: Emh) -> tuple[Lesion, ...]:
    """Lesions that are there or may be, in order of first mention."""
    attribution = Asserted(assertion=diagnosis.assertion, certainty=diagnosis.certainty)
    if diagnosis.assertion in (Assertion.HYPOTHETICAL, Assertion.HISTORICAL):
        attribution = Asserted()
    live = [draft for draft in links.lesions if draft.assertion in TODAY and _is_lesion(draft)]
    nodal = nodes.nodal_lesions(links, attribution)
    if nodal:
        live = [draft for draft in live if draft.site != "lymph_node"]
    live = [part for draft in _without_shadows(live) for part in _by_side(draft)]
    masses = [_lesion(links.document, draft, "", attribution) for draft in live]
    found = [*masses, *nodal, *expansions.expanded_bones(links, attribution)]
    return tuple(lesion.model_copy(update={"id": f"L{number}"}) for number, lesion in enumerate(found, 1))


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
    """Sizes that stand side by side before a plural are sizes of two lesions: "3.4 x 2.1 cm and 12 x 9 mm nodules"."""
    sizes = draft.sizes
    if len(sizes) != 2 or sizes[0].sentence is not sizes[1].sentence or not draft.heads:
        return [draft]
    norms = sizes[0].sentence.document.norms
    before = any(
        head.sentence is sizes[0].sentence and sizes[1].last < head.first <= sizes[1].last + 5
        for head in draft.heads
    )
    if not before or norms[sizes[0].last + 1 : sizes[1].first] != ["and"]:
        return [draft]
    return [replace(draft, sizes=[size]) for size in sizes]


def _is_lesion(draft: Draft) -> bool:
    roles = {head.role for head in draft.heads}
    if draft.site in ("foraminal",) and not roles & {"mass", "definite"}:
        return False
    return not (draft.site in ("bone", "rib") and roles == {"part"} and not draft.signals and not draft.sizes)


def _without_shadows(drafts: list[Draft]) -> list[Draft]:
    """Drop lesions without a site of their own where named ones say the same."""
    named = [draft for draft in drafts if draft.site != "other"]
    kept = []
    for draft in drafts:
        if (
            draft.site == "other"
            and named
            and not draft.sizes
            and (not draft.levels or any(draft.levels & other.levels for other in named))
        ):
            continue
        kept.append(draft)
    return kept


def _lesion(document: Document, draft: Draft, name: str, attribution: Asserted) -> Lesion:
    asserted = {
        key: Presence(assertion=value) for key, value in draft.asserted.items() if value not in _UNSAID
    }
    sizes = _main_size(draft)
    bone = asserted.get("bone_change", Presence()).assertion
    enhancement = asserted.get("enhancement", Presence()).assertion
    said = enhancement in TODAY
    return Lesion(
        id=name,
        kind=_KINDS.get(draft.site, LesionKind.MASS),
        emh=_attributed(draft, attribution),
        site=Site(draft.site),
        laterality=_laterality(draft),
        levels=ordered(draft.levels),
        disc_levels=disc_names(draft.level_notes),
        count=_count(draft),
        size_mm=sizes.size_mm if sizes else (),
        size_approximate=bool(sizes and sizes.approximate),
        size_at=_size_at(draft) if sizes else None,
        prior_size_mm=_prior(draft),
        shape=draft.words.get("shape"),
        margins=draft.words.get("margins"),
        signal=_signals(document, draft),
        homogeneity=draft.words.get("homogeneity"),  # type: ignore[arg-type]
        attenuation_hu=draft.hu,
        enhancement=Enhancement(
            assertion=enhancement,
            degree=draft.words.get("enhancement_degree") if said else None,  # type: ignore[arg-type]
            pattern=draft.words.get("enhancement_pattern") if said else None,  # type: ignore[arg-type]
        ),
        iron=asserted.get("iron", Presence()),
        fat=asserted.get("fat", Presence()),
        calcification=asserted.get("calcification", Presence()),
        necrosis=asserted.get("necrosis", Presence()),
        bone_change=BoneChange(
            assertion=bone, kind=draft.words.get("bone_change") if bone in TODAY else None
        ),
        activity=draft.words.get("activity"),  # type: ignore[arg-type]
        change=_change(draft, sizes),
        assertion=draft.assertion,
        evidence=document.evidence_of(*draft.notes),
    )


def _attributed(draft: Draft, whole: Asserted) -> Asserted:
    """What the report says of this lesion by name; else what it says as a whole."""
    own = attribution_of(draft.attributions)
    if own.assertion in (*TODAY, Assertion.ABSENT):
        return own
    return Asserted() if draft.other_diagnosis and whole.assertion in TODAY else whole


def _laterality(draft: Draft) -> Laterality | None:
    sides = set(draft.sides)
    if "bilateral" in sides or {"left", "right"} <= sides:
        return Laterality.BILATERAL
    return Laterality(draft.sides[0]) if sides else None


def _count(draft: Draft) -> int | str | None:
    count = draft.words.get("count")
    return int(count) if count and count.isdigit() else count  # type: ignore[return-value]


def _spans(notes: list[Annotation]) -> list[SizeSpan]:
    return [note.value for note in notes if isinstance(note.value, SizeSpan)]


def _main_size(draft: Draft) -> SizeSpan | None:
    """The first size of the largest extent, which is the one radiologists measure for a group."""
    spans = _spans(draft.sizes)
    return max(spans, key=lambda span: (max(span.size_mm), len(span.size_mm))) if spans else None


def _prior(draft: Draft) -> tuple[float, ...]:
    spans = _spans(draft.prior_sizes)
    return spans[0].size_mm if spans else ()


def _size_at(draft: Draft) -> SizeAt | None:
    level = next(iter(_level_names(draft.size_level)), None) if draft.size_level else None
    side = draft.size_side
    if side is None and _laterality(draft) is Laterality.BILATERAL:
        measured = [side for side, part in draft.parts.items() if part.sizes]
        side = measured[0] if len(measured) == 1 else None
    if level is None and side is None:
        return None
    return SizeAt(level=level, laterality=Laterality(side) if side else None)


def _level_names(note: Annotation) -> tuple[str, ...]:
    value = note.value
    return value.levels if value is not None and hasattr(value, "levels") else ()


def _change(draft: Draft, size: SizeSpan | None) -> Change | None:
    if draft.change is not None:
        return draft.change
    prior = _prior(draft)
    if size and prior:
        before, now = math.prod(prior[:1]), math.prod(size.size_mm[:1])
        return (
            Change.STABLE
            if abs(now - before) < _MEASUREMENT_ERROR * before
            else Change.INCREASED
            if now > before
            else Change.DECREASED
        )
    return None


def _signals(document: Document, draft: Draft) -> tuple[Signal, ...]:
    found: dict[tuple[object, ...], Signal] = {}
    for signal in draft.signals:
        for sequence in signal.sequences:
            key = (sequence, signal.intensity)
            if key not in found:
                found[key] = Signal(
                    sequence=sequence,
                    intensity=signal.intensity,
                    degree=signal.degree,
                    extent=signal.extent,  # type: ignore[arg-type]
                    reference=signal.reference,
                    evidence=document.evidence_of(*signal.notes),  # type: ignore[arg-type]
                )
    return tuple(found.values())

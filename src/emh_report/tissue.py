"""Iron, fat, organs, nodes and bone: what is said of which tissue.

Iron belongs to what shows it: a dark liver says nothing about a mass. Iron drugs and iron blood tests are no
iron in an image and never reach this module (lexicons/findings.yaml, ``not``).
"""

from __future__ import annotations

from collections.abc import Iterable

from emh_report.anchors import Anchor
from emh_report.cordfacts import TODAY, level_names
from emh_report.document import Annotation, Sentence
from emh_report.lesions import stronger
from emh_report.link import BACKGROUND, Fact, Links
from emh_report.measure import QuantitySpan, SizeSpan
from emh_report.model import (
    Assertion,
    BoneMarrowFinding,
    FattyChange,
    IronDeposition,
    IronSite,
    Laterality,
    LymphNode,
    Measurement,
    OrganFinding,
    Presence,
    Severity,
)

IRON_QUANTITIES = frozenset({"T2*", "R2*", "LIC"})
IRON_SEQUENCES = frozenset({"SWI", "GRE", "T2*"})


def iron(links: Links) -> IronDeposition:
    """Iron by site; the whole is the strongest of them."""
    sites: dict[str, Assertion] = {}
    notes: dict[str, list[Annotation]] = {}

    def say(site: str, assertion: Assertion, note: Annotation) -> None:
        sites[site] = stronger(sites[site], assertion) if site in sites else assertion
        notes.setdefault(site, []).append(note)

    for draft in links.lesions:
        if "iron" in draft.asserted and draft.asserted["iron"] not in (Assertion.HYPOTHETICAL, Assertion.HISTORICAL):
            for note in draft.notes:
                if note.means.get("field") == "iron" or note.means.get("intensity") == "blooming":
                    notes.setdefault("lesion", []).append(note)
            if notes.get("lesion"):
                assertion = draft.asserted["iron"]
                sites["lesion"] = stronger(sites.get("lesion", assertion), assertion)
    for note, anchor in links.attributes:
        if note.means.get("field") == "iron" or note.means.get("intensity") == "blooming":
            site = _iron_site(anchor)
            if site and note.assertion not in (Assertion.HYPOTHETICAL, Assertion.HISTORICAL):
                say(site, Assertion.ABSENT if note.means.get("polarity") == "absent" else note.assertion, note)
    measurements = _measurements(links)
    missing = [] if sites else _not_done(links)
    overall = Assertion.NOT_MENTIONED
    for assertion in sites.values():
        overall = stronger(overall, assertion)
    if not sites and missing:
        overall = Assertion.NOT_ASSESSED
    document = links.document
    return IronDeposition(
        assertion=overall,
        sites=tuple(IronSite(site=site, assertion=assertion, degree=_degree(notes.get(site, [])), evidence=document.evidence_of(*notes.get(site, []))) for site, assertion in sites.items()),
        measurements=measurements,
        evidence=document.evidence_of(*[note for group in notes.values() for note in group], *missing),
    )  # fmt: skip


def _iron_site(anchor: Anchor) -> str | None:
    if anchor.kind == "organ":
        return anchor.note.preferred
    if anchor.kind == "organ_finding":
        return anchor.note.means.get("organ", "").split(",")[0] or None
    if anchor.kind in ("vertebra", "bone_marrow"):
        return "marrow"
    if anchor.kind == "node":
        return "lymph node"
    return None


def _degree(notes: Iterable[Annotation]) -> Severity | None:
    for note in notes:
        for modifier in note.sentence.of("modifier"):
            if "severity" in modifier.means and 0 <= note.first - modifier.last <= 3:
                return Severity(modifier.means["severity"])
    return None


def _measurements(links: Links) -> tuple[Measurement, ...]:
    found: dict[tuple[object, ...], Measurement] = {}
    field = next((q.value.value for s in links.document.sentences for q in s.of("quantity") if q.concept == "field_strength" and isinstance(q.value, QuantitySpan)), None)
    for note, anchor in links.attributes:
        if isinstance(note.value, QuantitySpan) and note.value.quantity in IRON_QUANTITIES and anchor.kind in ("organ", "organ_finding", "vertebra", "none"):
            organ = _iron_site(anchor) or _nearest_organ(note) or "liver"
            entry = Measurement(
                organ=organ, quantity=note.value.quantity, value=note.value.value, unit=note.value.unit, field_strength_t=field,
                evidence=links.document.evidence_of(note),
            )  # fmt: skip
            found.setdefault((organ, entry.quantity, entry.value), entry)
    return tuple(found.values())


def _nearest_organ(note: Annotation) -> str | None:
    organs = note.sentence.of("organ")
    if not organs:
        return None
    return min(organs, key=lambda organ: abs(organ.first - note.first)).preferred


def _not_done(links: Links) -> list[Annotation]:
    """Iron-sensitive sequences that the text says were not done."""
    found = []
    for sentence in links.document.sentences:
        for note in sentence.of("sequence", "iron_sequence"):
            name = note.means.get("sequence", "")
            if (name in IRON_SEQUENCES or note.kind == "iron_sequence") and note.assertion in (Assertion.ABSENT, Assertion.NOT_ASSESSED):
                found.append(note)
        for note in sentence.of("finding"):
            if note.means.get("field") == "iron" and note.assertion is Assertion.NOT_ASSESSED:
                found.append(note)
    return found


def fatty_change(links: Links) -> FattyChange:
    """Fat in the lesions."""
    assertion = Assertion.NOT_MENTIONED
    notes: list[Annotation] = []
    for draft in links.lesions:
        if "fat" in draft.asserted:
            assertion = stronger(assertion, draft.asserted["fat"])
            notes.extend(note for note in draft.notes if note.means.get("field") == "fat")
    if assertion in (Assertion.HYPOTHETICAL, Assertion.HISTORICAL):
        return FattyChange()
    return FattyChange(assertion=assertion, evidence=links.document.evidence_of(*notes))


def organs(links: Links) -> tuple[OrganFinding, ...]:
    """Findings of solid organs with the organ's size."""
    found: dict[tuple[str, str], tuple[Assertion, list[Annotation], list[Annotation]]] = {}
    for fact in links.facts:
        if fact.kind != "organ_finding" or fact.sentence.section == BACKGROUND or fact.assertion is Assertion.HYPOTHETICAL:
            continue
        sizes = [note for note, anchor in links.attributes if anchor is fact.anchor and isinstance(note.value, SizeSpan) and not note.value.prior]
        means = fact.anchor.note.means
        names = [part.strip() for part in means.get("organ", "").split(",")]
        for organ, finding in zip(names, (means.get("finding") or fact.anchor.note.preferred).split(","), strict=False):
            _merge(found, (organ, finding.strip()), fact.assertion, [fact.anchor.note], sizes)
    for fact in links.facts:
        if fact.kind != "organ" or fact.sentence.section == BACKGROUND:
            continue
        organ = fact.anchor.note.preferred
        sizes = [note for note, anchor in links.attributes if anchor is fact.anchor and isinstance(note.value, SizeSpan) and not note.value.prior]
        if _enlarged(fact) and organ in _ENLARGED:
            assertion = Assertion.ABSENT if _denied(fact) else Assertion.PRESENT
            _merge(found, (organ, _ENLARGED[organ]), assertion, [fact.anchor.note], sizes)
        elif sizes:
            for key in found:
                if key[0] == organ:
                    found[key][2].extend(sizes)
    return tuple(
        OrganFinding(
            organ=organ, finding=finding, assertion=assertion, size_mm=_first_size(sizes),
            evidence=links.document.evidence_of(*notes, *sizes[:1]),
        )  # fmt: skip
        for (organ, finding), (assertion, notes, sizes) in found.items()
    )


_ENLARGED = {"liver": "hepatomegaly", "spleen": "splenomegaly", "heart": "cardiomegaly"}


def _merge(found: dict[tuple[str, str], tuple[Assertion, list[Annotation], list[Annotation]]], key: tuple[str, str], assertion: Assertion, notes: list[Annotation], sizes: list[Annotation]) -> None:
    if key in found:
        old, old_notes, old_sizes = found[key]
        found[key] = (stronger(old, assertion), [*old_notes, *notes], [*old_sizes, *sizes])
    else:
        found[key] = (assertion, notes, sizes)


def _enlarged(fact: Fact) -> bool:
    first, last = fact.sentence.clause_of(fact.anchor.first)
    words = fact.sentence.norms(max(first, fact.anchor.first - 4), min(last, fact.anchor.last + 6))
    return bool({"enlarged", "enlargement", "large", "huge", "massively", "bulky"} & set(words))


def _denied(fact: Fact) -> bool:
    words = fact.sentence.norms(fact.anchor.first - 3, fact.anchor.last + 5)
    return bool({"not", "no", "without", "nor"} & set(words))


def _first_size(sizes: list[Annotation]) -> tuple[float, ...]:
    for note in sizes:
        if isinstance(note.value, SizeSpan):
            return note.value.size_mm
    return ()


def lymph_nodes(links: Links) -> tuple[LymphNode, ...]:
    """Nodal groups, each station by itself."""
    found: dict[tuple[object, ...], LymphNode] = {}
    for sentence in links.document.sentences:
        if sentence.section in (BACKGROUND, "technique", "comparison", "exam"):
            continue
        nodes = sentence.of("node")
        stations = [note for note in nodes if "station" in note.means]
        enlarged = [note for note in nodes if "station" not in note.means]
        if not enlarged:
            continue
        for station in stations or enlarged[:1]:
            entry = _node(links, sentence, station, enlarged)
            if entry.assertion in (*TODAY, Assertion.ABSENT, Assertion.HISTORICAL):
                found.setdefault((entry.station, entry.laterality), entry)
    return tuple(found.values())


def _node(links: Links, sentence: Sentence, station: Annotation, enlarged: list[Annotation]) -> LymphNode:
    near = min(enlarged, key=lambda note: abs(note.first - station.first))
    sizes = [note for note in sentence.of("size") if isinstance(note.value, SizeSpan) and not note.value.prior]
    necrosis = [note for note in sentence.of("finding") if note.means.get("field") == "necrosis"]
    side = next((m.means["laterality"] for m in sentence.of("modifier") if "laterality" in m.means and 0 <= station.first - m.last <= 2), None)
    return LymphNode(
        station=station.means.get("station"), laterality=Laterality(side) if side else None,
        size_mm=_first_size(sizes), necrosis=Presence(assertion=necrosis[0].assertion) if necrosis else Presence(),
        assertion=Assertion.PRESENT if near.excepted else near.assertion,
        evidence=links.document.evidence_of(station, near, *sizes[:1], *necrosis[:1]),
    )  # fmt: skip


def bone_marrow(links: Links) -> tuple[BoneMarrowFinding, ...]:
    """Findings of bone and marrow outside the lesions, fractures among them."""
    found: dict[tuple[object, ...], BoneMarrowFinding] = {}
    for fact in links.facts:
        if fact.kind != "bone_marrow" or fact.sentence.section == BACKGROUND or fact.assertion is Assertion.HYPOTHETICAL:
            continue
        note = fact.anchor.note
        name = note.means.get("finding") or note.preferred
        entry = BoneMarrowFinding(
            finding=name, site=note.means.get("site"), levels=level_names(fact.levels), assertion=fact.assertion,
            evidence=links.document.evidence_of(note, *fact.levels),
        )  # fmt: skip
        found.setdefault((entry.finding, entry.levels, entry.assertion), entry)
    return tuple(found.values())

"""Measured iron: T2*, R2* and concentrations with their organ. Part of iron.py."""

from __future__ import annotations

from emh_report.document import Annotation, Sentence
from emh_report.iron_sites import organ_of_value
from emh_report.measure import QuantitySpan
from emh_report.model import Measurement
from emh_report.relations import BACKGROUND, SILENT, Links

IRON_QUANTITIES = frozenset({"T2*", "R2*", "LIC"})
_PRIOR = frozenset("previously previous prior earlier last formerly baseline".split())


def measurements(links: Links) -> tuple[Measurement, ...]:
    """Stated T2*, R2* and iron concentrations with their organ; an addendum's value stands for the body's."""
    document = links.document
    field = next(
        (
            q.value.value
            for s in document.having("quantity")
            for q in s.of("quantity")
            if q.concept == "field_strength" and isinstance(q.value, QuantitySpan)
        ),
        None,
    )
    found: dict[tuple[str, str, float], Measurement] = {}
    added: dict[tuple[str, str], set[float]] = {}
    last: str | None = None
    for sentence in document.having("quantity"):
        if sentence.section in SILENT or sentence.section == BACKGROUND:
            continue
        for note in sentence.of("quantity"):
            value = note.value
            if (
                not isinstance(value, QuantitySpan)
                or value.quantity not in IRON_QUANTITIES
                or _is_prior(sentence, note)
            ):
                continue
            organ = organ_of_value(sentence, note) or last or "liver"
            last = organ
            if sentence.section == "addendum":
                added.setdefault((organ, value.quantity), set()).add(value.value)
            found.setdefault(
                (organ, value.quantity, value.value),
                Measurement(
                    organ=organ,
                    quantity=value.quantity,
                    value=value.value,
                    unit=value.unit,
                    field_strength_t=field,
                    evidence=document.evidence_of(note),
                ),
            )
    return tuple(entry for (organ, name, value), entry in found.items() if value in added.get((organ, name), {value}))


def _is_prior(sentence: Sentence, note: Annotation) -> bool:
    start = sentence.document.words[note.first].start
    led = any(cue.kind == "historical" and cue.start < start for cue in note.cues)
    beside = set(sentence.norms(note.first - 2, note.first - 1))
    was = "was" in beside and len(sentence.of("quantity")) > 1  # "LIC 5 mg/g, was 9 mg/g"
    return led or was or bool(_PRIOR & beside)

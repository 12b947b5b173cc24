"""Findings to render, made by hand, and a strategy that draws any valid ones. Every report and name is invented."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from emh_report import model
from emh_report.model import Assertion, Evidence, Findings

FORMATS = {"text": "txt", "markdown": "md", "html": "html"}
"""Each format with the suffix of its files."""
HEADLINES = ("Level of compression", "Signal characteristics", "Iron deposition", "Biopsy recommendation")

_REPORT = """MRI DORSAL SPINE (PLAIN & CONTRAST)
History: K/c/o β-thalassemia intermedia, post splenectomy, RT to D4-D9 in 2019. Weakness of both legs.
Sagittal T1, T2, STIR, GRE and post contrast T1 at 1.5 T. Compared with MRI of 2 May 2022.
Lobulated well-circumscribed paravertebral masses on both sides from D4 to D10, largest on the right at D7,
approx 4.8 x 3.1 x 2.6 cm (earlier 3.9 x 2.7 cm), isointense to the cord on T1, mildly hyperintense to muscle on T2,
blooming in part on GRE, mild homogeneous enhancement. No calcification. Fat not assessed.
Posterior extradural component D5-D8. Cord compressed at D6-D7, moderate to severe, not at D4 or D10. CSF column
effaced at D6. Cord signal change at D7 s/o edema. Moderate left foraminal narrowing at D6-D7 disc level.
Diffuse T1 hypointense marrow. Ribs expanded. Liver T2* 3.1 ms, s/o siderosis. Spleen not seen.
IMP: Likely EMH. Lymphoma much less likely. Biopsy only if the lesions grow. Urgent neurosurgical opinion advised.
Addendum: compression also reviewed with Dr. Invented."""


def _said(text: str, section: str = "findings") -> tuple[Evidence, ...]:
    start = _REPORT.index(text)
    return (Evidence(start=start, end=start + len(text), text=text, section=section),)


def _thoracic(first: int, last: int) -> list[str]:
    return [f"T{number}" for number in range(first, last + 1)]


def rich() -> Findings:
    """Thalassemia with cord compression, in D notation, with nearly every field."""
    return Findings.model_validate(
        {
            "generator": {"name": "emh-report", "version": "0.1.0", "lexicon_digest": "0"},
            "source": {"id": "invented-01.txt", "characters": len(_REPORT), "patient_id": "P-17"},
            "clinical": {
                "symptoms": ["weakness of both legs"],
                "evidence": _said("Weakness of both legs", "history"),
            },
            "study": {
                "date": "2024-03-14",
                "modality": ["MR"],
                "body_region": ["thoracic spine"],
                "sequences": ["T1", "T2", "STIR", "GRE", "T1C"],
                "contrast": "IV",
                "field_strength_t": 1.5,
                "comparison": "MRI of 2 May 2022",
                "conus_level": "L1/L2",
            },
            "conditions": [
                {
                    "name": "β-thalassemia intermedia",
                    "assertion": "present",
                    "evidence": _said("K/c/o β-thalassemia intermedia", "history"),
                }
            ],
            "treatments": [
                {
                    "kind": "splenectomy",
                    "assertion": "historical",
                    "evidence": _said("post splenectomy", "history"),
                },
                {
                    "kind": "radiotherapy",
                    "levels": _thoracic(4, 9),
                    "detail": "2019",
                    "assertion": "historical",
                    "evidence": _said("RT to D4-D9 in 2019", "history"),
                },
            ],
            "emh": {
                "assertion": "possible",
                "certainty": "likely",
                "cue": "Likely",
                "evidence": _said("Likely EMH", "impression"),
            },
            "lesions": [
                {
                    "id": "l1",
                    "kind": "mass",
                    "emh": {"assertion": "possible", "certainty": "likely"},
                    "site": "paravertebral",
                    "laterality": "bilateral",
                    "levels": _thoracic(4, 10),
                    "count": "multiple",
                    "size_mm": [48, 31, 26],
                    "size_approximate": True,
                    "size_at": {"level": "T7", "laterality": "right"},
                    "prior_size_mm": [39, 27],
                    "shape": "lobulated",
                    "margins": "well-circumscribed",
                    "signal": [
                        {"sequence": "T1", "intensity": "isointense", "reference": "spinal cord"},
                        {
                            "sequence": "T2",
                            "intensity": "hyperintense",
                            "degree": "mild",
                            "reference": "muscle",
                        },
                        {"sequence": "GRE", "intensity": "blooming", "extent": "part"},
                    ],
                    "enhancement": {"assertion": "present", "degree": "mild", "pattern": "homogeneous"},
                    "iron": {"assertion": "present"},
                    "fat": {"assertion": "not_assessed"},
                    "calcification": {"assertion": "absent"},
                    "change": "increased",
                    "evidence": _said("paravertebral masses on both sides from D4 to D10, largest on the right at D7"),
                },
                {
                    "id": "l2",
                    "kind": "epidural_component",
                    "site": "epidural",
                    "levels": _thoracic(5, 8),
                    "evidence": _said("Posterior extradural component D5-D8"),
                },
            ],
            "epidural": {
                "assertion": "present",
                "levels": _thoracic(5, 8),
                "position": "posterior",
                "evidence": _said("Posterior extradural component D5-D8"),
            },
            "cord_compression": {
                "assertion": "present",
                "levels": ["T6", "T7"],
                "absent_levels": ["T4", "T10"],
                "severity": "moderate-severe",
                "escc": {"grade": "3", "origin": "derived", "rule": "cord compressed and CSF effaced"},
                "csf": "effaced",
                "cord_signal_change": {
                    "assertion": "present",
                    "levels": ["T7"],
                    "interpretation": "edema",
                    "evidence": _said("Cord signal change at D7 s/o edema"),
                },
                "evidence": _said("Cord compressed at D6-D7, moderate to severe, not at D4 or D10"),
            },
            "foraminal_narrowing": [
                {
                    "level": "T6/T7",
                    "side": "left",
                    "severity": "moderate",
                    "assertion": "present",
                    "evidence": _said("Moderate left foraminal narrowing at D6-D7 disc level"),
                }
            ],
            "iron_deposition": {
                "assertion": "present",
                "sites": [
                    {"site": "lesion", "assertion": "present", "evidence": _said("blooming in part on GRE")},
                    {"site": "liver", "assertion": "possible", "evidence": _said("s/o siderosis")},
                ],
                "measurements": [
                    {
                        "organ": "liver",
                        "quantity": "T2*",
                        "value": 3.1,
                        "unit": "ms",
                        "field_strength_t": 1.5,
                        "evidence": _said("Liver T2* 3.1 ms"),
                    }
                ],
            },
            "bone_marrow": [
                {"finding": "diffuse T1 hypointense marrow", "assertion": "present"},
                {
                    "finding": "rib expansion",
                    "site": "rib",
                    "assertion": "present",
                    "evidence": _said("Ribs expanded"),
                },
                {"finding": "vertebral collapse", "assertion": "absent"},
            ],
            "lymph_nodes": [{"station": "para-aortic", "assertion": "absent"}],
            "organs": [{"organ": "liver", "finding": "hepatomegaly", "size_mm": [172.5], "assertion": "present"}],
            "differential": [
                {
                    "diagnosis": "lymphoma",
                    "assertion": "possible",
                    "certainty": "unlikely",
                    "cue": "much less likely",
                    "evidence": _said("Lymphoma much less likely", "impression"),
                }
            ],
            "biopsy": {
                "status": "conditional",
                "condition": "if the lesions grow",
                "evidence": _said("Biopsy only if the lesions grow", "impression"),
            },
            "recommendations": [
                {
                    "action": "surgical_referral",
                    "urgency": "urgent",
                    "status": "recommended",
                    "evidence": _said("Urgent neurosurgical opinion advised", "impression"),
                }
            ],
            "addenda": [{"evidence": _said("compression also reviewed with Dr. Invented.", "addendum")}],
            "warnings": [{"code": "level_notation", "message": "D and T are both used"}],
        }
    )


def resolved() -> Findings:
    """After treatment: epidural disease and compression are things of the past."""
    past = {"assertion": "historical", "prior_levels": _thoracic(6, 7)}
    return Findings.model_validate(
        {
            "source": {"id": "invented-02.txt"},
            "emh": {"assertion": "present"},
            "epidural": past,
            "cord_compression": {**past, "change": "resolved", "csf": "preserved"},
            "biopsy": {"status": "not_recommended"},
            "critical_communication": {
                "assertion": "present",
                "to": "Dr. Invented",
                "when": "14:05",
                "method": "telephone",
            },
        }
    )


def absent() -> Findings:
    """A normal spine: everything that can be denied is denied."""
    no: dict[str, Any] = {"assertion": "absent"}
    return Findings.model_validate(
        {
            "source": {"id": "invented-03.txt"},
            "emh": no,
            "epidural": no,
            "cord_compression": {**no, "thecal_sac": "normal", "cord_signal_change": no},
            "cauda_equina": no,
            "canal_stenosis": [no],
            "foraminal_narrowing": [no],
            "iron_deposition": {**no, "sites": [{"site": "liver", "assertion": "not_assessed"}]},
            "fatty_change": no,
            "lymph_nodes": [no],
            "organs": [{"organ": "spleen", "finding": "splenomegaly", **no}],
            "bone_marrow": [{"finding": "fracture", **no}],
        }
    )


def many() -> Findings:
    """Sixty lesions, half of them possible."""
    lesions = [
        {
            "id": f"l{index}",
            "kind": "mass",
            "site": "paravertebral",
            "laterality": "left",
            "levels": [model.VERTEBRAE[index % len(model.VERTEBRAE)]],
            "size_mm": [index],
            "assertion": "possible" if index % 2 else "present",
        }
        for index in range(1, 61)
    ]
    return Findings.model_validate({"lesions": lesions})


HOSTILE = (
    "<script>alert(1)</script> {{ 7*7 }} {% raw %} \x1b[31mred\x07 \r\n# heading\n\n- item *bold* _it_ [a](http://x.test) "
    "`code` | cell | ![i](i.png) & &lt; \u202egnp.exe\u202c \u0628\u064a\u062a \u200b\ufeff \ud800 www.x.test"
)


def hostile() -> Findings:
    """Text of the report that tries to be markup, a template, a terminal command, or another report."""
    said = [Evidence(start=0, end=len(HOSTILE), text=HOSTILE * 200, section=HOSTILE)]
    supported: dict[str, Any] = {"assertion": "possible", "evidence": said}
    return Findings.model_validate(
        {
            "source": {"id": HOSTILE, "patient_id": HOSTILE},
            "clinical": {"symptoms": [HOSTILE], "question": HOSTILE},
            "study": {
                "date": HOSTILE,
                "comparison": HOSTILE,
                "limitation": HOSTILE,
                "body_region": [HOSTILE],
            },
            "conditions": [{"name": HOSTILE, **supported}],
            "treatments": [{"kind": "other", "detail": HOSTILE, **supported}],
            "emh": {"cue": HOSTILE, **supported},
            "lesions": [
                {
                    "id": HOSTILE,
                    "kind": "mass",
                    "site": "other",
                    "subsite": HOSTILE,
                    "shape": HOSTILE,
                    "margins": HOSTILE,
                    "bone_change": {"assertion": "possible", "kind": HOSTILE},
                }
            ],
            "epidural": {"position": HOSTILE, **supported},
            "cord_compression": {
                "cord_signal_change": {"interpretation": HOSTILE, **supported},
                "escc": {"grade": "2", "rule": HOSTILE},
                **supported,
            },
            "iron_deposition": {
                "sites": [{"site": HOSTILE, "assertion": "present"}],
                "measurements": [{"organ": HOSTILE, "quantity": HOSTILE, "value": 1, "unit": HOSTILE}],
            },
            "bone_marrow": [{"finding": HOSTILE, "site": HOSTILE, "assertion": "absent"}],
            "lymph_nodes": [{"station": HOSTILE, "assertion": "present"}],
            "organs": [{"organ": HOSTILE, "finding": HOSTILE, "assertion": "present"}],
            "differential": [{"diagnosis": HOSTILE, "cue": HOSTILE, **supported}],
            "biopsy": {"status": "performed", "method": HOSTILE, "target": HOSTILE, "result": HOSTILE},
            "recommendations": [
                {
                    "action": "other",
                    "status": "recommended",
                    "urgency": HOSTILE,
                    "condition": HOSTILE,
                    "evidence": said,
                }
            ],
            "critical_communication": {
                "assertion": "present",
                "to": HOSTILE,
                "when": HOSTILE,
                "method": HOSTILE,
            },
            "addenda": [{"evidence": said}],
            "warnings": [{"code": HOSTILE, "message": HOSTILE}],
        }
    )


GOLDEN = {"rich": rich, "resolved": resolved, "absent": absent, "empty": Findings}
ALL = {**GOLDEN, "many": many, "hostile": hostile}


# Every model part is drawn field by field; validators of single fields and pairs of fields reject the rest.
_plain = st.text(st.characters(codec="utf-8"), max_size=12)
_levels = st.lists(st.sampled_from(model.VERTEBRAE), max_size=4, unique=True).map(
    lambda levels: tuple(sorted(levels, key=model.level_order))
)
_discs = st.sampled_from([f"{a}/{b}" for a, b in zip(model.VERTEBRAE, model.VERTEBRAE[1:], strict=False)])
_spoken = st.builds(
    lambda start, text: Evidence(start=start, end=start + len(text), text=text), st.integers(0, 99), _plain
)
_asserted = st.sampled_from(list(Assertion))
_millimetres = st.lists(st.floats(0.1, 1e6), max_size=3).map(tuple)


def _drawn(part: type[model.Part], /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    if "evidence" in part.model_fields:
        fields["evidence"] = st.lists(_spoken, max_size=2).map(tuple)
    if "assertion" in part.model_fields:
        fields["assertion"] = _asserted
    return st.builds(part, **fields)


def _of(kind: type[StrEnum]) -> st.SearchStrategy[Any]:
    return st.sampled_from(list(kind))


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=2).map(tuple)


_presence = _drawn(model.Presence)
_hedge = st.builds(
    model.Asserted, assertion=st.just(Assertion.POSSIBLE), certainty=_maybe(_of(model.Certainty))
) | st.builds(model.Asserted, assertion=_asserted)
_signal = _drawn(
    model.Signal,
    sequence=_of(model.Sequence),
    intensity=_of(model.Intensity),
    degree=_maybe(_of(model.Degree)),
    extent=st.sampled_from([None, "whole", "part"]),
    reference=_maybe(_of(model.Reference)),
)
_lesion = _drawn(
    model.Lesion,
    id=_plain,
    kind=_of(model.LesionKind),
    emh=_hedge,
    site=_of(model.Site),
    subsite=_maybe(_plain),
    laterality=_maybe(_of(model.Laterality)),
    levels=_levels,
    disc_levels=_some(_discs),
    count=st.none() | st.integers(1, 9) | st.just("multiple"),
    size_mm=_millimetres,
    size_approximate=st.booleans(),
    size_at=_maybe(st.builds(model.SizeAt, level=_maybe(_discs), laterality=_maybe(_of(model.Laterality)))),
    prior_size_mm=_millimetres,
    shape=_maybe(_plain),
    signal=_some(_signal),
    attenuation_hu=_maybe(st.floats(-1000, 1000)),
    enhancement=_drawn(model.Enhancement, degree=_maybe(_of(model.Degree)), pattern=st.sampled_from([None, "rim"])),
    iron=_presence,
    fat=_presence,
    bone_change=_drawn(model.BoneChange, kind=_maybe(_plain)),
    activity=st.sampled_from([None, "active"]),
    change=_maybe(_of(model.Change)),
)
_compression = st.builds(
    lambda assertion, levels, **fields: model.CordCompression(
        assertion=assertion, levels=() if assertion is Assertion.HISTORICAL else levels, **fields
    ),
    assertion=_asserted,
    levels=_levels,
    absent_levels=_levels,
    prior_levels=_levels,
    severity=_maybe(_of(model.Severity)),
    change=_maybe(_of(model.Change)),
    escc=st.builds(
        model.Escc,
        grade=st.sampled_from([None, "0", "1a", "3"]),
        origin=_of(model.Origin),
        rule=_maybe(_plain),
    ),
    thecal_sac=st.sampled_from([None, "normal", "indented", "effaced", "displaced"]),
    csf=st.sampled_from([None, "preserved", "partially_effaced", "effaced"]),
    cord_signal_change=_drawn(model.CordSignalChange, levels=_levels, interpretation=_maybe(_plain)),
    evidence=_some(_spoken),
)
any_findings = st.builds(
    Findings,
    clinical=_drawn(model.Clinical, symptoms=_some(_plain), question=_maybe(_plain)),
    study=_drawn(
        model.Study,
        date=_maybe(_plain),
        modality=_some(_of(model.Modality)),
        sequences=_some(_of(model.Sequence)),
        contrast=st.sampled_from([None, "none", "IV", "oral", "unknown"]),
        field_strength_t=_maybe(st.floats(0.1, 7)),
        conus_level=_maybe(_discs),
    ),
    conditions=_some(_drawn(model.Condition, name=_plain)),
    treatments=_some(_drawn(model.Treatment, kind=_of(model.TreatmentKind), levels=_levels, detail=_maybe(_plain))),
    emh=_hedge.map(lambda hedge: model.Emh(assertion=hedge.assertion, certainty=hedge.certainty, cue="may be")),
    lesions=_some(_lesion),
    epidural=_drawn(model.Epidural, levels=_levels, prior_levels=_levels, position=_maybe(_plain)),
    cord_compression=_compression,
    cauda_equina=_drawn(model.CaudaEquina, levels=_levels),
    canal_stenosis=_some(_drawn(model.CanalStenosis, levels=_levels, disc_levels=_some(_discs))),
    foraminal_narrowing=_some(
        _drawn(model.ForaminalNarrowing, level=_maybe(_discs), side=_maybe(_of(model.Laterality)))
    ),
    iron_deposition=_drawn(
        model.IronDeposition,
        sites=_some(_drawn(model.IronSite, site=_plain, degree=_maybe(_of(model.Severity)))),
        measurements=_some(_drawn(model.Measurement, organ=_plain, quantity=_plain, value=st.floats(), unit=_plain)),
    ),
    fatty_change=_drawn(model.FattyChange),
    bone_marrow=_some(_drawn(model.BoneMarrowFinding, finding=_plain, site=_maybe(_plain), levels=_levels)),
    lymph_nodes=_some(_drawn(model.LymphNode, station=_maybe(_plain), size_mm=_millimetres, necrosis=_presence)),
    organs=_some(_drawn(model.OrganFinding, organ=_plain, finding=_plain, size_mm=_millimetres)),
    differential=_some(_drawn(model.DifferentialDiagnosis, diagnosis=_plain, cue=_maybe(_plain))),
    biopsy=_drawn(model.Biopsy, status=_of(model.BiopsyStatus), method=_maybe(_plain), condition=_maybe(_plain)),
    recommendations=_some(_drawn(model.Recommendation, action=_of(model.Action), status=_of(model.BiopsyStatus))),
    critical_communication=_drawn(model.CriticalCommunication, to=_maybe(_plain), when=_maybe(_plain)),
    addenda=_some(_drawn(model.Addendum)),
    warnings=_some(_drawn(model.Warning, code=_plain, message=_plain)),
)

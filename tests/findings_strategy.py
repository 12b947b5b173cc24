"""Findings that a report can say, for the round trip: every field of the contract, within docs/round-trip.md.

Values of open fields (organs, stations, disorders) are those the lexicons know; free text holds none of their
phrases. What is drawn is coherent as contract.md asks it: levels in order, certainty only for what is possible,
nothing said of what is absent.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from emh_report.lexicon import Lexicons, load
from emh_report.model import VERTEBRAE, Findings, Severity

_LEXICONS: Lexicons = load([])
DISCS = tuple(f"{upper}/{lower}" for upper, lower in itertools.pairwise(VERTEBRAE))
TODAY = ("present", "possible")
Part = dict[str, Any]


def preferred(kind: str) -> list[str]:
    """The names of a kind of concept, as the contract prints them."""
    return sorted({concept.preferred for concept in _LEXICONS.of_kind(kind)})


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Or nothing, which shrinks first."""
    return st.none() | strategy


def some(items: Any, most: int = 3, least: int = 0) -> st.SearchStrategy[list[Any]]:
    """Some of ``items``, each once, in their order."""
    order = list(items)
    return st.lists(st.sampled_from(order), min_size=least, max_size=most, unique=True).map(
        lambda chosen: sorted(chosen, key=order.index)
    )


@st.composite
def levels(draw: st.DrawFn, least: int = 0, among: tuple[str, ...] = VERTEBRAE) -> list[str]:
    """Single vertebrae or a range, cranial to caudal."""
    if draw(st.booleans()):
        return draw(some(among, 4, least))
    first = draw(st.integers(0, len(among) - 1))
    return list(among[first : draw(st.integers(first, min(first + 8, len(among) - 1))) + 1])


def without(names: list[str], *others: list[str]) -> list[str]:
    """Levels that are in none of the others."""
    return [name for name in names if not any(name in other for other in others)]


@st.composite
def asserted(draw: st.DrawFn, *assertions: str) -> Part:
    """An assertion; what is possible has a certainty."""
    assertion = draw(st.sampled_from(assertions))
    certainty = draw(st.sampled_from(["likely", "indeterminate", "unlikely"])) if assertion == "possible" else None
    return {"assertion": assertion, "certainty": certainty}


STANDING_CHANGES = ["new", "increased", "stable", "decreased"]


@st.composite
def compression(draw: st.DrawFn) -> Part:
    """Cord compression, with the sac, the CSF and the cord's signal."""
    found = draw(
        asserted("not_mentioned", "present", "possible", "absent", "historical", "not_assessed", "hypothetical")
    )
    assertion = found["assertion"]
    if assertion in TODAY:
        found["levels"] = draw(levels())
        found["severity"] = draw(maybe(st.sampled_from([*Severity])))
        found["change"] = draw(maybe(st.sampled_from(STANDING_CHANGES)))
    if assertion == "historical":
        found["change"] = draw(st.sampled_from([None, "resolved"]))
    if assertion in ("present", "possible", "absent"):
        found["absent_levels"] = without(draw(levels()), found.get("levels", []))
    if assertion in ("present", "possible", "historical"):
        found["prior_levels"] = without(draw(levels()), found.get("levels", []), found.get("absent_levels", []))
    found["thecal_sac"] = draw(maybe(st.sampled_from(["normal", "indented", "effaced", "displaced"])))
    found["csf"] = draw(maybe(st.sampled_from(["preserved", "partially_effaced", "effaced"])))
    grade = maybe(st.sampled_from(["0", "1a", "1b", "1c", "2", "3"]))
    derivable = assertion == "present" and (found["csf"] == "effaced" or (found["csf"] and found["thecal_sac"]))
    found["escc"] = {"grade": draw(grade.filter(bool) if derivable else grade)}
    found["cord_signal_change"] = draw(cord_signal())
    return {"cord_compression": found}


@st.composite
def cord_signal(draw: st.DrawFn) -> Part:
    said = ["not_mentioned", "present", "possible", "absent", "historical", "not_assessed"]
    assertion = draw(st.sampled_from(said))
    found: Part = {"assertion": assertion}
    if assertion in TODAY:
        found["levels"] = draw(levels())
        found["interpretation"] = draw(maybe(st.sampled_from(["edema", "myelomalacia", "gliosis", "ischemia"])))
        found["change"] = draw(maybe(st.sampled_from(STANDING_CHANGES)))
    return found


@st.composite
def emh(draw: st.DrawFn) -> Part:
    return {"emh": draw(asserted("not_mentioned", "present", "possible", "absent", "historical", "hypothetical"))}


@st.composite
def biopsy(draw: st.DrawFn) -> Part:
    status = draw(
        st.sampled_from(["not_mentioned", "recommended", "conditional", "not_recommended", "deferred", "performed"])
    )
    found: Part = {"status": status}
    if status != "not_mentioned":
        methods = sorted({c.means["method"] for c in _LEXICONS.of_kind("biopsy") if "method" in c.means})
        found["method"] = draw(maybe(st.sampled_from(methods)))
        found["target"] = draw(maybe(st.sampled_from(["most accessible part", "dominant one"])))
    if status == "conditional":
        found["condition"] = draw(st.sampled_from(["if clinically needed", *CONDITIONS]))
    if status == "performed":
        results = [name.casefold() for name in DIAGNOSES]
        found["result"] = draw(maybe(st.just("extramedullary hematopoiesis") | st.sampled_from(results)))
    return {"biopsy": found}


IRON_SITES = ("lesion", "marrow", "liver", "spleen", "heart", "pancreas", "adrenal gland", "pituitary gland", "kidney")
_STRENGTH = ("present", "possible", "absent", "historical", "not_assessed")


@st.composite
def iron(draw: st.DrawFn) -> Part:
    sites = []
    for site in draw(some(IRON_SITES, 3)):
        assertion = draw(st.sampled_from(["present", "possible", "absent", "historical", "not_assessed"]))
        degree = maybe(st.sampled_from([*Severity]))
        sites.append({"site": site, "assertion": assertion, "degree": draw(degree) if assertion in TODAY else None})
    whole = draw(st.sampled_from(["not_mentioned", "present", "possible", "absent", "historical", "not_assessed"]))
    if sites:
        said = {site["assertion"] for site in sites}
        whole = next(each for each in _STRENGTH if each in said)
    measured = []
    value = st.integers(1, 999).map(lambda tenths: tenths / 10)
    quantities = st.sampled_from([("T2*", "ms"), ("R2*", "Hz"), ("R2*", "/s"), ("LIC", "mg/g")])
    for organ in draw(some(["liver", "heart", "spleen", "pancreas"], 2)):
        name, unit = draw(quantities)
        measured.append({"organ": organ, "quantity": name, "value": draw(value), "unit": unit})
    return {"iron_deposition": {"assertion": whole, "sites": sites, "measurements": measured}}


SITES = (
    "paravertebral", "epidural", "presacral", "rib", "pleural", "mediastinal", "retroperitoneal", "perirenal", "kidney",
    "liver", "spleen", "adrenal", "intracranial", "pelvis", "bone", "breast", "skin", "soft_tissue", "foraminal",
    "other",
)  # fmt: skip
KINDS = {"epidural": "epidural_component", "liver": "organ", "spleen": "organ", "lymph_node": "nodal"}
INTENSITIES = (
    "hypointense", "isointense", "hyperintense", "intermediate", "mixed", "signal_void", "suppressed", "blooming",
)  # fmt: skip
REFERENCES = ("spinal cord", "muscle", "marrow", "liver", "spleen", "CSF", "fat")
SEQUENCES = ("T1", "T2", "STIR", "T2FS", "FLAIR", "PD", "DWI", "ADC", "GRE", "T2*", "SWI", "T1C")


@st.composite
def signal(draw: st.DrawFn, sequence: str, intensity: str) -> Part:
    found: Part = {"sequence": sequence, "intensity": intensity}
    if intensity != "blooming":  # the degree of blooming is that of the iron
        found["degree"] = draw(maybe(st.sampled_from(["mild", "moderate", "marked"])))
    found["extent"] = draw(maybe(st.sampled_from(["whole", "part"])))
    found["reference"] = draw(maybe(st.sampled_from(REFERENCES)))
    if found.get("reference") == "fat" and intensity == "isointense":
        found["reference"] = "muscle"  # "isointense to fat" says that there is fat
    return found


sizes = st.lists(st.integers(1, 2000).map(lambda tenths: tenths / 10), min_size=1, max_size=3)


def meanings(kind: str, name: str) -> list[str]:
    """What concepts of a kind can mean by ``name``, as the contract prints it."""
    return sorted({concept.means[name] for concept in _LEXICONS.of_kind(kind) if name in concept.means})


PLACES = ("upper third", "beside the crus", "psoas muscle", "lower pole")
BONE_CHANGES = sorted(
    term.lower()
    for concept in _LEXICONS.of_kind("finding")
    if concept.means.get("field") == "bone_change"
    for term in concept.terms
    if term not in ("eroding", "erode", "destroyed")
)


@st.composite
def size_at(draw: st.DrawFn, lesion: Part) -> Part | None:
    """Where the size was taken: at a level and on a side of the lesion."""
    discs = [disc for disc in DISCS if set(disc.split("/")) <= set(lesion["levels"])]
    level = draw(maybe(st.sampled_from([*lesion["levels"], *discs]))) if lesion["levels"] else None
    sides = {"bilateral": ["left", "right", "midline"], None: ["left", "right", "midline"]}
    side = draw(maybe(st.sampled_from(sides.get(lesion["laterality"], [lesion["laterality"]]))))
    return {"level": level, "laterality": side} if level or side else None


@st.composite
def lesion(draw: st.DrawFn, number: int, site: str = "", kind: str = "") -> Part:
    site = site or draw(st.sampled_from(SITES))
    found: Part = {
        "id": f"L{number}",
        "kind": kind or KINDS.get(site, "mass"),
        "site": site,
        "emh": draw(maybe(asserted("present", "possible", "absent"))),
        "laterality": draw(maybe(st.sampled_from(["left", "right", "bilateral", "midline"]))),
        "levels": draw(levels()),
        "count": draw(maybe(st.sampled_from([*range(1, 61), "multiple"]))),
        "assertion": draw(st.sampled_from(["present", "present", "possible"])),
        "shape": draw(maybe(st.sampled_from(meanings("modifier", "shape")))),
        "margins": draw(maybe(st.sampled_from(meanings("modifier", "margins")))),
        "homogeneity": draw(maybe(st.sampled_from(["homogeneous", "heterogeneous"]))),
        "attenuation_hu": draw(maybe(st.integers(-1000, 3000).map(lambda tenths: tenths / 10))),
        "activity": draw(maybe(st.sampled_from(["active", "inactive", "mixed"]))),
        "change": draw(maybe(st.sampled_from(STANDING_CHANGES))),
        "subsite": draw(maybe(st.sampled_from(PLACES))),
        "signal": [
            draw(signal(sequence, intensity))
            for sequence in draw(some(SEQUENCES, 4))
            for intensity in draw(some(INTENSITIES, 2, 1))
        ],
    }
    if draw(st.booleans()):
        found["disc_levels"] = draw(some(DISCS, 2, 1))
        ends = {end for disc in found["disc_levels"] for end in disc.split("/")}
        found["levels"] = sorted({*found["levels"], *ends}, key=VERTEBRAE.index)
    if site == "liver":  # S5 of the liver is a segment
        found["levels"] = [level for level in found["levels"] if level[0] != "S"]
        found["disc_levels"] = [disc for disc in found.get("disc_levels", []) if "S" not in disc]
    if draw(st.booleans()):
        found["size_mm"] = draw(sizes)
        found["size_approximate"] = draw(st.booleans())
        found["size_at"] = draw(size_at(found))
        if found["change"]:
            found["prior_size_mm"] = draw(maybe(sizes)) or []
    states = st.sampled_from(["not_mentioned", "present", "possible", "absent", "not_assessed"])
    for name in ("iron", "fat", "calcification", "necrosis"):
        found[name] = {"assertion": draw(states)}
    enhancement: Part = {"assertion": draw(states)}
    if enhancement["assertion"] in TODAY:
        enhancement["degree"] = draw(maybe(st.sampled_from(["mild", "moderate", "marked"])))
        enhancement["pattern"] = draw(maybe(st.sampled_from(["homogeneous", "heterogeneous", "rim"])))
    found["enhancement"] = enhancement
    bone = draw(states)
    found["bone_change"] = {"assertion": bone, "kind": draw(st.sampled_from(BONE_CHANGES)) if bone in TODAY else None}
    if any(each["intensity"] == "blooming" for each in found["signal"]):
        found["iron"] = {"assertion": "present"}
    return found


@st.composite
def one_of_many(draw: st.DrawFn, number: int) -> Part:
    """A lesion of a long list, of which little is said."""
    site = draw(st.sampled_from(SITES))
    states = {name: {"assertion": "not_mentioned"} for name in ("iron", "fat", "enhancement")}
    return {
        "id": f"L{number}",
        "kind": KINDS.get(site, "mass"),
        "site": site,
        "emh": None,
        "laterality": draw(maybe(st.sampled_from(["left", "right", "bilateral", "midline"]))),
        "levels": draw(levels(among=VERTEBRAE[:24])),
        "assertion": draw(st.sampled_from(["present", "possible"])),
        "size_mm": draw(st.just([]) | sizes),
        "attenuation_hu": None,
        "activity": None,
        "signal": [],
        **states,
    }


@st.composite
def lesions(draw: st.DrawFn) -> Part:
    count = draw(st.integers(0, 6) | st.integers(0, 6) | st.integers(0, 6) | st.integers(7, 60))
    found = [draw(lesion(number) if number <= 6 else one_of_many(number)) for number in range(1, count + 1)]
    epidural = draw(epidural_disease(found))
    fat = draw(st.sampled_from(["not_mentioned", "present", "possible", "absent"])) if not found else "not_mentioned"
    return {"lesions": found, "epidural": epidural, "fatty_change": {"assertion": fat}}


@st.composite
def epidural_disease(draw: st.DrawFn, components: list[Part]) -> Part:
    """The union of the epidural components; without one, absent, historical or not mentioned."""
    mine = [each for each in components if each["site"] == "epidural"]
    position = maybe(st.sampled_from(meanings("modifier", "position")))
    if mine:
        assertion = "present" if any(each["assertion"] == "present" for each in mine) else "possible"
        union = sorted({level for each in mine for level in each["levels"]}, key=VERTEBRAE.index)
        return {"assertion": assertion, "levels": union, "position": draw(position)}
    assertion = draw(st.sampled_from(["not_mentioned", "absent", "historical", "not_assessed", "hypothetical"]))
    return {"assertion": assertion, "prior_levels": draw(levels()) if assertion == "historical" else []}


PLACED = ("present", "possible", "absent", "historical", "not_assessed")


@st.composite
def narrowing(draw: st.DrawFn) -> Part:
    """The canal at discs or levels, the foramina at discs; what names no level stands alone."""
    severity = maybe(st.sampled_from([*Severity]))

    def graded(assertion: str) -> Part:
        return {"assertion": assertion, "severity": draw(severity) if assertion in TODAY else None}

    canal: list[Part] = []
    for disc in draw(some(DISCS, 2)):
        canal.append({"levels": disc.split("/"), "disc_levels": [disc], **graded(draw(st.sampled_from(PLACED)))})
    for level in draw(some(VERTEBRAE, 2)):
        canal.append({"levels": [level], **graded(draw(st.sampled_from(PLACED)))})
    if draw(st.booleans()):
        first = draw(st.integers(0, len(VERTEBRAE) - 3))  # two neighbours are their disc
        reach = VERTEBRAE[first : draw(st.integers(first + 3, min(first + 9, len(VERTEBRAE))))]
        canal.append({"levels": list(reach), **graded(draw(st.sampled_from(PLACED)))})
    if not canal and draw(st.booleans()):
        canal.append(graded(draw(st.sampled_from(PLACED))))
    foramina: list[Part] = []
    for disc in draw(some(DISCS, 2) | st.just([None])):
        for side in draw(st.sampled_from([(None,), ("left",), ("right",), ("bilateral",), ("left", "right")])):
            foramina.append({"level": disc, "side": side, **graded(draw(st.sampled_from(PLACED)))})
    assertion = draw(st.sampled_from(["not_mentioned", "present", "possible", "absent", "historical", "not_assessed"]))
    cauda = {"assertion": assertion, "levels": draw(levels(among=VERTEBRAE[19:])) if assertion in TODAY else []}
    return {"canal_stenosis": canal, "foraminal_narrowing": foramina, "cauda_equina": cauda}


EXPANSIONS = {
    "rib expansion": "rib", "medullary expansion": "bone", "vertebral expansion": "bone",
    "expansion of posterior elements": "bone",
}  # fmt: skip


@st.composite
def bones(draw: st.DrawFn) -> Part:
    """Findings of bone and marrow; expanded bone is a lesion as well."""
    found: list[Part] = []
    masses: list[Part] = []
    means = {concept.preferred: concept.means for concept in _LEXICONS.of_kind("bone_marrow")}
    for name in draw(some(sorted(name for name in means if "iron" not in means[name]), 4)):
        assertion = draw(st.sampled_from(["present", "possible", "absent", "historical", "not_assessed"]))
        bone = means[name].get("bone") or means[name].get("site")
        side = draw(maybe(st.sampled_from(["left", "right", "bilateral"])))
        found.append({"finding": name, "site": bone, "assertion": assertion, "laterality": side})
        if bone in ("vertebra", "bone", "rib") and assertion in TODAY:
            found[-1]["levels"] = draw(levels())
        if name.endswith("lesion") and assertion in TODAY:  # which is a mass
            mass = draw(lesion(1, "bone")) | {"assertion": assertion, "laterality": side, "size_at": None}
            masses.append(mass | {"levels": found[-1]["levels"], "disc_levels": []})
        site = EXPANSIONS.get(name)
        if site and assertion in TODAY and site not in {mass["site"] for mass in masses}:
            mass = draw(lesion(1, site, "marrow_expansion"))
            mass |= {"assertion": assertion, "laterality": side, "levels": found[-1].get("levels", [])}
            masses.append(mass | {"count": None, "disc_levels": [], "size_at": None})
    return {"bone_marrow": found, "expanded": masses}


_SUMS = ("retroperitoneal", "abdominal", "mediastinal", "pelvic", "iliac")
"""Names of regions, which sum up the stations within them."""


@st.composite
def nodes(draw: st.DrawFn) -> Part:
    """Nodal groups, each station once, or once a side; an enlarged group is a lesion as well."""
    found, masses = [], []
    stations = draw(
        some([name for name in meanings("node", "station") if name not in _SUMS], 4)
        | st.sampled_from([[name] for name in _SUMS])
    )
    sided = [
        (station, side)
        for station in stations
        for side in draw(st.sampled_from([(None,), ("left",), ("right",), ("bilateral",), ("left", "right")]))
    ]
    for station, side in sided or draw(st.sampled_from([[], [(None, None)]])):
        group: Part = {"station": station, "laterality": side, "necrosis": {"assertion": "not_mentioned"}}
        group["assertion"] = draw(st.sampled_from(["present", "possible", "absent", "historical", "not_assessed"]))
        if group["assertion"] in TODAY:
            group["necrosis"] = {"assertion": draw(st.sampled_from(["not_mentioned", "present", "possible", "absent"]))}
            if station is None or draw(st.booleans()):
                mass = draw(lesion(1, "lymph_node")) | {
                    name: group[name] for name in ("assertion", "laterality", "necrosis")
                }
                mass["size_at"] = None
                group["size_mm"] = mass.get("size_mm", [])
                masses.append(mass)
            else:
                group["size_mm"] = draw(st.just([]) | st.lists(st.integers(1, 9), min_size=1, max_size=2))
        found.append(group)
    if sum(group["assertion"] in TODAY for group in found) > 1:
        for each in (*found, *masses):
            each["necrosis"] = {"assertion": "not_mentioned"}  # "these nodes" may be read as more than one group
    return {"lymph_nodes": found, "nodal": masses}


_NOT_SOLID = ("portal vein", "pleura", "peritoneum", "urinary tract")
_OF_THE_WHOLE = ("hepatomegaly", "splenomegaly", "cardiomegaly", "nephromegaly")


@st.composite
def organs(draw: st.DrawFn) -> Part:
    """What the lexicons know of solid organs; siderotic nodules are iron, and a size alone is that of liver or spleen."""
    concepts = [concept.means | {"name": concept.preferred} for concept in _LEXICONS.of_kind("organ_finding")]
    names = {(each["organ"], each.get("finding", each["name"])) for each in concepts if "," not in each["organ"]}
    names = {(organ, name) for organ, name in names if organ not in _NOT_SOLID and name != "siderotic nodules"}
    names |= {("pancreas", "enlargement"), ("liver", "size"), ("spleen", "size")}
    found: list[Part] = []
    for organ, name in draw(some(sorted(names), 4)):
        assertion = draw(st.sampled_from(["present", "possible", "absent", "historical", "not_assessed"]))
        size = draw(st.just([]) | sizes)
        if name == "size":
            assertion, size = "present", size or [200]
        measured = assertion == "present" or (name in _OF_THE_WHOLE and assertion in ("possible", "absent"))
        found.append({"organ": organ, "finding": name, "assertion": assertion, "size_mm": size if measured else []})
    whole = {each["organ"] for each in found if each["finding"] in (*_OF_THE_WHOLE, "small", "absent")}
    found = [each for each in found if each["finding"] != "size" or each["organ"] not in whole]
    return {"organs": found}  # a size is that of what is said of the organ's size, if anything is


_NAMED = {concept.preferred: concept for concept in _LEXICONS.of_kind("condition")}
_TREATING = ("transfusion-dependent thalassemia", "non-transfusion-dependent thalassemia")
"""Which say that transfusions are given, or are not."""


def _wider(name: str) -> set[str]:
    """The conditions that a condition is one of, or implies."""
    means = _NAMED[name].means
    ids = [means[key] for key in ("broader", "implies", "classifies") if key in means]
    above = [concept.preferred for concept in _NAMED.values() if concept.id in ids]
    return {*above, *(each for wide in above for each in _wider(wide))}


@st.composite
def conditions(draw: st.DrawFn) -> list[Part]:
    """Blood disorders; one that is a kind of another, or of the same, stands alone."""
    found: list[str] = []
    for name in draw(some(sorted(set(_NAMED) - set(_TREATING)), 3)):
        if not any(_wider(name) & {other, *_wider(other)} or name in _wider(other) for other in found):
            found.append(name)
    said = st.sampled_from(["present", "possible", "absent", "historical"])
    return [{"name": name, "assertion": draw(said)} for name in found]


@st.composite
def treatments(draw: st.DrawFn) -> list[Part]:
    """Courses go on, are over or were not given; procedures were done or were not, at levels of the spine."""
    given: list[Part] = []
    for kind in draw(some(["transfusion", "chelation", "hydroxyurea"])):
        assertion = draw(st.sampled_from(["present", "possible", "historical", "absent"]))
        given.append({"kind": kind, "assertion": assertion})
    for kind in draw(some(["splenectomy", "radiotherapy", "laminectomy", "decompression", "resection"], 3)):
        assertion = draw(st.sampled_from(["historical", "absent"]))
        where = draw(levels()) if kind != "splenectomy" else []
        given.append({"kind": kind, "assertion": assertion, "levels": where})
        if kind == "radiotherapy" and assertion == "historical":
            given[-1]["detail"] = draw(maybe(st.sampled_from(["20 Gy", "20 Gy in 10 fractions"])))
    for detail in draw(some(OTHER_TREATMENTS, 3)):
        assertion = draw(st.sampled_from(["present", "possible", "historical", "absent"]))
        given.append({"kind": "other", "detail": detail, "assertion": assertion})
    return given


OTHER_TREATMENTS = sorted(
    concept.preferred
    for concept in _LEXICONS.of_kind("treatment")
    if concept.means.get("treatment") == "other" and concept.preferred in concept.terms
)


@st.composite
def background(draw: st.DrawFn) -> Part:
    symptoms = draw(some(preferred("symptom"), 4))
    question = draw(maybe(st.sampled_from(["any change?", "is surgery needed?", "progress under treatment?"])))
    clinical = {"symptoms": symptoms, "question": question}
    return {"conditions": draw(conditions()), "treatments": draw(treatments()), "clinical": clinical}


@st.composite
def study(draw: st.DrawFn) -> Part:
    modality = draw(some(["MR", "CT", "XR", "US", "NM", "PET"], 2))
    sliced = bool({"MR", "CT", "PET"} & set(modality))
    found: Part = {
        "date": draw(maybe(st.dates().filter(lambda day: day.year > 1980).map(str))),
        "modality": modality,
        "body_region": draw(some(["whole spine", "thoracic spine", "lumbar spine", "chest", "abdomen"], 2))
        if modality
        else [],
        "sequences": draw(some(SEQUENCES, 5)) if "MR" in modality else [],
        "contrast": draw(maybe(st.sampled_from(["none", "IV", "oral"]))) if sliced else None,
        "field_strength_t": draw(maybe(st.sampled_from([0.35, 1.0, 1.5, 3.0]))) if "MR" in modality else None,
        "comparison": draw(maybe(st.sampled_from(["MRI of 2 May 2022", "outside films of 2019"]))),
        "limitation": draw(maybe(st.sampled_from(["limited by motion", "movement artifact on the axial images"]))),
        "conus_level": draw(maybe(st.sampled_from(["L1", "L2", "T12/L1", "L1/L2"]))),
    }
    if "T1C" in found["sequences"]:
        found["contrast"] = "IV"
    return {"study": found}


_LESIONS_TOO = (
    "epidural hematoma", "epidural lipomatosis", "reactive lymphadenopathy", "regenerative nodule", "varices",
)  # fmt: skip
"""Diagnoses whose names say where they are, or that something is there."""
DIAGNOSES = [name for name in preferred("differential") if name not in _LESIONS_TOO]


@st.composite
def differential(draw: st.DrawFn) -> Part:
    said = asserted("possible", "absent", "present", "historical")
    return {"differential": [{"diagnosis": name, **draw(said)} for name in draw(some(DIAGNOSES, 4))]}


ACTIONS = (
    "follow_up_imaging", "contrast_study", "iron_quantification", "marrow_scintigraphy", "pet", "surgical_referral",
    "hematology_referral", "transfusion", "radiotherapy", "surgery", "hydroxyurea", "clinical_correlation", "other",
)  # fmt: skip
CONDITIONS = ("if he gets worse", "if there is doubt", "unless it is small")


@st.composite
def advice(draw: st.DrawFn) -> Part:
    """Each action once; what has a condition is conditional."""
    found = []
    for action in draw(some(ACTIONS, 4)):
        status = draw(st.sampled_from(["recommended", "conditional", "not_recommended", "deferred"]))
        urgency = draw(maybe(st.sampled_from(["urgent", "emergent", "early", "routine"])))
        condition = draw(st.sampled_from(CONDITIONS)) if status == "conditional" else None
        found.append({"action": action, "status": status, "urgency": urgency, "condition": condition})
    return {"recommendations": found}


@st.composite
def closing(draw: st.DrawFn) -> Part:
    told = draw(st.sampled_from(["not_mentioned", "present", "absent"]))
    found: Part = {"assertion": told}
    if told != "not_mentioned":
        found["to"] = draw(maybe(st.sampled_from(["Dr. Invented", "Dr. A. Example"])))
        found["when"] = draw(maybe(st.sampled_from(["14:05", "03/04/2024"])))
        found["method"] = (
            draw(maybe(st.sampled_from(["telephone", "in person", "pager", "fax"]))) if told == "present" else None
        )
    texts = draw(st.lists(st.sampled_from(["Reviewed again.", "Seen with a colleague."]), max_size=2))
    said = [{"evidence": [{"start": 0, "end": len(text), "text": text}]} for text in texts]
    return {"critical_communication": found, "addenda": said}


def coherent(found: Part) -> Part:
    """What some fields say of others, as contract.md has it: iron in a lesion is iron at the site ``lesion``."""
    masses = [*found.get("lesions", []), *found.pop("nodal", []), *found.pop("expanded", [])]
    found |= {"lesions": [mass | {"id": f"L{number}"} for number, mass in enumerate(masses, 1)]}
    masses = found["lesions"]
    shown = [each["sequence"] for mass in masses for each in mass["signal"]]
    study = found.get("study", {})
    if shown:
        done = [*study.get("sequences", []), *shown]
        study = study | {
            "modality": list(dict.fromkeys([*study.get("modality", []), "MR"])),
            "sequences": list(dict.fromkeys(done)),
        }
        study["contrast"] = "IV" if "T1C" in shown else study.get("contrast")
    if any(mass["attenuation_hu"] is not None for mass in masses):
        study = study | {"modality": list(dict.fromkeys([*study.get("modality", []), "CT"]))}
    fats = {mass["fat"]["assertion"] for mass in masses} - {"not_mentioned"}
    if masses:
        found["fatty_change"] = {"assertion": next((each for each in _STRENGTH if each in fats), "not_mentioned")}
    iron = {"assertion": "not_mentioned", "sites": [], **found.get("iron_deposition", {})}
    sites = [site for site in iron["sites"] if site["site"] != "lesion"]
    in_lesions = {mass["iron"]["assertion"] for mass in masses} - {"not_mentioned"}
    if in_lesions:
        strongest = next(each for each in _STRENGTH if each in in_lesions)
        sites = [{"site": "lesion", "assertion": strongest}, *sites]
    if len(sites) != len(iron["sites"]) or in_lesions:
        said = {site["assertion"] for site in sites}
        iron |= {"sites": sites, "assertion": next((each for each in _STRENGTH if each in said), "not_mentioned")}
    found = found | {"study": study, "iron_deposition": iron}
    strength = study.get("field_strength_t")
    iron["measurements"] = [each | {"field_strength_t": strength} for each in iron.get("measurements", [])]
    marrow = [site for site in iron["sites"] if site["site"] == "marrow"]
    named = [{"finding": "marrow iron deposition", "site": "bone", "assertion": each["assertion"]} for each in marrow]
    found["bone_marrow"] = [*found.get("bone_marrow", []), *named]
    result = found.get("biopsy", {}).get("result")
    if result == "extramedullary hematopoiesis":
        found["emh"] = {"assertion": "present"}
    whole = found.get("emh", {"assertion": "not_mentioned"})
    for mass in masses:  # active blood formation is of today
        mass["activity"] = None if whole["assertion"] in ("historical", "absent") else mass["activity"]
    for mass in masses:  # what is said of no lesion by name is said of all
        stated = whole["assertion"] in ("present", "possible", "absent")
        mass["emh"] = (mass["emh"] or whole) if stated else {"assertion": "not_mentioned"}
    if result and result != "extramedullary hematopoiesis":
        others = [each for each in found.get("differential", []) if each["diagnosis"].casefold() != result]
        name = next(name for name in DIAGNOSES if name.casefold() == result)
        found["differential"] = [*others, {"diagnosis": name, "assertion": "present"}]
    return found


PARTS: Mapping[str, st.SearchStrategy[Part]] = {
    "compression": compression(),
    "emh": emh(),
    "biopsy": biopsy(),
    "iron": iron(),
    "lesions": lesions(),
    "narrowing": narrowing(),
    "bones": bones(),
    "nodes": nodes(),
    "organs": organs(),
    "background": background(),
    "study": study(),
    "differential": differential(),
    "advice": advice(),
    "closing": closing(),
}


@st.composite
def findings(draw: st.DrawFn, parts: tuple[str, ...] = tuple(PARTS)) -> Findings:
    """Findings with the fields of some parts of the report."""
    found: Part = {}
    for name in parts:
        found |= draw(PARTS[name])
    return Findings.model_validate(coherent(found))

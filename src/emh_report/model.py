"""The findings contract as types: the one source of the JSON Schema.

Imports nothing of ours. Every object is frozen and rejects unknown keys, so that a value
that validates can be stored, compared and rendered without further checks.

Four separate axes, never folded into one: *assertion* (is it there), *certainty* (how firm,
only for ``possible``), *change* (against the prior study) and *origin* (who says so).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

SCHEMA_VERSION: Literal["1.0"] = "1.0"

VERTEBRAE: tuple[str, ...] = tuple(
    f"{region}{number}" for region, count in (("C", 7), ("T", 12), ("L", 5), ("S", 5)) for number in range(1, count + 1)
)
"""Every vertebra the contract names, cranial to caudal."""

_ORDER = {level: index for index, level in enumerate(VERTEBRAE)}
_DISC = re.compile(r"([CTLS]\d{1,2})/([CTLS]\d{1,2})")


class Assertion(StrEnum):
    """What the text says of a thing; RadLex and SNOMED codes as listed in the open finding models."""

    PRESENT = "present"
    """RID28472, SNOMED CT 52101004."""
    POSSIBLE = "possible"
    """RID39110 (indeterminate), SNOMED CT 82334004."""
    ABSENT = "absent"
    """RID28473, SNOMED CT 2667000."""
    HISTORICAL = "historical"
    """Was so, or has resolved, and is not said to persist."""
    HYPOTHETICAL = "hypothetical"
    """Only asked for, conditional, or to be ruled out."""
    NOT_ASSESSED = "not_assessed"
    """The text says it was not, or could not be, examined."""
    NOT_MENTIONED = "not_mentioned"
    """The text is silent. RID5655, SNOMED CT 261665006."""


TODAY = (Assertion.PRESENT, Assertion.POSSIBLE)
"""What is said to be there now, if only perhaps."""


class Certainty(StrEnum):
    """How firm a ``possible`` is."""

    LIKELY = "likely"
    INDETERMINATE = "indeterminate"
    UNLIKELY = "unlikely"


class Change(StrEnum):
    """Change from the prior study."""

    NEW = "new"
    """RID5720, SNOMED CT 7147002."""
    INCREASED = "increased"
    """RID36043, SNOMED CT 35105006."""
    STABLE = "stable"
    """RID5734, SNOMED CT 58158008."""
    DECREASED = "decreased"
    """RID36044, SNOMED CT 1250004."""
    RESOLVED = "resolved"


class Origin(StrEnum):
    """Who a value comes from."""

    STATED = "stated"
    DERIVED = "derived"
    ENTERED = "entered"


class Experiencer(StrEnum):
    """Whose finding it is."""

    PATIENT = "patient"
    OTHER = "other"


class Laterality(StrEnum):
    """Side; RID5824 left, RID5825 right."""

    LEFT = "left"
    RIGHT = "right"
    BILATERAL = "bilateral"
    MIDLINE = "midline"


class Severity(StrEnum):
    """Stated degree of a narrowing or compression; a stated range is kept as a range."""

    MILD = "mild"
    MILD_MODERATE = "mild-moderate"
    MODERATE = "moderate"
    MODERATE_SEVERE = "moderate-severe"
    SEVERE = "severe"


class Degree(StrEnum):
    """Degree of a signal deviation or of enhancement."""

    MILD = "mild"
    MODERATE = "moderate"
    MARKED = "marked"


class LesionKind(StrEnum):
    """What sort of thing a lesion is."""

    MASS = "mass"
    EPIDURAL_COMPONENT = "epidural_component"
    NODAL = "nodal"
    MARROW_EXPANSION = "marrow_expansion"
    ORGAN = "organ"
    OTHER = "other"


class Site(StrEnum):
    """Where a lesion lies."""

    PARAVERTEBRAL = "paravertebral"
    EPIDURAL = "epidural"
    FORAMINAL = "foraminal"
    PRESACRAL = "presacral"
    RIB = "rib"
    PLEURAL = "pleural"
    MEDIASTINAL = "mediastinal"
    RETROPERITONEAL = "retroperitoneal"
    PERIRENAL = "perirenal"
    KIDNEY = "kidney"
    LIVER = "liver"
    SPLEEN = "spleen"
    ADRENAL = "adrenal"
    LYMPH_NODE = "lymph_node"
    INTRACRANIAL = "intracranial"
    PELVIS = "pelvis"
    BONE = "bone"
    BREAST = "breast"
    SKIN = "skin"
    SOFT_TISSUE = "soft_tissue"
    OTHER = "other"


class Sequence(StrEnum):
    """MR sequence; T1C is T1 after contrast."""

    T1 = "T1"
    T2 = "T2"
    STIR = "STIR"
    T2FS = "T2FS"
    FLAIR = "FLAIR"
    PD = "PD"
    DWI = "DWI"
    ADC = "ADC"
    GRE = "GRE"
    T2_STAR = "T2*"
    SWI = "SWI"
    T1C = "T1C"


class Intensity(StrEnum):
    """Signal of a lesion on one sequence."""

    HYPOINTENSE = "hypointense"
    ISOINTENSE = "isointense"
    HYPERINTENSE = "hyperintense"
    INTERMEDIATE = "intermediate"
    MIXED = "mixed"
    SIGNAL_VOID = "signal_void"
    BLOOMING = "blooming"
    SUPPRESSED = "suppressed"


class Reference(StrEnum):
    """Tissue a signal is compared with."""

    SPINAL_CORD = "spinal cord"
    MUSCLE = "muscle"
    MARROW = "marrow"
    LIVER = "liver"
    SPLEEN = "spleen"
    CSF = "CSF"
    FAT = "fat"


class Modality(StrEnum):
    """Imaging modality."""

    MR = "MR"
    CT = "CT"
    XR = "XR"
    US = "US"
    NM = "NM"
    PET = "PET"


class BiopsyStatus(StrEnum):
    """What the report says about a biopsy of the lesion."""

    RECOMMENDED = "recommended"
    CONDITIONAL = "conditional"
    NOT_RECOMMENDED = "not_recommended"
    DEFERRED = "deferred"
    PERFORMED = "performed"
    NOT_MENTIONED = "not_mentioned"


class TreatmentKind(StrEnum):
    """Treatments and procedures the contract names."""

    TRANSFUSION = "transfusion"
    CHELATION = "chelation"
    HYDROXYUREA = "hydroxyurea"
    SPLENECTOMY = "splenectomy"
    RADIOTHERAPY = "radiotherapy"
    LAMINECTOMY = "laminectomy"
    DECOMPRESSION = "decompression"
    RESECTION = "resection"
    MARROW_BIOPSY = "marrow_biopsy"
    OTHER = "other"


class Action(StrEnum):
    """Recommended actions the contract names."""

    FOLLOW_UP_IMAGING = "follow_up_imaging"
    CONTRAST_STUDY = "contrast_study"
    IRON_QUANTIFICATION = "iron_quantification"
    MARROW_SCINTIGRAPHY = "marrow_scintigraphy"
    PET = "pet"
    SURGICAL_REFERRAL = "surgical_referral"
    HEMATOLOGY_REFERRAL = "hematology_referral"
    TRANSFUSION = "transfusion"
    RADIOTHERAPY = "radiotherapy"
    SURGERY = "surgery"
    HYDROXYUREA = "hydroxyurea"
    CLINICAL_CORRELATION = "clinical_correlation"
    OTHER = "other"


EsccGrade = Literal["0", "1a", "1b", "1c", "2", "3"]
"""Epidural spinal cord compression scale (RadElement RDES288); made for metastases, used here by analogy."""


def _vertebra(value: str) -> str:
    if value not in _ORDER:
        raise ValueError("expected a vertebra C1-C7, T1-T12, L1-L5 or S1-S5")
    return value


def _disc(value: str) -> str:
    match = _DISC.fullmatch(value)
    upper, lower = match.groups() if match else ("", "")
    if upper not in _ORDER or _ORDER.get(lower) != _ORDER[upper] + 1:
        raise ValueError('expected a disc between neighbours, such as "T4/T5"')
    return value


Vertebra = Annotated[str, AfterValidator(_vertebra)]
Disc = Annotated[str, AfterValidator(_disc)]
Millimetres = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)] | Literal["multiple"]


_UNSAID: dict[type, Any] = {}
_FIELDS: dict[type, set[str]] = {}
"""The names of all fields of a class, which its objects share."""


class Part(BaseModel):
    """Common settings of every object in the contract."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")

    @classmethod
    def unsaid(cls) -> Self:
        """What stands where a report says nothing: one object for all reports, since none can change it."""
        known: Self | None = _UNSAID.get(cls)
        if known is None:
            known = _UNSAID[cls] = cls()
        return known

    @classmethod
    def made(cls, values: dict[str, Any]) -> Self:
        """An object of values, one for each field, that typed code of ours has made: they are not validated again.

        A report has hundreds of mentions, cues and passages, and to validate them took longer than to find them.
        tests/test_linear.py validates them all.
        """
        made = cls.__new__(cls)
        put = object.__setattr__
        put(made, "__dict__", values)
        put(made, "__pydantic_fields_set__", _FIELDS.get(cls) or _FIELDS.setdefault(cls, set(values)))
        put(made, "__pydantic_extra__", None)
        put(made, "__pydantic_private__", None)
        return made


class Evidence(Part):
    """A passage of the decoded input: characters ``start`` to ``end``, end exclusive."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    text: str
    section: str | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError("expected end to be at or after start")
        return self


class Supported(Part):
    """An object that carries its own evidence."""

    evidence: tuple[Evidence, ...] = ()


class Asserted(Part):
    """An assertion with the certainty of a hedge."""

    assertion: Assertion = Assertion.NOT_MENTIONED
    certainty: Certainty | None = None

    @model_validator(mode="after")
    def _certainty_needs_possible(self) -> Self:
        if self.certainty is not None and self.assertion is not Assertion.POSSIBLE:
            raise ValueError('expected certainty only beside assertion "possible"')
        return self


class Presence(Part):
    """An assertion alone."""

    assertion: Assertion = Assertion.NOT_MENTIONED


class Code(Part):
    """A code of a public terminology; only verified ones are shipped."""

    system: str
    code: str


class Generator(Part):
    """The program that wrote the findings."""

    name: str = "emh-report"
    version: str = ""
    lexicon_digest: str = ""


class Source(Part):
    """The report the findings came from."""

    id: str = ""
    sha256: str = ""
    characters: Annotated[int, Field(ge=0)] = 0
    patient_id: str | None = None


class Clinical(Supported):
    """Symptoms and the question asked."""

    symptoms: tuple[str, ...] = ()
    question: str | None = None


class Study(Supported):
    """How the examination was done."""

    date: str | None = None
    modality: tuple[Modality, ...] = ()
    body_region: tuple[str, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    contrast: Literal["none", "IV", "oral", "unknown"] | None = None
    field_strength_t: Annotated[float, Field(gt=0)] | None = None
    """Tesla."""
    comparison: str | None = None
    limitation: str | None = None
    conus_level: Vertebra | Disc | None = None


class Condition(Supported):
    """A blood disorder; current unless said otherwise, also when named in a history section."""

    name: str
    assertion: Assertion
    codes: tuple[Code, ...] = ()


class Treatment(Supported):
    """A treatment or procedure; its levels are not the lesion's levels."""

    kind: TreatmentKind
    levels: tuple[Vertebra, ...] = ()
    detail: str | None = None
    assertion: Assertion


class Emh(Asserted, Supported):
    """The diagnosis of extramedullary hematopoiesis (RadLex RID3838) in this patient, now."""

    cue: str | None = None


class SizeAt(Part):
    """Where the measured lesion of a group lies."""

    level: Vertebra | Disc | None = None
    laterality: Laterality | None = None


class Signal(Supported):
    """Signal of a lesion on one sequence."""

    sequence: Sequence
    intensity: Intensity
    degree: Degree | None = None
    extent: Literal["whole", "part"] | None = None
    reference: Reference | None = None


class Enhancement(Presence):
    """Contrast enhancement of a lesion; says nothing about activity."""

    degree: Degree | None = None
    pattern: Literal["homogeneous", "heterogeneous", "rim"] | None = None


class BoneChange(Presence):
    """What a lesion does to the bone beside it."""

    kind: str | None = None


class Lesion(Supported):
    """A mass-like lesion the report describes, whatever its cause. Sizes in millimetres, in the order written."""

    id: str
    kind: LesionKind
    emh: Asserted = Asserted()
    site: Site
    subsite: str | None = None
    laterality: Laterality | None = None
    levels: tuple[Vertebra, ...] = ()
    disc_levels: tuple[Disc, ...] = ()
    count: Count | None = None
    size_mm: tuple[Millimetres, ...] = ()
    size_approximate: bool = False
    size_at: SizeAt | None = None
    prior_size_mm: tuple[Millimetres, ...] = ()
    shape: str | None = None
    margins: str | None = None
    signal: tuple[Signal, ...] = ()
    homogeneity: Literal["homogeneous", "heterogeneous"] | None = None
    attenuation_hu: float | None = None
    enhancement: Enhancement = Enhancement()
    iron: Presence = Presence()
    fat: Presence = Presence()
    calcification: Presence = Presence()
    necrosis: Presence = Presence()
    bone_change: BoneChange = BoneChange()
    activity: Literal["active", "inactive", "mixed"] | None = None
    change: Change | None = None
    assertion: Assertion = Assertion.PRESENT


class Epidural(Presence, Supported):
    """Epidural disease: the union of the epidural components, and denials."""

    levels: tuple[Vertebra, ...] = ()
    prior_levels: tuple[Vertebra, ...] = ()
    position: str | None = None


class Escc(Part):
    """Epidural spinal cord compression grade, stated or derived from an explicit sac, cord and CSF triad."""

    grade: EsccGrade | None = None
    origin: Origin = Origin.STATED
    rule: str | None = None


class CordSignalChange(Presence, Supported):
    """Abnormal signal inside the cord."""

    levels: tuple[Vertebra, ...] = ()
    interpretation: str | None = None
    change: Change | None = None


class CordCompression(Asserted, Supported):
    """Compression of the spinal cord (SNOMED CT 71286001), by level."""

    change: Change | None = None
    levels: tuple[Vertebra, ...] = ()
    absent_levels: tuple[Vertebra, ...] = ()
    prior_levels: tuple[Vertebra, ...] = ()
    severity: Severity | None = None
    escc: Escc = Escc()
    thecal_sac: Literal["normal", "indented", "effaced", "displaced"] | None = None
    csf: Literal["preserved", "partially_effaced", "effaced"] | None = None
    cord_signal_change: CordSignalChange = CordSignalChange()

    @model_validator(mode="after")
    def _levels_of_today(self) -> Self:
        if self.levels and self.assertion is Assertion.HISTORICAL:
            raise ValueError("expected historical compression to list its levels in prior_levels")
        return self


class CaudaEquina(Presence, Supported):
    """Compression of the cauda equina."""

    levels: tuple[Vertebra, ...] = ()


class CanalStenosis(Supported):
    """Narrowing of the spinal canal."""

    levels: tuple[Vertebra, ...] = ()
    disc_levels: tuple[Disc, ...] = ()
    severity: Severity | None = None
    assertion: Assertion


class ForaminalNarrowing(Supported):
    """Narrowing of one neural foramen; always named by its disc."""

    level: Disc | None = None
    side: Laterality | None = None
    severity: Severity | None = None
    assertion: Assertion


class IronSite(Presence, Supported):
    """Iron at one place; in a lesion the site is ``lesion``."""

    site: str
    degree: Severity | None = None


class Measurement(Supported):
    """A stated quantity with its UCUM unit; never converted."""

    organ: str
    quantity: str
    value: float
    unit: str
    field_strength_t: float | None = None


class IronDeposition(Presence, Supported):
    """Iron anywhere: the strongest assertion over its sites."""

    sites: tuple[IronSite, ...] = ()
    measurements: tuple[Measurement, ...] = ()


class FattyChange(Presence, Supported):
    """Fatty change of the lesions."""


class BoneMarrowFinding(Supported):
    """A finding of bone or marrow outside the lesions."""

    finding: str
    site: str | None = None
    laterality: Laterality | None = None
    levels: tuple[Vertebra, ...] = ()
    assertion: Assertion


class LymphNode(Supported):
    """A nodal group."""

    station: str | None = None
    laterality: Laterality | None = None
    size_mm: tuple[Millimetres, ...] = ()
    necrosis: Presence = Presence()
    assertion: Assertion


class OrganFinding(Supported):
    """A finding of a solid organ; its size is not a lesion's size."""

    organ: str
    finding: str
    size_mm: tuple[Millimetres, ...] = ()
    assertion: Assertion


class DifferentialDiagnosis(Asserted, Supported):
    """A diagnosis other than EMH that the report names."""

    diagnosis: str
    cue: str | None = None


class Biopsy(Supported):
    """Biopsy of the lesion: advice given today, else what was done."""

    status: BiopsyStatus = BiopsyStatus.NOT_MENTIONED
    method: str | None = None
    target: str | None = None
    condition: str | None = None
    result: str | None = None


class Recommendation(Supported):
    """Advice other than biopsy."""

    action: Action
    urgency: str | None = None
    condition: str | None = None
    status: BiopsyStatus


class CriticalCommunication(Presence, Supported):
    """Whether the report documents that the result was passed on."""

    to: str | None = None
    when: str | None = None
    method: str | None = None


class Addendum(Supported):
    """An addendum; it overrides the body, which is kept."""


class Entered(Part):
    """A value that a person entered, because the source left it unstated."""

    field: str
    """Its place, as in ``lesions[0].size_mm``."""
    origin: Literal[Origin.ENTERED] = Origin.ENTERED


class Warning(Supported):
    """What a careful reader would question; ``code`` is stable."""

    code: str
    message: str


class Cue(Part):
    """The words that decided a mention's assertion."""

    kind: str
    text: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class Mention(Part):
    """What one phrase says: the layer under the report-level fields."""

    concept: str
    text: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    section: str | None = None
    assertion: Assertion
    certainty: Certainty | None = None
    experiencer: Experiencer = Experiencer.PATIENT
    change: Change | None = None
    cues: tuple[Cue, ...] = ()


class Findings(Part):
    """Everything one report says, in the names of the contract."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    generator: Generator = Generator()
    source: Source = Source()
    clinical: Clinical = Clinical()
    study: Study = Study()
    conditions: tuple[Condition, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    emh: Emh = Emh()
    lesions: tuple[Lesion, ...] = ()
    epidural: Epidural = Epidural()
    cord_compression: CordCompression = CordCompression()
    cauda_equina: CaudaEquina = CaudaEquina()
    canal_stenosis: tuple[CanalStenosis, ...] = ()
    foraminal_narrowing: tuple[ForaminalNarrowing, ...] = ()
    iron_deposition: IronDeposition = IronDeposition()
    fatty_change: FattyChange = FattyChange()
    bone_marrow: tuple[BoneMarrowFinding, ...] = ()
    lymph_nodes: tuple[LymphNode, ...] = ()
    organs: tuple[OrganFinding, ...] = ()
    differential: tuple[DifferentialDiagnosis, ...] = ()
    biopsy: Biopsy = Biopsy()
    recommendations: tuple[Recommendation, ...] = ()
    critical_communication: CriticalCommunication = CriticalCommunication()
    addenda: tuple[Addendum, ...] = ()
    entered: tuple[Entered, ...] = ()
    warnings: tuple[Warning, ...] = ()
    mentions: tuple[Mention, ...] = ()


def level_order(level: str) -> int:
    """Position of a vertebra from C1 (0) downwards; KeyError for anything else."""
    return _ORDER[level]

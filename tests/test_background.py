"""background.py: disorders, treatments, the study, the question, and whom the result was told."""

from __future__ import annotations

from functools import cache

import pytest

from emh_report import background
from emh_report.document import Document
from emh_report.lexicon import Lexicons, load
from emh_report.mentions import Reader
from emh_report.model import Assertion, Supported
from emh_report.pipeline import build


@cache
def _reader() -> tuple[object, Reader]:
    lexicons = load()
    return build(lexicons), Reader(lexicons)


def read(text: str) -> Document:
    nlp, reader = _reader()
    return reader(nlp(text))  # type: ignore[operator]


def lexicons() -> Lexicons:
    return load()


def supported(text: str, *parts: Supported) -> None:
    """Every part has evidence, and the evidence is what the text says."""
    for part in parts:
        assert part.evidence
        assert all(text[each.start : each.end] == each.text for each in part.evidence)


BACKGROUND = [
    # report, disorders, treatments with their levels
    (
        "CLINICAL HISTORY: 34-year-old man with known beta thalassemia major on regular transfusions and deferasirox.",
        "beta thalassemia major: present",
        "transfusion: present; chelation: present",
    ),
    (
        "HISTORY: HbE/beta thalassaemia, splenectomised, not on chelation.",
        "hemoglobin E beta thalassemia: present",
        "splenectomy: historical; chelation: absent",
    ),
    (
        "HISTORY: History of sickle cell disease. Hydroxyurea since 2015.",
        "sickle cell disease: present",
        "hydroxyurea: present",
    ),
    ("INDICATION: ?thalassaemia.", "thalassemia: possible", ""),
    ("INDICATION: Rule out myelofibrosis.", "myelofibrosis: hypothetical", ""),
    ("INDICATION: Rule out EMH in patient with sickle cell anemia.", "sickle cell anemia: present", ""),
    ("HISTORY: No known haematological disease. Father has thalassaemia trait.", "", ""),
    (
        "Clinical: Primary myelofibrosis, treated with ruxolitinib. Post splenectomy.",
        "primary myelofibrosis: present",
        "other: present; splenectomy: historical",
    ),
    (
        "Clinical: TDT, deferasirox stopped last year.",
        "transfusion-dependent thalassemia: present",
        "transfusion: present; chelation: historical",
    ),
    (
        "Clinical: Beta thalassaemia intermedia, never transfused.",
        "beta thalassemia intermedia: present",
        "transfusion: absent",
    ),
    (
        "Clinical: Beta thalassaemia intermedia, rarely transfused.",
        "beta thalassemia intermedia: present",
        "transfusion: present",
    ),
    (
        "Clinical: thalassemia intermedia. Prior laminectomy T5-T7 and radiotherapy (20 Gy).",
        "beta thalassemia intermedia: present",
        "laminectomy: historical T5,T6,T7; radiotherapy: historical",
    ),
    (
        "Clinical: NTDT (HbH disease). No prior splenectomy.",
        "hemoglobin H disease: present",
        "transfusion: absent; splenectomy: absent",
    ),
    (
        "IMPRESSION: Findings consistent with EMH in this patient with thalassemia intermedia.",
        "beta thalassemia intermedia: present",
        "",
    ),
    ("IMPRESSION: Likely EMH given the history of sickle cell disease.", "sickle cell disease: present", ""),
    ("IMPRESSION: EMH. Hypertransfusion is recommended.", "", ""),
    (
        "HISTORY: AML in remission, prior chemotherapy.",
        "acute myeloid leukemia: historical",
        "other: historical",
    ),
    (
        "HISTORY: Sickle cell trait only; no sickle cell disease.",
        "sickle cell trait: present; sickle cell disease: absent",
        "",
    ),
    (
        "K/c/o thalassemia major on regular BT and oral iron chelators, s/p splenectomy in 2005.",
        "beta thalassemia major: present",
        "transfusion: present; chelation: present; splenectomy: historical",
    ),
    (
        "HISTORY: thalassemia intermedia s/p T4-T9 laminectomy.",
        "beta thalassemia intermedia: present",
        "laminectomy: historical T4,T5,T6,T7,T8,T9",
    ),
    (
        "HISTORY: Received low-dose radiotherapy to T6 to T10 in 2019 and on hydroxyurea since.",
        "",
        "radiotherapy: historical T6,T7,T8,T9,T10; hydroxyurea: present",
    ),
    ("FINDINGS: Post laminectomy changes at D5-D8.", "", "laminectomy: historical T5,T6,T7,T8"),
    ("FINDINGS: The spleen is surgically absent.", "", "splenectomy: historical"),
    (
        "HISTORY: Beta thalassemia. Considered for splenectomy.",
        "beta thalassemia: present",
        "splenectomy: hypothetical",
    ),
    (
        "HISTORY: Polycythemia vera diagnosed 2005, now post-PV myelofibrosis.",
        "post-polycythemia vera myelofibrosis: present",
        "",
    ),
    ("IMPRESSION: Low marrow signal may reflect myelofibrosis.", "myelofibrosis: possible", ""),
    (
        "HISTORY: 25F with sickle-beta thalassemia, monthly exchange transfusions.",
        "sickle beta thalassemia: present",
        "transfusion: present",
    ),
    ("HISTORY: Transfusion history unknown.", "", ""),
    ("HISTORY: Occasional blood transfusions, last 6 months ago.", "", "transfusion: present"),
    (
        "HISTORY: Beta thalassaemia major; sister has sickle cell anaemia.",
        "beta thalassemia major: present",
        "",
    ),
    (
        "HISTORY: HbE beta thalassemia on deferiprone, transfusion stopped in 2019.",
        "hemoglobin E beta thalassemia: present",
        "chelation: present; transfusion: historical",
    ),
    ("Congenital haemolytic anaemia (autoimmune excluded).", "hemolytic anemia: present", ""),
    (
        "MRI obtained to rule out EMH in a 70-year-old woman with polycythemia vera.",
        "polycythemia vera: present",
        "",
    ),
    ("Debulking of the mass planned next week.", "", "resection: hypothetical"),
    ("IMPRESSION: Continue transfusion program.", "", "transfusion: present"),
    ("IMPRESSION: Low dose radiotherapy is suggested. Hydroxyurea to be started.", "", ""),
    (
        "HISTORY: Sickle cell disease, declines transfusion.",
        "sickle cell disease: present",
        "transfusion: absent",
    ),
]


@pytest.mark.parametrize(("text", "disorders", "treated"), BACKGROUND)
def test_disorders_and_treatments(text: str, disorders: str, treated: str) -> None:
    document = read(text)
    conditions = background.conditions(document, lexicons())
    treatments = background.treatments(document)
    assert "; ".join(f"{each.name}: {each.assertion}" for each in conditions) == disorders
    found = [f"{each.kind}: {each.assertion} {','.join(each.levels)}".strip() for each in treatments]
    assert "; ".join(found) == treated
    supported(text, *conditions, *treatments)


def test_codes_come_with_their_system() -> None:
    (condition,) = background.conditions(read("HISTORY: Sickle cell anemia."), lexicons())
    assert {code.system: code.code for code in condition.codes}["snomed"] == "127040003"


def test_a_drug_without_a_kind_is_named() -> None:
    (treatment,) = background.treatments(read("HISTORY: Myelofibrosis on ruxolitinib."))
    assert (treatment.kind, treatment.detail) == ("other", "ruxolitinib")


def test_radiotherapy_keeps_its_dose() -> None:
    (treatment,) = background.treatments(read("HISTORY: Post radiotherapy (20 Gy in 10 fractions, D4-D9)."))
    assert treatment.detail == "20 Gy in 10 fractions"
    assert treatment.levels == ("T4", "T5", "T6", "T7", "T8", "T9")


CONTRAST = {
    "MRI THORACIC SPINE WITHOUT AND WITH CONTRAST": "IV",
    "MRI DORSAL SPINE (PLAIN)": "none",
    "MRI DORSAL SPINE PLAIN AND CONTRAST": "IV",
    "CECT THORAX": "IV",
    "NCCT THORAX": "none",
    "MRI SPINE W/WO CONTRAST": "IV",
    "MRI SPINE\nTECHNIQUE: Sagittal T1 and T2. No intravenous contrast was given.": "none",
    "MRI SPINE\nTECHNIQUE: T1, T2 and T1 fat-sat after 7 mL of gadobutrol.": "IV",
    "MRI SPINE\nTECHNIQUE: T1 and T2.\nContrast: not given": "none",
    "CT ABDOMEN\nTECHNIQUE: Oral contrast only.": "oral",
    "MRI SPINE\nFINDINGS: The mass enhances.": None,
    "MRI SPINE\nIMPRESSION: Contrast enhanced MRI is recommended.": None,
    "MRI SPINE WITHOUT CONTRAST\nFINDINGS: Normal.\nADDENDUM: Returned for images after gadobutrol.": "IV",
    "CHEST RADIOGRAPH\nFINDINGS: Normal.": None,
}


@pytest.mark.parametrize("text", CONTRAST)
def test_contrast(text: str) -> None:
    study = background.study(read(text))
    assert study.contrast == CONTRAST[text]
    supported(text, study)


SEQUENCES = {
    "MRI SPINE\nTECHNIQUE: Sagittal T1, T2 and STIR, post-contrast fat-saturated T1.": "T1 T2 STIR T1C",
    "MRI SPINE\nFINDINGS: Isointense on T1 and hyperintense on T2, no blooming on GRE.": "T1 T2 GRE",
    "MRI SPINE\nTECHNIQUE: T1 and T2. No SWI was performed.": "T1 T2",
    "MRI SPINE\nFINDINGS: No hyperintensity on T2. No diffusion restriction.": "T2 DWI",
    "MRI SPINE\nTECHNIQUE: T1, T2.\nIMPRESSION: T2* MRI of the liver is suggested.": "T1 T2",
    "MRI LIVER\nFINDINGS: Liver T2* 3.1 ms.": "",
    "CT THORAX\nFINDINGS: Mass at T1 and T2.": "",
    "MRI SPINE\nCOMPARISON: MRI with T1 and T2 of 2020.\nFINDINGS: Low on STIR.": "STIR",
}


@pytest.mark.parametrize("text", SEQUENCES)
def test_sequences(text: str) -> None:
    assert " ".join(background.study(read(text)).sequences) == SEQUENCES[text]


MODALITY = {
    "CT THORAX AND MRI DORSAL SPINE\n\nFINDINGS: Mass.": "CT MR",
    "EXAM: MRI thoracic spine\nCOMPARISON: Chest CT.": "MR",
    "CHEST RADIOGRAPH\nIMPRESSION: MRI is suggested.": "XR",
    "WHOLE BODY FDG PET-CT\nFINDINGS: Normal.": "PET CT",
    "USG WHOLE ABDOMEN\nHISTORY: Mass on CT.": "US",
    "A 27-year-old man. MRI showed an extradural mass.": "MR",
    "Sagittal T1 and T2 show an extradural mass.": "MR",
    "FINDINGS: Mass at T8.\nIMPRESSION: MRI is advised.": "",
}


@pytest.mark.parametrize("text", MODALITY)
def test_modality(text: str) -> None:
    assert " ".join(background.study(read(text)).modality) == MODALITY[text]


CONUS = {
    "The conus terminates at L1.": "L1",
    "The conus lies at L1/2.": "L1/L2",
    "Conus at L1-L2 disc level.": "L1/L2",
    "Cord: normal, C1 to conus (L1).": "L1",
    "The spinal cord ends at the level of T12.": "T12",
    "The conus is normal, with a disc bulge at L4-L5.": None,
    "The conus and cord between T12 and L3 are normal.": None,
    "The cord is compressed at T6.": None,
}


@pytest.mark.parametrize("text", CONUS)
def test_conus_level(text: str) -> None:
    assert background.study(read("FINDINGS: " + text)).conus_level == CONUS[text]


def test_the_rest_of_the_study() -> None:
    text = (
        "EXAM: MRI THORACIC SPINE\nEXAM DATE: 2024-03-01\nTECHNIQUE: Sagittal T2 at 1.5T. Degraded by motion.\n"
        "COMPARISON: Chest CT from January 2021.\nFINDINGS: Isointense compared with muscle."
    )
    study = background.study(read(text))
    assert study.date == "2024-03-01"
    assert study.body_region == ("thoracic spine",)
    assert study.field_strength_t == 1.5
    assert study.comparison == "Chest CT from January 2021"
    assert study.limitation == "Degraded by motion"
    supported(text, study)


@pytest.mark.parametrize(
    "text",
    ["Date of birth: 12/03/1990\nMRI SPINE", "Report date: 01/02/2024\nMRI SPINE", "MRI SPINE 03/14/2024"],
)
def test_another_date_is_not_the_studys(text: str) -> None:
    assert background.study(read(text)).date is None


def test_compared_with_a_tissue_is_no_comparison() -> None:
    text = "MRI SPINE\nFINDINGS: Hyperintense compared with muscle."
    assert background.study(read(text)).comparison is None


CLINICAL = {
    "HISTORY: Weakness of both legs, back pain. Evaluate for cord compression.": (
        {"limb weakness", "back pain"}, "Evaluate for cord compression.",
    ),
    "Clinical details: HbH disease ?EMH.": (set(), "?EMH."),
    "HISTORY: No back pain. Any change?": (set(), "Any change?"),
    "HISTORY: Back pain. Father had paraplegia.": ({"back pain"}, None),
    "FINDINGS: The cord is normal.\nIMPRESSION: If back pain recurs, MRI.": (set(), None),
}  # fmt: skip


@pytest.mark.parametrize("text", CLINICAL)
def test_symptoms_and_question(text: str) -> None:
    symptoms, question = CLINICAL[text]
    found = background.clinical(read(text))
    assert set(found.symptoms) == symptoms
    assert found.question == question
    if symptoms or question:
        supported(text, found)


TOLD = {
    "Findings were discussed with Dr. A. Rivera by telephone at 3:42 PM on 03/14/2024.": (
        "Dr. A. Rivera", "3:42 PM on 03/14/2024", "telephone",
    ),
    "REFERRING PHYSICIAN INFORMED.": ("REFERRING PHYSICIAN", None, None),
    "Phoned to spinal registrar (Dr Pham) 0140h.": ("Dr Pham", "0140h", "telephone"),
    "CRITICAL RESULT: Dr. Lind was paged at 1630 and acknowledged.": ("Dr. Lind", "1630", "pager"),
}  # fmt: skip


@pytest.mark.parametrize("text", TOLD)
def test_communication(text: str) -> None:
    found = background.communication(read("IMPRESSION: EMH.\n\n" + text))
    assert found.assertion is Assertion.PRESENT
    assert (found.to, found.when, found.method) == TOLD[text]


@pytest.mark.parametrize(
    "text",
    [
        "IMPRESSION: To be discussed at the MDT.",
        "IMPRESSION: Radiotherapy could be discussed with the clinical team.",
        "HISTORY: Discussed with Dr. Smith.",
        "IMPRESSION: Urgent neurosurgical referral is advised.",
        "FINDINGS: So called dumbbell mass.",
    ],
)
def test_what_is_to_be_told_was_not_told(text: str) -> None:
    assert background.communication(read(text)).assertion is Assertion.NOT_MENTIONED


def test_a_failed_attempt_is_absent() -> None:
    found = background.communication(read("IMPRESSION: EMH. The referring physician could not be reached."))
    assert found.assertion is Assertion.ABSENT


def test_each_addendum_is_listed() -> None:
    text = "IMPRESSION: EMH.\n\nADDENDUM 1: No compression. Level T8.\n\nADDENDUM 2: Dr. Lee informed."
    found = background.addenda(read(text))
    assert len(found) == 2
    supported(text, *found)
    assert background.addenda(read("IMPRESSION: EMH.")) == ()

"""advice.py on sentences of its own: what is advised, what is not, and what only sounds like advice."""

from __future__ import annotations

from functools import cache

import pytest

from emh_report import advice
from emh_report.document import Document
from emh_report.lexicon import load
from emh_report.mentions import Reader
from emh_report.model import BiopsyStatus, Recommendation
from emh_report.pipeline import build


@cache
def _reader() -> tuple[object, Reader]:
    lexicons = load()
    return build(lexicons), Reader(lexicons)


def read(text: str) -> Document:
    nlp, reader = _reader()
    return reader(nlp(text))  # type: ignore[operator]


BIOPSY = {
    "recommended": [
        "Biopsy is recommended.",
        "Recommend CT-guided biopsy of the left paravertebral mass.",
        "Suggest biopsy.",
        "Consider biopsy for confirmation.",
        "Histopathological correlation suggested.",
        "Adv: HPE correlation.",
        "Kindly correlate with histopathology.",
        "Biopsy may be considered for definitive diagnosis.",
        "Biopsy could be helpful.",
        "Biopsy is needed to exclude lymphoma.",
        "Biopsy is advised to rule out malignancy.",
        "Tissue sampling is necessary as lymphoma cannot be excluded.",
        "Biopsy cannot be avoided in this case.",
        "Biopsy should not be deferred.",
        "Biopsy should not be delayed.",
        "Lymphoma is not excluded and biopsy is therefore recommended.",
        "In the absence of a known haematological disorder, biopsy is suggested.",
        "No fat is seen, so biopsy is recommended.",
        "There is no definite evidence of EMH; biopsy advised.",
        "EMH is not certain. Needs biopsy.",
        "The patient should undergo core biopsy of the presacral lesion.",
        "Further evaluation with biopsy is suggested.",
        "USG guided FNAC is suggested from the left para-aortic node.",
        "RECOMMENDATION: CT-guided biopsy.",
        "IMPRESSION: Paravertebral mass. CT-guided biopsy for confirmation.",
        "Urgent MRI and biopsy are recommended.",
        "Biopsy is required for further characterization.",
        "Biopsy showed EMH in 2018, but repeat biopsy is now recommended because of growth.",
        "Surgical decompression with intraoperative biopsy is advised.",
        "Biopsy of the mass would be the next step.",
        "MRI is not required but biopsy is advised.",
        "There is no cord compression and biopsy is recommended.",
        "Not typical of EMH and biopsy should be considered.",
        "Although biopsy is usually not required, biopsy is recommended here.",
        "Biopsy is best performed after embolisation.",
    ],
    "conditional": [
        "If symptoms worsen, biopsy is advised.",
        "Biopsy is advised if symptoms worsen.",
        "Biopsy may be considered if clinically indicated.",
        "Biopsy should only be performed if there is growth.",
        "Consider biopsy in case of diagnostic doubt.",
        "Biopsy can be considered in the event of enlargement.",
        "HPE correlation if clinically warranted.",
        "Biopsy is not indicated unless the mass enlarges.",
        "Unless there is growth, biopsy is not required.",
        "Should the lesion grow, biopsy is recommended.",
        "Biopsy is reserved for atypical cases.",
        "Biopsy only when imaging is equivocal.",
        "Biopsy depending on the haematology opinion.",
        "Tissue diagnosis as clinically indicated.",
        "Provided coagulation is normal, biopsy may be done.",
        "Lesion is amenable to CT guided biopsy if needed.",
        "Suggest clinical correlation and biopsy if required.",
        "Biopsy only after correction of platelets.",
        "Biopsy can be avoided if sulphur colloid scan is positive.",
        "Caution is advised if biopsy is planned.",
    ],
    "not_recommended": [
        "Percutaneous biopsy is not considered necessary.",
        "We do not recommend biopsy.",
        "I would not recommend biopsy in this setting.",
        "Biopsy would not be advisable given the bleeding risk.",
        "Biopsy is not routinely indicated.",
        "There is no indication for biopsy.",
        "There is no need to biopsy these masses.",
        "There is little to be gained from biopsy.",
        "These lesions should not be biopsied.",
        "The masses need not be sampled.",
        "Given the classic appearance tissue sampling can be avoided.",
        "The appearance is diagnostic, obviating biopsy.",
        "The imaging features are characteristic and make biopsy unnecessary.",
        "Biopsy is contraindicated because of thrombocytopenia.",
        "Biopsy carries a high risk of haemorrhage and is best avoided.",
        "Do not biopsy.",
        "NOT FOR BIOPSY.",
        "Biopsy: not required.",
        "No tissue diagnosis is required.",
        "Tissue confirmation is not felt to be required.",
        "Would avoid biopsy.",
        "Biopsy is not needed at this time.",
        "Biopsy no longer needed.",
        "Follow-up is preferred to biopsy.",
        "Follow up rather than biopsy is recommended.",
        "A biopsy is not essential for diagnosis.",
        "Image guided biopsy isn't warranted.",
        "Biopsy is neither required nor advisable.",
        "None of these lesions requires biopsy.",
        "FNAC is not advised due to the vascular nature of the lesion.",
        "Previously biopsied in 2018. Biopsy is not recommended now.",
        "Biopsy recommended. ADDENDUM: After review of prior CT, biopsy is not needed.",
        "FINDINGS: Biopsy could be considered.\nIMPRESSION: Biopsy is not recommended.",
        "Imaging alone is sufficient and biopsy is superfluous.",
        "Biopsy is not mandatory.",
        "Please avoid FNAC.",
        "Rebiopsy is unnecessary.",
        "Biopsy not recommended due to risk of bleeding.",
        "biopsy is not recommended , follow up advised",
        "Follow up is advised, biopsy not required.",
        "Neither biopsy nor further imaging is required.",
        "Biopsy or aspiration is not advised.",
        "Typical of EMH; in such cases biopsy is generally avoided.",
        "I do not think biopsy is warranted.",
        "We do not believe that biopsy is necessary.",
        "Biopsy would be of no benefit.",
        "It is not appropriate to biopsy this lesion.",
        "Biopsy is unlikely to be helpful.",
        "The lesion does not require biopsy.",
        "Recommend follow-up, not biopsy.",
        "Biopsy is considered high risk and not advised.",
        "Biopsy was advised previously but is no longer required.",
        "We would be reluctant to biopsy this lesion.",
    ],
    "deferred": [
        "Biopsy may be deferred.",
        "Defer biopsy until after transfusion.",
        "Biopsy has been postponed.",
        "Hold off on biopsy for now.",
        "Biopsy should be avoided until MRI has been obtained.",
        "Biopsy to be deferred pending haematology review.",
        "MRI is recommended before biopsy is considered.",
    ],
    "performed": [
        "Biopsy proven extramedullary hematopoiesis at T8.",
        "Previous CT-guided biopsy showed trilineage hematopoiesis.",
        "Biopsy in 2019 confirmed EMH.",
        "The presacral mass was biopsied last year: EMH.",
        "s/p biopsy of the left paraspinal mass.",
        "HPE confirmed extramedullary haematopoiesis.",
        "FNAC done outside was suggestive of EMH.",
        "Histology of the resected tissue showed haematopoietic elements.",
        "HISTORY: Paraspinal mass, biopsy 2020: EMH.",
        "Core biopsy revealed trilineage haematopoiesis. Follow-up MRI in 6 months is recommended.",
    ],
    "not_mentioned": [
        "Bone marrow biopsy in 2020 showed fibrosis.",
        "No biopsy scar is seen.",
        "Bone marrow biopsy is recommended.",
        "Whether to biopsy is left to the treating team.",
        "Decision regarding biopsy is left to the clinician.",
        "No prior biopsy is available.",
        "No biopsy has been performed.",
        "HISTORY: For biopsy planning.",
        "INDICATION: Mass, biopsy recommended elsewhere.",
        "Pathological fracture of T8.",
        "No pathological enhancement.",
        "Biopsy is not without risk.",
        "A biopsy was not performed because of the bleeding risk.",
        "Biopsy is not possible.",
        "Patient declined biopsy.",
        "EMH can be diagnosed without biopsy.",
        "Biopsy is not contraindicated.",
        "Biopsy is considered high risk.",
        "The lesion is inaccessible to biopsy.",
    ],
}


@pytest.mark.parametrize(("status", "text"), [(status, text) for status, texts in BIOPSY.items() for text in texts])
def test_biopsy_status(status: str, text: str) -> None:
    found = advice.biopsy(read(text))
    assert found.status is BiopsyStatus(status)
    assert bool(found.evidence) is (status != "not_mentioned")
    for evidence in found.evidence:
        assert text[evidence.start : evidence.end] == evidence.text


def test_every_status_is_tested() -> None:
    assert set(BIOPSY) == set(BiopsyStatus)
    assert sum(map(len, BIOPSY.values())) >= 140


ADVICE = {
    "IMPRESSION: Follow-up MRI in 3 months is suggested.": "follow_up_imaging:recommended",
    "IMPRESSION: Recommend MRI of the whole spine.": "follow_up_imaging:recommended",
    "IMPRESSION: Repeat imaging after 6 months.": "follow_up_imaging:recommended",
    "IMPRESSION: No further follow up is required.": "follow_up_imaging:not_recommended",
    "IMPRESSION: No further MRI is needed.": "follow_up_imaging:not_recommended",
    "IMPRESSION: No routine follow-up imaging needed unless symptomatic.": "follow_up_imaging:conditional",
    "IMPRESSION: Imaging follow-up only if new symptoms develop.": "follow_up_imaging:conditional",
    "IMPRESSION: Contrast-enhanced MRI is advised for further characterisation.": "contrast_study:recommended",
    "IMPRESSION: MRI with contrast is recommended.": "contrast_study:recommended",
    "IMPRESSION: T2* MRI of the liver and heart is suggested to quantify iron.": "iron_quantification:recommended",
    "IMPRESSION: Bone marrow scintigraphy may be helpful.": "marrow_scintigraphy:recommended",
    "IMPRESSION: PET/CT is recommended if lymphoma is a concern.": "pet:conditional",
    "IMPRESSION: PET-CT would not add value.": "",
    "IMPRESSION: Neurosurgical referral.": "surgical_referral:recommended",
    "IMPRESSION: Urgent neurosurgical consultation is recommended.": "surgical_referral:recommended:urgent",
    "IMPRESSION: Immediate referral to neurosurgery is advised.": "surgical_referral:recommended:urgent",
    "IMPRESSION: Emergent spine surgery evaluation.": "surgical_referral:recommended:emergent",
    "IMPRESSION: Haematology opinion advised.": "hematology_referral:recommended",
    "IMPRESSION: Discussion with haematology is suggested.": "hematology_referral:recommended",
    "IMPRESSION: Refer to haematology.": "hematology_referral:recommended",
    "IMPRESSION: Suggest clinical correlation.": "clinical_correlation:recommended",
    "IMPRESSION: Advised clinical and laboratory correlation.": "clinical_correlation:recommended",
    "IMPRESSION: Consider low-dose radiotherapy.": "radiotherapy:recommended",
    "IMPRESSION: Radiotherapy may be considered if symptoms progress.": "radiotherapy:conditional",
    "IMPRESSION: Hypertransfusion is suggested.": "transfusion:recommended",
    "IMPRESSION: Surgical decompression should be considered.": "surgery:recommended",
    "IMPRESSION: Surgery is not indicated.": "surgery:not_recommended",
    "IMPRESSION: Surgical decompression is reserved for progressive deficit.": "surgery:conditional",
    "IMPRESSION: Consider hydroxyurea.": "hydroxyurea:recommended",
    "IMPRESSION: MDT discussion is recommended.": "other:recommended",
    "IMPRESSION: Adv: MRI whole spine, neurosurgery and haematology opinion.": "follow_up_imaging:recommended surgical_referral:recommended hematology_referral:recommended",
    "RECOMMENDATIONS:\n1. MRI in 6 months.\n2. Hematology referral.\n3. Biopsy not required.": "follow_up_imaging:recommended hematology_referral:recommended",
    "IMPRESSION: If there is neurological deterioration, urgent MRI and neurosurgical review are advised.": "follow_up_imaging:conditional:urgent surgical_referral:conditional:urgent",
    "IMPRESSION: Stable masses compared with MRI of 2020.": "",
    "IMPRESSION: Post radiotherapy changes. No surgery has been performed.": "",
    "IMPRESSION: EMH, stable on hydroxyurea and regular transfusion.": "",
    "FINDINGS: The masses have grown since the MRI 6 months ago.": "",
    "FINDINGS: On MRI the mass may be seen to extend to the foramen.": "",
    "HISTORY: Follow-up MRI for EMH. Neurosurgery has requested MRI.": "",
    "INDICATION: Evaluate for surgery.": "",
    "TECHNIQUE: Contrast should be noted as withheld due to renal function.": "",
    "IMPRESSION: Findings discussed with Dr. Smith of neurosurgery.": "",
    "IMPRESSION: Neurosurgery was informed by telephone.": "",
    "IMPRESSION: Known splenectomy. Prior surgical decompression T4-T8.": "",
    "IMPRESSION: Surveillance MRI is recommended at 12-month intervals.": "follow_up_imaging:recommended",
    "IMPRESSION: Annual MRI surveillance.": "follow_up_imaging:recommended",
    "IMPRESSION: Suggest follow up.": "follow_up_imaging:recommended",
    "IMPRESSION: Further imaging is at the discretion of the referring clinician.": "",
    "IMPRESSION: Gadolinium-enhanced MRI may be obtained if the diagnosis remains uncertain.": "contrast_study:conditional",
    "IMPRESSION: MRI brain is not required.": "follow_up_imaging:not_recommended",
    "IMPRESSION: Neurosurgical intervention is not required at present.": "surgical_referral:not_recommended",
    "IMPRESSION: Iron overload; suggest ferritin correlation and haematology review.": "clinical_correlation:recommended hematology_referral:recommended",
    "IMPRESSION: Urgent discussion at the spinal MDT is advised.": "other:recommended:urgent",
    "IMPRESSION: Lesion unchanged. Recommend routine haematology follow-up.": "hematology_referral:recommended",
    "IMPRESSION: Close clinical follow-up with repeat MRI in 6-8 weeks is recommended.": "follow_up_imaging:recommended",
    "IMPRESSION: EMH is suggested on MRI.": "",
    "IMPRESSION: CT findings are suggestive of EMH.": "",
    "IMPRESSION: The diagnosis of EMH can be made on MRI without biopsy.": "",
    "IMPRESSION: Please correlate with previous CT.": "clinical_correlation:recommended",
    "IMPRESSION: Exchange transfusion and low dose radiotherapy are treatment options.": "transfusion:recommended radiotherapy:recommended",
    "IMPRESSION: Response to transfusion. Continue the same.": "",
    "IMPRESSION: Consider PET, if clinically appropriate.": "pet:conditional",
    "IMPRESSION: Whole spine MRI is suggested to look for other levels of involvement.": "follow_up_imaging:recommended",
    "IMPRESSION: Dexamethasone and urgent radiotherapy should be considered.": "other:recommended:urgent radiotherapy:recommended:urgent",
}


def _brief(entry: Recommendation) -> str:
    return ":".join(part for part in (entry.action, entry.status, entry.urgency) if part)


@pytest.mark.parametrize("text", ADVICE)
def test_recommendations(text: str) -> None:
    found = advice.recommendations(read(text))
    assert sorted(map(_brief, found)) == sorted(ADVICE[text].split())
    for entry in found:
        assert entry.evidence
        assert all(text[each.start : each.end] == each.text for each in entry.evidence)


def test_biopsy_is_told_in_full() -> None:
    text = "IMPRESSION: CT-guided core biopsy of the left perirenal mass is recommended if the mass grows."
    found = advice.biopsy(read(text))
    assert (found.status, found.method) == (BiopsyStatus.CONDITIONAL, "CT-guided core biopsy")
    assert found.target == "left perirenal mass"
    assert found.condition is not None
    assert found.condition.startswith("if the mass grows")


def test_a_biopsy_done_gives_its_result() -> None:
    found = advice.biopsy(read("HISTORY: Core biopsy of the liver lesion showed EMH."))
    assert found.status is BiopsyStatus.PERFORMED
    assert (found.method, found.target, found.result) == (
        "core biopsy",
        "liver lesion",
        "extramedullary hematopoiesis",
    )


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Biopsy was done in 2019. IMPRESSION: Repeat biopsy is not advised.", "not_recommended"),
        ("IMPRESSION: Biopsy is not advised.\nADDENDUM: Biopsy is now recommended.", "recommended"),
        ("ADDENDUM: Biopsy is recommended.\nIMPRESSION: Biopsy is not required.", "recommended"),
        ("FINDINGS: Biopsy is advised.\nIMPRESSION: Biopsy can be deferred.", "deferred"),
        (
            "IMPRESSION: Biopsy recommended.\nADDENDUM: The recommendation for biopsy is withdrawn.",
            "not_recommended",
        ),
    ],
)
def test_which_statement_counts(text: str, status: str) -> None:
    assert advice.biopsy(read(text)).status is BiopsyStatus(status)


def test_advice_is_given_once_and_keeps_its_condition() -> None:
    text = "IMPRESSION: MRI in 6 months is advised. MRI earlier if there is weakness. Repeat MRI in 6 months."
    assert [_brief(entry) for entry in advice.recommendations(read(text))] == ["follow_up_imaging:recommended"]
    (entry,) = advice.recommendations(read("IMPRESSION: Repeat MRI if symptoms recur."))
    assert entry.condition is not None
    assert entry.condition.startswith("if symptoms recur")


def test_a_relatives_biopsy_is_not_the_patients() -> None:
    assert advice.biopsy(read("HISTORY: Brother had a biopsy in 2019.")).status is BiopsyStatus.NOT_MENTIONED

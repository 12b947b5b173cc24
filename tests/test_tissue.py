"""Organs, nodes, iron, fat and bone: sentences that no rule was written for, each rule met and not met."""

from __future__ import annotations

import pytest

from emh_report.extract import extract
from emh_report.model import Findings


def organs(text: str) -> set[tuple[str, str, tuple[float, ...], str]]:
    return {(o.organ, o.finding, o.size_mm, o.assertion.value) for o in extract(text).organs}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a size with no verdict is a size, and a verdict takes the size
        ("Liver 17.9 cm, spleen 20cm.", {("liver", "size", (179,), "present"), ("spleen", "size", (200,), "present")}),
        ("The spleen, 17 cm, is enlarged.", {("spleen", "splenomegaly", (170,), "present")}),
        ("The spleen is not palpable. It measures 19 cm.", {("spleen", "size", (190,), "present")}),
        ("Spleen normal at 10.5 cm.", {("spleen", "splenomegaly", (105,), "absent")}),
        ("Liver 16 cm, normal attenuation.", {("liver", "size", (160,), "present")}),
        ("Liver at upper limits of normal, 16.0 cm.", {("liver", "size", (160,), "present")}),
        # one state of several organs
        ("LIVER 22 CM AND SPLEEN 28 CM, BOTH ENLARGED.", {("liver", "hepatomegaly", (220,), "present"), ("spleen", "splenomegaly", (280,), "present")}),
        ("Neither the liver nor the spleen is enlarged.", {("liver", "hepatomegaly", (), "absent"), ("spleen", "splenomegaly", (), "absent")}),
        ("No hepatic or splenic enlargement.", {("liver", "hepatomegaly", (), "absent"), ("spleen", "splenomegaly", (), "absent")}),
        # a denial reaches a label, an exception escapes it, and a hedge is about its subject
        ("Splenomegaly: no.", {("spleen", "splenomegaly", (), "absent")}),
        ("No organomegaly excluding hepatomegaly of 19 cm.", {("liver", "hepatomegaly", (190,), "present"), ("spleen", "splenomegaly", (), "absent")}),
        ("The spleen is possibly enlarged.", {("spleen", "splenomegaly", (), "possible")}),
        ("Splenomegaly has resolved.", {("spleen", "splenomegaly", (), "historical")}),
        ("Splenomegaly absent post splenectomy.", {("spleen", "splenomegaly", (), "absent")}),
        ("Spleen surgically absent.", {("spleen", "absent", (), "present")}),
        # today's size
        ("Prior: liver 21 cm. Today: liver 18 cm.", {("liver", "size", (180,), "present")}),
        ("Spleen 20cm, was 18.5cm.", {("spleen", "size", (200,), "present")}),
        ("The spleen has increased in size from 14 cm to 17 cm.", {("spleen", "size", (170,), "present")}),
        ("The spleen is increased in size.", {("spleen", "splenomegaly", (), "present")}),
        # stones
        ("The gallbladder contains multiple calculi.", {("gallbladder", "gallstones", (), "present")}),
        ("GB distended, calculi not seen.", {("gallbladder", "gallstones", (), "absent")}),
        ("Gallbladder normal. Stone in the left ureter.", set()),
        # what is no finding of the organ
        ("Spleen is enlarged and has a 3 cm mass within.", {("spleen", "splenomegaly", (), "present")}),
        ("A 4 cm mass in the liver. The mass in the spleen is large.", set()),
        ("Hepatic 3 cm mass.", set()),
        ("No pleural effusion or ascites. Pancreas normal.", set()),
        ("The kidney is displaced by an enlarged spleen (24 cm).", {("spleen", "splenomegaly", (240,), "present")}),
        ("Her sister has splenomegaly.", set()),
    ],
)  # fmt: skip
def test_organs(text: str, expected: set[tuple[str, str, tuple[float, ...], str]]) -> None:
    assert organs(text) == expected


def test_an_organ_keeps_its_size_from_the_mass_beside_it() -> None:
    findings = extract("Liver 18.5 cm, left paraspinal mass 3 cm at T9.")
    assert [lesion.size_mm for lesion in findings.lesions] == [(30,)]
    assert findings.organs[0].size_mm == (185,)


Node = tuple[str | None, str | None, tuple[float, ...], str, str]


def nodes(findings: Findings) -> list[Node]:
    return [
        (
            n.station,
            n.laterality.value if n.laterality else None,
            n.size_mm,
            n.necrosis.assertion.value,
            n.assertion.value,
        )
        for n in findings.lymph_nodes
    ]


UNSAID = "not_mentioned"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # each station its own side and size
        ("left external iliac node 22 mm; retrocrural 11 mm", [("external iliac", "left", (22,), UNSAID, "present"), ("retrocrural", None, (11,), UNSAID, "present")]),
        ("A 24 mm right common iliac node and 9 mm left inguinal node.", [("common iliac", "right", (24,), UNSAID, "present"), ("inguinal", "left", (9,), UNSAID, "present")]),
        ("Left supraclavicular (14 mm) and subcarinal (16 mm) nodes.", [("supraclavicular", "left", (14,), UNSAID, "present"), ("subcarinal", None, (16,), UNSAID, "present")]),
        ("Bilateral axillary and inguinal lymphadenopathy up to 3 cm.", [("axillary", "bilateral", (30,), UNSAID, "present"), ("inguinal", "bilateral", (30,), UNSAID, "present")]),
        ("Right hilar node has increased from 12 mm to 18 mm.", [("hilar", "right", (18,), UNSAID, "present")]),
        # necrosis in the next sentence, before the noun, denied, and another thing's
        ("Aortocaval node 18 mm. No necrosis.", [("aortocaval", None, (18,), "absent", "present")]),
        ("Necrotic left inguinal node 15 mm and retrocrural node 12 mm.", [("inguinal", "left", (15,), "present", "present"), ("retrocrural", None, (12,), UNSAID, "present")]),
        ("Nodes: aortocaval 15 mm; retrocrural 10 mm. Nodes are not necrotic.", [("aortocaval", None, (15,), "absent", "present"), ("retrocrural", None, (10,), "absent", "present")]),
        ("Left inguinal node 15 mm. The paravertebral mass is necrotic.", [("inguinal", "left", (15,), UNSAID, "present")]),
        # denials and exceptions
        ("No adenopathy.", [(None, None, (), UNSAID, "absent")]),
        ("The axillae are clear.", [("axillary", None, (), UNSAID, "absent")]),
        ("Mesenteric and inguinal nodes are not enlarged.", [("mesenteric", None, (), UNSAID, "absent"), ("inguinal", None, (), UNSAID, "absent")]),
        ("Nodes: none enlarged.", [(None, None, (), UNSAID, "absent")]),
        ("No lymph nodes are enlarged, the left external iliac group (22 mm, necrotic) excepted.", [("external iliac", "left", (22,), "present", "present")]),
        ("No new adenopathy. No other enlarged nodes.", []),
        ("The previously seen retrocrural node is no longer identified.", [("retrocrural", None, (), UNSAID, "historical")]),
        # a region's name sums up, and is no station without a node
        ("Para-aortic node 22 mm. Impression: retroperitoneal adenopathy.", [("para-aortic", None, (22,), UNSAID, "present")]),
        ("Retroperitoneal mass at the level of the renal hilum. The mediastinum is normal.", []),
        ("Left axillary node 14 mm with loss of the fatty hilum.", [("axillary", "left", (14,), UNSAID, "present")]),
    ],
)  # fmt: skip
def test_nodes(text: str, expected: list[Node]) -> None:
    assert nodes(extract(text)) == expected


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("Enlarged retrocrural nodes.", [()]),
        ("Aortocaval node 18 mm.", [(18,)]),
        ("Small periportal nodes, 9 mm.", []),
        ("Mediastinal nodes, 8 mm, not enlarged.", []),
        ("No mass is identified except for enlarged retrocrural nodes.", [()]),
        ("A conglomerate nodal mass, left para-aortic and aortocaval, 7.8 x 5.1 cm.", [(78, 51)]),
        ("Several normal inguinal nodes.", []),
        ("Nodal EMH is possible; left para-aortic node 13 mm.", [(13,)]),
    ],
)
def test_enlarged_groups_are_lesions(text: str, sizes: list[tuple[float, ...]]) -> None:
    lesions = extract(text).lesions
    assert [(lesion.kind.value, lesion.site.value) for lesion in lesions] == [("nodal", "lymph_node")] * len(sizes)
    assert [lesion.size_mm for lesion in lesions] == sizes


def test_a_nodal_lesion_has_its_enhancement_and_change() -> None:
    nodal, other = extract(
        "Nodes: new aortocaval nodes, 15 mm; retrocrural node unchanged, 12 mm. They show rim enhancement."
    ).lesions
    assert nodal.change is not None
    assert nodal.change.value == "new"
    assert nodal.enhancement.pattern == "rim"
    assert other.change is not None
    assert other.change.value == "stable"


def iron(text: str) -> tuple[str, dict[str, str]]:
    deposition = extract(text).iron_deposition
    return deposition.assertion.value, {site.site: site.assertion.value for site in deposition.sites}


@pytest.mark.parametrize(
    ("text", "whole", "sites"),
    [
        # named with the iron, following it, or the subject
        ("Marrow & hepatic siderosis.", "present", {"marrow": "present", "liver": "present"}),
        ("No siderosis of liver or spleen is seen; the bone marrow shows siderosis.", "present", {"liver": "absent", "spleen": "absent", "marrow": "present"}),
        ("Spleen is dark, in keeping with siderosis.", "present", {"spleen": "present"}),
        ("Masses at T8. They are hypointense on GRE, similar to liver, indicating iron within.", "present", {"lesion": "present"}),
        ("No iron in the masses, unlike the liver, which is siderotic.", "present", {"lesion": "absent", "liver": "present"}),
        ("Hepatosplenic siderosis.", "present", {"liver": "present", "spleen": "present"}),
        # contrast, exception, sparing
        ("Liver, not lesion, shows blooming on SWI.", "present", {"liver": "present", "lesion": "absent"}),
        ("Iron deposition in the liver but not in the spleen.", "present", {"liver": "present", "spleen": "absent"}),
        ("With the exception of the liver, no iron overload.", "present", {"liver": "present"}),
        ("Liver and marrow show iron overload, sparing the pancreas.", "present", {"liver": "present", "marrow": "present", "pancreas": "absent"}),
        ("Severe iron overload of the liver; the spleen and pancreas are spared.", "present", {"liver": "present", "spleen": "absent", "pancreas": "absent"}),
        # without an owner
        ("No blooming. Liver is dark, in keeping with siderosis.", "present", {"lesion": "absent", "liver": "present"}),
        ("Splenic T2* 22 ms. No blooming.", "absent", {"spleen": "absent"}),
        ("Blooming on SWI with signal void on T2.", "present", {}),
        ("IMPRESSION: No iron overload.", "absent", {}),
        # normal, hedged, past
        ("Normal cardiac iron. Vertebral marrow iron content is normal.", "absent", {"heart": "absent", "marrow": "absent"}),
        ("? splenic iron overload.", "possible", {"spleen": "possible"}),
        ("Siderosis of the liver has resolved on chelation.", "historical", {"liver": "historical"}),
        # blood, metal and calcium
        ("Susceptibility artefact from pedicle screws.", UNSAID, {}),
        ("Punctate susceptibility in both frontal lobes, chronic microhemorrhages.", UNSAID, {}),
        ("Epidural hematoma at T8 blooms on GRE.", UNSAID, {}),
        ("The paravertebral masses bloom on GRE; no calcification.", "present", {"lesion": "present"}),
        ("The hematoma has resolved, and the left paravertebral mass shows blooming.", "present", {"lesion": "present"}),
        # measured, asked, not looked for
        ("T2* quantification of liver iron is advised.", UNSAID, {}),
        ("Bone marrow aspirate: iron stores normal.", UNSAID, {}),
        ("If iron overload is suspected, cardiac T2* is advised.", "hypothetical", {}),
        ("No susceptibility imaging was obtained.", "not_assessed", {}),
        ("Iron was not specifically evaluated.", "not_assessed", {}),
        ("No comment can be made about the iron content of the liver.", "not_assessed", {"liver": "not_assessed"}),
        ("Paravertebral masses; gradient echo images show no signal loss.", "absent", {"lesion": "absent"}),
    ],
)  # fmt: skip
def test_iron(text: str, whole: str, sites: dict[str, str]) -> None:
    assert iron(text) == (whole, sites)


def test_iron_values_keep_their_organ_field_and_degree() -> None:
    deposition = extract(
        "TECHNIQUE: 1.5 T.\n\nFINDINGS: Septal T2* is 14.2 ms (previously 17.9 ms). Hepatic T2* 1.9 ms, LIC 13.5 mg/g."
        " Severe hepatic, mild-moderate cardiac iron overload."
    ).iron_deposition
    assert [(m.organ, m.quantity, m.value, m.unit, m.field_strength_t) for m in deposition.measurements] == [
        ("heart", "T2*", 14.2, "ms", 1.5),
        ("liver", "T2*", 1.9, "ms", 1.5),
        ("liver", "LIC", 13.5, "mg/g", 1.5),
    ]
    assert {site.site: site.degree for site in deposition.sites} == {
        "liver": "severe",
        "heart": "mild-moderate",
    }


def test_an_addendum_corrects_a_value() -> None:
    deposition = extract(
        "FINDINGS: Liver T2* 2.4 ms. Cardiac T2* 20 ms.\n\nADDENDUM: Corrected: liver T2* 1.2 ms."
    ).iron_deposition
    assert [(m.organ, m.value) for m in deposition.measurements] == [("heart", 20), ("liver", 1.2)]


def test_blood_products_are_no_iron_of_the_lesion() -> None:
    (lesion,) = extract("Epidural collection at T5-T7 that blooms on GRE, indicating blood products.").lesions
    assert lesion.iron.assertion.value == UNSAID


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        ("Residual fatty EMH only.", "present"),
        ("Left paravertebral mass. Its signal departs from that of vertebral marrow. No fat is seen within it.", "absent"),
        ("The mass may contain fat.", "possible"),
        ("Fatty liver. Paraspinal masses at T7.", UNSAID),
        ("Vertebral bodies L2-S1 fatty after irradiation. Presacral mass unchanged.", UNSAID),
        ("Left axillary node with loss of the fatty hilum. Presacral mass.", UNSAID),
    ],
)  # fmt: skip
def test_fatty_change(text: str, assertion: str) -> None:
    assert extract(text).fatty_change.assertion.value == assertion


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T12 wedge fracture, old.", [("vertebral compression fracture", None, ("T12",), "present")]),
        ("Prior fractures of T7 and T9 are stable.", [("fracture", None, ("T7", "T9"), "present")]),
        ("Marrow edema at T5 has resolved.", [("abnormal marrow signal", None, ("T5",), "historical")]),
        ("No vertebral collapse.", [("vertebral compression fracture", None, (), "absent")]),
        ("AVN of the left femoral head.", [("avascular necrosis", "left", (), "present")]),
        (
            "T6-T9 vertebrae show fatty marrow.",
            [("fatty marrow change", None, ("T6", "T7", "T8", "T9"), "present")],
        ),
        ("Marrow is markedly hypointense on T1 and T2.", [("low marrow signal", None, (), "present")]),
        ("T1 vertebra shows T2 hyperintensity.", [("high marrow signal", None, ("T1",), "present")]),
        ("Masses are isointense to marrow on T1 and hyperintense to marrow on T2.", []),
    ],
)
def test_bone_marrow(text: str, expected: list[tuple[str, str | None, tuple[str, ...], str]]) -> None:
    found = [
        (b.finding, b.laterality.value if b.laterality else None, b.levels, b.assertion.value)
        for b in extract(text).bone_marrow
    ]
    assert found == expected


def test_an_expanded_rib_is_a_lesion_of_its_own() -> None:
    (lesion,) = extract("The posterior right 6th through 8th ribs are expanded, up to 2.9 cm in thickness.").lesions
    assert (lesion.kind.value, lesion.site.value, lesion.laterality, lesion.size_mm) == (
        "marrow_expansion",
        "rib",
        "right",
        (29,),
    )
    assert extract("The ribs are not expanded.").lesions == ()

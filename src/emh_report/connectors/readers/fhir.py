"""FHIR R4, R4B, R5: DiagnosticReport as a file, in a Bundle, or as NDJSON. What is read here is the same in all three.

A report that emh-report wrote carries its findings, and they are passed on unchanged. ``presentedForm`` is read as
text, HTML, PDF or RTF, in this order; nothing is fetched from a URL, but a Binary of the same Bundle is found.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from emh_report.connectors._html import text_of as html_text
from emh_report.connectors.base import FINDINGS_MEDIA_TYPE, Found, ReadOptions, Reject, Report, Row, RowError
from emh_report.connectors.files import checked, decoded, listed, mapping, rows_of_files
from emh_report.connectors.readers.jsonl import lines_of

_WITHDRAWN = frozenset({"cancelled", "entered-in-error"})
_EARLY = frozenset({"registered", "partial", "preliminary", "modified"})
_COMPANIONS = frozenset(
    "Account Basic Binary BodyStructure CarePlan CareTeam Communication Composition Condition Consent Coverage Device"
    " DeviceMetric DocumentReference Encounter Endpoint EpisodeOfCare FamilyMemberHistory Flag Goal Group"
    " HealthcareService ImagingSelection ImagingStudy List Location Media MedicationAdministration MedicationRequest"
    " MedicationStatement"
    " MessageHeader Observation OperationOutcome Organization Parameters Patient Person Practitioner PractitionerRole"
    " Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson ResearchSubject RiskAssessment Schedule"
    " ServiceRequest Slot Specimen Substance Task".split()
)
"""Resources that come along with a report; another one is told."""
_ORDER = (FINDINGS_MEDIA_TYPE, "text/plain", "text/html", "application/xhtml+xml", "application/pdf", "application/rtf")
_LARGEST = 500_000_000
"""Bytes of a Bundle, which is read as a whole; NDJSON has no limit."""


def sniff(head: bytes, name: str) -> bool:
    """JSON that names its resource type."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"{") and b'"resourceType"' in head and b'"schema_version"' not in head[:200]


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """A row a DiagnosticReport; of several versions of one in a Bundle, the last."""
    yield from rows_of_files(source, options, lambda path, name: _file(path, name, options))


def _file(path: Path, name: str, options: ReadOptions) -> Iterator[Row]:
    resources = list(_whole(path)) if path.stat().st_size < _LARGEST else []
    if resources:
        yield from _resource(resources[0], name, 0, name, options)
        return
    for number, offset, line in lines_of(path):
        place = f"{name}:{number}"
        try:
            value = json.loads(line.decode("utf-8-sig")) if line is not None else None
        except UnicodeDecodeError:
            yield Reject(place, "encoding", name, offset)
            continue
        except (ValueError, RecursionError):
            yield Reject(place, "bad_json", name, offset)
            continue
        if line is None:
            yield Reject(place, "too_large", name, offset)
        else:
            yield from _resource(value, place, offset, name, options)


def _whole(path: Path) -> Iterator[Any]:
    """The one JSON value of a file; nothing for NDJSON of several lines and for what is not JSON."""
    try:
        yield json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return


def _resource(value: Any, place: str, offset: int, name: str, options: ReadOptions) -> Iterator[Row]:
    kind = mapping(value).get("resourceType")
    if kind == "Bundle":
        yield from _bundle(mapping(value), place, offset, name, options)
    elif kind == "DiagnosticReport":
        yield _report(mapping(value), place, offset, name, {}, options)
    else:
        yield Reject(place, "not_a_report" if isinstance(value, dict) else "not_an_object", name, offset)


def _bundle(bundle: Mapping[str, Any], place: str, offset: int, name: str, options: ReadOptions) -> Iterator[Row]:
    entries = [mapping(entry) for entry in listed(bundle.get("entry"))]
    known: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        resource = mapping(entry.get("resource"))
        known[f"{resource.get('resourceType')}/{resource.get('id')}"] = resource
        known[str(entry.get("fullUrl"))] = resource
    reports: dict[str, tuple[str, Mapping[str, Any]]] = {}
    count = 0
    for number, entry in enumerate(entries, 1):
        resource = mapping(entry.get("resource"))
        kind, here = resource.get("resourceType"), f"{place}#{number}"
        if kind == "Bundle":
            count += 1
            yield from _bundle(resource, here, offset, name, options)
        elif kind == "DiagnosticReport":
            count += 1
            id = _id(resource) or here
            if id not in reports or _version(resource) >= _version(reports[id][1]):
                reports[id] = (here, resource)
        elif kind not in _COMPANIONS:
            count += 1
            yield Reject(here, "not_a_report", name, offset)
    for here, resource in reports.values():
        yield _report(resource, here, offset, name, known, options)
    if not count:
        yield Reject(place, "not_a_report", name, offset)


def _report(
    report: Mapping[str, Any],
    place: str,
    offset: int,
    name: str,
    known: Mapping[str, Mapping[str, Any]],
    options: ReadOptions,
) -> Row:
    id = _id(report) or place
    date = str(report.get("effectiveDateTime") or mapping(report.get("effectivePeriod")).get("start") or "")[:10]
    try:
        forms = sorted(_forms(report, known), key=lambda form: form[0])
        if forms and forms[0][0] == 0:
            return Found(forms[0][1].decode("utf-8"), id, date or None, file=name, offset=offset)
        status = report.get("status")
        if status in _WITHDRAWN:
            return Reject(id, "withdrawn", name, offset)
        if status in _EARLY and not options.preliminary:
            return Reject(id, "not_final", name, offset)
        text = checked(_text(report, forms))
    except RowError as error:
        return Reject(id, "no_text" if error.code == "empty" else error.code, name, offset)
    patient = _patient(report, known) if options.patient_field else None
    return Report(text, id, patient, date or None, file=name, offset=offset)


def _text(report: Mapping[str, Any], forms: list[tuple[int, bytes, str]]) -> str:
    """The presented form, and behind it the conclusion where it does not hold that already."""
    text = "\n\n".join(_read_form(*form) for form in forms if form[0] == forms[0][0])
    conclusion = str(report.get("conclusion") or "")
    if not text.strip():
        return conclusion
    if " ".join(conclusion.split()).casefold() in " ".join(text.split()).casefold():
        return text
    return f"{text.rstrip()}\n\nCONCLUSION:\n{conclusion}"


def _forms(report: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[int, bytes, str]]:
    """Rank, content and content type of every attachment that can be read."""
    for attachment in map(mapping, listed(report.get("presentedForm"))):
        kind = str(attachment.get("contentType") or "text/plain").lower()
        data = attachment.get("data") or known.get(str(attachment.get("url")), {}).get("data")
        plain = kind.split(";")[0].strip().replace("text/rtf", "application/rtf")
        if not isinstance(data, str) or plain not in _ORDER:
            continue
        try:
            yield _ORDER.index(plain), base64.b64decode("".join(data.split()), validate=True), kind
        except (binascii.Error, ValueError):
            raise RowError("damaged") from None


def _read_form(rank: int, data: bytes, kind: str) -> str:
    plain = _ORDER[rank]
    if plain == "application/pdf":
        from emh_report.connectors.readers.pdf import text_of

        return text_of(data)
    if plain == "application/rtf":
        from emh_report.connectors.readers.rtf import text_of as rtf_text

        return rtf_text(data)
    charset = kind.partition("charset=")[2].strip(' "') or None
    try:
        text = decoded(data, charset)
    except RowError:
        raise
    except Exception:
        raise RowError("encoding") from None
    return html_text(text) if "html" in plain else text


def _id(report: Mapping[str, Any]) -> str:
    """The resource's id, which is unique on its server, else its first identifier."""
    first = mapping(next(iter(listed(report.get("identifier"))), None))
    return str(report.get("id") or first.get("value") or "")


def _version(report: Mapping[str, Any]) -> tuple[str, int]:
    meta = mapping(report.get("meta"))
    number = str(meta.get("versionId") or "")
    return str(meta.get("lastUpdated") or report.get("issued") or ""), int(number) if number.isdecimal() else 0


def _patient(report: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The subject's identifier: its own, that of the Patient in the Bundle, else the reference."""
    subject = mapping(report.get("subject"))
    reference = str(subject.get("reference") or "")
    patient = known.get(reference, {})
    for holder in (subject.get("identifier"), *listed(patient.get("identifier"))):
        value = mapping(holder).get("value")
        if value:
            return f"{mapping(holder).get('system') or ''}|{value}"
    return reference or None

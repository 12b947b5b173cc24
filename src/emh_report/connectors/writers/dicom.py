"""DICOM SR: a folder with one ``.dcm`` for each report, Basic Text or (``--set sop=enhanced``) Enhanced SR, by pydicom.

Patient and study are never invented: they come from the report (a source of DICOM SR) or from ``--set
context=FILE``, CSV with a column ``id`` (the report's id) and a column for each DICOM keyword, StudyInstanceUID and
PatientID at least. A report without them is rejected. Everything is PARTIAL and UNVERIFIED: a person verifies. The
document carries its findings, and our reader gives them back unchanged.
"""

from __future__ import annotations

import csv
import io
import logging
import re
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from emh_report.connectors.base import (
    FINDINGS_CODE,
    LONGEST_REPORT,
    BaseWriter,
    Result,
    RowError,
    need,
    stable_uuid,
)
from emh_report.connectors.codes import FINDINGS, IMAGING_REPORT, Coded
from emh_report.errors import EmhReportError

SOP_CLASSES = {"basic": "1.2.840.10008.5.1.4.1.1.88.11", "enhanced": "1.2.840.10008.5.1.4.1.1.88.22"}
REQUIRED = ("StudyInstanceUID", "PatientID")
OPTIONAL = (
    "AccessionNumber",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientName",
    "PatientSex",
    "ReferringPhysicianName",
    "StudyDate",
    "StudyID",
    "StudyTime",
)
_TYPE_2 = ("AccessionNumber", "PatientBirthDate", "PatientName", "PatientSex", "ReferringPhysicianName")
_TYPE_2_STUDY = ("StudyDate", "StudyID", "StudyTime")
_SERIES_NUMBER = 9900
"""Far from the numbers of scanners and viewers."""
_UID = re.compile(r"(?=.{1,64}\Z)(0|[1-9]\d*)(\.(0|[1-9]\d*))+")
_SCHEMES = {"http://loinc.org": "LN", "http://radlex.org": "RADLEX"}
_SIZE = Coded("DCM", "121206", "Distance")


class Writer(BaseWriter):
    """One structured report a file."""

    SUFFIX = ".dicom"
    FOLDER = True
    SETTINGS = ("context", "sop")

    def start(self) -> None:
        """Check the settings."""
        self._sop = self.options.settings.get("sop", "basic")
        if self._sop not in SOP_CLASSES:
            raise EmhReportError(f"--set sop={self._sop}: expected one of {', '.join(SOP_CLASSES)}")
        self._pydicom = need("pydicom", "dicom", "DICOM SR")
        settings = need("pydicom.config", "dicom", "DICOM SR").settings
        settings.writing_validation_mode = 2  # RAISE: a warning would quote the value, and so would the log
        logging.getLogger("pydicom").setLevel(logging.CRITICAL)
        self._contexts = _contexts(self.options.settings.get("context"))

    def write(self, result: Result) -> None:
        """One file, named by its SOP instance UID."""
        context = dict(result.context) | dict(self._contexts.get(result.id, {}))
        if not all(context.get(name) for name in REQUIRED) or not _UID.fullmatch(context["StudyInstanceUID"]):
            raise RowError("no_context")
        if len(result.json) > LONGEST_REPORT:
            raise RowError("unwritable")
        try:
            dataset, content = self._dataset(result, context), io.BytesIO()
            dataset.save_as(content, enforce_file_format=True)
        except Exception:  # a value that its VR cannot hold; the message quotes it
            raise RowError("unwritable") from None
        with (self.target / f"{dataset.SOPInstanceUID}.dcm").open("xb") as stream:
            stream.write(content.getbuffer())

    def close(self) -> None:
        """Every file is closed."""

    def _dataset(self, result: Result, context: Mapping[str, str]) -> Any:
        from pydicom.dataset import FileMetaDataset
        from pydicom.uid import UID, ExplicitVRLittleEndian

        dataset = self._pydicom.Dataset()
        dataset.SpecificCharacterSet = "ISO_IR 192"
        dataset.SOPClassUID = SOP_CLASSES[self._sop]
        dataset.SOPInstanceUID = _uid("instance", context["StudyInstanceUID"], result.id, result.key, self._sop)
        dataset.SeriesInstanceUID = _uid("series", context["StudyInstanceUID"], result.id)
        for name in (*_TYPE_2, *_TYPE_2_STUDY):
            setattr(dataset, name, "")
        for name in (*REQUIRED, *OPTIONAL):
            if context.get(name):
                setattr(dataset, name, context[name])
        dataset.Modality = "SR"
        dataset.SeriesNumber = _SERIES_NUMBER
        dataset.InstanceNumber = 1
        dataset.Manufacturer = "emh-report"
        dataset.SoftwareVersions = self.options.version
        dataset.ContentDate = f"{self.options.run_date:%Y%m%d}"
        dataset.ContentTime = "000000"
        dataset.CompletionFlag = "PARTIAL"
        dataset.CompletionFlagDescription = "Made by software from a report's text; no person checked it"
        dataset.VerificationFlag = "UNVERIFIED"
        dataset.PreliminaryFlag = "PRELIMINARY"
        dataset.ReferencedPerformedProcedureStepSequence = []
        dataset.PerformedProcedureCodeSequence = []
        dataset.update(self._content(result))
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.ImplementationClassUID = UID(_uid("implementation"))
        meta.ImplementationVersionName = "EMH_REPORT"
        dataset.file_meta = meta
        return dataset

    def _content(self, result: Result) -> Any:
        """The tree: template 2000, one section a part of the structured report, sizes as numbers in Enhanced SR."""
        root = self._item("CONTAINER", IMAGING_REPORT)
        root.ContinuityOfContent = "SEPARATE"
        template = self._pydicom.Dataset()
        template.MappingResource, template.TemplateIdentifier = "DCMR", "2000"
        root.ContentTemplateSequence = [template]
        root.ContentSequence = list(self._children(result))
        return root

    def _children(self, result: Result) -> Iterator[Any]:
        from emh_report.render import render

        language = Coded("DCM", "121049", "Language of Content Item and Descendants")
        yield self._code("HAS CONCEPT MOD", language, Coded("RFC5646", "en", "English"))
        observer = Coded("DCM", "121005", "Observer Type")
        yield self._code("HAS OBS CONTEXT", observer, Coded("DCM", "121007", "Device"))
        device = self._item("UIDREF", Coded("DCM", "121012", "Device Observer UID"), "HAS OBS CONTEXT")
        device.UID = _uid("device", self.options.version)
        yield device
        yield self._text(
            "HAS OBS CONTEXT", Coded("DCM", "121013", "Device Observer Name"), f"emh-report {self.options.version}"
        )
        section = self._item("CONTAINER", FINDINGS, "CONTAINS")
        section.ContinuityOfContent = "SEPARATE"
        finding = Coded("DCM", "121071", "Finding")
        section.ContentSequence = [self._text("CONTAINS", finding, render(result.findings, format="text").strip())]
        if self._sop == "enhanced":
            section.ContentSequence.extend(self._sizes(result))
        yield section
        value, scheme, meaning = FINDINGS_CODE
        yield self._text("CONTAINS", Coded(scheme, value, meaning), result.json)

    def _sizes(self, result: Result) -> Iterator[Any]:
        for lesion in result.findings.lesions:
            for number, size in enumerate(lesion.size_mm, 1):
                item = self._item("NUM", _SIZE, "CONTAINS")
                measured = self._pydicom.Dataset()
                measured.NumericValue = f"{size:g}"[:16]
                measured.MeasurementUnitsCodeSequence = [self._coded(Coded("UCUM", "mm", "mm"))]
                item.MeasuredValueSequence = [measured]
                name = Coded("DCM", "121106", "Comment")
                comment = f"{lesion.id}, {lesion.site.value.replace('_', ' ')}, size {number} as stated"
                item.ContentSequence = [self._text("HAS PROPERTIES", name, comment)]
                yield item

    def _item(self, kind: str, name: Coded, relation: str | None = None) -> Any:
        item = self._pydicom.Dataset()
        if relation:
            item.RelationshipType = relation
        item.ValueType = kind
        item.ConceptNameCodeSequence = [self._coded(name)]
        return item

    def _text(self, relation: str, name: Coded, text: str) -> Any:
        item = self._item("TEXT", name, relation)
        item.TextValue = text
        return item

    def _code(self, relation: str, name: Coded, value: Coded) -> Any:
        item = self._item("CODE", name, relation)
        item.ConceptCodeSequence = [self._coded(value)]
        return item

    def _coded(self, code: Coded) -> Any:
        dataset = self._pydicom.Dataset()
        dataset.CodeValue = code.code
        dataset.CodingSchemeDesignator = _SCHEMES.get(code.system, code.system)
        dataset.CodeMeaning = code.display
        return dataset


def _uid(*parts: object) -> str:
    """A UID of UUIDs (PS3.5 B.2), the same for the same parts."""
    return f"2.25.{uuid.UUID(stable_uuid('dicom', *parts)).int}"


def _contexts(file: str | None) -> dict[str, dict[str, str]]:
    if not file:
        return {}
    path = Path(file)
    known = (*REQUIRED, *OPTIONAL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            table = csv.DictReader(stream)
            header = set(table.fieldnames or ())
            unknown = sorted(header - {"id", *known})
            if not {"id", *REQUIRED} <= header or unknown:
                raise EmhReportError(
                    f"--set context={path.name}: expected columns id, {', '.join(REQUIRED)} and any of "
                    f"{', '.join(OPTIONAL)}"
                )
            return {row["id"]: {name: (row.get(name) or "").strip() for name in known} for row in table}
    except OSError as error:
        raise EmhReportError(f"--set context={path.name}: cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, csv.Error):
        raise EmhReportError(f"--set context={path.name}: expected CSV in UTF-8") from None

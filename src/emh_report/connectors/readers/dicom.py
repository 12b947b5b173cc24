"""DICOM structured reports: Basic, Enhanced and Comprehensive Text SR. The content tree becomes text, in its order.

Containers become headings, codes and numbers ``name: value``; who reported, on which device and about whom (observation
context) is not the report's text. A report that emh-report wrote carries its findings, and they are passed on.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emh_report.connectors.base import FINDINGS_CODE, Found, ReadOptions, Report, Row, RowError, need
from emh_report.connectors.files import checked, read_all, rows_of_files

ONE_A_FILE = True
_SR = "1.2.840.10008.5.1.4.1.1.88."
"""SOP classes of structured reports begin so (DICOM PS3.6)."""
_NO_TEXT = ("50", "59", "65", "67", "40", "69")
"""Of these, mammography and chest CAD, key objects, radiation dose and procedure logs are no reports."""
_CONTEXT = frozenset({"HAS OBS CONTEXT", "HAS CONCEPT MOD", "HAS ACQ CONTEXT"})
_KEPT = (
    "StudyInstanceUID", "SOPInstanceUID", "PatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyDate",
    "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName", "IssuerOfPatientID",
)  # fmt: skip


def sniff(head: bytes, name: str) -> bool:
    """The DICOM prefix, or the name."""
    return head[128:132] == b"DICM" or name.lower().endswith((".dcm", ".dicom"))


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """A report a file; its id is the SOP instance UID."""
    need("pydicom", "dicom", "DICOM SR")
    yield from rows_of_files(source, options, lambda path, name: _one(path, name, options))


def _one(path: Path, name: str, options: ReadOptions) -> Iterator[Row]:
    dataset = _dataset(path)
    kind = str(dataset.get("SOPClassUID", ""))
    if not kind.startswith(_SR) or kind.removeprefix(_SR) in _NO_TEXT:
        raise RowError("not_a_report")
    context = {key: str(dataset.get(key)) for key in _KEPT if dataset.get(key)}
    id = context.get("SOPInstanceUID") or name
    stamp = context.get("StudyDate", "")
    date = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}" if len(stamp) == 8 and stamp.isdigit() else None
    for item in _items(dataset):
        if _coded(item, "ConceptNameCodeSequence")[:2] == FINDINGS_CODE[:2]:
            yield Found(str(item.get("TextValue", "")), id, date, context)
            return
    text = "\n".join(_lines(dataset, ""))
    if not text.strip():
        raise RowError("no_text")
    patient = context.get("PatientID") if options.patient_field else None
    if patient and context.get("IssuerOfPatientID"):
        patient += f"^^^{context['IssuerOfPatientID']}"
    yield Report(checked(text), id, patient, date, context)


def _dataset(path: Path) -> Any:
    pydicom = need("pydicom", "dicom", "DICOM SR")
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    data_size = path.stat().st_size
    if not data_size:
        raise RowError("empty")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they quote values of the file
        try:
            dataset = pydicom.dcmread(path, specific_tags=["SOPClassUID"], stop_before_pixels=True)
            if not str(dataset.get("SOPClassUID", "")).startswith(_SR):
                raise RowError("not_a_report")
            read_all(path)
            dataset = pydicom.dcmread(path)
            if _is_cut(dataset):
                raise RowError("truncated")
            dataset.decode()
        except (RowError, OSError) as error:
            if isinstance(error, EOFError):
                raise RowError("truncated") from None
            raise
        except EOFError:
            raise RowError("truncated") from None
        except Exception:
            raise RowError("damaged") from None
    return dataset


def _is_cut(dataset: Any) -> bool:
    """Whether a value is shorter than the file says; pydicom takes what there is without a word."""
    for tag in list(dataset.keys()):
        raw = dataset.get_item(tag)
        length, value = getattr(raw, "length", None), getattr(raw, "value", None)
        if length not in (None, 0xFFFFFFFF) and isinstance(value, bytes) and len(value) < length:
            return True
    return False


def _items(dataset: Any) -> Iterator[Any]:
    for item in dataset.get("ContentSequence") or ():
        yield item
        yield from _items(item)


def _lines(parent: Any, heading: str) -> Iterator[str]:
    """The content items below one, as lines; ``heading`` is the container's."""
    for item in parent.get("ContentSequence") or ():
        if item.get("RelationshipType") in _CONTEXT:
            continue
        name = _coded(item, "ConceptNameCodeSequence")[2].strip().rstrip(":")
        kind = item.get("ValueType")
        if kind == "CONTAINER":
            if name:
                yield f"{name}:"
            yield from _lines(item, name)
            continue
        value = _value(item, kind)
        if value:
            same = not name or (heading and name.casefold().rstrip("s")[:8] == heading.casefold().rstrip("s")[:8])
            yield value if same else f"{name}: {value}"
        yield from _lines(item, heading)


def _value(item: Any, kind: Any) -> str:
    if kind == "TEXT":
        return str(item.get("TextValue") or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if kind == "CODE":
        return _coded(item, "ConceptCodeSequence")[2]
    if kind == "NUM":
        measured = next(iter(item.get("MeasuredValueSequence") or ()), None)
        if measured is None:
            return ""
        unit = _coded(measured, "MeasurementUnitsCodeSequence")[0]
        return f"{measured.get('NumericValue')} {'' if unit == '1' else unit}".strip()
    return ""


def _coded(item: Any, name: str) -> tuple[str, str, str]:
    """Value, scheme and meaning of a coded entry."""
    code = next(iter(item.get(name) or ()), None)
    if code is None:
        return "", "", ""
    return str(code.get("CodeValue", "")), str(code.get("CodingSchemeDesignator", "")), str(code.get("CodeMeaning", ""))

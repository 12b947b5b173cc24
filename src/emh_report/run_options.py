"""What a run can be told, checked; nothing here reads or writes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from emh_report.connectors.base import ReadOptions
from emh_report.errors import EmhReportError

COLUMNS_ONLY = frozenset({"csv", "parquet", "jsonl"})
"""Formats whose patient field is the user's own column, which may hold pseudonyms already."""
IDENTIFIERS = {"hl7": "PID-3", "fhir": "subject", "dicom": "PatientID"}
"""What the others call it, where they have one."""


@dataclass(frozen=True)
class RunOptions:
    """All that a run can be told; the defaults are the command's."""

    reader: str | None = None
    """Format of the source; None: found out."""
    writer: str | None = None
    """Format of the target; None: by its suffix."""
    read: ReadOptions = field(default_factory=ReadOptions)
    lexicons: tuple[Path, ...] = ()
    jobs: int = 1
    resume: bool = True
    stop: bool = False
    """Whether the first bad row ends the run."""
    run_date: date | None = None
    evidence_text: bool = True
    patient_key: bytes | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


def today() -> date:
    """SOURCE_DATE_EPOCH (reproducible-builds.org), else today in UTC."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise EmhReportError("SOURCE_DATE_EPOCH: expected seconds since 1970") from None


def check_patient(formats: Set[str], options: RunOptions) -> None:
    """An identifier of a hospital is never written as it is; a column of the user's table may hold pseudonyms."""
    known = {IDENTIFIERS[name] for name in formats if name in IDENTIFIERS}
    if options.read.patient_field and not formats & COLUMNS_ONLY and options.read.patient_field not in known:
        has = f"expected {' or '.join(sorted(known))}" if known else "this format has no identifier of the patient"
        raise EmhReportError(f"--patient-id {options.read.patient_field}: {has}")
    if options.read.patient_field and options.patient_key is None and not formats <= COLUMNS_ONLY:
        raise EmhReportError(
            f"--patient-id {options.read.patient_field}: give --patient-key FILE; patients' identifiers are only "
            "written as keyed hashes"
        )
    if options.patient_key is not None and not options.read.patient_field:
        raise EmhReportError("--patient-key: give --patient-id too, which says where the identifier is")


def shaping(reader: str, writer: str, options: RunOptions) -> dict[str, Any]:
    """What shapes the result, without paths of this machine and without the key."""
    return {
        "from": reader,
        "format": writer,
        "read": {name: value for name, value in asdict(options.read).items() if name != "files"},
        "on_error": "stop" if options.stop else "skip",
        "evidence_text": options.evidence_text,
        "patient_ids_hashed": options.patient_key is not None,
        "set": {name: options.settings[name] for name in sorted(options.settings)},
    }

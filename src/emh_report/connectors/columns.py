"""Which columns of a table, or keys of JSON objects, hold the report, its id, its patient and its date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from emh_report.connectors.base import ReadOptions
from emh_report.connectors.files import NoSuchColumn

TEXTS = (
    "report_text", "reporttext", "text", "report", "note_text", "narrative", "radiology_report", "report_body", "body",
    "note", "full_text", "content",
)  # fmt: skip
IDS = (
    "report_id", "id", "accession_number", "accession", "accessionnumber", "note_id", "exam_id", "study_id", "order_id",
    "document_id", "doc_id", "record_id", "uid",
)  # fmt: skip
DATES = ("report_date", "study_date", "exam_date", "note_date", "date")


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns; None where there is none."""

    text: str
    id: str | None = None
    patient: str | None = None
    date: str | None = None


def choose(names: Sequence[str], options: ReadOptions) -> Columns:
    """The columns that the user named, else those whose names say what they hold; names that are given must exist.

    Names are not quoted: of a table without a header they would be a report.
    """
    text = _named("--text", options.text_field, names) or _guess(TEXTS, names)
    if text is None:
        raise NoSuchColumn("no column has the name of a report's text; give --text (is there a header?)")
    return Columns(
        text,
        _named("--id", options.id_field, names) or _guess(IDS, names),
        _named("--patient-id", options.patient_field, names),
        _named("--date", options.date_field, names) or _guess(DATES, names),
    )


def _named(option: str, wanted: str | None, names: Sequence[str]) -> str | None:
    if wanted is None:
        return None
    if wanted not in names:
        raise NoSuchColumn(f"{option} {wanted}: no such column")
    return wanted


def _guess(known: Sequence[str], names: Sequence[str]) -> str | None:
    plain = {re.sub(r"[^a-z]+", "_", name.strip().lower()).strip("_"): name for name in reversed(names)}
    return next((plain[name] for name in known if name in plain), None)

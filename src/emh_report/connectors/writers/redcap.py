"""REDCap: a folder with ``data_dictionary.csv`` (Designer → Upload) and ``import.csv`` (Data Import Tool).

Two instruments: ``report``, and ``lesion``, which must be made repeatable in the project's setup. A record is a
report. Forms arrive as *unverified*; that one is complete is for a person to say. ``--set event=NAME`` fills
``redcap_event_name`` for a longitudinal project.
"""

from __future__ import annotations

import csv
import re
from contextlib import ExitStack
from typing import Any

from emh_report.connectors.base import BaseWriter, Result, RowError
from emh_report.connectors.tables import JOIN, Column, Row, Value, shown, tables
from emh_report.errors import EmhReportError

DICTIONARY = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
RECORD = "record_id"
UNVERIFIED = "1"
_FORMS = {"reports": "report", "lesions": "lesion"}
_LONGEST_ID = 100
_EVENT = re.compile(r"[a-z0-9_]+")


class Writer(BaseWriter):
    """Data dictionary and import file of one project."""

    SUFFIX = ".redcap"
    FOLDER = True
    SETTINGS = ("event",)

    def start(self) -> None:
        """Write the dictionary, and the header of the import."""
        self._event = self.options.settings.get("event", "")
        if self._event and not _EVENT.fullmatch(self._event):
            raise EmhReportError("--set event: expected REDCap's unique event name, such as baseline_arm_1")
        self._stack = ExitStack()
        words = self._create("data_dictionary.csv")
        words.writerow(DICTIONARY)
        words.writerows(dictionary())
        self._import = self._create("import.csv")
        self._header = [RECORD, *(["redcap_event_name"] if self._event else [])]
        self._header += ["redcap_repeat_instrument", "redcap_repeat_instance"]
        for table, form in _FORMS.items():
            for column in _columns(table):
                self._header += list(_cells(table, column, None))
            self._header.append(f"{form}_complete")
        self._import.writerow(self._header)

    def _create(self, name: str) -> Any:
        stream = self._stack.enter_context((self.target / name).open("x", encoding="utf-8", newline=""))
        return csv.writer(stream, lineterminator="\n")

    def write(self, result: Result) -> None:
        """A row for the report, and one for each lesion."""
        if len(result.id) > _LONGEST_ID or not result.id.strip():
            raise RowError("unwritable")
        lines = []
        for table in tables():
            if table.name in _FORMS:
                for number, row in enumerate(table.rows(result), 1):
                    lines.append(self._line(table.name, row, number))
        self._import.writerows(lines)

    def _line(self, table: str, row: Row, number: int) -> list[str]:
        cells = {RECORD: shown(row["report_id"]), "redcap_event_name": self._event}
        if table == "lesions":
            cells |= {"redcap_repeat_instrument": "lesion", "redcap_repeat_instance": str(number)}
        for column in _columns(table):
            cells |= _cells(table, column, row[column.name])
        cells[f"{_FORMS[table]}_complete"] = UNVERIFIED
        return [cells.get(name, "") for name in self._header]

    def close(self) -> None:
        """Close the files."""
        if hasattr(self, "_stack"):
            self._stack.close()


def dictionary() -> list[tuple[str, ...]]:
    """The 18 columns of each field, record id first, a form's fields together."""
    fields = [_field(RECORD, "report", "", "text", "Report id", "", "source.id")]
    for table, form in _FORMS.items():
        header = ""
        for column in _columns(table):
            group = column.path.removeprefix("lesions.").split(".")[0].replace("_", " ").capitalize()
            fields.append(_column_field(_name(table, column), form, group if group != header else "", column))
            header = group
    return fields


def _columns(table: str) -> list[Column]:
    """The columns of a form: those of the table, but the report's id, which is the record's."""
    found = next(each for each in tables() if each.name == table)
    own = [column for column in found.columns if column.name != "report_id"]
    return [column for column in own if table == "reports" or column.name != "patient_id"]


def _name(table: str, column: Column) -> str:
    """A field name must be unique in the project, so a lesion's begin with ``lesion_``."""
    return column.name if table == "reports" or column.name.startswith("lesion_") else f"lesion_{column.name}"


def _column_field(name: str, form: str, header: str, column: Column) -> tuple[str, ...]:
    label = name.replace("_", " ").capitalize()
    choices = " | ".join(f"{code(choice)}, {choice.replace('_', ' ')}" for choice in column.choices)
    if column.choices:
        return _field(name, form, header, "checkbox" if column.many else "dropdown", label, choices, column.path)
    if column.kind == "boolean":
        return _field(name, form, header, "yesno", label, "", column.path)
    if column.kind in ("integer", "number"):
        return _field(name, form, header, "text", label, "", column.path, column.kind)
    identifier = "y" if name == "patient_id" else ""
    kind = "text" if column.name.endswith(("_id", "_date", "_key", "levels", "level")) else "notes"
    return _field(name, form, header, kind, label, "", column.path, "", identifier)


def _field(
    name: str,
    form: str,
    header: str,
    kind: str,
    label: str,
    choices: str,
    path: str,
    validation: str = "",
    identifier: str = "",
) -> tuple[str, ...]:
    note = f"emh-report: {path}" if path else ""
    filled = (name, form, header, kind, label, choices, note, validation, "", "", identifier)
    return filled + ("",) * (len(DICTIONARY) - len(filled))


def _cells(table: str, column: Column, value: Value) -> dict[str, str]:
    """The cells of one value: a checkbox has one for each choice."""
    name = _name(table, column)
    if column.choices and column.many:
        chosen = str(value).split(JOIN) if value is not None else []
        return {f"{name}___{code(choice)}": str(int(choice in chosen)) for choice in column.choices}
    if column.choices:
        return {name: "" if value is None else code(str(value))}
    if isinstance(value, bool):
        return {name: str(int(value))}
    return {name: shown(value)}


def code(choice: str) -> str:
    """A choice as REDCap's raw value: lower case, digits, underscores; it stays when choices are added."""
    return re.sub(r"[^a-z0-9]+", "_", choice.lower().replace("*", "_star"))

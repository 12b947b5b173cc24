"""OMOP CDM 5.4 NOTE_NLP, one row a mention: a folder with ``note_nlp.csv`` and ``note_ids.csv``.

Columns, their order and their lengths are those of the OHDSI field list. ``note_id`` is the report's id where that is
a number, else a hash of it, and ``note_ids.csv`` says which. Ids are hashes, so that loading twice finds the same rows;
they have 63 bits (BIGINT) unless ``--set id_bits=31`` asks for INTEGER. Concepts are 0 unless ``--set concepts=FILE``
maps them: CSV with the columns ``concept,concept_id``.
"""

from __future__ import annotations

import csv
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from emh_report.connectors.base import BaseWriter, Result, RowError, stable_integer
from emh_report.errors import EmhReportError
from emh_report.model import Assertion, Certainty, Experiencer, Mention

COLUMNS = (
    "note_nlp_id",
    "note_id",
    "section_concept_id",
    "snippet",
    "offset",
    "lexical_variant",
    "note_nlp_concept_id",
    "note_nlp_source_concept_id",
    "nlp_system",
    "nlp_date",
    "nlp_datetime",
    "term_exists",
    "term_temporal",
    "term_modifiers",
)
_SHORT, _LONG = 250, 2000
"""Lengths of snippet, lexical_variant and nlp_system; of term_modifiers."""
_AROUND = 80
"""Characters of the report on each side of a mention, for the snippet."""
_BITS = ("31", "63")
_NUMBER = re.compile(r"[0-9]{1,18}")


class Writer(BaseWriter):
    """Rows for NOTE_NLP."""

    SUFFIX = ".omop"
    FOLDER = True
    SETTINGS = ("concepts", "id_bits")

    def start(self) -> None:
        """Create the files."""
        bits = self.options.settings.get("id_bits", "63")
        if bits not in _BITS:
            raise EmhReportError(f"--set id_bits={bits}: expected one of {', '.join(_BITS)}")
        self._bits = int(bits)
        self._concepts = _concepts(self.options.settings.get("concepts"))
        digest = self.options.lexicon_digest[:12]
        self._system = f"emh-report {self.options.version} lexicons {digest}"[:_SHORT]
        self._notes: set[int] = set()
        self._ids: set[int] = set()
        self._stack = ExitStack()
        self._rows = self._create("note_nlp.csv", COLUMNS)
        self._map = self._create("note_ids.csv", ("note_id", "report_id", "patient_id", "report_date"))

    def _create(self, name: str, header: tuple[str, ...]) -> Any:
        stream = self._stack.enter_context((self.target / name).open("x", encoding="utf-8", newline=""))
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        return writer

    def write(self, result: Result) -> None:
        """A row for each mention. Two notes or mentions with one id would overwrite each other: refused."""
        findings = result.findings
        note = self._note_id(result.id)
        rows = [self._row(note, result, index, mention) for index, mention in enumerate(findings.mentions)]
        ids = {row[0] for row in rows}
        if note in self._notes or len(ids) < len(rows) or ids & self._ids:
            raise RowError("unwritable")
        self._notes.add(note)
        if self._bits < 63:  # with 63 bits no two reports will ever share one
            self._ids |= ids
        self._rows.writerows(rows)
        self._map.writerow((note, _clean(result.id), findings.source.patient_id or "", result.date or ""))

    def _note_id(self, name: str) -> int:
        if _NUMBER.fullmatch(name) and int(name) < 1 << self._bits:
            return int(name)
        return stable_integer("note", name, bits=self._bits)

    def _row(self, note: int, result: Result, index: int, mention: Mention) -> tuple[Any, ...]:
        concept = self._concepts.get(mention.concept, 0)
        variant = _clean(mention.text) or mention.concept
        return (
            stable_integer("note_nlp", note, mention.start, mention.end, mention.concept, index, bits=self._bits),
            note,
            0,
            self._snippet(result, mention),
            mention.start,
            variant[:_SHORT],
            concept,
            0,
            self._system,
            self.options.run_date.isoformat(),
            "",
            "Y" if exists(mention) else "N",
            _temporal(mention),
            _modifiers(mention, len(variant) > _SHORT)[:_LONG],
        )

    def _snippet(self, result: Result, mention: Mention) -> str:
        if not result.text or not self.options.evidence_text:
            return ""
        text = result.text[max(0, mention.start - _AROUND) : mention.end + _AROUND]
        return _clean(text)[:_SHORT]

    def close(self) -> None:
        """Close the files."""
        if hasattr(self, "_stack"):
            self._stack.close()


def exists(mention: Mention) -> bool:
    """TERM_EXISTS: the patient has, had, or may well have it."""
    if mention.experiencer is Experiencer.OTHER or mention.certainty is Certainty.UNLIKELY:
        return False
    return mention.assertion in (Assertion.PRESENT, Assertion.POSSIBLE, Assertion.HISTORICAL)


def _temporal(mention: Mention) -> str:
    if mention.assertion is Assertion.HISTORICAL:
        return "Past"
    return "Present" if mention.assertion in (Assertion.PRESENT, Assertion.POSSIBLE, Assertion.ABSENT) else ""


def _modifiers(mention: Mention, truncated: bool) -> str:
    values = {
        "concept": mention.concept,
        "assertion": mention.assertion.value,
        "certainty": mention.certainty and mention.certainty.value,
        "experiencer": mention.experiencer.value,
        "change": mention.change and mention.change.value,
        "section": mention.section,
        "end": mention.end,
        "truncated": "lexical_variant" if truncated else None,
        "cues": ", ".join(_clean(cue.text) or cue.kind for cue in mention.cues),
    }
    return "; ".join(f"{name}={_clean(str(value)).replace(';', ',')}" for name, value in values.items() if value)


def _clean(text: str) -> str:
    return " ".join(text.encode("utf-8", "backslashreplace").decode("utf-8").split())


def _concepts(file: str | None) -> dict[str, int]:
    if not file:
        return {}
    path = Path(file)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return {row["concept"]: int(row["concept_id"]) for row in csv.DictReader(stream)}
    except OSError as error:
        raise EmhReportError(f"--set concepts={path.name}: cannot be read ({error.strerror})") from None
    except (KeyError, ValueError, TypeError):
        raise EmhReportError(
            f"--set concepts={path.name}: expected CSV with the columns concept,concept_id, ids being numbers"
        ) from None

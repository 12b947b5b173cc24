"""What readers and writers of outside formats have in common. Whoever writes one needs this module and ``errors``.

One stream: a reader yields rows, ``run`` turns each into a result, a writer takes the results. A format is one file:
``connectors/readers/NAME.py`` has ``read`` and ``sniff`` (protocol ``Reader``), ``connectors/writers/NAME.py`` has a
class ``Writer`` derived from ``BaseWriter``. They are found by their file name, listed nowhere, and import their
library inside functions, so that listing formats loads nothing heavy.

What a writer can rely on
* ``write`` gets the results in the order in which the reader gave the rows, whatever ``--jobs``; every ``Result.id``
  once.
* It starts from nothing each time: ``open`` gets a path that does not exist yet (``FOLDER``: a folder that exists and
  is empty), on the same file system as the target. After ``close`` the engine moves the file or the folder's files to
  the target; a killed run leaves the target as it was. So a writer needs no temporary file, no resume and no append:
  what was done before a kill is kept by the engine (``store.py``) and given to ``write`` again, not extracted again.
* Same rows, same lexicons, same run date: the same results. The same bytes (text) or rows (databases) must come out,
  so a writer uses no clock, no random number, no counter that depends on anything but the results. Dates come from
  ``WriteOptions.run_date``, stable keys from ``Result.key`` and ``Result.id`` (``stable_uuid``, ``stable_integer``).
* What goes wrong with one result is a ``RowError`` (it becomes a reject, the others go on; nothing of the row may have
  been written yet); what goes wrong with the target is an OSError or an ``EmhReportError``. No message quotes a report.
"""

from __future__ import annotations

import hashlib
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, ClassVar, Protocol

from emh_report.errors import EmhReportError

if TYPE_CHECKING:
    from emh_report.model import Findings

FINDINGS_MEDIA_TYPE = "application/vnd.emh-report.findings+json"
"""Content type of a FHIR ``presentedForm`` that holds the findings of a report (base64 of ``Result.json``)."""
FINDINGS_CODE = ("findings-json", "99EMHREPORT", "emh-report findings as JSON")
"""Code value, scheme and meaning of the DICOM SR text item that holds them. Readers yield ``Found`` for both."""
LONGEST_REPORT = 5_000_000
"""Bytes or characters of one report; what is longer is no report (code ``too_large``)."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user says of the source; a reader ignores what does not concern it."""

    id_field: str | None = None
    """Column or JSON key that holds the report's id; None: guess."""
    text_field: str | None = None
    """Column or JSON key that holds the report; None: guess."""
    patient_field: str | None = None
    """Where the patient's identifier is: a column or key, ``PID-3``, ``subject``, ``PatientID``; None: not wanted."""
    date_field: str | None = None
    encoding: str | None = None
    """None: found out."""
    delimiter: str | None = None
    """None: found out."""
    preliminary: bool = False
    """Whether reports that are not final are read too."""
    files: tuple[Path, ...] = ()
    """The files of a folder that are of this format; the engine sets it."""


@dataclass(frozen=True, slots=True)
class Report:
    """A row that is a report. ``patient_id`` is as the feed has it: the engine replaces it by its keyed hash."""

    text: str
    id: str
    patient_id: str | None = None
    date: str | None = None
    """Of the examination or the report, as the feed has it, ISO 8601 where it could be read."""
    context: Mapping[str, str] = field(default_factory=dict)
    """Identifiers that a writer of the same kind needs, by DICOM keyword (StudyInstanceUID, PatientID, …)."""
    file: str = ""
    offset: int | None = None
    """Where the row is, for a reject that it may become."""


@dataclass(frozen=True, slots=True)
class Found:
    """A row that carries findings of emh-report (our JSON Lines, FHIR, SR): passed on unchanged, not read again."""

    findings: str
    """Findings as JSON."""
    id: str
    date: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be read: where it is and why not, never what it says."""

    id: str
    """The row's id; where it has none, its place: ``feed.csv:17``."""
    code: str
    """One word of ``CODES``."""
    file: str = ""
    """Name of the file within the source."""
    offset: int | None = None
    """Byte offset of the row in that file, or its row number where bytes mean nothing (Parquet)."""
    detail: str = ""
    """Of an internal fault, its type and place in the program."""


Row = Report | Found | Reject

CODES: Mapping[str, str] = {
    "empty": "nothing but white space where the report should be",
    "no_text": "no report text in this document",
    "no_id": "the id column is empty",
    "duplicate_id": "an earlier row has the same id",
    "too_large": f"longer than {LONGEST_REPORT:,} bytes",
    "binary": "holds NUL bytes or other control characters",
    "archive": "a zip, gzip or other archive; unpack it first",
    "wrong_format": "not what the format's name says",
    "encoding": "bytes that the stated character set does not have",
    "ragged": "another number of columns than the header",
    "bad_json": "not JSON",
    "not_an_object": "JSON, but no object",
    "no_such_field": "the id or text field is not in this row",
    "truncated": "ends in mid-record",
    "damaged": "a file that its library cannot open",
    "image_only": "a PDF page without a text layer; it needs OCR first",
    "encrypted": "protected by a password",
    "not_a_report": "a message or resource of another kind",
    "not_final": "preliminary, and no final version follows",
    "withdrawn": "cancelled, or entered in error",
    "unreadable": "the file cannot be read (permission, or it disappeared)",
    "bad_findings": "findings that do not fit this version's schema",
    "no_context": "no patient or study for it; give --set context=FILE",
    "unwritable": "the target format cannot hold this result",
    "internal": "a fault of emh-report",
    "worker_died": "the process that read it died",
}
"""Every code a reject can have."""


@dataclass(frozen=True)
class Result:
    """One report that is done. ``json`` and ``findings`` are the same; use whichever is handier."""

    id: str
    """Unique in a run."""
    key: str
    """Hexadecimal digest of input, lexicons and version: the same whenever the findings are. Not unique in a run:
    two reports with one text have one key; use it together with ``id``."""
    json: str
    """The findings as compact JSON on one line, without a line end; ``source.id`` and ``patient_id`` are filled."""
    text: str | None = None
    """The report itself; None with ``--no-evidence-text`` and for rows that carried findings already."""
    date: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def findings(self) -> Findings:
        """The findings as the model; frozen."""
        from emh_report.model import Findings

        return Findings.model_validate_json(self.json)


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What a writer may know of the run."""

    run_date: date
    """``--run-date``, else SOURCE_DATE_EPOCH, else today (UTC): the only clock a writer has."""
    version: str
    lexicon_digest: str
    evidence_text: bool = True
    """False with ``--no-evidence-text``: evidence and mention texts are empty and free text fields null; nothing that a
    writer adds may bring report text back."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """``--set NAME=VALUE``: what only one writer knows, such as a DICOM study context. Unknown names are refused by
    ``BaseWriter.open`` against ``SETTINGS``."""


class RowError(EmhReportError):
    """One row or result that a format cannot hold; ``code`` is one of ``CODES``."""

    def __init__(self, code: str) -> None:
        super().__init__(CODES[code])
        self.code = code


class Reader(Protocol):
    """A module of ``connectors/readers``."""

    def sniff(self, head: bytes, name: str) -> bool:
        """Whether a file that begins so (64 KB) and has this name is of this format. Cheap, and never raises."""

    def read(self, source: Path, options: ReadOptions) -> Iterator[Row]:
        """The rows of a file, or of ``options.files`` of a folder, in a fixed order; a bad row is a Reject."""


class BaseWriter(ABC):
    """A writer; see the head of this module for what it gets and what it must not do."""

    SUFFIX: ClassVar[str]
    """By which ``--to`` chooses the format, such as ``.parquet``; the module's name always does (``--format NAME``)."""
    FOLDER: ClassVar[bool] = False
    """Whether the target is a folder of files. Their names must not depend on anything but the results."""
    SETTINGS: ClassVar[tuple[str, ...]] = ()
    """Names that ``--set`` may give."""

    def open(self, target: Path, options: WriteOptions) -> None:
        """Check the settings and start."""
        unknown = sorted(set(options.settings) - set(self.SETTINGS))
        if unknown:
            known = ", ".join(self.SETTINGS) or "none"
            raise EmhReportError(f"--set {unknown[0]}: this format does not know it (it knows: {known})")
        self.target = target
        self.options = options
        self.start()

    @abstractmethod
    def start(self) -> None:
        """Create the file or the files; ``self.target`` and ``self.options`` are set."""

    @abstractmethod
    def write(self, result: Result) -> None:
        """Take one result."""

    @abstractmethod
    def close(self) -> None:
        """Finish and close everything; called once, also when the run fails. Whatever is written here is the target."""


def need(module: str, extra: str, what: str) -> ModuleType:
    """A library that an extra brings; without it, the command that installs it."""
    try:
        return import_module(module)
    except ModuleNotFoundError:
        raise EmhReportError(f"{what} needs an extra: pip install 'emh-report[{extra}]'") from None


def stable_uuid(*parts: object) -> str:
    """The same UUID for the same parts, today and elsewhere."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(map(str, parts))))


def stable_integer(*parts: object, bits: int = 63) -> int:
    """The same non-negative integer for the same parts, of so many bits."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:16], "big") % (1 << bits)


_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://emh-report.invalid/")

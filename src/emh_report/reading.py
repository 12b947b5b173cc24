"""Bytes → text, and JSON → findings: everything that enters the program comes through here.

The text is the decoded input without a byte order mark and otherwise untouched; offsets count its characters.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emh_report.errors import FindingsError, InputError
from emh_report.forms import form_text, is_form

if TYPE_CHECKING:
    from emh_report.model import Findings

STDIN = "-"
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DOCUMENTS = ((b"%PDF-", "a PDF"), (b"PK\x03\x04", "a Word or zip file"), (b"{\\rtf", "an RTF file"))
_SAMPLE = 65_536
_LAYOUT = frozenset("\t\n\v\f\r\x1c\x85")
"""Control characters that text files and message feeds do contain."""


@dataclass(frozen=True)
class ReportText:
    """One report: its decoded text, a name for it, and the patient's identifier if the caller gave one."""

    text: str
    id: str = ""
    patient_id: str | None = None


@dataclass(frozen=True)
class Input:
    """A report still to be read; ``path`` is None for standard input."""

    name: str
    path: Path | None


def digest(text: str) -> str:
    """``source.sha256``: SHA-256 of the decoded text in UTF-8, whatever the file's own encoding."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def inputs(arguments: Sequence[str]) -> Iterator[Input | InputError]:
    """The reports that the arguments name, in order; a directory stands for its ``*.txt``, sorted by name."""
    for argument in arguments:
        path = Path(argument)
        if argument == STDIN:
            yield Input(STDIN, None)
        elif path.is_dir():
            try:
                found = sorted(p for p in path.iterdir() if p.suffix.lower() == ".txt" and p.is_file())
            except OSError as error:
                yield InputError(f"{shown(argument)}: cannot be read ({error.strerror})")
                continue
            if not found:
                yield InputError(f"{shown(argument)}: no reports here (a directory is searched for *.txt)")
            yield from (Input(str(report), report) for report in found)
        else:
            yield Input(argument, path)


def read_report(source: Input, id: str | None = None, patient_id: str | None = None) -> ReportText:
    """Read and decode one report; InputError if it is not a text with something in it.

    The text of a reporting form filled in as HTML is what was filled in, as lines.
    """
    text = decode(read_bytes(source), source.name)
    if is_form(text):
        text = form_text(text)
        if not text:
            raise InputError(f"{shown(source.name)}: is a reporting form with nothing filled in")
    if not text.strip("\ufeff\u200b\x00 \t\r\n\f\v\xa0"):
        raise InputError(f"{shown(source.name)}: holds only white space")
    if id is None:
        id = source.path.name if source.path else STDIN
    return ReportText(text, _utf8(id), None if patient_id is None else _utf8(patient_id))


def _utf8(name: str) -> str:
    """A file name or an argument without the stand-ins for bytes that the locale could not decode."""
    return os.fsencode(name).decode("utf-8", "replace")


def read_bytes(source: Input) -> bytes:
    """The content of a file or of standard input."""
    try:
        return sys.stdin.buffer.read() if source.path is None else source.path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable file name"
        raise InputError(f"{shown(source.name)}: cannot be read ({reason})") from None


def decode(data: bytes, name: str) -> str:
    """Text of UTF-8, UTF-16 or Windows-1252 bytes; line ends stay as they are.

    Windows-1252 (a superset of Latin-1's letters) is the fallback for bytes that are not UTF-8.
    """
    if not data:
        raise InputError(f"{shown(name)}: is empty")
    for magic, kind in _DOCUMENTS:
        if data.startswith(magic):
            raise InputError(f"{shown(name)}: is {kind}, not plain text; save it as text first")
    encoding = _encoding(data)
    if encoding is None:
        raise InputError(f"{shown(name)}: is binary, not text")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            message = f"{shown(name)}: is damaged {encoding.upper()} (byte {error.start})"
            raise InputError(message) from None
        text = _legacy(data)
    sample = text[:_SAMPLE]
    controls = sum(1 for char in sample if (char < " " or "\x7f" <= char < "\xa0") and char not in _LAYOUT)
    if controls > max(1, len(sample) // 50):
        raise InputError(f"{shown(name)}: is binary, not text")
    return text


def _encoding(data: bytes) -> str | None:
    """The encoding a byte order mark or the pattern of NUL bytes shows, else UTF-8; None for binary."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE]
    if b"\x00" not in sample:
        return "utf-8" if b"\x00" not in data else None
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > half * 0.6 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _legacy(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def shown(name: str) -> str:
    """A file name on one line."""
    return "".join(char if char.isprintable() else "?" for char in name)


def read_findings(source: Input) -> Iterator[tuple[str, Findings | FindingsError]]:
    """Findings of a JSON or JSON Lines file, in order, each with its place; a bad line comes as its error."""
    text = decode(read_bytes(source), source.name)
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) < 2 or not _is_object(lines[0][1]):
        lines = [(0, text)]
    for number, line in lines:
        name = f"{source.name}:{number}" if number else source.name
        try:
            yield name, load_findings(line, name)
        except FindingsError as error:
            yield name, error


def load_findings(text: str, name: str = "findings") -> Findings:
    """Findings from JSON; FindingsError names the JSON path and what was expected, never the value."""
    from pydantic import ValidationError

    from emh_report.model import SCHEMA_VERSION, Findings
    from emh_report.paths import expectation, json_path

    name = shown(name)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise FindingsError(f"{name}: not JSON (line {error.lineno}, column {error.colno})") from None
    except (RecursionError, ValueError):
        raise FindingsError(f"{name}: not JSON that can be read (nested too deeply, or a number too long)") from None
    if not isinstance(value, dict):
        raise FindingsError(f"{name}: $: expected a findings object, as written by emh-report extract")
    if "schema_version" not in value:
        raise FindingsError(f'{name}: $.schema_version: expected "{SCHEMA_VERSION}"; this is not a findings object')
    _check_version(value["schema_version"], SCHEMA_VERSION, name)
    try:
        return Findings.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            raise FindingsError(f"{name}: not JSON in UTF-8") from None
        path = json_path(first["loc"], unknown=first["type"] == "extra_forbidden")
        raise FindingsError(f"{name}: {path}: {expectation(dict(first))}") from None


def _check_version(found: object, ours: str, name: str) -> None:
    """Refuse any other schema version; say "newer" only of what is a version and is newer."""
    parts = str(found).split(".") if isinstance(found, str) else []
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        raise FindingsError(f'{name}: $.schema_version: expected a version such as "{ours}"')
    if tuple(map(int, parts)) > tuple(map(int, ours.split("."))):
        raise FindingsError(
            f"{name}: $.schema_version: schema_version {found} is newer than this program reads ({ours}): "
            "update emh-report"
        )
    if found != ours:
        raise FindingsError(f"{name}: $.schema_version: expected {ours}; no such older version exists")


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def findings_schema() -> dict[str, Any]:
    """The JSON Schema of findings, generated from the model; without a version nothing is findings."""
    from emh_report.model import Findings

    schema = Findings.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["required"] = sorted({"schema_version", *schema.get("required", ())})
    return schema

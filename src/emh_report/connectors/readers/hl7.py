"""HL7 v2 ORU^R01, single messages and batches: an OBR with its OBX is a report.

Of several versions of a report (one filler order number, OBR-3) the last final or corrected one is read, wherever in
the source it stands; a report that is only preliminary is a reject (``not_final``), a cancelled one too.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from emh_report.connectors._hl7 import Message, Parsed, messages, parse
from emh_report.connectors.base import ReadOptions, Reject, Report, Row, RowError
from emh_report.connectors.files import checked, decoded, is_archive, rows_of_files

_FINAL, _EARLY, _GONE = frozenset("FC"), frozenset("PRISAO"), frozenset({"X"})
"""OBR-25, table 0123: final, corrected; preliminary, stored, ordered, partial; cancelled."""
_WITHDRAWN = frozenset({"D", "W", "X", "N", "I"})
"""OBX-11, table 0085: deleted, wrong, not obtainable, not asked, pending."""
_TEXTS = frozenset({"TX", "FT", "ST", "", "CE", "CWE", "CF", "CNE"})
_HEADINGS = {
    "GDT": "FINDINGS", "IMP": "IMPRESSION", "ADT": "ADDENDUM", "REC": "RECOMMENDATION", "HIS": "HISTORY",
    "59776-5": "FINDINGS", "19005-8": "IMPRESSION", "18783-1": "RECOMMENDATION", "11329-0": "HISTORY",
    "18834-2": "COMPARISON", "18785-6": "INDICATION", "55111-9": "TECHNIQUE",
}  # fmt: skip
"""Suffixes of OBX-3 (HL7 v2.5.1 7.1.4) and LOINC codes of a report's sections."""


def sniff(head: bytes, name: str) -> bool:
    """A message or batch header at the beginning, or the name."""
    return re.match(rb"[\s\x0b\xef\xbb\xbf]*(?:MSH|FHS|BHS)[^\w\s]", head) is not None or name.lower().endswith(".hl7")


@dataclass(frozen=True)
class _Version:
    """One version of a report: when (MSH-7), its place, and whether it is final, early or gone."""

    when: str
    file: int
    place: int
    state: str


def read(source: Path, options: ReadOptions) -> Iterator[Row]:
    """A report an OBR that has text."""
    newest: dict[str, _Version] = {}
    count = 0

    def index(path: Path, name: str) -> Iterator[Row]:
        nonlocal count
        count += 1
        for _, report, version in _reports(path, name, options, count):
            if isinstance(report, Report):
                newest[report.id] = _newer(newest.get(report.id), version)
        yield from ()

    def chosen(path: Path, name: str) -> Iterator[Row]:
        nonlocal count
        count += 1
        for id, report, version in _reports(path, name, options, count):
            if isinstance(report, Reject):
                yield report
            elif newest[id] == version:
                bad = _refused(version, options)
                yield Reject(id, bad, name, report.offset) if bad else report

    for _ in rows_of_files(source, options, index):
        pass
    count = 0
    yield from rows_of_files(source, options, chosen)


def _newer(old: _Version | None, new: _Version) -> _Version:
    if old is None:
        return new
    if (old.state == "early") != (new.state == "early"):
        return old if new.state == "early" else new
    dated = bool(old.when and new.when)
    return new if not dated or new.when >= old.when else old


def _refused(version: _Version, options: ReadOptions) -> str | None:
    if version.state == "gone":
        return "withdrawn"
    return "not_final" if version.state == "early" and not options.preliminary else None


def _reports(path: Path, name: str, options: ReadOptions, file: int) -> Iterator[tuple[str, Report | Reject, _Version]]:
    nothing = _Version("", 0, 0, "")
    with path.open("rb") as stream:
        if is_archive(stream.read(16)):
            raise RowError("archive")
    number = place = 0
    for message in messages(path):
        if isinstance(message, str):
            yield name, Reject(name, message, name), nothing
            continue
        number += 1
        here = f"{name}:{number}"
        try:
            for report, when, state in _of_message(message, options):
                place += 1
                full = replace(report, file=name, offset=message.offset)
                yield report.id, full, _Version(when, file, place, state)
        except RowError as error:
            yield here, Reject(here, error.code, name, message.offset), nothing


def _of_message(message: Message, options: ReadOptions) -> Iterator[tuple[Report, str, str]]:
    if message.large:
        raise RowError("too_large")
    parsed = parse(message)
    header = parsed.first("MSH")
    if _at(header, 9).split(parsed.component)[0] != "ORU":
        raise RowError("not_a_report")
    if message.cut:
        raise RowError("truncated")
    groups: list[tuple[list[str], list[list[str]]]] = []
    for segment in parsed.segments:
        if segment[0] == "OBR":
            groups.append((segment, []))
        elif segment[0] == "OBX" and groups:
            groups[-1][1].append(segment)
    patient = _patient(parsed) if options.patient_field else None
    found = 0
    for obr, lines in groups:
        state = _state(_at(obr, 25), [_at(line, 11) for line in lines])
        text = _text(parsed, lines)
        if not text.strip() and state != "gone":
            continue
        found += 1
        id = _order(parsed, obr) or _at(header, 10) + (f"/{found}" if found > 1 else "")
        if not id:
            raise RowError("no_id")
        report = Report(text if state == "gone" else checked(text), id, patient, _date(_at(obr, 7) or _at(obr, 22)))
        yield report, re.sub(r"\D.*", "", _at(header, 7)), state
    if not found:
        raise RowError("no_text")


def _state(result: str, lines: list[str]) -> str:
    """Whether a version is final, early or gone: by OBR-25, else by the state of its lines."""
    if result in _GONE:
        return "gone"
    if result in _FINAL:
        return "final"
    if result in _EARLY:
        return "early"
    return "early" if lines and all(status in ("P", "R", "S", "I") for status in lines) else "final"


def _text(parsed: Parsed, lines: list[list[str]]) -> str:
    """The text of the OBX of one report; embedded documents only where there is no text."""
    kept = [line for line in _corrected(parsed, lines) if _at(line, 11) not in _WITHDRAWN]
    texts = [line for line in kept if _at(line, 2) in _TEXTS and _at(line, 5)]
    if not texts:
        documents = [_document(parsed, _at(line, 5)) for line in kept if _at(line, 2) in ("ED", "RP")]
        return "\n".join(filter(None, documents))
    headings = [_heading(parsed, _at(line, 3)) for line in texts]
    told: list[str] = []
    last = "" if len(set(headings)) > 1 else headings[0]  # one section for all is the report as it is
    for line, heading in zip(texts, headings, strict=True):
        text = "\n".join(_value(parsed, each, _at(line, 2)) for each in _at(line, 5).split(parsed.repetition))
        if heading != last and heading and not text.lstrip().upper().startswith(heading):
            told.append(f"{heading}:")
        last = heading
        told.append(text)
    return "\n".join(told)


def _corrected(parsed: Parsed, lines: list[list[str]]) -> list[list[str]]:
    """Without the lines that corrected ones replace: those of the same OBX-3 and OBX-4 before them.

    Where OBX-4 is empty, many lines share a name: then corrected lines that stand among final ones are a part of the
    text, and only a corrected block behind it replaces it.
    """
    names = [(_at(line, 3).split(parsed.component)[0], _at(line, 4)) for line in lines]
    gone: set[int] = set()
    for name in set(names):
        places = [number for number, each in enumerate(names) if each == name]
        first = next((n for n in places if _at(lines[n], 11) == "C"), None)
        if first is None:
            continue
        before = [n for n in places if n < first]
        after = [n for n in places if n > first and _at(lines[n], 11) != "C"]
        if name[1] or not after:
            gone.update(before)
    return [line for number, line in enumerate(lines) if number not in gone]


def _value(parsed: Parsed, value: str, kind: str) -> str:
    if kind in ("CE", "CWE", "CF", "CNE"):
        parts = value.split(parsed.component)
        value = next((part for part in (parts[1:2] + parts[:1]) if part), "")
    return parsed.plain(value)


def _heading(parsed: Parsed, identifier: str) -> str:
    parts = identifier.split(parsed.component)
    suffix = parts[0].split(parsed.subcomponent)[-1]
    return _HEADINGS.get(suffix) or next((_HEADINGS[part] for part in parts if part in _HEADINGS), "")


def _document(parsed: Parsed, value: str) -> str:
    """The text of an embedded document (ED: source, type, subtype, encoding, data)."""
    parts = value.split(parsed.component)
    if len(parts) < 5:
        return ""
    data = parsed.plain(parts[4])
    if parts[3].lower() != "base64":
        return data
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise RowError("truncated") from None
    if b"%PDF-" in content[:1024]:
        from emh_report.connectors.readers.pdf import text_of

        return text_of(content)
    if content.startswith(b"{\\rtf"):
        from emh_report.connectors.readers.rtf import text_of as rtf_text

        return rtf_text(content)
    text = decoded(content)
    if "html" in (parts[2] + parts[1]).lower():
        from emh_report.connectors._html import text_of as html_text

        return html_text(text)
    return text


def _order(parsed: Parsed, obr: list[str]) -> str:
    """The filler order number (OBR-3), else the placer's (OBR-2)."""
    return next((number for field in (3, 2) if (number := _at(obr, field).split(parsed.component)[0].strip())), "")


def _patient(parsed: Parsed) -> str | None:
    """PID-3: the medical record number (type MR) or the first, with the authority that gave it."""
    numbers = [each.split(parsed.component) for each in _at(parsed.first("PID"), 3).split(parsed.repetition)]
    chosen = next((number for number in numbers if number[4:5] == ["MR"]), numbers[0])
    if not chosen[0].strip():
        return None
    authority = chosen[3].split(parsed.subcomponent)[0] if len(chosen) > 3 else ""
    return f"{chosen[0].strip()}^^^{authority}"


def _date(stamp: str) -> str | None:
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}" if re.match(r"\d{8}", stamp) else None


def _at(segment: list[str], number: int) -> str:
    return segment[number] if number < len(segment) else ""

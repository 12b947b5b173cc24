"""Gold in the formats of annotation tools: brat standoff, Doccano and Label Studio JSON Lines, spaCy DocBin.

Each gives reports with spans: a label, the places it covers, and how it is meant where the tool says so. A report
whose offsets do not match its text is refused, for it would be judged at the wrong places. Messages name the report
and the span, never the text.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from emh_report.annotations import Annotated, Parts, Span, meaning
from emh_report.docbin import read_docbin
from emh_report.errors import EmhReportError, GoldError


def is_annotations(path: Path) -> bool:
    """Whether this is gold of an annotation tool, and not a folder of gold findings."""
    return path.is_file() or any(path.glob("*.ann"))


def read_annotations(path: Path) -> Iterator[Annotated | GoldError]:
    """The reports of a brat folder, a ``.spacy`` file, or a JSON or JSON Lines file; a bad one comes as its error."""
    try:
        if path.is_dir():
            found: Iterable[Annotated | GoldError] = _brat_folder(path)
        elif path.suffix == ".spacy":
            found = read_docbin(path)
        else:
            found = _json_file(path)
        for each in found:
            yield each if isinstance(each, GoldError) else _checked(each)
    except OSError as error:
        raise GoldError(f"{path.name}: cannot be read ({error.strerror or type(error).__name__})") from None


def _checked(report: Annotated) -> Annotated | GoldError:
    """Every offset must be in the text, and cover what the tool says it covers."""
    cut = 0
    for span in report.spans:
        place = f"{report.id}: {span.name}: offsets {span.where}"
        if not span.parts or any(not 0 <= start < end <= len(report.text) for start, end in span.parts):
            return GoldError(f"{place} are outside the text of {len(report.text)} characters")
        covered = " ".join(report.text[start:end] for start, end in span.parts)
        if span.text is not None and _flat(span.text) != _flat(covered):
            return GoldError(f"{place} do not match the text of the annotation")
        cut += span.text is None and _cuts_a_word(report.text, span.parts[0][0])
    if cut > 1 and 2 * cut > len(report.spans):
        return GoldError(
            f"{report.id}: {cut} of {len(report.spans)} annotations begin inside a word: offsets are shifted"
        )
    return report


def _flat(text: str) -> str:
    return re.sub(r"[\r\n\t ]+", " ", text).strip()


def _cuts_a_word(text: str, start: int) -> bool:
    return start > 0 and text[start - 1].isalnum() and text[start].isalnum() or text[start].isspace()


def _brat_folder(folder: Path) -> Iterator[Annotated | GoldError]:
    for path in sorted(folder.glob("*.ann")):
        text = path.with_suffix(".txt")
        if not text.is_file():
            yield GoldError(f"{path.name}: no report beside it ({text.name})")
            continue
        try:
            yield _brat(path.stem, text.read_bytes().decode("utf-8-sig"), path.read_bytes().decode("utf-8-sig"))
        except UnicodeDecodeError:
            yield GoldError(f"{path.name}: not UTF-8")
        except ValueError as error:
            yield GoldError(f"{path.name}: {error}")


def _brat(name: str, text: str, standoff: str) -> Annotated:
    """``T1<TAB>LABEL 0 4;9 12<TAB>text`` and ``A1<TAB>Negated T1`` or ``A1<TAB>Assertion T1 absent``."""
    spans: dict[str, Span] = {}
    meant: dict[str, str] = {}
    for number, line in enumerate(standoff.split("\n"), 1):
        fields = line.rstrip("\r").split("\t")
        if line.startswith("T"):
            told = fields[1].split(" ", 1) if len(fields) > 2 else []
            offsets = [part.split() for part in told[1].split(";")] if len(told) == 2 else []
            if not offsets or any(len(pair) != 2 or not "".join(pair).isdecimal() for pair in offsets):
                raise ValueError(f"line {number}: expected T<TAB>LABEL START END<TAB>TEXT")
            parts = tuple((int(start), int(end)) for start, end in offsets)
            spans[fields[0]] = Span(fields[0], told[0], parts, text=fields[2])
        elif line.startswith(("A", "M")) and len(fields) > 1:
            words = fields[1].split(" ", 2)
            assertion = meaning(words[2]) if len(words) > 2 else meaning(words[0])
            if len(words) > 1 and assertion:
                meant[words[1]] = assertion
    return Annotated(name, text, _with_meanings(spans, meant))


def _with_meanings(spans: Mapping[str, Span], meant: Mapping[str, str]) -> tuple[Span, ...]:
    return tuple(replace(span, assertion=meant.get(name, span.assertion)) for name, span in spans.items())


def _json_file(path: Path) -> Iterator[Annotated | GoldError]:
    content = path.read_bytes().decode("utf-8-sig", "replace")
    for number, record in _records(content, path.name):
        if isinstance(record, GoldError):
            yield record
            continue
        name = f"{path.name}:{number}"
        try:
            if "annotations" in record and "data" in record:
                yield _label_studio(name, record)
            elif "text" in record and ("label" in record or "labels" in record or "entities" in record):
                yield _doccano(name, record)
            else:
                yield GoldError(f"{name}: neither Doccano (text, label) nor Label Studio (data, annotations)")
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            yield GoldError(f"{name}: not what Doccano or Label Studio export")


def _records(content: str, file: str) -> Iterator[tuple[int, dict[str, Any] | GoldError]]:
    """The objects of a JSON array, or of the lines of the file."""
    if content.lstrip().startswith("["):
        try:
            values = json.loads(content)
        except (ValueError, RecursionError):
            raise GoldError(f"{file}: not JSON") from None
        yield from ((number, value) for number, value in enumerate(values, 1) if isinstance(value, dict))
        return
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        yield number, value if isinstance(value, dict) else GoldError(f"{file}:{number}: not a JSON object")


def _doccano(name: str, record: Mapping[str, Any]) -> Annotated:
    """``label: [[start, end, LABEL]]``, or ``entities: [{start_offset, end_offset, label}]``."""
    spans = []
    for number, item in enumerate(record.get("entities") or record.get("label") or record.get("labels") or (), 1):
        if isinstance(item, Mapping):
            start, end, label = int(item["start_offset"]), int(item["end_offset"]), str(item["label"])
        else:
            start, end, label = int(item[0]), int(item[1]), str(item[2])
        spans.append(_labelled(f"annotation {number}", label, ((start, end),)))
    return Annotated(str(record.get("id", name)), str(record["text"]), tuple(spans))


def _labelled(name: str, label: str, parts: Parts, text: str | None = None) -> Span:
    """A tool without attributes may say how it is meant in the label: ``cord_compression:absent``."""
    plain, _, meant = label.partition(":")
    assertion = meaning(meant)
    return Span(name, plain if assertion else label, parts, assertion, text)


def _label_studio(name: str, record: Mapping[str, Any]) -> Annotated:
    """Regions of the first annotation that was not cancelled; choices of a region say how it is meant."""
    fields = sorted(record["data"].items(), key=lambda item: item[0] != "text")
    texts = [value for _, value in fields if isinstance(value, str)]
    kept: list[Mapping[str, Any]] = [each for each in record["annotations"] if not each.get("was_cancelled")]
    chosen = kept[0] if kept else {"result": []}
    spans: dict[str, Span] = {}
    meant: dict[str, str] = {}
    for number, region in enumerate(chosen["result"]):
        value, key = region["value"], str(region.get("id", number))
        for label in value.get("labels", ()):
            parts = ((int(value["start"]), int(value["end"])),)
            spans[f"{key}/{label}"] = _labelled(f"region {key}", str(label), parts, value.get("text"))
        for choice in value.get("choices", ()):
            assertion = meaning(str(choice))
            if assertion:
                meant[key] = assertion
    found = {key: meant[key.split("/")[0]] for key in spans if key.split("/")[0] in meant}
    return Annotated(str(record.get("id", name)), texts[0], _with_meanings(spans, found))


def read_labels(path: Path) -> dict[str, frozenset[str]]:
    """Which concepts a label of the gold stands for: CSV ``label,concept``, a row for each."""
    found: dict[str, set[str]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                found.setdefault(row["label"].strip(), set()).add(row["concept"].strip())
    except OSError as error:
        raise EmhReportError(f"--labels {path.name}: cannot be read ({error.strerror})") from None
    except (KeyError, AttributeError, UnicodeDecodeError):
        raise EmhReportError(f"--labels {path.name}: expected CSV in UTF-8 with the columns label,concept") from None
    return {label: frozenset(concepts) for label, concepts in found.items()}

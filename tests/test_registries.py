"""OMOP NOTE_NLP and REDCap, checked against the rules of those who read them."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest

from emh_report.connectors.base import Result, RowError
from emh_report.connectors.writers.omop import exists
from emh_report.errors import EmhReportError
from emh_report.model import Mention
from writing import OPTIONS, REPORTS, results, written

NOTE_NLP = """CREATE TABLE note_nlp (note_nlp_id integer NOT NULL PRIMARY KEY, note_id integer NOT NULL,
  section_concept_id integer, snippet varchar(250) CHECK (length(snippet) <= 250),
  "offset" varchar(50) CHECK (length("offset") <= 50),
  lexical_variant varchar(250) NOT NULL CHECK (length(lexical_variant) BETWEEN 1 AND 250),
  note_nlp_concept_id integer, note_nlp_source_concept_id integer,
  nlp_system varchar(250) CHECK (length(nlp_system) <= 250), nlp_date date NOT NULL CHECK (date(nlp_date) IS NOT NULL),
  nlp_datetime timestamp, term_exists varchar(1) CHECK (term_exists IN ('Y', 'N')),
  term_temporal varchar(50) CHECK (length(term_temporal) <= 50),
  term_modifiers varchar(2000) CHECK (length(term_modifiers) <= 2000)) STRICT"""
"""The table of OMOP CDM 5.4; a STRICT table of SQLite refuses what is no integer."""


@pytest.fixture(scope="module")
def done() -> list[Result]:
    return results()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@contextmanager
def load(folder: Path) -> Iterator[sqlite3.Connection]:
    """What a registry does: load the file into the official table."""
    database = sqlite3.connect(":memory:")
    types = {"varchar": "TEXT", "timestamp": "TEXT", "date ": "TEXT "}
    definition = NOTE_NLP
    for old, new in types.items():
        definition = re.sub(rf"\b{old}(\(\d+\))?", new, definition)
    database.execute(definition)
    for row in rows(folder / "note_nlp.csv"):
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        database.execute(f"INSERT INTO note_nlp ({names}) VALUES ({marks})", [v or None for v in row.values()])
    try:
        yield database
    finally:
        database.close()


def test_note_nlp_loads_into_the_official_table(done: list[Result], tmp_path: Path) -> None:
    folder = written("omop", tmp_path, done)
    with (folder / "note_nlp.csv").open(encoding="utf-8") as stream:
        header = next(csv.reader(stream))
    with load(folder) as database:
        assert header == [row[1] for row in database.execute("PRAGMA table_info(note_nlp)")]
        assert database.execute("SELECT count(*) FROM note_nlp").fetchone() == (
            sum(len(result.findings.mentions) for result in done),
        )
        notes = {row["report_id"]: int(row["note_id"]) for row in rows(folder / "note_ids.csv")}
        assert list(notes) == list(REPORTS)
        query = (
            "SELECT term_exists FROM note_nlp WHERE note_id = ? AND term_modifiers LIKE 'concept=cord_compression;%'"
        )
        assert set(database.execute(query, [notes["r1"]])) == {("Y",)}
        assert set(database.execute(query, [notes["r2"]])) == {("N",)}
        for note, offset, variant in database.execute('SELECT note_id, "offset", lexical_variant FROM note_nlp'):
            text = REPORTS[next(name for name, number in notes.items() if number == note)]
            assert " ".join(text[int(offset) :].split()).startswith(variant)


def test_note_nlp_ids_depend_on_nothing_but_the_report(done: list[Result], tmp_path: Path) -> None:
    every = rows(written("omop", tmp_path / "a", done) / "note_nlp.csv")
    later = replace(OPTIONS, run_date=date(2030, 1, 1), version="10.0")
    alone = rows(written("omop", tmp_path / "b", done[1:2], later) / "note_nlp.csv")
    ids = {row["note_nlp_id"] for row in every}
    assert {row["note_nlp_id"] for row in alone} < ids
    assert all(0 <= int(each) < 1 << 63 for each in ids)
    assert {row["nlp_date"] for row in alone} == {"2030-01-01"}


def test_numbers_stay_note_ids_and_31_bits_fit_integer(done: list[Result], tmp_path: Path) -> None:
    numbered = [replace(done[0], id="4711")]
    folder = written("omop", tmp_path, numbered, replace(OPTIONS, settings={"id_bits": "31"}))
    assert {row["note_id"] for row in rows(folder / "note_nlp.csv")} == {"4711"}
    assert all(int(row["note_nlp_id"]) < 1 << 31 for row in rows(folder / "note_nlp.csv"))


def test_two_notes_with_one_id_are_refused(done: list[Result], tmp_path: Path) -> None:
    """ "4711" and "04711" are the same number: the second would overwrite the first."""
    with pytest.raises(RowError):
        written("omop", tmp_path, [replace(done[0], id="4711"), replace(done[1], id="04711")])


def test_concepts_are_mapped_by_the_users_file(done: list[Result], tmp_path: Path) -> None:
    mapping = tmp_path / "concepts.csv"
    mapping.write_text("concept,concept_id\ncord_compression,2000000001\n", "utf-8")
    folder = written("omop", tmp_path / "t", done, replace(OPTIONS, settings={"concepts": str(mapping)}))
    mapped = {row["note_nlp_concept_id"] for row in rows(folder / "note_nlp.csv")}
    assert mapped == {"0", "2000000001"}
    mapping.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(EmhReportError, match="concept,concept_id"):
        written("omop", tmp_path / "u", done, replace(OPTIONS, settings={"concepts": str(mapping)}))


def test_long_phrases_are_cut_and_say_so(done: list[Result], tmp_path: Path) -> None:
    text = "x" * 400
    mention = Mention.model_validate(
        {"concept": "c", "text": text, "start": 0, "end": 400, "assertion": "present", "section": "s;" * 2000}
    )
    long = done[0].findings.model_copy(update={"mentions": (mention,)})
    folder = written("omop", tmp_path, [replace(done[0], json=long.model_dump_json(), text=text)])
    row = rows(folder / "note_nlp.csv")[0]
    assert row["lexical_variant"] == "x" * 250
    assert len(row["term_modifiers"]) == 2000
    with load(folder) as database:
        assert database.execute("SELECT count(*) FROM note_nlp").fetchone() == (1,)


def test_no_text_comes_back_without_evidence_text(done: list[Result], tmp_path: Path) -> None:
    folder = written("omop", tmp_path, done, replace(OPTIONS, evidence_text=False))
    assert {row["snippet"] for row in rows(folder / "note_nlp.csv")} == {""}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"assertion": "present"}, True),
        ({"assertion": "absent"}, False),
        ({"assertion": "possible", "certainty": "likely"}, True),
        ({"assertion": "possible", "certainty": "unlikely"}, False),
        ({"assertion": "hypothetical"}, False),
        ({"assertion": "not_assessed"}, False),
        ({"assertion": "historical"}, True),
        ({"assertion": "present", "experiencer": "other"}, False),
    ],
)
def test_term_exists(values: dict[str, str], expected: bool) -> None:
    mention = Mention.model_validate({"concept": "c", "text": "t", "start": 0, "end": 1} | values)
    assert exists(mention) is expected


def choices(word: dict[str, str]) -> list[str]:
    """REDCap's own reading: choices parted by |, the code ends at the first comma."""
    told = word["Choices, Calculations, OR Slider Labels"]
    return [choice.split(",", 1)[0].strip() for choice in told.split("|")] if told else []


def test_redcap_takes_the_dictionary(done: list[Result], tmp_path: Path) -> None:
    folder = written("redcap", tmp_path, done)
    with (folder / "data_dictionary.csv").open(encoding="utf-8") as stream:
        header = next(csv.reader(stream))
    assert len(header) == 18
    assert header[0] == "Variable / Field Name"
    assert header[-1] == "Field Annotation"
    words = rows(folder / "data_dictionary.csv")
    names = [word["Variable / Field Name"] for word in words]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,99}", name) and "___" not in name for name in names)
    assert names[0] == "record_id"
    assert words[0]["Field Type"] == "text"
    assert [form for form, _ in groupby(words, key=lambda word: word["Form Name"])] == ["report", "lesion"]
    assert {word["Field Type"] for word in words} == {"text", "notes", "dropdown", "checkbox", "yesno"}
    for word in words:
        codes = choices(word)
        assert bool(codes) == (word["Field Type"] in ("dropdown", "checkbox"))
        assert len(set(codes)) == len(codes)
        assert all(re.fullmatch(r"[a-z0-9_]+", each) for each in codes)
        assert word["Text Validation Type OR Show Slider Number"] in ("", "integer", "number")
    assert [w["Variable / Field Name"] for w in words if w["Identifier?"] == "y"] == ["patient_id"]


def test_redcap_takes_the_import(done: list[Result], tmp_path: Path) -> None:
    folder = written("redcap", tmp_path, done)
    words = {word["Variable / Field Name"]: word for word in rows(folder / "data_dictionary.csv")}
    system = {"redcap_repeat_instrument", "redcap_repeat_instance", "report_complete", "lesion_complete"}
    lines = rows(folder / "import.csv")
    for line in lines:
        repeated = line["redcap_repeat_instrument"]
        assert repeated in ("", "lesion")
        assert bool(line["redcap_repeat_instance"]) == bool(repeated)
        for name, value in line.items():
            if name in system:
                continue
            field, _, chosen = name.partition("___")
            word = words[field]
            assert bool(chosen) == (word["Field Type"] == "checkbox")
            if value == "" or field == "record_id":
                continue
            assert word["Form Name"] == (repeated or "report"), "a value of the other form"
            if chosen:
                assert chosen in choices(word)
                assert value in ("0", "1")
            elif word["Field Type"] == "dropdown":
                assert value in choices(word)
            elif word["Field Type"] == "yesno":
                assert value in ("0", "1")
            elif word["Text Validation Type OR Show Slider Number"]:
                float(value)
    assert {line["report_complete"] + line["lesion_complete"] for line in lines} == {"1"}, "never 2: a person completes"
    assert len(lines) == len(done) + sum(len(result.findings.lesions) for result in done)


def test_redcap_says_what_the_findings_say(done: list[Result], tmp_path: Path) -> None:
    lines = rows(written("redcap", tmp_path, done) / "import.csv")
    for result in done:
        line = next(each for each in lines if each["record_id"] == result.id and not each["redcap_repeat_instrument"])
        assert line["cord_compression_assertion"] == result.findings.cord_compression.assertion.value
        assert line["emh_assertion"] == result.findings.emh.assertion.value
        assert line["biopsy_status"] == result.findings.biopsy.status.value


def test_redcap_events_and_ids(done: list[Result], tmp_path: Path) -> None:
    told = replace(OPTIONS, settings={"event": "baseline_arm_1"})
    lines = rows(written("redcap", tmp_path / "a", done, told) / "import.csv")
    assert {line["redcap_event_name"] for line in lines} == {"baseline_arm_1"}
    with pytest.raises(EmhReportError, match="--set event"):
        written("redcap", tmp_path / "b", done, replace(OPTIONS, settings={"event": "Base line"}))
    with pytest.raises(RowError):
        written("redcap", tmp_path / "c", [replace(done[0], id="x" * 101)])

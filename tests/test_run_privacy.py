"""No word of a report outside the target: every reader, every writer and every other command, good and failing.

One program runs them all in a folder of its own, with the places for temporary and personal files inside it; then every
file there and everything that was printed is searched for the words.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

import feeds
from conftest import ROOT
from emh_report import connectors

pytestmark = pytest.mark.slow

MARKS = (b"zebrafishson", b"quokkaville")
REPORT = """Zebrafishson HISTORY: Zebrafishson of Quokkaville has thalassemia; Quokkaville symptoms, zebrafishson asks whether.
COMPARISON: Zebrafishson study of Quokkaville. TECHNIQUE: limited by zebrafishson motion.
FINDINGS: Zebrafishson mass at T8, 4.2 x 3 cm, likely zebrafishson EMH. No cord compression at Quokkaville.
IMPRESSION: Extramedullary hematopoiesis of Zebrafishson. Biopsy not recommended unless zebrafishson grows. Radiotherapy of
quokkaville was given. Discussed with Dr Zebrafishson in Quokkaville at noon. If zebrafishson worsens, contrast MRI.
"""
PROGRAM = """
import json, logging, sys
logging.basicConfig(level=logging.DEBUG)
from emh_report.cli import main
for number, command in enumerate(json.loads(sys.stdin.read())):
    print("==", number, file=sys.stderr, flush=True)
    status = main(command)
    print("==", number, "status", status, flush=True)
"""


def bad_feeds(folder: Path) -> list[Path]:
    """Feeds of every format with the words where errors are."""
    made = {
        "header.csv": f'"{REPORT}",x\n1,2\n',
        "torn.csv": f"id,text\n1,{REPORT}\n\"{REPORT}",
        "two.csv": f'text,text\n"{REPORT}","{REPORT}"\n',
        "broken.jsonl": json.dumps({"text": REPORT})[:-4] + "\n" + json.dumps([REPORT]) + "\n" + json.dumps({REPORT: 1}),
        "findings.jsonl": json.dumps({"schema_version": "1.0", "emh": {"assertion": REPORT}}),
        "version.jsonl": json.dumps({"schema_version": REPORT}),
        "cut.hl7": feeds.message("a", REPORT)[:500],
        "kind.hl7": feeds.message("a", REPORT).replace("ORU^R01", REPORT.replace("\n", " ")),
        "charset.hl7": feeds.message("a", REPORT, charset="Zebrafishson"),
        "pdf.hl7": feeds.message("a", "X").replace("|FT|", "|ED|").replace("||X||", f"||A^B^C^Base64^{feeds.escaped(REPORT)}||"),
        "resource.json": json.dumps({"resourceType": REPORT, "text": REPORT}),
        "form.json": json.dumps(feeds.diagnostic_report("a", "x", presentedForm=[{"contentType": "text/plain", "data": REPORT}])),
        "status.json": json.dumps(feeds.diagnostic_report("a", REPORT, status="cancelled")),
        "cut.json": json.dumps(feeds.diagnostic_report("a", REPORT, conclusion=REPORT))[:-3],
        "cut.rtf": feeds.rtf(REPORT)[:-1].decode("cp1252"),
        "no.rtf": REPORT,
        "no.pdf": REPORT,
        "no.docx": REPORT,
        "no.dcm": REPORT,
        "no.parquet": REPORT,
        "nul.txt": REPORT + "\0" + REPORT,
    }  # fmt: skip
    paths = []
    for name, content in made.items():
        path = folder / name
        path.write_text(content, "utf-8")
        paths.append(path)
    whole = feeds.structured(folder / "cut.dcm", {"Findings": REPORT})
    whole.write_bytes(whole.read_bytes()[:-200])
    cut = folder / "cut.pdf"
    cut.write_bytes(feeds.pdf([REPORT.split("\n")])[:-150])
    return [*paths, whole, cut]


def good_feeds(folder: Path) -> list[Path]:
    reports = {"a1": REPORT, "a2": "FINDINGS: Zebrafishson is normal."}
    pdf, rtf = folder / "x.pdf", folder / "x.rtf"
    pdf.write_bytes(feeds.pdf([REPORT.split("\n")]))
    rtf.write_bytes(feeds.rtf(REPORT))
    return [
        feeds.text(folder / "text", reports),
        feeds.table(folder / "x.csv", reports),
        feeds.jsonl(folder / "x.jsonl", reports),
        feeds.parquet(folder / "x.parquet", reports),
        feeds.hl7(folder / "x.hl7", reports),
        feeds.fhir(folder / "x.json", reports),
        feeds.docx(folder / "x.docx", REPORT),
        feeds.structured(folder / "x.dcm", {"Findings": REPORT}),
        pdf,
        rtf,
    ]


def run_all(folder: Path, commands: list[list[str]]) -> subprocess.CompletedProcess[bytes]:
    """All commands in one process; the folders that a program may write to are in ``folder``."""
    homes = {name: str(folder / name.lower()) for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    for place in homes.values():
        Path(place).mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(commands).encode(),
        cwd=folder,
        env={**os.environ, **homes, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        timeout=600,
        check=False,
    )


def words_in(data: bytes) -> bool:
    return any(mark in data.lower() for mark in MARKS)


def found_in(folder: Path, but: tuple[str, ...]) -> list[str]:
    """Files that hold a word, but those below these places."""
    files = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return [name for name, path in names.items() if not name.startswith(but) and words_in(path.read_bytes())]


def test_nothing_outside_the_target(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    good, bad = good_feeds(source), bad_feeds(source)
    to = tmp_path / "out"
    to.mkdir()
    commands = [["run", str(each), "--to", str(to / f"{each.name}.jsonl")] for each in good]
    commands += [["run", str(each), "--to", str(to / f"bad-{each.name}.jsonl")] for each in bad]
    commands += [
        ["run", str(source / "text"), "--to", str(to / f"as-{name}"), "--format", name]
        for name in connectors.names("writers")
    ]
    commands += [
        ["run", str(source / "x.hl7"), "--to", str(to / "jobs.jsonl"), "--jobs", "2"],
        ["run", str(source / "x.csv"), "--to", str(to / "x.nix")],
        ["run", str(source / "x.csv"), "--to", str(to / "stop.jsonl"), "--on-error", "stop", "--text", "patient"],
        ["extract", str(source / "text"), "-o", str(to / "extract.jsonl")],
        ["extract", str(source / "no.pdf"), str(source / "nul.txt"), "-o", str(to / "bad.jsonl")],
        ["render", str(to / "x.csv.jsonl"), "-o", str(to / "render.txt")],
        ["render", str(source / "findings.jsonl")],
        ["migrate", str(source / "version.jsonl")],
        ["evaluate", str(source / "text")],
        ["explain", str(source / "text" / "a1.txt"), "nonsense[0].field"],
        ["compare", str(to / "extract.jsonl"), str(to / "extract.jsonl"), "-o", str(to / "compare.txt")],
        ["compare", str(source / "findings.jsonl"), str(source / "version.jsonl")],
        ["complete", str(to / "x.csv.jsonl"), "-o", str(to / "complete.json")],
        ["complete", str(source / "findings.jsonl"), "-o", str(to / "complete.json")],
        ["lexicon", "check"],
        ["lexicon", "check", str(source)],
        ["templates"],
        ["template", "export", "--format", "mrrt", "-o", str(to / "form.html")],
        ["doctor"],
        ["schema", "-o", str(to / "schema.json")],
    ]
    ran = run_all(tmp_path, commands)
    assert ran.stdout.count(b"status") == len(commands)
    assert ran.stdout.count(b"status 0") >= len(good) + 6
    for place, text in (("stdout", ran.stdout), ("stderr", ran.stderr)):
        lines = [line for line in text.splitlines() if words_in(line)]
        assert not lines, (place, len(lines))
    assert b"Traceback" not in ran.stderr
    assert found_in(tmp_path, ("in/", "out/")) == []
    beside = [name for name in found_in(tmp_path, ("in/",)) if ".run/" in name]
    assert beside == [], "manifest, rejects"
    assert len(list(to.glob("*.run/manifest.json"))) >= len(good)
    assert found_in(tmp_path, ("in/",)) != [], "the words are in the targets, else this shows nothing"


def test_nothing_anywhere_without_evidence_text(tmp_path: Path) -> None:
    """``--no-evidence-text``: not in the target either, nor in what is kept for the next run."""
    source = tmp_path / "in"
    source.mkdir()
    feeds.text(source / "text", {"a1": REPORT, "a2": "FINDINGS: Mass at T8."})
    names = connectors.names("writers")
    target = str(tmp_path / "out")
    commands = [
        ["run", str(source / "text"), "--to", f"{target}-{name}", "--format", name, "--no-evidence-text"]
        for name in names
    ]
    ran = run_all(tmp_path, commands)
    assert ran.stdout.count(b"status 0") >= len(names) - 1, "DICOM needs a study"
    assert not words_in(ran.stdout + ran.stderr)
    assert found_in(tmp_path, ("in/",)) == []
    stores = list(tmp_path.glob("*.run/done.sqlite"))
    assert len(stores) >= len(names) - 1
    for path in stores:
        with sqlite3.connect(path) as db:
            kept = [zlib.decompress(row[0]) for row in db.execute("SELECT findings FROM done")]
        db.close()
        assert not any(words_in(each) for each in kept)
    packed = [
        path for path in tmp_path.glob("out-*") if path.suffix != ".run" and path.name in ("out-parquet", "out-duckdb")
    ]
    assert not [path for path in packed if path.is_file() and words_in(readable(path))]


@pytest.mark.system
def test_nothing_outside_the_target_from_spark(tmp_path: Path) -> None:
    """Java's and the workers' files and logs too."""
    if not shutil.which("java"):
        pytest.skip("needs Java for Spark")
    pytest.importorskip("pyspark", reason="needs PySpark: pip install 'emh-report[spark]'")
    source = feeds.table(tmp_path / "in.csv", {"a1": REPORT, "a2": "FINDINGS: Zebrafishson is normal.", "a3": " "})
    ran = run_all(tmp_path, [["run", str(source), "--to", str(tmp_path / "out.jsonl"), "--engine", "spark"]])
    assert b"== 0 status 1" in ran.stdout, "one row is empty"
    assert not words_in(ran.stdout + ran.stderr)
    assert [name for name in found_in(tmp_path, ("in.csv",)) if name != "out.jsonl.run/done.sqlite"] == ["out.jsonl"]


def readable(path: Path) -> bytes:
    """The rows of a compressed file."""
    import duckdb

    if path.name == "out-parquet":
        return str(duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()).encode()
    with duckdb.connect(str(path), read_only=True) as db:
        tables = [row[0] for row in db.execute("SELECT table_name FROM information_schema.tables").fetchall()]
        return str([db.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables]).encode()

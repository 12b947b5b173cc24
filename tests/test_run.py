"""The run: one stream from any source to any target, the same for any number of processes, safe to run again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import feeds
from conftest import ROOT, Run, emh_report
from emh_report import connectors
from emh_report.batch import Workers
from emh_report.connectors.base import CODES, ReadOptions
from emh_report.errors import EmhReportError
from emh_report.pseudonym import pseudonym
from emh_report.run import RunOptions, run

R = feeds.REPORTS


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def rejects(target: Path) -> list[tuple[str, str]]:
    return [(each["id"], each["code"]) for each in lines(Path(f"{target}.run") / "rejects.jsonl")]


def manifest(target: Path) -> dict[str, Any]:
    found = json.loads((Path(f"{target}.run") / "manifest.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_source_to_a_target(tmp_path: Path, cli: Run) -> None:
    source = feeds.text(tmp_path / "in")
    target = tmp_path / "out.jsonl"
    ran = cli("run", source, "--to", target, "--run-date", "2026-01-02")
    assert (ran.status, ran.out) == (0, "")
    assert "text to jsonl: 3 read, 3 done, 0 skipped (done before), 0 rejected" in ran.err
    assert "cord_compression: 1 absent, 1 not_mentioned, 1 present" in ran.err
    assert [each["source"]["id"] for each in lines(target)] == ["a1.txt", "a2.txt", "a3.txt"]
    for name, text in R.items():
        (found,) = (each for each in lines(target) if each["source"]["id"] == f"{name}.txt")
        assert all(text[each["start"] : each["end"]] == each["text"] for each in found["mentions"])
    told = manifest(target)
    assert told["counts"] == {"read": 3, "written": 3, "rejected": 0}
    assert (told["run_date"], told["complete"], list(told["files"])) == ("2026-01-02", True, ["out.jsonl"])
    assert rejects(target) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out.jsonl", "out.jsonl.run"]
    assert sorted(tree(tmp_path / "out.jsonl.run")) == ["done.sqlite", "manifest.json", "rejects.jsonl"]


def test_the_same_findings_as_extract(tmp_path: Path, cli: Run) -> None:
    source = feeds.text(tmp_path / "in")
    assert cli("run", source, "--to", tmp_path / "out.jsonl", "--quiet").err == ""
    assert (tmp_path / "out.jsonl").read_text("utf-8") == cli("extract", source).out


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_processes(tmp_path: Path) -> None:
    reports = {f"n{number}": f"{text}\nSlice {number}." for number in range(20) for text in (R["a1"] + str(number),)}
    source = feeds.table(tmp_path / "x.csv", reports | {"bad": " ", "again": reports["n3"]})
    outs = []
    for jobs in (1, 3):
        target = tmp_path / str(jobs) / "out.jsonl"
        assert emh_report(["run", source, "--to", target, "--jobs", jobs, "--run-date", "2026-01-02"]).status == 1
        outs.append({name: data for name, data in tree(target.parent).items() if not name.endswith(".sqlite")})
    assert outs[0] == outs[1]
    assert len(outs[0]) == 3


def counted(source: Path, target: Path, **options: Any) -> list[str]:
    """A run; the texts of the reports that it extracted."""
    done: list[str] = []

    class Counting(Workers):
        def submit(self, report: Any) -> Any:
            done.append(report.text)
            return super().submit(report)

    run(source, target, RunOptions(**options), engine=Counting)
    return done


def test_running_again_does_only_what_is_new(tmp_path: Path) -> None:
    source, target = tmp_path / "x.csv", tmp_path / "out.jsonl"
    feeds.table(source)
    assert counted(source, target) == [*R.values()]
    first = target.read_bytes()
    assert counted(source, target) == []
    assert target.read_bytes() == first
    reports = R | {"a2": "No mass.", "a4": R["a1"]}
    feeds.table(source, reports)
    assert counted(source, target) == ["No mass."]
    assert [each["source"]["id"] for each in lines(target)] == ["a1", "a2", "a3", "a4"]
    assert counted(source, target, resume=False) == [*reports.values()]
    assert counted(source, target, evidence_text=False) == [*reports.values()]


def test_another_lexicon_does_all_again(tmp_path: Path) -> None:
    source, target = feeds.table(tmp_path / "x.csv"), tmp_path / "out.jsonl"
    counted(source, target)
    own = tmp_path / "lexicons"
    own.mkdir()
    words = "kind: finding\nconcepts:\n  - id: spine_word\n    preferred: spine\n    terms:\n      - normal spine\n"
    (own / "own.yaml").write_text(words, "utf-8")
    assert counted(source, target, lexicons=(own,)) == [*R.values()]
    assert "spine_word" in target.read_text("utf-8")
    assert counted(source, target, lexicons=(own,)) == []


def test_a_damaged_store_is_made_again(tmp_path: Path) -> None:
    source, target = feeds.table(tmp_path / "x.csv"), tmp_path / "out.jsonl"
    counted(source, target)
    (tmp_path / "out.jsonl.run" / "done.sqlite").write_bytes(b"no database" * 1000)
    assert counted(source, target) == [*R.values()]


def test_two_runs_on_one_target_are_refused(tmp_path: Path) -> None:
    source, target = feeds.table(tmp_path / "x.csv"), tmp_path / "out.jsonl"
    inner: list[str] = []

    def tick(_: object) -> None:
        with pytest.raises(EmhReportError) as told:
            run(source, target)
        inner.append(str(told.value))

    run(source, target, tick=tick)
    assert set(inner) == {"out.jsonl.run: another run is writing this target"}
    assert len(lines(target)) == 3


def test_bad_rows_are_rejects(tmp_path: Path, cli: Run) -> None:
    source = feeds.jsonl(tmp_path / "x.jsonl")
    with source.open("a") as out:
        out.write('{"id": "a1", "text": "twice"}\n{nonsense\n')
    target = tmp_path / "out.jsonl"
    ran = cli("run", source, "--to", target)
    assert ran.status == 1
    assert "2 rejected, see out.jsonl.run/rejects.jsonl" in ran.err
    assert [each["source"]["id"] for each in lines(target)] == ["a1", "a2", "a3"]
    assert rejects(target) == [("a1", "duplicate_id"), ("x.jsonl:5", "bad_json")]
    offsets = [each["offset"] for each in lines(tmp_path / "out.jsonl.run" / "rejects.jsonl")]
    assert [source.read_bytes()[offset : offset + 5] for offset in offsets] == [b'{"id"', b"{nons"]


def test_stop_at_the_first_bad_row(tmp_path: Path, cli: Run) -> None:
    source = tmp_path / "x.jsonl"
    good = [json.dumps({"id": name, "text": text}) for name, text in R.items()]
    source.write_text("\n".join([good[0], "{nonsense", *good[1:]]), "utf-8")
    target = tmp_path / "out.jsonl"
    target.write_text("old\n", "utf-8")
    ran = cli("run", source, "--to", target, "--on-error", "stop")
    assert ran.status == 1
    assert "not written" in ran.err
    assert target.read_text("utf-8") == "old\n"
    assert rejects(target) == [("x.jsonl:2", "bad_json")]
    assert manifest(target)["complete"] is False
    source.write_text("\n".join(good), "utf-8")
    assert "1 skipped" in cli("run", source, "--to", target).err
    assert len(lines(target)) == 3


def test_nothing_good_is_failure(tmp_path: Path, cli: Run) -> None:
    (tmp_path / "x.jsonl").write_text("{nonsense\n", "utf-8")
    ran = cli("run", tmp_path / "x.jsonl", "--to", tmp_path / "out.jsonl")
    assert ran.status == 2
    assert not (tmp_path / "out.jsonl").exists()
    assert rejects(tmp_path / "out.jsonl") == [("x.jsonl:1", "bad_json")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--to", "out.jsonl"], "nowhere: does not exist"),
        (["x.csv", "--to", "out.nix"], "--to out.nix: which format? Give --format"),
        (["x.csv", "--to", "out.jsonl", "--format", "nix"], "--format nix: expected one of"),
        (["x.csv", "--to", "out.jsonl", "--from", "nix"], "--from nix: expected one of"),
        (["x.csv", "--to", "out.jsonl", "--on-error", "nix"], "expected skip or stop"),
        (["x.csv", "--to", "out.jsonl", "--run-date", "soon"], "expected YYYY-MM-DD"),
        (["x.csv", "--to", "out.jsonl", "--set", "a=b"], "--set a: this format does not know it"),
        (["x.csv", "--to", "out.jsonl", "--id", "nix"], "--id nix: no such column"),
        (["x.csv", "--to", "out.jsonl", "--encoding", "nix"], "--encoding nix: no such encoding"),
        (["x.csv", "--to", "x.csv", "--format", "jsonl"], "--to: lies in the source"),
        (["x.csv", "--to", "folder", "--format", "jsonl"], "--to folder: is a folder, expected a file"),
        (["x.hl7", "--to", "out.jsonl", "--patient-id", "PID-3"], "give --patient-key FILE"),
        (["x.hl7", "--to", "out.jsonl", "--patient-id", "mrn"], "--patient-id mrn: expected PID-3"),
        (["x.txt", "--to", "out.jsonl", "--patient-id", "PID-3"], "this format has no identifier of the patient"),
        (["x.csv", "--to", "out.jsonl", "--patient-key", "key"], "give --patient-id too"),
        (
            ["x.csv", "--to", "out.jsonl", "--patient-id", "patient", "--patient-key", "short"],
            "expected at least 16 bytes",
        ),
    ],
)
def test_wrong_usage(
    tmp_path: Path, cli: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    feeds.table(tmp_path / "x.csv")
    feeds.hl7(tmp_path / "x.hl7")
    (tmp_path / "x.txt").write_text(R["a1"], "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "key").write_bytes(b"k" * 32)
    (tmp_path / "short").write_bytes(b"k")
    before = feeds.table(tmp_path / "x.csv").read_bytes()
    ran = cli("run", *arguments)
    assert ran.status == 2
    assert message in ran.err
    assert (tmp_path / "x.csv").read_bytes() == before
    assert not list(tmp_path.glob("out*"))


def test_an_id_that_may_be_text_is_not_told(tmp_path: Path, cli: Run) -> None:
    """A line break without quotation marks, and a comma where one is expected: text stands where the id should."""
    source = tmp_path / "x.csv"
    source.write_text("id,text\na1,FINDINGS\nSecretword mass,\na2,No mass.\n", "utf-8")
    assert cli("run", source, "--to", tmp_path / "out.jsonl").status == 1
    assert rejects(tmp_path / "out.jsonl") == [("x.csv@20", "empty")]


def test_run_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Run) -> None:
    source, target = feeds.table(tmp_path / "x.csv"), tmp_path / "out.jsonl"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert cli("run", source, "--to", target).status == 0
    assert manifest(target)["run_date"] == "1970-01-02"
    assert cli("run", source, "--to", target, "--run-date", "2026-01-02").status == 0
    assert manifest(target)["run_date"] == "2026-01-02"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert "expected seconds since 1970" in cli("run", source, "--to", target).err


def test_patients_are_keyed_hashes(tmp_path: Path, cli: Run) -> None:
    key = tmp_path / "key"
    key.write_bytes(b"0123456789abcdef\n")
    target = tmp_path / "out.jsonl"
    sources = (
        (feeds.hl7(tmp_path / "x.hl7"), "PID-3", "4711^^^HOSP"),
        (feeds.fhir(tmp_path / "x.json"), "subject", "Patient/4711"),
        (feeds.structured(tmp_path / "x.dcm", {"Findings": R["a1"]}), "PatientID", "4711"),
        (feeds.table(tmp_path / "x.csv"), "patient", "p0"),
    )
    for source, field, identifier in sources:
        assert cli("run", source, "--to", target, "--patient-id", field, "--patient-key", key).status == 0
        hashed = pseudonym(identifier, b"0123456789abcdef")
        assert lines(target)[0]["source"]["patient_id"] == hashed
        everything = b"".join(tree(tmp_path / "out.jsonl.run").values()) + target.read_bytes()
        assert b"4711" not in everything
        assert b"0123456789abcdef" not in everything
    assert len(hashed) == 32
    assert pseudonym("4711", b"a" * 16) != pseudonym("4711", b"b" * 16)
    assert cli("run", feeds.table(tmp_path / "x.csv"), "--to", target, "--patient-id", "patient").status == 0
    assert [each["source"]["patient_id"] for each in lines(target)] == ["p0", "p1", "p2"]


def test_no_evidence_text_keeps_offsets(tmp_path: Path, cli: Run) -> None:
    source, target = feeds.text(tmp_path / "in", {"a": R["a1"]}), tmp_path / "out.jsonl"
    cli("run", source, "--to", target)
    (full,) = lines(target)
    cli("run", source, "--to", target, "--no-evidence-text")
    (bare,) = lines(target)
    assert [each["start"] for each in bare["mentions"]] == [each["start"] for each in full["mentions"]]
    assert {each["text"] for each in bare["mentions"]} == {""}
    assert bare["cord_compression"]["assertion"] == full["cord_compression"]["assertion"] == "absent"
    assert cli("render", target).status == 0


def test_findings_go_from_format_to_format(tmp_path: Path, cli: Run) -> None:
    source = feeds.text(tmp_path / "in")
    first, second = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    cli("run", source, "--to", first)
    assert cli("run", first, "--to", second).status == 0
    assert first.read_bytes() == second.read_bytes()
    with first.open("a") as out:
        out.write('{"schema_version": "1.0", "nonsense": 1}\n')
    assert cli("run", first, "--to", second).status == 1
    assert rejects(second) == [("one.jsonl:4", "bad_findings")]


def test_every_reader_to_the_same_findings(tmp_path: Path) -> None:
    """The one report in every format: the same assertions, whatever it came in."""
    report = {"a1": R["a1"]}
    made = [
        feeds.text(tmp_path / "text", report),
        feeds.table(tmp_path / "x.csv", report),
        feeds.jsonl(tmp_path / "x.jsonl", report),
        feeds.parquet(tmp_path / "x.parquet", report),
        feeds.hl7(tmp_path / "x.hl7", report),
        feeds.fhir(tmp_path / "x.json", report),
        feeds.docx(tmp_path / "x.docx", R["a1"]),
        feeds.structured(tmp_path / "x.dcm", {"Findings": "Paravertebral mass at T8. No cord compression.", "Impressions": "Extramedullary hematopoiesis."}),
        tmp_path / "x.pdf",
        tmp_path / "x.rtf",
    ]  # fmt: skip
    made[-2].write_bytes(feeds.pdf([R["a1"].split("\n")]))
    made[-1].write_bytes(feeds.rtf(R["a1"]))
    for source in made:
        target = tmp_path / "out" / f"{source.name}.jsonl"
        assert run(source, target).status() == 0
        (found,) = lines(target)
        told = [found[name]["assertion"] for name in ("emh", "cord_compression")] + [found["lesions"][0]["levels"]]
        assert told == ["present", "absent", ["T8"]], source.name


# --- a process that dies ---------------------------------------------------------------------------------------------


DYING = """
import os, sys
import emh_report.batch as batch
whole = batch.extract_one
def dies(source, extract, options, report=None):
    if report and "Explosive" in report.text:
        os._exit(9)
    return whole(source, extract, options, report)
batch.extract_one = dies
if __name__ == "__main__":
    from emh_report.cli import main
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_report_that_kills_its_process_takes_no_other_along(tmp_path: Path) -> None:
    program = tmp_path / "dying.py"
    program.write_text(DYING, "utf-8")
    source = feeds.table(tmp_path / "x.csv", {"b": "Explosive mass."} | R)
    target = tmp_path / "out.jsonl"
    command = [sys.executable, str(program), "run", str(source), "--to", str(target), "--jobs", "2"]
    ran = subprocess.run(command, env=environment(), capture_output=True, timeout=300, check=False)
    assert ran.returncode == 1, ran.stderr
    assert [each["source"]["id"] for each in lines(target)] == ["a1", "a2", "a3"]
    assert rejects(target) == [("b", "worker_died")]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "SOURCE_DATE_EPOCH": "0"}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_workers_end_with_a_run_that_is_killed(tmp_path: Path) -> None:
    reports = {f"n{number}": f"{R['a1']}\nSlice {number}." for number in range(5_000)}
    source, target = feeds.table(tmp_path / "x.csv", reports), tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "emh_report", "run", str(source), "--to", str(target), "--jobs", "2"]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL) as started:
        workers: set[int] = set()
        while len(workers) < 3 and started.poll() is None:  # two workers and multiprocessing's resource tracker
            time.sleep(0.1)
            workers = {child for child, parent in processes() if parent == started.pid}
        assert len(workers) == 3
        started.kill()
    for _ in range(300):
        if not workers & {child for child, _ in processes()}:
            break
        time.sleep(0.1)
    assert not workers & {child for child, _ in processes()}
    assert not target.exists()


def processes() -> list[tuple[int, int]]:
    """Every process that runs, with its parent."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text("utf-8").rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            found.append((int(path.parent.name), int(parent)))
    return found


KILLED = """
import os, random, signal, sys, time
from pathlib import Path
import emh_report.store
from emh_report import connectors
from emh_report.batch import Workers
from emh_report.run import run
emh_report.store._BATCH = 3
source, target, clean = map(Path, sys.argv[1:])
ready = Workers(())

def start(target):  # a process of its own, with the pipeline of this one
    child = os.fork()
    if not child:
        try:
            run(source, target, engine=lambda *_: ready)
            os._exit(0)
        finally:
            os._exit(3)
    return child

run(source, clean.with_name("first.jsonl"), engine=lambda *_: ready)  # builds the pipeline
began = time.monotonic()
assert os.waitpid(start(clean), 0)[1] == 0
lasts = time.monotonic() - began
whole, chance = clean.read_bytes(), random.Random(6)
done = killed = 0
for _ in range(50):
    child = start(target)
    time.sleep(chance.uniform(0, lasts))
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL), status
    killed += status != 0
    if target.exists():  # never half of it
        assert target.read_bytes() == whole
        done += 1
        target.unlink()
        (target.parent / "out.jsonl.run" / "done.sqlite").unlink()
assert os.waitpid(start(target), 0)[1] == 0
assert target.read_bytes() == whole
print(killed, done)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL and fork are POSIX")
def test_killed_at_fifty_moments(tmp_path: Path) -> None:
    """Whenever the process is killed, the target is what it was or complete, and running again completes it."""
    reports = {f"n{number}": f"{R['a1']}\nSlice {number}." for number in range(40)}
    source, target = feeds.table(tmp_path / "x.csv", reports), tmp_path / "killed" / "out.jsonl"
    command = [sys.executable, "-c", KILLED, str(source), str(target), str(tmp_path / "clean" / "out.jsonl")]
    ran = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    killed, done = map(int, ran.stdout.split())
    assert killed >= 25
    assert done >= 1
    left = tree(target.parent)
    assert sorted(left) == [
        "out.jsonl",
        *(f"out.jsonl.run/{name}" for name in ("done.sqlite", "manifest.json", "rejects.jsonl")),
    ]
    assert len(lines(target)) == len({each["source"]["id"] for each in lines(target)}) == 40


@pytest.fixture(autouse=True)
def _no_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def test_python(tmp_path: Path) -> None:
    """The function beside the command."""
    source = feeds.table(tmp_path / "x.csv")
    summary = run(source, tmp_path / "out.jsonl", RunOptions(read=ReadOptions(text_field="report_text")))
    assert (summary.read, summary.done, summary.status()) == (3, 3, 0)
    assert summary.fields["cord_compression"] == {"absent": 1, "present": 1, "not_mentioned": 1}


def test_every_code_is_explained() -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \|", (ROOT / "docs/run.md").read_text("utf-8").split("## Why a row")[1])
    assert sorted(rows) == sorted(CODES)


def test_every_reader_is_explained() -> None:
    page = (ROOT / "docs/run.md").read_text("utf-8").split("## Sources")[1].split("## Run it")[0]
    assert sorted(re.findall(r"(?m)^\| `(\w+)` \|", page)) == sorted(connectors.names("readers"))

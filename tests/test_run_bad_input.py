"""Bad feeds and bad targets at the command: what is told, the exit status, and that everything else arrives."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import feeds
from conftest import ROOT, Run
from emh_report.connectors.writers import jsonl
from emh_report.errors import EmhReportError
from emh_report.run import run
from test_run import lines, rejects

R = feeds.REPORTS
Maker = Callable[[Path], Path]


def truncated_hl7(folder: Path) -> Path:
    first = feeds.message("a1", R["a1"])
    path = folder / "x.hl7"
    path.write_bytes((first + feeds.message("a2", R["a2"])[: len(first) - 20]).encode())
    return path


def glued_hl7(folder: Path) -> Path:
    path = folder / "x.hl7"
    cut = feeds.message("a2", R["a2"])[:230]
    path.write_bytes((feeds.message("a1", R["a1"]).rstrip("\r") + cut + feeds.message("a3", R["a3"])).encode())
    return path


def unknown_resource(folder: Path) -> Path:
    path = folder / "x.json"
    made = feeds.bundle({"resourceType": "Wonder"}, *(feeds.diagnostic_report(*each) for each in R.items()))
    path.write_text(json.dumps(made), "utf-8")
    return path


def empty_sr(folder: Path) -> Path:
    folder = folder / "in"
    folder.mkdir()
    feeds.structured(folder / "a.dcm", {"Findings": R["a1"]}, uid="1.1")
    feeds.structured(folder / "b.dcm", {}, uid="1.2")
    return folder


def archives(folder: Path) -> Path:
    source = feeds.text(folder / "in")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", R["a1"])
    (source / "b.txt").write_bytes(packed.getvalue())
    (source / "c.txt").write_bytes(gzip.compress(R["a1"].encode()))
    return source


def ragged(folder: Path) -> Path:
    path = feeds.table(folder / "x.csv")
    path.write_bytes(path.read_bytes() + b"a4,only two\na5,p,one,more\na6,p,No mass.\n")
    return path


def duplicates(folder: Path) -> Path:
    path = feeds.table(folder / "x.csv")
    path.write_bytes(path.read_bytes() + b"a1,p,Another report.\na6,p,No mass.\n")
    return path


def nul_bytes(folder: Path) -> Path:
    path = feeds.table(folder / "x.csv")
    path.write_bytes(path.read_bytes() + b"a5,p,No \0 mass.\na6,p,No mass.\n")
    return path


def binary_file(folder: Path) -> Path:
    source = feeds.text(folder / "in")
    (source / "b.txt").write_bytes(bytes(range(256)) * 40)
    return source


def sparse(path: Path, size: int) -> None:
    with path.open("ab") as out:
        out.truncate(size)


def large_text(folder: Path) -> Path:
    source = feeds.text(folder / "in")
    sparse(source / "b.txt", 200_000_000)
    return source


@pytest.mark.parametrize(
    ("make", "told", "arrived"),
    [
        (truncated_hl7, [("x.hl7:2", "truncated")], ["a1"]),
        (glued_hl7, [("x.hl7:2", "truncated")], ["a1", "a3"]),
        (unknown_resource, [("x.json#1", "not_a_report")], ["a1", "a2", "a3"]),
        (empty_sr, [("b.dcm", "no_text")], ["1.1"]),
        (archives, [("b.txt", "archive"), ("c.txt", "archive")], ["a1.txt", "a2.txt", "a3.txt"]),
        (ragged, [("x.csv:4", "ragged"), ("x.csv:5", "ragged")], ["a1", "a2", "a3", "a6"]),
        (duplicates, [("a1", "duplicate_id")], ["a1", "a2", "a3", "a6"]),
        (nul_bytes, [("a5", "binary")], ["a1", "a2", "a3", "a6"]),
        (binary_file, [("b.txt", "binary")], ["a1.txt", "a2.txt", "a3.txt"]),
        (large_text, [("b.txt", "too_large")], ["a1.txt", "a2.txt", "a3.txt"]),
    ],
)
def test_bad_feeds(tmp_path: Path, cli: Run, make: Maker, told: list[tuple[str, str]], arrived: list[str]) -> None:
    source, target = make(tmp_path), tmp_path / "out.jsonl"
    ran = cli("run", source, "--to", target)
    assert ran.status == 1
    assert f"{len(told)} rejected, see out.jsonl.run/rejects.jsonl" in ran.err
    assert sorted(rejects(target)) == sorted(told)
    assert [each["source"]["id"] for each in lines(target)] == arrived


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "jsonl", "hl7"])
def test_a_row_of_two_hundred_megabytes(tmp_path: Path, cli: Run, form: str) -> None:
    """The row is refused, the rows before and after it arrive."""
    line = (b"No mass, no compression at T8. " * 100 + b"\n") * 320
    first, last = (feeds.message(*each).encode() for each in (("a1", R["a1"]), ("a3", R["a3"])))
    head, tail, after = {
        "csv": (b'id,text\na1,Mass at T8.\nbig,"', b'"\n', b"a3,No mass.\n"),
        "jsonl": (b'{"id": "a1", "text": "Mass at T8."}\n{"id": "big", "text": "', b'"}\n', b'{"id": "a3", "text": "x"}\n'),
        "hl7": (first + first.replace(b"|a1", b"|big")[:200] + b"\rOBX|1|FT|x||", b"||||||F\r", last),
    }[form]  # fmt: skip
    path = tmp_path / f"x.{form}"
    with path.open("wb") as out:
        out.write(head)
        for _ in range(210):
            out.write(line.replace(b"\n", b"\\n") if form == "jsonl" else line)
        out.write(tail + after)
    assert path.stat().st_size > 200_000_000
    target = tmp_path / "out.jsonl"
    assert cli("run", path, "--to", target).status == 1
    assert rejects(target) == [(f"x.{form}:2", "too_large")]
    assert [each["source"]["id"] for each in lines(target)] == ["a1", "a3"]
    path.unlink()


def test_a_file_that_disappears(tmp_path: Path) -> None:
    source, target = feeds.text(tmp_path / "in", {f"n{number}": R["a1"] for number in range(9)}), tmp_path / "out.jsonl"
    summary = run(source, target, tick=lambda _: (source / "n8.txt").unlink(missing_ok=True))
    assert (summary.status(), rejects(target)) == (1, [("n8.txt", "unreadable")])
    assert len(lines(target)) == 8


def test_a_target_that_disappears(tmp_path: Path) -> None:
    source, target = feeds.table(tmp_path / "x.csv"), tmp_path / "out" / "out.jsonl"
    with pytest.raises(EmhReportError, match=r"^--to out.jsonl: cannot be written \("):
        run(source, target, tick=lambda _: shutil.rmtree(target.parent, ignore_errors=True))
    assert run(source, target).status() == 0
    assert len(lines(target)) == 3


def test_a_target_that_cannot_be(tmp_path: Path, cli: Run) -> None:
    source = feeds.table(tmp_path / "x.csv")
    ran = cli("run", source, "--to", source / "out.jsonl")
    assert ran.status == 2
    assert ran.err == (
        "emh-report: --to out.jsonl: cannot be written (Not a directory); what was done is kept for the next run\n"
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_target(tmp_path: Path, cli: Run) -> None:
    source, folder = feeds.table(tmp_path / "x.csv"), tmp_path / "out"
    folder.mkdir(mode=0o555)
    ran = cli("run", source, "--to", folder / "out.jsonl")
    folder.chmod(0o755)
    assert (ran.status, "cannot be written (Permission denied)" in ran.err) == (2, True)
    assert not list(folder.iterdir())


def test_a_full_disk_at_the_writer(tmp_path: Path, cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old target stays; the next run goes on with what was done."""
    source, target = feeds.table(tmp_path / "x.csv"), tmp_path / "out.jsonl"
    target.write_text("old\n", "utf-8")
    write = jsonl.Writer.write

    def full(self: jsonl.Writer, result: object) -> None:
        if getattr(result, "id", "") == "a3":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(self, result)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(jsonl.Writer, "write", full)
        ran = cli("run", source, "--to", target)
    assert ran.status == 2
    assert "--to out.jsonl: cannot be written (No space left on device)" in ran.err
    assert target.read_text("utf-8") == "old\n"
    assert sorted(path.name for path in (tmp_path / "out.jsonl.run").iterdir()) == ["done.sqlite"]
    assert "3 read, 0 done, 3 skipped" in cli("run", source, "--to", target).err
    assert len(lines(target)) == 3


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from emh_report.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""No file can grow beyond so many bytes: the operating system itself refuses to write on."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_no_room_for_target_or_store(tmp_path: Path, cli: Run) -> None:
    reports = {f"n{number}": f"{R['a1']}\nSlice {number}." for number in range(60)}
    source = feeds.table(tmp_path / "x.csv", reports)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    for size in (0, 5_000, 30_000, 100_000):  # of the store, of the store in its middle, of the target
        target = tmp_path / str(size) / "out.jsonl"
        command = [sys.executable, "-c", LIMITED, str(size), "run", str(source), "--to", str(target), "-q"]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert ran.returncode == 2
        assert ran.stderr.startswith("emh-report: --to out.jsonl: cannot be written (")
        assert "Traceback" not in ran.stderr
        assert not target.exists()
        assert cli("run", source, "--to", target, "-q").status == 0
        assert len(lines(target)) == 60

"""Shared by all tests: running the command in this process, or as a user would in another one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
REPORT = "FINDINGS: Paravertebral mass at T8. No cord compression.\nIMPRESSION: Extramedullary hematopoiesis.\n"


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """``cli("extract", path, stdin=b"...")`` in this process: as fast as the pipeline."""
    from emh_report.cli import main

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        status = main([str(argument) for argument in arguments])
        captured = capsysbinary.readouterr()
        return Ran(status, captured.out.decode("utf-8"), captured.err.decode("utf-8"))

    return run


def emh_report(
    arguments: Sequence[object],
    stdin: bytes = b"",
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> Ran:
    """The command in a process of its own, with every warning and log that this brings."""
    return _run([sys.executable, "-m", "emh_report", *map(str, arguments)], stdin, cwd, env or {})


def python(code: str, *arguments: object, cwd: Path | None = None) -> Ran:
    """A Python program that can import the package."""
    return _run([sys.executable, "-c", code, *map(str, arguments)], b"", cwd, {})


def _run(command: Sequence[str], stdin: bytes, cwd: Path | None, env: dict[str, str]) -> Ran:
    path = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, **env},
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A short synthetic report."""
    path = tmp_path / "report.txt"
    path.write_text(REPORT, "utf-8")
    return path


def calls(run: Callable[[], Any]) -> int:
    """How many Python functions ``run`` calls: a measure of work that other processes do not disturb."""
    count = 0

    def tick(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(tick)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


def grows_linearly(run: Callable[[str], Any], piece: str, count: int = 2_000) -> bool:
    """Whether four times the text costs ``run`` about four times the calls."""
    return calls(lambda: run(piece * 4 * count)) < 4.4 * calls(lambda: run(piece * count)) + 200

"""The wheel alone, from a directory that has nothing: code, lexicons and templates are all in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from conftest import REPORT, ROOT

pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path, stdin: str | None = None, path: Path | None = None) -> str:
    """A command that must succeed without a word on standard error; nothing of the checkout is on its path."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "EMH_REPORT"))}
    if path:
        clean["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [*map(str, command)], input=stdin, cwd=cwd, env=clean, capture_output=True, text=True, encoding="utf-8",
        timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    build = (
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        target,
    )
    run(*build, ROOT, cwd=target)
    (built,) = target.glob("emh_report-*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment that holds our wheel; the dependencies are lent by the one the tests run in.

    They are lent as single links, without our own project, so that an editable install cannot be seen from it.
    """
    home = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    interpreter = scripts / ("python.exe" if os.name == "nt" else "python")
    site = Path(run(interpreter, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    pip = (sys.executable, "-m", "pip", "--python", interpreter, "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=home)
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for entry in Path(folder).iterdir():
            ours = entry.name.casefold().replace("-", "_").startswith(("emh_report", "_emh_report"))
            if not ours and entry.suffix != ".pth" and not (site / entry.name).exists():
                (site / entry.name).symlink_to(entry)
    return interpreter


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    folder = tmp_path / "nowhere"
    folder.mkdir()
    return folder


def test_data_folders_are_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("lexicons", "templates"):
        shipped = sorted(path.name for path in (ROOT / folder).iterdir() if path.is_file())
        assert shipped
        assert [name for name in shipped if f"emh_report/{folder}/{name}" not in names] == []
    assert "emh_report/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "examples/"))]


def test_only_the_wheel_is_imported(python: Path, nowhere: Path) -> None:
    found = run(
        python, "-c", "import emh_report, emh_report.resources as r; print(emh_report.__file__); print(r.folder('lexicons'))",
        cwd=nowhere,
    )  # fmt: skip
    for line in found.splitlines():
        assert Path(line).is_relative_to(python.parents[1])


@pytest.mark.skipif(os.name == "nt", reason="the launcher is an .exe there")
def test_extract_and_render_from_an_empty_directory(python: Path, nowhere: Path) -> None:
    command = python.parent / "emh-report"
    found = run(command, "extract", "-", cwd=nowhere, stdin=REPORT)
    assert json.loads(found)["cord_compression"]["assertion"] == "absent"
    assert json.loads(found)["emh"]["assertion"] == "present"
    for format in ("text", "markdown", "html"):
        assert "T8" in run(command, "render", "-", "--format", format, cwd=nowhere, stdin=found)
    assert run(command, "lexicon", "check", cwd=nowhere)
    assert list(nowhere.iterdir()) == []

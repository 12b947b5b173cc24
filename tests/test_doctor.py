"""``emh-report doctor``: what it finds, what it says, and its exit status."""

from __future__ import annotations

import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conftest import ROOT, Run
from emh_report import doctor
from emh_report.connectors import names, reader, writer
from emh_report.doctor import Check


def test_every_extra_of_the_project_is_checked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = sorted(set(project["optional-dependencies"]) - {"dev", "all"})
    assert list(doctor.requirements()) == ["core", *extras]
    assert {"dicom", "docs", "fhir", "parquet", "spark"} <= set(extras)


def test_all_is_all() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = set(extras["all"][0].removeprefix("emh-report[").rstrip("]").split(","))
    assert named >= {"dicom", "docs", "fhir", "parquet", "spark"}
    assert named <= set(extras)


@pytest.mark.parametrize(("file", "python"), [("py311", "3.11"), ("py312", "3.12"), ("py312", "3.13")])
def test_the_constraints_hold_a_fitting_version_of_everything(file: str, python: str) -> None:
    """numpy 2 and pyarrow 26 break Python 3.11 at import, and pip says nothing."""
    lines = (ROOT / "constraints" / f"{file}.txt").read_text("utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if "==" in line)
    versions = {canonicalize_name(name): version for name, version in pinned.items()}
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [wanted["dependencies"], *wanted["optional-dependencies"].values()]
    needed = [Requirement(line) for group in groups for line in group if not line.startswith("emh-report[")]
    judged = 0
    for each in needed:
        if each.marker is None or each.marker.evaluate({"python_version": python}):
            assert each.specifier.contains(versions[canonicalize_name(each.name)]), each.name
            judged += 1
    assert judged > 20
    numpy_2 = not versions["numpy"].startswith("1.")
    assert numpy_2 == (python != "3.11")
    assert (int(versions["pyarrow"].split(".")[0]) < 26) == (python == "3.11")


def test_versions_are_those_installed(cli: Run) -> None:
    ran = cli("doctor")
    assert ran.status == 0
    assert f"  spacy {metadata.version('spacy')}\n" in ran.out
    assert ran.out.splitlines()[0].startswith("emh-report ")
    assert "core: ready\n" in ran.out


def test_a_missing_package_gives_the_command(monkeypatch: pytest.MonkeyPatch, cli: Run) -> None:
    installed = metadata.version

    def version(name: str) -> str:
        if name == "fhir.resources":
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(metadata, "version", version)
    ran = cli("doctor")
    assert "fhir: not ready\n  fhir.resources missing\n  → pip install 'emh-report[fhir]'\n" in ran.out
    assert ran.status == 0, "the core works"


def test_a_wrong_version_is_told(monkeypatch: pytest.MonkeyPatch, cli: Run) -> None:
    installed = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.9" if name == "medspacy" else installed(name))
    ran = cli("doctor")
    assert "core: broken\n  medspacy 0.9 expected <1.4,>=1.3.1\n" in ran.out
    assert ran.status == 2


def test_what_cannot_be_imported_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numpy of another spaCy: pip reports no conflict, only the import fails."""

    def broken(name: str) -> None:
        raise ValueError("numpy.dtype size changed")

    monkeypatch.setattr(doctor, "import_module", broken)
    (spacy,) = [check for check in doctor.checks() if check.name == "spacy"]
    assert spacy.fault == "installed, but cannot be imported (ValueError)"


def test_a_missing_program_is_told_without_a_pip_command() -> None:
    told = list(doctor.lines([Check("spark", "pyspark", "4.3.0"), Check("spark", "java", fault="missing: Java")]))
    assert told[1:] == ["spark: not ready", "  pyspark 4.3.0", "  java missing: Java"]


def test_listing_formats_needs_no_extra() -> None:
    """Every format can be named in a message, whatever is installed."""
    assert {"csv", "dicom", "duckdb", "fhir", "jsonl", "omop", "parquet", "redcap", "sqlite"} <= set(names("writers"))
    assert all(writer(name).SUFFIX for name in names("writers"))
    assert all(callable(reader(name).sniff) for name in names("readers"))


@pytest.mark.parametrize(
    ("target", "module", "extra", "what"),
    [
        ("out.fhir.json", "fhir.resources.R4B.bundle", "fhir", "FHIR"),
        ("out.dicom", "pydicom", "dicom", "DICOM SR"),
        ("out.parquet", "duckdb", "parquet", "Parquet"),
        ("out.duckdb", "duckdb", "parquet", "DuckDB"),
    ],
)
def test_a_format_without_its_extra_gives_the_command(
    target: str, module: str, extra: str, what: str, monkeypatch: pytest.MonkeyPatch, cli: Run, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # what Python does for a module that is not installed
    (tmp_path / "r.txt").write_text("FINDINGS: No cord compression.\n", "utf-8")
    ran = cli("run", tmp_path / "r.txt", "--to", tmp_path / target, "--quiet")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"emh-report: {what} needs an extra: pip install 'emh-report[{extra}]'\n"
    assert not (tmp_path / target).exists()

"""Finding the lexicons and templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from emh_report import resources
from emh_report.errors import EmhReportError


def _package(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pretend resources.py lies in ``root``/emh_report."""
    package = root / "emh_report"
    package.mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(package / "resources.py"))
    return package


def test_checkout_wins_over_the_copy_in_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = _package(tmp_path / "src", monkeypatch)
    (package / "lexicons").mkdir()
    (tmp_path / "lexicons").mkdir()
    (tmp_path / "pyproject.toml").touch()
    assert resources.folder("lexicons") == tmp_path / "lexicons"


def test_an_installed_package_uses_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = _package(tmp_path / "site-packages", monkeypatch)
    (package / "templates").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "pyproject.toml").touch()
    assert resources.folder("templates") == package / "templates"


def test_a_missing_folder_says_where_it_looked_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = _package(tmp_path, monkeypatch)
    with pytest.raises(EmhReportError, match="Reinstall emh-report") as caught:
        resources.folder("lexicons")
    assert str(package / "lexicons") in str(caught.value)


def test_this_checkout() -> None:
    assert (resources.folder("lexicons") / "conditions.yaml").is_file()

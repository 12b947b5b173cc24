"""That readers are skipped where no phrase of theirs stands changes no finding: every text, with them and without."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from emh_report.extract import Extractor
from emh_report.needs import needs
from emh_report.reading import ReportText

TESTS = Path(__file__).parent


def corpora() -> Any:
    path = TESTS.parent / "benchmarks" / "corpora.py"
    spec = importlib.util.spec_from_file_location("benchmarks_corpora", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def texts() -> Iterator[str]:
    yield from (path.read_bytes().decode() for path in sorted((TESTS / "gold").rglob("*.txt")))
    for table in sorted((TESTS / "phenomena").glob("*.txt")):
        rows = [line for line in table.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
        yield from (row.split(" => ")[0].replace("\\n", "\n") for row in rows)
    generated = corpora()
    yield from generated.chest(60, seed=31)
    yield from generated.full(20, seed=32)


def is_gate(value: object) -> bool:
    made_here = isinstance(value, FunctionType) and Path(value.__code__.co_filename).name == "needs.py"
    return made_here and hasattr(value, "__wrapped__")


def declared() -> list[tuple[Any, str, FunctionType, FunctionType]]:
    """Every place a reader that declares its needs is known by: its module, its name, itself, and without the gate."""
    found = []
    for name, module in sorted(sys.modules.items()):
        if name.startswith("emh_report."):
            for key, value in vars(module).items():
                inner = value
                while is_gate(inner):
                    inner = inner.__wrapped__
                if inner is not value:
                    found.append((module, key, value, inner))
    return found


@cache
def extractor() -> Extractor:
    return Extractor()


def findings() -> list[str]:
    return [extractor()(ReportText(text, "x")).model_dump_json() for text in texts()]


def test_the_walk_finds_the_readers() -> None:
    names = {reader.__name__ for _, _, _, reader in declared()}
    assert {"other_anchors", "signals", "biopsy", "organs", "emh", "nodal_groups"} <= names


@pytest.mark.slow
def test_readers_called_anyway_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    gated = findings()
    called: set[str] = set()
    for module, name, _, reader in declared():
        monkeypatch.setattr(module, name, reader)
        called.add(reader.__name__)
    assert len(called) > 10
    assert findings() == gated


def test_a_reader_is_called_where_one_of_its_kinds_stands() -> None:
    class Source:
        kinds = ("lesion",)

    read = needs("organ", otherwise=list)(lambda source: ["found"])
    assert read(Source()) == []
    assert needs("lesion", "organ", otherwise=list)(lambda source: ["found"])(Source()) == ["found"]

"""The direction of imports: spaCy stays behind the mentions, rendering sees the model, only the CLI prints."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "emh_report"
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem not in ("__init__", "__main__"))
SPACY = {"pipeline", "mentions", "pyrush", "docbin"}
"""The medspaCy pipeline, what turns its Doc into our own types, and what reads spaCy's own files."""
PRINTS = {"cli", "terminal"}
DEEPEST = 14
LONGEST = 300


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))


def typing_only(module: str) -> set[ast.AST]:
    """What stands under ``if TYPE_CHECKING:`` is not imported when the program runs."""
    guards = [n for n in ast.walk(tree(module)) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.dump(n.test)]
    return {node for guard in guards for statement in guard.body for node in ast.walk(statement)}


@cache
def imports(module: str) -> frozenset[str]:
    """Full names of everything a module imports, early or late."""
    names: set[str] = set()
    skipped = typing_only(module)
    for node in ast.walk(tree(module)):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            home = f"emh_report.{node.module or ''}".rstrip(".") if node.level else node.module or ""
            names |= {f"{home}.{alias.name}" for alias in node.names}
    return frozenset(names)


@cache
def ours(module: str) -> frozenset[str]:
    found = {name.split(".")[1] for name in imports(module) if name.startswith("emh_report.")}
    return frozenset(found & set(MODULES))


def test_the_walk_sees_something() -> None:
    assert {"model", "errors", "reading"} <= ours("batch")
    assert "spacy" in {name.split(".")[0] for name in imports("pipeline")}


@pytest.mark.parametrize("module", ["model", "errors", "words", "assign"])
def test_the_ground_imports_nothing_of_ours(module: str) -> None:
    assert ours(module) == frozenset()


@pytest.mark.parametrize("module", MODULES)
def test_spacy_stays_behind_the_boundary(module: str) -> None:
    heavy = {name.split(".")[0] for name in imports(module)} & {"spacy", "medspacy", "PyRuSH", "thinc"}
    assert not heavy or module in SPACY


def test_rendering_knows_only_the_model() -> None:
    pipeline = {"extract", "pipeline", "mentions", "lexicon", "link", "assemble", "batch", "cli"}
    assert ours("render") & pipeline == set()
    assert ours("compare") & pipeline == set()
    assert ours("evaluate") & pipeline == set()


@pytest.mark.parametrize("module", MODULES)
def test_only_the_cli_prints(module: str) -> None:
    calls = [
        node.lineno
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in ("print", "breakpoint"))
            or ast.unparse(node.func) in ("sys.stdout.write", "sys.stderr.write", "typer.echo")
        )
    ]
    assert not calls or module in PRINTS


def depth(module: str, above: tuple[str, ...] = ()) -> int:
    assert module not in above, f"cycle: {' -> '.join((*above, module))}"
    return 1 + max((depth(other, (*above, module)) for other in ours(module)), default=0)


@pytest.mark.parametrize("module", MODULES)
def test_no_cycle_and_no_long_chain(module: str) -> None:
    assert depth(module) <= DEEPEST


@pytest.mark.parametrize("module", MODULES)
def test_a_module_fits_on_a_few_pages_and_says_what_it_is(module: str) -> None:
    assert ast.get_docstring(tree(module))
    assert len((PACKAGE / f"{module}.py").read_text("utf-8").splitlines()) <= LONGEST or module in (
        "model",
        "cli",
    )


@pytest.mark.parametrize("module", MODULES)
def test_no_extension_attribute_is_registered(module: str) -> None:
    """Our state is in our types: checked, comparable, and independent of the order of imports."""
    assert "set_extension" not in ast.unparse(tree(module))


CONNECTORS = sorted((PACKAGE / "connectors").rglob("*.py"))


@pytest.mark.parametrize("path", CONNECTORS, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_connector_knows_the_model_and_not_how_findings_arise(path: Path) -> None:
    text = path.read_text("utf-8")
    module = ast.parse(text)
    assert ast.get_docstring(module)
    assert len(text.splitlines()) <= LONGEST
    names = {node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
    allowed = {"connectors", "errors", "model", "reading", "render", "paths", "resources", "yamltree"}
    assert {name.split(".")[1] for name in names if name.startswith("emh_report.")} <= allowed
    assert not {
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write", "sys.stderr.write")
    }


def test_listing_the_formats_loads_no_library() -> None:
    """A format's library is imported when the format is used: at the top stand only our own and the standard library."""
    for path in CONNECTORS:
        for node in ast.parse(path.read_text("utf-8")).body:
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            heavy = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"emh_report", "__future__"}
            assert not heavy, path.name

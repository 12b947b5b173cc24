"""README and docs: what they show is run, what they name exists, and every command is explained.

In README.md and docs/*.md, a block marked

* ``console`` is run: lines after ``$`` are commands, which must succeed; lines below a command, if there are any, are
  its output, where ``...`` stands for anything, alone on a line for any lines;
* ``python`` is run; a comment behind a print is what it prints;
* ``diff`` is an edit of a file of the repository, and one that follows "`path`:" is the content of that file;
* ``json`` or ``text`` that follows a link into examples/ is an excerpt of that file.

Blocks of a page are run in order, in one copy of the repository. Blocks marked ``sh`` are not run.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import typer

from conftest import ROOT
from emh_report.cli import app
from emh_report.warnings import CODES
from test_architecture import MODULES, ours

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ALL = [*PAGES, ROOT / "CHANGELOG.md", ROOT / "templates/README.md", ROOT / "examples/README.md"]
TEXT = {page: page.read_text("utf-8") for page in ALL}
COPIED = ("src", "lexicons", "templates", "examples", "tests/gold", "pyproject.toml")
SKIPPED = ("[b-z]0*", "a0[1-9]*")
"""Ten gold reports are enough to show ``evaluate``."""
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w./-]+)`[^`]*:$")
_EXAMPLE = re.compile(r"\]\((examples/[\w./]+)\)+:$")


@dataclass(frozen=True)
class Block:
    """A fenced block and the line of text before it."""

    kind: str
    body: str
    before: str
    line: int


def blocks(page: Path) -> list[Block]:
    found = []
    for match in _FENCE.finditer(TEXT[page]):
        above = TEXT[page][: match.start()]
        lead = above.rstrip("\n").rsplit("\n", 1)[-1]
        found.append(Block(match[1], match[2], lead, above.count("\n") + 1))
    return found


def steps(block: Block) -> list[tuple[str, list[str]]]:
    """The commands of a console block with the output written below each."""
    found: list[tuple[str, list[str]]] = []
    for line in block.body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found[-1][0].endswith("\\") and not found[-1][1]:
            found[-1] = (f"{found[-1][0]}\n{line}", [])
        else:
            found[-1][1].append(line)
    return found


def ids(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


# --- run ----------------------------------------------------------------------------------------------------------


def checkout(folder: Path) -> Path:
    """A copy of what a user has, with ``emh-report`` on the path of the commands."""
    for name in COPIED:
        source, target = ROOT / name, folder / "repo" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns(*SKIPPED))
        else:
            shutil.copyfile(source, target)
    launcher = folder / "bin" / "emh-report"
    launcher.parent.mkdir()
    launcher.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m emh_report "$@"\n', "utf-8")
    launcher.chmod(0o755)
    return folder / "repo"


def run(command: list[str], copy: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(copy.parent / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        command,
        cwd=copy,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(copy / "src"), "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def matches(written: list[str], printed: list[str]) -> bool:
    """Whether the printed lines are those written, in which "..." stands for any number of lines."""
    lines = (
        ".*" if line.strip() == "..." else re.escape(line.rstrip()).replace(r"\.\.\.", "[^\n]*") + "\n"
        for line in written
    )
    return re.fullmatch("".join(lines), "".join(f"{line.rstrip()}\n" for line in printed), re.DOTALL) is not None


def hunks(diff: str) -> Iterator[tuple[str, str, str]]:
    """File, lines before and lines after, for every hunk."""
    name, old, new = "", "", ""
    for line in [*diff.splitlines(), "@@"]:
        if line.startswith(("@@", "--- ")) and (old or new):
            yield name, old, new
            old, new = "", ""
        if line.startswith("+++ "):
            name = line.removeprefix("+++ ").strip()
        elif not line.startswith(("---", "@@")):
            old += "" if line.startswith("+") else f"{line[1:]}\n"
            new += "" if line.startswith("-") else f"{line[1:]}\n"


def perform(block: Block, copy: Path) -> None:
    named = _FILE.search(block.before)
    if block.kind == "diff":
        for name, old, new in hunks(block.body):
            content = (copy / name).read_text("utf-8")
            assert content.count(old) == 1, f"line {block.line}: {name} does not hold once:\n{old}"
            (copy / name).write_text(content.replace(old, new), "utf-8")
    elif named and block.kind not in ("console", "sh"):
        target = copy / named[1]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.body, "utf-8")
    elif block.kind == "console":
        for command, output in steps(block):
            ran = run(["bash", "-o", "pipefail", "-c", command], copy)
            allowed = (0, 1) if command.startswith("emh-report evaluate") else (0,)
            assert ran.returncode in allowed, f"line {block.line}: {command}\n{ran.stdout}"
            shown = ran.stdout.splitlines()
            assert not output or matches(output, shown), f"line {block.line}: {command}\n" + "\n".join(shown)
    elif block.kind == "python":
        ran = run([sys.executable, "-c", block.body], copy)
        assert ran.returncode == 0, f"line {block.line}:\n{ran.stdout}"
        assert ran.stdout.splitlines() == re.findall(r"(?m)^\s*print\(.*\)\s+# (.*)$", block.body)


def perform_page(page: Path, folder: Path) -> str:
    """What does not work on a page, or nothing."""
    folder.mkdir()
    copy = checkout(folder)
    try:
        for block in blocks(page):
            perform(block, copy)
    except AssertionError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def performed(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    """All pages, several at a time: most of the time is waiting for processes."""
    home = tmp_path_factory.mktemp("pages")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(PAGES, pool.map(perform_page, PAGES, [home / page.stem for page in PAGES]), strict=True))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="the pages show a POSIX shell")
@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_what_a_page_shows_works(page: Path, performed: dict[Path, str]) -> None:
    assert performed[page] == ""


# --- excerpts -----------------------------------------------------------------------------------------------------


def is_part(part: Any, whole: Any) -> bool:
    """Whether everything in ``part`` is in ``whole``; items of lists in their order."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and is_part(part[key], whole[key]) for key in part)
    if isinstance(part, list):
        rest = iter(whole)
        return all(any(is_part(item, each) for each in rest) for item in part)
    return bool(part == whole)


def test_is_part() -> None:
    assert is_part({"a": [{"b": 1}, {"b": 3}]}, {"a": [{"b": 1}, {"b": 2}, {"b": 3, "c": 4}], "d": 5})
    assert not is_part({"a": [{"b": 3}, {"b": 1}]}, {"a": [{"b": 1}, {"b": 3}]})
    assert not is_part({"a": None}, {})


def test_excerpts_are_in_their_files() -> None:
    seen = 0
    for page in PAGES:
        for block in blocks(page):
            named = _EXAMPLE.search(block.before)
            if block.kind not in ("text", "json") or not named:
                continue
            seen += 1
            whole = (ROOT / named[1]).read_text("utf-8")
            if block.kind == "json":
                assert is_part(json.loads(block.body), json.loads(whole)), f"{page.name}:{block.line}"
                continue
            place, flat = 0, " ".join(whole.split())
            for piece in block.body.split("..."):
                place = flat.find(" ".join(piece.split()), place)
                assert place >= 0, f"{page.name}:{block.line}: not in the file any more:\n{piece}"
    assert seen >= 3


# --- names --------------------------------------------------------------------------------------------------------


def commands() -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}

    def walk(name: str, command: Any) -> None:
        found[name] = command
        for word, each in getattr(command, "commands", {}).items():
            walk(f"{name} {word}", each)

    walk("emh-report", typer.main.get_command(app))
    return found


COMMANDS = commands()


def options(command: Any) -> set[str]:
    names = {"-h", "--help"}
    return names.union(*([*each.opts, *each.secondary_opts] for each in command.params if each.opts[0][0] == "-"))


def named_commands(text: str) -> Iterator[tuple[str, set[str]]]:
    """Commands of ours that a page names, with the options it gives them."""
    for call in re.findall(r"(?:emh-report|-m emh_report)((?: [^\s`|;)&]+)*)", text.replace("\\\n", " ")):
        words = call.split()
        name = "emh-report"
        while words and f"{name} {words[0]}" in COMMANDS:
            name += f" {words.pop(0)}"
        if name == "emh-report" and words and re.fullmatch("[a-z]+", words[0]) and call.startswith(" "):
            name += f" {words[0]}"
        yield name, {word.split("=")[0] for word in words if re.match("--?[a-z]", word)}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "templates/README.md"], ids=ids)
def test_commands_and_options_exist(page: Path) -> None:
    code = re.findall(r"```(?:console|sh)\n(.*?)```|`([^`\n]+)`", TEXT[page], re.DOTALL)
    for name, given in named_commands("\n".join(block or inline for block, inline in code)):
        assert name in COMMANDS, f"{name} is no command"
        assert given <= options(COMMANDS[name]), f"{name} has no {given - options(COMMANDS[name])}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_is_in_the_readme(name: str) -> None:
    command: Any = COMMANDS[name]
    assert command.help
    readme = TEXT[ROOT / "README.md"]
    assert name in readme
    for each in command.params:
        assert each.name == "help" or getattr(each, "help", None), f"{name}: {each.name} has no help"
        if each.opts[0][0] == "-":
            assert any(f"`{option}" in readme or f" {option}" in readme for option in each.opts), each.opts


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    code = "\n".join(
        " ".join(parts)
        for text in TEXT.values()
        for parts in re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", text, re.DOTALL)
    )
    named = set(re.findall(r"(?m)(?:^|\s)make ([a-z][a-z-]*)", code))
    assert {"demo", "test"} <= named <= targets


@pytest.mark.parametrize("page", ALL, ids=ids)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", TEXT[page]):
        path, _, anchor = link.partition("#")
        assert "://" not in link or link.startswith("https://"), link
        if "://" in link:
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            headings = re.findall(r"(?m)^#+ (.*)$", target.read_text("utf-8"))
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{link}: no such heading"


def test_every_page_is_linked_from_the_readme() -> None:
    linked = set(re.findall(r"\((docs/[\w-]+\.md)", TEXT[ROOT / "README.md"]))
    assert {ids(page) for page in PAGES[1:]} == linked


def test_architecture_names_the_modules() -> None:
    """All but those that only one other module uses: they are part of it."""
    rows = set(re.findall(r"(?m)^\| `(\w+)` \|", TEXT[ROOT / "docs/architecture.md"]))
    shared = {module for module in MODULES if sum(module in ours(other) for other in MODULES) != 1}
    assert (shared - rows, rows - set(MODULES)) == (set(), set()), "modules without a row, rows without a module"


def test_every_warning_is_explained() -> None:
    rows = set(re.findall(r"(?m)^\| `(\w+)` \|", TEXT[ROOT / "docs/warnings.md"]))
    assert rows == set(CODES)


def test_no_place_of_one_machine() -> None:
    for page, text in TEXT.items():
        assert not re.findall(r"/(?:work|tmp|home|root|Users)/", text), page.name

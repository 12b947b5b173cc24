"""A compiled copy of the package: ``python benchmarks/compiled.py FOLDER``, then ``PYTHONPATH=FOLDER``.

mypyc, which comes with mypy, turns typed modules into C; the findings are the same to the byte (``make compiled``
compares them), the time about two thirds. It needs a C compiler and some minutes, and the copy does not follow
later changes of the source, which is why no installation does this by itself. A module that mypyc cannot compile
stays as it is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INTERPRETED = frozenset(
    "__init__ model pipeline extract lexicon yamltree paths reading resources common_words errors".split()
)
"""Built on classes that read their own annotations (pydantic, spaCy), or read once."""
_IMPORTED = "import sys, emh_report.extract; print(*(name for name in sys.modules if name.startswith('emh_report.')))"
_CONSTANT = re.compile(
    r"(_?[A-Z][A-Z0-9_]*) = (?=frozenset\(|re\.compile\(|word_set\(|_words\(|Wordbook\(|\{|_?[A-Z][A-Z0-9_]* \| )"
)
"""Sets, tables and patterns: of a number, text or member of an enumeration mypy would infer too much."""
_ASSIGNED = re.compile(r"^(_?[A-Z][A-Z0-9_]*)(?:: [^=]+)? (?:[|+-]?=) ")
_FAILED = re.compile(r"emh_report/(\w+)\.py:\d+: (?!note)")


def main(target: Path) -> int:
    """Copy, compile, and report what was left out; 1 if nothing could be compiled."""
    package = target / "emh_report"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "src" / "emh_report", package, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("lexicons", "templates"):
        shutil.copytree(ROOT / name, package / name)
    modules = on_the_way(target) - INTERPRETED
    for module in modules:
        path = package / f"{module}.py"
        path.write_text(with_final(path.read_text("utf-8")), "utf-8")
    while modules:
        command = [
            sys.executable,
            "-m",
            "mypyc",
            "--ignore-missing-imports",
            *(f"emh_report/{module}.py" for module in sorted(modules)),
        ]
        run = subprocess.run(command, cwd=target, capture_output=True, text=True, check=False)
        if run.returncode == 0:
            shutil.rmtree(target / "build", ignore_errors=True)
            print(f"compiled {len(modules)} modules into {target}")
            return 0
        failed = set(_FAILED.findall(run.stdout + run.stderr)) & modules
        if not failed:
            break
        print(f"left as they are: {', '.join(sorted(failed))}", flush=True)
        modules -= failed
    print((run.stdout + run.stderr)[-2000:] if modules else "nothing to compile", file=sys.stderr)
    return 1


def on_the_way(target: Path) -> set[str]:
    """The modules between a text and its findings."""
    run = subprocess.run(
        [sys.executable, "-c", _IMPORTED],
        env=os.environ | {"PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[2] for name in run.stdout.split()}


def with_final(source: str) -> str:
    """A module whose constants are declared final: mypyc then keeps them at hand and looks none of them up by name."""
    names = [name for line in source.splitlines() for name in _ASSIGNED.findall(line)]
    constant = {name for name in names if names.count(name) == 1}
    lines = [
        _CONSTANT.sub(lambda match: f"{match[1]}: Final = ", line, count=1) if _named(line) in constant else line
        for line in source.splitlines(keepends=True)
    ]
    import_line = "from __future__ import annotations\n"
    return "".join(lines).replace(import_line, f"{import_line}\nfrom typing import Final\n", 1)


def _named(line: str) -> str | None:
    match = _CONSTANT.match(line)
    return match[1] if match else None


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve()))

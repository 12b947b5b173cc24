"""A compiled copy of the package: ``python benchmarks/compiled.py FOLDER``, then ``PYTHONPATH=FOLDER``.

mypyc, which comes with mypy, turns typed modules into C; the findings are the same to the byte (``make compiled``
compares them), the time about two thirds. It needs a C compiler and some minutes, and the copy does not follow
later changes of the source, which is why no installation does this by itself. A module that mypyc cannot compile
stays as it is.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INTERPRETED = frozenset(
    "__init__ __main__ cli terminal model pipeline extract lexicon yamltree filters render batch evaluate gold compare "
    "output paths explain explain_view provenance reading resources common_words errors".split()
)
"""Outside the way from text to findings, or built on classes that read their own annotations (pydantic, spaCy)."""
_FAILED = re.compile(r"emh_report/(\w+)\.py:\d+: (?!note)")


def main(target: Path) -> int:
    """Copy, compile, and report what was left out; 1 if nothing could be compiled."""
    package = target / "emh_report"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "src" / "emh_report", package, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("lexicons", "templates"):
        shutil.copytree(ROOT / name, package / name)
    modules = {path.stem for path in package.glob("*.py")} - INTERPRETED
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


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve()))

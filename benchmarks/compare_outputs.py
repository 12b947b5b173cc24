"""Findings before and after a change that must not change them, byte for byte.

    python benchmarks/compare_outputs.py against /path/to/another/checkout [FOLDER ...]
    python benchmarks/compare_outputs.py dump before.jsonl [FOLDER ...]      (then change something)
    python benchmarks/compare_outputs.py compare before.jsonl after.jsonl

The texts are those of this checkout: all of tests/gold, every sentence of tests/phenomena, the examples, and
generated chest reports, large documents and odd inputs; and every *.txt and *.md in the folders that are named,
once whole and once line by line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import corpora

ROOT = Path(__file__).resolve().parents[1]
ODD = (
    "", " ", "\n", ".", "...", "EMH", "?EMH", "\ufeffEMH.\r\n\r\nNo mass.\r", "para-\nvertebral mass", "T2*", "a" * 5000,
    "D4 " * 800, "no " * 900 + "mass", "(" * 300, "5.2x3.7x2.1 cm " * 60, "\x00\x0b\x0c\x85\u2028", "İSTANBUL ıi ß ﬁ",
    "FINDINGS:\nIMPRESSION:\n", "ADDENDUM: the mass is at T5.", "1. EMH.\n2. No cord compression\n3. \n", "T4-T7 masses 3 x 4 cm\tT8",
)  # fmt: skip


def texts(folders: Sequence[Path] = ()) -> Iterator[tuple[str, str]]:
    """Every text with a name."""
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in (".txt", ".md")):
            text = path.read_bytes().decode("utf-8", "replace")
            yield str(path), text
            yield from ((f"{path}:{number}", line) for number, line in enumerate(text.splitlines(), 1) if line.strip())
    for name in ("tests/gold", "examples"):
        for path in sorted((ROOT / name).rglob("*.txt")):
            yield str(path.relative_to(ROOT)), path.read_bytes().decode()
    for table in sorted((ROOT / "tests" / "phenomena").glob("*.txt")):
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                yield f"{table.name}:{number}", line.split(" => ")[0].replace("\\n", "\n")
    for name in ("levels", "measures", "sections", "sentences", "boundaries"):
        path = ROOT / "tests" / "tables" / f"{name}.txt"
        if path.exists():
            yield path.name, path.read_text(encoding="utf-8")
    for name, texts_ in (("chest", corpora.chest(150)), ("plain", corpora.plain(30)), ("junk", corpora.junk(60))):
        yield from ((f"{name} {number}", text) for number, text in enumerate(texts_))
    yield from ((f"odd {number}", text) for number, text in enumerate(ODD))
    yield "large", corpora.large(40_000)
    yield "unpunctuated", corpora.unpunctuated(20_000)


def dump(out: Path, folders: Sequence[Path]) -> None:
    """Write one line of JSON a text."""
    from emh_report.extract import Extractor
    from emh_report.reading import ReportText

    extract = Extractor()
    with out.open("w", encoding="utf-8") as file:
        for name, text in texts(folders):
            try:
                findings = json.loads(extract(ReportText(text, "x")).model_dump_json())
            except Exception as error:
                findings = {"error": type(error).__name__}
            file.write(json.dumps([name, findings], ensure_ascii=True) + "\n")


def compare(before: Path, after: Path) -> int:
    """Print every text whose findings differ, and in which fields; 1 if one does."""
    ones, others = ([json.loads(line) for line in path.open(encoding="utf-8")] for path in (before, after))
    differing = 0
    for (name, one), (_, other) in zip(ones, others, strict=True):
        fields = [key for key in one.keys() | other.keys() if json.dumps(one.get(key)) != json.dumps(other.get(key))]
        if fields:
            differing += 1
            print(f"{name}: {', '.join(sorted(fields))}")
    print(f"{len(ones)} texts, {differing} with other findings")
    return int(differing > 0)


def against(tree: Path, folders: Sequence[Path]) -> int:
    """Compare this checkout with another one, both run by this Python."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, root in (("before", tree), ("after", ROOT)):
            files.append(Path(folder) / f"{name}.jsonl")
            environment = os.environ | {"PYTHONPATH": str(root / "src" if (root / "src").is_dir() else root)}
            command = [sys.executable, __file__, "dump", str(files[-1]), *map(str, folders)]
            subprocess.run(command, env=environment, check=True, cwd=root)
        return compare(files[0], files[1])


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["dump", out, *folders]:
            dump(Path(out), [Path(folder).resolve() for folder in folders])
        case ["compare", before, after]:
            sys.exit(compare(Path(before), Path(after)))
        case ["against", tree, *folders]:
            sys.exit(against(Path(tree).resolve(), [Path(folder).resolve() for folder in folders]))
        case _:
            sys.exit(__doc__)

"""emh-report and its peers on the same generated texts, in turn: ``make bench``, or ``python benchmarks/bench.py``.

Each system is a process in an environment of its own. They take turns on one corpus, a few texts at a time, so
that whatever else the machine does slows all of them alike; counted is the processor time of each. A ratio is
taken within a turn, and printed as the median over the turns with the lowest and highest. The first turn, in which
caches fill, is reported by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import corpora
from systems import SYSTEMS

HERE = Path(__file__).resolve().parent
BASE = "medSpaCy default"
SLOW = ("medSpaCy default", "medSpaCy + sentencizer")
"""Quadratic in the length of a document: measured on long ones only with --slow."""


class Process:
    """A running system."""

    def __init__(self, name: str, python: str, package: Path) -> None:
        environment = os.environ | {"PYTHONPATH": str(package), "PYTHONHASHSEED": "0"}
        environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        command = [python, str(HERE / "worker.py"), name]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        if self._answer() != "ready":
            raise RuntimeError(f"{name} does not start: {' '.join(command)}")

    def seconds(self, file: Path) -> float:
        """How long the texts of a file take."""
        assert self.process.stdin
        self.process.stdin.write(f"{file}\n")
        self.process.stdin.flush()
        return float(self._answer())

    def _answer(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        """Let it end."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def corpus(name: str, turns: int, size: int) -> list[list[str]]:
    """The texts of each turn: different ones, as a registry's are."""
    count = turns * size
    if name == "100KB":
        return [[corpora.large(100_000, random.Random(turn).sample(corpora.gold(), 40))] for turn in range(turns)]
    makers = {"chest": corpora.chest, "plain": corpora.plain, "EMH": corpora.full}
    texts = makers[name](count)
    return [texts[turn * size : (turn + 1) * size] for turn in range(turns)]


CORPORA = {"chest": 60, "plain": 60, "EMH": 12, "100KB": 1}
"""Corpus → texts a turn."""
TITLES = {
    "chest": "short chest reports",
    "plain": "short reports without one concept of ours",
    "EMH": "full EMH reports",
    "100KB": "documents of 100 KB",
}


def run(corpus_name: str, processes: dict[str, Process], turns: int, folder: Path) -> None:
    """One corpus: measure and print."""
    parts = corpus(corpus_name, turns + 1, CORPORA[corpus_name])
    characters = statistics.mean(len(text) for part in parts for text in part)
    print(
        f"\n{TITLES[corpus_name]}: {characters:,.0f} characters each, {len(parts[0])} a turn, {turns} turns", flush=True
    )
    times: dict[str, list[float]] = {name: [] for name in processes}
    for number, texts in enumerate(parts):
        file = folder / f"{corpus_name}_{number}.json"
        file.write_text(json.dumps(texts), encoding="utf-8")
        for name in random.Random(number).sample(sorted(processes), len(processes)):
            times[name].append(processes[name].seconds(file) / len(texts))
    first = {name: measured[0] for name, measured in times.items()}
    warm = {name: measured[1:] for name, measured in times.items()}
    base = BASE if BASE in times else next(iter(times))
    print(f"  {'':24}{'reports/s':>10}{'first turn':>11}{'µs/char':>9}   times as fast as {base}")
    for name, measured in warm.items():
        median = statistics.median(measured)
        ratios = [other / own for own, other in zip(measured, warm[base], strict=True)]
        spread = f"{statistics.median(ratios):8.1f}   ({min(ratios):.1f} to {max(ratios):.1f})"
        print(
            f"  {name:24}{1 / median:10,.1f}{1 / first[name]:11,.1f}{median / characters * 1e6:9.2f}   {spread}",
            flush=True,
        )


def _system(name: str) -> str:
    """A system by its name, typed with hyphens for blanks where a shell would split it."""
    typed = {system.replace(",", "").replace(" ", "-").lower(): system for system in SYSTEMS}
    try:
        return typed[name.replace(",", "").replace(" ", "-").lower()]
    except KeyError:
        raise argparse.ArgumentTypeError(f"expected one of {', '.join(typed)}") from None


def main() -> None:
    """Parse the command line, start the systems, run the corpora."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--envs", type=Path, default=HERE.parent / ".bench", help="folder of the peers' environments")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--corpora", nargs="+", choices=list(CORPORA), default=list(CORPORA))
    parser.add_argument("--systems", nargs="+", type=_system, default=list(SYSTEMS), metavar="NAME")
    parser.add_argument("--slow", action="store_true", help="also medSpaCy on documents of 100 KB: minutes a turn")
    options = parser.parse_args()
    pythons = dict.fromkeys(("ours", "compiled"), sys.executable)
    processes: dict[str, Process] = {}
    for name in options.systems:
        environment = SYSTEMS[name][0]
        python = pythons.get(environment) or str(options.envs / environment / "bin" / "python")
        package = options.envs / "compiled" if environment == "compiled" else HERE.parent / "src"
        if not Path(python).exists() or not package.exists():
            how = "make compiled" if environment == "compiled" else "make bench"
            print(f"left out: {name} ({how} installs it)")
            continue
        processes[name] = Process(name, python, package)
    with tempfile.TemporaryDirectory() as folder:
        for corpus_name in options.corpora:
            long = corpus_name == "100KB" and not options.slow
            chosen = {name: process for name, process in processes.items() if not (long and name in SLOW)}
            run(corpus_name, chosen, min(options.turns, 3) if corpus_name == "100KB" else options.turns, Path(folder))
    for process in processes.values():
        process.close()


if __name__ == "__main__":
    main()

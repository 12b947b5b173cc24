"""Where the time goes, step by step: ``make profile``, or ``python benchmarks/profile_steps.py [CORPUS ...]``.

Every step is timed without the steps it calls, in processor seconds, over the same texts several times, and the
fastest pass is printed: what else the machine does only ever makes a step slower.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import corpora

STEPS = {
    "words and their spelling": ("pipeline:Tokenizer.__call__",),
    "phrases of the lexicons": ("pipeline:RadiologyTargetMatcher.__call__", "pipeline:RadiologyConText.__call__"),
    "silent reports told apart": ("silence:Silence.__call__",),
    "sections": ("segment:find_marks",),
    "sentences": ("pipeline:Segmenter.__call__",),
    "fields of a form": ("choices:Templates.__call__",),
    "levels, sizes, quantities": ("mentions:add_numbers",),
    "assertion": ("mentions:resolve",),
    "document": ("mentions:Reader.__call__",),
    "relations": ("extract:link",),
    "mention layer": ("mentions:Reader.mentions",),
    "study, clinical, treatments": tuple(
        f"background:{name}" for name in ("clinical", "study", "conditions", "treatments", "addenda", "communication")
    ),
    "diagnosis": ("assemble:emh", "assemble:differential"),
    "cord and canal": tuple(
        f"assemble:{name}"
        for name in ("cord_compression", "epidural", "cauda_equina", "canal_stenosis", "foraminal_narrowing")
    ),
    "lesions": ("assemble:lesions",),
    "nodes": ("nodes:nodal_groups", "nodes:lymph_nodes"),
    "iron": ("iron:iron",),
    "fat and marrow": ("tissue:fatty_change", "tissue:bone_marrow"),
    "organs": ("organs:organs",),
    "advice": ("advice:statements", "advice:biopsy", "advice:recommendations"),
    "findings put together": ("extract:assemble", "extract:nothing"),
    "warnings": ("extract:warnings",),
}
"""Step → the functions it consists of, as the module that calls them knows them."""
PASSES = 7


class Clock:
    """Time spent in each step, without the steps it calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._running: list[str] = ["the rest: spaCy, validation"]
        self._since = time.process_time()

    def _turn(self) -> None:
        now = time.process_time()
        step = self._running[-1]
        self.seconds[step] = self.seconds.get(step, 0.0) + now - self._since
        self._since = now

    def start(self) -> None:
        """Begin anew."""
        self._since = time.process_time()
        self.seconds = {}

    def stop(self) -> dict[str, float]:
        """The seconds so far."""
        self._turn()
        return self.seconds

    def timed(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, its time counted for ``step``."""

        def call(*args: Any, **named: Any) -> Any:
            self._turn()
            self._running.append(step)
            try:
                result = function(*args, **named)
                return list(result) if hasattr(result, "__next__") else result
            finally:
                self._turn()
                self._running.pop()

        return call


def watch(clock: Clock) -> None:
    """Put the clock around every step."""
    for step, places in STEPS.items():
        for place in places:
            module, _, name = place.partition(":")
            owner: Any = import_module(f"emh_report.{module}")
            *path, last = name.split(".")
            for part in path:
                owner = getattr(owner, part)
            setattr(owner, last, clock.timed(step, getattr(owner, last)))


def main(names: list[str]) -> None:
    """Print a table a corpus."""
    texts = {"plain": corpora.plain(200), "chest": corpora.chest(200), "EMH": corpora.full(60)}
    clock = Clock()
    watch(clock)
    from emh_report.extract import Extractor
    from emh_report.reading import ReportText

    extract = Extractor()
    table: dict[str, dict[str, float]] = {}
    for name in names or texts:
        passes = []
        for _ in range(PASSES + 1):
            clock.start()
            for text in texts[name]:
                extract(ReportText(text, "x"))
            passes.append(clock.stop())
        best = min(passes[1:], key=lambda seconds: sum(seconds.values()))
        table[name] = {step: spent / len(texts[name]) * 1e6 for step, spent in best.items()}
    steps = [*STEPS, "the rest: spaCy, validation"]
    print("µs a report".ljust(32) + "".join(f"{name:>10}" for name in table))
    for step in steps:
        print(step.ljust(32) + "".join(f"{column.get(step, 0.0):10.0f}" for column in table.values()))
    print("all".ljust(32) + "".join(f"{sum(column.values()):10.0f}" for column in table.values()))


if __name__ == "__main__":
    main(sys.argv[1:])

"""What length, memory, vocabulary and processes cost: ``make scaling``, or ``python benchmarks/scaling.py``.

Times are processor seconds, the best of several passes in turn, so that other people on the machine count little;
only two processes against one are timed by the clock, and are true on a quiet machine alone.
"""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import corpora

SIZES = {"4 KB": 4_000, "100 KB": 100_000, "1 MB": 1_000_000}
PASSES = 3
REPORTS = 3000
"""Enough that what each process does once, meeting its words, is little of the whole, as it is in a registry."""


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def document(size: int) -> str:
    """Full reports one after the other, each time others first."""
    texts = corpora.gold()
    return corpora.large(size, random.Random(size).sample(texts, len(texts)))


def length() -> None:
    """Time per character of short and long documents: as many short ones as fill a long one."""
    from emh_report.extract import Extractor
    from emh_report.reading import ReportText

    extract = Extractor()
    whole = document(SIZES["1 MB"])
    best: dict[str, float] = {}
    for _ in range(PASSES):
        for name, size in SIZES.items():
            texts = [whole[start : start + size] for start in range(0, len(whole), size)]
            spent = seconds(lambda texts=texts: [extract(ReportText(text, "x")) for text in texts])  # type: ignore[misc]
            best[name] = min(spent / len(whole), best.get(name, 1.0))
    for name, spent in best.items():
        print(
            f"{name:>7} a document: {spent * 1e6:5.2f} µs a character, {spent / best['4 KB']:.2f} of 4 KB", flush=True
        )


def memory() -> None:
    """The most that a process held that read one report of a megabyte."""
    from emh_report.extract import Extractor
    from emh_report.reading import ReportText

    extract = Extractor()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    extract(ReportText(document(SIZES["1 MB"]), "x"))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"memory: {before:.0f} MB with the lexicons read, at most {after:.0f} MB for a report of 1 MB", flush=True)


def vocabulary() -> None:
    """The lexicons, and twice as many terms of which none is in the texts."""
    from emh_report.lexicon import Lexicons, load
    from emh_report.pipeline import build

    lexicons = load()
    foreign = {
        f"foreign_{name}": replace(
            entry,
            id=f"foreign_{name}",
            terms=tuple(" ".join(f"qx{word}zq" for word in term.split()) for term in entry.terms),
            excluded=(),
        )
        for name, entry in lexicons.concepts.items()
    }
    longer = Lexicons({**lexicons.concepts, **foreign}, lexicons.cues, lexicons.sections, lexicons.digest)
    counts = [sum(len(entry.terms) for entry in each.concepts.values()) for each in (lexicons, longer)]
    pipelines = [build(each, bare=True) for each in (lexicons, longer)]
    texts = corpora.full(150)
    ratios = []
    for _ in range(PASSES * 4):
        one, other = (seconds(lambda nlp=nlp: [nlp(text) for text in texts]) for nlp in pipelines)  # type: ignore[misc]
        ratios.append((one, other))
    ratio = min(other for _, other in ratios) / min(one for one, _ in ratios)
    print(f"vocabulary: {counts[1]:,} terms for {counts[0]:,} take {ratio:.3f} of the pipeline's time", flush=True)


def processes() -> None:
    """``emh-report extract --jobs 2`` against ``--jobs 1`` on a folder, without the start of either.

    By the clock, and by the processor time all processes of a run spend, which is what two free cores would share.
    """
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder, "few"), Path(folder, "many")
        for place, count in ((few, 2), (many, REPORTS)):
            place.mkdir()
            for number, text in enumerate(corpora.full(count)):
                (place / f"{number:04}.txt").write_text(text, encoding="utf-8")

        def run(place: Path, jobs: int) -> tuple[float, float, bytes]:
            command = [sys.executable, "-m", "emh_report", "extract", str(place), "--jobs", str(jobs)]
            clock, spent = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            processor = after.ru_utime + after.ru_stime - spent.ru_utime - spent.ru_stime
            return time.perf_counter() - clock, processor, done.stdout

        by_clock, by_processor = [], []
        for _ in range(PASSES):
            starts = [run(few, jobs) for jobs in (1, 2)]
            one, two = (run(many, jobs) for jobs in (1, 2))
            assert one[2] == two[2], "the results differ"
            by_clock.append((one[0] - starts[0][0]) / (two[0] - starts[1][0]))
            by_processor.append(2 * (one[1] - starts[0][1]) / (two[1] - starts[1][1]))
        print(
            f"two processes, same bytes in the same order: {max(by_clock):.2f} times one by the clock "
            f"({', '.join(f'{each:.2f}' for each in by_clock)}), {statistics.median(by_processor):.2f} by what "
            f"two free cores would have to do ({', '.join(f'{each:.2f}' for each in by_processor)})",
            flush=True,
        )


PARTS = {"length": length, "memory": memory, "vocabulary": vocabulary, "processes": processes}


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(PARTS)
    if len(chosen) == 1:
        PARTS[chosen[0]]()
    else:
        for part in chosen:  # each in a process of its own, so that one's memory is not counted for another
            subprocess.run([sys.executable, __file__, part], check=True)

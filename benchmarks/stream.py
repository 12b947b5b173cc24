"""Memory of one process over a stream of reports full of words it never saw: ``python benchmarks/stream.py [COUNT]``."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import corpora

STEP = 10_000


def resident() -> float:
    """Megabytes in use now, not at most; at most, where /proc is missing."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main(count: int) -> None:
    """Print memory and speed at every step."""
    from emh_report.extract import Extractor
    from emh_report.reading import ReportText

    extract = Extractor()
    print(f"{'reports':>10} {'MB':>8} {'reports/s':>10}")
    print(f"{0:10,} {resident():8.1f}", flush=True)
    for step in range(0, count, STEP):
        texts = corpora.junk(min(STEP, count - step), seed=step + 1)
        start = time.perf_counter()
        for text in texts:
            extract(ReportText(text, "x"))
        seconds = time.perf_counter() - start
        del texts
        print(f"{min(step + STEP, count):10,} {resident():8.1f} {STEP / seconds:10.0f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

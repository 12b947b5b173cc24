"""One system in one process: ``python worker.py NAME``.

Reads a file name a line, of a JSON list of texts; answers with the seconds they took, a text a second time not
being read again. The parent (bench.py) decides whose turn it is.
"""

from __future__ import annotations

import gc
import json
import sys
import time
import warnings
from pathlib import Path

from systems import SYSTEMS


def main() -> None:
    """Serve until the input ends."""
    warnings.simplefilter("ignore")
    out, sys.stdout = sys.stdout, sys.stderr  # what libraries print must not be taken for an answer
    run = SYSTEMS[sys.argv[1]][1]()
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        texts = json.loads(Path(line.strip()).read_text(encoding="utf-8"))
        gc.collect()
        start = time.process_time()  # of this process alone: other people share the machine
        for text in texts:
            run(text)
        print(time.process_time() - start, file=out, flush=True)


if __name__ == "__main__":
    main()

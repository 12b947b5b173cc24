"""Dictionary words that would be mended: ``python tests/spelling_report.py WORDLIST...``, one word a line.

A developer's tool: what it prints is read, and what is no misspelling goes to common_words.py, at the latest
before a release that adds words to the lexicons. Where the project is not installed, put src on PYTHONPATH.
"""

from __future__ import annotations

import sys
from pathlib import Path

from emh_report.lexicon import load
from emh_report.pipeline import _vocabulary
from emh_report.spelling import Spelling
from emh_report.words import normalise


def main(lists: list[str]) -> int:
    """Print ``word > what it would become``."""
    spelling = Spelling(_vocabulary(load()))
    lines = [line for name in lists for line in Path(name).read_text("utf-8").splitlines()]
    words = {normalise(word): word for line in lines if (word := line.strip().split("/")[0]).isalpha()}
    for normal, word in sorted(words.items()):
        if (meant := spelling(word)) != normal:
            print(f"{word} > {meant}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

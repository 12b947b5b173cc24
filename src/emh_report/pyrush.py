"""medspaCy's sentence splitter, for those who want it: ``--sentences pyrush``.

Sections, list items, labels and wrapped lines stay ours; PyRuSH only says where sentences end inside a passage of
running text. It takes nine tenths of the time and cuts after "vs." and "T4." (docs/performance.md).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emh_report.segment import Splitter

OURS, PYRUSH = "emh", "pyrush"
SENTENCES = (OURS, PYRUSH)
"""Who may cut running text into sentences."""


@cache
def splitter() -> Splitter:
    """PyRuSH with medspaCy's English rules; it logs every token of a report unless it is told not to."""
    from loguru import logger  # noqa: PLC0415

    logger.disable("PyRuSH")
    import medspacy  # noqa: PLC0415
    from PyRuSH import RuSH  # noqa: PLC0415

    rules = Path(medspacy.__file__).resolve().parents[1] / "resources" / "en" / "rush_rules.tsv"
    rush = RuSH(str(rules))

    def split(text: str, start: int, end: int) -> list[int]:
        passage = text[start:end]
        found = []
        for span in rush.segToSentenceSpans(passage):
            blank = len(passage[span.begin :]) - len(passage[span.begin :].lstrip())
            found.append(start + span.begin + blank)
        return [begin for begin in found if start < begin < end]

    return split

"""What a careful reader would question, each with a stable code and its evidence.

CODES is the table of them. Where each is decided: compression.py and diagnosis.py (the report against itself
at one level), conflicts.py (its parts against each other), plausibility.py (a statement by itself) and
readability.py (the text).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from emh_report.claims import claims
from emh_report.conflicts import conflicts
from emh_report.model import Findings
from emh_report.model import Warning as ReportWarning
from emh_report.plausibility import implausible
from emh_report.readability import unreadable
from emh_report.relations import Links

CODES: Final[Mapping[str, str]] = {
    "compression_conflict": "cord compression is stated and denied; at one level, it is read as possible",
    "emh_conflict": "EMH is stated and denied; read as stated",
    "lesion_conflict": "a lesion of one site is described in one part of the report and denied in another",
    "level_mismatch": "the impression gives a lesion or the compression levels that the findings do not",
    "laterality_mismatch": "the impression gives a lesion or a foramen a side that the findings do not",
    "severity_conflict": "findings and impression grade one compression or narrowing differently",
    "impression_silent": "compression of cord or cauda equina is described, the impression is silent on it",
    "addendum_conflict": "an addendum changes what the report says; the addendum is kept",
    "level_inverted": "a range of levels runs upwards (T9-T5); read in spinal order",
    "level_out_of_range": "a level that no vertebra of the model bears (T13, coccyx); left out",
    "check_level": "the cord is called compressed wholly below its stated end, or below L2 if none is stated",
    "size_suspicious": "a lesion longer than 40 cm: centimetres for millimetres?",
    "iron_without_sequence": "iron is read from a sequence that was not done, or that the technique lacks",
    "communication_not_documented": "compression not known as stable, and no one is said to have been told",
    "template_unfilled": 'template fields nobody filled in ("[ ] present [ ] absent", "Yes / No", "***")',
    "table_unread": "a table column of differing answers, whose rows are not read",
    "language_doubtful": "the text, or a passage of it, is probably not in English",
    "several_reports": "two reports, or reports of two patients, in one text",
    "report_truncated": "a heading with nothing under it, or an end in mid-sentence",
}
"""Every code with its meaning; codes are never renamed or reused."""


def warnings(links: Links, findings: Findings) -> tuple[ReportWarning, ...]:
    """All warnings of one report, with those that merging its statements gave rise to."""
    decided = {warning.code for warning in findings.warnings}
    told = claims(links)
    return (
        *findings.warnings,
        *(warning for warning in conflicts(links, findings, told) if warning.code not in decided),
        *implausible(links.document, findings, told),
        *unreadable(links.document),
    )

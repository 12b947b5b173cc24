"""Codes of public terminologies that were seen with this meaning in a public source; nothing else is ever written.

SNOMED CT needs a licence in many countries, so its codes are written only when asked for (``--set snomed=yes``).
No verified SNOMED code for extramedullary hematopoiesis is known, so there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RADLEX, SNOMED, LOINC = "http://radlex.org", "http://snomed.info/sct", "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


@dataclass(frozen=True)
class Coded:
    """One code with its meaning."""

    system: str
    code: str
    display: str


IMAGING_REPORT = Coded(LOINC, "18748-4", "Diagnostic imaging study")
FINDINGS = Coded(LOINC, "59776-5", "Procedure findings")
IMPRESSION = Coded(LOINC, "19005-8", "Impression")

THINGS: Mapping[str, tuple[Coded, ...]] = {
    "emh": (Coded(RADLEX, "RID3838", "extramedullary hematopoiesis"),),
    "cord_compression": (Coded(SNOMED, "71286001", "Spinal cord compression"),),
}
"""By field of the contract."""
ASSERTIONS: Mapping[str, tuple[Coded, ...]] = {
    "present": (Coded(RADLEX, "RID28472", "present"), Coded(SNOMED, "52101004", "Present")),
    "absent": (Coded(RADLEX, "RID28473", "absent"), Coded(SNOMED, "2667000", "Absent")),
    "possible": (Coded(RADLEX, "RID39110", "indeterminate"), Coded(SNOMED, "82334004", "Indeterminate")),
}
"""An assertion that is not here (historical, hypothetical) is neither presence nor absence, and has no code."""
VALUES: Mapping[tuple[str, str], tuple[Coded, ...]] = {
    ("laterality", "left"): (Coded(RADLEX, "RID5825", "left"), Coded(SNOMED, "7771000", "Left")),
    ("laterality", "right"): (Coded(RADLEX, "RID5824", "right"), Coded(SNOMED, "24028007", "Right")),
    ("severity", "mild"): (Coded(RADLEX, "RID5671", "mild"), Coded(SNOMED, "255604002", "Mild")),
    ("severity", "moderate"): (Coded(RADLEX, "RID5672", "moderate"), Coded(SNOMED, "1255665007", "Moderate")),
    ("severity", "severe"): (Coded(RADLEX, "RID5673", "severe"), Coded(SNOMED, "24484000", "Severe")),
    ("change", "new"): (Coded(RADLEX, "RID5720", "new"), Coded(SNOMED, "7147002", "New")),
    ("change", "stable"): (Coded(RADLEX, "RID5734", "stable"), Coded(SNOMED, "58158008", "Stable")),
    ("change", "increased"): (Coded(RADLEX, "RID36043", "increased"), Coded(SNOMED, "35105006", "Increased")),
    ("change", "decreased"): (Coded(RADLEX, "RID36044", "decreased"), Coded(SNOMED, "1250004", "Decreased")),
}
"""By column and value."""

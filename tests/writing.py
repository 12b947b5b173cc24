"""What the tests of writers share: results of a few reports, and a writer run as ``run`` runs it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from emh_report import connectors
from emh_report.connectors.base import Result, WriteOptions
from emh_report.extract import Extractor
from emh_report.reading import ReportText

REPORTS = {
    "r1": "CLINICAL HISTORY: Known beta thalassemia intermedia.\nFINDINGS: Lobulated paravertebral masses at T5-T8,\n"
    "larger on the left, 52 x 37 x 21 mm, isointense on T1 and hyperintense on T2. Epidural component T6-T7 with\n"
    "moderate cord compression at T6. IMPRESSION: Extramedullary hematopoiesis. Biopsy is not recommended.\n",
    "r2": "FINDINGS: Spleen measures 18 cm. No paravertebral mass. No cord compression.\n"
    "IMPRESSION: No evidence of extramedullary hematopoiesis.\n",
    "r3": 'FINDINGS: "Presacral" mass 3.1 cm; possible extramedullary hematopoiesis, lymphoma cannot be excluded – ß.\n',
}
"""A report with everything, one with denials, one with marks that formats must quote."""
OPTIONS = WriteOptions(date(2026, 1, 2), "9.9.9", "abc")


def results(reports: Mapping[str, str] = REPORTS, context: Mapping[str, str] | None = None) -> list[Result]:
    """The reports extracted, as ``run`` hands them to a writer."""
    extract = Extractor()
    found = []
    for name, text in reports.items():
        read = extract(ReportText(text, name, "p1"))
        key = hashlib.sha256(text.encode()).hexdigest()
        found.append(Result(name, key, read.model_dump_json(), text, "2025-03-04", context or {}))
    return found


def written(name: str, folder: Path, done: Sequence[Result], options: WriteOptions = OPTIONS) -> Path:
    """The target of a writer that got these results."""
    writer = connectors.writer(name)()
    target = folder / f"out{writer.SUFFIX or '.d'}"
    if writer.FOLDER:
        target.mkdir(parents=True)
    else:
        folder.mkdir(parents=True, exist_ok=True)
    writer.open(target, options)
    try:
        for result in done:
            writer.write(result)
    finally:
        writer.close()
    return target

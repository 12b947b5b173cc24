"""What a run counts, and its manifest: nothing in either is report text, and nothing depends on clock or processes."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from emh_report.connectors.base import CODES, Reject, WriteOptions

FIELDS = (
    "emh", "cord_compression", "epidural", "cauda_equina", "iron_deposition", "fatty_change", "biopsy",
    "critical_communication",
)  # fmt: skip
"""Fields of the findings whose assertion (or status) is counted over the reports."""
LISTS = ("lesions", "canal_stenosis", "foraminal_narrowing", "bone_marrow", "lymph_nodes", "organs", "differential")
"""Lists of the findings of which it is counted how many reports have any."""


@dataclass
class Summary:
    """Counts of a run so far; ``rejects`` in the order of the source."""

    reader: str
    writer: str
    read: int = 0
    done: int = 0
    """Extracted now."""
    skipped: int = 0
    """Done already: by an earlier run, as the text of another row, or findings that were read."""
    written: int = 0
    rejects: list[Reject] = field(default_factory=list)
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    warnings: Counter[str] = field(default_factory=Counter)
    complete: bool = False
    """Whether the target was written."""

    def count(self, findings: str) -> None:
        """Count one result that was written."""
        value = json.loads(findings)
        self.written += 1
        for name in FIELDS:
            told = value[name]
            self.fields.setdefault(name, Counter())[told.get("assertion", told.get("status"))] += 1
        for name in LISTS:
            self.fields.setdefault(name, Counter())["any" if value[name] else "none"] += 1
        self.warnings.update({warning["code"] for warning in value["warnings"]})

    def status(self) -> int:
        """The exit status: 0 all done, 1 some rejected, 2 nothing done."""
        if not self.written:
            return 2
        return 1 if self.rejects else 0

    def lines(self) -> Iterator[str]:
        """The summary as a person reads it: counts, fields with their values, warnings, rejects by code."""
        yield (
            f"{self.reader} to {self.writer}: {self.read} read, {self.done} done, {self.skipped} skipped (done before)"
            f", {len(self.rejects)} rejected"
        )
        for name, values in self.fields.items():
            yield f"  {name}: " + ", ".join(f"{count} {value}" for value, count in _ranked(values))
        for code, count in _ranked(self.warnings):
            yield f"  warning {code}: {count}"
        for code, count in _ranked(Counter(reject.code for reject in self.rejects)):
            yield f"  rejected {code}: {count} ({CODES.get(code, '')})"

    def manifest(self, told: WriteOptions, options: dict[str, Any]) -> dict[str, Any]:
        """What a registry keeps of the run: versions, digests, counts and the options that shape the result."""
        return {
            "generator": {"name": "emh-report", "version": told.version, "lexicon_digest": told.lexicon_digest},
            "versions": {"python": platform.python_version()} | _versions("spacy", "medspacy", "pydantic"),
            "run_date": told.run_date.isoformat(),
            "options": options,
            "counts": {"read": self.read, "written": self.written, "rejected": len(self.rejects)},
            "fields": {name: dict(_ranked(values)) for name, values in self.fields.items()},
            "warnings": dict(_ranked(self.warnings)),
        }


def _ranked(values: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first; those of one frequency by name."""
    return sorted(values.items(), key=lambda item: (-item[1], item[0]))


def _versions(*names: str) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found

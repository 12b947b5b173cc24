"""Extraction against a folder of gold files → flips, then scores per field. No report text is kept."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emh_report.compare import Judgement, compare
from emh_report.errors import EmhReportError, GoldError
from emh_report.gold import gold_files, read_gold
from emh_report.model import Findings
from emh_report.reading import Input, ReportText, read_report

_Z = 1.959964
"""Two-sided 95 %."""


@dataclass(frozen=True)
class Score:
    """Counts of one field over all reports, and what follows from them; None where nothing was counted."""

    field: str
    tp: int = 0
    fp: int = 0
    fn: int = 0

    @property
    def precision(self) -> float | None:
        """Of the values given, the part that is right."""
        return _ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        """Of the values that should be given, the part that was."""
        return _ratio(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson 95 % interval of F1, read as tp successes in tp + (fp + fn) / 2 trials."""
        return wilson(self.tp, self.tp + (self.fp + self.fn) / 2)


@dataclass(frozen=True)
class Evaluation:
    """Judgements by report, in order, and the gold that could not be judged."""

    reports: Mapping[str, tuple[Judgement, ...]]
    failures: tuple[str, ...] = ()

    def wrong(self) -> Iterator[tuple[str, Judgement]]:
        """What disagrees, report by report."""
        for name, judgements in self.reports.items():
            yield from ((name, judgement) for judgement in judgements if not judgement.agrees)

    def flips(self) -> list[tuple[str, Judgement]]:
        """Present read as absent, advised as advised against, or the reverse."""
        return [(name, judgement) for name, judgement in self.wrong() if judgement.flip]

    def scores(self) -> list[Score]:
        """One score a field, in the order of the model."""
        return tally(judgement for judgements in self.reports.values() for judgement in judgements)

    def mean_f1(self) -> float | None:
        """Mean of F1 over the fields in which something was counted: the mean field score."""
        values = [score.f1 for score in self.scores() if score.f1 is not None]
        return sum(values) / len(values) if values else None


def evaluate(folder: Path, extract: Callable[[ReportText], Findings]) -> Evaluation:
    """Extract every report of a gold folder and judge it; one bad file does not stop the others."""
    reports: dict[str, tuple[Judgement, ...]] = {}
    failures: list[str] = []
    for path in gold_files(folder):
        text = path.with_suffix(".txt")
        try:
            gold = read_gold(path)
            if not text.is_file():
                raise GoldError(f"{path}: no report beside it ({text.name})")
            reports[path.stem] = tuple(compare(gold, extract(read_report(Input(str(text), text)))))
        except EmhReportError as error:
            failures.append(str(error))
    return Evaluation(reports, tuple(failures))


def tally(judgements: Iterable[Judgement]) -> list[Score]:
    """Sum counts by field, fields in the order of the model."""
    sums: dict[str, list[int]] = {}
    for judgement in judgements:
        counts = sums.setdefault(judgement.field, [0, 0, 0])
        for index, count in enumerate((judgement.tp, judgement.fp, judgement.fn)):
            counts[index] += count
    order = {name: index for index, name in enumerate(Findings.model_fields)}
    ranked = sorted(sums.items(), key=lambda item: order.get(item[0].split(".")[0], len(order)))
    return [Score(field, *counts) for field, counts in ranked]


_CONFUSABLE = ("assertion", "status", "certainty", "severity", "change")
"""Fields of few values, by the last part of their path."""


@dataclass(frozen=True)
class Confusion:
    """How often each value of a kind of field was read as which; rows are the gold's."""

    field: str
    counts: Mapping[tuple[str, str], int]

    @property
    def values(self) -> list[str]:
        """Every value that occurs."""
        return sorted({value for pair in self.counts for value in pair})

    def rows(self) -> list[tuple[str, ...]]:
        """The table as strings."""
        return [
            (gold, *(str(self.counts.get((gold, got), 0) or ".") for got in self.values))
            for gold in self.values
            if any(pair[0] == gold for pair in self.counts)
        ]


def confusions(evaluation: Evaluation) -> list[Confusion]:
    """One table for each kind of field that has few values, over all fields of the kind."""
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for judgement in (judgement for judgements in evaluation.reports.values() for judgement in judgements):
        kind = judgement.field.rsplit(".", 1)[-1]
        if kind in _CONFUSABLE and not judgement.implied:
            values = (judgement.expected, judgement.got)
            if all(value is None or isinstance(value, str) for value in values):
                counts.setdefault(kind, Counter())[(show(values[0]), show(values[1]))] += 1
    return [Confusion(kind, counts[kind]) for kind in _CONFUSABLE if kind in counts]


def wilson(successes: float, trials: float) -> tuple[float, float] | None:
    """Wilson score interval of a proportion at 95 %; None without trials."""
    if not trials:
        return None
    share, square = successes / trials, _Z * _Z
    centre = share + square / (2 * trials)
    half = _Z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def flip_lines(evaluation: Evaluation) -> list[str]:
    """The flips, as first lines of the report."""
    return [f"{name}  {j.path}  expected {show(j.expected)}  got {show(j.got)}" for name, j in evaluation.flips()]


def wrong_lines(evaluation: Evaluation) -> list[str]:
    """Every disagreement: report, path, both values; what follows from a missing entry is left out."""
    return [
        f"{'FLIP ' if j.flip else ''}{name}  {j.path}  expected {show(j.expected)}  got {show(j.got)}"
        for name, j in evaluation.wrong()
        if not j.implied
    ]


HEADINGS = ("field", "TP", "FP", "FN", "precision", "recall", "F1", "95 % interval")


def rows(scores: Sequence[Score]) -> list[tuple[str, ...]]:
    """The table of scores as strings, one row a field in which something was counted."""
    return [
        (
            score.field,
            str(score.tp),
            str(score.fp),
            str(score.fn),
            _number(score.precision),
            _number(score.recall),
            _number(score.f1),
            "-".join(_number(bound) for bound in score.interval or ()),
        )
        for score in scores
        if score.f1 is not None
    ]


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Everything, for a machine; flips first."""
    return {
        "flips": [_judgement(name, judgement) for name, judgement in evaluation.flips()],
        "mean_field_score": evaluation.mean_f1(),
        "reports": len(evaluation.reports),
        "fields": [
            {
                "field": score.field,
                "tp": score.tp,
                "fp": score.fp,
                "fn": score.fn,
                "precision": score.precision,
                "recall": score.recall,
                "f1": score.f1,
                "f1_interval": score.interval,
            }
            for score in evaluation.scores()
        ],
        "confusion": {
            table.field: [
                {"expected": gold, "got": got, "count": count} for (gold, got), count in sorted(table.counts.items())
            ]
            for table in confusions(evaluation)
        },
        "disagreements": [_judgement(name, judgement) for name, judgement in evaluation.wrong()],
        "failures": list(evaluation.failures),
    }


def show(value: object) -> str:
    """A value of a field on one line."""
    if isinstance(value, Mapping):
        return "/".join(show(item) for item in value.values())
    if isinstance(value, list):
        return "[" + ", ".join(show(item) for item in value) + "]"
    return "nothing" if value is None else str(value)


def _judgement(name: str, judgement: Judgement) -> dict[str, Any]:
    return {
        "report": name,
        "path": judgement.path,
        "field": judgement.field,
        "expected": judgement.expected,
        "got": judgement.got,
        "flip": judgement.flip,
    }


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"

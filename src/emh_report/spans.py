"""Mentions against the spans of an annotation tool → the judgements that ``evaluate`` counts and prints.

A span is found if a mention of a concept that its label stands for overlaps it. A mention that overlaps no span of
any label of its concept is too much. How a found span is meant is judged where the gold says it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from emh_report.annotations import Annotated, Span
from emh_report.compare import Judgement, crosses
from emh_report.errors import EmhReportError, GoldError
from emh_report.evaluate import Evaluation
from emh_report.model import Findings, Mention
from emh_report.reading import ReportText

Labels = Mapping[str, frozenset[str]]
FOUND = "found"


def evaluate_spans(
    reports: Iterable[Annotated | GoldError],
    extract: Callable[[ReportText], Findings],
    concepts: Iterable[str],
    given: Labels | None = None,
) -> tuple[Evaluation, Counter[str]]:
    """The evaluation, and how often each label occurs that stands for no concept and is not judged."""
    known = frozenset(concepts)
    gold = list(reports)
    whole = [each for each in gold if isinstance(each, Annotated)]
    labels, unknown = resolve(whole, known, given or {})
    if any(report.spans for report in whole) and not labels:
        raise GoldError("no label of the gold is the name of a concept; give --labels FILE (CSV: label,concept)")
    attributes = any(span.assertion for report in whole for span in report.spans)
    judged: dict[str, tuple[Judgement, ...]] = {}
    failures: list[str] = []
    for each in gold:
        if isinstance(each, GoldError):
            failures.append(str(each))
        elif each.id in judged:
            failures.append(f"{each.id}: two reports of the gold have this id")
        else:
            try:
                mentions = extract(ReportText(each.text, each.id)).mentions
            except EmhReportError as error:
                failures.append(str(error))
                continue
            judged[each.id] = tuple(judge(each.spans, mentions, labels, attributes))
    return Evaluation(judged, tuple(failures)), unknown


def resolve(reports: Sequence[Annotated], known: frozenset[str], given: Labels) -> tuple[Labels, Counter[str]]:
    """Labels with their concepts: as the user says, else a concept whose name the label is."""
    wrong = sorted({concept for concepts in given.values() for concept in concepts} - known)
    if wrong:
        raise GoldError(f"--labels: no concept is named {wrong[0]}")
    found: dict[str, frozenset[str]] = {}
    unknown: Counter[str] = Counter()
    for span in (span for report in reports for span in report.spans):
        name = re.sub(r"[\s-]+", "_", span.label.strip().lower())
        if span.label in given:
            found[span.label] = given[span.label]
        elif name in known:
            found[span.label] = frozenset({name})
        else:
            unknown[span.label] += 1
    return found, unknown


def judge(spans: Sequence[Span], mentions: Sequence[Mention], labels: Labels, attributes: bool) -> list[Judgement]:
    """The judgements of one report; with ``attributes``, a span for which the gold says nothing is meant as present."""
    judged: list[Judgement] = []
    for span in (span for span in spans if span.label in labels):
        path = f"{span.label}[{span.where}]"
        fitting = [each for each in mentions if each.concept in labels[span.label] and _overlap(span, each)]
        if not fitting:
            judged.append(Judgement(span.label, path, FOUND, None, fn=1))
            continue
        judged.append(Judgement(span.label, path, FOUND, FOUND, tp=1))
        expected = span.assertion or ("present" if attributes else None)
        if expected is not None:
            best = max(fitting, key=lambda each: (_overlap(span, each), -each.start))
            judged.append(_meant(span.label, path, expected, best.assertion.value))
    for mention in mentions:
        names = [label for label, concepts in labels.items() if mention.concept in concepts]
        if names and not any(_overlap(span, mention) for span in spans if span.label in names):
            path = f"{names[0]}[{mention.start}-{mention.end}]"
            judged.append(Judgement(names[0], path, None, FOUND, fp=1))
    return judged


def _meant(label: str, path: str, expected: str, got: str) -> Judgement:
    right = expected == got
    return Judgement(
        f"{label}.assertion", f"{path}.assertion", expected, got, int(right), int(not right), int(not right),
        flip=crosses(expected, got),
    )  # fmt: skip


def _overlap(span: Span, mention: Mention) -> int:
    """Characters that both cover."""
    return sum(max(0, min(end, mention.end) - max(start, mention.start)) for start, end in span.parts)

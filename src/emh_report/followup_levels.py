"""What two reports say of each vertebra and of the cord: the part of the comparison that counts levels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from emh_report.model import TODAY, VERTEBRAE, Assertion, Change, CordCompression, Findings, Part, Severity, Site

LevelVerdict = Literal[
    "new", "persisting", "uncertain", "resolved", "excluded", "absent", "past_only", "not_assessed_now",
    "not_mentioned_now",
]  # fmt: skip
Direction = Literal["worse", "better", "same"]
_SEVERITIES = tuple(Severity)
_GRADES = ("0", "1a", "1b", "1c", "2", "3")


class Standing(Part):
    """What is said of one thing at one place, before and now; ``verdict`` is None where neither says anything."""

    prior: Assertion = Assertion.NOT_MENTIONED
    current: Assertion = Assertion.NOT_MENTIONED
    verdict: LevelVerdict | None = None


class LevelRow(Part):
    """One vertebra that either report names."""

    level: str
    lesions: Standing = Standing()
    epidural: Standing = Standing()
    compression: Standing = Standing()


class CompressionChange(Standing):
    """Cord compression as a whole. ``stated`` is the current report's own word on its change."""

    stated: Change | None = None
    prior_severity: Severity | None = None
    current_severity: Severity | None = None
    severity: Direction | None = None
    prior_escc: str | None = None
    current_escc: str | None = None
    escc: Direction | None = None
    prior_levels: tuple[str, ...] = ()
    current_levels: tuple[str, ...] = ()
    new_levels: tuple[str, ...] = ()
    persisting_levels: tuple[str, ...] = ()
    resolved_levels: tuple[str, ...] = ()
    not_mentioned_levels: tuple[str, ...] = ()
    """Compressed before; the current report says nothing of them, or names no level."""


def compare_compression(prior: Findings, current: Findings) -> CompressionChange:
    """Cord compression before and now."""
    then, now = prior.cord_compression, current.cord_compression
    rows = {
        level: _standing(_compression(then, level), _compression(now, level), _has_resolved(now, level))
        for level in VERTEBRAE
    }

    def those(*verdicts: LevelVerdict) -> tuple[str, ...]:
        return tuple(level for level, each in rows.items() if each.verdict in verdicts)

    whole = _standing(then.assertion, now.assertion, now.change is Change.RESOLVED)
    return CompressionChange(
        **dict(whole),
        stated=now.change,
        prior_severity=then.severity,
        current_severity=now.severity,
        severity=_direction(then.severity, now.severity, _SEVERITIES),
        prior_escc=then.escc.grade,
        current_escc=now.escc.grade,
        escc=_direction(then.escc.grade, now.escc.grade, _GRADES),
        prior_levels=then.levels,
        current_levels=now.levels,
        new_levels=those("new"),
        persisting_levels=those("persisting", "uncertain"),
        resolved_levels=those("resolved", "excluded"),
        not_mentioned_levels=those("not_mentioned_now", "not_assessed_now", "past_only"),
    )


def compare_levels(prior: Findings, current: Findings) -> tuple[LevelRow, ...]:
    """One row for each vertebra of which either report says anything."""
    rows = []
    for level in VERTEBRAE:
        row = LevelRow(
            level=level,
            lesions=_standing(_lesions(prior, level), _lesions(current, level), _lesion_resolved(current, level)),
            epidural=_standing(_epidural(prior, level), _epidural(current, level), False),
            compression=_standing(
                _compression(prior.cord_compression, level),
                _compression(current.cord_compression, level),
                _has_resolved(current.cord_compression, level),
            ),
        )
        said = [*named_levels(prior), *named_levels(current)]
        if level in said and any(each.verdict for each in (row.lesions, row.epidural, row.compression)):
            rows.append(row)
    return tuple(rows)


def named_levels(findings: Findings) -> set[str]:
    """Every vertebra that a report names for a lesion, epidural disease or compression."""
    cord, epidural = findings.cord_compression, findings.epidural
    named = {level for each in findings.lesions for level in each.levels}
    return named.union(cord.levels, cord.absent_levels, cord.prior_levels, epidural.levels, epidural.prior_levels)


def _standing(prior: Assertion, current: Assertion, resolved: bool) -> Standing:
    return Standing(prior=prior, current=current, verdict=_verdict(prior, current, resolved))


def _verdict(prior: Assertion, current: Assertion, resolved: bool) -> LevelVerdict | None:
    """Only a denial, or the word itself, resolves anything; "historical" may be a mere quotation of the prior."""
    was = prior in TODAY
    if resolved and current not in TODAY and (was or current is Assertion.HISTORICAL):
        return "resolved"
    if current is Assertion.PRESENT:
        return "persisting" if was else "new"
    if current is Assertion.POSSIBLE:
        return "uncertain"
    if current is Assertion.ABSENT:
        return "resolved" if prior is Assertion.PRESENT else "excluded" if was else "absent"
    if current is Assertion.HISTORICAL:
        return "past_only" if was else None
    if current is Assertion.NOT_ASSESSED:
        return "not_assessed_now" if was else None
    return "not_mentioned_now" if was else None


def _compression(cord: CordCompression, level: str) -> Assertion:
    if level in cord.absent_levels:
        return Assertion.ABSENT
    if level in cord.levels:
        return cord.assertion
    if level in cord.prior_levels:
        return Assertion.HISTORICAL
    whole = cord.assertion in (Assertion.ABSENT, Assertion.NOT_ASSESSED)
    return cord.assertion if whole and not cord.levels and not cord.absent_levels else Assertion.NOT_MENTIONED


def _has_resolved(cord: CordCompression, level: str) -> bool:
    return cord.change is Change.RESOLVED and (not cord.prior_levels or level in cord.prior_levels)


def _lesions(findings: Findings, level: str) -> Assertion:
    return _strongest(findings, level, lambda site: site != Site.EPIDURAL)


def _epidural(findings: Findings, level: str) -> Assertion:
    epidural = findings.epidural
    if level in epidural.levels:
        return epidural.assertion
    inside = _strongest(findings, level, lambda site: site == Site.EPIDURAL)
    if inside is not Assertion.NOT_MENTIONED:
        return inside
    if level in epidural.prior_levels:
        return Assertion.HISTORICAL
    return (
        Assertion.ABSENT if epidural.assertion is Assertion.ABSENT and not epidural.levels else Assertion.NOT_MENTIONED
    )


def _strongest(findings: Findings, level: str, wanted: Callable[[Site], bool]) -> Assertion:
    said = [each.assertion for each in findings.lesions if wanted(each.site) and level in each.levels]
    return next((each for each in Assertion if each in said), Assertion.NOT_MENTIONED)


def _lesion_resolved(findings: Findings, level: str) -> bool:
    return any(
        each.change is Change.RESOLVED and level in each.levels
        for each in findings.lesions
        if each.site != Site.EPIDURAL
    )


def _direction(prior: str | None, current: str | None, scale: tuple[str, ...]) -> Direction | None:
    if prior is None or current is None:
        return None
    step = scale.index(current) - scale.index(prior)
    return "worse" if step > 0 else "better" if step < 0 else "same"

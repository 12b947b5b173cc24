"""Several reports of one patient → their lesions over time, one row for each lesion, for a tumour board's table."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from emh_report.model import CordCompression, Findings, Lesion, Part
from emh_report.pairing import pair_lesions


class Moment(Part):
    """One report in the table."""

    id: str
    date: str | None
    compression: CordCompression


class Track(Part):
    """One lesion: as each report describes it, None where a report does not mention it."""

    lesions: tuple[Lesion | None, ...]
    latest: Lesion
    """As the newest report that mentions it says."""


class Timeline(Part):
    """Reports from the oldest to the newest, and their lesions."""

    reports: tuple[Moment, ...] = ()
    tracks: tuple[Track, ...] = ()
    dated: bool = False
    """Whether every report states its date and they are in that order; else they are in the order given."""
    patients: int = 0
    """How many different patient identifiers the reports carry."""


def timeline(reports: Sequence[Findings]) -> Timeline:
    """The lesions of ``reports`` side by side."""
    ordered, dated = in_order(reports)
    rows: list[list[Lesion | None]] = []
    latest: list[Lesion] = []
    for column, each in enumerate(ordered):
        pairs = pair_lesions(latest, each.lesions)
        owner = {index: row for row, index in pairs.items()}
        for index, lesion in enumerate(each.lesions):
            row = owner.get(index)
            if row is None:
                rows.append([None] * len(ordered))
                latest.append(lesion)
                row = len(rows) - 1
            rows[row][column] = latest[row] = lesion
    return Timeline(
        reports=tuple(
            Moment(id=each.source.id, date=each.study.date, compression=each.cord_compression) for each in ordered
        ),
        tracks=tuple(Track(lesions=tuple(row), latest=last) for row, last in zip(rows, latest, strict=True)),
        dated=dated,
        patients=len({each.source.patient_id for each in reports if each.source.patient_id}),
    )


def in_order(reports: Sequence[Findings]) -> tuple[list[Findings], bool]:
    """From the oldest to the newest and True, if each has a date that can be read; else as given and False."""
    dates = [day(each.study.date) for each in reports]
    known = [each for each in dates if each is not None]
    if len(known) < len(reports):
        return list(reports), False
    order = sorted(range(len(reports)), key=lambda index: known[index])
    return [reports[index] for index in order], True


def day(date: str | None) -> datetime.date | None:
    """A date in a form that cannot be misread: ISO, or with the name of the month; 03/04/2024 is none."""
    for form in ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%d-%b-%Y"):
        try:
            return datetime.datetime.strptime((date or "").strip(), form).date()
        except ValueError:
            continue
    return None

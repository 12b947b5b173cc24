"""Which of two statements about one attribute is kept."""

from __future__ import annotations

from emh_report.model import Assertion

_STRENGTH = {
    Assertion.PRESENT: 6,
    Assertion.POSSIBLE: 5,
    Assertion.ABSENT: 4,
    Assertion.HISTORICAL: 3,
    Assertion.NOT_ASSESSED: 2,
    Assertion.HYPOTHETICAL: 1,
    Assertion.NOT_MENTIONED: 0,
}


def stronger(one: Assertion, other: Assertion) -> Assertion:
    """The assertion that is kept where two statements about one attribute differ."""
    return one if _STRENGTH[one] >= _STRENGTH[other] else other

"""Findings + a person's answers → findings with what the source left unstated. Pure; ``cli`` asks the questions.

Only silence can be filled: what the report states is never asked and never changed. Each answer is checked against the
model, and its field is listed in ``entered``, so that nobody takes it for the report's own word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError

from emh_report import paths
from emh_report.errors import EmhReportError
from emh_report.filters import nearest
from emh_report.flat import flatten
from emh_report.model import VERTEBRAE, Assertion, Disc, Entered, Findings, Vertebra, level_order

_NEVER = re.compile(
    r"(schema_version|generator|source\.(id|sha256|characters)|warnings|entered|addenda)\b|.*\.(id|codes)$"
)
"""What no person enters: where the findings come from, and lists of objects."""
_THERE = ("present", "possible")


class AnswerError(EmhReportError):
    """An answer that does not fit; the message says what does, and does not repeat it."""

    code = "answer"


@dataclass(frozen=True)
class Gap:
    """A value that the source left unstated."""

    path: str
    """As in ``lesions[0].size_mm``."""
    name: str
    """Without the numbers of list items: the contract's dotted name."""
    choices: tuple[str, ...] = ()
    many: bool = False
    kind: Literal["words", "choice", "level", "number", "yes or no", "whole number"] = "words"

    @property
    def help(self) -> str:
        """What may be answered."""
        listed = [f"{number} {each}" if self.kind == "choice" else each for number, each in enumerate(self.choices, 1)]
        if any(each[0].isdigit() for each in self.choices):
            listed = list(self.choices)
        told = ", ".join(listed) or {"level": "levels such as T4, T4-T7 or T4/T5"}.get(self.kind, self.kind)
        return f"{told} (several with commas)" if self.many else told


def gaps(findings: Findings, fields: Sequence[str]) -> Iterator[Gap]:
    """What is unstated, in the order of ``fields``; a name stands for everything below it.

    EmhReportError if the contract has no such name, or nothing below it can be entered.
    """
    silent = [
        row.key for row in flatten(findings) if row.value in (None, "not_mentioned") and not _NEVER.match(row.key)
    ]
    for field in fields:
        wanted = re.sub(r"\[\d+\]", "", field)
        _known(wanted)
        for key in silent:
            name = re.sub(r"\[\d+\]", "", key)
            same = key == field or key.startswith((f"{field}.", f"{field}["))
            under = field == wanted and (name == wanted or name.startswith(f"{wanted}."))
            if (same or under) and paths.object_at(name) is None and _makes_sense(findings, key):
                yield _gap(key, name)


def filled(findings: Findings, gap: Gap, answer: str) -> Findings:
    """The findings with the answer; AnswerError says what was expected."""
    value = _read(gap, answer.strip())
    document = findings.model_dump(mode="json")
    owner, last = _owner(document, gap.path)
    owner[last] = value
    if "origin" in owner:
        owner["origin"] = "entered"
    document["entered"].append(Entered(field=gap.path).model_dump(mode="json"))
    try:
        return Findings.model_validate(document)
    except ValidationError as error:
        raise AnswerError(paths.expectation(dict(error.errors(include_url=False, include_input=False)[0]))) from None


def _known(name: str) -> None:
    try:
        paths.field_at(name)
    except KeyError:
        known = list(Findings.model_fields)
        raise EmhReportError(
            f"the findings have no field {name!r}{nearest(name.split('.', maxsplit=1)[0], known)}"
        ) from None
    if _NEVER.match(name):
        raise EmhReportError(f"the field {name!r} cannot be entered by hand")


def _makes_sense(findings: Findings, key: str) -> bool:
    """No level of what is not there, no certainty of what is certain, no biopsy target without a biopsy."""
    document = findings.model_dump(mode="json")
    owner, last = _owner(document, key)
    if last == "certainty":
        return bool(owner.get("assertion") == "possible")
    if last not in ("assertion", "absent_levels", "prior_levels") and "assertion" in owner:
        return owner["assertion"] in _THERE
    if last != "status" and "status" in owner:
        return bool(owner["status"] != "not_mentioned")
    return True


def _owner(document: Any, path: str) -> tuple[Any, str]:
    """The object that holds the last name of a path, and that name."""
    steps = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", path)]
    for step in steps[:-1]:
        document = document[step]
    return document, str(steps[-1])


def _gap(key: str, name: str) -> Gap:
    annotation: Any = paths.field_at(name).annotation
    many = get_origin(annotation) is tuple
    if many:
        annotation = get_args(annotation)[0]
    kinds = list(_plain(annotation))
    choices = tuple(
        str(each)
        for kind in kinds
        for each in (get_args(kind) if get_origin(kind) is Literal else kind if _is_enum(kind) else ())
        if each != Assertion.NOT_MENTIONED
    )
    if choices and int not in kinds:
        return Gap(key, name, choices, many, "choice")
    if Vertebra in kinds or Disc in kinds or "level" in name.rsplit(".", 1)[-1]:
        return Gap(key, name, (), many, "level")
    if bool in kinds:
        return Gap(key, name, ("yes", "no"), many, "yes or no")
    if int in kinds:
        return Gap(key, name, choices, many, "whole number")
    return Gap(key, name, (), many, "number" if float in kinds else "words")


def _plain(annotation: Any) -> Iterator[Any]:
    if annotation in (Vertebra, Disc):
        yield annotation
    elif get_origin(annotation) is Annotated:
        yield from _plain(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for each in get_args(annotation):
            yield from _plain(each)
    else:
        yield annotation


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, StrEnum)


def _read(gap: Gap, answer: str) -> Any:
    if not answer:
        raise AnswerError("expected an answer")
    if gap.kind == "words":
        return [each.strip() for each in re.split("[,;]", answer) if each.strip()] if gap.many else answer
    separators = r"[,;x×\s]+" if gap.kind == "number" else "[,;]"
    parts = [each.strip() for each in re.split(separators, answer) if each.strip()] if gap.many else [answer]
    if gap.kind == "level":
        found = [level for part in parts for level in _levels(part, discs="disc" in gap.path)]
        if gap.many:
            return sorted(dict.fromkeys(found), key=lambda level: level_order(level.split("/")[0]))
        if len(found) != 1:
            raise AnswerError("expected one level, such as T8 or T8/T9")
        return found[0]
    read = [_one(gap, part) for part in parts]
    return read if gap.many else read[0]


def _one(gap: Gap, part: str) -> Any:
    if gap.choices:
        key = part.lower().replace(" ", "_")
        found = next((each for each in gap.choices if each.lower().replace(" ", "_") == key), None)
        if gap.kind == "yes or no" and found is None:
            found = next((each for each in gap.choices if each[0] == key), None)
        # A number picks from the list, unless numbers are what the list holds: grade 2 is not the second grade.
        if found is None and part.isdigit() and not any(each[0].isdigit() for each in gap.choices):
            found = dict(enumerate(gap.choices, 1)).get(int(part)) if gap.kind == "choice" else None
        if found is not None:
            return found == "yes" if gap.kind == "yes or no" else found
        if gap.kind != "whole number":
            raise AnswerError(f"expected one of {', '.join(gap.choices)}")
    try:
        return int(part) if gap.kind == "whole number" else float(part.removesuffix("mm").replace(",", "."))
    except ValueError:
        raise AnswerError("expected a number") from None


_LEVEL = re.compile(r"(C|D|Th|T|L|S)?\s*(\d{1,2})", re.IGNORECASE)


def _levels(part: str, discs: bool) -> list[str]:
    """ "T4-T7", "D4 to 7", "T4/T5" or "L1"."""
    ends = [_LEVEL.fullmatch(each.strip()) for each in re.split(r"\s*(?:-|–|/|\bto\b)\s*", part)]
    if not ends or len(ends) > 2 or not all(ends):
        raise AnswerError("expected levels such as T4, T4-T7 or T4/T5")
    region, names = "", []
    for end in ends:
        assert end
        region = {"D": "T", "TH": "T"}.get((end[1] or region).upper(), (end[1] or region).upper())
        names.append(f"{region}{int(end[2])}")
    if any(name not in VERTEBRAE for name in names):
        raise AnswerError("expected vertebrae C1-C7, T1-T12, L1-L5 or S1-S5")
    if len(names) == 1:
        return names
    first, last = map(level_order, names)
    if "/" in part or discs:
        return ["/".join(names)]
    if last < first:
        raise AnswerError("expected the upper level first")
    return list(VERTEBRAE[first : last + 1])

"""Findings against one gold file → judgements, one per value the gold holds. Pure; knows nothing of files.

Objects in lists are paired by the best overall assignment, then judged member by member. A list of plain
values is judged element by element. "Empty" below is null, ``not_mentioned``, an empty list, or an object of
these.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from emh_report import paths
from emh_report.assign import best_pairs
from emh_report.gold import Gold
from emh_report.model import Findings

Json = Any
Item = Mapping[str, Json]

_IDENTITY: Mapping[str, tuple[str, ...]] = {
    "conditions": ("name",),
    "treatments": ("kind",),
    "lesions.signal": ("sequence", "intensity"),
    "foraminal_narrowing": ("level", "side"),
    "iron_deposition.sites": ("site",),
    "iron_deposition.measurements": ("organ", "value"),
    "bone_marrow": ("finding",),
    "lymph_nodes": ("station",),
    "organs": ("organ",),
    "differential": ("diagnosis",),
    "recommendations": ("action",),
    "warnings": ("code",),
    "mentions": ("concept", "text"),
}
"""What makes two entries of a list the same thing; lesions and stenoses are told apart by place instead."""

_STATED = ("assertion", "status")
"""What is said of the thing; an entry counts as found only when this agrees too."""

_WEIGHT: Mapping[str, float] = {"site": 4, "kind": 3, "laterality": 2, "levels": 4, "size_mm": 4, "count": 1}
_POSITIVE = frozenset({"present", "possible", "recommended", "conditional"})
_NEGATIVE = frozenset({"absent", "historical", "not_recommended"})
_PREFER_GOLD = 2.0
"""A lesion of the gold claims a prediction before one that merely may be listed."""


@dataclass(frozen=True)
class Judgement:
    """One judged value; ``implied`` follows from an entry that was not found: counted, but not shown."""

    field: str
    path: str
    expected: Json
    got: Json
    tp: int = 0
    fp: int = 0
    fn: int = 0
    flip: bool = False
    implied: bool = False

    @property
    def agrees(self) -> bool:
        """Whether nothing is wrong with it."""
        return not (self.fp or self.fn or self.flip)


def compare(gold: Gold, findings: Findings) -> list[Judgement]:
    """Every judgement of one report, in the order of the gold file."""
    return compare_json(gold, findings.model_dump(mode="json"))


def compare_json(gold: Gold, found: Item) -> list[Judgement]:
    """As ``compare``, for findings in their JSON form."""
    judge = _Judge(gold)
    judgements = judge.members("", "", gold.fields, found)
    lesions = found.get("lesions", [])
    for target, expected in gold.any_lesion.items():
        judgements += judge.union(target, expected, lesions)
    return judgements


class _Judge:
    """The rules of judgement, with the alternatives of one gold file."""

    def __init__(self, gold: Gold) -> None:
        self._gold = gold

    def members(self, field: str, path: str, gold: Item, found: Item) -> list[Judgement]:
        judged: list[Judgement] = []
        for name, expected in gold.items():
            judged += self.value(_join(field, name), _join(path, name), expected, found.get(name))
        return judged

    def value(self, field: str, path: str, expected: Json, got: Json) -> list[Judgement]:
        if field in self._gold.unjudged:
            return []
        if paths.object_at(field) is None:
            return [self._plain(field, path, expected, got)]
        if not paths.is_list(field):
            if expected is None:
                return [Judgement(field, path, None, got, fp=int(not _empty(got)))]
            return self.members(field, path, expected, got or {})
        options = [expected, *self._gold.accepted.get(field, ())]
        results = [self.entries(field, path, option, got or []) for option in options]
        return min(results, key=lambda judged: sum(j.fp + j.fn + 100 * j.flip for j in judged))

    def _plain(self, field: str, path: str, expected: Json, got: Json) -> Judgement:
        """A single value, or a list of plain values; the most favourable of the accepted ones counts."""
        options = [expected, *self._gold.accepted.get(field, ())]
        best = min((_counts(option, got) for option in options), key=lambda c: (c[1] + c[2], -c[0]))
        flip = crosses(expected, got) and not any(_same_side(option, got) for option in options)
        return Judgement(field, path, expected, got, *best, flip=flip)

    def entries(self, field: str, path: str, expected: Sequence[Item], got: Sequence[Item]) -> list[Judgement]:
        """A list of objects: pairs, then what is missing, then what is too much."""
        others = self._gold.other_lesions if field == "lesions" else ()
        wanted = [*expected, *others]
        scores = [
            [self._likeness(field, item, found) + (_PREFER_GOLD if row < len(expected) else 0) for found in got]
            for row, item in enumerate(wanted)
        ]
        pairs = best_pairs(scores)
        judged: list[Judgement] = []
        for row, item in enumerate(expected):
            if row in pairs:
                judged += self._pair(field, f"{path}[{row}]", item, got[pairs[row]])
            else:
                judged += self._missing(field, f"{path}[{row}]", item)
        for column in sorted(set(range(len(got))) - set(pairs.values())):
            if not _empty(self._stated(got[column])):
                judged.append(Judgement(field, f"{path}[+{column}]", None, _brief(field, got[column]), fp=1))
        return judged

    def _pair(self, field: str, path: str, gold: Item, got: Item) -> list[Judgement]:
        if field not in _IDENTITY:
            return [Judgement(field, path, None, None, tp=1), *self.members(field, path, gold, got)]
        stated = [name for name in _STATED if name in gold]
        said = [self._plain(_join(field, name), _join(path, name), gold[name], got.get(name)) for name in stated]
        right = all(judgement.agrees for judgement in said)
        entry = Judgement(field, path, _brief(field, gold), _brief(field, got), flip=any(j.flip for j in said))
        entry = replace(entry, tp=1) if right else replace(entry, fp=1, fn=1)
        known = {*_IDENTITY[field], *stated}
        return [entry, *self.members(field, path, {k: v for k, v in gold.items() if k not in known}, got)]

    def _missing(self, field: str, path: str, gold: Item) -> list[Judgement]:
        if _empty(self._stated(gold)):
            return []
        known = {*_IDENTITY.get(field, ()), *(_STATED if field in _IDENTITY else ())}
        rest = self.members(field, path, {k: v for k, v in gold.items() if k not in known}, {})
        entry = Judgement(field, path, _brief(field, gold), None, fn=1)
        return [entry, *(replace(judgement, implied=True) for judgement in rest)]

    @staticmethod
    def _stated(item: Item) -> Json:
        return next((item[name] for name in _STATED if name in item), "stated")

    def _likeness(self, field: str, gold: Item, got: Item) -> float:
        """How alike two entries are; -inf if they cannot be the same thing."""
        agree = {name for name in gold if self._agrees(field, name, gold, got)}
        if field in _IDENTITY:
            if any(name in gold and name not in agree for name in _IDENTITY[field]):
                return -math.inf
            return 1 + 0.1 * len(agree)
        shared = _overlap(gold.get("levels") or [], got.get("levels") or [])
        same_size = "size_mm" in agree and gold["size_mm"]
        near = shared > 0 or "levels" in agree or "levels" not in gold or same_size
        if field == "lesions" and "site" not in agree and not ("kind" in agree and near):
            return -math.inf
        if field != "lesions" and not near:
            return -math.inf
        weights = {name: _WEIGHT.get(name, 0.5) for name in agree if name != "levels"}
        return 1 + sum(weights.values()) + _WEIGHT["levels"] * max(shared, float("levels" in agree))

    def _agrees(self, field: str, name: str, gold: Item, got: Item) -> bool:
        key = _join(field, name)
        if paths.object_at(key) is not None:
            return all(judgement.agrees for judgement in self.value(key, name, gold[name], got.get(name)))
        return any(_same(option, got.get(name)) for option in (gold[name], *self._gold.accepted.get(key, ())))

    def union(self, target: str, expected: Sequence[Json], lesions: Sequence[Item]) -> list[Judgement]:
        """A report-level list against what any of the lesions has."""
        name = target.removeprefix("lesions.")
        held = [lesion.get(name) for lesion in lesions]
        found = [item for part in held for item in (part if isinstance(part, list) else [part])]
        keys = ("sequence", "intensity") if name == "signal" else ("assertion", "degree", "pattern")
        field = f"{name}_any_lesion"
        wanted = [_only(item, keys) for item in expected]
        distinct: list[Item] = []
        for item in (_only(part, keys) for part in found):
            if not _empty(item) and item not in distinct:
                distinct.append(item)
        scores = [[float(_within(want, item)) or -math.inf for item in distinct] for want in wanted]
        pairs = best_pairs(scores)
        judged = [
            Judgement(field, f"{field}[{row}]", want, None, tp=int(row in pairs), fn=int(row not in pairs))
            for row, want in enumerate(wanted)
            if not _empty(want)
        ]
        extra = [item for column, item in enumerate(distinct) if column not in pairs.values()]
        if name == "enhancement":
            extra = [
                item for item in extra if not any(_within({"assertion": w.get("assertion")}, item) for w in wanted)
            ]
        return judged + [Judgement(field, f"{field}[+]", None, item, fp=1) for item in extra]


def crosses(expected: Json, got: Json) -> bool:
    """Whether one is said and the other denied: the error that can harm."""
    return _side(expected) * _side(got) < 0


def _same_side(one: Json, two: Json) -> bool:
    return _side(one) * _side(two) > 0


def _side(value: Json) -> int:
    """1 for what is said or advised, -1 for what is denied, over, or advised against, 0 for neither."""
    return (value in _POSITIVE) - (value in _NEGATIVE) if isinstance(value, str) else 0


def _counts(expected: Json, got: Json) -> tuple[int, int, int]:
    """True positives, false positives and false negatives of a plain value or a list of them."""
    if not isinstance(expected, list) and not isinstance(got, list):
        if _same(expected, got):
            return (int(not _empty(expected)), 0, 0)
        return (0, int(not _empty(got)), int(not _empty(expected)))
    rest, hits = list(got or []), 0
    for item in expected or []:
        match = next((index for index, other in enumerate(rest) if _same(item, other)), None)
        if match is not None:
            del rest[match]
            hits += 1
    return (hits, len(rest), len(expected or []) - hits)


def _same(one: Json, two: Json) -> bool:
    if isinstance(one, str) and isinstance(two, str):
        return _spelling(one) == _spelling(two)
    if isinstance(one, list) and isinstance(two, list):
        return _counts(one, two)[1:] == (0, 0)
    if _empty(one) and _empty(two):
        return not isinstance(one, bool) or one == two
    if _number(one) and _number(two):
        return math.isclose(one, two, rel_tol=1e-6, abs_tol=0.05)
    return bool(one == two)


def _spelling(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.casefold()).strip()


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _empty(value: Json) -> bool:
    if isinstance(value, Mapping):
        return all(_empty(item) for item in value.values())
    return value is None or value is False or value in ("not_mentioned", [])


def _overlap(one: Sequence[str], two: Sequence[str]) -> float:
    union = set(one) | set(two)
    return len(set(one) & set(two)) / len(union) if union else 0.0


def _only(item: Json, keys: Sequence[str]) -> dict[str, Json]:
    """The named members of an object; a bare string is its first ("present" for an enhancement)."""
    if isinstance(item, Mapping):
        return {key: item[key] for key in keys if item.get(key) is not None}
    return {keys[0]: item} if item is not None else {}


def _within(part: Item, whole: Item) -> bool:
    return all(_same(value, whole.get(key)) for key, value in part.items() if value is not None)


def _brief(field: str, item: Item) -> dict[str, Json]:
    """An entry by its name and what is said of it, for a reader."""
    keys = _IDENTITY.get(field, ("kind", "site", "laterality", "levels", "size_mm"))
    return {key: item[key] for key in (*keys, *_STATED) if key in item}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name

"""Findings → one row for each plain value, named as in the contract: ``lesions[0].site``. For registries and forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from emh_report.model import Findings, Part

_LEFT_OUT = frozenset({"evidence", "mentions"})


class Row(Part):
    """A value and its name; None where the report is silent."""

    key: str
    value: str | float | int | bool | tuple[str, ...] | tuple[float, ...] | None


def flatten(findings: Findings) -> tuple[Row, ...]:
    """Every value except passages and mentions, in the order of the contract; silence is a row, too."""
    return tuple(_rows(findings, ""))


def _rows(value: Any, path: str) -> Iterator[Row]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name not in _LEFT_OUT:
                yield from _rows(getattr(value, name), f"{path}.{name}".removeprefix("."))
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for index, each in enumerate(value):
            yield from _rows(each, f"{path}[{index}]")
    else:
        yield Row(key=path, value=value if value not in ("", ()) else None)

"""Dotted names in the contract, such as ``lesions.signal.sequence``, resolved against the typed model.

A list's items share their list's name. Gold files, phenomenon tables and error messages use these names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from emh_report.model import Findings

_IDENTIFIER = re.compile(r"[A-Za-z_]\w{0,40}")


@lru_cache(maxsize=1024)
def field_at(path: str) -> FieldInfo:
    """The model's field of that name; KeyError if the contract has no such name."""
    model: type[BaseModel] | None = Findings
    field: FieldInfo | None = None
    for name in path.split("."):
        if model is None or name not in model.model_fields:
            raise KeyError(path)
        field = model.model_fields[name]
        model = _object(field.annotation)
    if field is None:
        raise KeyError(path)
    return field


@lru_cache(maxsize=1024)
def object_at(path: str) -> type[BaseModel] | None:
    """The object a name stands for, or whose list it is; None for a plain value."""
    return _object(field_at(path).annotation)


@lru_cache(maxsize=1024)
def is_list(path: str) -> bool:
    """Whether a name stands for a list."""
    return get_origin(field_at(path).annotation) is tuple


def fault(path: str, value: object) -> str | None:
    """What is wrong with a plain JSON value under that name, or None."""
    try:
        _adapter(path).validate_python(tuple(value) if isinstance(value, list) else value)
    except ValidationError as error:
        return expectation(dict(error.errors(include_url=False, include_input=False)[0]))
    return None


def expectation(error: dict[str, Any]) -> str:
    """What one of pydantic's errors expected, without the value it met."""
    if error["type"] == "missing":
        return "expected this field"
    if error["type"] == "extra_forbidden":
        return "unknown field"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    message = str(error["msg"]).replace("Input should be", "expected").replace("a valid", "a")
    return message.replace("expected an instance of", "expected").replace("tuple", "list").replace("array", "list")


def json_path(location: tuple[int | str, ...], *, unknown: bool = False) -> str:
    """``$.lesions[0].levels[1]`` from pydantic's location, less its notes on union members.

    ``unknown`` keeps a last name that the model does not have, if it looks like a name at all.
    """
    shown, names = "$", ""
    for index, step in enumerate(location):
        if isinstance(step, int):
            shown += f"[{step}]"
            continue
        trial = f"{names}.{step}" if names else step
        try:
            field_at(trial)
        except KeyError:
            if unknown and index == len(location) - 1 and _IDENTIFIER.fullmatch(step):
                shown += f".{step}"
            break
        names, shown = trial, f"{shown}.{step}"
    return shown


@lru_cache(maxsize=1024)
def _adapter(path: str) -> TypeAdapter[Any]:
    field = field_at(path)
    annotation: Any = field.annotation
    for note in field.metadata:
        annotation = Annotated[annotation, note]
    return TypeAdapter(annotation)


def _object(annotation: Any) -> type[BaseModel] | None:
    """The model class inside ``Part``, ``Part | None`` or ``tuple[Part, ...]``."""
    if get_origin(annotation) in (tuple, UnionType, Union):
        found = (_object(part) for part in get_args(annotation) if part is not Ellipsis)
        return next((model for model in found if model is not None), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None

"""The typed model → the page that tells template authors what they may use: docs/template-fields.md."""

from __future__ import annotations

import inspect
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from emh_report.diagram import Diagram
from emh_report.flat import Row
from emh_report.followup import Comparison
from emh_report.model import Disc, EsccGrade, Findings, Vertebra
from emh_report.sourceview import SourceView
from emh_report.timeline import Timeline

_HEAD = """# What a template may use

Generated from the typed model by `emh-report templates --fields`; a test keeps this page fresh. A template sees these
fields and nothing else: no method, no private name, no file but those of the template folders. An unknown name is an
error with the template, the line and the nearest name that exists.
How to write templates: [templates/README.md](../templates/README.md).

`T[]` is a list. `?` may be `null`, which prints as "not stated in the report".

| variable | is |
|---|---|
| `f`, `findings` | the findings of the report: [Findings](#findings) |
| `reports` | the findings of all reports given; a template that uses it, or `timeline`, is rendered once for all |
| `timeline` | lesions over time: [Timeline](#timeline) |
| `rows` | every value as a line: [Row](#row)[] |
| `diagram` | what the level diagram draws: [Diagram](#diagram) |
| `source` | the report itself, with `--source`, else `null`: [SourceView](#sourceview) |
| `comparison` | only in `pages/comparison.txt.jinja`, for `emh-report compare`: [Comparison](#comparison) |
| `w` | the wording: `templates/wording.en.yaml`, in the language chosen |
| `levels` | the names of the vertebrae, C1 to S5 |
"""
_NAMED: dict[Any, str] = {
    Vertebra: "vertebra",
    Disc: "disc",
    EsccGrade: " ".join(f"`{each}`" for each in get_args(EsccGrade)),
}


def fields_page() -> str:
    """The page, in Markdown."""
    todo: list[type[BaseModel]] = [Findings, Timeline, Row, Diagram, SourceView, Comparison]
    parts = [_HEAD]
    seen: set[type[BaseModel]] = set()
    while todo:
        part = todo.pop(0)
        if part in seen:
            continue
        seen.add(part)
        inside: list[type[BaseModel]] = []
        parts.append(_object(part, inside))
        todo = [*inside, *todo]
    return "\n".join(parts)


def _object(part: type[BaseModel], inside: list[type[BaseModel]]) -> str:
    told = inspect.cleandoc(part.__doc__ or "")
    rows = [f"| `{name}` | {_type(_whole(field), inside)} |" for name, field in part.model_fields.items()]
    return "\n".join(
        [f"## {part.__name__}", "", " ".join(told.split()), "", "| field | type |", "|---|---|", *rows, ""]
    )


def _whole(field: Any) -> Any:
    """A field's annotation with the notes that pydantic took off it."""
    annotation = field.annotation
    for note in field.metadata:
        annotation = Annotated[annotation, note]
    return annotation


def _type(annotation: Any, inside: list[type[BaseModel]]) -> str:
    if annotation in _NAMED:
        return _NAMED[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0], inside)
    if origin is tuple:
        return f"{_type(arguments[0], inside)}[]"
    if origin in (Union, UnionType):
        named = [_type(each, inside) for each in arguments if each is not type(None)]
        return " or ".join(dict.fromkeys(named)) + ("?" if type(None) in arguments else "")
    if origin is Literal:
        return " ".join(f"`{each}`" for each in arguments)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inside.append(annotation)
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return " ".join(f"`{each}`" for each in annotation)
    return {str: "text", float: "number", int: "whole number", bool: "true or false"}[annotation]

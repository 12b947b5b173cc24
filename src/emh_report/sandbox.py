"""Jinja, closed: fields of the model only, files of the template folders only, every output neutralised.

A template is data from outside, and so is the text it prints. ``render`` chooses templates and gives them their
findings; what they may do with them is decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup
from pydantic import BaseModel

from emh_report.filters import Filters, nearest
from emh_report.model import VERTEBRAE

VARIABLES = ("f", "findings", "reports", "diagram", "source", "timeline", "rows", "w", "levels", "loop")
"""What a template sees beside what it defines itself."""
_MAX_FACTOR = 10_000
_MAX_PRODUCT = 1_000_000


class _Undefined(jinja2.StrictUndefined):
    """Any use of a name that does not exist is an error that proposes the nearest one."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        owner, name = self._undefined_obj, str(self._undefined_name)
        if self._undefined_hint:
            return self._undefined_hint
        if owner is missing:
            return f"there is no variable {name!r}{nearest(name, VARIABLES)}"
        if isinstance(owner, BaseModel):
            return f"{type(owner).__name__} has no field {name!r}{nearest(name, type(owner).model_fields)}"
        if isinstance(owner, dict):
            return f"the wording has no entry {name!r}{nearest(name, owner)}"
        return f"{type(owner).__name__} has no {name!r}"


class _Folder(jinja2.FileSystemLoader):
    """The files of one folder; a link that leads out of it is no file of the folder."""

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        found = super().get_source(environment, template)
        home = Path(self.searchpath[0]).resolve()
        if not Path(found[1]).resolve().is_relative_to(home):
            raise jinja2.TemplateNotFound(template)
        return found


class Environment(ImmutableSandboxedEnvironment):
    """Jinja, closed: fields only, files of the template folders only, every output neutralised."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, suffix: str, places: Sequence[Path], wording: dict[str, Any], ascii_only: bool = False) -> None:
        super().__init__(
            loader=jinja2.ChoiceLoader([_Folder(place) for place in places]),
            undefined=_Undefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=True,  # in every format: it marks what is finished; `neutralise` decides how
            finalize=_finalize,
        )
        filters = Filters(suffix, wording, ascii_only)
        self.neutralise = filters.neutralise
        self.filters |= filters.table()
        for name in ("safe", "urlize", "attr"):  # text of the report as markup, or as a name
            del self.filters[name]
        self.globals |= {"w": wording, "levels": VERTEBRAE}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, BaseModel):
            return attr in type(obj).model_fields
        return super().is_safe_attribute(obj, attr, value)

    def unsafe_undefined(self, obj: Any, attribute: str) -> jinja2.Undefined:
        if isinstance(obj, BaseModel):
            return self.undefined(obj=obj, name=attribute)
        return super().unsafe_undefined(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """What is looked up in brackets may be a word of the report: a fault does not repeat it."""
        found = super().getitem(obj, argument)
        if not isinstance(found, jinja2.Undefined):
            return found
        known = list(obj) if isinstance(obj, dict) else []
        kind = "the wording" if known else type(obj).__name__
        return self.undefined(hint=f"{kind} has no such entry{nearest(str(argument), known)}")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Nothing that makes very much of very little."""
        sizes = [abs(side) if isinstance(side, int | float) else len(side) for side in (left, right)]
        if operator == "%" and not isinstance(left, int | float):
            raise SecurityError("formatting with % is not allowed; use the filter say")
        if operator != "%" and (max(sizes) > _MAX_FACTOR or (operator == "*" and sizes[0] * sizes[1] > _MAX_PRODUCT)):
            raise SecurityError("the factors are too large")
        return super().call_binop(context, operator, left, right)


# Taking the context keeps Jinja from folding constants: those, too, are neutralised for the format.
@jinja2.pass_context
def _finalize(context: jinja2.runtime.Context, value: Any) -> Markup:
    assert isinstance(context.environment, Environment)
    return context.environment.neutralise(value)

"""Findings + template → text: the last arrow of the flow. Knows the model, not how findings arise.

A template is data from outside. It runs in Jinja's sandbox, sees the fields of the model and no method, reads
no file but those of the template folders, and a name that does not exist is an error with its line. The words
that are not the report's own are in ``templates/wording.en.yaml``; ``templates/README.md`` is for authors.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
import yaml
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup
from pydantic import BaseModel

from emh_report import resources
from emh_report.errors import TemplateFault
from emh_report.filters import Filters, nearest
from emh_report.model import Findings

_WORDING = "wording.en.yaml"
_SUFFIXES = {"text": "txt", "markdown": "md"}
"""Formats whose templates are not named by the format itself: ``report.txt.jinja``."""
_MAX_CHARACTERS = 20_000_000
_MAX_FACTOR = 10_000
_MAX_PRODUCT = 1_000_000


def formats(folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """The formats that have a ``report`` template, built in or in ``folders``; text first."""
    places = (*folders, resources.folder("templates"))
    suffixes = {path.name.split(".")[1] for place in places for path in Path(place).glob("report.*.jinja")}
    names = {suffix: name for name, suffix in _SUFFIXES.items()}
    found = {names.get(suffix, suffix) for suffix in suffixes}
    return tuple(sorted(found, key=lambda name: (name != "text", name)))


def render(findings: Findings, format: str = "text", template: str | None = None, folders: Sequence[Path] = ()) -> str:
    """The structured report. ``template`` is a name in ``folders`` or the built-in folder, or a file.

    TemplateFault, naming the template and the line, if the template is missing or faulty.
    """
    pieces: list[str] = []
    room = _MAX_CHARACTERS
    try:
        found = _find(format, template, tuple(map(Path, folders)))
        for piece in found.generate(f=findings, findings=findings):
            pieces.append(piece)
            room -= len(piece)
            if room < 0:
                raise TemplateFault(f"the template prints more than {_MAX_CHARACTERS} characters")
    except Exception as error:
        # Not chained: the message of an error from inside may hold words of the report.
        raise TemplateFault(f"{_where(error)}{_what(error)}") from None
    return "".join(pieces).strip("\n") + "\n"


def _find(format: str, template: str | None, folders: tuple[Path, ...]) -> jinja2.Template:
    known = formats(folders)
    if format not in known:
        raise TemplateFault(f"unknown format {format!r}; formats: {', '.join(known)}{nearest(format, known)}")
    suffix, name = _SUFFIXES.get(format, format), template or "report"
    environment = _environment(suffix, folders)
    names = {each.removesuffix(f".{suffix}.jinja") for each in environment.list_templates()}
    if name in names:
        return environment.get_template(f"{name}.{suffix}.jinja")
    if not Path(name).is_file():
        raise TemplateFault(
            f"no template {name!r} for format {format!r}, and no such file{nearest(name, names)}; "
            f"looked in {', '.join(map(str, (*folders, resources.folder('templates'))))}"
        )
    return _from_file(Path(name), suffix, known, folders)


def _from_file(path: Path, suffix: str, known: Sequence[str], folders: tuple[Path, ...]) -> jinja2.Template:
    """A template outside the folders; its name, as in ``mine.html.jinja``, decides what is markup in it."""
    own = [each for each in path.name.split(".")[1:] if each in {_SUFFIXES.get(name, name) for name in known}]
    environment = _environment(own[-1] if own else suffix, folders)
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateFault(f"{path}: not readable as UTF-8 text ({type(error).__name__})") from None
    code = environment.compile(source, name=path.name, filename=str(path))
    return environment.template_class.from_code(environment, code, environment.make_globals(None))


@lru_cache(maxsize=64)
def _environment(suffix: str, folders: tuple[Path, ...]) -> _Environment:
    places = (*folders, resources.folder("templates"))
    return _Environment(suffix, places, _wording(places))


def _wording(places: Sequence[Path]) -> dict[str, Any]:
    """The built-in words, with those a user folder replaces."""
    built_in, *others = (place / _WORDING for place in reversed(places))
    words = _load(built_in)
    for file in others:
        if file.is_file():
            words = _replaced(words, _load(file), f"{file}: ")
    return words


def _load(file: Path) -> dict[str, Any]:
    try:
        # BaseLoader keeps every scalar a string: "no" and "none" are words here.
        loaded = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise TemplateFault(f"{file}:{line}: not valid YAML: {error.problem}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TemplateFault(f"{file}: not readable as YAML ({type(error).__name__})") from None
    if not isinstance(loaded, dict):
        raise TemplateFault(f"{file}: expected entries")
    return loaded


def _replaced(base: Any, own: Any, where: str) -> Any:
    if type(base) is not type(own):
        raise TemplateFault(f"{where}expected {'entries' if isinstance(base, dict) else 'words'}")
    if not isinstance(base, dict):
        return own
    for key in own:
        if key not in base:
            raise TemplateFault(f"{where}unknown entry {key!r}{nearest(key, base)}")
    return base | {key: _replaced(base[key], value, f"{where}{key}: ") for key, value in own.items()}


def _where(error: BaseException) -> str:
    """``file:line: `` of the template line at fault, which Jinja writes into the traceback."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.filename or error.name}:{error.lineno}: "
    place, trace = "", error.__traceback__
    while trace:
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            place = f"{trace.tb_frame.f_globals['__file__']}:{trace.tb_lineno}: "
        trace = trace.tb_next
    return place


def _what(error: Exception) -> str:
    if isinstance(error, jinja2.TemplateNotFound):
        return "needs a template that is in none of the template folders"
    if isinstance(error, TemplateFault):
        return str(error)
    if isinstance(error, jinja2.TemplateError):
        return error.message or type(error).__name__
    return f"the template cannot be rendered ({type(error).__name__})"


class _Undefined(jinja2.StrictUndefined):
    """Any use of a name that does not exist is an error that proposes the nearest one."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        owner, name = self._undefined_obj, str(self._undefined_name)
        if self._undefined_hint:
            return self._undefined_hint
        if owner is missing:
            return f"there is no variable {name!r}{nearest(name, ('f', 'findings', 'w', 'loop'))}"
        if isinstance(owner, BaseModel):
            return f"{type(owner).__name__} has no field {name!r}{nearest(name, type(owner).model_fields)}"
        if isinstance(owner, dict):
            return f"the wording has no entry {name!r}{nearest(name, owner)}"
        return f"{type(owner).__name__} has no {name!r}"


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja, closed: fields only, files of the template folders only, every output neutralised."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, suffix: str, places: Sequence[Path], wording: dict[str, Any]) -> None:
        super().__init__(
            loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(place) for place in places]),
            undefined=_Undefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=True,  # in every format: it marks what is finished; `neutralise` decides how
            finalize=_finalize,
        )
        filters = Filters(suffix, wording)
        self.neutralise = filters.neutralise
        self.filters |= filters.table()
        for name in ("safe", "urlize", "attr"):  # text of the report as markup, or as a name
            del self.filters[name]
        self.globals["w"] = wording

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
    assert isinstance(context.environment, _Environment)
    return context.environment.neutralise(value)

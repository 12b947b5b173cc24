"""Findings + template → text: the last arrow of the flow. Knows the model, not how findings arise.

The template runs in the sandbox of ``sandbox.py``; a name that does not exist is an error with its line. The words
that are not the report's own are in ``templates/wording.en.yaml``; ``templates/README.md`` is for authors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta
from pydantic import BaseModel

from emh_report import resources
from emh_report.ascii_text import to_ascii
from emh_report.diagram import diagram
from emh_report.errors import TemplateFault
from emh_report.filters import nearest
from emh_report.flat import flatten
from emh_report.model import Findings
from emh_report.sandbox import Environment
from emh_report.sourceview import source_view
from emh_report.timeline import in_order, timeline
from emh_report.wording import BASE, respelled, words

_STANDARD = "standard"
"""The name by which ``--template`` calls the templates of the files ``report.*.jinja``."""
_PARTS = ("layout", "grid")
"""Files of the folder that look like templates and are parts of one."""
_SUFFIXES = {"text": "txt", "markdown": "md"}
"""Formats whose templates are not named by the format itself: ``report.txt.jinja``."""
_MAX_CHARACTERS = 20_000_000


def formats(folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """The formats that have a ``report`` template, built in or in ``folders``; text first."""
    places = (*folders, resources.folder("templates"))
    suffixes = {path.name.split(".")[1] for place in places for path in Path(place).glob("report.*.jinja")}
    names = {suffix: name for name, suffix in _SUFFIXES.items()}
    found = {names.get(suffix, suffix) for suffix in suffixes}
    return tuple(sorted(found, key=lambda name: (name != "text", name)))


@dataclass(frozen=True)
class Style:
    """How a report is to look: what does not depend on the findings."""

    format: str = "text"
    template: str | None = None
    """A name in the folders, or a file."""
    folders: tuple[Path, ...] = ()
    language: str = BASE
    ascii_only: bool = False
    """ASCII characters only, for systems that show no others; plain text only."""


def render(
    findings: Findings,
    format: str = "text",
    template: str | None = None,
    folders: Sequence[Path] = (),
    *,
    language: str = BASE,
    ascii_only: bool = False,
    source: str | None = None,
) -> str:
    """The structured report. ``template`` is a name in ``folders`` or the built-in folder, or a file.

    ``source`` is the text of the report, for formats that link each value to its passage. TemplateFault, naming the
    template and the line, if the template is missing or faulty; SourceError if the text is another report's.
    """
    style = Style(format, template, tuple(map(Path, folders)), language, ascii_only)
    return render_together([findings], style, source)


def render_together(reports: Sequence[Findings], style: Style, source: str | None = None) -> str:
    """One document about all ``reports``; a template that takes one gets the newest, else the last."""
    view = source_view(reports[-1], source) if source is not None else None
    spelling = words((*style.folders, resources.folder("templates")), style.language)["spelling"]
    shown = [respelled(each, spelling) for each in reports]
    last = in_order(shown)[0][-1]
    values = {"f": last, "findings": last, "reports": tuple(shown), "diagram": diagram(last), "source": view}
    return _filled(style, values | {"timeline": timeline(shown), "rows": flatten(last)})


def render_page(page: str, value: BaseModel, style: Style) -> str:
    """What is no report, such as a comparison: ``value`` laid out by a template of the folder ``pages``."""
    return _filled(Style(style.format, f"pages/{page}", style.folders, style.language, style.ascii_only), {page: value})


def takes_all(style: Style) -> bool:
    """Whether the template is about several reports at once: it uses ``reports`` or ``timeline``."""
    try:
        environment, template = _find(style)
        todo, seen = [template.name or ""], set[str]()
        while todo:
            name = todo.pop()
            seen.add(name)
            try:
                own = name == template.name and template.filename
                text = Path(own).read_text("utf-8") if own else _source(environment, name)
            except jinja2.TemplateNotFound:
                continue  # rendering says where it is asked for
            tree = environment.parse(text, name)
            if meta.find_undeclared_variables(tree) & {"reports", "timeline"}:
                return True
            todo += [each for each in meta.find_referenced_templates(tree) if each and each not in seen]
    except Exception as error:
        raise TemplateFault(f"{_where(error)}{_what(error)}") from None
    return False


def _source(environment: Environment, name: str) -> str:
    assert environment.loader
    return environment.loader.get_source(environment, name)[0]


@dataclass(frozen=True)
class Listed:
    """A template as ``emh-report templates`` lists it."""

    name: str
    formats: tuple[str, ...]
    description: str


def listing(folders: Sequence[Path] = ()) -> list[Listed]:
    """Every template that ``--template`` takes by name, with its formats and the first line of its comment."""
    places = [Path(place) for place in (*folders, resources.folder("templates"))]
    suffixes = {_SUFFIXES.get(name, name): name for name in formats(folders)}
    found: dict[str, dict[str, str]] = {}
    for place in places:
        for path in sorted(place.glob("*.jinja")):
            name, _, suffix = path.name.removesuffix(".jinja").rpartition(".")
            if suffix in suffixes and name not in _PARTS:
                found.setdefault(_STANDARD if name == "report" else name, {}).setdefault(suffixes[suffix], _told(path))
    order = sorted(found, key=lambda name: (name != _STANDARD, name))
    known = formats(folders)
    return [
        Listed(name, tuple(each for each in known if each in found[name]), next(iter(found[name].values())))
        for name in order
    ]


def _told(path: Path) -> str:
    """The first sentence of the comment at the top of a template."""
    comment = re.match(r"\s*\{#-?\s*(.*?)\s*-?#\}", path.read_text("utf-8", "replace"), re.DOTALL)
    first = re.split(r"(?<=\.)\s", " ".join(comment[1].split()) if comment else "", maxsplit=1)[0]
    return "".join(char if char.isprintable() else "?" for char in first)


def _filled(style: Style, values: dict[str, Any]) -> str:
    pieces: list[str] = []
    room = _MAX_CHARACTERS
    try:
        if style.ascii_only and style.format != "text":
            raise TemplateFault("only the format 'text' can be limited to ASCII")
        _, found = _find(style)
        for piece in found.generate(**values):
            pieces.append(piece)
            room -= len(piece)
            if room < 0:
                raise TemplateFault(f"the template prints more than {_MAX_CHARACTERS} characters")
    except Exception as error:
        # Not chained: the message of an error from inside may hold words of the report.
        raise TemplateFault(f"{_where(error)}{_what(error)}") from None
    text = "".join(pieces).strip("\n") + "\n"
    return to_ascii(text) if style.ascii_only else text


def _find(style: Style) -> tuple[Environment, jinja2.Template]:
    known = formats(style.folders)
    if style.format not in known:
        raise TemplateFault(
            f"unknown format {style.format!r}; formats: {', '.join(known)}{nearest(style.format, known)}"
        )
    suffix, name = _SUFFIXES.get(style.format, style.format), style.template or _STANDARD
    name = "report" if name == _STANDARD else name
    environment = _environment(suffix, style.folders, style.language, style.ascii_only)
    names = {each.removesuffix(f".{suffix}.jinja") for each in environment.list_templates()}
    if name in names:
        return environment, environment.get_template(f"{name}.{suffix}.jinja")
    if not Path(name).is_file():
        other = next((each.formats for each in listing(style.folders) if each.name == name), ())
        if other:
            raise TemplateFault(f"the template {name!r} has no format {style.format!r}; it has {', '.join(other)}")
        offered = ["report", *(each.name for each in listing(style.folders) if style.format in each.formats)]
        raise TemplateFault(
            f"no template {name!r} for format {style.format!r}, and no such file{nearest(name, offered)}; "
            f"looked in {', '.join(map(str, (*style.folders, resources.folder('templates'))))}"
        )
    return _from_file(Path(name), suffix, known, style)


def _from_file(path: Path, suffix: str, known: Sequence[str], style: Style) -> tuple[Environment, jinja2.Template]:
    """A template outside the folders; its name, as in ``mine.html.jinja``, decides what is markup in it."""
    own = [each for each in path.name.split(".")[1:] if each in {_SUFFIXES.get(name, name) for name in known}]
    environment = _environment(own[-1] if own else suffix, style.folders, style.language, style.ascii_only)
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateFault(f"{path}: not readable as UTF-8 text ({type(error).__name__})") from None
    code = environment.compile(source, name=path.name, filename=str(path))
    return environment, environment.template_class.from_code(environment, code, environment.make_globals(None))


@lru_cache(maxsize=64)
def _environment(suffix: str, folders: tuple[Path, ...], language: str, ascii_only: bool) -> Environment:
    places = (*folders, resources.folder("templates"))
    return Environment(suffix, places, words(places, language), ascii_only)


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

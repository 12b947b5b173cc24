"""The reporting form as an IHE MRRT template: HTML5 that structured-reporting software imports.

What the form asks is data, ``templates/mrrt.yaml``; how MRRT writes it is ``templates/pages/mrrt.html.jinja``. A form
filled in is read back by ``forms``, as lines that ``extract`` reads like any other report.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

from emh_report import resources
from emh_report.errors import TemplateFault
from emh_report.model import Part
from emh_report.render import Style, render_page

SCHEMES = {"RADLEX": "2.16.840.1.113883.6.256", "LOINC": "2.16.840.1.113883.6.1"}
"""The terminologies the form codes in, with their object identifiers."""


class FormCode(Part):
    """A verified code."""

    meaning: str
    value: str
    scheme: Literal["RADLEX", "LOINC"]


class Choice(Part):
    """One answer that may be chosen, in the words of the report."""

    id: str
    text: str
    code: FormCode | None = None


class Field(Part):
    """One question of the form."""

    id: str
    label: str
    kind: Literal["text", "lines", "number", "date", "choice"]
    units: str | None = None
    choices: tuple[Choice, ...] = ()
    code: FormCode | None = None


class Section(Part):
    """One section of the report."""

    id: str
    name: str
    code: FormCode
    questions: tuple[Field, ...]


class Form(Part):
    """The whole form."""

    title: str
    description: str
    identifier: str
    language: str
    date: str
    publisher: str
    creator: str
    rights: str
    license: str
    schemes: tuple[tuple[str, str], ...] = tuple(SCHEMES.items())
    terms: tuple[FormCode, ...]
    sections: tuple[Section, ...]


def mrrt(folders: tuple[Path, ...] = ()) -> str:
    """The template as a file; TemplateFault if a folder holds a form that is not one."""
    return render_page("mrrt", form(folders), Style("html", folders=folders))


def form(folders: tuple[Path, ...] = ()) -> Form:
    """The form of the first folder that has an ``mrrt.yaml``, else the built-in one."""
    file = next(
        path for folder in (*folders, resources.folder("templates")) if (path := Path(folder) / "mrrt.yaml").is_file()
    )
    try:
        written = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)
        return Form.model_validate(
            {
                **{k: v for k, v in written.items() if k != "choices"},
                "sections": [_section(each, written) for each in written["sections"]],
            }
        )
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise TemplateFault(f"{file}:{line}: not valid YAML: {error.problem}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise TemplateFault(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise TemplateFault(f"{file}: is not a form like the built-in mrrt.yaml ({type(error).__name__})") from None


def _section(written: dict[str, object], whole: dict[str, dict[str, list[dict[str, str]]]]) -> dict[str, object]:
    name = str(written["name"])
    fields: list[dict[str, object]] = written["fields"]  # type: ignore[assignment]
    asked = []
    for field in fields:
        listed = whole["choices"][str(field["choices"])] if "choices" in field else []
        choices = [
            {
                "id": f"{field['id']}_{number}",
                "text": each["text"],
                "code": {key: each[key] for key in ("meaning", "value", "scheme")} if "value" in each else None,
            }
            for number, each in enumerate(listed, 1)
        ]
        asked.append({**field, "choices": choices})
    return {
        "id": f"section_{name.lower().replace(' ', '_')}",
        "name": name,
        "code": written["code"],
        "questions": asked,
    }

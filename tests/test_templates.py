"""Templates of others: what they may extend, what they are told when they are wrong, what they cannot do."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from emh_report import resources
from emh_report.errors import TemplateFault
from emh_report.filters import Filters
from emh_report.model import Findings
from emh_report.render import formats, render
from emh_report.wording import words
from render_samples import rich


def _faulty(tmp_path: Path, source: str, name: str = "mine.txt.jinja", findings: Findings | None = None) -> str:
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")
    with pytest.raises(TemplateFault) as fault:
        render(findings or rich(), template=str(path))
    return str(fault.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a\n{{ f.lesion }}", "FILE:2: Findings has no field 'lesion'; did you mean 'lesions'?"),
        (
            "{% if f.emh.asertion %}{% endif %}",
            "FILE:1: Emh has no field 'asertion'; did you mean 'assertion'?",
        ),
        ("\n\n{{ finding.emh }}", "FILE:3: there is no variable 'finding'; did you mean 'findings'?"),
        ("{{ w.status.presnt }}", "FILE:1: the wording has no entry 'presnt'; did you mean 'present'?"),
        ("{{ f.emh }}", "FILE:1: prints a whole Emh; name one of its entries"),
        ("{{ w.status }}", "FILE:1: prints a table of words; name one of its entries"),
        (
            "{{ '{plces}'|say(places=1) }}",
            "FILE:1: a wording has {plces}; did you mean 'places'?; known: places",
        ),
        ("{{ f.lesions[99].site }}", "FILE:1: tuple has no such entry"),
        ("{{ w.status['presnt'] }}", "FILE:1: the wording has no such entry; did you mean 'present'?"),
        ("{{ f['lesion'] }}", "FILE:1: Findings has no such entry"),
        ("\n{% if %}", "FILE:2: Expected an expression, got 'end of statement block'"),
        ("{{ f.emh|nofilter }}", "FILE:1: No filter named 'nofilter'."),
        ("{{ 1 / 0 }}", "FILE:1: the template cannot be rendered (ZeroDivisionError)"),
        ("{% include 'none.jinja' %}", "FILE:1: needs a template that is in none of the template folders"),
    ],
)
def test_a_fault_names_template_line_and_nearest_name(tmp_path: Path, source: str, message: str) -> None:
    assert _faulty(tmp_path, source) == message


@pytest.mark.parametrize(
    "source",
    [
        "{{ f.__class__.__mro__ }}",
        "{{ f.model_dump() }}",
        "{{ f.model_fields_set }}",
        "{{ f['__class__'] }}",
        "{{ f|attr('__class__') }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ '{0.__class__}'.format(f) }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ range(10**9)|list }}",
        "{% for i in range(100000000) %}x{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{{ 'x' * 10000 * 10000 }}{{ 'y' * 20000 }}",
        "{{ 9 ** 99999 }}",
        "{{ '%1000000000d' % 1 }}",
        "{% for a in range(9999) %}{% for b in range(9999) %}xxxxxxxxxx{% endfor %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% include '../src/emh_report/render.py' %}",
        "{% import '../tests/test_render.py' as t %}",
        "{% from '/etc/passwd' import x %}",
        "{% include 'pages/../../pyproject.toml' %}",
        "{{ reports[0].model_dump() }}",
        "{{ timeline.tracks.__class__ }}",
        "{{ diagram.named.fget }}",
        "{% extends '/etc/hosts' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'report.txt.jinja' ignore missing %}{{ f.lesions.append(1) }}",
        "{{ f.source.id|safe }}",
    ],
)
def test_hostile_templates_do_not_run(tmp_path: Path, source: str) -> None:
    message = _faulty(tmp_path, source)
    assert message.startswith("FILE:") or message == "the template prints more than 20000000 characters"
    assert "root:" not in message


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secretword", encoding="utf-8")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "mine.txt.jinja").symlink_to(tmp_path / "secret.txt")
    (folder / "other.txt.jinja").write_text("{% include 'mine.txt.jinja' %}", encoding="utf-8")
    for name in ("mine", "other"):
        with pytest.raises(TemplateFault, match="in none of the template folders"):
            render(rich(), template=name, folders=[folder])


def test_no_word_of_the_report_in_a_fault(tmp_path: Path) -> None:
    secret = Findings.model_validate({"source": {"id": "secretword"}, "study": {"comparison": "secretword"}})
    for source in (
        "{{ f.source.id.nothing }}",
        "{{ f.source.id + 1 }}",
        "{{ w[f.source.id] }}",
        "{% include f.source.id %}",
    ):
        assert "secretword" not in _faulty(tmp_path, source, findings=secret)


def test_own_folder_wins_and_extends(tmp_path: Path) -> None:
    (tmp_path / "brief.txt.jinja").write_text(
        '{% extends "report.txt.jinja" %}{% block technique %}TECHNIQUE: left out\n\n{% endblock %}',
        encoding="utf-8",
    )
    (tmp_path / "wording.en.yaml").write_text("heading:\n  impression: Conclusion\n", encoding="utf-8")
    rendered = render(rich(), template="brief", folders=[tmp_path])
    assert "TECHNIQUE: left out" in rendered
    assert "CONCLUSION:\nLikely" in rendered
    assert "IMPRESSION:" not in rendered
    assert "IMPRESSION:" in render(rich())


def test_file_extends_a_built_in_template(tmp_path: Path) -> None:
    path = tmp_path / "x.md.jinja"
    path.write_text(
        '{% extends "report.md.jinja" %}{% block findings %}{{ f.source.id }}{% endblock %}', encoding="utf-8"
    )
    assert "\\*a\\*" in render(Findings.model_validate({"source": {"id": "*a*"}}), template=str(path))


def test_html_file_escapes_whatever_the_format(tmp_path: Path) -> None:
    path = tmp_path / "x.html.jinja"
    path.write_text("{{ f.source.id }}", encoding="utf-8")
    assert render(Findings.model_validate({"source": {"id": "<b>"}}), template=str(path)) == "&lt;b&gt;\n"


def test_new_format_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "report.csv.jinja").write_text("{{ f.source.id }};{{ f.emh.assertion }}", encoding="utf-8")
    assert formats() == ("text", "html", "markdown")
    assert "csv" in formats([tmp_path])
    assert render(rich(), "csv", folders=[tmp_path]) == "invented-01.txt;possible\n"


def test_null_and_empty_print_as_not_stated(tmp_path: Path) -> None:
    path = tmp_path / "x.txt.jinja"
    path.write_text("{{ f.study.date }}|{{ f.study.sequences }}|{{ f.clinical.question }}", encoding="utf-8")
    assert render(Findings(), template=str(path)) == "|".join(["not stated in the report"] * 3) + "\n"
    assert render(rich(), template=str(path)).startswith("2024-03-14|T1, T2, STIR, GRE, T1C|not stated")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("heading:\n  impresion: X\n", "heading: unknown entry 'impresion'; did you mean 'impression'?"),
        ("heading: X\n", "heading: expected entries"),
        ("lang: {a: b}\n", "lang: expected words"),
        ("- a\n", "expected entries"),
        ("heading:\n  a: b: c\n", "mapping values are not allowed here"),
    ],
)
def test_fault_in_own_wording(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "wording.en.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(TemplateFault, match=re.escape(message)) as fault:
        render(Findings(), folders=[tmp_path])
    assert str(fault.value).startswith(str(tmp_path))


def test_missing_template_and_format() -> None:
    with pytest.raises(TemplateFault, match="did you mean 'report'"):
        render(Findings(), template="reprt")
    with pytest.raises(TemplateFault, match="formats: text, html, markdown; did you mean 'markdown'"):
        render(Findings(), format="markdwn")
    with pytest.raises(TemplateFault, match="no template"):
        render(Findings(), template="../tests/test_render")


def test_unreadable_template_file(tmp_path: Path) -> None:
    (tmp_path / "x.txt.jinja").write_bytes(b"\xff\xfe")
    with pytest.raises(TemplateFault, match="not readable as UTF-8"):
        render(Findings(), template=str(tmp_path / "x.txt.jinja"))


def test_readme_names_every_filter_block_and_macro() -> None:
    folder = resources.folder("templates")
    readme = set(re.findall(r"\w+", (folder / "README.md").read_text(encoding="utf-8")))
    body = (folder / "body.jinja").read_text(encoding="utf-8")
    layout = (folder / "layout.txt.jinja").read_text(encoding="utf-8")
    filters = set(Filters("txt", words([folder])).table())
    assert filters <= readme
    assert set(re.findall(r"{%-? block (\w+)", body)) <= readme
    assert set(re.findall(r"{% macro (\w+)", layout)) <= readme


def test_every_layout_has_the_same_macros() -> None:
    folder = resources.folder("templates")
    macros = [
        set(re.findall(r"{% macro (\w+)", (folder / f"layout.{suffix}.jinja").read_text(encoding="utf-8")))
        for suffix in ("txt", "md", "html")
    ]
    assert macros[0] == macros[1] == macros[2] - {"silent", "own", "pointed", "shown_source"}

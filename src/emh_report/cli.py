"""The commands. Results go to standard output, everything else to standard error; only this module prints.

Exit status: 0 done; 1 some inputs failed, or ``evaluate`` found a flip; 2 wrong usage, or no input succeeded.
Modules that cost time to import are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from emh_report import __version__
from emh_report.connectors import names as connector_names
from emh_report.errors import EmhReportError, InputError, TemplateFault
from emh_report.pyrush import OURS, SENTENCES
from emh_report.terminal import Tally, emit, print_evaluation, progress, run_progress, say, show

if TYPE_CHECKING:
    from emh_report.model import Findings
    from emh_report.output import Output

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Free-text radiology reports on extramedullary hematopoiesis to structured findings and back.",
)
lexicon_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Check the vocabulary files.")
app.add_typer(lexicon_app, name="lexicon")
template_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Forms for structured-reporting software.")
app.add_typer(template_app, name="template")

DONE, SOME_FAILED, FAILED = 0, 1, 2
_INTERRUPTED = 130
"""What typer makes of an interrupt."""
Lexicons = Annotated[
    list[Path] | None,
    typer.Option(
        "--lexicons",
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="Your lexicon files, over the built-in ones. Repeatable.",
    ),
]
_READERS, _WRITERS = (", ".join(connector_names(kind)) for kind in ("readers", "writers"))
OutputFile = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write here instead; complete or not at all."),
]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; no failure shows a traceback, for it could quote a report."""
    try:
        if arguments is None:  # the command itself: being told to stop must not leave a temporary file behind
            for told in (signal.SIGTERM, signal.SIGINT):
                signal.signal(told, lambda *_: sys.exit(SOME_FAILED))
        app(list(arguments) if arguments is not None else None)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else FAILED
        return SOME_FAILED if code == _INTERRUPTED else min(code, FAILED)
    except EmhReportError as error:
        say(str(error))
    except BrokenPipeError:
        with suppress(OSError):  # nobody reads on; the flush at exit must not complain either
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SOME_FAILED
    except KeyboardInterrupt:
        say("stopped")
        return SOME_FAILED
    except Exception as error:
        from emh_report.batch import internal

        say(internal(error))
    else:
        return DONE
    return FAILED


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"emh-report {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


@app.command()
def extract(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Reports: text, filled HTML forms, directories of *.txt, or -."),
    ],
    output: OutputFile = None,
    lexicons: Lexicons = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes to use.")] = 1,
    report_id: Annotated[
        str | None, typer.Option("--id", help="source.id, instead of the file name; one report only.")
    ] = None,
    patient_id: Annotated[str | None, typer.Option("--patient-id", help="source.patient_id; one report only.")] = None,
    sentences: Annotated[
        str, typer.Option("--sentences", metavar="WHO", help="Who cuts sentences: emh, or medspaCy's pyrush (slow).")
    ] = OURS,
) -> None:
    """Print the findings of reports as JSON.

    One report: a JSON object. Several, or a directory: JSON Lines, one object a line, in input order.
    """
    from emh_report.batch import Options, run
    from emh_report.output import Output
    from emh_report.reading import inputs

    single = len(files) == 1 and not Path(files[0]).is_dir()
    if (report_id is not None or patient_id is not None) and not single:
        raise typer.BadParameter("--id and --patient-id describe one report; several are given")
    if sentences not in SENTENCES:
        raise typer.BadParameter(f"--sentences: expected one of {', '.join(SENTENCES)}")
    todo = list(inputs(files))
    _refuse_overwriting(output, [str(item.path) for item in todo if not isinstance(item, InputError) and item.path])
    tally = Tally()
    with Output(output) as out:
        for done in progress(run(todo, lexicons or (), jobs, Options(report_id, patient_id, sentences)), len(todo)):
            if tally.add(done):
                out.write((_pretty(done.findings or "") if single else done.findings or "") + "\n")
        if tally.succeeded:
            out.keep()
    raise typer.Exit(tally.status())


@app.command()
def render(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Findings as JSON or JSON Lines, or -.")],
    format: Annotated[
        str, typer.Option("--format", "-f", help="text, markdown, html, docx, pdf, or one that your templates add.")
    ] = "text",
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="NAME|FILE", help="Another template; emh-report templates lists them."),
    ] = None,
    templates: Annotated[
        list[Path] | None,
        typer.Option(
            "--templates",
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Your templates, before the built-in ones. Repeatable.",
        ),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="en, en-GB, or one that your templates add.")
    ] = "en",
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help="ASCII characters only, for systems that show no others; text only.")
    ] = False,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source", metavar="REPORT", help="The report itself: HTML links each value to its passage. Repeatable."
        ),
    ] = None,
    output: OutputFile = None,
) -> None:
    """Print findings as a structured report."""
    from emh_report.documents import BINARY, Document, write_document
    from emh_report.render import Style, formats, render_together, takes_all
    from emh_report.sourceview import source_of

    known = (*formats(tuple(templates or ())), *BINARY)
    if format not in known:
        raise typer.BadParameter(f"--format: expected one of {', '.join(known)}")
    if ascii_only and format != "text":
        raise typer.BadParameter("--ascii goes with --format text")
    if source and format not in ("html", *BINARY):
        raise typer.BadParameter("--source goes with --format html")
    style = Style("html" if format in BINARY else format, template, tuple(templates or ()), language, ascii_only)
    reports = [_source(name) for name in source or ()]
    document = Document(format, _SEPARATOR.get(format, "\n"), style)

    def write(out: Output, found: Findings | Sequence[Findings]) -> None:
        shown = list(found) if isinstance(found, Sequence) else [found]
        text = render_together(shown, style, source_of(shown[-1], reports))
        document.add(text)
        if not document.whole:
            out.write(document.separator + text.rstrip() + "\n")

    together = takes_all(style)
    raise typer.Exit(_each(files, output, write, together, lambda out: write_document(out, document)))


_SEPARATOR = {"text": "\n" + "=" * 78 + "\n\n", "markdown": "\n---\n\n"}
"""What stands between reports when several are rendered."""


@app.command("run")
def run_source(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A file or a folder of reports, in any format.")],
    to: Annotated[Path, typer.Option("--to", metavar="TARGET", help="The file or folder to write.")],
    reader: Annotated[
        str | None,
        typer.Option("--from", metavar="FORMAT", help=f"Format of the source, found out if not given: {_READERS}."),
    ] = None,
    writer: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", metavar="FORMAT", help=f"Format of the target, by its suffix if not given: {_WRITERS}."
        ),
    ] = None,
    lexicons: Lexicons = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes to use.")] = 1,
    engine: Annotated[
        str, typer.Option("--engine", metavar="local|spark", help="Where to extract: here, or on Apache Spark.")
    ] = "local",
    resume: Annotated[
        bool, typer.Option("--resume/--no-resume", help="Skip what an earlier run did (default), or do all again.")
    ] = True,
    on_error: Annotated[
        str, typer.Option("--on-error", metavar="skip|stop", help="At a bad row: go on, or stop.")
    ] = "skip",
    run_date: Annotated[
        str | None, typer.Option("--run-date", metavar="YYYY-MM-DD", help="Date to write; none: today in UTC.")
    ] = None,
    id_field: Annotated[str | None, typer.Option("--id", metavar="FIELD", help="Column or key of the id.")] = None,
    text_field: Annotated[
        str | None, typer.Option("--text", metavar="FIELD", help="Column or key of the text.")
    ] = None,
    date_field: Annotated[
        str | None, typer.Option("--date", metavar="FIELD", help="Column or key of the date.")
    ] = None,
    patient_field: Annotated[
        str | None,
        typer.Option("--patient-id", metavar="FIELD", help="Patient: a column or key, PID-3, subject or PatientID."),
    ] = None,
    patient_key: Annotated[
        Path | None,
        typer.Option("--patient-key", metavar="FILE", help="Key by which patients' identifiers are hashed."),
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Of the source; none: found out.")] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", help="Of a CSV source; none: found out.")] = None,
    preliminary: Annotated[bool, typer.Option("--preliminary", help="Read reports that are not final, too.")] = False,
    evidence_text: Annotated[
        bool, typer.Option("--evidence-text/--no-evidence-text", help="Keep the report's words, or their offsets only.")
    ] = True,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="What only one format knows. Repeatable.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")] = False,
) -> None:
    """Read reports of any format, write their findings in any other; safe to run again.

    What is known of the run stands beside the target, in TARGET.run: manifest.json and rejects.jsonl.
    """
    from emh_report.batch import Workers
    from emh_report.connectors.base import ReadOptions
    from emh_report.pseudonym import read_key
    from emh_report.run import count, run
    from emh_report.run_options import RunOptions

    if on_error not in ("skip", "stop"):
        raise typer.BadParameter("--on-error: expected skip or stop")
    if engine not in ("local", "spark"):
        raise typer.BadParameter("--engine: expected local or spark")
    workers: type[Workers] = Workers
    if engine == "spark":
        from emh_report.spark import SparkWorkers

        workers = SparkWorkers
    options = RunOptions(
        reader,
        writer,
        ReadOptions(id_field, text_field, patient_field, date_field, encoding, delimiter, preliminary),
        tuple(lexicons or ()),
        jobs,
        resume,
        on_error == "stop",
        _date(run_date),
        evidence_text,
        read_key(patient_key) if patient_key else None,
        dict(_setting(each) for each in settings or ()),
    )
    with run_progress(lambda: count(source, options), quiet) as tick:
        summary = run(source, to, options, tick, workers)
    if not quiet:
        for line in summary.lines():
            say(line)
    if summary.rejects:
        say(f"{len(summary.rejects)} rejected, see {to.name}.run/rejects.jsonl")
    if not summary.complete:
        say(f"{to.name}: not written; what was done is kept for the next run")
    raise typer.Exit(summary.status())


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("--run-date: expected YYYY-MM-DD") from None


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter("--set: expected NAME=VALUE")
    return name.strip(), value


@app.command()
def schema(output: OutputFile = None) -> None:
    """Print the JSON Schema of the findings."""
    from emh_report.output import Output
    from emh_report.reading import findings_schema

    with Output(output) as out:
        out.write(json.dumps(findings_schema(), indent=2, ensure_ascii=False) + "\n")
        out.keep()


@app.command()
def migrate(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Findings as JSON or JSON Lines, or -.")],
    output: OutputFile = None,
) -> None:
    """Print findings in the schema version of this program. So far there is one, 1.0: others are refused."""
    raise typer.Exit(_each(files, output, lambda out, found: out.write(found.model_dump_json() + "\n")))


@app.command("templates")
def list_templates(
    templates: Annotated[
        list[Path] | None,
        typer.Option("--templates", metavar="DIR", exists=True, file_okay=False, help="Your templates, too."),
    ] = None,
    fields: Annotated[bool, typer.Option("--fields", help="Print what a template may use, as Markdown.")] = False,
) -> None:
    """List the templates that render takes by name, with their formats."""
    from emh_report.render import listing
    from emh_report.template_fields import fields_page

    if fields:
        emit(fields_page().rstrip())
        return
    for each in listing(tuple(templates or ())):
        emit(f"{each.name:<14} {', '.join(each.formats):<22} {each.description}")


@app.command()
def compare(
    prior: Annotated[str, typer.Argument(metavar="PRIOR", help="Findings of the earlier report, or -.")],
    current: Annotated[str, typer.Argument(metavar="CURRENT", help="Findings of the later report, or -.")],
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
    tolerance: Annotated[
        float,
        typer.Option("--tolerance", min=0, metavar="PERCENT", help="Sizes that differ by less are stable."),
    ] = 0.0,
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="en, en-GB, or one that your templates add.")
    ] = "en",
    ascii_only: Annotated[bool, typer.Option("--ascii", help="ASCII characters only.")] = False,
    templates: Annotated[
        list[Path] | None,
        typer.Option("--templates", metavar="DIR", exists=True, file_okay=False, help="Your templates. Repeatable."),
    ] = None,
    output: OutputFile = None,
) -> None:
    """Tell what changed between two reports of one patient, by lesion and by level."""
    from emh_report import followup
    from emh_report.output import Output
    from emh_report.render import Style, render_page

    _refuse_overwriting(output, [prior, current])
    if prior == current == "-":
        raise typer.BadParameter("only one of the two can be standard input")
    found = followup.compare(_one_findings(prior), _one_findings(current), tolerance)
    if found.order == "reversed":
        say("the prior report is dated after the current one; check the order")
    style = Style(folders=tuple(templates or ()), language=language, ascii_only=ascii_only)
    with Output(output) as out:
        out.write(found.model_dump_json(indent=2) + "\n" if as_json else render_page("comparison", found, style))
        out.keep()


@app.command()
def complete(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="Findings of one report.")],
    fields: Annotated[
        str | None,
        typer.Option("--fields", metavar="NAME,...", help="Such as lesions.size_mm,biopsy; without: the usual fields."),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="Language of the questions: en, en-GB, or your own.")
    ] = "en",
    output: OutputFile = None,
) -> None:
    """Ask at the terminal for what the report left unstated, and print findings with the answers."""
    from emh_report.completion import AnswerError, filled, gaps
    from emh_report.output import Output
    from emh_report.terminal import ask, at_terminal
    from emh_report.wording import questions

    if not at_terminal():
        say("complete asks questions: run it at a terminal")
        raise typer.Exit(FAILED)
    _refuse_overwriting(output, [str(file)])
    found = _one_findings(str(file))
    asked = questions(language)
    wanted = [each.strip() for each in fields.split(",") if each.strip()] if fields else list(asked)
    say("empty: leave unstated; ?: what may be answered; .: stop asking")
    done: set[str] = set()
    while gap := next((each for each in gaps(found, wanted) if each.path not in done), None):
        told = f"{asked[gap.name]} [{gap.path}]" if gap.name in asked else gap.path
        answer = ask(f"{told}:")
        if answer is None or answer == ".":
            break
        if answer == "?":
            say(gap.help)
            continue
        if not answer:
            done.add(gap.path)
            continue
        try:
            found = filled(found, gap, answer)
        except AnswerError as error:
            say(str(error))
    with Output(output) as out:
        out.write(found.model_dump_json(indent=2) + "\n")
        out.keep()


def _one_findings(name: str) -> Findings:
    """The findings of a file that holds those of one report."""
    from emh_report.errors import FindingsError

    found = [each for _, each in _findings([name])]
    if len(found) != 1:
        raise FindingsError(f"{name}: holds the findings of {len(found)} reports, expected one")
    if isinstance(found[0], EmhReportError):
        raise found[0]
    return found[0]


def _source(name: str) -> str:
    """The text of the report that the findings came from, read as ``extract`` reads it."""
    from emh_report.reading import STDIN, Input, read_report

    return read_report(Input(name, None if name == STDIN else Path(name))).text


@template_app.command("export")
def template_export(
    format: Annotated[str, typer.Option("--format", "-f", help="mrrt: an IHE MRRT template, HTML5.")] = "mrrt",
    templates: Annotated[
        list[Path] | None,
        typer.Option(
            "--templates", metavar="DIR", exists=True, file_okay=False, help="A folder with your own mrrt.yaml."
        ),
    ] = None,
    output: OutputFile = None,
) -> None:
    """Print the reporting form that structured-reporting software imports; extract reads it when it is filled in."""
    from emh_report.mrrt import mrrt
    from emh_report.output import Output

    if format != "mrrt":
        raise typer.BadParameter("--format: expected mrrt")
    with Output(output) as out:
        out.write(mrrt(tuple(templates or ())))
        out.keep()


@app.command()
def evaluate(
    gold: Annotated[
        Path,
        typer.Argument(
            metavar="GOLD",
            exists=True,
            help="A folder of NAME.txt with NAME.json (findings) or NAME.ann (brat) beside it, or a file: Doccano or "
            "Label Studio JSON, spaCy DocBin (.spacy).",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
    show: Annotated[
        bool, typer.Option("--show", help="List every disagreement, by report, and print confusion tables.")
    ] = False,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="FILE", help="What an annotation tool's labels mean: CSV label,concept."),
    ] = None,
    lexicons: Lexicons = None,
) -> None:
    """Compare extraction with gold: flips first, then precision, recall and F1 of each field or label."""
    from emh_report import evaluate as evaluation
    from emh_report.annotation_files import is_annotations, read_annotations, read_labels
    from emh_report.extract import Extractor

    if is_annotations(gold):
        from emh_report.lexicon import load
        from emh_report.spans import evaluate_spans

        given = read_labels(labels) if labels else None
        concepts = load(tuple(lexicons or ())).concepts
        result, unknown = evaluate_spans(read_annotations(gold), Extractor(lexicons or ()), concepts, given)
        for label, count in sorted(unknown.items()):
            say(f"label {label}: no concept has this name, not judged ({count} annotations; see --labels)")
    elif labels:
        raise typer.BadParameter("--labels is for gold of annotation tools")
    else:
        result = evaluation.evaluate(gold, Extractor(lexicons or ()))
    for failure in result.failures:
        say(failure)
    if not result.reports:
        raise typer.Exit(FAILED)
    if as_json:
        emit(json.dumps(evaluation.as_json(result), indent=2, ensure_ascii=False))
    else:
        print_evaluation(result, show)
    raise typer.Exit(SOME_FAILED if result.flips() or result.failures else DONE)


@app.command("explain")
def explain_value(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The report, or -.")],
    field: Annotated[
        str | None,
        typer.Argument(
            metavar="FIELD", help="Such as cord_compression.levels or lesions[0].size_mm; none: all that is stated."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
    lexicons: Lexicons = None,
) -> None:
    """Show how values came about: phrase, cue and its reach, owner of each level and size, what was merged."""
    from emh_report import explain, explain_view
    from emh_report.extract import Extractor
    from emh_report.reading import STDIN, Input, read_report

    report = read_report(Input(file, None if file == STDIN else Path(file)))
    trace = Extractor(lexicons or ()).trace(report)
    told = explain.explain(trace, field) if field else explain.stated(trace)
    if as_json:
        emit(json.dumps(explain.as_json(told), indent=2, ensure_ascii=False))
    elif isinstance(told, list):
        emit(*explain_view.summary_lines(told))
    elif sys.stdout.isatty():
        show(explain_view.rich_lines(told, report.text))
    else:
        emit(*explain_view.lines(told))


@app.command()
def doctor() -> None:
    """Print versions, what is missing for which format, and the command that installs it."""
    from emh_report.doctor import checks, healthy, lines

    found = checks()
    emit(*lines(found))
    raise typer.Exit(DONE if healthy(found) else FAILED)


@lexicon_app.command("check")
def lexicon_check(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Folders to check over the built-in files; none: the built-in files.",
        ),
    ] = None,
) -> None:
    """Check lexicon files; every fault is named with its file and line."""
    from emh_report.lexicon import check

    faults = check(folders or [])
    for fault in faults:
        say(fault)
    if faults:
        raise typer.Exit(SOME_FAILED)
    emit("no fault found")


def _each(
    files: Sequence[str],
    output: Path | None,
    write: Callable[[Output, Any], None],
    together: bool = False,
    finish: Callable[[Output], None] | None = None,
) -> int:
    """Write something of all findings in the files, in order; what fails is told, the others go on.

    ``together``: written once, of all that could be read. ``finish`` comes last, if anything was written.
    """
    from emh_report.batch import internal
    from emh_report.errors import SourceError
    from emh_report.output import Output

    _refuse_overwriting(output, files)
    tally = Tally()
    waiting: list[Findings] = []
    with Output(output) as out:

        def put(name: str, found: Findings | list[Findings]) -> None:
            try:
                write(out, found)
                tally.succeeded += len(found) if isinstance(found, list) else 1
            except (TemplateFault, SourceError) as error:
                tally.fail(str(error))
            except (EmhReportError, BrokenPipeError):
                raise
            except Exception as error:
                tally.fail(f"{name}: {internal(error)}")

        for name, found in _findings(files):
            if isinstance(found, EmhReportError):
                tally.fail(str(found))
            elif together:
                waiting.append(found)
            else:
                put(name, found)
        if waiting:
            put(files[0], waiting)
        if tally.succeeded and finish:
            finish(out)
        if tally.succeeded:
            out.keep()
    return tally.status()


def _findings(files: Iterable[str]) -> Iterator[tuple[str, Findings | EmhReportError]]:
    """Findings of every file, in order, each with its place; what cannot be read comes as its error."""
    from emh_report.reading import STDIN, Input, read_findings

    for name in files:
        try:
            yield from read_findings(Input(name, None if name == STDIN else Path(name)))
        except InputError as error:
            yield name, error


def _refuse_overwriting(output: Path | None, names: Iterable[str]) -> None:
    if (
        output is not None
        and output.exists()
        and any(Path(n).exists() and output.samefile(n) for n in names if n != "-")
    ):
        raise typer.BadParameter("--output names one of the inputs")


def _pretty(findings: str) -> str:
    return json.dumps(json.loads(findings), indent=2, ensure_ascii=False)

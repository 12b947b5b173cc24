"""How the commands speak: result lines on standard output, messages and progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.text import Text

    from emh_report.batch import Done
    from emh_report.evaluate import Evaluation
    from emh_report.summary import Summary

_PROGRESS_FROM = 20
"""Fewer inputs than this show no progress bar."""


def emit(*lines: Any) -> None:
    """Lines to standard output in UTF-8, whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def say(message: str) -> None:
    """A message to standard error."""
    print(f"emh-report: {message}", file=sys.stderr)


def at_terminal() -> bool:
    """Whether somebody sees questions and can answer them."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> str | None:
    """One line from the terminal, asked on standard error; None when it ends."""
    print(question, end=" ", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        print(file=sys.stderr)
        return None
    return line.strip()


def show(lines: Iterable[Text]) -> None:
    """Coloured lines at a terminal; words of a report that would steer it are shown as they are."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    for line in lines:
        console.print(line)


class Tally:
    """Counts what was done, tells what was not, and knows the exit status."""

    def __init__(self) -> None:
        self.succeeded = 0
        self.failed = 0

    def add(self, done: Done) -> bool:
        """Count one result; whether there are findings to write."""
        if done.error is not None:
            self.fail(done.error)
            return False
        self.succeeded += 1
        return True

    def fail(self, message: str) -> None:
        """Count and tell a failure."""
        self.failed += 1
        say(message)

    def status(self) -> int:
        """The exit status of the command."""
        if not self.succeeded:
            return 2
        return 1 if self.failed else 0


def print_evaluation(result: Evaluation, show: bool) -> None:
    """Flips first; then, if asked, every disagreement and which value was read as which; then the table of fields."""
    from emh_report import evaluate as evaluation

    flips = evaluation.flip_lines(result)
    emit(f"FLIPS: {len(flips)}", *flips, "")
    if show:
        wrong = evaluation.wrong_lines(result)
        emit(f"DISAGREEMENTS: {len(wrong)}", *wrong, "")
        for confusion in evaluation.confusions(result):
            _table((f"{confusion.field}: gold \\ read", *confusion.values), confusion.rows())
            emit("")
    _table(evaluation.HEADINGS, evaluation.rows(result.scores()))
    mean = result.mean_f1()
    emit("", f"reports: {len(result.reports)}", f"mean field score: {'' if mean is None else f'{mean:.3f}'}")


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Rich table at a terminal, aligned plain text elsewhere."""
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table

        table = Table(*headings)
        for column in table.columns[1:]:
            column.justify = "right"
        for row in rows:
            table.add_row(*row)
        Console().print(table)
        return
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        cells = [
            cell.ljust(width) if not index else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        emit("  ".join(cells).rstrip())


def progress(results: Iterator[Done], total: int) -> Iterable[Done]:
    """A progress bar on standard error for many inputs at a terminal."""
    if total < _PROGRESS_FROM or not sys.stderr.isatty():
        return results
    from rich.console import Console
    from rich.progress import track

    return track(results, "reports", total=total, console=Console(stderr=True), transient=True)


@contextmanager
def run_progress(total: Callable[[], int], quiet: bool) -> Iterator[Callable[[Summary], None] | None]:
    """A progress bar with rate and time left, at a terminal only; ``total`` is asked only then."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("reports"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total(), rate="")

        def tick(summary: Summary) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, completed=summary.read, rate=f"{speed:.0f}/s" if speed else "")

        yield tick

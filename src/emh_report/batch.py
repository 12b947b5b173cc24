"""Many reports, in order, in this process or in several; one that fails does not stop the others.

Processes exchange file names and JSON, because a spaCy Doc can cross no process border. Whatever goes
wrong is told by exception type and place in the code: a library's message could quote the report.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from emh_report.errors import EmhReportError, InputError
from emh_report.model import Findings
from emh_report.pyrush import OURS
from emh_report.reading import Input, ReportText, read_report, shown

Extract = Callable[[ReportText], Findings]


@dataclass(frozen=True)
class Done:
    """What became of one input: its findings as compact JSON, or one line that says why not."""

    name: str
    findings: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Options:
    """What the caller knows of the reports, and how they are to be read."""

    id: str | None = None
    patient_id: str | None = None
    sentences: str = OURS
    """Who cuts running text into sentences (pyrush.py)."""


def run(
    inputs: Sequence[Input | InputError],
    overlays: Sequence[Path],
    jobs: int = 1,
    options: Options | None = None,
) -> Iterator[Done]:
    """Extract every input, in order; with more than one job, in as many processes."""
    options = options or Options()
    todo = sum(isinstance(item, Input) for item in inputs)
    if jobs > 1 and todo > 1:
        from emh_report.lexicon import load

        load(overlays)  # a faulty lexicon must be told once, here, not by every process
        yield from _in_processes(inputs, overlays, min(jobs, todo), options)
        return
    extractor = _build(overlays, options.sentences) if todo else None
    for item in inputs:
        if isinstance(item, InputError) or extractor is None:
            yield Done("", error=str(item))
        else:
            yield extract_one(item, extractor, options)


def extract_one(source: Input, extract: Extract, options: Options, report: ReportText | None = None) -> Done:
    """Read one input, unless its text is given, and extract it; a failure becomes one line of no quotes."""
    try:
        report = report or read_report(source, options.id, options.patient_id)
        return Done(source.name, findings=extract(report).model_dump_json())
    except EmhReportError as error:
        return Done(source.name, error=str(error))
    except Exception as error:
        return Done(source.name, error=f"{shown(source.name)}: {internal(error)}")


def internal(error: BaseException) -> str:
    """An unexpected exception, told by its type and the innermost line of ours it passed through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).parent.name == "emh_report"]
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"internal error ({type(error).__name__}{place}); no text shown"


def _in_processes(
    inputs: Sequence[Input | InputError], overlays: Sequence[Path], jobs: int, options: Options
) -> Iterator[Done]:
    """Keep a few reports a process under way, so that memory does not grow with their number."""
    context = multiprocessing.get_context("spawn")
    waiting: deque[Future[Done] | Done] = deque()
    names: deque[str] = deque()
    pool = ProcessPoolExecutor(jobs, context, _start, (tuple(overlays), options.sentences))
    try:
        for item in inputs:
            if isinstance(item, InputError):
                waiting.append(Done("", error=str(item)))
            elif item.path is None:
                waiting.append(_standard_input(pool, item, options))
            else:
                waiting.append(_submit(pool, item, None, options))
            names.append(getattr(item, "name", ""))
            if len(waiting) >= 4 * jobs:
                yield _result(waiting.popleft(), names.popleft())
        while waiting:
            yield _result(waiting.popleft(), names.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _standard_input(pool: ProcessPoolExecutor, item: Input, options: Options) -> Future[Done] | Done:
    """Only this process has the standard input, so its text is sent along."""
    try:
        return _submit(pool, item, read_report(item, options.id, options.patient_id), options)
    except EmhReportError as error:
        return Done(item.name, error=str(error))


def _submit(pool: ProcessPoolExecutor, item: Input, report: ReportText | None, options: Options) -> Future[Done] | Done:
    try:
        return pool.submit(_work, item, report, options)
    except BrokenProcessPool:
        return _lost(item.name)


def _result(future: Future[Done] | Done, name: str) -> Done:
    try:
        return future if isinstance(future, Done) else future.result()
    except BrokenProcessPool:
        return _lost(name)


def _lost(name: str) -> Done:
    return Done(name, error=f"{shown(name)}: internal error (a worker process died); try --jobs 1")


_extractor: Extract | None = None


def _start(overlays: Sequence[Path], sentences: str) -> None:
    """Build a worker's pipeline once; an interrupt is answered by the parent alone."""
    global _extractor
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _extractor = _build(overlays, sentences)


def _build(overlays: Sequence[Path], sentences: str) -> Extract:
    """An extractor for the rest of this process: no collection, nor the one at its end, looks through it."""
    from emh_report.extract import Extractor

    extractor = Extractor(overlays, sentences)
    gc.freeze()
    return extractor


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(item: Input, report: ReportText | None, options: Options) -> Done:
    if _extractor is None:
        return Done(item.name, error=f"{shown(item.name)}: internal error (worker not ready)")
    return extract_one(item, _extractor, options, report)


AHEAD = 4
"""Reports under way for each process, so that memory does not grow with their number."""


class Workers:
    """Extraction of one report after another, here or in other processes; ``submit`` gives what yields the result.

    When a process dies, every report that was under way is tried once more, alone; one that kills its process again
    is told as lost, and the others are not.
    """

    def __init__(self, overlays: Sequence[Path], jobs: int = 1) -> None:
        self._overlays = tuple(overlays)
        self.jobs = jobs
        self.ahead = AHEAD * jobs
        self._pool: ProcessPoolExecutor | None = None
        self._extractor: Extract | None = None

    def submit(self, report: ReportText) -> Callable[[], Done]:
        """Start, if there are other processes; the call that it returns waits for the result."""
        if self.jobs == 1:
            return lambda: self._here(report)
        if self._pool is None:
            self._pool = self._processes(self.jobs)
        pool = self._pool
        try:
            future = pool.submit(_work, Input(report.id, None), report, Options())
        except BrokenProcessPool:
            return lambda: self._again(report, pool)
        return lambda: self._there(future, report, pool)

    def _here(self, report: ReportText) -> Done:
        if self._extractor is None:
            from emh_report.extract import Extractor

            self._extractor = Extractor(self._overlays)
        return extract_one(Input(report.id, None), self._extractor, Options(), report)

    def _there(self, future: Future[Done], report: ReportText, pool: ProcessPoolExecutor) -> Done:
        try:
            return future.result()
        except BrokenProcessPool:
            return self._again(report, pool)

    def _again(self, report: ReportText, broken: ProcessPoolExecutor) -> Done:
        if self._pool is broken:
            self._pool = None
        try:
            with self._processes(1) as alone:
                return alone.submit(_work, Input(report.id, None), report, Options()).result()
        except BrokenProcessPool:
            return Done(report.id, error=DIED)

    def _processes(self, count: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _start, (self._overlays, OURS))

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


DIED = "a worker process died"

"""A source to a target: read rows, extract what is not done yet, write results in the order of the source.

reader → rows → (store | workers) → results → writer; ``run`` is the whole flow, read it first. Nothing is written to
the target before all of it is there. Results depend on the rows, the lexicons and the version alone, never on ``jobs``.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from emh_report import __version__, connectors
from emh_report.batch import DIED, Done, Workers
from emh_report.connectors.base import (
    BaseWriter,
    Found,
    Reject,
    Report,
    Result,
    Row,
    RowError,
    WriteOptions,
)
from emh_report.connectors.files import name_in
from emh_report.errors import EmhReportError, FindingsError, InputError
from emh_report.lexicon import load
from emh_report.pseudonym import pseudonym
from emh_report.reading import ReportText, digest, load_findings
from emh_report.redact import without_text
from emh_report.run_options import RunOptions, check_patient, shaping, today
from emh_report.store import Store
from emh_report.summary import Summary
from emh_report.target import DONE, Target


def run(
    source: Path,
    target: Path,
    options: RunOptions | None = None,
    tick: Callable[[Summary], None] | None = None,
    engine: Callable[[tuple[Path, ...], int], Workers] = Workers,
) -> Summary:
    """Read every report of the source and write its findings to the target; ``tick`` is called after each row."""
    options = options or RunOptions()
    if not source.exists():
        raise InputError(f"{source.name}: does not exist")
    plan = connectors.plan(source, options.reader)
    writer_name = options.writer or connectors.writer_for(target)
    check_patient({name for name, _ in plan.parts}, options)
    writer = connectors.writer(writer_name)()
    place = Target(target, writer.FOLDER)
    _refuse_overwriting(source, place)
    lexicon_digest = load(options.lexicons).digest
    told = WriteOptions(
        options.run_date or today(), __version__, lexicon_digest, options.evidence_text, options.settings
    )
    fresh = not place.run.exists()
    try:
        place.run.mkdir(parents=True, exist_ok=True)
        store = Store(place.run / DONE, options.resume)  # locks the target: nothing there is touched before
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(target, error) from None
    workers = engine(options.lexicons, options.jobs)
    summary = Summary(plan.format, writer_name)
    inputs = hashlib.sha256()
    try:
        writer.open(place.start(), told)
        try:
            rows = _rows(plan, source, options)
            for done in _done(rows, store, workers, lexicon_digest, options, summary):
                _write(writer, done, summary)
                inputs.update(f"{done.id}\t{done.key if isinstance(done, Result) else done.code}\n".encode())
                if tick:
                    tick(summary)
                if options.stop and summary.rejects:
                    break
        finally:
            writer.close()
        summary.complete = bool(summary.written) and not (options.stop and summary.rejects)
        manifest = summary.manifest(told, shaping(plan.format, writer_name, options)) | {
            "rows_digest": inputs.hexdigest()
        }
        if summary.complete:
            manifest["files"] = place.publish()
            store.forget_unused()
        place.tell(manifest | {"complete": summary.complete}, [_told(reject) for reject in summary.rejects])
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(target, error) from None
    finally:
        workers.close()
        store.close()
        place.clear()
        if fresh and not summary.read:  # it could not even begin
            shutil.rmtree(place.run, ignore_errors=True)
    return summary


def count(source: Path, options: RunOptions) -> int:
    """How many rows the source has, for a progress bar; rows are cheap beside what is done with them."""
    total = 0
    for name, files in connectors.plan(source, options.reader).parts:
        module = connectors.reader(name)
        if getattr(module, "ONE_A_FILE", False):
            total += len(files) or 1
        else:
            total += sum(1 for _ in module.read(source, replace(options.read, files=files)))
    return total


def _rows(plan: connectors.Plan, source: Path, options: RunOptions) -> Iterator[Row]:
    """The rows, each id once."""
    seen: set[str] = set()
    for path in plan.unknown:
        name = name_in(source, path)
        yield Reject(name, "wrong_format", name)
    for reader, files in plan.parts:
        for row in connectors.reader(reader).read(source, replace(options.read, files=files)):
            if not isinstance(row, Reject) and row.id in seen:
                yield _reject(row, "duplicate_id")
            else:
                if not isinstance(row, Reject):
                    seen.add(row.id)
                yield row


@dataclass(frozen=True, slots=True)
class _Pending:
    """A row and the call that waits for its findings (None: it has none to wait for)."""

    row: Row
    key: str = ""
    wait: Callable[[], Done] | None = None


def _done(
    rows: Iterator[Row], store: Store, workers: Workers, lexicon_digest: str, options: RunOptions, summary: Summary
) -> Iterator[Result | Reject]:
    """Results in the order of the rows; what is in the store is not extracted again."""
    waiting: deque[_Pending] = deque()
    for row in rows:
        summary.read += 1
        waiting.append(_started(row, store, workers, lexicon_digest, options))
        if len(waiting) >= workers.ahead:
            yield _finished(waiting.popleft(), store, options, summary)
    while waiting:
        yield _finished(waiting.popleft(), store, options, summary)


def _started(row: Row, store: Store, workers: Workers, lexicon_digest: str, options: RunOptions) -> _Pending:
    if not isinstance(row, Report):
        return _Pending(row)
    parts = (digest(row.text), lexicon_digest, __version__, str(options.evidence_text))
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    if store.get(key) is not None:
        return _Pending(row, key)
    return _Pending(row, key, workers.submit(ReportText(row.text, "")))


def _finished(pending: _Pending, store: Store, options: RunOptions, summary: Summary) -> Result | Reject:
    row = pending.row
    if isinstance(row, Reject):
        return row
    if isinstance(row, Found):
        return _passed_on(row, options, summary)
    stored = store.get(pending.key)
    if stored is not None:
        summary.skipped += 1
    else:
        assert pending.wait is not None
        done = pending.wait()
        if done.findings is None:
            return _failed(row, done.error or "")
        stored = done.findings if options.evidence_text else _compact(without_text(json.loads(done.findings)))
        store.put(pending.key, stored)
        summary.done += 1
    value = json.loads(stored)
    value["source"] |= {"id": row.id, "patient_id": _patient(row.patient_id, options)}
    text = row.text if options.evidence_text else None
    return Result(row.id, pending.key, _compact(value), text, row.date, row.context)


def _passed_on(row: Found, options: RunOptions, summary: Summary) -> Result | Reject:
    """Findings that were read, checked against the model; without their text if that is asked for."""
    try:
        found = load_findings(row.findings).model_dump_json()
    except FindingsError:
        return _reject(row, "bad_findings")
    if not options.evidence_text:
        found = _compact(without_text(json.loads(found)))
    summary.skipped += 1
    return Result(row.id, hashlib.sha256(found.encode()).hexdigest(), found, None, row.date, row.context)


def _reject(row: Report | Found, code: str, detail: str = "") -> Reject:
    return Reject(row.id, code, row.file, row.offset, detail)


def _failed(row: Report, error: str) -> Reject:
    if error == DIED:
        return _reject(row, "worker_died")
    place = error[error.find("(") + 1 : error.rfind(")")] if "internal error (" in error else ""
    return _reject(row, "internal", place)


def _write(writer: BaseWriter, done: Result | Reject, summary: Summary) -> None:
    if isinstance(done, Result):
        try:
            writer.write(done)
        except RowError as error:
            done = Reject(done.id, error.code)
        except (OSError, EmhReportError):
            raise
        except Exception as error:
            done = Reject(done.id, "internal", detail=type(error).__name__)
        else:
            summary.count(done.json)
            return
    summary.rejects.append(done)


def _patient(identifier: str | None, options: RunOptions) -> str | None:
    if not identifier:
        return None
    return pseudonym(identifier, options.patient_key) if options.patient_key else identifier


def _refuse_overwriting(source: Path, place: Target) -> None:
    real, target = source.resolve(), place.path.resolve()
    if target == real or real.is_relative_to(place.run.resolve()) or (real.is_dir() and target.is_relative_to(real)):
        raise EmhReportError("--to: lies in the source; choose a place outside it")


def _unwritable(target: Path, error: OSError | sqlite3.Error) -> EmhReportError:
    reason = getattr(error, "strerror", None) or (str(error) if isinstance(error, sqlite3.Error) else "no reason given")
    return EmhReportError(f"--to {target.name}: cannot be written ({reason}); what was done is kept for the next run")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _told(reject: Reject) -> dict[str, Any]:
    """A reject as JSON. What has white space in it may be text that a torn row has for its id: its place is told."""
    named = reject.file and reject.id.startswith(reject.file)
    id = reject.id if named or re.fullmatch(r"\S{1,128}", reject.id) else f"{reject.file}@{reject.offset}"
    values = {"id": id, "code": reject.code, "file": reject.file, "offset": reject.offset}
    return values | ({"detail": reject.detail} if reject.detail else {})

"""A source to a target: read rows, extract what is not done yet, write results in the order of the source.

reader → rows → (store | workers) → results → writer; ``run`` is the whole flow, read it first. Nothing is written to
the target before all of it is there. Results depend on the rows, the lexicons and the version alone, never on ``jobs``.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from emh_report import __version__, connectors
from emh_report.batch import DIED, Done, Workers
from emh_report.connectors.base import (
    BaseWriter,
    Found,
    ReadOptions,
    Reject,
    Report,
    Result,
    Row,
    RowError,
    WriteOptions,
)
from emh_report.errors import EmhReportError, FindingsError, InputError
from emh_report.lexicon import load
from emh_report.pseudonym import pseudonym
from emh_report.reading import ReportText, digest, load_findings
from emh_report.redact import without_text
from emh_report.store import Store
from emh_report.summary import Summary
from emh_report.target import DONE, Target

COLUMNS_ONLY = frozenset({"csv", "parquet", "jsonl"})
"""Formats whose patient field is the user's own column, which may hold pseudonyms already."""
AHEAD = 4
"""Reports under way for each process, so that memory does not grow with their number."""


@dataclass(frozen=True)
class RunOptions:
    """All that a run can be told; the defaults are the command's."""

    reader: str | None = None
    """Format of the source; None: found out."""
    writer: str | None = None
    """Format of the target; None: by its suffix."""
    read: ReadOptions = field(default_factory=ReadOptions)
    lexicons: tuple[Path, ...] = ()
    jobs: int = 1
    resume: bool = True
    stop: bool = False
    """Whether the first bad row ends the run."""
    run_date: date | None = None
    evidence_text: bool = True
    patient_key: bytes | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


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
    reader = options.reader or connectors.sniff(source)
    writer_name = options.writer or connectors.writer_for(target)
    _check_patient(reader, options)
    writer = connectors.writer(writer_name)()
    place = Target(target, writer.FOLDER)
    _refuse_overwriting(source, place)
    lexicon_digest = load(options.lexicons).digest
    told = WriteOptions(
        options.run_date or today(), __version__, lexicon_digest, options.evidence_text, options.settings
    )
    try:
        path = place.start()
        store = Store(place.run / DONE, options.resume)
    except OSError as error:
        raise _unwritable(target, error) from None
    workers = engine(options.lexicons, options.jobs)
    summary = Summary(reader, writer_name)
    inputs = hashlib.sha256()
    try:
        writer.open(path, told)
        try:
            rows = _rows(reader, source, options)
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
        manifest = summary.manifest(told, _options(summary, options)) | {"rows_digest": inputs.hexdigest()}
        if summary.complete:
            manifest["files"] = place.publish()
            store.forget_unused()
        place.tell(manifest | {"complete": summary.complete}, [_told(reject) for reject in summary.rejects])
    except OSError as error:
        raise _unwritable(target, error) from None
    finally:
        workers.close()
        store.close()
        place.clear()
    return summary


def count(source: Path, options: RunOptions) -> int:
    """How many rows the source has, for a progress bar; rows are cheap beside what is done with them."""
    module = connectors.reader(options.reader or connectors.sniff(source))
    counted = getattr(module, "count", None)
    return counted(source, options.read) if counted else sum(1 for _ in module.read(source, options.read))


def _rows(reader: str, source: Path, options: RunOptions) -> Iterator[Row]:
    """The rows, each id once; patients by pseudonym."""
    seen: set[str] = set()
    for row in connectors.reader(reader).read(source, options.read):
        if isinstance(row, Reject):
            yield row
        elif row.id in seen:
            yield Reject(row.id, "duplicate_id")
        else:
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
        if len(waiting) >= AHEAD * options.jobs:
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
    return _Pending(row, key, workers.submit(ReportText(row.text, row.id)))


def _finished(pending: _Pending, store: Store, options: RunOptions, summary: Summary) -> Result | Reject:
    row = pending.row
    if isinstance(row, Reject):
        return row
    if isinstance(row, Found):
        return _passed_on(row, options, summary)
    stored = store.get(pending.key)
    if stored is not None:
        summary.skipped += 1
        value = json.loads(stored)
    else:
        assert pending.wait is not None
        done = pending.wait()
        if done.findings is None:
            return _failed(row, done.error or "")
        value = json.loads(done.findings)
        if not options.evidence_text:
            value = without_text(value)
        value["source"] |= {"id": "", "patient_id": None}
        store.put(pending.key, _compact(value))
        summary.done += 1
    value["source"] |= {"id": row.id, "patient_id": _patient(row.patient_id, options)}
    text = row.text if options.evidence_text else None
    return Result(row.id, pending.key, _compact(value), text, row.date, row.context)


def _passed_on(row: Found, options: RunOptions, summary: Summary) -> Result | Reject:
    """Findings that were read, checked against the model; without their text if that is asked for."""
    try:
        found = load_findings(row.findings).model_dump_json()
    except FindingsError:
        return Reject(row.id, "bad_findings")
    if not options.evidence_text:
        found = _compact(without_text(json.loads(found)))
    summary.skipped += 1
    return Result(row.id, hashlib.sha256(found.encode()).hexdigest(), found, None, row.date, row.context)


def _failed(row: Report, error: str) -> Reject:
    if error == DIED:
        return Reject(row.id, "worker_died")
    place = error[error.find("(") + 1 : error.rfind(")")] if "internal error (" in error else ""
    return Reject(row.id, "internal", detail=place)


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


def _check_patient(reader: str, options: RunOptions) -> None:
    """An identifier of a hospital is never written as it is; a column of the user's table may hold pseudonyms."""
    if options.read.patient_field and options.patient_key is None and reader not in COLUMNS_ONLY:
        raise EmhReportError(
            f"--patient-id {options.read.patient_field}: give --patient-key FILE; patients' identifiers are only "
            "written as keyed hashes"
        )
    if options.patient_key is not None and not options.read.patient_field:
        raise EmhReportError("--patient-key: give --patient-id too, which says where the identifier is")


def today() -> date:
    """SOURCE_DATE_EPOCH (reproducible-builds.org), else today in UTC."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise EmhReportError("SOURCE_DATE_EPOCH: expected seconds since 1970") from None


def _refuse_overwriting(source: Path, place: Target) -> None:
    real, target = source.resolve(), place.path.resolve()
    if target == real or real.is_relative_to(place.run.resolve()) or (real.is_dir() and target.is_relative_to(real)):
        raise EmhReportError("--to: lies in the source; choose a place outside it")


def _unwritable(target: Path, error: OSError) -> EmhReportError:
    return EmhReportError(f"--to {target.name}: cannot be written ({error.strerror or error})")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _options(summary: Summary, options: RunOptions) -> dict[str, Any]:
    """What shapes the result, without paths of this machine and without the key."""
    return {
        "from": summary.reader,
        "format": summary.writer,
        "read": asdict(options.read),
        "on_error": "stop" if options.stop else "skip",
        "evidence_text": options.evidence_text,
        "patient_ids_hashed": options.patient_key is not None,
        "set": {name: options.settings[name] for name in sorted(options.settings)},
    }


def _told(reject: Reject) -> dict[str, Any]:
    values = {"id": reject.id, "code": reject.code, "file": reject.file, "offset": reject.offset}
    return values | ({"detail": reject.detail} if reject.detail else {})

"""What is done already: findings by key, kept beside the target, so that a run that was killed goes on where it was.

A SQLite file: a result is in it whole or not at all, whenever the process dies. It is locked while a run lasts.
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import suppress
from pathlib import Path

from emh_report.errors import EmhReportError

_BATCH = 25
"""Results that may have to be done again after a kill."""


class Store:
    """Findings by key."""

    def __init__(self, path: Path, resume: bool = True) -> None:
        self._path = path
        if not resume:
            path.unlink(missing_ok=True)
        try:
            self._open()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise EmhReportError(f"{path.parent.name}: another run is writing this target") from None
            raise
        except sqlite3.DatabaseError:  # not a database, or damaged: it is only a cache
            path.unlink()
            self._open()
        self._used: set[str] = set()
        self._waiting = 0

    def _open(self) -> None:
        self._db = sqlite3.connect(self._path, timeout=0, isolation_level=None)
        try:
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("BEGIN EXCLUSIVE")
            self._db.execute("CREATE TABLE IF NOT EXISTS done (key TEXT PRIMARY KEY, findings BLOB)")
            self._db.execute("COMMIT")
            self._db.execute("BEGIN")
        except sqlite3.Error:
            self._db.close()
            raise

    def get(self, key: str) -> str | None:
        """Findings that are done."""
        self._used.add(key)
        row = self._db.execute("SELECT findings FROM done WHERE key = ?", (key,)).fetchone()
        return zlib.decompress(row[0]).decode("utf-8") if row else None

    def put(self, key: str, findings: str) -> None:
        """Keep findings."""
        self._db.execute("INSERT OR REPLACE INTO done VALUES (?, ?)", (key, zlib.compress(findings.encode(), 1)))
        self._waiting += 1
        if self._waiting >= _BATCH:
            self._commit()

    def _commit(self) -> None:
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")
        self._waiting = 0

    def forget_unused(self) -> None:
        """Drop what this run had no use for, so that old versions do not pile up."""
        old = [key for (key,) in self._db.execute("SELECT key FROM done") if key not in self._used]
        self._db.executemany("DELETE FROM done WHERE key = ?", [(key,) for key in old])
        self._commit()

    def close(self) -> None:
        """Keep what there is, and unlock."""
        with suppress(sqlite3.Error):
            self._db.execute("COMMIT")
        self._db.close()

"""Where ``run`` writes: the target appears complete or not at all, and beside it stands what is known of the run.

``out.jsonl`` has ``out.jsonl.run/`` beside it: ``manifest.json``, ``rejects.jsonl``, ``done.sqlite`` (``store``) and,
while a run lasts, ``partial/``, which is on the same file system as the target, so that moving is atomic.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from emh_report.errors import EmhReportError

MANIFEST, REJECTS, DONE, PARTIAL = "manifest.json", "rejects.jsonl", "done.sqlite", "partial"


class Target:
    """The target of a run and the folder beside it."""

    def __init__(self, target: Path, folder: bool) -> None:
        self.path = target.absolute()
        self._folder = folder
        if self.path.exists() and self.path.is_dir() != folder:
            kind = "a folder, expected a file" if self.path.is_dir() else "a file; this format writes a folder"
            raise EmhReportError(f"--to {target.name}: is {kind}")
        self.run = self.path.with_name(f"{self.path.name}.run")
        self._before: list[str] = []

    def start(self) -> Path:
        """Clear what a killed run left; the path that the writer writes."""
        self._before = self._written()
        shutil.rmtree(self.run / PARTIAL, ignore_errors=True)
        (self.run / PARTIAL).mkdir()
        path = self.run / PARTIAL / self.path.name
        if self._folder:
            path.mkdir()
        return path

    def publish(self) -> dict[str, dict[str, Any]]:
        """Move what was written to the target, file by file; names, sizes and digests. Other files there are kept."""
        source = self.run / PARTIAL / self.path.name
        if not self._folder:
            told = {self.path.name: _described(source)}
            source.replace(self.path)
            return told
        self.path.mkdir(exist_ok=True)
        files = sorted(path for path in source.rglob("*") if path.is_file())
        told = {path.relative_to(source).as_posix(): _described(path) for path in files}
        for path in files:
            place = self.path / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
        for name in self._before:
            if name not in told and ".." not in Path(name).parts and not Path(name).is_absolute():
                (self.path / name).unlink(missing_ok=True)
        return told

    def tell(self, manifest: dict[str, Any], rejects: Sequence[dict[str, Any]]) -> None:
        """Write the manifest and the rejects, each complete or not at all."""
        lines = "".join(json.dumps(reject, ensure_ascii=False) + "\n" for reject in rejects)
        _replace(self.run / REJECTS, lines)
        _replace(self.run / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")

    def clear(self) -> None:
        """Leave nothing half done."""
        shutil.rmtree(self.run / PARTIAL, ignore_errors=True)

    def _written(self) -> list[str]:
        """The files of the folder that the run before wrote, by its manifest."""
        with suppress(OSError, ValueError, AttributeError):
            files = json.loads((self.run / MANIFEST).read_text("utf-8")).get("files")
            return [name for name in files if isinstance(name, str)] if isinstance(files, dict) else []
        return []


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, "utf-8", newline="\n")
    new.replace(path)


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}

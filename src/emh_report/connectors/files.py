"""What readers share: the files of a source, what a file holds, and whether a text can be a report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from emh_report.connectors.base import LONGEST_REPORT, ReadOptions, Reject, Report, Row, RowError
from emh_report.errors import EmhReportError, InputError
from emh_report.reading import decode

HEAD = 65_536
"""Bytes by which formats are recognised."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x1d-\x1f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ARCHIVES = (
    b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a",
    b"\x28\xb5\x2f\xfd",
)  # fmt: skip
_CHARSETS = [
    "utf_8", "cp1252", "latin_1", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "iso8859_15", "utf_16", "shift_jis",
    "gb18030", "big5", "euc_kr",
]  # fmt: skip
"""Encodings that a hospital's export may have; the library knows ninety, and takes rare ones for common ones."""


class NoSuchColumn(EmhReportError):
    """A table without the columns that are needed: wrong usage for one table, a reject among many."""


def files_of(source: Path) -> list[Path]:
    """The source itself, or all files below a folder, sorted by path; hidden ones are left out."""
    if not source.is_dir():
        return [source]
    return sorted(
        path
        for path in source.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(source).parts)
    )


def name_in(source: Path, path: Path) -> str:
    """The path of a file within its source, with slashes."""
    return path.relative_to(source).as_posix() if path != source else path.name


def rows_of_files(source: Path, options: ReadOptions, read: Callable[[Path, str], Iterator[Row]]) -> Iterator[Row]:
    """What ``read(path, name)`` yields for each file of a source; a file that fails is a Reject, the others go on.

    Exceptions of libraries are told by their type only.
    """
    for path in options.files or (source,):
        name = name_in(source, path)
        try:
            for row in read(path, name):
                yield row if row.file else replace(row, file=name)
        except RowError as error:
            yield Reject(name, error.code, name)
        except OSError:
            yield Reject(name, "unreadable", name)
        except NoSuchColumn:
            if len(options.files) < 2:
                raise
            yield Reject(name, "no_such_field", name)
        except EmhReportError:
            raise
        except Exception as error:
            yield Reject(name, "damaged", name, detail=type(error).__name__)


def rows_of_texts(source: Path, options: ReadOptions, text_of: Callable[[bytes], str]) -> Iterator[Row]:
    """One report a file, whose text ``text_of`` finds in its bytes."""

    def one(path: Path, name: str) -> Iterator[Row]:
        yield Report(checked(text_of(read_all(path))), name)

    return rows_of_files(source, options, one)


def read_all(path: Path) -> bytes:
    """The content of a file that is one report."""
    if path.stat().st_size > LONGEST_REPORT * 4:
        raise RowError("too_large")
    return path.read_bytes()


def decoded(data: bytes, encoding: str | None = None) -> str:
    """The text of a file, in the encoding that is given or that its bytes show."""
    if not data:
        raise RowError("empty")
    if is_archive(data):
        raise RowError("archive")
    if data.startswith((b"%PDF-", b"{\\rtf")):
        raise RowError("wrong_format")
    try:
        return data.decode(encoding) if encoding else decode(data, "")
    except InputError:
        raise RowError("binary") from None
    except UnicodeDecodeError:
        raise RowError("encoding") from None
    except LookupError:
        raise EmhReportError(f"--encoding {encoding}: no such encoding") from None


def checked(text: str) -> str:
    """The text of a report, or the reason why it is none."""
    if len(text) > LONGEST_REPORT:
        raise RowError("too_large")
    sample = text[:HEAD]
    if "\x00" in text or len(_CONTROL.findall(sample)) > max(1, len(sample) // 50):
        raise RowError("binary")
    if not text.strip("\ufeff\u200b \t\r\n\f\v\xa0"):
        raise RowError("empty")
    return _SURROGATE.sub("\ufffd", text)


def is_archive(head: bytes) -> bool:
    """Whether bytes begin as a zip, gzip or other archive does (a DOCX is a zip too)."""
    return head.startswith(_ARCHIVES)


def encoding_of(path: Path) -> tuple[str, int]:
    """The encoding of a table, by charset-normalizer if it is not UTF-8, and the length of its byte order mark."""
    with path.open("rb") as stream:
        head = stream.read(4)
        for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
            if head.startswith(mark):
                return encoding, len(mark)
        stream.seek(0)
        odd: list[bytes] = []
        size = 0
        for line in stream:  # lines with letters beyond ASCII are all that tells encodings apart
            if not line.isascii() and size < HEAD * 4:
                odd.append(line)
                size += len(line)
            if size >= HEAD * 4:
                break
    sample = b"".join(odd)
    try:
        sample[: sample.rfind(b"\n") + 1 or None].decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(sample), 0
    return "utf-8", 0


def _guessed(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample[: HEAD * 2], cp_isolation=_CHARSETS).best()
    western = {"latin_1", "cp1250", "cp1254", "iso8859_15"}
    # a handful of letters does not tell these apart, and Windows-1252 is what Windows writes in the west
    return "cp1252" if best is None or best.encoding in western else best.encoding


def mapping(value: Any) -> Mapping[str, Any]:
    """A JSON object, or an empty one where there is something else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """A JSON array, or an empty one where there is something else."""
    return value if isinstance(value, list) else []

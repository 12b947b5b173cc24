"""HL7 version 2 in its pipe notation: a stream of bytes to messages, segments, fields and unescaped text.

HL7 v2.5.1 chapter 2: delimiters from MSH-1 and MSH-2, escape sequences (2.7), character sets (MSH-18, table 0211).
Own code, because the libraries drop or double ``\\.br\\``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from emh_report.connectors.base import LONGEST_REPORT, RowError

_GLUED = re.compile(rb"(?<!^)MSH([^\w\s])[^\w\s]{3,5}\1")
_SEGMENT = re.compile(rb"[A-Z][A-Z0-9]{2}[^\w\s]")
_ENDS = re.compile(rb"[\r\n\x0b\x1c]+")
_CHUNK = 1 << 20
_LONGEST = LONGEST_REPORT * 4
_CHARSETS = {
    "ASCII": "ascii", "8859/1": "latin-1", "8859/2": "iso8859-2", "8859/3": "iso8859-3", "8859/4": "iso8859-4",
    "8859/5": "iso8859-5", "8859/6": "iso8859-6", "8859/7": "iso8859-7", "8859/8": "iso8859-8", "8859/9": "iso8859-9",
    "8859/15": "iso8859-15", "UNICODE UTF-8": "utf-8", "UNICODE": "utf-8", "UTF-8": "utf-8", "UTF8": "utf-8",
    "BIG-5": "big5", "GB 18030-2000": "gb18030", "KS X 1001": "euc_kr", "CP1252": "cp1252", "WINDOWS-1252": "cp1252",
}  # fmt: skip
"""Table 0211, and what senders write instead."""


@dataclass
class Message:
    """A message: its segments as bytes, where it begins in the file, and whether it is cut short."""

    offset: int
    segments: list[bytearray] = field(default_factory=list)
    cut: bool = False
    size: int = 0

    @property
    def large(self) -> bool:
        """Too long for a message; what came after that is not kept."""
        return self.size > _LONGEST


def messages(path: Path) -> Iterator[Message | str]:
    """The messages of a file, streamed; last, if so, what is wrong with the file as a whole, as a reject's code.

    A message begins at MSH wherever it stands, so that two that are glued together are two. A line that is no segment
    belongs to the text above it: senders do break lines.
    """
    current: Message | None = None
    number = promised = 0
    batch_open = False
    for offset, line, ended in _lines(path):
        name = line[:3]
        if name in (b"FHS", b"BHS", b"BTS", b"FTS") and _SEGMENT.match(line):
            batch_open = name in (b"FHS", b"BHS") or (batch_open and name == b"BTS" and not ended)
            if name == b"BTS":
                count = line.split(line[3:4])[1:2]
                promised += int(count[0]) if count and count[0].strip().isdigit() else 0
            continue
        if name == b"MSH" and _SEGMENT.match(line):
            if current is not None:
                yield current
            current = Message(offset, [bytearray(line)])
            number += 1
        elif current is None:
            yield "wrong_format"
            return
        elif current.large:
            continue
        elif _SEGMENT.match(line):
            current.segments.append(bytearray(line))
        elif not ended and len(line) <= 3 and line.isupper():
            pass  # the first letters of a segment that was cut
        else:
            current.segments[-1] += b"\n" + line
        current.size += len(line)
        current.cut = not ended and not _complete(current.segments[-1])
    if current is not None:
        yield current
    if batch_open or (promised and promised != number):
        yield "truncated"


def _complete(segment: bytes | bytearray) -> bool:
    """Whether a segment without an end mark is whole as far as one can see: an OBX has its status, OBX-11."""
    if segment[:3] == b"OBX":
        return len(segment.split(segment[3:4])) > 11
    return bytes(segment[:3]) not in (b"OBR", b"MSH")


def _lines(path: Path) -> Iterator[tuple[int, bytes, bool]]:
    """Offset and content of every line that holds something, and whether it has an end; glued messages are parted."""
    with path.open("rb") as stream:
        rest, start = b"", 0
        while True:
            chunk = stream.read(_CHUNK)
            buffer, place = rest + chunk, 0
            if start == 0 and buffer.startswith(b"\xef\xbb\xbf"):
                place = 3
            for end in _ENDS.finditer(buffer):
                yield from _parted(start + place, buffer[place : end.start()], True)
                place = end.end()
            rest, start = buffer[place:], start + place
            if not chunk:
                yield from _parted(start, rest, False)
                return
            if len(rest) > _LONGEST:  # pieces of a line that is too long in any case
                yield from _parted(start, rest, True)
                rest, start = b"", start + len(rest)


def _parted(offset: int, line: bytes, ended: bool) -> Iterator[tuple[int, bytes, bool]]:
    place = 0
    for found in _GLUED.finditer(line) if b"MSH" in line[1:] else ():
        yield offset + place, line[place : found.start()], False
        place = found.start()
    if line[place:].strip():
        yield offset + place, line[place:], ended


@dataclass(frozen=True)
class Parsed:
    """A message as text."""

    segments: list[list[str]]
    """Fields by their HL7 number, the segment's name at 0; MSH-1 is the separator itself."""
    component: str
    repetition: str
    escape: str
    subcomponent: str
    charset: str

    def first(self, name: str) -> list[str]:
        """The first segment of a name, or an empty one."""
        return next((each for each in self.segments if each[0] == name), [name])

    def plain(self, text: str) -> str:
        """Text without escape sequences, in one pass, so that an escaped escape stays one."""
        mark = re.escape(self.escape)
        return re.sub(f"{mark}([^{mark}\r\n]{{1,200}}){mark}", self._unescaped, text) if self.escape else text

    def _unescaped(self, match: re.Match[str]) -> str:
        code = match[1]
        delimiters = {"F": self.segments[0][1], "S": self.component, "T": self.subcomponent, "R": self.repetition}
        delimiters |= {"E": self.escape, "H": "", "N": "", "P": "#", ".fi": "", ".nf": ""}
        if code in delimiters:
            return delimiters[code]
        if re.fullmatch("X(?:[0-9A-Fa-f]{2})+", code):
            return bytes.fromhex(code[1:]).decode(self.charset, "replace")
        command = re.fullmatch(r"\.(br|sp|ce|in|ti|sk)\s*([+-]?\d*)", code)
        if not command:
            return match[0]
        number = min(abs(int(command[2])), 50) if command[2].strip("+-") else 1
        if command[1] in ("br", "ce"):
            return "\n"
        return {"sp": "\n" * number, "sk": " " * number}.get(command[1], "")


def parse(message: Message) -> Parsed:
    """The segments of a message as text, in the character set that it states."""
    header = message.segments[0]
    separator = header[3:4]
    names = header.split(separator)
    if len(names) < 9:
        raise RowError("truncated" if message.cut else "damaged")
    marks = names[1].decode("latin-1").ljust(4, "\0")
    stated = names[17].split(marks[1].encode("latin-1"))[0].decode("latin-1").strip() if len(names) > 17 else ""
    charset = _charset(stated, message.segments)
    sep = separator.decode("latin-1")
    try:
        lines = [segment.decode(charset) for segment in message.segments]
    except UnicodeDecodeError:
        raise RowError("encoding") from None
    fields = [line.rstrip("\r\n").split(sep) for line in lines]
    fields[0].insert(1, sep)
    return Parsed(fields, marks[0], marks[1], marks[2].strip("\0"), marks[3], charset)


def _charset(stated: str, segments: list[bytearray]) -> str:
    if stated:
        known = _CHARSETS.get(stated.upper())
        if known is None:
            raise RowError("encoding")
        return known
    try:
        b"".join(segments).decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"

"""Where sentences end inside a passage whose line breaks are only wrapping.

Second step of segment.py. Reports are typed in haste ("EMH.No compression", "avidly .there is") and
abbreviate without rule, so a full stop is judged by what stands on both sides of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from emh_report.words import SHORT_MONTHS

_STOP = re.compile(r"(?:\.+|[!?]+)[\"'”’)\]*_]*")
_WORD_BEFORE = re.compile(r"[^\W_]+(?:\.[^\W\d_])*$")
_NEXT_WORD = re.compile(r"[^\W_]*")
_DOTTED = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_ROMAN = re.compile(r"[ivx]{1,4}|[A-Za-z]")
_NUMBER_ITEM = re.compile(r"\d{1,2}[.)]\s+\S")
_OPENING = re.compile(r"[\s(\[*_>#•\-–—\"'“]*")
_BEFORE_LETTER = frozenset({"vitamin", "hb", "hemoglobin", "haemoglobin", "hepatitis", "type", "group", "grade"})
"""After these a single letter is a name, not an initial."""

_NEVER = frozenset(
    [
        *(
            "dr",
            "mr",
            "mrs",
            "prof",
            "st",
            "fig",
            "figs",
            "vs",
            "approx",
            "viz",
            "cf",
            "ca",
            "eg",
            "ie",
            "dt",
            "al",
        ),
        *(
            "resp",
            "incl",
            "excl",
            "lt",
            "rt",
            "hosp",
            "ref",
            "prev",
            "esp",
            "bilat",
            "wt",
            "tel",
            "hist",
            "dept",
        ),
    ]
)
"""Abbreviations that no sentence ends with."""
_NOT_BEFORE_LOWER = frozenset(
    [
        *(
            "etc",
            "no",
            "nos",
            "sec",
            "ext",
            "int",
            "temp",
            "diff",
            "assoc",
            "neg",
            "pos",
            "yrs",
            "mths",
            "thal",
            "epid",
            "paravertebr",
            "compr",
            "compn",
            "extn",
            "bilat",
            "interm",
            "max",
        ),
        *("min", "avg", "ant", "post", "sup", "inf", "lat", "mod", "poss", "prob", "vert", "seq", "adv"),
    ]
)
"""Abbreviations that may end a sentence, but not before a small letter."""
_BEFORE_NUMBER = frozenset(("no", "nos", "max", "min", "avg", *SHORT_MONTHS))
_UNITS = frozenset(["cm", "mm", "ms", "hu", "ml", "mg", "gy"])
_GOES_ON = frozenset(
    ["in", "x", "and", "with", "to", "by", "at", "on", "of", "for", "from", "or", "but", "which", "long"]
)
_DOMAINS = frozenset(["com", "org", "net", "edu", "gov", "pdf", "txt", "jpg", "html", "docx"])
_ELLIPSIS = 3
"""Dots of an ellipsis; more of them lead from a label to its value."""
_CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SPOKEN = re.compile(r"\bnumber (" + "|".join(_CARDINALS) + r")\b", re.IGNORECASE)
_INLINE = re.compile(r"(?<!\S)(\d{1,2})(?=[.)]\s+\S)")
_COUNTED, _COUNTED_ALOUD = (_INLINE, tuple(map(str, range(1, 31)))), (_SPOKEN, _CARDINALS)


def sentence_starts(text: str, start: int, end: int) -> list[int]:
    """Where a new sentence begins between ``start`` and ``end``, ``start`` itself excepted."""
    numbered = [*_numbered(text, start, end), *_by_level(text, start, end), *_by_pair(text, start, end)]
    if not numbered:
        return list(_after_stops(text, start, end, numbered))
    numbered = sorted(set(numbered))
    return sorted({*_after_stops(text, start, end, numbered), *numbered})


_LEVEL = r"(?:C|D|T|Th|L|S)\d{1,2}(?:\s?[-–/]\s?(?:C|D|T|Th|L|S)?\d{1,2})?"
_LEVEL_LABEL = re.compile(rf"(?:at )?{_LEVEL}(?:\s?:|\s[-–](?=\s))(?=\s*(?!Th\d)[^\W\d]{{2}})", re.IGNORECASE)
_SEQUENCE = re.compile(r"T[12]\b(?![-–/])")


def _by_level(text: str, start: int, end: int) -> Iterator[int]:
    """Statements that levels label one after the other: "D5: no cord compression, D6: compressed"."""
    opening = _OPENING.match(text, start, end)
    first = opening.end() if opening else start
    if _SEQUENCE.match(text, first) or not _LEVEL_LABEL.match(text, first, end):
        return  # "T1: low, T2: high" names sequences
    above = first
    for match in _LEVEL_LABEL.finditer(text, first + 1, end):
        said = text[above : match.start()].rstrip()
        if said[-1:] in (",", ";") and "." not in said:
            yield match.start()
        above = match.start()


_PAIR = r"[ \t]*[^|\t\n]+(?:\||\t)[ \t]*(?:yes|no|none|nil|absent|present|negative|positive|not seen)[ \t.]*"
_PAIRS = re.compile(rf"\|?{_PAIR}(?:(?:\||\t){_PAIR})+\|?[ \t]*", re.IGNORECASE)
_NEXT_PAIR = re.compile(rf"(?<=[|\t]){_PAIR}(?=$|[|\t])", re.IGNORECASE)


def _by_pair(text: str, start: int, end: int) -> Iterator[int]:
    """Cells that answer those before them: "Cord compression | absent | Epidural extension | present"."""
    if ("|" in text[start:end] or "\t" in text[start:end]) and _PAIRS.fullmatch(text, start, end):
        for match in _NEXT_PAIR.finditer(text, start + 1, end):
            yield match.end() - len(match.group().lstrip())


def _after_stops(text: str, start: int, end: int, numbered: list[int]) -> Iterator[int]:
    opened, items = start, iter([*numbered, end])
    item = next(items)
    for stop in _STOP.finditer(text, start, end):
        while item <= stop.start():
            opened, item = max(opened, item), next(items)
        after = stop.end()
        follows = after
        while follows < end and text[follows].isspace():
            follows += 1
        if follows >= end or follows == opened:
            continue
        if _ends(text, opened, stop, follows, end):
            closers = stop.group().lstrip(".!?")
            if closers[:1] in ("'", '"', "*", "_") and follows == after and text[follows].isalnum():
                after = follows = stop.end() - len(closers)
            opened = follows
            yield follows


def _ends(text: str, opened: int, stop: re.Match[str], follows: int, end: int) -> bool:
    """Whether the stop ends the sentence that began at ``opened``."""
    at, spaced, mark = stop.start(), follows > stop.end(), stop.group()[0]
    before = text[at - 1] if at > opened else " "
    if len(stop.group()) > _ELLIPSIS and before not in ".!?":
        return False  # leaders: "Cord compression ......... absent"
    if mark == "?" and spaced and _ANSWER.match(text, follows, end):
        return False  # "Cord compression? No."
    if mark in "!?":
        # "? cord compression" and "?EMH" put a question to what follows
        return (not before.isspace() and before not in "(,-/") and (spaced or text[follows] in "([")
    if before.isspace():
        return text[follows].isalpha() or text[follows] in "([*•"
    return _full_stop(text, opened, _word_before(text, max(opened, at - 40), at), stop, follows, end)


_ANSWER = re.compile(
    r"(?:yes|no|none|nil|negative|absent)(?=\s*(?:[.,;:(\n\r]|$|[-–]\s|at\b|from\b|seen\b|evident\b|identified\b))",
    re.IGNORECASE,
)
"""An answer, which belongs to its question."""


def _word_before(text: str, start: int, at: int) -> str:
    """The word that ends at ``at``, dotted ones whole ("e.g", "D.D")."""
    plain = at
    while plain > start and text[plain - 1].isalnum():
        plain -= 1
    if plain > start and text[plain - 1] == ".":
        match = _WORD_BEFORE.search(text, start, at)
        return match.group() if match else ""
    return text[plain:at]


def _full_stop(text: str, opened: int, word: str, stop: re.Match[str], follows: int, end: int) -> bool:
    spaced, first, lower = follows > stop.end(), text[follows], word.lower()
    if lower in _NEVER or word == "Ms" or _DOTTED.fullmatch(word):
        return False
    if lower in _BEFORE_NUMBER and first.isdecimal():
        return False
    counts = (word.isdecimal() and len(word) <= 2) or _ROMAN.fullmatch(word)
    if counts and _opens(text, opened, stop.start() - len(word)):
        return False  # the number of a list item
    if len(word) == 1 and word.isalpha():
        behind = _WORD_BEFORE.search(text[max(opened, stop.start() - 30) : stop.start() - 1].rstrip())
        named = behind is not None and (behind.group().lower() in _BEFORE_LETTER or behind.group()[-1].isdecimal())
        return spaced and named
    if not spaced:
        return _glued(text, word, stop, follows, end)
    if first.islower():
        return _before_lower(text, lower, stop, follows, end)
    return True


def _before_lower(text: str, word: str, stop: re.Match[str], follows: int, end: int) -> bool:
    """A small letter after the stop: an end only after a word that is plainly whole."""
    if len(stop.group().rstrip("\"'”’)]*_")) > 1:
        return False
    if word in _NOT_BEFORE_LOWER:
        return False
    if word in _UNITS:
        return _next_word(text, follows, end).lower() not in _GOES_ON
    return len(word) >= 3 or (len(word) == 2 and not word.isalpha() and not word.isdecimal())


def _glued(text: str, word: str, stop: re.Match[str], follows: int, end: int) -> bool:
    """No space after the stop: "EMH.No", "masses.paravertebral", but not "3.4" or "www.site.org"."""
    first, following = text[follows], _next_word(text, follows, end)
    if first in "-–•([?*" and len(word) > 1:
        return first not in "-–" or text[follows + 1 : follows + 2].isspace()
    if first.isdecimal():
        return len(word) >= 3 and word.isalpha() and bool(_NUMBER_ITEM.match(text, follows, end))
    if not first.isalpha() or len(following) < 2 or (len(word) < 2 and not word.isdecimal()):
        return False
    if first.isupper():
        return True
    around = text[max(0, stop.start() - len(word) - 1) : follows + len(following) + 1]
    plain = not set("@/") & set(around) and following not in _DOMAINS and word.lower() != "www"
    return plain and len(word) >= 4 and word.isalpha() and len(following) >= 3 and around[-1:] != "."


def _next_word(text: str, at: int, end: int) -> str:
    match = _NEXT_WORD.match(text, at, min(end, at + 40))
    return match.group() if match else ""


def _opens(text: str, start: int, at: int) -> bool:
    """Whether nothing but marks stands between ``start`` and ``at``."""
    return at - start <= 20 and _OPENING.fullmatch(text, start, at) is not None


def _numbered(text: str, start: int, end: int) -> Iterator[int]:
    """Items counted inside a passage: "1. … 2. …", "number one … number two …"."""
    spoken = "number" in text[start:end].lower()
    for pattern, names in (_COUNTED, _COUNTED_ALOUD)[: 1 + spoken]:
        expected = 0
        for match in pattern.finditer(text, start, end):
            opens = _opens(text, start, match.start())
            behind = text[max(start, match.start() - 8) : match.start()].rstrip()
            if expected == 0 and not (opens or behind[-1:] in (":", ".", "-")):
                continue
            if expected < len(names) and match.group(1).lower() == names[expected]:
                expected += 1
                if not opens:
                    yield match.start()

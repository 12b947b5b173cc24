"""Where headings and labels stand in the raw text of a report.

First step of segment.py. A heading is a phrase of lexicons/sections.yaml, compared word for word,
that opens a line or follows a sentence and is closed by a colon, a dash or the end of the line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from emh_report.lines import Line
from emh_report.wordbook import Wordbook
from emh_report.words import WRITTEN, Passages, Word, normalise, tokenize

LABEL = "subheading"
"""The category whose phrases label a passage of the findings and start no section."""

_DECORATION = re.compile(r"[\s>*#•●▪·_=|\[\-–—]*(?:\(?(?:\d{1,2}|[A-Za-z]|[ivxIVX]{1,4})[.)]\s+)?[*_]*")
_AFTER_COLON = re.compile(r"[:：](?:[ \t]*[-–—](?=\s))?[*_\]]*")
_ALONE = re.compile(r"[\s*_#=\]:.\-–—]*")
_DASHED = re.compile(r"[.*_]*\s*[-–—]+(?=\s|$)[*_]*")
_EMPHASISED = re.compile(r"\.?[*_]+\s*")
_NUMBERED = re.compile(r"\s+(?=(?:1\s*[.)]|#\s?1\b|(?:number|no\.?) ?(?:one|1)\b))", re.IGNORECASE)
_DOTTED = re.compile(r"\.(?:\s+(?=[A-Z])|\s*$)")
_SHOUTED = re.compile(r"\s+(?=[A-Z][a-z])")
_DETAIL = re.compile(r"\s*(?:\([^()]{1,60}\)|#?\s?\d[\d/.:\-]*)")
_SENTENCE_END = re.compile(r"[.!?;][\"')\]*_]*\s*$")
_MARKDOWN = re.compile(r"[ >]*#{2,6}[ \t]+[^:\s][^:]*:?\s*")
"""A heading of Markdown below the title; a single "#" may also be a fracture: "# L1"."""
_REACH = 90
"""Characters before a colon that may belong to its heading."""
_MODIFIERS = (
    "of the for and & / ( ) , # - : number no today dated final mri mr ct usg xr pet scan study spine dorsal "
    "lumbar cervical thoracic whole brain chest abdomen pelvis report with without contrast plain"
)
"""Words that may stand between a heading and its colon ("FINDINGS (MRI DORSAL SPINE):")."""


class Mark(NamedTuple):
    """A heading or label: where its words start, where its text begins, and its category."""

    start: int
    end: int
    category: str


_Phrases = dict[int, dict[tuple[str, ...], list[str]]]
"""Number of words → phrases of so many words → their categories."""
_NONE: _Phrases = {}


class Headings:
    """Heading phrases, by their first compared word."""

    def __init__(self, variants: Mapping[str, Sequence[str]]) -> None:
        self._phrases: dict[str, _Phrases] = {}
        self._modifiers = set(map(normalise, _MODIFIERS.split()))
        for category, phrases in variants.items():
            for phrase in phrases:
                words = tuple(normalise(word.text) for word in tokenize(phrase))
                if words:
                    lengths = self._phrases.setdefault(words[0], {})
                    lengths.setdefault(len(words), {}).setdefault(words, []).append(category)
                    self._modifiers.update(words if category != LABEL else ())
        for first, lengths in self._phrases.items():
            self._phrases[first] = dict(sorted(lengths.items(), reverse=True))
        longest = max((max(lengths) for lengths in self._phrases.values()), default=0)
        self._opening = Wordbook(lambda word: self.open_with(normalise(word)))
        self.opening = re.compile(rf"(?:\s*\S+){{1,{longest + 3}}}")
        """As much of a line as its heading phrase can reach; what is torn from it is a word further on."""

    @classmethod
    def of(cls, variants: Headings | Mapping[str, Sequence[str]]) -> Headings:
        """``variants`` themselves if they are headings already: to read hundreds of phrases takes time."""
        return variants if isinstance(variants, Headings) else cls(variants)

    def open_with(self, norm: str) -> bool:
        """Whether a phrase begins with this word."""
        return norm in self._phrases or ("l" in norm and norm.replace("l", "i") in self._phrases)

    def opens(self, word: str) -> bool:
        """Whether a phrase begins with this word, as it is written."""
        return self._opening[word]

    def openings(self, words: Sequence[Word]) -> list[int]:
        """Where a phrase may begin."""
        return self._opening.places(map(WRITTEN, words))

    def at(self, norm: Sequence[str], index: int) -> Iterator[tuple[int, str]]:
        """Phrases that start at ``index``, longest first: the index after them, and the category."""
        first, spelt = norm[index], norm
        if first not in self._phrases and "l" in first:
            # scanning turns i into l: "lMPRESSlON", "Technlque"
            spelt = [word.replace("l", "i") for word in norm]
        for length, phrases in self._phrases.get(spelt[index], _NONE).items():
            for category in phrases.get(tuple(spelt[index : index + length]), ()):
                yield index + length, category

    def modify(self, norm: Sequence[str], category: str) -> bool:
        """Whether ``norm`` may stand between a heading of ``category`` and its colon."""
        if category == LABEL:
            return not norm
        if category == "addendum":
            return len(norm) <= 16
        if category == "exam" and norm and norm[0].isdecimal() and len(norm[0]) == 1:
            return False  # "Study 2, 15.06.2020:" labels what that study showed
        return len(norm) <= 9 and (
            (norm[:1] == ["("] and norm[-1:] == [")"])
            or all(word in self._modifiers or word[0].isdecimal() for word in norm)
        )


def find_marks(text: str, lines: Sequence[Line], headings: Headings, words: Sequence[Word] | None = None) -> list[Mark]:
    """Every heading and known label, in order and without overlap; ``words`` are those of the text, if known."""
    within = Passages(text, tokenize(text) if words is None else words)
    marks = [mark for index in range(len(lines)) if (mark := _line_heading(text, lines, index, headings, within))]
    starts = [line.start for line in lines]
    behind = 0
    for colon in re.finditer("[:：]", text):
        at = colon.start()
        line = lines[bisect_right(starts, at) - 1] if starts[0] <= at else lines[0]
        mark = _colon_heading(text, max(line.start, behind), at, line.start, headings, within)
        if mark:
            marks.append(mark)
            behind = mark.end
    told = {mark.start for mark in marks}
    titles = (line for line in lines if "#" in text[line.start : line.start + 8] and line.start not in told)
    marks += [Mark(line.start, line.end, LABEL) for line in titles if _MARKDOWN.fullmatch(text, line.start, line.end)]
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _line_heading(text: str, lines: Sequence[Line], index: int, headings: Headings, within: Passages) -> Mark | None:
    """A heading that opens a line and is closed by something other than a colon."""
    line = lines[index]
    start = _DECORATION.match(text, line.start, line.end).end()  # type: ignore[union-attr]
    reach = headings.opening.match(text, start, min(line.end, start + _REACH))
    words = within(start, reach.end()) if reach else []
    if not words or not headings.opens(words[0].text):
        return None
    norm = [normalise(word[0]) for word in words]
    for after, category in headings.at(norm, 0):
        rest = words[after - 1].end
        phrase = text[start:rest]
        if text[rest : rest + 1] == ":" and not _ALONE.fullmatch(text, rest, line.end):
            continue  # find_marks looks at colons
        detail = _DETAIL.match(text, rest, line.end)
        end = _closing(text, lines, index, detail.end(), phrase) if detail and category != LABEL else None
        if not end and detail and category == "addendum" and text[detail.end() - 1] == ".":
            end = detail.end()  # "ADDENDUM 17:15. On a second look"
        end = end or _closing(text, lines, index, rest, phrase) or _opening(text, line, rest, phrase, category)
        if end:
            return Mark(line.start, end, category)
    return None


def _closing(text: str, lines: Sequence[Line], index: int, at: int, phrase: str) -> int | None:
    """Where the text of a heading begins that ends at ``at`` with its line, a dash or a tab."""
    line = lines[index]
    if _ALONE.fullmatch(text, at, line.end):
        return line.end if _stands_alone(text, lines, index, phrase) else None
    if match := _DASHED.match(text, at, line.end):
        return match.end()
    opened = text[at - len(phrase) - 1 : at - len(phrase)]
    if opened in ("*", "_") and (match := _EMPHASISED.match(text, at, line.end)):
        return match.end()
    return at + 1 if text[at] == "\t" else None


def _opening(text: str, line: Line, at: int, phrase: str, category: str) -> int | None:
    """Where text begins that follows directly: "IMPRESSION 1. …", "Impression. Stable", "FINDINGS There"."""
    if category == LABEL:
        return None
    patterns = [_NUMBERED]
    if phrase[0].isupper():
        patterns.append(_DOTTED)
    if phrase.isupper() and len(phrase) > 3 and category != "exam":
        patterns.append(_SHOUTED)
    return next((match.end() for pattern in patterns if (match := pattern.match(text, at, line.end))), None)


def _stands_alone(text: str, lines: Sequence[Line], index: int, phrase: str) -> bool:
    """Whether a line that holds only a heading phrase is one, and not part of a wrapped sentence."""
    before = lines[index - 1] if index else None
    after = lines[index + 1] if index + 1 < len(lines) else None
    if after and after.start < after.end and text[after.start].islower() and phrase[0].isupper():
        return phrase.isupper()
    if not before or before.start == before.end or text[before.end - 1] in ".!?:;*_=)":
        return True
    return phrase.isupper() and not text[before.start : before.end].isupper()


def _colon_heading(
    text: str, begin: int, colon: int, line_start: int, headings: Headings, within: Passages
) -> Mark | None:
    """The heading that the colon at ``colon`` closes: the earliest phrase that fits."""
    if text[colon - 1 : colon].isdecimal() and text[colon + 1 : colon + 2].isdecimal():
        return None
    begin = max(begin, colon - _REACH)
    words = within(begin, begin + len(text[begin:colon].rstrip("*_]. ")))
    openings = headings.openings(words)
    if not openings:
        return None
    norm = [normalise(word[0]) for word in words]
    opening = _DECORATION.match(text, line_start, colon).end()  # type: ignore[union-attr]
    end = _AFTER_COLON.match(text, colon).end()  # type: ignore[union-attr]
    for index in openings:
        start = words[index].start
        for after, category in headings.at(norm, index):
            if start == opening:
                fits, start = headings.modify(norm[after:], category), line_start
            elif _SENTENCE_END.search(text, max(0, start - 8), start):
                fits = headings.modify(norm[after:], category)
            elif after < len(words):
                fits = False
            elif (
                category not in (LABEL, "exam")
                and 0 < index <= 3
                and words[0].start == opening
                and _plain(words[:index])
            ):
                fits, start = True, line_start  # "Detailed Clinical History:", "MRI Brain Findings:"
            else:
                fits = _opens_loosely(text, start, words, index)
            if fits:
                return Mark(start, end, category)
    return None


def _plain(words: Sequence[Word]) -> bool:
    return all(word.text.isalpha() for word in words) and words[0].text[0].isupper()


def _opens_loosely(text: str, start: int, words: Sequence[Word], index: int) -> bool:
    """Whether a heading may start in mid-sentence: capitalised, and not merely one more word of a title."""
    if not text[start].isupper():
        return False
    gap = text[max(0, start - 2) : start]
    if len(gap) == 2 and gap.isspace():
        return True
    before, word = words[index - 1].text if index else "", words[index].text
    if not gap[-1:].isspace() or not before or before in ",-–/(&":
        return False
    return not (before.isupper() and before.isalpha() and len(before) > 1 and word.isupper())

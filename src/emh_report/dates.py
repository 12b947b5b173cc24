"""What a sentence dates before today: "In 2015 a mass compressed the cord; at present it does not".

A date alone does not make a statement history: case descriptions date what they go on to report. It does where the
text says beside it how things are now.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from emh_report.cues import CueSpan
from emh_report.document import Annotation, Sentence
from emh_report.lexicon import Cue as CueEntry
from emh_report.wordbook import Wordbook
from emh_report.words import MONTHS, SHORT_MONTHS

_DATED = CueEntry(id="dated", terms=("in",), file="", line=1, category="historical", direction="either")
_MONTHS = frozenset((*MONTHS, *SHORT_MONTHS))
_PARTS = frozenset("early late mid the end of last".split())
_NOW = frozenset("now today currently presently".split())
_TODAYS = frozenset("current present today".split())
_STUDIES = frozenset("study scan mri ct examination exam image imaging mr radiograph film ultrasound".split())
_PRESENT = _NOW | frozenset("is are has have remain remains persist persists still show shows again".split())
_PAST = frozenset("was were had showed revealed demonstrated".split())
_ATTRIBUTIVE = frozenset("previously earlier formerly treated irradiated".split())
_DESCRIBES = frozenset(
    "is are measures measure shows show has have remains remain enhances enhance lies extends".split()
)
_REPORTED = frozenset("known documented reported described noted recorded mentioned was were been".split())
_BREAKS = frozenset("which that who was were and but , ;".split())
_DATES = frozenset("in of on since during until by from last early late mid".split())
_ALSO = frozenset("also still too".split())
"""What is told of now comes on top of it: "In 2018 the mass compressed the cord; now it also displaces it"."""
_AHEAD = 25
"""Words behind a sentence among which the text may say how things are now."""


def dated(sentence: Sentence) -> list[CueSpan]:
    """A historical cue for each date that sets a clause of the sentence against today."""
    if not any(map(_DATES_A_YEAR.__getitem__, sentence.vocabulary)):
        return []
    norms = sentence.document.norms
    starts = [
        index
        for index in range(sentence.first, sentence.last)
        if norms[index] in ("in", "since", "during")
        or (norms[index] in ("of", "from") and norms[index - 1] in _STUDIES and index > sentence.first)
    ]
    return [cue for index in starts if (cue := _cue(sentence, index))]


_ABSENT = frozenset(
    "present seen visualized visualised there noted identified evident detected apparent absent demonstrated shown "
    "appreciated visible".split()
)
_EARLIER = frozenset("prior previous earlier old older last outside initial baseline preceding former".split())
_AT = frozenset("on in at from during".split())
_OF_A_DATE = frozenset("of from dated".split())
_DETERMINERS = frozenset("the her his their our an a any".split())
_COMPARING = frozenset("as like than to with unlike".split())
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-](?:\d\d){1,2}")


def absent_then(sentence: Sentence, cue: CueSpan) -> int | None:
    """The last word of "not present on the prior study": what an earlier study lacked is new, not absent.

    None where the sentence only tells of then ("was absent in 2019"), or denies it of today as well.
    """
    norms = sentence.document.norms
    if cue.entry.category != "negated" or norms[cue.last] not in _ABSENT:
        return None
    last = _then(sentence, cue)
    if last is None:
        return None
    rest = norms[last + 1 : sentence.last + 1]
    denied = any(other.entry.category == "negated" and other.first > last for other in sentence.cues)
    if denied or not _AS_WELL.isdisjoint(rest) or rest[:1] in (["or"], ["nor"]):
        return None
    finite = not {"was", "were"}.isdisjoint(norms[cue.first - 1 : cue.first + 1])
    relative = not {"that", "which"}.isdisjoint(norms[max(sentence.first, cue.first - 2) : cue.first])
    now = "now" in rest or "now" in norms[sentence.first : cue.first]
    return last if relative or not finite or now else None


_AS_WELL = frozenset("either too still again today remain this".split())


def _may_be_todays(sentence: Sentence, date: str) -> bool:
    """Whether a date may be that of today's study, which stands at the head of the report without a preposition."""
    norms = sentence.document.norms
    return any(
        norms[at] == date and norms[at - 1 : at] not in (["in"], ["from"], ["since"], ["of"], ["on"])
        for at in range(sentence.first)
    )


def _then(sentence: Sentence, cue: CueSpan) -> int | None:
    norms = sentence.document.norms
    at = cue.last + 1
    if at > sentence.last or norms[at] not in _AT:
        return None
    at += 1 + (norms[at + 1 : at + 2] != [] and norms[at + 1] in _DETERMINERS)
    words = norms[at : sentence.last + 1]
    if not words:
        return None
    studies = 0
    if words[0] in _EARLIER:
        studies = 1
    while studies < len(words) and (words[studies] in _STUDIES or (studies and words[studies] in _OF_A_DATE)):
        studies += 1
    dated_by = words[studies : studies + 1]
    if dated_by and (dated_by[0] in _MONTHS or _DATE.fullmatch(dated_by[0])):
        return None if _may_be_todays(sentence, dated_by[0]) else at + studies
    numbers = words[studies : studies + 5]
    if len(numbers) == 5 and all(each.isdecimal() for each in numbers[::2]) and numbers[1] == numbers[3] != ",":
        return at + studies + 4 if norms.count(numbers[4]) < 2 else None
    return at + studies - 1 if words[0] in _EARLIER and studies > 1 else None


def denies_then(sentence: Sentence, cues: Sequence[CueSpan]) -> bool:
    """Whether a denial is of an earlier study and says nothing of today: "in March 2020 there was no compression"."""
    if not any(cue.entry.category == "historical" for cue in cues):
        return False
    denials = [cue for cue in cues if cue.entry.category == "negated"]
    if any(cue.first > max(denial.first for denial in denials) and _goes_on(sentence, cue) for cue in cues):
        return False
    studies = [cue for cue in cues if names_a_study(sentence, cue) and not is_compared_with(sentence, cue)]
    # a denial stands before the study: "present on the prior study, is not seen now" is of today
    then = [(sentence.clause_of(cue.first)[0], cue.first) for cue in studies]
    then += [cue.scope for cue in studies if cue.first == sentence.first]
    then += [cue.scope for cue in cues if cue.entry is _DATED]
    return all(any(first <= cue.first <= last for first, last in then) for cue in denials)


def _goes_on(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether what is told of then holds today: "none on the prior MRI, and this remains the case"."""
    rest = sentence.norms(cue.last + 1, sentence.last)
    return not (_AS_WELL | _NOW | {"present"}).isdisjoint(rest)


def names_a_study(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether a cue of the past is a study: "on the prior MRI"."""
    norms = sentence.document.norms
    return cue.entry.category == "historical" and norms[cue.first] in _AT and norms[cue.last] in _STUDIES


def is_compared_with(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether an earlier study is only compared with: "larger than on the prior MRI"."""
    return cue.first > sentence.first and sentence.document.norms[cue.first - 1] in _COMPARING


def past_clause(sentence: Sentence, cue: CueSpan) -> tuple[int, int]:
    """What "On the prior MRI, …" tells of, up to where the sentence comes to today."""
    norms = sentence.document.norms
    for index in range(cue.last + 2, sentence.last + 1):
        if norms[index] in (";", "but") or norms[index] in _NOW:
            return (cue.last + 1, index - 1)
    return (cue.last + 1, sentence.last)


def names_a_month(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether a hedge is the month: "in May 2021", "12 May", "since last May"."""
    norms = sentence.document.norms
    if norms[cue.first] != "may" or not sentence.document.words[cue.first].text[0].isupper():
        return False
    before = norms[cue.first - 1] if cue.first > sentence.first else ""
    after = norms[cue.first + 1] if cue.first < sentence.last else ""
    return before in _DATES or before.isdecimal() or after.isdecimal()


def only_measures(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether a word of the past belongs to a size: "mass of 85 x 60 mm, formerly 70 x 50 mm"."""
    if cue.entry.category != "historical":
        return False
    return any(0 < size.first - cue.last <= 2 for size in sentence.kinds.get("size", ()))


def is_still_there(sentence: Sentence, cue: CueSpan, target: Annotation) -> bool:
    """Whether what was "previously seen" is described as it is today: "the previously treated mass is isointense"."""
    norms = sentence.document.norms
    relative = norms[target.last + 1 : target.last + 9]
    for index, word in enumerate(relative[:-2]):
        if word in ("that", "which") and relative[index + 1 : index + 3] in (["is", "now"], ["are", "now"]):
            return cue.last < target.first  # "had missed the compression at T5 that is now obvious"
    if norms[cue.first] not in _ATTRIBUTIVE or cue.last > target.first:
        return False
    end = sentence.clause_of(target.first)[1]
    freed = (note.first for note in sentence.of("effect") if note.means["effect"] == "preserved")
    if target.kind == "effect" or any(target.last < first <= end for first in freed):
        return False  # "the previously compressed cord has re-expanded"
    after = norms[target.last + 1 : end + 1]
    at = next((index for index, word in enumerate(after) if word in _DESCRIBES), None)
    return at is not None and _REPORTED.isdisjoint(after[at : at + 4]) and _BREAKS.isdisjoint(after[:at])


def _cue(sentence: Sentence, index: int) -> CueSpan | None:
    last = _end(sentence, index)
    if last is None:
        return None
    norms = sentence.document.norms
    first, after = _statement(sentence, index, last)
    told = norms[sentence.first : first] + norms[after : sentence.last + 1 + _AHEAD]
    if not _tells_of_now(told) or not _ALSO.isdisjoint(told):
        return None
    words = norms[first:after]
    if not _PRESENT.isdisjoint(words):
        return None
    past = not _PAST.isdisjoint(words) or any(word.endswith("ed") and len(word) > 4 for word in words)
    return CueSpan(_DATED, index, last, (first, after - 1)) if past else None


def _statement(sentence: Sentence, index: int, last: int) -> tuple[int, int]:
    """First word of what stands with the date, and the word after it: between commas or semicolons."""
    norms = sentence.document.norms
    first, after = index, last + 1
    while first > sentence.first and norms[first - 1] not in (",", ";", ":", "but"):
        first -= 1
    while (
        after <= sentence.last
        and norms[after] not in (";", "but", ".")
        and not (norms[after] == "," and first < index)
        and not (norms[after] == ":" and after > last + 1)
    ):
        after += 1
    return first, after


def _end(sentence: Sentence, index: int) -> int | None:
    """Last word of the month or year that stands behind ``index``."""
    words, norms = sentence.document.words, sentence.document.norms
    at = index + 1
    while at <= sentence.last and norms[at] in _PARTS:
        at += 1
    if at > sentence.last:
        return None
    if norms[at] in _MONTHS and words[at].text[0].isupper():
        return at + 1 if at < sentence.last and is_year(norms[at + 1]) else at
    return at if is_year(norms[at]) and at == index + 1 else None


def is_year(norm: str) -> bool:
    """Whether a word is a year of the last century or this."""
    return len(norm) == 4 and norm.isdecimal() and norm[:2] in ("19", "20")


_DATES_A_YEAR = Wordbook(lambda norm: norm in _MONTHS or is_year(norm))
"""Whether a word is a month or a year; a sentence without one dates nothing."""


def _tells_of_now(norms: list[str]) -> bool:
    return not _NOW.isdisjoint(norms) or any(
        (one == "at" and other == "present") or (one in _TODAYS and other in _STUDIES) for one, other in pairwise(norms)
    )

"""Lesions of a list that names only their places: "EMH: paravertebral T7-T12, presacral S2-S4"."""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.anchors import LESION, Anchor, qualifies
from emh_report.document import Annotation, Sentence
from emh_report.model import TODAY

_OPENS = frozenset({":", ";", ")"})
_GOES_ON = frozenset({":", ";", ")", ",", "and", "&"})
_CLOSES = frozenset({"(", ",", ";", "."})
_TOLD = ("level", "size", "change")


def itemised(sentence: Sentence, heads: Sequence[Anchor]) -> list[Anchor]:
    """A lesion for each place of a list; none where a noun stands with the places, or nothing is told of them."""
    named = [head for head in heads if head.role in ("mass", "emh", "definite")]
    if not named:
        return []
    norms = sentence.document.norms
    items: list[Annotation] = []
    for site in sentence.of("site"):
        if site.first < named[0].last or site.assertion not in TODAY:
            continue
        if any(head.first > site.last and qualifies(sentence, site.last + 1, head.first - 1) for head in named):
            return []
        at = _before(sentence, site)
        beside = at - (norms[at] == ",")
        opens = norms[at] in (_GOES_ON if items else _OPENS) or any(head.first <= beside <= head.last for head in named)
        if opens and _is_told_of(sentence, site):
            items.append(site)
    if len(items) < 2 or not sentence.of(*_TOLD):
        return []
    if any(head.first > items[0].first for head in named) or norms[sentence.last] == "?":
        return []
    return [
        Anchor(LESION, site.first, site.last, sentence, site, site.assertion, [site], role="mass") for site in items
    ]


def _before(sentence: Sentence, site: Annotation) -> int:
    """The word before a place and what qualifies it: the colon in ": left paravertebral"."""
    adjectives = {
        index
        for note in sentence.of("modifier")
        for index in range(note.first, note.last + 1)
        if note.last < site.first
    }
    at = site.first - 1
    while at > sentence.first and at in adjectives:
        at -= 1
    return at


def _is_told_of(sentence: Sentence, site: Annotation) -> bool:
    """Whether something of its own follows a place: a side, a level, a size, a bracket, or the next item."""
    after = site.last + 1
    if after > sentence.last or sentence.document.norms[after] in _CLOSES:
        return True
    return any(note.first == after for note in sentence.of("level", "size", "modifier", "change"))

"""One of several lesions: "the larger … the smaller", "one at T4, the other at T9". Part of registry.py.

A member has the site of the lesions it is one of, and what was said of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from emh_report.anchors import Anchor
from emh_report.document import Annotation, Sentence
from emh_report.lesions import Draft
from emh_report.measure import SizeSpan
from emh_report.model import Assertion

_FIRST = frozenset("larger bigger one first former upper cranial".split())
_SECOND = frozenset("smaller other second latter lower caudal".split())
_BY_SIZE = frozenset("larger bigger smaller".split())
_ORDER = frozenset({"former", "latter"})
_PARTS = frozenset("largest biggest dominant".split())
_CONTRASTS = _SECOND | {"another"}
_JOINS = frozenset("and , at in of &".split())
_AHEAD = 40
"""Words behind "one" or "the larger" within which its counterpart stands."""

New = Callable[[str, Assertion], Draft]
Fits = Callable[[Draft], bool]


def tells_apart(head: Anchor, side: str | None) -> bool:
    """Whether a phrase picks one of the lesions spoken of, and not only their largest part."""
    if head.role not in ("pronoun", "definite") or head.note.means.get("role") != "pronoun":
        return False
    words = _words(head)
    if not _PARTS.isdisjoint(head.sentence.norms(head.first - 1, head.last)):
        return False  # "the largest one is on the left"
    if not (_SECOND | _ORDER).isdisjoint(words) or words[0] == "that":
        return "member" in head.note.means
    if side in ("left", "right") and words[-1] == "one":
        return True
    if _FIRST.isdisjoint(words):
        return False
    behind = head.sentence.document.norms[head.last + 1 : head.last + _AHEAD]
    return not _CONTRASTS.isdisjoint(behind)


def member(
    head: Anchor, side: str | None, levels: set[str], pool: Sequence[Draft], fits: Fits, new: New
) -> Draft | None:
    """The lesion that a phrase picks from ``pool``, those of one site; a new one where none of them can be meant."""
    words = set(_words(head))
    if side in ("left", "right") or levels:
        fitting = [draft for draft in pool if fits(draft)]
        same = [
            draft for draft in fitting if (levels & draft.levels if levels and draft.levels else side in draft.sides)
        ]
        untold = [draft for draft in fitting if not draft.levels and not draft.sides and not draft.parts]
        if same or untold:
            return same[0] if same else _begin(untold[0])
        told = pool[-1].shared is not None and not _SECOND.isdisjoint(words)
        return _split(pool[-1], head, new) if told or not fitting else None
    if len(pool) > 1:
        return _one_of(words, pool)
    if not _ORDER.isdisjoint(words) or not pool:
        return None  # "… and paravertebral masses. The latter are known"
    return _begin(pool[0]) if _SECOND.isdisjoint(words) else _split(pool[0], head, new)


def _one_of(words: set[str], pool: Sequence[Draft]) -> Draft:
    """Of two lesions the one that a word of size or order names."""
    two = sorted(pool, key=_last_named)[-2:]
    if "other" in words:
        return two[0]
    sizes = [_largest(draft) for draft in two]
    if not _BY_SIZE.isdisjoint(words) and all(sizes) and sizes[0] != sizes[1]:
        two.sort(key=_largest, reverse=True)
    elif _BY_SIZE.isdisjoint(words) and _ORDER.isdisjoint(words):
        two.sort(key=lambda draft: list(pool).index(draft))
    return two[1] if not _SECOND.isdisjoint(words) else two[0]


def _begin(draft: Draft) -> Draft:
    """The first that is told of several: what was said of all is kept for the others."""
    if draft.shared is None:
        draft.shared = draft.copy()
    return draft


def _split(draft: Draft, head: Anchor, new: New) -> Draft:
    """One more lesion beside ``draft``, with what was said of both."""
    made = new(draft.site, Assertion.PRESENT if head.assertion is Assertion.ABSENT else head.assertion)
    if draft.shared is not None:
        made.take(draft.shared)
        draft.words.pop("count", None)
        made.words.pop("count", None)
    return made


def _words(head: Anchor) -> list[str]:
    return head.sentence.norms(head.first, head.last)


def _last_named(draft: Draft) -> tuple[int, int]:
    named = [head for head in draft.heads if head.role not in ("member", "pronoun")]
    head = named[-1] if named else draft.heads[-1] if draft.heads else None
    return (head.sentence.index, head.first) if head else (-1, -1)


def _largest(draft: Draft) -> float:
    return max((max(note.value.size_mm) for note in draft.sizes if isinstance(note.value, SizeSpan)), default=0.0)


def respective(sentence: Sentence, drafts: Sequence[Draft]) -> dict[Annotation, Draft]:
    """Sizes and levels of which each is of one lesion: "at T7 and T9, measuring 35 mm and 52 mm respectively"."""
    if len(drafts) < 2 or "respectively" not in sentence.vocabulary:
        return {}
    norms = sentence.norms(sentence.first, sentence.last)
    end = sentence.first + norms.index("respectively")
    notes = [note for note in sentence.of("size", "level") if note.last < end]
    last = max(notes, key=lambda note: note.last, default=None)
    if last is None:
        return {}
    alike = sorted((note for note in notes if note.kind == last.kind), key=lambda note: note.first)[-len(drafts) :]
    joined = all(_JOINS.issuperset(sentence.norms(one.last + 1, other.first - 1)) for one, other in pairwise(alike))
    return dict(zip(alike, drafts, strict=True)) if joined and len(alike) == len(drafts) else {}


def divide_list(draft: Draft, sentence: Sentence, new: New) -> bool:
    """Lesions told as a list of sides, levels and sizes: "right T8 45 mm, left T9 38 mm, right L1 20 mm".

    The kinds of phrases must come round in one order; sizes may follow: "at T5 (left) and T8 (right), 15 and 32 mm
    respectively". Whether it did.
    """
    sizes = [note for note in draft.sizes if note.sentence is sentence]
    sides = [note for note in sentence.of("modifier") if note.means.get("laterality") in ("left", "right")]
    own = {*draft.level_notes, *sizes}
    first = min((head.last for head in draft.heads if head.sentence is sentence), default=sentence.last)
    notes = sorted((note for note in (*own, *sides) if note.sentence is sentence and note.first > first), key=_place)
    kinds = [note.kind for note in notes]
    trailing: list[Annotation] = []
    groups = _rounds(notes, kinds)
    if not groups and "respectively" in sentence.norms(first, sentence.last):
        trailing = [note for note in notes if note.kind == "size"]
        rest = notes[: -len(trailing)] if trailing else notes
        groups = _rounds(rest, [note.kind for note in rest])
        groups = groups if len(groups) == len(trailing) and notes[-len(trailing) :] == trailing else []
    if not groups or len(draft.sizes) != len(sizes) or {*draft.level_notes} - {*notes} or not _differ(groups):
        return False
    head = draft.heads[-1]
    parts = [_begin(draft), *(_split(draft, head, new) for _ in groups[1:])]
    for index, (part, group) in enumerate(zip(parts, groups, strict=True)):
        part.level_notes = [note for note in group if note.kind == "level"]
        part.sizes = [note for note in (*group, *trailing[index : index + 1]) if note.kind == "size"]
        part.sides = [note.means["laterality"] for note in group if note.kind == "modifier"] or part.sides
        part.parts, part.size_side, part.size_level = {}, None, None
        part.heads = part.heads or [head]
    draft.words.pop("count", None)
    return True


def _rounds(notes: Sequence[Annotation], kinds: Sequence[str]) -> list[list[Annotation]]:
    """The notes in rounds of two or three kinds, if they come round in one order; else none."""
    for period in (2, 3):
        whole = len(kinds) % period == 0 and len(kinds) // period > 1
        one = kinds[:period]
        if whole and len(set(one)) == period and [*kinds] == [*one] * (len(kinds) // period):
            return [list(notes[at : at + period]) for at in range(0, len(notes), period)]
    return []


def _differ(groups: Sequence[Sequence[Annotation]]) -> bool:
    """Whether the levels of the groups differ: two sizes at one level may be of one lesion."""
    levels = [tuple(note.text for note in group if note.kind == "level") for group in groups]
    return all(levels) and len(set(levels)) == len(levels)


def _place(note: Annotation) -> int:
    return note.first


def divide_sizes(draft: Draft, sentence: Sentence, new: New) -> None:
    """Two lesions measured in a row: "two presacral masses, of 34 mm and 21 mm"."""
    sizes = [note for note in draft.sizes if note.sentence is sentence]
    two = draft.words.get("count") == "2" and len(sizes) == len(draft.sizes) == 2
    if not two or sentence.norms(sizes[0].last + 1, sizes[1].first - 1) != ["and"] or draft.parts:
        return
    other = _split(_begin(draft), draft.heads[-1], new)
    other.heads.append(draft.heads[-1])
    draft.sizes.remove(sizes[1])
    other.sizes.append(sizes[1])
    other.level_notes.extend(draft.level_notes)

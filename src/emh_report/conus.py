"""Document → the level at which the spinal cord ends, as a vertebra or a disc."""

from __future__ import annotations

from collections.abc import Iterable

from emh_report.document import Annotation, Sentence
from emh_report.levels import LevelSpan
from emh_report.model import level_order

_CORD = frozenset({"cord", "conus"})
_ENDING = frozenset({"end", "ending", "terminate", "terminating"})
_PLACED = _ENDING | {"at", "lie", "situated", "located", "positioned", "tip", "seen"}
_RIVALS = ("lesion", "finding", "effect", "emh", "site", "structure")
_REACH = 14


def conus_level(sentences: Iterable[Sentence]) -> tuple[str | None, list[Annotation]]:
    """The first level at which the conus, or the cord, is said to end, with the phrases that say it."""
    for sentence in sentences:
        for note in sentence.of("structure"):
            level = _end_level(note) if note.concept in _CORD else None
            if level and (name := _name(level)):
                return name, [note, level]
    return None, []


def _name(level: Annotation) -> str | None:
    """ "L1" and "L1/L2" name an end, "L1 to L3" does not."""
    span = level.value
    if not isinstance(span, LevelSpan):
        return None
    if len(span.discs) == 1 or len(span.levels) == 1:
        return (span.discs or span.levels)[0]
    orders = [level_order(name) for name in span.levels]
    return "/".join(span.levels) if len(orders) == 2 and orders[1] - orders[0] == 1 else None


def _end_level(note: Annotation) -> Annotation | None:
    """The level said of the end of the cord, by a verb or by standing beside the conus."""
    sentence, norms = note.sentence, note.sentence.document.norms
    conus = "conus" in norms[note.first : note.last + 1]
    for level in sentence.of("level"):
        between = norms[note.last + 1 : level.first]
        if level.first < note.last or len(between) > _REACH or ";" in between:
            continue
        said = _PLACED.intersection(between)
        beside = len(between) <= 2 or between[:1] == [":"]
        if said & _ENDING:
            return level
        if conus and (said or beside) and not _is_anothers(level, note):
            return level
    return None


def _is_anothers(level: Annotation, note: Annotation) -> bool:
    """Whether something between has the level: "the conus is normal, with a bulge at L4-L5"."""
    if "with" in note.sentence.document.norms[note.last + 1 : level.first]:
        return True
    others = [other for other in note.sentence.of(*_RIVALS) if other.concept not in _CORD]
    return any(note.last < other.first < level.first for other in others if other.means.get("effect") != "preserved")

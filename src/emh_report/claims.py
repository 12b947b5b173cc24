"""Relations → claims: what the body, the impression and the addenda each say of one thing, side by side.

The findings merge these parts; here they stay apart, so that warnings.py can hold them against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from emh_report.anchors import Anchor, denied_at, premodifies
from emh_report.document import Annotation, Sentence
from emh_report.facts import Fact, disc_names, level_names, reach, severity_note
from emh_report.lesions import Draft, current
from emh_report.model import TODAY, Assertion, Change
from emh_report.relations import BACKGROUND, SILENT, Links

Part = Literal["body", "impression", "addendum"]
_IMPRESSION = frozenset({"impression", "recommendation"})
_TOPICS = {
    "compression": "cord compression",
    "cauda": "cauda equina compression",
    "canal": "canal stenosis",
    "foramen": "foraminal narrowing",
}
"""Kinds of facts that are compared, with their names for a reader."""
COMPRESSION = _TOPICS["compression"]
FORAMEN = _TOPICS["foramen"]
EPIDURAL = "epidural tissue"
_SITES = {"mediastinal": "paravertebral", "epidural": "epidural"}
"""Sites that reports use for one another."""
_ELSEWHERE = frozenset(
    "other another further elsewhere additional new remaining else remainder rest above below".split()
)
_REGIONS = frozenset("cervical thoracic dorsal lumbar sacral here prior previous earlier solid".split())
"""Words that keep a denial from being one of the whole."""
_FLUID = frozenset({"collection", "abscess", "effusion", "hematoma"})
_BESIDE = frozenset("at from level of the disc space vertebral body ( :".split())
_MOST = frozenset("largest larger bigger more mainly predominantly greater > <".split())
_PARTS: tuple[Part, ...] = ("body", "impression", "addendum")


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of one part of the report."""

    topic: str
    part: Part
    assertion: Assertion
    notes: tuple[Annotation, ...]
    levels: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()
    """Also levels of the lesion that causes it, and those told without naming it."""
    discs: frozenset[str] = frozenset()
    sides: frozenset[str] = frozenset()
    severity: str | None = None
    limited: bool = False
    """Whether it speaks of other places than those named: "no other mass", "no compression elsewhere"."""

    @property
    def today(self) -> bool:
        """Whether it says that the thing is there, or may be."""
        return self.assertion in TODAY


def part_of(sentence: Sentence) -> Part | None:
    """The part of the report a sentence belongs to; None where no finding is stated."""
    section = sentence.section
    if section == BACKGROUND or section in SILENT:
        return None
    if section == "addendum":
        return "addendum"
    return "impression" if section in _IMPRESSION else "body"


def claims(links: Links) -> list[Claim]:
    """Every statement that can be compared, in order of topic; of lesions, where there is another to compare with."""
    return [*_of_facts(links.facts), *_of_lesions(links.lesions)]


def _of_facts(facts: Iterable[Fact]) -> Iterator[Claim]:
    for fact in facts:
        part, topic = part_of(fact.sentence), _TOPICS.get(fact.kind)
        if part is None or topic is None or not (fact.assertion in TODAY or fact.assertion is Assertion.ABSENT):
            continue
        if fact.anchor.note.change is Change.NEW and fact.assertion is Assertion.ABSENT:
            continue
        sentence, anchor = fact.sentence, fact.anchor
        today = fact.assertion in TODAY
        levels = _levels_of(fact) if today else _levels_near(fact)
        severity = (severity_note(fact) or _degree(fact)) if today else None
        lateral = _lateral(anchor) if fact.kind == "foramen" else []
        yield Claim(
            topic,
            part,
            fact.assertion,
            (anchor.note, *levels, *([severity] if severity else []), *lateral),
            levels=frozenset(level_names(levels)),
            around=frozenset(level_names([*levels, *fact.lesion_levels])),
            discs=frozenset(disc_names(levels)),
            sides=frozenset(note.means["laterality"] for note in lateral),
            severity=severity.means["severity"] if severity else None,
            limited=_is_limited(sentence, anchor),
        )


def _levels_of(fact: Fact) -> list[Annotation]:
    """The levels that are the finding's own and not those of a lesion beside it."""
    own = [fact.anchor.note, *fact.sentence.of("structure")]
    return [
        note
        for note in fact.levels
        if not denied_at(note, fact.anchor) and _is_own(note, own, note.sentence.of("site", "lesion"))
    ]


def _levels_near(fact: Fact) -> list[Annotation]:
    """The levels a denial may be about: those of its statement, else the nearest of its sentence."""
    first, last = reach(fact)
    levels = fact.sentence.of("level")
    before = [note for note in levels if note.first < fact.anchor.first]
    return [note for note in levels if first <= note.first <= last] or before[-1:] or levels[:1]


def _degree(fact: Fact) -> Annotation | None:
    """ "...; moderate in degree": a severity that stands by itself in the sentence of a finding."""
    for note in fact.sentence.of("modifier"):
        after = fact.sentence.norms(note.last + 1, note.last + 2)
        if (
            "severity" in note.means
            and note.first > fact.anchor.last
            and after in (["in", "degree"], ["in", "severity"])
        ):
            return note
    return None


def _of_lesions(drafts: Iterable[Draft]) -> Iterator[Claim]:
    """Statements on lesions of one site, where more than one part of the report speaks of them."""
    told = [
        (draft, [(part_of(head.sentence), head) for head in draft.heads]) for draft in drafts if draft.site != "other"
    ]
    speaking: dict[str, set[Part]] = {}
    for draft, heads in told:
        speaking.setdefault(topic_of(draft.site), set()).update(part for part, _ in heads if part is not None)
    for draft, heads in told:
        parts = speaking[topic_of(draft.site)]
        for part in _PARTS if len(parts) > 1 else ():
            own = [head for where, head in heads if where == part]
            claim = _of_heads(draft, part, own) if own else None
            if claim:
                yield claim


def _of_heads(draft: Draft, part: Part, heads: Sequence[Anchor]) -> Claim | None:
    """What one part of the report says of a lesion by name."""
    named = [head for head in heads if head.role != "pronoun" and _FLUID.isdisjoint(_words(head))]
    states = [current(head) for head in named]
    assertion = next((each for each in (*TODAY, Assertion.ABSENT) if each in states), None)
    if assertion is None:
        return None
    topic = topic_of(draft.site)
    levels: list[Annotation] = []
    lateral: list[Annotation] = []
    for head in named:
        own, others = _sites_of(head, topic)
        said = [note for note in head.levels if not denied_at(note, head)]
        levels += [note for note in said if note.assertion is not Assertion.HISTORICAL and _is_own(note, own, others)]
        lateral += [note for note in _lateral(head) if _is_own(note, own, others)]
    around = [note for head in heads for note in head.levels]
    around += [note for note in draft.level_notes if part_of(note.sentence) == part]
    if part == "body":  # what is told of it later, without its name
        levels += [note for note in draft.level_notes if part_of(note.sentence) == part]
        lateral += [n for n in draft.notes if "laterality" in n.means and part_of(n.sentence) == part]
    return Claim(
        topic,
        part,
        assertion,
        tuple(dict.fromkeys([*(head.note for head in named), *levels, *lateral])),
        levels=frozenset(level_names(levels)),
        around=frozenset(level_names(around)),
        sides=frozenset(note.means["laterality"] for note in lateral),
        limited=all(_is_limited(head.sentence, head) for head in named),
    )


def _sites_of(head: Anchor, topic: str) -> tuple[list[Annotation], list[Annotation]]:
    """The phrases of a sentence that name this lesion, and those that name others."""
    sites = head.sentence.of("site")
    own = [note for note in sites if topic_of(note.means["site"]) == topic]
    others = [note for note in sites if note not in own]
    return [*own, *([] if others else [head.note])], others


def _is_own(note: Annotation, own: Sequence[Annotation], others: Sequence[Annotation]) -> bool:
    """Whether a level or side is not rather another's: "D2-D10 epidural and D6-D8 paravertebral tissue"."""
    return _is_beside(note, own) or not _is_beside(note, others)


def _is_beside(note: Annotation, named: Sequence[Annotation]) -> bool:
    sentence = note.sentence
    words = sentence.document.norms
    modifiers = sentence.kinds.get("modifier", ())
    for other in named:
        between = range(min(note.last, other.last) + 1, max(note.first, other.first))
        if other.sentence is sentence and all(
            words[i] in _BESIDE or any(each.first <= i <= each.last for each in modifiers) for i in between
        ):
            return True
    return False


def _lateral(head: Anchor) -> list[Annotation]:
    """Side words of a phrase, without those of its largest part."""
    sentence = head.sentence
    if "modifier" not in sentence.kinds:
        return []
    last = min(sentence.clause_of(head.last)[1], head.last + 8)
    return [
        note
        for note in sentence.of("modifier")
        if note.means.get("laterality") in ("left", "right", "bilateral")
        and (premodifies(note, head) or _covers(head, note) or head.last < note.first <= last)
        and _MOST.isdisjoint(sentence.norms(note.first - 4, note.last + 1))
    ]


def _words(head: Anchor) -> list[str]:
    return head.sentence.norms(head.first, head.last)


def _covers(anchor: Anchor, note: Annotation) -> bool:
    return anchor.first <= note.first and note.last <= anchor.last


def topic_of(site: str) -> str:
    """The name under which lesions of a site are compared."""
    return EPIDURAL if site == "epidural" else f"{_SITES.get(site, site).replace('_', ' ')} lesion"


def _is_limited(sentence: Sentence, anchor: Anchor) -> bool:
    first, last = sentence.clause_of(anchor.first)[0], sentence.clause_of(anchor.last)[1]
    elsewhere = any(note.means.get("scope") == "elsewhere" for note in sentence.of("cord_word"))
    return elsewhere or not (_ELSEWHERE | _REGIONS).isdisjoint(sentence.norms(first, last))

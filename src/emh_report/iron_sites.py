"""Which tissue an iron phrase, or a measured value, is about. Part of iron.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from emh_report.document import Annotation, Sentence
from emh_report.model import TODAY, Assertion
from emh_report.owners import reference_words

_WITHIN = frozenset("of in within involving throughout along at".split())
_SEEN = frozenset("is are was were seen noted identified present evident detected demonstrated found".split())
_LIST = frozenset(
    "and or nor & / , the both also to a lesser greater degree extent in within less more but not".split()
)
_FILL = frozenset(
    "the a an all any some both signal parenchymal parenchyma gland deposition and or & / , - these those "
    "this posterior mean diffuse known bone vertebral soft region segment right left bilateral paravertebral "
    "paraspinal of lobe mild moderate severe marked to significant measurable".split()
)
_SHOWS = frozenset("is are was were show shows contain has have demonstrate appear".split())
_LIKENING = frozenset({"to", "than", "unlike", "like", "as"})
_RANGE = frozenset("minimal slight mild moderate".split())
"""Words that "to" joins to a stronger one: "moderate to severe"."""
_HEART = frozenset("septal septum midseptal".split())
_MARROW = frozenset("marrow vertebra vertebral bone osseous skeleton".split())
_EXCEPTIONS = frozenset("except exception apart aside barring excluding other save".split())


@dataclass(slots=True, eq=False)
class Said:
    """One statement of iron at one site."""

    site: str
    assertion: Assertion
    note: Annotation
    tissue: Annotation | None


def site_name(tissue: Annotation) -> str | None:
    """The contract's name of a tissue."""
    if tissue.kind == "organ":
        return tissue.preferred
    if tissue.kind == "organ_finding":
        return tissue.means.get("organ", "").split(",")[0] or None
    if tissue.kind in ("lesion", "emh"):
        return "lesion"
    return "marrow"


def tissues(sentence: Sentence) -> list[Annotation]:
    """The tissues of a sentence that can hold iron, but for what a signal is only compared with."""
    compared = reference_words(sentence) | _likened(sentence)
    masses = {note.first for note in sentence.of("lesion") if note.means.get("role") == "mass"}
    found: list[Annotation] = []
    last = -1
    for note in sentence.annotations:
        if note.first in compared or note.last <= last or not _can_hold(note):
            continue
        if note.kind == "organ" and note.last + 1 in masses:
            continue  # a "liver lesion" is a lesion
        found.append(note)
        last = note.last
    return found


def _can_hold(note: Annotation) -> bool:
    if note.kind == "organ_finding":
        return note.means.get("organ") in ("liver", "spleen") and "siderotic" not in note.means["finding"]
    if note.kind == "bone_marrow" or note.concept == "vertebra":
        return not _MARROW.isdisjoint(note.sentence.norms(note.first, note.last))
    return note.kind in ("organ", "emh") or (note.kind == "lesion" and note.means.get("role") in ("mass", "definite"))


def _likened(sentence: Sentence) -> set[int]:
    """Words of "similar to the liver", "unlike the others"."""
    norms = sentence.document.norms
    return {
        index
        for note in sentence.of("organ", "structure", "lesion")
        for index in range(note.first, note.last + 1)
        if not _LIKENING.isdisjoint(
            word
            for before, word in pairwise(norms[max(sentence.first, note.first - 4) : note.first])
            if word != "to" or before not in _RANGE
        )
    }


def subject_of(sentence: Sentence, found: Sequence[Annotation]) -> list[Annotation]:
    """The tissues of a sentence that a sentence without its own may go on to speak of."""
    found = [note for note in found if note.kind != "emh" and not _is_denied(note)]
    return found[-1:] if len(found) < 2 else _joined(sentence, found, len(found) - 1)


def sites_of(note: Annotation, assertion: Assertion, found: Sequence[Annotation]) -> list[Said]:
    """The sites that the sentence itself gives for an iron phrase, among the tissues it names."""
    sentence = note.sentence
    norms = sentence.document.norms
    if "hepatosplenic" in norms[max(sentence.first, note.first - 2) : note.first]:
        return [Said(site, assertion, note, None) for site in ("liver", "spleen")]
    found = [tissue for tissue in found if not tissue.overlaps(note)]
    if note.kind == "organ_finding":
        return [Said(note.means.get("organ", ""), assertion, note, None)]
    named = [other for other in sentence.of("bone_marrow") if "iron" in other.means and other.overlaps(note)]
    if named:
        return [Said("marrow", assertion, note, named[0])]
    spared = _spared(sentence, found)
    found = [tissue for tissue in found if tissue not in spared]
    inside = [tissue for tissue in sentence.of("organ") if note.first <= tissue.first and tissue.last <= note.last]
    chosen = (
        inside or _ahead(sentence, note, found) or _behind(sentence, note, found) or _subject(sentence, note, found)
    )
    said = [Said(site, Assertion.ABSENT, note, tissue) for tissue in spared if (site := site_name(tissue))]
    for tissue in chosen:
        site = site_name(tissue)
        if site:
            denied = _is_contrasted(sentence, tissue) and assertion in TODAY
            said.append(Said(site, Assertion.ABSENT if denied else assertion, note, tissue))
    return said


def _spared(sentence: Sentence, found: list[Annotation]) -> list[Annotation]:
    """Tissues that iron leaves out: "sparing the pancreas", "the spleen and pancreas are spared"."""
    norms = sentence.document.norms
    spared: list[Annotation] = []
    for position, tissue in enumerate(found):
        if {"spare", "sparing"} & set(norms[max(sentence.first, tissue.first - 3) : tissue.first]):
            spared.append(tissue)
        elif "spared" in norms[tissue.last + 1 : tissue.last + 4]:
            spared.extend(_joined(sentence, found, position))
    return spared


def exceptions(note: Annotation, assertion: Assertion, found: Sequence[Annotation]) -> list[Said]:
    """Sites that an exception takes out of a denial: "no iron overload except in the liver"."""
    sentence = note.sentence
    if assertion is not Assertion.ABSENT:
        return []
    norms = sentence.document.norms
    said = []
    for tissue in found:
        before = norms[max(sentence.first, tissue.first - 9) : tissue.first]
        at = max((index for index, word in enumerate(before) if word in _EXCEPTIONS), default=None)
        if at is not None and "," not in before[at:] and (site := site_name(tissue)):
            said.append(Said(site, Assertion.PRESENT, note, tissue))
    return said


def organ_of_value(sentence: Sentence, note: Annotation) -> str | None:
    """The organ a measured value is of."""
    norms = sentence.document.norms
    if _HEART & set(norms[max(sentence.first, note.first - 3) : note.last + 1]):
        return "heart"
    found = [tissue for tissue in tissues(sentence) if tissue.kind == "organ" or site_name(tissue) == "marrow"]
    inside = [tissue for tissue in found if note.first <= tissue.first <= note.last]
    before = [tissue for tissue in found if tissue.last < note.first]
    after = [tissue for tissue in found if tissue.first > note.last]
    topic = [tissue for tissue in sentence.topic if tissue.kind == "organ"]
    chosen = next(iter([*inside[:1], *before[-1:], *topic[:1], *after[:1]]), None)
    return site_name(chosen) if chosen else None


def is_called_normal(note: Annotation, found: Sequence[Annotation]) -> bool:
    """ "Normal cardiac iron", "Iron content is within normal limits"."""
    sentence = note.sentence
    norms = sentence.document.norms
    words = {index for tissue in found for index in range(tissue.first, tissue.last + 1)}
    at = note.first - 1
    while at >= sentence.first and (at in words or norms[at] in ("and", "or", "/", "&", "the", "and")):
        at -= 1
    if at >= sentence.first and norms[at] == "normal":
        return True
    after = norms[note.last + 1 : min(sentence.last, note.last + 6) + 1]
    rest = [
        word
        for word in after
        if word not in ("is", "was", "are", "within", "the", "content", "in", "range", "remain", "load")
    ]
    return rest[:1] == ["normal"] and after[:1] != ["in"]


def _ahead(sentence: Sentence, note: Annotation, found: list[Annotation]) -> list[Annotation]:
    """Tissues in the noun phrase before the iron: "marrow and hepatic siderosis", "liver iron"."""
    norms = sentence.document.norms
    words = {index for tissue in found for index in range(tissue.first, tissue.last + 1)}
    at = note.first - 1
    chosen: list[Annotation] = []
    while at >= sentence.first and (at in words or norms[at] in _FILL or norms[at].endswith("ly")):
        own = [tissue for tissue in found if tissue.first <= at <= tissue.last]
        if own:
            chosen = [*own[:1], *chosen]
            at = own[0].first
        at -= 1
    if not chosen:
        return []
    gap = norms[chosen[-1].last + 1 : note.first]
    return chosen if not {",", "and", "or"}.intersection(gap) else []


def _behind(sentence: Sentence, note: Annotation, found: list[Annotation]) -> list[Annotation]:
    """Tissues that follow with a preposition: "iron deposition is seen in the liver and spleen"."""
    norms = sentence.document.norms
    at = note.last + 1
    while at <= sentence.last and norms[at] in _SEEN:
        at += 1
    if at > sentence.last or norms[at] not in _WITHIN:
        return []
    for position, tissue in enumerate(found):
        if (
            tissue.first > at
            and tissue.first - at <= 6
            and not {",", ";", "with"}.intersection(norms[at : tissue.first])
        ):
            run = [tissue]
            for other in found[position + 1 :]:
                gap = norms[run[-1].last + 1 : other.first]
                if not gap or not all(word in _LIST or word in _FILL for word in gap):
                    break
                run.append(other)
            return run
    return []


def _subject(sentence: Sentence, note: Annotation, found: list[Annotation]) -> list[Annotation]:
    """The tissue spoken of before the iron, with those joined to it, or the one of the label above."""
    if relative := _of_relative(sentence, note):
        return [relative]
    before = [
        index
        for index, tissue in enumerate(found)
        if tissue.last < note.first
        and not _is_exception(sentence, tissue)
        and (not _is_denied(tissue) or _is_contrasted(sentence, tissue))
    ]
    if before:
        return _joined(sentence, found, before[-1])
    after = [tissue for tissue in found if tissue.first > note.last and not _is_exception(sentence, tissue)]
    if (
        after
        and ";" not in sentence.document.norms[note.last : after[0].first]
        and sentence.clause_of(note.first) == sentence.clause_of(after[0].first)
    ):
        return after[:1]
    return [tissue for tissue in sentence.topic if tissue.kind == "organ"][:1]


def _of_relative(sentence: Sentence, note: Annotation) -> Annotation | None:
    """The tissue of a relative clause: "the liver, which is siderotic", not "..., which implies iron"."""
    norms = sentence.document.norms
    at = next(
        (index for index in range(note.first - 1, sentence.first, -1) if norms[index] in ("which", "that")),
        None,
    )
    if at is None or norms[at + 1] not in _SHOWS:
        return None
    return next(
        (other for other in sentence.annotations if _can_hold(other) and 1 <= at - other.last <= 2),
        None,
    )


def _joined(sentence: Sentence, found: list[Annotation], last: int) -> list[Annotation]:
    """A tissue and those it is listed with: "liver and spleen", "liver, not lesion,"."""
    norms = sentence.document.norms
    run = [found[last]]
    for tissue in reversed(found[:last]):
        gap = norms[tissue.last + 1 : run[0].first]
        if not gap or not all(word in _LIST or word in _FILL or word == "not" for word in gap):
            break
        run.insert(0, tissue)
    return run


def _is_denied(tissue: Annotation) -> bool:
    return tissue.kind == "lesion" and tissue.assertion is Assertion.ABSENT


def _is_contrasted(sentence: Sentence, tissue: Annotation) -> bool:
    before = sentence.norms(tissue.first - 3, tissue.first - 1)
    return "not" in before and "only" not in before


def _is_exception(sentence: Sentence, tissue: Annotation) -> bool:
    return bool(_EXCEPTIONS & set(sentence.norms(tissue.first - 6, tissue.first - 1)))

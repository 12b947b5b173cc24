"""Signal words and MR sequences of one sentence → which intensity is said of which sequences.

Radiologists write the pair both ways round: "hypointense on T1 and T2" and "T1 and T2 hypointense". An
intensity takes the sequences before it that nobody has taken yet, else the sequences after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emh_report.document import Annotation, Sentence
from emh_report.levels import SequenceSpan
from emh_report.model import Assertion
from emh_report.needs import needs

_OPENING = 60
"""Sentences of a report among which its technique stands."""
BASIC = ("T1", "T2")
"""What "all sequences" surely includes."""
_LIST = frozenset(
    ", and / & + as well also both or image images weighted sequence sequences the on in all of w "
    "wi axial sagittal coronal series ( ) - intensity signal scan".split()
)
_COMPARE = frozenset("to with as than of relative compared comparison similar like match follow following".split())
_GENERIC = frozenset(
    "low high bright dark black drop follow following iso hyper hypo mixed suppress suppressed "
    "suppression suppressing similar intermediate lower higher saturate nulled brighter darker "
    "blooming bloom susceptibility".split()
)


@dataclass(slots=True, eq=False)
class SignalDraft:
    """One intensity on some sequences, still without an owner."""

    note: Annotation
    sequences: tuple[str, ...]
    intensity: str
    degree: str | None
    extent: str | None
    reference: str | None
    notes: tuple[Annotation, ...]
    assertion: Assertion


_MEANS = frozenset("keeping consistent compatible representing reflecting suggesting indicating".split())


def reference_of(note: Annotation) -> Annotation | None:
    """The tissue an intensity is compared with: "isointense to muscle", "brighter than fat"."""
    sentence = note.sentence
    norms = sentence.document.norms
    compared = bool(_COMPARE.intersection(norms[note.first : note.last + 1]))
    for reference in sentence.of("reference"):
        if reference.first <= note.last:
            continue
        gap = norms[note.last + 1 : reference.first]
        if len(gap) > 12 or any(word in (";", ".", "but") for word in gap):
            return None
        between = (other for other in sentence.of("intensity") if note.last < other.first < reference.first)
        if not all(map(_describes_reference, between)):
            return None
        tail = gap[-5:]
        if not _MEANS.isdisjoint(gap):
            return None  # "T1 hyperintense areas are in keeping with fat"
        if (compared and len(gap) <= 4) or _COMPARE.intersection(tail) - {"of"} or ("of" in tail and compared):
            return reference
        return None
    return None


def _describes_reference(note: Annotation) -> bool:
    """Whether an intensity is only that of the tissue compared with: "hyperintense to the dark liver"."""
    before = note.sentence.norms(note.first - 2, note.first - 1)
    compared = before[-1:] == ["the"] and not _COMPARE.isdisjoint(before[:1])
    return compared and any(other.first == note.last + 1 for other in note.sentence.of("reference"))


@needs("intensity", otherwise=list)
def signals(sentence: Sentence) -> list[SignalDraft]:
    """All signal statements of a sentence, in order; a denied intensity keeps its assertion."""
    intensities = [note for note in sentence.of("intensity") if not _describes_reference(note)]
    if not intensities:
        return []
    groups = _groups(sentence)
    pairs = _respectively(sentence, intensities, groups) or _pairs(sentence, intensities, groups)
    drafts = []
    told = {name for _, members in pairs for member in members if not _is_all(member) for name in _names(member)}
    for note, members in pairs:
        sequences = tuple(dict.fromkeys(name for member in members for name in _names(member)))
        if told and any(map(_is_all, members)):  # "follows fat on every sequence, hyperintense on T1 and T2"
            sequences = tuple(name for name in sequences if name not in told)
            if not sequences:
                continue
        word = sentence.document.norms[note.first]
        if not sequences and word in _GENERIC and "signal" not in sentence.document.norms[note.first : note.last + 1]:
            continue
        drafts.append(_draft(sentence, note, members, sequences))
    return drafts


def _draft(
    sentence: Sentence, note: Annotation, members: Sequence[Annotation], sequences: tuple[str, ...]
) -> SignalDraft:
    degree = extent = None
    norms = sentence.document.norms
    for modifier in sentence.of("modifier"):
        gap = norms[modifier.last + 1 : note.first]
        if (
            modifier.last < note.first
            and all(
                word in _LIST or word.endswith("ly") or _is_sequence(sentence, modifier.last + 1 + i)
                for i, word in enumerate(gap)
            )
            and len(gap) <= 5
        ):
            degree = modifier.means.get("degree") or degree
        if "extent" in modifier.means and sentence.clause_of(note.first)[0] <= modifier.first <= note.last + 4:
            near = modifier.first - note.last if modifier.first > note.last else note.first - modifier.last
            extent = modifier.means["extent"] if near <= 5 else extent
    reference = reference_of(note)
    return SignalDraft(
        note,
        sequences,
        note.means["intensity"],
        degree,
        extent,
        reference.means["reference"] if reference else None,
        (note, *members),
        note.assertion,
    )


def _is_sequence(sentence: Sentence, index: int) -> bool:
    return any(note.first <= index <= note.last for note in sentence.of("sequence"))


def _is_all(note: Annotation) -> bool:
    return note.means.get("sequences") == "all"


def _names(note: Annotation) -> tuple[str, ...]:
    if isinstance(note.value, SequenceSpan):
        return note.value.sequences
    if not _is_all(note):
        return (note.means["sequence"],)
    return (*BASIC, "STIR") if _names_stir(note) else BASIC


def _names_stir(note: Annotation) -> bool:
    """Whether the technique says that a STIR sequence was done, which then is one of all sequences."""
    opening = note.sentence.document.sentences[:_OPENING]
    before = (sentence for sentence in opening if sentence.section == "technique")
    return any(_names(other) == ("STIR",) for sentence in before for other in sentence.of("sequence"))


def _groups(sentence: Sentence) -> list[list[Annotation]]:
    groups: list[list[Annotation]] = []
    norms = sentence.document.norms
    intensities = sentence.of("intensity")
    for note in sentence.of("sequence"):
        if groups:
            last = groups[-1][-1]
            gap = norms[last.last + 1 : note.first]
            split = any(last.last < other.first < note.first for other in intensities)
            if all(word in _LIST for word in gap) and not split:
                groups[-1].append(note)
                continue
        groups.append([note])
    return groups


def _pairs(
    sentence: Sentence, intensities: list[Annotation], groups: list[list[Annotation]]
) -> list[tuple[Annotation, list[Annotation]]]:
    norms = sentence.document.norms
    free = list(groups)
    pairs: list[tuple[Annotation, list[Annotation]]] = []
    for position, note in enumerate(intensities):
        previous = intensities[position - 1].last if position else sentence.first - 1
        following = intensities[position + 1].first if position + 1 < len(intensities) else sentence.last + 1
        inside = [g for g in free if note.first <= g[0].first and g[-1].last <= note.last]
        left = inside or [g for g in free if previous < g[0].first and g[-1].last <= note.last]
        right = [g for g in free if note.last < g[0].first and g[-1].last < following]
        chosen: list[Annotation] = []
        if left and right and right[0][0].first == note.last + 1 and left[-1][-1].last < note.first - 1:
            left = []  # "MRI (T1, T2, STIR): of low T1 and intermediate T2 signal"
        if left and not _stopped(norms, left[-1][-1].last, note.first):
            chosen = left[-1]
        elif (
            right
            and not _stopped(norms, note.last, right[0][0].first)
            and ":" not in norms[note.last + 1 : right[0][0].first]
        ):
            chosen = right[0]
            if (
                len(chosen) > 1
                and position + 1 < len(intensities)
                and _claims(norms, chosen, intensities[position + 1], free)
            ):
                free.append([chosen[-1]])
                free.remove(chosen)
                chosen = chosen[:-1]
                free.append(chosen)
        if not chosen and pairs and _of_a_part(sentence, pairs[-1][0], note):
            pairs.append((note, pairs[-1][1]))  # "isointense on T1 with a few brighter strands"
            continue
        if (
            not chosen
            and pairs
            and pairs[-1][0].assertion is Assertion.ABSENT
            and "but" in norms[previous : note.first]
        ):
            pairs.append((note, pairs[-1][1]))  # "not hyperintense on T2 but isointense"
            continue
        if not chosen and pairs and _is_fronted(sentence, groups, pairs[-1][0], note):
            chosen = groups[0]  # "on T1 the T6 mass is hypointense and the T10 mass hyperintense"
        elif chosen:
            free.remove(chosen)
        pairs.append((note, chosen))
    return pairs


def _is_fronted(sentence: Sentence, groups: list[list[Annotation]], before: Annotation, note: Annotation) -> bool:
    """Whether another lesion is told of on the only sequences named."""
    return len(groups) == 1 and any(before.last < lesion.first < note.first for lesion in sentence.of("lesion"))


_SOME = frozenset("few some several scattered small tiny patchy focal".split())
_PARTS = frozenset("strand focus area spot region component streak portion part".split())


def _of_a_part(sentence: Sentence, before: Annotation, note: Annotation) -> bool:
    """Whether an intensity is that of parts of what the one before tells of."""
    between = sentence.norms(before.last + 1, note.first - 1)
    after = sentence.norms(note.last + 1, note.last + 2)
    named = "with" in between and not _SOME.isdisjoint(between) and not _PARTS.isdisjoint(after)
    return named and ";" not in between


def _claims(norms: list[str], group: list[Annotation], later: Annotation, free: list[list[Annotation]]) -> bool:
    """Whether the last sequence of a list is of the next intensity: "hyperintense on T2, T1 isointense"."""
    gap = norms[group[-1].last + 1 : later.first]
    before = norms[group[-2].last + 1 : group[-1].first]
    own = any(g[0].first > later.last for g in free)
    return not own and len(gap) <= 1 and ("," in before or "/" not in before) and "and" not in before


def _stopped(norms: list[str], start: int, end: int) -> bool:
    return any(word in (";", ".") for word in norms[start + 1 : end])


def _respectively(
    sentence: Sentence, intensities: list[Annotation], groups: list[list[Annotation]]
) -> list[tuple[Annotation, list[Annotation]]]:
    if "respectively" not in sentence.norms(sentence.first, sentence.last):
        return []
    members = [(note, name) for group in groups for note in group for name in _names(note)]
    if len(members) != len(intensities):
        return []
    pairs = []
    for note, (member, name) in zip(intensities, members, strict=True):
        single = Annotation("sequence", name, member.first, member.last, sentence, {"sequence": name})
        pairs.append((note, [single]))
    return pairs

"""What a sentence says of nodal groups beside their size: necrosis, enhancement, signal, change.

Part of nodes.py. A phrase before its noun belongs to that noun; any other belongs to the groups named before
it that have no such statement yet, or to all of them where the sentence names none of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.document import Annotation, Sentence
from emh_report.enhancement import enhancement_words
from emh_report.model import Assertion, Change
from emh_report.nodal_types import Group
from emh_report.signals import signals
from emh_report.standing import stronger

_FIELDS = frozenset({"necrosis", "enhancement", "calcification", "fat"})
_CLOSE = frozenset({",", ";", "with", "showing", "and", ".", "("})


def describe(sentence: Sentence, new: Sequence[Group], focus: Sequence[Group]) -> None:
    """Add what ``sentence`` says to the groups it names (``new``, now part of ``focus``), or to ``focus``."""
    pairs = list(zip(new, focus, strict=True)) if new else [(group, group) for group in focus]
    if not pairs:
        return
    done: set[tuple[str, Group]] = set()
    for note in sentence.of("finding"):
        name = note.means.get("field", "")
        if name in _FIELDS:
            assertion = Assertion.ABSENT if note.means.get("polarity") == "absent" else note.assertion
            if note.excepted or "excepted" in sentence.norms(note.last + 1, note.last + 6):
                assertion = Assertion.PRESENT
            for group in _owners(sentence, note, pairs, named=bool(new), done=done, key=name):
                group.asserted[name] = stronger(group.asserted.get(name, Assertion.NOT_MENTIONED), assertion)
                group.notes.append(note)
                if name == "enhancement" and assertion is not Assertion.ABSENT:
                    _enhancement(note, group)
    for note in sentence.of("change"):
        if note.assertion is not Assertion.ABSENT and note.text.lower() not in ("enlarged", "larger"):
            for group in _owners(sentence, note, pairs, named=bool(new), done=done, key="change"):
                group.change = group.change or Change(note.means["change"])
    for note in sentence.of("modifier"):
        if "homogeneity" in note.means and note.assertion is Assertion.PRESENT:
            for group in _owners(sentence, note, pairs, named=bool(new), done=done, key="homogeneity"):
                group.words.setdefault("homogeneity", note.means["homogeneity"])
    for signal in signals(sentence):
        if signal.assertion is Assertion.PRESENT and signal.sequences and signal.intensity != "blooming":
            for group in _owners(sentence, signal.note, pairs, named=bool(new), done=set(), key="signal"):
                group.signals.append(signal)


def _enhancement(note: Annotation, group: Group) -> None:
    for modifier in enhancement_words(note):
        for key in ("degree", "pattern"):
            if key in modifier.means:
                group.words.setdefault(key, modifier.means[key])


def _owners(
    sentence: Sentence,
    note: Annotation,
    pairs: Sequence[tuple[Group, Group]],
    *,
    named: bool,
    done: set[tuple[str, Group]],
    key: str,
) -> list[Group]:
    """The groups a phrase is about."""
    if not named:
        return [group for _, group in pairs]
    if _is_of_another(sentence, note, pairs):
        return []
    ahead = [pair for pair in pairs if note.last < min(part.first for part in _naming(pair[0]))]
    chosen = [pair for pair in pairs if pair not in ahead]
    led = bool(ahead) and _premodifies(sentence, note, ahead[0][0])
    if led or not chosen:
        noun = _naming(ahead[0][0])[0]
        chosen = [pair for pair in ahead if not led or _naming(pair[0])[0] is noun]
    chosen = [pair for pair in chosen if (key, pair[0]) not in done]
    done.update((key, new) for new, _ in chosen)
    return [group for _, group in chosen]


def _naming(group: Group) -> list[Annotation]:
    return [note for note in group.notes if note.kind == "node"]


def _premodifies(sentence: Sentence, note: Annotation, group: Group) -> bool:
    between = sentence.document.norms[note.last + 1 : min(part.first for part in _naming(group))]
    return len(between) <= 5 and _CLOSE.isdisjoint(between)


def _is_of_another(sentence: Sentence, note: Annotation, pairs: Sequence[tuple[Group, Group]]) -> bool:
    """Whether a lesion or an organ stands nearer before the phrase than any node."""
    subjects = [
        other
        for other in sentence.of("lesion", "organ", "organ_finding")
        if other.means.get("role") not in ("pronoun", "part") and other.last < note.first
    ]
    nodes = [part for new, _ in pairs for part in _naming(new) if part.last < note.first]
    before = max((other.last for other in subjects), default=-1)
    return before > max((part.last for part in nodes), default=-1)

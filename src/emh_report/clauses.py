"""Sentence → clauses: where one statement ends and the next begins.

What begins a statement is decided from the function words of lexicons/grammar.yaml, because reports punctuate
freely: in "No cord compression, paravertebral masses bilaterally" the comma ends the denial, in "no fracture,
dislocation or mass" it does not.
"""

from __future__ import annotations

from emh_report.cues import COPULAS, HARD, CueSpan, Grammar
from emh_report.denial import breaks, joined
from emh_report.document import Sentence
from emh_report.idle import continues
from emh_report.wordbook import Wordbook

SOFT = frozenset({",", "and", "&", "(", ")"})


LISTERS = frozenset({"or", "nor"})
_PARTING = SOFT | HARD
_AND = frozenset({"and", "&"})
_MARKS = Wordbook(lambda norm: norm in HARD or norm in SOFT or norm[:1] == "-")
"""Whether a word may open a clause."""


def clauses(sentence: Sentence, grammar: Grammar, cues: list[CueSpan]) -> list[tuple[int, int]]:
    """Split a sentence into statements; the words that split belong to the clause they open."""
    norms = sentence.document.norms
    starts = [sentence.first]
    if sentence.label and sentence.label[1] < sentence.last:
        starts.append(sentence.label[1] + 1)
    for cue in cues:
        if (
            cue.entry.category == "terminate"
            and cue.first > sentence.first
            and norms[cue.first - 1] not in COPULAS
            and not joined(sentence, cue, cues)
        ):
            starts.append(cue.first)
    begin = sentence.label[1] + 1 if sentence.label else sentence.first + 1
    for index in [begin + place for place in _MARKS.places(norms[begin : sentence.last])]:
        word = norms[index]
        if word in HARD or _is_spaced_dash(sentence, index):
            if not continues(sentence, index, cues):
                starts.append(index)
        elif (
            word in SOFT
            and not any(cue.first <= index <= cue.last for cue in cues)
            and not (word in _AND and _is_within_level(sentence, index))
            and _opens(sentence, index, max(starts), grammar, cues)
        ):
            starts.append(index)
    if cues:
        starts += breaks(sentence, cues, sentence.annotations, starts, grammar)
    if len(starts) == 1:
        return [(sentence.first, sentence.last)]
    ordered = sorted(set(starts))
    ends = [start - 1 for start in ordered[1:]] + [sentence.last]
    return list(zip(ordered, ends, strict=True))


def _is_within_level(sentence: Sentence, index: int) -> bool:
    """Whether "and" joins two levels: "the compression at D6 and D7 is no more seen"."""
    return any(note.first <= index < note.last for note in sentence.kinds.get("level", ()))


def _is_spaced_dash(sentence: Sentence, index: int) -> bool:
    words = sentence.document.words
    return (
        sentence.document.norms[index][:1] == "-"
        and words[index].text in "-–—"
        and words[index - 1].end < words[index].start
        and words[index].end < words[index + 1].start
    )


def _opens(sentence: Sentence, index: int, start: int, grammar: Grammar, cues: list[CueSpan]) -> bool:
    """Whether the comma or "and" at ``index`` ends the statement that began at ``start``."""
    norms = sentence.document.norms
    after = index + 1
    while after <= sentence.last and norms[after] in SOFT:
        after += 1
    if after > sentence.last:
        return False
    rest = norms[after : sentence.last + 1]
    left = norms[start:index]
    finite = grammar.finite_verb
    for cue in cues:
        if cue.first == after and cue.entry.category in ("negated", "possible", "hypothetical"):
            return norms[index] != "and" or not finite.isdisjoint(left)
    if _changes_otherwise(sentence, index, after, cues):
        return True
    if rest[0] == "there" and rest[1:2] != [] and rest[1] in finite:
        return True
    level = next((note for note in sentence.kinds.get("level", ()) if note.first == after), None)
    if level and any(cue.first == level.last + 1 and cue.entry.category == "negated" for cue in cues):
        return True  # "epidural tissue at T6, T9 no epidural tissue"
    if norms[index] == "," and "being" in _until(rest, _PARTING)[1:]:
        return True  # "biopsy revealed EMH, metastasis being excluded"
    lists = not LISTERS.isdisjoint(rest)
    if lists and finite.isdisjoint(_until(rest, LISTERS)):
        return False
    if rest[0] in grammar.determiner and not finite.isdisjoint(rest[:12]):
        return True
    if rest[0] in grammar.positive_start:
        return True
    left_verb = not (finite.isdisjoint(left) and grammar.participle.isdisjoint(left))
    comma = norms[index] == "," and not lists
    if not left_verb and not comma:
        return False
    chunk = _until(rest, _PARTING)
    verb = next((i for i, word in enumerate(rest) if word in finite), None)
    if left_verb and verb is not None and verb <= len(chunk):
        return True
    if not comma:
        return False
    if not left_verb and norms[after] not in ("at", "from"):
        located = (*sentence.kinds.get("level", ()), *sentence.kinds.get("size", ()))
        if any(after < note.first < after + len(chunk) for note in located):
            return True
    return len(chunk) > 1 and (not grammar.participle.isdisjoint(chunk) or (verb is not None and verb < len(chunk)))


def _changes_otherwise(sentence: Sentence, index: int, after: int, cues: list[CueSpan]) -> bool:
    """Whether what only changed follows what has gone: "disappearance of the one and a decrease in the other"."""
    gone = any(cue.entry.category == "resolved" and cue.last < index for cue in cues)
    at = after + (sentence.norms(after, after) in (["a"], ["an"], ["the"]))
    return gone and any(note.kind == "change" and note.first == at for note in sentence.annotations)


def _until(words: list[str], stops: frozenset[str]) -> list[str]:
    for index, word in enumerate(words):
        if word in stops:
            return words[:index]
    return words

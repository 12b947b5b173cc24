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

SOFT = frozenset({",", "and", "&", "(", ")"})


LISTERS = frozenset({"or", "nor"})


def clauses(sentence: Sentence, grammar: Grammar, cues: list[CueSpan]) -> list[tuple[int, int]]:
    """Split a sentence into statements; the words that split belong to the clause they open."""
    norms = sentence.document.norms
    cue_words = {index for cue in cues for index in range(cue.first, cue.last + 1)}
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
    spaced = _spaced_dashes(sentence)
    listed = {
        index
        for note in sentence.annotations
        if note.kind == "level"
        for index in range(note.first, note.last)
        if norms[index] in ("and", "&")
    }  # "the compression at D6 and D7 is no more seen"
    for index in range(sentence.label[1] + 1 if sentence.label else sentence.first + 1, sentence.last):
        word = norms[index]
        if word in HARD or index in spaced:
            if not continues(sentence, index, cues):
                starts.append(index)
        elif (
            word in SOFT
            and index not in cue_words
            and index not in listed
            and _opens(sentence, index, max(starts), grammar, cues)
        ):
            starts.append(index)
    starts += breaks(sentence, cues, sentence.annotations, starts, grammar)
    ordered = sorted(set(starts))
    ends = [start - 1 for start in ordered[1:]] + [sentence.last]
    return list(zip(ordered, ends, strict=True))


def _spaced_dashes(sentence: Sentence) -> set[int]:
    words, norms = sentence.document.words, sentence.document.norms
    return {
        index
        for index in range(sentence.first + 1, sentence.last)
        if norms[index][:1] == "-"
        and words[index].text in "-–—"
        and words[index - 1].end < words[index].start
        and words[index].end < words[index + 1].start
    }


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
    chunk: list[str] = []
    for word in rest:
        if word in SOFT or word in HARD:
            break
        chunk.append(word)
    if any(cue.first == after and cue.entry.category in ("negated", "possible", "hypothetical") for cue in cues):
        return norms[index] != "and" or bool(grammar.finite_verb.intersection(left))
    if _changes_otherwise(sentence, index, after, cues):
        return True
    if rest[0] == "there" and rest[1:2] != [] and rest[1] in grammar.finite_verb:
        return True
    level = next((note for note in sentence.annotations if note.kind == "level" and note.first == after), None)
    if level and any(cue.first == level.last + 1 and cue.entry.category == "negated" for cue in cues):
        return True  # "epidural tissue at T6, T9 no epidural tissue"
    if norms[index] == "," and "being" in chunk[1:]:
        return True  # "biopsy revealed EMH, metastasis being excluded"
    left_verb = bool(grammar.finite_verb.intersection(left) or grammar.participle.intersection(left))
    if LISTERS.intersection(rest) and not grammar.finite_verb.intersection(_until(rest, LISTERS)):
        return False
    if rest[0] in grammar.determiner and grammar.finite_verb.intersection(rest[:12]):
        return True
    if rest[0] in grammar.positive_start:
        return True
    verb = next((i for i, word in enumerate(rest) if word in grammar.finite_verb), None)
    if left_verb and verb is not None and verb <= len(chunk):
        return True
    located = any(
        note.kind in ("level", "size") and after < note.first < after + len(chunk) for note in sentence.annotations
    )
    if (
        norms[index] == ","
        and located
        and not left_verb
        and not LISTERS.intersection(rest)
        and norms[after] not in ("at", "from")
    ):
        return True
    return bool(
        norms[index] == ","
        and not LISTERS.intersection(rest)
        and len(chunk) > 1
        and (grammar.participle.intersection(chunk) or (verb is not None and verb < len(chunk)))
    )


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

"""Cues and targets of one sentence → how each target is meant.

ConText's idea with its scope decided by clauses: a cue reaches from where it stands to the end of its
clause, and a clause ends where another statement begins. What begins a statement is decided from the
function words of lexicons/grammar.yaml, because reports punctuate freely: in "No cord compression,
paravertebral masses bilaterally" the comma ends the denial, in "no fracture, dislocation or mass" it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emh_report.denial import breaks, is_attribute, is_informant, joined, presupposed
from emh_report.document import Annotation, Sentence
from emh_report.lexicon import Cue as CueEntry
from emh_report.model import Assertion, Certainty, Change, Cue, Experiencer
from emh_report.signs import Sign, signed

HARD = frozenset({";", "|", ":", "•", "·", "▪"})
SOFT = frozenset({",", "and", "&", "(", ")"})
LISTERS = frozenset({"or", "nor"})
_RANK = {
    "hypothetical": 5,
    "resolved": 4,
    "negated": 3,
    "not_assessed": 3,
    "possible": 2,
    "historical": 1,
    "affirmed": 0,
}


@dataclass(slots=True)
class Grammar:
    """Function words, in normal form."""

    finite_verb: frozenset[str]
    participle: frozenset[str]
    determiner: frozenset[str]
    positive_start: frozenset[str]


@dataclass(slots=True)
class CueSpan:
    """A cue found in a sentence, with the words it reaches."""

    entry: CueEntry
    first: int
    last: int
    scope: tuple[int, int] = (0, -1)


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
            and norms[cue.first - 1] not in _COPULAS
            and not joined(sentence, cue, cues)
        ):
            starts.append(cue.first)
    spaced = _spaced_dashes(sentence)
    for index in range(sentence.label[1] + 1 if sentence.label else sentence.first + 1, sentence.last):
        word = norms[index]
        if word in HARD or index in spaced:
            starts.append(index)
        elif word in SOFT and index not in cue_words and _opens(sentence, index, max(starts), grammar, cues):
            starts.append(index)
    starts += breaks(sentence, cues, sentence.annotations, starts, grammar)
    ordered = sorted(set(starts))
    ends = [start - 1 for start in ordered[1:]] + [sentence.last]
    return list(zip(ordered, ends, strict=True))


def _spaced_dashes(sentence: Sentence) -> set[int]:
    words = sentence.document.words
    return {
        index
        for index in range(sentence.first + 1, sentence.last)
        if words[index].text in "-–—"
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


def _until(words: list[str], stops: frozenset[str]) -> list[str]:
    for index, word in enumerate(words):
        if word in stops:
            return words[:index]
    return words


def resolve(sentence: Sentence, targets: list[Annotation], cues: list[CueSpan], grammar: Grammar) -> None:
    """Set assertion, certainty, experiencer and cues of every target; also the sentence's clauses."""
    sentence.clauses = clauses(sentence, grammar, cues)
    if _is_question(sentence):
        for target in targets:
            target.assertion = Assertion.HYPOTHETICAL
        return
    active = [cue for cue in cues if cue.entry.direction != "none" and _supported(cue, cues)]
    excluding = [
        cue
        for cue in active
        if cue.entry.means.get("after_denial")
        and any(o.entry.category == "negated" for o in active[: active.index(cue)])
    ]
    active = [cue for cue in active if cue not in excluding]
    exceptions = [cue for cue in cues if cue.entry.means.get("exception")] + excluding
    for position, cue in enumerate(active):
        cue.scope = _scope(sentence, cue, active[position + 1 :], active[:position], targets)
    signs = signed(sentence, targets)
    for target in targets:
        if target.first in signs:
            _sign(sentence, target, signs[target.first])
            continue
        _apply(sentence, target, active)
        for cue in exceptions:
            if cue.last < target.first and any(
                other.entry.category in ("negated", "resolved") and other.first < cue.first for other in active
            ):
                target.excepted = True


def _sign(sentence: Sentence, target: Annotation, sign: Sign) -> None:
    """A plus or minus sign says all there is to say of the phrase beside it."""
    words = sentence.document.words
    start, end = words[sign.first].start, words[sign.last].end
    kind = "affirmed" if sign.positive else "negated"
    target.cues = (Cue(kind=kind, text=sentence.document.text[start:end], start=start, end=end),)
    target.assertion = Assertion.PRESENT if sign.positive else Assertion.ABSENT


def _is_question(sentence: Sentence) -> bool:
    """Whether a sentence only asks: "Is there EMH?" """
    norms = sentence.document.norms
    return norms[sentence.last] == "?" and norms[sentence.first] in (
        "is",
        "are",
        "was",
        "does",
        "do",
        "could",
        "has",
        "have",
        "any",
    )


def _supported(cue: CueSpan, cues: list[CueSpan]) -> bool:
    """Whether a cue that means something only after another one ("favour EMH over lymphoma") has it."""
    needs = cue.entry.means.get("needs")
    return needs is None or any(other.entry.category == needs and other.last < cue.first for other in cues)


def _scope(
    sentence: Sentence, cue: CueSpan, later: list[CueSpan], earlier: list[CueSpan], targets: list[Annotation]
) -> tuple[int, int]:
    clause = sentence.clause_of(cue.first)
    following = sentence.document.norms[cue.last + 1] if cue.last < clause[1] else "."
    behind = following in _AFTERWARDS or following.startswith("post")
    closed = following in _PUNCTUATION or (cue.entry.direction != "before" and behind)
    looks_back = cue.entry.direction in ("after", "either") or (closed and cue.entry.category == "negated")
    if (
        sentence.label
        and looks_back
        and clause[0] == sentence.label[1] + 1
        and not _subject_in((clause[0], cue.first - 1), targets)
    ):
        clause = (
            sentence.first,
            clause[1],
        )  # "Splenomegaly: no"; but in "Fatty mass: myelolipoma is favored" the mass is not in doubt
    forward, backward = (cue.last + 1, clause[1]), (clause[0], cue.first - 1)
    if cue.entry.category == "negated" and is_attribute(sentence, cue, clause):
        return (cue.first, cue.last)
    if cue.entry.category == "family":
        return _family_scope(sentence, cue, clause)
    if sentence.label and cue.last <= sentence.label[1]:
        forward = (cue.last + 1, sentence.last)  # "D/D: EMH, lymphoma"
    elif cue.entry.means.get("reach") == "list" and sentence.document.norms[clause[1] + 1 : clause[1] + 2] == [":"]:
        forward = (cue.last + 1, sentence.last)  # "The differential is wide: EMH, lymphoma and sarcoma"
    for other in later:
        if (
            other.entry.category == cue.entry.category
            and other.entry.direction == "before"
            and other.first <= forward[1]
        ):
            if other.entry.means != cue.entry.means or cue.entry.category == "negated":
                forward = (forward[0], other.first - 1)
                break
    for other in reversed(earlier):
        if other.entry.direction == "before" and other.last >= backward[0]:
            if other.entry.category in ("negated", "hypothetical") and other.entry.category == cue.entry.category:
                backward = (other.last + 1, backward[1])
                break
    if cue.entry.means.get("reach") == "both":
        return clause
    if cue.entry.means.get("reach") == "next":
        return (forward[0], forward[0])
    if cue.entry.direction == "before":
        looks_back = closed and cue.entry.category == "negated"
        return _back_to_subject(sentence, backward, targets) if looks_back else forward
    if (
        cue.entry.direction == "after"
        or closed
        or (_predicate(sentence, cue) and (_subject_in(backward, targets) or _elliptical(sentence, backward)))
    ):
        return _back_to_subject(sentence, backward, targets)
    governs = any(forward[0] <= target.first <= forward[1] and target.kind not in QUALIFIERS for target in targets)
    return forward if governs else _back_to_subject(sentence, backward, targets)


_PUNCTUATION = frozenset(". , ; ) !".split())
_AFTERWARDS = frozenset("after following since".split())
"""What may follow a denial of what stands before it: "splenomegaly absent post splenectomy"."""


_COMPLEMENT = frozenset("the a an due to from secondary because related result caused".split())
_COPULAS = frozenset(
    "is are was were be considered felt thought appear seem remain deemed very much far highly".split()
)


_LINKS = frozenset(
    "but and it this they these that also however which is are was were thus , ; - ( so although though both none all has have had been now".split()
)


def _elliptical(sentence: Sentence, scope: tuple[int, int]) -> bool:
    """Whether a clause has no subject of its own before the cue: "..., but is less likely", "..., it is unlikely"."""
    return all(word in _LINKS or word in _COPULAS for word in sentence.document.norms[scope[0] : scope[1] + 1])


def _predicate(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether a hedge is what is said of its subject ("lymphoma is unlikely without fever"), so that it looks back."""
    ahead = [word for word in sentence.norms(cue.first - 2, cue.first - 1) if not word.endswith("ly")]
    before = ahead[-1] if ahead and cue.first > sentence.first else ""
    opening = sentence.document.norms[cue.first] in _COPULAS and cue.last > cue.first
    after = sentence.document.norms[cue.last + 1] if cue.last < sentence.last else ""
    if after in _COMPLEMENT and "to" not in sentence.document.norms[cue.first : cue.last + 1]:
        return False  # "the mass is likely the result of EMH" looks ahead
    ends = sentence.document.norms[cue.last] in (
        "likely",
        "unlikely",
        "possible",
        "favored",
        "suspected",
        "considered",
        "improbable",
        "probable",
        "remote",
        "conceivable",
        "doubtful",
        "questionable",
    )
    return ends and (before in _COPULAS or opening)


def _subject_in(scope: tuple[int, int], targets: list[Annotation]) -> bool:
    return any(scope[0] <= target.first <= scope[1] and target.kind not in QUALIFIERS for target in targets)


def _back_to_subject(sentence: Sentence, scope: tuple[int, int], targets: list[Annotation]) -> tuple[int, int]:
    """A clause without a subject of its own speaks of the one before: "cord compression - not seen"."""
    if _subject_in(scope, targets):
        return scope
    if not _elliptical(sentence, scope):
        return scope  # a subject the lexicons do not know is still a subject ("; stains were negative")
    for clause in reversed([clause for clause in sentence.clauses if clause[1] < scope[0]]):
        scope = (clause[0], scope[1])
        if _subject_in(clause, targets):
            break  # "EMH, previously visible at T8, is gone"
    return scope


def _family_scope(sentence: Sentence, cue: CueSpan, clause: tuple[int, int]) -> tuple[int, int]:
    """A relative's disease reaches over commas, but neither over ";" nor back to the patient."""
    if cue.entry.direction == "after":
        return (clause[0], cue.first - 1)
    norms = sentence.document.norms
    last = max(cue.last, sentence.label[1] if sentence.label else -1) + 1
    while last <= sentence.last and norms[last] not in HARD and norms[last] not in cue.entry.ends:
        last += 1
    return (cue.last + 1, last - 1)


QUALIFIERS = frozenset(
    "modifier intensity sequence level size quantity reference structure site change body_region modality cord_word weight timepoint advice_cue urgency organ_state".split()
)
"""Kinds that describe a subject; a hedge is about the subject."""


def _concerns(cue: CueSpan, target: Annotation) -> bool:
    """Whether a cue that is about diagnoses only ("chloroma would not contain fat") may be about ``target``."""
    return cue.entry.means.get("only") != "diagnosis" or target.kind in _DIAGNOSES


def _apply(sentence: Sentence, target: Annotation, cues: list[CueSpan]) -> None:
    applied = [
        cue
        for cue in cues
        if cue.scope[0] <= _start(cue, target) and target.last <= cue.scope[1] and not _overlap(cue, target)
    ]
    applied = [cue for cue in applied if _concerns(cue, target) and not _shielded(sentence, target, cue)]
    if not applied:
        return
    target.cues = tuple(cue_of(sentence, cue) for cue in applied)
    if any(
        cue.entry.category == "family" and not is_informant(sentence, cue) for cue in applied
    ) and not _of_the_patient(sentence, target):
        target.experiencer = Experiencer.OTHER
    categories = {cue.entry.category for cue in applied}
    nearest = min(
        (cue for cue in applied if cue.entry.category in _RANK),
        key=lambda cue: (_distance(cue, target), -_RANK[cue.entry.category]),
        default=None,
    )
    if nearest is None:
        return
    category = nearest.entry.category
    if "negated" in categories and (
        category in ("historical", "affirmed") or nearest.entry.means.get("under") == "negated"
    ):
        category = "negated"
    if "hypothetical" in categories and category != "resolved":
        category = "hypothetical"
    if category == "negated" and "historical" in categories and nearest.entry.direction == "after":
        category = "resolved"  # "the previously described mass is not seen today"
    if "resolved" in categories:
        category = "resolved"
    if category == "affirmed" and "possible" in categories:
        nearest = next(cue for cue in applied if cue.entry.category == "possible")
        category = "possible"
    if category == "historical" and "possible" in categories:
        category = "historical"
    if category == "negated":
        target.assertion = Assertion.ABSENT
        if nearest.entry.means.get("about") == "others":
            target.change = Change.NEW
    elif category == "possible":
        target.assertion = Assertion.POSSIBLE
        levels = [
            cue.entry.means.get("certainty", "indeterminate") for cue in applied if cue.entry.category == "possible"
        ]
        target.certainty = Certainty(
            "unlikely" if "unlikely" in levels else levels[0] if len(levels) == 1 else _near(applied, target)
        )
    elif category == "resolved":
        target.assertion, target.change = Assertion.HISTORICAL, Change.RESOLVED
    elif category == "historical":
        target.assertion = Assertion.HISTORICAL
    elif category == "hypothetical":
        target.assertion = Assertion.HYPOTHETICAL
    elif category == "not_assessed":
        target.assertion = Assertion.NOT_ASSESSED


def _of_the_patient(sentence: Sentence, target: Annotation) -> bool:
    """ "Sister with thalassemia, splenomegaly in the patient"."""
    behind = sentence.norms(target.last + 1, target.last + 3)
    return behind[:1] == ["in"] and behind[-1] in ("patient", "proband")


_ATTRIBUTES = frozenset({"finding", "effect", "intensity", "change", "sequence"})
_DIAGNOSES = frozenset({"emh", "differential", "condition"})
_HOLDERS = frozenset({"lesion", "site", "structure", "organ", "emh", "node", "level"})
_OF = frozenset("of in within by from into on at".split())
_DEFINITE = frozenset("the these this those its their".split())


def _shielded(sentence: Sentence, target: Annotation, cue: CueSpan) -> bool:
    """Whether a cue is about a quality of ``target`` and not about it: "no enhancement of the mass"."""
    if presupposed(sentence, target, cue):
        return True
    if (
        cue.entry.means.get("reach") == "both"
        and cue.entry.category == "possible"
        and target.kind not in _DIAGNOSES
        and _distance(cue, target) > 2
    ):
        return True  # "cord compression and myelomalacia versus edema"
    if (
        cue.entry.category == "possible"
        and target.kind not in _DIAGNOSES
        and "with" in sentence.document.norms[cue.last + 2 : target.first]
    ):
        return True  # what accompanies the doubtful thing is stated: "likely EMH with cord compression"
    if target.kind == "lesion" and cue.entry.category == "negated" and cue.last < target.first:
        opening = sentence.document.norms[cue.first]
        if opening in ("none", "neither") and _DEFINITE.intersection(sentence.document.norms[cue.first : target.first]):
            return True  # "none of the lesions shows calcification"
    if target.kind in ("lesion", "site") and cue.entry.category == "negated" and cue.last < target.first:
        before = sentence.document.norms[max(cue.last + 1, target.first - 4) : target.first]
        if _DEFINITE.intersection(before) and any(
            note.kind == "change" and note.first > target.last for note in sentence.annotations
        ):
            return True  # "nothing to suggest that the masses have changed"
    if target.kind not in _HOLDERS or cue.entry.category not in (
        "negated",
        "hypothetical",
        "not_assessed",
        "possible",
    ):
        return False
    norms = sentence.document.norms
    if cue.entry.category in ("hypothetical", "not_assessed", "possible") and target.kind in (
        "lesion",
        "site",
    ):
        before = norms[max(sentence.first, target.first - 4) : target.first]
        if _DEFINITE.intersection(before) and not (
            cue.last >= target.first - 1 and cue.last < target.first and cue.entry.category == "possible"
        ):
            return True
    low = cue.last if cue.last < target.first else sentence.clause_of(target.first)[0] - 1
    for note in sentence.annotations:
        if note.kind not in _ATTRIBUTES or not low < note.first or note.last >= target.first:
            continue
        if note.kind == "finding" and note.means.get("field") in (
            "cord_compression",
            "cauda_equina",
            "cord_signal_change",
        ):
            continue
        gap = norms[note.last + 1 : target.first]
        if note.kind == "effect" and target.kind in ("structure", "level", "site"):
            continue
        if _OF.intersection(gap) and len(gap) <= 8 and not (target.kind == "level" and note.kind != "change"):
            return True
    return False


def _near(applied: list[CueSpan], target: Annotation) -> str:
    hedges = [cue for cue in applied if cue.entry.category == "possible"]
    return min(hedges, key=lambda cue: _distance(cue, target)).entry.means.get("certainty", "indeterminate")


def _distance(cue: CueSpan, target: Annotation) -> int:
    return target.first - cue.last if cue.last < target.first else cue.first - target.last


def _start(cue: CueSpan, target: Annotation) -> int:
    return cue.last + 1 if cue.first < target.first <= cue.last else target.first


def _overlap(cue: CueSpan, target: Annotation) -> bool:
    """A cue that runs into a phrase from the left still governs it: "no abnormal | cord signal"."""
    touches = cue.first <= target.last and target.first <= cue.last
    if touches and cue.first < target.first and cue.entry.category == "negated" and target.kind not in QUALIFIERS:
        return cue.entry.direction != "before"  # also a phrase within it: "no [complaints] of"
    return touches and not (cue.first < target.first and cue.last <= target.last and cue.entry.direction == "before")


def cue_of(sentence: Sentence, cue: CueSpan) -> Cue:
    """A cue as the contract lists it."""
    words = sentence.document.words
    start, end = words[cue.first].start, words[cue.last].end
    return Cue(kind=cue.entry.category, text=sentence.document.text[start:end], start=start, end=end)


def grammar_of(concepts: Mapping[str, object]) -> Grammar:
    """The function words among the concepts of kind ``grammar``."""
    from emh_report.lexicon import Concept
    from emh_report.words import normalise

    words: dict[str, frozenset[str]] = {}
    for name in ("finite_verb", "participle", "determiner", "positive_start"):
        concept = concepts.get(name)
        terms = concept.terms if isinstance(concept, Concept) else ()
        words[name] = frozenset(normalise(term) for term in terms)
    return Grammar(**words)

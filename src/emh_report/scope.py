"""Cue → the words it reaches, within its clause or back to the subject of an earlier one."""

from __future__ import annotations

from emh_report.cues import COPULAS, DIAGNOSES, HARD, QUALIFIERS, CueSpan
from emh_report.dates import is_compared_with, names_a_study, past_clause
from emh_report.document import Annotation, Sentence
from emh_report.idle import own_scope
from emh_report.relatives import has_it, turns_back

_PUNCTUATION = frozenset(". , ; ) !".split())


_AFTERWARDS = frozenset("after following since".split())
"""What may follow a denial of what stands before it: "splenomegaly absent post splenectomy"."""


_INSIDE = frozenset("in at on within".split())
_SEEN = frozenset("visible seen identified evident detected noted found demonstrated shown apparent".split())
"""What may follow an answer without being part of it."""


_HEDGES = frozenset(
    "likely unlikely possible favored suspected considered improbable probable remote conceivable "
    "doubtful questionable".split()
)
_COMPLEMENT = frozenset("the a an due to from secondary because related result caused".split())


_LINKS = frozenset(
    "but and it this they these that also however therefore thus hence consequently which is are was were , ; - ( so "
    "although though both none all has have had been now".split()
)


_DESCRIBES = frozenset("present visible seen shown known evident which that not once noted still also".split())
"""Words, besides participles and adverbs, that open a description between commas."""


_NAMED = frozenset("finding effect lesion emh differential node organ_finding bone_marrow".split())
_LISTABLE = _NAMED | {"site", "structure"}


def scope_of(
    sentence: Sentence, cue: CueSpan, later: list[CueSpan], earlier: list[CueSpan], targets: list[Annotation]
) -> tuple[int, int]:
    """The words a cue reaches; ``later`` and ``earlier`` are the other cues of its sentence."""
    clause = sentence.clause_of(cue.first)
    following = sentence.document.norms[cue.last + 1] if cue.last < clause[1] else "."
    named = any(
        t.first == cue.last + 1 and t.kind == "condition" for t in targets
    )  # "possible post-polycythemia myelofibrosis"
    after = following.startswith("post") and not following.startswith("poster") and not named
    behind = following in _AFTERWARDS or after
    closed = following in _PUNCTUATION or (cue.entry.direction != "before" and behind)
    looks_back = cue.entry.direction in ("after", "either") or (closed and cue.entry.category == "negated")
    if (
        sentence.label
        and looks_back
        and clause[0] == sentence.label[1] + 1
        and not _subject_in((clause[0], cue.first - 1), targets)
    ):
        # "Splenomegaly: no"; but in "Fatty mass: myelolipoma is favored" the mass is not in doubt
        clause = (sentence.first, clause[1])
    if sentence.label and cue.first == sentence.label[1] + 1 and following in _INSIDE | _SEEN:
        if sentence.document.norms[cue.first] in ("none", "nil", "absent", "negative"):
            return (sentence.first, sentence.label[1])  # "Calcification: none in the mass"
    forward, backward = (cue.last + 1, clause[1]), (clause[0], cue.first - 1)
    if names_a_study(sentence, cue):
        if is_compared_with(sentence, cue):
            return (cue.first, cue.last)
        if cue.first == sentence.first and sentence.norms(cue.last + 1, cue.last + 1) == [","]:
            return past_clause(sentence, cue)
    if cue.entry.category == "resolved" and _describes_what_follows(sentence, cue, clause, targets):
        return forward
    if cue.entry.category == "negated" and (own := own_scope(sentence, cue, clause)):
        return own
    if cue.entry.category == "possible" and _adds_a_place(sentence, cue):
        return forward  # "cord compression at T5 and probably at T7"
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
    if cue.entry.means.get("reach") == "last":
        return _last_named(sentence, cue, targets)
    if cue.entry.means.get("reach") == "next":
        return (forward[0], forward[0])
    if cue.entry.direction == "before":
        looks_back = closed and cue.entry.category == "negated"
        return _back_to_subject(sentence, backward, targets) if looks_back else forward
    if (
        cue.entry.direction == "after"
        or closed
        or (
            _predicate(sentence, cue)
            and not _names(cue, backward, targets)
            and (_subject_in(backward, targets) or _elliptical(sentence, backward))
        )
    ):
        return _back_to_subject(sentence, backward, targets)
    governs = any(forward[0] <= target.first <= forward[1] and target.kind not in QUALIFIERS for target in targets)
    return forward if governs else _back_to_subject(sentence, backward, targets)


def _adds_a_place(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether a hedge is of one more place only: "and probably at T7"."""
    norms = sentence.document.norms
    at = cue.last + 1 + (norms[cue.last + 1 : cue.last + 2] == ["also"])
    place = norms[at : at + 1] in (["at"], ["in"], ["over"], ["on"], ["along"], ["within"])
    return norms[cue.first - 1 : cue.first] in (["and"], ["&"]) and place


_OPENING = frozenset("; , and - : . ) ( *".split())
_LISTED = frozenset(", and or nor the a an any".split())
_PLACED = frozenset("elsewhere other left right at in on below above of".split())


def _last_named(sentence: Sentence, cue: CueSpan, targets: list[Annotation]) -> tuple[int, int]:
    """What "none" stands for, in whichever clause: "one would expect cord compression, but none is found".

    Nothing, where it is of one place: "at T6; at T9 there is none".
    """
    norms = sentence.document.norms
    nothing = (cue.last + 1, cue.last)
    named = [target for target in targets if target.last < cue.first and target.kind in _NAMED]
    here = norms[sentence.clause_of(cue.first)[0] : cue.first]
    behind = norms[cue.last + 1] if cue.last < sentence.last else "."
    if not named or behind in _PLACED or not _PLACED.isdisjoint(here):
        return nothing
    first = max(named, key=lambda target: (target.last, target.last - target.first)).first
    listed = {index for note in targets if note.kind in _LISTABLE for index in range(note.first, note.last + 1)}
    listing = not {"and", "or"}.isdisjoint(norms[max(sentence.first, first - 3) : first])
    for target in reversed(named) if listing else ():
        if target.last < first and all(norms[at] in _LISTED or at in listed for at in range(target.last + 1, first)):
            first = target.first
    first = min(target.first for target in named if target.first <= first <= target.last)
    return (first, cue.first - 1)


def _describes_what_follows(
    sentence: Sentence, cue: CueSpan, clause: tuple[int, int], targets: list[Annotation]
) -> bool:
    """Whether "resolved" opens a statement as an adjective: "; resolved extradural component and cord compression"."""
    opening = sentence.document.norms[clause[0] : cue.first]
    if cue.last > cue.first or not all(word in _OPENING or word[0].isdecimal() for word in opening):
        return False
    return any(0 < target.first - cue.last <= 2 and target.kind not in QUALIFIERS - {"site"} for target in targets)


def _elliptical(sentence: Sentence, scope: tuple[int, int]) -> bool:
    """Whether a clause has no subject of its own before the cue: "..., but is less likely"."""
    words = sentence.document.norms[scope[0] : scope[1] + 1]
    return all(word in _LINKS or word in COPULAS or word.endswith("ly") for word in words)


def _predicate(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether a hedge is said of its subject and so looks back: "lymphoma is unlikely without fever"."""
    ahead = [word for word in sentence.norms(cue.first - 2, cue.first - 1) if not word.endswith("ly")]
    before = ahead[-1] if ahead and cue.first > sentence.first else ""
    opening = sentence.document.norms[cue.first] in COPULAS and cue.last > cue.first
    after = sentence.document.norms[cue.last + 1] if cue.last < sentence.last else ""
    if cue.entry.category == "negated" and sentence.document.norms[cue.last].endswith("ed"):
        return before in COPULAS  # a passive: "meningioma is effectively excluded by its course"
    if after in _COMPLEMENT and "to" not in sentence.document.norms[cue.first : cue.last + 1]:
        return False  # "the mass is likely the result of EMH" looks ahead
    ends = sentence.document.norms[cue.last] in _HEDGES
    return ends and (before in COPULAS or opening)


def _names(cue: CueSpan, backward: tuple[int, int], targets: list[Annotation]) -> bool:
    """Whether a hedge stands between a thing and the diagnosis it may be: "the mass is likely lymphoma"."""
    named = [target for target in targets if target.kind in DIAGNOSES]
    before = any(backward[0] <= target.first <= backward[1] for target in named)
    return cue.entry.category == "possible" and not before and any(target.first == cue.last + 1 for target in named)


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
        if _subject_in(clause, targets) and not _parenthesis(sentence, clause):
            break
    return scope


def _parenthesis(sentence: Sentence, clause: tuple[int, int]) -> bool:
    """Whether a clause stands between commas and only describes: "EMH, previously visible at T8, is gone"."""
    norms = sentence.document.norms
    if clause[0] == sentence.first or norms[clause[0]] != "," or norms[clause[1] + 1 : clause[1] + 2] != [","]:
        return False
    opening = norms[clause[0] + 1]
    return opening in _DESCRIBES or opening.endswith(("ed", "ly"))


def _family_scope(sentence: Sentence, cue: CueSpan, clause: tuple[int, int]) -> tuple[int, int]:
    """A relative's disease reaches over commas, but neither over ";" nor back to the patient."""
    if cue.entry.direction == "after" or has_it(sentence, cue):
        return (clause[0], cue.first - 1)
    norms = sentence.document.norms
    last = max(cue.last, sentence.label[1] if sentence.label else -1) + 1
    ends = HARD.union(cue.entry.ends)
    while last <= sentence.last and norms[last] not in ends and not turns_back(sentence, last):
        last += 1
    return (cue.last + 1, last - 1)

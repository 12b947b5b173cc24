"""What a denial takes for granted: "no relief of his pain" denies the relief and keeps the pain.

denial.py says how far a denial reaches; this module says what, within that reach, it is not about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emh_report.document import Annotation, Sentence

if TYPE_CHECKING:
    from emh_report.cues import CueSpan

_DETERMINERS = frozenset("the his her their its this these my our".split())
_COMPLEMENTED = frozenset(
    "change increase decrease improvement worsening progression regression relief treatment therapy surgery operation "
    "intervention medication antibiotic explanation source cause etiology response resolution question doubt "
    "difference benefit contraindication reduction alteration cure remedy".split()
)
"""Nouns whose absence says nothing against their complement: "no treatment for the cyst"."""
_GIVEN = frozenset(
    "required needed given necessary indicated offered planned performed used started prescribed taken administered "
    "available recommended advised done".split()
)
_TAKES = frozenset("for of in from to with on about that".split())
_TREATED = frozenset("taking take taken treated treating medicated operated hospitalized evaluated compliant".split())
_WITHIN = frozenset("in of from around over at within on under near along beneath about surrounding involving".split())
_KNOWS = frozenset("aware know knew realize realized remember told tell mention".split())
_AUXILIARIES = frozenset("be been being have has had any yet really currently".split())
_PERCEIVES = frozenset(
    "have see find found show demonstrate reveal notice note feel experience report develop complain describe exhibit "
    "display appreciate identify detect recall due because from consistent explain cause think believe".split()
)
_TIMES = frozenset("before after during since following".split())
_EVIDENCE = frozenset(
    "evidence sign any all none some one history suggestion indication symptom complaint part type feature because "
    "episode form kind degree component amount aware complaining either much many most recurrence return presence "
    "development onset occurrence appearance report mention trace hint documentation use".split()
)


def presupposed(sentence: Sentence, target: Annotation, cue: CueSpan) -> bool:
    """Whether a denial is about something else of ``target``: "no relief of his pain", "no pus around the wound"."""
    if cue.entry.means.get("decides"):
        return False
    norms = sentence.document.norms
    if cue.first > target.last:
        first = sentence.clause_of(target.first)[0]
        before = norms[max(first, target.first - 4) : target.first]
        return any(
            word in _COMPLEMENTED and before[i + 1 : i + 2] and before[i + 1] in ("of", "for", "in")
            for i, word in enumerate(before)
        )
    between = norms[cue.last + 1 : target.first]
    words = norms[cue.first : target.first]
    if (
        norms[cue.first] in ("denies", "deny", "denied")
        and between[:1] == ["that"]
        and between[1:2]
        and between[1] in _DETERMINERS
    ):
        return True
    reach = len(words) - len(between) + 3
    if norms[cue.first] in ("deny", "denies", "denied"):
        reach += 1
    for index, word in enumerate(words[:reach]):
        if (word not in _COMPLEMENTED and word not in _TREATED) or _names(sentence, cue.first + index):
            continue
        rest = words[index + 1 :]
        if word in _COMPLEMENTED and _TAKES.intersection(rest) and not {",", "other"}.intersection(rest[:1]):
            return not {"suspect", "suggest", "indicate"}.intersection(rest)
        if word in _TREATED and norms[cue.first] == "not" and "for" in rest:
            return True
    if not between:
        return False
    if "for" in between and _GIVEN.intersection(between[: between.index("for")]):
        return True  # "no sedation was required for the agitation"
    return _placed_at_known(between) or _timed(between) or _known_object(norms[cue.last], between)


def _names(sentence: Sentence, index: int) -> bool:
    """Whether a word is the head of a longer phrase that is denied as a whole: "no [change in vision] or nausea"."""
    return any(note.first <= index < note.last for note in sentence.kinds.get("finding", ()))


def without_resolved(sentence: Sentence, target: Annotation, applied: list[CueSpan]) -> list[CueSpan]:
    """The cues without those that resolve another subject: in "no nausea, relieved by rest" the pain is relieved."""
    if len(applied) < 2 or not any(cue.entry.category == "negated" and cue.last < target.first for cue in applied):
        return applied
    clause = sentence.clause_of(target.first)
    return [cue for cue in applied if cue.entry.category != "resolved" or cue.first <= clause[1]]


def without_complements(target: Annotation, applied: list[CueSpan], spared: list[CueSpan]) -> list[CueSpan]:
    """The cues without those that a denied noun brings along: "not treated for hypothyroidism" is not historical.

    ``spared`` are the denials that are about something else of ``target``.
    """
    denials = [cue.first for cue in spared if cue.last < target.first]
    if not denials:
        return applied
    start = min(denials)
    return [
        cue
        for cue in applied
        if cue.entry.category not in ("historical", "resolved") or not start < cue.first < target.first
    ]


def _known_object(denial: str, between: Sequence[str]) -> bool:
    """Whether something else is not done to what one has: "did not address her | obesity"."""
    if denial not in ("not", "never", "cannot"):
        return False
    for index, word in enumerate(between[:3]):
        if word in _KNOWS and {"that", "he", "she", "they", "patient"}.intersection(between[index + 1 : index + 3]):
            return True
    if not {"his", "her", "their"}.intersection(between[-2:]):
        return False
    verbs = [word for word in between[:-1] if word.isalpha() and word not in _AUXILIARIES]
    return bool(verbs) and not _PERCEIVES.intersection(between)


def _timed(between: Sequence[str]) -> bool:
    """Whether the target only dates what is denied: "no dizziness prior to the | fall"."""
    for index in range(max(1, len(between) - 3), len(between)):
        if between[index] in _TIMES and not {",", "or", "and"}.intersection(between[index:]):
            return True
        if between[index - 1 : index + 1] == ["prior", "to"] and index > 1:
            return True
    return False


def _placed_at_known(between: Sequence[str]) -> bool:
    """Whether a definite place stands between: "[erythema] around the | wound"."""
    at = next(
        (i for i in range(len(between) - 1, max(-1, len(between) - 4), -1) if between[i] in _DETERMINERS),
        None,
    )
    if at is None or at < 2 or {",", "or", "and"}.intersection(between[at:]):
        return False
    prepositions = [i for i in range(at - 1, 0, -1) if between[i] in _WITHIN]
    if not prepositions or between[at - 1] not in _WITHIN:
        return False
    thing = between[prepositions[0] - 1]
    return thing.isalpha() and thing not in _EVIDENCE

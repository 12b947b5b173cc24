"""Cues and targets of one sentence → how each target is meant.

ConText's idea with its scope decided by clauses: a cue reaches from where it stands to the end of its clause
(clauses.py, scope.py). Where several cues reach one target, the nearest decides, with a few exceptions.
"""

from __future__ import annotations

from emh_report.alternatives import doubt_alternatives, excludes_a_diagnosis, is_background
from emh_report.clauses import clauses
from emh_report.cues import DIAGNOSES, QUALIFIERS, CueSpan, Grammar, cue_of
from emh_report.dates import dated, denies_then, is_still_there, names_a_month, only_measures
from emh_report.document import Annotation, Sentence
from emh_report.exceptions import answered_levels, except_levels
from emh_report.idle import is_answered, is_told, nothing_suggests, restored
from emh_report.model import Assertion, Certainty, Change, Cue, Experiencer
from emh_report.presupposition import presupposed, without_complements, without_resolved
from emh_report.relatives import in_family_history, is_informant
from emh_report.scope import scope_of
from emh_report.signs import Sign, signed
from emh_report.supposition import is_given, is_question, is_unreal, supposed

_DENIALS = frozenset({"no", "without"})
"""Words that a longer phrase may hide."""
_RANK = {
    "hypothetical": 5,
    "resolved": 4,
    "negated": 3,
    "not_assessed": 3,
    "possible": 2,
    "historical": 1,
    "affirmed": 0,
}


def resolve(sentence: Sentence, targets: list[Annotation], cues: list[CueSpan], grammar: Grammar) -> None:
    """Set assertion, certainty, experiencer and cues of every target; also the sentence's clauses."""
    if not _DENIALS.isdisjoint(sentence.vocabulary) and (hidden := restored(sentence, targets, cues)):
        cues = [*cues, *hidden]
    cues = sorted(cues, key=lambda cue: cue.first) if len(cues) > 1 else cues
    sentence.clauses = clauses(sentence, grammar, cues)
    if is_question(sentence) or is_unreal(sentence):
        for target in targets:
            if not is_given(sentence, target):
                target.assertion = Assertion.HYPOTHETICAL
        return
    if start := supposed(sentence):
        for target in targets:
            if target.first > start and not is_given(sentence, target):
                target.assertion = Assertion.HYPOTHETICAL
        targets = [target for target in targets if target.first < start]
    active, exceptions = _divided(sentence, cues) if cues else ([], [])
    if active and (of_levels := answered_levels(sentence, targets, active)):
        active = [cue for cue in active if cue not in of_levels]
        targets = [target for target in targets if not target.excepted]
    for position, cue in enumerate(active):
        cue.scope = scope_of(sentence, cue, active[position + 1 :], active[:position], targets)
    active += dated(sentence)
    signs, relatives = signed(sentence, targets), in_family_history(sentence)
    for target in targets:
        if target.first in signs:
            _sign(sentence, target, signs[target.first])
            continue
        if active:
            _apply(sentence, target, active)
        if relatives:
            target.experiencer = Experiencer.OTHER
        if exceptions:
            except_levels(sentence, target, targets, active, exceptions)
    doubt_alternatives(sentence, targets)


def _divided(sentence: Sentence, cues: list[CueSpan]) -> tuple[list[CueSpan], list[CueSpan]]:
    """The cues that say how something is meant, and those that take something out of what is said."""
    active = [cue for cue in cues if cue.entry.direction != "none" and _is_active(sentence, cue, cues)]
    excluding = [
        cue
        for cue in active
        if cue.entry.means.get("after_denial")
        and any(o.entry.category == "negated" for o in active[: active.index(cue)])
    ]
    if excluding:
        active = [cue for cue in active if cue not in excluding]
    return active, [cue for cue in cues if cue.entry.means.get("exception")] + excluding


def _is_active(sentence: Sentence, cue: CueSpan, cues: list[CueSpan]) -> bool:
    """Whether a cue says how something is meant, and is no part of a story, a date or a size."""
    if is_answered(sentence, cue) or not _supported(cue, cues):
        return False
    return not (is_told(sentence, cue) or names_a_month(sentence, cue) or only_measures(sentence, cue))


def _sign(sentence: Sentence, target: Annotation, sign: Sign) -> None:
    """A plus or minus sign says all there is to say of the phrase beside it."""
    words = sentence.document.words
    start, end = words[sign.first].start, words[sign.last].end
    kind = "affirmed" if sign.positive else "negated"
    target.cues = (Cue(kind=kind, text=sentence.document.text[start:end], start=start, end=end),)
    target.assertion = Assertion.PRESENT if sign.positive else Assertion.ABSENT


def _supported(cue: CueSpan, cues: list[CueSpan]) -> bool:
    """Whether a cue that means something only after another one ("favour EMH over lymphoma") has it."""
    needs = cue.entry.means.get("needs")
    return needs is None or any(other.entry.category == needs and other.last < cue.first for other in cues)


def _concerns(cue: CueSpan, target: Annotation) -> bool:
    """Whether a cue about diagnoses only ("chloroma would not contain fat") may be about ``target``."""
    if cue.entry.means.get("spares") == "places" and target.kind in _PLACES:
        return False
    return cue.entry.means.get("only") != "diagnosis" or target.kind in DIAGNOSES


def _apply(sentence: Sentence, target: Annotation, cues: list[CueSpan]) -> None:
    last = target.last
    applied = [
        cue
        for cue in cues
        if last <= cue.scope[1] and cue.scope[0] <= _start(cue, target) and not _overlap(cue, target)
    ]
    if not applied:
        return
    applied = without_resolved(sentence, target, applied)
    if spared := [cue for cue in applied if cue.entry.category == "negated" and presupposed(sentence, target, cue)]:
        applied = [cue for cue in without_complements(target, applied, spared) if cue not in spared]
    applied = [
        cue
        for cue in applied
        if _concerns(cue, target) and not _shielded(sentence, target, cue) and not _is_elliptic(sentence, target, cue)
    ]
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
    if deciding := [cue for cue in applied if cue.entry.means.get("decides")]:
        nearest, categories = deciding[-1], {deciding[-1].entry.category}  # "the question of EMH is answered in the …"
    category = nearest.entry.category
    if "negated" in categories and (
        category in ("historical", "affirmed")
        or nearest.entry.means.get("under") == "negated"
        or nothing_suggests(sentence, nearest, [cue for cue in applied if cue.entry.category == "negated"])
    ):
        category = "negated"
    if "not_assessed" in categories and any(cue.text.lower() == "whether" for cue in target.cues):
        category = "not_assessed"  # "whether the cord is compressed could not be evaluated"
    elif "hypothetical" in categories and category != "resolved":
        category = "hypothetical"
    if category == "negated" and "historical" in categories and nearest.entry.direction == "after":
        category = "resolved"  # "the previously described mass is not seen today"
    if "resolved" in categories:
        category = "resolved"
    if category == "affirmed" and "possible" in categories:
        nearest = next(cue for cue in applied if cue.entry.category == "possible")
        category = "possible"
    if (
        category == "historical"
        and categories <= {"historical", "change"}
        and is_still_there(sentence, nearest, target)
    ):
        return
    if category == "negated" and denies_then(sentence, applied):
        target.assertion = Assertion.HYPOTHETICAL
    elif category == "negated":
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


def _is_elliptic(sentence: Sentence, target: Annotation, cue: CueSpan) -> bool:
    """Whether "does not" leaves out what its subject does not do: "the epidural mass enhances, the others do not"."""
    norms = sentence.document.norms
    ends = norms[cue.last] == "not" and norms[cue.last - 1] in ("do", "does", "did") or norms[cue.last] == "doesn't"
    if not ends:
        return False
    closed = cue.last == sentence.clause_of(cue.last)[1] or norms[cue.last + 1] in (".", ";", ",")
    return closed and target.kind in ("lesion", "site", "structure", "level") and target.last < cue.first


def _of_the_patient(sentence: Sentence, target: Annotation) -> bool:
    """ "Sister with thalassemia, splenomegaly in the patient"."""
    behind = sentence.norms(target.last + 1, target.last + 3)
    return behind[:1] == ["in"] and behind[-1] in ("patient", "proband")


_ATTRIBUTES = frozenset({"finding", "effect", "intensity", "change", "sequence"})


_PLACES = frozenset({"structure", "reference", "site", "organ", "body_region", "level"})


_HOLDERS = frozenset({"lesion", "site", "structure", "organ", "emh", "node", "level"})


_OF = frozenset("of in within by from into on at".split())


_DEFINITE = frozenset("the these this those its their".split())


def _shielded(sentence: Sentence, target: Annotation, cue: CueSpan) -> bool:
    """Whether a cue is about a quality of ``target`` and not about it: "no enhancement of the mass"."""
    norms, category, kind = sentence.document.norms, cue.entry.category, target.kind
    if is_background(sentence, target, cue) or excludes_a_diagnosis(sentence, target, cue):
        return True
    if category == "possible" and kind not in DIAGNOSES:
        if cue.entry.means.get("reach") == "both" and _distance(cue, target) > 2:
            return True  # "cord compression and myelomalacia versus edema"
        if "with" in norms[cue.last + 2 : target.first]:
            return True  # what accompanies the doubtful thing is stated: "likely EMH with cord compression"
    if kind not in _HOLDERS or category not in ("negated", "hypothetical", "not_assessed", "possible"):
        return False
    if kind in ("lesion", "site") and category == "negated" and cue.last < target.first:
        if kind == "lesion" and norms[cue.first] in ("none", "neither"):
            if not _DEFINITE.isdisjoint(norms[cue.first : target.first]):
                return True  # "none of the lesions shows calcification"
        before = norms[max(cue.last + 1, target.first - 4) : target.first]
        if not _DEFINITE.isdisjoint(before) and any(
            note.first > target.last for note in sentence.kinds.get("change", ())
        ):
            return True  # "nothing to suggest that the masses have changed"
    if category in ("hypothetical", "not_assessed", "possible") and kind in ("lesion", "site"):
        before = norms[max(sentence.first, target.first - 4) : target.first]
        itself = target.kind == "site" and not sentence.of("lesion", "finding", "effect", "emh")
        if cue.entry.category == "not_assessed" and itself:
            return False  # "the epidural space could not be assessed"
        if not _DEFINITE.isdisjoint(before) and not (
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
    if not touches:
        return False
    if cue.first < target.first and cue.entry.category == "negated" and target.kind not in QUALIFIERS:
        return cue.entry.direction != "before"  # also a phrase within it: "no [complaints] of"
    return not (cue.first < target.first and cue.last <= target.last and cue.entry.direction == "before")

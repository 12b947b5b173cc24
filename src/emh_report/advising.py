"""Advising words and denials of a sentence → predicates: "is not thought to be necessary" is one.

The words that mean something come from lexicons/advice.yaml; here are the function words that may join them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from emh_report.document import Annotation, Sentence

CUE = "advice_cue"
DECIDING = ("against", "defer", "for", "done")
"""What a predicate can say, strongest word first: "should be avoided" is against, "can be done" is for."""
VERBS = frozenset("is are was were has have had remain represent measure extend cause there".split())
AUXILIARIES = VERBS | frozenset(
    "be been being do does would will to a an the any at this that present time as so yet now here of "
    "i we even very much really thought felt deemed believed judged considered regarded seem appear "
    "otherwise longer real strict great further in my our opinion view such you he she they it its".split()
)
"""May stand between a denial and the advising word it denies."""
ADJECTIVES = AUXILIARIES | frozenset(
    "for repeat routine urgent immediate additional invasive percutaneous guided image tissue open "
    "dedicated regular specific other think believe feel see that regard emergency emergent "
    "neurosurgical surgical elective or nor formal spinal particular clear compelling absolute more "
    "current".split()
)
"""May stand between "no" and the procedure it denies."""
NO_PROCEDURE = frozenset(
    "evidence feature finding sign appearance characteristic specimen material criteria artifact "
    "change related induced dependent siderosis field port bed recurrence period status date scar "
    "guided guidance medicine history".split()
)
"""Nouns that make the procedure before them something else: "imaging evidence", "transfusion medicine"."""
BREAKS = frozenset("but however although though whereas while hence because given".split())
INVERTED = frozenset(
    "the a an any this that these there it she he they symptom neurology neurological clinical new "
    "weakness doubt growth deterioration progression concern patient lesion mass pain further".split()
)
"""After "should" these open a condition: "should symptoms progress", not advice: "should be considered"."""
PLAIN = frozenset("be not also have undergo receive get only".split())
"""After a "should" that opens the sentence these do not: "Should be followed up"."""
TURNS = frozenset({"but", "however"})
"""A statement without a procedure of its own that they open overrides the one before: "but is not needed"."""
SOONER = frozenset({"sooner", "earlier"})
"""Before "if", they add an occasion to advice that stands anyway: "in 1 year, earlier if symptoms recur"."""
_CARRIED_OUT = frozenset(["performed", "done", "undertaken", "carried out", "obtained"])
_COMING = frozenset("will would should shall must may might can could".split())
_PAST = frozenset({"was", "were", "been"})
_LONGEST_GAP = 5


@dataclass(frozen=True, slots=True)
class Predicate:
    """Advising words with their denials; ``value`` is None for a denial that stands alone."""

    first: int
    last: int
    value: str | None
    negated: bool
    weak: bool
    far: bool
    """A denial that reaches over the whole statement ("nothing", "none")."""
    open: bool = False
    """Whether its denial advises nothing: what is not contraindicated is not yet advised."""


def predicates(sentence: Sentence, targets: Sequence[Annotation]) -> Iterator[Predicate]:
    """Runs of advising words and denials with nothing but auxiliaries and adverbs between them."""
    group: list[Annotation] = []
    done = -1
    for cue in cues(sentence, "not", *DECIDING):
        if is_inverted(sentence, cue):
            continue
        if done >= 0 and "to" in sentence.document.norms[done + 1 : cue.first] and cue.first - done <= 4:
            continue  # what was done "to obtain a diagnosis" gives a purpose, no advice
        done = cue.last if _group(cue) == "done" else -1
        if group and not _joined(sentence, targets, group[-1], cue):
            yield _predicate(group)
            group = []
        group.append(cue)
    if group:
        yield _predicate(group)


def conditions(sentence: Sentence) -> list[tuple[int, int]]:
    """The words that open a condition: "if", "in case of", an inverted "should" or "were … to"."""
    norms = sentence.document.norms
    openers = [*cues(sentence, "if"), *(cue for cue in cues(sentence, "for") if is_inverted(sentence, cue))]
    found = [(cue.first, cue.last) for cue in openers if norms[cue.first - 1] not in SOONER]
    for index in range(sentence.first + 1, sentence.last) if "when" in sentence.vocabulary else ():
        if norms[index] == "when" and "only" in norms[max(sentence.first, index - 4) : index]:
            found.append((index, index))
    if norms[sentence.first] == "were" and "to" in norms[sentence.first : sentence.last]:
        found.append((sentence.first, sentence.first))
    return sorted(found)


def cues(sentence: Sentence, *groups: str) -> list[Annotation]:
    """The cues of these groups, in order."""
    return [cue for cue in sentence.kinds.get(CUE, ()) if cue.means.get("advice") in groups]


def is_inverted(sentence: Sentence, cue: Annotation) -> bool:
    """Whether "should" opens a condition."""
    norms = sentence.document.norms
    if norms[cue.first] != "should" or cue.last >= sentence.last:
        return False
    following = norms[cue.last + 1]
    return following in INVERTED or (cue.first == sentence.first and following not in PLAIN)


def _group(cue: Annotation) -> str:
    """What a cue says; "was stopped" tells of the past, "should be stopped" advises."""
    before = cue.sentence.document.norms[cue.first - 1] if cue.first > cue.sentence.first else ""
    if (
        before == "be"
        and cue.text.lower() in _CARRIED_OUT
        and not _COMING.isdisjoint(cue.sentence.norms(cue.first - 5, cue.first))
    ):
        return "for"  # "only if the mass enlarges will biopsy be performed"
    return cue.means["past"] if "past" in cue.means and before in _PAST else cue.means["advice"]


def _joined(sentence: Sentence, targets: Sequence[Annotation], one: Annotation, other: Annotation) -> bool:
    gap = range(one.last + 1, other.first)
    if one.sentence.document.norms[max(0, one.first - 2) : one.first] == ["had", "been"]:
        return False  # "the biopsy that had been scheduled was cancelled" tells of two steps
    if _group(one) == "done" and "to" in one.sentence.document.norms[gap.start : gap.stop]:
        return False  # "was performed to obtain a diagnosis" gives a purpose, no advice
    if len(gap) > _LONGEST_GAP or any(target.first in gap for target in targets):
        return False
    norms = sentence.document.norms
    return all(norms[index] in AUXILIARIES or norms[index].endswith("ly") for index in gap)


def _predicate(group: Sequence[Annotation]) -> Predicate:
    groups = [_group(cue) for cue in group]
    value = next((name for name in DECIDING if name in groups), None)
    advising = [cue for cue in group if _group(cue) == value]
    weak = all(cue.means.get("strength") == "weak" for cue in advising)
    far = any(cue.means.get("reach") == "unit" for cue in group)
    denials = [cue for cue in group if _group(cue) == "not"]
    paired = len(denials) > 1 and any(cue.sentence.document.norms[cue.first] == "nor" for cue in denials)
    negated = len(denials) % 2 == 1 or paired
    denied = any("denied" in cue.means for cue in advising)
    return Predicate(group[0].first, group[-1].last, value, negated, weak, far, denied)

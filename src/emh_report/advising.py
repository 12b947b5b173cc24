"""Advising words and denials of one sentence → predicates: "is not thought to be necessary" is one, and against.

The words that mean something come from lexicons/advice.yaml; here are only the function words that may join them.
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
    "be been being do does would will to a an the any at this that present time as so yet now here of i we even very "
    "much really thought felt deemed believed judged seem appear otherwise longer imaging real strict great further "
    "in my our opinion view such you he she they it its".split()
)
"""May stand between a denial and the advising word it denies."""
ADJECTIVES = AUXILIARIES | frozenset(
    "for repeat routine urgent immediate additional invasive percutaneous guided image tissue open dedicated regular "
    "specific other emergency emergent neurosurgical surgical elective or nor formal spinal particular clear compelling absolute more current".split()
)
"""May stand between "no" and the procedure it denies."""
NO_PROCEDURE = frozenset(
    "evidence feature finding sign appearance characteristic specimen material criteria artifact change related induced "
    "dependent siderosis field port bed recurrence period status date scar guided guidance".split()
)
"""Nouns that make the procedure before them something else: "imaging evidence", "surgery bed"."""
BREAKS = frozenset("but however although though whereas while hence because given".split())
INVERTED = frozenset(
    "the a an any this that these there it she he they symptom neurology neurological clinical new weakness doubt growth "
    "deterioration progression concern patient lesion mass pain further".split()
)
"""After "should" these open a condition: "should symptoms progress", not advice: "should be considered"."""
SOONER = frozenset({"sooner", "earlier"})
"""Before "if", they add an occasion to advice that stands anyway: "in 6 months, earlier if symptoms recur"."""
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


def predicates(sentence: Sentence, targets: Sequence[Annotation]) -> Iterator[Predicate]:
    """Runs of advising words and denials with nothing but auxiliaries and adverbs between them."""
    group: list[Annotation] = []
    for cue in cues(sentence, "not", *DECIDING):
        if is_inverted(sentence, cue):
            continue
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
    for index in range(sentence.first + 1, sentence.last):
        if norms[index] == "when" and "only" in norms[max(sentence.first, index - 4) : index]:
            found.append((index, index))
    if norms[sentence.first] == "were" and "to" in norms[sentence.first : sentence.last]:
        found.append((sentence.first, sentence.first))
    return sorted(found)


def cues(sentence: Sentence, *groups: str) -> list[Annotation]:
    """The cues of these groups, in order."""
    return [cue for cue in sentence.of(CUE) if cue.means.get("advice") in groups]


def is_inverted(sentence: Sentence, cue: Annotation) -> bool:
    """Whether "should" opens a condition."""
    norms = sentence.document.norms
    return norms[cue.first] == "should" and cue.last < sentence.last and norms[cue.last + 1] in INVERTED


def _joined(sentence: Sentence, targets: Sequence[Annotation], one: Annotation, other: Annotation) -> bool:
    gap = range(one.last + 1, other.first)
    if len(gap) > _LONGEST_GAP or any(target.first in gap for target in targets):
        return False
    norms = sentence.document.norms
    return all(norms[index] in AUXILIARIES or norms[index].endswith("ly") for index in gap)


def _predicate(group: Sequence[Annotation]) -> Predicate:
    groups = [cue.means["advice"] for cue in group]
    value = next((name for name in DECIDING if name in groups), None)
    advising = [cue for cue in group if cue.means["advice"] == value]
    weak = all(cue.means.get("strength") == "weak" for cue in advising)
    far = any(cue.means.get("reach") == "unit" for cue in group)
    return Predicate(group[0].first, group[-1].last, value, groups.count("not") % 2 == 1, weak, far)

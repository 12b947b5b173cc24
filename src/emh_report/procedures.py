"""The procedures a sentence names that may be advised, and which action of the contract each of them is."""

from __future__ import annotations

from emh_report.advising import CUE, cues
from emh_report.document import Annotation, Sentence
from emh_report.model import Action
from emh_report.statements import Span

BACKGROUND = frozenset({"clinical", "comparison", "technique", "exam"})
"""Sections that tell of the past or of this examination, and advise nothing."""
CLOSING = frozenset({"impression", "recommendation", "addendum"})
_REPEAT, _REFERRAL, _SURGERY = "advice_repeat", "advice_other_referral", "advice_surgery"
_CONTRAST = "advice_contrast_word"
_THERAPIES = (Action.TRANSFUSION, Action.RADIOTHERAPY, Action.SURGERY, Action.HYDROXYUREA)
_WITH = frozenset({"with", "without", "after", "post", "of"})
_REFERRALS = frozenset("clinic referral opinion consult consultation review evaluation input team reference".split())
_OF = frozenset({"of", "from"})
_ARTICLES = frozenset({"the", "a", "an", "one", "this"})
_OBJECT_ENDS = frozenset(
    ", . ; : ( ) is are was were be can could may might should if under in with at for by to and after".split()
)


def procedures(sentence: Sentence) -> list[Annotation]:
    """Everything in the sentence that may be advised, longest first where phrases overlap."""
    notes = sentence.of("biopsy", "recommendation")
    if len(notes) == 1:
        return [] if _is_aside(notes[0]) else notes
    return [note for note in notes if not any(_hides(other, note) for other in notes) and not _is_aside(note)]


def action_of(note: Annotation) -> Action:
    """The action: "surgery clinic review" is a referral, "MRI … with contrast" a contrast study."""
    action = Action(note.means["action"])
    after = set(note.sentence.norms(note.last + 1, note.last + 2))
    before = note.sentence.norms(note.first - 3, note.first - 1)
    referred = any(word.startswith("refer") for word in before) and "to" in before
    if action is Action.SURGERY and note.concept == _SURGERY and (referred or _REFERRALS.intersection(after)):
        return Action.SURGICAL_REFERRAL
    if action is Action.FOLLOW_UP_IMAGING and "weak" in note.means:
        reach = range(note.last + 1, note.last + 10)
        contrast = [cue for cue in cues(note.sentence, "contrast") if cue.first in reach]
        if contrast and "with" in note.sentence.norms(note.last + 1, contrast[0].first):
            return Action.CONTRAST_STUDY
    return action


def is_therapy(note: Annotation) -> bool:
    """Whether it is a treatment itself, and not the referral for one."""
    return action_of(note) in _THERAPIES and "detail" not in note.means


def is_title(sentence: Sentence) -> bool:
    """Whether the sentence only names the examination."""
    return (
        sentence.index == 0
        and sentence.section is None
        and len(sentence.document.sentences) > 1
        and CUE not in sentence.kinds
    )


def object_of(note: Annotation) -> Span | None:
    """The words after "biopsy of"."""
    sentence = note.sentence
    norms = sentence.document.norms
    first = note.last + 1
    if first > sentence.last or norms[first] not in _OF:
        return None
    first += 1
    while first <= sentence.last and norms[first] in _ARTICLES:
        first += 1
    starts = {cue.first for cue in sentence.of(CUE)}
    last = first
    while last <= sentence.last and norms[last] not in _OBJECT_ENDS and last not in starts:
        last += 1
    return (first, last - 1) if last > first else None


def _hides(other: Annotation, note: Annotation) -> bool:
    """Whether ``note`` is part of ``other``: within its phrase, or the "repeat" or "referral" beside it."""
    if other is not note and note.concept == _REPEAT and other.first == note.last + 1:
        return True
    if other is not note and note.concept == _REFERRAL and note.first - other.last in (1, 2):
        return True
    overlap = other is not note and other.first <= note.last and note.first <= other.last
    longer = other.last - other.first > note.last - note.first
    return overlap and (longer or (other.kind == "biopsy" and note.kind != "biopsy"))


def _is_aside(note: Annotation) -> bool:
    """ "under CT guidance" names no CT to be done, nor "MRI with gadolinium" a second study."""
    if "weak" in note.means and note.sentence.norms(note.first - 1, note.first - 1) in (["by"], ["using"], ["via"]):
        return any(0 < note.first - other.last <= 2 for other in note.sentence.of("recommendation"))
    if note.concept == _CONTRAST:
        return bool(_WITH.intersection(note.sentence.norms(note.first - 2, note.first - 1)))
    return "guidance" in note.sentence.norms(note.last + 1, note.last + 1)

"""Document → what the report advises: biopsy of the lesion, and everything else.

Advice given today beats a biopsy done in the past, an addendum beats the body, and of equals the last counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from emh_report.document import Annotation, Document, Sentence
from emh_report.model import Action, Biopsy, BiopsyStatus, Experiencer, Recommendation
from emh_report.needs import needs
from emh_report.procedures import BACKGROUND, CLOSING, action_of, is_therapy, is_title, object_of, procedures
from emh_report.stance import Advice, Stance
from emh_report.statements import Span

_EMH = "extramedullary hematopoiesis"
_RESULTS = ("emh", "differential")
_PURPOSE = frozenset({"for", "to"})
_NEAR = 12
"""Words within which an urgency is about the advice."""


@dataclass(frozen=True, slots=True)
class Statement:
    note: Annotation
    stance: Stance

    @property
    def sentence(self) -> Sentence:
        return self.note.sentence

    @property
    def weight(self) -> int:
        """Advice, then what was done, then what is named in passing; an addendum outweighs its like."""
        done = self.stance.status is BiopsyStatus.PERFORMED
        late = self.sentence.section == "addendum"
        grade = 0 if self.stance.aside else 1 if done and not late else 2
        return 2 * grade + late


@needs("biopsy", otherwise=Biopsy.unsaid)
def biopsy(document: Document) -> Biopsy:
    """The status of a biopsy of the lesion, with what is said of its method, target, condition and result."""
    statements = list(_biopsies(document))
    best: Statement | None = None
    for statement in statements:
        if best is None or statement.weight >= best.weight:
            best = statement
    if best is None:
        return Biopsy.unsaid()
    alike = [best, *(other for other in statements if other is not best and not other.stance.aside)]
    performed = best.stance.status is BiopsyStatus.PERFORMED
    method, target, result = _method(alike), _target(alike), _result(alike) if performed else None
    told = [best, *(part[0] for part in (method, target, result) if part and part[0] is not best)]
    return Biopsy(
        status=best.stance.status,
        method=method[1] if method else None,
        target=target[1] if target else None,
        condition=_text(document, best.stance.condition),
        result=result[1] if result else None,
        evidence=tuple(document.evidence(*_extent(part), part.sentence.section) for part in dict.fromkeys(told)),
    )


def weighed_biopsies(document: Document) -> list[tuple[Annotation, Stance, int]]:
    """Each statement on biopsy with its weight; ``biopsy`` takes the last of the heaviest."""
    return [(each.note, each.stance, each.weight) for each in _biopsies(document)]


def recommendations(document: Document, told: Sequence[Statement] | None = None) -> tuple[Recommendation, ...]:
    """Advice other than biopsy, one entry an action; ``told`` are its statements, if they are known."""
    found: dict[tuple[Action, str], tuple[int, Recommendation]] = {}
    for statement in statements(document) if told is None else told:
        action = action_of(statement.note)
        key = (action, statement.note.concept if action is Action.OTHER else "")
        rank = _rank(statement.sentence)
        entry = _recommendation(document, action, statement)
        if key not in found or _outweighs((rank, entry), found[key]):
            found[key] = (rank, entry)
    return tuple(entry for _, entry in found.values())


def advised(document: Document) -> list[Annotation]:
    """The procedures that are advised, for or against, and so are not things done."""
    return [statement.note for statement in statements(document)]


def _biopsies(document: Document) -> Iterator[Statement]:
    for sentence in document.having("biopsy"):
        notes = sentence.of("biopsy")
        advice = Advice(sentence, procedures(sentence))
        for note in notes:
            if note.experiencer is Experiencer.PATIENT and (stance := _biopsy_stance(advice, note)):
                yield Statement(note, stance)


def _biopsy_stance(advice: Advice, note: Annotation) -> Stance | None:
    section = note.sentence.section
    closing = section in CLOSING and advice.is_fragment(note)
    done = Stance(BiopsyStatus.PERFORMED, note.first, note.last)
    if note.means.get("status") == BiopsyStatus.PERFORMED:
        return None if advice.is_denied(note) else done
    stance = advice.stance(note, bare=section == "recommendation" or closing)
    if "yields" in note.means:  # "no biopsy specimen was available" advises nothing
        stance = None if advice.is_denied(note) else stance or done
    if section not in BACKGROUND and not is_title(note.sentence):
        return stance
    if stance is None:
        itself = section in ("technique", "exam") or is_title(note.sentence)
        return done if itself and advice.is_fragment(note) else None
    return stance if stance.status is BiopsyStatus.PERFORMED else None


@needs("recommendation", otherwise=lambda: iter(()))
def statements(document: Document) -> Iterator[Statement]:
    """Statements of advice other than biopsy."""
    for sentence in document.having("recommendation"):
        notes = [note for note in sentence.of("recommendation") if note.experiencer is Experiencer.PATIENT]
        if not notes or sentence.section in BACKGROUND or is_title(sentence):
            continue
        targets = procedures(sentence)
        advice = Advice(sentence, targets)
        for note in notes:
            named = any(other.means["action"] == "other" and "unnamed" not in other.means for other in notes)
            if note not in targets or ("unnamed" in note.means and named):
                continue  # "other action (neurology referral) is recommended" is one
            stance = advice.stance(note, bare=_is_bare_advice(advice, note))
            if stance and _counts(note, stance):
                yield Statement(_referral(note, notes) or note, stance)


def _referral(note: Annotation, notes: Sequence[Annotation]) -> Annotation | None:
    """Whose opinion is asked about a procedure: "neurosurgical opinion for decompression is advised"."""
    norms = note.sentence.norms
    return next(
        (
            other
            for other in notes
            if other.last < note.first
            and norms(other.last + 1, note.first - 1)[:1] in (["for"], ["regarding"], ["about"])
            and action_of(other) in (Action.SURGICAL_REFERRAL, Action.HEMATOLOGY_REFERRAL)
            and note.first - other.last <= 4
        ),
        None,
    )


def _counts(note: Annotation, stance: Stance) -> bool:
    if stance.aside or stance.status in (BiopsyStatus.PERFORMED, BiopsyStatus.NOT_MENTIONED):
        return False
    return not (stance.weak and note.sentence.section == "findings")


def _is_bare_advice(advice: Advice, note: Annotation) -> bool:
    """Whether naming the procedure is advice: under "Advice:", or as a closing line, "MRI in 1 year"."""
    section = note.sentence.section
    if section == "recommendation":
        return True
    told = any(other.means.get("communication") == "act" for other in note.sentence.of("communication"))
    if told or is_therapy(note) or not (section in CLOSING or section is None) or not advice.is_fragment(note):
        return False
    purposeful = bool(_PURPOSE.intersection(note.sentence.norms(note.last + 1, note.last + 5)))
    return advice.is_scheduled(note) or (section in CLOSING and (purposeful or "weak" not in note.means))


def _recommendation(document: Document, action: Action, statement: Statement) -> Recommendation:
    stance, sentence = statement.stance, statement.sentence
    urgent = [note for note in sentence.of("urgency") if _is_near(note, stance)]
    first = min([stance.first, *(note.first for note in urgent)])
    last = max([stance.last, *(note.last for note in urgent)])
    return Recommendation(
        action=action,
        urgency=urgent[0].means["urgency"] if urgent else None,
        condition=_text(document, stance.condition),
        status=stance.status,
        evidence=(document.evidence(first, last, sentence.section),),
    )


def _is_near(urgency: Annotation, stance: Stance) -> bool:
    norms = urgency.sentence.norms
    between = norms(urgency.last + 1, stance.first - 1) + norms(stance.last + 1, urgency.first - 1)
    return ";" not in between and len(between) <= _NEAR


def _rank(sentence: Sentence) -> int:
    return 2 if sentence.section == "addendum" else int(sentence.section in CLOSING)


def _outweighs(new: tuple[int, Recommendation], old: tuple[int, Recommendation]) -> bool:
    """Of equals the last counts, but a condition added to advice does not take it back."""
    if new[0] != old[0]:
        return new[0] > old[0]
    standing = (BiopsyStatus.RECOMMENDED, BiopsyStatus.CONDITIONAL)
    return old[1].status is not BiopsyStatus.RECOMMENDED or new[1].status not in standing


_Part = tuple[Statement, str]


def _method(statements: Sequence[Statement]) -> _Part | None:
    """The method named with the advice, else the only one the report names."""
    named = [(part, note.means["method"]) for part in statements for note in _notes(part) if "method" in note.means]
    return _own_or_only(statements[0], named)


def _target(statements: Sequence[Statement]) -> _Part | None:
    """What is biopsied, named with the advice or else the only one the report names."""
    named = [(part, target) for part in statements for note in _notes(part) if (target := _target_of(note))]
    return _own_or_only(statements[0], named)


def _own_or_only(best: Statement, named: Sequence[_Part]) -> _Part | None:
    own = next((part for part in named if part[0] is best), None)
    return own or (named[0] if len({text for _, text in named}) == 1 else None)


def _notes(statement: Statement) -> list[Annotation]:
    """The biopsy phrases one piece of advice is about."""
    first, last = statement.stance.first, statement.stance.last
    return [
        statement.note,
        *(note for note in statement.sentence.of("biopsy") if first <= note.first <= last),
    ]


def _target_of(note: Annotation) -> str | None:
    """The words after "biopsy of", or what the phrase itself names."""
    span = object_of(note)
    return note.means.get("target") or (note.sentence.document.slice(*span) if span else None)


def _extent(statement: Statement) -> Span:
    """The words of the advice with the target named behind it."""
    span = object_of(statement.note)
    return statement.stance.first, max(statement.stance.last, span[1] if span else 0)


def _result(statements: Sequence[Statement]) -> _Part | None:
    """The first diagnosis named after a biopsy that was done."""
    for statement in statements:
        later = [other for other in statement.sentence.of(*_RESULTS) if other.first > statement.note.last]
        if later and statement.stance.status is BiopsyStatus.PERFORMED:
            return statement, _EMH if later[0].kind == "emh" else " ".join(later[0].text.casefold().split())
    return None


def _text(document: Document, span: Span | None) -> str | None:
    return " ".join(document.slice(*span).rstrip(" .").split()) if span else None

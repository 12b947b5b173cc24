"""Claims → contradictions a reader would ask about: body against impression, addendum against body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from emh_report.advice import biopsy
from emh_report.claims import COMPRESSION, EPIDURAL, FORAMEN, Claim, part_of, topic_of
from emh_report.document import Annotation, Document
from emh_report.facts import level_names, ordered
from emh_report.measure import SizeSpan
from emh_report.model import TODAY, Assertion, BiopsyStatus, Experiencer, Findings
from emh_report.model import Warning as ReportWarning
from emh_report.relations import Links

_SEVERITY = {"mild": {1}, "mild-moderate": {1, 2}, "moderate": {2}, "moderate-severe": {2, 3}, "severe": {3}}
_SIDES = {"left": {"left"}, "right": {"right"}, "bilateral": {"left", "right"}}
_DENIABLE = frozenset({COMPRESSION, EPIDURAL, *map(topic_of, ("paravertebral", "presacral", "pleural", "perirenal"))})
"""What a report that denies it denies as a whole."""
_PARTS = ("body", "impression")
_NO_ADVICE = frozenset({BiopsyStatus.NOT_MENTIONED, BiopsyStatus.PERFORMED})
_ABOUT_CORD = frozenset({"cord", "cauda_equina", "thecal_sac", "canal"})
_MENTIONED = ("compression", "effacement")


def conflicts(links: Links, findings: Findings, told: Sequence[Claim]) -> list[ReportWarning]:
    """Everything in which parts of the report disagree."""
    document = links.document
    found: list[ReportWarning] = []
    for topic in dict.fromkeys(claim.topic for claim in told):
        mine = [claim for claim in told if claim.topic == topic]
        body, impression, addendum = (
            [claim for claim in mine if claim.part == part] for part in ("body", "impression", "addendum")
        )
        if corrected := _corrected(body + impression, addendum):
            text = f"An addendum changes what the report says of {topic}; the addendum is kept."
            found.append(_warning(document, "addendum_conflict", text, corrected))
            continue
        found += _levels(document, topic, body, impression)
        found += _sides(document, topic, body, impression)
        found += _severities(document, topic, body, impression)
        found += _denials(document, topic, body + impression)
    found += _emh_corrected(document)
    found += _biopsy_corrected(document, findings)
    found += _sizes_corrected(links)
    found += _silent(document, told, findings)
    return _once(found)


def _levels(
    document: Document, topic: str, body: Sequence[Claim], impression: Sequence[Claim]
) -> Iterable[ReportWarning]:
    """Levels of the impression that the findings do not give to the same thing."""
    described = {level for claim in body if claim.today for level in claim.around}
    if not described or topic == FORAMEN:
        return
    around = described | _spoken_of(document, [note for claim in body for note in claim.notes])
    for claim in impression:
        strange = claim.levels - around
        if claim.today and strange:
            text = (
                f"{topic[0].upper()}{topic[1:]}: the findings say {', '.join(ordered(described))}, "
                f"the impression {', '.join(ordered(claim.levels))}."
            )
            notes = [note for other in body if other.today and other.levels for note in other.notes]
            yield _warning(document, "level_mismatch", text, [*notes, *claim.notes])


def _spoken_of(document: Document, notes: Sequence[Annotation]) -> set[str]:
    """Levels named in the sentences of a topic, whatever they were given to."""
    sentences = {note.sentence.index for note in notes}
    return {name for index in sentences for name in level_names(document.sentences[index].of("level"))}


def _sides(
    document: Document, topic: str, body: Sequence[Claim], impression: Sequence[Claim]
) -> Iterable[ReportWarning]:
    """A side of the impression that the findings do not name at that place."""
    if topic != FORAMEN and not _is_lesion(topic):
        return
    sentences = {note.sentence.index: note.sentence for claim in body for note in claim.notes}
    told = _named_sides(document, {(each.paragraph, each.section) for each in sentences.values()})
    for claim in impression:
        near = [other for other in body if other.today and other.sides and _meet(claim, other)]
        near = near or [other for other in body if other.today and other.sides and topic != FORAMEN]
        described = _sided(near)
        strange = _sided([claim]) - described
        summed = len(_sided([claim])) > 1 and strange <= told  # "bilateral" sums up what was told apart
        if claim.today and strange and described and not summed:
            text = (
                f"{topic[0].upper()}{topic[1:]}: the findings say {' and '.join(sorted(described))}, "
                f"the impression {' and '.join(sorted(_sided([claim])))}."
            )
            notes = [note for other in near for note in other.notes]
            yield _warning(document, "laterality_mismatch", text, [*notes, *claim.notes])


def _named_sides(document: Document, paragraphs: set[tuple[int, str | None]]) -> set[str]:
    """Sides named in the paragraphs where lesions are described."""
    return {
        note.means["laterality"]
        for sentence in document.sentences
        if (sentence.paragraph, sentence.section) in paragraphs and sentence.of("lesion", "site")
        for note in sentence.of("modifier")
        if note.means.get("laterality") in ("left", "right")
    }


def _is_lesion(topic: str) -> bool:
    return topic == EPIDURAL or topic.endswith(" lesion")


def _sided(claimed: Iterable[Claim]) -> set[str]:
    return {side for claim in claimed for name in claim.sides for side in _SIDES.get(name, ())}


def _meet(one: Claim, other: Claim) -> bool:
    """Whether two claims can be about one place."""
    if one.discs and other.discs:
        return bool(one.discs & other.discs)
    return not one.levels or not other.levels or bool(one.levels & other.levels)


def _same_place(one: Claim, other: Claim) -> bool:
    """Whether one claim's levels hold the other's: C4-C5 and C5-C6 share a vertebra and are two places."""
    both = bool(one.levels and other.levels)
    return _meet(one, other) and (not both or one.levels <= other.levels or other.levels <= one.levels)


def _severities(
    document: Document, topic: str, body: Sequence[Claim], impression: Sequence[Claim]
) -> Iterable[ReportWarning]:
    for claim in impression:
        near = [other for other in body if other.severity and other.today and _same_place(claim, other)]
        near = [other for other in near if not (claim.sides and other.sides) or claim.sides & other.sides]
        if claim.severity is None or not near:
            continue
        described = set().union(*(_SEVERITY[other.severity or ""] for other in near))
        if not described & _SEVERITY[claim.severity]:
            said = ", ".join(dict.fromkeys(other.severity or "" for other in near))
            text = f"{topic[0].upper()}{topic[1:]}: {said} in the findings, {claim.severity} in the impression."
            notes = [note for other in near for note in other.notes]
            yield _warning(document, "severity_conflict", text, [*notes, *claim.notes])


def _denials(document: Document, topic: str, told: Sequence[Claim]) -> Iterable[ReportWarning]:
    """A thing denied as a whole in one part and stated in the other."""
    if topic not in _DENIABLE:
        return
    stated = {part: [c for c in told if c.part == part and c.assertion is Assertion.PRESENT] for part in _PARTS}
    for denial in told:
        if denial.assertion is not Assertion.ABSENT or denial.limited or denial.sides:
            continue
        against = [
            claim
            for claim in stated["impression" if denial.part == "body" else "body"]
            if not denial.levels or (claim.levels and _same_place(claim, denial))
        ]
        if against:
            code = "compression_conflict" if topic == COMPRESSION else "lesion_conflict"
            text = f"{topic[0].upper()}{topic[1:]} is stated in one part of the report and denied in another."
            notes = [note for claim in against for note in claim.notes]
            yield _warning(document, code, text, [*denial.notes, *notes])
            return


def _corrected(before: Sequence[Claim], addendum: Sequence[Claim]) -> list[Annotation]:
    """What an addendum says otherwise than the report before it, with what it changes."""
    for claim in addendum:
        for other in before:
            opposite = claim.today != other.today and not claim.limited and not other.limited
            moved = bool(claim.levels and other.levels) and not claim.levels <= other.levels and not _adds(claim)
            sides = _sided([claim]) and _sided([other]) and not _sided([claim]) <= _sided([other])
            graded = claim.severity and other.severity and not _SEVERITY[claim.severity] & _SEVERITY[other.severity]
            if opposite and (not claim.levels or not other.levels or claim.levels & other.levels):
                return [*other.notes, *claim.notes]
            if claim.today and other.today and (moved or sides or graded):
                return [*other.notes, *claim.notes]
    return []


_ADDING = frozenset("also further additional another addition second".split())


def _adds(claim: Claim) -> bool:
    """Whether an addendum tells of something more: "there is also extradural tissue from L4 to S1"."""
    sentence = claim.notes[0].sentence
    return not _ADDING.isdisjoint(sentence.norms(sentence.first, sentence.last))


def _emh_corrected(document: Document) -> Iterable[ReportWarning]:
    """EMH denied by an addendum that the report states, or the reverse."""
    told: dict[str, list[Annotation]] = {"body": [], "addendum": []}
    for sentence in document.having("emh"):
        part = part_of(sentence)
        if part is not None:
            notes = [note for note in sentence.of("emh") if note.experiencer is Experiencer.PATIENT]
            told["addendum" if part == "addendum" else "body"] += notes
    stated, revised = ({note.assertion for note in notes} for notes in told.values())
    for one, other in ((stated, revised), (revised, stated)):
        if one & set(TODAY) and Assertion.ABSENT in other and not other & set(TODAY):
            text = "An addendum changes what the report says of EMH; the addendum is kept."
            yield _warning(document, "addendum_conflict", text, [note for notes in told.values() for note in notes])
            return


def _biopsy_corrected(document: Document, findings: Findings) -> Iterable[ReportWarning]:
    """Advice on biopsy that an addendum turns round."""
    body = [sentence for sentence in document.sentences if sentence.section != "addendum"]
    if len(body) == len(document.sentences):
        return
    earlier = replace(document, sentences=body)
    earlier.close()
    before, after = biopsy(earlier), findings.biopsy
    advice = before.status is not after.status and _NO_ADVICE.isdisjoint((before.status, after.status))
    if advice:
        text = f"An addendum changes the advice on biopsy from {before.status} to {after.status}."
        evidence = tuple(dict.fromkeys([*before.evidence, *after.evidence]))
        yield ReportWarning(code="addendum_conflict", message=text, evidence=evidence)


def _sizes_corrected(links: Links) -> Iterable[ReportWarning]:
    """A size in an addendum that the report did not give to the lesion."""
    for draft in links.lesions:
        sizes = [note for note in draft.sizes if isinstance(note.value, SizeSpan)]
        later = [note for note in sizes if note.sentence.section == "addendum"]
        before = [note for note in sizes if note not in later]
        known = {millimetres for note in before for millimetres in _millimetres(note)}
        new = [note for note in later if known.isdisjoint(_millimetres(note))]
        if known and new:
            text = f"An addendum gives {topic_of(draft.site)} another size."
            yield _warning(links.document, "addendum_conflict", text, [*before, *new])


def _millimetres(note: Annotation) -> tuple[float, ...]:
    return note.value.size_mm if isinstance(note.value, SizeSpan) else ()


def _silent(document: Document, told: Sequence[Claim], findings: Findings) -> Iterable[ReportWarning]:
    """Compression in the findings of which the impression says nothing."""
    impression = [sentence for sentence in document.sentences if sentence.section == "impression"]
    later = [*impression, *(s for s in document.sentences if s.section in ("recommendation", "addendum"))]
    if not impression:
        return
    for topic, found in (
        (COMPRESSION, findings.cord_compression.assertion),
        ("cauda equina compression", findings.cauda_equina.assertion),
    ):
        stated = [c for c in told if c.topic == topic and c.part == "body" and c.assertion is Assertion.PRESENT]
        spoken = any(
            note.concept in _ABOUT_CORD
            or note.means.get("effect") in _MENTIONED
            or note.kind == "cord_word"
            or note.means.get("field") in ("cord_compression", "cauda_equina", "cord_signal_change")
            for sentence in later
            for note in sentence.of("structure", "effect", "finding", "cord_word")
        )
        if stated and found is Assertion.PRESENT and not spoken:
            text = f"The findings describe {topic}; the impression does not mention it."
            yield _warning(document, "impression_silent", text, [n for c in stated for n in c.notes])


def _warning(document: Document, code: str, message: str, notes: Sequence[Annotation]) -> ReportWarning:
    return ReportWarning(code=code, message=message, evidence=document.evidence_of(*notes))


def _once(found: Iterable[ReportWarning]) -> list[ReportWarning]:
    return list({(warning.code, warning.message): warning for warning in found}.values())

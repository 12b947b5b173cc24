"""Links and findings → the phrases a value was made from: what was said, with its levels, sizes and sides.

Explanations only look: every phrase, owner and assertion here is the one the findings were assembled from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from emh_report.advice import weighed_biopsies
from emh_report.anchors import Anchor, owner, points_to, premodifies
from emh_report.document import Annotation
from emh_report.facts import Fact, severity_note
from emh_report.lesions import Draft
from emh_report.model import TODAY, Assertion, Change, Evidence, Experiencer, Findings
from emh_report.relations import BACKGROUND, Links

_COMPRESSION = ("compression", "cord_normal")
_FACTS: Final = {
    "cord_compression": _COMPRESSION,
    "cord_compression.thecal_sac": ("sac", "sac_normal"),
    "cord_compression.csf": ("csf", "csf_normal"),
    "cord_compression.cord_signal_change": ("cord_signal", "cord_normal"),
    "cauda_equina": ("cauda", "cauda_normal", "root"),
    "canal_stenosis": ("canal",),
    "foraminal_narrowing": ("foramen",),
}
"""The facts each field is made from; the longest name that fits counts."""
_KINDS: Final = {
    "emh": ("emh",),
    "differential": ("differential",),
    "conditions": ("condition",),
    "recommendations": ("recommendation", "advice_cue", "urgency"),
    "treatments": ("treatment", "level"),
    "critical_communication": ("communication",),
    "organs": ("organ", "organ_finding", "size"),
    "lymph_nodes": ("node", "size", "lesion"),
    "bone_marrow": ("bone_marrow", "structure", "level"),
    "iron_deposition": ("finding", "intensity", "sequence", "quantity", "organ", "iron_sequence"),
    "fatty_change": ("finding",),
    "study": (
        "modality",
        "body_region",
        "sequence",
        "contrast",
        "quantity",
        "study_word",
        "structure",
        "level",
    ),
    "clinical": ("symptom", "emh", "finding", "differential"),
}
"""The phrases of a field's evidence that are shown, for fields that are not made from facts or lesions."""
_DRAWN: Final[dict[str, Callable[[Annotation], bool]]] = {
    "laterality": lambda note: "laterality" in note.means,
    "change": lambda note: note.kind == "change",
    "attenuation_hu": lambda note: note.kind == "quantity",
    "iron": lambda note: note.means.get("field") == "iron" or note.means.get("intensity") == "blooming",
    **{
        name: (lambda note, name=name: note.means.get("field") == name)  # type: ignore[misc]
        for name in ("enhancement", "fat", "calcification", "necrosis", "bone_change")
    },
    **{
        name: (lambda note, name=name: name in note.means)  # type: ignore[misc]
        for name in ("shape", "margins", "homogeneity", "activity", "count", "position")
    },
}
"""The phrases of a lesion that one of its fields is read from."""


_BACK = "no lesion is named here: said of the one last spoken of"


@dataclass(slots=True, eq=False)
class Part:
    """A level, size, side or the like, and why it belongs to what is said."""

    role: str
    note: Annotation
    rule: str


@dataclass(slots=True, eq=False)
class Said:
    """A phrase with what belongs to it, and what became of it."""

    note: Annotation
    assertion: Assertion
    parts: list[Part] = field(default_factory=list)
    outcome: str = ""


def said_of(links: Links, findings: Findings, names: Sequence[str], held: Sequence[Evidence]) -> list[Said]:
    """What a field was made from; ``held`` is the evidence of the object it belongs to."""
    top = names[0]
    path = ".".join(names[:2])
    kinds = _FACTS.get(path) or _FACTS.get(top)
    if kinds:
        listed = top in ("canal_stenosis", "foraminal_narrowing")
        found = _facts(links, findings, kinds, held if listed else ())
    elif top in ("lesions", "epidural"):
        drafts = [draft for draft in links.lesions if _is_draft(links, draft, top, held)]
        found = [each for draft in drafts for each in _draft(draft, names[1] if len(names) > 1 else "")]
    elif top == "biopsy":
        found = _biopsies(links)
    elif top in ("emh", "differential"):
        found = _diagnoses(links, top, held)
    else:
        found = []
    return found or _within(links, _KINDS.get(top, ()), held)


def _facts(links: Links, findings: Findings, kinds: Sequence[str], held: Sequence[Evidence]) -> list[Said]:
    facts = [fact for fact in links.facts if fact.kind in kinds]
    if kinds == _COMPRESSION and any(fact.kind == "compression" for fact in facts):
        facts = [fact for fact in facts if fact.kind == "compression"]
    if held:
        facts = [fact for fact in facts if _overlaps(links, fact.anchor.note, held)]
    corrected = any(_is_addendum(fact) for fact in facts)
    result = findings.cord_compression.assertion if kinds == _COMPRESSION else None
    found = [_fact(fact, corrected, result) for fact in facts]
    if "cord_signal" in kinds:
        for signal, anchor in links.cord_signals:
            parts = [Part("signal", note, rule_of(note, anchor)) for note in signal.notes[1:]]
            found.append(Said(signal.note, signal.assertion, parts))
    return sorted(found, key=lambda said: said.note.first)


def _fact(fact: Fact, corrected: bool, result: Assertion | None) -> Said:
    parts = [Part("level", note, rule_of(note, fact.anchor)) for note in fact.levels]
    if not parts:
        parts = [Part("level", note, "level of the lesion that causes it") for note in fact.lesion_levels]
    severity = severity_note(fact)
    if severity is not None:
        parts.append(Part("severity", severity, rule_of(severity, fact.anchor)))
    return Said(fact.anchor.note, fact.assertion, parts, _outcome(fact, corrected, result))


def _outcome(fact: Fact, corrected: bool, result: Assertion | None) -> str:
    if fact.sentence.section == BACKGROUND:
        return "clinical section: asks or recalls, is no finding of today"
    if fact.assertion is Assertion.ABSENT and fact.anchor.note.change is Change.NEW:
        return "denies only a new one"
    if corrected and not _is_addendum(fact):
        return "the addendum decides"
    if fact.assertion is Assertion.HISTORICAL:
        return "speaks of an earlier study"
    if result is None or fact.assertion is result or (fact.assertion in TODAY and result in TODAY):
        return "counts"
    if fact.assertion is Assertion.ABSENT and fact.levels:
        return "counts for these levels only"
    return f"outweighed: the whole is {result.value}"


def _is_addendum(fact: Fact) -> bool:
    return fact.sentence.section == "addendum" and fact.assertion is not Assertion.HYPOTHETICAL


def _is_draft(links: Links, draft: Draft, top: str, held: Sequence[Evidence]) -> bool:
    if top == "epidural":
        return draft.site == "epidural"
    return bool(held) and links.document.evidence_of(*draft.notes) == tuple(held)


def _draft(draft: Draft, name: str) -> list[Said]:
    """The phrases of a lesion that bear on one of its fields, each under the phrase that names the lesion."""
    chosen: list[tuple[str, Annotation]] = []
    if name in ("levels", "disc_levels", "prior_levels", ""):
        chosen += [("level", note) for note in draft.level_notes]
        given = [note for head in draft.heads for note in head.levels]
        chosen += [("level not kept", note) for note in given if note not in draft.level_notes]
    if name in ("size_mm", "size_approximate", "size_at", ""):
        chosen += [("size", note) for note in draft.sizes]
    if name in ("prior_size_mm", ""):
        chosen += [("prior size", note) for note in draft.prior_sizes]
    if name in ("signal", ""):
        chosen += [("signal", note) for signal in draft.signals for note in signal.notes]
    wanted = [test for key, test in _DRAWN.items() if name in (key, "")]
    chosen += [(_role(note), note) for note in draft.notes if any(test(note) for test in wanted)]
    if not chosen or name in ("site", "kind", "assertion", "emh"):
        chosen += [("site", site) for head in draft.heads for site in head.sites]
    found: dict[int, Said] = {}
    if name in ("", "site", "kind", "assertion", "emh", "change"):
        found = {head.note.first: Said(head.note, head.assertion) for head in draft.heads}
    for role, note in {id(note): (role, note) for role, note in chosen}.values():
        anchor = _head(draft, note)
        if anchor is None:
            found[note.first] = Said(note, note.assertion, outcome=_BACK)
            continue
        said = found.setdefault(anchor.note.first, Said(anchor.note, anchor.assertion))
        said.parts.append(Part(role, note, rule_of(note, anchor)))
    return [found[first] for first in sorted(found)]


def _role(note: Annotation) -> str:
    if "laterality" in note.means:
        return "side"
    return str(note.means.get("field") or note.kind).replace("_", " ")


def _head(draft: Draft, note: Annotation) -> Anchor | None:
    """The phrase for the lesion that a level, size or other note was given to."""
    holding = [head for head in draft.heads if note in head.levels or note in head.sites]
    if holding:
        return holding[0]
    return owner(note, [head for head in draft.heads if head.sentence is note.sentence], lambda anchor: True)


def _diagnoses(links: Links, top: str, held: Sequence[Evidence]) -> list[Said]:
    found = []
    names = {
        note.preferred
        for sentence in links.document.sentences
        for note in sentence.of("differential")
        if _overlaps(links, note, held)
    }
    for sentence in links.document.sentences:
        for note in sentence.of(top):
            if top == "differential" and note.preferred not in names:
                continue
            said = Said(note, note.assertion)
            if note.experiencer is not Experiencer.PATIENT:
                said.outcome = "a relative's"
            elif _overlaps(links, note, held):
                said.outcome = "decides"
            else:
                said.outcome = "yields to the statement that decides"
            found.append(said)
    return found


def _biopsies(links: Links) -> list[Said]:
    """Statements on biopsy, weighed as advice.py weighs them."""
    weighed = weighed_biopsies(links.document)
    heaviest = max((weight for _, _, weight in weighed), default=0)
    last = max((i for i, (_, _, weight) in enumerate(weighed) if weight == heaviest), default=-1)
    found = []
    for index, (note, stance, _) in enumerate(weighed):
        words = Annotation("advice", stance.status.value, stance.first, stance.last, note.sentence)
        parts = [Part("advice", words, "said of it")]
        found.append(Said(note, Assertion.PRESENT, parts, "decides" if index == last else "outweighed"))
    return found


def _within(links: Links, kinds: Iterable[str], held: Sequence[Evidence]) -> list[Said]:
    """The phrases inside the evidence, of the kinds that matter or else of all."""
    notes = [
        note for sentence in links.document.sentences for note in sentence.annotations if _overlaps(links, note, held)
    ]
    chosen = [note for note in notes if note.kind in tuple(kinds)] or notes
    kept: list[Annotation] = []
    for note in sorted(chosen, key=lambda note: (note.first, -note.last)):
        if not kept or note.first > kept[-1].last:  # the longest phrase of those that overlap
            kept.append(note)
    return [Said(note, note.assertion) for note in kept]


def _overlaps(links: Links, note: Annotation, held: Sequence[Evidence]) -> bool:
    words = links.document.words
    start, end = words[note.first].start, words[note.last].end
    return any(each.start <= start and end <= each.end for each in held)


def rule_of(note: Annotation, anchor: Anchor) -> str:
    """Why a phrase belongs to what it was given to."""
    phrase = anchor.sentence.document.slice(anchor.first, anchor.last)
    what = f'"{" ".join(phrase.split())}"'
    if anchor.sentence is not note.sentence:
        return f"names nothing of its own: goes with {what} before it"
    if anchor.first <= note.first and note.last <= anchor.last:
        return f"stands within {what}"
    if premodifies(note, anchor):
        return f"stands directly before {what}"
    if points_to(note, anchor):
        return f"a preposition leads to {what}"
    if anchor.last < note.first:
        same = anchor.first >= note.sentence.clause_of(note.first)[0]
        return f"follows {what} in its clause" if same else f"follows {what}, the last one named"
    return f"opens the statement about {what}"

"""Solid organs: their sizes and states.

A finding may be one word ("splenomegaly") or an organ with a state elsewhere in its statement ("The liver,
19 cm, is enlarged"; "Liver and spleen large"). A length without a verdict is listed as a size: whether
15 cm is too long, the report has to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from emh_report.document import Annotation, Sentence
from emh_report.model import Assertion, Experiencer, OrganFinding
from emh_report.needs import needs
from emh_report.nouns import nouns
from emh_report.organ_sizes import first_size, owned_sizes, sizes_of
from emh_report.relations import BACKGROUND, SILENT, Links
from emh_report.standing import stronger

ENLARGED = {
    "liver": "hepatomegaly",
    "spleen": "splenomegaly",
    "heart": "cardiomegaly",
    "kidney": "nephromegaly",
}
_MEASURED = ("liver", "spleen")
"""Organs whose length is listed even where nothing is said of it."""
_JUDGED = ("liver", "spleen", "heart")
"""Organs whose normal size is listed as no enlargement."""
_NO_ORGAN = frozenset({"", "pleura", "peritoneum", "portal vein", "urinary tract"})
_STONES = {"gallbladder": "gallstones", "kidney": "calculi"}
_NAMING = frozenset({"organ", "organ_finding"})
_SINCE = frozenset("from since compared by".split())
_CHANGES = frozenset("increase decrease reduction change enlargement growth".split())
_JOINERS = frozenset("and & / , or nor the both".split())
_TODAY = frozenset({"today", "current", "now", "present"})
_QUALITY = frozenset(
    "attenuation signal echotexture echogenicity contour outline density texture enhancement parenchyma in "
    "morphology variant intensity appearance position caliber function uptake".split()
)


@dataclass(slots=True)
class _Entry:
    assertion: Assertion
    notes: list[Annotation]
    sizes: list[Annotation] = field(default_factory=list)


@needs("organ", "organ_finding", otherwise=tuple)
def organs(links: Links) -> tuple[OrganFinding, ...]:
    """Findings of solid organs with the organ's size."""
    reader = _Reader()
    for sentence in links.document.sentences:
        reader.read(sentence)
    return tuple(
        OrganFinding(
            organ=organ,
            finding=finding,
            assertion=entry.assertion,
            size_mm=first_size(entry.sizes),
            evidence=links.document.evidence_of(*entry.notes, *entry.sizes[:1]),
        )
        for (organ, finding), entry in reader.settled().items()
    )


class _Reader:
    def __init__(self) -> None:
        self._found: dict[tuple[str, str], _Entry] = {}
        self._sizes: dict[Annotation, list[Annotation]] = {}
        self._subject: tuple[Sentence, list[Annotation]] | None = None

    def read(self, sentence: Sentence) -> None:
        """Take up what one sentence says of organs."""
        today = sentence.document.norms[sentence.first] in _TODAY
        if sentence.section == BACKGROUND or (sentence.section in SILENT and not today):
            return
        if self._subject is None and _NAMING.isdisjoint(sentence.kinds):
            if not any(note.kind == "organ" for note in sentence.topic):
                return
        self._sizes = owned_sizes(sentence)
        self._findings(sentence)
        groups = _groups(sentence)
        if not groups:
            groups = self._carried(sentence)
        for group in groups:
            self._group(sentence, group)
        own = [note for group in groups for note in group]
        others = [note for note in sentence.of("lesion", "node") if note.means.get("role") != "pronoun"]
        self._subject = (sentence, own) if own and not others else None

    def settled(self) -> dict[tuple[str, str], _Entry]:
        """The entries; a size goes to what is said of the organ's size, if anything is."""
        kept = dict(self._found)
        for organ in _MEASURED:
            size = kept.get((organ, "size"))
            judged = [kept[organ, name] for name in (ENLARGED[organ], "small") if (organ, name) in kept]
            judged.sort(key=lambda entry: entry.assertion is Assertion.HISTORICAL)  # the size is that of today
            told = next(iter(judged), None)
            gone = kept.get((organ, "absent"))
            if size and told:
                told.sizes.extend(size.sizes)
            if size and (told or (gone and gone.assertion is Assertion.PRESENT)):
                del kept[organ, "size"]
        return kept

    def _findings(self, sentence: Sentence) -> None:
        for note in sentence.of("organ_finding"):
            if "siderotic" in note.means.get("finding", ""):
                continue  # iron.py
            names = [part.strip() for part in note.means.get("organ", "").split(",")]
            findings = [part.strip() for part in (note.means.get("finding") or note.preferred).split(",")]
            sizes = self._sizes.get(note, []) if len(names) == 1 else []
            for organ, finding in zip(names, findings, strict=False):
                assertion = Assertion.PRESENT if note.excepted else note.assertion
                self._say(organ, finding, assertion, [note], sizes)

    def _group(self, sentence: Sentence, group: list[Annotation]) -> None:
        states = _states(sentence, group)
        for note in group:
            organ = note.preferred
            sizes = self._sizes.get(note, []) if note.sentence is sentence else sizes_of(sentence)
            said = [(name, assertion, state) for state in states for name, assertion in _reading(note, state)]
            if not any(name == ENLARGED.get(organ) for name, _, _ in said) and sizes and organ in _JUDGED:
                if (word := _plain_normal(sentence, group)) is not None:
                    said.append((ENLARGED[organ], Assertion.ABSENT, word))
            for name, assertion, state in said:
                self._say(organ, name, assertion, [note, state], sizes)
            if sizes and organ in _MEASURED and not said:
                self._say(organ, "size", Assertion.PRESENT, [note], sizes)

    def _say(
        self, organ: str, finding: str, assertion: Assertion, notes: list[Annotation], sizes: list[Annotation]
    ) -> None:
        if organ in _NO_ORGAN or assertion is Assertion.HYPOTHETICAL or notes[-1].experiencer is Experiencer.OTHER:
            return
        entry = self._found.setdefault((organ, finding), _Entry(assertion, []))
        entry.assertion = stronger(entry.assertion, assertion)
        entry.notes.extend(note for note in notes if note not in entry.notes)
        entry.sizes.extend(size for size in sizes if size not in entry.sizes)

    def _carried(self, sentence: Sentence) -> list[list[Annotation]]:
        """The organ of the label or of the sentence before, where none is named: "It measures 18 cm." """
        if any(
            note.means.get("role") != "pronoun"
            for note in sentence.of("lesion", "node", "structure", "emh", "organ_finding")
        ):
            return []
        topic = [note for note in sentence.topic if note.kind == "organ"]
        if topic:
            return [topic]
        if self._subject is None:
            return []
        before, group = self._subject
        near = before.index == sentence.index - 1 and (before.paragraph, before.section) == (
            sentence.paragraph,
            sentence.section,
        )
        return [group] if near and not sentence.item and sentence.label is None else []


def _groups(sentence: Sentence) -> list[list[Annotation]]:
    """Organs that are named, those joined by "and" together."""
    norms = sentence.document.norms
    groups: list[list[Annotation]] = []
    for note in sentence.of("organ"):
        if _is_place(sentence, note) or any(node.overlaps(note) for node in sentence.of("node")):
            continue  # "splenic hilar nodes"
        if any(other.overlaps(note) and not _of_the_whole(other) for other in sentence.of("organ_finding")):
            continue  # "liver cyst 2 cm" says nothing of the liver's size
        if groups and _JOINERS.issuperset(norms[groups[-1][-1].last + 1 : note.first]):
            groups[-1].append(note)
        else:
            groups.append([note])
    return groups


def _of_the_whole(note: Annotation) -> bool:
    """Whether a finding is of the organ as a whole, whose size stands beside it: "liver enlargement"."""
    names = {name.strip() for name in note.means.get("finding", note.preferred).split(",")}
    return bool(names & {*ENLARGED.values(), "small", "absent"})


def _is_place(sentence: Sentence, note: Annotation) -> bool:
    """Whether an organ only tells where something is, or what it is like: "mass in the spleen"."""
    norms = sentence.document.norms
    behind = norms[note.last + 1 : note.last + 2]
    if any(lesion.first == note.last + 1 and lesion.means.get("role") == "mass" for lesion in sentence.of("lesion")):
        return True
    before = [
        word for word in norms[max(sentence.first, note.first - 3) : note.first] if word not in ("the", "a", "both")
    ]
    if not before or behind == [":"] or _CHANGES.intersection(before[-2:-1]):
        return False
    return before[-1] in ("in", "within", "to", "than", "like", "with", "into")


def _states(sentence: Sentence, group: list[Annotation]) -> list[Annotation]:
    """State phrases that are said of a group of organs."""
    norms = sentence.document.norms
    here = [note for note in group if note.sentence is sentence]
    first = here[0].first if here else sentence.first
    start = here[-1].last + 1 if here else sentence.first
    end = _reach(sentence, start, here)
    found = []
    for state in sentence.of("organ_state"):
        if _is_growth(sentence, state):
            continue
        gap = norms[state.last + 1 : first]
        if here and state.last < first and len(gap) <= 1 and {"the", "and"}.issuperset(gap):
            found.append(state)
        elif (
            start <= state.first
            and (state.last <= end or _all_of_them(sentence, state))
            and not _premodifies(sentence, state)
        ):
            found.append(state)
    return found


def _is_growth(sentence: Sentence, state: Annotation) -> bool:
    """Whether words of a state tell of a change: "has increased in size from 14 to 17 cm"."""
    grown = sentence.norms(state.first, state.first)[0] in ("increased", "reduced")
    behind = sentence.norms(state.last + 1, state.last + 1)
    before = sentence.norms(state.first - 2, state.first - 1)
    return grown and bool({"has", "have", "had"}.intersection(before) or _SINCE.intersection(behind))


def _reach(sentence: Sentence, start: int, group: list[Annotation]) -> int:
    """The last word that still speaks of a group of organs."""
    norms = sentence.document.norms
    others = {note.first for note in nouns(sentence) if note not in group and not _covers(note, group)}
    for index in range(start, sentence.last + 1):
        if norms[index] == ";" or index in others:
            return index - 1
    return sentence.last


def _covers(note: Annotation, group: list[Annotation]) -> bool:
    return any(note.first <= organ.first and organ.last <= note.last for organ in group)


def _all_of_them(sentence: Sentence, state: Annotation) -> bool:
    """ "Liver 22 cm and spleen 28 cm, both enlarged"."""
    before = sentence.norms(state.first - 3, state.first - 1)
    return "both" in before or "all" in before


def _premodifies(sentence: Sentence, state: Annotation) -> bool:
    """Whether a state stands directly before another noun: "the spleen displaces the enlarged kidney"."""
    return any(note.first == state.last + 1 for note in nouns(sentence))


def _reading(note: Annotation, state: Annotation) -> list[tuple[str, Assertion]]:
    """What a state means for an organ: "normal in size" is no enlargement."""
    organ, name, assertion = note.preferred, state.means["state"], state.assertion
    if assertion is Assertion.PRESENT and note.assertion in (Assertion.POSSIBLE, Assertion.HISTORICAL):
        assertion = note.assertion  # a hedge is about the subject
    enlargement = ENLARGED.get(organ, "enlargement")
    if name == "enlarged":
        unchanged = any(change.overlaps(state) and change.first < state.first for change in state.sentence.of("change"))
        if unchanged and state.sentence.norms(state.first - 1, state.first - 1) == ["no"]:
            assertion = Assertion.ABSENT  # "Pancreas: no enlargement" is a change of masses only
        return [(enlargement, Assertion.PRESENT if state.excepted else assertion)]
    if name == "normal":
        return [(enlargement, Assertion.ABSENT)] if organ in _JUDGED and assertion is Assertion.PRESENT else []
    if name == "stones":
        return [(_STONES[organ], assertion)] if organ in _STONES else []
    return [(name, assertion)] if assertion is not Assertion.ABSENT else []


def _plain_normal(sentence: Sentence, group: list[Annotation]) -> Annotation | None:
    """ "Normal" said of a measured organ and of no other quality: "Spleen normal at 10.5 cm"."""
    norms = sentence.document.norms
    here = [note for note in group if note.sentence is sentence]
    start = here[-1].last + 1 if here else sentence.first
    end = _reach(sentence, start, here)
    for note in sentence.of("effect"):
        if not (start <= note.first and note.last <= end and norms[note.first] == "normal"):
            continue
        before = norms[max(start, note.first - 3) : note.first]
        if not _QUALITY.intersection(norms[note.last + 1 : note.last + 2]) and not {
            "of",
            "upper",
            "not",
            "otherwise",
        }.intersection(before):
            return note
    return None

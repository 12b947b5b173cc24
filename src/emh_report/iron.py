"""Iron: in which tissue it is seen, denied or not looked for, and what was measured.

Iron belongs to what shows it: a dark liver says nothing about a mass. A tissue is named with the iron
("hepatic siderosis", "iron in the liver"), or is the subject ("Liver is dark, in keeping with siderosis"),
here or in the sentence before. Blood, metal and iron as a drug, a blood test or the object of a measurement
are no iron deposition.
"""

from __future__ import annotations

from collections.abc import Iterable

from emh_report.document import Annotation, Document, Sentence
from emh_report.iron_causes import has_other_cause
from emh_report.iron_sites import (
    Said,
    exceptions,
    is_called_normal,
    site_name,
    sites_of,
    subject_of,
    tissues,
)
from emh_report.iron_values import measurements
from emh_report.lesions import Draft
from emh_report.model import TODAY, Assertion, Experiencer, IronDeposition, IronSite, Severity
from emh_report.relations import BACKGROUND, SILENT, Links
from emh_report.standing import stronger

IRON_SEQUENCES = frozenset({"SWI", "GRE", "T2*"})
LESION = "lesion"
_LOSS = frozenset("loss drop dropout void".split())
_MEASURES = frozenset(
    "quantification quantitation quantify quantified estimation estimate assessment measurement monitoring "
    "study level status concentration content map mapping protocol evaluation".split()
)
_SYSTEMIC = frozenset("overload overloaded siderosis hemosiderosis hemochromatosis".split())
_DONE = frozenset(
    ". , ; was were is sequence image imaging acquired obtained performed available done included ) so and".split()
)


def iron(links: Links) -> IronDeposition:
    """Iron by site; the whole is the strongest of them."""
    spoken = [
        (sentence, notes)
        for sentence in links.document.sentences
        if sentence.annotations and sentence.section not in SILENT and sentence.section != BACKGROUND
        if (notes := iron_notes(sentence))
    ]
    report = _Reader(links, [draft for draft in links.lesions if draft.assertion in TODAY] if spoken else [])
    for sentence, notes in spoken:
        report.read(sentence, notes)
    sites = report.sites()
    document = links.document
    found = [said for group in sites.values() for said in group]
    found += [said for said in report.unowned if not found or said.assertion is not Assertion.POSSIBLE]
    missing = [] if found else _not_done(document)
    overall = Assertion.NOT_MENTIONED
    for said in found:
        overall = stronger(overall, said.assertion) if not said.site else overall
    for group in sites.values():
        overall = stronger(overall, _settled(group))
    if not found:
        overall = (
            Assertion.NOT_ASSESSED if missing else Assertion.HYPOTHETICAL if report.asked else Assertion.NOT_MENTIONED
        )
    asked = report.asked if overall is Assertion.HYPOTHETICAL else []
    return IronDeposition(
        assertion=overall,
        sites=tuple(
            IronSite(
                site=site,
                assertion=_settled(group),
                degree=_degree(group),
                evidence=document.evidence_of(*_notes(group)),
            )
            for site, group in sites.items()
        ),
        measurements=measurements(links),
        evidence=document.evidence_of(*_notes(found), *missing, *asked),
    )


def _settled(group: Iterable[Said]) -> Assertion:
    """The strongest statement of a site; an addendum stands for itself."""
    said = list(group)
    added = [one for one in said if one.note.sentence.section == "addendum"]
    assertion = Assertion.NOT_MENTIONED
    for one in added or said:
        assertion = stronger(assertion, one.assertion)
    return assertion


def _notes(said: Iterable[Said]) -> list[Annotation]:
    return [note for one in said for note in (one.note, *([one.tissue] if one.tissue else []))]


class _Reader:
    def __init__(self, links: Links, lesions: list[Draft]) -> None:
        self._links = links
        self._of_lesions = {note for draft in lesions for note in draft.notes}
        self._any_lesion = bool(lesions)
        self._asked: tuple[int, list[Annotation]] = (0, [])
        """The last sentence that was asked for, by its number, and what the paragraph had spoken of before it."""
        self._said: list[Said] = []
        self.unowned: list[Said] = []
        self.asked: list[Annotation] = []

    def read(self, sentence: Sentence, notes: list[Annotation]) -> None:
        """Take up what one sentence says of iron."""
        found = tissues(sentence)
        for note in notes:
            normal = note.means.get("polarity") == "absent" or (
                note.assertion is Assertion.PRESENT and is_called_normal(note, found)
            )
            assertion = Assertion.ABSENT if normal else Assertion.PRESENT if note.excepted else note.assertion
            if assertion is Assertion.HYPOTHETICAL:
                self.asked.append(note)
            else:
                self._add(note, assertion, found)

    def _spoken_of(self, sentence: Sentence) -> list[Annotation]:
        """The tissues that the paragraph spoke of last, before a sentence."""
        sentences = self._links.document.sentences
        asked, found = self._asked
        for index in range(sentence.index - 1, asked - 1, -1):
            before = sentences[index]
            if before.paragraph != sentence.paragraph:
                found = []
                break
            if before.annotations and before.section not in SILENT and before.section != BACKGROUND:
                if own := subject_of(before, tissues(before)):
                    found = own
                    break
        self._asked = (sentence.index, found)
        return found

    def sites(self) -> dict[str, list[Said]]:
        """Everything said, by site in order of mention."""
        found: dict[str, list[Said]] = {}
        for said in self._said:
            found.setdefault(said.site, []).append(said)
        return found

    def _add(self, note: Annotation, assertion: Assertion, found: list[Annotation]) -> None:
        own = sites_of(note, assertion, found)
        if not own and note not in self._of_lesions:
            sites = dict.fromkeys(site_name(tissue) for tissue in self._spoken_of(note.sentence))
            own = [Said(site, assertion, note, None) for site in sites if site]
        excepted = exceptions(note, assertion, found)
        if own or excepted:
            self._said.extend([*own, *excepted])
        elif (
            note in self._of_lesions
            or self._is_local(note)
            and (assertion is Assertion.ABSENT or self._any_lesion and assertion in TODAY)
        ):
            self._said.append(Said(LESION, assertion, note, None))
        else:
            self.unowned.append(Said("", assertion, note, None))

    @staticmethod
    def _is_local(note: Annotation) -> bool:
        """Whether a phrase without an owner speaks of what is looked at ("No blooming."), not of the body."""
        return _SYSTEMIC.isdisjoint(note.sentence.norms(note.first, note.last + 1))


def iron_notes(sentence: Sentence) -> list[Annotation]:
    """Phrases that speak of iron in an image, each word once; "no signal loss on GRE" denies it."""
    taken: set[int] = set()
    found: list[Annotation] = []
    for note in sentence.annotations:
        if not _is_named(note) and not (note.kind == "intensity" and _is_lost(sentence, note)):
            continue
        words = set(range(note.first, note.last + 1))
        if (
            note.experiencer is Experiencer.OTHER
            or taken & words
            or _is_measured(sentence, note)
            or has_other_cause(note)
        ):
            continue
        taken |= words
        found.append(note)
    return found


def _is_named(note: Annotation) -> bool:
    means = note.means
    if not means:
        return False
    named = means.get("field") == "iron" or means.get("intensity") == "blooming"
    return named or ("finding" in means and "siderotic" in means["finding"])


def _is_lost(sentence: Sentence, note: Annotation) -> bool:
    """Whether a loss of signal is denied where a sequence is named that would show it."""
    if note.assertion is not Assertion.ABSENT or _LOSS.isdisjoint(sentence.norms(note.first, note.last)):
        return False
    sequences = sentence.kinds.get("sequence", ())
    return any(not IRON_SEQUENCES.isdisjoint(_sequences(sequence)) for sequence in sequences)


def _is_measured(sentence: Sentence, note: Annotation) -> bool:
    """Whether iron is only what is to be measured: "quantification of liver iron"."""
    norms = sentence.document.norms
    behind = norms[note.last + 1 : note.last + 2]
    before = norms[max(sentence.first, note.first - 7) : note.first]
    if not _MEASURES.isdisjoint(behind) and note.assertion is not Assertion.NOT_ASSESSED:
        return True
    last = max((index for index, word in enumerate(before) if word in _MEASURES), default=None)
    return last is not None and before[last + 1 : last + 2] == ["of"]


def _degree(group: list[Said]) -> Severity | None:
    for said in group:
        if said.assertion not in TODAY:
            continue
        for start in (said.tissue, said.note):
            for modifier in said.note.sentence.of("modifier") if start else []:
                gap = modifier.sentence.document.norms[modifier.last + 1 : start.first] if start else []
                if (
                    "severity" in modifier.means
                    and start
                    and modifier.last < start.first
                    and len(gap) <= 1
                    and "," not in gap
                ):
                    return Severity(modifier.means["severity"])
    return None


def _not_done(document: Document) -> list[Annotation]:
    """Iron-sensitive sequences, or iron itself, that the text says were not looked for."""
    found = []
    for sentence in document.having("sequence", "iron_sequence", "finding"):
        norms = document.norms
        for note in sentence.of("sequence", "iron_sequence"):
            if note.kind == "sequence" and not IRON_SEQUENCES.intersection(_sequences(note)):
                continue
            before = set(norms[max(sentence.first, note.first - 2) : note.first])
            after = norms[note.last + 1] if note.last < sentence.last else "."
            denied = note.assertion is Assertion.ABSENT and before & {"no", "without", "not", "nor"} and after in _DONE
            if note.assertion is Assertion.NOT_ASSESSED or denied:
                found.append(note)
        found.extend(
            note
            for note in sentence.of("finding")
            if note.means.get("field") == "iron" and note.assertion is Assertion.NOT_ASSESSED
        )
    return found


def _sequences(note: Annotation) -> tuple[str, ...]:
    return getattr(note.value, "sequences", ()) or (note.means.get("sequence", ""),)

"""One sentence → the nodal groups it names: nouns and the stations they stand with. Part of nodes.py."""

from __future__ import annotations

from emh_report.document import Annotation, Sentence
from emh_report.model import Assertion
from emh_report.nodal_measures import measure
from emh_report.nodal_state import assertion_of, is_called_enlarged, side_of, verdict
from emh_report.nodal_types import BEFORE_NODE, JOINERS, Group, Named, names_node, words_of

_ONLY_NODES = frozenset({"axillary", "inguinal", "supraclavicular"})
"""Stations that hold nothing else a report would call negative."""
_NOT_A_STATION = frozenset("level fatty loss vessel artery vein".split())


def groups_of(sentence: Sentence, *, under: bool) -> list[Group]:
    """The nodal groups of a sentence; ``under`` says that a heading above it speaks of nodes."""
    named = _named(sentence, under) if "node" in sentence.kinds else []
    if not named:
        return []
    stations = [station for item in named for station in item.stations]
    found: list[Group] = []
    for item in named:
        nameless: list[Annotation | None] = [] if stations else [None]
        for station in item.stations or nameless:
            notes = [note for note in (item.noun, station) if note is not None]
            assertion = assertion_of(sentence, notes, stations)
            if assertion is None:
                continue
            side, of_largest = side_of(sentence, station or notes[0], stations)
            name = station.means["station"] if station else None
            group = Group(name, side, assertion, notes, side_of_largest=of_largest)
            if item.noun and {"mass", "conglomerate"} & set(words_of(item.noun)):
                group.mass = item.noun
            group.enlarged = is_called_enlarged(sentence, notes)
            found.append(group)
    measure(sentence, named, found)
    return found


def _named(sentence: Sentence, under: bool) -> list[Named]:
    notes = [note for note in sentence.of("node") if "palpable" not in sentence.norms(note.first - 3, note.first - 1)]
    nouns = [note for note in notes if names_node(note)]
    if len(nouns) > 1 and sentence.in_label(nouns[0]) and "station" not in nouns[0].means:
        nouns = [noun for noun in nouns if not sentence.in_label(noun)] or nouns  # "Lymph nodes: No enlarged nodes"
    stations = [note for note in notes if "station" in note.means and note not in nouns and _is_station(sentence, note)]
    if not nouns:
        if not under:
            stations = [
                note
                for note in stations
                if note.means["station"] in _ONLY_NODES and verdict(sentence, note, stations) is Assertion.ABSENT
            ]
        return [Named(None, [station]) for station in stations]
    found = []
    taken: set[Annotation] = set()
    for noun in nouns:
        own = [noun] if "station" in noun.means else []
        ahead = [
            note
            for note in stations
            if note.last < noun.first and note not in taken and _leads_to(sentence, note, noun)
        ]
        taken.update(ahead)
        found.append(Named(noun, [*ahead, *own]))
    for station in stations:
        if station in taken:
            continue
        before = [item for item in found if item.noun and item.noun.last < station.first]
        if before and not _breaks(sentence, before[-1].noun, station):
            before[-1].stations.append(station)
        elif not before and _labels(sentence, station):
            found[0].stations.append(station)
    return found


def _is_station(sentence: Sentence, note: Annotation) -> bool:
    """Whether a region is more than a landmark: not "at the level of the renal hilum", "hilar mass"."""
    norms = sentence.document.norms
    before = norms[max(sentence.first, note.first - 3) : note.first]
    after = norms[note.last + 1 : note.last + 2]
    masses = [other.first for other in sentence.of("lesion") if other.means.get("role") == "mass"]
    return _NOT_A_STATION.isdisjoint([*before, *after]) and note.last + 1 not in masses


def _leads_to(sentence: Sentence, station: Annotation, noun: Annotation) -> bool:
    """Whether a station stands in the noun phrase of a node: "hilar, small mediastinal and iliac nodes"."""
    known = {
        index
        for note in sentence.of(
            "node", "modifier", "change", "size", "organ_state", "finding", "intensity", "body_region"
        )
        for index in range(note.first, note.last + 1)
        if note.kind != "node" or "station" in note.means and not names_node(note)
    }
    norms = sentence.document.norms
    gap = range(station.last + 1, noun.first)
    return len(gap) <= 24 and all(
        index in known or norms[index] in JOINERS or norms[index] in BEFORE_NODE or norms[index].endswith("ly")
        for index in gap
    )


def _breaks(sentence: Sentence, noun: Annotation | None, station: Annotation) -> bool:
    """Whether another subject stands between a noun and a station behind it, brackets aside."""
    norms = sentence.document.norms
    if noun is None:
        return True
    named = {index for note in sentence.of("node") for index in range(note.first, note.last + 1)}
    depth = 0
    for index in range(noun.last + 1, station.first):
        depth += (norms[index] == "(") - (norms[index] == ")")
        if (
            depth <= 0
            and index not in named
            and any(
                other.first == index and other.means.get("role") not in ("pronoun", "part")
                for other in sentence.of("lesion", "organ", "organ_finding", "emh")
            )
        ):
            return True
    return False


def _labels(sentence: Sentence, station: Annotation) -> bool:
    """ "Mediastinum: no enlarged nodes", "The mediastinum is free of enlarged nodes"."""
    in_label = sentence.label is not None and station.last <= sentence.label[1]
    return in_label or bool({"free", "contain", "show"} & set(sentence.norms(station.last + 1, station.last + 3)))

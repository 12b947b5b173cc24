"""One sentence → the nodal groups it names: stations, sides, sizes, and whether they are there.

Part of nodes.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from emh_report.document import Annotation, Sentence
from emh_report.lesions import stronger
from emh_report.measure import SizeSpan
from emh_report.model import Assertion, Change
from emh_report.signals import SignalDraft

TODAY = (Assertion.PRESENT, Assertion.POSSIBLE)
ENLARGED_MM = 10
"""Short axis from which a node counts as enlarged where the report gives no verdict."""
_NODE_WORDS = frozenset("node nodal lymphadenopathy adenopathy lymphnode ln lns lap lne".split())
_PATHOLOGICAL = frozenset(
    "lymphadenopathy adenopathy lap lne enlargement mass conglomerate disease involvement deposit".split()
)
_CALLED = frozenset(
    "enlarged bulky matted conglomerate pathological pathologically suspicious avid hypermetabolic metastatic massive".split()
)
_SMALL = frozenset("small tiny subcentimeter subcentimetric normal insignificant shotty nonenlarged".split())
_NORMAL = frozenset("normal negative clear unremarkable free".split())
_ONLY_NODES = frozenset({"axillary", "inguinal", "supraclavicular"})
"""Stations that hold nothing else a report would call negative."""
_JOINERS = frozenset(", and or & / nor plus the both as well".split())
_BEFORE_NODE = frozenset(
    "few multiple several some scattered discrete prominent enlarged small tiny subcentimeter subcentimetric bulky matted conglomerate pathological "
    "pathologically significant significantly suspicious necrotic reactive shotty avid fdg non borderline superior inferior upper lower deep superficial "
    "chain region regional space two three four single solitary other new up to upto cm mm short axis of in size any sized abnormal "
    "fatty metastatic calcified enhancing homogeneous heterogeneous hypermetabolic additional further no - ( )".split()
)
_NOT_A_STATION = frozenset("level fatty loss vessel artery vein".split())
_PAUSE = frozenset(", ( : largest larger upto measuring measure biggest to each - =".split())


@dataclass(slots=True, eq=False)
class Group:
    """The nodes of one station."""

    station: str | None
    side: str | None
    assertion: Assertion
    notes: list[Annotation]
    mass: Annotation | None = None
    """The noun, where it calls several stations one mass."""
    enlarged: bool | None = None
    sizes: list[SizeSpan] = field(default_factory=list)
    prior_sizes: list[SizeSpan] = field(default_factory=list)
    asserted: dict[str, Assertion] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    signals: list[SignalDraft] = field(default_factory=list)
    change: Change | None = None
    side_of_largest: bool = False

    def is_enlarged(self) -> bool:
        """Whether the report calls the group enlarged or pathological, or its short axis speaks for it."""
        if self.enlarged is not None:
            return self.enlarged
        return bool(self.sizes) and min(self.sizes[0].size_mm) >= ENLARGED_MM

    def prior_mm(self) -> tuple[float, ...]:
        """Its size on the prior study."""
        return self.prior_sizes[0].size_mm if self.prior_sizes else ()

    def merge(self, other: Group) -> None:
        """Add what another mention says."""
        if not other.side_of_largest:
            self.side = self.side or other.side
        self.assertion = stronger(self.assertion, other.assertion)
        self.notes.extend(note for note in other.notes if note not in self.notes)
        self.sizes.extend(other.sizes)
        self.prior_sizes.extend(other.prior_sizes)
        self.enlarged = other.enlarged if self.enlarged is None else self.enlarged or bool(other.enlarged)
        self.mass = self.mass or other.mass
        self.change = self.change or other.change


def is_node_word(word: str) -> bool:
    """Whether a normal form means a lymph node."""
    return word in _NODE_WORDS


def sizes_mm(group: Group) -> tuple[float, ...]:
    """The first size given."""
    return group.sizes[0].size_mm if group.sizes else ()


@dataclass(slots=True, eq=False)
class _Named:
    """A noun with the stations it stands with; ``noun`` is None where only a heading speaks of nodes."""

    noun: Annotation | None
    stations: list[Annotation]


def groups_of(sentence: Sentence, *, under: bool) -> list[Group]:
    """The nodal groups of a sentence; ``under`` says that a heading above it speaks of nodes."""
    named = _named(sentence, under)
    stations = [station for item in named for station in item.stations]
    found: list[Group] = []
    for item in named:
        for station in item.stations or ([None] if not stations else []):
            notes = [note for note in (item.noun, station) if note is not None]
            assertion = _assertion(sentence, notes, stations)
            if assertion is None:
                continue
            side, of_largest = _side(sentence, station or notes[0], stations)
            group = Group(
                station.means["station"] if station else None,
                side,
                assertion,
                notes,
                side_of_largest=of_largest,
            )
            group.mass = (
                item.noun if item.noun and {"mass", "conglomerate"} & set(_norms(item.noun)) else None
            )
            group.enlarged = _called(sentence, notes)
            found.append(group)
    _measure(sentence, named, found)
    return found


def _norms(note: Annotation) -> list[str]:
    return note.sentence.document.norms[note.first : note.last + 1]


def _named(sentence: Sentence, under: bool) -> list[_Named]:
    notes = [
        note
        for note in sentence.of("node")
        if "palpable" not in sentence.norms(note.first - 3, note.first - 1)
    ]
    nouns = [note for note in notes if any(is_node_word(word) for word in _norms(note))]
    stations = [
        note
        for note in notes
        if "station" in note.means and note not in nouns and _is_station(sentence, note)
    ]
    if not nouns:
        if not under:
            stations = [
                note
                for note in stations
                if note.means["station"] in _ONLY_NODES
                and _verdict(sentence, note, stations) is Assertion.ABSENT
            ]
        return [_Named(None, [station]) for station in stations]
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
        found.append(_Named(noun, [*ahead, *own]))
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
    """Whether a region is more than a landmark: not "at the level of the renal hilum", "fatty hilum", "retroperitoneal mass"."""
    norms = sentence.document.norms
    before = norms[max(sentence.first, note.first - 3) : note.first]
    after = norms[note.last + 1 : note.last + 2]
    masses = [other.first for other in sentence.of("lesion") if other.means.get("role") == "mass"]
    return _NOT_A_STATION.isdisjoint([*before, *after]) and note.last + 1 not in masses


def _leads_to(sentence: Sentence, station: Annotation, noun: Annotation) -> bool:
    """Whether a station stands in the noun phrase of a node: "right hilar, small mediastinal and axillary nodes"."""
    known = {
        index
        for note in sentence.of(
            "node", "modifier", "change", "size", "organ_state", "finding", "intensity", "body_region"
        )
        for index in range(note.first, note.last + 1)
        if note.kind != "node"
        or "station" in note.means
        and not any(is_node_word(word) for word in _norms(note))
    }
    norms = sentence.document.norms
    gap = range(station.last + 1, noun.first)
    return len(gap) <= 24 and all(
        index in known
        or norms[index] in _JOINERS
        or norms[index] in _BEFORE_NODE
        or norms[index].endswith("ly")
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
    return in_label or bool(
        {"free", "contain", "show"} & set(sentence.norms(station.last + 1, station.last + 3))
    )


def _assertion(
    sentence: Sentence, notes: Sequence[Annotation], stations: Sequence[Annotation]
) -> Assertion | None:
    """How a group stands; None where the text says nothing of it ("no new adenopathy")."""
    last = notes[-1]
    if any(note.excepted for note in notes) or _is_excepted(sentence, last):
        return Assertion.PRESENT
    if any(note.assertion is Assertion.ABSENT for note in notes):
        return None if any(note.change is Change.NEW for note in notes) else Assertion.ABSENT
    verdict = _verdict(sentence, last, stations)
    if verdict is not None:
        return verdict
    said = [note.assertion for note in notes if note.assertion is not Assertion.PRESENT]
    if Assertion.HYPOTHETICAL in said:
        return None
    return said[0] if said else Assertion.PRESENT


def _is_excepted(sentence: Sentence, note: Annotation) -> bool:
    """ "..., the left external iliac group (22 mm) excepted"."""
    norms = sentence.norms(note.last + 1, sentence.last)
    return "excepted" in norms[:9]


def _verdict(sentence: Sentence, note: Annotation, stations: Sequence[Annotation]) -> Assertion | None:
    """What a predicate behind a group says: not enlarged, negative, back to normal."""
    norms = sentence.document.norms
    end = min(
        [
            other.first - 1
            for other in stations
            if other.first > note.last and _own_size_between(sentence, note, other)
        ],
        default=sentence.last,
    )
    end = next((index - 1 for index in range(note.last + 1, end + 1) if norms[index] == ";"), end)
    if {"normalized", "resolved"} & set(norms[note.last + 1 : end + 1]):
        return Assertion.HISTORICAL
    for state in sentence.of("organ_state", "effect"):
        if not note.last < state.first <= end:
            continue
        if state.means.get("state") == "enlarged":
            return Assertion.ABSENT if state.assertion is Assertion.ABSENT else None
        if state.means.get("state") == "normal" and state.assertion is Assertion.PRESENT:
            return Assertion.ABSENT
    for index in range(note.last + 1, end + 1):
        following = norms[index + 1] if index < sentence.last else "."
        if (
            norms[index] in _NORMAL
            and norms[index - 1] not in ("not", "than", "of")
            and not following.isalpha() | (following in ("fatty", "of"))
        ):
            return Assertion.ABSENT
        if norms[index] in _NORMAL and following in ("by", "in", "on", "for", "and"):
            return Assertion.ABSENT
    return None


def _own_size_between(sentence: Sentence, note: Annotation, other: Annotation) -> bool:
    """Whether the next station begins a statement of its own."""
    return any(note.last < size.first < other.first for size in sentence.of("size"))


def _side(sentence: Sentence, note: Annotation, stations: Sequence[Annotation]) -> tuple[str | None, bool]:
    """The side of a station, and whether only its largest node lies there."""
    norms = sentence.document.norms
    sides = [modifier for modifier in sentence.of("modifier") if "laterality" in modifier.means]
    for modifier in reversed(sides):
        gap = norms[modifier.last + 1 : note.first]
        if (
            modifier.last < note.first
            and len(gap) <= 4
            and all(word in _BEFORE_NODE or word == "the" for word in gap)
        ):
            return modifier.means["laterality"], bool(
                {"largest", "larger"} & set(norms[max(sentence.first, modifier.first - 2) : modifier.first])
            )
        shared = modifier.means["laterality"] == "bilateral" or "and" not in gap and "," not in gap
        between = [other for other in stations if modifier.last < other.first < note.first]
        if (
            between
            and shared
            and modifier.last < note.first
            and _JOINERS.issuperset(norms[between[-1].last + 1 : note.first])
        ):
            return modifier.means["laterality"], False
    following = min((other.first for other in stations if other.first > note.last), default=sentence.last + 1)
    for modifier in sides:
        if not note.last < modifier.first < following:
            continue
        after = norms[modifier.last + 1] if modifier.last < sentence.last else "."
        if after in (",", ")", ".", ";", "-") or "on" in norms[modifier.first - 2 : modifier.first + 1]:
            return modifier.means["laterality"], False
    return None, False


def _called(sentence: Sentence, notes: Sequence[Annotation]) -> bool | None:
    """Whether the phrase itself calls the nodes enlarged or small."""
    norms = sentence.document.norms
    first, last = min(note.first for note in notes), max(note.last for note in notes)
    words = norms[max(sentence.first, first - 6) : min(sentence.last, last + 6) + 1]
    inside = {word for note in notes for word in _norms(note)}
    if _SMALL & set(norms[max(sentence.first, first - 4) : last + 1]):
        return False
    return True if inside & _PATHOLOGICAL or _CALLED & set(words) else None


def _measure(sentence: Sentence, named: Sequence[_Named], groups: Sequence[Group]) -> None:
    """Give every size to the groups it is of."""
    others = [
        note
        for note in sentence.of("lesion", "organ", "organ_finding")
        if note.means.get("role") not in ("pronoun", "part")
    ]
    elements = [note for item in named for note in ([item.noun] if item.noun else []) + item.stations]
    elements = list(dict.fromkeys(elements))
    for size in sentence.of("size"):
        if not isinstance(size.value, SizeSpan) or not all(size.value.size_mm):
            continue
        chosen = _measured(sentence, size, named, elements, others)
        for group in groups:
            if chosen.intersection(group.notes[-1:]):
                prior = size.value.prior or size.assertion is Assertion.HISTORICAL
                (group.prior_sizes if prior else group.sizes).append(size.value)
                group.notes.append(size)


def _measured(
    sentence: Sentence,
    size: Annotation,
    named: Sequence[_Named],
    elements: Sequence[Annotation],
    others: Sequence[Annotation],
) -> set[Annotation]:
    """The stations (or the noun, where there is none) that a size is of."""
    norms = sentence.document.norms
    before = max(
        (note for note in elements if note.last < size.first), key=lambda note: note.last, default=None
    )
    after = next(
        (note for note in sorted(elements, key=lambda note: note.first) if note.first > size.last), None
    )
    if (
        after
        and after.first - size.last <= 7
        and {",", ";", "(", ")", "and", "/", "with", ":"}.isdisjoint(norms[size.last + 1 : after.first])
    ):
        if before is None or size.first - before.last > 1:
            return _members(after, named)
    if before is None or any(before.last < other.first < size.first for other in others):
        return set()
    item = next(item for item in named if before is item.noun or before in item.stations)
    if before is item.noun:
        return _members(before, named)
    run = [before]
    for station in reversed([station for station in item.stations if station.first < before.first]):
        gap = norms[station.last + 1 : run[-1].first]
        if not all(word in _JOINERS or word in ("left", "right", "bilateral") for word in gap):
            break
        run.append(station)
    gap = norms[before.last + 1 : size.first]
    ahead = item.noun is None or item.noun.first > before.first
    return set(run) if ahead or _PAUSE.intersection(gap) or len(run) == 1 else {before}


def _members(note: Annotation, named: Sequence[_Named]) -> set[Annotation]:
    """All stations of a noun, the ones before it if it has any; a station stands for itself and those it is listed with."""
    for item in named:
        if note is item.noun:
            ahead = [station for station in item.stations if station.first <= note.first]
            return set(ahead or item.stations or [note])
        if note in item.stations:
            ahead = item.noun is not None and note.first < item.noun.first
            return (
                set(station for station in item.stations if item.noun and station.first < item.noun.first)
                if ahead
                else {note}
            )
    return set()

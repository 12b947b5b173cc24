"""A nodal group, and the words by which it is known. Part of nodes.py."""

from __future__ import annotations

from dataclasses import dataclass, field

from emh_report.document import Annotation
from emh_report.measure import SizeSpan
from emh_report.model import Assertion, Change
from emh_report.signals import SignalDraft
from emh_report.standing import stronger

ENLARGED_MM = 10
"""Short axis from which a node counts as enlarged where the report gives no verdict."""
_NODE_WORDS = frozenset("node nodal lymphadenopathy adenopathy lymphnode ln lns lap lne".split())
JOINERS = frozenset(", and or & / nor plus the both as well".split())
BEFORE_NODE = frozenset(
    "few multiple several some scattered discrete prominent enlarged small tiny subcentimeter subcentimetric "
    "bulky matted conglomerate pathological pathologically significant significantly suspicious necrotic "
    "reactive shotty avid fdg non borderline superior inferior upper lower deep superficial chain region "
    "regional space two three four single solitary other new up to upto cm mm short axis of in size any "
    "sized abnormal fatty metastatic calcified enhancing homogeneous heterogeneous hypermetabolic additional "
    "further no - ( )".split()
)


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


@dataclass(slots=True, eq=False)
class Named:
    """A noun with the stations it stands with; ``noun`` is None where only a heading speaks of nodes."""

    noun: Annotation | None
    stations: list[Annotation]


def words_of(note: Annotation) -> list[str]:
    """Normal forms of a phrase."""
    return note.sentence.document.norms[note.first : note.last + 1]


def is_node_word(word: str) -> bool:
    """Whether a normal form means a lymph node."""
    return word in _NODE_WORDS


def names_node(note: Annotation) -> bool:
    """Whether a phrase says "node", and not only where one lies."""
    return any(is_node_word(word) for word in words_of(note))


def sizes_mm(group: Group) -> tuple[float, ...]:
    """The first size given."""
    return group.sizes[0].size_mm if group.sizes else ()

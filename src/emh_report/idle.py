"""Cues that mean less than they look: stories told with "when", "negative" as part of a name, marks that introduce."""

from __future__ import annotations

from collections.abc import Sequence

from emh_report.cues import QUALIFIERS, CueSpan
from emh_report.document import Annotation, Sentence
from emh_report.lexicon import Cue as CueEntry

_NO = CueEntry(id="no", terms=("no",), file="", line=1, category="negated", direction="before")

_INTRODUCES = frozenset("for denies denied deny of without any".split())
_DENIES = frozenset("no not without never none".split())
_BEGAN = frozenset("began begin start started noticed onset developed".split())
_PAST = frozenset("was were had began fell woke felt got became went came took".split())
_SPANS = frozenset("hour day week month year hr wk yr d".split())
_SIGNS = frozenset("finding feature sign evidence abnormality change symptom history appearance".split())
_ADVERBS = frozenset(
    "today bilaterally throughout again so far now previously yesterday times x in on at by and but with to from as "
    "since after for except otherwise this or ( - was is".split()
)
_BEFORE_NEGATIVE = frozenset(
    "is was are were be been remained came returned again also all both otherwise grossly completely and but , : ; "
    "which that or has have had still now".split()
)


def continues(sentence: Sentence, index: int, cues: Sequence[CueSpan]) -> bool:
    """Whether a colon or dash at ``index`` only introduces what a cue governs: "negative for: …", "denies - …"."""
    return any(
        cue.last == index - 1 and cue.entry.direction == "before" and cue.entry.category in ("negated", "affirmed")
        and sentence.document.norms[cue.last] in _INTRODUCES
        for cue in cues
    )  # fmt: skip


def is_told(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether a cue tells of today: "until the night when he developed pain", "a six-month history of cough"."""
    norms = sentence.document.norms
    if sentence.item and cue.last <= sentence.first + 1 and norms[cue.first] in (">", "<"):
        return True  # the mark of a list item
    if norms[cue.first : cue.last + 2] == ["post", "."] and cue.last < sentence.last - 1:
        return True  # "post. epidural mass" is posterior
    if norms[cue.first : cue.last + 1] == ["not", "shown"] and norms[cue.first - 1] == "(":
        return True  # "post-contrast images (not shown)" are not printed
    if cue.entry.category == "historical" and norms[cue.last] == "ago" and _names_study(norms, cue.first):
        return True
    if cue.entry.category == "historical" and norms[cue.first] == "history":
        return bool(_SPANS.intersection(norms[max(sentence.first, cue.first - 1) : cue.first]))
    if cue.entry.category == "historical" and norms[cue.last] == "ago":
        return bool(_BEGAN.intersection(norms[max(sentence.first, cue.first - 4) : cue.first]))
    if cue.entry.category == "hypothetical" and norms[cue.last] == "reported":
        return bool(_DENIES.intersection(norms[sentence.first : cue.first]))  # not "cases have been reported"
    if cue.entry.category != "hypothetical" or norms[cue.first] not in ("when", "until"):
        return False
    words = sentence.document.words[cue.last + 1 : min(cue.last + 5, sentence.last + 1)]
    texts = [word.text.lower() for word in words]
    return any(text in _PAST or (text.endswith("ed") and len(text) > 4) for text in texts[1:4])


def _names_study(norms: Sequence[str], first: int) -> bool:
    """Whether "two years ago" only dates what is compared with: "comparison with the MRI of two years ago"."""
    before = norms[max(0, first - 8) : first]
    return not _STUDIES.isdisjoint(before) and not _COMPARED.isdisjoint(before)


def is_answered(sentence: Sentence, cue: CueSpan) -> bool:
    """Whether a question mark stands before its answer, which decides: "Cord compression? No." """
    norms = sentence.document.norms
    return norms[cue.last] == "?" and cue.last < sentence.last and norms[cue.last + 1] in _REPLIES


def nothing_suggests(sentence: Sentence, hedge: CueSpan, denials: Sequence[CueSpan]) -> bool:
    """Whether "suggests" is denied with its subject: "nothing in the history suggested abuse"."""
    norms = sentence.document.norms
    if norms[hedge.first] not in ("suggest", "suggested", "indicate", "indicated"):
        return False
    return any(
        cue.last < hedge.first
        and (
            norms[cue.first] in ("nothing", "none", "neither")
            or (norms[cue.first] == "no" and norms[hedge.first - 1] in _SIGNS)
        )
        for cue in denials
    )


def own_scope(sentence: Sentence, cue: CueSpan, clause: tuple[int, int]) -> tuple[int, int] | None:
    """What "negative" behind a noun is about, if that is less than its clause.

    In "coagulase negative staphylococcus" and "Rh negative" it belongs to the word before it; in "urinary tract
    infections, last culture negative" to the item it ends.
    """
    norms = sentence.document.norms
    if norms[cue.first] == "none" and norms[cue.first - 1] in _HOLDS:
        return (cue.first, cue.last)  # "the right mass contains none": of what was spoken of before
    if norms[cue.first] in _ANSWERS and cue.last < clause[1]:
        opened = cue.first > sentence.first and norms[cue.first - 1] in (",", ";", "and")
        if opened and norms[cue.last + 1] in _ELSEWHERE:
            return (cue.first, cue.last)  # "swelling on the left; nil on the right"
    if norms[cue.first] not in _STATED or cue.first != cue.last or cue.first <= clause[0]:
        return None
    before = norms[cue.first - 1]
    if not before[-1].isalnum() or before in _BEFORE_NEGATIVE:
        return None
    after = norms[cue.last + 1] if cue.last < clause[1] else "."
    if norms[cue.first] == "free":
        return (cue.first - 1, cue.first - 1)  # "a fat-free, enhancing mass"
    if after.isalpha() and after not in _ADVERBS:
        written = sentence.document.words[cue.first - 1].text
        named = before in _NAMED or (
            written.isupper() and written != sentence.document.words[cue.last + 1].text.upper()
        )
        return (cue.first, cue.last) if named else None
    start = cue.first - 1
    while start > clause[0] and norms[start - 1] not in (",", "and", ":"):
        start -= 1
    return (start, cue.first - 1)


_STUDIES = frozenset("mri mr ct scan study examination exam imaging film".split())
_COMPARED = frozenset("comparison compared comparing".split())
_HOLDS = frozenset(
    "causes cause caused contains contain contained shows show showed demonstrates demonstrated has have had".split()
)
_REPLIES = frozenset("yes no none nil negative absent".split())
_STATED = frozenset("negative neg nonreactive free".split())
_ANSWERS = frozenset("negative neg nil none absent zero".split())
_ELSEWHERE = frozenset("at on in over below above elsewhere recently since lately now today before currently".split())
_NO_FINDINGS = QUALIFIERS | frozenset(
    "lesion effect emh advice advice_cue treatment treatment_cue biopsy communication contrast recommendation answer "
    "study_word iron_sequence organ node cord_word references urgency section".split()
)
_NAMED = frozenset(
    "rh gram coagulase receptor hiv ana anca antibody antigen er pr her2 pcr smear culture serology titer lactose "
    "toxin hormone factor rhesus".split()
)


def restored(sentence: Sentence, targets: Sequence[Annotation], cues: Sequence[CueSpan]) -> list[CueSpan]:
    """A "no" that a longer phrase hides although it denies what starts within: "no [change | in mental status]"."""
    norms = sentence.document.norms
    things = [note for note in targets if note.kind not in _NO_FINDINGS]
    hiding = [(cue.first, cue.last) for cue in cues if cue.entry.category == "pseudo"]
    hiding += [(note.first, note.last) for note in targets]
    for first, last in hiding:
        if norms[first] not in ("no", "without"):
            continue
        governed = any(cue.first <= first <= cue.last for cue in cues if cue.entry.category != "pseudo")
        if not governed and any(first < thing.first <= last <= thing.last for thing in things):
            return [CueSpan(_NO, first, first)]
    return []

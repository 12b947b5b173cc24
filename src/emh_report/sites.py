"""Where lesions lie: which site phrase belongs to which lesion phrase of a sentence."""

from __future__ import annotations

from itertools import pairwise

from emh_report.anchors import LESION, VERBS, Anchor, qualifies
from emh_report.document import Annotation, Sentence

_INTO = frozenset(
    "into extending extend extension invading protruding reaching encroaching entering insinuating within "
    "enter enters encroach encroaches encroached invade invades invaded extends extended".split()
)


_WITHIN = frozenset("in within of into involving".split())
_LIST = frozenset("and , or / & nor as well the left right bilateral both in region along".split())


ORGAN_SITES = frozenset({"liver", "spleen", "kidney", "adrenal", "breast"})
"""Sites that are organs, whose size is their own."""


_PLACE_LABELS = frozenset("location localization localisation subsite site".split())
_PLACED = frozenset({"site", "level", "lesion", "size", "emh"})


def place_told(sentence: Sentence) -> Annotation | None:
    """The place that a label gives in words of its own: "Location: behind the left crus".

    None where it names a site or a level, which are read as such.
    """
    label = sentence.norms(*sentence.label) if sentence.label else []
    if _PLACE_LABELS.isdisjoint(label) or sentence.of(*_PLACED) or not sentence.label:
        return None
    first, last = sentence.label[1] + 1, sentence.last
    while first <= last and sentence.document.norms[first] in (":", "*"):
        first += 1
    while last >= first and sentence.document.norms[last] in (".", ";", "*"):
        last -= 1
    return Annotation("place", "place", first, last, sentence) if first <= last else None


def give_sites(sentence: Sentence, heads: list[Anchor]) -> None:
    """Give every lesion phrase its sites; "extending into the epidural space" adds a phrase of its own."""
    sites = _site_notes(sentence)
    nouns = [head for head in heads if head.role != "pronoun"]
    for head in nouns:
        if "site" in head.note.means and head.note.kind == "lesion":
            head.sites.append(head.note)  # "abundant epidural fat"
    taken = {site.first for site in sites if _before_noun(sentence, site, nouns)}
    for site in sites:
        if site.first not in taken:
            _behind_noun(sentence, site, nouns, heads, taken)
    for before, head in pairwise(nouns):
        if not head.sites and head.note.excepted and before.sites:
            head.sites.extend(before.sites)  # "no epidural disease with the exception of a component at T6"
    for head in nouns:
        if not head.sites:
            head.sites.extend(_inherited(sentence, head, sites, taken))
    heads.sort(key=lambda head: head.first)


def _before_noun(sentence: Sentence, site: Annotation, nouns: list[Anchor]) -> bool:
    """Give a site to the noun it stands before: "epidural and paravertebral masses"."""
    norms = sentence.document.norms
    organ = site.means["site"] in ORGAN_SITES
    head = next((head for head in nouns if head.first > site.last), None)
    if head is None:
        return False
    named = organ and norms[site.last] in ("liver", "spleen", "kidney")
    if named and norms[site.first - 1 : site.first] == ["the"]:
        return False
    gap = range(site.last + 1, head.first)
    between = [note for note in sentence.of("lesion") if site.last < note.first < head.first]
    measured = organ and any(site.last < size.first < head.first for size in sentence.of("size"))
    begun = any(norms[index] == "," and norms[index + 1] in ("the", "these", "both") for index in gap)
    if begun or len(gap) > 10 or between or measured or not all(_adjective(sentence, index) for index in gap):
        return False
    head.sites.append(site)
    return True


def _behind_noun(
    sentence: Sentence, site: Annotation, nouns: list[Anchor], heads: list[Anchor], taken: set[int]
) -> None:
    """Give a site to the noun it follows: "masses in the mediastinum and the pelvis"."""
    norms = sentence.document.norms
    before = [head for head in nouns if head.last < site.first]
    if not before:
        return
    head = before[-1]
    gap = norms[head.last + 1 : site.first]
    if ";" in gap or len(gap) > (8 if head.role == "emh" else 16):
        return
    if not head.sites:
        if site.means["site"] in ORGAN_SITES and _WITHIN.isdisjoint(gap[:6]):
            return
        head.sites.append(site)
        taken.add(site.first)
    elif _INTO.intersection(gap) and site.means["site"] == "epidural" and head.role == "mass":
        part = Anchor(LESION, site.first, site.last, sentence, site, head.assertion, [site], role="part")
        heads.append(part)
        taken.add(site.first)
    elif head.sites[-1].first in taken and head.sites[-1].first > head.last:
        between = norms[head.sites[-1].last + 1 : site.first]
        listed = qualifies(sentence, site.first - 1, site.first - 1) or _LIST.issuperset(between)
        if between and len(between) <= 4 and listed:
            head.sites.append(site)
            taken.add(site.first)


def _inherited(sentence: Sentence, head: Anchor, sites: list[Annotation], taken: set[int]) -> list[Annotation]:
    """The site of a lesion that has none in its own phrase: named earlier in the clause, or by the label."""
    before = [site for site in sites if site.last < head.first]
    if before and sentence.document.norms[head.last + 1 : head.last + 2] == ["within"]:
        return before[-1:]
    if _points_back(sentence, head):
        return []
    if head.role == "mass":
        start = sentence.clause_of(head.first)[0]
        earlier = [site for site in before if site.first not in taken]
        found = [site for site in earlier if start <= site.first][-1:]
        found = found or (earlier if len(sites) == 1 else [])
        if found:
            return found
    named = head.role in ("mass", "part") or (head.role == "emh" and sentence.label is not None)
    return _topic_sites(sentence)[:1] if named else []


def _site_notes(sentence: Sentence) -> list[Annotation]:
    """Site phrases, and organs that stand for a site ("mass in the liver")."""
    notes = sentence.of("site")
    organs = [
        Annotation(
            "site",
            note.concept,
            note.first,
            note.last,
            sentence,
            {"site": note.preferred},
            assertion=note.assertion,
        )
        for note in sentence.of("organ")
        if note.preferred in ORGAN_SITES
    ]
    return sorted([*notes, *organs], key=lambda note: note.first)


def _topic_sites(sentence: Sentence) -> list[Annotation]:
    """Sites of the label above, organs among them: "Liver: In segment VII there is a lesion"."""
    return [note for note in sentence.topic if note.kind == "site"] + [
        Annotation("site", note.concept, note.first, note.last, note.sentence, {"site": note.preferred})
        for note in sentence.topic
        if note.kind == "organ" and note.preferred in ORGAN_SITES
    ]


def _points_back(sentence: Sentence, head: Anchor) -> bool:
    """Whether a lesion phrase refers to one already named ("the mass", "these lesions")."""
    before = sentence.document.norms[max(sentence.first, head.first - 3) : head.first]
    return head.role == "definite" or bool({"the", "these", "this", "those"}.intersection(before))


def _adjective(sentence: Sentence, index: int) -> bool:
    norms = sentence.document.norms
    if norms[index] in VERBS or norms[index] in ("in", "at", "of", "with", "from", "on"):
        return False
    return qualifies(sentence, index, index) or norms[index] in (
        "based",
        "located",
        "space",
        "region",
        "enhancing",
        "sided",
        "or",
        "nor",
        "shaped",
        "like",
        "any",
    )


_PREFERRED_SITES = ("intracranial", "epidural", "paravertebral", "presacral", "pleural", "perirenal", "lymph_node")


def separate_sites(head: Anchor) -> list[Annotation]:
    """The sites of a phrase, one for each lesion: adjectives in a row are one place, "and" makes two."""
    norms = head.sentence.document.norms
    groups: list[list[Annotation]] = []
    for site in sorted(head.sites, key=lambda note: note.first):
        gap = norms[groups[-1][-1].last + 1 : site.first] if groups else []
        if (
            groups
            and (not {"and", "or", ",", "&", "/", "nor"}.intersection(gap) or not {"a", "an"}.isdisjoint(gap))
            or groups
            and groups[-1][-1].means == site.means
        ):
            groups[-1].append(site)
        else:
            groups.append([site])
    chosen = []
    for group in groups:
        names = [site.means["site"] for site in group]
        best = next((name for name in _PREFERRED_SITES if name in names), names[-1])
        chosen.append(next(site for site in group if site.means["site"] == best))
    unique: dict[str, Annotation] = {}
    for site in chosen:
        unique.setdefault(site.means["site"], site)
    return list(unique.values())

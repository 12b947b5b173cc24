"""YAML lexicon files → typed lexicons; every fault in them as ``file:line: fault``.

The first step of the flow: all that the program knows of radiology's vocabulary enters here.
Faults are collected, so that whoever edits a file sees them all at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

import yaml

from emh_report import model
from emh_report.errors import LexiconError
from emh_report.resources import folder
from emh_report.yamltree import Fault, Phrase, YamlFile, line_of

Direction = Literal["before", "after", "either", "none"]
"""Where a cue stands, seen from what it is about: "no" stands before, "is absent" after."""
Category = Literal[
    "negated", "possible", "historical", "hypothetical", "family", "not_assessed", "change", "pseudo",
    "terminate", "recommendation", "affirmed", "resolved",
]  # fmt: skip
"""What a cue does."""
_FLAG: Final = ("true", "false")
_OPTIONS: Final = {"category": get_args(Category), "direction": get_args(Direction), "replace": _FLAG}
_MEANS: Final[Mapping[str, tuple[str, ...]]] = {
    "action": tuple(model.Action), "assertion": tuple(model.Assertion), "certainty": tuple(model.Certainty),
    "change": tuple(model.Change), "degree": tuple(model.Degree), "experiencer": tuple(model.Experiencer),
    "intensity": tuple(model.Intensity), "kind": tuple(model.LesionKind), "modality": tuple(model.Modality),
    "laterality": tuple(model.Laterality), "reference": tuple(model.Reference), "site": tuple(model.Site),
    "sequence": tuple(model.Sequence), "severity": tuple(model.Severity), "status": tuple(model.BiopsyStatus),
    "treatment": tuple(model.TreatmentKind),
}  # fmt: skip
"""Keys of ``means`` whose values are the contract's; any other key is free text."""
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "concepts": ("id", "preferred", "terms", "not", "codes", "means", "replace"),
    "cues": ("id", "category", "direction", "terms", "ends", "means", "replace"),
    "sections": ("id", "preferred", "terms", "codes", "means", "replace"),
}
_BODIES: Final = {"assertion": "cues", "section": "sections"}
_OWN_AXIS: Final = frozenset({"change", "family", "recommendation", "terminate"})
"""Categories that decide something other than the assertion, so that a term may be in one of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What every entry has: its terms, what they mean in the contract, and where it is written."""

    id: str
    terms: tuple[str, ...]
    means: Mapping[str, str] = field(default_factory=dict, hash=False)
    codes: Mapping[str, str] = field(default_factory=dict, hash=False)
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept(Entry):
    """Something a report names; ``excluded`` (YAML: ``not``) are longer phrases that are something else."""

    kind: str
    preferred: str
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue(Entry):
    """Words that say how another phrase is meant; ``ends`` are words that stop their reach."""

    category: Category
    direction: Direction
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Entry):
    """A part of a report; its terms are headings."""

    preferred: str


@dataclass(frozen=True)
class Lexicons:
    """All that the files say; ``digest`` is its SHA-256, whatever the order of files, entries and keys."""

    concepts: Mapping[str, Concept] = field(hash=False)
    cues: Mapping[str, Cue] = field(hash=False)
    sections: Mapping[str, Section] = field(hash=False)
    digest: str
    added: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Concept → its terms that come from overlays: they are mentions even where a built-in phrase has their words."""

    def of_kind(self, kind: str) -> tuple[Concept, ...]:
        """The concepts of one kind, in the order of the files."""
        return tuple(concept for concept in self.concepts.values() if concept.kind == kind)


def load(overlays: Sequence[Path] = ()) -> Lexicons:
    """The built-in lexicons with ``overlays`` laid over them in order; LexiconError lists every fault."""
    built_in = folder("lexicons")
    return _Book((built_in, *overlays)).lexicons() if overlays else _built_in(built_in)


def check(folders: Sequence[Path]) -> list[str]:
    """Faults, and doubts that ``load`` lets pass, in ``folders`` laid over the built-in lexicons."""
    built_in = folder("lexicons")
    added = (path for path in folders if path.resolve() != built_in.resolve())
    return _Book((built_in, *added)).report()


@cache
def _built_in(path: Path) -> Lexicons:
    return _Book((path,)).lexicons()


@dataclass(slots=True)
class _Draft:
    """An entry as written; the entries of overlays are merged into it."""

    body: str
    kind: str
    file: str
    line: int
    id: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    phrases: dict[str, list[Phrase]] = field(default_factory=dict)
    pairs: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, other: _Draft) -> None:
        """Lay an overlay's entry over this one; a term given twice is kept once."""
        self.texts |= other.texts
        for key, phrases in other.phrases.items():
            known = {phrase.words for phrase in self.phrases.get(key, ())}
            self.phrases.setdefault(key, []).extend(new for new in phrases if new.words not in known)
        for key, pairs in other.pairs.items():
            self.pairs.setdefault(key, {}).update(pairs)

    def namespaces(self) -> list[tuple[str, str]]:
        """Where its terms must be its own: in its kind; a cue's, on its side and in what it decides."""
        if self.body != "cues":
            return [(self.body, self.kind)]
        axis = self.texts["category"] if self.texts.get("category") in _OWN_AXIS else "assertion"
        side = self.texts.get("direction", "")
        return [(axis, each) for each in (("before", "after") if side == "either" else (side,))]

    def added(self) -> tuple[str, ...]:
        """Its terms that come from overlays."""
        return tuple(term.text for term in self.phrases.get("terms", ()) if term.rank)

    def finished(self) -> Concept | Cue | Section:
        """The typed entry; only for a draft without faults."""
        values: dict[str, Any] = {"id": self.id, "file": self.file, "line": self.line}
        values |= self.texts | self.pairs
        values |= {key: tuple(phrase.text for phrase in value) for key, value in self.phrases.items()}
        values.pop("replace", None)
        if self.body == "cues":
            return Cue(**values)
        values.setdefault("preferred", values["terms"][0])
        if self.body == "sections":
            return Section(**values)
        excluded = values.pop("not", ())
        return Concept(**values, kind=self.kind, excluded=excluded)


class _Book:
    """Everything read from the folders, and everything wrong with it."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._drafts: dict[tuple[str, str], _Draft] = {}
        self._faults: list[Fault] = []
        for rank, path in enumerate(folders):
            self._read_folder(path, rank)
        self._check_entries()
        self._check_clashes()
        self._check_exclusions()

    def report(self, doubts: bool = True) -> list[str]:
        """``file:line: fault`` for each, in order."""
        return [str(fault) for fault in sorted(set(self._faults)) if doubts or not fault.doubt]

    def lexicons(self) -> Lexicons:
        """The typed result; LexiconError lists every fault."""
        if faults := self.report(doubts=False):
            raise LexiconError("\n".join(faults))
        books: dict[str, dict[str, Any]] = {body: {} for body in _KEYS}
        for (body, name), draft in self._drafts.items():
            books[body][name] = draft.finished()
        concepts = (draft for draft in self._drafts.values() if draft.body == "concepts")
        added = {draft.id: own for draft in concepts if (own := draft.added())}
        return Lexicons(**books, digest=_digest(books), added=added)

    def _read_folder(self, path: Path, rank: int) -> None:
        files = sorted((*path.glob("*.yaml"), *path.glob("*.yml")))
        if not files:
            self._faults.append(Fault(str(path), 1, "expected a folder that holds .yaml files"))
        own: dict[tuple[str, str], _Draft] = {}
        for each in files:
            file = YamlFile(each, f"{path.resolve().name}/{each.name}", rank, self._faults)
            for draft in _read_file(file):
                key = (draft.body, draft.id)
                old = self._drafts.get(key)
                if key in own:
                    file.fault(draft.line, f"{draft.id!r} is already defined ({_at(own[key], file.name)})")
                elif old is None or draft.texts.get("replace") == "true":
                    self._drafts[key] = draft
                else:
                    if draft.kind != old.kind:
                        text = f"{draft.id!r} is of kind {old.kind!r} ({_at(old, file.name)})"
                        file.fault(draft.line, f"{text}; its terms go there", doubt=True)
                    old.add(draft)
                own.setdefault(key, draft)

    def _check_entries(self) -> None:
        for draft in self._drafts.values():
            terms = draft.phrases.get("terms", [])
            if not terms:
                self._faults.append(Fault(draft.file, draft.line, f"{draft.id!r} has no terms"))
            for key in {"category", "direction"} - draft.texts.keys() if draft.body == "cues" else ():
                self._faults.append(Fault(draft.file, draft.line, f"{draft.id!r} has no {key}"))

    def _check_clashes(self) -> None:
        drafts = self._drafts.values()
        every = [(phrase, draft) for draft in drafts for phrase in draft.phrases.get("terms", ())]
        every.sort(key=lambda pair: pair[0].rank)  # the overlay is at fault, not what is built in
        taken: dict[tuple[object, ...], tuple[Phrase, _Draft]] = {}
        for phrase, draft in every:
            for space in draft.namespaces():
                first, other = taken.setdefault((space, phrase.words), (phrase, draft))
                if other is not draft:
                    text = f"{phrase.text!r} already means {other.id} ({_at(first, phrase.file)})"
                    # An overlay's concept is a mention beside the one that has its words (mentions.py).
                    beside = phrase.rank > 0 and draft.body == "concepts"
                    self._faults.append(Fault(phrase.file, phrase.line, text, doubt=beside))

    def _check_exclusions(self) -> None:
        """A ``not`` phrase hides the terms of its kind within it: it must hold one, and be none itself."""
        drafts = self._drafts.values()
        terms = {(draft.kind, term.words): draft for draft in drafts for term in draft.phrases.get("terms", ())}
        every = [(draft, phrase) for draft in drafts for phrase in draft.phrases.get("not", ())]
        for draft, phrase in every:
            size = len(phrase.words)
            parts = (phrase.words[i:j] for i in range(size) for j in range(i + 1, size + 1))
            if same := terms.get((draft.kind, phrase.words)):
                text = f"{phrase.text!r} is a term of {same.id} and cannot be excluded as well"
            elif not any((draft.kind, part) in terms for part in parts):
                text = f"{phrase.text!r} never bites: it contains no term of kind {draft.kind}"
            else:
                continue
            self._faults.append(Fault(phrase.file, phrase.line, text, doubt=True))


def _read_file(file: YamlFile) -> Iterator[_Draft]:
    root = file.root()
    top = file.mapping(root, ("kind", *_KEYS)) if root else {}
    kind = file.text(top["kind"], "kind") if "kind" in top else ""
    body = _BODIES.get(kind, "concepts")
    for key in ("kind", body):
        if root and key not in top:
            file.fault(1, f"missing '{key}:'")
    for node in file.items(top[body], body) if body in top else ():
        draft = _read_entry(file, node, _Draft(body, kind, file.name, line_of(node)))
        if draft.id:
            yield draft


def _read_entry(file: YamlFile, node: yaml.Node, draft: _Draft) -> _Draft:
    values = file.mapping(node, _KEYS[draft.body])
    if "id" not in values:
        file.fault(node, "entry without 'id:'")
    for key, value in values.items():
        if key in ("terms", "not", "ends"):
            draft.phrases[key] = file.phrases(value, key)
        elif key in ("codes", "means"):
            options = _MEANS if key == "means" else None
            draft.pairs[key] = {k: file.text(v, k, options) for k, v in file.mapping(value).items()}
        elif key == "id":
            draft.id = file.text(value, key)
        else:
            draft.texts[key] = file.text(value, key, _OPTIONS)
    return draft


def _digest(books: Mapping[str, Mapping[str, Any]]) -> str:
    def content(entry: Any) -> dict[str, Any]:
        values = ((each.name, getattr(entry, each.name)) for each in fields(entry))
        told = {key: value for key, value in values if key not in ("file", "line")}
        return {key: sorted(value) if isinstance(value, tuple) else value for key, value in told.items()}

    return hashlib.sha256(json.dumps(books, default=content, sort_keys=True).encode()).hexdigest()


def _at(place: _Draft | Phrase, file: str) -> str:
    return f"line {place.line}" if place.file == file else f"{place.file}:{place.line}"

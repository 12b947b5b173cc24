"""One YAML file → its node tree, read strictly: every scalar a string, every fault with its line.

The tree is read instead of plain values because it keeps line numbers and what was typed:
YAML's own types would turn the term "no" into False and "3:30" into 210.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from emh_report.words import normalise, term_words

_CHOICE = re.compile(r"(\([^()|]*\|[^()]*\))")
_MOST_TERMS = 500
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Fault(NamedTuple):
    """Something wrong at a line of a file; a doubt is reported but stops nothing."""

    file: str
    line: int
    text: str
    doubt: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class Phrase(NamedTuple):
    """A term as written, the words it is compared by, and where it stands; ``rank`` numbers its folder."""

    text: str
    words: tuple[str, ...]
    file: str
    line: int
    rank: int


class YamlFile:
    """Reads the nodes of one file; what is wrong goes to ``faults``, and what can be read is returned."""

    def __init__(self, path: Path, name: str, rank: int, faults: list[Fault]) -> None:
        self.name = name
        self._rank = rank
        self._path = path
        self._faults = faults

    def fault(self, where: yaml.Node | int, text: str, doubt: bool = False) -> None:
        """Record a fault at a node or a line."""
        line = where if isinstance(where, int) else line_of(where)
        self._faults.append(Fault(self.name, line, text, doubt))

    def root(self) -> yaml.Node | None:
        """The top node; None when the file is empty or cannot be read."""
        data = b""
        try:
            data = self._path.read_bytes()
            root: yaml.Node | None = yaml.compose(data.decode(), Loader=_Loader)
        except OSError as error:
            self.fault(1, f"cannot be read: {error.strerror}")
        except UnicodeDecodeError as error:
            self.fault(_line_at(data, error.start), "not UTF-8; save the file as UTF-8")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.fault(mark.line + 1 if mark else 1, f"not YAML: {error.problem or error.context}")
        except yaml.YAMLError as error:
            self.fault(_line_at(data, getattr(error, "position", 0)), "not YAML: it holds a control character")
        else:
            if root is None:
                self.fault(1, "holds no entries", doubt=True)
            return root
        return None

    def mapping(self, node: yaml.Node, allowed: Sequence[str] | None = None) -> dict[str, yaml.Node]:
        """The values of a mapping by key; with ``allowed``, no other keys."""
        found: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, "expected lines of 'key: value'")
            return found
        for key, value in node.value:
            text = _flat(key)
            if text in found:
                self.fault(key, f"{text!r} is given twice")
            elif allowed is not None and text not in allowed:
                self.fault(key, f"unknown key {text!r}{_nearest(text, allowed)}")
            else:
                found[text] = value
        return found

    def items(self, node: yaml.Node, key: str) -> list[yaml.Node]:
        """The items of a list."""
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"expected a list under '{key}:', each item after '- '")
            return []
        return list(node.value)

    def phrases(self, node: yaml.Node, key: str) -> list[Phrase]:
        """The terms of a list, each once."""
        found: dict[tuple[str, ...], Phrase] = {}
        for item in self.items(node, key):
            text = _flat(item)
            terms = self._spelt_out(item, text) if "|" in text else [text]
            for term in terms:
                words = words_of(term)
                first = found.get(words)
                if not isinstance(item, yaml.ScalarNode):
                    self.fault(item, "expected one term; put it in quotes if it holds ':' or '?'")
                elif not words:
                    self.fault(item, "empty term")
                elif first and len(terms) == 1:
                    also = f"line {first.line}" if first.text == text else f"line {first.line}: {first.text!r}"
                    # Another case, plural or spelling is needless but harmless: the reader of terms knows them.
                    self.fault(item, f"duplicate term {text!r} ({also})", doubt=first.text != text)
                elif not first:
                    found[words] = Phrase(term, words, self.name, line_of(item), self._rank)
        return list(found.values())

    def _spelt_out(self, item: yaml.Node, text: str) -> list[str]:
        """The terms that one line with alternatives stands for: "no (sign|evidence) of"."""
        parts = [part[1:-1].split("|") if _CHOICE.fullmatch(part) else [part] for part in _CHOICE.split(text) if part]
        if any("|" in part for options in parts for part in options):
            self.fault(item, f"'|' outside of brackets in {text!r}: write alternatives as (sign|evidence)")
            return []
        terms = [" ".join("".join(choice).split()) for choice in itertools.product(*parts)]
        if len(terms) > _MOST_TERMS:
            self.fault(item, f"{text!r} stands for {len(terms)} terms; at most {_MOST_TERMS} can stand in one line")
            return []
        return terms

    def text(self, node: yaml.Node, key: str, options: Mapping[str, Sequence[str]] | None = None) -> str:
        """A scalar with its white space evened out; where ``options`` has the key, one of those values."""
        text = _flat(node)
        allowed = options.get(key) if options else None
        if not text:
            self.fault(node, f"expected a text after '{key}:'")
        elif allowed and text not in allowed:
            self.fault(node, f"unknown {key} {text!r}{_nearest(text, allowed)}")
        return text


def _flat(node: yaml.Node) -> str:
    """The text of a scalar on one line; empty for anything else."""
    return " ".join(node.value.split()) if isinstance(node, yaml.ScalarNode) else ""


def line_of(node: yaml.Node) -> int:
    """The line a node begins on, counted from 1."""
    return int(node.start_mark.line) + 1


def words_of(term: str) -> tuple[str, ...]:
    """The words under which a term is compared."""
    return tuple([normalise(word[0]) for word in term_words(term)])


def _line_at(data: bytes, position: int) -> int:
    return data[:position].count(b"\n") + 1


def _nearest(word: str, options: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, options, 1)
    return f"; did you mean '{close[0]}'?" if close else f"; expected one of {', '.join(options)}"

"""The words of a rendered report that are not the report's own: one file for each language.

``wording.en.yaml`` holds all of them. Any other language, or spelling, is a ``wording.CODE.yaml`` beside it with the
entries that differ; what it leaves out stays English. A user folder may replace entries of either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from emh_report import resources
from emh_report.errors import TemplateFault
from emh_report.filters import nearest
from emh_report.model import Findings

BASE = "en"
_FILE = re.compile(r"wording\.([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\.yaml")


def languages(folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """The languages that have a wording, built in or in ``folders``; English first."""
    places = (*folders, resources.folder("templates"))
    found = {match[1] for place in places for path in Path(place).iterdir() if (match := _FILE.fullmatch(path.name))}
    return tuple(sorted(found, key=lambda code: (code != BASE, code)))


def words(places: Sequence[Path], language: str = BASE) -> dict[str, Any]:
    """The words of ``language``: English, replaced by those of the language and by those of the user's folders."""
    reversed_places = list(reversed([Path(place) for place in places]))
    found: dict[str, Any] = {}
    for code in dict.fromkeys((BASE, language)):
        files = [file for place in reversed_places if (file := place / f"wording.{code}.yaml").is_file()]
        if not files:
            known = languages(places)
            raise TemplateFault(f"no language {code!r}; languages: {', '.join(known)}{nearest(code, known)}")
        for file in files:
            found = _replaced(found, _load(file), f"{file}: ") if found else _load(file)
    respell = _speller(found["spelling"])
    return {key: value if key == "spelling" else _each_word(value, respell) for key, value in found.items()}


def questions(language: str = BASE) -> dict[str, str]:
    """What ``complete`` asks without being told: the contract's names in order, each with its question."""
    asked: dict[str, str] = words([resources.folder("templates")], language)["ask"]
    return asked


def respelled(findings: Findings, spelling: Mapping[str, str]) -> Findings:
    """The findings with the names that the program chose in another spelling; words of the report stay as they are."""
    if not spelling:
        return findings
    respell = _speller(spelling)
    return Findings.model_validate(_named(findings.model_dump(), respell, ""))


_NAMES = frozenset(
    {
        *("conditions.name", "differential.diagnosis", "bone_marrow.finding", "bone_marrow.site", "organs.finding"),
        *("organs.organ", "lymph_nodes.station", "clinical.symptoms", "iron_deposition.sites.site"),
        *("cord_compression.cord_signal_change.interpretation", "lesions.bone_change.kind"),
    }
)
"""Fields that hold a lexicon's preferred term, not the report's own words."""


def _named(value: Any, respell: Callable[[str], str], path: str) -> Any:
    if isinstance(value, dict):
        return {key: _named(each, respell, f"{path}.{key}".removeprefix(".")) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_named(each, respell, path) for each in value)
    return respell(value) if isinstance(value, str) and path in _NAMES else value


def _each_word(value: Any, respell: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _each_word(each, respell) for key, each in value.items()}
    if isinstance(value, list):
        return [_each_word(each, respell) for each in value]
    return respell(value)


def _speller(spelling: Mapping[str, str]) -> Callable[[str], str]:
    """Replaces parts of words: "hematopoie" by "haematopoie", at the start of a word also with a capital."""
    if not spelling:
        return lambda text: text
    longest_first = sorted(spelling, key=len, reverse=True)
    pattern = re.compile(rf"\b\w*?({'|'.join(map(re.escape, longest_first))})", re.IGNORECASE)

    def put(match: re.Match[str]) -> str:
        old, new = match[1], spelling[match[1].lower()]
        said = new.capitalize() if old[:1].isupper() and not old.isupper() else new.upper() if old.isupper() else new
        return match[0][: -len(old)] + said

    return lambda text: pattern.sub(put, text)


def _load(file: Path) -> dict[str, Any]:
    try:
        # BaseLoader keeps every scalar a string: "no" and "none" are words here.
        loaded = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise TemplateFault(f"{file}:{line}: not valid YAML: {error.problem}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TemplateFault(f"{file}: not readable as YAML ({type(error).__name__})") from None
    if not isinstance(loaded, dict):
        raise TemplateFault(f"{file}: expected entries")
    return loaded


def _replaced(base: Any, own: Any, where: str) -> Any:
    if type(base) is not type(own):
        raise TemplateFault(f"{where}expected {'entries' if isinstance(base, dict) else 'words'}")
    if not isinstance(base, dict):
        return own
    for key in own if base else ():  # an empty table takes any entry
        if key not in base:
            raise TemplateFault(f"{where}unknown entry {key!r}{nearest(key, base)}")
    return base | {key: _replaced(base.get(key, value), value, f"{where}{key}: ") for key, value in own.items()}

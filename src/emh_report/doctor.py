"""What is installed, in which version, and what is missing for which format.

What each extra needs is read from the package's own metadata, or in a checkout from ``pyproject.toml``.
"""

from __future__ import annotations

import platform
import re
import shutil
import tomllib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path

from packaging.requirements import Requirement

from emh_report import __version__

CORE = "core"
_NOT_FOR_USERS = frozenset({"dev", "all"})
_MODULES: Mapping[str, str] = {
    "pyyaml": "yaml",
    "python-docx": "docx",
    "fhir.resources": "fhir.resources.R4B.bundle",
    "pydantic": "pydantic",
}
"""Modules that are named otherwise than the package that brings them."""
_PROGRAMS: Mapping[str, tuple[str, str]] = {"spark": ("java", "Java 17 or newer")}
_EXTRA = re.compile(r"""extra\s*==\s*["']([\w-]+)["']""")


@dataclass(frozen=True)
class Check:
    """One package or program; ``fault`` is empty if all is well."""

    group: str
    """``core``, or the extra that needs it."""
    name: str
    version: str = ""
    fault: str = ""


def checks() -> list[Check]:
    """Core first, then each extra by name."""
    found = []
    for group, needed in requirements().items():
        for requirement in needed:
            if requirement.marker is None or requirement.marker.evaluate({"extra": group}):
                found.append(_package(group, requirement))
        if group in _PROGRAMS:
            found.append(_program(group, *_PROGRAMS[group]))
    return found


def requirements() -> dict[str, list[Requirement]]:
    """What the core and each extra need."""
    checkout = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if checkout.is_file():
        project = tomllib.loads(checkout.read_text("utf-8"))["project"]
        told = {CORE: project["dependencies"], **project["optional-dependencies"]}
        groups = {group: [Requirement(each) for each in lines] for group, lines in told.items()}
    else:
        groups = {CORE: []}
        for line in metadata.requires("emh-report") or ():
            requirement = Requirement(line)
            extra = _EXTRA.search(str(requirement.marker or ""))
            groups.setdefault(extra[1] if extra else CORE, []).append(requirement)
    wanted = {group: needed for group, needed in groups.items() if group not in _NOT_FOR_USERS}
    return {CORE: wanted.pop(CORE), **{group: wanted[group] for group in sorted(wanted)}}


def _package(group: str, requirement: Requirement) -> Check:
    name = requirement.name
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(group, name, fault="missing")
    if not requirement.specifier.contains(version, prereleases=True):
        return Check(group, name, version, f"expected {requirement.specifier}")
    key = name.lower()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import_module(_MODULES.get(key, key.replace("-", "_")))
    except Exception as error:  # such as "numpy.dtype size changed", of which pip says nothing
        return Check(group, name, version, f"installed, but cannot be imported ({type(error).__name__})")
    return Check(group, name, version)


def _program(group: str, program: str, what: str) -> Check:
    return Check(group, program, fault="" if shutil.which(program) else f"missing: {what} is not on the path")


def install_command(group: str) -> str:
    """What installs a group."""
    return "pip install emh-report" if group == CORE else f"pip install 'emh-report[{group}]'"


def lines(found: Sequence[Check]) -> Iterator[str]:
    """The report: versions, what is missing, and the commands that help."""
    yield f"emh-report {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    for group in dict.fromkeys(check.group for check in found):
        own = [check for check in found if check.group == group]
        bad = [check for check in own if check.fault]
        state = "ready" if not bad else "broken" if group == CORE else "not ready"
        yield f"{group}: {state}"
        yield from ("  " + " ".join(filter(None, (check.name, check.version, check.fault))) for check in own)
        if any(check.version or check.name not in dict(_PROGRAMS.values()) for check in bad):
            yield f"  → {install_command(group)}"


def healthy(found: Sequence[Check]) -> bool:
    """Whether the core works; what is missing for a format is no fault."""
    return not any(check.fault for check in found if check.group == CORE)

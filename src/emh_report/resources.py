"""Where the lexicons and templates are: in the checkout, else in the installed package.

They live at the top of the repository, where clinicians edit them, and the wheel carries a copy inside
the package. An editable install leaves a copy in site-packages that goes stale, so a checkout wins.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from emh_report.errors import EmhReportError


def folder(name: Literal["lexicons", "templates"]) -> Path:
    """The folder of built-in lexicons or templates; EmhReportError when this installation has none."""
    package = Path(__file__).resolve().parent
    checkout = package.parents[1]
    candidates = [package / name]
    if package.parent.name == "src":
        candidates.insert(0 if (checkout / "pyproject.toml").is_file() else 1, checkout / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise EmhReportError(
        f"the built-in {name} are missing: looked in {' and '.join(map(str, candidates))}. "
        "Reinstall emh-report, or restore the folder from the repository."
    )

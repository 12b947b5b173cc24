"""Free-text radiology reports on extramedullary hematopoiesis → structured findings → structured reports.

    from emh_report import extract, render
    print(render(extract("No cord compression.")))

The names below are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emh_report.errors import EmhReportError
    from emh_report.extract import Extractor, extract
    from emh_report.model import Findings
    from emh_report.reading import ReportText, load_findings
    from emh_report.render import render

__version__ = "0.1.0"

__all__ = [
    "EmhReportError",
    "Extractor",
    "Findings",
    "ReportText",
    "__version__",
    "extract",
    "load_findings",
    "render",
]

_HOME = {
    "EmhReportError": "errors",
    "Extractor": "extract",
    "Findings": "model",
    "ReportText": "reading",
    "extract": "extract",
    "load_findings": "reading",
    "render": "render",
}


class _Package(ModuleType):
    """Keeps ``extract`` and ``render`` the functions: importing the modules so named would rebind them."""

    def __getattr__(self, name: str) -> Any:
        if name not in _HOME:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{self.__name__}.{_HOME[name]}"), name)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, ModuleType) and _HOME.get(name) == name:
            value = getattr(value, name)
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package

"""HTML reports → one PDF, with WeasyPrint: the extra ``pdf-out``. Nothing is fetched, from the disk or the network."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from emh_report.errors import MissingExtra


def pdf(pages: Sequence[str]) -> bytes:
    """One PDF of all reports, each on pages of its own."""
    html, fetcher = _weasyprint()
    rendered = [html(string=page, url_fetcher=fetcher(allowed_protocols=())).render() for page in pages]
    first = rendered[0]
    together = first.copy([page for document in rendered for page in document.pages])
    return bytes(together.write_pdf(pdf_tags=True))


def _weasyprint() -> tuple[Any, Any]:
    logging.getLogger("weasyprint").disabled = True  # its messages could quote a report
    logging.getLogger("fontTools").disabled = True
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except ImportError:
        raise MissingExtra("PDF needs an extra: pip install 'emh-report[pdf-out]'") from None
    except OSError:
        raise MissingExtra(
            "PDF needs the system library Pango: apt-get install libpango-1.0-0 libpangoft2-1.0-0 (Debian, Ubuntu), "
            "brew install pango (macOS); or print the HTML report from a browser"
        ) from None
    return HTML, URLFetcher

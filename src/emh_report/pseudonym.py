"""Patient identifiers as pseudonyms: the same patient, the same pseudonym, and no way back without the key.

HMAC-SHA256 of the identifier (NIST FIPS 198-1), shortened to 128 bits. Whoever has the key can test guesses: keep it
where the feed is, not where the findings are.
"""

from __future__ import annotations

import hmac
from pathlib import Path

from emh_report.errors import EmhReportError

SHORTEST = 16
"""Bytes of a key."""


def read_key(path: Path) -> bytes:
    """The key in a file; white space around it does not count."""
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise EmhReportError(f"--patient-key {path.name}: cannot be read ({error.strerror})") from None
    if len(key) < SHORTEST:
        raise EmhReportError(f"--patient-key {path.name}: expected at least {SHORTEST} bytes")
    return key


def pseudonym(identifier: str, key: bytes) -> str:
    """The pseudonym of an identifier, as 32 hexadecimal digits."""
    return hmac.digest(key, identifier.strip().encode("utf-8", "replace"), "sha256").hex()[:32]

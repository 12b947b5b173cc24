"""Any text in ASCII, for displays and interfaces that show nothing else; what has no likeness keeps its code point."""

from __future__ import annotations

import unicodedata

_LIKE = {
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    "×": "x",
    "·": ".",
    "•": "-",
    "…": "...",
    "±": "+/-",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "→": "->",
    "←": "<-",
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "đ": "d",
    "ł": "l",
    "Ł": "L",
    "µ": "u",
    "μ": "u",
    "°": " deg",
    "\ufffd": "?",
    "\xa0": " ",
}


def to_ascii(text: str) -> str:
    """``β-thal, 4 × 3 cm – café`` → ``beta-thal, 4 x 3 cm - cafe``; other characters as ``[U+0628]``."""
    return text if text.isascii() else "".join(char if char < "\x80" else _one(char) for char in text)


def _one(char: str) -> str:
    if char in _LIKE:
        return _LIKE[char]
    name = unicodedata.name(char, "")
    if name.startswith("GREEK ") and " LETTER " in name:
        letter = name.split(" LETTER ")[1].split()[0].lower()
        return letter.capitalize() if "CAPITAL" in name else letter
    if unicodedata.combining(char) and unicodedata.name(char, "").startswith("COMBINING"):
        return ""  # an accent on a letter that stays
    plain = "".join(each for each in unicodedata.normalize("NFKD", char) if each < "\x80")
    return plain or f"[U+{ord(char):04X}]"

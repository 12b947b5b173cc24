"""Generated report corpora for the benchmarks: the same seed gives the same texts, and no patient is in them."""

from __future__ import annotations

import random
from pathlib import Path

GOLD = Path(__file__).resolve().parents[1] / "tests" / "gold"

_EXAMS = (
    "Chest PA and lateral",
    "Portable AP chest radiograph",
    "Chest radiograph, two views",
    "XR CHEST PORTABLE",
    "CHEST (PA AND LAT)",
)
_HISTORY = (
    "Cough and fever for {n} days.",
    "Shortness of breath, evaluate for pneumonia.",
    "{age}-year-old {sex} with chest pain.",
    "Status post line placement.",
    "Preoperative evaluation.",
    "Hypoxia, rule out pneumothorax.",
    "{age}-year-old {sex} with productive cough and night sweats.",
)
_COMPARISON = (
    "None.",
    "{month} {day}, {year}.",
    "Chest radiograph of {month} {day}, {year}.",
    "Radiograph from {day}/{n}/{year}.",
)
_FINDINGS = (
    "The lungs are clear without focal consolidation.",
    "There is no pneumothorax or pleural effusion.",
    "Heart size is within normal limits.",
    "The cardiomediastinal silhouette is unremarkable.",
    "Low lung volumes with bibasilar atelectasis.",
    "There is a small {side} pleural effusion with adjacent atelectasis.",
    "A {side} internal jugular catheter terminates in the lower superior vena cava.",
    "An endotracheal tube ends {n} cm above the carina.",
    "Streaky opacities at the {side} base likely reflect atelectasis.",
    "No acute osseous abnormality is identified.",
    "Mild degenerative changes of the thoracic spine.",
    "A {n} mm calcified granuloma is noted in the {side} upper lobe.",
    "Pulmonary vasculature is mildly prominent, suggesting volume overload.",
    "The hilar contours are stable.",
    "There is hazy opacification of the {side} mid lung concerning for infection.",
    "Surgical clips project over the {side} upper quadrant.",
    "Median sternotomy wires are intact.",
    "Aortic knob calcifications are seen.",
    "A nasogastric tube courses below the diaphragm with its tip out of view.",
    "Interval improvement in the {side} basilar airspace opacity.",
)
_IMPRESSIONS = (
    "No acute cardiopulmonary process.",
    "1. Small {side} effusion. 2. No pneumothorax.",
    "{side} basilar opacity, pneumonia versus atelectasis. Clinical correlation is recommended.",
    "No radiographic evidence of pneumonia.",
    "Lines and tubes in satisfactory position.",
    "Stable appearance of the chest since {month} {day}.",
    "Mild pulmonary edema, slightly improved.",
)
_PLAIN = (
    "Ankle joint alignment is maintained with congruent mortise.",
    "Subtle lucency across the distal fibula extends obliquely {n} mm.",
    "Lateral malleolus appears smooth and well corticated.",
    "Talar dome contour is smooth throughout.",
    "Calcaneal enthesophyte measures roughly {n} mm.",
    "Trabecular pattern is age appropriate.",
    "Kager triangle is crisp.",
    "Tibiotalar clearance is symmetrical medially plus laterally.",
    "Casting material partly obscures fine detail.",
    "Base of metatarsal five looks smooth.",
    "Navicular plus cuboid line up normally.",
    "Toes curled during exposure.",
)
"""Sentences in which no concept of the lexicons is named, as most of a registry's reports are."""
_MONTHS = "January February March April May June July August September October November December".split()


def _fill(rng: random.Random, sentence: str) -> str:
    text = sentence.format(
        n=rng.randint(1, 9), age=rng.randint(18, 92), sex=rng.choice(("man", "woman")), side=rng.choice(("left", "right")),
        month=rng.choice(_MONTHS), day=rng.randint(1, 28), year=rng.randint(2009, 2024),
    )  # fmt: skip
    return text[0].upper() + text[1:]


def chest(count: int, seed: int = 1) -> list[str]:
    """Short chest radiograph reports, about 400 characters, with hardly a word of our field in them."""
    rng = random.Random(seed)
    reports = []
    for _ in range(count):
        findings = " ".join(_fill(rng, sentence) for sentence in rng.sample(_FINDINGS, rng.randint(3, 7)))
        parts = [
            ("EXAM", rng.choice(_EXAMS)),
            ("INDICATION", _fill(rng, rng.choice(_HISTORY))),
            ("COMPARISON", _fill(rng, rng.choice(_COMPARISON))),
            ("FINDINGS", findings),
            ("IMPRESSION", _fill(rng, rng.choice(_IMPRESSIONS))),
        ]
        break_ = rng.choice(("\n\n", "\n", " "))
        reports.append(break_.join(f"{heading}: {body}" for heading, body in parts))
    return reports


def plain(count: int, seed: int = 2) -> list[str]:
    """Short reports without one concept of our lexicons: what most of a registry consists of."""
    rng = random.Random(seed)
    return ["\n".join(_fill(rng, sentence) for sentence in rng.sample(_PLAIN, rng.randint(5, 9))) for _ in range(count)]


def junk(count: int, seed: int = 3) -> list[str]:
    """Short reports in which every third word was never seen before: typing errors, names, numbers."""
    rng = random.Random(seed)
    letters = "abcdefghijklmnoprstuvwz"
    reports = []
    for text in chest(200, seed):
        words = text.split(" ")
        reports.append(words)
    made = []
    for number in range(count):
        words = list(reports[number % len(reports)])
        for index in range(0, len(words), 3):
            words[index] = "".join(rng.choice(letters) for _ in range(rng.randint(4, 12)))
        made.append(" ".join(words))
    return made


def gold() -> list[str]:
    """The full reports of tests/gold: every field has to be worked out."""
    return [path.read_bytes().decode() for path in sorted(GOLD.glob("*.txt"))]


def large(characters: int, texts: list[str] | None = None) -> str:
    """One document of about ``characters`` characters: reports one after the other."""
    texts = texts or gold()
    parts: list[str] = []
    size = 0
    while size < characters:
        text = texts[len(parts) % len(texts)]
        parts.append(text)
        size += len(text) + 2
    return "\n\n".join(parts)[:characters]


def unpunctuated(characters: int, seed: int = 4) -> str:
    """One line without a full stop, comma or line break, as failed conversions leave."""
    rng = random.Random(seed)
    words = " ".join(gold()).replace(".", " ").replace(",", " ").replace(":", " ").replace(";", " ").split()
    parts: list[str] = []
    size = 0
    while size < characters:
        word = rng.choice(words)
        parts.append(word)
        size += len(word) + 1
    return " ".join(parts)[:characters]

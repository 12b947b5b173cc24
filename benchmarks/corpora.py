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
    "There is an oblique lucency of {n} units in the distal fibula.",
    "The lateral malleolus looks well corticated.",
    "There is a calcaneal spur on the film.",
    "The Kager triangle is crisp.",
    "The navicular and the cuboid line up as in health.",
    "The toes were curled during the exposure, and {n} films were thrown away.",
    "The patella sits deep in its groove.",
    "The wrist carpals keep their arcs.",
    "The ulnar variance is neutral.",
    "The radial head lines up with the capitellum.",
    "The acromion is curved and has a spur.",
    "The Shenton arcs are unbroken.",
    "The hardware sits in a good position, and {n} screws are counted.",
    "There is a splint over the forearm.",
    "The nasal bridge is straight, and the sinuses are well aerated.",
    "The sesamoids are bipartite, as is often found at such ages.",
    "The lunate and the triquetrum are seated in their usual places.",
    "The crowns of the molars {n} to 9 are equal.",
    "The metacarpals are well covered, and the thumb column is straight.",
)
"""Sentences in which no concept and no cue of the lexicons is named, as in most of a registry's reports."""
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


def full(count: int, seed: int = 5) -> list[str]:
    """Full EMH reports of 2 to 4 KB: those of tests/gold, two or three in one where they are shorter."""
    rng = random.Random(seed)
    texts = [text for text in gold() if len(text) > 700]
    made = []
    for _ in range(count):
        text = rng.choice(texts)
        while len(text) < 2000:
            text = f"{text.rstrip()}\n\n{rng.choice(texts)}"
        made.append(text[:4000])
    return made


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

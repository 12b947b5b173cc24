"""How findings must change, or not, when a report is changed: nothing here needs gold."""

from __future__ import annotations

import itertools
import textwrap
from pathlib import Path
from typing import Any

import pytest

from emh_report.extract import extract

GOLD = Path(__file__).parent / "gold"
REPORTS = sorted(GOLD.glob("[ab]*.txt"))[::4]
IRRELEVANT = "The patient was comfortable throughout. Images were archived. The thyroid is unremarkable."

STATEMENTS = (
    "cord compression at D5",
    "compression of the spinal cord at D5",
    "spinal cord compression at D5",
    "flattening of the cord at D5",
)
DENIALS = (
    "No {}.",
    "No evidence of {}.",
    "There is no {}.",
    "No definite {} is seen.",
    "Negative for {}.",
    "Without {}.",
)
HEDGES = ("Possible {}.", "Suspicious for {}.", "{} cannot be excluded.", "There may be {}.", "Query {}.")
STATED = ("There is {}.", "{} is seen.", "MRI shows {}.", "{} is present.", "IMPRESSION: {}.")
ASKED = ("INDICATION: Rule out {}.", "Clinical question: {}?\n\nFindings: Normal discs.", "HISTORY: ? {}.")


def said(text: str) -> dict[str, Any]:
    """The fields that must not depend on layout."""
    found = extract(text).model_dump(mode="json")
    compression = found["cord_compression"]
    return {
        "emh": found["emh"]["assertion"],
        "compression": compression["assertion"],
        "levels": compression["levels"],
        "absent_levels": compression["absent_levels"],
        "epidural": (found["epidural"]["assertion"], found["epidural"]["levels"]),
        "iron": found["iron_deposition"]["assertion"],
        "fat": found["fatty_change"]["assertion"],
        "biopsy": found["biopsy"]["status"],
        "lesions": sorted(
            (lesion["site"], *lesion["levels"], *map(str, lesion["size_mm"])) for lesion in found["lesions"]
        ),
    }


def cord(text: str) -> tuple[str, list[str]]:
    compression = extract(text).cord_compression
    return compression.assertion.value, list(compression.levels)


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("frame", STATED)
def test_a_statement_is_present(frame: str, statement: str) -> None:
    assert cord(frame.format(statement)) == ("present", ["T5"])


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("frame", DENIALS)
def test_a_denial_makes_it_absent(frame: str, statement: str) -> None:
    assert cord(frame.format(statement)) == ("absent", [])


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("frame", HEDGES)
def test_a_hedge_makes_it_possible(frame: str, statement: str) -> None:
    assert cord(frame.format(statement))[0] == "possible"


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("frame", ASKED)
def test_a_question_is_no_finding(frame: str, statement: str) -> None:
    assert cord(frame.format(statement))[0] == "hypothetical"


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize(("written", "read"), [("D9", "T9"), ("T2", "T2"), ("Th11", "T11"), ("C6", "C6")])
def test_a_level_moves_with_its_text(statement: str, written: str, read: str) -> None:
    moved = statement.replace("D5", f"the {written} level")
    assert cord(f"There is {moved}.") == ("present", [read])


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_an_irrelevant_paragraph_changes_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    assert said(f"{text.rstrip()}\n\n{IRRELEVANT}\n") == said(text)


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_trailing_blanks_and_line_ends_change_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    assert said("\r\n".join(line + "  " for line in text.split("\n"))) == said(text)


# In damaged texts runs of blanks are columns and do carry meaning.
@pytest.mark.parametrize("path", [path for path in REPORTS if "_ocr_" not in path.stem], ids=lambda path: path.stem)
def test_double_spaces_change_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    assert said(text.replace(" ", "  ")) == said(text)


PARAGRAPHS = (
    "Bilateral paravertebral masses extend from T4 to T9, the largest on the right at T7 measuring 4.8 x 3.1 cm. They are isointense "
    "to cord on T1 and hyperintense on T2. Posterior epidural tissue from T5 to T8 compresses the cord at T6. No enhancement is seen.",
    "There is no paravertebral mass and no epidural tissue. The spinal cord is normal in calibre and signal. No evidence of "
    "extramedullary hematopoiesis. Biopsy is not required.",
    "Presacral mass measuring 52 mm with macroscopic fat, most likely extramedullary hematopoiesis in this patient with thalassemia "
    "intermedia. Lymphoma is less likely. CT-guided biopsy is recommended if the mass grows.",
)


@pytest.mark.parametrize("paragraph", PARAGRAPHS)
@pytest.mark.parametrize("width", [40, 60, 80])
def test_wrapping_lines_changes_nothing(paragraph: str, width: int) -> None:
    assert said(textwrap.fill(paragraph, width, break_on_hyphens=False)) == said(paragraph)


@pytest.mark.parametrize("paragraph", PARAGRAPHS)
def test_case_changes_nothing(paragraph: str) -> None:
    assert said(paragraph.upper()) == said(paragraph)


INDEPENDENT = (
    "A 3 cm presacral mass is seen at S2.",
    "Left paravertebral mass at T9 measures 41 x 28 mm.",
    "The spinal cord is compressed at C5.",
    "The liver is dark on T2*, in keeping with iron overload.",
)


def test_the_order_of_independent_sentences_changes_nothing() -> None:
    first = said(" ".join(INDEPENDENT))
    for order in itertools.permutations(INDEPENDENT):
        assert said(" ".join(order)) == first

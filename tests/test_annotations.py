"""Gold of annotation tools: the same report in four formats gives the same scores, and wrong offsets are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import DocBin, Span

from conftest import Run
from emh_report.annotation_files import read_annotations, read_labels
from emh_report.annotations import Annotated
from emh_report.annotations import Span as Marked
from emh_report.errors import EmhReportError, GoldError
from emh_report.evaluate import confusions
from emh_report.model import Findings
from emh_report.reading import ReportText
from emh_report.spans import evaluate_spans

TEXT = "FINDINGS: Paravertebral mass at T8. No cord compression.\nIMPRESSION: Extramedullary hematopoiesis.\n"
MARKED = [("cord_compression", "cord compression", "absent"), ("EMH", "Extramedullary hematopoiesis", "present")]


def at(phrase: str, text: str = TEXT) -> tuple[int, int]:
    start = text.index(phrase)
    return start, start + len(phrase)


def brat(path: Path, shift: int = 0) -> Path:
    path.mkdir(exist_ok=True)
    (path / "r1.txt").write_text(TEXT, "utf-8")
    lines = []
    for number, (label, phrase, assertion) in enumerate(MARKED, 1):
        start, end = at(phrase)
        lines.append(f"T{number}\t{label} {start + shift} {end + shift}\t{phrase}")
        lines += [f"A{number}\tNegation T{number}"] if assertion == "absent" else []
    (path / "r1.ann").write_text("\n".join(lines) + "\n", "utf-8")
    return path


def doccano(path: Path, shift: int = 0) -> Path:
    spans = [[at(phrase)[0] + shift, at(phrase)[1] + shift, f"{label}:{meant}"] for label, phrase, meant in MARKED]
    file = path.with_suffix(".jsonl")
    file.write_text(json.dumps({"id": "r1", "text": TEXT, "label": spans}) + "\n", "utf-8")
    return file


def label_studio(path: Path, shift: int = 0) -> Path:
    regions: list[dict[str, Any]] = []
    for number, (label, phrase, meant) in enumerate(MARKED):
        place = {"start": at(phrase)[0] + shift, "end": at(phrase)[1] + shift, "text": phrase}
        regions.append({"id": f"x{number}", "type": "labels", "value": place | {"labels": [label]}})
        choice = {"present": "Affirmed", "absent": "Negated"}[meant]
        regions.append({"id": f"x{number}", "type": "choices", "value": place | {"choices": [choice]}})
    file = path.with_suffix(".json")
    cancelled = {"was_cancelled": True, "result": []}
    file.write_text(
        json.dumps([{"id": "r1", "data": {"text": TEXT}, "annotations": [cancelled, {"result": regions}]}]), "utf-8"
    )
    return file


def docbin(path: Path) -> Path:
    doc = spacy.blank("en")(TEXT)
    spans: list[Span] = []
    for label, phrase, meant in MARKED:
        span = doc.char_span(*at(phrase), label=label)
        assert span is not None
        spans.append(span)
        doc.user_data[("._.", "is_negated", span.start_char, span.end_char)] = meant == "absent"
    doc.set_ents(spans)
    doc.user_data["id"] = "r1"
    file = path.with_suffix(".spacy")
    DocBin(docs=[doc], store_user_data=True).to_disk(file)
    return file


FORMATS: list[Callable[[Path], Path]] = [brat, doccano, label_studio, docbin]


@pytest.mark.parametrize("write", FORMATS, ids=lambda each: each.__name__)
def test_four_formats_say_the_same(write: Callable[[Path], Path], tmp_path: Path) -> None:
    (report,) = read_annotations(write(tmp_path / "gold"))
    assert isinstance(report, Annotated)
    assert (report.id, report.text) == ("r1", TEXT)
    expected = [(label, (at(phrase),), None) for label, phrase, _ in MARKED]
    assert [(span.label, span.parts, None) for span in report.spans] == expected
    first, second = (span.assertion for span in report.spans)
    assert first == "absent"
    assert second in ("present", None), "brat and DocBin mark only what is negated"


@pytest.mark.parametrize("write", FORMATS, ids=lambda each: each.__name__)
def test_the_command_reads_them(write: Callable[[Path], Path], cli: Run, tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("label,concept\nEMH,extramedullary_hematopoiesis\n", "utf-8")
    ran = cli("evaluate", write(tmp_path / "gold"), "--labels", labels, "--show")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("FLIPS: 0\n\nDISAGREEMENTS: 0\n")
    for row in ("cord_compression  ", "cord_compression.assertion", "EMH  ", "EMH.assertion"):
        line = next(each for each in ran.out.splitlines() if each.startswith(row))
        assert line.split()[1:] == ["1", "0", "0", "1.000", "1.000", "1.000", "0.207-1.000"]
    assert "assertion: gold \\ read" in ran.out
    without = cli("evaluate", tmp_path / "gold" if write is brat else next(tmp_path.glob("gold.*")))
    assert "label EMH: no concept has this name, not judged (1 annotations; see --labels)" in without.err
    assert without.status == 0


@pytest.mark.parametrize("write", [brat, label_studio])
def test_offsets_that_do_not_match_are_refused(write: Callable[[Path, int], Path], cli: Run, tmp_path: Path) -> None:
    ran = cli("evaluate", write(tmp_path / "gold", -1))
    assert ran.status == 2
    assert "r1: " in ran.err
    assert "do not match the text" in ran.err
    assert "compression" not in ran.err.replace("cord_compression", "")


def test_offsets_without_a_text_must_fit_words(tmp_path: Path) -> None:
    (shifted,) = read_annotations(doccano(tmp_path / "a", -1))
    assert isinstance(shifted, GoldError)
    assert "inside a word" in str(shifted)
    (outside,) = read_annotations(doccano(tmp_path / "b", 5000))
    assert isinstance(outside, GoldError)
    assert "outside the text" in str(outside)


def test_one_bad_report_does_not_stop_the_others(cli: Run, tmp_path: Path) -> None:
    folder = brat(tmp_path / "gold")
    (folder / "r0.txt").write_text("x", "utf-8")
    (folder / "r0.ann").write_text("T1\tcord_compression 5 9\tcord\n", "utf-8")
    (folder / "r2.ann").write_text("T1\tcord_compression zero 9\tcord\n", "utf-8")
    ran = cli("evaluate", folder)
    assert ran.status == 1
    assert "r0: T1: offsets 5-9 are outside the text" in ran.err
    assert "r2.ann: no report beside it" in ran.err
    assert "reports: 1" in ran.out


def test_discontinuous_spans(tmp_path: Path) -> None:
    text = "Masses, epidural and paravertebral.\n"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    (tmp_path / "a.ann").write_text("T1\tmass 0 6;21 34\tMasses paravertebral\n", "utf-8")
    (report,) = read_annotations(tmp_path)
    assert isinstance(report, Annotated)
    assert report.spans[0].parts == ((0, 6), (21, 34))


def mention(concept: str, start: int, end: int, assertion: str) -> dict[str, Any]:
    return {"concept": concept, "text": "x" * (end - start), "start": start, "end": end, "assertion": assertion}


def test_what_is_missing_too_much_and_flipped() -> None:
    found = [
        mention("cord_compression", *at("cord compression"), "present"),
        mention("cord_compression", 0, 8, "present"),
        mention("spleen", 0, 4, "present"),
    ]
    report = Annotated("r1", TEXT, marked())
    result, unknown = evaluate_spans(
        [report],
        lambda _: Findings.model_validate({"mentions": found}),
        ["cord_compression", "extramedullary_hematopoiesis", "spleen"],
        {"EMH": frozenset({"extramedullary_hematopoiesis"})},
    )
    scores = {score.field: (score.tp, score.fp, score.fn) for score in result.scores()}
    assert scores["cord_compression"] == (1, 1, 0)
    assert scores["cord_compression.assertion"] == (0, 1, 1)
    assert scores["EMH"] == (0, 0, 1)
    assert "spleen" not in scores, "a concept that the gold does not mark is not judged"
    assert [(name, j.expected, j.got) for name, j in result.flips()] == [("r1", "absent", "present")]
    assert [dict(table.counts) for table in confusions(result)] == [{("absent", "present"): 1}]
    assert not unknown


def marked() -> tuple[Marked, ...]:
    return tuple(Marked(label, label, (at(phrase),), meant) for label, phrase, meant in MARKED)


def test_labels_must_name_concepts(tmp_path: Path) -> None:
    report = Annotated("r1", TEXT, marked())
    nothing: Callable[[ReportText], Findings] = lambda _: Findings()  # noqa: E731
    with pytest.raises(GoldError, match="--labels"):
        evaluate_spans([report], nothing, ["spleen"])
    with pytest.raises(GoldError, match="no concept is named zebra"):
        evaluate_spans([report], nothing, ["spleen"], {"EMH": frozenset({"zebra"})})
    bad = tmp_path / "labels.csv"
    bad.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(EmhReportError, match="label,concept"):
        read_labels(bad)


@pytest.mark.parametrize("content", ["{", '{"a": 1}', '[{"data": {}, "annotations": [{"result": 3}]}]', "\x00"])
def test_other_files_are_told(content: str, cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(content, "utf-8")
    ran = cli("evaluate", file)
    assert ran.status == 2
    assert "gold.jsonl" in ran.err
    assert "internal" not in ran.err
    (tmp_path / "gold.spacy").write_bytes(b"no")
    ran = cli("evaluate", tmp_path / "gold.spacy")
    assert (ran.status, "not a DocBin" in ran.err) == (2, True)

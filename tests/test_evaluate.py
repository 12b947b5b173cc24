"""Judging by gold: what counts, what is a flip, how entries are paired."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Run
from emh_report.assign import best_pairs
from emh_report.compare import Judgement, compare_json
from emh_report.errors import GoldError
from emh_report.evaluate import Evaluation, Score, as_json, evaluate, rows, tally, wilson, wrong_lines
from emh_report.gold import gold_files, make_gold, read_gold
from emh_report.model import Findings

Counts = dict[str, tuple[int, int, int]]


def judged(gold: dict[str, Any], found: dict[str, Any]) -> list[Judgement]:
    return compare_json(make_gold(gold, "gold"), found)


def counts(gold: dict[str, Any], found: dict[str, Any]) -> Counts:
    """TP, FP, FN by field, where something was counted."""
    scores = tally(judged(gold, found))
    return {s.field: (s.tp, s.fp, s.fn) for s in scores if s.tp or s.fp or s.fn}


def lesion(**values: Any) -> dict[str, Any]:
    return {"kind": "mass", "site": "paravertebral", "levels": [], "assertion": "present", **values}


@pytest.mark.parametrize(
    ("expected", "got", "count"),
    [
        ("present", "present", (1, 0, 0)),
        ("present", "absent", (0, 1, 1)),
        ("present", "not_mentioned", (0, 0, 1)),
        ("not_mentioned", "present", (0, 1, 0)),
        ("not_mentioned", "not_mentioned", (0, 0, 0)),
    ],
)
def test_plain_values(expected: str, got: str, count: tuple[int, int, int]) -> None:
    found = counts({"emh": {"assertion": expected}}, {"emh": {"assertion": got}})
    assert found.get("emh.assertion", (0, 0, 0)) == count


@pytest.mark.parametrize(
    ("expected", "got", "flip"),
    [
        ("present", "absent", True),
        ("possible", "historical", True),
        ("absent", "possible", True),
        ("historical", "present", True),
        ("present", "possible", False),
        ("absent", "historical", False),
        ("present", "not_mentioned", False),
        ("hypothetical", "present", False),
        ("not_assessed", "absent", False),
    ],
)
def test_flips(expected: str, got: str, flip: bool) -> None:
    found = judged({"cord_compression": {"assertion": expected}}, {"cord_compression": {"assertion": got}})
    assert [j.flip for j in found] == [flip]


@pytest.mark.parametrize(
    ("expected", "got", "flip"),
    [
        ("recommended", "not_recommended", True),
        ("conditional", "not_recommended", True),
        ("not_recommended", "recommended", True),
        ("recommended", "conditional", False),
        ("deferred", "not_recommended", False),
        ("performed", "recommended", False),
    ],
)
def test_biopsy_flips(expected: str, got: str, flip: bool) -> None:
    assert [j.flip for j in judged({"biopsy": {"status": expected}}, {"biopsy": {"status": got}})] == [flip]


def test_an_accepted_value_on_the_other_side_is_no_flip() -> None:
    gold = {"emh": {"assertion": "historical"}, "also_accepted": {"emh.assertion": ["present"]}}
    assert counts(gold, {"emh": {"assertion": "present"}}) == {"emh.assertion": (1, 0, 0)}
    assert [j.flip for j in judged(gold, {"emh": {"assertion": "possible"}})] == [False]
    gold = {"emh": {"assertion": "not_mentioned"}, "also_accepted": {"emh.assertion": ["absent"]}}
    assert [(j.fp, j.flip) for j in judged(gold, {"emh": {"assertion": "present"}})] == [(1, False)]


def test_list_values_count_one_by_one() -> None:
    gold = {"epidural": {"levels": ["T4", "T5", "T6"]}}
    assert counts(gold, {"epidural": {"levels": ["T5", "T6", "T7"]}}) == {"epidural.levels": (2, 1, 1)}
    assert counts({"epidural": {"levels": []}}, {"epidural": {"levels": ["T5"]}}) == {"epidural.levels": (0, 1, 0)}


def test_sizes_count_as_often_as_they_are_written() -> None:
    gold = {"lesions": [lesion(size_mm=[20, 20, 31])]}
    assert counts(gold, {"lesions": [lesion(size_mm=[20.0, 31.0])]})["lesions.size_mm"] == (2, 0, 1)


def test_only_what_the_gold_holds_is_judged() -> None:
    found = {"emh": {"assertion": "absent"}, "biopsy": {"status": "recommended", "method": "core"}}
    assert counts({"biopsy": {"status": "recommended"}}, found) == {"biopsy.status": (1, 0, 0)}
    assert counts({"doubt": "?", "source": {}, "provenance": "x"}, found) == {}


def test_null_is_expected_but_not_counted() -> None:
    gold = {"cord_compression": {"severity": None}}
    assert counts(gold, {"cord_compression": {"severity": None}}) == {}
    assert counts(gold, {"cord_compression": {"severity": "mild"}}) == {"cord_compression.severity": (0, 1, 0)}
    gold = {"lesions": [lesion(size_at=None)]}
    assert counts(gold, {"lesions": [lesion(size_at={"level": "T7"})]})["lesions.size_at"] == (0, 1, 0)


def test_a_named_entry_needs_name_and_assertion() -> None:
    gold = {"differential": [{"diagnosis": "lymphoma", "assertion": "possible", "certainty": "unlikely"}]}
    right = {"diagnosis": "Lymphoma", "assertion": "possible", "certainty": "likely"}
    assert counts(gold, {"differential": [right]}) == {
        "differential": (1, 0, 0),
        "differential.certainty": (0, 1, 1),
    }
    denied = judged(gold, {"differential": [{**right, "assertion": "absent", "certainty": None}]})
    assert denied[0].flip
    assert (denied[0].tp, denied[0].fp, denied[0].fn) == (0, 1, 1)
    assert counts(gold, {"differential": []}) == {
        "differential": (0, 0, 1),
        "differential.certainty": (0, 0, 1),
    }
    assert counts({"differential": []}, {"differential": [right]}) == {"differential": (0, 1, 0)}


def test_other_right_names_lists_and_sentences() -> None:
    gold = {
        "conditions": [{"name": "sickle cell anemia", "assertion": "present"}],
        "recommendations": [{"action": "pet", "status": "recommended"}],
        "lesions": [lesion(levels=["T7"])],
        "also_accepted": {
            "conditions.name": ["sickle cell disease"],
            "recommendations": [[], [{"action": "other", "status": "recommended"}]],
            "lesions.levels": "the level is that of the largest",
        },
    }
    found = {
        "conditions": [{"name": "sickle cell disease", "assertion": "present"}],
        "recommendations": [{"action": "other", "status": "recommended"}],
        "lesions": [lesion(levels=["L3"])],
    }
    assert all(j.agrees for j in judged(gold, found))
    assert "lesions.levels" not in {j.field for j in judged(gold, found)}
    assert all(j.agrees for j in judged(gold, {**found, "recommendations": []}))


def test_lesions_are_paired_by_the_best_fit_whatever_their_order() -> None:
    left = lesion(laterality="left", levels=["T4", "T5"], size_mm=[30])
    right = lesion(laterality="right", levels=["T5", "T6"], size_mm=[18])
    epidural = {"kind": "epidural_component", "site": "epidural", "levels": ["T5"], "assertion": "present"}
    gold = {"lesions": [left, right, epidural]}
    assert all(j.agrees for j in judged(gold, {"lesions": [epidural, right, left]}))
    found = counts(gold, {"lesions": [right, left]})
    assert found["lesions"] == (2, 0, 1)
    assert found["lesions.levels"] == (4, 0, 1)


def test_a_mass_is_never_taken_for_the_epidural_component() -> None:
    epidural = {"kind": "epidural_component", "site": "epidural", "levels": ["T5"]}
    assert counts({"lesions": [lesion(levels=["T5"])]}, {"lesions": [epidural]})["lesions"] == (0, 1, 1)


def test_other_lesions_may_be_listed_and_need_not() -> None:
    gold = {
        "lesions": [lesion(levels=["T7"])],
        "other_lesions": [{"kind": "marrow_expansion", "site": "rib"}],
    }
    rib = {"kind": "marrow_expansion", "site": "rib", "levels": [], "assertion": "present"}
    assert counts(gold, {"lesions": [rib, lesion(levels=["T7"])]})["lesions"] == (1, 0, 0)
    assert counts(gold, {"lesions": [lesion(levels=["T7"])]})["lesions"] == (1, 0, 0)
    assert counts(gold, {"lesions": [lesion(levels=["T7"]), rib, rib]})["lesions"] == (1, 1, 0)


def test_missing_lesion_counts_its_values_but_is_told_once() -> None:
    found = judged({"lesions": [lesion(levels=["T7", "T8"], laterality="left")]}, {"lesions": []})
    assert {j.field: j.fn for j in found} | {} == {
        "lesions": 1,
        "lesions.kind": 1,
        "lesions.site": 1,
        "lesions.levels": 2,
        "lesions.assertion": 1,
        "lesions.laterality": 1,
    }
    assert len(wrong_lines(Evaluation({"r": tuple(found)}))) == 1


def test_signal_is_judged_by_sequence_and_intensity() -> None:
    gold = {"lesions": [lesion(signal=[{"sequence": "T1", "intensity": "isointense", "reference": None}])]}
    got = {"sequence": "T1", "intensity": "isointense", "reference": "muscle"}
    found = counts(gold, {"lesions": [lesion(signal=[got, {"sequence": "T2", "intensity": "hyperintense"}])]})
    assert found["lesions.signal"] == (1, 1, 0)
    assert found["lesions.signal.reference"] == (0, 1, 0)


def test_values_of_any_lesion() -> None:
    gold = {
        "signal_any_lesion": [
            {"sequence": "T1", "intensity": "isointense"},
            {"sequence": "T2", "intensity": "mixed"},
        ],
        "enhancement_any_lesion": [{"assertion": "present"}],
    }
    signal = [{"sequence": "T1", "intensity": "isointense", "reference": "muscle"}]
    found = {
        "lesions": [
            lesion(signal=signal, enhancement={"assertion": "not_mentioned"}),
            lesion(signal=signal, enhancement={"assertion": "present", "degree": "mild"}),
        ]
    }
    assert counts(gold, found) == {"signal_any_lesion": (1, 0, 1), "enhancement_any_lesion": (1, 0, 0)}


def test_stenoses_are_told_apart_by_place() -> None:
    one = {"levels": ["T4", "T5"], "severity": "mild", "assertion": "present"}
    two = {"levels": ["L4"], "severity": "severe", "assertion": "present"}
    assert all(j.agrees for j in judged({"canal_stenosis": [one, two]}, {"canal_stenosis": [two, one]}))
    assert counts({"canal_stenosis": [one]}, {"canal_stenosis": [two]})["canal_stenosis"] == (0, 1, 1)


@pytest.mark.parametrize(
    ("gold", "path"),
    [
        ({"emhh": {}}, "emhh"),
        ({"emh": {"asertion": "present"}}, "emh.asertion"),
        ({"emh": {"assertion": "prsent"}}, "emh.assertion"),
        ({"lesions": [{"levels": ["T13"]}]}, "lesions.levels"),
        ({"lesions": {}}, "lesions"),
        ({"emh": []}, "emh"),
        ({"also_accepted": {"lesions.lvls": "any"}}, "lesions.lvls"),
        ({"also_accepted": {"lesions.levels": 3}}, "also_accepted.lesions.levels"),
        ({"other_lesions": [{"place": "rib"}]}, "lesions.place"),
    ],
)
def test_gold_that_could_not_be_met_is_an_error(gold: dict[str, Any], path: str) -> None:
    with pytest.raises(GoldError, match=rf"^gold: {path}: "):
        make_gold(gold, "gold")


def test_wilson() -> None:
    assert wilson(0, 0) is None
    low, high = wilson(8, 10) or (0.0, 0.0)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert wilson(5, 5) == (pytest.approx(0.5655, abs=1e-4), 1.0)


def test_scores() -> None:
    score = Score("x", tp=6, fp=2, fn=4)
    assert (score.precision, score.recall) == (0.75, 0.6)
    assert score.f1 == pytest.approx(2 * 0.75 * 0.6 / 1.35)
    assert Score("x").f1 is None
    assert rows([Score("x"), score])[0][0] == "x"
    assert len(rows([Score("x"), score])) == 1


def test_mean_is_over_the_fields_in_which_something_counts() -> None:
    gold = {
        "emh": {"assertion": "present"},
        "biopsy": {"status": "not_mentioned"},
        "epidural": {"levels": ["T5"]},
    }
    found = {
        "emh": {"assertion": "present"},
        "biopsy": {"status": "not_mentioned"},
        "epidural": {"levels": []},
    }
    assert Evaluation({"r": tuple(judged(gold, found))}).mean_f1() == 0.5


scores = st.lists(st.lists(st.sampled_from([float("-inf"), 0.5, 1.0, 2.0, 7.0]), min_size=3, max_size=3), max_size=4)


@given(scores)
def test_assignment_is_the_best_one(table: list[list[float]]) -> None:
    def best(row: int, free: frozenset[int]) -> float:
        if row == len(table):
            return 0.0
        options = [table[row][c] + best(row + 1, free - {c}) for c in free if table[row][c] > 0]
        return max([best(row + 1, free), *options])

    pairs = best_pairs(table)
    assert len(set(pairs.values())) == len(pairs)
    assert sum(table[row][column] for row, column in pairs.items()) == best(0, frozenset(range(3)))


def gold_folder(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        stem, _, suffix = name.rpartition("_")
        (folder / f"{stem}.{suffix}").write_text(content, "utf-8")
    return folder


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    good = json.dumps({"emh": {"assertion": "present"}})
    folder = gold_folder(tmp_path / "gold", a_json=good, a_txt="EMH.", b_json="{", b_txt="x", c_json=good)
    result = evaluate(folder, lambda report: Findings.model_validate({"emh": {"assertion": "present"}}))
    assert list(result.reports) == ["a"]
    assert ["b.json:1" in result.failures[0], "c.txt" in result.failures[1]] == [True, True]


def test_command(cli: Run, tmp_path: Path) -> None:
    absent = json.dumps({"cord_compression": {"assertion": "absent"}})
    folder = gold_folder(tmp_path / "gold", a_json=absent, a_txt="IMPRESSION: No cord compression.")
    ran = cli("evaluate", folder)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("FLIPS: 0\n")
    assert "mean field score: 1.000" in ran.out

    gold_folder(folder, b_json=absent, b_txt="The cord is compressed at T5. Marker zebrafish.")
    ran = cli("evaluate", folder, "--show")
    assert ran.status == 1
    assert ran.out.startswith("FLIPS: 1\nb  cord_compression.assertion  expected absent  got present\n")
    assert "zebrafish" not in ran.out + ran.err
    machine = json.loads(cli("evaluate", folder, "--json").out)
    assert next(iter(machine)) == "flips"
    assert machine["flips"][0]["report"] == "b"

    gold_folder(folder, c_json='{"emhh": 1}', c_txt="x")
    ran = cli("evaluate", folder)
    assert "c.json: emhh: unknown path" in ran.err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert cli("evaluate", empty).status == 2


GOLD = Path(__file__).parent / "gold"


@pytest.mark.parametrize("path", gold_files(GOLD), ids=lambda path: path.stem)
def test_shipped_gold_can_be_met(path: Path) -> None:
    """Findings that say just what the gold says agree with it in everything."""
    gold = read_gold(path)
    mine = dict(gold.fields)
    lesions = [*mine.get("lesions", []), *gold.other_lesions]
    for target, values in gold.any_lesion.items():
        name = target.removeprefix("lesions.")
        lesions += [{"kind": "zzz", name: [v] if name == "signal" else v} for v in values]
    judgements = [j for j in compare_json(gold, mine | {"lesions": lesions}) if j.field != "lesions"]
    assert [j for j in judgements if not j.agrees] == []
    assert as_json(Evaluation({path.stem: tuple(judgements)}))["flips"] == []

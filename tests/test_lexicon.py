"""Lexicon files: every fault with its place, overlays, the digest, and the built-in vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from emh_report import lexicon
from emh_report.errors import LexiconError
from emh_report.extract import extract
from emh_report.lexicon import Concept, Lexicons
from emh_report.model import Action, Modality, TreatmentKind
from emh_report.yamltree import words_of

SITES = """\
kind: site
concepts:
  - id: paravertebral
    preferred: paravertebral
    means: {site: paravertebral}
    terms:
      - paravertebral
      - paraspinal
    not:
      - paraspinal muscle
"""
CUES = """\
kind: assertion
cues:
  - id: no
    category: negated
    direction: before
    terms:
      - no
      - no evidence of
    ends:
      - but
"""
HEADINGS = """\
kind: section
sections:
  - id: findings
    preferred: Findings
    codes: {loinc: 59776-5}
    terms:
      - findings
"""

Write = Callable[..., Path]


@pytest.fixture
def built_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small stand-in for the built-in folder."""
    folder = tmp_path / "lexicons"
    folder.mkdir()
    for name, text in (("sites", SITES), ("cues", CUES), ("headings", HEADINGS)):
        (folder / f"{name}.yaml").write_text(text)
    monkeypatch.setattr(lexicon, "folder", lambda name: folder)
    return folder


@pytest.fixture
def overlay(tmp_path: Path) -> Write:
    """Writes an overlay folder with one file."""

    def write(text: str, folder: str = "local", name: str = "own.yaml") -> Path:
        path = tmp_path / folder
        path.mkdir(exist_ok=True)
        (path / name).write_text(dedent(text))
        return path

    return write


def _one(concept: str) -> str:
    return f"kind: finding\nconcepts:\n  - {concept}\n"


def _faults(overlays: list[Path]) -> list[str]:
    """What ``load`` reports; the same as ``check`` unless a fault is only a doubt."""
    with pytest.raises(LexiconError) as caught:
        lexicon.load(overlays)
    faults = str(caught.value).split("\n")
    assert faults == lexicon.check(overlays)
    return faults


def test_reads_what_the_files_say(built_in: Path) -> None:
    loaded = lexicon.load()
    site = loaded.concepts["paravertebral"]
    assert site == Concept(
        id="paravertebral",
        kind="site",
        preferred="paravertebral",
        terms=("paravertebral", "paraspinal"),
        excluded=("paraspinal muscle",),
        means={"site": "paravertebral"},
        file="lexicons/sites.yaml",
        line=3,
    )
    cue = loaded.cues["no"]
    assert (cue.category, cue.direction, cue.ends) == ("negated", "before", ("but",))
    assert loaded.sections["findings"].codes == {"loinc": "59776-5"}
    assert loaded.of_kind("site") == (site,)
    assert loaded.of_kind("nothing") == ()
    assert lexicon.check([]) == []


def test_scalars_stay_strings(built_in: Path, overlay: Write) -> None:
    path = overlay("""\
        kind: finding
        concepts:
          - id: words
            preferred: yes
            codes: {snomed: 0123}
            terms: [no, off, 3:30, 1e3, "null", ~]
        """)
    loaded = lexicon.load([path])
    assert loaded.cues["no"].terms[0] == "no"
    words = loaded.concepts["words"]
    assert words.terms == ("no", "off", "3:30", "1e3", "null", "~")
    assert words.preferred == "yes"
    assert words.codes == {"snomed": "0123"}


def test_a_line_may_hold_alternatives(built_in: Path, overlay: Write) -> None:
    path = overlay(_one("{id: a, terms: [no (sign|evidence) (was |)found]}"))
    assert lexicon.load([path]).concepts["a"].terms == (
        "no sign was found", "no sign found", "no evidence was found", "no evidence found",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("term", "fault"),
    [
        ("sign|evidence", "'|' outside of brackets in 'sign|evidence': write alternatives as (sign|evidence)"),
        ("(a|b)(c|d", "'|' outside of brackets in '(a|b)(c|d': write alternatives as (sign|evidence)"),
        ("(|)", "empty term"),
        (
            "(a|b|c|d|e|f|g|h)(a|b|c|d|e|f|g|h)(a|b|c|d|e|f|g|h)",
            "'(a|b|c|d|e|f|g|h)(a|b|c|d|e|f|g|h)(a|b|c|d|e|f|g|h)' stands for 512 terms; "
            "at most 500 can stand in one line",
        ),
    ],
)
def test_alternatives_are_read_strictly(term: str, fault: str, built_in: Path, overlay: Write) -> None:
    assert f"local/own.yaml:3: {fault}" in _faults([overlay(_one(f'{{id: a, terms: ["{term}"]}}'))])


def test_preferred_defaults_to_the_first_term(built_in: Path, overlay: Write) -> None:
    assert lexicon.load([overlay(_one("{id: a, terms: [b, c]}"))]).concepts["a"].preferred == "b"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("kind:\n", "1: expected a text after 'kind:'"),
        ("kind: finding\nconcepts: [\n", "3: not YAML: "),
        ("kind: finding\nconcepts:\n\t- id: a\n", "3: not YAML: "),
        ("kind: finding\x00\n", "1: not YAML: "),
        ("kind: finding\n---\nkind: site\n", "2: not YAML: "),
        ("- a\n- b\n", "1: expected lines of 'key: value'"),
        ("concepts:\n  - {id: a, terms: [b]}\n", "1: missing 'kind:'"),
        ("kind: finding\n", "1: missing 'concepts:'"),
        ("kind: assertion\nconcepts: []\n", "1: missing 'cues:'"),
        ("kind: section\nconcepts: []\n", "1: missing 'sections:'"),
        ("kind: finding\nconcepts: words\n", "2: expected a list under 'concepts:', each item after '- '"),
        ("kind: finding\nconcept: []\n", "2: unknown key 'concept'; did you mean 'concepts'?"),
        (_one("{id: a, term: [b]}"), "3: unknown key 'term'; did you mean 'terms'?"),
        (_one("{id: a, zzz: [b]}"), "3: unknown key 'zzz'; expected one of id, preferred, terms, not, "),
        (_one("{id: a, terms: [b], id: c}"), "3: 'id' is given twice"),
        (_one("{terms: [b]}"), "3: entry without 'id:'"),
        (_one("{id: '', terms: [b]}"), "3: expected a text after 'id:'"),
        (_one("{id: a}"), "3: 'a' has no terms"),
        (_one("{id: a, terms: []}"), "3: 'a' has no terms"),
        (_one("{id: a, terms: b}"), "3: expected a list under 'terms:', each item after '- '"),
        (_one("id: a\n    terms:\n      - b\n      -\n"), "6: empty term"),
        (_one("id: a\n    terms:\n      - b\n      - note: c\n"), "6: expected one term; put it in quotes"),
        (_one("id: a\n    terms:\n      - b\n      - b\n"), "6: duplicate term 'b' (line 5)"),
        (_one("{id: a, terms: [b], means: c}"), "3: expected lines of 'key: value'"),
        (_one("{id: a, terms: [b], means: {site: }}"), "3: expected a text after 'site:'"),
        (
            _one("id: a\n    terms: [b]\n    means:\n      site: epidurale\n"),
            "6: unknown site 'epidurale'; did you mean 'epidural'?",
        ),
        (
            _one("{id: a, terms: [b], means: {change: bigger}}"),
            "3: unknown change 'bigger'; expected one of ",
        ),
        (_one("{id: a, terms: [b], replace: maybe}"), "3: unknown replace 'maybe'; expected one of true, "),
    ],
)
def test_every_fault_has_its_line(built_in: Path, overlay: Write, text: str, fault: str) -> None:
    faults = _faults([overlay(text)])
    assert any(line.startswith(f"local/own.yaml:{fault}") for line in faults), faults


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("direction: before, terms: [a]", "3: 'x' has no category"),
        ("category: negated, terms: [a]", "3: 'x' has no direction"),
        (
            "category: negate, direction: before, terms: [a]",
            "3: unknown category 'negate'; did you mean 'negated'?",
        ),
        (
            "category: negated, direction: befor, terms: [a]",
            "3: unknown direction 'befor'; did you mean 'before'?",
        ),
        (
            "category: negated, direction: before, terms: ['No']",
            "3: 'No' already means no (lexicons/cues.yaml:7)",
        ),
        (
            "category: possible, direction: either, terms: ['no']",
            "3: 'no' already means no (lexicons/cues.yaml:7)",
        ),
    ],
)
def test_faults_of_cues(built_in: Path, overlay: Write, entry: str, fault: str) -> None:
    path = overlay(f"kind: assertion\ncues:\n  - {{id: x, {entry}}}\n")
    assert f"local/own.yaml:{fault}" in _faults([path])


@pytest.mark.parametrize("entry", ["category: change, direction: before", "category: negated, direction: after"])
def test_a_cue_word_may_have_another_use_or_side(built_in: Path, overlay: Write, entry: str) -> None:
    path = overlay(f"kind: assertion\ncues:\n  - {{id: x, {entry}, terms: ['no']}}\n")
    assert lexicon.check([path]) == []


def test_a_term_belongs_to_one_concept_of_a_kind(built_in: Path) -> None:
    text = SITES + "  - id: other\n    terms:\n      - Para-spinal\n      - PARASPINALS\n"
    (built_in / "sites.yaml").write_text(text)
    assert _faults([]) == ["lexicons/sites.yaml:14: 'PARASPINALS' already means paravertebral (line 8)"]


def test_concepts_of_different_kinds_may_share_a_term(built_in: Path, overlay: Write) -> None:
    assert lexicon.check([overlay(_one("{id: a, terms: [paraspinal]}"))]) == []


def test_a_clash_is_the_fault_of_the_overlay(built_in: Path, overlay: Write) -> None:
    (built_in / "sites.yaml").write_text(SITES + "  - id: rib\n    terms:\n      - rib\n")
    path = overlay("kind: site\nconcepts:\n  - id: paravertebral\n    terms:\n      - ribs\n")
    assert lexicon.check([path]) == ["local/own.yaml:5: 'ribs' already means rib (lexicons/sites.yaml:13)"]


def test_a_clash_with_an_overlay_stops_nothing(overlay: Write) -> None:
    path = overlay("""\
        kind: finding
        concepts:
          - id: own_compression
            terms: [cord compression]
          - id: own_effusion
            terms: [effusion]
          - id: own_effusions
            terms: [effusions]
          - id: own_pleural
            terms: [pleural effusion]
          - id: own_node
            terms: [node]
        """)
    assert all("already means" in fault for fault in lexicon.check([path]))
    found = extract("No pleural effusion and no cord compression. Schmorl node.", overlays=[path])
    assert found.cord_compression.assertion == "absent"
    assert {(mention.concept, mention.text, mention.assertion) for mention in found.mentions} >= {
        ("cord_compression", "cord compression", "absent"),
        ("own_compression", "cord compression", "absent"),
        ("own_effusion", "effusion", "absent"),
        ("own_effusions", "effusion", "absent"),
        ("own_pleural", "pleural effusion", "absent"),
        ("own_node", "node", "present"),
    }
    starts = [mention.start for mention in found.mentions]
    assert starts == sorted(starts)


def test_an_id_is_defined_once_in_a_folder(built_in: Path) -> None:
    (built_in / "more.yaml").write_text(_one("{id: paravertebral, terms: [x]}") + "  - {id: b, terms: [y]}\n")
    assert _faults([]) == ["lexicons/sites.yaml:3: 'paravertebral' is already defined (lexicons/more.yaml:3)"]
    (built_in / "more.yaml").write_text(_one("{id: b, terms: [x]}") + "  - {id: b, terms: [y]}\n")
    assert _faults([]) == ["lexicons/more.yaml:4: 'b' is already defined (line 3)"]


def test_all_faults_are_told_at_once(built_in: Path, overlay: Write) -> None:
    (built_in / "cues.yaml").write_text(CUES.replace("negated", "denied"))
    first = overlay(_one("{id: a, terms: [b], means: {site: nowhere}}") + "  - {id: c}\n")
    second = overlay("kind: [\n", folder="other")
    faults = _faults([first, second])
    assert [fault.split(":")[:2] for fault in faults] == [
        ["lexicons/cues.yaml", "4"],
        ["local/own.yaml", "3"],
        ["local/own.yaml", "4"],
        ["other/own.yaml", "2"],
    ]


def test_doubts_are_reported_but_stop_nothing(built_in: Path, overlay: Write) -> None:
    path = overlay("""\
        kind: finding
        concepts:
          - id: paravertebral
            terms:
              - node
              - nodes
            not:
              - muscle
              - node
              - Schmorl node
        """)
    assert lexicon.check([path]) == [
        "local/own.yaml:3: 'paravertebral' is of kind 'site' (lexicons/sites.yaml:3); its terms go there",
        "local/own.yaml:6: duplicate term 'nodes' (line 5: 'node')",
        "local/own.yaml:8: 'muscle' never bites: it contains no term of kind site",
        "local/own.yaml:9: 'node' is a term of paravertebral and cannot be excluded as well",
    ]
    assert "node" in lexicon.load([path]).concepts["paravertebral"].terms


def test_files_that_cannot_be_read(built_in: Path, overlay: Write) -> None:
    path = overlay(_one("{id: a, terms: [b]}"))
    (path / "latin.yaml").write_bytes(b"kind: finding\n# caf\xe9\n")
    (path / "folder.yaml").mkdir()
    faults = _faults([path])
    assert faults[0].startswith("local/folder.yaml:1: cannot be read: ")
    assert faults[1] == "local/latin.yaml:2: not UTF-8; save the file as UTF-8"


def test_a_file_of_comments_is_doubtful(built_in: Path, overlay: Write) -> None:
    path = overlay("# kind: finding\n")
    assert lexicon.check([path]) == ["local/own.yaml:1: holds no entries"]
    assert lexicon.load([path]).digest == lexicon.load().digest


def test_a_folder_without_files(built_in: Path, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert _faults([missing]) == [f"{missing}:1: expected a folder that holds .yaml files"]


def test_an_overlay_adds_terms(built_in: Path, overlay: Write) -> None:
    path = overlay("""\
        kind: site
        concepts:
          - id: paravertebral
            codes: {local: "7"}
            terms:
              - paraspinals
              - juxtavertebral
          - id: presacral
            terms:
              - presacral
        """)
    loaded = lexicon.load([path])
    site = loaded.concepts["paravertebral"]
    assert site.terms == ("paravertebral", "paraspinal", "juxtavertebral")
    assert site.excluded == ("paraspinal muscle",)
    assert (site.codes, site.means) == ({"local": "7"}, {"site": "paravertebral"})
    assert loaded.concepts["presacral"].file == "local/own.yaml"
    assert lexicon.load().concepts["paravertebral"].terms == ("paravertebral", "paraspinal")


def test_an_overlay_may_add_no_terms(built_in: Path, overlay: Write) -> None:
    path = overlay("kind: site\nconcepts:\n  - {id: paravertebral, not: [paraspinal vein]}\n")
    assert lexicon.load([path]).concepts["paravertebral"].excluded == ("paraspinal muscle", "paraspinal vein")


def test_an_overlay_replaces(built_in: Path, overlay: Write) -> None:
    path = overlay("kind: site\nconcepts:\n  - {id: paravertebral, replace: true, terms: [beside the spine]}\n")
    site = lexicon.load([path]).concepts["paravertebral"]
    assert site.terms == ("beside the spine",)
    assert (site.excluded, site.means) == ((), {})


def test_later_overlays_win(built_in: Path, overlay: Write) -> None:
    first = overlay(_one("{id: a, preferred: first, terms: [b]}"))
    second = overlay(_one("{id: a, preferred: second, terms: [c]}"), folder="later")
    concept = lexicon.load([first, second]).concepts["a"]
    assert (concept.preferred, concept.terms) == ("second", ("b", "c"))


def test_the_example_of_the_contract(overlay: Write) -> None:
    """Over the real built-in lexicons, of whatever kind their entry is."""
    path = overlay("""\
        kind: finding
        concepts:
          - id: paravertebral_mass
            preferred: paravertebral mass
            terms:
              - paravertebral mass
              - paraspinal soft tissue mass
            not:                       # longer phrases that are something else
              - paravertebral muscle
        """)
    terms = {words_of(term) for term in lexicon.load([path]).concepts["paravertebral_mass"].terms}
    assert words_of("paraspinal soft tissue mass") in terms


def test_the_digest_is_of_the_content(built_in: Path, overlay: Write) -> None:
    def digest(text: str, name: str = "own.yaml") -> str:
        return lexicon.load([overlay(text, folder=name, name=name)]).digest

    first = digest("kind: finding\nconcepts:\n  - {id: a, preferred: p, terms: [b, c]}\n  - {id: d, terms: [e]}\n")
    other = "# a comment\nconcepts:\n  - {id: d, terms: [e]}\n  - {terms: [c, b], id: a, preferred: p}\nkind: finding\n"
    assert digest(other, "renamed.yaml") == first
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert digest(other.replace("[e]", "[e, f]"), "term.yaml") != first
    assert digest(other.replace("preferred: p", "preferred: q"), "preferred.yaml") != first
    assert digest(other.replace("kind: finding", "kind: site"), "kind.yaml") != first
    assert lexicon.load().digest != first


def test_the_built_in_lexicons_are_read_once(built_in: Path) -> None:
    assert lexicon.load() is lexicon.load()
    assert isinstance(hash(lexicon.load()), int)


# The built-in vocabulary


@pytest.fixture(scope="module")
def real() -> Lexicons:
    return lexicon.load()


def _meaning(real: Lexicons, kind: str, phrase: str) -> str | None:
    """The id of the concept of ``kind`` that ``phrase`` names."""
    found = [c.id for c in real.of_kind(kind) if words_of(phrase) in {words_of(term) for term in c.terms}]
    assert len(found) < 2
    return found[0] if found else None


def test_the_built_in_files_have_no_faults() -> None:
    assert lexicon.check([]) == []


@pytest.mark.parametrize(
    ("concept", "system", "code"),
    [
        ("thalassemia", "snomed", "40108008"),
        ("thalassemia", "icd10cm", "D56.9"),
        ("beta_thalassemia", "icd10cm", "D56.1"),
        ("alpha_thalassemia", "icd10cm", "D56.0"),
        ("delta_beta_thalassemia", "icd10cm", "D56.2"),
        ("thalassemia_trait", "icd10cm", "D56.3"),
        ("hemoglobin_e_beta_thalassemia", "icd10cm", "D56.5"),
        ("sickle_cell_anemia", "snomed", "127040003"),
        ("sickle_cell_anemia", "icd10gm", "D57.1"),
        ("sickle_cell_disease", "snomed", "417357006"),
        ("sickle_beta_thalassemia", "snomed", "127041004"),
        ("hereditary_spherocytosis", "icd10cm", "D58.0"),
        ("polycythemia_vera", "snomed", "109992005"),
        ("polycythemia_vera", "icd10cm", "D45"),
        ("myeloproliferative_neoplasm", "icd10cm", "D47.1"),
        ("primary_myelofibrosis", "icd10cm", "D47.4"),
        ("secondary_myelofibrosis", "icd10cm", "D75.81"),
        ("myelodysplastic_syndrome", "snomed", "109995007"),
        ("myelodysplastic_syndrome", "icd10cm", "D46.9"),
    ],
)
def test_verified_condition_codes(real: Lexicons, concept: str, system: str, code: str) -> None:
    assert real.concepts[concept].codes[system] == code


@pytest.mark.parametrize(
    ("kind", "phrase", "preferred"),
    [
        ("condition", "β-thalassaemia", "beta thalassemia"),
        ("condition", "thalassaemia major", "beta thalassemia major"),
        ("condition", "Cooley\u2019s anaemia", "beta thalassemia major"),
        ("condition", "transfusion-dependent β-thalassaemia major", "beta thalassemia major"),
        ("condition", "thal intermedia", "beta thalassemia intermedia"),
        ("condition", "thalassaemia minor", "thalassemia trait"),
        ("condition", "HbE/β-thalassaemia", "hemoglobin E beta thalassemia"),
        ("condition", "HbH disease", "hemoglobin H disease"),
        ("condition", "HbSS", "sickle cell anemia"),
        ("condition", "SCD", "sickle cell disease"),
        ("condition", "sickle-β thal", "sickle beta thalassemia"),
        ("condition", "spherocytosis", "hereditary spherocytosis"),
        ("condition", "PMF", "primary myelofibrosis"),
        ("condition", "myelofibrosis", "myelofibrosis"),
        ("condition", "post-PV myelofibrosis", "post-polycythemia vera myelofibrosis"),
        ("condition", "CML", "chronic myeloid leukemia"),
        ("differential", "Pott's spine", "tuberculosis"),
        ("differential", "schwannomas", "schwannoma"),
        ("differential", "neurogenic tumours", "neurogenic tumor"),
        ("differential", "chloroma", "leukemic deposit"),
        ("differential", "extradural haematoma", "epidural hematoma"),
        ("treatment", "hydroxycarbamide", "hydroxyurea"),
        ("treatment", "desferrioxamine", "deferoxamine"),
        ("treatment", "bone marrow biopsy", "marrow biopsy"),
        ("recommendation", "neurosurgical opinion", "surgical referral"),
        ("recommendation", "sulphur colloid scan", "bone marrow scintigraphy"),
        ("recommendation", "T2* quantification", "iron quantification"),
        ("biopsy", "CT guided biopsy", "CT-guided biopsy"),
        ("biopsy", "HPE", "tissue diagnosis"),
        ("bone_marrow", "crew-cut appearance", "hair-on-end appearance"),
        ("bone_marrow", "codfish vertebrae", "biconcave vertebra"),
        ("node", "para-aortic", "para-aortic"),
        ("organ_finding", "HSM", "hepatosplenomegaly"),
        ("modality", "USG", "US"),
        ("body_region", "D-L spine", "thoracolumbar spine"),
        ("contrast", "without and with contrast", "intravenous contrast"),
    ],
)
def test_phrases_of_reports(real: Lexicons, kind: str, phrase: str, preferred: str) -> None:
    concept = _meaning(real, kind, phrase)
    assert concept is not None, f"no {kind} is called {phrase!r}"
    assert real.concepts[concept].preferred == preferred


@pytest.mark.parametrize("phrase", ["PV", "ET", "HS", "TI", "TM", "ALL", "RT", "HU", "US", "MR"])
def test_ambiguous_abbreviations_need_company(real: Lexicons, phrase: str) -> None:
    for kind in ("condition", "treatment", "recommendation", "modality"):
        assert _meaning(real, kind, phrase) is None


def test_marrow_biopsy_is_never_a_biopsy_of_the_lesion(real: Lexicons) -> None:
    excluded = {words_of(term) for term in real.concepts["biopsy"].excluded}
    terms = {words_of(term) for term in real.concepts["marrow_biopsy"].terms}
    assert {term for term in terms if "biopsy" in term} <= excluded


def test_every_value_of_the_contract_has_words(real: Lexicons) -> None:
    def values(kind: str, key: str) -> set[str]:
        return {concept.means[key] for concept in real.of_kind(kind) if key in concept.means}

    assert values("treatment", "treatment") == set(TreatmentKind)
    assert values("recommendation", "action") == set(Action)
    assert values("modality", "modality") == set(Modality)
    assert values("contrast", "contrast") == {"IV", "none", "oral"}


def test_broader_names_a_condition(real: Lexicons) -> None:
    for concept in real.of_kind("condition"):
        chain = [concept]
        while broader := chain[-1].means.get("broader"):
            chain.append(real.concepts[broader])
            assert chain[-1].kind == "condition"
            assert len({link.id for link in chain}) == len(chain)


def test_organ_findings_pair_organs_with_findings(real: Lexicons) -> None:
    for concept in real.of_kind("organ_finding"):
        assert len(concept.means["organ"].split(",")) == len(concept.means["finding"].split(",")), concept.id


def test_sections_have_the_codes_of_the_standards(real: Lexicons) -> None:
    assert set(real.sections) == {
        "clinical", "technique", "comparison", "findings", "impression", "recommendation", "communication",
        "addendum", "exam", "subheading", "unstated", "administrative",
    }  # fmt: skip
    assert real.sections["impression"].codes == {"loinc": "19005-8", "dcm": "121072"}
    assert real.sections["subheading"].means == {"part": "findings"}

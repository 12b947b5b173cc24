# make demo         install into .venv and turn an example report into findings and into a structured report
# make test         install and run everything: ruff, mypy, all tests
# make test-fast    the tests that take no seconds, in an environment that exists already
# make test-system  the tests that need Java (with PySpark, which it installs), DCMTK, Node, Chromium, Pango or LibreOffice
# make test-roundtrip  50,000 findings rendered and read back, drawn anew each time (make test has 2,000)
# make examples     write examples/output again, after a change of extraction or templates
# make bench        speed beside medSpaCy, EDS-NLP and negspaCy, which it installs into .bench (docs/performance.md)
#                   make bench TURNS=2 CORPORA="chest EMH" SYSTEMS="emh-report medSpaCy-default": less of it
# make profile      where the time goes, step by step; make scaling: what length, memory and processes cost
# Another Python: make demo PYTHON=python3.12

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done)
VENV ?= .venv
BIN := $(VENV)/$(shell [ "$(OS)" = Windows_NT ] && echo Scripts || echo bin)
EXAMPLE ?= $(firstword $(wildcard examples/case1*.txt))

.PHONY: demo examples test test-fast test-system test-roundtrip lint bench profile scaling compiled wheelhouse clean
.DEFAULT_GOAL := demo

demo: $(VENV)/installed
	@printf '\n== %s: the report\n\n' '$(EXAMPLE)'; cat '$(EXAMPLE)'
	@$(BIN)/emh-report extract '$(EXAMPLE)' -o $(VENV)/findings.json
	@printf '\n== emh-report extract %s: the findings, here without their evidence (all of it: %s)\n\n' \
		'$(EXAMPLE)' $(VENV)/findings.json; $(BIN)/python -c "$$SUMMARY" <$(VENV)/findings.json
	@printf '\n== emh-report extract %s | emh-report render -: the structured report\n\n' '$(EXAMPLE)'
	@$(BIN)/emh-report extract '$(EXAMPLE)' | $(BIN)/emh-report render -

define SUMMARY
import json, sys
SILENT = (None, "", [], {}, "not_mentioned", False)
def said(value):
    if isinstance(value, dict):
        kept = {key: said(item) for key, item in value.items() if key not in ("evidence", "mentions", "cues")}
        return {key: item for key, item in kept.items() if item not in SILENT}
    return [said(item) for item in value] if isinstance(value, list) else value
for name, value in said(json.load(sys.stdin)).items():
    for item in value if isinstance(value, list) else [value]:
        print(f"{name}: {json.dumps(item, ensure_ascii=False)}")
endef
export SUMMARY

examples: $(VENV)/installed
	@mkdir -p examples/output
	@for report in examples/*.txt; do \
		name=examples/output/$$(basename "$$report" .txt); \
		$(BIN)/emh-report extract "$$report" -o "$$name.findings.json" && \
		$(BIN)/emh-report render "$$name.findings.json" -o "$$name.report.txt" || exit 1; \
	done

# Write tests/golden and docs/template-fields.md again, after a wanted change of templates or wording.
.PHONY: golden
golden: $(VENV)/installed-dev
	PYTHONPATH=src:tests $(BIN)/python tests/test_render.py
	PYTHONPATH=src:tests $(BIN)/python tests/test_formats.py

test: lint
	$(BIN)/python -m pytest -q

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test-fast: $(VENV)/installed-dev
	$(BIN)/python -m pytest -q -m 'not slow and not system'

test-system: $(VENV)/installed-system
	@missing=; for tool in java dsrdump chromium pdftotext soffice; do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
		[ -z "$$missing" ] || echo "not installed here, so their checks are skipped:$$missing"
	@$(BIN)/python -m pytest -q -m system; status=$$?; \
		if [ $$status = 5 ]; then echo "no test needs a system package yet"; else exit $$status; fi

test-roundtrip: $(VENV)/installed-dev
	EMH_ROUND_TRIPS=50000 $(BIN)/python -m pytest -q tests/test_round_trip.py

# Each peer in an environment of its own: EDS-NLP needs another spaCy than medspaCy does.
TURNS ?= 7
CORPORA ?= chest plain EMH 100KB
SYSTEMS ?=
BENCH ?= .bench
PEERS = $(BENCH)/medspacy/installed $(BENCH)/edsnlp/installed $(BENCH)/negspacy/installed

bench: $(VENV)/installed $(PEERS)
	$(BIN)/python benchmarks/bench.py --envs $(BENCH) --turns $(TURNS) --corpora $(CORPORA) $(if $(SYSTEMS),--systems $(SYSTEMS))

profile: $(VENV)/installed
	$(BIN)/python benchmarks/profile_steps.py

scaling: $(VENV)/installed
	$(BIN)/python benchmarks/scaling.py

# A copy of the package compiled to C (minutes, and a C compiler): PYTHONPATH=.bench/compiled $(BIN)/emh-report ...
compiled: $(VENV)/installed-dev
	$(BIN)/python benchmarks/compiled.py $(BENCH)/compiled
	$(BIN)/python benchmarks/compare_outputs.py against $(BENCH)/compiled

$(BENCH)/medspacy/installed: benchmarks/peers/medspacy.txt
$(BENCH)/edsnlp/installed: benchmarks/peers/edsnlp.txt
$(BENCH)/negspacy/installed: benchmarks/peers/negspacy.txt

$(BENCH)/%/installed:
	"$(PYTHON)" -m venv $(@D)
	$(@D)/$(notdir $(BIN))/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# Everything pip needs, for a machine without a network: copy the folder and see docs/install.md.
wheelhouse: $(VENV)/installed-dev
	$(BIN)/python -m pip wheel --quiet --wheel-dir wheelhouse -c $(CONSTRAINTS) .

CONSTRAINTS = constraints/$(shell "$(PYTHON)" -c 'import sys; print("py311" if sys.version_info < (3, 12) else "py312")').txt

$(VENV)/pyvenv.cfg:
	@[ -n "$(PYTHON)" ] || { echo "emh-report needs Python 3.11 or newer; set PYTHON=/path/to/python" >&2; exit 2; }
	"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); exit 2; }

$(VENV)/installed: $(VENV)/pyvenv.cfg pyproject.toml constraints/py311.txt constraints/py312.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/pyvenv.cfg pyproject.toml constraints/py311.txt constraints/py312.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) -e '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-system: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) -e '.[dev,spark]'
	@touch $@

clean:
	rm -rf $(VENV) $(BENCH) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

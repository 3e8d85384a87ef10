# The whole interface: make demo | test | lint | bench | bench-detector. Each sets itself up in .venv; needs git, make and Python 3.11 or newer.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
JOBS   ?= 2

.PHONY: demo test test-deep test-live lint bench bench-detector clean

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Afterview needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(VENV)/.ready
	$(BIN)/afterview demo

test: $(VENV)/.ready
	$(BIN)/python -m pytest -n $(JOBS)

test-deep: $(VENV)/.ready                 # looks for counter-examples for as long as it is given, with new seeds each time
	AFTERVIEW_DEEP=$(or $(EXAMPLES),3000) $(BIN)/python -m pytest --timeout 0 tests/property tests/crash

test-live: $(VENV)/.ready                 # asks a real account at Google; off unless it is named: tests/live/README.md
	$(BIN)/python -m tests.live

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright -p .dev --pythonpath $(BIN)/python

bench: $(VENV)/.ready
	$(BIN)/python -m tests.bench

bench-detector: $(VENV)/.ready            # figures on labelled events, weights in trial, a calibration plot in build/
	$(BIN)/python -m tests.bench.detector

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build

# The whole interface: make demo | test | lint | bench | bench-detector. Each sets itself up in .venv; needs git, make and Python 3.11 or newer.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
HA_VENV ?= $(VENV)/home-assistant
HA_TREE := build/home_assistant
JOBS   ?= 2

.PHONY: demo test test-here test-home-assistant test-deep test-live lint bench bench-detector clean

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Afterview needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(VENV)/.ready
	$(BIN)/afterview demo

$(HA_VENV)/.ready: tests/home_assistant/constraints.txt tests/home_assistant/environment.py
	$(PYTHON) tests/home_assistant/environment.py $(HA_VENV)
	@touch $@

test: $(VENV)/.ready
	$(MAKE) --no-print-directory -j 2 test-here $(HA_VENV)/.ready
	$(MAKE) --no-print-directory test-home-assistant

test-here: $(VENV)/.ready                 # all but what runs inside Home Assistant
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-home-assistant: $(VENV)/.ready $(HA_VENV)/.ready    # the component as it is exported, inside Home Assistant; needs Python 3.13
	rm -rf $(HA_TREE)
	$(BIN)/afterview --quiet home-assistant export $(HA_TREE)
	$(HA_VENV)/bin/mypy --config-file tests/home_assistant/mypy.ini --cache-dir .mypy_cache/home_assistant
	cd tests/home_assistant && AFTERVIEW=$(abspath $(BIN))/python $(abspath $(HA_VENV))/bin/python -m pytest -c pytest.ini --rootdir . -n $(JOBS)
	cd tests/home_assistant_process && RADICALE=$(abspath $(BIN))/python AFTERVIEW=$(abspath $(BIN))/python $(abspath $(HA_VENV))/bin/python -m pytest -c pytest.ini --rootdir .

test-deep: $(VENV)/.ready                 # looks for counter-examples for as long as it is given, with new seeds each time
	AFTERVIEW_DEEP=$(or $(EXAMPLES),3000) $(BIN)/python -m pytest --timeout 0 tests/property tests/crash tests/mutants tests/tryton

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

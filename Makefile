# Two commands on a fresh machine: `make demo` and `make test`. Needs Python 3.11 or later with venv, make, git and OpenSSH.
# Plain enough for the make 3.81 of macOS.

PYTHON ?= python3
# For `make demo ARGS=--headless`, `make lock ARGS=--upgrade`, `make soak ARGS=-x` …
ARGS ?=
BROKEN ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK_VENV := build/lock
UV := uv==0.13.9
COMPILE := $(LOCK_VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'
KEYWORDS := --no-default-keywords -k _ -k N_ -k NP_:1,2 -k gettext -k ngettext:1,2 -k pgettext:1c,2
POT := promoter/locale/promoter.pot

.PHONY: demo test soak bench lock messages clean help

help:
	@echo 'make demo      the main job, on an embedded service and a throw-away repository (BROKEN=1: one with flaws)'
	@echo 'make test      everything that must hold'
	@echo 'make soak      the suites that take minutes'
	@echo 'make bench     speed and size, against a floor measured in the same run'
	@echo 'make lock      requirements/*.txt from pyproject.toml (ARGS=--upgrade for newer versions)'
	@echo 'make messages  the message catalogues from the source'
	@echo 'make clean     remove what the others made'

demo: $(VENV)/.run
	$(BIN)/promoter demo $(if $(BROKEN),--broken) $(ARGS)

# pytest comes last, so that its own closing line is the last one printed.
test: $(VENV)/.dev
	$(BIN)/python hatch_build.py
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports
	$(BIN)/promoter lint checklists
	$(BIN)/python tests/installed_wheel.py
	$(BIN)/python -m pytest -q -n auto $(ARGS)

# pytest exits 5 when it selects no test at all.
soak: $(VENV)/.dev
	$(BIN)/python hatch_build.py
	@$(BIN)/python -m pytest -q -m soak $(ARGS) || { code=$$?; \
	  if [ $$code -eq 5 ]; then echo 'make soak: there is no soak test yet'; else exit $$code; fi; }

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(ARGS)

# Keeps the versions already locked where they still fit.
lock: $(LOCK_VENV)/bin/uv
	$(COMPILE) --group build $(ARGS) -o requirements/run.txt pyproject.toml
	$(COMPILE) --group dev -c requirements/run.txt $(ARGS) -o requirements/dev.txt pyproject.toml

# No dates, no line numbers, sorted: running it twice changes nothing, and a moved line is no change.
messages: $(VENV)/.dev
	mkdir -p $(dir $(POT))
	$(BIN)/pybabel -q extract -F pyproject.toml $(KEYWORDS) --omit-header --sort-output --add-location=file \
	  --width=120 -c 'Translators:' -o $(POT) .
	$(BIN)/pybabel -q update -D promoter -l fr -i $(POT) -d promoter/locale --init-missing --no-fuzzy-matching \
	  --ignore-pot-creation-date --width=120
	$(BIN)/python hatch_build.py

clean:
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find promoter tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find promoter -name '*.mo' -exec rm -f {} +

# Stamps: what is installed is as new as what asked for it. The lock for development holds the one for running.
$(VENV)/.run: requirements/run.txt pyproject.toml hatch_build.py | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml hatch_build.py | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/dev.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $(VENV)/.run $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo 'promoter needs Python 3.11 or later, and there is no $(PYTHON): make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "promoter needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) -V 2>&1 | head -n 1): make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)

$(LOCK_VENV)/bin/uv:
	$(PYTHON) -m venv --clear $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip --disable-pip-version-check --quiet install '$(UV)'

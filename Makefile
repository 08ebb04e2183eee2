# The two commands to know are `make demo` and `make test`; `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A target of the environment is done when the requirements have not changed since: the stamp carries their hash.
HASH = $(shell cat requirements$(1).txt | cksum | tr ' ' '-')
RUN_STAMP := $(VENV)/.run-$(call HASH,)
DEV_STAMP := $(VENV)/.dev-$(call HASH,-dev)
PIP := $(BIN)/python -m pip install -qq --no-input --disable-pip-version-check --root-user-action=ignore
TESTS ?= tests
.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench venv requirements clean

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

demo: $(RUN_STAMP) ## start everything on this machine, with made-up data and a OneFile to practise on
	@$(BIN)/python -m scripts.demo

test: $(DEV_STAMP) ## run every test: PostgreSQL and Valkey come from wheels (TESTS=tests/unit for a part)
	$(BIN)/python -m pytest -n 4 --dist loadgroup $(TESTS)
ifeq ($(TESTS),tests)
	TEST_DATABASE_URL=sqlite:///unused $(BIN)/python -m pytest -n 4 --dist loadgroup -m "not once" tests/integration tests/unit/exchange
endif

lint: $(DEV_STAMP) ## style, types, layers, sizes, deployment checks, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DEBUG=1 $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.check_sizes
	$(BIN)/python -m scripts.check_deploy

format: $(DEV_STAMP) ## put the code into its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV_STAMP) ## measure what takes long (ONLY=name for one)
	$(BIN)/python -m tests.bench $(ONLY)

venv: $(DEV_STAMP) ## make the Python environment with all development tools

requirements: $(DEV_STAMP) ## compile the pinned requirement files from pyproject.toml
	$(BIN)/uv pip compile --no-emit-index-url --no-emit-find-links --upgrade -q pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --no-emit-index-url --no-emit-find-links --upgrade -q --extra dev -c requirements.txt \
	  pyproject.toml -o requirements-dev.txt

clean: ## remove the environment, caches and the demo's data
	rm -rf $(VENV) var/demo staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

# The development file holds the other one too, so it satisfies both.
$(RUN_STAMP): | $(BIN)/python
	@echo "Installing the libraries (a minute or two, this once) ..."
	@$(PIP) -r requirements.txt
	@rm -f $(VENV)/.run-* && touch $@

$(DEV_STAMP): | $(BIN)/python
	@echo "Installing the libraries and the development tools (a minute or two, this once) ..."
	@$(PIP) -r requirements-dev.txt
	@rm -f $(VENV)/.run-* $(VENV)/.dev-* && touch $@ $(RUN_STAMP)

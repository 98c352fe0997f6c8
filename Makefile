# Accolade. `make` alone lists what there is. Needs Python 3.13; everything else is installed into .venv and .tools.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 4566
STATE_DIR ?= .local
PY := .venv/bin/python
UV := .tools/uv/bin/uv
LOCKS := infra/local/tools
INSTALL = $(UV) pip install --quiet --require-hashes --python
export UV_LINK_MODE ?= hardlink
export UV_PYTHON_DOWNLOADS := never
export SAM_CLI_TELEMETRY := 0
unexport VIRTUAL_ENV PYTHONPATH
# where Python may not keep its bytecode, every tool is compiled anew in every run: half of what checkov and sam take
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup tools up down demo inbox test check lint template unit contract doors scenarios beside e2e bench pages oracles

help: ## this list
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-9s %s\n", $$1, $$2}'
	@echo "Two clones, or two clouds, side by side: make up PORT=4766 STATE_DIR=.local-2"

setup: .venv/ready ## the virtual environment, with the accolade command in it

tools: .tools/sam/ready .tools/ministack/ready .tools/rt-3.13/ready ## SAM CLI and MiniStack, each in an environment of its own

up: setup tools ## start the local cloud and deploy to it (PORT, STATE_DIR)
	@$(PY) infra/local/cloud.py up --port $(PORT) --state-dir $(STATE_DIR)

down: ## stop the local cloud of STATE_DIR; what it held is gone
	@if [ -x $(PY) ]; then $(PY) infra/local/cloud.py down --state-dir $(STATE_DIR); fi

demo: up ## replay a real CRM history through the deployed endpoints (ALL=1: the whole of it)
	@$(PY) infra/local/demo.py --port $(PORT) --state-dir $(STATE_DIR) $(if $(ALL),--all)

inbox: ## the newest messages of the local cloud, codes of signing in among them
	@$(PY) infra/local/inbox.py --port $(PORT)

# byte-code first: while one half copies the sources into layers, the other does not write beside them
test: check tools ## everything that proves it
	@$(PY) -m compileall -q layers/core/accolade functions
	@$(MAKE) -j2 -Otarget e2e beside

# the end-to-end tests wait for the local cloud more than they work: the others take the time that they leave
beside:
	@nice $(MAKE) doors
	@nice $(MAKE) scenarios

check: setup tools .tools/checkov/ready ## the fast part: style, imports, templates, unit and contract tests
	@$(MAKE) -j2 -Otarget unit contract template lint

lint: setup
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m ruff check --quiet .
	@.venv/bin/lint-imports | tail -n 3
	@$(PY) -m mypy --no-error-summary

template: setup .tools/sam/ready .tools/checkov/ready
	@.venv/bin/cfn-lint
	@.tools/sam/bin/sam validate --lint --region us-east-1 | grep -v '^$$'
	@.tools/checkov/bin/checkov --config-file .checkov.yaml

# thousands of short tests: to tell another process about each takes longer than the test
unit: setup
	@$(PY) -m pytest -q tests/unit

contract: setup
	@$(PY) -m pytest -q tests/contract tests/template $(addprefix --ignore=,$(DOORS))

# what asks every route as everybody, and starts every function as on AWS: too long for a check before each commit
DOORS := tests/contract/test_api_matrix.py tests/contract/test_api_schema.py tests/contract/test_page_matrix.py tests/template/test_layers.py

doors: setup .tools/rt-3.13/ready ## every route of pages and API as everybody, every function started as on AWS
	@$(PY) -m pytest -q -n 2 --dist worksteal $(DOORS)

e2e: setup tools .venv/browser-ready ## the deployed stack, end to end, on a local cloud of its own
	@$(PY) -m pytest -q tests/e2e

scenarios: setup ## the real handlers on tables in memory
	@$(PY) -m pytest -q -n 2 --dist worksteal tests/scenarios

bench: setup tools .tools/bench/ready ## the budgets of performance, measured side by side with their references (ONLY=starts, JSON=1)
	@PYTHONPATH=infra/local $(PY) -m tests.bench $(addprefix --only ,$(ONLY)) $(if $(JSON),--json)

pages: setup tools .venv/browser-ready ## weight and time of every page, and fifty people at once, on what `make up` started (PORT)
	@PYTHONPATH=infra/local ACCOLADE_ENDPOINT=http://127.0.0.1:$(PORT) $(PY) -m tests.e2e.pages_report

oracles: setup ## KPIs and back-tests beside answers that others computed, cell by cell (DATA=..., ORACLES=...)
	@$(PY) infra/oracles $(if $(DATA),--data "$(DATA)") $(if $(ORACLES),--oracles "$(ORACLES)")

# ---- what is installed, and when again: a file `ready` newer than its lock

$(UV): $(LOCKS)/uv.txt
	@"$$(infra/local/find-python)" -m venv .tools/uv
	@.tools/uv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/ready: requirements-dev.txt pyproject.toml | $(UV)
	@[ -x $(PY) ] || $(UV) venv --quiet --python "$$(infra/local/find-python)" .venv
	@$(INSTALL) $(PY) -r requirements-dev.txt
	@$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@touch $@

# what drives a browser: only the end-to-end tests need it, and they find Chromium on the path
.venv/browser-ready: $(LOCKS)/browser.txt .venv/ready
	@$(INSTALL) $(PY) -r $<
	@touch $@

.tools/rt-3.13/ready: $(LOCKS)/runtime.txt | $(UV)
	@[ -x $(@D)/bin/python ] || $(UV) venv --quiet --python "$$(infra/local/find-python)" $(@D)
	@$(INSTALL) $(@D)/bin/python --compile-bytecode -r $<
	@touch $@

.tools/%/ready: $(LOCKS)/%.txt | $(UV)
	@[ -x $(@D)/bin/python ] || $(UV) venv --quiet --python "$$(infra/local/find-python)" $(@D)
	@$(INSTALL) $(@D)/bin/python -r $<
	@touch $@

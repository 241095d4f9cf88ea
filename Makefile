# make demo and make test are the two commands a newcomer needs; make help prints the rest.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python infra/dev/postgres.py

# What a process imports is compiled once and kept, also where the environment says otherwise: the
# tests and the demo start hundreds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset demo-keycloak test check lint browser keycloak spectral bench matrix oracle sign-ins sbom attack mutation format assets docs messages migrations clean

help: ## print this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: .venv/.demo assets ## set everything up and serve the demo county (SAMPLAN_PORT=8000)
	@SAMPLAN_DEMO=1 $(RUN) -- $(BIN)/samplan demo

demo-reset: .venv/.demo assets ## the same with a database that begins anew
	@rm -rf .samplan/postgres .samplan/clock .samplan/seals
	@SAMPLAN_DEMO=1 $(RUN) -- $(BIN)/samplan demo

demo-keycloak: .venv/.demo assets keycloak ## the demo with a real Keycloak to sign in by (SAMPLAN_KEYCLOAK_PORT=8180)
	@SAMPLAN_DEMO=1 $(BIN)/python infra/dev/keycloak.py -- $(RUN) -- $(BIN)/samplan demo

test: .venv/.dev assets browser keycloak spectral ## set everything up and run every test
	@$(BIN)/pytest

check: lint test ## everything that CI runs: format, lint, types, imports, migrations, translations, tests

lint: .venv/.dev assets ## what is found without running a test
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@cd platform && ../$(BIN)/python -W ignore manage.py makemigrations --check --dry-run --skip-checks
	@$(BIN)/python infra/dev/messages.py --check

bench: .venv/.dev assets ## measure, beside stock yardsticks, and write .samplan/bench.json (ONLY=id for one)
	@$(BIN)/python tests/bench/run.py $(if $(ONLY),--only $(ONLY))

sbom: .venv/.dev ## write the bill of materials of every locked package to .samplan/sbom.json
	@$(BIN)/python infra/dev/sbom.py

attack: .venv/.dev assets .samplan/attack/.made ## let wapiti and sqlmap try the pages and schemathesis the API, on loopback (ONLY=pages or api)
	@ONLY=$(ONLY) $(BIN)/python tests/attack/run.py

# The tools live by themselves: what they need would otherwise decide what the product gets.
.samplan/attack/.made: requirements/attack.txt
	@$(PYTHON) -m venv .samplan/attack
	@$(BIN)/uv pip install --quiet --python .samplan/attack/bin/python --require-hashes -r requirements/attack.txt
	@touch $@

mutation: .venv/.dev assets .samplan/mutation/.made ## spoil what decides and who signs in, and see that tests notice (ONLY=word for one module)
	@$(BIN)/python tests/mutation/run.py $(ONLY)

.samplan/mutation/.made: requirements/mutation.txt
	@$(PYTHON) -m venv .samplan/mutation
	@$(BIN)/uv pip install --quiet --python .samplan/mutation/bin/python --require-hashes -r requirements/mutation.txt
	@touch $@

oracle: export SAMPLAN_ORACLE_CHUNKS = 26
oracle: .venv/.dev assets ## row-level security and the forecast against their oracles, 5,200 sequences
	@$(BIN)/pytest tests/isolation/test_oracle.py tests/isolation/test_forecast.py

matrix: .venv/.dev assets ## every page and act for each role and relation, 10,000 requests against the access log, 5,000 changes sent again
	@$(BIN)/pytest -rP -m long tests/isolation tests/api

sign-ins: export SAMPLAN_SIGN_INS ?= 500
sign-ins: export SAMPLAN_AWAY ?= 600
sign-ins: .venv/.dev assets browser keycloak ## disturbed sign-ins against Keycloak, and Keycloak dead for ten minutes (docs/bench.md)
	@$(BIN)/pytest -n 0 -rP -m long tests/integrations/keycloak/test_disturbed.py tests/integrations/keycloak/test_staying.py

format: .venv/.dev ## put the code in shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

assets: .venv/.demo ## install the front-end files of others, from their lock; compile the translations
	@$(BIN)/python platform/portal/assets/build.py
	@$(BIN)/python infra/dev/messages.py --compile

browser: .venv/.dev ## install the browser of the tests, where it is missing
	@infra/dev/browser.sh

keycloak: .venv/.demo ## fetch and build Keycloak, where this user has none; without it its tests are left out
	@infra/dev/maven.sh && $(BIN)/python infra/dev/keycloak.py --fetch || true

spectral: .venv/.demo ## install what lints the API's document; where it cannot be had its tests are left out
	@$(BIN)/python tests/api/spectral/linter.py || true

messages: .venv/.dev ## bring the translations in line with the texts
	@$(BIN)/python infra/dev/messages.py

docs: .venv/.dev ## build the documentation
	@$(BIN)/sphinx-build -W -q -b html docs docs/_build

clean: ## remove everything that make has set up
	rm -rf .venv .samplan platform/portal/assets/node_modules platform/portal/static/portal/vendor

.venv/.uv:
	@echo "Skapar .venv ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check "uv>=0.9"
	@touch $@

.venv/.demo: .venv/.uv requirements/demo.txt pyproject.toml
	@echo "Installerar beroenden ..."
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements/demo.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.demo requirements/dev.txt
	@echo "Installerar det som testerna behöver ..."
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements/dev.txt
	@touch $@

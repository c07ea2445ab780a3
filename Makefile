# `make run` and `make test` set everything up; nothing needs to be installed beforehand but Python 3.11-3.13.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export ECOLAKE_LAKE ?= $(CURDIR)/lake
export DBT_SEND_ANONYMOUS_USAGE_STATS = false
export DAGSTER_DISABLE_TELEMETRY = yes
WORKERS ?= 2

.PHONY: run app dev test test-slow lint bench docs lock clean

run: $(READY)  ## bring in, check, compute and publish (the demo feeds when no source is given: make run SOURCE=path)
	$(BIN)/ecolake run $(if $(SOURCE),--source $(SOURCE))
	@echo "results:  $(ECOLAKE_LAKE)/publications/current   (ecolake.duckdb, tables/*.parquet, manifest.json)"
	@echo "next:     make app   opens the page;   $(BIN)/ecolake publications   lists what was released"

app: $(READY)  ## open the page 浙里蓝天 on http://localhost:8501
	$(BIN)/ecolake app

dev: $(READY)  ## open Dagster on http://localhost:3000
	$(BIN)/ecolake dev

test: $(READY) lint  ## lint and the fast tests
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not slow and not browser"

test-slow: $(READY)  ## browser, kill, server, whole-archive and property tests
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "slow and not browser" -rs
	$(BIN)/pytest -m browser -rs

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## measure, as ratios against a stated reference in the same run
	$(BIN)/python -m bench

docs: $(READY)  ## generated files and data docs
	$(BIN)/ecolake docs

# uv where present (seconds), pip otherwise; both install exactly what requirements.lock names, by hash. The lock is complete,
# so pip need not resolve (and cannot: it takes an extra, gql[requests], for a requirement without a pin).
$(READY): requirements.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python "$(PYTHON)" $(VENV) && \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
		$(PYTHON) -m venv $(VENV) && \
		$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock && \
		$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@

lock:  ## write requirements.lock anew (hashes, no addresses)
	uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-annotate --no-header \
		pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) lake dbt_project/target

# On a machine with Python 3.11 or newer, make and git, these do all the set-up there is.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
DEMO_CUSTOMERS ?= 5000
# A file of tests shares its world, and the long files come first.
TEST_WORKERS ?= 2
IN_PARALLEL := -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder
export C360_DATA_DIR ?= $(CURDIR)/data
export DAGSTER_HOME ?= $(C360_DATA_DIR)/dagster
export DBT_PROFILES_DIR := $(CURDIR)
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help install demo app spark docs docs-serve test test-all test-duckdb-2 test-spark check format lock dagster bench clean

help:  ## What there is to make
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

install: .venv/installed  ## Install everything into .venv, pinned with hashes

.venv/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing packages into .venv (about two minutes the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install  ## Make a sample world of people and take it through the whole pipeline
	@$(BIN)/c360 universe --customers $(DEMO_CUSTOMERS)
	@$(BIN)/c360 run

app: install  ## Open the profile app and dashboards on http://127.0.0.1:8501
	@$(BIN)/c360 app

docs: install  ## Build the documentation site into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet && echo "The site is in site/index.html"

docs-serve: install  ## Read the documentation on http://127.0.0.1:8000 while you write it
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve --dev-addr 127.0.0.1:8000

test: install  ## Run the tests (ten to twelve minutes on two cores)
	@$(BIN)/python -m pytest -m "not slow and not spark" $(IN_PARALLEL) $(PYTEST_ARGS)

test-all: install  ## Run all tests, long ones too
	@$(BIN)/python -m pytest -m "not spark" $(IN_PARALLEL) $(PYTEST_ARGS)

# A venv inside the other one, which it sees behind its own DuckDB.
DUCKDB_2 := .venv/duckdb-2
site_packages = $$($(1)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

test-duckdb-2: install  ## Run the tests on DuckDB 2.0, which is allowed beside the locked 1.5
	@test -x $(DUCKDB_2)/bin/python || $(BIN)/python -m venv $(DUCKDB_2)
	@$(DUCKDB_2)/bin/python -m pip install --quiet --disable-pip-version-check duckdb==2.0.*
	@echo $(call site_packages,.venv) > $(call site_packages,$(DUCKDB_2))/behind.pth
	@PYTHONPATH=$(CURDIR) $(DUCKDB_2)/bin/python -m pytest -m "not slow and not spark" $(IN_PARALLEL) $(PYTEST_ARGS)

check: install  ## Formatting, lint and types, of Python and SQL
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy orchestration expectations app reference benchmarks
	@PYTHONWARNINGS=ignore::UserWarning:multiprocessing.resource_tracker \
		$(BIN)/sqlfluff lint models examples --disable-progress-bar --processes 0

format: install  ## Mend what a formatter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/sqlfluff fix models examples --disable-progress-bar

spark: install  ## Install Spark beside the rest; it needs Java 17
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock

test-spark: spark  ## Run the tests of Spark (half an hour, longer on a busy machine)
	@PYSPARK_PYTHON=$(CURDIR)/$(BIN)/python $(BIN)/python -m pytest -m spark $(PYTEST_ARGS)

lock: install  ## Resolve the dependencies anew
	@uv pip compile pyproject.toml --extra app --extra dev --extra docs --extra train --python-version 3.11 --universal \
		--constraint constraints.txt --generate-hashes --no-strip-extras \
		--no-annotate --no-header --output-file requirements.lock
	@uv pip compile pyproject.toml --extra spark --python-version 3.11 --universal \
		--constraint requirements.lock --generate-hashes --no-strip-extras \
		--no-annotate --no-header --output-file requirements-spark.lock

dagster: install  ## Open the Dagster UI on http://127.0.0.1:3000
	@mkdir -p $(DAGSTER_HOME) && cp orchestration/dagster.yaml $(DAGSTER_HOME)/
	@$(BIN)/dagster dev -m orchestration.definitions -h 127.0.0.1

bench: install  ## Do the same work as others would, and write docs/benchmarks (an hour)
	@$(BIN)/python -m benchmarks.run

clean:  ## Remove the data and everything that was built, but not .venv
	rm -rf data site target logs .pytest_cache .hypothesis .ruff_cache .mypy_cache

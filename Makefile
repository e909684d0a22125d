# The whole surface for people: `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# a test process a core, and one more while others wait for servers; a module's tests stay together
# because they share what they have loaded
PROCESSES = $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
SPREAD = --numprocesses $(PROCESSES) --dist loadscope --no-loadscope-reorder

# compiled modules are kept, whatever the shell says: each command and many a test starts Python anew
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run serve test check bench lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## create .venv with the locked packages and paperhouse in it

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "paperhouse needs Python 3.11 or newer; name one with PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	@# uv, as it stands in the lock, installs the rest of it in a tenth of the time pip takes
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps --compile-bytecode -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

run: install ## one whole night against the bundled sample, no internet needed
	$(BIN)/python -m examples.demo

serve: install ## Prefect server and worker with the nightly deployment, until Ctrl-C
	$(BIN)/paperhouse serve

test: install ## every test, the slow ones too
	$(BIN)/python -m pytest $(SPREAD)

check: install ## format, lint, types and the fast tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(SPREAD) -m "not slow"

bench: install ## measure against dlt, DuckDB, PyArrow and an empty flow, in the same run
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group bench
	$(BIN)/python -m benchmarks

lock: install ## resolve the dependencies anew into requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o requirements.lock

clean: ## remove the environment, caches and the demo's warehouse
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis dist data/demo

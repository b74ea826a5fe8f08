# Two commands do everything: `make demo` and `make test`. Both set up what is missing first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DIST := dist

# Tests run side by side, one worker more than processors, since some wait for a limit: `make test WORKERS=0`
# runs them one after the other.
WORKERS ?= $(shell expr `nproc` + 1)
TOGETHER := -n $(WORKERS) --maxprocesses 8 --dist worksteal

# uv where it is found, venv and pip otherwise. Byte code is made as for any package that is installed.
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make $@ PYTHON=/path/to/python3.11"; exit 2; }
	@if command -v uv >/dev/null; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
		uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e $(1); \
	else \
		$(PYTHON) -m venv $(VENV) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e $(1); \
	fi
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q autograder
endef

.PHONY: demo test soak lint docs wheel bench clean

demo: $(VENV)/.ready-demo
	@$(BIN)/autograder demo

# Byte code of tests is kept whatever the environment says: each worker would rewrite their assertions at every run.
test: lint
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q autograder
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest $(TOGETHER)

# What is too heavy for every day; what it prints last is noted in docs/soak.md.
soak: $(VENV)/.ready-test
	AUTOGRADER_ATTACKS=all $(BIN)/python -m pytest $(TOGETHER) -m "soak or hypothesis"

lint: $(VENV)/.ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The documentation as a site; any warning ends the build.
docs: $(VENV)/.ready-test
	$(BIN)/python -m sphinx -q -W --keep-going docs $(DIST)/docs
	@echo "$(DIST)/docs/index.html"

# The program as one file to install elsewhere, its documentation and the sample course included.
wheel: $(VENV)/.ready-demo
	@rm -f $(DIST)/*.whl
	@if command -v uv >/dev/null; then \
		uv build --quiet --wheel --python $(BIN)/python --out-dir $(DIST); \
	else \
		$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir $(DIST) .; \
	fi
	@ls $(DIST)/*.whl

bench: $(VENV)/.ready-test
	$(BIN)/python -m benchmarks

$(VENV)/.ready-demo: pyproject.toml constraints.txt
	$(call install,.)
	@touch $@

$(VENV)/.ready-test: pyproject.toml constraints.txt
	$(call install,".[test]")
	@touch $@ $(VENV)/.ready-demo

clean:
	rm -rf $(VENV) dist demo-class .mypy_cache .ruff_cache .pytest_cache .hypothesis

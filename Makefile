# Every target does its own set-up. `make run` and `make test` are the two a newcomer needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV      = $(VENV)/bin/uv
PIP     = VIRTUAL_ENV=$(VENV) $(UV) pip

# The tests start our programs hundreds of times: without kept bytecode each start compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run setup test check bench soak stub lock format

run: $(VENV)/.run
	@exec $(BIN)/chatty run $(ARGS)

setup: $(VENV)/.run

stub: $(VENV)/.run
	@exec $(BIN)/chatty stub $(ARGS)

test: $(VENV)/.dev
	@$(BIN)/python -m tests.chromium
	@$(BIN)/python -m tests.keyring_daemon
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/pyright
	$(BIN)/python requirements/check.py

bench: $(VENV)/.dev
	@$(BIN)/python -m tests.chromium
	@$(BIN)/python -m tests.keyring_daemon
	$(BIN)/python -m bench $(ARGS)

soak: $(VENV)/.dev
ifdef SEEDS
	$(BIN)/python -m bench.soak --seeds $(SEEDS) $(ARGS)
else
	$(BIN)/python -m bench.soak $(ARGS)
	$(BIN)/python -m bench.kills
endif

lock: $(VENV)/.dev
	$(BIN)/python requirements/check.py --write

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# uv is installed into the environment, so a fresh machine needs only Python 3.11+ and make.
$(VENV)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.5"

$(VENV)/.run: $(VENV)/bin/uv requirements/run.lock pyproject.toml
	@echo "Setting up $(VENV)."
	@$(PIP) install --quiet --require-hashes -r requirements/run.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.lock
	@echo "Setting up what the tests and checks need."
	@$(PIP) install --quiet --require-hashes -r requirements/dev.lock
	@touch $@

# The two commands of the README are `make atlas` and `make test`; both make the environment they need.
PYTHON ?= python3
BIN := .venv/bin
# Processes that share the tests, up to 1 GB each.
WORKERS ?= 2
# Rules that the page's scripts do without: Leaflet's underscores, and matters of taste.
LEAFLETS_WAYS := -A no-underscore-dangle -A no-unused-expressions -A no-shadow -A unicorn/no-array-sort \
  -A unicorn/consistent-function-scoping -A unicorn/no-new-array -A unicorn/no-array-reverse \
  -A unicorn/no-array-fill-with-reference-type

.PHONY: atlas test lint benchmark lock clean

atlas: .venv/minemap
	$(BIN)/minemap build korea -o build/korea --overwrite

test: .venv/dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/oxlint --quiet --deny-warnings -D correctness -D suspicious $(LEAFLETS_WAYS) geo/maps/page

benchmark: .venv/dev
	$(BIN)/python benchmarks/run.py

.venv/minemap: pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable .
	touch $@

.venv/dev: .venv/minemap
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --group dev
	touch $@

# Pins without addresses, from a fresh environment with the newest versions that pyproject.toml admits.
lock:
	rm -rf .venv && $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	$(BIN)/python -m pip freeze --exclude-editable > requirements.lock

clean:
	rm -rf .venv build dist

# Needs sh, make and one of Python 3.11 to 3.14; everything else comes from the package index.
.PHONY: help run test lint check clean lock install install-dev budgets screenshots

# Tests wait as long as they compute: twice as many as there are cores keep two of them busy.
WORKERS ?= 4

help:
	@echo 'make run     the platform at http://127.0.0.1:8000; PORT=8001 PACE=1 make run'
	@echo '             on today'"'"'s market: PROVIDER=yahoo SYMBOLS=SPY,QQQ make run'
	@echo '             on your own data: PROVIDER=files DATA_FOLDER=bars make run'
	@echo 'make test    the tests'
	@echo 'make lint    formatting, lint, types and layers'
	@echo 'make check   lint and test, as CI does'
	@echo 'make budgets      what the site promises, measured in Chromium (needs node and java)'
	@echo 'make screenshots  every kind of page, on phone and desk, light and dark'
	@echo 'make clean   removes .local/, the record in it included'
	@echo 'make lock    writes requirements*.txt anew (needs uv)'

install:
	@infra/bootstrap.sh requirements.txt

install-dev:
	@infra/bootstrap.sh requirements-dev.txt

run: install
	@.venv/bin/robotplug run

test: install-dev
	@.venv/bin/python -m pytest -n $(WORKERS)

lint: install-dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

check: lint test

# `npm install` puts Lighthouse and the HTML checker into site/node_modules, and the smaller Plotly.
budgets: install-dev
	@[ -n "$$NODE_MODULES" ] || npm install --prefix site --ignore-scripts --no-package-lock --no-audit --no-fund
	@.venv/bin/python -m tests.budgets $(MEASURE)

screenshots: install-dev
	@.venv/bin/python -m tests.budgets.screenshots $(MEASURE)

clean:
	@if .venv/bin/python -c '' 2>/dev/null; then exec .venv/bin/python -m functions.local.cli clean; fi; \
	for file in .local/postgres/data/postmaster.pid .local/*/postgres/data/postmaster.pid; do \
	    pid=$$(head -n 1 "$$file" 2>/dev/null); \
	    if [ -n "$$pid" ] && kill -0 "$$pid" 2>/dev/null; then \
	        echo "PostgreSQL (process $$pid) still runs in .local; \`make install clean\` stops it first" >&2; exit 1; \
	    fi; \
	done; \
	rm -rf .local

lock: export UV_CUSTOM_COMPILE_COMMAND = make lock
lock:
	@command -v uv >/dev/null || { echo 'make lock needs uv: https://docs.astral.sh/uv/' >&2; exit 1; }
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

# Daily commands. Everything runs in .venv, which the first one makes.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test check bench reset pages mini environment environment-dev format

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: environment ## everything on this machine, with demo data; Ctrl-C stops it
	@exec $(BIN)/cardquest demo

test: environment-dev ## every test, on its own throw-away PostgreSQL and Valkey
	@$(BIN)/python -m pytest

check: environment-dev ## format, lint, types, import contracts, house rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/architecture

bench: environment-dev ## measure, and write docs/benchmarks.md
	@$(BIN)/python -m bench

reset: environment ## remove the demo's data
	@$(BIN)/cardquest reset

pages: environment ## build the customers' pages

mini: environment ## build the mini-program for WeChat, and its API types
	@$(BIN)/python -m miniprogram.build

format: environment-dev ## put the code into its format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

environment:
	@$(PYTHON) environment.py

environment-dev:
	@$(PYTHON) environment.py --dev

# What a developer does, and the same list that CI runs. Each target installs what it needs on first use.
# Needed beforehand: make and Python 3.11 or later with its venv module (Debian: python3-venv).

PYTHON ?= python3
ARGS ?=
KILLS ?= 10000
# The locks are complete: nothing is left to resolve. Older pips would take the newest release for an extra (coverage[toml]) and refuse it for want of a hash.
PIP = .venv/bin/python -m pip --disable-pip-version-check install -qq --require-hashes --no-deps
LOCK = CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
       --no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(ARGS)
COVERAGE = $(filter true,$(CI))

.PHONY: help install demo test check wheel lock messages golden guide bench mail-kills stop-campaign power-loss kill-campaign mutants machine clean
.DEFAULT_GOAL := help

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

install: .venv/dev  ## the command `publisher`, in .venv/bin

demo: .venv/base  ## the whole journey on this machine, with simulated platforms (ARGS=--exit: check itself and end)
	@PYTHONPATH="$(CURDIR)" .venv/bin/python -m publisher demo $(ARGS)

test: .venv/dev  ## the tests (ARGS="tests/text -k typography": some of them)
	@$(if $(COVERAGE),tools/test-halves,.venv/bin/python -m pytest) $(ARGS)
	@$(if $(COVERAGE),.venv/bin/python -m coverage report --fail-under=95 --include='publisher/adapters/*$(comma)publisher/pipeline/*')

check: .venv/dev wheel  ## everything that can be checked without running the tests
	@echo "— style" && .venv/bin/ruff check --quiet && .venv/bin/ruff format --check --quiet
	@echo "— types" && .venv/bin/mypy --no-error-summary
	@echo "— layers" && .venv/bin/lint-imports --no-logo
	@echo "— French catalogue" && .venv/bin/python tools/messages.py --check
	@echo "— the wheel, installed by itself" && tools/try-wheel dist/*.whl

wheel: .venv/dev  ## the distribution, in dist/
	@rm -rf dist && .venv/bin/python -m build --wheel --no-isolation --outdir dist . > .venv/wheel.log 2>&1 || { cat .venv/wheel.log; exit 1; }
	@ls dist/*.whl

lock: .venv/dev  ## the locks, from pyproject.toml and requirements/dev.in (ARGS=--upgrade: to the newest versions)
	$(LOCK) --output-file requirements/base.txt pyproject.toml
	$(LOCK) --constraint requirements/base.txt --extra oidc --output-file requirements/oidc.txt pyproject.toml
	$(LOCK) --constraint requirements/oidc.txt --extra oidc --output-file requirements/dev.txt pyproject.toml requirements/dev.in

messages: .venv/dev  ## the French catalogue, from the source sentences
	@.venv/bin/python tools/messages.py

golden: .venv/dev  ## what the twelve invented communiqués become, rewritten to be read before it is committed
	@.venv/bin/python -m tests.golden.review

guide: .venv/dev  ## the pictures of docs/fr/guide.md, taken anew in a real browser
	@mkdir -p docs/images/guide && GUIDE="$(CURDIR)/docs/images/guide" .venv/bin/python -m pytest -q tests/e2e/test_back_office.py tests/e2e/test_connecting_page.py

bench: .venv/dev  ## the measured promises, one verdict each (about half an hour; benchmarks/README.md)
	@tools/bench

mail-kills: .venv/dev  ## SIGKILL at 200 random moments of mailings of 2,000 (ARGS="--moments 20 --seed 7": fewer, the same again)
	@.venv/bin/python -m tests.campaigns.stops kill $(ARGS)

stop-campaign: .venv/dev  ## SIGTERM at 200 random moments of mailings and posts (ARGS as for mail-kills)
	@.venv/bin/python -m tests.campaigns.stops stop $(ARGS)

power-loss: .venv/dev  ## the power fails at every moment of a delivery, and the service starts again on what each disk may have kept (needs strace)
	@.venv/bin/python -m tests.power

kill-campaign: .venv/dev  ## the service killed at KILLS random moments, platforms in a storm: one line of figures (SEED=…, ARGS="--minutes 15")
	@.venv/bin/python -m tests.kills --kills $(KILLS) $(if $(SEED),--seed $(SEED)) $(ARGS)

mutants: .venv/dev  ## twelve mistakes that would send twice, early, unapproved or not at all: each must be noticed (ARGS=NAME: one of them)
	@.venv/bin/python -m tests.kills.mutants $(ARGS)

EXAMPLES ?= 500
STEPS ?= 50

machine: .venv/dev  ## the state machine for longer (EXAMPLES=20000 STEPS=50 SEED=1)
	@MACHINE_EXAMPLES=$(EXAMPLES) MACHINE_STEPS=$(STEPS) MACHINE_SEED=$(or $(SEED),$(shell date +%s)) .venv/bin/python -m pytest -q -s -o faulthandler_timeout=0 tests/machine $(ARGS)

clean:  ## remove what the other targets made
	rm -rf .venv build dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11 …")'
	@echo "Creating .venv" && $(PYTHON) -m venv .venv

.venv/base: .venv/bin/python requirements/base.txt
	@echo "Installing the dependencies" && $(PIP) -r requirements/base.txt && .venv/bin/python -m compileall -q publisher && touch $@

.venv/dev: .venv/base requirements/dev.txt
	@echo "Installing the tools" && $(PIP) -r requirements/dev.txt
	@.venv/bin/python -m pip --disable-pip-version-check install -qq --no-deps --no-build-isolation --editable . && touch $@

comma := ,

# `make` shows what there is to do. Variables: see the table in README.md.
.DEFAULT_GOAL := help
.PHONY: help up down reset quick test prove bench weigh lint messages lock
BOOTSTRAP := @tools/bootstrap.sh
# A file goes to one worker whole, so that what its tests share is made once.
PYTEST := .venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder

help:
	@echo "make up        start everything here; Ctrl-C stops it all"
	@echo "make down      stop everything, also what a crash left"
	@echo "make reset     stop everything and erase the data, after asking"
	@echo "make quick     lint and the fast tests, within 90 seconds"
	@echo "make test      lint and all tests, within 10 minutes"
	@echo "make prove     show everything that is claimed, with figures, into docs/proof.md"
	@echo "make bench     our pages beside the bare SQL of the same job, into docs/bench.md"
	@echo "make weigh     how large the installation and the pages are"
	@echo "make lint      style, types and the ladder of rooms"
	@echo "make messages  compile the translations and say how complete they are"
	@echo "make lock      write the lock files anew from pyproject.toml"

up:
	$(BOOTSTRAP) production embedded
	@tools/catalogues.sh
	@.venv/bin/jardam up

down:
	$(BOOTSTRAP) production
	@.venv/bin/jardam down

reset:
	$(BOOTSTRAP) production
	@.venv/bin/jardam reset

quick:
	$(BOOTSTRAP) production test embedded
	@tools/catalogues.sh
	@$(MAKE) --no-print-directory lint
	$(PYTEST) -m "not slow and not browser and not race and not prove"

# JARDAM_NO_BROWSER=1 leaves the browser out, and says so.
test:
ifeq ($(JARDAM_NO_BROWSER),1)
	@echo "BROWSER TESTS ARE LEFT OUT (JARDAM_NO_BROWSER=1)"
	$(BOOTSTRAP) production test embedded
else
	$(BOOTSTRAP) production test browser embedded
	@tools/chromium.sh
endif
	@tools/catalogues.sh --all
	@$(MAKE) --no-print-directory lint
ifeq ($(JARDAM_NO_BROWSER),1)
	$(PYTEST) -m "not browser and not prove"
	@echo "BROWSER TESTS WERE LEFT OUT (JARDAM_NO_BROWSER=1)"
else
	$(PYTEST) -m "not prove"
	@.venv/bin/python tools/generated.py verbs
endif

prove:
	$(BOOTSTRAP) production test browser embedded
	@tools/chromium.sh
	@tools/catalogues.sh
	.venv/bin/python tools/prove.py

# How many rows: make bench SIZES=1000
SIZES ?= 1000,10000
bench:
	$(BOOTSTRAP) production test embedded
	@tools/catalogues.sh
	PYTHONPATH=. .venv/bin/python -m tools.bench --sizes $(SIZES)

weigh:
	$(BOOTSTRAP) production test embedded
	@tools/catalogues.sh
	@PYTHONPATH=. .venv/bin/python -m tools.bench --weigh

lint:
	$(BOOTSTRAP) production test
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	@JARDAM_DEMO=1 JARDAM_SECRET_KEY=lint .venv/bin/mypy jardam config
	.venv/bin/lint-imports

messages:
	$(BOOTSTRAP) production
	.venv/bin/python tools/messages.py update
	@tools/catalogues.sh --all

lock:
	$(BOOTSTRAP) production test
	tools/lock.sh

# Needs Python 3.11 or newer with its venv module; everything else goes into .venv and .tox.
PYTHON ?= python3
TOX = .venv/bin/tox

bench: $(TOX)  ## measure this machine and write reports/index.html
	$(TOX) run -e bench

test: $(TOX)  ## tests, linter, type checker
	$(TOX) run -e test

$(TOX): constraints.txt
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt tox
	touch $(TOX)

.PHONY: bench test

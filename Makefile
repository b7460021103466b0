# The book's commands. `make help` lists them; everything that is installed goes to .venv, or with DEPS beside it.

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2

# DEPS=lowest or newest tests with other versions, resolved anew, in an environment of their own
DEPS ?=
RESOLUTION = $(if $(filter newest,$(DEPS)),highest,lowest-direct)
VENV := .venv$(DEPS:%=-%)
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SITE := _build/.site
CHAPTERS := $(wildcard book/*.ipynb)
# tools/workers.py says what stays on one worker
PROVE = $(BIN)/pytest --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder \
	--doctest-modules --nbval --nbval-current-env
SOURCES := _config.yml _toc.yml pyproject.toml $(shell find book theme lib -type f \
	-not -name '*.pyc' -not -path '*/.*' -not -path '*.egg-info/*' 2>/dev/null)

export JUPYTER_PREFER_ENV_PATH := 1
export PYDEVD_DISABLE_FILE_VALIDATION := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test check html pdf slides zip lite linkcheck notebooks data lint format bench mutants lock vendor clean

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

slides: $(SITE)  ## make lecture slides of every chapter in _build/html/slides, and link to them on the page
	$(BIN)/python -m tools.slides _build/html

linkcheck: $(READY)  ## ask whether every external link of the book is still there (needs the network)
	$(BIN)/jupyter-book build --quiet --builder linkcheck --path-output _build/links . || \
		{ echo "Some links lead nowhere, or there is no network; all are listed in _build/links/_build/html/output.txt" >&2; exit 1; }

serve: $(SITE)  ## build the book and serve it on this machine (PORT=8000)
	@$(BIN)/python tools/serve.py _build/html $(PORT)

test: $(if $(DEPS),,lint) $(SITE)  ## prove the book: style, library, notebooks, site (all that CI runs); DEPS=lowest or newest with other versions
	$(PROVE) lib tests $(CHAPTERS)

check: lint  ## the quick round while writing: style, quick unit tests, doctests, and the chapters changed since main (no site)
	$(PROVE) -m "not slow" --ignore=tests/browser lib tests $$($(BIN)/python tools/changed.py)

html: $(SITE)  ## build the site into _build/html; every warning is an error

pdf: $(SITE)  ## print every page as PDF into _build/html/_downloads, and link to it on the page
	$(BIN)/python -m tools.pdf _build/html

zip: $(SITE)  ## pack the site into _build/price-of-superposition.zip, which reads offline: unpack it and open index.html
	$(BIN)/python -m tools.pack _build/html _build/price-of-superposition.zip

lite: $(READY)  ## build the site with JupyterLite beside it: the notebooks run in the reader's browser (needs npm)
	rm -f $(SITE)
	BOOK_LITE=1 $(MAKE) --no-print-directory $(SITE)
	$(PYTHON) -m venv _build/.lite/env
	_build/.lite/env/bin/python -m pip install --quiet --disable-pip-version-check --requirement tools/lite.txt
	_build/.lite/env/bin/python tools/lite.py _build/html

notebooks: $(READY)  ## execute every chapter and store it in its normal form
	$(BIN)/python tools/notebooks.py

data: $(READY)  ## compute the stored measurements again (about half an hour)
	$(BIN)/python tools/data.py

lint: $(READY)  ## check the style of the code and the form of the notebooks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyrefly check --summary=none --python-interpreter-path $(BIN)/python
	$(BIN)/python -m tools.notebooks --check

format: $(READY)  ## put the code in order
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(SITE)  ## measure what the book claims to be fast or small, each as a ratio (one of them needs npm)
	@status=0; for bench in $(filter-out bench/stock.py bench/lighthouse.py,$(wildcard bench/*.py)); do \
		$(BIN)/python $$bench || status=1; done; exit $$status

mutants: $(READY)  ## break the library in one place at a time and list what its unit tests miss (MUTANTS="formulas codes --most 0")
	$(BIN)/python tools/mutants.py $(MUTANTS)

lock: $(READY)  ## write the locks again from pyproject.toml, with the newest versions that fit
	$(BIN)/python tools/lock.py

vendor:  ## rebuild the vendored JavaScript, styles and fonts (the only command that needs Node)
	cd tools/vendor && npm ci && npm run explorer && npm run draws && npm run site

clean:  ## remove the site and the environment
	rm -rf _build .venv .venv-lowest .venv-newest

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "The book needs Python 3.11 or newer with its venv module, and $(PYTHON) is not that: install it, or name another with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
ifeq ($(DEPS),)
	grep -v '^-e' requirements.txt > $(VENV)/locked.txt
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --all-extras --resolution $(RESOLUTION) --python $(BIN)/python --output-file $(VENV)/locked.txt pyproject.toml
endif
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $(VENV)/locked.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(SITE): $(READY) $(SOURCES)
	rm -rf _build/html _build/.doctrees
	$(BIN)/jupyter-book build --quiet --nitpick --warningiserror --keep-going .
	@touch $@

"""What holds for every test and notebook: one BLAS thread, no deadline, and one worker for what belongs together."""

import os

import hypothesis
import pytest

from tools.stills import STILL
from tools.workers import Together, in_order

# after `tools`, which makes its loading quick; pyproject.toml keeps pytest from loading it before
pytest_plugins = ["nbval.plugin"]

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
# Kernels inherit them. Set before NumPy is loaded: the workers share the cores, so each has one.
os.environ.update(dict.fromkeys(THREADS, "1"))

# No test may depend on how fast the machine is.
hypothesis.settings.register_profile("book", deadline=None)
hypothesis.settings.load_profile("book")


# tests that the command line leaves out: each worker counts all of them, and pytest-xdist tells nobody
LEFT_OUT = pytest.StashKey[int]()


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


def pytest_deselected(items):
    for item in items:
        item.config.stash[LEFT_OUT] = item.config.stash.get(LEFT_OUT, 0) + 1


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(LEFT_OUT, 0)


def pytest_testnodedown(node):
    # a worker that crashed has no output
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter, config):
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{left_out} tests were left out.")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for notebook in {item.parent for item in items if hasattr(item.parent, "skip_compare")}:
        notebook.skip_compare += ("image/svg+xml",)  # as nbval does with other pictures: the numbers stand beside them
        notebook.sanitize_patterns[STILL] = ""  # `tools/notebooks.py --check` draws them again
    items[:] = [items[place] for place in in_order([item.nodeid for item in items])]

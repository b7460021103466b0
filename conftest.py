"""What holds for every test and notebook: one BLAS thread, no deadline, and one worker for what belongs together."""

import os

import hypothesis
import pytest

from tools.workers import Together, in_order

# after `tools`, which makes its loading quick; pyproject.toml keeps pytest from loading it before
pytest_plugins = ["nbval.plugin"]

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
# Kernels inherit them. Set before NumPy is loaded: the workers share the cores, so each has one.
os.environ.update(dict.fromkeys(THREADS, "1"))

# No test may depend on how fast the machine is.
hypothesis.settings.register_profile("book", deadline=None)
hypothesis.settings.load_profile("book")


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for notebook in {item.parent for item in items if hasattr(item.parent, "skip_compare")}:
        notebook.skip_compare += ("image/svg+xml",)  # as nbval does with other pictures: the numbers stand beside them
    items[:] = [items[place] for place in in_order([item.nodeid for item in items])]

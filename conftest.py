"""What holds for every test and notebook: one BLAS thread, no deadline, and one worker for what belongs together."""

import os
import re

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
# Kernels inherit them. Set before NumPy is loaded: the workers share the cores, so each has one.
os.environ.update(dict.fromkeys(THREADS, "1"))

# No test may depend on how fast the machine is.
hypothesis.settings.register_profile("book", deadline=None)
hypothesis.settings.load_profile("book")

BROWSER, NOTEBOOK, REST = range(3)
# the page in the brackets of a browser test: of a page, or of an explorer on it
PAGE = re.compile(r"\[(demo|[\w/]*\.html)")


def group_of(nodeid):
    """Where an item runs, and with what: a notebook's cells share a kernel, the tests of a page its tab."""
    path = nodeid.partition("::")[0]
    if path.endswith(".ipynb"):
        return NOTEBOOK, path
    if not path.startswith("tests/browser/"):
        return REST, nodeid
    page = PAGE.search(nodeid)
    return BROWSER, path if page is None else f"page {page[1]}"


class Together(LoadScopeScheduling):
    """Gives each group to one worker. (`--dist loadgroup` marks a name that pytest 9.2 no longer reads.)"""

    def _split_scope(self, nodeid):
        return group_of(nodeid)[1]


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    groups = [group_of(item.nodeid) for item in items]
    first = {}
    for place, group in enumerate(groups):
        first.setdefault(group, place)
    # the longest first, and what belongs together in one piece, with or without workers
    places = sorted(range(len(items)), key=lambda place: (groups[place][0], first[groups[place]]))
    items[:] = [items[place] for place in places]

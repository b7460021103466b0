"""What holds for every test and notebook: one BLAS thread, no deadline, and one worker for what belongs together."""

import os

import hypothesis
import pytest

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
# Kernels inherit them. Set before NumPy is loaded: the workers share the cores, so each has one.
os.environ.update(dict.fromkeys(THREADS, "1"))

# No test may depend on how fast the machine is.
hypothesis.settings.register_profile("book", deadline=None)
hypothesis.settings.load_profile("book")

BROWSER, NOTEBOOK, REST = range(3)


def group_of(item):
    """Where an item runs, and with what: a notebook's cells share a kernel, the tests of a page its tab."""
    path = item.path.as_posix()
    if item.path.suffix == ".ipynb":
        return NOTEBOOK, path
    if "/tests/browser/" not in path:
        return REST, None
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    page = parameters.get("where", (None,))[0] if "where" in parameters else parameters.get("address")
    return BROWSER, path if page is None else f"page {page or 'of every mark'}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    groups = [group_of(item) for item in items]
    first = {}
    for place, group in enumerate(groups):
        first.setdefault(group, place)
    for item, (_, name) in zip(items, groups, strict=True):
        if name:
            item.add_marker(pytest.mark.xdist_group(name))
    # the longest first, and what belongs together in one piece, with or without workers
    places = {place: (kind, first[kind, name] if name else place) for place, (kind, name) in enumerate(groups)}
    items[:] = [items[place] for place in sorted(places, key=places.get)]

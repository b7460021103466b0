"""Which worker runs what, when the tests share the processor's cores."""

import re

from xdist.scheduler import LoadScopeScheduling

BROWSER, NOTEBOOK, BUILD, REST = range(4)
# the page in the brackets of a browser test: of a page, or of an explorer on it
PAGE = re.compile(r"\[(demo|[\w/]*\.html)")
# the engine there, of a test in another browser
ENGINE = re.compile(r"\[(firefox|webkit)-")
# the explorer in the brackets of a test of what the library builds
BUILT = re.compile(r"tests/test_(?:explorer_guards|book_simulations)\.py::\w+\[(\w+\.\w+)\]")
# files whose tests share what they build: books, a course
BUILDS = ("tests/test_constructs.py", "tests/test_nbgrader.py", "tests/test_theme.py")


def group_of(nodeid):
    """Where an item runs, and with what.

    A notebook's cells share a kernel, the tests of a page its tab, those of an engine its browser. What shares nothing goes by
    functions and, of doctests, by modules: sending each test for itself takes longer than most of them.
    """
    path = nodeid.partition("::")[0]
    if path.endswith(".ipynb"):
        return NOTEBOOK, path
    if path in BUILDS:
        return BUILD, path
    if built := BUILT.match(nodeid):
        return REST, f"explorer {built[1]}"
    if path.startswith("lib/"):
        return REST, path
    if not path.startswith("tests/browser/"):
        return REST, nodeid.partition("[")[0]
    if engine := ENGINE.search(nodeid):
        return BROWSER, f"engine {engine[1]}"
    page = PAGE.search(nodeid)
    return BROWSER, path if page is None else f"page {page[1]}"


def in_order(nodeids):
    """The places of the items in the order to run them: the longest first, and each group in one piece."""
    groups = [group_of(nodeid) for nodeid in nodeids]
    first = {}
    for place, group in enumerate(groups):
        first.setdefault(group, place)
    return sorted(range(len(groups)), key=lambda place: (groups[place][0], first[groups[place]]))


class Together(LoadScopeScheduling):
    """Gives each group to one worker. (`--dist loadgroup` marks a name that pytest 9.2 no longer reads.)"""

    def _split_scope(self, nodeid):
        return group_of(nodeid)[1]

"""What runs a test or a notebook: one BLAS thread, every cell, and no deadline."""

import os
import re
import subprocess
import sys
from pathlib import Path

import hypothesis
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbval.plugin import IPyNbFile
from threadpoolctl import threadpool_info, threadpool_limits

from superposition.threads import one_thread
from tools.workers import group_of

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))
LEFT_OUT = re.compile(
    r"nbval-(?:skip|ignore-output)|NBVAL_(?:SKIP|IGNORE_OUTPUT)|PYTEST_VALIDATE_IGNORE_OUTPUT", re.IGNORECASE
)
COUNT_THREADS = """\
import numpy
from threadpoolctl import threadpool_info
print(max(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"))"""


def blas_threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_tests_have_one_blas_thread():
    np.ones((2, 2)) @ np.ones((2, 2))
    assert blas_threads() == {1}


@pytest.mark.slow
def test_a_notebook_s_kernel_has_one_blas_thread():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(COUNT_THREADS)])
    NotebookClient(notebook, kernel_name="python3", timeout=600).execute()
    assert notebook.cells[0].outputs[0].text == "1\n"


def test_the_library_limits_its_threads_itself():
    with threadpool_limits(2, user_api="blas"):
        if os.cpu_count() > 1:
            assert blas_threads() == {2}
        assert one_thread(blas_threads)() == {1}
        assert blas_threads() != {1} or os.cpu_count() == 1


def test_what_shares_a_kernel_or_a_tab_runs_on_one_worker():
    together = [
        ["book/sparsity.ipynb::Cell 0", "book/sparsity.ipynb::Cell 54"],
        [
            "tests/browser/test_explorers.py::test_a[book/sparsity.html#two-bells]",
            "tests/browser/test_site.py::test_b[book/sparsity.html-dark]",
        ],
        ["tests/browser/test_explorers.py::test_a[demo#one]", "tests/browser/test_explorers.py::test_b[demo#other]"],
        [
            "tests/browser/test_engines.py::test_a[webkit-book/sparsity.html]",
            "tests/browser/test_engines.py::test_b[webkit-book/directions.html]",
        ],
        ["tests/browser/test_engines.py::test_a[firefox-book/sparsity.html]"],
        ["tests/browser/test_live_kernel.py::test_a", "tests/browser/test_live_kernel.py::test_b[1]"],
        ["tests/test_explorer_guards.py::test_a[topic.one]", "tests/test_book_simulations.py::test_b[topic.one]"],
        ["tests/test_explorer_guards.py::test_a[topic.other]"],
        ["tests/test_theme.py::test_a", "tests/test_theme.py::test_b[one]"],
        ["tests/test_codes.py::test_a[1]", "tests/test_codes.py::test_a[2]"],
        ["tests/test_codes.py::test_b"],
        ["lib/superposition/codes.py::superposition.codes.simplex", "lib/superposition/codes.py::superposition.codes"],
    ]
    groups = [{group_of(nodeid) for nodeid in nodeids} for nodeids in together]
    assert all(len(group) == 1 for group in groups)
    assert len(set.union(*groups)) == len(groups)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_a_run_says_how_many_tests_it_left_out(workers):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        f"-n{workers}",
        "-m",
        "not slow",
        "tests/test_simulate_directions.py",
    ]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    assert "5 tests were left out." in found, found


def test_no_test_has_a_deadline():
    assert hypothesis.settings.default.deadline is None


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_code_cell_of_the_book_is_a_test(path, request):
    cells = list(IPyNbFile.from_parent(request.session, path=path).collect())
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [item.cell.source for item in cells] == [cell.source for cell in code] != []
    assert all(item.options["check"] for item in cells), "an output is not compared"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_cell_is_left_out(path):
    assert not LEFT_OUT.search(path.read_text(encoding="utf-8"))

"""The notebooks are stored as they should be, and each guard that says so has been seen to fail."""

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from tools import notebooks

CHAPTERS = sorted(notebooks.BOOK.glob("*.ipynb"))
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def test_the_book_has_notebooks():
    assert CHAPTERS


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_notebook_is_as_it_should_be(path):
    assert notebooks.complaints(path) == []


def lesson():
    """A small notebook that nothing is wrong with."""
    picture = nbformat.v4.new_output("display_data", {"image/png": PIXEL, "text/plain": "<Figure>"})
    number = nbformat.v4.new_output("execute_result", {"text/plain": "2"}, execution_count=1)
    about = {"mystnb": {"image": {"alt": "One pixel"}, "figure": {"caption": "One pixel."}}}
    cells = [
        nbformat.v4.new_markdown_cell("# A lesson", id="title"),
        nbformat.v4.new_code_cell("1 + 1", id="sum", execution_count=1, outputs=[number]),
        nbformat.v4.new_code_cell("plot()", id="plot", execution_count=2, outputs=[picture], metadata=about),
        nbformat.v4.new_markdown_cell("It was short.", id="end"),
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata=notebooks.METADATA)


@pytest.fixture
def toc(tmp_path):
    path = tmp_path / "_toc.yml"
    path.write_text("format: jb-book\nroot: index\nparts:\n- chapters:\n  - file: book/lesson\n", encoding="utf-8")
    return path


def complaints_about(notebook, toc, name="lesson"):
    path = toc.with_name(f"{name}.ipynb")
    path.write_text(notebooks.text(notebook), encoding="utf-8")
    return notebooks.complaints(path, toc)


def test_a_good_notebook_draws_no_complaint(toc):
    assert complaints_about(lesson(), toc) == []


def stderr():
    return nbformat.v4.new_output("stream", name="stderr", text="RuntimeWarning: overflow\n")


def error():
    return nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])


def view():
    return nbformat.v4.new_output("display_data", {notebooks.LIVE[0]: {"model_id": "1"}, "text/html": "<p>"})


def source(text):
    return lambda notebook: notebook.cells[1].update(source=text)


def output(make):
    return lambda notebook: notebook.cells[1].outputs.append(make())


FAULTS = {
    "has execution count None": lambda notebook: notebook.cells[1].update(execution_count=None),
    "has execution count 7": lambda notebook: notebook.cells[2].update(execution_count=7),
    "has 16 lines": source("\n".join(["x = 1"] * 16)),
    "the median code cell has 4 lines": lambda notebook: notebook.cells.extend(
        nbformat.v4.new_code_cell("\n".join(["x = 1"] * 4)) for _ in range(notebooks.FEW_CELLS)
    ),
    "in a comment (# twice)": source("2 * 1  # twice"),
    "uses ipywidgets, which": source("from ipywidgets import IntSlider"),
    "ipywidgets, which stay still": source("interact(f, x=3)"),
    "without alternative text": lambda notebook: notebook.cells[2].metadata.mystnb.pop("image"),
    "without a caption": lambda notebook: notebook.cells[2].metadata.mystnb.pop("figure"),
    "stores an error: ValueError: no": output(error),
    "stores a warning: RuntimeWarning": output(stderr),
    "stores a live widget view": output(view),
    "stores widget state": lambda notebook: notebook.metadata.update(widgets={"state": {}}),
    "the last cell is code": lambda notebook: notebook.cells.pop(),
    "is not in normal form": lambda notebook: notebook.cells[1].metadata.update(execution={"iopub.status.busy": "now"}),
}


@pytest.mark.parametrize(("complaint", "spoil"), FAULTS.items(), ids=FAULTS)
def test_each_fault_draws_its_complaint(complaint, spoil, toc):
    notebook = lesson()
    spoil(notebook)
    assert any(complaint in found for found in complaints_about(notebook, toc))


def test_a_notebook_missing_from_the_contents_draws_a_complaint(toc):
    assert complaints_about(lesson(), toc, name="appendix") == ["is missing from _toc.yml"]


def test_a_hash_inside_a_string_is_no_comment():
    assert notebooks.comments("color = '#1d4f91'\n%matplotlib inline\n") == []


def written(notebook, path):
    path.write_text(notebooks.text(notebook), encoding="utf-8")
    return path


def test_executing_twice_changes_nothing(tmp_path):
    code = "import sys\nprint('one')\nprint('two', flush=True)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code, id="print")])
    path = written(notebook, tmp_path / "lesson.ipynb")
    assert notebooks.run(path)
    first = path.read_bytes()
    assert not notebooks.run(path)
    assert path.read_bytes() == first


def test_a_failing_cell_stops_the_run_and_leaves_the_notebook(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0", id="fail")])
    path = written(notebook, tmp_path / "lesson.ipynb")
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        notebooks.run(path)
    assert path.read_bytes() == before


def test_a_picture_of_the_same_pixels_keeps_its_stored_bytes():
    new, stored = lesson(), lesson()
    stored.cells[2].outputs[0].data["image/png"] = PIXEL[:-1] + "\n="
    notebooks.keep_pictures(new, stored)
    assert new.cells[2].outputs[0].data["image/png"] == PIXEL[:-1] + "\n="

"""The notebooks are stored as they should be, and each guard that says so has been seen to fail."""

import importlib
import re
import sys
import types
from base64 import b64decode
from xml.etree import ElementTree

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient.exceptions import CellExecutionError

from superposition.explorers.sparsity import two_bells
from theme.citations import labels
from tools import notebooks
from tools.stills import STILL

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


def test_a_role_in_the_text_draws_a_complaint(toc):
    notebook = lesson()
    notebook.cells[0].source += "\n\nFirst said by {cite}`welch1974`."
    (found,) = complaints_about(notebook, toc)
    assert found.startswith("cell 1 has {cite}, which only the site reads")


def test_a_citation_says_who_and_when(toc):
    notebook = lesson()
    notebook.cells[
        0
    ].source += "\n\n[[Welch, 1974]](references.bib#welch1974), [[Hänni et al., 2024]](references.bib#hanni2024)"
    assert complaints_about(notebook, toc) == []
    notebook.cells[0].source += ", [[Welch, 1975]](references.bib#welch1974), [[Noone, 1900]](references.bib#noone1900)"
    assert complaints_about(notebook, toc) == [
        "cell 1 cites welch1974 as 'Welch, 1975', which in references.bib is 'Welch, 1974'",
        "cell 1 cites noone1900 as 'Noone, 1900', which in references.bib is None",
    ]


REPOSITORY = "https://github.com/someone/price-of-superposition"


def test_without_a_repository_no_cell_installs_anything():
    notebook = lesson()
    notebooks.set_up(notebook, REPOSITORY)
    notebooks.set_up(notebook, None)
    assert notebook == lesson()


def test_with_a_repository_the_first_cell_installs_the_library_where_it_is_missing(toc, monkeypatch):
    path = written(lesson(), toc.with_name("lesson.ipynb"))
    assert notebooks.complaints(path, toc, REPOSITORY) == [
        "does not begin as `[project.urls]` asks: run `make notebooks`"
    ]
    notebook = lesson()
    for _ in range(2):
        notebooks.set_up(notebook, REPOSITORY)
    first, *rest = notebook.cells
    assert rest == lesson().cells
    assert first.metadata.tags == ["remove-cell"]

    shell, installed, switched = InteractiveShell(), [], []
    monkeypatch.setattr(shell, "run_line_magic", lambda name, line, *_: installed.append(f"{name} {line}"))
    assert shell.run_cell(first.source).success
    assert (installed, switched) == ([], [])
    colab = types.SimpleNamespace(output=types.SimpleNamespace(enable_custom_widget_manager=lambda: switched.append(1)))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert shell.run_cell(first.source).success
    assert (installed, switched) == ([f"pip install --quiet git+{REPOSITORY}"], [1])


def test_text_alone_installs_nothing():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Words", id="words")])
    notebooks.set_up(notebook, REPOSITORY)
    assert [cell.id for cell in notebook.cells] == ["words"]


@pytest.mark.slow
def test_executing_writes_the_first_cell(tmp_path):
    code = nbformat.v4.new_code_cell("print(1)", id="print")
    path = written(nbformat.v4.new_notebook(cells=[code]), tmp_path / "lesson.ipynb")
    assert notebooks.run(path, REPOSITORY)
    first, second = nbformat.read(path, as_version=4).cells
    assert (first.id, first.execution_count, first.outputs, second.execution_count) == (notebooks.SET_UP, 1, [], 2)


def with_explorer():
    """A lesson that shows an explorer, and the HTML that its cell was executed to."""
    notebook, html = lesson(), two_bells().to_html()
    notebook.cells[1].outputs[0].data = {"text/html": html, "text/plain": "Explorer"}
    return notebook, html


def test_a_stored_explorer_is_a_picture_until_its_cell_is_run(toc):
    notebook, html = with_explorer()
    assert complaints_about(notebook, toc) == ["is not in normal form: run `make notebooks`"]
    for _ in range(2):
        notebooks.normalise(notebook)
        assert complaints_about(notebook, toc) == []
    stored = notebook.cells[1].outputs[0].data["text/html"]
    assert re.sub(STILL, "", stored) == html
    still = re.search(STILL, stored)[0]
    assert "absent features" in still
    *keys, chart = re.findall(
        r'<img alt="(.*?)" width="(\d+)" height="(\d+)" src="data:image/svg\+xml;base64,(.*?)">', still
    )
    assert [(alt, width) for alt, width, *_ in keys] == [("", "24")] * 3
    assert chart[:3] == ("Chart: What a threshold can tell apart", "662", "331")
    for *_, data in [*keys, chart]:
        drawn = b64decode(data).decode()
        assert ElementTree.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(" not in drawn
    assert "<path" in b64decode(chart[3]).decode()


def test_a_picture_that_is_out_of_date_draws_a_complaint(toc):
    notebook, _ = with_explorer()
    notebooks.normalise(notebook)
    data = notebook.cells[1].outputs[0].data
    data["text/html"] = data["text/html"].replace("Run this cell", "Drag")
    assert complaints_about(notebook, toc) == ["is not in normal form: run `make notebooks`"]


def written(notebook, path):
    path.write_text(notebooks.text(notebook), encoding="utf-8")
    return path


@pytest.mark.slow
def test_executing_twice_changes_nothing(tmp_path):
    code = "import sys\nprint('one')\nprint('two', flush=True)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code, id="print")])
    path = written(notebook, tmp_path / "lesson.ipynb")
    assert notebooks.run(path)
    first = path.read_bytes()
    assert not notebooks.run(path)
    assert path.read_bytes() == first


@pytest.mark.slow
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


DRAWING = '<svg><path d="M 10.5 20" clip-path="url(#p{hash})"/><clipPath id="p{hash}"/><use href="#m{mark}"/><text>½ at 1,024</text></svg>'
STORED = DRAWING.format(hash="a56dc4bd65", mark="0123456789")


def test_a_drawing_of_another_processor_is_the_same_drawing():
    again = DRAWING.format(hash="e27a61598d", mark="abcdefabcd")
    assert notebooks.same_drawing(again, STORED)
    assert notebooks.same_drawing(again.replace("10.5", "10.500001"), STORED)
    for changed in ("10.5", "10.51"), ("20", "20.1"), ("1,024", "1,025"), ("½", "¼"), ("<use", "<path"):
        assert not notebooks.same_drawing(again.replace(*changed), STORED)
    assert not notebooks.same_drawing(again.replace("#mabcdefabcd", "#pe27a61598d"), STORED)
    assert not notebooks.same_drawing(again.replace("20", "20 30"), STORED)


def test_a_drawing_that_shows_the_same_is_kept_as_it_is_stored():
    new, stored = lesson(), lesson()
    for notebook, drawn in ((new, STORED.replace("10.5", "10.500001")), (stored, STORED)):
        notebook.cells[2].outputs[0].data = {"image/svg+xml": drawn}
    notebooks.keep_pictures(new, stored)
    assert new.cells[2].outputs[0].data["image/svg+xml"] == STORED


def test_no_two_references_are_cited_alike():
    said = [*labels().values()]
    assert len(said) > 50
    assert sorted(set(said)) == sorted(said)

"""JupyterLite as `make lite` builds it: Pyodide, SymPy, the book's wheel and its explorers, from this host alone.

NumPy, SciPy and Matplotlib come from Pyodide's own host, which no test reaches: it is asked for them and for nothing else.
"""

import json
import os
import re
import shutil
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import expect

from superposition import explorer
from tests.browser.conftest import BUILT, is_foreign
from tests.browser.test_live_kernel import MOVED
from tests.stored import DECLARATIONS

LITE = BUILT / "lite"
DECLARATION = next(declaration for (_, name), declaration in DECLARATIONS if name == "two-bells")
CELLS = [
    "import sympy as sp\n\nx = sp.Symbol('x')\nprint(sp.integrate(x**2, x))",
    "from importlib.metadata import version\nimport micropip\n\n"
    "await micropip.install('price-of-superposition', deps=False)\nprint('version', version('price-of-superposition'))",
    f"import json\nimport anywidget, traitlets\n\n\nclass Explorer(anywidget.AnyWidget):\n"
    f"    _esm = {explorer.module_source() + explorer.draws_source()!r}\n    _css = {explorer.style_source()!r}\n"
    f"    declaration = traitlets.Dict(json.loads({json.dumps(DECLARATION)!r})).tag(sync=True)\n\n\nExplorer()",
    "import superposition.formulas",
]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory):
    """Address of the site's JupyterLite with one more notebook in it."""
    folder = tmp_path_factory.mktemp("site") / "lite"
    shutil.copytree(LITE, folder, copy_function=os.link)
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "files" / "probe.ipynb")
    listed = folder / "api" / "contents" / "all.json"
    contents = json.loads(listed.read_text(encoding="utf-8"))
    chapter = next(entry for entry in contents["content"] if entry["name"] == "sparsity.ipynb")
    contents["content"].append({**chapter, "name": "probe.ipynb", "path": "probe.ipynb"})
    listed.unlink()  # it is a link to the site's
    listed.write_text(json.dumps(contents), encoding="utf-8")
    return f"{serve(folder.parent)}/lite/lab/index.html"


@pytest.fixture(scope="module")
def lab(address, browser):
    context = browser.new_context(viewport={"width": 1200, "height": 1100})
    context.set_default_timeout(300_000)
    page = context.new_page()
    page.foreign = []
    context.on("request", lambda request: is_foreign(request.url) and page.foreign.append(request.url))
    yield page
    context.close()


def test_the_kernel_starts_and_needs_no_host_but_pyodides(address, lab):
    lab.goto(f"{address}?path=probe.ipynb")
    lab.get_by_text(re.compile(r"\| Idle")).wait_for()
    assert lab.foreign == []
    cells = lab.locator(".jp-Notebook .jp-CodeCell")
    expect(cells).to_have_count(len(CELLS))
    lab.get_by_role("menuitem", name="Run", exact=True).click()
    lab.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    cells.nth(0).get_by_text("x**3/3").wait_for()
    cells.nth(1).get_by_text(re.compile(r"version \d+\.\d+")).wait_for()
    figure = cells.nth(2).locator("figure.sp-explorer")
    figure.locator("svg.sp-plot").wait_for()
    assert figure.evaluate(MOVED)
    cells.nth(3).get_by_text("No module named 'numpy'").last.wait_for()
    assert any("/numpy-" in url for url in lab.foreign)
    assert {urlsplit(url).hostname for url in lab.foreign} == {"cdn.jsdelivr.net"}


def test_a_chapter_shows_its_starting_charts(address, lab):
    lab.goto(f"{address}?path=sparsity.ipynb")
    lab.locator(".sp-still img[alt^='Chart: ']").first.wait_for()

"""The notebooks in a running JupyterLab: read before any cell is run, then run; sliders without the kernel, simulations with it."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from playwright.sync_api import expect

from superposition import explorers

HERE = pathlib.Path(__file__).parent
BOOK = HERE.parents[1] / "book"
CELLS = (
    f"import sys\nsys.path.insert(0, {str(HERE)!r})\nimport demo\ndemo.with_simulation()",
    """\
import importlib
import pkgutil
from IPython.display import display
from superposition import explorers

topics = [importlib.import_module(f"superposition.explorers.{found.name}") for found in pkgutil.iter_modules(explorers.__path__)]
for make in (getattr(topic, name) for topic in topics for name in topic.__all__):
    if "Simulation" in make.__code__.co_names:
        display(make())
""",
)
WITH_SIMULATION = sum(
    path.read_text(encoding="utf-8").count("simulate=Simulation(")
    for path in pathlib.Path(explorers.__file__).parent.glob("*.py")
)


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address of a JupyterLab that serves the chapters, and a notebook of its own."""
    folder = tmp_path_factory.mktemp("lab")
    for source in (*BOOK.glob("*.ipynb"), BOOK / "references.bib"):
        shutil.copy(source, folder)
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernelspec})
    nbformat.write(notebook, folder / "live.ipynb")
    port = free_port()
    home = tmp_path_factory.mktemp("home")
    places = {
        name: str(home / name)
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    # all cells are on the page, not only those in the window
    settings = home / "JUPYTER_CONFIG_DIR/lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"windowingMode": "none"}))
    log = (home / "log").open("w")
    server = subprocess.Popen(
        [
            sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1",
            "--IdentityProvider.token=", "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            f"--ServerApp.root_dir={folder}",
        ],
        env=os.environ | places, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            if server.poll() is not None:
                pytest.fail(f"JupyterLab ended at its start:\n{(home / 'log').read_text()[-2000:]}")
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/api", timeout=1)
                break
            time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(20)
        log.close()


@pytest.fixture(scope="module")
def notebook(lab, browser):
    """A function that opens a notebook, whose kernel then waits for it."""
    context = browser.new_context(viewport={"width": 1200, "height": 1100})
    context.set_default_timeout(180_000)  # a loaded machine may take minutes to start a kernel
    page = context.new_page()

    def show(name):
        page.goto(f"{lab}/doc/tree/{name}.ipynb?reset")
        page.get_by_text(re.compile(r"\| Idle")).wait_for()
        return page

    yield show
    context.close()


def stored(name):
    """The titles of the explorers that a chapter stores, and the keys that it cites."""
    cells = nbformat.read(BOOK / f"{name}.ipynb", as_version=4).cells
    html = "".join(output.get("data", {}).get("text/html", "") for cell in cells for output in cell.get("outputs", ()))
    text = "".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return [re.sub("<.*?>", "", title) for title in re.findall(r'<p class="sp-title">(.*?)</p>', html)], re.findall(
        r"\(references\.bib#(\w+)\)", text
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["directions", "sparsity"])
def test_a_chapter_that_was_opened_and_not_run_shows_its_starting_charts_and_its_citations(name, notebook):
    page = notebook(name)
    explorers, cited = stored(name)
    assert len(explorers) >= 4
    charts = page.locator("figure.sp-explorer .sp-still img[alt^='Chart: ']")
    expect(charts).to_have_count(len(explorers))
    assert charts.evaluate_all("(all) => all.every((image) => image.complete && image.naturalWidth > 200)")
    assert page.locator("figure.sp-explorer .sp-text").count() == len(explorers)
    text = page.locator(".jp-Notebook").inner_text()
    assert text.count("Run this cell to move it.") == len(explorers)
    assert not re.search(r"\{[\w:-]+\}", "".join(page.locator(".jp-MarkdownCell").all_inner_texts()))
    links = page.locator(".jp-MarkdownCell a[href*='references.bib']")
    expect(links).to_have_count(len(cited))
    assert all(re.fullmatch(r"\[[^\[\]]+, \d{4}[a-z]?\]", link) for link in links.all_text_contents())
    link = links.locator("visible=true").first  # others are in folds
    key = link.get_attribute("href").partition("#")[2]
    assert key in cited
    link.click()
    page.get_by_text(re.compile(f"^@[a-z]+{{{key},$")).wait_for()


# `NOTEBOOKS=all` runs every one, which takes a quarter of an hour; nbval runs the cells of all in any case
RUN = os.environ.get("NOTEBOOKS", "index,price_tag")
RUN = sorted(path.stem for path in BOOK.glob("*.ipynb")) if RUN == "all" else RUN.split(",")


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_a_chapter_runs_and_its_explorers_move(name, notebook):
    page = notebook(name)
    explorers, _ = stored(name)
    run_all(page)
    assert moved(page) == [(title, True) for title in explorers]


def run_all(page):
    """Run all cells of the notebook, each without an error."""
    count = page.locator(".jp-CodeCell").count()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text=f"[{count}]:").wait_for(timeout=600_000)
    assert page.locator(".jp-CodeCell .jp-InputPrompt", has_text="[*]").count() == 0
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0


@pytest.fixture(scope="module")
def figures(notebook):
    """What runs a cell of the notebook of simulations, and gives the explorers that it shows."""
    page = notebook("live")

    def run(i):
        cell = page.locator(".jp-Notebook .jp-CodeCell").nth(i)
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        shown = cell.locator(".jp-OutputArea-output figure.sp-explorer")
        shown.locator("svg.sp-plot").first.wait_for()
        return shown

    return run


MOVED = """async (figure) => {
  const picture = () => figure.querySelector("svg.sp-plot").innerHTML;
  const before = picture();
  for (const input of figure.querySelectorAll("input[type=range]")) for (const end of [input.max, input.min]) {
    input.value = end;
    input.dispatchEvent(new Event("input"));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    if (picture() !== before) return true;
  }
  return false;
}"""


def moved(page):
    """Each explorer's title, and whether it draws another picture when its sliders are moved."""
    found = []
    for figure in page.locator("figure.sp-explorer.sp-ready").all():
        figure.scroll_into_view_if_needed()
        figure.locator("svg.sp-plot").wait_for()
        found.append((figure.locator(".sp-title").inner_text(), figure.evaluate(MOVED)))
    return found


def dots(figure):
    return figure.locator("svg.sp-plot [data-mark=dot] path").count()


def test_simulation_adds_its_point_and_can_be_cancelled(figures):
    figure = figures(0)
    page = figure.page
    slider = figure.locator("input[type=range]").first
    slider.press("ArrowRight")
    assert figure.locator("output").first.inner_text() == "17"
    assert page.evaluate("location.hash") == ""
    assert figure.get_by_role("button", name="Copy link").count() == 0

    before = dots(figure)
    start = figure.get_by_role("button", name="Simulate here")
    start.click()
    result = figure.locator(".sp-result")
    result.get_by_text(
        re.compile(r"Simulated expected errors at l = 17, n = 1,024, m = 10,000: .* ± .* seed 1")
    ).wait_for()
    assert "The formula gives" in result.inner_text()
    assert dots(figure) > before
    assert start.is_enabled()
    assert figure.locator("progress").is_hidden()
    with_point = dots(figure)

    figure.get_by_label("seed").fill("7")
    start.click()
    result.get_by_text(re.compile("seed 7")).wait_for()
    assert dots(figure) > with_point

    slider.press("Home")  # where the simulation takes its time
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    before = dots(figure)
    start.click()
    figure.get_by_role("button", name="Cancel").click()
    result.get_by_text(re.compile(r"Cancelled at \d+ %")).wait_for()
    assert dots(figure) == before
    assert start.is_enabled()


def test_every_simulation_of_the_book_runs_in_a_kernel(figures):
    shown = figures(1)
    expect(shown).to_have_count(WITH_SIMULATION, timeout=180_000)
    assert WITH_SIMULATION >= 2
    for figure in shown.all():
        before = dots(figure)
        figure.get_by_role("button", name="Simulate here").click()
        result = figure.locator(".sp-result")
        result.get_by_text(re.compile("Simulated|failed")).wait_for()
        assert re.search(r"Simulated .* ± .* draws, seed 1", result.inner_text()), result.inner_text()
        assert dots(figure) > before

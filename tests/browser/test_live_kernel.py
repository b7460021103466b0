"""An explorer in a running JupyterLab: sliders without the kernel, the simulation with it."""

import contextlib
import os
import pathlib
import re
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
    """Address of a JupyterLab that serves a folder with a notebook."""
    folder = tmp_path_factory.mktemp("lab")
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
def figures(lab, browser):
    """What runs a cell of the notebook, and gives the explorers that it shows."""
    context = browser.new_context(viewport={"width": 1200, "height": 1100})
    context.set_default_timeout(180_000)  # a loaded machine may take minutes to start a kernel
    page = context.new_page()
    page.goto(f"{lab}/doc/tree/live.ipynb?reset")
    page.get_by_text(re.compile(r"\| Idle")).wait_for()

    def run(i):
        cell = page.locator(".jp-Notebook .jp-CodeCell").nth(i)
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        shown = cell.locator(".jp-OutputArea-output figure.sp-explorer")
        shown.locator("svg.sp-plot").first.wait_for()
        return shown

    yield run
    context.close()


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

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

HERE = pathlib.Path(__file__).parent


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address of a JupyterLab that serves a folder with one notebook."""
    folder = tmp_path_factory.mktemp("lab")
    code = f"import sys\nsys.path.insert(0, {str(HERE)!r})\nimport demo\ndemo.with_simulation()"
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)], metadata={"kernelspec": kernelspec})
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


@pytest.fixture
def figure(lab, browser):
    """The explorer that the notebook's cell shows once it is run."""
    context = browser.new_context(viewport={"width": 1200, "height": 1100})
    context.set_default_timeout(180_000)  # a loaded machine may take minutes to start a kernel
    page = context.new_page()
    page.goto(f"{lab}/doc/tree/live.ipynb?reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text(re.compile(r"\| Idle")).wait_for()
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    shown = page.locator(".jp-OutputArea-output figure.sp-explorer")
    shown.locator("svg.sp-plot").wait_for()
    yield shown
    context.close()


def dots(figure):
    return figure.locator("svg.sp-plot [data-mark=dot] path").count()


def test_simulation_adds_its_point_and_can_be_cancelled(figure):
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

    with_two = dots(figure)
    start.click()
    figure.get_by_role("button", name="Cancel").click()
    result.get_by_text(re.compile(r"Cancelled at \d+%")).wait_for()
    assert dots(figure) == with_two
    assert start.is_enabled()

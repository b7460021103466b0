"""How a page comes to life: from a folder, under a strict policy, late, and where something goes wrong."""

import functools
import http.server
import threading

import pytest
from test_site import READ

from conftest import BUILT, QuietHandler

POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'"
WITH_EXPLORERS = [name for name in READ if 'class="sp-explorer"' in (BUILT / name).read_text(encoding="utf-8")]
ALIVE = """() => [...document.querySelectorAll("figure.sp-explorer")].every((figure) =>
    figure.classList.contains("sp-ready") && figure.querySelector("svg.sp-plot") && !figure.querySelector(".sp-failed"))"""
DENIED = """Object.defineProperty(window, "localStorage",
    { configurable: true, get() { throw new DOMException("denied", "SecurityError"); } })"""


class StrictHandler(QuietHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="module")
def strict_site():
    handler = functools.partial(StrictHandler, directory=str(BUILT))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def move_every_slider(page):
    """Take every slider of a page to both its ends, which asks for every formula of its explorers."""
    sliders = page.locator("figure.sp-explorer input[type=range]")
    for key in ("End", "Home"):
        for slider in sliders.all():
            slider.press(key)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("name", READ)
def test_page_works_where_no_text_may_become_code(name, strict_site, new_page):
    page = new_page(color_scheme="dark")
    page.goto(f"{strict_site}/{name}", wait_until="load")
    page.wait_for_function(ALIVE)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    move_every_slider(page)


@pytest.mark.parametrize("name", READ)
def test_page_works_from_a_folder(name, new_page):
    page = new_page(color_scheme="dark")
    page.goto((BUILT / name).as_uri(), wait_until="load")
    page.wait_for_function(ALIVE)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.get_by_role("button", name="Colours: auto").is_visible()
    move_every_slider(page)
    # the request for a font ahead of its style is refused there; the style's own is not
    assert page.evaluate("document.fonts.ready.then((fonts) => [...fonts].some(({ status }) => status === 'loaded'))")
    page.complaints[:] = [said for said in page.complaints if "Access to font" not in said and "ERR_FAILED" not in said]


def test_one_malformed_explorer_leaves_the_others_alive(site, browser):
    page = browser.new_context().new_page()
    broken = (BUILT / "book/sparsity.html").read_text(encoding="utf-8").replace('"sliders": [', '"sliders": [{},', 1)
    page.route("**/book/sparsity.html", lambda route: route.fulfill(body=broken, content_type="text/html"))
    page.goto(f"{site}/book/sparsity.html", wait_until="load")
    page.wait_for_function("document.querySelector('.sp-failed')")
    figures = page.locator("figure.sp-explorer")
    page.wait_for_function(
        "count => document.querySelectorAll('figure.sp-ready').length === count", arg=figures.count() - 1
    )
    assert "could not be started" in figures.first.inner_text()
    assert figures.first.locator(".sp-text").inner_text()
    page.context.close()


def test_colours_can_be_chosen_where_nothing_may_be_stored(site, new_page):
    page = new_page(color_scheme="light")
    page.add_init_script(DENIED)
    page.goto(f"{site}/book/index.html")
    page.get_by_role("button", name="Colours: auto").click()
    page.get_by_role("button", name="Colours: light").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.get_by_role("button", name="Colours: dark").is_visible()


def test_a_page_that_comes_back_has_the_colours_chosen_meanwhile(site, new_page):
    page = new_page(color_scheme="light")
    page.goto(f"{site}/book/index.html")
    page.evaluate("localStorage.setItem('mode', 'dark')")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.get_by_role("button", name="Colours: dark").is_visible()

"""How a page comes to life: from a folder, under a strict policy, late, and where something goes wrong."""

import functools
import http.server
import re
import threading
import time

import pytest
from test_site import READ, WIDTHS

from conftest import BUILT, QuietHandler

POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
WITH_EXPLORERS = [name for name in READ if 'class="sp-explorer"' in (BUILT / name).read_text(encoding="utf-8")]
ALIVE = """() => [...document.querySelectorAll("figure.sp-explorer")].every((figure) =>
    figure.classList.contains("sp-ready") && figure.querySelector("svg.sp-plot") && !figure.querySelector(".sp-failed"))"""
DENIED = """Object.defineProperty(window, "localStorage",
    { configurable: true, get() { throw new DOMException("denied", "SecurityError"); } })"""


class StrictHandler(QuietHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


class LateHandler(QuietHandler):
    """A slow network, on which scripts come three seconds after what they follow."""

    def do_GET(self):
        if self.path.split("?")[0].endswith(".js") and "mode.js" not in self.path:
            time.sleep(3)
        super().do_GET()


@pytest.fixture(scope="module")
def strict_site():
    yield from served(StrictHandler)


@pytest.fixture(scope="module")
def late_site():
    yield from served(LateHandler)


def served(handler):
    handler = functools.partial(handler, directory=str(BUILT))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


# How much of the window moved by itself, in the worst five seconds.
SHIFTS = """new PerformanceObserver((list) => {
  for (const { hadRecentInput, value, startTime } of list.getEntries()) {
    if (hadRecentInput) continue;
    const at = window.shift;
    if (at && startTime - at.last < 1000 && startTime - at.first < 5000) Object.assign(at, { last: startTime, sum: at.sum + value });
    else window.shift = { first: startTime, last: startTime, sum: value };
    window.shifted = Math.max(window.shifted ?? 0, window.shift.sum);
  }
}).observe({ type: "layout-shift", buffered: true })"""
SETTLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300))))"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", READ)
def test_nothing_moves_when_the_scripts_come_late(name, width, late_site, new_page):
    page = new_page(viewport=WIDTHS[width])
    page.add_init_script(SHIFTS)
    page.goto(f"{late_site}/{name}", wait_until="load")
    page.wait_for_function(ALIVE)
    page.evaluate(SETTLED)
    assert page.evaluate("window.shifted ?? 0") <= 0.02


@pytest.mark.parametrize("name", WITH_EXPLORERS)
def test_explorer_takes_the_room_that_its_picture_had(name, site, new_page):
    heights = "() => [...document.querySelectorAll('figure.sp-explorer')].map((f) => f.getBoundingClientRect().height)"
    for width in WIDTHS.values():
        still, live = new_page(viewport=width), new_page(viewport=width)
        still.route(
            "**/explorer.js*",
            lambda route: route.fulfill(body=""),
        )
        for page in (still, live):
            page.goto(f"{site}/{name}", wait_until="load")
            page.evaluate("document.fonts.ready")
        live.wait_for_function(ALIVE)
        assert still.evaluate(heights) == pytest.approx(live.evaluate(heights), abs=1)


@pytest.mark.parametrize("name", WITH_EXPLORERS)
def test_link_to_a_place_lands_there(name, late_site, new_page):
    page = new_page(viewport=WIDTHS["phone"], reduced_motion="no-preference")
    places = re.findall(r'<section id="([^"]*)"', (BUILT / name).read_text(encoding="utf-8"))
    place = "exercises" if "exercises" in places else places[len(places) // 2]
    page.goto(f"{late_site}/{name}#{place}", wait_until="load")
    page.wait_for_function(ALIVE)
    page.evaluate(SETTLED)
    top = page.locator(f"[id='{place}']").evaluate("section => section.getBoundingClientRect().top")
    assert 0 <= top <= 150


@pytest.mark.parametrize("name", WITH_EXPLORERS)
def test_reader_without_javascript_sees_every_chart_and_its_setting(name, site, new_page):
    for width in WIDTHS.values():
        page = new_page(viewport=width, java_script_enabled=False)
        page.goto(f"{site}/{name}", wait_until="load")
        for figure in page.locator("figure.sp-explorer").all():
            charts = [svg for svg in figure.locator("svg.sp-plot").all() if svg.is_visible()]
            assert len(charts) == 1
            assert charts[0].bounding_box()["width"] > 250
            assert charts[0].locator("[data-mark]").count() > 4
            assert all(output.inner_text() for output in figure.locator("output").all())
            assert not figure.locator("input, button").evaluate_all(
                "(all) => all.some((control) => control.checkVisibility())"
            )


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

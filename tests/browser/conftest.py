"""Browser fixtures: a headless Chromium, the built site on a loopback port, and watched pages."""

import functools
import http.server
import pathlib
import re
import threading
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tools import chromium

ROOT = pathlib.Path(__file__).parents[2]
BUILT = ROOT / "_build" / "html"

# JupyterLite is tried where `make lite` has built it
collect_ignore = [] if (BUILT / "lite").is_dir() else ["test_lite_seen.py"]

VIEWPORT = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

# No text may become code, and nothing may come from elsewhere.
POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

# Nothing but the page under test may use the network, and no name resolves outside this machine.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class StrictHandler(QuietHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="package")
def serve():
    """A function that serves a folder on a free loopback port and returns its address."""
    servers = []

    def start(folder, handler=QuietHandler):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="package")
def site(serve):
    """Address of the built site, without a slash at the end, as a host with a strict policy serves it."""
    if not (BUILT / "index.html").is_file():
        pytest.fail(f"{BUILT} has no index.html: run `make html` first", pytrace=False)
    return serve(BUILT, StrictHandler)


@pytest.fixture(scope="package")
def browser():
    """A headless Chromium: Debian's, or Playwright's own."""
    with sync_playwright() as playwright:
        try:
            launched = chromium.launch(playwright, ARGUMENTS)
        except FileNotFoundError as error:
            pytest.fail(str(error), pytrace=False)
        yield launched
        launched.close()


def is_foreign(url):
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost")


def is_early_font(message):
    """Chromium will not load a font early from a folder; it is loaded when the text needs it."""
    return (
        "file://" in f"{message.location['url']} {message.text}"
        and "woff2" in f"{message.location['url']} {message.text}"
    )


def watched_page(browser, **options):
    """A page of its own context that collects what goes wrong in ``page.complaints``."""
    # a smooth scroll that is still under way would move the page after the test has looked
    context = browser.new_context(**{"viewport": VIEWPORT, "reduced_motion": "reduce", **options})
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.complaints = complaints = []
    page.on("console", lambda m: m.type == "error" and not is_early_font(m) and complaints.append(f"console: {m.text}"))
    page.on("pageerror", lambda e: complaints.append(f"exception: {e}"))
    page.on("request", lambda r: is_foreign(r.url) and complaints.append(f"foreign request: {r.url}"))
    page.on("response", lambda r: r.status >= 400 and complaints.append(f"status {r.status}: {r.url}"))
    return page


@pytest.fixture
def new_page(browser):
    """A function that opens a watched page; its keywords are those of ``browser.new_context``.

    Console errors, uncaught exceptions, requests to other hosts and answers of 400 and above are collected in
    ``page.complaints``. The test fails at its end if any page has some.
    """
    pages = []

    def start(**options):
        pages.append(watched_page(browser, **options))
        return pages[-1]

    yield start
    for page in pages:
        page.context.close()
    complaints = [complaint for page in pages for complaint in page.complaints]
    assert not complaints, "\n".join(complaints)


# Explorers whose sliders stand where the chapter puts them are left alone: drawing all of a page takes longer than a test.
# Folds go back to how they were when the page was first shown.
AS_LOADED = """async () => {
  window.folds ??= [...document.querySelectorAll("article details")].map((details) => [details, details.open]);
  for (const [details, open] of window.folds) details.open = open;
  for (const figure of document.querySelectorAll("figure.sp-ready")) {
    const { sliders } = JSON.parse(figure.querySelector("script").textContent);
    const places = [...figure.querySelectorAll("input[type=range]")].map((input) => Number(input.value));
    if (places.every((place, i) => place === sliders[i].start)) continue;
    history.replaceState(null, "", `#${figure.id}?`);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }
  history.replaceState(null, "", location.pathname);
  document.documentElement.dataset.theme = "light";
  dispatchEvent(new Event("modechange"));
  document.activeElement?.blur();
  scrollTo(0, 0);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
# What lies in a section that is not laid out yet is drawn with it.
ALL_READY = """() => [...document.querySelectorAll("figure.sp-explorer")].every((figure) =>
    figure.classList.contains("sp-ready") && !figure.querySelector(".sp-failed")
    && (figure.querySelector("svg.sp-plot") || !figure.checkVisibility({ contentVisibilityAuto: true })))"""
# As if the reader had been everywhere: what is left for later could not be seen to stand out of a phone's window.
ALL_LAID_OUT = "article section { content-visibility: visible !important; }"

# How much of the window moved, in the worst five seconds. Nothing is touched meanwhile, though Chromium takes the setting of
# a phone's window for an input and would excuse what moves in half a second after it.
SHIFTS = """new PerformanceObserver((list) => {
  for (const { value, startTime } of list.getEntries()) {
    const at = window.shift;
    if (at && startTime - at.last < 1000 && startTime - at.first < 5000) Object.assign(at, { last: startTime, sum: at.sum + value });
    else window.shift = { first: startTime, last: startTime, sum: value };
    window.shifted = Math.max(window.shifted ?? 0, window.shift.sum);
  }
}).observe({ type: "layout-shift", buffered: true })"""
# What is there is painted, with its fonts.
PAINTED = """async () => {
  await document.fonts.ready;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return document.readyState;
}"""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300))))"
HEIGHTS = (
    "() => [...document.querySelectorAll('figure.sp-explorer')].map((figure) => figure.getBoundingClientRect().height)"
)
# All but the one that chooses the colours before anything is painted.
SCRIPTS = re.compile(r"/(?!mode\.js)[^/]+\.js(\?|$)")


def come_late(page, address, whole=True):
    """Show an address as on a slow network: each script arrives when the page is painted with those before it.

    ``page.loaded`` are the paths of all that came, ``page.shifted`` is how much moved. If `whole`, all sections are laid out
    then, and ``page.heights`` are those of the explorers before any script came and after all.
    """
    waiting, page.loaded = [], []
    hear = lambda answer: page.loaded.append(urlsplit(answer.url).path)  # noqa: E731
    page.on("response", hear)
    page.route(SCRIPTS, lambda route: waiting.append(route))
    page.goto(address, wait_until="commit")
    page.wait_for_function("() => document.readyState !== 'loading'")
    page.evaluate(PAINTED)
    still = page.evaluate(HEIGHTS)
    while page.evaluate(PAINTED) != "complete":
        if waiting:
            waiting.pop(0).continue_()
    page.unroute(SCRIPTS)
    page.wait_for_function(ALL_READY)
    page.evaluate(SETTLED)
    page.shifted = page.evaluate("window.shifted ?? 0")
    if whole:
        page.add_style_tag(content=ALL_LAID_OUT)
        page.evaluate(PAINTED)
        page.wait_for_function(ALL_READY)
        page.heights = still, page.evaluate(HEIGHTS)
    page.remove_listener("response", hear)


KINDS = {
    "wide": {"viewport": VIEWPORT, "color_scheme": "light"},
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True, "color_scheme": "dark"},
    "plain": {"viewport": VIEWPORT, "color_scheme": "light", "java_script_enabled": False},
}


@pytest.fixture(scope="package")
def tabs(browser):
    """A page of each kind, made when it is first asked for."""
    opened = {}

    def give(kind):
        if kind not in opened:
            opened[kind] = page = watched_page(browser, **KINDS[kind])
            page.add_init_script(SHIFTS)
            page.shows = None
        return opened[kind]

    yield give
    for page in opened.values():
        page.context.close()


@pytest.fixture
def open_page(tabs, request):
    """A function that shows an address in a page that tests share: wide and light, a phone's in the dark, or without JavaScript.

    The address stays open for the next test that asks for it, whose explorers begin where the chapter puts them; after
    a failure it is loaded again. Where JavaScript runs, the page came to life as `come_late` says.
    """

    def show(address, kind="wide"):
        page = tabs(kind)
        page.emulate_media(media="screen", color_scheme=KINDS[kind]["color_scheme"])
        page.set_viewport_size(KINDS[kind]["viewport"])
        scripted = KINDS[kind].get("java_script_enabled", True)
        if page.shows != address:
            page.goto("about:blank")
            page.complaints.clear()
            if scripted:
                come_late(page, address)
            else:
                page.goto(address, wait_until="load")
        page.shows = None
        if scripted:
            page.evaluate(AS_LOADED)
        shown[kind] = page, address
        return page

    shown, failed = {}, request.session.testsfailed
    yield show
    complaints = [complaint for page, _ in shown.values() for complaint in page.complaints]
    assert not complaints, "\n".join(complaints)
    if request.session.testsfailed == failed:
        for page, address in shown.values():
            page.shows = address

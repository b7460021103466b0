"""Browser fixtures: a headless Chromium, the built site on a loopback port, and watched pages."""

import functools
import http.server
import pathlib
import threading
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).parents[2]
BUILT = ROOT / "_build" / "html"
DEBIAN_CHROMIUM = pathlib.Path("/usr/bin/chromium")

VIEWPORT = {"width": 1280, "height": 900}

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
    """Address of the built site, without a slash at the end."""
    if not (BUILT / "index.html").is_file():
        pytest.fail(f"{BUILT} has no index.html: run `make html` first", pytrace=False)
    return serve(BUILT)


@pytest.fixture(scope="package")
def browser():
    """A headless Chromium: Debian's, or Playwright's own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium
        path = next((p for p in (DEBIAN_CHROMIUM, pathlib.Path(chromium.executable_path)) if p.is_file()), None)
        if path is None:
            pytest.fail(
                "no Chromium: install Debian's (`apt-get install chromium`) "
                "or Playwright's own (`.venv/bin/playwright install --with-deps chromium`)",
                pytrace=False,
            )
        launched = chromium.launch(executable_path=path, args=ARGUMENTS)
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


@pytest.fixture(scope="package")
def shared_page(browser):
    page = watched_page(browser)
    yield page
    page.context.close()


# Explorers whose sliders stand where the chapter puts them are left alone: drawing all of a page takes longer than a test.
AS_LOADED = """async () => {
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
ALL_READY = """() => [...document.querySelectorAll("figure.sp-explorer")].every((figure) =>
    figure.classList.contains("sp-ready") && figure.querySelector("svg.sp-plot"))"""


@pytest.fixture
def open_page(shared_page, request):
    """A function that shows an address in the page that tests share, at its start and in light colours.

    The address stays open for the next test that asks for it, whose explorers begin where the chapter puts them; after
    a failure it is loaded again.
    """
    page = shared_page

    def show(address):
        page.emulate_media(media="screen", color_scheme="light")
        page.set_viewport_size(VIEWPORT)
        if getattr(page, "shows", None) != address:
            page.goto("about:blank")
            page.complaints.clear()
            page.goto(address, wait_until="load")
            page.wait_for_function(ALL_READY)
        page.shows = None
        page.evaluate(AS_LOADED)
        shown.append(address)
        return page

    shown, failed = [], request.session.testsfailed
    yield show
    complaints = "\n".join(page.complaints)
    assert not complaints, complaints
    if shown and request.session.testsfailed == failed:
        page.shows = shown[-1]

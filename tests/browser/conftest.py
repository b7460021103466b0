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

    def start(folder):
        handler = functools.partial(QuietHandler, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
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


def watched_page(browser, **options):
    """A page of its own context that collects what goes wrong in ``page.complaints``."""
    context = browser.new_context(**{"viewport": VIEWPORT, **options})
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.complaints = complaints = []
    page.on("console", lambda m: m.type == "error" and complaints.append(f"console: {m.text}"))
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


@pytest.fixture
def tab(shared_page):
    """A watched page, empty, that tests share to save opening one each."""
    shared_page.goto("about:blank")
    shared_page.emulate_media(media=None)
    shared_page.set_viewport_size(VIEWPORT)
    shared_page.complaints.clear()
    yield shared_page
    assert not shared_page.complaints, "\n".join(shared_page.complaints)

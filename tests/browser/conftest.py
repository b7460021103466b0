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


@pytest.fixture
def new_page(browser):
    """A function that opens a watched page; its keywords are those of ``browser.new_context``.

    What goes wrong is collected in ``page.complaints`` (console errors, uncaught exceptions, requests to other
    hosts, requests that fail or answer 400 and above). The test fails at its end if any page collected some.
    """
    contexts, pages = [], []

    def start(**options):
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        context = browser.new_context(**options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.complaints = complaints = []
        pages.append(page)
        page.on("console", lambda m: m.type == "error" and complaints.append(f"console: {m.text}"))
        page.on("pageerror", lambda e: complaints.append(f"exception: {e}"))
        page.on("request", lambda r: is_foreign(r.url) and complaints.append(f"foreign request: {r.url}"))
        page.on("response", lambda r: r.status >= 400 and complaints.append(f"status {r.status}: {r.url}"))
        return page

    yield start
    for context in contexts:
        context.close()
    complaints = [complaint for page in pages for complaint in page.complaints]
    assert not complaints, "\n".join(complaints)

"""Print every page of the built site as PDF, and let the pages link to it: `python -m tools.pdf _build/html [NAME ...]`."""

import functools
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools import chromium, offers
from tools.serve import Handler

# explorers and questions live, and every font is there
READY = """() => [...document.querySelectorAll("figure.sp-explorer")].every((figure) => figure.matches(".sp-ready"))
    && document.fonts.status === "loaded" """
PAPER = {
    "format": "A4",
    "margin": {"top": "18mm", "bottom": "18mm", "left": "20mm", "right": "20mm"},
    "outline": True,
    "print_background": True,
    "tagged": True,
}


def print_pages(site, names=()):
    """Print the pages of these names, or all."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright, ["--no-sandbox"])
        tab = browser.new_page(color_scheme="light")
        for page in offers.pages(site):
            if names and page.stem not in names:
                continue
            target = offers.pdf_of(site, page)
            target.parent.mkdir(exist_ok=True)
            tab.goto(f"http://127.0.0.1:{server.server_port}/{page.relative_to(site).as_posix()}")
            # a drawing that is far from the window waits for it
            tab.emulate_media(media="print")
            tab.wait_for_function(READY)
            tab.pdf(path=target, **PAPER)
            tab.emulate_media(media="screen")
            print(f"{target} {target.stat().st_size // 1000} kB", flush=True)
        browser.close()
    server.shutdown()
    offers.offer(site)


if __name__ == "__main__":
    print_pages(Path(sys.argv[1]), sys.argv[2:])

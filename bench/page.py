"""The Sparsity page against the same page as Jupyter Book builds it by default, in one browser, loads interleaved.

And every page on a phone: how long until the reader can move its first explorer, how many bytes it takes, and how
Lighthouse rates it.
"""

import functools
import gzip
import statistics
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import lighthouse
import stock
from playwright.sync_api import sync_playwright

CHAPTER, LOADS = "sparsity", 9
CHROMIUM = Path("/usr/bin/chromium")
ALREADY_COMPRESSED = (".woff2", ".png")
# Slow 3G, 400 ms and 400 kbit/s, and a processor four times slower than this one.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 4
# The goals that are no ratio to another page.
MOST_SECONDS, MOST_BYTES, MOST_SHIFT, LEAST_RATED = 6, 260_000, 0.02, 90
# When the first chart with a slider that moves is on the page, and the frame that shows it has been painted.
WATCH = """
new MutationObserver((_, observer) => {
    if (!document.querySelector("figure.sp-ready svg.sp-plot, .jupyter-widgets svg") || !document.querySelector("input[type=range]")) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.live = performance.now(); }));
}).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
"""
# A phone draws a chart when its reader comes to it.
COME = """
new MutationObserver((_, observer) => {
    const figure = document.querySelector("figure.sp-ready");
    if (!figure) return;
    observer.disconnect();
    figure.scrollIntoView({ behavior: "instant" });
}).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
"""
# All that moved, of the window, which is no less than what browsers report, the worst five seconds.
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const { value } of list.getEntries()) window.shifted += value; })
    .observe({ type: "layout-shift", buffered: true });
"""


class QuietHandler(SimpleHTTPRequestHandler):
    """Answers as a web server does, with text compressed."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        if path.suffix not in ALREADY_COMPRESSED:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(folder):
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=folder))
    server.handle_error = lambda *arguments: None  # a browser hangs up when it has what it wants
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/book/{CHAPTER}.html"


def load(browser, address):
    """Load a page with an empty cache; return the milliseconds to its first live explorer, and its gzipped bytes."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(WATCH)
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="load")
    page.wait_for_function("window.live", timeout=60_000)
    page.wait_for_load_state("networkidle")
    size = sum(gzipped(answer) for answer in answers if answer.ok)
    live = page.evaluate("window.live")
    context.close()
    return live, size


def total(browser, address):
    """Load a page with an empty cache; return its gzipped bytes."""
    context = browser.new_context()
    page = context.new_page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    size = sum(gzipped(answer) for answer in answers if answer.ok)
    context.close()
    return size


def gzipped(answer):
    body = answer.body()
    return len(body if answer.url.endswith(ALREADY_COMPRESSED) else gzip.compress(body))


def live_on_a_slow_phone(browser, address):
    """Load a page with an empty cache on a slow phone; return the seconds to its first live explorer, and what moved."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script(WATCH + COME + SHIFTS)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.live", timeout=120_000)
    page.wait_for_load_state("networkidle", timeout=120_000)
    page.evaluate("() => document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 500)))")
    live, shifted = page.evaluate("[window.live / 1000, window.shifted]")
    context.close()
    return live, shifted


def main():
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        stock.prepare(folder, CHAPTER, lighthouse.PACKAGES)
        our_seconds, ours = stock.build(stock.ROOT, folder / "ours")
        stock_seconds, default = stock.build(folder, folder / "default")
        chromium = playwright.chromium
        path = CHROMIUM if CHROMIUM.exists() else chromium.executable_path
        arguments = [
            "--no-sandbox",
            "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ]
        browser = chromium.launch(executable_path=path, args=arguments)
        addresses = [serve(ours), serve(default)]
        loads = [[load(browser, address) for address in addresses] for _ in range(LOADS)]
        shown = [
            path.stem for path in sorted((ours / "book").glob("*.html")) if "sp-explorer" in path.read_text("utf-8")
        ]
        found = {name: live_on_a_slow_phone(browser, addresses[0].replace(CHAPTER, name)) for name in shown}
        slow, moved = ({name: pair[which] for name, pair in found.items()} for which in (0, 1))
        pages = [path.stem for path in sorted((ours / "book").glob("*.html"))]
        sizes = {name: total(browser, addresses[0].replace(CHAPTER, name)) for name in pages}
        browser.close()
        rated = {name: lighthouse.performance(folder, addresses[0].replace(CHAPTER, name), path) for name in pages}
        stock_rated = lighthouse.performance(folder, addresses[1], path)
    our_live, stock_live = (statistics.median(one[side][0] for one in loads) for side in (0, 1))
    our_size, stock_size = (statistics.median(one[side][1] for one in loads) for side in (0, 1))
    print(
        f"first live explorer of {CHAPTER}: {our_live:.0f} ms vs ipywidgets manager and MathJax {stock_live:.0f} ms: "
        f"{our_live / stock_live:.2f} (goal at most 0.5; median of {LOADS} loads each)"
    )
    print(
        f"gzipped bytes of {CHAPTER}: {our_size / 1000:.0f} kB vs ipywidgets manager and MathJax "
        f"{stock_size / 1000:.0f} kB: {our_size / stock_size:.2f} (goal at most 0.33)"
    )
    heaviest = max(sizes, key=sizes.get)
    print(
        f"gzipped bytes of the heaviest page, {heaviest}: {sizes[heaviest] / 1000:.0f} kB vs a limit of "
        f"{MOST_BYTES / 1000:.0f} kB: {sizes[heaviest] / MOST_BYTES:.2f} (goal at most 1, of {len(sizes)} pages)"
    )
    print(
        f"first live explorer at slow 3G and a fourth of the processor: "
        f"{max(slow.values()):.1f} s at most vs a limit of {MOST_SECONDS} s: {max(slow.values()) / MOST_SECONDS:.2f} "
        f"(goal at most 1; {', '.join(f'{name} {seconds:.1f} s' for name, seconds in slow.items())})"
    )
    loose = max(moved, key=moved.get)
    print(
        f"layout shift at slow 3G, with fonts that come late: {moved[loose]:.3f} at most, {loose}, vs a limit of {MOST_SHIFT}: "
        f"{moved[loose] / MOST_SHIFT:.2f} (goal at most 1, of {len(moved)} pages)"
    )
    worst = min(rated, key=rated.get)
    print(
        f"Lighthouse's performance on a phone: {rated[worst]} of 100 at least, {worst}, vs a limit of {LEAST_RATED}: "
        f"{rated[worst] / LEAST_RATED:.2f} (goal at least 1; one load each: "
        f"{', '.join(f'{name} {score}' for name, score in rated.items())})"
    )
    print(
        f"Lighthouse's performance of {CHAPTER} on a phone: {rated[CHAPTER]} vs ipywidgets manager and MathJax "
        f"{stock_rated}: {rated[CHAPTER] / stock_rated:.2f} (goal at least 1)"
    )
    print(
        f"cold build of the site: {our_seconds:.1f} s vs Jupyter Book's defaults {stock_seconds:.1f} s: "
        f"{our_seconds / stock_seconds:.2f}"
    )


if __name__ == "__main__":
    main()

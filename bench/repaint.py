"""From a slider's input event to the painted chart, while every slider of the Sparsity page is dragged."""

import statistics

from page import CHAPTER, CHROMIUM, serve
from playwright.sync_api import sync_playwright

FRAME = 16  # ms
SITE = "_build/html"
# From the event's handling, which a browser aligns with a frame, to the first task after that frame was painted.
WATCH = """
window.repaints = [];
document.addEventListener("input", () => {
    const start = performance.now();
    requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => window.repaints.push(performance.now() - start);
        port2.postMessage(0);
    });
}, { capture: true });
"""


def drag(page, slider):
    """Pull a slider's thumb to one end and to the other."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    for end in (0.02, 0.98):
        page.mouse.move(box["x"] + end * box["width"], middle, steps=40)
    page.mouse.up()


def main():
    with sync_playwright() as playwright:
        chromium = playwright.chromium
        path = CHROMIUM if CHROMIUM.exists() else chromium.executable_path
        browser = chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.add_init_script(WATCH)
        page.goto(serve(SITE))
        explorers = page.locator("figure.sp-ready:has(svg.sp-plot)")
        page.wait_for_function("!document.querySelector('figure.sp-explorer:not(.sp-ready)')")
        for slider in explorers.locator("input[type=range]").all():
            drag(page, slider)
        repaints = page.evaluate("window.repaints")
        count = explorers.count()
        browser.close()
    p95 = statistics.quantiles(repaints, n=20)[-1]
    print(
        f"input event to painted chart of {CHAPTER}: p95 {p95:.1f} ms vs a frame of {FRAME} ms: {p95 / FRAME:.2f} "
        f"(goal at most 1; median {statistics.median(repaints):.1f} ms, {len(repaints)} events, {count} explorers)"
    )


if __name__ == "__main__":
    main()

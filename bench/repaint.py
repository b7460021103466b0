"""From a slider's input event to the painted chart, while every slider of the Sparsity page is dragged.

And the longest gap between two frames while an explorer measures, of every explorer that does, beside that of the same page while
it runs empty loops in slices as long.
"""

import statistics
from functools import partial
from pathlib import Path

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


# Every frame's distance from the last one.
FRAMES = """
window.gaps = [];
let last = performance.now();
const look = (now) => {
    window.gaps.push(now - last);
    last = now;
    window.frame = requestAnimationFrame(look);
};
window.frame = requestAnimationFrame(look);
"""
# A measurement, from the click to the frame that shows what was found; watched from within, since Playwright's own looks at the
# page take tens of milliseconds each.
MEASURE = """(figure) => new Promise((done) => {
    const result = figure.querySelector(".sp-result");
    new MutationObserver((_, observer) => {
        if (!result.textContent.startsWith("Measured ")) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(done));
    }).observe(result, { childList: true, subtree: true });
    [...figure.querySelectorAll("button")].find((button) => button.textContent === "Measure").click();
})"""
# Loops that do nothing, as long as a slice of a measurement, for five seconds.
EMPTY = """() => new Promise((done) => {
    const end = performance.now() + 5000;
    const turn = () => {
        const until = performance.now() + 5;
        while (performance.now() < until);
        if (performance.now() < end) setTimeout(turn);
        else done();
    };
    turn();
})"""


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


def longest_gap(page, wait):
    """The longest gap between frames until `wait` returns, in ms."""
    page.evaluate(f"() => {{{FRAMES}}}")
    wait()
    return max(page.evaluate("() => { cancelAnimationFrame(window.frame); return window.gaps; }"))


def gaps_while_measuring(browser):
    """The longest gaps of every explorer that measures: its name, while it measures, and in empty loops."""
    chapters = sorted(path for path in Path(SITE, "book").glob("*.html") if '"measure":{' in path.read_text("utf-8"))
    assert chapters, "no explorer measures, or pages say so in other words"
    for chapter in chapters:
        page = browser.new_page()
        page.goto(serve(SITE).replace(f"/{CHAPTER}.html", f"/{chapter.name}"))
        page.wait_for_function("!document.querySelector('figure.sp-explorer:not(.sp-ready)')")
        for figure in page.locator("figure.sp-explorer").filter(has=page.get_by_text("Measure", exact=True)).all():
            figure.scroll_into_view_if_needed()
            # once before, so that the random numbers are there
            for _ in range(2):
                measuring = longest_gap(page, partial(figure.evaluate, MEASURE))
            yield figure.get_attribute("id"), measuring, longest_gap(page, partial(page.evaluate, EMPTY))
        page.close()


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
        page.close()
        gaps = list(gaps_while_measuring(browser))
        browser.close()
    p95 = statistics.quantiles(repaints, n=20)[-1]
    print(
        f"input event to painted chart of {CHAPTER}: p95 {p95:.1f} ms vs a frame of {FRAME} ms: {p95 / FRAME:.2f} "
        f"(goal at most 1; median {statistics.median(repaints):.1f} ms, {len(repaints)} events, {count} explorers)"
    )
    for name, measuring, empty in gaps:
        print(
            f"longest gap between frames while {name} measures: {measuring:.0f} ms vs {empty:.0f} ms in empty loops: "
            f"{measuring / empty:.2f} (goal about 1; at most 50 ms where nothing else wants the processor)"
        )


if __name__ == "__main__":
    main()

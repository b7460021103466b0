"""Every explorer of the book, and one of every mark, driven by keyboard and pointer in a real browser."""

import re
import urllib.request
from functools import cache
from types import SimpleNamespace

import demo
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from superposition import formulas
from superposition.explorer import draws_source, format_value, module_source, style_source, with_unit
from tests.stored import IN_BOOK, readouts_by_numpy

NO_NUMBER = re.compile(r"NaN|Infinity|\bundefined\b|\bnull\b|\[object")
PAGES = ["", *dict.fromkeys(path for path, _ in IN_BOOK)]


def demo_page(folder, explorers):
    (folder / "explorer.js").write_text(module_source(), encoding="utf-8")
    (folder / "draws.js").write_text(draws_source(), encoding="utf-8")
    (folder / "explorer.css").write_text(style_source(), encoding="utf-8")
    page = f"""<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Every mark</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><link rel="stylesheet" href="explorer.css">
<style>html {{ color-scheme: light }} html[data-theme=dark] {{ color-scheme: dark }}
body {{ font-family: sans-serif; margin: 0 auto; max-width: 46rem; padding: 0 12px; background: light-dark(#fff, #14181e) }}</style>
</head><body><main><h1>Every mark</h1>{"".join(explorer.to_html() for explorer in explorers)}</main>
<script>superposition = {{ draws: "draws.js" }}</script>
<script type="module">import {{ hydrate }} from "./explorer.js"; await hydrate(); window.hydrated = true</script></body></html>"""
    (folder / "index.html").write_text(page, encoding="utf-8")


@pytest.fixture(scope="package")
def demo_site(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    demo_page(folder, [make() for make in demo.EXPLORERS.values()])
    return serve(folder)


@pytest.fixture(
    params=[*(("", id) for id in demo.EXPLORERS), *IN_BOOK],
    ids=lambda param: f"{param[0] or 'demo'}#{param[1]}",
)
def where(request):
    """Address of a page and the id of an explorer on it."""
    path, id = request.param
    return (
        f"{request.getfixturevalue('site')}/{path}" if path else f"{request.getfixturevalue('demo_site')}/index.html"
    ), id


# All that an explorer shows, once what was asked of it in this frame is painted. Charts are numbered as they are first seen.
SHOWN = """async (id) => {
  const figure = document.getElementById(id);
  await new Promise((done) => requestAnimationFrame(done));
  const all = (selector) => [...figure.querySelectorAll(selector)];
  const read = (selector) => all(selector).map((shown) => shown.innerText);
  const sliders = all("input[type=range]");
  const chart = figure.querySelector("svg.sp-plot").outerHTML.replace(/plot-(clip|marker)-\\d+|sp-\\d+-/g, "");
  const charts = (window.charts ??= []);
  if (!charts.includes(chart)) charts.push(chart);
  return {
    chart: charts.indexOf(chart),
    positions: sliders.map(({ value }) => Number(value)),
    spoken: sliders.map((slider) => slider.getAttribute("aria-valuetext")),
    outputs: read("output"),
    readouts: read(".sp-readouts dd"),
    words: read(".sp-text")[0],
    no_number: (chart + figure.innerText).match(NO_NUMBER)?.[0],
  };
}""".replace("NO_NUMBER", f"/{NO_NUMBER.pattern}/")
DECLARED = """(id) => JSON.parse(document.getElementById(id).querySelector("script").textContent)"""
FOCUS = """([id, i]) => document.getElementById(id).querySelectorAll("input[type=range]")[i].focus()"""


class Driven:
    """An explorer on a page."""

    def __init__(self, page, id):
        self.page = page
        self.id = id
        self.figure = page.locator(f'figure[id="{id}"]')
        page.locator(f'figure.sp-ready[id="{id}"] svg.sp-plot').wait_for()
        self.declaration = page.evaluate(DECLARED, id)
        self.sliders = self.figure.locator("input[type=range]")

    def shown(self):
        shown = SimpleNamespace(**self.page.evaluate(SHOWN, self.id))
        assert shown.no_number is None
        shown.values = self.values_at(shown.positions)
        return shown

    def values_at(self, positions):
        places = zip(self.declaration["sliders"], positions, strict=True)
        return {slider["symbol"]: slider["values"][at] for slider, at in places}

    @property
    def values(self):
        return self.shown().values

    @property
    def words(self):
        return self.shown().words

    def focus(self, i):
        self.page.evaluate(FOCUS, [self.id, i])

    def press(self, i, key):
        self.focus(i)
        self.page.keyboard.press(key)

    def wait_for_words(self, words):
        self.page.wait_for_function(
            "([id, words]) => document.getElementById(id).querySelector('.sp-text').innerText === words",
            arg=[self.id, words],
        )


@pytest.fixture
def explorer(where, open_page):
    address, id = where
    return Driven(open_page(address), id)


@pytest.fixture(params=PAGES, ids=lambda path: path or "demo")
def page_and_ids(request):
    """Address of a page and the ids of all explorers on it."""
    if not request.param:
        return f"{request.getfixturevalue('demo_site')}/index.html", list(demo.EXPLORERS)
    return f"{request.getfixturevalue('site')}/{request.param}", [id for path, id in IN_BOOK if path == request.param]


def expected_readouts(explorer, values=None):
    return readouts_by_numpy(explorer.declaration, explorer.values if values is None else values)


def test_book_has_at_least_five_explorers():
    assert len({id for _, id in IN_BOOK}) >= 5


def test_no_page_has_two_explorers_of_one_name():
    assert len(IN_BOOK) == len(set(IN_BOOK))


@cache
def stored_page(address):
    with urllib.request.urlopen(address) as answer:
        return answer.read().decode()


RENDERED = """(id) => {
  const figure = document.getElementById(id), svg = figure.querySelector("svg.sp-plot");
  const described = (by) => document.getElementById(svg.getAttribute(by)).textContent.trim();
  return {
    text: figure.querySelector(".sp-text").innerHTML,
    role: svg.getAttribute("role"),
    parts: svg.querySelectorAll("path, rect, line, circle").length,
    name: described("aria-labelledby"),
    description: described("aria-describedby"),
    ticks: [...svg.querySelectorAll('[data-mark$="tick label"] text')].map(({ textContent }) => textContent),
    legend: figure.querySelectorAll(".sp-legend li").length,
  };
}"""


def test_explorer_renders_and_says_what_was_stored(explorer):
    rendered = SimpleNamespace(**explorer.page.evaluate(RENDERED, explorer.id))
    stored = stored_page(explorer.page.url)
    assert (
        rendered.text
        == re.search(rf'id="{explorer.id}"[^>]*>.*?<p [^>]*class="sp-text"[^>]*>(.*?)</p>', stored, re.DOTALL)[1]
    )
    assert rendered.role == "img"
    assert rendered.parts > 8
    assert rendered.name
    assert rendered.description
    assert len(rendered.ticks) >= 4
    assert all(rendered.ticks), "a tick without its number"
    assert rendered.legend == len([mark for mark in explorer.declaration["marks"] if mark["label"]])
    assert explorer.shown().readouts == expected_readouts(explorer)


BUTTONS = """(id) => ["start", "simulate"].map((name) => document.getElementById(id).querySelectorAll(`.sp-${name}`).length)"""


def test_simulate_control_is_absent_without_a_kernel(explorer):
    assert "simulate" not in explorer.declaration
    start, controls = explorer.page.evaluate(BUTTONS, explorer.id)
    assert start == 0
    # what the page draws itself has its buttons once, not those of the picture that stood there before, too
    assert controls == ("draws" in explorer.declaration)
    assert not re.search("simulate here", explorer.figure.inner_text(), re.IGNORECASE)


def test_every_slider_moves_the_chart_by_keyboard(explorer):
    for i, slider in enumerate(explorer.declaration["sliders"]):
        charts = set()
        explorer.focus(i)
        for key in ("Home", "ArrowRight", "PageUp", "PageUp", "End", "ArrowLeft", "PageDown"):
            explorer.page.keyboard.press(key)
            shown = explorer.shown()
            charts.add(shown.chart)
            value = format_value(shown.values[slider["symbol"]])
            assert shown.outputs[i] == value
            assert shown.spoken[i] == f"{slider['letter']} = {with_unit(value, slider['unit'])}"
            assert shown.readouts == expected_readouts(explorer, shown.values)
        assert len(charts) > 1, f"slider {slider['symbol']} does not move the chart"


# Where a slider is on the screen, and how far along it its thumb stands.
THUMB = """([id, i]) => {
  const input = document.getElementById(id).querySelectorAll("input[type=range]")[i];
  const seen = input.getBoundingClientRect();
  if (seen.top < 0 || seen.bottom > innerHeight) input.scrollIntoView({ block: "center", behavior: "instant" });
  const { x, y, width, height } = input.getBoundingClientRect();
  return [x, y + height / 2, width, (input.value - input.min) / (input.max - input.min || 1)];
}"""


def test_every_slider_moves_the_chart_by_pointer(explorer):
    mouse, before = explorer.page.mouse, explorer.shown()
    for i, slider in enumerate(explorer.declaration["sliders"]):
        left, middle, width, thumb = explorer.page.evaluate(THUMB, [explorer.id, i])
        mouse.move(left + 9 + thumb * (width - 18), middle)
        mouse.down()
        mouse.move(left + width * (0.2 if thumb > 0.5 else 0.8), middle, steps=2)
        mouse.up()
        after = explorer.shown()
        assert after.values[slider["symbol"]] != before.values[slider["symbol"]]
        assert after.chart != before.chart
        assert after.readouts == expected_readouts(explorer, after.values)
        before = after


def test_reset_returns_to_the_chapter(explorer):
    before = explorer.shown()
    for i in range(len(before.positions)):
        explorer.press(i, "End")
    assert explorer.shown().chart != before.chart
    explorer.figure.get_by_role("button", name="Reset").click()
    explorer.wait_for_words(before.words)
    after = explorer.shown()
    assert (after.chart, after.values, after.readouts) == (before.chart, before.values, before.readouts)


IN_SIGHT = """(id) => {
  const { top, bottom } = document.getElementById(id).getBoundingClientRect();
  return top < innerHeight && bottom > 0;
}"""

# Puts the explorer back as its page stores it, and brings it to life under the address that the page has now.
AS_OPENED = """async (id) => {
  const hydrate = globalThis.superposition?.hydrate ?? (await import("./explorer.js")).hydrate;
  const text = await fetch(location.pathname).then((found) => found.text());
  const from = text.indexOf(`<figure class="sp-explorer" id="${id}">`), end = "</figure>";
  const stored = document.createRange().createContextualFragment(text.slice(from, text.indexOf(end, from) + end.length));
  scrollTo({ top: 0, behavior: "instant" });
  document.getElementById(id).replaceWith(stored);
  await hydrate();
}"""


def test_address_restores_the_setting(explorer):
    for i in range(len(explorer.declaration["sliders"])):
        explorer.press(i, "PageUp")
    left = explorer.shown()
    query = "&".join(f"{name}={value}" for name, value in left.values.items())
    explorer.page.wait_for_function("hash => location.hash === hash", arg=f"#{explorer.id}?{query}")
    words = explorer.words
    explorer.page.evaluate(AS_OPENED, explorer.id)
    again = explorer.shown()
    assert (again.values, again.chart, again.readouts, again.words) == (left.values, left.chart, left.readouts, words)
    assert explorer.page.evaluate(IN_SIGHT, explorer.id)


# As a font or picture that arrives late, in a browser that does not hold what is in sight: WebKit.
GROWN_ABOVE = """async (figure) => {
  const before = figure.getBoundingClientRect().top;
  const late = document.createElement("div");
  late.style.height = "500px";
  document.documentElement.style.overflowAnchor = "none";
  document.querySelector("article").prepend(late);
  for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
  return figure.getBoundingClientRect().top - before;
}"""


def test_what_grows_above_a_place_does_not_move_it_until_the_reader_leaves(site, new_page):
    page = new_page()
    page.goto(f"{site}/book/directions.html#how-many-fit?")
    figure = page.locator("#how-many-fit.sp-ready")
    figure.wait_for()
    page.wait_for_function("document.readyState === 'complete'")
    assert abs(figure.evaluate(GROWN_ABOVE)) < 2
    page.evaluate("scrollBy({ top: -40, behavior: 'instant' })")
    assert figure.evaluate(GROWN_ABOVE) > 400


def test_what_a_page_that_is_still_loading_scrolls_away_from_is_gone_to_again(site, new_page):
    page = new_page()
    # as WebKit does when styles arrive after the script and the page shrinks
    page.add_init_script("addEventListener('DOMContentLoaded', () => scrollTo({ top: 50, behavior: 'instant' }))")
    page.goto(f"{site}/book/price_tag.html#price-tag?", wait_until="load")
    page.locator("#price-tag.sp-ready").wait_for()
    page.wait_for_function(
        "() => Math.abs(document.querySelector('#price-tag').getBoundingClientRect().top) < innerHeight / 2"
    )


def at_other_setting(declaration):
    """A link to an explorer with its first slider at its last stop, and that stop."""
    values = {slider["symbol"]: slider["values"][slider["start"]] for slider in declaration["sliders"]}
    first = declaration["sliders"][0]
    values[first["symbol"]] = first["values"][-1]
    return f"#{declaration['id']}?" + "&".join(f"{name}={value}" for name, value in values.items()), values


def shows_other_setting(page, declaration):
    """Assert that a page that was opened by such a link shows what it leads to."""
    _, values = at_other_setting(declaration)
    opened = Driven(page, declaration["id"])
    first = declaration["sliders"][0]["symbol"]
    shown = opened.shown()
    assert shown.values[first] == values[first]
    assert shown.readouts == expected_readouts(opened, shown.values)
    page.wait_for_function(IN_SIGHT, arg=opened.id)


def test_page_opens_at_the_setting_in_its_address(demo_site, new_page):
    """Those of the book do, too: test_page opens each at a setting."""
    page = new_page()
    declaration = demo.iterated().declaration
    page.goto(f"{demo_site}/index.html{at_other_setting(declaration)[0]}")
    shows_other_setting(page, declaration)


# Resolves when the page has heard of its new address, and the explorers, which listened first, with it.
FOLLOW = """(hash) => new Promise((done) => {
  addEventListener("hashchange", done, { once: true });
  location.hash = hash;
}).then(() => {})"""


# Where the sliders stand, and where they may, once the first was moved away and an address was followed.
AFTER_LINKS = """async ([id, queries]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const sliders = [...document.getElementById(id).querySelectorAll("input[type=range]")];
  const found = [];
  for (const query of queries) {
    sliders[0].value = sliders[0].max;
    sliders[0].dispatchEvent(new Event("input", { bubbles: true }));
    history.replaceState(null, "", location.pathname);
    const moved = Number(sliders[0].value);
    const heard = new Promise((done) => addEventListener("hashchange", done, { once: true }));
    location.hash = `#${id}?${query}`;
    await heard;
    await frame();
    found.push([moved, sliders.map(({ value, min, max }) => [value, min, max].map(Number))]);
  }
  return found;
}"""


def test_garbage_in_the_address_is_ignored(explorer):
    starts = [slider["start"] for slider in explorer.declaration["sliders"]]
    first = explorer.declaration["sliders"][0]
    garbage = (f"{first['symbol']}=abc", f"{first['symbol']}=1e999", f"{first['symbol']}=%E0%A4%A")
    garbage += ("<script>alert(1)</script>", "x=1&&&=", "")
    found = explorer.page.evaluate(AFTER_LINKS, [explorer.id, garbage])
    for query, (moved, places) in zip(garbage, found, strict=True):
        assert moved != starts[0] or starts[0] == len(first["values"]) - 1
        assert [at for at, _, _ in places] == starts, query
    beyond = (f"{first['symbol']}=-5", f"{first['symbol']}=1e300")
    for _, places in explorer.page.evaluate(AFTER_LINKS, [explorer.id, beyond]):
        assert all(
            low <= at <= high < len(s["values"])
            for (at, low, high), s in zip(places, explorer.declaration["sliders"], strict=True)
        )
    explorer.page.evaluate(FOLLOW, "#no-such-place?l=3")
    explorer.shown()


def test_a_link_wins_over_the_setting_that_is_being_written(demo_site, open_page):
    explorer = Driven(open_page(f"{demo_site}/index.html"), "lines-and-points")
    start = explorer.values
    slider = explorer.declaration["sliders"][0]
    explorer.press(0, "End")
    written, followed = (f"#lines-and-points?{slider['symbol']}={slider['values'][at]}" for at in (-1, slider["start"]))
    # the browser tells of the new address only after the old setting was written over it
    explorer.page.evaluate(
        """([followed, written]) => new Promise((done) => {
          addEventListener("hashchange", done, { once: true });
          location.hash = followed;
          history.replaceState(history.state, "", written);
        }).then(() => {})""",
        [followed, written],
    )
    assert explorer.values == start
    assert explorer.page.evaluate("location.hash") == followed


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_either_theme(theme, demo_site, open_page):
    """The explorers of the book are looked at with their pages, in test_site."""
    page = open_page(f"{demo_site}/index.html")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    result = Axe().run(page, options={"resultTypes": ["violations"]})
    assert page.locator("figure.sp-ready svg.sp-plot").count() == len(demo.EXPLORERS)
    assert result.violations_count == 0, result.generate_report()


# Of each explorer: letters that its picture cuts off, the smallest letter, and the sides of what can be touched.
TOUCHED = """(figures) => figures.map((figure) => {
  const texts = [...figure.querySelectorAll("svg.sp-plot text")];
  const cut = texts.filter((text) => {
    const a = text.getBoundingClientRect(), b = text.ownerSVGElement.getBoundingClientRect();
    return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1;
  });
  const targets = [...figure.querySelectorAll("input, button")].filter((target) => target.checkVisibility());
  return {
    id: figure.id,
    cut: cut.map(({ textContent }) => textContent),
    smallest: Math.min(...texts.map((text) => parseFloat(getComputedStyle(text).fontSize))),
    sliders: figure.querySelectorAll("input[type=range]").length,
    targets: targets.map((target) => target.getBoundingClientRect()).map(({ width, height }) => [width, height]),
  };
})"""


def test_explorers_fit_a_phone(page_and_ids, open_page):
    address, ids = page_and_ids
    page = open_page(address, "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    figures = {figure["id"]: figure for figure in page.locator("figure.sp-ready").evaluate_all(TOUCHED)}
    assert {*ids} <= {*figures}
    for id in ids:
        figure = figures[id]
        assert figure["cut"] == [], id
        assert figure["smallest"] >= 12, id
        assert len(figure["targets"]) > figure["sliders"] > 0, id
        assert min(map(min, figure["targets"])) >= 44, id


WIDTHS_OF_CHARTS = """() => [...document.querySelectorAll("svg.sp-plot:not(.sp-scene)")].map((svg) =>
  [svg.getBoundingClientRect().width, svg.viewBox.baseVal.width])"""


def test_charts_follow_the_width(page_and_ids, open_page):
    address, ids = page_and_ids
    page = open_page(address)
    wide = page.evaluate(WIDTHS_OF_CHARTS)
    assert len(wide) == len(ids)
    page.set_viewport_size({"width": 340, "height": 800})
    # drawn anew for the width, rather than shrunk with all its letters
    page.wait_for_function(
        f"({WIDTHS_OF_CHARTS})().every(([shown, drawn]) => shown > 0 && shown <= 340 && Math.abs(shown - drawn) <= 1)"
    )
    assert all(after < before for (before, _), (after, _) in zip(wide, page.evaluate(WIDTHS_OF_CHARTS), strict=True))


# Which parts of each explorer are seen.
SEEN = """(figures) => {
  const seen = (part) => part.checkVisibility({ visibilityProperty: true }) && part.getBoundingClientRect().height > 0;
  const parts = { words: ".sp-text", caption: "figcaption", controls: "input, button" };
  return figures.map((figure) => [figure.id, Object.fromEntries(Object.entries(parts).map(
    ([name, selector]) => [name, [...figure.querySelectorAll(selector)].filter(seen).length]))]);
}"""


def test_print_keeps_words_and_hides_controls(page_and_ids, open_page):
    address, ids = page_and_ids
    page = open_page(address)
    page.emulate_media(media="print")
    seen = dict(page.locator("figure.sp-ready").evaluate_all(SEEN))
    assert all(seen[id] == {"words": 1, "caption": 1, "controls": 0} for id in ids)


def test_an_explorer_that_is_read_in_the_dark_is_printed_on_white(page_and_ids, open_page):
    page = open_page(page_and_ids[0], "phone")
    ground = "(figures) => new Set(figures.map((figure) => getComputedStyle(figure).backgroundColor)).keys().toArray()"
    figures = page.locator("figure.sp-ready")
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
    assert figures.evaluate_all(ground) != ["rgb(255, 255, 255)"]
    page.emulate_media(media="print")
    assert figures.evaluate_all(ground) == ["rgb(255, 255, 255)"]


def test_without_javascript_the_words_remain(page_and_ids, open_page):
    address, ids = page_and_ids
    seen = dict(open_page(address, "plain").locator("figure.sp-explorer").evaluate_all(SEEN))
    assert [(seen[id]["words"], seen[id]["caption"]) for id in ids] == [(1, 1)] * len(ids)


# What follows needs one page only.


@pytest.fixture
def lines(demo_site, new_page):
    page = new_page()
    page.goto(f"{demo_site}/index.html")
    return Driven(page, "lines-and-points")


def test_curve_lies_where_the_formula_says(lines):
    lines.press(1, "PageDown")
    places = lines.figure.locator("svg.sp-plot").evaluate(
        """svg => {
          const ticks = (mark, edge) => [...svg.querySelectorAll(`[data-mark="${mark} tick label"] text`)].map(
            text => [text.textContent, text.transform.baseVal.consolidate().matrix[edge]]);
          const path = svg.querySelector('[data-mark="line"] path');
          const count = Math.floor(path.getTotalLength() / 3);
          const points = Array.from({ length: count }, (_, i) => path.getPointAtLength(3 * i)).map(({ x, y }) => [x, y]);
          return { x: ticks("x-axis", "e"), y: ticks("y-axis", "f"), points }; }"""
    )
    powers = {"10": 1, "20": np.log10(20), "1": 0, "50": np.log10(50), "0.01": -2, "100": 2}
    scales = {}
    for axis in "xy":
        (low, low_at), *_, (high, high_at) = [(powers[t], at) for t, at in places[axis] if t in powers]
        scales[axis] = low, low_at, (high - low) / (high_at - low_at)
    points = np.array(places["points"])
    active, errors = (
        10 ** (low + (points[:, k] - at) * step) for k, (low, at, step) in enumerate((scales["x"], scales["y"]))
    )
    values = lines.values
    seen = (errors > 1e-4) & (errors < 1e3)
    expected = formulas.expected_errors(l=active[seen], n=values["n"], m=values["m"])
    assert seen.sum() > 50
    np.testing.assert_allclose(np.log10(errors[seen]), np.log10(expected), atol=0.02)


def test_samples_show_on_their_grid_only(lines):
    def marks_drawn():
        lines.shown()  # when it is painted
        return lines.figure.locator("svg.sp-plot [data-mark=dot] path").count()

    here = marks_drawn()
    n = next(i for i, s in enumerate(lines.declaration["sliders"]) if s["symbol"] == "n")
    lines.press(n, "ArrowRight")
    assert marks_drawn() < here
    lines.press(n, "ArrowLeft")
    assert marks_drawn() == here
    assert lines.figure.locator(".sp-slider").nth(n).locator(".sp-note").count() == 1


def test_slider_range_follows_and_thumb_keeps_its_place(demo_site, new_page):
    page = new_page()
    page.goto(f"{demo_site}/index.html")
    shapes = Driven(page, "bars-and-steps")
    stops = shapes.declaration["sliders"][1]["values"]
    place = "input => { const b = input.getBoundingClientRect(); const f = (input.value - input.min) / (input.max - input.min || 1); return b.left + 9 + f * (b.width - 18) }"
    shapes.press(0, "Home")
    at_first = shapes.sliders.nth(1).evaluate(place)
    low = int(shapes.sliders.nth(1).get_attribute("min"))
    for _ in range(4):
        shapes.press(0, "PageUp")
    shapes.shown()  # a frame later
    moved_low = int(shapes.sliders.nth(1).get_attribute("min"))
    assert stops[low] >= shapes.declaration["sliders"][0]["values"][0]
    assert moved_low > low
    assert stops[moved_low] >= shapes.values["n"]
    if shapes.values["m"] == 64:
        assert shapes.sliders.nth(1).evaluate(place) == pytest.approx(at_first, abs=1)
    shapes.press(0, "End")
    assert shapes.values["m"] >= shapes.values["n"] == 256
    shapes.press(1, "Home")
    assert shapes.values["m"] >= shapes.values["n"] == 256


def test_words_wait_for_the_hand_to_rest(demo_site, new_page):
    page = new_page()
    page.clock.install(time=0)
    page.goto(f"{demo_site}/index.html")
    page.clock.pause_at(3_600_000)
    lines = Driven(page, "lines-and-points")
    words = lines.figure.locator(".sp-text")
    before = words.inner_text()
    lines.press(0, "End")
    page.clock.run_for(200)
    assert words.inner_text() == before
    page.clock.run_for(200)
    assert words.inner_text() != before
    assert words.get_attribute("aria-live") == "polite"


def test_copy_link_says_what_it_did(lines):
    lines.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lines.press(0, "ArrowRight")
    lines.figure.get_by_role("button", name="Copy link").click()
    lines.figure.get_by_role("status").get_by_text("Link copied").wait_for()
    assert lines.page.evaluate("navigator.clipboard.readText()").endswith("#lines-and-points?l=17&n=1024&m=10000")


def test_series_colours_pass_contrast_in_both_themes(lines):
    for theme in ("light", "dark"):
        lines.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        lines_and_text = lines.figure.evaluate("""figure => {
          const probe = document.createElement("span"); figure.append(probe);
          const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
          const luminance = (name) => {
            probe.style.color = `var(--sp-${name})`; canvas.fillStyle = getComputedStyle(probe).color; canvas.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          const paper = luminance("paper");
          const all = Object.fromEntries(["ink", "quiet", "accent", ...[0, 1, 2, 3, 4, 5, 6].map(k => `series-${k}`)].map(name => [name, ratio(luminance(name), paper)]));
          probe.remove(); return all; }""")
        for name, ratio in lines_and_text.items():
            assert ratio >= (3 if name.startswith("series") else 4.5), (theme, name, ratio)


def test_a_kernel_page_with_two_of_one_explorer_keeps_ids_apart(lines):
    ids = lines.page.evaluate(
        """async declaration => {
      const { default: widget } = await import("./explorer.js");
      const model = { get: () => declaration, on() {}, off() {}, send() {} };
      for (let k = 0; k < 2; k += 1) { const el = document.createElement("div"); document.querySelector("main").append(el); widget.render({ model, el }); }
      return [...document.querySelectorAll("[id]")].map(node => node.id); }""",
        lines.declaration,
    )
    assert len(ids) == len(set(ids))

"""Every explorer of the book, and one of every mark, driven by keyboard and pointer in a real browser."""

import json
import pathlib
import re
from functools import cache

import demo
import numpy as np
import pytest
import sympy as sp
from axe_playwright_python.sync_playwright import Axe

from superposition import formula as formula_module
from superposition import formulas
from superposition.explorer import format_value, module_source, style_source, with_unit

ROOT = pathlib.Path(__file__).parents[2]
STORED = re.compile(
    r'<figure class="sp-explorer" id="([^"]+)">\s*<script type="application/json">(.*?)</script>', re.DOTALL
)
NO_NUMBER = re.compile(r"NaN|Infinity|\bundefined\b|\bnull\b|\[object")


def stored_outputs(notebook):
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            yield "".join(output.get("data", {}).get("text/html", ()))


IN_BOOK = [
    (f"book/{notebook.stem}.html", match[1])
    for notebook in sorted((ROOT / "book").glob("*.ipynb"))
    for html in stored_outputs(notebook)
    for match in STORED.finditer(html)
]


def demo_page(folder, explorers):
    (folder / "explorer.js").write_text(module_source(), encoding="utf-8")
    (folder / "explorer.css").write_text(style_source(), encoding="utf-8")
    page = f"""<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Every mark</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><link rel="stylesheet" href="explorer.css">
<style>html {{ color-scheme: light }} html[data-theme=dark] {{ color-scheme: dark }}
body {{ font-family: sans-serif; margin: 0 auto; max-width: 46rem; padding: 0 12px; background: light-dark(#fff, #14181e) }}</style>
</head><body><main><h1>Every mark</h1>{"".join(explorer.to_html() for explorer in explorers)}</main>
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


class Driven:
    """An explorer on a page."""

    def __init__(self, page, id):
        self.page = page
        self.figure = page.locator(f'figure[id="{id}"]')
        page.locator(f'figure.sp-ready[id="{id}"] svg.sp-plot').wait_for()
        self.declaration = json.loads(self.figure.locator("script").text_content())
        self.sliders = self.figure.locator("input[type=range]")

    @property
    def chart(self):
        drawn = self.figure.locator("svg.sp-plot").evaluate("svg => svg.outerHTML")
        return re.sub(r"plot-(clip|marker)-\d+", "", drawn)

    @property
    def values(self):
        positions = self.sliders.evaluate_all("all => all.map(input => Number(input.value))")
        return {s["symbol"]: s["values"][p] for s, p in zip(self.declaration["sliders"], positions, strict=True)}

    @property
    def readouts(self):
        return self.figure.locator(".sp-readouts dd").all_inner_texts()

    @property
    def words(self):
        return self.figure.locator(".sp-text").inner_text()

    def press(self, i, key):
        self.sliders.nth(i).press(key)
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.fixture
def explorer(where, open_page):
    address, id = where
    return Driven(open_page(address), id)


@cache
def number_of(expr, of):
    names = {name: sp.Symbol(name) for name in of}
    functions = {name: getattr(formula_module, name) for name in ("Q", "betainc_inverse")}
    return formula_module.numeric(sp.sympify(expr, locals=names | functions), list(of))


def by_numpy(channel, values):
    """Value of a stored channel, found from the library's formulas or from its SymPy text, never from its JavaScript."""
    if not isinstance(channel, dict):
        return channel
    if "iterated" in channel:
        inner = values | {channel["iterated"]: by_numpy(channel["start"], values)}
        for _ in range(int(by_numpy(channel["steps"], values))):
            inner[channel["iterated"]] = by_numpy(channel["map"], inner)
        return by_numpy(channel["then"], inner)
    scope = {name: values[name] for name in channel["of"]}
    if "formula" in channel:
        stated = formulas.registry[channel["formula"]]
        return stated(**scope) if stated.contains(**scope) else float("nan")
    return number_of(channel["expr"], tuple(channel["of"]))(**scope)


def expected_readouts(explorer, values=None):
    values = explorer.values if values is None else values
    return [
        with_unit(format_value(by_numpy(readout["value"], values)), readout.get("unit", ""))
        for readout in explorer.declaration["readouts"]
    ]


def test_book_has_at_least_five_explorers():
    assert len({id for _, id in IN_BOOK}) >= 5


def test_no_page_has_two_explorers_of_one_name():
    assert len(IN_BOOK) == len(set(IN_BOOK))


def test_explorer_renders_and_says_what_was_stored(explorer):
    stored = explorer.figure.page.request.get(explorer.page.url).text()
    text = re.search(rf'id="{explorer.declaration["id"]}">.*?<p class="sp-text">(.*?)</p>', stored, re.DOTALL)[1]
    assert explorer.figure.locator(".sp-text").inner_html() == text
    svg = explorer.figure.locator("svg.sp-plot")
    assert svg.get_attribute("role") == "img"
    assert svg.locator("path, rect, line, circle").count() > 8
    assert svg.evaluate("svg => document.getElementById(svg.getAttribute('aria-labelledby')).textContent").strip()
    assert svg.evaluate("svg => document.getElementById(svg.getAttribute('aria-describedby')).textContent").strip()
    ticks = svg.locator('[data-mark$="tick label"] text').all_text_contents()
    assert len(ticks) >= 4
    assert all(ticks), "a tick without its number"
    labelled = [mark for mark in explorer.declaration["marks"] if mark["label"]]
    assert explorer.figure.locator(".sp-legend li").count() == len(labelled)
    assert explorer.readouts == expected_readouts(explorer)


def test_simulate_control_is_absent_without_a_kernel(explorer):
    assert "simulate" not in explorer.declaration
    assert explorer.figure.locator(".sp-simulate, .sp-start").count() == 0
    assert explorer.figure.get_by_text(re.compile("simulate here", re.IGNORECASE)).count() == 0


def test_every_slider_moves_the_chart_by_keyboard(explorer):
    for i, slider in enumerate(explorer.declaration["sliders"]):
        charts = set()
        for key in ("Home", "ArrowRight", "PageUp", "PageUp", "End", "ArrowLeft", "PageDown"):
            explorer.press(i, key)
            charts.add(explorer.chart)
            value = explorer.values[slider["symbol"]]
            assert explorer.figure.locator("output").nth(i).inner_text() == format_value(value)
            spoken = explorer.sliders.nth(i).get_attribute("aria-valuetext")
            assert spoken == f"{slider['letter']} = {with_unit(format_value(value), slider['unit'])}"
            assert explorer.readouts == expected_readouts(explorer)
            assert not NO_NUMBER.search(explorer.chart + explorer.figure.inner_text())
        assert len(charts) > 1, f"slider {slider['symbol']} does not move the chart"


def test_every_slider_moves_the_chart_by_pointer(explorer):
    for i, slider in enumerate(explorer.declaration["sliders"]):
        explorer.sliders.nth(i).scroll_into_view_if_needed()
        before, value = explorer.chart, explorer.values[slider["symbol"]]
        box = explorer.sliders.nth(i).bounding_box()
        thumb = explorer.sliders.nth(i).evaluate("input => (input.value - input.min) / (input.max - input.min || 1)")
        middle = box["y"] + box["height"] / 2
        mouse = explorer.page.mouse
        mouse.move(box["x"] + 9 + thumb * (box["width"] - 18), middle)
        mouse.down()
        mouse.move(box["x"] + box["width"] * (0.2 if thumb > 0.5 else 0.8), middle, steps=5)
        mouse.up()
        explorer.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert explorer.values[slider["symbol"]] != value
        assert explorer.chart != before
        assert explorer.readouts == expected_readouts(explorer)


# What Home and End do, as the keyboard's test shows, without the way through the keyboard.
TO_THE_ENDS = """async (figure, moves) => {
  const sliders = [...figure.querySelectorAll("input[type=range]")], found = [];
  for (const [i, key] of moves) {
    sliders[i].value = key === "Home" ? sliders[i].min : sliders[i].max;
    sliders[i].dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    found.push([sliders.map(({ value }) => Number(value)),
      [...figure.querySelectorAll(".sp-readouts dd")].map((shown) => shown.innerText)]);
  }
  return found;
}"""


def test_sliders_never_leave_a_formula_s_domain(explorer):
    sliders = explorer.declaration["sliders"]
    channels = [readout["value"] for readout in explorer.declaration["readouts"]]
    channels += [value for sentence in explorer.declaration["text"] for value in sentence["values"].values()]
    stated = [channel for channel in channels if isinstance(channel, dict) and "formula" in channel]
    ends = [(i, key) for i in range(len(sliders)) for key in ("Home", "End")]
    coupled = any("inside" in slider for slider in sliders)
    moves = [move for first in ends for second in ends for move in (first, second)] if coupled else ends
    seen = set()
    for (i, key), (positions, readouts) in zip(moves, explorer.figure.evaluate(TO_THE_ENDS, moves), strict=True):
        if (*positions, *readouts) in seen:
            continue
        seen.add((*positions, *readouts))
        values = {s["symbol"]: s["values"][p] for s, p in zip(sliders, positions, strict=True)}
        assert readouts == expected_readouts(explorer, values), (i, key, values)
        for channel in stated:
            scope = {name: values[name] for name in channel["of"]}
            assert formulas.registry[channel["formula"]].contains(**scope), (channel["formula"], scope)


def test_reset_returns_to_the_chapter(explorer):
    before = explorer.chart, explorer.values, explorer.readouts, explorer.words
    for i in range(explorer.sliders.count()):
        explorer.press(i, "End")
    assert explorer.chart != before[0]
    explorer.figure.get_by_role("button", name="Reset").click()
    explorer.page.wait_for_timeout(300)
    assert (explorer.chart, explorer.values, explorer.readouts, explorer.words) == before


def test_address_restores_the_setting(explorer, where, new_page):
    for i in range(explorer.sliders.count()):
        explorer.press(i, "PageUp")
    query = "&".join(f"{name}={value}" for name, value in explorer.values.items())
    hash = f"#{explorer.declaration['id']}?{query}"
    explorer.page.wait_for_function("hash => location.hash === hash", arg=hash)
    page = new_page()
    page.goto(explorer.page.url)
    again = Driven(page, where[1])
    assert again.values == explorer.values
    assert again.chart == explorer.chart
    assert again.readouts == explorer.readouts
    explorer.page.wait_for_timeout(300)
    assert again.words == explorer.words
    assert again.figure.evaluate(
        "figure => figure.getBoundingClientRect().top < innerHeight && figure.getBoundingClientRect().bottom > 0"
    )


# Resolves when the page has heard of its new address, and the explorers, which listened first, with it.
FOLLOW = """(hash) => new Promise((done) => {
  addEventListener("hashchange", done, { once: true });
  location.hash = hash;
}).then(() => {})"""


def test_garbage_in_the_address_is_ignored(explorer):
    start = {s["symbol"]: s["values"][s["start"]] for s in explorer.declaration["sliders"]}
    first = explorer.declaration["sliders"][0]["symbol"]
    hash_of = f"#{explorer.declaration['id']}?{{}}".format
    for query in (f"{first}=abc", f"{first}=1e999", f"{first}=%E0%A4%A", "<script>alert(1)</script>", "x=1&&&=", ""):
        explorer.press(0, "End")
        explorer.page.evaluate(FOLLOW, hash_of(query))
        assert explorer.values == start, query
    for query in (f"{first}=-5", f"{first}=1e300"):
        explorer.page.evaluate(FOLLOW, hash_of(query))
        for slider in explorer.declaration["sliders"]:
            assert explorer.values[slider["symbol"]] in slider["values"]
    explorer.page.evaluate(FOLLOW, "#no-such-place?l=3")
    assert not NO_NUMBER.search(explorer.chart + explorer.figure.inner_text())


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


def test_explorer_fits_a_phone(where, new_page):
    address, id = where
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(address)
    explorer = Driven(page, id)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    cut = explorer.figure.locator("svg.sp-plot text").evaluate_all(
        "all => all.filter(text => { const a = text.getBoundingClientRect(), b = text.ownerSVGElement.getBoundingClientRect();"
        " return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1 }).map(text => text.textContent)"
    )
    assert cut == []
    sizes = explorer.figure.locator("svg.sp-plot text").evaluate_all(
        "all => all.map(text => parseFloat(getComputedStyle(text).fontSize))"
    )
    assert min(sizes) >= 12
    for target in explorer.figure.locator("input, button").all():
        box = target.bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44


def test_chart_follows_the_width(explorer):
    wide = explorer.figure.locator("svg.sp-plot").bounding_box()["width"]
    explorer.page.set_viewport_size({"width": 340, "height": 800})
    explorer.page.wait_for_timeout(200)
    narrow = explorer.figure.locator("svg.sp-plot").bounding_box()["width"]
    assert narrow < wide
    assert narrow <= 340


def test_print_keeps_words_and_hides_controls(explorer):
    explorer.page.emulate_media(media="print")
    assert explorer.figure.locator(".sp-text").is_visible()
    assert explorer.figure.locator("figcaption").is_visible()
    assert not explorer.sliders.first.is_visible()
    assert not explorer.figure.get_by_role("button", name="Reset").is_visible()


def test_without_javascript_the_words_remain(where, new_page):
    address, id = where
    page = new_page(java_script_enabled=False)
    page.goto(address)
    figure = page.locator(f'figure[id="{id}"]')
    assert figure.locator(".sp-text").is_visible()
    assert figure.locator("figcaption").is_visible()
    assert figure.locator("input, button, svg").count() == 0


# What follows needs one page only.


@pytest.fixture
def lines(demo_site, new_page):
    page = new_page()
    page.goto(f"{demo_site}/index.html")
    return Driven(page, "lines-and-points")


def test_two_languages_write_numbers_alike(lines):
    rng = np.random.default_rng(20240607)
    numbers = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        1.125,
        999.5,
        999_999.5,
        1e6,
        1e9,
        1e9 - 1,
        5e-324,
        1.7976931348623157e308,
        1.000244140625,
        2.0**52,
    ]
    numbers += [
        *(10 ** rng.uniform(-320, 308, 2000)),
        *(-(10 ** rng.uniform(-8, 12, 2000))),
        *(rng.integers(-(10**7), 10**7, 2000) / 8),
    ]
    numbers += [*rng.integers(1, 2**53, 500).astype(float), *np.round(10 ** rng.uniform(-3, 6, 2000), 3)]
    numbers = [float(number) for number in numbers]
    shown = lines.page.evaluate(
        "async numbers => { const { formatValue } = await import('./explorer.js'); return numbers.map(formatValue) }",
        numbers,
    )
    assert shown == [format_value(number) for number in numbers]
    words = lines.page.evaluate(
        "async () => { const { formatValue } = await import('./explorer.js'); return [NaN, Infinity, -Infinity].map(formatValue) }"
    )
    assert words == [format_value(float(x)) for x in ("nan", "inf", "-inf")]


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


def test_words_wait_for_the_hand_to_rest(lines):
    before = lines.words
    lines.press(0, "End")
    assert lines.words == before
    lines.page.wait_for_timeout(350)
    assert lines.words != before
    assert lines.figure.locator(".sp-text").get_attribute("aria-live") == "polite"


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

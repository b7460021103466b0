"""The explorers and pictures of every page in Firefox and WebKit. A page is loaded once; all is tried on it."""

import os
import pathlib
from types import SimpleNamespace

import pytest
from engines import ENGINES, LISTENING

from conftest import BUILT, QuietHandler
from tests.stored import DECLARATIONS

WIDTH = 1280
# WebKit is asked for by name, since not all of it holds there yet: ENGINES=firefox,webkit make test
TRIED = os.environ.get("ENGINES", "firefox").split(",")
PAGES = {}
for (path, id), declaration in DECLARATIONS:
    PAGES.setdefault(path, {})[id] = declaration


def places(wanted):
    """Each engine on each page that has an explorer of the wanted kind."""
    found = [path for path, explorers in PAGES.items() if any(map(wanted, explorers.values()))]
    params = [pytest.param((engine, path), id=f"{engine}-{path}") for engine in TRIED for path in found]
    assert params
    return pytest.mark.parametrize("loaded", params, indirect=True, scope="module")


on_every_page = places(lambda declaration: True)
on_pages_with_pictures = places(lambda declaration: "scene" in declaration)
on_pages_that_draw = places(lambda declaration: "one" in declaration.get("draws", ()))


class Listening(QuietHandler):
    """Serves the site with its pages' complaints kept."""

    def do_GET(self):
        path = pathlib.Path(self.translate_path(self.path))
        if path.suffix != ".html":
            return super().do_GET()
        page = path.read_text(encoding="utf-8").replace("<head>", f"<head>{LISTENING}", 1).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)
        return None


@pytest.fixture(scope="module")
def listening_site(site, serve):
    return serve(BUILT, Listening)


@pytest.fixture(scope="module")
def engine_named():
    """A function that gives the one browser of an engine."""
    running = {}

    def give(name):
        if name not in running:
            running[name] = ENGINES[name]()
        return running[name]

    yield give
    for engine in running.values():
        engine.close()


READY = """() => [...document.querySelectorAll("figure.sp-explorer")].every((figure) =>
  figure.matches(".sp-ready:has(svg.sp-plot), :has(.sp-failed)"))"""
ALIVE = """() => [...document.querySelectorAll("figure.sp-ready")]
  .filter((figure) => figure.querySelector("svg.sp-plot").getBoundingClientRect().width > 200).map((figure) => figure.id)"""
LANDED = """([id, name, position]) => {
  const figure = document.getElementById(id), { top } = figure.getBoundingClientRect();
  return figure.querySelector(`input[name="${name}"]`).value === String(position) && top >= 0 && top < innerHeight / 2;
}"""
# Everything that can be moved, those of the second kind in the picture itself.
SLIDERS, CONTROLS = ".sp-sliders input", ".sp-controls input:not([hidden])"
COUNT = "([id, kind]) => document.getElementById(id).querySelectorAll(kind).length"
# One of them, once what was asked of it is painted.
SHOWN = """async ([id, kind, i, focus]) => {
  const figure = document.getElementById(id), input = figure.querySelectorAll(kind)[i];
  if (focus) {
    input.scrollIntoView({ block: "center", behavior: "instant" });
    input.focus({ preventScroll: true });
  }
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const { x, y, width, height } = input.getBoundingClientRect();
  const picture = figure.querySelector("svg.sp-plot").getBoundingClientRect();
  return {
    value: input.type === "checkbox" ? Number(input.checked) : Number(input.value), low: Number(input.min), high: Number(input.max),
    type: input.type, name: input.name, box: [x, y, width, height],
    picture: [picture.x, picture.y, picture.width, picture.height], focused: document.activeElement === input,
    chart: figure.querySelector("svg.sp-plot").outerHTML.replace(/plot-(clip|marker)-\\d+|sp-\\d+-/g, ""),
  };
}"""
BUTTON = """([where, words]) => {
  const button = [...document.querySelectorAll(where)].find((button) => button.textContent.includes(words));
  button.scrollIntoView({ block: "center", behavior: "instant" });
  const { x, y, width, height } = button.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}"""
COLOURS = """() => [document.documentElement.dataset.theme, getComputedStyle(document.documentElement).colorScheme,
  getComputedStyle(document.body).color, getComputedStyle(document.querySelector("figure.sp-ready")).backgroundColor]"""
TOO_WIDE = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const wide = [...document.querySelectorAll("figure.sp-explorer :not(svg *)")].filter((part) =>
    part.checkVisibility() && part.getBoundingClientRect().right > innerWidth + 0.5);
  return [innerWidth, document.documentElement.scrollWidth > innerWidth, wide.map((part) => part.outerHTML.slice(0, 80))];
}"""


class Page:
    """A page in an engine, and what is declared to be on it."""

    def __init__(self, engine, explorers):
        self.engine = engine
        self.explorers = explorers

    def inputs(self, kind):
        """The id of its explorer and the place of each input of a kind."""
        return [(id, i) for id in self.explorers for i in range(self.engine.evaluate(COUNT, [id, kind]))]

    def reset(self, id):
        self.engine.click(self.engine.evaluate(BUTTON, [f"#{id} .sp-tools button", "Reset"]))

    def shown(self, id, kind, i, focus=False):
        return SimpleNamespace(**self.engine.evaluate(SHOWN, [id, kind, i, focus]))

    def moved_by_keyboard(self, id, kind, i):
        before = self.shown(id, kind, i, focus=True)
        keys = {"checkbox": "Space", "range": "ArrowRight" if before.value < before.high else "ArrowLeft"}
        assert before.focused
        self.engine.press(keys[before.type])
        return before, self.shown(id, kind, i)


@pytest.fixture(scope="module")
def loaded(request, engine_named, listening_site):
    """A page, opened by a link to its first explorer with the first slider at its other end."""
    name, path = request.param
    engine, explorers = engine_named(name), PAGES[path]
    id, declaration = next(iter(explorers.items()))
    slider = declaration["sliders"][0]
    last = len(slider["values"]) - 1
    position = last if slider["start"] < last else 0
    engine.open(f"{listening_site}/{path}#{id}?{slider['symbol']}={slider['values'][position]}", WIDTH)
    engine.wait_for(READY)
    page = Page(engine, explorers)
    page.link = [id, slider["symbol"], position]
    return page


@pytest.fixture
def page(loaded):
    yield loaded
    complaints = loaded.engine.complaints()
    assert not complaints, "\n".join(complaints)


@on_every_page
def test_every_explorer_comes_to_life(page):
    assert page.engine.evaluate(ALIVE) == list(page.explorers)


@on_every_page
def test_link_restores_its_setting_and_lands(page):
    page.engine.wait_for(LANDED, page.link)


@on_every_page
def test_every_slider_moves_its_chart_by_keyboard(page):
    for id, i in page.inputs(SLIDERS):
        before, after = page.moved_by_keyboard(id, SLIDERS, i)
        assert after.value != before.value, (id, before.name)
        assert after.chart != before.chart, (id, before.name)


@on_every_page
def test_a_slider_of_every_explorer_is_dragged(page):
    for id, i in page.inputs(SLIDERS):
        if i:
            continue
        before = page.shown(id, SLIDERS, i, focus=True)
        x, y, width, height = before.box
        part = (before.value - before.low) / (before.high - before.low)
        thumb = x + 9 + part * (width - 18), y + height / 2
        page.engine.drag(thumb, (x + width * (0.2 if part > 0.5 else 0.8), y + height / 2))
        after = page.shown(id, SLIDERS, i)
        assert after.value != before.value, (id, before.name)
        assert after.chart != before.chart, (id, before.name)


@on_pages_with_pictures
def test_switches_and_handles_follow_the_keyboard(page):
    controls = page.inputs(CONTROLS)
    assert {id for id, _ in controls} == {id for id, declaration in page.explorers.items() if "scene" in declaration}
    for id in page.explorers:
        page.reset(id)
    for id, i in controls:
        if not page.engine.space_flips and page.shown(id, CONTROLS, i).type == "checkbox":
            continue
        before, after = page.moved_by_keyboard(id, CONTROLS, i)
        assert after.value != before.value, (id, before.name)
        assert after.chart != before.chart, (id, before.name)


@on_pages_with_pictures
def test_switches_and_handles_follow_the_pointer(page):
    for id in page.explorers:
        page.reset(id)
    for id, i in page.inputs(CONTROLS):
        page.reset(id)  # or one would lie on another
        before = page.shown(id, CONTROLS, i, focus=True)
        x, y, width, height = before.box
        centre = x + width / 2, y + height / 2
        left, top, wide, high = before.picture
        across = left + wide / 2 + (80 if centre[0] < left + wide / 2 else -80), top + high / 2
        page.engine.drag(centre, centre if before.type == "checkbox" else across)
        after = page.shown(id, CONTROLS, i)
        assert after.value != before.value, (id, before.name)
        assert after.chart != before.chart, (id, before.name)


@on_pages_that_draw
def test_draw_one_answers(page):
    for id, declaration in page.explorers.items():
        if "one" not in declaration.get("draws", ()):
            continue
        page.engine.click(page.engine.evaluate(BUTTON, [f"#{id} button", "Draw one"]))
        page.engine.wait_for(
            "(id) => /^Drawn with seed \\d+: /.test(document.querySelector(`#${id} .sp-result`).innerText)", id
        )


@on_every_page
def test_switch_turns_the_page_and_its_explorers_dark_and_light(page):
    seen = []
    for _ in range(3):
        page.engine.click(page.engine.evaluate(BUTTON, ["button.mode", ""]))
        seen.append(page.engine.evaluate(COLOURS))
    found = dict((theme, colours) for theme, *colours in seen)
    assert set(found) == {"light", "dark"}
    assert not set(found["light"]) & set(found["dark"])


@on_every_page
def test_nothing_is_wider_than_the_narrowest_window(page):
    try:
        page.engine.resize(page.engine.narrowest)
        assert page.engine.evaluate(TOO_WIDE) == [page.engine.narrowest, False, []]
    finally:
        page.engine.resize(WIDTH)

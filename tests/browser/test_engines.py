"""The explorers and pictures of every page in Firefox and WebKit. A page is loaded once; all is tried on it."""

import os
import pathlib
from types import SimpleNamespace

import pytest
from engines import ENGINES, FRAME, LISTENING, PATIENCE, installed
from playwright.sync_api import Error

from conftest import ALL_LAID_OUT, BUILT, QuietHandler
from tests.stored import DECLARATIONS
from tools import chromium

WIDTH, NARROW = 1280, 390
TRIED = os.environ.get("ENGINES", "firefox,webkit").split(",")
PAGES = {}
for (path, id), declaration in DECLARATIONS:
    PAGES.setdefault(path, {})[id] = declaration


def places(wanted):
    """Each engine on each page that has an explorer of the wanted kind."""
    found = [path for path, explorers in PAGES.items() if any(map(wanted, explorers.values()))]
    params = [pytest.param((engine, path), id=f"{engine}-{path}") for engine in TRIED for path in found]
    assert params
    return pytest.mark.parametrize("loaded", params, indirect=True, scope="module")


def is_held(declaration):
    """Whether there is anything in its picture to take hold of."""
    scene = declaration.get("scene", {})
    return bool(scene.get("handles") or scene.get("switches"))


on_every_page = places(lambda declaration: True)
on_pages_with_pictures = places(is_held)
on_pages_that_run = places(lambda declaration: "run" in declaration.get("draws", ()))
on_pages_that_draw = places(lambda declaration: "one" in declaration.get("draws", ()))


class Listening(QuietHandler):
    """Serves the site with its pages' complaints kept."""

    def do_GET(self):
        path = pathlib.Path(self.translate_path(self.path))
        if path.suffix != ".html" and self.path != "/frame":
            return super().do_GET()
        page = FRAME if self.path == "/frame" else path.read_text(encoding="utf-8")
        page = page.replace("<head>", f"<head>{LISTENING}", 1).encode()
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
COUNT = """([id, kind]) => {
  const figure = document.getElementById(id);
  figure.querySelector(".sp-tools button:last-child").click();
  return figure.querySelectorAll(kind).length;
}"""
# What the tests do on a page: hold an input in sight and remember how all stands, and see it move from there.
HANDS = """() => {
  const frame = () => new Promise(requestAnimationFrame);
  const value = ({ type, checked, value }) => (type === "checkbox" ? Number(checked) : Number(value));
  const chart = (figure) => figure.querySelector("svg.sp-plot").outerHTML.replace(/plot-(clip|marker)-\\d+|sp-\\d+-/g, "");
  const rectangle = (part) => {
    const { x, y, width, height } = part.getBoundingClientRect();
    return [x, y, width, height];
  };
  // It is in sight when it no longer moves, and painted.
  async function inSight(part) {
    let before;
    do {
      before = String(rectangle(part));
      part.scrollIntoView({ block: "center", behavior: "instant" });
      await frame();
    } while (before !== String(rectangle(part)));
    await frame();
  }
  let held, released = 0;
  addEventListener("pointerup", () => { released += 1; }, true);
  window.hands = {
    released: () => released,
    async hold([id, kind, i, anew]) {
      const figure = document.getElementById(id);
      if (anew) figure.querySelector(".sp-tools button:last-child").click();
      const input = figure.querySelectorAll(kind)[i];
      input.focus({ preventScroll: true });
      await inSight(input);
      held = { figure, input, value: value(input), chart: chart(figure) };
      return {
        value: held.value, low: Number(input.min), high: Number(input.max), type: input.type, name: input.name,
        box: rectangle(input), picture: rectangle(figure.querySelector("svg.sp-plot")), focused: document.activeElement === input,
      };
    },
    async moved(patience) {
      const { figure, input } = held;
      const seen = () => [value(input) !== held.value, chart(figure) !== held.chart];
      for (const end = performance.now() + patience; performance.now() < end && seen().includes(false); ) await frame();
      return seen();
    },
    async find([where, words]) {
      const button = [...document.querySelectorAll(where)].find((button) => button.textContent.includes(words));
      let centre;
      do {  // a click would miss what lies under something else
        await inSight(button);
        const [x, y, width, height] = rectangle(button);
        centre = [x + width / 2, y + height / 2];
      } while (!button.contains(document.elementFromPoint(...centre)));
      return centre;
    },
  };
}"""
COLOURS = """() => [document.documentElement.dataset.mode, document.documentElement.dataset.theme,
  getComputedStyle(document.documentElement).colorScheme, getComputedStyle(document.body).color,
  getComputedStyle(document.querySelector("figure.sp-ready")).backgroundColor]"""
TOO_WIDE = """() => {
  const wide = [...document.querySelectorAll("figure.sp-explorer :not(svg *)")].filter((part) =>
    part.checkVisibility() && part.getBoundingClientRect().right > innerWidth + 0.5);
  return [document.documentElement.scrollWidth > innerWidth, wide.map((part) => part.outerHTML.slice(0, 80))];
}"""
# Its charts are drawn anew in the frames that follow.
AS_WIDE = """async (width) => {
  for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
  return innerWidth === width;
}"""


class Page:
    """A page in an engine, and what is declared to be on it."""

    def __init__(self, engine, explorers):
        self.engine = engine
        self.explorers = explorers

    def inputs(self, kind):
        """The id of its explorer and the place of each input of a kind, in the explorer's first setting."""
        return [(id, i) for id in self.explorers for i in range(self.engine.evaluate(COUNT, [id, kind]))]

    def resize(self, width):
        self.engine.resize(width)
        self.engine.wait_for(AS_WIDE, width)

    def hold(self, id, kind, i, anew=False):
        """Take the focus to an input, in its explorer's first setting if `anew`, and say where it is and what it shows."""
        return SimpleNamespace(**self.engine.evaluate("(which) => hands.hold(which)", [id, kind, i, anew]))

    def moves(self, held):
        """Whether what is held comes to move itself and its chart."""
        value, chart = self.engine.evaluate("(patience) => hands.moved(patience)", 1000 * PATIENCE / 4)
        assert value, f"{held.name} keeps its value"
        assert chart, f"{held.name} leaves the chart alone"

    def moves_by_keyboard(self, held):
        assert held.focused, held.name
        arrow = "ArrowRight" if held.value < held.high else "ArrowLeft"
        self.engine.press("Space" if held.type == "checkbox" else arrow)
        self.moves(held)

    def drag(self, start, end):
        """Take hold at one point, let go at another, and leave. A busy browser sees the hand after it was moved."""
        before = self.engine.evaluate("() => hands.released()")
        self.engine.drag(start, end)
        self.engine.wait_for("(before) => hands.released() > before", before)
        self.engine.leave()

    def moves_by_pointer(self, held, start, end):
        self.drag(start, end)
        self.moves(held)

    def click(self, where, words=""):
        point = self.engine.evaluate("(what) => hands.find(what)", [where, words])
        self.drag(point, point)


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
    engine.evaluate(HANDS)
    engine.leave()
    page = Page(engine, explorers)
    page.link = [id, slider["symbol"], position]
    return page


@pytest.fixture
def page(loaded):
    if loaded.engine.evaluate("() => innerWidth") != WIDTH:
        loaded.resize(WIDTH)
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
        page.moves_by_keyboard(page.hold(id, SLIDERS, i))


@on_every_page
def test_a_slider_of_every_explorer_is_dragged(page):
    for id, i in page.inputs(SLIDERS):
        if i:
            continue
        held = page.hold(id, SLIDERS, i)
        x, y, width, height = held.box
        part = (held.value - held.low) / (held.high - held.low)
        thumb = x + 9 + part * (width - 18), y + height / 2
        page.moves_by_pointer(held, thumb, (x + width * (0.2 if part > 0.5 else 0.8), y + height / 2))


@on_pages_with_pictures
def test_switches_and_handles_follow_the_keyboard(page):
    controls = page.inputs(CONTROLS)
    assert {id for id, _ in controls} == {id for id, declaration in page.explorers.items() if is_held(declaration)}
    for id, i in controls:
        held = page.hold(id, CONTROLS, i, anew=True)
        if page.engine.space_flips or held.type != "checkbox":
            page.moves_by_keyboard(held)


@on_pages_with_pictures
def test_switches_and_handles_follow_the_pointer(page):
    for id, i in page.inputs(CONTROLS):
        held = page.hold(id, CONTROLS, i, anew=True)  # or one would lie on another
        x, y, width, height = held.box
        centre = x + width / 2, y + height / 2
        left, top, wide, high = held.picture
        across = left + wide / 2 + (80 if centre[0] < left + wide / 2 else -80), top + high / 2 - min(high / 8, 50)
        page.moves_by_pointer(held, centre, centre if held.type == "checkbox" else across)


@on_pages_that_draw
def test_draw_one_answers(page):
    for id, declaration in page.explorers.items():
        if "one" not in declaration.get("draws", ()):
            continue
        page.click(f"#{id} button", "Draw one")
        page.engine.wait_for(
            "(id) => /^Drawn with seed \\d+: /.test(document.querySelector(`#${id} .sp-result`).innerText)", id
        )


@on_every_page
def test_switch_turns_the_page_and_its_explorers_dark_and_light(page):
    found = {}
    for _ in range(3):
        mode, theme, *colours = page.engine.evaluate(COLOURS)
        found[theme] = colours
        if len(found) == 2:
            break
        page.click("button.mode")
        page.engine.wait_for("(mode) => document.documentElement.dataset.mode !== mode", mode)
    assert set(found) == {"light", "dark"}
    assert not set(found["light"]) & set(found["dark"])


@on_every_page
def test_nothing_is_wider_than_a_phone(page):
    page.engine.evaluate(
        "(style) => { document.head.append(Object.assign(document.createElement('style'), { textContent: style })); }",
        ALL_LAID_OUT,
    )
    page.resize(NARROW)
    assert page.engine.evaluate(TOO_WIDE) == [False, []]


# Brackets that begin a formula's small print, left of where that begins: on what it belongs to.
OUTDENTED = """() => [...document.querySelectorAll("article .msupsub .vlist-t")].filter((print) => {
  const first = document.createTreeWalker(print, NodeFilter.SHOW_TEXT).nextNode(), bracket = new Range();
  if (!/^[([]/.test(first?.data ?? "") || !print.checkVisibility()) return false;
  bracket.setStart(first, 0);
  bracket.setEnd(first, 1);
  const { left, width } = bracket.getBoundingClientRect();
  return width && left < print.getBoundingClientRect().left - 1;
}).map((print) => print.closest(".katex").querySelector("annotation")?.textContent ?? print.textContent)"""


@on_every_page
def test_no_bracket_of_a_formula_hangs_over_what_it_stands_behind(page):
    assert page.engine.evaluate(OUTDENTED) == []


@on_pages_that_run
def test_what_is_let_run_takes_its_steps(page):
    for id, declaration in page.explorers.items():
        run = declaration.get("draws", {}).get("run")
        if run is None:
            continue
        page.click(f"#{id} button", f"{run['step']:,} {run['unit']}")
        page.engine.wait_for(
            "(id) => / taken, seed \\d+\\.$/.test(document.querySelector(`#${id} .sp-result`).innerText)", id
        )


def test_an_absent_engine_names_its_package():
    def nothing(**program):
        raise Error("Executable doesn't exist")

    with pytest.raises(FileNotFoundError, match="apt-get install chromium-headless-shell"):
        chromium.launch(SimpleNamespace(chromium=SimpleNamespace(launch=nothing)), [], preferred=())
    with pytest.raises(pytest.fail.Exception, match="apt-get install firefox-esr"):
        installed(None, "Firefox", "firefox-esr")

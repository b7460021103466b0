"""The explorer in a document, without a browser: what its controls do, and in which order.

The document is linkedom's, in V8; clocks and frames are run by hand. What a browser paints is tested in tests/browser.
"""

import json
import re

import pytest
from py_mini_racer import MiniRacer

from superposition.explorer import module_source
from tests.v8 import ADDRESS
from theme.stills import DOCUMENT

MARKS = [
    {"type": "curve", "y": {"of": ["l", "n"], "js": "l/n"}, "label": "a *curve*", "series": 1},
    {"type": "samples", "points": [{"at": {"n": 4}, "x": 1, "y": 0.5, "se": 0.1}], "label": "found", "series": 2, "spread": 2, "here": True},
    {"type": "rule", "y": 0.5, "series": 0, "dash": 3},
]  # fmt: skip
DECLARATION = {
    "id": "demo",
    "title": "A *title*",
    "caption": "A caption.",
    "sliders": [
        {"symbol": "l", "letter": "l", "label": "active features", "values": [1, 2, 4], "start": 1, "noted": [1], "unit": "features"},
        {"symbol": "n", "letter": "n", "label": "neurons", "values": [4, 8, 16, 32], "start": 0, "noted": [], "unit": "",
         "inside": "n >= 2*l"},
    ],
    "x": {"symbol": "l", "low": 1, "high": 4, "scale": "linear", "label": "*l*"},
    "y": {"low": 0, "high": 1, "scale": "linear", "label": "share"},
    "marks": MARKS,
    "readouts": [{"label": "share", "value": {"of": ["l", "n"], "js": "l/n"}, "unit": ""}],
    "text": [{"template": "{l} of {n}.", "values": {}}],
}  # fmt: skip
PAGE = """
var timers, frames, watched, written, landed, html = '<figure class="sp-explorer" id="demo"><p class="sp-title">t</p><p class="sp-text"></p></figure>';
function page() {
  ({ document: globalThis.document } = linkedom.parseHTML(html));
  document.fonts = { ready: { then: (f) => f() } };
  [timers, frames, written, landed, watched] = [[], [], [], 0, undefined];
  globalThis.setTimeout = (f, after) => timers.push({ f, after });
  globalThis.clearTimeout = (i) => { if (i) timers[i - 1] = undefined; };
  globalThis.requestAnimationFrame = (f) => frames.push(f);
  globalThis.ResizeObserver = class {
    constructor(f) { this.f = f; watched = this; }
    observe(node) { this.node = node; }
    disconnect() { this.node = undefined; }
  };
  const location = { hash: "", href: "https://book.example/page.html#old" };
  globalThis.window = {
    document, location, listening: {}, scrollY: 0,
    addEventListener(name, f, { signal } = {}) {
      this.listening[name] = f;
      signal?.addEventListener("abort", () => this.removeEventListener(name, f));
    },
    removeEventListener(name, f) { if (this.listening[name] === f) delete this.listening[name]; },
  };
  globalThis.history = { state: null, replaceState: (state, title, address) => { written.push(address); location.hash = address; } };
  globalThis.AbortController = class {
    ended = [];
    signal = { aborted: false, addEventListener: (name, f) => this.ended.push(f) };
    abort() { this.signal.aborted = true; this.ended.splice(0).forEach((f) => f()); }
  };
  globalThis.navigator = {};
  globalThis.URL = class { constructor(text) { this.hash = text.slice(text.indexOf("#")); } };
}
function rest() { const due = timers; timers = []; due.forEach((one) => one?.f()); }
function frame() { const due = frames; frames = []; due.forEach((f) => f()); }
function begin(declaration, model, width = 500.7) {
  page();
  const figure = document.querySelector("figure");
  figure.scrollIntoView = () => { landed += 1; window.scrollY = 100; };
  const explorer = new Explorer(figure, declaration, model);
  explorer.chart.getBoundingClientRect = () => ({ width });
  Object.defineProperty(explorer.text, "offsetHeight", { value: 40 });
  let painted = 0;
  const paint = explorer.paint;
  explorer.paint = function () { painted += 1; paint.call(this); };
  explorer.paintings = () => painted;
  return explorer;
}
function model() {
  return { sent: [], send(message) { this.sent.push(message); }, on(name, f) { this.receive = f; }, off(name, f) { if (f === this.receive) this.receive = undefined; } };
}
function press(node, name, key) { node.dispatchEvent(Object.assign(new (node.ownerDocument.defaultView.Event)(name, { bubbles: true }), { key })); }
"""


@pytest.fixture(scope="module")
def engine():
    context = MiniRacer()
    context.eval(DOCUMENT.read_text(encoding="utf-8"))
    context.eval(ADDRESS)
    source = re.sub(r"^export (\{[^}]*\};?|default .*)$", "", module_source(), flags=re.MULTILINE)
    context.eval(re.sub(r"^export ", "", source, flags=re.MULTILINE) + PAGE)
    return context


@pytest.fixture
def script(engine):
    """Runs statements on the demonstration, and gives what they return."""

    def run(code, **changes):
        declaration = json.dumps(DECLARATION | changes)
        return json.loads(
            engine.eval(f"JSON.stringify((() => {{ const declaration = {declaration}; {code} }})() ?? null)")
        )

    return run


BEGUN = "const explorer = begin(declaration); explorer.start();"
LIVE = "const m = model(); const explorer = begin(declaration, m); explorer.start();"


def test_chart_is_drawn_once_its_width_is_known_and_whole(script):
    found = script(BEGUN + "return [explorer.width, explorer.paintings(), watched.node === explorer.chart]")
    assert found == [500, 1, True]
    assert script(BEGUN + "watched.f(); return explorer.paintings()") == 1
    assert script(BEGUN + "explorer.width = 400; watched.f(); return [explorer.paintings(), explorer.width]") == [
        2,
        500,
    ]
    hidden = "const explorer = begin(declaration, undefined, %s); explorer.start(); return explorer.paintings()"
    assert [script(hidden % width) for width in (0, 0.9, 1)] == [0, 0, 1]
    assert (
        script(
            "const explorer = begin(declaration, undefined, 0); explorer.paint(); return explorer.chart.childNodes.length"
        )
        == 0
    )


def test_sliders_say_their_place_range_and_value(script):
    read = "return explorer.inputs.map(({ input, output, track }) => [...['min', 'max', 'step', 'aria-valuetext'].map((name) => input.getAttribute(name)), "
    read += (
        "output.textContent, ...['--sp-low', '--sp-span'].map((name) => Number(track.style.getPropertyValue(name)))])"
    )
    assert script(BEGUN + read) == [
        ["0", "2", "1", "l = 2 features", "2", 0, 1],
        ["0", "3", "1", "n = 4", "4", 0, 1],
    ]
    assert script(BEGUN + "explorer.moved(0, 2);" + read) == [
        ["0", "2", "1", "l = 4 features", "4", 0, 1],
        ["1", "3", "1", "n = 8", "8", pytest.approx(1 / 3), pytest.approx(2 / 3)],
    ]
    assert script(
        BEGUN + "return [...document.querySelectorAll('.sp-note')].map((note) => note.getAttribute('style'))"
    ) == ["--sp-at: 0.5"]
    one = [
        DECLARATION["sliders"][0] | {"values": [3], "start": 0, "noted": [0]},
        DECLARATION["sliders"][1] | {"start": 1},
    ]
    assert (
        script(BEGUN + "return document.querySelector('.sp-note').getAttribute('style')", sliders=one) == "--sp-at: 0"
    )
    assert script(BEGUN + read + "[0].slice(-2)", sliders=one) == [0, 0]


def test_slider_that_stays_is_not_written_again(script):
    written = "let n = 0; const { output } = explorer.inputs[1]; Object.defineProperty(output, 'textContent', { set: () => { n += 1; } });"
    assert script(BEGUN + written + "explorer.paint(); return n") == 0
    assert script(BEGUN + written + "explorer.moved(1, 2); return n") == 1


def test_changes_within_one_frame_are_painted_in_two(script):
    moved = BEGUN + "explorer.moved(0, 0); explorer.moved(1, 1); explorer.moved(1, 2);"
    assert script(moved + "return [explorer.paintings(), frames.length]") == [2, 1]
    assert script(moved + "frame(); return [explorer.paintings(), frames.length]") == [3, 1]
    assert script(moved + "frame(); frame(); return [explorer.paintings(), frames.length]") == [3, 0]
    assert script(BEGUN + "explorer.moved(0, 0); frame(); explorer.moved(0, 1); return explorer.paintings()") == 3


def test_words_and_address_follow_when_the_hand_rests(script):
    moved = BEGUN + "explorer.moved(0, 0);"
    said = "return [explorer.text.textContent, written]"
    assert script(moved + said) == ["2 of 4.", []]
    assert script(moved + "return timers.filter(Boolean).map(({ after }) => after)") == [250]
    assert script(moved + "rest();" + said) == ["1 of 4.", ["#demo?l=1&n=4"]]
    held = BEGUN + "press(explorer.figure, 'keydown', 'ArrowLeft'); explorer.moved(0, 0); rest();"
    assert script(held + said) == ["2 of 4.", []]
    for end in ("keyup", "focusout"):
        assert script(held + f"press(explorer.figure, '{end}'); rest();" + said) == ["1 of 4.", ["#demo?l=1&n=4"]]
    assert script(LIVE + "explorer.moved(0, 0); rest();" + said) == ["1 of 4.", []]


def test_same_words_are_not_said_again_and_keep_their_room(script):
    counted = "let n = 0; explorer.text.replaceChildren = () => { n += 1; }; "
    said = "explorer.say(); return [n, explorer.text.style.minHeight]"
    assert script(BEGUN + counted + said) == [0, ""]
    assert script(BEGUN + counted + "explorer.state.move(0, 0);" + said) == [1, "40px"]


def test_an_explorer_in_a_section_that_is_not_laid_out_asks_for_no_width_and_is_drawn_with_it(script):
    far = (
        "const explorer = begin(declaration), asked = [], failures = []; explorer.chart.checkVisibility = (options) => { asked.push(options); return false; };"
        "const fail = (error) => failures.push(error.message); explorer.start(fail);"
        "const shows = () => [explorer.width ?? null, explorer.chart.childNodes.length, explorer.inputs[0].output.textContent];"
    )
    assert script(far + "return [shows(), asked]") == [[None, 0, "2"], [{"contentVisibilityAuto": True}]]
    assert script(far + "watched.f(); return [shows(), failures]") == [[500, 1, "2"], []]
    broken = "explorer.drawn = () => { throw new Error('no'); }; watched.f(); return failures"
    assert script(far + broken) == ["no"]


def test_reset_returns_to_the_first_setting(script):
    buttons = "const [copy, reset] = document.querySelectorAll('.sp-tools button'); "
    assert script(BEGUN + buttons + "return [copy.textContent, reset.textContent]") == ["Copy link", "Reset"]
    assert script(BEGUN + buttons + "explorer.moved(0, 0); press(reset, 'click'); return explorer.state.values") == {
        "l": 2,
        "n": 4,
    }
    assert script(LIVE + "return [...document.querySelectorAll('.sp-tools button')].map((b) => b.textContent)") == [
        "Reset"
    ]


def test_address_that_names_a_setting_is_followed(script):
    came = BEGUN + "window.listening.hashchange({ newURL: 'https://book.example/page.html#%s' });"
    read = "return [explorer.state.values, written, landed, explorer.text.textContent]"
    assert script(came % "demo?l=1&n=16" + read) == [{"l": 1, "n": 16}, ["#demo?l=1&n=16"], 1, "1 of 16."]
    assert script(came % "other?l=1" + read) == [{"l": 2, "n": 4}, [], 0, "2 of 4."]
    same = BEGUN + "window.location.hash = '#demo?l=1&n=16'; window.listening.hashchange();"
    assert script(same + read) == [{"l": 1, "n": 16}, [], 1, "1 of 16."]
    away = BEGUN + "document.fonts.ready.then = (f) => { window.scrollY = 7; f(); }; "
    assert script(away + "window.listening.hashchange({ newURL: '#demo?l=1' }); return landed") == 1
    assert script(LIVE + "return Object.keys(window.listening)") == []


def test_setting_about_to_be_written_gives_way_to_the_address(script):
    moved = (
        BEGUN + "explorer.moved(0, 0); window.listening.hashchange({ newURL: '#demo?l=4&n=8' }); rest(); return written"
    )
    assert script(moved) == ["#demo?l=4&n=8"]


def test_link_is_copied_or_left_in_the_address_bar(script, engine):
    for clipboard, said in (
        ("undefined", "The link is in the address bar"),
        ("{ writeText: (text) => { copied = text; return Promise.resolve(); } }", "Link copied"),
        ("{ writeText: () => Promise.reject(new Error()) }", "The link is in the address bar"),
    ):
        script(
            f"{BEGUN} globalThis.kept = explorer; globalThis.copied = ''; navigator.clipboard = {clipboard}; explorer.copyLink();"
        )
        assert script("return [kept.status.textContent, written]") == [said, ["#demo?l=2&n=4"]]
        assert script("return [timers[0].after, (rest(), kept.status.textContent)]") == [4000, ""]
        if said == "Link copied":
            assert script("return copied") == "https://book.example/page.html#demo?l=2&n=4"


def test_legend_names_marks_and_shows_found_ones_when_they_are_found(script):
    lines = "const lines = () => [...document.querySelectorAll('.sp-legend > li')].map((li) => [li.textContent, li.hasAttribute('hidden')]); "
    assert script(BEGUN + lines + "return lines()") == [["a curve", False], ["found", True]]
    point = "[{ at: { n: 4 }, x: 2, y: 0.4, se: 0.1 }]"
    assert script(BEGUN + lines + f"explorer.find(1, {point}, true); return lines()[1]") == ["found", False]
    twice = f"explorer.find(1, {point}, %s); explorer.find(1, {point}, %s); return explorer.found.get(1).length"
    assert [script(BEGUN + twice % (join, join)) for join in ("true", "false")] == [2, 1]
    assert script(BEGUN + f"explorer.find(2, {point}, true); return explorer.paintings()") == 2
    assert script(BEGUN + "return document.querySelector('.sp-legend')", marks=[MARKS[2]]) is None


def swatch(script, **mark):
    """Tags, boxes and attributes of one line of the legend."""
    read = "return [...document.querySelectorAll('.sp-legend li > * *, .sp-legend li > svg')].map((node) => "
    read += (
        "({ tag: node.tagName, ...Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value])) }))"
    )
    frame, *parts = script("begin(declaration);" + read, marks=[{"label": "x", "series": 2} | mark])
    assert frame["viewBox"] == f"0 0 {frame['width']} {frame['height']}" == "0 0 24 14"
    for part in parts:
        assert part.get("stroke-width", "2") in ("1.75", "2", "2.5"), "as thick as in the chart"
    return parts


@pytest.mark.parametrize("type", ["area", "bars", "tiles"])
def test_swatch_of_a_surface_is_in_the_middle_of_its_box(script, type):
    ((box),) = swatch(script, type=type)
    x, y, width, height = (float(box[name]) for name in ("x", "y", "width", "height"))
    assert (x + width / 2, y + height / 2) == (12, 7)
    assert width >= 10 <= height
    assert box["fill"] == "var(--sp-series-2)"
    assert type != "area" or 0 < float(box["fill-opacity"]) < 1


def test_swatch_looks_like_its_mark(script):
    (disc,) = swatch(script, type="discs", hollow=True)
    assert [disc[name] for name in ("cx", "cy", "fill")] == ["12", "7", "none"]
    assert float(disc["r"]) == 5
    assert swatch(script, type="tiles", hollow=True)[0]["fill"] == "none"
    assert swatch(script, type="discs")[0]["fill"] == "var(--sp-series-2)"
    level, upright = swatch(script, type="rule", y=1)[0], swatch(script, type="rule", x=1)[0]
    assert (level["d"], upright["d"]) == ("M0,7h24", "M12,0v14")
    (head,) = swatch(script, type="curve", head=True)
    assert "M16,3" in head["d"]
    assert "stroke-dasharray" not in head
    assert swatch(script, type="curve", filled=True)[0]["tag"].lower() == "rect"
    whole, bars = (swatch(script, type="samples", spread=spread) for spread in (0, 2))
    assert [parts[1]["d"] for parts in (whole, bars)] == ["", "M12,0v14M9,.5h6M9,13.5h6"]


def test_swatches_tell_series_apart_by_dash_and_shape(script):
    def dash(**mark):
        return swatch(script, type="curve", **mark)[0]["stroke-dasharray"]

    assert [dash(series=series) for series in (0, 1, 2, 3)] == ["none", "none", "9 4", "2 4"]
    assert dash(series=2, dash=1) == "none"
    assert dash(series=2, dash=4) == "12 4 2 4"
    shapes = [swatch(script, type="dot", series=series)[0]["d"] for series in range(8)]
    assert len(set(shapes)) == 6
    assert shapes[0] == shapes[1] == shapes[7]
    assert shapes[1].endswith("4.5,4.5 0 1,0 .01,0z"), "the first is round"


def test_shades_of_cells_are_named_by_their_ends(script):
    cells = {"type": "cells", "label": "x", "series": 3, "over": [["i", 1, 2], ["k", 1, 2]], "value": 1}
    read = "begin(declaration); return [...document.querySelector('.sp-ramp').childNodes].map((node) => node.textContent || node.getAttribute('style'))"
    assert script(read, marks=[cells | {"low": 1, "high": 5}]) == ["1", "--sp-ramp: var(--sp-series-3)", "5"]
    unknown = cells | {"low": {"of": [], "js": "1"}, "high": 5}
    assert script(read.replace("|| node.getAttribute('style')", "?? ''"), marks=[unknown]) == ["", "", "5"]


def test_explorers_without_an_id_are_told_apart_by_their_number(script):
    anonymous = "html = html.replace(' id=\"demo\"', ''); try { %s } finally { html = html.replace('<figure', '<figure id=\"demo\"'); }"
    two = "delete globalThis[counter]; return [begin(declaration).own('clip'), begin(declaration).own('clip')]"
    assert script(anonymous % two) == ["sp-1-clip", "sp-2-clip"]
    assert script("return begin(declaration).own('clip')") == "sp-demo-clip"


def test_picture_is_named_by_title_and_words(script):
    read = "const drawn = explorer.chart.firstChild; return ['role', 'aria-labelledby', 'aria-describedby'].map((name) => drawn.getAttribute(name))"
    assert script(BEGUN + read) == ["img", "sp-demo-title", "sp-demo-text"]
    shape = "begin(declaration); const picture = document.querySelector('.sp-picture'); return [picture.className, picture.getAttribute('style')]"
    assert script(shape) == ["sp-picture", None]
    assert script(shape, aspect=0.75) == ["sp-picture sp-square", "--sp-aspect: 0.75"]


def test_head_takes_the_place_of_the_title_or_of_the_head_before_it(script):
    heads = "document.querySelectorAll('.sp-head').length, document.querySelectorAll('.sp-title').length"
    assert script(f"begin(declaration); return [{heads}]") == [1, 1]
    again = f"const explorer = begin(declaration); explorer.build(); return [{heads}, document.querySelectorAll('.sp-chart').length]"
    assert script(again) == [1, 1, 1]


SIMULATED = {"simulate": {"label": "Simulate", "seed": 7}}
CONTROLS = "const [start, cancel] = document.querySelectorAll('.sp-run button'); const progress = document.querySelector('progress'); "
CONTROLS += "const numbers = document.querySelector('.sp-run input'); const off = () => [Boolean(start.disabled), Boolean(cancel.hidden), Boolean(progress.hidden)]; "


def test_simulation_is_offered_where_there_is_a_kernel_to_run_it(script):
    there = "return document.querySelectorAll('.sp-simulate').length"
    assert script(LIVE + there, **SIMULATED) == 1
    assert script(BEGUN + there, **SIMULATED) == 0
    assert script(LIVE + there) == 0
    read = "return [['min', 'max', 'step', 'value'].map((name) => Number(numbers.getAttribute(name))), ['max', 'value'].map((name) => Number(progress.getAttribute(name))), off()]"
    assert script(LIVE + CONTROLS + read, **SIMULATED) == [[0, 2**31 - 1, 1, 7], [1, 0], [False, True, True]]


def test_simulation_runs_with_the_setting_and_a_seed(script):
    press = "numbers.value = '%s'; progress.value = 0.5; press(start, 'click'); return [m.sent, off(), progress.value]"
    for text, seed in (("12", 12), ("-3", 0), ("2.7", 2), ("many", 0), ("", 0)):
        sent = [{"type": "simulate", "values": {"l": 2, "n": 4}, "seed": seed}]
        assert script(LIVE + CONTROLS + press % text, **SIMULATED) == [sent, [True, False, False], 0]
    assert script(LIVE + CONTROLS + "press(cancel, 'click'); return m.sent", **SIMULATED) == [{"type": "cancel"}]


FOUND = "Simulated share at <i>l</i> = 2, <i>n</i> = 4: 0.50 ± 0.10 (one standard error, seed 1)."


def test_simulation_shows_progress_and_then_its_point(script):
    started = LIVE + CONTROLS + "press(start, 'click'); "
    assert script(started + "m.receive({ type: 'progress', done: 0.25 }); return [progress.value, off()]", **SIMULATED) == [
        0.25, [True, False, False],
    ]  # fmt: skip
    point = (
        "m.receive({ type: '%s', sentence: 'It failed.', told: { quantity: 'share', seed: 1 }, mark: 1, "
        "point: { at: { l: 2, n: 4 }, x: 2, y: 0.5, se: 0.1 } }); "
    )
    read = "return [off(), document.querySelector('.sp-result').innerHTML, explorer.found.get(1)?.length ?? 0]"
    assert script(started + point % "point" + read, **SIMULATED) == [[False, True, True], FOUND, 1]
    assert script(started + point % "point" + point % "point" + read, **SIMULATED)[-1] == 2
    assert script(started + point % "error" + read, **SIMULATED)[-1] == 0


# what draws.js gives a page, with numbers known beforehand: v runs through 1, 2, 3, 6
STUB = """
globalThis.clock = globalThis.step = 0;
globalThis.performance = { now: () => clock };
globalThis.asked = [];
globalThis.superpositionDraws = {
  drawing(steps, seed, compile) {
    asked.push(["drawing", steps, seed, compile("a - b", ["a", "b"])(5, 2)]);
    let drawn = 0;
    return function* (scope) {
      asked.push({ ...scope });
      scope.v = [1, 2, 3, 6][drawn++ % 4];
      clock += step;
      yield;
      clock += step;
      yield;
    };
  },
  sampler(steps, seed) {
    asked.push(["sampler", steps, seed]);
    return (given) => ({ ...given, w: [1, 2, 4], v: 5, last: given.t });
  },
  async crossing(run, search) {
    const { mean, error } = await run(7, 4);
    asked.push([{ ...search, place: search.place(9) }, mean, error]);
    return { at: 2, error: 0.25 };
  },
};
"""
_FOUND_MARK = {"type": "samples", "points": [], "label": "here", "series": 0, "spread": 2, "here": True}
_TWICE = {"t": {"of": ["l"], "js": "2*l"}}
TRIED = {
    "marks": [*MARKS, _FOUND_MARK, _FOUND_MARK],
    "draws": {
        "seed": 3,
        "steps": ["a step"],
        "measure": {
            "mark": 3,
            "quantity": "the share",
            "trials": 4,
            "given": _TWICE,
            "outcome": {"of": ["t", "v"], "js": "t*v/2"},
            "x": {"of": ["l"], "js": "10*l"},
            "formula": {"of": ["l"], "js": "l/4"},
        },
        "one": {
            "steps": ["another"],
            "given": _TWICE,
            "dots": [{"mark": 4, "x": {"of": ["w"], "js": "w"}, "y": {"of": ["l", "w"], "js": "w/l"}}],
            "text": [{"template": "{v} and {last}.", "values": {}}],
        },
    },
}
TRY = STUB + "globalThis.e = begin(declaration); e.start(); "
SEEN = "const { one, many, stop, progress, seed, result } = e.measuring; "
OFF = "[one.disabled, many.disabled, stop.hidden, progress.hidden]"


def changed(**measure):
    """The declaration with something else measured."""
    draws = TRIED["draws"]
    return TRIED | {"draws": draws | {"measure": draws["measure"] | measure}}


@pytest.fixture
def tried(script):
    """What is seen after some statements and all that waits for nothing but them."""

    def run(code, read, changes=TRIED):
        script(TRY + SEEN + code, **changes)
        return script(SEEN + f"return {read}", **changes)

    return run


def test_one_trial_is_drawn_in_dots_and_words(tried):
    said, found, asked, off = tried("press(one, 'click')", f"[result.innerHTML, e.found.get(4), asked, {OFF}]")
    assert said == "Drawn with seed 3: 5 and 4."
    assert found == [{"at": {"l": 2, "n": 4}, "x": x, "y": x / 2, "se": 0} for x in (1, 2, 4)]
    assert asked == [["sampler", ["a step", "another"], 3]]
    assert off == [False, False, True, True]


def test_measurement_is_the_mean_of_its_trials_beside_the_formula(tried, script):
    code = "press(many, 'click'); globalThis.during = " + OFF
    said, found, asked, during = tried(code, "[result.innerHTML, e.found.get(3), asked, during]")
    assert said == (
        "Measured the share at <i>l</i> = 2, <i>n</i> = 4: 6.0 ± 2.2 (one standard error, 4 trials, seed 3). "
        "The formula gives 0.5, 2.55 standard errors below."
    )
    assert found == [{"at": {"l": 2, "n": 4}, "x": 20, "y": 6, "se": pytest.approx((56 / 3 / 4) ** 0.5)}]
    assert asked[0] == ["drawing", ["a step"], 3, 3]
    assert asked[1:] == [{"l": 2, "n": 4, "t": 4}] * 4
    assert during == [True, True, False, False]


def test_measuring_lets_the_page_live_and_can_be_cancelled(tried, script):
    # a trial lets go after three milliseconds and after six, and the page is looked at after five
    code = "step = 3; press(many, 'click');"
    assert tried(code, "[timers.length, progress.value, result.textContent]") == [1, 0, ""]
    for done in (0.25, 0.5, 0.75):
        script("rest()", **TRIED)
        assert script(SEEN + "return [timers.length, progress.value]", **TRIED) == [1, done]
    script("rest()", **TRIED)
    assert script(SEEN + "return [result.textContent.slice(0, 8), progress.value]", **TRIED) == ["Measured", 0]
    assert tried(code + "rest();", "timers.length") == 1
    script(SEEN + "progress.value = 0.42; press(stop, 'click'); rest();", **TRIED)
    seen = script(SEEN + f"return [result.textContent, e.found.get(3)?.length ?? 0, {OFF}, progress.value]", **TRIED)
    assert seen == ["Cancelled at 42 %: no point was added.", 0, [False, False, True, True], 0]
    # what was cancelled is tried again with the same seed
    script(SEEN + "press(many, 'click');", **TRIED)
    assert script(SEEN + "return Number(seed.value)", **TRIED) == 3


def test_button_pressed_again_takes_the_next_seed(tried, script):
    again = SEEN + "press(one, 'click');"
    tried("press(one, 'click');", "0")
    for expected in (4, 5):
        script(again, **TRIED)
        assert script(SEEN + "return [e.state.seed, Number(seed.value), asked.at(-1)[2]]", **TRIED) == [expected] * 3
    script("e.moved(0, 2);" + again, **TRIED)
    assert script("return asked.at(-1)[2]", **TRIED) == 5
    script("e.state.seed = 2 ** 31 - 1;" + again, **TRIED)
    script(again, **TRIED)
    assert script("return asked.at(-1)[2]", **TRIED) == 0


def test_seed_is_taken_if_it_is_one(tried):
    typed = "for (const text of %s) { seed.value = text; press(seed, 'input'); }"
    assert tried(typed % '["17"]', "e.state.seed") == 17
    assert tried(typed % '["17", "", "-1", "1.5", "2147483648", "many"]', "e.state.seed") == 17


def test_only_what_is_declared_is_offered(tried):
    names = "[...document.querySelectorAll('.sp-run button')].map((button) => button.textContent)"
    assert tried("", "['min', 'max', 'step'].map((name) => Number(seed.getAttribute(name)))") == [0, 2**31 - 1, 1]
    draws = TRIED["draws"]
    for left_out, expected in (
        (None, ["Draw one", "Measure", "Cancel"]),
        ("one", ["Measure", "Cancel"]),
        ("measure", ["Draw one", "Cancel"]),
    ):
        changes = TRIED | {"draws": {name: value for name, value in draws.items() if name != left_out}}
        assert tried("", names, changes) == expected


def test_measurement_is_shown_as_a_function_of_it(tried):
    back = {"of": ["place", "l"], "js": "place**2*l"}
    found = tried("press(many, 'click');", "e.found.get(3)", changed(back=back))
    assert found[0]["y"] == 72
    assert found[0]["se"] == pytest.approx(2 * 6 * 2 * (56 / 3 / 4) ** 0.5)


def test_crossing_is_searched_from_the_formula_on(tried):
    crossing = {"symbol": "t", "lowest": 2, "start": {"of": ["n"], "js": "n*1.4"}, "allowed": 0.5, "of": {"of": ["n"], "js": "100*n"},
                "place": {"of": ["t", "n"], "js": "t/n"}, "back": {"of": ["place"], "js": "1/place"}}  # fmt: skip
    search = {"start": 5, "lowest": 2, "allowed": 0.5, "of": 400, "trials": 4, "place": 2.25}
    read = "[e.found.get(3)[0].y, e.found.get(3)[0].se, asked]"
    y, se, (_, *runs, found) = tried("press(many, 'click');", read, changed(crossing=crossing, given={}))
    assert (y, se) == (0.5, pytest.approx(0.25 / 4))
    assert found == [search, pytest.approx(7 * 3 / 2), pytest.approx(3.5 * (14 / 3 / 4) ** 0.5)]
    assert runs == [{"l": 2, "n": 4, "t": 7}] * 4
    low = changed(crossing=crossing | {"start": 1}, given={})
    assert tried("press(many, 'click');", "asked.at(-1)[0].start", low) == 2


def test_random_numbers_that_do_not_come_are_asked_for_again(tried, script):
    gone = "globalThis.kept = superpositionDraws; delete globalThis.superpositionDraws; globalThis.superposition = { draws: 'draws.js' };"
    read = "[document.head.querySelectorAll('script').length, result.textContent, one.disabled]"
    assert tried(gone + "press(one, 'click');", read) == [1, "", True]
    script("document.head.querySelector('script').dispatchEvent(new document.defaultView.Event('error'))", **TRIED)
    script("", **TRIED)
    assert script(SEEN + f"return {read}", **TRIED) == [1, "The random numbers could not be loaded.", False]
    script(SEEN + "press(one, 'click'); press(one, 'click');", **TRIED)
    assert script(SEEN + f"return {read}", **TRIED) == [2, "", True]
    script(
        "globalThis.superpositionDraws = kept; [...document.head.querySelectorAll('script')].at(-1).dispatchEvent(new document.defaultView.Event('load'))",
        **TRIED,
    )
    assert script(SEEN + "return result.textContent.slice(0, 15)", **TRIED) == "Drawn with seed"


def test_measurement_without_error_or_formula_is_told_as_it_is(script):
    words = "return told(declaration, { l: 2, n: 4 }, { did: 'Measured', quantity: 'it', estimate: 0.5, error: 0.1, counted: undefined, seed: 1, %s })"
    plain = "Measured it at *l* = 2, *n* = 4: 0.50 ± 0.10 (one standard error, seed 1)."
    assert script(words % "") == plain
    assert script(words % "expected: 0.4") == plain + " The formula gives 0.4, 1 standard errors below."
    assert script(words % "expected: 0.7") == plain + " The formula gives 0.7, 2 standard errors above."
    assert script(words % "expected: NaN").startswith(plain + " The formula gives ")
    assert "standard errors" not in script(words % "expected: Infinity")[len(plain) :]
    assert "errors" not in script(words.replace("error: 0.1", "error: 0") % "expected: 0.4").partition("gives")[2]


def test_end_of_an_explorer_takes_back_what_it_began(script):
    ended = (
        BEGUN
        + "explorer.moved(0, 0); explorer.destroy(); rest(); return [written, watched.node ?? null, Object.keys(window.listening)]"
    )
    assert script(ended) == [[], None, []]
    assert script(LIVE + "explorer.destroy(); return Boolean(m.receive)", **SIMULATED) is False
    landed = BEGUN + "explorer.land(); explorer.destroy(); return [watched.node ?? null, Object.keys(window.listening)]"
    assert script(landed) == [None, []]


def test_landing_is_taken_up_again_as_the_page_grows_and_leaves_nothing_behind(script):
    before = BEGUN + "explorer.land(); const first = watched; explorer.land(); "
    listening = "Object.keys(window.listening)"
    assert script(before + "return [landed, first.node ?? null, watched.node === document.body]") == [2, None, True]
    assert script(before + "watched.f(); return [landed, watched.node === document.body]") == [3, True]
    gone = [None, ["hashchange"]]
    assert script(before + f"window.scrollY = 7; watched.f(); return [watched.node ?? null, {listening}]") == gone
    for taken in ("wheel", "touchmove", "keydown", "pointerdown"):
        assert script(before + f"window.listening.{taken}(); return [watched.node ?? null, {listening}]") == gone
    loaded = before + "window.listening.load(); "
    assert script(loaded + "return [landed, watched.node === document.body]") == [3, True]
    assert script(loaded + f"rest(); return [watched.node ?? null, {listening}]") == gone
    late = BEGUN + "document.readyState = 'complete'; explorer.land(); rest(); "
    assert script(late + f"return [watched.node ?? null, {listening}]") == gone


def test_declaration_that_cannot_be_shown_leaves_the_picture_and_the_others(script, engine):
    figure = '<figure class="sp-explorer"><p class="sp-title">t</p><p class="sp-text"></p><b>still</b><script type="application/json">%s</script></figure>'
    figures = json.dumps(figure % "{" + figure % json.dumps(DECLARATION))
    script(
        f"[globalThis.first, html] = [html, {figures}]; page(); html = first; globalThis.console = {{ error() {{}} }}; globalThis.setTimeout = (f) => f(); "
        "Object.getPrototypeOf(document.createElement('div')).getBoundingClientRect = () => ({ width: 0 }); hydrate(document);"
    )
    read = "const [first, second] = document.querySelectorAll('figure'); return [first.className, first.querySelectorAll('b, .sp-failed').length, second.className]"
    assert script(read) == ["sp-explorer", 2, "sp-explorer sp-ready"]


DRAWN = "page(); const svg = draw(declaration, new State(declaration), new Map(), %s, 'edge'); "


def frame(script, width, **changes):
    """Size of a drawing and the edges of its frame."""
    read = "const box = svg.querySelector('clipPath rect'); const number = (node, name) => Number(node.getAttribute(name)); return "
    read += "[...['width', 'height'].map((name) => number(svg, name)), ...['x', 'y', 'width', 'height'].map((name) => number(box, name))]"
    return script(DRAWN % width + read, **changes)


def test_height_of_a_chart_follows_from_its_width(script):
    assert [frame(script, width)[1] for width in (330, 480, 600, 662, 720, 900)] == [240, 240, 300, 331, 360, 360]
    assert frame(script, 432, aspect=0.75)[1] == 336


def test_frame_leaves_room_for_numbers(script):
    # twelve pixels, and 7.8 for each letter: "0.2" on the left, half of "4" on the right
    width, height, left, top, inner, tall = frame(script, 662)
    assert (left, width - left - inner, top, height - top - tall) == (36, 12, 10, 26)
    y = DECLARATION["y"] | {"high": 10_000}
    assert frame(script, 662, y=y)[2] == 59, "10,000"
    names = {"names": {"1": "one", "4": "a long name"}}
    width, _, left, _, inner, _ = frame(script, 662, x=DECLARATION["x"] | names)
    assert width - left - inner == 43
    width, height, left, top, inner, tall = frame(script, 432, aspect=0.75)
    assert tall == pytest.approx(0.75 * inner)
    assert height - top - tall == pytest.approx(26)


def test_larger_letters_are_given_more_room(script):
    larger = "globalThis.getComputedStyle = () => ({ fontSize: '32px' }); try { %s } finally { delete globalThis.getComputedStyle; }"
    read = (
        DRAWN % 662
        + "const box = svg.querySelector('clipPath rect'); return [box.getAttribute('x'), box.getAttribute('y'), box.getAttribute('height'), svg.style.fontSize]"
    )
    assert script(larger % read) == ["59", "20", "259", "26px"]
    assert script(read)[-1] == "13px"


def test_there_are_as_many_ticks_as_there_is_room_for(script):
    def ticks(width, **changes):
        read = (
            "return ['x', 'y'].map((axis) => svg.querySelectorAll(`[data-mark='${axis}-axis tick label'] text`).length)"
        )
        return script(DRAWN % width + read, **changes)

    x, y = DECLARATION["x"] | {"low": 0, "high": 8}, DECLARATION["y"] | {"high": 7}
    # 306 pixels high, of which 40 are no room, and 38 for each number
    assert ticks(612, x=x, y=y)[1] == 8
    assert ticks(610, x=x, y=y)[1] == 4
    # 20 pixels on the left, and 72 for each number
    assert ticks(596, x=x, y=y)[0] == 9
    assert ticks(595, x=x, y=y)[0] == 5


def test_drawing_has_one_edge_and_no_names_or_style_of_its_own(script):
    read = "return [svg.querySelectorAll('clipPath').length, svg.querySelector('clipPath').id, [...svg.querySelectorAll('[clip-path]')].map((node) => node.getAttribute('clip-path')), "
    read += "svg.querySelectorAll('style, [aria-label]').length, svg.querySelectorAll('[data-mark]').length > 4]"
    area = {"type": "area", "low": 0, "high": 0.5, "series": 1}
    edges, name, clipped, *others = script(DRAWN % 662 + read, marks=[*MARKS, area])
    assert (edges, name, set(clipped), others) == (1, "edge", {"url(#edge)"}, [0, True])
    assert len(clipped) == 2


def test_grid_is_drawn_in_full_and_its_numbers_stand_apart_from_it(script):
    read = "const of = (name, what) => svg.querySelector(`[data-mark='${name}']`).getAttribute(what); return [of('x-grid', 'stroke-opacity'), of('y-grid', 'stroke-opacity'), "
    read += "of('x-axis tick label', 'transform'), of('y-axis tick label', 'transform')]"
    assert script(DRAWN % 662 + read) == [None, None, "translate(0,8)", "translate(-8,0)"]

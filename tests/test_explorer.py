"""Declarations of explorers: what is refused, what is stored, and the simulation behind the live widget."""

import asyncio
import json
import re
import threading

import anywidget
import numpy as np
import pytest
import sympy as sp
from IPython.core.formatters import DisplayFormatter

from superposition import formulas
from superposition.explorer import (
    Area,
    Axis,
    Bars,
    Cells,
    Curve,
    Dot,
    Explorer,
    Iterated,
    Readout,
    Rule,
    Samples,
    Sentence,
    Simulation,
    Slider,
    Steps,
    draws_source,
    format_value,
    module_source,
    page_source,
    script_source,
    special_source,
    style_source,
)
from superposition.explorer.declaration import Channel
from superposition.symbols import D, eps, l, m, n
from superposition.symbols import l0 as L0
from tests.v8 import module_in_v8

k = sp.Symbol("k")
stray = sp.Symbol("stray")
SLIDERS = [Slider(l, 1, 64, 9), Slider(n, 64, 4096, 1024), Slider(m, 64, 10**6, 10**4)]


def make(**changes):
    """A small explorer, with changes."""
    given = {
        "id": "small",
        "title": "A *small* one",
        "caption": "Move it.",
        "sliders": SLIDERS,
        "x": Axis(l, 1, 64, scale="log"),
        "y": Axis(low=1e-4, high=1e3, scale="log", label="errors"),
        "marks": [Curve(formulas.expected_errors, label="expected"), Dot(l, formulas.expected_errors)],
        "readouts": [Readout("errors", formulas.expected_errors)],
        "text": [Sentence("{l} active: {errors} errors.", errors=formulas.expected_errors)],
    }
    return Explorer(**(given | changes))


def make_coupled(sliders):
    """An explorer in which m must stay at least n."""
    level = Rule(y=formulas.welch_bound)
    return make(sliders=sliders, x=Axis(low=0, high=1, label="x"), marks=[level], readouts=[], text=[Sentence("{n}")])


def stored(explorer):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', explorer.to_html(), re.DOTALL)[1])


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"id": "Small_One"}, ValueError, "id = 'Small_One'"),
        ({"id": 3}, ValueError, "id = 3"),
        ({"title": " "}, ValueError, "title = ' '"),
        ({"sliders": []}, ValueError, "sliders is empty"),
        ({"sliders": Slider(l, 1, 64, 9)}, TypeError, "sliders = .* is not a list"),
        ({"sliders": [l]}, TypeError, "sliders contains l; accepted: Slider"),
        ({"sliders": [Slider(l, 1, 64, 9), Slider(l, 1, 8, 2)]}, ValueError, "2 sliders of l"),
        ({"marks": []}, ValueError, "marks is empty"),
        ({"marks": [formulas.max_active]}, TypeError, "marks contains .*max_active.*; accepted: Mark"),
        ({"text": []}, ValueError, "text is empty"),
        ({"x": l}, TypeError, "x = l; accepted: an Axis"),
        ({"y": Axis(low=0, high=1, scale="log", label="y")}, ValueError, "y axis: low = 0; accepted on a log scale"),
        ({"y": Axis(low=2, high=m / m, label="y")}, ValueError, "y axis: low = 2 is not below high = 1"),
        (
            {"x": Axis(low=1, high=2, label="x")},
            ValueError,
            r"marks\[0\] \(Curve 'expected'\): y needs an axis to run along",
        ),
        (
            {"marks": [Curve(stray)]},
            ValueError,
            r"marks\[0\] \(Curve\): y = stray has the symbol stray.*accepted: l, n, m",
        ),
        ({"marks": [Rule(x=k)]}, ValueError, "x = k has the symbol k"),
        ({"marks": [Rule(x=1, y=2)]}, ValueError, "accepted: one of the two"),
        ({"marks": [Rule()]}, ValueError, "accepted: one of the two"),
        ({"marks": [Dot("l", 1)]}, TypeError, "x = 'l' is not a number"),
        ({"marks": [Dot(l, float("nan"))]}, ValueError, "y = nan"),
        ({"marks": [Dot(l, True)]}, TypeError, "y = True is not a number"),
        ({"marks": [Dot(l, sp.Product(k, (k, 1, l)))]}, TypeError, "Product, which has no JavaScript translation"),
        ({"marks": [Curve(l, x=k)]}, ValueError, "x and over are accepted together"),
        ({"marks": [Steps(k, over=(k, 0))]}, TypeError, r"over = .*accepted: \(symbol, low, high\)"),
        ({"marks": [Steps(k, over=(k, 0, stray))]}, ValueError, "over: high = stray has the symbol stray"),
        ({"marks": [Bars(l)]}, ValueError, "x is missing"),
        ({"marks": [Bars(l, x=1, breadth=0)]}, ValueError, "breadth = 0"),
        ({"marks": [Cells(k, over=(k, 0, 1))]}, TypeError, "accepted: two of"),
        ({"marks": [Curve(l, label=3)]}, TypeError, "label = 3 is not a string"),
        ({"marks": [Curve(l, series=7)]}, ValueError, "series = 7; accepted: an integer from 0 to 6"),
        ({"marks": [Rule(y=i, label=str(i)) for i in range(1, 8)]}, ValueError, "labelled mark 7"),
        ({"readouts": [Readout("", l)]}, ValueError, "label is empty"),
        ({"readouts": [Readout("x", stray)]}, ValueError, "readout 'x': value = stray has the symbol stray"),
        ({"text": [Sentence("{stray}")]}, ValueError, "{stray}, which is neither a slider nor given"),
        ({"text": [Sentence("x", when=stray > 1)]}, ValueError, "when = stray > 1 has the symbol stray"),
        ({"simulate": print}, TypeError, "simulate = .*accepted: a Simulation"),
        ({"aspect": 0}, ValueError, "aspect = 0"),
        ({"aspect": 2.1}, ValueError, "aspect = 2.1"),
        ({"marks": [Samples([{"at": {"n": 1024}, "y": 1, "se": 0}])]}, ValueError, r"points\[0\] has no x"),
        (
            {"marks": [Samples([{"at": {"n": 1024}, "x": 1, "y": 1}])]},
            ValueError,
            r"points\[0\] = .*accepted: a mapping",
        ),
        ({"marks": [Samples([{"at": {"n": 1024}, "x": 1, "y": float("inf"), "se": 1}])]}, ValueError, "y = inf"),
        ({"marks": [Samples([{"at": {"n": 1024}, "x": 1, "y": 1, "se": -1}])]}, ValueError, "se = -1"),
        (
            {"marks": [Samples([{"at": {"n": 10**6}, "x": 1, "y": 1, "se": 1}])]},
            ValueError,
            "slider n: value of a sample = 1000000",
        ),
        (
            {"marks": [Samples([{"at": {"d": 1}, "x": 1, "y": 1, "se": 1}])]},
            ValueError,
            "at names d, which no slider moves",
        ),
    ],
)
def test_bad_declaration_names_the_argument(change, error, said):
    with pytest.raises(error, match=said):
        make(**change)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "said"),
    [
        (("l", 1, 2, 1), {}, TypeError, "symbol = 'l' is not a SymPy symbol"),
        ((l, 2, 1, 1), {}, ValueError, "slider l: high = 1 is not above low = 2"),
        ((l, 1, 8, 9), {}, ValueError, "slider l: value = 9; accepted: an integer from 1 to 8"),
        ((l, 1, 8, 2.5), {}, ValueError, "slider l: value = 2.5"),
        ((l, 1, 8, "2"), {}, TypeError, "slider l: value = '2' is not a number"),
        ((l, 0, 8, 2), {}, ValueError, "slider l: low = 0; accepted on a log scale"),
        ((l, 1, 8, 2), {"scale": "sqrt"}, ValueError, "scale = 'sqrt'; accepted: 'log', 'linear'"),
        ((l, 1, 8, 2), {"values": [1, 9]}, ValueError, "slider l: values = 9"),
        ((k, 1, 8, 2), {}, ValueError, "slider k: label is missing"),
        ((sp.Symbol("x y"), 1, 8, 2), {"label": "x"}, ValueError, "accepted: a symbol named with letters"),
    ],
)
def test_bad_slider_names_the_argument(arguments, options, error, said):
    with pytest.raises(error, match=said):
        Slider(*arguments, **options)


@pytest.mark.parametrize(
    ("template", "values", "error", "said"),
    [
        ("", {}, ValueError, "sentence is empty"),
        ("{l:.2f}", {}, ValueError, "{l} has a format"),
        ("{l!r}", {}, ValueError, "{l} has a format"),
        ("{{l}}", {}, ValueError, "double brace"),
        ("{l}", {"x": 1}, ValueError, "x is given but not in the sentence"),
        ("{l}", {"when": True}, TypeError, "when = True"),
    ],
)
def test_bad_sentence_names_the_argument(template, values, error, said):
    with pytest.raises(error, match=said):
        Sentence(template, **values)


def test_slider_stops_are_round_and_few():
    for slider in (
        Slider(m, 16, 10**6, 10**4),
        Slider(n, 64, 8192, 1024),
        Slider(m, 2, 10**12, 1000),
        Slider(l, 1, 1000, 7),
    ):
        stops = slider.stops()
        assert stops == sorted(set(stops))
        assert (stops[0], stops[-1]) == (slider.low, slider.high)
        assert slider.value in stops
        assert 40 <= len(stops) <= 110
        assert all(isinstance(stop, int) for stop in stops)
    assert {64, 128, 256, 512, 1024, 2048, 4096, 8192, 100, 1000} <= set(Slider(n, 64, 8192, 1024).stops())


def test_slider_over_real_numbers_stops_at_short_decimals():
    stops = Slider(eps, 0, 1, 0.25, scale="linear", integer=False).stops()
    assert len(stops) == 101
    assert stops[33] == 0.33
    stops = Slider(eps, 0.01, 1, 0.1, integer=False).stops()
    assert {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1} <= set(stops)
    assert all(len(repr(stop)) <= 6 for stop in stops)


def test_slider_stops_where_samples_are_stored():
    explorer = make(marks=[Samples([{"at": {"n": 777}, "x": 3, "y": 1, "se": 0.1}], label="simulated")])
    slider = next(s for s in stored(explorer)["sliders"] if s["symbol"] == "n")
    assert slider["values"][slider["noted"][0]] == 777


def test_words_come_from_the_notation_table():
    slider = stored(make())["sliders"][0]
    assert (slider["letter"], slider["label"], slider["unit"]) == ("l", "features active at once", "features")
    assert stored(make())["x"]["label"] == "features active at once, *l*"
    slider = Slider(eps, 0.01, 0.9, 0.1, integer=False, label="error of a length")
    with_eps = make(sliders=[*SLIDERS, slider])
    assert stored(with_eps)["sliders"][-1]["letter"] == "ε"


def test_stored_form_is_the_formulas_own_javascript():
    mark = stored(make())["marks"][0]
    assert mark["y"]["js"] == formulas.expected_errors.js
    assert mark["y"]["inside"] == formulas.expected_errors.js_domain
    assert mark["y"]["formula"] == "expected_errors"


def test_dot_on_a_curve_takes_its_colour():
    errors, bound = formulas.expected_errors, formulas.errors_sure
    marks = [Curve(errors, label="a"), Curve(bound, label="b"), Dot(l, bound)]
    assert [mark["series"] for mark in stored(make(marks=marks))["marks"]] == [1, 2, 2]


def test_mark_without_a_label_has_no_series_and_a_dot_keeps_the_one_it_is_given():
    errors = formulas.expected_errors
    marks = [Rule(y=1), Curve(errors, label="a"), Dot(l, errors, series=3)]
    assert [mark["series"] for mark in stored(make(marks=marks))["marks"]] == [0, 1, 3]


def test_simulated_points_join_the_samples_that_are_there():
    point = {"at": {"n": 1024}, "x": 3, "y": 1, "se": 0.1}
    marks = [Curve(formulas.expected_errors), Samples([point], label="simulated")]
    explorer = make(marks=marks, simulate=Simulation(steady, "errors"))
    assert explorer._shown_by == 1
    assert len(explorer.declaration["marks"]) == 2


def test_later_slider_follows_where_formulas_couple():
    sliders = [Slider(n, 2, 256, 16), Slider(m, 4, 512, 64)]
    explorer = make_coupled(sliders)
    by_name = {slider["symbol"]: slider for slider in stored(explorer)["sliders"]}
    assert by_name["m"]["inside"] in ("n <= m", "m >= n")
    assert "inside" not in by_name["n"]


def test_swept_symbol_is_not_coupled():
    explorer = make(
        sliders=[Slider(n, 64, 4096, 1024)],
        x=Axis(m, 16, 10**6, scale="log"),
        marks=[Curve(formulas.welch_bound)],
        readouts=[],
        text=[Sentence("{n}")],
    )
    assert all("inside" not in slider for slider in stored(explorer)["sliders"])


def test_sliders_that_could_get_stuck_are_refused():
    sliders = [Slider(n, 2, 1024, 16), Slider(m, 4, 512, 64)]
    with pytest.raises(ValueError, match=r"slider m .* cannot satisfy .* at n = 550"):
        make_coupled(sliders)


def test_start_outside_a_domain_is_refused():
    sliders = [Slider(n, 2, 256, 128), Slider(m, 4, 512, 64)]
    with pytest.raises(ValueError, match=r"sliders start at .*outside the domain of"):
        make_coupled(sliders)


def test_slider_beyond_a_formula_s_domain_is_refused():
    sliders = [Slider(l, 1, 64, 9), Slider(n, 64, 4096, 1024), Slider(m, 1, 10**6, 10**4)]
    with pytest.raises(ValueError, match="slider m reaches 1, outside the domain of max_active"):
        make(
            sliders=sliders, readouts=[Readout("limit", formulas.max_active)], marks=[Rule(y=1)], text=[Sentence("{l}")]
        )


def test_text_and_readouts_are_numpy_s():
    explorer = make()
    value = formulas.expected_errors(l=9, n=1024, m=10**4)
    assert explorer.text() == f"9 active: {format_value(value)} errors."
    assert explorer.readouts(l=20) == {"errors": format_value(formulas.expected_errors(l=20, n=1024, m=10**4))}


def test_sentence_is_said_only_where_it_holds():
    explorer = make(text=[Sentence("Few.", when=l < 10), Sentence("Many.", when=l >= 10)])
    assert explorer.text() == "Few."
    assert explorer.text(l=10) == "Many."


def test_outside_the_domain_is_said_in_words():
    tight = Readout("tight", formulas.max_active_tight)
    assert format_value(tight.channel().at({"m": 8, "n": 16})) == "no value"


def test_two_instances_store_the_same():
    first, second = make(), make()
    one, _ = first._repr_mimebundle_()
    two, _ = second._repr_mimebundle_()
    assert one["text/html"] == two["text/html"] == first.to_html()
    assert one["text/plain"] == two["text/plain"] == "Explorer('small')"
    assert "application/vnd.jupyter.widget-view+json" in one


def test_ipywidgets_7_stores_the_html_too(monkeypatch):
    """There a widget displays itself, and IPython would ask it for nothing else."""
    monkeypatch.setattr(anywidget.AnyWidget, "_ipython_display_", lambda self: None, raising=False)
    explorer = make()
    data, _ = DisplayFormatter().format(explorer)
    assert data["text/html"] == explorer.to_html()


def test_stored_html_cannot_be_broken_by_its_words():
    explorer = make(title="</script><b>&amp;", caption="<i>x</i> *y*", text=[Sentence("a < b & *c*")])
    html = explorer.to_html()
    assert html.count("</script>") == 1
    assert '<p class="sp-title">&lt;/script&gt;&lt;b&gt;&amp;amp;</p>' in html
    assert "<figcaption>&lt;i&gt;x&lt;/i&gt; <i>y</i></figcaption>" in html
    assert stored(explorer)["title"] == "</script><b>&amp;"


def test_stored_form_has_no_simulation():
    explorer = make(simulate=Simulation(lambda rng, **_: iter([(1, 1.0, 0.1)]), "errors"))
    assert explorer.to_html() == make().to_html()
    assert explorer.declaration["simulate"]["seed"] == 1


def test_scripts_of_a_page_are_no_modules_and_make_no_code_of_text():
    special = (special_source(name) for name in ("gamma", "beta", "inverse"))
    for source in (script_source(), *special, page_source([stored(make())])[1]):
        assert not re.search(r"^(import|export) ", source, re.MULTILINE)
        assert not re.search(r"\bnew Function\b|\beval\(", source)


def test_page_loads_the_special_functions_that_its_formulas_call():
    def needed(*codes):
        channels = [{"of": ["l"], "js": code} for code in codes]
        return page_source([{"sliders": [], "text": [], "marks": channels}])[0]

    assert needed("Math.erfc + l") is None
    assert needed("2*erfc(l)") == needed("gammaln(l)") == "gamma"
    assert needed("erfc(l)", "betainc(l, 1, 2)") == needed("betainc(l, 1, 2)") == "beta"
    assert needed("erfc(l)", "betaincinv(l, 1, 2)") == needed("betainc(l, 1, 2)", "betaincinv(l, 1, 2)") == "inverse"


def test_module_is_one_file_without_imports():
    source = module_source()
    assert not re.search(r"^import ", source, re.MULTILINE)
    exported = re.findall(r"^export (.*?) ?[({]", source, re.MULTILINE)
    assert sorted(exported) == ["", "async function hydrate", "default"]
    assert Explorer._esm == source + draws_source()
    assert Explorer._css == style_source()


# The simulation, through the messages that the page sends and receives.


class Kernel:
    """The kernel's side of one explorer, with its messages kept."""

    def __init__(self, run, **options):
        self.explorer = make(simulate=Simulation(run, "errors", **options))
        self.said = []
        self.explorer.send = lambda content: self.said.append(content)

    def receive(self, **content):
        self.explorer._receive(self.explorer, content, [])

    def play(self, script):
        """Run a coroutine in an event loop of its own, off any loop that a browser test left running."""

        def main():
            asyncio.run(script(self))

        thread = threading.Thread(target=main)
        thread.start()
        thread.join()
        return self.said


VALUES = {"l": 9, "n": 1024, "m": 10_000}


async def settled(kernel):
    await asyncio.gather(kernel.explorer._running, return_exceptions=True)


def steady(rng, l, n, m):
    for step in range(1, 21):
        yield step / 20, 2.0 + rng.normal() * 1e-9, 0.5, 10 * step


def test_simulation_adds_a_point_and_a_sentence():
    async def script(kernel):
        kernel.receive(type="simulate", values=VALUES, seed=3)
        await settled(kernel)

    (message,) = [
        said for said in Kernel(steady, formula=formulas.max_active).play(script) if said["type"] != "progress"
    ]
    assert message["type"] == "point"
    assert message["mark"] == 2
    assert message["point"] == {"at": VALUES, "x": 9, "y": pytest.approx(2), "se": 0.5}
    limit = formulas.max_active(n=1024, m=10_000)
    assert message["told"] == {"quantity": "errors", "seed": 3, "counted": "200 draws", "expected": limit}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, "2.00 ± 0.50 (one standard error, seed 3)."),
        ({"counted": "200 draws"}, "2.00 ± 0.50 (one standard error, 200 draws, seed 3)."),
        (
            {"expected": 3.5},
            "2.00 ± 0.50 (one standard error, seed 3). The formula gives 3.5, 3 standard errors above.",
        ),
        (
            {"expected": 1.5},
            "2.00 ± 0.50 (one standard error, seed 3). The formula gives 1.5, 1 standard errors below.",
        ),
    ],
)
def test_what_was_found_is_told_in_the_same_words_by_page_and_kernel(found, said):
    found = {"did": "Simulated", "quantity": "errors", "estimate": 2, "error": 0.5, "seed": 3} | found
    given = ", ".join(map(json.dumps, (make().declaration, VALUES, found)))
    assert module_in_v8()(f"told({given})") == f"Simulated errors at *l* = 9, *n* = 1,024, *m* = 10,000: {said}"


def test_simulation_is_repeated_by_its_seed():
    async def script(kernel):
        for seed in (1, 1, 2):
            kernel.receive(type="simulate", values=VALUES, seed=seed)
            await settled(kernel)

    def draw(rng, **_):
        yield 1, rng.normal(), 1.0

    first, again, other = (said["point"]["y"] for said in Kernel(draw).play(script))
    assert first == again != other


def test_simulation_reports_progress_between_slices():
    async def script(kernel):
        kernel.receive(type="simulate", values=VALUES, seed=1)
        await settled(kernel)

    def slow(rng, **_):
        for step in range(1, 6):
            threading.Event().wait(0.06)
            yield step / 5, 1.0, 0.1

    said = Kernel(slow).play(script)
    progress = [message["done"] for message in said if message["type"] == "progress"]
    assert progress
    assert progress == sorted(progress)
    assert said[-1]["type"] == "point"


def test_simulation_leaves_the_event_loop_its_turn_and_can_be_cancelled():
    steps = []

    def long(rng, **_):
        for _ in range(10_000):
            steps.append(1)
            yield 0.25, 1.0, 0.1

    async def script(kernel):
        kernel.receive(type="simulate", values=VALUES, seed=1)
        running = kernel.explorer._running
        for _ in range(5):
            await asyncio.sleep(0)
        kernel.receive(type="cancel")
        await asyncio.gather(running, return_exceptions=True)

    said = Kernel(long).play(script)
    assert 1 <= len(steps) <= 10
    assert said == [{"type": "cancelled", "sentence": "Cancelled at 25 %: no point was added."}]


def test_new_simulation_replaces_a_running_one():
    async def script(kernel):
        kernel.receive(type="simulate", values=VALUES, seed=1)
        first = kernel.explorer._running
        await asyncio.sleep(0)
        kernel.receive(type="simulate", values=VALUES | {"l": 20}, seed=1)
        await asyncio.gather(first, kernel.explorer._running, return_exceptions=True)

    said = [message for message in Kernel(steady).play(script) if message["type"] != "progress"]
    assert [message["type"] for message in said] == ["cancelled", "point"]
    assert said[1]["point"]["x"] == 20


@pytest.mark.parametrize(
    ("run", "values", "sentence"),
    [
        (lambda rng, **_: iter(()), VALUES, "ValueError: the simulation yielded nothing"),
        (lambda rng, **_: 1 / 0, VALUES, "ZeroDivisionError: division by zero"),
        (steady, VALUES | {"l": 9.5}, "ValueError: l = 9.5 is not a value of its slider"),
    ],
)
def test_failure_is_told_to_the_reader(run, values, sentence):
    async def script(kernel):
        kernel.receive(type="simulate", values=values, seed=1)
        await settled(kernel)

    (message,) = Kernel(run).play(script)
    assert message == {"type": "failed", "sentence": f"The simulation failed: {sentence}"}


def test_explorer_without_simulation_ignores_messages():
    explorer = make()
    explorer._receive(explorer, {"type": "simulate", "values": VALUES, "seed": 1}, [])
    assert explorer._running is None


@pytest.mark.parametrize(
    ("arguments", "options", "error", "said"),
    [
        ((3, "errors"), {}, TypeError, "run = 3 is not callable"),
        ((print, ""), {}, ValueError, "quantity is empty"),
        ((print, "errors"), {"seed": -1}, ValueError, "seed = -1"),
    ],
)
def test_bad_simulation_names_the_argument(arguments, options, error, said):
    with pytest.raises(error, match=said):
        Simulation(*arguments, **options)


def test_simulation_needs_a_place_on_the_axis():
    with pytest.raises(ValueError, match="simulation: x is missing"):
        make(
            sliders=[Slider(n, 64, 4096, 1024)],
            x=Axis(m, 16, 10**6, scale="log"),
            marks=[Area(0, formulas.welch_bound), Curve(formulas.welch_bound)],
            readouts=[],
            text=[Sentence("{n}")],
            simulate=Simulation(steady, "overlap"),
        )


def test_numbers_are_written_for_readers():
    assert [format_value(x) for x in (0, -0.0, 1, 8192, 1e9, 12_345.6, 0.000_123_4, 1e-5, 2.5e300)] == [
        "0", "0", "1", "8,192", "1 billion", "12,300", "1.23 × 10⁻⁴", "10⁻⁵", "2.5 × 10³⁰⁰",
    ]  # fmt: skip
    assert [format_value(x) for x in (np.inf, -np.inf, np.nan)] == ["unbounded", "unbounded below", "no value"]
    assert format_value(1024 * (1 + 2e-16)) == "1,024"
    assert [format_value(x) for x in (-1, -0.5, 999_999, 4e8)] == ["−1", "−0.5", "999,999", "400 million"]
    assert [format_value(x) for x in (1e6, 16_777_216, 999_600_000, -3e11, 2.5e14, 1e15)] == [
        "1 million", "16.8 million", "1 billion", "−300 billion", "250 trillion", "10¹⁵",
    ]  # fmt: skip


def test_samples_without_errors_promise_no_bars():
    exact, measured = ({"at": {"n": 1024}, "x": 3, "y": 1, "se": se} for se in (0, 0.1))
    marks = stored(make(marks=[Samples([exact], label="exact"), Samples([measured], label="measured")]))["marks"]
    assert [mark["label"] for mark in marks] == ["exact", "measured (± 2 standard errors)"]
    assert [mark["spread"] for mark in marks] == [0, 2]


# -- maps applied over and over ---------------------------------------------------------------------------------------


def test_iterated_map_is_applied_step_by_step_and_leaves_the_slider_of_its_letter_alone():
    grown = Iterated(l + n / m, l, start=2 * l, steps=k, then=l - k)
    explorer = make(
        sliders=[*SLIDERS, Slider(k, 0, 9, 3, scale="linear", label="steps")],
        readouts=[Readout("grown", grown)],
        text=[Sentence("{l} active: {grown}.", grown=grown)],
    )
    assert explorer.readouts(l=8, n=1024, m=512, k=3) == {"grown": "19"}
    assert explorer.readouts(l=8, n=1024, m=512, k=0) == {"grown": "16"}
    assert explorer.text(l=8, n=1024, m=512, k=2) == "8 active: 18."
    channel = stored(explorer)["readouts"][0]["value"]
    assert channel["iterated"] == "l"
    assert channel["of"] == ["k", "l", "m", "n"]


def test_iterated_formula_stops_outside_its_domain():
    escaped = Iterated(formulas.expected_errors, l, start=l, steps=5)
    assert make(readouts=[Readout("escaped", escaped)]).readouts(l=1, n=4096, m=64) == {"escaped": "no value"}


def test_slider_must_stay_in_the_domain_of_an_iterated_map():
    risen = Iterated(formulas.expected_errors, l, start=1, steps=k)
    sliders = [
        Slider(n, 0.5, 64, 1, integer=False),
        Slider(m, 64, 100, 64),
        Slider(k, 0, 9, 3, scale="linear", label="steps"),
    ]
    with pytest.raises(ValueError, match=r"slider n reaches 0\.5, outside the domain"):
        make(
            sliders=sliders,
            x=Axis(low=0, high=1, label="x"),
            marks=[Rule(y=risen)],
            readouts=[],
            text=[Sentence("{n}")],
        )


@pytest.mark.parametrize(
    ("iterated", "said"),
    [
        (Iterated(stray * l, l, start=l, steps=3), "has the symbol stray, which nothing sets"),
        (Iterated(l, l, start=stray, steps=3), "has the symbol stray, which nothing sets"),
        (Iterated(l, l, start=float("nan"), steps=3), "start = nan"),
    ],
)
def test_bad_iteration_names_the_part(iterated, said):
    with pytest.raises(ValueError, match=said):
        make(readouts=[Readout("x", iterated)])


def test_a_thousand_steps_are_taken_and_no_more():
    counted = Iterated(l + 1, l, start=0, steps=k)
    explorer = make(
        sliders=[*SLIDERS, Slider(k, 0, 5000, 3, scale="linear", label="steps")], readouts=[Readout("x", counted)]
    )
    assert explorer.readouts(k=999) == {"x": "999"}
    assert explorer.readouts(k=5000) == {"x": "1,000"}


def test_points_are_stored_to_six_digits():
    point = {"at": {"n": 1024}, "x": 3, "y": 1.23456789, "se": 0.1}
    assert stored(make(marks=[Samples([point])]))["marks"][0]["points"][0]["y"] == 1.23457


def test_an_error_that_is_rounding_is_stored_as_none():
    points = [{"at": {"n": 1024}, "x": 3, "y": 0.04, "se": se} for se in (5e-18, 1e-9)]
    assert [point["se"] for point in stored(make(marks=[Samples(points)]))["marks"][0]["points"]] == [0, 1e-9]


def test_linear_stops_reach_ends_that_rounding_would_miss():
    stops = Slider(eps, 0.1, 0.7, 0.3, scale="linear", integer=False).stops()
    assert stops[:2] == [0.1, 0.11]
    assert stops[-2:] == [0.69, 0.7]
    assert len(stops) == 61


# the stops of one decade, the finer the fewer decades there are
DECADE = {
    1: [1 + 0.1 * i for i in range(90)],
    3: [*np.arange(1, 2, 0.1), *np.arange(2, 3.9, 0.2), *np.arange(4, 10, 0.5)],
    4: [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.2, 3.5, 4, 4.5, 5, 6, 7, 8, 9],
    7: [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8],
    9: [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8],
    16: [1, 1.5, 2, 3, 5, 7],
    33: [1, 2, 5],
    34: [1],
}


@pytest.mark.parametrize("decades", DECADE)
def test_stops_of_a_wide_slider_are_round_numbers_in_each_decade(decades):
    slider = Slider(stray, 10, 10.0 ** (decades + 1), 10, integer=False, label="x")
    expected = [mantissa * 10.0 ** (1 + decade) for decade in range(decades) for mantissa in DECADE[decades]]
    assert slider.stops() == pytest.approx([*expected, 10.0 ** (decades + 1)], rel=1e-12)


def test_letter_with_an_index_is_set_with_it():
    slider = Slider(L0, 1, 64, 9)
    assert stored(make(sliders=[*SLIDERS, slider]))["sliders"][-1]["letter"] == "l₀"


def test_complex_number_is_no_value():
    with pytest.raises(ValueError, match=r"y = .*accepted"):
        make(marks=[Rule(y=sp.I)])


def test_both_ends_of_a_slider_must_lie_in_a_domain():
    shown = Readout("error", formulas.unscaled_miss)
    for low, high in ((0, 0.6), (-0.1, 0.4)):
        slider = Slider(D, low, high, 0.2, scale="linear", integer=False)
        with pytest.raises(ValueError, match="slider D reaches"):
            make(sliders=[*SLIDERS, slider], readouts=[shown])


def test_spread_is_named_in_the_legend():
    point = {"at": {"n": 1024}, "x": 3, "y": 1, "se": 0.1}
    (mark,) = stored(make(marks=[Samples([point], label="simulated", spread=3)]))["marks"]
    assert mark["label"] == "simulated (± 3 standard errors)"
    assert mark["spread"] == 3


def test_thousandths_are_written_out():
    assert [format_value(x) for x in (0.00123, 0.000999, 999_499.5)] == ["0.00123", "9.99 × 10⁻⁴", "999,000"]


def test_iterated_map_keeps_what_is_asked_of_letters_other_than_its_own():
    inside = Channel("x", Iterated(formulas.expected_active_next, l, start=3, steps=2))
    assert inside.conditions == ()
    assert set(inside.intervals) == {m, n}
    assert inside.names == ("m", "n")
    before = Channel("x", Iterated(l + 1, l, start=formulas.expected_active_next, steps=2))
    assert before.conditions == formulas.expected_active_next.where
    assert set(before.intervals) == {l, m, n}
    both = Channel("x", Iterated(formulas.max_active_tight, l, start=formulas.errors_sure, steps=2))
    assert both.intervals[m] == sp.Interval(2, sp.oo)
    assert set(both.conditions) == {*formulas.max_active_tight.where, *formulas.errors_sure.where}


def test_map_whose_steps_have_no_value_has_none():
    channel = Channel("x", Iterated(l + 1, l, start=1, steps=formulas.level_mean_square))
    assert np.isnan(channel.at({"K": 1}))
    assert channel.at({"K": 2}) == 2

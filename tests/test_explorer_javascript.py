"""The explorers' JavaScript as a library: numbers, iterated maps, the sliders' state and the chart's arithmetic.

It runs in V8 without a page; what needs a page is tested in tests/browser.
"""

import json
import re

import mpmath as mp
import numpy as np
import pytest

from superposition import formulas
from superposition.explorer import Sentence, format_value, with_unit
from superposition.explorer.numbers import with_error
from superposition.formula import javascript, log_binomial
from superposition.symbols import l, m, n
from tests.test_values import TABLE
from tests.v8 import module_in_v8
from theme.stills import DOCUMENT


@pytest.fixture(scope="module")
def script():
    return module_in_v8()


def test_two_languages_write_numbers_alike(script):
    rng = np.random.default_rng(20240607)
    near_rounding = [
        999,
        999.5,
        1000,
        0.001,
        0.000999,
        0.0009995,
        9.995,
        99.95,
        99950.4,
        999_499.4,
        999_500.4,
        999_999.5,
    ]
    numbers = [0, -0.0, 1, -1, 1 / 3, 1.125, 0.0125, -1234.5, 123_456.7, 1.000244140625, *near_rounding]
    numbers += [1e5, 1e6 - 0.5, 1e6, 1e9, 1e9 - 1, 1.5e9, 5e-324, 1e-300, 1.7976931348623157e308, 2.0**52]
    numbers += [*(10 ** rng.uniform(-320, 308, 2000)), *(-(10 ** rng.uniform(-8, 12, 2000)))]
    numbers += [*(rng.integers(-(10**7), 10**7, 2000) / 8), *rng.integers(1, 2**53, 500)]
    numbers += [*np.round(10 ** rng.uniform(-3, 6, 2000), 3)]
    numbers = [float(number) for number in numbers]
    assert script(f"{json.dumps(numbers)}.map(formatValue)") == [format_value(x) for x in numbers]
    beyond = [format_value(float(x)) for x in ("nan", "inf", "-inf")]
    assert script("[NaN, Infinity, -Infinity].map(formatValue)") == beyond
    assert beyond == ["no value", "unbounded", "unbounded below"]


def test_ticks_far_from_one_are_powers_of_ten(script):
    shown = script("[[1e-3, 1e-2, 1, 1e4, 1e5, 1e6], [5e4, 1e5, 2e5], [-1e5, 0, 1e5], [1e-3, 2e-3]].map(formatTicks)")
    assert shown == [
        ["10⁻³", "0.01", "1", "10,000", "10⁵", "10⁶"],
        ["50,000", "100,000", "200,000"],
        ["−100,000", "0", "100,000"],
        ["0.001", "0.002"],
    ]


def test_power_of_ten_is_the_nearest_one(script):
    assert script("formatTicks([1e5, 1e6*(1 - 1e-12), 1e7*(1 + 1e-12)])") == ["10⁵", "10⁶", "10⁷"]


def test_words_stand_apart_from_their_number(script):
    assert script('[withUnit("3", "bits"), withUnit("3", "%"), withUnit("3", "°"), withUnit("3", "")]') == [
        "3 bits",
        "3 %",
        "3°",
        "3",
    ]
    assert script('[withUnit("1", "bits"), withUnit("1", "active features"), withUnit("0.1", "bits")]') == [
        *(with_unit("1", "bits"), with_unit("1", "active features"), with_unit("0.1", "bits"))
    ]
    assert [with_unit("1", "bits per neuron"), with_unit("1", "°")] == ["1 bit per neuron", "1°"]


def test_sentences_count_what_they_name(script):
    sentence = Sentence("With {l:active features} on {n:neurons} {noise}.", noise=l / n)
    for scope in ({"l": 1, "n": 4}, {"l": 2, "n": 1}, {"l": 1_000_000, "n": 4}):
        said = script(f"sentences({json.dumps({'text': [sentence.json()]})}, {json.dumps(scope)})")
        assert said == sentence.say(scope)
    assert sentence.say({"l": 1, "n": 4}) == "With 1 active feature on 4 neurons 0.25."
    assert sentence.say({"l": 2, "n": 1}) == "With 2 active features on 1 neuron 2."


def test_map_is_applied_step_by_step(script):
    def grown(steps):
        channel = dict(
            iterated="l", map={"of": ["l"], "js": "l + 1"}, start=0, steps=steps, then={"of": ["l"], "js": "2*l"}
        )
        return script(f"valueOf({json.dumps(channel)}, {{l: 7}})")

    assert [grown(steps) for steps in (0, 1, 3, 3.9, 1000, 5000)] == [0, 2, 6, 6, 2000, 2000]
    assert (
        script("String(valueOf({iterated: 'l', map: 1, start: 0, steps: {of: [], js: 'NaN'}, then: 1}, {}))") == "NaN"
    )


def test_channel_has_no_value_outside_its_domain(script):
    assert script("valueOf({of: ['n'], js: '1/n', inside: 'n >= 2'}, {n: 4})") == 0.25
    assert script("String(valueOf({of: ['n'], js: '1/n', inside: 'n >= 2'}, {n: 1}))") == "NaN"


STATE = """(() => {
  const state = new State({id: "demo", sliders: [
    {symbol: "n", values: [2, 4, 8], start: 1}, {symbol: "m", values: [2, 4, 8, 16], start: 3, inside: "m >= n && m <= 2*n"}]});
  %s
})()"""


def test_later_slider_follows_the_earlier_one(script):
    assert script(STATE % "return [state.values, state.ranges]") == [{"n": 4, "m": 8}, [[0, 2], [1, 2]]]
    assert script(STATE % "state.move(0, 0); return [state.values, state.ranges]") == [
        {"n": 2, "m": 4},
        [[0, 2], [0, 1]],
    ]
    assert script(STATE % "state.move(0, 2); return state.values") == {"n": 8, "m": 8}
    assert script(STATE % "state.move(0, 0); state.reset(); return state.values") == {"n": 4, "m": 8}


def test_address_holds_the_setting_and_brings_it_back(script):
    assert script(STATE % "return state.hash") == "#demo?n=4&m=8"
    assert script(STATE % "return [state.restore('#demo?n=7&m=17'), state.values]") == [True, {"n": 8, "m": 16}]
    # half way between two values it is the lower one
    assert script(STATE % "return [state.restore('#demo?n=3&m=6'), state.values]") == [True, {"n": 2, "m": 4}]
    assert script(STATE % "return [state.restore('#demo?n=2&m= '), state.values]") == [True, {"n": 2, "m": 4}]
    assert script(STATE % "return [state.restore('#other?n=8'), state.restore('#demo'), state.values]") == [
        False, False, {"n": 4, "m": 8},
    ]  # fmt: skip
    assert script(STATE % "return [state.isAt({n: 4}), state.isAt({n: 2}), state.isAt({n: 2, m: 8}, 'n')]") == [
        True, False, True,
    ]  # fmt: skip


def test_seed_is_in_the_address_where_there_is_something_to_draw(script):
    seeded = STATE.replace('{id: "demo",', '{id: "demo", draws: {seed: 5},')
    read = "return [state.restore('#demo?n=4&m=8&seed=%s'), state.seed, state.hash]"
    assert script(seeded % "return state.hash") == "#demo?n=4&m=8"
    for text, seed in (("9", 9), ("0", 0), (str(2**31 - 1), 2**31 - 1)):
        assert script(seeded % (read % text)) == [True, seed, f"#demo?n=4&m=8&seed={seed}"]
    for text in (str(2**31), str(2**32 - 1), "-1", "1.5", "", "5"):
        assert script(seeded % (read % text)) == [True, 5, "#demo?n=4&m=8"]
    assert script(seeded % "state.seed = 9; state.reset(); return state.seed") == 5
    assert script(STATE % "state.restore('#demo?n=4&m=8&seed=9'); return [state.seed ?? null, state.hash]") == [
        None, "#demo?n=4&m=8",
    ]  # fmt: skip


def test_values_are_set_for_some_sliders(script):
    assert script(STATE % "state.set({m: 5}); return state.values") == {"n": 4, "m": 4}
    assert script(STATE % "state.set({n: 7.9, other: 1}); return state.values") == {"n": 8, "m": 8}
    one = 'new State({id: "demo", sliders: [{symbol: "n", values: [-4, -1, 3], start: 0}]})'
    assert script(f"[-9, -2, 0, 0.5, 1.5, 9].map((n) => {{ const s = {one}; s.set({{ n }}); return s.values.n; }})") == [
        -4, -1, -1, -1, 3, 3,
    ]  # fmt: skip


def test_what_follows_from_a_setting_is_found_once(script):
    state = 'new State({id: "demo", sliders: [{symbol: "n", values: [2, 4], start: 0}], given: [{symbol: "k", value: {of: ["n"], js: "n*n"}}]})'
    assert script(f"(() => {{ const s = {state}; return [s.values.k, s.values === s.values, (s.move(0, 1), s.values.k)]; }})()") == [
        4, True, 16,
    ]  # fmt: skip


def test_tables_lists_and_bits_are_given_by_their_integers(script):
    given = [
        {"symbol": "a", "table": [5, 6, 7]},
        {"symbol": "b", "bits": "8421"},
        {"symbol": "c", "bits": ["0f", "8"]},
        {"symbol": "d", "gathered": ["n", "m"]},
        {"symbol": "e", "over": ["k", 0, 3], "value": {"of": ["k", "a"], "js": "k*k + a[0]"}},
        {"symbol": "f", "over": ["k", 2, 3], "value": {"of": ["k", "e"], "js": "e[k]"}},
        {"symbol": "g", "value": {"of": ["f"], "js": "f[2] + f[3]"}},
    ]
    assert script(f"derive({json.dumps(given)}, {{n: 3, m: 4}})") == {
        "n": 3,
        "m": 4,
        "a": [5, 6, 7],
        "b": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
        "c": [[0, 0, 0, 0, 1, 1, 1, 1], [1, 0, 0, 0]],
        "d": [0, 3, 4],
        "e": [5, 6, 9, 14],
        "f": [None, None, 9, 14],
        "g": 23,
    }


def test_integers_of_which_a_condition_holds_are_listed(script):
    which = "{which: {of: ['k', 'n'], js: 'k > n'}, over: ['k', 1, 4]}"
    assert script(f"valueOf({which}, {{n: 2}})") == [3, 4]
    assert script(f"valueOf({which}, {{n: 4}})") == []


def test_lists_are_said_as_a_person_would(script):
    assert script("[[], [3], [1, 2], [1, 2, 3000]].map(inWords)") == ["none", "3", "1 and 2", "1, 2 and 3,000"]
    assert script("inWords(0.5)") == "0.5"


def test_axis_is_cut_evenly_on_its_scale(script):
    assert script("spaced(1, 3, 'linear', 4)") == [1, 1.5, 2, 2.5, 3]
    assert script("spaced(1, 16, 'log', 2)") == [1, 4, 16]
    assert script("spaced(0, 1, 'linear').length") == 161


def test_curve_ends_where_its_domain_does(script):
    points = script("sample([(x) => (x <= 0.3 ? x : NaN)], 0, 1, 'linear')")
    drawn = [x for x, y in points if y is not None]
    assert drawn[-1] == pytest.approx(0.3, abs=1e-12)
    assert len(points) == 163
    between = script("sample([(x) => (x <= 0.303 ? x : NaN)], 0, 1, 'linear')")
    assert [x for x, y in between if y is not None][-1] == pytest.approx(0.303, abs=1e-12), "not one of the points"
    begun = script("sample([(x) => (x >= 0.3 ? x : NaN)], 0, 1, 'linear')")
    assert next(x for x, y in begun if y is not None) == pytest.approx(0.3, abs=1e-12)


def test_marks_run_through_the_integers_between_their_ends(script):
    assert script("indices(['k', 0.5, 3.5], {n: 1}).map(({k}) => k)") == [1, 2, 3]
    assert script("indices(['k', 2, 1], {})") == []
    assert script("indices(['k', 3*(1 + 1e-15), 3*(1 - 1e-15)], {}).map(({k}) => k)") == [3], (
        "whole but for the last bits"
    )
    assert script("indices(['k', 3.001, 3.999], {})") == []
    assert script("indices(['k', 2.999, 4.001], {}).map(({k}) => k)") == [3, 4]
    assert script("indices(['k', 0, 1e9], {}).length") == 2001


def test_ticks_are_round_and_fit(script):
    assert script("ticks(0, 1, 'linear', 5)") == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert script("ticks(0, 1, 'linear', 3)") == [0, 0.5, 1]
    assert script("ticks(1, 1000, 'log', 4)") == [1, 10, 100, 1000]
    assert script("ticks(1, 10, 'log', 20)") == [1, 2, 3, 4, 5, 6, 8, 10]
    assert script("ticks(1, 1e6, 'log', 4)") == [1, 100, 1e4, 1e6]
    assert script("ticks(3, 13, 'linear', 5)") == [4, 6, 8, 10, 12]
    assert script("ticks(0.5, 2.4, 'linear', 4.9)") == [0.5, 1, 1.5, 2]
    assert script("ticks(-30, 30, 'linear', 1)") == [0]
    assert script("ticks(0.002, 0.3, 'log', 9)") == [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
    assert script("ticks(2, 5e7, 'log', 3)") == [1e3, 1e6]
    assert script("ticks(1e-7, 1e-1, 'log', 3)") == [1e-6, 1e-3]
    assert script("ticks(1e-6, 1e-1, 'log', 2)") == [1e-6, 1e-3]
    assert script("ticks(1, 1000*(1 - 1e-12), 'log', 4)") == [1, 10, 100, 1000], "1000 but for the last bits"
    assert script("ticks(10*(1 - 1e-12), 1e6, 'log', 3)") == [100, 1e4, 1e6]


def test_heights_stay_where_a_screen_has_room(script):
    bounded = "Drawing.prototype.bounded.call({y: {low: 1, high: 100, scale: '%s'}}, %s)"
    assert [script(bounded % ("log", y)) for y in (0, 5, 1e300)] == [1e-6, 5, 1e8]
    assert [script(bounded % ("linear", y)) for y in (-1e300, 5, 1e300)] == [1 - 9 * 99, 5, 100 + 9 * 99]
    within = "Drawing.prototype.within.call({y: {low: 1, high: 100}}, %s)"
    assert [script(within % y) for y in (0, 5, 101, "NaN")] == [1, 5, 100, None]


# A frame in which a step along x is 100 pixels, a step along y ten; of a group, what is not the same for all of it.
DRAWN = """(() => {
  const scale = (low, high) => ({symbol: "l", low, high, scale: "linear"});
  const state = {values: {l: 2, n: 3}, isAt: ({ n }) => n === 3};
  const drawing = new Drawing({x: scale(1, 5), y: scale(0, 10)}, state, new Map(), "clip");
  drawing.put(100, 500, 0, 100);
  return drawing.%s.map((group) => ({
    mark: group.getAttribute("data-mark"),
    shapes: [...group.children].map((shape) => Object.fromEntries([...shape.attributes].map(({ name, value }) => [name, value]))),
  }));
})()"""


@pytest.fixture(scope="module")
def drawn():
    page = DOCUMENT.read_text(encoding="utf-8") + "\nvar document = linkedom.parseHTML('<!doctype html>').document;"
    script = module_in_v8(page)
    return lambda mark: script(DRAWN % mark)


@pytest.fixture(scope="module")
def drawing():
    """What a function says of each group of a mark."""
    page = DOCUMENT.read_text(encoding="utf-8") + "\nvar document = linkedom.parseHTML('<!doctype html>').document;"
    script = module_in_v8(page)
    part = DRAWN.partition("return drawing.")[0]
    return lambda mark, said: script(f"{part}return drawing.{mark}.map({said}); }})()")


def numbers(shapes, *names):
    return [tuple(round(float(shape[name]), 9) for name in names) for shape in shapes]


def test_sums_over_integers_are_drawn_where_they_belong(drawn):
    square = "{of: ['k'], js: 'k*k'}"
    ((steps,),) = (group["shapes"] for group in drawn(f"steps({{y: {square}, over: ['k', 1, 3], series: 2}})"))
    assert steps["d"] == "M100,90L200,90L200,60L300,60L300,10L400,10L400,10"
    bars = drawn(f"bars({{x: {{of: ['k'], js: 'k'}}, y: {square}, over: ['k', 1, 4], series: 2, breadth: 0.5}})")
    assert numbers(bars[0]["shapes"], "x", "y", "width", "height") == [
        (75, 90, 50, 10), (175, 60, 50, 40), (275, 10, 50, 90), (375, 0, 50, 100),
    ]  # fmt: skip
    cells = drawn(
        "cells({value: {of: ['i', 'k'], js: 'i*k'}, low: 1, high: 5, over: [['i', 1, 2], ['k', 2, 3]], series: 2})"
    )
    assert numbers(cells[0]["shapes"], "x", "y", "width", "height", "fill-opacity") == [
        (50.5, 75.5, 99, 9, 0.25), (50.5, 65.5, 99, 9, 0.5), (150.5, 75.5, 99, 9, 0.75), (150.5, 65.5, 99, 9, 1),
    ]  # fmt: skip


def test_dots_beyond_the_frame_stand_at_its_edge(drawn):
    points = "[[1, 4], [5, 10], [2, 0], [3, 11], [3, -1], [6, 4], [0, 4]].map(([x, y]) => ({x, y}))"
    within, above, below = drawn(f"dots({points}, 1, false)")
    assert numbers(within["shapes"], "cx", "cy") == [(100, 60), (500, 0), (200, 100)]
    assert [shape["transform"] for shape in above["shapes"]] == ["translate(300,0)"]
    assert [shape["transform"] for shape in below["shapes"]] == ["translate(300,100) rotate(180)"]


def test_series_without_a_symbol_of_its_own_has_discs(drawn):
    (dots,) = drawn("dots([{x: 2, y: 4}], 0, false)")
    assert numbers(dots["shapes"], "cx", "cy") == [(200, 60)]


def test_lines_break_where_there_is_no_value(drawn):
    (curve,) = drawn("through([[1, 0], [2, 5], [3, NaN], [4, 5], [5, 0]], {series: 1})")
    assert curve["shapes"][0]["d"] == "M100,100L200,50M400,50L500,100"
    assert drawn("through([[1, NaN]], {series: 1})") == []


def test_error_bars_end_at_the_frame_and_belong_to_the_setting(drawn):
    points = [{"at": {"n": n}, "x": x, "y": y, "se": se} for n, x, y, se in (
        (3, 2, 4, 1), (3, 1, 9, 1), (3, 5, 1, 1), (3, 3, 5, 0), (4, 2, 4, 1), (3, 6, 4, 1), (3, 4, 20, 1),
    )]  # fmt: skip
    bars, caps, *_ = drawn(f"samples({{points: {json.dumps(points)}, series: 2, spread: 2}}, 0)")
    assert numbers(bars["shapes"], "x1", "x2", "y1", "y2") == [
        (200, 200, 80, 40), (100, 100, 30, 0), (500, 500, 100, 70),
    ]  # fmt: skip
    ends = [(200, 80), (200, 40), (100, 30), (100, 0), (500, 100), (500, 70)]
    found = [[float(number) for number in re.findall(r"[\d.]+", shape["transform"])] for shape in caps["shapes"]]
    np.testing.assert_allclose(found, ends, atol=1e-9)


def test_rule_is_drawn_within_the_frame_only(drawn):
    for axis, ends, places, beyond in (
        ("x", (1, 5), (100, 500), (0.9, 5.1)),
        ("y", (0, 10), (100, 0), (-0.1, 10.1)),
    ):
        for at, place in zip(ends, places, strict=True):
            (rule,) = drawn(f"rule({{{axis}: {at}, series: 1}})")
            assert numbers(rule["shapes"], f"{axis}1", f"{axis}2") == [(place, place)]
        assert [drawn(f"rule({{{axis}: {at}, series: 1}})") for at in beyond] == [[], []]


def test_arrows_end_in_barbs_no_longer_than_a_third_of_them(drawn):
    for end, wing in ((2, 28 / 3), (1.06, 2)):
        (arrows,) = drawn(f"arrows({{x0: 1, y0: 0, x: {end}, y: 0, series: 1}})")
        found = [float(number) for number in re.findall(r"-?[\d.]+", arrows["shapes"][0]["d"])]
        tip, across, up = 100 * end, wing * np.cos(np.radians(25)), wing * np.sin(np.radians(25))
        barbs = [tip - across, 100 + up], [tip - across, 100 - up]
        assert found[:4] + found[6:8] == pytest.approx([100, 100, tip, 100, tip, 100])
        np.testing.assert_allclose(sorted((found[4:6], found[8:])), sorted(barbs))


def test_lines_are_as_thick_as_in_the_legend(drawing):
    def thick(mark):
        return drawing(mark, "(g) => [g.getAttribute('stroke-width'), g.getAttribute('stroke-dasharray')]")

    assert thick("curve({y: 1, series: 1})") == [["2.5", None]]
    assert thick("curve({y: 1, series: 2, width: 4})") == [["4", "9 4"]]
    assert thick("curve({y: 1, series: 2, dash: 1})") == [["2.5", None]]
    assert thick("rule({x: 1, series: 3})") == [["1.75", "2 4"]]
    assert thick("steps({y: 1, over: ['k', 1, 2], series: 3, dash: 2})") == [["2.5", "9 4"]]
    assert thick("arrows({x0: 0, y0: 0, x: 1, y: 1, series: 3})") == [["2", None]]
    assert thick("dots([{x: 2, y: 4}, {x: 2, y: 11}], 1, true)") == [["2", None]] * 2


def places(d):
    """The places that a path goes through, in the frame's own numbers."""
    pairs = [pair.split(",") for pair in re.split("[MLZ]", d) if pair]
    return [(float(x) / 100, 10 - float(y) / 10) for x, y in pairs]


PATH = "(g) => g.firstChild.getAttribute('d')"


def test_curve_along_a_parameter_passes_through_its_ends(drawing):
    over = "{x: {of: ['t'], js: '1 + t'}, y: {of: ['t', 'n'], js: 'n*t'}, over: ['t', 0, 2], series: 1}"
    points = places(drawing(f"curve({over})", PATH)[0])
    for found, wanted in zip((points[0], points[320], points[-1]), ((1, 0), (2, 3), (3, 6)), strict=True):
        assert found == pytest.approx(wanted, abs=1e-3)
    assert len(points) == 641


def test_area_lies_between_its_edges_within_reach(drawing):
    low, high = "{of: ['l'], js: 'l - 1'}", "{of: ['l'], js: '1000*l'}"
    points = places(drawing(f"area({{low: {low}, high: {high}, series: 1}})", PATH)[0])
    corners = points[0], points[len(points) // 2 - 1], points[len(points) // 2], points[-1]
    for found, wanted in zip(corners, ((1, 100), (5, 100), (5, 4), (1, 0)), strict=True):
        assert found == pytest.approx(wanted, abs=1e-3)
    opacity = drawing(f"area({{low: {low}, high: {high}, series: 1}})", "(g) => Number(g.getAttribute('fill-opacity'))")
    assert 0 < opacity[0] < 0.5


def test_arrows_go_from_their_foot_to_their_head(drawing):
    over = "over: ['k', 1, 2], series: 1, x0: {of: ['k'], js: 'k'}, y0: 2, x: 3, y: {of: ['k'], js: '4*k'}"
    paths = drawing(f"arrows({{{over}}})", "(g) => [...g.children].map((path) => path.getAttribute('d'))")[0]
    assert [places(d)[:2] for d in paths] == [[(1, 2), (3, 4)], [(2, 2), (3, 8)]]


def test_error_bars_end_in_level_strokes(script):
    drawn = "(() => { const at = []; cap.draw({ moveTo: (...p) => at.push(p), lineTo: (...p) => at.push(p) }, 100); return at; })()"
    assert script(drawn) == [[-7, 0], [7, 0]]


def test_dots_of_a_run_stand_at_its_integers(drawn):
    groups = drawn("dot({x: {of: ['k'], js: 'k'}, y: {of: ['k'], js: '2*k'}, over: ['k', 1, 9], series: 1})")
    assert [numbers(group["shapes"], "cx", "cy") for group in groups] == [
        [(100 * k, 100 - 20 * k) for k in range(1, 6)]
    ]


def test_inverse_of_the_incomplete_beta_is_its_lower_one(script):
    # I_x(1, b) = 1 - (1 - x)^b
    assert script("evaluate('betaincinv(p, 1, b)', {p: 0.75, b: 2})") == pytest.approx(0.5, rel=1e-12)
    assert script("evaluate('betaincinv(p, 1, b)', {p: 0.19, b: 2})") == pytest.approx(0.1, rel=1e-12)


@pytest.mark.parametrize("name", TABLE)
def test_formula_has_its_value_in_javascript(name, script):
    formula = formulas.registry[name]
    for arguments, value in TABLE[name].values:
        assert script(f"evaluate({json.dumps(formula.js)}, {json.dumps(arguments)})") == pytest.approx(
            float(value), rel=1e-10, abs=1e-300
        )
        assert script(f"evaluate({json.dumps(formula.js_domain)}, {json.dumps(arguments)})")
    for change in TABLE[name].outside:
        place = json.dumps(TABLE[name].values[0][0] | change)
        assert not script(f"evaluate({json.dumps(formula.js_domain)}, {place})"), change


def test_logarithm_of_a_binomial_is_exact_in_javascript(script):
    code = javascript(log_binomial(m, l))
    for many, few in ((5, 1), (5, 2), (5, 5), (40, 20), (1000, 3), (1000, 997), (10**6, 5), (10**9, 400)):
        exact = mp.log(mp.binomial(many, few))
        found = script(f"evaluate({json.dumps(code)}, {{m: {many}, l: {few}}})")
        assert found == pytest.approx(float(exact), rel=1e-11, abs=1e-13)


def test_measurements_are_written_alike_in_both_languages(script):
    rng = np.random.default_rng(5)
    pairs = [(2.4412, 0.0623), (0, 0.5), (-3.25, 0.04), (31_234.5, 321.0), (3.0, 0.0), (1e9, 1e7), (1e-9, 1e-11)]
    pairs += [(x, abs(x) * 10 ** -rng.uniform(0, 4)) for x in 10 ** rng.uniform(-3, 6, 300) * rng.choice([-1, 1], 300)]
    for value, error in pairs:
        assert script(f"withError({float(value)!r}, {float(error)!r})") == with_error(float(value), float(error)), (
            value,
            error,
        )


def test_error_has_two_digits_and_its_measurement_as_many_places():
    assert with_error(0.25912, 0.00214) == "0.2591 ± 0.0021"
    assert with_error(78.66, 3.4) == "78.7 ± 3.4"

"""Explorers of the chapter *Boolean-ish*."""

from functools import cache

import numpy as np
import sympy as sp
from sympy import stats

from superposition import formulas, simulate
from superposition.draws import Draw
from superposition.explorer import (
    PLACE,
    Area,
    Axis,
    Bars,
    Crossing,
    Curve,
    Dot,
    Explorer,
    Measure,
    One,
    Readout,
    Rule,
    Samples,
    Sentence,
    Slider,
)
from superposition.simulate import chains
from superposition.symbols import K, b, l, m, n, theta

__all__ = ["bits_against_levels", "few_bits", "level_bells", "levels_against_active"]

_MOST_BITS = 8
_KEPT = {"n": 1024, "m": 10_000}
_ABSENT_DOTS = 300


def _network(x, height, text, steps, given):
    """One network: its readouts, on the vertical axis after `height`, beside the place of the setting."""
    low, high = sp.symbols("low high", real=True)
    aside = [
        Draw(low, stats.Uniform, -1, 1, count=sp.Min(m - l, _ABSENT_DOTS)),
        Draw(high, stats.Uniform, -1, 1, count=l),
    ]
    dots = [
        Dot(
            x(low), height(chains.absent), label=f"one network, read: absent features, {_ABSENT_DOTS} of them", series=3
        ),
        Dot(x(high), height(chains.present), label="one network, read: active features", series=4),
    ]
    return One(dots, [Sentence(text, absent=m - l)], steps=[*steps, *aside], given=given)


def level_bells() -> Explorer:
    """Readouts of absent features and of active ones at K levels as bells, and the border that absent ones must not pass."""
    r, place = sp.Symbol("r", real=True), sp.Symbol("place", nonnegative=True)
    gaps, noise = K - 1, formulas.crosstalk_std.expr
    half_gap = 1 / (2 * gaps)

    def bell(middle, at):
        return sp.exp(-((at - middle) ** 2) / (2 * noise**2)) / (noise * sp.sqrt(2 * sp.pi))

    absent = (m - l) * bell(0, r)
    # one bell after the other, each out to where it has sunk below the chart
    level = (sp.floor(place) + 1) / gaps
    at = level + 8 * noise * (2 * (place - sp.floor(place)) - 1)
    return Explorer(
        id="level-bells",
        title="Levels as bells",
        caption="How many readouts are expected where, by the normal law, when active features use all levels above 0 equally often and the "
        "noise is that of all at the largest. Shaded: absent features read as active.",
        sliders=[
            Slider(K, 2, 16, 4, scale="linear", label="levels"),
            Slider(l, 1, 200, 8),
            Slider(n, 1024, 65_536, 8192),
            Slider(m, 1000, 10**6, 100_000),
        ],
        x=Axis(r, -0.3, 1.3, label="readout, *r*"),
        y=Axis(low=0.1, high=10**8, scale="log", label="features per unit of readout"),
        marks=[
            Area(0.1, sp.Piecewise((sp.Max(absent, 0.1), r > half_gap), (0.1, True)), series=1),
            Curve(absent, label="absent features"),
            Curve(l / gaps * bell(level, at), x=at, over=(place, 0, gaps), label="each level above 0"),
            Rule(x=half_gap, label="border between absent and the first level", series=0),
        ],
        readouts=[
            Readout("from a level to its border, in units of the noise", half_gap / noise),
            Readout("levels that can be told apart", formulas.levels),
        ],
        text=[
            Sentence(
                "With {K} levels a border is {half} standard deviations of the noise from its level, and {levels} levels can be told apart.",
                half=half_gap / noise,
                levels=sp.floor(formulas.levels.expr),
                when=formulas.levels.expr >= 2,
            ),
            Sentence("So much noise leaves no two levels that can be told apart.", when=formulas.levels.expr < 2),
            Sentence("All {m} features keep within their borders.", when=formulas.level_errors.expr < sp.Rational(1, 2)),
            Sentence(
                "Of {m} features {errors} are read at a wrong level.",
                errors=formulas.level_errors,
                when=formulas.level_errors.expr >= sp.Rational(1, 2),
            ),
        ],
    )  # fmt: skip


def _level_points(use, trials):
    points = []
    for neurons in (1024, 8192, 65_536):
        for size in (10_000, 1_000_000):
            for n_active in (1, 2, 5, 10, 20, 50, 100, 200, 500):
                if formulas.levels(l=n_active, m=size, n=neurons) < 2:
                    continue
                rng = np.random.default_rng([neurons, size, n_active])
                allowed = formulas.errors_at_limit(m=size)
                found = simulate.largest_levels(neurons, size, n_active, allowed, trials, rng, use)
                at = {"n": neurons, "m": size}
                points.append({"at": at, "x": n_active, "y": found.n_levels, "se": found.n_levels_se})
    return points


def levels_against_active() -> Explorer:
    """Levels that can be told apart, against the number of active features."""

    largest, uniform = formulas.levels, formulas.levels_uniform
    gaps = K - 1
    network = _network(
        lambda spread: l * sp.exp(spread / 10),
        lambda readout: 1 + gaps * readout,
        "Read at {K:levels}: {alarms} of {absent} absent features taken for active ones, {misread} of {l} active ones at a wrong level.",
        [*chains.alarmed(_ABSENT_DOTS, height=1 / (2 * gaps)), chains.misread_levels(sp.S.Half)],
        {K: sp.Max(2, sp.floor(uniform.expr)), chains.shown: l},
    )
    return Explorer(
        id="levels-against-active",
        title="How many levels?",
        caption="Activation levels that nearest-level decoding of all m features can tell apart. Points: simulated, bars of two "
        "standard errors, at the settings that were simulated for this page.",
        sliders=[Slider(l, 1, 500, 10), Slider(n, 256, 262_144, 8192), Slider(m, 1000, 10**9, 10_000)],
        x=Axis(l, 1, 500, scale="log"),
        y=Axis(low=1, high=100, scale="log", label="levels, *K*"),
        marks=[
            Curve(largest, label="all at the largest level"),
            Curve(uniform.expr, label="used equally often"),
            Samples(_level_points("largest", 200), label="simulated", series=1),
            Samples(_level_points("uniform", 1000), series=2),
            Rule(y=2, series=0, dash=3, label="boolean"),
            Rule(x=formulas.max_active, series=3, label="*n*/(8 ln *m*)"),
            Dot(l, largest),
        ],
        readouts=[
            Readout("levels, all at the largest", largest),
            Readout("levels, used equally often", uniform.expr),
            Readout("active features at two levels", formulas.max_active),
        ],
        text=[
            Sentence(
                "With {l} of {m} features active on {n} neurons, {levels} levels can be told apart in the worst case, when all are "
                "at the largest.",
                levels=largest,
            ),
            Sentence(
                "Used equally often, the formula says {levels}, which only many active features reach.",
                levels=uniform.expr,
                when=l <= formulas.max_active.expr,
            ),
            Sentence("Not even present and absent can be told apart everywhere.", when=l > formulas.max_active.expr),
        ],
        measure=Measure(
            chains.levels,
            chains.errors,
            "number of levels, used equally often",
            formula=uniform.expr,
            given={chains.largest: 0, chains.shown: 1},
            crossing=Crossing(
                K,
                allowed=formulas.errors_at_limit,
                of=m,
                start=uniform.expr,
                # half a gap over the noise, in units of its value with one gap and everything at the largest
                place=sp.sqrt(6 / (K * (2 * K - 1))),
                back=sp.Max(1, 1 + (sp.sqrt(1 + 48 / PLACE**2) - 3) / 4),
                lowest=2,
            ),
            trials=1000,
            one=network,
        ),
    )


def bits_against_levels() -> Explorer:
    """Bits per neuron for each number of levels, with as many features active as that many levels allow."""
    levels = sp.Symbol("levels", positive=True)

    def room(bits, active):
        return sp.Piecewise((bits.expr, active.expr >= 1))

    active = formulas.max_active_levels_uniform
    worst = room(formulas.level_capacity, formulas.max_active_levels)
    uniform = room(formulas.level_capacity_uniform, active)
    two, three = (formulas.level_capacity_uniform.expr.subs(K, number) for number in (2, 3))
    bars = (levels, 2, 12)
    return Explorer(
        id="bits-against-levels",
        title="More levels, fewer bits",
        caption="Bits that say which features are active and at which level, with as many features active as that number of levels allows. "
        "Where no bar stands there is no room for even one.",
        sliders=[
            Slider(n, 1024, 65_536, 8192),
            Slider(m, 100_000, 10**9, 100_000),
        ],
        x=Axis(low=1.5, high=12.5, label="levels, *K*"),
        y=Axis(low=0, high=0.2, label="bits per neuron"),
        marks=[
            Bars(uniform.subs(K, levels), over=bars, label="all levels used equally often"),
            Bars(worst.subs(K, levels), over=bars, breadth=0.4, label="all active features at the largest level"),
        ],
        readouts=[
            Readout("active features at two levels", active.expr.subs(K, 2)),
            Readout("at three", active.expr.subs(K, 3)),
            Readout("at five", active.expr.subs(K, 5)),
        ],
        text=[
            Sentence(
                "A neuron carries {two} bits when features are only present or absent. A third level says more of each feature, but only "
                "{three_active} instead of {two_active} of them may be active, and {three} bits are left.",
                two=two,
                three=three,
                two_active=active.expr.subs(K, 2),
                three_active=active.expr.subs(K, 3),
            ),
        ],
    )  # fmt: skip


def _kept(n, m, bits, trials, rng):
    def measure(n_active):
        return simulate.quantised_errors(n, m, n_active, bits, trials, rng)

    kept = 1 - simulate.gaussian_quantiser(bits).distortion
    start = max(1, int(kept * formulas.max_active(m=m, n=n)))
    return simulate.largest_active(measure, m, formulas.errors_at_limit(m=m), start)


@cache
def _kept_points(trials=50):
    points = []
    for bits in range(1, _MOST_BITS + 1):
        found = _kept(**_KEPT, bits=bits, trials=trials, rng=np.random.default_rng(bits))
        share, error = (100 * value / formulas.max_active(**_KEPT) for value in (found.n_active, found.n_active_se))
        points.append({"at": {}, "x": bits, "y": share, "se": error})
    return points


def few_bits() -> Explorer:
    """Share of the active features that neurons of few bits bear, with as many neurons and with as many bits."""
    # to nine digits, which are the same on every machine
    table = [float(f"{simulate.gaussian_quantiser(bits).distortion:.9g}") for bits in range(1, _MOST_BITS + 1)]
    distortion = sp.Piecewise(*((value, b <= bits) for bits, value in enumerate(table[:-1], 1)), (table[-1], True))
    bits = sp.Symbol("bits", positive=True)
    kept = 100 * (1 - distortion)

    limit, size = formulas.max_active(**_KEPT), _KEPT["m"]
    start = sp.Max(1, sp.floor(kept / 100 * limit))
    network = _network(
        lambda spread: b + sp.Rational(2, 5) * spread,
        lambda readout: 100 * readout,
        "With {l:features} active, {alarms} of {absent} absent ones read as active, {missed} missed. Dots: readouts, times 100.",
        chains.counted(_ABSENT_DOTS, amplitude=chains.read),
        {l: start, chains.shown: start},
    )
    return Explorer(
        id="few-bits",
        title="How many bits does a neuron need?",
        caption="Active features up to which all *m* are read, when neurons keep *b* bits. Wide bars: *n* neurons. Narrow bars: *n* bits in "
        "all, which are *n*/*b* neurons. Points: measured, 10,000 features on 1,024 neurons.",
        sliders=[Slider(b, 1, _MOST_BITS, 2, scale="linear", label="bits per neuron")],
        x=Axis(b, 0.5, _MOST_BITS + 0.5, label="bits per neuron, *b*"),
        y=Axis(low=0, high=120, label="active features, % of *n*/(8 ln *m*)"),
        marks=[
            Bars(kept.subs(b, bits), over=(bits, 1, _MOST_BITS), label="*n* neurons"),
            Bars((kept / b).subs(b, bits), over=(bits, 1, _MOST_BITS), breadth=0.4, label="*n* bits", series=5),
            Rule(y=100, label="full precision", series=0, dash=3),
            Samples(_kept_points(), label="measured, *n* neurons", series=2),
            Dot(b, kept),
            Dot(b, kept / b),
        ],
        readouts=[
            Readout("kept by as many neurons", kept, unit="%"),
            Readout("kept by as many bits", kept / b, unit="%"),
        ],
        text=[
            Sentence(
                "Neurons of {b:bits} bear {kept} % of the active features that neurons of full precision bear. For the same number of "
                "bits in all there are fewer of them, and they bear {each} %.",
                kept=kept,
                each=kept / b,
                when=b > 1,
            ),
            Sentence(
                "One bit, the sign of each neuron, keeps {kept} % of the active features, and no neurons carry more for their bits.",
                kept=kept,
                when=sp.Eq(b, 1),
            ),
            Sentence("Further bits buy next to nothing.", when=b >= 4),
        ],
        measure=Measure(
            chains.quantised(*range(1, _MOST_BITS + 1)),
            chains.errors,
            "share of the active features kept, in %",
            formula=kept,
            given={n: _KEPT["n"], m: size, theta: sp.S.Half, chains.shown: 1},
            crossing=Crossing(
                l,
                allowed=formulas.errors_at_limit(m=size),
                of=size,
                start=start,
                place=1 / sp.sqrt(l),
                back=100 * PLACE**-2 / limit,
            ),
            trials=200,
            one=network,
        ),
    )  # fmt: skip

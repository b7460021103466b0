"""Explorers of the chapter *Boolean-ish*."""

from functools import cache

import numpy as np
import sympy as sp

from superposition import formulas, simulate
from superposition.explorer import (
    PLACE,
    Axis,
    Bars,
    Crossing,
    Curve,
    Dot,
    Explorer,
    Measure,
    Readout,
    Rule,
    Samples,
    Sentence,
    Simulation,
    Slider,
)
from superposition.simulate import chains
from superposition.symbols import D, K, b, l, m, n

__all__ = ["bits_against_levels", "few_bits", "level_bells", "levels_against_active"]

_MOST_BITS = 8


def level_bells():
    """Readouts of features at K levels as bells, which overlap once there are too many levels."""
    r = sp.Symbol("r", real=True)
    gaps, noise = K - 1, formulas.crosstalk_std.expr
    nearest = sp.Min(sp.Max(sp.floor(r * gaps + sp.Rational(1, 2)), 0), gaps)

    def bell(level):
        shape = sp.exp(-((r - level / gaps) ** 2) / (2 * noise**2)) / (noise * sp.sqrt(2 * sp.pi))
        return sp.Piecewise((shape, (level >= 0) & (level <= gaps)), (0, True))

    half_gap = 1 / (2 * gaps)
    loudest = noise * sp.sqrt(2 * sp.log(m))
    errors = formulas.level_errors
    return Explorer(
        id="level-bells",
        title="Levels as bells",
        caption="Readouts of features at equally spaced levels, the largest at 1, when all active features are at the largest. "
        "Each bell is one level; a readout past the middle between two is decoded wrongly.",
        sliders=[
            Slider(K, 2, 16, 4, scale="linear", label="levels"),
            Slider(l, 1, 200, 8),
            Slider(n, 256, 65_536, 8192),
            Slider(m, 1000, 10**9, 100_000),
        ],
        x=Axis(r, -0.3, sp.Max(sp.Rational(13, 10), sp.Rational(11, 10) * loudest), label="readout, *r*"),
        y=Axis(
            low=0, high=sp.Rational(11, 10) / (noise * sp.sqrt(2 * sp.pi)), label="probability density of each level"
        ),
        marks=[
            Curve(bell(nearest), label="the nearest level"),
            Curve(bell(nearest - 1), label="its neighbours", series=2),
            Curve(bell(nearest + 1), series=2),
            Rule(x=half_gap, label="border between absent and the first level", series=0),
            Rule(x=loudest, label="about where the loudest of *m* noises stands", series=4),
        ],
        readouts=[
            Readout("half a gap, in units of the noise", half_gap / noise),
            Readout("wrong levels among all features", errors),
            Readout("levels that can be told apart", formulas.levels),
        ],
        text=[
            Sentence(
                "With {K} levels half a gap is {half} standard deviations of the noise, and of {m} features {errors} are decoded "
                "wrongly on average.",
                half=half_gap / noise,
                errors=errors,
            ),
            Sentence("The formula allows {most} levels here.", most=formulas.levels),
        ],
    )


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


def levels_against_active():
    """Levels that can be told apart, against the number of active features."""

    largest, uniform = formulas.levels, formulas.levels_uniform
    return Explorer(
        id="levels-against-active",
        title="How many levels?",
        caption="Activation levels that nearest-level decoding of all m features can tell apart. Points: simulated, bars of two "
        "standard errors, at the settings that were simulated for this page.",
        sliders=[Slider(l, 1, 500, 10), Slider(n, 256, 262_144, 8192), Slider(m, 1000, 10**9, 10_000)],
        x=Axis(l, 1, 500, scale="log"),
        y=Axis(low=1, high=100, scale="log", label="levels, *K*"),
        marks=[
            Curve(largest, label="all active features at the largest level"),
            Curve(uniform.expr, label="all levels used equally often"),
            Samples(_level_points("largest", 200), label="all at the largest, simulated", series=1),
            Samples(_level_points("uniform", 1000), label="used equally often, simulated", series=2),
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
            given={chains.largest: 0},
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
        ),
    )


def bits_against_levels():
    """Bits per neuron against the number of levels, with as many features active as the levels allow."""

    def room(bits, active):
        return sp.Piecewise((bits.expr, active.expr >= 1))

    active = formulas.max_active_levels_uniform
    worst = room(formulas.level_capacity, formulas.max_active_levels)
    uniform = room(formulas.level_capacity_uniform, active)
    two = formulas.level_capacity.expr.subs(K, 2)
    return Explorer(
        id="bits-against-levels",
        title="Bits per neuron",
        caption="Bits that say which features are active and at which level, with as many features active as that number of levels "
        "allows. A curve ends where it allows fewer than one.",
        sliders=[
            Slider(K, 2, 12, 3, scale="linear", label="levels"),
            Slider(n, 512, 65_536, 8192),
            Slider(m, 65_536, 10**9, 100_000),
        ],
        x=Axis(K, 2, 12, label="levels, *K*"),
        y=Axis(low=0, high=0.2, label="bits per neuron"),
        marks=[
            Curve(uniform, label="all levels used equally often"),
            Curve(worst, label="all active features at the largest level"),
            Dot(K, uniform),
            Dot(2, two, series=0),
        ],
        readouts=[
            Readout("active features, levels used equally often", active),
            Readout("bits per neuron", uniform),
            Readout("bits per neuron at two levels", two),
        ],
        text=[
            Sentence(
                "{n} neurons with {m} features carry {two} bits each when features are only present or absent.",
                two=two,
            ),
            Sentence(
                "With {K} levels {active} features may be active and a neuron carries {bits} bits.",
                active=active,
                bits=uniform,
                when=(active.expr >= 1) & (K > 2),
            ),
            Sentence(
                "{K} levels leave no room for even one active feature.",
                when=active.expr < 1,
            ),
        ],
    )


def _kept(n, m, bits, trials, rng):
    def measure(n_active):
        return simulate.quantised_errors(n, m, n_active, bits, trials, rng)

    kept = 1 - simulate.gaussian_quantiser(bits).distortion
    start = max(1, int(kept * formulas.max_active(m=m, n=n)))
    return simulate.largest_active(measure, formulas.errors_at_limit(m=m), m, start)


@cache
def _kept_points(trials=100):
    points = []
    for size in (10_000, 1_000_000):
        for bits in range(1, _MOST_BITS + 1):
            found = _kept(1024, size, bits, trials, np.random.default_rng([size, bits]))
            points.append({"at": {"n": 1024, "m": size}, "x": bits, "y": found.n_active, "se": found.n_active_se})
    return points


def few_bits():
    """Active features that quantised neurons bear, against their bits."""
    # to nine digits, which are the same on every machine
    table = [float(f"{simulate.gaussian_quantiser(bits).distortion:.9g}") for bits in range(1, _MOST_BITS + 1)]
    distortion = sp.Piecewise(*((value, b <= bits) for bits, value in enumerate(table[:-1], 1)), (table[-1], True))
    kept = formulas.max_active_quantised.expr.subs(D, distortion)
    full = formulas.max_active

    def run(rng, b, m, n, repeats=40, trials=20):
        values = []
        for done in range(1, repeats + 1):
            values.append(_kept(int(n), int(m), int(b), trials, rng).n_active)
            if done > 1:
                yield done / repeats, np.mean(values), np.std(values, ddof=1) / np.sqrt(done), trials * done

    return Explorer(
        id="few-bits",
        title="How many bits does a neuron need?",
        caption="Active features up to which all m are read without error when every neuron keeps b bits. Points: measured, bars of "
        "two standard errors.",
        sliders=[
            Slider(b, 1, _MOST_BITS, 2, scale="linear", label="bits per neuron"),
            Slider(n, 256, 4096, 1024),
            Slider(m, 1000, 10**9, 10_000),
        ],
        x=Axis(b, 0.5, _MOST_BITS + 0.5, label="bits per neuron, *b*"),
        y=Axis(low=0, high=sp.Rational(6, 5) * full.expr, label="active features, *l*"),
        marks=[
            Bars(kept, over=(b, 1, _MOST_BITS), label="(1 − *D*) *n*/(8 ln *m*)"),
            Rule(y=full, label="full precision", series=0, dash=3),
            Samples(_kept_points(), label="measured", series=2),
            Dot(b, kept, series=3),
        ],
        readouts=[
            Readout("share of the active features kept", 1 - distortion),
            Readout("active features", kept),
            Readout("at full precision", full),
        ],
        text=[
            Sentence(
                "With {b} bits per neuron, {n} neurons and {m} features, {kept} features may be active instead of {full}.",
                kept=kept,
                full=full,
            ),
            Sentence("One bit, the sign of each neuron, already keeps most of them.", when=b < 2),
            Sentence("Further bits buy next to nothing.", when=b >= 4),
        ],
        simulate=Simulation(run, "number of active features", formula=kept),
    )

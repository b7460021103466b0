"""Explorers of the chapter *Is it a win?*."""

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
from superposition.symbols import K, S, c, l, m, n, theta

__all__ = ["capacity", "equal_noise", "win_map"]


def _inside(formula):
    """A formula where its conditions hold, without their hold on the sliders."""
    return sp.Piecewise((formula.expr, sp.And(*formula.where)))


def capacity() -> Explorer:
    """Bits per neuron at the limit of a decoder, against the number of features that have a name."""
    at_limit, limit, most = formulas.capacity_at_limit, formulas.max_active_decoder, 1 / (c * sp.log(2))
    return Explorer(
        id="capacity",
        title="More names, hardly more bits",
        caption="Bits that say which features are active, with as many of them active as a decoder of constant c reads. A threshold at ½ has "
        "c = 8; none on linear readouts comes below 2.",
        sliders=[
            Slider(n, 256, 65_536, 1024),
            Slider(m, 10_000, 10**12, 10**6),
            Slider(c, 2, 8, 8, scale="linear", integer=False, label="decoder constant"),
        ],
        x=Axis(m, 10_000, 10**12, scale="log"),
        y=Axis(low=0, high=1.1, label="bits per neuron"),
        marks=[
            Curve(at_limit, label="superposition, at the decoder's limit"),
            Rule(y=most, label="never more: 1/(*c* ln 2)", series=3),
            Rule(y=1, label="a switch on each neuron", series=2),
            Dot(m, at_limit),
        ],
        readouts=[
            Readout("active features that the decoder reads", limit),
            Readout("bits per neuron", at_limit),
            Readout("features with a name, for each neuron", m / n),
        ],
        text=[
            Sentence(
                "{n} neurons name {m} features, of which {limit} may be active at once. Which ones they are is {bits} bits for each "
                "neuron, where a switch would say 1.",
                limit=limit,
                bits=at_limit,
            ),
        ],
    )  # fmt: skip


_ABSENT_DOTS = 300


def _borne(n, m, snr, trials, rng):
    def measure(n_active):
        return simulate.superposed_errors(n, m, n_active, snr, trials, rng)

    start = max(1, int(formulas.max_active_noisy(m=m, n=n, S=snr)))
    return simulate.largest_active(measure, m, formulas.errors_at_limit(m=m), start)


@cache
def _noisy_points(trials=60):
    points = []
    for size in (10_000, 1_000_000):
        for snr in (0.3, 1, 3, 10, 30, 100):
            found = _borne(2048, size, snr, trials, np.random.default_rng([size, round(10 * snr)]))
            values = [
                formulas.capacity_bits(l=found.n_active + step, m=size, n=2048) for step in (0, found.n_active_se)
            ]
            points.append({"at": {"n": 2048, "m": size}, "x": snr, "y": values[0], "se": values[1] - values[0]})
    return points


def equal_noise() -> Explorer:
    """Bits per neuron of superposition and of dense floats, against the signal-to-noise ratio of a neuron."""
    dense, noisy, bound = _inside(formulas.dense_float_bits), _inside(formulas.noisy_capacity), formulas.shannon_bits
    active, two_levels = formulas.max_active_noisy.expr, 2 * sp.log(n)
    low, high = sp.symbols("low high", real=True)
    network = One(
        [
            Dot(
                S * sp.exp(low / 4),
                chains.absent,
                label=f"one network, read: absent features, {_ABSENT_DOTS} of them",
                series=3,
            ),
            Dot(S * sp.exp(high / 4), chains.present, label="one network, read: active features", series=4),
        ],
        [
            Sentence(
                "With {l:features} active, {alarms} of {absent} absent ones read as active, {misread} missed. Dots: readouts.",
                absent=m - l,
            )
        ],
        steps=[
            *chains.alarmed(_ABSENT_DOTS),
            Draw(low, stats.Uniform, -1, 1, count=sp.Min(m - l, _ABSENT_DOTS)),
            Draw(high, stats.Uniform, -1, 1, count=l),
        ],
        given={l: sp.Max(1, sp.floor(active))},
    )
    return Explorer(
        id="equal-noise",
        title="The same neurons, the same noise",
        caption="Bits per neuron with boolean features in superposition, read at a threshold of ½, and with a number of its own in every neuron, all of it read "
        "without error. Points: measured, bars of two standard errors.",
        sliders=[
            Slider(S, 0.05, 10_000, 30, integer=False, label="signal-to-noise ratio of a neuron"),
            Slider(n, 256, 16_384, 2048),
            Slider(m, 1000, 10**9, 10**6),
        ],
        x=Axis(S, 0.05, 10_000, scale="log", label="signal-to-noise ratio, *S*"),
        y=Axis(low=0.005, high=10, scale="log", label="bits per neuron"),
        marks=[
            Curve(noisy, label="superposition, threshold ½"),
            Curve(dense, label="dense floats"),
            Curve(bound, label="no code can do better", series=5),
            Samples(_noisy_points(), label="superposition, measured", series=1),
            Rule(x=two_levels, label="two levels in a dense neuron", series=3, dash=3),
            Dot(S, noisy),
            Dot(S, dense),
        ],
        readouts=[
            Readout("features that may be active", active),
            Readout("levels of a dense neuron", formulas.dense_levels),
            Readout("no code carries more, bits per neuron", bound),
        ],
        text=[
            Sentence(
                "At a signal-to-noise ratio of {S}, superposition read at ½ carries {bits} bits per neuron, with {active} of {m} features active at "
                "once.",
                bits=noisy,
                active=active,
                when=active >= 1,
            ),
            Sentence("There is too much noise for even one active feature.", when=active < 1),
            Sentence("Dense floats carry {dense}.", dense=dense, when=two_levels <= S),
            Sentence("Dense floats cannot even hold two levels in every neuron.", when=two_levels > S),
        ],
        measure=Measure(
            chains.noisy,
            chains.errors,
            "bits per neuron in superposition",
            formula=noisy,
            given={K: 2, theta: sp.S.Half},
            crossing=Crossing(
                l,
                allowed=formulas.errors_at_limit,
                of=m,
                start=active,
                place=1 / sp.sqrt(l),
                back=formulas.capacity_bits.expr.subs(l, sp.Max(1, PLACE**-2)),
            ),
            trials=100,
            one=network,
        ),
    )  # fmt: skip


def win_map() -> Explorer:
    """How rare features must be for superposition to need fewer neurons than dense floats, over their levels."""
    rarest, rare = 10**7, m / l
    edge = 1 / formulas.win_sparsity.expr
    drawn = sp.Piecewise((edge, (K >= 2) & (K <= 16)))
    superposed, dense = formulas.neurons_superposed, formulas.neurons_dense
    return Explorer(
        id="win-map",
        title="Where superposition wins",
        caption="Shaded: features so rare, and with so few levels, that superposition needs fewer neurons than dense floats of the same "
        "signal-to-noise ratio. Level lines: the sparsest and the densest of eight dictionaries of one layer of Gemma 2 9B.",
        sliders=[
            Slider(K, 2, 16, 2, scale="linear", label="levels"),
            Slider(l, 1, 10_000, 1000),
            Slider(m, 100_000, rarest, 10**6),
            Slider(S, 64, 10**6, 1000, label="signal-to-noise ratio of a neuron"),
        ],
        x=Axis(K, 1.5, 16.5, label="levels, *K*"),
        y=Axis(low=10, high=rarest, scale="log", label="one feature in this many is active, *m*/*l*"),
        marks=[
            Area(drawn, rarest, series=1),
            Curve(drawn, label="as many neurons as dense floats; above it, fewer", series=1),
            Rule(y=sp.Rational(131_072, 11), label="Gemma 2 9B, 11 of 131,072", series=2),
            Rule(y=sp.Rational(131_072, 276), label="Gemma 2 9B, 276 of 131,072", series=4),
            Dot(K, rare, label="this setting", series=0),
        ],
        readouts=[
            Readout("neurons, superposition", superposed),
            Readout("neurons, dense floats", dense),
            Readout("neurons, packed list of the active", formulas.neurons_listed),
        ],
        text=[
            Sentence(
                "At {K} levels superposition wins if fewer than one feature in {edge} is active. Here one in {rare} is, and it needs "
                "{superposed:neurons} where dense floats need {dense}.",
                edge=edge,
                rare=rare,
                superposed=superposed,
                dense=dense,
            ),
            Sentence("Superposition wins.", when=rare > edge),
            Sentence("Dense floats win.", when=rare <= edge),
        ],
    )  # fmt: skip

"""Explorers of the chapter *Is it a win?*."""

from functools import cache

import numpy as np
import sympy as sp

from superposition import formulas, simulate
from superposition.explorer import (
    PLACE,
    Axis,
    Cells,
    Crossing,
    Curve,
    Dot,
    Explorer,
    Measure,
    Readout,
    Rule,
    Samples,
    Sentence,
    Slider,
)
from superposition.simulate import chains
from superposition.symbols import K, S, alpha, c, l, m, n, theta

__all__ = ["capacity", "equal_noise", "win_map"]


def _inside(formula):
    """A formula where its conditions hold, without their hold on the sliders."""
    return sp.Piecewise((formula.expr, sp.And(*formula.where)))


def capacity():
    """Bits per neuron against the number of active features, up to the limit of a decoder."""
    bits, limit, at_limit = (
        _inside(formulas.capacity_bits),
        formulas.max_active_decoder,
        _inside(formulas.capacity_at_limit),
    )
    share = formulas.capacity_limit.expr.subs(alpha, sp.log(limit.expr) / sp.log(m))
    return Explorer(
        id="capacity",
        title="How much do the active features tell?",
        caption="Bits per neuron that say which l of m features are active. A decoder of constant c reads them up to the upright line.",
        sliders=[
            Slider(l, 1, 1000, 9),
            Slider(m, 100, 10**12, 10**6),
            Slider(n, 64, 65_536, 1024),
            Slider(c, 2, 8, 8, scale="linear", integer=False, label="decoder constant"),
        ],
        x=Axis(l, 1, 1000, scale="log"),
        y=Axis(low=1e-3, high=10, scale="log", label="bits per neuron"),
        marks=[
            Curve(bits, label="which *l* of *m* are active"),
            Rule(x=limit, label="decoder's limit, *n*/(*c* ln *m*)", series=3),
            Rule(y=1, label="one switch per neuron", series=0, dash=3),
            Dot(l, bits),
            Dot(limit, at_limit, series=3),
        ],
        readouts=[
            Readout("bits per neuron", bits),
            Readout("active features that the decoder reads", limit),
            Readout("bits per neuron at its limit", at_limit),
            Readout("and by the asymptote", sp.Piecewise((share, limit.expr >= 1), (0, True))),
        ],
        text=[
            Sentence(
                "Which {l} of {m} features are active is {bits} bits for each of {n} neurons.", bits=bits, when=l <= m
            ),
            Sentence("A decoder of constant {c} reads that many.", when=l <= limit.expr),
            Sentence("A decoder of constant {c} cannot read that many.", when=l > limit.expr),
            Sentence("There are not that many features.", when=l > m),
        ],
    )


def _borne(n, m, snr, trials, rng):
    def measure(n_active):
        return simulate.superposed_errors(n, m, n_active, snr, trials, rng)

    start = max(1, int(formulas.max_active_noisy(m=m, n=n, S=snr)))
    return simulate.largest_active(measure, formulas.errors_at_limit(m=m), m, start)


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


def equal_noise():
    """Bits per neuron of superposition and of dense floats, against the signal-to-noise ratio of a neuron."""
    dense, noisy, bound = _inside(formulas.dense_float_bits), _inside(formulas.noisy_capacity), formulas.shannon_bits
    active = formulas.max_active_noisy.expr

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
            Rule(x=2 * sp.log(n), label="two levels in a dense neuron", series=3, dash=3),
            Dot(S, noisy),
            Dot(S, dense),
        ],
        readouts=[
            Readout("superposition, bits per neuron", noisy),
            Readout("dense floats, bits per neuron", dense),
            Readout("features that may be active", active),
            Readout("levels of a dense neuron", formulas.dense_levels),
        ],
        text=[
            Sentence(
                "At a signal-to-noise ratio of {S}, superposition read at ½ carries {bits} bits per neuron, with {active} of {m} features active.",
                bits=noisy,
                active=active,
                when=active >= 1,
            ),
            Sentence("There is too much noise for even one active feature.", when=active < 1),
            Sentence("Dense floats carry {dense}.", dense=dense, when=2 * sp.log(n) <= S),
            Sentence("Dense floats cannot even hold two levels in every neuron.", when=2 * sp.log(n) > S),
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
        ),
    )  # fmt: skip


def win_map():
    """Where superposition needs fewer neurons than dense floats, over levels and sparsity."""
    levels, halvings = sp.symbols("levels halvings", positive=True)
    edge = _inside(formulas.win_sparsity)
    superposed, dense, listed = (
        _inside(formula) for formula in (formulas.neurons_superposed, formulas.neurons_dense, formulas.neurons_listed)
    )

    def doublings(expr):
        return sp.log(expr) / sp.log(2)

    saved = doublings(formulas.neurons_dense.expr / formulas.neurons_superposed.expr)
    at_cell = saved.subs({K: levels, l: m / 2**halvings})
    shade = sp.Piecewise((at_cell + 2, at_cell > 0), (0, True))
    return Explorer(
        id="win-map",
        title="Where superposition wins",
        caption="Shaded: superposition needs fewer neurons than dense floats of the same signal-to-noise ratio, the darker the fewer. "
        "Lines: the sparsest and the densest of eight dictionaries of one layer of Gemma 2 9B.",
        sliders=[
            Slider(K, 2, 16, 2, scale="linear", label="levels"),
            Slider(l, 1, 10_000, 1000),
            Slider(m, 1024, 2**24, 10**6),
            Slider(S, 64, 10**6, 1000, label="signal-to-noise ratio of a neuron"),
        ],
        x=Axis(K, 1.5, 16.5, label="levels, *K*"),
        y=Axis(low=-0.5, high=sp.Rational(1, 2) + doublings(m), label="how rare, log₂(*m*/*l*)"),
        marks=[
            Cells(
                shade,
                over=((levels, 2, 16), (halvings, 0, sp.floor(doublings(m)))),
                low=0,
                high=14,
                label="superposition needs fewer neurons",
            ),
            Curve(doublings(1 / edge), label="as many neurons as dense floats", series=3),
            Rule(y=float(np.log2(131_072 / 11)), label="Gemma 2 9B, 11 of 131,072", series=2),
            Rule(y=float(np.log2(131_072 / 276)), label="Gemma 2 9B, 276 of 131,072", series=4),
            Dot(K, doublings(m / l)),
        ],
        readouts=[
            Readout("neurons, superposition", superposed),
            Readout("neurons, dense floats", dense),
            Readout("neurons, packed list of the active", listed),
            Readout("one feature in this many, where they meet", 1 / edge),
        ],
        text=[
            Sentence(
                "For {l} of {m} features at {K} levels, superposition needs {superposed} neurons, dense floats {dense}.",
                superposed=superposed,
                dense=dense,
                when=l <= m,
            ),
            Sentence("Superposition wins.", when=(saved > 0) & (l <= m)),
            Sentence("Dense floats win.", when=(saved <= 0) & (l <= m)),
            Sentence("There are not that many features.", when=l > m),
            Sentence("The noise is too strong for two levels in every dense neuron.", when=2 * sp.log(m) > S),
        ],
    )  # fmt: skip

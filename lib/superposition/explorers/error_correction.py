"""Explorers of the chapters *The price of error correction* and *From layer to layer*."""

import numpy as np
import sympy as sp

from superposition import formulas, simulate
from superposition.data.error_correction import largest_chains
from superposition.explorer import Axis, Curve, Dot, Explorer, Readout, Rule, Samples, Sentence, Simulation, Slider
from superposition.symbols import L, d, delta, h, kappa, l, m, n, q, s

__all__ = ["chains", "depth_is_cheap", "votes_and_width"]


def depth_is_cheap():
    """Neurons that keep every layer clean, against the number of layers."""
    neurons = formulas.depth_neurons
    return Explorer(
        id="depth-is-cheap",
        title="Depth costs a logarithm",
        caption="Neurons that suffice for L layers, each thresholding every feature, to make no error with probability 1 - δ.",
        sliders=[
            Slider(L, 1, 10**6, 32),
            Slider(l, 1, 1000, 8),
            Slider(m, 100, 10**9, 10_000),
            Slider(delta, 1e-6, 0.5, 0.01, integer=False),
        ],
        x=Axis(L, 1, 10**6, scale="log"),
        y=Axis(low=0, high=2 * neurons.expr.subs(L, 10**6), label="neurons, *n*"),
        marks=[
            Curve(neurons, label="neurons that suffice"),
            Rule(y=neurons.expr.subs(L, 1), label="one layer", series=3),
            Dot(L, neurons),
        ],
        readouts=[
            Readout("neurons for all layers", neurons),
            Readout("neurons for one layer", neurons.expr.subs(L, 1)),
            Readout("dearer by the factor", neurons.expr / neurons.expr.subs(L, 1)),
        ],
        text=[
            Sentence(
                "{L} layers with {m} features, {l} of them active, make no error with probability 1 - {delta} on {neurons} "
                "neurons; one layer needs {one}.",
                neurons=neurons,
                one=neurons.expr.subs(L, 1),
            )
        ],
    )


_NEURONS, _FEATURES = 1024, 4096
_STORED = ((2, 4, 3), (2, 4, 4), (2, 8, 6), (4, 3, 3), (4, 8, 6))


def _success_points(trials=120):
    points = []
    for n_active, n_votes, needed in _STORED:
        for d_value in (200, 300, 450, 700, 1200):
            rng = np.random.default_rng([n_active, n_votes, needed, d_value])
            layer = simulate.Corrector(_NEURONS, _FEATURES, n_votes * round(d_value / n_votes), n_votes)
            share = simulate.correction(layer, n_active, trials, rng).at(needed).mean()
            at = {"l": n_active, "s": n_votes, "h": needed}
            error = max(np.sqrt(share * (1 - share) / trials), 1 / trials)
            points.append({"at": at, "x": layer.d, "y": share, "se": error})
    return points


def votes_and_width():
    """Probability that one layer of shared units reads everything rightly, against its width."""
    # 0 where a typical absent feature has the votes that are needed, or there are not so many: no slider is held back by it
    place = {n: _NEURONS, m: _FEATURES}
    success = sp.Piecewise((formulas.correction_success.expr, sp.And(*formulas.correction_success.where)), (0, True))
    success = success.subs(place)
    reliable = formulas.unit_reliability.expr.subs(place)
    halves = formulas.half_space_width.expr.subs(place)

    def run(rng, d, h, l, s):
        layer = simulate.Corrector(_NEURONS, _FEATURES, int(s) * max(1, round(d / s)), int(s))
        for fraction, votes in simulate.correction.slices(layer, int(l), 400, rng, slices=40):
            right = votes.at(int(h))
            size = len(right)
            yield fraction, right.mean(), max(np.sqrt(right.mean() * (1 - right.mean()) / size), 1 / size), size

    return Explorer(
        id="votes-and-width",
        title="How wide must a correcting layer be?",
        caption="Of 4,096 features in 1,024 neurons: the probability that all are read rightly when h of s votes make a feature active, votes counted as independent. "
        "Points: simulated, bars of two standard errors, at the settings that were simulated for this page.",
        sliders=[
            Slider(d, 64, 8192, 900),
            Slider(s, 1, 24, 4, scale="linear"),
            Slider(h, 1, 24, 3, scale="linear"),
            Slider(l, 1, 12, 2),
        ],
        x=Axis(d, 64, 8192, scale="log"),
        y=Axis(low=0, high=1, label="probability that all is right"),
        marks=[
            Curve(success, label="all features right, votes independent"),
            Samples(_success_points(), label="simulated", series=2),
            Rule(x=halves, label="half-space units", series=3, dash=3),
            Rule(x=_FEATURES, label="one unit per feature, *d* = *m*", series=0),
            Dot(d, success),
        ],
        readouts=[
            Readout("probability that all is right", success),
            Readout("reliability of a unit, κ", reliable),
            Readout("probability that noise flips it", formulas.unit_error.expr.subs(kappa, reliable)),
            Readout("features on each unit", _FEATURES * s / d),
            Readout("half-space units that would do", halves),
        ],
        text=[
            Sentence(
                "{d} vote units stand for 4,096 features, {load} of them on each; noise flips a unit with probability {error}.",
                load=_FEATURES * s / d,
                error=formulas.unit_error.expr.subs(kappa, reliable),
            ),
            Sentence(
                "With {h} of {s} votes needed, everything is right with probability {right}.",
                right=success,
                when=h <= s,
            ),
            Sentence("Features that share their only unit cannot be told apart.", when=sp.Eq(s, 1) & (d < _FEATURES)),
            Sentence("No more votes can be needed than there are.", when=h > s),
        ],
        simulate=Simulation(run, "share of trials with all features right", formula=success),
    )


def _chain_points(design, depth=8):
    points = []
    for best in largest_chains(design, depth):
        error = (best.found.high - best.found.low) / 3.92
        points.append({"at": {"l": best.n_active}, "x": best.n, "y": best.found.size, "se": error})
    return points


def chains():
    """Features that a chain of layers carries, through a dense code or from hidden units to hidden units."""
    dense, sparse = formulas.dense_chain_features, formulas.sparse_chain_features
    fixed = n**formulas.sparse_chain_exponent.expr
    return Explorer(
        id="chains",
        title="From layer to layer",
        caption="Features that layers of n units carry on. Points: measured for 2, 4 and 8 active features after 8 layers, each with "
        "the best number of units per feature.",
        sliders=[
            Slider(n, 128, 131_072, 2048),
            Slider(l, 1, 64, 2),
            Slider(q, 1, 16, 4, scale="linear"),
            Slider(kappa, 1, 30, 6, scale="linear", label="reliability that dense chains need"),
        ],
        x=Axis(n, 128, 131_072, scale="log", label="units of a layer, *n* = *d*"),
        y=Axis(low=32, high=10**8, scale="log", label="features, *m*"),
        marks=[
            Curve(sparse, label="units heard directly, leading order"),
            Curve(dense.expr.subs(s, 6), label="through a dense code, six votes"),
            Curve(fixed, label="slope with *q* votes, height arbitrary", series=4),
            Curve(n, label="one unit per feature", series=5),
            Samples(_chain_points("sparse"), label="measured, directly", series=1),
            Samples(_chain_points("dense"), label="measured, dense", series=2),
            Dot(n, sparse),
        ],
        readouts=[
            Readout("heard directly", sparse),
            Readout("through a dense code", dense.expr.subs(s, 6)),
            Readout("exponent with so many votes", formulas.sparse_chain_exponent),
        ],
        text=[
            Sentence(
                "Layers of {n} units carry about {direct} features if they hear each other directly, and {dense} through a dense "
                "code whose units need a reliability of {kappa}.",
                direct=sparse,
                dense=dense.expr.subs(s, 6),
            ),
            Sentence(
                "The dense chain carries fewer features than it has neurons: superposition gains nothing.",
                when=dense.expr.subs(s, 6) < n,
            ),
        ],
    )

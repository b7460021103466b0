"""Explorers of the chapters *The price of error correction* and *From layer to layer*."""

from itertools import pairwise

import numpy as np
import sympy as sp

from superposition import formulas, simulate
from superposition.data.error_correction import largest_chains
from superposition.draws import Numbers
from superposition.explorer import (
    Axis,
    Bars,
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
from superposition.symbols import L, d, delta, h, l, m, n, s, theta

__all__ = ["chains", "depth_is_cheap", "votes_and_width"]


def depth_is_cheap() -> Explorer:
    """Neurons per active feature that keep every layer clean, against the number of layers."""
    neurons = formulas.depth_neurons.expr / l
    one = neurons.subs(L, 1)
    return Explorer(
        id="depth-is-cheap",
        title="Depth costs a logarithm",
        caption="Neurons for each active feature that suffice for all layers, each thresholding every feature, to make no error. A "
        "thousand times as many layers take as many more neurons as a thousand times as many features.",
        sliders=[
            Slider(L, 1, 10**6, 1000),
            Slider(m, 100, 10**9, 10_000),
            Slider(delta, 0.001, 0.5, 0.01, integer=False, label="probability of any error"),
        ],
        x=Axis(L, 1, 10**6, scale="log"),
        y=Axis(low=0, high=350, label="neurons for each active feature, *n*/*l*"),
        marks=[
            Curve(neurons, label="*L* layers"),
            Rule(y=one, label="one layer", series=3),
            Dot(L, neurons),
        ],
        readouts=[
            Readout("neurons for each active feature", neurons),
            Readout("one layer takes", one),
            Readout("dearer by the factor", neurons / one),
        ],
        text=[
            Sentence(
                "{L} layers with {m} features take {neurons} neurons for each active feature, where one layer takes {one}: "
                "{factor} times as many. They make an error with probability {delta} at most.",
                neurons=neurons,
                one=one,
                factor=neurons / one,
                when=L > 1,
            ),
            Sentence(
                "A layer with {m} features takes {one} neurons for each active feature to make an error with probability {delta} at most.",
                one=one,
                when=sp.Eq(L, 1),
            ),
        ],
    )  # fmt: skip


_NEURONS, _FEATURES = 1024, 4096
_share, _votes = sp.symbols("share votes", positive=True)
_MOST_VOTES = 16


def _needed(votes, share):
    # 0.55 of 20 is 11, in floating point too
    return sp.ceiling(share * votes - sp.Rational(1, 10**9))


def _failed(votes, needed):
    """Share of trials in which something is misread when `needed` votes make a feature active, and its standard error."""
    wrong = ~votes.at(needed)
    share, size = wrong.mean(), len(wrong)
    return share, max(np.sqrt(share * (1 - share) / size), 1 / size)


def _failure_points(share=0.8, trials=150):
    points = []
    for n_active, width in ((2, 500), (2, 700), (4, 1000), (4, 1500)):
        for n_votes in (2, 4, 8, 12, 16):
            rng = np.random.default_rng([n_active, width, n_votes])
            layer = simulate.Corrector(_NEURONS, _FEATURES, n_votes * round(width / n_votes), n_votes)
            votes = simulate.correction(layer, n_active, trials, rng)
            failed, error = _failed(votes, int(_needed(n_votes, share)))
            if failed > 4 * error:
                at = {"l": n_active, "d": width, "share": share}
                points.append({"at": at, "x": n_votes, "y": failed, "se": error})
    return points


def votes_and_width() -> Explorer:
    """Probability that a layer of shared units misreads anything, against the number of votes that each feature has."""
    # where a typical absent feature has the votes that are needed, surely; no slider is held back by it
    success, conditions = formulas.correction_success.expr, formulas.correction_success.where
    at = {n: _NEURONS, m: _FEATURES, h: _needed(s, _share)}
    failure = sp.Piecewise((1 - success, sp.And(*conditions)), (1, True)).subs(at)
    width = formulas.half_space_width.expr.subs(at)

    number = sp.Symbol("number", real=True)
    layer = One(
        [
            Dot(
                number - 1,
                simulate.chains.votes_of_absent / (m - l),
                label="one layer: share of the absent features with so many votes",
                series=3,
            ),
            Dot(
                number - 1, simulate.chains.votes_of_present / l, label="one layer: share of the active ones", series=4
            ),
        ],
        [
            Sentence(
                "{alarms} of {absent} absent features have the {needed:votes} that are needed, {missed} of {l} active ones have fewer.",
                absent=m - l,
            )
        ],
        steps=[*simulate.chains.tallies, Numbers(number, count=s + 1)],
    )
    return Explorer(
        id="votes-and-width",
        title="How many votes should a feature have?",
        caption="4,096 features in 1,024 neurons are read by the votes of *d* units; each feature has *s* of them, and is active if enough "
        "agree. Bars count votes as independent; of trials simulated (points) from half to twice as many fail.",
        sliders=[
            Slider(d, 200, 1500, 700),
            Slider(s, 1, _MOST_VOTES, 6, scale="linear"),
            Slider(_share, 0.5, 1, 0.8, scale="linear", integer=False, values=[k / 20 for k in range(10, 21)],
                   label="of its votes that a feature needs"),
            Slider(l, 1, 8, 2),
        ],
        x=Axis(low=-0.5, high=_MOST_VOTES + 0.5, label="votes for each feature, *s*"),
        y=Axis(low=1e-4, high=1, scale="log", label="probability that anything is misread"),
        marks=[
            Bars(failure.subs(s, _votes), over=(_votes, 1, _MOST_VOTES), label="votes counted as independent"),
            Samples(_failure_points(), label="simulated", series=2),
            Dot(s, failure, label="this setting", series=0),
        ],
        readouts=[
            Readout("votes needed", _needed(s, _share)),
            Readout("features on each unit", _FEATURES * s / d),
            Readout("half-space units that would do", width),
        ],
        text=[
            Sentence(
                "With {needed} of {s:votes} needed, something is misread with probability {failure}.",
                needed=_needed(s, _share),
                failure=failure,
                when=(s > 1) & (failure >= 0.001) & (failure < 0.995),
            ),
            Sentence("With {needed} of {s:votes} needed, something is misread almost every time.", needed=_needed(s, _share), when=(s > 1) & (failure >= 0.995)),
            Sentence("With {needed} of {s:votes} needed, hardly anything is ever misread.", needed=_needed(s, _share), when=(s > 1) & (failure < 0.001)),
            Sentence("Features that share their only unit cannot be told apart.", when=sp.Eq(s, 1)),
            Sentence("A bare majority lets in too many votes from the other features on a unit.", when=(_share < 0.65) & (s > 1)),
            Sentence("All votes together are too much to ask where there are many.", when=sp.Eq(_share, 1) & (s > 6)),
        ],
        measure=Measure(
            simulate.chains.corrector,
            simulate.chains.failed,
            "share of trials in which anything is misread",
            formula=failure,
            x=s,
            given={n: _NEURONS, m: _FEATURES, theta: sp.S.Half, simulate.chains.needed: _needed(s, _share)},
            one=layer,
        ),
    )  # fmt: skip


_CHAIN_ACTIVE = (2, 4, 8)


def _chain_points(design, depth=8):
    points = []
    for best in largest_chains(design, depth):
        error = (best.found.high - best.found.low) / 3.92
        points.append({"at": {"l": best.n_active}, "x": best.n, "y": best.found.size / best.n, "se": error / best.n})
    return points


def _joined(points, x):
    """Straight pieces between points on two logarithmic axes, nothing before the first and after the last."""
    pieces = []
    for n_active in _CHAIN_ACTIVE:
        own = sorted((p["x"], p["y"]) for p in points if p["at"]["l"] == n_active)
        for (low, before), (high, after) in pairwise(own):
            slope = float(f"{np.log(after / before) / np.log(high / low):.6g}")
            here = (x >= low) & (x <= high) & sp.Eq(l, n_active)
            pieces.append((float(f"{before:.6g}") * (x / low) ** slope, here))
    return sp.Piecewise(*pieces)


def chains() -> Explorer:
    """Features that each unit of a layer carries on, directly or through a dense code, against the width of the layers."""
    hears, dense = _chain_points("sparse"), _chain_points("dense")
    direct, through = _joined(hears, n), _joined(dense, n)
    return Explorer(
        id="chains",
        title="From layer to layer",
        caption="Features for each unit that a chain of eight layers carries on, with the best number of votes. Points: measured, joined by lines; "
        "through a dense code for 2 active features only.",
        sliders=[
            Slider(n, 512, 16_384, 4096, label="units of a layer"),
            Slider(l, 2, 8, 2, values=_CHAIN_ACTIVE),
        ],
        x=Axis(n, 400, 20_000, scale="log", label="units of a layer, *n* = *d*"),
        y=Axis(low=0.5, high=100, scale="log", label="features for each unit, *m*/*n*"),
        marks=[
            Curve(direct, label="units hear each other directly"),
            Curve(through, label="through a dense code"),
            Rule(y=1, label="a unit for each feature", series=3),
            Samples(hears, label="measured, directly", series=1),
            Samples(dense, label="measured, dense", series=2),
            Dot(n, direct),
            Dot(n, through),
        ],
        text=[
            Sentence(
                "With {l:features} active, eight layers of {n} units that hear each other directly carry on {direct} features for each unit.",
                direct=direct,
            ),
            Sentence(
                "Through a dense code they carry {through}.",
                through=sp.Piecewise((through, n <= 4096), (0, True)),
                when=(l < 4) & (n <= 4096),
            ),
        ],
    )  # fmt: skip

"""Explorers of the chapter *What training finds*."""

import sympy as sp

from superposition import formulas
from superposition.data import load
from superposition.draws import Total
from superposition.explorer import (
    Axis,
    Curve,
    Dot,
    Explorer,
    Measure,
    One,
    Readout,
    Samples,
    Sentence,
    Slider,
)
from superposition.simulate import chains
from superposition.symbols import l, m, n, nu, omega

__all__ = ["four_codes", "phases"]


def _pairs(kept):
    """Places at which most trained networks of two features in one neuron keep both of them, or one."""
    rows = load("training")["pair"]["rows"]
    return [
        {"at": {}, "x": density, "y": importance, "se": 0}
        for density, importance, superposed, E in rows
        if (2 * superposed > len(E)) == kept
    ]


def phases() -> Explorer:
    """Two features in one neuron: which of them it keeps, over density and relative importance."""
    first, second, both = (
        formulas.single_loss.expr,
        formulas.single_loss.expr.subs(omega, 1),
        formulas.opposite_loss.expr,
    )
    onset = formulas.superposition_onset.expr
    edges = [
        {"at": {}, "x": density, "y": float(f"{y:.4g}"), "se": 0}
        for density, importance in load("training")["edge"]["rows"]
        for y in (importance, 1 / importance)
    ]
    little = (omega > onset) & (omega < 1 / onset)
    least = sp.Min(first, second)
    parts = sp.symbols("part1 part2", real=True)
    place = sp.Symbol("i", real=True)
    network = One(
        [],
        [
            Sentence("the first feature's part of the neuron became {part1}, the second's {part2}."),
            Sentence("Both are kept, in opposite directions.", when=parts[0] * parts[1] < -sp.Rational(1, 10)),
            Sentence(
                "One is kept. Half of all starts have both on the same side, and some of these stay there: draw again.",
                when=parts[0] * parts[1] >= -sp.Rational(1, 10),
            ),
        ],
        steps=[
            Total(part, sp.Piecewise((chains.rows[0], sp.Eq(place, i)), (0, True))) for i, part in enumerate(parts, 1)
        ],
    )
    return Explorer(
        id="one-neuron-two-features",
        title="One neuron, two features",
        caption="Between the edges both features are kept, as opposite directions; below them the first alone, above them the second alone. The more a feature matters "
        "and the rarer both are, the more room there is for two. *Draw one* trains a network at the large dot.",
        sliders=[
            Slider(nu, 0.1, 1, 0.2, scale="linear", integer=False),
            Slider(omega, 0.05, 20, 0.5, integer=False, label="importance of the second feature"),
        ],
        x=Axis(nu, 0, 1, label="density of both features, *ν*"),
        y=Axis(low=0.01, high=100, scale="log", label="importance of the second feature, *ω*"),
        marks=[
            Curve(formulas.superposition_lower, label="edges at length 1, without biases", series=1),
            Curve(formulas.superposition_upper, series=1),
            Curve(onset, label="one feature alone is no minimum between these", series=5),
            Curve(1 / onset, series=5),
            Samples(edges, label="edges with lengths and biases free", series=3, spread=0),
            Samples(_pairs(True), label="trained networks that keep both", series=2, spread=0),
            Samples(_pairs(False), label="trained networks that keep one", series=4, spread=0),
            Dot(nu, omega, label="your setting", series=0),
        ],
        readouts=[
            Readout("loss with both, at length 1", both),
            Readout("with the first alone", first),
            Readout("with the second alone", second),
        ],
        text=[
            Sentence(
                "At length 1, both features as opposite directions lose {both}, {part} % less than one of them alone.",
                both=both,
                part=100 * (1 - both / least),
                when=both < least,
            ),
            Sentence(
                "At length 1, the first feature alone loses least, {first}; both together would lose {both}.",
                first=first,
                both=both,
                when=(both >= least) & (first <= second),
            ),
            Sentence(
                "At length 1, the second feature alone loses least, {second}; both together would lose {both}.",
                second=second,
                both=both,
                when=(both >= least) & (first > second),
            ),
            Sentence("With free lengths and biases, a little of the neuron for the other feature pays in any case.", when=little),
        ],
        measure=Measure(
            chains.training(1), one=network, given={m: 2, chains.steps: 1500, chains.batch: 64, chains.rate: 0.02}
        ),
    )  # fmt: skip


def four_codes() -> Explorer:
    """Wrong readouts of a random code, a tight frame, an optimised code and a trained one of the same size."""
    table = load("training")["codes"]
    size = {m: table["parameters"]["m"], n: table["parameters"]["n"]}
    wrong = {row[0]: row[-1] for row in table["rows"]}
    most = len(wrong["trained"])
    series = {"random": 1, "tight": 5, "optimised": 4, "trained": 2}
    names = {
        "random": "random code",
        "tight": "tight frame",
        "optimised": "least worst overlap",
        "trained": "trained network",
    }

    def at_l(kind):
        """What is stored, as a function of l."""
        steps = [(value, l < k + sp.Rational(1, 2)) for k, value in enumerate(wrong[kind][:-1], 1)]
        return sp.Piecewise(*steps, (wrong[kind][-1], True))

    def points(kind):
        return [{"at": {}, "x": k, "y": value, "se": 0} for k, value in enumerate(wrong[kind], 1)]

    trained, tight = at_l("trained"), at_l("tight")
    return Explorer(
        id="four-codes",
        title="Four codes of one size",
        caption=f"{size[m]} features in {size[n]} neurons, read with a threshold at ½; each point is a mean over 20,000 active sets. Raise *l*: up to three active features the trained "
        "code makes well under one error, and then it loses much of what it gained.",
        sliders=[Slider(l, 1, most, 2, scale="linear")],
        x=Axis(l, 0.5, most + 0.5),
        y=Axis(low=0, high=14, label="features read wrongly"),
        marks=[
            Curve(formulas.expected_errors.expr.subs(size), label="random code, by formula", series=1),
            *(Samples(points(kind), label=names[kind], series=series[kind], spread=0) for kind in wrong),
            Dot(l, trained, series=0),
        ],
        readouts=[Readout(names[kind], at_l(kind)) for kind in wrong],
        text=[
            Sentence(
                "With {l:features} active, {tight} of all features are read wrongly in a tight frame, and {trained} in the trained network's code.",
                tight=tight,
                trained=trained,
            ),
        ],
    )  # fmt: skip

"""Explorers of the chapter *What training finds*."""

import itertools

import numpy as np
import sympy as sp

from superposition import formulas
from superposition.data import load
from superposition.draws import Total
from superposition.explorer import (
    Axis,
    Curve,
    Dot,
    Explorer,
    Given,
    Links,
    Measure,
    One,
    Outline,
    Ran,
    Readout,
    Run,
    Samples,
    Scene,
    Sentence,
    Slider,
    Start,
    Table,
    Words,
    one_if,
)
from superposition.simulate import chains
from superposition.symbols import m, nu, omega

__all__ = ["pentagon", "phases"]

k, j = sp.symbols("k j", integer=True)
HALF = sp.Rational(1, 2)


def pentagon() -> Scene:
    """Features in a plane of two neurons, which train under the reader's hand."""
    stored = load("training")["plane"]
    rows = {(one, density): (lost, E) for one, density, lost, E in stored["rows"]}
    features, densities = (sorted({place[i] for place in rows}) for i in (0, 1))
    most = features[-1]

    def best(one, density):
        lost, E = rows[one, density]
        i = int(np.argmin(lost))
        return lost[i], np.pad(np.array(E[i]), ((0, 0), (1, most - one)))

    chosen = [[best(one, density) for density in densities] for one in features]
    first, second, lost, across, up, length, share = (
        sp.IndexedBase(name) for name in ("first", "second", "lost", "across", "up", "length", "share")
    )
    loss, kept, fifths, halves, turn = sp.symbols("loss kept fifths halves turn", real=True)
    place = sp.Symbol("place", integer=True)
    each, at = (k, 1, m), (m - features[0], place)
    shown = length[k] > HALF
    direction = {"x": across[k], "y": up[k]}

    def near(value):
        """Features kept whose dimensionality is near a value."""
        return sp.Sum(one_if(shown & (sp.Abs(share[k] - value) < sp.Rational(1, 20))), each)

    return Scene(
        "pentagon-trains",
        title="Two neurons learn their features",
        caption="Each arrow is what two neurons give to one feature, its column of *E*; inside the small circle a feature is hardly kept. At first the best of five stored "
        "networks is shown. *Train* begins from random arrows, with inputs drawn on this page; set how often features are active, and how many there are.",
        sliders=[
            Slider(nu, densities[0], densities[-1], 0.05, integer=False, values=densities, label="density: how often a feature is active"),
            Slider(m, features[0], most, 5, scale="linear", label="features"),
        ],
        window=((-1.7, 1.7), (-1.5, 1.5)),
        given=[
            Table(first, [[E[0] for _, E in row] for row in chosen]),
            Table(second, [[E[1] for _, E in row] for row in chosen]),
            Table(lost, [[loss for loss, _ in row] for row in chosen]),
            Given(place, sum(one_if(nu > (low * high) ** 0.5) for low, high in itertools.pairwise(densities))),
            Ran(across, first[(*at, k)], chains.rows[0], over=each),
            Ran(up, second[(*at, k)], chains.rows[1], over=each),
            Ran(loss, lost[at], chains.loss),
            Given(length, sp.sqrt(across[k] ** 2 + up[k] ** 2), over=each),
            Given(
                share,
                length[k] ** 4 / (sp.Sum((across[k] * across[j] + up[k] * up[j]) ** 2, (j, 1, m)) + sp.Rational(1, 10**12)),
                over=each,
            ),
            Given(kept, sp.Sum(one_if(shown), each)),
            Given(fifths, near(sp.Rational(2, 5))),
            Given(halves, near(HALF)),
        ],
        marks=[
            Outline(sp.cos(turn), sp.sin(turn), along=(turn, 0, 2 * sp.pi), dash=2, label="length 1", series=0),
            Outline(HALF * sp.cos(turn), HALF * sp.sin(turn), along=(turn, 0, 2 * sp.pi), dash=3, series=0),
            Links(**direction, over=each, when=shown, thick=3, head=True, label="features that are kept", series=1),
            Links(**direction, over=each, when=sp.Not(shown), thick=2, head=True, label="features that are not", series=2),
            Words(1.22 * across[k], 1.22 * up[k], Sentence("{k}"), over=each, when=shown, series=1),
        ],
        run=Run(
            chains.training(2),
            "Train",
            "steps",
            turns=10,
            step=500,
            given={omega: 1, chains.steps: 3000, chains.batch: 64, chains.rate: 0.02},
        ),
        starts=[
            Start("Five, rare", {m: 5, nu: 0.05}),
            Start("Five, often", {m: 5, nu: 0.3}),
            Start("Eight, rare", {m: 8, nu: 0.02}),
        ],
        readouts=[
            Readout("features kept", kept),
            Readout("loss, in what it is with nothing kept", loss / (m * nu * (4 - 3 * nu) / 12)),
            Readout("dimensionality of the first", share[1]),
        ],
        text=[
            Sentence("{kept} of {m:features} are kept, each more than half an arrow long.", kept=kept),
            Sentence("Each has a dimensionality near 2/5: a pentagon.", when=sp.Eq(fifths, kept)),
            Sentence("Each has a dimensionality near ½: opposite pairs.", when=sp.Eq(halves, kept)),
            Sentence("The loss is {part} % of what it would be with nothing kept.", part=sp.floor(1000 * loss / (m * nu * (4 - 3 * nu) / 12) + HALF) / 10),
        ],
    )  # fmt: skip


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
            Slider(nu, 0.05, 1, 0.2, scale="linear", integer=False),
            Slider(omega, 0.02, 50, 0.5, integer=False, label="importance of the second feature"),
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

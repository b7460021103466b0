"""Explorers of the chapter *Almost-orthogonal directions*."""

import numpy as np
import sympy as sp
from sympy import stats

from superposition import codes, formulas, simulate
from superposition.draws import Draw, Total, overlap
from superposition.explorer import (
    Area,
    Axis,
    Curve,
    Dot,
    Explorer,
    Measure,
    One,
    Readout,
    Rule,
    Samples,
    Sentence,
    Simulation,
    Slider,
)
from superposition.simulate import chains
from superposition.symbols import eps, m, n, t

__all__ = ["how_many_fit", "overlap_law", "worst_pair"]


_PAIRS = 300


def overlap_law() -> Explorer:
    """The exact law of the overlap of two random directions."""
    beyond = 2 * formulas.overlap_tail.expr.subs(t, sp.Rational(1, 10))

    # the bin beside 0.1, where the density is measured, on both sides of 0
    low, high = sp.Rational(10, 100), sp.Rational(12, 100)
    in_bin = sp.Piecewise((1, (sp.Abs(t) > low) & (sp.Abs(t) < high)), (0, True))
    share = formulas.overlap_tail.expr.subs(t, low) - formulas.overlap_tail.expr.subs(t, high)
    pairs, height = sp.symbols("pairs height", real=True)
    far = sp.Symbol("far", nonnegative=True)
    network = One(
        [Dot(pairs, height, label=f"{_PAIRS} pairs, drawn", series=4)],
        [Sentence("{far} of {pairs_drawn} pairs overlap by more than 0.1.", pairs_drawn=_PAIRS)],
        steps=[
            *overlap(pairs, n, count=_PAIRS),
            Draw(height, stats.Uniform, 0, 1, count=_PAIRS),
            Total(far, sp.Piecewise((1, sp.Abs(pairs) > low), (0, True))),
        ],
    )
    return Explorer(
        id="overlap-of-two-directions",
        title="The overlap of two random directions",
        caption="Raise *n*, and nearly all pairs become nearly perpendicular. Shaded: pairs that overlap by more than 0.1.",
        sliders=[Slider(n, 2, 512, 64)],
        x=Axis(t, -1, 1, label="overlap, *t*"),
        y=Axis(low=0, high=10, label="probability density"),
        marks=[
            Area(0, sp.Piecewise((formulas.overlap_density.expr, 100 * t**2 > 1)), series=1),
            Curve(formulas.overlap_density, label="law of the overlap"),
        ],
        readouts=[
            Readout("RMS overlap", formulas.typical_overlap),
            Readout(
                "that is, away from perpendicular by", 180 / sp.pi * sp.asin(formulas.typical_overlap.expr), unit="°"
            ),
            Readout("overlap beyond 0.1", 100 * beyond, unit="%"),
        ],
        text=[
            Sentence(
                "With {n} neurons two random directions overlap by {typical} (root mean square), and {beyond} % of all pairs "
                "by more than 0.1.",
                typical=formulas.typical_overlap,
                beyond=sp.Piecewise((100 * beyond, beyond < sp.Rational(995, 1000)), (100, True)),
            ),
            Sentence("With two neurons nearly parallel pairs are the most likely ones.", when=sp.Eq(n, 2)),
            Sentence("With three neurons every overlap is equally likely.", when=sp.Eq(n, 3)),
        ],
        measure=Measure(
            chains.pair,
            in_bin / (2 * (high - low)),
            "probability density of overlaps between 0.1 and 0.12, of either sign",
            formula=share / (high - low),
            x=(low + high) / 2,
            trials=40_000,
            one=network,
        ),
    )


def _special_codes():
    made = [codes.simplex(neurons) for neurons in (16, 64, 256)]
    made += [codes.equiangular(neurons) for neurons in (15, 55)]
    made += [codes.kerdock(neurons) for neurons in (16, 64)]
    made += [codes.mutually_unbiased(256)]
    return [
        {"at": {"n": F.shape[0]}, "x": F.shape[1], "y": codes.coherence(F).worst, "se": 0}
        for F in made
    ]  # fmt: skip


def _median(worst):
    """Median of a sample, and its standard error, that of a normal law's median, which is a little too large here."""
    return np.median(worst), np.sqrt(np.pi / 2 / len(worst)) * np.std(worst, ddof=1)


def _random_codes(trials=12):
    points = []
    for neurons in (16, 64, 256):
        for size in (64, 256, 1024):
            worst = simulate.worst_overlaps(neurons, size, trials, np.random.default_rng([neurons, size]))
            middle, error = _median(worst)
            points.append({"at": {"n": neurons}, "x": size, "y": middle, "se": error})
    return points


def worst_pair() -> Explorer:
    """Typical, worst, promised and unavoidable overlap, against the number of features."""

    def run(rng, m, n, codes_drawn=24):
        worst = []
        for done in range(1, codes_drawn + 1):
            worst.append(simulate.worst_overlaps(int(n), int(m), 1, rng)[0])
            if done > 1:
                yield done / codes_drawn, *_median(worst), done

    promised = formulas.jl_overlap
    return Explorer(
        id="worst-pair",
        title="The worst pair",
        caption="Four questions about overlap, and four answers. Points: the median of twelve random codes, and codes made by "
        "algebra, where the number of neurons has them.",
        sliders=[Slider(n, 8, 1024, 64), Slider(m, 8, 10_000, 1024)],
        x=Axis(m, 8, 10_000, scale="log"),
        y=Axis(low=0, high=1, label="overlap"),
        marks=[
            Curve(promised, label="the lemma's usual reading"),
            Curve(formulas.worst_overlap_median, label="worst pair"),
            Curve(formulas.typical_overlap.expr, label="typical pair"),
            Curve(formulas.welch_bound, label="Welch's floor"),
            Samples(_random_codes(), label="worst pair, drawn", series=2),
            Samples(_special_codes(), label="codes made by algebra", series=5),
            Dot(m, formulas.worst_overlap_median),
        ],
        readouts=[
            Readout("typical pair", formulas.typical_overlap),
            Readout("worst pair", formulas.worst_overlap_median),
            Readout("the lemma's usual reading", promised),
            Readout("Welch's floor", sp.Piecewise((formulas.welch_bound.expr, m > n), (0, True))),
        ],
        text=[
            Sentence(
                "Among {m} random directions for {n} neurons a typical pair overlaps by {typical}, the worst by about {worst}.",
                typical=formulas.typical_overlap,
                worst=formulas.worst_overlap_median,
            ),
            Sentence(
                "The lemma's usual reading, {promised}, is above 1 and says nothing.",
                promised=promised,
                when=promised.expr > 1,
            ),
            Sentence("The lemma's usual reading is {promised}.", promised=promised, when=promised.expr <= 1),
            Sentence("No code can have an RMS overlap below {floor}.", floor=formulas.welch_bound.expr, when=m > n),
            Sentence("So few features need not overlap at all.", when=m <= n),
        ],
        simulate=Simulation(run, "worst overlap of a random code, median", formula=formulas.worst_overlap_median),
    )


def _codes_that_exist():
    made = [codes.simplex(neurons) for neurons in (8, 16, 64, 256)]
    made += [codes.equiangular(neurons) for neurons in (9, 15, 55)]
    points = [(*F.shape, codes.coherence(F).worst) for F in made]
    points += [(neurons, neurons * (neurons // 2 + 1), neurons**-0.5) for neurons in (16, 64, 256)]
    return [{"at": {"n": neurons}, "x": worst, "y": size, "se": 0} for neurons, size, worst in points]


def how_many_fit() -> Explorer:
    """How many directions fit at a given overlap: what surely exists and what cannot be exceeded."""
    top = 10**12
    held = sp.Max(n, formulas.gilbert_varshamov.expr)
    shown = sp.Piecewise((sp.ceiling(held), held < 1000), (held, True))
    welch, dgs = formulas.welch_directions, formulas.dgs_directions
    better, bounded = (n + 2) * eps**2 <= 1, (n + 2) * eps**2 < 3
    most = sp.Piecewise((welch.expr, better), (dgs.expr, bounded))
    return Explorer(
        id="how-many-fit",
        title="How many directions fit",
        caption="Allow a little more overlap than 1/√n, and there is room for far more directions than neurons. Points: simplices, "
        "equiangular lines and Kerdock's bases, where the number of neurons has them.",
        sliders=[
            Slider(eps, 0.01, 0.4, 0.2, scale="linear", integer=False, label="largest overlap allowed"),
            Slider(n, 8, 256, 256),
        ],
        x=Axis(eps, 0.01, 0.4, label="largest overlap allowed, *ε*"),
        y=Axis(low=1, high=top, scale="log", label="directions"),
        marks=[
            Area(most, top, label="cannot fit (Welch; Delsarte et al.)", series=2),
            Area(1, held, label="surely fit (axes or greedy choice)", series=1),
            Curve(most, series=2, dash=1),
            Curve(held, series=1),
            Rule(x=1 / sp.sqrt(n), label="1/√*n*", series=0, dash=3),
            Samples(_codes_that_exist(), label="codes that exist", series=5),
            Dot(eps, held, series=1),
        ],
        readouts=[
            Readout("directions for each neuron, surely", held / n),
            Readout("typical overlap of random ones, 1/√n", formulas.typical_overlap),
        ],
        text=[
            Sentence("{n} neurons surely hold {held} directions that overlap by at most {eps}.", held=shown),
            Sentence(
                "They cannot hold more than {most}.",
                most=sp.Piecewise((sp.floor(most), bounded), (0, True)),
                when=bounded,
            ),
            Sentence("How many more, no bound here says.", when=sp.Not(bounded)),
        ],
    )  # fmt: skip

"""Explorers that together use every mark and every option. They belong to no chapter; the tests draw them."""

import time

import sympy as sp

from superposition import formulas
from superposition.explorer import (
    Area,
    Arrows,
    Axis,
    Bars,
    Cells,
    Curve,
    Dot,
    Explorer,
    Iterated,
    Readout,
    Rule,
    Samples,
    Sentence,
    Simulation,
    Slider,
    Steps,
)
from superposition.symbols import L, eps, l, m, n

i, j = sp.symbols("i j", integer=True)
angle = sp.Symbol("angle", real=True)


def count_errors(rng, l, n, m):
    """Wrong readouts of 200 batches of trials, drawn from the formula itself; for one feature slow enough to be cancelled."""
    mean = formulas.expected_errors(l=l, n=n, m=m)
    counts = []
    for batch in range(1, 201):
        counts.extend(rng.poisson(mean, size=20))
        average = sum(counts) / len(counts)
        time.sleep(0.1 if l == 1 else 0)
        yield batch / 200, average, (average / len(counts)) ** 0.5, len(counts)


def lines(simulate=None):
    points = [
        {"at": {"n": 1024, "m": 10_000}, "x": x, "y": y, "se": se}
        for x, y, se in [(12, 0.0301, 0.004), (16, 0.31, 0.02), (24, 5.2, 0.1), (9, 0.0, 0.0)]
    ]
    return Explorer(
        "lines-and-points",
        title="How many of *m* readouts are wrong?",
        caption="Move *l* past the upright line and watch the errors pass one.",
        sliders=[Slider(l, 1, 64, 16), Slider(n, 64, 8192, 1024), Slider(m, 16, 10**6, 10**4)],
        x=Axis(l, 1, 64, scale="log"),
        y=Axis(label="readouts wrong on average", low=1e-4, high=1e3, scale="log"),
        marks=[
            Area(formulas.expected_errors, formulas.errors_sure, label="room between them", series=1),
            Curve(formulas.expected_errors, label="expected errors", series=1),
            Curve(formulas.errors_sure, label="simple bound", series=2),
            Rule(x=formulas.max_active, label="limit on *l*", series=3),
            Rule(y=1),
            Samples(points, label="simulated", series=4),
            Dot(l, formulas.expected_errors),
        ],
        readouts=[
            Readout("expected errors", formulas.expected_errors),
            Readout("limit on *l*", formulas.max_active, unit="features"),
            Readout("features per neuron", m / n),
        ],
        text=[
            Sentence(
                "With *l* = {l} of *m* = {m} features active on *n* = {n} neurons, {errors} readouts are wrong.",
                errors=formulas.expected_errors,
            ),
            Sentence(
                "That is within the limit of {limit}.", limit=formulas.max_active, when=l <= formulas.max_active.expr
            ),
            Sentence(
                "That is past the limit of {limit}.", limit=formulas.max_active, when=l > formulas.max_active.expr
            ),
        ],
        simulate=simulate,
    )


def shapes():
    return Explorer(
        "bars-and-steps",
        title="Bars, steps and dots",
        caption="The second slider keeps to what the first one leaves.",
        sliders=[Slider(n, 2, 256, 16), Slider(m, 4, 512, 64)],
        x=Axis(low=0, high=13, label="index"),
        y=Axis(low=0, high=1.2, label="value"),
        marks=[
            Bars(i / 12 * sp.exp(-i / n), over=(i, 1, 10), label="bars"),
            Bars(formulas.welch_bound, x=12, breadth=0.6, label="Welch bound"),
            Steps(1 - sp.exp(-10 * i / n), over=(i, 0, 12), label="steps"),
            Dot(i + sp.Rational(1, 2), i * m / (12 * n), over=(i, 1, 11), label="dots, some beyond the frame"),
        ],
        readouts=[
            Readout("Welch bound", formulas.welch_bound),
            Readout("nothing to show at *n* = 16", 1 / (n - 16)),
        ],
        text=[
            Sentence("{m} features on {n} neurons cannot all overlap by less than {welch}.", welch=formulas.welch_bound)
        ],
    )


def disc():
    return Explorer(
        "directions-in-a-disc",
        title="*m* directions of two neurons",
        caption="Equally spaced lines: every feature has two closest neighbours.",
        sliders=[Slider(m, 2, 24, 7, scale="linear")],
        x=Axis(low=-1.15, high=1.15, label="neuron 1"),
        y=Axis(low=-1.15, high=1.15, label="neuron 2"),
        aspect=1,
        marks=[
            Curve(sp.sin(angle), x=sp.cos(angle), over=(angle, 0, 2 * sp.pi)),
            Arrows(sp.cos(sp.pi * i / m), sp.sin(sp.pi * i / m), over=(i, 0, m - 1), label="features"),
        ],
        readouts=[Readout("largest overlap", sp.cos(sp.pi / m))],
        text=[
            Sentence(
                "{m} directions share a plane; the closest overlap by {overlap}.", overlap=sp.Abs(sp.cos(sp.pi / m))
            )
        ],
    )


def cells():
    return Explorer(
        "overlaps-as-cells",
        title="Overlaps of *m* directions",
        caption="The diagonal is every feature with itself.",
        sliders=[
            Slider(m, 2, 16, 6, scale="linear"),
            Slider(eps, 0, 1, 0.25, scale="linear", integer=False, label="least overlap drawn"),
        ],
        x=Axis(low=sp.Rational(1, 2), high=m + sp.Rational(1, 2), label="feature"),
        y=Axis(low=sp.Rational(1, 2), high=m + sp.Rational(1, 2), label="other feature"),
        aspect=1,
        marks=[
            Cells(
                sp.Max(sp.Abs(sp.cos(sp.pi * (i - j) / m)) - eps, 0),
                over=((i, 1, m), (j, 1, m)),
                label="overlap beyond *ε*",
            )
        ],
        readouts=[Readout("cells", m**2)],
        text=[Sentence("{m} features have {pairs} overlaps.", pairs=m * (m - 1) / 2)],
    )


def named():
    return Explorer(
        "bars-by-name",
        title="Three overlaps of random directions",
        caption="Places on the axis may have names.",
        sliders=[Slider(n, 64, 4096, 512), Slider(m, 4096, 2**20, 2**14)],
        x=Axis(low=0.4, high=3.6, label="which overlap", names={1: "typical", 2: "Welch", 3: "worst"}),
        y=Axis(low=0, high=1, label="overlap"),
        marks=[
            Bars(formulas.typical_overlap, x=1, label="typical of two random directions"),
            Bars(formulas.welch_bound, x=2, label="least possible"),
            Bars(formulas.worst_overlap, x=3, label="worst of all pairs"),
        ],
        readouts=[Readout("worst", formulas.worst_overlap_median)],
        text=[Sentence("The worst pair overlaps by {worst}.", worst=formulas.worst_overlap)],
    )


def iterated():
    half = Iterated(l / 2 + 1, l, start=l, steps=L)
    path = Iterated(l / 2 + 1, l, start=l, steps=i)
    return Explorer(
        "halved-over-and-over",
        title="A map applied over and over",
        caption="Half of it and one more, until nothing changes.",
        sliders=[Slider(l, 1, 64, 40), Slider(L, 1, 12, 4, scale="linear")],
        x=Axis(L, 0, 12, label="steps"),
        y=Axis(low=0, high=64, label="value"),
        marks=[
            Dot(i, path, over=(i, 0, 12), label="every step"),
            Curve(Iterated(l / 2 + 1, l, start=l, steps=L), label="as a staircase"),
            Dot(L, half),
        ],
        readouts=[Readout("value", half), Readout("above 2", Iterated(l / 2 + 1, l, start=l, steps=L, then=l - 2))],
        text=[Sentence("{l} becomes {value} after {L} steps.", value=half)],
    )


EXPLORERS = {make().id: make for make in (lines, shapes, disc, cells, named, iterated)}


def with_simulation():
    return lines(Simulation(count_errors, "expected errors", formula=formulas.expected_errors))

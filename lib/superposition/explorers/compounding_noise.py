"""Explorers of the chapter *Compounding noise*."""

import numpy as np
import sympy as sp

from superposition import codes, formulas, simulate
from superposition.explorer import (
    Axis,
    Bars,
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
from superposition.formula import Q
from superposition.symbols import K, L, l, l0, m, n, z

__all__ = ["cobweb", "layer_after_layer", "readouts_by_layer", "values_under_units"]

_k = sp.Symbol("k", integer=True)
_LAYERS = 40
_SHOWN = (1, 2, 4, 8, 12, 20, 30, 40)
_SETTINGS = [(1024, 10**5, size) for size in (8, 10, 11, 12, 13, 14)]
_SETTINGS += [(4096, 10**5, size) for size in (40, 50, 60, 68)] + [(256, 10**4, size) for size in (3, 4, 5)]


def _networks(redriven, networks=3):
    points = []
    for neurons, features, true in _SETTINGS:
        rng = np.random.default_rng([neurons, features, true, redriven])
        run = simulate.random_code_relay(neurons, features, true, _LAYERS, networks, rng, redriven=redriven)
        at = {"n": neurons, "m": features, "l0": true}
        points += [{"at": at, "x": k, "y": y, "se": 0} for k in _SHOWN for y in run.n_active[k]]
    return points


def _after(rule, steps, then=None):
    return Iterated(rule, l, start=l0, steps=steps, then=then)


def layer_after_layer():
    """Active features over the layers, free and re-driven: the maps beside simulated networks."""
    free, driven = formulas.expected_active_next, formulas.expected_active_redriven
    clean, runaway = (formula.expr.subs(l, l0) for formula in (formulas.clean_layers, formulas.runaway_layers))
    shown = sp.floor(100 * clean + sp.Rational(1, 2)) / 100

    def run(rng, l0, m, n):
        for done, run in simulate.random_code_relay.slices(int(n), int(m), int(l0), _LAYERS, 200, rng, slices=40):
            means, errors = run.mean("n_active")
            yield done, means[-1], errors[-1], round(200 * done)

    return Explorer(
        id="layer-after-layer",
        title="Clean, or run away",
        caption="Thresholded layers with a fresh random code in each. Lines: the maps. Open points: three simulated networks of "
        "each kind, at the settings marked on the sliders. Start at 10 true features and go up one by one.",
        sliders=[Slider(l0, 2, 200, 10), Slider(n, 64, 8192, 1024), Slider(m, 10_000, 10**7, 10**5)],
        x=Axis(_k, 0, _LAYERS, label="layer"),
        y=Axis(low=1, high=m, scale="log", label="active features"),
        marks=[
            Rule(y=m / 2, label="half of all features", series=0, dash=3),
            Steps(_after(free, _k), over=(_k, 0, _LAYERS - 1), label="map, mistakes are kept"),
            Steps(_after(driven, _k), over=(_k, 0, _LAYERS - 1), label="map, re-driven"),
            Samples(_networks(False), label="networks that keep their mistakes", series=1, spread=0),
            Samples(_networks(True), label="re-driven networks", series=2, spread=0),
        ],
        readouts=[
            Readout("clean layers, on average", shown),
            Readout("layers until runaway, about", runaway),
            Readout("active after 40 layers, map", _after(free, _LAYERS)),
            Readout("the same, re-driven", _after(driven, _LAYERS)),
        ],
        text=[
            Sentence(
                "{l0} of {m} features start on {n} neurons. On average {clean} layers are clean before the first with a mistake. By the "
                "map {free} features are active after 40 layers if mistakes are kept, {driven} if the network is re-driven.",
                clean=shown,
                free=_after(free, _LAYERS),
                driven=_after(driven, _LAYERS),
            ),
            Sentence("Most networks stay clean for 40 layers.", when=clean > 80),
            Sentence("Hardly any network stays clean for 40 layers.", when=clean < 10),
        ],
        simulate=Simulation(run, "active features after 40 layers, mean of networks that keep their mistakes", x=_LAYERS),
    )  # fmt: skip


def _at_saddle(then):
    # m = saddle_features solved for its exponential; a contraction for z above √3, so that it settles from anywhere
    rule = sp.sqrt(2 * sp.log((m - formulas.saddle_driven.expr) * z**3 / (n * sp.sqrt(sp.pi / 2))))
    return Iterated(rule, z, start=4, steps=80, then=then)


def cobweb():
    """Both maps against the diagonal, with the path that a re-driven network takes."""
    free, driven = formulas.expected_active_next, formulas.expected_active_redriven
    step = sp.Symbol("step", nonnegative=True)
    meeting = _at_saddle(n / (4 * z**2))

    def reached(steps):
        return Iterated(driven, l, start=l, steps=steps)

    drowned = Iterated(driven, l, start=m / 2, steps=500)

    return Explorer(
        id="cobweb",
        title="Two maps and the diagonal",
        caption="Where a map crosses the diagonal, the number of active features stays. Start a path below and above the "
        "upper crossing. Then raise *l₀* until the two crossings meet in the diamond and are gone. A third one, near half of all "
        "features, lies far outside the frame: the number beside the chart says where.",
        sliders=[
            Slider(l0, 2, 150, 12),
            Slider(l, 2, 300, 16, label="active at the start of the path"),
            Slider(n, 256, 4096, 1024),
            Slider(m, 10_000, 10**7, 10**5),
        ],
        x=Axis(l, sp.Rational(9, 10) * l0, sp.Rational(5, 2) * l0, label="active before a layer, *l*"),
        y=Axis(low=sp.Rational(9, 10) * l0, high=sp.Rational(5, 2) * l0, label="active after it"),
        aspect=0.8,
        marks=[
            Curve(l, label="no change", series=0, dash=3),
            Curve(free, label="mistakes are kept", series=1),
            Curve(driven, label="re-driven", series=2),
            Curve(
                reached(sp.floor((step + 1) / 2)), x=reached(sp.floor(step / 2)), over=(step, 0, 60),
                label="path of a re-driven network, 30 layers", series=3, dash=1,
            ),
            Dot(meeting, meeting, label="where the crossings meet", series=4),
        ],
        readouts=[
            Readout("true features at which they meet", _at_saddle(formulas.saddle_driven.expr)),
            Readout("n/(8 ln m), one layer's limit", formulas.max_active),
            Readout("end of the path, after 500 layers", reached(500)),
            Readout("end of a path from half of all features", drowned),
        ],
        text=[
            Sentence(
                "With {n} neurons and {m} features the crossings meet at {saddle} true features, where {meeting} are active. "
                "With {l0} true features the re-driven map leads from {l} active ones to {end}, and from half of all to {drowned}.",
                saddle=_at_saddle(formulas.saddle_driven.expr),
                meeting=meeting,
                end=reached(500),
                drowned=drowned,
            )
        ],
    )  # fmt: skip


def _histograms(neurons=256, features=10_000, true=4, layers=(1, 7, 8, 9, 10, 11), width=0.1):
    """Points for `Samples`: all readouts of some layers of one network, at the number active before each; and those numbers."""
    rng = np.random.default_rng(5)

    def code(rng):
        return codes.random_code(neurons, features, rng)

    readouts, _ = simulate.relay_readouts(code, true, max(layers), rng)
    before = [true, *np.count_nonzero(readouts > 0.5, axis=1).tolist()]
    edges = np.arange(-20, 31) * width - width / 2
    points = []
    for layer in layers:
        counts, _ = np.histogram(readouts[layer - 1], edges)
        at = {"n": neurons, "m": features, "l": before[layer - 1]}
        points += [
            {"at": at, "x": round(x + width / 2, 6), "y": y, "se": 0} for x, y in zip(edges, counts, strict=False) if y
        ]
    return points, [before[layer - 1] for layer in layers]


def readouts_by_layer():
    """A histogram of all readouts in one layer, for any number of features active before it."""
    index, width = sp.Symbol("index", integer=True), sp.Rational(1, 10)
    points, seen = _histograms()
    *some, last = seen

    def share(middle, square):
        noise = sp.sqrt(square / n)
        return Q((index * width - width / 2 - middle) / noise) - Q((index * width + width / 2 - middle) / noise)

    absent, present = (m - l) * share(0, l), l * share(1, l - 1)
    alarms, misses = (m - l) * formulas.false_alarm.expr, l * formulas.miss.expr
    bins = {"x": index * width, "over": (index, -20, 30)}
    return Explorer(
        id="readouts-by-layer",
        title="All readouts of one layer",
        caption="Readouts in bins of a tenth, by the normal law. Open points: layers of one simulated network on its way to "
        f"half of all features, which had {', '.join(map(str, some))} and then {last:,} active before them. All readouts of a layer "
        "share the length of its state, so its tails are thick or thin together.",
        sliders=[
            Slider(l, 2, 5000, seen[0], label="active before the layer"),
            Slider(n, 64, 4096, 256),
            Slider(m, 10_000, 10**6, 10_000),
        ],
        x=Axis(low=-2, high=3, label="readout, *r*"),
        y=Axis(low=0.1, high=m, scale="log", label="features in a bin"),
        marks=[
            Bars(absent, **bins, breadth=0.09, label="not active before the layer"),
            Bars(present, **bins, breadth=0.045, label="active before the layer"),
            Rule(x=sp.Rational(1, 2), label="threshold ½", series=0),
            Samples(points, label="all readouts of one simulated layer", series=3, spread=0),
        ],
        readouts=[
            Readout("crosstalk, standard deviation", formulas.crosstalk_std),
            Readout("false alarms", alarms),
            Readout("active after the layer", formulas.expected_active_next),
        ],
        text=[
            Sentence(
                "With {l} features active before the layer the crosstalk is {noise}. The layer adds {alarms} false alarms and "
                "misses {misses} of the active features: {after} are active after it.",
                noise=formulas.crosstalk_std,
                alarms=alarms,
                misses=misses,
                after=formulas.expected_active_next,
            )
        ],
    )  # fmt: skip


def value_errors(unit, fresh, neurons=1024, true=3, depth=6, trials=400):
    """Root mean square change of unit activations after each layer, as points for `Samples`.

    Parameters
    ----------
    unit : str
        As for `simulate.relay`; the gate is at 0.4, the rescaled ReLU's bend at 1/2.
    fresh : bool
        A code of its own for each layer, or one for all.
    neurons, true, depth, trials : int
        n, l, layers, networks.

    Returns
    -------
    list of dict
        Points at n and l, x = layer, y = root mean square change, se its standard error.

    Examples
    --------
    >>> point = value_errors("gated", True, neurons=64, depth=1, trials=40)[0]
    >>> point["x"], bool(0 < point["se"] < point["y"] < 0.5)
    (1, True)
    """

    def code(rng):
        return codes.random_code(neurons, 16, rng)

    rng = np.random.default_rng([depth, fresh, len(unit)])
    threshold = 0.4 if unit == "gated" else 0.5
    run = simulate.relay(code, true, depth, trials, rng, unit=unit, fresh=fresh, threshold=threshold, sets_per_code=2)
    squares, errors = run.mean("value_error")
    sizes = np.sqrt(squares)
    at = {"n": neurons, "l": true}
    return [{"at": at, "x": k, "y": sizes[k], "se": errors[k] / (2 * sizes[k])} for k in range(1, depth + 1)]


def values_under_units():
    """How far an analog value has strayed after L layers, under three units."""
    gated, same, relu = formulas.value_noise_gated, formulas.value_noise_same_code, formulas.value_noise_relu
    half_gap = 1 / (2 * (K - 1))

    def run(rng, K, l, n, trials=400, slices=20):
        def code(rng):
            return codes.random_code(int(n), max(16, int(l)), rng)

        options = dict(unit="gated", threshold=0.4, sets_per_code=trials // slices)
        for done, result in simulate.relay.slices(code, int(l), 6, trials, rng, **options):
            squares, errors = result.mean("value_error")
            size = squares[-1] ** 0.5
            yield done, size, errors[-1] / (2 * size), round(trials * done)

    return Explorer(
        id="values-under-units",
        title="What becomes of an analog value",
        caption="Standard deviation of an activation that started at 1. Above the level line, half of the gap between K levels, "
        "neighbouring levels run into each other. Points: simulated, bars of two standard errors.",
        sliders=[Slider(K, 2, 20, 3, scale="linear"), Slider(l, 2, 100, 3), Slider(n, 64, 16_384, 1024)],
        x=Axis(L, 1, 40, scale="log"),
        y=Axis(low=0.01, high=2, scale="log", label="standard deviation of a value"),
        marks=[
            Curve(gated, label="gated, fresh codes: √*L*"),
            Curve(same, label="gated, the same code: *L*"),
            Curve(relu, label="rescaled ReLU: 2 to the power *L*"),
            Rule(y=half_gap, label="half of the gap between levels", series=0, dash=3),
            Samples(value_errors("gated", True), label="simulated", series=1),
            Samples(value_errors("gated", False), series=2),
            Samples(value_errors("relu", True), series=3),
        ],
        readouts=[
            Readout("half of the gap", half_gap),
            Readout("layers until √L noise fills it", half_gap**2 * n / (l - 1)),
            Readout("the same code", half_gap * sp.sqrt(n / (l - 1))),
        ],
        text=[
            Sentence(
                "{l} features are active on {n} neurons. The noise on a value fills half of the gap between {K} levels "
                "after {fresh} layers with fresh codes, after {same} layers with one code.",
                fresh=half_gap**2 * n / (l - 1),
                same=half_gap * sp.sqrt(n / (l - 1)),
            )
        ],
        simulate=Simulation(
            run, "standard deviation after 6 gated layers", formula=sp.sqrt(6 * (l - 1) / n), x=6
        ),
    )  # fmt: skip

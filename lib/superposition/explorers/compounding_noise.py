"""Explorers of the chapter *Compounding noise*."""

from functools import cache

import numpy as np
import sympy as sp

from superposition import codes, formulas, simulate
from superposition.draws import Numbers
from superposition.explorer import (
    PLACE,
    Area,
    Axis,
    Curve,
    Dot,
    Explorer,
    Iterated,
    Measure,
    One,
    Readout,
    Rule,
    Samples,
    Sentence,
    Slider,
    Steps,
)
from superposition.formula import Q
from superposition.simulate import chains
from superposition.symbols import K, L, l, l0, m, n, theta, z

__all__ = ["cobweb", "layer_after_layer", "readouts_by_layer", "values_under_units"]

_HALF = sp.Rational(1, 2)
_k = sp.Symbol("k", integer=True)
_layer = sp.Symbol("layer", real=True)
_LAYERS = 40
_SHOWN = (1, 4, 8, 12, 20, 40)
_SETTINGS = [(1024, 10**5, size) for size in (8, 10, 11, 12, 13, 14)]
_SETTINGS += [(4096, 10**5, size) for size in (40, 50, 60, 68)] + [(256, 10**4, size) for size in (3, 4, 5)]


def _networks(redriven, networks=3):
    points = []
    for neurons, features, true in _SETTINGS:
        rng = np.random.default_rng([neurons, features, true, redriven])
        run = simulate.random_code_relay(neurons, features, true, _LAYERS, networks, rng, redriven=redriven)
        at = {"n": neurons, "m": features, "l0": true}
        # networks that are at one place are one point
        points += [{"at": at, "x": k, "y": y, "se": 0} for k in _SHOWN for y in np.unique(run.n_active[k])]
    return points


def _after(rule, steps, then=None):
    return Iterated(rule, l, start=l0, steps=steps, then=then)


def layer_after_layer() -> Explorer:
    """Active features over the layers, free and re-driven: the maps beside simulated networks."""
    free, driven = formulas.expected_active_next, formulas.expected_active_redriven
    clean, runaway = (formula.expr.subs(l, l0) for formula in (formulas.clean_layers, formulas.runaway_layers))
    seldom = 10**6

    active = chains.hits + chains.untrue
    network = One(
        [Dot(_layer, chains.path, label="one network that keeps its mistakes", series=4)],
        [
            Sentence(
                "After 40 layers {active:active features}: {hits} of the {l0} true ones, and {untrue} others.",
                active=active,
            )
        ],
        steps=[Numbers(_layer, count=L)],
    )
    return Explorer(
        id="layer-after-layer",
        title="Clean, or run away",
        caption="Thresholded layers with a fresh random code in each. Lines: the maps. Open points: three simulated networks of "
        "each kind, at the settings marked on the sliders. Go down to 10 true features, then up one by one.",
        sliders=[Slider(l0, 2, 200, 12), Slider(n, 64, 8192, 1024), Slider(m, 10_000, 10**6, 10**5)],
        x=Axis(_k, 0, _LAYERS, label="layer"),
        y=Axis(low=1, high=10**6, scale="log", label="active features"),
        marks=[
            Rule(y=m / 2, label="half of all features", series=0, dash=3),
            Steps(_after(free, _k), over=(_k, 0, _LAYERS - 1), label="map, mistakes are kept"),
            Steps(_after(driven, _k), over=(_k, 0, _LAYERS - 1), label="map, re-driven"),
            Samples(_networks(False), label="networks that keep their mistakes", series=1, spread=0),
            Samples(_networks(True), label="re-driven networks", series=2, spread=0),
        ],
        readouts=[
            Readout("active after 40 layers, map", _after(free, _LAYERS)),
            Readout("the same, re-driven", _after(driven, _LAYERS)),
        ],
        text=[
            Sentence("With {l0} of {m} features on {n} neurons"
                " the first layer most likely makes a mistake.", when=clean < 1),
            Sentence(
                "With {l0} of {m} features on {n} neurons {clean:layers} are clean on average before the first with a mistake.",
                clean=sp.Piecewise((sp.floor(clean), clean < seldom), (seldom, True)),
                when=(clean >= 1) & (clean < seldom),
            ),
            Sentence("With {l0} of {m} features on {n} neurons hardly any layer ever makes a mistake.", when=clean >= seldom),
            Sentence(
                "A network that keeps its mistakes runs away after about {runaway:layers}.",
                runaway=sp.Piecewise((sp.floor(runaway), runaway < seldom), (seldom, True)),
                when=(runaway < 1000) & (runaway >= 5),
            ),
            Sentence("It stays clean for 40 layers most likely.", when=(clean > 80) & (clean < seldom)),
        ],
        measure=Measure(
            chains.relay,
            active,
            "active features after 40 layers, mean of networks that keep their mistakes",
            x=_LAYERS,
            given={L: _LAYERS, theta: _HALF, chains.redriven: 0},
            trials=200,
            one=network,
        ),
    )  # fmt: skip


_NEURONS = 1024
_FEWEST, _MOST = 8, 28


def _at_saddle(then):
    # m = saddle_features solved for its exponential; a contraction for z above √3, so that it settles from anywhere
    rule = sp.sqrt(2 * sp.log((m - formulas.saddle_driven.expr) * z**3 / (n * sp.sqrt(sp.pi / 2))))
    return Iterated(rule.subs(n, _NEURONS), z, start=4, steps=80, then=then.subs(n, _NEURONS))


def cobweb() -> Explorer:
    """Both maps against the diagonal, with the path that a re-driven network takes."""
    free, driven = (
        formula.expr.subs(n, _NEURONS) for formula in (formulas.expected_active_next, formulas.expected_active_redriven)
    )
    step = sp.Symbol("step", nonnegative=True)
    meeting, saddle = _at_saddle(n / (4 * z**2)), _at_saddle(formulas.saddle_driven.expr)

    def reached(steps):
        return Iterated(driven, l, start=l, steps=steps)

    return Explorer(
        id="cobweb",
        title="Two maps and the diagonal",
        caption="1,024 neurons. Where a map crosses the diagonal, the number of active features stays. Start a path below and above the upper "
        "crossing. Then raise l₀ until the two crossings meet in the diamond and are gone. A third lies near half of all features, far outside.",
        sliders=[
            Slider(l0, _FEWEST, 20, 12, scale="linear"),
            Slider(l, _FEWEST, _MOST, 16, scale="linear", label="active at the start of the path"),
            Slider(m, 10_000, 10**6, 10**5),
        ],
        x=Axis(l, _FEWEST, _MOST, label="active before a layer, *l*"),
        y=Axis(low=_FEWEST, high=_MOST, label="active after it"),
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
            Readout("true features at which the crossings meet", saddle),
            Readout("n/(8 ln m), one layer's limit", formulas.max_active.expr.subs(n, _NEURONS)),
            Readout("end of the path, after 500 layers", reached(500)),
        ],
        text=[
            Sentence(
                "With {m} features the crossings meet at {saddle} true ones. With {l0} true features the re-driven map leads from {l} "
                "active ones to {end}.",
                saddle=saddle,
                end=reached(500),
            )
        ],
    )  # fmt: skip


_NETWORK = {"neurons": 256, "features": 10_000, "true": 4}
_STEPPED = 11


@cache
def _network():
    """One network on its way to half of all features: active before each layer, length of its states, readouts in bins."""
    rng = np.random.default_rng(0)

    def code(rng):
        return codes.random_code(_NETWORK["neurons"], _NETWORK["features"], rng)

    readouts, active = simulate.relay_readouts(code, _NETWORK["true"], _STEPPED, rng)
    edges = np.arange(-20, 31) / 10 - 0.05
    before, square, bins = [], [], {"absent": [], "present": []}
    for layer, values in enumerate(readouts, 1):
        before.append(int(active.sum()))
        # the readouts of the active features sum to it
        square.append(float(f"{values[active].sum():.9g}"))
        for kind, own in (("absent", values[~active]), ("present", values[active])):
            counts, _ = np.histogram(own, edges)
            found = zip(np.round((edges[1:] + edges[:-1]) / 2, 6), counts, strict=True)
            bins[kind] += [
                {"at": {"layer": layer}, "x": x, "y": y, "se": float(f"{np.sqrt(y + 1):.2g}")} for x, y in found if y
            ]
        active = values > 0.5
    return [*before, int(active.sum())], square, bins


def readouts_by_layer() -> Explorer:
    """The readouts of one network, layer after layer, on its way to half of all features."""
    layer, r = sp.Symbol("layer", positive=True), sp.Symbol("r", real=True)
    before, square, bins = _network()

    def of(values):
        return sp.Piecewise(*((value, layer <= i) for i, value in enumerate(values[:-1], 1)), (values[-1], True))

    active, after = of(before[:-1]), of(before[1:])
    noise = sp.sqrt(of(square) / _NETWORK["neurons"])
    features, width = _NETWORK["features"], sp.Rational(1, 20)

    def share(middle):
        return Q((r - width - middle) / noise) - Q((r + width - middle) / noise)

    absent, present = (features - active) * share(0), active * share(of(square) / active)
    return Explorer(
        id="readouts-by-layer",
        title="A runaway from inside",
        caption="One network of 256 neurons and 10,000 features, 4 of them true, that keeps its mistakes. Step through its layers. "
        "Points: its readouts, in bins of a tenth. Curves: the normal law, given the length of the state.",
        sliders=[Slider(layer, 1, _STEPPED, 7, scale="linear", label="of the network", unit="")],
        x=Axis(r, -2, 3, label="readout, *r*"),
        y=Axis(low=0.5, high=20_000, scale="log", label="features in a bin"),
        marks=[
            Area(0.5, sp.Piecewise((sp.Max(absent, 0.5), r > sp.Rational(1, 2)), (0.5, True)), series=1),
            Curve(absent, label="not active before the layer"),
            Curve(present, label="active before it"),
            Rule(x=sp.Rational(1, 2), label="threshold ½", series=0),
            Samples(bins["absent"], label="readouts of the network", series=1, spread=0),
            Samples(bins["present"], series=2, spread=0),
        ],
        readouts=[
            Readout("active before the layer", active),
            Readout("active after it", after),
            Readout("noise on a readout", noise),
        ],
        text=[
            Sentence(
                "Layer {layer} begins with {active:active features}, and {after} are active after it. The noise on a readout is {noise}.",
                active=active,
                after=after,
                noise=noise,
            ),
            Sentence("The two humps stand apart.", when=noise < sp.Rational(1, 5)),
            Sentence("The two humps have become one.", when=noise > 1),
        ],
    )  # fmt: skip


def value_errors(
    unit: str, fresh: bool, neurons: int = 1024, true: int = 3, depth: int = 6, trials: int = 400
) -> list[dict]:
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


def values_under_units() -> Explorer:
    """How far an analog value has strayed after L layers, under three units."""
    gated, same, relu = formulas.value_noise_gated, formulas.value_noise_same_code, formulas.value_noise_relu
    half_gap = 1 / (2 * (K - 1))
    fresh, one = half_gap**2 * n / (l - 1), half_gap * sp.sqrt(n / (l - 1))

    network = One(
        [Dot(_layer, sp.sqrt(chains.changes), label="one network, gated, fresh codes", series=4)],
        [
            Sentence(
                "After {L} gated layers {l:values} that were 1 are off by {off} (root mean square).",
                off=sp.sqrt(chains.change),
            )
        ],
        steps=[Numbers(_layer, count=L)],
        given={L: _LAYERS},
    )
    return Explorer(
        id="values-under-units",
        title="What becomes of an analog value",
        caption="Standard deviation of an activation that started at 1. Above the level line, half of the gap between K levels, "
        "neighbouring levels run into each other. Points: simulated, bars of two standard errors.",
        sliders=[Slider(K, 2, 20, 3, scale="linear", label="levels"), Slider(l, 2, 100, 3), Slider(n, 64, 16_384, 1024)],
        x=Axis(L, 1, 40, scale="log"),
        y=Axis(low=0.01, high=2, scale="log", label="standard deviation of a value"),
        marks=[
            Curve(gated, label="gated, fresh codes: √*L*"),
            Curve(same, label="gated, the same code: *L*"),
            Curve(relu, label="rescaled ReLU: 2 to the power *L*"),
            Rule(y=half_gap, label="half of the gap between levels", series=0, dash=3),
            Samples(value_errors("gated", True), label="simulated", series=1),
            Samples(value_errors("gated", False), series=2),
            Samples([point for point in value_errors("relu", True) if point["y"] < 0.5], series=3),
        ],
        readouts=[
            Readout("half of the gap", half_gap),
            Readout("layers that fill it, fresh codes", sp.floor(fresh)),
            Readout("layers that fill it, one code", sp.floor(one)),
        ],
        text=[
            Sentence(
                "With {l:features} active on {n} neurons, the noise on a value fills half of the gap between {K} levels after {fresh:layers} "
                "with fresh codes, after {same:layers} with one code.",
                fresh=sp.floor(fresh),
                same=sp.floor(one),
                when=fresh >= 1,
            ),
            Sentence(
                "With {l:features} active on {n} neurons, the first layer already fills half of the gap between {K} levels with noise.",
                when=fresh < 1,
            ),
        ],
        measure=Measure(
            chains.gated,
            chains.change,
            "standard deviation after 6 gated layers with fresh codes",
            formula=sp.sqrt(6 * (l - 1) / n),
            x=6,
            given={m: sp.Max(16, l), L: 6, theta: sp.Rational(2, 5)},
            back=sp.sqrt(PLACE),
            one=network,
        ),
    )  # fmt: skip

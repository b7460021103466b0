"""Explorers of the chapter *Weights between layers*."""

import sympy as sp
from sympy import stats

from superposition import formulas
from superposition.draws import Draw, Let, Numbers, Total, overlap
from superposition.explorer import Area, Axis, Curve, Dot, Explorer, Measure, One, Readout, Rule, Sentence, Slider
from superposition.formula import Q
from superposition.simulate import chains
from superposition.symbols import J, l, m, n, theta, zeta

__all__ = ["read_or_run", "virtual_weights"]

_HALF = sp.Rational(1, 2)
_SHOWN = 300
_LOOKED_AT = 4


def _std(shared):
    return formulas.interference_std.expr.subs(zeta, shared)


def _one_feature():
    """All virtual weights of one feature of the first layer that has a connection."""
    overlaps, weights, height, rank, own = sp.symbols("overlaps weights height rank own", real=True)
    seen, unseen, above = sp.symbols("seen unseen above", nonnegative=True)
    count = sp.Min(m - J, _SHOWN)
    length = sp.sqrt(chains.square)
    return One(
        [
            Dot(weights, sp.exp(5 * height), label=f"one feature: {_SHOWN} of its interference", series=3),
            Dot(own, 100, label="one feature: its connection", series=4),
        ],
        [
            Sentence(
                "One feature: its connection has the weight {own}; {above} of its {others} weights to features without a connection exceed {theta}.",
                others=m - J,
            )
        ],
        steps=[
            Numbers(rank, count=1 + chains.shown),
            Total(own, sp.Piecewise((chains.present, rank <= 1), (0, True))),
            *overlap(overlaps, n, count=count),
            Let(weights, length * overlaps),
            Draw(height, stats.Uniform, 0, 1, count=count),
            Total(seen, sp.Piecewise((1, weights > theta), (0, True))),
            Draw(unseen, stats.Binomial, m - J - count, chains.alarm),
            Let(above, seen + unseen),
        ],
        given={l: 1, chains.shown: _LOOKED_AT, chains.chance: 1},
    )


def virtual_weights() -> Explorer:
    """All m² virtual weights between two layers: the heap of interference, the connections, and a threshold."""
    v = sp.Symbol("v", real=True)

    def bell(middle, std):
        return sp.exp(-((v - middle) ** 2) / (2 * std**2)) / (std * sp.sqrt(2 * sp.pi))

    classes = ((m - J) ** 2, 0), (2 * J * (m - J), 1), (J * (J - 1), 2)
    heap = sum(count * bell(0, _std(shared)) for count, shared in classes)
    missing = sp.sqrt(J - 1) / n
    real = J * bell(1, missing)
    false = sum(count * Q(theta / _std(shared)) for count, shared in classes)
    missed = J * Q((1 - theta) / missing)
    floor = _HALF

    def counted(number):
        return sp.Piecewise((number, number >= sp.Rational(1, 100)), (0, True))

    share = 100 * false / (false + J - missed)
    pairs = {"pairs": m**2}
    return Explorer(
        id="heap-of-interference",
        title="A heap of interference",
        caption="How the virtual weights of all pairs of features are expected to spread, by the normal law: those of connections about 1, those of all other pairs "
        "about 0. Taken for connections are those beyond the threshold. Where that law is worst, in narrow layers with few connections, the pairs taken wrongly are a fifth fewer in truth, or up to seven times as many.",
        sliders=[
            Slider(J, 100, 5000, 4000, label="connections between the layers"),
            Slider(n, 64, 4096, 512),
            Slider(m, 10_000, 10**6, 10_000),
            Slider(theta, 0.1, 0.9, 0.5, scale="linear", integer=False, label="threshold of a virtual weight"),
        ],
        x=Axis(v, -1, 2, label="virtual weight"),
        y=Axis(low=floor, high=10**15, scale="log", label="pairs of features per unit of weight"),
        marks=[
            Curve(heap, label="interference", series=1),
            Curve(real, label="connections", series=2),
            Area(floor, sp.Piecewise((sp.Max(heap, floor), v > theta), (floor, True)), series=1),
            Area(floor, sp.Piecewise((sp.Max(real, floor), v < theta), (floor, True)), series=2),
            Rule(x=theta, label="threshold", series=0),
        ],
        readouts=[
            Readout("standard deviation of interference", _std(0)),
            Readout("interference above the threshold", counted(false)),
            Readout("connections below it", counted(missed)),
            Readout("of what lies above, interference", sp.Piecewise((share, share >= sp.Rational(1, 100)), (0, True)), unit="%"),
        ],
        text=[
            Sentence(
                "Of {pairs} virtual weights {J} are connections. Above {theta} lie {kept} of these, and {false} that are interference.",
                **pairs,
                kept=J - counted(missed),
                false=false,
                when=false >= _HALF,
            ),
            Sentence(
                "Of {pairs} virtual weights {J} are connections. Hardly any interference lies above {theta}.",
                **pairs,
                when=false < _HALF,
            ),
            Sentence("More than half of what lies above the threshold is interference.", when=false > J - missed),
            Sentence("Hardly a connection lies below it.", when=(missed < _HALF) & (false < _HALF)),
            Sentence("Below it, and lost: {missed:connections}.", missed=missed, when=missed >= _HALF),
        ],
        measure=Measure(
            chains.weights,
            one=_one_feature(),
            given={l: 1, chains.shown: _LOOKED_AT, chains.chance: 1},
        ),
    )  # fmt: skip


def read_or_run() -> Explorer:
    """What is read wrongly of the weights, and by the next layer, against the number of connections."""
    read = formulas.wrong_weights.expr.subs(theta, _HALF)
    noise = formulas.used_noise_std.expr
    # a feature whose own connection is not in use hears it, too
    connected = sp.sqrt(noise**2 + l / n - l / n**2)
    # one whose own is in use hears that of every other active one, too
    meant = sp.sqrt((J - 1) / n**2 + (l - 1) * (2 / n + (J - 2) / n**2))
    run = (m - J) * Q(_HALF / noise) + (J - l) * Q(_HALF / connected) + l * Q(_HALF / meant)
    weights, layer = formulas.max_connections, formulas.max_connections_used
    allowed = layer.expr >= 1
    return Explorer(
        id="reading-and-running",
        title="Read the weights, or run them",
        caption="Mistakes of a threshold at ½, by the normal law: among the virtual weights of all pairs, and among the features of the next layer while some are "
        "active. Upright lines: the two limits.",
        sliders=[Slider(J, 100, 10_000, 2000, label="connections between the layers"), Slider(n, 128, 1024, 512), Slider(m, 10_000, 10**6, 10_000), Slider(l, 1, 16, 2)],
        x=Axis(J, 100, 10_000, scale="log", label="connections between the layers, *J*"),
        y=Axis(low=1e-4, high=10**12, scale="log", label="read wrongly"),
        marks=[
            Curve(read, label="virtual weights, of all *m*²", series=1),
            Curve(run, label="features of the next layer, of *m*", series=2),
            Rule(x=weights, series=1, dash=3),
            Rule(x=sp.Piecewise((layer.expr, allowed)), series=2, dash=3),
            Rule(y=1, series=0, dash=3, label="one mistake"),
            Dot(J, read, series=1),
            Dot(J, run, series=2),
        ],
        readouts=[
            Readout("connections that can be read", weights),
            Readout("connections that can be run", sp.Piecewise((layer.expr, allowed), (0, True))),
            Readout("weights for each connection", n**2 / J),
        ],
        text=[
            Sentence(
                "{J} connections leave {read} of the {pairs} virtual weights on the wrong side of ½.",
                read=read,
                pairs=m**2,
                when=read >= sp.Rational(1, 100),
            ),
            Sentence("{J} connections leave hardly any of the {pairs} virtual weights on the wrong side of ½.", pairs=m**2, when=read < sp.Rational(1, 100)),
            Sentence("With {l:features} active in the first layer, {run} of {m} in the next are read wrongly.", run=run, when=run >= sp.Rational(1, 100)),
            Sentence("With {l:features} active in the first layer, hardly any of {m} in the next is read wrongly.", when=run < sp.Rational(1, 100)),
            Sentence("With so few active, the layer can be run where its weights cannot be read.", when=(layer.expr > J) & (weights.expr < J)),
            Sentence("The weights can be read where the layer cannot be run.", when=(layer.expr < J) & (weights.expr > J)),
        ],
        measure=Measure(
            chains.weights,
            chains.errors,
            "features of the next layer that are read wrongly",
            formula=run,
            given={theta: _HALF, chains.shown: _LOOKED_AT, chains.chance: 1},
            trials=100,
        ),
    )  # fmt: skip

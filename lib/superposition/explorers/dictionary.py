"""Explorers of the chapter *Your own dictionary*."""

import sympy as sp

from superposition import formulas
from superposition.data.dictionaries import atlas as published
from superposition.explorer import Axis, Curve, Dot, Explorer, Readout, Samples, Sentence, Slider
from superposition.symbols import alpha, l, m, n

__all__ = ["atlas"]

_FAMILIES = {"Gemma 3": 1, "Gemma 2": 2, "GPT-2, Llama 3.1, Gemma 1": 4}


def _family(network):
    return next(
        (name for name in ("Gemma 3", "Gemma 2 ") if network.startswith(name)), "GPT-2, Llama 3.1, Gemma 1"
    ).strip()


def _points(family):
    """Active features a neuron, to two digits, which dots can show."""
    places = {
        (one.features, float(f"{one.active / one.neurons:.2g}"))
        for one in published()
        if _family(one.network) == family
    }
    return [{"at": {}, "x": features, "y": share, "se": 0} for features, share in sorted(places)]


def atlas() -> Explorer:
    """Active features per neuron of published dictionaries of residual streams, against the limits."""
    limit = formulas.max_active.expr

    def at_best(exponent):
        return n / (formulas.decoder_constant.expr.subs(alpha, exponent) * sp.log(m))

    best = at_best(sp.log(l) / sp.log(m))
    return Explorer(
        id="atlas",
        title="An atlas of published dictionaries",
        caption="Active features for each neuron, of dictionaries of residual streams in a public list, by the number of their features. Their "
        "makers chose the sparsity. A large dot is yours.",
        sliders=[
            Slider(n, 256, 8192, 768),
            Slider(m, 1000, 10**6, 24_576),
            Slider(l, 1, 1000, 60),
        ],
        x=Axis(m, 500, 2 * 10**6, scale="log"),
        y=Axis(low=0.001, high=1, scale="log", label="active features for each neuron, *l*/*n*"),
        marks=[
            Curve(limit / n, label="read at a threshold of ½, 1/(8 ln *m*)", series=3),
            Curve(at_best(0) / n, label="at most at any threshold, 1/(2 ln *m*)", series=5),
            *(Samples(_points(family), label=family, series=series, spread=0) for family, series in _FAMILIES.items()),
            Dot(m, l / n, label="yours", series=0),
        ],
        readouts=[
            Readout("active features, of what a threshold at ½ reads", 100 * l / limit, unit="%"),
            Readout("read at a threshold of ½", limit),
            Readout("read at the best threshold, about", best),
        ],
        text=[
            Sentence(
                "With {n} neurons and {m} features in random directions, up to {limit} may be active, and a threshold at ½ makes less than one error on average.",
                limit=limit,
            ),
            Sentence("{l:features} active are within it.", when=l <= limit),
            Sentence("{l:features} active are beyond it; at the best threshold about {best} are read.", best=best, when=l > limit),
        ],
    )  # fmt: skip

"""Explorers of the chapter *Readouts*."""

import sympy as sp

from superposition import formulas
from superposition.data.readouts import recoveries, transition
from superposition.explorer import (
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
)
from superposition.formula import Q, phi
from superposition.simulate import chains
from superposition.symbols import L, l, m, n, tau, theta, z

__all__ = ["decoders", "three_ways"]

_NEURONS, _FEATURES = 128, (384, 512, 1024, 2048)


def _l1(then):
    """A channel of the τ at which the ℓ1 decoder's dimension is smallest, by Newton's method for its logarithm."""
    ratio = l / (m - l)
    height = phi(tau) / tau - Q(tau)
    step = tau + tau**2 * height / phi(tau) * sp.log(height / ratio)
    # from below, where Newton's steps do not overshoot
    return Iterated(step, tau, start=sp.sqrt(sp.log(1 + 1 / (4 * ratio**2))) / 2 + 0.05, steps=12, then=then)


def _fitted(decoder):
    """The normal law in ln l that was fitted to what is stored of a decoder."""
    found = {size: transition(decoder, size) for size in _FEATURES}
    rounded = {size: (round(one.n_active, 2), round(one.width, 4)) for size, one in found.items()}
    return sp.Piecewise(*((Q(sp.log(l / place) / width), sp.Eq(m, size)) for size, (place, width) in rounded.items()))


def _stored(decoder, series):
    points = [
        {"at": {"m": size}, "x": active, "y": share, "se": se}
        for size in _FEATURES
        for active, share, se in recoveries(decoder, size)
    ]
    return Samples(points, series=series)


def decoders() -> Explorer:
    """How often each decoder reads all features, against the number of active ones."""
    at = {n: _NEURONS}
    threshold, top = (formula.expr.subs(at) for formula in (formulas.threshold_recovery, formulas.top_recovery))
    programme = _l1(formulas.l1_recovery.expr.subs(at))
    half = sp.Piecewise(*((int(transition("l1", size).n_active), sp.Eq(m, size)) for size in _FEATURES))
    return Explorer(
        id="decoders",
        title="The same numbers, read by different decoders",
        caption=f"How often all features are read rightly from {_NEURONS} neurons. Points: stored trials, bars of two standard errors. Lines: the laws of this chapter, "
        "and for the pseudo-inverse, matching pursuit and message passing a normal law fitted to the points. Move the threshold; draw a network, and measure how often the threshold reads all.",
        sliders=[
            Slider(l, 2, 100, 4),
            Slider(m, _FEATURES[0], _FEATURES[-1], 1024, values=_FEATURES),
            Slider(theta, 0.3, 0.9, 0.5, scale="linear", integer=False),
        ],
        x=Axis(l, 2, 100, scale="log"),
        y=Axis(low=0, high=1.05, label="all features read rightly, share of trials"),
        marks=[
            Curve(threshold, label="a threshold at *θ*"),
            Curve(top, label="the *l* largest of *Fᵀx*"),
            Curve(_fitted("min_norm"), label="the *l* largest of *F⁺x*"),
            Curve(_fitted("omp"), label="matching pursuit"),
            Curve(programme, label="ℓ1, a linear programme"),
            Curve(_fitted("amp"), label="message passing"),
            *(_stored(decoder, series) for series, decoder in ((2, "top"), (3, "min_norm"), (4, "omp"), (5, "l1"), (6, "amp"))),
            Dot(l, threshold),
            Dot(l, top),
        ],
        readouts=[
            Readout("a threshold at *θ* reads all, of 100 times", _seen(100 * threshold)),
            Readout("the *l* largest are the active ones", _seen(100 * top)),
            Readout("best threshold, about", _best_threshold()),
        ],
        text=[
            Sentence(
                "With {l} of {m} features active, a threshold at {theta} reads all of them {threshold} times in a hundred; the {l} largest readouts are the active ones {top} times.",
                threshold=_seen(100 * threshold),
                top=_seen(100 * top),
            ),
            Sentence("A linear readout hardly ever reads all of them now; the ℓ1 decoder does more often than not.", when=(l >= 16) & (l <= half)),
        ],
        measure=Measure(
            chains.separated,
            chains.read_exactly,
            "share of networks that a threshold reads rightly",
            formula=threshold,
            given={n: _NEURONS},
            one=One(
                [
                    Dot(l, chains.read_exactly, label="one network, by the threshold", series=1),
                    Dot(l, chains.ordered, label="the same network, by the *l* largest", series=2),
                ],
                [Sentence("{missed} of {l} active features are below the threshold, {below} below the highest of the absent ones, which reads {highest}.")],
            ),
        ),
    )  # fmt: skip


def _best_threshold():
    """The threshold of fewest errors, of exact neurons."""
    return sp.Rational(1, 2) + l * sp.log(m / l - 1) / _NEURONS


def _seen(number):
    """A number, or 0 where it is too small to be read."""
    return sp.Piecewise((number, number >= sp.Rational(1, 1000)), (0, True))


def three_ways() -> Explorer:
    """What is lost of the features that are not stored, stored to be read by one layer, or to be unpacked by several."""
    high = sp.Integer(5)
    share = formulas.amp_error.expr * m**2 / (l * (m - l))
    first = sp.Min(sp.sqrt(n / l) / 2, high)
    step = sp.Min(formulas.amp_step.expr, high)

    def after(layers):
        return Iterated(step, z, start=first, steps=layers - 1, then=sp.Min(share, 1))

    one, unpacked = share.subs(z, first), after(L)
    left_out = sp.Max(0, 1 - n / m)
    needed = _l1(l * (1 + tau**2) + (m - l) * ((1 + tau**2) * Q(tau) - tau * phi(tau)))
    linear = 8 * l * sp.log(m)
    return Explorer(
        id="three-ways",
        title="Stored linearly, to be unpacked, or not at all",
        caption="Share of the features' variance that is lost. Not at all: a neuron for each of n features, nothing for the others; no linear map loses less. "
        "Linearly: a random code and one unit for each feature. To be unpacked: as many layers of message passing as the slider says. Both by state evolution, which is for large networks: drawn ones of few active features lose more.",
        sliders=[
            Slider(n, 16, 8192, 256),
            Slider(l, 1, 100, 16),
            Slider(m, 1024, 16_384, 4096),
            Slider(L, 2, 30, 8, label="layers that unpack"),
        ],
        x=Axis(n, 16, 8192, scale="log"),
        y=Axis(low=0, high=1.02, label="lost, as a share of the features' variance"),
        marks=[
            Curve(left_out, label="not stored, but for *n* of them"),
            Curve(one, label="linearly, one layer"),
            Curve(unpacked, label="to be unpacked, *L* layers"),
            Rule(x=linear, label="8 *l* ln *m*: a threshold at ½ suffices", series=4),
            Dot(n, left_out, series=1),
            Dot(n, one, series=2),
            Dot(n, unpacked, series=3),
        ],
        readouts=[
            Readout("lost, if not stored", 100 * left_out, unit="%"),
            Readout("lost, linearly", _seen(100 * one), unit="%"),
            Readout("lost, unpacked", Iterated(step, z, start=first, steps=L - 1, then=_seen(100 * sp.Min(share, 1))), unit="%"),
            Readout("weights of one layer", m * n),
            Readout("weights of all that unpack", (2 * L - 1) * m * n),
            Readout("neurons for a threshold at ½", linear),
            Readout("neurons for the ℓ1 decoder, about", needed),
        ],
        text=[
            Sentence("{n} neurons are too few for {l} of {m} active features: no way that is counted here keeps much of them.", when=n < l),
            Sentence(
                "{n} neurons, {l} of {m} features active: {left_out} % are lost if they are not stored, {one} % if one layer reads them, {rest} % if {L} layers unpack them.",
                rest=Iterated(step, z, start=first, steps=L - 1, then=_seen(100 * sp.Min(share, 1))),
                left_out=100 * left_out,
                one=_seen(100 * one),
                when=n >= l,
            ),
            Sentence("Without unpacking, {linear} neurons would do: a threshold at ½ then misreads at most one feature on average.", linear=linear, when=(n >= l) & (n < linear)),
            Sentence("One layer is enough: unpacking gains next to nothing.", when=n >= linear),
        ],
    )  # fmt: skip

"""Explorers of the chapter *How features occur*."""

import numpy as np
import sympy as sp
from sympy import stats

from superposition import formulas
from superposition.draws import Draw
from superposition.explorer import (
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
    Sentence,
    Slider,
)
from superposition.formula import Q
from superposition.simulate import chains
from superposition.symbols import gamma, k, l, m, n, nu, p, phi

__all__ = ["same_mean", "which_features"]

_HALF, _THOUSANDTH = sp.Rational(1, 2), sp.Rational(1, 1000)
# beyond so many active features at the sliders' ends there is less than a part in a billion
_MOST = 160
ENVIRONMENT = 10**6


def negative_binomial(count: sp.Expr) -> sp.Expr:
    """Probability that so many features are active, of mean l and dispersion φ > 1."""
    shape = l / (phi - 1)
    ways = sp.loggamma(count + shape) - sp.loggamma(shape) - sp.loggamma(count + 1)
    return sp.exp(ways - shape * sp.log(phi) + count * sp.log(1 - 1 / phi))


def _seen(number):
    """A number that somebody could live to see, or 0."""
    return sp.Piecewise((number, number >= _THOUSANDTH), (0, True))


def same_mean() -> Explorer:
    """The law of the number of active features, and of the errors made at each number: the tail of one is the bulk of the other."""
    # written with a root of its own, which is infinite where nothing else is active
    errors = (m - k) * Q(sp.sqrt(n / k) / 2) + k * Q(sp.sqrt(n / sp.Max(k - 1, sp.Rational(1, 10**9))) / 2)
    made = negative_binomial(k) * errors
    mean = sp.Sum(made, (k, 1, _MOST))
    fixed, limit = formulas.expected_errors.expr, formulas.max_active.expr
    number = sp.Symbol("number", nonnegative=True)
    beyond = sp.Sum(negative_binomial(k) * sp.Min(1, sp.Max(0, sp.ceiling(k - limit))), (k, 1, _MOST))
    lift, rates = sp.Symbol("lift", nonnegative=True), sp.Symbol("rates_of_moments", nonnegative=True)
    further = [
        Draw(rates, stats.Gamma, l / (phi - 1), phi - 1, count=60),
        Draw(chains.moments, stats.Poisson, rates, count=60),
        Draw(lift, stats.Uniform, 0, 1, count=60),
    ]
    return Explorer(
        id="same-mean",
        title="One mean, many tails",
        caption="How often so many features are active, if their number is negative binomial with the mean *l*, and the errors that are made while so many are, by the normal law. "
        "Shaded: moments beyond *n*/(8 ln *m*).",
        sliders=[
            Slider(phi, 1.05, 5, 2, scale="linear", integer=False, values=[1.05, *np.arange(1.1, 5.01, 0.1).round(1)], label="dispersion, *φ*", unit=""),
            Slider(l, 1, 20, 6, label="mean number of active features, *l*"),
            Slider(n, 128, 4096, 1024),
            Slider(m, 1000, 10**6, 10_000),
        ],
        x=Axis(number, 0, 60, label="active features in a moment"),
        y=Axis(low=1e-6, high=100, scale="log", label="chance of it, or errors a moment"),
        marks=[
            Area(sp.Float(1e-6), sp.Piecewise((sp.Max(negative_binomial(number), 1e-6), number > limit), (1e-6, True)), series=1),
            Curve(negative_binomial(number), label="how often so many are active", series=1),
            Curve(made.subs(k, number + sp.Rational(1, 10**9)), label="errors made then", series=2),
            Rule(x=l, series=0, label="their mean"),
            Rule(y=mean, series=2, label="errors, averaged over all moments"),
            Dot(l, fixed, label="errors, were it always the mean", series=3),
        ],
        readouts=[
            Readout("errors a moment", _seen(mean)),
            Readout("were it always the mean", _seen(fixed)),
            Readout("moments beyond *n*/(8 ln *m*)", 100 * _seen(beyond), unit="%"),
        ],
        text=[
            Sentence(
                "{l:features} active on average, of {m} on {n} neurons, with a dispersion of {phi}: {mean} readouts a moment are wrong.",
                mean=mean,
                when=mean >= _THOUSANDTH,
            ),
            Sentence("{l:features} active on average, of {m} on {n} neurons, with a dispersion of {phi}: hardly a readout is wrong.", when=mean < _THOUSANDTH),
            Sentence(
                "Were it always the mean, {fixed} would be: the tail makes them {factor} times as many.",
                fixed=fixed,
                factor=mean / fixed,
                when=(fixed >= _THOUSANDTH) & (mean > sp.Rational(6, 5) * fixed),
            ),
            Sentence("Were it always the mean, {fixed} would be.", fixed=fixed, when=(fixed >= _THOUSANDTH) & (mean <= sp.Rational(6, 5) * fixed)),
            Sentence("Were it always the mean, hardly any would ever be: nearly all errors are made in the few moments of the tail.", when=(fixed < _THOUSANDTH) & (mean >= _THOUSANDTH)),
        ],
        measure=Measure(
            chains.spread,
            chains.errors,
            "wrong readouts a moment",
            formula=mean,
            x=l,
            trials=2000,
            one=One(
                [
                    Dot(chains.moments, sp.Float(2e-6) * sp.exp(2 * lift), label="60 moments: how many are active", series=4),
                    Dot(chains.occurring, sp.Max(chains.errors, 1e-6), label="one more: its errors, expected", series=5),
                ],
                [
                    Sentence(
                        "In one moment {occurring:features} are active, and {errors} readouts are expected to be wrong; 60 more moments stand at the foot.",
                        errors=_seen(chains.errors),
                    )
                ],
                steps=further,
            ),
        ),
    )  # fmt: skip


# Rounded, as the last digits depend on the version of NumPy, and the notebook stores them.
_NODES, _WEIGHTS = np.round(np.polynomial.legendre.leggauss(8), 12)
_LEADING = 4


def _summed(term, last):
    """Sum of term(i) for i from 1 to last: the first ones, and the integral of the others in the logarithm of i."""
    low, high = sp.log(_LEADING + _HALF), sp.log(last + _HALF)
    middle, width = (high + low) / 2, (high - low) / 2
    places = [sp.exp(middle + float(x) * width) for x in _NODES]
    beyond = sum(float(w) * width * place * term(place) for w, place in zip(_WEIGHTS, places, strict=True))
    return sum(term(sp.Integer(i)) for i in range(1, _LEADING + 1)) + beyond


def _let(symbol, value, then):
    """`then`, in which a symbol stands for a value that is found once."""
    return Iterated(symbol, symbol, start=value, steps=0, then=then)


def which_features() -> Explorer:
    """Loss and bits against the number of features stored, the most frequent ones of a million, in n neurons."""
    load = sp.Symbol("load", positive=True)
    active = formulas.stored_active.expr
    total = active.subs(m, ENVIRONMENT)
    squares = active.subs({gamma: 2 * gamma, nu: nu**2}, simultaneous=True)
    # of a Poisson number, and what is added to its logarithm
    more = formulas.poisson_factor.expr.exp.subs({l: load, phi: 1 - squares / load}, simultaneous=True)
    chance_of = sp.exp(k * sp.log(load) - load - sp.loggamma(k + 1) + more)
    alarm = sp.Sum(chance_of * Q(sp.sqrt(n / k) / 2), (k, 1, 130))
    frequency = nu / m**gamma

    def of_alarm(then):
        return _let(p, _let(load, active, sp.Max(alarm, sp.Float(1e-300))), then)

    def told(i):
        return formulas.readout_bits.expr.subs(nu, nu / i**gamma)

    def entropy(i):
        chance = nu / i**gamma
        return -(chance * sp.log(chance) + (1 - chance) * sp.log(1 - chance)) / sp.log(2)

    wrong = of_alarm((total - active + m * p) / total)
    dropped = (total - active) / total
    all_bits = _summed(entropy, sp.Integer(ENVIRONMENT))
    share, apart = _summed(told, m) / all_bits, _summed(entropy, n) / all_bits
    bits = of_alarm(share)
    chain = chains.environment(active)
    return Explorer(
        id="which-features",
        title="Which features to store",
        caption="Of a million features, the *i*-th active with probability *ν*/*i*ᵞ, the *m* most frequent are stored in a random code on *n* neurons, and the others dropped. "
        "Wrong features a moment, as a share of those active, and what single readouts tell, as a share of all there is to tell, by the normal law; the number of active ones is taken as nearly Poisson.",
        sliders=[
            Slider(m, 16, ENVIRONMENT, 1000, label="features that are stored, *m*"),
            Slider(n, 64, 1024, 256),
            Slider(gamma, 0.7, 1.3, 1, scale="linear", integer=False, label="how fast frequencies fall, *γ*"),
            Slider(nu, 0.02, 0.2, 0.2, scale="linear", integer=False, label="frequency of the first, *ν*"),
        ],
        x=Axis(m, 16, ENVIRONMENT, scale="log", label="features that are stored, *m*"),
        y=Axis(low=0, high=1.1, label="share"),
        marks=[
            Curve(wrong, label="wrong features, of those active", series=2),
            Curve(dropped, label="of these, dropped", series=2, dash=3),
            Curve(bits, label="bits told, of all", series=1),
            Dot(m, wrong, series=2),
            Dot(m, bits, series=1),
            Dot(n, (total - active.subs(m, n)) / total, label="*n* features in perpendicular directions", series=3),
        ],
        readouts=[
            Readout("the rarest stored is active once in", 1 / frequency, unit="moments"),
            Readout("its readout is wrong once in", of_alarm(1 / sp.Max(p, sp.Rational(1, 10**9))), unit="moments"),
            Readout("bits told, of all", of_alarm(100 * share), unit="%"),
            Readout("without interference, *m* = *n*", 100 * apart, unit="%"),
        ],
        text=[
            Sentence(
                "Of {total} active features a moment, {stored} are among the {m} stored ones. The others, and readouts that are wrong, make a loss of {wrong} %.",
                total=total,
                stored=active,
                wrong=of_alarm(100 * (total - active + m * p) / total),
            ),
            Sentence("The rarest feature stored is active more often than its readout is wrong.", when=frequency > alarm.subs(load, active)),
            Sentence("The rarest feature stored is active less often than its readout is wrong: it does more harm than good.", when=frequency <= alarm.subs(load, active)),
        ],
        measure=Measure(
            chain,
            (chains.errors + total - active) / total,
            "wrong features, as a share of those active",
            formula=wrong,
            trials=1000,
            one=One(
                [Dot(m, (chains.errors + total - active) / total, label="one moment, given how many are active", series=4)],
                [
                    Sentence(
                        "In one moment {occurring:features} of those stored are active, and {errors} readouts are expected to be wrong; {dropped} active ones are dropped on average.",
                        errors=_seen(chains.errors),
                        dropped=total - active,
                    )
                ],
            ),
        ),
    )  # fmt: skip

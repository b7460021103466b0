"""Formulas of the chapter *Readouts*."""

import sympy as sp
from sympy import Interval, Rational, exp, log, oo

from superposition.formula import Formula, Measured, Q, half, phi, root
from superposition.symbols import l, m, n, tau, theta, z

__all__ = [
    "amp_error",
    "amp_step",
    "box_recovery",
    "l1_active_limit",
    "l1_active_share",
    "l1_load",
    "l1_recovery",
    "linear_share",
    "min_norm_crosstalk",
    "omp_active",
    "threshold_recovery",
    "top_recovery",
]

CHAPTER = "derived in the chapter Readouts"
_TWO_FEATURES = {m: Interval(2, oo)}
_TAU = {tau: Interval.open(0, 30)}
# integrals over a normal law, as sums in steps of a tenth: right to the last digits for so smooth a function, and to three
# where the largest of 10¹² readouts makes it steep
_STEP, _REACH = Rational(1, 10), 80
_i = sp.Symbol("i", integer=True)
_y = _STEP * _i


def _integral(integrand):
    return sp.Sum(_STEP * integrand, (_i, -_REACH, _REACH))


threshold_recovery = Formula(
    "threshold_recovery",
    (1 - Q(theta * root(n / l))) ** (m - l) * (1 - Q((1 - theta) * root(n / (l - 1)))) ** l,
    "probability that a threshold at θ reads all m features rightly",
    "asymptotic",
    "known",
    "textbook result; " + CHAPTER,
    detail="readouts taken as normal and independent: for n far below 64 l³; at l = 1 the active feature is never missed",
    where=(l <= m,),
    measured=Measured(
        0.99,
        1.08,
        over={l: (3, 50), m: (1000, 10**7), n: (128, 2048), theta: (0.5, 0.6)},
        of="where it is above ½, the probability",
    ),
)

top_recovery = Formula(
    "top_recovery",
    _integral((m - l) * phi(_y) * (1 - Q(_y)) ** (m - l - 1) * (1 - Q((root(n) - _y * root(l)) / root(l - 1))) ** l),
    "probability that the l largest readouts are those of the active features, so that some threshold reads all m rightly",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="readouts taken as normal and independent, as for a threshold; the sum stands for an integral, up to 10¹² features",
    domain={l: Interval(2, oo), m: Interval(1, 10**12)},
    where=(l + 1 <= m,),
    measured=Measured(
        0.99, 1.2, over={l: (3, 50), m: (1000, 10**7), n: (128, 2048)}, of="where it is above ½, the probability"
    ),
)

min_norm_crosstalk = Formula(
    "min_norm_crosstalk",
    root(l * m * (m - n) / (n * (m - 1) * (m + 2))),
    "standard deviation of the crosstalk that l active features put on an absent one, if the readout is the pseudo-inverse times m/n",
    "exact",
    "new here",
    CHAPTER,
    detail="over random Gaussian columns, at unit activations; nearly √(l/n) √(1 - n/m), as in a tight frame",
    domain=_TWO_FEATURES,
    where=(n <= m,),
)

omp_active = Formula(
    "omp_active",
    n / (2 * log(m)),
    "active features up to which orthogonal matching pursuit surely finds all of them",
    "asymptotic",
    "known",
    "Fletcher & Rangan 2012",
    detail="sufficient as n, m and l grow, l far below m; at the sizes tried it finds nearly twice as many",
    domain=_TWO_FEATURES,
    lhs="l",
    measured=Measured(1.79, 1.91, over={m: (256, 2048), n: (64, 256)}, of="for half of the trials, the number"),
)

box_recovery = Formula(
    "box_recovery",
    sp.betainc_regularized(m - n, n, 0, Rational(1, 2)),
    "probability that activations between 0 and 1 are determined by the neurons when each of them is 0 or 1",
    "exact",
    "known",
    "Wendel 1962; Donoho & Tanner 2010, on hypercubes; " + CHAPTER,
    detail="over random codes, however many are active; ½ at m = 2n, and 1 up to m = n",
    where=(m >= n + 1,),
)

_mills = Q(tau) / phi(tau)

l1_load = Formula(
    "l1_load",
    1 + tau * (1 - Q(tau)) / phi(tau),
    "features per neuron at which the ℓ1 decoder's recovery breaks down, by the parameter τ",
    "asymptotic",
    "known",
    "Donoho & Tanner 2009, 2010; Donoho, Maleki & Montanari 2009; " + CHAPTER,
    detail="with as many active features per neuron as the formula beside it says at the same τ; as n grows",
    domain=_TAU,
    lhs="m/n",
)

l1_active_share = Formula(
    "l1_active_share",
    1 - tau * _mills,
    "active features per neuron at which the ℓ1 decoder's recovery breaks down, by the parameter τ",
    "asymptotic",
    "known",
    "Donoho & Tanner 2009, 2010; Donoho, Maleki & Montanari 2009; " + CHAPTER,
    detail="with as many features per neuron as the formula beside it says at the same τ; as n grows",
    domain=_TAU,
    lhs="l/n",
    measured=Measured(1.01, 1.06, over={tau: (0.5, 1.5), n: (64, 128)}, of="for half of the trials, the share"),
)

l1_active_limit = Formula(
    "l1_active_limit",
    n / (2 * log(m / n)),
    "active features up to which the ℓ1 decoder reads all m, for many more features than neurons",
    "asymptotic",
    "known",
    "Donoho & Tanner 2009; " + CHAPTER,
    detail="as m/n grows, and slowly: too low from about m = 4 n on, too high below",
    where=(m >= 2 * n,),
    lhs="l",
    measured=Measured(1.06, 1.14, over={m: (1000, 10**11), n: (100, 100)}, of="the ℓ1 decoder's limit at finite m/n"),
)

_second = (1 + tau**2) * Q(tau) - tau * phi(tau)
_fourth = (tau**4 + 6 * tau**2 + 3) * Q(tau) - (tau**3 + 5 * tau) * phi(tau)
_dimension = l * (1 + tau**2) + (m - l) * _second
_variance = l * (2 + 4 * tau**2) + (m - l) * (_fourth - _second**2) - 2 * _dimension

l1_recovery = Formula(
    "l1_recovery",
    Q((_dimension - n) / root(_variance)),
    "probability that the ℓ1 decoder reads all m features rightly, at the τ that makes its dimension smallest",
    "asymptotic",
    "known",
    "Amelunxen, Lotz, McCoy & Tropp 2014; Goldstein, Nourdin & Peccati 2017; " + CHAPTER,
    detail="as n, m and l grow in proportion; τ solves φ(τ)/τ - Q(τ) = l/(m - l)",
    domain=_TAU,
    where=(l + 1 <= m, _variance > 0),
    parts={r"a_\tau": _second},
    measured=Measured(
        1, 1.12, over={l: (12, 33), m: (128, 512), n: (64, 64)}, of="where it is above 0.7, the probability"
    ),
)

linear_share = Formula(
    "linear_share",
    log(m / n) / (4 * log(m)),
    "active features that a linear readout at ½ is promised, as a share of those that the ℓ1 decoder reads",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="the ratio of the two limits, for many more features than neurons",
    domain=_TWO_FEATURES,
    where=(m >= 2 * n,),
    measured=Measured(
        0.88, 0.93, over={m: (10**4, 10**9), n: (1000, 1000)}, of="with the ℓ1 decoder's limit at finite m/n, the share"
    ),
)

_odds = root(l * (m - l)) / m
_middle = log((m - l) / l) / (2 * z)
# one over twice the hyperbolic cosine of z (y - middle)
_spread = 1 / (exp(z * (_y - _middle)) + exp(z * (_middle - _y)))
_error = _integral(_odds * exp(-(z**2) / 2) * phi(_y) * _spread)

amp_error = Formula(
    "amp_error",
    _error,
    "mean squared error of the best estimate of a feature that l of m times is 1, from a readout in normal noise",
    "exact",
    "known",
    "textbook result, the posterior mean; " + CHAPTER,
    detail="½ is z standard deviations of the noise away from 0 and from 1; the sum stands for an integral",
    domain={z: Interval.open(0, 6)},
    where=(l + 1 <= m,),
)

amp_step = Formula(
    "amp_step",
    half(root(n / (m * _error))),
    "z of the readouts after one more layer of approximate message passing, from that of the last",
    "asymptotic",
    "known",
    "Donoho, Maleki & Montanari 2009, as state evolution; Bayati & Montanari 2011",
    detail="as n, m and l grow in proportion; the first layer's is ½ √(n/l)",
    domain={z: Interval.open(0, 6)},
    where=(l + 1 <= m,),
    parts={"e_z": _error},
    measured=Measured(0.99, 1.02, over={l: (100, 160), m: (2000, 4000), n: (500, 500)}),
)

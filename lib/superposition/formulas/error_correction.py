"""Formulas of the chapter *The price of error correction*."""

import math

import numpy as np
import scipy
from sympy import Interval, Rational, betainc_regularized, exp, log, oo, pi, sqrt
from sympy.codegen.cfunctions import log1p

from superposition.arguments import integer, real
from superposition.formula import Formula, Measured, Q, log_binomial, root
from superposition.symbols import C, alpha, d, delta, h, kappa, l, m, n, s, theta

__all__ = [
    "constant_few_units",
    "constant_many_units",
    "constant_shared_noise",
    "converse_width",
    "converse_width_blind",
    "correction_constant",
    "correction_success",
    "correction_width",
    "half_space_width",
    "half_space_width_kept",
    "majority_constant",
    "majority_exponent",
    "majority_shared_noise",
    "threshold_constant",
    "unit_error",
    "unit_noise",
    "unit_reliability",
    "vote_exponent",
    "vote_layer_failure",
]

CHAPTER = "derived in the chapter The price of error correction"
_TWO_FEATURES = {m: Interval(2, oo)}
# beyond these a unit's error is no longer a number that double precision holds apart from 0, or from 1/2
_RELIABLE = {kappa: Interval(Rational(1, 1000), 600)}

unit_noise = Formula(
    "unit_noise",
    root(m * s * l / (d * n)),
    "standard deviation of the noise that a unit hears when each of its d units adds the readouts of ms/d features",
    "exact",
    "new here",
    CHAPTER,
    detail="over random codes, for a unit of ms/d features of which none is active; with one active among them the variance is off by 1/n; "
    "the part by which active features fire the unit rightly is not noise",
)

unit_reliability = Formula(
    "unit_reliability",
    n * d / (4 * m * s * l),
    "squared distance of a unit's signal from its threshold 1/2, in units of its noise",
    "exact",
    "new here",
    CHAPTER,
    detail="as the noise of a unit",
    lhs=r"\kappa",
)

unit_error = Formula(
    "unit_error",
    Q(sqrt(kappa)),
    "probability that noise puts a unit on the wrong side of its threshold",
    "asymptotic",
    "known",
    "textbook result; " + CHAPTER,
    detail="Gaussian noise",
    lhs="p",
    measured=Measured(
        0.98,
        1.97,
        over={kappa: (0.01, 16), n: (64, 16_384)},
        of="for normal codes and a unit without an active feature, the probability",
    ),
)

_p = unit_error.expr
_best = (1 - 2 * _p) * (log(1 - _p) - log(_p))
_majority = -log(4 * _p * (1 - _p)) / 2

vote_exponent = Formula(
    "vote_exponent",
    _best,
    "rate, per vote, at which it becomes unlikely that an absent feature has as many votes as an active one typically has",
    "asymptotic",
    "known",
    "Chernoff 1952; " + CHAPTER,
    detail="for many votes; the divergence of 1 - p from p",
    domain=_RELIABLE,
    parts={"p": _p},
    measured=Measured(
        1,
        1.27,
        over={kappa: (0.01, 4), s: (10, 1000)},
        where=(
            s * kappa >= 10,
            s * kappa <= 800,
        ),
    ),
)

majority_exponent = Formula(
    "majority_exponent",
    _majority,
    "rate, per vote, at which it becomes unlikely that a majority of a feature's votes is wrong",
    "asymptotic",
    "known",
    "Chernoff 1952; " + CHAPTER,
    detail="for many votes; the divergence of 1/2 from p",
    domain=_RELIABLE,
    parts={"p": _p},
    measured=Measured(
        1.04,
        2.01,
        over={kappa: (0.01, 4), s: (10, 1000)},
        where=(
            s * kappa >= 10,
            s * kappa <= 800,
        ),
    ),
)

correction_constant = Formula(
    "correction_constant",
    kappa / (2 * _best),
    "width of a correcting layer in units of 8 l m ln(m)/n, with the best final threshold",
    "heuristic",
    "new here",
    CHAPTER,
    detail="for ln l much below ln m and votes that err independently; from π/8 (κ → 0) to 1 (κ → ∞)",
    domain=_RELIABLE,
    lhs="C",
    parts={"p": _p},
    measured=Measured(
        1.26,
        2.94,
        over={kappa: (0.01, 4), l: (1, 8), m: (1000, 10**9)},
        of="for a tenth of a wrong feature and votes that err independently, the width",
    ),
)

majority_constant = Formula(
    "majority_constant",
    kappa / (2 * _majority),
    "width of a correcting layer in units of 8 l m ln(m)/n, when a majority of the votes decides",
    "heuristic",
    "new here",
    CHAPTER,
    detail="for votes that err independently; from π/2 (κ → 0) to 2 (κ → ∞)",
    domain=_RELIABLE,
    lhs="C",
    parts={"p": _p},
    measured=Measured(
        0.89,
        1.01,
        over={kappa: (0.01, 4), l: (1, 8), m: (1000, 10**9)},
        of="for a tenth of a wrong feature and votes that err independently, the width",
    ),
)

constant_many_units = Formula(
    "constant_many_units",
    pi / 8 * (1 + sqrt(alpha)) ** 2,
    "width of a correcting layer in units of 8 l m ln(m)/n, with many unreliable votes and l = m^α",
    "heuristic",
    "new here",
    CHAPTER,
    detail="the limit κ → 0, with the best final threshold",
    lhs="C",
    measured=Measured(
        1.01,
        2.19,
        over={alpha: (0, 0.75), m: (1000, 10**9)},
        of="for a tenth of a wrong feature and votes of reliability 0.01 that err independently, the width",
    ),
)

constant_few_units = Formula(
    "constant_few_units",
    1 + alpha,
    "width of a correcting layer in units of 8 l m ln(m)/n, with few reliable votes and l = m^α",
    "heuristic",
    "new here",
    CHAPTER,
    detail="the limit κ → ∞, with the best final threshold",
    lhs="C",
    measured=Measured(
        0.68,
        1.05,
        over={alpha: (0, 0.75), m: (1000, 10**9), s: (2, 8)},
        of="for a tenth of a wrong feature and votes that err independently, the width",
    ),
)

_LIMIT = n > 2 * l * (sqrt(log(m)) + sqrt(log(l))) ** 2

constant_shared_noise = Formula(
    "constant_shared_noise",
    pi / 8 / (log(m) / (sqrt(log(m)) + sqrt(log(l))) ** 2 - 2 * l * log(m) / n),
    "width of a correcting layer in units of 8 l m ln(m)/n, with many unreliable votes that all hear the feature's own readout",
    "heuristic",
    "new here",
    CHAPTER,
    detail="the limit κ → 0, with the best final threshold; infinite where that threshold could not read the features directly",
    domain=_TWO_FEATURES,
    where=(_LIMIT,),
    lhs="C",
    measured=Measured(
        1.09,
        2.2,
        over={l: (1, 16), m: (1000, 10**9), n: (1024, 16_384)},
        where=(n >= 4 * l * (sqrt(log(m)) + sqrt(log(l))) ** 2,),
        of="for a tenth of a wrong feature and votes of reliability 0.01, the width",
    ),
)

majority_shared_noise = Formula(
    "majority_shared_noise",
    pi / 2 / (1 - 8 * l * log(m) / n),
    "width of a correcting layer in units of 8 l m ln(m)/n, with a majority of many votes that all hear the feature's own readout",
    "heuristic",
    "new here",
    CHAPTER,
    detail="the limit κ → 0; infinite at the limit of linear readout",
    domain=_TWO_FEATURES,
    where=(n > 8 * l * log(m),),
    lhs="C",
    measured=Measured(
        0.96,
        1.01,
        over={l: (1, 16), m: (1000, 10**9), n: (1024, 16_384)},
        where=(n >= 16 * l * log(m),),
        of="for a tenth of a wrong feature and votes of reliability 0.01, the width",
    ),
)

correction_width = Formula(
    "correction_width",
    C * m * l * 8 * log(m) / n,
    "units that one layer needs to correct all m features, 8 C l ln(m)/n of them for each feature",
    "heuristic",
    "new here",
    CHAPTER,
    detail="to leading order, with C for votes that err independently, or for many that hear the feature's own readout; a half-space design needs far fewer",
    domain=_TWO_FEATURES,
    measured=Measured(
        0.54,
        1.16,
        over={C: (0.39457, 1.76), l: (1, 12), m: (4096, 16384), n: (1024, 4096)},
        of="with C for many votes that hear the feature's own readout, 3 to 8 units per feature and half of the trials right, the width",
    ),
    lhs="d",
)

# a unit also fires, rightly, for another active feature: a share 1 - (1 - s/d)^l of the units holds one
_fires = 1 - exp(l * log1p(-s / d))
_error = Q(root(n * d / (4 * m * s * l)))
_false_vote = _error * (1 - _fires) + (1 - _error) * _fires


def _at_least(probability):
    return betainc_regularized(h, s - h + 1, 0, probability)


correction_success = Formula(
    "correction_success",
    exp((m - l) * log1p(-_at_least(_false_vote))) * _at_least(1 - _error) ** l,
    "probability that one correcting layer reads all m features rightly, when h of s votes make a feature active",
    "heuristic",
    "new here",
    CHAPTER,
    detail="votes counted as independent: too high where a feature's own readout moves all of its votes; over places where it gives 0.7 to 0.995, and a feature needs four fifths of its votes",
    domain={s: Interval(1, 100), h: Interval(1, 100)},
    where=(h <= s, s <= d, l < m, s * _false_vote <= h),
    lhs="P",
    parts={"p_0": _false_vote, "f": _fires, "p": _error},
    measured=Measured(
        0.89, 1.05, over={d: (300, 1504), h: (2, 7), l: (1, 4), m: (4096, 4096), n: (1024, 1024), s: (2, 8)}
    ),
)

_silent, _errs = Q(2 * sqrt(kappa) * (1 - theta)), Q(2 * sqrt(kappa) * theta)
threshold_constant = Formula(
    "threshold_constant",
    kappa / 2 / ((1 - _silent) * (log(1 - _silent) - log(_errs)) + _silent * (log(_silent) - log(1 - _errs))),
    "width of a correcting layer in units of 8 l m ln(m)/n, when units switch at θ, with the best final threshold",
    "heuristic",
    "new here",
    CHAPTER,
    detail="for ln l much below ln m and votes that err independently; reliability κ as of a unit that switches at 1/2",
    domain={kappa: Interval(Rational(1, 1000), 100), theta: Interval(Rational(1, 100), Rational(99, 100))},
    lhs="C",
    parts={"p_0": _errs, r"\bar p_1": _silent},
    measured=Measured(
        1.11,
        2.19,
        over={kappa: (0.01, 4), theta: (0.3, 0.7), l: (1, 1), m: (1000, 10**9)},
        of="for a tenth of a wrong feature and votes that err independently, the width",
    ),
)

half_space_width = Formula(
    "half_space_width",
    pi / 2 * n * (8 * l * log(m) / n) / (1 - 8 * l * log(m) / n),
    "half-space units sign(Wx), W random, from which a layer's features can be read at threshold 1/2",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="to leading order, as the limit of linear readout; what is read is exact, given the state x: a normal law of variance (π/2)(|x|² - r²)/d",
    domain=_TWO_FEATURES,
    where=(n > 8 * l * log(m),),
    lhs="d",
    measured=Measured(
        0.55,
        0.87,
        over={l: (1, 16), m: (1000, 10**9), n: (256, 4096)},
        where=(n >= 12 * l * log(m),),
        of="for one wrong readout on average and normal codes, the width",
    ),
)

half_space_width_kept = Formula(
    "half_space_width_kept",
    4 * pi * l * log(m),
    "neurons whose signs alone suffice to read a layer's features at threshold 1/2",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="to leading order, as the limit of linear readout; no more than there are neurons",
    domain=_TWO_FEATURES,
    lhs="d",
    measured=Measured(
        0.68,
        0.87,
        over={l: (1, 16), m: (1000, 10**9)},
        of="for one wrong readout on average and normal codes, the number",
    ),
)

converse_width = Formula(
    "converse_width",
    (log_binomial(m, l) + log(1 - delta)) / log(2),
    "boolean units below which no decoder reads a uniformly random set of l features rightly with probability 1 - δ",
    "bound",
    "known",
    "textbook result; " + CHAPTER,
    detail="necessary, whatever the units compute and the decoder knows",
    where=(l <= m,),
)

converse_width_blind = Formula(
    "converse_width_blind",
    2 * m / (n + Rational(1, 2)) * ((1 - delta) * log(m) - log(2)),
    "units, each a function of its own weighted sum of readouts, below which no decoder that ignores the code reads one active "
    "feature with probability 1 - δ",
    "bound",
    "new here",
    CHAPTER,
    detail="necessary, for one active feature and normal codes, by Fano's inequality; if no feature's leverage is above 1/2: with b its weights "
    "to the units and S the sum of b bᵀ over all features it is bᵀ S⁻¹ b, at most d/m on average",
)


def vote_layer_failure(d: int, h: int, l: int, m: int, n: int, s: int, threshold: float = 0.5) -> float:
    """Upper bound on the probability that a layer of votes reads any of its features wrongly.

    .. math:: P \\le (m - l)\\, E\\, P[K + \\mathrm{Bin}(s - K, p(r)) \\ge h]
              + l\\, E\\, P[\\mathrm{Bin}(s - K', p_1(r)) < h]

    Parameters
    ----------
    d, h, l, m, n, s : int
        Units, votes that a feature needs, active features, features, neurons, units per feature.
    threshold : float
        Where units switch, above 0.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range: l below m, h at most s, and d is s times a prime of at least s and √m.

    Notes
    -----
    *Bound*, at every size, for codes of independent normal entries and Reed–Solomon assignments, without any assumption of
    independence. Given the length of the state, √(l c) with n c ~ χ²ₙ, an absent readout is normal with variance c l/n and an
    active one with mean c and variance c (l - 1)/n; given a feature's readout r, what its s units hear beside it is
    independent, since two features share at most one unit. K and K' count the active features among those on its units
    (hypergeometric). Both integrands are monotone in r and in c, so that sums over cells, each at its worse corner, bound the
    two integrals from above.

    Source: derived in the chapter The price of error correction.

    Examples
    --------
    >>> vote_layer_failure(d=4 * 503, h=4, l=4, m=16_384, n=4096, s=4) < 0.5
    True
    """
    d, h, l, m, n, s = (integer(name, value) for name, value in zip("dhlmns", (d, h, l, m, n, s), strict=True))
    theta = real("threshold", threshold, 0, ends="()")
    integer("l", l, high=m - 1)
    integer("h", h, high=s)
    group, over = divmod(d, s)
    prime = group > 1 and all(group % k for k in range(2, math.isqrt(group) + 1))
    if over or not prime or group < s or group * group < m:
        raise ValueError(f"d must be s = {s} times a prime of at least s and the root of m = {m}, got {d}")
    loads = {-(-m // group), m // group} - {0}
    most = max(loads)

    # cells of c, and of a standard normal g: each ends where the next begins
    c = np.concatenate([[0], _cells(n) / n, [np.inf]])
    c_mass = np.diff(scipy.special.gammainc(n / 2, c * n / 2))
    g = np.concatenate([[-np.inf], np.linspace(-9, 9, 1801), [np.inf]])
    g_mass = np.diff(scipy.special.ndtr(g))

    def fires(signal, scale, worse):
        """Chance that a unit passes its threshold, given what it hears of one feature, at the worse of the loads."""
        with np.errstate(divide="ignore", invalid="ignore"):
            distances = [
                signal / (scale * math.sqrt(load - 1)) if load > 1 else np.where(signal >= 0, np.inf, -np.inf)
                for load in loads
            ]
        return scipy.special.ndtr(worse(distances, axis=0))

    def average(chance, collide, others):
        """Mean over K, hypergeometric, of chance(K)."""
        k = np.arange(max(0, others - (m - 1 - collide)), min(collide, others) + 1)
        sets = _log_binomial(collide, k) + _log_binomial(m - 1 - collide, others - k)
        weights = np.exp(sets - _log_binomial(m - 1, others))
        return sum(w * chance(min(int(stray), s)) for stray, w in zip(k, weights, strict=True) if w > 0)

    def at_least(needed, units):
        """Chances that so many of so many units fire, for each chance of one in the grid."""
        return scipy.special.betainc(needed, units - needed + 1, grid) if needed > 0 else np.ones_like(grid)

    def below(needed, units):
        return scipy.special.betaincc(needed, units - needed + 1, grid) if needed <= units else np.ones_like(grid)

    grid = np.concatenate([[0], np.logspace(-14, -1, 500), np.linspace(0.1, 1, 500)[1:]])
    collide = s * (most - 1)
    wrong = average(lambda k: at_least(h - k, s - k), collide, l)
    missed = average(lambda k: below(h, s - k), collide, l - 1)

    upper = c[1:, None]
    with np.errstate(invalid="ignore", over="ignore"):
        scale = np.sqrt(upper * l / n)
        p = fires(scale * g[1:] - theta, scale, np.max)
        p[-1], p[:, -1] = 1, 1
        false_alarm = wrong[np.searchsorted(grid, np.minimum(p, 1))]
        lower = c[:-1, None]
        scale = np.sqrt(lower * l / n)
        p = fires(lower + np.sqrt(lower * (l - 1) / n) * g[:-1] - theta, scale, np.min)
        p[0], p[:, 0] = 0, 0
        miss = missed[np.searchsorted(grid, p, side="right") - 1]
    return float(min(1, c_mass @ ((m - l) * false_alarm + l * miss) @ g_mass))


def _log_binomial(many, few):
    return -np.log1p(many) - scipy.special.betaln(many - few + 1, few + 1)


def _cells(n):
    """Values of χ²ₙ at which cells end: evenly spaced in its cube root, which is nearly normal."""
    centre, spread = 1 - 2 / (9 * n), math.sqrt(2 / (9 * n))
    ends = centre + spread * np.linspace(-8, 8, 321)
    return n * ends[ends > 0] ** 3

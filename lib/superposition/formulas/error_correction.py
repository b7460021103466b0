"""Formulas of the chapter *The price of error correction*."""

from sympy import Interval, Rational, betainc_regularized, exp, log, oo, pi, sqrt
from sympy.codegen.cfunctions import log1p

from superposition.formula import Formula, Q, root
from superposition.symbols import C, L, alpha, d, delta, h, kappa, l, m, n, s

__all__ = [
    "constant_few_units",
    "constant_many_units",
    "constant_shared_noise",
    "correction_constant",
    "correction_success",
    "correction_width",
    "dense_chain_features",
    "dense_chain_reliability",
    "depth_neurons",
    "effective_active",
    "majority_constant",
    "majority_exponent",
    "majority_shared_noise",
    "max_active_depth",
    "sparse_chain_features",
    "sparse_chain_reliability",
    "unit_error",
    "unit_noise",
    "unit_reliability",
    "vote_exponent",
]

CHAPTER = "derived in the chapter The price of error correction"
_TWO_FEATURES = {m: Interval(2, oo)}
# beyond these a unit's error is no longer a number that double precision holds apart from 0, or from 1/2
_RELIABLE = {kappa: Interval(Rational(1, 1000), 600)}

max_active_depth = Formula(
    "max_active_depth",
    n / (8 * log(m * L / delta)),
    "active features up to which L layers that threshold every feature make any error with probability at most δ",
    "asymptotic",
    CHAPTER,
    detail="Gaussian, for many neurons; sufficient, since δ then bounds the expected number of errors",
    domain=_TWO_FEATURES,
)

depth_neurons = Formula(
    "depth_neurons",
    8 * l * log(m * L / delta),
    "neurons with which L layers that threshold every feature make any error with probability at most δ",
    "asymptotic",
    "max_active_depth solved for n",
    detail="Gaussian, for many neurons; sufficient",
    domain=_TWO_FEATURES,
)

unit_noise = Formula(
    "unit_noise",
    root(m * s * l / (d * n)),
    "standard deviation of the noise that a hidden unit hears when each of its d units adds the readouts of ms/d features",
    "asymptotic",
    CHAPTER,
    detail="random codes, for ms/d and n large; the part by which other active features fire the unit rightly is not noise",
)

unit_reliability = Formula(
    "unit_reliability",
    n * d / (4 * m * s * l),
    "squared distance of a hidden unit's signal from its threshold 1/2, in units of its noise",
    "asymptotic",
    CHAPTER,
    detail="as unit_noise",
    lhs=r"\kappa",
)

unit_error = Formula(
    "unit_error",
    Q(sqrt(kappa)),
    "probability that noise puts a hidden unit on the wrong side of its threshold",
    "asymptotic",
    CHAPTER,
    detail="Gaussian noise",
    lhs="p",
)

_p = unit_error.expr
_best = (1 - 2 * _p) * (log(1 - _p) - log(_p))
_majority = -log(4 * _p * (1 - _p)) / 2

vote_exponent = Formula(
    "vote_exponent",
    _best,
    "rate, per vote, at which it becomes unlikely that an absent feature has as many votes as an active one typically has",
    "asymptotic",
    "Chernoff 1952; " + CHAPTER,
    detail="for many votes; the divergence of 1 - p from p",
    domain=_RELIABLE,
)

majority_exponent = Formula(
    "majority_exponent",
    _majority,
    "rate, per vote, at which it becomes unlikely that a majority of a feature's votes is wrong",
    "asymptotic",
    "Chernoff 1952; " + CHAPTER,
    detail="for many votes; the divergence of 1/2 from p",
    domain=_RELIABLE,
)

correction_constant = Formula(
    "correction_constant",
    kappa / (2 * _best),
    "width of a correcting layer in units of m l/l_max, with the best final threshold",
    "heuristic",
    CHAPTER,
    detail="for ln l much below ln m and votes that err independently; from π/8 (κ → 0) to 1 (κ → ∞)",
    domain=_RELIABLE,
    lhs="C",
)

majority_constant = Formula(
    "majority_constant",
    kappa / (2 * _majority),
    "width of a correcting layer in units of m l/l_max, when a majority of the votes decides",
    "heuristic",
    CHAPTER,
    detail="for votes that err independently; from π/2 (κ → 0) to 2 (κ → ∞)",
    domain=_RELIABLE,
    lhs="C",
)

constant_many_units = Formula(
    "constant_many_units",
    pi / 8 * (1 + sqrt(alpha)) ** 2,
    "width of a correcting layer in units of m l/l_max, with many unreliable votes and l = m^α",
    "heuristic",
    CHAPTER,
    detail="the limit κ → 0, with the best final threshold",
    lhs="C",
)

constant_few_units = Formula(
    "constant_few_units",
    1 + alpha,
    "width of a correcting layer in units of m l/l_max, with few reliable votes and l = m^α",
    "heuristic",
    CHAPTER,
    detail="the limit κ → ∞, with the best final threshold",
    lhs="C",
)

_LIMIT = n > 2 * l * (sqrt(log(m)) + sqrt(log(l))) ** 2

constant_shared_noise = Formula(
    "constant_shared_noise",
    pi / 8 / (log(m) / (sqrt(log(m)) + sqrt(log(l))) ** 2 - 2 * l * log(m) / n),
    "width of a correcting layer in units of m l/l_max, with many unreliable votes that all hear the feature's own readout",
    "heuristic",
    CHAPTER,
    detail="the limit κ → 0, with the best final threshold; infinite where that threshold could not read the features directly",
    domain=_TWO_FEATURES,
    where=(_LIMIT,),
    lhs="C",
)

majority_shared_noise = Formula(
    "majority_shared_noise",
    pi / 2 / (1 - 8 * l * log(m) / n),
    "width of a correcting layer in units of m l/l_max, with a majority of many votes that all hear the feature's own readout",
    "heuristic",
    CHAPTER,
    detail="the limit κ → 0; infinite at l_max",
    domain=_TWO_FEATURES,
    where=(n > 8 * l * log(m),),
    lhs="C",
)

correction_width = Formula(
    "correction_width",
    C * m * l * 8 * log(m) / n,
    "hidden units that one layer needs to correct all m features, C l/l_max of them for each feature",
    "heuristic",
    CHAPTER,
    detail="measured: see the chapter for C and where the law breaks",
    domain=_TWO_FEATURES,
    lhs="d",
)

# a unit also fires, rightly, for another active feature: a share 1 - (1 - s/d)^l of the units holds one
_fires = 1 - exp(l * log1p(-s / d))
_error = Q(sqrt(n * d / (4 * m * s * l)))
_false_vote = _error * (1 - _fires) + (1 - _error) * _fires


def _at_least(probability):
    return betainc_regularized(h, s - h + 1, 0, probability)


correction_success = Formula(
    "correction_success",
    exp((m - l) * log1p(-_at_least(_false_vote))) * _at_least(1 - _error) ** l,
    "probability that one correcting layer reads all m features rightly, when h of s votes make a feature active",
    "heuristic",
    CHAPTER,
    detail="votes counted as independent: too high where a feature's own readout moves all of its votes",
    domain={s: Interval(1, 100), h: Interval(1, 100)},
    where=(h <= s, s <= d, l < m, s * _false_vote <= h),
)

effective_active = Formula(
    "effective_active",
    l * (1 + m / d - 1 / s),
    "active features that the next layer seems to hear when votes are read back linearly into a dense code",
    "asymptotic",
    CHAPTER,
    detail="when no unit errs, for l s much below d; each unit that errs adds to it",
    where=(s <= d, d <= m * s),
    lhs="l'",
)

dense_chain_reliability = Formula(
    "dense_chain_reliability",
    n * d / (4 * m * s * effective_active.expr),
    "reliability of a hidden unit that hears votes through a dense code",
    "asymptotic",
    CHAPTER,
    detail="as effective_active",
    where=(s <= d, d <= m * s),
    lhs=r"\kappa",
)

sparse_chain_reliability = Formula(
    "sparse_chain_reliability",
    d**2 / (4 * m * s * l),
    "reliability of a hidden unit that hears the hidden units of the layer before directly",
    "asymptotic",
    CHAPTER,
    detail="for many features per unit; met when no unit errs",
    lhs=r"\kappa",
)

dense_chain_features = Formula(
    "dense_chain_features",
    n ** Rational(3, 2) / root(4 * kappa * s * l),
    "features that a chain of layers carries through dense codes, with as many hidden units as neurons",
    "asymptotic",
    CHAPTER,
    detail="for many more features than neurons; κ is what the chain needs, and grows like a logarithm; exponent of the chain measured as 1.4 to 1.5",
)

sparse_chain_features = Formula(
    "sparse_chain_features",
    n**2 / (4 * kappa * s * l),
    "features that a chain of layers carries when its n hidden units are themselves the next layer's code",
    "asymptotic",
    CHAPTER,
    detail="for s much above 2√κ, where stray votes are many and their law is normal; at fixed κ. Votes that can be counted need a κ that grows "
    "with n: the exponent of the chain was measured as 1.5 for n up to 4,096, and more beyond",
)

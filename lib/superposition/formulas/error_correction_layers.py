"""Formulas of the chapter *From layer to layer*."""

from sympy import Interval, Mul, exp, log, oo
from sympy.codegen.cfunctions import expm1

from superposition.formula import Formula, Measured, root
from superposition.symbols import L, d, delta, kappa, l, m, n, q, s

__all__ = [
    "correction_share_chain",
    "correction_share_depth",
    "correction_share_layers",
    "correction_share_neurons",
    "correction_share_weights",
    "dense_chain_features",
    "dense_chain_reliability",
    "depth_neurons",
    "effective_active",
    "max_active_depth",
    "sparse_chain_exponent",
    "sparse_chain_features",
    "sparse_chain_listened",
    "sparse_chain_weights",
]

CHAPTER = "derived in the chapter From layer to layer"
_TWO_FEATURES = {m: Interval(2, oo)}

max_active_depth = Formula(
    "max_active_depth",
    n / (8 * log(m * L / delta)),
    "active features up to which L layers that threshold every feature make no error",
    "bound, with probability",
    "new here",
    CHAPTER,
    detail="sufficient, for every n, but for a probability of at most δ; if every layer's code is random and uniform, however the layers "
    "depend on each other",
    domain=_TWO_FEATURES,
)

depth_neurons = Formula(
    "depth_neurons",
    8 * l * log(m * L / delta),
    "neurons with which L layers that threshold every feature make no error",
    "bound, with probability",
    "new here",
    f"{CHAPTER} (the limit of L layers, solved for n)",
    detail="sufficient, as the limit that it inverts",
    domain=_TWO_FEATURES,
)

effective_active = Formula(
    "effective_active",
    l * (1 + m / d - 1 / s),
    "active features that the next layer seems to hear when votes are read back linearly into a dense code",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="when no unit errs, for l s much below d; each unit that errs adds to it",
    where=(s <= d, d <= m * s),
    lhs="l'",
)

_stray = l * (m / d - 1 / s) / m

dense_chain_reliability = Formula(
    "dense_chain_reliability",
    1 / (4 * (m * s / d) * (effective_active.expr / n + _stray)),
    "reliability of a unit that hears votes through a dense code",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="as the active features that it seems to hear; crosstalk of all votes, and the stray votes of the unit's own features, heard directly",
    where=(s <= d, d <= m * s),
    lhs=r"\kappa",
)

dense_chain_features = Formula(
    "dense_chain_features",
    Mul(n / 2, root(n / (kappa * s * l)), evaluate=False),
    "features that a chain of layers carries through dense codes, with as many units as neurons",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for many more features than neurons; κ is what the chain needs, and grows like a logarithm",
)

sparse_chain_listened = Formula(
    "sparse_chain_listened",
    -expm1(-m * (s / d) ** 2),
    "share of the units of the layer before that a unit listens to, those with which it shares a feature",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="random assignments, for loads ms/d much below m",
    where=(s <= d,),
    measured=Measured(1, 1.03, over={d: (512, 16_384), m: (102, 805_306_368), s: (1, 16)}),
)

sparse_chain_exponent = Formula(
    "sparse_chain_exponent",
    2 - 1 / q,
    "power of n with which the features grow that a sparse chain carries, when each unit needs q votes, at fixed s",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for n → ∞ with q, s and l fixed",
)

sparse_chain_features = Formula(
    "sparse_chain_features",
    4 * n**2 / (exp(3) * l * log(n) ** 2),
    "features that a chain of n units a layer carries when its units hear each other directly, with the best number of votes",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for many active features and n → ∞; Willshaw's memory, one such layer with one feature active at a time, holds a multiple of n²/(ln n)², too",
    domain={n: Interval(2, oo)},
)

sparse_chain_weights = Formula(
    "sparse_chain_weights",
    s**2,
    "weights for each feature and layer of a sparse chain, if units share at most one feature",
    "bound",
    "new here",
    CHAPTER,
    detail="at most; a copy of a feature that has a unit of its own takes one",
)

correction_share_depth = Formula(
    "correction_share_depth",
    log(L) / log(m * L / delta),
    "share of the neurons of L layers without an error that are there because all of L layers have to be right, not one",
    "exact",
    "new here",
    CHAPTER,
    detail="1 less the ratio of the neurons for one layer and for L; exact of these two numbers, which suffice, and not of the fewest "
    "that do",
    domain=_TWO_FEATURES,
)

correction_share_neurons = Formula(
    "correction_share_neurons",
    m / (m + n),
    "share of all units that only correct, when every layer of n neurons is followed by a unit for each of m features",
    "exact",
    "new here",
    CHAPTER,
)

correction_share_weights = Formula(
    "correction_share_weights",
    2 * m / (2 * m + n),
    "share of all weights that only correct: m units that read n neurons and write to them, beside a layer of n² weights",
    "exact",
    "new here",
    CHAPTER,
)

correction_share_layers = Formula(
    "correction_share_layers",
    log(1 + (m - 1) / n) / (log(1 + (m - 1) / n) + log(1 + m / (8 * l * log(m)))),
    "share of the layers that correct, when layers that only move features to a fresh random code are run as long as can be read",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="at the limit of linear readout; one correction after k such layers, k not rounded; meant for k of at least 1, l up to that limit",
    domain=_TWO_FEATURES,
    where=(n >= 8 * l * log(m),),
)

correction_share_chain = Formula(
    "correction_share_chain",
    1 - 8 * l * log(m * L / delta) / n,
    "share of the n neurons of a layer beyond those on which m features could be read, L times, with a unit for each feature",
    "bound, with probability",
    "new here",
    CHAPTER,
    detail="lower limit: 1 less the ratio of the neurons for L layers without an error, which suffice but for a probability of at most δ, and n",
    domain=_TWO_FEATURES,
    where=(n >= 8 * l * log(m * L / delta),),
)

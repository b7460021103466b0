"""Formulas of the chapter *Boolean-ish*."""

import sympy as sp
from sympy import Interval, Rational, log, oo, pi, sqrt

from superposition.formula import Formula, Q, log_binomial, root
from superposition.symbols import A, D, K, b, l, m, n

__all__ = [
    "level_bits",
    "level_capacity",
    "level_capacity_uniform",
    "level_errors",
    "level_errors_uniform",
    "level_mean_square",
    "levels",
    "levels_uniform",
    "max_active_levels",
    "max_active_levels_uniform",
    "max_active_quantised",
    "naive_levels",
    "neuron_excess_kurtosis",
    "panter_dite",
    "quantised_noise",
    "unscaled_miss",
    "value_noise",
]

CHAPTER = "derived in the chapter Boolean-ish"
_TWO_FEATURES = {m: Interval(2, oo)}
_TWO_LEVELS = {K: Interval(2, oo)}

_gaps = root(n / (8 * l * log(m)))
_square = K * (2 * K - 1) / (6 * (K - 1) ** 2)
_active = n / (8 * (K - 1) ** 2 * log(m))
_active_uniform = 3 * n / (4 * K * (2 * K - 1) * log(m))


def _errors(quarter, misreads):
    """Wrong levels among m features; half a gap over the noise, squared, is n over l times `quarter`."""
    alarm, misread = (Q(root(n / (quarter * active))) for active in (l, l - 1))
    return (m - l) * alarm + l * misreads * misread


def _bits(active):
    return sp.Mul(1 / log(2), log_binomial(m, active) + active * log(K - 1), evaluate=False)


naive_levels = Formula(
    "naive_levels",
    _gaps,
    "largest activation over the noise of l active features, each of them at the largest",
    "heuristic",
    "Linsefors 2024",
    detail="counts the gaps between levels, which is one less than the levels",
    domain=_TWO_FEATURES,
    where=(l <= m,),
)

levels = Formula(
    "levels",
    1 + _gaps,
    "equally spaced activation levels that nearest-level decoding of all m features can tell apart",
    "heuristic",
    CHAPTER,
    detail="the level 0 is counted; with all active features at the largest level the measured K - 1 is 0 to 4 % above it",
    domain=_TWO_FEATURES,
    where=(l <= m,),
    lhs="K",
)

levels_uniform = Formula(
    "levels_uniform",
    sp.Mul(Rational(1, 4), 1 + root(1 + 6 * n / (l * log(m))), evaluate=False),
    "activation levels that can be told apart when the active features use all levels above 0 equally often",
    "heuristic",
    CHAPTER,
    detail="good for hundreds of active features; the measured K - 1 is up to 5 % below it at 50 and 10 to 35 % below it at 1, "
    "where the noise varies most from one active set to the next",
    domain=_TWO_FEATURES,
    where=(l <= m, 4 * l * log(m) <= 3 * n),
    lhs="K",
)

level_mean_square = Formula(
    "level_mean_square",
    _square,
    "mean square of the K - 1 levels above 0, in units of the largest level's square",
    "exact",
    CHAPTER,
    detail="1 at two levels, 1/3 at many",
    domain=_TWO_LEVELS,
)

level_errors = Formula(
    "level_errors",
    _errors(4 * (K - 1) ** 2, 1),
    "expected number of the m features decoded to a wrong level, with all active features at the largest",
    "asymptotic",
    CHAPTER,
    detail="Gaussian, for many neurons; at two levels it is expected_errors",
    domain=_TWO_LEVELS,
    where=(l <= m,),
)

level_errors_uniform = Formula(
    "level_errors_uniform",
    _errors(Rational(2, 3) * K * (2 * K - 1), 2 - 1 / (K - 1)),
    "expected number of the m features decoded to a wrong level, with all levels above 0 used equally often",
    "heuristic",
    CHAPTER,
    detail="Gaussian, for many neurons and many active features; too low for few, which are sometimes all at high levels",
    domain=_TWO_LEVELS,
    where=(l <= m,),
)

max_active_levels = Formula(
    "max_active_levels",
    _active,
    "active features up to which all m are read to one of K levels, with all active ones at the largest",
    "heuristic",
    "levels solved for l",
    detail="safe: measured 0 to 8 % more are borne, least with many active features",
    domain=_TWO_FEATURES | _TWO_LEVELS,
)

max_active_levels_uniform = Formula(
    "max_active_levels_uniform",
    _active_uniform,
    "active features up to which all m are read to one of K levels, with all levels above 0 used equally often",
    "heuristic",
    "levels_uniform solved for l",
    detail="good for hundreds of active features; too high for few, as levels_uniform is",
    domain=_TWO_FEATURES | _TWO_LEVELS,
)

value_noise = Formula(
    "value_noise",
    root(A**2 * (l - 1) / (3 * n)),
    "standard deviation of the decoded value of an active feature, the others being uniform on [0, A]",
    "exact",
    CHAPTER,
    detail="over random codes",
)

level_bits = Formula(
    "level_bits",
    _bits(l),
    "bits that say which l of m features are active and at which of the K - 1 levels above 0 each is",
    "exact",
    CHAPTER,
    domain=_TWO_LEVELS,
    where=(l <= m,),
)

level_capacity = Formula(
    "level_capacity",
    _bits(_active) / n,
    "bits per neuron at K levels, with as many features active as K allows when all may be at the largest",
    "heuristic",
    CHAPTER,
    detail="level_bits at max_active_levels, per neuron; nothing is said where fewer than one feature may be active",
    domain=_TWO_FEATURES | _TWO_LEVELS,
    where=(m >= n, 8 * (K - 1) ** 2 * log(m) <= n),
)

level_capacity_uniform = Formula(
    "level_capacity_uniform",
    _bits(_active_uniform) / n,
    "bits per neuron at K levels, with as many features active as K allows when levels are used equally often",
    "heuristic",
    CHAPTER,
    detail="level_bits at max_active_levels_uniform, per neuron; too high where few features are active",
    domain=_TWO_FEATURES | _TWO_LEVELS,
    where=(m >= n, 4 * K * (2 * K - 1) * log(m) <= 3 * n),
)

neuron_excess_kurtosis = Formula(
    "neuron_excess_kurtosis",
    -6 / (l * (n + 2)),
    "excess kurtosis of one neuron's value when l features of a random code are active",
    "exact",
    CHAPTER,
    detail="over random codes; a normal value has 0",
)

panter_dite = Formula(
    "panter_dite",
    sqrt(3) * pi / 2 * 4 ** (-b),
    "smallest mean squared error of a normal value quantised to b bits, relative to its variance",
    "asymptotic",
    "Panter & Dite 1951",
    detail="for many bits; 1.9 times the truth at 1 bit, 1.06 times at 5, 1.01 times at 8",
    domain={b: Interval(1, 64)},
    lhs=r"D_b",
)

quantised_noise = Formula(
    "quantised_noise",
    root(l / (n * (1 - D))),
    "standard deviation of the rescaled readout of an absent feature, from quantised neurons",
    "asymptotic",
    CHAPTER,
    detail="for many active features or many neurons, whose values are then normal; crosstalk_std with (1 - D) n neurons",
)

max_active_quantised = Formula(
    "max_active_quantised",
    (1 - D) * n / (8 * log(m)),
    "active features up to which all m are read without error from quantised neurons, with rescaled readouts",
    "asymptotic",
    CHAPTER,
    detail="for many features; the measured one is 0 to 2 % above it",
    domain=_TWO_FEATURES,
    lhs=r"l_{\max}",
)

unscaled_miss = Formula(
    "unscaled_miss",
    Q(root(n * (1 - 2 * D) ** 2 / (4 * l * (1 - D)))),
    "probability that an active feature reads below 1/2 from quantised neurons when the readout is not rescaled",
    "asymptotic",
    CHAPTER,
    detail="Gaussian, for many neurons and many active features; at one bit and 2,048 neurons 1.25 times the truth with 18 "
    "active, 1.03 times with 60",
    domain={D: Interval(0, Rational(1, 2))},
)

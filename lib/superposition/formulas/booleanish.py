"""Formulas of the chapter *Boolean-ish*."""

import sympy as sp
from sympy import Interval, Rational, exp, log, oo, pi, sqrt

from superposition.formula import Formula, Measured, Q, log_binomial, root
from superposition.symbols import A, D, K, b, delta, l, m, n

__all__ = [
    "level_bits",
    "level_capacity",
    "level_capacity_uniform",
    "level_errors",
    "level_errors_sure",
    "level_errors_uniform",
    "level_mean_square",
    "levels",
    "levels_sure",
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
    "from the post",
    "Linsefors 2024",
    detail="counts the gaps between levels, which is one less than the levels; over places with room for two",
    domain=_TWO_FEATURES,
    where=(l <= m,),
    measured=Measured(1.01, 2.06, over={l: (1, 500), m: (1000, 10**9), n: (56, 262_144)}),
)

levels = Formula(
    "levels",
    1 + _gaps,
    "equally spaced activation levels that nearest-level decoding of all m features can tell apart",
    "bound",
    "new here",
    CHAPTER,
    detail="with all active features at the largest level, on average at most one level is wrong; the level 0 is counted",
    domain=_TWO_FEATURES,
    where=(l <= m,),
    lhs="K",
    measured=Measured(1, 1.07, over={l: (1, 500), m: (1000, 10**9), n: (56, 262_144)}, of="K - 1", less=1),
)

level_errors_sure = Formula(
    "level_errors_sure",
    (m + l) * exp(-n / (8 * l * (K - 1) ** 2)),
    "a number that the expected number of wrong levels, and so the probability of any, never exceeds",
    "bound",
    "new here",
    CHAPTER,
    detail="for random codes, at any levels of the active features that were chosen without a look at the code",
    domain=_TWO_LEVELS,
    where=(l <= m,),
    measured=Measured(0, 0.49, over={K: (2, 16), l: (1, 200), m: (1000, 10**9), n: (256, 65_536)}),
)

levels_sure = Formula(
    "levels_sure",
    1 + root(n / (8 * l * log((m + l) / delta))),
    "levels up to which all m features are decoded to their own, but for a probability of at most δ",
    "bound, with probability",
    "new here",
    CHAPTER,
    detail="for random codes, at any levels of the active features that were chosen without a look at the code",
    where=(l <= m,),
    lhs="K",
    measured=Measured(
        1.05, 1.22, over={delta: (0.001, 0.1), l: (1, 500), m: (1000, 10**9), n: (56, 262_144)}, of="K - 1", less=1
    ),
)

levels_uniform = Formula(
    "levels_uniform",
    sp.Mul(Rational(1, 4), 1 + root(1 + 6 * n / (l * log(m))), evaluate=False),
    "activation levels that can be told apart when the active features use all levels above 0 equally often",
    "heuristic",
    "new here",
    CHAPTER,
    detail="for l far above 0.4 (ln m)²; with fewer active features the noise varies from one active set to the next",
    domain=_TWO_FEATURES,
    where=(l <= m, 4 * l * log(m) <= 3 * n),
    lhs="K",
    measured=Measured(0.63, 1.09, over={l: (1, 500), m: (1000, 10**9), n: (56, 262_144)}, of="K - 1", less=1),
)

level_mean_square = Formula(
    "level_mean_square",
    _square,
    "mean square of the K - 1 levels above 0, in units of the largest level's square",
    "exact",
    "new here",
    CHAPTER,
    detail="1 at two levels, 1/3 at many",
    domain=_TWO_LEVELS,
)

level_errors = Formula(
    "level_errors",
    _errors(4 * (K - 1) ** 2, 1),
    "expected number of the m features decoded to a wrong level, with all active features at the largest",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="Gaussian crosstalk: for n far below 64 l³ (K - 1)⁴; at two levels it is the number for switches",
    domain=_TWO_LEVELS,
    where=(l <= m,),
    measured=Measured(
        0.79,
        1.02,
        over={K: (2, 16), l: (1, 500), m: (1000, 10**9), n: (64, 65_536)},
        where=(
            n <= 16 * l**3 * (K - 1) ** 4,
            n <= 5000 * l * (K - 1) ** 2,
        ),
    ),
)

level_errors_uniform = Formula(
    "level_errors_uniform",
    _errors(Rational(2, 3) * K * (2 * K - 1), 2 - 1 / (K - 1)),
    "expected number of the m features decoded to a wrong level, with all levels above 0 used equally often",
    "heuristic",
    "new here",
    CHAPTER,
    detail="Gaussian crosstalk: for n far below 4 √(l³) (K - 1)²; too low for few active features, which are sometimes all at high levels",
    domain=_TWO_LEVELS,
    where=(l <= m,),
    measured=Measured(
        0.79,
        1.01,
        over={K: (2, 16), l: (1, 500), m: (1000, 10**9), n: (64, 65_536)},
        where=(n**2 <= l**3 * (K - 1) ** 4,),
    ),
)

max_active_levels = Formula(
    "max_active_levels",
    _active,
    "active features up to which all m are read to one of K levels, with all active ones at the largest",
    "bound",
    "new here",
    f"{CHAPTER} (the number of levels, solved for l)",
    detail="on average at most one level is wrong",
    domain=_TWO_FEATURES | _TWO_LEVELS,
    measured=Measured(1, 1.13, over={K: (2, 12), m: (1000, 10**9), n: (56, 262_144)}, where=(m >= n,)),
)

max_active_levels_uniform = Formula(
    "max_active_levels_uniform",
    _active_uniform,
    "active features up to which all m are read to one of K levels, with all levels above 0 used equally often",
    "heuristic",
    "new here",
    f"{CHAPTER} (the number of levels used equally often, solved for l)",
    detail="for l far above 0.4 (ln m)², as the number of levels that it inverts",
    domain=_TWO_FEATURES | _TWO_LEVELS,
    measured=Measured(0.35, 1.13, over={K: (2, 12), m: (1000, 10**9), n: (56, 262_144)}, where=(m >= n,)),
)

value_noise = Formula(
    "value_noise",
    root(A**2 * (l - 1) / (3 * n)),
    "standard deviation of the decoded value of an active feature, the others being uniform on [0, A]",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
    detail="over random codes",
)

level_bits = Formula(
    "level_bits",
    _bits(l),
    "bits that say which l of m features are active and at which of the K - 1 levels above 0 each is",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
    domain=_TWO_LEVELS,
    where=(l <= m,),
)

level_capacity = Formula(
    "level_capacity",
    _bits(_active) / n,
    "bits per neuron at K levels, with as many features active as K allows when all may be at the largest",
    "heuristic",
    "new here",
    CHAPTER,
    detail="the bits of l features at K levels, at the largest l; nothing is said where fewer than one feature may be active",
    domain=_TWO_FEATURES | _TWO_LEVELS,
    where=(m >= n, 8 * (K - 1) ** 2 * log(m) <= n),
    measured=Measured(1, 1.02, over={K: (2, 12), m: (10**5, 10**9), n: (1024, 65_536)}),
)

level_capacity_uniform = Formula(
    "level_capacity_uniform",
    _bits(_active_uniform) / n,
    "bits per neuron at K levels, with as many features active as K allows when levels are used equally often",
    "heuristic",
    "new here",
    CHAPTER,
    detail="the bits of l features at K levels, at the largest l; too high where few features are active",
    domain=_TWO_FEATURES | _TWO_LEVELS,
    where=(m >= n, 4 * K * (2 * K - 1) * log(m) <= 3 * n),
    measured=Measured(
        0.54, 1.01, over={K: (2, 12), m: (10**5, 10**9), n: (1024, 65_536)}, where=(n >= 4 * K * (2 * K - 1) * log(m),)
    ),
)

neuron_excess_kurtosis = Formula(
    "neuron_excess_kurtosis",
    -6 / (l * (n + 2)),
    "excess kurtosis of one neuron's value when l features of a random code are active",
    "exact",
    "new here",
    CHAPTER,
    detail="over random codes; a normal value has 0",
)

panter_dite = Formula(
    "panter_dite",
    sqrt(3) * pi / (2 * 4**b),
    "smallest mean squared error of a normal value quantised to b bits, relative to its variance",
    "asymptotic",
    "known",
    "Panter & Dite 1951",
    detail="for many bits",
    domain={b: Interval(1, 64)},
    lhs=r"D_b",
    measured=Measured(0.53, 1, over={b: (1, 12)}),
)

quantised_noise = Formula(
    "quantised_noise",
    root(l / (n * (1 - D))),
    "standard deviation of the rescaled readout of an absent feature, from quantised neurons",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for many active features or many neurons, whose values are then normal; the crosstalk of (1 - D) n exact neurons",
    measured=Measured(0.99, 1.01, over={D: (4.11850829e-05, 0.363380228), l: (1, 100), n: (64, 4096)}),
)

max_active_quantised = Formula(
    "max_active_quantised",
    (1 - D) * n / (8 * log(m)),
    "active features up to which all m are read without error from quantised neurons, with rescaled readouts",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for many active features; the limit of (1 - D) n exact neurons",
    domain=_TWO_FEATURES,
    lhs=r"l_{\max}",
    measured=Measured(0.98, 1.07, over={D: (0, 0.363380228), m: (1000, 10**9), n: (256, 4096)}),
)

unscaled_miss = Formula(
    "unscaled_miss",
    Q(root(n * (1 - 2 * D) ** 2 / (4 * l * (1 - D)))),
    "probability that an active feature reads below 1/2 from quantised neurons when the readout is not rescaled",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="Gaussian crosstalk: for many active features, where a fixed share of them is missed; over places where it gives at least 0.05",
    domain={D: Interval(0, Rational(1, 2))},
    measured=Measured(0.86, 1.03, over={D: (0.0345477608, 0.363380228), l: (10, 100), n: (64, 256)}),
)

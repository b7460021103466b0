"""Formulas of the chapter *Sparsity*."""

from sympy import Eq, Interval, Piecewise, Pow, Rational, exp, log, oo, pi

from superposition.formula import Formula, Q, half, root
from superposition.symbols import l, m, n

__all__ = [
    "crosstalk_std",
    "crosstalk_std_present",
    "errors_at_limit",
    "expected_errors",
    "expected_errors_bound",
    "false_alarm",
    "guaranteed_active",
    "max_active",
    "max_active_tight",
    "max_features",
    "miss",
    "random_walk_noise",
]

CHAPTER = "derived in the chapter Sparsity"
_TWO_FEATURES = {m: Interval(2, oo)}
_false_alarm = Q(half(root(n / l)))
_miss = Q(half(root(n / (l - 1))))

random_walk_noise = Formula(
    "random_walk_noise",
    root(8 * l * log(m) / n),
    "noise of l active features whose overlaps are all as large as the lemma allows, with random signs",
    "heuristic",
    "Linsefors 2024",
    detail="√(8 ln m) times the crosstalk of a single readout, √(l/n)",
)

crosstalk_std = Formula(
    "crosstalk_std",
    root(l / n),
    "standard deviation of the crosstalk that l active features put on an absent one",
    "exact",
    CHAPTER,
    detail="over random codes, at unit activations",
)

crosstalk_std_present = Formula(
    "crosstalk_std_present",
    root((l - 1) / n),
    "standard deviation of the crosstalk that the other l - 1 active features put on an active one",
    "exact",
    CHAPTER,
    detail="over random codes, at unit activations",
)

false_alarm = Formula(
    "false_alarm",
    _false_alarm,
    "probability that an absent feature reads above 1/2",
    "asymptotic",
    CHAPTER,
    detail="Gaussian, for many neurons",
)

miss = Formula(
    "miss",
    _miss,
    "probability that an active feature reads below 1/2",
    "asymptotic",
    CHAPTER,
    detail="Gaussian, for many neurons; 0 at l = 1, where nothing disturbs the only active feature",
)

expected_errors = Formula(
    "expected_errors",
    (m - l) * _false_alarm + l * _miss,
    "expected number of the m features that a threshold at 1/2 reads wrongly",
    "asymptotic",
    CHAPTER,
    detail="Gaussian, for many neurons; at l = 1 up to 28 % too low below n = 12 and too high above it, 2.8 times at n = 64",
    where=(l <= m,),
)

expected_errors_bound = Formula(
    "expected_errors_bound",
    m * exp(-n / (8 * l)) / 2,
    "a simple number that the expected number of errors stays below",
    "bound",
    CHAPTER,
    detail="upper bound on expected_errors, by Q(x) ≤ exp(-x²/2)/2",
    where=(l <= m,),
)

max_active = Formula(
    "max_active",
    n / (8 * log(m)),
    "active features up to which all m are read without error",
    "asymptotic",
    "Linsefors 2024; " + CHAPTER,
    detail="for many features; at the limit about 1/√(4π ln m) readouts are wrong",
    domain=_TWO_FEATURES,
    lhs=r"l_{\max}",
)

max_features = Formula(
    "max_features",
    exp(n / (8 * l)),
    "features that can be read without error while l are active",
    "asymptotic",
    "max_active solved for m",
    detail="for many features",
    where=(n <= 5600 * l,),
    lhs=r"m_{\max}",
)

errors_at_limit = Formula(
    "errors_at_limit",
    Pow(4 * pi * log(m), -Rational(1, 2), evaluate=False),
    "expected number of wrong readouts when n/(8 ln m) features are active",
    "asymptotic",
    CHAPTER,
    detail="for many features",
    domain=_TWO_FEATURES,
)

max_active_tight = Formula(
    "max_active_tight",
    Piecewise((m, Eq(m, n)), (n / (8 * log(m)) * (m - 1) / (m - n), True)),
    "active features up to which all m are read without error, for a tight frame with random signs",
    "heuristic",
    CHAPTER,
    detail="measured 2 to 8 % above it for m/n from 1.05 to 4 and n from 64 to 256; closer to n it exceeds m, which is then the limit, reached by "
    "frames with random signs; at m = n nothing interferes and all m may be active",
    domain=_TWO_FEATURES,
    where=(m >= n,),
    lhs=r"l_{\max}",
)

guaranteed_active = Formula(
    "guaranteed_active",
    root(n) / 2,
    "active features up to which every active set would be read without error at coherence 1/√n",
    "bound",
    CHAPTER,
    detail="upper limit on what coherence alone can promise once m is far above n, since coherence is at least about 1/√n",
)

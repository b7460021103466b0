"""Formulas of the chapter *Weights between layers*."""

from sympy import Interval, Rational, exp, log, oo

from superposition.formula import Formula, Measured, Q, root
from superposition.symbols import J, delta, l, m, n, theta, zeta

__all__ = [
    "interference_kurtosis",
    "interference_std",
    "interference_tail_bound",
    "max_connections",
    "max_connections_sure",
    "max_connections_used",
    "real_weight",
    "used_noise_std",
    "wrong_weights",
]

CHAPTER = "derived in the chapter Weights between layers"
_TWO_FEATURES = {m: Interval(2, oo)}
_GAUSSIAN = (
    "for random codes in both layers, each of n neurons and m features, a feature being in at most one connection"
)


def _variance(shared, connections=J):
    return shared / n + (connections - shared) / n**2


interference_std = Formula(
    "interference_std",
    root(_variance(zeta)),
    "standard deviation of the interference on a virtual weight",
    "exact",
    "new here",
    CHAPTER,
    detail="over random codes of both layers, at connections of strength 1 or -1; ζ of the J connections that interfere share one of its two features",
    where=(zeta <= J,),
)

interference_kurtosis = Formula(
    "interference_kurtosis",
    (9 * n**2 / (n + 2) ** 2 - 3) / J,
    "excess kurtosis of the interference on a virtual weight",
    "exact",
    "new here",
    CHAPTER,
    detail="over random codes, if no two of the J connections that interfere share a feature with each other or with the weight's pair",
)

interference_tail_bound = Formula(
    "interference_tail_bound",
    exp(-(theta**2) / (2 * (_variance(zeta) + zeta * theta / (2 * n)))),
    "probability that the interference on a virtual weight exceeds θ, at most",
    "bound",
    "new here",
    CHAPTER,
    detail="upper bound for random codes at every n and m and any J connections, at most p of a feature on the one side and q on the other, "
    "ζ being at least p + q",
    where=(zeta <= J, zeta >= 2),
)

_read = Q(theta / root(_variance(0))), Q(theta / root(_variance(1))), Q(theta / root(_variance(2)))

wrong_weights = Formula(
    "wrong_weights",
    (m - J) ** 2 * _read[0]
    + 2 * J * (m - J) * _read[1]
    + J * (J - 1) * _read[2]
    + J * Q((1 - theta) * n / root(J - 1)),
    "expected number of the m² virtual weights that a threshold θ takes wrongly for a connection, or for none",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="Gaussian interference, for J far above (ln m)²; " + _GAUSSIAN,
    where=(m >= J,),
    measured=Measured(
        0.99,
        1.19,
        over={J: (100, 10**5), m: (10**4, 10**8), n: (64, 4096), theta: (0.5, 0.5)},
        where=(n**2 <= 400 * J,),
    ),
)

max_connections = Formula(
    "max_connections",
    n**2 / (16 * log(m)),
    "connections up to which a threshold at 1/2 reads about one of the m² virtual weights wrongly, or less",
    "heuristic",
    "new here",
    CHAPTER,
    detail=_GAUSSIAN + "; for many more features than neurons",
    domain=_TWO_FEATURES,
    lhs=r"J_{\max}",
    measured=Measured(0.61, 1.11, over={m: (10**4, 10**8), n: (256, 4096)}),
)

max_connections_sure = Formula(
    "max_connections_sure",
    n**2 / (8 * log(m**2 / delta)) - Rational(5, 4) * zeta * n,
    "connections up to which a threshold at 1/2 reads all m² virtual weights without a single error",
    "bound, with probability",
    "new here",
    CHAPTER,
    detail="lower bound on how many are borne, at every n and m, if no feature has more than p of them on the one side and q on the other, ζ ≥ p + q: random codes fail with probability at most δ",
    where=(zeta >= 2,),
    measured=Measured(1.27, 7.26, over={delta: (0.01, 0.1), m: (10**4, 10**8), n: (512, 4096), zeta: (2, 2)}),
)

_log_pairs = log(m**2 / delta)
_scale = zeta * _log_pairs / (2 * n)

real_weight = Formula(
    "real_weight",
    _scale + root(_scale**2 + 2 * _variance(zeta) * _log_pairs),
    "size that the interference on none of the m² virtual weights exceeds",
    "bound, with probability",
    "new here",
    CHAPTER,
    detail="upper bound for random codes at every n and m, if no feature has more than p of the J connections on the one side and q on the other, ζ ≥ p + q: fails with probability at most δ",
    where=(zeta <= J, zeta >= 2),
)

used_noise_std = Formula(
    "used_noise_std",
    root(l / n + l * (J - 1) / n**2),
    "standard deviation of what a feature of the next layer reads while l connected features are active, and none of them is connected to it",
    "exact",
    "new here",
    CHAPTER,
    detail="over random codes of both layers; every active feature has one connection, the feature that reads has none",
    where=(l <= J,),
)

max_connections_used = Formula(
    "max_connections_used",
    n * (n / (8 * l * log(m)) - 1),
    "connections up to which the next layer reads about one of its m features wrongly, or less, while l connected features are active",
    "heuristic",
    "new here",
    CHAPTER,
    detail=_GAUSSIAN + "; for many more features than neurons",
    domain=_TWO_FEATURES,
    measured=Measured(1.19, 1.42, over={l: (1, 4), m: (10**4, 10**8), n: (256, 1024)}, where=(16 * l * log(m) <= n,)),
)

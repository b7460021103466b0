"""Formulas of the chapter *Sparsity*."""

from sympy import Eq, Interval, Min, Piecewise, Pow, Rational, exp, log, oo, pi

from superposition.formula import Formula, Measured, Q, half, root
from superposition.symbols import delta, l, m, n

__all__ = [
    "crosstalk_std",
    "crosstalk_std_present",
    "errors_at_limit",
    "errors_sure",
    "every_set_bound",
    "expected_errors",
    "false_alarm",
    "gaussian_excess",
    "max_active",
    "max_active_sure",
    "max_active_tight",
    "max_features",
    "max_features_sure",
    "miss",
    "random_walk_noise",
]

CHAPTER = "derived in the chapter Sparsity"
_TWO_FEATURES = {m: Interval(2, oo)}
_false_alarm = Q(half(root(n / l)))
_miss = Q(half(root(n / (l - 1))))
_GAUSSIAN = "Gaussian crosstalk: for n far below 64 l³, where formula / truth is about exp(n/(64 l³)); at fixed l it gets worse with n"

random_walk_noise = Formula(
    "random_walk_noise",
    root(8 * l * log(m) / n),
    "noise of l active features whose overlaps are all as large as the lemma allows, with random signs",
    "heuristic",
    "from the post",
    "Linsefors 2024",
    detail="√(8 ln m) times the crosstalk of a single readout, √(l/n)",
)

crosstalk_std = Formula(
    "crosstalk_std",
    root(l / n),
    "standard deviation of the crosstalk that l active features put on an absent one",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
    detail="over random codes, at unit activations",
)

crosstalk_std_present = Formula(
    "crosstalk_std_present",
    root((l - 1) / n),
    "standard deviation of the crosstalk that the other l - 1 active features put on an active one",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
    detail="over random codes, at unit activations",
)

errors_sure = Formula(
    "errors_sure",
    m * exp(-n / (8 * l)),
    "expected number of the m features that a threshold at 1/2 reads wrongly, at most",
    "bound",
    "new here",
    CHAPTER,
    detail="upper bound, for random codes with any n and any l ≤ m: an absent feature is read wrongly with probability at most exp(-n/8l), an active "
    "one with at most exp(-n/8(l - 1))",
    where=(l <= m,),
    measured=Measured(0.03, 0.44, over={l: (1, 500), m: (1000, 1000000000), n: (64, 16384)}, where=(n <= 160 * l,)),
)

max_active = Formula(
    "max_active",
    n / (8 * log(m)),
    "active features up to which a random code reads at most one of m wrongly on average",
    "bound",
    "from the post",
    "Linsefors 2024; " + CHAPTER,
    detail="lower bound on how many may be active, or all m if they are fewer, at every n and m; the simple bound on their errors is 1 there",
    domain=_TWO_FEATURES,
    measured=Measured(1.15, 1.51, over={m: (1000, 1000000000), n: (64, 1000000)}),
    lhs=r"l_{\max}",
)

max_active_sure = Formula(
    "max_active_sure",
    n / (8 * log(m / delta)),
    "active features up to which a random code reads all m without a single error",
    "bound, with probability",
    "new here",
    CHAPTER,
    detail="lower bound on how many may be active, at every n and m; an active set drawn without regard to the code fails with probability at most δ",
    measured=Measured(1.12, 1.36, over={delta: (0.01, 0.1), m: (1000, 1000000000), n: (256, 16384)}),
)

max_features = Formula(
    "max_features",
    exp(n / (8 * l)),
    "features of which a random code reads at most one wrongly on average while l are active",
    "bound",
    "from the post",
    "Linsefors 2024: the limit of active features, solved for m",
    detail="lower bound on how many fit, at every n and l; with l fixed and many neurons their logarithm is larger by the factor -4l² ln(1 - 1/(4l²)): "
    "1.15 at l = 1, 1.03 at l = 2",
    where=(n <= 5600 * l,),
    lhs=r"m_{\max}",
)

max_features_sure = Formula(
    "max_features_sure",
    delta * exp(n / (8 * l)),
    "features that a random code reads without a single error while l are active",
    "bound, with probability",
    "new here",
    f"{CHAPTER} (the limit of active features without an error, solved for m)",
    detail="lower bound on how many fit, where it is at least l; an active set drawn without regard to the code fails with probability at most δ",
    where=(n <= 5600 * l,),
)

false_alarm = Formula(
    "false_alarm",
    _false_alarm,
    "probability that an absent feature reads above 1/2",
    "asymptotic",
    "known",
    "textbook result; " + CHAPTER,
    detail=_GAUSSIAN,
    measured=Measured(0.96, 1.01, over={l: (20, 500), n: (64, 16384)}),
)

miss = Formula(
    "miss",
    _miss,
    "probability that an active feature reads below 1/2",
    "asymptotic",
    "known",
    "textbook result; " + CHAPTER,
    detail="Gaussian crosstalk: for n far below 64 (l - 1)³; 0 at l = 1, where nothing disturbs the only active feature",
    measured=Measured(0.78, 1.01, over={l: (3, 500), n: (64, 16_384)}, where=(n <= 16 * (l - 1) ** 3,)),
)

expected_errors = Formula(
    "expected_errors",
    (m - l) * _false_alarm + l * _miss,
    "expected number of the m features that a threshold at 1/2 reads wrongly",
    "asymptotic",
    "new here",
    CHAPTER,
    detail=_GAUSSIAN,
    where=(l <= m,),
    measured=Measured(0.87, 1.01, over={l: (2, 500), m: (1000, 10**9), n: (64, 16_384)}, where=(n <= 16 * l**3,)),
)

gaussian_excess = Formula(
    "gaussian_excess",
    exp(-n / 2 * (l * log(1 - 1 / (4 * l**2)) + 1 / (4 * l))),
    "how many times the probability of a false alarm the normal law gives, to leading order in the exponent",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for n far above 8l, where the threshold is far out in the tail; about exp(n/(64 l³)), the next term of the exponent being n/(384 l⁵)",
    where=(n <= 5600 * l,),
    measured=Measured(0.85, 1, over={l: (1, 500), n: (64, 16384)}, where=(32 * l <= n, n <= 2000 * l)),
)

errors_at_limit = Formula(
    "errors_at_limit",
    Pow(4 * pi * log(m), -Rational(1, 2), evaluate=False),
    "expected number of wrong readouts when n/(8 ln m) features are active",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="Gaussian crosstalk: for l far above √(ln m)/√8, which is n far below 64 l³; fewer active features leave fewer errors, about m^(-1/(8l²)) times "
    "as many",
    domain=_TWO_FEATURES,
    measured=Measured(0.05, 0.98, over={m: (1000, 10**9), l: (1, 500)}),
)

max_active_tight = Formula(
    "max_active_tight",
    Piecewise((m, Eq(m, n)), (Min(m, n / (8 * log(m)) * (m - 1) / (m - n)), True)),
    "active features up to which all m are read about as well as a random code reads them at its limit, by a random tight frame",
    "heuristic",
    "new here",
    CHAPTER,
    detail="for random tight frames only, those with more structure can bear more; no more than m can be active, and at m = n nothing interferes",
    domain=_TWO_FEATURES,
    where=(m >= n,),
    lhs=r"l_{\max}",
    measured=Measured(1, 1.22, over={m: (17, 1024), n: (16, 256)}),
)

every_set_bound = Formula(
    "every_set_bound",
    1 + root(n) / 2 / root(1 - 3 * n / (2 * m)),
    "active features up to which some code could read every active set without error",
    "bound",
    "new here",
    CHAPTER,
    detail="upper bound for any code of unit columns, read linearly at 1/2",
    where=(2 * m > 3 * n,),
    measured=Measured(0.41, 0.89, over={m: (12, 33024), n: (4, 256)}, of="what Kerdock's codes bear"),
)

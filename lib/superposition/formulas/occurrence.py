"""Formulas of the chapter *How features occur*."""

from sympy import Eq, Interval, Piecewise, Rational, exp, log, oo, pi
from sympy.codegen.cfunctions import expm1

from superposition.formula import Formula, Measured, Q, log_binomial, root
from superposition.symbols import delta, g, gamma, k, l, m, n, nu, p, phi, z

__all__ = [
    "active_quantile",
    "bits_crowded",
    "clique_dispersion",
    "crosstalk_kurtosis",
    "exclusive_dispersion",
    "features_above",
    "information_kept",
    "interference_energy",
    "neurons_any_law",
    "poisson_factor",
    "readout_bits",
    "spread_edge",
    "spread_excess",
    "stored_active",
    "sum_over_whole",
    "tail_exponent",
]

CHAPTER = "derived in the chapter How features occur"
_MEAN = "l is the mean number of active features"
# of the chance of a false alarm by the number of active features
_slope = z * exp(-(z**2) / 2) / (2 * l * root(2 * pi))


def _negentropy(chance):
    """Of a coin, in bits, its sign changed."""
    return chance * log(chance) / log(2) + (1 - chance) * log(1 - chance) / log(2)


crosstalk_kurtosis = Formula(
    "crosstalk_kurtosis",
    3 + 3 * (phi - 2 / (n + 2)) / l,
    "fourth moment of the crosstalk on an absent feature, over the square of the second",
    "exact",
    "new here",
    CHAPTER,
    detail="over random codes, at unit activations; l and φ are those of the number of other active features. A normal law has 3; the variance, l/n, does not depend on φ",
)

clique_dispersion = Formula(
    "clique_dispersion",
    g * (1 - l / m),
    "dispersion of the number of active features, if they occur in cliques of g, all of a clique or none, each clique independently",
    "exact",
    "known",
    "textbook result, the variance of a binomial number; " + CHAPTER,
    detail=f"{_MEAN}; at g = 1 they are independent",
    where=(l <= m, g <= m),
)

exclusive_dispersion = Formula(
    "exclusive_dispersion",
    1 - g * l / m,
    "dispersion of the number of active features, if of each group of g at most one occurs, each group independently",
    "exact",
    "known",
    "textbook result, the variance of a binomial number; " + CHAPTER,
    detail=f"{_MEAN}; at g = m/l exactly l are active",
    where=(g * l <= m,),
)

spread_edge = Formula(
    "spread_edge",
    n / 12,
    "active features up to which the chance of a false alarm grows ever faster with their number, so that a spread of it adds errors",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="Gaussian crosstalk; beyond it a spread takes errors away, of which there are many",
    measured=Measured(1, 1.01, over={n: (96, 4096)}),
)

spread_excess = Formula(
    "spread_excess",
    1 + phi * _slope * (z**2 - 3) / (4 * Q(z)),
    "how many times more false alarms are made if the number of active features has the dispersion φ than if it is always l",
    "asymptotic",
    "new here",
    CHAPTER,
    detail=f"Gaussian crosstalk, for φ z⁴ far below 8 l, so that the law's tail does not matter; {_MEAN}",
    domain={z: Interval.Lopen(0, 37)},
    measured=Measured(0.99, 1.01, over={l: (20, 200), phi: (0.5, 4), z: (2, 3.5)}, where=(phi * z**4 <= 2 * l,)),
)

active_quantile = Formula(
    "active_quantile",
    l + root(phi * l * (1 - delta) / delta),
    "active features that are exceeded with probability δ at most, whatever the law of their number",
    "bound",
    "known",
    "Cantelli's inequality (Cantelli 1929); " + CHAPTER,
    detail=f"upper bound, for every law with that mean and dispersion; met by a law of two values as long as it is at most l/δ, and beyond that l/δ is the better bound; {_MEAN}",
)

neurons_any_law = Formula(
    "neurons_any_law",
    log(2 * m / delta) * (l + root(phi * l * (2 / delta - 1))) * 8,
    "neurons with which a random code reads all m features without an error, whatever the law of the number of active ones",
    "bound, with probability",
    "new here",
    CHAPTER,
    detail=f"upper bound on what is needed; an active set that is drawn without regard to the code fails with probability at most δ; {_MEAN}",
)

tail_exponent = Formula(
    "tail_exponent",
    root(n * log(phi / (phi - 1)) / 2),
    "minus the logarithm of the chance of a false alarm, if the number of active features has a geometric tail",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for n → ∞ at any fixed mean: a negative binomial number falls off like (1 - 1/φ) to the power of it",
    domain={phi: Interval.open(1, oo)},
    measured=Measured(0.53, 1.15, over={n: (1024, 16_384), phi: (1.5, 4), l: (2, 8)}),
)

sum_over_whole = Formula(
    "sum_over_whole",
    log(2 * pi * l * (1 - l / m)) / (2 * log(2)),
    "bits by which the sum over features exceeds what the whole vector tells, if exactly l of m are active and all are read rightly",
    "asymptotic",
    "known",
    "textbook result, Stirling's formula; " + CHAPTER,
    detail="for l and m - l far above 1; it is the total correlation of the features, and -log₂ of the chance that m coins of chance l/m show l heads",
    where=(l < m,),
    measured=Measured(1, 1.1, over={l: (1, 1000), m: (10, 10**6)}),
)

information_kept = Formula(
    "information_kept",
    (1 - delta) * log_binomial(m, l) / log(2) + _negentropy(delta),
    "bits about which l of m features are active that a reading keeps, if any of them is wrong with probability δ",
    "bound",
    "known",
    "Fano's inequality (Cover & Thomas 2006, ch. 2.10); " + CHAPTER,
    detail="lower bound, if all sets of l are equally likely",
    where=(l <= m,),
)

_read_active = nu + p - 2 * nu * p

readout_bits = Formula(
    "readout_bits",
    _negentropy(p) - _negentropy(_read_active),
    "bits that one readout, wrong with probability p, tells about a feature of frequency ν",
    "exact",
    "known",
    "Cover & Thomas 2006, ch. 7.1.4 (binary symmetric channel); " + CHAPTER,
    detail="among independent features a threshold at ½ errs as often on active as on absent ones",
    domain={nu: Interval.open(0, 1), p: Interval.Lopen(0, Rational(1, 2))},
    parts={"p_1": _read_active, "p_0": 1 - _read_active},
)

bits_crowded = Formula(
    "bits_crowded",
    n / (pi * log(2)),
    "bits that the readouts of ever more, ever rarer features tell, one by one",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="Gaussian crosstalk, as the number of active features grows far beyond n, each feature being far rarer than its readout is wrong",
)

interference_energy = Formula(
    "interference_energy",
    l * (m - n) / n,
    "mean squared crosstalk, summed over the m readouts of a unit-norm tight frame",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
    detail=f"averaged over random signs of the columns, for features of any frequencies; {_MEAN}, which may be below 1",
    domain={l: Interval.open(0, oo)},
    where=(m >= n,),
)

stored_active = Formula(
    "stored_active",
    nu
    * (
        Piecewise((log(m), Eq(gamma, 1)), (expm1((1 - gamma) * log(m)) / (1 - gamma), True))
        + (1 + m**-gamma) / 2
        + gamma * (1 - m ** (-gamma - 1)) / 12
    ),
    "mean number of active features among the m most frequent ones",
    "asymptotic",
    "known",
    "textbook result, the Euler–Maclaurin formula; " + CHAPTER,
    detail="the sum of ν/iᵞ to the second term; exact at m = 1",
    measured=Measured(0.98, 1.01, over={gamma: (0.5, 2), m: (1, 10**6)}),
)

poisson_factor = Formula(
    "poisson_factor",
    exp(-(1 - phi) * l / 2 * (1 - 2 * k / l + k * (k - 1) / l**2)),
    "how many times as likely exactly k independent features are active as with a Poisson number",
    "heuristic",
    "new here",
    CHAPTER,
    detail="right to the first order in the sum of the squared frequencies, which is (1 - φ) l, and put into an exponent so that it stays above 0; "
    f"{_MEAN}",
    domain={k: Interval(0, oo), l: Interval(Rational(1, 100), oo), phi: Interval.Lopen(0, 1)},
    measured=Measured(
        0.9,
        1.02,
        over={k: (0, 32), gamma: (0.7, 1.3), m: (16, 10**5), nu: (0.02, 0.2)},
        where=(k <= 2 * l + 3,),
    ),
)

features_above = Formula(
    "features_above",
    (nu / p) ** (1 / gamma),
    "features that are active with probability p or more",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
    detail="rounded down; up to 10³⁰⁴ of them",
    where=(p <= nu, log(nu / p) <= 700 * gamma),
)

"""Formulas of the chapter *Almost-orthogonal directions*."""

import sympy as sp
from sympy import Interval, Rational, exp, log, loggamma, oo, pi, sqrt

from superposition.formula import Formula, betainc_inverse, half, root
from superposition.symbols import eps, m, n, t

__all__ = [
    "angle_bound",
    "angle_bound_lengths",
    "angle_bound_polarised",
    "gilbert_varshamov",
    "jl_dimension",
    "jl_directions",
    "jl_overlap",
    "kabatiansky_levenshtein",
    "overlap_density",
    "overlap_tail",
    "overlap_tail_bound",
    "typical_overlap",
    "welch_bound",
    "welch_directions",
    "worst_overlap",
    "worst_overlap_law",
    "worst_overlap_median",
]

CHAPTER = "derived in the chapter Almost-orthogonal directions"
_TWO_NEURONS = {n: Interval(2, oo)}
_TWO_FEATURES = {m: Interval(2, oo)}
_tail = sp.betainc_regularized(half(n - 1), Rational(1, 2), 0, 1 - t**2) / 2
_tail_at_eps = _tail.subs(t, eps)

overlap_density = Formula(
    "overlap_density",
    exp(loggamma(n / 2) - loggamma(half(n - 1))) / sqrt(pi) * (1 - t**2) ** ((n - 3) / 2),
    "probability density of the overlap of two random unit vectors",
    "exact",
    CHAPTER,
    detail="(t + 1)/2 follows the Beta((n - 1)/2, (n - 1)/2) law",
    domain=_TWO_NEURONS | {t: Interval.open(-1, 1)},
    lhs=r"p(t)",
)

overlap_tail = Formula(
    "overlap_tail",
    _tail,
    "probability that the overlap of two random unit vectors exceeds t",
    "exact",
    CHAPTER,
    domain=_TWO_NEURONS | {t: Interval(0, 1)},
    lhs=r"P(\text{overlap} > t)",
)

overlap_tail_bound = Formula(
    "overlap_tail_bound",
    (1 - t**2) ** ((n - 1) / 2) / 2,
    "an elementary number that the overlap's tail probability never exceeds",
    "bound",
    CHAPTER,
    detail="upper bound",
    domain=_TWO_NEURONS | {t: Interval(0, 1)},
)

typical_overlap = Formula(
    "typical_overlap",
    1 / root(n),
    "root mean square overlap of two random directions",
    "exact",
    CHAPTER,
)

worst_overlap = Formula(
    "worst_overlap",
    root(4 * log(m) / n),
    "largest overlap among m random directions",
    "asymptotic",
    CHAPTER,
    detail="for many features with ln m much below n; measured 5 to 17 % above the truth at usual sizes",
)

worst_overlap_law = Formula(
    "worst_overlap_law",
    exp(-m * (m - 1) * _tail),
    "probability that no pair among m random directions overlaps by more than t",
    "asymptotic",
    "Cai, Fan & Jiang 2013 (law of the smallest angle); the exact spherical law, pairs counted as independent",
    detail="for many features; pairs are independent two by two, not all together",
    domain=_TWO_NEURONS | _TWO_FEATURES | {t: Interval(0, 1)},
)

worst_overlap_median = Formula(
    "worst_overlap_median",
    root(1 - betainc_inverse(half(n - 1), Rational(1, 2), 2 * log(2) / (m * (m - 1)))),
    "median of the largest overlap among m random directions",
    "asymptotic",
    CHAPTER,
    detail="for many features; solves worst_overlap_law = 1/2",
    domain=_TWO_NEURONS | _TWO_FEATURES,
)

jl_overlap = Formula(
    "jl_overlap",
    root(8 * log(m) / n),
    "overlap that m random directions in n dimensions stay below",
    "bound",
    "Linsefors 2024, read off the Johnson–Lindenstrauss lemma",
    detail="fails with probability at most 1/m² for random directions; says nothing where it exceeds 1",
    lhs=r"\varepsilon",
)

jl_dimension = Formula(
    "jl_dimension",
    4 * log(m) / (eps**2 / 2 - eps**3 / 3),
    "neurons that suffice to keep all distances among m points within a factor 1 ± ε (squared)",
    "bound",
    "Dasgupta & Gupta 2003, Theorem 2.1",
    detail="sufficient",
    domain={eps: Interval.open(0, 1)},
)

angle_bound = Formula(
    "angle_bound",
    2 * eps / (1 - eps),
    "largest overlap left when squared lengths and distances are kept within 1 ± ε",
    "bound",
    CHAPTER,
    detail="upper bound; says nothing from ε = 1/3 on",
)

angle_bound_lengths = Formula(
    "angle_bound_lengths",
    4 * eps / (1 - eps) ** 2,
    "largest overlap left when lengths and distances themselves are kept within 1 ± ε",
    "bound",
    CHAPTER,
    detail="upper bound; says nothing from ε = 3 - 2√2 on",
)

angle_bound_polarised = Formula(
    "angle_bound_polarised",
    eps / (1 - eps),
    "largest overlap left when squared lengths of the sums and differences of features are kept within 1 ± ε",
    "bound",
    CHAPTER,
    detail="upper bound; says nothing from ε = 1/2 on",
)

welch_bound = Formula(
    "welch_bound",
    root((m - n) / (n * (m - 1))),
    "overlap that the root mean square over all pairs, and so the worst pair, cannot be below",
    "bound",
    "Welch 1974",
    detail="lower bound; the root mean square equals it exactly for unit-norm tight frames",
    domain=_TWO_FEATURES,
    where=(m >= n,),
)

jl_directions = Formula(
    "jl_directions",
    exp(n * eps**2 / 8),
    "random directions that keep every overlap below ε, by the lemma's reading",
    "bound",
    "jl_overlap solved for m",
    detail="lower bound on how many fit; random directions fail with probability at most 1/m²",
    where=(n * eps**2 / 8 <= 700,),
)

_MEASURABLE = -n * log(1 - eps**2) / 2 <= 600

gilbert_varshamov = Formula(
    "gilbert_varshamov",
    1 / (2 * _tail_at_eps),
    "directions that a greedy choice always finds with every overlap at most ε",
    "bound",
    CHAPTER,
    detail="lower bound on how many fit",
    domain=_TWO_NEURONS,
    where=(_MEASURABLE,),
)

welch_directions = Formula(
    "welch_directions",
    n * (1 - eps**2) / (1 - n * eps**2),
    "directions that can fit with every overlap at most ε, for ε below 1/√n",
    "bound",
    "Welch 1974, solved for m",
    detail="upper bound on how many fit",
    where=(n * eps**2 < 1,),
)

_sine = sqrt(1 - eps**2)
# the second is (1 - s)/(2 s) at s = √(1 - ε²), written without the difference that would cancel
_wide, _narrow = (1 + _sine) / (2 * _sine), eps**2 / (2 * _sine * (1 + _sine))

kabatiansky_levenshtein = Formula(
    "kabatiansky_levenshtein",
    exp(n * (_wide * log(_wide) - _narrow * log(_narrow))),
    "directions that can fit with every overlap at most ε, in many dimensions",
    "asymptotic",
    "Kabatiansky & Levenshtein 1978",
    detail="upper bound on how many fit, as n grows at fixed ε; factors below exponential in n are left out",
    domain={eps: Interval.open(0, 1)},
    where=(n * (_wide * log(_wide) - _narrow * log(_narrow)) <= 700,),
)

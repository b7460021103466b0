"""Formulas of the chapter *Almost-orthogonal directions*."""

import sympy as sp
from sympy import Interval, Rational, exp, log, loggamma, oo, pi, sqrt
from sympy.codegen.cfunctions import expm1

from superposition.formula import Formula, Measured, betainc_inverse, half, root
from superposition.symbols import delta, eps, k, m, n, t, u

__all__ = [
    "angle_bound",
    "angle_bound_lengths",
    "angle_bound_parallelogram",
    "angle_bound_polarised",
    "dgs_directions",
    "gilbert_varshamov",
    "jl_dimension",
    "jl_directions",
    "jl_overlap",
    "kabatiansky_levenshtein",
    "overlap_density",
    "overlap_mgf_bound",
    "overlap_moment",
    "overlap_tail",
    "overlap_tail_bound",
    "typical_overlap",
    "welch_bound",
    "welch_directions",
    "worst_overlap",
    "worst_overlap_floor",
    "worst_overlap_law",
    "worst_overlap_law_error",
    "worst_overlap_median",
    "worst_overlap_median_error",
    "worst_overlap_sure",
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
    "known",
    "Cai, Fan & Jiang 2013; " + CHAPTER,
    detail="(t + 1)/2 follows the Beta((n - 1)/2, (n - 1)/2) law",
    domain=_TWO_NEURONS | {t: Interval.open(-1, 1)},
    lhs=r"p(t)",
)

overlap_tail = Formula(
    "overlap_tail",
    _tail,
    "probability that the overlap of two random unit vectors exceeds t",
    "exact",
    "known",
    "Cai, Fan & Jiang 2013; " + CHAPTER,
    domain=_TWO_NEURONS | {t: Interval(0, 1)},
    lhs=r"P(\text{overlap} > t)",
)

overlap_tail_bound = Formula(
    "overlap_tail_bound",
    (1 - t**2) ** ((n - 1) / 2) / 2,
    "an elementary number that the overlap's tail probability never exceeds",
    "bound",
    "known",
    "textbook result; " + CHAPTER,
    detail="upper bound",
    domain=_TWO_NEURONS | {t: Interval(0, 1)},
)

typical_overlap = Formula(
    "typical_overlap",
    1 / root(n),
    "root mean square overlap of two random directions",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
)

overlap_moment = Formula(
    "overlap_moment",
    exp(loggamma(k + Rational(1, 2)) + loggamma(n / 2) - loggamma(n / 2 + k)) / sqrt(pi),
    "mean of the overlap of two random directions to the power 2k",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
    detail="for whole k it is 1·3·…·(2k - 1) over n(n + 2)…(n + 2k - 2)",
    lhs=r"\mathrm{E}\, t^{2k}",
)

overlap_mgf_bound = Formula(
    "overlap_mgf_bound",
    exp(u**2 / (2 * n)),
    "number that the mean of exp(u t) over the overlap t of two random directions never exceeds",
    "bound",
    "known",
    "textbook result; " + CHAPTER,
    detail="upper bound, for every n; it is that mean for a normal law of variance 1/n",
    where=(u**2 / (2 * n) <= 700,),
)

worst_overlap = Formula(
    "worst_overlap",
    root(4 * log(m) / n),
    "largest overlap among m random directions",
    "asymptotic",
    "known",
    "Cai, Fan & Jiang 2013; " + CHAPTER,
    detail="for many features with ln m much below n",
    measured=Measured(0.46, 0.92, over={n: (8, 1024), m: (2, 10_000)}),
)

worst_overlap_law = Formula(
    "worst_overlap_law",
    exp(-m * (m - 1) * _tail),
    "probability that no pair among m random directions overlaps by more than t",
    "asymptotic",
    "known",
    "Cai, Fan & Jiang 2013, in the limit; " + CHAPTER,
    detail="for many features; pairs are independent two by two, not all together; how far off it can be is a formula of its own",
    domain=_TWO_NEURONS | _TWO_FEATURES | {t: Interval(0, 1)},
)

worst_overlap_law_error = Formula(
    "worst_overlap_law_error",
    m * (m - 1) * (2 * m - 3) * _tail**2,
    "difference between this law of the largest overlap and the truth that is never exceeded",
    "bound",
    "new here",
    CHAPTER,
    detail="upper bound on the absolute difference",
    domain=_TWO_NEURONS | _TWO_FEATURES | {t: Interval(0, 1)},
)

worst_overlap_median = Formula(
    "worst_overlap_median",
    root(1 - betainc_inverse(half(n - 1), Rational(1, 2), 2 * log(2) / (m * (m - 1)))),
    "median of the largest overlap among m random directions",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for many features; where the law of the largest overlap is 1/2, so that the largest overlap is below it with a "
    "probability that is 1/2 up to an error with a bound of its own",
    domain=_TWO_NEURONS | _TWO_FEATURES,
)

worst_overlap_median_error = Formula(
    "worst_overlap_median_error",
    log(2) ** 2 * (2 * m - 3) / (m * (m - 1)),
    "how far from 1/2 the probability of a largest overlap below its asymptotic median can be",
    "bound",
    "new here",
    CHAPTER,
    detail="upper bound, below 1/m, for every number of neurons from 2 on",
    domain=_TWO_FEATURES,
)

worst_overlap_sure = Formula(
    "worst_overlap_sure",
    root(-expm1(-2 * log(m**2 / (2 * delta)) / (n - 1))),
    "overlap that m random directions in n dimensions stay below",
    "bound, with probability",
    "new here",
    CHAPTER,
    detail="fails with probability at most δ; never above 1",
    domain=_TWO_NEURONS | _TWO_FEATURES,
)

jl_overlap = Formula(
    "jl_overlap",
    root(8 * log(m) / n),
    "overlap that m random directions in n dimensions stay below, by the usual reading of the Johnson–Lindenstrauss lemma",
    "bound, with probability",
    "from the post",
    "Linsefors 2024; proved for random directions in the chapter Almost-orthogonal directions",
    detail="fails with probability at most 1/m² for random directions; says nothing where it exceeds 1",
    lhs=r"\varepsilon",
)

jl_dimension = Formula(
    "jl_dimension",
    4 * log(m) / (eps**2 / 2 - eps**3 / 3),
    "neurons that suffice to keep all distances among m points within a factor 1 ± ε (squared)",
    "bound",
    "known",
    "Dasgupta & Gupta 2003, Theorem 2.1",
    detail="sufficient",
    domain={eps: Interval.open(0, 1)},
)

angle_bound = Formula(
    "angle_bound",
    2 * eps / (1 - eps),
    "largest overlap left when squared lengths and distances are kept within 1 ± ε",
    "bound",
    "new here",
    CHAPTER,
    detail="upper bound; says nothing from ε = 1/3 on",
)

angle_bound_lengths = Formula(
    "angle_bound_lengths",
    4 * eps / (1 - eps) ** 2,
    "largest overlap left when lengths and distances themselves are kept within 1 ± ε",
    "bound",
    "new here",
    CHAPTER,
    detail="upper bound; says nothing from ε = 3 - 2√2 on",
)

angle_bound_polarised = Formula(
    "angle_bound_polarised",
    eps / (1 - eps),
    "overlap not exceeded when squared lengths of features, of their sums and of their differences are kept within 1 ± ε",
    "bound",
    "new here",
    CHAPTER,
    detail="upper bound; says nothing from ε = 1/2 on",
)

angle_bound_parallelogram = Formula(
    "angle_bound_parallelogram",
    eps / sqrt(1 - eps**2),
    "largest overlap left when squared lengths of features, of their sums and of their differences are kept within 1 ± ε",
    "bound",
    "new here",
    CHAPTER,
    detail="upper bound, the smallest that follows; says nothing from ε = 1/√2 on",
)

welch_bound = Formula(
    "welch_bound",
    root((m - n) / (n * (m - 1))),
    "overlap that the root mean square over all pairs, and so the worst pair, cannot be below",
    "bound",
    "known",
    "Welch 1974",
    detail="lower bound; the root mean square equals it exactly for unit-norm tight frames",
    domain=_TWO_FEATURES,
    where=(m >= n,),
)

_welch_holds, _orthoplex_holds = m <= n * (n + 1) / 2, m <= n * (n + 2) / 2

worst_overlap_floor = Formula(
    "worst_overlap_floor",
    sp.Piecewise(
        (root((m - n) / (n * (m - 1))), _welch_holds),
        (1 / root(n), _orthoplex_holds),
        (root((3 * m - n * (n + 2)) / ((n + 2) * (m - n))), True),
    ),
    "overlap that the worst pair of m directions cannot be below",
    "bound",
    "known",
    "Welch 1974; Conway, Hardin & Sloane 1996 (orthoplex bound); Delsarte, Goethals & Seidel 1975, solved for ε",
    detail="lower bound; reached by equiangular tight frames, by Kerdock's bases, by the 120 lines of E8",
    domain=_TWO_FEATURES,
    where=(m >= n,),
)

jl_directions = Formula(
    "jl_directions",
    exp(n * eps**2 / 8),
    "random directions that keep every overlap below ε, by the usual reading of the lemma",
    "bound, with probability",
    "from the post",
    "Linsefors 2024: the overlap that the lemma promises, solved for m",
    detail="lower bound on how many fit; random directions fail with probability at most 1/m²",
    where=(n * eps**2 / 8 <= 700,),
)

_MEASURABLE = -n * log(1 - eps**2) / 2 <= 600

gilbert_varshamov = Formula(
    "gilbert_varshamov",
    1 / (2 * _tail_at_eps),
    "directions that a greedy choice always finds with every overlap at most ε",
    "bound",
    "known",
    "textbook result; " + CHAPTER,
    detail="lower bound on how many fit; where it is below n, the n axes are more",
    domain=_TWO_NEURONS,
    where=(_MEASURABLE,),
)

welch_directions = Formula(
    "welch_directions",
    n * (1 - eps**2) / (1 - n * eps**2),
    "directions that can fit with every overlap at most ε, for ε below 1/√n",
    "bound",
    "known",
    "Welch 1974, solved for m",
    detail="upper bound on how many fit",
    where=(n * eps**2 < 1,),
)

dgs_directions = Formula(
    "dgs_directions",
    n * (n + 2) * (1 - eps**2) / (3 - (n + 2) * eps**2),
    "directions that can fit with every overlap at most ε, for ε below √(3/(n + 2))",
    "bound",
    "known",
    "Delsarte, Goethals & Seidel 1975, proved in the chapter Almost-orthogonal directions",
    detail="upper bound on how many fit; reached by Kerdock's bases at ε = 1/√n and by the 120 lines of E8 at ε = 1/2",
    where=((n + 2) * eps**2 < 3,),
)

_sine = sqrt(1 - eps**2)
# the second is (1 - s)/(2 s) at s = √(1 - ε²), written without the difference that would cancel
_wide, _narrow = (1 + _sine) / (2 * _sine), eps**2 / (2 * _sine * (1 + _sine))

kabatiansky_levenshtein = Formula(
    "kabatiansky_levenshtein",
    exp(n * (_wide * log(_wide) - _narrow * log(_narrow))),
    "how an upper bound on the directions that fit with every overlap at most ε grows",
    "asymptotic",
    "known",
    "Kabatiansky & Levenshtein 1978",
    detail="as n grows at fixed ε; factors below exponential in n are left out, so that codes with more directions exist, "
    "such as the n axes at small ε",
    domain={eps: Interval.open(0, 1)},
    where=(n * (_wide * log(_wide) - _narrow * log(_narrow)) <= 700,),
)

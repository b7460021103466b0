"""Every formula has the value that it must have, by hand, from print or from its definition; its word; and its domain.

One table for each topic. A row's numbers were found without the formula: at places where the answer is a school sum
(m = e⁴ makes ln m = 4, three neurons make overlaps uniform), from tables of the normal law, or with mpmath from what
the formula stands for. A change of any constant, sign, exponent or condition of a formula shows here.
"""

from dataclasses import dataclass
from math import comb

import mpmath as mp
import numpy as np
import pytest
import sympy as sp

from superposition import formulas
from superposition.formula import numeric
from superposition.symbols import NOTATION, entry

e, pi, ln, sqrt = mp.e, mp.pi, mp.log, mp.sqrt
EXACT, BOUND, ASYMPTOTIC, HEURISTIC = "exact", "bound", "asymptotic", "heuristic"
LIKELY = "bound, with probability"


@dataclass
class Row:
    """What is known of a formula without it.

    Attributes
    ----------
    status : str
        its word.
    values : list of tuple
        arguments, and the value there.
    inside : list of dict
        changes of the first arguments that stay within the domain, at its ends.
    outside : list of dict
        changes that leave it, each by one end or one condition.
    """

    status: str
    values: list
    inside: list
    outside: list


def row(status, *values, inside=(), outside=()):
    return Row(status, list(values), list(inside), list(outside))


def at(**arguments):
    return {name: float(value) for name, value in arguments.items()}


def tail(x):
    """P(Z > x) of a standard normal Z: 0.1587 at 1, 0.02275 at 2, 0.00135 at 3."""
    return mp.ncdf(-x)


def bits(count):
    return ln(count) / ln(2)


def divergence(a, b):
    """Of the coin a from the coin b, in nats."""
    return sum(p * ln(p / q) for p, q in ((a, b), (1 - a, 1 - b)))


def at_least(h, s, p):
    """P(at least h of s coins of chance p)."""
    return sum(comb(s, k) * p**k * (1 - p) ** (s - k) for k in range(h, s + 1))


Q1, Q2 = tail(1), tail(2)
LEAST_TWO_FEATURES = dict(inside=[at(m=2)], outside=[at(m=1.99)])

# Three neurons: overlaps are uniform on [-1, 1] (Archimedes). Two neurons: angles are uniform.
DIRECTIONS = {
    "overlap_density": row(
        EXACT,
        (at(n=3, t=0.3), 0.5),
        (at(n=2, t=0.6), 1 / (0.8 * pi)),
        (at(n=5, t=0.5), 0.75 * 0.75),
        inside=[at(n=2)],
        outside=[at(n=1.99), at(t=-1), at(t=1)],
    ),
    "overlap_tail": row(
        EXACT,
        (at(n=3, t=0.5), 0.25),
        (at(n=2, t=0.5), 1 / mp.mpf(3)),
        (at(n=4, t=0), 0.5),
        inside=[at(n=2), at(t=0), at(t=1)],
        outside=[at(n=1.99), at(t=-0.01), at(t=1.01)],
    ),
    "overlap_tail_bound": row(
        BOUND,
        (at(n=5, t=0.6), 0.64 * 0.64 / 2),
        inside=[at(n=2), at(t=0), at(t=1)],
        outside=[at(n=1.99), at(t=-0.01), at(t=1.01)],
    ),
    "overlap_moment": row(EXACT, (at(k=2, n=5), 3 / mp.mpf(35)), (at(k=1, n=3), 1 / mp.mpf(3))),
    "overlap_mgf_bound": row(BOUND, (at(n=8, u=4), e), inside=[at(n=14, u=140)], outside=[at(n=14, u=140.1)]),
    "worst_overlap_law_error": row(
        BOUND,
        (at(n=3, m=4, t=0.5), 4 * 3 * 5 / mp.mpf(16)),
        inside=[at(n=2), at(m=2), at(t=0), at(t=1)],
        outside=[at(n=1.99), at(m=1.99), at(t=-0.01), at(t=1.01)],
    ),
    "worst_overlap_median_error": row(BOUND, (at(m=4), ln(2) ** 2 * 5 / 12), **LEAST_TWO_FEATURES),
    "worst_overlap_sure": row(
        LIKELY,
        (at(delta=0.5, m=4, n=5), sqrt(0.75)),
        inside=[at(n=2), at(m=2)],
        outside=[at(n=1.99), at(m=1.99)],
    ),
    "angle_bound_parallelogram": row(BOUND, (at(eps=0.6), 0.75)),
    # the icosahedron's diagonals, three bases of four neurons, and the 120 lines of E8
    "worst_overlap_floor": row(
        BOUND,
        (at(n=3, m=6), sqrt(mp.mpf(1) / 5)),
        (at(n=4, m=12), 0.5),
        (at(n=8, m=120), 0.5),
        inside=[at(m=3), at(m=2, n=1)],
        outside=[at(m=2.99), at(m=1.99, n=1)],
    ),
    "dgs_directions": row(BOUND, (at(n=8, eps=0.5), 120), inside=[at(n=9.99)], outside=[at(n=10)]),
    "typical_overlap": row(EXACT, (at(n=25), 0.2)),
    "worst_overlap": row(ASYMPTOTIC, (at(m=e**4, n=64), 0.5)),
    "worst_overlap_law": row(
        ASYMPTOTIC,
        (at(n=3, m=4, t=0.5), mp.exp(-12 * 0.25)),
        inside=[at(n=2), at(m=2), at(t=0), at(t=1)],
        outside=[at(n=1.99), at(m=1.99), at(t=-0.01), at(t=1.01)],
    ),
    "worst_overlap_median": row(
        ASYMPTOTIC,
        (at(n=3, m=4), 1 - ln(2) / 6),
        (at(n=2, m=3), mp.cos(pi * ln(2) / 6)),
        inside=[at(n=2), at(m=2)],
        outside=[at(n=1.99), at(m=1.99)],
    ),
    "jl_overlap": row(LIKELY, (at(m=e**2, n=64), 0.5)),
    "jl_dimension": row(BOUND, (at(eps=0.3, m=e), 4 / mp.mpf("0.036")), outside=[at(eps=0)]),
    "angle_bound": row(BOUND, (at(eps=0.2), 0.5)),
    "angle_bound_lengths": row(BOUND, (at(eps=0.2), 1.25)),
    "angle_bound_polarised": row(BOUND, (at(eps=0.2), 0.25)),
    # the six diagonals of the icosahedron, and the 28 lines in 7 dimensions
    "welch_bound": row(
        BOUND,
        (at(n=3, m=6), sqrt(mp.mpf(1) / 5)),
        (at(n=7, m=28), 1 / mp.mpf(3)),
        inside=[at(m=3), at(m=2, n=1)],
        outside=[at(m=1.99, n=1), at(m=2.99)],
    ),
    "jl_directions": row(
        LIKELY, (at(n=800, eps=0.1), e), inside=[at(n=22_400, eps=0.5)], outside=[at(n=22_401, eps=0.5)]
    ),
    "gilbert_varshamov": row(
        BOUND,
        (at(n=3, eps=0.5), 2),
        (at(n=2, eps=0.5), 1.5),
        inside=[at(n=2), at(n=1200 / -np.log(0.75), eps=0.5), at(n=599.9, eps=sqrt(1 - mp.exp(-2)))],
        outside=[at(n=1.99), at(n=600.1, eps=sqrt(1 - mp.exp(-2)))],
    ),
    "welch_directions": row(
        BOUND, (at(n=7, eps=1 / mp.mpf(3)), 28), inside=[at(n=3.99, eps=0.5)], outside=[at(n=4, eps=0.5)]
    ),
    "kabatiansky_levenshtein": row(
        ASYMPTOTIC,
        (at(n=8, eps=0.6), 8 * mp.mpf("1.125") ** 9),
        inside=[at(n=1783)],
        outside=[at(eps=0), at(n=1784)],
    ),
}

# Five active features on twenty neurons: a threshold at 1/2 is one standard deviation, √(5/20), away.
FIVE = at(l=5, m=12, n=20)
SPARSITY = {
    "random_walk_noise": row(HEURISTIC, (at(l=3, m=e, n=96), 0.5)),
    "crosstalk_std": row(EXACT, (at(l=4, n=25), 0.4)),
    "crosstalk_std_present": row(EXACT, (at(l=5, n=25), 0.4)),
    "false_alarm": row(ASYMPTOTIC, (at(l=5, n=20), 0.158655253931457)),
    "miss": row(ASYMPTOTIC, (at(l=6, n=20), 0.158655253931457), (at(l=1, n=20), 0)),
    "expected_errors": row(
        ASYMPTOTIC, (FIVE, 7 * Q1 + 5 * tail(sqrt(5) / 2)), inside=[at(l=12)], outside=[at(l=12.01)]
    ),
    "errors_sure": row(BOUND, (at(l=3, m=10, n=24), 10 / e), inside=[at(l=10)], outside=[at(l=10.01)]),
    "max_active": row(BOUND, (at(m=e**3, n=48), 2), **LEAST_TWO_FEATURES),
    "max_active_sure": row(LIKELY, (at(delta=0.5, m=e**2 / 2, n=48), 3)),
    "max_features": row(BOUND, (at(l=3, n=48), e**2), inside=[at(l=1, n=5600)], outside=[at(l=1, n=5601)]),
    "max_features_sure": row(
        LIKELY, (at(delta=0.5, l=3, n=48), e**2 / 2), inside=[at(l=1, n=5600)], outside=[at(l=1, n=5601)]
    ),
    # for each eighth neuron the overlap's tail has (1 - t²)⁴ at t = 1/2, the normal one 1/e
    "gaussian_excess": row(
        ASYMPTOTIC,
        (at(l=1, n=8), (4 / mp.mpf(3)) ** 4 / e),
        (at(l=2, n=16), (16 / mp.mpf(15)) ** 16 / e),
        inside=[at(n=5600)],
        outside=[at(n=5601)],
    ),
    "every_set_bound": row(BOUND, (at(m=72, n=36), 7), inside=[at(m=54.01)], outside=[at(m=54)]),
    "errors_at_limit": row(ASYMPTOTIC, (at(m=e**4), 1 / (4 * sqrt(pi))), **LEAST_TWO_FEATURES),
    "max_active_tight": row(
        HEURISTIC,
        (at(m=e**5, n=48), 1.2 * (e**5 - 1) / (e**5 - 48)),
        (at(m=100, n=100), 100),
        inside=[at(m=48), at(m=2, n=1)],
        outside=[at(m=1.99, n=1), at(m=47.99)],
    ),
}

LEVELS = dict(inside=[at(m=2), at(K=2)], outside=[at(m=1.99), at(K=1.99)])
BOOLEANISH = {
    "naive_levels": row(
        HEURISTIC, (at(l=3, m=e**2, n=432), 3), inside=[at(l=e**2), at(l=1, m=2)], outside=[at(l=7.4), at(l=1, m=1.99)]
    ),
    "levels": row(
        BOUND, (at(l=3, m=e**2, n=432), 4), inside=[at(l=e**2), at(l=1, m=2)], outside=[at(l=7.4), at(l=1, m=1.99)]
    ),
    # half a gap, 1/(2(K - 1)), is √(2 ln m) noises: at K = 2 the mean square is 1, and 32/(8 · 2 · 2) = 1
    "levels_uniform": row(
        HEURISTIC,
        (at(l=2, m=e**2, n=32), 2),
        (at(l=2, m=e**2, n=80), 3),
        inside=[at(n=5.34), at(l=1, m=2), at(l=2, m=2), at(l=3, m=4, n=4 * np.log(4))],
        outside=[at(n=5.33), at(l=1, m=1.99), at(l=2.01, m=2)],
    ),
    "level_mean_square": row(
        EXACT, (at(K=4), mp.mpf(1 + 4 + 9) / 27), (at(K=3), 0.625), (at(K=2), 1), inside=[at(K=2)], outside=[at(K=1.99)]
    ),
    # at K = 3 half a gap is 1/4, and √(5/80) is 1/4, too
    "level_errors": row(
        ASYMPTOTIC,
        (at(K=3, l=5, m=12, n=80), 7 * Q1 + 5 * tail(sqrt(1.25))),
        inside=[at(K=2), at(l=12)],
        outside=[at(K=1.99), at(l=12.01)],
    ),
    # at K = 3 the mean square is 5/8 and half a gap 1/4; the upper level is misread from one side only
    "level_errors_uniform": row(
        HEURISTIC,
        (at(K=3, l=5, m=12, n=50), 7 * Q1 + 5 * 1.5 * tail(sqrt(1.25))),
        inside=[at(K=2), at(l=12)],
        outside=[at(K=1.99), at(l=12.01)],
    ),
    "level_errors_sure": row(
        BOUND,
        (at(K=3, l=2, m=8, n=64), 10 / e),
        (at(K=4, l=2, m=8, n=144), 10 / e),
        inside=[at(l=8), at(K=2)],
        outside=[at(l=8.01), at(K=1.99)],
    ),
    "levels_sure": row(
        LIKELY,
        (at(delta=0.5, l=3, m=e**4 / 2 - 3, n=384), 3),
        inside=[at(l=24.29), at(l=24, m=24)],
        outside=[at(l=24.31)],
    ),
    "max_active_levels": row(BOUND, (at(K=3, m=e, n=96), 3), **LEVELS),
    "max_active_levels_uniform": row(HEURISTIC, (at(K=3, m=e, n=60), 3), **LEVELS),
    "value_noise": row(EXACT, (at(A=3, l=5, n=48), 0.5)),
    "level_bits": row(
        EXACT, (at(K=4, l=2, m=5), bits(10 * 3**2)), inside=[at(l=5), at(K=2)], outside=[at(l=5.01), at(K=1.99)]
    ),
    # two active features: C(1000, 2) pairs, two levels for each
    "level_capacity": row(
        HEURISTIC,
        (at(K=3, m=1000, n=2 * 32 * ln(1000)), bits(499_500 * 4) / (64 * ln(1000))),
        inside=[at(n=221.1), at(n=32 * np.log(1000)), at(n=1000), at(K=2)],
        outside=[at(n=221.0), at(n=1000.1), at(K=1.99), at(m=1.99, n=1)],
    ),
    "level_capacity_uniform": row(
        HEURISTIC,
        (at(K=3, m=1000, n=2 * 20 * ln(1000)), bits(499_500 * 4) / (40 * ln(1000))),
        inside=[at(n=138.2), at(K=2, n=8 * np.log(1000)), at(n=1000), at(K=2)],
        outside=[at(n=138.1), at(n=1000.1), at(K=1.99), at(m=1.99, n=1)],
    ),
    "neuron_excess_kurtosis": row(EXACT, (at(l=3, n=10), -1 / mp.mpf(6))),
    "panter_dite": row(ASYMPTOTIC, (at(b=2), sqrt(3) * pi / 32), inside=[at(b=1), at(b=64)], outside=[at(b=64.01)]),
    "quantised_noise": row(ASYMPTOTIC, (at(D=0.5, l=3, n=24), 0.5), (at(D=0.75, l=3, n=24), sqrt(0.5))),
    "max_active_quantised": row(ASYMPTOTIC, (at(D=0.25, m=e**2, n=64), 3), **LEAST_TWO_FEATURES),
    # the readout averages 1 - D = 0.8 with variance 0.8 · 9/320 = 0.15²; 1/2 is two of these below
    "unscaled_miss": row(
        ASYMPTOTIC, (at(D=0.2, l=9, n=320), 0.0227501319481792), inside=[at(D=0.5)], outside=[at(D=0.51)]
    ),
}


def saddle(z, n):
    """(l0, m) at which l = l0 + (m - l0) Q(z) has a double root, from the map and its slope in l = n/(4 z²)."""
    l = n / (4 * z**2)
    slope = mp.npdf(z) * z / (2 * l)
    others = 1 / slope
    l0 = l - others * tail(z)
    return l0, l0 + others


RARE = dict(
    inside=[at(l=12), at(l=1, n=5600), at(l=2, n=11_200)], outside=[at(l=12.01), at(l=1, n=5601), at(l=2, n=11_201)]
)
SADDLE = dict(inside=[at(z=1.5), at(z=30)], outside=[at(z=1.49), at(z=30.01)])
COMPOUNDING_NOISE = {
    "noise_growth_linear": row(
        EXACT, (at(L=3, m=7, n=3), 27), inside=[at(L=637), at(L=700 / np.log(2), m=4)], outside=[at(L=638)]
    ),
    "noise_growth_tight": row(
        EXACT,
        (at(L=3, m=6, n=2), 27),
        inside=[at(L=637), at(L=700 / np.log(2), m=4), at(m=2)],
        outside=[at(L=638), at(m=1.99)],
    ),
    "signal_to_noise_late": row(ASYMPTOTIC, (at(L=4, l=3, m=32, n=2), sqrt(2 / pi) * 5 / 8 * 32 / 24)),
    "expected_active_next": row(
        ASYMPTOTIC, (FIVE, 5 + 7 * Q1 - 5 * tail(sqrt(5) / 2)), inside=[at(l=12)], outside=[at(l=12.01)]
    ),
    "expected_active_redriven": row(
        ASYMPTOTIC,
        (FIVE | at(l0=3), 3 + 9 * Q1),
        inside=[at(l=12), at(l0=12)],
        outside=[at(l=12.01), at(l0=12.01)],
    ),
    "clean_layers": row(
        ASYMPTOTIC,
        (FIVE, 1 / mp.expm1(7 * Q1 + 5 * tail(sqrt(5) / 2))),
        inside=[at(l=11.99), at(l=1, n=2000), at(m=1890)],
        outside=[at(l=12), at(l=1, n=2001), at(m=1892)],
    ),
    "clean_layers_sure": row(
        BOUND,
        (at(l=2, m=3, n=32), e**2 / 3 - 1),
        (at(l=2, m=100, n=32), 0),
        inside=[at(l=3), at(l=1, m=2, n=5600)],
        outside=[at(l=3.01), at(l=1, m=2, n=5601)],
    ),
    # three neurons: the tail at 1/4 is 3/8
    "expected_active_at_least": row(
        BOUND, (at(l=2, m=10, n=3), 2 + 6 * 0.375**2), inside=[at(n=3), at(l=5)], outside=[at(n=2.99), at(l=5.01)]
    ),
    "correctable_levels": row(BOUND, (at(eta=0.15), 4), (at(eta=0.125), 4)),
    "runaway_layers": row(HEURISTIC, (FIVE, 2 + 1 / (12 * Q1 * (1 - mp.exp(-0.1)))), **RARE),
    "saddle_driven": row(ASYMPTOTIC, (at(n=100, z=2), saddle(2, 100)[0]), **SADDLE),
    "saddle_features": row(ASYMPTOTIC, (at(n=100, z=2), saddle(2, 100)[1]), **SADDLE),
    "value_noise_gated": row(ASYMPTOTIC, (at(L=3, l=5, n=48), 0.5)),
    "value_noise_same_code": row(ASYMPTOTIC, (at(L=3, l=5, n=144), 0.5)),
    # each layer doubles what is there and adds twice its own: 4 + 16 + 64 in squares
    "value_noise_relu": row(ASYMPTOTIC, (at(L=3, l=5, n=4 * 84 * 4), 0.5), inside=[at(L=500)], outside=[at(L=500.01)]),
}


def success(h, s, d, l, m, n):
    """All m features right, each by h of s votes, from the chances of one vote."""
    wrong = tail(sqrt(mp.mpf(n) * d / (4 * m * s * l)))
    rightly = 1 - (1 - mp.mpf(s) / d) ** l
    false = wrong * (1 - rightly) + (1 - wrong) * rightly
    return (1 - at_least(h, s, false)) ** (m - l) * at_least(h, s, 1 - wrong) ** l


RELIABLE = dict(inside=[at(kappa=0.001), at(kappa=600)], outside=[at(kappa=0.00099), at(kappa=600.01)])
CHAIN = dict(inside=[at(d=4), at(d=80)], outside=[at(d=3.99), at(d=80.01)])
ERROR_CORRECTION = {
    "max_active_depth": row(LIKELY, (at(L=4, delta=0.5, m=e**5 / 8, n=80), 2), **LEAST_TWO_FEATURES),
    "depth_neurons": row(LIKELY, (at(L=4, delta=0.5, m=e**5 / 8, l=3), 120), **LEAST_TWO_FEATURES),
    "unit_noise": row(EXACT, (at(m=20, s=3, l=5, d=12, n=100), 0.5)),
    "unit_reliability": row(EXACT, (at(m=20, s=3, l=5, d=12, n=400), 4)),
    "unit_error": row(ASYMPTOTIC, (at(kappa=4), 0.0227501319481792)),
    "vote_exponent": row(ASYMPTOTIC, (at(kappa=1), divergence(1 - Q1, Q1)), **RELIABLE),
    "majority_exponent": row(ASYMPTOTIC, (at(kappa=1), divergence(mp.mpf(0.5), Q1)), **RELIABLE),
    "correction_constant": row(HEURISTIC, (at(kappa=4), 2 / divergence(1 - Q2, Q2)), **RELIABLE),
    "majority_constant": row(HEURISTIC, (at(kappa=4), 2 / divergence(mp.mpf(0.5), Q2)), **RELIABLE),
    "constant_many_units": row(HEURISTIC, (at(alpha=0.25), pi / 8 * 2.25)),
    "constant_few_units": row(HEURISTIC, (at(alpha=0.25), 1.25)),
    "constant_shared_noise": row(
        HEURISTIC,
        (at(l=e**4, m=e**9, n=1800 * e**4), pi / 8 / (0.36 - 0.01)),
        inside=[at(n=50.01 * e**4), at(l=1, m=2)],
        outside=[at(n=49.99 * e**4), at(l=1, m=4, n=2 * np.sqrt(np.log(4)) ** 2), at(l=1, m=1.99)],
    ),
    "majority_shared_noise": row(
        HEURISTIC,
        (at(l=3, m=e**2, n=96), pi),
        inside=[at(n=48.01), at(m=2)],
        outside=[at(n=47.99), at(l=2, m=4, n=16 * np.log(4)), at(m=1.99)],
    ),
    "correction_width": row(HEURISTIC, (at(C=1.5, l=3, m=e**2, n=36), 2 * e**2), **LEAST_TWO_FEATURES),
    "correction_success": row(
        HEURISTIC,
        (at(h=2, s=3, d=60, l=2, m=10, n=50), success(2, 3, 60, 2, 10, 50)),
        (at(h=3, s=5, d=40, l=3, m=20, n=400), success(3, 5, 40, 3, 20, 400)),
        inside=[at(s=100, h=100, d=200), at(h=3), at(l=9.99), at(h=1, d=16.96), at(s=3, d=3, h=3, l=1, n=10**6)],
        outside=[
            at(s=100.01, h=100, d=200),
            at(s=101, h=100.01, d=200),
            at(h=3.01),
            at(l=10),
            at(h=1, d=16.94),
            at(s=3, h=2, d=2.99, l=2),
        ],
    ),
    "effective_active": row(ASYMPTOTIC, (at(d=10, l=3, m=20, s=4), 8.25), **CHAIN),
    "dense_chain_reliability": row(ASYMPTOTIC, (at(d=10, l=3, m=20, n=66, s=4), 1 / (32 * mp.mpf("0.3875"))), **CHAIN),
    "dense_chain_features": row(ASYMPTOTIC, (at(kappa=3, l=3, n=9, s=4), 2.25)),
    "sparse_chain_listened": row(ASYMPTOTIC, (at(d=6, m=9, s=2), 1 - 1 / e), inside=[at(s=6)], outside=[at(s=6.01)]),
    "sparse_chain_exponent": row(ASYMPTOTIC, (at(q=2), 1.5)),
    "sparse_chain_features": row(ASYMPTOTIC, (at(l=3, n=e**3), 4 * e**3 / 27), inside=[at(n=2)], outside=[at(n=1.99)]),
    "sparse_chain_weights": row(BOUND, (at(s=3), 9)),
    # switched at 1/4, a reliable unit of κ = 4 is three of its noises below an active feature and one above an absent one
    "threshold_constant": row(
        HEURISTIC,
        (at(kappa=4, theta=0.25), 2 / divergence(1 - tail(3), Q1)),
        inside=[at(kappa=0.001), at(kappa=100), at(theta=0.01), at(theta=0.99)],
        outside=[at(kappa=0.00099), at(kappa=100.01), at(theta=0.0099), at(theta=0.9901)],
    ),
    "half_space_width": row(
        ASYMPTOTIC,
        (at(l=3, m=e**2, n=96), 48 * pi),
        (at(l=3, m=e**2, n=64), 96 * pi),
        inside=[at(n=48.01), at(m=2)],
        outside=[at(n=47.99), at(l=2, m=4, n=16 * np.log(4)), at(m=1.99)],
    ),
    "half_space_width_kept": row(ASYMPTOTIC, (at(l=3, m=e**2), 24 * pi), **LEAST_TWO_FEATURES),
    # ten sets of two in five; half of them must be told apart
    "converse_width": row(BOUND, (at(delta=0.5, l=2, m=5), bits(5)), inside=[at(l=5)], outside=[at(l=5.01)]),
    "converse_width_blind": row(BOUND, (at(delta=0.5, m=e**4, n=3.5), e**4 / 2 * (2 - ln(2)))),
    "correction_share_depth": row(EXACT, (at(L=e**2, delta=0.5, m=e**3 / 2), 0.4), **LEAST_TWO_FEATURES),
    "correction_share_neurons": row(EXACT, (at(m=6, n=2), 0.75)),
    "correction_share_weights": row(EXACT, (at(m=3, n=2), 0.75)),
    # each moving layer doubles the energy, and four times as much can be read
    "correction_share_layers": row(
        ASYMPTOTIC,
        (at(l=e**5 / 120, m=e**5, n=e**5 - 1), 1 / mp.mpf(3)),
        inside=[at(n=49.48), at(l=1, m=4, n=8 * np.log(4)), at(m=2)],
        outside=[at(n=49.46), at(m=1.99)],
    ),
    "correction_share_chain": row(
        LIKELY,
        (at(L=4, delta=0.5, l=3, m=e**5 / 8, n=240), 0.5),
        inside=[at(n=120.01), at(l=1, m=4, n=8 * np.log(32)), at(m=2)],
        outside=[at(n=119.99), at(m=1.99)],
    ),
}

# At n = e³ and S = 16 a dense neuron holds √(1 + 3 · 16/6) = 3 levels.
IS_IT_A_WIN = {
    "capacity_bits": row(EXACT, (at(l=2, m=5, n=3), bits(10) / 3), inside=[at(l=5)], outside=[at(l=5.01)]),
    "max_active_decoder": row(ASYMPTOTIC, (at(c=3, m=e**4, n=24), 2), **LEAST_TWO_FEATURES),
    "capacity_at_limit": row(
        ASYMPTOTIC,
        (at(c=3, m=100, n=6 * ln(100)), bits(4950) / (6 * ln(100))),
        inside=[
            at(n=13.82),
            at(n=1381.5),
            at(c=4, m=128, n=4 * np.log(128)),
            at(c=4, m=128, n=512 * np.log(128)),
            at(m=2, n=3),
        ],
        outside=[at(n=13.81), at(n=1381.6), at(m=1.99, n=3)],
    ),
    "capacity_limit": row(ASYMPTOTIC, (at(alpha=0.25, c=3), 0.25 / ln(2))),
    "decoder_constant": row(ASYMPTOTIC, (at(alpha=0.25), 4.5)),
    "capacity_best": row(ASYMPTOTIC, (at(alpha=0.25), 1 / (6 * ln(2)))),
    "ball_inscribed_bits": row(
        EXACT, (at(n=3), bits(pi / 6) / 3), (at(n=2), bits(pi / 4) / 2), inside=[at(n=2)], outside=[at(n=1.99)]
    ),
    "ball_equal_power_bits": row(
        EXACT,
        (at(n=3), bits(4 * pi / 3 * (mp.mpf(5) / 12) ** 1.5) / 3),
        (at(n=2), bits(pi * 4 / 12) / 2),
        inside=[at(n=2)],
        outside=[at(n=1.99)],
    ),
    "radius_bits": row(ASYMPTOTIC, (at(m=e**8), 3), **LEAST_TWO_FEATURES),
    "dense_levels": row(ASYMPTOTIC, (at(S=16, n=e**3), 3), inside=[at(n=2)], outside=[at(n=1.99)]),
    "dense_float_bits": row(
        ASYMPTOTIC,
        (at(S=16, n=e**3), bits(3)),
        inside=[at(n=2), at(S=6.01), at(n=20, S=2 * np.log(20))],
        outside=[at(n=1.99), at(S=5.99)],
    ),
    "dense_errors": row(EXACT, (at(K=4, S=20, n=100), 150 * Q2), inside=[at(K=2)], outside=[at(K=1.99)]),
    "shannon_bits": row(BOUND, (at(S=3), 1), (at(S=15), 2)),
    "max_active_noisy": row(BOUND, (at(S=3, m=e, n=32), 3), **LEAST_TWO_FEATURES),
    "max_active_noisy_levels": row(ASYMPTOTIC, (at(K=3, S=3, m=e, n=80), 3), **LEVELS),
    "win_sparsity_depth": row(LIKELY, (at(L=4, delta=0.5, m=e**5 / 8), 0.025), **LEAST_TWO_FEATURES),
    "win_sparsity_chain": row(ASYMPTOTIC, (at(kappa=2, s=3), 1 / mp.mpf(192))),
    "noisy_capacity": row(
        ASYMPTOTIC,
        (at(S=3, m=100, n=64 / mp.mpf(3) * ln(100)), bits(4950) / (64 / mp.mpf(3) * ln(100))),
        inside=[
            at(n=49.2),
            at(n=4912),
            at(S=1, m=128, n=16 * np.log(128)),
            at(S=1, m=128, n=2048 * np.log(128)),
            at(m=2, n=10),
        ],
        outside=[at(n=49.1), at(n=4913), at(m=1.99, n=10)],
    ),
    # absent: √(5 · 1.2/24) = 1/2 of noise; present: the feature's own share of the crosstalk is missing
    "expected_errors_noisy": row(
        ASYMPTOTIC,
        (at(S=5, l=5, m=12, n=24), 7 * Q1 + 5 * tail(sqrt(mp.mpf(24) / 5) / 2)),
        inside=[at(l=12)],
        outside=[at(l=12.01)],
    ),
    "neurons_superposed": row(
        ASYMPTOTIC,
        (at(K=3, S=4, l=3, m=e**2), 150),
        inside=[at(K=2), at(l=e**2), at(l=1, m=2)],
        outside=[at(K=1.99), at(l=7.4), at(l=1, m=1.99)],
    ),
    "neurons_dense": row(
        ASYMPTOTIC,
        (at(K=9, S=16, m=e**3), 2 * e**3),
        inside=[at(K=2), at(m=2), at(S=6.01), at(m=20, S=2 * np.log(20))],
        outside=[at(K=1.99), at(m=1.99), at(S=5.99)],
    ),
    "neurons_listed": row(
        ASYMPTOTIC,
        (at(K=5, S=16, l=3, m=20), (ln(1140) + 3 * ln(4)) / (ln(1 + 24 / ln(20)) / 2)),
        inside=[at(K=2), at(l=1, m=2), at(l=20), at(S=6), at(S=2 * np.log(20))],
        outside=[at(K=1.99), at(l=1, m=1.99), at(l=20.01), at(S=5.99)],
    ),
    "win_sparsity": row(
        ASYMPTOTIC,
        (at(K=9, S=16, m=e**3), 6 / mp.mpf(4 * 9 * 17 * 3 * 17) * 16),
        inside=[at(K=2), at(m=2), at(S=6.01), at(m=20, S=2 * np.log(20))],
        outside=[at(K=1.99), at(m=1.99), at(S=5.99)],
    ),
    "max_active_noisy_sure": row(LIKELY, (at(S=3, delta=0.5, m=e**4 / 2, n=128), 3), **LEAST_TWO_FEATURES),
    "errors_noisy_sure": row(BOUND, (at(S=3, l=3, m=10, n=32), 10 / e), inside=[at(l=10)], outside=[at(l=10.01)]),
    "gaussian_excess_noisy": row(
        ASYMPTOTIC,
        (at(S=3, l=2, n=mp.mpf(512) * 256 / 81), e),
        inside=[at(n=1_132_720), at(S=1, l=1, n=716_800)],
        outside=[at(n=1_132_722)],
    ),
    "best_threshold": row(
        ASYMPTOTIC, (at(S=4, l=2, m=2 + 2 * e, n=25), 0.6), inside=[at(l=7.43)], outside=[at(l=2 + 2 * e), at(l=7.44)]
    ),
    "neurons_best_threshold": row(
        ASYMPTOTIC,
        (at(S=4, l=e**4, m=e**9), 62.5 * e**4),
        inside=[at(l=1, m=2), at(l=8103), at(l=8, m=8)],
        outside=[at(l=1, m=1.99), at(l=8104)],
    ),
    "noisy_capacity_best": row(ASYMPTOTIC, (at(S=3, alpha=0.25), 0.125 / ln(2))),
    "shannon_share": row(ASYMPTOTIC, (at(S=3, alpha=0.25), 0.25 / ln(4))),
    "linear_error_sets": row(
        EXACT,
        (at(l=3, m=10, n=4), 0.14),
        inside=[at(l=10), at(m=4), at(l=1, m=2, n=1)],
        outside=[at(l=10.01), at(m=3.99), at(l=1, m=1.99, n=1)],
    ),
    "linear_error_sets_bias": row(
        EXACT,
        (at(l=3, m=10, n=4), 7 / mp.mpf(60)),
        inside=[at(l=10), at(m=5), at(l=1, m=2, n=1)],
        outside=[at(l=10.01), at(m=4.99), at(l=1, m=1.99, n=1)],
    ),
    "linear_error": row(EXACT, (at(m=10, n=4), 0.06), inside=[at(m=4)], outside=[at(m=3.99)]),
    "linear_error_bias": row(EXACT, (at(m=10, n=4), 0.05), inside=[at(m=5)], outside=[at(m=4.99)]),
}

DICTIONARY = {
    "effective_neurons": row(EXACT, (at(eps=0.2), 25), outside=[at(eps=0), at(eps=1)]),
    "best_match_law": row(
        EXACT,
        (at(n=3, m=4, t=0.5), 0.5**4),
        (at(n=2, m=3, t=0.5), (1 / mp.mpf(3)) ** 3),
        inside=[at(n=2), at(t=0), at(t=1)],
        outside=[at(n=1.99), at(t=-0.01), at(t=1.01)],
    ),
    "best_match": row(
        EXACT,
        (at(n=3, m=4, delta=0.5), 0.5**0.25),
        (at(n=2, m=2, delta=0.75), mp.sin(pi / 4)),
        inside=[at(n=2)],
        outside=[at(n=1.99), at(delta=0), at(delta=1)],
    ),
    "spectrum_edge": row(ASYMPTOTIC, (at(n=4, m=9), 6.25)),
}

PHI1 = mp.npdf(1)


def mean_square_above(tau, power=2):
    """Mean of the power of what a standard normal number has above τ."""
    return mp.quad(lambda g: (g - tau) ** power * mp.npdf(g), [tau, tau + 3, mp.inf])


def recovered_by_programme(l, m, n, tau):
    second, fourth = mean_square_above(tau), mean_square_above(tau, 4)
    dimension = l * (1 + tau**2) + (m - l) * second
    squares = l * (2 + 4 * tau**2) + (m - l) * (fourth - second**2)
    return tail((dimension - n) / sqrt(squares - 2 * dimension))


def largest_right(l, m, n):
    def density(y):
        height = (sqrt(n) - y * sqrt(l)) / sqrt(l - 1)
        return (m - l) * mp.npdf(y) * mp.ncdf(y) ** (m - l - 1) * mp.ncdf(height) ** l

    return mp.quad(density, [-12, -3, 0, 2, 3, 4, 6, 12])


def guessed_wrongly(l, m, z):
    """Mean square error of the posterior mean, ½ being z deviations away."""

    def guess(t):
        here, there = l * mp.npdf(t - z), (m - l) * mp.npdf(t + z)
        return here * there / (here + there) / m

    return mp.quad(guess, [-14, -4, -1, 0, 1, 4, 14])


READOUTS = {
    "threshold_recovery": row(
        ASYMPTOTIC,
        (at(l=1, m=4, n=16, theta=0.5), (1 - Q2) ** 3),
        (at(l=5, m=6, n=20, theta=0.5), (1 - Q1) * mp.ncdf(0.5 * sqrt(5)) ** 5),
        inside=[at(l=4)],
        outside=[at(l=4.01)],
    ),
    "top_recovery": row(
        ASYMPTOTIC,
        (at(l=8, m=1000, n=128), largest_right(8, 1000, 128)),
        (at(l=2, m=3, n=4), largest_right(2, 3, 4)),
        inside=[at(l=2), at(l=999), at(m=1e12)],
        outside=[at(l=1.99), at(l=999.01), at(m=1.01e12)],
    ),
    "min_norm_crosstalk": row(
        EXACT, (at(l=2, m=4, n=1), sqrt(4 / mp.mpf(3))), inside=[at(n=4), at(m=2, n=2)], outside=[at(n=4.01), at(m=1.99)]
    ),
    "omp_active": row(ASYMPTOTIC, (at(m=e**3, n=12), 2), **LEAST_TWO_FEATURES),
    "box_recovery": row(
        EXACT, (at(m=4, n=3), 0.875), (at(m=10, n=5), 0.5), (at(m=5, n=2), 5 / mp.mpf(16)), inside=[at(m=4)], outside=[at(m=3.99)]
    ),
    "l1_load": row(ASYMPTOTIC, (at(tau=1), 1 + (1 - Q1) / PHI1), outside=[at(tau=0), at(tau=30)]),
    "l1_active_share": row(ASYMPTOTIC, (at(tau=1), 1 - Q1 / PHI1), outside=[at(tau=0), at(tau=30)]),
    "l1_active_limit": row(
        ASYMPTOTIC, (at(m=10 * e**2, n=10), 2.5), inside=[at(m=20)], outside=[at(m=19.99)]
    ),
    "l1_recovery": row(
        ASYMPTOTIC,
        (at(l=20, m=256, n=70, tau=1), recovered_by_programme(20, 256, 70, 1)),
        (at(l=1, m=9, n=3, tau=2), recovered_by_programme(1, 9, 3, 2)),
        inside=[at(l=255)],
        outside=[at(l=255.01), at(tau=0), at(tau=30), at(l=1, m=1e6, tau=2)],
    ),
    "linear_share": row(
        ASYMPTOTIC, (at(m=e**4, n=e**2), 0.125), inside=[at(m=2, n=1)], outside=[at(m=1.99, n=1), at(n=27.4)]
    ),
    "amp_error": row(
        EXACT,
        (at(l=1, m=2, z=1), guessed_wrongly(1, 2, 1)),
        (at(l=3, m=100, z=2.5), guessed_wrongly(3, 100, 2.5)),
        inside=[at(m=2)],
        outside=[at(m=1.99), at(z=0), at(z=6)],
    ),
    "amp_step": row(
        ASYMPTOTIC,
        (at(l=1, m=2, n=8, z=1), 1 / sqrt(guessed_wrongly(1, 2, 1))),
        inside=[at(m=2)],
        outside=[at(m=1.99), at(z=0), at(z=6)],
    ),
}  # fmt: skip


# in the plane one overlap is a cosine, with fourth moment 3/8; √(16 · 4) = 8; ln(4 · e²/4) = 2; h(1/4) = 2 - (3/4) log₂ 3
QUARTER = 2 - mp.mpf(3) / 4 * bits(3)
OCCURRENCE = {
    "crosstalk_kurtosis": row(EXACT, (at(n=2, l=1, phi=0), 1.5), (at(n=6, l=3, phi=1), 3.75)),
    "clique_dispersion": row(
        EXACT, (at(g=4, l=3, m=24), 3.5), inside=[at(g=24), at(l=24)], outside=[at(g=24.01), at(l=24.01)]
    ),
    "exclusive_dispersion": row(EXACT, (at(g=4, l=3, m=24), 0.5), inside=[at(g=8)], outside=[at(g=8.01)]),
    "spread_edge": row(ASYMPTOTIC, (at(n=36), 3)),
    "spread_excess": row(
        ASYMPTOTIC,
        (at(l=1, phi=1, z=1), 1 - mp.npdf(1) / (4 * Q1)),
        (at(l=5, phi=2, z=2), 1 + mp.npdf(2) / (10 * Q2)),
        inside=[at(z=37)],
        outside=[at(z=37.01)],
    ),
    "active_quantile": row(BOUND, (at(delta=0.2, l=4, phi=4), 12)),
    "neurons_any_law": row(LIKELY, (at(delta=0.5, l=3, m=e**2 / 4, phi=1), 96)),
    "tail_exponent": row(ASYMPTOTIC, (at(n=8, phi=e / (e - 1)), 2), outside=[at(phi=1)]),
    "sum_over_whole": row(ASYMPTOTIC, (at(l=2, m=4), bits(2 * pi) / 2), inside=[at(l=3.99)], outside=[at(l=4)]),
    "information_kept": row(BOUND, (at(delta=0.25, l=1, m=4), 1.5 - QUARTER), inside=[at(l=4)], outside=[at(l=4.01)]),
    "readout_bits": row(
        EXACT, (at(nu=0.5, p=0.25), 1 - QUARTER), inside=[at(p=0.5)], outside=[at(p=0.51), at(p=0), at(nu=1), at(nu=0)]
    ),
    "bits_crowded": row(ASYMPTOTIC, (at(n=pi * ln(2)), 1)),
    "interference_energy": row(EXACT, (at(l=2, m=9, n=3), 4), inside=[at(m=3)], outside=[at(m=2.99), at(l=0)]),
    "stored_active": row(
        ASYMPTOTIC,
        (at(gamma=1, m=2, nu=0.2), 0.2 * (ln(2) + 0.75 + 0.0625)),
        (at(gamma=2, m=2, nu=0.2), 0.2 * (0.5 + 0.625 + mp.mpf(7) / 48)),
    ),
    # a sum of squares of 1/2 around a mean of 1: 1 - 4 + 2, of k = 2, and 1 of k = 0
    "poisson_factor": row(
        HEURISTIC,
        (at(k=2, l=1, phi=0.5), e ** (mp.mpf(1) / 4)),
        (at(k=0, l=1, phi=0.5), e ** (-mp.mpf(1) / 4)),
        (at(k=5, l=3, phi=1), 1),
        inside=[at(k=0), at(l=0.01), at(phi=1)],
        outside=[at(k=-0.01), at(l=0.0099), at(phi=0), at(phi=1.01)],
    ),
    "features_above": row(
        EXACT, (at(gamma=0.5, nu=0.2, p=0.1), 4), inside=[at(p=0.2)], outside=[at(p=0.21), at(gamma=0.0009)]
    ),
}


def onset(nu):
    """The second-order cost of an arrow of length ε for the second feature, by search over the first's bias and length."""

    def cost(values):
        shift, stretch = values
        first = stretch**2 / 3 + stretch * shift + shift**2
        both = first + mp.mpf(1) / 3 - stretch / 2 - shift
        return (1 - nu) ** 2 * shift**2 + nu * (1 - nu) * (first + shift**3 / 3) + nu**2 * both

    def slope(shift, stretch):
        return [mp.diff(lambda x: cost((x, stretch)), shift), mp.diff(lambda x: cost((shift, x)), stretch)]

    return cost(mp.findroot(slope, (mp.mpf("0.1"), mp.mpf("0.1")))) / (nu / 3 - nu**2 / 4)


ALONE = [at(nu=0), at(nu=1.01)]
TRAINING = {
    # a twelfth is the variance of a uniform number; a third and a fourth are the means of its square and the square of its mean
    "single_loss": row(EXACT, (at(nu=1, omega=1), 1 / mp.mpf(12)), (at(nu=0.5, omega=2), 2 * (0.5 / mp.mpf(3) - 0.0625)), inside=[at(nu=1)], outside=ALONE),
    # the smaller of two uniform numbers has a mean square of a sixth
    "opposite_loss": row(EXACT, (at(nu=1, omega=1), 1 / mp.mpf(3)), (at(nu=0.5, omega=2), 0.125), inside=[at(nu=1)], outside=ALONE),
    "superposition_lower": row(
        EXACT,
        (at(nu=0.5), 2 / mp.mpf(3)),
        (at(nu=0.4), 0.4),
        (at(nu=float(mp.mpf(4) / 7) - 1e-15), 1),
        outside=[at(nu=0), at(nu=0.58)],
    ),
    "superposition_upper": row(
        EXACT, (at(nu=0.5), 1.5), (at(nu=0.4), 2.5), (at(nu=float(mp.mpf(4) / 7) - 1e-15), 1), outside=[at(nu=0), at(nu=0.58)]
    ),
    "superposition_onset": row(
        EXACT, (at(nu=1), 1), (at(nu=0.5), onset(mp.mpf("0.5"))), (at(nu=0.1), onset(mp.mpf("0.1"))), inside=[at(nu=1)], outside=ALONE
    ),
    "polygon_crosstalk": row(
        EXACT, (at(m=5), (3 - sqrt(5)) / 4), (at(m=6), 0.5), (at(m=8), 1), (at(m=12), 2), inside=[at(m=3)], outside=[at(m=2.99)]
    ),
}  # fmt: skip


# 16 neurons, a threshold ½ and no feature shared: n θ/√J is 1 at 64 connections, 2 at 16
WEIGHTS = {
    "interference_std": row(
        EXACT,
        (at(J=5, n=2, zeta=1), sqrt(1.5)),
        (at(J=1024, n=256, zeta=0), 0.125),
        (at(J=7, n=1, zeta=3), sqrt(7)),
        inside=[at(J=1, zeta=1), at(zeta=0)],
        outside=[at(J=1, zeta=1.01)],
    ),
    "interference_kurtosis": row(EXACT, (at(J=3, n=1), -2 / mp.mpf(3)), (at(J=2, n=10), 1.625)),
    "interference_tail_bound": row(
        BOUND,
        (at(J=6, n=4, zeta=2, theta=0.5), mp.exp(-mp.mpf(1) / 7)),
        inside=[at(J=2, zeta=2)],
        outside=[at(J=1.99, zeta=2), at(zeta=1.99), at(theta=0), at(theta=1)],
    ),
    "wrong_weights": row(
        ASYMPTOTIC,
        (at(J=1, m=1, n=1, theta=0.5), 0),
        (at(J=1, m=3, n=2, theta=0.5), 4 * Q1 + 4 * tail(1 / sqrt(2))),
        (at(J=16, m=16, n=16, theta=0.5), 240 * tail(0.5 / sqrt(0.1796875)) + 16 * tail(8 / sqrt(15))),
        inside=[at(J=3, m=3, n=2)],
        outside=[at(J=1.01, m=1), at(theta=0), at(theta=1)],
    ),
    "max_connections": row(HEURISTIC, (at(m=mp.e**4, n=64), 64), inside=[at(m=2)], outside=[at(m=1.99)]),
    "max_connections_sure": row(
        LIKELY,
        (at(delta=mp.e**-2, m=e, n=64, zeta=2), -32),
        inside=[at(zeta=2)],
        outside=[at(zeta=1.99), at(delta=0), at(delta=1)],
    ),
    "real_weight": row(
        LIKELY,
        # the logarithm is 4: 4 + √(16 + 8 (2 + 2)), and 1 + √(1 + 8 (½ + ⅛))
        (at(J=4, delta=mp.e**-2, m=e, n=1, zeta=2), 4 + sqrt(48)),
        (at(J=4, delta=mp.e**-2, m=e, n=4, zeta=2), 1 + sqrt(6)),
        inside=[at(J=2, zeta=2)],
        outside=[at(J=1.99, zeta=2), at(zeta=1.99), at(delta=0), at(delta=1)],
    ),
    "used_noise_std": row(EXACT, (at(J=9, l=2, n=4), sqrt(1.5)), inside=[at(J=2, l=2)], outside=[at(J=1.99, l=2)]),
    "max_connections_used": row(HEURISTIC, (at(l=2, m=mp.e**4, n=256), 768), inside=[at(m=2)], outside=[at(m=1.99)]),
}

TABLE = (
    DIRECTIONS
    | SPARSITY
    | BOOLEANISH
    | COMPOUNDING_NOISE
    | ERROR_CORRECTION
    | IS_IT_A_WIN
    | READOUTS
    | OCCURRENCE
    | TRAINING
    | WEIGHTS
    | DICTIONARY
)
FIRST = {name: known.values[0][0] for name, known in TABLE.items()}


def cases(kind):
    return [pytest.param(name, point, id=f"{name}-{i}") for name in TABLE for i, point in enumerate(kind(TABLE[name]))]


def test_every_formula_is_in_the_table():
    assert set(TABLE) == set(formulas.registry)


@pytest.mark.parametrize("name", TABLE)
def test_formula_is_as_sure_as_the_table_says(name):
    assert formulas.registry[name].status == TABLE[name].status


@pytest.mark.parametrize(("name", "known"), cases(lambda known: known.values))
def test_formula_has_its_value(name, known):
    arguments, value = known
    assert formulas.registry[name](**arguments) == pytest.approx(float(value), rel=1e-11, abs=1e-300)


@pytest.mark.parametrize(("name", "change"), cases(lambda known: known.inside))
def test_domain_reaches_to_its_ends(name, change):
    assert formulas.registry[name].contains(**FIRST[name] | change)
    assert np.isfinite(formulas.registry[name](**FIRST[name] | change))


@pytest.mark.parametrize(("name", "change"), cases(lambda known: known.outside))
def test_domain_ends_there(name, change):
    assert not formulas.registry[name].contains(**FIRST[name] | change)
    with pytest.raises(ValueError, match=rf"{name}: .* is outside the domain"):
        formulas.registry[name](**FIRST[name] | change)


@pytest.mark.parametrize("name", TABLE)
def test_every_end_and_condition_has_a_point_beyond_it(name):
    formula = formulas.registry[name]
    places = [FIRST[name] | change for change in TABLE[name].outside]
    for symbol, interval in formula.domain.items():
        usual, met = entry(symbol).values, [place[symbol.name] for place in places]
        if (interval.start, interval.left_open) != (usual.start, usual.left_open):
            assert min(met, default=np.inf) < interval.start + bool(interval.left_open) * 1e-9, symbol
        if (interval.end, interval.right_open) != (usual.end, usual.right_open):
            assert max(met, default=-np.inf) > interval.end - bool(interval.right_open) * 1e-9, symbol
    for relation in formula.where:
        names = sorted(symbol.name for symbol in relation.free_symbols)
        holds = numeric(relation, names)
        assert not all(holds(**{letter: place[letter] for letter in names}) for place in places), relation


# where the end of a condition is a number that only rounding decides
ROUNDED = {"kabatiansky_levenshtein": "700", "clean_layers": "300", "features_above": "700*gamma", "l1_recovery": "0"}


@pytest.mark.parametrize("name", [name for name in TABLE if formulas.registry[name].where])
def test_every_condition_is_tried_at_its_very_end(name):
    places = [FIRST[name] | change for change in (*TABLE[name].inside, *TABLE[name].outside)]
    for relation in formulas.registry[name].where:
        names = sorted(symbol.name for symbol in relation.free_symbols)
        one, other = (numeric(side, names) for side in relation.args)
        met = any(one(**at) == other(**at) for at in ({letter: place[letter] for letter in names} for place in places))
        assert met or str(relation.rhs) == ROUNDED.get(name), relation


def test_letters_have_the_ranges_of_what_they_count():
    ranges = {row.symbol.name: str(row.values) for row in NOTATION if row.symbol is not None}
    whole = {name for name, values in ranges.items() if values == "Interval(1, oo)"}
    assert {"n", "m", "l", "l0", "J", "K", "L", "d", "s", "h", "q", "b"} <= whole
    assert {ranges[name] for name in ("C", "kappa", "eta", "z", "c", "S")} == {"Interval.open(0, oo)"}
    assert [ranges[name] for name in ("alpha", "delta", "theta", "eps", "t", "D", "A")] == [
        "Interval(0, 1)", "Interval.open(0, 1)", "Interval.open(0, 1)", "Interval.Ropen(0, 1)", "Interval(-1, 1)", "Interval.Ropen(0, 1)", "Interval(0, oo)",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [name for name, formula in formulas.registry.items() if formula.parts])
def test_every_part_with_a_letter_of_its_own_stands_in_its_formula(name):
    formula = formulas.registry[name]
    for letter, part in formula.parts.items():
        assert formula.expr.has(part), letter
        assert sp.latex(sp.Symbol(letter)) in formula.latex, letter

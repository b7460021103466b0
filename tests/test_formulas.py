"""The formulas' right-hand sides, against numbers computed another way."""

from itertools import product
from math import erfc, exp, gamma, log, pi, prod, sqrt

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from superposition import codes, formulas
from superposition.symbols import l, m, n

MANY = 20_000
neurons = st.integers(2, 10**6)
features = st.integers(2, 10**9)


def upper_tail(x):
    return erfc(x / sqrt(2)) / 2


def places(ends, edges):
    """MANY settings at random, and all settings of the edges.

    `ends` gives the range of each argument: integers in even steps of the logarithm, and numbers in even steps of
    themselves or, if a word follows, of the logarithm.
    """
    rng = np.random.default_rng(len(ends))
    corners = np.array(list(product(*edges.values()))).T
    found = {}
    for (name, (low, high, *how)), corner in zip(ends.items(), corners, strict=True):
        if how or isinstance(low, int):
            drawn = np.exp(rng.uniform(log(low), log(high + isinstance(low, int)), MANY))
        else:
            drawn = rng.uniform(low, high, MANY)
        found[name] = np.concatenate([np.floor(drawn) if isinstance(low, int) else drawn, corner])
    return found


def assert_everywhere(holds, at):
    failed = np.flatnonzero(~holds)
    assert not failed.size, {name: values[failed[0]] for name, values in at.items()}


@given(n_value=neurons, m_value=features, data=st.data())
def test_contract_of_names_and_right_hand_sides(n_value, m_value, data):
    l_value = data.draw(st.integers(1, min(m_value, 10**6)))
    at = dict(n=n_value, m=m_value, l=l_value)
    false_alarms = (m_value - l_value) * upper_tail(sqrt(n_value / l_value) / 2)
    misses = l_value * upper_tail(sqrt(n_value / (l_value - 1)) / 2) if l_value > 1 else 0
    expected = {
        "jl_overlap": sqrt(8 * log(m_value) / n_value),
        "typical_overlap": n_value**-0.5,
        "worst_overlap": sqrt(4 * log(m_value) / n_value),
        "crosstalk_std": sqrt(l_value / n_value),
        "expected_errors": false_alarms + misses,
        "max_active": n_value / (8 * log(m_value)),
    }
    if m_value >= n_value:
        expected["welch_bound"] = sqrt((m_value - n_value) / (n_value * (m_value - 1)))
    if m_value > n_value:
        tight = n_value / (8 * log(m_value)) * (m_value - 1) / (m_value - n_value)
        expected["max_active_tight"] = min(m_value, tight)
    if n_value / (8 * l_value) < 700:
        expected["max_features"] = exp(n_value / (8 * l_value))
    for name, value in expected.items():
        formula = formulas.registry[name]
        found = formula(**{argument: at[argument] for argument in formula.arguments})
        assert found == pytest.approx(value, rel=1e-9, abs=1e-300), name


@given(st.floats(0, 0.99))
def test_angle_bound_is_the_footnotes(eps_value):
    assert formulas.angle_bound(eps=eps_value) == pytest.approx(2 * eps_value / (1 - eps_value))


def test_one_active_feature_has_no_crosstalk_to_miss_it():
    assert formulas.miss(l=1, n=64) == 0
    assert formulas.crosstalk_std_present(l=1, n=64) == 0
    assert sp.limit(formulas.expected_errors.expr.subs({n: 64, m: 10}).rewrite(sp.erfc), l, 1, "+").equals(
        formulas.expected_errors.expr.subs({n: 64, m: 10, l: 1}).rewrite(sp.erfc)
    )


def test_no_interference_at_as_many_features_as_neurons():
    assert formulas.welch_bound(n=100, m=100) == 0
    assert formulas.max_active_tight(n=100, m=100) == 100
    assert formulas.max_active(n=100, m=100) == pytest.approx(2.714, abs=5e-4)


@pytest.mark.parametrize("n_value", [2, 3, 4, 16, 513])
def test_overlap_law_is_a_law_with_variance_one_over_n(n_value):
    angle = np.pi / 2

    def moment(power):
        # t = sin(angle) removes the endpoint singularity that the density has at n = 2
        return quad(
            lambda a: np.sin(a) ** power * formulas.overlap_density(n=n_value, t=np.sin(a)) * np.cos(a), -angle, angle
        )[0]

    assert moment(0) == pytest.approx(1, rel=1e-7)
    assert moment(2) == pytest.approx(1 / n_value, rel=1e-6)


@given(n_value=st.integers(2, 2000), t_value=st.floats(0.01, 0.95))
def test_overlap_tail_integrates_the_density(n_value, t_value):
    with mpmath.workdps(30):
        c = mpmath.gamma(n_value / mpmath.mpf(2)) / mpmath.gamma((n_value - 1) / mpmath.mpf(2)) / mpmath.sqrt(mpmath.pi)
        tail = c * mpmath.quad(lambda a: mpmath.cos(a) ** (n_value - 2), [mpmath.asin(t_value), mpmath.pi / 2])
    assume(tail > 1e-290)
    assert formulas.overlap_tail(n=n_value, t=t_value) == pytest.approx(float(tail), rel=1e-8)


@given(n_value=st.integers(2, 2000), t_value=st.floats(0, 1))
def test_elementary_tail_is_never_below_the_exact_one(n_value, t_value):
    exact, bound = (f(n=n_value, t=t_value) for f in (formulas.overlap_tail, formulas.overlap_tail_bound))
    assert bound >= exact * (1 - 1e-12)


@given(n_value=st.integers(2, 4000), m_value=st.integers(2, 10**7))
def test_median_of_the_worst_overlap_halves_its_law(n_value, m_value):
    median = formulas.worst_overlap_median(n=n_value, m=m_value)
    assume(median**2 < 1 - 1e-6)
    # 1 - t² keeps only this many digits once t is near 1, and the tail is its ((n - 1)/2)-th power
    rounding = 1e-10 + 1e-15 * n_value / (1 - median**2)
    assert formulas.worst_overlap_law(n=n_value, m=m_value, t=median) == pytest.approx(0.5, rel=rounding)


@given(n_value=st.integers(2, 4000), m_value=st.integers(2, 10**7))
def test_random_directions_break_the_lemmas_overlap_with_probability_below_one_over_m_squared(n_value, m_value):
    overlap = formulas.jl_overlap(n=n_value, m=m_value)
    assume(overlap <= 1)
    pairs_both_signs = m_value * (m_value - 1)
    assert pairs_both_signs * formulas.overlap_tail(n=n_value, t=overlap) <= 1 / m_value**2


@given(n_value=st.integers(2, 1000), eps_value=st.floats(0, 0.9))
def test_what_fits_never_exceeds_what_can_fit(n_value, eps_value):
    at = dict(n=n_value, eps=eps_value)
    assume(formulas.gilbert_varshamov.contains(**at))
    found = max(n_value, formulas.gilbert_varshamov(**at))
    for bound in (formulas.welch_directions, formulas.dgs_directions):
        if bound.contains(**at):
            assert found <= bound(**at) * (1 + 1e-12)


@given(n_value=st.integers(2, 10**4), m_value=st.integers(2, 10**6), share=st.floats(0.001, 0.999))
def test_bounds_are_what_the_chapter_derives(n_value, m_value, share):
    sure = sqrt(1 - (m_value**2 / (2 * share)) ** (-2 / (n_value - 1)))
    assert formulas.worst_overlap_sure(m=m_value, n=n_value, delta=share) == pytest.approx(sure, rel=1e-9, abs=1e-7)
    eps_value = sqrt(3 * share / (n_value + 2))
    most = n_value * (n_value + 2) * (1 - eps_value**2) / (3 - (n_value + 2) * eps_value**2)
    assert formulas.dgs_directions(n=n_value, eps=eps_value) == pytest.approx(most)
    if m_value >= n_value:
        squared = (m_value - n_value) / (n_value * (m_value - 1))
        if m_value > n_value * (n_value + 1) / 2:
            solved = (3 * m_value - n_value * (n_value + 2)) / ((n_value + 2) * (m_value - n_value))
            squared = max(squared, 1 / n_value, solved)
        assert formulas.worst_overlap_floor(m=m_value, n=n_value) == pytest.approx(sqrt(squared))


# -- overlaps of two random directions: moments and generating function -------------------------------


def test_moments_of_the_overlap_are_ratios_of_products():
    for n_value in (1, 2, 3, 8, 100):
        for k_value in range(1, 9):
            odd = prod(range(1, 2 * k_value, 2))
            even = prod(n_value + 2 * i for i in range(k_value))
            found = formulas.overlap_moment(k=k_value, n=n_value)
            assert found == pytest.approx(odd / even, rel=1e-12)
            assert found <= odd / n_value**k_value * (1 + 1e-12)


@pytest.mark.slow
@given(n_value=st.integers(2, 1000), k_value=st.integers(1, 20))
def test_moments_of_the_overlap_integrate_the_density(n_value, k_value):
    with mpmath.workdps(30):
        half_n = n_value / mpmath.mpf(2)
        c = mpmath.gamma(half_n) / mpmath.gamma(half_n - mpmath.mpf(1) / 2) / mpmath.sqrt(mpmath.pi)
        moment = (
            2
            * c
            * mpmath.quad(
                lambda a: mpmath.sin(a) ** (2 * k_value) * mpmath.cos(a) ** (n_value - 2), [0, 0.1, 0.4, mpmath.pi / 2]
            )
        )
    assert formulas.overlap_moment(k=k_value, n=n_value) == pytest.approx(float(moment), rel=1e-9)


@settings(max_examples=300)
@given(n_value=st.integers(1, 10**4), relative=st.floats(0, 6))
@example(n_value=1, relative=0.5)
def test_generating_function_of_the_overlap_stays_below_that_of_the_normal_law(n_value, relative):
    u_value = relative * sqrt(n_value)
    mean = float(mpmath.hyp0f1(n_value / 2, u_value**2 / 4))
    assert mean <= formulas.overlap_mgf_bound(n=n_value, u=u_value) * (1 + 1e-12)
    if n_value == 1:
        assert mean == pytest.approx(np.cosh(u_value), rel=1e-12)


# -- the worst of many random directions --------------------------------------------------------------


def test_worst_overlap_is_approached_by_the_median_of_the_law():
    # the law is solved by n t² = 4 ln m - ln(ln m) - ln(8 π ln² 2) + ..., n being far larger than ln m
    gaps = []
    for decades in (3, 6, 12, 24, 48, 70):
        at = dict(n=1e12, m=10.0**decades)
        ratio = formulas.worst_overlap_median(**at) / formulas.worst_overlap(**at)
        four_logs = 4 * log(at["m"])
        next_term = sqrt(1 - (log(four_logs / 4) + log(8 * pi * log(2) ** 2)) / four_logs)
        gaps.append(abs(ratio - next_term))
        assert ratio < 1
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1e-4
    assert ratio > 0.98


def test_a_pair_beyond_worst_overlap_sure_is_less_likely_than_delta():
    at = places(
        dict(n=(2, 4000), m=(2, 10**7), delta=(1e-12, 0.999, "log")),
        dict(n=(2, 3, 4000), m=(2, 3, 4, 10**7), delta=(1e-12, 0.1, 0.5, 0.999)),
    )
    t_values = formulas.worst_overlap_sure(**at)
    assert_everywhere((t_values > 0) & (t_values <= 1), at)
    left = 1 - t_values**2
    # the distance to 1 keeps only this many digits
    known = left > 1e-12
    assert known.mean() > 0.9
    rounding = 1e-12 + 1e-15 * at["n"] / np.where(known, left, 1)
    expected_pairs = at["m"] * (at["m"] - 1) * formulas.overlap_tail(n=at["n"], t=t_values)
    assert_everywhere((expected_pairs <= at["delta"] * (1 + rounding)) | ~known, at)


def no_pair_in_a_plane(m_value, t_value):
    """P(no |t| > t_value) for m lines through the origin of a plane, m spacings on a circle of length π all above arccos."""
    return np.maximum(0.0, 1 - m_value * np.arccos(t_value) / pi) ** (m_value - 1)


def test_the_law_of_the_worst_pair_is_off_by_at_most_its_error_in_a_plane():
    drawn = places(dict(m=(2, 2000), pairs=(1e-6, 20.0)), dict(m=(2, 3, 2000), pairs=(1e-6, log(2), 20.0)))
    angle = pi * drawn["pairs"] / (drawn["m"] * (drawn["m"] - 1))
    inside = angle < pi / 2
    m_values, angle = drawn["m"][inside], angle[inside]
    at = dict(n=np.full(m_values.shape, 2), m=m_values, t=np.cos(angle))
    gap = formulas.worst_overlap_law(**at) - no_pair_in_a_plane(m_values, at["t"])
    rounding = 1e-15 * m_values**2 / angle
    assert_everywhere(abs(gap) <= formulas.worst_overlap_law_error(**at) + rounding, at)


def test_the_law_of_the_worst_pair_is_off_by_at_most_its_error_for_two_directions():
    at = places(dict(n=(2, 500), t=(0.0, 1.0)), dict(n=(2, 3, 500), t=(0, 0.5, 1)))
    truth = 1 - 2 * formulas.overlap_tail(**at)
    at["m"] = np.full(truth.shape, 2)
    error = formulas.worst_overlap_law_error(**at)
    assert_everywhere(abs(formulas.worst_overlap_law(**at) - truth) <= error + 1e-15, at)


@pytest.mark.parametrize("m_value", [2, 3, 10, 100, 1000])
def test_the_median_is_off_by_at_most_its_error_which_is_below_one_over_m(m_value):
    error = formulas.worst_overlap_median_error(m=m_value)
    assert error < 1 / m_value
    for n_value in (5, 64, 1000):
        median = formulas.worst_overlap_median(n=n_value, m=m_value)
        assert formulas.worst_overlap_law_error(n=n_value, m=m_value, t=median) == pytest.approx(error, rel=1e-6)
    in_a_plane = np.cos(pi * log(2) / (m_value * (m_value - 1)))
    assert abs(no_pair_in_a_plane(m_value, in_a_plane) - 0.5) <= error


# -- from lengths to angles ---------------------------------------------------------------------------


def test_kept_lengths_of_sums_and_differences_keep_the_angle():
    at = places(
        dict(long=(0.05, 1.4), short=(0.05, 1.4), angle=(0.0, pi)),
        dict(long=(0.05, 1, 1.4), short=(0.05, 1, 1.4), angle=(0, pi / 3, pi / 2, pi)),
    )
    long, short, cosine = at["long"], at["short"], np.cos(at["angle"])
    squares = [long**2 + short**2 + sign * 2 * long * short * cosine for sign in (1, -1)]
    eps_values = np.max([abs(square - 1) for square in (long**2, short**2, squares[0] / 2, squares[1] / 2)], axis=0)
    kept = eps_values < 1
    assert kept.mean() > 0.1
    for bound in (formulas.angle_bound_parallelogram, formulas.angle_bound_polarised):
        most = bound(eps=np.where(kept, eps_values, 0))
        assert_everywhere((abs(cosine) <= most * (1 + 1e-12) + 1e-15) | ~kept, at)


@given(eps_value=st.floats(0.001, 0.7))
def test_the_parallelogram_bound_is_reached(eps_value):
    long, short, inner = sqrt(1 + eps_value), sqrt(1 - eps_value), eps_value
    total, gap = long**2 + short**2 + 2 * inner, long**2 + short**2 - 2 * inner
    assert (total / 2, gap / 2) == (pytest.approx(1 + eps_value), pytest.approx(1 - eps_value))
    assert inner / (long * short) == pytest.approx(formulas.angle_bound_parallelogram(eps=eps_value))


# -- what no code can do ------------------------------------------------------------------------------


def lines_of_e8():
    """The 120 lines through the shortest vectors of the lattice E8."""
    signs = np.array([(a, b) for a in (1, -1) for b in (1, -1)])
    pairs = [
        a * np.eye(8)[i] + b * np.eye(8)[j] for i in range(8) for j in range(i) for a, b in signs
    ]  # fmt: skip
    halves = [np.array(row) / 2 for row in product((1, -1), repeat=8) if prod(row) == 1]
    vectors = np.array(pairs + halves) / sqrt(2)
    first = np.array([row[np.flatnonzero(row)[0]] > 0 for row in vectors])
    return vectors[first].T


SPECIAL = {
    "E8": lines_of_e8(),
    "Kerdock 4": codes.kerdock(4),
    "Kerdock 16": codes.kerdock(16),
    "Kerdock 64": codes.kerdock(64),
    **{f"maximal {n_value}": codes.maximal_equiangular(n_value) for n_value in (2, 3, 7, 23)},
}


@pytest.mark.parametrize("name", SPECIAL)
def test_special_codes_reach_the_bound_of_delsarte_goethals_and_seidel(name):
    F = SPECIAL[name]
    n_value, m_value = F.shape
    worst = codes.coherence(F).worst
    assert formulas.dgs_directions(n=n_value, eps=worst) == pytest.approx(m_value, rel=1e-9)
    assert formulas.worst_overlap_floor(n=n_value, m=m_value) == pytest.approx(worst, rel=1e-12)


def test_e8_has_120_lines_that_overlap_by_at_most_one_half():
    F = lines_of_e8()
    assert F.shape == (8, 120)
    np.testing.assert_allclose(np.unique(abs(F.T @ F).round(12)), [0, 0.5, 1])


@pytest.mark.parametrize(
    "F", [codes.simplex(9), codes.equiangular(15), codes.kerdock(4)[:, 1:], codes.kerdock(16)[:, :137]]
)
def test_the_floor_of_the_worst_overlap_is_reached(F):
    n_value, m_value = F.shape
    floor = formulas.worst_overlap_floor(n=n_value, m=m_value)
    assert codes.coherence(F).worst == pytest.approx(floor, rel=1e-12)


@settings(max_examples=300)
@given(n_value=st.integers(1, 9), extra=st.integers(0, 60), seed=st.integers(0, 2**32 - 1), share=st.floats(0, 1))
def test_no_code_breaks_what_no_code_can_break(n_value, extra, seed, share):
    m_value = max(2, n_value + extra)
    F = codes.random_code(n_value, m_value, np.random.default_rng(seed))
    worst = codes.coherence(F).worst
    assert formulas.worst_overlap_floor(n=n_value, m=m_value) <= worst * (1 + 1e-12)
    for bound in (formulas.dgs_directions, formulas.welch_directions):
        if bound.contains(n=n_value, eps=worst):
            assert m_value <= bound(n=n_value, eps=worst) * (1 + 1e-9)
    # the inequality that the bound's proof rests on, at every eps: it holds for codes with any overlaps
    squares = (F.T @ F) ** 2
    eps_squared = share * min(1, 3 / (n_value + 2))
    mean = (3 - (n_value + 2) * eps_squared) / (n_value * (n_value + 2))
    assert (squares * (squares - eps_squared)).sum() >= m_value**2 * mean * (1 - 1e-12) - 1e-12


@pytest.mark.parametrize(("n_value", "m_value"), [(2, 2), (2, 3), (2, 4), (3, 4), (3, 7), (3, 9), (4, 9), (5, 17)])
def test_no_searched_code_breaks_what_no_code_can_break(n_value, m_value):
    worst = codes.coherence(codes.optimised(n_value, m_value, np.random.default_rng(0), starts=4)).worst
    assert formulas.worst_overlap_floor(n=n_value, m=m_value) <= worst + 1e-9


@given(n_value=neurons, m_value=features, delta_value=st.floats(1e-12, 0.99))
def test_sure_limits_are_where_the_sure_errors_reach_what_is_allowed(n_value, m_value, delta_value):
    l_value = formulas.max_active_sure(n=n_value, m=m_value, delta=delta_value)
    assume(1 <= l_value <= m_value)
    assert formulas.errors_sure(l=l_value, m=m_value, n=n_value) == pytest.approx(delta_value, rel=1e-9)
    assume(n_value <= 5600 * l_value)
    assert formulas.max_features_sure(l=l_value, n=n_value, delta=delta_value) == pytest.approx(m_value, rel=1e-9)


def test_errors_at_the_limit_approach_their_asymptote():
    ratios = []
    for decades in (4, 8, 16, 64, 256):
        m_value, n_value = 10.0**decades, 10.0**4
        l_value = formulas.max_active(m=m_value, n=n_value)
        errors = formulas.expected_errors(l=l_value, m=m_value, n=n_value)
        ratios.append(errors / formulas.errors_at_limit(m=m_value))
    assert ratios == sorted(ratios)
    assert 1 - ratios[-1] < 1 / (2 * 256 * log(10)) * 1.01
    assert formulas.errors_at_limit(m=1e4) == pytest.approx(1 / sqrt(4 * pi * log(1e4)))


def test_density_agrees_with_the_gamma_function():
    assert formulas.overlap_density(n=5, t=0.3) == pytest.approx(gamma(2.5) / gamma(2) / sqrt(pi) * (1 - 0.09))


def test_welch_is_zero_at_n_and_tends_to_the_typical_overlap():
    expr = formulas.welch_bound.expr
    assert expr.subs(m, n) == 0
    assert sp.simplify(sp.limit(expr.subs(n, 7), m, sp.oo) - 1 / sp.sqrt(7)) == 0


def test_every_formula_belongs_to_one_chapter():
    assert sorted(name for topic in formulas.topics.values() for name in topic) == sorted(formulas.registry)

"""The formulas' right-hand sides, against numbers computed another way."""

from math import erfc, exp, gamma, log, pi, sqrt

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import quad

from superposition import formulas
from superposition.symbols import l, m, n

neurons = st.integers(2, 10**6)
features = st.integers(2, 10**9)


def upper_tail(x):
    return erfc(x / sqrt(2)) / 2


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


@given(n_value=st.integers(2, 1000), eps_value=st.floats(0.02, 0.9))
def test_what_fits_never_exceeds_what_can_fit(n_value, eps_value):
    at = dict(n=n_value, eps=eps_value)
    assume(formulas.gilbert_varshamov.contains(**at))
    found = formulas.gilbert_varshamov(**at)
    if formulas.welch_directions.contains(**at):
        assert found <= formulas.welch_directions(**at)
    if formulas.kabatiansky_levenshtein.contains(**at):
        polynomial_factor = 20 * n_value**2
        assert found <= formulas.kabatiansky_levenshtein(**at) * polynomial_factor


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

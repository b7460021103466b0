"""Capacity, balls, noisy neurons and linear decoders: the formulas against counts, high precision and simulation.

Simulated values are compared at z = 6.5 standard errors, a two-sided tail of 8.1e-11 each. This file makes fewer than
1,100 such comparisons, so the chance that any of them fails by accident is below 1100 * 8.1e-11 = 9e-8; a factor of a
hundred is left for means that are not quite Gaussian.
"""

from math import comb, log, log2, pi, sqrt

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from superposition import formulas
from superposition.codes import orthoplex, random_code, simplex, tight_frame
from superposition.data.dictionaries import dictionaries
from superposition.formula import log_binomial, to_latex
from superposition.simulate import dense_errors, largest_active, linear_loss, one_hot_error, superposed_errors
from superposition.symbols import l, m

Z = 6.5


def rng(seed=0):
    return np.random.default_rng(seed)


def precise(m_value, l_value):
    """log2 C(m, l) from log-gammas with 60 digits."""
    with mpmath.workdps(60):
        a, b = mpmath.mpf(m_value), mpmath.mpf(l_value)
        difference = mpmath.loggamma(a + 1) - mpmath.loggamma(b + 1) - mpmath.loggamma(a - b + 1)
        return float(difference / mpmath.log(2))


# -- capacity ---------------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 10**6))
def test_capacity_counts_the_active_sets(one, other, n_value):
    l_value, m_value = sorted((one, other))
    counted = log2(comb(m_value, l_value)) / n_value
    assert formulas.capacity_bits(l=l_value, m=m_value, n=n_value) == pytest.approx(counted, rel=1e-13, abs=1e-15)


@given(st.integers(2, 10**12), st.floats(0, 1))
def test_capacity_keeps_its_digits_at_a_trillion_features(m_value, part):
    l_value = min(m_value - 1, max(1, round(m_value**part)))
    for size in (l_value, m_value - l_value):
        found = formulas.capacity_bits(l=size, m=m_value, n=1)
        assert found == pytest.approx(precise(m_value, size), rel=1e-13)


def test_the_plain_difference_of_gammas_does_not_keep_them():
    plain = sp.lambdify((m, l), log_binomial(m, l).rewrite(sp.loggamma), "scipy")
    assert abs(plain(1e12, 1.0) - log(1e12)) > 1e-4
    assert formulas.capacity_bits(l=1, m=1e12, n=1) == pytest.approx(log2(1e12), rel=1e-15)


@pytest.mark.parametrize("m_value", [1, 2, 3, 64, 10**6, 10**12])
def test_all_active_features_tell_nothing(m_value):
    assert formulas.capacity_bits(l=m_value, m=m_value, n=1) == 0


def test_binomial_is_printed_as_one():
    assert to_latex(log_binomial(m, l)) == r"\ln\binom{m}{l}"
    assert log_binomial(sp.Integer(10), sp.Integer(3)).evalf() == pytest.approx(log(120))


@given(st.floats(10, 1e12), st.floats(0.01, 0.9), st.floats(2, 8))
def test_capacity_limit_is_from_below_and_within_its_margin(m_value, alpha, c):
    n_value = c * m_value**alpha * log(m_value)
    if n_value < c * log(m_value) or n_value < 1:
        return
    exact = formulas.capacity_at_limit(c=c, m=m_value, n=n_value)
    above = exact - formulas.capacity_limit(c=c, alpha=alpha)
    assert -1e-12 <= above <= 1 / (c * log(2) * log(m_value)) + 1e-12


def test_best_threshold_is_the_constant_put_into_the_limit():
    alphas = np.linspace(0, 1, 11)
    best = formulas.capacity_limit(c=formulas.decoder_constant(alpha=alphas), alpha=alphas)
    assert np.allclose(best, formulas.capacity_best(alpha=alphas), rtol=1e-14, atol=1e-15)
    assert formulas.decoder_constant(alpha=[0, 1]).tolist() == [2, 8]


def test_no_superposed_capacity_exceeds_three_quarters_of_a_bit():
    assert formulas.capacity_best(alpha=0) == pytest.approx(1 / (2 * log(2)))


# -- ball and cube ----------------------------------------------------------------------------------------


def test_balls_of_two_and_three_neurons_have_their_school_volumes():
    area, volume = pi, 4 * pi / 3
    assert formulas.ball_inscribed_bits(n=2) == pytest.approx(log2(area / 4) / 2)
    assert formulas.ball_inscribed_bits(n=3) == pytest.approx(log2(volume / 8) / 3)
    assert formulas.ball_equal_power_bits(n=2) == pytest.approx(log2(area * 4 / 3 / 4) / 2)
    assert formulas.ball_equal_power_bits(n=3) == pytest.approx(log2(volume * (5 / 3) ** 1.5 / 8) / 3)


def test_ball_of_equal_power_has_the_mean_square_of_the_cube():
    n_value, points = 5, 200_000
    g = rng().standard_normal((points, n_value))
    inside = g / np.linalg.norm(g, axis=1)[:, None] * rng(1).random(points)[:, None] ** (1 / n_value)
    squares = ((n_value + 2) / 3) * (inside**2).mean(axis=1)
    assert abs(squares.mean() - 1 / 3) < Z * squares.std() / sqrt(points)


def test_balls_approach_their_limits():
    far = 1e6
    assert formulas.ball_equal_power_bits(n=far) == pytest.approx(log2(pi * np.e / 6) / 2, abs=1e-4)
    assert formulas.ball_inscribed_bits(n=far) == pytest.approx(log2(pi * np.e / (2 * far)) / 2, abs=1e-4)


def test_radius_given_up_is_that_of_the_active_features():
    n_value, m_value = 4096, 10**6
    ratio = n_value / formulas.max_active(m=m_value, n=n_value)
    assert formulas.radius_bits(m=m_value) == pytest.approx(log2(ratio) / 2)


# -- noisy neurons ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n_value", "K", "snr"), [(2, 2, 1.0), (100, 4, 20.0), (1000, 8, 150.0), (50, 2, 0.1)])
def test_dense_neurons_err_as_the_formula_says(n_value, K, snr):
    found = dense_errors(n_value, K, snr, 4000, rng())
    assert abs(found.errors - formulas.dense_errors(n=n_value, K=K, S=snr)) < Z * found.errors_se


@pytest.mark.slow
@pytest.mark.parametrize("snr", [0.5, 2.0, 50.0])
def test_shortcut_from_noisy_neurons_equals_brute_force(snr):
    n_value, m_value, size, trials = 64, 200, 3, 3000
    source, counts = rng(5), np.empty(trials)
    for i in range(trials):
        F = random_code(n_value, m_value, source)
        x = F[:, :size].sum(axis=1) + sqrt(size / (n_value * snr)) * source.standard_normal(n_value)
        counts[i] = np.count_nonzero((F.T @ x > 0.5) != (np.arange(m_value) < size))
    found = superposed_errors(n_value, m_value, size, snr, trials, rng(6))
    error = np.hypot(found.errors_se, counts.std() / sqrt(trials))
    assert abs(found.errors - counts.mean()) < Z * error


@pytest.mark.parametrize("snr", [0.3, 1.0, 10.0])
def test_noise_is_as_good_as_fewer_neurons(snr):
    found = superposed_errors(2048, 10**4, 20, snr, 1000, rng(7))
    expected = formulas.expected_errors_noisy(l=20, m=10**4, n=2048, S=snr)
    assert abs(found.errors - expected) < Z * found.errors_se + 0.03 * expected


def test_without_noise_the_old_errors_come_back():
    at = {"l": [1, 5, 40], "m": 10**4, "n": 512}
    assert np.allclose(
        formulas.expected_errors_noisy(**at, S=1e15), formulas.expected_errors(**at), rtol=1e-9, atol=1e-15
    )


@pytest.mark.parametrize("snr", [0.3, 10.0])
def test_supported_active_features_follow_the_noise(snr):
    n_value, m_value = 2048, 10**5
    formula = formulas.max_active_noisy(m=m_value, n=n_value, S=snr)
    allowed = formulas.errors_at_limit(m=m_value)
    draws = rng(8)
    found = largest_active(
        lambda l: superposed_errors(n_value, m_value, l, snr, 200, draws), m_value, allowed, max(1, int(formula))
    )
    assert abs(found.n_active / formula - 1) < 0.03 + Z * found.n_active_se / formula


def test_levels_of_dense_neurons_leave_few_errors_at_their_limit():
    for n_value in (64, 10**4, 10**8):
        snr = 2 * log(n_value) * 21
        K = formulas.dense_levels(n=n_value, S=snr)
        left = formulas.dense_errors(n=n_value, K=K, S=snr)
        assert left == pytest.approx((1 - 1 / K) / sqrt(pi * log(n_value)), rel=0.15)
        assert log2(K) == pytest.approx(formulas.dense_float_bits(n=n_value, S=snr))


@given(st.floats(1e-3, 1e9), st.floats(2, 1e9))
def test_nobody_beats_shannon(snr, n_value):
    bound = formulas.shannon_bits(S=snr)
    if formulas.dense_float_bits.contains(n=n_value, S=snr) and n_value >= 5:
        assert formulas.dense_float_bits(n=n_value, S=snr) <= bound
    at = {"m": n_value * 10, "n": n_value, "S": snr}
    if formulas.noisy_capacity.contains(**at):
        assert formulas.noisy_capacity(**at) <= bound


def test_win_sparsity_is_where_both_need_as_many_neurons():
    for K in (2, 3, 16):
        at = {"K": K, "m": 10**6, "S": 10**4}
        share = formulas.win_sparsity(**at)
        ratio = formulas.neurons_superposed(**at, l=share * 10**6) / formulas.neurons_dense(**at)
        assert ratio == pytest.approx(1)


def test_a_packed_list_never_needs_more_neurons_than_superposition():
    for l_value in (1, 10, 1000, 10**5):
        for K in (2, 4, 16):
            at = {"K": K, "l": l_value, "m": 10**6, "S": 100}
            assert formulas.neurons_listed(**at) < formulas.neurons_superposed(**at)


@pytest.mark.parametrize("K", [2, 3, 4])
def test_levels_used_equally_fill_half_a_gap_with_noise(K):
    levels = np.arange(1, K) / (K - 1)
    n_value, m_value, snr = 4096.0, 10**6, 3.0
    noise = np.mean(levels**2) * (1 + 1 / snr) / n_value
    l_value = 1 / (2 * (K - 1)) ** 2 / (2 * log(m_value) * noise)
    at = {"K": K, "m": m_value, "n": n_value, "S": snr}
    assert formulas.max_active_noisy_levels(**at) == pytest.approx(l_value)
    assert formulas.neurons_superposed(K=K, l=l_value, m=m_value, S=snr) == pytest.approx(n_value)
    if K == 2:
        assert formulas.max_active_noisy(m=m_value, n=n_value, S=snr) == pytest.approx(l_value)
        assert formulas.errors_noisy_sure(l=l_value, m=m_value, n=n_value, S=snr) == pytest.approx(1)


@pytest.mark.slow
def test_no_noisy_readouts_exceed_the_sure_errors():
    draws, most = rng(11), 0
    places = [(n, l_value, m_value) for n in (1, 2, 3) for l_value, m_value in ((1, 1), (1, 2), (3, 3), (n, n + 1))]
    while len(places) < 1000:
        n_value, l_value = (round(2 ** draws.uniform(0, top)) for top in (9, 4))
        places.append((n_value, l_value, l_value + int(2 ** draws.uniform(0, 20)) - 1))
    for n_value, l_value, m_value in places:
        snr = 10 ** draws.uniform(-2, 3)
        found = superposed_errors(n_value, m_value, l_value, snr, 40, draws)
        sure = formulas.errors_noisy_sure(l=l_value, m=m_value, n=n_value, S=snr)
        assert found.errors - Z * found.errors_se <= sure
        most = max(most, found.errors / sure)
    assert most > 0.4


def test_sure_active_features_leave_the_share_of_failures_they_allow():
    at = {"m": 1000, "n": 512, "S": 2.0}
    l_value = formulas.max_active_noisy_sure(delta=0.3, **at)
    assert formulas.errors_noisy_sure(l=l_value, **at) == pytest.approx(0.3)


def test_the_best_threshold_balances_alarms_and_misses():
    l_value, m_value, n_value, snr = 50.0, 1e6, 4000.0, 0.5
    variance = l_value * (1 + 1 / snr) / n_value
    theta = formulas.best_threshold(l=l_value, m=m_value, n=n_value, S=snr)
    alarms = (m_value - l_value) * np.exp(-(theta**2) / (2 * variance))
    assert alarms == pytest.approx(l_value * np.exp(-((1 - theta) ** 2) / (2 * variance)))
    n_value = formulas.neurons_best_threshold(l=l_value, m=m_value, S=snr)
    variance = l_value * (1 + 1 / snr) / n_value
    assert sqrt(2 * variance * log(m_value)) + sqrt(2 * variance * log(l_value)) == pytest.approx(1)


@given(st.floats(0, 1), st.floats(1e-6, 1e6))
def test_share_of_shannon_is_below_one_and_reaches_it_in_loud_noise(alpha, snr):
    share = formulas.shannon_share(alpha=alpha, S=snr)
    assert share <= 1
    exact = formulas.noisy_capacity_best(alpha=alpha, S=snr) / formulas.shannon_bits(S=snr)
    assert share == pytest.approx(exact, rel=1e-9)
    assert formulas.shannon_share(alpha=1e-12, S=1e-6) == pytest.approx(1, abs=1e-5)


def test_bits_at_the_best_threshold_are_those_of_its_neurons():
    alpha, snr, m_value = 0.3, 0.7, 1e300
    l_value = m_value**alpha
    bits = l_value * (log(m_value / l_value) + 1) / log(2)
    found = bits / formulas.neurons_best_threshold(l=l_value, m=m_value, S=snr)
    assert found == pytest.approx(formulas.noisy_capacity_best(alpha=alpha, S=snr), rel=0.003)


def test_the_normal_tail_over_the_true_one_is_the_excess_without_noise():
    at = {"l": 10, "n": 2048}
    assert formulas.gaussian_excess_noisy(**at, S=1e9) == pytest.approx(np.exp(2048 / 64_000))
    assert formulas.gaussian_excess_noisy(**at, S=1) == pytest.approx(np.exp(2048 / 64_000 / 16))
    assert formulas.gaussian_excess_noisy(**at, S=1e-3) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize(
    ("l_value", "n_value", "snr"), [(1, 128, 3.0), (2, 512, 1.0), (2, 256, 10.0), (3, 1024, 10.0), (5, 4000, 3.0)]
)
def test_noise_makes_the_normal_tail_as_good_as_the_excess_says(l_value, n_value, snr):
    t = np.linspace(-1, 1, 2001)
    overlap = (1 - t**2) ** ((n_value - 3) / 2)
    crosstalk = overlap = overlap / overlap.sum()
    for _ in range(l_value - 1):
        crosstalk = np.convolve(crosstalk, overlap)
    places = np.linspace(-l_value, l_value, len(crosstalk))
    true = crosstalk @ special.ndtr((places - 0.5) / sqrt(l_value / (n_value * snr)))
    squared = n_value * snr / (1 + snr) / (4 * l_value)
    normal = special.ndtr(-sqrt(squared))
    excess = formulas.gaussian_excess_noisy(l=l_value, n=n_value, S=snr)
    # what Edgeworth's polynomial takes off the fourth power, and the next cumulant
    neglected = 6 / squared + 1 / (6 * l_value**2)
    assert abs(np.log(normal / true) / np.log(excess) - 1) < neglected


def test_correction_leaves_the_win_in_neurons_where_all_features_fit():
    at = {"L": 32, "m": 10**6, "delta": 0.01}
    l_value = formulas.win_sparsity_depth(**at) * 10**6
    assert 8 * l_value * log(10**6 * 32 / 0.01) == pytest.approx(10**6)
    assert formulas.depth_neurons(l=l_value, **at) == pytest.approx(10**6)


def test_chains_win_where_both_halves_of_a_layer_are_half_of_the_features():
    m_value, kappa, s_value = 1e6, 3.0, 4.0
    l_value = formulas.win_sparsity_chain(kappa=kappa, s=s_value) * m_value
    carried = formulas.dense_chain_features(kappa=kappa, l=l_value, n=m_value / 2, s=s_value)
    assert carried == pytest.approx(m_value)
    assert l_value == pytest.approx(m_value / (32 * 12))


# -- published dictionaries ------------------------------------------------------------------------------


def test_dictionaries_are_found_by_what_they_are():
    found = dictionaries("Gemma 2 9B", features=131_072)
    assert [one.active for one in found] == [11, 19, 34, 53, 62, 114, 221, 276]
    assert {one.neurons for one in found} == {3584}
    with pytest.raises(ValueError, match="network = 'Claude'"):
        dictionaries("Claude")


# -- linear decoders --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n_value", "m_value"), [(1, 2), (2, 2), (2, 3), (2, 7), (20, 21), (20, 60)])
@pytest.mark.parametrize("draw", [random_code, tight_frame, lambda n, m, source: source.standard_normal((n, m))])
def test_every_full_rank_embedding_leaves_the_same_error(n_value, m_value, draw):
    E = draw(n_value, m_value, rng(9))
    assert one_hot_error(E) == pytest.approx(formulas.linear_error(m=m_value, n=n_value), rel=1e-9, abs=1e-20)
    if m_value > n_value > 1:
        with_bias = formulas.linear_error_bias(m=m_value, n=n_value)
        assert one_hot_error(E, bias=True) == pytest.approx(with_bias, rel=1e-9, abs=1e-20)


@pytest.mark.parametrize("n_value", [2, 5, 30])
def test_simplex_with_a_bias_leaves_no_error(n_value):
    assert one_hot_error(simplex(n_value), bias=True) < 1e-25
    assert one_hot_error(simplex(n_value)) == pytest.approx(1 / (n_value + 1) ** 2)


def test_bias_does_not_help_an_embedding_that_has_the_all_ones_row():
    E = rng(3).standard_normal((4, 9))
    E[0] = 1
    assert one_hot_error(E, bias=True) == pytest.approx(one_hot_error(E)) == pytest.approx(5 / 81)


def test_embedding_of_lower_rank_leaves_more():
    E = np.vstack([orthoplex(3), orthoplex(3)])
    assert one_hot_error(E) == pytest.approx(3 / 36)
    assert formulas.linear_error(m=6, n=6) == 0


def second_moments(m_value, l_value):
    """Of the indicator of a uniformly random set, counted over all sets by their two kinds of entries."""
    both = l_value * (l_value - 1) / (m_value * (m_value - 1))
    return np.full((m_value, m_value), both) + (l_value / m_value - both) * np.eye(m_value)


@pytest.mark.parametrize(("l_value", "m_value", "n_value"), [(1, 3, 2), (2, 9, 4), (3, 5, 5), (4, 5, 2), (3, 3, 2)])
def test_no_embedding_of_sets_leaves_less_and_the_best_leaves_that(l_value, m_value, n_value):
    moments, draws = second_moments(m_value, l_value), rng(12)
    least = formulas.linear_error_sets(l=l_value, m=m_value, n=n_value)
    E = draws.standard_normal((n_value, m_value))
    assert linear_loss(E, moments) >= least - 1e-12
    E[0] = 1
    assert linear_loss(E, moments) == pytest.approx(least, abs=1e-12)
    if m_value > n_value:
        centred = moments - (l_value / m_value) ** 2
        least = formulas.linear_error_sets_bias(l=l_value, m=m_value, n=n_value)
        for E in (draws.standard_normal((n_value, m_value)), np.eye(n_value, m_value)):
            assert linear_loss(E, centred) == pytest.approx(least, abs=1e-12)


@given(st.integers(0, 10**6))
def test_linear_loss_is_never_below_the_smallest_eigenvalues(seed):
    draws = rng(seed)
    n_value, m_value = np.sort(draws.integers(1, 7, 2))
    half = draws.standard_normal((m_value, m_value))
    moments = half @ half.T
    values, vectors = np.linalg.eigh(moments)
    least = values[: m_value - n_value].sum() / m_value
    E = draws.standard_normal((n_value, m_value))
    assert linear_loss(E, moments) >= least - 1e-9
    assert linear_loss(vectors[:, m_value - n_value :].T, moments) == pytest.approx(least, abs=1e-9)
    variances = np.sort(draws.random(m_value))[::-1]
    dropped = linear_loss(np.eye(n_value, m_value), np.diag(variances))
    assert dropped == pytest.approx(variances[n_value:].sum() / m_value, abs=1e-12)


def test_linear_superposition_is_no_better_than_dropping_features():
    dropped = np.eye(4, 10)
    assert one_hot_error(dropped) == pytest.approx(one_hot_error(tight_frame(4, 10, rng(1))))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dense_errors(10, 1, 1.0, 10, rng()), "n_levels must be at least 2"),
        (lambda: dense_errors(10, 2, 0, 10, rng()), "snr must be a finite number in"),
        (lambda: dense_errors(10, 2, 1.0, 1, rng()), "trials must be at least 2"),
        (lambda: superposed_errors(10, 4, 2, 1.0, 1, rng()), "trials must be at least 2"),
        (lambda: superposed_errors(10, 4, 2, 1.0, 10, rng(), n_levels=1), "n_levels must be at least 2"),
        (lambda: superposed_errors(10, 4, 2, 0.0, 10, rng()), "snr must be a finite number in"),
        (lambda: superposed_errors(10, 4, 5, 1.0, 10, rng()), "n_active must be between 1 and 4"),
        (lambda: one_hot_error([[np.nan]]), "E must be finite"),
    ],
)
def test_wrong_argument_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_two_levels_and_two_trials_are_enough():
    assert dense_errors(10, 2, 1.0, 2, rng()).trials == 2
    assert superposed_errors(10, 4, 2, 1.0, 2, rng(), n_levels=2).trials == 2

"""Levels that can be told apart: brute force against hand counts, the shortcut against brute force, formulas against both.

Simulated values are compared at z = 6.5 standard errors, a two-sided tail of 8.1e-11 each. This file makes fewer than
100 such comparisons, so the chance that any of them fails by accident is below 100 * 8.1e-11 = 8.1e-9; a factor of
a hundred is left for means that are not quite Gaussian.
"""

from itertools import combinations, combinations_with_replacement, product
from math import comb, log, log2, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import roots_gegenbauer
from scipy.stats import norm

from superposition import formulas, symbols
from superposition.codes import random_code
from superposition.draws import overlap_tail
from superposition.formula import bare
from superposition.simulate import levels
from superposition.simulate.levels import (
    decoded_values,
    largest_levels,
    level_errors,
    nearest_levels,
    random_code_level_errors,
)

Z = 6.5
tail = bare(overlap_tail(symbols.t, symbols.n), [symbols.t, symbols.n])
FIELDS = ("errors", "false_alarms", "misread")


def rng(seed=0):
    return np.random.default_rng(seed)


def fresh(n, m):
    return lambda rng: random_code(n, m, rng)


def counted_by_hand(F, active, level, n_levels):
    """False alarms and misread features: for each readout the nearest level is looked for among all."""
    ladder = np.arange(n_levels) / (n_levels - 1)
    r = F.T @ sum(ladder[k] * F[:, i] for i, k in zip(active, level, strict=True))
    found = [int(np.argmin(abs(ladder - value))) for value in r]
    true = dict(zip(active, level, strict=True))
    wrong = [found[i] != true.get(i, 0) for i in range(F.shape[1])]
    return sum(wrong[i] for i in range(F.shape[1]) if i not in true), sum(wrong[i] for i in active)


def assert_same(one, other):
    for field in FIELDS:
        within = Z * np.hypot(getattr(one, f"{field}_se"), getattr(other, f"{field}_se")) + 1e-12
        assert abs(getattr(one, field) - getattr(other, field)) <= within, (field, one, other)


# -- decoding ---------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-3, 5), min_size=1, max_size=20), st.integers(2, 300), st.floats(0.01, 100))
def test_no_level_is_nearer_than_the_one_decoded(readouts, n_levels, amplitude):
    r = np.array(readouts)
    ladder = amplitude * np.arange(n_levels) / (n_levels - 1)
    found = ladder[nearest_levels(r, n_levels, amplitude)]
    best = abs(r[:, None] - ladder).min(axis=1)
    assert (abs(r - found) <= best + 1e-9 * amplitude).all()


@pytest.mark.parametrize("use", ["uniform", "largest"])
@pytest.mark.parametrize(("n_active", "n_levels"), [(1, 2), (1, 4), (2, 3), (3, 2), (5, 3)])
def test_brute_force_averages_over_active_sets_and_levels(use, n_active, n_levels):
    F = random_code(4, 5, rng(n_active))
    above = range(1, n_levels) if use == "uniform" else [n_levels - 1]
    counts = np.array(
        [
            counted_by_hand(F, active, level, n_levels)
            for active in combinations(range(5), n_active)
            for level in product(above, repeat=n_active)
        ]
    )
    result = level_errors(F, n_active, n_levels, 2000, rng(1), use)
    expected = dict(zip(FIELDS, [counts.sum(axis=1).mean(), *counts.mean(axis=0)], strict=True))
    for field, value in expected.items():
        assert abs(getattr(result, field) - value) <= Z * getattr(result, f"{field}_se"), (field, result, value)


# -- the shortcut -----------------------------------------------------------------------------------------

GRID = [
    (1, 3, 2, 2),
    (2, 2, 1, 3),
    (2, 3, 3, 2),
    (2, 9, 2, 4),
    (5, 5, 5, 3),
    (16, 17, 1, 2),
    (16, 17, 17, 3),
    (64, 300, 4, 3),
    (64, 300, 1, 9),
    (64, 65, 12, 5),
]


@pytest.mark.slow
@pytest.mark.parametrize("use", ["uniform", "largest"])
@pytest.mark.parametrize(("n", "m", "n_active", "n_levels"), GRID)
def test_shortcut_agrees_with_brute_force(n, m, n_active, n_levels, use):
    brute = level_errors(fresh(n, m), n_active, n_levels, 1500 if n * m < 1000 else 800, rng(1), use)
    assert_same(brute, random_code_level_errors(n, m, n_active, n_levels, 3000, rng(2), use))


def test_one_active_feature_at_its_largest_is_exact():
    result = random_code_level_errors(24, 1000, 1, 3, 2, rng(), use="largest")
    assert result.misread == 0
    assert result.errors == pytest.approx(999 * formulas.overlap_tail(n=24, t=0.25), rel=1e-12)


@pytest.mark.parametrize("use", ["uniform", "largest"])
def test_amplitude_changes_nothing(use):
    F = random_code(16, 30, rng())
    assert level_errors(F, 4, 3, 60, rng(), use) == level_errors(F, 4, 3, 60, rng(), use, amplitude=0.25)


@pytest.mark.parametrize(("n", "m", "l", "K"), [(4096, 10**4, 40, 2), (16_384, 10**5, 30, 3), (65_536, 10**6, 50, 4)])
def test_errors_follow_the_gaussian_formula_for_many_neurons(n, m, l, K):
    run = random_code_level_errors(n, m, l, K, 3000, rng(), "largest")
    formula = formulas.level_errors(l=l, m=m, n=n, K=K)
    # the spherical tail at z standard deviations is thinner by about z⁴/(4 n), the length's spread adds z⁴/(4 n)·(1 - 1/l)
    z = sqrt(n / l) / (2 * (K - 1))
    assert abs(run.errors / formula - 1) < z**4 / (2 * n) + Z * run.errors_se / formula


# -- how many levels --------------------------------------------------------------------------------------

LAYERS = [(256, 300, 2), (1024, 1000, 1), (1024, 10**5, 3), (8192, 10**4, 30), (8192, 10**7, 8), (65_536, 10**5, 100)]


@pytest.mark.parametrize(("n", "m", "l"), LAYERS)
def test_the_floor_of_the_formula_holds_with_all_at_the_largest(n, m, l):
    floor = int(formulas.levels(l=l, m=m, n=n))
    assert floor >= 2
    run = random_code_level_errors(n, m, l, floor, 400, rng(), "largest")
    assert run.errors - Z * run.errors_se < formulas.errors_at_limit(m=m)


@pytest.mark.parametrize(("n", "m", "l"), LAYERS)
def test_measured_gaps_are_at_most_five_per_cent_above_the_formula(n, m, l):
    allowed = formulas.errors_at_limit(m=m)
    found = largest_levels(n, m, l, allowed, 400, rng(), "largest")
    ratio = (found.n_levels - 1) / (formulas.levels(l=l, m=m, n=n) - 1)
    slack = Z * found.n_levels_se / (found.n_levels - 1)
    assert 1 - slack < ratio < 1.05 + slack


def test_uniform_levels_gain_as_the_formula_says_only_with_many_active_features():
    shares = []
    for l in (1, 5, 30, 400):
        n = round(8 * l * log(10**4) * 64)
        found = largest_levels(n, 10**4, l, formulas.errors_at_limit(m=10**4), 1000, rng(l))
        shares.append((found.n_levels - 1) / (formulas.levels_uniform(l=l, m=10**4, n=n) - 1))
    assert shares == sorted(shares)
    assert shares[0] < 0.75
    assert 0.98 < shares[-1] < 1.01


def test_supported_levels_are_where_the_errors_cross():
    found = largest_levels(8192, 10**4, 8, 0.1, 4000, rng(), "largest")
    below, above = (random_code_level_errors(8192, 10**4, 8, K, 4000, rng(1), "largest") for K in found.bracket)
    assert below.errors < 0.1 < above.errors
    assert found.bracket[0] <= found.n_levels <= found.bracket[1]


def test_standard_errors_of_levels_are_the_scatter_of_repetitions():
    repeated = [largest_levels(8192, 10**4, 8, 0.1, 200, rng(seed)) for seed in range(100)]
    values = np.array([found.n_levels for found in repeated])
    claimed = np.sqrt(np.mean([found.n_levels_se**2 for found in repeated]))
    # 100 values know their scatter to 1/sqrt(200); the sum over loud sets has heavy tails, which is given half as much again
    assert abs(values.std(ddof=1) / claimed - 1) < Z / sqrt(200) * 1.5


@pytest.mark.slow
@pytest.mark.parametrize(("n", "l", "use"), [(2048, 2, "uniform"), (8192, 8, "largest")])
def test_intervals_of_levels_cover_the_answer_at_many_trials_as_often_as_they_say(n, l, use):
    truth = largest_levels(n, 10**4, l, 0.1, 30_000, rng(23), use)
    found = [largest_levels(n, 10**4, l, 0.1, 300, rng([23, seed]), use) for seed in range(150)]
    covered = [abs(one.n_levels - truth.n_levels) < 1.96 * one.n_levels_se for one in found]
    # measured 93 to 96 %; six standard errors of 150 runs, and all of them would say that the interval is too wide
    assert 0.93 - 6 * np.sqrt(0.93 * 0.07 / 150) < np.mean(covered) < 1


def test_where_two_levels_are_too_many_the_answer_is_below_two():
    found = largest_levels(64, 10**4, 20, 0.1, 100, rng())
    assert 1 <= found.n_levels < 2
    assert found.bracket == (2, 3)


def test_slices_end_in_the_whole():
    parts = list(largest_levels.slices(1024, 1000, 4, 0.1, 100, rng(), slices=7))
    assert [result.trials for _, result in parts] == [15, 30, 45, 60, 75, 90, 100]
    assert parts[-1][0] == 1


# -- the bound --------------------------------------------------------------------------------------------


def chance_beyond(n, activations, half_gap):
    """P(random overlaps, times a row of activations, add up to more than half a gap), for each row, by quadrature.

    An overlap's law is taken at Gauss's nodes, all but the last, which has its tail.
    """
    if n == 1:
        t, w = np.array([-1.0, 1.0]), np.ones(2)
    elif n == 2:
        t, w = np.cos((np.arange(NODES) + 0.5) * np.pi / NODES), np.ones(NODES)
    else:
        t, w = roots_gegenbauer(NODES, n / 2 - 1)
    square, weights = np.zeros((len(activations), 1)), np.ones(1)
    for k, a in enumerate(activations.T[:, :, None, None]):
        square = square[..., None] + a * a
        if k:
            square = square + 2 * a * np.sqrt(square - a * a) * t
            weights = np.outer(weights, w / w.sum())
        square, weights = np.maximum(square.reshape(len(activations), -1), 0), weights.ravel()
    with np.errstate(divide="ignore"):
        return tail(half_gap[:, None] / np.sqrt(square), float(n)) @ weights


def expected_wrong(n, level, gaps):
    """For each row of levels: the chance that one absent feature is read as active, and how many of the row are misread."""
    half_gap, level = 1 / (2 * gaps), level / gaps[:, None]
    misread = [
        (1 + (level[:, i] < 1)) * chance_beyond(n, np.delete(level, i, axis=1), half_gap) for i in range(level.shape[1])
    ]
    return chance_beyond(n, level, half_gap), sum(misread)


NODES = 20
# every choice of levels, for up to three active features and six levels; more levels are drawn
CHOICES = {
    l: [(gaps, *level) for gaps in range(1, 6) for level in combinations_with_replacement(range(1, gaps + 1), l)]
    for l in (1, 2, 3)
}


def wrong_over_bound(n, l, rng):
    """Both parts of the expected number of wrong levels, as shares of what the bound gives them."""
    gaps = rng.integers(6, 16, 10)
    drawn = np.column_stack([gaps, rng.integers(1, gaps[:, None], (10, l), endpoint=True)])
    gaps, *level = np.concatenate([CHOICES[l], drawn]).T
    absent, misread = expected_wrong(n, np.transpose(level), gaps)
    # the bound is (m + l) of these: m - l for the absent, twice l for the active
    chance = formulas.level_errors_sure(K=gaps + 1, l=l, m=l, n=n) / (2 * l)
    return absent / chance, misread / (2 * l * chance)


@pytest.mark.parametrize("l", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7, 10, 13, 16, 20, 25, 33, 40, 70, 120, 200, 300])
def test_no_levels_are_decoded_wrongly_more_often_than_the_bound(n, l):
    """For every m at once, since the share of the bound lies between that of the absent and that of the active."""
    for share in wrong_over_bound(n, l, rng(n)):
        assert (share <= 1 + 1e-9).all()


def test_bound_on_wrong_levels_would_fail_with_a_smaller_constant():
    l, m = 3, 10**9
    n = 8 * l * 40
    absent, misread = expected_wrong(n, np.ones((1, l)), np.ones(1))
    truth = (m - l) * absent[0] + misread[0]
    assert m * np.exp(-n / (7 * l)) < truth < formulas.level_errors_sure(K=2, l=l, m=m, n=n)


@given(st.floats(1e-9, 0.999), st.integers(1, 10**6), st.integers(0, 10**9), st.integers(1, 10**9))
def test_levels_that_are_sure_leave_the_chance_allowed(delta, l, more, n):
    K = formulas.levels_sure(delta=delta, l=l, m=l + more, n=n)
    assert pytest.approx(1 + sqrt(n / (8 * l * log((2 * l + more) / delta))), rel=1e-12) == K
    if K >= 2:
        assert formulas.level_errors_sure(K=K, l=l, m=l + more, n=n) == pytest.approx(delta, rel=1e-6)


# -- values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "l"), [(2, 1), (2, 2), (64, 65), (1024, 20)])
@pytest.mark.parametrize("amplitude", [1.0, 3.0])
def test_decoded_value_is_right_on_average_and_blurred_as_the_formula_says(n, l, amplitude):
    blur = decoded_values(n, l, 0.3, 20_000, rng(), amplitude) - 0.3
    assert abs(blur.mean()) <= Z * blur.std() / sqrt(20_000)
    exact = formulas.value_noise(A=amplitude, l=l, n=n)
    assert abs((blur**2).mean() - exact**2) <= Z * (blur**2).std() / sqrt(20_000)


# -- formulas ---------------------------------------------------------------------------------------------


@given(st.integers(2, 10**6), st.integers(2, 10**9), st.data())
def test_contract_of_levels(n, m, data):
    l = data.draw(st.integers(1, min(m, 10**6)))
    assert formulas.levels(l=l, m=m, n=n) == pytest.approx(1 + sqrt(n / (8 * l * log(m))), rel=1e-12)


@given(st.integers(2, 10**9), st.floats(2, 50), st.integers(2, 10**6))
def test_active_features_and_levels_are_inverse(m, K, n):
    for active, count in [
        (formulas.max_active_levels, formulas.levels),
        (formulas.max_active_levels_uniform, formulas.levels_uniform),
    ]:
        l = active(m=m, n=n, K=K)
        if count.contains(l=l, m=m, n=n):
            assert count(l=l, m=m, n=n) == pytest.approx(K, rel=1e-9)


def test_wrong_levels_are_tails_of_the_normal_law_at_half_a_gap():
    # half a gap is 1/2: noise of variance 2/32 reaches it at 2 standard deviations, and one of 1/32 at √8
    assert formulas.level_errors(K=2, l=2, m=3, n=32) == pytest.approx(norm.sf(2) + 2 * norm.sf(sqrt(8)), rel=1e-12)
    # half a gap is 1/4 and the mean square 5/8: variances 1/16 and 1/32; the lower level is misread on two sides
    found = formulas.level_errors_uniform(K=3, l=2, m=5, n=20)
    assert found == pytest.approx(3 * norm.sf(1) + 2 * 1.5 * norm.sf(sqrt(2)), rel=1e-12)


@pytest.mark.parametrize(
    ("capacity", "neurons_a_feature"),
    [(formulas.level_capacity, 8 * 2**2), (formulas.level_capacity_uniform, 8 * 2**2 * 5 / 8)],
)
def test_capacity_counts_the_states_of_two_active_features_at_three_levels(capacity, neurons_a_feature):
    n = 2 * neurons_a_feature * log(1000)
    assert capacity(K=3, m=1000, n=n) == pytest.approx(log2(comb(1000, 2) * 2**2) / n, rel=1e-12)


@pytest.mark.parametrize("K", [2, 3, 10, 1000])
def test_mean_square_of_the_levels_is_their_average(K):
    assert formulas.level_mean_square(K=K) == pytest.approx(np.mean((np.arange(1, K) / (K - 1)) ** 2), rel=1e-12)


@pytest.mark.parametrize(("l", "m", "K"), [(1, 1, 2), (1, 2, 3), (3, 10, 2), (10, 10, 4), (7, 100, 5)])
def test_bits_count_the_states(l, m, K):
    states = comb(m, l) * (K - 1) ** l
    assert formulas.level_bits(l=l, m=m, K=K) == pytest.approx(log2(states), abs=1e-9)


@given(st.integers(512, 10**6), st.floats(1, 10**4), st.floats(2, 20), st.floats(0.01, 5))
def test_more_levels_carry_fewer_bits(n, ratio, K, more):
    for formula in (formulas.level_capacity, formulas.level_capacity_uniform):
        few, many = dict(m=n * ratio, n=n, K=K), dict(m=n * ratio, n=n, K=K + more)
        if formula.contains(**many):
            assert formula(**many) < formula(**few)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (dict(n_levels=1), "n_levels must be at least 2, got 1"),
        (dict(trials=1), "trials must be at least 2, got 1"),
        (dict(n_active=11), "n_active must be between 1 and 10, got 11"),
        (dict(use="loud"), "use must be 'largest' or 'uniform', got 'loud'"),
    ],
)
def test_errors_say_what_was_wrong(wrong, message):
    given = dict(n_active=2, n_levels=3, trials=5, rng=rng()) | wrong
    with pytest.raises(ValueError, match=message):
        random_code_level_errors(8, 10, **given)
    with pytest.raises(ValueError, match=message):
        level_errors(np.ones((8, 10)), **given)


def test_allowed_errors_must_be_possible():
    for allowed in (0, 5, 6):
        with pytest.raises(ValueError, match=r"allowed must be a finite number in \(0, 5.0\)"):
            largest_levels(8, 10, 2, allowed, 10, rng())


def test_one_level_and_one_trial_are_too_few():
    with pytest.raises(ValueError, match="n_levels must be at least 2, got 1"):
        nearest_levels([0.5], 1)
    with pytest.raises(ValueError, match="trials must be at least 2, got 1"):
        largest_levels(8, 10, 2, 1, 1, rng())
    assert decoded_values(8, 2, 0.5, 1, rng()).shape == (1,)


@pytest.mark.parametrize("amplitude", [0, -0.5])
def test_the_highest_level_is_above_zero(amplitude):
    for call in (
        lambda: nearest_levels([0.5], 3, amplitude),
        lambda: level_errors(np.eye(3), 1, 3, 5, rng(), amplitude=amplitude),
    ):
        with pytest.raises(ValueError, match=r"amplitude must be a finite number in \(0, inf\)"):
            call()


def test_levels_are_searched_on_two_trials_at_least():
    # a million neurons tell one active feature's levels apart up to half a gap of some five of a thousandth
    found = largest_levels(10**6, 10, 1, 0.1, 3, rng())
    assert found.bracket[0] > 50
    assert found.bracket[1] == found.bracket[0] + 1
    assert found.trials == 3


@pytest.mark.parametrize(
    ("use", "place", "slope"),
    [
        # K - 1 gaps of the highest level: one over the ratio
        ("largest", 1 / 3, 9),
        # r² (g + 1)(2 g + 1) = 6 at g = 3
        ("uniform", sqrt(6 / 28), 2 * 28 / (15 * sqrt(6 / 28))),
    ],
)
def test_number_of_levels_is_as_sure_as_the_place_of_the_crossing(monkeypatch, use, place, slope):
    monkeypatch.setattr(levels, "crossing_of_errors", lambda *_: (place, 0.01))
    found = largest_levels(64, 100, 2, 1, 4, rng(), use=use)
    assert found.n_levels == pytest.approx(4, rel=1e-9)
    assert found.n_levels_se == pytest.approx(0.01 * slope, rel=1e-4)


@pytest.mark.parametrize("gaps", [1, 2, 3, 4, 7])
def test_the_bracket_is_of_the_last_number_allowed_and_the_next(monkeypatch, gaps):
    # a tenth of an error for each gap, in every trial
    monkeypatch.setattr(levels, "_expected", lambda n, m, l, gaps, trials, *_: np.full((2, trials), gaps / 20))
    found = largest_levels(64, 100, 2, gaps / 10 + 0.05, 40, rng())
    assert found.bracket == (gaps + 1, gaps + 2)
    assert gaps + 1 < found.n_levels < gaps + 2


def test_another_use_of_levels_is_refused_by_the_search():
    with pytest.raises(ValueError, match="use must be 'largest' or 'uniform', got 'loud'"):
        largest_levels(64, 100, 2, 1, 4, rng(), use="loud")

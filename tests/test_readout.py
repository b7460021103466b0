"""Brute force counts what a reader would count by hand, and the exact-in-law shortcut has the same law.

Simulated values are compared at z = 6.5 standard errors, a two-sided tail of 8.1e-11 each. This file makes fewer than
400 such comparisons, so the chance that any of them fails by accident is below 400 * 8.1e-11 = 3.3e-8; a factor
of thirty is left for means that are not quite Gaussian.
"""

import inspect
from itertools import combinations
from math import comb
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from superposition import formulas, symbols
from superposition.codes import coherence, kerdock, mutually_unbiased, orthoplex, random_code, simplex, tight_frame
from superposition.draws import overlap_tail
from superposition.formula import bare
from superposition.simulate import chains, readout
from superposition.simulate.active import active_sets
from superposition.simulate.limits import crossing_of_errors, largest_active
from superposition.simulate.readout import (
    adversarial_set,
    crosstalk,
    crosstalk_tail,
    guaranteed_active,
    random_code_errors,
    readout_errors,
    readouts,
)

Z = 6.5
tail = bare(overlap_tail(symbols.t, symbols.n), [symbols.t, symbols.n])
FIELDS = ("errors", "false_alarms", "misses", "any_error")
seeds = st.integers(0, 2**32 - 1)


def rng(seed=0):
    return np.random.default_rng(seed)


def fresh(n, m):
    return lambda rng: random_code(n, m, rng)


def counted_by_hand(F, active, threshold=0.5, amplitude=1.0):
    """False alarms and misses of one active set, feature by feature."""
    x = amplitude * sum(F[:, j] for j in active)
    alarms = sum(F[:, i] @ x > threshold for i in range(F.shape[1]) if i not in active)
    misses = sum(not F[:, i] @ x > threshold for i in active)
    return alarms, misses


def assert_field_equals(result, field, expected):
    within = Z * getattr(result, f"{field}_se") + 1e-12
    assert abs(getattr(result, field) - expected) <= within, (field, result, expected)


# -- brute force ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_active", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("threshold", [0.5, 0.2])
def test_brute_force_averages_over_all_active_sets(n_active, threshold):
    F = random_code(3, 6, rng(n_active))
    counts = np.array([counted_by_hand(F, s, threshold) for s in combinations(range(6), n_active)])
    result = readout_errors(F, n_active, 4000, rng(1), threshold)
    wrong = counts.sum(axis=1)
    for field, expected in zip(FIELDS, [wrong, counts[:, 0], counts[:, 1], wrong > 0], strict=True):
        assert_field_equals(result, field, expected.mean())
    assert result.trials == 4000


def test_one_active_set_is_counted_exactly():
    F = random_code(4, 9, rng(2))
    alarms, misses = counted_by_hand(F, range(9))
    result = readout_errors(F, 9, 10, rng())
    assert (result.false_alarms, result.misses, result.errors) == (alarms, misses, alarms + misses)
    assert misses > 0
    assert result.any_error == 1


def test_errors_are_false_alarms_and_misses_together():
    result = readout_errors(fresh(8, 30), 5, 300, rng())
    assert result.errors == pytest.approx(result.false_alarms + result.misses, rel=1e-14)
    assert 0 < result.misses < 5
    assert 0 < result.false_alarms < 25


def test_a_readout_at_the_threshold_reads_absent():
    F = np.eye(3)
    assert readout_errors(F, 1, 10, rng(), threshold=1.0).misses == 1
    assert readout_errors(F, 1, 10, rng(), threshold=0.0).false_alarms == 0


def test_only_the_threshold_relative_to_the_amplitude_matters():
    F = random_code(8, 30, rng())
    assert readout_errors(F, 4, 50, rng(1), 0.5, 1.0) == readout_errors(F, 4, 50, rng(1), 2.0, 4.0)
    assert random_code_errors(8, 30, 4, 50, rng(1), 0.5, 1.0) == random_code_errors(8, 30, 4, 50, rng(1), 2.0, 4.0)


def test_orthogonal_features_are_read_without_error_and_with_an_honest_standard_error():
    result = readout_errors(np.eye(20), 11, 50, rng())
    assert (result.errors, result.any_error) == (0, 0)
    assert (result.errors_se, result.any_error_se) == (1 / 50, 1 / 50)


@pytest.mark.parametrize(("m", "n_active"), [(7, 1), (7, 2), (100, 2), (7, 7), (7, 4), (3, 3), (40, 39), (2, 1)])
def test_active_sets_are_uniform_over_all_sets(m, n_active):
    sets = active_sets(m, n_active, 20_000, rng(m))
    assert sets.shape == (20_000, n_active)
    distinct, counts = np.unique(np.sort(sets, axis=1), axis=0, return_counts=True)
    assert (np.diff(distinct, axis=1) > 0).all()
    assert distinct.min() >= 0
    assert distinct.max() < m
    possible = comb(m, n_active)
    if possible > 1:
        observed = np.zeros(possible)
        observed[: len(counts)] = counts
        assert stats.chisquare(observed).pvalue > 1e-10


@pytest.mark.parametrize("seed", range(2))
def test_both_ways_of_drawing_active_sets_are_uniform(seed):
    many, few = active_sets(64, 33, 5000, rng(seed)), active_sets(64, 32, 5000, rng(seed))
    for sets in (many, few):
        assert (np.diff(np.sort(sets, axis=1), axis=1) > 0).all()
        share = np.bincount(sets.ravel(), minlength=64) / 5000
        chance = sets.shape[1] / 64
        assert abs(share - chance).max() < Z * np.sqrt(chance * (1 - chance) / 5000)


@pytest.mark.parametrize(("n_active", "ranked"), [(1, False), (32, False), (33, True)])
def test_many_active_features_are_drawn_by_rank_and_few_one_by_one(n_active, ranked):
    drawn, ranks = rng(3), rng(3)
    active_sets(64, n_active, 5, drawn)
    ranks.random((5, 64))
    assert (drawn.bit_generator.state == ranks.bit_generator.state) == ranked


def test_blocks_do_not_change_what_is_counted(monkeypatch):
    F = random_code(6, 12, rng())
    whole = readout_errors(F, 12, 40, rng())
    monkeypatch.setattr(readout, "BLOCK", 30)
    assert readout_errors(F, 12, 40, rng()) == whole
    result = readout_errors(F, 2, 3000, rng())
    counts = np.array([counted_by_hand(F, s) for s in combinations(range(12), 2)]).sum(axis=1)
    assert_field_equals(result, "errors", counts.mean())


@pytest.mark.slow
@pytest.mark.parametrize(
    "measure",
    [
        lambda rng: readout_errors(fresh(48, 20), 4, 30, rng),
        lambda rng: readout_errors(fresh(48, 20), 4, 60, rng, sets_per_code=5),
        lambda rng: random_code_errors(48, 20, 4, 60, rng),
    ],
)
def test_standard_errors_are_the_scatter_of_repetitions(measure):
    repeated = [measure(rng(seed)) for seed in range(600)]
    for field in FIELDS:
        values = np.array([getattr(r, field) for r in repeated])
        claimed = np.sqrt(np.mean([getattr(r, f"{field}_se") ** 2 for r in repeated]))
        # the scatter of 600 Gaussian values is known to 1/sqrt(1200); heavier tails, as here, make it less
        kurtosis = max(stats.kurtosis(values), 0)
        assert abs(values.std(ddof=1) / claimed - 1) < Z * np.sqrt((2 + kurtosis) / (4 * 600)) + 0.02


def test_standard_errors_rest_on_codes_when_sets_share_one():
    """Half of the codes are never wrong, the others always: sets on one code say nothing new."""

    def code(rng):
        return np.eye(4) if rng.random() < 0.5 else np.ones((1, 4))

    result = readout_errors(code, 1, 4000, rng(), sets_per_code=40)
    p = result.any_error
    assert 0.2 < p < 0.8
    assert result.any_error_se == pytest.approx(np.sqrt(p * (1 - p) / 99), rel=1e-12)


# -- the exact-in-law shortcut ----------------------------------------------------------------------------

GRID = [
    (1, 1, 1, 0.5),
    (1, 6, 1, 0.5),
    (1, 6, 2, 0.0),
    (1, 6, 3, 0.5),
    (1, 6, 6, 0.5),
    (2, 2, 2, 0.5),
    (2, 9, 1, 0.5),
    (2, 9, 4, 0.5),
    (2, 9, 9, 0.5),
    (3, 50, 2, 1.2),
    (3, 50, 2, -0.2),
    (5, 5, 5, 0.5),
    (5, 5, 1, 0.5),
    (16, 17, 8, 0.5),
    (16, 40, 3, 0.5),
    (16, 40, 25, 0.3),
    (16, 40, 40, 0.5),
    (64, 300, 1, 0.3),
    (64, 300, 4, 0.5),
    (64, 300, 4, 0.7),
    (64, 300, 80, 0.5),
    (200, 400, 6, 0.5),
]


@pytest.mark.slow
@pytest.mark.parametrize(("n", "m", "n_active", "threshold"), GRID)
def test_shortcut_agrees_with_brute_force(n, m, n_active, threshold):
    shortcut = random_code_errors(n, m, n_active, 6000, rng(1), threshold)
    # sets of many features tell nearly as much on one code as on many
    codes = dict(trials=4000, sets_per_code=10) if m >= 40 and n_active < m else dict(trials=3000)
    brute = readout_errors(fresh(n, m), n_active, rng=rng(2), threshold=threshold, **codes)
    for field in FIELDS:
        difference = getattr(shortcut, field) - getattr(brute, field)
        se = np.hypot(getattr(shortcut, f"{field}_se"), getattr(brute, f"{field}_se"))
        assert abs(difference) < Z * se, (field, shortcut, brute)


@pytest.mark.parametrize("n", [1, 2, 3, 20, 1000])
@pytest.mark.parametrize("threshold", [0.5, 0.05])
def test_one_active_feature_is_exact_and_needs_no_luck(n, threshold):
    m = 10**6
    result = random_code_errors(n, m, 1, 2, rng(), threshold)
    p = float(stats.beta((n - 1) / 2, (n - 1) / 2).sf((1 + threshold) / 2)) if n > 1 else 0.5
    assert result.errors == pytest.approx((m - 1) * p, rel=1e-9)
    assert result.any_error == pytest.approx(-np.expm1((m - 1) * np.log1p(-p)), rel=1e-9)
    assert (result.misses, result.errors_se, result.any_error_se) == (0, 0, 0)


@pytest.mark.parametrize("m", [10**12, 10**30])
def test_shortcut_runs_where_no_matrix_could(m):
    result = random_code_errors(4096, m, 5, 500, rng())
    small = random_code_errors(4096, 10**6, 5, 500, rng())
    assert result.false_alarms == pytest.approx(small.false_alarms * (m - 5) / (10**6 - 5), rel=1e-12)
    assert 0 < result.any_error <= min(1, result.errors)


def test_nobody_is_absent_when_all_are_active():
    result = random_code_errors(30, 40, 40, 200, rng())
    assert (result.false_alarms, result.false_alarms_se) == (0, 0)
    assert result.misses > 0


def test_misses_that_no_draw_has_shown_still_count_as_uncertainty():
    result = random_code_errors(200, 6, 6, 50, rng())
    assert (result.any_error, result.false_alarms) == (0, 0)
    assert result.misses > 0
    assert result.any_error_se == pytest.approx(np.sqrt(result.misses / 50), rel=1e-12)


@pytest.mark.parametrize("n", [2, 3, 10, 1001, 10_001])
def test_tail_is_the_spherical_law_to_the_last_digits(n):
    for s in (0.0, 1e-9, 0.01, 0.3, 0.5, 0.99, 1 - 1e-12):
        with mpmath.workdps(30):
            # the share of the sphere within the angle acos(s) of a pole
            angles = mpmath.linspace(0, mpmath.acos(s), 20)
            exact = mpmath.quad(lambda angle: mpmath.sin(angle) ** (n - 2), angles) / mpmath.beta(0.5, (n - 1) / 2)
        if exact > 1e-300:
            # 1 - s² keeps s to eight digits after the point
            lost = 1e-8 * n**0.5 if s < 1e-8 else 1e-12
            assert tail(s, n) == pytest.approx(float(exact), rel=1e-9, abs=lost)
            assert tail(-s, n) == pytest.approx(float(1 - exact), rel=1e-9, abs=lost)
    assert tail(np.array([-2.0, -1.0, 1.0, 2.0]), n).tolist() == [1, 1, 0, 0]


def test_tail_in_few_dimensions_is_elementary():
    s = np.linspace(-1, 1, 41)
    np.testing.assert_allclose(tail(s, 2), np.arccos(s) / np.pi, atol=1e-12)
    np.testing.assert_allclose(tail(s, 3), (1 - s) / 2, atol=1e-12)
    steps = np.array([-1.5, -1, -0.3, 0, 0.9, 1, 1.5])
    np.testing.assert_allclose(tail(steps, 1), [1, 1, 0.5, 0.5, 0.5, 0, 0], atol=1e-10)


@pytest.mark.parametrize(("n", "n_active"), [(1, 1), (1, 4), (2, 2), (3, 7), (6, 6), (20, 5)])
def test_readouts_of_active_features_have_the_law_of_formed_vectors(n, n_active):
    drawn = chains.states.sample(rng(1), 4000, n=n, l=n_active, shown=n_active)
    square, present = [], []
    for F in (random_code(n, n_active, r) for r in [rng(2)] for _ in range(4000)):
        x = F.sum(axis=1)
        square.append(x @ x)
        present.append(F.T @ x)
    for ours, formed in ((drawn["square"], square), (drawn["present"], present)):
        for power in (1, 2):
            a, b = np.asarray(ours) ** power, np.asarray(formed) ** power
            se = np.hypot(a.std(axis=0), b.std(axis=0)) / np.sqrt(4000)
            assert (abs(a.mean(axis=0) - b.mean(axis=0)) <= Z * se + 1e-12).all()


def test_readouts_of_active_features_add_up_to_the_square():
    drawn = chains.states.sample(rng(), 100, n=5, l=8, shown=8)
    np.testing.assert_allclose(drawn["present"].sum(axis=1), drawn["square"], rtol=1e-12)


def test_shortcut_joins_its_blocks(monkeypatch):
    whole = random_code_errors(20, 1000, 4, 3000, rng(1))
    monkeypatch.setattr(readout, "BLOCK", 100)
    parts = random_code_errors(20, 1000, 4, 3000, rng(2))
    for field in FIELDS:
        se = np.hypot(getattr(whole, f"{field}_se"), getattr(parts, f"{field}_se"))
        assert abs(getattr(whole, field) - getattr(parts, field)) <= Z * se


# -- slices -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slices", [1, 3, 10])
def test_slices_end_at_the_whole_and_tell_how_far_they_are(slices):
    F = random_code(10, 40, rng())
    for steps in (
        list(readout_errors.slices(F, 4, 200, rng(1), slices=slices)),
        list(readout_errors.slices(fresh(10, 40), 4, 200, rng(1), sets_per_code=10, slices=slices)),
        list(random_code_errors.slices(10, 40, 4, 200, rng(1), slices=slices)),
    ):
        fractions = [fraction for fraction, _ in steps]
        assert fractions == sorted(set(fractions))
        assert [result.trials for _, result in steps] == [round(200 * fraction) for fraction in fractions]
        assert fractions[-1] == 1
        assert slices - 1 <= len(steps) <= slices
        assert all(getattr(result, f"{field}_se") > 0 for _, result in steps for field in FIELDS)


def test_a_single_slice_is_the_whole():
    whole = random_code_errors(10, 40, 4, 200, rng(1))
    assert list(random_code_errors.slices(10, 40, 4, 200, rng(1), slices=1)) == [(1, whole)]
    F = random_code(10, 40, rng())
    assert list(readout_errors.slices(F, 4, 200, rng(1), slices=1)) == [(1, readout_errors(F, 4, 200, rng(1)))]


def test_more_slices_than_trials_are_as_many_as_can_be():
    steps = list(random_code_errors.slices(10, 40, 4, 5, rng(), slices=100))
    assert [fraction for fraction, _ in steps] == [0.4, 0.6, 0.8, 1.0]


def test_a_sliced_simulation_looks_like_the_function_it_is():
    names = list(inspect.signature(random_code_errors).parameters)
    assert names == ["n", "m", "n_active", "trials", "rng", "threshold", "amplitude"]
    assert random_code_errors.__name__ == "random_code_errors"
    assert random_code_errors.__doc__.startswith("Wrong readouts of all m features of a random code")


# -- readouts and crosstalk -------------------------------------------------------------------------------


@pytest.mark.parametrize("n_active", [1, 3, 10])
def test_readouts_come_apart_into_present_and_absent(n_active):
    F = tight_frame(6, 10, rng())
    present, absent = readouts(F, n_active, 50, rng())
    assert present.shape == (50, n_active)
    assert absent.shape == (50, 10 - n_active)
    # sum of all readouts weighted by activation is |x|², and (n/m) of the sum of squares for a tight frame
    squares = (present**2).sum(axis=1) + (absent**2).sum(axis=1)
    np.testing.assert_allclose(squares * 6 / 10, present.sum(axis=1), rtol=1e-12)


def test_readouts_of_the_simplex_are_two_numbers():
    present, absent = readouts(simplex(7), 3, 20, rng(), amplitude=2.0)
    np.testing.assert_allclose(present, 2 * (1 - 2 / 7), rtol=1e-12)
    np.testing.assert_allclose(absent, -2 * 3 / 7, rtol=1e-12)


@pytest.mark.parametrize(("n", "m", "n_active"), [(1, 5, 2), (2, 9, 9 - 1), (30, 60, 1), (30, 60, 7), (30, 60, 59)])
def test_crosstalk_of_random_codes_has_variance_l_over_n_and_one_less_on_present_features(n, m, n_active):
    found = crosstalk(fresh(n, m), n_active, 4000, rng(3), sets_per_code=4)
    for field, expected in [
        ("absent_mean", 0),
        ("absent_square", n_active / n),
        ("present_mean", 0),
        ("present_square", (n_active - 1) / n),
    ]:
        assert_field_equals(found, field, expected)


@pytest.mark.parametrize(("n", "m"), [(4, 4), (20, 21), (20, 30)])
def test_crosstalk_of_tight_frames_carries_the_welch_factor(n, m):
    found = crosstalk(lambda rng: tight_frame(n, m, rng), 3, 3000, rng(4), amplitude=2.0, sets_per_code=3)
    welch_squared = (m - n) / (n * (m - 1))
    assert_field_equals(found, "absent_square", 4 * 3 * welch_squared)
    assert_field_equals(found, "present_square", 4 * 2 * welch_squared)


def test_crosstalk_takes_off_the_features_own_part_whatever_its_length():
    found = crosstalk(3 * np.eye(4), 2, 10, rng())
    assert (found.present_mean, found.present_square, found.absent_square) == (0, 0, 0)


# -- what is proved ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_sure_errors_are_never_exceeded_at_a_thousand_places():
    draw = rng(11)
    for _ in range(1000):
        n = int(np.exp(draw.uniform(np.log(2), np.log(5000))))
        l = int(np.exp(draw.uniform(0, np.log(500))))
        if l > 1 and (n - 1) * l < 24:
            continue
        alarm = crosstalk_tail(n, l)
        miss = crosstalk_tail(n, l - 1) if l > 1 and (l == 2 or (n - 1) * (l - 1) >= 24) else 0
        for m in {l, l + 1, n + l, 10**6}:
            assert (m - l) * alarm + l * miss <= formulas.errors_sure(l=l, m=m, n=n), (n, l, m)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("n_active", [1, 2, 3, 6, 12])
def test_sure_errors_hold_in_few_dimensions(n, n_active):
    for m in (n_active, n_active + 1, 50):
        found = random_code_errors(n, m, n_active, 4000, rng(n))
        assert found.errors - Z * found.errors_se <= formulas.errors_sure(l=n_active, m=m, n=n)


@pytest.mark.parametrize(("n", "n_active"), [(13, 2), (64, 3), (3, 12), (40, 40), (16, 5)])
def test_tail_of_a_sum_of_overlaps_is_what_sampling_finds(n, n_active):
    found = random_code_errors(n, 10**6, n_active, 20_000, rng(5))
    absent = 10**6 - n_active
    assert abs(found.false_alarms - absent * crosstalk_tail(n, n_active)) < Z * found.false_alarms_se


@pytest.mark.parametrize(("n", "l"), [(512, 2), (1024, 3), (1024, 5), (1024, 10), (4096, 20)])
def test_normal_law_exceeds_the_truth_by_the_excess_formula(n, l):
    found = formulas.false_alarm(l=l, n=n) / crosstalk_tail(n, l)
    assert found == pytest.approx(formulas.gaussian_excess(l=l, n=n), rel=0.04)


@pytest.mark.parametrize("n", [4, 5, 16])
def test_no_code_reads_every_set_beyond_the_bound(n):
    made = [random_code(n, m, rng(m)) for m in (2 * n, 4 * n, 100)]
    made += [tight_frame(n, m, rng(m)) for m in (2 * n, 4 * n, 100)]
    made += [mutually_unbiased(n), kerdock(n)] if n in (4, 16) else []
    for F in made:
        worst = adversarial_set(F)
        bears = len(worst.active) - 1 if worst else F.shape[1]
        assert bears <= formulas.every_set_bound(m=F.shape[1], n=n)


def test_kerdock_code_reads_every_set_that_its_coherence_promises():
    F = kerdock(64)
    assert guaranteed_active(F) == 3
    assert len(adversarial_set(F).active) > 3


# -- worst sets -------------------------------------------------------------------------------------------


def smallest_wrong_set(F, kind, threshold, feature=None):
    """By trying every set."""
    m = F.shape[1]
    for size in range(1, m + 1):
        for active in combinations(range(m), size):
            r = F.T @ F[:, list(active)].sum(axis=1)
            for i in range(m) if feature is None else [feature]:
                if (kind == "false alarm" and i not in active and r[i] > threshold) or (
                    kind == "miss" and i in active and r[i] <= threshold
                ):
                    return size
    return None


@given(
    n=st.integers(1, 4),
    m=st.integers(1, 8),
    kind=st.sampled_from(["false alarm", "miss", None]),
    threshold=st.floats(0.2, 0.95),
    seed=seeds,
    given_feature=st.booleans(),
)
@settings(deadline=None)
def test_adversarial_set_is_the_smallest_of_all_sets(n, m, kind, threshold, seed, given_feature):
    F = random_code(n, m, rng(seed))
    feature = m // 2 if given_feature else None
    sizes = [smallest_wrong_set(F, one, threshold, feature) for one in ([kind] if kind else ["false alarm", "miss"])]
    size = min((size for size in sizes if size), default=None)
    found = adversarial_set(F, feature, kind, threshold)
    if size is None:
        assert found is None
        return
    assert len(found.active) == len(set(found.active)) == size
    missed = found.feature in found.active
    assert kind is None or missed == (kind == "miss")
    assert found.readout == pytest.approx(F[:, found.feature] @ F[:, list(found.active)].sum(axis=1), abs=1e-12)
    assert (found.readout <= threshold) == missed
    assert feature is None or found.feature == feature


@pytest.mark.parametrize("kind", ["false alarm", "miss"])
def test_adversarial_set_does_not_depend_on_blocks(kind, monkeypatch):
    F = random_code(40, 150, rng())
    whole = adversarial_set(F, kind=kind)
    monkeypatch.setattr(readout, "BLOCK", 150 * 7)
    blocked = adversarial_set(F, kind=kind)
    assert (blocked.feature, blocked.active) == (whole.feature, whole.active)
    assert blocked.readout == pytest.approx(whole.readout, rel=1e-12)
    best = [adversarial_set(F, i, kind) for i in range(150)]
    size = min(len(found.active) for found in best)
    readouts_there = [found.readout for found in best if len(found.active) == size]
    furthest = max(readouts_there) if kind == "false alarm" else min(readouts_there)
    assert len(whole.active) == size
    assert whole.readout == pytest.approx(furthest, rel=1e-12)


@pytest.mark.parametrize("n", [3, 7, 21])
def test_the_simplex_is_never_falsely_alarmed_and_misses_from_half_of_n_on(n):
    assert adversarial_set(simplex(n), kind="false alarm") is None
    found = adversarial_set(simplex(n))
    assert found == adversarial_set(simplex(n), kind="miss")
    assert len(found.active) == (n + 1) // 2 + 1
    assert readout_errors(simplex(n), len(found.active) - 1, 50, rng()).errors == 0
    assert readout_errors(simplex(n), len(found.active), 50, rng()).misses == len(found.active)


def test_orthogonal_features_have_no_worst_set():
    for kind in ("false alarm", "miss"):
        assert adversarial_set(np.eye(6), kind=kind) is None
    assert adversarial_set([[1.0]]) is None


@given(n=st.integers(2, 5), extra=st.integers(0, 4), threshold=st.floats(0.1, 0.9), seed=seeds)
@settings(deadline=None)
def test_every_set_within_the_guarantee_is_read_right(n, extra, threshold, seed):
    F = tight_frame(n, n + extra, rng(seed))
    safe = guaranteed_active(F, threshold)
    assert 0 <= safe <= n + extra
    for kind in ("false alarm", "miss"):
        size = smallest_wrong_set(F, kind, threshold)
        assert size is None or size > safe


@pytest.mark.parametrize("threshold", [0.2, 0.45, 0.5, 0.55, 0.8])
def test_the_guarantee_is_the_largest_that_coherence_allows(threshold):
    for n in (16, 64):
        F = mutually_unbiased(n)
        mu, safe = coherence(F).worst, guaranteed_active(F, threshold)
        assert safe * mu < threshold
        assert (safe - 1) * mu < 1 - threshold
        larger = safe + 1
        assert larger * mu >= threshold or (larger - 1) * mu >= 1 - threshold


def test_the_guarantee_has_its_limits():
    assert guaranteed_active(np.eye(5)) == 5
    assert guaranteed_active(orthoplex(5)) == 0
    assert guaranteed_active(simplex(3)) == 1


# -- capacity ---------------------------------------------------------------------------------------------


def counting(errors):
    """A noiseless measurement, and the numbers of active features it was asked for."""
    asked = []

    def measure(n_active):
        asked.append(n_active)
        return SimpleNamespace(errors=errors(n_active), errors_se=0.0, trials=10**6)

    return measure, asked


@pytest.mark.parametrize("start", [1, 20, 40, 41, 300])
def test_search_for_the_largest_active_number_ends_at_the_crossing(start):
    n, m, allowed = 2000, 10**4, formulas.errors_at_limit(m=10**4)
    measure, asked = counting(lambda l: formulas.expected_errors(l=l, m=m, n=n))
    found = largest_active(measure, m, allowed, start)
    exact = optimize.brentq(lambda l: formulas.expected_errors(l=l, m=m, n=n) - allowed, 2, 100, xtol=1e-12)
    low, high = found.bracket
    assert low <= exact <= high <= low + max(1, low / 3)
    # the quantile is linear but for the misses
    assert found.n_active == pytest.approx(exact, rel=1e-5)
    assert len(asked) == len(set(asked)) + 2 < 20


def test_search_continues_below_one_where_even_one_is_too_many():
    n, m, allowed = 30, 10**4, formulas.errors_at_limit(m=10**4)
    measure, _ = counting(lambda l: m * stats.norm.sf(np.sqrt(n / l) / 2))
    found = largest_active(measure, m, allowed)
    assert found.bracket == (1, 2)
    assert found.n_active == pytest.approx(n / (4 * stats.norm.isf(allowed / m) ** 2), rel=1e-9)


def counted(exact, allowed, m, trials, rng):
    """Errors counted in each trial, whose normal quantile is linear in 1/sqrt(l) and which are `allowed` at `exact`."""
    ratio = stats.norm.isf(allowed / m) * np.sqrt(exact)

    def measure(n_active):
        counts = rng.poisson(m * stats.norm.sf(ratio / np.sqrt(n_active)), trials)
        return SimpleNamespace(errors=counts.mean(), errors_se=counts.std(ddof=1) / np.sqrt(trials), trials=trials)

    return measure


def test_search_covers_known_laws_as_often_as_it_says():
    laws = [
        (1.5, 0.1, 10**4, 500),
        (3.4, 0.1, 10**6, 200),
        (4.2, 1, 500, 50),
        (14.3, 0.1, 10**4, 60),
        (14.3, 0.1, 10**4, 500),
        (200.7, 0.1, 10**6, 60),
    ]
    off = np.empty((len(laws), 150))
    for i, (exact, allowed, m, trials) in enumerate(laws):
        for seed in range(off.shape[1]):
            measure = counted(exact, allowed, m, trials, rng([19, i, seed]))
            found = largest_active(measure, m, allowed, int(exact))
            off[i, seed] = abs(found.n_active - exact) / found.n_active_se
    covered = off < 1.96
    # measured 92 to 99 % for single laws; six standard errors of 150 and of 900 runs
    assert covered.mean(axis=1).min() > 0.92 - 6 * np.sqrt(0.92 * 0.08 / 150)
    assert abs(covered.mean() - 0.95) < 6 * np.sqrt(0.95 * 0.05 / 900)
    assert off.max() < Z


def borne(code, m, allowed, trials, rng, sets_per_code=1):
    return largest_active(lambda l: readout_errors(code, l, trials, rng, sets_per_code=sets_per_code), m, allowed)


@pytest.mark.slow
def test_errors_at_the_largest_active_number_are_those_allowed():
    n, m, allowed = 200, 400, 0.2
    found = borne(fresh(n, m), m, allowed, 4000, rng(1), sets_per_code=40)
    low, high = found.bracket
    assert low <= found.n_active <= high
    sharper = [random_code_errors(n, m, l, 20_000, rng(l)) for l in (low, high)]
    assert sharper[0].errors < allowed < sharper[1].errors
    measured = [(result.errors, result.errors_se) for result in sharper]
    place, se = crossing_of_errors([1 / np.sqrt(low), 1 / np.sqrt(high)], measured, allowed, m)
    assert abs(found.n_active - place**-2) < Z * np.hypot(found.n_active_se, 2 * se * place**-3)


def test_largest_active_of_a_perfect_code_is_all_of_them():
    found = borne(np.eye(13), 13, 0.5, 40, rng())
    assert (found.n_active, found.n_active_se, found.bracket) == (13, 0, (13, 13))


def test_largest_active_of_a_hopeless_code_is_none():
    found = borne(np.ones((1, 5)), 5, 0.5, 40, rng())
    assert (found.n_active, found.n_active_se) == (0, 0)


@pytest.mark.parametrize("n", [99, 100])
def test_the_simplex_bears_half_of_n_and_all_of_m_once_its_signs_are_random(n):
    # l active ones are read at 1 - (l - 1)/n: at n // 2 + 1 that is ½ for even n, and rounding decides
    before, after = (readout_errors(simplex(n), l, 40, rng()).errors for l in (n // 2, n // 2 + 2))
    assert (before, after) == (0, n // 2 + 2)
    low, high = borne(simplex(n), n + 1, 0.5, 40, rng()).bracket
    assert low <= n // 2 + 1 <= high
    signed = borne(lambda rng: tight_frame(n, n + 1, rng), n + 1, 0.5, 40, rng(), sets_per_code=20)
    assert signed.n_active == n + 1


# -- refusals ---------------------------------------------------------------------------------------------

F = np.eye(3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: readout_errors(F, 4, 10, rng()), ValueError, "n_active must be between 1 and 3, got 4"),
        (lambda: readout_errors(F, 0, 10, rng()), ValueError, "n_active must be at least 1, got 0"),
        (lambda: readout_errors(F, 1.0, 10, rng()), TypeError, "n_active must be an integer .* got float 1.0"),
        (lambda: readout_errors(F, 1, 1, rng()), ValueError, "trials must be at least 2, got 1"),
        (lambda: readout_errors(F, 1, 10, None), TypeError, "rng must be a numpy.random.Generator.* got NoneType None"),
        (lambda: readout_errors(F, 1, 10, rng(), np.nan), ValueError, "threshold must be a finite number, got nan"),
        (lambda: readout_errors(F, 1, 10, rng(), amplitude=0), ValueError, r"amplitude must be .*\(0, inf\), got 0"),
        (lambda: readout_errors(F, 1, 10, rng(), sets_per_code=2), ValueError, "sets_per_code must be 1 when code is"),
        (lambda: readout_errors(lambda rng: F, 1, 10, rng(), sets_per_code=3), ValueError, "must divide trials = 10"),
        (lambda: readout_errors(lambda rng: F, 1, 10, rng(), sets_per_code=10), ValueError, "sets_per_code must be b"),
        (lambda: readout_errors("F", 1, 10, rng()), TypeError, "code must be .* got str"),
        (lambda: readout_errors([[np.inf]], 1, 10, rng()), ValueError, "code must be finite"),
        (lambda: readout_errors(lambda rng: F[0], 1, 10, rng()), ValueError, r"code must be .* got shape \(3,\)"),
        (lambda: list(readout_errors.slices(F, 1, 10, rng(), slices=0)), ValueError, "slices must be at least 1"),
        (lambda: random_code_errors(0, 5, 1, 10, rng()), ValueError, "n must be at least 1, got 0"),
        (lambda: random_code_errors(5, 1e12, 1, 10, rng()), TypeError, "m must be an integer .* got float 1000000"),
        (lambda: random_code_errors(5, 4, 5, 10, rng()), ValueError, "n_active must be between 1 and 4, got 5"),
        (lambda: random_code_errors(5, 4, 2, 10, 1), TypeError, "rng must be"),
        (lambda: readouts(F, 2, 0, rng()), ValueError, "trials must be at least 1, got 0"),
        (lambda: crosstalk(F, 3, 10, rng()), ValueError, "n_active must be below m = 3.* got 3"),
        (lambda: adversarial_set(F, 3), ValueError, "feature must be between 0 and 2, got 3"),
        (
            lambda: adversarial_set(F, kind="alarm"),
            ValueError,
            "kind must be 'false alarm', 'miss' or None, got 'alarm'",
        ),
        (lambda: adversarial_set(F, threshold=0), ValueError, r"threshold must be .* got 0"),
        (lambda: adversarial_set(F, threshold=1), ValueError, r"threshold must be .* got 1"),
        (lambda: adversarial_set(np.nan * F), ValueError, "F must be finite"),
        (lambda: guaranteed_active(F, 1.5), ValueError, "threshold must be .* got 1.5"),
        (lambda: largest_active(F, 3, 0.1), TypeError, "measure must be a function .* got ndarray"),
        (lambda: largest_active(len, 3, 1.5), ValueError, r"allowed must be .*\(0, 1.5\), got 1.5"),
        (lambda: largest_active(len, 1, 0.5), ValueError, "m must be at least 2, got 1"),
        (lambda: largest_active(len, 3, 0.5, 4), ValueError, "start must be between 1 and 3, got 4"),
    ],
)
def test_wrong_arguments_are_named_with_what_is_accepted(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_guarantee_never_promises_more_features_than_there_are():
    assert guaranteed_active(np.eye(5)[:, :3]) == 3
    assert guaranteed_active([[1.0, 0.01], [0.0, 1.0], [0.0, 0.0]]) == 2
    assert guaranteed_active([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]) == 0


def test_one_missed_feature_of_three_makes_the_set_wrong():
    # three angles at random, all of them active: each is read by its cosines with all three
    angles = rng(1).uniform(0, 2 * np.pi, (40_000, 3))
    missed = np.cos(angles[:, :, None] - angles[:, None, :]).sum(axis=2) <= 0.5
    some, every = missed.any(axis=1).mean(), missed.all(axis=1).mean()
    found = random_code_errors(2, 3, 3, 4000, rng(2))
    assert some > 0.4
    assert every < 0.1
    assert abs(found.any_error - some) < Z * np.hypot(found.any_error_se, np.sqrt(some * (1 - some) / len(angles)))

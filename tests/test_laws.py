"""The laws by which grids of `tools/grids` are computed, against integrals over the overlaps themselves."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from superposition import formulas
from superposition.codes import random_code
from superposition.simulate import crosstalk_tail
from superposition.simulate.correction import assignment
from tools.grids._laws import borne, log_moment, tail
from tools.grids.compounding_noise import MANY_NEURONS, SEED, late
from tools.grids.error_correction import half_space_units, listened, told_wrong, unit_errs


def over_overlaps(function, n, *more):
    """Mean of a function of one overlap."""

    def weighed(t):
        return formulas.overlap_density(t=t, n=n) * function(t, *more)

    return integrate.quad(weighed, -1, 1, epsabs=0, epsrel=1e-9, points=(0,))[0]


@pytest.mark.parametrize("n", [64, 300])
def test_log_moment_is_that_of_an_overlap(n):
    for x in (0.1, n / 10, n):
        mean = over_overlaps(lambda t, x: np.exp(x * (t - 1)), n, x)
        assert log_moment(np.asarray(x), n) == pytest.approx(np.log(mean) + x, abs=1e-7)


def test_log_moment_stays_exact_for_very_many_neurons():
    assert log_moment(np.asarray(1e4), 1e9) == pytest.approx(1e8 / 2e9, rel=1e-7)


@pytest.mark.parametrize(("n", "l", "threshold"), [(64, 2, 0.5), (256, 5, 0.1), (1024, 3, 0.5), (16_384, 500, 0.5)])
def test_tail_of_unit_activations_is_that_of_the_crosstalk(n, l, threshold):
    assert tail(n, l, threshold) == pytest.approx(crosstalk_tail(n, l, threshold), rel=1e-6)


def beyond(t, n):
    """Probability that an overlap exceeds t, of either sign."""
    above = formulas.overlap_tail(t=min(abs(t), 1.0), n=n)
    return above if t > 0 else 1 - above


def test_tail_of_graded_activations_is_the_integral_over_one_of_two():
    n, threshold, levels = 64, 0.15, (0.25, 1.0)
    pairs = [(a, b) for a in levels for b in levels]
    exact = np.mean([over_overlaps(lambda t, a, b: beyond((threshold - a * t) / b, n), n, *pair) for pair in pairs])
    assert tail(n, 2, threshold, levels) == pytest.approx(exact, rel=1e-6)
    assert tail(n, 1, threshold, levels) == pytest.approx((beyond(0.6, n) + beyond(0.15, n)) / 2)


def test_tail_with_noise_is_the_integral_over_the_overlap():
    n, threshold, noise = 100, 0.4, 0.1
    for levels in ((1.0,), (0.5, 1.0)):
        exact = np.mean([over_overlaps(lambda t, a: special.ndtr((a * t - threshold) / noise), n, a) for a in levels])
        assert tail(n, 1, threshold, levels, noise) == pytest.approx(exact, rel=1e-6)
    assert tail(n, 0, threshold, noise=noise) == special.ndtr(-4)
    assert tail(n, 0, threshold) == 0


def test_density_is_the_slope_of_the_tail():
    at = dict(n=128, l=4, noise=0.05)
    slope = (tail(threshold=0.3999, **at) - tail(threshold=0.4001, **at)) / 0.0002
    assert tail(threshold=0.4, density=True, **at) == pytest.approx(slope, rel=1e-5)


@pytest.mark.parametrize("start", [1, 20, 60, 400])
def test_active_features_borne_are_found_from_any_start(start):
    found = borne(
        lambda l: 1000 * special.ndtr(-20 / np.sqrt(l)), 1000 * special.ndtr(-20 / np.sqrt(40.5)), 1000, start
    )
    assert found == pytest.approx(40.5)


@pytest.mark.parametrize("mixed", [True, False])
def test_half_spaces_misread_as_many_features_as_with_matrices(mixed):
    n, m, d, l, draws = 24, 40, 20, 3, np.random.default_rng(1)
    wrong = np.empty(4000)
    for trial in range(len(wrong)):
        F = draws.standard_normal((n, m)) / np.sqrt(n)
        W = draws.standard_normal((d, n)) if mixed else np.sqrt(n) * np.eye(n)[:d]
        r = np.sqrt(np.pi * l / 2) / d * (F.T @ (W.T @ np.sign(W @ F[:, :l].sum(axis=1))))
        wrong[trial] = np.sum(r[:l] < 0.5) + np.sum(r[l:] > 0.5)
    found, error = told_wrong(n, m, d, l, mixed, np.random.default_rng(2))
    assert abs(found - wrong.mean()) < 5 * np.hypot(error, wrong.std() / np.sqrt(len(wrong)))


def test_one_readout_is_wrong_with_the_half_spaces_that_are_found():
    for at in ({"n": 512}, {}):
        d, error = half_space_units(2, 1000, **at)
        wrong = [
            told_wrong(at.get("n", 1000), 1000, units, 2, bool(at), np.random.default_rng(3))[0]
            for units in (int(d), int(d) + 1)
        ]
        assert error < d / 500
        assert wrong[1] < 1.02
        assert wrong[0] > 0.98


@pytest.mark.parametrize(("kappa", "n"), [(0.1, 20), (4, 64), (16, 64)])
def test_unit_errs_as_the_integral_over_the_length_of_the_state(kappa, n):
    def weighed(square):
        return stats.chi2.pdf(square * n, n) * n * special.ndtr(-np.sqrt(kappa / square))

    assert unit_errs(kappa, n)[0] == pytest.approx(
        integrate.quad(weighed, 0, np.inf, epsabs=0, epsrel=1e-9)[0], rel=1e-4
    )


def test_units_listen_to_those_of_another_assignment_with_which_they_share_a_feature():
    d, m, s, draws = 12, 15, 3, np.random.default_rng(4)
    shares = np.empty(3000)
    for trial in range(len(shares)):
        B, again = np.zeros((2, d, m + 1))
        for matrix in (B, again):
            np.put_along_axis(matrix, assignment(m, d, s, draws), 1, axis=1)
        shares[trial] = (B[:, :m] @ again[:, :m].T > 0).mean()
    assert abs(listened(d, m, s)[0] - shares.mean()) < 5 * shares.std() / np.sqrt(len(shares))


def test_signal_over_noise_of_one_code_is_that_of_its_moments():
    y = 3
    fourth = 1 + 6 * y + 6 * y**2 + y**3
    square = (1 + y) ** 2
    assert late(2, 5, y * MANY_NEURONS, MANY_NEURONS)[0] == pytest.approx(
        square / (fourth - square) * y * MANY_NEURONS / 5
    )
    rng, ratios = np.random.default_rng([SEED, 3, 3, 12, 6]), []
    for _ in range(250):
        F = random_code(6, 12, rng)
        P = np.linalg.matrix_power(F.T @ F, 3)
        ratios.append(np.trace(P) ** 2 / (12 * np.sum(P**2) - np.trace(P) ** 2) * 12 / 5)
    assert late(3, 5, 12, 6) == pytest.approx((np.mean(ratios), np.std(ratios) / np.sqrt(250)))

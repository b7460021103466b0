"""The Lloyd–Max quantiser meets both of its conditions, and quantised readouts follow the law derived from them.

Simulated values are compared at z = 6.5 standard errors, a two-sided tail of 8.1e-11 each. This file makes fewer than
80 such comparisons, so the chance that any of them fails by accident is below 80 * 8.1e-11 = 6.5e-9; a factor of
a hundred is left for means that are not quite Gaussian.
"""

from math import log, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from superposition import formulas
from superposition.codes import random_code
from superposition.simulate import (
    gaussian_quantiser,
    largest_active,
    quantised_errors,
    random_code_errors,
)

Z = 6.5
BITS = range(1, 13)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("bits", BITS)
def test_outputs_are_centroids_and_borders_half_way(bits):
    q = gaussian_quantiser(bits)
    assert len(q.outputs) == 2**bits
    np.testing.assert_allclose(q.edges, (q.outputs[1:] + q.outputs[:-1]) / 2, atol=1e-13)
    # cells of the lower half only: above 0 the difference of two tails would lose its digits
    e = np.concatenate([[-np.inf], q.edges[: 2 ** (bits - 1)]])
    centroids = -np.diff(norm.pdf(e)) / np.diff(norm.cdf(e))
    np.testing.assert_allclose(q.outputs[: 2 ** (bits - 1)], centroids, atol=1e-10)
    np.testing.assert_allclose(q.outputs, -q.outputs[::-1], atol=0)


@pytest.mark.parametrize("bits", [1, 2, 3, 4])
def test_distortion_is_the_mean_squared_error(bits):
    q = gaussian_quantiser(bits)
    ends = np.concatenate([[-12], q.edges, [12]])
    parts = [
        quad(lambda x, o=o: (x - o) ** 2 * norm.pdf(x), a, b)[0]
        for o, a, b in zip(q.outputs, ends[:-1], ends[1:], strict=True)
    ]
    assert q.distortion == pytest.approx(sum(parts), rel=1e-9)


def test_distortions_known_in_print():
    # Max 1960, table I, to the digits given there; one bit is 1 - 2/π exactly
    assert gaussian_quantiser(1).distortion == pytest.approx(1 - 2 / pi, rel=1e-13)
    for bits, known in {2: 0.1175, 3: 0.03454, 4: 0.009497, 5: 0.002499}.items():
        assert gaussian_quantiser(bits).distortion == pytest.approx(known, rel=3e-3)


@pytest.mark.parametrize("bits", [1, 2, 3, 6])
def test_no_shift_or_stretch_of_the_outputs_lowers_the_distortion(bits):
    q = gaussian_quantiser(bits)
    x = norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    best = np.mean((x - q(x)) ** 2)
    for outputs in (q.outputs * 1.02, q.outputs * 0.98, q.outputs + 0.02):
        edges = (outputs[1:] + outputs[:-1]) / 2
        assert np.mean((x - outputs[np.searchsorted(edges, x)]) ** 2) > best


def test_distortion_approaches_panter_and_dite_from_below():
    ratio = [gaussian_quantiser(bits).distortion / formulas.panter_dite(b=bits) for bits in BITS]
    assert ratio == sorted(ratio)
    assert 0.999 < ratio[-1] < 1


def test_a_quantiser_scales_with_the_standard_deviation():
    x = rng().standard_normal((3, 5))
    q = gaussian_quantiser(3)
    np.testing.assert_allclose(q(7 * x, std=7.0), 7 * q(x), rtol=1e-14)
    assert q(x).shape == (3, 5)


@pytest.mark.parametrize("bits", [0, 13])
def test_bits_out_of_reach_are_refused(bits):
    with pytest.raises(ValueError, match=f"bits must be between 1 and 12, got {bits}"):
        gaussian_quantiser(bits)


def brute(n, m, n_active, bits, trials, rng, rescale):
    """False alarms, misses and mean present readout of every trial, all m columns formed."""
    q = gaussian_quantiser(bits)
    found = []
    for _ in range(trials):
        F = random_code(n, m, rng)
        r = F.T @ q(F[:, :n_active].sum(axis=1), sqrt(n_active / n))
        r = r / (1 - q.distortion) if rescale else r
        present, absent = r[:n_active], r[n_active:]
        found.append([np.sum(absent > 0.5), np.sum(present <= 0.5), present.mean()])
    return np.array(found)


@pytest.mark.parametrize(
    ("n", "m", "n_active", "bits", "rescale"),
    [
        (2, 3, 1, 1, True),
        (2, 5, 2, 3, False),
        (16, 16, 16, 2, True),
        (16, 17, 3, 1, False),
        (64, 200, 5, 1, True),
        (64, 200, 5, 8, True),
    ],
)
def test_shortcut_agrees_with_brute_force(n, m, n_active, bits, rescale):
    trials = 3000 if n * m < 1000 else 1000
    values = brute(n, m, n_active, bits, trials, rng(1), rescale)
    result = quantised_errors(n, m, n_active, bits, 3000, rng(2), rescale=rescale)
    for field, column in zip(("false_alarms", "misses", "signal"), values.T, strict=True):
        se = np.hypot(column.std() / sqrt(trials), getattr(result, f"{field}_se"))
        assert abs(getattr(result, field) - column.mean()) < Z * se + 1e-12, (field, result)


def test_without_quantiser_it_is_the_readout_of_the_chapter_sparsity():
    here, there = quantised_errors(128, 1000, 4, None, 4000, rng(1)), random_code_errors(128, 1000, 4, 4000, rng(2))
    for field in ("errors", "false_alarms", "misses"):
        se = np.hypot(getattr(here, f"{field}_se"), getattr(there, f"{field}_se"))
        assert abs(getattr(here, field) - getattr(there, field)) < Z * se


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_signal_shrinks_by_one_minus_the_distortion(bits):
    raw = quantised_errors(1024, 2000, 32, bits, 400, rng(), rescale=False)
    # to leading order in the number of active features: the next term is below 1/l
    assert abs(raw.signal - (1 - gaussian_quantiser(bits).distortion)) < 1 / 32**2 + Z * raw.signal_se


@pytest.mark.parametrize("bits", [1, 2, 3, 5, 8])
def test_the_fraction_one_minus_distortion_of_the_active_features_is_kept(bits):
    allowed, kept = formulas.errors_at_limit(m=10**4), 1 - gaussian_quantiser(bits).distortion
    limit = formulas.max_active_quantised(m=10**4, n=1024, D=1 - kept)
    draws = rng(bits)
    found = largest_active(lambda l: quantised_errors(1024, 10**4, l, bits, 200, draws), 10**4, allowed, int(limit))
    assert -0.01 < found.n_active / limit - 1 < 0.03 + Z * found.n_active_se / limit


def test_quantised_neurons_count_as_fewer():
    # a quarter of the energy lost: noise of 12 neurons in place of 16, and 24 ln m neurons in place of 32 ln m
    assert formulas.quantised_noise(D=0.25, l=3, n=16) == pytest.approx(sqrt(3 / 12), rel=1e-12)
    assert formulas.max_active_quantised(D=0.25, m=1000, n=32 * log(1000)) == pytest.approx(3, rel=1e-12)
    # a signal of 0.8 in noise of variance 0.8 · 9/320 = 0.15² has 1/2 two standard deviations below it
    assert formulas.unscaled_miss(D=0.2, l=9, n=320) == pytest.approx(norm.sf(2), rel=1e-12)


def test_unscaled_misses_follow_the_formula_for_many_active_features():
    D = gaussian_quantiser(1).distortion
    for l in (60, 150):
        raw = quantised_errors(2048, 10**4, l, 1, 150, rng(l), rescale=False)
        formula = formulas.unscaled_miss(D=D, l=l, n=2048)
        # the variance is overrated by 3 (1 - D)/l, and the density at z standard deviations moves with z²/2 times that
        z = (0.5 - D) * sqrt(2048 / ((1 - D) * l))
        assert abs(raw.misses / l / formula - 1) < 3 / l * (1 + z**2) + Z * raw.misses_se / l / formula
        assert raw.misses < l / 2


@pytest.mark.parametrize(("n", "l"), [(2, 1), (4, 1), (16, 4), (200, 20)])
def test_excess_kurtosis_of_a_neuron(n, l):
    x = random_code(n, 2000 * l, rng()).reshape(n, 2000, l).sum(axis=2) * sqrt(n / l)
    fourth = (x**4).mean(axis=0)
    exact = formulas.neuron_excess_kurtosis(l=l, n=n)
    assert abs(fourth.mean() - 3 - exact) < Z * fourth.std() / sqrt(2000) + 1e-12


def test_slices_end_in_the_whole():
    parts = list(quantised_errors.slices(32, 100, 3, 2, 50, rng(), slices=5))
    assert [result.trials for _, result in parts] == [10, 20, 30, 40, 50]
    assert [fraction for fraction, _ in parts] == [0.2, 0.4, 0.6, 0.8, 1.0]


def test_least_neurons_and_trials_are_two():
    assert quantised_errors(2, 3, 1, 1, 2, rng()).errors >= 0
    with pytest.raises(ValueError, match="n must be at least 2, got 1"):
        quantised_errors(1, 3, 1, 1, 2, rng())
    with pytest.raises(ValueError, match="trials must be at least 2, got 1"):
        quantised_errors(2, 3, 1, 1, 1, rng())

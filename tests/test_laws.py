"""The laws by which grids of `tools/grids` are computed, against integrals over the overlaps themselves."""

import numpy as np
import pytest
from scipy import integrate, special

from superposition import formulas
from superposition.simulate import crosstalk_tail
from tools.grids._laws import borne, log_moment, tail


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

"""Small promises of the simulations that only show where a count is zero, a search starts or nothing is known."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import special

from superposition import simulate, symbols
from superposition.simulate import chains
from superposition.simulate.limits import crossing_of_errors


def rng(seed=0):
    return np.random.default_rng(seed)


def test_no_error_in_a_hundred_trials_is_known_to_one_in_a_hundred():
    assert simulate.dense_errors(3, 2, 1e6, 100, rng()).errors_se == 0.01


def test_one_active_feature_without_noise_is_never_missed_below_its_own_length():
    quiet = dict(n=4096, m=1, n_active=1, snr=1e12, trials=20, rng=rng())
    assert simulate.superposed_errors(**quiet, threshold=0.99).errors == 0
    assert simulate.superposed_errors(**quiet, threshold=1.01).errors == 1


def test_where_no_error_was_seen_half_of_one_is_taken():
    def measure(l):
        return SimpleNamespace(errors=0.0 if l < 3 else 4.0, errors_se=0.1, trials=100)

    half = simulate.largest_active(measure, 100, 1.0)

    def half_of_one(l):
        return SimpleNamespace(errors=0.005 if l < 3 else 4.0, errors_se=0.1, trials=100)

    assert half == simulate.largest_active(half_of_one, 100, 1.0)


def test_search_measures_each_number_once_and_the_last_two_again():
    asked = []

    def measure(l):
        asked.append(l)
        return SimpleNamespace(errors=l / 10, errors_se=0.01, trials=100)

    found = simulate.largest_active(measure, 1000, 3.05, start=60)
    assert asked[:3] == [60, 50, 30]
    assert asked[-2:] == list(found.bracket)
    assert len(asked) == len(set(asked)) + 2


def test_large_states_of_a_relay_have_the_variance_of_a_sum_of_random_directions():
    # |x|² has mean l and variance 2 l (l - 1)/n
    n, l, trials = 256, 90, 4000
    assert l > chains.jointly.subs(symbols.n, n)
    drawn = chains.relay.sample(rng(), trials, n=n, m=l, l0=l, L=1, theta=0.5, redriven=0)
    mean, variance = drawn["square"].mean(), drawn["square"].var()
    assert mean == pytest.approx(l, abs=6 * np.sqrt(variance / trials))
    assert variance == pytest.approx(2 * l * (l - 1) / n, rel=6 * np.sqrt(3 / trials))
    # given |x|² a readout has mean |x|²/l and variance |x|² (1 - |x|²/l²)/n
    kept = special.ndtr((drawn["square"] / l - 0.5) / np.sqrt(drawn["square"] * (1 - drawn["square"] / l**2) / n))
    assert drawn["hits"].mean() == pytest.approx(l * kept.mean(), abs=6 * np.sqrt(drawn["hits"].var() / trials))


def test_noise_of_neurons_lengthens_the_state_by_its_power():
    square = chains.noisy.sample(rng(), 400, n=200, m=1, l=1, S=0.5, K=2, theta=0.5)["square"]
    # |x + w|² has mean 1 + n σ² and variance 4 σ² + 2 n σ⁴, σ² = l/(n S)
    assert square.mean() == pytest.approx(1 + 200 * 0.01, abs=6 * np.sqrt((0.04 + 400 * 1e-4) / 400))


def test_gate_levels_are_drawn_from_all_of_them():
    run = simulate.relay(np.eye(64), 16, 1, 200, rng(), unit="gated", threshold=0.1, levels=(0.5, 1.0))
    per_feature = run.energy[0].mean() / 16
    assert per_feature == pytest.approx((0.25 + 1) / 2, abs=6 * 0.375 / np.sqrt(16 * 200))


def test_other_values_are_never_negative():
    # in one dimension a readout is a ± (the others' signed sum): of one other, on [0, A], its mean size is A/2
    found = abs(simulate.decoded_values(1, 2, 0.0, 20_000, rng(), amplitude=2.0))
    assert found.max() <= 2
    assert found.mean() == pytest.approx(1, abs=6 * 2 / np.sqrt(12 * 20_000))


def test_place_of_a_crossing_is_linear_in_the_quantile_and_as_sure_as_its_two_ends():
    z = np.array([1.0, 2.0])
    ends = [(1000 * special.ndtr(-at), 1000 * np.exp(-at * at / 2) / np.sqrt(2 * np.pi) * 0.1) for at in z]
    place, se = crossing_of_errors([5.0, 3.0], ends, 1000 * special.ndtr(-1.25), 1000)
    assert place == pytest.approx(4.5, rel=1e-12)
    assert se == pytest.approx(2 * np.hypot(0.75 * 0.1, 0.25 * 0.1), rel=1e-12)


def test_largest_active_number_has_the_error_of_its_place():
    # z = 4/√l, so l = 16/z², and an error of 0.01 in z is one of 2 · 16/z³ · 0.01 in l
    def measure(l):
        z = 4 / np.sqrt(l)
        density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
        return SimpleNamespace(errors=1e6 * special.ndtr(-z), errors_se=1e6 * density * 0.01, trials=10**9)

    found = simulate.largest_active(measure, 10**6, 1e6 * special.ndtr(-0.8))
    low, high = (4 / np.sqrt(l) for l in found.bracket)
    part = (0.8 - low) / (high - low)
    assert found.n_active == pytest.approx(16 / 0.64, rel=1e-9)
    assert found.n_active_se == pytest.approx(32 / 0.512 * 0.01 * np.hypot(part, 1 - part), rel=1e-9)

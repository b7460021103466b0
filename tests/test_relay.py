"""Layer after layer: brute force against the formulas, and the exact-in-law shortcut against brute force.

Simulated values are compared at z = 6.5 standard errors, a two-sided tail of 8.1e-11 each. This file makes fewer than
1000 such comparisons, so the chance that any of them fails by accident is below 8.1e-8; a factor of ten is left for
means that are not quite Gaussian.
"""

import math
from fractions import Fraction
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import special, stats
from scipy.optimize import brentq

from superposition import formulas
from superposition.codes import orthoplex, random_code, simplex, tight_frame
from superposition.simulate import chains, overlaps, random_code_relay, relay, relay_readouts
from superposition.symbols import eta, l, l0, m, n, z

Z = 6.5
FIELDS = ("n_active", "false_alarms", "misses", "gain", "energy", "value_error")


def rng(seed=0):
    return np.random.default_rng(seed)


def fresh(n, m):
    return lambda rng: random_code(n, m, rng)


def frames(n, m):
    return lambda rng: tight_frame(n, m, rng)


def assert_mean_equals(run, name, expected):
    means, errors = run.mean(name)
    assert (np.abs(means - expected) <= Z * errors + 1e-9).all(), (name, means, errors, expected)


@cache
def half_of_the_nodes(n_value):
    """Gauss-Jacobi nodes of the law of one overlap and their weights, which are even in the overlap."""
    nodes, weights = special.roots_jacobi(150, (n_value - 3) / 2, (n_value - 3) / 2)
    return nodes[75:], weights[75:] / weights[75:].sum()


@cache
def above_half(n_value, heard):
    """P(S > 1/2) for a sum S of so many independent heard, exactly: its density as a Fourier series beyond its ends."""
    if heard < 2:
        return stats.beta.sf(0.75, (n_value - 1) / 2, (n_value - 1) / 2) if heard else 0.0
    last = 200 * math.sqrt(n_value) if n_value < 17 else 50 + math.sqrt(100 * n_value / heard)
    k = np.arange(1, 2 + last * (heard + 1) / np.pi)
    frequency = np.pi * k / (heard + 1)
    if n_value < 17:
        characteristic = special.hyp0f1(n_value / 2, -(frequency**2) / 4)
    else:
        nodes, weights = half_of_the_nodes(n_value)
        characteristic = weights @ np.cos(np.outer(nodes, frequency))
    characteristic = characteristic**heard
    return 0.5 - 0.25 / (heard + 1) - np.sum(characteristic * np.sin(frequency / 2) / k) / np.pi


# -- by hand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["linear", "threshold", "gated", "relu"])
def test_each_layer_does_what_a_reader_would_do_by_hand(unit):
    drawn = []

    def code(rng):
        drawn.append(random_code(6, 9, rng))
        return drawn[-1]

    readouts, true = relay_readouts(code, 3, 4, rng(3), unit=unit, gain=0.9, threshold=0.4, levels=(0.7, 1.0))
    assert len(drawn) == 4
    assert true.sum() == 3
    rule = {
        "linear": lambda r: r,
        "threshold": lambda r: 1.0 if r > 0.4 else 0.0,
        "gated": lambda r: r if r > 0.4 else 0.0,
        "relu": lambda r: (r - 0.4) / 0.6 if r > 0.4 else 0.0,
    }[unit]
    for F, before, after in zip(drawn[1:], readouts, readouts[1:], strict=False):
        a = np.array([rule(r) for r in before])
        by_hand = [0.9 * sum(F[:, i] @ F[:, j] * a[j] for j in range(9)) for i in range(9)]
        assert np.allclose(after, by_hand)


def test_fields_of_a_relay_are_counted_against_the_start():
    F = random_code(5, 12, rng(1))
    run = relay(F, 4, 3, 6, rng(2), unit="gated", levels=(0.8, 1.0))
    assert run.n_active.shape == (4, 6)
    assert (run.n_active[0] == 4).all()
    assert run.gain[0] == pytest.approx(1)
    assert (run.n_active == 4 - run.misses + run.false_alarms).all()
    assert (run.noise >= -1e-12).all()
    assert np.allclose(run.noise[0], 0)
    assert (run.signal <= run.energy * (1 + 1e-12)).all()


def test_one_fixed_code_is_kept_and_a_fresh_one_is_drawn_for_each_layer():
    count = []

    def code(rng):
        count.append(1)
        return random_code(8, 12, rng)

    relay(code, 2, 5, 6, rng(), fresh=False, sets_per_code=3)
    assert len(count) == 2
    count.clear()
    relay(code, 2, 5, 6, rng(), sets_per_code=3)
    assert len(count) == 10


# -- linear relays ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n_value", "m_value", "l_value"), [(2, 3, 1), (16, 16, 4), (16, 17, 17), (24, 60, 5), (60, 24, 24)]
)
def test_fresh_random_codes_multiply_the_energy_by_the_same_factor_in_every_layer(n_value, m_value, l_value):
    # where all features are active there is one set only, so more of them on a code tell nothing
    sets = 6 if l_value < m_value else 2
    run = relay(fresh(n_value, m_value), l_value, 3, 6000, rng(4), unit="linear", sets_per_code=sets)
    depths = np.arange(1, 4)
    growth = np.append(1, formulas.noise_growth_linear(m=m_value, n=n_value, L=depths))
    assert_mean_equals(run, "energy", l_value * growth)
    assert_mean_equals(run, "gain", 1)
    assert_mean_equals(run, "noise", l_value * (growth - 1))


@pytest.mark.slow
@pytest.mark.parametrize(("n_value", "m_value", "l_value"), [(2, 3, 1), (16, 17, 17), (24, 60, 5)])
def test_fresh_tight_frames_multiply_the_energy_by_m_over_n(n_value, m_value, l_value):
    run = relay(frames(n_value, m_value), l_value, 3, 4000, rng(5), unit="linear", sets_per_code=8)
    growth = np.append(1, formulas.noise_growth_tight(m=m_value, n=n_value, L=np.arange(1, 4)))
    assert_mean_equals(run, "energy", l_value * growth)


@pytest.mark.parametrize(("n_value", "m_value"), [(2, 3), (16, 16), (16, 17), (20, 50)])
def test_one_tight_frame_with_gain_n_over_m_changes_nothing_after_the_first_layer(n_value, m_value):
    F = tight_frame(n_value, m_value, rng(6))
    run = relay(F, 2, 20, 10, rng(7), unit="linear", gain=n_value / m_value)
    assert np.allclose(run.energy[1:], run.energy[1], rtol=1e-9)
    assert np.allclose(run.gain[1:], run.gain[1], rtol=1e-9)


def test_one_random_code_is_governed_by_the_moments_of_its_spectrum():
    F = random_code(32, 80, rng(8))
    run = relay(F, 3, 6, 20_000, rng(9), unit="linear")
    values = np.linalg.eigvalsh(F @ F.T)
    for depth in (1, 3, 6):
        power, square = ((values**k).sum() / 80 for k in (depth, 2 * depth))
        P = np.linalg.matrix_power(F.T @ F, depth)
        assert np.trace(P) / 80 == pytest.approx(power)
        assert np.trace(P @ P) / 80 == pytest.approx(square)
        means, errors = run.mean("gain")
        off = (P.sum() - np.trace(P)) / 80 * 2 / 79
        assert abs(means[depth] - power - off) < Z * errors[depth]


@pytest.mark.parametrize(("ratio", "depth"), [(4, 300), (9, 600), (25, 1000)])
def test_late_signal_to_noise_is_the_marchenko_pastur_edge(ratio, depth):
    n_value = 1e9
    m_value = ratio * n_value
    low, high = (1 - ratio**0.5) ** 2, (1 + ratio**0.5) ** 2
    x = low + (high - low) * (1 - np.cos(np.linspace(0, np.pi, 200_001))) / 2
    density = np.sqrt(np.maximum((high - x) * (x - low), 0)) / (2 * np.pi * ratio * x)
    moments = {k: np.trapezoid((x / high) ** k * density, x) for k in (depth, 2 * depth)}
    exact = moments[depth] ** 2 / (moments[2 * depth] - moments[depth] ** 2) * m_value / 7
    assert formulas.signal_to_noise_late(L=depth, l=7, m=m_value, n=n_value) == pytest.approx(exact, rel=0.02)


def test_signal_to_noise_of_one_code_ends_at_one_over_the_active_features():
    values = np.linalg.eigvalsh(np.cov(random_code(20, 60, rng(27)), bias=True))
    power, square = ((values / values[-1]) ** k @ np.ones(20) / 60 for k in (3000, 6000))
    assert power**2 / (square - power**2) * 60 / 4 == pytest.approx(60 / 59 / 4)


# -- thresholds -------------------------------------------------------------------------------------------------------


@given(n_value=st.integers(2, 10**6), m_value=st.integers(2, 10**9), data=st.data())
def test_expected_active_next_is_the_contracts(n_value, m_value, data):
    l_value = data.draw(st.integers(1, min(m_value, 10**6)))
    tail = stats.norm.sf
    misses = l_value * tail(math.sqrt(n_value / (l_value - 1)) / 2) if l_value > 1 else 0
    expected = l_value + (m_value - l_value) * tail(math.sqrt(n_value / l_value) / 2) - misses
    assert formulas.expected_active_next(l=l_value, m=m_value, n=n_value) == pytest.approx(expected, rel=1e-12)


@given(n_value=st.integers(2, 10**6), m_value=st.integers(2, 10**9), data=st.data())
def test_expected_active_redriven_is_the_contracts(n_value, m_value, data):
    true, l_value = (data.draw(st.integers(1, min(m_value, 10**6))) for _ in range(2))
    expected = true + (m_value - true) * stats.norm.sf(math.sqrt(n_value / l_value) / 2)
    found = formulas.expected_active_redriven(l=l_value, l0=true, m=m_value, n=n_value)
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(("n_value", "heard"), [(2, 2), (3, 4), (5, 3), (40, 12), (300, 40)])
def test_exact_tail_of_a_sum_of_overlaps_is_what_is_drawn(n_value, heard):
    above = overlaps(n_value, 10**6 * heard // 4, rng(28)).reshape(heard, -1).sum(axis=0) > 0.5
    assert abs(above.mean() - above_half(n_value, heard)) < Z * above.std() / len(above) ** 0.5


@pytest.mark.slow
@settings(max_examples=300)
@given(n_value=st.integers(3, 400), l_value=st.integers(1, 80))
def test_a_miss_is_never_likelier_than_a_false_alarm_from_three_neurons_on(n_value, l_value):
    assert above_half(n_value, l_value - 1) <= above_half(n_value, l_value) + 1e-10


def test_on_two_neurons_a_miss_can_be_likelier_than_a_false_alarm():
    assert above_half(2, 1) == pytest.approx(1 / 3)
    assert above_half(2, 2) < 0.309
    assert 2 + 2 * above_half(2, 2) - 2 * above_half(2, 1) < 1.96


def expected_next(n_value, m_value, l_value):
    alarm, miss = above_half(n_value, l_value), above_half(n_value, l_value - 1)
    return l_value + (m_value - l_value) * alarm - l_value * miss


@pytest.mark.parametrize(
    ("n_value", "m_value", "l_value"), [(2, 4, 2), (3, 3, 1), (3, 8, 4), (12, 13, 13), (40, 300, 6)]
)
def test_mean_after_a_layer_is_false_alarms_less_misses_exactly(n_value, m_value, l_value):
    run = random_code_relay(n_value, m_value, l_value, 1, 40_000, rng(29))
    assert_mean_equals(run, "n_active", np.array([l_value, expected_next(n_value, m_value, l_value)]))


@pytest.mark.slow
@settings(max_examples=300)
@given(n_value=st.integers(3, 400), l_value=st.integers(1, 60), more=st.integers(0, 10**6))
def test_active_features_never_become_fewer_on_average_up_to_half(n_value, l_value, more):
    m_value = 2 * l_value + more
    least = formulas.expected_active_at_least(l=l_value, m=m_value, n=n_value)
    assert l_value <= least <= expected_next(n_value, m_value, l_value) + 1e-10 * m_value


def test_rise_in_three_neurons_where_overlaps_are_uniform():
    assert formulas.expected_active_at_least(l=1, m=20, n=3) == pytest.approx(1 + 18 / 4)
    assert formulas.expected_active_at_least(l=2, m=20, n=3) == pytest.approx(2 + 16 * (3 / 8) ** 2)
    with pytest.raises(ValueError, match="accepted: a finite real number at least 3"):
        formulas.expected_active_at_least(l=2, m=20, n=2)


@given(n_value=st.integers(5, 10**5), m_value=st.integers(2, 10**9), data=st.data())
def test_clean_layers_are_those_before_the_first_mistake(n_value, m_value, data):
    l_value = data.draw(st.integers(1, min(m_value, n_value)))
    assume(formulas.clean_layers.contains(l=l_value, m=m_value, n=n_value))
    tail = stats.norm.sf
    mistakes = (m_value - l_value) * tail(math.sqrt(n_value / l_value) / 2)
    mistakes += l_value * tail(math.sqrt(n_value / (l_value - 1)) / 2) if l_value > 1 else 0
    chance = -math.expm1(-mistakes)
    found = formulas.clean_layers(l=l_value, m=m_value, n=n_value)
    assert found == pytest.approx((1 - chance) / chance, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize(("n_value", "l_value"), [(4096, 40), (8192, 80)])
def test_clean_layers_are_as_many_as_simulated_where_mistakes_are_rare(n_value, l_value):
    at = dict(n=n_value, m=10**5, l=l_value, theta=0.5, shown=l_value)
    drawn = chains.readouts.sample(rng(30), 2000, **at)
    # the chance of no mistake given the neurons' state, not a count of mistakes too rare to count
    clean = (drawn["present"] > 0.5).all(axis=1) * (1 - drawn["alarm"]) ** (10**5 - l_value)
    right, error = clean.mean(), clean.std() / len(clean) ** 0.5
    expected = formulas.clean_layers(l=l_value, m=10**5, n=n_value)
    assert abs(right / (1 - right) - expected) < Z * error / (1 - right) ** 2 + 0.02 * expected


@settings(max_examples=300)
@given(l_value=st.integers(1, 60), more=st.integers(0, 10**6), share=st.floats(0, 1))
def test_sure_clean_layers_are_never_more_than_the_exact_mistakes_allow(l_value, more, share):
    n_value, m_value = 2 + int(share * min(400, 120 * l_value)), l_value + more
    mistakes = (m_value - l_value) * above_half(n_value, l_value) + l_value * above_half(n_value, l_value - 1)
    sure = formulas.clean_layers_sure(l=l_value, m=m_value, n=n_value)
    # (1 - p)/p ≥ sure, with p at most the expected number of mistakes
    assert (sure + 1) * (min(mistakes, 1) - 1e-10 * m_value) <= 1


@pytest.mark.parametrize(
    ("n_value", "m_value", "l_value"),
    [(2, 2, 1), (2, 3, 2), (3, 3, 3), (24, 25, 1), (40, 40, 3), (96, 400, 2), (200, 200, 6)],
)
def test_sure_clean_layers_are_never_more_than_simulated(n_value, m_value, l_value):
    run = random_code_relay(n_value, m_value, l_value, 1, 20_000, rng(31))
    right = run.clean[1].mean()
    sure = formulas.clean_layers_sure(l=l_value, m=m_value, n=n_value)
    assert right >= sure / (1 + sure) - Z * math.sqrt(right * (1 - right) / 20_000)


def test_sure_clean_layers_are_the_chernoff_bound():
    assert formulas.clean_layers_sure(l=5, m=1000, n=400) == pytest.approx(math.exp(10) / 1000 - 1)
    assert formulas.clean_layers_sure(l=5, m=1000, n=200) == 0


def test_runaway_adds_waiting_times_that_shrink_and_two_layers():
    n_value, m_value, l_value = 1024, 10**5, 11
    first = 1 / (m_value * stats.norm.sf(math.sqrt(n_value / l_value) / 2))
    series = sum(first * math.exp(-j * n_value / (8 * l_value**2)) for j in range(200))
    assert formulas.runaway_layers(l=l_value, m=m_value, n=n_value) == pytest.approx(2 + series)


@given(n_value=st.integers(2, 5000), m_value=st.integers(4, 10**7), share=st.floats(0, 1))
def test_free_map_has_no_fixed_point_up_to_half_of_the_features(n_value, m_value, share):
    l_value = (m_value / 2) ** share
    rise = (m_value - l_value) * formulas.false_alarm(l=l_value, n=n_value) - l_value * formulas.miss(
        l=l_value, n=n_value
    )
    assert rise > 0


@given(ratio=st.floats(0.01, 1), m_value=st.integers(16, 10**6))
def test_free_map_has_its_fixed_point_within_a_quarter_of_a_feature_above_half_of_them(ratio, m_value):
    n_value = max(2, round(ratio * m_value))

    def rise(x):
        return formulas.expected_active_next(l=x, m=m_value, n=n_value) - x

    fixed = brentq(rise, m_value / 2, m_value)
    assert 0 <= fixed - m_value / 2 < 0.25


def test_saddle_is_where_the_redriven_map_touches_the_diagonal():
    step = formulas.expected_active_redriven.expr
    at = {n: 1024, z: sp.Rational(4)}
    place = (n / (4 * z**2)).subs(at)
    given_m, given_l0 = (formulas.registry[name].expr.subs(at) for name in ("saddle_features", "saddle_driven"))
    touching = {n: 1024, m: given_m, l0: given_l0}
    assert abs(sp.N((step - l).subs(touching).subs(l, place))) < 1e-9
    assert abs(sp.N(sp.diff(step, l).subs(touching).subs(l, place)) - 1) < 1e-12


@given(n_value=st.floats(2, 1e6), z_value=st.floats(1.6, 20))
def test_saddle_has_the_value_and_the_slope_of_the_diagonal(n_value, z_value):
    at_saddle = dict(n=n_value, z=z_value)
    true, features = formulas.saddle_driven(**at_saddle), formulas.saddle_features(**at_saddle)
    active = n_value / (4 * z_value**2)
    assert true + (features - true) * stats.norm.sf(z_value) == pytest.approx(active, rel=1e-9)
    assert (features - true) * stats.norm.pdf(z_value) * z_value / (2 * active) == pytest.approx(1, rel=1e-9)


def test_redriven_map_has_two_stable_states_and_one_between_them():
    grid = np.geomspace(12, 1e5, 100_000)
    above = formulas.expected_active_redriven(l=grid, l0=12, m=1e5, n=1024) > grid
    crossings = np.flatnonzero(np.diff(above))
    assert above[crossings].tolist() == [True, False, True]
    assert grid[crossings] == pytest.approx([12.24, 16.85, 47_066.8], rel=3e-4)


def test_redriven_networks_have_the_false_alarms_of_the_map_averaged_over_chance():
    run = random_code_relay(1024, 10**5, 12, 30, 1500, rng(32), redriven=True)
    staying = run.n_active[-1] < 100
    assert staying.mean() > 0.95
    counts = run.n_active[10:, staying].mean(axis=0)
    rates = (10**5 - 12) * stats.norm.sf(np.sqrt(1024 / (12 + np.arange(100))) / 2)
    mean = alone = 0
    for _ in range(300):
        mean = stats.poisson.pmf(np.arange(100), mean) @ rates
        alone = (10**5 - 12) * stats.norm.sf(math.sqrt(1024 / (12 + alone)) / 2)
    error = counts.std() / len(counts) ** 0.5
    assert abs(counts.mean() - 12 - mean) < 4 * error
    assert counts.mean() - 12 - alone > 4 * error


@pytest.mark.parametrize(("n_value", "m_value"), [(1024, 10**5), (4096, 10**5)])
def test_redriven_networks_stay_below_the_saddle_and_run_away_above_it(n_value, m_value):
    at_saddle = brentq(lambda x: formulas.saddle_features(n=n_value, z=x) - m_value, 2, 12)
    limit = formulas.saddle_driven(n=n_value, z=at_saddle)
    below = random_code_relay(n_value, m_value, int(0.85 * limit), 40, 60, rng(11), redriven=True)
    above = random_code_relay(n_value, m_value, math.ceil(1.15 * limit), 40, 60, rng(12), redriven=True)
    assert (below.n_active < 2 * limit).all()
    assert (above.n_active[-1] > m_value / 4).all()


def test_same_code_and_threshold_is_right_once_right_for_ever():
    run = relay(fresh(96, 400), 3, 12, 300, rng(13), fresh=False, sets_per_code=30)
    once = run.clean[1]
    assert 0 < once.sum() < len(once)
    assert (run.clean[-1] == once).all()


def test_no_unit_corrects_more_levels_than_the_formula_says():
    draw = rng(33)
    for errors in (Fraction(int(part), 10**4) for part in draw.integers(250, 20_000, 1000)):
        most = int(formulas.correctable_levels(eta=float(errors)))
        levels = [Fraction(int(level), 10**4) for level in np.sort(draw.choice(10**4 + 1, most + 1, replace=False))]
        low, high = min(pairwise(levels), key=lambda pair: pair[1] - pair[0])
        middle, answers = (low + high) / 2, (Fraction(int(part), 10**4) for part in draw.integers(-(10**4), 20_000, 20))
        assert middle - low <= errors
        for answer in answers:
            assert not all(abs(answer - level) < abs(middle - level) for level in (low, high))


def test_rounding_corrects_as_many_levels_as_the_formula_says():
    draw = rng(34)
    for errors in (Fraction(int(part), 10**4) for part in draw.integers(250, 10**4, 1000)):
        gaps = int(formulas.correctable_levels(eta=float(errors))) - 1
        level = Fraction(int(draw.integers(gaps + 1)), max(gaps, 1))
        for share in (-1, 1, Fraction(int(draw.integers(1, 10**4)), 10**4)):
            reading = level + errors * share
            rounded = Fraction(min(max(round(reading * gaps), 0), gaps), max(gaps, 1))
            assert abs(rounded - level) < abs(reading - level)


def test_levels_that_can_be_corrected_are_counted_by_number():
    for gaps in range(1, 40):
        half = sp.Rational(1, 2 * gaps)
        at_and_below = [
            formulas.correctable_levels.expr.subs(eta, value) for value in (half, half - sp.Rational(1, 10**9))
        ]
        assert at_and_below == [gaps, gaps + 1]
    assert formulas.correctable_levels(eta=[0.03, 0.2, 0.25, 0.26, 0.49, 0.5, 3]).tolist() == [17, 3, 2, 2, 2, 1, 1]


# -- analog values ----------------------------------------------------------------------------------------------------


def test_laws_of_a_strayed_value_at_round_numbers():
    assert formulas.value_noise_gated(L=9, l=5, n=100) == pytest.approx(0.6)
    assert formulas.value_noise_same_code(L=3, l=5, n=100) == pytest.approx(0.6)
    variance = 0
    for _ in range(5):
        variance = 4 * (variance + 4 / 100)
    assert formulas.value_noise_relu(L=5, l=5, n=100) == pytest.approx(variance**0.5)


@pytest.mark.slow
def test_gated_values_of_fresh_codes_wander_like_a_linear_relay_of_the_active_features_alone():
    run = relay(fresh(4096, 12), 5, 8, 450, rng(14), unit="gated", threshold=0.4, sets_per_code=3)
    assert (run.misses == 0).all()
    assert (run.false_alarms == 0).all()
    depths = np.arange(1, 9)
    exact = formulas.noise_growth_linear(m=5, n=4096, L=depths) - 1
    assert_mean_equals(run, "value_error", np.append(0, exact))
    assert formulas.value_noise_gated(L=depths, l=5, n=4096) ** 2 == pytest.approx(exact, rel=0.02)


@pytest.mark.slow
def test_gated_values_of_one_code_drift_in_step_with_depth():
    run = relay(fresh(4096, 8), 4, 5, 2000, rng(15), unit="gated", threshold=0.3, fresh=False, sets_per_code=2)
    means, errors = run.mean("value_error")
    expected = formulas.value_noise_same_code(L=np.arange(1, 6), l=4, n=4096) ** 2
    assert (np.abs(means[1:] - expected) < Z * errors[1:] + 0.05 * expected).all()


@pytest.mark.slow
def test_rescaled_relu_doubles_errors_in_each_layer():
    run = relay(fresh(8192, 6), 3, 3, 600, rng(16), unit="relu", sets_per_code=2)
    means, errors = run.mean("value_error")
    expected = formulas.value_noise_relu(L=np.arange(1, 4), l=3, n=8192) ** 2
    assert (np.abs(means[1:] - expected) < Z * errors[1:] + 0.05 * expected).all()


# -- the shortcut -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n_value", "m_value", "l_value", "redriven"),
    [
        (2, 5, 1, False),
        (12, 12, 12, False),
        (12, 13, 3, False),
        (24, 90, 2, False),
        (24, 90, 3, True),
        (12, 13, 13, True),
        (40, 300, 6, True),
    ],
)
def test_shortcut_has_the_law_of_brute_force(n_value, m_value, l_value, redriven):
    # the numbers are a Markov chain: the second layer hears true and untrue features, as all later ones do
    quick = random_code_relay(n_value, m_value, l_value, 2, 4000, rng(17), redriven=redriven)
    # sets on one of the larger codes hardly know of each other: standard errors grow by 2 to 4 %
    sets = 4 if m_value >= 90 else 1
    brute = relay(fresh(n_value, m_value), l_value, 2, 4000, rng(18), redriven=redriven, sets_per_code=sets)
    for name in (*FIELDS, "clean"):
        (one, one_se), (other, other_se) = quick.mean(name), brute.mean(name)
        assert (np.abs(one - other) <= Z * np.hypot(one_se, other_se) + Z / 4000).all(), (name, one, other)
    for layer in (1, 2):
        table = np.array([np.bincount(run.n_active[layer], minlength=m_value + 1) for run in (quick, brute)])
        table = table[:, table.sum(axis=0) > 25]
        if table.shape[1] > 1:
            assert stats.chi2_contingency(table).pvalue > 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("redriven", [False, True])
def test_shortcut_agrees_with_brute_force_where_readouts_count_as_independent(redriven):
    n_value, m_value, l_value = 96, 1500, 200
    assert l_value > chains.jointly.subs(n, n_value)
    quick = random_code_relay(n_value, m_value, l_value, 2, 3000, rng(19), redriven=redriven)
    brute = relay(fresh(n_value, m_value), l_value, 2, 600, rng(20), redriven=redriven, sets_per_code=5)
    for name in ("n_active", "false_alarms", "misses"):
        (one, one_se), (other, other_se) = quick.mean(name), brute.mean(name)
        assert (np.abs(one - other) <= Z * np.hypot(one_se, other_se) + 0.01 * other).all(), (name, one, other)


def test_a_network_that_has_gone_silent_stays_so():
    run = random_code_relay(2, 3, 3, 200, 50, rng(21), threshold=0.99)
    silent = run.n_active == 0
    assert silent.any()
    assert (silent[1:] >= silent[:-1]).all()


def test_many_features_cost_nothing():
    run = random_code_relay(4096, 10**12, 18, 50, 100, rng(22))
    assert run.n_active.shape == (51, 100)
    assert run.clean[-1].mean() > 0.2


# -- edges and errors -------------------------------------------------------------------------------------------------


def test_orthogonal_features_never_disturb_each_other():
    run = relay(np.eye(8), 8, 5, 4, rng(23), unit="gated")
    assert (run.value_error == 0).all()
    assert run.clean.all()


def test_signed_simplex_lowers_every_readout_alike():
    readouts, true = relay_readouts(simplex(9), 4, 1, rng(24))
    assert readouts[0, true] == pytest.approx(1 - 3 / 9)
    assert readouts[0, ~true] == pytest.approx(-4 / 9)


def test_slices_end_at_the_result_of_the_whole():
    *_, (before, _), (done, last) = relay.slices(fresh(32, 60), 2, 3, 40, rng(25), sets_per_code=4)
    assert (before, done) == (0.9, 1.0)
    assert (last.energy == relay(fresh(32, 60), 2, 3, 40, rng(25), sets_per_code=4).energy).all()
    steps = list(random_code_relay.slices(64, 500, 2, 5, 60, rng(26), slices=6))
    assert [done for done, _ in steps] == pytest.approx([k / 6 for k in range(1, 7)])
    assert [run.n_active.shape for _, run in steps] == [(6, 10 * k) for k in range(1, 7)]


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_same_seed_gives_the_same_networks(seed):
    one, other = (random_code_relay(32, 200, 3, 4, 5, rng(seed)) for _ in range(2))
    assert (one.n_active == other.n_active).all()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"unit": "step"}, ValueError, "unit must be one of linear, threshold, gated, relu, got 'step'"),
        ({"depth": 0}, ValueError, "depth must be at least 1, got 0"),
        ({"trials": 1}, ValueError, "trials must be at least 2, got 1"),
        ({"n_active": 7}, ValueError, "n_active must be between 1 and 6, got 7"),
        ({"threshold": 1}, ValueError, "threshold must be"),
        ({"gain": 0}, ValueError, "gain must be"),
        ({"levels": (1, -1)}, ValueError, "levels must be"),
        ({"rng": 3}, TypeError, "rng must be a numpy.random.Generator"),
        ({"unit": "gated", "redriven": True}, ValueError, "redriven must be False"),
        ({"redriven": True, "levels": (0.5,)}, ValueError, "levels must be 1"),
        ({"sets_per_code": 2}, ValueError, "sets_per_code must be 1 when code is an array"),
        ({"code": fresh(3, 6), "sets_per_code": 3}, ValueError, "sets_per_code must divide"),
        ({"code": fresh(3, 6), "sets_per_code": 6}, ValueError, "sets_per_code must be between 1 and 5, got 6"),
    ],
)
def test_bad_argument_of_relay_is_named(change, error, said):
    given = {"code": orthoplex(3), "n_active": 2, "depth": 2, "trials": 10, "rng": rng()}
    with pytest.raises(error, match=said):
        relay(**given | change)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"n": 0}, ValueError, "n must be at least 1"),
        ({"n_active": 10}, ValueError, "n_active must be between 1 and 9"),
        ({"depth": 2.0}, TypeError, "depth must be an integer"),
        ({"threshold": 0}, ValueError, "threshold must be"),
        ({"threshold": 1}, ValueError, "threshold must be"),
        ({"trials": 1}, ValueError, "trials must be at least 2, got 1"),
        ({"rng": None}, TypeError, "rng must be"),
    ],
)
def test_bad_argument_of_the_shortcut_is_named(change, error, said):
    given = {"n": 4, "m": 9, "n_active": 2, "depth": 2, "trials": 10, "rng": rng()}
    with pytest.raises(error, match=said):
        random_code_relay(**given | change)


def test_unknown_mean_is_named():
    with pytest.raises(ValueError, match=r"name must be one of n_active.*got 'errors'"):
        random_code_relay(4, 9, 2, 2, 10, rng()).mean("errors")


def test_a_readout_at_the_threshold_is_not_above_it():
    for threshold, active in ((0.5, 0), (0.499, 2)):
        run = relay(np.eye(4), 2, 1, 4, rng(30), threshold=threshold, levels=(0.5,))
        assert (run.n_active[1] == active).all()


def test_every_network_of_the_shortcut_has_codes_of_its_own():
    run = random_code_relay(16, 100, 2, 3, 40, rng(31))
    values = run.n_active.astype(float)
    mean, error = run.mean("n_active")
    assert mean == pytest.approx(values.mean(axis=1))
    assert error == pytest.approx(values.std(axis=1, ddof=1) / math.sqrt(40))

"""Layer after layer: brute force against the formulas, and the exact-in-law shortcut against brute force.

Simulated values are compared at z = 6.5 standard errors, a two-sided tail of 8.1e-11 each. This file makes fewer than
1000 such comparisons, so the chance that any of them fails by accident is below 8.1e-8; a factor of ten is left for
means that are not quite Gaussian.
"""

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import brentq

from superposition import formulas
from superposition.codes import orthoplex, random_code, simplex, tight_frame
from superposition.simulate import (
    random_code_relay,
    relay,
    relay_readouts,
)
from superposition.simulate.relay import _jointly
from superposition.symbols import l, l0, m, n, z

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


@pytest.mark.parametrize(
    ("n_value", "m_value", "l_value"), [(2, 3, 1), (16, 16, 4), (16, 17, 17), (24, 60, 5), (60, 24, 24)]
)
def test_fresh_random_codes_multiply_the_energy_by_the_same_factor_in_every_layer(n_value, m_value, l_value):
    run = relay(fresh(n_value, m_value), l_value, 3, 12_000, rng(4), unit="linear", sets_per_code=2)
    depths = np.arange(1, 4)
    growth = np.append(1, formulas.noise_growth_linear(m=m_value, n=n_value, L=depths))
    assert_mean_equals(run, "energy", l_value * growth)
    assert_mean_equals(run, "gain", 1)
    assert_mean_equals(run, "noise", l_value * (growth - 1))


@pytest.mark.parametrize(("n_value", "m_value", "l_value"), [(2, 3, 1), (16, 17, 17), (24, 60, 5)])
def test_fresh_tight_frames_multiply_the_energy_by_m_over_n(n_value, m_value, l_value):
    run = relay(frames(n_value, m_value), l_value, 3, 4000, rng(5), unit="linear", sets_per_code=2)
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


def test_late_signal_to_noise_is_the_marchenko_pastur_edge():
    n_value, m_value = 1e9, 4e9
    ratio = m_value / n_value
    low, high = (1 - ratio**0.5) ** 2, (1 + ratio**0.5) ** 2
    x = low + (high - low) * (1 - np.cos(np.linspace(0, np.pi, 200_001))) / 2
    density = np.sqrt(np.maximum((high - x) * (x - low), 0)) / (2 * np.pi * ratio * x)
    moments = {k: np.trapezoid((x / high) ** k * density, x) for k in (300, 600)}
    exact = moments[300] ** 2 / (moments[600] - moments[300] ** 2) * (m_value - 1) / 7
    assert formulas.signal_to_noise_late(L=300, l=7, m=m_value, n=n_value) == pytest.approx(exact, rel=0.02)


# -- thresholds -------------------------------------------------------------------------------------------------------


@given(n_value=st.integers(2, 10**6), m_value=st.integers(2, 10**9), data=st.data())
def test_expected_active_next_is_the_contracts(n_value, m_value, data):
    l_value = data.draw(st.integers(1, min(m_value, 10**6)))
    tail = stats.norm.sf
    misses = l_value * tail(math.sqrt(n_value / (l_value - 1)) / 2) if l_value > 1 else 0
    expected = l_value + (m_value - l_value) * tail(math.sqrt(n_value / l_value) / 2) - misses
    assert formulas.expected_active_next(l=l_value, m=m_value, n=n_value) == pytest.approx(expected, rel=1e-12)


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


# -- analog values ----------------------------------------------------------------------------------------------------


def test_gated_values_of_fresh_codes_wander_like_a_linear_relay_of_the_active_features_alone():
    run = relay(fresh(4096, 40), 5, 8, 450, rng(14), unit="gated", threshold=0.4, sets_per_code=3)
    assert (run.misses == 0).all()
    assert (run.false_alarms == 0).all()
    depths = np.arange(1, 9)
    exact = formulas.noise_growth_linear(m=5, n=4096, L=depths) - 1
    assert_mean_equals(run, "value_error", np.append(0, exact))
    assert formulas.value_noise_gated(L=depths, l=5, n=4096) ** 2 == pytest.approx(exact, rel=0.02)


def test_gated_values_of_one_code_drift_in_step_with_depth():
    run = relay(fresh(4096, 20), 4, 5, 2000, rng(15), unit="gated", threshold=0.3, fresh=False, sets_per_code=2)
    means, errors = run.mean("value_error")
    expected = formulas.value_noise_same_code(L=np.arange(1, 6), l=4, n=4096) ** 2
    assert (np.abs(means[1:] - expected) < Z * errors[1:] + 0.05 * expected).all()


def test_rescaled_relu_doubles_errors_in_each_layer():
    run = relay(fresh(8192, 10), 3, 3, 600, rng(16), unit="relu", sets_per_code=2)
    means, errors = run.mean("value_error")
    expected = formulas.value_noise_relu(L=np.arange(1, 4), l=3, n=8192) ** 2
    assert (np.abs(means[1:] - expected) < Z * errors[1:] + 0.05 * expected).all()


# -- the shortcut -----------------------------------------------------------------------------------------------------


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
    quick = random_code_relay(n_value, m_value, l_value, 4, 4000, rng(17), redriven=redriven)
    brute = relay(fresh(n_value, m_value), l_value, 4, 4000, rng(18), redriven=redriven)
    for name in (*FIELDS, "clean"):
        (one, one_se), (other, other_se) = quick.mean(name), brute.mean(name)
        assert (np.abs(one - other) <= Z * np.hypot(one_se, other_se) + Z / 4000).all(), (name, one, other)
    for layer in (1, 4):
        table = np.array([np.bincount(run.n_active[layer], minlength=m_value + 1) for run in (quick, brute)])
        table = table[:, table.sum(axis=0) > 25]
        if table.shape[1] > 1:
            assert stats.chi2_contingency(table).pvalue > 1e-9


@pytest.mark.parametrize("redriven", [False, True])
def test_shortcut_agrees_with_brute_force_where_readouts_count_as_independent(redriven):
    n_value, m_value, l_value = 96, 1500, 200
    assert l_value > _jointly(n_value)
    quick = random_code_relay(n_value, m_value, l_value, 2, 3000, rng(19), redriven=redriven)
    brute = relay(fresh(n_value, m_value), l_value, 2, 600, rng(20), redriven=redriven, sets_per_code=2)
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

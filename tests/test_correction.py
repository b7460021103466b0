"""Shared-unit correctors: shortcuts against brute force, laws against simulation, errors named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from superposition import formulas
from superposition.simulate import Corrector, chained, correction, crossing, gaussian_readouts

# Two-sided normal tail of one comparison at this many standard errors: 2e-9; there are fewer than 100 of them.
SIGMAS = 6


def rng(seed=0):
    return np.random.default_rng(seed)


def agree(one, other):
    """Whether the means of two samples agree within SIGMAS standard errors."""
    one, other = np.asarray(one, float), np.asarray(other, float)
    error = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
    # where every trial of both gave the same, the means have to be equal to what one trial more could have shown
    return abs(one.mean() - other.mean()) <= SIGMAS * max(error, 1 / len(one))


def brute_force(layer, n_active, depth, trials, rng, dense=True):
    """Chains with every matrix formed: codes (n, m) and assignments (d, m)."""
    energy, present, absent, firing = (np.empty((trials, depth)) for _ in range(4))
    group = layer.d // layer.n_votes
    for trial in range(trials):
        active = rng.choice(layer.m, n_active, replace=False)
        v = np.zeros(layer.m)
        v[active] = 1
        for step in range(depth):
            F = rng.standard_normal((layer.n, layer.m)) / np.sqrt(layer.n)
            r = F.T @ (F @ v) if dense else v
            B = np.zeros((layer.d, layer.m))
            for block in range(layer.n_votes):
                units = block * group + rng.permutation(np.arange(layer.m) % group)
                B[units, np.arange(layer.m)] = 1
            z = B @ r - layer.threshold
            u = np.clip(z / layer.ramp + 0.5, 0, 1) if layer.ramp else (z > 0) * 1.0
            votes = B.T @ u
            present[trial, step], absent[trial, step] = votes[active].min(), np.delete(votes, active).max()
            v = votes / layer.n_votes - votes.mean() / layer.n_votes
            energy[trial, step], firing[trial, step] = v @ v, u.sum()
    return present > absent, energy, present, absent, firing


LAYERS = [
    (Corrector(64, 120, 60, 4), 1),
    (Corrector(96, 80, 120, 4), 3),
    (Corrector(128, 101, 40, 2), 2),
    (Corrector(100, 150, 90, 3, threshold=0.6), 2),
    (Corrector(100, 150, 90, 3, ramp=0.5), 2),
]


@pytest.mark.parametrize(("layer", "n_active"), LAYERS)
def test_one_layer_agrees_with_brute_force(layer, n_active):
    votes = correction(layer, n_active, 3000, rng(1), trials_per_assignment=1)
    oracle, _, present, absent, _ = (found[:, 0] for found in brute_force(layer, n_active, 1, 1200, rng(2)))
    assert 0.02 < oracle.mean() < 0.98
    assert agree(votes.oracle, oracle)
    assert agree(votes.present, present)
    assert agree(votes.absent, absent)
    assert agree(votes.majority, (present > layer.n_votes / 2) & (absent <= layer.n_votes / 2))


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize(
    ("layer", "n_active"), [(Corrector(96, 72, 72, 6), 2), (Corrector(96, 72, 72, 6, ramp=0.4), 2)]
)
def test_chain_agrees_with_brute_force(layer, n_active, dense):
    draws = [chained(layer, n_active, 3, 1, rng([3, seed]), dense) for seed in range(800)]
    oracle, energy, _, _, firing = brute_force(layer, n_active, 3, 800, rng(4), dense)
    for step in range(3):
        assert agree([draw.oracle[0, step] for draw in draws], oracle[:, step])
        assert agree([draw.energy[0, step] for draw in draws], energy[:, step])
        assert agree([draw.firing[0, step] for draw in draws], firing[:, step])


def test_trials_run_together_have_the_law_of_trials_run_alone():
    layer = Corrector(96, 144, 96, 6)
    together = chained(layer, 2, 2, 2000, rng(5))
    alone = [chained(layer, 2, 2, 1, rng([6, seed])) for seed in range(1500)]
    for step in range(2):
        # trials together share assignments, which a standard error over trials does not see: its share is tiny
        assert agree(together.oracle[:, step], [draw.oracle[0, step] for draw in alone])


def test_gaussian_readouts_have_the_moments_of_a_formed_code():
    n, draws = 16, 6000
    v = np.array([1.0, -0.5, 0.25, 0.0])
    short = gaussian_readouts(np.tile(v, (draws, 1)), n, rng(7))
    F = rng(8).standard_normal((draws, n, 4)) / np.sqrt(n)
    formed = np.einsum("tnm,tn->tm", F, F @ v)
    for i in range(4):
        assert agree(short[:, i], formed[:, i])
        for j in range(i + 1):
            assert agree(short[:, i] * short[:, j], formed[:, i] * formed[:, j])
    assert stats.ks_2samp(short[:, 3], formed[:, 3]).pvalue > 1e-8


def test_nothing_stored_is_heard_as_nothing():
    assert (gaussian_readouts(np.zeros((2, 5)), 8, rng(15)) == 0).all()


def test_noise_of_a_unit_is_the_formulas():
    n, m, d, s, n_active = 2048, 4096, 1024, 4, 3
    group, load = d // s, m * s // d
    squares = []
    for seed in range(40):
        a = np.zeros((1, m))
        a[0, :n_active] = 1
        r = gaussian_readouts(a, n, rng([9, seed]))[0]
        r[:n_active] = 0
        sums = r[rng(seed).permutation(m)].reshape(group, load).sum(axis=1)
        squares.append(np.mean(sums**2))
    expected = formulas.unit_noise(n=n, m=m, d=d, s=s, l=n_active) ** 2
    # the three active features are left out of 4,096, and the mean square of their units is not what is asked
    assert abs(np.mean(squares) / expected - 1) < n_active / m + 5 * np.std(squares) / np.mean(squares) / np.sqrt(39)


@pytest.mark.parametrize(
    ("n", "m", "n_active", "s", "d"), [(1024, 4096, 2, 4, 800), (4096, 4096, 4, 3, 450), (512, 8192, 1, 5, 1000)]
)
def test_success_is_at_most_the_independent_votes_and_near_it(n, m, n_active, s, d):
    votes = correction(Corrector(n, m, d, s), n_active, 1500, rng([10, n]), trials_per_assignment=5)
    for needed in range(1, s + 1):
        found = votes.at(needed).mean()
        law = formulas.correction_success(n=n, m=m, l=n_active, s=s, d=d, h=needed)
        error = np.sqrt(max(law * (1 - law), 1 / 1500) / 1500)
        assert law - 0.15 - 5 * error < found < law + 0.05 + 5 * error


def test_effective_active_is_met_when_no_unit_errs():
    n, m, d, s, n_active = 2**16, 2048, 1024, 4, 3
    chain = chained(Corrector(n, m, d, s), n_active, 1, 200, rng(11))
    expected = formulas.effective_active(l=n_active, m=m, d=d, s=s)
    left_out = (1 + n_active) * s / d
    assert (
        abs(chain.energy[:, 0].mean() / expected - 1)
        < 2 * left_out + 5 * chain.energy[:, 0].std() / np.sqrt(200) / expected
    )


def test_votes_of_a_threshold_fixed_beforehand_are_between_oracle_and_nothing():
    votes = correction(Corrector(256, 1024, 400, 8), 2, 400, rng(12))
    tries = np.stack([votes.at(needed) for needed in range(1, 9)])
    assert (tries.any(axis=0) == votes.oracle).all()
    assert tries[votes.best_needed() - 1].sum() == tries.sum(axis=1).max()
    assert (votes.majority <= votes.oracle).all()


def test_slices_end_with_all_trials_and_repeat_the_whole():
    layer = Corrector(128, 256, 128, 4)
    *_, (fraction, last) = correction.slices(layer, 2, 60, rng(13), slices=6)
    assert fraction == 1
    assert len(last.oracle) == 60
    whole = correction(layer, 2, 60, rng(13))
    assert (last.present == whole.present).all()


@pytest.mark.parametrize("sign", [1, -1])
def test_crossing_finds_the_level_and_its_interval_covers_it(sign):
    sizes = 1000 * np.geomspace(0.5, 2, 9)
    chances = np.exp(-np.log(2) * (sizes / 1000.0) ** (-6.0 * sign))
    covered = []
    for seed in range(400):
        found = crossing(sizes, rng([14, seed]).binomial(100, chances), 100, 0.5)
        covered.append(found.low <= 1000 <= found.high)
        assert 0.7 < found.size / 1000 < 1.4
    # 95 % nominal, 400 runs: a share below 0.88 or above 0.995 is more than six standard errors off
    assert 0.88 < np.mean(covered) < 0.998


def test_crossing_does_not_depend_on_the_unit_of_size():
    sizes, successes = np.array([10, 14, 20, 28, 40]), [3, 11, 30, 41, 47]
    plain = crossing(sizes, successes, 50, 0.5)
    for unit in (1e-3, 7.0, 1e6):
        scaled = crossing(unit * sizes, successes, 50, 0.5)
        assert scaled.size / unit == pytest.approx(plain.size, rel=1e-11)
        assert scaled.low / unit == pytest.approx(plain.low, rel=1e-11)


def test_crossing_between_two_sizes_is_bracketed_by_them():
    found = crossing([10, 20, 30], [0, 0, 50], 50, 0.9)
    assert 20 * (1 - 1e-12) <= found.low <= found.size <= found.high <= 30 * (1 + 1e-12)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Corrector(0, 4, 4, 2), ValueError, "n must be at least 1, got 0"),
        (lambda: Corrector(8, 4, 5, 2), ValueError, "d must be a multiple of n_votes = 2, got 5"),
        (lambda: Corrector(8, 4, 4, 2.0), TypeError, "n_votes must be an integer"),
        (lambda: Corrector(8, 4, 4, 2, ramp=-1), ValueError, "ramp must be .* got -1"),
        (lambda: Corrector(8, 4, 4, 2, threshold=np.nan), ValueError, "threshold must be .* got nan"),
        (lambda: correction("layer", 1, 10, rng()), TypeError, "corrector must be a Corrector, got str"),
        (
            lambda: correction(Corrector(8, 4, 4, 2), 4, 10, rng()),
            ValueError,
            "n_active must be between 1 and 3, got 4",
        ),
        (lambda: correction(Corrector(8, 4, 4, 2), 1, 0, rng()), ValueError, "trials must be at least 1"),
        (lambda: correction(Corrector(8, 4, 4, 2), 1, 5, 0), TypeError, "rng must be a numpy.random.Generator"),
        (lambda: chained(Corrector(8, 4, 4, 2), 1, 0, 5, rng()), ValueError, "depth must be at least 1, got 0"),
        (lambda: gaussian_readouts(np.eye(2), 0, rng()), ValueError, "n must be at least 1"),
        (lambda: crossing([1, 2], [0, 0], 10, 0.5), ValueError, "successes must pass level = 0.5"),
        (lambda: crossing([1, 2], [0, 9], 10, 1.0), ValueError, "level must be"),
    ],
)
def test_wrong_arguments_are_named_with_what_is_accepted(call, error, message):
    with pytest.raises(error, match=message):
        call()


@given(m_value=st.integers(2, 10**9), l_value=st.integers(1, 1000), n_value=st.integers(1, 10**6), data=st.data())
def test_contract_of_names_and_right_hand_sides(m_value, l_value, n_value, data):
    depth, chance, constant = (data.draw(st.floats(*ends)) for ends in ((1, 1e6), (1e-6, 0.9), (0.1, 3)))
    expected = n_value / (8 * np.log(m_value * depth / chance))
    assert formulas.max_active_depth(m=m_value, n=n_value, L=depth, delta=chance) == pytest.approx(expected)
    expected = constant * m_value * l_value * 8 * np.log(m_value) / n_value
    assert formulas.correction_width(C=constant, l=l_value, m=m_value, n=n_value) == pytest.approx(expected)


def test_constants_run_between_their_limits():
    grid = np.geomspace(1e-3, 600, 100)
    for formula, low, high in (
        (formulas.correction_constant, np.pi / 8, 1),
        (formulas.majority_constant, np.pi / 2, 2),
    ):
        values = formula(kappa=grid)
        assert (np.diff(values) > 0).all()
        assert values[0] == pytest.approx(low, rel=1e-3)
        assert 0.98 * high < values[-1] < high
    assert formulas.constant_many_units(alpha=0) == pytest.approx(np.pi / 8)
    assert formulas.constant_few_units(alpha=0) == 1
    # far below the limit of direct reading shared noise is nothing
    assert formulas.constant_shared_noise(l=1, m=1e4, n=1e9) == pytest.approx(np.pi / 8, rel=1e-3)
    assert formulas.majority_shared_noise(l=1, m=1e4, n=1e9) == pytest.approx(np.pi / 2, rel=1e-3)


@given(l_value=st.floats(1, 100), m_value=st.floats(200, 1e9), part=st.floats(1.01, 100))
def test_shared_noise_only_ever_widens(l_value, m_value, part):
    n_value = part * 2 * l_value * (np.sqrt(np.log(m_value)) + np.sqrt(np.log(l_value))) ** 2
    exponent = np.log(l_value) / np.log(m_value)
    shared = formulas.constant_shared_noise(l=l_value, m=m_value, n=n_value)
    assert shared == pytest.approx(formulas.constant_many_units(alpha=exponent) / (1 - 1 / part))


def test_success_counts_binomial_votes():
    n, m, d, s, n_active, needed = 512, 2000, 400, 6, 3, 4
    p = stats.norm.sf(np.sqrt(n * d / (4 * m * s * n_active)))
    fires = 1 - (1 - s / d) ** n_active
    false = stats.binom.sf(needed - 1, s, p * (1 - fires) + (1 - p) * fires)
    expected = (1 - false) ** (m - n_active) * stats.binom.sf(needed - 1, s, 1 - p) ** n_active
    found = formulas.correction_success(n=n, m=m, d=d, s=s, l=n_active, h=needed)
    assert found == pytest.approx(expected, rel=1e-9)


def test_chains_at_equal_width_and_many_features_lose_their_reliability_by_the_formulas():
    at = dict(n=4096, m=10**9, l=3, s=8)
    dense = formulas.dense_chain_reliability(d=4096, **at)
    assert formulas.dense_chain_features(kappa=dense, l=3, n=4096, s=8) == pytest.approx(10**9, rel=1e-4)
    sparse = formulas.sparse_chain_reliability(d=4096, l=3, m=10**9, s=8)
    assert formulas.sparse_chain_features(kappa=sparse, l=3, n=4096, s=8) == pytest.approx(10**9)

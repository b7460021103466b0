"""Shared-unit correctors: shortcuts against brute force, laws against simulation, errors named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special, stats

from superposition import formulas
from superposition.simulate import (
    Corrector,
    SparseLayer,
    Votes,
    assignment,
    correction,
    crossing,
    dense_chain,
    gaussian_readouts,
    half_spaces,
    sparse_chain,
)

# Two-sided normal tail of one comparison at this many standard errors: 2e-9; there are fewer than 200 of them.
SIGMAS = 6


def rng(seed=0):
    return np.random.default_rng(seed)


def agree(one, other):
    """Whether the means of two samples agree within SIGMAS standard errors."""
    one, other = np.asarray(one, float), np.asarray(other, float)
    error = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
    # where every trial of both gave the same, the means have to be equal to what one trial more could have shown
    return abs(one.mean() - other.mean()) <= SIGMAS * max(error, 1 / len(one))


def formed_assignment(m, d, s, rng, kind="random"):
    """Which unit holds which feature, as a matrix (d, m), from the definition."""
    g, B, features = d // s, np.zeros((d, m)), np.arange(m)
    order = rng.permutation(m)
    for k in range(s):
        x, y = np.divmod(order, g)
        B[k * g + ((y + k * x) % g if kind == "reed-solomon" else y), features] = 1
        if kind == "random":
            order = rng.permutation(m)
    return B


def brute_force(layer, n_active, depth, trials, rng):
    """Chains with every matrix formed: codes (n, m) and assignments (d, m)."""
    energy, present, absent, firing = (np.empty((trials, depth)) for _ in range(4))
    for trial in range(trials):
        active = rng.choice(layer.m, n_active, replace=False)
        v = np.zeros(layer.m)
        v[active] = 1
        for step in range(depth):
            F = rng.standard_normal((layer.n, layer.m)) / np.sqrt(layer.n)
            B = formed_assignment(layer.m, layer.d, layer.n_votes, rng, layer.assignment)
            z = B @ (F.T @ (F @ v)) - layer.threshold
            u = np.clip(z / layer.ramp + 0.5, 0, 1) if layer.ramp else (z > 0) * 1.0
            votes = B.T @ u
            present[trial, step], absent[trial, step] = votes[active].min(), np.delete(votes, active).max()
            v = votes / layer.n_votes - votes.mean() / layer.n_votes
            energy[trial, step], firing[trial, step] = v @ v, u.sum()
    return present > absent, energy, present, absent, firing


def brute_sparse(layer, n_active, depth, trials, rng):
    """Sparse chains with every matrix of weights formed."""
    right, firing = np.zeros((trials, depth), bool), np.zeros((trials, depth))
    needed = layer.needed or layer.n_votes
    for trial in range(trials):
        active = rng.choice(layer.m, n_active, replace=False)
        B = formed_assignment(layer.m, layer.d, layer.n_votes, rng, layer.assignment)
        u = B[:, active].any(axis=1).astype(int)
        for step in range(depth):
            if step:
                old, B = B, formed_assignment(layer.m, layer.d, layer.n_votes, rng, layer.assignment)
                W = B @ old.T
                u = ((W if layer.weights == "counts" else (W > 0).astype(int)) @ u >= needed).astype(int)
                for _ in range(layer.cleaning):
                    u = u & (((B @ B.T) > 0).astype(int) @ u >= needed)
            full = B.T @ u == layer.n_votes
            right[trial, step] = full[active].all() and full.sum() == n_active
            firing[trial, step] = u.sum()
    return right, firing


LAYERS = [
    (Corrector(64, 120, 60, 4), 1),
    (Corrector(96, 80, 120, 4), 3),
    (Corrector(128, 101, 40, 2), 2),
    (Corrector(100, 150, 90, 3, threshold=0.6), 2),
    (Corrector(100, 150, 90, 3, ramp=0.5), 2),
    (Corrector(60, 100, 39, 3, assignment="reed-solomon"), 2),
]


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "n_active"), LAYERS)
def test_one_layer_agrees_with_brute_force(layer, n_active):
    votes = correction(layer, n_active, 1500, rng(1), trials_per_assignment=1)
    oracle, _, present, absent, _ = (found[:, 0] for found in brute_force(layer, n_active, 1, 1200, rng(2)))
    assert 0.02 < oracle.mean() < 0.98
    assert agree(votes.oracle, oracle)
    assert agree(votes.present, present)
    assert agree(votes.absent, absent)
    assert agree(votes.majority, (present > layer.n_votes / 2) & (absent <= layer.n_votes / 2))


@pytest.mark.slow
@pytest.mark.parametrize("layer", [Corrector(96, 72, 72, 6), Corrector(96, 72, 72, 6, ramp=0.4)])
def test_dense_chain_agrees_with_brute_force(layer):
    draws = [dense_chain(layer, 2, 3, 1, rng([3, seed])) for seed in range(500)]
    oracle, energy, _, _, firing = brute_force(layer, 2, 3, 500, rng(4))
    for step in range(3):
        assert agree([draw.oracle[0, step] for draw in draws], oracle[:, step])
        assert agree([draw.energy[0, step] for draw in draws], energy[:, step])
        assert agree([draw.firing[0, step] for draw in draws], firing[:, step])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layer", "n_active"),
    [
        (SparseLayer(70, 60, 3), 2),
        (SparseLayer(36, 60, 4, needed=3), 2),
        (SparseLayer(58, 60, 4, weights="counts"), 2),
        (SparseLayer(200, 60, 3, cleaning=1), 1),
        (SparseLayer(90, 39, 3, assignment="reed-solomon"), 1),
    ],
)
def test_sparse_chain_agrees_with_brute_force(layer, n_active):
    draws = sparse_chain(layer, n_active, 3, 1500, rng(5), give_up=1e9, trials_per_assignment=1)
    right, firing = brute_sparse(layer, n_active, 3, 500, rng(6))
    assert 0.05 < right[:, -1].mean() < 0.98
    for step in range(3):
        assert agree(draws.oracle[:, step], right[:, step])
        assert agree(draws.firing[:, step], firing[:, step])


def test_a_dropped_trial_would_have_stayed_wrong():
    layer = SparseLayer(420, 256, 4)
    kept, dropped = (
        sparse_chain(layer, 2, 16, 300, rng(7), give_up, trials_per_assignment=300).oracle for give_up in (1e9, 4)
    )
    assert 0.1 < kept[:, -1].mean() < 0.9
    assert agree(kept[:, -1], dropped[:, -1])


@pytest.mark.slow
def test_trials_that_share_assignments_vary_like_trials_that_do_not():
    layer = SparseLayer(450, 256, 4)
    blocks = np.array([sparse_chain(layer, 2, 8, 50, rng([8, i])).oracle[:, -1].mean() for i in range(120)])
    share = blocks.mean()
    ratio = blocks.var(ddof=1) / (share * (1 - share) / 50)
    # a variance of 120 normal numbers has a relative error of sqrt(2/119) = 0.13
    assert abs(ratio - 1) < 6 * np.sqrt(2 / 119)


@pytest.mark.parametrize(("kind", "d"), [("random", 84), ("reed-solomon", 4 * 13)])
def test_an_assignment_holds_every_feature_once_in_every_group(kind, d):
    members = assignment(100, d, 4, rng(9), kind)
    for units in members.reshape(4, -1, members.shape[1]):
        assert sorted(units[units < 100]) == list(range(100))
    B = np.zeros((d, 101))
    np.put_along_axis(B, members, 1, axis=1)
    shared = B[:, :100].T @ B[:, :100]
    if kind == "reed-solomon":
        assert (shared - np.diag(np.diag(shared))).max() == 1


@pytest.mark.parametrize(
    ("n", "m", "d", "n_active", "mixed"),
    [(40, 60, 30, 2, True), (40, 60, 30, 2, False), (20, 50, 200, 3, True), (1, 3, 4, 1, True), (30, 20, 30, 1, False)],
)
def test_half_spaces_agree_with_formed_ones(n, m, d, n_active, mixed):
    draws, present, absent = rng([10, d]), np.empty(1500), np.empty(1500)
    for trial in range(1500):
        F = draws.standard_normal((n, m)) / np.sqrt(n)
        W = draws.standard_normal((d, n)) if mixed else np.sqrt(n) * np.eye(n)[:d]
        u = np.sign(W @ F[:, :n_active].sum(axis=1))
        r = np.sqrt(np.pi * n_active / 2) / d * (F.T @ (W.T @ u))
        present[trial], absent[trial] = r[:n_active].min(), r[n_active:].max()
    told = half_spaces(n, m, d, n_active, 6000, rng(11), mixed)
    for drawn, formed in ((told.present, present), (told.absent, absent), (told.oracle, present > absent)):
        assert agree(drawn, formed)
    assert agree(told.present**2, present**2)
    assert agree(told.absent**2, absent**2)


def test_half_space_width_is_where_the_noise_of_readouts_reaches_the_limit():
    n, m, n_active = 4096, 2**14, 8
    d = round(formulas.half_space_width(l=n_active, m=m, n=n))
    told = half_spaces(n, m, d, n_active, 4000, rng(12))
    # the largest of m normal numbers is a little below sqrt(2 ln m) standard deviations, which is 1/2 there
    assert 0.8 * 0.5 < told.absent.mean() < 0.5
    kept = round(formulas.half_space_width_kept(l=n_active, m=m))
    assert 0.8 * 0.5 < half_spaces(n, m, kept, n_active, 4000, rng(13), mixed=False).absent.mean() < 0.5


@pytest.mark.slow
def test_vote_layers_fail_no_more_often_than_the_bound():
    draws, tried, near = rng(14), 0, 0
    primes = (2, 3, 5, 7, 11, 13, 17, 23, 31, 41, 61)
    # nearly all designs with few units or neurons fail for sure, and say nothing: those are tried one by one below
    while tried < 40:
        s = int(draws.integers(2, 8))
        g = int(draws.choice([prime for prime in primes if prime >= s]))
        m = int(draws.integers(2, g * g + 1))
        n_active, n = int(draws.integers(1, min(m, 5))), int(np.exp(draws.uniform(4, 8.5)))
        h, threshold = int(draws.integers(s // 2 + 1, s + 1)), float(draws.choice([0.5, 0.6, 0.7]))
        bound = formulas.vote_layer_failure(d=s * g, h=h, l=n_active, m=m, n=n, s=s, threshold=threshold)
        if bound > 0.98:
            continue
        tried += 1
        layer = Corrector(n, m, s * g, s, threshold, assignment="reed-solomon")
        failed = 1 - correction(layer, n_active, 400, draws, trials_per_assignment=10).at(h).mean()
        assert failed <= bound + 5 * np.sqrt(max(bound * (1 - bound), 1 / 400) / 400), (s, g, m, n_active, n, h)
        near += failed > bound / 2 > 0.01
    assert near >= 5


@pytest.mark.parametrize(
    ("g", "s", "m", "n_active", "h", "n"),
    [
        (2, 1, 2, 1, 1, 2),
        (3, 2, 2, 1, 2, 2),
        (13, 3, 13, 1, 2, 2),
        (11, 2, 12, 11, 1, 400),
        (11, 3, 12, 11, 2, 4000),
        (7, 2, 7, 6, 2, 1000),
        (31, 1, 31, 30, 1, 2000),
        (31, 1, 31, 1, 1, 1),
    ],
)
def test_the_bound_on_a_vote_layer_holds_at_the_ends_of_its_domain(g, s, m, n_active, h, n):
    bound = formulas.vote_layer_failure(d=s * g, h=h, l=n_active, m=m, n=n, s=s)
    layer = Corrector(n, m, s * g, s, assignment="reed-solomon")
    failed = 1 - correction(layer, n_active, 2000, rng(21), trials_per_assignment=20).at(h).mean()
    assert failed <= bound + 5 * np.sqrt(max(bound * (1 - bound), 1 / 2000) / 2000)


def test_the_bound_on_a_vote_layer_adds_up_to_one_where_it_is_sure_to_fail():
    assert formulas.vote_layer_failure(d=7, h=1, l=1, m=14, n=100, s=1) == 1
    # without sharing and with one unit it is the union bound on a plain threshold, to what its cells cost
    bound = formulas.vote_layer_failure(d=101, h=1, l=1, m=101, n=80, s=1)
    c = rng(15).chisquare(80, 400_000) / 80
    plain = 100 * stats.norm.sf(0.5 / np.sqrt(c / 80)).mean() + (c <= 0.5).mean()
    assert 0.99 * plain < bound < 1.06 * plain


@pytest.mark.parametrize(
    ("g", "s", "m", "n_active", "h", "n", "threshold"),
    [(11, 2, 22, 2, 2, 60, 0.5), (11, 2, 20, 2, 2, 60, 0.5), (7, 4, 30, 2, 3, 200, 0.5), (11, 5, 60, 3, 4, 1500, 0.6)],
)
def test_the_bound_on_a_vote_layer_is_its_two_integrals(g, s, m, n_active, h, n, threshold):
    parts = (np.arange(400) + 0.5) / 400
    c, g_value = stats.chi2.ppf(parts, n)[:, None] / n, stats.norm.ppf(parts)
    loads = {-(-m // g), m // g}
    scale = np.sqrt(c * n_active / n)

    def fires(heard):
        return [stats.norm.cdf((heard - threshold) / (scale * np.sqrt(load - 1))) for load in loads if load > 1] + [
            heard >= threshold for load in loads if load == 1
        ]

    def mean(chance, others):
        shared = stats.hypergeom(m - 1, s * (max(loads) - 1), others)
        return sum(shared.pmf(k) * chance(min(k, s)) for k in range(others + 1))

    p = np.max(fires(scale * g_value), axis=0)
    alarms = mean(lambda k: stats.binom.sf(h - k - 1, s - k, p), n_active)
    p = np.min(fires(c + np.sqrt(c * (n_active - 1) / n) * g_value), axis=0)
    misses = mean(lambda k: stats.binom.cdf(h - 1, s - k, p), n_active - 1)
    exact = ((m - n_active) * alarms + n_active * misses).mean()
    bound = formulas.vote_layer_failure(d=s * g, h=h, l=n_active, m=m, n=n, s=s, threshold=threshold)
    assert exact < 1
    assert 0.995 * exact < bound < 1.07 * exact


@given(data=st.data(), m_value=st.integers(2, 10**6), delta_value=st.floats(0.001, 0.9))
def test_converses_lie_below_what_works(data, m_value, delta_value):
    l_value = data.draw(st.integers(1, min(m_value, 1000)))
    d_value = formulas.converse_width(l=l_value, m=m_value, delta=delta_value)
    # writing down the number of the set takes so many bits, rounded up
    bits = special.gammaln(m_value + 1) - special.gammaln(l_value + 1) - special.gammaln(m_value - l_value + 1)
    assert d_value <= bits / np.log(2) * (1 + 1e-9) + 1e-6
    n_value = data.draw(st.integers(1, 10**5))
    blind = formulas.converse_width_blind(m=m_value, n=n_value, delta=delta_value)
    # the blind converse stays below the law of votes at its least constant, 1/4
    assert blind <= formulas.correction_width(C=0.25, l=1, m=m_value, n=n_value)


def test_blind_converse_bounds_the_information_of_normal_units():
    draws = rng(16)
    for _ in range(200):
        m, d, n = int(draws.integers(6, 40)), int(draws.integers(1, 4)), int(draws.integers(1, 50))
        B = draws.standard_normal((m, d))
        leverage = np.einsum("md,de,me->m", B, np.linalg.inv(B.T @ B), B)
        if leverage.max() > 0.5:
            continue
        # divergence of N(c b, c/n (S - b b')) from N(0, c/n S), averaged over features and over c
        divergence = 0.5 * (-leverage + n * leverage - np.log1p(-leverage)).mean()
        assert divergence <= d / (2 * m) * (n + 0.5) * (1 + 1e-12)


def test_gaussian_readouts_have_the_moments_of_a_formed_code():
    n, draws = 16, 6000
    v = np.array([1.0, -0.5, 0.25, 0.0])
    short = gaussian_readouts(n, np.tile(v, (draws, 1)), rng(7))
    F = rng(8).standard_normal((draws, n, 4)) / np.sqrt(n)
    formed = np.einsum("tnm,tn->tm", F, F @ v)
    for i in range(4):
        assert agree(short[:, i], formed[:, i])
        for j in range(i + 1):
            assert agree(short[:, i] * short[:, j], formed[:, i] * formed[:, j])
    assert stats.ks_2samp(short[:, 3], formed[:, 3]).pvalue > 1e-8


def test_nothing_stored_is_heard_as_nothing():
    assert (gaussian_readouts(8, np.zeros((2, 5)), rng(15)) == 0).all()


def test_noise_of_a_unit_is_the_formulas():
    n, m, d, s, n_active = 2048, 4096, 1024, 4, 3
    group, load = d // s, m * s // d
    squares = []
    for seed in range(40):
        a = np.zeros((1, m))
        a[0, :n_active] = 1
        r = gaussian_readouts(n, a, rng([9, seed]))[0]
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
    trials = 600
    votes = correction(Corrector(n, m, d, s), n_active, trials, rng([10, n]), trials_per_assignment=5)
    for needed in range(1, s + 1):
        found = votes.at(needed).mean()
        law = formulas.correction_success(n=n, m=m, l=n_active, s=s, d=d, h=needed)
        error = np.sqrt(max(law * (1 - law), 1 / trials) / trials)
        assert law - 0.15 - 5 * error < found < law + 0.05 + 5 * error


def test_effective_active_is_met_when_no_unit_errs():
    n, m, d, s, n_active = 2**16, 2048, 1024, 4, 3
    chain = dense_chain(Corrector(n, m, d, s), n_active, 1, 200, rng(11))
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


@pytest.mark.slow
def test_crossing_covers_known_laws_as_often_as_it_says():
    laws = (
        lambda x: np.exp(-np.log(2) * x**-6.0),
        lambda x: np.exp(-np.log(2) * x**15.0),
        lambda x: stats.norm.cdf(4 * np.log(x)),
        lambda x: stats.norm.cdf(12 * np.log(x)),
        lambda x: 1 / (1 + x**-10.0),
    )
    # where they pass 90 %; None where that is near the end of the sizes
    nine = (None, (-np.log(0.9) / np.log(2)) ** (1 / 15), None, np.exp(stats.norm.ppf(0.9) / 12), 9**0.1)
    sizes = np.geomspace(0.7, 1 / 0.7, 8)
    shares = []
    for i, law in enumerate(laws):
        covered = []
        for seed in range(160):
            trials = (50, 100, 400)[seed % 3]
            level, place = (0.9, nine[i]) if nine[i] and seed % 2 else (0.5, 1)
            found = crossing(1000 * sizes, rng([17, i, seed]).binomial(trials, law(sizes)), trials, level)
            covered.append(found.low <= 1000 * place <= found.high)
        shares.append(np.mean(covered))
    # measured 85 to 100 % for single laws; six standard errors of 160 and of 800 runs
    assert min(shares) > 0.84 - 6 * np.sqrt(0.84 * 0.16 / 160)
    assert 0.9 < np.mean(shares) < 0.99


def test_crossing_does_not_depend_on_the_unit_of_size():
    sizes, successes = np.array([10, 14, 20, 28, 40]), [3, 11, 30, 41, 47]
    plain = crossing(sizes, successes, 50, 0.5)
    for unit in (1e-3, 7.0, 1e6):
        scaled = crossing(unit * sizes, successes, 50, 0.5)
        assert scaled.size / unit == pytest.approx(plain.size, rel=1e-6)
        assert scaled.low / unit == pytest.approx(plain.low, rel=1e-6)


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
        (lambda: dense_chain(Corrector(8, 4, 4, 2), 1, 0, 5, rng()), ValueError, "depth must be at least 1, got 0"),
        (lambda: sparse_chain(Corrector(8, 4, 4, 2), 1, 1, 5, rng()), TypeError, "layer must be a SparseLayer"),
        (lambda: SparseLayer(8, 4, 2, weights="all"), ValueError, "weights must be 'equal' or 'counts', got 'all'"),
        (lambda: SparseLayer(8, 4, 2, needed=3), ValueError, "needed must be between 1 and 2, got 3"),
        (lambda: assignment(8, 4, 2, rng(), "best"), ValueError, "assignment must be one of 'random', 'reed-solomon'"),
        (lambda: assignment(8, 8, 2, rng(), "reed-solomon"), ValueError, "a prime of at least 3, got 8"),
        (lambda: half_spaces(8, 4, 9, 1, 5, rng(), mixed=False), ValueError, "d must be between 1 and 8, got 9"),
        (lambda: formulas.vote_layer_failure(8, 1, 1, 4, 9, 2), ValueError, "d must be s = 2 times a prime"),
        (lambda: formulas.vote_layer_failure(6, 3, 1, 4, 9, 2), ValueError, "h must be between 1 and 2, got 3"),
        (lambda: gaussian_readouts(0, np.eye(2), rng()), ValueError, "n must be at least 1"),
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


@pytest.mark.parametrize(("n", "m", "s", "n_active"), [(1024, 1024, 8, 2), (2048, 4000, 8, 2), (1024, 900, 8, 4)])
def test_units_of_a_dense_chain_are_as_reliable_as_the_formula_says(n, m, s, n_active):
    d, draws, squares = n // s * s, rng([18, m]), []
    for _ in range(12):
        active = draws.choice(m, n_active, replace=False)
        first, second = (assignment(m, d, s, draws) for _ in range(2))
        votes = np.zeros(m + 1)
        np.add.at(votes, first[np.isin(first, active).any(axis=1)].ravel(), 1 / s)
        v = votes[:m] - votes[:m].mean()
        heard = np.append(gaussian_readouts(n, v[None], draws)[0], 0)
        silent = ~np.isin(second, active).any(axis=1)
        squares.append(np.mean(heard[second].sum(axis=1)[silent] ** 2))
    found = 1 / (4 * np.mean(squares))
    law = formulas.dense_chain_reliability(d=d, l=n_active, m=m, n=n, s=s)
    error = np.std(squares) / np.mean(squares) / np.sqrt(11)
    # features that share two units with an active one are left out: of the order of l s/d and s^2/d
    assert abs(law / found - 1) < 5 * error + s * s / d
    crosstalk_only = n * d / (4 * m * s * formulas.effective_active(d=d, l=n_active, m=m, s=s))
    assert crosstalk_only / found > 1.2


def test_best_unit_threshold_never_needs_more_and_tends_below_that_of_a_half():
    for value, expected in ((0.1, 0.393), (1, 0.391), (4, 0.382), (16, 0.353)):
        grid = formulas.threshold_constant(kappa=value, theta=np.linspace(0.05, 0.95, 901))
        assert grid.min() == pytest.approx(expected, abs=6e-4)
        assert grid.min() <= formulas.correction_constant(kappa=value)
        half = formulas.threshold_constant(kappa=value, theta=0.5)
        assert half == pytest.approx(formulas.correction_constant(kappa=value), rel=1e-9)


def test_share_of_units_listened_to_is_that_of_random_assignments():
    m, d, s = 3000, 400, 4
    members = assignment(m, d, s, rng(19))
    B = np.zeros((d, m + 1))
    np.put_along_axis(B, members, 1, axis=1)
    again = np.zeros((d, m + 1))
    np.put_along_axis(again, assignment(m, d, s, rng(20)), 1, axis=1)
    found = (B[:, :m] @ again[:, :m].T > 0).mean()
    assert found == pytest.approx(formulas.sparse_chain_listened(d=d, m=m, s=s), rel=0.02)


@given(m_value=st.integers(4, 10**6), depth=st.integers(1, 1000), data=st.data())
def test_shares_of_correction_lie_between_nothing_and_all(m_value, depth, data):
    l_value = data.draw(st.integers(1, 50))
    n_value = 8 * l_value * np.log(m_value * depth / 0.1) * data.draw(st.floats(1, 100))
    at = dict(m=m_value, n=n_value, l=l_value, L=depth, delta=0.1)
    for name in ("depth", "neurons", "weights", "layers", "chain"):
        share = formulas.registry[f"correction_share_{name}"]
        assert -1e-12 <= share(**{key: at[key] for key in share.arguments}) <= 1
    more = formulas.depth_neurons(L=depth, delta=0.1, l=l_value, m=m_value)
    one = formulas.depth_neurons(L=1, delta=0.1, l=l_value, m=m_value)
    assert formulas.correction_share_depth(L=depth, delta=0.1, m=m_value) == pytest.approx(1 - one / more)


def test_pull_that_keeps_a_step_finite_does_not_move_a_steep_crossing():
    sizes = np.array([40, 50, 70, 90, 120.0])
    expected = 60 * np.exp(-np.log(2) * (sizes / 70) ** -8)
    assert crossing(sizes, expected, 60, 0.5).size == pytest.approx(70, rel=2e-4)


def test_a_majority_is_more_than_half_of_the_votes():
    votes = Votes(present=np.array([3, 2, 4, 4, 3]), absent=np.array([2, 1, 3, 0, 3]), n_votes=4)
    assert votes.majority.tolist() == [True, False, False, True, False]
    assert votes.oracle.tolist() == [True, True, True, True, False]
    # one to four votes needed are right in 1, 2, 2 and 2 of the trials
    assert [votes.at(needed).sum() for needed in (1, 2, 3, 4)] == [1, 2, 2, 2]
    assert votes.best_needed() == 2


def test_as_many_groups_as_units_in_a_group_are_the_whole_plane():
    units = np.argwhere(assignment(9, 9, 3, rng(21), "reed-solomon")[:, :, None] == np.arange(9))
    held = [set(units[units[:, 2] == feature, 0]) for feature in range(9)]
    assert all(len(one) == 3 for one in held)
    # points of a plane over three elements: two of them are on one line at most
    shared = [len(one & other) for i, one in enumerate(held) for other in held[:i]]
    assert max(shared) == 1


def test_ramps_fire_in_part_and_never_more_than_one():
    # so many neurons hear no noise: a unit hears one or nothing
    for ramp, on, off in ((2.0, 0.75, 0.25), (0.5, 1, 0), (1.0, 1, 0), (4.0, 0.625, 0.375)):
        layer = Corrector(n=10**14, m=20, d=12, n_votes=3, ramp=ramp)
        found = dense_chain(layer, 1, 1, 4, rng(22))
        assert found.firing[:, 0] == pytest.approx(np.full(4, 3 * on + 9 * off), abs=1e-4)
        votes = correction(layer, 1, 4, rng(23))
        assert votes.present == pytest.approx(np.full(4, 3 * on), abs=1e-4)
        assert (votes.absent <= 2 * on + off + 1e-4).all()


def test_a_share_that_is_only_reached_is_not_passed():
    for successes in ([0, 25], [25, 0], [25, 25]):
        with pytest.raises(ValueError, match=r"successes must pass level = 0\.5"):
            crossing([10, 20], successes, 50, 0.5)


def test_as_many_units_as_are_given_up_on_are_not_given_up():
    # three units for the one active feature, which has them for itself; of the second layer's nothing is asked
    chain = sparse_chain(SparseLayer(4, 60, 3), 1, 1, 20, rng(29), give_up=1)
    assert chain.oracle.all()
    assert (chain.firing == 3).all()


def test_a_negative_number_of_cleaning_layers_is_refused():
    with pytest.raises(ValueError, match="cleaning must be at least 0, got -1"):
        SparseLayer(4, 60, 3, cleaning=-1)


def test_a_step_may_lie_anywhere_between_its_two_sizes():
    found = crossing([10, 27, 74, 200], [0, 0, 0, 398], 400, 0.1)
    assert 74 <= found.low < 80
    assert 180 < found.high <= 200


@pytest.mark.parametrize(
    ("successes", "level"),
    [
        ([3, 11, 30, 41, 47], 0.5),
        ([48, 40, 22, 9, 2], 0.5),
        ([9, 15, 30, 33, 40], 0.5),
        ([50, 48, 41, 30, 9], 0.9),
    ],
)
def test_crossing_is_the_largest_likelihood_and_its_interval_a_ratio_test(successes, level):
    sizes, k = np.array([10, 14, 20, 28, 40.0]), np.array(successes)
    x = np.log(sizes / 20)
    found = crossing(sizes, k, 50, level)

    def best(place=None):
        """Largest log-likelihood, of the whole law or with the level passed at a place, by a search without derivatives."""

        def short(b):
            a = np.log(-np.log(level)) - b[0] * place - b[1] * place**2 if place is not None else b[2]
            p = np.exp(-np.exp(a + b[0] * x + b[1] * x**2))
            return -(k * np.log(p) + (50 - k) * np.log1p(-p)).sum()

        start = np.zeros(2 if place is not None else 3)
        options = dict(xatol=1e-7, fatol=1e-9, maxiter=4000, maxfev=4000)
        return optimize.minimize(short, start, method="Nelder-Mead", options=options)

    whole = best()
    b, c, a = whole.x
    roots = np.roots([c, b, a - np.log(-np.log(level))])
    place = min(roots[abs(roots.imag) < 1e-12].real, key=lambda root: abs(root - np.log(found.size / 20)))
    assert np.log(found.size / 20) == pytest.approx(place, abs=2e-3)
    for end in (found.low, found.high):
        drop = best(np.log(end / 20)).fun - whole.fun
        assert drop == pytest.approx(stats.chi2.ppf(0.95, 1) / 2, abs=0.02)


@pytest.mark.parametrize(
    ("layer", "n_active"),
    [
        (SparseLayer(20, 18, 3), 2),
        (SparseLayer(12, 16, 4, needed=3, cleaning=1), 2),
        (SparseLayer(16, 15, 3, weights="counts", assignment="reed-solomon"), 1),
    ],
)
def test_small_sparse_chains_agree_with_brute_force(layer, n_active):
    draws = sparse_chain(layer, n_active, 3, 800, rng(24), give_up=1e9, trials_per_assignment=1)
    right, firing = brute_sparse(layer, n_active, 3, 80, rng(25))
    for step in range(3):
        assert agree(draws.oracle[:, step], right[:, step])
        assert agree(draws.firing[:, step], firing[:, step])


@pytest.mark.parametrize("layer", [Corrector(20, 15, 20, 4), Corrector(24, 10, 15, 3, 0.6, ramp=0.5)])
def test_small_dense_chains_agree_with_brute_force(layer):
    draws = [dense_chain(layer, 2, 2, 1, rng([26, seed])) for seed in range(600)]
    oracle, energy, present, absent, firing = brute_force(layer, 2, 2, 600, rng(27))
    assert 0.02 < oracle[:, 0].mean() < 0.98
    for step in range(2):
        assert agree([draw.oracle[0, step] for draw in draws], oracle[:, step])
        assert agree([draw.energy[0, step] for draw in draws], energy[:, step])
        assert agree([draw.firing[0, step] for draw in draws], firing[:, step])
    votes = correction(layer, 2, 600, rng(28), trials_per_assignment=1)
    assert agree(votes.present, present[:, 0])
    assert agree(votes.absent, absent[:, 0])

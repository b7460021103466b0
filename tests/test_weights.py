"""Virtual weights between two layers: their law, by brute force; the bounds, never violated; and the picture of them."""

from itertools import product

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from superposition import formulas, simulate
from superposition.codes import random_code
from superposition.formula import Q, numeric
from superposition.simulate import chains, interference_tail, overlaps, used_errors, weight_errors
from tests.stored import built


def interference(n, n_connections, shared, trials, rng):
    """The sum that an unconnected pair hears, drawn term by term."""
    heard = overlaps(n, shared * trials, rng).reshape(shared, trials).sum(axis=0) if shared else np.zeros(trials)
    for _ in range(n_connections - shared):
        heard = heard + overlaps(n, trials, rng) * overlaps(n, trials, rng)
    return heard


def counted(n, m, n_connections, rng, threshold):
    """False and missed connections of one pair of random codes, by all m² virtual weights."""
    F, G = random_code(n, m, rng), random_code(n, m, rng)
    sources, targets = rng.permutation(m)[:n_connections], rng.permutation(m)[:n_connections]
    V = G.T @ (G[:, targets] @ F[:, sources].T) @ F
    real = np.zeros((m, m), bool)
    real[targets, sources] = True
    return np.count_nonzero((threshold < V) & ~real), np.count_nonzero((threshold >= V) & real)


@pytest.mark.parametrize(
    ("n", "m", "n_connections", "threshold"),
    [
        (8, 20, 10, 0.5),
        (16, 40, 30, 0.4),
        (2, 5, 5, 0.5),
        (1, 4, 3, 0.5),
        (8, 10, 1, 0.3),
        (6, 6, 2, 0.3),
        (4, 4, 4, 0.5),
    ],
)
def test_wrong_weights_are_those_of_whole_matrices(n, m, n_connections, threshold):
    rng = np.random.default_rng([n, m, n_connections])
    matrices = np.array([counted(n, m, n_connections, rng, threshold) for _ in range(1000)])
    found = weight_errors(n, m, n_connections, 4000, rng, threshold)
    pairs = [(found.false_alarms, found.false_alarms_se), (found.misses, found.misses_se)]
    for (mean, se), theirs in zip(pairs, matrices.T, strict=True):
        # that nothing was seen is known no better than that one was
        error = max(theirs.std(), 1) / np.sqrt(len(theirs))
        assert abs(mean - theirs.mean()) < 5 * np.hypot(se, error)
    assert found.errors == pytest.approx(found.false_alarms + found.misses)


@pytest.mark.parametrize(("n", "m", "n_connections", "n_active"), [(8, 20, 10, 2), (6, 6, 6, 6), (2, 5, 4, 1)])
def test_features_read_wrongly_are_those_of_a_network(n, m, n_connections, n_active):
    rng, wrong = np.random.default_rng([n, m, n_active]), []
    for _ in range(2000):
        F, G = random_code(n, m, rng), random_code(n, m, rng)
        r = G.T @ (G[:, :n_connections] @ F[:, :n_connections].T) @ F[:, :n_active].sum(axis=1)
        wrong.append(np.count_nonzero((r > 0.5) != (np.arange(m) < n_active)))
    found = used_errors(n, m, n_connections, n_active, 4000, rng)
    assert abs(found.errors - np.mean(wrong)) < 5 * np.hypot(found.errors_se, np.std(wrong) / np.sqrt(2000))


@pytest.mark.parametrize("wiring", ["one to one", "four to each", "any"])
def test_variance_is_exact_for_any_connections(wiring):
    n, m, trials = 8, 12, 1500
    rng = np.random.default_rng([len(wiring), n])
    C = {
        "one to one": lambda: np.eye(m)[rng.permutation(m)],
        "four to each": lambda: np.repeat(np.eye(3), 4, axis=1).repeat(4, axis=0) * (rng.random((m, m)) < 2),
        "any": lambda: (rng.random((m, m)) < 0.3).astype(float),
    }[wiring]()
    heard = np.empty((trials, m, m))
    for trial in range(trials):
        F, G = random_code(n, m, rng), random_code(n, m, rng)
        heard[trial] = G.T @ G @ C @ F.T @ F - C
    shared = C.sum(axis=0) + C.sum(axis=1)[:, None] - 2 * C
    expected = formulas.interference_std(J=C.sum() - C, n=n, zeta=shared) ** 2
    square = heard**2
    error = square.std(axis=0) / np.sqrt(trials)
    assert np.abs((square.mean(axis=0) - expected) / error).max() < 6
    assert np.abs(heard.mean(axis=0) / heard.std(axis=0)).max() * np.sqrt(trials) < 6


def test_signs_leave_the_variance_as_it_is():
    rng = np.random.default_rng(5)
    signs = rng.choice([-1.0, 1.0], size=(20, 1))
    heard = (signs * overlaps(4, 20 * 50_000, rng).reshape(20, -1) * overlaps(4, 20 * 50_000, rng).reshape(20, -1)).sum(
        axis=0
    )
    expected = formulas.interference_std(J=20, n=4, zeta=0) ** 2
    assert abs((heard**2).mean() - expected) < 5 * (heard**2).std() / np.sqrt(len(heard))


@pytest.mark.parametrize(("n", "n_connections"), [(1, 2), (2, 3), (5, 4), (64, 2)])
def test_kurtosis_is_that_of_a_sum_of_products(n, n_connections):
    heard = interference(n, n_connections, 0, 400_000, np.random.default_rng([n, n_connections]))
    fourth = (heard / formulas.interference_std(J=n_connections, n=n, zeta=0)) ** 4
    expected = formulas.interference_kurtosis(J=n_connections, n=n) + 3
    assert abs(fourth.mean() - expected) < 5 * fourth.std() / np.sqrt(len(heard))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "n_connections", "shared", "threshold"),
    [(8, 30, 0, 0.5), (16, 60, 1, 0.5), (4, 40, 2, 2.0), (2, 24, 24, 5.0), (64, 100, 2, 0.4)],
)
def test_exact_tail_is_that_of_the_sum(n, n_connections, shared, threshold):
    trials = 100_000
    heard = interference(n, n_connections, shared, trials, np.random.default_rng([n, n_connections, shared]))
    exact = interference_tail(n, n_connections, shared, threshold)
    assert abs((heard > threshold).mean() - exact) < 5 * np.sqrt(exact / trials)


def test_exact_tail_of_overlaps_alone_is_that_of_crosstalk():
    # where all connections share a feature with the pair, a sum of overlaps is left
    assert interference_tail(64, 24, 24, 2.0) == pytest.approx(simulate.crosstalk_tail(64, 24, 2.0), rel=1e-8)


def test_exact_tail_far_out_agrees_with_what_is_drawn():
    exact = 10_000**2 * interference_tail(512, 1800)
    # of features that have no connection, whatever they are read from
    found = chains.weights.sample(
        np.random.default_rng(2), 2000, n=512, m=10**4, J=1800, l=1, theta=0.5, shown=0, chance=1e-12
    )
    alarm = 1e8 * found["alarm"]
    assert abs(alarm.mean() - exact) < 5 * alarm.std() / np.sqrt(2000)


LAYERS = dict(n=st.integers(2, 4096), J=st.integers(24, 10**6), theta=st.floats(0.01, 0.99), zeta=st.integers(0, 2))


@pytest.mark.slow
@given(**LAYERS)
def test_tail_bound_is_never_violated(n, J, theta, zeta):
    theta = min(theta, 11.9 * formulas.interference_std(J=J, n=n, zeta=zeta))
    assert interference_tail(n, J, zeta, theta) <= formulas.interference_tail_bound(J=J, n=n, zeta=2, theta=theta)


@given(n=st.integers(1, 8), size=st.integers(1, 6), density=st.floats(0.1, 1), seed=st.integers(0, 2**31))
def test_bound_on_the_generating_function_holds_for_any_connections(n, size, density, seed):
    # with normal overlaps, which are worse, the mean of e^(uV) is known for every wiring
    rng = np.random.default_rng(seed)
    C = (rng.random((size, size)) < density).astype(float)
    row, column = C[0, 1:], C[1:, 0]
    M = C[1:, 1:]
    pq = C.sum(axis=0).max() + C.sum(axis=1).max()
    # at least one on either side
    zeta = max(2, pq)
    u = rng.uniform(0, 0.999) * 2 * n / zeta
    B = np.block([[np.eye(size - 1), -u / n * M], [-u / n * M.T, np.eye(size - 1)]])
    linear = np.concatenate([column, row]) / np.sqrt(n)
    exact = -np.linalg.slogdet(B)[1] / 2 + u**2 / 2 * linear @ np.linalg.solve(B, linear)
    shared = row.sum() + column.sum()
    variance = shared / n + M.sum() / n**2
    assert exact <= u**2 / 2 * variance / (1 - u * zeta / (2 * n)) + 1e-9


def test_as_many_connections_as_are_sure_are_read_without_error():
    sure = int(formulas.max_connections_sure(delta=0.1, m=10_000, n=1024, zeta=2))
    assert sure > 1000
    found = weight_errors(1024, 10_000, sure, 200, np.random.default_rng(3))
    # expected errors are no fewer than the chance of any
    assert found.errors < 0.1


def test_beyond_a_real_weight_the_bound_leaves_delta():
    values = dict(J=900, n=512, zeta=2)
    level = formulas.real_weight(delta=0.01, m=2000, **values)
    assert 2000**2 * formulas.interference_tail_bound(theta=level, **values) == pytest.approx(0.01)
    assert 2000**2 * interference_tail(512, 900, 2, level) < 0.01


def test_noise_in_use_is_what_an_unconnected_feature_hears():
    n, m, n_connections, n_active = 8, 12, 10, 3
    rng, heard = np.random.default_rng(4), []
    for _ in range(20_000):
        F, G = random_code(n, m, rng), random_code(n, m, rng)
        heard.append(G[:, -1] @ G[:, :n_connections] @ (F[:, :n_connections].T @ F[:, :n_active].sum(axis=1)))
    square = np.square(heard)
    expected = formulas.used_noise_std(J=n_connections, l=n_active, n=n) ** 2
    assert abs(square.mean() - expected) < 5 * square.std() / np.sqrt(len(heard))


def test_with_all_features_in_use_the_curve_of_the_explorer_is_what_is_missed():
    curve = built("weights", "read_or_run").declaration["marks"][1]["y"]
    letters = {name: sp.Symbol(name, positive=True) for name in curve["of"]}
    run = numeric(sp.sympify(curve["expr"], locals=letters | {"Q": Q}), tuple(letters))
    found = used_errors(256, 16, 16, 16, 4000, np.random.default_rng(8))
    assert found.false_alarms == 0
    assert abs(found.misses - run(J=16, l=16, m=16, n=256)) < 5 * found.misses_se


def test_normal_law_is_off_as_far_as_the_heap_of_interference_says():
    """In truth there are a fifth fewer, or up to seven times as many, where the explorer counts any."""
    sliders = {one["symbol"]: one["values"] for one in built("weights", "virtual_weights").declaration["sliders"]}
    assert [sliders[name][0] for name in ("J", "n", "theta")] == [100, 64, 0.1]
    m, ratios = sliders["m"][-1], []
    for J, n, theta in product((100, 120), (64, 70, 100, 200), (0.3, 0.5, 0.7, 0.9)):
        assert n in sliders["n"]
        spreads = [formulas.interference_std(J=J, n=n, zeta=shared) for shared in (0, 1, 2)]
        pairs = (m - J) ** 2, 2 * J * (m - J), J * (J - 1)
        normal = sum(pairs * stats.norm.sf(theta / np.array(spreads)))
        if normal >= 0.5:
            tails = [interference_tail(n, J, z, theta) if theta < 12 * std else 0 for z, std in enumerate(spreads)]
            ratios.append(np.dot(pairs, tails) / normal)
    assert 0.78 < min(ratios) < 0.82
    assert 6 < max(ratios) < 7


def test_reading_and_running_meet_at_two_active_features():
    at = dict(m=10_000, n=10**6)
    read = formulas.max_connections(**at)
    one, two, three = (formulas.max_connections_used(l=l, **at) for l in (1, 2, 3))
    assert one > read > three
    assert two == pytest.approx(read, rel=1e-3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda rng: weight_errors(8, 10, 11, 5, rng), "n_connections must be between 1 and 10, got 11"),
        (lambda rng: weight_errors(8, 10, 5, 1, rng), "trials must be at least 2, got 1"),
        (lambda rng: used_errors(8, 10, 5, 6, 5, rng), "n_active must be between 1 and 5, got 6"),
        (lambda rng: interference_tail(4097, 24), "n must be between 2 and 4096, got 4097"),
        (lambda rng: interference_tail(8, 23), "n_connections must be at least 24, got 23"),
        (lambda rng: interference_tail(8, 24, 25), "shared must be between 0 and 24, got 25"),
        (lambda rng: interference_tail(8, 24, 0, 0.0), r"threshold must be a finite number in \(0, 7.3.*\], got 0"),
    ],
)
def test_what_makes_no_sense_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call(np.random.default_rng(0))


def test_results_come_in_slices():
    steps = list(weight_errors.slices(16, 50, 20, 40, np.random.default_rng(0), slices=4))
    assert [done for done, _ in steps] == [0.25, 0.5, 0.75, 1]
    assert steps[-1][1].trials == 40


def test_graph_shows_the_virtual_weights_of_its_codes():
    scene = built("mechanisms", "weight_graph")
    tables = {given["symbol"]: given for given in scene.declaration["given"]}
    first, second = (np.array(tables[name]["table"]) for name in ("first", "second"))
    target = np.array(tables["target"]["table"]) - 1
    rng = np.random.default_rng(6)
    for place, size in enumerate((8, 16, 32, 64)):
        on = rng.random(8) < 0.6
        C = np.zeros((8, 8))
        C[target[on], np.flatnonzero(on)] = 1
        V = second[place] @ C @ first[place]
        found = scene._scope({"n": size, "theta": 0.35, **{f"on{i}": int(a) for i, a in enumerate(on, 1)}})
        np.testing.assert_allclose(found["weight"].reshape(8, 8).T, V, atol=1e-12)
        assert found["kept"] == np.count_nonzero((V > 0.35) & (C > 0))
        assert found["spurious"] == np.count_nonzero((V > 0.35) & (C == 0))
        # random codes: overlaps of 28 pairs in two layers
        squares = np.concatenate([G[place][np.triu_indices(8, 1)] ** 2 for G in (first, second)])
        assert stats.ttest_1samp(squares, 1 / size).pvalue > 1e-4


def test_fewest_neurons_connections_and_trials_are_enough():
    assert weight_errors(1, 1, 1, 2, np.random.default_rng(0)).trials == 2
    assert used_errors(1, 2, 2, 2, 2, np.random.default_rng(0)).trials == 2
    for refused, words in (
        (lambda rng: used_errors(8, 10, 5, 2, 1, rng), "trials must be at least 2, got 1"),
        (lambda rng: used_errors(8, 10, 11, 2, 5, rng), "n_connections must be between 1 and 10, got 11"),
        (lambda rng: interference_tail(1, 24), "n must be between 2 and 4096, got 1"),
    ):
        with pytest.raises(ValueError, match=words):
            refused(np.random.default_rng(0))


def test_every_feature_connected_leaves_none_without():
    # one neuron: a virtual weight is the sum of as many signs as there are connections, its own among them as +1
    found = weight_errors(1, 2, 2, 4000, np.random.default_rng(1))
    # of two connections each is missed where the other one's signs cancel it, and each of two further pairs is heard as often
    assert abs(found.misses - 1) < 6.5 * found.misses_se + 1e-9
    assert abs(found.false_alarms - 0.5) < 6.5 * found.false_alarms_se + 1e-9


def test_half_of_the_interference_lies_above_nothing_and_none_beyond_its_reach():
    tails = [interference_tail(64, 100, shared, 1e-9) for shared in (0, 50, 100)]
    assert tails == pytest.approx([0.5, 0.5, 0.5], abs=1e-6)
    spread = np.sqrt(50 / 64 + 50 / 64**2)
    assert 0 < interference_tail(64, 100, 50, 11.9 * spread) < 1e-20
    with pytest.raises(ValueError, match="threshold must be a finite number"):
        interference_tail(64, 100, 50, 12.1 * spread)


@pytest.mark.parametrize("shared", [0, 12, 400])
def test_tail_of_many_connections_is_that_of_a_normal_law_with_its_kurtosis(shared):
    n, J = 256, 400
    variance = shared / n + (J - shared) / n**2
    # fourth cumulants: of an overlap 3/(n (n + 2)) - 3/n², of a product of two 9/(n (n + 2))² - 3/n⁴
    fourth = shared * (3 / (n * (n + 2)) - 3 / n**2) + (J - shared) * (9 / (n * (n + 2)) ** 2 - 3 / n**4)
    excess = fourth / variance**2
    for z in (0.5, 1.0, 2.0, 3.0):
        edgeworth = stats.norm.sf(z) + stats.norm.pdf(z) * excess / 24 * (z**3 - 3 * z)
        assert interference_tail(n, J, shared, z * np.sqrt(variance)) == pytest.approx(edgeworth, rel=2e-3)

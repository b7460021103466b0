"""The toy model: its loss and gradient by hand, what training finds, and the exact case of two features in one neuron."""

import numpy as np
import pytest
from scipy import optimize

from superposition import formulas, simulate
from superposition.codes import tight_frame
from superposition.data import load
from superposition.simulate import (
    best_pair,
    feature_dimensionality,
    pair_loss,
    toy_activations,
    toy_gradient,
    toy_loss,
    train,
    training,
)
from tools.grids import training as grid

TABLES = load("training")
SIZES = [(1, 1), (1, 2), (2, 2), (2, 3), (3, 8)]


def rng(*seed):
    return np.random.default_rng(seed)


def network(n, m, draws, models=()):
    return draws.normal(size=(*models, n, m)), draws.normal(size=(*models, m)) / 2


def slow_loss(E, bias, a, weights, linear):
    """The definition, number by number."""
    total = 0.0
    for row in a:
        x = [sum(E[k, i] * row[i] for i in range(len(row))) for k in range(len(E))]
        for i, value in enumerate(row):
            read = sum(E[k, i] * x[k] for k in range(len(E))) + bias[i]
            total += weights[i] * (value - (read if linear else max(read, 0))) ** 2
    return total / len(a)


@pytest.mark.parametrize(("n", "m"), SIZES)
@pytest.mark.parametrize("linear", [False, True])
def test_loss_is_its_definition(n, m, linear):
    draws = rng(n, m)
    E, bias = network(n, m, draws)
    a, weights = toy_activations(m, 0.5, 20, draws), draws.uniform(0, 2, m)
    assert toy_loss(E, a, bias, weights, linear) == pytest.approx(slow_loss(E, bias, a, weights, linear), rel=1e-12)


@pytest.mark.parametrize(("n", "m"), SIZES)
@pytest.mark.parametrize("linear", [False, True])
def test_gradient_is_that_of_finite_differences(n, m, linear):
    draws, step = rng(n, m, 7), 1e-6
    E, bias = network(n, m, draws)
    a, weights = toy_activations(m, 0.7, 15, draws), draws.uniform(0, 2, m)
    by_E, by_bias = toy_gradient(E, a, bias, weights, linear)
    for place in np.ndindex(E.shape):
        change = np.zeros_like(E)
        change[place] = step
        ends = [toy_loss(E + sign * change, a, bias, weights, linear) for sign in (1, -1)]
        assert by_E[place] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-5, abs=1e-7)
    for i in range(m):
        change = step * (np.arange(m) == i)
        ends = [toy_loss(E, a, bias + sign * change, weights, linear) for sign in (1, -1)]
        assert by_bias[i] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-5, abs=1e-7)


def test_many_networks_at_once_are_each_of_them():
    draws = rng(3)
    E, bias = network(2, 4, draws, (3,))
    a = np.stack([toy_activations(4, 0.4, 10, draws) for _ in range(3)])
    losses, (by_E, by_bias) = toy_loss(E, a, bias), toy_gradient(E, a, bias)
    for i in range(3):
        assert losses[i] == pytest.approx(toy_loss(E[i], a[i], bias[i]))
        one_E, one_bias = toy_gradient(E[i], a[i], bias[i])
        assert np.allclose(by_E[i], one_E)
        assert np.allclose(by_bias[i], one_bias)


def test_activations_have_their_density_and_are_uniform():
    for density in (0.01, 0.3, 1):
        a, size = toy_activations(2, density, 100_000, rng(4)), 200_000
        on = a > 0
        assert abs(on.mean() - density) <= 6 * np.sqrt(density * (1 - density) / size)
        assert abs(a[on].mean() - 0.5) <= 6 / np.sqrt(12 * on.sum())
        assert abs((a[on] ** 2).mean() - 1 / 3) <= 6 * np.sqrt(4 / 45 / on.sum())
        assert a.max() <= 1


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: toy_activations(2, 0, 3, rng(0)), ValueError, "density must be a finite number in"),
        (lambda: toy_activations(2, 0.5, 3, 0), TypeError, "rng must be"),
        (lambda: toy_loss([1, 2], [[1, 2]], [0, 0]), ValueError, "bias must have the shape of E"),
        (lambda: toy_loss([[1, 2]], [[1, 2]], [0]), ValueError, r"got shapes \(1, 2\) and \(1,\)"),
        (lambda: toy_loss([[1, np.nan]], [[1, 2]], [0, 0]), ValueError, "E and bias must be finite"),
        (lambda: toy_loss([[1, 2]], [1, 2], [0, 0]), ValueError, r"activations must have the shape \(..., trials, 2\)"),
        (lambda: toy_gradient([[1, 2]], [[1, 2, 3]], [0, 0]), ValueError, "activations must have the shape"),
        (lambda: toy_loss([[1, 2]], [[1, np.nan]], [0, 0]), ValueError, "activations must be finite"),
        (lambda: toy_loss([[1, 2]], [[1, 2]], [0, 0], [1, -1]), ValueError, "importance must be 2 finite numbers"),
        (lambda: toy_loss([[1, 2]], [[1, 2]], [0, 0], [1]), ValueError, "importance must be 2 finite numbers"),
        (lambda: train(0, 2, 0.5, 1, rng(0)), ValueError, "n must be at least 1"),
        (lambda: train(1, 2, 0.5, 1, rng(0), rate=0), ValueError, "rate must be"),
        (lambda: train(1, 2, 0.5, 1, rng(0), importance=[1, 1, 1]), ValueError, "importance must be 2"),
        (lambda: feature_dimensionality([1, 2]), ValueError, r"E must be an array .* got shape \(2,\)"),
        (lambda: pair_loss([[1, 2, 3]], [0, 0, 0], 0.5, 1), ValueError, r"E must have the shape \(1, 2\)"),
        (lambda: pair_loss([[1, 2]], [0, 0], 1.5, 1), ValueError, "density must be"),
        (lambda: best_pair(0.5, 0), ValueError, "importance must be"),
    ],
)
def test_bad_input_is_refused_by_name(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_dimensionality_of_known_arrangements():
    assert feature_dimensionality(3 * np.eye(4)).tolist() == [1, 1, 1, 1]
    assert feature_dimensionality([[1, -2, 0]]) == pytest.approx([1 / 5, 4 / 5, 0])
    corners = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]).T
    assert feature_dimensionality(corners) == pytest.approx([3 / 4] * 4)
    many = rng(1).normal(size=(20, 3, 7))
    assert (feature_dimensionality(many).sum(axis=1) <= 3 + 1e-9).all()


# The exact case


def test_exact_loss_is_that_of_many_inputs():
    draws = rng(8)
    for _ in range(30):
        E, bias = network(1, 2, draws)
        density, importance = draws.uniform(0.05, 1), draws.uniform(0.1, 3)
        a = toy_activations(2, density, 40_000, draws)
        each = (np.maximum(a @ E.T @ E + bias, 0) - a) ** 2 @ [1, importance]
        assert abs(each.mean() - pair_loss(E, bias, density, importance)) <= 6 * each.std() / 200


def test_exact_loss_has_the_formulas_values():
    for density in (0.01, 0.3, 1):
        for importance in (0.2, 1, 5):
            both = pair_loss([[1, -1]], [0, 0], density, importance)
            assert both == pytest.approx(formulas.opposite_loss(nu=density, omega=importance), rel=1e-12)
            first = pair_loss([[1, 0]], [0, density / 2], density, importance)
            assert first == pytest.approx(formulas.single_loss(nu=density, omega=importance), rel=1e-12)
            # seen from the other side, in units of the other feature
            other = pair_loss([[0, 1]], [density / 2, 0], density, importance)
            assert other == pytest.approx(formulas.single_loss(nu=density, omega=1), rel=1e-12)


def test_edges_are_where_one_loss_passes_the_other():
    for density in (0.02, 0.3, 0.55):
        lower, upper = (f(nu=density) for f in (formulas.superposition_lower, formulas.superposition_upper))
        assert lower * upper == pytest.approx(1, rel=1e-12)
        for edge, importance in ((lower, None), (upper, 1)):
            for side, wins in ((1.001, importance is None), (0.999, importance == 1)):
                at = dict(nu=density, omega=edge * side)
                alone = formulas.single_loss(nu=density, omega=importance or at["omega"])
                assert (formulas.opposite_loss(**at) < alone) == wins


def test_best_pair_is_a_minimum_better_than_by_hand():
    for density, importance in ((0.05, 1), (0.4, 0.6)):
        best = best_pair(density, importance)
        assert best.E[0, 0] * best.E[0, 1] < 0
        assert best.loss == pytest.approx(pair_loss(best.E, best.bias, density, importance))
        assert best.loss <= pair_loss([[1, -1]], [0, 0], density, importance)
        draws = rng(9)
        for size in (0.3, 0.03):
            for _ in range(40):
                E, bias = best.E + size * draws.normal(size=(1, 2)), best.bias + size * draws.normal(size=2)
                assert pair_loss(E, bias, density, importance) >= best.loss - 1e-9


@pytest.mark.parametrize("density", [0.1, 0.5, 0.7, 0.95])
def test_a_little_of_the_neuron_pays_beyond_the_onset_and_not_before(density):
    little, onset = 0.01, formulas.superposition_onset(nu=density)

    def least(importance):
        """Least loss with the second arrow held at so little, without the formula's algebra."""

        def loss(values):
            return pair_loss([[values[0], -little]], values[1:], density, importance)

        start = [1, 0.1 * little, density / 2 + little / 2]
        found = optimize.minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-16})
        return found.fun - formulas.single_loss(nu=density, omega=importance)

    assert least(0.97 * onset) > 0
    assert least(1.03 * onset) < 0


def test_the_onset_is_below_1_before_density_1():
    """By as much as the bias ν/2 leaves over, which is no best bias."""
    density = np.linspace(0.001, 0.999, 999)
    spare = density * (1 - density) * (2 - density) ** 3 / 24 / (density / 3 - density**2 / 4)
    assert (formulas.superposition_onset(nu=density) <= 1 - spare + 1e-12).all()
    assert (spare > 0).all()


def test_with_lengths_free_superposition_wins_beyond_any_triple_point():
    for density in (0.65, 0.9):
        importance = (1 + formulas.superposition_onset(nu=density)) / 2
        assert importance < 1
        best = best_pair(density, importance)
        assert best.loss < formulas.single_loss(nu=density, omega=importance) - 1e-5
        assert abs(best.E).min() > 0.05


# What is stored


@pytest.mark.slow
def test_stored_edges_are_made_again():
    rows = TABLES["edge"]["rows"]
    for i in np.random.default_rng().choice(len(rows), 2, replace=False):
        density, importance = rows[i]
        assert grid.edge_row(density)[1] == pytest.approx(importance, rel=2e-3)


def test_free_edges_lie_beyond_those_at_length_1_and_not_beyond_the_onset():
    for density, importance in TABLES["edge"]["rows"]:
        assert importance <= formulas.superposition_onset(nu=density) * 1.01
        if density < 4 / 7:
            assert importance < formulas.superposition_lower(nu=density)


def test_edges_are_those_that_were_asked_for():
    edge = dict(map(tuple, TABLES["edge"]["rows"]))
    assert [edge[p] for p in (0.1, 0.3, 0.5)] == pytest.approx([0.05, 0.2, 0.54], abs=0.006)


def test_stored_networks_fall_on_their_side_of_the_exact_edge():
    edge = dict(map(tuple, TABLES["edge"]["rows"]))
    for density, importance, superposed, E in TABLES["pair"]["rows"]:
        inside = edge[density] < importance < 1 / edge[density]
        assert (superposed if inside else len(E) - superposed) >= 4
        lengths = np.abs(np.array(E))
        assert superposed == (lengths > grid.KEPT_LENGTH).all(axis=1).sum()


@pytest.mark.slow
def test_fresh_networks_fall_on_their_side_of_the_exact_edge():
    rows = TABLES["pair"]["rows"]
    edge = dict(map(tuple, TABLES["edge"]["rows"]))
    draws = np.random.default_rng()
    for i in draws.choice(len(rows), 2, replace=False):
        density, importance = rows[i][:2]
        kept = 0
        for _ in range(5):
            found = train(1, 2, density, grid.PAIR_TRIES, draws, [1, importance], **grid.PAIR)
            lost = [pair_loss(E, b, density, importance) for E, b in zip(found.E, found.bias, strict=True)]
            kept += bool((np.abs(found.E[int(np.argmin(lost))]) > grid.KEPT_LENGTH).all())
        assert (kept if edge[density] < importance < 1 / edge[density] else 5 - kept) >= 4


def pentagons(E):
    return (abs(feature_dimensionality(E) - 2 / 5) < 0.02).all(axis=-1)


def test_rare_features_form_pentagons():
    rows = {(m, p): E for m, p, _, E in TABLES["plane"]["rows"]}
    for density in (0.01, 0.02, 0.05):
        assert pentagons(np.array(rows[5, density])).sum() >= 4
    assert pentagons(np.array(rows[5, 0.5])).sum() == 0
    assert pentagons(train(2, 5, 0.05, 5, rng(11), steps=2000).E).sum() >= 4


@pytest.mark.slow
@pytest.mark.parametrize("density", [0.02, 0.05])
def test_fresh_networks_form_pentagons(density):
    assert pentagons(train(2, 5, density, 5, np.random.default_rng(), **grid.PLANE).E).sum() >= 4


def test_in_a_plane_the_least_important_features_are_given_up():
    gave_up = 0
    for importance, m, _, lost, E in TABLES["falling"]["rows"]:
        kept = np.linalg.norm(np.array(E)[np.argmin(lost)], axis=0) > 0.5
        assert len(kept) == m
        if importance <= 0.7:
            gave_up += kept.sum() < m
            assert kept[: kept.sum()].all()
    assert gave_up > 60
    kept = np.linalg.norm(train(2, 8, 0.1, 5, rng(13), 0.5 ** np.arange(8), steps=2000).E, axis=1) > 0.5
    assert kept[:, :3].all()
    assert not kept[:, 5:].any()


@pytest.mark.slow
def test_stored_networks_are_made_again():
    """A few rounded digits grow over thousands of steps: what is compared is what they lose and keep."""
    draws = np.random.default_rng()
    m, density, lost, _ = TABLES["plane"]["rows"][draws.integers(len(TABLES["plane"]["rows"]))]
    again = grid.plane_row(m, density)
    assert again[:2] == [m, density]
    assert min(again[2]) == pytest.approx(min(lost), rel=0.1, abs=1e-4)
    importance, m, density, lost, _ = TABLES["falling"]["rows"][draws.integers(len(TABLES["falling"]["rows"]))]
    again = grid.falling_row(importance, m, density)
    assert again[:3] == [importance, m, density]
    assert min(again[3]) == pytest.approx(min(lost), rel=0.1, abs=1e-4)
    density, kept = TABLES["crowd"]["rows"][draws.integers(len(TABLES["crowd"]["rows"]))]
    assert np.mean(grid.crowd_row(density)[1]) == pytest.approx(np.mean(kept), abs=1.5)
    kind = ("random", "tight")[draws.integers(2)]
    row = next(row for row in TABLES["codes"]["rows"] if row[0] == kind)
    made = grid.code_row(kind)
    assert made[:5] == row[:5]
    assert made[5] == pytest.approx(row[5], rel=0.01)
    assert made[6] == pytest.approx(row[6], rel=0.05, abs=0.05)
    m, n, random, _ = TABLES["scale"]["rows"][draws.integers(4)]
    assert grid.scale_row(m, n)[2] == pytest.approx(random, rel=0.01)


def test_stored_shapes_have_their_dimensionality():
    firm = {(3, 6), (2, 5), (3, 8), (3, 4)}
    for n, m, _, shares in TABLES["shapes"]["rows"]:
        near = (abs(np.array(shares) - n / m).max(axis=1) < 0.02).sum()
        assert near >= 4 or (n, m) not in firm


@pytest.mark.slow
@pytest.mark.parametrize(("n", "m", "density"), [(3, 6, 0.05), (3, 8, 0.02)])
def test_fresh_shapes_have_their_dimensionality(n, m, density):
    found = train(n, m, density, 5, np.random.default_rng(), steps=3000, batch=512, rate=0.01)
    assert (abs(feature_dimensionality(found.E) - n / m).max(axis=1) < 0.02).sum() >= 4


def test_linear_networks_keep_as_many_features_as_neurons():
    found = train(5, 20, 0.1, 3, rng(12), 0.7 ** np.arange(20), linear=True, steps=1500, batch=128)
    assert ((np.linalg.norm(found.E, axis=1) > 0.5).sum(axis=1) == 5).all()
    assert {row[0]: row[2] for row in TABLES["kept"]["rows"]}[1] == [5] * 5


@pytest.mark.slow
def test_rare_features_of_falling_importance_are_kept_thirteen_or_fourteen_within_one():
    stored = next(kept for linear, density, kept in TABLES["kept"]["rows"] if (linear, density) == (0, 0.001))
    found = train(5, 20, 0.001, 5, rng(13), grid.IMPORTANCES, **grid.KEPT)
    for kept in (np.array(stored), (np.linalg.norm(found.E, axis=1) > 0.5).sum(axis=1)):
        # a length near ½ is kept or not by chance
        assert 12 <= np.median(kept) <= 15


def test_a_trained_code_is_skewed_and_reads_better_than_a_tight_frame():
    rows = {row[0]: row[1:] for row in TABLES["codes"]["rows"]}
    welch = formulas.welch_bound(m=grid.CODE_FEATURES, n=grid.CODE_NEURONS)
    assert rows["trained"][0] == pytest.approx(welch, rel=0.01)
    assert all(rows["trained"][i] < min(rows[kind][i] for kind in ("random", "tight", "optimised")) for i in (2, 3, 4))
    found = train(16, 64, 0.02, 1, rng(14), steps=800).E[0]
    F = found / np.linalg.norm(found, axis=0)
    errors = [simulate.readout_errors(code, 2, 2000, rng(15)).errors for code in (F, tight_frame(16, 64, rng(16)))]
    assert errors[0] < errors[1] / 5


# Training, step by step


@pytest.mark.parametrize("linear", [False, True])
def test_training_is_adam_of_kingma_and_ba_with_a_rate_that_falls_like_a_cosine(linear):
    n, m, density, trials, steps, batch, rate = 2, 3, 0.4, 2, 4, 5, 0.1
    found = train(n, m, density, trials, rng(11), [1, 0.5, 2], linear, steps, batch, rate)
    draws = rng(11)
    E, bias = draws.normal(size=(trials, n, m)) / (2 * np.sqrt(n)), np.zeros((trials, m))
    inputs = [np.maximum(1 - draws.random((trials, batch, m)) / density, 0) for _ in range(steps)]
    tested = toy_activations(m, density, 20_000, draws)
    for network in range(trials):
        place = np.concatenate([E[network].ravel(), bias[network]])
        moment, energy = np.zeros_like(place), np.zeros_like(place)
        for step in range(1, steps + 1):
            split = place[: n * m].reshape(n, m), inputs[step - 1][network], place[n * m :]
            slope = np.concatenate([part.ravel() for part in toy_gradient(*split, [1, 0.5, 2], linear)])
            moment, energy = 0.9 * moment + 0.1 * slope, 0.999 * energy + 0.001 * slope**2
            size = rate * np.cos(np.pi / 2 * (step - 1) / steps)
            place = place - size * (moment / (1 - 0.9**step)) / (np.sqrt(energy / (1 - 0.999**step)) + 1e-7)
        np.testing.assert_allclose(found.E[network].ravel(), place[: n * m], atol=1e-4)
        np.testing.assert_allclose(found.bias[network], place[n * m :], atol=1e-4)
        loss = toy_loss(found.E[network], tested, found.bias[network], [1, 0.5, 2], linear)
        assert found.loss[network] == pytest.approx(loss, rel=1e-9)


def test_large_embeddings_alone_are_trained_in_single_precision(monkeypatch):
    monkeypatch.setattr(training, "_TESTS", 2)
    for m, single in ((16_000, True), (15_999, False)):
        E = train(2, m, 0.5, 1, rng(12), steps=1, batch=1).E
        assert E.dtype == np.float64
        assert (E.astype(np.float32) == E).all() == single


def test_a_feature_that_is_not_worth_it_gets_nothing_and_never_the_direction_of_the_other():
    best = best_pair(0.5, 0.3)
    assert best.E[0, 0] == pytest.approx(1, abs=1e-5)
    assert best.E[0, 1] <= 0
    assert best.E[0, 1] == pytest.approx(0, abs=1e-5)
    assert best.loss == pytest.approx(formulas.single_loss(nu=0.5, omega=0.3), rel=1e-9)

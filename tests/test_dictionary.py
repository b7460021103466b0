"""What `diagnose` and `compare` report is what the whole Gram matrix shows, and their chance levels are those of random codes."""

import html.parser
import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

import superposition
from superposition import formulas, overlaps, simulate
from superposition.codes import coherence, equiangular, random_code, simplex, tight_frame
from superposition.dictionary import compare, diagnose
from superposition.dictionary.diagnosis import wrong_readouts
from superposition.dictionary.nearest import Alike
from superposition.overlaps import UnitColumns

seeds = st.integers(0, 2**32 - 1)


def rng(seed=0):
    return np.random.default_rng(seed)


def gram(F):
    F = F / np.linalg.norm(F, axis=0)
    G = F.T @ F
    np.fill_diagonal(G, 0)
    return G


@pytest.fixture
def small_tiles(monkeypatch):
    monkeypatch.setattr(overlaps, "_TILE_ROWS", 5)
    monkeypatch.setattr(overlaps, "_TILE_COLUMNS", 6)
    monkeypatch.setattr(overlaps, "_PART_COLUMNS", 4)


# -- diagnose ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_tiles")
@pytest.mark.parametrize("shape", [(3, 2), (3, 31), (12, 40), (40, 12)])
@pytest.mark.parametrize("memory", [1, 2**28])
def test_diagnosis_is_what_the_gram_matrix_shows(shape, memory):
    F = rng().standard_normal(shape) * rng(1).uniform(1, 9, shape[1])
    found, G, m = diagnose(F, trials=5, memory=memory), gram(F), shape[1]
    sizes = coherence(F)
    assert (found.rms, found.worst, found.pair, found.welch) == (sizes.rms, sizes.worst, sizes.pair, sizes.welch)
    np.testing.assert_allclose(found.nearest, abs(G).max(axis=0), rtol=1e-5)
    assert found.neighbour.tolist() == abs(G).argmax(axis=0).tolist()
    np.testing.assert_allclose(found.feature_mean, G.sum(axis=0) / (m - 1), atol=1e-12)
    np.testing.assert_allclose(found.feature_rms, np.sqrt((G**2).sum(axis=0) / (m - 1)), rtol=1e-9)
    np.testing.assert_allclose(found.lengths, np.linalg.norm(F, axis=0), rtol=1e-12)
    unit = F / np.linalg.norm(F, axis=0)
    np.testing.assert_allclose(found.spectrum, np.linalg.svd(unit)[1] ** 2, rtol=1e-9, atol=1e-12)
    assert np.sort(found.sampled) == pytest.approx(np.sort(G[np.triu_indices(m, 1)]), abs=1e-6)
    assert found.effective_neurons == pytest.approx(found.rms**-2, rel=1e-12)


def test_dead_columns_are_reported_and_left_out():
    F = random_code(8, 30, rng())
    with_dead = np.insert(F, [0, 10, 30], 0, axis=1)
    found, alone = diagnose(with_dead, trials=5), diagnose(F, trials=5)
    assert found.dead.tolist() == [0, 11, 32]
    assert (found.m, found.bears) == (alone.m, alone.bears)
    assert (found.rms, found.worst) == pytest.approx((alone.rms, alone.worst), rel=1e-14)
    assert found.pair == tuple(found.kept[list(alone.pair)])
    assert found.neighbour.tolist() == found.kept[alone.neighbour].tolist()
    assert "3 columns are zero and left out." in found.remarks


def test_dead_columns_may_leave_fewer_features_than_neurons():
    F = np.zeros((6, 20))
    F[:, [3, 9, 11]] = random_code(6, 3, rng())
    assert diagnose(F, trials=5).rms == pytest.approx(np.sqrt((gram(F[:, [3, 9, 11]]) ** 2).sum() / 6), rel=1e-9)


def test_duplicates_opposites_and_clusters_are_found_however_many_links_there_are(monkeypatch):
    F = random_code(30, 200, rng())
    F[:, 150], F[:, 60], F[:, 61] = 3 * F[:, 20], -F[:, 20], F[:, 7]
    for most in (Alike.MOST, 1):
        monkeypatch.setattr(Alike, "MOST", most)
        found = diagnose(F, trials=5)
        assert found.duplicates == 5
        assert [cluster.tolist() for cluster in found.clusters] == [[20, 60, 150], [7, 61]]


@pytest.mark.usefixtures("small_tiles")
def test_features_linked_by_way_of_others_are_one_cluster():
    angles = np.radians([0, 20, 40, 60, 90 + 35])
    F = np.array([np.cos(angles), np.sin(angles)])
    found = diagnose(F, trials=5, alike=np.cos(np.radians(21)))
    assert [cluster.tolist() for cluster in found.clusters] == [[0, 1, 2, 3]]


def test_tight_frame_has_the_effective_neurons_of_its_welch_bound():
    F = tight_frame(20, 50, rng())
    found = diagnose(F, trials=50)
    assert found.rms == pytest.approx(formulas.welch_bound(m=50, n=20), rel=1e-9)
    assert found.max_active == pytest.approx(formulas.max_active_tight(m=50, n=20), rel=1e-6)


def test_orthogonal_features_bear_all_of_them():
    found = diagnose(np.eye(9), trials=5)
    assert (found.rms, found.max_active, found.bears) == (0, 9, 9)
    assert np.isinf(found.effective_neurons)
    assert json.loads(found.to_json())["effective_neurons"] is None


def test_one_direction_for_all_has_one_effective_neuron():
    found = diagnose(np.ones((4, 10)), trials=5)
    assert (found.rms, found.effective_neurons, found.duplicates) == (1, 1, 10)
    assert found.bears < 1


@given(n=st.integers(2, 5), m=st.integers(3, 7), seed=seeds)
@settings(max_examples=40)
def test_crosstalk_is_the_mean_over_every_active_set(n, m, seed):
    F = random_code(n, m, rng(seed)) + 0.3
    found, G = diagnose(F, trials=2), gram(F)
    for l in range(1, m):
        sums = [
            G[i, list(active)].sum() for i in range(m) for active in combinations([j for j in range(m) if j != i], l)
        ]
        assert found.crosstalk(l) == pytest.approx(np.sqrt(np.mean(np.square(sums))), rel=1e-8, abs=1e-7)


def test_readouts_are_those_of_the_simulation():
    F, trials = random_code(64, 300, rng()), 4000
    tried = wrong_readouts(UnitColumns(F), 4, trials, rng(1))
    simulated = simulate.readout_errors(F, 4, trials, rng(2))
    assert simulated.errors > 0.5
    assert abs(tried.errors - simulated.errors) < 6.5 * np.hypot(tried.errors_se, simulated.errors_se)


@pytest.mark.slow
def test_random_directions_differ_in_nothing_and_clear_cases_do():
    F = random_code(128, 1500, rng())
    assert diagnose(F).remarks == ["In nothing measured here does it differ from random directions."]
    for changed, word in (
        (F + 0.1, "common part"),
        (F * rng(1).uniform(0.2, 2, 1500), "Lengths differ"),
        (F * (np.arange(128) < 32)[:, None] + 0.01 * F, "as if there were"),
        (np.hstack([F, F[:, :100] + 0.01 * rng(2).standard_normal((128, 100))]), "nearer neighbour"),
        (F.T, "say transposed"),
    ):
        assert any(word in remark for remark in diagnose(changed).remarks), word
    assert diagnose(tight_frame(100, 120, rng())).remarks[0].endswith("the features avoid each other.")


@pytest.mark.slow
def test_nearest_of_random_directions_follow_their_law():
    found = diagnose(random_code(48, 6000, rng()))
    below = np.array(
        [(found.nearest < formulas.best_match(delta=delta, m=5999, n=48)).mean() for delta in (0.1, 0.5, 0.9)]
    )
    # two features have the same nearest pair at most: the mean of 6000 indicators, each alike with at most one other
    assert (abs(below - [0.9, 0.5, 0.1]) < 6.5 * np.sqrt(2 * 0.25 / 6000)).all()


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.append((tag, dict(attributes)))

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.slow
def test_a_report_has_three_forms_of_the_same_numbers():
    F, G = random_code(16, 60, rng()), random_code(16, 70, rng(1))
    for found, pictures in ((diagnose(F, trials=5), 3), (compare(F, G), 2)):
        told = json.loads(found.to_json())
        assert all(words in repr(found) for _, words in found.rows)
        tags = Tags()
        tags.feed(found._repr_html_())
        assert not tags.open
        drawn = [attributes for tag, attributes in tags.seen if attributes.get("role") == "img"]
        assert len(drawn) == pictures == sum(tag == "svg" for tag, _ in tags.seen)
        assert all(attributes["aria-label"] for attributes in drawn)
        assert found._repr_html_() == found._repr_html_()
        assert told == json.loads(json.dumps(found.numbers))


def test_names_are_escaped_in_html(tmp_path):
    np.save(tmp_path / "<b>&.npy", random_code(5, 9, rng()))
    assert "<b>&.npy" not in diagnose(tmp_path / "<b>&.npy", trials=5)._repr_html_()


def test_a_diagnosis_is_decided_by_its_arguments():
    F = random_code(24, 400, rng())
    assert diagnose(F).to_json() == diagnose(F).to_json() == diagnose(F.T, transposed=True).to_json()
    assert diagnose(F, n_active=3).numbers["readouts"]["active"] == 3


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: diagnose(np.eye(3), n_active=4), ValueError, "n_active must be between 1 and 3, got 4"),
        (lambda: diagnose(np.eye(3), n_active=1.0), TypeError, "n_active must be an integer"),
        (lambda: diagnose(np.eye(3), alike=0), ValueError, "alike must be a finite number"),
        (lambda: diagnose(np.eye(3), trials=1), ValueError, "trials must be at least 2"),
        (lambda: diagnose(np.eye(3), rng=0), TypeError, "rng must be"),
        (lambda: diagnose(np.eye(3), memory=0), ValueError, "memory must be at least 1"),
        (lambda: diagnose(np.eye(3), progress=1), TypeError, "progress must be a function"),
        (lambda: diagnose(np.eye(3), array="W"), TypeError, "array = 'W' names a matrix in a file, but F is none"),
        (lambda: diagnose(np.ones((1, 4))), ValueError, "F must have at least 2 neurons, got 1"),
        (
            lambda: diagnose(np.zeros((3, 4))),
            ValueError,
            "F must have at least 2 columns that are not zero, got 0 of 4",
        ),
        (lambda: diagnose([[1, np.nan], [0, 1]]), ValueError, "F must be finite, see column 1"),
        (lambda: diagnose(np.ones(4)), ValueError, r"F must be an array of shape \(n, m\)"),
        (lambda: diagnose(np.ones((4, 0))), ValueError, r"got shape \(4, 0\)"),
        (lambda: compare(np.eye(3), np.eye(4)), ValueError, "F and G must have the same number of neurons, .* 3 and 4"),
        (lambda: diagnose(np.eye(3)).crosstalk(3), ValueError, "n_active must be between 1 and 2"),
    ],
)
def test_what_is_refused_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# -- compare -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_tiles")
@pytest.mark.parametrize(("m", "others"), [(2, 2), (7, 40), (33, 12)])
@pytest.mark.parametrize("memory", [1, 2**28])
def test_comparison_is_what_the_product_shows(m, others, memory):
    F, G = random_code(9, m, rng()), random_code(9, others, rng(1))
    found, product = compare(3 * F, G, memory=memory), abs(F.T @ G)
    for axis in (0, 1):
        np.testing.assert_allclose(found.best[axis], product.max(axis=1 - axis), rtol=1e-5)
        assert found.match[axis].tolist() == product.argmax(axis=1 - axis).tolist()
    rows, columns = linear_sum_assignment(product, maximize=True)
    if memory == 1:
        assert found.pairs is None
        assert "not matched" in repr(found)
    else:
        assert found.pairs.tolist() == [rows.tolist(), columns.tolist()]
        np.testing.assert_allclose(found.paired, product[rows, columns], rtol=1e-5)
    best = product.argmax(axis=1)
    assert found.mutual == sum(product[:, j].argmax() == i for i, j in enumerate(best))


def test_a_shuffled_copy_is_matched_feature_by_feature_whatever_signs_and_lengths():
    F, order = random_code(32, 300, rng()), rng(1).permutation(300)
    found = compare(F, -2 * F[:, order])
    assert (order[found.match[0]] == np.arange(300)).all()
    assert found.mutual == len(found.paired) == 300
    assert found.numbers["sides"][0]["beyond_chance"] == 1


def test_dead_columns_of_either_are_left_out():
    F = random_code(16, 50, rng())
    with_dead = np.insert(F, [0, 20], 0, axis=1)
    found = compare(with_dead, F)
    assert found.match[0].tolist() == list(range(50))
    assert found.match[1].tolist() == found.kept[0].tolist() == found.pairs[0].tolist()


def test_median_best_match_by_chance_is_that_of_a_sparse_autoencoder_s_size():
    by_chance = compare(random_code(768, 2, rng()), random_code(768, 3, rng())).chance()
    assert by_chance == (formulas.best_match(delta=0.5, m=3, n=768), formulas.best_match(delta=0.5, m=2, n=768))
    assert formulas.best_match(delta=0.5, m=24_576, n=768) == pytest.approx(0.150, abs=5e-4)


@given(m=st.integers(1, 10**6), delta=st.floats(1e-6, 1 - 1e-6))
def test_best_match_in_three_neurons_is_that_of_uniform_overlaps(m, delta):
    assert formulas.best_match(delta=delta, m=m, n=3) == pytest.approx((1 - delta) ** (1 / m), rel=1e-9)


@given(n=st.integers(2, 3000), m=st.integers(1, 10**6), delta=st.floats(1e-6, 1 - 1e-6))
def test_best_match_solves_its_law(n, m, delta):
    found = formulas.best_match(delta=delta, m=m, n=n)
    # in the plane the best of many matches is so near 1 that the last digit of a float moves the law by some m² ε / δ
    last_digit = m**2 * np.finfo(float).eps / delta if n == 2 else 0
    assert formulas.best_match_law(m=m, n=n, t=found) == pytest.approx(1 - delta, rel=1e-5, abs=1e-9 + last_digit)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "m", "others"), [(16, 3000, 200), (96, 4000, 1500)])
def test_best_matches_of_random_dictionaries_follow_their_law(n, m, others):
    found = compare(random_code(n, m, rng()), random_code(n, others, rng(1)), memory=2**20)
    for best, count, law in zip(
        found.best, (m, others), zip(*map(found.chance, (0.1, 0.5, 0.9)), strict=True), strict=True
    ):
        above = [(best > edge).mean() for edge in law]
        # given the others, the features of one side are independent; their dictionary's own luck is the smaller part
        assert np.allclose(above, [0.1, 0.5, 0.9], atol=6.5 * np.sqrt(0.25 / min(m, others)))
        assert len(best) == count


def test_the_names_are_there_without_their_libraries_until_asked():
    assert superposition.diagnose is diagnose
    assert superposition.compare is compare
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        superposition.nothing  # noqa: B018


def test_structured_codes_are_told_from_random_ones():
    assert diagnose(simplex(20), trials=20).worst == pytest.approx(1 / 20)
    found = diagnose(equiangular(7), trials=20)
    assert found.worst == pytest.approx(found.rms, rel=1e-9)
    assert found.nearest == pytest.approx(np.full(14, found.welch), rel=1e-5)

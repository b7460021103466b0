"""What `diagnose` and `compare` report is what the whole Gram matrix shows, and their chance levels are those of random codes."""

import html.parser
import json
import math
import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import linear_sum_assignment

import superposition
from superposition import formulas, overlaps, simulate
from superposition.codes import coherence, equiangular, random_code, simplex, tight_frame
from superposition.dictionary import compare, diagnose
from superposition.dictionary.diagnosis import wrong_readouts
from superposition.dictionary.nearest import Alike, Nearest
from superposition.dictionary.report import Report, counted, shown
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


def test_of_equally_near_features_the_first_is_named_in_whatever_order_they_are_seen():
    nearest = Nearest(1)
    for left, first in ((6, 6), (2, 2), (4, 2)):
        nearest.see_rows(np.array([[0.5, 0.5]], np.float32), 0, left)
        assert nearest.index.tolist() == [first]
    columns = Nearest(1)
    for top, first in ((6, 6), (2, 2), (4, 2)):
        columns.see_columns(np.array([[0.5], [0.5]], np.float32), top, 0)
        assert columns.index.tolist() == [first]
    assert diagnose(np.eye(4), trials=2).neighbour.tolist() == [1, 0, 0, 0]


def test_features_are_linked_from_the_threshold_on_and_directly_below_it_not():
    for overlap, clusters in ((0.5, [[0, 2]]), (np.nextafter(np.float32(0.5), np.float32(0)), [])):
        tile = np.array([[-1, 0, overlap], [0, -1, 0], [overlap, 0, -1]], np.float32)
        links = Alike(0.5, 3)
        links.see(tile, 0, 0, tile.max(axis=1))
        assert [cluster.tolist() for cluster in links.clusters()] == clusters


def test_links_are_thinned_out_to_one_a_column_where_there_are_more_than_are_held(monkeypatch):
    tile = np.ones((5, 5), np.float32)
    for most, held in ((25, 25), (24, 5)):
        monkeypatch.setattr(Alike, "MOST", most)
        links = Alike(0.9, 5)
        links.see(tile, 0, 0, tile.max(axis=1))
        assert sum(part.shape[1] for part in links._links) == held
        assert [cluster.tolist() for cluster in links.clusters()] == [[0, 1, 2, 3, 4]]


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


def test_no_wrong_readout_in_fifty_trials_is_known_to_one_in_fifty():
    tried = wrong_readouts(UnitColumns(np.eye(6)), 3, 50, rng())
    assert (tried.errors, tried.errors_se, tried.trials) == (0, 1 / 50, 50)


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


def quick():
    """A diagnosis in which no remark holds, of which parts may be replaced."""
    found = diagnose(random_code(30, 200, rng(1)), trials=20)
    lengths, chance = np.ones(200), found.numbers["nearest"]["random_median"]
    plain = replace(
        found,
        lengths=lengths,
        nearest=np.full(200, chance),
        feature_mean=np.zeros(200),
        rms=30**-0.5,
        spectrum=np.full(30, 200 / 30),
    )
    return replace(plain, bears=plain.max_active, bears_se=0.01)


def test_every_number_of_a_diagnosis_follows_from_the_gram_matrix():
    F = random_code(12, 40, rng(3)) * rng(1).uniform(1, 9, 40)
    F[:, 30] = -2 * F[:, 4]
    found, G = diagnose(F, trials=5, n_active=3), gram(F)
    told, near, lengths = found.numbers, np.sort(abs(gram(F)).max(axis=0)), np.sort(np.linalg.norm(F, axis=0))
    assert (told["neurons"], told["features"], told["dead"]) == (12, 40, [])
    assert told["lengths"] == pytest.approx(
        {"lowest": lengths[0], "median": (lengths[19] + lengths[20]) / 2, "highest": lengths[-1]}, rel=1e-9
    )
    # 40 numbers have 39 gaps: a quarter is three quarters of the way from the tenth to the eleventh
    assert told["nearest"]["quantiles"] == pytest.approx(
        {
            "5%": near[1] + 0.95 * (near[2] - near[1]),
            "25%": near[9] + 0.75 * (near[10] - near[9]),
            "50%": (near[19] + near[20]) / 2,
            "75%": near[29] + 0.25 * (near[30] - near[29]),
            "95%": near[37] + 0.05 * (near[38] - near[37]),
        },
        rel=1e-5,
    )
    # of 39 random others each is nearer than t with probability P(|overlap| < t)
    law = stats.beta(0.5, 11 / 2)
    assert told["nearest"]["random_median"] ** 2 == pytest.approx(law.ppf(0.5 ** (1 / 39)), rel=1e-6)
    edge = np.sqrt(law.ppf(0.99 ** (1 / 39)))
    assert told["nearest"]["random_highest_hundredth"] == pytest.approx(edge, rel=1e-6)
    assert told["nearest"]["beyond_it"] == (near > edge).mean() >= 2 / 40
    eigenvalues = np.linalg.eigvalsh(np.eye(40) + G)[::-1]
    assert told["spectrum"]["largest"] == pytest.approx(eigenvalues[0], rel=1e-9)
    assert told["spectrum"]["random_largest"] == pytest.approx((1 + np.sqrt(40 / 12)) ** 2, rel=1e-9)
    for name, share in (("half_of_it_in", 0.5), ("nine_tenths_in", 0.9)):
        count = told["spectrum"][name]
        assert eigenvalues[:count].sum() >= 40 * share > eigenvalues[: count - 1].sum()
    square = (G**2).sum(axis=0) / 39
    assert told["mean_overlap_share"] == pytest.approx(((G.sum(axis=0) / 39) ** 2).mean() / square.mean(), rel=1e-9)
    assert (told["alike"]["clusters"], told["alike"]["features"], told["alike"]["duplicates"]) == (1, 2, 2)
    assert told["alike"]["largest"] == [[4, 30]]
    assert told["readouts"]["active"] == 3
    assert told["readouts"]["crosstalk"] == found.crosstalk(3)
    assert told["readouts"]["random_crosstalk"] == pytest.approx(np.sqrt(3 / 12), rel=1e-9)
    assert told["effective_neurons"] == pytest.approx(1 / square.mean(), rel=1e-9)
    assert told["overlap"]["random_rms"] == pytest.approx(12**-0.5, rel=1e-9)


def test_the_largest_clusters_are_listed_and_no_more_than_twenty_of_each():
    # 11 pairs of one direction each and 25 of one more, in directions at right angles
    F = np.repeat(np.eye(12), [25, *[2] * 11], axis=1)
    largest = diagnose(F, trials=2).numbers["alike"]["largest"]
    assert largest == [list(range(20)), *([25 + 2 * i, 26 + 2 * i] for i in range(9))]


def test_two_features_disturb_each_other_by_their_overlap():
    found = diagnose([[1.0, 0.6], [0.0, 0.8]], trials=2)
    assert found.crosstalk(1) == pytest.approx(0.6, rel=1e-9)
    assert found.numbers["readouts"]["crosstalk"] == pytest.approx(0.6, rel=1e-9)
    assert found.feature_mean == pytest.approx([0.6, 0.6])


def test_each_remark_is_made_from_its_edge_on():
    plain = quick()
    assert plain.remarks == ["In nothing measured here does it differ from random directions."]
    usual, edge = 30**-0.5, plain.numbers["nearest"]["random_highest_hundredth"]
    by_rms, largest = plain.max_active, plain.numbers["spectrum"]["random_largest"]
    tail = lambda share: np.where(np.arange(200) < 200 * share, edge + 0.01, edge - 0.01)  # noqa: E731
    energy = lambda first: np.array([first, *[(200 - first) / 29] * 29])  # noqa: E731
    spread = lambda share: np.where(np.arange(200) % 2, 1 + share, 1 - share)  # noqa: E731
    for before, beyond, word in (
        (dict(rms=1.09 * usual), dict(rms=1.11 * usual), "it is as if there were"),
        (dict(rms=0.91 * usual), dict(rms=0.89 * usual), "avoid each other"),
        (
            dict(feature_mean=np.full(200, 0.099 * usual)),
            dict(feature_mean=np.full(200, 0.101 * usual)),
            "Directions have a common part: 1 % of",
        ),
        (dict(nearest=tail(0.02)), dict(nearest=tail(0.025)), "2 % of the features have a nearer neighbour"),
        (dict(spectrum=energy(1.09 * largest)), dict(spectrum=energy(1.11 * largest)), "1.11 times the energy"),
        (dict(lengths=spread(0.099)), dict(lengths=spread(0.101)), "Lengths differ, by 10 %"),
        (dict(dead=np.array([], int)), dict(dead=np.array([7])), "1 column is zero and left out."),
        (dict(n=30), dict(n=201), "There are more neurons than features."),
        (dict(bears=by_rms + 0.99), dict(bears=by_rms + 1.01), "What it bears by trial is not"),
        (dict(bears=by_rms - 0.99), dict(bears=by_rms - 1.01), "What it bears by trial is not"),
        (
            dict(bears=by_rms + 5.9, bears_se=2.0),
            dict(bears=by_rms + 6.1, bears_se=2.0),
            "What it bears by trial is not",
        ),
    ):
        assert not any(word in remark for remark in replace(plain, **before).remarks), before
        assert any(word in remark for remark in replace(plain, **beyond).remarks), beyond
    # where much is borne, a quarter of it is what may be off
    wide = replace(plain, rms=1e-3)
    for share, said in ((1.24, False), (1.26, True), (0.76, False), (0.74, True)):
        found = replace(wide, m=10**6, bears=share * replace(wide, m=10**6).max_active)
        assert any("by trial" in remark for remark in found.remarks) == said, share


class Axis:
    """What a figure draws."""

    def __init__(self):
        self.lines, self.levels, self.said = [], [], {}

    def hist(self, values, bins, density, alpha, **_):
        assert 0 < alpha < 1, "the law would not be seen behind its bars"
        self.bars, self.density = np.asarray(values), density
        return *np.histogram(values, bins=bins, density=density), None

    def plot(self, x, y, **_):
        assert np.shape(x) == np.shape(y)
        self.lines.append((np.asarray(x), np.asarray(y)))

    def axhline(self, y, **_):
        self.levels.append(float(y))

    def set(self, **said):
        self.said |= said


def drawn(found):
    for words, draw in found.figures():
        axis = Axis()
        draw(axis)
        yield words, axis


def test_figures_of_a_diagnosis_draw_what_was_measured_beside_its_law():
    found = diagnose(random_code(5, 60, rng()), trials=2)
    (_, nearest), (_, pairs), (_, eigenvalues) = drawn(found)
    assert (nearest.bars == found.nearest).all()
    assert (pairs.bars == found.sampled).all()
    assert nearest.density
    assert pairs.density
    (t, heights), law = nearest.lines[0], stats.beta(0.5, 2)
    between = law.cdf(t[-1] ** 2) ** 59 - law.cdf(t[0] ** 2) ** 59
    assert np.trapezoid(heights, t) == pytest.approx(between, abs=1e-3)
    assert between > 0.5
    assert t[-1] == pytest.approx(found.nearest.max(), rel=1e-6)
    assert heights.min() > 0
    t, heights = pairs.lines[0]
    # two unit vectors in five dimensions: ¾ (1 - t²)
    np.testing.assert_allclose(heights, 0.75 * (1 - t**2), rtol=1e-5, atol=1e-8)
    assert t[0] < -0.8
    assert t[-1] > 0.8
    counts = np.histogram(found.sampled, bins=60, density=True)[0]
    assert heights.min() > counts[counts > 0].min() / 3
    ranks, values = eigenvalues.lines[0]
    assert ranks.tolist() == [1, 2, 3, 4, 5]
    assert values.tolist() == found.spectrum.tolist()
    assert eigenvalues.levels == pytest.approx([(1 + np.sqrt(60 / 5)) ** 2])
    assert (nearest.said["yscale"], pairs.said["yscale"]) == ("linear", "log")


def test_a_law_is_drawn_only_where_it_is_above_the_axis():
    # that none of 400 is near is so unlikely that its density is no float
    (_, nearest), *_ = drawn(diagnose(random_code(5, 401, rng()), trials=2))
    assert nearest.lines[0][1].min() > 0


def test_eigenvalues_that_are_zero_are_not_drawn_on_a_logarithmic_axis():
    F = np.vstack([random_code(3, 20, rng()), np.zeros((2, 20))])
    *_, (_, axis) = drawn(diagnose(F, trials=2))
    assert len(axis.lines[0][1]) == 3


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


def test_no_overlap_is_above_one_whatever_rounding_makes_of_it():
    F = random_code(32, 300, rng()).astype(np.float32)
    F /= np.linalg.norm(F, axis=0)
    assert (np.einsum("ij,ij->j", F, F) > 1).any()
    found = compare(F, F)
    for overlaps_found in (*found.best, found.paired):
        assert overlaps_found.max() == 1
        assert overlaps_found.min() > 1 - 1e-6


def test_features_are_matched_one_to_one_where_their_overlaps_are_no_more_than_the_memory():
    F, G = random_code(9, 7, rng()), random_code(9, 5, rng(1))
    assert compare(F, G, memory=8 * 7 * 5).pairs.shape == (2, 5)
    assert compare(F, G, memory=8 * 7 * 5 - 1).pairs is None


def test_dead_columns_of_either_are_left_out():
    F = random_code(16, 50, rng())
    with_dead = np.insert(F, [0, 20], 0, axis=1)
    found = compare(with_dead, F)
    assert found.match[0].tolist() == list(range(50))
    assert found.match[1].tolist() == found.kept[0].tolist() == found.pairs[0].tolist()
    back = compare(F, with_dead)
    assert back.match[0].tolist() == back.kept[1].tolist() == back.pairs[1].tolist() == found.kept[0].tolist()


def test_median_best_match_by_chance_is_that_of_a_sparse_autoencoder_s_size():
    by_chance = compare(random_code(768, 2, rng()), random_code(768, 3, rng())).chance()
    assert by_chance == (formulas.best_match(delta=0.5, m=3, n=768), formulas.best_match(delta=0.5, m=2, n=768))
    assert formulas.best_match(delta=0.5, m=24_576, n=768) == pytest.approx(0.150, abs=5e-4)


@given(m=st.integers(1, 10**6), delta=st.floats(1e-6, 1 - 1e-6))
def test_best_match_in_three_neurons_is_that_of_uniform_overlaps(m, delta):
    expected = (1 - delta) ** (1 / m)
    # 1 - t² is what is found, to the last digit of a float: that is ε/t of a small t
    last_digit = np.finfo(float).eps / expected
    assert formulas.best_match(delta=delta, m=m, n=3) == pytest.approx(expected, rel=1e-9, abs=last_digit)


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


def test_every_number_of_a_comparison_follows_from_the_product():
    F = random_code(9, 30, rng())
    G = np.hstack([F[:, :6] + 0.01 * rng(2).standard_normal((9, 6)), random_code(9, 15, rng(1))])
    found = compare(F, G)
    product = abs(F.T @ (G / np.linalg.norm(G, axis=0)))
    told, law = found.numbers, stats.beta(0.5, 4)
    assert told["neurons"] == 9
    for side, axis, others in zip(told["sides"], (1, 0), (21, 30), strict=True):
        best = np.sort(product.max(axis=axis))
        assert side["features"] == len(best) == 51 - others
        quantiles = {f"{q}%": np.interp(q / 100, np.linspace(0, 1, len(best)), best) for q in (5, 25, 50, 75, 95)}
        assert side["best"] == pytest.approx(quantiles, rel=1e-5)
        edges = {
            name: np.sqrt(law.isf(-np.expm1(np.log1p(-delta) / others)))
            for name, delta in (
                ("chance_median", 0.5),
                ("chance_highest_hundredth", 0.01),
                ("chance_highest_of_all", 0.01 / len(best)),
            )
        }
        assert {name: side[name] for name in edges} == pytest.approx(edges, rel=1e-6)
        assert side["beyond_it"] == (best > edges["chance_highest_hundredth"]).mean() >= 6 / 30
        assert side["beyond_chance"] == (best > edges["chance_highest_of_all"]).mean() >= 6 / 30
    rows, columns = linear_sum_assignment(product, maximize=True)
    paired = product[rows, columns]
    assert told["one_to_one"] == pytest.approx(
        {"pairs": 21, "median": np.median(paired), "mean": paired.mean()}, rel=1e-5
    )
    words = dict(found.rows)
    assert words["one to one"].startswith("21 pairs, median overlap ")
    assert words["each other's best"] == f"{found.mutual} pairs"
    assert (
        sum(f"{100 * side['beyond_chance']:.1f} % of" in line for side in told["sides"] for _, line in found.rows) == 2
    )


def test_a_comparison_is_remarkable_from_two_in_a_hundred_on():
    F = random_code(20, 100, rng())
    found = compare(F, random_code(20, 50, rng(1)))
    edge = found.numbers["sides"][0]["chance_highest_hundredth"]
    for count, said in ((1, "best matches are what random directions would show"), (2, "2 % of"), (3, "3 % of")):
        best = np.where(np.arange(100) < count, edge + 0.01, edge - 0.01)
        assert said in replace(found, best=(best, found.best[1])).remarks[0]


def test_figures_of_a_comparison_draw_both_sides_beside_their_laws():
    found = compare(random_code(5, 30, rng()), random_code(5, 20, rng(1)))
    for place, ((_, axis), others) in enumerate(zip(drawn(found), (20, 30), strict=True)):
        assert (axis.bars == found.best[place]).all()
        assert axis.density
        t, heights = axis.lines[0]
        assert (t[0], t[-1]) == (0, 1)
        assert np.trapezoid(heights, t) == pytest.approx(1, abs=1e-3)
        # the median of the best of so many
        median = np.sqrt(stats.beta(0.5, 2).ppf(0.5 ** (1 / others)))
        assert np.trapezoid(heights[t < median], t[t < median]) == pytest.approx(0.5, abs=0.01)


# -- how it is shown ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"),
        (0.0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (999.4, "999"),
        (1000.0, "1,000"),
        (12345.6, "12,346"),
        (9.876, "9.88"),
        (-0.5, "-0.500"),
        (0.01234, "0.0123"),
        (0.0001234, "0.000123"),
        (0.00001234, "1e-05"),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (-2345.6, "-2,346"),
    ],
)
def test_numbers_are_shown_with_three_digits(number, words):
    assert shown(number) == words


def test_one_is_one_and_everything_else_is_many():
    assert [counted(count, "pair", "pairs") for count in (0, 1, 2, 1234)] == [
        "0 pairs",
        "1 pair",
        "2 pairs",
        "1,234 pairs",
    ]


class Small(Report):
    title = "A & B"
    rows = (("long name", "x < y"), ("n", "2"))
    remarks = ("first", "a > b")
    numbers = {"a": [1, math.inf, (math.nan, 2.5)], "b": {"c": -math.inf, "d": "é", "e": None, "f": True}}

    def figures(self):
        yield "words & more", lambda axis: axis.plot([0, 1], [0, 1])


def test_a_report_is_a_table_in_text_and_in_html_and_its_numbers_in_json():
    assert repr(Small()) == "A & B\n\nlong name  x < y\nn          2\n\n- first\n- a > b"
    assert Small().to_json() == '{"a": [1, null, [null, 2.5]], "b": {"c": null, "d": "é", "e": null, "f": true}}'
    shown_in_html = Small()._repr_html_()
    for part in ("<b>A &amp; B</b>", ">x &lt; y</td>", "<li>a &gt; b</li>", 'aria-label="words &amp; more"', "><svg "):
        assert shown_in_html.count(part) == 1, part
    assert shown_in_html.count("</tr>") == shown_in_html.count("<li>") == 2
    assert 'id="axes_1"' in shown_in_html
    assert 'id="line2d_1"' in shown_in_html
    _, _, width, height = map(float, re.findall(r'viewBox="([^"]*)"', shown_in_html)[0].split())
    assert 1.2 < width / height < 1.6
    assert not re.search(r"<\?xml|<dc:date|<dc:creator|Matplotlib", shown_in_html)

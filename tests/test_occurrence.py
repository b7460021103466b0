"""Ways to occur: their laws, what is read under them, and what is told, against brute force and against each other."""

from importlib.resources import files
from itertools import product
from math import comb, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from superposition import codes, formulas, simulate
from superposition.data.words import word_shares
from superposition.simulate import WAYS, Occurrence, count_law, decoded_information, mean_errors, occurrence_errors
from tests.stored import built

FAMILY = {
    "fixed": Occurrence("fixed", 12, 3),
    "independent": Occurrence("independent", 12, 3),
    "Poisson": Occurrence("Poisson", 12, 2),
    "heavy-tailed": Occurrence("heavy-tailed", 12, 2, dispersion=2),
    "cliques": Occurrence("cliques", 12, 3, group=3),
    "exclusive": Occurrence("exclusive", 12, 3, group=4),
}
ways = pytest.mark.parametrize("way", WAYS)


@ways
def test_moments_have_the_law_of_their_number(way):
    one, trials = FAMILY[way], 20_000
    numbers = one.draw(trials, np.random.default_rng(len(way))).sum(axis=1)
    found = np.bincount(numbers, minlength=13) / trials
    assert one.law().sum() == pytest.approx(1)
    assert (abs(found - one.law()) <= 5 * np.sqrt(one.law() * (1 - one.law()) / trials) + 1e-12).all()


@ways
def test_every_feature_is_active_as_often_as_every_other(way):
    one, trials = FAMILY[way], 20_000
    share = one.draw(trials, np.random.default_rng(7)).mean(axis=0)
    mean = np.arange(13) @ one.law() / 12
    assert (abs(share - mean) <= 5 * np.sqrt(mean / trials)).all()


def test_groups_are_what_they_are_called():
    rng = np.random.default_rng(1)
    whole = FAMILY["cliques"].draw(500, rng).reshape(500, 4, 3).sum(axis=2)
    assert set(np.unique(whole)) == {0, 3}
    assert FAMILY["exclusive"].draw(500, rng).reshape(500, 3, 4).sum(axis=2).max() == 1


@given(st.integers(1, 6), st.integers(1, 6), st.floats(0.05, 1))
def test_dispersion_of_groups_is_the_formulas(size, groups, share):
    m = size * groups
    together = Occurrence("cliques", m, share * m, group=size)
    if share * m >= 1:
        assert together.spread == pytest.approx(formulas.clique_dispersion(g=size, l=share * m, m=m), abs=1e-9)
    if share * groups >= 1:
        apart = Occurrence("exclusive", m, share * groups, group=size)
        found = formulas.exclusive_dispersion(g=size, l=min(share * groups, m / size), m=m)
        assert apart.spread == pytest.approx(found, abs=1e-9)


def test_dispersions_that_are_asked_for_are_there():
    assert Occurrence("Poisson", 400, 6).spread == pytest.approx(1)
    assert Occurrence("heavy-tailed", 400, 6, dispersion=4).spread == pytest.approx(4)
    assert Occurrence("heavy-tailed", 400, 6).spread == pytest.approx(2)
    assert Occurrence("fixed", 5, 5).spread == 0
    assert Occurrence("independent", 1, 1).draw(3, np.random.default_rng(0)).all()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"way": "often"}, ValueError, "way must be one of fixed, .*'often'"),
        ({"m": 0}, ValueError, "m must be at least 1"),
        ({"n_active": 13}, ValueError, r"n_active must be a finite number in \(0, 12\]"),
        ({"n_active": 2.5}, ValueError, "n_active must be a whole number where it is fixed, got 2.5"),
        ({"group": 13}, ValueError, "group must be between 1 and 12"),
        ({"way": "cliques", "group": 5}, ValueError, "group must divide m = 12, got 5"),
        ({"way": "exclusive", "group": 6}, ValueError, "group must be at most m/n_active = 4, got 6"),
        ({"dispersion": 1}, ValueError, r"dispersion must be a finite number in \(1, inf\)"),
    ],
)
def test_bad_ways_name_the_argument(change, error, said):
    with pytest.raises(error, match=said):
        Occurrence(**({"way": "fixed", "m": 12, "n_active": 3} | change))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_law_of_the_number_is_that_of_all_sets(frequencies):
    expected = np.zeros(len(frequencies) + 1)
    for bits in product((0, 1), repeat=len(frequencies)):
        expected[sum(bits)] += np.prod([f if b else 1 - f for f, b in zip(frequencies, bits, strict=True)])
    np.testing.assert_allclose(count_law(frequencies), expected, atol=1e-13)


def test_law_of_many_equal_features_is_binomial_and_cut_where_nothing_is():
    law = count_law(np.full(100_000, 1e-4))
    assert len(law) < 200
    np.testing.assert_allclose(law, stats.binom(100_000, 1e-4).pmf(np.arange(len(law))), rtol=1e-9)
    for bad in ([], [1.1], [[0.5]], [-0.1], [np.nan]):
        with pytest.raises(ValueError, match="frequencies must be probabilities"):
            count_law(bad)


# small enough to count, large enough for the exact law of the crosstalk
@pytest.mark.parametrize("way", ["fixed", "cliques", pytest.param("exclusive", marks=pytest.mark.slow)])
def test_errors_are_those_of_random_codes(way):
    one = Occurrence(way, 60, 4, group=1 if way == "fixed" else 4)
    found = occurrence_errors(one, 40, 2500, np.random.default_rng(2))
    assert abs(found.mean() - mean_errors(40, 60, one.law())) <= 5 * found.std() / 50


def test_errors_of_a_number_are_false_alarms_and_misses():
    alarm, miss = simulate.crosstalk_tail(40, 4), simulate.crosstalk_tail(40, 3)
    assert mean_errors(40, 60, np.eye(61)[4]) == pytest.approx(56 * alarm + 4 * miss)
    assert mean_errors(40, 60, [1]) == 0
    assert mean_errors(40, 4, [0, 0, 0, 0, 1]) == pytest.approx(4 * miss)
    for bad in (np.ones(62) / 62, [], [[1.0]]):
        with pytest.raises(ValueError, match="law must be at most m \\+ 1 = 61 probabilities"):
            mean_errors(40, 60, bad)


@given(st.sampled_from(WAYS), st.sampled_from([0.02, 0.1, 0.5]))
def test_no_way_breaks_what_is_promised_for_every_law(way, allowed):
    one = Occurrence(way, 120, 4, group=4, dispersion=3)
    level = formulas.active_quantile(delta=allowed, l=4, phi=one.spread)
    assert one.law()[int(level) + 1 :].sum() <= allowed + 1e-12
    neurons = formulas.neurons_any_law(delta=allowed, l=4, m=120, phi=one.spread)
    assert mean_errors(int(np.ceil(neurons)), 120, one.law()) <= allowed


@pytest.mark.parametrize(("mean", "dispersion", "allowed"), [(10, 3, 0.01), (1, 99, 0.01), (2, 0.5, 0.3)])
def test_two_values_meet_the_quantile_up_to_markovs(mean, dispersion, allowed):
    level = formulas.active_quantile(delta=allowed, l=mean, phi=dispersion)
    other = (mean - allowed * level) / (1 - allowed)
    assert allowed * (level - mean) ** 2 + (1 - allowed) * (other - mean) ** 2 == pytest.approx(mean * dispersion)
    assert level <= mean / allowed * (1 + 1e-12)
    assert other >= -1e-12
    # of one law more dispersed the other value is negative, and Markov's inequality says more
    assert formulas.active_quantile(delta=allowed, l=mean, phi=1.01 * mean * (1 - allowed) / allowed) > mean / allowed


def test_kurtosis_of_one_and_of_two_overlaps_is_that_of_their_angles():
    angles = np.arange(720) * 2 * np.pi / 720
    one = np.cos(angles)
    assert np.mean(one**4) / np.mean(one**2) ** 2 == pytest.approx(formulas.crosstalk_kurtosis(l=1, n=2, phi=0))
    two = np.add.outer(one, one)
    assert np.mean(two**4) / np.mean(two**2) ** 2 == pytest.approx(formulas.crosstalk_kurtosis(l=2, n=2, phi=0))
    # one overlap in half of the cases and three in the others: mean 2, variance 1
    fourth = (np.mean(one**4) + 3 * np.mean(one**4) + 18 * np.mean(one**2) ** 2) / 2
    assert fourth / (2 * np.mean(one**2)) ** 2 == pytest.approx(formulas.crosstalk_kurtosis(l=2, n=2, phi=0.5))


def bits(chances):
    chances = np.asarray(chances, float)[np.asarray(chances) > 0]
    return -(chances * np.log2(chances)).sum()


def told_by_brute_force(F, chance_of):
    """Entropy, whole and sum from a table of all pairs of sets, without the library."""
    m = F.shape[1]
    sets = list(product((0, 1), repeat=m))
    joint = {}
    for a in sets:
        decoded = tuple(int(r > 0.5 + 1e-12) for r in F.T @ (F @ np.array(a)))
        joint[a, decoded] = joint.get((a, decoded), 0) + chance_of(a)

    def mutual(pairs):
        left, right = {}, {}
        for (a, b), chance in pairs.items():
            left[a], right[b] = left.get(a, 0) + chance, right.get(b, 0) + chance
        return bits(list(left.values())) + bits(list(right.values())) - bits(list(pairs.values()))

    summed = 0
    for i in range(m):
        pairs = {}
        for (a, b), chance in joint.items():
            pairs[a[i], b[i]] = pairs.get((a[i], b[i]), 0) + chance
        summed += mutual(pairs)
    return bits([chance_of(a) for a in sets]), mutual(joint), summed


def test_what_is_no_probability_is_refused():
    for bad in ([0.5, np.nan], [1.5, -0.5]):
        with pytest.raises(ValueError, match="frequencies must be probabilities, got"):
            count_law(bad)
        with pytest.raises(ValueError, match="law must be probabilities, got"):
            mean_errors(64, 60, bad)
        with pytest.raises(ValueError, match="chances must be probabilities, got"):
            decoded_information(np.eye(1), bad)
    with pytest.raises(TypeError, match="occurrence = 'fixed'; accepted: an Occurrence"):
        occurrence_errors("fixed", 8, 1, np.random.default_rng(0))


def test_information_is_that_of_a_table_of_all_sets():
    rng = np.random.default_rng(5)
    for n, m in ((2, 2), (3, 5), (5, 7)):
        F = codes.random_code(n, m, rng)
        law = stats.binom(m, 0.3).pmf(range(m + 1))
        found = decoded_information(F, law)
        expected = told_by_brute_force(F, lambda a, m=m, law=law: law[sum(a)] / comb(m, sum(a)))
        np.testing.assert_allclose([found.entropy, found.whole, found.summed], expected, atol=1e-9)
        each = rng.random(2**m)
        each /= each.sum()
        found = decoded_information(F, each)
        expected = told_by_brute_force(F, lambda a, each=each: each[int("".join(map(str, a)), 2)])
        np.testing.assert_allclose([found.entropy, found.whole, found.summed], expected, atol=1e-9)
    with pytest.raises(ValueError, match="F must have at most 16 features, got 17"):
        decoded_information(np.eye(17), np.ones(18) / 18)
    with pytest.raises(ValueError, match=r"chances must have 3 or 4 numbers, got shape \(5,\)"):
        decoded_information(np.eye(2), np.ones(5) / 5)


@given(st.integers(2, 6), st.integers(2, 8), st.integers(0, 10**6))
def test_the_sum_never_exceeds_the_whole_by_more_than_the_total_correlation(n, m, seed):
    rng = np.random.default_rng(seed)
    F = codes.random_code(n, m, rng)
    chances = rng.dirichlet(np.full(2**m, 0.3))
    sets = (np.arange(2**m)[:, None] >> np.arange(m)[::-1]) & 1
    share = chances @ sets
    apart = sum(bits([p, 1 - p]) for p in share)
    found = decoded_information(F, chances)
    assert found.summed - found.whole <= apart - found.entropy + 1e-9
    independent = np.prod(np.where(sets == 1, share, 1 - share), axis=1)
    found = decoded_information(F, independent / independent.sum())
    assert found.summed <= found.whole + 1e-9
    assert found.whole <= found.entropy + 1e-9


@given(st.integers(1, 8), st.integers(0, 10**6))
def test_a_reading_keeps_what_fano_says(l, seed):
    F = codes.random_code(10, 9, np.random.default_rng(seed))
    sets = np.array([a for a in product((0, 1), repeat=9) if sum(a) == l])
    wrong = ((sets @ (F.T @ F) > 0.5) != sets).any(axis=1).mean()
    if 0 < wrong < 1:
        kept = decoded_information(F, np.eye(10)[l]).whole
        assert kept >= formulas.information_kept(delta=wrong, l=l, m=9) - 1e-9


def test_sum_over_whole_is_the_chance_of_coins():
    for l, m in ((2, 10), (3, 12)):
        perfect = decoded_information(np.eye(m), np.eye(m + 1)[l])
        assert perfect.summed - perfect.whole == pytest.approx(-log2(stats.binom(m, l / m).pmf(l)))
        assert perfect.summed - perfect.whole == pytest.approx(formulas.sum_over_whole(l=l, m=m), rel=0.1)


def test_an_independent_feature_errs_as_often_active_as_absent():
    rng, trials = np.random.default_rng(8), 6000
    frequencies = np.array([0.5, 0.4, 0.3, 0.3, 0.2])
    wrong, active = np.empty(trials, bool), rng.random((trials, 5)) < frequencies
    for trial in range(trials):
        F = codes.random_code(3, 5, rng)
        wrong[trial] = (F[:, 0] @ F @ active[trial] > 0.5) != active[trial, 0]
    rates = [wrong[active[:, 0] == state] for state in (False, True)]
    gap = rates[0].mean() - rates[1].mean()
    assert abs(gap) <= 5 * np.sqrt(sum(r.var() / len(r) for r in rates))
    assert wrong.mean() > 0.1
    table = np.array([[0.5 * 0.9, 0.5 * 0.1], [0.5 * 0.1, 0.5 * 0.9]])
    assert formulas.readout_bits(nu=0.5, p=0.1) == pytest.approx(2 - bits(table.ravel()))


def test_no_world_pays_linearly_for_more_features_than_neurons():
    rng = np.random.default_rng(9)
    for _ in range(20):
        frequencies = np.sort(rng.random(80) ** rng.uniform(0.2, 8))[::-1]
        active = np.cumsum(frequencies)
        n = int(rng.integers(2, 40))
        m = np.arange(n, 81)
        losses = frequencies.sum() - active[m - 1] + active[m - 1] * (m - n) / n
        assert losses.argmin() == 0


def test_no_linear_code_beats_perpendicular_directions_of_the_most_frequent():
    rng = np.random.default_rng(11)
    for _ in range(20):
        n, frequencies = int(rng.integers(2, 12)), np.sort(rng.random(12) ** rng.uniform(0.2, 8))[::-1]
        kept = frequencies[n:].sum()
        for code in (codes.random_code(n, 12, rng), codes.tight_frame(n, 12, rng)):
            assert 12 * simulate.linear_loss(code, np.diag(frequencies)) >= kept - 1e-9
    # without signs and without a bias all ones is worth a direction
    unsigned = np.full((3, 3), 0.25) + 0.25 * np.eye(3)
    assert 3 * simulate.linear_loss(np.array([[1.0, 1, 1], [1, -1, 0]]), unsigned) == pytest.approx(0.25)
    assert 3 * simulate.linear_loss(np.eye(2, 3), unsigned) > 0.3


def test_a_further_overlap_adds_false_alarms_in_three_neurons_but_not_in_two():
    height, turn = (np.arange(1500) + 0.5) / 750 - 1, np.cos((np.arange(1500) + 0.5) * np.pi / 1500)
    assert (np.add.outer(height, height) > 0.5).mean() > (height > 0.5).mean() + 0.03
    assert (np.add.outer(turn, turn) > 0.5).mean() < (turn > 0.5).mean() - 0.02


def test_words_are_shares_that_fall():
    shares = word_shares()
    assert shares.sum() == pytest.approx(1)
    assert (np.diff(shares) <= 0).all()
    assert shares[:3] == pytest.approx([0.03934, 0.02236, 0.0221], rel=1e-3)
    with pytest.raises(ValueError, match="read-only"):
        shares[0] = 1


def test_words_have_their_stored_counts_and_between_them_a_power_of_the_rank():
    lines = files("superposition.data").joinpath("english_words.csv").read_text(encoding="utf-8").split()[1:]
    ranks, counts = np.array([[float(x) for x in line.split(",")] for line in lines]).T
    shares, places = word_shares(), ranks.astype(int) - 1
    assert len(shares) == ranks[-1] == 333_213
    assert ranks[0] == 1
    np.testing.assert_allclose(shares[places] / shares[0], counts / counts[0], rtol=1e-9)
    wide = np.flatnonzero(np.diff(ranks) > 2)
    assert len(wide) > 100
    for i in wide:
        between = np.arange(ranks[i] + 1, ranks[i + 1])
        power = np.log(counts[i + 1] / counts[i]) / np.log(ranks[i + 1] / ranks[i])
        expected = counts[i] / counts[0] * (between / ranks[i]) ** power
        np.testing.assert_allclose(shares[between.astype(int) - 1] / shares[0], expected, rtol=1e-9)


def test_explorer_of_tails_shows_what_the_exact_law_of_crosstalk_says():
    explorer = built("occurrence", "same_mean")
    for dispersion, mean in ((2, 6), (4, 10)):
        law = Occurrence("heavy-tailed", 10_000, mean, dispersion=dispersion).law()
        shown = float(explorer.readouts(phi=dispersion, l=mean)["errors a moment"].replace(",", ""))
        assert shown == pytest.approx(mean_errors(1024, 10_000, law), rel=0.03)


@pytest.mark.slow
def test_explorer_of_stored_features_shows_what_the_exact_laws_say():
    explorer = built("occurrence", "which_features")
    for gamma, m in ((0.8, 2000), (1, 10_000)):
        frequencies = 0.2 / np.arange(1, 10**6 + 1) ** gamma
        stored = frequencies[:m]
        errors = mean_errors(256, m, count_law(stored))
        loss = (frequencies[m:].sum() + errors) / frequencies.sum()
        words = explorer.text(gamma=gamma, m=m)
        assert float(words.split("make a loss of ")[1].split(" %")[0]) == pytest.approx(100 * loss, rel=0.01)
        told = formulas.readout_bits(nu=stored, p=errors / m).sum()
        of_all = formulas.readout_bits(nu=frequencies, p=1e-300).sum()
        shown = float(explorer.readouts(gamma=gamma, m=m)["bits told, of all"].removesuffix(" %"))
        assert shown == pytest.approx(100 * told / of_all, rel=0.02)
        more = stored[-1] > errors / m
        assert ("more often than its readout" in words) == more


def test_law_of_a_number_can_be_cut_or_continued():
    whole = count_law([0.5, 0.5, 1.0])
    assert whole.tolist() == [0, 0.25, 0.5, 0.25]
    assert count_law([0.5, 0.5, 1.0], most=1).tolist() == [0, 0.25]
    assert count_law([0.5, 0.5, 1.0], most=0).tolist() == [0]
    assert count_law([0.5, 0.5, 1.0], most=5).tolist() == [0, 0.25, 0.5, 0.25, 0, 0]
    assert count_law([0.25]).tolist() == [0.75, 0.25]
    for bad in ([], [[0.5]], 0.5):
        with pytest.raises(ValueError, match=r"frequencies must be probabilities, shape \(m,\)"):
            count_law(bad)
    with pytest.raises(ValueError, match="most must be at least 0, got -1"):
        count_law([0.5], most=-1)


@pytest.mark.parametrize("count", [1, 63, 64, 65, 200, 257])
def test_law_of_any_number_of_equal_features_is_binomial(count):
    np.testing.assert_allclose(
        count_law(np.full(count, 0.3), most=count), stats.binom(count, 0.3).pmf(np.arange(count + 1)), rtol=1e-9
    )


def test_a_law_has_at_most_a_number_for_each_feature_and_none():
    assert mean_errors(64, 3, [1, 0, 0, 0]) == 0
    assert mean_errors(64, 1, [0, 1]) == 0
    for law in ([0.2] * 5, [], [[1.0]], 1.0):
        with pytest.raises(ValueError, match=r"law must be at most m \+ 1 = 4 probabilities"):
            mean_errors(64, 3, law)
    with pytest.raises(ValueError, match="n must be at least 2, got 1"):
        mean_errors(1, 3, [1.0])
    # one active of two: the absent one has a uniform overlap in three neurons, above ½ a quarter of the time
    assert mean_errors(3, 2, [0, 1]) == pytest.approx(0.25, rel=1e-9)
    assert mean_errors(3, 2, [0.5, 0.5]) == pytest.approx(0.125, rel=1e-9)
    # both active: each hears the other, and is missed below -½
    assert mean_errors(3, 2, [0, 0, 1]) == pytest.approx(0.5, rel=1e-9)


def test_sixteen_features_at_right_angles_tell_everything():
    found = decoded_information(np.eye(16), stats.binom(16, 0.5).pmf(range(17)))
    assert [found.entropy, found.whole, found.summed] == pytest.approx([16, 16, 16], rel=1e-9)


@given(st.lists(st.floats(0.02, 1), min_size=4, max_size=8), st.floats(0.1, 1.5), st.integers(0, 5))
def test_poisson_factor_is_right_to_first_order(weights, mean, k):
    """Features in two halves each, and again: the squared frequencies halve, and what is left of the error falls to a quarter."""

    def error(parts):
        frequencies = np.repeat(mean * np.array(weights) / sum(weights) / parts, parts)
        phi = 1 - (frequencies**2).sum() / mean
        factor = formulas.poisson_factor(k=k, l=mean, phi=phi)
        return np.log(count_law(frequencies)[k] / stats.poisson.pmf(k, mean) / factor)

    coarse, fine = error(64), error(128)
    assert abs(fine) <= abs(coarse) / 3 + 1e-5
    # without the factor an error of the first order is left, which only halves
    assert abs(fine) < 1e-2


def test_poisson_factor_leaves_mean_and_dispersion_as_they_are():
    frequencies = 0.1 / np.arange(1, 1001)
    mean, k = frequencies.sum(), np.arange(60)
    phi = 1 - (frequencies**2).sum() / mean
    law = stats.poisson.pmf(k, mean) * formulas.poisson_factor(k=k, l=mean, phi=phi)
    assert law.sum() == pytest.approx(1, abs=1e-3)
    assert law @ k == pytest.approx(mean, rel=1e-3)
    assert law @ (k - mean) ** 2 == pytest.approx(phi * mean, rel=5e-3)

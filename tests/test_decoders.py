"""Decoders find what they must, their laws are those of networks drawn in full, and bad input is refused."""

import math
import re
from fractions import Fraction
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from superposition import formulas, simulate
from superposition.codes import orthoplex, random_code, simplex
from superposition.data import load
from superposition.data.readouts import DECODERS, recoveries, transition
from superposition.draws import overlap_tail
from superposition.formula import numeric
from superposition.simulate import chains
from superposition.symbols import n, t
from tools.grids import readouts as grid

EVERY = {
    "threshold": lambda F, x, l: simulate.decode_threshold(F, x),
    "top": simulate.decode_top,
    "min_norm": simulate.decode_min_norm,
    "omp": simulate.decode_omp,
    "l1": lambda F, x, l: simulate.decode_l1(F, x),
    "box": lambda F, x, l: simulate.decode_l1(F, x, 1),
    "amp": lambda F, x, l: simulate.amp(F, x, l).activations[-1],
}


def state(n, m, l, rng):
    F = random_code(n, m, rng)
    truth = np.zeros(m)
    truth[rng.permutation(m)[:l]] = 1
    return F, truth, F @ truth


# -- what every decoder finds ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("active", [1, 2, 5])
def test_right_angles_are_read_by_every_decoder(name, active):
    truth = np.repeat([1.0, 0.0], [active, 6 - active])
    found = EVERY[name](np.eye(6), truth, active)
    assert np.abs(found - truth).max() < 1e-6


@pytest.mark.parametrize("name", EVERY)
def test_few_active_features_are_found_whatever_their_places(name):
    rng = np.random.default_rng(1)
    F, truth, x = state(400, 500, 3, rng)
    assert ((EVERY[name](F, x, 3) > 0.5) == truth).all()


@pytest.mark.parametrize("name", ["top", "min_norm", "l1", "box"])
@pytest.mark.parametrize(("m", "l"), [(2, 1), (2, 2), (3, 1), (3, 3)])
def test_as_many_features_as_neurons_and_one_more_in_two_neurons(name, m, l):
    F = simplex(2) if m == 3 else random_code(2, 2, np.random.default_rng(2))
    truth = np.repeat([1.0, 0.0], [l, m - l])
    found = EVERY[name](F, F @ truth, l)
    if name in ("l1", "box") and l == 3:
        # all of a simplex sum to nothing, of which nothing at all is the smallest account
        assert np.abs(found).max() < 1e-9
    else:
        assert (found > 0.5).sum() == l
        assert m == 3 or name == "top" or np.abs(found - truth).max() < 1e-6


@given(st.integers(0, 2**31), st.integers(2, 12), st.integers(1, 6))
def test_the_largest_are_right_exactly_if_some_threshold_is(seed, neurons, l):
    F, truth, x = state(neurons, 12, l, np.random.default_rng(seed))
    right = (simulate.decode_top(F, x, l) == truth).all()
    # every threshold between two neighbouring readouts
    r = np.sort(F.T @ x)
    some = any(((F.T @ x > cut) == truth).all() for cut in (r[1:] + r[:-1]) / 2)
    assert right == some


@given(st.integers(0, 2**31), st.integers(1, 8), st.integers(1, 10))
def test_pseudo_inverse_is_the_shortest_account(seed, neurons, l):
    F, _, x = state(neurons, 10, l, np.random.default_rng(seed))
    shortest = np.linalg.pinv(F) @ x
    expected = np.zeros(10)
    expected[np.argsort(-shortest)[:l]] = 1
    gap = np.diff(np.sort(shortest))[::-1]
    if l == 10 or gap[l - 1] > 1e-9:
        assert (simulate.decode_min_norm(F, x, l) == expected).all()


@pytest.mark.parametrize("seed", range(20))
def test_pursuit_is_least_squares_one_feature_at_a_time(seed):
    rng = np.random.default_rng(seed)
    F, _, x = state(12, 30, 5, rng)
    chosen, left = [], x
    for _ in range(5):
        chosen.append(int(np.abs(F.T @ left).argmax()))
        fitted = np.linalg.lstsq(F[:, chosen], x, rcond=None)[0]
        left = x - F[:, chosen] @ fitted
    expected = np.zeros(30)
    expected[chosen] = fitted
    assert simulate.decode_omp(F, x, 5) == pytest.approx(expected, abs=1e-9)


def test_pursuit_ends_where_nothing_is_left_and_never_takes_a_feature_twice():
    F = orthoplex(4)
    found = simulate.decode_omp(F, F[:, 0] + 2 * F[:, 1], 4)
    assert np.flatnonzero(found).tolist() == [0, 1]
    twice = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert np.count_nonzero(simulate.decode_omp(twice, [1.0, 0.5], 2)) == 2
    assert not simulate.decode_omp(F, np.zeros(4), 3).any()


@pytest.mark.parametrize("seed", range(10))
def test_the_smallest_sum_is_found_among_all_corners_of_the_programme(seed):
    rng = np.random.default_rng([7, seed])
    F, _, x = state(3, 7, 2, rng)
    sums = []
    for support in map(list, combinations(range(7), 3)):
        a = np.linalg.solve(F[:, support], x)
        if (a >= -1e-9).all():
            sums.append(a.sum())
    found = simulate.decode_l1(F, x)
    assert found.sum() == pytest.approx(min(sums), abs=1e-6)
    assert np.abs(F @ found - x).max() < 1e-6
    assert simulate.decode_l1(F, x, 1).max() <= 1 + 1e-9


def test_what_rounding_leaves_below_zero_is_zero(monkeypatch):
    monkeypatch.setattr(optimize, "linprog", lambda *_, **__: SimpleNamespace(x=np.array([-1e-12, 1.0, -0.0])))
    found = simulate.decode_l1(np.eye(3), [0, 1, 0])
    assert found.tolist() == [0, 1, 0]
    assert not np.signbit(found).any()


def test_message_passing_has_thirty_layers_unless_it_is_told():
    assert simulate.amp(np.eye(3), [1, 0, 0], 1).activations.shape == (30, 3)
    assert simulate.amp(np.eye(3), [1, 0, 0], 1, 4).noise.shape == (4,)


def test_message_passing_begins_with_the_best_guess_from_one_readout():
    rng = np.random.default_rng(3)
    F, _, x = state(30, 60, 4, rng)
    first = simulate.amp(F, x, 4, 1)
    r, noise = F.T @ x, np.sqrt(x @ x / 30)
    likely, unlikely = 4 * stats.norm.pdf(r, 1, noise), 56 * stats.norm.pdf(r, 0, noise)
    assert first.noise[0] == pytest.approx(noise)
    assert first.activations[0] == pytest.approx(likely / (likely + unlikely))


def test_message_passing_takes_out_what_readouts_heard_of_themselves():
    rng = np.random.default_rng(4)
    F, _, x = state(30, 60, 6, rng)
    found = simulate.amp(F, x, 6, 2)
    a, variance = found.activations[0], found.noise[0] ** 2
    v = x - F @ a + (a * (1 - a)).sum() / variance / 30 * x
    assert found.noise[1] == pytest.approx(np.linalg.norm(v) / np.sqrt(30))


# -- their laws -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("l", "m", "neurons", "threshold"), [(1, 50, 20, 0.5), (3, 100, 40, 0.6), (6, 7, 60, 0.4)])
def test_a_threshold_reads_all_if_no_readout_is_wrong(l, m, neurons, threshold):
    silent = stats.norm.cdf(threshold, 0, math.sqrt(l / neurons))
    heard = stats.norm.sf(threshold, 1, math.sqrt((l - 1) / neurons)) if l > 1 else 1
    found = formulas.threshold_recovery(l=l, m=m, n=neurons, theta=threshold)
    assert found == pytest.approx(silent ** (m - l) * heard**l, rel=1e-9)


@pytest.mark.parametrize(
    ("l", "m", "neurons"), [(2, 3, 4), (2, 100, 30), (8, 1024, 128), (50, 10**6, 4096), (300, 10**9, 1024)]
)
def test_the_sum_for_the_largest_is_the_integral(l, m, neurons):
    spread, other = math.sqrt(l / neurons), math.sqrt((l - 1) / neurons)

    def density(y):
        above = stats.norm.sf((y - 1) / other) ** l
        return (m - l) * stats.norm.pdf(y / spread) / spread * stats.norm.cdf(y / spread) ** (m - l - 1) * above

    middle = spread * math.sqrt(2 * math.log(m))
    whole = integrate.quad(density, -10 * spread, 10 * spread, points=[middle, 1], limit=400)[0]
    assert formulas.top_recovery(l=l, m=m, n=neurons) == pytest.approx(whole, rel=1e-6, abs=1e-12)


@given(st.integers(2, 60), st.integers(2, 10**6), st.integers(8, 4096), st.floats(0.1, 0.9))
def test_the_largest_are_right_at_least_as_often_as_any_threshold(l, more, neurons, threshold):
    at = dict(l=l, m=l + more, n=neurons)
    best = formulas.top_recovery(**at)
    assert formulas.threshold_recovery(**at, theta=threshold) <= best * (1 + 1e-3) + 1e-9
    # what steps of a tenth leave at a million features
    assert best <= 1 + 1e-8


def test_box_recovery_counts_orthants_exactly():
    for m in range(2, 40):
        for neurons in range(1, m):
            met = Fraction(2 * sum(math.comb(m - 1, i) for i in range(m - neurons)), 2**m)
            assert formulas.box_recovery(m=m, n=neurons) == pytest.approx(float(1 - met), rel=1e-12)
        assert formulas.box_recovery(m=2 * m, n=m) == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize(("l", "m"), [(1, 100), (10, 100), (40, 100), (5, 10_000)])
def test_the_curve_of_the_programme_is_its_smallest_dimension(l, m):
    def dimension(tau):
        exceeds = integrate.quad(lambda g: (g - tau) ** 2 * stats.norm.pdf(g), tau, np.inf)[0]
        return l * (1 + tau**2) + (m - l) * exceeds

    smallest = optimize.minimize_scalar(dimension, bounds=(0, 8), method="bounded", options={"xatol": 1e-10})
    assert m / formulas.l1_load(tau=smallest.x) == pytest.approx(smallest.fun, rel=1e-5)
    assert l / formulas.l1_active_share(tau=smallest.x) == pytest.approx(smallest.fun, rel=1e-4)
    assert grid.parameter_of_share(l, m) == pytest.approx(smallest.x, rel=1e-4)


@pytest.mark.parametrize(("load", "low"), [(2, False), (3, False), (4, True), (30, True), (10**6, True)])
def test_leading_term_of_the_programme_is_too_high_below_four_features_a_neuron_and_too_low_beyond(load, low):
    limit, _ = grid.l1_limit(100 * load, 100)
    assert (formulas.l1_active_limit(m=100 * load, n=100) < limit) == low


def test_dimension_of_the_faces_of_the_cone_has_the_mean_and_spread_of_the_formula():
    l, m, rng = 40, 400, np.random.default_rng(5)
    faces = []
    for _ in range(1500):
        g = rng.standard_normal(m)

        def distance(tau, g=g):
            return ((g[:l] - tau) ** 2).sum() + (np.maximum(g[l:] - tau, 0) ** 2).sum()

        tau = optimize.minimize_scalar(distance, bounds=(0, 4), method="bounded").x
        # the projection lies in a face where these may differ from 0, but their sum may not
        faces.append(l + (g[l:] > tau).sum() - 1)
    at = dict(l=l, m=m, tau=grid.parameter_of_share(l, m))
    # the formula is one half at the mean, and Q(-1) one deviation above it
    mean = optimize.brentq(lambda size: formulas.l1_recovery(n=size, **at) - 0.5, 20, 380)
    beyond = optimize.brentq(lambda size: formulas.l1_recovery(n=size, **at) - stats.norm.cdf(1), 20, 380)
    deviation = np.std(faces, ddof=1)
    assert abs(np.mean(faces) + 0.5 - mean) < 0.5 + 4 * deviation / math.sqrt(1500)
    assert abs(deviation / (beyond - mean) - 1) < 4 / math.sqrt(2 * 1500) + 0.02


@pytest.mark.slow
@settings(max_examples=25)
@given(st.integers(1, 400), st.integers(1, 10**5), st.floats(0.05, 5.5))
def test_error_of_a_guess_is_its_mean_square(l, more, distance):
    m, noise = l + more, 1 / (2 * distance)

    def missed(t):
        y = t * noise + 0.5
        present, absent = l / m * stats.norm.pdf(y, 1, noise), more / m * stats.norm.pdf(y, 0, noise)
        if present + absent == 0:
            return 0
        guess = present / (present + absent)
        return noise * (present * (1 - guess) ** 2 + absent * guess**2)

    edge = math.log(more / l) / (2 * distance)
    places = sorted({-distance, distance, min(max(edge, -14), 14)})
    error = integrate.quad(missed, -15, 15, points=places, limit=400, epsabs=0, epsrel=1e-8)[0]
    assert formulas.amp_error(l=l, m=m, z=distance) == pytest.approx(error, rel=1e-6, abs=1e-13)


@pytest.mark.slow
def test_networks_follow_state_evolution():
    l, m, neurons, rng = 120, 2000, 500, np.random.default_rng(6)
    heard, lost = [], []
    for _ in range(30):
        F, truth, x = state(neurons, m, l, rng)
        run = simulate.amp(F, x, l, 3)
        heard.append(0.5 / run.noise)
        lost.append(((run.activations - truth) ** 2).mean(axis=1))
    expected = grid.parameters_of_layers(l, m, neurons, 3)
    errors = [formulas.amp_error(l=l, m=m, z=value) for value in expected]
    assert np.mean(heard, axis=0) == pytest.approx(expected, rel=0.02)
    assert np.mean(lost, axis=0) == pytest.approx(errors, rel=0.03)


@pytest.mark.parametrize(
    ("neurons", "m", "l", "threshold"), [(2, 6, 2, 0.5), (8, 30, 3, 0.6), (30, 60, 5, 0.45), (20, 6, 6, 0.5)]
)
def test_largest_of_the_absent_readouts_is_that_of_codes_drawn_in_full(neurons, m, l, threshold):
    rng, trials = np.random.default_rng([neurons, m]), 3000
    drawn = chains.separated.sample(rng, trials, n=neurons, m=m, l=l, theta=threshold)
    real = {"highest": np.empty(trials), "ordered": np.empty(trials), "read_exactly": np.empty(trials)}
    for trial in range(trials):
        F = random_code(neurons, m, rng)
        r = F.T @ F[:, :l].sum(axis=1)
        highest = r[l:].max() if m > l else -np.inf
        real["highest"][trial] = highest
        real["ordered"][trial] = r[:l].min() > highest
        real["read_exactly"][trial] = r[:l].min() > threshold >= highest
    for name in ("ordered", "read_exactly"):
        share = (real[name].mean() + drawn[name].mean()) / 2
        assert abs(real[name].mean() - drawn[name].mean()) <= 5 * math.sqrt(2 * share * (1 - share) / trials)
    if m > l:
        assert stats.ks_2samp(real["highest"], drawn["highest"]).pvalue > 1e-5


def test_tail_that_the_highest_is_drawn_from_is_that_of_an_overlap():
    tail = numeric(overlap_tail(t, n), ("n", "t"))
    drawn = chains.separated.sample(np.random.default_rng(8), 20_000, n=10, m=101, l=1, theta=0.5)
    # at l = 1 the length is 1, and the highest of 100 has the power of the law
    for cut in (0.5, 0.6, 0.7):
        expected = (1 - tail(n=10, t=cut)) ** 100
        assert abs((drawn["highest"] <= cut).mean() - expected) < 5 * math.sqrt(expected * (1 - expected) / 20_000)


# -- how often they are right ---------------------------------------------------------------------------


def test_recovery_counts_exact_trials_and_no_others():
    rng = np.random.default_rng(9)
    F = np.eye(5)
    assert simulate.recovery(lambda F, x: x, F, 2, 50, rng).exact == 1
    assert simulate.recovery(lambda F, x: np.zeros(5), F, 2, 50, rng).exact == 0
    # one more is wrong, too
    assert simulate.recovery(lambda F, x: np.maximum(x, [1, 0, 0, 0, 0]), F, 2, 400, rng).exact == pytest.approx(
        0.4, abs=0.12
    )
    found = simulate.recovery(lambda F, x: x, F, 1, 98, rng)
    assert found.exact_se == pytest.approx(math.sqrt(0.99 * 0.01 / 98))


def test_recovery_draws_a_code_for_each_trial_and_repeats_by_its_seed():
    codes = []

    def draw(rng):
        codes.append(random_code(4, 6, rng))
        return codes[-1]

    runs = [simulate.recovery(lambda F, x: F.T @ x, draw, 2, 20, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert len(codes) == 60
    assert np.abs(codes[0] - codes[1]).max() > 0.1
    assert runs[0] == runs[1]
    assert np.abs(codes[0] - codes[20]).max() == 0


F, X = np.eye(3), np.ones(3)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: simulate.decode_threshold(F, X, 0), ValueError, "threshold must be"),
        (lambda: simulate.decode_threshold(F, np.ones(2)), ValueError, "x must be an array of 3 finite numbers"),
        (lambda: simulate.decode_threshold(F, "three"), TypeError, "x must be an array of 3 finite numbers"),
        (lambda: simulate.decode_top(F, [1, np.nan, 0], 1), ValueError, "x must be an array of 3 finite numbers"),
        (lambda: simulate.decode_top(F, X, 4), ValueError, "n_active must be"),
        (lambda: simulate.decode_top(F, X, 0), ValueError, "n_active must be"),
        (lambda: simulate.decode_min_norm(F, X, 1.5), TypeError, "n_active must be"),
        (lambda: simulate.decode_omp(F[:2], X[:2], 3), ValueError, "n_active must be"),
        (lambda: simulate.decode_l1(F, -X), ValueError, "x must be a sum of columns of F"),
        (lambda: simulate.decode_l1(F, X, 0), ValueError, "amplitude must be"),
        (lambda: simulate.decode_l1(F, 2 * X, 1), ValueError, "activations from 0 to 1"),
        (lambda: simulate.amp(F, X, 3), ValueError, "n_active must be"),
        (lambda: simulate.amp(F, X, 1, 0), ValueError, "depth must be"),
        (lambda: simulate.recovery("top", F, 1, 2, np.random.default_rng(0)), TypeError, "decoder must be a function"),
        (lambda: simulate.recovery(lambda F, x: 1, F, 1, 2, np.random.default_rng(0)), ValueError, "decoder must return"),
        (lambda: simulate.recovery(lambda F, x: x, F, 4, 2, np.random.default_rng(0)), ValueError, "n_active must be"),
        (lambda: simulate.recovery(lambda F, x: x, F, 1, 1, np.random.default_rng(0)), ValueError, "trials must be"),
        (lambda: simulate.recovery(lambda F, x: x, F, 1, 2, 0), TypeError, "rng must be"),
        (lambda: recoveries("guess", 512), ValueError, "decoder = 'guess' with m = 512 is not stored"),
        (lambda: recoveries("l1_box", 2048), ValueError, "m = 2048 is not stored"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(call, error, words):
    with pytest.raises(error, match=re.escape(words)):
        call()


# -- what is stored -------------------------------------------------------------------------------------


STORED = sorted({(row[0], row[2]) for row in load("readouts")["recovery"]["rows"]})


def test_every_decoder_of_the_grid_has_a_name():
    assert {decoder for decoder, _ in STORED} == set(DECODERS)
    assert [tuple(row[:4]) for row in load("readouts")["recovery"]["rows"]] == list(grid.recovery_places())


@pytest.mark.parametrize(("decoder", "m"), STORED)
def test_fitted_law_is_that_of_the_stored_shares(decoder, m):
    l, share, se = recoveries(decoder, m).T
    found = transition(decoder, m)
    assert share.max() > 0.6
    assert share.min() < 0.45
    assert l.min() < found.n_active < l.max()
    fitted = stats.norm.sf(np.log(l / found.n_active) / found.width)
    assert np.sqrt((((share - fitted) / np.maximum(se, 0.02)) ** 2).mean()) < 2.5


@pytest.mark.parametrize(("decoder", "m"), [("threshold", 384), ("omp", 1024), ("l1", 512), ("amp", 2048)])
def test_fitted_law_is_the_likeliest_and_its_error_that_of_its_information(decoder, m):
    l, share, _ = recoveries(decoder, m).T
    said = load("readouts")["recovery"]["parameters"]
    trials = said[{"threshold": "drawn", "l1": "programmes"}.get(decoder, "trials")]
    right = share * trials
    assert right == pytest.approx(np.rint(right), abs=1e-6 * trials)

    def chance(at):
        return stats.norm.cdf((at[0] - np.log(l)) / at[1])

    def short(at):
        return -(right * np.log(chance(at)) + (trials - right) * np.log1p(-chance(at))).sum()

    found = transition(decoder, m)
    start = [np.log(found.n_active) + 0.01, 1.1 * found.width]
    options = dict(xatol=1e-8, fatol=1e-10, maxiter=2000)
    best = optimize.minimize(short, start, method="Nelder-Mead", options=options).x
    assert [np.log(found.n_active), found.width] == pytest.approx(best, rel=1e-4)
    # the information of a coin about its chance p is 1/(p (1 - p))
    step = 1e-6
    slopes = np.array([(chance(best + e) - chance(best - e)) / (2 * step) for e in step * np.eye(2)])
    p = chance(best)
    seen = p * (1 - p) > 0
    information = (trials / (p * (1 - p))[seen] * slopes[:, seen]) @ slopes[:, seen].T
    assert found.n_active_se / found.n_active == pytest.approx(np.sqrt(np.linalg.inv(information)[0, 0]), rel=1e-3)


@pytest.mark.parametrize(("decoder", "m"), [("l2", 512), ("top", 500)])
def test_what_is_not_stored_is_refused_with_what_is(decoder, m):
    for ask in (recoveries, transition):
        with pytest.raises(
            ValueError, match=f"decoder = '{decoder}' with m = {m} is not stored; accepted: threshold, "
        ):
            ask(decoder, m)


def test_programmes_break_down_where_their_law_says():
    for m in (384, 512, 1024, 2048):
        curve = 128 * formulas.l1_active_share(tau=grid.parameter_of_load(m / 128))
        found = transition("l1", m)
        assert abs(found.n_active / curve - 1) < 0.03 + 4 * found.n_active_se / curve


@pytest.mark.slow
def test_rows_of_the_grid_are_what_the_code_makes():
    rows = [row for row in load("readouts")["recovery"]["rows"] if row[2] < 1000]
    for i in np.random.default_rng().choice(len(rows), 3, replace=False):
        decoder, neurons, m, l, exact, se = rows[i]
        again = grid.recovery_row(decoder, neurons, m, l)
        assert abs(again[4] - exact) <= 6 * se

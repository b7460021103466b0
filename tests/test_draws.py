"""Chains of draws have one law, in NumPy, on the page, and by brute force with real matrices.

Two samples are compared by the Kolmogorov–Smirnov test and by their means, in pooled standard errors. The file makes fewer than
3000 such comparisons; each fails by chance with probability below 1e-10 (p below 1e-10, or 6.5 standard errors), all together
with less than 3e-7, and a factor of three is left for means that are not quite Gaussian.
"""

import json

import numpy as np
import pytest
import sympy as sp
from scipy import stats as scipy_stats
from sympy import stats

from superposition.codes import random_code
from superposition.draws import Chain, Directions, Draw, Let, Repeat, Total, overlap, overlap_tail
from superposition.formulas import overlap_tail as overlap_tail_formula
from superposition.simulate import chains
from superposition.symbols import n, t
from tests.v8 import module_in_v8

P, Z = 1e-10, 6.5
SETTINGS = 20

x, y, z = sp.symbols("x y z", real=True)


@pytest.fixture(scope="module")
def script():
    return module_in_v8()


def on_the_page(script, chain, trials, seed=1, **values):
    """What the page's own sampler draws, as `Chain.sample` gives it."""
    names = json.dumps(
        [name for name in chain.sample(np.random.default_rng(0), 1, **values) if name not in chain.inputs]
    )
    code = f"""(() => {{
      const trial = superpositionDraws.sampler({json.dumps(chain.json())}, {seed}, compile);
      return Array.from({{ length: {trials} }}, () => {{
        const scope = trial({json.dumps(values)});
        return {names}.map((name) => scope[name]);
      }});
    }})()"""
    columns = zip(*script(code), strict=True)
    return dict(zip(json.loads(names), map(np.array, columns), strict=True))


def assert_same_law(one, other, where):
    one, other = np.asarray(one, float), np.asarray(other, float)
    assert np.isfinite([*one, *other]).all(), where
    pooled = np.sqrt(one.var() / len(one) + other.var() / len(other))
    assert abs(one.mean() - other.mean()) <= Z * pooled + 1e-9 * abs(one.mean()), (
        where,
        one.mean(),
        other.mean(),
        pooled,
    )
    # what is the same number in both languages differs in its last digits
    rounded = [np.float64([f"{value:.9g}" for value in sample]) for sample in (one, other)]
    assert scipy_stats.ks_2samp(*rounded, method="asymp").pvalue > P, where


def each(drawn, rng):
    """Numbers of a trial, and of a vector one entry, each trial's another."""
    for name, value in drawn.items():
        value = np.asarray(value, float)
        if value.ndim == 1:
            yield name, value
        elif value.size:
            yield name, value[np.arange(len(value)), rng.integers(value.shape[1], size=len(value))]
            yield f"total of {name}", value.sum(axis=1)


def assert_languages_agree(script, chain, trials, seed, **values):
    rng = np.random.default_rng(seed)
    ours = dict(each({k: v for k, v in chain.sample(rng, trials, **values).items() if k not in chain.inputs}, rng))
    theirs = dict(each(on_the_page(script, chain, trials, seed, **values), rng))
    assert set(ours) == set(theirs)
    for name in ours:
        assert_same_law(ours[name], theirs[name], (name, values))


def log_uniform(rng, low, high):
    return int(np.exp(rng.uniform(np.log(low), np.log(high + 1))))


LAWS = [
    (stats.Normal, (-2, 3)),
    (stats.Uniform, (-1, 4)),
    (stats.Beta, (0.5, 0.5)),
    (stats.Beta, (511.5, 511.5)),
    (stats.Beta, (1, 3)),
    (stats.Gamma, (0.3, 2)),
    (stats.Gamma, (7, 0.1)),
    (stats.ChiSquared, (1,)),
    (stats.ChiSquared, (1023,)),
    (stats.ChiSquared, (0,)),
    (stats.Poisson, (0,)),
    (stats.Poisson, (0.2,)),
    (stats.Poisson, (12,)),
    (stats.Poisson, (3000,)),
    (stats.Binomial, (0, 0.5)),
    (stats.Binomial, (10, 0)),
    (stats.Binomial, (10, 1)),
    (stats.Binomial, (7, 0.9)),
    (stats.Binomial, (40, 0.3)),
    (stats.Binomial, (1000, 0.98)),
    (stats.Binomial, (10**5, 0.31)),
    (stats.Binomial, (10**9, 3e-10)),
    (stats.Binomial, (10**12, 1e-9)),
]


@pytest.mark.parametrize(("law", "parameters"), LAWS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_page_draws_every_distribution_as_numpy_does(script, law, parameters):
    assert_languages_agree(script, Chain([], [Draw(x, law, *parameters)]), 20_000, 5)


IN_SCIPY = {
    stats.Normal: scipy_stats.norm,
    stats.Uniform: lambda left, right: scipy_stats.uniform(left, right - left),
    stats.Beta: scipy_stats.beta,
    stats.Gamma: lambda k, theta: scipy_stats.gamma(k, scale=theta),
    stats.ChiSquared: scipy_stats.chi2,
    stats.Poisson: scipy_stats.poisson,
    stats.Binomial: scipy_stats.binom,
}


def test_parameters_are_in_the_order_of_sympy():
    rng = np.random.default_rng(2)
    for law, parameters in LAWS:
        drawn = Chain([], [Draw(x, law, *parameters)]).sample(rng, 20_000)["x"]
        if parameters != (0,):
            assert_same_law(drawn, IN_SCIPY[law](*parameters).rvs(20_000, random_state=rng), (law, parameters))
    symbol = stats.Gamma("x", 7, sp.Rational(1, 10))
    assert symbol.pspace.distribution.k == 7


def test_overlap_of_two_directions_has_its_law(script):
    chain = Chain([n], overlap(t, n))
    for dimension in (2, 3, 17, 1000):
        first = random_code(dimension, 5000, np.random.default_rng(dimension))[0]
        assert_same_law(chain.sample(np.random.default_rng(1), 5000, n=dimension)["t"], first, dimension)
        assert_languages_agree(script, chain, 2000, dimension, n=dimension)


def test_tail_of_an_overlap_is_the_formula_of_the_book():
    for s, dimension in ((0.0, 5), (0.1, 3), (0.5, 3), (0.5, 64), (0.3, 1024), (0.999, 7)):
        value = float(overlap_tail(sp.Float(s), sp.Integer(dimension)).evalf())
        assert value == pytest.approx(overlap_tail_formula(t=s, n=dimension), rel=1e-9)
        assert float(overlap_tail(sp.Float(-s), sp.Integer(dimension)).evalf()) == pytest.approx(1 - value, rel=1e-9)
    assert float(overlap_tail(sp.Integer(2), sp.Integer(5))) == 0
    assert float(overlap_tail(sp.Integer(-2), sp.Integer(5))) == 1


@pytest.mark.parametrize(("dimension", "count"), [(1, 3), (2, 2), (3, 7), (8, 3), (30, 30)])
def test_directions_are_those_of_real_vectors(script, dimension, count):
    weight, beside = sp.symbols("weight beside")
    chain = Chain(
        [],
        [
            Draw(weight, stats.Uniform, 0, 1, count=count),
            Draw(beside, stats.Uniform, 1, 2),
            Directions(x, y, count=count, dimension=dimension, activation=weight, beside=beside),
        ],
    )
    rng, trials = np.random.default_rng([dimension, count]), 3000
    square, readouts = np.empty(trials), np.empty((trials, count))
    for trial in range(trials):
        F = random_code(dimension, count, rng)
        state = F @ rng.uniform(0, 1, count) + rng.uniform(1, 2) * random_code(dimension, 1, rng)[:, 0]
        square[trial], readouts[trial] = state @ state, F.T @ state
    real = {"x": square, "y": readouts}
    drawn = chain.sample(rng, trials)
    for (name, ours), (_, theirs) in zip(each({k: drawn[k] for k in real}, rng), each(real, rng), strict=True):
        assert_same_law(ours, theirs, name)
    # not only each alone: the spread of the readouts in one trial, too
    assert_same_law(drawn["y"].std(axis=1), readouts.std(axis=1), "spread")
    assert_languages_agree(script, chain, trials, 3)


def test_same_seed_draws_the_same_and_another_something_else(script):
    chain = chains.readouts.then(*chains.counted(20))
    values = dict(n=64, m=100, l=3, theta=0.5, shown=3)
    for draw in (
        lambda seed: chain.sample(np.random.default_rng(seed), 5, **values),
        lambda seed: on_the_page(script, chain, 5, seed, **values),
    ):
        first, again, other = draw(3), draw(3), draw(4)
        assert all(np.array_equal(first[name], again[name]) for name in first)
        assert not np.array_equal(first["square"], other["square"])


def settings_of_readouts():
    rng = np.random.default_rng(8)
    for _ in range(SETTINGS):
        size = log_uniform(rng, 1, 60)
        yield dict(
            n=log_uniform(rng, 2, 4096), m=size + log_uniform(rng, 1, 10**9), l=size,
            theta=float(rng.uniform(0.2, 0.8)), shown=size if rng.random() < 0.5 else log_uniform(rng, 1, size),
        )  # fmt: skip


@pytest.mark.parametrize("values", list(settings_of_readouts()), ids=str)
def test_page_reads_random_codes_as_numpy_does(script, values):
    assert_languages_agree(script, chains.readouts.then(*chains.counted(20)), 1000, 9, **values)


@pytest.mark.parametrize(("neurons", "features", "active"), [(6, 30, 2), (10, 40, 5), (40, 200, 3), (5, 60, 20)])
def test_readouts_are_those_of_a_random_code(neurons, features, active):
    rng, trials = np.random.default_rng([neurons, features, active]), 3000
    real = {name: np.empty(trials) for name in ("square", "alarms", "missed", "wrong")}
    present, absent = np.empty((trials, active)), np.empty((trials, features - active))
    for trial in range(trials):
        F = random_code(neurons, features, rng)
        state = F[:, :active].sum(axis=1)
        r = F.T @ state
        present[trial], absent[trial] = r[:active], r[active:]
        alarms, missed = np.count_nonzero(r[active:] > 0.4), np.count_nonzero(r[:active] <= 0.4)
        for name, value in zip(real, (state @ state, alarms, missed, alarms + missed), strict=True):
            real[name][trial] = value
    chain = chains.readouts.then(*chains.counted(10))
    for shown in {1, active}:
        values = dict(n=neurons, m=features, l=active, theta=0.4, shown=shown)
        drawn = chain.sample(rng, trials, **values)
        assert_same_law(drawn["square"], real["square"], "square")
        assert_same_law(drawn["present"][:, -1], present[:, 0], "present")
        assert_same_law(drawn["absent"][:, 0], absent[:, 0], "absent")
        assert_same_law(drawn["alarms"], real["alarms"], "alarms")
        gap = drawn["errors"].mean() - real["wrong"].mean()
        assert abs(gap) <= Z * np.sqrt((drawn["errors"].var() + real["wrong"].var()) / trials)
    assert_same_law(drawn["wrong"], real["wrong"], "wrong")
    assert_same_law(drawn["missed"], real["missed"], "missed")


def settings_of_levels():
    rng = np.random.default_rng(11)
    for turn in range(SETTINGS):
        size = log_uniform(rng, 1, 60)
        yield dict(
            n=log_uniform(rng, 2, 16_384), m=size + log_uniform(rng, 1, 10**9), l=size,
            K=int(rng.integers(2, 12)), largest=turn % 2,
        )  # fmt: skip


@pytest.mark.parametrize("values", list(settings_of_levels()), ids=str)
def test_page_reads_levels_as_numpy_does(script, values):
    assert_languages_agree(script, chains.levels, 1000, 12, **values)


def settings_of_decoded_values():
    rng = np.random.default_rng(13)
    for _ in range(SETTINGS):
        yield dict(n=log_uniform(rng, 2, 16_384), l=log_uniform(rng, 1, 60), A=float(rng.uniform(0.1, 3)))


@pytest.mark.parametrize("values", list(settings_of_decoded_values()), ids=str)
def test_page_decodes_values_as_numpy_does(script, values):
    assert_languages_agree(script, chains.decoded, 1000, 14, **values)


@pytest.mark.parametrize(("neurons", "active"), [(2, 1), (3, 4), (10, 3), (50, 20)])
def test_decoded_values_are_those_of_real_directions(neurons, active):
    rng, trials = np.random.default_rng([neurons, active]), 3000
    real = np.empty(trials)
    for trial in range(trials):
        F = random_code(neurons, active, rng)
        real[trial] = F[:, 0] @ (F[:, 1:] @ rng.uniform(0, 2, active - 1))
    drawn = chains.decoded.sample(rng, trials, n=neurons, l=active, A=2)
    assert_same_law(drawn["noise"], real, (neurons, active))


def settings_of_noisy_neurons():
    rng = np.random.default_rng(15)
    for _ in range(SETTINGS):
        size = log_uniform(rng, 1, 40)
        yield dict(
            n=log_uniform(rng, 2, 4096), m=size + log_uniform(rng, 1, 10**9), l=size,
            S=float(np.exp(rng.uniform(-3, 6))), K=int(rng.integers(2, 6)), theta=float(rng.uniform(0.2, 0.8)),
        )  # fmt: skip


@pytest.mark.parametrize("values", list(settings_of_noisy_neurons()), ids=str)
def test_page_reads_noisy_neurons_as_numpy_does(script, values):
    assert_languages_agree(script, chains.noisy, 1000, 16, **values)


@pytest.mark.parametrize(("neurons", "features", "active", "K"), [(6, 30, 2, 2), (10, 40, 5, 3), (40, 200, 3, 2)])
def test_noisy_readouts_are_those_of_a_random_code(neurons, features, active, K):
    rng, trials, S = np.random.default_rng([neurons, features, active]), 3000, 3.0
    power = np.mean([(level / (K - 1)) ** 2 for level in range(1, K)])
    squares, right, alarms = np.empty(trials), np.empty(trials), np.empty(trials)
    for trial in range(trials):
        F = random_code(neurons, features, rng)
        level = rng.integers(1, K, active)
        state = F[:, :active] @ (level / (K - 1)) + rng.normal(0, np.sqrt(active * power / neurons / S), neurons)
        found = np.clip(np.ceil((K - 1) * (F.T @ state) - 0.4), 0, K - 1)
        squares[trial] = state @ state
        right[trial] = np.count_nonzero(found[:active] != level)
        alarms[trial] = np.count_nonzero(found[active:])
    drawn = chains.noisy.sample(rng, trials, n=neurons, m=features, l=active, S=S, K=K, theta=0.4)
    assert_same_law(drawn["square"], squares, "square")
    assert_same_law(drawn["misread"], right, "misread")
    gap = drawn["false_alarms"].mean() - alarms.mean()
    assert abs(gap) <= Z * np.sqrt((drawn["false_alarms"].var() + alarms.var()) / trials)


def test_steps_are_taken_in_order_and_repeated():
    chain = Chain(
        [n],
        [
            Let(x, sp.S.One),
            Repeat(n, [Let(x, 2 * x)]),
            Draw(y, stats.Uniform, 0, 1, count=3),
            Let(z, y + x),
            Total(x, z - y),
        ],
    )
    drawn = chain.sample(np.random.default_rng(0), 4, n=5)
    assert np.allclose(drawn["x"], 3 * 32)
    assert drawn["z"].shape == (4, 3)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda: Draw(x, stats.Cauchy, 0, 1), ValueError, "draw x: law = .*; accepted: Normal, Uniform"),
        (lambda: Draw(x, stats.Normal, 0), TypeError, "draw x: Normal takes mean, std, got 1 parameters"),
        (lambda: Draw(x, stats.Normal, 0, y), ValueError, "draw x: std = y has the symbol y, which nothing gives"),
        (lambda: Draw(x, stats.Normal, 0, "1"), TypeError, "draw x: std = '1'; accepted"),
        (lambda: Draw("x", stats.Normal, 0, 1), TypeError, "draw: symbol = 'x'"),
        (lambda: Let(x, sp.Sum(n, (n, 1, 3)) + sp.zeta(n)), TypeError, "no JavaScript translation"),
        (lambda: Total(x, n), ValueError, "total x: expr = n is not a vector"),
        (lambda: Repeat(n, Let(x, n)), TypeError, "steps = .*; accepted: a list"),
        (lambda: Repeat(n, [n]), TypeError, "steps contains n; accepted: Draw"),
        (lambda: Directions(x, y, count=z, dimension=n), ValueError, "directions x: count = z has the symbol z"),
        (lambda: 3, TypeError, "steps contains 3"),
    ],
)
def test_bad_step_is_refused_by_name(make, kind, words):
    with pytest.raises(kind, match=words):
        Chain([n], [make()])


def test_vector_stays_a_vector_and_a_number_a_number():
    with pytest.raises(ValueError, match="let x: expr = 1 is no vector, unlike x"):
        Chain([], [Draw(x, stats.Normal, 0, 1, count=2), Let(x, sp.S.One)])
    with pytest.raises(ValueError, match="draw y: mean = x is a vector"):
        Chain([], [Draw(x, stats.Normal, 0, 1, count=2), Draw(y, stats.Normal, x, 1)])
    with pytest.raises(ValueError, match="draw y: count = x depends on what is drawn"):
        Chain([], [Draw(x, stats.Poisson, 3), Draw(y, stats.Normal, 0, 1, count=x)]).sample(np.random.default_rng(0), 2)
    with pytest.raises(TypeError, match="inputs = 'n'; accepted: a SymPy symbol"):
        Chain(["n"], [])


def test_inputs_are_all_given_and_no_others():
    chain = Chain([n], overlap(t, n))
    with pytest.raises(TypeError, match="n is missing; accepted: n"):
        chain.sample(np.random.default_rng(0), 2)
    with pytest.raises(TypeError, match="m is not an input; accepted: n"):
        chain.sample(np.random.default_rng(0), 2, n=3, m=4)
    with pytest.raises(ValueError, match="trials must be"):
        chain.sample(np.random.default_rng(0), 0, n=3)

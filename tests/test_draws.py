"""Chains of draws have one law, in NumPy, on the page, and by brute force with real matrices.

Two samples are compared by the Kolmogorov–Smirnov test and by their means, in pooled standard errors. The file makes fewer than
8000 such comparisons; each fails by chance with probability below 5e-11 (p below 5e-11, or 6.6 standard errors), all together
with less than 4e-7, and a factor of two is left for means that are not quite Gaussian.
"""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp
from scipy import stats as scipy_stats
from sympy import stats

from superposition.codes import random_code
from superposition.draws import (
    Alike,
    Chain,
    Deal,
    Directions,
    Draw,
    Let,
    Nearest,
    Numbers,
    Repeat,
    Tally,
    Total,
    overlap,
    overlap_tail,
)
from superposition.formulas import overlap_tail as overlap_tail_formula
from superposition.formulas import stored_active
from superposition.simulate import (
    Occurrence,
    chains,
    correction,
    gaussian_quantiser,
    largest_active,
    occurrence_errors,
    relay,
    toy_gradient,
    train,
)
from superposition.simulate.correction import Corrector
from superposition.symbols import n, t
from tests.v8 import module_in_v8

P, Z = 5e-11, 6.6
SETTINGS = 20
# of these, tried in the quick round, too
QUICK = 4

x, y, z = sp.symbols("x y z", real=True)


def at_settings(settings):
    params = [pytest.param(values, id=str(values)) for values in settings]
    params[QUICK:] = [pytest.param(*param.values, id=param.id, marks=pytest.mark.slow) for param in params[QUICK:]]
    return pytest.mark.parametrize("values", params)


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


@at_settings(settings_of_readouts())
def test_page_reads_random_codes_as_numpy_does(script, values):
    assert_languages_agree(script, chains.readouts.then(*chains.counted(20)), 1000, 9, **values)


def settings_of_separated():
    rng = np.random.default_rng(30)
    for _ in range(SETTINGS):
        size = log_uniform(rng, 1, 60)
        yield dict(
            n=log_uniform(rng, 2, 4096), m=size + log_uniform(rng, 1, 10**9) - 1, l=size, theta=float(rng.uniform(0.2, 0.8))
        )  # fmt: skip


@at_settings(settings_of_separated())
def test_page_parts_present_from_absent_readouts_as_numpy_does(script, values):
    assert_languages_agree(script, chains.separated, 1000, 31, **values)


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
            shown=size if rng.random() < 0.5 else log_uniform(rng, 1, size),
        )  # fmt: skip


@at_settings(settings_of_levels())
def test_page_reads_levels_as_numpy_does(script, values):
    assert_languages_agree(script, chains.levels, 1000, 12, **values)


@pytest.mark.parametrize(("neurons", "features", "active", "K"), [(6, 30, 2, 2), (10, 40, 5, 3), (40, 200, 3, 4)])
@pytest.mark.parametrize("largest", [0, 1])
def test_levels_are_those_of_a_random_code(neurons, features, active, K, largest):
    rng, trials = np.random.default_rng([neurons, features, active]), 3000
    real = {name: np.empty(trials) for name in ("square", "misread", "false_alarms")}
    first = np.empty(trials)
    for trial in range(trials):
        F = random_code(neurons, features, rng)
        level = np.full(active, K - 1) if largest else rng.integers(1, K, active)
        state = F[:, :active] @ (level / (K - 1))
        found = np.clip(np.rint((K - 1) * (F.T @ state)), 0, K - 1)
        first[trial] = F[:, 0] @ state
        wrong = np.count_nonzero(found[:active] != level), np.count_nonzero(found[active:])
        for name, value in zip(real, (state @ state, *wrong), strict=True):
            real[name][trial] = value
    for shown in {1, active}:
        drawn = chains.levels.sample(rng, trials, n=neurons, m=features, l=active, K=K, largest=largest, shown=shown)
        assert_same_law(drawn["square"], real["square"], "square")
        assert_same_law(drawn["present"][:, -1], first, "present")
        for name in ("misread", "false_alarms"):
            gap = drawn[name].mean() - real[name].mean()
            assert abs(gap) <= Z * np.sqrt((drawn[name].var() + real[name].var()) / trials), name


def settings_of_decoded_values():
    rng = np.random.default_rng(13)
    for _ in range(SETTINGS):
        yield dict(n=log_uniform(rng, 2, 16_384), l=log_uniform(rng, 1, 60), A=float(rng.uniform(0.1, 3)))


@at_settings(settings_of_decoded_values())
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


@at_settings(settings_of_noisy_neurons())
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


def settings_of_quantised_neurons():
    rng = np.random.default_rng(17)
    for turn in range(SETTINGS):
        size = log_uniform(rng, 1, 40)
        yield dict(
            n=log_uniform(rng, 3, 1024), m=size + log_uniform(rng, 1, 10**9), l=size, b=turn % 8 + 1,
            theta=float(rng.uniform(0.2, 0.8)), shown=size if rng.random() < 0.5 else log_uniform(rng, 1, size),
        )  # fmt: skip


@at_settings(settings_of_quantised_neurons())
def test_page_reads_neurons_of_few_bits_as_numpy_does(script, values):
    assert_languages_agree(script, chains.quantised(*range(1, 9)), 500, 18, **values)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("neurons", "features", "active"), [(3, 8, 1), (6, 30, 2), (10, 40, 5), (5, 60, 20), (60, 200, 4)]
)
@pytest.mark.parametrize(("bits", "rescale"), [(None, True), (1, True), (2, True), (3, False)])
def test_readouts_of_few_bits_are_those_of_a_random_code(neurons, features, active, bits, rescale):
    rng, trials = np.random.default_rng([neurons, features, active]), 3000
    real = {name: np.empty(trials) for name in ("square", "read", "missed", "alarms")}
    present = np.empty((trials, active))
    scale = 1 / (1 - gaussian_quantiser(bits).distortion) if bits and rescale else 1
    for trial in range(trials):
        F = random_code(neurons, features, rng)
        state = F[:, :active].sum(axis=1)
        kept = scale * gaussian_quantiser(bits)(state, np.sqrt(active / neurons)) if bits else state
        r = F.T @ kept
        present[trial] = r[:active]
        counts = np.count_nonzero(r[:active] <= 0.4), np.count_nonzero(r[active:] > 0.4)
        for name, value in zip(real, (state @ state, np.linalg.norm(kept), *counts), strict=True):
            real[name][trial] = value
    chain = chains.quantised(*([bits] if bits else []), rescale=rescale)
    chain = chain.then(*chains.counted(10, amplitude=chains.read))
    for shown in {1, active}:
        values = dict(n=neurons, m=features, l=active, theta=0.4, shown=shown) | ({"b": bits} if bits else {})
        drawn = chain.sample(rng, trials, **values)
        assert_same_law(drawn["square"], real["square"], "square")
        assert_same_law(drawn["read"], real["read"], "read")
        assert_same_law(drawn["present"][:, -1], present[:, 0], "present")
        assert_same_law(drawn["alarms"], real["alarms"], "alarms")
        for ours, theirs in (("misses", "missed"), ("false_alarms", "alarms")):
            gap = drawn[ours].mean() - real[theirs].mean()
            assert abs(gap) <= Z * np.sqrt((drawn[ours].var() + real[theirs].var()) / trials) + 1e-9, ours
    # not only each alone: their spread in one trial, and how many are missed
    spreads = (np.round(readouts.std(axis=1), 6) for readouts in (drawn["present"], present))
    assert_same_law(*spreads, "spread")
    assert_same_law(drawn["missed"], real["missed"], "missed")


@pytest.mark.parametrize(("neurons", "features", "active"), [(3, 8, 2), (4, 30, 3)])
@pytest.mark.parametrize("bits", [1, 2])
def test_expected_misses_of_few_bits_are_those_of_the_features_shown(neurons, features, active, bits):
    values = dict(n=neurons, m=features, l=active, theta=0.4, shown=active, b=bits)
    drawn = chains.quantised(bits).sample(np.random.default_rng([neurons, bits]), 100_000, **values)
    gap = drawn["misses"] - (drawn["present"] <= 0.4).sum(axis=1)
    assert abs(gap.mean()) < Z * gap.std() / np.sqrt(len(gap))


def settings_of_relays():
    rng = np.random.default_rng(19)
    for turn in range(SETTINGS):
        size = log_uniform(rng, 1, 40)
        yield dict(
            n=log_uniform(rng, 4, 1024), m=size + log_uniform(rng, 1, 10**6), l0=size, L=log_uniform(rng, 1, 6),
            theta=float(rng.uniform(0.3, 0.8)), redriven=turn % 2,
        )  # fmt: skip


@at_settings(settings_of_relays())
def test_page_hands_on_as_numpy_does(script, values):
    assert_languages_agree(script, chains.relay, 400, 20, **values)


@pytest.mark.slow
@pytest.mark.parametrize("redriven", [False, True])
@pytest.mark.parametrize(("neurons", "features", "true"), [(6, 12, 2), (16, 40, 3), (40, 60, 4)])
def test_hands_on_as_networks_with_codes_do(neurons, features, true, redriven):
    rng, trials, depth = np.random.default_rng([neurons, features, true]), 2000, 4
    real = relay(
        lambda rng: random_code(neurons, features, rng), true, depth, trials, rng, redriven=redriven, threshold=0.55
    )
    values = dict(n=neurons, m=features, l0=true, L=depth, theta=0.55, redriven=int(redriven))
    drawn = chains.relay.sample(rng, trials, **values)
    for layer in range(depth):
        assert_same_law(drawn["path"][:, layer], real.n_active[layer + 1], ("active", layer))
        assert_same_law(drawn["kept_untrue"][:, layer], real.false_alarms[layer + 1], ("untrue", layer))


def settings_of_gates():
    rng = np.random.default_rng(21)
    for _ in range(SETTINGS):
        # a value of 1 alone stays as it is
        size = log_uniform(rng, 2, 20)
        yield dict(
            n=log_uniform(rng, 2, 4096), m=size + log_uniform(rng, 1, 10), l=size, L=log_uniform(rng, 1, 5),
            theta=float(rng.uniform(0.2, 0.8)),
        )  # fmt: skip


@at_settings(settings_of_gates())
def test_page_gates_values_as_numpy_does(script, values):
    assert_languages_agree(script, chains.gated, 500, 22, **values)


@pytest.mark.slow
@pytest.mark.parametrize(("neurons", "features", "active"), [(6, 12, 2), (16, 40, 3), (64, 8, 8)])
def test_gated_values_are_those_of_networks_with_codes(neurons, features, active):
    rng, trials, depth = np.random.default_rng([neurons, features, active]), 2000, 4
    code, options = lambda rng: random_code(neurons, features, rng), dict(unit="gated", threshold=0.4)
    real = relay(code, active, depth, trials, rng, **options)
    drawn = chains.gated.sample(rng, trials, n=neurons, m=features, l=active, L=depth, theta=0.4)
    for layer in range(depth):
        assert_same_law(drawn["changes"][:, layer], real.value_error[layer + 1], layer)
    assert_same_law((drawn["value"] ** 2).sum(axis=1), real.energy[depth], "energy")


def settings_of_correctors():
    rng = np.random.default_rng(23)
    for _ in range(SETTINGS):
        size, groups = log_uniform(rng, 1, 8), log_uniform(rng, 1, 12)
        yield dict(
            n=log_uniform(rng, 16, 2048), m=size + log_uniform(rng, 20, 500), l=size, s=groups,
            d=groups * log_uniform(rng, 2, 60), needed=int(rng.integers(1, groups + 1)), theta=float(rng.uniform(0.3, 0.7)),
        )  # fmt: skip


@at_settings(settings_of_correctors())
def test_page_counts_votes_as_numpy_does(script, values):
    assert_languages_agree(script, chains.corrector.then(*chains.tallies), 300, 24, **values)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("neurons", "features", "active", "units", "groups"), [(30, 50, 2, 40, 4), (200, 90, 5, 60, 3), (64, 61, 3, 42, 7)]
)
def test_votes_are_those_of_units_on_a_real_code(neurons, features, active, units, groups):
    rng, trials, needed = np.random.default_rng([neurons, features, active]), 3000, groups - 1
    real = {name: np.empty(trials) for name in ("missed", "alarms", "failed")}
    tallies = np.zeros((2, trials, groups + 1))
    for trial in range(trials):
        F = rng.standard_normal((neurons, features)) / np.sqrt(neurons)
        r = F.T @ F[:, :active].sum(axis=1)
        votes = np.zeros(features, int)
        for _ in range(groups):
            for unit in np.array_split(rng.permutation(features), units // groups):
                votes[unit] += r[unit].sum() > 0.5
        missed, alarms = np.count_nonzero(votes[:active] < needed), np.count_nonzero(votes[active:] >= needed)
        for name, value in zip(real, (missed, alarms, missed + alarms > 0), strict=True):
            real[name][trial] = value
        for kind, own in enumerate((votes[:active], votes[active:])):
            tallies[kind, trial] = np.bincount(own, minlength=groups + 1)
    values = dict(n=neurons, m=features, l=active, d=units, s=groups, needed=needed, theta=0.5)
    drawn = chains.corrector.then(*chains.tallies).sample(rng, trials, **values)
    for name, found in real.items():
        assert_same_law(drawn[name], found, name)
    for kind, name in enumerate(("votes_of_present", "votes_of_absent")):
        for number in range(groups + 1):
            assert_same_law(drawn[name][:, number], tallies[kind, :, number], (name, number))
    # and those of the library's own simulation, which shares an assignment among trials
    told = correction(Corrector(neurons, features, units, groups), active, trials, rng, trials_per_assignment=1)
    assert_same_law(drawn["failed"], ~told.at(needed), "failed")


def settings_of_weights():
    rng = np.random.default_rng(29)
    for turn in range(SETTINGS):
        active, looked_at = log_uniform(rng, 1, 4), log_uniform(rng, 0.5, 6)
        connections = active + looked_at + log_uniform(rng, 1, 100)
        yield dict(
            n=log_uniform(rng, 2, 512), m=connections + log_uniform(rng, 1, 10**5), J=connections, l=active, shown=looked_at,
            theta=float(rng.uniform(0.2, 0.8)), chance=(1, float(rng.uniform(0.1, 0.9)))[turn % 2],
        )  # fmt: skip


@at_settings(settings_of_weights())
def test_page_reads_weights_as_numpy_does(script, values):
    assert_languages_agree(script, chains.weights, 400, 30, **values)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("neurons", "features", "connections", "active", "looked_at"),
    [(2, 5, 4, 1, 2), (6, 20, 10, 1, 4), (12, 9, 9, 1, 3), (16, 40, 30, 3, 5), (8, 6, 6, 6, 0)],
)
def test_weights_are_those_of_outer_products(neurons, features, connections, active, looked_at):
    rng, trials = np.random.default_rng([neurons, features]), 3000
    read, alarms, missed = np.empty((trials, active + looked_at)), np.empty(trials), np.empty(trials)
    for trial in range(trials):
        F, G = random_code(neurons, features, rng), random_code(neurons, features, rng)
        W = G[:, :connections] @ F[:, :connections].T
        r = G.T @ W @ F[:, :active].sum(axis=1)
        read[trial] = r[: active + looked_at]
        alarms[trial], missed[trial] = np.count_nonzero(r[active:] > 0.5), np.count_nonzero(r[:active] <= 0.5)
    values = dict(n=neurons, m=features, J=connections, l=active, theta=0.5, shown=looked_at, chance=1)
    drawn = chains.weights.sample(rng, trials, **values)
    for place in range(active + looked_at):
        assert_same_law(drawn["present"][:, place], read[:, place], place)
    assert_same_law(drawn["present"].std(axis=1), read.std(axis=1), "spread")
    # expected, given lengths, and counted
    for ours, theirs in ((drawn["false_alarms"], alarms), (drawn["misses"], missed)):
        assert abs(ours.mean() - theirs.mean()) <= Z * np.sqrt((ours.var() + theirs.var()) / trials) + 1e-9


def test_page_draws_overlaps_of_pairs_as_numpy_does(script):
    for neurons in np.unique(np.geomspace(2, 4096, SETTINGS).astype(int)):
        assert_languages_agree(script, chains.pair, 1000, 25, n=int(neurons))


@pytest.mark.parametrize(("dimension", "count"), [(2, 2), (3, 7), (8, 3), (8, 7), (8, 8), (30, 12)])
@pytest.mark.parametrize("length", [0, 1.5])
def test_what_stands_across_is_at_right_angles(script, dimension, count, length):
    chain = Chain([], [Directions(x, y, count=count, dimension=dimension, activation=0.7, beside=length, across=z)])
    rng, trials = np.random.default_rng([dimension, count]), 3000
    crosswise, readouts = np.empty((trials, count)), np.empty((trials, count))
    for trial in range(trials):
        F = random_code(dimension, count, rng)
        state = 0.7 * F.sum(axis=1) + length * random_code(dimension, 1, rng)[:, 0]
        u = rng.standard_normal(dimension)
        u -= state * (u @ state) / (state @ state)
        crosswise[trial], readouts[trial] = F.T @ u / np.linalg.norm(u), F.T @ state
    drawn = chain.sample(rng, trials)
    real = {"y": readouts, "z": crosswise}
    for (name, ours), (_, theirs) in zip(each({k: drawn[k] for k in real}, rng), each(real, rng), strict=True):
        assert_same_law(ours, theirs, name)
    # together, too: the two are of one direction
    assert_same_law((drawn["z"][:, 0] * drawn["y"][:, 0]) ** 2, (crosswise[:, 0] * readouts[:, 0]) ** 2, "product")
    assert_same_law(drawn["z"].std(axis=1), crosswise.std(axis=1), "spread")
    assert_languages_agree(script, chain, trials, 3)


def test_many_directions_are_drawn_a_block_at_a_time():
    chain = Chain([], [Directions(x, y, count=200, dimension=300)])
    drawn = chain.sample(np.random.default_rng(1), 60)
    assert np.allclose(drawn["y"].sum(axis=1), drawn["x"])
    assert len(set(drawn["x"])) == 60


def test_numbers_tallies_and_what_is_nearest(script):
    v, w = sp.symbols("v w", real=True)
    chain = Chain(
        [n],
        [
            Numbers(x, count=n),
            Tally(y, sp.floor(x / 2), most=3),
            Nearest(z, x / 4, tables={1: [0.5], 2: [-1, 0.4, 0.6, 9]}, by=2),
            Nearest(v, n / 4, tables={1: [0, 1]}, by=1),
            Total(w, z),
        ],
    )
    for drawn in (
        chain.sample(np.random.default_rng(0), 2, n=6),
        on_the_page(script, chain, 2, n=6),
    ):
        assert drawn["x"].tolist() == [[1, 2, 3, 4, 5, 6]] * 2
        assert drawn["y"].tolist() == [[1, 2, 2, 1]] * 2
        assert drawn["z"].tolist() == [[0.4, 0.4, 0.6, 0.6, 0.6, 0.6]] * 2
        assert drawn["v"].tolist() == [1, 1]
        assert np.allclose(drawn["w"], 3.2)


@pytest.mark.parametrize("heaps", [1, 3, 4, 9, 12])
def test_a_deal_is_even_and_random(script, heaps):
    chain = Chain([], [Numbers(x, count=9), Deal(y, 2**x, among=heaps), Deal(z, sp.Min(x, 1), among=heaps)])
    trials, mates = 4000, {}
    for name, drawn in (
        ("numpy", chain.sample(np.random.default_rng(heaps), trials)),
        ("page", on_the_page(script, chain, trials)),
    ):
        sizes = np.sort(np.bincount(np.arange(9) % heaps, minlength=heaps)[np.arange(9) % heaps])
        assert (np.sort(drawn["z"], axis=1) == sizes).all()
        heap = drawn["y"].astype(int)
        # everyone is in their own heap, and in a heap with each of the others as often
        together = (heap[:, :, None] >> np.arange(1, 10)) & 1
        assert (together[:, np.arange(9), np.arange(9)] == 1).all()
        share = (sizes - 1).mean() / 8
        others = together.mean(axis=0)[~np.eye(9, dtype=bool)]
        assert np.abs(others - share).max() <= Z * np.sqrt(share * (1 - share) / trials) + 1e-12, name
        mates[name] = together[:, 0, 1:].sum(axis=1)
    assert_same_law(mates["numpy"], mates["page"], "mates")


def test_what_is_alike_is_drawn_together_and_kept_apart(script):
    size, total, top = sp.symbols("size total top", real=True)
    path = sp.Symbol("path")
    chain = Chain(
        [n],
        [
            Let(top, sp.S.Zero),
            Repeat(
                n,
                [
                    Draw(size, stats.Poisson, 2),
                    Alike(size, [Draw(x, stats.Uniform, 1, 2, count=size), Total(total, x), Let(top, top + total)]),
                ],
                kept={top: path},
            ),
        ],
    )
    assert "x" not in chain.known
    for drawn in (chain.sample(np.random.default_rng(3), 3000, n=4), on_the_page(script, chain, 3000, n=4)):
        assert (drawn["total"] >= drawn["size"]).all()
        assert (drawn["total"] <= 2 * drawn["size"]).all()
        assert np.array_equal(drawn["path"][:, -1], drawn["top"])
        assert np.allclose(drawn["path"][:, -1] - drawn["path"][:, -2], drawn["total"])
        assert drawn["path"].shape == (3000, 4)
        # 1.5 for each of eight that are expected
        assert abs(drawn["top"].mean() - 12) < Z * drawn["top"].std() / np.sqrt(3000)


def test_page_can_look_up_within_a_trial(script):
    values = json.dumps(dict(n=64, m=300, l0=2, L=25, theta=0.5, redriven=0))
    parts = f"""(() => {{
      const trial = superpositionDraws.drawing({json.dumps(chains.relay.json())}, 1, compile);
      return [...trial({values})].length;
    }})()"""
    assert script(parts) > 25


@pytest.mark.parametrize("start", [1, 2, 7, 25, 26, 40, 400])
@pytest.mark.parametrize(("js", "law"), [
    ("500*Math.exp(-25/l)", lambda l: 500 * np.exp(-25 / l)),
    ("500*Math.exp(-400/l)", lambda l: 500 * np.exp(-400 / l)),
    ("l < 30 ? 0 : 500*Math.exp(-90/l)", lambda l: 0 if l < 30 else 500 * np.exp(-90 / l)),
])  # fmt: skip
def test_page_searches_a_crossing_as_python_does(script, js, law, start):
    def measure(l):
        return SimpleNamespace(errors=law(l), errors_se=law(l) / 10, trials=100)

    search = f"{{ start: {start}, lowest: 1, allowed: 2, of: 500, trials: 100, place: (l) => 1 / Math.sqrt(l) }}"
    measured = (
        f"async (l, trials) => {{ asked.push([l, trials]); const mean = {js}; return {{ mean, error: mean / 10 }}; }}"
    )
    script(
        f"(globalThis.asked = [], superpositionDraws.crossing({measured}, {search}).then((found) => asked.push(found)), 0)"
    )
    *tried, found = script("asked")
    expected = largest_active(measure, 500, 2, start)
    assert found["at"] ** -2 == pytest.approx(expected.n_active)
    assert 2 * found["error"] * found["at"] ** -3 == pytest.approx(expected.n_active_se)
    assert tried[-2:] == [[l, 100] for l in expected.bracket]
    assert {trials for _, trials in tried[:-2]} == {10}
    assert len({l for l, _ in tried[:-2]}) == len(tried) - 2, "nothing is tried twice"


def test_page_searches_no_lower_than_it_may(script):
    lowest = "{ start: 9, lowest: 4, allowed: 2, of: 500, trials: 15, place: (l) => l }"
    script(
        f"(globalThis.asked = [], superpositionDraws.crossing(async (l, trials) => (asked.push([l, trials]), {{ mean: 40 + l, error: 1 }}), {lowest}), 0)"
    )
    assert script("asked") == [[9, 2], [8, 2], [6, 2], [4, 2], [4, 15], [5, 15]]


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
        (lambda: Let(x, n, count=y), ValueError, "let x: count = y has the symbol y"),
        (lambda: Total(x, n), ValueError, "total x: expr = n is not a vector"),
        (lambda: Repeat(n, Let(x, n)), TypeError, "steps = .*; accepted: a list"),
        (lambda: Repeat(n, [n]), TypeError, "steps contains n; accepted: Draw"),
        (lambda: Directions(x, y, count=z, dimension=n), ValueError, "directions x: count = z has the symbol z"),
        (lambda: Directions(x, y, count=2, dimension=n, across="u"), TypeError, "directions: across = 'u'"),
        (lambda: Repeat(2, [Let(x, n)], kept={y: z}), ValueError, "kept has y, which is no number"),
        (lambda: Alike(y, [Let(x, n)]), ValueError, "alike y: y is no number that is known"),
        (lambda: Tally(x, n, most=3), ValueError, "tally x: expr = n is not a vector"),
        (lambda: Deal(x, n, among=3), ValueError, "deal x: expr = n is not a vector"),
        (lambda: Nearest(x, n, tables={1: [2, 1]}, by=1), ValueError, "tables.1. = .*; accepted: numbers that ascend"),
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
    with pytest.raises(ValueError, match="nearest x: by = 2; accepted: 1"):
        Chain([], [Nearest(x, 3, tables={1: [1]}, by=2)]).sample(np.random.default_rng(0), 2)


def test_a_number_becomes_a_vector_of_as_many(script):
    chain = Chain([n], [Draw(x, stats.Normal, 0, 1), Let(y, x + 1, count=n), Let(y, 2 * y), Total(z, y)])
    drawn = chain.sample(np.random.default_rng(0), 3, n=4)
    assert drawn["y"].shape == (3, 4)
    assert np.allclose(drawn["z"], 8 * (drawn["x"] + 1))
    page = on_the_page(script, chain, 3, n=4)
    assert page["y"].shape == (3, 4)
    assert np.allclose(page["z"], 8 * (page["x"] + 1))
    with pytest.raises(ValueError, match="let y: expr = y is a vector, which count = n would make of a number"):
        Chain([n], [Let(y, 0, count=n), Let(y, y, count=n)])


def settings_of_training():
    rng = np.random.default_rng(31)
    for _ in range(SETTINGS):
        yield dict(
            m=int(rng.integers(1, 9)), nu=float(rng.uniform(0.02, 1)), omega=float(rng.uniform(0.3, 2)), steps=int(rng.integers(1, 6)),
            batch=int(rng.integers(1, 9)), rate=float(rng.uniform(0.005, 0.2)),
        )  # fmt: skip


@at_settings(settings_of_training())
def test_page_trains_as_numpy_does(script, values):
    for neurons in (1, 2):
        assert_languages_agree(script, chains.training(neurons), 200, 17, **values)


@pytest.mark.parametrize("neurons", [1, 2])
def test_a_step_of_training_goes_down_the_gradient_of_the_library(neurons):
    values = dict(m=6, nu=0.4, omega=0.8, steps=1, batch=1, rate=0.1)
    drawn = chains.training(neurons).sample(np.random.default_rng(5), 50, **values)
    names = ["e1", "e2"][:neurons]
    before = {
        name: drawn[name] + drawn["size"][:, None] * drawn[f"first_{name}"] / (np.sqrt(drawn[f"second_{name}"]) + 1e-8)
        for name in (*names, "beta")
    }
    assert np.allclose(before["beta"], 0, atol=1e-12)
    E = np.stack([before[name] for name in names], axis=1)
    by_E, by_bias = toy_gradient(E, drawn["a"][:, None], np.zeros((50, 6)), 0.8 ** np.arange(6))
    assert np.allclose(np.stack([drawn[f"slope_{name}"] for name in names], axis=1), by_E, atol=1e-9)
    assert np.allclose(drawn["slope_beta"], by_bias, atol=1e-12)
    assert abs(by_E).max() > 0.1


def test_the_chain_and_the_library_train_alike():
    rng, at = np.random.default_rng(6), dict(steps=30, batch=4, rate=0.05)
    drawn = chains.training(2).sample(rng, 1000, m=3, nu=0.2, omega=0.7, **at)
    found = train(2, 3, 0.2, 1000, rng, 0.7 ** np.arange(3), **at)
    for feature in range(3):
        assert_same_law(drawn["e1"][:, feature], found.E[:, 0, feature], feature)
        assert_same_law(drawn["e2"][:, feature], found.E[:, 1, feature], feature)
        assert_same_law(drawn["beta"][:, feature], found.bias[:, feature], feature)
        length = np.hypot(drawn["e1"][:, feature], drawn["e2"][:, feature])
        assert_same_law(length, np.linalg.norm(found.E[:, :, feature], axis=1), feature)


def test_inputs_are_all_given_and_no_others():
    chain = Chain([n], overlap(t, n))
    with pytest.raises(TypeError, match="n is missing; accepted: n"):
        chain.sample(np.random.default_rng(0), 2)
    with pytest.raises(TypeError, match="m is not an input; accepted: n"):
        chain.sample(np.random.default_rng(0), 2, n=3, m=4)
    with pytest.raises(ValueError, match="trials must be"):
        chain.sample(np.random.default_rng(0), 0, n=3)


def test_what_steps_leave_alone_stays_as_it_was(script):
    chain = Chain(
        [], [Draw(x, stats.Binomial, 2, 0.5), Let(y, sp.Integer(7)), Alike(x, [Repeat(x, [Let(y, y + 0.5)])])]
    )
    drawn = chain.sample(np.random.default_rng(1), 200)
    assert set(drawn["x"]) == {0, 1, 2}
    assert (drawn["y"] == 7 + drawn["x"] / 2).all()
    assert_languages_agree(script, chain, 2000, 1)


def settings_of_spread():
    rng = np.random.default_rng(31)
    for _ in range(SETTINGS):
        yield dict(
            n=log_uniform(rng, 2, 4096), m=log_uniform(rng, 60, 10**9), l=float(rng.uniform(1, 12)),
            phi=float(rng.uniform(1.05, 5)),
        )  # fmt: skip


@at_settings(settings_of_spread())
def test_page_reads_a_spread_number_as_numpy_does(script, values):
    assert_languages_agree(script, chains.spread, 1000, 32, **values)


@pytest.mark.parametrize(("neurons", "features", "mean", "dispersion"), [(6, 30, 2, 2), (30, 80, 4, 3), (4, 9, 4, 1.5)])
def test_spread_number_is_read_as_from_real_codes(neurons, features, mean, dispersion):
    rng, trials = np.random.default_rng([neurons, features]), 3000
    way = Occurrence("heavy-tailed", features, mean, dispersion=dispersion)
    real = occurrence_errors(way, neurons, trials, rng)
    drawn = chains.spread.sample(rng, trials, n=neurons, m=features, l=mean, phi=dispersion)
    assert_same_law(drawn["occurring"], way.draw(trials, rng).sum(axis=1), "occurring")
    assert abs(drawn["errors"].mean() - real.mean()) <= Z * np.sqrt((drawn["errors"].var() + real.var()) / trials)


def settings_of_environments():
    rng = np.random.default_rng(33)
    for _ in range(SETTINGS):
        yield dict(
            n=log_uniform(rng, 2, 4096), m=log_uniform(rng, 2, 10**6), nu=float(rng.uniform(0.02, 0.2)),
            gamma=float(rng.uniform(0.8, 1.3)),
        )  # fmt: skip


@at_settings(settings_of_environments())
def test_page_reads_an_environment_as_numpy_does(script, values):
    assert_languages_agree(script, chains.environment(stored_active.expr), 300, 34, **values)


@pytest.mark.parametrize(
    ("neurons", "features", "gamma"), [(6, 30, 1.0), pytest.param(30, 300, 0.8, marks=pytest.mark.slow)]
)
def test_environment_is_read_as_from_real_codes(neurons, features, gamma):
    rng, trials = np.random.default_rng([neurons, features]), 3000
    frequencies = 0.2 / np.arange(1, features + 1) ** gamma
    active, wrong = rng.random((trials, features)) < frequencies, np.empty(trials)
    for trial in range(trials):
        F = random_code(neurons, features, rng)
        wrong[trial] = np.count_nonzero((F.T @ F[:, active[trial]].sum(axis=1) > 0.5) != active[trial])
    chain = chains.environment(stored_active.expr)
    drawn = chain.sample(rng, trials, n=neurons, m=features, nu=0.2, gamma=gamma)
    assert_same_law(drawn["occurring"], active.sum(axis=1), "occurring")
    assert abs(drawn["errors"].mean() - wrong.mean()) <= Z * np.sqrt((drawn["errors"].var() + wrong.var()) / trials)

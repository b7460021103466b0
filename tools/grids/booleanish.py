"""How far the formulas for levels and for quantised neurons lie from what random codes do."""

from math import ceil, log, sqrt

import numpy as np
from scipy import optimize

from superposition import formulas, simulate
from tools.grids import Beside, beside, meeting
from tools.grids._laws import borne as active_at
from tools.grids._laws import tail

SEED = 2025

# to the ends of the explorers' sliders, and beyond
NEURONS, FEATURES, ACTIVE = (64, 256, 1024, 8192, 65_536, 262_144), (1000, 10**6, 10**9), (1, 2, 3, 5, 10, 30, 100, 500)
# the smallest layers in which one active feature has two levels, where a formula for many of them errs most
SMALLEST = [(m, ceil(8 * log(m))) for m in FEATURES]
SIZES = SMALLEST + [(m, n) for n in NEURONS for m in FEATURES]
LAYERS = [(l, m, n) for m, n in SIZES for l in ACTIVE if formulas.levels(l=l, m=m, n=n) >= 2]
LEVELS, LEVEL_FEATURES = (2, 3, 4, 6, 12), (1000, 10**4, 10**5, 10**6, 10**9)
CHANCES = (0.001, 0.01, 0.1)
ERRORS = [
    (K, l, m, n) for K in (2, 3, 4, 16) for l in ACTIVE for m in (FEATURES[0], FEATURES[-1]) for n in NEURONS[:-1]
]
# the ranges of the explorer of bits against levels
CAPACITY_LEVELS, CAPACITY_FEATURES, CAPACITY_NEURONS = (2, 3, 4, 6, 8, 12), (10**5, 10**6, 10**9), (1024, 8192, 65_536)
CAPACITY = [(K, m, n) for K in CAPACITY_LEVELS for m in CAPACITY_FEATURES for n in CAPACITY_NEURONS]
BELLS = [(K, l, m, n) for K in (2, 4, 16) for l in (1, 5, 30, 200) for m in FEATURES for n in NEURONS[1:5]]
BELLS = [(K, l, m, n) for K, l, m, n in BELLS if formulas.level_errors_sure(K=K, l=l, m=m, n=n) > 1e-9]

# to nine digits, which are the same on every machine; 0 stands for neurons that are not quantised
DISTORTIONS = {0.0: None}
DISTORTIONS |= {float(f"{simulate.gaussian_quantiser(bits).distortion:.9g}"): bits for bits in range(1, 9)}
QUANTISED = [(D, m, n) for n in (256, 1024, 4096) for m in (1000, 10**4, 10**6, 10**9) for D in DISTORTIONS]

TRIALS, UNIFORM_TRIALS, QUANTISED_TRIALS, MISSES = 400, 10_000, 400, 5000
# large layers scatter less and are given fewer trials, so that any row can be made again in a second or two
STEPS = 2**21


def draws(*place):
    """A generator for one point of a grid."""
    return np.random.default_rng([SEED, *(round(1e9 * number) for number in place)])


def told_apart(use, trials):
    """Measure K at which about one error in every ten readings of a layer is left."""

    def measure(l, m, n):
        found = simulate.largest_levels(n, m, l, formulas.errors_at_limit(m=m), trials, draws(l, m, n), use)
        return found.n_levels, found.n_levels_se

    return Beside({"trials": trials, "use": use}, LAYERS, measure)


def surely_told_apart(delta, l, m, n):
    found = simulate.largest_levels(n, m, l, delta, TRIALS, draws(delta, l, m, n), "largest")
    return found.n_levels, found.n_levels_se


def wrong(K, l, m, n):
    found = simulate.random_code_level_errors(n, m, l, K, TRIALS, draws(K, l, m, n), "largest")
    return found.errors, found.errors_se


def largest_errors(K, l, m, n):
    """Expected wrong levels of a random code with all active features at the largest; K may be any number above 1."""
    half_gap = 1 / (2 * (K - 1))
    return (m - l) * tail(n, l, half_gap) + l * tail(n, l - 1, half_gap)


def uniform_errors(K, l, m, n):
    """Expected wrong levels of a random code with all levels above 0 used equally often."""
    half_gap, levels = 1 / (2 * (K - 1)), np.arange(1, K) / (K - 1)
    alarm, misread = (tail(n, active, half_gap, levels) for active in (l, l - 1))
    return (m - l) * alarm + l * (2 - 1 / (K - 1)) * misread


def levels_at_largest(l, m, n):
    allowed = formulas.errors_at_limit(m=m)

    def beyond(gaps):
        return log(largest_errors(1 + gaps, l, m, n) / allowed)

    # one gap or more is known to be borne, since the formula for levels is a bound
    gaps = formulas.naive_levels(l=l, m=m, n=n)
    return 1 + optimize.brentq(beyond, gaps, 2 * gaps, xtol=1e-9), 0.0


def bits_borne(errors, formula):
    """Bits per neuron with as many features active as leave the errors allowed."""

    def measure(K, m, n):
        found = active_at(lambda l: errors(K, l, m, n), formulas.errors_at_limit(m=m), m, formula(K=K, m=m, n=n))
        return formulas.level_bits(K=K, l=found, m=m) / n, 0.0

    return measure


def noise_quantised(D, l, n):
    """Noise on an absent feature, from the law of a neuron's value: that of the crosstalk on one readout."""
    quantiser = simulate.gaussian_quantiser(DISTORTIONS[D])
    levels = quantiser.outputs[quantiser.outputs > 0]
    borders = quantiser.edges[quantiser.edges > 0] * sqrt(l / n)
    above = np.array([0.5, *(simulate.crosstalk_tail(n, l, border) if border < l else 0.0 for border in borders)])
    square = 2 * np.sum(levels**2 * -np.diff(above, append=0)) * l / n
    return sqrt(square) / (1 - quantiser.distortion), 0.0


def missed_unscaled(D, l, n):
    trials = ceil(MISSES / (l * formulas.unscaled_miss(D=D, l=l, n=n)))
    found = simulate.quantised_errors(n, l, l, DISTORTIONS[D], trials, draws(D, l, n), rescale=False)
    return found.misses / l, found.misses_se / l


def borne(formula, use, trials):
    """Measure the active features that are borne at K levels, with the same errors left."""

    def measure(K, m, n):
        rng = draws(K, m, n)

        def errors(l):
            return simulate.random_code_level_errors(n, m, l, K, min(trials, STEPS // l), rng, use)

        start = int(formula(K=K, m=m, n=n))
        found = simulate.largest_active(errors, m, formulas.errors_at_limit(m=m), start)
        return found.n_active, found.n_active_se

    sizes = SMALLEST + [(m, n) for n in NEURONS for m in LEVEL_FEATURES if m >= n]
    everywhere = [(K, m, n) for m, n in sizes for K in LEVELS]
    places = [(K, m, n) for K, m, n in everywhere if formula(K=K, m=m, n=n) >= 1]
    return Beside({"trials": trials, "steps": STEPS, "use": use}, places, measure)


def borne_quantised(D, m, n):
    rng = draws(D, m, n)

    def errors(l):
        return simulate.quantised_errors(n, m, l, DISTORTIONS[D], QUANTISED_TRIALS, rng)

    start = int(formulas.max_active_quantised(D=D, m=m, n=n))
    found = simulate.largest_active(errors, m, formulas.errors_at_limit(m=m), start)
    return found.n_active, found.n_active_se


def distortion(b):
    return simulate.gaussian_quantiser(b).distortion, 0.0


MEASURED = {
    "naive_levels": Beside({}, LAYERS, levels_at_largest),
    "level_errors": Beside(
        {},
        meeting("level_errors", ERRORS),
        lambda K, l, m, n: (largest_errors(K, l, m, n), 0.0),
    ),
    "level_errors_uniform": Beside(
        {},
        meeting("level_errors_uniform", ERRORS),
        lambda K, l, m, n: (uniform_errors(K, l, m, n), 0.0),
    ),
    "level_capacity": Beside(
        {},
        meeting("level_capacity", CAPACITY),
        bits_borne(largest_errors, formulas.max_active_levels),
    ),
    "level_capacity_uniform": Beside(
        {},
        meeting("level_capacity_uniform", CAPACITY),
        bits_borne(uniform_errors, formulas.max_active_levels_uniform),
    ),
    "quantised_noise": Beside(
        {},
        [
            (D, l, n)
            for n in (64, 256, 1024, 4096)
            for l in (1, 2, 3, 10, 100)
            for D, bits in DISTORTIONS.items()
            if bits
        ],
        noise_quantised,
    ),
    "levels": told_apart("largest", TRIALS),
    "levels_uniform": told_apart("uniform", UNIFORM_TRIALS),
    "level_errors_sure": Beside({"trials": TRIALS, "use": "largest"}, BELLS, wrong),
    "levels_sure": Beside(
        {"trials": TRIALS, "use": "largest"},
        [(chance, *layer) for chance in CHANCES for layer in LAYERS],
        surely_told_apart,
    ),
    "max_active_levels": borne(formulas.max_active_levels, "largest", TRIALS),
    "max_active_levels_uniform": borne(formulas.max_active_levels_uniform, "uniform", UNIFORM_TRIALS),
    "panter_dite": Beside({}, [(b,) for b in range(1, 13)], distortion),
    "unscaled_miss": Beside(
        {"misses": MISSES},
        [
            (D, l, n)
            for n in (64, 256)
            for l in (10, 30, 100)
            for D, bits in DISTORTIONS.items()
            if bits in (1, 2, 3) and formulas.unscaled_miss(D=D, l=l, n=n) >= 0.05
        ],
        missed_unscaled,
    ),
    "max_active_quantised": Beside(
        {"trials": QUANTISED_TRIALS},
        [(D, m, n) for D, m, n in QUANTISED if formulas.max_active_quantised(D=D, m=m, n=n) >= 1],
        borne_quantised,
    ),
}


def grids():
    yield from beside(MEASURED)

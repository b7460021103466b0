"""How far the formulas for levels and for quantised neurons lie from what random codes do."""

from math import ceil, log

import numpy as np

from superposition import formulas, simulate
from tools.grids import Beside, beside

SEED = 2025

# to the ends of the explorers' sliders, and beyond
NEURONS, FEATURES, ACTIVE = (64, 256, 1024, 8192, 65_536, 262_144), (1000, 10**6, 10**9), (1, 2, 3, 5, 10, 30, 100, 500)
# the smallest layers in which one active feature has two levels, where a formula for many of them errs most
SMALLEST = [(m, ceil(8 * log(m))) for m in FEATURES]
SIZES = SMALLEST + [(m, n) for n in NEURONS for m in FEATURES]
LAYERS = [(l, m, n) for m, n in SIZES for l in ACTIVE if formulas.levels(l=l, m=m, n=n) >= 2]
LEVELS, LEVEL_FEATURES = (2, 3, 4, 6, 12), (1000, 10**4, 10**5, 10**6, 10**9)
CHANCES = (0.001, 0.01, 0.1)
BELLS = [(K, l, m, n) for K in (2, 4, 16) for l in (1, 5, 30, 200) for m in FEATURES for n in NEURONS[1:5]]
BELLS = [(K, l, m, n) for K, l, m, n in BELLS if formulas.level_errors_sure(K=K, l=l, m=m, n=n) > 1e-9]

# to nine digits, which are the same on every machine; 0 stands for neurons that are not quantised
DISTORTIONS = {0.0: None}
DISTORTIONS |= {float(f"{simulate.gaussian_quantiser(bits).distortion:.9g}"): bits for bits in range(1, 9)}
QUANTISED = [(D, m, n) for n in (256, 1024, 4096) for m in (1000, 10**4, 10**6, 10**9) for D in DISTORTIONS]

TRIALS, UNIFORM_TRIALS, QUANTISED_TRIALS = 400, 10_000, 400
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


def borne(formula, use, trials):
    """Measure the active features that are borne at K levels, with the same errors left."""

    def measure(K, m, n):
        rng = draws(K, m, n)

        def errors(l):
            return simulate.random_code_level_errors(n, m, l, K, min(trials, STEPS // l), rng, use)

        start = int(formula(K=K, m=m, n=n))
        found = simulate.largest_active(errors, formulas.errors_at_limit(m=m), m, start)
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
    found = simulate.largest_active(errors, formulas.errors_at_limit(m=m), m, start)
    return found.n_active, found.n_active_se


def distortion(b):
    return simulate.gaussian_quantiser(b).distortion, 0.0


MEASURED = {
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
    "max_active_quantised": Beside(
        {"trials": QUANTISED_TRIALS},
        [(D, m, n) for D, m, n in QUANTISED if formulas.max_active_quantised(D=D, m=m, n=n) >= 1],
        borne_quantised,
    ),
}


def grids():
    yield from beside(MEASURED)

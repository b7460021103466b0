"""How many active features noisy neurons bear, and how many neurons the best threshold takes."""

import math

import numpy as np
from scipy import optimize, special

from superposition import formulas
from superposition.simulate import largest_active, superposed_errors
from tools.grids import Beside, beside

SEED = 2027
ACTIVE_TRIALS = 600
NEURON_TRIALS = 3000
# readouts that may be wrong, on average, at the best threshold
ALLOWED = 0.1

FEATURES, NEURONS, NOISE = (10**3, 10**6, 10**9), (256, 2048, 16_384, 131_072), (0.05, 0.3, 3.0, 10_000.0)
BORNE = [
    (S, m, n) for S in NOISE for m in FEATURES for n in NEURONS if 4 <= formulas.max_active_noisy(m=m, n=n, S=S) <= 400
]
LEVELS = [
    (K, S, m, n)
    for K in (3, 4, 16)
    for S in NOISE
    for m in FEATURES
    for n in NEURONS
    if 10 <= formulas.max_active_noisy_levels(K=K, m=m, n=n, S=S) <= 400
]
NEEDED = [
    (S, n_active, m) for S in (0.01, 0.1, 1.0) for n_active in (1, 2, 4, 16, 64) for m in (1e3, 1e6, 1e12, 1e24, 1e100)
]


def _rng(*place):
    return np.random.default_rng([SEED, *(round(100 * math.log2(number)) + 10_000 for number in place)])


def borne(formula, n_levels, snr, m, n):
    """Active features at which as many readouts are wrong as `errors_at_limit` says; the search starts at `formula`."""
    rng = _rng(n_levels, snr, m, n)

    def measure(n_active):
        return superposed_errors(n, m, n_active, snr, ACTIVE_TRIALS, rng, n_levels=n_levels)

    found = largest_active(measure, formulas.errors_at_limit(m=m), m, max(1, int(formula)))
    return found.n_active, found.n_active_se


def needed(snr, n_active, m):
    """Neurons with which `ALLOWED` readouts are wrong at the best threshold, and the standard error."""
    rng = _rng(snr, n_active, m)
    at = {"l": n_active, "m": m, "S": snr}

    def normal(log_n):
        n = math.exp(log_n)
        threshold = formulas.best_threshold(**at, n=n)
        alarm = math.sqrt(n_active / n * (1 + 1 / snr))
        miss = math.sqrt((n_active - 1 + n_active / snr) / n)
        tails = special.ndtr([-threshold / alarm, (threshold - 1) / miss])
        return math.log((m - n_active) * tails[0] + n_active * tails[1]) - math.log(ALLOWED)

    middle = math.log(formulas.neurons_best_threshold(**at) + 10)
    middle = math.exp(optimize.brentq(normal, middle - 1, middle + 2))
    ends = [round(0.95 * middle), round(1.05 * middle) + 1]
    found = [
        superposed_errors(n, int(m), n_active, snr, NEURON_TRIALS, rng, threshold=formulas.best_threshold(**at, n=n))
        for n in ends
    ]
    logs = [math.log(one.errors) for one in found]
    slope = (logs[1] - logs[0]) / (ends[1] - ends[0])
    part = (math.log(ALLOWED) - logs[0]) / (logs[1] - logs[0])
    errors = [one.errors_se / one.errors for one in found]
    return ends[0] + part * (ends[1] - ends[0]), math.hypot((1 - part) * errors[0], part * errors[1]) / abs(slope)


def _two_levels(S, m, n):
    return borne(formulas.max_active_noisy(m=m, n=n, S=S), 2, S, m, n)


def _levels(K, S, m, n):
    return borne(formulas.max_active_noisy_levels(K=K, m=m, n=n, S=S), K, S, m, n)


MEASURED = {
    "max_active_noisy": Beside({"trials": ACTIVE_TRIALS}, BORNE, _two_levels),
    "max_active_noisy_levels": Beside({"trials": ACTIVE_TRIALS}, LEVELS, _levels),
    "neurons_best_threshold": Beside({"trials": NEURON_TRIALS, "allowed": ALLOWED}, NEEDED, needed),
}


def grids():
    yield from beside(MEASURED)

"""How many active features noisy neurons bear, and how many neurons the best threshold takes."""

import math

import numpy as np
from scipy import optimize, special

from superposition import formulas
from superposition.simulate import largest_active, superposed_errors
from tools.grids import Beside, beside, meeting
from tools.grids._laws import borne as active_at
from tools.grids._laws import tail

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

    found = largest_active(measure, m, formulas.errors_at_limit(m=m), max(1, int(formula)))
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


def noisy_errors(S, l, m, n, threshold=0.5):
    """Expected wrong readouts of a random code on noisy neurons, by the exact law of crosstalk and noise."""
    noise = math.sqrt(l / (n * S))
    return (m - l) * tail(n, l, threshold, noise=noise) + l * tail(n, l - 1, 1 - threshold, noise=noise)


def excess(S, l, n):
    alarm = tail(n, l, 0.5, noise=math.sqrt(l / (n * S)))
    return special.ndtr(-0.5 / math.sqrt(l / n * (1 + 1 / S))) / alarm, 0.0


def threshold(S, l, m, n):
    """Where one more absent feature read as active makes up for one less active feature missed."""
    noise = math.sqrt(l / (n * S))

    def gained(theta):
        absent, active = (
            tail(n, l, theta, noise=noise, density=True),
            tail(n, l - 1, 1 - theta, noise=noise, density=True),
        )
        return math.log((m - l) * absent / (l * active))

    return optimize.brentq(gained, 0.4, 0.99, xtol=1e-9), 0.0


def capacity(S, m, n):
    """Bits per neuron with as many features active as leave the errors that the limit leaves."""
    start = formulas.max_active_noisy(m=m, n=n, S=S)
    found = active_at(lambda l: noisy_errors(S, l, m, n), formulas.errors_at_limit(m=m), m, start)
    return formulas.capacity_bits(l=found, m=m, n=n), 0.0


def _two_levels(S, m, n):
    return borne(formulas.max_active_noisy(m=m, n=n, S=S), 2, S, m, n)


def _levels(K, S, m, n):
    return borne(formulas.max_active_noisy_levels(K=K, m=m, n=n, S=S), K, S, m, n)


def decoder(alpha, m):
    """n/(l ln m) for the fewest neurons with which `ALLOWED` readouts are wrong at their best threshold, by the normal law."""
    l = m**alpha

    def errors(ratio):
        # the threshold at which both bells, of one width, are as high
        noise = math.sqrt(1 / (ratio * math.log(m)))
        theta = 0.5 + noise**2 * math.log(m / l - 1)
        return math.log(((m - l) * special.ndtr(-theta / noise) + l * special.ndtr((theta - 1) / noise)) / ALLOWED)

    return optimize.brentq(errors, 1, 60, xtol=1e-12)


def capacity_at_best(alpha, m):
    l = m**alpha
    return formulas.capacity_bits(l=l, m=m, n=decoder(alpha, m) * l * math.log(m))


def levels_held(S, n):
    """Levels at which a tenth of one of n neurons is read wrongly, on average."""

    def errors(gaps):
        return math.log(formulas.dense_errors(K=1 + gaps, S=S, n=n) / ALLOWED)

    return 1 + optimize.brentq(errors, max(1, math.sqrt(3 * S / 1000)), math.sqrt(2 * S), xtol=1e-12)


def superposed(K, S, l, m):
    """Neurons with which the errors left are those of the limit, by the exact law of crosstalk and noise."""
    levels, half_gap, allowed = np.arange(1, K) / (K - 1), 1 / (2 * (K - 1)), formulas.errors_at_limit(m=m)

    def errors(log_n):
        n = math.exp(log_n)
        noise = math.sqrt(l * formulas.level_mean_square(K=K) / (n * S))
        alarm, misread = (tail(n, active, half_gap, levels, noise) for active in (l, l - 1))
        return math.log(((m - l) * alarm + l * (2 - 1 / (K - 1)) * misread) / allowed)

    said = math.log(formulas.neurons_superposed(K=K, S=S, l=l, m=m))
    return math.exp(optimize.brentq(errors, said - 0.5, said + 2, xtol=1e-9)), 0.0


ACTIVE, ENDS = (1, 2, 3, 5, 10, 30, 100, 300), (FEATURES[0], FEATURES[-1])
NOISY = [(S, l, m, n) for S in NOISE for l in ACTIVE for m in ENDS for n in NEURONS]
EXCESS = [(S, l, n) for S in NOISE for l in ACTIVE if l >= 5 for n in NEURONS]
# where the errors at the best threshold are from a tenth to some dozens
MANY = [(S, l, m) for S in NOISE for l in (10, 30, 300) for m in ENDS]
THRESHOLDS = [
    (S, l, m, round(share * formulas.neurons_best_threshold(S=S, l=l, m=m)))
    for S, l, m in MANY
    for share in (0.7, 1, 1.5)
]
ROOM = [(S, m, n) for S in NOISE for m in FEATURES for n in (256, 2048, 16_384)]

SHARES = [(alpha, m) for alpha in (0.1, 0.25, 0.5, 0.75) for m in (1e4, 1e6, 1e12, 1e24)]
NOISES = (0.01, 1.0, 100.0)
HELD = [(S, n) for S in (64, 1000, 10**4, 10**6) for n in (256, 2048, 65_536)]
# the ranges of the explorer of sparsity
SUPERPOSED = [
    (K, S, l, m) for K in (2, 4, 16) for S in (64, 1000, 10**6) for l in (1, 10, 100, 10_000) for m in (10**5, 10**9)
]

MEASURED = {
    "decoder_constant": Beside({"allowed": ALLOWED}, SHARES, lambda alpha, m: (decoder(alpha, m), 0.0), given=("m",)),
    "capacity_best": Beside(
        {"allowed": ALLOWED}, SHARES, lambda alpha, m: (capacity_at_best(alpha, m), 0.0), given=("m",)
    ),
    "noisy_capacity_best": Beside(
        {"allowed": ALLOWED},
        [(S, alpha, m) for S in NOISES for alpha, m in SHARES],
        lambda S, alpha, m: (capacity_at_best(alpha, m) * S / (1 + S), 0.0),
        given=("m",),
    ),
    "shannon_share": Beside(
        {"allowed": ALLOWED},
        [(S, alpha, m) for S in NOISES for alpha, m in SHARES],
        lambda S, alpha, m: (capacity_at_best(alpha, m) * S / (1 + S) / formulas.shannon_bits(S=S), 0.0),
        given=("m",),
    ),
    "dense_levels": Beside({"allowed": ALLOWED}, HELD, lambda S, n: (levels_held(S, n), 0.0)),
    "dense_float_bits": Beside({"allowed": ALLOWED}, HELD, lambda S, n: (math.log2(levels_held(S, n)), 0.0)),
    "neurons_superposed": Beside({}, SUPERPOSED, superposed),
    "expected_errors_noisy": Beside(
        {}, meeting("expected_errors_noisy", NOISY), lambda S, l, m, n: (noisy_errors(S, l, m, n), 0.0)
    ),
    "gaussian_excess_noisy": Beside({}, meeting("gaussian_excess_noisy", EXCESS), excess),
    "best_threshold": Beside({}, THRESHOLDS, threshold),
    "noisy_capacity": Beside(
        {},
        meeting("noisy_capacity", ROOM),
        capacity,
    ),
    "max_active_noisy": Beside({"trials": ACTIVE_TRIALS}, BORNE, _two_levels),
    "max_active_noisy_levels": Beside({"trials": ACTIVE_TRIALS}, LEVELS, _levels),
    "neurons_best_threshold": Beside({"trials": NEURON_TRIALS, "allowed": ALLOWED}, NEEDED, needed),
}


def grids():
    yield from beside(MEASURED)

"""How far the formulas of crosstalk lie from the truth, and what tight frames and codes with structure bear."""

from dataclasses import replace
from functools import cache
from math import exp, isqrt, log, sqrt

import numpy as np

from superposition import codes, formulas, simulate
from superposition.simulate.limits import crossing_of_errors
from tools.grids import Beside, beside, meeting

SEED = 2027

# to the ends of the explorers' sliders, and beyond
NEURONS, FEATURES = (64, 256, 1024, 4096, 16_384), (1000, 10**4, 10**6, 10**9)
MORE_NEURONS = (*NEURONS, 65_536, 262_144, 10**6)
ACTIVE = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500)
LAYERS = [(m, n) for n in MORE_NEURONS for m in FEATURES if 1 <= formulas.max_active(m=m, n=n) <= m]
SMALLER = [(m, n) for m, n in LAYERS if n in NEURONS]
CHANCES, TRIALS = (0.01, 0.1), 1000

FRAME_NEURONS, FRAME_RATIOS = (16, 32, 64, 128, 256), (1, 1.06, 1.1, 1.25, 1.5, 2, 3, 4)
FRAMES = sorted({(max(round(ratio * n), n + 1), n) for n in FRAME_NEURONS for ratio in FRAME_RATIOS})
FRAMES = [
    (m, n)
    for m, n in FRAMES
    if not n + 1 < m < 1.1 * n or n in (32, 64, 128)
    if formulas.max_active_tight(m=m, n=n) >= 1
]

KERDOCK, BASES = (16, 64, 256), (2, 3, 5, 9, 17, 129)
STRUCTURED_TRIALS, MOST_ACTIVE = 400, {16: 5, 23: 5, 64: 7, 256: 10}


def draws(*place):
    """A generator for one point of a grid."""
    return np.random.default_rng([SEED, *(round(1e6 * number) for number in place)])


def expected_errors(l, m, n):
    """Mean number of wrong readouts of a random code, without sampling and without the normal law."""
    return (m - l) * simulate.crosstalk_tail(n, l) + (l * simulate.crosstalk_tail(n, l - 1) if l > 1 else 0)


def errors_at_the_limit(m, l):
    """Errors with l active on n = 8 l ln m neurons, between the two whole n their logarithm being taken as linear."""
    low, part = divmod(8 * l * log(m), 1)
    ends = [log(expected_errors(l, m, int(low) + more)) for more in (0, 1)]
    return exp((1 - part) * ends[0] + part * ends[1]), 0


def one_error(m, n):
    low = high = max(1, int(formulas.max_active(m=m, n=n)))
    while expected_errors(high, m, n) <= 1:
        low, high = high, high + max(1, high // 4)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if expected_errors(middle, m, n) > 1 else (middle, high)
    ends = (low, low + 1)
    place, _ = crossing_of_errors([1 / sqrt(l) for l in ends], [(expected_errors(l, m, n), 0) for l in ends], 1, m)
    return place**-2, 0


def borne_surely(delta, m, n):
    rng = draws(delta, m, n)

    def any_error(l):
        found = simulate.random_code_errors(n, m, l, TRIALS, rng)
        return replace(found, errors=found.any_error, errors_se=found.any_error_se)

    found = simulate.largest_active(any_error, m, delta, max(1, int(formulas.max_active_sure(delta=delta, m=m, n=n))))
    return found.n_active, found.n_active_se


def sets_and_trials(m, n):
    """Active sets on each frame, and in all."""
    # frames differ most near m = n; at m = n + 1 they are all the simplex
    if m >= 1.5 * n:
        return 25, 1000 if n > 16 else 4000
    if m == n + 1:
        return 25, 2500 if n > 16 else 60_000
    return 5, 1500 if n > 128 else 20_000 if n == 32 and m < 1.1 * n else 5000


def work_of_frames(m, n):
    sets, trials = sets_and_trials(m, n)
    # rotations of pairs of columns, and the factorisation
    return trials / sets * m * (2500 + n * n)


def borne_by_frames(m, n):
    rng = draws(m, n)
    sets, trials = sets_and_trials(m, n)

    def errors(l):
        return simulate.readout_errors(lambda rng: codes.tight_frame(n, m, rng), l, trials, rng, sets_per_code=sets)

    start = max(1, int(0.7 * formulas.max_active_tight(m=m, n=n)))
    found = simulate.largest_active(errors, m, formulas.errors_at_limit(m=m), start)
    return found.n_active, found.n_active_se


def kerdock_reads_every_set_of(m, n):
    # so many overlaps of ±1/√n make ½, which reads absent; one more fools any feature
    fooled = simulate.adversarial_set(codes.kerdock(n), feature=0)
    assert len(fooled.active) == isqrt(n) // 2 + 1
    return isqrt(n) // 2, 0


MEASURED = {
    "false_alarm": Beside(
        {},
        [(l, n) for n in NEURONS for l in ACTIVE if l >= 20],
        lambda l, n: (simulate.crosstalk_tail(n, l), 0),
    ),
    "miss": Beside(
        {},
        meeting("miss", [(l, n) for n in NEURONS for l in ACTIVE]),
        lambda l, n: (simulate.crosstalk_tail(n, l - 1), 0),
    ),
    "expected_errors": Beside(
        {},
        meeting("expected_errors", [(l, m, n) for n in NEURONS for m in FEATURES for l in ACTIVE]),
        lambda l, m, n: (expected_errors(l, m, n), 0),
    ),
    "errors_at_limit": Beside({}, [(m, l) for m in FEATURES for l in ACTIVE], errors_at_the_limit, given=("l",)),
    "gaussian_excess": Beside(
        {},
        [(l, n) for n in NEURONS for l in ACTIVE if 32 * l <= n <= 2000 * l],
        lambda l, n: (formulas.false_alarm(l=l, n=n) / simulate.crosstalk_tail(n, l), 0),
    ),
    "errors_sure": Beside(
        {},
        [(l, m, n) for n in NEURONS for m in FEATURES for l in ACTIVE if n <= 160 * l],
        lambda l, m, n: (expected_errors(l, m, n), 0),
    ),
    "max_active": Beside({"errors": 1}, LAYERS, one_error),
    "max_active_sure": Beside(
        {"trials": TRIALS},
        [
            (delta, m, n)
            for delta in CHANCES
            for m, n in SMALLER
            if formulas.max_active_sure(delta=delta, m=m, n=n) >= 1
        ],
        borne_surely,
    ),
    "max_active_tight": Beside({}, FRAMES, borne_by_frames, work=work_of_frames),
    "every_set_bound": Beside({}, [(n * (n // 2 + 1), n) for n in (4, *KERDOCK)], kerdock_reads_every_set_of),
}


@cache
def fixed_code(name, n, m):
    if name == "kerdock":
        return codes.kerdock(n)[:, :m]
    return codes.maximal_equiangular(n) if name == "equiangular" else codes.optimised(n, m, draws(n, m))


def code_of(name, n, m):
    """A function that draws a code; one with structure is given random signs."""
    if name == "tight":
        return lambda rng: codes.tight_frame(n, m, rng)
    return lambda rng: fixed_code(name, n, m) * rng.choice([-1.0, 1.0], size=m)


def structured_row(name, n, m, l):
    """Errors of one code, five digits."""
    rng = draws(len(name), n, m, l)
    if name == "random":
        found = simulate.random_code_errors(n, m, l, STRUCTURED_TRIALS, rng)
    else:
        sets = 50 if m > 10_000 else 25
        found = simulate.readout_errors(code_of(name, n, m), l, STRUCTURED_TRIALS, rng, sets_per_code=sets)
    return [name, n, m, l, *(float(f"{number:.5g}") for number in (found.errors, found.errors_se))]


def structured_places():
    sizes = [(n, n * (n // 2 + 1), "kerdock") for n in KERDOCK[:-1]]
    sizes += [(256, 256 * bases, "kerdock") for bases in BASES] + [(23, 276, "equiangular")]
    for n, m, structure in sizes:
        for name in ("random", "tight", structure, *(["optimised"] if n == 16 else [])):
            for l in range(1, MOST_ACTIVE[n] + (4 if m == 2 * n else 0) + 1):
                yield name, n, m, l


def grids():
    yield from beside(MEASURED)
    columns = ["code", "n", "m", "l", "errors", "se"]
    yield "structured", {"trials": STRUCTURED_TRIALS}, columns, structured_row, structured_places()

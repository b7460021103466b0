"""How many vote units stand for a layer, and how many features chains of layers carry on.

Trials come in two halves: the design is chosen on one and measured on the other.
"""

from math import ceil, exp, log, pi, sqrt

import numpy as np
from scipy import optimize, special, stats

from superposition import formulas
from superposition.data.error_correction import mapped_features
from superposition.simulate import Corrector, SparseLayer, correction, crossing, dense_chain, sparse_chain
from superposition.simulate.limits import crossing_of_errors
from tools.grids import Beside, beside, meeting

SEED = 2024
DEPTHS = (8, 32)

# one layer of votes, widths in units of m l/l_max
LAYER_NEURONS, LAYER_FEATURES, LAYER_TRIALS = 1024, 16_384, 100
LAYER_VOTES = {active: (2, 3, 4, 6, 8, 12, 16, 24, 32) for active in (1, 2, 4)} | {8: (2, 3, 4, 6, 8, 12, 16)}
LAYER_WIDTHS, NARROW_ACTIVE, NARROW_WIDTHS = np.geomspace(0.4, 2.4, 8), 2, (0.2, 0.28)

SPARSE_TRIALS, SPARSE_SHARES, GIVE_UP = 50, (0.8, 0.9, 1.0, 1.1, 1.22), 4
# beside them where a few strays are enough, and chance decides early; and where layers are small, and the map is too low
FEW_VOTES, FEW_VOTES_SHARES = 3, (0.35, 0.45, 0.55, 0.67)
SMALL, SMALL_SHARES = 512, (1.35, 1.5)
SPARSE_VOTES = {
    2: {512: (2, 3, 4, 5, 6, 8), 1024: (2, 3, 4, 5, 6, 8, 12, 16), 2048: (2, 3, 4, 5, 6, 8), 4096: (2, 3, 4, 5, 6)},
    4: {512: (2, 3, 4, 5, 6), 1024: (2, 3, 4, 5, 6), 2048: (2, 3, 4, 5, 6), 4096: (2, 3, 4, 5)},
    8: {512: (2, 3, 4, 5), 1024: (2, 3, 4, 5), 2048: (2, 3, 4, 5), 4096: (2, 3, 4, 5)},
}
# the largest, whose best number of units per feature depends on how many features are active
LARGE, LARGE_VOTES = 16_384, {2: (3, 4, 5, 6, 7), 4: (3, 4, 5, 6), 8: (3, 4, 5)}
FIXED = ((4, 3),)
FIXED_NEURONS = (512, 1024, 2048, 4096)
CLEANED_NEURONS, CLEANED_VOTES = (512, 1024, 2048), (2, 3, 4, 5)

DENSE_TRIALS, DENSE_VOTES = 50, (2, 3, 4, 5, 6, 8)
DENSE_THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
DENSE_NEURONS, DENSE_SHARES = (512, 1024, 2048), (0.06, 0.085, *np.geomspace(0.12, 0.42, 8))
# the largest dense chain, where the smaller ones say the best design will be
WIDE, WIDE_VOTES, WIDE_THRESHOLDS, WIDE_SHARES = 4096, (2, 3), (0.7, 0.75, 0.8), DENSE_SHARES[2:8]


# the law of votes with shared noise, over its explorer's slider and in a layer four times as large in both
LAW_TRIALS, LAW_VOTES = 600, {1: 8, 2: 8, 3: 6, 5: 4, 8: 3, 12: 3}
LAW_SIZES, LAW_SHARES = ((4096, 1024), (16_384, 4096)), np.geomspace(0.4, 2.5, 8)


def halves(right):
    """Trials right in the half that chooses and in the half that measures."""
    half = len(right) // 2
    return [int(np.count_nonzero(right[:half])), int(np.count_nonzero(right[half:]))]


def one_layer_row(n_active, s, d):
    rng = np.random.default_rng([SEED, n_active, s, d])
    layer = Corrector(LAYER_NEURONS, LAYER_FEATURES, d, s)
    return [n_active, s, d, *halves(correction(layer, n_active, 2 * LAYER_TRIALS, rng).oracle)]


def one_layer_places():
    for n_active, votes in LAYER_VOTES.items():
        unit = LAYER_FEATURES * n_active * 8 * np.log(LAYER_FEATURES) / LAYER_NEURONS
        widths = (*(NARROW_WIDTHS if n_active <= NARROW_ACTIVE else ()), *LAYER_WIDTHS)
        for s in votes:
            for width in widths:
                yield n_active, s, s * round(unit * width / s)


def sparse_row(n, n_active, s, needed, cleaning, m):
    rng = np.random.default_rng([SEED, n, n_active, s, needed, cleaning, m])
    layer = SparseLayer(m, n // s * s, s, needed, cleaning)
    trials = 2 * SPARSE_TRIALS
    give_up = 30 if cleaning else GIVE_UP
    chain = sparse_chain(layer, n_active, max(DEPTHS), trials, rng, give_up, SPARSE_TRIALS)
    return [n, n_active, s, needed, cleaning, m, *(x for depth in DEPTHS for x in halves(chain.oracle[:, depth - 1]))]


def sparse_sweep(n, n_active, s, needed, cleaning=0, scale=1.0):
    base = mapped_features(n, n_active, s, needed, max(DEPTHS)) * scale
    few = FEW_VOTES_SHARES if s <= FEW_VOTES and not cleaning else ()
    for share in (*few, *SPARSE_SHARES, *(SMALL_SHARES if n == SMALL else ())):
        m = round(base * share)
        if m > 2 * n_active:
            yield n, n_active, s, needed, cleaning, m


def sparse_places():
    for n_active, cells in SPARSE_VOTES.items():
        for n, votes in cells.items():
            for s in votes:
                yield from sparse_sweep(n, n_active, s, s)
    for n in FIXED_NEURONS:
        for s, needed in FIXED:
            yield from sparse_sweep(n, 2, s, needed)
    for n in CLEANED_NEURONS:
        for s in CLEANED_VOTES:
            yield from sparse_sweep(n, 2, s, s, 1, 1.8)


def large_places():
    for n_active, votes in LARGE_VOTES.items():
        for s in votes:
            yield from sparse_sweep(LARGE, n_active, s, s)


def dense_row(n, s, threshold, m):
    rng = np.random.default_rng([SEED, n, s, int(100 * threshold), m])
    layer = Corrector(n, m, n // s * s, s, threshold)
    right = dense_chain(layer, 2, max(DEPTHS), 2 * DENSE_TRIALS, rng).oracle
    return [n, s, threshold, m, *(x for depth in DEPTHS for x in halves(right[:, depth - 1]))]


def dense_features(n, s, share):
    return round(n**1.5 / np.sqrt(8 * s) * share)


def dense_places():
    for n in DENSE_NEURONS:
        for threshold in DENSE_THRESHOLDS:
            for s in DENSE_VOTES:
                for share in DENSE_SHARES:
                    yield n, s, threshold, dense_features(n, s, share)
    for threshold in WIDE_THRESHOLDS:
        for s in WIDE_VOTES:
            for share in WIDE_SHARES:
                yield WIDE, s, threshold, dense_features(WIDE, s, share)


def law_places():
    for m, n in LAW_SIZES:
        for l in LAW_VOTES:
            yield float(f"{formulas.constant_shared_noise(l=l, m=m, n=n):.5g}"), l, m, n


def half_right(C, l, m, n):
    """Measure the width at which half of the trials are exactly right."""
    rng, s = np.random.default_rng([SEED, l, m, n]), LAW_VOTES[l]
    law = formulas.correction_width(C=C, l=l, m=m, n=n)
    sizes = [s * round(law * share / s) for share in LAW_SHARES]
    layers = [Corrector(n, m, size, s) for size in sizes]
    right = [correction(layer, l, LAW_TRIALS, rng).oracle.sum() for layer in layers]
    found = crossing(sizes, right, LAW_TRIALS, 0.5)
    return found.size, (found.high - found.low) / 3.92


# votes that err independently, and votes that hear their feature's own readout: the constants of the width, by the laws of
# binomials, for a tenth of a wrong feature on average
RELIABLE, CONSTANT_FEATURES = (0.01, 0.1, 1.0, 4.0), (1000, 10**6, 10**9)
POWERS, UNRELIABLE, FEW = (0.0, 0.1, 0.25, 0.5, 0.75), 0.01, (2, 4, 8)
SHARED = [(l, m, n) for l in (1, 2, 4, 8, 16) for m in CONSTANT_FEATURES for n in (1024, 4096, 16_384)]
READOUTS = np.linspace(-9, 9, 181)
RATE_VOTES, ALLOWED = (10, 30, 100, 300, 1000), 0.1


def wrong(m, l, votes, needed, alarm, missed):
    """Expected wrong features when each has so many independent votes, which err with these probabilities."""
    return (m - l) * stats.binom.sf(needed - 1, votes, alarm) + l * stats.binom.sf(votes - needed, votes, missed)


def votes_for(errors, step=1):
    """Votes, as a real number, at which errors fall to what is allowed; their logarithm is taken as linear."""
    low = high = 1
    while errors(high) > ALLOWED:
        low, high = high, 2 * high + 1
    while high - low > step:
        middle = low + (high - low) // (2 * step) * step
        low, high = (middle, high) if errors(middle) > ALLOWED else (low, middle)
    ends = np.log([errors(low) / ALLOWED, errors(high) / ALLOWED])
    return low + (high - low) * ends[0] / (ends[0] - ends[1])


def constant(kappa, m, votes):
    """Width in units of m l/l_max of votes of a reliability."""
    return kappa * votes / (2 * np.log(m)), 0.0


def best_constant(kappa, theta, l, m):
    alarm, missed = stats.norm.sf(2 * np.sqrt(kappa) * np.array([theta, 1 - theta]))
    return constant(kappa, m, votes_for(lambda s: wrong(m, l, s, np.arange(1, s + 1), alarm, missed).min()))


def majority(kappa, l, m):
    error = stats.norm.sf(np.sqrt(kappa))
    return constant(kappa, m, votes_for(lambda s: wrong(m, l, s, (s + 1) // 2, error, error), step=2))


def few_votes(alpha, m, s):
    """The reliability that a few votes need."""

    def errors(kappa):
        error = stats.norm.sf(np.sqrt(kappa))
        return np.log(wrong(m, m**alpha, s, np.arange(1, s + 1), error, error).min() / ALLOWED)

    return constant(optimize.brentq(errors, 0.01, 300), m, s)


def wrong_shared(l, m, n, votes, needed):
    """Expected wrong features when a feature's votes hear its own readout, and beside it noise of their own."""
    weights = np.exp(-(READOUTS**2) / 2)
    absent, active = np.sqrt(l / n) * READOUTS, 1 + np.sqrt((l - 1) / n) * READOUTS
    chances = (stats.norm.cdf(2 * np.sqrt(UNRELIABLE) * (r - 0.5)) for r in (absent, active))
    alarm, right = (weights @ stats.binom.sf(needed - 1, votes, chance[:, None]) / weights.sum() for chance in chances)
    return (m - l) * alarm + l * (1 - right)


def best_shared(l, m, n):
    def errors(votes):
        """With the best number of votes needed, below which false alarms grow and above which misses do."""
        low, high = votes * 9 // 20 + 1, votes * 3 // 5 + 1
        while low < high:
            middle = (low + high) // 2
            one, more = wrong_shared(l, m, n, votes, np.array([middle, middle + 1]))
            low, high = (low, middle) if one <= more else (middle + 1, high)
        return wrong_shared(l, m, n, votes, low).item()

    return constant(UNRELIABLE, m, votes_for(errors))


def majority_shared(l, m, n):
    votes = votes_for(lambda s: wrong_shared(l, m, n, s, (s + 1) // 2).item(), step=2)
    return constant(UNRELIABLE, m, votes)


def rate(kappa, s):
    """Rate, per vote, of the chance that so many of s votes are wrong as are right on average."""
    p = stats.norm.sf(np.sqrt(kappa))
    return -stats.binom.logsf(np.ceil(s * (1 - p)) - 1, s, p) / s, 0.0


def majority_rate(kappa, s):
    return -stats.binom.logsf(s // 2, s, stats.norm.sf(np.sqrt(kappa))) / s, 0.0


# the setting of the explorer of votes and width, where the formula says that most of the trials are right, but not all
VOTERS, SUCCESS_SHARE, SUCCESS_TRIALS = {"n": 1024, "m": 4096}, 0.8, 600
SUCCESSES = [
    (s * round(d / s), ceil(SUCCESS_SHARE * s), l, VOTERS["m"], VOTERS["n"], s)
    for s in (2, 4, 6, 8)
    for l in (1, 2, 4, 8)
    for d in (300, 500, 700, 1000, 1500)
]


def said(place):
    at = dict(zip("dhlmns", place, strict=True))
    return formulas.correction_success.contains(**at) and 0.7 <= formulas.correction_success(**at) <= 0.995


def all_right(d, h, l, m, n, s):
    """Share of trials in which a layer of votes reads everything rightly."""
    rng = np.random.default_rng([SEED, d, h, l, m, n, s])
    right = correction(Corrector(n, m, d, s), l, SUCCESS_TRIALS, rng).at(h).mean()
    return right, max(np.sqrt(right * (1 - right) / SUCCESS_TRIALS), 1 / SUCCESS_TRIALS)


# half-space units, beyond the settings of the explorer and of the chart: units with which one readout of m is wrong on average
HALF_SPACE_DRAWS = 10**6
HALF_SPACES = [(l, m) for l in (1, 2, 4, 8, 16) for m in (1000, 4096, 16_384, 10**6, 10**9)]
HALF_SPACE_NEURONS = (256, 1024, 4096)


def told_wrong(n, m, d, l, mixed, rng):
    """Expected wrong readouts at threshold 1/2 of `simulate.half_spaces`, and the standard error.

    Only lengths are drawn; given these, readouts are normal.
    """
    trials = max(100, HALF_SPACE_DRAWS // d)
    heard = np.abs(rng.standard_normal((trials, d))).sum(axis=1)
    if mixed:
        energy = heard**2 + rng.chisquare(d * (n - 1), trials)
        heard *= np.sqrt(rng.chisquare(n, trials) / n)
    else:
        energy = np.full(trials, float(d * n))
    noise, middle = np.sqrt(energy / n), d / sqrt(2 * pi * l)
    with np.errstate(divide="ignore"):
        missed = special.ndtr((middle - heard / sqrt(l)) / (noise * sqrt(1 - 1 / l)))
    wrong = (m - l) * special.ndtr(-middle / noise) + l * missed
    return wrong.mean(), wrong.std() / sqrt(trials)


def half_space_units(l, m, n=None):
    """Units, as a real number, with which one readout is wrong on average; each the sign of a neuron if n is not given."""
    crosstalk, rng = l / n if n else 0, np.random.default_rng([SEED, l, m, n or 0])

    def noise(d):
        return sqrt(crosstalk + pi / 2 * l / d)

    middle = exp(optimize.brentq(lambda x: log(m) + special.log_ndtr(-0.5 / noise(exp(x))), 0, log(1e7)))
    ends = (round(0.95 * middle), round(1.05 * middle) + 1)
    # how many neurons there are does not matter where all that is kept of them are signs
    found = [told_wrong(n or m, m, d, l, n is not None, rng) for d in ends]
    place, se = crossing_of_errors([noise(d) for d in ends], found, 1, m)
    own = place**2 - crosstalk
    return pi / 2 * l / own, pi * l * place * se / own**2


# a unit that none of whose features is active: the length of the state varies, and with it the noise
ERRING, ERRING_NEURONS = (0.01, 0.1, 1.0, 4.0, 16.0), (64, 256, 1024, 16_384)


def unit_errs(kappa, n):
    """Mean of the normal tail over the squared length of the state, for a code of normal entries."""
    z, weights = np.polynomial.hermite_e.hermegauss(24)
    square = stats.chi2.ppf(special.ndtr(z), n) / n
    return weights @ special.ndtr(-np.sqrt(kappa / square)) / weights.sum(), 0.0


# units of a layer, and units for each feature, over the explorer of chains; the share listened to up to nearly 1
LISTENERS, LISTENER_VOTES, LISTENED = (512, 4096, 16_384), (1, 2, 4, 8, 16), (0.001, 0.01, 0.1, 1, 3)
LISTENING = [
    (d, round(share * (d / s) ** 2), s)
    for d in LISTENERS
    for s in LISTENER_VOTES
    for share in LISTENED
    if share * (d / s) ** 2 >= max(2, d / s)
]


def listened(d, m, s):
    """Share of pairs of units of two random assignments that have a feature in common."""
    few, over = divmod(m, d // s)
    loads = {few: 1 - over / (d // s), few + 1: over / (d // s)}
    apart = sum(
        loads[b]
        * loads[c]
        * exp(special.gammaln([m - b + 1, m - c + 1]).sum() - special.gammaln([m + 1, m - b - c + 1]).sum())
        for b in loads
        for c in loads
        if b + c <= m
    )
    return 1 - apart, 0.0


CONSTANTS = [(kappa, l, m) for kappa in RELIABLE for l in (1, 8) for m in CONSTANT_FEATURES]
RATES = [(kappa, s) for kappa in RELIABLE for s in RATE_VOTES]

MEASURED = {
    "correction_success": Beside({"trials": SUCCESS_TRIALS}, [place for place in SUCCESSES if said(place)], all_right),
    "half_space_width": Beside(
        {"draws": HALF_SPACE_DRAWS, "errors": 1},
        meeting("half_space_width", [(l, m, n) for l, m in HALF_SPACES for n in HALF_SPACE_NEURONS]),
        half_space_units,
    ),
    "half_space_width_kept": Beside({"draws": HALF_SPACE_DRAWS, "errors": 1}, HALF_SPACES, half_space_units),
    "unit_error": Beside({}, [(kappa, n) for kappa in ERRING for n in ERRING_NEURONS], unit_errs, given=("n",)),
    "sparse_chain_listened": Beside({}, LISTENING, listened),
    "vote_exponent": Beside({}, meeting("vote_exponent", RATES), rate, given=("s",)),
    "majority_exponent": Beside({}, meeting("majority_exponent", RATES), majority_rate, given=("s",)),
    "correction_constant": Beside({}, CONSTANTS, lambda kappa, l, m: best_constant(kappa, 0.5, l, m), given=("l", "m")),
    "majority_constant": Beside({}, CONSTANTS, majority, given=("l", "m")),
    "threshold_constant": Beside(
        {},
        [(kappa, theta, 1, m) for kappa in RELIABLE for theta in (0.3, 0.5, 0.7) for m in CONSTANT_FEATURES],
        best_constant,
        given=("l", "m"),
    ),
    "constant_many_units": Beside(
        {"kappa": UNRELIABLE},
        [(alpha, m) for alpha in POWERS for m in CONSTANT_FEATURES],
        lambda alpha, m: best_constant(UNRELIABLE, 0.5, m**alpha, m),
        given=("m",),
    ),
    "constant_few_units": Beside(
        {}, [(alpha, m, s) for alpha in POWERS for m in CONSTANT_FEATURES for s in FEW], few_votes, given=("m", "s")
    ),
    "constant_shared_noise": Beside(
        {"kappa": UNRELIABLE},
        meeting("constant_shared_noise", SHARED),
        best_shared,
    ),
    "majority_shared_noise": Beside({"kappa": UNRELIABLE}, meeting("majority_shared_noise", SHARED), majority_shared),
    "correction_width": Beside(
        {"trials": LAW_TRIALS, "votes": list(LAW_VOTES.values()), "right": 0.5},
        list(law_places()),
        half_right,
        work=lambda C, l, m, n: m * LAW_VOTES[l],
    ),
}


def grids():
    counts = [f"{half}_{depth}" for depth in DEPTHS for half in ("chosen", "right")]
    columns = ["n_active", "n_votes", "d", "chosen", "right"]
    parameters = {"n": LAYER_NEURONS, "m": LAYER_FEATURES, "trials": LAYER_TRIALS}
    yield "one_layer", parameters, columns, one_layer_row, one_layer_places()
    parameters = {"trials": DENSE_TRIALS, "depths": list(DEPTHS), "n_active": 2}
    yield "dense", parameters, ["n", "n_votes", "threshold", "m", *counts], dense_row, dense_places()
    columns = ["n", "n_active", "n_votes", "needed", "cleaning", "m", *counts]
    parameters = {"trials": SPARSE_TRIALS, "depths": list(DEPTHS)}
    yield "sparse", parameters, columns, sparse_row, sparse_places()
    yield "large", parameters, columns, sparse_row, large_places()
    yield from beside(MEASURED)

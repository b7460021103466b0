"""How wide a correcting layer has to be, and how many features a chain of them carries."""

from functools import lru_cache

import numpy as np

from superposition import formulas
from superposition.data.error_correction import independent_width
from superposition.simulate import Corrector, chained, correction

SEED = 2024

# one layer: every cell with at least as many features as neurons, and l at most this share of l_max
NEURONS, FEATURES, ACTIVE = (256, 1024, 4096), (1024, 4096, 16384), (1, 2, 4, 8, 16, 32)
LARGEST_SHARE = 0.65
TRIALS = 240
# widths tried, in units of the width at which the votes, counted as independent, would be right half of the time
WIDTHS = np.geomspace(0.75, 2.4, 8)
RULES = ("best", "majority")
# units per feature tried, in units of what makes that width smallest
UNITS = (0.6, 1.0, 1.6)

CHAIN_NEURONS, CHAIN_ACTIVE, CHAIN_VOTES = (256, 512, 1024, 2048, 4096), (2, 4), (6, 8, 12, 16)
CHAIN_TRIALS = 48
DEPTHS = (2, 4, 8, 16, 32)
# features tried, in units of what the chain's formula gives at a reliability of 9
CHAIN_FEATURES = np.geomspace(0.3, 2.2, 9)
RAMPS, RAMP_NEURONS = (0.25, 0.5, 1.0), 1024

# a few larger chains, two features active, tried around these numbers of features
LARGE_FEATURES = {"dense": {16384: 52_000, 65536: 380_000}, "sparse": {16384: 130_000, 65536: 1_400_000}}
LARGE_VOTES, LARGE_TRIALS, LARGE_DEPTH = (6, 8), 16, 8
LARGE_SHARES = np.geomspace(0.55, 1.7, 7)

CELLS = [
    (n, m, n_active)
    for n in NEURONS
    for m in FEATURES
    for n_active in ACTIVE
    if m >= n and n_active <= LARGEST_SHARE * formulas.max_active(n=n, m=m)
]


@lru_cache
def units_tried(rule, n, m, n_active):
    """Numbers of units per feature to try, each with the width predicted for it."""
    step = 2 if rule == "majority" else 1
    widths = {s: independent_width(n, m, n_active, s, majority=rule == "majority") for s in range(1, 42, step)}
    best = min(widths, key=widths.get)
    tried = {max(1, round(best * share)) for share in UNITS}
    if rule == "majority":
        tried = {s - 1 + s % 2 for s in tried}
    return [
        (s, widths.get(s) or independent_width(n, m, n_active, s, majority=rule == "majority")) for s in sorted(tried)
    ]


def one_layer_row(rule, n, m, n_active, s, d):
    """Trials that one layer gets right: with an oracle's threshold, a tuned and fixed one (half of them), a majority."""
    rng = np.random.default_rng([SEED, n, m, n_active, s, d])
    votes = correction(Corrector(n, m, d, s), n_active, TRIALS, rng, trials_per_assignment=8)
    half = TRIALS // 2
    tuning = type(votes)(votes.present[:half], votes.absent[:half], s)
    tuned = votes.at(tuning.best_needed())[half:]
    counts = (np.count_nonzero(found) for found in (votes.oracle, tuned, votes.majority))
    return [rule, n, m, n_active, s, d, *map(int, counts)]


def one_layer_rows():
    for rule in RULES:
        for n, m, n_active in CELLS:
            for s, predicted in units_tried(rule, n, m, n_active):
                if np.isfinite(predicted):
                    for d in sorted({s * max(2, round(predicted * width / s)) for width in WIDTHS}):
                        yield one_layer_row(rule, n, m, n_active, s, d)


def chain_row(design, ramp, n, n_active, s, m):
    """Trials that a chain of layers with d ≈ n units each gets right, at each of the depths."""
    d = s * max(2, round(n / s))
    rng = np.random.default_rng([SEED, len(design), int(100 * ramp), n, n_active, s, m])
    layer = Corrector(n, m, d, s, ramp=ramp)
    found = chained(layer, n_active, max(DEPTHS), CHAIN_TRIALS, rng, dense=design == "dense").oracle
    return [design, ramp, n, n_active, s, m, *(int(np.count_nonzero(found[:, depth - 1])) for depth in DEPTHS)]


def chain_rows():
    formula = {"dense": formulas.dense_chain_features, "sparse": formulas.sparse_chain_features}
    for design, features in formula.items():
        for n in CHAIN_NEURONS:
            for n_active in CHAIN_ACTIVE:
                for s in CHAIN_VOTES:
                    base = features(kappa=9, l=n_active, n=n, s=s)
                    for ramp in (0.0, *(RAMPS if n == RAMP_NEURONS and n_active == 2 else ())):
                        for m in sorted({round(base * share) for share in CHAIN_FEATURES}):
                            if m > 2 * n_active:
                                yield chain_row(design, ramp, n, n_active, s, m)


def large_chain_row(design, ramp, n, n_active, s, m):
    """As `chain_row`, with fewer trials and one depth."""
    d = s * round(n / s)
    rng = np.random.default_rng([SEED, len(design), int(100 * ramp), n, n_active, s, m])
    layer = Corrector(n, m, d, s, ramp=ramp)
    found = chained(layer, n_active, LARGE_DEPTH, LARGE_TRIALS, rng, dense=design == "dense").oracle
    return [design, ramp, n, n_active, s, m, int(np.count_nonzero(found[:, -1]))]


def large_chain_rows():
    for design, sizes in LARGE_FEATURES.items():
        for n, features in sizes.items():
            for s in LARGE_VOTES:
                for share in LARGE_SHARES:
                    yield large_chain_row(design, 0.0, n, 2, s, round(features * share))


def grids():
    columns = ["rule", "n", "m", "n_active", "n_votes", "d", "oracle", "tuned", "majority"]
    parameters = {"trials": TRIALS, "tuned_trials": TRIALS - TRIALS // 2}
    yield "one_layer", parameters, columns, one_layer_rows()
    columns = ["design", "ramp", "n", "n_active", "n_votes", "m", *(f"right_{depth}" for depth in DEPTHS)]
    yield "chain", {"trials": CHAIN_TRIALS, "depths": list(DEPTHS)}, columns, chain_rows()
    parameters = {"trials": LARGE_TRIALS, "depths": [LARGE_DEPTH]}
    yield "large_chain", parameters, [*columns[:6], f"right_{LARGE_DEPTH}"], large_chain_rows()

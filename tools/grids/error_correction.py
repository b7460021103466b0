"""How many vote units stand for a layer, and how many features chains of layers carry on.

Trials come in two halves: the design is chosen on one and measured on the other.
"""

import numpy as np

from superposition import formulas
from superposition.data.error_correction import mapped_features
from superposition.simulate import Corrector, SparseLayer, correction, crossing, dense_chain, sparse_chain
from tools.grids import Beside, beside

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


def one_layer_rows():
    for n_active, votes in LAYER_VOTES.items():
        unit = LAYER_FEATURES * n_active * 8 * np.log(LAYER_FEATURES) / LAYER_NEURONS
        widths = (*(NARROW_WIDTHS if n_active <= NARROW_ACTIVE else ()), *LAYER_WIDTHS)
        for s in votes:
            for width in widths:
                yield one_layer_row(n_active, s, s * round(unit * width / s))


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
            yield sparse_row(n, n_active, s, needed, cleaning, m)


def sparse_rows():
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


def large_rows():
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


def dense_rows():
    for n in DENSE_NEURONS:
        for threshold in DENSE_THRESHOLDS:
            for s in DENSE_VOTES:
                for share in DENSE_SHARES:
                    yield dense_row(n, s, threshold, dense_features(n, s, share))
    for threshold in WIDE_THRESHOLDS:
        for s in WIDE_VOTES:
            for share in WIDE_SHARES:
                yield dense_row(WIDE, s, threshold, dense_features(WIDE, s, share))


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


MEASURED = {
    "correction_width": Beside(
        {"trials": LAW_TRIALS, "votes": list(LAW_VOTES.values()), "right": 0.5},
        list(law_places()),
        half_right,
        work=lambda C, l, m, n: m * LAW_VOTES[l],
    )
}


def grids():
    counts = [f"{half}_{depth}" for depth in DEPTHS for half in ("chosen", "right")]
    columns = ["n_active", "n_votes", "d", "chosen", "right"]
    parameters = {"n": LAYER_NEURONS, "m": LAYER_FEATURES, "trials": LAYER_TRIALS}
    yield "one_layer", parameters, columns, one_layer_rows()
    parameters = {"trials": DENSE_TRIALS, "depths": list(DEPTHS), "n_active": 2}
    yield "dense", parameters, ["n", "n_votes", "threshold", "m", *counts], dense_rows()
    columns = ["n", "n_active", "n_votes", "needed", "cleaning", "m", *counts]
    parameters = {"trials": SPARSE_TRIALS, "depths": list(DEPTHS)}
    yield "sparse", parameters, columns, sparse_rows()
    yield "large", parameters, columns, large_rows()
    yield from beside(MEASURED)

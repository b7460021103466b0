"""How far the worst overlap of random directions is from its asymptotic formula."""

import numpy as np

from superposition.simulate import worst_overlaps
from tools.grids import Beside, beside

SEED = 2025

# the ranges of the sliders of the explorer of the worst pair
NEURONS, FEATURES = (8, 32, 128, 1024), (2, 8, 64, 1024, 10_000)
# codes drawn: fewer where there are many pairs, since the worst of them hardly varies
TRIALS = {2: 8000, 8: 1000, 64: 100, 1024: 24, 10_000: 4}


def worst_overlap(m, n):
    worst = worst_overlaps(n, m, TRIALS[m], np.random.default_rng([SEED, n, m]))
    return worst.mean(), worst.std(ddof=1) / np.sqrt(len(worst))


MEASURED = {
    "worst_overlap": Beside(
        {"trials": {str(m): trials for m, trials in TRIALS.items()}},
        [(m, n) for n in NEURONS for m in FEATURES],
        worst_overlap,
    )
}


def grids():
    yield from beside(MEASURED)

"""How many layers a thresholded network lasts."""

import numpy as np

from superposition import formulas
from superposition.simulate import random_code_relay
from tools.grids import Beside, beside

SEED = 2027

# the ranges of the sliders of `explorers.compounding_noise.layer_after_layer`
ACTIVE, FEATURES = (2, 3, 5, 8, 12, 20, 32, 48, 100, 200), (10**4, 10**5, 10**6, 10**7)
NEURONS = (64, 256, 1024, 2048, 4096, 8192)
LONGEST, NETWORKS = 100, 2500
AWAY = 1 / 4

PLACES = [
    (l, m, n)
    for l in ACTIVE
    for m in FEATURES
    for n in NEURONS
    if n <= 5600 * l and formulas.runaway_layers(l=l, m=m, n=n) <= LONGEST
]


def runaway(l, m, n):
    """Mean number of layers until the given share of all features is active, and its standard error."""
    rng = np.random.default_rng([SEED, l, m, n])
    depth = 30 + round(20 * formulas.runaway_layers(l=l, m=m, n=n))
    away = random_code_relay(n, m, l, depth, NETWORKS, rng).n_active > AWAY * m
    if not away[-1].all():
        raise RuntimeError(
            f"{np.count_nonzero(~away[-1])} networks of {NETWORKS} have not run away after {depth} layers"
        )
    layers = away.argmax(axis=0)
    return layers.mean(), layers.std() / NETWORKS**0.5


MEASURED = {"runaway_layers": Beside({"networks": NETWORKS, "share active": AWAY}, PLACES, runaway)}


def grids():
    yield from beside(MEASURED)

"""How many layers a thresholded network stays clean, and how many it lasts."""

import numpy as np

from superposition import formulas
from superposition.simulate import random_code_relay
from tools.grids import Beside, beside

SEED = 2027

# to the ends of the sliders of `explorers.compounding_noise.layer_after_layer`, and beyond
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


# the fewer are active, the further the formula is off, and the more networks it takes to say by how much
LAYERS, FEW, MORE = (0.3, 3, 30), (2, 3), (5, 12, 48, 100)
MANY_NETWORKS, FEWER_NETWORKS = 200_000, 50_000


def _narrowest(l, m):
    """For each number of layers in LAYERS, the fewest neurons with which the formula says at least so many."""
    widths = np.arange(NEURONS[0], NEURONS[-1] + 1)
    widths = widths[formulas.clean_layers.contains(l=l, m=m, n=widths)]
    said = formulas.clean_layers(l=l, m=m, n=widths)
    return [(l, m, int(widths[np.argmax(said >= least)])) for least in LAYERS if said[0] < least <= said[-1]]


CLEAN = [place for l in (*FEW, *MORE) for m in FEATURES for place in _narrowest(l, m)]


def clean(l, m, n):
    """Mean number of clean layers before one with a mistake, and its standard error."""
    rng = np.random.default_rng([SEED, 1, l, m, n])
    networks = MANY_NETWORKS if l in FEW else FEWER_NETWORKS
    right = random_code_relay(n, m, l, 1, networks, rng).clean[1].mean()
    return right / (1 - right), (right / networks) ** 0.5 / (1 - right) ** 1.5


MEASURED = {
    "clean_layers": Beside({"networks": [MANY_NETWORKS, FEWER_NETWORKS]}, CLEAN, clean),
    "runaway_layers": Beside({"networks": NETWORKS, "share active": AWAY}, PLACES, runaway),
}


def grids():
    yield from beside(MEASURED)

"""How many layers a thresholded network stays clean, and how many it lasts."""

import numpy as np

from superposition import formulas
from superposition.codes import random_code
from superposition.simulate import crosstalk_tail, random_code_relay, relay
from tools.grids import Beside, beside, meeting

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


# one random code in all linear layers: small codes formed, and the law of Marchenko and Pastur for very many neurons
SAME, MANY_NEURONS = (64, 128), 10**6
MOST_CODES, MOST_COLUMNS = 250, 80_000
LATE = [
    (depth, 4, ratio * n, n)
    for n in (*SAME, MANY_NEURONS)
    for ratio in (1, 2, 4, 16)
    for depth in (2, 4, 8, 16, 32, 64, 128)
]


def late(L, l, m, n):
    """Signal over noise of a readout, from the moments of the eigenvalues."""
    if n == MANY_NEURONS:
        # the eigenvalues on a half circle
        angle = (np.arange(4000) + 0.5) * np.pi / 4000
        values = 1 + m / n + 2 * np.sqrt(m / n) * np.cos(angle)[None]
        weights = np.sin(angle) ** 2 / values[0] / 2000
    else:
        rng = np.random.default_rng([SEED, 3, L, m, n])
        formed = (random_code(n, m, rng) for _ in range(min(MOST_CODES, MOST_COLUMNS // m)))
        values = np.array([np.linalg.eigvalsh(F @ F.T) for F in formed])
        weights = np.full(n, 1 / m)
    values /= values.max(axis=1, keepdims=True)
    power, square = values**L @ weights, values ** (2 * L) @ weights
    ratios = power**2 / (square - power**2) * m / l
    return ratios.mean(), ratios.std() / len(ratios) ** 0.5


# one layer, over the explorer's range of features that are active at its start and of those given to it
GIVEN, AFTER, FEWEST_AND_MOST = (2, 8, 20, 200), (1, 3, 10), (10**4, 10**6)
NEXT = [(l, m, n) for l in ACTIVE for m in FEWEST_AND_MOST for n in NEURONS]
REDRIVEN = [(l0 * after, l0, m, n) for l0 in GIVEN for after in AFTER for m in FEWEST_AND_MOST for n in NEURONS]


def active_next(l, m, n):
    """Expected active features after a layer, by the exact law of the crosstalk."""
    return l + (m - l) * crosstalk_tail(n, l) - l * crosstalk_tail(n, l - 1), 0.0


def active_redriven(l, l0, m, n):
    return l0 + (m - l0) * crosstalk_tail(n, l), 0.0


def _at_saddle(z, n):
    """Active features where z is half of √(n/l), the chance of a false alarm there, and its slope in l."""
    l = round(n / (2 * z) ** 2)
    below, there, above = (crosstalk_tail(n, active) for active in (l - 1, l, l + 1))
    return l, there, (above - below) / 2


def driven(n, z):
    """l0 at which the map from active features to active features touches the diagonal."""
    l, alarm, slope = _at_saddle(z, n)
    return l - alarm / slope, 0.0


def features(n, z):
    l, alarm, slope = _at_saddle(z, n)
    return l + (1 - alarm) / slope, 0.0


# z at whole numbers of active features
SADDLES = [(n, l) for n in NEURONS for l in (3, 5, 8, 12, 20, 32, 48, 100, 200)]
SADDLES = [(n, float(f"{(n / l) ** 0.5 / 2:.9g}")) for n, l in SADDLES]

# values handed on by units, as long as they have strayed little and no feature has crossed the gate
VALUE_NETWORKS, STRAYED, GATE, BEND = 800, 0.15, 0.4, 0.5
VALUES = [(L, l, n) for L in (1, 2, 3, 5, 10) for l in (2, 3, 5, 10) for n in (64, 256, 1024) if L * l * n <= 4096]


def strayed(formula, unit, fresh):
    """Root mean square change of the activations that began at 1, after L layers."""

    def measure(L, l, n):
        def code(rng):
            return random_code(n, l, rng)

        rng, threshold = np.random.default_rng([SEED, 2, L, l, n]), GATE if unit == "gated" else BEND
        run = relay(code, l, L, VALUE_NETWORKS, rng, unit=unit, fresh=fresh, threshold=threshold)
        squares, errors = run.mean("value_error")
        return squares[-1] ** 0.5, errors[-1] / (2 * squares[-1] ** 0.5)

    places = [(L, l, n) for L, l, n in VALUES if formula(L=L, l=l, n=n) <= STRAYED]
    return Beside({"networks": VALUE_NETWORKS}, places, measure)


MEASURED = {
    "signal_to_noise_late": Beside(
        {"codes": MOST_CODES, "columns": MOST_COLUMNS},
        meeting("signal_to_noise_late", LATE),
        late,
        work=lambda L, l, m, n: 1 if n == MANY_NEURONS else n,
    ),
    "value_noise_gated": strayed(formulas.value_noise_gated, "gated", True),
    "value_noise_same_code": strayed(formulas.value_noise_same_code, "gated", False),
    "value_noise_relu": strayed(formulas.value_noise_relu, "relu", True),
    "expected_active_next": Beside({}, meeting("expected_active_next", NEXT), active_next),
    "expected_active_redriven": Beside({}, meeting("expected_active_redriven", REDRIVEN), active_redriven),
    "saddle_driven": Beside({}, meeting("saddle_driven", SADDLES), driven),
    "saddle_features": Beside({}, meeting("saddle_features", SADDLES), features),
    "clean_layers": Beside({"networks": [MANY_NETWORKS, FEWER_NETWORKS]}, CLEAN, clean),
    "runaway_layers": Beside({"networks": NETWORKS, "share active": AWAY}, PLACES, runaway),
}


def grids():
    yield from beside(MEASURED)

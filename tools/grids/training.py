"""What the toy model finds when it is trained, and the edges of the exact one.

Networks of one row are trained at once, each from a start of its own and on inputs of its own.
"""

import numpy as np
from scipy import optimize

from superposition import codes, formulas, simulate
from superposition.codes import coherence

SEED = 2029
STARTS = 5

# five features and their neighbours in a plane
PLANE_FEATURES, DENSITIES = range(3, 9), (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
PLANE = {"steps": 3000, "batch": 256, "rate": 0.02}
# of each of them, relative to the one before it; where it is 1 they are `plane`
PLANE_IMPORTANCES = 0.5, 0.7, 0.9

# features of falling importance
IMPORTANCES = 0.7 ** np.arange(20)
KEPT_DENSITIES, KEPT = (0.001, 0.01, 0.1, 1.0), {"steps": 5000, "batch": 1024, "rate": 0.005}

# (n, m, density) at which all features are alike
SHAPES = ((3, 6, 0.05), (2, 5, 0.05), (3, 8, 0.02), (3, 4, 0.9), (2, 3, 0.9))
SHAPED = {"steps": 6000, "batch": 1024, "rate": 0.01}

CROWD_NEURONS, CROWD_FEATURES = 9, 36
CROWD_DENSITIES = (0.95, 0.9, 0.8, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05)
CROWD = {"steps": 3000, "batch": 256, "rate": 0.01}

EDGE_DENSITIES = (0.02, 0.05, *(round(0.1 + 0.05 * i, 2) for i in range(18)))
PAIR_DENSITIES, PAIR_PLACES = (0.1, 0.2, 0.3, 0.4, 0.5), (0.6, 0.8, 1.25, 1.6)
PAIR_TRIES, PAIR = 8, {"steps": 3000, "batch": 256, "rate": 0.02}
# codes of one size beside a trained one
CODE_NEURONS, CODE_FEATURES, CODE_DENSITY = 16, 64, 0.02
CODE_TRIALS, CODE_ACTIVE, CODES = 20_000, (1, 2, 3, 4, 5, 6), {"steps": 6000, "batch": 512, "rate": 0.01}

# random codes of many features, of which four are active on average, and trained ones of fewer
SCALE_ACTIVE, SCALE_PLACES = (
    4,
    [(4096, 32), (4096, 64), (4096, 128), (4096, 256), (1024, 32), (1024, 64), (1024, 128), (1024, 256)],
)
SCALE_TRAINED, SCALE_TRIALS, SCALE = 1024, 1000, {"steps": 2000, "batch": 256, "rate": 0.005}

# of a length below which a feature is taken as not kept
KEPT_LENGTH = 0.1


def generator(*place):
    return np.random.default_rng([SEED, *(round(1e6 * number) for number in place)])


def digits(values, count=4):
    return np.asarray(values).round(count).tolist()


def plane_row(m, density):
    found = simulate.train(2, m, density, STARTS, generator(m, density), **PLANE)
    return [m, density, digits(found.loss, 6), digits(found.E, 3)]


def falling_row(importance, m, density):
    rng = generator(importance, m, density)
    found = simulate.train(2, m, density, STARTS, rng, importance ** np.arange(m), **PLANE)
    return [importance, m, density, digits(found.loss, 6), digits(found.E, 3)]


def kept_row(linear, density):
    rng = generator(linear, density)
    found = simulate.train(5, len(IMPORTANCES), density, STARTS, rng, IMPORTANCES, bool(linear), **KEPT)
    kept = np.linalg.norm(found.E, axis=1) > 0.5
    return [linear, density, kept.sum(axis=1).tolist()]


def shape_row(n, m, density):
    found = simulate.train(n, m, density, STARTS, generator(n, m, density), **SHAPED)
    return [n, m, density, digits(simulate.feature_dimensionality(found.E))]


def crowd_row(density):
    found = simulate.train(CROWD_NEURONS, CROWD_FEATURES, density, STARTS, generator(density), **CROWD)
    return [density, (np.linalg.norm(found.E, axis=1) > 0.5).sum(axis=1).tolist()]


def edge_row(density):
    """Importance from which opposite directions of free lengths and biases lose less than one feature alone."""

    def gain(importance):
        alone = formulas.single_loss(nu=density, omega=importance)
        return simulate.best_pair(density, importance).loss / alone - 1 + 1e-7

    return [density, float(f"{optimize.brentq(gain, 0.4 * density, 1, xtol=1e-5):.5g}")]


def edge_of(density):
    return edge_row(density)[1]


def pair_row(density, importance):
    rng, kept, lengths = generator(density, importance), 0, []
    for _ in range(STARTS):
        found = simulate.train(1, 2, density, PAIR_TRIES, rng, [1, importance], **PAIR)
        lost = [simulate.pair_loss(E, bias, density, importance) for E, bias in zip(found.E, found.bias, strict=True)]
        E = found.E[int(np.argmin(lost)), 0]
        kept += bool((np.abs(E) > KEPT_LENGTH).all())
        lengths.append(digits(E, 3))
    return [density, importance, kept, lengths]


def pair_places():
    for density in PAIR_DENSITIES:
        edge = edge_of(density)
        for place in PAIR_PLACES:
            for importance in (edge * place, 1 / (edge * place)):
                yield density, float(f"{importance:.3g}")


def fitted_loss(F, inputs):
    """Loss of unit directions with the one length and the one bias that lose least on the inputs."""
    readouts = inputs @ F.T @ F

    def loss(values):
        length, bias = values
        return ((np.maximum(length**2 * readouts + bias, 0) - inputs) ** 2).sum(axis=1).mean()

    options = {"xatol": 1e-3, "fatol": 1e-7}
    return optimize.minimize(loss, [1.2, -0.3], method="Nelder-Mead", options=options).fun


def code_row(kind):
    n, m, rng = CODE_NEURONS, CODE_FEATURES, generator(CODE_NEURONS, CODE_FEATURES)
    inputs = simulate.toy_activations(m, CODE_DENSITY, CODE_TRIALS, rng)
    if kind == "trained":
        found = simulate.train(n, m, CODE_DENSITY, STARTS, rng, **CODES)
        i = int(np.argmin(found.loss))
        F, loss = found.E[i] / np.linalg.norm(found.E[i], axis=0), float(found.loss[i])
    else:
        F = {"random": codes.random_code, "tight": codes.tight_frame, "optimised": codes.optimised}[kind](n, m, rng)
        loss = fitted_loss(F, inputs)
    overlaps = (F.T @ F)[np.triu_indices(m, 1)]
    positive = np.sqrt(np.mean(np.maximum(overlaps, 0) ** 2))
    errors = [simulate.readout_errors(F, n_active, CODE_TRIALS, rng).errors for n_active in CODE_ACTIVE]
    measured = coherence(F)
    return [kind, *digits([measured.rms, measured.worst, overlaps.max(), positive, loss]), digits(errors)]


def scale_row(m, n):
    density, rng = SCALE_ACTIVE / m, generator(m, n)
    inputs = simulate.toy_activations(m, density, SCALE_TRIALS, rng)
    random = fitted_loss(codes.random_code(n, m, rng), inputs) / (inputs**2).sum(axis=1).mean()
    if m > SCALE_TRAINED:
        return [m, n, digits(random), None]
    trained = simulate.train(n, m, density, 1, rng, **SCALE).loss[0] / (SCALE_ACTIVE / 3)
    return [m, n, digits(random), digits(trained)]


def grids():
    yield "plane", {"n": 2, "starts": STARTS, **PLANE}, ["m", "density", "loss", "E"], plane_row, [(m, p) for m in PLANE_FEATURES for p in DENSITIES]  # fmt: skip
    falling = [(omega, m, p) for omega in PLANE_IMPORTANCES for m in PLANE_FEATURES for p in DENSITIES]
    yield "falling", {"n": 2, "starts": STARTS, **PLANE}, ["importance", "m", "density", "loss", "E"], falling_row, falling  # fmt: skip
    kept = [(0, density) for density in KEPT_DENSITIES] + [(1, density) for density in (KEPT_DENSITIES[0], 1.0)]
    yield "kept", {"n": 5, "m": 20, "importance": 0.7, "starts": STARTS, **KEPT}, ["linear", "density", "kept"], kept_row, kept  # fmt: skip
    yield "shapes", {"starts": STARTS, **SHAPED}, ["n", "m", "density", "dimensionality"], shape_row, list(SHAPES)
    crowd = {"n": CROWD_NEURONS, "m": CROWD_FEATURES, "starts": STARTS, **CROWD}
    yield "crowd", crowd, ["density", "kept"], crowd_row, [(density,) for density in CROWD_DENSITIES]
    yield "edge", {}, ["density", "importance"], edge_row, [(density,) for density in EDGE_DENSITIES]
    pair = {"tries": PAIR_TRIES, "starts": STARTS, **PAIR}
    code = {"n": CODE_NEURONS, "m": CODE_FEATURES, "density": CODE_DENSITY, "starts": STARTS, **CODES}
    columns = ["code", "rms", "worst", "nearest", "positive", "loss", "errors"]
    yield "codes", code, columns, code_row, [(kind,) for kind in ("random", "tight", "optimised", "trained")]
    scale = {"n_active": SCALE_ACTIVE, "trials": SCALE_TRIALS, **SCALE}
    yield "scale", scale, ["m", "n", "random", "trained"], scale_row, SCALE_PLACES
    yield "pair", pair, ["density", "importance", "superposed", "E"], pair_row, pair_places()

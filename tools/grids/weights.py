"""How far the formulas of the chapter *Weights between layers* lie from the truth."""

from math import log

import numpy as np

from superposition import formulas, simulate
from superposition.simulate.limits import crossing_of_errors
from tools.grids import Beside, beside, meeting

SEED = 2029
NEURONS, FEATURES, CONNECTIONS = (64, 256, 1024, 4096), (10**4, 10**6, 10**8), (100, 1000, 10**4, 10**5)
LAYERS = [(m, n) for n in (256, 512, 1024, 2048, 4096) for m in FEATURES if formulas.max_connections(m=m, n=n) <= m]
USED = [
    (l, m, n)
    for l in (1, 2, 4, 8)
    for n in (256, 512, 1024)
    for m in FEATURES
    if 16 * l * log(m) <= n and formulas.max_connections_used(l=l, m=m, n=n) <= m / 2
]
TRIALS = 150


def wrong(J, m, n, theta=0.5):
    """Expected number of virtual weights that are read wrongly, without sampling and without the normal law."""
    none, one, both = (simulate.interference_tail(n, J, shared, theta) for shared in (0, 1, 2))
    missed = simulate.interference_tail(n, J - 1, 0, 1 - theta)
    return (m - J) ** 2 * none + 2 * J * (m - J) * one + J * (J - 1) * both + J * missed


def read(m, n, allowed=1):
    """Connections at which so many virtual weights are read wrongly: between numbers of them that come closer and closer."""
    J = formulas.max_connections(m=m, n=n)
    for apart in (0.1, 0.03, 0.01):
        ends = [round(J * (1 - apart)), round(J * (1 + apart)) + 1]
        places = [count**-0.5 for count in ends]
        place, _ = crossing_of_errors(places, [(wrong(count, m, n), 0) for count in ends], allowed, m * m)
        J = place**-2
    return J, 0


def used(l, m, n):
    """Connections at which one of m features of the next layer is read wrongly, from the errors at two numbers of them."""
    rng, J = np.random.default_rng([SEED, l, m, n]), 1.2 * formulas.max_connections_used(l=l, m=m, n=n)
    for apart, trials in ((0.2, TRIALS // 5), (0.08, TRIALS)):
        counts = [max(l, round(J * (1 - apart))), round(J * (1 + apart)) + 1]
        found = [simulate.used_errors(n, m, count, l, trials, rng) for count in counts]
        # the noise is that of J + n connections
        places = [(count + n) ** -0.5 for count in counts]
        place, error = crossing_of_errors(places, [(run.errors, run.errors_se) for run in found], 1, m)
        J = place**-2 - n
    return J, 2 * place**-3 * error


MEASURED = {
    "wrong_weights": Beside(
        {},
        meeting("wrong_weights", [(J, m, n, 0.5) for n in NEURONS for m in FEATURES for J in CONNECTIONS if m >= J]),
        lambda J, m, n, theta: (wrong(J, m, n, theta), 0),
    ),
    "max_connections": Beside({"errors": 1}, LAYERS, read),
    "max_connections_sure": Beside(
        {},
        [
            (delta, m, n, 2)
            for delta in (0.01, 0.1)
            for m, n in LAYERS
            if formulas.max_connections_sure(delta=delta, m=m, n=n, zeta=2) >= 24
        ],
        lambda delta, m, n, zeta: read(m, n, delta),
    ),
    "max_connections_used": Beside(
        {"errors": 1, "trials": TRIALS}, USED, used, work=lambda l, m, n: n * n / (l * log(m))
    ),
}


def grids():
    yield from beside(MEASURED)

"""Connections of features between two layers, written into one matrix of weights: what is read from it, and from its use.

The weights W = Σ g fᵀ carry J connections, each from a feature with direction f in the first layer to one with direction g in
the second. The *virtual weight* of a pair of features is gᵀ W f: near 1 for a connection, and interference for all others.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
import scipy  # which loads its parts when they are first used
from numpy.random import Generator

from superposition.arguments import generator, integer, real
from superposition.results import Result
from superposition.simulate import chains
from superposition.simulate.readout import inverted
from superposition.simulate.trials import BLOCK, Slices, estimates, mean_and_error, parts, sliced

# of the connections, how many are looked at one by one, which adds enough to the precision
_LOOKED_AT = 8
# of the quadrature over a product of overlaps, for either of them; and over one alone, which has to follow it further out
_NODES, _NODES_ALONE = 48, 160
# up to which SciPy finds so many nodes
_MOST_NEURONS = 4096
# standard deviations, beyond which so many nodes do not show the tail
_FARTHEST = 12


@dataclass(frozen=True, repr=False)
class WeightErrors(Result):
    """Wrong readings of connections, or of the features that they activate, with standard errors.

    Attributes
    ----------
    errors, errors_se : float
        all wrong readings.
    false_alarms, false_alarms_se : float
        taken for a connection, or for active, wrongly.
    misses, misses_se : float
        connections, or active features, that are missed.
    trials : int
        features, or active sets, drawn.
    """

    errors: float
    errors_se: float
    false_alarms: float
    false_alarms_se: float
    misses: float
    misses_se: float
    trials: int


def _sampled(n, m, n_connections, n_active, trials, rng, threshold, kinds, slices):
    """Errors of trials in which active features have connections or have none, each kind with its weight."""
    shown = min(n_connections - n_active, _LOOKED_AT)
    given = dict(n=n, m=m, J=n_connections, l=n_active, theta=threshold, shown=shown)
    values = np.zeros((3, trials))
    for part, due in parts(trials, slices, BLOCK // (n_active + shown) ** 2):
        for chance, weight in kinds:
            drawn = chains.weights.sample(rng, part.stop - part.start, chance=chance, **given)
            values[:, part] += [weight * drawn[name] for name in ("errors", "false_alarms", "misses")]
        if due:
            done = part.stop
            means, errors = mean_and_error(values[:, :done])
            yield done / trials, estimates(WeightErrors, means, errors, done)


@sliced
def weight_errors(
    n: int, m: int, n_connections: int, trials: int, rng: Generator, threshold: float = 0.5, *, slices: int
) -> Slices[WeightErrors]:
    """Virtual weights, of all m², that a threshold takes wrongly for a connection, or for none.

    .. math:: V_{ji} = g_j^\\top W f_i, \\qquad W = \\sum_{i \\to j} g_j f_i^\\top

    Parameters
    ----------
    n : int
        Neurons of each layer, at least 1.
    m : int
        Features of each layer, at least 1.
    n_connections : int
        J, 1 to m: no feature is in two of them.
    trials : int
        Features of the first layer with a connection, and as many without, each with fresh codes; at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    threshold : float
        θ above which a virtual weight is taken for a connection.

    Returns
    -------
    WeightErrors
        Expected numbers among all m² virtual weights.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law.* Given the state W f of the second layer, the directions of its features that have no connection are still
    uniform and independent, so that their virtual weights are |W f| t with independent overlaps t: no matrix is formed, and m
    costs nothing. `chains.weights` is the declaration. A trial takes of the order of J steps.

    Examples
    --------
    >>> found = weight_errors(512, 10_000, 1000, 200, np.random.default_rng(0))
    >>> 0 < found.misses < found.false_alarms < 0.1
    True
    """
    n, m, trials = integer("n", n), integer("m", m), integer("trials", trials, low=2)
    n_connections, rng = integer("n_connections", n_connections, high=m), generator(rng)
    threshold = real("threshold", threshold)
    # of the features that are read, some have a connection, and the others none
    kinds = [(1, n_connections)] + ([(0, m - n_connections)] if n_connections < m else [])
    yield from _sampled(n, m, n_connections, 1, trials, rng, threshold, kinds, slices)


@sliced
def used_errors(
    n: int,
    m: int,
    n_connections: int,
    n_active: int,
    trials: int,
    rng: Generator,
    threshold: float = 0.5,
    *,
    slices: int,
) -> Slices[WeightErrors]:
    """Features of the second layer that are read wrongly while connected features of the first are active.

    Parameters
    ----------
    n : int
        Neurons of each layer, at least 1.
    m : int
        Features of each layer, at least 1.
    n_connections : int
        J, 1 to m: no feature is in two of them.
    n_active : int
        l, active features, 1 to J; all of them have a connection.
    trials : int
        Active sets, each with fresh codes, at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    threshold : float
        θ above which a feature is read as active.

    Returns
    -------
    WeightErrors
        Expected numbers among the m features.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law*, as `weight_errors`.

    Examples
    --------
    >>> found = used_errors(512, 10_000, 500, 2, 200, np.random.default_rng(0))
    >>> 0 < found.errors < 1
    True
    """
    n, m, trials = integer("n", n), integer("m", m), integer("trials", trials, low=2)
    n_connections = integer("n_connections", n_connections, high=m)
    n_active, rng = integer("n_active", n_active, high=n_connections), generator(rng)
    threshold = real("threshold", threshold)
    yield from _sampled(n, m, n_connections, n_active, trials, rng, threshold, [(1, 1)], slices)


@functools.cache
def _overlap_nodes(n, count):
    """Nodes and weights of Gauss's quadrature with the law of an overlap."""
    nodes, weights = scipy.special.roots_jacobi(count, (n - 3) / 2, (n - 3) / 2)
    return nodes, weights / weights.sum()


def interference_tail(n: int, n_connections: int, shared: int = 0, threshold: float = 0.5) -> float:
    """Probability that the interference on a virtual weight exceeds a threshold.

    .. math:: P\\Bigl(\\sum_{k=1}^{\\zeta} t_k + \\sum_{k=\\zeta+1}^{J} t_k t'_k > \\theta\\Bigr)

    Parameters
    ----------
    n : int
        Neurons of each layer, 2 to 4096.
    n_connections : int
        J, connections that interfere, at least 24.
    shared : int
        ζ, of these, how many share a feature with the pair, 0 to J.
    threshold : float
        θ, above 0 and up to 12 standard deviations of the interference.

    Returns
    -------
    float
        The chance of a false connection at θ. That of a missed one at 1 - θ is the one with J - 1 of them.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact*, to about nine digits, if no two of the connections share a feature with each other: then the terms are independent.
    The moment-generating function of the sum is inverted along the line through its point of steepest descent, as in
    `crosstalk_tail`; those of an overlap t and of a product t t' are sums over Gauss's nodes. With few connections it falls off
    too slowly for that.

    Examples
    --------
    >>> tail = interference_tail(512, 1800)
    >>> 1e-10 < tail < 1e-9
    True
    """
    n, n_connections = integer("n", n, 2, _MOST_NEURONS), integer("n_connections", n_connections, low=24)
    shared = integer("shared", shared, 0, n_connections)
    spread = math.sqrt(shared / n + (n_connections - shared) / n**2)
    threshold = real("threshold", threshold, 0, _FARTHEST * spread, "(]")
    nodes, weights = _overlap_nodes(n, _NODES)
    # t t' takes each product of two nodes
    products, masses = np.multiply.outer(nodes, nodes).ravel(), np.multiply.outer(weights, weights).ravel()
    likely = masses > 1e-30 * masses.max()
    products, masses = products[likely], masses[likely]

    def log_mean(values, mass, x):
        each = np.multiply.outer(x, values)
        top = each.real.max(axis=-1)
        return top + np.log(np.exp(each - top[..., None]) @ mass)

    def log_sum(x):
        alone = shared * log_mean(*_overlap_nodes(n, _NODES_ALONE), x) if shared else 0
        return alone + (n_connections - shared) * log_mean(products, masses, x)

    found = scipy.optimize.minimize_scalar(
        lambda x: float(log_sum(np.asarray(x))) - x * threshold,
        bounds=(0, 2 * threshold / spread**2 + 1 / spread),
        method="bounded",
        options={"xatol": 0.05 / spread},
    )
    tilt = max(found.x, 1 / spread)
    step = 2 * math.pi / (2 * threshold + 14 * spread + 40 / tilt)
    peak = float(log_sum(np.asarray(tilt))) - tilt * threshold

    def along(y):
        x = tilt + 1j * y
        return np.exp(log_sum(x) - x * threshold - peak) / x

    return inverted(along, peak, step, 32, 1e-10)

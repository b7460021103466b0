"""The toy model of Elhage et al. (2022), trained; and its smallest case, two features in one neuron, without sampling.

Their W is the book's embedding E, their x the activations a: x = E a, and â = ReLU(Eᵀ x + β) is read out of it.
"""

from dataclasses import dataclass

import numpy as np
import scipy  # which loads its parts when they are first used
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from superposition.arguments import generator, integer, real
from superposition.results import Result
from superposition.threads import one_thread

__all__ = [
    "BestPair",
    "Trained",
    "best_pair",
    "feature_dimensionality",
    "pair_loss",
    "toy_activations",
    "toy_gradient",
    "toy_loss",
    "train",
]

# Kingma & Ba's means of the gradient and of its square
_MEANS, _NEARLY_NONE = (0.9, 0.999), 1e-8
# the fresh inputs on which a trained network's loss is found, at most so many activations at a time
_TESTS, _BLOCK = 20_000, 2**22
# embeddings and biases from which the best pair is searched
_FROM = ((1.0, -1.0, 0.0, 0.0), (1.2, -1.2, -0.2, -0.2), (1.0, -0.4, 0.0, 0.1), (1.1, -0.9, -0.1, 0.1))


@dataclass(frozen=True, repr=False)
class Trained(Result):
    """Networks after training.

    Attributes
    ----------
    E : numpy.ndarray
        (models, n, m) embeddings.
    bias : numpy.ndarray
        (models, m) of readouts.
    loss : numpy.ndarray
        (models,) on fresh inputs.
    """

    E: NDArray
    bias: NDArray
    loss: NDArray

    def __repr__(self):
        models, n, m = self.E.shape
        return f"Trained(models={models}, n={n}, m={m}, loss={np.round(self.loss, 4).tolist()})"


@dataclass(frozen=True, repr=False)
class BestPair(Result):
    """Two features in one neuron, at their best.

    Attributes
    ----------
    loss : float
        least that was found.
    E : numpy.ndarray
        (1, 2) embedding there.
    bias : numpy.ndarray
        (2,) biases there.
    """

    loss: float
    E: NDArray
    bias: NDArray


def _network(E, bias):
    E, bias = np.asarray(E, float), np.asarray(bias, float)
    if E.ndim < 2 or bias.shape != E.shape[:-2] + E.shape[-1:]:
        raise ValueError(
            f"bias must have the shape of E, (..., n, m), without its n, got shapes {E.shape} and {bias.shape}"
        )
    if not (np.isfinite(E).all() and np.isfinite(bias).all()):
        raise ValueError("E and bias must be finite, got an entry that is not")
    return E, bias


def _inputs(E, activations):
    activations = np.asarray(activations, float)
    if activations.ndim < 2 or activations.shape[-1] != E.shape[-1]:
        raise ValueError(
            f"activations must have the shape (..., trials, {E.shape[-1]}), a row for each input, got shape {activations.shape}"
        )
    if not np.isfinite(activations).all():
        raise ValueError("activations must be finite, got an entry that is not")
    return activations


def _weights(m, importance):
    """The importance of every feature; 1 for all if it is None."""
    weights = np.ones(m) if importance is None else np.asarray(importance, float)
    if weights.shape != (m,) or not (np.isfinite(weights) & (weights >= 0)).all():
        raise ValueError(f"importance must be {m} finite numbers, none below 0, got {importance!r}")
    return weights


def toy_activations(m: int, density: float, trials: int, rng: Generator) -> NDArray[np.float64]:
    """Inputs of the toy model: every feature is active with probability `density`, then uniform between 0 and 1.

    Parameters
    ----------
    m : int
        Features.
    density : float
        Probability that a feature is active, above 0 and at most 1.
    trials : int
        Inputs.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Shape (trials, m).

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Examples
    --------
    >>> a = toy_activations(5, 0.1, 100_000, np.random.default_rng(0))
    >>> float(np.round((a > 0).mean(), 2)), float(np.round(a[a > 0].mean(), 2))
    (0.1, 0.5)
    """
    m, density, trials = integer("m", m), real("density", density, 0, 1, "(]"), integer("trials", trials)
    drawn = generator(rng).random((trials, m))
    return _sparse(drawn, density)


def _sparse(drawn, density):
    """Uniform numbers made into activations, in place: 1 - u/ρ where u is below the density ρ, else 0."""
    drawn /= -density
    drawn += 1
    return np.maximum(drawn, 0, out=drawn)


@one_thread
def toy_loss(
    E: ArrayLike, activations: ArrayLike, bias: ArrayLike, importance: ArrayLike | None = None, linear: bool = False
) -> NDArray[np.float64]:
    """Squared error of what the toy model reads, weighted by importance, summed over features, averaged over inputs.

    .. math:: \\frac{1}{N} \\sum_a \\sum_i I_i (a_i - \\hat a_i)^2, \\qquad \\hat a = \\max(E^{\\mathsf T} E a + \\beta,\\, 0)

    Parameters
    ----------
    E : array_like
        Embedding, shape (n, m), or (..., n, m) for many networks.
    activations : array_like
        Inputs as rows, shape (trials, m), or (..., trials, m) with those of each network.
    bias : array_like
        β, shape (m,), or (..., m).
    importance : array_like, optional
        I, shape (m,); 1 for every feature if left out.
    linear : bool
        Without the cut at 0.

    Returns
    -------
    numpy.ndarray
        One number for each network, in the squared unit of the activations.

    Raises
    ------
    ValueError
        If shapes do not fit, or an entry is not finite or an importance below 0.

    Examples
    --------
    Two features of opposite direction in one neuron: nothing is lost unless both are active.

    >>> float(toy_loss([[1, -1]], [[0.5, 0], [0, 1]], [0, 0])), float(toy_loss([[1, -1]], [[0.5, 1]], [0, 0]))
    (0.0, 0.5)
    """
    E, bias = _network(E, bias)
    activations, weights = _inputs(E, activations), _weights(E.shape[-1], importance)
    return _loss(E, bias, activations, weights, linear)


def _loss(E, bias, activations, weights, linear):
    read = activations @ E.swapaxes(-1, -2) @ E + bias[..., None, :]
    read = read if linear else np.maximum(read, 0)
    return ((read - activations) ** 2 @ weights).mean(axis=-1)


@one_thread
def toy_gradient(
    E: ArrayLike, activations: ArrayLike, bias: ArrayLike, importance: ArrayLike | None = None, linear: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gradient of `toy_loss` by the embedding and by the bias.

    With e the gradient by what is read before the cut, it is the mean over the inputs of x eᵀ + (E e) aᵀ, and of e.

    Parameters
    ----------
    E, activations, bias, importance, linear
        As for `toy_loss`.

    Returns
    -------
    tuple of numpy.ndarray
        In the shapes of E and of the bias.

    Raises
    ------
    ValueError
        As `toy_loss`.

    Examples
    --------
    >>> by_E, by_bias = toy_gradient([[1.0, -1.0]], [[0.5, 1.0]], [0.0, 0.0])
    >>> by_E.tolist(), by_bias.tolist()
    ([[0.5, 1.5]], [0.0, -1.0])
    """
    E, bias = _network(E, bias)
    activations, weights = _inputs(E, activations), _weights(E.shape[-1], importance)
    return _gradient(E, bias, activations, weights, linear)


def _gradient(E, bias, activations, weights, linear):
    x = activations @ E.swapaxes(-1, -2)
    read = x @ E + bias[..., None, :]
    error = np.maximum(read, 0) - activations if not linear else read - activations
    error *= 2 * weights / activations.shape[-2]
    if not linear:
        error *= read > 0
    back = error @ E.swapaxes(-1, -2)
    by_E = x.swapaxes(-1, -2) @ error + back.swapaxes(-1, -2) @ activations
    return by_E, error.sum(axis=-2)


@one_thread
def train(
    n: int,
    m: int,
    density: float,
    trials: int,
    rng: Generator,
    importance: ArrayLike | None = None,
    linear: bool = False,
    steps: int = 2000,
    batch: int = 256,
    rate: float = 0.02,
) -> Trained:
    """Train networks of n neurons and m features from random starts, all at once.

    Parameters
    ----------
    n, m : int
        Neurons and features.
    density : float
        Probability that a feature is active.
    trials : int
        Networks.
    rng : numpy.random.Generator
        Source of randomness.
    importance, linear
        As for `toy_loss`.
    steps, batch : int
        Steps, and fresh inputs in each of them.
    rate : float
        Step size at the beginning; it falls to 0 along a quarter of a cosine's wave.

    Returns
    -------
    Trained
        With the loss on 20,000 fresh inputs, the same for all.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    Adam (Kingma & Ba 2015) on the gradient of `toy_gradient`. Entries of E start normal with variance 1/(4 n), biases at 0.
    From 32,000 numbers an embedding is trained in single precision.

    Examples
    --------
    Five rare features in two neurons are all kept, longer than 1:

    >>> found = train(2, 5, 0.05, 3, np.random.default_rng(0), steps=500)
    >>> found.E.shape, bool((np.linalg.norm(found.E, axis=1) > 1).all())
    ((3, 2, 5), True)
    """
    n, m, trials, steps, batch = (
        integer(name, value)
        for name, value in (("n", n), ("m", m), ("trials", trials), ("steps", steps), ("batch", batch))
    )
    density, rate, rng = real("density", density, 0, 1, "(]"), real("rate", rate, 0, ends="()"), generator(rng)
    dtype = np.float32 if n * m >= 32_000 else np.float64
    weights = _weights(m, importance).astype(dtype)
    values = [rng.normal(0, 0.5 / np.sqrt(n), (trials, n, m)).astype(dtype), np.zeros((trials, m), dtype)]
    first, second = ([np.zeros_like(value) for value in values] for _ in range(2))
    for step in range(1, steps + 1):
        inputs = _sparse(rng.random((trials, batch, m), dtype), dtype(density))
        size = rate * np.cos(np.pi / 2 * (step - 1) / steps)
        size *= np.sqrt(1 - _MEANS[1] ** step) / (1 - _MEANS[0] ** step)
        for value, one, two, slope in zip(
            values, first, second, _gradient(*values, inputs, weights, linear), strict=True
        ):
            one += (1 - _MEANS[0]) * (slope - one)
            two += (1 - _MEANS[1]) * (slope**2 - two)
            value -= dtype(size) * one / (np.sqrt(two) + dtype(_NEARLY_NONE))
    E, bias = (value.astype(float) for value in values)
    return Trained(E, bias, _tested(E, bias, density, _weights(m, importance), linear, rng))


def _tested(E, bias, density, weights, linear, rng):
    m, total = E.shape[-1], np.zeros(len(E))
    parts = [len(part) for part in np.array_split(np.arange(_TESTS), max(1, _TESTS * m * len(E) // _BLOCK))]
    for part in parts:
        total += part * _loss(E, bias, toy_activations(m, density, part, rng), weights, linear)
    return total / _TESTS


def feature_dimensionality(E: ArrayLike) -> NDArray[np.float64]:
    """Share of a dimension that each feature has to itself.

    .. math:: D_i = \\frac{|E_i|^2}{\\sum_j (\\hat E_i \\cdot E_j)^2}

    Parameters
    ----------
    E : array_like
        Embedding, shape (n, m), or (..., n, m).

    Returns
    -------
    numpy.ndarray
        Shape (m,), or (..., m): 1 for a feature at right angles to all others, 0 for one of length 0. They add up to at
        most n.

    Raises
    ------
    ValueError
        If E has no such shape, or an entry is not finite.

    Notes
    -----
    Of Elhage et al. (2022).

    Examples
    --------
    >>> turn = 2 * np.pi * np.arange(5) / 5
    >>> feature_dimensionality([np.cos(turn), np.sin(turn)]).round(6).tolist()
    [0.4, 0.4, 0.4, 0.4, 0.4]
    """
    E = np.asarray(E, float)
    if E.ndim < 2 or not np.isfinite(E).all():
        raise ValueError(f"E must be an array of finite numbers of shape (..., n, m), got shape {E.shape}")
    gram = E.swapaxes(-1, -2) @ E
    square = np.diagonal(gram, axis1=-2, axis2=-1)
    shared = (gram**2).sum(axis=-1)
    return np.divide(square**2, shared, out=np.zeros_like(shared), where=shared > 0)


def pair_loss(E: ArrayLike, bias: ArrayLike, density: float, importance: float) -> float:
    """Mean loss of two features in one neuron, over all inputs, without sampling.

    Parameters
    ----------
    E : array_like
        Embedding, shape (1, 2).
    bias : array_like
        Shape (2,).
    density : float
        Probability that a feature is active.
    importance : float
        Of the second feature; that of the first is 1.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type, shape or range.

    Notes
    -----
    *Exact* up to rounding: the squared error is a polynomial between the lines at which a readout is cut, and
    Gauss–Legendre quadrature on each piece gives its integral.

    Examples
    --------
    Two opposite features, of density ½ and importance 1: (1 + 1)/24.

    >>> round(pair_loss([[1, -1]], [0, 0], 0.5, 1), 12) == round(1 / 12, 12)
    True
    """
    E, bias = _network(E, bias)
    if E.shape != (1, 2):
        raise ValueError(f"E must have the shape (1, 2), two features in one neuron, got shape {E.shape}")
    density, importance = real("density", density, 0, 1, "(]"), real("importance", importance, 0)
    return _pair_loss(np.array([*E[0], *bias]), density, importance)


_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(3)


def _pieces(ends):
    """Nodes and weights between ascending ends, on a new last axis."""
    low, width = ends[..., :-1, None], np.diff(ends, axis=-1)[..., None]
    nodes, weights = low + width * (1 + _NODES) / 2, width * _NODE_WEIGHTS / 2
    return nodes.reshape(*ends.shape[:-1], -1), weights.reshape(*ends.shape[:-1], -1)


def _cut(slope, offset):
    """Where slope · y + offset is 0, or the nearer end of [0, 1]."""
    place = np.divide(-offset, slope, out=np.zeros_like(offset), where=slope != 0)
    return np.clip(place, 0, 1)


def _both_active(own, other, offset):
    """Mean of (y - max(own y + other z + offset, 0))² over the unit square."""
    corners = np.array([offset, own + offset])
    ends = np.sort(np.concatenate([[0.0, 1.0], _cut(np.full(2, other), corners)]))
    z, outer = _pieces(ends)
    at = other * z + offset
    kink = _cut(np.full_like(at, own), at)
    y, inner = _pieces(np.stack([np.zeros_like(kink), kink, np.ones_like(kink)], axis=-1))
    error = (y - np.maximum(own * y + at[:, None], 0)) ** 2
    return outer @ (inner * error).sum(axis=-1)


def _one_active(own, slope, offset):
    """Mean of (own y - max(slope y + offset, 0))² for y uniform between 0 and 1."""
    kink = _cut(np.array([slope]), np.array([offset]))[0]
    y, weights = _pieces(np.array([0.0, kink, 1.0]))
    return weights @ (own * y - np.maximum(slope * y + offset, 0)) ** 2


def _pair_loss(values, density, importance):
    lengths, bias = values[:2], values[2:]
    cross, loss = lengths[0] * lengths[1], 0.0
    for square, offset, weight in zip(lengths**2, bias, (1, importance), strict=True):
        loss += weight * (1 - density) ** 2 * max(offset, 0) ** 2
        loss += weight * density * (1 - density) * (_one_active(1, square, offset) + _one_active(0, cross, offset))
        loss += weight * density**2 * _both_active(square, cross, offset)
    return float(loss)


@one_thread
def best_pair(density: float, importance: float) -> BestPair:
    """Two features of opposite direction in one neuron, with the lengths and biases that lose least.

    Parameters
    ----------
    density : float
        Probability that a feature is active.
    importance : float
        Of the second feature; that of the first is 1.

    Returns
    -------
    BestPair
        The best of a few searches; near the edge of where two are better than one, that of a valley.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Examples
    --------
    >>> best_pair(0.1, 1).loss < pair_loss([[1, -1]], [0, 0], 0.1, 1)
    True
    """
    density, importance = real("density", density, 0, 1, "(]"), real("importance", importance, 0, ends="()")
    found = [
        scipy.optimize.minimize(
            _pair_loss, np.array(start), args=(density, importance), method="L-BFGS-B", bounds=_SIGNS, options=_FINE
        )
        for start in _FROM
    ]
    best = min(found, key=lambda one: one.fun)
    return BestPair(float(best.fun), best.x[None, :2], best.x[2:])


# one length above and one below zero: opposite directions
_SIGNS = ((0, None), (None, 0), (None, None), (None, None))
_FINE = {"ftol": 1e-13, "gtol": 1e-8, "maxiter": 500}

"""Decoders: how the activations of all features are found from the neurons' state, and how often they are found exactly."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # which loads its parts when they are first used
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from superposition.arguments import finite_matrix, generator, integer, real
from superposition.codes import Code
from superposition.results import Result
from superposition.simulate.active import active_sets
from superposition.threads import one_thread

__all__ = ["Amp", "Recovery", "amp", "decode_l1", "decode_min_norm", "decode_omp", "decode_threshold", "decode_top", "recovery"]  # fmt: skip


def _given(F, x):
    F = finite_matrix("F", F)
    try:
        state = np.asarray(x, dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(f"x must be an array of {len(F)} finite numbers, got {type(x).__name__}") from error
    if state.shape != (len(F),) or not np.isfinite(state).all():
        raise ValueError(
            f"x must be an array of {len(F)} finite numbers, one for each row of F, got shape {state.shape}"
        )
    return F, state


def _largest(values, n_active):
    found = np.zeros(len(values))
    found[np.argpartition(-values, n_active - 1)[:n_active]] = 1
    return found


@one_thread
def decode_threshold(F: ArrayLike, x: ArrayLike, threshold: float = 0.5) -> NDArray[np.float64]:
    """Features whose linear readout exceeds a threshold.

    Parameters
    ----------
    F : array_like
        Code, shape (n, m), features as columns.
    x : array_like
        State of the neurons, shape (n,).
    threshold : float
        θ, in (0, 1).

    Returns
    -------
    numpy.ndarray
        Shape (m,): 1 where the readout Fᵀx is above the threshold, 0 elsewhere.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type, shape or range.

    Examples
    --------
    >>> decode_threshold([[1, 0, 0.6], [0, 1, 0.8]], [1, 0])
    array([1., 0., 1.])
    """
    F, x = _given(F, x)
    return (F.T @ x > real("threshold", threshold, 0, 1, "()")).astype(float)


@one_thread
def decode_top(F: ArrayLike, x: ArrayLike, n_active: int) -> NDArray[np.float64]:
    """The features with the largest linear readouts.

    Parameters
    ----------
    F, x : array_like
        As for `decode_threshold`.
    n_active : int
        l, how many are taken, 1 to m.

    Returns
    -------
    numpy.ndarray
        Shape (m,): 1 at the l largest entries of Fᵀx, 0 elsewhere.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type, shape or range.

    Examples
    --------
    >>> decode_top([[1, 0, 0.6], [0, 1, 0.8]], [1, 0], 1)
    array([1., 0., 0.])
    """
    F, x = _given(F, x)
    return _largest(F.T @ x, integer("n_active", n_active, high=F.shape[1]))


@one_thread
def decode_min_norm(F: ArrayLike, x: ArrayLike, n_active: int) -> NDArray[np.float64]:
    """The largest entries of the shortest activation vector that gives the neurons' state.

    .. math:: r = F^{+} x = F^{\\mathsf T} (F F^{\\mathsf T})^{-1} x

    Parameters
    ----------
    F, x : array_like
        As for `decode_threshold`.
    n_active : int
        l, how many are taken, 1 to m.

    Returns
    -------
    numpy.ndarray
        Shape (m,): 1 at the l largest entries of F⁺x, 0 elsewhere.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type, shape or range.

    Notes
    -----
    Linear, too: F⁺ is one matrix. F⁺F is the Gram matrix of the tight frame (F Fᵀ)^(-1/2) F.

    Examples
    --------
    >>> decode_min_norm([[1, 0, 0.6], [0, 1, 0.8]], [1, 0], 1)
    array([1., 0., 0.])
    """
    F, x = _given(F, x)
    n_active = integer("n_active", n_active, high=F.shape[1])
    return _largest(np.linalg.lstsq(F, x, rcond=None)[0], n_active)


@one_thread
def decode_omp(F: ArrayLike, x: ArrayLike, n_active: int) -> NDArray[np.float64]:
    """Orthogonal matching pursuit: one feature at a time, each that which fits best what those before leave over.

    Parameters
    ----------
    F, x : array_like
        As for `decode_threshold`, with columns of length 1.
    n_active : int
        l, how many are taken, 1 to the smaller of n and m.

    Returns
    -------
    numpy.ndarray
        Shape (m,): for the features that are taken their activations by least squares, 0 elsewhere.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type, shape or range.

    Notes
    -----
    Each new column is made orthogonal to those before, so that a step costs one product with Fᵀ. It ends before l steps
    if nothing is left over.

    Examples
    --------
    >>> decode_omp([[1, 0, 0.6], [0, 1, 0.8]], [1, 0.25], 2).round(9)
    array([1.  , 0.25, 0.  ])
    """
    F, x = _given(F, x)
    n_active = integer("n_active", n_active, high=min(F.shape))
    left, chosen = x.copy(), []
    basis, factor = np.zeros((len(x), n_active)), np.zeros((n_active, n_active))
    smallest = 1e-12 * np.linalg.norm(x)
    for step in range(n_active):
        if np.linalg.norm(left) <= smallest:
            break
        chosen.append(int(np.abs(F.T @ left).argmax()))
        column, before = F[:, chosen[-1]], basis[:, :step]
        factor[:step, step] = before.T @ column
        beyond = column - before @ factor[:step, step]
        factor[step, step] = np.linalg.norm(beyond)
        if factor[step, step] < 1e-12:
            chosen.pop()
            break
        basis[:, step] = beyond / factor[step, step]
        left -= basis[:, step] * (basis[:, step] @ left)
    found, size = np.zeros(F.shape[1]), len(chosen)
    if size:
        found[chosen] = scipy.linalg.solve_triangular(factor[:size, :size], basis[:, :size].T @ x)
    return found


@one_thread
def decode_l1(F: ArrayLike, x: ArrayLike, amplitude: float = math.inf) -> NDArray[np.float64]:
    """The activations of smallest sum, none of them negative, that give the neurons' state.

    .. math:: \\min_a \\sum_i a_i \\quad\\text{with}\\quad F a = x, \\quad 0 \\le a_i \\le A

    Parameters
    ----------
    F, x : array_like
        As for `decode_threshold`.
    amplitude : float
        A > 0, what no activation exceeds; nothing is said of it if left out.

    Returns
    -------
    numpy.ndarray
        Shape (m,), activations.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type, shape or range, or no such activations give x.

    Notes
    -----
    A linear programme, solved by HiGHS through SciPy. Several solutions are as small where recovery fails.

    Examples
    --------
    >>> decode_l1([[1, 0, 0.6], [0, 1, 0.8]], [0.6, 0.8]).round(9)
    array([0., 0., 1.])
    """
    F, x = _given(F, x)
    most = None if amplitude == math.inf else real("amplitude", amplitude, 0, math.inf, "()")
    found = scipy.optimize.linprog(np.ones(F.shape[1]), A_eq=F, b_eq=x, bounds=(0, most), method="highs")
    if found.x is None:
        raise ValueError(f"x must be a sum of columns of F with activations from 0 to {amplitude}, but none give it")
    # rounding leaves some just below 0
    return np.maximum(found.x, 0) + 0.0


@dataclass(frozen=True, eq=False)
class Amp:
    """What approximate message passing makes of a state, layer after layer.

    Attributes
    ----------
    activations : numpy.ndarray
        shape (depth, m), estimates.
    noise : numpy.ndarray
        shape (depth,), deviation heard.
    """

    activations: NDArray[np.float64]
    noise: NDArray[np.float64]


@one_thread
def amp(F: ArrayLike, x: ArrayLike, n_active: int, depth: int = 30) -> Amp:
    """Approximate message passing for features that are 0 or 1.

    .. math:: a^{t+1} = \\eta\\bigl(a^t + F^{\\mathsf T} v^t\\bigr), \\qquad
              v^{t+1} = x - F a^{t+1} + \\frac{1}{n} \\Bigl(\\sum_i \\eta'_i\\Bigr) v^t

    Parameters
    ----------
    F, x : array_like
        As for `decode_threshold`, with columns of length 1 about.
    n_active : int
        l, of which the prior knows that l of m features are active on average, 1 to m - 1.
    depth : int
        L, layers.

    Returns
    -------
    Amp
        The estimates after each layer, all from 0 to 1, and the deviation σ = |v|/sqrt(n) of the noise that the layer heard.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type, shape or range.

    Notes
    -----
    Donoho, Maleki and Montanari (2009), with η the posterior mean of a feature that is 1 with probability l/m, given its
    readout in normal noise of deviation σ. From a = 0 and v = x the first layer is a linear readout, Fᵀx, and a unit for each
    feature. The term with η' takes out of the readouts what they have heard of themselves.

    Examples
    --------
    >>> from superposition.codes import random_code
    >>> F = random_code(100, 200, np.random.default_rng(0))
    >>> amp(F, F[:, :10].sum(axis=1), 10).activations[-1].sum().round(6)
    np.float64(10.0)
    """
    F, x = _given(F, x)
    n, m = F.shape
    n_active, depth = integer("n_active", n_active, high=m - 1), integer("depth", depth)
    odds, v, a = math.log(n_active / (m - n_active)), x.copy(), np.zeros(m)
    activations, noise = np.empty((depth, m)), np.empty(depth)
    for layer in range(depth):
        variance = max(v @ v / n, 1e-12)
        a = scipy.special.expit((a + F.T @ v - 0.5) / variance + odds)
        v = x - F @ a + v * (a @ (1 - a)) / (n * variance)
        activations[layer], noise[layer] = a, math.sqrt(variance)
    return Amp(activations, noise)


@dataclass(frozen=True, repr=False)
class Recovery(Result):
    """How often a decoder finds all activations.

    Attributes
    ----------
    exact, exact_se : float
        share of the trials.
    trials : int
        active sets drawn.
    """

    exact: float
    exact_se: float
    trials: int


def recovery(
    decoder: Callable[[NDArray, NDArray], ArrayLike], code: Code, n_active: int, trials: int, rng: Generator
) -> Recovery:
    """How often a decoder finds which features are active, all of them and no other.

    Parameters
    ----------
    decoder : callable
        ``(F, x) -> activations``, shape (m,); above ½ counts as active.
    code : array_like or callable
        A code F of shape (n, m), or a function ``rng -> F`` that draws one for each trial.
    n_active : int
        l, features active at once, 1 to m, each at activation 1.
    trials : int
        Active sets to draw, at least 2.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Recovery
        With standard errors that are above 0 even where all trials agree: a success and a failure are added for them.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range, or the decoder returns another shape.

    Examples
    --------
    >>> from superposition.codes import random_code
    >>> rng = np.random.default_rng(0)
    >>> drawn = lambda rng: random_code(64, 128, rng)
    >>> recovery(lambda F, x: decode_threshold(F, x), drawn, 6, 50, rng).exact < 0.1
    True
    >>> recovery(lambda F, x: decode_l1(F, x), drawn, 6, 50, rng).exact
    1.0
    """
    if not callable(decoder):
        raise TypeError(f"decoder must be a function of F and x, got {type(decoder).__name__}")
    n_active, trials, rng = integer("n_active", n_active), integer("trials", trials, low=2), generator(rng)
    right = 0
    for _ in range(trials):
        F = finite_matrix("code", code(rng) if callable(code) else code)
        m = F.shape[1]
        (active,) = active_sets(m, integer("n_active", n_active, high=m), 1, rng)
        found = np.asarray(decoder(F, F[:, active].sum(axis=1)))
        if found.shape != (m,):
            raise ValueError(f"decoder must return an array of shape ({m},), got {found.shape}")
        above = np.flatnonzero(found > 0.5)
        right += len(above) == n_active and np.isin(above, active).all()
    share = (right + 1) / (trials + 2)
    return Recovery(float(right / trials), math.sqrt(share * (1 - share) / trials), trials)

"""Overlaps of random directions, and codes found by greedy search."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from superposition.arguments import generator, integer, real
from superposition.codes import coherence, random_code
from superposition.simulate import chains

# columns up to which the Gram matrix is formed
_FORMED = 512


def overlaps(n: int, trials: int, rng: Generator) -> NDArray:
    """Overlaps t = u · v of independent pairs of random unit vectors.

    .. math:: t = \\frac{z}{\\sqrt{z^2 + \\chi^2_{n-1}}}, \\qquad z \\sim N(0, 1)

    Parameters
    ----------
    n : int
        Neurons, at least 1.
    trials : int
        Pairs to draw, at least 1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Overlaps in [-1, 1], shape (trials,).

    Raises
    ------
    TypeError, ValueError
        If a number is not a positive integer, or rng not a Generator.

    Notes
    -----
    *Exact in law*. The sphere looks the same from everywhere, so v may be the first axis, and t is the first
    coordinate of a Gaussian vector divided by its length: no vector needs to be formed.

    Examples
    --------
    >>> t = overlaps(100, 50_000, np.random.default_rng(0))
    >>> print((100 * np.mean(t**2)).round(1))
    1.0
    """
    return chains.pair.sample(generator(rng), integer("trials", trials), n=integer("n", n))["t"]


def worst_overlaps(n: int, m: int, trials: int, rng: Generator) -> NDArray:
    """Worst absolute overlap of each of several random codes.

    Parameters
    ----------
    n : int
        Neurons, at least 1.
    m : int
        Features, at least 2.
    trials : int
        Codes to draw, at least 1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        max |f_i · f_j| over i < j of each code, shape (trials,).

    Raises
    ------
    TypeError, ValueError
        If a number is not an integer in its range, or rng not a Generator.

    Notes
    -----
    *Exact in law*, by drawing the codes; a Gram matrix of more than 512 columns is only ever held in tiles.

    Examples
    --------
    >>> worst = worst_overlaps(64, 300, 5, np.random.default_rng(0))
    >>> worst.shape, bool(np.all(worst > 1 / 8))
    ((5,), True)
    """
    n, m = integer("n", n), integer("m", m, low=2)
    trials, rng = integer("trials", trials), generator(rng)
    return np.array([_worst(random_code(n, m, rng)) for _ in range(trials)])


def _worst(F):
    if F.shape[1] > _FORMED:
        return coherence(F).worst
    # tiles cost more than they save
    overlaps = F.T @ F
    np.fill_diagonal(overlaps, 0)
    return min(1.0, float(np.abs(overlaps).max()))


def greedy_code(n: int, eps: float, candidates: int, rng: Generator) -> NDArray:
    """Directions that a greedy search packs with every absolute overlap at most eps.

    Random directions are drawn one after another; each is kept if its overlap with all kept before is at
    most eps. The number of columns of the result is how many were found to fit.

    Parameters
    ----------
    n : int
        Neurons, at least 1.
    eps : float
        Largest absolute overlap allowed, in [0, 1].
    candidates : int
        Directions to try, at least 1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Code F, shape (n, kept), with 1 <= kept <= candidates.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a number in its range, or rng not a Generator.

    Notes
    -----
    *Bound*, from below, on how many directions fit: the code is one that does. Carried on for ever,
    the search ends in a code that no direction can be added to, which holds at least as many as the
    Gilbert-Varshamov argument promises.

    Examples
    --------
    >>> from superposition.codes import coherence
    >>> F = greedy_code(8, 0.5, 2000, np.random.default_rng(0))
    >>> F.shape[1] > 8, coherence(F).worst <= 0.5
    (True, True)
    """
    n, eps = integer("n", n), real("eps", eps, 0, 1)
    candidates, rng = integer("candidates", candidates), generator(rng)
    kept = np.empty((n, 0))
    block = max(1, 2**18 // n)
    for start in range(0, candidates, block):
        free = random_code(n, min(block, candidates - start), rng)
        for left in range(0, kept.shape[1], 1024):
            free = free[:, np.abs(kept[:, left : left + 1024].T @ free).max(axis=0) <= eps]
        accepted = [kept]
        while free.shape[1]:
            accepted.append(free[:, :1])
            free = free[:, 1:][:, np.abs(free[:, 0] @ free[:, 1:]) <= eps]
        kept = np.hstack(accepted)
    return kept

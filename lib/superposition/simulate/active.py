"""Which features are active, and how those of a random code are read."""

import numpy as np

from superposition.codes import random_code
from superposition.draws import direction_factor


def active_sets(m, n_active, trials, rng):
    """Uniformly random sets of features, shape (trials, n_active), in no particular order.

    Examples
    --------
    >>> np.sort(active_sets(3, 3, 2, np.random.default_rng(0)))
    array([[0, 1, 2],
           [0, 1, 2]])
    """
    if n_active * n_active > 16 * m:
        return np.argpartition(rng.random((trials, m)), n_active - 1, axis=1)[:, :n_active]
    # Floyd's algorithm (Bentley & Floyd 1987): whoever picks what is taken already gets the last that may be picked
    last = np.arange(m - n_active, m)
    sets = np.ascontiguousarray(rng.integers(last[:, None], size=(n_active, trials), endpoint=True).T)
    ordered = np.sort(sets, axis=1)
    for trial in np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1)):
        taken = {}
        for beyond, pick in enumerate(sets[trial].tolist(), m - n_active):
            taken[beyond if pick in taken else pick] = None
        sets[trial] = list(taken)
    return sets


def active_readouts(n, n_active, trials, rng):
    """Of the sum x of l random unit vectors f_i: its length, that of the sum without the last, and x · f_i.

    Shapes (trials,), (trials,), (trials, n_active).

    Examples
    --------
    >>> length, others, readouts = active_readouts(100, 1, 2, np.random.default_rng(0))
    >>> length, others, readouts.ravel()
    (array([1., 1.]), array([0., 0.]), array([1., 1.]))
    """
    factor = direction_factor(n, n_active, trials, rng)
    others = factor[:, :, :-1].sum(axis=2)
    x = others + factor[:, :, -1]
    return np.linalg.norm(x, axis=1), np.linalg.norm(others, axis=1), np.einsum("bk,bkl->bl", x, factor)


def noisy_readouts(n, amplitudes, noise, rng):
    """Of random unit vectors f_i and y = Σ a_i f_i + w, each of the n entries of w being N(0, noise²): |y| and y · f_i.

    `amplitudes` has the shape (trials, n_active), and so has the second result; the first has the shape (trials,).

    Examples
    --------
    >>> length, readouts = noisy_readouts(100, np.ones((2, 1)), 0.0, np.random.default_rng(0))
    >>> length, readouts.ravel()
    (array([1., 1.]), array([1., 1.]))
    """
    trials, n_active = amplitudes.shape
    factor = direction_factor(n, n_active, trials, rng)
    rank = factor.shape[1]
    state = np.einsum("bkl,bl->bk", factor, amplitudes) + noise * rng.standard_normal((trials, rank))
    # the noise in the directions that no active feature has
    beside = noise**2 * rng.chisquare(n - rank, trials) if n > rank else 0.0
    return np.sqrt((state**2).sum(axis=1) + beside), np.einsum("bk,bkl->bl", state, factor)


def altered_readouts(n, n_active, alter, trials, rng):
    """Of l random unit vectors f_i and what becomes of the neurons' state, y = alter(Σ f_i): |y| and y · f_i.

    Shapes (trials,) and (trials, n_active); `alter` takes and gives shape (trials, n).

    Examples
    --------
    >>> length, readouts = altered_readouts(50, 1, np.sign, 1, np.random.default_rng(0))
    >>> print((length**2).round(9), readouts > 0)
    [50.] [[ True]]
    """
    rows = random_code(n, trials * n_active, rng).T.reshape(trials, n_active, n)
    state = alter(rows.sum(axis=1))
    return np.linalg.norm(state, axis=1), np.einsum("bln,bn->bl", rows, state)

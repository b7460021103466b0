"""Which features are active, and how those of a random code are read."""

import numpy as np

from superposition.codes import random_code


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
    # Floyd's algorithm (Bentley & Floyd 1987), all trials at once
    sets = np.empty((trials, n_active), np.int64)
    for k in range(n_active):
        last = m - n_active + k
        pick = rng.integers(last, size=trials, endpoint=True)
        taken = (sets[:, :k] == pick[:, None]).any(axis=1)
        sets[:, k] = np.where(taken, last, pick)
    return sets


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

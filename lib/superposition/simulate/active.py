"""Which features are active."""

import numpy as np


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

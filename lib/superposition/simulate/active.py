"""Which features are active."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray


def active_sets(m: int, n_active: int, trials: int, rng: Generator) -> NDArray[np.int64]:
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

"""What the stored grid of the chapter *Readouts* says: where each decoder stops reading all features."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from superposition.data import load
from superposition.results import Result

__all__ = ["DECODERS", "LINEAR", "Transition", "recoveries", "transition"]

DECODERS = {
    "threshold": "threshold at ½",
    "best_threshold": "best threshold",
    "top": "l largest",
    "min_norm": "pseudo-inverse, l largest",
    "omp": "matching pursuit",
    "l1": "ℓ1",
    "l1_box": "ℓ1 in the box",
    "amp": "message passing",
}
"""The decoders of the grid, by what they are called in words."""
LINEAR = ("threshold", "best_threshold", "top")
"""Those that look at Fᵀx, of which trials are drawn by their exact law."""


@dataclass(frozen=True, repr=False)
class Transition(Result):
    """Where a decoder stops reading all features.

    Attributes
    ----------
    n_active, n_active_se : float
        l, half exact.
    width : float
        of ln l.
    """

    n_active: float
    n_active_se: float
    width: float


def recoveries(decoder: str, m: int) -> NDArray[np.float64]:
    """Stored shares of trials in which a decoder read all of m features from 128 neurons.

    Parameters
    ----------
    decoder : str
        A key of `DECODERS`.
    m : int
        384, 512, 1024 or 2048.

    Returns
    -------
    numpy.ndarray
        A row for each number of active features: l, the share, its standard error.

    Raises
    ------
    ValueError
        If nothing is stored for them.

    Examples
    --------
    >>> recoveries("top", 512)[0, 0]
    np.float64(2.0)
    """
    rows = [row[3:] for row in load("readouts")["recovery"]["rows"] if (row[0], row[2]) == (decoder, m)]
    if not rows:
        raise ValueError(
            f"decoder = {decoder!r} with m = {m} is not stored; accepted: {', '.join(DECODERS)}, m of the grid"
        )
    return np.array(rows, dtype=float)


@cache
def transition(decoder: str, m: int) -> Transition:
    """Where half of the trials are exact: a normal law in ln l, fitted to the stored shares by maximum likelihood.

    Parameters
    ----------
    decoder : str
        A key of `DECODERS`.
    m : int
        384, 512, 1024 or 2048.

    Returns
    -------
    Transition
        With n = 128 neurons; the share at l is about Q((ln l - ln n_active)/width).

    Raises
    ------
    ValueError
        If nothing is stored for them.

    Examples
    --------
    >>> transition("l1", 1024).n_active > 5 * transition("threshold", 1024).n_active
    True
    """
    l, share, _ = recoveries(decoder, m).T
    trials = _trials(decoder)
    right = share * trials

    def missing(at):
        place, slope = at
        z = (place - np.log(l)) * np.exp(slope)
        return -(right @ special.log_ndtr(z) + (trials - right) @ special.log_ndtr(-z))

    middle = np.interp(0.5, share[::-1], np.log(l)[::-1])
    found = optimize.minimize(missing, [middle, np.log(8.0)], method="BFGS")
    place, slope = found.x
    z = (place - np.log(l)) * np.exp(slope)
    # Fisher's information of a normal law fitted to shares
    weights = trials * np.exp(-(z**2) - special.log_ndtr(z) - special.log_ndtr(-z)) / (2 * np.pi)
    change = np.array([np.full(len(z), np.exp(slope)), z])
    error = np.sqrt(np.linalg.inv((weights * change) @ change.T)[0, 0])
    return Transition(float(np.exp(place)), float(np.exp(place) * error), float(np.exp(-slope)))


def _trials(decoder):
    said = load("readouts")["recovery"]["parameters"]
    if decoder in LINEAR:
        return said["drawn"]
    return said["programmes" if decoder.startswith("l1") else "trials"]

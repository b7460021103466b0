"""Neurons of few bits: the best quantiser of a Gaussian, and reading features from quantised neurons."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import linalg, special

from superposition.arguments import generator, integer, real
from superposition.results import Result
from superposition.simulate.active import altered_readouts
from superposition.simulate.directions import alarm_chance
from superposition.simulate.trials import BLOCK, estimates, mean_and_error, parts, sliced

_MOST_BITS = 12


@dataclass(frozen=True)
class Quantiser:
    """A quantiser of standard normal values.

    Attributes
    ----------
    outputs : numpy.ndarray
        values it gives, ascending.
    edges : numpy.ndarray
        borders of cells.
    distortion : float
        mean squared error.
    """

    outputs: np.ndarray
    edges: np.ndarray
    distortion: float

    def __call__(self, x, std=1.0):
        """Quantised values, for values of standard deviation `std`; the shape stays.

        Examples
        --------
        >>> print(gaussian_quantiser(1)([-3.0, 0.1], std=2.0).round(3))
        [-1.596  1.596]
        """
        return std * self.outputs[np.searchsorted(self.edges, np.asarray(x) / std)]


@cache
def gaussian_quantiser(bits):
    """The Lloyd–Max quantiser of a standard normal variable: least mean squared error with 2^b outputs.

    .. math:: q_i = E[x \\mid e_i < x < e_{i+1}], \\qquad e_i = \\tfrac12 (q_{i-1} + q_i), \\qquad D_b = 1 - E[q(x)^2]

    Parameters
    ----------
    bits : int
        b, 1 to 12.

    Returns
    -------
    Quantiser
        Symmetric about 0; its arrays are read-only.

    Raises
    ------
    TypeError, ValueError
        If `bits` is not an integer in that range.

    Notes
    -----
    *Exact* up to rounding. The two conditions are solved for the outputs above 0 by Newton's method, whose matrix has three
    diagonals, from the outputs that Panter & Dite's density (proportional to the cube root of the normal one) gives.
    The normal density is log-concave, so the solution is the only one with all outputs apart (Fleischer 1964).

    Source: Max 1960; Lloyd 1982.

    Examples
    --------
    >>> print([round(gaussian_quantiser(bits).distortion, 4) for bits in (1, 2, 3, 4)])
    [0.3634, 0.1175, 0.0345, 0.0095]
    """
    half = 2 ** (integer("bits", bits, high=_MOST_BITS) - 1)
    q = math.sqrt(3) * special.ndtri(0.5 + (np.arange(half) + 0.5) / (2 * half))
    for _ in range(50):
        e, mass, centroid = _cells(q)
        density = _normal(e)
        # how a centroid follows the border below and the one above it, each moved half as far as an output
        below = density[:-1] * (centroid - e[:-1]) / mass / 2
        above = density[1:] * np.append(e[1:-1] - centroid[:-1], 0) / mass / 2
        below[0] = 0
        matrix = np.zeros((3, half))
        matrix[0, 1:], matrix[1], matrix[2, :-1] = above[:-1], below + above - 1, below[1:]
        step = linalg.solve_banded((1, 1), matrix, q - centroid)
        q = q + step
        if np.abs(step).max() < 1e-13 * q[-1]:
            break
    e, mass, centroid = _cells(q)
    # E(x - q)² = 1 - E q² at the solution; written over cells, so that no digits cancel
    high, low = _normal(e[1:]) * np.append(e[1:-1], 0), _normal(e[:-1]) * e[:-1]
    error = 2 * np.sum(mass - (high - low) - mass * centroid**2)
    outputs, edges = np.concatenate([-q[::-1], q]), np.concatenate([-e[1:-1][::-1], e[:-1]])
    for array in (outputs, edges):
        array.flags.writeable = False
    return Quantiser(outputs, edges, float(error))


@dataclass(frozen=True, repr=False)
class QuantisedErrors(Result):
    """Wrong readouts per trial of all m features, read from quantised neurons, with standard errors.

    Attributes
    ----------
    errors, errors_se : float
        all wrong readouts.
    false_alarms, false_alarms_se : float
        absent read present.
    misses, misses_se : float
        present read absent.
    signal, signal_se : float
        mean present readout.
    trials : int
        active sets drawn.
    """

    errors: float
    errors_se: float
    false_alarms: float
    false_alarms_se: float
    misses: float
    misses_se: float
    signal: float
    signal_se: float
    trials: int


@sliced
def quantised_errors(n, m, n_active, bits, trials, rng, threshold=0.5, rescale=True, *, slices):
    """Wrong readouts of all m features of a random code when every neuron keeps b bits.

    .. math:: r = \\frac{1}{1 - D_b}\\, F^{\\mathsf T} q(F a), \\qquad \\text{false alarms} = (m - l)\\,
              P\\Bigl(t > \\frac{(1 - D_b)\\, \\theta}{|q(x)|}\\Bigr)

    Parameters
    ----------
    n : int
        Neurons, at least 2.
    m : int
        Features, at least 1; costs nothing.
    n_active : int
        l, features active at once, each with activation 1; 1 to m. Each trial takes of the order of n l steps.
    bits : int or None
        b, 1 to 12, of the Lloyd–Max quantiser for values of variance l/n; None leaves the neurons as they are.
    trials : int
        Active sets to draw, each with a fresh code; at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    threshold : float
        θ, in the unit of the activations.
    rescale : bool
        Whether readouts are divided by 1 - D_b.

    Returns
    -------
    QuantisedErrors
        Means per trial; standard errors of errors and misses are not below 1 / trials.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law.* The directions of absent features are independent of the quantised neurons, so their false alarms
    are known in closed form given the length of q(x); present ones are drawn and counted.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> full, one = (quantised_errors(1024, 10**6, 8, bits, 200, rng).errors for bits in (None, 1))
    >>> full < 0.1 < one
    True
    """
    n, m, trials = integer("n", n, low=2), integer("m", m), integer("trials", trials, low=2)
    n_active, rng, threshold = integer("n_active", n_active, high=m), generator(rng), real("threshold", threshold)
    quantiser = None if bits is None else gaussian_quantiser(bits)
    scale = 1 / (1 - quantiser.distortion) if quantiser and rescale else 1.0
    values = np.empty((4, trials))

    def alter(x):
        return x if quantiser is None else quantiser(x, math.sqrt(n_active / n))

    for part, due in parts(trials, slices, BLOCK // (n * n_active)):
        length, present = altered_readouts(n, n_active, alter, part.stop - part.start, rng)
        present *= scale
        false_alarms = (m - n_active) * alarm_chance(threshold / scale, length, n)
        misses = np.count_nonzero(present <= threshold, axis=1)
        values[:, part] = false_alarms + misses, false_alarms, misses, present.mean(axis=1)
        if due:
            done = part.stop
            means, errors = mean_and_error(values[:, :done])
            errors[[0, 2]] = np.maximum(errors[[0, 2]], 1 / done)
            yield done / trials, estimates(QuantisedErrors, means, errors, done)


def _normal(x):
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def _cells(q):
    """Borders from 0 to infinity around outputs above 0, the chance of each cell, and its centroid."""
    e = np.concatenate([[0], (q[1:] + q[:-1]) / 2, [np.inf]])
    tail = special.ndtr(-e)
    mass = tail[:-1] - tail[1:]
    return e, mass, -np.diff(_normal(e)) / mass

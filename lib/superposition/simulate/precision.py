"""Neurons of few bits: the best quantiser of a Gaussian, and reading features from quantised neurons."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import linalg, special

from superposition.arguments import generator, integer, real
from superposition.codes import random_code
from superposition.simulate.levels import _crossing
from superposition.simulate.readout import LargestActive, _mean_and_error, _ratio, _tail

_BLOCK = 2**20
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


@dataclass(frozen=True)
class QuantisedErrors:
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


def quantised_errors(n, m, n_active, bits, trials, rng, threshold=0.5, rescale=True):
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
    *_, (_, result) = quantised_error_slices(n, m, n_active, bits, trials, rng, threshold, rescale, slices=1)
    return result


def quantised_error_slices(n, m, n_active, bits, trials, rng, threshold=0.5, rescale=True, slices=20):
    """The result of `quantised_errors` as it builds up, for progress bars and event loops.

    Parameters
    ----------
    n, m, n_active, bits, trials, rng, threshold, rescale
        As for `quantised_errors`.
    slices : int
        How many parts of about equal length the work is cut into, at least 1.

    Yields
    ------
    tuple of float and QuantisedErrors
        Fraction of the trials done, result so far.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range; when the first slice is asked for.

    Examples
    --------
    >>> parts = quantised_error_slices(64, 100, 2, 3, 40, np.random.default_rng(0), slices=2)
    >>> [fraction for fraction, result in parts]
    [0.5, 1.0]
    """
    n, m, trials, slices = (
        integer("n", n, low=2),
        integer("m", m),
        integer("trials", trials, low=2),
        integer("slices", slices),
    )
    n_active, rng, threshold = integer("n_active", n_active, high=m), generator(rng), real("threshold", threshold)
    quantiser = None if bits is None else gaussian_quantiser(bits)
    scale = 1 / (1 - quantiser.distortion) if quantiser and rescale else 1.0
    block = min(math.ceil(trials / slices), max(1, _BLOCK // (n * n_active)))
    values, done, reported = np.empty((4, trials)), 0, 0
    while done < trials:
        part = slice(done, min(done + block, trials))
        size = part.stop - done
        rows = random_code(n, size * n_active, rng).T.reshape(size, n_active, n)
        x = rows.sum(axis=1)
        kept = x if quantiser is None else quantiser(x, math.sqrt(n_active / n))
        present = scale * np.einsum("bln,bn->bl", rows, kept)
        alarm = _tail(_ratio(threshold / scale, np.linalg.norm(kept, axis=1)), n)
        false_alarms, misses = (m - n_active) * alarm, np.count_nonzero(present <= threshold, axis=1)
        values[:, part] = false_alarms + misses, false_alarms, misses, present.mean(axis=1)
        done = part.stop
        if done == trials or ((done - reported) * slices >= trials and done >= 2):
            reported = done
            means, errors = _mean_and_error(values[:, :done], 1)
            errors[[0, 2]] = np.maximum(errors[[0, 2]], 1 / done)
            yield done / trials, QuantisedErrors(*np.ravel([means, errors], order="F").tolist(), done)


def supported_active(n, m, bits, allowed, trials, rng, start=1):
    """The number of active features at which the errors from quantised neurons reach a given mean, by simulation.

    Parameters
    ----------
    n, m, bits
        Neurons, features and bits per neuron, as for `quantised_errors`.
    allowed : float
        Mean number of wrong readouts, over all m features, that is still allowed; above 0 and below m/2.
    trials : int
        Active sets to draw at each l tried, at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    start : int
        l to start the search at, 1 to m - 1; near the answer it saves time.

    Returns
    -------
    LargestActive
        l as a real number between the two integers of the bracket, or continued below 1 where even one is too many.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law* but for the interpolation, which takes the normal quantile of the share of wrong readouts as linear in
    1/sqrt(l), as it is for Gaussian noise. It takes the errors to grow with l.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> [round(supported_active(1024, 10**4, bits, 0.1, 100, rng, start=12).n_active) for bits in (1, 8)]
    [9, 14]
    """
    n, m, trials = integer("n", n, low=2), integer("m", m, low=3), integer("trials", trials, low=2)
    allowed, low = real("allowed", allowed, 0, m / 2, "()"), integer("start", start, high=m - 1)
    tried = {}

    def errors(n_active):
        if n_active not in tried:
            result = quantised_errors(n, m, n_active, bits, trials, rng)
            tried[n_active] = result.errors, result.errors_se
        return tried[n_active]

    while low > 1 and errors(low)[0] > allowed:
        low -= 1
    while low + 2 < m and errors(low + 1)[0] <= allowed:
        low += 1
    ends = (low, low + 1)
    found, se = _crossing([1 / math.sqrt(end) for end in ends], [errors(end) for end in ends], allowed, m)
    return LargestActive(found**-2, 2 * se * abs(found) ** -3, ends)


def _normal(x):
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def _cells(q):
    """Borders from 0 to infinity around outputs above 0, the chance of each cell, and its centroid."""
    e = np.concatenate([[0], (q[1:] + q[:-1]) / 2, [np.inf]])
    tail = special.ndtr(-e)
    mass = tail[:-1] - tail[1:]
    return e, mass, -np.diff(_normal(e)) / mass

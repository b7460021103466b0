"""Neurons with noise of their own: read in superposition, and as dense floats that each hold one number."""

import math
from dataclasses import dataclass

import numpy as np

from superposition.arguments import generator, integer, real
from superposition.codes import random_code
from superposition.simulate.levels import _crossing
from superposition.simulate.readout import LargestActive, _mean_and_error, _ratio, _tail

# Array entries worked on at a time: 8 MiB in double precision.
_BLOCK = 2**20


@dataclass(frozen=True)
class NoisyErrors:
    """Wrong readings per trial, from neurons with noise of their own.

    Attributes
    ----------
    errors : float
        mean per trial.
    errors_se : float
        its standard error.
    trials : int
        trials drawn.
    """

    errors: float
    errors_se: float
    trials: int


def dense_errors(n, n_levels, snr, trials, rng):
    """Wrong levels among n noisy neurons that each hold one of K equally spaced levels, all used equally often.

    .. math:: y_j = x_j + N(0, 1/S), \\qquad x_j \\in \\{k g - \\tfrac12 (K - 1) g\\}, \\qquad E x_j^2 = 1

    Parameters
    ----------
    n : int
        Neurons.
    n_levels : int
        K, levels of a neuron, at least 2.
    snr : float
        S, mean square of a neuron's value over the variance of its noise, above 0.
    trials : int
        Readings of all n neurons, at least 2.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    NoisyErrors
        Per reading of all n neurons; the standard error is not below 1 / trials.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    Brute force, with nearest-level decoding.

    Examples
    --------
    >>> found = dense_errors(100, 4, 20.0, 500, np.random.default_rng(0))
    >>> abs(found.errors - 3.41) < 5 * found.errors_se
    True
    """
    n, n_levels, trials = integer("n", n), integer("n_levels", n_levels, low=2), integer("trials", trials, low=2)
    snr, rng = real("snr", snr, 0, math.inf, "()"), generator(rng)
    gap = math.sqrt(12 / (n_levels**2 - 1))
    wrong, block = np.empty(trials), max(1, _BLOCK // n)
    for start in range(0, trials, block):
        size = (min(block, trials - start), n)
        level = rng.integers(n_levels, size=size)
        heard = level + rng.standard_normal(size) / (gap * math.sqrt(snr))
        found = np.clip(np.rint(heard), 0, n_levels - 1)
        wrong[start : start + size[0]] = np.count_nonzero(found != level, axis=1)
    return _noisy(wrong)


def superposed_errors(n, m, n_active, snr, trials, rng, threshold=0.5):
    """Wrong readouts of all m features of a random code, from neurons with noise of their own.

    .. math:: r = F^{\\mathsf T} (F a + w), \\qquad w_j \\sim N\\bigl(0, \\tfrac{l}{n S}\\bigr)

    Parameters
    ----------
    n : int
        Neurons.
    m : int
        Features, at least 1; costs nothing.
    n_active : int
        l, features active at once, each with activation 1; 1 to m. Each trial takes of the order of n l steps.
    snr : float
        S, mean square of a neuron's value, l/n, over the variance of its noise, above 0.
    trials : int
        Active sets to draw, each with a fresh code; at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    threshold : float
        θ, in the unit of the activations.

    Returns
    -------
    NoisyErrors
        Per reading of all m features; the standard error is not below 1 / trials.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law.* The directions of absent features are independent of the noisy neurons, so their false alarms are known
    in closed form given the length of the neurons' state; present features are drawn and counted.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> quiet, loud = (superposed_errors(1024, 10**6, 5, snr, 100, rng).errors for snr in (100.0, 1.0))
    >>> quiet < 0.05 < loud
    True
    """
    n, m, trials = integer("n", n), integer("m", m), integer("trials", trials, low=2)
    n_active, rng = integer("n_active", n_active, high=m), generator(rng)
    snr, threshold = real("snr", snr, 0, math.inf, "()"), real("threshold", threshold)
    wrong, block = np.empty(trials), max(1, _BLOCK // (n * n_active))
    for start in range(0, trials, block):
        size = min(block, trials - start)
        rows = random_code(n, size * n_active, rng).T.reshape(size, n_active, n)
        x = rows.sum(axis=1) + math.sqrt(n_active / (n * snr)) * rng.standard_normal((size, n))
        present = np.einsum("bln,bn->bl", rows, x)
        alarm = _tail(_ratio(threshold, np.linalg.norm(x, axis=1)), n)
        misses = np.count_nonzero(present <= threshold, axis=1)
        wrong[start : start + size] = (m - n_active) * alarm + misses
    return _noisy(wrong)


def supported_noisy(n, m, snr, allowed, trials, rng, start=1):
    """The number of active features at which the errors from noisy neurons reach a given mean, by simulation.

    Parameters
    ----------
    n, m, snr
        Neurons, features and signal-to-noise ratio of a neuron, as for `superposed_errors`.
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
    >>> [round(supported_noisy(1024, 10**4, snr, 0.1, 100, rng, start=8).n_active) for snr in (1.0, 100.0)]
    [7, 14]
    """
    n, m, trials = integer("n", n), integer("m", m, low=3), integer("trials", trials, low=2)
    allowed, low = real("allowed", allowed, 0, m / 2, "()"), integer("start", start, high=m - 1)
    tried = {}

    def errors(n_active):
        if n_active not in tried:
            result = superposed_errors(n, m, n_active, snr, trials, rng)
            tried[n_active] = result.errors, result.errors_se
        return tried[n_active]

    while low > 1 and errors(low)[0] > allowed:
        low -= 1
    while low + 2 < m and errors(low + 1)[0] <= allowed:
        low += 1
    ends = (low, low + 1)
    found, se = _crossing([1 / math.sqrt(end) for end in ends], [errors(end) for end in ends], allowed, m)
    return LargestActive(found**-2, 2 * se * abs(found) ** -3, ends)


def _noisy(wrong):
    trials = len(wrong)
    mean, error = _mean_and_error(wrong[None], 1)
    return NoisyErrors(float(mean[0]), max(float(error[0]), 1 / trials), trials)

"""Neurons with noise of their own: read in superposition, and as dense floats that each hold one number."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from superposition.arguments import generator, integer, real
from superposition.results import Result
from superposition.simulate import chains
from superposition.simulate.trials import BLOCK, estimates, mean_and_error, parts


@dataclass(frozen=True, repr=False)
class NoisyErrors(Result):
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


def dense_errors(n: int, n_levels: int, snr: float, trials: int, rng: Generator) -> NoisyErrors:
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
    wrong = np.empty(trials)
    for part, _ in parts(trials, at_most=BLOCK // n):
        size = (part.stop - part.start, n)
        level = rng.integers(n_levels, size=size)
        heard = level + rng.standard_normal(size) / (gap * math.sqrt(snr))
        found = np.clip(np.rint(heard), 0, n_levels - 1)
        wrong[part] = np.count_nonzero(found != level, axis=1)
    return _noisy(wrong)


def superposed_errors(
    n: int, m: int, n_active: int, snr: float, trials: int, rng: Generator, n_levels: int = 2, threshold: float = 0.5
) -> NoisyErrors:
    """Wrong readouts of all m features of a random code, from neurons with noise of their own.

    .. math:: r = F^{\\mathsf T} (F a + w), \\qquad w_j \\sim N\\bigl(0, \\tfrac{l\\, E a_i^2}{n S}\\bigr)

    Parameters
    ----------
    n : int
        Neurons.
    m : int
        Features, at least 1; costs nothing.
    n_active : int
        l, features active at once, 1 to m. Each trial takes of the order of l² steps.
    snr : float
        S, mean square of a neuron's value over the variance of its noise, above 0.
    trials : int
        Active sets to draw, each with a fresh code; at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    n_levels : int
        K, levels from 0 to 1, at least 2; the active features use those above 0 equally often.
    threshold : float
        θ: how far above a level, in gaps between levels, a readout is taken for the next one.

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
    in closed form given the length of the neurons' state; present features are drawn and counted. `chains.noisy` is the
    declaration.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> quiet, loud = (superposed_errors(1024, 10**6, 5, snr, 100, rng).errors for snr in (100.0, 1.0))
    >>> quiet < 0.05 < loud
    True
    """
    n, m, trials = integer("n", n), integer("m", m), integer("trials", trials, low=2)
    n_active, n_levels = integer("n_active", n_active, high=m), integer("n_levels", n_levels, low=2)
    snr, threshold, rng = real("snr", snr, 0, math.inf, "()"), real("threshold", threshold), generator(rng)
    drawn = chains.noisy.sample(rng, trials, n=n, m=m, l=n_active, S=snr, K=n_levels, theta=threshold)
    return _noisy(drawn["errors"])


def _noisy(wrong):
    means, errors = mean_and_error(wrong[None])
    return estimates(NoisyErrors, means, np.maximum(errors, 1 / len(wrong)), len(wrong))

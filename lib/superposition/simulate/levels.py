"""Reading features that are active at one of several levels, from random codes.

With K levels a feature is active at one of A/(K - 1), 2 A/(K - 1), ..., A; level 0 means absent. Every one of the m
readouts is rounded to the nearest of the K levels. An absent feature decoded above level 0 is a *false alarm*, a
present one decoded to any level but its own is *misread*.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from superposition.arguments import finite_matrix, generator, integer, real
from superposition.codes import Code
from superposition.results import Result
from superposition.simulate import chains
from superposition.simulate.active import active_sets
from superposition.simulate.limits import crossing_of_errors
from superposition.simulate.trials import Slices, estimates, mean_and_error, parts, sliced

_USES = ("largest", "uniform")


@dataclass(frozen=True, repr=False)
class LevelErrors(Result):
    """Wrongly decoded levels per trial when all m features are read, with standard errors.

    Attributes
    ----------
    errors, errors_se : float
        all wrong levels.
    false_alarms, false_alarms_se : float
        absent read present.
    misread, misread_se : float
        present, other level.
    trials : int
        active sets drawn.
    """

    errors: float
    errors_se: float
    false_alarms: float
    false_alarms_se: float
    misread: float
    misread_se: float
    trials: int


def nearest_levels(readouts: ArrayLike, n_levels: int, amplitude: float = 1.0) -> NDArray:
    """Number of the level, 0 to K - 1, that is nearest to each readout.

    .. math:: k = \\min\\bigl(\\max\\bigl(\\operatorname{round}\\bigl(r (K - 1)/A\\bigr),\\, 0\\bigr),\\, K - 1\\bigr)

    Parameters
    ----------
    readouts : array_like
        r, of any shape.
    n_levels : int
        K, at least 2.
    amplitude : float
        A > 0, the highest level.

    Returns
    -------
    numpy.ndarray
        Integers, of the shape of `readouts`.

    Raises
    ------
    TypeError, ValueError
        If a number is not in its range.

    Notes
    -----
    *Exact*. Levels are equally spaced on [0, A]; what lies outside goes to the end it lies beyond.

    Examples
    --------
    >>> nearest_levels([-0.3, 0.3, 0.8, 1.7], 3)
    array([0, 1, 2, 2])
    """
    gaps = integer("n_levels", n_levels, low=2) - 1
    steps = np.rint(np.asarray(readouts) * (gaps / real("amplitude", amplitude, 0, math.inf, "()")))
    return np.clip(steps, 0, gaps).astype(np.int64)


def level_errors(
    code: Code, n_active: int, n_levels: int, trials: int, rng: Generator, use: str = "uniform", amplitude: float = 1.0
) -> LevelErrors:
    """Wrongly decoded levels among all m features of any code, by brute force.

    .. math:: r = F^{\\mathsf T} F a, \\qquad a_i \\in \\Bigl\\{\\tfrac{A}{K-1}, \\dots, A\\Bigr\\} \\text{ where active}

    Parameters
    ----------
    code : array_like or callable
        A code F of shape (n, m), the same in every trial; or a function ``rng -> F`` called for every trial.
    n_active : int
        l, features active at once, 1 to m.
    n_levels : int
        K, at least 2, the level 0 among them.
    trials : int
        Active sets to draw, uniformly among all sets of l features; at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    use : str
        ``"uniform"``: each active feature takes one of the K - 1 levels above 0 at random; ``"largest"``: all are at A.
    amplitude : float
        A > 0.

    Returns
    -------
    LevelErrors
        Means per trial; standard errors are not below 1 / trials.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law*, as precise as the standard errors say: for one given code these are conditional on it.

    Examples
    --------
    >>> from superposition.codes import random_code
    >>> rng = np.random.default_rng(0)
    >>> found = level_errors(lambda rng: random_code(256, 500, rng), 3, 3, 200, rng)
    >>> 0 < found.errors < 10
    True
    """
    n_active, gaps, rng = integer("n_active", n_active), integer("n_levels", n_levels, low=2) - 1, generator(rng)
    trials, amplitude = integer("trials", trials, low=2), real("amplitude", amplitude, 0, math.inf, "()")
    _check_use(use)
    counts = np.empty((2, trials))
    F = None if callable(code) else finite_matrix("code", code)
    for trial in range(trials):
        columns = finite_matrix("code", code(rng)) if F is None else F
        m = columns.shape[1]
        active = active_sets(m, integer("n_active", n_active, high=m), 1, rng)[0]
        level = np.zeros(m, int)
        level[active] = _levels(use, gaps, n_active, rng)
        x = columns[:, active] @ (level[active] * (amplitude / gaps))
        wrong = nearest_levels(columns.T @ x, gaps + 1, amplitude) != level
        misread = np.count_nonzero(wrong[active])
        counts[:, trial] = np.count_nonzero(wrong) - misread, misread
    return _result(counts, 1 / trials)


def random_code_level_errors(
    n: int, m: int, n_active: int, n_levels: int, trials: int, rng: Generator, use: str = "uniform"
) -> LevelErrors:
    """Wrongly decoded levels among all m features of a random code, without ever forming a direction.

    .. math:: \\text{false alarms} = (m - l)\\, P\\Bigl(t > \\frac{\\theta}{|x|}\\Bigr), \\qquad
              \\text{misread} = l\\, (1 + [a_i < A])\\, P\\Bigl(t > \\frac{\\theta}{|x - a_i f_i|}\\Bigr), \\qquad
              \\theta = \\frac{A}{2 (K - 1)}

    Parameters
    ----------
    n : int
        Neurons, at least 1.
    m : int
        Features, at least 1; costs nothing.
    n_active : int
        l, features active at once, 1 to m. Each trial takes of the order of l steps.
    n_levels : int
        K, at least 2, the level 0 among them.
    trials : int
        Active sets to draw, each with a fresh code; at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    use : str
        ``"uniform"``: each active feature takes one of the K - 1 levels above 0 at random; ``"largest"``: all are at A.

    Returns
    -------
    LevelErrors
        The quantities of `level_errors` for ``random_code(n, m, rng)`` drawn afresh in each trial; they do not depend on A.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law.* Given x, the directions of absent features are uniform and independent, so the expected number of
    false alarms is known in closed form; of a present feature the same is true given the sum of the others. Both
    need lengths only, and the length of a sum of random directions is a walk of its own: with t an independent
    overlap, :math:`|x + a f|^2 = |x|^2 + 2 a |x| t + a^2`. `chains.levels` is the declaration.

    Examples
    --------
    >>> found = random_code_level_errors(4096, 10**9, 5, 3, 500, np.random.default_rng(0))
    >>> 0 < found.errors_se < found.errors < 1
    True
    """
    n, m, trials = integer("n", n), integer("m", m), integer("trials", trials, low=2)
    n_active, gaps, rng = (
        integer("n_active", n_active, high=m),
        integer("n_levels", n_levels, low=2) - 1,
        generator(rng),
    )
    _check_use(use)
    return _result(_expected(n, m, n_active, gaps, trials, rng, use), 0.0)


@dataclass(frozen=True, repr=False)
class LargestLevels(Result):
    """How many levels can be told apart before errors exceed a level of their own.

    Attributes
    ----------
    n_levels : float
        K, between integers.
    n_levels_se : float
        its standard error.
    bracket : tuple of int
        K tried around.
    trials : int
        active sets each.
    """

    n_levels: float
    n_levels_se: float
    bracket: tuple[int, int]
    trials: int


@sliced
def largest_levels(
    n: int, m: int, n_active: int, allowed: float, trials: int, rng: Generator, use: str = "uniform", *, slices: int
) -> Slices[LargestLevels]:
    """The number of levels at which the errors of a random code reach a given mean, by simulation.

    Parameters
    ----------
    n, m, n_active
        Neurons, features and active features, as for `random_code_level_errors`.
    allowed : float
        Mean number of wrong levels, over all m features, that is still allowed; above 0 and below m/2.
    trials : int
        Active sets to draw at each of the two K around the answer, at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    use : str
        ``"uniform"`` or ``"largest"``, as for `random_code_level_errors`.

    Returns
    -------
    LargestLevels
        K as a real number between the two integers of the bracket. Where even two levels make more errors
        than allowed, the line through the first two is continued below 2, at most down to 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law* but for the interpolation, which takes the normal quantile of the share of wrong readouts as linear
    in the ratio of half a gap to the noise, as it is for Gaussian noise. The two K are chosen from other trials than those
    that the answer rests on.

    *Coverage measured* of 1.96 standard errors about the answer at 100,000 trials, on five layers with 1 to 30 active
    features at 200 and 600 trials: 93 to 96 %.

    Examples
    --------
    >>> found = largest_levels(8192, 10**4, 8, 0.1, 500, np.random.default_rng(0), use="largest")
    >>> print(f"{found.n_levels:.1f}", found.bracket)
    4.8 (4, 5)
    """
    n, m, trials = integer("n", n), integer("m", m), integer("trials", trials, low=2)
    n_active, rng = integer("n_active", n_active, high=m), generator(rng)
    allowed = real("allowed", allowed, 0, m / 2, "()")
    _check_use(use)

    def errors(gaps, size):
        return _expected(n, m, n_active, gaps, size, rng, use).sum(axis=0)

    few, gaps = max(2, trials // 10), 1
    while errors(gaps + 1, few).mean() <= allowed:
        gaps += 1
    ends, errors_at = (gaps, gaps + 1), np.empty((2, trials))
    for part, due in parts(trials, slices):
        for row, end in enumerate(ends):
            errors_at[row, part] = errors(end, part.stop - part.start)
        if due:
            done = part.stop
            measured = np.transpose(mean_and_error(errors_at[:, :done]))
            place, se = crossing_of_errors([_ratio_of(use, end) for end in ends], measured, allowed, m)
            slope = (_gaps_of(use, place + 1e-6) - _gaps_of(use, place - 1e-6)) / 2e-6
            found = max(1.0, 1 + _gaps_of(use, place))
            yield done / trials, LargestLevels(found, abs(slope) * se, (gaps + 1, gaps + 2), done)


def decoded_values(
    n: int, n_active: int, value: ArrayLike, trials: int, rng: Generator, amplitude: float = 1.0
) -> NDArray:
    """Readouts of one active feature while the others take any value up to A.

    .. math:: r = a + |y|\\, t, \\qquad y = \\sum_{l - 1 \\text{ others}} a_i f_i, \\quad a_i \\sim U(0, A)

    Parameters
    ----------
    n : int
        Neurons, at least 1.
    n_active : int
        l, features active at once, the one that is read among them; at least 1.
    value : float or array_like
        a, the true activation of the feature that is read: one number, or one for each trial.
    trials : int
        Readouts to draw, each from a fresh random code.
    rng : numpy.random.Generator
        Source of randomness.
    amplitude : float
        A > 0, the largest value of the others.

    Returns
    -------
    numpy.ndarray
        Readouts r, shape (trials,).

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law.*

    Examples
    --------
    >>> r = decoded_values(1024, 13, 0.3, 20_000, np.random.default_rng(0))
    >>> print(r.mean().round(3), r.std().round(3))
    0.3 0.063
    """
    n, n_active, trials = integer("n", n), integer("n_active", n_active), integer("trials", trials)
    amplitude, rng = real("amplitude", amplitude, 0, math.inf, "()"), generator(rng)
    return np.broadcast_to(value, trials) + chains.decoded.sample(rng, trials, n=n, l=n_active, A=amplitude)["noise"]


def _check_use(use):
    if use not in _USES:
        raise ValueError(f"use must be 'largest' or 'uniform', got {use!r}")


def _levels(use, gaps, shape, rng):
    """Levels, 1 to K - 1, of the active features."""
    return np.full(shape, gaps, np.int64) if use == "largest" else rng.integers(1, gaps, shape, endpoint=True)


def _expected(n, m, n_active, gaps, trials, rng, use):
    """False alarms and misread features expected in each trial, shape (2, trials)."""
    largest = int(use == "largest")
    drawn = chains.levels.sample(rng, trials, n=n, m=m, l=n_active, K=gaps + 1, largest=largest, shown=1)
    return np.stack([drawn["false_alarms"], drawn["misread"]])


def _result(counts, least):
    trials = counts.shape[1]
    means, errors = mean_and_error(np.stack([counts.sum(axis=0), *counts]))
    return estimates(LevelErrors, means, np.maximum(errors, least), trials)


def _ratio_of(use, gaps):
    """Half a gap over the noise, in units of its value with one gap and everything at A."""
    return 1 / gaps if use == "largest" else math.sqrt(6 / ((gaps + 1) * (2 * gaps + 1)))


def _gaps_of(use, ratio):
    """Inverse of `_ratio_of`."""
    return 1 / ratio if use == "largest" else (math.sqrt(1 + 48 / ratio**2) - 3) / 4

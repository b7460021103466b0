"""Reading all m features from n neurons while some are active: errors, crosstalk, worst sets, capacity.

A set of `n_active` features is active, each with activation `amplitude`: the activation vector is
x = F a, the readout r = Fᵀ x. A feature is read as present if its readout is above the threshold; an
absent feature read as present is a *false alarm*, a present one not read as present is a *miss*.
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy import sparse, special

from superposition.arguments import finite_matrix, generator, integer, real
from superposition.codes import Code, coherence
from superposition.draws import overlap_tail
from superposition.results import Result
from superposition.simulate import chains
from superposition.simulate.active import active_sets
from superposition.simulate.trials import BLOCK, Reports, Slices, estimates, mean_and_error, parts, sliced
from superposition.threads import one_thread


@dataclass(frozen=True, repr=False)
class ReadoutErrors(Result):
    """Wrong readouts per trial when all m features are read, with standard errors.

    Where errors are counted, a standard error is never below 1 / trials: that none was seen is known
    no better than that one was seen.

    Attributes
    ----------
    errors, errors_se : float
        all wrong readouts.
    false_alarms, false_alarms_se : float
        absent read present.
    misses, misses_se : float
        present read absent.
    any_error, any_error_se : float
        chance of any.
    trials : int
        active sets drawn.
    """

    errors: float
    errors_se: float
    false_alarms: float
    false_alarms_se: float
    misses: float
    misses_se: float
    any_error: float
    any_error_se: float
    trials: int


@sliced
def readout_errors(
    code: Code,
    n_active: int,
    trials: int,
    rng: Generator,
    threshold: float = 0.5,
    amplitude: float = 1.0,
    sets_per_code: int = 1,
    *,
    slices: int,
) -> Slices[ReadoutErrors]:
    """Wrong readouts of all m features of any code, by brute force.

    .. math:: r = F^{\\mathsf T} F a, \\qquad
              \\text{false alarm: } a_i = 0,\\ r_i > \\theta, \\qquad \\text{miss: } a_i = A,\\ r_i \\le \\theta

    Parameters
    ----------
    code : array_like or callable
        A code F of shape (n, m), the same in every trial; or a function ``rng -> F`` that draws one.
        Columns are used as they are.
    n_active : int
        l, features active at once, 1 to m.
    trials : int
        Active sets to draw, uniformly among all sets of l features; at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    threshold : float
        θ, in the unit of the activations.
    amplitude : float
        A > 0, the activation of each active feature.
    sets_per_code : int
        Active sets tried on each code drawn. Standard errors then rest on the means of the codes, since sets
        on one code are not independent. Divides `trials`, at most half of it.

    Returns
    -------
    ReadoutErrors
        Means per trial, over all m features.

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
    >>> result = readout_errors(lambda rng: random_code(128, 500, rng), 3, 200, rng)
    >>> 0 < result.errors < 1
    True
    """
    trials, threshold = integer("trials", trials, low=2), real("threshold", threshold)
    together = integer("sets_per_code", sets_per_code, high=trials // 2)
    counts, done, reports = np.empty((2, trials)), 0, Reports(trials, slices, together)
    for _, active, r in _trials(code, n_active, trials, rng, amplitude, together, math.ceil(trials / slices)):
        hits = np.count_nonzero(np.take_along_axis(r, active, axis=1) > threshold, axis=1)
        part = slice(done, done + len(active))
        counts[:, part] = np.count_nonzero(r > threshold, axis=1) - hits, active.shape[1] - hits
        done = part.stop
        if reports.due(done):
            false_alarms, misses = counts[:, :done]
            wrong = false_alarms + misses
            means, errors = mean_and_error(np.stack([wrong, false_alarms, misses, wrong > 0]), together)
            yield done / trials, estimates(ReadoutErrors, means, np.maximum(errors, 1 / done), done)


@sliced
def random_code_errors(
    n: int,
    m: int,
    n_active: int,
    trials: int,
    rng: Generator,
    threshold: float = 0.5,
    amplitude: float = 1.0,
    *,
    slices: int,
) -> Slices[ReadoutErrors]:
    """Wrong readouts of all m features of a random code, without ever forming its m columns.

    .. math:: \\text{false alarms} = (m - l)\\, P\\Bigl(t > \\frac{\\theta}{|x|}\\Bigr), \\qquad
              P(t > s) = \\tfrac12 I_{1-s^2}\\bigl(\\tfrac{n-1}{2}, \\tfrac12\\bigr)

    Parameters
    ----------
    n : int
        Neurons, at least 1.
    m : int
        Features, at least 1. Costs nothing: 10**12 and beyond are as fast as 10.
    n_active : int
        l, features active at once, 1 to m. Each trial takes of the order of l min(l, n) steps.
    trials : int
        Active sets to draw, each with a fresh code; at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    threshold : float
        θ, in the unit of the activations.
    amplitude : float
        A > 0, the activation of each active feature.

    Returns
    -------
    ReadoutErrors
        The quantities of `readout_errors` for ``random_code(n, m, rng)`` drawn afresh in each trial.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law.* Given the activation vector x, the directions of absent features are still uniform
    and independent, so their readouts are |x| t with independent t of the spherical law: the expected
    number of false alarms given x is (m - l) P(t > θ/|x|), the chance of none the power m - l of the complement.
    The readouts of the l present features are drawn through their Gram matrix, see `draws.Directions`, and the
    expected misses averaged over each one's direction in the same closed form. Only
    whether any present feature is missed is counted; while no draw has shown a miss, `any_error_se` includes
    what the expected misses allow. `chains.readouts` is the declaration.

    Examples
    --------
    >>> result = random_code_errors(1024, 10**12, 4, 1000, np.random.default_rng(0))
    >>> 0 < result.any_error <= result.errors < 0.1
    True
    """
    n, m, trials = integer("n", n), integer("m", m), integer("trials", trials, low=2)
    n_active, rng, threshold = integer("n_active", n_active, high=m), generator(rng), real("threshold", threshold)
    threshold /= real("amplitude", amplitude, 0, math.inf, "()")
    absent = float(m - n_active)
    values, missed = np.empty((4, trials)), 0
    for part, due in parts(trials, slices, BLOCK // (n_active * min(n, n_active))):
        size = part.stop - part.start
        drawn = chains.readouts.sample(rng, size, n=n, m=m, l=n_active, theta=threshold, shown=n_active)
        miss = (drawn["present"] <= threshold).any(axis=1)
        any_error = np.where(miss, 1.0, -np.expm1(special.xlog1py(absent, -drawn["alarm"])))
        values[:, part] = drawn["errors"], drawn["false_alarms"], drawn["misses"], any_error
        missed += np.count_nonzero(miss)
        if due:
            done = part.stop
            means, errors = mean_and_error(values[:, :done])
            if missed in (0, done):
                errors[3] = math.sqrt(errors[3] ** 2 + min(means[2], 1.0) / done)
            yield done / trials, estimates(ReadoutErrors, means, errors, done)


def crosstalk_tail(n: int, n_active: int, threshold: float = 0.5) -> float:
    """Probability that the crosstalk on one readout of a random code exceeds a threshold.

    .. math:: P\\Bigl(\\sum_{j=1}^{l} t_j > \\theta\\Bigr) = \\frac1{\\pi} \\int_0^\\infty \\mathrm{Re}\\,
              \\frac{\\bigl(\\mathrm{E}\\, e^{\\lambda t}\\bigr)^l e^{-\\lambda\\theta}}{\\lambda}\\, dy,
              \\qquad \\lambda = \\lambda_0 + i y

    Parameters
    ----------
    n : int
        Neurons, at least 2; with more than one active feature, at least 1 + 24/l.
    n_active : int
        l, features that add their independent overlaps t_j, each with activation 1.
    threshold : float
        θ, in (0, l).

    Returns
    -------
    float
        The chance of a false alarm at θ while l features are active. That of a miss at 1 - θ is the one with l - 1 of them.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact*, to about nine digits. Overlaps with one direction are independent, so the moment-generating function of their sum is
    the power l of one; it is inverted along the line through λ₀, near the point of steepest descent, by the trapezoidal
    rule, whose error is exponentially small. In fewer dimensions the integrand falls off too slowly.

    Examples
    --------
    >>> round(crosstalk_tail(3, 12), 4)
    0.4025
    >>> crosstalk_tail(1024, 10) < 1e-6
    True
    """
    n_active, n = integer("n_active", n_active), integer("n", n, low=2)
    threshold = real("threshold", threshold, 0, n_active, "()")
    if n_active == 1:
        return float(overlap_tail(sp.Float(threshold), sp.Integer(n)))
    integer("n", n, low=1 + math.ceil(24 / n_active))
    mean, spread = threshold / n_active, math.sqrt(n_active / n)
    tilt = max(n * mean / (1 - mean**2), 1 / spread)
    # what the trapezoidal rule adds comes from this far off, where the tilted law has nothing left
    step = 2 * math.pi / (2 * threshold + min(n_active, 12 * spread) + 40 / tilt)
    peak = math.acos(2 * tilt / (n + math.hypot(n, 2 * tilt)))
    low, high = max(0.0, peak - 14 / math.sqrt(n)), min(math.pi, peak + 14 / math.sqrt(n))
    nodes, weights = _gauss_nodes(400)
    angles = low + (high - low) * (nodes + 1) / 2
    t = np.cos(angles)
    logs = (n - 2) * np.log(np.sin(angles)) + tilt * t
    weighted = weights * (high - low) / 2 * np.exp(logs - logs.max())
    mass = weighted.sum()
    scale = n_active * (math.log(mass) + logs.max() - special.betaln((n - 1) / 2, 0.5)) - tilt * threshold
    # exp(iyt) at y = step (16 j + k) is a product of one factor for j and one for k
    places = np.arange(16)
    fine = np.exp(1j * np.outer(t, step * places))
    coarse = np.exp(1j * np.outer(16 * step * places, t)) * (weighted / mass)

    def along(y):
        return (
            ((coarse * np.exp(1j * y[0] * t)) @ fine).ravel() ** n_active
            * np.exp(-1j * y * threshold)
            / (tilt + 1j * y)
        )

    return inverted(along, scale, step, 256, 1e-11)


def inverted(
    along: Callable[[NDArray], NDArray], logarithm: float, step: float, at_once: int, precision: float
) -> float:
    """Tail probability from a generating function along a line of constant real part, by the trapezoidal rule.

    Parameters
    ----------
    along : callable
        ``y -> values`` of the integrand at so many places up the line, but for the factor that `logarithm` is of.
    logarithm : float
        Natural logarithm of that factor.
    step : float
        Between two places.
    at_once : int
        Places that are asked for in one call.
    precision : float
        Of the sum: it ends where the last value no longer adds to it.
    """
    total, done = 0.0, 0
    while True:
        values = along(step * np.arange(done, done + at_once))
        total += values.real.sum() - (values[0].real / 2 if done == 0 else 0)
        done += at_once
        if 256 * abs(values[-1]) < precision * abs(total):
            return float(np.exp(logarithm + math.log(total * step / math.pi)))


@functools.cache
def _gauss_nodes(count):
    return np.polynomial.legendre.leggauss(count)


def readouts(
    code: Code, n_active: int, trials: int, rng: Generator, amplitude: float = 1.0, sets_per_code: int = 1
) -> tuple[NDArray, NDArray]:
    """Readouts of present and of absent features, for histograms.

    Parameters
    ----------
    code : array_like or callable
        A code F of shape (n, m), or a function ``rng -> F`` that draws one.
    n_active : int
        l, features active at once, 1 to m.
    trials : int
        Active sets to draw, at least 1.
    rng : numpy.random.Generator
        Source of randomness.
    amplitude : float
        A > 0, the activation of each active feature.
    sets_per_code : int
        Active sets tried on each code drawn; divides `trials`.

    Returns
    -------
    present : numpy.ndarray
        Shape (trials, l).
    absent : numpy.ndarray
        Shape (trials, m - l).

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Examples
    --------
    >>> from superposition.codes import orthoplex
    >>> present, absent = readouts(orthoplex(2), 1, 1, np.random.default_rng(0))
    >>> present, np.sort(absent)
    (array([[1.]]), array([[-1.,  0.,  0.]]))
    """
    trials = integer("trials", trials)
    present, absent = [], []
    for _, active, r in _trials(code, n_active, trials, rng, amplitude, sets_per_code, trials):
        there, others = _split(active, r)
        present.append(there)
        absent.append(others)
    return np.concatenate(present), np.concatenate(absent)


@dataclass(frozen=True, repr=False)
class Crosstalk(Result):
    """Moments of what other features add to a readout, with standard errors.

    Attributes
    ----------
    absent_mean, absent_mean_se : float
        mean, absent features.
    absent_square, absent_square_se : float
        mean square, absent.
    present_mean, present_mean_se : float
        mean, present features.
    present_square, present_square_se : float
        mean square, present.
    trials : int
        active sets drawn.
    """

    absent_mean: float
    absent_mean_se: float
    absent_square: float
    absent_square_se: float
    present_mean: float
    present_mean_se: float
    present_square: float
    present_square_se: float
    trials: int


def crosstalk(
    code: Code, n_active: int, trials: int, rng: Generator, amplitude: float = 1.0, sets_per_code: int = 1
) -> Crosstalk:
    """Mean and mean square of the crosstalk on absent and on present features.

    Crosstalk is the readout of an absent feature, and for a present one the readout less its own part A |f_i|².

    Parameters
    ----------
    code : array_like or callable
        A code F of shape (n, m), or a function ``rng -> F`` that draws one.
    n_active : int
        l, features active at once, 1 to m - 1.
    trials : int
        Active sets to draw, at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    amplitude : float
        A > 0, the activation of each active feature.
    sets_per_code : int
        Active sets tried on each code drawn, as for `readout_errors`.

    Returns
    -------
    Crosstalk
        In units of A for the means, of A² for the mean squares.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law*. For random codes the means are 0 and the mean squares l/n and (l - 1)/n, in units of A².

    Examples
    --------
    >>> from superposition.codes import random_code
    >>> rng = np.random.default_rng(0)
    >>> found = crosstalk(lambda rng: random_code(50, 400, rng), 5, 2000, rng, sets_per_code=10)
    >>> abs(found.absent_square - 5 / 50) < 4 * found.absent_square_se
    True
    """
    trials = integer("trials", trials, low=2)
    moments = []
    for F, active, r in _trials(code, n_active, trials, rng, amplitude, sets_per_code, trials):
        present, absent = _split(active, r)
        if not absent.size:
            raise ValueError(f"n_active must be below m = {r.shape[1]}, so that some are absent, got {n_active}")
        present = present - amplitude * np.einsum("ij,ij->j", F, F)[active]
        moments.append([absent.mean(1), (absent**2).mean(1), present.mean(1), (present**2).mean(1)])
    return estimates(Crosstalk, *mean_and_error(np.concatenate(moments, axis=1), sets_per_code), trials)


@dataclass(frozen=True, repr=False)
class WorstSet(Result):
    """A set of active features on which the readout of one feature is wrong.

    Attributes
    ----------
    feature : int
        feature read wrongly; it is missed if it is among the active ones.
    active : tuple of int
        the active features.
    readout : float
        its wrong readout.
    """

    feature: int
    active: tuple[int, ...]
    readout: float


def adversarial_set(
    F: ArrayLike, feature: int | None = None, kind: str | None = None, threshold: float = 0.5
) -> WorstSet | None:
    """The smallest active set on which the readout of some feature is wrong, at unit amplitude.

    Parameters
    ----------
    F : array_like
        Code, shape (n, m), features as unit columns.
    feature : int, optional
        The feature to be read wrongly, 0 to m - 1; all are searched if it is not given.
    kind : str, optional
        ``"false alarm"``: the feature is absent and read as present; ``"miss"``: it is present and not read so. Both are searched
        if it is not given; at equal size the false alarm is returned.
    threshold : float
        θ, in (0, 1).

    Returns
    -------
    WorstSet or None
        Of the smallest sets, the one whose readout is furthest on the wrong side; its active features are
        in order of their part in the error, for a miss after the feature itself. None if every set is read
        right, however large.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact*: a readout is a sum of overlaps, so among the sets of l features the l largest overlaps with a
    column raise its readout most, and the most negative ones lower it most. The search takes the Gram matrix
    in blocks of rows: O(m² n) time, memory a few blocks.

    Examples
    --------
    >>> from superposition.codes import orthoplex, simplex
    >>> adversarial_set(simplex(7), kind="false alarm")
    >>> len(adversarial_set(simplex(7)).active)
    5
    >>> adversarial_set(orthoplex(3))
    WorstSet(feature=0, active=(0, 3), readout=0)
    """
    if kind is None:
        found = [adversarial_set(F, feature, kind, threshold) for kind in ("false alarm", "miss")]
        return min((worst for worst in found if worst), key=lambda worst: len(worst.active), default=None)
    columns = finite_matrix("F", F)
    m = columns.shape[1]
    threshold = real("threshold", threshold, 0, 1, "()")
    if kind not in ("false alarm", "miss"):
        raise ValueError(f"kind must be 'false alarm', 'miss' or None, got {kind!r}")
    searched = np.arange(m) if feature is None else np.array([integer("feature", feature, 0, m - 1)])
    sign = 1.0 if kind == "false alarm" else -1.0
    best, others = None, m
    for block in np.array_split(searched, math.ceil(len(searched) * m / BLOCK)):
        rows = np.arange(len(block))
        overlaps = columns[:, block].T @ columns
        own = overlaps[rows, block] if kind == "miss" else np.zeros(len(block))
        # A zero never comes before the readout turns wrong, so the feature itself never joins the set.
        overlaps[rows, block] = 0
        overlaps *= sign
        strongest = np.partition(overlaps, m - others, axis=1)[:, m - others :]
        readout = own[:, None] + sign * np.cumsum(np.sort(strongest, axis=1)[:, ::-1], axis=1)
        wrong = readout > threshold if kind == "false alarm" else readout <= threshold
        if not wrong.any():
            continue
        others = int(wrong.any(axis=0).argmax()) + 1
        reached = np.where(wrong[:, others - 1], sign * readout[:, others - 1], -np.inf)
        row = int(reached.argmax())
        if best is None or others < len(best[1]) or reached[row] > sign * best[2]:
            ranking = np.argsort(-overlaps[row], kind="stable")[:others]
            best = int(block[row]), ranking, float(readout[row, others - 1])
    if best is None:
        return None
    found, ranking, readout = best
    active = ranking.tolist() if kind == "false alarm" else [found, *ranking.tolist()]
    return WorstSet(found, tuple(active), readout)


def guaranteed_active(F: ArrayLike, threshold: float = 0.5) -> int:
    """How many features may be active if *every* set is to be read right, as far as coherence can tell.

    .. math:: l \\mu < \\theta \\quad\\text{and}\\quad (l - 1)\\, \\mu < 1 - \\theta, \\qquad
              \\mu = \\max_{i<j} |f_i \\cdot f_j|

    Parameters
    ----------
    F : array_like
        Code, shape (n, m) with m >= 2, features as columns of any length but zero.
    threshold : float
        θ, in (0, 1).

    Returns
    -------
    int
        The largest l, 0 to m, that satisfies both. At θ = ½ the first is the stronger.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Bound*, from below: an absent feature's readout is a sum of l overlaps, each at most μ; a present one's is
    1 plus l - 1 of them. No set of this size is read wrongly; `adversarial_set` finds the smallest that is.
    Since μ is at least the Welch bound, it promises fewer than ½ sqrt(n (m - 1)/(m - n)), slightly more than ½ sqrt(n). At
    θ = ½ a set of l = 1/(2 μ) features is read right as well, as a readout of ½ reads absent; such ties are not promised, since
    rounding decides them.

    Examples
    --------
    >>> from superposition.codes import mutually_unbiased
    >>> guaranteed_active(mutually_unbiased(256))
    7
    """
    threshold = real("threshold", threshold, 0, 1, "()")
    worst, m = coherence(F).worst, np.shape(F)[1]
    if worst == 0:
        return m
    return max(0, min(m, math.ceil(threshold / worst) - 1, math.ceil(1 + (1 - threshold) / worst) - 1))


@one_thread
def _overlaps(states, F):
    return states @ F


def _sums(rows, sets):
    """The sum of each set of rows."""
    size, n_active = sets.shape
    if size == 1:
        return rows[sets[0]].sum(axis=0, keepdims=True)
    starts = np.arange(0, sets.size + 1, n_active)
    return sparse.csr_array((np.ones(sets.size), sets.ravel(), starts), shape=(size, len(rows))) @ rows


def _trials(code, n_active, trials, rng, amplitude, sets_per_code, at_most):
    """Yield (F, active sets (b, l), readouts (b, m)) for blocks of at most `at_most` trials on one code."""
    n_active, rng = integer("n_active", n_active), generator(rng)
    amplitude = real("amplitude", amplitude, 0, math.inf, "()")
    sets_per_code = integer("sets_per_code", sets_per_code)
    if not callable(code) and sets_per_code != 1:
        raise ValueError(f"sets_per_code must be 1 when code is an array, used in every trial, got {sets_per_code}")
    if trials % sets_per_code:
        raise ValueError(f"sets_per_code must divide trials = {trials}, got {sets_per_code}")
    per_code = sets_per_code if callable(code) else trials
    for _ in range(trials // per_code):
        F = finite_matrix("code", code(rng) if callable(code) else code)
        m = F.shape[1]
        integer("n_active", n_active, high=m)
        rows = np.ascontiguousarray(F.T)
        left = per_code
        while left:
            size = min(left, at_most, max(1, BLOCK // m))
            left -= size
            active = active_sets(m, n_active, size, rng)
            yield F, active, _overlaps(amplitude * _sums(rows, active), F)


def _split(active, readout):
    """Readouts of the present and of the absent features."""
    present = np.take_along_axis(readout, active, axis=1)
    absent = np.ones(readout.shape, bool)
    np.put_along_axis(absent, active, False, axis=1)
    return present, readout[absent].reshape(len(readout), -1)

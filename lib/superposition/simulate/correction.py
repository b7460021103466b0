"""Layers that correct errors with fewer hidden units than features, alone and in a chain.

A layer hears all m features through n neurons. Each feature is assigned to s of its d hidden units, one in each of s
groups of d/s units; each unit adds the readouts of the features assigned to it and compares the sum with a threshold.
The *votes* of a feature are how many of its s units fire.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from superposition.arguments import generator, integer, real
from superposition.results import Result
from superposition.simulate.active import active_sets
from superposition.simulate.trials import BLOCK, parts, sliced


@dataclass(frozen=True)
class Corrector:
    """A layer of shared threshold units.

    Attributes
    ----------
    n : int
        neurons it hears.
    m : int
        features told apart.
    d : int
        its hidden units.
    n_votes : int
        s, units per feature.
    threshold : float
        where units switch.
    ramp : float
        width of switching.

    Raises
    ------
    TypeError, ValueError
        If a field is not of its type or range, or d is not a multiple of n_votes.

    Notes
    -----
    With ``ramp`` = 0 a unit is a hard step. Otherwise it rises linearly from 0 to 1 over an interval of that width around
    the threshold: the difference of two ReLUs.

    Examples
    --------
    >>> Corrector(n=256, m=1024, d=101, n_votes=2)
    Traceback (most recent call last):
        ...
    ValueError: d must be a multiple of n_votes = 2, got 101
    """

    n: int
    m: int
    d: int
    n_votes: int
    threshold: float = 0.5
    ramp: float = 0.0

    def __post_init__(self):
        for name in ("n", "m", "d", "n_votes"):
            integer(name, getattr(self, name))
        if self.d % self.n_votes:
            raise ValueError(f"d must be a multiple of n_votes = {self.n_votes}, got {self.d}")
        real("threshold", self.threshold)
        real("ramp", self.ramp, 0)


@dataclass(frozen=True)
class Votes:
    """What a final threshold has to tell apart, trial by trial.

    Attributes
    ----------
    present : numpy.ndarray
        fewest, active features.
    absent : numpy.ndarray
        most, absent features.
    n_votes : int
        s, most possible.
    """

    present: np.ndarray
    absent: np.ndarray
    n_votes: int

    @property
    def oracle(self):
        """Trials in which some threshold on the votes tells all m features right."""
        return self.present > self.absent

    @property
    def majority(self):
        """Trials in which more than half of the votes tells all m features right."""
        return (self.present > self.n_votes / 2) & (self.absent <= self.n_votes / 2)

    def at(self, needed):
        """Trials in which `needed` votes, a number fixed beforehand, tell all m features right."""
        return (self.present >= needed) & (self.absent < needed)

    def best_needed(self):
        """The fixed number of votes needed that is right in most of these trials, the smallest of several."""
        return 1 + int(np.argmax([np.count_nonzero(self.at(needed)) for needed in range(1, self.n_votes + 1)]))


@sliced
def correction(corrector, n_active, trials, rng, trials_per_assignment=10, *, slices):
    """Votes of the features in one layer of shared threshold units, without forming its code.

    .. math:: u_j = 1\\Bigl[\\sum_{i \\in S_j} r_i > \\theta\\Bigr], \\qquad
              \\text{votes}_i = \\sum_{j :\\, i \\in S_j} u_j, \\qquad r = F^{\\mathsf T} F a

    Parameters
    ----------
    corrector : Corrector
        The layer.
    n_active : int
        l, features active at once, 1 to m - 1.
    trials : int
        Active sets to draw, each with a fresh code; at least 1.
    rng : numpy.random.Generator
        Source of randomness.
    trials_per_assignment : int
        Trials that share one random assignment of features to units.

    Returns
    -------
    Votes
        Arrays of shape (trials,).

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law* for codes with independent normal entries of variance 1/n, whose columns have length 1 up to about
    1/sqrt(2 n). See `gaussian_readouts`. Time is of the order of m s per trial; it does not grow with n or d.

    Examples
    --------
    >>> layer = Corrector(n=1024, m=4096, d=1500, n_votes=6)
    >>> votes = correction(layer, 3, 50, np.random.default_rng(0))
    >>> bool(votes.oracle.mean() > 0.8)
    True
    """
    trials, _, n_active, rng = _checked(corrector, n_active, trials, rng)
    together = min(integer("trials_per_assignment", trials_per_assignment), 2 * BLOCK // corrector.m)
    present, absent = np.empty(trials), np.empty(trials)
    for part, due in parts(trials, slices, together):
        active = active_sets(corrector.m, n_active, part.stop - part.start, rng)
        a = np.zeros((len(active), corrector.m))
        np.put_along_axis(a, active, 1.0, axis=1)
        votes, _ = _votes(gaussian_readouts(a, corrector.n, rng), corrector, rng)
        present[part], absent[part] = _extremes(votes, active)
        if due:
            done = part.stop
            yield done / trials, Votes(present[:done].copy(), absent[:done].copy(), corrector.n_votes)


@dataclass(frozen=True)
class Chain:
    """Layers one after the other, trial by trial and layer by layer.

    Attributes
    ----------
    oracle : numpy.ndarray
        all told right.
    energy : numpy.ndarray
        squared votes, summed.
    firing : numpy.ndarray
        units that fire.
    """

    oracle: np.ndarray
    energy: np.ndarray
    firing: np.ndarray


def chained(corrector, n_active, depth, trials, rng, dense=True):
    """Votes of the features, layer after layer, when only the d hidden units carry them on.

    .. math:: v = \\frac{\\text{votes}}{s} - \\text{mean}, \\qquad
              r = F^{\\mathsf T} F v \\;\\text{(dense)} \\quad\\text{or}\\quad r = v \\;\\text{(sparse)}

    Parameters
    ----------
    corrector : Corrector
        Every layer. Each one gets a fresh assignment of features to units: it permutes the features, since a layer that
        keeps every feature in its place could simply copy its units.
    n_active : int
        l, features active at once, 1 to m - 1.
    depth : int
        L, layers.
    trials : int
        Active sets to draw, at least 1.
    rng : numpy.random.Generator
        Source of randomness.
    dense : bool
        Whether votes are read back into a fresh dense code of n neurons, or the d units are themselves what the next layer
        hears; n then plays no part.

    Returns
    -------
    Chain
        Arrays of shape (trials, depth): whether some threshold on the votes of that layer tells all m features right, the
        energy Σ v² that the next layer hears, and the number of units that fire (for ramps, their sum).

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law*, as `correction`, each layer of a dense chain with a fresh code. Trials run together share their assignments.

    Examples
    --------
    >>> layer = Corrector(n=512, m=600, d=512, n_votes=8)
    >>> chain = chained(layer, 2, 4, 20, np.random.default_rng(0), dense=False)
    >>> chain.oracle.shape, bool(chain.oracle.all())
    ((20, 4), True)
    """
    trials, depth, n_active, rng = _checked(corrector, n_active, trials, rng, depth)
    oracle, energy, firing = np.empty((trials, depth), bool), np.empty((trials, depth)), np.empty((trials, depth))
    for part, _ in parts(trials, at_most=2 * BLOCK // corrector.m):
        active = active_sets(corrector.m, n_active, part.stop - part.start, rng)
        v = np.zeros((len(active), corrector.m))
        np.put_along_axis(v, active, 1.0, axis=1)
        for layer in range(depth):
            heard = gaussian_readouts(v, corrector.n, rng) if dense else v
            votes, fired = _votes(heard, corrector, rng)
            present, absent = _extremes(votes, active)
            v = votes / corrector.n_votes
            v -= v.mean(axis=1, keepdims=True)
            oracle[part, layer] = present > absent
            energy[part, layer] = np.einsum("tm,tm->t", v, v)
            firing[part, layer] = fired
    return Chain(oracle, energy, firing)


def gaussian_readouts(v, n, rng):
    """Readouts of all features of a fresh Gaussian code, without forming it.

    .. math:: r = F^{\\mathsf T} F v = c\\,v + \\sqrt{c\\,|v|^2/n}\\,\\Bigl(g - v\\,\\frac{v \\cdot g}{|v|^2}\\Bigr),
              \\qquad n c \\sim \\chi^2_n, \\quad g \\sim N(0, I_m)

    Parameters
    ----------
    v : numpy.ndarray
        What is stored, shape (trials, m); each row with a code of its own.
    n : int
        Neurons.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Readouts, shape (trials, m).

    Raises
    ------
    TypeError, ValueError
        If n is not a positive integer or rng not a Generator.

    Notes
    -----
    *Exact in law* for F of independent normal entries of variance 1/n. Given x = F v, the rows of F have a fixed part
    x vᵀ/|v|² and an independent normal part orthogonal to v; |x|² is |v|² χ²ₙ/n.

    Examples
    --------
    >>> gaussian_readouts(np.eye(3), 10**8, np.random.default_rng(0)).round(2) + 0.0
    array([[1., 0., 0.],
           [0., 1., 0.],
           [0., 0., 1.]])
    """
    n, rng = integer("n", n), generator(rng)
    energy = np.einsum("tm,tm->t", v, v)[:, None]
    c = rng.chisquare(n, energy.shape) / n
    g = rng.standard_normal(v.shape)
    along = np.einsum("tm,tm->t", v, g)[:, None]
    g -= v * np.divide(along, energy, out=np.zeros_like(along), where=energy > 0)
    g *= np.sqrt(c * energy / n)
    g += c * v
    return g


@dataclass(frozen=True, repr=False)
class Crossing(Result):
    """Where a probability of success passes a level.

    Attributes
    ----------
    size : float
        where it passes.
    low, high : float
        95 % interval.
    """

    size: float
    low: float
    high: float


def crossing(sizes, successes, trials, level):
    """Size at which the probability of success passes a level, with a 95 % interval.

    .. math:: P(\\text{success}) = \\exp\\bigl(-e^{a - b \\ln \\text{size}}\\bigr)

    Parameters
    ----------
    sizes : array_like
        Sizes tried, above 0, shape (k,).
    successes : array_like
        Successes at each, shape (k,).
    trials : int
        Trials at each.
    level : float
        Probability of success, between 0 and 1.

    Returns
    -------
    Crossing
        The maximum-likelihood estimate, and its interval by the information of the fit; within the sizes tried, and no
        wider than to the neighbouring ones where those are clearly on one side of the level.

    Raises
    ------
    ValueError
        If the share of successes does not pass the level within the sizes tried.

    Notes
    -----
    *Heuristic*: the logarithm of the expected errors is taken as linear in the logarithm of the size. Success may rise or
    fall with size.

    Examples
    --------
    >>> found = crossing([10, 20, 40, 80], [0, 12, 48, 60], 60, 0.5)
    >>> 20 < found.low < found.size < found.high < 40
    True
    """
    level, trials = real("level", level, 0, 1, "()"), integer("trials", trials)
    order = np.argsort(sizes)
    x, k = np.log(np.asarray(sizes, float)[order]), np.asarray(successes, float)[order]
    above = k > level * trials
    if above.all() or not above.any():
        raise ValueError(
            f"successes must pass level = {level} within sizes = {list(sizes)}, got {list(successes)} of {trials}"
        )
    inside, outside = np.flatnonzero(above), np.flatnonzero(~above)
    before, after = (outside[-1], inside[0]) if k[-1] >= k[0] else (inside[-1], outside[0])
    # where success does not rise or fall throughout, the level is passed somewhere between these
    left, right = sorted((int(before), int(after)))

    # x in its own units: neither the fit nor the weak pull of its slope to 0, without which a step has no fit, knows others
    centre, spread = x.mean(), x.std()
    design = np.stack([np.ones_like(x), (x - centre) / spread])
    pull = np.array([0.0, 1e-4])

    def expected(parameters):
        return np.exp(np.clip(parameters @ design, -50, 5.8))

    def loss(parameters):
        rate = expected(parameters)
        return np.sum(k * rate - (trials - k) * np.log(-np.expm1(-rate))) + pull @ parameters**2 / 2

    def gradient(parameters):
        rate = expected(parameters)
        return design @ (k * rate - (trials - k) * rate / np.expm1(rate)) + pull * parameters

    def curvature(parameters):
        rate = expected(parameters)
        odds = np.expm1(rate)
        weight = k * rate + (trials - k) * rate * (rate * (1 + odds) - odds) / odds**2
        return (design * weight) @ design.T + np.diag(pull)

    # convex, and so curved that every machine finds the same to the last digits
    aim = math.log(-math.log(level))
    options = dict(method="trust-exact", jac=gradient, hess=curvature, options={"gtol": 1e-9})
    found = optimize.minimize(loss, np.array([aim, 0.0]), **options).x
    place = (aim - found[0]) / found[1]
    rate = expected(found)
    information = (design * (trials * rate**2 / np.expm1(rate))) @ design.T + np.diag(pull)
    moves = np.array([1, place]) / found[1]
    reach = 1.96 * spread * math.sqrt(moves @ np.linalg.solve(information, moves))
    middle = min(max(centre + spread * place, x[0]), x[-1])
    low, high = max(middle - reach, x[0]), min(middle + reach, x[-1])
    # a size at which the successes are clearly on one side of the level bounds the interval, however little the fit knows
    clear = abs(k - level * trials) > 3 * math.sqrt(trials * level * (1 - level))
    if clear[left]:
        low = max(low, x[left])
    if clear[right]:
        high = min(high, x[right])
    return Crossing(*np.exp([middle, low, high]).tolist())


def _checked(corrector, n_active, trials, rng, depth=1):
    if not isinstance(corrector, Corrector):
        raise TypeError(f"corrector must be a Corrector, got {type(corrector).__name__}")
    n_active = integer("n_active", n_active, high=corrector.m - 1)
    return integer("trials", trials), integer("depth", depth), n_active, generator(rng)


def _votes(r, corrector, rng):
    """Votes of all features, shape (trials, m), and how many units fire; one assignment for all trials."""
    trials, m = r.shape
    group = corrector.d // corrector.n_votes
    load = -(-m // group)
    unit_of_place = np.arange(m) % group
    # trials last: an assignment then moves whole rows, which is several times faster
    columns = np.ascontiguousarray(r.T)
    padded = np.zeros((load * group, trials))
    votes, fired = np.zeros((m, trials)), np.zeros(trials)
    for _ in range(corrector.n_votes):
        place = rng.permutation(m)
        np.take(columns, place, axis=0, out=padded[:m])
        z = padded.reshape(load, group, trials).sum(axis=0)
        z -= corrector.threshold
        u = np.clip(z / corrector.ramp + 0.5, 0, 1) if corrector.ramp else (z > 0).astype(float)
        fired += u.sum(axis=0)
        unit = np.empty(m, np.int64)
        unit[place] = unit_of_place
        votes += u[unit]
    return np.ascontiguousarray(votes.T), fired


def _extremes(votes, active):
    """Fewest votes of a present and most of an absent feature."""
    present = np.take_along_axis(votes, active, axis=1).min(axis=1)
    absent = votes.copy()
    np.put_along_axis(absent, active, -1.0, axis=1)
    return present, absent.max(axis=1)

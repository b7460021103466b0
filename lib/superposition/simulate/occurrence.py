"""How features occur: samplers with one mean number of active features, the law of that number, and what is read then."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy  # which loads its parts when they are first used
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from superposition.arguments import finite_matrix, generator, integer, real
from superposition.codes import random_code
from superposition.results import Result
from superposition.simulate.active import active_sets
from superposition.simulate.readout import crosstalk_tail
from superposition.threads import one_thread

__all__ = ["WAYS", "Information", "Occurrence", "count_law", "decoded_information", "mean_errors", "occurrence_errors"]

WAYS = ("fixed", "independent", "Poisson", "heavy-tailed", "cliques", "exclusive")
# what is as rare as this adds nothing to a mean of errors
_RARE = 1e-25
# features whose law is found one by one, many such groups at a time
_TOGETHER = 64


@dataclass(frozen=True)
class Occurrence:
    """A way in which m features occur, `n_active` of them in a moment on average.

    Parameters
    ----------
    way : str
        "fixed", exactly so many; "independent", each by itself; "Poisson" or "heavy-tailed" (negative binomial), a number with that
        law, and then a uniformly random set of that size; "cliques", whole groups, each by itself; "exclusive", of each group one
        or none, each group by itself.
    m : int
        Features.
    n_active : float
        Mean number of active ones, above 0 and at most m; a whole number if it is fixed.
    group : int
        Features in a clique or in an exclusive group; m is a multiple of it.
    dispersion : float
        Variance over mean of a heavy-tailed number, above 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range, or the way is none of these.

    Examples
    --------
    >>> way = Occurrence("cliques", 12, 3, group=4)
    >>> way.draw(2, np.random.default_rng(1)).sum(axis=1) % 4
    array([0, 0])
    >>> round(way.spread, 6)
    3.0
    """

    way: str
    m: int
    n_active: float
    group: int = 1
    dispersion: float = 2.0

    def __post_init__(self):
        if self.way not in WAYS:
            raise ValueError(f"way must be one of {', '.join(WAYS)}, got {self.way!r}")
        integer("m", self.m)
        real("n_active", self.n_active, 0, self.m, "(]")
        if self.way == "fixed" and self.n_active != int(self.n_active):
            raise ValueError(f"n_active must be a whole number where it is fixed, got {self.n_active}")
        integer("group", self.group, 1, self.m)
        real("dispersion", self.dispersion, 1, ends="()")
        if self.way in ("cliques", "exclusive") and self.m % self.group:
            raise ValueError(f"group must divide m = {self.m}, got {self.group}")
        if self.way == "exclusive" and self.group * self.n_active > self.m:
            raise ValueError(f"group must be at most m/n_active = {self.m / self.n_active:g}, got {self.group}")

    def _number(self):
        """The law of what is counted, and how many features each of it is."""
        chance, groups = self.n_active / self.m, self.m // self.group
        if self.way == "cliques":
            return scipy.stats.binom(groups, chance), self.group
        if self.way == "exclusive":
            return scipy.stats.binom(groups, self.group * chance), 1
        if self.way == "independent":
            return scipy.stats.binom(self.m, chance), 1
        if self.way == "Poisson":
            return scipy.stats.poisson(self.n_active), 1
        return scipy.stats.nbinom(self.n_active / (self.dispersion - 1), 1 / self.dispersion), 1

    def law(self) -> NDArray[np.float64]:
        """Probability that 0, 1, ..., m features are active; of a number without bound, what exceeds m counts as m.

        Examples
        --------
        >>> Occurrence("independent", 2, 1).law()
        array([0.25, 0.5 , 0.25])
        """
        found = np.zeros(self.m + 1)
        if self.way == "fixed":
            found[int(self.n_active)] = 1
            return found
        number, size = self._number()
        counts = np.arange(self.m // size + 1)
        found[:: size if size > 1 else 1][: len(counts)] = number.pmf(counts)
        found[-1] += number.sf(counts[-1])
        return found

    @property
    def spread(self) -> float:
        """Dispersion of the number of active features: its variance over its mean."""
        counts, law = np.arange(self.m + 1), self.law()
        mean = counts @ law
        return float((counts - mean) ** 2 @ law / mean)

    def draw(self, trials: int, rng: Generator) -> NDArray[np.bool_]:
        """Moments: which features are active, shape (trials, m).

        Examples
        --------
        >>> Occurrence("fixed", 9, 4).draw(3, np.random.default_rng(0)).sum(axis=1)
        array([4, 4, 4])
        """
        trials, rng = integer("trials", trials), generator(rng)
        chance, groups = self.n_active / self.m, self.m // self.group
        if self.way == "independent":
            return rng.random((trials, self.m)) < chance
        if self.way == "cliques":
            return np.repeat(rng.random((trials, groups)) < chance, self.group, axis=1)
        if self.way == "exclusive":
            member = rng.integers(self.group, size=(trials, groups, 1)) == np.arange(self.group)
            return (member & (rng.random((trials, groups, 1)) < self.group * chance)).reshape(trials, self.m)
        numbers = np.full(trials, int(self.n_active))
        if self.way != "fixed":
            numbers = np.minimum(self._number()[0].rvs(trials, random_state=rng), self.m)
        active = np.zeros((trials, self.m), bool)
        for number in np.unique(numbers[numbers > 0]):
            some = np.flatnonzero(numbers == number)
            active[some[:, None], active_sets(self.m, int(number), len(some), rng)] = True
        return active


def _check_probabilities(name, values):
    outside = values[~((values >= 0) & (values <= 1))]
    if outside.size:
        raise ValueError(f"{name} must be probabilities, got {outside[0]} among them")


def count_law(frequencies: ArrayLike, most: int | None = None) -> NDArray[np.float64]:
    """Law of the number of active features that are independent, each with a frequency of its own.

    Parameters
    ----------
    frequencies : array of shape (m,)
        How often each is active, from 0 to 1.
    most : int, optional
        The largest number looked at; all, or if there are many features, beyond which next to nothing is.

    Returns
    -------
    numpy.ndarray
        Probability of 0, 1, ..., most.

    Raises
    ------
    ValueError
        If a frequency is not a probability.

    Notes
    -----
    *Exact*: the Poisson binomial law, by adding up features and then groups of them. Nothing is subtracted, so that the smallest
    chances are as good as the largest.

    Examples
    --------
    >>> np.round(count_law([0.5, 0.5, 1.0]), 6)
    array([0.  , 0.25, 0.5 , 0.25])
    """
    chances = np.asarray(frequencies, float)
    if chances.ndim != 1 or not chances.size:
        raise ValueError(f"frequencies must be probabilities, shape (m,), got {frequencies!r}")
    _check_probabilities("frequencies", chances)
    if most is None:
        mean = chances.sum()
        most = min(len(chances), int(mean + 14 * np.sqrt(mean)) + 60)
    size = integer("most", most, 0) + 1
    padded = np.zeros(-(-len(chances) // _TOGETHER) * _TOGETHER)
    padded[: len(chances)] = chances
    laws = np.zeros((len(padded) // _TOGETHER, min(_TOGETHER + 1, size)))
    laws[:, 0] = 1
    for one in padded.reshape(-1, _TOGETHER, 1).swapaxes(0, 1):
        laws[:, 1:] = laws[:, 1:] * (1 - one) + laws[:, :-1] * one
        laws[:, :1] *= 1 - one
    laws = list(laws)
    while len(laws) > 1:
        pairs = zip(laws[::2], laws[1::2], strict=False)
        laws = [np.convolve(*pair)[:size] for pair in pairs] + laws[len(laws) // 2 * 2 :]
    return np.pad(laws[0], (0, max(0, size - len(laws[0]))))


@cache
def _alarm(n, n_active):
    return crosstalk_tail(n, n_active) if n_active > 0 else 0.0


def mean_errors(n: int, m: int, law: ArrayLike) -> float:
    """Expected number of wrong readouts among m features of a random code, over the law of the number of active ones.

    Parameters
    ----------
    n, m : int
        Neurons, features.
    law : array
        Probability that 0, 1, 2, ... features are active, no more than m + 1 numbers.

    Returns
    -------
    float
        At a threshold of 1/2, with activations of 1.

    Raises
    ------
    ValueError
        If the law is longer than m + 1, or an argument is not of its range; with so few neurons that `crosstalk_tail` refuses.

    Notes
    -----
    *Exact*: which features are active does not matter to a code that is drawn without regard to them, only how many.

    Examples
    --------
    >>> round(mean_errors(64, 100, [0, 1]), 4)
    0.0011
    """
    n, m, law = integer("n", n, 2), integer("m", m), np.asarray(law, float)
    if law.ndim != 1 or not 0 < len(law) <= m + 1:
        raise ValueError(f"law must be at most m + 1 = {m + 1} probabilities, got shape {law.shape}")
    _check_probabilities("law", law)
    active = np.flatnonzero(law > _RARE)
    each = (((m - k) * _alarm(n, k) if k < m else 0.0) + k * _alarm(n, k - 1) for k in active.tolist())
    return float(sum(chance * errors for chance, errors in zip(law[active], each, strict=True)))


@one_thread
def occurrence_errors(occurrence: Occurrence, n: int, trials: int, rng: Generator) -> NDArray[np.int64]:
    """Wrong readouts of each of some moments, every moment with a fresh random code, all features read.

    Parameters
    ----------
    occurrence : Occurrence
        How features occur.
    n : int
        Neurons.
    trials : int
        Moments.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Of shape (trials,), at a threshold of 1/2.

    Examples
    --------
    >>> occurrence_errors(Occurrence("fixed", 8, 1), 500, 3, np.random.default_rng(0))
    array([0, 0, 0])
    """
    if not isinstance(occurrence, Occurrence):
        raise TypeError(f"occurrence = {occurrence!r}; accepted: an Occurrence")
    n, rng = integer("n", n), generator(rng)
    active = occurrence.draw(trials, rng)
    found = np.empty(len(active), int)
    for moment, a in enumerate(active):
        F = random_code(n, occurrence.m, rng)
        found[moment] = np.count_nonzero((F.T @ F[:, a].sum(axis=1) > 0.5) != a)
    return found


@dataclass(frozen=True, repr=False)
class Information(Result):
    """What a reading tells, in bits.

    Attributes
    ----------
    entropy : float
        of the whole vector of activations.
    whole : float
        that the whole reading tells about it.
    summed : float
        that each readout tells about its own feature, added up.
    """

    entropy: float
    whole: float
    summed: float


def _bits(chances):
    chances = chances[chances > 0]
    return float(-(chances * np.log2(chances)).sum())


def decoded_information(F: ArrayLike, chances: ArrayLike) -> Information:
    """Bits that thresholded readouts of a small code tell: of the whole vector, and of the features one by one.

    Parameters
    ----------
    F : array of shape (n, m)
        The code, of at most 16 features.
    chances : array of shape (m + 1,) or (2ᵐ,)
        Probability of 0, 1, ..., m active features, sets of one size being as likely as each other; or of every set, numbered
        by its binary digits, the first feature having the highest.

    Returns
    -------
    Information

    Raises
    ------
    ValueError
        If F has more features than that, or the chances do not fit it.

    Notes
    -----
    *Exact*: all 2ᵐ sets are read, at a threshold of 1/2. The code is known to who decodes.

    Examples
    --------
    Two features in two neurons are told, whatever happens; that exactly one is active is known beforehand:

    >>> decoded_information(np.eye(2), [0, 1, 0])
    Information(entropy=1, whole=1, summed=2)
    """
    F, chances = finite_matrix("F", F), np.asarray(chances, float)
    m = F.shape[1]
    if m > 16:
        raise ValueError(f"F must have at most 16 features, got {m}")
    if chances.shape not in ((m + 1,), (2**m,)):
        raise ValueError(f"chances must have {m + 1} or {2**m} numbers, got shape {chances.shape}")
    _check_probabilities("chances", chances)
    sets = (np.arange(2**m)[:, None] >> np.arange(m)[::-1]) & 1
    if len(chances) == m + 1:
        size = sets.sum(axis=1)
        chances = chances[size] / np.bincount(size)[size]
    decoded = (sets @ (F.T @ F) > 0.5 + 1e-12).astype(int)
    seen = np.bincount(decoded @ (1 << np.arange(m)[::-1]), chances, 2**m)
    summed = 0.0
    for feature in range(m):
        joint = np.bincount(2 * sets[:, feature] + decoded[:, feature], chances, 4).reshape(2, 2)
        summed += _bits(joint.sum(axis=0)) + _bits(joint.sum(axis=1)) - _bits(joint.ravel())
    return Information(_bits(chances), _bits(seen), summed)

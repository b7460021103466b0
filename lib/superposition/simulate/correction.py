"""Layers of fewer units than features: what they stand for, and what a chain of them carries on.

A layer hears all m features through n neurons. A *half-space* unit says on which side of a hyperplane the neurons' state
lies. A *vote* unit adds the readouts of the features assigned to it and compares the sum with a threshold: each feature is
assigned to s of the d units, one in each of s groups of d/s units, and its *votes* are how many of them fire.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy import special

from superposition.arguments import generator, integer, real
from superposition.results import Result
from superposition.simulate.active import active_sets
from superposition.simulate.trials import BLOCK, Slices, parts, sliced

ASSIGNMENTS = ("random", "reed-solomon")


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
        its units.
    n_votes : int
        s, units per feature.
    threshold : float
        where units switch.
    ramp : float
        width of switching.
    assignment : str
        "random" or "reed-solomon".

    Raises
    ------
    TypeError, ValueError
        If a field is not of its type or range, or d is not a multiple of n_votes; for Reed–Solomon assignments, if d/n_votes
        is not a prime of at least n_votes and at least the features on a unit.

    Notes
    -----
    With ``ramp`` = 0 a unit is a hard step. Otherwise it rises linearly from 0 to 1 over an interval of that width around
    the threshold: the difference of two ReLUs. Random assignments give every group of units a random permutation of the
    features; in Reed–Solomon ones two features share at most one unit (Kautz & Singleton 1964).

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
    assignment: str = "random"

    def __post_init__(self):
        for name in ("n", "m", "d", "n_votes"):
            integer(name, getattr(self, name))
        real("threshold", self.threshold)
        real("ramp", self.ramp, 0)
        _check_assignment(self.m, self.d, self.n_votes, self.assignment)


@dataclass(frozen=True)
class Told:
    """What one threshold for all features has to tell apart, trial by trial.

    Attributes
    ----------
    present : numpy.ndarray
        least, active features.
    absent : numpy.ndarray
        most, absent features.
    """

    present: np.ndarray
    absent: np.ndarray

    @property
    def oracle(self) -> NDArray[np.bool_]:
        """Trials in which some threshold tells all m features right."""
        return self.present > self.absent

    def at(self, needed: float) -> NDArray[np.bool_]:
        """Trials in which `needed`, a threshold fixed beforehand, tells all m features right."""
        return (self.present >= needed) & (self.absent < needed)


@dataclass(frozen=True)
class Votes(Told):
    """Fewest votes of an active and most of an absent feature, trial by trial.

    Attributes
    ----------
    present : numpy.ndarray
        fewest, active features.
    absent : numpy.ndarray
        most, absent features.
    n_votes : int
        s, most possible.
    """

    n_votes: int

    @property
    def majority(self) -> NDArray[np.bool_]:
        """Trials in which more than half of the votes tells all m features right."""
        return (self.present > self.n_votes / 2) & (self.absent <= self.n_votes / 2)

    def best_needed(self) -> int:
        """The fixed number of votes needed that is right in most of these trials, the smallest of several."""
        return 1 + int(np.argmax([np.count_nonzero(self.at(needed)) for needed in range(1, self.n_votes + 1)]))


@sliced
def correction(
    corrector: Corrector, n_active: int, trials: int, rng: Generator, trials_per_assignment: int = 10, *, slices: int
) -> Slices[Votes]:
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
        Trials that share one assignment of features to units.

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
    together = min(integer("trials_per_assignment", trials_per_assignment), max(1, 2 * BLOCK // corrector.m))
    present, absent = np.empty(trials), np.empty(trials)
    for part, due in parts(trials, slices, together):
        active = active_sets(corrector.m, n_active, part.stop - part.start, rng)
        votes, _ = _votes(gaussian_readouts(corrector.n, _indicator(active, corrector.m), rng), corrector, rng)
        present[part], absent[part] = _extremes(votes, active)
        if due:
            done = part.stop
            yield done / trials, Votes(present[:done].copy(), absent[:done].copy(), corrector.n_votes)


def half_spaces(n: int, m: int, d: int, n_active: int, trials: int, rng: Generator, mixed: bool = True) -> Told:
    """Readouts of the features from d half-space units, without forming code or units.

    .. math:: u = \\operatorname{sign}(W x), \\qquad
              r_i = \\frac{1}{d} \\sqrt{\\frac{\\pi l}{2}} \\sum_j u_j \\, w_j \\cdot f_i, \\qquad x = F a

    Parameters
    ----------
    n, m, d : int
        Neurons, features, half-space units.
    n_active : int
        l, features active at once, 1 to m - 1.
    trials : int
        Active sets to draw, each with a fresh code and fresh units; at least 1.
    rng : numpy.random.Generator
        Source of randomness.
    mixed : bool
        Whether W, shape (d, n), has independent standard normal entries, or each unit is the sign of one neuron, so that
        w_j is √n times the j-th unit vector; then d is at most n.

    Returns
    -------
    Told
        Smallest readout of an active and largest of an absent feature, shape (trials,); about 1 and 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law* for codes with independent normal entries of variance 1/n. Given x and y = Wᵀu, the absent features'
    products with y are independent normal numbers of variance |y|²/n; an active feature is x/l and a normal part, and these
    parts add up to 0. Time is of the order of l + d per trial.

    Examples
    --------
    >>> told = half_spaces(1024, 16_384, 250, 4, 100, np.random.default_rng(0))
    >>> bool(told.oracle.mean() > 0.7)
    True
    """
    n, m, trials, rng = integer("n", n), integer("m", m, 2), integer("trials", trials), generator(rng)
    d, n_active = integer("d", d, high=None if mixed else n), integer("n_active", n_active, high=m - 1)
    if mixed:
        length = np.sqrt(n_active * rng.chisquare(n, trials) / n)
        along = np.abs(rng.standard_normal((trials, d))).sum(axis=1)
        heard, energy = length * along, along**2 + d * rng.standard_gamma((n - 1) / 2, trials) * 2
    else:
        heard = np.abs(rng.standard_normal((trials, d))).sum(axis=1) * math.sqrt(n_active)
        energy = np.full(trials, float(d * n))
    noise = np.sqrt(energy / n)
    own = rng.standard_normal((trials, n_active))
    own -= own.mean(axis=1, keepdims=True)
    present = heard / n_active + noise * own.min(axis=1)
    # the largest of m - l standard normal numbers, from its distribution function
    absent = -noise * special.ndtri(-np.expm1(np.log1p(-rng.random(trials)) / (m - n_active)))
    scale = math.sqrt(math.pi * n_active / 2) / d
    return Told(scale * present, scale * absent)


@dataclass(frozen=True)
class Chain:
    """Layers one after the other, trial by trial and layer by layer.

    Attributes
    ----------
    oracle : numpy.ndarray
        all told right.
    firing : numpy.ndarray
        units that fire.
    """

    oracle: np.ndarray
    firing: np.ndarray


@dataclass(frozen=True)
class DenseChain(Chain):
    """A chain of layers that hear each other through a dense code.

    Attributes
    ----------
    oracle : numpy.ndarray
        all told right.
    firing : numpy.ndarray
        units that fire.
    energy : numpy.ndarray
        squared votes, summed.
    """

    energy: np.ndarray


def dense_chain(corrector: Corrector, n_active: int, depth: int, trials: int, rng: Generator) -> DenseChain:
    """Votes of the features, layer after layer, when they are read back into a fresh dense code.

    .. math:: v = \\frac{\\text{votes}}{s} - \\text{mean}, \\qquad r = F^{\\mathsf T} F v

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

    Returns
    -------
    DenseChain
        Arrays of shape (trials, depth): whether some threshold on the votes of that layer tells all m features right, the
        number of units that fire (for ramps, their sum), and the energy Σ v² that the next layer hears.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law*, as `correction`, each layer with a fresh code. Trials run together share their assignments.

    Examples
    --------
    >>> layer = Corrector(n=512, m=300, d=512, n_votes=8)
    >>> chain = dense_chain(layer, 2, 4, 20, np.random.default_rng(0))
    >>> chain.oracle.shape, bool(chain.oracle.all())
    ((20, 4), True)
    """
    trials, depth, n_active, rng = _checked(corrector, n_active, trials, rng, depth)
    oracle, firing, energy = np.empty((trials, depth), bool), np.empty((trials, depth)), np.empty((trials, depth))
    for part, _ in parts(trials, at_most=max(1, 2 * BLOCK // corrector.m)):
        active = active_sets(corrector.m, n_active, part.stop - part.start, rng)
        v = _indicator(active, corrector.m)
        for layer in range(depth):
            votes, firing[part, layer] = _votes(gaussian_readouts(corrector.n, v, rng), corrector, rng)
            present, absent = _extremes(votes, active)
            oracle[part, layer] = present > absent
            v = votes / corrector.n_votes
            v -= v.mean(axis=1, keepdims=True)
            energy[part, layer] = np.einsum("tm,tm->t", v, v)
    return DenseChain(oracle, firing, energy)


@dataclass(frozen=True)
class SparseLayer:
    """A layer whose units hear the units of the layer before, without a dense code in between.

    Attributes
    ----------
    m : int
        features carried on.
    d : int
        its units.
    n_votes : int
        s, units per feature.
    needed : int or None
        q, votes to fire; all s if None.
    cleaning : int
        layers that only clean.
    weights : str
        "equal" or "counts".
    assignment : str
        "random" or "reed-solomon".

    Raises
    ------
    TypeError, ValueError
        If a field is not of its type or range, or d is not a multiple of n_votes; as `Corrector` for assignments.

    Notes
    -----
    A unit listens to every unit of the layer before with which it shares a feature, and fires if at least `needed` of them
    fire. With ``weights="counts"`` a unit that shares several features is heard as often. After each layer that permutes
    the features, `cleaning` further ones keep the assignment: a unit that fires there goes on if, with it, at least
    `needed` of the units with which it shares a feature do.

    Examples
    --------
    >>> SparseLayer(m=1000, d=120, n_votes=4, needed=5)
    Traceback (most recent call last):
        ...
    ValueError: needed must be between 1 and 4, got 5
    """

    m: int
    d: int
    n_votes: int
    needed: int | None = None
    cleaning: int = 0
    weights: str = "equal"
    assignment: str = "random"

    def __post_init__(self):
        for name in ("m", "d", "n_votes"):
            integer(name, getattr(self, name))
        if self.needed is not None:
            integer("needed", self.needed, high=self.n_votes)
        integer("cleaning", self.cleaning, 0)
        if self.weights not in ("equal", "counts"):
            raise ValueError(f"weights must be 'equal' or 'counts', got {self.weights!r}")
        _check_assignment(self.m, self.d, self.n_votes, self.assignment)


def sparse_chain(
    layer: SparseLayer,
    n_active: int,
    depth: int,
    trials: int,
    rng: Generator,
    give_up: float = 20,
    trials_per_assignment: int = 50,
) -> Chain:
    """Layers whose units are themselves what the next layer hears.

    .. math:: u'_j = 1\\Bigl[\\sum_k W_{jk} u_k \\ge q\\Bigr], \\qquad
              W_{jk} = 1[\\text{units j and k share a feature}]

    Parameters
    ----------
    layer : SparseLayer
        Every layer, each with a fresh assignment of features to units. The first one has the units of the active features on.
    n_active : int
        l, features active at once, 1 to m - 1.
    depth : int
        L, layers.
    trials : int
        Active sets to draw, at least 1.
    rng : numpy.random.Generator
        Source of randomness.
    give_up : float
        A trial in which more than this many times l s units fire is dropped, and counts as wrong from there on; at least 1.
    trials_per_assignment : int
        Trials that share their assignments.

    Returns
    -------
    Chain
        Arrays of shape (trials, depth): whether exactly the active features have all their s votes, and the number of units
        that fire (once a trial is dropped, infinity). Cleaning layers are not counted in the depth.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law* but for what is dropped: only units that hear anything are looked at. Since the units of an active feature
    hear its s units, they all fire, in every layer; so no threshold on the votes tells more trials right than s. Time is of
    the order of l s (ms/d) s per trial and layer, and of m s for each set of trials that share assignments.

    Examples
    --------
    >>> chain = sparse_chain(SparseLayer(m=3000, d=1024, n_votes=4), 2, 8, 20, np.random.default_rng(0))
    >>> chain.oracle.shape, bool(chain.oracle.all())
    ((20, 8), True)
    """
    if not isinstance(layer, SparseLayer):
        raise TypeError(f"layer must be a SparseLayer, got {type(layer).__name__}")
    trials, depth, rng = integer("trials", trials), integer("depth", depth), generator(rng)
    n_active, give_up = integer("n_active", n_active, high=layer.m - 1), real("give_up", give_up, 1)
    together = integer("trials_per_assignment", trials_per_assignment)
    oracle, firing = np.zeros((trials, depth), bool), np.full((trials, depth), math.inf)
    most = give_up * n_active * layer.n_votes
    for part, _ in parts(trials, at_most=together):
        oracle[part], firing[part] = _sparse_trials(layer, n_active, depth, part.stop - part.start, rng, most)
    return Chain(oracle, firing)


def _sparse_trials(layer, n_active, depth, trials, rng, most):
    """`sparse_chain` of trials that share their assignments; a unit that fires is its trial's number times d, plus its own."""
    m, d, s, needed = layer.m, layer.d, layer.n_votes, layer.needed or layer.n_votes
    oracle, firing = np.zeros((trials, depth), bool), np.full((trials, depth), math.inf)
    active = active_sets(m, n_active, trials, rng)
    members = assignment(m, d, s, rng, layer.assignment)
    units = _units(members, m, s)
    fire = np.unique(np.arange(trials)[:, None] * d + units[active].reshape(trials, -1))
    for step in range(depth):
        for _ in range(layer.cleaning if step else 0):
            fire, _ = _dropped(fire, d, trials, most)
            voters, features = _votes_of(fire, members, d, m)
            heard = _heard(voters, units[features], d, layer.weights, fire)
            fire = fire[np.bincount(heard, minlength=trials * d)[fire] >= needed]
        fire, count = _dropped(fire, d, trials, most)
        voters, features = _votes_of(fire, members, d, m)
        voted = np.sort(voters // d * np.int64(m) + features)
        # a feature has s votes where its first of s is s - 1 places before its last
        full = np.bincount(voted[s - 1 :][voted[s - 1 :] == voted[: len(voted) - s + 1]] // m, minlength=trials)
        firing[:, step] = count
        oracle[:, step] = (full == n_active) & np.isfinite(count)
        if step < depth - 1:
            members = assignment(m, d, s, rng, layer.assignment)
            units = _units(members, m, s)
            heard = _heard(voters, units[features], d, layer.weights)
            fire = np.flatnonzero(np.bincount(heard, minlength=trials * d) >= needed)
    return oracle, firing


def _dropped(fire, d, trials, most):
    """The units that fire, without those of trials in which too many do, and how many do in each trial."""
    count = np.bincount(fire // d, minlength=trials)
    return fire[count[fire // d] <= most], np.where(count <= most, count, math.inf)


def _votes_of(fire, members, d, m):
    """Every vote: the unit that gives it and the feature that gets it."""
    features = members[fire % d]
    real_ones = features < m
    return np.broadcast_to(fire[:, None], features.shape)[real_ones], features[real_ones]


def _heard(voters, listeners, d, weights, only=None):
    """The units that listen to each vote, once for every unit heard, or once for every vote."""
    voters = np.broadcast_to(voters[:, None], listeners.shape).ravel()
    listeners = voters // d * d + listeners.ravel()
    if only is not None:
        # cleaning: a unit goes on only if it fires already
        place = np.minimum(np.searchsorted(only, listeners), len(only) - 1) if len(only) else listeners
        among = only[place] == listeners if len(only) else np.zeros(0, bool)
        voters, listeners = voters[among], listeners[among]
    if weights == "counts":
        return listeners
    # sorting is twice as fast here as numpy.unique, which hashes
    pairs = np.sort(voters % d + listeners * d)
    return pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]] // d


def assignment(m: int, d: int, n_votes: int, rng: Generator, kind: str = "random") -> NDArray:
    """Features of every unit: s groups of d/s units, each feature on one unit of each group.

    Parameters
    ----------
    m, d, n_votes : int
        Features, units, units per feature.
    rng : numpy.random.Generator
        Source of randomness.
    kind : str
        "random", or "reed-solomon": the features, in random order, are the points (x, y) of a grid with y below g = d/s, and
        the one at (x, y) goes to unit y + k x mod g of the k-th group.

    Returns
    -------
    numpy.ndarray
        Shape (d, load), load the largest number of features on a unit, ms/d rounded up; the number m where a unit has one
        fewer.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range; for Reed–Solomon, if g is not a prime of at least s and at least the load.

    Examples
    --------
    >>> assignment(6, 6, 2, np.random.default_rng(0)).shape
    (6, 2)
    """
    m, d, n_votes, rng = integer("m", m), integer("d", d), integer("n_votes", n_votes), generator(rng)
    _check_assignment(m, d, n_votes, kind)
    group = d // n_votes
    load = -(-m // group)
    members = np.empty((n_votes, group, load), np.int64)
    order = np.full(load * group, m)
    order[:m] = rng.permutation(m)
    for k in range(n_votes):
        grid = order.reshape(load, group)
        if kind == "random":
            members[k] = grid.T
            order[:m] = rng.permutation(m)
        else:
            x = np.arange(load)
            members[k] = grid[x, (np.arange(group)[:, None] - k * x) % group]
    return members.reshape(d, load)


def _units(members, m, n_votes):
    """Units of every feature, shape (m, s)."""
    d = len(members)
    group = d // n_votes
    units = np.empty((m + 1, n_votes), np.int64)
    for k in range(n_votes):
        held = slice(k * group, (k + 1) * group)
        units[members[held], k] = np.arange(d)[held, None]
    return units[:m]


def _check_assignment(m, d, n_votes, kind):
    if d % n_votes:
        raise ValueError(f"d must be a multiple of n_votes = {n_votes}, got {d}")
    if kind not in ASSIGNMENTS:
        raise ValueError(f"assignment must be one of {', '.join(map(repr, ASSIGNMENTS))}, got {kind!r}")
    group = d // n_votes
    if kind == "reed-solomon":
        prime = group > 1 and all(group % k for k in range(2, math.isqrt(group) + 1))
        if not prime or group < n_votes or group * group < m:
            raise ValueError(
                f"d must be n_votes = {n_votes} times a prime of at least {max(n_votes, math.isqrt(m - 1) + 1)}, got {d}"
            )


def gaussian_readouts(n: int, v: NDArray, rng: Generator) -> NDArray:
    """Readouts of all features of a fresh Gaussian code, without forming it.

    .. math:: r = F^{\\mathsf T} F v = c\\,v + \\sqrt{c\\,|v|^2/n}\\,\\Bigl(g - v\\,\\frac{v \\cdot g}{|v|^2}\\Bigr),
              \\qquad n c \\sim \\chi^2_n, \\quad g \\sim N(0, I_m)

    Parameters
    ----------
    n : int
        Neurons.
    v : numpy.ndarray
        What is stored, shape (trials, m); each row with a code of its own.
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
    >>> gaussian_readouts(10**8, np.eye(3), np.random.default_rng(0)).round(2) + 0.0
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


# share of successes, or of failures, from which on a size is clearly on one side
_CLEAR = 0.02
# sizes at which the level is tried, in logarithm evenly between the smallest and the largest
_PLACES = 241
# half of the 95 % point of chi-squared with one degree of freedom
_DROP = special.gammaincinv(0.5, 0.95)


def crossing(sizes: ArrayLike, successes: ArrayLike, trials: int, level: float) -> Crossing:
    """Size at which the probability of success passes a level, with a 95 % interval.

    .. math:: P(\\text{success}) = \\exp\\bigl(-e^{a + b x + c x^2}\\bigr), \\qquad x = \\ln \\text{size}

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
        The maximum-likelihood estimate, and the sizes that a likelihood-ratio test at 5 % does not refuse, within the sizes
        tried.

    Raises
    ------
    ValueError
        If the share of successes does not pass the level within the sizes tried.

    Notes
    -----
    The logarithm of the expected errors is taken as quadratic in the logarithm of the size; success may rise or fall with
    it. With the level passed at a given size two parameters remain; they are fitted at every size of a fine grid, and the
    interval is where this profile of the log-likelihood is within 1.92 of its top. *Coverage measured* on five known
    laws, three of them not of this form, at 50 and 400 trials a size and levels of 50 and 90 %, where the level is passed
    within the sizes tried: 85 to 100 %, 95 % on average.

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
    # far from the level the shape of the law no longer tells where it is passed: one size beyond the unclear ones is kept
    unclear = np.flatnonzero((k > _CLEAR * trials) & (k < (1 - _CLEAR) * trials))
    change = np.flatnonzero(above[1:] != above[:-1])
    kept = [change[0], change[-1] + 1, *(unclear - 1), *(unclear + 1)]
    kept = slice(max(min(kept), 0), max(kept) + 1)
    x, k = x[kept], k[kept]
    places = np.linspace(x[0], x[-1], _PLACES)
    profile = _profile((x - x.mean()) / x.std(), (places - x.mean()) / x.std(), k, trials, level)
    top = int(profile.argmax())
    inside = np.flatnonzero(profile > profile[top] - _DROP)
    first, last = inside[0], inside[-1]
    # between places the profile is a parabola at its top and straight where it leaves the interval
    middle = places[top]
    if 0 < top < _PLACES - 1:
        before, at, after = profile[top - 1 : top + 2]
        middle += (places[1] - places[0]) * (before - after) / (2 * (before - 2 * at + after))
    low, high = places[first], places[last]
    aim = profile[top] - _DROP
    if first > 0:
        low = np.interp(aim, profile[first - 1 : first + 1], places[first - 1 : first + 1])
    if last < _PLACES - 1:
        high = np.interp(aim, profile[last : last + 2][::-1], places[last : last + 2][::-1])
    return Crossing(*np.exp([middle, min(low, middle), max(high, middle)]).tolist())


def _profile(x, places, k, trials, level):
    """Largest log-likelihood of the counts k, for the level passed at each of the places."""
    away = x - places[:, None]
    design = np.stack([away, away**2])
    slope = np.sign(np.polyfit(x, k, 1)[0])
    beta = np.stack([np.full(len(places), -slope), np.zeros(len(places))])
    aim = math.log(-math.log(level))
    # a weak pull keeps a step, which has no fit, finite
    pull = 1e-3

    def likelihood(beta):
        power = np.clip(aim + np.einsum("bp,bpk->pk", beta, design), -40, 5.8)
        rate = np.exp(power)
        value = (-k * rate + (trials - k) * np.log(-np.expm1(-rate))).sum(axis=1) - pull * (beta**2).sum(axis=0) / 2
        return value, rate

    value, rate = likelihood(beta)
    for _ in range(60):
        odds = np.expm1(rate)
        gradient = np.einsum("bpk,pk->bp", design, -k * rate + (trials - k) * rate / odds) - pull * beta
        weight = k * rate + (trials - k) * rate * (rate * (1 + odds) - odds) / odds**2
        a, b, c = (np.einsum("pk,pk,pk->p", weight, design[i], design[j]) for i, j in ((0, 0), (0, 1), (1, 1)))
        a, c = a + pull, c + pull
        step = np.stack([c * gradient[0] - b * gradient[1], a * gradient[1] - b * gradient[0]]) / (a * c - b * b)
        share = np.ones(len(places))
        for _ in range(12):
            tried, tried_rate = likelihood(beta + share * step)
            worse = tried < value - 1e-12
            if not worse.any():
                break
            share[worse] /= 2
        moved = tried >= value - 1e-12
        beta = np.where(moved, beta + share * step, beta)
        gain = np.where(moved, tried - value, 0)
        value, rate = np.where(moved, tried, value), np.where(moved[:, None], tried_rate, rate)
        if gain.max() < 1e-9:
            break
    return value


def _checked(corrector, n_active, trials, rng, depth=1):
    if not isinstance(corrector, Corrector):
        raise TypeError(f"corrector must be a Corrector, got {type(corrector).__name__}")
    n_active = integer("n_active", n_active, high=corrector.m - 1)
    return integer("trials", trials), integer("depth", depth), n_active, generator(rng)


def _indicator(active, m):
    a = np.zeros((len(active), m))
    np.put_along_axis(a, active, 1.0, axis=1)
    return a


def _votes(r, corrector, rng):
    """Votes of all features, shape (trials, m), and how many units fire; one assignment for all trials."""
    trials, m = r.shape
    members = assignment(m, corrector.d, corrector.n_votes, rng, corrector.assignment)
    # trials last: an assignment then moves whole rows, which is several times faster; a row of zeros for nobody
    columns = np.zeros((m + 1, trials))
    columns[:m] = r.T
    votes, fired = np.zeros((m + 1, trials)), np.zeros(trials)
    for units in members.reshape(corrector.n_votes, -1, members.shape[1]):
        z = np.zeros((len(units), trials))
        for features in units.T:
            z += columns[features]
        z -= corrector.threshold
        u = np.clip(z / corrector.ramp + 0.5, 0, 1) if corrector.ramp else (z > 0).astype(float)
        fired += u.sum(axis=0)
        for features in units.T:
            votes[features] += u
    return np.ascontiguousarray(votes[:m].T), fired


def _extremes(votes, active):
    """Fewest votes of a present and most of an absent feature."""
    present = np.take_along_axis(votes, active, axis=1).min(axis=1)
    absent = votes.copy()
    np.put_along_axis(absent, active, -1.0, axis=1)
    return present, absent.max(axis=1)

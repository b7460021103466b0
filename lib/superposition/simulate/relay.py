"""Networks of several layers, each of which reads all m features, applies a unit, and embeds them anew.

.. math:: a_k = \\varphi\\bigl(F_k^{\\mathsf T} F_k\\, a_{k-1}\\bigr)

The code F_k is drawn afresh for each layer, or the same in all. With false alarms and misses against the features that
were active at the start, the *true* ones.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from superposition.arguments import finite_matrix, generator, integer, real
from superposition.codes import Code
from superposition.simulate import chains
from superposition.simulate.active import active_sets
from superposition.simulate.trials import BLOCK, Reports, Slices, mean_and_error, parts, sliced

UNITS = ("linear", "threshold", "gated", "relu")
_MEANS = ("n_active", "false_alarms", "misses", "gain", "energy", "value_error", "signal", "noise", "clean")


@dataclass(frozen=True)
class Relay:
    """What each layer hands on; arrays of shape (depth + 1, trials), row 0 being the start.

    Attributes
    ----------
    n_active : numpy.ndarray
        readouts above threshold.
    false_alarms : numpy.ndarray
        active but untrue.
    misses : numpy.ndarray
        true but inactive.
    gain : numpy.ndarray
        a_k · a_0 / |a_0|².
    energy : numpy.ndarray
        |a_k|², all features.
    value_error : numpy.ndarray
        mean squared change, over the true features.
    n_true : int
        active at start.
    sets_per_code : int
        trials sharing codes.
    """

    n_active: np.ndarray
    false_alarms: np.ndarray
    misses: np.ndarray
    gain: np.ndarray
    energy: np.ndarray
    value_error: np.ndarray
    n_true: int
    sets_per_code: int = 1

    @property
    def signal(self) -> NDArray[np.float64]:
        """Energy along the start, gain² |a_0|², shape (depth + 1, trials)."""
        return self.gain**2 * self.energy[0]

    @property
    def noise(self) -> NDArray[np.float64]:
        """Energy of the difference to the start, |a_k - a_0|², shape (depth + 1, trials)."""
        return self.energy + (1 - 2 * self.gain) * self.energy[0]

    @property
    def clean(self) -> NDArray[np.bool_]:
        """Whether no feature has been read wrongly up to this layer, shape (depth + 1, trials)."""
        return np.cumsum(self.false_alarms + self.misses, axis=0) == 0

    def mean(self, name: str) -> tuple[NDArray, ...]:
        """Mean over the trials of a field or property, and its standard error.

        Parameters
        ----------
        name : str
            ``"n_active"``, ``"false_alarms"``, ``"misses"``, ``"gain"``, ``"energy"``, ``"value_error"``, ``"signal"``,
            ``"noise"`` or ``"clean"``.

        Returns
        -------
        tuple of numpy.ndarray
            Means and standard errors, each of shape (depth + 1,). Trials on the same codes count as one observation.

        Raises
        ------
        ValueError
            If `name` is none of these.
        """
        if name not in _MEANS:
            raise ValueError(f"name must be one of {', '.join(_MEANS)}, got {name!r}")
        values = np.asarray(getattr(self, name), float)
        return mean_and_error(values, self.sets_per_code)


@sliced
def relay(
    code: Code,
    n_active: int,
    depth: int,
    trials: int,
    rng: Generator,
    unit: str = "threshold",
    fresh: bool = True,
    redriven: bool = False,
    threshold: float = 0.5,
    gain: float = 1.0,
    levels: Sequence[float] = (1.0,),
    sets_per_code: int = 1,
    *,
    slices: int,
) -> Slices[Relay]:
    """Activations handed through several layers of any code, by brute force.

    .. math:: a_k = \\varphi(r_k), \\qquad r_k = g\\, F_k^{\\mathsf T} F_k\\, a_{k-1}

    Parameters
    ----------
    code : array_like or callable
        A code F of shape (n, m), the same in every layer and trial; or a function ``rng -> F`` that draws one.
    n_active : int
        l, features active at the start, 1 to m.
    depth : int
        L, layers, at least 1.
    trials : int
        Active sets to draw, at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    unit : str
        φ: ``"linear"`` r; ``"threshold"`` 1[r > θ]; ``"gated"`` r 1[r > θ]; ``"relu"`` (r - θ)₊/(1 - θ).
    fresh : bool
        Whether a code that is drawn is drawn anew for each layer, or once for all.
    redriven : bool
        Whether each layer is given the true features afresh, at activation 1, and does not hear the echo of its other
        features' own last activation; for ``unit="threshold"`` only.
    threshold : float
        θ in (0, 1); for the linear unit only what counts as active.
    gain : float
        g > 0, by which readouts are multiplied.
    levels : sequence of float
        Positive activations, one of which each active feature has at the start, all equally likely.
    sets_per_code : int
        Active sets tried on the same codes. Standard errors then rest on the means of the codes. Divides `trials`, at
        most half of it, unless the code is an array.

    Returns
    -------
    Relay
        Of each layer and trial.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law*, by drawing the codes: O(n m) per layer and code.

    Examples
    --------
    >>> from superposition.codes import tight_frame
    >>> rng = np.random.default_rng(0)
    >>> F = tight_frame(20, 50, rng)
    >>> run = relay(F, 3, 10, 4, rng, unit="linear", gain=20 / 50)
    >>> bool(np.allclose(run.energy[1], run.energy[10]))
    True
    """
    depth, rng, *options = _checked(depth, rng, unit, redriven, threshold, gain, levels)
    trials = integer("trials", trials, low=2)
    if not callable(code):
        if sets_per_code != 1:
            raise ValueError(f"sets_per_code must be 1 when code is an array, used in every trial, got {sets_per_code}")
        m = finite_matrix("code", code).shape[1]
        together = max(1, min(math.ceil(trials / 20), BLOCK // m))
    else:
        together = integer("sets_per_code", sets_per_code, high=trials // 2)
        if trials % together:
            raise ValueError(f"sets_per_code must divide trials = {trials}, got {together}")
    measured, done, reports = [], 0, Reports(trials, slices, sets_per_code)
    while done < trials:
        size = min(together, trials - done)
        layers = _layers(code, n_active, depth, size, rng, unit, fresh, redriven, *options)
        first = next(layers)
        true, start = first[1], first[2]
        rows = [_measured(true, start, true, start)]
        rows += [_measured(true, start, above, a) for _, above, a in layers]
        measured.append(np.stack(rows, axis=1))
        done += size
        if reports.due(done):
            yield done / trials, _result(measured, n_active, sets_per_code)


def relay_readouts(
    code: Code,
    n_active: int,
    depth: int,
    rng: Generator,
    unit: str = "threshold",
    fresh: bool = True,
    redriven: bool = False,
    threshold: float = 0.5,
    gain: float = 1.0,
    levels: Sequence[float] = (1.0,),
) -> tuple[NDArray, NDArray]:
    """Readouts of every feature in every layer of one network, for histograms.

    Parameters
    ----------
    code, n_active, depth, rng, unit, fresh, redriven, threshold, gain, levels
        As for `relay`.

    Returns
    -------
    readouts : numpy.ndarray
        r_k of each layer, before its unit, shape (depth, m).
    true : numpy.ndarray
        Which features were active at the start, shape (m,), bool.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Examples
    --------
    >>> from superposition.codes import random_code
    >>> r, true = relay_readouts(lambda rng: random_code(256, 500, rng), 3, 4, np.random.default_rng(0))
    >>> r.shape, int(true.sum())
    ((4, 500), 3)
    """
    depth, rng, *options = _checked(depth, rng, unit, redriven, threshold, gain, levels)
    layers = _layers(code, n_active, depth, 1, rng, unit, fresh, redriven, *options)
    (_, true, _), *following = layers
    return np.concatenate([r for r, _, _ in following]), true[0]


@sliced
def random_code_relay(
    n: int,
    m: int,
    n_active: int,
    depth: int,
    trials: int,
    rng: Generator,
    redriven: bool = False,
    threshold: float = 0.5,
    *,
    slices: int,
) -> Slices[Relay]:
    """Thresholded networks with a fresh random code in each layer, without ever forming the codes.

    Parameters
    ----------
    n : int
        Neurons, at least 1.
    m : int
        Features, at least 1. Costs nothing.
    n_active : int
        l, features active at the start, 1 to m.
    depth : int
        L, layers, at least 1.
    trials : int
        Networks, at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    redriven : bool
        As for `relay`.
    threshold : float
        θ, in (0, 1).

    Returns
    -------
    Relay
        As from ``relay(lambda rng: random_code(n, m, rng), ..., unit="threshold")`` with codes of its own for each trial.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law* while at most 64 features are active, or n/8 of them and no more than 512. The directions of a fresh
    code know nothing of the last one, so the numbers of true and of untrue active features are a Markov chain. Given
    the neurons' state x, the absent features' readouts are |x| t with independent overlaps t: their false alarms are
    binomial. The readouts of the active ones come jointly from the Cholesky factor of their Gram matrix, see
    `draws.Directions`. `chains.relay` is the declaration.

    *Asymptotic* above, where a network with many more features than neurons is past saving: x is drawn as Gaussian,
    with the exact mean and variance of |x|², and the active ones' readouts as independent given x. It errs by about one
    part in l.

    Examples
    --------
    >>> run = random_code_relay(1024, 10**6, 8, 30, 100, np.random.default_rng(0))
    >>> run.n_active.shape, int(run.n_active[0, 0])
    ((31, 100), 8)
    """
    n, m, n_active = integer("n", n), integer("m", m), integer("n_active", n_active, high=integer("m", m))
    depth, trials = integer("depth", depth), integer("trials", trials, low=2)
    rng, threshold = generator(rng), real("threshold", threshold, 0, 1, "()")
    at = {"n": n, "m": m, "l0": n_active, "L": depth, "theta": threshold, "redriven": int(bool(redriven))}
    measured = []
    for part, due in parts(trials, slices):
        size = part.stop - part.start
        drawn = chains.relay.sample(rng, size, **at)
        hits = np.vstack([np.full(size, n_active), drawn["kept_hits"].T])
        untrue = np.vstack([np.zeros(size), drawn["kept_untrue"].T])
        share = hits / n_active
        measured.append(np.stack([hits + untrue, untrue, n_active - hits, share, hits + untrue, 1 - share]))
        if due:
            yield part.stop / trials, _result(measured, n_active)


def _checked(depth, rng, unit, redriven, threshold, gain, levels):
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, got {unit!r}")
    if redriven and unit != "threshold":
        raise ValueError(
            f"redriven must be False for unit = {unit!r}, got {redriven!r}; only threshold units forget their own echo"
        )
    levels = np.array([real("levels", value, 0, math.inf, "()") for value in levels])
    if redriven and (levels != 1).any():
        raise ValueError(f"levels must be 1 for a redriven network, got {levels.tolist()}")
    gain = real("gain", gain, 0, math.inf, "()")
    return integer("depth", depth), generator(rng), real("threshold", threshold, 0, 1, "()"), gain, levels


def _layers(code, n_active, depth, sets, rng, unit, fresh, redriven, threshold, gain, levels):
    """Yield (readouts, which count as active, activations) of shape (sets, m), the start and then each layer."""
    n_active = integer("n_active", n_active)
    F = finite_matrix("code", code(rng) if callable(code) else code)
    m = F.shape[1]
    active = active_sets(m, integer("n_active", n_active, high=m), sets, rng)
    a = np.zeros((sets, m))
    np.put_along_axis(a, active, rng.choice(levels, active.shape), axis=1)
    true = a > 0
    yield a, true, a
    for layer in range(depth):
        if layer and fresh and callable(code):
            F = finite_matrix("code", code(rng))
        r = gain * ((a @ F.T) @ F)
        if redriven:
            r = np.where(true, 1.0, r - a)
        above = r > threshold
        if unit == "linear":
            a = r
        elif unit == "threshold":
            a = above.astype(float)
        elif unit == "gated":
            a = r * above
        else:
            a = np.maximum(r - threshold, 0) / (1 - threshold)
        yield r, above, a


def _measured(true, start, above, a):
    """The fields of `Relay` for one layer, shape (fields, sets)."""
    hits = np.count_nonzero(above & true, axis=1)
    n_active, n_true = np.count_nonzero(above, axis=1), np.count_nonzero(true, axis=1)
    along = np.einsum("ij,ij->i", a, start) / np.einsum("ij,ij->i", start, start)
    changed = np.einsum("ij,ij->i", (a - start) ** 2, true) / n_true
    return np.stack([n_active, n_active - hits, n_true - hits, along, np.einsum("ij,ij->i", a, a), changed])


def _result(parts, n_true, sets_per_code=1):
    n_active, false_alarms, misses, *others = np.concatenate(parts, axis=2)
    counts = (values.astype(np.int64) for values in (n_active, false_alarms, misses))
    return Relay(*counts, *others, n_true=n_true, sets_per_code=sets_per_code)

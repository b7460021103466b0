"""What a dictionary is like beside random directions and beside the best there are, and what it can bear."""

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from superposition import formulas, simulate
from superposition.arguments import generator, integer, real
from superposition.dictionary.files import read
from superposition.dictionary.nearest import Alike, Nearest
from superposition.dictionary.report import Report, counted, shown
from superposition.overlaps import MEMORY, UnitColumns, each_tile, worst_pair
from superposition.progress import Progress
from superposition.simulate.active import active_sets

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Diagnosis", "Dictionary", "WrongReadouts", "diagnose", "opened", "wrong_readouts"]

# Overlap from which two directions are the same, well above what single precision leaves of 1; columns of which all
# overlaps are looked at, evenly spaced; active sets tried.
_SAME, _SAMPLED, _TRIALS = 1 - 1e-4, 1024, 200

Dictionary = ArrayLike | str | os.PathLike
"""A matrix, or the name of the file that holds it."""


@dataclass(frozen=True, repr=False)
class Diagnosis(Report):
    """What `diagnose` found. Text as `print` shows it, HTML with figures in a notebook, numbers as `to_json`.

    Attributes
    ----------
    name : str
        file, or "array".
    n, m : int
        neurons; features, dead ones not counted.
    dead : numpy.ndarray
        columns of zeros.
    kept : numpy.ndarray
        the other columns: of what follows, one each.
    lengths : numpy.ndarray
        of the columns, shape (m,).
    rms, worst, welch : float
        root mean square and largest absolute overlap; Welch's bound on both.
    pair : tuple of int
        columns that overlap most.
    nearest, neighbour : numpy.ndarray
        largest absolute overlap of each feature, and its column.
    feature_rms, feature_mean : numpy.ndarray
        root mean square and mean of each feature's overlaps.
    spectrum : numpy.ndarray
        eigenvalues of F Fᵀ, largest first; they sum to m.
    sampled : numpy.ndarray
        overlaps of all pairs among some columns, evenly spaced.
    clusters : tuple of numpy.ndarray
        columns linked by overlaps of at least `alike`, the largest cluster first.
    alike : float
        overlap that links.
    n_active : int
        l at which readouts were tried.
    errors, errors_se : float
        wrong readouts of an active set there.
    bears, bears_se : float
        l at which they reach what the book allows at its limits, by trial.
    """

    name: str
    n: int
    m: int
    dead: np.ndarray
    kept: np.ndarray
    lengths: np.ndarray
    rms: float
    worst: float
    welch: float
    pair: tuple[int, int]
    nearest: np.ndarray
    neighbour: np.ndarray
    feature_rms: np.ndarray
    feature_mean: np.ndarray
    spectrum: np.ndarray
    sampled: np.ndarray
    clusters: tuple
    alike: float
    n_active: int
    errors: float
    errors_se: float
    bears: float
    bears_se: float

    @property
    def effective_neurons(self) -> float:
        """Neurons in which random directions overlap as much in root mean square; infinite where nothing overlaps."""
        if 0 < self.rms < 1:
            return float(formulas.effective_neurons(eps=self.rms))
        return math.inf if self.rms == 0 else 1.0

    @property
    def max_active(self) -> float:
        """l that follows from `effective_neurons`, at most m."""
        if math.isinf(self.effective_neurons):
            return float(self.m)
        return min(float(self.m), float(formulas.max_active(m=self.m, n=self.effective_neurons)))

    @property
    def levels(self) -> float:
        """K that follows from `effective_neurons` at `n_active`."""
        if math.isinf(self.effective_neurons):
            return math.inf
        return float(formulas.levels(l=self.n_active, m=self.m, n=self.effective_neurons))

    @property
    def duplicates(self) -> int:
        """Number of features that have the direction of another, or its opposite."""
        return int((self.nearest >= _SAME).sum())

    @property
    def common(self) -> float:
        """Share of the squared overlaps that is each feature's mean overlap, squared: what signs do not average out."""
        return float((self.feature_mean**2).mean()) / self.rms**2 if self.rms else 0.0

    @property
    def unlike_random(self) -> float:
        """Share of features whose nearest is nearer than that of one in a hundred random ones."""
        edge = formulas.best_match(delta=0.01, m=self.m - 1, n=self.n)
        return float((self.nearest > edge).mean())

    def crosstalk(self, n_active: int) -> float:
        """Root mean square crosstalk on a feature that is absent while others are active.

        Parameters
        ----------
        n_active : int
            l, others active at once at activation 1, 1 to m - 1.

        Returns
        -------
        float
            Over all features and all sets of l others.

        Raises
        ------
        TypeError, ValueError
            If `n_active` is no integer in its range.

        Notes
        -----
        *Exact*: of a feature's overlaps with mean μ and mean square q, l drawn without replacement have a sum of mean
        square l (q - μ²)(m - 1 - l)/(m - 2) + l² μ². Of a random code it is `formulas.crosstalk_std`.
        """
        l = integer("n_active", n_active, high=self.m - 1)
        mean, square = self.feature_mean**2, self.feature_rms**2
        left = (self.m - 1 - l) / (self.m - 2) if self.m > 2 else 0
        return float(np.sqrt((l * left * (square - mean) + l * l * mean).mean()))

    @property
    def title(self) -> str:
        return f"{self.name}: {self.m:,} features in {self.n:,} neurons"

    @cached_property
    def numbers(self) -> dict[str, Any]:
        lengths, nearest = (
            np.quantile(self.lengths, [0, 0.5, 1]),
            np.quantile(self.nearest, [0.05, 0.25, 0.5, 0.75, 0.95]),
        )
        l, m, n = self.n_active, self.m, self.n
        energy = np.cumsum(self.spectrum) / self.spectrum.sum()
        return {
            "name": self.name,
            "neurons": n,
            "features": m,
            "dead": self.dead.tolist(),
            "lengths": {"lowest": float(lengths[0]), "median": float(lengths[1]), "highest": float(lengths[2])},
            "overlap": {
                "rms": self.rms,
                "welch": self.welch,
                "random_rms": formulas.typical_overlap(n=n),
                "worst": self.worst,
                "pair": list(self.pair),
                "random_worst": formulas.worst_overlap_median(m=m, n=n),
            },
            "effective_neurons": self.effective_neurons,
            "nearest": {
                "quantiles": dict(zip(("5%", "25%", "50%", "75%", "95%"), nearest.tolist(), strict=True)),
                "random_median": formulas.best_match(delta=0.5, m=m - 1, n=n),
                "random_highest_hundredth": formulas.best_match(delta=0.01, m=m - 1, n=n),
                "beyond_it": self.unlike_random,
            },
            "spectrum": {
                "largest": float(self.spectrum[0]),
                "random_largest": formulas.spectrum_edge(m=m, n=n),
                "half_of_it_in": int(np.searchsorted(energy, 0.5)) + 1,
                "nine_tenths_in": int(np.searchsorted(energy, 0.9)) + 1,
            },
            "mean_overlap_share": self.common,
            "alike": {
                "threshold": self.alike,
                "clusters": len(self.clusters),
                "features": int(sum(map(len, self.clusters))),
                "largest": [cluster[:20].tolist() for cluster in self.clusters[:10]],
                "duplicates": self.duplicates,
            },
            "readouts": {
                "active": l,
                "crosstalk": self.crosstalk(min(l, m - 1)),
                "random_crosstalk": formulas.crosstalk_std(l=l, n=n),
                "errors": self.errors,
                "errors_se": self.errors_se,
                "random_errors": formulas.expected_errors(l=l, m=m, n=n),
                "levels": self.levels,
                "random_levels": formulas.levels(l=l, m=m, n=n),
            },
            "bears": {
                "by_trial": self.bears,
                "by_trial_se": self.bears_se,
                "by_effective_neurons": self.max_active,
                "random": min(float(m), formulas.max_active(m=m, n=n)),
            },
        }

    @property
    def rows(self) -> list[tuple[str, str]]:
        told = self.numbers
        overlap, nearest, spectrum = told["overlap"], told["nearest"], told["spectrum"]
        alike, readouts, bears = told["alike"], told["readouts"], told["bears"]
        lengths = " to ".join(shown(told["lengths"][name]) for name in ("lowest", "highest"))
        welch = f", {shown(self.rms / self.welch)} × Welch's bound" if self.welch else ""
        quantiles = nearest["quantiles"]
        return [
            ("dead columns", shown(len(self.dead))),
            ("lengths", f"{lengths}, median {shown(told['lengths']['median'])}"),
            (
                "overlap, RMS",
                f"{shown(self.rms)}{welch}, {shown(self.rms / overlap['random_rms'])} × that of random directions",
            ),
            (
                "overlap, worst",
                f"{shown(self.worst)}, of columns {self.pair[0]} and {self.pair[1]} (random: {shown(overlap['random_worst'])})",
            ),
            ("effective neurons", f"{shown(self.effective_neurons)} of {self.n:,}"),
            (
                "nearest feature",
                f"median overlap {shown(quantiles['50%'])}, nine tenths from {shown(quantiles['5%'])} to "
                f"{shown(quantiles['95%'])} (random: {shown(nearest['random_median'])})",
            ),
            (
                "spectrum",
                f"half of it in {spectrum['half_of_it_in']:,} directions, nine tenths in {spectrum['nine_tenths_in']:,}; "
                f"largest {shown(spectrum['largest'])} (random: {shown(spectrum['random_largest'])})",
            ),
            (
                f"alike, from {shown(self.alike)}",
                f"{alike['features']:,} features in {counted(alike['clusters'], 'cluster', 'clusters')}; "
                f"{counted(alike['duplicates'], 'duplicate', 'duplicates')}",
            ),
            (
                f"crosstalk, {self.n_active:,} active",
                f"{shown(readouts['crosstalk'])} (random: {shown(readouts['random_crosstalk'])})",
            ),
            (
                f"wrong readouts, {self.n_active:,} active",
                f"{shown(self.errors)} ± {shown(self.errors_se)} (random: {shown(readouts['random_errors'])})",
            ),
            (
                "active features it bears",
                f"{shown(self.bears)} ± {shown(self.bears_se)} by trial, {shown(self.max_active)} by its RMS overlap "
                f"(random: {shown(bears['random'])})",
            ),
            (
                f"levels, {self.n_active:,} active",
                f"{shown(self.levels)} by its RMS overlap (random: {shown(readouts['random_levels'])})",
            ),
        ]

    @property
    def remarks(self) -> list[str]:
        """Where the random model fails, in words."""
        told = self.numbers
        ratio, largest = self.rms / told["overlap"]["random_rms"], told["spectrum"]["largest"]
        edge, by_rms = told["spectrum"]["random_largest"], told["bears"]["by_effective_neurons"]
        spread = float(self.lengths.std() / self.lengths.mean())
        found = [
            (ratio > 1.1, f"Overlaps are {shown(ratio)} times those of random directions: it is as if there were "
             f"{shown(self.effective_neurons)} neurons."),
            (ratio < 0.9, f"Overlaps are {shown(ratio)} times those of random directions: the features avoid each other."),
            (self.common > 0.01, f"Directions have a common part: {100 * self.common:.0f} % of the squared overlaps are "
             "the square of a feature's mean overlap. That part of the crosstalk grows like l, not like √l."),
            (self.unlike_random > 0.02, f"{100 * self.unlike_random:.0f} % of the features have a nearer neighbour than "
             "one random feature in a hundred."),
            (largest > 1.1 * edge, f"One direction has {shown(largest / edge)} times the energy that any has by chance."),
            (self.duplicates > 0, f"{counted(self.duplicates, 'feature has', 'features have')} the direction of another, or its opposite."),
            (spread > 0.1, f"Lengths differ, by {100 * spread:.0f} % (standard deviation): what is said here is of unit "
             "columns. Long ones disturb more."),
            (abs(self.bears - by_rms) > max(0.25 * by_rms, 3 * self.bears_se, 1), "What it bears by trial is not what "
             "follows from its RMS overlap: overlaps are distributed otherwise than random ones."),
            (len(self.dead) > 0, f"{counted(len(self.dead), 'column is', 'columns are')} zero and left out."),
            (self.n > self.m, "There are more neurons than features. If features are the rows, say transposed."),
        ]  # fmt: skip
        return [words for holds, words in found if holds] or [
            "In nothing measured here does it differ from random directions."
        ]

    def figures(self) -> Iterator[tuple[str, Callable[["Axes"], object]]]:
        yield (
            "Overlap of each feature with its nearest, and its law for random directions",
            lambda axis: self._histogram(axis, self.nearest, self._nearest_density, "largest overlap of a feature"),
        )
        yield (
            "Overlaps of sampled pairs, and their law for random directions",
            lambda axis: self._histogram(axis, self.sampled, self._density, "overlap of a pair", yscale="log"),
        )
        yield "Eigenvalues of F Fᵀ, and the largest of random directions", self._eigenvalues

    def _density(self, t):
        return formulas.overlap_density(n=self.n, t=np.clip(t, -1 + 1e-9, 1 - 1e-9))

    def _nearest_density(self, t):
        return np.gradient(formulas.best_match_law(m=self.m - 1, n=self.n, t=t), t)

    def _histogram(self, axis, values, law, label, yscale="linear"):
        from superposition.plots import MEASURED, THEORY

        counts, edges, _ = axis.hist(values, bins=60, density=True, color=MEASURED, alpha=0.6)
        t = np.linspace(max(edges[0], -1) if values.min() < 0 else 0, min(1, edges[-1]), 400)
        heights = law(t)
        low = 0 if yscale == "linear" else counts[counts > 0].min() / 3
        axis.plot(t[heights > low], heights[heights > low], color=THEORY)
        axis.set(xlabel=label, ylabel="density", yscale=yscale)

    def _eigenvalues(self, axis):
        from superposition.plots import MEASURED, THEORY

        positive = self.spectrum[self.spectrum > 1e-12 * self.spectrum[0]]
        axis.plot(np.arange(1, len(positive) + 1), positive, color=MEASURED)
        axis.axhline(formulas.spectrum_edge(m=self.m, n=self.n), color=THEORY)
        axis.set(xlabel="rank", ylabel="eigenvalue", yscale="log", xscale="log")


@dataclass(frozen=True)
class WrongReadouts:
    """Wrong readouts of random active sets.

    Attributes
    ----------
    errors, errors_se : float
        mean of an active set, and its standard error, at least one error in all trials.
    trials : int
        active sets.
    """

    errors: float
    errors_se: float
    trials: int


def diagnose(
    F: Dictionary,
    *,
    n_active: int | None = None,
    array: str | None = None,
    transposed: bool = False,
    alike: float = 0.9,
    trials: int = _TRIALS,
    rng: Generator | None = None,
    memory: int = MEMORY,
    progress: Progress = None,
) -> Diagnosis:
    """Measure a dictionary, and set beside it what the book's formulas say of random directions of its size.

    Parameters
    ----------
    F : array_like or str or os.PathLike
        Shape (n, m), features as columns, of any lengths; or the name of a ``.npy``, ``.npz`` or ``.safetensors`` file.
    n_active : int, optional
        l, features active at once, 1 to m; without it, as many as a random code of this size bears, at least 1.
    array : str, optional
        Name of the matrix in a file that has several.
    transposed : bool
        Whether features are the rows.
    alike : float
        Absolute overlap, above 0 and at most 1, from which features are linked into clusters.
    trials : int
        Active sets on which readouts are tried, at least 2, at each l tried.
    rng : numpy.random.Generator, optional
        Source of randomness for these; ``numpy.random.default_rng(0)`` without it.
    memory : int
        Bytes for what is held at a time beside F, a square matrix of side min(n, m) and some numbers for each feature.
    progress : callable, None or False
        ``progress(done, total)`` is told how many pairs were looked at; None shows a bar on a terminal, False nothing.

    Returns
    -------
    Diagnosis
        Norms, overlaps, effective dimension, nearest neighbours, spectrum, clusters, crosstalk, and the l and K it bears.

    Raises
    ------
    TypeError, ValueError, OSError
        If an argument is not of its type or range: F with fewer than two neurons or two columns that are not zero,
        with an entry that is not finite, or a file that `read` refuses.

    Notes
    -----
    RMS and worst overlap are *exact* to double precision, nearest overlaps to single. Predictions are those of
    `formulas`: `welch_bound`, `typical_overlap`, `worst_overlap_median`, `effective_neurons`, `best_match`,
    `spectrum_edge`, `crosstalk_std`, `expected_errors`, `max_active` and `levels`, each with its own status. That what
    follows from `effective_neurons` holds of a dictionary that is not random is *heuristic*; therefore readouts are
    tried, at unit activations, unit columns and a threshold of ½, and the l is searched at which the errors are
    `formulas.errors_at_limit`.

    Time is that of half the Gram matrix in single precision.

    Examples
    --------
    >>> from superposition.codes import random_code
    >>> found = diagnose(random_code(256, 2000, np.random.default_rng(0)))
    >>> round(found.effective_neurons), found.remarks
    (256, ['In nothing measured here does it differ from random directions.'])
    """
    F, name = opened(F, array, transposed)
    alike, trials = real("alike", alike, 0, 1, "(]"), integer("trials", trials, low=2)
    rng = np.random.default_rng(0) if rng is None else generator(rng)
    columns = UnitColumns(F, name, memory, drop_dead=True)
    n, m = columns.n, columns.m
    if n < 2:
        raise ValueError(f"{name} must have at least 2 neurons, got {n}: columns are features")
    random_bears = min(m, max(1, int(formulas.max_active(m=m, n=n))))
    n_active = random_bears if n_active is None else integer("n_active", n_active, high=m)

    nearest, links, roughly = Nearest(m), Alike(alike, m), []

    def visit(tile, top, left):
        np.abs(tile, out=tile)
        if top == left:
            np.fill_diagonal(tile, -1)
        largest = nearest.see_rows(tile, top, left)
        nearest.see_columns(tile, top, left)
        roughly.append((largest.max(), top, left, tile.shape))
        links.see(tile, top, left, largest)

    each_tile(visit, columns, progress=progress)
    worst, pair = worst_pair(columns, roughly)
    rms, (mean, square) = columns.rms(), columns.of_each()
    tried = wrong_readouts(columns, n_active, trials, rng)
    borne = simulate.largest_active(
        lambda l: wrong_readouts(columns, l, trials, rng), m, formulas.errors_at_limit(m=m), random_bears
    )
    kept = columns.kept
    return Diagnosis(
        name=name,
        n=n,
        m=m,
        dead=np.setdiff1d(np.arange(columns.array.shape[1]), kept),
        kept=kept,
        lengths=columns.lengths,
        rms=rms,
        worst=worst,
        welch=math.sqrt(columns.welch_squared),
        pair=tuple(kept[list(pair)].tolist()),
        nearest=np.minimum(nearest.overlap, 1),
        neighbour=kept[nearest.index],
        feature_rms=np.sqrt(square),
        feature_mean=mean,
        spectrum=columns.spectrum(),
        sampled=_sample(columns),
        clusters=tuple(kept[cluster] for cluster in links.clusters()),
        alike=alike,
        n_active=n_active,
        errors=tried.errors,
        errors_se=tried.errors_se,
        bears=borne.n_active,
        bears_se=borne.n_active_se,
    )


def opened(F: Dictionary, array: str | None = None, transposed: bool = False, name: str = "F") -> tuple[ArrayLike, str]:
    """The matrix that is meant, features as columns, and what to call it."""
    if isinstance(F, (str, os.PathLike)):
        return read(F, array, transposed), os.path.basename(os.fspath(F))
    if array is not None:
        raise TypeError(f"array = {array!r} names a matrix in a file, but {name} is none")
    return (np.asarray(F).T if transposed else F), name


def _sample(columns):
    chosen = np.unique(np.linspace(0, columns.m - 1, min(_SAMPLED, columns.m)).astype(int))
    rows = columns.chosen(chosen)
    return (rows @ rows.T)[np.triu_indices(len(rows), 1)]


def wrong_readouts(columns: UnitColumns, n_active: int, trials: int, rng: Generator) -> WrongReadouts:
    """How many of all features a threshold at ½ reads wrongly, of random active sets at unit activations.

    Parameters
    ----------
    columns : UnitColumns
    n_active : int
        l, features active at once.
    trials : int
        Active sets.
    rng : numpy.random.Generator

    Returns
    -------
    WrongReadouts
        *Exact in law* but for single precision, in the memory of a panel and one bit-wide array of shape (m, trials).
    """
    sets = active_sets(columns.m, n_active, trials, rng)
    states = np.array([columns.chosen(chosen).sum(axis=0) for chosen in sets])
    above = np.empty((columns.m, trials), bool)
    for first in range(0, columns.m, columns.panel):
        last = min(first + columns.panel, columns.m)
        above[first:last] = columns.held(first, last) @ states.T > 0.5
    right = np.take_along_axis(above, sets.T, axis=0).sum(axis=0)
    wrong = above.sum(axis=0) + n_active - 2 * right
    return WrongReadouts(float(wrong.mean()), max(float(wrong.std(ddof=1)) / math.sqrt(trials), 1 / trials), trials)

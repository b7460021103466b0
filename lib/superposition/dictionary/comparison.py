"""Which features of one dictionary are in another, and which would seem to be by chance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy  # which loads its parts when they are first used

from superposition import formulas
from superposition.dictionary.diagnosis import Dictionary, opened
from superposition.dictionary.nearest import Nearest
from superposition.dictionary.report import Report, shown
from superposition.overlaps import MEMORY, UnitColumns, each_tile
from superposition.progress import Progress

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, repr=False)
class Comparison(Report):
    """What `compare` found of dictionaries F and G. Text, HTML with figures in a notebook, numbers as `to_json`.

    Attributes
    ----------
    names : tuple of str
        of F and of G.
    n : int
        neurons.
    kept : tuple of numpy.ndarray
        columns of F and of G that are not zero: of what follows, one each.
    best : tuple of numpy.ndarray
        largest absolute overlap of each feature of F with one of G, and of each of G with one of F.
    match : tuple of numpy.ndarray
        columns of G, and of F, that have it.
    pairs : numpy.ndarray or None
        shape (2, k): columns of F and of G, each at most once, such that the overlaps have the largest sum.
    paired : numpy.ndarray or None
        absolute overlaps of these, shape (k,).
    """

    names: tuple[str, str]
    n: int
    kept: tuple
    best: tuple
    match: tuple
    pairs: np.ndarray | None
    paired: np.ndarray | None

    def chance(self, delta: float = 0.5) -> tuple[float, ...]:
        """Best overlap that a random direction reaches with probability δ, with features of G, and of F.

        Parameters
        ----------
        delta : float
            δ, above 0 and below 1; at ½ it is the median.

        Returns
        -------
        tuple of float
            *Exact*: `formulas.best_match` for as many features as there are.
        """
        return tuple(float(formulas.best_match(delta=delta, m=len(kept), n=self.n)) for kept in reversed(self.kept))

    @property
    def mutual(self) -> int:
        """Number of pairs of which each is the other's best match."""
        there, back = (
            dict(zip(kept.tolist(), match.tolist(), strict=True))
            for kept, match in zip(self.kept, self.match, strict=True)
        )
        return sum(back[j] == i for i, j in there.items())

    @property
    def title(self) -> str:
        return f"{self.names[0]}, {len(self.kept[0]):,} features, and {self.names[1]}, {len(self.kept[1]):,}, in {self.n:,} neurons"

    @property
    def numbers(self) -> dict[str, Any]:
        sides, medians, hundredths = [], self.chance(), self.chance(0.01)
        for place, (name, kept, best) in enumerate(zip(self.names, self.kept, self.best, strict=True)):
            sure = self.chance(0.01 / len(kept))[place]
            sides.append(
                {
                    "name": name,
                    "features": len(kept),
                    "best": {f"{q}%": float(np.quantile(best, q / 100)) for q in (5, 25, 50, 75, 95)},
                    "chance_median": medians[place],
                    "chance_highest_hundredth": hundredths[place],
                    "beyond_it": float((best > hundredths[place]).mean()),
                    "chance_highest_of_all": sure,
                    "beyond_chance": float((best > sure).mean()),
                }
            )
        one_to_one = None
        if self.pairs is not None:
            one_to_one = {
                "pairs": len(self.paired),
                "median": float(np.median(self.paired)),
                "mean": float(self.paired.mean()),
            }
        return {"neurons": self.n, "sides": sides, "mutual": self.mutual, "one_to_one": one_to_one}

    @property
    def rows(self) -> list[tuple[str, str]]:
        told = self.numbers
        found = []
        for side, other in zip(told["sides"], reversed(told["sides"]), strict=True):
            found += [
                (
                    f"{side['name']} in {other['name']}",
                    f"median best overlap {shown(side['best']['50%'])}, nine tenths from {shown(side['best']['5%'])} to "
                    f"{shown(side['best']['95%'])} (chance: {shown(side['chance_median'])})",
                ),
                (
                    "beyond chance",
                    f"{100 * side['beyond_chance']:.1f} % of the features, above {shown(side['chance_highest_of_all'])}, which "
                    "any at all of as many random ones exceeds with probability below 1 %",
                ),
            ]
        found.append(("each other's best", f"{told['mutual']:,} pairs"))
        pairs = told["one_to_one"]
        found.append(
            (
                "one to one",
                f"{pairs['pairs']:,} pairs, median overlap {shown(pairs['median'])}, mean {shown(pairs['mean'])}",
            )
            if pairs
            else ("one to one", "not matched: too many for the memory allowed")
        )
        return found

    @property
    def remarks(self) -> list[str]:
        """What the matches say, in words."""
        return [
            f"{side['name']}: best matches are what random directions would show."
            if side["beyond_it"] < 0.02
            else f"{side['name']}: {100 * side['beyond_it']:.0f} % of the features have a match that one random feature in a "
            "hundred would."
            for side in self.numbers["sides"]
        ]

    def figures(self) -> Iterator[tuple[str, Callable[["Axes"], object]]]:
        for place, name in enumerate(self.names):
            other = self.names[1 - place]
            yield (
                f"Best overlap of each feature of {name} with one of {other}, and its law for random directions",
                partial(self._draw, self.best[place], len(self.kept[1 - place])),
            )

    def _draw(self, best, count, axis):
        from superposition.plots import MEASURED, THEORY

        axis.hist(best, bins=60, density=True, color=MEASURED, alpha=0.6)
        t = np.linspace(0, 1, 1000)
        axis.plot(t, np.gradient(formulas.best_match_law(m=count, n=self.n, t=t), t), color=THEORY)
        axis.set(xlabel="best overlap", ylabel="density")


def compare(
    F: Dictionary,
    G: Dictionary,
    *,
    arrays: tuple[str | None, str | None] = (None, None),
    transposed: bool = False,
    memory: int = MEMORY,
    progress: Progress = None,
) -> Comparison:
    """Match the features of two dictionaries, beside what random dictionaries of the same sizes would show.

    Parameters
    ----------
    F, G : array_like or str or os.PathLike
        Shapes (n, m) and (n, m'), features as columns, of any lengths; or names of files, as for `diagnose`.
    arrays : tuple of str or None
        Names of the matrices in files that have several.
    transposed : bool
        Whether features are the rows, of both.
    memory : int
        Bytes for what is held at a time beside F and G. Features are matched one to one where the m m' overlaps, at
        eight bytes each, are no more.
    progress : callable, None or False
        ``progress(done, total)`` is told how many pairs were looked at; None shows a bar on a terminal, False nothing.

    Returns
    -------
    Comparison
        Best matches in both directions, their law by chance, and a matching one to one.

    Raises
    ------
    TypeError, ValueError, OSError
        If an argument is not of its type or range, or F and G have not the same number of neurons, at least 2.

    Notes
    -----
    Overlaps are *exact* to single precision and taken in absolute value: which way a direction points is convention.
    The law by chance is *exact* for one random feature against any others that do not depend on it
    (`formulas.best_match_law`); its median is 0.150 for 24,576 features in 768 neurons. One to one, overlaps by chance
    are lower. The matching of largest sum is SciPy's `linear_sum_assignment`.

    Time is that of the product FᵀG in single precision, and of the matching, which may take longer.

    Examples
    --------
    >>> from superposition.codes import random_code
    >>> rng = np.random.default_rng(0)
    >>> F = random_code(64, 200, rng)
    >>> found = compare(F, F[:, ::-1] + 0.02 * rng.standard_normal(F.shape))
    >>> found.mutual, bool((found.match[0] == np.arange(199, -1, -1)).all())
    (200, True)
    """
    (F, first), (G, second) = (
        opened(matrix, array, transposed, name) for matrix, array, name in zip((F, G), arrays, "FG", strict=True)
    )
    sides = UnitColumns(F, first, memory, drop_dead=True), UnitColumns(G, second, memory, drop_dead=True)
    n = sides[0].n
    if n != sides[1].n or n < 2:
        raise ValueError(
            f"{first} and {second} must have the same number of neurons, at least 2, got {n} and {sides[1].n}: columns are features"
        )
    ours, theirs = (Nearest(side.m) for side in sides)
    every = np.empty((sides[0].m, sides[1].m), np.float32) if 8 * sides[0].m * sides[1].m <= memory else None

    def visit(tile, top, left):
        np.abs(tile, out=tile)
        ours.see_rows(tile, top, left)
        theirs.see_columns(tile, top, left)
        if every is not None:
            every[top : top + tile.shape[0], left : left + tile.shape[1]] = tile

    each_tile(visit, *sides, progress=progress)
    kept = tuple(side.kept for side in sides)
    pairs = paired = None
    if every is not None:
        chosen = scipy.optimize.linear_sum_assignment(every, maximize=True)
        paired = np.minimum(every[chosen], 1)
        pairs = np.array([columns[lines] for columns, lines in zip(kept, chosen, strict=True)])
    return Comparison(
        names=(first, second),
        n=n,
        kept=kept,
        best=(np.minimum(ours.overlap, 1), np.minimum(theirs.overlap, 1)),
        match=(kept[1][ours.index], kept[0][theirs.index]),
        pairs=pairs,
        paired=paired,
    )

"""What the stored grids of the two chapters on error correction say: smallest widths, largest chains."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import special

from superposition.data import load
from superposition.results import Result
from superposition.simulate import Crossing, crossing

__all__ = ["Best", "largest_chains", "mapped_features", "smallest_widths"]

# with one unit per feature nothing tells the features of a unit apart
FEWEST_VOTES = 2


@dataclass(frozen=True, repr=False)
class Best(Result):
    """The best of the designs tried: chosen on one half of the trials, measured on the other.

    Attributes
    ----------
    n, n_active : int
        cell of grid.
    n_votes : int
        best units tried.
    threshold : float
        best threshold tried.
    found : Crossing
        size, interval.
    interior : bool
        between others tried, all worse.
    """

    n: int
    n_active: int
    n_votes: int
    threshold: float
    found: Crossing
    interior: bool


def mapped_features(n: int, n_active: int, n_votes: int, needed: int, depth: int) -> float:
    """Features at which a sparse chain of n units runs away, by its mean-field map.

    Parameters
    ----------
    n, n_active, n_votes, needed : int
        Units of a layer, active features, units per feature, votes that a unit needs.
    depth : int
        Layers.

    Returns
    -------
    float
        The smallest of 2,000 numbers m, evenly spaced in logarithm from n/4 to n²/l, at which three times as many units fire
        as should.

    Examples
    --------
    >>> 4000 < mapped_features(1024, 2, 3, 3, 8) < 5000
    True
    """
    m = np.geomspace(n / 4, float(n) ** 2 / n_active, 2000)
    listened = -np.expm1(-m * (n_votes / n) ** 2)
    right = n_active * n_votes
    firing = np.full(m.shape, float(right))
    for _ in range(depth - 1):
        whole = np.floor(firing)
        more = firing - whole
        # whole is at least the units of one active feature, of which there are at least as many as are needed
        few, many = (special.betainc(needed, whole + extra - needed + 1, listened) for extra in (0, 1))
        firing = np.minimum(right + (n - right) * ((1 - more) * few + more * many), 20 * right)
    return float(m[np.flatnonzero(firing >= 3 * right)[0]])


def _rows(*tables):
    stored = load("error_correction")
    return [dict(zip(stored[name]["columns"], row, strict=True)) for name in tables for row in stored[name]["rows"]]


def _crossing(sweep, size, count, trials, level):
    return _crossing_of(tuple(row[size] for row in sweep), tuple(row[count] for row in sweep), trials, level)


@cache
def _crossing_of(sizes, successes, trials, level):
    try:
        return crossing(sizes, successes, trials, level)
    except ValueError:
        return None


def _best(rows, cell, design, size, halves, trials, level, largest):
    """For each cell the design that is best on the first half of the trials, measured on the second."""
    sign = 1 if largest else -1
    sweeps = {}
    for row in rows:
        at = tuple(row[name] for name in cell)
        sweeps.setdefault(at, {}).setdefault(tuple(row[name] for name in design), []).append(row)
    chosen = {}
    for at, designs in sweeps.items():
        # where a sweep passes the level in neither direction, how good it may be at best
        first = {key: _crossing(sweep, size, halves[0], trials, level) for key, sweep in designs.items()}
        passed = {key: sign * found.size for key, found in first.items() if found}
        if not passed:
            continue
        best = max(passed, key=passed.get)
        found = _crossing(designs[best], size, halves[1], trials, level)
        if found:
            others = (
                passed.get(key, _at_best(sweep, size, halves[0], trials, level, sign)) for key, sweep in designs.items()
            )
            interior = max(others) <= passed[best] and all(
                _between([key[i] for key in designs if _same_but(i, key, best)], best[i], least)
                for i, least in enumerate((FEWEST_VOTES, -math.inf)[: len(best)])
                if len({key[i] for key in designs}) > 1
            )
            chosen[at] = (best, found, interior)
    return chosen


def _at_best(sweep, size, count, trials, level, sign):
    """Size that a sweep on one side of the level throughout may reach, with the sign that makes larger better."""
    sizes = [sign * row[size] for row in sweep]
    return math.inf if all(row[count] > level * trials for row in sweep) else min(sizes)


def _same_but(i, key, best):
    return all(one == other for j, (one, other) in enumerate(zip(key, best, strict=True)) if j != i)


def _between(tried, value, least):
    """Whether a value has others that were tried on both of its sides, or is the least there can be."""
    return max(tried) > value and (min(tried) < value or value == least)


def smallest_widths(level: float = 0.5) -> list[Best]:
    """Width at which a share `level` of the trials of one layer of votes is exactly right, for each number of active features.

    Returns
    -------
    list of Best
        With the best number of units per feature; units switch at ½.

    Examples
    --------
    >>> all(best.found.low <= best.found.size <= best.found.high for best in smallest_widths())
    True
    """
    at = load("error_correction")["one_layer"]["parameters"]
    rows = _rows("one_layer")
    found = _best(rows, ("n_active",), ("n_votes",), "d", ("chosen", "right"), at["trials"], level, largest=False)
    return [Best(at["n"], cell[0], best[0], 0.5, crossed, inside) for cell, (best, crossed, inside) in found.items()]


def largest_chains(
    design: str,
    depth: int,
    level: float = 0.5,
    n_votes: int | None = None,
    needed: int | None = None,
    cleaning: int = 0,
) -> list[Best]:
    """Features up to which a share `level` of the trials is right at a depth, for every cell of a chain's grid.

    Parameters
    ----------
    design : str
        "dense" or "sparse".
    depth : int
        Layers, 8 or 32.
    level : float
        Share of trials with all m features right after so many layers.
    n_votes, needed : int, optional
        Only this number of units per feature, and of votes that a sparse unit needs; the best, and all of them, if None.
    cleaning : int
        Cleaning layers between two that permute, of the sparse chain.

    Returns
    -------
    list of Best
        Cells in which no number of features tried passes the level are left out.

    Raises
    ------
    ValueError
        If no such chain is stored.

    Examples
    --------
    >>> [best.n for best in largest_chains("dense", 8)][:2]
    [512, 1024]
    """
    if design not in ("dense", "sparse") or depth not in load("error_correction")["sparse"]["parameters"]["depths"]:
        raise ValueError(f"no chain is stored with design = {design!r}, depth = {depth}")
    rows = _rows("dense") if design == "dense" else _rows("sparse", "large")
    for row in rows:
        row.setdefault("n_active", 2)
        row["threshold"] = row.get("threshold", row.get("needed", 0) / row["n_votes"])
        row.setdefault("needed", row["n_votes"])
    rows = [
        row
        for row in rows
        if row.get("cleaning", 0) == cleaning
        and (n_votes is None or row["n_votes"] == n_votes)
        and (row["needed"] == (needed or row["n_votes"]))
    ]
    trials = load("error_correction")[design]["parameters"]["trials"]
    halves = (f"chosen_{depth}", f"right_{depth}")
    found = _best(rows, ("n", "n_active"), ("n_votes", "threshold"), "m", halves, trials, level, largest=True)
    return [Best(*cell, *best, crossed, inside) for cell, (best, crossed, inside) in sorted(found.items())]

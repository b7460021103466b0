"""What the stored grids of the chapter *The price of error correction* say: smallest widths, largest chains."""

from dataclasses import dataclass
from math import exp, inf, log

from scipy import optimize

from superposition import formulas
from superposition.data import load
from superposition.results import Result
from superposition.simulate import Crossing, crossing

__all__ = ["Chained", "Width", "independent_width", "largest_chains", "smallest_widths"]


@dataclass(frozen=True, repr=False)
class Width(Result):
    """The smallest width at which one layer is right often enough.

    Attributes
    ----------
    n, m, n_active : int
        cell of grid.
    n_votes : int
        best units tried.
    width : Crossing
        hidden units, interval.
    """

    n: int
    m: int
    n_active: int
    n_votes: int
    width: Crossing

    @property
    def share(self):
        """l / l_max."""
        return self.n_active * 8 * log(self.m) / self.n

    @property
    def constant(self):
        """C, from the width and its interval."""
        unit = self.m * self.share
        return Crossing(self.width.size / unit, self.width.low / unit, self.width.high / unit)


def independent_width(n, m, n_active, n_votes, level=0.5, majority=False):
    """Width at which one layer is right with probability `level`, if votes were independent.

    Parameters
    ----------
    n, m, n_active, n_votes : int
        Neurons, features, active ones, units per feature.
    level : float
        Probability that all m features are right.
    majority : bool
        Whether a majority of the votes decides, or the best number of them.

    Returns
    -------
    float
        Solves ``correction_success = level`` for d; infinite if no width up to 64 m is enough.

    Raises
    ------
    ValueError
        If an argument lies outside the domain of `correction_success`.

    Examples
    --------
    >>> round(independent_width(1024, 4096, 2, 4))
    308
    """
    success = formulas.correction_success
    needed = [n_votes // 2 + 1] if majority else range(1, n_votes + 1)

    def excess(log_d):
        at = [dict(d=exp(log_d), h=h, l=n_active, m=m, n=n, s=n_votes) for h in needed]
        return max([success(**place) for place in at if success.contains(**place)], default=0) - level

    low, high = log(2 * n_votes), log(64 * m)
    if excess(low) > 0 or excess(high) < 0:
        return inf
    return exp(optimize.brentq(excess, low, high, xtol=1e-9))


def smallest_widths(threshold="oracle", level=0.5):
    """For every cell of the one-layer grid, the width at which a share `level` of the trials is exactly right.

    Parameters
    ----------
    threshold : str
        Final threshold on the votes: "oracle" (the best for each trial), "tuned" (the best for other trials, then fixed)
        or "majority".
    level : float
        Share of trials with all m features right.

    Returns
    -------
    list of Width
        The best of the numbers of units per feature that were tried; cells in which no width tried reached the level are
        left out.

    Raises
    ------
    ValueError
        If the threshold is not one of the three.

    Examples
    --------
    >>> found = smallest_widths("oracle", 0.5)
    >>> all(w.width.low <= w.width.size <= w.width.high for w in found)
    True
    """
    if threshold not in ("oracle", "tuned", "majority"):
        raise ValueError(f"threshold must be 'oracle', 'tuned' or 'majority', got {threshold!r}")
    table = load("error_correction")["one_layer"]
    trials = table["parameters"]["tuned_trials" if threshold == "tuned" else "trials"]
    rule = "majority" if threshold == "majority" else "best"
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    rows = [row for row in rows if row["rule"] == rule]
    found = {}
    for key, sweep in _sweeps(rows, ("n", "m", "n_active", "n_votes")).items():
        width = _crossing(sweep, "d", threshold, trials, level)
        if width and (key[:3] not in found or width.size < found[key[:3]].width.size):
            found[key[:3]] = Width(*key, width)
    return list(found.values())


@dataclass(frozen=True, repr=False)
class Chained(Result):
    """The most features that a chain of layers carries.

    Attributes
    ----------
    n, n_active : int
        cell of grid.
    n_votes : int
        best units tried.
    features : Crossing
        features, interval.
    """

    n: int
    n_active: int
    n_votes: int
    features: Crossing


def largest_chains(design, depth, ramp=0.0, level=0.5):
    """For every cell of the chain grid, the features up to which a share `level` of the trials is right at a depth.

    Parameters
    ----------
    design : str
        "dense" or "sparse", as `superposition.simulate.chained` has it.
    depth : int
        Layers; one of the depths stored.
    ramp : float
        Width over which units switch.
    level : float
        Share of trials with all m features right after so many layers.

    Returns
    -------
    list of Chained
        The best of the numbers of units per feature that were tried.

    Raises
    ------
    ValueError
        If nothing was stored for such a chain.

    Examples
    --------
    >>> [found.n for found in largest_chains("dense", 8) if found.n_active == 2][:2]
    [256, 512]
    """
    tables = load("error_correction")
    found = {}
    for table in (tables["chain"], tables["large_chain"]):
        if depth not in table["parameters"]["depths"]:
            continue
        rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
        rows = [row for row in rows if row["design"] == design and row["ramp"] == ramp]
        for key, sweep in _sweeps(rows, ("n", "n_active", "n_votes")).items():
            features = _crossing(sweep, "m", f"right_{depth}", table["parameters"]["trials"], level)
            if features and (key[:2] not in found or features.size > found[key[:2]].features.size):
                found[key[:2]] = Chained(*key, features)
    if not found:
        raise ValueError(f"no chain is stored with design = {design!r}, depth = {depth}, ramp = {ramp}")
    return list(found.values())


def _sweeps(rows, names):
    sweeps = {}
    for row in rows:
        sweeps.setdefault(tuple(row[name] for name in names), []).append(row)
    return sweeps


def _crossing(sweep, size, count, trials, level):
    try:
        return crossing([row[size] for row in sweep], [row[count] for row in sweep], trials, level)
    except ValueError:
        return None

"""What was measured beside a formula, over a stored grid."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from superposition import formulas
from superposition.data import load

__all__ = ["Measurements", "measured", "ratios"]


@dataclass(frozen=True)
class Measurements:
    """Measurements beside a formula, one for each point of a grid.

    Attributes
    ----------
    at : dict of str to numpy.ndarray
        the formula's arguments, and what else was given.
    value, se : numpy.ndarray
        measured, standard error.
    ratio, ratio_se : numpy.ndarray
        measured ÷ formula, and its standard error.
    """

    at: dict
    value: np.ndarray
    se: np.ndarray
    ratio: np.ndarray
    ratio_se: np.ndarray


@cache
def _tables():
    names = sorted(file.name for file in files("superposition.data").iterdir() if file.name.endswith(".json"))
    return {
        table: rows
        for name in names
        for table, rows in load(name.removesuffix(".json")).items()
        if isinstance(rows, dict) and "measured" in rows.get("columns", ())
    }


def measured(name: str) -> Measurements:
    """The stored measurements of one formula.

    Parameters
    ----------
    name : str
        A formula of the registry that has a `measured` range.

    Returns
    -------
    Measurements
        In the order of the grid.

    Raises
    ------
    ValueError
        If nothing is stored for that name.

    Examples
    --------
    >>> measured("welch_bound")
    Traceback (most recent call last):
        ...
    ValueError: name must be a formula with stored measurements, got 'welch_bound'
    """
    if name not in formulas.registry or name not in _tables():
        raise ValueError(f"name must be a formula with stored measurements, got {name!r}")
    formula, table = formulas.registry[name], _tables()[name]
    *arguments, value, se = np.array(table["rows"], float).T
    at = dict(zip(table["columns"], arguments, strict=False))
    less = formula.measured.less if formula.measured else 0
    unit = formula(**{argument: at[argument] for argument in formula.arguments}) - less
    return Measurements(at, value, se, (value - less) / unit, se / unit)


def ratios(chapter: str) -> dict[str, NDArray]:
    """Measured ÷ formula for every formula of a chapter that has stored measurements.

    Parameters
    ----------
    chapter : str
        Name of a module of `superposition.formulas`.

    Returns
    -------
    dict of str to numpy.ndarray
        By the formulas' names, in the order of the grids.

    Raises
    ------
    ValueError
        If there is no such chapter.

    Examples
    --------
    >>> list(ratios("directions"))
    ['worst_overlap']
    """
    names = getattr(getattr(formulas, str(chapter), None), "__all__", None)
    if names is None:
        raise ValueError(f"chapter must be a module of superposition.formulas, got {chapter!r}")
    return {name: measured(name).ratio for name in names if getattr(formulas.registry.get(name), "measured", None)}

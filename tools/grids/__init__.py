"""The grids that `make data` computes, one module a chapter."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

import numpy as np

from superposition import formulas
from superposition.formula import numeric


@dataclass(frozen=True)
class Beside:
    """A grid of measurements beside a formula.

    Attributes
    ----------
    parameters : dict
        Trials and whatever else made the numbers.
    places : list of tuple
        The formula's arguments, in its own order (alphabetical), point by point, and then whatever else is given.
    measure : callable
        ``place -> value, standard error``; makes its own generator from the seed and the place.
    given : tuple of str
        Letters on which what is measured depends, and the formula, being a limit, does not.
    work : callable, optional
        ``place -> number``, to which the time that a row takes is proportional; all alike if it is not given.
    """

    parameters: dict
    places: list
    measure: Callable
    given: tuple = ()
    work: Callable | None = None

    def some(self, count, rng):
        """Numbers of rows to make again, chosen at random: all can be, and the less often the longer they take."""
        chances = np.array([1 / self.work(*place) if self.work else 1.0 for place in self.places])
        return rng.choice(len(self.places), count, replace=False, p=chances / chances.sum())

    def row(self, *place):
        """One stored row; five digits, which do not differ between machines."""
        return [*place, *(float(f"{number:.5g}") for number in self.measure(*place))]


def meeting(name, places):
    """Those of some places at which a formula is defined and its range is said to hold."""
    formula = formulas.registry[name]
    letters = (
        *formula.arguments,
        *(symbol.name for symbol in formula.measured.over if symbol.name not in formula.arguments),
    )
    conditions = [numeric(relation, letters) for relation in formula.measured.where]

    def holds(place):
        at = dict(zip(letters, place, strict=True))
        inside = formula.contains(**{argument: at[argument] for argument in formula.arguments})
        return inside and all(condition(**at) for condition in conditions)

    return [place for place in places if holds(place)]


def beside(measured):
    """The tables of a dict from names of formulas to `Beside`, in the form that `tools/data.py` takes."""
    for name, grid in measured.items():
        columns = [*formulas.registry[name].arguments, *grid.given, "measured", "se"]
        yield name, grid.parameters, columns, grid.row, grid.places


@cache
def _makers(name):
    return {table: row for table, _, _, row, _ in import_module(f"tools.grids.{name}").grids()}


def made(name, table, *place):
    """One row of a table, in whichever process."""
    return _makers(name)[table](*place)

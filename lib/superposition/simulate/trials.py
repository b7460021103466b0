"""Trials in parts: simulations whose results build up, and the standard errors of what they count."""

import functools
import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from superposition.arguments import integer

R = TypeVar("R")
Slices = Iterator[tuple[float, R]]

# Array entries worked on at a time: 8 MiB in double precision.
BLOCK = 2**20


class sliced(Generic[R]):
    """A simulation that is written as a generator of its results so far, and called for the last of them.

    Parameters
    ----------
    generate : callable
        Generator function with a keyword `slices`: in how many parts of about equal length it reports. It yields
        tuples of the fraction of the trials done and the result so far.

    Examples
    --------
    >>> @sliced
    ... def mean(trials, rng, slices):
    ...     drawn = rng.random(trials)
    ...     for part, due in parts(trials, slices):
    ...         if due:
    ...             yield part.stop / trials, round(float(drawn[: part.stop].mean()), 1)
    >>> mean(1000, np.random.default_rng(0))
    0.5
    >>> list(mean.slices(1000, np.random.default_rng(0), slices=2))
    [(0.5, 0.5), (1.0, 0.5)]
    """

    def __init__(self, generate: Callable[..., Slices[R]]) -> None:
        functools.update_wrapper(self, generate)
        signature = inspect.signature(generate)
        shown = [parameter for name, parameter in signature.parameters.items() if name != "slices"]
        pair = next(iter(get_args(signature.return_annotation)), None)
        *_, result = get_args(pair) or (signature.empty,)
        self.__signature__ = signature.replace(parameters=shown, return_annotation=result)

    def __call__(self, *args: Any, **kwargs: Any) -> R:
        *_, (_, result) = self.__wrapped__(*args, **kwargs, slices=1)
        return result

    def slices(self, *args: Any, slices: int = 20, **kwargs: Any) -> Slices[R]:
        """The result as it builds up, for progress bars and event loops.

        Parameters
        ----------
        *args, **kwargs
            As for the simulation itself.
        slices : int
            How many parts of about equal length the work is cut into, at least 1.

        Yields
        ------
        tuple
            Fraction of the trials done, result so far.

        Raises
        ------
        TypeError, ValueError
            If an argument is not of its type or range; when the first slice is asked for.
        """
        yield from self.__wrapped__(*args, **kwargs, slices=integer("slices", slices))


class Reports:
    """When a result is due: after each of `slices` parts of the trials.

    It never is within the `together` trials that make one observation, nor before two observations are complete.

    Examples
    --------
    >>> reports = Reports(10, 3)
    >>> [done for done in range(1, 11) if reports.due(done)]
    [4, 8, 10]
    """

    def __init__(self, trials: int, slices: int, together: int = 1) -> None:
        self._trials, self._slices, self._together = trials, slices, together
        self._last = 0

    def due(self, done: int) -> bool:
        """Whether a result is due once `done` trials are."""
        whole = done % self._together == 0 and done >= 2 * self._together
        if done == self._trials or (whole and (done - self._last) * self._slices >= self._trials):
            self._last = done
            return True
        return False


def parts(trials: int, slices: int = 1, at_most: float = math.inf) -> Iterator[tuple[slice, bool]]:
    """Yield consecutive slices of the trials, each of at most `at_most`, and whether a result is due after it.

    Examples
    --------
    >>> [(part.stop, due) for part, due in parts(10, slices=2, at_most=3)]
    [(3, False), (6, True), (9, False), (10, True)]
    """
    reports = Reports(trials, slices)
    block = int(max(1, min(math.ceil(trials / slices), at_most)))
    for start in range(0, trials, block):
        part = slice(start, min(start + block, trials))
        yield part, reports.due(part.stop)


def mean_and_error(values: NDArray, together: int = 1) -> tuple[NDArray, NDArray]:
    """Mean and its standard error of each row, `together` consecutive values being one observation.

    Examples
    --------
    >>> mean_and_error(np.array([[1.0, 3.0, 5.0, 7.0]]), together=2)
    (array([4.]), array([2.]))
    """
    observed = values.reshape(len(values), -1, together).mean(axis=2)
    return observed.mean(axis=1), observed.std(axis=1, ddof=1) / math.sqrt(observed.shape[1])


def estimates(kind: type[R], means: NDArray, errors: NDArray, trials: int) -> R:
    """`kind` of means and standard errors by turns, and of the number of trials."""
    return kind(*np.ravel([means, errors], order="F").tolist(), trials)

"""Checks of what a caller passed: each error names the argument, what it was, and what is accepted."""

import math
import operator
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray


def _shown(value):
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def integer(name: str, value: object, low: int = 1, high: int | None = None) -> int:
    """Return `value` as an `int` between `low` and `high`, ends included.

    Raises
    ------
    TypeError
        If `value` is not an integer (a `bool` and a `float` such as 3.0 are not).
    ValueError
        If it lies outside [low, high].

    Examples
    --------
    >>> integer("n", 512)
    512
    >>> integer("n", 0)
    Traceback (most recent call last):
        ...
    ValueError: n must be at least 1, got 0
    """
    accepted = f"at least {low}" if high is None else f"between {low} and {high}"
    if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__index__") or np.ndim(value):
        raise TypeError(f"{name} must be an integer {accepted}, got {type(value).__name__} {_shown(value)}")
    number = operator.index(value)
    if number < low or (high is not None and number > high):
        raise ValueError(f"{name} must be {accepted}, got {number}")
    return number


def real(name: str, value: object, low: float = -math.inf, high: float = math.inf, ends: str = "[]") -> float:
    """Return `value` as a finite `float` between `low` and `high`; `ends` says whether they are included.

    Raises
    ------
    TypeError
        If `value` is not a real number.
    ValueError
        If it is NaN, infinite or outside the interval.

    Examples
    --------
    >>> real("threshold", 1)
    1.0
    >>> real("threshold", 1, 0, 1, "()")
    Traceback (most recent call last):
        ...
    ValueError: threshold must be a finite number in (0, 1), got 1
    """
    unbounded = math.isinf(low) and math.isinf(high)
    accepted = "a finite number" if unbounded else f"a finite number in {ends[0]}{low}, {high}{ends[1]}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (Real, np.integer, np.floating)):
        raise TypeError(f"{name} must be {accepted}, got {type(value).__name__} {_shown(value)}")
    number = float(value)
    inside = (low < number or (number == low and ends[0] == "[")) and (
        number < high or (number == high and ends[1] == "]")
    )
    if not (math.isfinite(number) and inside):
        raise ValueError(f"{name} must be {accepted}, got {value}")
    return number


def generator(rng: object) -> np.random.Generator:
    """Return `rng` if it is a `numpy.random.Generator`.

    Raises
    ------
    TypeError
        If it is anything else: a seed, `numpy.random`, `None`.

    Examples
    --------
    >>> generator(0)
    Traceback (most recent call last):
        ...
    TypeError: rng must be a numpy.random.Generator, such as numpy.random.default_rng(0), got int 0
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            "rng must be a numpy.random.Generator, such as numpy.random.default_rng(0), "
            f"got {type(rng).__name__} {_shown(rng)}"
        )
    return rng


def matrix(name: str, value: ArrayLike, min_columns: int = 1) -> NDArray:
    """Return `value` as a two-dimensional real array of its own type, copied only if it is not an array yet.

    Whether its entries are finite is left to `finite_matrix`, which has to look at all of them.

    Raises
    ------
    TypeError
        If its entries are not real numbers.
    ValueError
        If it is not (n, m) with n of at least 1 and m of at least `min_columns`.

    Examples
    --------
    >>> matrix("F", [[1, 0], [0, 1]]).shape
    (2, 2)
    >>> matrix("F", [1.0, 0.0])
    Traceback (most recent call last):
        ...
    ValueError: F must be an array of shape (n, m) with n >= 1 and m >= 1, features as columns, got shape (2,)
    """
    accepted = f"an array of shape (n, m) with n >= 1 and m >= {min_columns}, features as columns"
    try:
        array = np.asarray(value)
    except ValueError as ragged:
        raise ValueError(f"{name} must be {accepted}, got rows of unequal length") from ragged
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} must be {accepted}, of real numbers, got {type(value).__name__} of {array.dtype}")
    if array.ndim != 2 or array.shape[0] < 1 or array.shape[1] < min_columns:
        raise ValueError(f"{name} must be {accepted}, got shape {array.shape}")
    return array


def finite_matrix(name: str, value: ArrayLike, min_columns: int = 1) -> NDArray[np.float64]:
    """Return `value` as by `matrix`, in double precision.

    Raises
    ------
    TypeError, ValueError
        As `matrix`, and if an entry is NaN or infinite.

    Examples
    --------
    >>> finite_matrix("F", [[1, float("nan")]])
    Traceback (most recent call last):
        ...
    ValueError: F must be finite, got nan at row 0, column 1
    """
    array = matrix(name, value, min_columns).astype(float, copy=False)
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        raise ValueError(f"{name} must be finite, got {array[row, column]} at row {row}, column {column}")
    return array

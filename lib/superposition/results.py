"""How results are shown: numbers to six digits, which do not differ from one machine to the next; checks in words."""

from dataclasses import dataclass, fields

import numpy as np

__all__ = ["Check", "Result", "confirm", "power_of_ten"]

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def power_of_ten(exponent: int) -> str:
    """A power of ten as it is written in running text.

    Examples
    --------
    >>> power_of_ten(-12)
    '10⁻¹²'
    """
    return "10" + str(exponent).translate(SUPERSCRIPTS)


class Result:
    """A frozen dataclass of numbers, shown to six digits; write it ``@dataclass(frozen=True, repr=False)``.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, repr=False)
    ... class Pair(Result):
    ...     overlap: float
    ...     features: tuple[int, int]
    >>> Pair(1 / 3, (0, 5))
    Pair(overlap=0.333333, features=(0, 5))
    """

    def __repr__(self):
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        shown = (f"{name}={value:.6g}" if isinstance(value, float) else f"{name}={value!r}" for name, value in values)
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(frozen=True)
class Check:
    """A check that held, as one line in words."""

    words: str

    def _repr_markdown_(self):
        return f"✓ {self.words}"

    def __repr__(self):
        return f"✓ {self.words}"


def confirm(words: str, holds: object) -> Check:
    """Assert a truth, and say it in one line.

    Parameters
    ----------
    words : str
        What is true, as Markdown: what equals what, or lies within what.
    holds : bool or array of bool or SymPy truth value
        Whether it is so; of an array, all.

    Returns
    -------
    Check
        Shown as "✓" and the words.

    Raises
    ------
    AssertionError
        If it does not hold; the message is the words.
    TypeError
        If `holds` is no truth value, or `words` no string.

    Examples
    --------
    >>> import sympy as sp
    >>> confirm("the square of the sum has three terms", len(sp.expand((1 + sp.Symbol("x")) ** 2).args) == 3)
    ✓ the square of the sum has three terms
    >>> confirm("four is prime", sp.isprime(4))
    Traceback (most recent call last):
    ...
    AssertionError: not so: four is prime
    """
    if not isinstance(words, str):
        raise TypeError(f"words = {words!r} is not a string")
    # SymPy's truth values are objects of their own, known by their names: its loading takes longer than NumPy's
    truth = np.asarray(bool(holds) if type(holds).__name__ in ("BooleanTrue", "BooleanFalse") else holds)
    if truth.dtype != bool or truth.size == 0:
        raise TypeError(f"holds = {holds!r} is not a truth value or an array of them")
    if not truth.all():
        raise AssertionError(f"not so: {words}")
    return Check(words)

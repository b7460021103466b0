"""Results that are shown to six digits, which do not differ from one machine to the next."""

from dataclasses import fields


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

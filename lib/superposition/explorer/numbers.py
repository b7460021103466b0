"""Numbers as a reader sees them; numbers.js writes the same strings."""

import math
import re
from decimal import ROUND_HALF_UP, Decimal

from superposition.results import power_of_ten

__all__ = ["format_value", "in_words", "with_error", "with_unit"]

_WORDS = {6: "million", 9: "billion", 12: "trillion"}


def _half_up(number, digits):
    """The number rounded to so many significant digits, ties away from zero."""
    rounded = number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1), ROUND_HALF_UP)
    return rounded.quantize(Decimal(1).scaleb(rounded.adjusted() - digits + 1), ROUND_HALF_UP)


def _trimmed(text):
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_value(number: float) -> str:
    """A number in words and digits: integers below a million in full, others to three significant digits.

    Twelve digits decide whether it is an integer and how it rounds, so that the last bits, in which NumPy and a
    browser may differ, do not.

    Parameters
    ----------
    number : float
        Any number; what is not finite is said in words.

    Returns
    -------
    str

    Examples
    --------
    >>> [format_value(x) for x in (8192, 0.09288, 31234.5, 1.5e-7, -2.0, float("inf"))]
    ['8,192', '0.0929', '31,200', '1.5 × 10⁻⁷', '−2', 'unbounded']
    >>> [format_value(x) for x in (10**6, 16_777_216, 3e11, 1e20)]
    ['1 million', '16.8 million', '300 billion', '10²⁰']
    """
    number = float(number)
    if math.isnan(number):
        return "no value"
    if math.isinf(number):
        return "unbounded" if number > 0 else "unbounded below"
    if number == 0:
        return "0"
    sign = "−" if number < 0 else ""
    twelve = _half_up(Decimal(abs(number)), 12)
    if twelve < 10**6 and twelve == twelve.to_integral_value():
        return f"{sign}{int(twelve):,}"
    three = _half_up(twelve, 3)
    exponent = three.adjusted()
    if -3 <= exponent < 6:
        return sign + _trimmed(f"{three:,f}")
    if 6 <= exponent < 15:
        step = exponent // 3 * 3
        return f"{sign}{_trimmed(f'{three.scaleb(-step):f}')} {_WORDS[step]}"
    factor = _trimmed(str(three.scaleb(-exponent)))
    power = power_of_ten(exponent)
    return sign + (power if factor == "1" else f"{factor} × {power}")


def in_words(value: float | list[float]) -> str:
    """A number as `format_value` shows it, or a list of them as a sentence names them.

    Examples
    --------
    >>> in_words([1, 3, 5]), in_words([]), in_words(0.5)
    ('1, 3 and 5', 'none', '0.5')
    """
    if not isinstance(value, list):
        return format_value(value)
    if not value:
        return "none"
    *most, last = map(format_value, value)
    return f"{', '.join(most)} and {last}" if most else last


def with_unit(shown: str, unit: str) -> str:
    """A number with its unit: words and % after a space, the sign ° without one; of 1 there is only one.

    Examples
    --------
    >>> with_unit("13.9", "features"), with_unit("1", "features"), with_unit("36", "°"), with_unit("60", "%")
    ('13.9 features', '1 feature', '36°', '60 %')
    """
    if shown == "1":
        unit = re.sub(r"(?<=\w)s(?= per |$)", "", unit, count=1)
    return f"{shown} {unit}" if unit[:1].isalpha() or unit[:1] == "%" else shown + unit


def with_error(value: float, error: float) -> str:
    """A measurement and its standard error, both to the error's second digit.

    Examples
    --------
    >>> with_error(2.4412, 0.0623), with_error(0.002031, 6.37e-5), with_error(31_234.5, 321), with_error(3, 0)
    ('2.441 ± 0.062', '0.002031 ± 0.000064', '31,235 ± 321', '3 ± 0')
    """
    numbers = [Decimal(float(number)) for number in (value, error)] if math.isfinite(value) and error > 0 else []
    place = numbers[1].adjusted() - 1 if numbers else 0
    if not numbers or place < -6 or max(map(abs, numbers)) >= 10**6:
        return f"{format_value(value)} ± {format_value(error)}"
    shown, wide = (f"{number.quantize(Decimal(1).scaleb(min(place, 0)), ROUND_HALF_UP):,f}" for number in numbers)
    return f"{shown} ± {wide}".replace("-", "−")

"""Numbers as a reader sees them; numbers.js writes the same strings."""

import math
import re
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["format_value", "in_words", "with_unit"]

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_WORDS = {6: "million", 9: "billion", 12: "trillion"}


def _half_up(number, digits):
    """The number rounded to so many significant digits, ties away from zero."""
    rounded = number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1), ROUND_HALF_UP)
    return rounded.quantize(Decimal(1).scaleb(rounded.adjusted() - digits + 1), ROUND_HALF_UP)


def _trimmed(text):
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_value(number):
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
    power = "10" + str(exponent).translate(_SUPERSCRIPTS)
    return sign + (power if factor == "1" else f"{factor} × {power}")


def in_words(value):
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


def with_unit(shown, unit):
    """A number with its unit: words and % after a space, the sign ° without one; of 1 there is only one.

    Examples
    --------
    >>> with_unit("13.9", "features"), with_unit("1", "features"), with_unit("36", "°"), with_unit("60", "%")
    ('13.9 features', '1 feature', '36°', '60 %')
    """
    if shown == "1":
        unit = re.sub(r"(?<=\w)s(?= per |$)", "", unit, count=1)
    return f"{shown} {unit}" if unit[:1].isalpha() or unit[:1] == "%" else shown + unit

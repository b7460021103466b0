"""What a result and a check look like, and what counts as a truth."""

from dataclasses import dataclass

import numpy as np
import pytest
import sympy as sp

from superposition.results import Result, confirm, power_of_ten


@dataclass(frozen=True, repr=False)
class Pair(Result):
    share: float
    count: int


def test_numbers_are_shown_to_six_digits_and_counts_in_full():
    assert repr(Pair(2 / 3, 12345678)) == "Pair(share=0.666667, count=12345678)"
    assert repr(Pair(np.float64(1e-12), 0)) == "Pair(share=1e-12, count=0)"


@pytest.mark.parametrize("exponent", [-1234567890, 0, 42])
def test_powers_of_ten_are_written_in_superscripts(exponent):
    written = power_of_ten(exponent)
    assert written.startswith("10")
    plain = {"⁻": "-", **{digit: str(i) for i, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}}
    assert int("".join(plain[sign] for sign in written[2:])) == exponent


@pytest.mark.parametrize("holds", [True, np.True_, np.array([True, True]), sp.true, np.ones((2, 3), bool)])
def test_what_holds_is_said_in_one_line(holds):
    check = confirm("*a* equals *b*", holds)
    assert check.words == "*a* equals *b*"
    assert repr(check) == check._repr_markdown_() == "✓ *a* equals *b*"


@pytest.mark.parametrize("holds", [False, np.False_, np.array([True, False]), sp.false, np.array([[True], [False]])])
def test_one_falsehood_is_enough_to_fail(holds):
    with pytest.raises(AssertionError, match=r"^not so: \*a\* equals \*b\*$"):
        confirm("*a* equals *b*", holds)


@pytest.mark.parametrize("holds", [1, 1.0, "yes", None, np.array([], bool), [], np.array([1, 1]), sp.Symbol("x") > 0])
def test_what_is_no_truth_is_refused(holds):
    with pytest.raises(TypeError, match="is not a truth value or an array of them"):
        confirm("*a* equals *b*", holds)


def test_words_are_a_string():
    with pytest.raises(TypeError, match="words = 3 is not a string"):
        confirm(3, True)

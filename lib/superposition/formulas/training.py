"""Formulas of the chapter *What training finds*."""

import sympy as sp
from sympy import Interval, Rational, oo

from superposition.formula import Formula, root
from superposition.symbols import m, nu, omega

__all__ = [
    "opposite_loss",
    "polygon_crosstalk",
    "single_loss",
    "superposition_lower",
    "superposition_onset",
    "superposition_upper",
]

CHAPTER = "derived in the chapter What training finds"
_DENSITY = {nu: Interval.Lopen(0, 1)}
_BELOW_THE_TRIPLE_POINT = {nu: Interval.Lopen(0, Rational(4, 7))}

single_loss = Formula(
    "single_loss",
    omega * nu * (4 - 3 * nu) / 12,
    "least loss of two features in one neuron that keeps the first alone; the second, of importance ω, is read as its mean",
    "exact",
    "known",
    "variance of the second feature; a loss of the phase diagram of Elhage et al. 2022; " + CHAPTER,
    domain=_DENSITY,
)

opposite_loss = Formula(
    "opposite_loss",
    (1 + omega) * nu**2 / 6,
    "loss of two features in one neuron as opposite directions of length 1, without biases",
    "exact",
    "known",
    "mean square of the smaller of two uniform numbers; a loss of the phase diagram of Elhage et al. 2022; " + CHAPTER,
    domain=_DENSITY,
)

superposition_lower = Formula(
    "superposition_lower",
    2 * nu / (4 - 5 * nu),
    "importance of the second feature from which two opposite directions of length 1 lose less than the first feature alone",
    "exact",
    "new here",
    "where two losses of the phase diagram of Elhage et al. 2022 are equal, at length 1; " + CHAPTER,
    domain=_BELOW_THE_TRIPLE_POINT,
)

superposition_upper = Formula(
    "superposition_upper",
    2 / nu - Rational(5, 2),
    "importance of the second feature up to which two opposite directions of length 1 lose less than the second feature alone",
    "exact",
    "new here",
    "where two losses of the phase diagram of Elhage et al. 2022 are equal, at length 1; " + CHAPTER,
    domain=_BELOW_THE_TRIPLE_POINT,
)

_linear = 2 * (1 - nu) ** 2 + nu / 2
_root = root(_linear**2 + nu**3 * (1 - nu))

superposition_onset = Formula(
    "superposition_onset",
    nu * ((16 - 9 * nu) / 4 - nu**2 * (_linear + 2 * _root) / (2 * (_linear + _root) ** 2)) / (4 - 3 * nu),
    "importance of the second feature beyond which giving it a little of the neuron loses less than the first feature alone",
    "exact",
    "new here",
    CHAPTER + "; model of Elhage et al. 2022",
    detail="lengths and biases free; superposition may win below it, too",
    domain=_DENSITY,
)

_sides = sp.floor(m / 4)

polygon_crosstalk = Formula(
    "polygon_crosstalk",
    _sides - Rational(1, 2) + sp.sin(2 * sp.pi * (2 * _sides + 1) / m) / (2 * sp.sin(2 * sp.pi / m)),
    "sum of the squares of a feature's positive overlaps, m features being the corners of a regular polygon",
    "exact",
    "known",
    "textbook result, a sum of squared cosines; " + CHAPTER,
    detail="whole m",
    domain={m: Interval(3, oo)},
)

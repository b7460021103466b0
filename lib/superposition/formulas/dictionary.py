"""Formulas of the chapter *Your own dictionary*."""

import sympy as sp
from sympy import Interval, Rational, oo
from sympy.codegen.cfunctions import expm1, log1p

from superposition.formula import Formula, betainc_inverse, half, root
from superposition.symbols import delta, eps, m, n, t

__all__ = ["best_match", "best_match_law", "effective_neurons", "spectrum_edge"]

CHAPTER = "derived in the chapter Your own dictionary"
_TWO_NEURONS = {n: Interval(2, oo)}
_both_tails = sp.betainc_regularized(half(n - 1), Rational(1, 2), 0, 1 - t**2)

effective_neurons = Formula(
    "effective_neurons",
    1 / eps**2,
    "neurons in which random directions have the root mean square overlap ε",
    "exact",
    "known",
    "textbook result, the typical overlap solved for n; " + CHAPTER,
    domain={eps: Interval.open(0, 1)},
)

best_match_law = Formula(
    "best_match_law",
    (1 - _both_tails) ** m,
    "probability that none of m random directions overlaps a given one, in absolute value, by more than t",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
    domain=_TWO_NEURONS | {t: Interval(0, 1)},
)

best_match = Formula(
    "best_match",
    root(1 - betainc_inverse(half(n - 1), Rational(1, 2), -expm1(log1p(-delta) / m))),
    "absolute overlap that the best of m random directions has with a given one, or more, with probability δ",
    "exact",
    "known",
    "textbook result, the law of the best match solved for t; " + CHAPTER,
    detail="its median at δ = 1/2",
    domain=_TWO_NEURONS | {delta: Interval.open(0, 1)},
)

spectrum_edge = Formula(
    "spectrum_edge",
    (1 + root(m / n)) ** 2,
    "largest eigenvalue of F Fᵀ for m random directions in n dimensions",
    "asymptotic",
    "known",
    "Marchenko & Pastur 1967",
    detail="as n and m grow in proportion; the smallest is (1 - √(m/n))², for m ≥ n",
)

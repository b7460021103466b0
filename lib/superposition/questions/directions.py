"""Questions on *Almost-orthogonal directions*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import m, n

__all__ = ["perpendicular_on_average", "typical_pair", "worst_pair"]

typical_pair = Number(
    "typical-pair",
    "Two random directions in 2,304 dimensions: what is the root mean square of their overlap?",
    formulas.typical_overlap,
    {n: 2304},
    mistakes=[
        Mistake(1 / n, "That is the mean of the squared overlap: take the root."),
        Mistake(
            sp.sqrt(2 / sp.pi / n),
            "That is the mean size |*t*| of a normal overlap. The root mean square is asked for.",
        ),
        Mistake(sp.sqrt(8 * sp.log(n) / n), "No logarithm comes in: one pair is looked at, not the worst of many."),
        Mistake(sp.Integer(0), "That is the mean, since overlaps have either sign. How far from it is a typical one?"),
    ],
    hints=[
        "The squared entries of a unit vector add up to 1.",
        "The overlap with a fixed direction is one entry of a random unit vector, and all *n* entries are alike.",
    ],
    solution="The *n* squared entries add up to 1 and are alike, so each is 1/*n* on average: the root mean square is 1/√2,304 = {answer}.",
)

worst_pair = Number(
    "worst-of-many",
    "Among 20,000 random directions in 1,024 dimensions, what overlap has the worst pair, to leading order?",
    formulas.worst_overlap,
    {m: 20_000, n: 1024},
    mistakes=[
        Mistake(
            formulas.jl_overlap,
            "That is what the lemma's usual reading promises no pair exceeds. Where does the worst one really lie?",
        ),
        Mistake(
            sp.sqrt(2 * sp.log(m) / n),
            "That is the worst overlap with one given direction. How many pairs are there among all?",
        ),
        Mistake(1 / sp.sqrt(n), "That is a typical pair. The worst is picked from about *m*²/2 of them."),
        Mistake(sp.sqrt(4 * sp.log(m, 10) / n), "The logarithm is to base *e* here, not to base 10."),
    ],
    hints=[
        "How many pairs are there, and how rare is an overlap that only one of so many has?",
        "A tail of about *e* to the −*nt*²/2, times *m*²/2 pairs, is about 1 at the worst pair.",
    ],
    solution="There are about *m*²/2 pairs, and the tail falls like *e* to the −*nt*²/2: they meet at *t* = √(4 ln *m*/*n*) = {answer}.",
)

perpendicular_on_average = Choice(
    "tight-frame-squares",
    "A tight frame of 2*n* features in *n* dimensions is compared with 2*n* random directions. Whose squared overlaps are smaller on average?",
    [
        Option(
            "the random directions': each of their squared overlaps is 1/*n* on average",
            "Work out Welch's floor at *m* = 2*n*. Is it above or below 1/√*n*?",
        ),
        Option("the tight frame's: they are about half as large", "Right.", right=True),
        Option(
            "they are equal, since all directions are equally crowded",
            "The sum of all squared overlaps depends on the code: it has a lower bound that only some codes reach.",
        ),
        Option(
            "the tight frame's: they are 0", "More than *n* directions in *n* dimensions cannot all be perpendicular."
        ),
    ],
    hints=["Welch's bound is √((*m* − *n*)/(*n*(*m* − 1))), and a tight frame stands on it."],
    solution="At *m* = 2*n* the mean square of a tight frame's overlaps is *n*/(*n*(2*n* − 1)) ≈ 1/(2*n*), half of a random code's 1/*n*.",
)

"""Questions on *The price of error correction*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import C, kappa, l, m, n

__all__ = ["majority_of_votes", "one_unit_errs", "units_for_a_layer", "who_decides"]

one_unit_errs = Number(
    "one-unit-errs",
    "A hidden unit's signal lies two standard deviations of its noise away from its threshold. How often does it err?",
    formulas.unit_error,
    {kappa: 4},
    mistakes=[
        Mistake(2 * formulas.unit_error.expr, "That counts both tails. Only noise in one direction moves it across."),
        Mistake(1 - formulas.unit_error.expr, "That is how often it is right."),
        Mistake(
            formulas.unit_error.expr.subs(kappa, kappa**2),
            "Reliability is the *squared* distance: here 4, and its root is taken.",
        ),
        Mistake(sp.exp(-kappa / 2), "That is a bound, six times too large here."),
    ],
    hints=["The upper tail *Q* of the normal law, at how many standard deviations?"],
    solution="*Q*(2) = {answer}.",
)

majority_of_votes = Choice(
    "votes-that-err",
    "Each vote is wrong with probability 0.4, independently. A majority of how many votes is wrong less than once in a million?",
    [
        Option(
            "about 5: three right votes suffice", "With 5 votes a majority is still wrong in about 32 of 100 cases."
        ),
        Option("about 50", "Twice the exponent −½ ln(4 · 0.4 · 0.6) per vote is small: 0.02 each."),
        Option("several hundred", "Right.", right=True),
        Option(
            "none: such votes are too unreliable",
            "As long as they err less than half of the time, enough of them will do.",
        ),
    ],
    hints=["The error falls like *e* to the −*s*·(−½ ln 4*p*(1 − *p*)). What is the exponent at *p* = 0.4?"],
    solution="The exponent is −½ ln 0.96 = 0.0204 per vote; ln 10⁶ = 13.8 needs some 680 by it, about 550 exactly.",
)

units_for_a_layer = Number(
    "units-for-a-layer",
    "A layer of 2,048 neurons holds 100,000 features, 5 of them active. How many vote units does the law ask for at *C* = 1?",
    formulas.correction_width,
    {C: 1, l: 5, m: 100_000, n: 2048},
    mistakes=[
        Mistake(
            8 * C * l * sp.log(m),
            "That is neurons for reading the features once. Units are counted per feature: *m l*/*l*max.",
        ),
        Mistake(C * m, "That is a unit for every feature. How full is the layer?"),
        Mistake(8 * C * l * m * sp.log(m, 2) / n, "The logarithm is the natural one."),
        Mistake(C * n / (8 * sp.log(m)), "That is the limit *l*max of active features."),
    ],
    hints=[
        "What share of its limit is active? So many units are needed for each feature.",
        "*C m l*/*l*max, with *l*max = *n*/(8 ln *m*).",
    ],
    solution="*l*max is 22.2, of which 5 are active: 100,000 · 5/22.2, about {answer} units.",
)

who_decides = Choice(
    "who-decides",
    "Signs of random hyperplanes stand for a layer with ten times fewer units than votes do. Why does a chain of layers use votes all the same?",
    [
        Option(
            "signs of hyperplanes are noisier",
            "They are as exact as anything: the sign of a sum that has no noise of its own.",
        ),
        Option(
            "only a decoder that sees all units at once can read them; a unit of the next layer has to decide alone, from what it is wired to",
            "Right.",
            right=True,
        ),
        Option("half-spaces need more weights", "They do, but that is not what stops a chain."),
        Option("votes carry more bits", "Fewer: it takes more units to say the same."),
    ],
    hints=["Who looks at the units in a chain of layers, and at how many of them?"],
    solution="A half-space unit says nothing about any one feature by itself. A vote does, so that the next unit can act on it.",
)

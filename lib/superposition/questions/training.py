"""Questions on *What training finds*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import m, n, nu

__all__ = ["from_which_importance", "share_of_a_dimension", "why_negative_overlaps"]

share_of_a_dimension = Number(
    "share-of-a-dimension",
    "Six features are three opposite pairs in three neurons, all of the same length. What is the dimensionality of each?",
    n / m,
    {n: 3, m: 6},
    mistakes=[
        Mistake(sp.Integer(1), "That is a feature with a dimension of its own. Its opposite is in the same one."),
        Mistake(sp.Rational(1, 3), "Overlaps of other pairs are 0. Which one is left in the sum?"),
        Mistake(sp.Rational(1, 6), "Overlaps of other pairs are 0. Which one is left in the sum?"),
        Mistake(sp.Integer(2), "Neurons stand above the line, features below."),
    ],
    hints=["The sum of squared overlaps has the feature itself and its opposite."],
    solution="1/(1 + 1) = {answer}. The six add up to three, the number of neurons.",
    within=0.001,
)

from_which_importance = Number(
    "from-which-importance",
    "Two features are each active in a fifth of the inputs, and one neuron is there for both, with directions of length 1. From which relative importance on is the second feature kept, too?",
    formulas.superposition_lower,
    {nu: sp.Rational(1, 5)},
    mistakes=[
        Mistake(formulas.superposition_upper, "That is where the first feature is given up."),
        Mistake(nu / (2 - nu), "A feature that is dropped is still read: as its mean, by the bias. That takes part of its loss away."),
        Mistake(nu, "In that share of the inputs with the second feature active the first is, too. Compare the two losses."),
        Mistake(nu**2, "That is how often both are active. What is lost then, and what without the second feature?"),
        Mistake(2 * nu / (4 - 3 * nu), "Near: where both are active the second feature loses, too, by its importance."),
    ],
    hints=[
        "Both as opposite directions lose (1 + *ω*)*ν*²/6; the first alone loses *ω* times the variance of the second.",
        "The variance is *ν*/3 − *ν*²/4.",
    ],
    solution="(1 + *ω*)*ν*²/6 = *ω*(*ν*/3 − *ν*²/4) gives *ω* = 2*ν*/(4 − 5*ν*), here 0.4/3 = {answer}.",
    within=0.01,
)  # fmt: skip

why_negative_overlaps = Choice(
    "why-negative-overlaps",
    "A trained code and a random one have about the same root mean square overlap. Why does the trained one make far fewer false alarms?",
    [
        Option("its features are longer", "False alarms are counted at length 1 for both."),
        Option("its positive overlaps are many and small, its negative ones few and large", "Right.", right=True),
        Option("its worst overlap is smaller", "In absolute value it is nearly as large: 0.63, and 0.69 in a random code. A code with a worst of 0.26 makes far more errors than the trained one."),
        Option("it is nearer to Welch's bound", "A little, and a tight frame is at the bound, which gains far less."),
    ],
    hints=["Which overlaps can lift an absent feature above a threshold?"],
    solution="A readout that is pushed below zero is cut there, at no loss. Only positive overlaps lift features that are absent, so training makes these small; most of the squares that Welch's bound demands are of negative ones.",
)  # fmt: skip

"""Questions on *From layer to layer*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import L, delta, l, m, q

__all__ = ["deep_and_sure", "sparse_exponent", "what_corrects"]

deep_and_sure = Number(
    "deep-and-sure",
    "Six of 50,000 features are active. How many neurons a layer keep 100 layers, with a unit for every feature, free of any error but for a probability of one in a thousand?",
    formulas.depth_neurons,
    {L: 100, delta: 0.001, l: 6, m: 50_000},
    mistakes=[
        Mistake(8 * l * sp.log(m / delta), "That is one layer. All hundred have to be right."),
        Mistake(
            8 * l * L * sp.log(m / delta),
            "Depth does not multiply: it is one more factor of chances, inside the logarithm.",
        ),
        Mistake(8 * l * sp.log(L * m), "That allows one error on average. Where does the thousandth enter?"),
        Mistake(8 * l * sp.log(L * m / delta, 2), "The logarithm is the natural one."),
    ],
    hints=[
        "How many readouts could go wrong in all, and how rare must each error be?",
        "*L m* readouts, each wrong at most with probability *e* to the −*n*/8*l*.",
    ],
    solution="*L m e* to the −*n*/8*l* = *δ* gives *n* = 8 *l* ln(*L m*/*δ*) = {answer}.",
    within=0.005,
)

sparse_exponent = Number(
    "sparse-exponent",
    "In a chain whose units hear each other directly, a unit needs 4 votes to fire. With which power of the units do the features grow, at fixed votes?",
    formulas.sparse_chain_exponent,
    {q: 4},
    mistakes=[
        Mistake(2 + 1 / q, "Needing votes costs: the power stays below 2."),
        Mistake(sp.Rational(3, 2), "That is the dense code's, and the sparse chain's with 2 votes."),
        Mistake(2 - 1 / (q + 1), "Stray votes must gather *q* at a time: not one more."),
        Mistake(sp.Integer(2), "That is only reached with ever more votes."),
    ],
    hints=["A stray unit fires when *q* of its votes go astray together."],
    solution="2 − 1/*q* = 2 − 1/4 = {answer}.",
    within=0.002,
)

what_corrects = Choice(
    "what-corrects",
    "A network has a unit for each of its *m* features after every layer of *n* neurons, *m* = 15*n*. Which share of its units is there only to correct?",
    [
        Option("1/16", "That is the neurons' share."),
        Option("15/16", "Right.", right=True),
        Option(
            "a logarithm's share, ln *L*/ln(*Lm*/*δ*)",
            "That is the share of the neurons that depth asks for, not of units.",
        ),
        Option("all of them", "The *n* neurons that hold the features would be needed without errors, too."),
    ],
    hints=["Each layer has *n* neurons and *m* units."],
    solution="*m*/(*m* + *n*) = 15/16: nearly all.",
)

"""Questions on *Your own dictionary*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import delta, eps, m, n

__all__ = ["as_in_fewer_neurons", "by_chance", "what_a_match_shows"]

as_in_fewer_neurons = Number(
    "as-in-fewer-neurons",
    "A dictionary in 768 neurons has a root mean square overlap of 0.08. In how many neurons do random directions overlap as much?",
    formulas.effective_neurons,
    {eps: 0.08},
    mistakes=[
        Mistake(1 / eps, "Overlaps go with the root of the neurons."),
        Mistake(768 * eps, "Which n has 1/√n equal to the overlap?"),
        Mistake(1 / eps - 1, "Overlaps go with the root of the neurons, and nothing is left over."),
        Mistake(768 * (1 - eps), "Overlap is no share of the neurons. Which n has 1/√n equal to it?"),
    ],
    hints=["What is the root mean square overlap of random directions in *n* neurons?"],
    solution="1/√*n* = 0.08 gives *n* = 1/0.0064 = {answer}: a fifth of the neurons that are there.",
)

by_chance = Number(
    "by-chance",
    "A direction in three neurons is compared with 10 random ones. Which absolute overlap does the best of them reach with probability ½?",
    (1 - delta) ** (1 / m),
    {delta: sp.Rational(1, 2), m: 10, n: 3},
    mistakes=[
        Mistake(sp.Rational(1, 2), "That is the median of a single overlap. The best of ten is higher."),
        Mistake(1 / sp.sqrt(n), "That is the root mean square overlap of one pair."),
        Mistake(1 - 1 / m, "Near, but that is a level for one of ten, not the median of the largest."),
        Mistake(2 ** (-m), "That is the probability that all stay below ½."),
    ],
    hints=["In three neurons the absolute overlap of random directions is uniform between 0 and 1."],
    solution="All ten stay below *t* with probability *t*¹⁰, which is ½ at *t* = 2 to the −1/10, {answer}.",
    within=0.005,
)

what_a_match_shows = Choice(
    "what-a-match-shows",
    "Two dictionaries of 24,576 features in 768 neurons were trained from different seeds. A feature of the first has a best overlap of 0.16 with one of the second. What does that show?",
    [
        Option("a weak, but real relation: 0.16 is over four times the typical 0.036", "It is the best of 24,576, not a typical one."),
        Option("nothing: half of all random directions find a match of 0.150", "Right.", right=True),
        Option("that the second dictionary has no such feature", "It might be there among others, or split. An overlap this low says nothing."),
        Option("nothing, as overlaps below ½ never mean anything", "Below ½ there is room: by chance one feature in a hundred exceeds about 0.18."),
    ],
    hints=["How large is the largest of 24,576 overlaps that are random?"],
    solution="The best match by chance has the median 0.150. Only what exceeds its law by much speaks of more than chance.",
)  # fmt: skip

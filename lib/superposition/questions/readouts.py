"""Questions on *Readouts*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import m, n

__all__ = ["determined_by_the_box", "read_or_carried", "what_no_threshold_can", "what_unpacking_costs"]

what_no_threshold_can = Choice(
    "what-no-threshold-can",
    "The lowest readout of an active feature is 0.41, the highest of an absent one 0.47. Which of these finds the active ones from the readouts Fᵀx?",
    [
        Option("a threshold at 0.44, halfway", "At 0.44 the active feature at 0.41 is missed, and the absent one at 0.47 is a false alarm."),
        Option("taking the *l* largest, since it needs no threshold", "Which are the *l* largest, with 0.47 above 0.41?"),
        Option("none of them", "Right.", right=True),
        Option("the best threshold, which weighs misses against false alarms", "It makes the fewest errors on average, but on these numbers it must make some."),
    ],
    hints=["Sort all readouts. Where would the cut have to be?"],
    solution="The *l* largest are the active ones exactly if some threshold parts them from the others. Here none does; what is left is to look at the readouts together.",
)  # fmt: skip

determined_by_the_box = Number(
    "determined-by-the-box",
    "Four boolean features have random directions in three neurons. With which probability is there only one vector of activations from 0 to 1 that gives the neurons' state?",
    formulas.box_recovery,
    {m: 4, n: 3},
    mistakes=[
        Mistake(n / m, "Neurons per feature are no probability. What must the null space avoid?"),
        Mistake(sp.Rational(1, 2), "That is so for twice as many features as neurons."),
        Mistake(1 - sp.Rational(1, 2) ** m, "The null space is a line, which has two ends: it meets two of the orthants."),
        Mistake(sp.Rational(1, 2) ** (m - 1), "That is how likely the null space meets the orthant. What was asked?"),
    ],
    hints=["The null space is a line through 0 here. How many of the 16 orthants does it meet?"],
    solution="A line meets two of 16 orthants, all of which are equally likely. It avoids the one that would let activations move within the box with probability 14/16 = {answer}.",
)  # fmt: skip

read_or_carried = Number(
    "read-or-carried",
    "A layer of 10,000 neurons holds a million features. By the leading terms, which share of the active features that the ℓ1 decoder reads can a linear readout be promised, at a threshold of ½?",
    formulas.linear_share,
    {m: 10**6, n: 10**4},
    mistakes=[
        Mistake(sp.log(m / n) / sp.log(m), "The constants differ, too: 8 and 2."),
        Mistake(sp.log(m) / (4 * sp.log(m / n)), "Upside down in the logarithms: which limit has ln *m* below the line?"),
        Mistake(sp.Rational(1, 4), "That is the ratio of the constants. Are the logarithms of the same number?"),
        Mistake(4 * sp.log(m) / sp.log(m / n), "That is how many times as many the ℓ1 decoder reads."),
    ],
    hints=["One limit is *n*/(8 ln *m*). What is the other?", "ln 10⁶ is three times ln 10²."],
    solution="*n*/(8 ln *m*) over *n*/(2 ln(*m*/*n*)) is ln(*m*/*n*)/(4 ln *m*): a third of a quarter, {answer}.",
)  # fmt: skip

what_unpacking_costs = Choice(
    "what-unpacking-costs",
    "In the price list, a network that takes eight layers of message passing to unpack its features loses as little as one that is read linearly. Each then uses all features in one layer. What did the first save?",
    [
        Option("weights: fewer neurons mean fewer weights", "Eight products with *Fᵀ* and seven with *F* in place of one, for neurons four to seven times fewer: more weights."),
        Option("neurons where the features are stored", "Right.", right=True),
        Option("units: nothing has one unit per feature", "Every layer that unpacks has one unit per feature."),
        Option("layers", "It took seven more."),
    ],
    hints=["Count *m n* weights for each product with *F* or *Fᵀ*."],
    solution="It pays seven more layers with a unit for each feature, and *m n* weights fifteen times, for fewer neurons between the layers. Where many layers only hand features on, that may be worth it.",
)  # fmt: skip

"""Questions on *Is it a win?*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import S, l, m, n

__all__ = ["bits_of_a_layer", "linear_all_the_way", "names_or_bits", "noisy_limit"]

bits_of_a_layer = Number(
    "bits-of-a-layer",
    "On 64 neurons, 2 of 1,000 features are active. How many bits per neuron does that say?",
    formulas.capacity_bits,
    {l: 2, m: 1000, n: 64},
    mistakes=[
        Mistake(l * sp.log(m, 2) / n, "That counts the two in order. Which of them came first says nothing."),
        Mistake(formulas.capacity_bits.expr * n, "That is the whole layer's. Per neuron?"),
        Mistake(formulas.capacity_bits.expr * sp.log(2), "Those are natural units: divide by ln 2."),
        Mistake(m / n, "That is features per neuron."),
        Mistake(sp.log(m, 2) / n, "That names one feature. Two are active."),
    ],
    hints=["How many ways are there to choose 2 of 1,000?"],
    solution="1,000 · 999/2 = 499,500 sets are 18.9 bits, over 64 neurons {answer} each.",
)

names_or_bits = Choice(
    "names-or-bits",
    "A layer of 1,024 neurons in superposition, read by a threshold at ½, is compared with 1,024 switches. Which says more?",
    [
        Option(
            "superposition: a million features can be named", "It can name them, nine at a time. Count the choices."
        ),
        Option("the switches: each carries a bit, superposition at most 0.18", "Right.", right=True),
        Option("as much, since information is conserved", "Nothing conserves it here: the readout throws some away."),
        Option(
            "it depends on the number of features",
            "Even with the best number of features it stays below 0.18 in the limit.",
        ),
    ],
    hints=["What are log₂ of the number of active sets, divided by the neurons?"],
    solution="At the threshold's limit superposition carries (1 − *α*)/(8 ln 2) bits per neuron, at most 0.18. It wins in names, not in bits.",
)

noisy_limit = Number(
    "noisy-limit",
    "A layer bears 30 active features. Now each neuron has noise of its own with a fourth of the signal's variance. How many does it bear?",
    30 * S / (1 + S),
    {S: 4},
    mistakes=[
        Mistake(30 * (1 - 1 / S), "Noise adds to the crosstalk: by which factor does the variance grow?"),
        Mistake(30 / S, "That would leave as much as there is noise."),
        Mistake(30 * sp.sqrt(S / (1 + S)), "The active features go with the variance, not with its root."),
    ],
    hints=["Which variance does a readout hear in all, with *l* active features and neuron noise?"],
    solution="Crosstalk and noise add up to *l*/*n* · (1 + 1/*S*), so that 30 · 4/5 = {answer} are left.",
)

linear_all_the_way = Choice(
    "linear-all-the-way",
    "Uncorrelated features of mean 0, all of the same variance, are embedded linearly and decoded linearly, without any threshold. What does putting all *m* in superposition gain over keeping *n* of them and dropping the rest?",
    [
        Option("a factor *m*/*n* in error", "Sum the squared errors of both over all features."),
        Option("nothing: the errors are the same in sum, only spread", "Right.", right=True),
        Option("a logarithm", "No threshold, no tail, no logarithm."),
        Option(
            "much, as long as features are rare",
            "A linear decoder cannot make use of rarity: only second moments count.",
        ),
    ],
    hints=["What is the rank of the decoder times the embedding?"],
    solution="The product of decoder and embedding has rank *n*, so at least *m* − *n* eigenvalues' worth is lost, whichever way it is spread.",
)

"""Questions on *Boolean-ish*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import D, K, l, m, n

__all__ = ["four_levels_cost", "levels_of_a_layer", "stronger_features", "two_bits_kept"]

levels_of_a_layer = Number(
    "levels-of-a-layer",
    "A layer of 16,384 neurons holds 100,000 features, 10 of them active, each at the largest activation. How many levels can be told apart, counting 0? (The number need not be whole.)",
    formulas.levels,
    {l: 10, m: 100_000, n: 16_384},
    mistakes=[
        Mistake(formulas.naive_levels, "That counts the gaps between levels. A fence has one post more than gaps."),
        Mistake(
            1 + sp.sqrt(n / (2 * l * sp.log(m))),
            "Halfway to the next level an error begins: half a gap must exceed the noise, not a whole one.",
        ),
        Mistake(1 + n / (8 * l * sp.log(m)), "Noise, not its square, is compared with the gap: take the root."),
        Mistake(n / (8 * sp.log(m)), "That is how many features may be active when levels are two."),
    ],
    hints=[
        "How wide may a gap be, at the least, if noise of √(*l*/*n*) is not to reach half of it?",
        "*K* levels have *K* − 1 gaps.",
    ],
    solution="With *K* − 1 gaps on [0, 1] the half gap is 1/(2(*K* − 1)), and *n*/(8*l*(*K* − 1)²) = ln *m*: *K* = 1 + √(*n*/(8 *l* ln *m*)) = {answer}.",
)

stronger_features = Choice(
    "stronger-features",
    "All features become twice as strong: largest activation 2 instead of 1. How many more levels can be told apart?",
    [
        Option("twice as many", "What happens to the noise, which comes from the same features?"),
        Option("√2 times as many", "Signal grows by 2. By how much does noise grow?"),
        Option("as many as before", "Right.", right=True),
        Option("one more", "Nothing changes but the unit in which activation is measured."),
    ],
    hints=["Crosstalk is made of the features themselves."],
    solution="Crosstalk doubles with the features. The unit of activation is free, so no count may depend on it.",
)

four_levels_cost = Number(
    "four-levels-cost",
    "A random code bears 60 active features at two levels. How many does it bear at four levels, with all active ones at the largest?",
    n / (8 * (K - 1) ** 2 * sp.log(m)),
    {K: 4, m: sp.exp(10), n: 4800},
    mistakes=[
        Mistake(
            n / (8 * (K - 1) * sp.log(m)), "The gap shrinks by 3. But noise goes like the root of the active features."
        ),
        Mistake(n / (8 * K**2 * sp.log(m)), "Four levels have three gaps."),
        Mistake(n / (8 * K * sp.log(m)), "The gap counts, and squared: noise goes like √*l*."),
    ],
    hints=["How much narrower is a gap, and how does noise depend on the active features?"],
    solution="Gaps are a third as wide, so noise has to be a third, and noise goes like √*l*: 60/9 = {answer}.",
)

two_bits_kept = Number(
    "two-bits-kept",
    "Each neuron's value is rounded so that its mean squared error is a tenth of its variance. What share of the active features can the layer still bear, with rescaled readouts?",
    1 - D,
    {D: 0.1},
    mistakes=[
        Mistake(
            sp.sqrt(1 - D), "That is by how much the signal over noise falls. The active features go with its square."
        ),
        Mistake(D, "That is the share that is lost."),
        Mistake(
            (1 - 2 * D),
            "That is about where signals end up when readouts are *not* rescaled twice over; rounding loses less.",
        ),
    ],
    hints=["The best rounding keeps 1 − *D* of the variance, and the error is uncorrelated with what is kept."],
    solution="A fraction 1 − *D* of the variance is kept, and signal over noise squared falls by it: 1 − 0.1 = {answer}.",
)

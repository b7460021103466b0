"""Questions on *How features occur*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import delta, g, l, m, phi

__all__ = ["cliques_spread", "for_any_law", "more_bits_than_there_are", "worth_storing"]

cliques_spread = Number(
    "cliques-spread",
    "Of 1,000 features 20 are active on average. They come in cliques of five, all of a clique or none, each clique by itself. What is the dispersion of the number of active features, its variance over its mean?",
    formulas.clique_dispersion,
    {g: 5, l: 20, m: 1000},
    mistakes=[
        Mistake(1 - l / m, "That is the dispersion of features that come by themselves. Here five come at once."),
        Mistake(g * l * (1 - l / m), "That is the variance. Divide it by the mean."),
        Mistake(g**2 * (1 - l / m), "The variance of a clique grows with the square of five, but there are five times fewer cliques than features."),
        Mistake(1 - g * l / m, "That is for groups of which at most one is active."),
        Mistake(sp.sqrt(g * l * (1 - l / m)), "That is the standard deviation."),
    ],
    hints=["How many cliques are there, and how likely is each?", "What is the variance of five times a binomial number?"],
    solution="200 cliques are active with probability 0.02 each: their number has the variance 3.92, that of the features 25 times this, 98. Over the mean of 20 it is {answer}.",
    within=0.005,
)  # fmt: skip

for_any_law = Number(
    "for-any-law",
    "All that is known of the number of active features is its mean, 10, and its variance, 30. Which number is exceeded in at most one moment of a hundred, whatever the law?",
    formulas.active_quantile,
    {delta: sp.Rational(1, 100), l: 10, phi: 3},
    mistakes=[
        Mistake(l + 2.326 * sp.sqrt(phi * l), "That is the quantile of a normal law. The tail may be heavier."),
        Mistake(l + sp.sqrt(phi * l), "One standard deviation may be exceeded far more often than that."),
        Mistake(l / delta, "That follows from the mean alone, by Markov's inequality. The variance says more."),
        Mistake(l + sp.sqrt(phi * l / delta), "Near: that is Chebyshev's inequality, for deviations to either side."),
        Mistake(sp.sqrt(phi * l * (1 - delta) / delta), "That is how far it is above the mean."),
    ],
    hints=["Which law with this mean and variance is above a level most often? It has two values only."],
    solution="By Cantelli's inequality it is 10 + √(30 · 99) = {answer}, and the distance from the mean is more than four times what a normal law would say.",
    within=0.002,
)  # fmt: skip

more_bits_than_there_are = Choice(
    "more-bits-than-there-are",
    "Exactly 10 of 1,000 features are active, and all are read rightly. Readout by readout, the bits told add up to more than the logarithm of the number of sets. Where do the additional bits come from?",
    [
        Option("from noise in the readouts, which looks like information", "There is none: all are read rightly."),
        Option("nowhere: a sum of bits cannot exceed the whole", "For independent features it cannot. Are these?"),
        Option("the readouts share what was known beforehand, that ten are active; it is counted in each", "Right.", right=True),
        Option("from the order in which the features are read", "A set has no order."),
    ],
    hints=["If nine are known to be active, how many of the others are?"],
    solution="A feature that is active makes the others less likely. What all of them have in common is no news, but a sum over features takes it for news: about ½ log₂(2π · 10), three bits.",
)  # fmt: skip

worth_storing = Choice(
    "worth-storing",
    "A network reads its features with thresholds, and each readout, that of a new feature included, is wrong once in 10,000 moments. The new one would be active once in 50,000 moments. Should it be stored, for as few wrong features as possible?",
    [
        Option("yes: any feature that is stored is one that can be read", "Its readout will mostly be wrong when it says yes. What does that cost?"),
        Option("no: its own readout would be wrong more often than the feature is active", "Right.", right=True),
        Option("yes, if its direction is nearly orthogonal to all others", "So are all directions here, and with so many of them its readout is wrong once in 10,000 moments all the same."),
        Option("that depends only on how much crosstalk it adds to the others", "That comes on top. Look at its own readout first."),
    ],
    hints=["A feature that is not stored is wrong as often as it is active."],
    solution="Dropped, it is wrong once in 50,000 moments, whenever it is active. Stored, it is wrong five times as often, and disturbs the others besides.",
)  # fmt: skip

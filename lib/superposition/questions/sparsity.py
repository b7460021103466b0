"""Questions on *Sparsity*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import l, m, n

__all__ = ["crosstalk_heard", "double_the_features", "limit_of_a_layer", "sure_of_every_set"]

crosstalk_heard = Number(
    "crosstalk-heard",
    "Sixteen features are active in a random code on 1,024 neurons. What is the standard deviation of the crosstalk on an absent feature?",
    formulas.crosstalk_std,
    {l: 16, n: 1024},
    mistakes=[
        Mistake(l / n, "That is the variance."),
        Mistake(l / sp.sqrt(n), "Overlaps have either sign: sixteen of them add up like a random walk, not in step."),
        Mistake(1 / sp.sqrt(n), "That is what one active feature adds. How do sixteen add up?"),
        Mistake(
            formulas.crosstalk_std_present,
            "That is an active feature's, which hears the 15 others. This one hears all 16.",
        ),
        Mistake(sp.sqrt(n / l), "That is signal over noise, upside down."),
    ],
    hints=["Each active feature adds an overlap of mean square 1/*n*.", "Variances of independent terms add up."],
    solution="Sixteen independent overlaps of mean square 1/1,024 add up to a variance of 16/1,024; its root is {answer}.",
    within=0.01,
)

limit_of_a_layer = Number(
    "limit-of-a-layer",
    "A layer of 8,192 neurons holds 500,000 features in a random code. Up to how many may be active at once, if at most one of all is to be read wrongly on average?",
    formulas.max_active,
    {m: 500_000, n: 8192},
    mistakes=[
        Mistake(n / (8 * sp.log(m, 2)), "The logarithm is the natural one, not to base 2."),
        Mistake(n / (8 * sp.log(m, 10)), "The logarithm is the natural one, not to base 10."),
        Mistake(n / (2 * sp.log(m)), "That is for a threshold at 1: where does the threshold ½ enter?"),
        Mistake(
            n / sp.Integer(4),
            "That is where one feature can still be read most of the time. How many are read at once?",
        ),
        Mistake(m / (8 * sp.log(m)), "Neurons, not features, stand above the line: the noise is √(*l*/*n*)."),
        Mistake(
            n, "So many could be active if the directions were perpendicular. There are more features than neurons."
        ),
    ],
    hints=[
        "How many standard deviations away is the threshold, and how rare must a false alarm be among so many features?",
        "A tail of *e* to the −*n*/8*l*, times *m* features, is 1 at the limit.",
    ],
    solution="*m e* to the −*n*/8*l* is 1 at *l* = *n*/(8 ln *m*) = 8,192/(8 ln 500,000) = {answer}.",
)

double_the_features = Choice(
    "square-the-features",
    "A layer holds a thousand features at its limit. Now it is to hold a million, with as many neurons. How many may be active?",
    [
        Option("a thousandth as many", "The limit has the logarithm of *m*."),
        Option("half as many", "Right.", right=True),
        Option("as many as before", "More features, more chances for a false alarm: what does ln *m* do?"),
        Option("a tenth as many", "What is ln 1,000,000 over ln 1,000?"),
    ],
    hints=["ln *m*² = 2 ln *m*."],
    solution="A million is a thousand squared, so its logarithm is twice as large, and *n*/(8 ln *m*) half as large.",
)

sure_of_every_set = Choice(
    "sure-of-every-set",
    "A random code reads each of ten thousand randomly chosen active sets of 30 features without any error. What follows for all active sets of 30?",
    [
        Option(
            "all of them are read without error, since the limit is a theorem",
            "The theorem is about active sets that were chosen without a look at the directions.",
        ),
        Option(
            "with a probability near 1, all of them are",
            "There are vastly more sets than ten thousand, and some are chosen by an adversary who knows the code.",
        ),
        Option(
            "nearly all are; but some set may still be misread, and beyond 1 + ½√*n* or so one certainly is",
            "Right.",
            right=True,
        ),
        Option("nothing: ten thousand is too few to say anything", "It bounds the share of bad sets quite well."),
    ],
    hints=["Take the features that overlap most with one victim, all with the same sign."],
    solution="Most sets and every set are different promises: an adversary picks the neighbours of one feature, whose overlaps add up in step.",
)

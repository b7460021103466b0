"""Questions on *Weights between layers*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import J, m, n, zeta

__all__ = ["connections_of_a_layer", "five_deviations", "interference_heard", "twice_as_many_active"]

interference_heard = Number(
    "interference-heard",
    "The weights between two layers of 256 neurons carry 1,024 connections in random codes. What is the standard deviation of the virtual weight of two features that are in none of them?",
    formulas.interference_std,
    {J: 1024, n: 256, zeta: 0},
    mistakes=[
        Mistake(J / n**2, "That is the variance."),
        Mistake(sp.sqrt(J / n), "Each connection adds a product of two overlaps, one in either layer."),
        Mistake(sp.sqrt(1 / n), "That is what one connection adds to a pair that shares a feature with it."),
        Mistake(1 / n, "That is what one connection adds. How do 1,024 add up?"),
        Mistake(J / n, "Products of overlaps have either sign: they add up like a random walk, not in step."),
    ],
    hints=[
        "A product of two independent overlaps has the mean square 1/*n*².",
        "Variances of terms that are uncorrelated add up.",
    ],
    solution="1,024 products of mean square 1/256² add up to a variance of 1/64; its root is {answer}.",
    within=0.01,
)

five_deviations = Choice(
    "five-deviations",
    "Two layers hold 10,000 features each. One virtual weight between them is five times the standard deviation of all. What does that show?",
    [
        Option("a connection: five standard deviations happen once in millions of cases", "That is right, and how many cases are there?"),
        Option("little: by chance alone some thirty of them are as large", "Right.", right=True),
        Option("a connection, if the interference is Gaussian", "It nearly is; that is not what is wrong here."),
        Option("nothing, since virtual weights are always interference", "Those of connections are near 1, whatever else there is."),
    ],
    hints=["There are 100 million pairs."],
    solution="The normal law exceeds five standard deviations once in 3.5 million cases, and 100 million pairs are that many cases 29 times.",
)  # fmt: skip

connections_of_a_layer = Number(
    "connections-of-a-layer",
    "Two layers of 1,024 neurons hold 50,000 features each in random codes. Up to about how many connections can a threshold at ½ read out of the weights between them?",
    formulas.max_connections,
    {m: 50_000, n: 1024},
    mistakes=[
        Mistake(n**2 / (8 * sp.log(m)), "That would do for *m* weights. How many are read?"),
        Mistake(n / (16 * sp.log(m)), "What counts is how many weights there are, not how many neurons."),
        Mistake(
            n / (8 * sp.log(m)), "That is how many features may be active. Interference has the variance *J*/*n*²."
        ),
        Mistake(n**2 / (16 * sp.log(m, 2)), "The logarithm is the natural one, not to base 2."),
        Mistake(n**2, "That is the number of weights. Each connection takes many of them."),
    ],
    hints=[
        "There are *m*² virtual weights, and ln *m*² = 2 ln *m*.",
        "*m*² times *e* to the −*n*²/8*J* is 1 at the limit.",
    ],
    solution="*n*²/(16 ln *m*) = 1,048,576/(16 · 10.8) = {answer}: fewer than one for every eighth feature.",
)

twice_as_many_active = Choice(
    "twice-as-many-active",
    "A layer is used with two features active, and bears just as many connections as can be read out of its weights. Now it is used with four. What is the limit then?",
    [
        Option("reading the weights: more active features show more of the interference", "The weights do not know what is active. Which of the two numbers depends on *l*?"),
        Option("running the layer: it bears half as many connections, or fewer", "Right.", right=True),
        Option("neither: interference is there whether features are active or not", "What a feature of the next layer hears comes from active features only, and adds up over them."),
        Option("running the layer: it bears a quarter as many", "The variance is proportional to *l*, and so is the inverse of the limit."),
    ],
    hints=["Running has the variance *l J*/*n*² and *m* readouts; reading has *J*/*n*² and *m*²."],
    solution="Reading allows *n*²/(16 ln *m*) connections for any *l*; running *n*²/(8 *l* ln *m*) less *n*, which is half of that at *l* = 4.",
)  # fmt: skip

"""Questions on *Compounding noise*."""

import sympy as sp

from superposition import formulas
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import L, eta, m, n

p = sp.Symbol("p", positive=True)

__all__ = ["clean_for_how_long", "levels_corrected", "tight_layers", "where_it_runs"]

tight_layers = Number(
    "tight-layers",
    "Linear layers of 256 neurons hold 1,024 features, each layer with a tight frame of its own. By which factor has the energy of all readouts grown after 3 layers?",
    formulas.noise_growth_tight,
    {L: 3, m: 1024, n: 256},
    mistakes=[
        Mistake(L * m / n, "Each layer multiplies what the one before hands on."),
        Mistake(m / n, "That is one layer."),
        Mistake((n / m) ** L, "Upside down: noise grows."),
        Mistake((m / n) ** (L / 2), "That is for the readouts' size. Energy is its square."),
        Mistake((m / n) ** (L - 1), "All three layers multiply."),
    ],
    hints=[
        "A tight frame's Gram matrix is *m*/*n* times a projection. What does it do to a random direction's energy?"
    ],
    solution="Each fresh tight frame multiplies the mean energy by *m*/*n* = 4, so three give 4³ = {answer}.",
)

clean_for_how_long = Number(
    "clean-for-how-long",
    "In each thresholded layer an error happens somewhere with probability 0.02, whatever happened before. How many layers does a network get through, on average, before the first error?",
    (1 - p) / p,
    {p: 0.02},
    mistakes=[
        Mistake(1 / p, "That is 1/*p* layers with the failing one counted. How many came before it?"),
        Mistake(sp.log(2) / p, "That is the median, not the mean."),
        Mistake(1 - p, "That is the chance that one layer stays clean. A mean number of layers is asked for."),
    ],
    hints=["The number of layers before the first error has a geometric distribution."],
    solution="Geometric: (1 − *p*)/*p* = 0.98/0.02 = {answer}.",
    within=0.005,
)

where_it_runs = Choice(
    "where-it-runs",
    "A thresholded network has collected a few false alarms too many and runs away. With many layers to come, where does the number of active features end?",
    [
        Option(
            "at all *m* features",
            "When many are active, crosstalk is symmetric about 0. How often does a symmetric readout exceed ½?",
        ),
        Option("near half of them", "Right.", right=True),
        Option(
            "at 0, since everything is drowned",
            "An absent feature still reads above ½ quite often when crosstalk is large.",
        ),
        Option(
            "it keeps wandering between few and many",
            "Look at the map from one layer to the next: where does it cross the diagonal?",
        ),
    ],
    hints=["What is the probability that a readout exceeds ½ when its noise is far larger than ½?"],
    solution="With crosstalk far above ½, every readout is above the threshold about half of the time, true or not.",
)

levels_corrected = Number(
    "levels-corrected",
    "A unit has to make every error of up to 0.1 smaller. How many levels between 0 and 1, ends included, can it correct at most?",
    formulas.correctable_levels,
    {eta: 0.1},
    mistakes=[
        Mistake(1 / eta, "Errors go up and down: around each level a stretch of twice 0.1 must shrink."),
        Mistake(1 / eta + 1, "That counts levels 0.1 apart. Errors go both ways, so they must be 0.2 apart."),
        Mistake(sp.floor(1 / (4 * eta)), "Levels may be twice as dense: each needs 0.1 on either side."),
    ],
    hints=["Around each level a stretch from 0.1 below to 0.1 above has to be its own.", "⌈1/2*η*⌉."],
    solution="Neighbouring levels must be more than 0.2 apart, so that on [0, 1] there is room for ⌈1/0.2⌉ = {answer}.",
)

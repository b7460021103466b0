"""The assignment on *Compounding noise*: layers of more than one kind."""

from functools import cache

import numpy as np
import sympy as sp
from scipy.special import ndtr

from superposition.course.problem import Derivation, Program, equal, of_one_call
from superposition.course.sparsity import codes_of, near, readouts
from superposition.symbols import L, delta, l, m, n, theta

__all__ = ["PROBLEMS"]

PLACES = {n: (50, 500), m: (600, 5000), L: (1.5, 6)}
# How many tight and how many random codes a period of layers has.
PERIODS = ((1, 1), (2, 1), (1, 2))
_COUNT = {1: "one", 2: "two"}


def energy_words(given):
    tight, random = given.pick("period", PERIODS)
    return f"""A network is linear; each of its layers has a fresh code on $n$ neurons for $m \\ge n$ features. Layers come in periods of **{_COUNT[tight]} with a
tight frame and {_COUNT[random]} with a random code**. By which factor has the energy of all readouts grown, on average, after $L$ **periods**? Give
it as a SymPy expression over `n`, `m` and `L`."""


def energy_mistakes(given):
    tight, random = given.pick("period", PERIODS)
    frame, code = m / n, 1 + (m - 1) / n
    period = frame**tight * code**random
    wrong = [
        (period, "That is one period."),
        (L * period, "Each period multiplies what the one before hands on."),
        (frame**L * code**L, "How many layers of each kind has a period?"),
        (frame ** (random * L) * code ** (tight * L), "Which kind grows by which factor, and which is the more frequent?"),
        (period ** (L / (tight + random)), "*L* counts periods here, not layers."),
        (frame ** ((tight + random) * L), "That is for tight frames only. A random code adds a little more."),
        (code ** ((tight + random) * L), "That is for random codes only. A tight frame adds a little less."),
        ((frame**tight * frame**random * (1 + 1 / m) ** random) ** L, "For a random code: the squared length of a readout's own direction is 1, that of each other one 1/*n*."),
        (period ** (L / 2), "That is for the size of a readout. Energy is its square."),
        ((tight * frame + random * code) ** L, "Within a period, too, factors multiply."),
        ((frame ** tight * (1 + m / n) ** random) ** L, "A feature's own overlap is 1, and there are *m* − 1 others."),
    ]  # fmt: skip
    right = period**L
    return [(expr, reply) for expr, reply in wrong if not equal(expr, right, PLACES)]


energy = Derivation("energy", energy_words, PLACES, energy_mistakes)

# The share of the features that is thresholded in a layer, and how much larger than 1 the activations are.
THRESHOLDED = ((2, "every second"), (3, "every third"), (5, "every fifth"))
STRONG = (2, 3, sp.Rational(3, 2))


def depth_words(given):
    _, share = given.pick("thresholded", THRESHOLDED)
    strong = given.pick("strong", STRONG)
    return f"""A network of $L$ layers has a fresh random code in each. Active features are at activation **{strong}**, and each layer thresholds, at
$\\theta \\le {sp.Rational(strong) / 2}$, only **{share}** feature; the others are never needed. By the tail $e^{{-t^2/2\\sigma^2}}$, which bounds the chance that one
readout is wrong in one layer, how many neurons $n$ keep all $L$ layers free of any error but for a probability of $\\delta$ at most? $l$ features
are active. Give $n$ as a SymPy expression over `l`, `m`, `L`, `theta` and `delta`."""


def depth_mistakes(given):
    share, _ = given.pick("thresholded", THRESHOLDED)
    strong = given.pick("strong", STRONG)
    chances = sp.log(L * m / (share * delta))
    factor = 2 * strong**2 * l / theta**2
    return [
        (
            8 * l * sp.log(L * m / delta),
            "That is the chapter's. Three things are different: strength, threshold, and what is thresholded.",
        ),
        (factor * sp.log(L * m / delta), "How many of the features are thresholded?"),
        (2 * l / theta**2 * chances, "How strong are the active features, and what variance do they add?"),
        (2 * strong * l / theta**2 * chances, "Crosstalk is as strong as the features are, and its *square* counts."),
        (8 * strong**2 * l * chances, "That is for a threshold at ½."),
        (2 * strong**2 * l / theta * chances, "The tail falls with the *square* of the threshold."),
        (factor * sp.log(m / (share * delta)), "That is one layer. All of them have to be right."),
        (L * factor * sp.log(m / (share * delta)), "Depth adds chances for an error, inside the logarithm."),
        (factor * sp.log(L * m / share), "That allows one error on average. Where does δ enter?"),
        (factor * sp.log(L * m * delta / share), "A smaller δ needs more neurons, not fewer."),
        (factor * chances / sp.log(2), "The tail is a power of *e*, so the logarithm is the natural one."),
        (factor / 2 * chances, "Where did the 2 in the exponent of the tail go?"),
    ]


depth = Derivation(
    "depth",
    depth_words,
    {l: (2, 20), m: (1000, 10**6), L: (2, 100), theta: (0.2, 0.7), delta: (0.001, 0.2)},
    depth_mistakes,
)

KEPT = (0.2, 0.3, 0.5, 0.7)


def rest_words(given):
    kept = given.pick("kept", KEPT)
    return f"""A thresholded network is given its $l_0$ true features anew in every layer, and of the false alarms of the layer before each is **kept
with probability {kept}**, the rest forgotten; each layer reads all features with a fresh random code at threshold ½. So with $l$ active features
in one layer, the $l_0$ true ones and $w$ times the expected false alarms of a network with $l$ active ones are active in the next, where
$w = {kept}$ and each of the $m - l_0$ other features is a false alarm with probability $Q(\\tfrac12\\sqrt{{n/l}})$.

Write a function `rest(n, m, l0)` that returns the number of active features at which this network comes **to rest, starting from $l_0$**: the limit
of the map."""


def next_active(active, n_neurons, n_features, true, kept, *, among=None, threshold=0.5):
    among = n_features - true if among is None else among
    return true + kept * among * ndtr(-threshold * np.sqrt(n_neurons / active))


def at_rest(call, kept, *, steps=20_000, **changed):
    active = float(call["l0"])
    for _ in range(steps):
        after = next_active(active, call["n"], call["m"], call["l0"], kept, **changed)
        if abs(after - active) < 1e-13 * after:
            break
        active = after
    return after


def rest_calls(given):
    rng = given.rng("rest")
    for n_neurons, n_features, true in (
        (512, 4096, 4),
        (1024, 20_000, 8),
        (256, 2000, 6),
        (400, 3000, 30),
        (2048, 50_000, 12),
    ):
        yield {"n": n_neurons, "m": n_features, "l0": true + int(rng.integers(2))}


def rest_shape(value, arguments):
    if type(value) not in (int, float) or not np.isfinite(value):
        raise ValueError(f"your function returned {value!r:.60}; accepted: one number")


def rest_mistakes(given, calls):
    kept = given.pick("kept", KEPT)

    def like(find):
        return lambda values: np.allclose(values, [find(call) for call in calls], rtol=1e-6)

    return [
        (like(lambda call: call["l0"]), "That is where the network starts. Are there no false alarms?"),
        (
            like(lambda call: at_rest(call, 1.0)),
            f"That is for false alarms that are all kept. Here it is {kept} of them.",
        ),
        (like(lambda call: at_rest(call, 1 - kept)), f"Of the false alarms {kept} are kept, not lost."),
        (like(lambda call: at_rest(call, kept, steps=1)), "That is after one layer. What is the limit?"),
        (
            like(lambda call: at_rest(call, kept, among=call["m"])),
            "The true features are no false alarms: how many others are there?",
        ),
        (like(lambda call: at_rest(call, kept, threshold=1.0)), "The threshold is at ½."),
        (
            like(lambda call: call["l0"] * kept + (at_rest(call, 1.0) - call["l0"]) * kept),
            "The true features are given anew, all of them: only false alarms are forgotten.",
        ),
        (
            like(lambda call: kept * call["m"] / 2),
            "That is the runaway. It is not where a network that starts at *l*₀ needs to end.",
        ),
    ]


rest = Program("rest", rest_words, rest_calls, rest_shape, rest_mistakes)

TRIALS = 3000


def sizes_of(given):
    """Neurons, features, active ones and threshold of the problem *clean*."""
    return given.pick("neurons", (20, 22, 24)), 40, 2, given.pick("threshold", (0.7, 0.75, 0.8))


def clean_words(given):
    n_neurons, n_features, n_active, bar = sizes_of(given)
    return f"""Each layer of a network reads all {n_features} features from {n_neurons} neurons by a threshold at **{bar}**, with a fresh random code;
{n_active} of them, at activation 1, are active at the start. Write a function `clean(rng, trials)` that returns an array with, for each of `trials`
networks, the number of layers that it gets through **before** the first layer with an error, false alarm or miss. (A network whose first layer errs
has 0.)"""


def clean_calls(given):
    yield {"rng": given.rng("clean"), "trials": TRIALS}


def clean_shape(value, arguments):
    if not isinstance(value, list) or len(value) != arguments["trials"]:
        raise ValueError(
            f"your function returned {len(value) if isinstance(value, list) else 1} values; accepted: one a network"
        )
    if not all(type(x) in (int, float) and x >= 0 and x == int(x) for x in value):
        raise ValueError("your function returned values that are no numbers of layers; accepted: whole numbers from 0")


def failing(given, rng, trials, *, misses=True, alarms=True, threshold=None):
    """Whether one layer errs, in each of so many independent trials; changed in part, a likely mistake."""
    n_neurons, n_features, n_active, bar = sizes_of(given)
    bar = bar if threshold is None else threshold
    active = np.arange(n_features) < n_active
    read = np.concatenate([readouts(F, active[None]) for F in codes_of(n_neurons, n_features, trials, rng)])
    false_alarm = (read[:, n_active:] > bar).any(axis=1) & alarms
    return false_alarm | ((read[:, :n_active] <= bar).any(axis=1) & misses)


def geometric(chance, rng, trials):
    return rng.geometric(chance, trials) - 1


@cache
def clean_slips(given):
    rng = given.rng("mistaken clean")
    right = geometric(failing(given, rng, 5 * TRIALS).mean(), rng, 5 * TRIALS)

    def like(wanted):
        return lambda values: near(values, wanted) and not near(values, right)

    def only(**changed):
        return like(geometric(failing(given, rng, 5 * TRIALS, **changed).mean(), rng, 5 * TRIALS))

    def never_ends(values):
        # with one code for all layers a network that passes the first passes all: its trials stop at a cap
        top = max(values)
        return (
            np.mean([value == top for value in values]) > 0.05
            and np.mean([value in (0, top) for value in values]) > 0.95
        )

    wrong = [
        (lambda values: len(set(values)) == 1, "All networks fare alike: does each draw anew?"),
        (
            never_ends,
            "With the same code in all layers, what passed once passes always. Is the code fresh in each layer?",
        ),
        (
            lambda values: min(values) >= 1 and near(np.asarray(values) - 1, right),
            "That counts the layer that errs. How many came before it?",
        ),
        (only(misses=False), "That stops at false alarms only. A miss is an error, too."),
        (only(alarms=False), "That stops at misses only. A false alarm is an error, too."),
        (
            only(threshold=0.5),
            f"Is the threshold at {sizes_of(given)[3]}?",
        ),
    ]
    return of_one_call(wrong)


clean = Program("clean", clean_words, clean_calls, clean_shape, lambda given, calls: clean_slips(given))

PROBLEMS = (energy, depth, rest, clean)

"""The assignment on *Sparsity*: how many, of what strength, and which set is the worst."""

from functools import cache

import numpy as np
import sympy as sp

from superposition.codes import random_code
from superposition.course.problem import Derivation, Program, of_one_call
from superposition.symbols import m, n, theta

__all__ = ["PROBLEMS"]

# How strong the active features are: words, and the mean square of an activation.
STRENGTHS = (
    ("each at activation ½", sp.Rational(1, 4)),
    ("each at an activation drawn uniformly from 0 to 1", sp.Rational(1, 3)),
    ("half of them at activation 1 and half at ½", sp.Rational(5, 8)),
    ("one in three at activation 1, the others at ½", sp.Rational(1, 2)),
)
# What share of the features the next layer reads.
READ = ((4, "a fourth"), (10, "a tenth"), (100, "a hundredth"))


def limit_words(given):
    strengths, _ = given.pick("strengths", STRENGTHS)
    _, share = given.pick("read", READ)
    return f"""A random code holds $m$ features on $n$ neurons; $l$ of them are active, **{strengths}**, their signs at random. Only
**{share}** of the features are ever read, each by a threshold at $\\theta$. The features that are read are absent.

By the tail $e^{{-t^2/2\\sigma^2}}$ of crosstalk of variance $\\sigma^2$, up to which $l$ is at most one of the features that are read a false
alarm, on average? Give $l$ as a SymPy expression over `n`, `m` and `theta`."""


def limit_mistakes(given):
    _, square = given.pick("strengths", STRENGTHS)
    share, _ = given.pick("read", READ)
    read = sp.log(m / share)
    return [
        (
            theta**2 * n / (2 * square * sp.log(m)),
            "That is for reading all features. How many chances for a false alarm are there?",
        ),
        (theta**2 * n / (2 * read), "That is for activations of 1. What variance do weaker ones add to a readout?"),
        (
            theta**2 * n / (2 * sp.sqrt(square) * read),
            "Variances add up, so the *square* of an activation counts, on average.",
        ),
        (n / (8 * square * read), "That is for a threshold at ½. Here it is θ."),
        (
            n / (8 * sp.log(m)),
            "That is the chapter's limit. Three things are different here: strengths, threshold, and what is read.",
        ),
        (theta * n / (2 * square * read), "The tail falls with the *square* of the threshold."),
        (
            theta**2 * n / (2 * square * read / sp.log(2)),
            "The tail is a power of *e*, so the logarithm is the natural one.",
        ),
        (theta**2 * n / (square * read), "Where did the 2 in the exponent of the tail go?"),
        (theta**2 * n / (2 * square), "That is for reading one feature. How many are read at once?"),
        (
            square * theta**2 * n / (2 * read),
            "Weaker features disturb less, so that more of them may be active, not fewer.",
        ),
    ]


limit = Derivation("limit", limit_words, {n: (500, 5000), m: (10_000, 10**6), theta: (0.3, 0.8)}, limit_mistakes)

BARS = (0.4, 0.5, 0.6, 0.7)


def fools_words(given):
    bar = given.pick("bar", BARS)
    return f"""Now an adversary chooses who is active. Feature $i$, when it is active, has the activation `strength[i]`, which is known. Write a
function `fools(F, strength)` that returns the **smallest** active set (a list of column numbers of `F`) by which the linear readout of
**some feature that is not in the set** exceeds **{bar}**."""


# What a likely mistake leaves out: see greedy.
SLIPS = ({"victims": (0,)}, {"weight": False}, {"sizes": True})


@cache
def discerning(given):
    """Codes and strengths on which every slip shows."""
    found_calls = []
    rng = given.rng("fools")
    bar = given.pick("bar", BARS)
    for n_neurons, n_features in ((12, 40), (16, 30), (24, 80), (20, 24)):
        while True:
            call = {"F": random_code(n_neurons, n_features, rng), "strength": rng.uniform(0.1, 0.9, n_features) * bar}
            found = [greedy(call, bar), *(greedy(call, bar, **slip) for slip in SLIPS)]
            if all(found) and all(len(slipped) > len(found[0]) for slipped in found[1:]):
                found_calls.append(call)
                break
    return found_calls


def fools_calls(given):
    for call in discerning(given):
        yield {name: array.copy() for name, array in call.items()}


def fools_shape(value, arguments):
    size = arguments["F"].shape[1]
    whole = isinstance(value, list) and all(type(i) is int and 0 <= i < size for i in value)
    if not whole or len(set(value)) != len(value) or not value:
        raise ValueError(f"your function returned {value!r}; accepted: different column numbers from 0 to {size - 1}")


def readouts_of(chosen, call):
    """The readout of every feature that is not in the set, −∞ for those that are."""
    F, strength = call["F"], call["strength"]
    heard = F.T @ (F[:, chosen] @ strength[chosen])
    heard[chosen] = -np.inf
    return heard


def greedy(call, bar, *, victims=None, sizes=False, weight=True):
    """The smallest set found, by the largest disturbances of each victim; switched off in part, a likely mistake."""
    F, strength = call["F"], call["strength"]
    overlaps = F.T @ F
    np.fill_diagonal(overlaps, -np.inf)
    if victims is not None:
        overlaps = overlaps[list(victims)]
    given = overlaps * strength if weight else overlaps
    own = np.isneginf(given)
    order = np.argsort(np.where(own, np.inf, -np.abs(given) if sizes else -given), axis=1)[:, :-1]
    heard = np.take_along_axis(overlaps * strength, order, axis=1).cumsum(axis=1) > bar
    size = np.where(heard.any(axis=1), heard.argmax(axis=1) + 1, F.shape[1])
    easiest = size.argmin()
    return order[easiest, : size[easiest]].tolist() if heard[easiest].any() else None


def fools_mistakes(given, calls):
    bar = given.pick("bar", BARS)
    smallest = [len(greedy(call, bar)) for call in calls]

    def includes_the_victim(values):
        # the set's own members read high: counting them, the bar is passed; without them it is not
        F = [call["F"] for call in calls]
        all_heard = [f.T @ (f[:, v] @ c["strength"][v]) for f, v, c in zip(F, values, calls, strict=True)]
        outside = [readouts_of(v, call).max() for v, call in zip(values, calls, strict=True)]
        return all(h.max() > bar for h in all_heard) and any(o <= bar for o in outside)

    def too_large(values):
        works = all(readouts_of(v, call).max() > bar for v, call in zip(values, calls, strict=True))
        return works and any(len(v) > size for v, size in zip(values, smallest, strict=True))

    def like(slip):
        slipped = [sorted(greedy(call, bar, **slip)) for call in calls]
        return lambda values: [sorted(value) for value in values] == slipped

    victim, weight, sign = map(like, SLIPS)
    return [
        (includes_the_victim, "The feature that is fooled must not be in the set: it would be read rightly."),
        (victim, "Feature 0 is not the easiest to fool: search all victims."),
        (weight, "The largest overlaps do not disturb most: how strong is each feature?"),
        (sign, "A negative overlap lowers the readout: its size is not what counts."),
        (too_large, "These sets do fool a feature, but smaller ones would."),
        (
            lambda values: any(readouts_of(v, call).max() <= bar for v, call in zip(values, calls, strict=True)),
            "With these sets active, no absent feature exceeds the bar.",
        ),
    ]


fools = Program("fools", fools_words, fools_calls, fools_shape, fools_mistakes)

TRIALS = 3000


def sizes_of(given):
    """Neurons, features, chance and threshold of the problem *errors*."""
    n_neurons = given.pick("neurons", (24, 28, 32))
    return n_neurons, 2 * n_neurons, given.pick("chance", (0.06, 0.08, 0.1)), given.pick("threshold", (0.6, 0.65, 0.7))


def errors_words(given):
    n_neurons, n_features, chance, bar = sizes_of(given)
    return f"""Features do not come in a fixed number. Let **each** of {n_features} features be active, at activation 1, with probability
**{chance}**, independently of all others; all {n_features} are read from {n_neurons} neurons by a threshold at **{bar}**, and each that is read wrongly is an
error, false alarm or miss. Write a function `errors(rng, trials)` that returns an array with the number of errors in each of `trials`
independent trials, every one with its own random code and its own active features."""


def errors_calls(given):
    yield {"rng": given.rng("errors"), "trials": TRIALS}


def errors_shape(value, arguments):
    if not isinstance(value, list) or len(value) != arguments["trials"]:
        raise ValueError(
            f"your function returned {len(value) if isinstance(value, list) else 1} values; accepted: one a trial"
        )
    if not all(type(x) in (int, float) and x >= 0 and x == int(x) for x in value):
        raise ValueError("your function returned values that are no numbers of errors; accepted: whole numbers from 0")


def codes_of(n_neurons, n_features, trials, rng, *, normalised=True):
    """A random code for each trial, in batches, shape (batch, n, m)."""
    for start in range(0, trials, 500):
        F = rng.standard_normal((min(500, trials - start), n_neurons, n_features))
        yield F / (np.linalg.norm(F, axis=1, keepdims=True) if normalised else np.sqrt(n_neurons))


def readouts(F, active):
    """The readouts of all features of each trial's code, shape (batch, m)."""
    state = F @ active[..., None].astype(float)
    return (F.swapaxes(1, 2) @ state)[..., 0]


def simulated(given, rng, trials, *, fixed=False, misses=True, alarms=True, own=True, normalised=True):
    """Errors in each trial; switched off in part, a likely mistake."""
    n_neurons, n_features, chance, bar = sizes_of(given)
    found = []
    for F in codes_of(n_neurons, n_features, trials, rng, normalised=normalised):
        drawn = rng.random((len(F), n_features))
        active = drawn.argsort(axis=1) < round(chance * n_features) if fixed else drawn < chance
        read = readouts(F, active) - (0 if own else active)
        wrong = (read > bar) != active
        found.append(np.count_nonzero(wrong & ((active & misses) | (~active & alarms)), axis=1))
    return np.concatenate(found)


def near(values, wanted):
    """Whether mean and mean square are within three standard errors of those of a simulation."""
    values, wanted = np.asarray(values, dtype=float), np.asarray(wanted, dtype=float)
    for one, other in ((values, wanted), (values**2, wanted**2)):
        error = np.hypot(one.std() / np.sqrt(len(one)), other.std() / np.sqrt(len(other)))
        if abs(one.mean() - other.mean()) >= 3 * error:
            return False
    return True


@cache
def errors_slips(given):
    rng = given.rng("mistaken errors")
    right = simulated(given, rng, 5 * TRIALS)

    def like(**switched):
        wanted = simulated(given, rng, 5 * TRIALS, **switched)
        return lambda values: near(values, wanted) and not near(values, right)

    wrong = [
        (lambda values: max(values) == 0, "No errors at all: are the readouts compared with who is active?"),
        (lambda values: len(set(values)) == 1, "Every trial has the same number of errors: does each draw anew?"),
        (like(misses=False), "That is false alarms only. An active feature that reads too low is an error, too."),
        (like(alarms=False), "That is misses only. An absent feature that reads too high is an error, too."),
        (like(own=False), "An active feature hears itself, too: its readout is 1 and the crosstalk."),
        (like(normalised=False), "Are the directions of length 1?"),
        (
            like(fixed=True),
            "That is for a fixed number of active features. Here their number varies, and errors grow faster than it.",
        ),
    ]
    return of_one_call(wrong)


errors = Program("errors", errors_words, errors_calls, errors_shape, lambda given, calls: errors_slips(given))

PROBLEMS = (limit, fools, errors)

"""The assignment on *Boolean-ish*: levels that are not those of the chapter."""

from functools import cache

import numpy as np
import sympy as sp

from superposition.course.problem import Derivation, Program, equal, of_one_call
from superposition.course.sparsity import near
from superposition.symbols import K, l, m, n

__all__ = ["PROBLEMS"]

# The lowest level above 0.
FLOORS = (sp.Rational(1, 3), sp.Rational(1, 2), sp.Rational(2, 3), sp.Rational(3, 5))


def levels_words(given):
    floor = given.pick("floor", FLOORS)
    return f"""Absent features are at activation 0. Present ones are never weak: their $K - 1$ levels are equally spaced **from {floor} to 1**, both
included. In a random code $l$ of $m$ features are present, each at activation 1, and every feature is decoded to the nearest level. $K$ is
large, so that the gaps between the upper levels are the narrow ones.

By the tail $e^{{-t^2/2\\sigma^2}}$ of crosstalk of variance $l/n$, how many levels $K$, with 0 counted, can be told apart, if half a gap is to be
passed by at most one of $m$ features on average? Give $K$ as a SymPy expression over `n`, `m` and `l`."""


def levels_mistakes(given):
    floor = given.pick("floor", FLOORS)
    room = sp.sqrt(n / (8 * l * sp.log(m)))
    span = 1 - floor
    return [
        (1 + room, "That is the chapter's count, for levels from 0 to 1. Where do the levels lie here?"),
        (1 + span * room, "Count again: how many levels have how many gaps above the lowest, and is 0 among them?"),
        (span * room, "A row of levels has one more level than gaps, and 0 is a level, too."),
        (2 + room, "The upper levels share less than the whole of [0, 1]."),
        (2 + floor * room, "That is the gap between 0 and the lowest level. Which gaps are the narrow ones?"),
        (2 + span * 2 * room, "Half a gap is what noise must not pass, not a whole one."),
        (2 + span**2 * room, "Noise and gap are compared, not their squares."),
        (2 + span * n / (8 * l * sp.log(m)), "Noise and gap are compared, not their squares: take the root."),
        (2 + span * room * sp.sqrt(sp.log(2)), "The tail is a power of *e*, so the logarithm is the natural one."),
        (2 + span * sp.sqrt(n / (8 * sp.log(m))), "How many active features make the noise?"),
    ]


levels = Derivation("levels", levels_words, {n: (50_000, 10**6), m: (1000, 10**6), l: (2, 20)}, levels_mistakes)

# How often level j of K - 1 is used, in words and up to a factor.
USED = (
    ("level $j$ is used in proportion to $j$", lambda j, g: j),
    ("level $j$ is used in proportion to $K - j$, so that the lowest is the most frequent", lambda j, g: g + 1 - j),
    ("level $j$ is used in proportion to $j^2$", lambda j, g: j**2),
)
SIZES = {K: (2.5, 12)}
_j, _g = sp.Symbol("j", integer=True, positive=True), sp.Symbol("g", integer=True, positive=True)


def equally_used(j, g):
    return sp.Integer(1)


@cache
def mean(power, used):
    """Mean of (j/(K - 1)) to a power over the levels above 0, as an expression over K."""
    total = sp.summation(used(_j, _g), (_j, 1, _g))
    return sp.factor(sp.summation(used(_j, _g) * _j**power, (_j, 1, _g)) / total / _g**power).subs(_g, K - 1)


def square_words(given):
    words, _ = given.pick("used", USED)
    return f"""The $K - 1$ levels above 0 are $j/(K-1)$, $j = 1, \\dots, K-1$, but they are not used equally often: **{words}**. What is the mean
square of an active feature's activation? Give it in closed form, as a SymPy expression over `K`."""


def square_mistakes(given):
    _, used = given.pick("used", USED)
    equally = mean(2, equally_used)
    wrong = [
        (equally, "That is for levels used equally often. Here each counts as often as it is used."),
        (mean(1, used), "That is the mean, not the mean *square*."),
        (mean(1, used) ** 2, "That is the square of the mean. The squares are to be averaged."),
        (mean(2, used) * (K - 1) ** 2, "That is in units of the lowest level. The largest level is 1."),
        (mean(2, used) * (K - 1) ** 2 / K**2, "The largest of the levels above 0 is number *K* − 1."),
        (mean(2, used).subs(K, K + 1), "There are *K* − 1 levels above 0, not *K*."),
        (sp.Integer(1), "That is for features at the largest level. Most are not."),
        (mean(2, used) * (K - 1) / K, "The level 0 is not among those of an active feature."),
        *(
            (mean(2, other), "That is for another use of the levels: how often is each used here?")
            for _, other in USED
            if other is not used
        ),
    ]
    right = mean(2, used)
    return [(expr, reply) for expr, reply in wrong if not equal(expr, right, SIZES)]


square = Derivation("square", square_words, SIZES, square_mistakes)

TRIALS = 20_000
# The strengths of the others: words, the mean of their square, and how they are drawn.
OTHERS = (
    ("a strength drawn uniformly from ½ to 1", 7 / 12, lambda rng, size: rng.uniform(0.5, 1, size)),
    ("strength ¼ or 1, each as often", 17 / 32, lambda rng, size: rng.choice([0.25, 1], size)),
    ("a strength that is the root of a uniform number from 0 to 1", 1 / 2, lambda rng, size: np.sqrt(rng.random(size))),
)


def blur_words(given):
    words, _, _ = given.pick("others", OTHERS)
    n_neurons, n_active = sizes_of(given)
    return f"""In a random code on {n_neurons} neurons {n_active} features are active, each at **{words}**. Write a function `blur(rng, trials)` that
returns an array with, for each of `trials` independent trials, **by how much the readout of one of the active features differs from its own
strength**. (So few vectors have to be drawn that no matrix of all features is needed.)"""


def sizes_of(given):
    return given.pick("neurons", (40, 50, 64)), given.pick("active", (4, 5, 6))


def blurred(given, rng, trials, *, others=-1, drawn=None, normalised=True, amplitude=1.0, own=False, sizes=False):
    """By how much a readout is off in each trial; changed in part, a likely mistake."""
    n_neurons, n_active = sizes_of(given)
    _, _, draw = given.pick("others", OTHERS)
    many = n_active + others
    strength = (drawn or draw)(rng, (trials, many)) * amplitude
    overlaps = rng.standard_normal((trials, many))
    if normalised:
        overlaps /= np.sqrt(overlaps**2 + rng.chisquare(n_neurons - 1, (trials, many)))
    off = np.sum(strength * (np.abs(overlaps) if sizes else overlaps), axis=1)
    return off + (draw(rng, trials) if own else 0)


def blur_calls(given):
    yield {"rng": given.rng("blur"), "trials": TRIALS}


def blur_shape(value, arguments):
    if not isinstance(value, list) or len(value) != arguments["trials"]:
        raise ValueError(
            f"your function returned {len(value) if isinstance(value, list) else 1} values; accepted: one a trial"
        )
    if not all(type(x) in (int, float) and np.isfinite(x) for x in value):
        raise ValueError("your function returned values that are no finite numbers; accepted: one number a trial")


@cache
def blur_slips(given):
    rng = given.rng("mistaken blur")
    _, _, draw = given.pick("others", OTHERS)
    right = blurred(given, rng, TRIALS)

    def like(**changed):
        wanted = blurred(given, rng, TRIALS, **changed)
        return lambda values: near(values, wanted) and not near(values, right)

    wrong = [
        (lambda values: len(set(values)) < len(values) / 2, "Many trials have the same value: does each draw anew?"),
        (like(own=True), "That is the readout. By how much does it differ from the feature's own strength?"),
        (like(sizes=True), "Overlaps have either sign: their sizes are not what adds up."),
        (like(others=0), "The feature does not disturb itself: how many others are there?"),
        (like(drawn=lambda rng, size: np.ones(size)), "That is for others at strength 1. How strong are they here?"),
        (
            like(drawn=lambda rng, size: np.full(size, draw(rng, 10_000).mean())),
            "Others of average strength disturb less than others of varying strength.",
        ),
        (like(others=1 - sizes_of(given)[1]), "That is one other feature. All the active ones disturb."),
        (like(normalised=False), "Are the directions of length 1?"),
    ]
    return of_one_call(wrong)


blur = Program("blur", blur_words, blur_calls, blur_shape, lambda given, calls: blur_slips(given))


def decode_words(given):
    floor = given.pick("floor", FLOORS)
    return f"""Levels are those of the first problem: 0, and $K - 1$ levels equally spaced from **{floor}** to 1. Write a function `decode(readouts, K)`
that returns for each readout the **activation** of the nearest level, the lower one where two are equally near. Readouts may lie below 0 and
above 1; $K$ is at least 3."""


def decode_calls(given):
    rng = given.rng("decode")
    for count in (3, 4, 6, 11):
        yield {"readouts": np.concatenate([rng.uniform(-0.5, 1.6, 60), [-2.0, 0.0, 1.0, 3.0]]), "K": count}


def decode_shape(value, arguments):
    size = len(arguments["readouts"])
    if not isinstance(value, list) or len(value) != size or not all(type(x) in (int, float) for x in value):
        raise ValueError(f"your function returned {value!r:.60}; accepted: {size} numbers, one a readout")


def decoded(call, levels, *, index=False, down=False):
    """The nearest of the levels; changed in part, a likely mistake."""
    off = np.abs(call["readouts"][:, None] - levels)
    if down:
        off = np.where(levels > np.maximum(call["readouts"], levels[0])[:, None], np.inf, off)
    nearest = off.argmin(axis=1)
    return nearest.astype(float) if index else levels[nearest]


def levels_of(given, call, *, zero=True, floor=None, gaps=-2):
    low = float(given.pick("floor", FLOORS)) if floor is None else floor
    upper = low + (1 - low) * np.arange(call["K"] - 1) / (call["K"] + gaps)
    return np.concatenate([[0.0], upper]) if zero else upper


def decode_mistakes(given, calls):
    def like(transform=lambda x: x, levels=None, **changed):
        def shows(values):
            return all(
                np.allclose(value, transform(decoded(call, levels_of(given, call, **(levels or {})), **changed)))
                for value, call in zip(values, calls, strict=True)
            )

        return shows

    def outside(values):
        return any(max(value) > 1 + 1e-9 or min(value) < -1e-9 for value in values)

    return [
        (like(index=True), "Those are the numbers of the levels. Their activations are asked for."),
        (outside, "A readout below 0 or above 1 has a nearest level, too: the lowest or the highest."),
        (like(down=True), "That is the next level *below* the readout. The nearest may be above."),
        (like(levels={"zero": False}), "0 is a level: absent features have to be decoded to it."),
        (like(levels={"floor": 0.0}), "Those levels begin just above 0. Where is the lowest one above 0 here?"),
        (like(levels={"gaps": -1}), "*K* − 1 levels from the lowest to 1, both included, have *K* − 2 gaps."),
        (
            lambda values: all(set(value) <= {0.0, 1.0} for value in values),
            "That decides between absent and present only. Which level is nearest?",
        ),
    ]


decode = Program("decode", decode_words, decode_calls, decode_shape, decode_mistakes)

PROBLEMS = (levels, square, decode, blur)

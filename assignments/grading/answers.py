"""The right answers of all variants, and how an answer is judged by the evidence it left."""

from functools import cache

import numpy as np
import sympy as sp
from scipy.stats import ks_2samp

from superposition.course import Derivation, Sheet, booleanish, compounding_noise, sparsity
from superposition.course.problem import equal, from_tree
from superposition.symbols import L, delta, l, m, n, theta

__all__ = ["TRIALS", "judge", "solution"]

# Trials of the reference that a simulation is compared with.
TRIALS = 30_000
# A right simulation is refused where its mean is so many standard errors off (1 in 10⁷), or its law so unlikely.
ERRORS, UNLIKELY = 5.33, 1e-7


def _limit(given):
    _, square = given.pick("strengths", sparsity.STRENGTHS)
    share, _ = given.pick("read", sparsity.READ)
    return theta**2 * n / (2 * square * sp.log(m / share))


def _levels(given):
    return 2 + (1 - given.pick("floor", booleanish.FLOORS)) * sp.sqrt(n / (8 * l * sp.log(m)))


def _square(given):
    _, used = given.pick("used", booleanish.USED)
    return booleanish.mean(2, used)


def _energy(given):
    tight, random = given.pick("period", compounding_noise.PERIODS)
    return ((m / n) ** tight * (1 + (m - 1) / n) ** random) ** L


def _depth(given):
    share, _ = given.pick("thresholded", compounding_noise.THRESHOLDED)
    strong = given.pick("strong", compounding_noise.STRONG)
    return 2 * strong**2 * l / theta**2 * sp.log(L * m / (share * delta))


def _fools(given):
    bar = given.pick("bar", sparsity.BARS)
    return lambda F, strength: sparsity.greedy({"F": F, "strength": strength}, bar)


def _decode(given):
    def decode(readouts, K):
        call = {"readouts": np.asarray(readouts), "K": K}
        return booleanish.decoded(call, booleanish.levels_of(given, call))

    return decode


def _rest(given):
    kept = given.pick("kept", compounding_noise.KEPT)
    return lambda n, m, l0: compounding_noise.at_rest({"n": n, "m": m, "l0": l0}, kept)


def _errors(given):
    return lambda rng, trials: sparsity.simulated(given, rng, trials)


def _blur(given):
    return lambda rng, trials: booleanish.blurred(given, rng, trials)


def _clean(given):
    def clean(rng, trials):
        alive, layers = np.arange(trials), np.zeros(trials, dtype=int)
        while len(alive):
            alive = alive[~compounding_noise.failing(given, rng, len(alive))]
            layers[alive] += 1
        return layers

    return clean


SOLUTIONS = {
    "sparsity": {"limit": _limit, "fools": _fools, "errors": _errors},
    "booleanish": {"levels": _levels, "square": _square, "decode": _decode, "blur": _blur},
    "compounding_noise": {"energy": _energy, "depth": _depth, "rest": _rest, "clean": _clean},
}


def solution(assignment, problem, given):
    """The right answer of a variant: an expression, or a function."""
    return SOLUTIONS[assignment][problem](given)


def same_law(values, reference):
    """Whether two samples have the same mean and the same law; false for a right one in less than 1 of 10⁶ cases."""
    values, reference = (np.asarray(sample, dtype=float) for sample in (values, reference))
    error = np.hypot(values.std() / np.sqrt(len(values)), reference.std() / np.sqrt(len(reference)))
    return abs(values.mean() - reference.mean()) <= ERRORS * error and ks_2samp(values, reference).pvalue > UNLIKELY


@cache
def _reference(assignment, problem, given):
    rng = given.rng(f"reference {problem}")
    if problem == "clean":
        chance = compounding_noise.failing(given, rng, TRIALS).mean()
        return compounding_noise.geometric(chance, rng, TRIALS)
    return solution(assignment, problem, given)(rng, TRIALS)


def _right(assignment, problem, evidence, given):
    kind = Sheet(assignment, given.student).problems[problem]
    if isinstance(kind, Derivation):
        return equal(from_tree(evidence, kind.domain), solution(assignment, problem, given), kind.domain)
    calls = list(kind.calls(given))
    if len(evidence) != len(calls):
        raise ValueError("not as many values as calls")
    for value, arguments in zip(evidence, calls, strict=True):
        kind.shape(value, arguments)
    if problem in ("errors", "blur", "clean"):
        return same_law(evidence[0], _reference(assignment, problem, given))
    if problem == "fools":
        bar = given.pick("bar", sparsity.BARS)
        works = all(sparsity.readouts_of(v, call).max() > bar for v, call in zip(evidence, calls, strict=True))
        return works and all(len(v) == len(sparsity.greedy(c, bar)) for v, c in zip(evidence, calls, strict=True))
    answer = solution(assignment, problem, given)
    return all(np.allclose(value, answer(**call), rtol=1e-6) for value, call in zip(evidence, calls, strict=True))


def judge(assignment, student, carried):
    """Judge what an answer left.

    Parameters
    ----------
    assignment, student : str
        Whose work at what.
    carried : dict
        What `Handed` carries, from a process that nobody answers for.

    Returns
    -------
    tuple of bool and str
        Whether the answer is right, and what is said of it.
    """
    sheet = Sheet(assignment, student)
    try:
        given, problem, evidence = sheet.variant, carried["problem"], carried["evidence"]
        if carried["student"] != given.student:
            return False, f"This was handed in for the variant of {carried['student']!r}, not of {given.student!r}."
        if _right(assignment, problem, evidence, given):
            return True, "Right."
        return False, sheet.problems[problem].remark(evidence, given).replace("Handed in. No", "Not right, though no")
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        return False, f"What was handed in is no answer: {error}"

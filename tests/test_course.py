"""The graded problems: every variant's right answers pass, likely mistakes meet their own hint, and nothing strange counts."""

import sys
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from superposition.codes import random_code
from superposition.course import Derivation, Sheet, assignments, booleanish, compounding_noise, sparsity, variant
from superposition.course.problem import EVIDENCE, NOTHING_FOUND, from_tree, plain, to_tree

sys.path.insert(0, str(Path(__file__).parents[1] / "assignments"))
from grading.answers import judge, same_law, solution

STUDENTS = ("ada", "grace", "alan", "emmy", "sofia", "carl", "mary", "kurt")
DERIVED = [
    (a, p) for a, problems in assignments.items() for p, kind in problems.items() if isinstance(kind, Derivation)
]
SIMULATED = [("sparsity", "errors"), ("booleanish", "blur"), ("compounding_noise", "clean")]
COMPUTED = [("sparsity", "fools"), ("booleanish", "decode"), ("compounding_noise", "rest")]


def handed(assignment, student, problem, answer):
    return Sheet(assignment, student).hand_in(problem, answer)


def judged(assignment, student, problem, answer):
    return judge(assignment, student, handed(assignment, student, problem, answer)._repr_mimebundle_()[EVIDENCE])


def test_a_variant_belongs_to_a_name_and_variants_differ():
    assert variant("sparsity", "Ada ") == variant("sparsity", "ada")
    assert variant("sparsity", "ada").seed != variant("booleanish", "ada").seed
    for assignment, problems in assignments.items():
        asked = {tuple(p.ask(variant(assignment, s)).data for p in problems.values()) for s in STUDENTS}
        assert len(asked) >= 6


@pytest.mark.parametrize(("assignment", "problem"), DERIVED)
@pytest.mark.parametrize("student", STUDENTS)
def test_equal_forms_of_a_derivation_are_right(assignment, problem, student):
    right = solution(assignment, problem, variant(assignment, student))
    x = min(right.free_symbols, key=str)
    forms = [right, sp.expand(right), sp.exp(sp.log(right)), sp.Mul(right, (x + 1), 1 / (x + 1), evaluate=False)]
    for form in forms:
        assert judged(assignment, student, problem, form) == (True, "Right.")
        assert handed(assignment, student, problem, form).words == NOTHING_FOUND


@pytest.mark.slow
@pytest.mark.parametrize(("assignment", "problem"), DERIVED)
@pytest.mark.parametrize("student", STUDENTS)
def test_every_likely_mistake_of_a_derivation_meets_its_hint(assignment, problem, student):
    given = variant(assignment, student)
    mistakes = assignments[assignment][problem].mistakes(given)
    assert len(mistakes) >= 5
    seen = []
    for wrong, reply in mistakes:
        right, words = judged(assignment, student, problem, sp.sympify(wrong))
        assert not right, wrong
        assert words == reply or words in seen, wrong  # two mistakes may be one in a variant: the first is named
        seen.append(reply)
        assert handed(assignment, student, problem, sp.sympify(wrong)).words == words


def test_a_wrong_derivation_of_no_known_kind_is_not_called_right():
    right, words = judged("sparsity", "ada", "limit", sparsity.n)
    assert not right
    assert words == "Not right, though no likely mistake was found in it."


def loop(given):
    """The simulation of *errors* as a student may write it."""
    n, m, chance, bar = sparsity.sizes_of(given)

    def errors(rng, trials):
        found = []
        for _ in range(trials):
            F = rng.standard_normal((n, m))
            F = F / np.sqrt((F * F).sum(axis=0))
            active = rng.binomial(1, chance, m)
            found.append(int(sum((F.T @ (F @ active) > bar) != (active == 1))))
        return found

    return errors


def walk(given):
    """The simulation of *blur* with whole vectors."""
    n, l = booleanish.sizes_of(given)
    draw = given.pick("others", booleanish.OTHERS)[2]

    def blur(rng, trials):
        off = np.empty(trials)
        for i in range(trials):
            F, strength = random_code(n, l, rng), draw(rng, l)
            off[i] = F[:, 0] @ F @ strength - strength[0]
        return off

    return blur


def layers(given):
    """The simulation of *clean*, network by network."""
    n, m, l, bar = compounding_noise.sizes_of(given)

    def clean(rng, trials):
        found = []
        for _ in range(trials):
            count = 0
            while True:
                F = random_code(n, m, rng)
                if not np.array_equal(F.T @ F[:, :l].sum(axis=1) > bar, np.arange(m) < l):
                    break
                count += 1
            found.append(count)
        return tuple(found)

    return clean


@pytest.mark.slow
@pytest.mark.parametrize(
    ("assignment", "problem", "written"),
    [(*SIMULATED[0], loop), (*SIMULATED[1], walk), (*SIMULATED[2], layers)],
    ids=["errors", "blur", "clean"],
)
def test_right_simulations_are_right_however_written(assignment, problem, written):
    given = variant(assignment, "ada")
    own = solution(assignment, problem, given)
    for form in (own, written(given), lambda rng, trials: [float(x) for x in own(rng, trials)]):
        assert judged(assignment, "ada", problem, form) == (True, "Right.")


def wrong_errors(given):
    simulated = sparsity.simulated
    yield "Every trial has the same", lambda rng, trials: np.full(trials, 3)
    yield "No errors at all", lambda rng, trials: np.zeros(trials, dtype=int)
    yield "false alarms only", lambda rng, trials: simulated(given, rng, trials, misses=False)
    yield "misses only", lambda rng, trials: simulated(given, rng, trials, alarms=False)
    yield "hears itself", lambda rng, trials: simulated(given, rng, trials, own=False)
    yield "fixed number", lambda rng, trials: simulated(given, rng, trials, fixed=True)


def wrong_blurs(given):
    def blurred(**changed):
        return lambda rng, trials: booleanish.blurred(given, rng, trials, **changed)

    yield "does each draw anew", lambda rng, trials: np.full(trials, 0.1)
    yield "That is the readout", blurred(own=True)
    yield "Overlaps have either sign", blurred(sizes=True)
    yield "does not disturb itself", blurred(others=0)
    yield "others at strength 1", blurred(drawn=lambda rng, size: np.ones(size))
    yield "That is one other feature", blurred(others=1 - booleanish.sizes_of(given)[1])


def wrong_cleans(given):
    def lasting(**changed):
        def clean(rng, trials):
            chance = compounding_noise.failing(given, rng, 20_000, **changed).mean()
            return compounding_noise.geometric(chance, rng, trials)

        return clean

    def same_code(rng, trials):
        return np.where(compounding_noise.failing(given, rng, trials), 0, 500)

    yield "All networks fare alike", lambda rng, trials: np.full(trials, 2)
    yield "same code in all layers", same_code
    yield (
        "counts the layer that errs",
        lambda rng, trials: solution("compounding_noise", "clean", given)(rng, trials) + 1,
    )
    yield "false alarms only", lasting(misses=False)
    yield "misses only", lasting(alarms=False)
    yield "Is the threshold at", lasting(threshold=0.5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("assignment", "problem", "wrong"),
    [(*SIMULATED[0], wrong_errors), (*SIMULATED[1], wrong_blurs), (*SIMULATED[2], wrong_cleans)],
    ids=["errors", "blur", "clean"],
)
def test_likely_mistakes_of_a_simulation_meet_their_hint(assignment, problem, wrong):
    found = list(wrong(variant(assignment, "ada")))
    assert len(found) >= 5
    for hint, answer in found:
        right, words = judged(assignment, "ada", problem, answer)
        assert not right, hint
        assert hint in words


def wrong_fools(given):
    bar = given.pick("bar", sparsity.BARS)

    def greedy(**changed):
        return lambda F, strength: sparsity.greedy({"F": F, "strength": strength}, bar, **changed)

    yield "search all victims", greedy(victims=[0])
    yield "how strong is each", greedy(weight=False)
    yield "A negative overlap", greedy(sizes=True)
    yield "smaller ones would", lambda F, strength: padded(F, strength, greedy()(F, strength), bar)
    yield "no absent feature exceeds", lambda F, strength: [0]
    yield "must not be in the set", lambda F, strength: near_pair(F, strength, bar)


def padded(F, strength, chosen, bar):
    for extra in range(F.shape[1]):
        more = [*chosen, extra]
        if extra not in chosen and sparsity.readouts_of(more, {"F": F, "strength": strength}).max() > bar:
            return more
    raise AssertionError


def near_pair(F, strength, bar):
    """A set whose own member reads above the bar, and nobody else."""
    for size in range(2, 6):
        for first in range(F.shape[1]):
            order = np.argsort(-(F[:, first] @ F) * strength)
            chosen = [first, *(i for i in order.tolist() if i != first)][:size]
            state = F[:, chosen] @ strength[chosen]
            inside = (F.T @ state)[chosen].max()
            if inside > bar >= sparsity.readouts_of(chosen, {"F": F, "strength": strength}).max():
                return chosen
    raise AssertionError


def wrong_decodes(given):
    call = {}

    def decode(levels=None, transform=lambda x: x, **changed):
        def decode(readouts, K):
            call.update(readouts=readouts, K=K)
            return transform(booleanish.decoded(call, booleanish.levels_of(given, call, **(levels or {})), **changed))

        return decode

    yield "numbers of the levels", decode(index=True)
    yield "A readout below 0 or above 1", lambda readouts, K: np.round(readouts * (K - 1)) / (K - 1)
    yield "*below* the readout", decode(down=True)
    yield "0 is a level", decode(levels={"zero": False})
    yield "begin just above 0", decode(levels={"floor": 0.0})
    yield "have *K* − 2 gaps", decode(levels={"gaps": -1})
    yield "between absent and present only", lambda readouts, K: np.where(np.asarray(readouts) > 0.5, 1.0, 0.0)


def wrong_rests(given):
    kept = given.pick("kept", compounding_noise.KEPT)

    def rest(kept=kept, **changed):
        return lambda n, m, l0: compounding_noise.at_rest({"n": n, "m": m, "l0": l0}, kept, **changed)

    yield "where the network starts", lambda n, m, l0: l0
    yield "that are all kept", rest(1.0)
    yield "after one layer", rest(steps=1)
    yield "how many others are there", lambda n, m, l0: rest(among=m)(n, m, l0)
    yield "The threshold is at ½", rest(threshold=1.0)
    yield "That is the runaway", lambda n, m, l0: kept * m / 2


@pytest.mark.parametrize(
    ("assignment", "problem", "wrong"),
    [(*COMPUTED[0], wrong_fools), (*COMPUTED[1], wrong_decodes), (*COMPUTED[2], wrong_rests)],
    ids=["fools", "decode", "rest"],
)
@pytest.mark.parametrize("student", STUDENTS[:4])
def test_likely_mistakes_of_a_program_meet_their_hint(assignment, problem, wrong, student):
    found = list(wrong(variant(assignment, student)))
    assert len(found) >= 5
    for hint, answer in found:
        right, words = judged(assignment, student, problem, answer)
        assert not right, hint
        assert hint in words


@pytest.mark.parametrize(("assignment", "problem"), COMPUTED)
@pytest.mark.parametrize("student", STUDENTS)
def test_right_programs_are_right_whatever_they_return(assignment, problem, student):
    own = solution(assignment, problem, variant(assignment, student))

    def other(**arguments):
        value = own(**arguments)
        return value if isinstance(value, float) else np.array(value)[:: -1 if problem == "fools" else 1]

    def third(**arguments):
        value = own(**arguments)
        return np.float64(value) if isinstance(value, float) else tuple(value)

    for form in (own, other, third):
        assert judged(assignment, student, problem, form) == (True, "Right.")


def test_one_student_s_answer_is_not_another_s():
    first, second = (
        "ada",
        next(
            s
            for s in STUDENTS
            if variant("sparsity", s).pick("bar", sparsity.BARS)
            != variant("sparsity", "ada").pick("bar", sparsity.BARS)
        ),
    )
    carried = handed("sparsity", first, "limit", solution("sparsity", "limit", variant("sparsity", first)))
    right, words = judge("sparsity", second, carried._repr_mimebundle_()[EVIDENCE])
    assert not right
    assert f"the variant of '{first}'" in words


class Float(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


@pytest.mark.parametrize("value", [Float(1), "1", None, {"a": 1}, [Float(1)], object(), 1j])
def test_look_alikes_are_no_values(value):
    with pytest.raises(TypeError, match="your function returned"):
        plain(value)


@pytest.mark.parametrize(
    "evidence",
    [
        None,
        "x",
        ["Symbol", "z"],
        ["__import__", "os"],
        ["Rational", 1, 0],
        ["Rational", 10**40, 1],
        ["Float", float("nan")],
        ["Symbol"],
        [],
        ["Pow", ["Rational", 10, 1]],
        [["Symbol", "n"]],
        [[1, 2], [3]],
        list(range(10)),
    ],
)
@pytest.mark.parametrize(
    ("assignment", "problem"), [("sparsity", "limit"), ("sparsity", "fools"), ("sparsity", "errors")]
)
def test_forged_evidence_is_wrong_and_breaks_nothing(assignment, problem, evidence):
    right, _ = judge(assignment, "ada", {"student": "ada", "problem": problem, "evidence": evidence})
    assert not right


@pytest.mark.parametrize(
    "carried", [None, {}, [], {"student": "ada"}, {"student": "ada", "problem": "no", "evidence": 1}]
)
def test_what_carries_nothing_is_wrong(carried):
    assert not judge("sparsity", "ada", carried)[0]


def test_a_deep_tree_is_refused():
    tree = ["Symbol", "n"]
    for _ in range(200):
        tree = ["exp", tree]
    with pytest.raises(ValueError, match="not an expression"):
        from_tree(tree, [sparsity.n])


def test_trees_hold_what_expressions_say():
    x = sp.Symbol("x", positive=True)
    for expr in (x / 3 - sp.sqrt(2 * sp.pi), sp.exp(-x) * sp.log(x + 1), sp.Max(x, 2), sp.Float(0.25) * x, sp.E + x):
        assert sp.simplify(from_tree(to_tree(expr), [x]) - expr) == 0


@pytest.mark.parametrize(
    ("problem", "answer", "error", "words"),
    [
        ("limit", "n", TypeError, "answer is of type str; accepted: a SymPy expression over n, m, theta"),
        ("limit", 5, TypeError, "answer is of type int"),
        ("limit", sp.Symbol("k"), ValueError, "answer has the symbol k"),
        ("limit", sp.sin(sparsity.n), ValueError, "answer contains sin; accepted: Add"),
        ("fools", 5, TypeError, "answer is of type int; accepted: a function"),
        ("fools", lambda F, strength: [0, 0], ValueError, "accepted: different column numbers"),
        ("fools", lambda F, strength: [], ValueError, "accepted: different column numbers"),
        ("fools", lambda F, strength: [99], ValueError, "accepted: different column numbers"),
        ("errors", lambda rng, trials: [1], ValueError, "returned 1 values; accepted: one a trial"),
        ("errors", lambda rng, trials: np.full(trials, 0.5), ValueError, "accepted: whole numbers"),
        ("no", 1, ValueError, "problem = 'no'; accepted: limit, fools, errors"),
    ],
)
def test_what_is_no_answer_is_refused_with_what_is(problem, answer, error, words):
    with pytest.raises(error, match=words):
        handed("sparsity", "ada", problem, answer)


@pytest.mark.parametrize(
    ("student", "error"), [("", ValueError), ("  ", ValueError), (7, TypeError), (None, TypeError)]
)
def test_a_sheet_needs_a_name(student, error):
    with pytest.raises(error, match="your name in the course"):
        Sheet("sparsity", student)
    with pytest.raises(ValueError, match="assignment = 'no'; accepted: sparsity"):
        Sheet("no", "ada")


@pytest.mark.slow
def test_right_simulations_fail_less_than_once_in_a_million():
    # the mean's test has a false-fail rate of 1e-7 by construction; here the law of its statistic is measured
    rng = np.random.default_rng(5)
    statistics = []
    for _ in range(2000):
        one, other = rng.poisson(3.0, 500), rng.poisson(3.0, 5000)
        error = np.hypot(one.std() / np.sqrt(500), other.std() / np.sqrt(5000))
        statistics.append((one.mean() - other.mean()) / error)
        if len(statistics) % 20 == 0:
            assert same_law(one, other)
    assert abs(np.std(statistics) - 1) < 5 / np.sqrt(2 * len(statistics))
    assert not same_law(rng.poisson(3.0, 2000), rng.poisson(3.4, 5000))

"""The self-test questions: right answers are right, likely mistakes meet their own reply, in both languages."""

import json
import re

import numpy as np
import pytest
import sympy as sp
from py_mini_racer import MiniRacer

import superposition
from superposition import formulas, question, questions
from superposition.explorer import format_value
from superposition.question import Choice, Mistake, Number, Option
from superposition.symbols import l, m, n

NUMBERS = [q for q in questions.registry.values() if isinstance(q, Number)]
CHOICES = [q for q in questions.registry.values() if isinstance(q, Choice)]


def named(asked):
    return asked.name


@pytest.fixture(scope="module")
def script():
    source = re.sub(r"^export ", "", (question._FOLDER / "question.js").read_text(encoding="utf-8"), flags=re.MULTILINE)
    context = MiniRacer()
    context.eval(source)
    return lambda code: json.loads(context.eval(f"JSON.stringify({code})"))


def test_every_chapter_asks_at_least_three():
    assert questions.topics.keys() == formulas.topics.keys()
    assert all(len(asked) >= 3 for asked in questions.topics.values())
    assert len(questions.registry) == sum(map(len, questions.topics.values()))


@pytest.mark.parametrize("asked", NUMBERS, ids=named)
def test_the_right_number_is_right_and_every_mistake_meets_its_own_reply(asked):
    assert asked.check(asked.value)
    assert len(asked.mistakes) >= 3
    for value, mistake in zip(asked._values[1:], asked.mistakes, strict=True):
        for near in (value, value * (1 + 0.9 * asked.within), value * (1 - 0.9 * asked.within)):
            verdict = asked.check(near)
            assert not verdict
            assert verdict.words == mistake.reply


@pytest.mark.parametrize("asked", NUMBERS, ids=named)
def test_an_equal_expression_is_right_and_a_mistaken_one_meets_its_reply(asked):
    answer, *mistakes = (expr for expr, _ in asked._cases)
    if answer.free_symbols:
        x = min(answer.free_symbols, key=str)
        forms = [answer, sp.exp(sp.log(answer)), answer * (x + 1) / (x + 1), answer + (x - 1) ** 2 - x**2 + 2 * x - 1]
        assert all(asked.check(form) for form in forms)
        assert not asked.check(answer * (1 + sp.Rational(1, 1000)))
    for expr, mistake in zip(mistakes, asked.mistakes, strict=True):
        if expr.free_symbols:
            assert asked.check(expr).words == mistake.reply


@pytest.mark.parametrize("asked", NUMBERS, ids=named)
def test_no_reply_gives_the_answer_away(asked):
    shown = format_value(asked.value)
    said = [mistake.reply for mistake in asked.mistakes] + [asked.otherwise]
    assert not [reply for reply in said if re.search(rf"(?<![\d.,]){re.escape(shown)}(?![\d.,]*\d)", reply)]


@pytest.mark.parametrize("asked", CHOICES, ids=named)
def test_one_option_is_right_and_each_has_a_reply(asked):
    verdicts = [asked.check(letter) for letter in asked.letters]
    assert sum(map(bool, verdicts)) == 1
    assert [verdict.words for verdict in verdicts] == [option.reply for option in asked.options]
    assert all(verdict.words for verdict in verdicts)


@pytest.mark.parametrize("asked", NUMBERS, ids=named)
def test_the_page_says_what_python_says(script, asked):
    rng = np.random.default_rng(0)
    given = [*asked._values, *(v * f for v in asked._values for f in rng.uniform(0.7, 1.3, 20)), 0, -1, 1e9]
    told = json.dumps(asked.json())
    said = script(f"{json.dumps(given)}.map((number) => weighed({told}, number))")
    for number, met in zip(given, said, strict=True):
        verdict = asked.check(number)
        assert (bool(met["right"]), met["reply"]) == (verdict.right, verdict.words), number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("78", 78),
        (" 1,234.5 ", 1234.5),
        ("1 234", 1234),
        ("−0.02", -0.02),
        (".5", 0.5),
        ("3/8", 0.375),
        ("12 %", 0.12),
        ("3.5e-4", 3.5e-4),
        ("2·10^6", 2e6),
        ("10^-3", 1e-3),
    ],
)
def test_numbers_are_read_as_people_write_them(script, text, number):
    assert script(f"parsed({json.dumps(text)})") == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("text", ["", "many", "1.2.3", "1/2/3", "%", "12,34", "1e", "--1", "/3", "alert(1)", "0x10"])
def test_what_is_no_number_is_none(script, text):
    assert script(f"Number.isNaN(parsed({json.dumps(text)}))")


def test_a_question_reads_without_a_script_and_hides_no_markup():
    sly = Number(
        "sly", "Is 1 < 2 & *n* > 0?", n, {n: 2}, mistakes=[], hints=["</script><b>no</b>"], solution="It is {answer}."
    )
    html = sly._repr_html_()
    assert "1 &lt; 2 &amp; <i>n</i> &gt; 0?" in html
    assert html.count("</script>") == 1
    assert "<b>no" not in html.replace(html[html.index("<script") : html.index("</script>")], "")
    assert html.index("Hint") < html.index("Solution") < html.index("It is 2.")
    assert 'superposition.check("sly", …)' in html


def test_the_package_checks_answers():
    assert superposition.check("limit-of-a-layer", formulas.max_active)
    assert superposition.check(questions.sparsity.limit_of_a_layer, 78)
    assert not superposition.check("square-the-features", "a")
    with pytest.raises(AttributeError, match="no attribute 'chek'"):
        superposition.chek  # noqa: B018


def number(**changed):
    given = {
        "name": "one",
        "ask": "?",
        "answer": n / m,
        "at": {n: 2, m: 8},
        "mistakes": (),
        "hints": ("h",),
        "solution": "s",
    }
    return Number(**{**given, **changed})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "Not So"}, "name = 'Not So'; accepted: kebab-case"),
        ({"hints": ()}, "hints is empty"),
        ({"at": {n: 2}}, "at has no number for m"),
        ({"mistakes": (Mistake(n / 8, "same"),)}, "0.25 and 0.25 are not told apart"),
        ({"mistakes": (Mistake(sp.log(n - 2), "worse"),)}, "is -inf at the question's numbers"),
        ({"mistakes": (Mistake(l, "strange"),)}, "at has no number for l"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_question_that_cannot_be_asked_is_refused(changed, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        number(**changed)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ("8", TypeError, "answer = '8'; accepted: a number, or a SymPy expression over m, n"),
        (True, TypeError, "answer = True"),
        (None, TypeError, "answer = None"),
        (float("nan"), ValueError, "answer = nan is not finite"),
        (float("inf"), ValueError, "answer = inf is not finite"),
        (l * n, ValueError, "has the symbol l; accepted: m, n"),
        (sp.I, ValueError, "is not a real number"),
    ],
)
def test_what_is_no_answer_is_refused_with_what_is(answer, error, words):
    with pytest.raises(error, match=re.escape(words)):
        number().check(answer)


@pytest.mark.parametrize("answer", ["c", "A", "", "ab", 1, None])
def test_a_choice_takes_one_of_its_letters(answer):
    asked = Choice("two", "?", [Option("x", "r", right=True), Option("y", "w")], hints=["h"], solution="s")
    with pytest.raises(ValueError, match="accepted: one of the letters a, b"):
        asked.check(answer)


@pytest.mark.parametrize("rights", [(False, False), (True, True), (True,)])
def test_a_choice_has_one_right_option(rights):
    with pytest.raises(ValueError, match="of which one is right"):
        Choice("two", "?", [Option("x", "r", right=right) for right in rights], hints=["h"], solution="s")


def test_an_unknown_question_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="question = 'no-such'; accepted: typical-pair, worst-of-many"):
        questions.check("no-such", 1)


def test_an_answer_is_right_within_two_percent_and_close_within_twenty():
    # -1/4 and a mistake of 3
    asked = number(answer=-n / m, mistakes=(Mistake(n + 1, "one more"),))
    for share, right, words in (
        (1.0, True, question.RIGHT),
        (1.019, True, question.RIGHT),
        (0.981, True, question.RIGHT),
        (1.021, False, question.OFF),
        (0.979, False, question.OFF),
        (1.199, False, question.OFF),
        (0.801, False, question.OFF),
        (1.201, False, "Not that. h"),
        (0.799, False, "Not that. h"),
        (-1.0, False, "Not that. h"),
        (-12.2, False, "one more"),
        (-12.3, False, "Not that. h"),
    ):
        verdict = asked.check(-0.25 * share)
        assert (verdict.right, verdict.words) == (right, words), share
    # half of the share is as exact as half of the number
    exact = number(answer=n, within=0.25)
    assert exact.check(2.5)
    assert exact.check(1.5)
    assert not exact.check(2.5000001)
    # a fifth of five is one, without rounding
    assert [number(answer=5).check(near).words for near in (4, 6)] == [question.OFF] * 2
    # nothing is near to zero but zero
    assert number(answer=n - 2).check(0)
    assert number(answer=n - 2).check(1e-300).words == "Not that. h"


def test_answers_that_share_a_guess_are_refused_and_others_taken():
    # 100 and 105 within 2.5 %: twice that of the larger is 5.25, and of 104.9 and 111 it is 5.55
    for other, taken in ((105, False), (106, True), (95, False), (94, True), (-100, True)):
        make = lambda other=other: number(answer=50 * n, mistakes=(Mistake(other, "w"),), within=0.025)  # noqa: E731
        if taken:
            assert make().check(other).words == "w"
        else:
            with pytest.raises(ValueError, match="are not told apart within"):
                make()
    with pytest.raises(ValueError, match="7 and 7 are not told apart"):
        number(mistakes=(Mistake(7, "one"), Mistake(7, "other")))


def test_what_is_no_expression_is_refused_in_an_answer_or_a_mistake():
    for wrong in (True, "n", None, [n], 1j):
        with pytest.raises(TypeError, match="accepted: a SymPy expression, a Formula or a number"):
            number(answer=wrong)
        with pytest.raises(TypeError, match="accepted: a SymPy expression, a Formula or a number"):
            number(mistakes=(Mistake(wrong, "w"),))
    assert number(answer=7).check(7)
    assert number(answer=7).check(sp.Integer(7))
    assert number(answer=7).check(np.float32(7))
    for wrong in (np.True_, 1j, "7"):
        with pytest.raises(TypeError, match="a SymPy expression over m, n"):
            number(answer=7).check(wrong)
    with pytest.raises(TypeError, match="a SymPy expression over no symbol"):
        number(answer=7, at={}).check("7")
    # an expression with letters is never the number it happens to give
    assert number(answer=7).check(n + 5).words == "Not that. h"


def test_a_formula_is_its_expression_as_an_answer_and_as_a_mistake():
    at = {m: 1000, n: 512}
    asked = number(answer=formulas.max_active, at=at, mistakes=(Mistake(formulas.typical_overlap, "overlap"),))
    assert asked.check(formulas.max_active)
    assert asked.check(formulas.typical_overlap).words == "overlap"
    assert asked.value == pytest.approx(512 / (8 * np.log(1000)), rel=1e-12)


def test_the_page_is_told_every_case_to_twelve_digits():
    told = number(answer=n / 3, mistakes=(Mistake(m, "w"),), within=0.01).json()
    assert told == {
        "within": 0.01,
        "close": 0.2,
        "off": "Close, but further off than rounding explains.",
        "otherwise": "Not that. h",
        "cases": [
            {"value": 0.666666666667, "reply": "Right.", "right": True},
            {"value": 8.0, "reply": "w", "right": False},
        ],
    }


def choice(count, right=1):
    options = [Option(f"o{i} & *x*", f"r{i}", right=i == right) for i in range(count)]
    return Choice("many", "?", options, hints=["h"], solution="s")


@pytest.mark.parametrize("count", [2, 6])
def test_a_choice_has_a_letter_for_each_of_two_to_six_options(count):
    asked = choice(count)
    assert asked.letters == "abcdef"[:count]
    assert [bool(asked.check(letter)) for letter in asked.letters] == [i == 1 for i in range(count)]
    assert asked.worked == "(b) s"
    assert asked.json() == {"options": [{"reply": f"r{i}", "right": i == 1} for i in range(count)]}
    html = asked._repr_html_()
    assert all(html.count(f"<li>o{i} &amp; <i>x</i></li>") == 1 for i in range(count))
    assert repr(asked) == "? (many)"


@pytest.mark.parametrize("count", [0, 1, 7])
def test_fewer_than_two_options_are_no_choice_and_more_than_six_too_many(count):
    with pytest.raises(ValueError, match="accepted: two to six, of which one is right"):
        choice(count, right=0)


def test_verdicts_are_true_if_right_and_say_so():
    right, wrong = number().check(0.25), number().check(5)
    assert (bool(right), repr(right), right._repr_markdown_()) == (True, "✓ Right.", "✓ Right.")
    assert (bool(wrong), repr(wrong)) == (False, "✗ Not that. h")


def test_scripts_of_the_page_are_classic_and_begin_by_themselves():
    source = question.script_source()
    assert "export " not in source
    assert source.startswith("(() => {\n")
    assert source.endswith("ask(document);\n})();\n")
    # it is a whole program: it fails only where it looks for a page
    with pytest.raises(Exception, match="document is not defined"):
        MiniRacer().eval(source)
    assert ".sp-question" in question.style_source()

"""A self-test question, declared as data: it answers in a notebook and, without a kernel, on the page.

Nothing here knows which questions the book has: those are in `superposition.questions`.
"""

import functools
import html
import json
import math
import pathlib
import re
from dataclasses import KW_ONLY, dataclass, field
from numbers import Real

import numpy as np
import sympy as sp

from superposition.explorer import format_value
from superposition.formula import Formula, numeric

__all__ = ["Choice", "Mistake", "Number", "Option", "Verdict", "script_source", "style_source"]

_FOLDER = pathlib.Path(__file__).parent
_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Where two expressions are compared: so many points, within so much of each other.
_POINTS, _EQUAL = 12, 1e-9
RIGHT = "Right."
OFF = "Close, but further off than rounding explains."
CLOSE = 0.2


@functools.cache
def script_source():
    """The questions' JavaScript as one classic script, for the pages of the site."""
    source = (_FOLDER / "question.js").read_text(encoding="utf-8")
    return f"(() => {{\n{re.sub(r'^export ', '', source, flags=re.MULTILINE)}ask(document);\n}})();\n"


@functools.cache
def style_source():
    """The questions' CSS."""
    return (_FOLDER / "question.css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer."""

    right: bool
    words: str

    def __bool__(self):
        return self.right

    def __repr__(self):
        return f"{'✓' if self.right else '✗'} {self.words}"

    _repr_markdown_ = __repr__


@dataclass(frozen=True)
class Mistake:
    """An answer that is likely and wrong, and what it overlooked.

    Parameters
    ----------
    answer : SymPy expression or Formula or number
        Over the symbols of the right one.
    reply : str
        What to think about, without the answer.
    """

    answer: object
    reply: str


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from, and what is said to who chooses it."""

    text: str
    reply: str
    _: KW_ONLY
    right: bool = False


def _rich(text):
    """Text as HTML; *letters* between asterisks in italics."""
    return re.sub(r"\*([^*]+)\*", r"<i>\1</i>", html.escape(text, quote=False))


def _expression(where, value):
    if isinstance(value, Formula):
        return value.expr
    if isinstance(value, bool) or not isinstance(value, (sp.Expr, Real)):
        raise TypeError(f"{where} = {value!r}; accepted: a SymPy expression, a Formula or a number")
    return sp.sympify(value)


class _Question:
    """What both kinds share: their words, and how they look where they stand."""

    def _check_words(self):
        if not isinstance(self.name, str) or not _KEBAB.fullmatch(self.name):
            raise ValueError(f"name = {self.name!r}; accepted: kebab-case, such as 'sparsity-limit'")
        if not self.hints:
            raise ValueError(f"question {self.name}: hints is empty; accepted: at least one, before the solution")

    def _repr_html_(self):
        body = "".join(f"<details><summary>Hint</summary><p>{_rich(hint)}</p></details>" for hint in self.hints)
        solution = f"<details><summary>Solution</summary><p>{_rich(self.worked)}</p></details>"
        stored = json.dumps(self.json(), ensure_ascii=False).replace("</", "<\\/")
        return (
            f'<div class="sp-question" id="{self.name}">'
            f'<script type="application/json">{stored}</script>'
            f"<p><b>Question.</b> {_rich(self.ask)}</p>{self._choices()}"
            f'<p class="sp-kernel">To try an answer in a notebook: <code>superposition.check("{self.name}", …)</code></p>'
            f"{body}{solution}</div>"
        )

    def __repr__(self):
        return f"{self.ask} ({self.name})"


@dataclass(frozen=True, repr=False)
class Number(_Question):
    """A question whose answer is a number, or the expression it comes from.

    Parameters
    ----------
    name : str
        Its name in links and in `superposition.check`, kebab-case.
    ask : str
        The question; *letters* between asterisks are set in italics.
    answer : Formula or SymPy expression
        The right answer.
    at : dict of sympy.Symbol to float
        The numbers of the question, for every symbol of the answer.
    mistakes : list of Mistake
        Likely wrong answers.
    hints : list of str
        From the mildest to the plainest.
    solution : str
        How it is done; `{answer}` stands for the number.
    within : float
        How far from the right number an answer may be, as a share of it.

    Raises
    ------
    TypeError, ValueError
        If a part is not what is said here, if a mistake cannot be told from the answer or from another mistake, or if
        an expression has no value at the question's numbers.

    Examples
    --------
    >>> from superposition.symbols import m, n
    >>> question = Number(
    ...     "neurons-a-feature",
    ...     "How many features share a neuron, of 8,192 on 512?",
    ...     m / n,
    ...     {m: 8192, n: 512},
    ...     mistakes=[Mistake(n / m, "That is neurons per feature.")],
    ...     hints=["Features over neurons."],
    ...     solution="8,192/512 = {answer}.",
    ... )
    >>> question.check(16), question.check(1 / 16), question.check(m / n)
    (✓ Right., ✗ That is neurons per feature., ✓ Right.)
    """

    name: str
    ask: str
    answer: object
    at: dict = field(default_factory=dict)
    _: KW_ONLY
    mistakes: tuple
    hints: tuple
    solution: str
    within: float = 0.02

    def __post_init__(self):
        self._check_words()
        cases = [(self.answer, RIGHT), *((mistake.answer, mistake.reply) for mistake in self.mistakes)]
        where = f"question {self.name}: answer"
        object.__setattr__(self, "_cases", [(_expression(where, answer), reply) for answer, reply in cases])
        unknown = set().union(*(expr.free_symbols for expr, _ in self._cases)) - set(self.at)
        if unknown:
            raise ValueError(f"question {self.name}: at has no number for {min(map(str, unknown))}")
        object.__setattr__(self, "_values", [self._value(expr) for expr, _ in self._cases])
        for i, one in enumerate(self._values):
            for other in self._values[:i]:
                if abs(one - other) <= 2 * self.within * max(abs(one), abs(other)):
                    raise ValueError(
                        f"question {self.name}: {one:.6g} and {other:.6g} are not told apart within {self.within}"
                    )

    def _value(self, expr):
        names = sorted(symbol.name for symbol in self.at)
        value = float(numeric(expr, names)(**{s.name: float(v) for s, v in self.at.items()}))
        if not math.isfinite(value):
            raise ValueError(f"question {self.name}: {expr} is {value} at the question's numbers")
        return value

    @property
    def value(self):
        """The right number."""
        return self._values[0]

    @property
    def worked(self):
        return self.solution.replace("{answer}", format_value(self.value))

    def _choices(self):
        return ""

    def json(self):
        """What the page is told."""
        return {
            "within": self.within,
            "close": CLOSE,
            "off": OFF,
            "otherwise": self.otherwise,
            "cases": [
                {"value": float(f"{value:.12g}"), "reply": reply, "right": i == 0}
                for i, (value, (_, reply)) in enumerate(zip(self._values, self._cases, strict=True))
            ],
        }

    @property
    def otherwise(self):
        return f"Not that. {self.hints[0]}"

    def check(self, answer):
        """Say whether an answer is right, and if it is not, what it may have overlooked.

        Parameters
        ----------
        answer : number or SymPy expression
            The number, or the expression over the question's symbols, in any form that is equal.

        Returns
        -------
        Verdict

        Raises
        ------
        TypeError, ValueError
            If it is neither, is not finite, or has symbols that the question does not have.
        """
        if isinstance(answer, Formula):
            answer = answer.expr
        if isinstance(answer, sp.Expr) and answer.free_symbols:
            return self._check_expression(answer)
        if isinstance(answer, (bool, np.bool_)) or not isinstance(answer, (Real, np.number, sp.Expr)):
            names = ", ".join(sorted(map(str, self.at)))
            raise TypeError(
                f"answer = {answer!r}; accepted: a number, or a SymPy expression over {names or 'no symbol'}"
            )
        try:
            number = float(answer)
        except TypeError:
            raise ValueError(f"answer = {answer} is not a real number") from None
        if not math.isfinite(number):
            raise ValueError(f"answer = {answer} is not finite; accepted: a number")
        return self._check_number(number)

    def _check_number(self, number):
        for i, (value, (_, reply)) in enumerate(zip(self._values, self._cases, strict=True)):
            if abs(number - value) <= self.within * abs(value):
                return Verdict(i == 0, reply)
        near = abs(number - self.value) <= CLOSE * abs(self.value)
        return Verdict(False, OFF if near else self.otherwise)

    def _check_expression(self, answer):
        strange = answer.free_symbols - set(self.at)
        if strange:
            names = ", ".join(sorted(map(str, self.at)))
            raise ValueError(f"answer = {answer} has the symbol {min(map(str, strange))}; accepted: {names}")
        for i, (expr, reply) in enumerate(self._cases):
            if expr.free_symbols and self._equal(answer, expr):
                return Verdict(i == 0, reply)
        return Verdict(False, self.otherwise)

    def _equal(self, one, other):
        """Whether two expressions agree at random points around the question's numbers."""
        rng = np.random.default_rng(0)
        for _ in range(_POINTS):
            point = {s: sp.Float(float(v) * rng.uniform(0.8, 1.25), 30) for s, v in self.at.items()}
            values = [complex(expr.subs(point).evalf(30)) for expr in (one, other)]
            if not abs(values[0] - values[1]) <= _EQUAL * abs(values[1]):
                return False
        return True


@dataclass(frozen=True, repr=False)
class Choice(_Question):
    """A question with answers to choose from, of which one is right.

    Parameters
    ----------
    name, ask, hints, solution
        As of a `Number`.
    options : list of Option
        Two to six; they are lettered a, b, c …

    Raises
    ------
    ValueError
        If a part is not what is said here.

    Examples
    --------
    >>> question = Choice(
    ...     "half-or-twice",
    ...     "Twice the neurons bear",
    ...     [Option("twice the active features", "Right.", right=True), Option("as many", "What is n over?")],
    ...     hints=["The limit is proportional to n."],
    ...     solution="Twice as many.",
    ... )
    >>> question.check("a"), question.check("b")
    (✓ Right., ✗ What is n over?)
    """

    name: str
    ask: str
    options: tuple
    _: KW_ONLY
    hints: tuple
    solution: str

    def __post_init__(self):
        self._check_words()
        if not 2 <= len(self.options) <= 6 or sum(option.right for option in self.options) != 1:
            raise ValueError(f"question {self.name}: options; accepted: two to six, of which one is right")

    @property
    def letters(self):
        return "abcdef"[: len(self.options)]

    @property
    def worked(self):
        right = next(letter for letter, option in zip(self.letters, self.options, strict=True) if option.right)
        return f"({right}) {self.solution}"

    def _choices(self):
        return f'<ol type="a">{"".join(f"<li>{_rich(option.text)}</li>" for option in self.options)}</ol>'

    def json(self):
        """What the page is told."""
        return {"options": [{"reply": option.reply, "right": option.right} for option in self.options]}

    def check(self, answer):
        """Say whether an answer is right, and if it is not, what it may have overlooked.

        Parameters
        ----------
        answer : str
            The letter of an option.

        Returns
        -------
        Verdict

        Raises
        ------
        ValueError
            If it is no such letter.
        """
        if not isinstance(answer, str) or len(answer) != 1 or answer not in self.letters:
            raise ValueError(f"answer = {answer!r}; accepted: one of the letters {', '.join(self.letters)}")
        option = self.options[self.letters.index(answer)]
        return Verdict(option.right, option.reply)

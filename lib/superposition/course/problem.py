"""What a graded problem is: its words, its variants, its likely mistakes, and the evidence an answer leaves."""

import hashlib
import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import sympy as sp
from IPython.display import Markdown

__all__ = ["EVIDENCE", "Derivation", "Handed", "Program", "Variant", "equal", "from_tree", "to_tree", "variant"]

EVIDENCE = "application/vnd.superposition.evidence+json"
"""The kind of output that carries an answer from the student's process to who grades it."""

NOTHING_FOUND = "Handed in. No likely mistake was found in it."
_POINTS, _EQUAL = 12, 1e-9
_FUNCTIONS = {
    kind.__name__: kind
    for kind in (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.Abs, sp.Min, sp.Max, sp.floor, sp.ceiling, sp.erf, sp.erfc)
}
_CONSTANTS = {"pi": sp.pi, "E": sp.E}


@dataclass(frozen=True)
class Variant:
    """One student's numbers.

    Attributes
    ----------
    student : str
        Whose they are.
    seed : int
        What random numbers the student's problems are made of.
    """

    student: str
    seed: int

    def rng(self, name):
        """A generator of the problem's own, the same each time."""
        digest = hashlib.sha256(f"{self.seed}:{name}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))

    def pick(self, name, options):
        """One of the options."""
        return options[int(self.rng(name).integers(len(options)))]


def variant(assignment, student):
    """The variant that belongs to a student's name, the same on every machine.

    Parameters
    ----------
    assignment, student : str
        Their names.

    Returns
    -------
    Variant

    Raises
    ------
    TypeError, ValueError
        If `student` is not a name.

    Examples
    --------
    >>> variant("sparsity", "ada") == variant("sparsity", " Ada ")
    True
    """
    if not isinstance(student, str):
        raise TypeError(f"student = {student!r}; accepted: your name in the course, as text")
    name = student.strip().lower()
    if not name:
        raise ValueError("student is empty; accepted: your name in the course, as text")
    return Variant(name, int.from_bytes(hashlib.sha256(f"{assignment}:{name}".encode()).digest()[:4], "big"))


@dataclass(frozen=True)
class Handed:
    """An answer that was handed in."""

    student: str
    name: str
    words: str
    evidence: object = field(repr=False)

    def __repr__(self):
        return self.words

    def _repr_mimebundle_(self, include=None, exclude=None):
        carried = {"student": self.student, "problem": self.name, "evidence": self.evidence}
        return {"text/plain": self.words, "text/markdown": self.words, EVIDENCE: carried}


def to_tree(expr):
    """A SymPy expression as nested lists, which hold nothing that could run.

    Raises
    ------
    ValueError
        If a part of it is not among the usual functions.

    Examples
    --------
    >>> to_tree(sp.Symbol("n") / 2)
    ['Mul', ['Rational', 1, 2], ['Symbol', 'n']]
    """
    if isinstance(expr, sp.Symbol):
        return ["Symbol", expr.name]
    if isinstance(expr, sp.Rational):
        return ["Rational", int(expr.p), int(expr.q)]
    if isinstance(expr, sp.Float):
        return ["Float", float(expr)]
    name = {sp.pi: "pi", sp.E: "E"}.get(expr, type(expr).__name__)
    if name in _CONSTANTS:
        return [name]
    if name not in _FUNCTIONS:
        raise ValueError(f"answer contains {name}; accepted: {', '.join(_FUNCTIONS)}, numbers and symbols")
    return [name, *map(to_tree, expr.args)]


def from_tree(tree, symbols, depth=0):
    """The expression that `to_tree` took apart, over the given symbols.

    Raises
    ------
    ValueError
        If the tree is not one of those.

    Examples
    --------
    >>> n = sp.Symbol("n", positive=True)
    >>> from_tree(to_tree(sp.sqrt(n) / 2), [n])
    sqrt(n)/2
    """
    known = {symbol.name: symbol for symbol in symbols}
    if depth > 50 or not isinstance(tree, list) or not tree or not isinstance(tree[0], str):
        raise ValueError("not an expression")
    head, *rest = tree
    if head == "Symbol" and len(rest) == 1 and rest[0] in known:
        return known[rest[0]]
    if head == "Rational" and len(rest) == 2 and all(type(x) is int and abs(x) < 10**30 for x in rest) and rest[1]:
        return sp.Rational(*rest)
    if head == "Float" and len(rest) == 1 and type(rest[0]) is float and math.isfinite(rest[0]):
        return sp.Float(rest[0])
    if head in _CONSTANTS and not rest:
        return _CONSTANTS[head]
    if head in _FUNCTIONS and rest:
        with sp.evaluate(False):
            return _FUNCTIONS[head](*(from_tree(part, symbols, depth + 1) for part in rest))
    raise ValueError("not an expression")


def equal(one, other, domain):
    """Whether two expressions agree at random points of a domain, given as low and high for each symbol."""
    rng = np.random.default_rng(0)
    for _ in range(_POINTS):
        point = {symbol: sp.Float(rng.uniform(low, high), 30) for symbol, (low, high) in domain.items()}
        values = [expr.xreplace(point).evalf(30) for expr in (one, other)]
        if not all(value.is_number for value in values):
            return False
        values = [complex(value) for value in values]
        if not abs(values[0] - values[1]) <= _EQUAL * abs(values[1]):
            return False
    return True


@dataclass(frozen=True)
class Derivation:
    """A problem whose answer is a SymPy expression, right if it is equal to the answer at random points of its domain.

    Parameters
    ----------
    name : str
        Its name in the assignment.
    words : callable
        The problem in words, of a Variant.
    domain : dict of sympy.Symbol to tuple of float
        The symbols of the answer, and between which values each lies.
    mistakes : callable
        Likely wrong expressions with what is said of each, of a Variant.
    """

    name: str
    words: Callable
    domain: dict
    mistakes: Callable

    def ask(self, given):
        return Markdown(self.words(given))

    def hand_in(self, answer, given):
        symbols = ", ".join(symbol.name for symbol in self.domain)
        if not isinstance(answer, sp.Expr):
            raise TypeError(f"answer is of type {type(answer).__name__}; accepted: a SymPy expression over {symbols}")
        tree = to_tree(answer)
        plain = from_tree(tree, [*self.domain, *(s for s in answer.free_symbols if s not in self.domain)])
        strange = plain.free_symbols - set(self.domain)
        if strange:
            raise ValueError(
                f"answer has the symbol {min(s.name for s in strange)}; accepted: {symbols}, from superposition.symbols"
            )
        return Handed(given.student, self.name, self.remark(tree, given), tree)

    def remark(self, tree, given):
        """What is said of an answer: of a likely mistake, or that none was found."""
        expr = from_tree(tree, self.domain)
        return next(
            (reply for wrong, reply in self.mistakes(given) if equal(expr, sp.sympify(wrong), self.domain)),
            NOTHING_FOUND,
        )


def plain(value):
    """A value of a student's function as numbers and lists, whatever class it pretends to be of.

    Raises
    ------
    TypeError
        If it holds anything else.

    Examples
    --------
    >>> plain((np.int64(3), np.array([0.5, 1.0])))
    [3, [0.5, 1.0]]
    """
    if type(value) in (bool, int, float):
        return value
    if type(value).__module__ == "numpy" and isinstance(value, (np.generic, np.ndarray)):
        return plain(value.tolist())
    if type(value) in (list, tuple):
        return [plain(part) for part in value]
    if type(value) in (set, frozenset):
        return sorted(plain(part) for part in value)
    if isinstance(value, numbers.Number) and type(value).__module__.startswith("sympy.") and value.is_real:
        return float(value)
    raise TypeError(f"your function returned {type(value).__name__}; accepted: numbers, lists and NumPy arrays of them")


def of_one_call(mistakes):
    """Mistakes that the values of the only call show."""
    return [(lambda values, shows=shows: shows(values[0]), reply) for shows, reply in mistakes]


@dataclass(frozen=True)
class Program:
    """A problem whose answer is a function, right if what it returns has the property that is asked for.

    Parameters
    ----------
    name : str
        Its name in the assignment.
    words : callable
        The problem in words, of a Variant.
    calls : callable
        The arguments it is called with, time after time, of a Variant.
    shape : callable
        Complains, with a ValueError, of a value that is not what is asked for; of the value and the arguments.
    mistakes : callable
        Pairs of a test of the values, which is true if they show a likely mistake, and what is said then; of a Variant and
        the arguments.
    """

    name: str
    words: Callable
    calls: Callable
    shape: Callable
    mistakes: Callable

    def ask(self, given):
        return Markdown(self.words(given))

    def hand_in(self, answer, given):
        if not callable(answer):
            raise TypeError(f"answer is of type {type(answer).__name__}; accepted: a function")
        values = []
        for arguments in self.calls(given):
            value = plain(answer(**arguments))
            self.shape(value, arguments)
            values.append(value)
        return Handed(given.student, self.name, self.remark(values, given), values)

    def remark(self, values, given):
        """What is said of the values: of a likely mistake, or that none was found."""
        calls = list(self.calls(given))
        return next((reply for shows, reply in self.mistakes(given, calls) if shows(values)), NOTHING_FOUND)

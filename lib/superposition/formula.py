"""A formula, defined once as SymPy; its LaTeX, NumPy function and JavaScript are derived from it.

Nothing here knows which formulas the book has: those are in `superposition.formulas`.
"""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from numbers import Real

import numpy as np
import scipy  # which loads its parts when they are first used
import sympy as sp
from numpy.typing import ArrayLike, NDArray
from sympy.codegen.cfunctions import expm1, log1p
from sympy.core.function import ArgumentIndexError
from sympy.printing.jscode import JavascriptCodePrinter
from sympy.printing.latex import LatexPrinter
from sympy.printing.numpy import SciPyPrinter

from superposition.results import SUPERSCRIPTS, power_of_ten
from superposition.symbols import NOTATION, entry

__all__ = [
    "PROVENANCES",
    "STATUSES",
    "Derived",
    "Formula",
    "Measured",
    "Q",
    "bare",
    "betainc_inverse",
    "half",
    "javascript",
    "log_binomial",
    "numeric",
    "phi",
    "root",
    "to_latex",
    "use_book_notation",
]

STATUSES = ("exact", "bound", "bound, with probability", "asymptotic", "heuristic")
PROVENANCES = ("known", "from the post", "new here")


class Q(sp.Function):
    """Upper tail of the standard normal, Q(x) = erfc(x/√2)/2.

    Examples
    --------
    >>> Q(sp.Integer(0)).rewrite(sp.erfc)
    1/2
    """

    nargs = 1

    @classmethod
    def eval(cls, x: sp.Expr) -> sp.Expr | None:
        # n/0 is complex infinity to SymPy; the root of it that a readout meets is the positive one
        return sp.S.Zero if x in (sp.oo, sp.zoo) else None

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return -sp.exp(-(self.args[0] ** 2) / 2) / sp.sqrt(2 * sp.pi)

    def _eval_rewrite_as_erfc(self, x, **_):
        return sp.erfc(x / sp.sqrt(2)) / 2

    def _eval_evalf(self, prec):
        return self.rewrite(sp.erfc)._eval_evalf(prec)


class phi(sp.Function):
    """Density of the standard normal, φ(x) = e^(-x²/2)/√(2π).

    Examples
    --------
    >>> phi(sp.Integer(0)).rewrite(sp.exp)
    sqrt(2)/(2*sqrt(pi))
    """

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return -self.args[0] * self

    def _eval_rewrite_as_exp(self, x, **_):
        return sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)

    def _eval_evalf(self, prec):
        return self.rewrite(sp.exp)._eval_evalf(prec)


class betainc_inverse(sp.Function):
    """The x at which the regularised incomplete beta function I_x(a, b) equals p."""

    nargs = 3


_MANY, _FEW = sp.symbols("many few", nonnegative=True)


class log_binomial(sp.Function):
    """Logarithm of the number of ways to choose l of m, ln C(m, l), for real l from 0 to m.

    The difference of three log-gammas loses its digits: at m = 10^12 only three are left. What is printed as NumPy and
    JavaScript is Stirling's series with the large parts taken out, good to 14 digits for whole m and l.

    Examples
    --------
    >>> log_binomial(sp.Integer(5), sp.Integer(2)).evalf(5)
    2.3026
    """

    nargs = 2

    def _eval_rewrite_as_loggamma(self, m, l, **_):
        return sp.loggamma(m + 1) - sp.loggamma(l + 1) - sp.loggamma(m - l + 1)

    def _eval_evalf(self, prec):
        return self.rewrite(sp.loggamma)._eval_evalf(prec)

    @staticmethod
    @cache
    def stable() -> sp.Expr:
        """The same number of `_MANY` and `_FEW` without cancellation: both gammas are moved up by 8 before Stirling's series."""
        high, low = _MANY + 8, _MANY - _FEW + 8
        change = log1p(-_FEW / high)
        moved = sum(log1p(-_FEW / (_MANY + i)) for i in range(1, 9))
        stirling = _FEW * (sp.log(high) - 1) - (low + sp.S.Half) * change
        odd = range(1, 14, 2)
        rest = sum(sp.bernoulli(p + 1) / (p * (p + 1)) / low**p * expm1(p * change) for p in odd)
        return moved + stirling + rest - sp.loggamma(_FEW + 1)


def root(expr: sp.Expr) -> sp.Expr:
    r"""Square root that stays one root when printed: √(8 ln m/n), not 2√2·√(ln m)/√n.

    Examples
    --------
    >>> from superposition.symbols import n
    >>> to_latex(root(8 / n))
    '\\sqrt{\\frac{8}{n}}'
    """
    return sp.Pow(expr, sp.S.Half, evaluate=False)


def half(expr: sp.Expr) -> sp.Expr:
    r"""Half of an expression, kept as one fraction when printed: (n - 3)/2, not n/2 - 3/2.

    Examples
    --------
    >>> from superposition.symbols import n
    >>> to_latex(half(n - 3))
    '\\frac{n - 3}{2}'
    """
    return sp.Mul(sp.S.Half, expr, evaluate=False)


class _log2(sp.Function):
    """A logarithm to base 2, for printing."""


class _log2_binomial(sp.Function):
    """The logarithm of a binomial coefficient to base 2, for printing."""


class _complement(sp.Function):
    """1 - e^x, for printing."""


def _without_two_signs(term):
    """A term in which a minus sign meets the expm1 below the line, with 1 - e^x there in place of both."""
    factors = sp.Mul.make_args(term)
    below = next(
        (factor for factor in factors if factor.is_Pow and factor.exp == -1 and isinstance(factor.base, expm1)), None
    )
    if below is None or not term.could_extract_minus_sign():
        return term
    rest = sp.Mul(*(factor for factor in factors if factor != below))
    return -rest / _complement(*below.base.args)


def _is_root(expr):
    return expr.is_Pow and expr.exp == sp.S.Half


def _is_ratio_of_gammas(expr):
    """Whether an exponential is of log-gammas added and subtracted."""
    terms = sp.Add.make_args(expr.exp) if isinstance(expr, sp.exp) else ()
    return len(terms) > 1 and all(isinstance(term, sp.loggamma) or isinstance(-term, sp.loggamma) for term in terms)


def _as_ratio(factor):
    """A factor in the form that a person writes: Γ(a)/Γ(b) for e^(ln Γ(a) - ln Γ(b)), and 1/4^b for 4^-b."""
    if _is_ratio_of_gammas(factor):
        terms = sp.Add.make_args(factor.exp)
        return [sp.gamma(t.args[0]) if isinstance(t, sp.loggamma) else 1 / sp.gamma((-t).args[0]) for t in terms]
    if factor.is_Pow and factor.base.is_Integer and factor.exp.is_Mul and factor.exp.could_extract_minus_sign():
        return [sp.Pow(sp.Pow(factor.base, -factor.exp), -1, evaluate=False)]
    return [factor]


def _one_first(terms):
    """Terms of a sum, the 1 of 1 + √x first; but n + 1 and n/2 + 1 stay as they are."""
    if len(terms) != 2 or terms[1] != 1:
        return terms
    letter = terms[0].as_coeff_Mul()[1]
    return terms if letter.is_Symbol and re.fullmatch("[a-z]", letter.name) else terms[::-1]


def _is_logarithmic(expr):
    """Whether every term of a sum has a logarithm as one of its factors."""
    logs = (sp.log, log_binomial, log1p)
    terms = sp.Add.make_args(expr)
    return all(sum(isinstance(factor, logs) for factor in sp.Mul.make_args(term)) == 1 for term in terms)


def _binary(expr):
    """A sum of logarithms divided by ln 2, each as a logarithm to base 2."""

    def turned(factor):
        if isinstance(factor, log_binomial):
            return _log2_binomial(*factor.args)
        if isinstance(factor, (sp.log, log1p)):
            return _log2(factor.args[0] + 1 if isinstance(factor, log1p) else factor.args[0])
        return factor

    terms = [[turned(factor) for factor in sp.Mul.make_args(term)] for term in sp.Add.make_args(expr)]
    return sp.Add(*(sp.Mul(*term) for term in terms))


def _apart_by_sign(term):
    """The parts of a term that takes away a sum of logarithms to base 2, each with the sign of its own; or the term."""
    factors = sp.Mul.make_args(term)
    sums = [factor for factor in factors if factor.is_Add and factor.has(sp.log)]
    if len(factors) == 3 and {sp.S.NegativeOne, 1 / sp.log(2)} <= set(factors) and sums:
        return [-part / sp.log(2) for part in sums[0].args]
    return [term]


class _BookLatex(LatexPrinter):
    def _as_ordered_terms(self, expr, order=None):
        ordered = [part for term in super()._as_ordered_terms(expr, order) for part in _apart_by_sign(term)]
        terms = map(_without_two_signs, ordered)
        return _one_first(sorted(terms, key=lambda term: term.could_extract_minus_sign()))

    def _print_Pow(self, expr):
        if expr.exp.is_Add:
            expr = sp.Pow(expr.base, sp.together(expr.exp), evaluate=False)
        return super()._print_Pow(expr)

    def _print_ExpBase(self, expr, exp=None):
        # (1 + x)^n, where log1p keeps the digits
        bases = [factor for factor in sp.Mul.make_args(expr.exp) if isinstance(factor, log1p)]
        if len(bases) == 1 and exp is None:
            base = sp.Add(1, bases[0].args[0], evaluate=False)
            return self._print(sp.Pow(base, expr.exp / bases[0], evaluate=False))
        if sp.denom(sp.together(expr.exp)) == 1 and not expr.exp.atoms(sp.Function):
            return super()._print_ExpBase(expr, exp)
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\exp{power}\left({self._print(expr.exp)}\right)"

    def _print_Mul(self, expr):
        # 1 - e^x, where expm1 keeps the digits
        if expr.args[0] == -1 and len(expr.args) == 2 and isinstance(expr.args[1], expm1):
            return f"1 - {self._print(sp.exp(expr.args[1].args[0]))}"
        factors = sp.Mul.make_args(expr)
        if len(factors) == 1 and expr.is_Pow and expr.exp == -1 and isinstance(expr.base, expm1):
            return rf"\frac{{1}}{{{self._print(sp.exp(*expr.base.args))} - 1}}"
        ratios = [part for factor in factors for part in _as_ratio(factor)]
        if tuple(ratios) != factors:
            return self._print(sp.Mul(*ratios, evaluate=False))
        if sp.Pow(sp.log(2), -1) in factors:
            rest = [factor for factor in factors if factor != 1 / sp.log(2)]
            binary = next((factor for factor in rest if _is_logarithmic(factor)), None)
            if binary is not None:
                rest[rest.index(binary)] = _binary(binary)
                return self._print(sp.Mul(*rest, evaluate=False) if len(rest) > 1 else rest[0])
        # one root of 2π, not the product of two
        roots = [factor for factor in factors if factor.is_Pow and factor.exp == sp.S.Half and factor.base.is_number]
        if len(roots) > 1:
            one = sp.Pow(sp.Mul(*(factor.base for factor in roots)), sp.S.Half, evaluate=False)
            rest = [factor for factor in factors if factor not in roots]
            return self._print(sp.Mul(*rest, one, evaluate=False))
        # half of a root or of a logarithm: the fraction stands before it
        before = len(factors) == 2 and factors[0].is_Rational and abs(factors[0].p) == 1
        if before and (_is_root(factors[1]) or isinstance(factors[1], (sp.log, _log2))):
            sign = "- " if factors[0].p < 0 else ""
            return rf"{sign}\tfrac{{1}}{{{factors[0].q}}} {self._print(factors[1])}"
        return super()._print_Mul(expr)

    def _print__log2(self, expr, exp=None):
        (arg,) = expr.args
        text = rf"\log_2 {self._print(arg)}" if arg.is_Symbol else rf"\log_2\left({self._print(arg)}\right)"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _print__log2_binomial(self, expr):
        m, l = (self._print(arg) for arg in expr.args)
        return rf"\log_2\binom{{{m}}}{{{l}}}"

    def _print_loggamma(self, expr, exp=None):
        text = rf"\ln\Gamma\left({self._print(expr.args[0])}\right)"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _print_log(self, expr, exp=None):
        (arg,) = expr.args
        plain = arg.is_Symbol or (arg.is_Integer and arg.is_positive)
        text = rf"\ln {self._print(arg)}" if plain else rf"\ln\left({self._print(arg)}\right)"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _needs_mul_brackets(self, expr, first=False, last=False):
        # ln 2 before another factor would be read as the logarithm of both
        if isinstance(expr, sp.log) and expr.args[0].is_Integer and not last:
            return True
        return super()._needs_mul_brackets(expr, first, last)

    def _print_Q(self, expr, exp=None):
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"Q{power}\left({self._print(expr.args[0])}\right)"

    def _print_phi(self, expr, exp=None):
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\varphi{power}\left({self._print(expr.args[0])}\right)"

    def _print_betainc_regularized(self, expr, exp=None):
        a, b, low, high = expr.args
        power = "" if exp is None else f"^{{{exp}}}"
        name = f"I{power}_{{{self._print(high)}}}"
        if low != 0:
            name = f"I{power}_{{{self._print(low)},\\,{self._print(high)}}}"
        return rf"{name}\left({self._print(a)},\, {self._print(b)}\right)"

    def _print_betainc_inverse(self, expr, exp=None):
        a, b, p = (self._print(arg) for arg in expr.args)
        power = "" if exp is None else rf"\left[\cdot\right]^{{{exp}}}"
        return rf"I^{{-1}}_{{{p}}}{power}\left({a},\, {b}\right)"

    def _print_log_binomial(self, expr, exp=None):
        m, l = (self._print(arg) for arg in expr.args)
        text = rf"\ln\binom{{{m}}}{{{l}}}"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _print_log1p(self, expr, exp=None):
        return self._print_log(sp.log(1 + expr.args[0], evaluate=False), exp)

    def _print__complement(self, expr):
        return rf"\left(1 - {self._print(sp.exp(expr.args[0]))}\right)"

    def _print_expm1(self, expr, exp=None):
        text = rf"\left(e^{{{self._print(expr.args[0])}}} - 1\right)"
        return text if exp is None else f"{text}^{{{exp}}}"


def to_latex(expr: sp.Basic) -> str:
    r"""LaTeX of a SymPy expression in the book's notation.

    Examples
    --------
    >>> from superposition.symbols import m
    >>> to_latex(sp.log(m))
    '\\ln m'
    """
    names = {row.symbol: row.math for row in NOTATION if row.symbol is not None}
    return _BookLatex({"symbol_names": names}).doprint(expr)


def use_book_notation() -> None:
    """Let SymPy print expressions in the book's notation in this kernel.

    Examples
    --------
    >>> use_book_notation()
    """
    sp.init_printing(use_latex="mathjax", latex_printer=lambda expr, **_: to_latex(expr))


_JS_CONSTANTS = (sp.Integer, sp.Rational, sp.Float, type(sp.pi), type(sp.E), sp.Symbol)
_JS_OPERATIONS = (sp.Add, sp.Mul, sp.Pow, sp.And, sp.Or, sp.Not, sp.Rel, type(sp.true), type(sp.false))
_JS_FUNCTIONS = {
    sp.exp: "Math.exp",
    sp.log: "Math.log",
    log1p: "Math.log1p",
    expm1: "Math.expm1",
    sp.Abs: "Math.abs",
    sp.floor: "Math.floor",
    sp.ceiling: "Math.ceil",
    sp.sin: "Math.sin",
    sp.cos: "Math.cos",
    sp.asin: "Math.asin",
    sp.acos: "Math.acos",
    sp.atan: "Math.atan",
    sp.tanh: "Math.tanh",
    sp.erfc: "erfc",
    sp.loggamma: "gammaln",
}
_JS_SPECIAL = (sp.Piecewise, sp.functions.elementary.piecewise.ExprCondPair, sp.Min, sp.Max, Q, phi, sp.erf)
_JS_SPECIAL += (sp.betainc_regularized, betainc_inverse, log_binomial)
# entries of tables, and sums over them
_JS_SPECIAL += (sp.Indexed, sp.IndexedBase, sp.Sum, sp.Tuple, sp.core.symbol.Str)


class _JavaScript(JavascriptCodePrinter):
    def _print_Pow(self, expr):
        # a product rounds as NumPy's square does; Math.pow may not
        if expr.base.is_Symbol and expr.exp in (2, 3):
            return "(" + "*".join([expr.base.name] * int(expr.exp)) + ")"
        return super()._print_Pow(expr)

    def _print_named(self, expr):
        return f"{_JS_FUNCTIONS[expr.func]}({self.stringify(expr.args, ', ')})"

    def _print_erf(self, expr):
        return f"(1 - erfc({self._print(expr.args[0])}))"

    def _print_Q(self, expr):
        return f"({self._print(expr.rewrite(sp.erfc))})"

    def _print_phi(self, expr):
        return f"({self._print(expr.rewrite(sp.exp))})"

    def _print_betainc_regularized(self, expr):
        a, b, low, high = (self._print(arg) for arg in expr.args)
        upper = f"betainc({high}, {a}, {b})"
        return upper if expr.args[2] == 0 else f"({upper} - betainc({low}, {a}, {b}))"

    def _print_betainc_inverse(self, expr):
        a, b, p = (self._print(arg) for arg in expr.args)
        return f"betaincinv({p}, {a}, {b})"

    def _print_log_binomial(self, expr):
        m, l = (self._print(arg) for arg in expr.args)
        return f"((many, l) => ((few) => {self._print(expr.stable())})(Math.min(l, many - l)))({m}, {l})"

    def _print_Piecewise(self, expr):
        text = "NaN"
        for value, condition in reversed(expr.args):
            text = (
                self._print(value)
                if condition == sp.true
                else f"({self._print(condition)} ? {self._print(value)} : {text})"
            )
        return f"({text})"

    def _print_BooleanTrue(self, expr):
        return "true"

    def _print_BooleanFalse(self, expr):
        return "false"

    def _print_Indexed(self, expr):
        return str(expr.base.label) + "".join(f"[{self._print(index)}]" for index in expr.indices)

    def _print_Sum(self, expr):
        text = f"total += {self._print(expr.function)};"
        for index, low, high in expr.limits:
            ends = f"let {index} = {self._print(low)}, end_{index} = {self._print(high)}"
            text = f"for ({ends}; {index} <= end_{index}; {index} += 1) {text}"
        return f"(() => {{ let total = 0; {text} return total; }})()"

    def emptyPrinter(self, expr):
        raise TypeError(f"expr contains {type(expr).__name__}, which has no JavaScript translation")


for _function in _JS_FUNCTIONS:
    setattr(_JavaScript, f"_print_{_function.__name__}", _JavaScript._print_named)


def javascript(expr: sp.Basic) -> str:
    """JavaScript expression equal to a SymPy expression.

    Parameters
    ----------
    expr : sympy.Expr or sympy relational
        Over any symbols; they keep their names.

    Returns
    -------
    str
        Uses `Math` and the helpers `erfc(x)`, `gammaln(x)`, `betainc(x, a, b)` and `betaincinv(p, a, b)`.

    Raises
    ------
    TypeError
        If any part of the expression has no translation, naming that part.

    Examples
    --------
    >>> from superposition.symbols import l, n
    >>> javascript(sp.exp(n / l))
    'Math.exp(n/l)'
    >>> javascript(sp.Product(l, (l, 1, n)))
    Traceback (most recent call last):
    ...
    TypeError: expr = Product(l, (l, 1, n)) contains Product, which has no JavaScript translation
    """
    return _printed(sp.sympify(expr))


# explorers and their marks share many expressions
@cache
def _printed(expr):
    _refuse_untranslatable(expr)
    return _JavaScript({"precision": 17}).doprint(expr)


def _refuse_untranslatable(expr):
    for node in sp.preorder_traversal(expr):
        known = isinstance(node, (*_JS_CONSTANTS, *_JS_OPERATIONS, *_JS_SPECIAL)) or node.func in _JS_FUNCTIONS
        if not known or node in (sp.nan, sp.zoo, sp.oo, -sp.oo):
            raise TypeError(f"expr = {expr} contains {node.func.__name__}, which has no JavaScript translation")


class _NumPy(SciPyPrinter):
    """NumPy that broadcasts in every function."""

    def _pairwise(self, name, args):
        first, *others = map(self._print, args)
        function = self._module_format(f"numpy.{name}")
        return functools.reduce(lambda before, arg: f"{function}({before}, {arg})", others, first)

    def _print_Max(self, expr):
        return self._pairwise("maximum", expr.args)

    def _print_Min(self, expr):
        return self._pairwise("minimum", expr.args)

    def _print_And(self, expr):
        return self._pairwise("logical_and", expr.args)

    def _print_Or(self, expr):
        return self._pairwise("logical_or", expr.args)

    def _print_Piecewise(self, expr):
        text = self._module_format("numpy.nan") if expr.args[-1].cond != sp.true else None
        for value, condition in reversed(expr.args):
            value = self._print(value)
            where = self._module_format("numpy.where")
            text = value if text is None else f"{where}({self._print(condition)}, {value}, {text})"
        return text

    def _print_betainc_regularized(self, expr):
        # SymPy 1.14 prints the difference without brackets, so that 1/I comes out wrong
        return f"({super()._print_betainc_regularized(expr)})"


_NUMPY = [
    {
        "Q": lambda x: scipy.special.erfc(np.asarray(x) / np.sqrt(2.0)) / 2,
        "phi": lambda x: np.exp(-(np.asarray(x) ** 2) / 2) / np.sqrt(2 * np.pi),
        "betainc_inverse": lambda a, b, p: scipy.special.betaincinv(a, b, p),
        "log_binomial": lambda m, l: _stable_log_binomial()(many=m, few=np.minimum(l, m - l)),
    },
    "scipy",
]


def numeric(expr: sp.Expr, arguments: Sequence[str]) -> Callable:
    """NumPy function of a SymPy expression.

    Parameters
    ----------
    expr : sympy.Expr
        Any expression that `javascript` can translate.
    arguments : sequence of str
        Names of its symbols, the keywords of the function.

    Returns
    -------
    callable
        Takes keyword numbers or arrays, broadcasts, returns a float for numbers; silent about infinities. If the
        expression has entries of tables, as a[k], it takes numbers and whole tables instead, and returns a float.

    Examples
    --------
    >>> from superposition.symbols import l, n
    >>> numeric(l / n, ("l", "n"))(l=1, n=4)
    0.25
    """
    return _compiled(sp.sympify(expr), tuple(arguments))


@cache
def _compiled(expr, arguments):
    by_name = {symbol.name: symbol for symbol in expr.free_symbols if symbol.is_Symbol}
    unknown = sorted(set(by_name) - set(arguments))
    if unknown:
        raise ValueError(f"expr = {expr} has the symbol {unknown[0]}, which is not among arguments = {arguments}")
    function = bare(expr, [by_name.get(name, sp.Symbol(name)) for name in arguments])

    if expr.has(sp.Indexed):
        return lambda **values: float(function(*(values[name] for name in arguments)))

    def evaluate(**values):
        arrays = np.broadcast_arrays(*(np.asarray(values[name], dtype=float) for name in arguments))
        with np.errstate(all="ignore"):
            result = function(*arrays)
        shape = arrays[0].shape if arrays else ()
        result = np.broadcast_to(np.asarray(result), shape)
        return result.copy() if shape else result.item()

    return evaluate


def bare(expr: sp.Expr, symbols: Sequence[sp.Symbol], cse: bool = False) -> Callable:
    """NumPy function of a SymPy expression without the care that `numeric` takes: for what is called very often.

    Parameters
    ----------
    expr : sympy.Expr
        Any expression that `javascript` can translate.
    symbols : sequence of sympy.Symbol
        Its arguments, in order; all its symbols among them.
    cse : bool
        Whether what occurs more than once is computed once.

    Returns
    -------
    callable
        Takes floats and arrays of them; warns of infinities as NumPy does.

    Examples
    --------
    >>> from superposition.symbols import l, n
    >>> bare(sp.Max(l, n), [l, n])(1.0, np.arange(3.0))
    array([1., 1., 2.])
    """
    printer = _NumPy({"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True})
    return sp.lambdify(symbols, expr, modules=_NUMPY, printer=printer, cse=cse)


@cache
def _stable_log_binomial():
    return numeric(log_binomial.stable(), ("many", "few"))


def _words(interval):
    low, high = interval.start, interval.end
    parts = []
    if low != -sp.oo:
        parts.append(f"{'above' if interval.left_open else 'at least'} {low}")
    if high != sp.oo:
        parts.append(f"{'below' if interval.right_open else 'at most'} {high}")
    return "a finite real number" + (" " + " and ".join(parts) if parts else "")


def _array(formula, name, value, accepted):
    if isinstance(value, Real) and not isinstance(value, (bool, np.bool_)):
        array = np.asarray(float(value))
    elif isinstance(value, (np.ndarray, list, tuple)):
        array = np.asarray(value)
    else:
        array = None
    if array is None or array.dtype.kind not in "iuf":
        raise TypeError(f"{formula}: {name} = {value!r} is not a number or an array of numbers; accepted: {accepted}")
    return array.astype(float)


def _apart(low, high):
    """How far measurements lie from a formula, in words, from the smallest and the largest ratio to it."""
    if high > 2 or low < 0.5:
        return f"{low:g} to {high:g} times it"
    below, above = (f"{abs(100 * (ratio - 1)):.0f}" for ratio in (low, high))
    if low >= 1 or high <= 1:
        return f"{below} to {above} % above it" if low >= 1 else f"{above} to {below} % below it"
    return f"from {below} % below to {above} % above it"


def _letter(symbol):
    """A symbol as it is printed: κ, l₀."""
    return sp.pretty(symbol, use_unicode=True)


def _condition(relation):
    """A condition as a person would write it on one line: 3 n ≥ l³ ln m."""
    written = sp.sstr(relation)
    for symbol in relation.free_symbols:
        written = re.sub(rf"\b{symbol}\b", _letter(symbol), written)
    written = re.sub(r"\*\*(\d+)", lambda power: power[1].translate(SUPERSCRIPTS), written)
    for plain, sign in (("log", "ln"), ("sqrt", "√"), ("*", " "), ("<=", "≤"), (">=", "≥"), (" - ", " − ")):
        written = written.replace(plain, sign)
    return re.sub(r"\bln\((\w+)\)", r"ln \1", written)


def _end(number):
    """The end of a grid in words, a fraction with three digits, and what is beyond all counting as a power of ten."""
    if number >= 1e15:
        return power_of_ten(round(np.log10(number)))
    if number == int(number):
        return f"{number:,}"
    size = min(0, int(np.floor(np.log10(number))) + 1)
    return f"{number:.3g}" if size > -3 else f"{number / 10.0 ** (size - 1):.3g} × {power_of_ten(size - 1)}"


@dataclass(frozen=True)
class Measured:
    """How far measurements lie from a formula, over a stored grid that `superposition.data.measured` reads.

    Parameters
    ----------
    low, high : float
        Smallest and largest ratio of a measurement to the formula, rounded outwards to two places.
    over : dict of sympy.Symbol to (number, number)
        Smallest and largest value in the grid of each argument, and of letters that a limit has done away with.
    where : tuple of sympy relational
        Conditions that every point of the grid meets, where they matter.
    of : str
        What is measured, if it is not the formula itself, such as "K - 1".
    less : float
        Number taken off both measurement and formula before they are divided: 1 for K - 1.

    Raises
    ------
    ValueError
        At definition, if the ratios are not in order.

    Examples
    --------
    >>> from superposition.symbols import l, n
    >>> Measured(1, 1.07, over={n: (64, 4096), l: (1, 50)}).words
    'measured 0 to 7 % above it, for n from 64 to 4,096 and l from 1 to 50'
    """

    low: float
    high: float
    over: dict
    where: tuple = ()
    of: str = ""
    less: float = 0

    def __post_init__(self):
        if not 0 <= self.low <= self.high:
            raise ValueError(f"low = {self.low} and high = {self.high} are not two ratios, the smaller one first")

    @property
    def words(self) -> str:
        """What was found, and where, in words."""
        ranges = [
            f"{_letter(symbol)} {f'= {_end(low)}' if low == high else f'from {_end(low)} to {_end(high)}'}"
            for symbol, (low, high) in self.over.items()
        ]
        *most, last = ranges
        places = f"{', '.join(most)} and {last}" if most else last
        conditions = "".join(f", {_condition(relation)}" for relation in self.where)
        subject = f"{self.of} measured" if self.of else "measured"
        return f"{subject} {_apart(self.low, self.high)}, for {places}{conditions}"


@dataclass(frozen=True, eq=False)
class Formula:
    """A formula of the book.

    Parameters
    ----------
    name : str
        Its name in `superposition.formulas`.
    expr : sympy.Expr
        Right-hand side, over the symbols of `superposition.symbols`.
    meaning : str
        One sentence: what the number is.
    status : str
        "exact", "bound", "bound, with probability", "asymptotic" or "heuristic".
    provenance : str
        "known", "from the post" (Linsefors 2024), or "new here": derived in this book, and not found stated elsewhere.
    source : str
        Where it comes from: the chapter that derives it, or a publication and the place in it.
    detail : str
        What the status word leaves open: which direction, which limit.
    domain : dict of sympy.Symbol to sympy.Interval
        Values of single arguments, where they are narrower than the notation table's.
    where : tuple of sympy relational
        Conditions between arguments, such as m ≥ n.
    lhs : str
        LaTeX of the left-hand side, a letter; none if empty.
    measured : Measured or None
        How far off it was measured to be.
    parts : dict of str to sympy.Expr
        Subexpressions that are printed as a letter of their own, given in LaTeX; the larger ones first.

    Raises
    ------
    TypeError
        At definition, if the expression cannot be translated to JavaScript.
    ValueError
        At definition, if the status is not one of the five, the provenance not one of the three, or a symbol not in the
        notation table.

    Examples
    --------
    >>> from superposition.formulas import welch_bound
    >>> round(welch_bound(n=512, m=4096), 4)
    0.0413
    >>> welch_bound(n=8, m=4)
    Traceback (most recent call last):
    ...
    ValueError: welch_bound: m = 4 with n = 8 is outside the domain; accepted: m >= n
    """

    name: str
    expr: sp.Expr
    meaning: str
    status: str
    provenance: str
    source: str
    detail: str = ""
    domain: dict = field(default_factory=dict)
    where: tuple = ()
    lhs: str = ""
    measured: Measured | None = None
    parts: dict = field(default_factory=dict)

    def __post_init__(self):
        for word, accepted in (("status", STATUSES), ("provenance", PROVENANCES)):
            if getattr(self, word) not in accepted:
                raise ValueError(
                    f"{word} = {getattr(self, word)!r} of formula {self.name!r}; accepted: {', '.join(map(repr, accepted))}"
                )
        intervals = {symbol: entry(symbol).values for symbol in sorted(self.expr.free_symbols, key=str)}
        strangers = [s for s in self.domain if s not in intervals]
        strangers += [s for relation in self.where for s in relation.free_symbols if s not in intervals]
        if self.measured:
            for symbol in self.measured.over:
                entry(symbol)
        if strangers:
            raise ValueError(
                f"domain of formula {self.name!r} names {strangers[0]}, which is not in expr = {self.expr}"
            )
        object.__setattr__(self, "domain", intervals | self.domain)
        for part in (self.expr, *self.where):
            _refuse_untranslatable(part)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments, in alphabetical order."""
        return tuple(symbol.name for symbol in self.domain)

    @cached_property
    def js(self) -> str:
        """JavaScript of the right-hand side."""
        return javascript(self.expr)

    @cached_property
    def js_domain(self) -> str:
        """JavaScript that is true where the formula is defined."""
        return javascript(self._inside)

    @cached_property
    def _inside(self):
        # without the letters' assumptions, under which SymPy would drop a condition such as eps >= 0
        plain = {symbol: sp.Symbol(symbol.name, real=True) for symbol in self.domain}
        intervals = (interval.as_relational(plain[symbol]) for symbol, interval in self.domain.items())
        return sp.And(*intervals, *(relation.xreplace(plain) for relation in self.where))

    @cached_property
    def latex(self) -> str:
        """LaTeX of the right-hand side, its parts as letters."""
        return to_latex(self._lettered(self.expr))

    def _lettered(self, expr):
        for letter, part in self.parts.items():
            if part != expr:
                expr = expr.xreplace({part: sp.Symbol(letter, positive=True)})
        return expr

    @cached_property
    def _function(self):
        return numeric(self.expr, self.arguments)

    @cached_property
    def _holds(self):
        return numeric(self._inside, self.arguments)

    @cached_property
    def _conditions(self):
        return [(relation, numeric(relation, self.arguments)) for relation in self.where]

    def __call__(self, *positional: object, **values: ArrayLike) -> float | NDArray[np.float64]:
        """Value of the formula at keyword numbers or arrays, which broadcast.

        Raises
        ------
        TypeError
            If an argument is missing, unknown, positional, or not numeric.
        ValueError
            If a value is not finite or lies outside the domain.
        """
        arrays = self._checked(positional, values)
        for relation, holds in self._conditions:
            inside = np.asarray(holds(**arrays), dtype=bool)
            if not inside.all():
                self._refuse(relation, arrays, inside)
        return self._function(**arrays)

    def contains(self, **values: ArrayLike) -> bool | NDArray[np.bool_]:
        """Whether the formula is defined there: a bool, or a boolean array for arrays.

        Examples
        --------
        >>> from superposition.formulas import welch_bound
        >>> welch_bound.contains(n=8, m=[4, 8, 16])
        array([False,  True,  True])
        """
        arrays = {name: np.asarray(values[name], dtype=float) for name in self.arguments}
        finite = np.logical_and.reduce([np.isfinite(array) for array in np.broadcast_arrays(*arrays.values())])
        inside = np.asarray(self._holds(**arrays), dtype=bool) & finite
        return inside if inside.shape else bool(inside)

    def _checked(self, positional, values):
        signature = f"{self.name}({', '.join(self.arguments)})"
        if positional:
            raise TypeError(f"{signature}: {positional[0]!r} was given by position; accepted: keywords only")
        missing = [name for name in self.arguments if name not in values]
        unknown = [name for name in values if name not in self.arguments]
        if missing or unknown:
            what = (
                f"{missing[0]} is missing" if missing else f"{unknown[0]} = {values[unknown[0]]!r} is not an argument"
            )
            raise TypeError(f"{signature}: {what}; accepted: {', '.join(self.arguments)}")
        arrays = {}
        for symbol, interval in self.domain.items():
            name, accepted = symbol.name, _words(interval)
            array = _array(self.name, name, values[name], accepted)
            above = array > float(interval.start) if interval.left_open else array >= float(interval.start)
            below = array < float(interval.end) if interval.right_open else array <= float(interval.end)
            bad = ~(np.isfinite(array) & above & below)
            if bad.any():
                raise ValueError(
                    f"{self.name}: {name} = {array[bad].flat[0]:g} is outside the domain; accepted: {accepted}"
                )
            arrays[name] = array
        try:
            np.broadcast_shapes(*(array.shape for array in arrays.values()))
        except ValueError:
            shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
            raise ValueError(f"{signature}: shapes do not broadcast: {shapes}") from None
        return arrays

    def _refuse(self, relation, arrays, inside):
        first = np.flatnonzero(~inside.reshape(-1))[0]
        shape = inside.shape
        names = sorted((s.name for s in relation.free_symbols), key=lambda s: s != str(relation.lhs))
        at = {name: np.broadcast_to(arrays[name], shape).reshape(-1)[first] for name in names}
        (name, value), *others = at.items()
        beside = ", ".join(f"{other} = {number:g}" for other, number in others)
        raise ValueError(f"{self.name}: {name} = {value:g} with {beside} is outside the domain; accepted: {relation}")

    @property
    def equation(self) -> str:
        """LaTeX of the whole equation, its left-hand side a letter or nothing; its parts on a line below."""
        whole = f"{self.lhs} = {self.latex}" if self.lhs else self.latex
        if not self.parts:
            return whole
        parts = r", \quad ".join(f"{letter} = {to_latex(self._lettered(part))}" for letter, part in self.parts.items())
        return rf"\begin{{gathered}} {whole} \\[6pt] {parts} \end{{gathered}}"

    @property
    def signature(self) -> str:
        """Its name in code, with its arguments."""
        return f"{self.name}({', '.join(self.arguments)})"

    @property
    def sentence(self) -> str:
        """Its meaning, as a sentence."""
        return f"{self.meaning[0].upper()}{self.meaning[1:]}."

    @property
    def reservations(self) -> str:
        """What the status word leaves open, and how far off it was measured."""
        return "; ".join(part for part in (self.detail, self.measured.words if self.measured else "") if part)

    @property
    def standing(self) -> str:
        """Status, provenance and name, and the reservations, as Markdown."""
        head = f"**{self.status}** · *{self.provenance}* · `{self.signature}`"
        return f"{head}: {self.reservations}" if self.reservations else head

    def derived(self, expr: sp.Expr) -> "Derived":
        """The formula as the end of a derivation: shown with a line that says it is what was derived.

        Parameters
        ----------
        expr : sympy.Expr
            What the derivation arrived at.

        Returns
        -------
        Derived

        Raises
        ------
        AssertionError
            If SymPy cannot bring the difference to 0.

        Examples
        --------
        >>> from superposition.formulas import typical_overlap
        >>> from superposition.symbols import n
        >>> typical_overlap.derived(1 / sp.sqrt(n))
        <Formula typical_overlap(n): exact>, as derived
        """
        difference = sp.sympify(expr) - self.expr
        if not any(form(difference) == 0 for form in (sp.simplify, _expanded)):
            raise AssertionError(f"{self.name} = {self.expr}, but derived was {expr}")
        return Derived(self)

    def _repr_markdown_(self):
        return f"$$\n{self.equation}\n$$\n\n{self.standing}"

    def __repr__(self):
        return f"<Formula {self.name}({', '.join(self.arguments)}): {self.status}>"


def _expanded(expr):
    return sp.simplify(sp.expand_log(sp.powdenest(expr, force=True), force=True))


@dataclass(frozen=True)
class Derived:
    """A formula that a derivation has just arrived at."""

    formula: Formula

    def _repr_markdown_(self):
        return f"{self.formula._repr_markdown_()}\n\n✓ derived above, step by step; equal to the library's `{self.formula.name}`"

    def __repr__(self):
        return f"{self.formula!r}, as derived"

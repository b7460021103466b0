"""A simulation whose law is exact in a few draws, declared once; NumPy and JavaScript both draw from the declaration.

A `Chain` is a list of steps, in the order in which they are taken. Each gives its result a name, a SymPy symbol that later
steps may use: a number, or a *vector* of so many alike. Expressions over vectors are taken entry by entry.
"""

from dataclasses import KW_ONLY, dataclass

import numpy as np
import sympy as sp
from sympy import stats

from superposition.arguments import generator, integer
from superposition.formula import javascript, numeric

__all__ = ["Chain", "Directions", "Draw", "Let", "Repeat", "Total", "overlap", "overlap_tail"]


def _binomial(rng, trials, chance, shape):
    return rng.binomial(np.asarray(trials).astype(np.int64), np.clip(chance, 0, 1), shape)


# What SymPy calls it: the parameters' names, and how NumPy draws it.
_LAWS = {
    stats.Normal: (("mean", "std"), lambda rng, mean, std, shape: rng.normal(mean, std, shape)),
    stats.Uniform: (("left", "right"), lambda rng, left, right, shape: rng.uniform(left, right, shape)),
    stats.Beta: (("alpha", "beta"), lambda rng, alpha, beta, shape: rng.beta(alpha, beta, shape)),
    stats.Gamma: (("k", "theta"), lambda rng, k, theta, shape: theta * rng.standard_gamma(k, shape)),
    # with no degree of freedom it is 0
    stats.ChiSquared: (("k",), lambda rng, k, shape: 2 * rng.standard_gamma(np.asarray(k) / 2, shape)),
    stats.Poisson: (("lamda",), lambda rng, lamda, shape: rng.poisson(lamda, shape)),
    stats.Binomial: (("n", "p"), _binomial),
}


class _Value:
    """An expression of a chain: checked, and evaluated with NumPy for all trials at once."""

    def __init__(self, where, expr, known):
        if isinstance(expr, (bool, np.bool_)) or not isinstance(expr, (sp.Expr, int, float)):
            raise TypeError(f"{where} = {expr!r}; accepted: a SymPy expression or a number")
        self.expr = sp.sympify(expr)
        self.names = tuple(sorted(symbol.name for symbol in self.expr.free_symbols))
        for name in self.names:
            if name not in known:
                raise ValueError(
                    f"{where} = {expr} has the symbol {name}, which nothing gives; accepted: {', '.join(known)}"
                )
        self.is_vector = any(known[name] for name in self.names)
        self.js = javascript(self.expr)
        self.function = numeric(self.expr, self.names)

    def json(self):
        return {"of": list(self.names), "js": self.js}

    def at(self, scope, vectors):
        """Its value; numbers of each trial stand above the entries of vectors."""
        values = {name: scope[name] for name in self.names}
        if self.is_vector:
            values = {n: v[:, None] if np.ndim(v) and n not in vectors else v for n, v in values.items()}
        return self.function(**values)

    def whole(self, where, scope):
        """Its value as a number of entries or of turns, the same in all trials."""
        value = self.at(scope, ())
        if np.ndim(value):
            raise ValueError(
                f"{where} = {self.expr} depends on what is drawn; accepted: the same number in every trial"
            )
        return max(0, round(float(value)))


def _symbol(where, value):
    if not isinstance(value, sp.Symbol):
        raise TypeError(f"{where} = {value!r}; accepted: a SymPy symbol")
    return value.name


class _Step:
    def _value(self, part, expr, known, *, vector=None):
        where = f"{type(self).__name__.lower()} {self.symbol}: {part}"
        value = _Value(where, expr, known)
        if vector is not None and value.is_vector != vector:
            raise ValueError(f"{where} = {expr} is {'not ' if vector else ''}a vector")
        return value


@dataclass(frozen=True)
class Draw(_Step):
    """A random number.

    Parameters
    ----------
    symbol : sympy.Symbol
        Its name.
    law : callable
        One of `sympy.stats`: Normal, Uniform, Beta, Gamma, ChiSquared, Poisson, Binomial.
    *parameters : SymPy expression or number
        In SymPy's order.
    count : SymPy expression or number, optional
        Entries of a vector of independent ones; a single number if left out.
    """

    symbol: sp.Symbol
    law: object
    parameters: tuple
    count: object = None

    def __init__(self, symbol, law, *parameters, count=None):
        for name, value in (("symbol", symbol), ("law", law), ("parameters", parameters), ("count", count)):
            object.__setattr__(self, name, value)

    def bind(self, known):
        name = _symbol("draw: symbol", self.symbol)
        if self.law not in _LAWS:
            accepted = ", ".join(law.__name__ for law in _LAWS)
            raise ValueError(f"draw {name}: law = {self.law!r}; accepted: {accepted} of sympy.stats")
        names, draw = _LAWS[self.law]
        if len(self.parameters) != len(names):
            raise TypeError(
                f"draw {name}: {self.law.__name__} takes {', '.join(names)}, got {len(self.parameters)} parameters"
            )
        given = [
            self._value(part, expr, known, vector=None if self.count is not None else False)
            for part, expr in zip(names, self.parameters, strict=True)
        ]
        count = None if self.count is None else self._value("count", self.count, known, vector=False)
        known[name] = count is not None

        def run(scope, vectors, rng, trials):
            shape = (trials,) if count is None else (trials, count.whole(f"draw {name}: count", scope))
            values = [value.at(scope, vectors) for value in given]
            if count is not None:
                values = [v[:, None] if np.ndim(v) == 1 else v for v in values]
            scope[name] = draw(rng, *values, shape)

        stored = {"draw": name, "law": self.law.__name__, "with": [value.json() for value in given]}
        return run, stored if count is None else {**stored, "count": count.json()}


@dataclass(frozen=True)
class Let(_Step):
    """A number or vector that follows from others; a name that is known already takes the new value."""

    symbol: sp.Symbol
    expr: object

    def bind(self, known):
        name = _symbol("let: symbol", self.symbol)
        value = self._value("expr", self.expr, known)
        if known.get(name, value.is_vector) != value.is_vector:
            raise ValueError(
                f"let {name}: expr = {self.expr} is {'a' if value.is_vector else 'no'} vector, unlike {name}"
            )
        known[name] = value.is_vector

        def run(scope, vectors, rng, trials):
            scope[name] = value.at(scope, vectors)

        return run, {"let": name, "is": value.json(), **({"each": True} if value.is_vector else {})}


@dataclass(frozen=True)
class Total(_Step):
    """The sum of a vector's entries."""

    symbol: sp.Symbol
    expr: object

    def bind(self, known):
        name = _symbol("total: symbol", self.symbol)
        value = self._value("expr", self.expr, known, vector=True)
        known[name] = False

        def run(scope, vectors, rng, trials):
            scope[name] = value.at(scope, vectors).sum(axis=1, dtype=float)

        return run, {"total": name, "is": value.json()}


@dataclass(frozen=True)
class Directions(_Step):
    """Random unit vectors f_i, met only in what is read from their sum x = Σ a_i f_i + w: |x|² and x · f_i.

    Parameters
    ----------
    symbol : sympy.Symbol
        |x|².
    readouts : sympy.Symbol
        x · f_i, a vector.
    count, dimension : SymPy expression or number
        How many, and of how many entries each.
    activation : SymPy expression or number
        a_i; may be a vector.
    beside : SymPy expression or number
        |w|, of a vector w whose direction is random, too.

    Notes
    -----
    The Gram matrix of Gaussian vectors has the Wishart law; by Bartlett (1933) its Cholesky factor has independent normal
    entries above chi-distributed ones. Time is of the order of count².
    """

    symbol: sp.Symbol
    readouts: sp.Symbol
    _: KW_ONLY
    count: object
    dimension: object
    activation: object = 1
    beside: object = 0

    def bind(self, known):
        square, readouts = _symbol("directions: symbol", self.symbol), _symbol("directions: readouts", self.readouts)
        count, dimension = (
            self._value(part, getattr(self, part), known, vector=False) for part in ("count", "dimension")
        )
        activation = self._value("activation", self.activation, known)
        beside = self._value("beside", self.beside, known, vector=False)
        known[square], known[readouts] = False, True

        def run(scope, vectors, rng, trials):
            size = count.whole(f"directions {square}: count", scope)
            n = integer("dimension", dimension.whole(f"directions {square}: dimension", scope))
            factor = direction_factor(n, size, trials, rng)
            a = np.asarray(activation.at(scope, vectors), dtype=float)
            x = factor.sum(axis=2) * a if a.ndim == 0 else np.einsum("bkl,bl->bk", factor, _rows(a, trials, size))
            outside = 0.0
            if beside.expr != 0:
                along = rng.standard_normal((trials, factor.shape[1]))
                rest = 2 * rng.standard_gamma((n - factor.shape[1]) / 2, trials)
                scale = beside.at(scope, vectors) / np.sqrt((along**2).sum(axis=1) + rest)
                x = x + scale[:, None] * along
                outside = scale**2 * rest
            scope[square] = np.einsum("bk,bk->b", x, x) + outside
            scope[readouts] = np.einsum("bk,bkl->bl", x, factor)

        return run, {
            "directions": square,
            "readouts": readouts,
            "count": count.json(),
            "dimension": dimension.json(),
            "activation": {**activation.json(), "each": activation.is_vector},
            **({"beside": beside.json()} if beside.expr != 0 else {}),
        }


@dataclass(frozen=True)
class Repeat(_Step):
    """Steps taken over and over, so many times."""

    times: object
    steps: tuple

    symbol = "of steps"

    def bind(self, known):
        times = self._value("times", self.times, known, vector=False)
        runs, stored = _bound(self.steps, known)

        def run(scope, vectors, rng, trials):
            for _ in range(times.whole("repeat: times", scope)):
                for step in runs:
                    step(scope, vectors, rng, trials)

        return run, {"repeat": times.json(), "steps": stored}


def _rows(a, trials, size):
    return np.broadcast_to(a if a.ndim == 2 else a[:, None], (trials, size))


def direction_factor(n, count, trials, rng):
    """Random unit vectors in coordinates of their own, shape (trials, min(n, count), count).

    The Gram matrix of random unit vectors through its Cholesky factor: by Bartlett (1933) that of Gaussian vectors has
    independent normal entries above chi-distributed ones.

    Examples
    --------
    >>> factor = direction_factor(100, 3, 2, np.random.default_rng(0))
    >>> factor.shape, bool(np.allclose((factor**2).sum(axis=1), 1))
    ((2, 3, 3), True)
    """
    rank = min(n, count)
    factor = np.zeros((trials, rank, count))
    above = np.triu_indices(rank, 1, count)
    factor[:, *above] = rng.standard_normal((trials, len(above[0])))
    diagonal = np.arange(rank)
    factor[:, diagonal, diagonal] = np.sqrt(rng.chisquare(n - diagonal, (trials, rank)))
    factor /= np.linalg.norm(factor, axis=1, keepdims=True)
    return factor


def _bound(steps, known):
    if isinstance(steps, str) or not isinstance(steps, (list, tuple)):
        raise TypeError(f"steps = {steps!r}; accepted: a list of Draw, Let, Total, Directions and Repeat")
    for step in steps:
        if not isinstance(step, _Step):
            raise TypeError(f"steps contains {step!r}; accepted: Draw, Let, Total, Directions and Repeat")
    bound = [step.bind(known) for step in steps]
    return [run for run, _ in bound], [stored for _, stored in bound]


class Chain:
    """Steps that together draw one trial.

    Parameters
    ----------
    inputs : sequence of sympy.Symbol
        Numbers that are given.
    steps : sequence of Draw, Let, Total, Directions or Repeat
        What is drawn, and what follows from it.

    Raises
    ------
    TypeError, ValueError
        If a step is not what is said there, or uses a symbol that nothing before it gives; names the step and the part.

    Examples
    --------
    The length of the sum of two random directions:

    >>> from superposition.symbols import n
    >>> t, length = sp.symbols("t length")
    >>> pair = Chain([n], [*overlap(t, n), Let(length, sp.sqrt(2 + 2 * t))])
    >>> drawn = pair.sample(np.random.default_rng(0), 10_000, n=50)
    >>> float(np.round(np.mean(drawn["length"] ** 2), 1))
    2.0
    """

    def __init__(self, inputs, steps):
        self.inputs = tuple(_symbol("inputs", symbol) for symbol in inputs)
        self.symbols = tuple(inputs)
        self.steps = tuple(steps) if isinstance(steps, (list, tuple)) else steps
        self.known = dict.fromkeys(self.inputs, False)
        self._runs, self._stored = _bound(self.steps, self.known)

    def then(self, *steps):
        """A longer chain."""
        return Chain(self.symbols, [*self.steps, *steps])

    def json(self):
        """The steps as the page's own sampler takes them."""
        return self._stored

    def sample(self, rng, trials, **values):
        """Draw trials.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of randomness.
        trials : int
            How many, at least 1.
        **values : float
            Every input by name.

        Returns
        -------
        dict of str to numpy.ndarray
            Every name: an array of shape (trials,), or (trials, count) for a vector.

        Raises
        ------
        TypeError, ValueError
            If an input is missing or unknown, or an argument is not of its type or range.
        """
        rng, trials = generator(rng), integer("trials", trials)
        for name in (*self.inputs, *values):
            if name not in values or name not in self.inputs:
                what = "is missing" if name not in values else "is not an input"
                raise TypeError(f"{name} {what}; accepted: {', '.join(self.inputs)}")
        scope = {name: float(value) for name, value in values.items()}
        vectors = {name for name, is_vector in self.known.items() if is_vector}
        for run in self._runs:
            run(scope, vectors, rng, trials)
        return {name: np.full(trials, value) if np.ndim(value) == 0 else value for name, value in scope.items()}


def overlap(symbol, dimension, count=None):
    """Steps that draw the overlap t of two random unit vectors: the first coordinate of a Gaussian one over its length.

    Examples
    --------
    >>> from superposition.symbols import n, t
    >>> chain = Chain([n], overlap(t, n))
    >>> float(np.round(np.mean(chain.sample(np.random.default_rng(0), 50_000, n=4)["t"] ** 2), 2))
    0.25
    """
    along, rest = (sp.Symbol(f"{symbol.name}_{part}", real=True) for part in ("along", "rest"))
    return (
        Draw(along, stats.Normal, 0, 1, count=count),
        Draw(rest, stats.ChiSquared, dimension - 1, count=count),
        Let(symbol, along / sp.sqrt(along**2 + rest)),
    )


def overlap_tail(s, dimension):
    """P(t > s) for the overlap t of two random unit vectors, for any real s.

    Examples
    --------
    >>> float(overlap_tail(sp.Rational(1, 2), sp.Integer(3)).evalf(4))
    0.25
    """
    inside = sp.Min(sp.Max(1 - s**2, 0), 1)
    half = sp.betainc_regularized((dimension - 1) / 2, sp.S.Half, 0, inside) / 2
    return sp.Piecewise((half, s >= 0), (1 - half, True))

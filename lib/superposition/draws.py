"""A simulation whose law is exact in a few draws, declared once; NumPy and JavaScript both draw from the declaration.

A `Chain` is a list of steps, in the order in which they are taken. Each gives its result a name, a SymPy symbol that later
steps may use: a number, or a *vector* of so many alike. Expressions over vectors are taken entry by entry.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property

import numpy as np
import sympy as sp
from numpy.random import Generator
from numpy.typing import NDArray
from sympy import stats

from superposition.arguments import generator, integer
from superposition.formula import bare, javascript

__all__ = [
    "Alike",
    "Chain",
    "Deal",
    "Directions",
    "Draw",
    "Let",
    "Nearest",
    "Numbers",
    "Repeat",
    "Tally",
    "Total",
    "overlap",
    "overlap_tail",
]

# Array entries worked on at a time: 8 MiB in double precision.
_BLOCK = 2**20
_NEARLY_NONE = sp.Rational(1, 10**12)


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
        self._symbols = sorted(self.expr.free_symbols, key=lambda symbol: symbol.name)
        self.names = tuple(symbol.name for symbol in self._symbols)
        for name in self.names:
            if name not in known:
                raise ValueError(
                    f"{where} = {expr} has the symbol {name}, which nothing gives; accepted: {', '.join(known)}"
                )
        self.is_vector = any(known[name] for name in self.names)
        self.js = javascript(self.expr)

    @cached_property
    def function(self):
        return bare(self.expr, self._symbols, cse=True)

    def json(self):
        return {"of": list(self.names), "js": self.js}

    def at(self, scope, vectors):
        """Its value; numbers of each trial stand above the entries of vectors."""
        values = [scope[name] for name in self.names]
        if self.is_vector:
            with_names = zip(self.names, values, strict=True)
            values = [v[:, None] if np.ndim(v) and name not in vectors else v for name, v in with_names]
        return self.function(*values)

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

    def __init__(self, symbol: sp.Symbol, law: Callable, *parameters, count: sp.Expr | float | None = None) -> None:
        for name, value in (("symbol", symbol), ("law", law), ("parameters", parameters), ("count", count)):
            object.__setattr__(self, name, value)

    def bind(self, known: dict[str, bool]) -> tuple:
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
    """A number or vector that follows from others; a name that is known already takes the new value.

    Parameters
    ----------
    symbol : sympy.Symbol
        Its name.
    expr : SymPy expression or number
        What it is.
    count : SymPy expression or number, optional
        Entries of a vector all of which are this number.
    """

    symbol: sp.Symbol
    expr: object
    _: KW_ONLY
    count: object = None

    def bind(self, known: dict[str, bool]) -> tuple:
        name = _symbol("let: symbol", self.symbol)
        count = None if self.count is None else self._value("count", self.count, known, vector=False)
        value = self._value("expr", self.expr, known)
        if count is not None and value.is_vector:
            raise ValueError(
                f"let {name}: expr = {self.expr} is a vector, which count = {self.count} would make of a number"
            )
        is_vector = value.is_vector or count is not None
        if known.get(name, is_vector) != is_vector:
            raise ValueError(f"let {name}: expr = {self.expr} is {'a' if is_vector else 'no'} vector, unlike {name}")
        known[name] = is_vector

        def run(scope, vectors, rng, trials):
            scope[name] = value.at(scope, vectors)
            if count is not None:
                size = count.whole(f"let {name}: count", scope)
                scope[name] = np.broadcast_to(np.reshape(scope[name], (-1, 1)), (trials, size))

        stored = {"let": name, "is": value.json(), **({"each": True} if value.is_vector else {})}
        return run, stored if count is None else {**stored, "count": count.json()}


@dataclass(frozen=True)
class Total(_Step):
    """The sum of a vector's entries."""

    symbol: sp.Symbol
    expr: object

    def bind(self, known: dict[str, bool]) -> tuple:
        name = _symbol("total: symbol", self.symbol)
        value = self._value("expr", self.expr, known, vector=True)
        known[name] = False

        def run(scope, vectors, rng, trials):
            scope[name] = value.at(scope, vectors).sum(axis=1, dtype=float)

        return run, {"total": name, "is": value.json()}


@dataclass(frozen=True)
class Numbers(_Step):
    """1, 2, ..., count, a vector."""

    symbol: sp.Symbol
    _: KW_ONLY
    count: object

    def bind(self, known: dict[str, bool]) -> tuple:
        name = _symbol("numbers: symbol", self.symbol)
        count = self._value("count", self.count, known, vector=False)
        known[name] = True

        def run(scope, vectors, rng, trials):
            numbers = np.arange(1.0, count.whole(f"numbers {name}: count", scope) + 1)
            scope[name] = np.broadcast_to(numbers, (trials, len(numbers)))

        return run, {"numbers": name, "count": count.json()}


@dataclass(frozen=True)
class Tally(_Step):
    """How many entries of a vector are 0, 1, ..., most: a vector."""

    symbol: sp.Symbol
    expr: object
    _: KW_ONLY
    most: object

    def bind(self, known: dict[str, bool]) -> tuple:
        name = _symbol("tally: symbol", self.symbol)
        value = self._value("expr", self.expr, known, vector=True)
        most = self._value("most", self.most, known, vector=False)
        known[name] = True

        def run(scope, vectors, rng, trials):
            kinds = most.whole(f"tally {name}: most", scope) + 1
            entries = value.at(scope, vectors)
            row, column = np.nonzero((entries >= 0) & (entries < kinds) & (entries == np.floor(entries)))
            found = np.bincount(row * kinds + entries[row, column].astype(np.int64), minlength=trials * kinds)
            scope[name] = found.reshape(trials, kinds)

        return run, {"tally": name, "is": value.json(), "most": most.json()}


@dataclass(frozen=True)
class Deal(_Step):
    """A vector's entries, dealt at random into heaps as even as can be: for each, the sum of the heap that it is in.

    Parameters
    ----------
    symbol : sympy.Symbol
        The sums, a vector.
    expr : SymPy expression
        The entries, a vector.
    among : SymPy expression or number
        How many heaps, at least 1.
    """

    symbol: sp.Symbol
    expr: object
    _: KW_ONLY
    among: object

    def bind(self, known: dict[str, bool]) -> tuple:
        name = _symbol("deal: symbol", self.symbol)
        value = self._value("expr", self.expr, known, vector=True)
        among = self._value("among", self.among, known, vector=False)
        known[name] = True

        def run(scope, vectors, rng, trials):
            heaps = integer("among", among.whole(f"deal {name}: among", scope))
            entries = value.at(scope, vectors)
            heap = rng.permuted(np.broadcast_to(np.arange(entries.shape[1]) % heaps, entries.shape), axis=1)
            heap += heaps * np.arange(trials)[:, None]
            scope[name] = np.bincount(heap.ravel(), entries.ravel(), minlength=heaps * trials)[heap]

        return run, {"deal": name, "is": value.json(), "among": among.json()}


@dataclass(frozen=True)
class Nearest(_Step):
    """The nearest of a few numbers.

    Parameters
    ----------
    symbol : sympy.Symbol
        It; a vector if `expr` is one.
    expr : SymPy expression
        What it is nearest to; of two that are as near, the lower.
    tables : mapping of int to sequence of float
        The numbers, ascending, at least one; several tables by whole numbers.
    by : SymPy expression or number
        Which table, the same in every trial.
    """

    symbol: sp.Symbol
    expr: object
    _: KW_ONLY
    tables: Mapping
    by: object

    def bind(self, known: dict[str, bool]) -> tuple:
        name = _symbol("nearest: symbol", self.symbol)
        value = self._value("expr", self.expr, known)
        by = self._value("by", self.by, known, vector=False)
        tables = {integer("by", key, 0): np.asarray(table, float) for key, table in self.tables.items()}
        for key, table in tables.items():
            if table.ndim != 1 or not table.size or not (np.diff(table) > 0).all():
                raise ValueError(f"nearest {name}: tables[{key}] = {table}; accepted: numbers that ascend")
        if known.get(name, value.is_vector) != value.is_vector:
            raise ValueError(
                f"nearest {name}: expr = {self.expr} is {'a' if value.is_vector else 'no'} vector, unlike {name}"
            )
        known[name] = value.is_vector

        def run(scope, vectors, rng, trials):
            key = by.whole(f"nearest {name}: by", scope)
            if key not in tables:
                raise ValueError(f"nearest {name}: by = {key}; accepted: {', '.join(map(str, tables))}")
            table = tables[key]
            scope[name] = table[np.searchsorted((table[1:] + table[:-1]) / 2, value.at(scope, vectors))]

        stored = {"nearest": name, "is": value.json(), "by": by.json()}
        stored["tables"] = {str(key): table.tolist() for key, table in tables.items()}
        return run, {**stored, **({"each": True} if value.is_vector else {})}


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
    across : sympy.Symbol, optional
        u · f_i, a vector, for a unit vector u in a random direction at right angles to x; takes two dimensions at least.

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
    across: sp.Symbol | None = None

    def bind(self, known: dict[str, bool]) -> tuple:
        square, readouts = _symbol("directions: symbol", self.symbol), _symbol("directions: readouts", self.readouts)
        across = None if self.across is None else _symbol("directions: across", self.across)
        count, dimension = (
            self._value(part, getattr(self, part), known, vector=False) for part in ("count", "dimension")
        )
        activation = self._value("activation", self.activation, known)
        beside = self._value("beside", self.beside, known, vector=False)
        known[square], known[readouts] = False, True
        if across is not None:
            known[across] = True

        def run(scope, vectors, rng, trials):
            size = count.whole(f"directions {square}: count", scope)
            n = integer("dimension", dimension.whole(f"directions {square}: dimension", scope), 1 + bool(across))
            a = np.asarray(activation.at(scope, vectors), dtype=float)
            a = a if a.ndim == 0 else _rows(a, trials, size)
            length = None if beside.expr == 0 else np.broadcast_to(beside.at(scope, vectors), trials)
            found = np.empty(trials), np.empty((trials, size)), np.empty((trials, size))
            block = max(1, _BLOCK // max(1, size * min(n, size)))
            for start in range(0, trials, block):
                part = slice(start, min(start + block, trials))
                factor = direction_factor(n, size, part.stop - start, rng)
                beside_them = None if length is None else length[part]
                read = _read(n, factor, a if a.ndim == 0 else a[part], beside_them, across is not None, rng)
                for whole, values in zip(found, read, strict=False):
                    whole[part] = values
            scope[square], scope[readouts] = found[:2]
            if across is not None:
                scope[across] = found[2]

        return run, {
            "directions": square,
            "readouts": readouts,
            "count": count.json(),
            "dimension": dimension.json(),
            "activation": {**activation.json(), "each": activation.is_vector},
            **({"beside": beside.json()} if beside.expr != 0 else {}),
            **({"across": across} if across is not None else {}),
        }


def _read(n, factor, a, length, across, rng):
    """|x|² and x · f_i of `Directions`, and if asked for u · f_i, from the f_i in coordinates of their own."""
    trials, rank, _ = factor.shape
    x = factor.sum(axis=2) * a if np.ndim(a) == 0 else np.einsum("bkl,bl->bk", factor, a)
    outside = 0.0
    if length is not None:
        along = rng.standard_normal((trials, rank))
        rest = 2 * rng.standard_gamma((n - rank) / 2, trials)
        scale = length / np.sqrt((along**2).sum(axis=1) + rest)
        x = x + scale[:, None] * along
        outside = scale**2 * rest
    square = np.einsum("bk,bk->b", x, x) + outside
    readouts = np.einsum("bk,bkl->bl", x, factor)
    if not across:
        return square, readouts
    # a Gaussian vector less its part along x; its coordinate along what w has outside, and all the others
    g = rng.standard_normal((trials, rank))
    beyond = rng.standard_normal(trials) * (n > rank)
    others = 2 * rng.standard_gamma(max(n - rank - 1, 0) / 2, trials)
    dot = np.einsum("bk,bk->b", x, g) + np.sqrt(outside) * beyond
    norm = np.sqrt((g**2).sum(axis=1) + beyond**2 + others - dot**2 / square)
    return square, readouts, (np.einsum("bk,bkl->bl", g, factor) - readouts * (dot / square)[:, None]) / norm[:, None]


@dataclass(frozen=True)
class Repeat(_Step):
    """Steps taken over and over, so many times.

    Parameters
    ----------
    times : SymPy expression or number
        How many times.
    steps : sequence of steps
        What is done each time.
    kept : mapping of sympy.Symbol to sympy.Symbol, optional
        Numbers, and under which names the values they have after each turn are kept as vectors.
    """

    times: object
    steps: tuple
    kept: Mapping = field(default_factory=dict)

    symbol = "of steps"

    def bind(self, known: dict[str, bool]) -> tuple:
        times = self._value("times", self.times, known, vector=False)
        runs, stored = _bound(self.steps, known)
        kept = {_symbol("repeat: kept", one): _symbol("repeat: kept", path) for one, path in self.kept.items()}
        for name in kept:
            if known.get(name, True):
                raise ValueError(f"repeat of steps: kept has {name}, which is no number that they give")
        known.update(dict.fromkeys(kept.values(), True))

        def run(scope, vectors, rng, trials):
            turns = times.whole("repeat: times", scope)
            paths = {path: np.empty((trials, turns)) for path in kept.values()}
            for turn in range(turns):
                for step in runs:
                    step(scope, vectors, rng, trials)
                for name, path in kept.items():
                    paths[path][:, turn] = scope[name]
            scope.update(paths)

        return run, {"repeat": times.json(), "steps": stored, **({"kept": kept} if kept else {})}


@dataclass(frozen=True)
class Alike(_Step):
    """Steps for which a number may differ from trial to trial, though a vector has as many entries.

    Vectors that the steps give are known to these steps only.

    Parameters
    ----------
    symbol : sympy.Symbol
        The number. Trials that agree in it are taken together.
    steps : sequence of steps
        What is drawn, and what follows from it.
    """

    symbol: sp.Symbol
    steps: tuple

    def bind(self, known: dict[str, bool]) -> tuple:
        by = _symbol("alike: symbol", self.symbol)
        if known.get(by, True):
            raise ValueError(f"alike {by}: {by} is no number that is known")
        inner = dict(known)
        runs, stored = _bound(self.steps, inner)
        own = {name for name, is_vector in inner.items() if is_vector and name not in known}
        known.update({name: is_vector for name, is_vector in inner.items() if name not in own})

        def run(scope, vectors, rng, trials):
            numbers, found = np.broadcast_to(scope[by], trials), {}
            for number in np.unique(numbers):
                some = np.flatnonzero(numbers == number)
                given = {name: value[some] if np.ndim(value) else value for name, value in scope.items()}
                given[by] = number
                inside = dict(given)
                for step in runs:
                    step(inside, vectors | own, rng, len(some))
                for name, value in inside.items():
                    if name not in own and value is not given.get(name):
                        if name not in found:
                            # trials for which the steps leave it as it was keep it
                            before = scope.get(name, np.nan)
                            before = before[:, None] if np.ndim(before) < np.ndim(value) and np.ndim(before) else before
                            found[name] = np.array(np.broadcast_to(before, (trials, *np.shape(value)[1:])), float)
                        found[name][some] = value
            scope.update(found)

        return run, {"alike": by, "steps": stored}


def _rows(a, trials, size):
    return np.broadcast_to(a if a.ndim == 2 else a[:, None], (trials, size))


def direction_factor(n: int, count: int, trials: int, rng: Generator) -> NDArray[np.float64]:
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


_KINDS = ", ".join(kind.__name__ for kind in _Step.__subclasses__())


def _bound(steps, known):
    if isinstance(steps, str) or not isinstance(steps, (list, tuple)):
        raise TypeError(f"steps = {steps!r}; accepted: a list of {_KINDS}")
    for step in steps:
        if not isinstance(step, _Step):
            raise TypeError(f"steps contains {step!r}; accepted: {_KINDS}")
    bound = [step.bind(known) for step in steps]
    return [run for run, _ in bound], [stored for _, stored in bound]


class Chain:
    """Steps that together draw one trial.

    Parameters
    ----------
    inputs : sequence of sympy.Symbol
        Numbers that are given.
    steps : sequence of steps
        What is drawn, and what follows from it, in order.

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

    def __init__(self, inputs: Sequence[sp.Symbol], steps: Sequence) -> None:
        self.inputs = tuple(_symbol("inputs", symbol) for symbol in inputs)
        self.symbols = tuple(inputs)
        self.steps = tuple(steps) if isinstance(steps, (list, tuple)) else steps
        self.known = dict.fromkeys(self.inputs, False)
        self._runs, self._stored = _bound(self.steps, self.known)

    def then(self, *steps: object) -> "Chain":
        """A longer chain."""
        return Chain(self.symbols, [*self.steps, *steps])

    def json(self) -> list:
        """The steps as the page's own sampler takes them."""
        return self._stored

    def sample(self, rng: Generator, trials: int, **values: float) -> dict[str, NDArray]:
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
        scope = {name: np.float64(value) for name, value in values.items()}
        vectors = {name for name, is_vector in self.known.items() if is_vector}
        with np.errstate(all="ignore"):
            for run in self._runs:
                run(scope, vectors, rng, trials)
        return {
            name: np.full(trials, value) if np.ndim(value) == 0 else np.asarray(value) for name, value in scope.items()
        }


def overlap(symbol: sp.Symbol, dimension: sp.Expr, count: sp.Expr | None = None) -> tuple:
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


def overlap_tail(s: sp.Expr, dimension: sp.Expr) -> sp.Expr:
    """P(t > s) for the overlap t of two random unit vectors, for any real s.

    Examples
    --------
    >>> float(overlap_tail(sp.Rational(1, 2), sp.Integer(3)).evalf(4))
    0.25
    """
    inside = sp.Min(sp.Max((1 - s) * (1 + s), 0), 1)
    # in one dimension it is -1 or 1, to which the law comes close from above
    half = sp.betainc_regularized(sp.Max(dimension - 1, _NEARLY_NONE) / 2, sp.S.Half, 0, inside) / 2
    return sp.Piecewise((half, s >= 0), (1 - half, True))

"""What an explorer shows, declared as data: sliders, axes, marks, readouts and sentences.

Everything a reader can see is one of these objects. A *channel* below is a `Formula`, a SymPy expression over symbols,
or a number; a formula is drawn only inside its domain.
"""

import math
import re
import string
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Real
from typing import ClassVar

import numpy as np
import sympy as sp

from superposition.explorer.numbers import in_words, with_unit
from superposition.formula import Formula, javascript, numeric
from superposition.symbols import entry

__all__ = [
    "Area",
    "Arrows",
    "Axis",
    "Bars",
    "Cells",
    "Curve",
    "Dot",
    "Iterated",
    "Readout",
    "Rule",
    "Samples",
    "Sentence",
    "Simulation",
    "Slider",
    "Steps",
    "Which",
]

SERIES = 6
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CHANNEL = "a Formula, a SymPy expression, an Iterated or a finite number"
# More steps than this are not taken, so that no setting makes the page wait.
_MOST_STEPS = 1000


def tidy(number):
    """A number as JSON should carry it: an int where it is one."""
    number = float(number)
    return int(number) if number.is_integer() else number


def _real(where, value, accepted="a finite number"):
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (Real, np.number)):
        raise TypeError(f"{where} = {value!r} is not a number; accepted: {accepted}")
    if not math.isfinite(value):
        raise ValueError(f"{where} = {value!r}; accepted: {accepted}")
    return float(value)


def _text(where, value, *, empty=True):
    if not isinstance(value, str):
        raise TypeError(f"{where} = {value!r} is not a string")
    if not value.strip() and not empty:
        raise ValueError(f"{where} is empty; accepted: a string with words in it")
    return value


def _symbol(where, value):
    if not isinstance(value, sp.Symbol):
        raise TypeError(f"{where} = {value!r} is not a SymPy symbol")
    if not _NAME.fullmatch(value.name):
        raise ValueError(f"{where} = {value}; accepted: a symbol named with letters, digits and underscores")
    return value


def _listed(where, value, kinds):
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{where} = {value!r} is not a list")
    accepted = ", ".join(kind.__name__ for kind in kinds)
    for item in value:
        if not isinstance(item, kinds):
            raise TypeError(f"{where} contains {item!r}; accepted: {accepted}")
    return list(value)


def _row(symbol):
    try:
        return entry(symbol)
    except ValueError:
        return None


def letter(symbol):
    """The letter that stands for a symbol in running text: eps is ε."""
    row = _row(symbol)
    name = (row.math if row else symbol.name).lstrip("\\").removeprefix("var")
    try:
        return unicodedata.lookup(f"GREEK SMALL LETTER {name}")
    except KeyError:
        return name.replace("_0", "₀")


@dataclass(frozen=True)
class Iterated:
    """A channel that applies a map over and over: what a number has become after so many steps.

    Parameters
    ----------
    map : Formula or SymPy expression
        The next value of `symbol` from its last one.
    symbol : sympy.Symbol
        What is replaced at each step; outside the map the same letter stands for a slider, if there is one.
    start : Formula, SymPy expression or number
        Its value before the first step.
    steps : Formula, SymPy expression or number
        How many; rounded down, from 0 to 1000.
    then : Formula, SymPy expression or number, optional
        What is made of the last value; the value itself if left out.

    Examples
    --------
    >>> from superposition.symbols import L, l
    >>> Channel("doubled", Iterated(2 * l, l, start=l, steps=L)).at({"l": 3, "L": 4})
    48.0
    """

    map: object
    symbol: sp.Symbol
    _: KW_ONLY
    start: object
    steps: object
    then: object = None


@dataclass(frozen=True)
class Which:
    """A channel of a sentence that lists integers: those of `over=(symbol, low, high)` at which `chosen` is not 0.

    Examples
    --------
    >>> from superposition.symbols import m
    >>> k = sp.Symbol("k", integer=True)
    >>> Sentence("{odd} are odd.", odd=Which(k - 2 * sp.floor(k / 2), over=(k, 1, m))).say({"m": 5})
    '1, 3 and 5 are odd.'
    """

    chosen: object
    _: KW_ONLY
    over: tuple


class Channel:
    """A number that the chart or the text shows, for any setting of the sliders."""

    def __init__(self, where, value):
        self.where = where
        self.conditions = ()
        self.formula = None
        self.parts = {}
        self.over = None
        if isinstance(value, Iterated):
            self._iterate(value)
            return
        if isinstance(value, Which):
            self._list(value)
            return
        if isinstance(value, Formula):
            self.formula = value
            self.expr = value.expr
            self.intervals = value.domain
            self.conditions = tuple(value.where)
            self.names = value.arguments
        else:
            self.intervals = {}
            if not isinstance(value, sp.Expr):
                value = _real(where, value, _CHANNEL)
                value = int(value) if value.is_integer() else value
            self.expr = sp.sympify(value)
            self.names = tuple(sorted(symbol.name for symbol in self.expr.free_symbols if symbol.is_Symbol))
        if not self.names:
            value = complex(self.expr)
            if value.imag or not math.isfinite(value.real):
                raise ValueError(f"{where} = {self.expr}; accepted: {_CHANNEL}")
            self.number = tidy(value.real)
        else:
            self.js = javascript(self.expr)

    def _iterate(self, value):
        self.expr = value
        self.turned = turned = _symbol(f"{self.where}: symbol", value.symbol).name
        given = {"map": value.map, "start": value.start, "steps": value.steps}
        given["then"] = value.symbol if value.then is None else value.then
        self.parts = {name: Channel(f"{self.where}: {name}", part) for name, part in given.items()}
        outside, inside = (self.parts["start"], self.parts["steps"]), (self.parts["map"], self.parts["then"])
        names = {name for part in outside for name in part.names}
        self.names = tuple(sorted(names | {name for part in inside for name in part.names if name != turned}))
        self.intervals = {}
        for part in (*inside, *outside):
            for symbol, interval in part.intervals.items():
                if part in outside or symbol.name != turned:
                    self.intervals[symbol] = self.intervals.get(symbol, sp.Reals).intersect(interval)
        self.conditions = tuple(
            condition
            for part in (*inside, *outside)
            for condition in part.conditions
            if part in outside or turned not in {symbol.name for symbol in condition.free_symbols}
        )

    def _list(self, value):
        self.expr = value
        self.over = Over.of(f"{self.where}: over", value.over)
        self.chosen = Channel(self.where, value.chosen)
        ends = {*self.over.low.names, *self.over.high.names}
        self.names = tuple(sorted(ends | set(self.chosen.names) - {self.over.symbol.name}))
        self.intervals = {}

    def json(self):
        if self.over:
            return {"which": self.chosen.json(), "over": self.over.json()}
        if self.parts:
            return {
                "iterated": self.turned,
                "of": list(self.names),
                **{k: part.json() for k, part in self.parts.items()},
            }
        if not self.names:
            return self.number
        if self.formula is None:
            return {"expr": str(self.expr), "of": list(self.names), "js": self.js}
        return {"formula": self.formula.name, "of": list(self.names), "js": self.js, "inside": self.formula.js_domain}

    def at(self, scope):
        """Its value for numbers given by name; NaN outside the domain. Of a `Which`, the integers chosen."""
        if self.over:
            name = self.over.symbol.name
            return [i for i in self.over.integers(scope) if self.chosen.at({**scope, name: i})]
        if self.parts:
            value, steps = self.parts["start"].at(scope), self.parts["steps"].at(scope)
            if math.isnan(steps):
                return math.nan
            for _ in range(math.floor(min(steps, _MOST_STEPS))):
                value = self.parts["map"].at({**scope, self.turned: value})
            return float(self.parts["then"].at({**scope, self.turned: value}))
        if not self.names:
            return self.number
        values = {name: scope[name] for name in self.names}
        if self.formula and not self.formula.contains(**values):
            return math.nan
        return float(np.real_if_close(numeric(self.expr, self.names)(**values)))


# Values a slider of a wide range stops at, per decade, from fine to coarse.
_STOPS = (
    [round(1 + 0.1 * i, 1) for i in range(90)],
    [1 + 0.1 * i for i in range(10)] + [2 + 0.2 * i for i in range(10)] + [4 + 0.5 * i for i in range(12)],
    [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.2, 3.5, 4, 4.5, 5, 6, 7, 8, 9],
    [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8],
    [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8],
    [1, 1.5, 2, 3, 5, 7],
    [1, 2, 5],
    [1],
)
_MOST = 100


def _is_power_of_two(value):
    return value > 0 and math.frexp(value)[0] == 0.5


def _log_stops(low, high, integer):
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    if integer and high - low < _MOST:
        return [float(value) for value in range(math.ceil(low), math.floor(high) + 1)]
    stops = []
    for mantissas in _STOPS:
        stops = [float(f"{mantissa:.2g}e{decade}") for decade in decades for mantissa in mantissas]
        stops = [s for s in stops if low <= s <= high and (not integer or s.is_integer())]
        if len(stops) <= _MOST:
            break
    if integer and _is_power_of_two(low) and _is_power_of_two(high):
        powers = [2.0**k for k in range(round(math.log2(low)), round(math.log2(high)) + 1)]
        apart = [s for s in stops if math.log10(s).is_integer() or all(abs(s / power - 1) > 0.04 for power in powers)]
        stops = apart + powers
    return stops


def _linear_stops(low, high, integer):
    if integer:
        stride = math.ceil((high - low) / _MOST)
        return [float(value) for value in range(math.ceil(low), math.floor(high) + 1, max(stride, 1))]
    unit = 10 ** math.floor(math.log10((high - low) / _MOST))
    step = next(k * unit for k in (1, 2, 5, 10) if (high - low) / (k * unit) <= _MOST)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{k * step:.12g}") for k in range(first, last + 1)]


@dataclass(frozen=True)
class Slider:
    """A slider over one symbol.

    Parameters
    ----------
    symbol : sympy.Symbol
        What it moves.
    low, high : float
        Its ends, both reached.
    value : float
        Where the chapter sets it.
    scale : str
        "log" or "linear".
    integer : bool
        Whether it stops at integers only.
    values : sequence of float
        Where it stops; up to about 100 round numbers if left out.
    label : str
        Words beside the letter; from the notation table if left out.
    unit : str
        Read out after the value by screen readers; from the notation table if left out.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is said above.
    """

    symbol: sp.Symbol
    low: float
    high: float
    value: float
    _: KW_ONLY
    scale: str = "log"
    integer: bool = True
    values: Sequence[float] | None = None
    label: str | None = None
    unit: str | None = None

    def __post_init__(self):
        name = _symbol("symbol", self.symbol).name
        low, high = (_real(f"slider {name}: {k}", getattr(self, k)) for k in ("low", "high"))
        if self.scale not in ("log", "linear"):
            raise ValueError(f"slider {name}: scale = {self.scale!r}; accepted: 'log', 'linear'")
        if low >= high:
            raise ValueError(f"slider {name}: high = {self.high} is not above low = {self.low}")
        if self.scale == "log" and low <= 0:
            raise ValueError(f"slider {name}: low = {self.low}; accepted on a log scale: a number above 0")
        self.check("value", self.value)
        if self.values is not None:
            for stop in self.values:
                self.check("values", stop)
        row = _row(self.symbol)
        if row is None and self.label is None:
            raise ValueError(
                f"slider {name}: label is missing and {name} is not in the notation table; accepted: a string"
            )
        if self.label is None:
            object.__setattr__(self, "label", re.split(r"[,:]", row.meaning)[0])
        if self.unit is None:
            object.__setattr__(self, "unit", row.unit if row and row.unit not in ("none", "number") else "")
        _text(f"slider {name}: label", self.label, empty=False)
        _text(f"slider {name}: unit", self.unit)

    def check(self, argument, value):
        """Raise unless the slider may stand at `value`."""
        accepted = f"{'an integer' if self.integer else 'a number'} from {self.low} to {self.high}"
        number = _real(f"slider {self.symbol}: {argument}", value, accepted)
        if not self.low <= number <= self.high or (self.integer and not number.is_integer()):
            raise ValueError(f"slider {self.symbol}: {argument} = {value}; accepted: {accepted}")

    def stops(self, also=()):
        """Every value it stops at, ascending: its own, the chapter's, and those where samples are stored."""
        if self.values is not None:
            chosen = [float(v) for v in self.values]
        else:
            make = _log_stops if self.scale == "log" else _linear_stops
            chosen = [float(self.low), *make(self.low, self.high, self.integer), float(self.high)]
        return [tidy(v) for v in sorted({*chosen, float(self.value), *map(float, also)})]


@dataclass(frozen=True)
class Axis:
    """An axis of the chart; the horizontal one may sweep a symbol.

    Parameters
    ----------
    symbol : sympy.Symbol, optional
        What the axis sweeps; a slider of the same symbol does not hold on the curves.
    low, high : channel
        Its ends; they may depend on the sliders.
    scale : str
        "linear" or "log".
    label : str
        Words; *letters* between asterisks are set in italics. From the notation table if left out.
    names : mapping of float to str
        Words instead of numbers at these places of a horizontal axis.
    """

    symbol: sp.Symbol | None = None
    low: object = None
    high: object = None
    _: KW_ONLY
    scale: str = "linear"
    label: str | None = None
    names: Mapping[float, str] | None = None

    def __post_init__(self):
        if self.symbol is not None:
            _symbol("symbol of an axis", self.symbol)
        if self.scale not in ("log", "linear"):
            raise ValueError(f"axis: scale = {self.scale!r}; accepted: 'linear', 'log'")
        for end in ("low", "high"):
            if getattr(self, end) is None:
                raise ValueError(f"axis: {end} is missing; accepted: {_CHANNEL}")
        if self.label is None:
            row = _row(self.symbol) if self.symbol is not None else None
            if row is None:
                raise ValueError(
                    "axis: label is missing and there is no symbol of the notation table; accepted: a string"
                )
            words = re.split(r"[,:]", row.meaning)[0]
            object.__setattr__(self, "label", f"{words}, *{letter(self.symbol)}*")
        _text("axis: label", self.label, empty=False)

    def ends(self, which):
        return {end: Channel(f"{which} axis: {end}", getattr(self, end)) for end in ("low", "high")}

    def json(self, which):
        drawn = {"symbol": self.symbol.name} if self.symbol is not None else {}
        named = {"names": {str(tidy(k)): v for k, v in self.names.items()}} if self.names else {}
        ends = {end: channel.json() for end, channel in self.ends(which).items()}
        return {**drawn, **ends, "scale": self.scale, "label": self.label, **named}


@dataclass(frozen=True)
class Over:
    """Integers, or for a curve numbers, that a mark runs through: a symbol and its ends."""

    symbol: sp.Symbol
    low: Channel
    high: Channel

    @classmethod
    def of(cls, where, value):
        if not isinstance(value, (tuple, list)) or len(value) != 3:
            raise TypeError(f"{where} = {value!r}; accepted: (symbol, low, high)")
        symbol, low, high = value
        return cls(_symbol(f"{where}: symbol", symbol), Channel(f"{where}: low", low), Channel(f"{where}: high", high))

    def integers(self, scope):
        """The integers between its ends at a setting."""
        low, high = self.low.at(scope), self.high.at(scope)
        return range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)

    def json(self):
        return [self.symbol.name, self.low.json(), self.high.json()]


@dataclass(frozen=True)
class Mark:
    """What all marks share.

    Parameters
    ----------
    label : str
        Its line in the legend; *letters* between asterisks are set in italics. Without one it is not in the legend.
    series : int
        Colour, dash pattern and marker, 1 to 6, or 0 for the colour of the text. Labelled marks are numbered in
        their order if left out; a `Dot` on a `Curve`'s own formula takes the curve's.
    dash : int
        Dash pattern of another series.
    """

    _: KW_ONLY
    label: str = ""
    series: int | None = None
    dash: int | None = None

    type: ClassVar[str]
    channels: ClassVar[tuple[str, ...]] = ()
    swept: ClassVar[tuple[str, ...]] = ()

    def check(self, where):
        _text(f"{where}: label", self.label)
        for name, lowest in (("series", 0), ("dash", 1)):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or value not in range(lowest, SERIES + 1)):
                raise ValueError(f"{where}: {name} = {value!r}; accepted: an integer from {lowest} to {SERIES}")

    def indices(self, where):
        """The symbols it runs through."""
        over = getattr(self, "over", None)
        return [] if over is None else [Over.of(f"{where}: over", over)]

    def given(self, where):
        """Its channels by name."""
        values = ((name, getattr(self, name)) for name in self.channels)
        return {name: Channel(f"{where}: {name}", value) for name, value in values if value is not None}

    def json(self, where, series):
        drawn = {name: channel.json() for name, channel in self.given(where).items()}
        over = self.indices(where)
        run = {"over": over[0].json() if len(over) == 1 else [one.json() for one in over]} if over else {}
        dash = {"dash": self.dash} if self.dash is not None else {}
        return {"type": self.type, "label": self.label, "series": series, **dash, **drawn, **run}


@dataclass(frozen=True)
class Curve(Mark):
    """A line: `y` along the horizontal axis; or `x` and `y` along a parameter, `over=(symbol, low, high)`."""

    y: object
    x: object = None
    over: tuple | None = None
    type = "curve"
    channels = ("x", "y")
    swept = ("y",)

    def check(self, where):
        super().check(where)
        if (self.x is None) != (self.over is None):
            raise ValueError(f"{where}: x and over are accepted together or not at all")


@dataclass(frozen=True)
class Area(Mark):
    """The area between two functions along the horizontal axis."""

    low: object
    high: object
    type = "area"
    channels = ("low", "high")
    swept = ("low", "high")


@dataclass(frozen=True)
class Rule(Mark):
    """A straight line across the chart, upright at `x` or level at `y`."""

    _: KW_ONLY
    x: object = None
    y: object = None
    type = "rule"
    channels = ("x", "y")

    def check(self, where):
        super().check(where)
        if (self.x is None) == (self.y is None):
            raise ValueError(f"{where}: x = {self.x!r} and y = {self.y!r}; accepted: one of the two")


@dataclass(frozen=True)
class Dot(Mark):
    """A point at the current setting; with `over=(symbol, low, high)` one for every integer."""

    x: object
    y: object
    over: tuple | None = None
    type = "dot"
    channels = ("x", "y")


# What the last digits of equal numbers leave of their spread, of the numbers: it differs from machine to machine.
_ROUNDED = 1e-12


@dataclass(frozen=True)
class Samples(Mark):
    """Points found by simulation, with error bars.

    Parameters
    ----------
    points : sequence of mapping
        Each with "at" (symbol name to value: shown when the sliders stand there), "y", "se" (standard error)
        and "x", which may be left out where "at" has the horizontal axis' symbol.
    spread : float
        Standard errors that a bar reaches to either side.
    """

    points: Sequence[Mapping]
    _: KW_ONLY
    spread: float = 2
    type = "samples"

    def settled(self, where, x_name):
        """The points as JSON; numbers to six digits, so that they are stored alike on every machine."""
        settled = []
        for i, point in enumerate(self.points):
            place = f"{where}: points[{i}]"
            if not isinstance(point, Mapping) or not {"at", "y", "se"} <= set(point) <= {"at", "x", "y", "se"}:
                raise ValueError(f"{place} = {point!r}; accepted: a mapping with at, y, se and perhaps x")
            if not isinstance(point["at"], Mapping):
                raise TypeError(f"{place}: at = {point['at']!r}; accepted: a mapping of symbol names to values")
            at = {str(name): tidy(_real(f"{place}: at[{name!r}]", value)) for name, value in point["at"].items()}
            x = point.get("x", at.get(x_name))
            if x is None:
                raise ValueError(f"{place} has no x, and at does not have the horizontal axis' symbol {x_name}")
            numbers = {
                name: _real(f"{place}: {name}", v) for name, v in (("x", x), ("y", point["y"]), ("se", point["se"]))
            }
            if numbers["se"] < 0:
                raise ValueError(f"{place}: se = {point['se']}; accepted: a number from 0")
            if numbers["se"] < _ROUNDED * abs(numbers["y"]):
                numbers["se"] = 0.0
            settled.append({"at": at, **{name: tidy(f"{v:.6g}") for name, v in numbers.items()}})
        return settled


@dataclass(frozen=True)
class Steps(Mark):
    """A staircase: at every integer of `over=(symbol, low, high)` the value `y`, kept up to the next."""

    y: object
    over: tuple
    type = "steps"
    channels = ("y",)


@dataclass(frozen=True)
class Bars(Mark):
    """A bar of height `y` at `x`; with `over=(symbol, low, high)` one for every integer, at that integer if `x` is left out."""

    y: object
    x: object = None
    over: tuple | None = None
    breadth: float = 0.8
    type = "bars"
    channels = ("x", "y")

    def check(self, where):
        super().check(where)
        if self.x is None and self.over is None:
            raise ValueError(f"{where}: x is missing; accepted: {_CHANNEL}, or over=(symbol, low, high)")
        if _real(f"{where}: breadth", self.breadth) <= 0:
            raise ValueError(f"{where}: breadth = {self.breadth}; accepted: a number above 0")

    def given(self, where):
        given = super().given(where)
        if "x" not in given:
            given["x"] = Channel(f"{where}: x", self.indices(where)[0].symbol)
        return given

    def json(self, where, series):
        return {**super().json(where, series), "breadth": tidy(self.breadth)}


@dataclass(frozen=True)
class Cells(Mark):
    """Squares shaded by `value` from `low` to `high`; `over` has two (symbol, low, high), across and up."""

    value: object
    over: tuple
    low: object = 0
    high: object = 1
    type = "cells"
    channels = ("value", "low", "high")

    def indices(self, where):
        if not isinstance(self.over, (tuple, list)) or len(self.over) != 2:
            raise TypeError(f"{where}: over = {self.over!r}; accepted: two of (symbol, low, high)")
        return [Over.of(f"{where}: over[{i}]", one) for i, one in enumerate(self.over)]


@dataclass(frozen=True)
class Arrows(Mark):
    """An arrow from (`x0`, `y0`) to (`x`, `y`); with `over=(symbol, low, high)` one for every integer."""

    x: object
    y: object
    over: tuple | None = None
    x0: object = 0
    y0: object = 0
    type = "arrows"
    channels = ("x", "y", "x0", "y0")


@dataclass(frozen=True)
class Readout:
    """A number beside the chart; `link` is the address of the section that derives it."""

    label: str
    value: object
    unit: str = ""
    link: str = ""

    def channel(self):
        _text("readout: label", self.label, empty=False)
        _text(f"readout {self.label!r}: unit", self.unit)
        return Channel(f"readout {self.label!r}: value", self.value)

    def json(self):
        unit = {"unit": self.unit} if self.unit else {}
        link = {"link": _text(f"readout {self.label!r}: link", self.link)} if self.link else {}
        return {"label": self.label, "value": self.channel().json(), **unit, **link}


class Sentence:
    """A sentence about the current setting.

    Parameters
    ----------
    template : str
        Words; {l} stands for the slider l, other names in braces for a keyword's value; {l:features} counts them, in words
        that fit the number.
    when : sympy relational, optional
        Said only where it holds.
    **values : channel
        What the other names in braces stand for.

    Examples
    --------
    >>> from superposition.symbols import l, n
    >>> sentence = Sentence("With {l:features} active the noise is {noise}.", noise=sp.sqrt(l / n))
    >>> sentence.say({"l": 1, "n": 16})
    'With 1 feature active the noise is 0.25.'
    """

    def __init__(self, template, *, when=None, **values):
        self.template = _text("sentence", template, empty=False)
        where = f"sentence {template!r}"
        self.fields = []
        for _, field, spec, conversion in string.Formatter().parse(template):
            if field is None:
                continue
            if conversion or not _NAME.fullmatch(field) or not re.fullmatch(r"[a-z ]*", spec):
                raise ValueError(
                    f"{where}: {{{field}}} has a format; accepted: a name in braces, perhaps with what it counts"
                )
            self.fields.append(field)
        if "{{" in template or "}}" in template:
            raise ValueError(f"{where} has a double brace; accepted: names in single braces")
        unused = sorted(set(values) - set(self.fields))
        if unused:
            raise ValueError(f"{where}: {unused[0]} is given but not in the sentence")
        if when is not None and not isinstance(when, sp.logic.boolalg.Boolean):
            raise TypeError(f"{where}: when = {when!r}; accepted: a SymPy relational such as l < n")
        self.when = when
        self.channels = {name: Channel(f"{where}: {name}", value) for name, value in values.items()}

    def json(self):
        when = {} if self.when is None else {"when": javascript(self.when)}
        values = {name: channel.json() for name, channel in self.channels.items()}
        return {"template": self.template, "values": values, **when}

    def say(self, scope):
        """The sentence for numbers given by name, or None where it does not apply."""
        if self.when is not None:
            names = sorted(symbol.name for symbol in self.when.free_symbols)
            if not numeric(self.when, names)(**{name: scope[name] for name in names}):
                return None
        shown = {name: self.channels[name].at(scope) if name in self.channels else scope[name] for name in self.fields}
        return self.template.format(**{name: _Counted(in_words(value)) for name, value in shown.items()})


class _Counted(str):
    """A shown number, whose format is what it counts."""

    def __format__(self, unit):
        return with_unit(str(self), unit) if unit else str(self)


@dataclass(frozen=True)
class Simulation:
    """A simulation that a reader with a kernel can run at the current setting.

    Parameters
    ----------
    run : callable
        ``run(rng, **values)`` with every slider's value by name; a generator that yields
        ``(fraction done, estimate, standard error)`` or the same with the number of draws so far as a fourth.
        Each step should take well under a second, since the page waits for it.
    quantity : str
        What is estimated, in words that follow "simulated".
    formula : channel, optional
        What the estimate is compared with.
    x : channel, optional
        Where its point stands; the horizontal axis' symbol if left out.
    seed : int
        Of the first run; the reader sees it and may change it.
    label : str
        Words on the control.
    """

    run: Callable
    quantity: str
    _: KW_ONLY
    formula: object = None
    x: object = None
    seed: int = 1
    label: str = "Simulate here"

    def __post_init__(self):
        if not callable(self.run):
            raise TypeError(f"simulation: run = {self.run!r} is not callable")
        _text("simulation: quantity", self.quantity, empty=False)
        _text("simulation: label", self.label, empty=False)
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise ValueError(f"simulation: seed = {self.seed!r}; accepted: an integer from 0")

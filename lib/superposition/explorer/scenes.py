"""Explorers whose picture is a mechanism: what is in it, and what the reader can take hold of.

A `Scene` is an explorer without axes. Its marks stand in a window of the plane whose two directions measure alike. What
the reader drags or switches on is a setting like that of a slider: it is in the link, and channels may use it. Channels
may also use what the scene is *given*: tables that are stored, and numbers and lists that follow from the settings.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property

import numpy as np
import sympy as sp

from superposition.draws import Chain, Repeat
from superposition.explorer.declaration import Channel, Mark, Over, Readout, Sentence, Slider, _text, tidy
from superposition.explorer.measure import _given
from superposition.explorer.widget import Explorer, _Board, _checked_list, _series, _where

__all__ = ["Bits", "Discs", "Given", "Handle", "Handles", "Links", "Outline", "Player", "Ran", "Run", "Scene", "Start", "Switches", "Table", "Tiles", "Words", "one_if"]  # fmt: skip


_JAVASCRIPT = {
    "true",
    "false",
    "null",
    "new",
    "this",
    "in",
    "of",
    "for",
    "if",
    "do",
    "var",
    "let",
    "case",
    "void",
    "total",
}


def one_if(condition):
    """1 where a condition holds, else 0.

    Examples
    --------
    >>> from superposition.symbols import l
    >>> one_if(l > 2).subs(l, 3)
    1
    """
    return sp.Piecewise((1, condition), (0, True))


def _name(where, symbol):
    name = str(symbol.label) if isinstance(symbol, sp.IndexedBase) else getattr(symbol, "name", None)
    if not isinstance(symbol, (sp.Symbol, sp.IndexedBase)):
        raise TypeError(f"{where} = {symbol!r}; accepted: a SymPy symbol or IndexedBase")
    if name in _JAVASCRIPT:
        raise ValueError(f"{where} = {name}; accepted: a name that JavaScript has no use of its own for")
    return name


def _several(where, over):
    """One or more (symbol, low, high)."""
    if over and not isinstance(over[0], (tuple, list)):
        over = (over,)
    return [Over.of(f"{where}: over", one) for one in over]


# What a scene is given


@dataclass(frozen=True)
class Table:
    """Numbers that are stored in the declaration, as ``base[i, j]``, counted from 0.

    Examples
    --------
    >>> Table(sp.IndexedBase("W"), [[1, 2], [3, 4]]).json()
    {'symbol': 'W', 'table': [[1, 2], [3, 4]]}
    """

    base: sp.IndexedBase
    values: object

    def __post_init__(self):
        name, values = _name("base of a table", self.base), np.asarray(self.values)
        if values.dtype.kind not in "iufb" or not values.size or not np.isfinite(values).all():
            raise ValueError(f"table {name}: values = {self.values!r}; accepted: an array of finite numbers")

    def array(self):
        return np.asarray(self.values)

    def json(self):
        return {"symbol": _name("base", self.base), "table": self.array().tolist()}

    def use(self, board, known):
        pass

    def value(self, scope):
        return self.array()


@dataclass(frozen=True)
class Bits(Table):
    """A table of zeros and ones, its rows stored four to a hexadecimal digit; their length is a multiple of four.

    Examples
    --------
    >>> Bits(sp.IndexedBase("on"), [[1, 0, 0, 1], [1, 1, 1, 1]]).json()
    {'symbol': 'on', 'bits': ['9', 'f']}
    """

    def __post_init__(self):
        super().__post_init__()
        values = self.array()
        if not np.isin(values, (0, 1)).all() or values.shape[-1] % 4 or values.ndim < 2:
            raise ValueError(
                f"table {self.base}: values has shape {values.shape}; accepted: rows of zeros and ones whose length is a multiple of 4"
            )

    def json(self):
        def packed(values):
            if values.ndim > 1:
                return [packed(part) for part in values]
            return "".join(f"{digit:x}" for digit in values.reshape(-1, 4) @ (8, 4, 2, 1))

        return {"symbol": _name("base", self.base), "bits": packed(self.array().astype(int))}


@dataclass(frozen=True)
class Given:
    """A number that follows from the setting, or with `over=(symbol, low, high)` a list with an entry for each integer.

    Examples
    --------
    >>> from superposition.symbols import m
    >>> k = sp.Symbol("k", integer=True)
    >>> Given(sp.IndexedBase("squares"), k**2, over=(k, 1, m)).value({"m": 3}).tolist()
    [0.0, 1.0, 4.0, 9.0]
    """

    symbol: object
    definition: object
    _: KW_ONLY
    over: tuple = ()

    @cached_property
    def channel(self):
        return Channel(f"given {_name('given', self.symbol)}", self.definition)

    @cached_property
    def indices(self):
        return _several(f"given {self.symbol}", self.over)

    def use(self, board, known):
        for one in self.indices:
            board.use(one.low, known)
            board.use(one.high, known)
        board.use(self.channel, [*known, *(one.symbol.name for one in self.indices)])

    def json(self):
        over = {"over": self.indices[0].json()} if self.over else {}
        return {"symbol": _name("given", self.symbol), "value": self.channel.json(), **over}

    def value(self, scope):
        if not self.over:
            # a whole number may be a place in a table
            return self.channel.at(scope) if not self.symbol.is_integer else round(self.channel.at(scope))
        (one,) = self.indices
        integers = one.integers(scope)
        found = np.zeros(max(integers.stop, 0))
        for i in integers:
            found[i] = self.channel.at({**scope, one.symbol.name: i})
        return found


@dataclass(frozen=True)
class Ran(Given):
    """What the chain of the scene's `Run` has made of the number or vector `of` so far, and before it runs, `definition`.

    With `over=(symbol, 1, count)` it is a list, whose first entry stands at 1.

    Examples
    --------
    >>> k, height = sp.Symbol("k", integer=True), sp.Symbol("height")
    >>> Ran(sp.IndexedBase("heights"), 0, height, over=(k, 1, 3)).value({}).tolist()
    [0.0, 0.0, 0.0, 0.0]
    """

    of: sp.Symbol
    _: KW_ONLY
    over: tuple = ()

    def json(self):
        return {**super().json(), "ran": _name("ran", self.of)}

    def check(self, run):
        if not isinstance(run, Run) or self.of.name not in run.chain.known:
            raise ValueError(f"given {self.symbol}: of = {self.of}, which no chain of a run gives")
        if run.chain.known[self.of.name] != bool(self.over):
            raise ValueError(f"given {self.symbol}: over = {self.over}; accepted: that of a vector alone")


# What the reader takes hold of


@dataclass(frozen=True)
class Control:
    """What all controls in the picture share: where they stand, as channels, and whether they are there at all."""

    def settings(self):
        """Sliders that are not shown as such, but hold its setting."""
        return []

    def gathered(self):
        """The list of its settings, by name."""
        return {}

    def own(self):
        return []

    def channels(self):
        where = f"{type(self).__name__.lower()} of {self.of}"
        given = {"x": self.x, "y": self.y, **({} if self.when is None else {"when": one_if(self.when)})}
        return {name: Channel(f"{where}: {name}", value) for name, value in given.items()}

    @property
    def of(self):
        return self.base.label

    def json(self):
        return {
            "symbols": [slider.symbol.name for slider in self.settings()],
            "index": self.index.name,
            **{name: channel.json() for name, channel in self.channels().items()},
        }


def _labels(template, index, count):
    if not isinstance(template, str) or (count > 1 and f"{{{index}}}" not in template):
        raise ValueError(f"label = {template!r}; accepted: a string with {{{index}}} in it")
    return [template.format(**{index.name: i}) for i in range(1, count + 1)]


@dataclass(frozen=True)
class Switches(Control):
    """Things in the picture that are switched on and off: ``base[k]`` is 1 for those that are on, from k = 1.

    Parameters
    ----------
    base : sympy.IndexedBase
        The list of them; the settings are called ``base1``, ``base2`` and so on.
    on : sequence of int
        Which of them are on where the chapter sets them, each 0 or 1.
    index : sympy.Symbol
        Stands for k below.
    x, y : channel
        Where each of them is.
    label : str
        Name of each, such as "feature {k}".
    when : sympy relational, optional
        Which of them are there.
    """

    base: sp.IndexedBase
    on: Sequence[int]
    index: sp.Symbol
    _: KW_ONLY
    x: object
    y: object
    label: str
    when: object = None

    def settings(self):
        for value in self.on:
            if value not in (0, 1):
                raise ValueError(f"switches of {self.of}: on contains {value!r}; accepted: 0 or 1")
        labels = _labels(self.label, self.index, len(self.on))
        return [
            Slider(sp.Symbol(f"{self.of}{i}"), 0, 1, value, scale="linear", values=[0, 1], label=label)
            for i, (value, label) in enumerate(zip(self.on, labels, strict=True), 1)
        ]

    def gathered(self):
        return {str(self.of): [slider.symbol.name for slider in self.settings()]}

    def own(self):
        return [self.index.name]


@dataclass(frozen=True)
class Handles(Control):
    """Things in the picture that are dragged, each along a line of its own: ``base[k]`` is the value of the k-th.

    Parameters
    ----------
    base, index, label, when
        As for `Switches`.
    start : sequence of float
        Where the chapter sets them.
    values : sequence of float
        What they can be.
    at : sympy.Symbol
        Stands for the value of one of them in `x` and `y`.
    x, y : channel
        Where the k-th is when its value is `at`.
    unit : str
        Read out after the value.
    """

    base: sp.IndexedBase
    start: Sequence[float]
    values: Sequence[float]
    index: sp.Symbol
    at: sp.Symbol
    _: KW_ONLY
    x: object
    y: object
    label: str
    unit: str = ""
    when: object = None

    def settings(self):
        low, high = min(self.values), max(self.values)
        options = {"scale": "linear", "integer": False, "values": self.values, "unit": self.unit}
        labels = _labels(self.label, self.index, len(self.start))
        return [
            Slider(sp.Symbol(f"{self.of}{i}"), low, high, value, label=label, **options)
            for i, (value, label) in enumerate(zip(self.start, labels, strict=True), 1)
        ]

    def gathered(self):
        return {str(self.of): [slider.symbol.name for slider in self.settings()]}

    def own(self):
        return [self.index.name, self.at.name]

    def json(self):
        return {**super().json(), "at": self.at.name}


@dataclass(frozen=True)
class Handle(Control):
    """One thing in the picture that is dragged.

    Parameters
    ----------
    slider : Slider or sympy.Symbol
        What it moves: a slider of the scene, by its symbol; or one that is nowhere else.
    x, y : channel
        Where it is, by that symbol.
    """

    slider: object
    _: KW_ONLY
    x: object
    y: object
    when: object = None

    @property
    def of(self):
        return self.slider.symbol if isinstance(self.slider, Slider) else self.slider

    def settings(self):
        return [self.slider] if isinstance(self.slider, Slider) else []

    def json(self):
        name = _name("handle", self.of)
        placed = {name: channel.json() for name, channel in self.channels().items()}
        return {"symbols": [name], "at": name, **placed}


@dataclass(frozen=True)
class Player:
    """Buttons that let an integer slider take one step, or one after the other.

    Parameters
    ----------
    symbol : sympy.Symbol
        Its slider's.
    step : str
        Words on the button for one step.
    """

    symbol: sp.Symbol
    step: str = "One step"

    def json(self):
        return {"symbol": _name("player", self.symbol), "step": self.step}


@dataclass(frozen=True)
class Start:
    """A button that brings some of the settings to given values."""

    label: str
    values: Mapping

    def json(self):
        return {"label": self.label, "values": {_name("start", k): tidy(v) for k, v in self.values.items()}}


@dataclass(frozen=True)
class Run:
    """A chain of draws that the reader lets run in the picture, which shows it turn by turn through what is `Ran`.

    Parameters
    ----------
    chain : Chain
        Its last step is a `Repeat`.
    label : str
        Words on the button that lets it run.
    unit : str
        What its turns are, in the plural.
    turns : int
        How many are taken between two pictures.
    step : int
        How many a second button takes, with one picture at their end.
    given : mapping of sympy.Symbol to SymPy expression or number
        Inputs of the chain that no slider moves.
    seed : int
        Of the first run; the reader sees it and may change it.
    """

    chain: Chain
    label: str
    unit: str
    _: KW_ONLY
    turns: int = 1
    step: int = 100
    given: Mapping = field(default_factory=dict)
    seed: int = 1

    def __post_init__(self):
        if not isinstance(self.chain, Chain) or not isinstance(self.chain.steps[-1], Repeat):
            raise TypeError(f"run: chain = {self.chain!r}; accepted: a Chain whose last step is a Repeat")
        for name in ("label", "unit"):
            _text(f"run: {name}", getattr(self, name), empty=False)
        for name, low in (("turns", 1), ("step", 1), ("seed", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value < 2**31:
                raise ValueError(f"run: {name} = {value!r}; accepted: an integer from {low}")

    def json(self, board):
        shown = {name: getattr(self, name) for name in ("label", "unit", "turns", "step")}
        given = _given("run", self.given, board, self.chain)
        return {"seed": self.seed, "steps": self.chain.json(), "run": {**shown, "given": given}}


# What is drawn


@dataclass(frozen=True)
class Shape(Mark):
    """What the marks of a scene share, beside what all marks do.

    Parameters
    ----------
    over : tuple
        (symbol, low, high), or several of them: one shape for each combination of integers.
    when : sympy relational or expression, optional
        Drawn only where it holds, or is not 0.
    """

    _: KW_ONLY
    over: tuple = ()
    when: object = None

    def indices(self, where):
        return _several(where, self.over)

    def given(self, where):
        given = super().given(where)
        if self.when is not None:
            holds = isinstance(self.when, sp.logic.boolalg.Boolean) and not self.when.is_Symbol
            chosen = one_if(self.when) if holds else self.when
            given["when"] = Channel(f"{where}: when", chosen)
        return given

    def json(self, where, series):
        return {**super().json(where, series), "over": [one.json() for one in self.indices(where)]}


@dataclass(frozen=True)
class Links(Shape):
    """Straight lines from (`x0`, `y0`) to (`x`, `y`), `thick` pixels wide, as arrows if they have a `head`."""

    x: object
    y: object
    x0: object = 0
    y0: object = 0
    thick: float = 1.5
    head: bool = False
    type = "links"
    channels = ("x", "y", "x0", "y0")

    def json(self, where, series):
        return {**super().json(where, series), "thick": self.thick, "head": self.head}


@dataclass(frozen=True)
class Discs(Shape):
    """Discs, or circles if they are `hollow`."""

    x: object
    y: object
    radius: object
    hollow: bool = False
    type = "discs"
    channels = ("x", "y", "radius")

    def json(self, where, series):
        return {**super().json(where, series), "hollow": self.hollow}


@dataclass(frozen=True)
class Tiles(Shape):
    """Rectangles about (`x`, `y`)."""

    x: object
    y: object
    width: object
    height: object
    hollow: bool = False
    type = "tiles"
    channels = ("x", "y", "width", "height")

    def json(self, where, series):
        return {**super().json(where, series), "hollow": self.hollow}


@dataclass(frozen=True)
class Outline(Shape):
    """A line through (`x`, `y`) while a number runs `along=(symbol, low, high)`, or the area inside it if `filled`."""

    x: object
    y: object
    along: tuple
    filled: bool = False
    type = "outline"
    channels = ("x", "y")

    def indices(self, where):
        return [*super().indices(where), Over.of(f"{where}: along", self.along)]

    def json(self, where, series):
        drawn = super().json(where, series)
        *over, along = drawn["over"]
        return {**drawn, "over": over, "along": along, "filled": self.filled}


@dataclass(frozen=True)
class Words(Shape):
    """Words at (`x`, `y`): a `Sentence`, in which names in braces may also be indices.

    Parameters
    ----------
    anchor : str
        "start", "middle" or "end": which part of the words is at `x`.
    paper : bool
        Whether they have the colour of the page, to stand on a filled shape.
    """

    x: object
    y: object
    words: Sentence
    anchor: str = "middle"
    paper: bool = False
    type = "words"
    channels = ("x", "y")

    def check(self, where):
        super().check(where)
        if not isinstance(self.words, Sentence):
            raise TypeError(f"{where}: words = {self.words!r}; accepted: a Sentence")
        if self.anchor not in ("start", "middle", "end"):
            raise ValueError(f"{where}: anchor = {self.anchor!r}; accepted: 'start', 'middle', 'end'")

    def json(self, where, series):
        return {**super().json(where, series), "words": self.words.json(), "anchor": self.anchor, "paper": self.paper}


class Scene(Explorer):
    """A picture of a mechanism, with what moves it, and words that follow.

    Parameters
    ----------
    id, title, caption, readouts, text
        As for `Explorer`.
    sliders : list of Slider
        Those that are shown as such.
    window : tuple
        ((left, right), (bottom, top)) of the picture.
    marks : list of Shape
        What is drawn, from back to front.
    controls : list of Switches, Handles or Handle
        What can be taken hold of in the picture.
    given : list of Table, Bits or Given
        What marks and words may use beside the settings, each after those that it needs.
    player : Player, optional
        Buttons that step through the values of a slider.
    starts : list of Start
        Settings to begin from.
    run : Run, optional
        What the reader can let run.

    Raises
    ------
    TypeError, ValueError
        If the declaration cannot be drawn; names the part.

    Examples
    --------
    >>> k, on = sp.Symbol("k", integer=True), sp.IndexedBase("on")
    >>> count = sp.Symbol("count")
    >>> scene = Scene(
    ...     "three-lamps",
    ...     title="Three lamps",
    ...     caption="Switch them on.",
    ...     window=((0, 4), (0, 2)),
    ...     controls=[Switches(on, [1, 0, 1], k, x=k, y=1, label="lamp {k}")],
    ...     given=[Given(count, sp.Sum(on[k], (k, 1, 3)))],
    ...     marks=[Discs(k, 1, 0.4, over=(k, 1, 3), when=on[k], label="lit")],
    ...     text=[Sentence("{count} of three lamps are lit.", count=count)],
    ... )
    >>> scene.text(), scene.text(on2=1)
    ('2 of three lamps are lit.', '3 of three lamps are lit.')
    """

    def __init__(
        self, id, *, title, caption, sliders=(), window, marks, controls=(), given=(), player=None, starts=(), run=None, readouts=(), text
    ):  # fmt: skip
        shown, hidden = self._settings(sliders, controls)
        self._checked(id, title, caption, [*shown, *hidden])
        marks = _checked_list("marks", marks, Shape)
        readouts = _checked_list("readouts", readouts, Readout)
        sentences = _checked_list("text", text, Sentence)
        for which, value in (("marks", marks), ("text", sentences)):
            if not value:
                raise ValueError(f"{which} is empty; accepted: at least one")
        starts = _checked_list("starts", starts, Start)
        wanted = {}
        for start in starts:
            for name, value in start.json()["values"].items():
                wanted.setdefault(name, set()).add(value)
        by_name = {slider.symbol.name: slider for slider in (*shown, *hidden)}
        for name, values in wanted.items():
            if name not in by_name:
                raise ValueError(f"a start sets {name}; accepted: {', '.join(by_name)}")
            for value in values:
                by_name[name].check("value of a start", value)
        board = _Board([*shown, *hidden], wanted)
        board.sampled = {}
        known = self._given(board, controls, _checked_list("given", given, (Table, Given)))
        for control in controls:
            for channel in control.channels().values():
                board.use(channel, [*known, *control.own()])
        drawn = self._drawn(board, marks, known)
        for readout in readouts:
            board.use(readout.channel(), known)
        for sentence in sentences:
            self._sentence(board, sentence, known)

        sides = self._window(window)
        placed = {"handles": [], "switches": []}
        for control in controls:
            placed["switches" if isinstance(control, Switches) else "handles"].append(control.json())
        played = {} if player is None else {"player": self._played(player, board)}
        if run is not None and not isinstance(run, Run):
            raise TypeError(f"run = {run!r}; accepted: a Run")
        for one in given:
            if isinstance(one, Ran):
                one.check(run)
        count = len(shown)
        stored = {
            "id": id,
            "title": title,
            "caption": caption,
            "sliders": [{**one, **({"hidden": True} if i >= count else {})} for i, one in enumerate(board.json())],
            "given": self._derived,
            "scene": {"window": sides, **placed, **played, "starts": [start.json() for start in starts]},
            "marks": drawn,
            "readouts": [readout.json() for readout in readouts],
            "text": [sentence.json() for sentence in sentences],
            **({} if run is None else {"draws": run.json(board)}),
        }
        self._settle(id, title, caption, board, readouts, sentences, None, stored)

    @staticmethod
    def _settings(sliders, controls):
        _checked_list("controls", controls, Control)
        shown = _checked_list("sliders", sliders, Slider)
        return shown, [slider for control in controls for slider in control.settings()]

    def _given(self, board, controls, given):
        """Check what is given, one after the other, and note it; the names by which channels may use it."""
        gathered = {name: symbols for control in controls for name, symbols in control.gathered().items()}
        known = list(gathered)
        self._derived = [{"symbol": name, "gathered": symbols} for name, symbols in gathered.items()]
        self._gathered, self._rules = gathered, []
        for one in given:
            stored = one.json()
            if stored["symbol"] in (*board.order, *known):
                raise ValueError(f"given {stored['symbol']} is already the name of something else")
            one.use(board, known)
            known.append(stored["symbol"])
            self._derived.append(stored)
            self._rules.append((stored["symbol"], one))
        return known

    def _scope(self, values):
        scope = super()._scope(values)
        settings = dict(scope)
        for name, symbols in self._gathered.items():
            scope[name] = np.array([0, *(settings[symbol] for symbol in symbols)])
        for name, one in self._rules:
            scope[name] = one.value(scope)
        return scope

    @staticmethod
    def _drawn(board, marks, known):
        drawn = []
        for i, (mark, series) in enumerate(zip(marks, _series(marks), strict=True)):
            where = _where(i, mark)
            mark.check(where)
            own = list(known)
            for one in mark.indices(where):
                board.use(one.low, own)
                board.use(one.high, own)
                own.append(one.symbol.name)
            for channel in mark.given(where).values():
                board.use(channel, own)
            if isinstance(mark, Words):
                Scene._sentence(board, mark.words, own)
            drawn.append(mark.json(where, series))
        return drawn

    @staticmethod
    def _window(window):
        try:
            sides = [[tidy(end) for end in side] for side in window]
            (left, right), (bottom, top) = sides
        except (TypeError, ValueError):
            raise ValueError(f"window = {window!r}; accepted: ((left, right), (bottom, top))") from None
        if not all(map(math.isfinite, (left, right, bottom, top))) or left >= right or bottom >= top:
            raise ValueError(f"window = {window!r}; accepted: left below right and bottom below top")
        return sides

    @staticmethod
    def _played(player, board):
        if not isinstance(player, Player):
            raise TypeError(f"player = {player!r}; accepted: a Player")
        stored = player.json()
        if stored["symbol"] not in board.order:
            raise ValueError(
                f"player steps {stored['symbol']}, which no slider moves; accepted: {', '.join(board.order)}"
            )
        return stored

"""The explorer itself: a checked declaration, its stored form, its live widget and the simulation behind it."""

import asyncio
import functools
import html
import json
import pathlib
import re
import time

import anywidget
import numpy as np
import sympy as sp
import traitlets

from superposition.explorer.declaration import (
    SERIES,
    Axis,
    Channel,
    Curve,
    Dot,
    Mark,
    Readout,
    Samples,
    Sentence,
    Simulation,
    Slider,
    letter,
    tidy,
)
from superposition.explorer.measure import Measure
from superposition.explorer.numbers import format_value, with_unit
from superposition.formula import javascript, numeric

__all__ = [
    "Explorer",
    "draws_source",
    "module_source",
    "page_source",
    "script_source",
    "special_source",
    "still_source",
    "style_source",
]

_FOLDER = pathlib.Path(__file__).parent
_MODULES = (
    "vendor/shapes.js",
    "strings.js",
    "numbers.js",
    "expressions.js",
    "words.js",
    "state.js",
    "chart.js",
    "measure.js",
    "running.js",
    "scenes.js",
    "explorer.js",
)
# The file with what formulas call beside Math; each has what those before it have, and is longer by far.
_SPECIAL = {"gamma": {"erfc", "gammaln"}, "beta": {"betainc"}, "inverse": {"betaincinv"}}
# Words of an expression that are no names of numbers; expressions.js has the same.
_NAMES = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?!\w|\s*\()")
_CONSTANTS = {"Math", "NaN", "Infinity", "true", "false", "let", "return"}
_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def _joined(*names):
    parts = ((_FOLDER / name).read_text(encoding="utf-8") for name in names)
    # what is not run stays here: imports of the files that are joined, and what is said of the code
    return "\n".join(re.sub(r"^(import .*|\s*//.*)\n", "", part, flags=re.MULTILINE) for part in parts)


def _unexported(source):
    source = re.sub(r"^export (\{[^}]*\};?|default .*)$", "", source, flags=re.MULTILINE)
    return re.sub(r"^export ", "", source, flags=re.MULTILINE)


@functools.cache
def module_source():
    """The explorers' JavaScript as one ES module: the files of this folder, joined.

    Its default export is the anywidget; `hydrate(root)` brings stored explorers to life on a page without a kernel;
    `evaluate(code, scope)` and `formatValue(number)` are for tests.
    """
    *parts, entry = ("vendor/inverse.js", "translate.js", *_MODULES)
    return _unexported(_joined(*parts)) + _joined(entry)


@functools.cache
def script_source():
    """The explorers' JavaScript as one classic script, for the pages of the site."""
    return f"(() => {{\n{_unexported(_joined(*_MODULES, 'page.js'))}}})();\n"


@functools.cache
def still_source():
    """A script that draws explorers without a browser: see still.js."""
    return _unexported(_joined("vendor/inverse.js", "translate.js", *_MODULES, "still.js"))


@functools.cache
def special_source(name):
    """The special functions of "gamma", "beta" or "inverse" as a classic script."""
    return f"{_unexported(_joined(f'vendor/{name}.js'))}\n{_added({'special': json.dumps(name)})}"


def _added(part):
    """A script's part of a page, which page.js takes up: JavaScript by name."""
    given = ", ".join(f"{name}: {code}" for name, code in part.items())
    return f"(globalThis.superposition ??= []).push({{ {given} }});\n"


def page_source(declarations, draws=None):
    """What the explorers of one page need beside `script_source`.

    Parameters
    ----------
    declarations : list of dict
        As they are stored.
    draws : str or None
        Where `draws_source` is, as seen from the script.

    Returns
    -------
    special : str or None
        The name of the `special_source` that the formulas call.
    source : str
        A classic script: the formulas as functions. With it and the others, in any order, the explorers come to life.
    """
    expressions = sorted({expression for declaration in declarations for expression in _expressions(declaration)})
    called = set(re.findall(r"\b\w+(?=\()", " ".join(code for _, code in expressions)))
    special = next((name for name in reversed(_SPECIAL) if called & _SPECIAL[name]), None)
    functions = (f"{json.dumps(f'{names}:{code}')}: ({names}) => ({code}),\n" for names, code in expressions)
    part = {"special": json.dumps(special), "functions": f"{{\n{''.join(functions)}}}"}
    if draws:
        part["draws"] = f"new URL({json.dumps(draws)}, document.currentScript.src).href"
    return special, _added(part)


def _expressions(part):
    """Yield every expression of a part of a declaration: the names it is called with, and its code."""
    if isinstance(part, list):
        part = dict(enumerate(part))
    if isinstance(part, dict):
        if "js" in part:
            yield from ((",".join(part["of"]), part[key]) for key in ("js", "inside") if key in part)
        else:
            yield from (_free(part[key]) for key in ("inside", "when") if isinstance(part.get(key), str))
        for inner in part.values():
            yield from _expressions(inner)


def _free(code):
    names = dict.fromkeys(name for name in _NAMES.findall(code) if name not in _CONSTANTS)
    return ",".join(names), code


@functools.cache
def draws_source():
    """The random numbers of *Draw one* and *Measure* as a classic script, which a page loads when they are first needed.

    It sets `superpositionDraws`, whose `sampler(steps, seed, compile)` draws what a `Chain` declares.
    """
    vendored, own = ((_FOLDER / name).read_text(encoding="utf-8") for name in ("vendor/draws/bundle.js", "draws.js"))
    names = re.findall(r"^export (?:async )?function (\w+)", own, flags=re.MULTILINE)
    own = re.sub(r"^export ", "", own, flags=re.MULTILINE)
    return f"globalThis.superpositionDraws = (() => {{\n{vendored}\n{own}\nreturn {{ {', '.join(names)} }};\n}})();\n"


@functools.cache
def style_source():
    """The explorers' CSS."""
    return (_FOLDER / "explorer.css").read_text(encoding="utf-8")


def _rich(text):
    """Text as HTML; *letters* between asterisks in italics."""
    return re.sub(r"\*([^*]+)\*", r"<i>\1</i>", html.escape(text, quote=False))


def _names(symbols):
    return sorted(symbol.name for symbol in symbols)


class _Board:
    """The declaration being put together: what the sliders may be asked, and by whom."""

    def __init__(self, sliders, sampled):
        self.sliders = sliders
        self.order = [slider.symbol.name for slider in sliders]
        self.stops = {s.symbol.name: s.stops(sampled.get(s.symbol.name, ())) for s in sliders}
        self.start = {s.symbol.name: tidy(s.value) for s in sliders}
        self.sampled = sampled
        self.conditions = {}

    def use(self, channel, own=()):
        """Note a channel that is evaluated at every setting, with symbols of its own beside the sliders."""
        unknown = [name for name in channel.names if name not in self.order and name not in own]
        if unknown:
            accepted = ", ".join([*self.order, *own]) or "numbers only"
            raise ValueError(
                f"{channel.where} = {channel.expr} has the symbol {unknown[0]}, which nothing sets; accepted: {accepted}"
            )
        for symbol, interval in channel.intervals.items():
            if symbol.name in self.order and symbol.name not in own:
                self._within(channel, symbol.name, interval)
        for condition in channel.conditions:
            names = _names(condition.free_symbols)
            if not set(names) & set(own):
                self.conditions.setdefault(condition, channel)
        return channel

    def _within(self, channel, name, interval):
        for stop in (self.stops[name][0], self.stops[name][-1]):
            if not interval.contains(sp.Rational(str(stop))):
                raise ValueError(
                    f"slider {name} reaches {stop}, outside the domain of {channel.formula.name if channel.formula else 'its map'} ({channel.where}); accepted: {interval}"
                )

    def following(self, i):
        """Conditions that the values of the sliders before it put on slider `i`."""
        last = {c: max(self.order.index(name) for name in _names(c.free_symbols)) for c in self.conditions}
        return [condition for condition in self.conditions if last[condition] == i]

    def coupling(self, i):
        """JavaScript that tells where slider `i` may stand, after proving that it can always stand somewhere."""
        name = self.order[i]
        following = self.following(i)
        if not following:
            return {}
        names = sorted(
            {n for condition in following for n in _names(condition.free_symbols)} - {name}, key=self.order.index
        )
        grid = np.meshgrid(*(np.array(self.stops[n], dtype=float) for n in (*names, name)), indexing="ij", sparse=True)
        scope = dict(zip((*names, name), grid, strict=True))
        shape = tuple(len(self.stops[n]) for n in (*names, name))

        def holds(conditions):
            inside = np.ones(shape, dtype=bool)
            for condition in conditions:
                involved = _names(condition.free_symbols)
                inside &= numeric(condition, involved)(**{n: scope[n] for n in involved}).astype(bool)
            return inside

        earlier = [c for c in self.conditions if set(_names(c.free_symbols)) <= set(names)]
        reachable = holds(earlier).any(axis=-1)
        inside = holds(following)
        runs = (np.diff(inside.astype(np.int8), axis=-1, prepend=0) == 1).sum(axis=-1)
        stuck = np.argwhere(reachable & (runs != 1))
        if len(stuck):
            at = ", ".join(f"{n} = {self.stops[n][k]}" for n, k in zip(names, stuck[0], strict=True))
            wanted = " and ".join(str(condition) for condition in following)
            raise ValueError(
                f"slider {name} (from {self.stops[name][0]} to {self.stops[name][-1]}) cannot satisfy {wanted} at {at}; "
                "accepted: ranges in which every setting of the sliders before it leaves it one stretch of values"
            )
        for condition in following:
            involved = _names(condition.free_symbols)
            if not numeric(condition, involved)(**{n: self.start[n] for n in involved}):
                at = ", ".join(f"{n} = {self.start[n]}" for n in involved)
                raise ValueError(
                    f"sliders start at {at}, outside the domain of {self.conditions[condition].where}; accepted: {condition}"
                )
        return {"inside": javascript(sp.And(*following))}

    def json(self):
        return [
            {
                "symbol": slider.symbol.name,
                "letter": letter(slider.symbol),
                "label": slider.label,
                "unit": slider.unit,
                "values": self.stops[name],
                "start": self.stops[name].index(self.start[name]),
                "noted": [self.stops[name].index(tidy(v)) for v in sorted(self.sampled.get(name, ()))],
                **self.coupling(i),
            }
            for i, (name, slider) in enumerate(zip(self.order, self.sliders, strict=True))
        ]


def _checked_list(where, value, kind):
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{where} = {value!r} is not a list")
    kinds = kind if isinstance(kind, tuple) else (kind,)
    for item in value:
        if not isinstance(item, kinds):
            accepted = " or ".join(one.__name__ for one in kinds)
            raise TypeError(f"{where} contains {item!r}; accepted: {accepted} objects")
    return list(value)


def _where(i, mark):
    label = f" {mark.label!r}" if isinstance(mark.label, str) and mark.label else ""
    return f"marks[{i}] ({type(mark).__name__}{label})"


def _series(marks):
    """Colour numbers: as given, else in the order of the legend; a dot takes that of the curve it stands on."""
    curves, series, numbered = {}, [], 0
    for i, mark in enumerate(marks):
        number = mark.series
        y = mark.given(_where(i, mark))["y"].expr if isinstance(mark, (Curve, Dot)) else None
        if number is None and isinstance(mark, Dot):
            number = curves.get(y)
        if number is None and mark.label:
            numbered = number = numbered + 1
        number = number or 0
        if number > SERIES:
            raise ValueError(
                f"{_where(i, mark)} is labelled mark {number}; accepted: at most {SERIES}, or a series given by hand"
            )
        if isinstance(mark, Curve):
            curves.setdefault(y, number)
        series.append(number)
    return series


class Explorer(anywidget.AnyWidget):
    """A chart with sliders, and words that follow them.

    Parameters
    ----------
    id : str
        Its name in links, kebab-case, unique in the book.
    title : str
        What it is about, in a few words.
    caption : str
        What to try, or what to notice.
    sliders : list of Slider
        In the order in which they lead: where formulas couple two of them, as m ≥ n, the later one's range follows.
    x, y : Axis
        The axes.
    marks : list of Mark
        What is drawn, from back to front.
    readouts : list of Readout
        Numbers beside the chart.
    text : list of Sentence
        The text alternative: what the current setting shows, in words. Needed.
    simulate : Simulation, optional
        What a reader with a kernel can run.
    measure : Measure, optional
        What every reader can run.
    aspect : float, optional
        Height of the chart over its width, for charts in which both axes measure the same.

    Raises
    ------
    TypeError, ValueError
        If the declaration cannot be drawn or a setting could leave a formula's domain; names the part.

    Examples
    --------
    >>> from superposition import formulas
    >>> from superposition.symbols import m, n
    >>> explorer = Explorer(
    ...     "typical-overlap",
    ...     title="Typical overlap of two random directions",
    ...     caption="Four times the neurons halve it.",
    ...     sliders=[Slider(n, 16, 4096, 256)],
    ...     x=Axis(n, 16, 4096, scale="log"),
    ...     y=Axis(low=0, high=0.3, label="overlap"),
    ...     marks=[Curve(formulas.typical_overlap, label="typical overlap"), Dot(n, formulas.typical_overlap)],
    ...     text=[Sentence("With {n} neurons two random directions overlap by {t}.", t=formulas.typical_overlap)],
    ... )
    >>> explorer.text()
    'With 256 neurons two random directions overlap by 0.0625.'
    """

    _esm = module_source() + draws_source()
    _css = style_source()
    declaration = traitlets.Dict().tag(sync=True)

    def __init__(
        self, id, *, title, caption, sliders, x, y, marks, readouts=(), text, simulate=None, measure=None, aspect=None
    ):
        sliders = _checked_list("sliders", sliders, Slider)
        self._checked(id, title, caption, sliders)
        marks = _checked_list("marks", marks, Mark)
        readouts = _checked_list("readouts", readouts, Readout)
        sentences = _checked_list("text", text, Sentence)
        for which, axis in (("x", x), ("y", y)):
            if not isinstance(axis, Axis):
                raise TypeError(f"{which} = {axis!r}; accepted: an Axis")
        for which, value, kind in (("sliders", sliders, Slider), ("marks", marks, Mark), ("text", sentences, Sentence)):
            if not value:
                raise ValueError(f"{which} is empty; accepted: at least one {kind.__name__}")
        if simulate is not None and not isinstance(simulate, Simulation):
            raise TypeError(f"simulate = {simulate!r}; accepted: a Simulation")
        if measure is not None and not isinstance(measure, Measure):
            raise TypeError(f"measure = {measure!r}; accepted: a Measure")
        if measure is not None and simulate is not None:
            raise ValueError("simulate and measure are both given; accepted: one of them")
        if aspect is not None and (
            isinstance(aspect, bool) or not isinstance(aspect, (int, float)) or not 0 < aspect <= 2
        ):
            raise ValueError(f"aspect = {aspect!r}; accepted: a number above 0 and at most 2")

        swept = x.symbol.name if x.symbol is not None else None
        points = {i: mark.settled(_where(i, mark), swept) for i, mark in enumerate(marks) if isinstance(mark, Samples)}
        board = _Board(sliders, self._sampled(sliders, points, swept))
        self._axes(board, x, y)
        drawn = self._marks(board, marks, points, swept)
        for readout in readouts:
            board.use(readout.channel())
        for sentence in sentences:
            self._sentence(board, sentence)
        if simulate is not None:
            self._place, self._compared = self._simulated(board, simulate, swept)
        draws, found = ({}, []) if measure is None else measure.json(board, swept, len(drawn))

        stored = {
            "id": id,
            "title": title,
            "caption": caption,
            "sliders": board.json(),
            "x": x.json("x"),
            "y": y.json("y"),
            **({"aspect": aspect} if aspect is not None else {}),
            "marks": drawn + found,
            "readouts": [readout.json() for readout in readouts],
            "text": [sentence.json() for sentence in sentences],
            **({"draws": draws} if draws else {}),
        }
        self._settle(id, title, caption, board, readouts, sentences, simulate, stored)

    @staticmethod
    def _checked(id, title, caption, sliders):
        if not isinstance(id, str) or not _KEBAB.fullmatch(id):
            raise ValueError(f"id = {id!r}; accepted: words of lower-case letters and digits joined by hyphens")
        for name, value in (("title", title), ("caption", caption)):
            if not isinstance(value, str) or not value.strip():
                raise ValueError(f"{name} = {value!r}; accepted: a string with words in it")
        names = [slider.symbol.name for slider in sliders]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"sliders has {names.count(name)} sliders of {name}; accepted: one for each symbol")

    def _settle(self, id, title, caption, board, readouts, sentences, simulate, stored):
        """Keep what was checked, and become a widget."""
        self.id = id
        self._title = title
        self._caption = caption
        self._sentences = sentences
        self._readouts = readouts
        self._start = board.start
        self._stops = board.stops
        self._simulation = simulate
        self._running = None
        self._stored = stored
        anywidget.AnyWidget.__init__(self, declaration=self._live())
        self.on_msg(self._receive)

    @staticmethod
    def _sampled(sliders, points, swept):
        """Values at which points are stored, by slider."""
        by_name = {slider.symbol.name: slider for slider in sliders}
        sampled = {}
        for settled in points.values():
            for point in settled:
                for name, value in point["at"].items():
                    if name == swept:
                        continue
                    if name not in by_name:
                        raise ValueError(
                            f"a sample's at names {name}, which no slider moves; accepted: {', '.join(by_name)}"
                        )
                    by_name[name].check("value of a sample", value)
                    sampled.setdefault(name, set()).add(value)
        return sampled

    @staticmethod
    def _axes(board, x, y):
        for which, axis in (("x", x), ("y", y)):
            low, high = (board.use(channel).at(board.start) for channel in axis.ends(which).values())
            if not low < high:
                raise ValueError(f"{which} axis: low = {low} is not below high = {high}")
            if axis.scale == "log" and low <= 0:
                raise ValueError(f"{which} axis: low = {low}; accepted on a log scale: a number above 0")

    @staticmethod
    def _marks(board, marks, points, swept):
        for i, mark in enumerate(marks):
            mark.check(_where(i, mark))
        drawn = []
        for i, (mark, series) in enumerate(zip(marks, _series(marks), strict=True)):
            where = _where(i, mark)
            over = mark.indices(where)
            for one in over:
                board.use(one.low)
                board.use(one.high)
            own = [one.symbol.name for one in over]
            for name, channel in mark.given(where).items():
                if name in mark.swept and not over:
                    if swept is None:
                        raise ValueError(
                            f"{where}: {name} needs an axis to run along; accepted: x=Axis(symbol, low, high)"
                        )
                    board.use(channel, [swept])
                else:
                    board.use(channel, own)
            data = mark.json(where, series)
            if i in points:
                bars = mark.spread if any(point["se"] for point in points[i]) else 0
                label = f"{mark.label} (± {format_value(bars)} standard errors)" if mark.label and bars else mark.label
                data |= {"label": label, "points": points[i], "spread": bars}
            drawn.append(data)
        return drawn

    @staticmethod
    def _sentence(board, sentence, own=()):
        for channel in sentence.channels.values():
            board.use(channel, own)
        for name in sentence.fields:
            if name not in (*sentence.channels, *board.order, *own):
                raise ValueError(
                    f"sentence {sentence.template!r} has {{{name}}}, which is neither a slider nor given; accepted: {', '.join(board.order)}"
                )
        if sentence.when is not None:
            for name in _names(sentence.when.free_symbols):
                if name not in (*board.order, *own):
                    raise ValueError(
                        f"sentence {sentence.template!r}: when = {sentence.when} has the symbol {name}; accepted: {', '.join(board.order)}"
                    )

    @staticmethod
    def _simulated(board, simulation, swept):
        """Where a simulated point stands, and what it is compared with."""
        if simulation.x is None and swept not in board.order:
            raise ValueError(
                "simulation: x is missing and no slider moves the horizontal axis' symbol; accepted: a channel"
            )
        place = Channel("simulation: x", sp.Symbol(swept) if simulation.x is None else simulation.x)
        compared = None if simulation.formula is None else board.use(Channel("simulation: formula", simulation.formula))
        return board.use(place), compared

    def _live(self):
        """The declaration as a live notebook shows it: with the simulation and the mark that shows its points."""
        if self._simulation is None:
            return self._stored
        marks = list(self._stored["marks"])
        found = [i for i, mark in enumerate(marks) if mark["type"] == "samples" and mark["spread"]] or [len(marks)]
        self._shown_by = found[0]
        if self._shown_by == len(marks):
            marks.append(
                {
                    "type": "samples",
                    "label": "simulated here (± 2 standard errors)",
                    "series": 0,
                    "points": [],
                    "spread": 2,
                }
            )
        return {
            **self._stored,
            "marks": marks,
            "simulate": {"label": self._simulation.label, "seed": self._simulation.seed},
        }

    def _scope(self, values):
        """What channels are evaluated with at a setting."""
        return self._start | values

    def text(self, **values):
        """What a setting shows, in words; the chapter's setting unless values are given."""
        scope = self._scope(values)
        said = (sentence.say(scope) for sentence in self._sentences)
        return " ".join(sentence for sentence in said if sentence is not None)

    def readouts(self, **values):
        """The readouts at a setting, formatted: label to string."""
        scope = self._scope(values)
        return {r.label: with_unit(format_value(r.channel().at(scope)), r.unit) for r in self._readouts}

    def to_html(self):
        """The stored form: the whole declaration as JSON, and in words what its first setting shows."""
        lines = (f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in self._stored.items())
        data = "{\n" + ",\n".join(lines).replace("<", "\\u003c") + "\n}"
        return (
            f'<figure class="sp-explorer" id="{self.id}">\n'
            f'<script type="application/json">{data}</script>\n'
            f'<p class="sp-title">{_rich(self._title)}</p>\n'
            f'<p class="sp-text">{_rich(self.text())}</p>\n'
            f"<figcaption>{_rich(self._caption)}</figcaption>\n"
            "</figure>"
        )

    def __repr__(self):
        return f"Explorer({self.id!r})"

    _ipython_display_ = None  # with it ipywidgets 7, which Colab has, would store no HTML

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": repr(self), "text/html": self.to_html()}, metadata

    # The simulation: one step of the generator at a time, between which the event loop gets its turn.

    def _receive(self, _widget, content, _buffers):
        if self._simulation is None:
            return
        if self._running is not None:
            self._running.cancel()
            self._running = None
        if content.get("type") == "simulate":
            loop = asyncio.get_running_loop()
            self._running = loop.create_task(self._simulate(content["values"], content["seed"]))

    async def _simulate(self, values, seed):
        done = 0.0
        try:
            for name, value in values.items():
                if value not in self._stops[name]:
                    raise ValueError(f"{name} = {value} is not a value of its slider")
            shown = time.monotonic()
            for step in self._simulation.run(np.random.default_rng(seed), **values):
                done, *found = step
                if time.monotonic() - shown > 0.05:
                    self.send({"type": "progress", "done": float(done)})
                    shown = time.monotonic()
                await asyncio.sleep(0)
            if done == 0:
                raise ValueError("the simulation yielded nothing")
        except asyncio.CancelledError:
            self.send({"type": "cancelled", "sentence": f"Cancelled at {100 * done:.0f} %: no point was added."})
            raise
        except Exception as error:
            self.send({"type": "failed", "sentence": f"The simulation failed: {type(error).__name__}: {error}"})
        else:
            estimate, error, *draws = found
            point = {"at": values, "x": self._place.at(values), "y": float(estimate), "se": float(error)}
            told = {"quantity": self._simulation.quantity, "seed": seed}
            if draws:
                told["counted"] = f"{format_value(draws[0])} draws"
            if self._compared is not None and np.isfinite(expected := self._compared.at(values)):
                told["expected"] = float(expected)
            self.send({"type": "point", "mark": self._shown_by, "point": point, "told": told})

"""What a reader can try on the page itself: one trial of a declared chain of draws, or many of them."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field

import sympy as sp

from superposition.draws import Chain
from superposition.explorer.declaration import Channel, Dot, Sentence, _text

__all__ = ["PLACE", "Crossing", "Measure", "One"]


@dataclass(frozen=True)
class One:
    """A single trial, shown as dots and in words.

    Parameters
    ----------
    dots : sequence of Dot
        Of numbers and vectors of the trial; a vector gives a dot for each of its entries.
    text : sequence of Sentence
        What came out, in words; names in braces are those of the trial.
    steps : sequence of steps
        What is drawn for the picture, after the chain.
    given : mapping of sympy.Symbol to SymPy expression or number
        Inputs of the chain that no slider moves, where they differ from those of `Measure`.
    """

    dots: Sequence[Dot]
    text: Sequence[Sentence]
    _: KW_ONLY
    steps: Sequence = ()
    given: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class Crossing:
    """Where the mean of an outcome, which grows with a whole number, reaches what is allowed.

    Parameters
    ----------
    symbol : sympy.Symbol
        The whole number, an input of the chain.
    allowed, of : channel
        The mean that is allowed, and the number of things of which it counts the wrong ones.
    start : channel
        Where the search begins.
    place : channel
        Of the whole number: in it the normal quantile of the share of wrong ones is taken as linear.
    back : channel
        What is shown, of the place, the symbol `PLACE`.
    lowest : int
        The smallest number that is tried.

    Notes
    -----
    As `simulate.largest_active` and `simulate.largest_levels`, which say how well it does.
    """

    symbol: sp.Symbol
    _: KW_ONLY
    allowed: object
    of: object
    start: object
    place: object
    back: object
    lowest: int = 1

    def json(self, board):
        given = {
            name: board.use(Channel(f"crossing: {name}", getattr(self, name))) for name in ("allowed", "of", "start")
        }
        given["place"] = board.use(Channel("crossing: place", self.place), [self.symbol.name])
        given["back"] = board.use(Channel("crossing: back", self.back), [PLACE.name])
        channels = {name: channel.json() for name, channel in given.items()}
        return {"symbol": self.symbol.name, "lowest": self.lowest, **channels}


PLACE = sp.Symbol("place", positive=True)


@dataclass(frozen=True)
class Measure:
    """A simulation that every reader can run at the current setting.

    Parameters
    ----------
    chain : Chain
        One trial.
    outcome : SymPy expression, optional
        What is averaged over the trials; without it there is only `one`.
    quantity : str
        Its mean, in words that follow "Measured".
    formula : channel, optional
        What the mean is compared with.
    x : channel, optional
        Where its point stands; the horizontal axis' symbol if left out.
    given : mapping of sympy.Symbol to SymPy expression or number
        Inputs of the chain that no slider moves.
    crossing : Crossing, optional
        Then what is found is not the mean of the outcome, but where it reaches what is allowed.
    back : channel, optional
        What is shown of the mean, the symbol `PLACE`, if not the mean itself.
    trials : int
        How many; with a crossing, on either side of it.
    one : One, optional
        What is shown of a single trial.
    seed : int
        Of the first run; the reader sees it and may change it.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is said above.
    """

    chain: Chain
    outcome: object = None
    quantity: str = ""
    _: KW_ONLY
    formula: object = None
    x: object = None
    given: Mapping = field(default_factory=dict)
    crossing: Crossing | None = None
    back: object = None
    trials: int = 400
    one: One | None = None
    seed: int = 1

    def __post_init__(self):
        if not isinstance(self.chain, Chain):
            raise TypeError(f"measure: chain = {self.chain!r}; accepted: a Chain")
        if self.outcome is None and self.one is None:
            raise ValueError("measure: outcome and one are missing; accepted: at least one of them")
        if self.outcome is not None:
            _text("measure: quantity", self.quantity, empty=False)
        if self.back is not None and self.crossing is not None:
            raise ValueError("measure: back and crossing are both given; accepted: one of them")
        if self.one is not None and not isinstance(self.one, One):
            raise TypeError(f"measure: one = {self.one!r}; accepted: a One")
        if self.crossing is not None and not isinstance(self.crossing, Crossing):
            raise TypeError(f"measure: crossing = {self.crossing!r}; accepted: a Crossing")
        for name, low in (("trials", 2), ("seed", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value < 2**31:
                raise ValueError(f"measure: {name} = {value!r}; accepted: an integer from {low}")

    def json(self, board, swept, first_mark):
        """The declaration for the page, and the marks that show what is found, numbered from `first_mark`."""
        marks, stored = [], {"seed": self.seed, "steps": self.chain.json()}
        if self.outcome is not None:
            if self.x is None and swept not in board.order:
                raise ValueError(
                    "measure: x is missing and no slider moves the horizontal axis' symbol; accepted: a channel"
                )
            outcome = _known(Channel("measure: outcome", self.outcome), board, self.chain, vectors=False)
            place = Channel("measure: x", sp.Symbol(swept) if self.x is None else self.x)
            stored["measure"] = {
                "mark": first_mark,
                "quantity": self.quantity,
                "trials": self.trials,
                "given": _given("measure", self.given, board, self.chain, self.crossing),
                "outcome": outcome.json(),
                "x": board.use(place).json(),
            }
            if self.back is not None:
                stored["measure"]["back"] = board.use(Channel("measure: back", self.back), [PLACE.name]).json()
            if self.crossing is not None:
                stored["measure"]["crossing"] = self.crossing.json(board)
            if self.formula is not None:
                stored["measure"]["formula"] = board.use(Channel("measure: formula", self.formula)).json()
            marks.append(_found("measured here (± 2 standard errors)", 0, 2))
        if self.one is not None:
            chain = self.chain.then(*self.one.steps)
            dots = []
            for i, dot in enumerate(self.one.dots):
                places = {name: Channel(f"one: dots[{i}]: {name}", getattr(dot, name)) for name in ("x", "y")}
                drawn = {name: _known(place, board, chain).json() for name, place in places.items()}
                dots.append({"mark": first_mark + len(marks), **drawn})
                marks.append(_found(dot.label, dot.series or 0, 0))
            for sentence in self.one.text:
                for channel in sentence.channels.values():
                    _known(channel, board, chain, vectors=False)
                for name in sentence.fields:
                    if name not in sentence.channels and chain.known.get(name, name not in board.order):
                        raise ValueError(
                            f"one: sentence {sentence.template!r} has {{{name}}}, which is no number of the chain"
                        )
            stored["one"] = {
                "steps": chain.json()[len(self.chain.steps) :],
                "given": _given("one", {**self.given, **self.one.given}, board, chain),
                "dots": dots,
                "text": [sentence.json() for sentence in self.one.text],
            }
        return stored, marks


def _found(label, series, spread):
    return {"type": "samples", "label": label, "series": series, "points": [], "spread": spread, "here": True}


def _known(channel, board, chain, vectors=True):
    for name in channel.names:
        if chain.known.get(name, name not in board.order) and not (vectors and name in chain.known):
            accepted = ", ".join(known for known, vector in chain.known.items() if vectors or not vector)
            raise ValueError(f"{channel.where} = {channel.expr} has the symbol {name}; accepted: {accepted}")
    return channel


def _given(where, given, board, chain, crossing=None):
    stored, searched = {}, set() if crossing is None else {crossing.symbol.name}
    for symbol, value in given.items():
        if str(symbol) not in chain.inputs:
            raise ValueError(f"{where}: given has {symbol}; accepted: {', '.join(chain.inputs)}")
        stored[str(symbol)] = board.use(Channel(f"{where}: given {symbol}", value)).json()
    for name in chain.inputs:
        if name not in stored and name not in board.order and name not in searched:
            raise ValueError(f"{where}: given lacks {name}, an input of the chain that no slider moves")
    return stored

"""The simulations that are exact in law in a few draws, declared as chains for NumPy and for the page."""

import functools

import sympy as sp
from sympy import stats
from sympy.codegen.cfunctions import expm1

from superposition.arguments import integer
from superposition.draws import (
    Alike,
    Chain,
    Deal,
    Directions,
    Draw,
    Let,
    Nearest,
    Numbers,
    Repeat,
    Tally,
    Total,
    overlap,
    overlap_tail,
)
from superposition.formula import Q, betainc_inverse
from superposition.simulate.quantiser import gaussian_quantiser
from superposition.symbols import A, J, K, L, S, b, d, gamma, l, l0, m, n, nu, omega, phi, s, t, theta

__all__ = [
    "absent",
    "alarm",
    "alarmed",
    "alarms",
    "below",
    "chance",
    "change",
    "changes",
    "corrector",
    "counted",
    "decoded",
    "environment",
    "errors",
    "failed",
    "false_alarms",
    "gated",
    "heard",
    "highest",
    "hits",
    "jointly",
    "kept_hits",
    "kept_untrue",
    "largest",
    "level",
    "levels",
    "linked",
    "misread",
    "misread_levels",
    "missed",
    "misses",
    "moments",
    "needed",
    "noise",
    "noisy",
    "occurring",
    "ordered",
    "pair",
    "path",
    "present",
    "quantised",
    "read",
    "read_exactly",
    "readouts",
    "redriven",
    "relay",
    "sent",
    "separated",
    "shown",
    "spread",
    "square",
    "states",
    "tallies",
    "untrue",
    "value",
    "votes",
    "votes_of_absent",
    "votes_of_present",
    "weights",
    "wrong",
]

square = sp.Symbol("square", nonnegative=True)
"""|x|², the squared length of the neurons' state."""
present = sp.Symbol("present", real=True)
"""Readouts of the present features that are looked at one by one, a vector."""
absent = sp.Symbol("absent", real=True)
"""Readouts of some absent features, a vector."""
shown = sp.Symbol("shown", positive=True)
"""How many of the l present features are looked at one by one."""
errors = sp.Symbol("errors", nonnegative=True)
"""Wrong readouts that are expected among all m features, given the neurons' state."""
false_alarms, misread, misses = sp.symbols("false_alarms misread misses", nonnegative=True)
"""The same of absent features, of present ones at another level, and of present ones read as absent."""
alarm = sp.Symbol("alarm", nonnegative=True)
"""How likely an absent feature is read as present, given the neurons' state."""

_length, _missed_of_shown = sp.sqrt(square), sp.Symbol("missed_of_shown", nonnegative=True)
# the length of the sum without the feature itself
_others = sp.sqrt(sp.Max(square - 2 * present + 1, 0))
_half = sp.Rational(1, 2)

pair = Chain([n], overlap(t, n))
"""The overlap of two random directions."""


def _states(**options):
    return [
        Let(square, sp.S.Zero),
        Repeat(l - shown, [*overlap(t, n), Let(square, sp.Max(square + 2 * _length * t + 1, 0))]),
        Directions(square, present, count=shown, dimension=n, beside=_length, **options),
    ]


states = Chain([n, l, shown], _states())
"""The neurons' state while l features of a random code are present at activation 1, and the readouts of some of these.

The length of a sum of random directions is a walk of its own: with t an independent overlap, |x + f|² = |x|² + 2 |x| t + 1.
So only the last of the present features, as many as are looked at, are drawn with all their overlaps.
"""

readouts = Chain(
    [n, m, l, theta, shown],
    [
        *states.steps,
        # where the state is nothing, a threshold of 0 is not exceeded
        Let(alarm, overlap_tail((theta + 1e-300) / _length, n)),
        Let(false_alarms, (m - l) * alarm),
        # a readout at the threshold is missed, which matters in one dimension, where it can be met
        Total(_missed_of_shown, overlap_tail((1 - 1e-15) * (1 - theta) / _others, n)),
        Let(misses, l * _missed_of_shown / shown),
        Let(errors, false_alarms + misses),
    ],
)
"""Reading all m features from that state.

Given x the directions of absent features are uniform and independent, and so is x - f_i of f_i: what is read wrongly is known
in closed form, given the lengths.
"""


alarms, missed, wrong = sp.symbols("alarms missed wrong", nonnegative=True)


def alarmed(most: int, height: sp.Expr = theta, amplitude: sp.Expr = _length) -> list:
    """Further steps: readouts of up to `most` absent features, and how many of all are read as present.

    A readout above `height` reads as present; those of absent features are `amplitude` times an overlap.
    """
    overlaps = sp.Symbol("overlaps", real=True)
    seen, unseen = sp.symbols("seen unseen", nonnegative=True)
    count = sp.Min(m - l, most)
    return [
        *overlap(overlaps, n, count=count),
        Let(absent, amplitude * overlaps),
        Total(seen, sp.Piecewise((1, absent > height), (0, True))),
        Draw(unseen, stats.Binomial, m - l - count, overlap_tail(height / amplitude, n)),
        Let(alarms, seen + unseen),
    ]


def counted(most: int, height: sp.Expr = theta, amplitude: sp.Expr = _length) -> list:
    """Further steps: those of `alarmed`, and how many features are missed, or wrong; all present ones must be looked at."""
    return [
        *alarmed(most, height, amplitude),
        Total(missed, sp.Piecewise((0, present > height), (1, True))),
        Let(wrong, alarms + missed),
    ]


highest = sp.Symbol("highest", real=True)
"""The largest readout of an absent feature."""
read_exactly, ordered = sp.symbols("read_exactly ordered", nonnegative=True)
"""1 where a threshold at θ reads all m features rightly, and where some threshold does."""
below = sp.Symbol("below", nonnegative=True)
"""Present features whose readout is no higher than the highest of the absent ones."""
_rank_of_highest = sp.Symbol("rank_of_highest", nonnegative=True)
# the tail of one overlap at the largest of m - l, whose law is the power m - l
_tail_of_highest = -expm1(sp.log(_rank_of_highest) / (m - l))
_squared = 1 - betainc_inverse((n - 1) / 2, _half, 2 * sp.Min(_tail_of_highest, 1 - _tail_of_highest))

separated = Chain(
    [n, m, l, theta],
    [
        Let(shown, l),
        *states.steps,
        Draw(_rank_of_highest, stats.Uniform, 0, 1),
        Let(highest, sp.Piecewise((1, _tail_of_highest <= _half), (-1, True)) * _length * sp.sqrt(sp.Max(_squared, 0))),
        Total(below, sp.Piecewise((0, present > highest), (1, True))),
        Total(missed, sp.Piecewise((0, present > theta), (1, True))),
        Let(ordered, sp.Piecewise((1, below < _half), (0, True))),
        Let(read_exactly, sp.Piecewise((1, (missed < _half) & (highest <= theta)), (0, True))),
    ],
)
"""Whether the readouts of the present features lie above those of all the absent ones, and a threshold between them.

Given x the absent readouts are independent, so that the largest of them is one draw from the power of their law.
"""


largest = sp.Symbol("largest", nonnegative=True)
"""1 where all present features are at the largest level, 0 where they use all levels equally often."""
noise = sp.Symbol("noise", real=True)
level = sp.Symbol("level", nonnegative=True)
"""The levels, 1 to K - 1, of the present features that are looked at one by one, a vector."""
_of_others, _uniform = sp.symbols("level_of_others uniform", nonnegative=True)
_uniforms = sp.Symbol("uniforms", nonnegative=True)
_gaps = K - 1


def _one_more(activation):
    return Let(square, sp.Max(square + 2 * activation * _length * t + activation**2, 0))


def _picked(symbol, uniform):
    of_all = sp.Min(sp.floor(1 + _gaps * uniform), _gaps)
    return Let(symbol, sp.Piecewise((_gaps, largest > 0), (of_all, True)))


_half_gap = 1 / (2 * _gaps)
_without = sp.sqrt(sp.Max(square - 2 * level / _gaps * present + (level / _gaps) ** 2, 0))

levels = Chain(
    [n, m, l, K, largest, shown],
    [
        Let(square, sp.S.Zero),
        Repeat(
            l - shown,
            [
                Draw(_uniform, stats.Uniform, 0, 1),
                _picked(_of_others, _uniform),
                *overlap(t, n),
                _one_more(_of_others / _gaps),
            ],
        ),
        Draw(_uniforms, stats.Uniform, 0, 1, count=shown),
        _picked(level, _uniforms),
        Directions(square, present, count=shown, dimension=n, activation=level / _gaps, beside=_length),
        Let(false_alarms, (m - l) * overlap_tail(_half_gap / _length, n)),
        # the highest level is read wrongly from below only
        Total(_missed_of_shown, sp.Piecewise((1, level >= _gaps), (2, True)) * overlap_tail(_half_gap / _without, n)),
        Let(misread, l * _missed_of_shown / shown),
        Let(errors, false_alarms + misread),
    ],
)
"""Reading all m features of a random code at the nearest of K levels; what is decoded wrongly is expected, given lengths."""

decoded = Chain(
    [n, l, A],
    [
        Let(square, sp.S.Zero),
        Repeat(l - 1, [Draw(_uniform, stats.Uniform, 0, A), *overlap(t, n), _one_more(_uniform)]),
        *overlap(t, n),
        Let(noise, _length * t),
    ],
)
"""What l - 1 other features, each at any value up to A, add to a readout."""


def misread_levels(threshold: sp.Expr) -> Total:
    """A step: how many present features are read at another level, `threshold` gaps above one being taken for the next."""
    found = sp.Min(sp.Max(sp.ceiling(_gaps * present - threshold), 0), _gaps)
    return Total(misread, sp.Min(sp.Abs(found - level), 1))


noisy = Chain(
    [n, m, l, S, K, theta],
    [
        Draw(_uniforms, stats.Uniform, 0, 1, count=l),
        Let(level, sp.Min(sp.floor(1 + _gaps * _uniforms), _gaps)),
        Draw(noise, stats.ChiSquared, n),
        Directions(
            square,
            present,
            count=l,
            dimension=n,
            activation=level / _gaps,
            # the mean square of a neuron's value is that of the levels, times l/n
            beside=sp.sqrt(noise * l * K * (2 * K - 1) / (6 * _gaps**2 * n * S)),
        ),
        Let(false_alarms, (m - l) * overlap_tail(theta / (_gaps * _length), n)),
        misread_levels(theta),
        Let(errors, false_alarms + misread),
    ],
)
"""Reading all m features of a random code from neurons with noise of their own, their signal-to-noise ratio being S."""

read = sp.Symbol("read", nonnegative=True)
"""|q(x)|, the length of what the neurons keep of their state, in the unit of readouts."""
_turned, _neuron, _kept = sp.symbols("turned neuron kept", real=True)
_energy, _heard, _along = sp.symbols("energy heard along", real=True)


@functools.cache
def quantised(*bits: int, rescale: bool = True) -> Chain:
    """A chain: reading all m features of a random code from neurons that keep b bits, as a Lloyd–Max quantiser does.

    Parameters
    ----------
    *bits : int
        The numbers of bits, 1 to 12, among which b is; with none at all the neurons are left as they are.
    rescale : bool
        Whether readouts are divided by 1 - D_b.

    Notes
    -----
    Given |x| the direction of x is uniform, and so are those of absent features given q(x). A present feature is p x/|x|² and a
    part at right angles to x, p = x · f_i; of what is kept, q(x), that part hears only what is at right angles to x, too.
    """
    quantisers = {number: gaussian_quantiser(number) for number in bits}
    kept = {number: 1 - quantiser.distortion for number, quantiser in quantisers.items() if rescale}
    scale = sp.Piecewise(*((1 / value, sp.Eq(b, number)) for number, value in kept.items()), (1, True))
    state, part = sp.sqrt(square / _energy) * _neuron, _along / square
    crosswise = sp.sqrt(sp.Max(_heard - _along**2 / square, 0))
    # of a present feature's readout, what is known from x · f_i, and the length of its part at right angles to x
    known, free = part * _turned, crosswise * sp.sqrt(sp.Max(1 - _turned**2 / square, 0))
    std = sp.sqrt(l / n)
    if bits:
        tables = {number: quantiser.outputs for number, quantiser in quantisers.items()}
        keeping = [
            Nearest(_kept, state / std, tables=tables, by=b),
            Let(_kept, scale * std * _kept),
        ]
    else:
        keeping = [Let(_kept, state)]
    across = sp.Symbol("across", real=True)
    return Chain(
        [n, m, l, theta, shown, *([b] if bits else [])],
        [
            *_states(across=across),
            Draw(_neuron, stats.Normal, 0, 1, count=n),
            Total(_energy, _neuron**2),
            *keeping,
            Total(_heard, _kept**2),
            Total(_along, _kept * state),
            Let(_turned, present),
            Let(present, known + crosswise * across),
            Let(read, sp.sqrt(_heard)),
            Let(false_alarms, (m - l) * overlap_tail(theta / read, n)),
            Total(_missed_of_shown, 1 - overlap_tail((theta - known) / free, n - 1)),
            Let(misses, l * _missed_of_shown / shown),
            Let(errors, false_alarms + misses),
        ],
    )


hits, untrue = sp.symbols("hits untrue", nonnegative=True)
"""Active features after a layer that were active at the start, and that were not."""
path, kept_hits, kept_untrue = sp.symbols("path kept_hits kept_untrue", nonnegative=True)
"""Active features after each layer, a vector; of these, those that were active at the start, and those that were not."""
redriven = sp.Symbol("redriven", nonnegative=True)
"""1 where each layer is given the true features afresh, without the echo of its other features; 0 where it is not."""
_active, _jointly, _spread = sp.symbols("active jointly spread", nonnegative=True)
_told, _above, _above_untrue = sp.symbols("told above above_untrue", nonnegative=True)
_back, _fresh = sp.symbols("back fresh", nonnegative=True)
_rank = sp.Symbol("rank", real=True)
# an untrue feature of a re-driven network does not hear its own last activation
_height = theta + redriven
jointly = sp.Min(sp.Max(64, sp.floor(n / 8)), 512)
"""Up to how many active features are read jointly in a relay."""


def _among(count, first):
    """How many of the active features with these ranks are read above their threshold."""
    height = theta if first else _height
    mine = _rank <= hits if first else _rank > hits
    return Total(count, sp.Piecewise((1, mine & (present > height)), (0, True)))


def _chance(height):
    middle = square / _told
    noise = sp.sqrt(sp.Max(square * (1 - square / _told**2), 0) / n)
    return Q((height - middle) / noise)


relay = Chain(
    [n, m, l0, L, theta, redriven],
    [
        Let(hits, l0),
        Let(untrue, sp.S.Zero),
        Repeat(
            L,
            [
                Let(_active, hits + untrue),
                Let(_jointly, sp.Piecewise((_active, _active <= jointly), (0, True))),
                Alike(
                    _jointly,
                    [
                        Directions(square, present, count=_jointly, dimension=n),
                        Numbers(_rank, count=_jointly),
                        _among(_above, True),
                        _among(_above_untrue, False),
                    ],
                ),
                # too many of them for that
                Draw(_spread, stats.ChiSquared, n),
                Let(_told, sp.Max(_active - _jointly, 1)),
                Let(
                    square,
                    sp.Piecewise(
                        (square, _jointly >= _active),
                        (_told * sp.Max(1 + sp.sqrt(1 - 1 / _told) * (_spread / n - 1), 0), True),
                    ),
                ),
                Draw(_back, stats.Binomial, sp.Piecewise((0, _jointly >= _active), (hits, True)), _chance(theta)),
                Draw(_fresh, stats.Binomial, sp.Piecewise((0, _jointly >= _active), (untrue, True)), _chance(_height)),
                Let(_above, _above + _back),
                Let(_above_untrue, _above_untrue + _fresh),
                # the absent ones
                Let(alarm, overlap_tail(theta / _length, n)),
                Draw(_back, stats.Binomial, l0 - hits, alarm),
                Draw(_fresh, stats.Binomial, m - l0 - untrue, alarm),
                Let(hits, sp.Piecewise((l0, redriven > 0), (_above + _back, True))),
                Let(untrue, _above_untrue + _fresh),
            ],
            kept={hits: kept_hits, untrue: kept_untrue},
        ),
        Let(path, kept_hits + kept_untrue),
    ],
)
"""Layer after layer of thresholds, each with a fresh random code: how many features are active.

The directions of a fresh code know nothing of the last one, so the numbers of true and of untrue active features are a Markov
chain. Up to 64 active features, or n/8 of them and no more than 512, are read jointly. With more, where a network with many more
features than neurons is past saving, x is drawn as Gaussian, with the exact mean and variance of |x|², and the readouts of the
active ones as independent given x: *asymptotic*, off by about one part in l.
"""

value, change, changes = sp.symbols("value change changes", real=True)
"""Activations, a vector; the mean squared change of those that began at 1, and what it was after each layer, a vector."""

gated = Chain(
    [n, m, l, L, theta],
    [
        Numbers(_rank, count=m),
        Let(value, sp.Piecewise((1, _rank <= l), (0, True))),
        Repeat(
            L,
            [
                Directions(square, present, count=m, dimension=n, activation=value),
                Let(value, sp.Piecewise((present, present > theta), (0, True))),
                Total(change, sp.Piecewise(((value - 1) ** 2 / l, _rank <= l), (0, True))),
            ],
            kept={change: changes},
        ),
    ],
)
"""Layer after layer of gates, each with a fresh random code of all m features, which are few: what becomes of a value of 1."""

votes, needed, failed = sp.symbols("votes needed failed", nonnegative=True)
"""Votes of each feature, a vector; how many make it active; 1 where any feature is read wrongly by them, else 0."""
votes_of_present, votes_of_absent = sp.symbols("votes_of_present votes_of_absent", nonnegative=True)
"""How many of the l present features, and of the others, have 0, 1, ..., s votes: vectors."""
_g, _readout, _mean, _heap = sp.symbols("g readout mean heap", real=True)

corrector = Chain(
    [n, m, d, l, s, needed, theta],
    [
        Numbers(_rank, count=m),
        Draw(_spread, stats.ChiSquared, n),
        Draw(_g, stats.Normal, 0, 1, count=m),
        Total(_mean, sp.Piecewise((_g / l, _rank <= l), (0, True))),
        Let(
            _readout,
            sp.sqrt(_spread * l) / n * (_g - sp.Piecewise((_mean, _rank <= l), (0, True)))
            + sp.Piecewise((_spread / n, _rank <= l), (0, True)),
        ),
        # none yet
        Let(votes, sp.Min(_rank, 0)),
        Repeat(
            s,
            [
                Deal(_heap, _readout, among=sp.Max(1, sp.floor(d / s + _half))),
                Let(votes, votes + sp.Piecewise((1, _heap > theta), (0, True))),
            ],
        ),
        Total(missed, sp.Piecewise((1, (_rank <= l) & (votes < needed)), (0, True))),
        Total(alarms, sp.Piecewise((1, (_rank > l) & (votes >= needed)), (0, True))),
        Let(failed, sp.Min(missed + alarms, 1)),
    ],
)
"""One layer of d shared threshold units, each feature on one of every d/s of them, and the votes of the features.

The code has independent normal entries of variance 1/n. Given x = Σ f_i the readouts are x · f_i with f_i = x/l and a normal
part for the present features, these parts adding up to 0, and normal numbers of variance |x|²/n for the absent ones.
"""

tallies = [
    Tally(votes_of_present, sp.Piecewise((votes, _rank <= l), (-1, True)), most=s),
    Tally(votes_of_absent, sp.Piecewise((votes, _rank > l), (-1, True)), most=s),
]
"""Further steps: how many features have how many votes."""

occurring = sp.Symbol("occurring", nonnegative=True)
"""How many features are active in a moment, where that is drawn."""
moments = sp.Symbol("moments", nonnegative=True)
"""The same for further moments, a vector."""
_rate, _rates = sp.symbols("rate rates", nonnegative=True)
_walked = sp.Symbol("walked", nonnegative=True)


def _read_in_a_moment(active):
    """Steps: x of so many features, the last one by itself, and what is read wrongly at 1/2, given lengths."""
    return [
        Let(square, sp.S.Zero),
        Alike(active, [Repeat(sp.Max(active - 1, 0), [*overlap(t, n), _one_more(1)])]),
        Let(_walked, _length),
        *overlap(t, n),
        Let(square, sp.Piecewise((sp.Max(square + 2 * _length * t + 1, 0), active > 0), (0, True))),
        # where nothing is active, or nothing else, a threshold is not met
        Let(alarm, overlap_tail(_half / (_length + 1e-300), n)),
        Let(false_alarms, (m - active) * alarm),
        Let(misses, active * overlap_tail((1 - 1e-15) * _half / (_walked + 1e-300), n)),
        Let(errors, false_alarms + misses),
    ]


spread = Chain(
    [n, m, l, phi],
    [
        Draw(_rate, stats.Gamma, l / (phi - 1), phi - 1),
        Draw(occurring, stats.Poisson, _rate),
        Let(occurring, sp.Min(occurring, m)),
        *_read_in_a_moment(occurring),
    ],
)
"""Reading all m features of a random code at 1/2 in a moment in which their number is negative binomial, of mean l and dispersion φ."""

_singly = 200
_uniform_of_each = sp.Symbol("uniform_of_each", nonnegative=True)
_frequent, _rarer = sp.symbols("frequent rarer", nonnegative=True)


def environment(activity: sp.Expr) -> Chain:
    """A chain: reading m stored features at 1/2, the i-th being active with probability ν/iᵞ.

    Parameters
    ----------
    activity : sympy.Expr
        The mean number of active ones among the m most frequent features, of m, ν and γ.

    Notes
    -----
    The 200 most frequent features are drawn one by one. The others are rare, and their number is drawn as Poisson.
    """
    few = sp.Min(m, _singly)
    beyond = sp.Max(activity - activity.subs(m, few), 0)
    return Chain(
        [n, m, nu, gamma],
        [
            Numbers(_rank, count=few),
            Draw(_uniform_of_each, stats.Uniform, 0, 1, count=few),
            Total(_frequent, sp.Piecewise((1, _uniform_of_each < nu / _rank**gamma), (0, True))),
            Draw(_rarer, stats.Poisson, beyond),
            Let(occurring, sp.Min(_frequent + _rarer, m)),
            *_read_in_a_moment(occurring),
        ],
    )


# The toy model of Elhage et al. (2022) with a few neurons, trained by Adam on fresh inputs: two vectors for each neuron would
# be its row of the embedding; see simulate/training.py.

steps, batch, rate, turn, loss = sp.symbols("steps batch rate turn loss", positive=True)
beta = sp.Symbol("beta", real=True)
rows = sp.symbols("e1 e2", real=True)
MEANS = sp.Rational(9, 10), sp.Rational(999, 1000)
# turns over which the shown loss is averaged
LATELY = 50


def training(neurons: int) -> Chain:
    """Training of the toy model with one or two neurons: rows `e1`, `e2` of the embedding, biases `beta`, and the recent `loss`.

    The i-th feature has importance ω to the power of i - 1.

    Examples
    --------
    Every network keeps at least one of two features, with about all of its neuron:

    >>> import numpy as np
    >>> at = dict(m=2, nu=0.1, omega=1, steps=300, batch=16, rate=0.05)
    >>> found = training(1).sample(np.random.default_rng(0), 20, **at)
    >>> bool((abs(found["e1"]).max(axis=1) > 0.8).all())
    True
    """
    embedding = rows[: integer("neurons", neurons, 1, len(rows))]
    values = (*embedding, beta)
    i, weight, drawn, a, e, read, lost, mean_loss, size = sp.symbols(
        "i weight drawn a e read lost mean_loss size", real=True
    )
    states = sp.symbols("x1 x2", real=True)[:neurons]
    backs = sp.symbols("back1 back2", real=True)[:neurons]
    slopes, firsts, seconds = (
        [sp.Symbol(f"{kind}_{value}", real=True) for value in values] for kind in ("slope", "first", "second")
    )

    def nothing(symbols):
        return [Let(symbol, 0, count=m) for symbol in symbols]

    one_input = [
        Draw(drawn, stats.Uniform, 0, 1, count=m),
        Let(a, sp.Max(0, 1 - drawn / nu)),
        *(Total(x, row * a) for x, row in zip(states, embedding, strict=True)),
        Let(read, sum(row * x for x, row in zip(states, embedding, strict=True)) + beta),
        Let(e, sp.Piecewise((2 * weight * (read - a) / batch, read > 0), (0, True))),
        *(Total(back, row * e) for back, row in zip(backs, embedding, strict=True)),
        *(Let(slope, slope + x * e + back * a) for slope, x, back in zip(slopes, states, backs, strict=False)),
        Let(slopes[-1], slopes[-1] + e),
        Total(lost, weight * (sp.Max(read, 0) - a) ** 2),
        Let(mean_loss, mean_loss + lost / batch),
    ]
    adam = []
    for value, slope, first, second in zip(values, slopes, firsts, seconds, strict=True):
        adam += [
            Let(first, first + (1 - MEANS[0]) * (slope - first)),
            Let(second, second + (1 - MEANS[1]) * (slope**2 - second)),
            Let(value, value - size * first / (sp.sqrt(second) + sp.Rational(1, 10**8))),
        ]
    falling = rate * sp.cos(sp.pi / 2 * (turn - 1) / steps) * sp.sqrt(1 - MEANS[1] ** turn) / (1 - MEANS[0] ** turn)
    return Chain(
        [m, nu, omega, steps, batch, rate],
        [
            Numbers(i, count=m),
            Let(weight, omega ** (i - 1)),
            *(Draw(row, stats.Normal, 0, 1 / sp.sqrt(4 * neurons), count=m) for row in embedding),
            *nothing([beta, *firsts, *seconds]),
            Let(turn, 0),
            Let(loss, 0),
            Repeat(
                steps,
                [
                    Let(turn, turn + 1),
                    *nothing(slopes),
                    Let(mean_loss, 0),
                    Repeat(batch, one_input),
                    Let(size, falling),
                    *adam,
                    Let(loss, loss + (mean_loss - loss) / sp.Min(turn, LATELY)),
                ],
            ),
        ],
    )


linked, chance = sp.symbols("linked chance", nonnegative=True)
"""1 where the active features have connections, else 0; and how likely that is."""
heard, sent = sp.symbols("heard sent", real=True)
"""What the inputs of the connections that are looked at read from the first layer, and how much of their outputs is sent, vectors."""
_input, _step, _mistaken = sp.symbols("input step mistaken", real=True)
_spare = sp.Symbol("spare", nonnegative=True)
_reading = overlap_tail((theta - sent) / sp.sqrt(sp.Max(square - 2 * sent * present + sent**2, 0)), n)

weights = Chain(
    [n, m, J, l, theta, shown, chance],
    [
        Draw(linked, stats.Binomial, 1, chance),
        # as many in place of those that active features without connections do not have
        Let(_spare, sp.Piecewise((l, chance < 1), (0, True))),
        Numbers(_rank, count=l + _spare + shown),
        Directions(
            _input,
            heard,
            count=l + _spare + shown,
            dimension=n,
            activation=sp.Piecewise((1, _rank <= l), (0, True)),
        ),
        Let(
            sent,
            sp.Piecewise((linked * heard, _rank <= l), ((1 - linked) * heard, _rank <= l + _spare), (heard, True)),
        ),
        Let(square, sp.S.Zero),
        Repeat(
            J - l - shown,
            [
                *overlap(t, n),
                *overlap(_step, n),
                Let(_step, sp.sqrt(_input) * _step),
                Let(square, sp.Max(square + 2 * _length * t * _step + _step**2, 0)),
            ],
        ),
        Directions(square, present, count=l + _spare + shown, dimension=n, activation=sent, beside=_length),
        Let(alarm, overlap_tail((theta + 1e-300) / _length, n)),
        Total(
            _mistaken,
            sp.Piecewise((0, _rank <= l), ((1 - linked) * _reading, _rank <= l + _spare), (_reading, True)),
        ),
        Let(
            false_alarms,
            (m - J) * alarm + (J - l * linked) * _mistaken / sp.Max(shown + (1 - linked) * _spare, 1),
        ),
        Total(misses, sp.Piecewise((linked * (1 - _reading), _rank <= l), (0, True))),
        Let(errors, false_alarms + misses),
    ],
)
"""Reading all m features of the second of two layers while l features of the first are active, J connections being between them.

All three are random: which feature is connected to which, and both layers' directions; no feature is in two connections. The
weights are Σ g fᵀ over the connections, of directions f of the first layer and g of the second. Given what the inputs f read,
the state of the second layer is a sum of random directions; only those of the active features, and of as many others as are
looked at, are drawn with their readouts. With l = 1 these are the virtual weights of one feature.
"""

"""The simulations that are exact in law in a few draws, declared as chains for NumPy and for the page."""

import sympy as sp
from sympy import stats

from superposition.draws import Chain, Directions, Draw, Let, Repeat, Total, overlap, overlap_tail
from superposition.symbols import A, K, S, l, m, n, t, theta

__all__ = [
    "absent",
    "alarms",
    "counted",
    "decoded",
    "errors",
    "false_alarms",
    "largest",
    "levels",
    "misread",
    "missed",
    "noise",
    "noisy",
    "present",
    "readouts",
    "shown",
    "square",
    "states",
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

_length, _misses = sp.sqrt(square), sp.Symbol("misses", nonnegative=True)
# the length of the sum without the feature itself
_others = sp.sqrt(sp.Max(square - 2 * present + 1, 0))

states = Chain(
    [n, l, shown],
    [
        Let(square, sp.S.Zero),
        Repeat(l - shown, [*overlap(t, n), Let(square, square + 2 * _length * t + 1)]),
        Directions(square, present, count=shown, dimension=n, beside=_length),
    ],
)
"""The neurons' state while l features of a random code are present at activation 1, and the readouts of some of these.

The length of a sum of random directions is a walk of its own: with t an independent overlap, |x + f|² = |x|² + 2 |x| t + 1.
So only the last of the present features, as many as are looked at, are drawn with all their overlaps.
"""

readouts = Chain(
    [n, m, l, theta, shown],
    [
        *states.steps,
        Total(_misses, overlap_tail((1 - theta) / _others, n)),
        Let(errors, (m - l) * overlap_tail(theta / _length, n) + l * _misses / shown),
    ],
)
"""Reading all m features from that state.

Given x the directions of absent features are uniform and independent, and so is x - f_i of f_i: what is read wrongly is known
in closed form, given the lengths.
"""


alarms, missed, wrong = sp.symbols("alarms missed wrong", nonnegative=True)


def counted(most):
    """Further steps: readouts of up to `most` absent features, and how many of all are false alarms, or misses, or wrong.

    All the present features must be looked at.
    """
    overlaps = sp.Symbol("overlaps", real=True)
    seen, unseen = sp.symbols("seen unseen", nonnegative=True)
    count = sp.Min(m - l, most)
    return [
        *overlap(overlaps, n, count=count),
        Let(absent, _length * overlaps),
        Total(seen, sp.Piecewise((1, absent > theta), (0, True))),
        Draw(unseen, stats.Binomial, m - l - count, overlap_tail(theta / _length, n)),
        Let(alarms, seen + unseen),
        Total(missed, sp.Piecewise((0, present > theta), (1, True))),
        Let(wrong, alarms + missed),
    ]


largest = sp.Symbol("largest", nonnegative=True)
"""1 where all present features are at the largest level, 0 where they use all levels equally often."""
false_alarms, misread = sp.symbols("false_alarms misread", nonnegative=True)
noise = sp.Symbol("noise", real=True)
_level, _uniform, _before = sp.symbols("level uniform before", nonnegative=True)
_gaps = K - 1


def _one_more(activation):
    return Let(square, sp.Max(square + 2 * activation * _length * t + activation**2, 0))


_picked = [
    Draw(_uniform, stats.Uniform, 0, 1),
    Let(_level, sp.Piecewise((_gaps, largest > 0), (sp.Min(sp.floor(1 + _gaps * _uniform), _gaps), True))),
]
_half_gap = 1 / (2 * _gaps)

levels = Chain(
    [n, m, l, K, largest],
    [
        Let(square, sp.S.Zero),
        Repeat(l - 1, [*_picked, *overlap(t, n), _one_more(_level / _gaps)]),
        Let(_before, _length),
        *_picked,
        *overlap(t, n),
        _one_more(_level / _gaps),
        Let(false_alarms, (m - l) * overlap_tail(_half_gap / _length, n)),
        # the highest level is read wrongly from below only
        Let(misread, l * sp.Piecewise((1, _level >= _gaps), (2, True)) * overlap_tail(_half_gap / _before, n)),
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

noisy = Chain(
    [n, m, l, S, K, theta],
    [
        Draw(_uniform, stats.Uniform, 0, 1, count=l),
        Let(_level, sp.Min(sp.floor(1 + _gaps * _uniform), _gaps)),
        Draw(noise, stats.ChiSquared, n),
        Directions(
            square,
            present,
            count=l,
            dimension=n,
            activation=_level / _gaps,
            # the mean square of a neuron's value is that of the levels, times l/n
            beside=sp.sqrt(noise * l * K * (2 * K - 1) / (6 * _gaps**2 * n * S)),
        ),
        Let(false_alarms, (m - l) * overlap_tail(theta / (_gaps * _length), n)),
        Total(misread, sp.Min(sp.Abs(sp.Min(sp.Max(sp.ceiling(_gaps * present - theta), 0), _gaps) - _level), 1)),
        Let(errors, false_alarms + misread),
    ],
)
"""Reading all m features of a random code from neurons with noise of their own, their signal-to-noise ratio being S."""

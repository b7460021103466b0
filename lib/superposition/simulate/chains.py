"""The simulations that are exact in law in a few draws, declared as chains for NumPy and for the page."""

import sympy as sp
from sympy import stats

from superposition.draws import Chain, Directions, Draw, Let, Repeat, Total, overlap, overlap_tail
from superposition.symbols import l, m, n, t, theta

__all__ = ["absent", "alarms", "counted", "errors", "missed", "present", "readouts", "shown", "square", "wrong"]

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

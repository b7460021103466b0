"""How far the formulas of *How features occur* lie from the exact laws."""

import math

import numpy as np
from scipy import stats

from superposition import simulate
from superposition.formula import log_binomial, numeric
from superposition.symbols import l as l_symbol
from superposition.symbols import m as m_symbol
from tools.grids import Beside, beside, meeting

SEED = 2031

_log_ways = numeric(log_binomial(m_symbol, l_symbol), ("m", "l"))


def number(l, phi):
    """A law of the number of active features with this mean and dispersion."""
    if phi < 1:
        return stats.binom(round(l / (1 - phi)), 1 - phi)
    return stats.poisson(l) if phi == 1 else stats.nbinom(l / (phi - 1), 1 / phi)


def false_alarm(n, law, rarest):
    """Chance of a false alarm over a law of the number of active features, none rarer than e to the `rarest`."""
    counts = np.arange(1, 3000)
    kept = counts[law.logpmf(counts) > rarest]
    return float(sum(law.pmf(k) * simulate.crosstalk_tail(n, k) for k in kept.tolist() if n >= 1 + 24 / k or k == 1))


def excess(l, phi, z):
    n = round(4 * l * z**2)
    return false_alarm(n, number(l, phi), -40) / simulate.crosstalk_tail(n, l), 0


def bends(n):
    """Where the chance of a false alarm stops to grow ever faster, between whole numbers of active features."""
    low, high = n // 24, n // 6

    def second(k):
        before, here, after = (simulate.crosstalk_tail(n, k + more) for more in (-1, 0, 1))
        return before - 2 * here + after

    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if second(middle) > 0 else (low, middle)
    ends = second(low), second(high)
    return low + ends[0] / (ends[0] - ends[1]), 0


def sum_less_whole(l, m):
    share = l / m
    entropy = -m * (share * math.log(share) + (1 - share) * math.log1p(-share))
    return (entropy - _log_ways(m=m, l=l)) / math.log(2), 0


def activity(gamma, m, nu):
    return math.fsum(nu * np.arange(1, m + 1) ** -float(gamma)), 0


def environment(gamma, m, nu):
    """Mean and dispersion of the number of active ones among independent features, to six digits."""
    frequencies = nu * np.arange(1, m + 1) ** -float(gamma)
    mean = math.fsum(frequencies)
    return round(mean, 6), round(1 - math.fsum(frequencies**2) / mean, 6)


def as_likely(k, l, phi, gamma, m, nu):
    law = simulate.count_law(nu * np.arange(1, m + 1) ** -float(gamma), most=50)
    return float(law[k] / stats.poisson.pmf(k, l)), 0


WORLDS = [(gamma, m, nu) for nu in (0.02, 0.2) for gamma in (0.7, 1, 1.3) for m in (16, 100, 1000, 10**5)]

MEASURED = {
    "spread_edge": Beside({}, [(n,) for n in (96, 256, 1024, 4096)], bends),
    "spread_excess": Beside(
        {},
        meeting(
            "spread_excess",
            [(l, phi, z) for l in (20, 50, 100, 200) for phi in (0.5, 1, 2, 4) for z in (2, 2.5, 3, 3.5)],
        ),
        excess,
    ),
    "tail_exponent": Beside(
        {},
        [(n, phi, l) for n in (1024, 4096, 16_384) for phi in (1.5, 2, 4) for l in (2, 8)],
        lambda n, phi, l: (-math.log(false_alarm(n, number(l, phi), -130)), 0),
        given=("l",),
    ),
    "sum_over_whole": Beside(
        {}, [(l, m) for m in (10, 100, 10**4, 10**6) for l in (1, 2, 5, 20, 100, 1000) if l <= m / 2], sum_less_whole
    ),
    "poisson_factor": Beside(
        {},
        meeting(
            "poisson_factor",
            [(k, *environment(*world), *world) for world in WORLDS for k in (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32)],
        ),
        as_likely,
        given=("gamma", "m", "nu"),
    ),
    "stored_active": Beside(
        {},
        [(gamma, m, 0.2) for gamma in (0.5, 0.7, 1, 1.3, 2) for m in (1, 2, 10, 100, 10**4, 10**6)],
        activity,
    ),
}


def grids():
    yield from beside(MEASURED)

"""The law of the crosstalk on a readout where `simulate.crosstalk_tail` does not reach: graded activations, noisy neurons."""

import math

import numpy as np
from scipy import optimize, special

from superposition import formulas
from superposition.simulate.limits import crossing_of_errors

# of Debye's expansion of a Bessel function, in powers of 1/√(1 + z²) for each power of 1/order
_DEBYE = (
    [0, 3 / 24, 0, -5 / 24],
    [0, 0, 81 / 1152, 0, -462 / 1152, 0, 385 / 1152],
    [0, 0, 0, 30375 / 414720, 0, -369603 / 414720, 0, 765765 / 414720, 0, -425425 / 414720],
)


def log_moment(x, n):
    """ln E exp(x t) of an overlap t of random unit vectors, for Re x > 0, to about 1e-8 / n at n of at least 64."""
    order = n / 2 - 1
    square = (x / order) ** 2
    root = np.sqrt(1 + square)
    more = square / (1 + root)
    series = 1 + sum(np.polynomial.polynomial.polyval(1 / root, c) / order**k for k, c in enumerate(_DEBYE, 1))
    # what Stirling's formula leaves out of ln Γ
    rest = 1 / (12 * order) - 1 / (360 * order**3) + 1 / (1260 * order**5)
    return order * (more - np.log1p(more / 2)) - np.log(root) / 2 + np.log(series) + rest


def tail(n, l, threshold, activations=(1.0,), noise=0.0, density=False):
    """Probability that l overlaps, each times an activation drawn from some, and a normal noise exceed a threshold above 0.

    The probability density there, instead, for at least two of them.

    The moment-generating function is inverted along the line through the point of steepest descent, as in
    `simulate.crosstalk_tail`.
    """
    if l == 0:
        return float(special.ndtr(-threshold / noise)) if noise else 0.0
    activations = np.asarray(activations, float)
    if l == 1 and not noise:
        inside = activations > threshold
        return float(formulas.overlap_tail(t=threshold / activations[inside], n=n).sum() / len(activations))

    def log_sum(x):
        each = log_moment(np.multiply.outer(activations, x), n)
        top = each.real.max(axis=0)
        return l * (top + np.log(np.exp(each - top).mean(axis=0))) + (noise * x) ** 2 / 2

    spread = math.sqrt(l * np.mean(activations**2) / n + noise**2)
    highest = n * threshold / max(l * activations.max() - threshold, threshold / 2) * 4 + 4 * threshold / spread**2
    found = optimize.minimize_scalar(
        lambda x: log_sum(np.asarray(x)) - x * threshold,
        bounds=(0, highest),
        method="bounded",
        options={"xatol": 0.05 / spread},
    )
    tilt = max(found.x, 1 / spread)
    widest = math.sqrt(l / n + noise**2 + l * (threshold / l) ** 2) * activations.max()
    step = 2 * math.pi / (2 * threshold + 14 * widest + 40 / tilt)
    peak, total, done = float(log_sum(np.asarray(tilt))) - tilt * threshold, 0.0, 0
    while True:
        x = tilt + 1j * step * np.arange(done, done + 256)
        values = np.exp(log_sum(x) - x * threshold - peak) / (1 if density else x)
        total += values.real.sum() - (values[0].real / 2 if done == 0 else 0)
        done += 256
        if 256 * abs(values[-1]) < 1e-9 * abs(total):
            return float(np.exp(peak + math.log(total * step / math.pi)))


def borne(errors, allowed, m, start):
    """Active features, as a real number, at which the mean errors among m readouts reach what is allowed."""
    low = max(1, int(start))
    while low > 1 and errors(low) > allowed:
        low = max(1, low - max(1, low // 4))
    high = low + 1
    while errors(high) <= allowed:
        low, high = high, high + max(1, high // 4)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if errors(middle) > allowed else (middle, high)
    ends = (low, low + 1)
    place, _ = crossing_of_errors([1 / math.sqrt(l) for l in ends], [(errors(l), 0) for l in ends], allowed, m)
    return float(place**-2)

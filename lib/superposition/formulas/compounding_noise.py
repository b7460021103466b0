"""Formulas of the chapter *Compounding noise*."""

from sympy import Integer, Interval, Max, Mul, Pow, Rational, ceiling, exp, log, oo, pi
from sympy.codegen.cfunctions import expm1

from superposition.formula import Formula, Measured, Q, half, root
from superposition.formulas.directions import overlap_tail
from superposition.symbols import L, eta, l, l0, m, n, t, z

__all__ = [
    "clean_layers",
    "clean_layers_sure",
    "correctable_levels",
    "expected_active_at_least",
    "expected_active_next",
    "expected_active_redriven",
    "noise_growth_linear",
    "noise_growth_tight",
    "runaway_layers",
    "saddle_driven",
    "saddle_features",
    "signal_to_noise_late",
    "value_noise_gated",
    "value_noise_relu",
    "value_noise_same_code",
]

CHAPTER = "derived in the chapter Compounding noise"
GAUSSIAN = "Gaussian crosstalk: for n far below 64 l³"
_growth = 1 + (m - 1) / n
_alarm = Q(half(root(n / l)))
_miss = Q(half(root(n / (l - 1))))
_mistakes = (m - l) * _alarm + l * _miss

noise_growth_linear = Formula(
    "noise_growth_linear",
    Pow(_growth, L),
    "factor by which the energy of all m readouts has grown after L linear layers, each with a random code of its own",
    "exact",
    "new here",
    CHAPTER,
    detail="expected, over the codes; the noise alone has l times this less l",
    where=(L * log(_growth) <= 700,),
)

noise_growth_tight = Formula(
    "noise_growth_tight",
    Pow(m / n, L),
    "factor by which the energy of all m readouts has grown after L linear layers, each with a tight frame of its own",
    "exact",
    "new here",
    CHAPTER,
    detail="expected, over frames with random signs",
    where=(m >= n, L * log(m / n) <= 700),
)

signal_to_noise_late = Formula(
    "signal_to_noise_late",
    Mul(n / l, root(2 / (pi * L**3)), Pow(m / n, Rational(1, 4), evaluate=False), 1 + root(m / n), evaluate=False),
    "power of an active feature over that of the noise on a readout, after L linear layers with one random code",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for many neurons, and L well above √(m/n) but below n^(2/3), where the edge of the spectrum is felt as single eigenvalues; "
    "beyond, only the largest is left, and the ratio stays at 1/l",
    measured=Measured(
        0.7,
        1.38,
        over={L: (2, 128), l: (4, 4), m: (64, 16 * 10**6), n: (64, 10**6)},
        where=(L**2 * n >= 4 * m, n**2 >= L**3),
    ),
)

expected_active_next = Formula(
    "expected_active_next",
    l + (m - l) * _alarm - l * _miss,
    "expected number of active features after a layer that thresholds every feature at 1/2, from l before it",
    "asymptotic",
    "new here",
    CHAPTER,
    detail=f"{GAUSSIAN}, where formula / truth of each tail is about exp(n/(64 l³)); at fixed l it gets worse with n",
    where=(l <= m,),
    measured=Measured(0.91, 1.01, over={l: (2, 200), m: (10**4, 10**6), n: (64, 8192)}, where=(n <= 16 * l**3,)),
)

expected_active_at_least = Formula(
    "expected_active_at_least",
    l + (m - 2 * l) * overlap_tail.expr.subs(t, 1 / (2 * l)) ** l,
    "number that the expected number of active features after a thresholded layer never falls below, from l before it",
    "bound",
    "new here",
    CHAPTER,
    detail="lower limit, for whole l up to half of the features; the rise is far below the true one where l is large",
    domain={n: Interval(3, oo)},
    where=(2 * l <= m,),
)

expected_active_redriven = Formula(
    "expected_active_redriven",
    l0 + (m - l0) * _alarm,
    "expected number of active features after a layer that is given its l0 true features afresh and forgets the others",
    "asymptotic",
    "new here",
    CHAPTER,
    detail=GAUSSIAN,
    where=(l0 <= m, l <= m),
    measured=Measured(
        0.91, 1.01, over={l: (2, 2000), l0: (2, 200), m: (10**4, 10**6), n: (64, 8192)}, where=(n <= 16 * l**3,)
    ),
)

clean_layers = Formula(
    "clean_layers",
    1 / expm1(_mistakes),
    "layers that a thresholded network with a fresh random code in each gets through before one that makes a mistake, on average",
    "asymptotic",
    "new here",
    CHAPTER,
    detail=f"{GAUSSIAN}, and mistakes that are rare, so that they count as independent; over places where it gives 0.3 to 32 layers, "
    "the further off the fewer are active",
    measured=Measured(0.97, 3.33, over={l: (2, 100), m: (10**4, 10**7), n: (105, 8127)}),
    where=(n <= 2000 * l, l < m, m * _alarm <= 300),
)

clean_layers_sure = Formula(
    "clean_layers_sure",
    Max(0, exp(n / (8 * l)) / m - 1),
    "layers that a thresholded network with a fresh random code in each gets through before one that makes a mistake, on average at least",
    "bound",
    "new here",
    CHAPTER,
    detail="lower limit, for any number of neurons; codes drawn independently of each other",
    where=(n <= 5600 * l, l <= m),
)

runaway_layers = Formula(
    "runaway_layers",
    2 - 1 / (m * _alarm * expm1(-n / (8 * l**2))),
    "layers until a thresholded network with a fresh random code in each runs away, on average",
    "heuristic",
    "new here",
    CHAPTER,
    detail="away means that a quarter of all features is active; over places where it gives at most 100 layers",
    measured=Measured(0.3, 1.86, over={l: (2, 200), m: (10**4, 10**7), n: (64, 8192)}),
    where=(n <= 5600 * l, l <= m),
)

_LARGE_ENOUGH = "for z⁴ far below n, where the crosstalk is near normal and one false alarm more hardly matters"
_BEYOND = {z: Interval(Rational(3, 2), 30)}

saddle_driven = Formula(
    "saddle_driven",
    n * (1 - root(8 * pi) * exp(z**2 / 2) * Q(z) / z) / (4 * z**2),
    "true features per layer at which a re-driven network loses its stable state, when the crosstalk there is 1/(2z)",
    "asymptotic",
    "new here",
    CHAPTER,
    detail=f"{_LARGE_ENOUGH}; with the number of all features there a curve in the parameter z",
    domain=_BEYOND,
    lhs=r"l_0^{*}",
    measured=Measured(0.99, 1.01, over={n: (64, 8192), z: (1.6, 6.53197265)}, where=(4 * z**4 <= n,)),
)

saddle_features = Formula(
    "saddle_features",
    saddle_driven.expr + root(pi / 2) * n * exp(z**2 / 2) / z**3,
    "features at which a re-driven network loses its stable state, when the crosstalk there is 1/(2z)",
    "asymptotic",
    "new here",
    CHAPTER,
    detail=f"{_LARGE_ENOUGH}; with the number of true features there a curve in the parameter z",
    domain=_BEYOND,
    lhs=r"m^{*}",
    measured=Measured(0.97, 1.01, over={n: (64, 8192), z: (1.6, 6.53197265)}, where=(4 * z**4 <= n,)),
)

value_noise_gated = Formula(
    "value_noise_gated",
    root(L * (l - 1) / n),
    "standard deviation of a unit activation after L gated layers, each with a random code of its own",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for L l far below n; as long as no feature crosses the gate; over places where it gives at most 0.15",
    measured=Measured(0.94, 1.04, over={L: (1, 5), l: (2, 5), n: (64, 1024)}),
)

value_noise_same_code = Formula(
    "value_noise_same_code",
    Mul(L, root((l - 1) / n), evaluate=False),
    "standard deviation of a unit activation after L gated layers that share one random code",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for L √(l/n) far below 1; as long as no feature crosses the gate; over places where it gives at most 0.15",
    measured=Measured(0.94, 1.04, over={L: (1, 2), l: (2, 5), n: (64, 1024)}),
)

value_noise_relu = Formula(
    "value_noise_relu",
    root((l - 1) / n * (Pow(Integer(4), L) - 1) * Rational(4, 3)),
    "standard deviation of a unit activation after L layers of the rescaled ReLU (r - 1/2)₊/(1/2) with fresh random codes",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for as long as it is far below 1/2, which is a few layers; over places where it gives at most 0.15",
    domain={L: Interval(1, 500)},
    measured=Measured(0.94, 1.01, over={L: (1, 2), l: (2, 3), n: (256, 1024)}),
)

correctable_levels = Formula(
    "correctable_levels",
    ceiling(1 / (2 * eta)),
    "levels on [0, 1] at each of which one unit can make every error of up to η smaller, at most",
    "bound",
    "known",
    "textbook result; " + CHAPTER,
    detail="upper limit, for any unit; attained by rounding to that many equally spaced levels",
)

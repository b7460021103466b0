"""Formulas of the chapter *Compounding noise*."""

from sympy import Integer, Interval, Mul, Pow, Rational, exp, log, pi
from sympy.codegen.cfunctions import expm1

from superposition.formula import Formula, Q, half, root
from superposition.symbols import L, l, l0, m, n, z

__all__ = [
    "clean_layers",
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
_growth = 1 + (m - 1) / n
_alarm = Q(half(root(n / l)))
_miss = Q(half(root(n / (l - 1))))

noise_growth_linear = Formula(
    "noise_growth_linear",
    Pow(_growth, L),
    "factor by which the energy of all m readouts has grown after L linear layers, each with a random code of its own",
    "exact",
    CHAPTER,
    detail="expected, over the codes; the noise alone has l times this less l",
    where=(L * log(_growth) <= 700,),
)

noise_growth_tight = Formula(
    "noise_growth_tight",
    Pow(m / n, L),
    "factor by which the energy of all m readouts has grown after L linear layers, each with a tight frame of its own",
    "exact",
    CHAPTER,
    detail="expected, over frames with random signs",
    where=(m >= n, L * log(m / n) <= 700),
)

signal_to_noise_late = Formula(
    "signal_to_noise_late",
    root(2 / pi) * (1 + root(m / n)) * Pow(n / m, Rational(3, 4), evaluate=False) * (m - 1) / (l * L ** Rational(3, 2)),
    "power of an active feature over that of the noise on a readout, after L linear layers with one random code",
    "asymptotic",
    CHAPTER,
    detail="for many neurons, and L well above √(m/n) but below n^(2/3), where the edge of the spectrum is felt as single eigenvalues",
)

expected_active_next = Formula(
    "expected_active_next",
    l + (m - l) * _alarm - l * _miss,
    "expected number of active features after a layer that thresholds every feature at 1/2, from l before it",
    "asymptotic",
    CHAPTER,
    detail="Gaussian, for many neurons; the right-hand side is l, plus false alarms, less misses",
    where=(l <= m,),
)

expected_active_redriven = Formula(
    "expected_active_redriven",
    l0 + (m - l0) * _alarm,
    "expected number of active features after a layer that is given its l0 true features afresh and forgets the others",
    "asymptotic",
    CHAPTER,
    detail="Gaussian, for many neurons",
    where=(l0 <= m, l <= m),
)

clean_layers = Formula(
    "clean_layers",
    1 / (m * _alarm),
    "layers for which a thresholded network with a fresh random code in each stays without a false alarm, on average",
    "asymptotic",
    CHAPTER,
    detail="Gaussian, for many neurons and l far below m, where false alarms are rare",
    where=(n <= 5600 * l, l <= m),
)

runaway_layers = Formula(
    "runaway_layers",
    -1 / (m * _alarm * expm1(-n / (8 * l**2))),
    "layers until a thresholded network with a fresh random code in each runs away, on average",
    "heuristic",
    CHAPTER,
    detail="measured 10 to 60 % too low, by a few layers, which the last steps take",
    where=(n <= 5600 * l, l <= m),
)

_BEYOND = {z: Interval(Rational(3, 2), 30)}

saddle_driven = Formula(
    "saddle_driven",
    n * (1 - root(8 * pi) * exp(z**2 / 2) * Q(z) / z) / (4 * z**2),
    "true features per layer at which a re-driven network loses its stable state, when the crosstalk there is 1/(2z)",
    "asymptotic",
    CHAPTER,
    detail="Gaussian, for many neurons; with saddle_features a curve in the parameter z",
    domain=_BEYOND,
    lhs=r"l_0^{*}",
)

saddle_features = Formula(
    "saddle_features",
    saddle_driven.expr + root(pi / 2) * n * exp(z**2 / 2) / z**3,
    "features at which a re-driven network loses its stable state, when the crosstalk there is 1/(2z)",
    "asymptotic",
    CHAPTER,
    detail="Gaussian, for many neurons; with saddle_driven a curve in the parameter z",
    domain=_BEYOND,
    lhs=r"m^{*}",
)

value_noise_gated = Formula(
    "value_noise_gated",
    root(L * (l - 1) / n),
    "standard deviation of a unit activation after L gated layers, each with a random code of its own",
    "asymptotic",
    CHAPTER,
    detail="for L l far below n; as long as no feature crosses the gate",
)

value_noise_same_code = Formula(
    "value_noise_same_code",
    Mul(L, root((l - 1) / n), evaluate=False),
    "standard deviation of a unit activation after L gated layers that share one random code",
    "asymptotic",
    CHAPTER,
    detail="for L √(l/n) far below 1; as long as no feature crosses the gate",
)

value_noise_relu = Formula(
    "value_noise_relu",
    root((l - 1) / n * (Pow(Integer(4), L) - 1) * Rational(4, 3)),
    "standard deviation of a unit activation after L layers of the rescaled ReLU (r - 1/2)₊/(1/2) with fresh random codes",
    "asymptotic",
    CHAPTER,
    detail="for as long as it is far below 1/2, which is a few layers",
    domain={L: Interval(1, 500)},
)

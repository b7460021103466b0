"""The notation of the book: one SymPy symbol per concept, one concept per symbol.

Formulas are written over these symbols; the book's notation page is printed from `NOTATION`.
"""

from dataclasses import dataclass

import sympy as sp

__all__ = [
    "NOTATION",
    "A",
    "C",
    "D",
    "Entry",
    "J",
    "K",
    "L",
    "S",
    "alpha",
    "b",
    "c",
    "d",
    "delta",
    "entry",
    "eps",
    "eta",
    "g",
    "gamma",
    "h",
    "k",
    "kappa",
    "l",
    "l0",
    "m",
    "n",
    "nu",
    "omega",
    "p",
    "phi",
    "q",
    "s",
    "t",
    "tau",
    "theta",
    "u",
    "z",
    "zeta",
]

n = sp.Symbol("n", positive=True)
m = sp.Symbol("m", positive=True)
l = sp.Symbol("l", positive=True)
l0 = sp.Symbol("l0", positive=True)
A = sp.Symbol("A", positive=True)
K = sp.Symbol("K", positive=True)
L = sp.Symbol("L", positive=True)
d = sp.Symbol("d", positive=True)
s = sp.Symbol("s", positive=True)
h = sp.Symbol("h", positive=True)
J = sp.Symbol("J", positive=True)
zeta = sp.Symbol("zeta", nonnegative=True)
q = sp.Symbol("q", positive=True)
theta = sp.Symbol("theta", positive=True)
C = sp.Symbol("C", positive=True)
b = sp.Symbol("b", positive=True)
c = sp.Symbol("c", positive=True)
S = sp.Symbol("S", positive=True)
D = sp.Symbol("D", nonnegative=True)
kappa = sp.Symbol("kappa", positive=True)
alpha = sp.Symbol("alpha", nonnegative=True)
delta = sp.Symbol("delta", positive=True)
eps = sp.Symbol("eps", nonnegative=True)
eta = sp.Symbol("eta", positive=True)
t = sp.Symbol("t", real=True)
k = sp.Symbol("k", positive=True)
tau = sp.Symbol("tau", positive=True)
u = sp.Symbol("u", nonnegative=True)
z = sp.Symbol("z", positive=True)
nu = sp.Symbol("nu", positive=True)
omega = sp.Symbol("omega", positive=True)
p = sp.Symbol("p", positive=True)
g = sp.Symbol("g", positive=True)
phi = sp.Symbol("phi", nonnegative=True)
gamma = sp.Symbol("gamma", positive=True)


@dataclass(frozen=True)
class Entry:
    """One row of the notation table.

    Attributes
    ----------
    math : str
        LaTeX of the letter.
    code : str
        Its name in formulas, as Markdown; where simulations use a word, that word follows.
    meaning : str
        What it stands for, in words.
    shape : str
        Shape of the array, or "number".
    unit : str
        What it is counted or measured in.
    symbol : sympy.Symbol or None
        The SymPy symbol, None for matrices and functions.
    values : sympy.Interval or None
        Values the letter may take, unless a formula narrows them.
    """

    math: str
    code: str
    meaning: str
    shape: str
    unit: str
    symbol: sp.Symbol | None = None
    values: sp.Interval | None = None


def _from(low):
    return sp.Interval(low, sp.oo)


NOTATION = (
    Entry("n", "`n`", "neurons: dimensions of the activation space", "number", "neurons", n, _from(1)),
    Entry("m", "`m`", "features that have a direction, usually more than neurons", "number", "features", m, _from(1)),
    Entry("l", "`l`; `n_active` in simulations", "features active at once", "number", "features", l, _from(1)),
    Entry("l_0", "`l0`; `n_active` in `simulate.relay`", "features that are active in truth, where others may be so by mistake", "number", "features", l0, _from(1)),
    Entry("A", "`A`; `amplitude` in simulations", "largest activation of a feature", "number", "activation", A, _from(0)),
    Entry("K", "`K`; `n_levels` in simulations", "activation levels that can be told apart", "number", "levels", K, _from(1)),
    Entry("L", "`L`; `depth` in simulations", "layers", "number", "layers", L, _from(1)),
    Entry("d", "`d`", "units of an error-correcting layer", "number", "units", d, _from(1)),
    Entry("s", "`s`; `n_votes` in simulations", "units that vote on each feature", "number", "votes", s, _from(1)),
    Entry("h", "`h`; `needed` in simulations", "votes that a feature needs to be read as active", "number", "votes", h, _from(1)),
    Entry("q", "`q`; `needed` of a `SparseLayer`", "votes that a unit needs to hear before it fires", "number", "votes", q, _from(1)),
    Entry(r"\theta", "`theta`; `threshold` in simulations", "threshold at which a unit switches", "number", "activation", theta, sp.Interval.open(0, 1)),
    Entry(r"\tau", "`tau`", r"height, in standard deviations of a readout's noise, that the $\ell_1$ decoder takes off", "number", "none", tau, sp.Interval.open(0, sp.oo)),
    Entry("C", "`C`", "width of an error-correcting layer, in units of $m l/l_{\\max}$", "number", "none", C, sp.Interval.open(0, sp.oo)),
    Entry(
        r"\kappa", "`kappa`", "reliability of a unit: squared distance to its threshold, in units of its noise",
        "number", "none", kappa, sp.Interval.open(0, sp.oo),
    ),
    Entry("p", "`p`; `unit_error` of a unit", "probability of one mistake: of a unit, or as stated", "number", "probability", p, sp.Interval.open(0, 1)),
    Entry(r"\alpha", "`alpha`", r"how the number of active features grows with that of all, $\ln l/\ln m$", "number", "none", alpha, sp.Interval(0, 1)),
    Entry(r"\delta", "`delta`", "probability of any error that is allowed", "number", "probability", delta, sp.Interval.open(0, 1)),
    Entry(
        r"\varepsilon", "`eps`", "error of a length, or overlap of two directions, as stated", "number", "none",
        eps, sp.Interval.Ropen(0, 1),
    ),
    Entry(r"\eta", "`eta`", "largest error of an activation that a unit makes smaller", "number", "activation", eta, sp.Interval.open(0, sp.oo)),
    Entry("t", "`t`", "overlap (inner product) of two unit vectors", "number", "none", t, sp.Interval(-1, 1)),
    Entry("k", "`k`", "half the order of a moment, the mean of $t^{2k}$; or how many features are active in one moment, as stated", "number", "none", k, _from(1)),
    Entry("u", "`u`", "factor in the exponent of a generating function: the mean of $e^{ut}$", "number", "none", u, _from(0)),
    Entry("z", "`z`", r"distance of a threshold at ½ in standard deviations of the crosstalk, $\tfrac12\sqrt{n/l}$", "number", "none", z, sp.Interval.open(0, sp.oo)),
    Entry("b", "`b`; `bits` in simulations", "bits that a neuron's value is kept to", "number", "bits", b, _from(1)),
    Entry("D_b", "`D`", "distortion: mean squared error of a value kept to b bits, in units of its variance", "number", "none", D, sp.Interval.Ropen(0, 1)),
    Entry("c", "`c`", r"decoder constant: a decoder reads all features up to $l = n/(c \ln m)$", "number", "none", c, sp.Interval.open(0, sp.oo)),
    Entry("S", "`S`; `snr` in simulations", "signal-to-noise ratio of a neuron: its mean square over the variance of its noise", "number", "none", S, sp.Interval.open(0, sp.oo)),
    Entry(r"\varphi", "`phi`; `dispersion` in simulations", "dispersion of the number of active features: its variance over its mean", "number", "features", phi, _from(0)),
    Entry("g", "`g`; `group` in simulations", "features in a group that occur together, or never do", "number", "features", g, _from(1)),
    Entry(r"\nu", "`nu`; `density`, `frequencies` in simulations", r"frequency, or density, of a feature: how often it is active; of the most frequent one where $\nu_i = \nu\,i^{-\gamma}$", "number", "probability", nu, sp.Interval.Lopen(0, 1)),
    Entry(r"\gamma", "`gamma`", r"how fast frequencies fall: the $i$-th largest as $i^{-\gamma}$", "number", "none", gamma, sp.Interval.open(0, sp.oo)),
    Entry(r"\omega", "`omega`; `importance` in simulations", "importance of a feature's squared error in a loss, relative to another's", "number", "none", omega, sp.Interval.open(0, sp.oo)),
    Entry("J", "`J`; `n_connections` in simulations", "connections of features that the weights between two layers carry", "number", "connections", J, _from(1)),
    Entry(
        r"\zeta", "`zeta`; `shared` in simulations", "connections that share one of its two features with a pair: of this pair, or at most of any, as stated",
        "number", "connections", zeta, _from(0),
    ),
    Entry("F", "`F`", "code: the features' directions as unit columns", "(n, m)", "none"),
    Entry("G", "`G`", r"Gram matrix $F^\top F$: every overlap of two features", "(m, m)", "none"),
    Entry("E", "`E`", "embedding: a linear map of features to neurons, $x = E a$, with columns of any length", "(n, m)", "none"),
    Entry(r"\beta", "`bias`", "bias: what is added to a readout", "(m,)", "activation"),
    Entry("R", "`R`", "linear decoder, $r = R x$", "(m, n)", "none"),
    Entry("a", "`a`; `activations`", "activation vector: how active each feature is", "(m,)", "activation"),
    Entry("x", "`x`", "state of the neurons, $x = F a$", "(n,)", "activation"),
    Entry("r", "`r`; `readouts`", r"linear readout of every feature, $r = F^\top x$", "(m,)", "activation"),
    Entry(r"\mu", "`worst` of `coherence(F)`", "coherence: largest absolute overlap of two features of a code", "number", "none"),
    Entry("Q", "`Q`", "upper tail of the standard normal, $Q(x) = P(Z > x)$", "function", "probability"),
)  # fmt: skip

_BY_SYMBOL = {row.symbol: row for row in NOTATION if row.symbol is not None}


def entry(symbol: sp.Symbol) -> Entry:
    """Row of the notation table that explains `symbol`.

    Raises
    ------
    ValueError
        If the symbol is not one of the book's.

    Examples
    --------
    >>> entry(n).unit
    'neurons'
    """
    if symbol not in _BY_SYMBOL:
        known = ", ".join(str(s) for s in _BY_SYMBOL)
        raise ValueError(f"symbol = {symbol!r} is not in the notation table; accepted: {known}")
    return _BY_SYMBOL[symbol]

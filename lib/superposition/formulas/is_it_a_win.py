"""Formulas of the chapter *Is it a win?*."""

from sympy import Interval, Rational, exp, log, loggamma, oo, pi, sqrt

from superposition.formula import Formula, Measured, Q, half, log_binomial, root
from superposition.symbols import K, L, S, alpha, c, delta, kappa, l, m, n, s

__all__ = [
    "ball_equal_power_bits",
    "ball_inscribed_bits",
    "best_threshold",
    "capacity_at_limit",
    "capacity_best",
    "capacity_bits",
    "capacity_limit",
    "decoder_constant",
    "dense_errors",
    "dense_float_bits",
    "dense_levels",
    "errors_noisy_sure",
    "expected_errors_noisy",
    "gaussian_excess_noisy",
    "linear_error",
    "linear_error_bias",
    "linear_error_sets",
    "linear_error_sets_bias",
    "max_active_decoder",
    "max_active_noisy",
    "max_active_noisy_levels",
    "max_active_noisy_sure",
    "neurons_best_threshold",
    "neurons_dense",
    "neurons_listed",
    "neurons_superposed",
    "noisy_capacity",
    "noisy_capacity_best",
    "radius_bits",
    "shannon_bits",
    "shannon_share",
    "win_sparsity",
    "win_sparsity_chain",
    "win_sparsity_depth",
]

CHAPTER = "derived in the chapter Is it a win?"
_TWO_FEATURES = {m: Interval(2, oo)}
_TWO_NEURONS = {n: Interval(2, oo)}
_TWO_LEVELS = {K: Interval(2, oo)}

capacity_bits = Formula(
    "capacity_bits",
    log_binomial(m, l) / (n * log(2)),
    "bits per neuron that say which l of m features are active",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
    where=(l <= m,),
)

max_active_decoder = Formula(
    "max_active_decoder",
    n / (c * log(m)),
    "active features that a decoder of constant c reads among m",
    "asymptotic",
    "known",
    "textbook result; definition of the decoder constant",
    detail="8 for a threshold at 1/2; 2 is the least that a threshold on linear readouts comes to",
    domain=_TWO_FEATURES,
    lhs=r"l_{\max}",
)

_at_limit = max_active_decoder.expr

capacity_at_limit = Formula(
    "capacity_at_limit",
    log_binomial(m, _at_limit) / (n * log(2)),
    "bits per neuron that say which features are active, with as many of them as the decoder reads",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="the bits of a set of l features, at the largest l",
    domain=_TWO_FEATURES,
    where=(c * log(m) <= n, n <= c * m * log(m)),
)

capacity_limit = Formula(
    "capacity_limit",
    (1 - alpha) / (c * log(2)),
    "bits per neuron at the decoder's limit, with l = m^α",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="as m grows at fixed α; a lower bound at every m, which is exceeded by less than 1/(c ln 2 ln m)",
)

decoder_constant = Formula(
    "decoder_constant",
    2 * (1 + sqrt(alpha)) ** 2,
    "decoder constant of the best threshold on linear readouts, with l = m^α",
    "asymptotic",
    "known",
    "Fletcher, Rangan & Goyal 2009, On-off random access channels; " + CHAPTER,
    detail="as m grows at fixed α above 0, so that l grows too; from 2 at α = 0 to 8 at α = 1",
    lhs="c",
    measured=Measured(
        0.99,
        1.3,
        over={alpha: (0.1, 0.75), m: (10**4, 1e24)},
        of="for a tenth of a wrong readout and normal noise, the constant",
    ),
)

capacity_best = Formula(
    "capacity_best",
    (1 - sqrt(alpha)) / (2 * log(2) * (1 + sqrt(alpha))),
    "bits per neuron at the limit of the best threshold, with l = m^α",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="as the constant of the best threshold",
    measured=Measured(
        0.81,
        1.32,
        over={alpha: (0.1, 0.75), m: (10**4, 1e24)},
        of="for a tenth of a wrong readout and normal noise, the bits",
    ),
)

ball_inscribed_bits = Formula(
    "ball_inscribed_bits",
    (n * log(pi / 4, evaluate=False) / 2 - loggamma(n / 2 + 1)) / (n * log(2)),
    "bits per neuron by which the ball inside the cube has more volume than the cube",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
    detail="negative, about 1.05 - ½ log₂ n",
    domain=_TWO_NEURONS,
)

ball_equal_power_bits = Formula(
    "ball_equal_power_bits",
    (n * log(pi * (n + 2) / 12) / 2 - loggamma(n / 2 + 1)) / (n * log(2)),
    "bits per neuron by which the ball of the cube's mean square has more volume than the cube",
    "exact",
    "known",
    "Forney & Wei 1989, as shaping gain; " + CHAPTER,
    detail="positive, up to ½ log₂(πe/6)",
    domain=_TWO_NEURONS,
)

radius_bits = Formula(
    "radius_bits",
    log(8 * log(m)) / (2 * log(2)),
    "bits per neuron of volume that n/(8 ln m) active features leave of n, at a fixed resolution",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="the logarithm of the ratio of two radii, with as many active features as linear readout allows",
    domain=_TWO_FEATURES,
)

dense_levels = Formula(
    "dense_levels",
    root(1 + 3 * S / (2 * log(n))),
    "equally spaced levels that each of n noisy neurons can hold, all of them read without error",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="as n grows; at the limit the expected number of neurons read wrongly is about (1 - 1/K)/√(π ln n)",
    domain=_TWO_NEURONS,
    lhs="K",
    measured=Measured(0.93, 1, over={S: (64, 10**6), n: (256, 65_536)}, of="for a tenth of a wrong neuron, the number"),
)

dense_float_bits = Formula(
    "dense_float_bits",
    log(1 + 3 * S / (2 * log(n))) / (2 * log(2)),
    "bits per neuron of noisy neurons that each hold a number of their own",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="log₂ of the number of levels; nothing is said where a neuron cannot hold two levels",
    domain=_TWO_NEURONS,
    where=(2 * log(n) <= S,),
    measured=Measured(0.97, 1, over={S: (64, 10**6), n: (256, 65_536)}, of="for a tenth of a wrong neuron, the bits"),
)

dense_errors = Formula(
    "dense_errors",
    2 * n * (1 - 1 / K) * Q(root(3 * S / (K**2 - 1))),
    "expected number of n noisy neurons whose level is read wrongly",
    "exact",
    "known",
    "textbook result; " + CHAPTER,
    detail="levels used equally often, Gaussian noise",
    domain=_TWO_LEVELS,
)

shannon_bits = Formula(
    "shannon_bits",
    log(1 + S) / (2 * log(2)),
    "bits per neuron that no code can exceed, whatever its decoder",
    "bound",
    "known",
    "Shannon 1948",
    detail="upper bound, for independent Gaussian noise on every neuron",
)

max_active_noisy = Formula(
    "max_active_noisy",
    n * S / (8 * log(m) * (1 + S)),
    "active features up to which a threshold at 1/2 reads all m from noisy neurons",
    "bound",
    "new here",
    CHAPTER,
    detail="up to it, at most one readout is wrong on average over random codes, at every n",
    domain=_TWO_FEATURES,
    lhs=r"l_{\max}",
    measured=Measured(
        1, 1.02, over={S: (0.05, 10_000), m: (1000, 10**9), n: (256, 131_072)}, where=(n * S >= 32 * log(m) * (1 + S),)
    ),
)

max_active_noisy_levels = Formula(
    "max_active_noisy_levels",
    3 * n / (4 * K * (2 * K - 1) * log(m)) * S / (1 + S),
    "active features up to which all m are read to one of K levels from noisy neurons, levels above 0 being used equally often",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="for many active features, since few are sometimes all at high levels; at two levels it is a bound",
    domain=_TWO_FEATURES | _TWO_LEVELS,
    lhs=r"l_{\max}",
    measured=Measured(
        0.79,
        1.01,
        over={K: (3, 16), S: (0.05, 10_000), m: (1000, 10**9), n: (2048, 131_072)},
        where=(3 * n * S >= 40 * K * (2 * K - 1) * log(m) * (1 + S),),
    ),
)

max_active_noisy_sure = Formula(
    "max_active_noisy_sure",
    n / (8 * log(m / delta)) * S / (1 + S),
    "active features up to which a threshold at 1/2 reads all m rightly from noisy neurons",
    "bound, with probability",
    "new here",
    CHAPTER,
    detail="fails with probability at most δ over code, active set and noise, at every n",
    domain=_TWO_FEATURES,
    lhs=r"l_{\max}",
)

noisy_capacity = Formula(
    "noisy_capacity",
    log_binomial(m, max_active_noisy.expr) / (n * log(2)),
    "bits per neuron of superposition with boolean features on noisy neurons, read at a threshold of 1/2",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="the bits of a set of l features, at the largest l",
    domain=_TWO_FEATURES,
    where=(8 * log(m) * (1 + S) <= n * S, n * S <= 8 * m * log(m) * (1 + S)),
    measured=Measured(1, 1.07, over={S: (0.05, 10**4), m: (1000, 10**9), n: (256, 16_384)}),
)

expected_errors_noisy = Formula(
    "expected_errors_noisy",
    (m - l) * Q(half(root(n * S / (l * (1 + S))))) + l * Q(half(root(n / (l - 1 + l / S)))),
    "expected number of the m features that a threshold at 1/2 reads wrongly from noisy neurons",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="Gaussian crosstalk: for n far below 64 l³ (1 + 1/S)⁴, where formula / truth is about exp(n/(64 l³ (1 + 1/S)⁴)); at fixed l it gets "
    "worse with n; as S grows, the number for exact neurons",
    where=(l <= m,),
    measured=Measured(
        0.86,
        1.01,
        over={S: (0.05, 10**4), l: (1, 300), m: (1000, 10**9), n: (256, 131_072)},
        where=(
            n * S**4 <= 16 * l**3 * (1 + S) ** 4,
            n * S <= 5000 * l * (1 + S),
        ),
    ),
)

errors_noisy_sure = Formula(
    "errors_noisy_sure",
    m * exp(-n * S / (8 * l * (1 + S))),
    "number that the expected number of features read wrongly from noisy neurons, at a threshold of 1/2, is never above",
    "bound",
    "new here",
    CHAPTER,
    detail="upper bound, over random codes, at every n and S",
    where=(l <= m,),
)

gaussian_excess_noisy = Formula(
    "gaussian_excess_noisy",
    exp(n * S**4 / (64 * l**3 * (1 + S) ** 4)),
    "chance of a false alarm by the normal tail over the true one, for noisy neurons and a threshold of 1/2",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="the first term in l of the exponent; neurons' own noise is normal, so the normal tail is right where it drowns the crosstalk",
    where=(n * S**4 <= 44_800 * l**3 * (1 + S) ** 4,),
    measured=Measured(
        0.99,
        1.01,
        over={S: (0.05, 10**4), l: (5, 300), n: (256, 131_072)},
        where=(
            n * S >= 32 * l * (1 + S),
            n * S <= 2000 * l * (1 + S),
        ),
    ),
)

best_threshold = Formula(
    "best_threshold",
    Rational(1, 2) + l * (1 + 1 / S) * log(m / l - 1) / n,
    "threshold at which noisy readouts of all m features make the fewest errors",
    "asymptotic",
    "known",
    "textbook result, the likelihood-ratio test; " + CHAPTER,
    detail="for normal noise of the same variance on absent and active features, which is so for many active ones; over n from 0.7 to 1.5 times the neurons that it needs",
    where=(l < m,),
    lhs=r"\theta",
    measured=Measured(0.99, 1.02, over={S: (0.05, 10**4), l: (10, 300), m: (1000, 10**9), n: (241, 910_434)}),
)

neurons_best_threshold = Formula(
    "neurons_best_threshold",
    2 * l * (1 + 1 / S) * (sqrt(log(m)) + sqrt(log(l))) ** 2,
    "neurons with which superposition reads all m features at the best threshold",
    "asymptotic",
    "known",
    "Fletcher, Rangan & Goyal 2009, On-off random access channels, for one sender at a time; " + CHAPTER,
    detail="as m grows, for boolean features and many active ones",
    domain=_TWO_FEATURES,
    where=(l <= m,),
    lhs="n",
    measured=Measured(
        1,
        2.22,
        over={S: (0.01, 1), l: (1, 64), m: (1000, 1e100)},
        of="for a tenth of a wrong readout, the number",
    ),
)

noisy_capacity_best = Formula(
    "noisy_capacity_best",
    (1 - sqrt(alpha)) / (2 * log(2) * (1 + sqrt(alpha))) * S / (1 + S),
    "bits per neuron of superposition on noisy neurons, at the limit of the best threshold, with l = m^α",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="as m grows at fixed α above 0, so that l grows too",
    measured=Measured(
        0.81,
        1.32,
        over={S: (0.01, 100), alpha: (0.1, 0.75), m: (10**4, 1e24)},
        of="for a tenth of a wrong readout and normal noise, the bits",
    ),
)

shannon_share = Formula(
    "shannon_share",
    (1 - sqrt(alpha)) / (1 + sqrt(alpha)) * S / ((1 + S) * log(1 + S)),
    "share of Shannon's bound that superposition read at the best threshold carries, with l = m^α",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="what is read over the bound; 1 in the limit of m → ∞, then α → 0 and S → 0",
    measured=Measured(
        0.81,
        1.32,
        over={S: (0.01, 100), alpha: (0.1, 0.75), m: (10**4, 1e24)},
        of="for a tenth of a wrong readout and normal noise, the share",
    ),
)

_float = log(1 + 3 * S / (2 * log(m))) / 2
_HOLDS_TWO = 2 * log(m) <= S

neurons_superposed = Formula(
    "neurons_superposed",
    Rational(4, 3) * K * (2 * K - 1) * l * log(m) * (1 + 1 / S),
    "neurons with which superposition reads all m features to one of K levels, those above 0 being used equally often",
    "asymptotic",
    "new here",
    f"{CHAPTER} (the limit on noisy neurons, solved for n)",
    detail="as the limit that it inverts",
    domain=_TWO_FEATURES | _TWO_LEVELS,
    where=(l <= m,),
    measured=Measured(0.87, 2.38, over={K: (2, 16), S: (64, 10**6), l: (1, 10**4), m: (10**5, 10**9)}),
)

neurons_dense = Formula(
    "neurons_dense",
    m * log(K) / _float,
    "neurons that hold m features of K levels as digits of dense floats, whether active or not",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="packed perfectly: the fractions of a feature that fit a neuron are counted; m stands for the number of neurons in its "
    "logarithm",
    domain=_TWO_FEATURES | _TWO_LEVELS,
    where=(_HOLDS_TWO,),
)

neurons_listed = Formula(
    "neurons_listed",
    (log_binomial(m, l) + l * log(K - 1)) / _float,
    "neurons that hold, as digits of dense floats, a list of the active features and their levels",
    "asymptotic",
    "new here",
    CHAPTER,
    detail="packed perfectly; to read one feature the whole list has to be decoded",
    domain=_TWO_FEATURES | _TWO_LEVELS,
    where=(l <= m, _HOLDS_TWO),
)

win_sparsity = Formula(
    "win_sparsity",
    3 * log(K) / (4 * K * (2 * K - 1) * log(m) * (1 + 1 / S) * _float),
    "share of the features active at once below which superposition needs fewer neurons than dense floats",
    "asymptotic",
    "new here",
    f"{CHAPTER} (both numbers of neurons set equal, solved for l/m)",
    detail="as both numbers of neurons",
    domain=_TWO_FEATURES | _TWO_LEVELS,
    where=(_HOLDS_TWO,),
)

win_sparsity_depth = Formula(
    "win_sparsity_depth",
    1 / (8 * log(m * L / delta)),
    "share of the features active at once up to which superposition, corrected by a unit for each feature and layer, needs no more "
    "neurons than one for each feature",
    "bound, with probability",
    "new here",
    f"{CHAPTER} (the neurons of L layers without an error, solved for l/m with n = m)",
    detail="sufficient, without neuron noise; the units that correct are not counted, and with them it never needs fewer",
    domain=_TWO_FEATURES,
)

win_sparsity_chain = Formula(
    "win_sparsity_chain",
    1 / (32 * kappa * s),
    "share of the features active at once below which a dense chain of s votes needs fewer units, correcting ones counted, than one "
    "for each feature",
    "asymptotic",
    "new here",
    f"{CHAPTER} (the features that a dense chain carries, solved for l/m with 2 n = m)",
    detail="as the features that a dense chain carries; for layers that only move features",
)

linear_error = Formula(
    "linear_error",
    (m - n) / m**2,
    "smallest mean squared error of linear decoding of one-hot inputs, over inputs and features",
    "exact",
    "known",
    "Eckart & Young 1936",
    detail="attained by every embedding of rank n; dropping m - n features does as well",
    where=(m >= n,),
)

linear_error_bias = Formula(
    "linear_error_bias",
    (m - n - 1) / m**2,
    "smallest mean squared error of linear decoding of one-hot inputs with a bias, over inputs and features",
    "exact",
    "known",
    "principal components, Baldi & Hornik 1989; " + CHAPTER,
    detail="attained by every embedding of rank n whose rows do not combine to the all-ones vector",
    where=(m >= n + 1,),
)

_spread = l * (m - l) / (m**2 * (m - 1))

linear_error_sets = Formula(
    "linear_error_sets",
    (m - n) * _spread,
    "smallest mean squared error of linear decoding, over inputs and features, when l of m features are active, all sets equally likely",
    "exact",
    "new here",
    "Eckart & Young 1936; " + CHAPTER,
    detail="attained by every embedding of rank n whose rows combine to the all-ones vector; m - n features dropped and read as 0 leave (m - n) l/m²",
    domain=_TWO_FEATURES,
    where=(l <= m, m >= n),
)

linear_error_sets_bias = Formula(
    "linear_error_sets_bias",
    (m - n - 1) * _spread,
    "smallest mean squared error of linear decoding with a bias, when l of m features are active, all sets equally likely",
    "exact",
    "new here",
    "Eckart & Young 1936; " + CHAPTER,
    detail="attained by every embedding of rank n whose rows do not combine to the all-ones vector; dropping m - n features does as well",
    domain=_TWO_FEATURES,
    where=(l <= m, m >= n + 1),
)

"""How often each decoder reads all features, and how far the formulas of decoders lie from what was measured."""

from math import log, sqrt

import numpy as np
from scipy import optimize, special

from superposition import formulas, simulate
from superposition.codes import random_code
from superposition.simulate import chains
from tools.grids import Beside, beside

SEED = 2030
NEURONS, FEATURES = 128, (384, 512, 1024, 2048)
TRIALS, PROGRAMMES, DRAWN, LAYERS = 400, 80, 4000, 40
DECODERS = {
    "min_norm": lambda F, x, l: simulate.decode_min_norm(F, x, l),
    "omp": lambda F, x, l: simulate.decode_omp(F, x, l),
    "l1": lambda F, x, l: simulate.decode_l1(F, x),
    "l1_box": lambda F, x, l: simulate.decode_l1(F, x, 1),
    "amp": lambda F, x, l: simulate.amp(F, x, l, LAYERS).activations[-1],
}
# of linear readouts, drawn by their exact law
READ = {"threshold": chains.read_exactly, "best_threshold": chains.read_exactly, "top": chains.ordered}
# from where each is nearly always right to where it hardly is
ENDS = {
    "threshold": ((1, 7), (1, 7), (1, 6), (1, 6)),
    "best_threshold": ((3, 12), (2, 11), (2, 10), (2, 9)),
    "top": ((3, 14), (2, 13), (2, 12), (2, 11)),
    "min_norm": ((4, 15), (4, 13), (3, 11), (3, 9)),
    "omp": ((10, 24), (10, 22), (10, 20), (9, 19)),
    "l1": ((44, 64), (38, 56), (26, 41), (19, 32)),
    "l1_box": ((48, 76), (40, 58)),
    "amp": ((52, 92), (42, 64), (28, 45), (20, 36)),
}


def draws(*place):
    """A generator for one point of a grid."""
    return np.random.default_rng([SEED, *(round(1e6 * number) for number in place)])


def drawn(n, m):
    return lambda rng: random_code(n, m, rng)


def recovery_row(decoder, n, m, l):
    """Share of trials that a decoder reads exactly, five digits."""
    rng = draws(len(decoder), n, m, l)
    if decoder in READ:
        theta = 0.5 if decoder == "threshold" else 0.5 + l * log(m / l - 1) / n
        found = separated_by(READ[decoder], l, m, n, theta, rng)
    else:
        trials = PROGRAMMES if decoder.startswith("l1") else TRIALS
        run = simulate.recovery(lambda F, x: DECODERS[decoder](F, x, l), drawn(n, m), l, trials, rng)
        found = run.exact, run.exact_se
    return [decoder, n, m, l, *(float(f"{number:.5g}") for number in found)]


def recovery_places():
    for decoder, ends in ENDS.items():
        for m, (low, high) in zip(FEATURES, ends, strict=False):
            for l in sorted({round(place) for place in np.linspace(low, high, 6)}):
                yield decoder, NEURONS, m, l


def parameter_of_load(load):
    """τ at which so many features per neuron are the limit of the ℓ1 decoder."""
    return optimize.brentq(lambda tau: formulas.l1_load(tau=tau) - load, 1e-9, 12)


def parameter_of_share(l, m):
    """τ that makes the ℓ1 decoder's dimension smallest."""

    def excess(tau):
        density = np.exp(-(tau**2) / 2) / sqrt(2 * np.pi)
        return density / tau - special.ndtr(-tau) - l / (m - l)

    return round(optimize.brentq(excess, 1e-6, 12), 6)


def share_between(decoder, n, m, start, trials, rng):
    """l at which half of the trials are exact: between the two l beside it the normal quantile of the share is taken as linear."""
    ends = max(1, int(0.96 * start)), int(1.04 * start) + 1
    found = [simulate.recovery(lambda F, x, l=l: decoder(F, x, l), drawn(n, m), l, trials, rng) for l in ends]
    quantile = special.ndtri([(run.exact * trials + 0.5) / (trials + 1) for run in found])
    slope = (quantile[1] - quantile[0]) / (ends[1] - ends[0])
    errors = [run.exact_se * sqrt(2 * np.pi) * np.exp(q**2 / 2) for run, q in zip(found, quantile, strict=True)]
    place = -quantile[0] / slope
    part = place / (ends[1] - ends[0])
    return ends[0] + place, np.hypot((1 - part) * errors[0], part * errors[1]) / abs(slope)


def l1_share(tau, n):
    m = round(n * formulas.l1_load(tau=tau))
    start = n * formulas.l1_active_share(tau=parameter_of_load(m / n))
    l, se = share_between(DECODERS["l1"], n, m, start, 200, draws(tau, n))
    return l / n, se / n


def l1_exactly(l, m, n, tau):
    found = simulate.recovery(lambda F, x: simulate.decode_l1(F, x), drawn(n, m), l, 600, draws(l, m, n))
    return found.exact, found.exact_se


def l1_limit(m, n):
    return n * formulas.l1_active_share(tau=parameter_of_load(m / n)), 0


def omp_half(m, n):
    return share_between(DECODERS["omp"], n, m, 0.88 * n / log(m), 600, draws(m, n))


def separated_by(outcome, l, m, n, theta, rng):
    found = chains.separated.sample(rng, DRAWN, l=l, m=m, n=n, theta=theta)[outcome.name]
    share = (found.sum() + 1) / (DRAWN + 2)
    return found.mean(), sqrt(share * (1 - share) / DRAWN)


SIZES = [(n, m, l) for n in (128, 512, 2048) for m in (1000, 10**5, 10**7) for l in (3, 5, 8, 12, 20, 32, 50, 80)]
LIKELY = (0.5, 0.999)


def likely(formula, **at):
    return LIKELY[0] <= formula(**at) <= LIKELY[1]


def parameters_of_layers(l, m, n, depth):
    """z of each layer of approximate message passing, by its formula."""
    z = [0.5 * sqrt(n / l)]
    while len(z) < depth:
        z.append(formulas.amp_step(l=l, m=m, n=n, z=z[-1]))
    return [float(f"{value:.6g}") for value in z]


RUNS = [(100, 2000, 500), (160, 2000, 500), (100, 4000, 500)]
LAYERS_RUN = 3


def amp_deviation(l, m, n, z):
    layer = parameters_of_layers(l, m, n, LAYERS_RUN).index(z)
    rng, heard = draws(l, m, n), []
    for _ in range(60):
        F = random_code(n, m, rng)
        heard.append(1 / (2 * simulate.amp(F, F[:, :l].sum(axis=1), l, layer + 2).noise[-1]))
    return np.mean(heard), np.std(heard, ddof=1) / sqrt(len(heard))


MEASURED = {
    "threshold_recovery": Beside(
        {"trials": DRAWN},
        [
            (l, m, n, theta)
            for n, m, l in SIZES
            for theta in (0.5, 0.6)
            if likely(formulas.threshold_recovery, l=l, m=m, n=n, theta=theta)
        ],
        lambda l, m, n, theta: separated_by(chains.read_exactly, l, m, n, theta, draws(l, m, n, theta)),
    ),
    "top_recovery": Beside(
        {"trials": DRAWN},
        [(l, m, n) for n, m, l in SIZES if likely(formulas.top_recovery, l=l, m=m, n=n)],
        lambda l, m, n: separated_by(chains.ordered, l, m, n, 0.5, draws(l, m, n)),
    ),
    "omp_active": Beside(
        {"trials": 600},
        [(m, n) for n in (64, 128, 256) for m in (4 * n, 16 * n) if n * m <= 2**18],
        omp_half,
        work=lambda m, n: m * n,
    ),
    "l1_active_share": Beside(
        {"trials": 200},
        [(0.5, 64), (1, 64), (1.5, 64), (0.5, 128), (1, 128)],
        l1_share,
        given=("n",),
        # programmes of more features take longer in proportion, of more neurons more so
        work=lambda tau, n: n**2 * formulas.l1_load(tau=tau),
    ),
    "l1_active_limit": Beside(
        {}, [(round(ratio * 100), 100) for ratio in (10, 30, 100, 10**3, 10**4, 10**6, 10**9)], l1_limit
    ),
    "l1_recovery": Beside(
        {"trials": 600},
        [
            (l, m, 64, parameter_of_share(l, m))
            for m, ls in ((128, (30, 33)), (256, (18, 20)), (512, (12, 14)))
            for l in ls
        ],
        l1_exactly,
        work=lambda l, m, n, tau: m,
    ),
    "linear_share": Beside(
        {},
        [(round(ratio * 1000), 1000) for ratio in (10, 30, 100, 10**3, 10**4, 10**6)],
        lambda m, n: (formulas.max_active(m=m, n=n) / l1_limit(m, n)[0], 0),
    ),
    "amp_step": Beside(
        {"runs": 60},
        [(l, m, n, z) for l, m, n in RUNS for z in parameters_of_layers(l, m, n, LAYERS_RUN)],
        amp_deviation,
    ),
}


def grids():
    yield from beside(MEASURED)
    columns = ["decoder", "n", "m", "l", "exact", "se"]
    yield (
        "recovery",
        {"trials": TRIALS, "programmes": PROGRAMMES, "drawn": DRAWN, "layers": LAYERS},
        columns,
        recovery_row,
        recovery_places(),
    )

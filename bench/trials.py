"""Trials of the library's simulations against the loop over trials that one would write instead."""

from time import perf_counter

import numpy as np

from superposition.codes import random_code
from superposition.simulate import readout_errors, weight_errors

N, M, N_ACTIVE, TRIALS = 256, 4096, 6, 1000
NEURONS, FEATURES, CONNECTIONS, MATRICES = 128, 4000, 200, 4


def loop(F, rng):
    """Wrong readouts a trial of a given code, one active set after the other."""
    wrong = 0
    for _ in range(TRIALS):
        active = np.zeros(M, bool)
        active[rng.choice(M, N_ACTIVE, replace=False)] = True
        r = F.T @ F[:, active].sum(axis=1)
        wrong += np.count_nonzero((r > 0.5) != active)
    return wrong / TRIALS


def wrong_of_matrix(rng):
    """Virtual weights on the wrong side of ½, of all between two layers with codes of their own."""
    F, G = (random_code(NEURONS, FEATURES, rng) for _ in range(2))
    V = G.T @ (G[:, :CONNECTIONS] @ F[:, :CONNECTIONS].T) @ F
    real = np.arange(CONNECTIONS)
    return np.count_nonzero(V > 0.5) + CONNECTIONS - 2 * np.count_nonzero(V[real, real] > 0.5)


def timed(call):
    start = perf_counter()
    found = call()
    return perf_counter() - start, found


def main():
    rng = np.random.default_rng(0)
    F = random_code(N, M, rng)
    loops, counted = timed(lambda: loop(F, rng))
    batched, found = timed(lambda: readout_errors(F, N_ACTIVE, TRIALS, rng))
    print(
        f"{TRIALS:,} trials of a code of {N} x {M}: loop {loops:.2f} s ({counted:.2f} errors) vs readout_errors {batched:.2f} s "
        f"({found.errors:.2f}): {loops / batched:.1f} times as fast"
    )
    matrices, drawn = timed(lambda: [wrong_of_matrix(rng) for _ in range(MATRICES)])
    chained, chain = timed(lambda: weight_errors(NEURONS, FEATURES, CONNECTIONS, 400, rng))
    # trials of either that know the mean as well
    needed = np.var(drawn, ddof=1) / chain.errors_se**2
    whole = matrices / MATRICES * needed
    print(
        f"wrong virtual weights of {FEATURES:,}² to ±{chain.errors_se:.1f} ({np.mean(drawn):.0f} and {chain.errors:.0f}): {needed:.1f} "
        f"pairs of codes {whole:.1f} s vs weight_errors {chained:.2f} s: {whole / chained:.1f} times as fast"
    )


if __name__ == "__main__":
    main()

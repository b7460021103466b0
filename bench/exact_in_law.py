"""The exact-in-law shortcut against brute force: time to the same standard error."""

from time import perf_counter

import numpy as np

from superposition.codes import random_code
from superposition.simulate.readout import random_code_errors

N, M, N_ACTIVE, TRIALS, BLOCK = 1024, 10**6, 9, 20_000, 4096


def brute_force_trial(rng):
    """Wrong readouts of one random code at threshold ½, its columns drawn a block at a time."""
    block = random_code(N, BLOCK, rng)
    x = block[:, :N_ACTIVE].sum(axis=1)
    wrong = np.count_nonzero(x @ block[:, :N_ACTIVE] <= 0.5) + np.count_nonzero(x @ block[:, N_ACTIVE:] > 0.5)
    for start in range(BLOCK, M, BLOCK):
        wrong += np.count_nonzero(x @ random_code(N, min(BLOCK, M - start), rng) > 0.5)
    return wrong


def main():
    rng = np.random.default_rng(0)
    start = perf_counter()
    result = random_code_errors(N, M, N_ACTIVE, TRIALS, rng)
    shortcut = perf_counter() - start
    start = perf_counter()
    brute_force_trial(rng)
    trial = perf_counter() - start
    # Given x the errors are binomial with small chances: counting them adds their mean to the variance.
    variance = TRIALS * result.errors_se**2 + result.errors
    trials_needed = variance / result.errors_se**2
    brute_force = trials_needed * trial
    print(
        f"errors at n = {N}, m = {M:.0e}, l = {N_ACTIVE} to ±{result.errors_se:.1e}: brute force {trials_needed:,.0f} "
        f"trials of {trial:.1f} s vs exact in law {shortcut:.2f} s: {brute_force / shortcut:,.0f} (goal over 1000)"
    )


if __name__ == "__main__":
    main()

"""Matching pursuit of the library against scikit-learn's, on the same readouts; both find the same."""

from time import perf_counter

import numpy as np
from sklearn.linear_model import orthogonal_mp

from superposition.codes import random_code
from superposition.simulate import decode_omp

SIZES = ((64, 256, 6), (128, 1024, 12), (256, 4096, 24))
ROUNDS, REPEATS = 5, 10


def taking_turns(*calls):
    """Best time of each, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        for call in calls:
            start = perf_counter()
            for _ in range(REPEATS):
                call()
            times.append((perf_counter() - start) / REPEATS)
    return 1000 * np.reshape(times, (ROUNDS, -1)).min(axis=0)


def main():
    for n, m, l in SIZES:
        rng = np.random.default_rng([n, m, l])
        F = random_code(n, m, rng)
        x = F[:, rng.permutation(m)[:l]].sum(axis=1)
        ours, theirs = taking_turns(
            lambda F=F, x=x, l=l: decode_omp(F, x, l),
            lambda F=F, x=x, l=l: orthogonal_mp(F, x, n_nonzero_coefs=l),
        )
        apart = np.abs(decode_omp(F, x, l) - orthogonal_mp(F, x, n_nonzero_coefs=l)).max()
        print(
            f"matching pursuit of {l} features from {n} x {m}: {ours:.2f} ms vs scikit-learn's orthogonal_mp {theirs:.2f} ms: "
            f"{theirs / ours:.1f} times as fast, {apart:.0e} apart (best of {ROUNDS} each)"
        )


if __name__ == "__main__":
    main()

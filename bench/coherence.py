"""`coherence` against the whole Gram matrix, at the size of a real token embedding."""

import tracemalloc
from time import perf_counter

import numpy as np

from superposition.codes import coherence, random_code

N, M, BLOCK, ROUNDS = 384, 30_522, 512, 7


def whole_gram(rows):
    """F.T @ F in single precision, a block of rows at a time into the same buffer."""
    buffer = np.empty((BLOCK, len(rows)), np.float32)
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        np.matmul(part, rows.T, out=buffer[: len(part)])


def main():
    F = random_code(N, M, np.random.default_rng(0)).astype(np.float32)
    rows = np.ascontiguousarray(F.T)
    ours, whole = [], []
    for _ in range(ROUNDS):
        start = perf_counter()
        whole_gram(rows)
        middle = perf_counter()
        coherence(F)
        whole.append(middle - start)
        ours.append(perf_counter() - middle)
    print(
        f"coherence of {N} x {M}: {min(ours):.2f} s vs F.T @ F in blocks {min(whole):.2f} s: "
        f"{min(ours) / min(whole):.2f} (goal at most 0.6; best of {ROUNDS} each)"
    )
    tracemalloc.start()
    coherence(F)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    gram = 4 * M * M
    print(
        f"memory of coherence: {peak / 2**20:.0f} MiB vs the Gram matrix {gram / 2**20:.0f} MiB: "
        f"{peak / gram:.3f} (goal below 1024 MiB)"
    )


if __name__ == "__main__":
    main()

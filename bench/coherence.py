"""Overlaps of dictionaries against whole matrix products, at the size of a real token embedding and of a large decoder."""

import tracemalloc
from time import perf_counter

import numpy as np

from superposition.codes import coherence, random_code
from superposition.dictionary import compare, diagnose

N, M, BLOCK, ROUNDS = 384, 30_522, 512, 2


def whole_product(rows, others):
    """F.T @ G, a block of rows at a time into the same buffer."""
    buffer = np.empty((BLOCK, len(others)), rows.dtype)
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        np.matmul(part, others.T, out=buffer[: len(part)])


def taking_turns(*calls):
    """Best time of each, in seconds."""
    times = []
    for _ in range(ROUNDS):
        for call in calls:
            start = perf_counter()
            call()
            times.append(perf_counter() - start)
    return np.reshape(times, (ROUNDS, -1)).min(axis=0)


def peak_memory(call):
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def main():
    F = random_code(N, M, np.random.default_rng(0)).astype(np.float32)
    rows, double = np.ascontiguousarray(F.T), np.ascontiguousarray(F.T, float)
    single, whole, ours, report, match = taking_turns(
        lambda: whole_product(rows, rows),
        lambda: whole_product(double, double),
        lambda: coherence(F),
        lambda: diagnose(F, trials=20),
        lambda: compare(F, F),
    )
    for name, time, against, words, goal in (
        ("coherence", ours, single, "F.T @ F in blocks, single precision", 0.6),
        ("diagnose", report, single, "the same", None),
        ("diagnose", report, whole, "F.T @ F in NumPy, double precision", 0.6),
        ("compare", match, single, "F.T @ G in blocks, single precision, of which every entry has to be formed", None),
        ("compare", match, whole, "F.T @ G in NumPy, double precision", None),
    ):
        wanted = f"goal at most {goal}; " if goal else ""
        print(
            f"{name} of {N} x {M}: {time:.2f} s vs {words} {against:.2f} s: {time / against:.2f} ({wanted}best of {ROUNDS} each)"
        )
    gram = 4 * M * M
    for name, call in (("coherence", lambda: coherence(F)), ("diagnose", lambda: diagnose(F, trials=20))):
        peak = peak_memory(call)
        print(
            f"memory of {name}: {peak / 2**20:.0f} MiB vs the Gram matrix {gram / 2**20:.0f} MiB: "
            f"{peak / gram:.3f} (goal below 1024 MiB)"
        )


if __name__ == "__main__":
    main()

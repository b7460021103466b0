"""Taking the largest readouts finds what a library of hyperdimensional computing finds nearest."""

from functools import reduce

import numpy as np
import pytest
from hdlib.arithmetic import bundle
from hdlib.space import Space, Vector

from superposition import simulate

SIZE = 10_000  # the least that it takes


@pytest.fixture(scope="module")
def space():
    space = Space(size=SIZE, vtype="bipolar")
    for seed in range(60):
        space.insert(Vector(name=str(seed), size=SIZE, vtype="bipolar", seed=seed))
    return space


@pytest.mark.parametrize("active", [[7], [0, 59], [3, 11, 20, 34, 41, 52]])
def test_the_largest_readouts_are_those_of_the_nearest_vectors(space, active):
    F = np.stack([space.get(names=[str(i)])[0].vector for i in range(60)], axis=1) / SIZE**0.5
    bundled = reduce(bundle, (space.get(names=[str(i)])[0] for i in active))
    x = F[:, active].sum(axis=1)
    assert bundled.vector / SIZE**0.5 == pytest.approx(x)
    distances, _ = space.find_all(bundled)
    cosines = 1 - np.array([distances[str(i)] for i in range(60)])
    assert F.T @ x / np.linalg.norm(x) == pytest.approx(cosines, abs=1e-6)
    nearest = np.argsort(-cosines)[: len(active)]
    assert sorted(nearest) == active == list(np.flatnonzero(simulate.decode_top(F, x, len(active))))

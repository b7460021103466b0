"""Matching pursuit and readouts of sums agree with packages that others wrote."""

import nengo_spa
import numpy as np
import pytest
from sklearn.linear_model import orthogonal_mp

from superposition import simulate
from superposition.codes import random_code


@pytest.mark.parametrize(("n", "m", "l"), [(2, 3, 1), (20, 40, 3), (64, 256, 12), (64, 256, 40), (100, 100, 20)])
def test_pursuit_takes_what_scikit_learn_takes(n, m, l):
    for seed in range(10):
        rng = np.random.default_rng([n, m, l, seed])
        F = random_code(n, m, rng)
        x = F[:, rng.permutation(m)[:l]] @ rng.uniform(0.5, 1, l)
        assert simulate.decode_omp(F, x, l) == pytest.approx(orthogonal_mp(F, x, n_nonzero_coefs=l), abs=1e-8)


@pytest.mark.parametrize("l", [1, 4, 9])
def test_items_of_a_bundle_are_those_a_vector_symbolic_architecture_finds(l):
    rng = np.random.default_rng(l)
    F = random_code(64, 200, rng)
    vocabulary = nengo_spa.Vocabulary(64, max_similarity=1.0)
    for i, column in enumerate(F.T):
        vocabulary.add(f"F{i}", column)
    bundle = vocabulary.parse(" + ".join(f"F{i}" for i in rng.permutation(200)[:l]))
    similar = vocabulary.dot(bundle)
    assert np.flatnonzero(simulate.decode_top(F, bundle.v, l)).tolist() == sorted(np.argsort(-similar)[:l].tolist())
    assert (simulate.decode_threshold(F, bundle.v) == (similar > 0.5)).all()

"""Matching pursuit takes what the package that others use takes."""

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

"""The linear decoder's loss refuses what are no second moments."""

import numpy as np
import pytest

from superposition.simulate import linear_loss

E = np.eye(2, 3)


@pytest.mark.parametrize("moments", [np.eye(2), np.eye(3) + np.eye(3, k=1)])
def test_moments_of_another_shape_or_lopsided_are_refused(moments):
    with pytest.raises(ValueError, match=r"must be a symmetric matrix of shape \(3, 3\)"):
        linear_loss(E, moments)


@pytest.mark.parametrize("largest", [1e-3, 1e3])
def test_negative_eigenvalues_are_rounding_only_beside_the_largest(largest):
    assert linear_loss(E, np.diag([largest, 0, -5e-10 * largest])) == pytest.approx(0, abs=1e-12 * largest)
    with pytest.raises(ValueError, match="no negative eigenvalue"):
        linear_loss(E, np.diag([largest, 0, -2e-9 * largest]))


def test_no_moments_at_all_are_no_loss():
    assert linear_loss(E, np.zeros((3, 3))) == 0

"""Overlaps sampled without vectors follow the law of overlaps of vectors; greedy codes keep their promise.

Distributions are compared by Kolmogorov-Smirnov tests at level 1e-8 and means at 6.5 standard errors: with at most
40 comparisons in this file the chance that any fails by accident is below 40 * 1e-8 = 4e-7.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from superposition import formulas
from superposition.codes import coherence, random_code
from superposition.simulate.directions import greedy_code, overlaps, worst_overlaps

LEVEL, Z = 1e-8, 6.5
seeds = st.integers(0, 2**32 - 1)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("n", [2, 3, 7, 100])
def test_overlaps_follow_the_law_of_formed_vectors(n):
    u, v = random_code(n, 20_000, rng(1)), random_code(n, 20_000, rng(2))
    assert stats.ks_2samp(overlaps(n, 20_000, rng(3)), (u * v).sum(axis=0)).pvalue > LEVEL


@pytest.mark.parametrize("n", [2, 3, 10, 1000, 10**9])
def test_overlaps_follow_the_beta_law(n):
    law = stats.beta((n - 1) / 2, (n - 1) / 2, loc=-1, scale=2)
    assert stats.kstest(overlaps(n, 50_000, rng(n)), law.cdf).pvalue > LEVEL


def test_overlaps_in_one_dimension_are_plus_or_minus_one():
    t = overlaps(1, 10_000, rng())
    assert set(np.unique(t)) == {-1.0, 1.0}
    assert abs(t.mean()) < Z / 100


@pytest.mark.parametrize("n", [2, 50])
def test_worst_overlap_of_two_directions_is_one_overlap(n):
    worst = worst_overlaps(n, 2, 2000, rng(1))
    assert stats.ks_2samp(worst, abs(overlaps(n, 2000, rng(2)))).pvalue > LEVEL


@pytest.mark.parametrize("m", [40, 512, 513])
def test_worst_overlaps_are_those_of_the_codes_drawn(m):
    same = rng(5)
    expected = [coherence(random_code(6, m, same)).worst for _ in range(4)]
    np.testing.assert_allclose(worst_overlaps(6, m, 4, rng(5)), expected, rtol=1e-13)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "m"), [(2, 5), (3, 3), (3, 12), (8, 40), (100, 100)])
def test_half_of_the_worst_overlaps_are_below_the_median_up_to_its_error(n, m):
    trials = 4000
    worst = worst_overlaps(n, m, trials, rng(n * m))
    below = np.mean(worst < formulas.worst_overlap_median(n=n, m=m))
    assert abs(below - 0.5) <= formulas.worst_overlap_median_error(m=m) + Z / (2 * np.sqrt(trials))
    for delta in (0.5, 0.05):
        beyond = np.mean(worst > formulas.worst_overlap_sure(n=n, m=m, delta=delta))
        assert beyond <= delta + Z * np.sqrt(delta * (1 - delta) / trials)


def test_worst_overlaps_in_one_dimension_are_one():
    assert np.array_equal(worst_overlaps(1, 5, 3, rng()), np.ones(3))


@given(n=st.integers(1, 8), eps=st.floats(0, 1), candidates=st.integers(1, 200), seed=seeds)
@settings(deadline=None)
def test_greedy_code_keeps_what_the_one_by_one_search_keeps(n, eps, candidates, seed):
    drawn = random_code(n, candidates, rng(seed))
    kept = []
    for v in drawn.T:
        if all(abs(u @ v) <= eps for u in kept):
            kept.append(v)
    found = greedy_code(n, eps, candidates, rng(seed))
    assert np.array_equal(found, np.array(kept).T)


def test_greedy_code_joins_its_blocks():
    n, eps = 2**10, 0.09
    found = greedy_code(n, eps, 900, rng())
    same = rng()
    drawn = np.hstack([random_code(n, size, same) for size in (256, 256, 256, 132)])
    kept = []
    for v in drawn.T:
        if all(abs(u @ v) <= eps for u in kept):
            kept.append(v)
    assert 256 < len(kept) < 800
    assert np.array_equal(found, np.array(kept).T)


def test_greedy_code_keeps_everything_at_one_and_a_single_direction_at_zero():
    assert greedy_code(4, 1, 50, rng()).shape == (4, 50)
    assert greedy_code(4, 0, 50, rng()).shape == (4, 1)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: overlaps(0, 5, rng()), ValueError, "n must be at least 1, got 0"),
        (lambda: overlaps(3, 5.0, rng()), TypeError, "trials must be an integer .* got float 5.0"),
        (lambda: overlaps(3, 5, 1), TypeError, "rng must be a numpy.random.Generator"),
        (lambda: worst_overlaps(3, 1, 5, rng()), ValueError, "m must be at least 2, got 1"),
        (lambda: worst_overlaps(3, 4, 0, rng()), ValueError, "trials must be at least 1, got 0"),
        (lambda: greedy_code(3, 1.5, 5, rng()), ValueError, r"eps must be a finite number in \[0, 1\], got 1.5"),
        (lambda: greedy_code(3, float("nan"), 5, rng()), ValueError, r"eps must be .* got nan"),
        (lambda: greedy_code(3, "0.5", 5, rng()), TypeError, r"eps must be .* got str '0.5'"),
        (lambda: greedy_code(3, 0.5, 0, rng()), ValueError, "candidates must be at least 1, got 0"),
    ],
)
def test_wrong_arguments_are_named_with_what_is_accepted(call, error, message):
    with pytest.raises(error, match=message):
        call()

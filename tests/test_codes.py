"""Codes have the overlaps they are named for, and `coherence` sees exactly what the Gram matrix would show.

Simulated values are compared at 6.5 standard errors. With fewer than 40 such comparisons in this file the
chance that any fails by accident is below 40 * 8.1e-11 = 3.3e-9.
"""

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from superposition import codes, overlaps
from superposition.codes import (
    coherence,
    equiangular,
    kerdock,
    maximal_equiangular,
    mutually_unbiased,
    optimised,
    orthoplex,
    random_code,
    simplex,
    tight_frame,
)

Z = 6.5
seeds = st.integers(0, 2**32 - 1)
EQUIANGULAR_SIZES = [3, 7, 9, 15, 19, 21, 27, 31, 37, 45, 49, 51, 55, 57]


def rng(seed=0):
    return np.random.default_rng(seed)


def overlaps_of(F):
    F = np.asarray(F, float)
    F = F / abs(F).max(axis=0)
    F = F / np.linalg.norm(F, axis=0)
    return (F.T @ F)[np.triu_indices(F.shape[1], 1)]


def assert_average(values, expected):
    values = np.asarray(values)
    assert abs(values.mean() - expected) < Z * values.std(ddof=1) / np.sqrt(len(values))


# -- codes --------------------------------------------------------------------------------------------


@given(n=st.integers(1, 40), m=st.integers(1, 60), seed=seeds)
@settings(deadline=None)
def test_random_code_has_unit_columns(n, m, seed):
    F = random_code(n, m, rng(seed))
    assert F.shape == (n, m)
    assert F.dtype == np.float64
    np.testing.assert_allclose((F**2).sum(axis=0), 1, atol=1e-14)


def test_random_code_in_one_dimension_is_a_fair_sign():
    F = random_code(1, 10_000, rng())
    assert set(np.unique(F)) == {-1.0, 1.0}
    assert_average(F[0], 0)


@pytest.mark.parametrize("n", [2, 3, 10, 100])
def test_random_directions_have_the_moments_of_the_uniform_sphere(n):
    F = random_code(n, 40_000, rng(n))
    u, v = F[:, ::2], F[:, 1::2]
    t = (u * v).sum(axis=0)
    assert_average(t, 0)
    assert_average(t**2, 1 / n)
    assert_average(t**4, 3 / (n * (n + 2)))
    for axis in (np.eye(n)[0], np.ones(n) / np.sqrt(n)):
        assert_average((axis @ F) ** 4, 3 / (n * (n + 2)))


def test_the_generator_alone_decides_the_code():
    for code in (random_code, tight_frame):
        assert np.array_equal(code(5, 9, rng(3)), code(5, 9, rng(3)))
        assert not np.array_equal(code(5, 9, rng(3)), code(5, 9, rng(4)))


@given(n=st.integers(1, 40), extra=st.integers(0, 60), seed=seeds)
@settings(deadline=None)
def test_tight_frame_is_tight_and_of_unit_norm(n, extra, seed):
    m = n + extra
    F = tight_frame(n, m, rng(seed))
    assert F.shape == (n, m)
    assert F.dtype == np.float64
    np.testing.assert_allclose(np.linalg.norm(F, axis=0), 1, atol=1e-14)
    np.testing.assert_allclose(F @ F.T, m / n * np.eye(n), atol=1e-10)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 2000), (2, 3), (2, 1999), (512, 512), (512, 513), (300, 1007)])
def test_tight_frame_is_tight_at_its_limits(n, m):
    F = tight_frame(n, m, rng())
    np.testing.assert_allclose(np.linalg.norm(F, axis=0), 1, atol=1e-14)
    np.testing.assert_allclose(F @ F.T, m / n * np.eye(n), atol=1e-10)


@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_tight_frame_of_one_more_than_n_is_the_simplex_with_random_signs(n):
    t = np.concatenate([overlaps_of(tight_frame(n, n + 1, rng(seed))) for seed in range(300)])
    np.testing.assert_allclose(abs(t), 1 / n, atol=1e-12)
    one_each = t.reshape(300, -1)[:, 0]
    assert_average(one_each * n, 0)


def test_columns_of_a_tight_frame_are_exchangeable():
    frames = [tight_frame(3, 5, rng(seed)) for seed in range(3000)]
    first, last = np.array([[F[:, 0] @ F[:, 1], F[:, 3] @ F[:, 4]] for F in frames]).T
    welch_squared = (5 - 3) / (3 * 4)
    for t in (first, last):
        assert_average(t, 0)
        assert_average(t**2, welch_squared)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 129])
def test_simplex_overlaps_are_all_minus_one_over_n(n):
    F = simplex(n)
    assert F.shape == (n, n + 1)
    np.testing.assert_allclose((F**2).sum(axis=0), 1, atol=1e-13)
    np.testing.assert_allclose(overlaps_of(F), -1 / n, atol=1e-13)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_orthoplex_overlaps_are_zero_but_for_opposites(n):
    G = orthoplex(n).T @ orthoplex(n)
    assert np.array_equal(G, np.block([[np.eye(n), -np.eye(n)], [-np.eye(n), np.eye(n)]]))


@pytest.mark.parametrize("n", EQUIANGULAR_SIZES)
def test_equiangular_lines_all_meet_the_welch_bound(n):
    F = equiangular(n)
    assert F.shape == (n, 2 * n)
    np.testing.assert_allclose((F**2).sum(axis=0), 1, atol=1e-13)
    np.testing.assert_allclose(F @ F.T, 2 * np.eye(n), atol=1e-12)
    np.testing.assert_allclose(abs(overlaps_of(F)), np.sqrt(n / (n * (2 * n - 1))), atol=1e-13)


def test_equiangular_refuses_every_size_without_the_construction():
    for n in set(range(1, 58)) - set(EQUIANGULAR_SIZES):
        with pytest.raises(ValueError, match=rf"n must make 2 n - 1 a prime .* got {n}"):
            equiangular(n)


@pytest.mark.parametrize("n", [4, 16, 64, 256])
def test_mutually_unbiased_bases_are_orthonormal_and_unbiased(n):
    F = mutually_unbiased(n)
    assert F.shape == (n, 3 * n)
    G = F.T @ F
    same_basis = np.kron(np.eye(3, dtype=bool), np.ones((n, n), bool))
    np.testing.assert_allclose(G[same_basis], np.kron(np.ones(3), np.eye(n).ravel()).ravel(), atol=1e-13)
    np.testing.assert_allclose(abs(G[~same_basis]), 1 / np.sqrt(n), atol=1e-13)


def walsh_hadamard(signs):
    """Sums of signs over the positions v in rows, with the further signs (-1)^(w·v), for every w."""
    sums, step = signs.copy(), 1
    while step < len(sums):
        first, second = sums.reshape(-1, 2, step, sums.shape[1]).transpose(1, 0, 2, 3)
        first += second
        second *= -2
        second += first
        step *= 2
    return sums


@pytest.mark.parametrize("n", [4, 16, 64])
def test_kerdock_bases_are_orthonormal_and_unbiased(n):
    F = kerdock(n)
    assert F.shape == (n, n * (n // 2 + 1))
    G = F.T @ F
    same_basis = np.kron(np.eye(n // 2 + 1, dtype=bool), np.ones((n, n), bool))
    np.testing.assert_allclose(G[same_basis].reshape(-1, n, n), np.tile(np.eye(n), (n // 2 + 1, 1, 1)), atol=1e-14)
    np.testing.assert_allclose(abs(G[~same_basis]), 1 / np.sqrt(n), atol=1e-14)


@pytest.mark.parametrize("n", [4, 16, 64, 256])
def test_kerdock_bases_are_signed_copies_of_the_hadamard_basis(n):
    bases = kerdock(n).reshape(n, n // 2 + 1, n).transpose(1, 0, 2)
    assert np.array_equal(bases[0], np.eye(n))
    assert np.array_equal(abs(bases[1:]), np.full((n // 2, n, n), n**-0.5))
    assert np.array_equal(bases[1], mutually_unbiased(n)[:, n : 2 * n])
    signs = bases[1:, :, :1] * np.sqrt(n)
    assert np.array_equal(bases[1:], signs * bases[1])
    assert np.array_equal(signs[:, :, 0], codes._kerdock_signs(n))


@pytest.mark.parametrize("n", [4, 16, 64, 256, pytest.param(1024, marks=pytest.mark.slow)])
def test_all_pairs_of_kerdock_bases_overlap_by_exactly_one_over_root_n(n):
    # columns w and w' of two such bases overlap by the Walsh transform of the product of their signs, at w xor w', over n
    signs = np.ascontiguousarray(codes._kerdock_signs(n).T).astype(np.int16)
    assert signs.shape == (n, n // 2)
    for a in range(n // 2 - 1):
        sums = walsh_hadamard(signs[:, a : a + 1] * signs[:, a + 1 :])
        assert (abs(sums) == round(np.sqrt(n))).all()


def test_some_pairs_of_kerdock_bases_in_256_neurons_measured_directly():
    bases = kerdock(256).reshape(256, 129, 256)
    for i, j in rng().choice(129, (20, 2)):
        G = bases[:, i].T @ bases[:, j]
        np.testing.assert_allclose(abs(G), np.eye(256) if i == j else 1 / 16, atol=1e-13)


def test_kerdock_bases_are_a_tight_frame_and_so_are_the_first_few():
    F = kerdock(64)
    for bases in (1, 2, 7, 33):
        part = F[:, : 64 * bases]
        np.testing.assert_allclose(part @ part.T, bases * np.eye(64), atol=1e-12)


@pytest.mark.parametrize(("n", "m"), [(2, 3), (3, 6), (7, 28), (23, 276)])
def test_maximal_equiangular_lines_overlap_by_one_over_the_root_of_n_plus_two(n, m):
    F = maximal_equiangular(n)
    assert F.shape == (n, m)
    assert m == n * (n + 1) // 2
    np.testing.assert_allclose((F**2).sum(axis=0), 1, atol=1e-14)
    np.testing.assert_allclose(abs(overlaps_of(F)), 1 / np.sqrt(n + 2), atol=1e-14)
    np.testing.assert_allclose(F @ F.T, m / n * np.eye(n), atol=1e-12)


def test_lines_from_blocks_overlap_by_one_fifth_exactly():
    # entries a + b √3 over √5 n; the products are compared in whole numbers, (a + b √3)(c + d √3) = ac + 3bd + (ad + bc) √3
    scaled = maximal_equiangular(23) * np.sqrt(5) * 23
    root_part = np.where(np.arange(276) < 23, -3, 1) * np.ones((23, 1), int)
    whole = np.rint(scaled - root_part * np.sqrt(3)).astype(int)
    np.testing.assert_allclose(scaled, whole + root_part * np.sqrt(3), atol=1e-12)
    rational = whole.T @ whole + 3 * root_part.T @ root_part
    irrational = whole.T @ root_part + root_part.T @ whole
    assert not irrational.any()
    assert np.array_equal(np.diag(rational), np.full(276, 5 * 23**2))
    assert set(np.unique(rational[~np.eye(276, dtype=bool)])) == {-(23**2), 23**2}


@pytest.mark.parametrize(
    ("n", "m", "lowest"),
    [
        *[(2, m, np.cos(np.pi / m)) for m in (2, 3, 5, 8)],
        *[(n, n + 1, 1 / n) for n in (3, 5, 16)],
        *[(3, 5, 5**-0.5), (3, 7, 3**-0.5)],
        *[(n, m, np.sqrt((m - n) / (n * (m - 1)))) for n, m in [(3, 6), (5, 10), (6, 16), (7, 28)]],
        *[(4, 11, 1 / 2), (4, 12, 1 / 2), (8, 120, 1 / 2), (1, 3, 1.0), (4, 4, 0.0), (5, 3, 0.0)],
    ],
)
def test_the_search_finds_the_lowest_worst_overlap_where_it_is_known(n, m, lowest):
    worst = coherence(optimised(n, m, rng(), starts=2 if m > 100 else 8)).worst
    assert lowest - 1e-9 < worst < lowest + (2e-3 if lowest == 0 else 1e-5)


def test_the_searched_code_has_unit_columns_and_is_decided_by_the_generator():
    F = optimised(5, 12, rng(1), starts=2)
    np.testing.assert_allclose((F**2).sum(axis=0), 1, atol=1e-14)
    assert np.array_equal(F, optimised(5, 12, rng(1), starts=2))
    more = coherence(optimised(5, 12, rng(1), starts=6)).worst
    assert more <= coherence(F).worst


@pytest.mark.parametrize("sharpness", [1.0, 50.0])
def test_the_smooth_worst_overlap_has_the_gradient_it_says(sharpness):
    entries = rng(2).standard_normal(3 * 5)
    value, slope = codes._smooth_worst(entries, (3, 5), sharpness)
    squares = overlaps_of(entries.reshape(3, 5)) ** 2
    np.testing.assert_allclose(value, np.log(np.mean(np.exp(sharpness * squares))) / sharpness, rtol=1e-12)
    for i, step in enumerate(1e-6 * np.eye(15)):
        ahead, behind = (codes._smooth_worst(entries + sign * step, (3, 5), sharpness)[0] for sign in (1, -1))
        np.testing.assert_allclose(slope[i], (ahead - behind) / 2e-6, atol=1e-8)


# -- coherence ----------------------------------------------------------------------------------------


@given(n=st.integers(1, 12), m=st.integers(2, 30), seed=seeds)
@settings(deadline=None)
def test_coherence_equals_what_the_gram_matrix_shows(n, m, seed):
    F = rng(seed).standard_normal((n, m))
    t, found = overlaps_of(F), coherence(F)
    np.testing.assert_allclose(found.rms, np.sqrt((t**2).mean()), rtol=1e-12)
    np.testing.assert_allclose(found.worst, abs(t).max(), rtol=1e-13)
    i, j = found.pair
    assert 0 <= i < j < m
    np.testing.assert_allclose(abs(overlaps_of(F[:, [i, j]])[0]), found.worst, rtol=1e-13)
    assert all(type(x) is float for x in (found.rms, found.worst, found.welch))
    assert all(type(x) is int for x in found.pair)


@given(n=st.integers(1, 12), m=st.integers(2, 30), seed=seeds)
@settings(deadline=None)
def test_worst_is_at_least_rms_is_at_least_welch(n, m, seed):
    found = coherence(random_code(n, m, rng(seed)))
    assert 1 >= found.worst >= found.rms * (1 - 1e-12)
    assert found.rms >= found.welch * (1 - 1e-12)
    np.testing.assert_allclose(found.welch, np.sqrt(max(m - n, 0) / (n * (m - 1))), rtol=1e-15)


@pytest.mark.parametrize("F", [tight_frame(7, 20, rng()), mutually_unbiased(16), simplex(9), equiangular(7)])
def test_rms_of_a_tight_frame_is_the_welch_bound(F):
    found = coherence(F)
    np.testing.assert_allclose(found.rms, found.welch, rtol=1e-13)


@pytest.mark.parametrize("F", [simplex(9), equiangular(19)])
def test_worst_of_equiangular_lines_is_the_welch_bound(F):
    found = coherence(F)
    np.testing.assert_allclose(found.worst, found.welch, rtol=1e-12)


@pytest.mark.parametrize(("n", "m"), [(1, 2), (3, 3), (8, 5), (60, 60)])
def test_orthogonal_features_have_no_overlap_not_even_by_rounding(n, m):
    F = tight_frame(max(n, m), max(n, m), rng())[:, :m]
    found = coherence(F)
    assert found.welch == 0
    assert found.rms < 1e-15
    assert found.worst < 1e-15


def test_rms_of_a_small_excess_over_welch_is_not_lost_to_cancellation():
    n = 50
    F = np.eye(n)
    F[:, 1] = [1e-9, np.sqrt(1 - 1e-18), *np.zeros(n - 2)]
    np.testing.assert_allclose(coherence(F).rms, 1e-9 * np.sqrt(2 / (n * (n - 1))), rtol=1e-12)


@pytest.fixture
def small_tiles(monkeypatch):
    monkeypatch.setattr(overlaps, "_TILE_ROWS", 4)
    monkeypatch.setattr(overlaps, "_TILE_COLUMNS", 6)
    monkeypatch.setattr(overlaps, "_PART_COLUMNS", 5)


@pytest.mark.parametrize("m", [2, 3, 4, 5, 6, 7, 12, 13, 23])
@pytest.mark.usefixtures("small_tiles")
def test_every_pair_is_looked_at_whatever_the_tiles(m):
    for i in range(m):
        for j in range(i + 1, m):
            F = np.eye(30)[:, :m]
            F[29, [i, j]] = 0.3, -0.4
            found = coherence(F, memory=1)
            assert found.pair == (i, j)
            np.testing.assert_allclose(found.worst, 0.12 / np.sqrt(1.09 * 1.16), rtol=1e-13)


@pytest.mark.parametrize("memory", [1, 8 * 3 * 12, 2**26])
@pytest.mark.parametrize("m", [2, 6, 7, 29])
@pytest.mark.usefixtures("small_tiles")
def test_tiles_of_any_size_give_the_same_coherence(m, memory):
    for seed in range(20):
        F = rng(seed).standard_normal((3, m))
        t, found = overlaps_of(F), coherence(F, memory=memory)
        np.testing.assert_allclose([found.rms, found.worst], [np.sqrt((t**2).mean()), abs(t).max()], rtol=1e-12)


@pytest.mark.usefixtures("small_tiles")
def test_worst_pair_is_told_apart_beyond_single_precision():
    for i, j in [(0, 20), (3, 4), (20, 22)]:
        F = np.eye(40)[:, :24]
        F[39, [8, 9]] = 0.5
        F[38, [i, j]] = 0.5, 0.5 + 1e-10
        found = coherence(F, memory=1)
        assert found.pair == (i, j)
        np.testing.assert_allclose(found.worst, overlaps_of(F[:, [i, j]])[0], rtol=1e-15)


@given(exponents=st.lists(st.integers(-300, 300), min_size=6, max_size=6), seed=seeds)
@settings(deadline=None)
def test_coherence_does_not_see_the_lengths_of_columns(exponents, seed):
    F = random_code(4, 6, rng(seed))
    scaled = F * 10.0 ** np.array(exponents)
    for a, b in ((coherence(F), coherence(scaled)), (coherence(F), coherence(-F))):
        np.testing.assert_allclose([a.rms, a.worst], [b.rms, b.worst], rtol=1e-12)
        assert a.pair == b.pair


def test_columns_at_the_ends_of_the_float_range_are_measured():
    largest = np.finfo(float).max
    found = coherence([[largest, 5e-324, 0], [largest, 0, 1]])
    np.testing.assert_allclose([found.worst, found.rms], [np.sqrt(0.5), np.sqrt(1 / 3)], rtol=1e-12)


def test_a_repeated_or_opposite_column_has_overlap_one():
    F = random_code(30, 200, rng())
    for sign in (1, -1):
        F[:, 150] = sign * F[:, 20]
        found = coherence(F)
        assert found.worst == pytest.approx(1, abs=1e-14)
        assert found.pair == (20, 150)


def test_worst_is_never_above_one_by_rounding():
    F = random_code(3, 500, rng())
    assert (F * F).sum(axis=0).max() > 1
    assert coherence(np.hstack([F, F])).worst == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int8, np.uint16, np.longdouble])
def test_coherence_takes_any_real_type_and_layout(dtype):
    F = rng().integers(1, 100, (5, 40)).astype(dtype)
    expected = coherence(F.astype(float))
    assert coherence(F) == expected
    assert coherence(np.asfortranarray(F)) == expected
    assert coherence(F.astype(float).tolist()) == expected
    assert coherence(np.repeat(F, 2, axis=1)[:, ::2]) == expected


def test_coherence_leaves_its_argument_alone():
    F = rng().standard_normal((5, 9))
    F.flags.writeable = False
    coherence(F)


def peak_memory(call):
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_stays_that_of_a_few_tiles():
    F = rng().standard_normal((16, 12_000), dtype=np.float32)
    coherence(F[:, :100])
    assert peak_memory(lambda: coherence(F)) < 64 * 2**20 < 4 * 12_000**2 / 8


@pytest.mark.slow
def test_memory_is_bounded_by_what_is_asked_for(monkeypatch):
    monkeypatch.setattr(overlaps, "_TILE_ROWS", 64)
    monkeypatch.setattr(overlaps, "_TILE_COLUMNS", 256)
    monkeypatch.setattr(overlaps, "_PART_COLUMNS", 64)
    F = rng().standard_normal((256, 6000), dtype=np.float32)
    found = coherence(F)
    assert peak_memory(lambda: coherence(F)) > F.nbytes
    # beside it the square matrix and what its sum takes, and eight numbers a column
    allowed = 2**20 + 3 * 8 * 256**2 + 64 * 6000
    assert peak_memory(lambda: coherence(F, memory=2**20)) < allowed < F.nbytes
    assert coherence(F, memory=2**20) == found


@pytest.mark.parametrize("memory", [1, 2**28])
@pytest.mark.usefixtures("small_tiles")
def test_progress_ends_when_every_pair_was_looked_at(memory):
    told = []
    coherence(rng().standard_normal((5, 23)), memory=memory, progress=lambda done, total: told.append((done, total)))
    done, totals = np.transpose(told)
    assert set(totals) == {23 * 22 // 2}
    assert (np.diff(done) >= 0).all()
    assert done[-1] == totals[-1]


def test_threads_see_what_one_sees():
    F = random_code(40, 3000, rng())
    found = coherence(F)
    with threadpool_limits(1):
        assert coherence(F) == found
    with threadpool_limits(3):
        assert coherence(F) == found


# -- refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: random_code(2.0, 3, rng()), TypeError, r"n must be an integer at least 1, got float 2.0"),
        (lambda: random_code(True, 3, rng()), TypeError, r"n must be an integer .* got bool True"),
        (lambda: random_code("2", 3, rng()), TypeError, r"n must be an integer .* got str '2'"),
        (lambda: random_code(2, np.array([3]), rng()), TypeError, r"m must be an integer .* got ndarray"),
        (lambda: random_code(0, 3, rng()), ValueError, r"n must be at least 1, got 0"),
        (lambda: random_code(2, -1, rng()), ValueError, r"m must be at least 1, got -1"),
        (lambda: random_code(2, 3, 0), TypeError, r"rng must be a numpy.random.Generator, .* got int 0"),
        (lambda: tight_frame(2, 3, np.random), TypeError, r"rng must be a numpy.random.Generator, .* got module"),
        (lambda: tight_frame(3, 2, rng()), ValueError, r"m must be at least n .* got m = 2 and n = 3"),
        (lambda: tight_frame(3, 4.0, rng()), TypeError, r"m must be an integer .* got float 4.0"),
        (lambda: simplex(0), ValueError, r"n must be at least 1, got 0"),
        (lambda: orthoplex(1.5), TypeError, r"n must be an integer .* got float 1.5"),
        (lambda: equiangular("3"), TypeError, r"n must be an integer .* got str '3'"),
        (lambda: mutually_unbiased(2), ValueError, r"n must be at least 4, got 2"),
        (lambda: mutually_unbiased(8), ValueError, r"n must be a power of 4 .* got 8"),
        (lambda: kerdock(2), ValueError, r"n must be at least 4, got 2"),
        (lambda: kerdock(32), ValueError, r"n must be a power of 4 .* got 32"),
        (lambda: kerdock(4.0), TypeError, r"n must be an integer .* got float 4.0"),
        (lambda: maximal_equiangular(6), ValueError, r"n must be one of 2, 3, 7 and 23, got 6"),
        (lambda: optimised(3, 1, rng()), ValueError, r"m must be at least 2, got 1"),
        (lambda: optimised(3, 4, 1), TypeError, r"rng must be a numpy.random.Generator"),
        (lambda: optimised(3, 4, rng(), starts=0), ValueError, r"starts must be at least 1, got 0"),
        (lambda: coherence(np.ones(3)), ValueError, r"F must be .* shape \(n, m\) .* m >= 2.* got shape \(3,\)"),
        (lambda: coherence(np.ones((3, 1))), ValueError, r"F must be .* m >= 2.* got shape \(3, 1\)"),
        (lambda: coherence(np.ones((0, 4))), ValueError, r"F must be .* n >= 1.* got shape \(0, 4\)"),
        (lambda: coherence([[1, 2], [3]]), ValueError, r"F must be .* got rows of unequal length"),
        (lambda: coherence([[1, 0, 1], [0, 0, 1]]), ValueError, r"F must be without zero columns, see column 1 of"),
        (lambda: coherence([[1, np.nan], [0, 1]]), ValueError, r"F must be finite, see column 1"),
        (lambda: coherence([[-np.inf, 1], [0, 1]]), ValueError, r"F must be finite, see column 0"),
        (lambda: coherence(np.ones((2, 2), complex)), TypeError, r"F must be .* real numbers, got .*complex128"),
        (lambda: coherence(np.ones((2, 2), bool)), TypeError, r"F must be .* real numbers, got .*bool"),
        (lambda: coherence([[Fraction(1, 2)] * 2]), TypeError, r"F must be .* real numbers, got list of object"),
        (lambda: coherence("F"), TypeError, r"F must be .* real numbers, got str"),
        (lambda: coherence(None), TypeError, r"F must be .* real numbers, got NoneType"),
    ],
)
def test_wrong_arguments_are_named_with_what_is_accepted(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_numpy_integers_are_integers():
    assert random_code(np.int64(2), np.uint8(3), rng()).shape == (2, 3)

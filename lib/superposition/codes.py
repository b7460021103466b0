"""Codes: arrangements of m features as unit vectors of an n-dimensional activation space.

Every code is an array ``F`` of shape (n, m): features are *columns*, each of length 1. (Some code in
the field stores the transpose.) The overlap of features i and j is the entry G[i, j] of the Gram
matrix ``G = F.T @ F``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # which loads its parts when they are first used
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from superposition.arguments import generator, integer
from superposition.overlaps import MEMORY, UnitColumns, each_tile, worst_pair
from superposition.progress import Progress
from superposition.results import Result
from superposition.threads import one_thread

__all__ = [
    "Code",
    "Coherence",
    "coherence",
    "equiangular",
    "kerdock",
    "maximal_equiangular",
    "mutually_unbiased",
    "optimised",
    "orthoplex",
    "random_code",
    "simplex",
    "tight_frame",
]

Code = ArrayLike | Callable[[Generator], NDArray]
"""A code that is kept, or a function that draws one."""


def random_code(n: int, m: int, rng: Generator) -> NDArray:
    """m independent directions, uniform on the unit sphere of n dimensions.

    Parameters
    ----------
    n : int
        Neurons, at least 1.
    m : int
        Features, at least 1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Code F, shape (n, m), float64, columns of length 1. For n = 1 each entry is +1 or -1.

    Raises
    ------
    TypeError, ValueError
        If n or m is not a positive integer, or rng not a Generator.

    Notes
    -----
    *Exact*: a standard Gaussian vector divided by its length is uniform on the sphere (Muller 1959).

    Examples
    --------
    >>> F = random_code(64, 200, np.random.default_rng(0))
    >>> F.shape, bool(np.allclose((F**2).sum(axis=0), 1))
    ((64, 200), True)
    """
    n, m, rng = integer("n", n), integer("m", m), generator(rng)
    F = rng.standard_normal((n, m))
    F /= np.linalg.norm(F, axis=0)
    return F


@one_thread
def tight_frame(n: int, m: int, rng: Generator) -> NDArray:
    """Random unit-norm tight frame: m unit vectors with F Fᵀ = (m/n) I.

    Parameters
    ----------
    n : int
        Neurons, at least 1.
    m : int
        Features, at least n.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Code F, shape (n, m), float64, columns of length 1, ``F @ F.T`` equal to m/n times the
        identity to 1e-10.

    Raises
    ------
    TypeError, ValueError
        If n or m is not a positive integer, m < n, or rng is not a Generator.

    Notes
    -----
    *Exact* up to rounding. n random orthonormal rows of length m, scaled by sqrt(m/n), are a tight
    frame whose squared column lengths average 1. A plane rotation of a column shorter than 1 with one
    longer than 1 leaves F Fᵀ as it is and can give one of the two the length 1; at most m - 1 of them
    do it for all (Bendel & Mickey 1978; Davies & Higham 2000).

    The law of F does not change when columns change places or signs: the rows are orthonormalised Gaussian
    rows, and the rotations commute with both. So every column carries a random sign. For m = n + 1 the
    frame is the simplex, rotated, with the sign of each vertex chosen at random.

    Examples
    --------
    >>> F = tight_frame(5, 7, np.random.default_rng(0))
    >>> bool(np.allclose(F @ F.T, 7 / 5 * np.eye(5), atol=1e-10))
    True
    """
    n, m, rng = integer("n", n), integer("m", m), generator(rng)
    if m < n:
        raise ValueError(f"m must be at least n for a tight frame, got m = {m} and n = {n}")
    columns = np.linalg.qr(rng.standard_normal((m, n)))[0] * np.sqrt(m / n)
    squares = np.einsum("ij,ij->i", columns, columns)
    # in order of length, not of position: what becomes of a column does not depend on its number
    order = np.argsort(squares)
    short, long = ([(i, squares[i].item()) for i in order[where]] for where in (squares[order] < 1, squares[order] > 1))
    while short and long:
        (i, small), (j, large) = short.pop(), long.pop()
        u, v = columns[i], columns[j]
        # tan of the angle at which |cos u - sin v| = 1, as the root without cancellation
        overlap = float(u @ v)
        a, b = small - 1, large - 1
        tan = a / (overlap + math.copysign(math.sqrt(overlap * overlap - a * b), overlap))
        cos = 1 / math.sqrt(1 + tan * tan)
        scipy.linalg.blas.drot(v, u, cos, tan * cos, overwrite_x=True, overwrite_y=True)
        left = float(v @ v)
        if left < 1:
            short.append((j, left))
        elif left > 1:
            long.append((j, left))
    return np.ascontiguousarray((columns / np.linalg.norm(columns, axis=1)[:, None]).T)


def simplex(n: int) -> NDArray:
    """The n + 1 vertices of a regular simplex: every overlap is -1/n.

    Parameters
    ----------
    n : int
        Neurons, at least 1.

    Returns
    -------
    numpy.ndarray
        Code F, shape (n, n + 1), float64, columns of length 1, upper triangular.

    Raises
    ------
    TypeError, ValueError
        If n is not a positive integer.

    Notes
    -----
    *Exact*. A tight frame whose worst absolute overlap meets the Welch bound. Its overlaps are all
    negative: no set of m > n + 1 directions has all its overlaps below a negative number.

    Examples
    --------
    >>> F = simplex(2)
    >>> print((F.T @ F).round(3))
    [[ 1.  -0.5 -0.5]
     [-0.5  1.  -0.5]
     [-0.5 -0.5  1. ]]
    """
    n = integer("n", n)
    # Column j has F[i, j] = -height_i / (n - i) for i < j and F[j, j] = height_j, where height_i is what
    # is left of its unit length after i coordinates: height_i² = (n + 1)(n - i) / (n (n - i + 1)).
    left = np.arange(n, 0, -1.0)
    height = np.sqrt((n + 1) * left / (n * (left + 1)))
    F = np.triu(np.broadcast_to((-height / left)[:, None], (n, n + 1)), 1)
    F[np.arange(n), np.arange(n)] = height
    return F


def orthoplex(n: int) -> NDArray:
    """The 2 n vectors ±e_i: every overlap is 0, but for each feature's opposite, at -1.

    Parameters
    ----------
    n : int
        Neurons, at least 1.

    Returns
    -------
    numpy.ndarray
        Code F = [I, -I], shape (n, 2 n), float64.

    Raises
    ------
    TypeError, ValueError
        If n is not a positive integer.

    Notes
    -----
    *Exact*. As *signed* overlaps go no code of more than n + 1 directions does better than 0, and none of
    more than 2 n reaches it (Rankin 1955); in *absolute* overlap it is the worst code there is.

    Examples
    --------
    >>> print(orthoplex(2))
    [[ 1.  0. -1. -0.]
     [ 0.  1. -0. -1.]]
    """
    identity = np.eye(integer("n", n))
    return np.hstack([identity, -identity])


@one_thread
def equiangular(n: int) -> NDArray:
    """2 n equiangular lines from a Paley conference matrix: every overlap is ±1/sqrt(2 n - 1).

    Parameters
    ----------
    n : int
        Neurons, such that q = 2 n - 1 is a prime with q ≡ 1 (mod 4): 3, 7, 9, 15, 19, 21, 27, 31, 37, ...

    Returns
    -------
    numpy.ndarray
        Code F, shape (n, 2 n), float64, columns of length 1. n = 3 gives the six diagonals of the
        icosahedron.

    Raises
    ------
    TypeError, ValueError
        If n is not an integer for which the construction exists.

    Notes
    -----
    *Exact*: a tight frame all of whose absolute overlaps equal the Welch bound. With χ the quadratic
    character modulo q, C the symmetric matrix χ(i - j) bordered by ones, C² = q I; so I + C/sqrt(q) is
    twice a projection of rank n, the Gram matrix of the code (Paley 1933; van Lint & Seidel 1966).

    Examples
    --------
    >>> G = equiangular(3).T @ equiangular(3)
    >>> bool(np.allclose(abs(G[~np.eye(6, dtype=bool)]), 1 / 5**0.5))
    True
    """
    n = integer("n", n)
    q = 2 * n - 1
    if q < 5 or q % 4 != 1 or any(q % divisor == 0 for divisor in range(3, int(q**0.5) + 1, 2)):
        raise ValueError(f"n must make 2 n - 1 a prime that leaves 1 modulo 4 (n = 3, 7, 9, 15, 19, ...), got {n}")
    residues = np.arange(q)
    character = np.full(q, -1.0)
    character[residues**2 % q] = 1
    character[0] = 0
    conference = np.ones((q + 1, q + 1))
    conference[1:, 1:] = character[(residues[:, None] - residues) % q]
    conference[0, 0] = 0
    projection = (np.eye(q + 1) + conference / np.sqrt(q)) / 2
    F = np.linalg.eigh(projection)[1][:, n:].T
    return np.ascontiguousarray(F / np.linalg.norm(F, axis=0))


def maximal_equiangular(n: int) -> NDArray:
    """n (n + 1)/2 equiangular lines, the most there can be: every overlap is ±1/sqrt(n + 2).

    Parameters
    ----------
    n : int
        Neurons: 2, 3, 7 or 23. No other n is known to have so many.

    Returns
    -------
    numpy.ndarray
        Code F, shape (n, n (n + 1)/2), float64, columns of length 1: 3, 6, 28 or 276 lines.

    Raises
    ------
    TypeError, ValueError
        If n is not one of the four integers.

    Notes
    -----
    *Exact*: a tight frame all of whose absolute overlaps equal the Welch bound. The matrices f fᵀ of equiangular
    lines are linearly independent, so that there are at most n (n + 1)/2 lines (Gerzon, in Lemmens & Seidel 1973).
    n = 2: three diameters of a hexagon. n = 3: the icosahedron's six diagonals. n = 7: the 28 sums of two vertices
    of a simplex. n = 23: one line for each of the 23 points and 253 blocks of the Steiner system S(4, 7, 23), which
    the words of weight 7 of the binary Golay code form; two blocks share 1 or 3 points.

    Examples
    --------
    >>> for n in (2, 3, 7, 23):
    ...     F = maximal_equiangular(n)
    ...     print(F.shape, round(coherence(F).worst ** -2, 9))
    (2, 3) 4.0
    (3, 6) 5.0
    (7, 28) 9.0
    (23, 276) 25.0
    """
    n = integer("n", n)
    constructions = {2: simplex, 3: equiangular, 7: _simplex_sums, 23: _steiner_lines}
    if n not in constructions:
        raise ValueError(f"n must be one of 2, 3, 7 and 23, got {n}")
    return constructions[n](n)


def _simplex_sums(n):
    vertices = simplex(n)
    i, j = np.triu_indices(n + 1, 1)
    sums = vertices[:, i] + vertices[:, j]
    return sums / np.linalg.norm(sums, axis=0)


def _steiner_lines(n):
    """23 lines a e_i + b (1 ... 1) and 253 lines (a/2) block + c (1 ... 1), with a, b, c such that all overlaps are ±1/5."""
    words, generator_polynomial = np.zeros(1, int), 0b101011100011
    for shift in range(12):
        words = np.concatenate([words, words ^ (generator_polynomial << shift)])
    words = words[np.bitwise_count(words) == 7]
    blocks = words >> np.arange(n)[:, None] & 1
    lines = np.hstack([2 * np.eye(n) - (2 + np.sqrt(27)) / n, blocks + (np.sqrt(3) - 7) / n])
    return lines / np.sqrt(5)


def mutually_unbiased(n: int) -> NDArray:
    """Three mutually unbiased orthonormal bases: 3 n directions, every overlap 0 or ±1/sqrt(n).

    Parameters
    ----------
    n : int
        Neurons, a power of 4: 4, 16, 64, 256, ...

    Returns
    -------
    numpy.ndarray
        Code F = [I, H, D H], shape (n, 3 n), float64, columns of length 1.

    Raises
    ------
    TypeError, ValueError
        If n is not a power of 4, or is below 4.

    Notes
    -----
    *Exact*. H is the Sylvester-Hadamard matrix over sqrt(n), D the diagonal of signs (-1)^(a·b), where a and b
    are the two halves of the index's binary digits. That sign function is bent: its Walsh transform has
    the same size everywhere, which is what makes H and D H unbiased (Rothaus 1976). The union of
    orthonormal bases is a tight frame; its *rms* overlap meets the Welch bound, its worst does not.

    Examples
    --------
    >>> F = mutually_unbiased(4)
    >>> print(np.unique(abs(F.T @ F).round(12)))
    [0.  0.5 1. ]
    """
    n = _power_of_4(n)
    hadamard = _hadamard(n)
    index, half = np.arange(n), 2 ** (n.bit_length() // 2)
    bent = _signs((index // half) & (index % half))
    return np.hstack([np.eye(n), hadamard, bent[:, None] * hadamard])


def kerdock(n: int) -> NDArray:
    """Kerdock's n/2 + 1 mutually unbiased orthonormal bases: n (n/2 + 1) directions, every overlap 0 or ±1/sqrt(n).

    .. math:: f_{a,w}(v) = \\frac{(-1)^{Q_a(v) + w \\cdot v}}{\\sqrt n}, \\qquad
              Q_a(x, e) = \\sum_{i=1}^{(r-1)/2} \\mathrm{Tr}\\bigl((a x)^{2^i + 1}\\bigr) + e\\, \\mathrm{Tr}(a x)

    Parameters
    ----------
    n : int
        Neurons, a power of 4: 4, 16, 64, 256, ...

    Returns
    -------
    numpy.ndarray
        Code F, shape (n, n (n/2 + 1)), float64, columns of length 1. Columns j n to (j + 1) n are basis j;
        basis 0 is the identity. Any k of the bases, ``F[:, : k * n]``, are a tight frame.

    Raises
    ------
    TypeError, ValueError
        If n is not a power of 4, or is below 4.

    Notes
    -----
    *Exact*. With n = 2^(r + 1), r odd, the n positions are the pairs v = (x, e) of an element x of the field of
    2^r elements and a bit e; a runs over that field, w over all positions, Tr is the trace to one bit. The difference
    of two of the quadratic forms Q_a is never degenerate, so the overlap of two bases, a sum of n signs over n,
    has the same size everywhere. No more bases than n/2 + 1 can be mutually unbiased in n real dimensions.

    The array for n = 256 takes 68 MB; each step to 4 n takes 64 times as much.

    Source: Kerdock (1972); Calderbank, Cameron, Kantor & Seidel (1997).

    Examples
    --------
    >>> F = kerdock(16)
    >>> F.shape, round(coherence(F).worst, 12)
    ((16, 144), 0.25)
    """
    n = _power_of_4(n)
    F = np.empty((n, n // 2 + 1, n))
    F[:, 0] = np.eye(n)
    np.multiply(_kerdock_signs(n).T[:, :, None], _hadamard(n)[:, None], out=F[:, 1:])
    return F.reshape(n, -1)


def _kerdock_signs(n):
    """(-1) to the power Q_a(v), for every a in row and v in column, shape (n/2, n)."""
    size = n // 2
    powers = _powers_of_a_generator(size)
    cycle = size - 1
    logs = np.empty(size, int)
    logs[powers] = np.arange(cycle)
    digits = size.bit_length() - 1

    def power(exponent):
        return powers[np.arange(cycle) * exponent % cycle]

    traces = np.bitwise_xor.reduce([power(2**i) for i in range(digits)])
    forms = np.zeros(cycle, int)
    for i in range(1, (digits + 1) // 2):
        forms ^= traces[logs[power(2**i + 1)]]
    a_times_x = (logs[1:, None] + logs[1:]) % cycle
    signs = np.ones((size, 2, size))
    signs[1:, 0, 1:] = 1 - 2 * forms[a_times_x]
    signs[1:, 1, 1:] = 1 - 2 * (forms ^ traces)[a_times_x]
    return signs.reshape(size, n)


def _powers_of_a_generator(size):
    """The nonzero elements of the field of `size` = 2^r elements as bit patterns, in the order 1, g, g², ...

    Multiplication by g shifts the pattern and reduces it by a polynomial. A polynomial for which this passes through
    all nonzero patterns makes the patterns a field; there is one for every r.
    """
    cycles = (_powers_modulo(polynomial, size) for polynomial in range(size + 1, 2 * size, 2))
    return np.array(next(powers for powers in cycles if len(powers) == size - 1))


def _powers_modulo(polynomial, size):
    powers = [1]
    while True:
        shifted = 2 * powers[-1]
        element = shifted ^ polynomial if shifted >= size else shifted
        if element == 1:
            return powers
        powers.append(element)


def _power_of_4(n):
    n = integer("n", n, low=4)
    if n != 4 ** ((n.bit_length() - 1) // 2):
        raise ValueError(f"n must be a power of 4 (4, 16, 64, 256, ...), got {n}")
    return n


def _hadamard(n):
    """Sylvester's matrix of signs over sqrt(n), an orthogonal matrix."""
    index = np.arange(n)
    return _signs(index[:, None] & index) / np.sqrt(n)


def _signs(integers):
    """(-1) to the number of binary ones of each integer."""
    return 1.0 - 2.0 * (np.bitwise_count(integers) % 2)


@one_thread
def optimised(n: int, m: int, rng: Generator, starts: int = 8) -> NDArray:
    """m directions with a worst overlap as low as a search from random starts finds.

    Parameters
    ----------
    n : int
        Neurons, at least 1.
    m : int
        Features, at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    starts : int
        Random codes to start from, at least 1; the best end is returned.

    Returns
    -------
    numpy.ndarray
        Code F, shape (n, m), float64, columns of length 1.

    Raises
    ------
    TypeError, ValueError
        If a number is not an integer in its range, or rng not a Generator.

    Notes
    -----
    *Bound*, from above, on the lowest worst overlap there is: the code is one that has it. Whether another has a
    lower one the search cannot tell; where many features are in few neurons, it ends in local optima, and codes made
    by algebra are better.

    The largest squared overlap is replaced by the smooth ln(mean(exp(β t²)))/β over all pairs. That is minimised by
    L-BFGS for one β after the other, each eight times the one before, up to β = 2·10⁶, where it is within
    ln(m²/2)/β of the largest. Starts take turns to begin at β = 1, 8, 64 and 512: a late beginning keeps more
    of the start's disorder, and finds other optima.

    Time goes like m² n, for m = 100 and n = 16 about one second for each start.

    Examples
    --------
    >>> F = optimised(3, 6, np.random.default_rng(0))
    >>> F.shape, bool(coherence(F).worst < 5**-0.5 + 1e-5)
    ((3, 6), True)
    """
    n, m = integer("n", n), integer("m", m, low=2)
    rng, starts = generator(rng), integer("starts", starts)
    ends = (_sharpened(random_code(n, m, rng), start % 4) for start in range(starts))
    return min(ends, key=lambda F: coherence(F).worst)


def _sharpened(F, stage):
    for sharpness in 8.0 ** np.arange(stage, 8):
        found = scipy.optimize.minimize(
            _smooth_worst,
            F.ravel(),
            args=(F.shape, sharpness),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": 300, "maxcor": 20, "ftol": 1e-15, "gtol": 1e-12},
        )
        F = found.x.reshape(F.shape)
        F = F / np.linalg.norm(F, axis=0)
    return F


def _smooth_worst(entries, shape, sharpness):
    """ln(mean(exp(sharpness · t²)))/sharpness over the pairs of columns, and its gradient by the entries."""
    lengths = np.linalg.norm(entries.reshape(shape), axis=0)
    F = entries.reshape(shape) / lengths
    G = F.T @ F
    squares = G * G
    np.fill_diagonal(squares, -np.inf)
    largest = squares.max()
    weights = np.exp(sharpness * (squares - largest))
    total = weights.sum()
    value = largest + np.log(total / (len(G) * (len(G) - 1))) / sharpness
    slope = F @ (weights * G) * (4 / total)
    slope -= F * np.einsum("ij,ij->j", F, slope)
    return value, (slope / lengths).ravel()


@dataclass(frozen=True, repr=False)
class Coherence(Result):
    """How much the directions of a code overlap, in absolute value.

    Attributes
    ----------
    rms : float
        root mean square of the m (m - 1)/2 overlaps.
    worst : float
        largest absolute overlap.
    pair : tuple of int
        the two columns (i < j) that have it.
    welch : float
        lower bound on both.
    """

    rms: float
    worst: float
    pair: tuple[int, int]
    welch: float


def coherence(F: ArrayLike, *, memory: int = MEMORY, progress: Progress = None) -> Coherence:
    """Root-mean-square and worst overlap of the columns of F, beside the Welch bound.

    .. math:: \\mathrm{worst} = \\max_{i<j} |f_i \\cdot f_j| \\ge
              \\mathrm{rms} = \\Bigl(\\tfrac{2}{m(m-1)} \\sum_{i<j} (f_i \\cdot f_j)^2\\Bigr)^{1/2} \\ge
              \\sqrt{\\frac{m-n}{n(m-1)}}

    Parameters
    ----------
    F : array_like
        Any matrix of finite real numbers, shape (n, m) with m >= 2, features as columns, none of them
        zero. Columns are divided by their lengths here; their scale may be anything that floats can hold.
    memory : int
        Bytes for what is held at a time beside F and one square matrix of side min(n, m): 256 MiB if not given. Half
        of them are for columns in single precision, the rest for tiles; a few tiles' columns are always held.
    progress : callable, None or False
        ``progress(done, total)`` is told how many pairs were looked at; None shows a bar on a terminal where the
        work takes over two seconds, False shows nothing.

    Returns
    -------
    Coherence
        With fields ``rms``, ``worst``, ``pair`` (i < j) and ``welch`` (0 when m <= n).

    Raises
    ------
    TypeError
        If F does not hold real numbers, or another argument is not of its type.
    ValueError
        If F is not two-dimensional, has fewer than two columns, a zero column, or an entry that is not finite.

    Notes
    -----
    *Exact* to double precision. For m > n the rms comes from the n × n frame operator S = F Fᵀ, as
    rms² = welch² + ‖S - (m/n) I‖² / (m (m - 1)), a sum of two positive terms: O(m n²) and no cancellation.
    The worst pair is searched over the tiles of the upper triangle of the Gram matrix in single
    precision; a tile that could hold it, given a proven bound on the rounding, is computed again in double
    precision. Tiles are shared out among as many threads as BLAS would take.

    Source: Welch (1974); Benedetto & Fickus (2003) for equality of the rms with the bound.

    Examples
    --------
    >>> from superposition.codes import coherence, simplex
    >>> result = coherence(3 * simplex(4))
    >>> round(result.rms, 12), round(result.worst, 12), round(result.welch, 12)
    (0.25, 0.25, 0.25)
    """
    columns, roughly = UnitColumns(F, memory=memory), []

    def visit(tile, top, left):
        roughly.append((max(tile.max(), -tile.min()), top, left, tile.shape))

    each_tile(visit, columns, progress=progress)
    return Coherence(columns.rms(), *worst_pair(columns, roughly), float(np.sqrt(columns.welch_squared)))

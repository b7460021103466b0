"""Codes: arrangements of m features as unit vectors of an n-dimensional activation space.

Every code is an array ``F`` of shape (n, m): features are *columns*, each of length 1. (Some code in
the field stores the transpose.) The overlap of features i and j is the entry G[i, j] of the Gram
matrix ``G = F.T @ F``.
"""

from dataclasses import dataclass

import numpy as np

from superposition.arguments import generator, integer, matrix
from superposition.results import Result
from superposition.threads import one_thread

# Tiles of the Gram matrix that `coherence` looks at: large enough for the matrix product to run at full
# speed, small enough (8 MiB in single precision) to be scanned while still in the cache.
_TILE_ROWS, _TILE_COLUMNS = 512, 4096
# Normalised columns that it holds at a time in single precision, and converts at a time.
_PANEL_BYTES, _PART_COLUMNS = 2**26, 512


def random_code(n, m, rng):
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
def tight_frame(n, m, rng):
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
    short, long = list(order[squares[order] < 1]), list(order[squares[order] > 1])
    while short and long:
        i, j = short.pop(), long.pop()
        u, v = columns[i], columns[j]
        # tan of the angle at which |cos u - sin v| = 1, as the root without cancellation
        overlap = float(u @ v)
        a, b = squares[i] - 1, squares[j] - 1
        tan = a / (overlap + np.copysign(np.sqrt(overlap * overlap - a * b), overlap))
        cos = 1 / np.sqrt(1 + tan * tan)
        sin = tan * cos
        columns[i], columns[j] = cos * u - sin * v, sin * u + cos * v
        squares[j] = float(columns[j] @ columns[j])
        if squares[j] < 1:
            short.append(j)
        elif squares[j] > 1:
            long.append(j)
    return np.ascontiguousarray((columns / np.linalg.norm(columns, axis=1)[:, None]).T)


def simplex(n):
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


def orthoplex(n):
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
def equiangular(n):
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


def mutually_unbiased(n):
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
    n = integer("n", n, low=4)
    digits = n.bit_length() - 1
    if n != 4 ** (digits // 2):
        raise ValueError(f"n must be a power of 4 (4, 16, 64, 256, ...), got {n}")
    index = np.arange(n)
    hadamard = _signs(index[:, None] & index) / np.sqrt(n)
    half = 2 ** (digits // 2)
    bent = _signs((index // half) & (index % half))
    return np.hstack([np.eye(n), hadamard, bent[:, None] * hadamard])


def _signs(integers):
    """(-1) to the number of binary ones of each integer."""
    return 1.0 - 2.0 * (np.bitwise_count(integers) % 2)


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


def coherence(F):
    """Root-mean-square and worst overlap of the columns of F, beside the Welch bound.

    .. math:: \\mathrm{worst} = \\max_{i<j} |f_i \\cdot f_j| \\ge
              \\mathrm{rms} = \\Bigl(\\tfrac{2}{m(m-1)} \\sum_{i<j} (f_i \\cdot f_j)^2\\Bigr)^{1/2} \\ge
              \\sqrt{\\frac{m-n}{n(m-1)}}

    Parameters
    ----------
    F : array_like
        Any matrix of finite real numbers, shape (n, m) with m >= 2, features as columns, none of them
        zero. Columns are divided by their lengths here; their scale may be anything that floats can hold.

    Returns
    -------
    Coherence
        With fields ``rms``, ``worst``, ``pair`` (i < j) and ``welch`` (0 when m <= n).

    Raises
    ------
    TypeError
        If F does not hold real numbers.
    ValueError
        If F is not two-dimensional, has fewer than two columns, a zero column, or an entry that is not finite.

    Notes
    -----
    *Exact* to double precision. For m > n the rms comes from the n × n frame operator S = F Fᵀ, as
    rms² = welch² + ‖S - (m/n) I‖² / (m (m - 1)), a sum of two positive terms: O(m n²) and no cancellation.
    The worst pair is searched over the tiles of the upper triangle of the Gram matrix in single
    precision; a tile that could hold it, given a proven bound on the rounding, is computed again in double
    precision. Beside F and one square matrix of side min(n, m), memory stays that of a few tiles and of
    one panel of columns (64 MiB), whatever m.

    Source: Welch (1974); Benedetto & Fickus (2003) for equality of the rms with the bound.

    Examples
    --------
    >>> from superposition.codes import coherence, simplex
    >>> result = coherence(3 * simplex(4))
    >>> round(result.rms, 12), round(result.worst, 12), round(result.welch, 12)
    (0.25, 0.25, 0.25)
    """
    columns = _UnitColumns(F)
    n, m = columns.array.shape
    welch_squared = (m - n) / (n * (m - 1)) if m > n else 0.0
    rms = np.sqrt(welch_squared + columns.squared_excess() / (m * (m - 1)))
    return Coherence(float(rms), *_worst_pair(columns), float(np.sqrt(welch_squared)))


class _UnitColumns:
    """The columns of a matrix, divided by their lengths a few at a time."""

    def __init__(self, F):
        self.array = matrix("F", F, min_columns=2)
        n, m = self.array.shape
        # Two steps, because the square of a number below 1e-154 or above 1e154 is not a float.
        self.peaks, self.norms = np.empty(m), np.empty(m)
        self.operator = np.zeros((n, n)) if m > n else None
        self.panel = max(_TILE_COLUMNS, _PANEL_BYTES // (4 * n))
        self.first_panel = np.empty((min(self.panel, m), n), np.float32)
        for part in self._parts(0, m):
            block = self.array[:, part].astype(float)
            peaks = np.maximum(block.max(axis=0), -block.min(axis=0))
            for wrong, what in ((~np.isfinite(peaks), "finite"), (peaks == 0, "without zero columns")):
                if wrong.any():
                    column = part.start + int(wrong.argmax())
                    raise ValueError(f"F must be {what}, see column {column} of the array of shape {(n, m)} given")
            block /= peaks
            norms = np.sqrt(np.einsum("ij,ij->j", block, block))
            self.peaks[part], self.norms[part] = peaks, norms
            block /= norms
            if self.operator is not None:
                self.operator += block @ block.T
            held = self.first_panel[part]
            held[:] = block.T[: len(held)]

    def _parts(self, start, stop):
        return [slice(left, min(left + _PART_COLUMNS, stop)) for left in range(start, stop, _PART_COLUMNS)]

    def _block(self, part):
        return self.array[:, part].astype(float) / self.peaks[part] / self.norms[part]

    def rows(self, start, stop, dtype=float):
        """Columns start to stop, each of length 1, as the rows of an array."""
        rows = np.empty((stop - start, len(self.array)), dtype)
        for part in self._parts(start, stop):
            rows[part.start - start : part.stop - start] = self._block(part).T
        return rows

    def squared_excess(self):
        """Sum of the squared overlaps over ordered pairs, less what no code of this shape can avoid."""
        n, m = self.array.shape
        if self.operator is None:
            rows = self.rows(0, m)
            excess = rows @ rows.T
            np.fill_diagonal(excess, 0)
        else:
            excess = self.operator - m / n * np.eye(n)
        return float(np.vdot(excess, excess))


def _tiles(m, panel):
    """Tiles (top, bottom, left, right) of the Gram matrix that cover all pairs i < j, by panels of columns."""
    for first in range(0, m, panel):
        last = min(first + panel, m)
        for top in [*range(0, first, _TILE_ROWS), *range(first, last, _TILE_ROWS)]:
            bottom = min(top + _TILE_ROWS, first if top < first else last)
            for left in range(max(first, top), last, _TILE_COLUMNS):
                yield top, bottom, left, min(left + _TILE_COLUMNS, last)


def _worst_pair(columns):
    """Largest absolute overlap of two columns, and the pair."""
    n, m = columns.array.shape
    # Bound on the error of a single-precision dot product of two unit vectors that were rounded themselves.
    rounding = (n + 4) * 2.0**-24
    slack = rounding / (1 - rounding) if rounding < 0.5 else 2.0
    panel, held, first = columns.panel, columns.first_panel, 0
    buffer = np.empty(min(_TILE_ROWS, m) * min(_TILE_COLUMNS, m), np.float32)
    roughly = []
    for top, bottom, left, right in _tiles(m, panel):
        if first != left - left % panel:
            first = left - left % panel
            held = columns.rows(first, min(first + panel, m), np.float32)
        upper = held[top - first : bottom - first] if top >= first else columns.rows(top, bottom, np.float32)
        tile = buffer[: (bottom - top) * (right - left)].reshape(bottom - top, right - left)
        np.matmul(upper, held[left - first : right - first].T, out=tile)
        if top == left:
            np.fill_diagonal(tile, 0)
        roughly.append((max(tile.max(), -tile.min()), (top, bottom, left, right)))
    worst, pair = -1.0, None
    for rough, (top, bottom, left, right) in sorted(roughly, reverse=True):
        if rough + slack < worst:
            break
        tile = np.abs(columns.rows(top, bottom) @ columns.rows(left, right).T)
        if top == left:
            np.fill_diagonal(tile, -1)
        i, j = np.unravel_index(tile.argmax(), tile.shape)
        if tile[i, j] > worst:
            worst, pair = float(tile[i, j]), (top + int(i), left + int(j))
    return min(worst, 1.0), (min(pair), max(pair))

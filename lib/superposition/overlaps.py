"""The overlaps of all pairs of columns, tile by tile, without the whole Gram matrix.

Columns are made of length 1 a panel at a time, in single precision. Of a Gram matrix, which is symmetric, only the
tiles of the upper triangle are formed.
"""

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from superposition.arguments import integer, matrix
from superposition.progress import Progress, meter
from superposition.threads import shared_out

__all__ = ["MEMORY", "UnitColumns", "each_tile", "worst_pair"]

# Bytes for normalised columns and tiles, beside the matrices themselves.
MEMORY = 2**28
# Tiles: large enough for the matrix product to run at full speed, small enough (1 MiB in single precision) to be looked
# at while still in the cache.
_TILE_ROWS, _TILE_COLUMNS = 512, 512
# Lengths between which the squares of a column's entries are floats that matter; others are divided by their largest
# entry before.
_SQUARED = 1e-100, 1e100
# Columns that are converted at a time.
_PART_COLUMNS = 512


class UnitColumns:
    """The columns of a matrix, divided by their lengths a few at a time.

    Parameters
    ----------
    F : array_like
        Shape (n, m), m of at least 2.
    name : str
        What errors call it.
    memory : int
        Bytes for the columns that are held at a time; never fewer than one tile's columns are held.
    drop_dead : bool
        Whether columns of zeros are left out, rather than refused.

    Attributes
    ----------
    array : numpy.ndarray
        what was passed.
    n, m : int
        neurons; columns, those left out not counted.
    lengths : numpy.ndarray
        of the columns, before.
    kept : numpy.ndarray
        the columns' numbers in the array.
    total : numpy.ndarray
        sum of the unit columns.
    operator : numpy.ndarray or None
        F Fᵀ of the unit columns where m > n.
    """

    def __init__(self, F: ArrayLike, name: str = "F", memory: int = MEMORY, drop_dead: bool = False) -> None:
        self.array = matrix(name, F, min_columns=2)
        memory = integer("memory", memory)
        n, m = shape = self.array.shape
        peaks, norms = np.empty(m), np.empty(m)
        operator = np.zeros((n, n)) if m > n else None
        self.total = np.zeros(n)
        for part in _parts(0, m):
            block = self.array[:, part].astype(float)
            norm = np.sqrt(np.einsum("ij,ij->j", block, block))
            if _SQUARED[0] < norm.min() and norm.max() < _SQUARED[1]:
                peak = 1.0
            else:
                peak = np.maximum(block.max(axis=0), -block.min(axis=0))
                dead = peak == 0
                for wrong, what in ((~np.isfinite(peak), "finite"), (dead & (not drop_dead), "without zero columns")):
                    if wrong.any():
                        column = part.start + int(wrong.argmax())
                        raise ValueError(
                            f"{name} must be {what}, see column {column} of the array of shape {shape} given"
                        )
                block /= peak + dead
                norm = np.sqrt(np.einsum("ij,ij->j", block, block)) + dead
            block /= norm
            peaks[part], norms[part] = peak, norm
            self.total += block.sum(axis=1)
            if operator is not None:
                operator += block @ block.T
        self.kept = np.flatnonzero(peaks)
        if len(self.kept) < 2:
            raise ValueError(f"{name} must have at least 2 columns that are not zero, got {len(self.kept)} of {m}")
        self._all = len(self.kept) == m
        self._peaks, self._norms = peaks[self.kept], norms[self.kept]
        self._peaked = bool((self._peaks != 1).any())
        self.n, self.m = n, len(self.kept)
        self.operator = operator if self.m > n else None
        self._held = {}
        self.panel = _TILE_COLUMNS * max(1, memory // (8 * n * _TILE_COLUMNS))

    def rows(self, start: int, stop: int, dtype: DTypeLike = float) -> NDArray:
        """Columns start to stop, each of length 1, as the rows of an array."""
        rows = np.empty((stop - start, self.n), dtype)
        for part in _parts(start, stop):
            rows[part.start - start : part.stop - start] = self._block(part).T
        return rows

    def held(self, first: int, last: int) -> NDArray:
        """A panel of columns as by `rows`, in single precision; the last one that was asked for is kept."""
        if (first, last) not in self._held:
            self._held.clear()
            self._held[first, last] = self.rows(first, last, np.float32)
        return self._held[first, last]

    def chosen(self, columns: NDArray) -> NDArray:
        """The columns of some numbers, each of length 1, as the rows of an array in single precision."""
        return np.ascontiguousarray(self._block(columns).T, np.float32)

    def _block(self, part):
        block = self.array[:, part if self._all else self.kept[part]].astype(float)
        if self._peaked:
            block /= self._peaks[part]
        block /= self._norms[part]
        return block

    @property
    def lengths(self) -> NDArray:
        return self._peaks * self._norms

    @property
    def welch_squared(self) -> float:
        """Mean squared overlap that no code of this shape can be below."""
        return max(0.0, (self.m - self.n) / (self.n * (self.m - 1)))

    def rms(self) -> float:
        """Root mean square of the m (m - 1)/2 overlaps."""
        if self.operator is None:
            rows = self.rows(0, self.m)
            excess = rows @ rows.T
            np.fill_diagonal(excess, 0)
        else:
            excess = self.operator - self.m / self.n * np.eye(self.n)
        return float(np.sqrt(self.welch_squared + np.vdot(excess, excess) / (self.m * (self.m - 1))))

    def of_each(self) -> tuple[NDArray, NDArray]:
        """Mean and mean square of each column's overlaps with the others."""
        if self.operator is None:
            gram = self.rows(0, self.m)
            gram = gram @ gram.T
            np.fill_diagonal(gram, 0)
            return gram.sum(axis=0) / (self.m - 1), (gram**2).sum(axis=0) / (self.m - 1)

        def sums(part):
            block = self._block(part)
            # its overlap with itself, which is 1 but for rounding, is taken away
            return (
                self.total @ block - np.einsum("ij,ij->j", block, block),
                np.einsum("ij,ij->j", block, self.operator @ block) - 1,
            )

        means, squares = np.concatenate(list(shared_out(sums, _parts(0, self.m))), axis=1)
        return means / (self.m - 1), np.maximum(squares, 0) / (self.m - 1)

    def spectrum(self) -> NDArray:
        """Eigenvalues of F Fᵀ, the min(n, m) that need not be 0, largest first."""
        operator = self.operator
        if operator is None:
            rows = self.rows(0, self.m)
            operator = rows @ rows.T
        return np.maximum(np.linalg.eigvalsh(operator)[::-1], 0)


def _parts(start, stop):
    return [slice(left, min(left + _PART_COLUMNS, stop)) for left in range(start, stop, _PART_COLUMNS)]


def each_tile(
    visit: Callable[[NDArray, int, int], object],
    columns: UnitColumns,
    others: UnitColumns | None = None,
    progress: Progress = None,
) -> None:
    """Call ``visit(tile, top, left)`` on tiles of overlaps that cover all pairs.

    Parameters
    ----------
    visit : callable
        `tile` has the overlaps of columns top, top + 1, ... with columns left, left + 1, ... in single precision, and is
        the visitor's to change. Several threads call it at once.
    columns : UnitColumns
    others : UnitColumns, optional
        The tiles' columns. Without them those of the same matrix, of which each pair i < j is looked at; a tile on the
        diagonal has both halves, and 0 on the diagonal.
    progress : callable, optional
        As for `progress.meter`, told in pairs.
    """
    symmetric = others is None
    across = columns if symmetric else others
    buffers = threading.local()
    pairs = columns.m * (columns.m - 1) // 2 if symmetric else columns.m * others.m
    with meter(progress, pairs, "pairs") as more:
        for first in range(0, across.m, across.panel):
            last = min(first + across.panel, across.m)
            held = across.held(first, last)
            before = first if symmetric else columns.m
            tops = [*range(0, before, _TILE_ROWS), *(range(first, last, _TILE_ROWS) if symmetric else ())]

            def stripe(top, first=first, last=last, held=held, before=before):
                ours = symmetric and top >= first
                bottom = min(top + _TILE_ROWS, last if ours else before)
                rows = held[top - first : bottom - first] if ours else columns.rows(top, bottom, np.float32)
                if not hasattr(buffers, "tile"):
                    buffers.tile = np.empty(_TILE_ROWS * _TILE_COLUMNS, np.float32)
                start = top if ours else first
                for left in range(start, last, _TILE_COLUMNS):
                    right = min(left + _TILE_COLUMNS, last)
                    tile = buffers.tile[: (bottom - top) * (right - left)].reshape(bottom - top, right - left)
                    np.matmul(rows, held[left - first : right - first].T, out=tile)
                    if symmetric and left == top:
                        np.fill_diagonal(tile, 0)
                    visit(tile, top, left)
                rows = bottom - top
                return rows * (last - bottom) + rows * (rows - 1) // 2 if ours else rows * (last - start)

            for looked_at in shared_out(stripe, tops):
                more(looked_at)


def worst_pair(columns: UnitColumns, roughly: list[tuple]) -> tuple[float, tuple[int, int]]:
    """Largest absolute overlap of two columns, and the pair, from what single precision says.

    Parameters
    ----------
    columns : UnitColumns
    roughly : list of tuple
        Of every tile its largest absolute overlap, top, left and shape.

    Returns
    -------
    worst : float
    pair : tuple of int
        Numbers among the columns, i < j.
    """
    # Bound on the error of a single-precision dot product of two unit vectors that were rounded themselves.
    rounding = (columns.n + 4) * 2.0**-24
    slack = rounding / (1 - rounding) if rounding < 0.5 else 2.0
    worst, pair = -1.0, None
    for rough, top, left, (height, width) in sorted(roughly, reverse=True):
        if rough + slack < worst:
            break
        tile = np.abs(columns.rows(top, top + height) @ columns.rows(left, left + width).T)
        if top == left:
            np.fill_diagonal(tile, -1)
        i, j = np.unravel_index(tile.argmax(), tile.shape)
        if tile[i, j] > worst:
            worst, pair = float(tile[i, j]), (top + int(i), left + int(j))
    return min(worst, 1.0), (min(pair), max(pair))

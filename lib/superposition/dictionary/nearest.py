"""Of every column the one it overlaps most, and which columns are alike."""

import threading

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["Alike", "Nearest"]


class Nearest:
    """The largest absolute overlap of each column so far, and with which; with the first of those it overlaps equally.

    Attributes
    ----------
    overlap : numpy.ndarray
        shape (m,), single precision.
    index : numpy.ndarray
        shape (m,).
    """

    def __init__(self, count: int) -> None:
        self.overlap, self.index = np.full(count, -1, np.float32), np.zeros(count, int)
        self._lock = threading.Lock()

    def see_rows(self, tile: NDArray, top: int, left: int) -> NDArray:
        """Take account of columns top, top + 1, ..., whose overlaps with those from `left` are the rows of a tile.

        Returns the largest of each row.
        """
        found = tile.argmax(axis=1)
        largest = tile[np.arange(len(tile)), found]
        near = np.flatnonzero(largest >= self.overlap[top : top + len(largest)])
        self._keep(top, near, largest[near], left + found[near])
        return largest

    def see_columns(self, tile: NDArray, top: int, left: int) -> None:
        """Take account of columns left, left + 1, ..., whose overlaps with those from `top` are the columns of a tile."""
        largest = tile.max(axis=0)
        # overlaps only grow, so that what another thread writes meanwhile leaves too many here, never too few
        near = np.flatnonzero(largest >= self.overlap[left : left + len(largest)])
        # `take` goes along the rows as they lie in memory, which `tile[:, near]` and `argmax` of numbers do not
        found = (tile.take(near, axis=1) == largest[near]).argmax(axis=0)
        self._keep(left, near, largest[near], top + found)

    def _keep(self, start, near, largest, found):
        ours = slice(start, start + len(self.overlap))
        with self._lock:
            overlap, index = self.overlap[ours], self.index[ours]
            better = (largest > overlap[near]) | ((largest == overlap[near]) & (found < index[near]))
            overlap[near[better]], index[near[better]] = largest[better], found[better]


class Alike:
    """Columns linked by overlaps of at least a threshold, directly or by way of others.

    Parameters
    ----------
    threshold : float
        Absolute overlap from which two columns are linked.
    count : int
        Columns.
    """

    # links that are held before they are thinned out to one a column
    MOST = 2**22

    def __init__(self, threshold: float, count: int) -> None:
        self.threshold, self.count = threshold, count
        self._links, self._held = [], 0
        self._lock = threading.Lock()

    def see(self, tile: NDArray, top: int, left: int, largest: NDArray) -> None:
        rows = np.flatnonzero(largest >= self.threshold)
        if not rows.size:
            return
        i, j = np.nonzero(tile[rows] >= self.threshold)
        with self._lock:
            self._links.append(np.array([rows[i] + top, j + left]))
            self._held += len(i)
            if self._held > self.MOST:
                self._links = [np.array([np.arange(self.count), self._labels()])]
                self._held = self.count

    def _labels(self):
        """Of each column the first that it is linked with."""
        i, j = np.hstack(self._links) if self._links else np.empty((2, 0), int)
        graph = sparse.coo_array((np.ones(len(i), bool), (i, j)), shape=(self.count, self.count))
        labels = sparse.csgraph.connected_components(graph, directed=False)[1]
        return np.unique(labels, return_index=True)[1][labels]

    def clusters(self) -> list[NDArray]:
        """Arrays of columns that are linked, the largest first."""
        labels = self._labels()
        linked = np.flatnonzero(np.bincount(labels)[labels] > 1)
        if not linked.size:
            return []
        order = linked[np.argsort(labels[linked], kind="stable")]
        groups = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
        return sorted(groups, key=lambda group: (-len(group), group[0]))

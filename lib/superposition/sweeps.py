"""A function over a grid: shared out among processes or machines, kept as it comes, labelled at the end."""

import hashlib
import itertools
import json
import numbers
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from superposition.arguments import integer
from superposition.progress import Progress, meter

if TYPE_CHECKING:
    import xarray

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # not on Windows, where two sweeps that share a journal are not told apart
    flock = None

__all__ = ["Journal", "computed", "sweep"]

# calls that wait with the executor: what it cannot have begun need not be called off
_WAITING = 256


def sweep(
    function: Callable[..., object],
    grid: Mapping[str, Sequence[object]],
    *,
    executor: Executor | None = None,
    journal: str | os.PathLike | None = None,
    seed: int | None = None,
    progress: Progress = None,
) -> "xarray.DataArray | xarray.Dataset":
    """A function at every point of a grid, as a labelled array.

    Parameters
    ----------
    function : callable
        Called with one value of each axis by name, and with ``rng`` where there is a `seed`. Returns a number, or a dict
        of numbers with the same names everywhere. Where processes are used it is defined in a module.
    grid : dict
        Name of each axis, and its values: different numbers or strings.
    executor : concurrent.futures.Executor, optional
        Where the function runs: threads, processes, or a cluster (``dask.distributed``'s
        ``Client(...).get_executor()``). Left open. Without it, a pool of processes, one BLAS thread each.
    journal : str or os.PathLike, optional
        File to which each result is added, and kept on the disk, before the next is asked for. The same call goes on
        from there: after a kill no result that was added is computed again. A grid may grow meanwhile.
    seed : int, optional
        Each call is given a `numpy.random.Generator` that follows from the seed and from the point's values: not from
        the order, the executor or the rest of the grid.
    progress : callable, None or False
        ``progress(done, total)`` is told how many points there are; None shows a bar on a terminal, False nothing.

    Returns
    -------
    xarray.DataArray or xarray.Dataset
        One dimension for each axis, with its values; a Dataset where the function returns dicts.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type, an axis is empty or says a value twice, results are no numbers or have not the
        same names, or the journal is of another function or seed.
    ImportError
        Without xarray (``pip install 'price-of-superposition[research]'``).
    Exception
        What the function raised, with the point; what was computed is in the journal.

    Notes
    -----
    A journal knows the function's name, not what it says: after a change of the function, begin another.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from superposition import formulas
    >>> with ThreadPoolExecutor() as threads:
    ...     found = sweep(formulas.max_active, {"n": [512, 1024], "m": [1000, 10_000]}, executor=threads)
    >>> round(float(found.sel(n=1024, m=1000)), 1)
    18.5
    """
    xarray = _xarray()
    if not callable(function):
        raise TypeError(f"function must be callable, got {type(function).__name__}")
    axes = _axes(grid)
    seed = None if seed is None else integer("seed", seed, low=0)
    name = _name(function)
    points = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    about = {"function": name, "seed": seed}
    found = computed(_At(function, seed), [(point,) for point in points], about, executor, journal, progress)
    shape, attributes = [len(values) for values in axes.values()], {k: v for k, v in about.items() if v is not None}
    table = _table(found, points)
    if isinstance(table, dict):
        parts = {key: (tuple(axes), np.reshape(values, shape)) for key, values in table.items()}
        return xarray.Dataset(parts, axes, attributes)
    return xarray.DataArray(np.reshape(table, shape), axes, tuple(axes), name.rpartition(".")[2], attributes)


def _xarray():
    try:
        import xarray
    except ImportError as missing:
        raise ImportError(
            "sweep labels its results with xarray: pip install 'price-of-superposition[research]'"
        ) from missing
    return xarray


def _name(function):
    named = function if hasattr(function, "__qualname__") or hasattr(function, "name") else type(function)
    return f"{getattr(named, '__module__', '')}.{getattr(named, '__qualname__', None) or named.name}"


def _axes(grid):
    accepted = "grid must be a dict from names to values, different numbers or strings"
    if not isinstance(grid, Mapping) or not grid:
        raise TypeError(f"{accepted}, got {grid!r}")
    axes = {}
    for name, values in grid.items():
        if isinstance(values, str) or np.ndim(values) != 1:
            raise TypeError(f"{accepted}, got {name!r}: {values!r}")
        axes[name] = [value.item() if isinstance(value, np.generic) else value for value in values]
        if not axes[name] or not all(isinstance(value, (numbers.Real, str)) for value in axes[name]):
            raise ValueError(f"{accepted}, got {name!r}: {values!r}")
        if len(set(axes[name])) < len(axes[name]):
            raise ValueError(f"{accepted}; in {name!r} one is there twice: {values!r}")
    return axes


@dataclass(frozen=True)
class _At:
    """A function at a point, with the generator that belongs there."""

    function: object
    seed: int | None

    def __call__(self, point):
        if self.seed is None:
            return self.function(**point)
        place = hashlib.sha256(json.dumps(point, sort_keys=True).encode()).digest()
        return self.function(**point, rng=np.random.default_rng([self.seed, *np.frombuffer(place, "<u4").tolist()]))


def _table(found, points):
    """One list, or a dict of lists, from numbers or dicts of numbers."""
    names = found[0].keys() if isinstance(found[0], dict) else None
    for point, result in zip(points, found, strict=True):
        values = result.values() if isinstance(result, dict) else [result]
        if (result.keys() if isinstance(result, dict) else None) != names or not all(
            isinstance(value, numbers.Real) for value in values
        ):
            raise ValueError(
                f"function must return a number, or a dict of numbers with the same names everywhere, got {result!r} at {point}"
            )
    return found if names is None else {name: [result[name] for result in found] for name in names}


def computed(
    function: Callable[..., object],
    calls: Sequence[tuple],
    about: Mapping[str, object],
    executor: Executor | None = None,
    journal: str | os.PathLike | None = None,
    progress: Progress = None,
    unit: str = "points",
) -> list:
    """What a function returns for each of some calls, in their order, whoever computes it and when.

    Parameters
    ----------
    function : callable
        Returns what JSON can hold, or NumPy's numbers and arrays in place of its numbers and lists.
    calls : list of tuple
        Arguments, of the same kind.
    about : dict
        What a journal must be about to be gone on with.
    executor, journal, progress
        As for `sweep`.
    unit : str
        What the bar counts.

    Returns
    -------
    list

    Raises
    ------
    TypeError, ValueError
        If the executor is none, a result is no JSON, or the journal is about something else.
    Exception
        What the function raised.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor() as threads:
    ...     computed(pow, [(2, 3), (2, 4)], {}, threads)
    [8, 16]
    """
    if executor is not None and not isinstance(executor, Executor):
        raise TypeError(f"executor must be a concurrent.futures.Executor or None, got {type(executor).__name__}")
    keys = [json.dumps(call, default=_plain) for call in calls]
    with Journal(journal, about) if journal is not None else nullcontext(_Memory()) as kept:
        missing = {key: call for key, call in zip(keys, calls, strict=True) if key not in kept.found}
        with meter(progress, len(keys), unit) as more:
            more(len(keys) - len(missing))
            if missing:
                with nullcontext(executor) if executor else ProcessPoolExecutor(initializer=_one_blas_thread) as pool:
                    for key, result in _as_they_come(pool, function, missing):
                        kept.add(key, result)
                        more(1)
        return [kept.found[key] for key in keys]


def _as_they_come(pool, function, missing):
    """Yield keys and results; what one call raises is raised when all that had begun are there."""
    todo, running, wrong = iter(missing.items()), {}, None
    try:
        while True:
            for key, call in itertools.islice(todo, _WAITING - len(running) if wrong is None else 0):
                running[pool.submit(function, *call)] = key
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                key = running.pop(future)
                if future.cancelled():
                    continue
                if (error := future.exception()) is None:
                    yield key, future.result()
                elif wrong is None:
                    wrong = error
                    wrong.add_note(f"at {key}")
                    for waiting in running:
                        waiting.cancel()
    finally:
        for future in running:
            future.cancel()
    if wrong is not None:
        raise wrong


def _one_blas_thread():
    # workers are as many as there are processors
    threadpool_limits(1)


def _plain(value):
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"a result must be numbers, strings, lists or dicts of these, got {type(value).__name__} {value!r}")


class _Memory:
    """Results without a file, as a file would give them back."""

    def __init__(self):
        self.found = {}

    def add(self, key, result):
        self.found[key] = json.loads(json.dumps(result, default=_plain))


class Journal:
    """A file of results, one line each, added to and never changed; a line counts when the disk has it.

    Parameters
    ----------
    path : str or os.PathLike
        Made if it is not there.
    about : dict
        What the results are of, in JSON's terms: the first line.

    Attributes
    ----------
    found : dict
        results by key.

    Raises
    ------
    ValueError
        If it is about something else, damaged before its last line, or in use.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Journal(f"{folder}/a.jsonl", {"seed": 1}) as kept:
    ...         kept.add("[2]", 0.1)
    ...     with Journal(f"{folder}/a.jsonl", {"seed": 1}) as kept:
    ...         kept.found
    {'[2]': 0.1}
    """

    def __init__(self, path: str | os.PathLike, about: Mapping[str, object]) -> None:
        self.path = Path(path)
        about = json.loads(json.dumps(about, default=_plain))
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            if flock:
                try:
                    flock(self._file, LOCK_EX | LOCK_NB)
                except BlockingIOError as used:
                    raise ValueError(f"journal {self.path} is in use by another sweep") from used
            self._read(about)
        except BaseException:
            os.close(self._file)
            raise

    def _read(self, about):
        content = self.path.read_bytes()
        lines, whole = [], 0
        for number, line in enumerate(content.splitlines(keepends=True), 1):
            try:
                if not line.endswith(b"\n"):
                    raise ValueError
                said = json.loads(line)
                if lines and not (isinstance(said, list) and len(said) == 2 and isinstance(said[0], str)):
                    raise ValueError
                lines.append(said)
            except ValueError:
                # only the last can be what a kill or a power cut left unfinished
                if whole + len(line) < len(content):
                    raise ValueError(
                        f"journal {self.path} is damaged in line {number}: mend it or begin another"
                    ) from None
                break
            whole += len(line)
        os.ftruncate(self._file, whole)
        if not lines:
            self._write({"about": about})
            self._keep_the_name()
        elif lines[0] != {"about": about}:
            raise ValueError(f"journal {self.path} is about {lines[0]}, not about {about}: name another file")
        self.found = dict(lines[1:])

    def _keep_the_name(self):
        if hasattr(os, "O_DIRECTORY"):
            folder = os.open(self.path.absolute().parent, os.O_DIRECTORY)
            os.fsync(folder)
            os.close(folder)

    def _write(self, line):
        content = f"{json.dumps(line, default=_plain)}\n".encode()
        while content:
            content = content[os.write(self._file, content) :]
        os.fsync(self._file)

    def add(self, key: str, result: object) -> None:
        """Add a result; it is on the disk when this returns."""
        result = json.loads(json.dumps(result, default=_plain))
        self._write([key, result])
        self.found[key] = result

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._file)

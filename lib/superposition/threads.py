"""Small linear algebra stays on one thread, large work is shared out among as many as BLAS would take."""

import functools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import numpy  # noqa: F401  its BLAS has to be loaded before it can be limited
from threadpoolctl import ThreadpoolController

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


@functools.cache
def _controller():
    return ThreadpoolController().select(user_api="blas")


def one_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function so that BLAS uses one thread while it runs.

    Threads that share a factorisation of some hundred rows wait for each other longer than they compute, and far
    longer where the processor is busy or a container has fewer cores than BLAS counts.

    Parameters
    ----------
    function : callable
        Not a generator function: those give control away while they run.

    Examples
    --------
    >>> from threadpoolctl import threadpool_info
    >>> @one_thread
    ... def threads():
    ...     return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
    >>> threads() <= {1}
    True
    """

    @functools.wraps(function)
    def limited(*arguments: P.args, **named: P.kwargs) -> R:
        # asking takes a tenth of the time of limiting
        if all(library.num_threads == 1 for library in _controller().lib_controllers):
            return function(*arguments, **named)
        with _controller().limit(limits=1):
            return function(*arguments, **named)

    return limited


def shared_out(function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Call a function on each item, in as many threads as BLAS would take, BLAS itself on one thread in each.

    Where each call is a matrix product and then a look at all of its entries, the look, too, has all of the threads.

    Parameters
    ----------
    function : callable
        Of one item; mostly NumPy, which lets other threads run.
    items : iterable

    Yields
    ------
    object
        What the function returns, in the order of the items.

    Examples
    --------
    >>> list(shared_out(lambda item: item**2, [1, 2, 3]))
    [1, 4, 9]
    """
    workers = max((library.num_threads for library in _controller().lib_controllers), default=1)
    if workers == 1:
        yield from map(function, items)
        return
    with _controller().limit(limits=1), ThreadPoolExecutor(workers) as pool:
        yield from pool.map(function, items)

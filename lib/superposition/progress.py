"""How far long work is: told to a function, or shown as a bar on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

Progress = Callable[[int, int], object] | Literal[False] | None
"""Who is told: a function of what is done and of all there is to do, a bar on a terminal, or nobody."""


@contextmanager
def meter(progress: Progress, total: int, unit: str) -> Iterator[Callable[[int], object]]:
    """Yield a function that is called with how much more is done.

    Parameters
    ----------
    progress : callable, None or False
        ``progress(done, total)`` is called each time. None shows a bar on standard error where that is a terminal,
        once two seconds have passed; False shows nothing.
    total : int
        How much there is to do.
    unit : str
        What is counted, such as "pairs".

    Raises
    ------
    TypeError
        If `progress` is anything else.

    Examples
    --------
    >>> with meter(lambda done, total: print(f"{done} of {total}"), 4, "rows") as more:
    ...     more(1)
    ...     more(3)
    1 of 4
    4 of 4
    """
    if progress is None and sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(total=total, unit=f" {unit}", unit_scale=True, delay=2, leave=False) as bar:
            yield bar.update
        return
    if not (callable(progress) or progress in (None, False)):
        raise TypeError(
            f"progress must be a function of what is done and of all there is to do, None or False, got {progress!r}"
        )
    done = 0

    def more(count):
        nonlocal done
        done += count
        if callable(progress):
            progress(done, total)

    yield more

"""How often English words occur, the most frequent first."""

import csv
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

__all__ = ["word_shares"]


@cache
def word_shares() -> NDArray[np.float64]:
    """Share of each of the 333,213 most frequent words of English web pages among all of these, the most frequent first.

    Returns
    -------
    numpy.ndarray
        Of shape (333213,), with the sum 1, not to be written to.

    Notes
    -----
    Counts by Norvig (2009) after Brants & Franz (2006), as PyPI's wordsegment 1.3.1 (Apache 2.0) has them; `tools/words.py` stored
    those of 500 ranks. Between stored ranks a count is interpolated, as a power of the rank.

    Examples
    --------
    >>> float(word_shares()[0].round(4)), len(word_shares())
    (0.0393, 333213)
    """
    with files(__package__).joinpath("english_words.csv").open(encoding="utf-8") as file:
        ranks, counts = np.array([[float(x) for x in row] for row in list(csv.reader(file))[1:]]).T
    shares = np.exp(np.interp(np.log(np.arange(1, ranks[-1] + 1)), np.log(ranks), np.log(counts)))
    shares /= shares.sum()
    shares.flags.writeable = False
    return shares

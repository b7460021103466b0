"""Published sparse dictionaries of real networks: how large they are and how many of their features are active."""

from dataclasses import dataclass

from superposition.data import load
from superposition.results import Result

__all__ = ["Dictionary", "dictionaries"]


@dataclass(frozen=True, repr=False)
class Dictionary(Result):
    """One published sparse dictionary of one layer's activations.

    Attributes
    ----------
    network : str
        network read.
    layer : int
        its layer.
    neurons : int
        n, residual width.
    features : int
        m, dictionary size.
    active : float
        l, average on a token.
    variance_explained : float or None
        share, if read.
    release : str
        published together.
    folder : str
        place within release.
    """

    network: str
    layer: int
    neurons: int
    features: int
    active: float
    variance_explained: float | None
    release: str
    folder: str


def dictionaries(
    network: str | None = None, features: int | None = None, release: str | None = None
) -> list[Dictionary]:
    """The published dictionaries, all of them or those of one network, one size or one release.

    Parameters
    ----------
    network : str, optional
        Such as "Gemma 2 9B".
    features : int, optional
        m, number of features.
    release : str, optional
        Name under which they were published together.

    Returns
    -------
    list of Dictionary
        In the order of the file, which names the source of every release.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> [found.active for found in dictionaries("Gemma 2 9B", features=131_072)]
    [11, 19, 34, 53, 62, 114, 221, 276]
    """
    table = load("dictionaries")["dictionaries"]
    asked = {"network": network, "features": features, "release": release}
    asked = {name: value for name, value in asked.items() if value is not None}
    found = [Dictionary(*row) for row in table["rows"]]
    found = [one for one in found if all(getattr(one, name) == value for name, value in asked.items())]
    if not found:
        raise ValueError(f"no dictionary is stored with {', '.join(f'{k} = {v!r}' for k, v in asked.items())}")
    return found

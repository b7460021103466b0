"""Published sparse dictionaries of real networks: how large they are and how many of their features are active."""

import csv
from dataclasses import dataclass
from importlib.resources import files

from superposition.data import load
from superposition.results import Result

__all__ = ["Dictionary", "atlas", "dictionaries"]


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
        place within release, empty in the atlas.
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


def atlas() -> list[Dictionary]:
    """Dictionaries of residual streams of GPT-2 small, Gemma and Llama 3.1 that SAELens lists with their size and sparsity.

    Returns
    -------
    list of Dictionary
        By network, layer, number of features and number of active ones. Of the releases that are taken, layer by layer and
        sparsity by sparsity, none is left out or preferred. Not taken are releases whose names do not say how many features
        they have, and other networks, such as those of Qwen Scope. `tools/atlas.py` says how the list is read, and where the
        widths of networks are from.

    Notes
    -----
    Source: ``pretrained_saes.yaml`` of sae-lens 6.54.12 on PyPI (MIT): Gemma Scope and Gemma Scope 2, Llama Scope,
    and dictionaries of GPT-2 small and Gemma 2B.

    Examples
    --------
    >>> found = atlas()
    >>> len({one.network for one in found}), min(one.active for one in found if one.network == "Gemma 2 9B")
    (18, 5.0)
    """
    text = files("superposition.data").joinpath("atlas.csv").read_text(encoding="utf-8")
    return [
        Dictionary(
            row["network"],
            int(row["layer"]),
            int(row["neurons"]),
            int(row["features"]),
            float(row["active"]),
            float(row["variance_explained"]) if row["variance_explained"] else None,
            row["release"],
            "",
        )
        for row in csv.DictReader(text.splitlines())
    ]

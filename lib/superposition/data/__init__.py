"""Measurements that take minutes, made by `make data` and stored with what made them."""

import json
from importlib.resources import files

__all__ = ["load"]


def load(name: str) -> dict:
    """Stored measurements of one chapter.

    Parameters
    ----------
    name : str
        Name of the chapter's file, such as "error_correction".

    Returns
    -------
    dict
        ``made_by`` (versions), ``seed``, and one entry for each grid, with its ``parameters``, ``columns`` and ``rows``.

    Raises
    ------
    ValueError
        If there is no such file.

    Examples
    --------
    >>> stored = load("directions")
    >>> sorted(stored), stored["worst_overlap"]["columns"]
    (['made_by', 'seed', 'worst_overlap'], ['m', 'n', 'measured', 'se'])
    """
    file = files(__name__) / f"{name}.json"
    if not file.is_file():
        known = ", ".join(
            sorted(f.name.removesuffix(".json") for f in files(__name__).iterdir() if f.name.endswith(".json"))
        )
        raise ValueError(f"name must be one of {known}, got {name!r}")
    return json.loads(file.read_text(encoding="utf-8"))

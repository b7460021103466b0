"""The explorers that the chapters store, and what NumPy says that they show."""

import importlib
import json
import pathlib
import pkgutil
import re
from functools import cache

import sympy as sp

from superposition import explorers, formulas
from superposition import formula as formula_module
from superposition.explorer import format_value, with_unit

ROOT = pathlib.Path(__file__).parents[1]
STORED = re.compile(
    r'<figure class="sp-explorer" id="([^"]+)">\s*<script type="application/json">(.*?)</script>', re.DOTALL
)


def stored_outputs(notebook):
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            yield "".join(output.get("data", {}).get("text/html", ()))


# The declaration at the page and the id of each
DECLARATIONS = [
    ((f"book/{notebook.stem}.html", match[1]), json.loads(match[2]))
    for notebook in sorted((ROOT / "book").glob("*.ipynb"))
    for html in stored_outputs(notebook)
    for match in STORED.finditer(html)
]
IN_BOOK = [where for where, _ in DECLARATIONS]


@cache
def built(topic, function):
    """An explorer of the library, made once for all tests of it."""
    return getattr(importlib.import_module(f"superposition.explorers.{topic}"), function)()


def names():
    """Every explorer of the library, as topic and function."""
    topics = [found.name for found in pkgutil.iter_modules(explorers.__path__)]
    return [
        (topic, name)
        for topic in topics
        for name in importlib.import_module(f"superposition.explorers.{topic}").__all__
    ]


@cache
def number_of(expr, of):
    names = {name: sp.Symbol(name) for name in of}
    functions = {name: getattr(formula_module, name) for name in ("Q", "betainc_inverse")}
    return formula_module.numeric(sp.sympify(expr, locals=names | functions), list(of))


def by_numpy(channel, values):
    """Value of a stored channel, found from the library's formulas or from its SymPy text, never from its JavaScript."""
    if not isinstance(channel, dict):
        return channel
    if "iterated" in channel:
        inner = values | {channel["iterated"]: by_numpy(channel["start"], values)}
        for _ in range(int(by_numpy(channel["steps"], values))):
            after = by_numpy(channel["map"], inner)
            if after == inner[channel["iterated"]]:
                break  # a fixed point, where all further steps stay
            inner[channel["iterated"]] = after
        return by_numpy(channel["then"], inner)
    scope = {name: values[name] for name in channel["of"]}
    if "formula" in channel:
        stated = formulas.registry[channel["formula"]]
        return stated(**scope) if stated.contains(**scope) else float("nan")
    return number_of(channel["expr"], tuple(channel["of"]))(**scope)


def readouts_by_numpy(declaration, values):
    return [
        with_unit(format_value(by_numpy(readout["value"], values)), readout.get("unit", ""))
        for readout in declaration["readouts"]
    ]

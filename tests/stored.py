"""The explorers that the chapters store, and what NumPy says that they show."""

import importlib
import json
import pathlib
import pkgutil
import re
from functools import cache

import numpy as np
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
IN_BOOK = [where for where, declaration in DECLARATIONS if "scene" not in declaration]
SCENES = [where for where, declaration in DECLARATIONS if "scene" in declaration]


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
    names = {name: sp.IndexedBase(name) if f"{name}[" in expr else sp.Symbol(name) for name in of}
    functions = {name: getattr(formula_module, name) for name in ("Q", "phi", "betainc_inverse")}
    return formula_module.numeric(sp.sympify(expr, locals=functions | names), list(of))


def by_numpy(channel, values):
    """Value of a stored channel, found from the library's formulas or from its SymPy text, never from its JavaScript."""
    if not isinstance(channel, dict):
        return channel
    if "which" in channel:
        return [
            inner[channel["over"][0]] for inner in within(channel["over"], values) if by_numpy(channel["which"], inner)
        ]
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


def within(over, values):
    """The settings in which [symbol, low, high] runs through its integers."""
    symbol, low, high = over
    return [{**values, symbol: i} for i in range(round(by_numpy(low, values)), round(by_numpy(high, values)) + 1)]


def with_given(declaration, values):
    """A setting together with what the declaration stores and derives from it."""
    values = dict(values)
    for given in declaration.get("given", ()):
        name = given["symbol"]
        if "table" in given:
            values[name] = np.array(given["table"])
        elif "bits" in given:
            values[name] = unpacked(given["bits"])
        elif "gathered" in given:
            values[name] = np.array([0, *(values[symbol] for symbol in given["gathered"])])
        elif "over" in given:
            found = {
                inner[given["over"][0]]: by_numpy(given["value"], inner) for inner in within(given["over"], values)
            }
            values[name] = np.array([found.get(i, 0) for i in range(max(found, default=0) + 1)])
        else:
            values[name] = by_numpy(given["value"], values)
    return values


def unpacked(bits):
    if isinstance(bits, str):
        return np.array([int(bit) for bit in f"{int(bits, 16):0{4 * len(bits)}b}"])
    return np.array([unpacked(part) for part in bits])


def readouts_by_numpy(declaration, values):
    values = with_given(declaration, values)
    return [
        with_unit(format_value(by_numpy(readout["value"], values)), readout.get("unit", ""))
        for readout in declaration["readouts"]
    ]

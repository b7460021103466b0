"""Explorers: charts that follow a reader's hand, declared in Python as data.

A declaration is made of the objects of `declaration`; `Explorer` checks it, shows it live in a notebook and stores it
whole in the cell's output, from which the site's script brings it to life. The JavaScript beside these files does both.
"""

from superposition.explorer import declaration, scenes
from superposition.explorer.declaration import *  # noqa: F403
from superposition.explorer.measure import PLACE, Crossing, Measure, One
from superposition.explorer.numbers import format_value, with_unit
from superposition.explorer.scenes import *  # noqa: F403
from superposition.explorer.widget import (
    Explorer,
    draws_source,
    module_source,
    page_source,
    script_source,
    special_source,
    still_source,
    style_source,
)

__all__ = [
    *declaration.__all__,
    *scenes.__all__,
    "PLACE",
    "Crossing",
    "Explorer",
    "Measure",
    "One",
    "draws_source",
    "format_value",
    "module_source",
    "page_source",
    "script_source",
    "special_source",
    "still_source",
    "style_source",
    "with_unit",
]

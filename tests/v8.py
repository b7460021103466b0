"""The explorers' module in V8, without a page."""

import json
import re

from py_mini_racer import MiniRacer

from superposition.explorer import draws_source, module_source

# the one thing of a browser that the state asks for
ADDRESS = """class URLSearchParams {
  constructor(query) { this.given = new Map(query.split("&").map((pair) => pair.split("="))); }
  get(name) { return this.given.get(name) ?? null; }
}"""


def module_in_v8(before=""):
    """A function that gives the value of a JavaScript expression in which the module's own names are known.

    What the module is to find when it is loaded is made by `before`.
    """
    module = re.sub(r"^export (\{[^}]*\};?|default .*)$", "", module_source(), flags=re.MULTILINE)
    context = MiniRacer()
    context.eval(ADDRESS)
    context.eval(before)
    context.eval(re.sub(r"^export ", "", module, flags=re.MULTILINE))
    context.eval(draws_source())
    return lambda code: json.loads(context.eval(f"JSON.stringify({code})"))

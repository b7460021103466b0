"""The atlas: every published dictionary of the library's list in one table, each of them a setting of the price tag.

`{atlas}` prints it as a plain table of class `filtered`, and over it room for the field to search it by, which the page's script
puts there.
"""

from html import escape
from itertools import groupby

from docutils import nodes
from docutils.parsers.rst import Directive

from superposition.data.dictionaries import atlas
from superposition.explorers.mechanisms import price_tag

HEAD = ("network", "layer", "neurons, <i>n</i>", "features, <i>m</i>", "active features, <i>l</i>")


def settings():
    """What the price tag's sliders can be set to, by letter."""
    return {slider["symbol"]: set(slider["values"]) for slider in price_tag().declaration["sliders"]}


def priced(one, can_be):
    """Active features of a dictionary, with a link to the price tag at its sizes where these are among its settings."""
    at, shown = {"n": one.neurons, "m": one.features, "l": round(one.active)}, f"{one.active:,.0f}"
    if not all(value in can_be[letter] for letter, value in at.items()):
        return shown
    query = "&".join(f"{letter}={value}" for letter, value in at.items())
    return f'<a href="price_tag.html#price-tag?{escape(query)}">{shown}</a>'


def rows():
    """Cells of the table, a row for each layer and size."""
    can_be = settings()
    for (network, layer, neurons, features), group in groupby(
        sorted(atlas(), key=lambda one: (one.network, one.layer, one.features, one.active)),
        key=lambda one: (one.network, one.layer, one.neurons, one.features),
    ):
        # of two releases with the same sizes one is enough
        active = dict.fromkeys(priced(one, can_be) for one in group)
        yield escape(network), f"{layer}", f"{neurons:,}", f"{features:,}", ", ".join(active)


class Atlas(Directive):
    """Print the table."""

    def run(self):
        head = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
        body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows())
        table = f'<div class="filter"></div><table class="filtered"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        return [nodes.raw("", table, format="html")]


def setup(app):
    app.add_directive("atlas", Atlas)

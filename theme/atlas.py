"""The atlas: every published dictionary of the library's list, network by network, each of them a setting of the price tag.

`{atlas}` prints a section with a plain table of class `filtered` for each network, and before them room for the field to search
all rows by, which the page's script puts there.
"""

from html import escape
from itertools import groupby

from docutils import nodes
from docutils.parsers.rst import Directive

from superposition.data.dictionaries import atlas
from superposition.explorers.mechanisms import price_tag

HEAD = ("layer", "neurons, <i>n</i>", "features, <i>m</i>", "active features, <i>l</i>")


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


def networks():
    """Each network, and the cells of its table: a row for each layer and size."""
    can_be = settings()
    known = sorted(atlas(), key=lambda one: (one.network, one.layer, one.neurons, one.features, one.active))
    for network, group in groupby(known, key=lambda one: one.network):
        rows = []
        for sizes, alike in groupby(group, key=lambda one: (one.layer, one.neurons, one.features)):
            # of two releases with the same sizes one is enough
            active = dict.fromkeys(priced(one, can_be) for one in alike)
            rows.append((*map("{:,}".format, sizes), ", ".join(active)))
        yield network, rows


class Atlas(Directive):
    """Print the tables."""

    def run(self):
        head = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
        found = [nodes.raw("", '<div class="filter"></div>', format="html")]
        for network, rows in networks():
            body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
            table = f'<table class="filtered"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
            section = nodes.section("", nodes.title("", network), nodes.raw("", table, format="html"))
            section["names"].append(nodes.fully_normalize_name(network))
            self.state.document.note_implicit_target(section, section)
            found.append(section)
        return found


def setup(app):
    app.add_directive("atlas", Atlas)

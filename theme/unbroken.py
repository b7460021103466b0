"""What is read as one does not break across lines: a number and its per cent, a mean and its standard error."""

import re

from docutils import nodes

SPACE = re.compile(r"(?<=\d) (?=%|±)|(?<=±) (?=\d)")
NO_BREAK = "\N{NO-BREAK SPACE}"


def joined(text):
    """Text with spaces that do not break within it."""
    return SPACE.sub(NO_BREAK, text)


def join(app, doctree, docname):
    for text in list(doctree.findall(nodes.Text)):
        if isinstance(text.parent, (nodes.literal, nodes.literal_block, nodes.raw, nodes.math, nodes.math_block)):
            continue
        if (held := joined(text)) != text:
            text.parent.replace(text, nodes.Text(held))


def setup(app):
    app.connect("doctree-resolved", join)

"""The colours of code: Pygments marks the tokens that `book.css` colours, and leaves the others bare.

Names, operators and punctuation are most of a page's code and have the colour of text: marked, they would be a
twentieth of what a chapter weighs on its way to the reader.
"""

import re
from pathlib import Path

from pygments.formatters import HtmlFormatter
from pygments.token import STANDARD_TYPES, Text
from sphinx.highlighting import PygmentsBridge

STYLE = Path(__file__).parent / "book" / "static" / "book.css"
COLOURED = frozenset(
    name
    for classes in re.findall(r"^\.highlight :is\((.*?)\)", STYLE.read_text(encoding="utf-8"), re.MULTILINE)
    for name in re.findall(r"\.(\w+)", classes)
)


def is_bare(token):
    """Whether a token has the colour of text. What a terminal colours is no standard type, and never is bare."""
    return STANDARD_TYPES.get(token) not in {None, *COLOURED}


class SparingFormatter(HtmlFormatter):
    """Marks what is coloured, and nothing else."""

    def format(self, tokensource, outfile):
        return super().format(((Text if is_bare(token) else token, text) for token, text in tokensource), outfile)


def setup(app):
    PygmentsBridge.html_formatter = SparingFormatter

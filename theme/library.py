"""The page of the library, which Sphinx's autodoc prints from the docstrings.

They are written for `help()`: a length such as |x|² is no substitution of reStructuredText there.
"""

import re

BAR = re.compile(r"(`[^`]*`)|\|")


def keep_bars(app, what, name, obj, options, lines):
    """Mark the bars in running text as signs of their own; code and displayed formulas stay."""
    taken = False
    for i, line in enumerate(lines):
        start = line.lstrip()
        taken = start.startswith((">>>", ".. math::")) or (taken and bool(start))
        if not taken:
            lines[i] = BAR.sub(lambda found: found[1] or r"\|", line)


def setup(app):
    app.connect("autodoc-process-docstring", keep_bars)

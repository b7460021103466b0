"""Citations, which a notebook writes as links that read well wherever it is opened.

`[[Welch, 1974]](references.bib#welch1974)` is a link to the file of references everywhere but here, where it is cited.
"""

import re
from functools import cache
from pathlib import Path

from pybtex.database import parse_file

REFERENCES = Path(__file__).parents[1] / "book" / "references.bib"
CITATION = re.compile(r"\[\[([^\[\]]+)\]\]\(references\.bib#(\w+)\)")


def cite(app, docname, source):
    source[0] = CITATION.sub(r"{cite}`\2`", source[0])


@cache
def labels():
    """How each of the references is cited: by its authors' last names and its year, as sphinxcontrib-bibtex does it."""

    def label(entry):
        names = [" ".join(map(str, who.rich_prelast_names + who.rich_last_names)) for who in entry.persons["author"]]
        authors = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
        return f"{authors}, {entry.fields['year']}"

    return {key: label(entry) for key, entry in parse_file(REFERENCES).entries.items()}


def setup(app):
    app.connect("source-read", cite)

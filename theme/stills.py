"""The explorers' first pictures, drawn while the site is built.

A page shows its explorers before their script runs, without JavaScript and on paper. The same chart.js draws them, in an
embedded V8 with a document of its own; what was drawn is kept beside the site for the next build.
"""

import hashlib
from functools import cache
from pathlib import Path

from py_mini_racer import MiniRacer

from superposition import explorer

DOCUMENT = Path(__file__).parent / "vendor" / "linkedom" / "linkedom.js"


@cache
def engine():
    javascript = MiniRacer()
    javascript.eval(DOCUMENT.read_text(encoding="utf-8"))
    javascript.eval(explorer.still_source())
    return javascript


def still(figure, folder):
    """Return the HTML of a stored explorer with its chart, sliders and numbers at their first setting.

    Parameters
    ----------
    figure : str
        The stored form, a ``<figure>``.
    folder : pathlib.Path
        Where drawn ones are kept.
    """
    kept = folder / f"{hashlib.sha256((explorer.still_source() + figure).encode()).hexdigest()}.html"
    if not kept.exists():
        folder.mkdir(exist_ok=True)
        kept.write_text(engine().call("still", figure), encoding="utf-8")
    return kept.read_text(encoding="utf-8")

"""The explorers' first pictures, drawn before any reader's browser has run their script.

A page shows its explorers before their script runs, without JavaScript and on paper. The same chart.js draws them, in an
embedded V8 with a document of its own; what was drawn is kept beside the site for the next build. A stored notebook shows
them until its cells are run, to readers in JupyterLab, whose rules for what others wrote leave pictures and words, and
neither styles nor drawings in the text.
"""

import hashlib
import html
import json
import re
from base64 import b64encode
from functools import cache
from pathlib import Path

from py_mini_racer import MiniRacer

from superposition import explorer

DOCUMENT = Path(__file__).parent / "vendor" / "linkedom" / "linkedom.js"
COLOURS = dict(re.findall(r"(--sp-[\w-]+): light-dark\((#\w+),", explorer.style_source()))
SIZE = re.compile(r'(width|height)="([\d.]+)"')
STORED = re.compile(r'(?<=<script type="application/json">).*?(?=</script>)', re.DOTALL)


def packed(text):
    """JSON without the spaces that no machine needs, as what stands between the tags of a script."""
    return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


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
        drawn = engine().call("still", figure)
        kept.write_text(STORED.sub(lambda stored: packed(stored[0]), drawn, count=1), encoding="utf-8")
    return kept.read_text(encoding="utf-8")


def image(svg, words):
    """A drawing as an `<img>` that needs nothing beside it: on white, with its colours and its letters named."""
    size = dict(SIZE.findall(svg[: svg.index(">")]))
    paper = f'><rect width="100%" height="100%" fill="{COLOURS["--sp-paper"]}"/>'
    own = f'<svg xmlns="http://www.w3.org/2000/svg" color="{COLOURS["--sp-quiet"]}"'
    svg = own + svg.removeprefix("<svg").replace(">", paper, 1)
    svg = re.sub(r"var\((--sp-[\w-]+)\)", lambda name: COLOURS[name[1]], svg)
    data = b64encode(svg.encode()).decode()
    return f'<img alt="{html.escape(words)}" width="{size["width"]}" height="{size["height"]}" src="data:image/svg+xml;base64,{data}">'


def pictured(figure):
    """Return what a stored notebook shows of an explorer until its cell is run, as HTML.

    Parameters
    ----------
    figure : str
        The stored form, a ``<figure>``.
    """
    title = re.search(r'<p class="sp-title">(.*?)</p>', figure)[1]
    words = f"Chart: {html.unescape(re.sub('<.*?>', '', title))}"
    rows = []
    for row in json.loads(engine().call("parts", figure)):
        shown = [
            image(p["drawn"], words if len(row) == 1 else "") if "drawn" in p else html.escape(p["words"]) for p in row
        ]
        if shown:
            rows.append(f"<p>{' '.join(shown)}</p>\n")
    return f'<div class="sp-still">\n{"".join(rows)}<p><i>Run this cell to move it.</i></p>\n</div>\n'

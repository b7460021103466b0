"""The picture that social networks show beside a link to the book: its title over the two bells that it is about.

It needs the site's address, since networks take a picture by its whole address; without one there is none.
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from superposition import formulas
from superposition.plots import THEORY, WARNING

SIZE = (1200, 630)  # pixels, what the networks ask for
PLACE = "_static/card.png"
WORDS = "The title of the book over the readouts of absent and of active features: two bells, and the threshold between them."
# the running example of the book
ACTIVE, NEURONS, FEATURES = 8, 512, 8192
PAPER, INK = "#fdfcf9", "#20242a"


def draw(title):
    """Return the card as a figure.

    Parameters
    ----------
    title : str
        Of the book, in one line.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> draw("The Price of Superposition").texts[0].get_text()
    'The Price of Superposition'
    """
    readouts = np.linspace(-0.75, 1.75, 500)
    setting = {"l": ACTIVE, "n": NEURONS}
    with mpl.rc_context({"font.family": "DejaVu Serif", "font.size": 22}):
        figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER)
        axis = figure.add_axes((0.06, 0.16, 0.88, 0.52), facecolor=PAPER)
        for middle, noise, count, colour, name in (
            (0, formulas.crosstalk_std(**setting), FEATURES - ACTIVE, THEORY, "absent"),
            (1, formulas.crosstalk_std_present(**setting), ACTIVE, WARNING, "active"),
        ):
            bell = count * np.exp(-(((readouts - middle) / noise) ** 2) / 2) / (noise * np.sqrt(2 * np.pi))
            axis.fill_between(readouts, bell, 0.5, where=bell > 0.5, color=colour, alpha=0.18, linewidth=0)
            axis.plot(readouts, bell, color=colour, linewidth=4)
            axis.text(middle, bell.max() * 1.6, name, color=colour, ha="center")
        axis.axvline(0.5, color=INK, linewidth=2, linestyle=":")
        axis.set(yscale="log", ylim=(0.5, 10**5.4), xlim=(-0.75, 1.75), yticks=[], xticks=[0, 0.5, 1])
        axis.set_xticklabels(["0", "½", "1"])
        axis.minorticks_off()
        for side in ("top", "left", "right"):
            axis.spines[side].set_visible(False)
        axis.tick_params(colors=INK, length=0, pad=12)
        figure.text(0.06, 0.81, title, fontsize=44, color=INK)
    return figure


def write(app, error):
    if not error and app.config.html_baseurl and app.builder.format == "html":
        draw(app.config.html_title or app.config.project).savefig(Path(app.outdir) / PLACE, metadata={"Software": None})


def show(app, pagename, templatename, context, doctree):
    if app.config.html_baseurl:
        context["card"] = {
            "address": app.config.html_baseurl + PLACE,
            "width": SIZE[0],
            "height": SIZE[1],
            "words": WORDS,
        }


def setup(app):
    app.connect("html-page-context", show)
    app.connect("build-finished", write)

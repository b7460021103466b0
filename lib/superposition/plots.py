"""The look of the book's static figures."""

import re
from collections.abc import Iterable, Mapping, Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.text import Annotation
from matplotlib_inline.backend_inline import set_matplotlib_formats
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "COLOURS",
    "FLOOR",
    "MEASURED",
    "THEORY",
    "WARNING",
    "figure",
    "label",
    "ranges",
    "spread",
    "table",
    "use_book_style",
]

# Okabe & Ito's colours, the light ones darkened to a contrast of at least 3:1 on white
THEORY, MEASURED, WARNING, FLOOR = "#0072B2", "#B35900", "#A8326E", "#00795A"
COLOURS = (THEORY, MEASURED, FLOOR, WARNING, "#5D5D5D", "#2B7BBA")


def use_book_style() -> None:
    """Give Matplotlib the book's style in this kernel: sharp, quiet, colour-blind safe.

    Examples
    --------
    >>> use_book_style()
    >>> plt.rcParams["axes.spines.top"]
    False
    """
    # the same drawing gives the same text, whenever and wherever it is made
    set_matplotlib_formats("svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    mpl.rcParams.update(
        {
            "figure.figsize": (7, 3.8),
            "figure.dpi": 100,
            "figure.constrained_layout.use": True,
            "figure.facecolor": "white",
            "savefig.bbox": None,
            "svg.fonttype": "none",
            "svg.hashsalt": "the price of superposition",
            "font.size": 11,
            "axes.prop_cycle": mpl.cycler(color=COLOURS),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": "#666666",
            "axes.labelcolor": "#222222",
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#E6E6E6",
            "grid.linewidth": 0.8,
            "lines.linewidth": 2.2,
            "legend.frameon": False,
            "xtick.color": "#444444",
            "ytick.color": "#444444",
        }
    )


def figure(
    xlabel: str, ylabel: str, *, xscale: str = "linear", yscale: str = "linear", columns: int = 1, **options: object
) -> Axes | NDArray:
    """A figure with named, scaled axes.

    Parameters
    ----------
    xlabel, ylabel : str
        What the axes measure, with the letter of the notation table.
    xscale, yscale : {"linear", "log"}
        Scales of the axes.
    columns : int
        Axes side by side, sharing their scales and labels.
    **options
        Passed to `matplotlib.pyplot.subplots`.

    Returns
    -------
    matplotlib.axes.Axes or array of Axes
        One, or one per column.

    Examples
    --------
    >>> figure("features, m", "overlap", xscale="log").get_xscale()
    'log'
    """
    _, axes = plt.subplots(1, columns, sharex=True, sharey=True, squeeze=False, **options)
    for axis in axes.flat:
        axis.set(xlabel=xlabel, xscale=xscale, yscale=yscale)
    axes[0, 0].set_ylabel(ylabel)
    return axes[0, 0] if columns == 1 else axes[0]


def label(axis: Axes, x: float, y: float, text: str, colour: str, **options: object) -> Annotation:
    """Write a curve's name beside it, in its colour, instead of into a legend.

    Examples
    --------
    >>> label(figure("n", "overlap"), 0.5, 0.5, "Welch", FLOOR).get_text()
    'Welch'
    """
    return axis.annotate(
        text, (x, y), xytext=(4, 4), textcoords="offset points", color=colour, fontweight="bold", **options
    )


def ranges(ratios: Mapping[str, ArrayLike]) -> Axes:
    """A row for each formula, with a tick wherever something was measured.

    Parameters
    ----------
    ratios : dict of str to array
        Measured ÷ formula, by name.

    Returns
    -------
    matplotlib.axes.Axes
        With a line at 1, and one of ticks for each name, from top to bottom; neighbours that would touch are one bar.

    Examples
    --------
    >>> axis = ranges({"levels": [1.0, 1.001, 1.5], "false_alarm": [0.98]})
    >>> [len(line.get_xdata()) // 3 for line in axis.lines[1:]]
    [2, 1]
    """
    _, axis = plt.subplots(figsize=(7, 0.8 + 0.3 * len(ratios)))
    axis.axvline(1, color="black", linewidth=1, linestyle=":")
    wide = max(np.max(found) for found in ratios.values()) / 150
    for row, found in enumerate(ratios.values()):
        found = np.sort(found)
        apart = np.flatnonzero(np.diff(found) > wide)
        lows, highs = found[[0, *(apart + 1)]], found[[*apart, -1]]
        # one path for a whole row: thousands of marks weigh more than their page
        ends = np.column_stack([lows - wide / 3, highs + wide / 3, np.full(len(lows), np.nan)])
        axis.plot(ends.ravel(), np.full(ends.size, row), color=THEORY, linewidth=12, solid_capstyle="butt")
    axis.set_yticks(range(len(ratios)), list(ratios), family="monospace", fontsize=9)
    axis.set(xlabel="measured ÷ formula", xlim=0, ylim=(len(ratios) - 0.4, -0.6))
    axis.yaxis.grid(visible=False)
    return axis


def spread(axis: Axes, x: ArrayLike, samples: ArrayLike, **options: object) -> ErrorbarContainer:
    """Mark the median of each sample, with bars from its lowest to its highest value.

    Examples
    --------
    >>> marks = spread(figure("m", "overlap"), [1, 2], [[1, 2, 5], [2, 3, 4]])
    >>> marks.lines[0].get_ydata().tolist()
    [2.0, 3.0]
    """
    middle = np.median(samples, axis=1)
    bars = [middle - np.min(samples, axis=1), np.max(samples, axis=1) - middle]
    return axis.errorbar(x, middle, bars, fmt="ko", capsize=3, **options)


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Markdown:
    """A table as Markdown, which a page shows and strict validation compares; a hyphen before a number becomes a minus.

    Examples
    --------
    >>> print(table(["n", "loss"], [[2, -3]]).data)
    | n | loss |
    |---|---|
    | 2 | −3 |
    """
    lines = [list(head), ["---"] * len(head), *rows]
    text = [re.sub(r"(?<!\S)-(?=\d)", "−", "| " + " | ".join(map(str, line)) + " |") for line in lines]
    text[1] = "|" + "---|" * len(head)
    return Markdown("\n".join(text))

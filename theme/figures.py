"""Matplotlib's drawings as part of the page, where they take its typeface and its colours and need no request."""

import html
import re

PATH_NUMBER = re.compile(r"-?\d+\.\d+")
PLACES = re.compile(r'(?<=\s)(d|x|y|transform)="([^"]*)"')
REFERENCES = re.compile(r'(?:url\(#|href="#)([^")]+)')
# Drawn on white, which is the page's own business.
GROUND = re.compile(r'<path d="[^"]*" style="fill: #ffffff"/>')
PROLOGUE = re.compile(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|<!--.*?-->", re.DOTALL)
# The words beside an axis, and how far to the right they stand.
UPRIGHT = re.compile(r'<text(?=[^>]*transform="rotate\(-90 ([\d.]+))')
SIZE = re.compile(r'<svg\b[^>]*\bviewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>')
# What KaTeX draws a root or a wide sign with: one long path, the same wherever it stands.
SIGN = re.compile(r'(<svg [^>]*preserveAspectRatio="[^"]*"[^>]*>)<path d="([^"]*)"\s*(?:/>|></path>)</svg>')
CSS_PIXELS = 4 / 3  # in a point


def _shorter(place):
    """One place of an SVG with a digit after the point: a twentieth of a point is less than anyone sees."""
    text = PATH_NUMBER.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), place[2])
    return f'{place[1]}="{" ".join(text.split())}"'


def inline(svg, prefix, alt):
    """Return what Matplotlib's backend wrote as an ``<svg>`` of a page.

    Parameters
    ----------
    svg : str
        The file.
    prefix : str
        What its ids begin with, so that they are its own on the page.
    alt : str
        What it shows, in words.

    Examples
    --------
    >>> drawn = '<?xml version="1.0"?><svg viewBox="0 0 72 36"><g id="axes_1"><path d="M 0.123 1" style="fill: none"/></g></svg>'
    >>> inline(drawn, "plot-1-", "A line & a dot")
    '<svg class="plot" role="img" aria-label="A line &amp; a dot" viewBox="0 0 72 36" width="96" height="48"><g><path d="M 0.1 1" style="fill: none"/></g></svg>'
    """
    size = SIZE.search(svg)
    width, height = (float(side) for side in size.groups())
    drawn = GROUND.sub("", PROLOGUE.sub("", svg[size.end() :]))
    used = set(REFERENCES.findall(drawn))
    drawn = re.sub(r'<g id="legend_\d+">', '<g class="legend">', drawn)
    drawn = re.sub(r' id="([^"]*)"', lambda id: f' id="{prefix}{id[1]}"' if id[1] in used else "", drawn)
    drawn = REFERENCES.sub(lambda named: named[0].replace(named[1], prefix + named[1]), drawn).replace(
        "xlink:href", "href"
    )
    drawn = re.sub(r" font-family: [^;\"]*;", "", drawn.replace(' transform="rotate(-0', ' transform="rotate(0'))
    drawn = re.sub(r"font-size: ([\d.]+px)", r"font-size: calc(\1*var(--larger,1))", drawn)
    drawn = UPRIGHT.sub(
        lambda text: f'<text class="upright-{"left" if float(text[1]) < width / 2 else "right"}"', drawn
    )
    drawn = re.sub(r">\s+<", "><", PLACES.sub(_shorter, drawn)).strip()
    return (
        f'<svg class="plot" role="img" aria-label="{html.escape(alt)}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width * CSS_PIXELS:.0f}" height="{height * CSS_PIXELS:.0f}">{drawn}'
    )


def share_signs(body):
    """Return a page's text with every sign that formulas draw more than once written once, and used from there.

    Examples
    --------
    >>> sign = '<svg width="9em" preserveAspectRatio="xMinYMin slice"><path d="M0 0"/></svg>'
    >>> share_signs(sign) == sign
    True
    >>> share_signs(sign + sign).count("M0 0"), share_signs(sign + sign).count('<use href="#sign-1"/>')
    (1, 2)
    """
    paths = [path for _, path in SIGN.findall(body)]
    names = {
        path: f"sign-{i}" for i, path in enumerate((p for p in dict.fromkeys(paths) if paths.count(p) > 1), start=1)
    }
    if not names:
        return body
    body = SIGN.sub(
        lambda sign: f'{sign[1]}<use href="#{names[sign[2]]}"/></svg>' if sign[2] in names else sign[0], body
    )
    drawn = "".join(f'<path id="{name}" d="{path}"/>' for path, name in names.items())
    return f'<svg class="signs" aria-hidden="true" width="0" height="0"><defs>{drawn}</defs></svg>{body}'

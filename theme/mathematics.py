"""Mathematics, set while the site is built.

KaTeX runs in an embedded V8, so a page needs no script to show its formulas, and a formula that KaTeX cannot set is a
warning of the build instead of red text on a page. Each formula carries MathML for screen readers beside its HTML.
"""

import html
import json
import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from superposition.symbols import NOTATION

KATEX = Path(__file__).parent / "vendor" / "katex"
CHILDREN = {"msub": 2, "msup": 2, "msubsup": 3, "mfrac": 2, "mroot": 2, "munder": 2, "mover": 2, "munderover": 3}
MOST_UNBROKEN = 30  # letters; more may be wider than a phone
MOST_KEPT = 16  # letters that a formula may have to stay in one line with the mark that follows it
CLOSING = re.compile(r"[.,;:!?)\]’”]+")
OPENING = re.compile(r"[(\[‘“]+$")
PERCENT = re.compile(r"(?<=\d) (?=%)")
LETTERS = {entry.math for entry in NOTATION}
CHARACTERS = set((KATEX / "characters.txt").read_text(encoding="utf-8"))
NUMBERED_ENVIRONMENT = re.compile(r"\\(begin|end)\{(equation|align|alignat|gather)\}")

logger = logging.getLogger(__name__)


TYPESET = """
function typeset(tex, displayMode) {
  try {
    const options = { displayMode, output: "htmlAndMathml", strict: "error", throwOnError: true };
    return JSON.stringify({ html: katex.renderToString(tex, options) });
  } catch (error) {
    return JSON.stringify({ error: error.message });
  }
}
"""

logger = logging.getLogger(__name__)


@cache
def engine():
    javascript = MiniRacer()
    javascript.eval((KATEX / "katex.min.js").read_text(encoding="utf-8"))
    javascript.eval(TYPESET)
    return javascript


@cache
def typeset(tex, *, display):
    """Return the HTML and MathML of one formula.

    Raises
    ------
    ValueError
        If KaTeX cannot set `tex`, in KaTeX's own words; if its MathML is not what browsers accept; or if the fonts have been
        cut to fewer characters.
    """
    # an operator's name below a letter becomes MathML with a child too many
    answer = json.loads(engine().call("typeset", re.sub(r"_\{\\(max|min)\}", r"_{\\mathrm{\1}}", tex), display))
    if "error" in answer:
        raise ValueError(answer["error"])
    spoken = re.search(r"<math.*</math>", answer["html"], re.DOTALL)[0]
    for element in ElementTree.fromstring(spoken.replace("&nbsp;", "\u00a0")).iter():
        name = element.tag.rpartition("}")[2]
        if name in CHILDREN and len(element) != CHILDREN[name]:
            raise ValueError(f"MathML: {name} has {len(element)} children, not {CHILDREN[name]}")
    shown = answer["html"].partition('class="katex-html"')[2]
    if missing := set(html.unescape(re.sub(r"<[^>]*>", "", shown.partition(">")[2]))) - CHARACTERS:
        raise ValueError(f"the fonts of the site lack {' '.join(sorted(missing))}: add them to tools/vendor/site.mjs")
    return answer["html"]


def typeset_node(node, tex, *, display):
    try:
        return typeset(tex, display=display)
    except ValueError as error:
        logger.warning("%s in %r", error, tex, location=node, type="katex")
        return f"<code>{html.escape(tex)}</code>"


def display_tex(node):
    """Return one TeX source for a displayed formula, its number left to the page.

    Sphinx lets paragraphs of one displayed formula stand for its lines; an environment is passed on whole, starred
    because KaTeX would number each of its rows by itself.
    """
    source = node.astext().strip()
    if node["nowrap"]:
        return NUMBERED_ENVIRONMENT.sub(r"\\\1{\2*}", source)
    lines = [line.strip() for line in source.split("\n\n") if line.strip()]
    if len(lines) > 1:
        return r"\begin{gathered}" + r"\\".join(lines) + r"\end{gathered}"
    return NUMBERED_ENVIRONMENT.sub(r"\\\1{\2*}", source)


def pieces(formula):
    """How many letters stand in each piece of a formula within a line, which cannot go on in the next line."""
    shown = re.sub("<math.*?</math>", "", formula, flags=re.DOTALL).split('<span class="katex-base">')
    return [len(html.unescape(re.sub("<[^>]*>", "", piece))) for piece in shown]


def before_of(node):
    """What stands before a node in its parent, None if it is the first."""
    at = node.parent.index(node)
    return node.parent[at - 1] if at else None


class KeepMarks(SphinxPostTransform):
    """Keep a short formula in one line with what opens before it and closes after it: browsers would part them."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs):
        for formula in list(self.document.findall(nodes.math)):
            after = formula.next_node(descend=False, siblings=True)
            before = before_of(formula)
            closes = CLOSING.match(after) if isinstance(after, nodes.Text) else None
            opens = OPENING.search(before) if isinstance(before, nodes.Text) else None
            if not closes and not opens:
                continue
            if sum(pieces(typeset_node(formula, formula.astext().strip(), display=False))) <= MOST_KEPT:
                kept = nodes.inline(classes=["whole"])
                formula.replace_self(kept)
                if opens:
                    before.parent.replace(before, nodes.Text(before[: opens.start()]))
                    kept += nodes.Text(opens[0])
                kept += formula
                if closes:
                    after.parent.replace(after, nodes.Text(after[closes.end() :]))
                    kept += nodes.Text(closes[0])


class KeepPercent(SphinxPostTransform):
    """Keep a per cent sign in the line of its number."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs):
        for text in list(self.document.findall(nodes.Text)):
            if isinstance(text.parent, (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)):
                continue
            before = before_of(text)
            kept = PERCENT.sub("\u00a0", text)
            if kept.startswith(" %") and before is not None and before.astext()[-1:].isdigit():
                kept = "\u00a0" + kept[1:]
            if kept != text:
                text.parent.replace(text, nodes.Text(kept))


def visit_inline(self, node):
    tex = node.astext().strip()
    letter = {"data-letter": tex} if tex in LETTERS else {}
    formula = typeset_node(node, tex, display=False)
    classes = "math notranslate nohighlight" + (" long" if max(pieces(formula)) > MOST_UNBROKEN else "")
    self.body.append(self.starttag(node, "span", "", CLASS=classes, **letter) + formula + "</span>")
    raise nodes.SkipNode


def visit_display(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    self.body.append(f'<div class="math-scroll">{typeset_node(node, display_tex(node), display=True)}</div>')
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_post_transform(KeepMarks)
    app.add_post_transform(KeepPercent)
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))

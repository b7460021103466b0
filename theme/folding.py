"""What is folded on a page, and how what is left reads.

Every code cell's source folds; one switch in the header opens all of them. Cells that show nothing are set apart, so that
they take no room. A run of cells that carry the same words as
`fold` in their metadata becomes one block with those words as its summary. The line of a check and the line that says
how sure a formula is are set apart from running text.
"""

import json
import re
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from superposition import formulas
from superposition.formula import STATUSES
from theme.search import anchor_of

SHEET = "book/formula_sheet"
LINES_PER_CELL = 10_000  # myst-nb numbers the lines of a notebook so that the cell can be told

logger = logging.getLogger(__name__)


class Fold(nodes.Element):
    """A block that a page shows folded, under the words of its summary."""


def visit_fold(self, node):
    classes = " ".join(["fold", *node["classes"]])
    self.body.append(
        f'<details class="{classes}"{" open" if node.get("open") else ""}>\n<summary>{self.encode(node["summary"])}</summary>\n'
    )


def depart_fold(self, node):
    self.body.append("</details>\n")


def wrap(children, summary, *classes):
    """Put neighbouring nodes of one parent into a fold."""
    parent, first = children[0].parent, children[0].parent.index(children[0])
    folded = Fold(summary=summary, classes=list(classes))
    for child in children:
        parent.remove(child)
    parent.insert(first, folded)
    folded.extend(children)


def is_cell(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def is_silent(node):
    return is_cell(node) and all(isinstance(child, Fold) for child in node.children)


def folds_of(path):
    """The `fold` words of each cell of a notebook, None where it has none."""
    if path.suffix != ".ipynb":
        return []
    return [cell["metadata"].get("fold") for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]


class FoldRuns(SphinxPostTransform):
    """Fold every run of cells that carry the same words."""

    default_priority = 190
    formats = ("html",)

    def run(self, **kwargs):
        words = folds_of(Path(self.env.doc2path(self.env.docname)))
        if not any(words):
            return
        folded = set()
        for section in [self.document, *self.document.findall(nodes.section)]:
            index, placed = None, []
            for child in section.children:
                if is_cell(child):
                    index = child["cell_index"]
                elif child.line:
                    index = child.line // LINES_PER_CELL - 1
                fold = (
                    words[index] if index is not None and not isinstance(child, (nodes.section, nodes.title)) else None
                )
                placed.append((fold, index, child))
            for fold, run in groupby(placed, key=lambda each: each[0]):
                if fold:
                    run = list(run)
                    folded |= {index for _, index, _ in run}
                    wrap([child for _, _, child in run], fold, "aside")
        missed = {index for index, fold in enumerate(words) if fold} - folded
        if missed:
            logger.warning("cells %s are to fold but show nothing or hold a heading", sorted(missed), type="fold")


class FoldCode(SphinxPostTransform):
    """Fold the source of every code cell; what a tag hides besides stays with myst-nb."""

    default_priority = 195  # before myst-nb hides what is tagged
    formats = ("html",)

    def run(self, **kwargs):
        for cell in list(self.document.findall(is_cell)):
            if cell.get("hide_mode") == "input":
                del cell["hide_mode"]
            source = [child for child in cell.children if child.get("nb_element") == "cell_code_source"]
            if source:
                wrap(source, "Code", "code")
        for parent in {id(cell.parent): cell.parent for cell in self.document.findall(is_cell)}.values():
            for silent, run in groupby(list(parent.children), key=is_silent):
                if silent:
                    run = list(run)
                    together = nodes.container(classes=["silent"])
                    parent.insert(parent.index(run[0]), together)
                    for cell in run:
                        parent.remove(cell)
                        together += cell


# In what the library says of a formula; between letters it joins words.
MINUS = re.compile(r"(?<= )-(?= )|(?<![\w)])-(?=[\w(√])")


def set_minus(paragraph):
    """Write a minus as print does, where it is not code."""
    for text in list(paragraph.findall(nodes.Text)):
        if MINUS.search(text) and not isinstance(text.parent, nodes.literal):
            text.parent.replace(text, nodes.Text(MINUS.sub("−", text)))


class SetApart(SphinxPostTransform):
    """Give the lines of checks and of standings their class; a formula's name leads to its place in the sheet."""

    default_priority = 9  # while links can still be added
    formats = ("html",)

    def run(self, **kwargs):
        for paragraph in self.document.findall(nodes.paragraph):
            first = next((child for child in paragraph.children if child.astext()), None)
            if paragraph.astext().startswith("✓ "):
                paragraph["classes"].append("check")
            elif isinstance(first, nodes.strong) and first.astext() in STATUSES and " · " in paragraph.astext():
                paragraph["classes"].append("standing")
                self.link(next(iter(paragraph.findall(nodes.literal)), None))
            if {"standing", "formula"} & {*paragraph["classes"], *paragraph.parent.get("classes", ())}:
                set_minus(paragraph)

    def link(self, literal):
        name = literal.astext().partition("(")[0] if literal is not None else None
        if name in formulas.registry and SHEET in self.env.found_docs and self.env.docname != SHEET:
            place = self.app.builder.get_relative_uri(self.env.docname, SHEET) + "#" + anchor_of(name)
            reference = nodes.reference("", "", refuri=place, internal=True)
            literal.replace_self(reference)
            reference += literal


def setup(app):
    app.add_node(Fold, html=(visit_fold, depart_fold))
    for transform in (FoldRuns, FoldCode, SetApart):
        app.add_post_transform(transform)

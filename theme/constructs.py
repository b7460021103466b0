"""What a chapter may hold besides text: notes in the margin, admonitions that fold, and tables with words in them.

`{margin}` sets a note beside the text where there is room, and below it elsewhere. An admonition of class `dropdown` is
closed until it is opened, or stands open if it is of class `open`, too. A table's cell with more than a few words in it
keeps a width that they can be read in, and the table scrolls. A drawing's place is as large as the drawing before it is there.
"""

import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.locale import admonitionlabels
from sphinx.transforms.post_transforms import SphinxPostTransform

from theme.folding import Fold

FEW_LETTERS = 24
SIZE = re.compile(r'<svg[^>]* width="(\d+)" height="(\d+)"')


class Margin(nodes.Element):
    """A note in the margin."""


class MarginNote(Directive):
    """Set a note in the margin."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self):
        self.assert_has_content()
        note = Margin()
        if self.arguments:
            title, messages = self.state.inline_text(self.arguments[0], self.lineno)
            note += [nodes.paragraph("", "", nodes.strong("", "", *title)), *messages]
        self.state.nested_parse(self.content, self.content_offset, note)
        return [note]


def visit_margin(self, node):
    self.body.append('<aside class="margin" role="note">\n')


def depart_margin(self, node):
    self.body.append("</aside>\n")


class FoldAdmonitions(SphinxPostTransform):
    """Fold admonitions of class `dropdown`, under their own titles."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs):
        for admonition in list(self.document.findall(nodes.Admonition)):
            classes = admonition["classes"]
            if "dropdown" not in classes:
                continue
            titled = isinstance(admonition.children[0], nodes.title)
            title = admonition.children[0].astext() if titled else admonitionlabels[admonition.tagname]
            kind = [] if titled else [admonition.tagname]
            folded = Fold(summary=title, classes=["admonition", *kind, *classes], open="open" in classes)
            folded.extend(admonition.children[titled:])
            admonition.replace_self(folded)


class WordyCells(SphinxPostTransform):
    """Mark the cells of tables that hold more than a few words."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs):
        for cell in self.document.findall(nodes.entry):
            if len(cell.astext()) > FEW_LETTERS:
                cell["classes"].append("wordy")


class SizesOfDrawings(SphinxPostTransform):
    """Say how large an SVG in pixels is, so that what stands below it does not move when it comes."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs):
        for image in self.document.findall(nodes.image):
            if image["uri"].endswith(".svg"):
                drawing = (Path(self.app.srcdir) / image["uri"]).read_text(encoding="utf-8")
                if size := SIZE.search(drawing):
                    image["width"], image["height"] = size.groups()


def setup(app):
    app.add_node(Margin, html=(visit_margin, depart_margin))
    app.add_directive("margin", MarginNote)
    app.add_post_transform(FoldAdmonitions)
    app.add_post_transform(WordyCells)
    app.add_post_transform(SizesOfDrawings)

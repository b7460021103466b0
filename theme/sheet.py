"""The formula sheet: every formula of the registry, with its meaning, status, provenance and where to find it in the book.

`{formula-sheet}` prints it. Where a formula is derived and which explorer shows it is read from the stored notebooks.
"""

import json
import re
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

from superposition import formulas
from theme.search import anchor_of

BOOK = Path(__file__).parents[1] / "book"
EXPLORER = re.compile(r'<figure class="sp-explorer" id="([^"]+)".*?</figure>', re.DOTALL)
TITLE = re.compile(r'"title": "((?:[^"\\]|\\.)*)"')
NAMED = re.compile(r'"formula": "(\w+)"')
DERIVED = "✓ derived above"
SHOWN = re.compile(r"^\*\*[a-z, ]+\*\* · \*[a-z ]+\* · `(\w+)\(", re.MULTILINE)


def outputs(cell):
    """What a cell shows, each of its outputs as Markdown and as HTML."""
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        yield "".join(data.get("text/markdown", "")), "".join(data.get("text/html", ""))


def places(path):
    """Where a notebook derives or else shows formulas, name to anchor, and which of its explorers show them, name to explorers."""
    shown, derived, explored, heading = {}, {}, {}, ""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            titles = re.findall(r"^#{2,4} (.+)$", "".join(cell["source"]), re.MULTILINE)
            heading = nodes.make_id(titles[-1]) if titles else heading
        for markdown, html in outputs(cell):
            for name in SHOWN.findall(markdown):
                shown.setdefault(name, heading)
                if DERIVED in markdown:
                    derived.setdefault(name, heading)
            for figure in EXPLORER.finditer(html):
                title = json.loads(f'"{TITLE.search(figure[0])[1]}"')
                for name in set(NAMED.findall(figure[0])):
                    explored.setdefault(name, []).append((figure[1], title))
    return shown | derived, explored


def link(text, uri):
    return nodes.reference("", text, refuri=uri, internal=True)


class FormulaSheet(Directive):
    """Print every formula of the book, chapter by chapter."""

    def run(self):
        found = {topic: places(BOOK / f"{topic}.ipynb") for topic in formulas.topics}
        sections = []
        for topic, own in formulas.topics.items():
            title = self.title(topic)
            section = nodes.section("", nodes.title(text=title), ids=[nodes.make_id(title)], names=[title.lower()])
            section += [self.entry(formula, topic, found) for formula in own.values()]
            sections.append(section)
        return sections

    @staticmethod
    def title(topic):
        first = json.loads((BOOK / f"{topic}.ipynb").read_text(encoding="utf-8"))["cells"][0]["source"]
        return "".join(first).splitlines()[0].removeprefix("# ")

    @staticmethod
    def entry(formula, topic, found):
        block = nodes.container(classes=["formula"], ids=[anchor_of(formula.name)])
        block += nodes.paragraph("", "", nodes.Text(formula.sentence))
        block += nodes.math_block("", formula.equation, nowrap=False, number=None, label=None)
        standing = nodes.paragraph("", "", nodes.strong(text=formula.status), nodes.Text(" · "))
        standing += [nodes.emphasis(text=formula.provenance), nodes.Text(f" ({formula.source}) · ")]
        standing += nodes.literal(text=formula.signature)
        if formula.reservations:
            standing += nodes.Text(f": {formula.reservations}")
        block += standing
        where = nodes.paragraph("", "", classes=["where"])
        page = next((page for page in (topic, *found) if formula.name in found[page][0]), None)
        if page:
            where += [link("where it is derived", f"{page}.html#{found[page][0][formula.name]}"), nodes.Text(" · ")]
        for page, (_, explored) in found.items():
            for anchor, title in explored.get(formula.name, ()):
                where += [link(f"explorer: {title}", f"{page}.html#{anchor}"), nodes.Text(" · ")]
        python = f"formulas.{formula.name}({', '.join(f'{name}={name}' for name in formula.arguments)})"
        for label, copied in (("copy as TeX", formula.equation), ("copy as Python", python)):
            where += nodes.raw("", copy_button(label, copied), format="html")
        block += where
        return block


def copy_button(label, copied):
    return f'<button type="button" class="copies" data-copied="{escape(copied)}" hidden>{label}</button> '


def setup(app):
    app.add_directive("formula-sheet", FormulaSheet)

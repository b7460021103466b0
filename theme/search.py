"""The index that the search dialog looks in: sections with their prose, and the formulas, each with its place.

It is one script, loaded when a reader first searches, so that it works from a folder, too.
"""

import json
import re

from docutils import nodes
from sphinx import addnodes

from superposition import formulas
from theme.assets import write_asset

SPACE = re.compile(r"\s+")
SIZES = re.compile(r"\\(left|right|displaystyle)\b ?")  # TeX that says nothing
NOT_SEARCHED = (
    nodes.section,
    nodes.title,
    nodes.raw,
    nodes.literal_block,
    nodes.doctest_block,
    nodes.comment,
    nodes.image,
    addnodes.desc,
)


def said(node):
    """The text of a node and of what stands in it, without code, titles and subsections; formulas as TeX."""
    if isinstance(node, NOT_SEARCHED) or (isinstance(node, nodes.container) and "formula" in node["classes"]):
        return ""
    if isinstance(node, nodes.Text):
        return SIZES.sub("", node.astext())
    between = "" if isinstance(node, nodes.TextElement) else " "
    return between.join(said(child) for child in node.children)


def entries(docname, chapter, doctree, numbers):
    """One entry for each section: its title with its number, its chapter, its address, its words."""
    for section in doctree.findall(nodes.section):
        anchor = section["ids"][0]
        number = numbers.get("" if section.parent is doctree else f"#{anchor}", ())
        title = ".".join(map(str, number)) + ". " if number else ""
        yield {
            "title": title + section[0].astext(),
            "chapter": chapter,
            "url": f"{docname}.html" + ("" if section.parent is doctree else f"#{anchor}"),
            "text": SPACE.sub(" ", " ".join(said(child) for child in section.children)).strip(),
        }
        for described in section.findall(addnodes.desc):
            if described.parent is section:
                yield library_entry(docname, section[0].astext(), *described)


def library_entry(docname, group, signature, content):
    """One entry for a function or class: what it is, by its first sentence, and its name."""
    first, *rest = content.children or [nodes.paragraph()]
    return {
        "title": first.astext().removesuffix("."),
        "name": signature["fullname"],
        "chapter": group,
        "url": f"{docname}.html#{signature['ids'][0]}",
        "text": SPACE.sub(" ", " ".join(said(child) for child in rest)).strip(),
    }


def formula_entries(docname):
    """One entry for each formula, at its place in the formula sheet."""
    for formula in formulas.registry.values():
        yield {
            "title": formula.sentence.removesuffix("."),
            "meaning": formula.meaning,
            "name": formula.name,
            "tex": formula.equation,
            "chapter": "Formula",
            "url": f"{docname}.html#{anchor_of(formula.name)}",
            "text": formula.detail,
        }


def anchor_of(name):
    """Where a formula stands in the sheet."""
    return "formula-" + name.replace("_", "-")


def collect(app, doctree, docname):
    if app.builder.format != "html":
        return
    chapter = app.env.titles[docname].astext()
    numbers = app.env.toc_secnumbers.get(docname, {})
    app.searched[docname] = list(entries(docname, chapter, doctree, numbers))


def write(app, error):
    if error or app.builder.format != "html":
        return
    found = [entry for docname in sorted(app.searched) for entry in app.searched[docname]]
    sheets = [entry["url"].removesuffix(".html") for entry in found if entry["url"].endswith("formula_sheet.html")]
    found += [entry for sheet in sheets for entry in formula_entries(sheet)]
    write_asset(app, "search-index.js", f"searchIndex = {json.dumps(found, ensure_ascii=False)};\n")


def begin(app):
    app.searched = {}
    app.builder.search = False  # Sphinx's own index, which nobody reads


def setup(app):
    app.connect("builder-inited", begin)
    app.connect("doctree-resolved", collect)
    app.connect("build-finished", write)

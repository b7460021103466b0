"""The index that the search dialog looks in: sections with their prose, and the formulas, each with its place.

It is one script, loaded when a reader first searches, so that it works from a folder, too.
"""

import json
import re

from docutils import nodes
from docutils.utils.math import tex2unichar
from sphinx import addnodes

from superposition import formulas
from superposition.results import SUPERSCRIPTS
from theme.assets import write_asset

SPACE = re.compile(r"\s+")
MATHEMATICS = (nodes.math, nodes.math_block)
# TeX that says nothing
SIZES = re.compile(r"\\(?:left|right|displaystyle|[Bb]ig[lr]?|begin\{\w+\}|end\{\w+\})(?![a-z]) ?|&")
GROUP = r"(\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\}|\\[A-Za-z]+|[^\\\s])"
FRACTION = re.compile(rf"\\[td]?(frac|binom)\s*{GROUP}\s*{GROUP}")
ROOT = re.compile(rf"\\sqrt(?:\[(\w)\])?\s*{GROUP}")
WORDS = re.compile(r"\\(?:text|mathrm|mathbf|mathbb|mathsf|operatorname)\s*\{([^{}]*)\}")
ACCENT = re.compile(r"\\(?:overline|hat|bar|tilde)(?![a-z])\s*")
POWER = re.compile(r"\^\{?(-?\d+)\}?")
SIGNS = (
    {
        name: sign
        for table in ("mathalpha", "mathbin", "mathrel", "mathop", "mathord", "mathfence", "mathopen", "mathclose")
        for name, sign in getattr(tex2unichar, table).items()
    }
    | {"dots": "…", "cdots": "…", "top": "ᵀ"}
    | dict.fromkeys(("|", "lVert", "rVert"), "‖")
)
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


def bracketed(group):
    """A group of TeX as it stands in a line: in brackets if it is more than a letter or a number."""
    group = group[1:-1].strip() if group.startswith("{") else group
    return group if re.fullmatch(r"\\?\w+|\d[\d.,{}]*", group) else f"({group})"


def plain(tex):
    r"""A formula of TeX as a line of text.

    Examples
    --------
    >>> plain(r"K = 1 + \sqrt{\frac{n}{8 l \ln m}}, \quad l_{\max} \ge 8{,}192")
    'K = 1 + √(n/(8 l ln m)), l_max ≥ 8,192'
    """
    tex = SIZES.sub("", tex)
    tex = re.sub(r"\\[,;:! ]|\\\\(\[\w+\])?|\\q?quad|~", " ", tex).replace("{,}", ",")
    tex = ACCENT.sub("", WORDS.sub(r"\1", tex))
    while found := FRACTION.search(tex):
        upper, lower = map(bracketed, found.groups()[1:])
        line = f"{upper}/{lower}" if found[1] == "frac" else f" C({upper}, {lower})"
        tex = f"{tex[: found.start()]}{line}{tex[found.end() :]}"
    while found := ROOT.search(tex):
        tex = f"{tex[: found.start()]}{(found[1] or '').translate(SUPERSCRIPTS)}√{bracketed(found[2])}{tex[found.end() :]}"
    tex = POWER.sub(lambda power: power[1].translate(SUPERSCRIPTS), tex)
    tex = re.sub(r"\\([A-Za-z]+|\|)", lambda name: SIGNS.get(name[1], name[1]), tex)
    tex = re.sub(r"\^\{([^{}]{2,})\}", r"^(\1)", tex)
    tex = re.sub(r"_(\d)|_\{(\d)\}", lambda index: chr(ord("₀") + int(index[1] or index[2])), tex)
    tex = re.sub(r"_\{([^{}]*[^\w{}][^{}]*)\}", r"_(\1)", tex).replace(" - ", " − ")
    return SPACE.sub(" ", re.sub(r"[{}\\]", "", tex)).strip()


def passed_over(node):
    return isinstance(node, NOT_SEARCHED) or (isinstance(node, nodes.container) and "formula" in node["classes"])


def said(node):
    """The text of a node and of what stands in it, without code, titles and subsections; formulas as they read."""
    if passed_over(node):
        return ""
    if isinstance(node, MATHEMATICS):
        return plain(node.astext())
    if isinstance(node, nodes.Text):
        return node.astext()
    between = "" if isinstance(node, nodes.TextElement) else " "
    return between.join(said(child) for child in node.children)


def written(node):
    """The TeX of what stands in a node, without subsections."""
    if passed_over(node):
        return []
    if isinstance(node, MATHEMATICS):
        return [node.astext()]
    return [tex for child in node.children for tex in written(child)]


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
            "tex": " ".join(dict.fromkeys(SIZES.sub("", tex) for child in section.children for tex in written(child))),
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

"""What a link leads to, shown beside it: references, equations, formulas, terms, and the first lines of sections.

Each page has a script with the previews of its places, and one script has the letters of the notation. A page loads
one when a reader first points at a link into it, so that previews work from a folder, too.
"""

import html
import json
import re

from docutils import nodes

from superposition.symbols import NOTATION
from theme.assets import write_asset
from theme.mathematics import typeset

ENOUGH = 160  # letters; a section is shown up to the paragraph that reaches them
OPENING = (nodes.paragraph, nodes.math_block, nodes.bullet_list, nodes.enumerated_list)
LINKED = re.compile(r'<a class="headerlink".*?</a>|</?a\b[^>]*>')  # a preview holds nothing to go to
PLACED = re.compile(r'\s(?:id|aria-label|role)="[^"]*"')  # and no second place of the same name


def opening(section):
    """The first blocks of a section that say enough, as nodes; headings and cells left out."""
    length = 0
    for child in section.children:
        if isinstance(child, nodes.section) or length >= ENOUGH:
            return
        if isinstance(child, OPENING):
            length += len(child.astext())
            yield child


def places(doctree):
    """Everything on a page that has an address and can be previewed: its ids, its heading or None, its nodes."""
    for section in doctree.findall(nodes.section):
        yield ["", *section["ids"]] if section.parent is doctree else section["ids"], section[0], list(opening(section))
    for node in doctree.findall(nodes.Element):
        if isinstance(node, nodes.math_block) and node["number"]:
            yield node["ids"], None, [node]
        elif isinstance(node, nodes.citation):
            yield node["ids"], None, [child for child in node if not isinstance(child, nodes.label)]
        elif isinstance(node, nodes.container) and "formula" in node["classes"]:
            yield node["ids"], None, [child for child in node if "where" not in child["classes"]]
        elif isinstance(node, nodes.definition_list_item):
            for term in node.findall(nodes.term):
                yield term["ids"], term, [block for block in node[-1] if isinstance(block, OPENING)]


def rendered(builder, node):
    """The HTML of a node, without its places and links."""
    return PLACED.sub("", LINKED.sub("", builder.render_partial(node.deepcopy())["fragment"])).strip()


def preview(builder, heading, blocks):
    title = f'<p class="preview-title">{html.escape(heading.astext())}</p>' if heading is not None else ""
    return title + "".join(rendered(builder, block) for block in blocks)


def collect(app, doctree, docname):
    if app.builder.format != "html":
        return
    found = {}
    app.builder.fignumbers = app.env.toc_fignumbers.get(docname, {})  # Sphinx sets it later, for the page itself
    for ids, heading, blocks in places(doctree):
        if ids:
            found |= dict.fromkeys(ids, preview(app.builder, heading, blocks))
    write_script(app, docname, found)


def words(markdown):
    """A row of the notation table as HTML: its mathematics set, its code marked."""
    parts = re.split(r"\$(.+?)\$|`(.+?)`", markdown)
    for text, tex, code in zip(parts[::3], [*parts[1::3], None], [*parts[2::3], None], strict=True):
        yield html.escape(text)
        if tex:
            yield typeset(tex, display=False)
        if code:
            yield f"<code>{html.escape(code)}</code>"


def letter(entry):
    """What the notation table says of one letter."""
    said = f"<p>{typeset(entry.math, display=False)}: {''.join(words(entry.meaning))}.</p>"
    return said + f'<p class="preview-code">In code {"".join(words(entry.code))}</p>'


def write_script(app, name, previews):
    """Write the previews of a page, address to HTML, as a script that adds them to those already there."""
    text = f"(globalThis.previews ??= {{}})[{json.dumps(name)}] = {json.dumps(previews, ensure_ascii=False)};\n"
    write_asset(app, f"previews/{name.replace('/', '-')}.js", text)


def write_letters(app):
    if app.builder.format == "html":
        (app.outdir / "_static").mkdir(parents=True, exist_ok=True)
        write_script(app, "letters", {entry.math: letter(entry) for entry in NOTATION})


def setup(app):
    app.add_js_file("previews.js", loading_method="defer")
    app.connect("builder-inited", write_letters)
    app.connect("doctree-resolved", collect)

"""What a page is made of besides its text: the theme's files, the explorers' module, and the ways around the book.

A page loads what it uses and nothing else: KaTeX's style where there is mathematics, the explorers' module and style
where there is an explorer.
"""

import hashlib
import re
from pathlib import Path

from docutils import nodes
from sphinx.util.fileutil import copy_asset

from superposition import explorer

HERE = Path(__file__).parent
DESCRIPTION_LENGTH = 160
REPLACED_STYLES = re.compile(r"\b(pygments|mystnb[.\w]*)\.css$")  # book.css says it in its own way


def write_static(app):
    """Write the vendored files and the explorers' module and style where the theme's static files go."""
    if app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    copy_asset(HERE / "vendor", static / "vendor", excluded=lambda path: path.endswith(".js"))
    (static / "explorer.js").write_text(explorer.module_source(), encoding="utf-8")
    (static / "draws.js").write_text(explorer.draws_source(), encoding="utf-8")
    (static / "explorer.css").write_text(explorer.style_source(), encoding="utf-8")


def explorer_version():
    sources = explorer.module_source() + explorer.draws_source() + explorer.style_source()
    return hashlib.sha256(sources.encode()).hexdigest()[:12]


def page_sections(toc):
    """Return the page's sections as a list of links, without the entry of the page itself; None if it has none."""
    start, end = toc.find("<ul", 1), toc.rfind("</ul>", 0, toc.rfind("</ul>"))
    return toc[start : end + len("</ul>")] if 0 < start < end else None


def description(doctree):
    """Return the start of the page's first paragraph, cut at a word."""
    paragraph = next(iter(doctree.findall(nodes.paragraph)), None)
    text = " ".join(paragraph.astext().split()) if paragraph is not None else ""
    return text if len(text) <= DESCRIPTION_LENGTH else text[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …"


def accessible(body):
    """Return the page's text with its tables free to scroll sideways and its references as the list they are."""
    body = re.sub(r"(<table\b.*?</table>)", r'<div class="table-scroll">\1</div>', body, flags=re.DOTALL)
    return body.replace('role="doc-biblioentry"', 'role="listitem"')


def complete_page(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    if 'class="katex' in body:
        app.add_css_file("vendor/katex/katex.min.css", priority=400)
    styles = [style for style in context["css_files"] if not REPLACED_STYLES.search(str(style.filename))]
    context["page_styles"] = sorted(styles, key=lambda style: style.priority)
    if "sp-explorer" in body:
        context["explorer_version"] = app.config.explorer_version
    if doctree is not None:
        context["page_description"] = description(doctree)
    context["body"] = accessible(body)
    context["page_sections"] = page_sections(context.get("toc", ""))
    contents = context["toctree"](maxdepth=1, titles_only=True, collapse=False, includehidden=True) or ""
    contents = contents.replace(' role="heading"', "")  # the parts of the book are no headings of this page
    context["contents"] = contents.replace('class="current reference internal"', 'aria-current="page"')


def configure(app, config):
    config.html_theme = "book"
    config.html_theme_options = {}  # Jupyter Book fills in those of its own theme
    config.html_permalinks_icon = "#"
    config.html_additional_pages = {"index": "start.html"}


def setup(app):
    app.add_html_theme("book", str(HERE / "book"))
    app.add_js_file("book.js", type="module")
    app.add_config_value("comments_config", {}, "")  # Jupyter Book sets it for an extension that we leave out
    app.add_config_value("explorer_version", explorer_version(), "html")
    app.connect("config-inited", configure)
    app.connect("builder-inited", write_static)
    app.connect("html-page-context", complete_page)

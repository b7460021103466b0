"""What a page is made of besides its text: the theme's files, the explorers' scripts, and the ways around the book.

A page loads what it uses and nothing else: KaTeX's style where there is mathematics, the explorers' scripts and style
where there is an explorer.
"""

import hashlib
import html
import itertools
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.util.fileutil import copy_asset

from superposition import explorer, question
from theme.figures import inline, share_signs
from theme.stills import still

SPHINX_SCRIPTS = re.compile(
    r"\b(documentation_options|doctools|sphinx_highlight)\.js$"
)  # the book searches in its own way
HERE = Path(__file__).parent
DESCRIPTION_LENGTH = 160
IMAGE_SIZE = re.compile(r'(?<=" )style="width: (\d+)px; height: (\d+)px;"(?= />)')
SVG_SIZE = re.compile(r'<svg\b[^>]*? width="(\d+)" height="(\d+)"')
DRAWING = re.compile(r'<img alt="([^"]*)"[^>]*? src="[^"]*?([^"/]+\.svg)"[^>]*/>')
EXPLORER = re.compile(r'<figure class="sp-explorer".*?</figure>', re.DOTALL)
DECLARATION = re.compile(
    r'<figure class="sp-explorer"[^>]*>\s*<script type="application/json">(.*?)</script>', re.DOTALL
)
REPLACED_STYLES = re.compile(r"\b(pygments|mystnb[.\w]*)\.css$")  # book.css says it in its own way


def write_static(app):
    """Copy the vendored files to where the theme's static files go."""
    if app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    copy_asset(
        HERE / "vendor",
        static / "vendor",
        excluded=lambda path: path.endswith("katex.min.js") or "linkedom" in path or "reveal" in path,
    )


def write_asset(app, path, text):
    """Write a file below _static; return its path, and a version that changes with the text."""
    file = Path(app.outdir) / "_static" / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return {"path": path, "version": hashlib.sha256(text.encode()).hexdigest()[:12]}


def explorer_assets(app, pagename, body):
    """Write what the explorers of a page load; return the scripts, in order, and the styles."""
    declarations = [json.loads(data) for data in DECLARATION.findall(body)]
    if not declarations:
        return [], []
    drawn = any("draws" in declaration for declaration in declarations)
    draws = write_asset(app, "draws.js", explorer.draws_source()) if drawn else None
    special, source = explorer.page_source(declarations, draws and "../{path}?v={version}".format(**draws))
    scripts = {"explorer.js": explorer.script_source()}
    if special:
        scripts[f"{special}.js"] = explorer.special_source(special)
    scripts[f"explorers/{pagename.replace('/', '-')}.js"] = source
    return (
        [write_asset(app, path, text) for path, text in scripts.items()],
        [write_asset(app, "explorer.css", explorer.style_source())],
    )


def question_assets(app, body):
    """Write what the questions of a page load; return the scripts and the styles."""
    if 'class="sp-question"' not in body:
        return [], []
    return (
        [write_asset(app, "question.js", question.script_source())],
        [write_asset(app, "question.css", question.style_source())],
    )


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
    """Return the page's text with its tables free to scroll sideways and its references as the list they are.

    Pictures say their size where a browser looks for it before they are loaded.
    """
    body = IMAGE_SIZE.sub(r'width="\1" height="\2"', body)
    body = re.sub(r"(<table\b.*?</table>)", r'<div class="table-scroll">\1</div>', body, flags=re.DOTALL)
    return body.replace('role="doc-biblioentry"', 'role="listitem"')


def with_drawings(app, body):
    """Return the page's text with the drawings of its cells in it, which then are no files of their own.

    Other vector pictures say their size, as `accessible` has it said of those of cells.
    """
    files = {name: source for source, name in app.builder.images.items()}

    def drawn(image):
        source = files[image[2]]
        svg = (Path(app.srcdir) / source).read_text(encoding="utf-8")
        if 'id="figure_1"' not in svg:  # Matplotlib's name
            if (size := SVG_SIZE.search(svg)) is None:
                raise ValueError(
                    f"{source} must say its width and height in whole pixels, so that nothing moves when it comes"
                )
            width, height = size.groups()
            return image[0].replace("<img ", f'<img width="{width}" height="{height}" ', 1)
        app.builder.images.pop(source, None)
        return inline(svg, f"plot-{next(number)}-", html.unescape(image[1]))

    number = itertools.count(1)
    return DRAWING.sub(drawn, body)


def complete_page(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    # the faces that most lines are set in come with the text, so that no line breaks anew when they arrive
    context["faces"] = [f"source-serif/source-serif-4-{style}" for style in ("normal", "italic")]
    if 'class="katex' in body:
        context["faces"] += [f"katex/fonts/KaTeX_{face}" for face in ("Main-Regular", "Math-Italic")]
        app.add_css_file("vendor/katex/katex.min.css", priority=400)
    if 'class="py ' in body:
        app.add_css_file("library.css")
    if 'class="filtered"' in body:
        app.add_css_file("filter.css")
        app.add_js_file("filter.js", loading_method="defer")
    context["script_files"] = [s for s in context["script_files"] if not SPHINX_SCRIPTS.search(str(s.filename))]
    styles = [style for style in context["css_files"] if not REPLACED_STYLES.search(str(style.filename))]
    context["page_styles"] = sorted(styles, key=lambda style: style.priority)
    scripts = {Path(str(js.filename)).name: js for js in context["script_files"]}
    context["mode_script"] = scripts.pop("mode.js")  # colours first, everything else after the text
    context["script_files"] = list(scripts.values())
    context["explorer_scripts"], context["explorer_styles"] = explorer_assets(app, pagename, body)
    context["question_scripts"], context["question_styles"] = question_assets(app, body)
    if doctree is not None:
        context["page_description"] = description(doctree)
    drawn = Path(app.doctreedir).parent / ".stills"
    body = EXPLORER.sub(lambda figure: still(figure[0], drawn), with_drawings(app, body))
    context["body"] = share_signs(accessible(body))
    context["page_sections"] = page_sections(context.get("toc", ""))
    contents = context["toctree"](maxdepth=1, titles_only=True, collapse=False, includehidden=True) or ""
    contents = contents.replace(' role="heading"', "")  # the parts of the book are no headings of this page
    context["contents"] = contents.replace('class="current reference internal"', 'aria-current="page"')


def configure(app, config):
    config.html_theme = "book"
    config.html_theme_options = {}  # Jupyter Book fills in those of its own theme
    config.html_permalinks_icon = "#"
    config.html_additional_pages = {"index": "start.html", "search": "search.html", "404": "404.html"}


def setup(app):
    app.add_html_theme("book", str(HERE / "book"))
    app.add_js_file("mode.js")
    app.add_js_file("book.js", loading_method="defer")
    app.add_js_file("search.js", loading_method="defer")
    app.add_config_value("comments_config", {}, "")  # Jupyter Book sets it for an extension that we leave out
    app.connect("config-inited", configure)
    app.connect("builder-inited", write_static)
    app.connect("html-page-context", complete_page)

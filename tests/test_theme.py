"""The site's extension: mathematics set at build time, links made from the repository's address."""

import io
import json
import os
import re
import subprocess
import sys

import pytest
import yaml
from docutils import nodes
from docutils.utils import new_document
from pygments import highlight as highlighted
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.token import Token

from superposition import formulas
from superposition.data.dictionaries import atlas as dictionaries_listed
from superposition.plots import figure, use_book_style
from theme import atlas, constructs, folding, highlight, mathematics, repository, search, sheet, unbroken
from theme.assets import page_sections

ROOT = repository.ROOT
GITHUB = "https://github.com/someone/price-of-superposition"


def texts(links):
    return [link["text"] for link in links]


def test_without_a_repository_only_the_download_is_offered():
    assert repository.repository_url("[project]\nname = 'book'\n") is None
    assert texts(repository.page_links(None, "book/sparsity.ipynb")) == ["Download"]
    assert repository.page_links(None, "book/index.md") == []


@pytest.mark.parametrize("address", [GITHUB, GITHUB + "/", GITHUB + ".git"])
def test_with_a_repository_every_link_is_offered(address):
    url = repository.repository_url(f"[project.urls]\nRepository = '{address}'\n")
    links = {link["text"]: link["url"] for link in repository.page_links(url, "book/sparsity.ipynb")}
    assert links == {
        "Binder": "https://mybinder.org/v2/gh/someone/price-of-superposition/main?urlpath=lab%2Ftree%2Fbook%2Fsparsity.ipynb",
        "Colab": "https://colab.research.google.com/github/someone/price-of-superposition/blob/main/book/sparsity.ipynb",
        "Download": "_sources/book/sparsity.ipynb",
        "Suggest an edit": f"{GITHUB}/edit/main/book/sparsity.ipynb",
        "Report an error": f"{GITHUB}/issues/new?title=Error%20in%20book/sparsity.ipynb%3A%20",
    }


def test_jupyterlite_is_offered_where_it_is_built():
    assert repository.page_links(None, "book/sparsity.ipynb", lite=True)[0]["url"] == (
        "lite/lab/index.html?path=sparsity.ipynb"
    )
    assert repository.page_links(None, "book/index.md", lite=True) == []


def test_readers_talk_only_where_an_address_says_where():
    talk = GITHUB + "/discussions"
    assert "Comments" not in texts(repository.page_links(GITHUB, "book/sparsity.ipynb"))
    assert repository.page_links(GITHUB, "book/sparsity.ipynb", comments=talk)[-1]["url"] == talk
    assert texts(repository.page_links(None, "book/glossary.md", comments=talk)) == ["Comments"]
    assert repository.checked_comments("") is None
    assert repository.checked_comments(talk) == talk
    with pytest.raises(ValueError, match=r"comments_url is 'http://a\.b/c'; accepted is https"):
        repository.checked_comments("http://a.b/c")


def test_gitlab_has_no_colab_link():
    assert texts(repository.page_links("https://gitlab.com/a/b", "book/sparsity.ipynb")) == [
        "Binder",
        "Download",
        "Suggest an edit",
        "Report an error",
    ]


@pytest.mark.parametrize("address", ["http://github.com/a/b", "https://example.org/a/b", "https://github.com/a"])
def test_an_address_without_known_links_is_refused_with_what_is_accepted(address):
    with pytest.raises(ValueError, match=re.escape(repr(address)) + ".*accepted is https://github.com/OWNER/NAME"):
        repository.repository_url(f"[project.urls]\nRepository = '{address}'\n")


def test_a_formula_is_set_as_html_and_as_mathml():
    html = mathematics.typeset(r"\sqrt{8 \ln m / n}", display=True)
    assert "<msqrt>" in html
    assert 'class="katex-html" aria-hidden="true"' in html


def test_a_formula_whose_characters_were_cut_from_the_fonts_is_refused():
    with pytest.raises(ValueError, match="the fonts of the site lack ℶ"):
        mathematics.typeset(r"\beth + 1", display=False)


@pytest.mark.parametrize("tex", [r"\frc{1}{2}", r"\begin{align} a", "a & b"])
def test_a_formula_that_cannot_be_set_is_refused(tex):
    with pytest.raises(ValueError, match="KaTeX parse error"):
        mathematics.typeset(tex, display=True)


def test_the_list_of_sections_leaves_out_the_page_itself():
    assert page_sections('<ul>\n<li><a href="#">Page</a></li>\n</ul>') is None
    nested = '<ul>\n<li><a href="#">Page</a><ul>\n<li><a href="#one">One</a></li>\n</ul>\n</li>\n</ul>'
    assert page_sections(nested) == '<ul>\n<li><a href="#one">One</a></li>\n</ul>'


def build(folder, page):
    """Build a book of one page with the book's own configuration; return what the build said, and the page."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["sphinx"]["local_extensions"] = {"theme": str(ROOT)}
    book = folder / "book"
    book.mkdir(exist_ok=True)
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/page\n", encoding="utf-8")
    (book / "references.bib").write_text("", encoding="utf-8")
    (book / "page.md").write_text(page, encoding="utf-8")
    # as the command of that name, but for what `tools` leaves out
    jupyter_book = "import tools; from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", jupyter_book, "build", "-n", "-W", "--keep-going", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    built = folder / "_build" / "html" / "book" / "page.html"
    return done, built.read_text(encoding="utf-8") if built.exists() else ""


PAGE = """# Page

![One & "two"](drawing.svg)

![Again](drawing.svg)

$$
a = b
$$ (eq-one)

See {eq}`eq-one`.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a site of one page, and the page."""
    folder = tmp_path_factory.mktemp("one-page")
    use_book_style()
    axis = figure("features, m", "overlap", xscale="log")
    axis.plot([1, 10, 100], [1, 2, 1])
    (folder / "book").mkdir()
    axis.figure.savefig(folder / "book" / "drawing.svg")
    done, page = build(folder, PAGE)
    assert done.returncode == 0, done.stderr
    return folder / "_build" / "html", page


@pytest.mark.slow
def test_drawing_becomes_part_of_its_page(built):
    site, page = built
    assert not (site / "_images").exists()
    assert re.findall(r'role="img" aria-label="([^"]*)"', page) == ["One &amp; &quot;two&quot;", "Again"]
    assert "<img" not in page
    drawings = re.findall(r'<svg class="plot".*?</svg>', page, re.DOTALL)
    ids = [set(re.findall(r' id="([^"]*)"', drawing)) for drawing in drawings]
    named = [set(re.findall(r'(?:url\(|href=")#([^")]*)', drawing)) for drawing in drawings]
    assert ids[0]
    assert ids == named
    assert not ids[0] & ids[1]
    assert ">features, m</text>" in drawings[0]
    assert "#ffffff" not in drawings[0]


def test_a_drawing_is_the_same_text_whenever_it_is_drawn():
    def drawn():
        use_book_style()
        axis = figure("m", "overlap", xscale="log")
        axis.errorbar([1, 10], [1, 2], [0.1, 0.2], fmt="o")
        svg = io.StringIO()
        axis.figure.savefig(svg, format="svg", metadata={"Date": None})
        return svg.getvalue()

    first = drawn()
    assert first == drawn()
    assert "<text" in first


def test_every_formula_of_the_sheet_stands_in_its_chapter():
    for topic, own in formulas.topics.items():
        shown, _ = sheet.places(sheet.BOOK / f"{topic}.ipynb")
        assert [name for name in own if name not in shown] == [], topic


def test_a_formula_leads_to_its_derivation_rather_than_to_where_it_is_first_shown(tmp_path):
    formula = formulas.typical_overlap

    def cell(shown):
        return {"cell_type": "code", "outputs": [{"data": {"text/markdown": shown._repr_markdown_()}}]}

    def heading(words):
        return {"cell_type": "markdown", "source": f"## {words}"}

    def found(*cells):
        path = tmp_path / "page.ipynb"
        path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
        return sheet.places(path)[0]

    derived = formula.derived(formula.expr)
    assert found(heading("First"), cell(formula), heading("Then"), cell(formula)) == {"typical_overlap": "first"}
    assert found(heading("First"), cell(formula), heading("Then"), cell(derived)) == {"typical_overlap": "then"}


@pytest.mark.slow
def test_without_an_address_nothing_says_where_the_site_is(built):
    site, page = built
    assert repository.site_url("[project]\nname = 'book'\n") is None
    assert not (site / "sitemap.xml").exists()
    assert not (site / "robots.txt").exists()
    assert not (site / "_static" / "card.png").exists()
    assert "og:" not in page
    assert "twitter:" not in page


@pytest.mark.slow
def test_numbered_equations_can_be_referred_to(built):
    _, page = built
    assert 'href="#equation-eq-one">(1)</a>' in page
    assert 'id="equation-eq-one"' in page


@pytest.mark.slow
def transformed(transform, *children):
    """The document of a page that a transform has gone over."""
    document = new_document("page")
    document += nodes.paragraph("", "", *children)
    transform(document).run()
    return document


def test_a_short_formula_stays_with_the_marks_around_it_and_a_long_one_may_leave_them():
    short, long = (lambda: nodes.math(text="S = 1")), nodes.math(text="a + b + c + d + e + f + g + h + i + j + k")
    text = ["half (", ") and so, ", ", or (", ")"]
    document = transformed(
        mathematics.KeepMarks, nodes.Text(text[0]), short(), nodes.Text(text[1]), short(), nodes.Text(text[2]), long,
        nodes.Text(text[3]),
    )  # fmt: skip
    kept = [node.astext() for node in document.findall(nodes.inline) if "whole" in node["classes"]]
    assert kept == ["(S = 1)", "S = 1,"]
    assert document.astext() == "half (S = 1) and so, S = 1, or (a + b + c + d + e + f + g + h + i + j + k)"


def test_a_per_cent_sign_stays_with_its_number_but_in_code():
    document = transformed(
        mathematics.KeepPercent, nodes.Text("15 to 51 % and "), nodes.strong(text="22"), nodes.Text(" % or "),
        nodes.strong(text="all"), nodes.Text(" % of it, "), nodes.literal(text="7 % 2"),
    )  # fmt: skip
    assert document.astext() == "15 to 51\u00a0% and 22\u00a0% or all % of it, 7 % 2"


def test_a_cell_of_words_keeps_a_width_to_be_read_in_and_one_of_numbers_does_not():
    cells = [nodes.entry("", nodes.paragraph(text=said)) for said in ("threshold at which a unit switches", "12,046.7")]
    transformed(constructs.WordyCells, *cells)
    assert [cell["classes"] for cell in cells] == [["wordy"], []]


@pytest.mark.slow
def test_a_formula_that_cannot_be_set_fails_the_build(tmp_path):
    done, _ = build(tmp_path, "# Page\n\nA slip of the pen: $\\frc{1}{2}$.\n")
    assert done.returncode != 0
    assert "KaTeX parse error" in done.stderr
    assert "page.md:3" in done.stderr


def test_letters_with_a_word_below_have_mathml_that_browsers_accept():
    assert "<msub>" in mathematics.typeset(r"l_{\max} = m_{\min}", display=False)
    with pytest.raises(ValueError, match="MathML: msub has 3 children, not 2"):
        mathematics.typeset(r"l_{\sup}", display=False)


def test_a_minus_in_what_is_said_of_a_formula_is_set_as_print_does_and_code_and_compounds_stay():
    line = nodes.paragraph(
        "", "", nodes.literal(text="f(l - 1)"), nodes.Text(": 1 - p, (m - n) l, -4l² ln(1 - 1/(4l²)), ")
    )
    line += nodes.Text("exp(-n/8l), re-driven")
    folding.set_minus(line)
    assert line.astext() == "f(l - 1): 1 − p, (m − n) l, −4l² ln(1 − 1/(4l²)), exp(−n/8l), re-driven"


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        (r"K = 1 + \sqrt{\frac{n}{8 l \ln m}}, \quad l_{\max} \ge 8{,}192", "K = 1 + √(n/(8 l ln m)), l_max ≥ 8,192"),
        (r"F \in \mathbb{R}^{n \times m}, \; \|f_i\|^2 = 1", "F ∈ R^(n × m), ‖f_i‖² = 1"),
        (r"\frac\pi2\, n \rho\left(1 - \tfrac12\right)", "π/2 n ρ(1 − 1/2)"),
        (r"I_{1 - t^{2}}(a) \approx 10^{-3} \binom{m}{l}", "I_(1 − t²)(a) ≈ 10⁻³ C(m, l)"),
        (r"\begin{aligned} a &= \bar p_1 \\ b &= \text{votes}_{0} \end{aligned}", "a = p₁ b = votes₀"),
    ],
)
def test_the_search_shows_a_formula_as_a_line_of_text(tex, line):
    assert search.plain(tex) == line


def test_no_formula_keeps_tex_in_what_the_search_shows():
    assert not [name for name, f in formulas.registry.items() if re.search(r"[\\{}]", search.plain(f.equation))]


def test_a_section_is_shown_in_words_and_found_by_its_tex():
    inner = nodes.section("", nodes.title(text="In"), nodes.paragraph("", "", nodes.math(text="k")), ids=["in"])
    prose = nodes.paragraph("", "", nodes.Text("At "), nodes.math(text=r"\tfrac12"), nodes.Text(" it ends."))
    doctree = new_document("page")
    doctree += nodes.section("", nodes.title(text="Out"), prose, inner, ids=["out"])
    outer, part = search.entries("page", "Chapter", doctree, {})
    assert (outer["text"], outer["tex"], part["tex"]) == ("At 1/2 it ends.", r"\tfrac12", "k")


def test_run_of_cells_is_told_by_the_words_in_their_metadata(tmp_path):
    notebook = tmp_path / "page.ipynb"
    notebook.write_text(json.dumps({"cells": [{"metadata": {"fold": "The proof"}}, {"metadata": {}}]}))
    assert folding.folds_of(notebook) == ["The proof", None]
    assert folding.folds_of(tmp_path / "page.md") == []


def notebook_of(cells):
    return {
        "cells": [
            {"cell_type": kind, "id": f"c{i}", "metadata": {"fold": fold} if fold else {}, "source": text}
            for i, (kind, text, fold) in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@pytest.mark.slow
def test_run_of_cells_folds_into_one_block_unless_it_holds_a_heading(tmp_path):
    for name, last in (("page", "Two *words*."), ("torn", "## A heading")):
        cells = [("markdown", f"# The {name}", None), ("markdown", "Before.", None), ("markdown", "One.", "The proof")]
        cells += [("markdown", last, "The proof"), ("markdown", "After.", None)]
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(notebook_of(cells)))
    (tmp_path / "conf.py").write_text(
        "extensions = ['myst_nb', 'theme.folding']\nnb_execution_mode = 'off'\nroot_doc = 'page'\n"
    )
    # as `python -m sphinx`, but for what `tools` leaves out
    sphinx = "import sys, tools; from sphinx.cmd.build import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", sphinx, "-q", "-b", "html", str(tmp_path), str(tmp_path / "site")]
    built = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert built.stderr.count("cells [3] are to fold but show nothing or hold a heading") == 1, built.stderr
    page = (tmp_path / "site" / "page.html").read_text()
    block = re.search(r'<details class="fold aside">(.*?)</details>', page, re.DOTALL)[1]
    assert "<summary>The proof</summary>" in block
    assert "One." in block
    assert "words" in block
    assert not {"Before.", "After."} & set(re.findall(r"\w+\.", block))


def test_the_style_names_exactly_the_letters_that_are_a_font_file_of_their_own():
    style = (ROOT / "theme/book/static/book.css").read_text(encoding="utf-8")
    rarer = set((ROOT / "theme/vendor/source-serif/rarer.txt").read_text(encoding="utf-8"))
    faces = re.findall(r'src: url\("[^"]*-more\.woff2"\)[^}]*unicode-range: ([^;]*);', style)
    assert len(faces) == 2
    for face in faces:
        ends = [part.strip().removeprefix("U+").split("-") for part in face.split(",")]
        named = {
            chr(code) for first, *last in ends for code in range(int(first, 16), int((last or [first])[0], 16) + 1)
        }
        assert named == rarer
    assert not rarer & set("abcXYZ019 .,;–—‘’“”…±½")


def test_every_dictionary_of_the_atlas_is_a_row_and_a_setting_of_the_price_tag():
    listed, can_be = dictionaries_listed(), atlas.settings()
    found = {}
    for network, rows in atlas.networks():
        for *sizes, active in rows:
            place = network, *(int(size.replace(",", "")) for size in sizes)
            assert place not in found
            found[place] = active
    assert found.keys() == {(one.network, one.layer, one.neurons, one.features) for one in listed}
    for one in listed:
        cell = found[one.network, one.layer, one.neurons, one.features]
        link = f'#price-tag?n={one.neurons}&amp;m={one.features}&amp;l={one.active:.0f}">{one.active:,.0f}</a>'
        # the price tag has more features than neurons
        assert (link in cell) == (one.features >= min(can_be["m"]))


def test_a_number_stays_with_its_per_cent_and_its_error():
    assert (
        unbroken.joined("3.8 ± 0.1 of 28.8 %, a mean ± its error") == "3.8\xa0±\xa00.1 of 28.8\xa0%, a mean ± its error"
    )
    assert unbroken.joined("+1 ± 3 %") == "+1\xa0±\xa03\xa0%"


CODE = """from math import pi  # a constant
@cached
def area(r: float = 2) -> str:
    \"\"\"Of a disc.\"\"\"
    return f"{pi * r**2:.2f} m²" if r not in {None, True} else "&"
"""
MARKED = re.compile(r'<span class="(\w+)">(.*?)</span>')


def test_code_has_the_same_words_and_colours_with_fewer_marks():
    whole, sparing = (highlighted(CODE, PythonLexer(), made()) for made in (HtmlFormatter, highlight.SparingFormatter))
    assert re.sub("<.*?>", "", sparing) == re.sub("<.*?>", "", whole)
    assert MARKED.findall(sparing) == [mark for mark in MARKED.findall(whole) if mark[0] in highlight.COLOURED]
    assert {"k", "kn", "nf", "nd", "nn", "mi", "sa", "s2", "si", "sd", "c1", "ow", "kc"} == {
        kind for kind, _ in MARKED.findall(sparing)
    }
    assert len(MARKED.findall(sparing)) < 0.6 * len(MARKED.findall(whole))


def test_what_a_terminal_colours_is_marked():
    assert not highlight.is_bare(Token.Color.Bold.Red)
    assert all(map(highlight.is_bare, (Token.Name, Token.Punctuation, Token.Text)))
